#!/usr/bin/python3 -IS
#
# Linux on a board without PCI: virtio over MMIO, found by ACPI, interrupts by
# the IOAPICs, power off by the GED.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import (Tap, Vm, check, check_equal, check_match, main, scenario,
                 step)
from traffic import from_guest, interrupts_of, ping, to_guest


def devices(tap, *more, options=''):
    """A network card, and a source of random numbers."""
    return ['-netdev', tap.netdev('net0'), '-device',
            f'virtio-net-device,netdev=net0,mac={tap.mac}{options}',
            '-device', f'virtio-rng-device{options}',
            *more]


MODULES = ('virtio_mmio', 'virtio_net', 'virtio-rng', 'button', 'evdev')


@scenario
def modern():
    "microvm, two IOAPICs, version 2, packed rings"
    with Tap() as tap, Vm(
            *devices(tap, '-global', 'virtio-mmio.force-legacy=off',
                     options=',packed=on'),
            machine='microvm', irqchip='split', modules=MODULES) as vm:
        vm.boot()
        vm.configure(tap)
        with step('the host pings the guest'):
            ping(tap)
        with step('1 MB by TCP to the guest'):
            to_guest(vm, tap)
        with step('1 MB by TCP from the guest'):
            from_guest(vm, tap)
        with step('transports are where ACPI says'):
            check_match(r'IO-APIC +23-fasteoi +virtio\d', interrupts_of(vm),
                        '/proc/interrupts')
            check_equal(vm.sh('ls -d /sys/bus/acpi/devices/LNRO0005:* | wc -l'),
                        '2', 'ACPI devices')
        with step('the packed ring was agreed on'):
            check_equal(vm.sh('cut -c 35 /sys/class/net/eth0/device/features'),
                        '1', 'VIRTIO_F_RING_PACKED')
        with step('/dev/hwrng reads'):
            check_equal(vm.sh('dd if=/dev/hwrng bs=64 count=16 2>/dev/null '
                              '| wc -c'), '1024', 'bytes')
        with step('no PCI is all that is missed'):
            check_match(r'^<3>\[[^\n]*PCI: Fatal: No config space access '
                        r'function found$(?!\n)',
                        vm.sh('dmesg -r | grep "^<[0-3]>"'), 'messages')
        with step('the button is pressed, and the guest ends itself'):
            vm.sh('event=$(grep -l "Power Button" /sys/class/input/event*/'
                  'device/name | cut -d / -f 5); exec 3</dev/input/$event')
            vm.sh('{ head -c 24 <&3 | od -A n -t u2 -j 16 -N 6; poweroff -f; }'
                  ' &')
            vm.command('system_powerdown')
            # struct input_event: EV_KEY, KEY_POWER, 1.
            vm.expect(r' 1 +116 +1\n')
            check_equal(vm.wait_exit(), 0, 'exit status')


@scenario
def legacy():
    "microvm, one IOAPIC, version 1"
    with Tap() as tap, Vm(*devices(tap), machine='microvm,ioapic2=off',
                          irqchip='on', modules=MODULES) as vm:
        vm.boot()
        vm.configure(tap)
        with step('the host pings the guest'):
            ping(tap)
        with step('1 MB by TCP from the guest'):
            from_guest(vm, tap)
        with step('interrupts of the kernel\'s IOAPIC'):
            check_match(r'IO-APIC +23-fasteoi +virtio\d', interrupts_of(vm),
                        '/proc/interrupts')
        with step('/dev/hwrng reads'):
            check_equal(vm.sh('dd if=/dev/hwrng bs=64 count=16 2>/dev/null '
                              '| wc -c'), '1024', 'bytes')
        with step('reboot -f: by way of UEFI, which is not there, to firmware'):
            check_equal(vm.sh('cat /sys/kernel/reboot/type'), 'efi', 'way')
            vm.sh('echo 1 >/tmp/mark')
            vm.send('reboot -f')
            vm.boot()
            check_equal(vm.shell('test -e /tmp/mark')[0], 1, 'test of mark')
            reset = vm.event('RESET')['data']
            check_equal((reset['guest'], reset['reason']),
                        (True, 'guest-reset'), 'RESET')
        with step('the host pings what came back'):
            vm.configure(tap)
            ping(tap)


@scenario
def without_acpi():
    "microvm, acpi=off: the command line tells of the devices"
    with Tap() as tap, Vm(*devices(tap), machine='microvm,acpi=off',
                          irqchip='on', modules=()) as vm:
        vm.boot()
        with step('two transports'):
            check_match(r' virtio_mmio\.device=512@0xfeb00e00:12 '
                        r'virtio_mmio\.device=512@0xfeb00c00:11$',
                        vm.sh('cat /proc/cmdline'), 'command line')
        with step('no tables'):
            check(vm.shell('ls /sys/firmware/acpi/tables/DSDT')[0],
                  'there is a DSDT')
        with step('time passes: a timer interrupts'):
            vm.sh('sleep 1')


main()
