#!/bin/sh
# The image and the compose file, in a real Docker engine: built, started, looked at, stopped.
#
# Uses the engine that answers (DOCKER_HOST is honoured) or starts one of its own for the time of the
# test, which needs root. BASE_IMAGE chooses the image that ours is built on. Needs no network but the
# package mirror that apt uses here.
# shellcheck disable=SC1091,SC2013,SC2016,SC2034
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/approvals-docker.XXXXXX")
project=approvals-test-$$
engine_pid=
base_image=
policy=
passed=0
failed=0

say() { echo "== $*"; }
die() { echo "tests/docker/run.sh: $*" >&2; exit 1; }

# Settings of whoever calls must not change what is tested.
for name in $(env | sed -n 's/^\(APPROVAL_[A-Z_]*\)=.*/\1/p') PORT LOG_LEVEL ASSISTANTS_BASE; do
    unset "$name"
done

. "$here/engine.sh"

# Compose, with nothing of the caller's .env.
dc() {
    $compose --project-name "$project" --project-directory "$root" --env-file "$work/env" \
        -f "$root/docker-compose.yml" -f "$work/override.yml" "$@"
}

cleanup() {
    status=$?
    trap - EXIT
    set +e
    if [ -f "$work/override.yml" ]; then
        docker rm -f -v "$project-plain" > /dev/null 2>&1
        dc down --volumes > "$work/down.log" 2>&1
        if [ -z "$engine_pid" ]; then
            docker image rm "$APPROVAL_IMAGE" > /dev/null 2>&1
            case $base_image in approvals-base:*) docker image rm "$base_image" > /dev/null 2>&1 ;; esac
        fi
    fi
    engine_stop
    services_allow
    rm -rf --one-file-system "$work"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# check WHAT COMMAND…: one test.
check() {
    what=$1
    shift
    if "$@" > "$work/check.log" 2>&1; then
        passed=$((passed + 1))
        echo "ok - $what"
    else
        failed=$((failed + 1))
        echo "not ok - $what"
        sed 's/^/    /' "$work/check.log" | tail -n 30
    fi
}

container() { dc ps -q approval-app; }
inspect() { docker inspect --format "$2" "$1"; }
inside() { docker exec "$(container)" "$@"; }
base_url() { echo "http://$(dc port approval-app 8003)"; }
fetch() { curl -fsS --max-time 10 "$(base_url)$1"; }

# health_wait STATUS: until the engine has found the container to be so.
health_wait() {
    for _ in $(seq 120); do
        [ "$(inspect "$(container)" '{{.State.Health.Status}}')" = "$1" ] && return 0
        sleep 0.5
    done
    inspect "$(container)" '{{json .State}}'
    docker logs --tail 20 "$(container)"
    return 1
}

# What is kept, as the API tells it.
kept() { fetch /api/v1/workflows && fetch /api/v1/approvals; }

#
# The tests, in order.
#
image_is_described() {
    [ "$(inspect "$APPROVAL_IMAGE" '{{.Config.User}}')" = 10001:10001 ] &&
        [ "$(inspect "$APPROVAL_IMAGE" '{{.Config.StopSignal}}')" = SIGTERM ] &&
        [ "$(inspect "$APPROVAL_IMAGE" '{{json .Config.ExposedPorts}}')" = '{"8003/tcp":{}}' ] &&
        [ "$(inspect "$APPROVAL_IMAGE" '{{json .Config.Volumes}}')" = '{"/data":{}}' ]
}

image_has_no_tools() {
    docker run --rm --network none --entrypoint sh "$APPROVAL_IMAGE" -c '
        for tool in gcc cc make git; do ! command -v $tool || exit 1; done'
}

nothing_runs_as_root() {
    inside sh -c '
        n=0
        for folder in /proc/[0-9]*; do
            uid=$(sed -n "s/^Uid:[[:space:]]*\([0-9]*\).*/\1/p" $folder/status 2>/dev/null) || continue
            [ -n "$uid" ] || continue
            [ "$uid" = 10001 ] || { echo "$folder runs as $uid"; exit 1; }
            n=$((n + 1))
        done
        echo "$n processes"
        [ $n -ge 5 ]'
}

root_is_read_only() {
    [ "$(inspect "$(container)" '{{.HostConfig.ReadonlyRootfs}}')" = true ] &&
        inside sh -c '! touch /x /etc/x /opt/approval/x 2>/dev/null && touch /data/x && rm /data/x'
}

nothing_is_privileged() {
    inside sh -c 'grep -q "^CapEff:[[:space:]]*0*$" /proc/1/status &&
        grep -q "^CapBnd:[[:space:]]*0*$" /proc/1/status &&
        grep -q "^NoNewPrivs:[[:space:]]*1$" /proc/1/status'
}

