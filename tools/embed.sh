#!/bin/sh
# Usage: embed.sh OUT.c NAME FILES...
# Writes a C file with the files' bytes: `const struct embedded NAME[]` (base/embed.h), in the order
# given, and `const size_t NAME_count`. OUT.c appears whole or not at all.
set -eu
export LC_ALL=C

if [ $# -lt 3 ]; then
    echo "usage: $0 OUT.c NAME FILES..." >&2
    exit 2
fi
out=$1
name=$2
shift 2

part=$out.$$
trap 'rm -f "$part"' EXIT
trap 'exit 1' HUP INT TERM

{
    printf '#include "base/embed.h"\n\nEMBEDDED(%s);\n' "$name"
    n=0
    for file do
        [ -f "$file" ] || { echo "$0: $file: no such file" >&2; exit 1; }
        printf '\nstatic const unsigned char file_%d[] = {\n' "$n"
        # Numbers, not a string: literals longer than 4095 bytes are not portable C.
        od -An -v -tu1 "$file" | awk '{ gsub(/[ \t]+/, ","); sub(/^,/, ""); print $0 "," }'
        printf '0};\n'
        n=$((n + 1))
    done
    printf '\nconst struct embedded %s[] = {\n' "$name"
    n=0
    for file do
        base=$(basename "$file" | sed 's/[\\"]/\\&/g')
        sha256=$(sha256sum <"$file")
        printf '    {"%s", (const char *)file_%d, sizeof file_%d - 1, "%s"},\n' \
            "$base" "$n" "$n" "${sha256%% *}"
        n=$((n + 1))
    done
    printf '};\nconst size_t %s_count = %d;\n' "$name" "$n"
} > "$part"
mv "$part" "$out"
