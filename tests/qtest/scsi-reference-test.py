#!/usr/bin/env python3
#
# scsi-reference-test: do scsi-hd and scsi-cd answer as QEMU 7.2's do?
#
#   scsi-reference-test.py QEMINI [REFERENCE]
#
# Sends the same commands to both, by way of virtio-scsi, and compares what comes
# back to the last byte: response, status, sense data, residual, and data.
#
# What is other than in QEMU on purpose (docs/here-and-in-qemu.md) is not asked:
# buffers that are larger than what is asked for, and REQUEST SENSE of a LUN
# other than 0 after an error.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import sys

from differences import REFERENCE, start_reference
from scsi_guest import ScsiGuest

SIZE = 16 << 20

NODES = ''.join(
    f' -blockdev null-co,node-name={name},size={SIZE},read-zeroes=on{more}'
    for name, more in (('n0', ''), ('n1', ''), ('n2', ''), ('n3', ''),
                       ('n4', ''), ('ro', ',read-only=on'),
                       ('cd', ',read-only=on'), ('dvd', ',read-only=on'),
                       ('other', ',read-only=on')))
NODES = NODES.replace(f'dvd,size={SIZE}', f'dvd,size={2 << 30}')

# id, address, and the rest
UNITS = [
    ('hd', (0, 0), 'scsi-hd,drive=n0,serial=ABC,wwn=0x5000c50015ea71ac'),
    ('ssd', (0, 3), 'scsi-hd,drive=n1,rotation_rate=1,removable=on,dpofua=on,'
     'discard_granularity=65536,max_unmap_size=1048576,max_io_size=65536'),
    ('far', (0, 300), 'scsi-hd,drive=n2,vendor=A,product=Verylongproductname,'
     'ver=123456,device_id=some,port_wwn=0x1234,port_index=7'),
    ('d4k', (3, 0), 'scsi-hd,drive=n3,logical_block_size=4096,'
     'physical_block_size=4096,min_io_size=8192,opt_io_size=65536'),
    ('d512e', (3, 1), 'scsi-hd,drive=n4,physical_block_size=4096,'
     'scsi_version=2,cyls=100,heads=8,secs=17,discard_granularity=0,'
     'quirk_mode_page_vendor_specific_apple=on'),
    ('ro', (4, 0), 'scsi-hd,drive=ro,write-cache=off'),
    ('cd', (1, 0), 'scsi-cd,drive=cd,serial=CDCD'),
    ('empty', (2, 0), 'scsi-cd'),
    ('dvd', (5, 0), 'scsi-cd,drive=dvd,quirk_mode_page_apple_vendor=on,'
     'quirk_mode_sense_rom_use_dbd=on,quirk_mode_page_truncated=on'),
]
ADDRESSES = {name: address for name, address, _ in UNITS}
BLOCK = {name: 2048 for name in ('cd', 'empty', 'dvd')}
BLOCK['d4k'] = 4096


def cdb(*first, length=None):
    """Padded to what the group of the operation says."""
    lengths = (6, 10, 10, 0, 16, 12, 0, 0)
    return bytes(first).ljust(length or lengths[first[0] >> 5] or 16, b'\0')


def ask(op, *more, data=0, out=b''):
    return cdb(op, *more), data, out


def inquiry():
    for length in (5, 36, 96, 255):
        yield ask(0x12, 0, 0, 0, length, data=length)
    yield ask(0x12, 0, 1, 0, 96, data=96)
    for page in (0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2, 0x81, 0xff):
        yield ask(0x12, 1, page, 0, 252, data=252)
        yield ask(0x12, 1, page, 0, 8, data=8)


def capacity():
    yield ask(0x25, data=8)
    yield ask(0x25, 0, 0, 0, 0, 1, data=8)
    yield ask(0x25, 0, 0, 0, 0, 1, 0, 0, 1, data=8)
    yield ask(0x9e, 0x10, *[0] * 11, 32, data=32)
    yield ask(0x9e, 0x10, *[0] * 7, 9, 0, 0, 0, 32, data=32)
    yield ask(0x9e, 0x11, *[0] * 11, 32, data=32)


