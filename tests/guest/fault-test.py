#!/usr/bin/env python3
#
# What the host sees of a guest that goes wrong, and of CPUs in all states:
# the guests fault.elf and smp.elf on the real KVM, watched over QMP, in TAP.
#
#   fault-test.py QEMINI FOLDER-OF-ELF-FILES
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

from tap import plan, result, skip

qemini, guests = sys.argv[1:]


class Machine:
    """A machine with a QMP monitor on its standard input and output."""

    def __init__(self, guest, append, *args):
        self.err = tempfile.TemporaryFile('w+')
        self.serial = tempfile.NamedTemporaryFile('r')
        self.vm = subprocess.Popen(
            [qemini, '-accel', 'kvm', '-m', '64', '-nodefaults', '-display',
             'none', '-qmp', 'stdio', '-S', '-serial', f'file:{self.serial.name}',
             '-device', 'isa-debug-exit,iobase=0xf4', '-cpu',
             'qemu64,check=off', '-kernel',
             os.path.join(guests, f'{guest}.elf'), '-append', append, *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.err,
            text=True)
        self.timer = threading.Timer(240, self.vm.kill)
        self.timer.start()
        self.events = []
        self.read()
        # Events are told only from here on.
        self.qmp('qmp_capabilities')
        if '-S' not in args:
            self.qmp('cont')

    def read(self):
        line = self.vm.stdout.readline()
        if not line:
            raise EOFError(self.stderr())
        return json.loads(line)

    def qmp(self, command, **arguments):
        self.vm.stdin.write(json.dumps({'execute': command,
                                        'arguments': arguments}) + '\n')
        self.vm.stdin.flush()
        while True:
            answer = self.read()
            if 'event' not in answer:
                return answer.get('return', answer)
            self.events.append(answer['event'])

    def hmp(self, line):
        return self.qmp('human-monitor-command', **{'command-line': line})

    def event(self, name):
        while name not in self.events:
            answer = self.read()
            if 'event' in answer:
                self.events.append(answer['event'])
        self.events = self.events[self.events.index(name) + 1:]

    def status(self):
        return self.qmp('query-status')['status']

    def serial_has(self, text, times=1):
        end = time.time() + 120
        while time.time() < end:
            self.serial.seek(0)
            if self.serial.read().count(text) >= times:
                return True
            time.sleep(0.05)
        return False

    def stderr(self):
        self.err.seek(0)
        return self.err.read()

    def wait(self):
        """Its exit status."""
        self.vm.communicate()
        self.timer.cancel()
        return self.vm.returncode

    def quit(self):
        self.qmp('quit')
        return self.wait()


def test_emulation():
    """An instruction that KVM cannot emulate stops the VM, and is told."""
    m = Machine('fault', 'how=emulation')
    m.event('STOP')
    err = m.stderr()
    if 'KVM internal error' not in err:
        m.quit()
        skip('emulation failure', 'this KVM emulates cmpxchg16b')
        return
    result('KVM internal error. Suberror: 1\n' in err and
           'emulation failure\n' in err and
           'RAX=1111222233334444' in err and '<48> 0f c7 0c 24' in err,
           'an emulation failure is told with registers and code', err)
    result(m.status() == 'internal-error', 'the VM is in internal-error')
    answer = m.qmp('cont')
    result(answer.get('error', {}).get('desc') ==
           'Resetting the Virtual Machine is required',
           'it does not go on without a reset', str(answer))
    result('RAX=1111222233334444' in m.hmp('info registers'),
           'the monitor shows the registers')
    m.qmp('system_reset')
    m.event('RESET')
    result(m.status() == 'prelaunch', 'after a reset it may start anew',
           m.status())
    m.qmp('cont')
    m.event('STOP')
    result(m.status() == 'internal-error', 'and meets the same again')
    result(m.quit() == 0, 'quit ends it', m.stderr())


def test_triple():
    """A triple fault is the reset button."""
    m = Machine('fault', 'how=triple')
    m.event('RESET')
    m.event('RESET')
    result(m.serial_has('ready', 2) and m.quit() == 0,
           'a triple fault resets the machine')
    m = Machine('fault', 'how=triple', '-no-reboot')
    m.event('SHUTDOWN')
    result(m.wait() == 0, '-no-reboot ends the program instead')


REGISTERS = [
    'RAX=aaaa000000000001 RBX=bbbb000000000002',
    'RCX=cccc000000000003 RDX=dddd000000000004',
    'RSI=5151000000000005 RDI=d1d1000000000006',
    'R8 =0808000000000008', 'R15=0f0f00000000000f',
    'CS =0008 0000000000000000 ffffffff 00a09b00 DPL=0 CS64 [-RA]',
    'CR0=80000011 CR2=aaaa000000000001', 'HLT=1',
]


def test_registers():
    m = Machine('fault', 'how=registers')
    m.serial_has('ready')
    end = time.time() + 120
    while 'HLT=1' not in m.hmp('info registers') and time.time() < end:
        time.sleep(0.05)
    for state in ['running', 'paused', 'running again']:
        text = m.hmp('info registers')
        missing = [r for r in REGISTERS if r not in text]
        result(not missing, f'registers are as the guest left them, {state}',
               f'{missing}\n{text}')
        m.qmp('stop' if state == 'running' else 'cont')
    result(m.hmp('p/x $rbx').strip() == '0xbbbb000000000002' or
           m.hmp('p/x $ebx').strip() == '0xbbbb000000000002',
           'the monitor reckons with them', m.hmp('p/x $ebx'))
    result(m.quit() == 0, 'quit ends a CPU that waits')


def test_nmi():
    m = Machine('fault', 'how=nmi')
    m.serial_has('waiting')
    # The guest may end the program before the answer is out.
    try:
        m.qmp('inject-nmi')
    except EOFError:
        pass
    result(m.wait() == 1, 'inject-nmi reaches the guest', m.serial.read())


def test_cpu_states():
    """Stop, go on, reset and quit, while other CPUs run or wait."""
    m = Machine('smp', 'apics=0,1,2 rounds=1000000', '-smp', '3')
    ok = m.serial_has('cpu 2:')
    for _ in range(5):
        m.qmp('stop')
        ok = ok and m.status() == 'paused'
        m.qmp('cont')
    text = m.hmp('info registers -a')
    result(ok and text.count('CPU#') == 3, 'CPUs stop and go on', text)
    result('* CPU #0' in m.hmp('info cpus'), "the first is the monitor's")
    text = m.qmp('human-monitor-command',
                 **{'command-line': 'info cpus', 'cpu-index': 2})
    result('* CPU #2' in text, 'and another if it says so', text)
    result(m.quit() == 0, 'quit ends CPUs that run', m.stderr())

    m = Machine('smp', 'apics=0,1 rounds=1000000', '-smp', '2')
    ok = m.serial_has('cpu 1:')
    for i in range(3):
        m.qmp('system_reset')
        m.event('RESET')
        ok = ok and m.serial_has('cpu 1:', i + 2)
    result(ok, 'a reset while all run starts all again')
    m.qmp('stop')
    m.qmp('system_reset')
    m.event('RESET')
    result(m.status() == 'prelaunch', 'a reset while paused starts nothing',
           m.status())
    result('HLT=1' in m.hmp('info registers 1') or
           'RIP=000000000000fff0' in m.hmp('info registers 1') or
           'EIP=0000fff0' in m.hmp('info registers 1'),
           'and the other CPU waits to be started',
           m.hmp('info registers 1'))
    result(m.quit() == 0, 'quit ends it')


def run_refused(*prefix):
    p = subprocess.run([*prefix, qemini, '-accel', 'kvm', '-display', 'none'],
                       stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, timeout=120)
    return p.returncode, p.stderr


def test_refused():
    """KVM that cannot be had is told, and why."""
    if os.getuid() != 0:
        skip('KVM refused', 'this takes root')
        return
    for what, script, why in [
            ('a device that is another', 'mount --bind /dev/null /dev/kvm',
             'Inappropriate ioctl for device'),
            ('no device', 'mount -t tmpfs none /dev',
             'No such file or directory'),
            ('no right', 'true', 'Permission denied')]:
        user = ['setpriv', '--reuid=65534', '--clear-groups',
                '--regid=65534'] if what == 'no right' else []
        status, err = run_refused('unshare', '--mount', 'sh', '-c',
                                  f'{script} && exec "$@"', 'sh', *user)
        result(status == 1 and f'failed to initialize kvm: {why}' in err,
               f'KVM refused: {what}', f'{status} {err}')


def test_irqchip_option():
    p = subprocess.run([qemini, '-display', 'none', '-accel', 'kvm',
                        '-machine', 'kernel_irqchip=wrong'],
                       stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, timeout=120)
    result(p.returncode == 1 and
           "can't apply global kvm-accel.kernel-irqchip=wrong: Parameter "
           "'kernel-irqchip' does not accept value 'wrong'" in p.stderr,
           'kernel-irqchip is on, off or split', p.stderr)


def test_phys_bits():
    """Addresses that are wider or narrower than the host's are told."""
    for bits in (33, 52):
        m = Machine('fault', '', '-S', '-cpu', f'qemu64,phys-bits={bits}',
                    '-smp', '2')
        result(len(re.findall(r'warning: Host physical bits \(\d+\) does not '
                              rf'match phys-bits property \({bits}\)\n',
                              m.stderr())) == 1,
               f'phys-bits={bits} is told, once', m.stderr())
        m.quit()


def test_paravirtual():
    """What the kernel's local APICs do is not offered without them."""
    for irqchip, has in [('on', True), ('split', True), ('off', False)]:
        for feature in ['kvm-pv-ipi', 'kvm-pv-unhalt',
                        'kvm-asyncpf-int']:
            # The kernel may know it not at all.
            m = Machine('fault', '', '-S', '-machine',
                        f'kernel_irqchip={irqchip}', '-cpu', 'max')
            answer = m.qmp('qom-get', path='/machine/unattached/device[0]',
                           property=feature)
            if has and answer is False:
                skip(f'{feature}, irqchip {irqchip}', 'this KVM has it not')
            else:
                result(answer is has and 'MSR' not in m.stderr(),
                       f'{feature}, irqchip {irqchip}: {has}',
                       f'{answer} {m.stderr()}')
            m.quit()


def main():
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        skip('guests that fail', '/dev/kvm cannot be used')
    else:
        test_refused()
        test_irqchip_option()
        test_phys_bits()
        test_paravirtual()
        test_emulation()
        test_triple()
        test_registers()
        test_nmi()
        test_cpu_states()
    plan()


main()
