#!/usr/bin/env python3
#
# virtio-reference-test: does a guest find the virtio devices that it finds in QEMU 7.2?
#
#   virtio-reference-test.py QEMINI [REFERENCE]
#
# Puts virtio devices with all sorts of properties into a machine of each, and
# reads as a guest does, over the qtest protocol: config space to the last
# byte, which BARs there are and how large, where the capabilities point, the
# features that are on offer, how many queues of what length, where their
# doorbells are, the configuration; and what there is before virtio 1.
#
# And it asks for devices that cannot be, and compares what is said.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess
import sys

from differences import REFERENCE, start_reference
from qmp_client import Qmp, QmpError

# What a driver or a user may choose, of any of the devices.
COMMON = [
    '',
    'disable-legacy=on',
    'disable-legacy=off',
    'disable-legacy=auto',
    'disable-modern=on',
    'disable-legacy=off,disable-modern=on',
    'disable-legacy=auto,disable-modern=off',
    'page-per-vq=on',
    'modern-pio-notify=on',
    'page-per-vq=on,modern-pio-notify=on,disable-legacy=on',
    'iommu_platform=on,disable-legacy=on',
    'packed=on',
    'event_idx=off,indirect_desc=off',
    'queue_reset=off',
    'notify_on_empty=off,any_layout=off',
    'x-disable-pcie=on,migrate-extra=off',
    'x-ignore-backend-features=on',
    'virtio-pci-bus-master-bug-migration=on',
    'use-started=off,use-disabled-flag=off,x-disable-legacy-check=on',
    'multifunction=on',
]

# And of those that have vectors.
VECTORS = ['vectors=0', 'vectors=1', 'vectors=2', 'vectors=7', 'ioeventfd=off']

NET = ['mq=on', 'mrg_rxbuf=off,ctrl_vq=off,status=off',
       'rx_queue_size=512,tx_queue_size=256', 'host_mtu=1400',
       'speed=1000,duplex=full', 'vectors=3,disable-modern=on']

BALLOON = ['deflate-on-oom=on', 'free-page-reporting=on', 'page-poison=off',
           'free-page-hint=on,iothread=io0', 'qemu-4-0-config-size=on',
           'free-page-hint=on,iothread=io0,free-page-reporting=on']

# Of a disk of 8 MiB and 5 sectors
BLK = ['serial=a-number', 'config-wce=off', 'write-cache=off',
       'write-cache=off,config-wce=off',
       'config-wce=off,x-enable-wce-if-config-wce=off',
       'write-cache=off,x-enable-wce-if-config-wce=off',
       'discard=off', 'write-zeroes=off', 'discard=off,write-zeroes=off',
       'max-discard-sectors=8,max-write-zeroes-sectors=16',
       'discard_granularity=65536', 'discard_granularity=0',
       'discard_granularity=65536,report-discard-granularity=off',
       'logical_block_size=4096,physical_block_size=4096',
       'logical_block_size=1024,physical_block_size=8192',
       'physical_block_size=4096,min_io_size=4096,opt_io_size=65536',
       'logical_block_size=4096,physical_block_size=4096,'
       'min_io_size=268431360,opt_io_size=1048576,discard_granularity=4096',
       'cyls=100,heads=8,secs=17', 'cyls=65535,heads=255,secs=255',
       'secs=63,heads=16,cyls=16',
       'logical_block_size=4096,physical_block_size=4096,cyls=9,heads=8,'
       'secs=17', 'lcyls=1,lheads=2,lsecs=3', 'share-rw=on',
       'num-queues=4', 'num-queues=4,vectors=2', 'num-queues=1',
       'queue-size=8', 'queue-size=8,seg-max-adjust=off', 'queue-size=1024',
       'seg-max-adjust=off', 'request-merging=off',
       'scsi=on,disable-legacy=off,disable-modern=on', 'iothread=io0',
       'account-invalid=off,account-failed=off', 'backend_defaults=off',
       'num-queues=2,packed=on,iothread=io0,queue-size=64']
DISK = (8 << 20) + 5 * 512


