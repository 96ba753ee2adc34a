#!/bin/sh
# The route tables and schema/openapi.yaml must name the same operations.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed -n 's/^ *{HTTP_\([A-Z]*\), *"\([^"]*\)".*/\1 \2/p' fcgi-app/api/routes.c fcgi-app/pages/routes.c |
    sort >"$work/routes"
awk '
    /^[a-z]/            { in_paths = ($1 == "paths:") }
    in_paths && /^  \// { path = $1; sub(/:$/, "", path) }
    in_paths && /^    (get|post|put|patch|delete):/ { m = $1; sub(/:$/, "", m); print toupper(m), path }
' schema/openapi.yaml | sort >"$work/document"

if [ ! -s "$work/routes" ]; then
    echo "check-openapi: no route was found in the route tables" >&2
    exit 1
fi
if ! diff -u "$work/routes" "$work/document" >"$work/diff"; then
    echo "check-openapi: the route tables (-) and schema/openapi.yaml (+) differ:" >&2
    sed -n '3,$p' "$work/diff" >&2
    exit 1
fi
echo "check-openapi: $(wc -l <"$work/routes") operations, the same in the tables and the document"
