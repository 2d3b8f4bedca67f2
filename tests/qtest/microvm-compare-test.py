#!/usr/bin/env python3
#
# microvm-compare-test: the microvm here and in QEMU, told the same, in TAP.
#
#   microvm-compare-test.py QEMINI
#
# Both programs are driven over the qtest protocol: a driver's reads and writes
# of virtio over MMIO, most of them wrong; the files that firmware gets; the
# clock's memory.  Where no QEMU 7.2 is installed, all of it is skipped.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import socket
import subprocess
import sys

from differences import find_reference
from tap_tests import run_tests

QEMINI = sys.argv[1]
REFERENCE = find_reference()

TRANSPORT = 0xfeb00000

# Registers, VIRTIO 1.2, 4.2.2 and 4.2.4.
(DEV_FEATURES, DEV_SEL, DRV_FEATURES, DRV_SEL, PAGE_SIZE, QUEUE_SEL, QUEUE_MAX,
 QUEUE_NUM, QUEUE_ALIGN, QUEUE_PFN, QUEUE_READY, NOTIFY, INT_STATUS, INT_ACK,
 STATUS, DESC_LOW, AVAIL_LOW, USED_LOW, QUEUE_RESET, GENERATION, CONFIG) = (
     0x10, 0x14, 0x20, 0x24, 0x28, 0x30, 0x34, 0x38, 0x3c, 0x40, 0x44, 0x50,
     0x60, 0x64, 0x70, 0x80, 0x90, 0xa0, 0xc0, 0xfc, 0x100)

# Files that are not here, or tell of their own place (etc/table-loader is
# compared by what it does).
LEFT_OUT = {'etc/fdt'}