def mode_sense():
    for page in (0x3f, 0x08, 0x01, 0x04, 0x05, 0x0d, 0x0e, 0x2a, 0x00, 0x30,
                 0x3e):
        for control in range(4):
            yield ask(0x1a, 0, page | control << 6, 0, 255, data=255)
        yield ask(0x5a, 8, page, 0, 0, 0, 0, 1, 0, data=256)
    yield ask(0x1a, 8, 0x3f, 0, 4, data=4)
    yield ask(0x5a, 0, 0x3f, 0, 0, 0, 0, 0x40, 0, data=0x4000)


def mode_select():
    for page in (b'\x08\x12' + bytes(18), b'\x08\x12\x04' + bytes(17),
                 b'\x08\x12\x05' + bytes(17), b'\x08\x13' + bytes(18),
                 b'\x01\x0a\x80' + bytes(9), b'\x02\x0a' + bytes(10),
                 b'\x48\x00\x00\x12' + bytes(18),
                 b'\x48\x01\x00\x12' + bytes(18), b'\x08', b'\x48\x00\x00',
                 b'\x2a\x14\x3b\x00', b''):
        parameters = bytes(4) + page
        yield ask(0x15, 0x10, 0, 0, len(parameters), out=parameters)
        yield ask(0x1a, 8, 8, 0, 32, data=32)
        parameters = bytes(8) + page
        yield ask(0x55, 0x10, *[0] * 6, len(parameters), out=parameters)
    yield ask(0x15, 0x10, 0, 0, 12, out=b'\0\0\0\x08' + bytes(8))
    yield ask(0x15, 0x10, 0, 0, 4, out=b'\0\0\0\x08')
    yield ask(0x15, 0x10, 0, 0, 8, out=b'\0\0\0\x04' + bytes(4))
    yield ask(0x15, 0x10, 0, 0, 3, out=bytes(3))
    yield ask(0x15, 0x00, 0, 0, 4, out=bytes(4))
    yield ask(0x15, 0x11, 0, 0, 4, out=bytes(4))
    yield ask(0x15, 0x10)
    yield ask(0x15, 0x10, 0, 0, 24, out=bytes(4) + b'\x08\x12\x04' + bytes(17))


def luns():
    for select in range(4):
        yield ask(0xa0, 0, select, *[0] * 6, 64, data=64)
    for length in (8, 15, 16, 17, 24):
        yield ask(0xa0, *[0] * 8, length, data=length)


def simple():
    for op in (0x00, 0x16, 0x17, 0x56, 0x57, 0x1e, 0x35, 0x91, 0x2b, 0x2f,
               0x8f, 0xaf, 0x34, 0x90, 0x01, 0x0b, 0x1d, 0x36, 0x5f, 0x60,
               0x7f, 0x9b, 0xbb, 0xc0, 0xff):
        yield ask(op)
    yield ask(0x16, 1)
    yield ask(0x17, 1)
    yield ask(0x56, 1)
    yield ask(0x57, 2)
    yield ask(0x2b, 0, 0xff)
    yield ask(0x04)
    yield ask(0x03, 0, 0, 0, 18, data=18)
    yield ask(0x03, 1, 0, 0, 18, data=18)
    yield ask(0x3c, *[0] * 5, 0xff, 0xff, 0xff, data=4)
    yield ask(0xa8, *[0] * 5, 0xff, 0xff, 0xff, 0xff, data=512)
    yield ask(0x5e, 0, *[0] * 6, 8, data=8)
    yield ask(0x37, *[0] * 7, 4, data=4)
    yield ask(0x4d, *[0] * 7, 4, data=4)


