#!/bin/sh
# Usage: compdb.sh COMMAND FILE... >compile_commands.json
# One entry for each file, saying that COMMAND compiles it.
set -eu
escape() {
    printf %s "$1" | sed 's/[\\"]/\\&/g'
}
command=$(escape "$1")
folder=$(escape "$PWD")
shift
separator='['
for file; do
    printf '%s\n  {"directory": "%s", "file": "%s", "command": "%s -c %s"}' \
        "$separator" "$folder" "$file" "$command" "$file"
    separator=,
done
printf '\n]\n'
