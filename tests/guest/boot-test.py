#!/usr/bin/env python3
#
# Disks that boot: Debian's SeaBIOS on the real KVM starts boot/boot.c from each
# kind of disk, in the order that bootindex and -boot say; TAP.
#
#   boot-test.py QEMINI FOLDER-OF-BIN-FILES [all] [NAME…]
#
# Without "all" it is a few machines with much in them, as firmware takes seconds
# on a KVM that has to emulate it.  NAME is a piece of a machine's name.
#
# What the program says is compared with what is in the images and, where there
# is a QEMU 7.2 (by TCG), with what it says there.  Where /dev/kvm or SeaBIOS is
# missing, all is skipped by name.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             '..', 'qtest'))
import boot_image                                        # noqa: E402
from boot_machines import FULL, QUICK                    # noqa: E402
from differences import find_reference                   # noqa: E402
from qmp_client import Died, Qmp                         # noqa: E402
from tap import plan, result, skip                       # noqa: E402

SEABIOS = '/usr/share/seabios/'
SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1
SECONDS = 150           # for one boot, on a machine that has much to do

qemini, folder = sys.argv[1:3]


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def make_image(path):
    """By its name: first.img, first.qcow2, first.iso, blank.img, net.rom."""
    program = read(os.path.join(folder, 'boot.bin'))
    label, kind = os.path.basename(path).split('.')
    if kind == 'rom':
        image = boot_image.rom(read(os.path.join(folder, 'rom.bin')))
    elif kind == 'iso':
        image = boot_image.cd(program, label)
    elif label.startswith('blank'):
        image = boot_image.blank(label)
    else:
        image = boot_image.disk(program, label)
    if kind == 'qcow2':
        image = boot_image.qcow2(image)
    with open(path, 'wb') as f:
        f.write(image)


class Firmware(Qmp):
    """A machine in a folder of its own, that has its images, and what it says.

    said    the lines on its serial port
    status  with which it ended, None if it did not
    """

    def __init__(self, program, accel, machine, where):
        self.where = where
        for image in set(re.findall(r'@(\w+\.\w+)',
                                    f'{machine.options} {machine.rounds}')):
            make_image(os.path.join(where, image))
        self.serial, self.debug = (os.path.join(where, name)
                                   for name in ('serial', 'debug'))
        argv = [program, '-accel', accel, '-m', '32', '-nodefaults',
                '-no-user-config', '-display', 'none',
                '-chardev', f'file,id=serial,path={self.serial}',
                '-serial', 'chardev:serial',
                '-chardev', f'file,id=debug,path={self.debug}',
                '-device', 'isa-debugcon,iobase=0x402,chardev=debug']
        if machine.ends():
            argv += ['-device', 'isa-debug-exit,iobase=0xf4']
        super().__init__(argv + self.place(machine.options).replace(
            'SEABIOS/', SEABIOS).split())
        self.status = None

    def place(self, text):
        """With the names that images have here."""
        return text.replace('@', self.where + '/')

    def text(self):
        return read(self.serial).decode(errors='replace').replace('\r', '')

    def wait(self, boots):
        """Until the program was there so often, or firmware gives up."""
        end = time.monotonic() + SECONDS * boots
        while time.monotonic() < end:
            if len(re.findall(r'^disks:.*\n', self.text(), re.M)) >= boots:
                return
            if b'No bootable device.' in read(self.debug):
                return
            if self.process.poll() is not None:
                return
            time.sleep(0.05)

    def run(self, machine):
        self.wait(1)
        for boots, commands in enumerate(machine.rounds, 2):
            for name, arguments in commands:
                self.command(name, {k: self.place(v) if isinstance(v, str)
                                    else v for k, v in arguments.items()})
            self.command('system_reset')
            self.wait(boots)
        if machine.ends() and self.text().endswith('\n'):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(SECONDS)
        self.status = self.process.poll()


def run(program, accel, machine):
    """What it says, its status, and what firmware says."""
    with tempfile.TemporaryDirectory(prefix='boot-') as where:
        try:
            vm = Firmware(program, accel, machine, where)
        except Died as err:
            return '', str(err), ''
        try:
            vm.run(machine)
        except Died as err:
            vm.status = str(err)
        finally:
            vm.stop()
        for image, count in machine.written.items():
            found, = struct.unpack_from('<I', read(os.path.join(where, image)),
                                        boot_image.SCRATCH)
            if found != count:
                vm.status = f'{image}: {found} boots, not {count}'
        return vm.text(), vm.status, read(vm.debug).decode(errors='replace')


def test(machine, reference):
    """(ok, detail)"""
    said, status, debug = run(qemini, 'kvm' + machine.kvm, machine)
    pattern = ''.join(boot.pattern() for boot in machine.boots)
    detail = f'status {status}\n{said}\n'
    if not re.fullmatch(pattern, said):
        return False, detail + f'should be {pattern}\n{debug}'
    if status != (SUCCESS if machine.ends() else None):
        return False, detail + debug
    if reference:
        theirs = run(reference, 'tcg', machine)
        if theirs[:2] != (said, status):
            return False, detail + f'in QEMU: {theirs[1]}\n{theirs[0]}'
    return True, ''


def main():
    names = sys.argv[3:]
    machines = QUICK
    if names[:1] == ['all']:
        machines = FULL
        names = names[1:]
    machines = [m for m in machines
                if not names or any(name in m.name for name in names)]
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        skip('disks that boot', '/dev/kvm cannot be used')
    elif not os.access(SEABIOS + 'bios-256k.bin', os.R_OK):
        skip('disks that boot', f'there is no {SEABIOS}bios-256k.bin')
    else:
        reference = find_reference()
        with ThreadPoolExecutor(2) as pool:
            for machine, (ok, detail) in zip(
                    machines, pool.map(lambda m: test(m, reference),
                                       machines)):
                result(ok, machine.name, detail)
        if not reference:
            skip('the same in QEMU', 'there is no QEMU 7.2')
    plan()


main()
