#!/usr/bin/env python3
#
# What a guest finds on the machine `pc`: the same as in QEMU 7.2, in TAP.
#
#   inventory-test.py QEMINI INVENTORY.ELF DIFFERENCES [REFERENCE]
#
# Runs inventory.c in this program and in a QEMU, both with the host's KVM, and
# compares the lines.  DIFFERENCES is docs/differences.md; its lines of the kind
# "guest" are those that are known.  Without a KVM or a QEMU it is skipped.
#
# By hand: INVENTORY_SHOW=1 prints both.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import shutil
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             os.pardir, 'qtest'))
from differences import REFERENCE, VERSION, check, known_differences

# Without option ROMs: QEMU's firmware would run them, which takes long.
MACHINE = ['-accel', 'kvm', '-machine', 'pc', '-m', '128', '-smp', '2',
           '-nodefaults', '-display', 'none', '-serial', 'stdio',
           '-device', 'isa-debug-exit,iobase=0xf4', '-append', 'one two',
           '-netdev', 'hubport,hubid=0,id=n0',
           '-netdev', 'hubport,hubid=0,id=n1',
           '-netdev', 'hubport,hubid=0,id=n2',
           '-device', 'virtio-net-pci,netdev=n0,addr=4,romfile=',
           '-device', 'virtio-net-pci-non-transitional,netdev=n1,addr=5,'
                      'romfile=',
           '-device', 'virtio-net-pci,netdev=n2,addr=6,disable-modern=on,'
                      'romfile=',
           '-device', 'pci-serial,addr=7', '-device', 'pci-serial-2x,addr=8']
# Without ACPI nothing is kept for its tables.
NO_ACPI = ['-machine', 'acpi=off']
# CPUs that differ from the default in what CPUID says, and in the MTRRs.
CPUS = ['host', 'host,migratable=off', 'EPYC,check=off',
        'host,host-cache-info=on']
SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1


def missing(path):
    """Why there can be no comparison, or None."""
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        return '/dev/kvm cannot be used'
    if not path:
        return 'needs %s' % REFERENCE
    text = subprocess.run([path, '-version'], capture_output=True, text=True,
                          timeout=120, check=True).stdout
    version = re.search(r'version (\d+)\.(\d+)', text)
    if tuple(map(int, version.groups())) != VERSION:
        return 'needs %s %d.%d, this one is %s.%s' % (
            (REFERENCE,) + VERSION + version.groups())
    return None


def start(program, kernel, *more):
    return subprocess.Popen([program, *MACHINE, '-kernel', kernel, *more],
                            stdin=subprocess.DEVNULL, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def inventory(vm):
    """{key: value} of what the guest prints, and whether it came to its end."""
    try:
        out, _ = vm.communicate(timeout=180)
    except subprocess.TimeoutExpired:
        vm.kill()
        out, _ = vm.communicate()
    if os.environ.get('INVENTORY_SHOW'):
        print(re.sub(r'^', '# ', out, flags=re.M))
    _, _, found = out.replace('\r', '').partition('\nINVENTORY\n')
    pairs = re.findall(r'^(.+?): (.*)$', found, re.M)
    lines = dict(pairs)
    ok = (vm.returncode == SUCCESS and found.endswith('OK\n') and
          len(lines) == len(pairs))
    return lines, ok, out


def differences(ours, theirs):
    for key in list(ours) + [key for key in theirs if key not in ours]:
        one, other = ours.get(key), theirs.get(key)
        if one is None or other is None:
            yield 'guest %s: %s here' % (key, 'not' if one is None else 'only')
        elif one != other:
            yield 'guest %s: %s here, %s there' % (key, one, other)


def of_cpu(lines):
    return {key: value for key, value in lines.items()
            if key.startswith('cpu')}


def main():
    qemini, kernel, page = sys.argv[1:4]
    path = shutil.which(sys.argv[4] if len(sys.argv) > 4 else REFERENCE)
    why = missing(path)
    if why:
        print('1..0 # SKIP ' + why)
        return
    vms = [start(program, kernel) for program in (qemini, path)]
    results = [inventory(vm) for vm in vms]

    print('1..%d' % (4 + len(CPUS)))
    for number, (name, (_, ok, out)) in enumerate(
            zip(('here', 'in QEMU'), results), 1):
        print('%s %d - the guest runs %s' % ('ok' if ok else 'not ok', number,
                                             name))
        if not ok:
            print(out, file=sys.stderr)
    notes = list(check('guest', list(differences(results[0][0],
                                                 results[1][0])),
                       known_differences(page)))
    print('%s 3 - it finds the same' % ('not ok' if notes else 'ok'))
    for note in notes:
        print('# ' + note, file=sys.stderr)

    lines, ok, out = inventory(start(qemini, kernel, *NO_ACPI))
    kept = [key for key, value in lines.items() if value.endswith(', type 3')]
    print('%s 4 - without ACPI no memory is kept for it'
          % ('not ok' if kept or not ok else 'ok'))

    for number, cpu in enumerate(CPUS, 5):
        vms = [start(program, kernel, '-cpu', cpu)
               for program in (qemini, path)]
        (ours, one, _), (theirs, other, _) = [inventory(vm) for vm in vms]
        notes = list(differences(of_cpu(ours), of_cpu(theirs)))
        print('%s %d - a CPU %s is the same' % (
            'ok' if one and other and not notes else 'not ok', number, cpu))
        for note in notes:
            print('# ' + note, file=sys.stderr)


main()
