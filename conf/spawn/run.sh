#!/bin/sh
# Usage: run.sh [--dev] [FOLDER]
#
# Runs the service in the foreground: the pool (spawn-fcgi, multiwatch, approval-app), nginx in front
# of it and, where tokens of an OpenID Connect issuer are taken, what fetches its keys; until TERM or
# INT; a second signal does not wait for requests in hand. Exits 0 when told to stop, 1 when something
# failed. FOLDER holds approval-app and approvalctl (default: build/release of this clone). Settings
# come from the environment, see approval.env.example beside this file. Secrets that are not set are
# made, beside the database.
# --dev: for a developer's machine; where APPROVAL_SIGN_IN_RATE is not set, there is no limit.
#
# What it leaves in the run directory while it runs: lock, pool.sock, pool.pid, nginx.pid, nginx.conf.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
export PATH

dev=no
if [ "${1:-}" = --dev ]; then
    dev=yes
    shift
fi
programs=${1:-$here/../../build/release}
ready_within=20 # seconds
stop_within=30

watch_pause=10 # before what fetches keys is started again

pool='' nginx='' watch='' stopping=0

fail() {
    echo "run: $*" >&2
    exit 1
}

setting() {
    "$ctl" config "$1"
}

alive() { # PID, which may be empty
    [ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

# Lets wait collect children that have ended, so that alive sees them gone.
pause() { # SECONDS
    sleep "$1" 9>&- &
    wait $! 2>/dev/null || true
}

find_programs() {
    programs=$(cd "$programs" 2>/dev/null && pwd) || fail "there is no folder $programs: build first (make)"
    ctl=$programs/approvalctl
    for program in "$ctl" "$programs/approval-app"; do
        [ -x "$program" ] || fail "$program is missing: build first (make)"
    done
    for program in nginx spawn-fcgi multiwatch curl flock setpriv setsid; do
        command -v "$program" >/dev/null || fail "$program is not installed: see 'make deps'"
    done
}

warn_open() {
    cat >&2 <<'WARNING'

  **************************************************************************
  *  APPROVAL_AUTH is off: everybody who can reach this port may do        *
  *  everything, and is believed about who he is. On a trusted network     *
  *  only.                                                                 *
  **************************************************************************

WARNING
}

# Names that nginx's configuration would read as something else.
check_path() { # NAME PATH
    case $2 in
    *[\"\\\$\;\{\}]*) fail "$1: the path $2 holds a character that nginx cannot take" ;;
    esac
}

make_folders() {
    db=$(setting APPROVAL_DB_PATH)
    folder=$(dirname "$db")
    mkdir -p "$folder" || fail "APPROVAL_DB_PATH: cannot create the folder $folder"
    [ -w "$folder" ] || fail "APPROVAL_DB_PATH: the folder $folder is not writable"
    run=$(setting APPROVAL_RUN_DIR)
    (umask 077 && mkdir -p "$run") || fail "cannot create the run directory $run"
    chmod 700 "$run" || fail "the run directory $run belongs to somebody else"
    run=$(cd "$run" && pwd)
    socket=$run/pool.sock
    check_path APPROVAL_RUN_DIR "$run"
    length=$(printf %s "$socket" | wc -c)
    [ "$length" -le 107 ] || fail "$socket has $length bytes, and a socket's path at most 107:" \
        "choose a shorter APPROVAL_RUN_DIR (or APPROVAL_DB_PATH)"
}

# Held until this process ends, however it ends; nobody else inherits descriptor 9.
take_lock() {
    exec 9>"$run/lock"
    flock -n 9 || fail "the service is already running on $db (see $run)"
}

make_secrets() {
    "$ctl" secrets >&2 || fail "the secrets cannot be made, see above"
}

# nginx would try for some seconds, while whoever else listens there answers in its place.
check_port() {
    tables=/proc/net/tcp
    [ ! -e /proc/net/tcp6 ] || tables="$tables /proc/net/tcp6"
    # shellcheck disable=SC2086
    awk -v port="$port" -v ours="$listen" '
        function hex(address, part) {
            if (split(address, part, ".") != 4)
                return "none"
            return sprintf("%02X%02X%02X%02X", part[4], part[3], part[2], part[1])
        }
        BEGIN {
            wanted = sprintf("%04X", port)
            everywhere = ours == "0.0.0.0" || ours == "*" || ours == "[::]"
        }
        { split($2, local, ":") }
        $4 == "0A" && local[2] == wanted &&
            (everywhere || local[1] ~ /^0+$/ || local[1] == hex(ours)) { used = 1 }
        END { exit used }' $tables ||
        fail "port $port is already in use: choose another, for example PORT=$((port + 1))"
}

escape() { # for the right-hand side of sed's s|||
    printf %s "$1" | sed 's/[\\&|]/\\&/g'
}

# An absolute path: nginx would take others as relative to its prefix.
tls_file() { # NAME
    file=$(setting "$1")
    [ -n "$file" ] || return 0
    [ -r "$file" ] || fail "$1: cannot read $file"
    case $file in
    /*) ;;
    *) file=$(pwd)/$file ;;
    esac
    check_path "$1" "$file"
    printf %s "$file"
}

read_front() {
    certificate=$(tls_file APPROVAL_TLS_CERTIFICATE) || exit 1
    key=$(tls_file APPROVAL_TLS_KEY) || exit 1
    rate=$(setting APPROVAL_SIGN_IN_RATE)
    proxies=$(setting APPROVAL_TRUSTED_PROXIES)
    user_header=$(setting APPROVAL_TRUSTED_USER_HEADER | tr A-Z a-z)
    params=$(cd "$here/../nginx" && pwd)/pool_params
    case $params in
    *[*?[]*) fail "the path $params holds a character that nginx would take for a pattern" ;;
    esac
    check_path "the folder of run.sh" "$params"
}

# A line of the template that begins with @NAME@ is there where VALUE is not empty.
lines() { # NAME VALUE
    if [ -n "$2" ]; then
        printf '%s\n' "s|^\\( *\\)@$1@ |\\1|"
    else
        printf '%s\n' "/^ *@$1@ /d"
    fi
}

each_proxy() { # BEFORE AFTER
    for proxy in $proxies; do
        printf '%s%s%s; ' "$1" "$proxy" "$2"
    done
}

render_nginx() {
    user='' limit=$rate socket_options=''
    # The socket is root's, so nginx's workers must be too.
    [ "$(id -u)" != 0 ] || user='user root;'
    [ "$rate" != 0 ] || limit=''
    [ -z "$certificate" ] || socket_options=' ssl http2'
    [ "$listen" != '[::]' ] || socket_options="$socket_options ipv6only=off"
    sed -e "$(lines TLS "$certificate")" \
        -e "$(lines LIMIT "$limit")" \
        -e "$(lines PROXIES "$proxies")" \
        -e "$(lines USER_HEADER "$user_header")" \
        -e "s|@USER@|$user|" \
        -e "s|@RUN_DIR@|$(escape "$run")|g" \
        -e "s|@SOCKET@|$(escape "$socket")|g" \
        -e "s|@LISTEN@|$(escape "$listen")|g" \
        -e "s|@PORT@|$port|g" \
        -e "s|@SOCKET_OPTIONS@|$socket_options|g" \
        -e "s|@PARAMS@|$(escape "$params")|g" \
        -e "s|@MAX_BODY@|$(($(setting APPROVAL_MAX_BODY) + 65536))|g" \
        -e "s|@RATE@|$rate|g" \
        -e "s|@RETRY@|$((rate > 0 ? (59 + rate) / rate : 1))|g" \
        -e "s|@REAL_IP_FROM@|$(each_proxy 'set_real_ip_from ' '')|g" \
        -e "s|@TRUSTED@|$(each_proxy '' ' 1')|g" \
        -e "s|@HEADER@|$user_header|g" \
        -e "s|@VARIABLE@|$(echo "$user_header" | tr - _)|g" \
        -e "s|@VARIABLE_UPPER@|$(echo "$user_header" | tr a-z- A-Z_)|g" \
        -e "s|@CERTIFICATE@|$(escape "$certificate")|g" \
        -e "s|@KEY@|$(escape "$key")|g" \
        "$here/../nginx/nginx.conf.in" >"$run/nginx.conf"
}

# In sessions of their own, so that Ctrl-C reaches them through us only, in order; told to stop when
# we are killed.
start() { # SIGNAL COMMAND...
    signal=$1
    shift
    setpriv --pdeathsig "$signal" setsid "$@" 9>&- &
}

start_pool() {
    start TERM spawn-fcgi -n -s "$socket" -M 0660 -b 1024 -- \
        "$(command -v multiwatch)" -f "$(setting APPROVAL_PROCESSES)" -s TERM -r 1000000 -t 1000 -- \
        "$programs/approval-app"
    pool=$!
    echo "$pool" >"$run/pool.pid"
    tries=0
    until [ -S "$socket" ]; do
        alive "$pool" || fail "the pool did not start, see above"
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail "the pool did not open its socket"
        pause 0.05
    done
}

start_watch() {
    start TERM "$ctl" issuer watch
    watch=$!
    watched=0
}

# The pool has the keys that were fetched before, so this one may be missing for a while.
keep_watching() {
    [ -n "$watch" ] || return 0
    watched=$((watched + 1))
    if ! alive "$watch" && [ "$watched" -ge $((watch_pause * 2)) ]; then
        echo >&2 "run: 'approvalctl issuer watch' has ended, see above; starting it again"
        start_watch
    fi
}

start_nginx() {
    start QUIT nginx -e stderr -p "$run" -c "$run/nginx.conf"
    nginx=$!
}

wait_ready() {
    tries=0
    # The certificate names the service, hardly this address.
    until curl -fsSk -o /dev/null --max-time 2 "$url/readyz" 2>/dev/null 9>&-; do
        [ "$stopping" = 0 ] || return 0
        alive "$pool" || fail "the pool did not start, see above"
        alive "$nginx" || fail "nginx did not start, see above"
        tries=$((tries + 1))
        [ "$tries" -lt $((ready_within * 10)) ] ||
            fail "no answer from $url/readyz within $ready_within s"
        pause 0.1
    done
}

# Its children too, which outlive it when it was killed. Each start made a process group.
gone() { # PROCESS
    ! kill -s 0 -- "-$1" 2>/dev/null
}

wait_gone() { # PROCESS SECONDS; stops waiting when asked to stop once more
    waited=0
    until gone "$1" || [ "$waited" -ge $(($2 * 10)) ] || [ "$stopping" -gt 1 ]; do
        pause 0.1
        waited=$((waited + 1))
    done
}

stop_one() { # PROCESS SIGNAL
    [ -n "$1" ] && ! gone "$1" || return 0
    kill -s "$2" "$1" 2>/dev/null || kill -s TERM -- "-$1" 2>/dev/null || true
    wait_gone "$1" "$stop_within"
    gone "$1" || kill -s TERM -- "-$1" 2>/dev/null || true
    stopping=1
    wait_gone "$1" 5
    gone "$1" || kill -s KILL -- "-$1" 2>/dev/null || true
}

# No new requests first, then those in hand, then the pool.
stop_all() {
    code=$?
    trap '' EXIT
    stop_one "$nginx" QUIT
    stop_one "$pool" TERM
    stop_one "$watch" TERM
    if [ -n "$pool" ]; then
        rm -f "$socket" "$run/pool.pid"
    fi
    exit "$code"
}

# Where nobody can sign in yet, the way for the first one. Where others sign people in, whoever they
# say is an administrator is one.
welcome() {
    [ "$auth" = on ] && [ "$stopping" = 0 ] || return 0
    [ -z "$(setting APPROVAL_OIDC_ISSUER)$(setting APPROVAL_JWT_PUBLIC_KEYS)$(setting APPROVAL_TRUSTED_USER_HEADER)" ] ||
        return 0
    "$ctl" setup-link --first >&2 9>&- || echo >&2 "run: no link for the first administrator could be made"
}

find_programs
if [ "$dev" = yes ]; then
    export APPROVAL_SIGN_IN_RATE="${APPROVAL_SIGN_IN_RATE:-0}"
fi
trap stop_all EXIT
trap 'stopping=$((stopping + 1))' INT TERM
"$ctl" config >/dev/null || fail "the settings above must be mended first"
port=$(setting PORT)
listen=$(setting APPROVAL_LISTEN)
auth=$(setting APPROVAL_AUTH)
read_front
make_folders
take_lock
check_port
[ "$auth" = on ] || warn_open
make_secrets
# shellcheck disable=SC3045
ulimit -S -n 8192 2>/dev/null || true # a descriptor for each connection
"$ctl" migrate >&2 || fail "the database $db cannot be used"
render_nginx
[ -z "$(setting APPROVAL_OIDC_ISSUER)" ] || start_watch
start_pool
start_nginx
host=$listen
case $listen in
0.0.0.0 | '*' | '[::]') host=127.0.0.1 ;;
esac
url=http${certificate:+s}://$host:$port
wait_ready
[ "$stopping" != 0 ] || echo >&2 "run: ready on $url (database $db; Ctrl-C stops)"
welcome

while [ "$stopping" = 0 ]; do
    alive "$pool" || fail "the pool has ended unexpectedly"
    alive "$nginx" || fail "nginx has ended unexpectedly"
    keep_watching
    pause 0.5
done
echo >&2 "run: stopping"
exit 0
