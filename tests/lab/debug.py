#!/usr/bin/python3 -IS
#
# gdb and a Linux that runs under a true KVM.
#
# The lab's processor is an emulated one.  Of a guest inside its guest it reports
# single steps, but neither int3 nor what debug registers watch for, so that
# breakpoints cannot be seen here (with QEMU neither): that step is skipped where
# it is so.  tests/guest/shim-test.py plays a kernel that reports them, and on
# your own machine tests/guest/gdb-test.py has all of it.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
import tempfile
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Skip, Vm, check, check_equal, main, scenario, step
from gdb_client import Gdb

RIP, CS = 16, 18
KERNEL = 0xffff800000000000     # all above is Linux's


def symbol(vm, name):
    line = vm.sh(f'grep " {name}$" /proc/kallsyms')
    return int(line.split()[0], 16)


def interrupt(gdb):
    """Ctrl-C; the stop reply."""
    gdb.raw(b'\x03')
    return gdb.read_packet().decode()


def go(gdb):
    gdb.send('c')
    gdb.read_until(b'+')


def stop_at(gdb, vm, kind, addr):
    """Does a breakpoint of this kind stop what `uname` calls?"""
    check_equal(gdb.ask(f'Z{kind},{addr:x},1'), 'OK', 'Z')
    go(gdb)
    vm.send('uname')
    try:
        reply = gdb.read_packet(10)
    except TimeoutError:
        interrupt(gdb)
        raise Skip('this processor does not tell what debug registers '
                   'watch for') from None
    check(reply.startswith(b'T05'), reply)
    check_equal(gdb.reg(RIP), addr, 'rip')
    check_equal(gdb.ask(f'z{kind},{addr:x},1'), 'OK', 'z')


@scenario
def debugs():
    "gdb"
    path = os.path.join(tempfile.mkdtemp(), 'gdb')
    with Vm('-gdb', f'unix:{path},server=on,wait=off', '-smp', '2',
            append='nokaslr') as vm:
        vm.boot()
        banner, uts, uname = (symbol(vm, name) for name in (
            'linux_banner', 'init_uts_ns', '__do_sys_newuname'))
        vm.sh('hostname before; (while :; do :; done) &')
        gdb = Gdb(path)
        with step('it stops when gdb comes, and both CPUs are there'):
            check(gdb.read_packet().startswith(b'T02thread:0'), 'no stop')
            gdb.xfer('target.xml')
            check_equal(vm.command('query-status')['status'], 'paused',
                        'status')
            check_equal([gdb.ask('qfThreadInfo'), gdb.ask('qsThreadInfo'),
                         gdb.ask('qsThreadInfo')], ['m01', 'm02', 'l'],
                        'threads')
        with step('Ctrl-C stops it again'):
            go(gdb)
            check_equal(vm.command('query-status')['status'], 'running',
                        'status')
            check(interrupt(gdb).startswith('T02thread:0'), 'no stop')
        with step("memory is read through the guest's page tables"):
            for cpu in 1, 2:
                gdb.ask(f'Hg{cpu}')
                text = gdb.read(banner, 16)
                check(text.startswith(b'Linux version '), text)
        with step('and written'):
            names = gdb.read(uts, 256)
            check(b'before\0' in names, names)
            gdb.write(uts + names.index(b'before\0'), b'behind')
        with step('a step is one instruction'):
            busy = None
            for cpu in 1, 2:
                gdb.ask(f'Hg{cpu}')
                if gdb.reg(CS) & 3:
                    busy = cpu
            # The loop may be in the kernel just now.
            cpu = busy or 1
            seen = set()
            for _ in range(30):
                if busy:
                    reply = gdb.ask(f'vCont;s:{cpu}')
                    check_equal(reply, f'T05thread:{cpu:02x};', 'step')
                    gdb.ask(f'Hg{cpu}')
                    seen.add(gdb.reg(RIP))
            if not busy:
                raise Skip('no CPU was in a program')
            check(len(seen) > 3, f'rip was only {seen}')
        with step('a breakpoint in a debug register'):
            stop_at(gdb, vm, 1, uname)
        with step('it goes on when gdb leaves'):
            check_equal(gdb.ask('D'), 'OK', 'detach')
            gdb.close()
            # The end of what was to meet the breakpoint.
            vm.expect(r'\[lab \d+\]\n')
            vm.sh('kill $!')
            check_equal(vm.sh('hostname').split()[-1], 'behind', 'hostname')


main()
