#!/usr/bin/env python3
#
# gdbstub-test: what gdb asks and what it is told, in TAP.
#
#   gdbstub-test.py QEMINI [REFERENCE]
#
# There is no guest: the program runs under -accel qtest, and each test is a
# small gdb.  The answers in PACKETS are those of QEMU 7.2 (-accel tcg -S); where
# one is installed, it is asked as well.  tests/guest/gdb-test.py is about a guest
# that runs.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import time

from differences import find_reference
from gdb_client import PATIENCE, Gone, Machine, escape, frame
from tap_tests import run_tests

BOARD = ['-S', '-nodefaults', '-display', 'none', '-M', 'pc', '-m', '64',
         '-smp', '2']

# Numbers of registers.
RIP, CS, FS_BASE, CR0, CR3, CR4, EFER = 16, 18, 24, 27, 29, 30, 32
REGISTERS = 66

# A packet and its answer, in this order.
PACKETS = [
    # Before gdb has asked for a description, it may not have single registers.
    ('p0', ''),
    ('P0=00', ''),
    ('?', 'T05thread:01;'),
    ('!', 'OK'),
    ('qC', 'QC01'),
    ('qSupported',
     'PacketSize=1000;qXfer:features:read+;vContSupported+;multiprocess+'),
    ('qXfer:features:read:target.xml:0,ffb',
     'l<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target>'
     '<architecture>i386:x86-64</architecture>'
     '<xi:include href="i386-64bit.xml"/></target>'),
    ('qXfer:features:read:i386-64bit.xml:0,5', 'm<?xml'),
    ('qXfer:features:read:i386-64bit.xml:0,0', 'm'),
    ('qXfer:features:read:i386-64bit.xml:ffff,10', 'E00'),
    ('qXfer:features:read:i386-64bit.xml:zz,10', ''),
    ('qXfer:features:read:i386-32bit.xml:0,10', 'E00'),
    ('qXfer:features:read:none.xml:0,10', 'E00'),
    ('qXfer:features:read:', 'E22'),
    ('qXfer:features:read:target.xml', 'E22'),
    ('qXfer:auxv:read::0,10', ''),

    # Registers
    ('p10', 'f0ff000000000000'),
    ('p11', '02000000'),
    ('p12', '00f00000'),
    ('p1b', '1000006000000000'),
    ('p29', '7f030000'),
    ('p41', '801f0000'),
    ('p42', 'E14'),
    ('p', 'E14'),
    ('P0=1122334455667788', 'OK'),
    ('p0', '1122334400000000'),
    ('P8=1122334455667788', 'OK'),
    ('p8', '0000000000000000'),
    ('P21=112233445566778899aa', 'OK'),
    ('p21', '112233445566778899aa'),
    ('P29=11223344', 'OK'),
    ('p29', '11220000'),
    ('P2a=11223344', 'OK'),
    ('p2a', '11220000'),
    ('P2b=11223344', 'OK'),
    ('p2b', '00000000'),
    ('P31=112233445566778899aabbccddeeff10', 'OK'),
    ('p31', '112233445566778899aabbccddeeff10'),
    ('P41=11223344', 'OK'),
    ('p41', '11223344'),
    ('P14=34120000', 'OK'),
    ('p14', '34120000'),
    ('P18=1122334400000000', 'OK'),
    ('p18', '1122334400000000'),
    ('P1e=ff00000000000000', 'OK'),
    ('p1e', 'ff00000000000000'),
    ('P1f=1100000000000000', 'OK'),
    ('p1f', '0100000000000000'),
    ('P99=00', 'OK'),
    ('P0', 'E22'),
    ('P', 'E22'),

    # Memory
    ('m1000,4', '00000000'),
    ('M1000,4:01020304', 'OK'),
    ('m1000,4', '01020304'),
    ('m1000,0', ''),
    ('M1000,2:aabbcc', 'OK'),
    ('m1000,4', 'aabb0304'),
    ('M1000,4:01', 'E22'),
    ('M1000,4', 'E22'),
    ('M1000', 'E22'),
    ('m', 'E22'),
    ('m0', 'E22'),
    ('mzz', ''),
    ('m0,801', 'E22'),
    ('m0,100000', 'E22'),
    ('mfffffffffffff000,4', 'E14'),
    ('Mfffffff0,4:01020304', 'OK'),
    ('X0,1:a', ''),

    # Threads
    ('qfThreadInfo', 'm01'),
    ('qsThreadInfo', 'm02'),
    ('qsThreadInfo', 'l'),
    ('qsThreadInfo', 'l'),
    ('qThreadExtraInfo,1', b'CPU#0 [running]'.hex()),
    ('qThreadExtraInfo,2', b'CPU#1 [halted ]'.hex()),
    ('qThreadExtraInfo,zz', 'E22'),
    ('qThreadExtraInfo', ''),
    ('qAttached', '1'),
    ('qAttached:1', '1'),
    ('T1', 'OK'),
    ('T2', 'OK'),
    ('T0', 'OK'),
    ('T3', 'E22'),
    ('T-1', 'E22'),
    ('Tp1.2', 'OK'),
    ('Tp2.1', 'E22'),
    ('Tp', 'E22'),
    ('T', 'E22'),
    ('Hg2', 'OK'),
    ('p12', '00f00000'),
    ('Hg3', 'E22'),
    ('Hg0', 'OK'),
    ('Hg-1', 'OK'),
    ('Hc1', 'OK'),
    ('Hc-1', 'OK'),
    ('Hgp1.1', 'OK'),
    ('Hgp1.-1', 'OK'),
    ('Hgp2.1', 'E22'),
    ('H', 'E22'),
    ('Hx1', 'E22'),
    ('vCont?', 'vCont;c;C;s;S'),
    ('vCont;', ''),
    ('vCont;x', ''),
    ('vCont;s:9', 'E22'),
    ('vCont;s:p9.1', 'E22'),
    ('vKill', ''),
    ('vAttach;1', 'T05thread:01;'),
    ('vAttach;9', 'E22'),
    ('vAttach;zz', ''),
    ('vMustReplyEmpty', ''),
    ('vFile:setfs:0', ''),

    # QEMU's own
    ('qqemu.sstepbits', 'ENABLE=1,NOIRQ=2,NOTIMER=4'),
    ('qqemu.sstep', '0x7'),
    ('Qqemu.sstep=3', 'OK'),
    ('qqemu.sstep', '0x3'),
    ('Qqemu.sstep=ff', 'E22'),
    ('Qqemu.sstep=7', 'OK'),
    ('qqemu.Supported', 'sstepbits;sstep;PhyMemMode'),
    ('qqemu.PhyMemMode', '0'),
    ('Qqemu.PhyMemMode:1', 'OK'),
    ('qqemu.PhyMemMode', '1'),
    ('m1000,4', 'aabb0304'),
    ('Qqemu.PhyMemMode:0', 'OK'),
    ('qqemu', ''),

    # Break- and watchpoints
    ('z0,1000,1', 'E22'),
    ('Z0,1000,1', 'OK'),
    ('z0,1000,1', 'OK'),
    ('z0,1000,1', 'E22'),
    ('Z1,1000,1', 'OK'),
    ('Z1,1000,1', 'OK'),
    ('z1,1000,1', 'OK'),
    ('Z2,1000,4', 'OK'),
    ('Z3,1000,4', 'OK'),
    ('Z4,1000,4', 'OK'),
    ('z2,1000,4', 'OK'),
    ('z3,1000,4', 'OK'),
    ('z4,1000,4', 'OK'),
    ('z4,1000,4', 'E22'),
    ('Z2,1001,2', 'OK'),
    ('Z2,1000,0', 'E22'),
    ('Z2,fffffffffffffffe,4', 'E22'),
    ('z2,1000,0', 'E22'),
    ('Z5,1000,4', ''),
    ('Zx,1,1', ''),
    ('Z0,', 'E22'),
    ('Z0', 'E22'),
    ('Z', 'E22'),
    ('z', 'E22'),
    # With "?" all of them are gone.
    ('Z0,1000,1', 'OK'),
    ('?', 'T05thread:01;'),
    ('z0,1000,1', 'E22'),

    # Not for us
    ('', ''),
    ('R', ''),
    ('i', ''),
    ('QStartNoAckMode', ''),
    ('qOffsets', ''),
    ('qSymbol::', ''),
    ('qTStatus', ''),
    ('qRcmd', ''),
    ('qRcmd,', 'E22'),
    ('qL', ''),
]

