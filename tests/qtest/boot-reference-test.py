#!/usr/bin/env python3
#
# boot-reference-test: is firmware told to boot from what QEMU 7.2 tells it?
#
#   boot-reference-test.py QEMINI [REFERENCE]
#
# Reads in both programs what -boot and bootindex come to: the boot order, disks'
# geometries and waiting times among fw_cfg's items, and two registers of the
# CMOS; then changes indexes, plugs in, and reads again after each reset.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil
import socket
import struct
import sys
import tempfile

from differences import REFERENCE, start_reference
from qmp_client import Qmp, QmpError

FW_CFG, CMOS = 0x510, 0x70
BOOT_MENU, DIRECTORY = 0x0e, 0x19           # keys of fw_cfg
FILES = ('bootorder', 'bios-geometry', 'etc/boot-menu-wait',
         'etc/boot-fail-wait')

SCSI = '-device virtio-scsi-pci,id=hba,addr=7 '
MMIO = '-device virtio-blk-device,drive=a,bootindex=%s '

# Name, options, and what is done before each of the next looks: a reset comes by
# itself.  A command that must fail has the same error in both.
SCENARIOS = [
    ('virtio-blk',
     '-device virtio-blk-pci,drive=a,bootindex=3,addr=5 '
     '-device virtio-blk-pci-transitional,drive=b,bootindex=1,addr=6.1 '
     '-object iothread,id=t '
     '-device virtio-blk-pci-non-transitional,drive=c,bootindex=2,iothread=t '
     '-device virtio-blk-pci,drive=d',
     []),
    ('virtio-scsi',
     SCSI + '-device scsi-hd,drive=a,scsi-id=5,lun=3,bootindex=9 '
     '-device scsi-hd,drive=b,scsi-id=0xab,bootindex=4 '
     '-device scsi-cd,id=tray,scsi-id=0,bootindex=6 '
     '-device virtio-scsi-pci-non-transitional,id=other '
     '-device scsi-hd,bus=other.0,drive=c,lun=300,bootindex=5 '
     '-device scsi-cd,bus=other.0,drive=d,bootindex=2147483647',
     []),
    ('behind bridges',
     '-device pci-bridge,id=b1,chassis_nr=1,addr=6 '
     '-device pci-bridge,id=b2,bus=b1,chassis_nr=2,addr=1f '
     '-device virtio-blk-pci,bus=b1,drive=a,bootindex=1 '
     '-device virtio-scsi-pci,bus=b2,addr=1e.7 '
     '-device scsi-hd,drive=b,bootindex=0',
     []),
    ('disks, a network card and ROMs',
     '-drive if=virtio,file=null-co://,format=raw '
     '-device virtio-blk,drive=a,bootindex=8 '
     '-device virtio-net-pci,romfile=,bootindex=3 '
     '-option-rom ROM,bootindex=5 ' + SCSI +
     '-device scsi-cd,bootindex=2 -boot order=nd,strict=on',
     []),
    ('-boot',
     '-boot order=dn,once=c,menu=on,splash-time=1234,reboot-timeout=5678',
     [[], [], []]),
    ('-boot strict=on alone',
     '-boot strict=on,menu=off,order=',
     []),
    ('geometries',
     '-device virtio-blk,drive=a,lcyls=1023,lheads=255,lsecs=63,addr=5 '
     '-device virtio-blk,drive=b,cyls=100,heads=8,secs=17 ' + SCSI +
     '-device scsi-hd,drive=c,lcyls=520,lheads=16,lsecs=63,bootindex=1,lun=2 '
     '-device scsi-hd,drive=d,lcyls=1',
     [[]]),
    ('indexes that change',
     '-device virtio-blk,drive=a,id=x,bootindex=1 '
     '-device virtio-blk,drive=b,id=y,bootindex=2 ' + SCSI +
     '-device scsi-hd,drive=c,id=z',
     [[('qom-set', {'path': 'z', 'property': 'bootindex', 'value': 0})],
      [('qom-set', {'path': 'x', 'property': 'bootindex', 'value': 2}),
       ('qom-set', {'path': 'x', 'property': 'bootindex', 'value': 7}),
       ('qom-get', {'path': 'x/virtio-backend', 'property': 'bootindex'})],
      [('qom-set', {'path': 'y', 'property': 'bootindex', 'value': -1}),
       ('qom-set', {'path': 'z', 'property': 'bootindex', 'value': 7}),
       ('qom-set', {'path': 'z', 'property': 'bootindex', 'value': -5}),
       ('qom-get', {'path': 'z', 'property': 'bootindex'})],
      [('qom-set', {'path': 'x', 'property': 'bootindex', 'value': '3'}),
       ('qom-set', {'path': 'x', 'property': 'bootindex', 'value': 1 << 31}),
       ('qom-set', {'path': 'x', 'property': 'bootindex', 'value': -1})]]),
    ('devices that come',
     SCSI + '-device scsi-hd,drive=a,id=z,bootindex=3',
     [[('device_add', {'driver': 'virtio-blk', 'drive': 'b', 'id': 'x',
                       'bootindex': 3}),
       ('device_add', {'driver': 'virtio-blk', 'drive': 'b', 'id': 'x',
                       'bootindex': 1}),
       ('device_add', {'driver': 'scsi-cd', 'id': 'y', 'bootindex': 2})],
      [('device_add', {'driver': 'scsi-cd', 'id': 'w', 'scsi-id': 4,
                       'bootindex': 0})]]),
    ('microvm',
     '-M microvm ' + MMIO % 2 + (MMIO % 1).replace('=a', '=b') +
     '-device virtio-scsi-device -device scsi-cd,scsi-id=2,bootindex=0 '
     '-boot menu=on,strict=on',
     []),
]


