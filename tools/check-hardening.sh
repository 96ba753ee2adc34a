#!/bin/sh
# Usage: check-hardening.sh PROGRAM...
# Fails unless each program is position-independent, has its relocations resolved at start and read-only
# from then on, no executable stack, no segment that can be written and executed, stack protectors and
# the checked functions of _FORTIFY_SOURCE.
set -eu
LC_ALL=C
export LC_ALL
[ $# -gt 0 ] || { echo "usage: check-hardening.sh PROGRAM..." >&2; exit 2; }
bad=0

# WHAT PATTERN TEXT: a line of the text must match.
holds() {
    printf '%s\n' "$3" | grep -Eq -- "$2" || lacks "$1"
}

lacks() {
    echo "check-hardening: $program: $1" >&2
    bad=1
}

for program in "$@"; do
    segments=$(readelf -lW "$program")
    dynamic=$(readelf -dW "$program")
    symbols=$(readelf -W --dyn-syms "$program")
    holds 'no position-independent executable' 'FLAGS_1\).*\<PIE\>' "$dynamic"
    holds 'relocations stay writable (no RELRO)' '^ *GNU_RELRO ' "$segments"
    holds 'symbols are resolved late (no BIND_NOW)' 'FLAGS_1\).*\<NOW\>' "$dynamic"
    holds 'an executable stack' '^ *GNU_STACK .* RW +0x' "$segments"
    holds 'no stack protector' ' __stack_chk_fail\>' "$symbols"
    holds 'no fortified functions' ' __(read|memcpy|fprintf|printf|snprintf|vsnprintf)_chk\>' "$symbols"
    ! printf '%s\n' "$segments" | grep -Eq '^ *LOAD .* RWE ' || lacks 'a segment that is writable and executable'
    ! printf '%s\n' "$dynamic" | grep -Eq '\((TEXTREL|RPATH|RUNPATH)\)' || lacks 'TEXTREL, RPATH or RUNPATH'
done
exit $bad
