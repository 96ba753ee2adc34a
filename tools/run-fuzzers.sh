#!/bin/sh
# Usage: run-fuzzers.sh RESULTS SECONDS TARGET...
# Runs each libFuzzer target, starting from tests/fuzz/corpus/<name>; what it finds stays in build/fuzz.
set -u
results=$1
seconds=$2
shift 2
work=build/fuzz
bad=0

for target in "$@"; do
    name=$(basename "$target")
    found=$work/corpus/$name
    seeds=tests/fuzz/corpus/${name#fuzz_}
    mkdir -p "$found" "$seeds"
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
        -artifact_prefix="$work/$name-" "$found" "$seeds" >"$target.log" 2>&1; then
        echo "ok      fuzz/$name ($seconds s)"
        echo "fuzz/$name 1 0" >>"$results"
    else
        tail -n 60 "$target.log"
        echo "FAILED  fuzz/$name: see $target.log; the input is in $work"
        echo "fuzz/$name 0 1" >>"$results"
        bad=1
    fi
done
exit $bad
