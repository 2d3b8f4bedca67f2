"""A client of gdb's remote protocol, for tests.

The program runs as a child, with `-gdb unix:...` and `-qmp stdio`.  A packet is
sent with its sum and acknowledged; raw() and read_for() are for those that try
what gdb never does.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
import re
import shutil
import socket
import tempfile
import time

from qmp_client import Qmp

# Nothing takes so long, not even where the machine is busy.
PATIENCE = 120


class Gone(Exception):
    """The connection was closed."""


def frame(data):
    if isinstance(data, str):
        data = data.encode('latin-1')
    return b'$%s#%02x' % (data, sum(data) & 0xff)


def escape(data):
    return re.sub(rb'[#$}*]', lambda m: bytes([0x7d, m[0][0] ^ 0x20]), data)


def unescape(data):
    return re.sub(rb'}(.)', lambda m: bytes([m[1][0] ^ 0x20]), data,
                  flags=re.S)


class Gdb:
    """One connection.

    said  all that came so far and nobody has read
    """

    def __init__(self, path):
        self.path = path
        self.socket = None
        self.said = b''
        self.connect()

    def connect(self):
        end = time.monotonic() + PATIENCE
        while True:
            self.socket = socket.socket(socket.AF_UNIX)
            try:
                self.socket.connect(self.path)
                break
            except OSError:
                self.socket.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.said = b''

    def close(self):
        self.socket.close()

    def raw(self, data):
        self.socket.sendall(data)

    def _more(self, timeout):
        """Wait for more; False when none comes."""
        self.socket.settimeout(timeout)
        try:
            data = self.socket.recv(65536)
        except socket.timeout:
            return False
        except ConnectionResetError:
            data = b''          # it left before it had read all of ours
        if not data:
            raise Gone(self.said)
        self.said += data
        return True

    def read_for(self, seconds):
        """All that comes within this time."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self._more(max(end - time.monotonic(), 0.001))
        except Gone:
            pass
        said, self.said = self.said, b''
        return said

    def read_until(self, what):
        """All up to these bytes, which come."""
        end = time.monotonic() + PATIENCE
        while what not in self.said:
            if time.monotonic() > end:
                raise TimeoutError('waited for %r, got %r'
                                   % (what, self.said))
            self._more(1)
        i = self.said.index(what) + len(what)
        said, self.said = self.said[:i], self.said[i:]
        return said

    def read_packet(self, timeout=PATIENCE):
        """The data of the next packet, whose sum is right; it is acknowledged."""
        end = time.monotonic() + timeout
        while True:
            m = re.match(rb'[+-]*\$((?:[^#}]|}.)*)#([0-9a-f]{2})', self.said,
                         re.S)
            if m:
                break
            if time.monotonic() > end:
                raise TimeoutError('no packet in %r' % self.said)
            self._more(max(end - time.monotonic(), 0.001))
        self.said = self.said[m.end():]
        if sum(m[1]) & 0xff != int(m[2], 16):
            raise ValueError('the sum of %r is wrong' % m[0])
        self.raw(b'+')
        return m[1]

    def send(self, data):
        self.raw(frame(data))

    def ask(self, data, timeout=PATIENCE):
        """The answer to a packet, as text."""
        self.send(data)
        return self.read_packet(timeout).decode('latin-1')

    def monitor(self, command):
        """What the human monitor says."""
        self.send('qRcmd,' + command.encode().hex())
        text = b''
        while True:
            packet = self.read_packet()
            if packet == b'OK':
                return text.decode().replace('\r\n', '\n')
            if not packet.startswith(b'O'):
                raise ValueError(packet)
            text += bytes.fromhex(packet[1:].decode())

    def xfer(self, name):
        """A whole description of registers."""
        text = b''
        while True:
            packet = self.read_answer('qXfer:features:read:%s:%x,ffb'
                                      % (name, len(text)))
            text += unescape(packet[1:])
            if packet[:1] == b'l':
                return text.decode()
            if packet[:1] != b'm':
                raise ValueError(packet)

    def read_answer(self, data):
        self.send(data)
        return self.read_packet()

    # What a debugger knows

    def reg(self, number):
        return int.from_bytes(bytes.fromhex(self.ask('p%x' % number)),
                              'little')

    def set_reg(self, number, value, size=8):
        answer = self.ask('P%x=%s' % (number,
                                      value.to_bytes(size, 'little').hex()))
        if answer != 'OK':
            raise ValueError(answer)

    def read(self, addr, length):
        return bytes.fromhex(self.ask('m%x,%x' % (addr, length)))

    def write(self, addr, data):
        """Any length: as many packets as it takes."""
        for i in range(0, len(data), 1024):
            part = data[i:i + 1024]
            answer = self.ask('M%x,%x:%s' % (addr + i, len(part), part.hex()))
            if answer != 'OK':
                raise ValueError(answer)


class Machine:
    """The program with a server for gdb; `with` ends it."""

    def __init__(self, argv):
        self.dir = tempfile.mkdtemp(prefix='gdbstub-')
        self.path = os.path.join(self.dir, 'gdb')
        self.qmp = Qmp(argv + ['-gdb', 'unix:%s,server=on,wait=off'
                               % self.path])

    def connect(self):
        return Gdb(self.path)

    def status(self):
        return self.qmp.command('query-status')['status']

    def hmp(self, line):
        return self.qmp.command('human-monitor-command',
                                {'command-line': line})

    def __enter__(self):
        return self

    def __exit__(self, *args):
        if self.qmp.process.poll() is None:
            self.qmp.process.kill()
        self.qmp.process.communicate()
        shutil.rmtree(self.dir)