def devices():
    """All of them, each as -device takes it."""
    for name, own in (('virtio-net-pci', VECTORS + NET),
                      ('virtio-rng-pci', VECTORS),
                      ('virtio-blk-pci', VECTORS + BLK),
                      ('virtio-balloon-pci', BALLOON)):
        # There may be but one balloon in a machine, so it does with less.
        for props in COMMON[1::3] + own if own is BALLOON else COMMON + own:
            yield name, props
        for form in ('transitional', 'non-transitional'):
            for props in ('', 'packed=on,page-per-vq=on'):
                yield f'{name}-{form}', props


def machines():
    """As many in a machine as go; but one balloon."""
    slots = 26
    waiting = list(devices())
    while waiting:
        machine, left = [], []
        for name, props in waiting:
            balloons = [1 for one, _ in machine if 'balloon' in one]
            if len(machine) < slots and not ('balloon' in name and balloons):
                machine.append((name, props))
            else:
                left.append((name, props))
        yield machine
        waiting = left


# What cannot be

REFUSED = [
    ('virtio-net-pci', {'disable-legacy': 'on', 'disable-modern': True}),
    ('virtio-rng-pci', {'disable-legacy': 'on', 'disable-modern': True}),
    ('virtio-rng-pci', {'disable-legacy': 'maybe'}),
    ('virtio-rng-pci', {'disable-modern': 'maybe'}),
    ('virtio-rng-pci', {'iommu_platform': True}),
    ('virtio-rng-pci', {'iommu_platform': True, 'disable-modern': True}),
    ('virtio-rng-pci-transitional', {'iommu_platform': True}),
    ('virtio-rng-pci-transitional', {'disable-legacy': 'on'}),
    ('virtio-rng-pci-non-transitional', {'disable-modern': True}),
    ('virtio-balloon-pci', {'iommu_platform': True}),
    ('virtio-balloon-pci', {'vectors': 2}),
    ('virtio-balloon-pci', {'ioeventfd': True}),
    ('virtio-balloon-pci', {'free-page-hint': True}),
    ('virtio-net-pci', {'iommu_platform': True}),
    ('virtio-net-pci', {'rx_queue_size': 100}),
    ('virtio-net-pci', {'rx_queue_size': 2048}),
    ('virtio-net-pci', {'tx_queue_size': 100}),
    ('virtio-net-pci', {'duplex': 'some'}),
    ('virtio-net-pci', {'vectors': -1}),
    ('virtio-rng-pci', {'vectors': 1 << 32}),
    ('virtio-blk-pci', {}),
    ('virtio-blk-pci', {'drive': 'nosuch'}),
    ('virtio-blk-pci', {'drive': 'used'}),
    ('virtio-blk-pci', {'drive': 'empty'}),
] + [('virtio-blk-pci', {'drive': 'n0', **props}) for props in (
    {'num-queues': 0}, {'num-queues': 65536},
    {'queue-size': 0}, {'queue-size': 2}, {'queue-size': 100},
    {'queue-size': 2048},
    {'logical_block_size': 256}, {'logical_block_size': 1000},
    {'logical_block_size': 4096}, {'logical_block_size': 4 << 20},
    {'physical_block_size': 3}, {'min_io_size': 100},
    {'min_io_size': 1 << 26}, {'opt_io_size': 100},
    {'discard_granularity': 100}, {'discard_granularity': 3000},
    {'cyls': 1}, {'heads': 1}, {'secs': 1}, {'cyls': 65536, 'heads': 1,
                                            'secs': 1},
    {'cyls': 1, 'heads': 256, 'secs': 1}, {'cyls': 1, 'heads': 1,
                                           'secs': 256},
    {'max-discard-sectors': 0}, {'max-write-zeroes-sectors': 0},
    {'max-discard-sectors': 1 << 23}, {'max-write-zeroes-sectors': 1 << 23},
    {'max-discard-sectors': 0, 'max-write-zeroes-sectors': 0},
    {'scsi': True}, {'werror': 'some'}, {'rerror': 'some'},
    {'write-cache': 'maybe'},
    {'backend_defaults': 'some'}, {'iothread': 'nosuch'},
    {'iothread': 'io0', 'ioeventfd': False},
    {'share-rw': 'some'}, {'vectors': -1}, {'lcyls': -1},
    {'account-invalid': 'some'}, {'bootindex': 'first'})] + [
    ('virtio-rng-pci-base', {}),
    ('virtio-pci', {}),
    ('virtio-rng-device', {}),
    ('virtio-net-device', {}),
    ('virtio-balloon-device', {}),
    ('virtio-blk-device', {'drive': 'n0'}),
]


