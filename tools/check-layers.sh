#!/bin/sh
# Fails on every #include that tools/layers.txt does not allow.
set -eu
cd "$(dirname "$0")/.."

find fcgi-app -name '*.[ch]' -exec grep -Hn '^[[:space:]]*#[[:space:]]*include' {} + | sort | awk '
function fail(why) {
    print place ": " why
    bad = 1
}

# A glob with "*" only, as a regular expression.
function matches(name, glob) {
    gsub(/[.]/, "[.]", glob)
    gsub(/[*]/, ".*", glob)
    return name ~ "^" glob "$"
}

function third_party(header, folder, file,    i, n, rows, part) {
    if (header in standard)
        return 1
    n = split(headers[folder], rows, " ")
    for (i = 1; i <= n; i++) {
        if (rows[i] == "posix" && (header in posix))
            return 1
        split(rows[i] "@*", part, "@")
        if (matches(header, part[1]) && matches(file, part[2]))
            return 1
    }
    return 0
}

function ours(header, folder,    dir) {
    if (header !~ /\//)
        return 1
    dir = header
    sub(/\/[^\/]*$/, "", dir)
    return dir == folder || index(" " allowed[folder] " ", " " dir " ") ||
           index(" " allowed[folder] " ", " " header " ")
}

FILENAME == "tools/layers.txt" {
    if ($0 ~ /^[ \t]*(#|$)/)
        next
    name = rest = $0
    sub(/:.*/, "", name)
    sub(/^[^:]*:/, "", rest)
    n = split(rest, column, "|")
    if (name ~ /^@/) {
        n = split(rest, list, " ")
        for (i = 1; i <= n; i++)
            if (name == "@c") standard[list[i] ".h"] = 1
            else posix[list[i] ".h"] = 1
        next
    }
    known[name] = 1
    gsub(/[ \t]+/, " ", column[1])
    allowed[name] = column[1]
    headers[name] = n > 1 ? column[2] : ""
    next
}

{
    split($0, part, ":")
    place = part[1] ":" part[2]
    folder = file = part[1]
    sub(/^fcgi-app\//, "", folder)
    sub(/\/[^\/]*$/, "", folder)
    sub(/.*\//, "", file)
    checked++
    if (!(folder in known)) {
        fail("the folder " folder " is not in tools/layers.txt")
    } else if (match($0, /<[^>]*>/)) {
        header = substr($0, RSTART + 1, RLENGTH - 2)
        if (!third_party(header, folder, file))
            fail("<" header "> is not for " folder "/" file " (tools/layers.txt)")
    } else if (match($0, /"[^"]*"/)) {
        header = substr($0, RSTART + 1, RLENGTH - 2)
        if (!ours(header, folder))
            fail(folder " may not include \"" header "\" (tools/layers.txt)")
    } else {
        fail("an #include this check cannot read")
    }
}

END {
    if (!checked) {
        print "no #include found: is this the right folder?"
        bad = 1
    }
    exit bad
}' tools/layers.txt -
