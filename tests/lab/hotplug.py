#!/usr/bin/python3 -IS
#
# A network card is plugged into a running Linux and pulled out again, by ACPI's
# PCI hotplug (the guest's driver is acpiphp).
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Tap, Vm, check_equal, main, scenario, step
from traffic import ping, to_guest


def nics(vm):
    return vm.sh('ls /sys/class/net | grep -c eth || true')


def wait_for_nics(vm, number):
    vm.sh(f'for i in $(seq 300); do '
          f'[ $(ls /sys/class/net | grep -c eth) = {number} ] && break; '
          'usleep 100000; done')
    check_equal(nics(vm), str(number), 'network cards in the guest')


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
        check_equal(nics(vm), '0', 'network cards at first')
        for time in 'first', 'second':
            with step(f'the guest sees it, the {time} time'):
                plug(vm, tap, 'nic')
                wait_for_nics(vm, 1)
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
                wait_for_nics(vm, 0)
                vm.command('netdev_del', id='nic-tap')


main()
