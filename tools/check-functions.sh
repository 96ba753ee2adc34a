#!/bin/sh
# Holds the code to the lengths of style.md: at most 3% of functions over 80 lines, median at most
# 16, no file over 600. Functions are found by their braces in the first column.
set -eu
cd "$(dirname "$0")/.."

find fcgi-app -name '*.[ch]' | sort | xargs awk '
FNR == 1 { files[FILENAME] = 0; start = previous_blank = 0 }
{ files[FILENAME]++ }
/^$/ || /^[#}]/ || /\*\/$/ || /;$/ { if (!inside) start = FNR + 1 }
/^\{$/ { inside = 1 }
/^\}/ && inside {
    inside = 0
    print FNR - start + 1, FILENAME ":" start
    start = FNR + 1
}
END { for (f in files) print files[f], f }' | sort -n | awk '
!($2 ~ /:/) {
    if ($1 > 600) { print $2 " has " $1 " lines; split it by topic (600 at most)"; bad = 1 }
    next
}
{ length_of[++n] = $1 }
$1 > 80 { long[++many] = $2 " (" $1 " lines)" }
END {
    if (!n)
        exit 1
    median = length_of[int((n + 1) / 2)]
    printf "functions: %d, median %d lines, p90 %d, over 80: %d\n", n, median, length_of[int(n * 0.9) + 1], many
    if (median > 16 || many > n * 0.03) {
        print "too long (median at most 16, at most 3% over 80):"
        for (i = 1; i <= many; i++) print "  " long[i]
        bad = 1
    }
    exit bad
}'
