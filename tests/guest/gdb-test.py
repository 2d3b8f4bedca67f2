#!/usr/bin/env python3
#
# gdb and a guest that runs: breakpoints, steps, watchpoints, in TAP.
#
#   gdb-test.py QEMINI FOLDER-OF-ELF-FILES
#
# What a KVM can do differs: one that runs the guest's kernel in an emulator may
# know no int3 and no watchpoints, and one inside an emulated AMD host may stop at
# neither.  Both ways to stop are tried first; what a test
# needs and there is not, is skipped by name.  The protocol itself is in
# tests/qtest/gdbstub-test.py.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'qtest'))
from gdb_client import PATIENCE, Gone, Machine              # noqa: E402

qemini, guests = sys.argv[1:]
HELLO = os.path.join(guests, 'hello.elf')
RDI, RSP, RIP, CS, CR0, EFER = 5, 7, 16, 18, 27, 32
SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1


class Skip(Exception):
    pass


def symbols(path):
    out = subprocess.run(['nm', path], capture_output=True, text=True,
                         check=True).stdout
    return {line.split()[2]: int(line.split()[0], 16)
            for line in out.splitlines()}


SYM = symbols(HELLO)
MAIN, PRINTF, EXIT = (SYM['guest_' + s] for s in ('main', 'printf', 'exit'))


class Vm(Machine):
    """hello.elf, which gdb has stopped before its first instruction."""

    def __init__(self, *more):
        super().__init__([
            qemini, '-accel', 'kvm', '-m', '64', '-S', '-nodefaults',
            '-display', 'none', '-device', 'isa-debug-exit,iobase=0xf4',
            '-chardev', 'ringbuf,id=out,size=65536', '-serial', 'chardev:out',
            '-kernel', HELLO, '-append', 'by gdb', *more])
        self.gdb = self.connect()
        self.gdb.xfer('target.xml')

    def go(self, how='c', timeout=PATIENCE):
        """Continue; the stop reply, or None when the guest ends."""
        try:
            return self.gdb.ask(how, timeout)
        except Gone:
            return None

    def exit_status(self):
        return self.qmp.process.wait(PATIENCE)

    def output(self):
        return self.qmp.command('ringbuf-read', device='out', size=65536)


def expect(got, want, what=''):
    if got != want:
        raise AssertionError('%s: got %r, want %r' % (what, got, want))


SOFTWARE, HARDWARE = 0, 1
can = {}


def stops_at(kind):
    """Does a breakpoint of this kind stop the guest here?"""
    with Vm() as vm:
        expect(vm.gdb.ask('Z%d,%x,1' % (kind, MAIN)), 'OK', 'Z')
        answer = vm.go()
        if answer == 'T05thread:01;':
            expect(vm.gdb.reg(RIP), MAIN, 'rip')
        return answer == 'T05thread:01;'


def need(kind):
    if not can[kind]:
        raise Skip('the guest does not stop at %s here' %
                   ('debug registers', 'int3')[kind == SOFTWARE])


def set_main(vm, on=True):
    """A breakpoint at guest_main() of the kind that works, or none."""
    packet = '%s%d,%x,1' % ('Z' if on else 'z',
                            HARDWARE if can[HARDWARE] else SOFTWARE, MAIN)
    expect(vm.gdb.ask(packet), 'OK', packet)


def to_main(vm):
    """Run as far as guest_main()."""
    if not any(can.values()):
        raise Skip('the guest stops at no breakpoint here')
    set_main(vm)
    expect(vm.go(), 'T05thread:01;', 'guest_main')
    expect(vm.gdb.reg(RIP), MAIN, 'rip')
    set_main(vm, False)


