#!/bin/sh
# The systemd unit is one that systemd takes, and keeps the service in as it says: systemd-analyze finds
# nothing wrong and an exposure of at most 2.0 of 10. Does nothing where there is no such tool.
set -eu
cd "$(dirname "$0")/.."
unit=conf/spawn/approval.service
command -v systemd-analyze >/dev/null || exit 0
fail() {
    echo "check-unit: $unit: $1" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no "$unit" >"$work/said" 2>&1 ||
    { cat "$work/said" >&2; fail "systemd does not take it"; }
# What is merely ignored, such as a misspelt name, is said but no failure.
! grep -F approval.service "$work/said" >&2 || fail "see above"
systemd-analyze security --offline=yes --no-pager --threshold=20 "$unit" >"$work/exposure" 2>&1 ||
    { tail -n 5 "$work/exposure" >&2; fail "it leaves more open than it should"; }
