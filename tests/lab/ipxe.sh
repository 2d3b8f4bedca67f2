#!/bin/sh
#
# From the firmware to an address: SeaBIOS starts the option ROM of
# virtio-net-pci, iPXE, whose driver gets a lease through the tap.
#
#   ipxe.sh QEMINI
#
# To be run as root where a true KVM is: iPXE's code needs one.  Says in TAP what
# came out.  dnsmasq is taken from $DNSMASQ, or from the path; iPXE's ROM from
# where QEMU's package has it.
#
# SPDX-License-Identifier: GPL-2.0-or-later

set -u
qemini=$1
dnsmasq=${DNSMASQ:-dnsmasq}
seconds=${IPXE_SECONDS:-90}
dir=$(mktemp -d)
tap=ipxe0
mac=52:54:00:12:34:56
server=
vm=

finish() {
    [ -n "$vm" ] && kill "$vm" 2>/dev/null
    [ -n "$server" ] && kill "$server" 2>/dev/null
    ip link del $tap 2>/dev/null
    rm -rf "$dir"
}
trap finish EXIT

skip() {
    echo "ok 1 - iPXE gets a lease # SKIP $1"
    echo "1..1"
    exit 0
}

command -v "$dnsmasq" >/dev/null || skip "there is no dnsmasq"
[ -w /dev/kvm ] || skip "/dev/kvm cannot be used"
[ -r /usr/lib/ipxe/qemu/efi-virtio.rom ] || skip "there is no iPXE"
ip tuntap add dev $tap mode tap 2>/dev/null || skip "no tap can be made"
ip addr add 10.0.2.2/24 dev $tap
ip link set $tap up

# Option 176 of iPXE's own: do not wait for better offers.
"$dnsmasq" --no-daemon --conf-file=/dev/null --port=0 --interface=$tap \
    --bind-interfaces --no-ping --dhcp-range=10.0.2.15,10.0.2.15,1h \
    --dhcp-option=encap:175,176,1b --dhcp-leasefile="$dir/leases" \
    --log-dhcp --user=root >"$dir/dnsmasq" 2>&1 &
server=$!

"$qemini" -accel kvm -m 256 -nodefaults -machine graphics=off -display none \
    -serial file:"$dir/serial" -boot n \
    -netdev tap,id=n,ifname=$tap,script=no,downscript=no \
    -device virtio-net-pci,netdev=n,mac=$mac >"$dir/vm" 2>&1 &
vm=$!

# The lease is given before iPXE has said so.
i=0
while [ $i -lt "$seconds" ] && kill -0 $vm 2>/dev/null &&
      ! { grep -q "DHCPACK.*10.0.2.15 $mac" "$dir/dnsmasq" &&
          grep -q 'net0: 10.0.2.15' "$dir/serial"; }; do
    sleep 1
    i=$((i + 1))
done

n=0
check() {
    n=$((n + 1))
    if grep -q "$2" "$dir/$3" 2>/dev/null; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        failed=1
    fi
}
failed=0
check "SeaBIOS starts" "SeaBIOS (version" serial
check "iPXE starts from the option ROM" "iPXE" serial
check "iPXE's virtio-net gets a lease" "DHCPACK.*10.0.2.15 $mac" dnsmasq
check "iPXE has its address" "net0: 10.0.2.15" serial
echo "1..$n"
if [ $failed -ne 0 ] || [ "${IPXE_VERBOSE:-0}" = 1 ]; then
    for f in serial vm dnsmasq; do
        tr -d '\000' <"$dir/$f" | sed "s/^/# $f: /" | tail -n 60
    done
fi
exit $failed