# What QEMU 7.2 does not answer, or answers otherwise.
OURS = [
    ('G00', 'OK'),
    ('qThreadExtraInfo,3', 'E22'),
    ('vCont', ''),
    ('M1000,2:zz11', 'E22'),
    ('m1000,4', 'aabb0304'),
    ('qRcmd,zz', 'E22'),
    ('qRcmd,616', 'E22'),
    ('bs', 'E22'),
    ('bc', 'E22'),
    ('P0=11', 'OK'),
    ('p0', '1122334400000000'),
    ('pffffffffff', 'E14'),
    ('P0=zz22334455667788', 'E22'),
    ('Gzz', 'E22'),
    ('G', 'E22'),
]


def qtest(*more):
    return Machine([QEMINI, '-accel', 'qtest', *BOARD, *more])


def expect(got, want, what=''):
    if got != want:
        raise AssertionError('%s: got %r, want %r' % (what, got, want))


def ask_all(gdb, packets):
    for packet, answer in packets:
        expect(gdb.ask(packet), answer, packet)


def test_answers():
    with qtest() as vm:
        gdb = vm.connect()
        ask_all(gdb, PACKETS)
        ask_all(gdb, OURS)
        expect(vm.status(), 'prelaunch', 'status')


def test_reference():
    if not REFERENCE:
        return 'there is no QEMU 7.2'
    with Machine([REFERENCE, '-accel', 'tcg', *BOARD]) as vm:
        gdb = vm.connect()
        ask_all(gdb, PACKETS)
        theirs = gdb.xfer('i386-64bit.xml')
        regs = gdb.ask('g')
    with qtest() as vm:
        gdb = vm.connect()
        ask_all(gdb, PACKETS)
        ours = gdb.xfer('i386-64bit.xml')
        expect(gdb.ask('g'), regs, 'g')
    for pattern in (r'<reg .*?/>', r'<field .*?/>', r'<(?:flags|vector|union) .*?>'):
        expect(re.findall(pattern, ours),
               re.findall(pattern, re.sub('<!--.*?-->', '', theirs,
                                          flags=re.S)), pattern)
    return None


