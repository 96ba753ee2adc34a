#!/bin/sh
# The route tables and schema/openapi.yaml must name the same operations, and the same people who may
# call them: `security: []` for everybody, `x-roles` for those with one of these roles.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed -n 's/^ *{HTTP_\([A-Z]*\), *"\([^"]*\)", *[a-z_]*, *MAY_\([A-Z_]*\),.*/\1 \2 \3/p' \
    fcgi-app/api/routes.c fcgi-app/pages/routes.c | sort >"$work/routes"
awk '
    function flush() { if (method) print method, path, who; method = "" }
    /^[a-z]/            { flush(); in_paths = ($1 == "paths:") }
    in_paths && /^  \// { flush(); path = $1; sub(/:$/, "", path) }
    in_paths && /^    (get|post|put|patch|delete):/ {
        flush()
        method = toupper($1)
        sub(/:$/, "", method)
        who = "SIGNED_IN"
    }
    in_paths && /^      security: \[\]$/                           { who = "EVERYBODY" }
    in_paths && /^      x-roles: /                                 { who = "x-roles " $0 }
    in_paths && /^      x-roles: \[admin\]$/                       { who = "ADMIN" }
    in_paths && /^      x-roles: \[admin, requester, service\]$/   { who = "SUBMIT" }
    in_paths && /^      x-roles: \[admin, auditor\]$/              { who = "AUDIT" }
' schema/openapi.yaml | sort >"$work/document"

if [ "$(wc -l <"$work/routes")" != "$(cat fcgi-app/api/routes.c fcgi-app/pages/routes.c | grep -c '{HTTP_')" ]; then
    echo "check-openapi: a row of the route tables is not understood" >&2
    exit 1
fi
if ! diff -u "$work/routes" "$work/document" >"$work/diff"; then
    echo "check-openapi: the route tables (-) and schema/openapi.yaml (+) differ:" >&2
    sed -n '3,$p' "$work/diff" >&2
    exit 1
fi
echo "check-openapi: $(wc -l <"$work/routes") operations, the same in the tables and the document"
