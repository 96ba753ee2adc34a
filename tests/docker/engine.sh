# Sourced by run.sh: a Docker engine and a base image, and their end.
# Uses $work (a folder of our own), say and die; sets engine_pid and base_image.
# shellcheck shell=sh disable=SC2016

: "${work:?}"

# packages_install COMMAND:PACKAGE…: those whose command is missing.
packages_install() {
    missing=
    for pair in "$@"; do
        command -v "${pair%%:*}" > /dev/null || missing="$missing ${pair#*:}"
    done
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || die "these packages are missing, and only root can install them:$missing"
    say "installing$missing"
    services_forbid
    # shellcheck disable=SC2086
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing; } \
        > "$work/apt.log" 2>&1 || { tail -n 20 "$work/apt.log"; die "apt-get install$missing failed"; }
    services_allow
}

# A package must not start an engine of its own beside ours.
services_forbid() {
    [ ! -e /usr/sbin/policy-rc.d ] || return 0
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod +x $policy
}

services_allow() {
    [ -z "$policy" ] || rm -f "$policy"
    policy=
}

engine_answers() {
    command -v docker > /dev/null && docker info > /dev/null 2>&1
}

# Our own engine leaves the machine's firewall, routes and default bridge alone: published ports go
# through its proxy process, builds use the machine's network.
engine_start() {
    [ "$(id -u)" = 0 ] || die "no Docker engine answers, and only root can start one"
    packages_install docker:docker.io dockerd:docker.io
    say "starting a Docker engine in $work"
    export DOCKER_HOST="unix://$work/docker.sock"
    dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" \
        --pidfile "$work/docker.pid" --bridge=none --iptables=false --ip6tables=false \
        --ip-forward=false > "$work/dockerd.log" 2>&1 &
    engine_pid=$!
    for _ in $(seq 60); do
        docker info > /dev/null 2>&1 && return 0
        kill -0 $engine_pid 2>/dev/null || break
        sleep 0.5
    done
    tail -n 20 "$work/dockerd.log"
    die "the Docker engine did not start"
}

engine_stop() {
    [ -n "$engine_pid" ] || return 0
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    awk -v under="$work/" 'index($2, under) == 1 { print $2 }' /proc/self/mounts | sort -r |
        while read -r mounted; do umount "$mounted"; done
}

# What apt needs here to reach the packages, handed on to the base image.
base_apt_setup() {
    tree=$1
    apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' | grep -E " bookworm[a-z-]* " | sort -u \
        > "$tree/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries)' \
        > "$tree/etc/apt/apt.conf.d/99host" || true
    if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
        mkdir -p "$tree/etc/ssl/certs"
        cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
    fi
    # As in the published image: no package starts a service while an image is built.
    printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
    chmod +x "$tree/usr/sbin/policy-rc.d"
}

base_bootstrap() {
    packages_install debootstrap:debootstrap
    say "making a base image from Debian's packages"
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
        'Codename: bookworm' 'Component: main' | head -1)
    [ -n "$mirror" ] || die "apt knows no mirror of Debian bookworm; run apt-get update, or set BASE_IMAGE"
    debootstrap --variant=minbase bookworm "$work/root" "$mirror" > "$work/debootstrap.log" 2>&1 || {
        tail -n 20 "$work/debootstrap.log"
        die "debootstrap failed"
    }
    base_apt_setup "$work/root"
    rm -f "$work/root/var/cache/apt/archives/"*.deb
    tar -C "$work/root" -c . | docker import - "$1" > /dev/null
    rm -rf --one-file-system "$work/root"
}

# $BASE_IMAGE when set; what the engine has or can pull; else one that we make.
base_image_get() {
    base_image=${BASE_IMAGE:-debian:bookworm-slim}
    [ -z "${BASE_IMAGE:-}" ] || return 0
    if [ -z "$engine_pid" ]; then
        docker image inspect "$base_image" > /dev/null 2>&1 && return 0
        timeout 120 docker pull -q "$base_image" > /dev/null 2>&1 && return 0
        base_image=approvals-base:$$
    fi
    base_bootstrap "$base_image"
}
