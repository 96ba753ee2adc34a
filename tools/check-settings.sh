#!/bin/sh
# Usage: check-settings.sh APPROVALCTL
# conf/spawn/approval.env.example documents exactly the settings that the program knows.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

env -i APPROVAL_DB_PATH="$work/a.db" "$1" config | sed -n 's/^\([A-Z][A-Z_]*\)=.*/\1/p' | sort >"$work/known"
sed -n 's/^#\{0,1\}\([A-Z][A-Z_]*\)=.*/\1/p' conf/spawn/approval.env.example |
    sed '/_FILE$/d' | sort -u >"$work/documented"
[ -s "$work/known" ] || { echo "check-settings: approvalctl config names no setting" >&2; exit 1; }
if ! diff -u "$work/known" "$work/documented" >"$work/diff"; then
    echo "check-settings: the settings table (-) and conf/spawn/approval.env.example (+) differ:" >&2
    sed -n '3,$p' "$work/diff" >&2
    exit 1
fi