class Board:
    """A program that is driven over the qtest protocol."""

    def __init__(self, program, *options):
        ours, theirs = socket.socketpair()
        accel = 'qtest' if program == QEMINI else 'tcg'
        self.process = subprocess.Popen(
            [program, '-accel', accel, '-S', '-display', 'none', '-nodefaults',
             '-chardev', f'socket,id=qtest,fd={theirs.fileno()}',
             '-qtest', 'chardev:qtest', '-qtest-log', 'none', *options],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        theirs.close()
        ours.settimeout(120)
        self.stream = ours.makefile('rw')
        ours.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.stream.close()

    def command(self, line):
        self.stream.write(line + '\n')
        self.stream.flush()
        while True:
            words = self.stream.readline().split()
            if words[0] != 'IRQ':
                return words

    def value(self, line):
        return int(self.command(line)[1], 16)

    # What firmware reads: the selector is at 0x510, the data behind it.

    def fw_cfg(self, key, size):
        self.command(f'outw 0x510 {key:#x}')
        return bytes(self.value('inb 0x511') for _ in range(size))

    def files(self):
        count = int.from_bytes(self.fw_cfg(0x19, 4), 'big')
        entries = self.fw_cfg(0x19, 4 + 64 * count)[4:]
        found = {}
        for i in range(0, 64 * count, 64):
            size = int.from_bytes(entries[i:i + 4], 'big')
            key = int.from_bytes(entries[i + 4:i + 6], 'big')
            name = entries[i + 8:i + 64].split(b'\0')[0].decode()
            if name not in LEFT_OUT:
                found[name] = self.fw_cfg(key, size)
        return found

    def clock(self):
        cells = []
        for i in range(0x0e, 0x80):
            self.command(f'outb 0x70 {i:#x}')
            cells.append(self.value('inb 0x71'))
        return cells


class Script:
    """Lines of the qtest protocol."""

    def __init__(self):
        self.lines = []

    def read(self, reg, size='l', transport=0):
        self.lines.append(f'read{size} {TRANSPORT + 512 * transport + reg:#x}')

    def write(self, reg, value, size='l'):
        self.lines.append(f'write{size} {TRANSPORT + reg:#x} {value:#x}')

    def read_all(self, transport=0):
        # How long a queue may be is what its device has here.
        for reg in range(0, CONFIG + 0x40, 4):
            if reg != QUEUE_MAX:
                self.read(reg, transport=transport)


def driver():
    """What no driver should say, and in between what one does."""
    s = Script()
    for transport in 0, 1:          # the second has no device
        s.read_all(transport)
    for reg in 0, 1, 2, 4, 8, STATUS, CONFIG, CONFIG + 1, CONFIG + 7, 0x1fc:
        for size in 'bwlq':
            s.read(reg, size)
    for reg in range(0, CONFIG, 4):
        if reg != NOTIFY:
            s.write(reg, 1, 'b')
            s.write(reg, 1, 'w')
    s.read_all()

    for status in 1, 3:
        s.write(STATUS, status)
        s.read(STATUS)
    for half in 0, 1, 2, 0xffffffff:
        s.write(DEV_SEL, half)
        s.read(DEV_FEATURES)
    for high, low in (0xffffffff, 0xffffffff), (1, 1 << 29):
        for half, value in (0, low), (1, high):
            s.write(DRV_SEL, half)
            s.write(DRV_FEATURES, value)
        s.write(STATUS, 0xb)
        s.read(STATUS)
        s.write(STATUS, 0)
        s.read(STATUS)

    for queue in 0, 1, 2, 3, 1023, 1024, 0xffff:
        s.write(QUEUE_SEL, queue)
        s.read(QUEUE_READY)
        s.read(QUEUE_PFN)
    s.write(QUEUE_SEL, 0)
    for size in 0, 1, 3, 1024, 1025, 0x10000, 0xffffffff, 4:
        s.write(QUEUE_NUM, size)
    s.write(PAGE_SIZE, 4096)
    for align in 3, 0, 0xffffffff, 0x80000000, 4096:
        s.write(QUEUE_ALIGN, align)
    s.write(QUEUE_PFN, 0x100)
    for page in 1, 0, 3, 0x80000000, 4096:
        s.write(PAGE_SIZE, page)
        s.read(QUEUE_PFN)
    for reg, value in ((DESC_LOW, 0x100000), (AVAIL_LOW, 0x101000),
                       (USED_LOW, 0x102000)):
        s.write(reg, value)
        s.write(reg + 4, 0)
    for ready in 1, 0, 2:
        s.write(QUEUE_READY, ready)
        s.read(QUEUE_READY)
    s.write(STATUS, 0xf)
    s.read(STATUS)
    for queue in 0, 1, 0xffffffff:
        s.write(NOTIFY, queue)
    s.write(INT_ACK, 1)
    s.read(INT_STATUS)
    s.write(QUEUE_PFN, 0)
    s.read(STATUS)
    s.write(QUEUE_PFN, 0x100)
    s.read(QUEUE_PFN)
    s.write(STATUS, 0)
    s.write(QUEUE_RESET, 1)
    s.write(GENERATION, 1)
    s.read_all()
    return s.lines


def both(ask, *options):
    """Ask each of the programs; what they answer."""
    with Board(QEMINI, *options) as ours, Board(REFERENCE, *options) as theirs:
        return ask(ours), ask(theirs)


def expect(got, want, what):
    if got != want:
        raise AssertionError(f'{what}: {got!r}, in QEMU {want!r}')


def test_registers():
    script = driver()
    for legacy in 'on', 'off':
        for device in ('virtio-rng-device', 'virtio-balloon-device',
                       'virtio-net-device,mac=52:54:00:12:34:56',
                       'virtio-rng-device,packed=on'):
            answers = both(lambda board: [board.command(s) for s in script],
                           '-M', 'microvm,acpi=off', '-global',
                           f'virtio-mmio.force-legacy={legacy}',
                           '-device', f'{device},bus=virtio-mmio-bus.0')
            for i, (got, want) in enumerate(zip(*answers)):
                expect(got, want, f'{device}, force-legacy={legacy}, '
                       f'{i}: {script[i]}')


def test_firmware_files():
    devices = ['-device', 'virtio-rng-device', '-device',
               'virtio-balloon-device,bus=virtio-mmio-bus.3']
    for board, more in (('', ['-smp', '2', '-serial', 'null', *devices]),
                        (',ioapic2=off,pic=off,rtc=off', devices),
                        (',acpi=off', devices),
                        (',x-oem-id=MYSELF,x-oem-table-id=MYTABLES', ['-m', '4G'])):
        got, want = both(Board.files, '-M', f'microvm{board}', *more)
        expect(sorted(got), sorted(want), f'microvm{board}: files')
        for name in want:
            expect(got[name].hex(), want[name].hex(),
                   f'microvm{board}: {name}')


def test_clock_memory():
    for memory in '8', '128', '3G', '4G':
        got, want = both(Board.clock, '-M', 'microvm', '-m', memory)
        expect(got, want, f'-m {memory}')


def main():
    if not REFERENCE:
        print('1..0 # SKIP needs qemu-system-x86_64 7.2')
        return 0
    return run_tests([test_registers, test_firmware_files, test_clock_memory])


sys.exit(main())