# Frames

def test_frames():
    with qtest() as vm:
        gdb = vm.connect()
        for data, answer in [
                (b'$?#00', b'-'),
                (b'$?#3f', b'+$T05thread:01;#07'),
                (b'-', b'$T05thread:01;#07'),
                (b'-', b'$T05thread:01;#07'),
                (b'$?#3F', b'+$T05thread:01;#07'),
                (b'+garbage$qC#b4', b'+$QC01#f5'),
                (b'+$$?#3f$qC#b4', b'-+$QC01#f5'),
                (b'+$m0,1$?#3f$qC#b4', b'-+$QC01#f5'),
                (b'+$?#zz$qC#b4', b'+$QC01#f5'),
                (b'+$?#3$qC#b4$qC#b4', b'+$QC01#f5'),
                (b'+\x03$qC#b4', b'+$QC01#f5'),
                (b'+\x00\xff$qC#b4', b'+$QC01#f5'),
                # Escapes and counts
                (b'+' + frame(b'M0,4:}\x13112131415'), b'+$OK#9a'),
                (b'+' + frame('m0,4'), b'+$31121314#90'),
                (b'+' + frame('M0,3:1*"'), b'+$OK#9a'),
                (b'+' + frame('m0,4'), b'+$11111114#8b'),
                (b'+' + frame('M0,28:0*l'), b'+$OK#9a'),
                (b'+' + frame('m0,8'), b'+$' + 16 * b'0' + b'#00'),
                # Nothing to repeat, no count, the end in the middle
                (b'+' + frame('*"'), b'-'),
                (frame(b'?*\x05'), b'-'),
                (frame(b'?*\x7f'), b'-'),
                (frame('?*'), b'-'),
                (frame('?}'), b'-'),
                (frame('') + b'+', b'+$#00'),
                (frame('\0'), b'+$#00')]:
            gdb.raw(data)
            expect(gdb.read_until(answer), answer, data)
        expect(gdb.read_for(0.05), b'', 'the end')

        # 4095 bytes are a packet, more are none, and are not answered.
        for zeroes, answer in ((4091, b'$00#60'), (4092, b''), (40000, b'')):
            gdb.raw(b'+' + frame('m0,' + zeroes * '0' + '1'))
            if answer:
                gdb.read_until(answer)
            else:
                expect(gdb.read_for(0.05), b'', zeroes)
        gdb.raw(b'+' + frame('m0,1*~*~*~' + 50 * '*~'))
        expect(gdb.read_for(0.05), b'', 'a long count')
        expect(gdb.ask('qC'), 'QC01')


