# A very small driver of virtio-blk, over the qtest protocol.
#
#   with BlkGuest(['qemu-system-x86_64', …more options], ',drive=d0') as g:
#       status, data = g.request(IN, 7, room=512)
#
# A request may stay out while others are sent, in another place.  See
# virtio_guest.py.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

from virtio_guest import BUFFER, VirtioGuest

IN, OUT, FLUSH, GET_ID, DISCARD, WRITE_ZEROES = 0, 1, 4, 8, 11, 13

PLACE = 0x20000
DATA = 0x1000


def segment(sector, sectors, flags=0):
    """The data of a DISCARD or a WRITE_ZEROES"""
    return struct.pack('<QII', sector, sectors, flags)


class BlkGuest(VirtioGuest):
    def __init__(self, argv, props, accel='qtest'):
        super().__init__(argv, 'virtio-blk-pci,id=b0' + props, accel)

    def send(self, kind, sector=0, data=b'', room=0, place=0):
        """@data is for the device, and it has @room for its own."""
        at = BUFFER + place * PLACE
        lines = [self._write(at, struct.pack('<IIQ', kind, 0, sector)),
                 self._write(at + 16, b'\xee')]
        out, inn = [(at, 16)], [(at + 16, 1)]
        if data:
            lines.append(self._write(at + DATA, data))
            out.append((at + DATA, len(data)))
        if room:
            lines.append(self._write(at + DATA, b'\xdd' * room))
            inn.insert(0, (at + DATA, room))
        self._cmds(lines + self._add(0, out, inn, head=4 * place))

    def look(self, room=0, place=0):
        """(status, data) as they are now; 0xee: it has none yet"""
        at = BUFFER + place * PLACE
        status, data = self.read_all((at + 16, 1), (at + DATA, room))
        return status[0], data

    def answer(self, room=0, place=0):
        """The same, when all that were sent have come back."""
        self._wait(0)
        return self.look(room, place)

    def request(self, kind, sector=0, data=b'', room=0):
        self.send(kind, sector, data, room)
        return self.answer(room)
