#!/usr/bin/env python3
#
# The board without a bus on the real KVM: virtio over MMIO by interrupts of
# each IOAPIC, and what the kernel is told; TAP.
#
#   microvm-test.py QEMINI FOLDER-OF-ELF-FILES
#
# Where /dev/kvm cannot be used, what needs it is skipped by name.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import subprocess
import sys

from tap import plan, result, skip

qemini, guests = sys.argv[1:]
hello, mmio = (os.path.join(guests, f'{name}.elf')
               for name in ('hello', 'mmio'))
SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1
DEVICES = ['-device', 'virtio-net-device', '-device', 'virtio-rng-device']
# One disk in a thread of its own, and one not.
DISKS = ['-object', 'iothread,id=io',
         '-blockdev', 'null-co,node-name=d0,size=1048576,read-zeroes=on',
         '-device', 'virtio-blk-device,drive=d0,num-queues=4,iothread=io',
         '-blockdev', 'null-co,node-name=d1,size=1048576,read-zeroes=on',
         '-device', 'virtio-blk-device,drive=d1,num-queues=4']

# The board's options, KVM's interrupt controllers, the first transport's GSI,
# and how many transports there are.
BOARDS = [
    ('', 'split', 24, 24),
    ('', 'on', 16, 8),
    ('', 'off', 24, 24),
    (',ioapic2=off', 'split', 16, 8),
    (',acpi=off', 'split', 5, 8),
    (',acpi=off,pic=off,pit=off', 'on', 5, 8),
]


def run(kernel, board, irqchip, append, *more):
    argv = [qemini, '-machine', f'microvm{board}',
            '-accel', f'kvm,kernel-irqchip={irqchip}', '-m', '64',
            '-nodefaults', '-display', 'none', '-serial', 'stdio',
            '-device', 'isa-debug-exit,iobase=0xf4',
            '-kernel', kernel, '-append', append, *more]
    try:
        p = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=120)
    except subprocess.TimeoutExpired as e:
        return None, (e.stdout or b'').decode()
    return p.returncode, p.stdout


def test_data(board, irqchip, gsi, transports):
    for version, legacy in (1, 'on'), (2, 'off'):
        status, out = run(mmio, board, irqchip, f'gsi={gsi}', '-global',
                          f'virtio-mmio.force-legacy={legacy}', *DEVICES,
                          *DISKS)
        seen = re.findall(r'^transport (\d+): version (\d), device (\d): '
                          r'20 requests of (\d) queues', out, re.M)
        expected = [(str(transports + place), str(version), device, queues)
                    for place, device, queues in ((-4, '2', '4'),
                                                  (-3, '2', '4'),
                                                  (-2, '4', '1'),
                                                  (-1, '1', '1'))]
        result(status == SUCCESS and seen == expected,
               f'microvm{board}, irqchip {irqchip}: requests and interrupts, '
               f'version {version}', f'status {status}\n{out}')


def told(board, append, *more):
    """What the guest hello says of its command line."""
    _, out = run(hello, board, 'split', append, *more)
    line = re.search(r'^hello, command line "(.*)"$', out, re.M)
    return line[1] if line else out


def test_command_line():
    devices = (' virtio_mmio.device=512@0xfeb00e00:12'
               ' virtio_mmio.device=512@0xfeb00c00:11')
    for board, more in (('', ''), (',acpi=off', devices),
                        (',acpi=off,auto-kernel-cmdline=off', '')):
        line = told(board, 'of mine', *DEVICES)
        result(line == f'of mine{more}', f'microvm{board}: the command line',
               line)
    line = told(',acpi=off', '')
    result(line == '', 'nothing is added where there is no device', line)


def test_command_line_reset():
    """What is added for devices is added once, whatever resets come."""
    p = subprocess.run([qemini, '-machine', 'microvm,acpi=off', '-accel',
                        'qtest', '-nodefaults', '-display', 'none', '-monitor',
                        'stdio', '-kernel', hello, '-append', 'of mine',
                        *DEVICES],
                       input='xp/64xb 0x20000\nsystem_reset\n' * 3 + 'quit\n',
                       text=True, timeout=120, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT)
    dump = ' '.join(re.findall(r'^[0-9a-f]{16}: (.*)$', p.stdout, re.M))
    data = bytes(int(byte, 16) for byte in dump.split())
    lines = [data[i:i + 64] for i in range(0, len(data), 64)]
    result(len(lines) == 3 and lines[0].startswith(b'of mine virtio_mmio') and
           lines[1:] == lines[:1] * 2,
           'the command line is the same after resets', p.stdout)


def test_virtual_wire():
    """A system of hardware-reduced ACPI does not set up the PICs: as they are
    after a reset, the timer's interrupt would be vector 0."""
    for board, masked in ('', True), (',acpi=off', False):
        p = subprocess.run([qemini, '-machine', f'microvm{board}', '-accel',
                            'qtest', '-nodefaults', '-display', 'none',
                            '-monitor', 'stdio', '-kernel', hello],
                           input='info lapic\nquit\n', text=True, timeout=120,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        line = re.search(r'^LVT0.*$', p.stdout, re.M)
        result(line and ('masked' in line[0]) == masked and
               ('ExtINT' in line[0]) != masked,
               f'microvm{board}: the PICs '
               f'{"do not get" if masked else "get"} through', p.stdout)


def test_refusals():
    for board, irqchip, text in [
            (',ioapic2=on', 'on', 'ioapic2=on needs the IOAPICs here: '
             'kernel-irqchip=split')]:
        status, out = run(mmio, board, irqchip, '')
        result(status == 1 and text in out,
               f'refused: microvm{board}, irqchip {irqchip}',
               f'status {status}\n{out}')


def main():
    test_virtual_wire()
    test_command_line_reset()
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        skip('microvm', '/dev/kvm cannot be used')
    else:
        for board in BOARDS:
            test_data(*board)
        test_command_line()
        test_refusals()
    plan()


main()
