#!/usr/bin/env python3
#
# Typing into a guest, and how guests reset the machine, on the real KVM; TAP.
#
#   board-test.py QEMINI FOLDER-OF-ELF-FILES
#
# Where /dev/kvm cannot be used, all of it is skipped by name.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from tap import plan, result

qemini, guests = sys.argv[1:]
kernel = os.path.join(guests, 'board.elf')
IRQCHIPS = ['on', 'split', 'off']
WAYS = [('pc', way)
        for way in ('cf9', 'port92', 'i8042', 'triple', 'firmware')] + \
    [('microvm', way) for way in ('ged', 'triple', 'firmware')] + \
    [('microvm,acpi=off', 'firmware')]
SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1
TIMEOUT = 180


class Machine:
    """The guest board.c, with its console in a file, and QMP in a pipe."""

    def __init__(self, folder, append, irqchip, *more):
        self.console = os.path.join(folder, 'console')
        if os.path.exists(self.console):
            os.unlink(self.console)
        self.process = subprocess.Popen(
            [qemini, '-accel', f'kvm,kernel-irqchip={irqchip}', '-m', '64',
             '-nodefaults', '-display', 'none', '-qmp', 'stdio', '-S',
             '-serial', f'file:{self.console}',
             '-device', 'isa-debug-exit,iobase=0xf4',
             '-kernel', kernel, '-append', append, *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.killer = threading.Timer(TIMEOUT, self.process.kill)
        self.killer.start()
        self.events = []
        self.process.stdout.readline()
        # Events are told only from here on.
        self.command('qmp_capabilities')
        self.command('cont')

    def read(self):
        """The next line of QMP that is no event; None: it has ended."""
        for line in self.process.stdout:
            message = json.loads(line)
            if 'event' not in message:
                return message
            self.events.append(message)
        return None

    def command(self, name, **arguments):
        self.process.stdin.write(json.dumps({'execute': name,
                                             'arguments': arguments}) + '\n')
        self.process.stdin.flush()
        return self.read()

    def output(self):
        with open(self.console, encoding='ascii', errors='replace') as f:
            return f.read()

    def wait_output(self, text, times=1):
        deadline = time.monotonic() + TIMEOUT
        while self.output().count(text) < times:
            if (self.process.poll() is not None or
                    time.monotonic() > deadline):
                return False
            time.sleep(0.01)
        return True

    def event(self, name):
        """The data of the first such event, or None."""
        for event in self.events:
            if event['event'] == name:
                return event.get('data')
        return None

    def wait(self):
        self.read()
        status = self.process.wait()
        self.killer.cancel()
        return status

    def told(self, status):
        return f'status {status}\nevents {self.events}\n{self.output()}'


def test_keys(folder, irqchip):
    machine = Machine(folder, 'do=keys', irqchip)
    if not machine.wait_output('READY'):
        result(False, f'keys, irqchip {irqchip}', machine.told(machine.wait()))
        return
    machine.command('send-key', keys=[{'type': 'qcode', 'data': 'shift'},
                                      {'type': 'qcode', 'data': 'home'}])
    machine.command('human-monitor-command', **{'command-line': 'sendkey esc'})
    status = machine.wait()
    codes = 'codes 12 e0 6c e0 f0 6c f0 12 76 f0 76\n'
    result(status == SUCCESS and codes in machine.output() and
           'hpet 8086a201, period 10000000 fs\nhpet ticks\n' in
           machine.output(),
           f'keys and the HPET interrupt, irqchip {irqchip}',
           machine.told(status))


def test_reset(folder, board, way):
    machine = Machine(folder, f'do={way}', 'on', '-machine', board)
    again = machine.wait_output(f'reset by {way}', 3)
    machine.command('quit')
    status = machine.wait()
    result(again and status == 0 and machine.event('RESET') ==
           {'guest': True, 'reason': 'guest-reset'},
           f'{board}: {way} resets, again and again', machine.told(status))


def test_no_reboot(folder, board, way):
    machine = Machine(folder, f'do={way}', 'on', '-machine', board,
                      '-no-reboot')
    status = machine.wait()
    result(status == 0 and machine.event('RESET') is None and
           machine.event('SHUTDOWN') ==
           {'guest': True, 'reason': 'guest-reset'},
           f'{board}: {way} ends what does not reboot', machine.told(status))


def main():
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        print('1..0 # SKIP /dev/kvm cannot be used')
        return
    with tempfile.TemporaryDirectory() as folder:
        for irqchip in IRQCHIPS:
            test_keys(folder, irqchip)
        for way in WAYS:
            test_reset(folder, *way)
            test_no_reboot(folder, *way)
    plan()


main()
