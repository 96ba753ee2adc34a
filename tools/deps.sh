#!/bin/sh
# Usage: deps.sh GROUP...
# Installs the missing ones of these groups of tools/packages.txt: by itself only as root on Debian;
# elsewhere it says what is missing, and fails only when nothing could be built.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

wanted() { # COLUMN
    for group in $groups; do
        awk -v group="$group" -v column="$1" '$1 == group { print $column }' tools/packages.txt
    done
}

not_installed() {
    # shellcheck disable=SC2046
    set -- $(wanted 2)
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk '$2 == "installed" { print $1 }')
    for package in "$@"; do
        printf '%s\n' "$installed" | grep -qx "$package" || echo "$package"
    done
}

not_found() {
    for group in $groups; do
        awk -v group="$group" '$1 == group { print $2, $3 }' tools/packages.txt
    done | while read -r package proof; do
        [ -e "$proof" ] || command -v "$proof" >/dev/null 2>&1 || echo "$package"
    done
}

# Packages must not start services of their own; whoever forbids that already is left alone.
forbid_services() {
    [ ! -e /usr/sbin/policy-rc.d ] || return 0
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
}

give_up() {
    cat >&2 <<MESSAGE
deps: the packages could not be installed (see above). Check the network and the proxy settings of
apt, or install them by hand, then run make again:
    apt-get install --no-install-recommends $*
MESSAGE
    exit 1
}

install() {
    echo "deps: installing" "$@"
    forbid_services
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update || give_up "$@"
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" || give_up "$@"
}

groups=$*
if [ -f /etc/debian_version ] && command -v dpkg-query >/dev/null; then
    missing=$(not_installed)
    if [ -n "$missing" ] && [ "$(id -u)" = 0 ]; then
        # shellcheck disable=SC2086
        install $missing
        exit 0
    fi
else
    missing=$(not_found)
fi
[ -n "$missing" ] || exit 0

echo "deps: not installed:" $missing >&2
echo "deps: as root: apt-get install --no-install-recommends" $missing >&2
if ! command -v gcc >/dev/null; then
    echo "deps: nothing can be built without them" >&2
    exit 1
fi
echo "deps: going on with what is there" >&2
