#!/usr/bin/python3 -IS
#
# What is behind PCI bridges: Linux numbers the buses and opens the windows, its
# drivers work there, and cards come and go, bridges among them.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Tap, Vm, check_equal, check_match, main, scenario, step
from traffic import from_guest, interrupts_of, ping, to_guest

BRIDGES = ['-device', 'pci-bridge,id=br1,chassis_nr=1,addr=4',
           '-device', 'pci-bridge,id=br2,bus=br1,chassis_nr=2,addr=7']
NICS = 'ls /sys/class/net | grep -c eth'


def behind_bridges(tap, **more):
    return Vm(*BRIDGES, '-netdev', tap.netdev('net0'), '-device',
              f'virtio-net-pci,netdev=net0,mac={tap.mac},bus=br2,addr=3',
              **more)


def wait_for_nics(vm, count):
    vm.wait_in_guest(f'[ "$({NICS})" = {count} ]', f'not {count} network cards')


def add_nic(vm, tap, name, **where):
    vm.command('netdev_add', type='tap', id=f'{name}-tap', ifname=tap.ifname,
               script='no', downscript='no')
    vm.command('device_add', driver='virtio-net-pci', id=name, mac=tap.mac,
               netdev=f'{name}-tap', **where)


def wait_deleted(vm, name):
    while vm.event('DEVICE_DELETED')['data'].get('device') != name:
        pass
    vm.command('netdev_del', id=f'{name}-tap')


@scenario
def behind_two():
    "virtio-net behind two bridges"
    with Tap() as tap, Tap() as other, behind_bridges(tap) as vm:
        vm.boot()
        with step('it is where it was plugged in'):
            check_match(r'/0000:00:04\.0/0000:01:07\.0/0000:02:03\.0/virtio',
                        vm.sh('readlink -f /sys/class/net/eth0/device'),
                        'the path of the card')
        with step('packets go through it'):
            vm.configure(tap)
            ping(tap)
            to_guest(vm, tap)
            from_guest(vm, tap)
            check_match(r'PCI-MSI.*virtio\d-input', interrupts_of(vm),
                        '/proc/interrupts')
        for bus in 'br2', 'br1':
            with step(f'another comes to bus {bus}'):
                add_nic(vm, other, 'other', bus=bus, addr='5')
                wait_for_nics(vm, 2)
                vm.configure(other)
                ping(other)
                ping(tap)
            with step(f'and goes from {bus}'):
                vm.command('device_del', id='other')
                wait_deleted(vm, 'other')
                wait_for_nics(vm, 1)
                ping(tap)


@scenario
def pins():
    "virtio-net behind two bridges, INTx"
    with Tap() as tap, behind_bridges(tap, append='pci=nomsi') as vm:
        vm.boot()
        vm.configure(tap)
        ping(tap)
        to_guest(vm, tap)
        check_match(r'IO-APIC.*fasteoi +virtio\d', interrupts_of(vm),
                    '/proc/interrupts')


@scenario
def bridge_comes():
    "a bridge with a virtio-net behind it comes and goes"
    with Tap() as tap, Vm() as vm:
        vm.boot()
        for time in 'first', 'second':
            with step(f'Linux finds both, the {time} time'):
                # The guest looks once, when the bridge comes.
                vm.command('stop')
                vm.command('device_add', driver='pci-bridge', id='br1',
                           chassis_nr=1, addr='9')
                add_nic(vm, tap, 'nic', bus='br1', addr='3')
                vm.command('cont')
                wait_for_nics(vm, 1)
                vm.configure(tap)
                # Linux may drop the first packets of an interface that came.
                vm.sh(f'ping -c 1 -w 20 {tap.host}')
                ping(tap)
            with step(f'both go, the {time} time'):
                vm.command('device_del', id='br1')
                wait_deleted(vm, 'nic')
                vm.event('DEVICE_DELETED')
                wait_for_nics(vm, 0)
                check_equal(vm.sh('ls /sys/bus/pci/devices | grep -c :09.0 '
                                  '|| true'), '0', 'bridges')


main()
