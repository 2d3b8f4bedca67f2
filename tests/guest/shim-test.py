#!/usr/bin/env python3
#
# Kernels whose KVM lacks something, refuses, or ends KVM_RUN as none should:
# what qemini says, in TAP.
#
#   shim-test.py QEMINI LIBRARY-TO-PRELOAD FOLDER-OF-ELF-FILES
#
# kvm-shim.c plays the kernel.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import re
import subprocess
import sys
import threading

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             os.pardir, 'qtest'))
from gdb_client import Machine                              # noqa: E402
from tap import plan, result                                # noqa: E402

qemini, shim, guests = sys.argv[1:]


def environment(how):
    return {
        'LD_PRELOAD': shim, 'KVM_SHIM': how,
        # A sanitizer wants to come first, and need not.
        'ASAN_OPTIONS': (os.environ.get('ASAN_OPTIONS', '') +
                         ':verify_asan_link_order=0').lstrip(':'),
    }


def machine(how, *args):
    env = dict(os.environ, **environment(how))
    vm = subprocess.Popen(
        [qemini, '-accel', 'kvm', '-m', '64', '-nodefaults', '-display',
         'none', '-cpu', 'qemu64,check=off', '-qmp', 'stdio', *args],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=env)
    timer = threading.Timer(120, vm.kill)
    timer.daemon = True
    timer.start()
    return vm


# Capabilities by number (linux/kvm.h), and names as they are told.
CAPABILITIES = [
    (3, 'KVM_CAP_USER_MEMORY'),
    (4, 'KVM_CAP_SET_TSS_ADDR'),
    (7, 'KVM_CAP_EXT_CPUID'),
    (14, 'KVM_CAP_MP_STATE'),
    (21, 'KVM_CAP_DESTROY_MEMORY_REGION_WORKS'),
    (30, 'KVM_CAP_JOIN_MEMORY_REGIONS_WORKS'),
    (32, 'KVM_CAP_IRQFD'),
    (36, 'KVM_CAP_IOEVENTFD'),
    (40, 'KVM_CAP_INTERNAL_ERROR_DATA'),
    (41, 'KVM_CAP_VCPU_EVENTS'),
    (55, 'KVM_CAP_XSAVE'),
    (136, 'KVM_CAP_IMMEDIATE_EXIT'),
]

# ioctls by number; ENOMEM is 12, EINVAL 22.
REFUSALS = [
    ('version:11', ['kvm version too old',
                    'failed to initialize kvm: Invalid argument']),
    ('version:13', ['kvm version not supported',
                    'failed to initialize kvm: Invalid argument']),
    ('fail:0x01:12', ['ioctl(KVM_CREATE_VM) failed: 12 '
                      'Cannot allocate memory',
                      'failed to initialize kvm: Cannot allocate memory']),
    ('fail:0x41:12', ['kvm_init_vcpu: kvm_get_vcpu failed (0): '
                      'Cannot allocate memory']),
    ('fail:0x46:22', ['KVM_SET_USER_MEMORY_REGION failed, slot=0',
                      'Invalid argument']),
    ('cap:10:2', ['KVM has no memory slot left: its 2 are in use']),
]


def test_refused():
    cases = [(f'cap:{number}:0', [f'kvm does not support {name}',
                                  'failed to initialize kvm'])
             for number, name in CAPABILITIES]
    for how, texts in cases + REFUSALS:
        vm = machine(how)
        err = vm.communicate('')[1]
        result(vm.returncode == 1 and all(t in err for t in texts),
               f'{how}: {texts[0]}', f'{vm.returncode} {err}')


# The exit, the run state that comes of it, what is told, and the event.
EXITS = [
    ('exit:0:1234', 'internal-error',
     'KVM: unknown exit, hardware reason 4d2', 'STOP'),
    ('exit:9:2147483681', 'internal-error',
     'KVM: entry failed, hardware error 0x80000021', 'STOP'),
    ('exit:1:13:7', 'internal-error',
     'KVM: exception 13 exit (error code 0x7)', 'STOP'),
    ('exit:17:3:99', 'internal-error',
     'KVM internal error. Suberror: 3\nextra data[0]: 0x0000000000000063',
     'STOP'),
    ('exit:4711', 'internal-error', 'KVM: unknown exit reason 4711', 'STOP'),
    ('exit:24:99', 'internal-error', 'EIP=', 'STOP'),
    ('exit:24:1', 'shutdown', '', 'SHUTDOWN'),
    ('exit:24:2', 'running', '', 'RESET'),
    ('exit:24:3', 'guest-panicked', '', 'STOP'),
    ('exit:8', 'running', '', 'RESET'),
]


