#!/usr/bin/python3 -IS
#
# Linux's own virtio-net driver, over a tap: packets arrive whole, both ways, by
# MSI-X, by INTx, through a bridge, and as virtio of each kind.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Tap, Vm, check_equal, check_match, main, run, scenario, step
from traffic import from_guest, interrupts_of, ping, to_guest


@scenario
def msix():
    "virtio-net, MSI-X"
    with Tap() as tap, Vm(taps=[tap]) as vm:
        vm.boot()
        with step('the host pings the guest'):
            ping(tap)
        with step('the guest pings the host'):
            check_match(r'\b0% packet loss',
                        vm.sh(f'ping -c 5 -A {tap.host}'), 'ping')
        with step('4 MB by TCP to the guest'):
            to_guest(vm, tap, 4)
        with step('4 MB by TCP from the guest'):
            from_guest(vm, tap, 4)
        with step('each queue has a vector of its own'):
            out = interrupts_of(vm)
            for name in 'config', 'input.0', 'output.0':
                check_match(rf'PCI-MSI.*edge +virtio\d-{name}', out,
                            '/proc/interrupts')


@scenario
def intx():
    "virtio-net, INTx"
    with Tap() as tap, Vm(taps=[tap], append='pci=nomsi') as vm:
        vm.boot()
        with step('1 MB by TCP to the guest'):
            to_guest(vm, tap)
        with step('1 MB by TCP from the guest'):
            from_guest(vm, tap)
        with step('by a pin of the IO-APIC'):
            check_match(r'IO-APIC.*fasteoi +virtio\d', interrupts_of(vm),
                        '/proc/interrupts')


@scenario
def packed():
    "virtio-net, packed rings"
    with Tap() as tap, Vm(taps=[tap],
                          net_options=',packed=on,disable-legacy=on') as vm:
        vm.boot()
        with step('the packed ring was agreed on'):
            check_equal(vm.sh('cut -c 35 /sys/class/net/eth0/device/features'),
                        '1', 'VIRTIO_F_RING_PACKED')
        with step('the host pings the guest'):
            ping(tap)
        with step('4 MB by TCP to the guest'):
            to_guest(vm, tap, 4)
        with step('4 MB by TCP from the guest'):
            from_guest(vm, tap, 4)


@scenario
def legacy():
    "virtio-net, the registers before virtio 1"
    with Tap() as tap, Vm(taps=[tap], net_options=',disable-modern=on') as vm:
        vm.boot()
        with step('there is no virtio 1'):
            check_equal(vm.sh('cut -c 33 /sys/class/net/eth0/device/features'),
                        '0', 'VIRTIO_F_VERSION_1')
        with step('the host pings the guest'):
            ping(tap)
        with step('1 MB by TCP to the guest'):
            to_guest(vm, tap)
        with step('1 MB by TCP from the guest'):
            from_guest(vm, tap)


@scenario
def bridge():
    "two network cards on a bridge, one of them packed, one legacy"
    with Tap(address=False) as a, Tap(address=False) as b, \
            Vm('-netdev', b.netdev('b'), '-device',
               'virtio-net-pci,netdev=b,disable-modern=on,disable-legacy=off,'
               f'mac={b.mac}', taps=[a], net_options=',packed=on') as vm:
        run('ip', 'link', 'add', 'br0', 'type', 'bridge')
        run('ip', 'address', 'add', f'{a.host}/24', 'dev', 'br0')
        run('ip', 'link', 'set', 'br0', 'up')
        for tap in a, b:
            run('ip', 'link', 'set', tap.ifname, 'master', 'br0')
        vm.boot()
        b.guest = a.guest[:-1] + '3'
        name = vm.configure(b)
        with step('the packed ring was agreed on'):
            check_equal(vm.sh('cut -c 35 /sys/class/net/eth0/device/features'),
                        '1', 'VIRTIO_F_RING_PACKED')
        with step('the host pings both'):
            ping(a)
            # One address of two in a network: say which card answers.
            vm.sh(f'ip link set eth0 down')
            ping(b)


main()