def test_breakpoint():
    with Vm() as vm:
        expect(vm.gdb.reg(RIP), SYM['pvh_entry'], 'the entry')
        to_main(vm)
        expect(vm.status(), 'debug')
        expect(vm.gdb.reg(CS), 8, 'cs')
        expect(vm.gdb.reg(EFER), 0x500, 'efer')
        expect(vm.gdb.reg(CR0) & 0x80000001, 0x80000001, 'cr0')
        # The first 4 GiB, one to one, which the guest has mapped by now.
        expect(vm.hmp('info mem'), '0000000000000000-0000000100000000 '
               '0000000100000000 -rw\r\n', 'info mem')
        expect(vm.hmp('info tlb').count('\n'), 2048, 'info tlb')
        # The instruction as it is in the file, through the page tables.
        with open(HELLO, 'rb') as f:
            image = f.read()
        if vm.gdb.read(MAIN, 32) not in image:
            raise AssertionError('guest_main is not in the file')
        text = vm.gdb.monitor('info registers')
        for name, reg in (('RIP', RIP), ('RSP', RSP), ('RDI', RDI)):
            if '%s=%016x' % (name, vm.gdb.reg(reg)) not in text:
                raise AssertionError('%s in %s' % (name, text))
        expect(vm.go(), None, 'the end')
        expect(vm.exit_status(), SUCCESS, 'status')


def test_first_steps():
    """From the entry, cld and cli, in 32-bit mode."""
    with Vm() as vm:
        for i in range(1, 3):
            expect(vm.go('s'), 'T05thread:01;', 'step')
            expect(vm.gdb.reg(RIP), SYM['pvh_entry'] + i, 'rip')
        expect(vm.go(), None)
        expect(vm.exit_status(), SUCCESS, 'status')


def test_step():
    with Vm() as vm:
        to_main(vm)
        here = MAIN
        for i in range(12):
            expect(vm.go(('s', 'vCont;s:1', 'vCont;s:1;c')[i % 3]),
                   'T05thread:01;', 'step')
            rip = vm.gdb.reg(RIP)
            # One instruction, or one call.
            if rip == here or not 0x100000 <= rip < SYM['guest_end']:
                raise AssertionError('from 0x%x to 0x%x' % (here, rip))
            if i == 0 and not here < rip <= here + 15:
                raise AssertionError('from 0x%x to 0x%x' % (here, rip))
            here = rip
        expect(vm.go(), None)
        expect(vm.exit_status(), SUCCESS, 'status')


def test_software_breakpoint():
    with Vm() as vm:
        # Where it does not stop, it is there and goes away all the same.
        to_main(vm)
        before = vm.gdb.read(PRINTF, 4)
        expect(vm.gdb.ask('Z0,%x,1' % PRINTF), 'OK')
        expect(vm.gdb.ask('Z0,%x,1' % PRINTF), 'OK', 'twice')
        expect(vm.gdb.read(PRINTF, 4), b'\xcc' + before[1:], 'int3')
        if not can[SOFTWARE]:
            expect(vm.gdb.ask('?'), 'T05thread:01;')
            expect(vm.gdb.read(PRINTF, 4), before, 'after ?')
        need(SOFTWARE)
        expect(vm.go(), 'T05thread:01;', 'guest_printf')
        expect(vm.gdb.reg(RIP), PRINTF, 'rip')
        for _ in range(2):
            expect(vm.gdb.read(PRINTF, 1), b'\xcc', 'still there')
            expect(vm.gdb.ask('z0,%x,1' % PRINTF), 'OK')
        expect(vm.gdb.read(PRINTF, 4), before, 'as it was')
        expect(vm.gdb.ask('z0,%x,1' % PRINTF), 'E22', 'once more')
        expect(vm.gdb.ask('Z0,%x,1' % PRINTF), 'OK')
        expect(vm.go('s'), 'T05thread:01;')
        expect(vm.gdb.ask('D'), 'OK', 'detach')
        expect(vm.exit_status(), SUCCESS, 'status')


def test_watchpoints():
    with Vm() as vm:
        to_main(vm)
        # What calls write next: the return address, below the stack pointer.
        where = vm.gdb.reg(RSP) - 8
        for cmd, stop in (('2', 'watch'), ('4', 'awatch')):
            expect(vm.gdb.ask('Z%s,%x,8' % (cmd, where)), 'OK')
            answer = vm.go()
            if answer is None:
                raise Skip('this KVM does not stop at watchpoints')
            expect(answer, 'T05thread:01;%s:%016x;' % (stop, where))
            expect(vm.gdb.ask('z%s,%x,8' % (cmd, where)), 'OK')
            where = vm.gdb.reg(RSP) - 8
        expect(vm.go(), None)
        expect(vm.exit_status(), SUCCESS, 'status')