def read_until(vm, wanted):
    while True:
        answer = json.loads(vm.stdout.readline())
        if wanted(answer):
            return answer


def wait_for_exit(vm, event):
    """The run state after @event, and all that is on standard error."""
    def send(command):
        vm.stdin.write(json.dumps({'execute': command}) + '\n')
        vm.stdin.flush()

    # Events may come before the answer to the command that led to them.
    send('qmp_capabilities')
    send('cont')
    read_until(vm, lambda a: a.get('event') == event)
    if event == 'SHUTDOWN':
        read_until(vm, lambda a: a.get('event') == 'STOP')
    send('query-status')
    status = read_until(vm, lambda a: 'status' in a.get('return', {}))
    return (status['return']['status'],
            vm.communicate('{"execute": "quit"}\n')[1])


def test_exits():
    guest = os.path.join(guests, 'smp.elf')
    for how, state, text, event in EXITS:
        vm = machine(how, '-no-shutdown', '-kernel', guest, '-S')
        try:
            status, err = wait_for_exit(vm, event)
        except (ValueError, BrokenPipeError) as e:
            vm.kill()
            status, err = '', f'{e}\n' + vm.stderr.read()
        ok = status == state and text in err and vm.wait() == 0
        if state == 'internal-error':
            # The registers and the code, to be sent to whoever can read them.
            ok = ok and 'EIP=' in err and 'Code=' in err
        result(ok, f'{how}: {event}, {state}', f'{status} {err}')


# What gdb asks for; the debug exit that the kernel then reports, its exception
# and DR6; what the kernel was told, and what gdb is.  The address is the guest's
# first instruction.
ENABLE, SW_BP, HW_BP = 1, 0x10000, 0x20000
STOPS = [
    ('Z0,%x,1', 3, 0, ENABLE | SW_BP, 0, 'T05thread:01;'),
    ('Z1,%x,1', 1, 1, ENABLE | HW_BP, 0x602, 'T05thread:01;'),
    ('Z2,%x,8', 1, 1, ENABLE | HW_BP, 0x90602,
     'T05thread:01;watch:%016x;'),
    ('Z4,%x,4', 1, 1, ENABLE | HW_BP, 0xf0602,
     'T05thread:01;awatch:%016x;'),
]


def test_breakpoints():
    """Not every KVM reports breakpoints: here one does."""
    guest = os.path.join(guests, 'hello.elf')
    symbols = subprocess.run(['nm', guest], capture_output=True, text=True,
                             check=True).stdout
    entry = int(re.search(r'(\w+) \w pvh_entry', symbols)[1], 16) & ~7
    for packet, exception, dr6, control, dr7, reply in STOPS:
        packet = packet % entry
        before = dict(os.environ)
        os.environ.update(environment(f'debug:{exception}:{entry:#x}:{dr6}'))
        with Machine([qemini, '-accel', 'kvm', '-m', '64', '-S', '-nodefaults',
                      '-display', 'none', '-cpu', 'qemu64,check=off',
                      '-device', 'isa-debug-exit,iobase=0xf4', '-kernel',
                      guest]) as m:
            os.environ.clear()
            os.environ.update(before)
            gdb = m.connect()
            answers = [gdb.ask(packet), gdb.ask('c')]
            answers.append(gdb.ask('z' + packet[1:]))
            gdb.send('c')
            status = m.qmp.process.wait(30)
            told = m.qmp.stderr()
        dr0 = 0 if control & SW_BP else entry
        ok = (status == 1 and answers == [
            'OK', reply % entry if '%' in reply else reply, 'OK'] and
            f'guest debug: control {control:#x} dr0 {dr0 and hex(dr0)} '
            f'dr7 {dr7 and hex(dr7)}\n' in told and
            told.endswith('guest debug: control 0 dr0 0 dr7 0\n'))
        result(ok, f'{packet.split(",")[0]}: a stop', f'{status} {answers} '
               f'{told}')


def main():
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        print('ok 1 - kernels of all kinds # SKIP /dev/kvm cannot be used\n'
              '1..1')
        return
    test_refused()
    test_exits()
    test_breakpoints()
    plan()


main()
