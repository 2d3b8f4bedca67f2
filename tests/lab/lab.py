"""The lab's library: boot Linux in qemini, talk to it, count what KVM does.

A scenario is a function in a file of this folder that begins with

    #!/usr/bin/python3 -IS
    import os, sys
    sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
    from lab import Tap, Vm, check, check_equal, main, scenario, step

    @scenario
    def powers_off():
        "poweroff ends the program"
        with Vm() as vm:
            vm.boot()
            vm.send('poweroff -f')
            check_equal(vm.wait_exit(), 0, 'exit status')

    main()

and, for a new file, of a line in meson.build.  Its docstring is its name in the
output.  It may have steps, each of which counts by itself and may fail without
ending the others, because a boot takes seconds:

            with step('the guest answers ping'):
                check(…, 'what was wrong')

To run one scenario: `tests/lab/in-lab BUILD/qemini-system-x86_64 FILE.py NAME…`;
LAB_VERBOSE=1 shows the guest's console.  As root, on a machine with a true KVM
and debugfs, the file also runs by itself: `tests/lab/FILE.py QEMINI NAME…`.

What is needed often:

    Vm(*options, taps=[…], memory=, append=, modules=, irqchip=, cpu=, …)
        boot()           until init is there to take commands
        sh(line)         run a line of shell in the guest; what it printed
        command(name, …) hmp(line) event(name)     QMP, as tests/qtest/qmp_client.py
        stats()          KVM's counters of this machine, from debugfs
        wait_exit()      qemini's exit status
    Tap()                a tap with an address; all of it in a network namespace
    Counter(event, key)  counts a trace event of the host's kernel by that field

A lab is an emulated machine, 30 times slower than yours, and Python is slow in
it: import little.  Every wait has a bound; be generous, they only matter when
something is wrong.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), 'qtest'))
from qmp_client import Conversation, QmpError     # noqa: E402,F401

VERBOSE = 'LAB_VERBOSE' in os.environ
DEBUGFS = '/sys/kernel/debug'
IN_NAMESPACE = 'LAB_IN_NAMESPACE'

qemini = None           # the program under test, from the command line
machine = None          # the Vm that was started last, to show what it said


class Failed(Exception):
    """Something is not as it should be."""


class Skip(Exception):
    """The scenario, or the step, needs what is not there."""


def check(true, what):
    if not true:
        raise Failed(what)


def check_equal(is_, should, what):
    if is_ != should:
        raise Failed(f'{what}: {is_!r}, should be {should!r}')


def check_match(pattern, text, what):
    """Search; the match."""
    found = re.search(pattern, text, re.M)
    if not found:
        raise Failed(f'{what}: no {pattern!r} in {text!r}')
    return found


def run(*argv):
    """A command of the host that must work; what it printed."""
    p = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode != 0:
        raise Failed(f'{" ".join(argv)}: status {p.returncode}: {p.stdout}')
    return p.stdout


# --- the guest's machine ------------------------------------------------------

def guest_files():
    """The folder of the guest's kernel and initrd: see guest-image."""
    if 'LAB_GUEST' not in os.environ:
        os.environ['LAB_GUEST'] = run(os.path.join(HERE, 'guest-image')).strip()
    return os.environ['LAB_GUEST']