def test_limits():
    with Vm() as vm:
        gdb = vm.gdb
        expect(gdb.ask('Z3,1000,4'), '', 'reads alone')
        expect(gdb.ask('z3,1000,4'), 'E22')
        for length in (0, 3, 5, 16):
            expect(gdb.ask('Z2,1000,%x' % length), 'E22', length)
        expect(gdb.ask('Z2,1001,2'), 'E22', 'not aligned')
        for i in range(4):
            expect(gdb.ask('Z1,%x,1' % (0x1000 + i)), 'OK')
        expect(gdb.ask('Z1,1004,1'), 'E22', 'a fifth')
        expect(gdb.ask('z1,1002,1'), 'OK')
        expect(gdb.ask('Z1,1000,1'), 'E22', 'twice')
        expect(gdb.ask('Z1,1004,1'), 'OK')
        expect(gdb.ask('Z0,ffffffffffff0000,1'), 'E22',
               'no memory')
        # gdb comes anew: none is left, and there is room for four.
        expect(gdb.ask('?'), 'T05thread:01;')
        for i in range(4):
            expect(gdb.ask('Z4,%x,8' % (0x1000 + 8 * i)), 'OK')
        expect(gdb.ask('?'), 'T05thread:01;')
        expect(vm.go(), None)
        expect(vm.exit_status(), SUCCESS, 'status')


def test_change():
    """Registers and memory that gdb writes are the guest's."""
    with Vm() as vm:
        to_main(vm)
        vm.gdb.set_reg(RIP, EXIT)
        vm.gdb.set_reg(RDI, 21)
        expect(vm.go(), None)
        expect(vm.exit_status(), 43, 'status')
    with Vm() as vm:
        to_main(vm)
        vm.gdb.write(MAIN, b'\xeb\xfe')         # jmp .
        vm.gdb.send('c')
        vm.gdb.read_until(b'+')
        time.sleep(0.05)
        vm.gdb.raw(b'\x03')
        expect(vm.gdb.read_packet(), b'T02thread:01;', 'Ctrl-C')
        expect(vm.gdb.reg(RIP), MAIN, 'rip')
        expect(vm.go('s'), 'T05thread:01;', 'a step of the loop')
        expect(vm.gdb.reg(RIP), MAIN, 'rip')
        expect(vm.go('c%x' % EXIT), None, 'c with an address')
        vm.exit_status()


def test_all_registers():
    """G of what g gave changes nothing that the guest would see."""
    with Vm() as vm:
        to_main(vm)
        regs = vm.gdb.ask('g')
        expect(vm.gdb.ask('G' + regs), 'OK')
        expect(vm.gdb.ask('g'), regs)
        expect(vm.go('s'), 'T05thread:01;')
        expect(vm.go(), None)
        expect(vm.exit_status(), SUCCESS, 'status')


def test_reset():
    """Breakpoints in debug registers outlast a reset."""
    need(HARDWARE)
    with Vm() as vm:
        set_main(vm)
        for _ in range(3):
            expect(vm.go(), 'T05thread:01;', 'guest_main')
            expect(vm.gdb.reg(RIP), MAIN)
            expect(vm.go('s'), 'T05thread:01;', 'away from it')
            vm.gdb.monitor('system_reset')
            end = time.monotonic() + PATIENCE
            while vm.gdb.reg(RIP) != SYM['pvh_entry']:
                if time.monotonic() > end:
                    raise TimeoutError('reset')


def test_cpus():
    """Two CPUs are two threads; the second waits to be started."""
    with Vm('-smp', '2') as vm:
        to_main(vm)
        gdb = vm.gdb
        expect([gdb.ask('qfThreadInfo')] +
               [gdb.ask('qsThreadInfo') for _ in range(2)],
               ['m01', 'm02', 'l'])
        expect(gdb.ask('Hg2'), 'OK')
        expect(gdb.reg(RIP), 0xfff0, 'the second is where a reset left it')
        expect(gdb.ask('Hg1'), 'OK')
        expect(gdb.reg(RIP), MAIN, 'the first')
        # A step of the second does not end, and the first does not move.
        gdb.send('vCont;s:2')
        gdb.read_until(b'+')
        time.sleep(0.05)
        gdb.raw(b'\x03')
        expect(gdb.read_packet()[:10], b'T02thread:')
        gdb.ask('Hg1')
        expect(gdb.reg(RIP), MAIN, 'still')
        expect(vm.go('vCont;s:1'), 'T05thread:01;')
        expect(vm.go('vCont;c'), None)
        expect(vm.exit_status(), SUCCESS, 'status')


