#!/usr/bin/env python3
#
# run-ping-test: the main job, and that nothing is left when it is interrupted.
#
#   run-ping-test.py RUN-PING QEMINI
#
# The guest is run by KVM, and played by a program; where /dev/kvm cannot be
# used, the latter alone.  Processes are known by a variable in their environment, files by a TMPDIR of
# the test's own.  Skipped, by name, where there can be no tap.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import glob
import os
import signal
import subprocess
import sys
import tempfile
import time

MARK = f'QEMINI_RUN_PING_TEST_{os.getpid()}'

PLAYED = {'kvm': 'tests/guest/net.c, and KVM runs it',
          'qtest': 'played by tests/qtest/ping-guest.c'}

script, qemini = sys.argv[1:3]
tests_done = 0


def result(ok, name, output=''):
    global tests_done
    tests_done += 1
    print(f"{'ok' if ok else 'not ok'} {tests_done} - {name}", flush=True)
    if not ok:
        for line in output.splitlines():
            print('# ' + line, file=sys.stderr)


def start(tmp, mark, accel='kvm'):
    # A terminal's ^C goes to a group of processes, so have one.
    return subprocess.Popen(
        [script, qemini], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        env=os.environ | {'TMPDIR': tmp, MARK: mark, 'QEMINI_ACCEL': accel})


def alive(mark):
    found = []
    for path in glob.glob('/proc/[0-9]*/environ'):
        try:
            with open(path, 'rb') as f:
                if f'{MARK}={mark}'.encode() in f.read().split(b'\0'):
                    found.append(path.split('/')[2])
        except OSError:
            pass
    return found


def left_over(tmp, mark):
    for _ in range(1200):
        what = alive(mark) + os.listdir(tmp)
        if not what:
            break
        time.sleep(0.1)
    return what


def test_answers(accel):
    mark = f'answers-{accel}'
    with tempfile.TemporaryDirectory() as tmp:
        run = start(tmp, mark, accel)
        output = run.communicate(timeout=120)[0]
        result(run.returncode == 0 and ' 0% packet loss' in output and
               f'The guest is {PLAYED[accel]}' in output and
               'virtio_net_device_realize' in output and
               'dev: virtio-net-pci, id "nic0"' in output,
               f'{accel}: ping is answered, the chain and the tree are shown',
               output)
        what = left_over(tmp, mark)
        result(not what, f'{accel}: nothing is left', ' '.join(what))


def test_interrupted(name, when, send):
    mark = f'interrupted-{tests_done}'
    with tempfile.TemporaryDirectory() as tmp:
        run = start(tmp, mark)
        output = ''
        for line in run.stdout:
            output += line
            if when in line:
                break
        send(run.pid)
        output += run.communicate(timeout=120)[0]
        what = left_over(tmp, mark)
        result(run.returncode != 0 and not what,
               f'{name}: nothing is left',
               f'status {run.returncode}\n{" ".join(what)}\n{output}')


def why_not():
    try:
        with open('/dev/net/tun', 'r+b', buffering=0):
            pass
    except OSError as err:
        return f'no tap here: /dev/net/tun: {err.strerror}'
    for tool in ('unshare', 'setsid', 'ip', 'ping'):
        if subprocess.run(['sh', '-c', f'command -v {tool}'],
                          stdout=subprocess.DEVNULL).returncode != 0:
            return f"the program '{tool}' is missing"
    userns = [] if os.getuid() == 0 else ['--user', '--map-root-user']
    if subprocess.run(['unshare', *userns, '--net', 'true'],
                      stderr=subprocess.DEVNULL).returncode != 0:
        return 'no network namespace for this user'
    return None


def main():
    reason = why_not()
    if reason:
        print('1..0 # SKIP ' + reason)
        return
    print('1..7', flush=True)
    if os.access('/dev/kvm', os.R_OK | os.W_OK):
        test_answers('kvm')
    else:
        for what in 'ping is answered', 'nothing is left':
            result(True, f'kvm: {what} # SKIP /dev/kvm cannot be used')
    test_answers('qtest')
    test_interrupted('^C while the driver starts', '1. The realize chain',
                     lambda pid: os.killpg(pid, signal.SIGINT))
    test_interrupted('^C while ping runs', '3. The host pings',
                     lambda pid: os.killpg(pid, signal.SIGINT))
    test_interrupted('SIGTERM to the script alone', '3. The host pings',
                     lambda pid: os.kill(pid, signal.SIGTERM))


if __name__ == '__main__':
    main()