def test_bytewise():
    """A packet may come byte by byte."""
    with qtest() as vm:
        gdb = vm.connect()
        for byte in frame('qSupported:multiprocess+;swbreak+'):
            gdb.raw(bytes([byte]))
            time.sleep(0.001)
        expect(gdb.read_packet()[:15], b'PacketSize=1000')
        ask_all(gdb, [('qC', 'QCp01.01'), ('?', 'T05thread:p01.01;'),
                      ('qfThreadInfo', 'mp01.01'), ('qsThreadInfo', 'mp01.02'),
                      ('D;2', 'E22')])


# Registers and memory

def test_registers():
    with qtest() as vm:
        gdb = vm.connect()
        expect(len(gdb.ask('g')), 2 * 608, 'size of g')
        gdb.xfer('target.xml')
        expect(''.join(gdb.ask('p%x' % i) for i in range(REGISTERS)),
               gdb.ask('g'), 'all of them')
        for i in range(8):
            gdb.set_reg(i, 0x11111111 * (i + 1))
        gdb.set_reg(RIP, 0x1234)
        gdb.set_reg(CS, 0x4321, 4)
        text = gdb.monitor('info registers')
        for value in ('EAX=11111111', 'EBX=22222222', 'ECX=33333333',
                      'EDX=44444444', 'ESI=55555555', 'EDI=66666666',
                      'EBP=77777777', 'ESP=88888888', 'EIP=00001234',
                      'CS =4321 00043210 0000ffff'):
            if value not in text:
                raise AssertionError('no %s in %s' % (value, text))

        # All at once, the other CPU's; and the first one's are as they were.
        before = gdb.ask('g')
        gdb.ask('Hg2')
        other = gdb.ask('g')
        expect(gdb.ask('G' + before), 'OK')
        expect(gdb.ask('g'), before, 'G')
        expect(gdb.ask('G' + other), 'OK')
        gdb.ask('Hg1')
        expect(gdb.ask('g'), before, 'CPU 1')


def enter_long_mode(gdb):
    """Tables that map 0x40000000 to 0x200000, 2 MiB, and itself the rest."""
    pml4, pdpt, pd, gdt = 0x10000, 0x11000, 0x12000, 0x13000
    gdb.write(pml4, (pdpt | 7).to_bytes(8, 'little'))
    gdb.write(pdpt, (0x83).to_bytes(8, 'little') +
              (pd | 7).to_bytes(8, 'little'))
    gdb.write(pd, (0x200083).to_bytes(8, 'little'))
    gdb.write(gdt, bytes(8) + bytes.fromhex('ffff0000009aaf00') +
              bytes.fromhex('ffff00000092cf00'))
    gdb.set_reg(CR4, 0x20)
    gdb.set_reg(CR3, pml4)
    gdb.set_reg(EFER, 0x500)
    gdb.set_reg(CR0, 0x80000011)