published_on_this_machine_only() {
    case $(dc port approval-app 8003) in 127.0.0.1:*) ;; *) return 1 ;; esac
}

ctl_works() {
    inside approvalctl config --check &&
        [ "$(inside approvalctl config APPROVAL_DB_PATH)" = /data/approval_workflows.db ] &&
        inside approvalctl migrate --status
}

# PORT and APPROVAL_LISTEN are what the mapping is made for, APPROVAL_RUN_DIR is the tmpfs.
settings_are_handed_on() {
    for name in $(sed -n 's/^#\([A-Z_]*\)=.*/\1/p' "$root/conf/spawn/approval.env.example"); do
        case $name in PORT | APPROVAL_LISTEN | APPROVAL_RUN_DIR) continue ;; esac
        grep -q "^ *$name:" "$root/docker-compose.yml" || { echo "$name is missing"; return 1; }
    done
    [ "$(inside approvalctl config APPROVAL_THREADS)" = 7 ]
}

smoke_passes() { env -u MAKEFLAGS -u MFLAGS make -C "$root" smoke BASE="$(base_url)"; }

logs_are_json() {
    docker logs "$(container)" > "$work/out.log" 2> "$work/err.log"
    echo "$(wc -l < "$work/out.log") lines on stdout, $(wc -l < "$work/err.log") on stderr"
    while read -r line; do
        printf '%s\n' "$line" | jq -e 'type == "object"' > /dev/null || { echo "$line"; return 1; }
    done < "$work/out.log"
    jq -se 'map(select(.status == 201)) | length > 0' "$work/out.log"
}

warns_that_auth_is_off() { docker logs "$(container)" 2>/dev/null | grep -q 'APPROVAL_AUTH is off'; }

