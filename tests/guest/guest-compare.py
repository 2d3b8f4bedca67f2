#!/usr/bin/env python3
#
# The guests of this folder in QEMU and here: line by line the same.
#
#   guest-compare.py QEMINI FOLDER-OF-ELF-FILES [QEMU]
#
# QEMU runs them with its own firmware, by TCG and, where it can be used, by KVM.
# In TAP; without QEMU or without /dev/kvm what cannot run is skipped by name.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import difflib
import os
import shutil
import subprocess
import sys

qemini, guests = sys.argv[1:3]
qemu = sys.argv[3] if len(sys.argv) > 3 else 'qemu-system-x86_64'
NIC = ['-device', 'virtio-net-pci']
GUESTS = {
    'hello': ('one two', NIC),
    'edu-guest': ('', ['-device', 'edu']),
    'irq': ('rounds=20', NIC),
}
# The IDE controller of the chipset is not here.
ONLY_THERE = ['pci 00:01.1 8086:7010 class 010180']


def run(program, accel, name):
    """What the guest says, and the status that it ends with."""
    append, devices = GUESTS[name]
    try:
        p = subprocess.run(
            [program, '-accel', accel, '-m', '64', '-nodefaults', '-display',
             'none', '-serial', 'stdio',
             '-device', 'isa-debug-exit,iobase=0xf4', '-append', append,
             '-kernel', os.path.join(guests, f'{name}.elf'), *devices],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=120)
    except subprocess.TimeoutExpired as e:
        return (e.stdout or b'').decode(errors='replace').splitlines() + \
            ['no end in 60 seconds']
    lines = p.stdout.decode(errors='replace').splitlines()
    return [line for line in lines if line not in ONLY_THERE] + \
        [f'status {p.returncode}']


def main():
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        print('1..0 # SKIP /dev/kvm cannot be used')
        return
    if not shutil.which(qemu):
        print(f"1..0 # SKIP there is no '{qemu}' to compare with")
        return
    accels = ['tcg', 'kvm']
    print(f'1..{len(GUESTS) * len(accels)}', flush=True)
    number = 0
    for name in GUESTS:
        ours = run(qemini, 'kvm', name)
        for accel in accels:
            number += 1
            theirs = run(qemu, accel, name)
            ok = ours == theirs and ours[-1] == 'status 1'
            print(f'{"ok" if ok else "not ok"} {number} - {name} here and in '
                  f'QEMU by {accel}', flush=True)
            if not ok:
                for line in difflib.unified_diff(theirs, ours, 'QEMU', 'here',
                                                 lineterm=''):
                    print(f'# {line}', flush=True)


main()