def test_page_tables():
    with qtest() as vm:
        gdb = vm.connect()
        gdb.xfer('target.xml')
        enter_long_mode(gdb)
        # A selector is looked up in the table, and one beyond it is none.
        gdb.write(0, bytes(8) + bytes.fromhex('ffff0000009aaf00'))
        gdb.set_reg(CS, 8, 4)
        expect(gdb.reg(CS), 8, 'CS')
        gdb.set_reg(CS + 2, 0x1230, 4)
        gdb.write(0x200ff0, bytes(range(32)))
        expect(gdb.read(0x40000ff0, 32), bytes(range(32)), 'a page')
        gdb.write(0x40000ffc, b'\xff' * 8)
        expect(gdb.ask('m40000ff8,10'),
               '08090a0b' + 16 * 'f' + '14151617', 'two pages')
        for addr in (0x40200000, 0x8000000000000000, 0x800000000000,
                     0x401fffff):
            expect(gdb.ask('m%x,4' % addr), 'E14', hex(addr))
            expect(gdb.ask('M%x,4:00000000' % addr), 'E14', hex(addr))
        gdb.ask('Qqemu.PhyMemMode:1')
        expect(gdb.read(0x200ff0, 4), bytes(range(4)), 'physical')
        gdb.ask('Qqemu.PhyMemMode:0')

        # 64-bit code has whole registers, and sixteen of them.
        for reg in (0, 7, 8, 15, RIP, FS_BASE):
            gdb.set_reg(reg, 0x8877665544332211)
            expect(gdb.reg(reg), 0x8877665544332211, reg)
        if 'R15=8877665544332211' not in gdb.monitor('info registers'):
            raise AssertionError('R15')


# The VM

def test_stop_and_go():
    with qtest() as vm:
        gdb = vm.connect()
        expect(vm.status(), 'prelaunch', '-S')
        gdb.send('c')
        gdb.read_until(b'+')
        wait_for(lambda: vm.status() == 'running')
        gdb.raw(b'\x03')
        expect(gdb.read_packet(), b'T02thread:01;', 'Ctrl-C')
        expect(vm.status(), 'paused')
        for go in ('s', 'vCont;c', 'vCont;s:1;c', 'vCont;C05:1', 'C05',
                   'vCont;s:p1.-1', 'c1000', 'F0'):
            gdb.send(go)
            wait_for(lambda: vm.status() == 'running')
            vm.qmp.command('stop')
            expect(gdb.read_packet(), b'T02thread:01;', go)
        vm.qmp.command('cont')
        # Whatever gdb says to a guest that runs, stops it.
        gdb.send('qC')
        expect(gdb.read_packet(), b'T02thread:01;', 'a packet')
        # Detached it runs on, and stops are nobody's business.
        expect(gdb.ask('D'), 'OK')
        wait_for(lambda: vm.status() == 'running')
        vm.qmp.command('stop')
        expect(gdb.read_for(0.05), b'', 'after D')
        expect(gdb.ask('qC'), 'QC01')
        expect(gdb.ask('vAttach;1'), 'T05thread:01;')
        gdb.send('vCont;c:2')
        wait_for(lambda: vm.status() == 'running')
        gdb.raw(b'\x03')
        expect(gdb.read_packet(), b'T02thread:01;')


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError()
        time.sleep(0.005)


def test_connections():
    """One after the other; and a guest that runs stops for a new one."""
    with qtest() as vm:
        for _ in range(3):
            vm.qmp.command('cont')
            gdb = vm.connect()
            expect(gdb.read_packet(), b'T02thread:01;', 'stopped')
            expect(vm.status(), 'paused')
            expect(gdb.ask('p0'), '', 'a description is not asked for yet')
            gdb.ask('qSupported:multiprocess+')
            gdb.xfer('target.xml')
            expect(gdb.ask('Z0,1000,1'), 'OK')
            gdb.raw(b'$m0,4')
            gdb.close()
            wait_for(lambda: 'gdb: filename=disconnected:' in
                     vm.hmp('info chardev'))
        gdb = vm.connect()
        expect(gdb.ask('z0,1000,1'), 'OK', 'a breakpoint that stayed')
        expect(gdb.ask('Z0,1000,1'), 'OK')
        expect(vm.hmp('gdbserver none'), 'Disabled gdbserver\r\n')
        try:
            gdb.read_for(1)
            gdb.ask('qC')
            raise AssertionError('still there')
        except (Gone, OSError):
            pass
        expect(vm.hmp('gdbserver unix:%s.2,server=on,wait=off' % vm.path)[:30],
               'Waiting for gdb connection on ')
        vm.path += '.2'
        gdb = vm.connect()
        expect(gdb.ask('qC'), 'QC01')
        expect(gdb.ask('z0,1000,1'), 'E22', 'one that went with the server')
        # Not by the monitor that is in the connection itself.
        for device in ('none', 'null', 'chardev:gdb'):
            text = gdb.monitor('gdbserver ' + device)
            if 'cannot close' not in text:
                raise AssertionError(text)
        # Nor a device that is in use, or that there is not.
        for device, error in (
                ('chardev:compat_monitor0',
                 "Device 'compat_monitor0' is in use"),
                ('chardev:gdb', "Device 'gdb' is in use"),
                ('chardev:nope', "Chardev 'nope' not found")):
            expect(vm.hmp('gdbserver ' + device),
                   "%s\r\nCould not open gdbserver on device '%s'\r\n"
                   % (error, device))
        expect(gdb.ask('qC'), 'QC01', 'all is as it was')
        expect(gdb.monitor('info version'), '7.2.22\n')
        expect(gdb.monitor('info nope'), "unknown command: 'info nope'\n")
        # Longer than a packet.
        if 'info virtio' not in gdb.monitor('help info'):
            raise AssertionError('help info')


