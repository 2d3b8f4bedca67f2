#!/usr/bin/env python3
#
# The guests of this folder on the real KVM, in TAP.
#
#   guest-test.py QEMINI FOLDER-OF-ELF-FILES
#
# Where /dev/kvm cannot be used, all of it is skipped by name.  The network's
# test makes a tap in a network namespace of its own, which takes root.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import struct
import subprocess
import sys
import tempfile

from tap import plan, result, skip

qemini, guests = sys.argv[1:]
hello, init, irq, net, smp = (os.path.join(guests, f'{name}.elf')
                              for name in ('hello', 'init', 'irq', 'net',
                                           'smp'))
HERE = os.path.dirname(os.path.abspath(__file__))
DEBUG_EXIT = ['-device', 'isa-debug-exit,iobase=0xf4']
IRQCHIPS = ['on', 'split', 'off']
SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1


def command(kernel, append, irqchip, *more):
    return [qemini, '-accel', f'kvm,kernel-irqchip={irqchip}', '-m', '64',
            '-nodefaults', '-display', 'none', '-serial', 'stdio',
            *DEBUG_EXIT, '-kernel', kernel, '-append', append, *more]


def run(argv, timeout=120):
    try:
        p = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=timeout)
    except subprocess.TimeoutExpired as e:
        return None, (e.stdout or b'').decode()
    return p.returncode, p.stdout


def test_hello(irqchip):
    status, out = run(command(hello, 'one two', irqchip))
    ok = (status == SUCCESS and 'command line "one two"' in out and
          re.search(r'^pci 00:00.0 8086:1237', out, re.M) and
          out.endswith('OK\n'))
    result(ok, f'a guest boots, finds PCI and ends, irqchip {irqchip}',
           f'status {status}\n{out}')


def test_slots():
    """The start maps memory once: for KVM to forget a slot takes long."""
    status, out = run(command(hello, '', 'on', '-trace',
                              'kvm_set_user_memory'))
    sizes = re.findall(r'kvm_set_user_memory .* size=(0x[0-9a-f]+)', out)
    result(status == SUCCESS and sizes and '0x0' not in sizes,
           'the start maps memory once', f'status {status}\n{out}')


def test_init(irqchip):
    status, out = run(command(init, '', irqchip, '-smp', '2', '-cpu',
                              'Nehalem,check=off'))
    result(status == SUCCESS and 'INIT leaves alone what it should' in out,
           f'INIT resets the CPU alone, irqchip {irqchip}',
           f'status {status}\n{out}')


def test_irq(irqchip):
    """Interrupts masked, moved, switched: as irq.expected has it."""
    status, out = run(command(irq, '', irqchip, '-device', 'virtio-net-pci'))
    with open(os.path.join(HERE, 'irq.expected'), encoding='ascii') as f:
        expected = f.read()
    ok = status == SUCCESS and out.endswith(expected)
    result(ok, f'no interrupt is lost or comes twice, irqchip {irqchip}',
           f'status {status}\n{out}')


# What the CPUs are to say: -smp, their APIC IDs, and (leaf 4: cores, CPUs that
# share the first cache; leaf 0xb: bits and CPUs of a core, of a socket).
SMP_CASES = [
    ('3,sockets=3', [0, 1, 2], 'cores 1 sharing 1', 'smt 0/1 core 0/1'),
    ('3,sockets=1,cores=3', [0, 1, 2], 'cores 3 sharing 1',
     'smt 0/1 core 2/3'),
    ('4,sockets=1,cores=2,threads=2', [0, 1, 2, 3], 'cores 2 sharing 1',
     'smt 1/2 core 2/4'),
]


def test_smp(irqchip):
    for topology, ids, leaf4, leaf11 in SMP_CASES:
        apics = ','.join(str(i) for i in ids)
        status, out = run(command(smp, f'apics={apics} rounds=20', irqchip,
                                  '-smp', topology, '-cpu',
                                  'Nehalem,check=off'))
        ok = status == SUCCESS
        for i in ids:
            line = re.search(rf'^cpu {i}: leaf 1 id {i} of .*, leaf 4 (.*), '
                             rf'leaf 0xb id {i} (.*)$', out, re.M)
            ok = ok and line and line.groups() == (leaf4, leaf11)
        result(ok, f'-smp {topology}: CPUs start and interrupt each other, '
               f'irqchip {irqchip}', f'status {status}\n{out}')


NET_SCRIPT = r'''
set -e
ip link set lo up
ip tuntap add dev t0 mode tap
ip addr add 10.0.2.2/24 dev t0
ip link set t0 up
"$@" & vm=$!
ping -q -c 50 -i 0.2 10.0.2.15 >/dev/null & pinger=$!
status=0
wait $vm || status=$?
kill $pinger
exit $status
'''


