#!/bin/sh
# Usage: run-tests.sh RESULTS PROGRAM...
#        run-tests.sh RESULTS --command NAME COMMAND ARGUMENT...
# Runs CUnit programs, or one command whose last line says "N passed, N failed", and adds a line
# "NAME PASSED FAILED" to RESULTS for each. Prints all the output of a program that failed.
# TEST_SECONDS: time limit of each program. TEST_WRAPPER: a command that runs it.
set -u
results=$1
shift
mkdir -p "$(dirname "$results")"
bad=0

# Failing is at least one failure, whatever the program managed to print.
record() { # NAME PASSED FAILED EXIT-CODE
    failed=$3
    if [ "$4" -ne 0 ]; then
        [ "$failed" -gt 0 ] || failed=1
        bad=1
    fi
    echo "$1 $2 $failed" >>"$results"
    if [ "$failed" -gt 0 ]; then
        bad=1
        echo "FAILED  $1 ($2 passed, $failed failed, exit code $4)"
    else
        echo "ok      $1 ($2 passed)"
    fi
}

if [ "${1:-}" = --command ]; then
    name=$2
    shift 2
    log=$results.$name.log
    { "$@" 2>&1; echo "exit code $?"; } | tee "$log" | grep -v '^exit code [0-9]*$'
    code=$(sed -n '$s/^exit code //p' "$log")
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
    # shellcheck disable=SC2086
    record "$name" ${counts:-0 1} "$code"
    exit $bad
fi

for program in "$@"; do
    log=$program.log
    # shellcheck disable=SC2086
    timeout "${TEST_SECONDS:-300}" ${TEST_WRAPPER:-} "$program" >"$log" 2>&1
    code=$?
    counts=$(awk '$1 == "tests" && NF == 6 { n = $4 " " $5 } END { print n }' "$log")
    if [ "$code" -eq 0 ]; then
        grep '^skipped' "$log" || true
    else
        cat "$log"
    fi
    [ "$code" -ne 124 ] || echo "$program did not end within ${TEST_SECONDS:-300} s"
    # shellcheck disable=SC2086
    record "${program#build/*/tests/}" ${counts:-0 1} "$code"
done
exit $bad