class Machine(Qmp):
    """One whose CPU stands still, and the qtest protocol beside QMP."""

    def __init__(self, program, accel, options):
        self.dir = tempfile.mkdtemp(prefix='boot-')
        path = os.path.join(self.dir, 'qtest')
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(1)
        try:
            super().__init__(
                [program, '-accel', accel, '-S', '-nodefaults', '-display',
                 'none', '-m', '64', '-qtest', 'unix:' + path, '-qtest-log',
                 '/dev/null'] +
                [word for name in 'abcd'
                 for word in ('-blockdev', f'null-co,node-name={name}')] +
                options.replace('ROM', __file__).split())
            self.qtest = server.accept()[0].makefile('rw', newline='\n')
        finally:
            server.close()

    def ask(self, line):
        self.qtest.write(line + '\n')
        self.qtest.flush()
        while True:
            words = self.qtest.readline().split()
            if words[0] != 'IRQ':
                assert words[0] == 'OK', words
                return int(words[1], 0) if len(words) > 1 else None

    def item(self, key, size):
        self.ask(f'outw {FW_CFG:#x} {key:#x}')
        return bytes(self.ask(f'inb {FW_CFG + 1:#x}') for _ in range(size))

    def cmos(self, register):
        self.ask(f'outb {CMOS:#x} {register:#x}')
        return self.ask(f'inb {CMOS + 1:#x}')

    def look(self):
        """What firmware finds."""
        count, = struct.unpack('>I', self.item(DIRECTORY, 4))
        listing = self.item(DIRECTORY, 4 + 64 * count)
        found = [f'menu {self.item(BOOT_MENU, 2)}']
        for i in range(count):
            size, key, name = struct.unpack_from('>IHxx56s', listing,
                                                 4 + 64 * i)
            name = name.rstrip(b'\0').decode()
            if name in FILES:
                found.append(f'{name} {self.item(key, size)}')
        found += [f'CMOS {r:#x} {self.cmos(r):#x}' for r in (0x38, 0x3d)]
        return sorted(found)

    def stop(self):
        super().stop()
        shutil.rmtree(self.dir)


def play(machine, rounds):
    """What is found, and answered, from the beginning to the last reset."""
    found = [machine.look()]
    for commands in rounds:
        for name, arguments in commands:
            try:
                found.append([name, machine.command(name, arguments)])
            except QmpError as err:
                found.append([name, err.error])
        machine.command('system_reset')
        machine.event('RESET')
        found.append(machine.look())
    return found


def run(program, accel, options, rounds):
    machine = Machine(program, accel, options)
    try:
        return play(machine, rounds)
    finally:
        machine.stop()


def main():
    program = sys.argv[1]
    reference, why = start_reference(sys.argv[2] if len(sys.argv) > 2
                                     else REFERENCE)
    if not reference:
        print('1..0 # SKIP %s' % why)
        return
    path = reference.argv[0]
    reference.stop()
    print('1..%d' % len(SCENARIOS))
    for number, (name, options, rounds) in enumerate(SCENARIOS, 1):
        here = run(program, 'qtest', options, rounds)
        there = run(path, 'tcg', options, rounds)
        print('%s %d - %s' % ('ok' if here == there else 'not ok', number,
                              name), flush=True)
        for ours, theirs in zip(here, there):
            if ours != theirs:
                print(f'# here:  {ours}\n# there: {theirs}')


main()