class Guest:
    """A machine, looked at from inside."""

    def __init__(self, program, accel, options):
        self.process = subprocess.Popen(
            [program, '-accel', accel, '-S', '-machine', 'pc', '-nodefaults',
             '-display', 'none', '-qtest', 'stdio', '-qtest-log', '/dev/null',
             *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.next_port = 0x6000
        self.next_address = 0xd0000000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def do(self, *lines):
        """All of them at once; the numbers that came back."""
        self.process.stdin.write('\n'.join(lines) + '\n')
        self.process.stdin.flush()
        values = []
        for line in lines:
            answer = self.process.stdout.readline().split()
            while answer and answer[0] == 'IRQ':
                answer = self.process.stdout.readline().split()
            if not answer or answer[0] != 'OK':
                raise RuntimeError(f'{line}: {answer}')
            values.append(int(answer[1], 0) if len(answer) > 1 else None)
        return values

    @staticmethod
    def _select(slot, at):
        return f'outl 0xcf8 {0x80000000 | slot << 11 | at & 0xfc:#x}'

    def config(self, slot):
        lines = []
        for at in range(0, 256, 4):
            lines += [self._select(slot, at), 'inl 0xcfc']
        return b''.join(v.to_bytes(4, 'little') for v in self.do(*lines)[1::2])

    def config_write(self, slot, at, value):
        return self.do(self._select(slot, at), f'outl 0xcfc {value:#x}',
                       'inl 0xcfc')[2]

    def bars(self, slot):
        """Size the BARs and give them addresses: index to (kind, size, at)."""
        found, index = {}, 0
        while index < 6:
            at = 0x10 + 4 * index
            mask = self.config_write(slot, at, 0xffffffff)
            is_io, is_64 = mask & 1, mask & 7 == 4
            if mask:
                size = -(mask & (~3 if is_io else ~15)) & 0xffffffff
                if is_io:
                    start = self.next_port = -(-self.next_port // size) * size
                    self.next_port += size
                else:
                    start = -(-self.next_address // size) * size
                    self.next_address = start + size
                if is_64:
                    self.config_write(slot, at + 4, 0)
                self.config_write(slot, at, start)
                found[index] = (mask & 15, size, start)
            index += 2 if is_64 else 1
        self.config_write(slot, 4, 7)
        return found


def show_modern(guest, base, lines):
    """The registers of virtio 1 at that address."""
    low, high, third = guest.do(
        f'writel {base:#x} 0', f'readl {base + 4:#x}',
        f'writel {base:#x} 1', f'readl {base + 4:#x}',
        f'writel {base:#x} 2', f'readl {base + 4:#x}')[1::2]
    config_vector, queues, status, generation = guest.do(
        f'readw {base + 0x10:#x}', f'readw {base + 0x12:#x}',
        f'readb {base + 0x14:#x}', f'readb {base + 0x15:#x}')
    lines.append(f'features {high:08x}{low:08x} {third:08x}, {queues} queues, '
                 f'vector {config_vector:x} status {status} '
                 f'generation {generation}')
    for n in [*range(queues + 1), 1023]:
        values = guest.do(*[f'writew {base + 0x16:#x} {n}'] +
                          [f'readw {base + at:#x}'
                           for at in (0x16, 0x18, 0x1a, 0x1c, 0x1e, 0x3a)])
        lines.append(f'queue {n}: {values[1:]}')
    config = guest.do(*[f'readb {base + 0x2000 + i:#x}' for i in range(80)])
    lines.append('configuration ' + bytes(config).hex())


def show_legacy(guest, port, lines):
    features, pfn, size = guest.do(f'inl {port:#x}', f'inl {port + 8:#x}',
                                   f'inw {port + 12:#x}')
    lines.append(f'legacy: features {features:08x} queue {pfn} {size}')
    rest = guest.do(*[f'inb {port + i:#x}' for i in range(14, 32)])
    lines.append('legacy: ' + bytes(rest).hex())


def look(guest, slot):
    """What there is in that slot, in lines."""
    lines = []
    config = guest.config(slot)
    for at in range(0, 256, 16):
        if at < 64 or any(config[at:at + 16]):
            lines.append(f'{at:02x}: {config[at:at + 16].hex(" ")}')
    bars = guest.bars(slot)
    for index, (kind, size, _) in bars.items():
        lines.append(f'BAR {index}: kind {kind:x}, {size:#x} bytes')
    if 4 in bars:
        show_modern(guest, bars[4][2], lines)
    if 0 in bars:
        show_legacy(guest, bars[0][2], lines)
    return lines


def look_at_all(program, accel, machine):
    options = ['-object', 'iothread,id=io0']
    for i, (name, props) in enumerate(machine):
        device = f'{name},addr={i + 3:#x}'
        if 'net' in name:
            device += f',romfile=,mac=52:54:00:12:34:{i:02x}'
        if 'blk' in name:
            options += ['-blockdev', f'null-co,node-name=n{i},size={DISK},'
                        'read-zeroes=on']
            device += f',drive=n{i}'
        options += ['-device', device + (',' + props if props else '')]
    with Guest(program, accel, options) as guest:
        return [look(guest, i + 3) for i in range(len(machine))]


def compare_machine(ours, theirs, machine):
    notes = []
    # The guest never runs, so it matters to nobody who would run it.
    for (name, props), here, there in zip(machine,
                                          look_at_all(ours, 'qtest', machine),
                                          look_at_all(theirs, 'tcg', machine)):
        if here == there:
            continue
        notes.append(f'{name},{props}:')
        notes += ['  here  ' + line for line in here if line not in there]
        notes += ['  there ' + line for line in there if line not in here]
    return notes


def refusal(qmp, driver, props):
    try:
        qmp.command('device_add', {'driver': driver, **props})
        return 'no error'
    except QmpError as e:
        return f'{e.error["class"]}: {e.error["desc"]}'


def compare_refusals(ours, theirs):
    options = ['-S', '-machine', 'pc', '-nodefaults', '-display', 'none',
               '-object', 'iothread,id=io0', '-drive', 'if=none,id=empty']
    for name in ('n0', 'used'):
        options += ['-blockdev', f'null-co,node-name={name}']
    options += ['-device', 'virtio-blk-pci,drive=used']
    here = Qmp([ours, '-accel', 'qtest'] + options)
    there = Qmp([theirs, '-accel', 'tcg'] + options)
    notes = []
    for driver, props in REFUSED:
        one, other = (refusal(q, driver, props) for q in (here, there))
        if one != other:
            notes += [f'{driver} {props}:', f'  here  {one}',
                      f'  there {other}']
    here.stop()
    there.stop()
    return notes


def report(number, notes, name):
    print(f"{'not ok' if notes else 'ok'} {number} - {name}", flush=True)
    for note in notes:
        print('# ' + note, file=sys.stderr)


def main():
    ours = sys.argv[1]
    reference, missing = start_reference(
        sys.argv[2] if len(sys.argv) > 2 else REFERENCE)
    if not reference:
        print('1..0 # SKIP ' + missing)
        return
    theirs = reference.argv[0]
    reference.stop()
    all_of_them = list(machines())
    print(f'1..{len(all_of_them) + 1}')
    for n, machine in enumerate(all_of_them, 1):
        report(n, compare_machine(ours, theirs, machine),
               f'machine {n}: {len(machine)} devices')
    report(len(all_of_them) + 1, compare_refusals(ours, theirs),
           'devices that cannot be')


if __name__ == '__main__':
    main()
