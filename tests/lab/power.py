#!/usr/bin/python3 -IS
#
# A guest goes down, comes back and falls over, by each of the ways there are.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Vm, check_equal, main, scenario, step


def comes_back(vm):
    """After what resets it, the same guest boots anew, with nothing kept."""
    vm.boot()
    check_equal(vm.shell('test -e /tmp/mark')[0], 1, 'test for the mark')


@scenario
def reboots():
    "resets"
    with Vm() as vm:
        vm.boot()
        vm.sh('echo 1 >/tmp/mark')
        with step('system_reset, by QMP'):
            vm.command('system_reset')
            comes_back(vm)
            reset = vm.event('RESET')['data']
            check_equal((reset['guest'], reset['reason']),
                        (False, 'host-qmp-system-reset'), 'RESET')
        # Each of them by itself, where Linux would try the next.
        for way, name in (('kbd', 'the keyboard\'s controller'),
                          ('pci', 'port 0xcf9'),
                          ('triple', 'a triple fault')):
            vm.sh(f'echo 1 >/tmp/mark; echo {way} >/sys/kernel/reboot/type')
            with step(f'reboot -f, by {name}'):
                vm.send('reboot -f')
                comes_back(vm)
                reset = vm.event('RESET')['data']
                check_equal((reset['guest'], reset['reason']),
                            (True, 'guest-reset'), 'RESET')
        with step('stop keeps the guest where it is, cont lets it go on'):
            vm.command('stop')
            check_equal(vm.command('query-status')['status'], 'paused',
                        'status')
            vm.command('cont')
            check_equal(vm.sh('echo here'), 'here', 'answer')


@scenario
def powers_off():
    "poweroff -f"
    with Vm() as vm:
        vm.boot()
        vm.send('poweroff -f')
        down = vm.event('SHUTDOWN')['data']
        check_equal((down['guest'], down['reason']), (True, 'guest-shutdown'),
                    'SHUTDOWN')
        check_equal(vm.wait_exit(), 0, 'exit status')


@scenario
def power_button():
    "system_powerdown"
    with Vm(modules=['button', 'evdev']) as vm:
        vm.boot()
        with step('the button is an input device'):
            check_equal(vm.sh('cat /sys/class/input/event*/device/name '
                              '| grep -c "Power Button"'), '1', 'buttons')
        # The program of a distribution that waits for KEY_POWER, in a line.
        vm.sh('event=$(grep -l "Power Button" /sys/class/input/event*/device/'
              'name | cut -d / -f 5); exec 3</dev/input/$event')
        vm.sh('{ head -c 24 <&3 | od -A n -t u2 -j 16 -N 6; poweroff -f; } &')
        with step('it is pressed, and the guest ends itself'):
            vm.command('system_powerdown')
            vm.event('POWERDOWN')
            # struct input_event: EV_KEY, KEY_POWER, 1.
            vm.expect(r' 1 +116 +1\n')
            check_equal(vm.event('SHUTDOWN')['data']['guest'], True,
                        'SHUTDOWN')
            check_equal(vm.wait_exit(), 0, 'exit status')


@scenario
def panics():
    "a panic, told by pvpanic"
    with Vm('-device', 'pvpanic', '-action', 'panic=pause', '-no-reboot',
            modules=['pvpanic-mmio']) as vm:
        vm.boot()
        vm.send('echo c >/proc/sysrq-trigger')
        with step('GUEST_PANICKED'):
            check_equal(vm.event('GUEST_PANICKED')['data']['action'],
                        'pause', 'action')
            vm.event('STOP')
            check_equal(vm.command('query-status')['status'],
                        'guest-panicked', 'status')
        with step('-no-reboot: the reset after it ends the program'):
            vm.command('cont')
            vm.expect('Kernel panic - not syncing: sysrq triggered crash')
            check_equal(vm.event('SHUTDOWN')['data'],
                        {'guest': True, 'reason': 'guest-reset'}, 'SHUTDOWN')
            check_equal(vm.wait_exit(), 0, 'exit status')


main()
