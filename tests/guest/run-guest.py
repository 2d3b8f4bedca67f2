#!/usr/bin/env python3
#
# One guest on the real KVM, in TAP: it has to end by itself, with 0.
#
#   run-guest.py QEMINI GUEST.ELF [OPTION...]
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess
import sys

SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1

qemini, guest, *options = sys.argv[1:]
argv = [qemini, '-accel', 'kvm', '-nodefaults', '-display', 'none',
        '-serial', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4',
        '-kernel', guest, *options]

if not os.access('/dev/kvm', os.R_OK | os.W_OK):
    print('1..0 # SKIP /dev/kvm cannot be used')
    sys.exit()
try:
    vm = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT, timeout=120)
    status, out = vm.returncode, vm.stdout
except subprocess.TimeoutExpired as e:
    status, out = 'none: it did not end', e.stdout or b''
print('1..1')
print(f'{"ok" if status == SUCCESS else "not ok"} 1 - '
      f'{os.path.basename(guest)} {" ".join(options)}')
if status != SUCCESS:
    print(f'status {status}\n{out.decode(errors="replace")}', file=sys.stderr)