def test_net(irqchip):
    argv = command(net, 'packets=5 seconds=60', irqchip,
                   '-netdev', 'tap,id=n,ifname=t0,script=no,downscript=no',
                   '-device', 'virtio-net-pci,netdev=n')
    status, out = run(['unshare', '--net', 'sh', '-c', NET_SCRIPT, 'sh',
                       *argv])
    # The last of them may come together.
    echo = re.search(r'^arp \d+ echo (\d+)$', out, re.M)
    result(status == SUCCESS and echo is not None and int(echo[1]) >= 5,
           f'virtio-net answers ping by MSI-X, irqchip {irqchip}',
           f'status {status}\n{out}')


def bzimage(size):
    """The first @size bytes of a kernel that is none, but for its header."""
    image = bytearray(16384)
    struct.pack_into('<BHI', image, 0x1f1, 1, 0, (16384 - 1024) // 16)
    struct.pack_into('<HH4sH', image, 0x1fe, 0xaa55, 0x6aeb, b'HdrS', 0x206)
    struct.pack_into('<B', image, 0x211, 1)             # LOADED_HIGH
    struct.pack_into('<I', image, 0x22c, 0x7fffffff)    # initrd_addr_max
    struct.pack_into('<I', image, 0x238, 0xff)          # cmdline_size
    return bytes(image[:size])


def test_refusals():
    """What is wrong is told, most of it in QEMU's words, with status 1."""
    folder = tempfile.TemporaryDirectory()

    def file(name, content):
        path = os.path.join(folder.name, name)
        with open(path, 'wb') as f:
            f.write(content)
        return path

    whole = file('whole', bzimage(16384))
    big = file('big', b'')
    os.truncate(big, 512 << 20)
    backend = ['-object', 'memory-backend-ram,id=m,size=100G,reserve=off',
               '-machine', 'memory-backend=m']
    for args, text in [
            (['-kernel', __file__], 'qemu: invalid kernel header'),
            (['-kernel', '/nonexistent'],
             "qemu: could not open kernel file '/nonexistent': "
             'No such file or directory'),
            (['-kernel', '/'],
             "qemu: could not load kernel '/': Is a directory"),
            (['-kernel', '/dev/null'],
             "qemu: could not load kernel '/dev/null'"),
            (['-kernel', file('empty', b'')],
             f"qemu: could not load kernel '{folder.name}/empty': "
             'It is empty'),
            (['-kernel', file('text', b'hello\n')],
             'qemu: invalid kernel header'),
            (['-kernel', qemini],
             'Error loading uncompressed kernel without PVH ELF Note'),
            (['-kernel', file('header', bzimage(1024))],
             'ends before its kernel begins'),
            (['-kernel', file('half', bzimage(9000))],
             'ends before its kernel does: it has 9000 bytes of 16369'),
            (['-kernel', whole, '-append', 'x' * 256],
             '-append: the kernel takes at most 255 characters'),
            (['-kernel', whole, '-initrd', big, '-m', '256'],
             'qemu: initrd is too large, cannot support.(max: '),
            (['-kernel', whole, '-initrd', '/'],
             'qemu: error reading initrd /: '),
            (['-initrd', hello],
             '-initrd only allowed with -kernel option'),
            (['-kernel', hello, '-dtb', 'x'],
             '-dtb x: there is no device tree in a PC'),
            (['-append', 'x'], '-append only allowed with -kernel option'),
            (['-bios', '/nonexistent'],
             "qemu: could not load PC BIOS '/nonexistent'"),
            (['-kernel', hello, '-initrd', '/nonexistent'],
             'qemu: error reading initrd /nonexistent: Failed to open file'),
            (['-kernel', hello, '-m', '2', '-initrd', qemini],
             'initrd is too large'),
            (['-m', '100T'],
             "cannot set up guest memory 'pc.ram': Cannot allocate memory"),
            (['-m', '100G', '-cpu', 'qemu64,phys-bits=36', *backend],
             'Address space limit 0xfffffffff < 0x19bfffffff '
             'phys-bits too low (36)')]:
        status, out = run([qemini, '-accel', 'qtest', '-display', 'none',
                           *args])
        result(status == 1 and text in out,
               f'refused: {" ".join(args)[:60]}'.replace(folder.name + '/',
                                                         ''),
               f'status {status}\n{out}')
    p = subprocess.run([qemini, '-accel', 'qtest', '-display', 'none',
                        '-nodefaults', '-monitor', 'stdio', '-kernel', whole],
                       input='quit\n', capture_output=True, text=True,
                       timeout=120)
    result(p.returncode == 0, 'the whole of it would be booted', p.stderr)
    folder.cleanup()


def main():
    test_refusals()
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        skip('guests', '/dev/kvm cannot be used')
        plan()
        return
    test_slots()
    for irqchip in IRQCHIPS:
        test_hello(irqchip)
        test_init(irqchip)
        test_irq(irqchip)
        test_smp(irqchip)
    can = subprocess.run(['unshare', '--net', 'ip', 'tuntap', 'add', 'dev',
                          't0', 'mode', 'tap'], capture_output=True)
    for irqchip in IRQCHIPS:
        if can.returncode == 0:
            test_net(irqchip)
        else:
            skip(f'virtio-net, irqchip {irqchip}', 'no tap can be made')
    plan()


main()
