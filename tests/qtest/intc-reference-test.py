#!/usr/bin/env python3
#
# intc-reference-test: do the interrupt controllers answer as QEMU 7.2's do?
#
#   intc-reference-test.py QEMINI [REFERENCE [SEED]]
#
# Draws writes, reads and lines that go up and down for the two i8259 and the
# IOAPIC, plays the same into both programs over the qtest protocol, and compares
# each answer and, every so often, what `info pic` says of the chips' insides.
# What is drawn is chosen to meet: few lines, few vectors, and command words
# rather than noise.
#
# A draw that differs is told with its seed.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import random
import shutil
import socket
import sys
import tempfile

from differences import REFERENCE, start_reference
from qmp_client import Qmp

IOAPIC = 0xfec00000
LOCAL_APIC = 0xfee00000
ROUNDS = 25             # of as many operations each, after which all is compared
OPERATIONS = 80
DRAWS = 6


class Machine(Qmp):
    """A pc whose CPU stands still and has no local APIC.

    In its place is the MSI-X table of a network card, which keeps what is
    written to it: the IOAPIC's last message to APIC 0.
    """

    def __init__(self, program, accel):
        self.dir = tempfile.mkdtemp(prefix='intc-')
        path = os.path.join(self.dir, 'qtest')
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(1)
        super().__init__([
            program, '-accel', accel, '-S', '-machine', 'pc', '-nodefaults',
            '-display', 'none', '-cpu', 'qemu64,-apic', '-qtest',
            'unix:' + path, '-netdev', 'hubport,id=n,hubid=0', '-device',
            'virtio-net-pci,addr=4,netdev=n,romfile='])
        self.qtest = server.accept()[0].makefile('rw', newline='\n')
        server.close()
        self.lines = {'ioapic': '/machine/i440fx/ioapic'}
        self.lines['master'], self.lines['slave'] = (
            '/machine/unattached/' + child['name']
            for child in sorted(self.command('qom-list',
                                             path='/machine/unattached'),
                                key=lambda child: child['name'])
            if child['type'] == 'child<isa-i8259>')
        for offset, value in ((0x14, LOCAL_APIC), (0x04, 2)):
            self.play(['outl 0xcf8 0x%x' % (0x80002000 | offset),
                       'outl 0xcfc 0x%x' % value])

    def play(self, operations):
        """The answers to all of them."""
        for op in operations:
            self.qtest.write(op % self.lines + '\n')
        self.qtest.flush()
        answers = []
        while len(answers) < len(operations):
            line = self.qtest.readline()
            if not line:
                raise EOFError(self.stderr())
            if not line.startswith('['):
                answers.append(line.split())
        return [(a[0], int(a[1], 16) if len(a) > 1 else None)
                for a in answers]

    def end(self):
        self.qtest.close()
        self.stop()
        shutil.rmtree(self.dir)


def draw_line(draw, chip, count):
    return 'set_irq_in %%(%s)s unnamed-gpio-in %d %d' % (
        chip, count, draw.randrange(2))


def draw_pic(draw):
    """One operation on a PIC; or the four of its initialization."""
    chip, base, elcr = draw.choice((('master', 0x20, 0x4d0),
                                    ('slave', 0xa0, 0x4d1)))
    # The master's line 2 is the slave's.
    line = draw.choice((0, 1, 3, 4, 7) if chip == 'master' else (0, 2, 5, 7))
    kind = draw.randrange(20)
    if kind < 6:
        return [draw_line(draw, chip, line)]
    if kind < 9:
        return ['inb 0x%x' % draw.choice((base, base, base + 1, elcr))]
    if kind < 13:
        # OCW2: rotation and ends of interrupts, of lines that are in use.
        return ['outb 0x%x 0x%x' % (base, draw.randrange(8) << 5 | line)]
    if kind < 17:
        # OCW3: polls, which register, special mask; bit 7 means nothing.
        return ['outb 0x%x 0x%x' % (base, 8 | draw.choice((
            0x4, 0x4, 0x2, 0x3, 0x60, 0x40, 0x63, 0x20, 0x80))),
                'inb 0x%x' % base]
    if kind == 17:
        return ['outb 0x%x 0x%x' % (base + 1, draw.choice(
            (0, 0, 0xff, 0xfb, 1 << line, draw.randrange(256))))]
    if kind == 18:
        return ['outb 0x%x 0x%x' % (elcr, draw.randrange(256))]
    # QEMU 7.2 does not know bit 3 of ICW1, all levels.
    words = [0x10 | draw.randrange(8)]
    words += [draw.randrange(256) for _ in range(draw.choice((3, 3, 2, 1)))]
    return ['outb 0x%x 0x%x' % (base + (i > 0), word)
            for i, word in enumerate(words)]


