#!/bin/bash
# The main job, with comments: the host's own ping goes through a tap and a
# virtio-net device to a small driver, and back.
#
#   scripts/run-ping.sh QEMINI        (make run)
#
# The driver is that of tests/guest/net.c, which KVM runs.  Where /dev/kvm cannot
# be used, or with QEMINI_ACCEL=qtest, it is tests/qtest/ping-guest.c, a program
# beside qemini that plays the guest.
#
# Everything happens in a network namespace of its own, which is gone when the
# script ends, however it ends; the host's network is not touched.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

qemini=$(realpath "$1")
scripts=$(realpath "$(dirname "$0")")
build=$(dirname "$qemini")
host_ip=192.0.2.1 guest_ip=192.0.2.2 count=10
ifname=tap0

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'make run: %s\n' "$@" >&2; exit 1; }

if [ -z "${QEMINI_IN_NAMESPACE:-}" ]; then
    for tool in unshare setsid ip ping python3; do
        command -v $tool >/dev/null || fail "needs the program '$tool'"
    done
    [ -c /dev/net/tun ] ||
        fail "needs /dev/net/tun, which is not there (try: modprobe tun)"
    [ -r /dev/net/tun ] && [ -w /dev/net/tun ] ||
        fail "needs /dev/net/tun, which this user may not open" \
             "(try: sudo make run, or chmod 666 /dev/net/tun as is usual)"
    userns=(--user --map-root-user)
    [ "$(id -u)" != 0 ] || userns=()
    unshare "${userns[@]}" --net true 2>/dev/null ||
        fail "needs a network namespace of its own, and this user may not" \
             "make one (try: sudo make run, or sysctl" \
             "kernel.unprivileged_userns_clone=1 where there is such a thing)"
    QEMINI_IN_NAMESPACE=1 exec unshare "${userns[@]}" --net -- "$0" "$qemini"
fi

accel=${QEMINI_ACCEL:-kvm} why='as QEMINI_ACCEL says'
if [ "$accel" = kvm ] && ! { : <>/dev/kvm; } 2>/dev/null; then
    accel=qtest why='because /dev/kvm cannot be used here'
fi

tmp=$(mktemp -d "${TMPDIR:-/tmp}/qemini-run.XXXXXX")
guest_pid='' ping_pid=''
finish() {
    trap '' INT TERM HUP
    [ -z "$ping_pid" ] || kill -INT "$ping_pid" 2>/dev/null || true
    # Again and again: between fork and exec it is a shell, and may miss one.
    while [ -n "$guest_pid" ] && kill "$guest_pid" 2>/dev/null; do
        sleep 0.05
    done
    wait 2>/dev/null || true
    rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

device=(-netdev "tap,id=tap0,ifname=$ifname,script=no,downscript=no"
    -device 'virtio-net-pci,netdev=tap0,id=nic0,addr=4')
if [ "$accel" = kvm ]; then
    # The guest ends when it has answered, through the device isa-debug-exit,
    # which makes 2 * 0 + 1 of its 0.
    command=("$qemini" -M pc -accel kvm -m 64 -nodefaults -display none
        -serial stdio -monitor "unix:$tmp/hmp,server=on,wait=off"
        -trace "events=$scripts/life-cycle-events,depth=on,file=$tmp/trace"
        -kernel "$build/tests/guest/net.elf"
        -append "ip=$guest_ip packets=$count seconds=60"
        -device 'isa-debug-exit,iobase=0xf4' "${device[@]}")
    ready='^virtio-net .* is up' end=1
    echo "The guest is tests/guest/net.c, and KVM runs it."
else
    command=("$build/tests/qtest/ping-guest" --ifname="$ifname"
        --ip="$guest_ip"
        --trace="$scripts/life-cycle-events" --log="$tmp/trace"
        --monitor="$tmp/hmp")
    ready='^ready' end=0
    echo "The guest is played by tests/qtest/ping-guest.c, $why."
fi

say "1. The realize chain, as it happens"
cat <<EOF
   qemini-system-x86_64 -M pc -accel $accel
       ${device[0]} ${device[1]}
       ${device[2]} ${device[3]}
       -trace events=scripts/life-cycle-events,depth=on

   Each line is a function that was entered; what it calls stands below it,
   further to the right.  docs/realize.md goes through it step by step.

EOF
# In a session of its own: ^C is for this script, which then ends the rest.
QTEST_QEMU_BINARY=$qemini setsid "${command[@]}" \
    >"$tmp/out" 2>"$tmp/err" </dev/null &
guest_pid=$!
for _ in $(seq 200); do
    grep -q "$ready" "$tmp/out" && break
    kill -0 $guest_pid 2>/dev/null || break
    sleep 0.05
done
if ! grep -q "$ready" "$tmp/out"; then
    cat "$tmp/out" "$tmp/err" >&2
    fail "the guest's driver did not start"
fi
"$scripts/show-chain.py" "$tmp/trace" nic0

say "2. What is plugged into what (info qtree, around the device)"
"$scripts/show-qtree.py" "$tmp/hmp" nic0

say "3. The host pings the guest: ping -c $count $guest_ip"
ip address add $host_ip/24 dev $ifname
ip link set $ifname up
# In the background, because a shell that waits can still be interrupted.
ping -n -c $count -i 0.2 -W 2 $guest_ip >"$tmp/ping" 2>&1 &
ping_pid=$!
wait $ping_pid || { cat "$tmp/ping" >&2; fail "ping got no answer"; }
ping_pid=''
sed 's/^/   /' "$tmp/ping"
grep -q ' 0% packet loss' "$tmp/ping" || fail "packets were lost"

[ "$accel" = kvm ] || kill "$guest_pid"
status=0
wait $guest_pid || status=$?
[ $status = $end ] || { cat "$tmp/err" >&2; fail "qemini did not end well"; }
guest_pid=''
sed -n '/^ready\|^#/d; s/^/   /p' "$tmp/out"

say "4. Where to go next"
cat <<'EOF'
   make gdb                      stop in virtio_net_device_realize, walk the road
   make run LINUX=1              Debian's Linux in place of the small driver
   make check                    all tests
   docs/map.md                   what is where, and who may call whom
   docs/realize.md               the chain above, step by step
   docs/packet.md                the way of a packet from the tap to the guest
   docs/how-to-add-a-device.md   your own device, in numbered steps
EOF