# Signals every process of the pool.
pool_signal() {
    inside sh -c '
        n=0
        for folder in /proc/[0-9]*; do
            read -r name < $folder/comm || continue
            [ "$name" = approval-app ] || continue
            kill -'"$1"' ${folder#/proc/} && n=$((n + 1))
        done 2>/dev/null
        [ $n -ge 2 ]'
}

frozen_pool_is_unhealthy() { pool_signal STOP && health_wait unhealthy; }
thawed_pool_is_healthy() { pool_signal CONT && health_wait healthy && fetch /health; }

killed_pool_comes_back() {
    pool_signal KILL
    for _ in $(seq 20); do
        fetch /readyz && pool_signal 0 && return 0
        sleep 0.5
    done
    return 1
}

stops_by_sigterm() {
    id=$(container)
    started=$(date +%s)
    docker stop --time 20 "$id"
    took=$(($(date +%s) - started))
    echo "stopped after $took s with $(inspect "$id" '{{.State.ExitCode}}')"
    [ $took -le 5 ] && [ "$(inspect "$id" '{{.State.ExitCode}}')" = 0 ]
}

starts_again() { dc up -d --no-build && health_wait healthy && kept > "$work/again" &&
    cmp "$work/before" "$work/again"; }

pool_is_restarted() { inside sh conf/spawn/restart.sh /run/approval/service && fetch /readyz; }

survives_kill() {
    docker kill "$(container)" && dc up -d --no-build && health_wait healthy &&
        kept > "$work/killed" && cmp "$work/before" "$work/killed"
}

survives_down_and_up() {
    dc down && dc up -d --no-build && health_wait healthy && kept > "$work/after" &&
        cmp "$work/before" "$work/after"
}

# plain OPTIONS…: the image without compose and without its settings, in the background.
plain() {
    docker rm -f -v "$project-plain" > /dev/null 2>&1 || true
    docker run -d --name "$project-plain" --network "${project}_default" "$@" "$APPROVAL_IMAGE"
}

listens_on_port() {
    plain -e PORT=9000 -e APPROVAL_AUTH=off -p 127.0.0.1::9000 || return 1
    for _ in $(seq 40); do
        curl -fsS --max-time 5 "http://$(docker port "$project-plain" 9000)/health" && return 0
        sleep 0.5
    done
    docker logs "$project-plain"
    return 1
}

# The status of a path of the plain container.
plain_status() {
    curl -s -o "$work/body" -w '%{http_code}' --max-time 5 "http://$(docker port "$project-plain" 8003)$1"
}

asks_who_is_there() {
    plain -p 127.0.0.1::8003 || return 1
    for _ in $(seq 40); do
        [ "$(plain_status /readyz)" != 200 ] || break
        sleep 0.5
    done
    docker logs "$project-plain"
    [ "$(plain_status /readyz)" = 200 ] && [ "$(plain_status /api/v1/workflows)" = 401 ] &&
        [ "$(plain_status /api/v1/approvals)" = 401 ]
}

says_how_to_sign_in() {
    for _ in $(seq 20); do
        docker logs "$project-plain" 2>&1 | grep 'http://127.0.0.1:8003/' && return 0
        sleep 0.5
    done
    return 1
}

keeps_its_secrets() {
    docker exec "$project-plain" sh -c '
        [ "$(stat -c %a /data/secrets)" = 700 ] || exit 1
        for name in jwt audit; do
            [ "$(stat -c "%a %u" /data/secrets/$name)" = "600 10001" ] || exit 1
        done' || return 1
    secret=$(docker exec "$project-plain" cat /data/secrets/jwt)
    ! docker logs "$project-plain" 2>&1 | grep -qF -- "$secret"
}

smoke_passes_signed_in() {
    token=$(docker exec "$project-plain" approvalctl token issue admin) || return 1
    SMOKE_TOKEN=$token env -u MAKEFLAGS -u MFLAGS make -C "$root" smoke \
        BASE="http://$(docker port "$project-plain" 8003)"
}

# refuses_start TEXT OPTIONS…: ends by itself, with a failure that TEXT is part of.
refuses_start() {
    text=$1
    shift
    plain "$@" || return 1
    code=$(timeout 30 docker wait "$project-plain") || { docker logs "$project-plain"; return 1; }
    docker logs "$project-plain" 2>&1 | tee "$work/refusal"
    [ "$code" != 0 ] && grep -q "$text" "$work/refusal"
}

run_all() {
    check 'the image names user, port, volume and stop signal' image_is_described
    check 'the image holds no build tools' image_has_no_tools
    check 'compose brings it up' dc up -d --no-build
    check 'it becomes healthy' health_wait healthy
    [ "$failed" = 0 ] || return 0
    check 'it is published on this machine only' published_on_this_machine_only
    check 'no process runs as root' nothing_runs_as_root
    check 'the root file system is read-only, /data is not' root_is_read_only
    check 'no capabilities, no new privileges' nothing_is_privileged
    check 'approvalctl: settings are good, the schema is there' ctl_works
    check 'compose hands on every setting' settings_are_handed_on
    check 'the smoke test passes without a token, sign-in being off' smoke_passes
    check 'the log is JSON lines on stdout' logs_are_json
    check 'it says loudly that sign-in is off' warns_that_auth_is_off
    kept > "$work/before" 2> "$work/kept.log" || cat "$work/kept.log"
    check 'a frozen pool is found unhealthy' frozen_pool_is_unhealthy
    check 'and healthy when it goes on' thawed_pool_is_healthy
    check 'killed processes of the pool are replaced' killed_pool_comes_back
    check 'restart.sh replaces the pool' pool_is_restarted
    check 'SIGTERM stops it within 5 s, with exit code 0' stops_by_sigterm
    check 'it starts again with its data' starts_again
    check 'killed as a whole, it starts again with its data' survives_kill
    check 'the data survives down and up' survives_down_and_up
    check 'it listens on PORT' listens_on_port
    check 'without settings nobody gets in who cannot sign in' asks_who_is_there
    check 'it says how the first one signs in' says_how_to_sign_in
    check 'its secrets are in /data, for their owner alone' keeps_its_secrets
    check 'the smoke test passes with the token of an administrator' smoke_passes_signed_in
    check 'a bad setting stops the start by name' refuses_start APPROVAL_THREADS \
        -e APPROVAL_AUTH=off -e APPROVAL_THREADS=none
}

packages_install curl:curl jq:jq make:make
engine_answers || engine_start
compose='docker compose'
if ! $compose version > /dev/null 2>&1; then
    compose=docker-compose
    packages_install docker-compose:docker-compose
fi
base_image_get

export APPROVAL_IMAGE="approvals-service:test-$$" APPROVAL_PORT=0 BASE_IMAGE="$base_image"
printf '%s\n' APPROVAL_THREADS=7 APPROVAL_AUTH=off > "$work/env"
cat > "$work/override.yml" <<EOF
services:
  approval-app:
    build:
      network: host
    healthcheck:
      interval: 1s
      timeout: 3s
      retries: 2
EOF
say "building the image"
dc build > "$work/build.log" 2>&1 || { tail -n 40 "$work/build.log"; die "the image does not build"; }
docker image inspect --format 'image: {{.Size}} bytes' "$APPROVAL_IMAGE"
run_all

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