def draw_ioapic(draw):
    pin = draw.choice((0, 1, 2, 5, 9, 23))
    kind = draw.randrange(20)
    if kind < 7:
        return [draw_line(draw, 'ioapic', pin), 'readl 0x%x' % LOCAL_APIC]
    if kind < 14:
        entry = (draw.choice((0x31, 0x31, 0x41, 0)) |
                 draw.choice((0, 0, 1, 2, 7, 4)) << 8 | draw.randrange(2) << 11 |
                 draw.randrange(2) << 13 | draw.randrange(2) << 15 |
                 draw.choice((0, 0, 1)) << 16 | draw.randrange(16) << 28)
        # The PICs' interrupt: QEMU 7.2 takes it even if it is masked.
        if entry & 0x700 == 0x700:
            entry &= ~0x18000
        return ['writel 0x%x 0x%x' % (IOAPIC, 0x10 + 2 * pin),
                'writel 0x%x 0x%x' % (IOAPIC + 0x10, entry),
                'readl 0x%x' % (IOAPIC + 0x10), 'readl 0x%x' % LOCAL_APIC]
    if kind == 14:
        return ['writel 0x%x 0x%x' % (IOAPIC, 0x11 + 2 * pin),
                'writel 0x%x 0x%x' % (IOAPIC + 0x10,
                                      draw.choice((0, 0, 1, 0xff)) << 24),
                'readl 0x%x' % (IOAPIC + 0x10)]
    if kind < 18:
        return ['writel 0x%x 0x%x' % (IOAPIC + 0x40,
                                      draw.choice((0x31, 0x41, 0, 0x50))),
                'readl 0x%x' % LOCAL_APIC]
    if kind == 18:
        # Any register, also those that are none, and by any width.
        size = draw.choice('bwl')
        offset = draw.choice((0, 4, 0x10, 0x20, 0x40, 0xff0, 0x100, 0x110))
        return ['write%s 0x%x 0x%x' % (draw.choice('bwl'), IOAPIC,
                                       draw.randrange(256)),
                'read%s 0x%x' % (size, IOAPIC + offset),
                'readl 0x%x' % (IOAPIC + 0x10),
                # `info pic` is no good at those that are none.
                'writel 0x%x 0x%x' % (IOAPIC, 0x10 + 2 * pin)]
    return ['write%s 0x%x 0x%x' % (draw.choice('bwl'), IOAPIC + 0x10,
                                   draw.randrange(1 << 32) & ~0x400),
            'writel 0x%x 0' % LOCAL_APIC]


def compare(ours, theirs, operations):
    """The first that is answered otherwise, in words; or None."""
    answers = [m.play(operations) for m in (ours, theirs)]
    for i, (one, other) in enumerate(zip(*answers)):
        if one != other:
            return '%s: %s here, %s there\n%s' % (
                operations[i], one, other,
                '\n'.join(operations[max(i - 20, 0):i + 1]))
    # One chip after another, in whatever order.
    insides = [set(m.hmp('info pic').splitlines()) for m in (ours, theirs)]
    if insides[0] != insides[1]:
        return 'info pic: %s here, %s there\nafter\n%s' % (
            insides[0] - insides[1], insides[1] - insides[0],
            '\n'.join(operations))
    return None


def try_draw(ours, theirs, draw_one, seed):
    draw = random.Random(seed)
    for m in (ours, theirs):
        m.command('system_reset')
        m.event('RESET')
    for _ in range(ROUNDS):
        operations = []
        while len(operations) < OPERATIONS:
            operations += draw_one(draw)
        difference = compare(ours, theirs, operations)
        if difference:
            return difference
    return None


def main():
    qemini = sys.argv[1]
    path = shutil.which(sys.argv[2] if len(sys.argv) > 2 else REFERENCE)
    reference, why = start_reference(path or REFERENCE)
    if not reference:
        print('1..0 # SKIP ' + why)
        return 0
    reference.stop()
    seeds = [int(sys.argv[3])] if len(sys.argv) > 3 else range(DRAWS)
    ours, theirs = Machine(qemini, 'qtest'), Machine(path, 'tcg')
    chips = [('i8259', draw_pic), ('ioapic', draw_ioapic),
             ('both', lambda draw: draw.choice((draw_pic,
                                                draw_ioapic))(draw))]
    print('1..%d' % len(chips), flush=True)
    failed = False
    for number, (name, draw_one) in enumerate(chips, 1):
        notes = []
        for seed in seeds:
            difference = try_draw(ours, theirs, draw_one, seed)
            if difference:
                notes.append('seed %d: %s' % (seed, difference))
        print('%s %d - %s' % ('not ok' if notes else 'ok', number, name),
              flush=True)
        for line in '\n'.join(notes[:2]).splitlines():
            print('# ' + line, flush=True)
        failed = failed or bool(notes)
    ours.end()
    theirs.end()
    return 1 if failed else 0


sys.exit(main())
