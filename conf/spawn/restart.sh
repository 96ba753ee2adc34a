#!/bin/sh
# Usage: restart.sh RUN_DIR
# Replaces the processes of a running pool one after the other. Each finishes the requests it has in
# hand; the listening socket stays, so no request fails. What the environment of run.sh said stays too.
set -eu
[ $# = 1 ] || { echo "usage: restart.sh RUN_DIR" >&2; exit 2; }
within=60 # seconds, for the requests in hand

fail() {
    echo "restart: $*" >&2
    exit 1
}

# A process that has ended but was not collected yet does not count.
children() {
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) (.*) \(.\) \([0-9]*\) .*/\1 \2 \3/' |
        awk -v pool="$pool" '$3 == pool && $2 != "Z" { print $1 }'
}

pool=$(cat "$1/pool.pid" 2>/dev/null) || fail "no pool is running in $1"
kill -0 "$pool" 2>/dev/null || fail "the pool of $1 (process $pool) is not running"
old=$(children)
[ -n "$old" ] || fail "process $pool has no children: is it a pool?"
count=$(echo "$old" | wc -l)

for process in $old; do
    kill -TERM "$process" 2>/dev/null || true
    tries=0
    while kill -0 "$process" 2>/dev/null || [ "$(children | wc -l)" -lt "$count" ]; do
        kill -0 "$pool" 2>/dev/null || fail "the pool has ended"
        tries=$((tries + 1))
        [ "$tries" -lt $((within * 20)) ] || fail "process $process was not replaced within $within s"
        sleep 0.05
    done
done
echo "restart: $count processes replaced"
