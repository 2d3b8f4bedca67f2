#!/usr/bin/python3 -IS
#
# Linux on virtio-serial: somebody logs in on a virtconsole (/dev/hvc0), and bytes
# go through a virtserialport by its name and back; ports come and go.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import select
import socket
import sys
import time
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import (Failed, Vm, check, check_equal, check_match, main,  # noqa: E402
                 scenario, step)

NAME = 'org.qemini.echo'
PORT = f'/dev/virtio-ports/{NAME}'

NAMES = '/sys/class/virtio-ports/*/name'

# What udev does elsewhere.
LINKS = ('mkdir -p /dev/virtio-ports; for p in /sys/class/virtio-ports/*; do '
         '[ ! -s $p/name ] || '
         'ln -sf ../${p##*/} /dev/virtio-ports/$(cat $p/name); done')


class Stream:
    """The other end of a chardev that listens."""

    def __init__(self, name):
        self.path = f'/tmp/console-{os.getpid()}-{name}'
        self.chardev = f'socket,id={name},path={self.path},server=on,wait=off'
        self.got = b''

    def connect(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.path)

    def close(self):
        self.socket.close()
        os.unlink(self.path)

    def send(self, data):
        self.socket.sendall(data)

    def read(self):
        """Wait for some bytes."""
        if not select.select([self.socket], [], [], 60)[0]:
            raise Failed(f'nothing more from {self.path} after {self.got!r}')
        self.got += self.socket.recv(65536)

    def expect(self, pattern):
        """Wait for this; what came up to its end."""
        while True:
            found = re.search(pattern, self.got)
            if found:
                before = self.got[:found.end()]
                self.got = self.got[found.end():]
                return before
            self.read()

    def take(self, count):
        """Wait for so many bytes; them."""
        while len(self.got) < count:
            self.read()
        data, self.got = self.got[:count], self.got[count:]
        return data


def login(vm, console):
    vm.sh('echo root::0:0:root:/root:/bin/sh >/etc/passwd; '
          'ln -sf busybox /bin/login')
    # The driver is told of the console by the control queue: it may take a while.
    # What opens it before creates a file of that name.
    vm.wait_in_guest('[ -c /dev/hvc0 ] && (: <>/dev/hvc0) 2>/dev/null',
                     'no /dev/hvc0')
    vm.sh('setsid getty 0 hvc0 vt100 </dev/null >/dev/null 2>&1 & true')
    console.expect(rb'login: ')
    console.send(b'root\n')
    console.expect(rb'# ')
    console.send(b'tty; echo $((6 * 7)); seq 2000\n')
    said = console.expect(rb'\n2000\r\n')
    check_match('^/dev/hvc0\r\n42\r\n', said.decode(), 'on the console')
    check_equal(re.findall(rb'^\d+', said, re.M)[1:],
                [str(n).encode() for n in range(1, 2001)], 'a long output')
    console.send(b'exit\n')


def echo(vm, wire):
    vm.wait_in_guest(f'grep -q {NAME} {NAMES} 2>/dev/null', 'no port')
    vm.sh(LINKS)
    vm.wait_in_guest(f'[ -c {PORT} ]', f'no {PORT}')
    # One open file for both, as a port has one user.
    vm.sh(f'cat <>{PORT} >&0 & echo $! >/tmp/cat')
    opened = vm.event('VSERPORT_CHANGE')['data']
    check_equal(opened, {'id': 'port', 'open': True}, 'VSERPORT_CHANGE')
    data = os.urandom(100000)
    for start in range(0, len(data), 20000):
        part = data[start:start + 20000]
        wire.send(part)
        check(wire.take(len(part)) == part, f'other bytes from {start} on')
    vm.sh('kill $(cat /tmp/cat)')
    closed = vm.event('VSERPORT_CHANGE')['data']
    check_equal(closed, {'id': 'port', 'open': False}, 'VSERPORT_CHANGE')


def slow_reader(vm, wire):
    # More than fits into the ring's 128 buffers and the socket.
    vm.sh(f'seq 300000 >{PORT} & echo $! >/tmp/seq')
    time.sleep(3)
    vm.sh('kill -0 $(cat /tmp/seq)')        # it waits for us
    numbers = ''.join(f'{n}\n' for n in range(1, 300001)).encode()
    check(wire.take(len(numbers)) == numbers, 'other numbers')


def plug(vm):
    late = 'org.qemini.late'
    for _ in range(2):
        vm.command('device_add', {'driver': 'virtserialport', 'id': 'late',
                                  'name': late})
        vm.wait_in_guest(f'grep -q {late} {NAMES}', 'the port did not come')
        vm.command('device_del', id='late')
        while vm.event('DEVICE_DELETED')['data'].get('device') != 'late':
            pass
        vm.wait_in_guest(f'! grep -q {late} {NAMES} 2>/dev/null',
                         'the port did not go')


def console_and_port(props):
    console, wire = Stream('con'), Stream('wire')
    with Vm('-device', f'virtio-serial-pci{props}',
            '-chardev', console.chardev, '-device', 'virtconsole,chardev=con',
            '-chardev', wire.chardev, '-device',
            f'virtserialport,chardev=wire,name={NAME},id=port',
            modules=('virtio_pci', 'virtio_console')) as vm:
        console.connect()
        wire.connect()
        vm.boot()
        with step('a login on hvc0'):
            login(vm, console)
        with step('bytes go through a port and back'):
            echo(vm, wire)
        with step('a guest waits for who does not read'):
            slow_reader(vm, wire)
        with step('ports come and go'):
            plug(vm)
        console.close()
        wire.close()


@scenario
def split():
    "split rings"
    console_and_port('')


@scenario
def packed():
    "packed rings"
    console_and_port(',packed=on')


main()