def read_write(block):
    last = SIZE // block - 1
    high = last.to_bytes(4, 'big')
    for lba in (b'\0\0\0\0', high, (last + 1).to_bytes(4, 'big'),
                b'\xff\xff\xff\xff'):
        yield ask(0x28, 0, *lba, 0, 0, 1, data=block)
        yield ask(0x88, 0, 0, 0, 0, 0, *lba, 0, 0, 0, 1, data=block)
        yield ask(0x2a, 0, *lba, 0, 0, 1, out=b'a' * block)
        yield ask(0x8a, 0, 0xff, 0, 0, 0, *lba, 0, 0, 0, 1, out=b'a' * block)
        yield ask(0x28, 0, *lba)
        yield ask(0x2b, 0, *lba)
    yield ask(0x08, 0, 0, 0, 1, data=block)
    yield ask(0xa8, 0, 0, 0, 0, 0, 0, 0, 0, 2, data=2 * block)
    yield ask(0x0a, 0, 0, 0, 1, out=b'a' * block)
    yield ask(0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 2, out=b'a' * 2 * block)
    yield ask(0x2e, 0, 0, 0, 0, 0, 0, 0, 1, out=b'a' * block)
    for protect in (0x20, 0x08, 0x10, 0xe0):
        yield ask(0x28, protect, 0, 0, 0, 0, 0, 0, 1, data=block)
        yield ask(0x2a, protect, 0, 0, 0, 0, 0, 0, 1, out=b'a' * block)
    yield ask(0x2f, 2, 0, 0, 0, 0, 0, 0, 1, out=b'a' * block)
    yield ask(0x2f, 6, 0, 0, 0, 0, 0, 0, 1, out=b'a' * block)


