#!/bin/sh
# Builds the references and measures (see README.md). `make bench` has built the programs before.
set -eu
cd "$(dirname "$0")/../.."

built=${BENCH_BUILD:-build/release}
out=build/bench
libraries=$(find "$built/lib" -name '*.a')

compile() {
    program=$1
    shift
    # shellcheck disable=SC2086 # the libraries are a list
    ${CC:-gcc} -std=c17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -Ifcgi-app \
        -include fcgi-app/base/banned.h -o "$out/$program" "$@" \
        -Wl,--as-needed -Wl,--start-group $libraries -Wl,--end-group \
        -lfcgi -lsqlite3 -ljson-c -ljwt -lsodium -lcrypto -lm -lpthread
}

for tool in wrk nginx multiwatch spawn-fcgi python3; do
    command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null ||
        { echo "bench: $tool is missing: apt-get install $tool" >&2; exit 1; }
done

mkdir -p "$out/echo"
for loop in bare_loop naive_pool; do
    compile "$loop" "tests/bench/$loop.c" tests/bench/bare.c tests/bench/loops.c \
        tests/bench/submission.c
done
compile fair_pool tests/bench/fair_pool.c tests/bench/loops.c tests/bench/submission.c
compile evaluate tests/bench/evaluate.c
compile token tests/bench/token.c
compile fill tests/bench/fill.c tests/bench/bare.c tests/bench/submission.c
# The echo takes the application's place in a folder of its own, so that everything else is the same.
compile echo/approval-app tests/bench/echo.c
cp "$built/approvalctl" "$out/echo/approvalctl"

exec python3 tests/bench/run.py "$built" "$out"
