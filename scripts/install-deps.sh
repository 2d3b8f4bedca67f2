#!/bin/sh
# Install what building, running and testing qemini needs and this machine
# lacks.  Says nothing when nothing is missing.
#
#   install-deps.sh         for all but the rest
#   install-deps.sh check   for tests that are skipped without: make check
#   install-deps.sh lab     for the lab: tests/lab, make check-lab
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

packages='gcc libc6-dev make meson ninja-build pkg-config python3
    libglib2.0-dev libjson-c-dev libpixman-1-dev zlib1g-dev libzstd-dev
    linux-libc-dev
    iproute2 iputils-ping gdb mold seabios'
tools='cc make meson ninja pkg-config python3 ip ping'
libraries='glib-2.0 json-c pixman-1 zlib'
who='qemini needs'
if [ "${1:-}" = check ]; then
    packages='qemu-utils'
    tools='qemu-img qemu-io'
    libraries=
    who='tests that will be skipped need'
fi
if [ "${1:-}" = lab ]; then
    packages='qemu-system-x86 busybox-static xz-utils lz4 kmod cpio iproute2'
    tools='qemu-system-x86_64 busybox xz lz4 modprobe cpio ip'
    libraries=
fi

installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

# Elsewhere than on Debian: look for the tools and libraries themselves.
if ! command -v dpkg-query >/dev/null; then
    missing=
    for tool in $tools; do
        command -v $tool >/dev/null || missing="$missing $tool"
    done
    for lib in $libraries; do
        pkg-config --exists $lib 2>/dev/null || missing="$missing $lib(-devel)"
    done
    [ -z "$missing" ] && exit 0
    echo "$who, and this machine lacks:$missing" >&2
    echo "Install them with your system's package manager, then try again." >&2
    exit 1
fi

missing=
for p in $packages; do
    installed $p || missing="$missing $p"
done
[ -z "$missing" ] && exit 0

run=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "$who these packages; as root, say:" >&2
        echo "    apt-get install$missing" >&2
        exit 1
    fi
    run=sudo
    echo "Installing with sudo:$missing"
else
    echo "Installing:$missing"
fi
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
# shellcheck disable=SC2086
$run apt-get install -y -qq --no-install-recommends $missing >/dev/null
