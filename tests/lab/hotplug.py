#!/usr/bin/python3 -IS
#
# A network card is plugged into a running Linux and pulled out again, by ACPI's
# PCI hotplug (the guest's driver is acpiphp); then a CPU, by ACPI too.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Tap, Vm, check_equal, main, scenario, step
from traffic import ping, to_guest


NICS = 'ls /sys/class/net | grep -c eth'
CPUS = 'cat /sys/devices/system/cpu/present'


def wait_for(vm, command, answer, what):
    vm.wait_in_guest(f'[ "$({command})" = {answer} ]', f'not {answer} {what}')


def plug(vm, tap, name):
    vm.command('netdev_add', type='tap', id=f'{name}-tap', ifname=tap.ifname,
               script='no', downscript='no')
    vm.command('device_add', driver='virtio-net-pci', id=name,
               netdev=f'{name}-tap', mac=tap.mac)


@scenario
def virtio_net():
    "device_add, device_del of a virtio-net-pci"
    with Tap() as tap, Vm() as vm:
        vm.boot()
        check_equal(vm.sh(f'{NICS} || true'), '0', 'network cards at first')
        for time in 'first', 'second':
            with step(f'the guest sees it, the {time} time'):
                plug(vm, tap, 'nic')
                wait_for(vm, NICS, '1', 'network cards')
            with step(f'packets go through it, the {time} time'):
                vm.configure(tap)
                ping(tap)
                to_guest(vm, tap)
            with step(f'the guest lets it go, the {time} time'):
                vm.command('device_del', id='nic')
                deleted = vm.event('DEVICE_DELETED')['data']
                check_equal(deleted['path'],
                            '/machine/peripheral/nic/virtio-backend',
                            'first DEVICE_DELETED')
                deleted = vm.event('DEVICE_DELETED')['data']
                check_equal(deleted.get('device'), 'nic', 'DEVICE_DELETED')
                wait_for(vm, NICS, '0', 'network cards')
                vm.command('netdev_del', id='nic-tap')


@scenario
def cpu():
    "device_add, device_del of a CPU"
    with Vm('-smp', '1,maxcpus=2') as vm:
        vm.boot()
        check_equal(vm.sh(CPUS), '0', 'CPUs at first')
        free = [slot for slot in vm.command('query-hotpluggable-cpus')
                if 'qom-path' not in slot]
        check_equal(len(free), 1, 'free slots')
        for time in 'first', 'second':
            with step(f'the guest sees it, the {time} time'):
                vm.command('device_add', driver=free[0]['type'], id='second',
                           **free[0]['props'])
                wait_for(vm, CPUS, '0-1', 'CPUs')
            with step(f'it runs, the {time} time'):
                # What udev does elsewhere.
                vm.sh('echo 1 >/sys/devices/system/cpu/cpu1/online')
                vm.sh('taskset 2 true')
                check_equal(vm.sh('nproc'), '2', 'nproc')
            with step(f'the guest lets it go, the {time} time'):
                vm.command('device_del', id='second')
                deleted = vm.event('DEVICE_DELETED')['data']
                check_equal(deleted['path'], '/machine/peripheral/second/lapic',
                            'first DEVICE_DELETED')
                deleted = vm.event('DEVICE_DELETED')['data']
                check_equal(deleted.get('device'), 'second', 'DEVICE_DELETED')
                wait_for(vm, CPUS, '0', 'CPUs')


main()
