#!/bin/bash
# The main job, with comments: the host's own ping goes through a tap and a
# virtio-net device to a small driver, and back.
#
#   scripts/run-ping.sh QEMINI        (make run)
#
# Everything happens in a network namespace of its own, which is gone when the
# script ends, however it ends; the host's network is not touched.
set -euo pipefail

qemini=$(realpath "$1")
guest=$(dirname "$qemini")/tests/qtest/ping-guest
host_ip=192.0.2.1 guest_ip=192.0.2.2 count=10
ifname=tap0

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

if [ -z "${QEMINI_IN_NAMESPACE:-}" ]; then
    [ -c /dev/net/tun ] || {
        echo "make run needs /dev/net/tun (try: modprobe tun)" >&2
        exit 1
    }
    userns='--user --map-root-user'
    [ "$(id -u)" = 0 ] && userns=
    # shellcheck disable=SC2086
    if ! unshare $userns --net true 2>/dev/null; then
        echo "make run needs a network namespace of its own, and this user" >&2
        echo "may not make one; try: sudo make run" >&2
        exit 1
    fi
    # shellcheck disable=SC2086
    QEMINI_IN_NAMESPACE=1 exec unshare $userns --net --fork --kill-child \
        "$0" "$qemini"
fi

tmp=$(mktemp -d "${TMPDIR:-/tmp}/qemini-run.XXXXXX")
guest_pid=
finish() {
    [ -z "$guest_pid" ] || kill "$guest_pid" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

say "1. qemini-system-x86_64 -netdev tap,id=tap0,... -device virtio-net-pci,netdev=tap0,id=nic0"
echo "   The realize chain as it happens (-trace; docs/realize.md explains it):"
export QTEST_QEMU_BINARY=$qemini
"$guest" --ifname "$ifname" --ip "$guest_ip" --log "$tmp/trace" \
    --monitor "$tmp/hmp" >"$tmp/out" 2>"$tmp/err" &
guest_pid=$!
for _ in $(seq 100); do
    grep -q '^ready' "$tmp/out" 2>/dev/null && break
    kill -0 "$guest_pid" 2>/dev/null || break
    sleep 0.05
done
if ! grep -q '^ready' "$tmp/out"; then
    cat "$tmp/out" "$tmp/err" >&2
    echo "the guest's driver did not start" >&2
    exit 1
fi
"$(dirname "$0")"/show-chain.py "$tmp/trace"

say "2. What is plugged into what (info qtree, around the device):"
grep -v '^ready' "$tmp/out"

say "3. The host pings the guest: ping -c $count $guest_ip"
ip address add $host_ip/24 dev $ifname
ip link set $ifname up
ping -n -c $count -i 0.2 -W 2 $guest_ip

say "4. Where to go next"
cat <<'EOF'
   make gdb                            stop in virtio_net_device_realize, see the road there
   make check                          all tests
   docs/map.md                         what is where, and who may call whom
   docs/realize.md                     the chain above, step by step
   docs/how-to-add-a-device.md         your own device in a few minutes
EOF
