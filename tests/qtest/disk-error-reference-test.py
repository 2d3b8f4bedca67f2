#!/usr/bin/env python3
#
# disk-error-reference-test: what becomes of a disk's errors, here and in QEMU 7.2?
#
#   disk-error-reference-test.py QEMINI [REFERENCE]
#
# Gives both the same disks, of virtio-blk and of virtio-scsi, with each of the
# policies that rerror= and werror= know, and makes requests of each kind fail
# once, with many an errno (blkdebug).  Compares the events, what the machine's
# state and the disk's are then, and what the guest gets in the end, after `cont`
# if the machine has stopped.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import errno
import struct
import sys

from blk_guest import (BlkGuest, DISCARD, FLUSH, IN, OUT, WRITE_ZEROES,
                       segment)
from differences import REFERENCE, start_reference
from scsi_guest import ScsiGuest

ERRNOS = [errno.EIO, errno.ENOSPC, errno.EINVAL, errno.ENOMEDIUM,
          errno.ENOMEM, errno.EACCES, errno.ENODATA, errno.EREMOTEIO,
          errno.EDOM, errno.EBADE]
FEW = [errno.EIO, errno.ENOSPC]

# rerror, werror, does the device say so (or -drive), and the errors
POLICIES = [
    (None, None, True, FEW),
    ('auto', 'auto', True, FEW),
    ('report', 'report', True, ERRNOS),
    ('ignore', 'ignore', True, FEW),
    ('stop', 'stop', True, FEW),
    ('report', 'enospc', False, FEW),
    ('stop', 'report', True, FEW),
    ('report', 'stop', False, FEW),
    ('ignore', 'stop', False, FEW),
]

SIZE = 1 << 20
KINDS = ('read', 'write', 'discard', 'write-zeroes')
FLUSH_ERROR = errno.EIO


def requests(errnos):
    """(kind, sector, errno): each once, and the flush before it is needed."""
    yield 'flush', None, FLUSH_ERROR
    for i, kind in enumerate(KINDS):
        for j, error in enumerate(errnos):
            yield kind, 8 * (1 + len(ERRNOS) * i + j), error


def rules(errnos):
    """Options of blkdebug"""
    text = ''
    for n, (kind, sector, error) in enumerate(requests(errnos)):
        rule = f',inject-error.{n}.'
        text += (f'{rule}event=none{rule}errno={error}{rule}once=on'
                 f'{rule}iotype={kind}')
        if sector is not None:
            text += f'{rule}sector={sector}'
    return text


def drives():
    """For each policy a node, or a drive."""
    options = []
    for n, (rerror, werror, of_device, errnos) in enumerate(POLICIES):
        if of_device:
            options += ['-blockdev', f'null-co,node-name=null{n},size={SIZE},'
                        'read-zeroes=on,discard=unmap',
                        '-blockdev', f'blkdebug,node-name=d{n},image=null{n},'
                        'discard=unmap' + rules(errnos)]
        else:
            options += ['-drive', f'if=none,id=d{n},rerror={rerror},'
                        f'werror={werror},driver=blkdebug,discard=unmap,'
                        f'image.driver=null-co,image.size={SIZE},'
                        'image.read-zeroes=on,image.discard=unmap' + rules(errnos)]
    return options


def policy(n):
    """What -device says of it."""
    rerror, werror, of_device, _ = POLICIES[n]
    said = f',drive=d{n}'
    if of_device and rerror:
        said += f',rerror={rerror},werror={werror}'
    return said


class BlkSide(BlkGuest):
    """A virtio-blk for each policy, in slots of their own."""

    QUEUE = 0

    def __init__(self, argv, accel='qtest'):
        super().__init__(argv, policy(0), accel)

    def more(self):
        options = drives()
        for n in range(1, len(POLICIES)):
            options += ['-device', f'virtio-blk-pci,id=b{n},addr={5 + n:#x}'
                        + policy(n)]
        return options

    def choose(self, n):
        self.use(5 + n)
        self.id = f'b{n}'
        self.request(OUT, 0, b'a' * 512)

    def begin(self, kind, sector):
        if kind == 'read':
            self.send(IN, sector, room=512)
        elif kind == 'write':
            self.send(OUT, sector, b'b' * 512)
        elif kind == 'discard':
            self.send(DISCARD, 0, segment(sector, 8))
        elif kind == 'write-zeroes':
            self.send(WRITE_ZEROES, 0, segment(sector, 8))
        else:
            self.send(FLUSH)

    def end(self, kind):
        return self.answer(512 if kind == 'read' else 0)

    @staticmethod
    def tried_again(answer):
        return answer


