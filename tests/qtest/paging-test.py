#!/usr/bin/env python3
#
# paging-test: `info mem` and `info tlb` of page tables of each kind, in TAP.
#
#   paging-test.py QEMINI [REFERENCE]
#
# The tables are written by gdb's protocol, and so are the control registers, into
# this program under -accel qtest.  Where a QEMU 7.2 is installed, it is told the
# same, and has to say the same.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import sys

from differences import find_reference
from gdb_client import Machine
from qmp_client import Qmp
from tap_tests import run_tests

BOARD = ['-S', '-nodefaults', '-display', 'none', '-M', 'pc', '-m', '64']
CR0, CR3, CR4, EFER = 27, 29, 30, 32
PG, PSE, PAE, LA57, LMA = 0x80000011, 0x10, 0x20, 0x1000, 0x500
NX = 1 << 63


def table(size, entries):
    """A page with these entries of so many bytes."""
    page = bytearray(4096)
    for i, value in entries.items():
        page[i * size:(i + 1) * size] = value.to_bytes(size, 'little')
    return bytes(page)


# Rights differ, ranges meet, large pages, PAT's bit, an address beyond memory.
NARROW = {
    0x10000: table(4, {0: 0x11007, 2: 0x40009b, 3: 0x800083, 1023: 0xc000e7}),
    0x11000: table(4, {0: 0x1007, 1: 0x2005, 2: 0x3003, 4: 0x5067, 5: 0x6119,
                       1023: 0x7fff087}),
}
WIDE = {
    0x12000: table(8, {0: 0x13001, 2: 0x13001, 3: 0x13009}),
    0x13000: table(8, {0: 0x14007, 1: 0x200083, 2: 0x400081, 511: 0x14003}),
    0x14000: table(8, {0: 0x1007, 1: 0x2007, 2: 0x3003, 4: 0x5005,
                       511: 0x7ff0e7}),
    0x15000: table(8, {0: 0x16007, 256: 0x16007, 257: 0x16001,
                       511: 0x16003}),
    0x16000: table(8, {0: 0x13007, 1: 0xc0000083, 511: NX | 0x1e7}),
    0x17000: table(8, {0: 0x15007, 256: 0x15003, 511: 0x15005}),
    # Each entry leads back to the table.
    0x18000: table(8, {i: 0x18007 for i in range(512)}),
}


class Paging(Machine):
    def __init__(self, argv, tables):
        super().__init__(argv + BOARD)
        self.gdb = self.connect()
        self.gdb.xfer('target.xml')
        for addr, page in tables.items():
            self.gdb.write(addr, page)

    def say(self, cr3, cr4, efer=0):
        self.gdb.set_reg(CR0, PG)
        self.gdb.set_reg(CR3, cr3)
        self.gdb.set_reg(CR4, cr4)
        self.gdb.set_reg(EFER, efer)
        return self.lines('info mem'), self.lines('info tlb')

    def lines(self, command):
        return self.hmp(command).replace('\r', '').splitlines()


def expect(got, want):
    if got != want:
        raise AssertionError('got %r, want %r' % (got, want))


def both(tables, *registers):
    """What is said; and it is what QEMU says."""
    with Paging([QEMINI, '-accel', 'qtest'], tables) as vm:
        said = vm.say(*registers)
    if REFERENCE:
        with Paging([REFERENCE, '-accel', 'tcg'], tables) as vm:
            expect(said, vm.say(*registers))
    return said


def test_off():
    with Paging([QEMINI, '-accel', 'qtest'], {}) as vm:
        expect(vm.lines('info mem'), ['PG disabled'])
        expect(vm.lines('info tlb'), ['PG disabled'])
    # And on a machine without a processor.
    qmp = Qmp([QEMINI, '-accel', 'qtest', '-M', 'none', '-display', 'none'])
    expect(qmp.hmp('info mem') + qmp.hmp('info tlb'),
           'No CPU available\nNo CPU available\n')
    qmp.stop()


def test_32_bit():
    mem, tlb = both(NARROW, 0x10000, PSE)
    expect(mem[:3], [
        '0000000000000000-0000000000001000 0000000000001000 urw',
        '0000000000001000-0000000000002000 0000000000001000 ur-',
        '0000000000002000-0000000000003000 0000000000001000 -rw'])
    expect(mem[-2:], [
        '0000000000800000-0000000001000000 0000000000800000 -rw',
        '00000000ffc00000-0000000100000000 0000000000400000 urw'])
    expect(tlb[3:6], [
        '0000000000004000: 0000000000005000 ---DA--UW',
        '0000000000005000: 0000000000006000 -G---CT--',
        '00000000003ff000: 0000000007fff000 -------UW'])
    expect(tlb[-1], '00000000ffc00000: 0000000000c00000 --PDA--UW')
    # Without PSE the bit means nothing, and there are tables.
    mem, tlb = both(NARROW, 0x10000, 0)
    expect((len(mem), len(tlb)), (6, 6))


def test_pae():
    mem, tlb = both(WIDE, 0x12000, PAE)
    expect(mem[0], '0000000000000000-0000000000002000 0000000000002000 urw')
    expect(mem[-1], '00000000fffff000-0000000100000000 0000000000001000 -rw')
    expect(tlb[-1], '00000000fffff000: 00000000007ff000 ---DA--UW')


def test_long_mode():
    mem, tlb = both(WIDE, 0x15000, PAE, LMA)
    expect(mem[10], 'ffff800000000000-ffff800000002000 0000000000002000 urw')
    expect(tlb[13], '0000007fc0000000: 0000000000000000 XGPDA--UW')


def test_five_levels():
    """The same tables, one level up; QEMU 7.2 takes too long for them."""
    with Paging([QEMINI, '-accel', 'qtest'], WIDE) as vm:
        four = vm.say(0x15000, PAE, LMA)
    with Paging([QEMINI, '-accel', 'qtest'], WIDE) as vm:
        five = vm.say(0x17000, PAE | LA57, LMA)
    expect(five[0][:10], four[0][:10])
    expect(five[1][:14], four[1][:14])
    expect(len(five[1]), 3 * len(four[1]))
    expect(five[1][len(four[1])][:17], 'ff00000000000000:')


def test_circles():
    with Paging([QEMINI, '-accel', 'qtest'], WIDE) as vm:
        vm.say(0x15000, PAE, LMA)
        vm.gdb.set_reg(CR3, 0x18000)
        mem = vm.lines('info mem')
        expect(mem[-1], '(there are more)')
        expect(vm.status(), 'prelaunch')


def main():
    tests = [test_off, test_32_bit, test_pae, test_long_mode,
             test_five_levels, test_circles]
    return run_tests(tests)


QEMINI = sys.argv[1]
REFERENCE = sys.argv[2] if len(sys.argv) > 2 else find_reference()
sys.exit(main())
