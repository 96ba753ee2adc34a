#!/bin/sh
# Usage: check-coverage.sh OBJECTS FOLDER PERCENT
# Prints the lines covered per file and folder; fails when FOLDER of fcgi-app is under PERCENT.
set -eu
objects=$1

find "$objects/fcgi-app" -name '*.gcno' | sort | while read -r notes; do
    gcov -n -o "$(dirname "$notes")" "$notes" 2>/dev/null
done | awk -v wanted="$2" -v least="$3" -v quote="'" '
$1 == "File" {
    file = $2
    gsub(quote, "", file)
}
/^Lines executed:/ && file ~ /^fcgi-app\/.*\.c$/ {
    split($2, part, /[:%]/)
    folder = file
    sub(/^fcgi-app\//, "", folder)
    sub(/\/[^\/]*$/, "", folder)
    lines[folder] += $4
    hit[folder] += part[2] * $4 / 100
    printf "%6.1f%% of %5d  %s\n", part[2], $4, file
    file = ""
}
END {
    for (folder in lines)
        printf "%6.1f%% of %5d  %s/\n", 100 * hit[folder] / lines[folder], lines[folder], folder | "sort -k 4"
    close("sort -k 4")
    if (!lines[wanted] || 100 * hit[wanted] / lines[wanted] < least) {
        printf "coverage: %s/ must have at least %d%% of its lines covered\n", wanted, least
        exit 1
    }
}'
