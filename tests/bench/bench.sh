#!/bin/sh
# Runs the figures in a network namespace of their own.
#
#   tests/bench/bench.sh BUILD       QEMU=/path/to/qemu-system-x86_64 compares
#                                    PARTS="net disk" runs only these
#                                    DISK="null-co: read" of disks only these
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
build=$1
userns=
[ "$(id -u)" = 0 ] || userns='--user --map-root-user'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# What each start of a VMM says is of interest only when one fails.
# shellcheck disable=SC2086
unshare $userns --net sh -c '
    echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null || true
    exec "$@"' sh \
    "$build/tests/bench/bench" "$build/qemini-system-x86_64" "${QEMU:-}" \
    ${PARTS:-} \
    2>"$log" || { tail -n 20 "$log" >&2; exit 1; }
[ -n "${PARTS:-}" ] || "$build/tests/bench/bench-core"