def test_ends():
    for packet, said in (('k', 'W00'), ('vKill;1', 'W00')):
        with qtest() as vm:
            gdb = vm.connect()
            gdb.send(packet)
            end = gdb.read_for(PATIENCE)
            if frame(said) not in end:
                raise AssertionError(end)
            expect(vm.qmp.process.wait(PATIENCE), 0, 'status')
            if 'QEMU: Terminated via GDBstub' not in vm.qmp.stderr():
                raise AssertionError(vm.qmp.stderr())
    with qtest() as vm:
        gdb = vm.connect()
        gdb.ask('qC')           # it has been let in
        vm.qmp.command('quit')
        expect(gdb.read_for(PATIENCE), frame('W00'), 'quit')
        expect(vm.qmp.process.wait(PATIENCE), 0, 'status')
    # By the monitor that is in the connection.
    with qtest() as vm:
        gdb = vm.connect()
        gdb.send('qRcmd,' + b'quit'.hex())
        if frame('W00') not in gdb.read_for(PATIENCE):
            raise AssertionError('monitor quit')
        expect(vm.qmp.process.wait(PATIENCE), 0, 'status')


def test_stdio():
    """On standard input and output; SIGINT is gdb's Ctrl-C then."""
    p = subprocess.Popen([QEMINI, '-accel', 'qtest', *BOARD, '-monitor',
                          'none', '-gdb', 'stdio'], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        p.stdin.write(b'$?#3f')
        p.stdin.flush()
        answer = b'+$T05thread:01;#07'
        expect(p.stdout.read(len(answer)), answer)
        p.stdin.write(b'+$c#63')
        p.stdin.flush()
        expect(p.stdout.read(1), b'+')
        # It has read the packet, and need not run yet.
        while not select.select([p.stdout], [], [], 0.05)[0]:
            p.send_signal(signal.SIGINT)
        answer = b'$T02thread:01;#04'
        expect(p.stdout.read(len(answer)), answer, 'SIGINT')
        p.send_signal(signal.SIGTERM)
        expect(p.stdout.read(), frame('W00'), 'SIGTERM')
        expect(p.wait(PATIENCE), 0, 'status')
    finally:
        p.kill()
        p.communicate()


# Clients that are no gdb

def test_deaf():
    """Who does not read holds up nobody, and misses nothing."""
    with qtest() as vm:
        gdb = vm.connect()
        question = frame('m0,800')
        count = 2000
        gdb.socket.settimeout(0.2)
        sent = 0
        try:
            while sent < count * len(question):
                sent += gdb.socket.send((question * count)[sent:][:4096])
        except TimeoutError:
            pass
        expect(vm.status(), 'prelaunch', 'the monitor')
        said = b''
        rest = (question * count)[sent:]
        while said.count(b'#00') < count:
            if rest:
                try:
                    rest = rest[gdb.socket.send(rest[:4096]):]
                except TimeoutError:
                    pass
            more = gdb.read_for(0.02)
            said += more
        expect(len(said), count * len(b'+$#00' + 4096 * b'0'), 'answers')
        gdb.raw(b'+')
        expect(gdb.ask('qC'), 'QC01')


def test_fuzz():
    """Nothing that comes ends it, or makes it hang."""
    rng = random.Random(4)
    words = [p for p, _ in PACKETS + OURS] + [
        'c', 's', 'C05', 'D', 'D;1', 'F1,2', 'vCont;s:1;c', 'vCont;C05:1',
        'qRcmd,' + b'info registers'.hex(), 'qRcmd,' + b'help'.hex(),
        'qRcmd,' + b'x /4x 0'.hex(), 'qRcmd,' + b'gdbserver none'.hex(),
        'qRcmd,' + b'system_reset'.hex(), 'g', 'G' + 608 * 'ab',
        'qXfer:features:read:target.xml:0,ffb']
    with qtest() as vm:
        gdb = vm.connect()
        for _ in range(3000):
            data = bytearray(rng.choice(words).encode())
            for _ in range(rng.choice((0, 0, 1, 1, 2, 6))):
                i = rng.randrange(len(data) + 1)
                data[i:i + rng.randrange(3)] = bytes(
                    rng.choice(b'0123456789abcdef,;:=#$}*-+pzZ\x00\x03\xff')
                    for _ in range(rng.randrange(4)))
            packet = frame(bytes(data))
            if rng.randrange(4) == 0:
                packet = frame(escape(bytes(data)))
            if rng.randrange(16) == 0:
                packet = packet[:rng.randrange(len(packet))]
            if bytes(data[:1]) == b'k' or b'Kill' in data:
                continue
            try:
                gdb.raw(packet + rng.choice((b'', b'+', b'-', b'\x03')))
                gdb.read_for(0 if rng.randrange(8) else 0.0005)
            except (Gone, OSError):
                gdb.connect()
            if rng.randrange(200) == 0:
                gdb.close()
                gdb.connect()
        gdb.close()
        vm.status()
        vm.qmp.command('stop')
        gdb.connect()
        gdb.read_for(0.05)
        expect(gdb.ask('qC'), 'QC01')


# gdb itself

SCRIPT = '''
set pagination off
set confirm off
set architecture i386:x86-64
target remote %(path)s
info registers rip eflags cr0 xmm0
x/4xb 0x1000
set var *(unsigned int *)0x1000 = 0x44332211
x/4xb 0x1000
set var $rbx = 0x1234
print $rbx
info threads
break *0x2000
watch *(int *)0x3000
info breakpoints
delete
maintenance packet qqemu.sstepbits
monitor info version
monitor info registers
detach
'''


def test_gdb():
    gdb = shutil.which('gdb')
    if not gdb:
        return 'there is no gdb'
    with qtest() as vm:
        script = os.path.join(vm.dir, 'script')
        with open(script, 'w', encoding='ascii') as f:
            f.write(SCRIPT % {'path': vm.path})
        argv = [gdb, '-q', '-nx', '-batch', '-x', script]
        p = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=PATIENCE)
        for text in (r'^rip +0xfff0 ', r'^eflags +0x2 +\[ IOPL=0 \]',
                     r'^cr0 +0x60000010 +\[ CD NW ET \]',
                     r'^xmm0 +\{v4_float = ',
                     r'^0x1000:\t0x00\t0x00\t0x00\t0x00$',
                     r'^0x1000:\t0x11\t0x22\t0x33\t0x44$',
                     r'^\$1 = 4660$',
                     r'^\* 1 +Thread 1\.1 \(CPU#0 \[running\]\)',
                     r'^  2 +Thread 1\.2 \(CPU#1 \[halted \]\)',
                     r'^Breakpoint 1 at 0x2000$',
                     r'^(Hardware w|W)atchpoint 2: \*\(int \*\)0x3000$',
                     r'^received: "ENABLE=1,NOIRQ=2,NOTIMER=4"$',
                     r'^7\.2\.22$',
                     r'^EAX=00000000 EBX=00001234',
                     r'^\[Inferior 1 \(process 1\) detached\]$'):
            if not re.search(text, p.stdout, re.M):
                raise AssertionError('no %s in\n%s' % (text, p.stdout))
        expect(vm.status(), 'running', 'after detach')
    return None


def main():
    tests = [test_answers, test_reference, test_frames, test_bytewise,
             test_registers, test_page_tables, test_stop_and_go,
             test_connections, test_ends, test_stdio, test_deaf, test_fuzz,
             test_gdb]
    return run_tests(tests, os.environ.get('GDBSTUB_TEST'))


QEMINI = sys.argv[1]
REFERENCE = sys.argv[2] if len(sys.argv) > 2 else find_reference()
sys.exit(main())
