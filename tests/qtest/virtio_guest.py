# A very small driver of one virtio device, over the qtest protocol.
#
# A subclass says which device and how many queues, and what its requests are;
# see scsi_guest.py and blk_guest.py.
#
# It drives the device as a driver before virtio 1 does, through BAR 0, and it is
# about what is answered, not about rings.
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

SLOT = 5
PORTS = 0xc000
RING, RING_SIZE = 0x100000, 0x10000
BUFFER = 0x200000
TIMEOUT = 120


class Lines:
    """
    Lines to and from a socket.  A file of Python's for both ways forgets what it
    has read ahead when it is written to.
    """

    def __init__(self, connection):
        reader, writer = connection.makefile('r'), connection.makefile('w')
        self.readline = reader.readline
        self.write = writer.write
        self.flush = writer.flush


class VirtioGuest:
    QUEUES = 1

    def __init__(self, argv, device, accel='qtest'):
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
                    '-device', '%s,addr=%d' % (device, SLOT)]
            + self.more(), stderr=self.log)
        self.qtest, self.monitor = [self._accept(s) for s in listeners]
        self.events = []
        self.slot = SLOT
        self._line(self.monitor)
        self.qmp('qmp_capabilities')
        self.start()

    def more(self):
        """Options behind the device's."""
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
        return Lines(connection)

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

    def use(self, slot):
        """Drive the one in another slot, and reset that of before."""
        self.out('b', self.bar + 18, 0)
        self.slot = slot
        self.start()

    @property
    def bar(self):
        return PORTS + (self.slot << 8)

    def _config(self, offset, value):
        self.out('l', 0xcf8, 1 << 31 | self.slot << 11 | offset)
        self.out('l', 0xcfc, value)

    def start(self, features=0):
        """From reset to DRIVER_OK."""
        self._config(0x10, self.bar)
        self._config(0x04, 7)
        self.out('b', self.bar + 18, 0)
        for status in (1, 3):
            self.out('b', self.bar + 18, status)
        self.out('l', self.bar + 4, features)
        self.avail = [0] * self.QUEUES
        for queue in range(self.QUEUES):
            self.out('w', self.bar + 14, queue)
            self.size = self.inp('w', self.bar + 12)
            ring = RING + queue * RING_SIZE
            self._cmds([self._write(ring, bytes(RING_SIZE))])
            self.out('l', self.bar + 8, ring >> 12)
        self.out('b', self.bar + 18, 7)

    def config(self, offset, size):
        return bytes(self.inp('b', self.bar + 20 + offset + i)
                     for i in range(size))

    def features(self):
        """Those before virtio 1 that are on offer."""
        return self.inp('l', self.bar)

    def _add(self, queue, out, inn, head=0):
        """
        Commands that add a chain of these buffers, each (address, length), from
        descriptor @head on.
        """
        ring = RING + queue * RING_SIZE
        pieces = [(a, n, 0) for a, n in out] + [(a, n, 2) for a, n in inn]
        table = b''
        for i, (addr, length, flags) in enumerate(pieces, head + 1):
            if i < head + len(pieces):
                flags |= 1
            table += struct.pack('<QIHH', addr, length, flags, i)
        avail = ring + 16 * self.size
        index = self.avail[queue]
        self.avail[queue] = index + 1 & 0xffff
        return [self._write(ring + 16 * head, table),
                self._write(avail + 4 + 2 * (index % self.size),
                            struct.pack('<H', head)),
                self._write(avail + 2, struct.pack('<H', self.avail[queue])),
                'outw 0x%x 0x%x' % (self.bar + 16, queue)]

    def _look(self, queue, *pieces):
        """What is at these places, if all have been used."""
        ring = RING + queue * RING_SIZE
        used = ring + (16 * self.size + 6 + 2 * self.size + 4095 & ~4095)
        index, *data = self.read_all((used + 2, 2), *pieces)
        if int.from_bytes(index, 'little') == self.avail[queue]:
            return data
        return None

    def is_done(self, queue=0):
        """Have all requests come back?"""
        return self._look(queue) is not None

    def _wait(self, queue, *pieces):
        """Until all have been used; then what is at these places."""
        start = time.monotonic()
        while True:
            data = self._look(queue, *pieces)
            if data is not None:
                return data
            if time.monotonic() - start > TIMEOUT:
                raise TimeoutError('no answer')