def discard(block):
    last = (SIZE // block - 1).to_bytes(4, 'big')
    for flags in (0x00, 0x08, 0x10, 0x02, 0x04):
        for fill in (b'\0', b'a'):
            yield ask(0x41, flags, 0, 0, 0, 0, 0, 0, 9, out=fill * block)
            yield ask(0x93, flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9,
                      out=fill * block)
    yield ask(0x41, out=bytes(block))
    yield ask(0x41, 0, *last, 0, 0, 2, out=bytes(block))

    def unmap(*descriptors, header=None):
        data = b''.join(lba.to_bytes(8, 'big') + count.to_bytes(8, 'big')
                        for lba, count in descriptors)
        return (header or (len(data) + 6).to_bytes(2, 'big')
                + len(data).to_bytes(2, 'big') + bytes(4)) + data

    for flags, data in (
            (0, unmap((0, 8 << 32))), (0, unmap((0, 8 << 32), (100, 0))),
            (1, unmap((0, 8 << 32))), (0, unmap()),
            (0, unmap((SIZE, 1 << 32))), (0, unmap((0, 0xffffffff << 32))),
            (0, unmap((2**64 - 1, 2 << 32))),
            (0, unmap((0, 0), header=bytes([0, 23, 0, 16]) + bytes(4))),
            (0, unmap((0, 0), header=bytes([0, 22, 0, 17]) + bytes(4))),
            (0, unmap((0, 0), header=bytes([0, 22, 0, 32]) + bytes(4))),
            (0, bytes(7))):
        yield ask(0x42, flags, *[0] * 6, len(data), out=data)
    yield ask(0x42)


def mmc():
    for track in (0, 1, 2, 0xaa):
        for fmt in (0, 1, 2, 5):
            for msf in (0, 2):
                yield ask(0x43, msf, fmt, 0, 0, 0, track, 0, 48, data=48)
    yield ask(0x46, 0, 0, 0, 0, 0, 0, 0, 80, data=80)
    yield ask(0x46, 0, 0, 0, 0, 0, 0, 0, 8, data=8)
    for polled, classes in ((1, 0x10), (1, 0x10), (1, 0x02), (1, 0xff),
                            (0, 0x10)):
        yield ask(0x4a, polled, 0, 0, classes, 0, 0, 0, 8, data=8)
    for kind in (0, 1, 2):
        yield ask(0x51, kind, *[0] * 5, 0, 48, data=48)
    for fmt in (0, 1, 2, 3, 4, 5, 0xff):
        yield ask(0xad, 0, *[0] * 5, fmt, 0, 64, data=64)
        yield ask(0xad, 1, *[0] * 5, fmt, 0, 64, data=64)
    yield ask(0xbd, *[0] * 7, 0, 16, data=16)
    yield ask(0x5a, 0, 0x2a, *[0] * 4, 0, 64, data=64)


def tray():
    """Out and in, locked and not."""
    state = [ask(0x00), ask(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, data=8),
             ask(0x25, data=8)]
    for move in (ask(0x1b, 0, 0, 0, 0x02), ask(0x1b, 0, 0, 0, 0x03),
                 ask(0x1b, 0, 0, 0, 0x32), ask(0x1b, 0, 0, 0, 0x00),
                 ask(0x1e, 0, 0, 0, 1), ask(0x1b, 0, 0, 0, 0x02),
                 ask(0x1b, 0, 0, 0, 0x03), ask(0x1e, 0, 0, 0, 0),
                 ask(0x1b, 0, 0, 0, 0x02), ask(0x1b, 0, 0, 0, 0x03)):
        yield move
        yield from state


def absent():
    """Of a LUN that is not there."""
    yield ask(0x00)
    yield ask(0x03, 0, 0, 0, 18, data=18)
    yield ask(0x03, 1, 0, 0, 8, data=8)
    yield ask(0x12, 0, 0, 0, 36, data=36)
    yield ask(0x12, 0, 0, 0, 5, data=5)
    yield ask(0x12, 1, 0, 0, 36, data=36)
    yield ask(0x12, 1, 0x83, 0, 36, data=36)
    yield ask(0x12, 2, 0, 0, 36, data=36)
    yield ask(0x12, 0, 7, 0, 36, data=36)
    yield ask(0xa0, *[0] * 8, 64, data=64)
    yield ask(0xa0, *[0] * 8, 8, data=8)
    yield ask(0x28, *[0] * 7, 1, data=512)


GROUPS = [inquiry, capacity, mode_sense, luns, simple, read_write, discard,
          mmc, mode_select, tray]


class Side(ScsiGuest):
    """One of the programs, with all units."""

    def more(self):
        options = NODES.split()
        for name, (target, lun), props in UNITS:
            options += ['-device', f'{props},id={name},bus=s0.0,'
                        f'scsi-id={target},lun={lun}']
        return options


def both(sides, address, request):
    """What is not the same."""
    command, data, out = request
    for side in sides:
        side.send(side.lun(*address), command, out, data)
    answers = [side.answer(data) for side in sides]
    if answers[0] == answers[1]:
        return []
    return [f'{address} {command.hex(" ")} {out[:32].hex()}'] + [
        f'  {who} {a.response} {a.status} {a.sense.hex()} {a.resid} '
        f'{a.data.hex(" ")}' for who, a in zip(('here ', 'there'), answers)]


def group(sides, name, requests):
    """Those of one unit; the news of its beginning are compared, too."""
    notes = []
    for request in [ask(0x00)] + list(requests):
        notes += both(sides, ADDRESSES.get(name, name), request)
    return notes


def task_management(sides):
    notes = []
    for subtype in list(range(10)) + [2**32 - 1]:
        for address in ((0, 0), (0, 1), (9, 0)):
            answers = [s.tmf(subtype, s.lun(*address)) for s in sides]
            if answers[0] != answers[1]:
                notes.append(f'TMF {subtype} of {address}: {answers}')
        notes += group(sides, 'hd', [])
        notes += group(sides, 'ssd', [])
    return notes


def media(sides):
    """The user moves the tray, and changes what is in it."""
    state = [ask(0x00), ask(0x00), ask(0x00),
             *[ask(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, data=8)] * 2,
             ask(0x25, data=8), ask(0x46, *[0] * 6, 0, 8, data=8)]
    notes = group(sides, 'cd', state)
    for step in (('blockdev-open-tray', {'id': 'cd'}),
                 ('blockdev-open-tray', {'id': 'cd'}),
                 ('blockdev-remove-medium', {'id': 'cd'}),
                 ('blockdev-remove-medium', {'id': 'cd'}),
                 ('blockdev-insert-medium', {'id': 'cd', 'node-name': 'other'}),
                 ('blockdev-insert-medium', {'id': 'cd', 'node-name': 'cd'}),
                 ('blockdev-close-tray', {'id': 'cd'}),
                 ('blockdev-close-tray', {'id': 'cd'}),
                 ask(0x1e, 0, 0, 0, 1),
                 ('blockdev-open-tray', {'id': 'cd'}),
                 ('eject', {'id': 'cd'}),
                 ('eject', {'id': 'cd', 'force': True}),
                 ask(0x1e, 0, 0, 0, 0),
                 ('blockdev-insert-medium', {'id': 'cd', 'node-name': 'cd'}),
                 ('blockdev-close-tray', {'id': 'cd'}),
                 ('blockdev-open-tray', {'id': 'hd'}),
                 ('eject', {'id': 'hd'}),
                 ('eject', {'id': 'nosuch'}),
                 ('blockdev-open-tray', {'id': 'ssd'}),
                 ('blockdev-close-tray', {'id': 'ssd'})):
        if isinstance(step[0], str):
            answers = [side.qmp(step[0], **step[1]) for side in sides]
            if answers[0] != answers[1]:
                notes.append(f'{step}: {answers}')
        else:
            notes += both(sides, ADDRESSES['cd'], step)
        for request in state:
            notes += both(sides, ADDRESSES['cd'], request)
    return notes + group(sides, 'hd', []) + group(sides, 'ssd', [])


def unplugged(sides):
    """What is left of a target when LUN 0 has gone."""
    for side in sides:
        side.qmp('device_del', id='hd')
        side.wait_event('DEVICE_DELETED')
    return group(sides, (0, 0), absent()) + group(sides, 'ssd', luns())


def main():
    ours = sys.argv[1]
    reference, missing = start_reference(
        sys.argv[2] if len(sys.argv) > 2 else REFERENCE)
    if not reference:
        print('1..0 # SKIP ' + missing)
        return
    theirs = reference.argv[0]
    reference.stop()

    with Side([ours]) as here, Side([theirs], accel='tcg') as there:
        sides = (here, there)
        tests = [('configuration', lambda: [
            str(a) for a in [[s.config(0, 36).hex() for s in sides]]
            if a[0] != a[1]])]
        for name, _, _ in UNITS:
            for what in GROUPS:
                if what in (read_write, discard):
                    requests = what(BLOCK.get(name, 512))
                else:
                    requests = what()
                tests.append((f'{name}: {what.__name__}',
                              lambda n=name, r=list(requests):
                              group(sides, n, r)))
        for address in ((0, 1), (1, 1), (0, 16383), (3, 5)):
            tests.append((f'{address} is not there',
                          lambda a=address: group(sides, a, absent())))
        tests.append(('task management', lambda: task_management(sides)))
        tests.append(('media', lambda: media(sides)))
        tests.append(('LUN 0 goes', lambda: unplugged(sides)))

        print(f'1..{len(tests)}')
        for n, (name, run) in enumerate(tests, 1):
            notes = run()
            print(f"{'not ok' if notes else 'ok'} {n} - {name}", flush=True)
            for note in notes:
                print('# ' + note, file=sys.stderr)


if __name__ == '__main__':
    main()
