#!/usr/bin/env python3
#
# Disks that fail under a guest on the real KVM: what it and the host see of
# that, with each rerror= and werror=, here and in QEMU; in TAP.
#
#   disk-error-test.py QEMINI FOLDER-OF-ELF-FILES [QEMU]
#
# The guest (disk.c) makes some requests on each disk.  blkdebug lets some of them
# fail, each once.  When the machine stops, this lets it go on.  A machine with
# qtest in the place of KVM, and with many more errors, is in
# tests/qtest/disk-error-reference-test.py.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import difflib
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

from tap import plan, result, skip

qemini, guests = sys.argv[1:3]
qemu = sys.argv[3] if len(sys.argv) > 3 else 'qemu-system-x86_64'
SIZE = 1 << 20
# rerror, werror, the error, and what else the device has
DISKS = [
    ('stop', 'stop', errno.EIO, ''),
    ('stop', 'stop', errno.EIO, ',iothread=io'),
    ('report', 'report', errno.EIO, ''),
    ('ignore', 'ignore', errno.EIO, ''),
    ('report', 'enospc', errno.ENOSPC, ''),
    ('report', 'enospc', errno.EIO, ',iothread=io'),
]
# What fails: a request of its own, a flush, and one among neighbours.
FAULTS = [('write', 8), ('read', 16), ('flush', None), ('write', 27),
          ('read', 35)]


def options(folder):
    """The disks, in slots in their order"""
    args = ['-object', 'iothread,id=io']
    for n, (rerror, werror, error, more) in enumerate(DISKS):
        path = f'{folder}/{n}.raw'
        with open(path, 'wb') as f:
            f.truncate(SIZE)
        node = (f'blkdebug,node-name=d{n},image.driver=file,'
                f'image.filename={path}')
        for i, (kind, sector) in enumerate(FAULTS):
            rule = f',inject-error.{i}.'
            node += (f'{rule}event=none{rule}errno={error}{rule}once=on'
                     f'{rule}iotype={kind}')
            if sector is not None:
                node += f'{rule}sector={sector}'
        args += ['-blockdev', node, '-device',
                 f'virtio-blk-pci,id=b{n},drive=d{n},rerror={rerror},'
                 f'werror={werror},addr={4 + n:#x}{more}']
    return args


class Machine:
    """One run of the guest, until it ends."""

    def __init__(self, program, append, folder):
        self.seen = []
        self.serial = f'{folder}/serial'
        self.vm = subprocess.Popen(
            [program, '-accel', 'kvm', '-m', '64', '-nodefaults', '-display',
             'none', '-qmp', 'stdio', '-serial', f'file:{self.serial}',
             '-device', 'isa-debug-exit,iobase=0xf4', '-S',
             '-kernel', os.path.join(guests, 'disk.elf'), '-append', append,
             *options(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.timer = threading.Timer(240, self.vm.kill)
        self.timer.start()

    def read(self):
        for line in self.vm.stdout:
            if line.startswith('{'):
                return json.loads(line)
        return None

    def qmp(self, command):
        """The answer; None if the guest has ended."""
        self.vm.stdin.write(json.dumps({'execute': command}) + '\n')
        self.vm.stdin.flush()
        while True:
            message = self.read()
            if message is None or 'return' in message:
                return message and message['return']
            self.note(message)

    def note(self, message):
        if 'event' in message:
            message.pop('timestamp')
            message.get('data', {}).pop('reason', None)
            self.seen.append(json.dumps(message, sort_keys=True))

    def run(self):
        """What the host saw, and then what the guest said."""
        self.read()
        self.qmp('qmp_capabilities')
        self.qmp('cont')
        while True:
            message = self.read()
            if message is None:
                break
            self.note(message)
            if message.get('event') == 'STOP':
                self.seen.append(self.qmp('query-status')['status'])
                self.seen += [f"{disk['qdev']}: {disk.get('io-status')}"
                              for disk in self.qmp('query-block')]
                self.qmp('cont')
        self.vm.wait()
        with open(self.serial, encoding='ascii', errors='replace') as f:
            said = f.read().splitlines()
        # Firmware may say something before the guest does.
        start = said.index('disk 0') if 'disk 0' in said else 0
        return self.seen + said[start:] + [f'status {self.vm.returncode}']


def run(program, append):
    with tempfile.TemporaryDirectory(prefix='disk-error-') as folder:
        machine = Machine(program, append, folder)
        try:
            return machine.run()
        finally:
            machine.timer.cancel()
            machine.vm.kill()


def check_here(ours):
    """What must be so, whatever QEMU does"""
    text = '\n'.join(ours)
    result(ours[-1] == 'status 1', 'the guest comes to its end', text)
    per_disk = text.split('disk ')[1:]
    good = ['0\nwrite 0: 0', 'write 8: 0', 'read 16: 0', 'flush 0: 0',
            'write 24: 0 0 0 0 0 0 0 0', 'read 32: 0 0 0 0 0 0 0 0',
            'has 8: i.......', 'has 24: yzabcdef']
    for n in (0, 1):
        result(all(line[2 * (line[:2] == '0\n'):] in per_disk[n]
                   for line in good),
               f'disk {n} has all requests, after the machine went on',
               per_disk[n])
    result('write 8: 1' in per_disk[2] and 'has 8: ........' in per_disk[2],
           'a guest is told of what failed', per_disk[2])
    result('write 8: 0' in per_disk[3] and 'has 8: ........' in per_disk[3],
           'or not', per_disk[3])
    result('write 8: 0' in per_disk[4] and 'read 16: 1' in per_disk[4],
           'werror=enospc stops for want of space', per_disk[4])
    result('write 8: 1' in per_disk[5], 'and for nothing else', per_disk[5])


def main():
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        print('1..0 # SKIP /dev/kvm cannot be used')
        return
    ours = run(qemini, '')
    check_here(ours)
    # QEMU 7.2 looks for the header behind itself when it tries again.
    result(run(qemini, 'whole=1') == ours,
           'where a request is cut makes no difference')
    if shutil.which(qemu):
        theirs = run(qemu, '')
        result(ours == theirs, 'all is as in QEMU', '\n'.join(
            difflib.unified_diff(theirs, ours, 'QEMU', 'here', lineterm='')))
    else:
        skip('all is as in QEMU', f"there is no '{qemu}' to compare with")
    plan()


main()
