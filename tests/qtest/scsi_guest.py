# A very small driver of virtio-scsi, over the qtest protocol.
#
#   with ScsiGuest(['qemu-system-x86_64', …more options]) as g:
#       r = g.scsi(g.lun(0, 0), bytes([0x12, 0, 0, 0, 36, 0]), data_in=36)
#       r.response, r.status, r.sense, r.data
#       g.qmp('query-block')
#
# It drives the device as a driver before virtio 1 does, through BAR 0, with one
# ring of each kind and one request at a time: it is about what is answered, not
# about rings.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections import namedtuple

Answer = namedtuple('Answer', 'response status sense resid data')

SLOT = 5
BAR = 0xc000
RING, RING_SIZE = 0x100000, 0x10000
BUFFER = 0x200000
TIMEOUT = 60


class ScsiGuest:
    def __init__(self, argv, hba='', accel='qtest'):
        self.dir = tempfile.mkdtemp()
        paths = [os.path.join(self.dir, name) for name in ('qtest', 'qmp')]
        listeners = [self._listen(path) for path in paths]
        # A CPU that halts at once, for a program without the accelerator qtest.
        bios = os.path.join(self.dir, 'bios')
        with open(bios, 'wb') as f:
            f.write(b'\xf4' * 0x10000)
        self.log = open(os.path.join(self.dir, 'log'), 'w+')
        self.process = subprocess.Popen(
            argv + ['-M', 'pc', '-m', '64', '-nodefaults', '-display', 'none',
                    '-bios', bios, '-accel', accel, '-qtest', 'unix:' + paths[0],
                    '-qtest-log', '/dev/null',
                    '-chardev', 'socket,id=mon,path=' + paths[1],
                    '-mon', 'chardev=mon,mode=control',
                    '-device', 'virtio-scsi-pci,id=s0,addr=%d%s' % (SLOT, hba)]
            + self.more(), stderr=self.log)
        self.qtest, self.monitor = [self._accept(s) for s in listeners]
        self._line(self.monitor)
        self.qmp('qmp_capabilities')
        self._start()

    def more(self):
        return []

    def _listen(self, path):
        s = socket.socket(socket.AF_UNIX)
        s.bind(path)
        s.listen(1)
        s.settimeout(TIMEOUT)
        return s

    def _accept(self, listener):
        while True:
            listener.settimeout(0.2)
            try:
                connection, _ = listener.accept()
                break
            except socket.timeout:
                if self.process.poll() is not None:
                    self.log.seek(0)
                    raise RuntimeError(self.log.read())
        listener.close()
        connection.settimeout(TIMEOUT)
        return connection.makefile('rw')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.dir)

    # The monitor

    def _line(self, connection):
        line = connection.readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            raise RuntimeError('it has ended: ' + self.log.read())
        return line

    def qmp(self, command, **arguments):
        self.events = getattr(self, 'events', [])
        self.monitor.write(json.dumps({
            'execute': command,
            'arguments': {k.replace('_', '-'): v
                          for k, v in arguments.items()}}) + '\n')
        self.monitor.flush()
        while True:
            answer = json.loads(self._line(self.monitor))
            if 'event' not in answer:
                return answer
            self.events.append(answer)

    def wait_event(self, name):
        self.events = getattr(self, 'events', [])
        while True:
            for event in self.events:
                if event['event'] == name:
                    self.events.remove(event)
                    return event
            answer = json.loads(self._line(self.monitor))
            if 'event' in answer:
                self.events.append(answer)

    # qtest: commands are sent together, and their answers read together

    def _cmds(self, lines):
        self.qtest.write('\n'.join(lines) + '\n')
        self.qtest.flush()
        values = []
        for line in lines:
            words = self._line(self.qtest).split()
            while words[0] == 'IRQ':
                words = self._line(self.qtest).split()
            assert words[0] == 'OK', (line, words)
            values.append(words[1] if len(words) > 1 else None)
        return values

    @staticmethod
    def _write(addr, data):
        return 'b64write 0x%x 0x%x %s' % (addr, len(data),
                                          base64.b64encode(data).decode())

    def out(self, size, port, value):
        self._cmds(['out%s 0x%x 0x%x' % (size, port, value)])

    def inp(self, size, port):
        return int(self._cmds(['in%s 0x%x' % (size, port)])[0], 16)

    def read_all(self, *pieces):
        """What is at each (address, size)."""
        values = iter(self._cmds(['b64read 0x%x 0x%x' % p for p in pieces
                                  if p[1]] or ['endianness']))
        return [base64.b64decode(next(values)) if size else b''
                for _, size in pieces]

    # The device

    def _config(self, offset, value):
        self.out('l', 0xcf8, 1 << 31 | SLOT << 11 | offset)
        self.out('l', 0xcfc, value)

    def _start(self, features=0):
        self._config(0x10, BAR)
        self._config(0x04, 7)
        self.out('b', BAR + 18, 0)
        for status in (1, 3):
            self.out('b', BAR + 18, status)
        self.out('l', BAR + 4, features)
        self.avail = [0, 0, 0]
        for queue in range(3):
            self.out('w', BAR + 14, queue)
            self.size = self.inp('w', BAR + 12)
            ring = RING + queue * RING_SIZE
            self._cmds([self._write(ring, bytes(RING_SIZE))])
            self.out('l', BAR + 8, ring >> 12)
        self.out('b', BAR + 18, 7)

    def config(self, offset, size):
        return bytes(self.inp('b', BAR + 20 + offset + i)
                     for i in range(size))

    def _add(self, queue, out, inn):
        """Commands that add a chain of these buffers, each (address, length)."""
        ring = RING + queue * RING_SIZE
        pieces = [(a, n, 0) for a, n in out] + [(a, n, 2) for a, n in inn]
        table = b''
        for i, (addr, length, flags) in enumerate(pieces):
            if i + 1 < len(pieces):
                flags |= 1
            table += struct.pack('<QIHH', addr, length, flags, i + 1)
        avail = ring + 16 * self.size
        index = self.avail[queue]
        self.avail[queue] = index + 1 & 0xffff
        return [self._write(ring, table),
                self._write(avail + 4 + 2 * (index % self.size), bytes(2)),
                self._write(avail + 2, struct.pack('<H', self.avail[queue])),
                'outw 0x%x 0x%x' % (BAR + 16, queue)]

    def _wait(self, queue, *pieces):
        """Until it has been used; then what is at these places."""
        ring = RING + queue * RING_SIZE
        used = ring + (16 * self.size + 6 + 2 * self.size + 4095 & ~4095)
        start = time.monotonic()
        while True:
            index, *data = self.read_all((used + 2, 2), *pieces)
            if int.from_bytes(index, 'little') == self.avail[queue]:
                return data
            if time.monotonic() - start > TIMEOUT:
                raise TimeoutError('no answer')

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