class Vm(Conversation):
    """One qemini with a Linux in it, its serial port, and its monitor.

    options   appended to the command line
    taps      a virtio-net-pci each, with net_options appended
    append    appended to the kernel's parameters
    modules   that init loads
    kernel    a file of guest_files(), or a path; None for none
    program   another than qemini
    """

    def __init__(self, *options, taps=(), net_options='', memory='256',
                 append='', modules=('virtio_pci', 'virtio_net'),
                 kernel='vmlinux', irqchip='on', cpu='host', machine='pc',
                 program=None, wait=120):
        self.wait = wait
        self.taps = taps
        self.argv = [program or qemini, '-machine', machine,
                     '-accel', f'kvm,kernel-irqchip={irqchip}', '-cpu', cpu,
                     '-m', memory, '-nodefaults', '-no-user-config',
                     '-display', 'none', '-serial', 'stdio']
        if kernel:
            files = guest_files()
            # Pages are cleared often enough without init_on_alloc.
            parameters = ['console=ttyS0', 'quiet', 'panic=-1',
                          'init_on_alloc=0',
                          'lab.modules=' + ','.join(modules), append]
            self.argv += ['-kernel', os.path.join(files, kernel),
                          '-initrd', os.path.join(files, 'initrd'),
                          '-append', ' '.join(parameters).strip()]
        for i, tap in enumerate(taps):
            self.argv += ['-netdev', tap.netdev(f'net{i}'), '-device',
                          f'virtio-net-pci,netdev=net{i},id=nic{i},'
                          f'mac={tap.mac}{net_options}']
        self.argv += options

    # Life.

    def __enter__(self):
        global machine
        machine = self
        ours, theirs = socket.socketpair()
        self.log = os.fdopen(os.memfd_create('stderr'), 'w+b')
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.argv + ['-chardev', f'socket,id=qmp,fd={theirs.fileno()}',
                         '-mon', 'chardev=qmp,mode=control'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            pass_fds=[theirs.fileno()])
        theirs.close()
        self.qmp = ours
        self.serial_out = self.process.stdout.fileno()
        self.inputs = {self.serial_out: bytearray(), ours.fileno(): bytearray()}
        self.closed = set()
        self.transcript = bytearray()
        self.status = None
        self.greet()
        return self

    def __exit__(self, *_):
        if self.status is None:
            self.process.kill()
            self.status = self.process.wait()
        self.qmp.close()
        self.process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()

    def pid(self):
        return self.process.pid

    def stderr(self):
        return os.pread(self.log.fileno(), 1 << 20, 0).decode(errors='replace')

    def wait_exit(self, seconds=None):
        """The status with which the program ended by itself."""
        def ended():
            self.status = self.process.poll()
            return self.status

        return self._until(ended, seconds, 'no end')

    # Everything that arrives goes through here, so that nobody who waits for
    # one of the two keeps the other from being read.

    def _pump(self, timeout):
        live = [fd for fd in self.inputs if fd not in self.closed]
        if not live:
            time.sleep(min(timeout, 0.05))
            return
        for fd in select.select(live, [], [], timeout)[0]:
            data = os.read(fd, 65536)
            self.inputs[fd] += data
            if not data:
                self.closed.add(fd)
            if fd == self.serial_out:
                self.transcript += data
                if VERBOSE:
                    sys.stderr.write(data.decode(errors='replace'))
                    sys.stderr.flush()

    def _until(self, found, seconds, what, fd=None):
        """Pump until found() is not None; that."""
        end = time.monotonic() + (seconds or self.wait)
        while True:
            result = found()
            if result is not None:
                return result
            if fd in self.closed:
                raise Failed(f'{what}: the program is gone: {self.stderr()}')
            left = end - time.monotonic()
            if left <= 0:
                raise Failed(f'{what} within {seconds or self.wait} s')
            self._pump(min(left, 1))

    def _take(self, fd, pattern):
        """Cut off the input up to the pattern's end; (what precedes, match)."""
        data = bytes(self.inputs[fd])
        found = re.search(pattern, data)
        if not found:
            return None
        del self.inputs[fd][:found.end()]
        return data[:found.start()].decode(errors='replace'), found

    # The serial port: the guest's console, and a shell.

    def send(self, line):
        """Say a line to the guest, and don't wait."""
        self.process.stdin.write(line.encode() + b'\n')
        self.process.stdin.flush()

    def expect(self, pattern, seconds=None):
        """Wait for this on the serial port; (what precedes, match)."""
        pattern = pattern.encode()
        return self._until(lambda: self._take(self.serial_out, pattern),
                           seconds, f'no {pattern!r} on the serial port',
                           self.serial_out)

    def boot(self, seconds=None):
        self.expect('lab: init\r?\n', seconds)
        self.init_after = time.monotonic() - self.started
        before, _ = self.expect('lab: ready\r?\n', seconds)
        check('lab: cannot' not in before, before)
        for tap in self.taps:
            self.configure(tap)
        return self

    def shell(self, line, seconds=None):
        """Run a line in the guest; (status, what it printed)."""
        self.send(line)
        out, end = self.expect(r'\[lab (\d+)\]\n', seconds)
        return int(end[1]), out

    def sh(self, line, seconds=None):
        """The same for what must work; what it printed."""
        status, out = self.shell(line, seconds)
        if status != 0:
            raise Failed(f'in the guest, {line}: status {status}: {out}')
        return out.strip()

    def wait_in_guest(self, test, what):
        """Until a test of the guest's shell is true."""
        status, out = self.shell(f'n=0; until {test}; do [ $n = 600 ] && break; '
                                 f'sleep 0.1; n=$((n+1)); done; {test}')
        check(status == 0, f'{what}: {out.strip()}; the kernel said last:\n' +
              (status and self.shell('dmesg | tail -n 8')[1] or ''))

    def wait_for(self, path, there=True):
        """Until the guest has this file, or not any more."""
        test = '-e' if there else '! -e'
        self.wait_in_guest(f'[ {test} {path} ]', f'not [ {test} {path} ]')

    # The monitor.

    def _send(self, message):
        self.qmp.sendall(message)

    def _read(self, seconds=None):
        fd = self.qmp.fileno()
        line, _ = self._until(lambda: self._take(fd, b'\r?\n'), seconds,
                              'nothing from the monitor', fd)
        return json.loads(line)

    # What is seen from outside.

    def configure(self, tap):
        """Give the guest's end of the cable its address; its name there."""
        name = self.sh(f'grep -l {tap.mac} /sys/class/net/*/address '
                       '| cut -d / -f 5')
        self.sh(f'ip addr add {tap.guest}/24 dev {name} && '
                f'ip link set {name} up')
        return name

    def stats(self):
        """What KVM has counted for this machine."""
        for name in os.listdir(f'{DEBUGFS}/kvm'):
            if name.startswith(f'{self.pid()}-'):
                folder = f'{DEBUGFS}/kvm/{name}'
                return {f: int(read(f'{folder}/{f}'))
                        for f in ('exits', 'io_exits', 'mmio_exits',
                                  'irq_injections', 'halt_exits',
                                  'signal_exits')}
        raise Skip('no statistics of KVM in debugfs')


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def write(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


class Tap:
    """A tap with an address on this side, and one for the guest's."""

    count = 0

    def __init__(self, address=True):
        Tap.count += 1
        n = Tap.count
        self.ifname = f'tap{n}'
        self.host = f'10.0.{n}.1'
        self.guest = f'10.0.{n}.2'
        self.mac = f'52:54:00:12:34:{n:02x}'
        self.address = address

    def netdev(self, name):
        return f'tap,id={name},ifname={self.ifname},script=no,downscript=no'

    def __enter__(self):
        run('ip', 'tuntap', 'add', self.ifname, 'mode', 'tap')
        if self.address:
            run('ip', 'address', 'add', f'{self.host}/24', 'dev', self.ifname)
        run('ip', 'link', 'set', self.ifname, 'up')
        return self

    def __exit__(self, *_):
        run('ip', 'link', 'del', self.ifname)


class Counter:
    """How often a trace event of this kernel came, for each value of a field.

        with Counter('kvm/kvm_userspace_exit', 'reason') as exits:
            …
        exits.hits          a dictionary: value -> times
    """

    def __init__(self, event, key):
        self.folder = f'{DEBUGFS}/tracing/events/{event}'
        self.trigger = f'hist:keys={key}'
        self.hits = {}

    def __enter__(self):
        try:
            write(f'{self.folder}/trigger', self.trigger)
        except OSError as err:
            raise Skip(f'{self.folder}: {err.strerror}') from None
        return self

    def __exit__(self, *_):
        text = read(f'{self.folder}/hist')
        write(f'{self.folder}/trigger', f'!{self.trigger}')
        # A field of 32 bits may be shown with its sign in the upper ones.
        self.hits = {int(key) & 0xffffffff: int(hits) for key, hits in
                     re.findall(r'\{ \w+: +(\d+) .*hitcount: +(\d+)', text)}


# --- scenarios ----------------------------------------------------------------

scenarios = []
count = failures = 0
since = time.monotonic()
title = ''              # of the scenario that runs


def scenario(function):
    scenarios.append(function)
    return function


def report(ok, name, more=''):
    global count, failures, since
    count += 1
    failures += not ok
    now = time.monotonic()
    print(f'{"ok" if ok else "not ok"} {count} - {name}{more}\n'
          f'# {now - since:.1f} s', flush=True)
    since = now


def note(text):
    """Something to know that is neither right nor wrong."""
    print(f'# {title}: {text}', flush=True)


def explain(err):
    """Why it failed, and what the guest said last, as TAP's diagnostics."""
    lines = [f'{type(err).__name__}: {err}']
    if machine:
        lines += ['The console ended with:']
        lines += machine.transcript.decode(errors='replace').splitlines()[-25:]
        lines += machine.stderr().splitlines()[-10:]
    # meson shows what is on standard error, where something failed.
    sys.stderr.write(''.join(f'# {line}\n' for line in lines))
    sys.stderr.flush()


@contextlib.contextmanager
def step(name):
    """A part of a scenario that is counted by itself."""
    name = f'{title}: {name}'
    try:
        yield
        report(True, name)
    except Skip as err:
        report(True, name, f' # SKIP {err}')
    except TimeoutError:
        raise
    except (Failed, OSError, QmpError, ValueError) as err:
        report(False, name)
        explain(err)


def time_is_up(signum, frame):
    raise TimeoutError('the scenario took too long')


def run_scenario(function, seconds):
    global title
    title = function.__doc__
    before = count
    signal.signal(signal.SIGALRM, time_is_up)
    signal.alarm(seconds)
    try:
        function()
        if count == before:
            report(True, title)
    except Skip as err:
        report(True, title, f' # SKIP {err}')
    except (Failed, OSError, QmpError, ValueError) as err:
        report(False, f'{title}, to its end' if count > before else title)
        explain(err)
    finally:
        signal.alarm(0)


def main(seconds=240):
    """Run the file's scenarios, or those that the command line names."""
    global qemini
    if len(sys.argv) < 2:
        sys.exit(f'use: {sys.argv[0]} QEMINI [SCENARIO…]')
    if IN_NAMESPACE not in os.environ:
        guest_files()
        os.environ[IN_NAMESPACE] = '1'
        os.execvp('unshare', ['unshare', '--net', '--', sys.executable, '-IS',
                              *sys.argv])
    run('ip', 'link', 'set', 'lo', 'up')
    qemini = os.path.abspath(sys.argv[1])
    names = sys.argv[2:]
    for function in scenarios:
        if not names or function.__name__ in names:
            run_scenario(function, seconds)
    print(f'1..{count}', flush=True)
    sys.exit(1 if failures else 0)