def test_exceptions_of_the_guest():
    """An int3, and a trap, that are not gdb's are the guest's."""
    need(SOFTWARE)
    for code, vector, end in ((b'\xcc', 3, 1), (b'\xf1', 1, 1),
                              # pushfq; orl $0x100,(%rsp); popfq; nop; nop
                              (bytes.fromhex('9c810c24000100009d9090'), 1, 10)):
        with Vm() as vm:
            to_main(vm)
            # So that exceptions come to us at all.
            expect(vm.gdb.ask('Z0,%x,1' % EXIT), 'OK')
            expect(vm.gdb.ask('Z1,1000,1'), 'OK')
            vm.gdb.write(MAIN, code)
            expect(vm.go(), 'T05thread:01;', 'guest_exit')
            out = vm.output()
            text = 'FAIL exception %d, error 0x0, at rip 0x%x' % (vector,
                                                                 MAIN + end)
            if text not in out:
                raise AssertionError('no %r in %r' % (text, out))
            expect(vm.gdb.reg(RIP), EXIT)


SCRIPT = '''
set pagination off
set confirm off
target remote %(path)s
%(break)s guest_main
continue
backtrace
info registers rip
x/1i $pc
stepi
info threads
print functions
tbreak guest_exit
delete 1
monitor info status
%(continue)s
'''


def test_gdb():
    gdb = shutil.which('gdb')
    if not gdb:
        raise Skip('there is no gdb')
    if not any(can.values()):
        raise Skip('the guest stops at no breakpoint here')
    with Vm() as vm:
        vm.gdb.close()
        script = os.path.join(vm.dir, 'script')
        with open(script, 'w', encoding='ascii') as f:
            f.write(SCRIPT % {'path': vm.path,
                              'break': 'hbreak' if can[HARDWARE] else 'break',
                              'continue': 'delete\ncontinue'})
        p = subprocess.run([gdb, '-q', '-nx', '-batch', '-x', script, HELLO],
                           stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=PATIENCE, check=False)
        for text in (r'^Breakpoint 1, (0x[0-9a-f]+ in )?guest_main \(\)',
                     r'^#1 .* in guest_start \(info=', r'^rip +0x%x +' % MAIN,
                     r'^=> 0x%x <guest_main' % MAIN,
                     r'^\* 1 .*Thread 1.*guest_main \(\)',
                     r'^VM status: paused \(debug\)',
                     r'^Remote connection closed'):
            if not re.search(text, p.stdout, re.M):
                raise AssertionError('no %s in\n%s' % (text, p.stdout))
        expect(vm.exit_status(), SUCCESS, 'status')


def main():
    tests = [test_breakpoint, test_first_steps, test_step, test_software_breakpoint,
             test_watchpoints, test_limits, test_change, test_all_registers,
             test_reset, test_cpus, test_exceptions_of_the_guest, test_gdb]
    print('1..%d' % len(tests))
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        for i, test in enumerate(tests, 1):
            print('ok %d - %s # SKIP /dev/kvm cannot be used'
                  % (i, test.__name__[5:].replace('_', ' ')))
        return 0
    for kind in (SOFTWARE, HARDWARE):
        can[kind] = stops_at(kind)
    failed = False
    for i, test in enumerate(tests, 1):
        name = test.__name__[5:].replace('_', ' ')
        try:
            test()
            print('ok %d - %s' % (i, name), flush=True)
        except Skip as e:
            print('ok %d - %s # SKIP %s' % (i, name, e), flush=True)
        except Exception as e:      # pylint: disable=broad-except
            failed = True
            print('not ok %d - %s' % (i, name))
            for line in ('%s: %s' % (type(e).__name__, e)).splitlines():
                print('# ' + line, flush=True)
    return 1 if failed else 0


sys.exit(main())