class ScsiSide(ScsiGuest):
    """A scsi-hd for each policy."""

    QUEUE = 2

    def __init__(self, argv, accel='qtest'):
        super().__init__(argv, accel=accel)

    def more(self):
        options = drives()
        for n in range(len(POLICIES)):
            options += ['-device', f'scsi-hd,id=b{n},scsi-id={n},'
                        'discard_granularity=4096' + policy(n)]
        return options

    def choose(self, n):
        self.unit = self.lun(n, 0)
        self.id = f'b{n}'
        while self.scsi(self.unit, bytes(6)).status:
            pass
        self.scsi(self.unit, struct.pack('>BBIBHB', 0x2a, 0, 0, 0, 1, 0),
                  b'a' * 512)

    def begin(self, kind, sector):
        if kind == 'read':
            self.send(self.unit, struct.pack('>BBIBHB', 0x28, 0, sector, 0, 1,
                                             0), data_in=512)
        elif kind == 'write':
            self.send(self.unit, struct.pack('>BBIBHB', 0x2a, 0, sector, 0, 1,
                                             0), b'b' * 512)
        elif kind == 'discard':
            self.send(self.unit, struct.pack('>BBIHB', 0x42, 0, 0, 24, 0),
                      struct.pack('>HHIQII', 22, 16, 0, sector, 8, 0))
        elif kind == 'write-zeroes':
            self.send(self.unit, struct.pack('>BBIBHB', 0x41, 0, sector, 0, 8,
                                             0), bytes(512))
        else:
            self.send(self.unit, bytes([0x35] + [0] * 9))

    def end(self, kind):
        return self.answer(512 if kind == 'read' else 0)

    @staticmethod
    def tried_again(answer):
        # QEMU counts the data twice then.
        return answer._replace(resid=0)


def state(side):
    """Of the machine, and of the disk."""
    status = side.qmp('query-status')['return']
    disk = [b for b in side.qmp('query-block')['return']
            if b.get('qdev', '').startswith((f'/machine/peripheral/{side.id}/',
                                             side.id))][0]
    return status, disk.get('io-status'), disk['device'], disk['qdev']


def event(side, name):
    data = side.wait_event(name).get('data')
    if data and data.get('node-name', '').startswith('#block'):
        data['node-name'] = '#block'        # its number is anybody's guess
    return name, data


def fail(side, kind, sector):
    """All that is seen of one request that fails."""
    side.begin(kind, sector)
    while not side.is_done(side.QUEUE) and not side.events:
        side.qmp('query-status')
    side.qmp('query-status')
    seen = [event(side, 'BLOCK_IO_ERROR')] if side.events else [('no error', {})]
    if 'stop' in seen[0][-1].values():
        seen += [event(side, 'STOP'), state(side), side.qmp('cont'),
                 event(side, 'RESUME')]
    answer = side.end(kind)
    if len(seen) > 1:
        answer = side.tried_again(answer)
    seen += [answer, state(side), [e['event'] for e in side.events]]
    return seen


def one_policy(sides, n):
    notes = []
    for side in sides:
        side.choose(n)
    for kind, sector, error in requests(POLICIES[n][3]):
        here, there = [fail(side, kind, sector) for side in sides]
        if here != there:
            notes.append(f'{kind} {errno.errorcode[error]}')
            notes += [f'  {str(a)[:200]} there {str(b)[:200]}' for a, b in zip(here, there) if a != b]
    return notes


def main():
    ours = sys.argv[1]
    reference, missing = start_reference(
        sys.argv[2] if len(sys.argv) > 2 else REFERENCE)
    if not reference:
        print('1..0 # SKIP ' + missing)
        return
    theirs = reference.argv[0]
    reference.stop()

    print(f'1..{2 * len(POLICIES)}')
    number = 0
    for name, kind in (('virtio-blk', BlkSide), ('scsi-hd', ScsiSide)):
        with kind([ours]) as here, kind([theirs], accel='tcg') as there:
            for n, (rerror, werror, of_device, _) in enumerate(POLICIES):
                notes = one_policy((here, there), n)
                number += 1
                print(f"{'not ok' if notes else 'ok'} {number} - {name} "
                      f"{'-device' if of_device else '-drive'} "
                      f'rerror={rerror} werror={werror}', flush=True)
                for note in notes:
                    print('# ' + note, file=sys.stderr)


if __name__ == '__main__':
    main()
