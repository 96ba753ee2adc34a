#!/bin/sh
# Usage: test-summary.sh RESULTS
# Names what failed, then says "N passed, N failed"; fails when something did or nothing ran.
awk '
$3 > 0 { print "FAILED  " $1 }
{ passed += $2; failed += $3 }
END {
    print passed + 0 " passed, " failed + 0 " failed"
    exit failed || !passed
}' "$1"
