# A very small driver of virtio-scsi, over the qtest protocol.
#
#   with ScsiGuest(['qemu-system-x86_64', …more options]) as g:
#       r = g.scsi(g.lun(0, 0), bytes([0x12, 0, 0, 0, 36, 0]), data_in=36)
#       r.response, r.status, r.sense, r.data
#       g.qmp('query-block')
#
# With one request at a time: see virtio_guest.py.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import struct
from collections import namedtuple

from virtio_guest import BUFFER, VirtioGuest

Answer = namedtuple('Answer', 'response status sense resid data')


class ScsiGuest(VirtioGuest):
    QUEUES = 3

    def __init__(self, argv, hba='', accel='qtest'):
        super().__init__(argv, 'virtio-scsi-pci,id=s0' + hba, accel)

    @staticmethod
    def lun(target, lun):
        return bytes([1, target, lun >> 8 | 0x40, lun & 0xff, 0, 0, 0, 0])

    def send(self, lun, cdb, data_out=b'', data_in=0, tag=0):
        request = lun + struct.pack('<Qxxx', tag) + bytes(
            cdb).ljust(32, b'\0')
        lines = [self._write(BUFFER, request),
                 self._write(BUFFER + 0x1000, b'\xee' * 108)]
        if data_out or data_in:
            lines.append(self._write(BUFFER + 0x10000,
                                     data_out or b'\xdd' * data_in))
        out = [(BUFFER, len(request))]
        inn = [(BUFFER + 0x1000, 108)]
        if data_out:
            out.append((BUFFER + 0x10000, len(data_out)))
        if data_in:
            inn.append((BUFFER + 0x10000, data_in))
        self._cmds(lines + self._add(2, out, inn))

    def answer(self, data_in=0):
        r, data = self._wait(2, (BUFFER + 0x1000, 108),
                             (BUFFER + 0x10000, data_in))
        sense_len, resid = struct.unpack('<II', r[:8])
        return Answer(r[11], r[10], r[12:12 + sense_len], resid, data)

    def scsi(self, lun, cdb, data_out=b'', data_in=0, tag=0):
        self.send(lun, cdb, data_out, data_in, tag)
        return self.answer(data_in)

    def tmf(self, subtype, lun, tag=0):
        request = struct.pack('<II8sQ', 0, subtype, lun, tag)
        self._cmds([self._write(BUFFER, request),
                    self._write(BUFFER + 0x1000, b'\xee')]
                   + self._add(0, [(BUFFER, 24)], [(BUFFER + 0x1000, 1)]))
        return self._wait(0, (BUFFER + 0x1000, 1))[0][0]
