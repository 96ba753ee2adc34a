#!/bin/sh
# Usage: check-headers.sh HEADER...
# Every header compiles alone.
set -u
bad=0
for header in "$@"; do
    printf '#include "%s"\n' "$header" |
        ${CC:-gcc} -std=c17 -D_GNU_SOURCE -I. -Ifcgi-app -Itests/unit -Wall -Wextra -Werror \
            -Wno-unused-function -fsyntax-only -x c - || {
        echo "$header does not compile alone" >&2
        bad=1
    }
done
exit $bad
