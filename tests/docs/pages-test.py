#!/usr/bin/env python3
#
# pages-test: does the program go the ways that docs/ describes?
#
#   pages-test.py SOURCE-DIR QEMINI TALLY-TEST PING-GUEST IRQ-GUEST
#
# walk.py, inside gdb, compares one page with what happens.  The pages about a
# guest need somebody to play the guest: a test of the tally device, and the
# driver of `make run`; both start gdb in place of the program.  The page about
# KVM has a guest of tests/guest.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

source, qemini, tally_test, ping_guest, irq_guest = map(os.path.abspath,
                                                        sys.argv[1:6])
walk = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'walk.py')
GDB = ['gdb', '-q', '-nx', '-batch', '-iex', 'set debuginfod enabled off',
       '-x', walk, '--args', qemini]
IN_NAMESPACE = 'QEMINI_PAGES_TEST_NAMESPACE'


def count_blocks(page):
    with open(os.path.join(source, 'docs', page), encoding='utf-8') as f:
        return len(re.findall(r'^```(?:stack|steps)$', f.read(), re.M))


def run(page, blocks, command, env, after=None):
    """Start the command; by block, what the walk found, and what was said."""
    with tempfile.TemporaryDirectory() as tmp:
        result = os.path.join(tmp, 'result')
        env = os.environ | env | {
            'WALK_PAGE': os.path.join(source, 'docs', page),
            'WALK_BLOCKS': ','.join(map(str, blocks)),
            'WALK_RESULT': result}
        with open(os.path.join(tmp, 'output'), 'w+', encoding='utf-8') as out:
            child = subprocess.Popen(command, env=env, stdout=out, stderr=out,
                                     stdin=subprocess.DEVNULL)
            try:
                if after:
                    after(child, result)
                child.wait(timeout=120)
            except subprocess.TimeoutExpired:
                pass
            finally:
                child.kill()
                child.wait()
            out.seek(0)
            output = out.read()
        lines = []
        if os.path.exists(result):
            with open(result, encoding='utf-8') as f:
                lines = f.read().splitlines()
        lines += ['the walk ended early'] * (len(blocks) - len(lines))
        return {b: (line, output) for b, line in zip(blocks, lines)}


def walk_realize():
    vm = GDB + ['-accel', 'qtest', '-M', 'pc', '-display', 'none', '-S']
    # Standard input is no tap, but that comes out later.
    return (run('realize.md', [1], vm + ['-netdev', 'tap,id=tap0,fd=0'], {}) |
            run('realize.md', [0],
                vm + ['-netdev', 'hubport,hubid=0,id=net0',
                      '-device', 'virtio-net-pci,netdev=net0,id=nic0'], {}) |
            run('realize.md', [2],
                vm + ['-netdev', 'hubport,hubid=0,id=net0',
                      '-device', 'virtio-net-pci,netdev=net0,id=nic0'], {}))


def walk_guest_write():
    return run('guest-write.md', [0], [tally_test, '-p', '/x86_64/tally/adds-up'],
               {'QTEST_QEMU_BINARY': shlex.join(GDB)})


def walk_packet():
    blocks = list(range(count_blocks('packet.md')))

    def ping(child, result):
        """Packets until the walk is over."""
        for _ in range(300):
            if child.poll() is not None:
                return
            if os.path.exists(result):
                with open(result, encoding='utf-8') as f:
                    if len(f.read().splitlines()) == len(blocks):
                        return
            subprocess.run('ip address replace 192.0.2.1/24 dev tap0 && '
                           'ip link set tap0 up && '
                           'ping -n -c 1 -W 1 192.0.2.2',
                           shell=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            time.sleep(0.1)

    return run('packet.md', blocks,
               [ping_guest, '--ifname=tap0', '--ip=192.0.2.2'],
               {'QTEST_QEMU_BINARY': shlex.join(GDB)}, ping)


def walk_interrupt():
    return run('interrupt.md', list(range(count_blocks('interrupt.md'))),
               GDB + ['-accel', 'kvm', '-m', '64', '-nodefaults', '-display',
                      'none', '-kernel', irq_guest,
                      '-device', 'virtio-net-pci'], {})


def no_kvm():
    """Why KVM cannot be used, or None."""
    if os.access('/dev/kvm', os.R_OK | os.W_OK):
        return None
    return '/dev/kvm cannot be used'


def no_tap():
    """Why there can be no tap in a namespace of our own, or None."""
    try:
        with open('/dev/net/tun', 'r+b', buffering=0):
            pass
    except OSError as err:
        return f'no tap here: /dev/net/tun: {err.strerror}'
    for tool in ('unshare', 'ip', 'ping'):
        if not shutil.which(tool):
            return f"the program '{tool}' is missing"
    if subprocess.run(['unshare', *userns(), '--net', 'true'],
                      stderr=subprocess.DEVNULL).returncode != 0:
        return 'no network namespace for this user'
    return None


def userns():
    return [] if os.getuid() == 0 else ['--user', '--map-root-user']


def main():
    if not shutil.which('gdb'):
        print('1..0 # SKIP gdb is missing')
        return
    reason = None
    if IN_NAMESPACE not in os.environ:
        reason = no_tap()
        if not reason:
            os.environ[IN_NAMESPACE] = '1'
            os.execvp('unshare', ['unshare', *userns(), '--net', '--',
                                  sys.executable, *sys.argv])

    pages = [('realize.md', walk_realize), ('guest-write.md', walk_guest_write),
             ('packet.md', walk_packet), ('interrupt.md', walk_interrupt)]
    total = sum(count_blocks(page) for page, _ in pages)
    print(f'1..{total}', flush=True)
    number = 0
    for page, go in pages:
        skip = {walk_packet: reason, walk_interrupt: no_kvm()}.get(go)
        results = {} if skip else go()
        for i in range(count_blocks(page)):
            number += 1
            if skip:
                print(f'ok {number} - {page}, block {i + 1} # SKIP {skip}')
                continue
            found, output = results[i]
            ok = found == 'ok'
            print(f"{'ok' if ok else 'not ok'} {number} - {page}, "
                  f'block {i + 1}', flush=True)
            if not ok:
                for line in [found] + output.splitlines()[-15:]:
                    print('# ' + line, file=sys.stderr)


if __name__ == '__main__':
    main()
