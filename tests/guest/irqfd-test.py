#!/usr/bin/env python3
#
# virtio-net under KVM: the data path stays in the kernel, and loses nothing.
#
#   irqfd-test.py QEMINI FOLDER-OF-ELF-FILES
#
# The host is this script: it sends echo requests into the cable (a socket pair)
# and counts the replies of the guest net.elf.  What the guest's CPU had to leave
# the kernel for is counted twice: by KVM (query-stats) and by the trace event
# of each exit.  In TAP.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import select
import socket
import struct
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'qtest'))
from qmp_client import Qmp, QmpError                        # noqa: E402
from tap import plan, result                                # noqa: E402

qemini, guests = sys.argv[1:]
HOST_MAC, HOST_IP = b'\x02\0\0\0\0\1', b'\x0a\0\2\2'
GUEST_IP = b'\x0a\0\2\x0f'
SECONDS = 120           # for anything


def checksum(data):
    words = struct.unpack(f'>{len(data) // 2}H', data)
    total = sum(words)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def echo_request(guest_mac, number):
    icmp = struct.pack('>BBHHH', 8, 0, 0, 1, number) + bytes(56)
    icmp = icmp[:2] + struct.pack('>H', checksum(icmp)) + icmp[4:]
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(icmp), number, 0, 64,
                     1, 0, HOST_IP, GUEST_IP)
    ip = ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:]
    return guest_mac + HOST_MAC + b'\x08\0' + ip + icmp


class Guest:
    """net.elf (or another) in a machine, and the other end of its cable."""

    def __init__(self, device='', irqchip='on', elf='net', append='', more=(),
                 stopped=False):
        self.dir = tempfile.TemporaryDirectory()
        self.serial = os.path.join(self.dir.name, 'serial')
        self.log = os.path.join(self.dir.name, 'log')
        self.wire, theirs = socket.socketpair()
        self.vm = Qmp([
            qemini, '-accel', f'kvm,kernel-irqchip={irqchip}', '-m', '64',
            '-nodefaults', '-display', 'none', '-serial', f'file:{self.serial}',
            '-D', self.log, '-S', '-kernel', os.path.join(guests, f'{elf}.elf'),
            '-append', append or 'packets=1000000 seconds=600',
            '-netdev', f'socket,id=n,fd={theirs.fileno()}',
            '-device', f'virtio-net-pci,netdev=n,id=nic{device}', *more],
            pass_fds=[theirs.fileno()])
        theirs.close()
        self.number = 0
        if not stopped:
            self.start()

    def start(self):
        self.vm.command('cont')
        up = self.wait_for(r'virtio-net ([0-9a-f:]+) is up')
        self.mac = bytes.fromhex(up[1].replace(':', ''))

    def said(self):
        with open(self.serial, encoding='ascii', errors='replace') as f:
            return f.read()

    def wait_for(self, pattern, times=1):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = list(re.finditer(pattern, self.said()))
            if len(found) >= times:
                return found[-1]
            time.sleep(0.01)
        raise TimeoutError(f'no "{pattern}" in:\n{self.said()}')

    def send(self):
        self.number = self.number + 1 & 0xffff
        frame = echo_request(self.mac, self.number)
        self.wire.sendall(struct.pack('>I', len(frame)) + frame)

    def read(self, length):
        data = b''
        while len(data) < length:
            if not select.select([self.wire], [], [], SECONDS)[0]:
                raise TimeoutError(f'no reply to request {self.number}')
            data += self.wire.recv(length - len(data))
        return data

    def receive(self):
        """Wait for the reply to the request that was sent last."""
        while True:
            frame = self.read(struct.unpack('>I', self.read(4))[0])
            if frame[34] == 0 and frame[40:42] == struct.pack('>H',
                                                              self.number):
                return

    def echo(self, times):
        for _ in range(times):
            self.send()
            self.receive()

    def trace(self, event, enable):
        self.vm.command('trace-event-set-state',
                        {'name': event, 'enable': enable})

    def traced(self, pattern):
        """How often a line of the log begins so."""
        with open(self.log, encoding='ascii') as f:
            return sum(bool(re.match(pattern, line)) for line in f)

    def stats(self):
        names = ['mmio_exits', 'io_exits', 'irq_injections']
        answer = self.vm.command('query-stats', {
            'target': 'vcpu',
            'providers': [{'provider': 'kvm', 'names': names}]})
        return {s['name']: s['value'] for s in answer[0]['stats']}

    def eventfds(self):
        folder = f'/proc/{self.vm.process.pid}/fd'
        return sum(os.readlink(os.path.join(folder, fd)) ==
                   'anon_inode:[eventfd]' for fd in os.listdir(folder))

    def close(self):
        self.vm.stop()
        self.wire.close()
        self.dir.cleanup()


def exits_of(guest, echoes):
    """What so many echoes cost: by KVM's counters, and by our own."""
    guest.echo(10)
    before = guest.stats()
    guest.trace('kvm_run_exit', True)
    guest.trace('virtio_notify*', True)
    guest.echo(echoes)
    guest.trace('kvm_run_exit', False)
    guest.trace('virtio_notify*', False)
    after = guest.stats()
    cost = {name: after[name] - before[name] for name in before}
    # A stop to look at the counters is not of reason 2 (port) or 6 (MMIO).
    cost['exits'] = guest.traced(r'kvm_run_exit .*reason (2|6)$')
    cost['irqfd'] = guest.traced('virtio_notify_irqfd ')
    cost['other'] = guest.traced('virtio_notify ')
    return cost


def test_no_exits(irqchip):
    guest = Guest(irqchip=irqchip)
    cost = exits_of(guest, 300)
    guest.close()
    # A reply is a frame received and one sent: two interrupts, or one if the
    # guest finds both at once.
    result(cost['mmio_exits'] == 0 and cost['io_exits'] == 0 and
           cost['exits'] == 0 and cost['irqfd'] >= 300 and cost['other'] == 0,
           f'no exit for 300 echoes, irqchip {irqchip}', str(cost))


def test_counters_count():
    """The same without eventfds: the counters above do count."""
    guest = Guest(device=',ioeventfd=off')
    cost = exits_of(guest, 300)
    guest.close()
    result(cost['mmio_exits'] >= 300 and cost['exits'] >= 300 and
           cost['irqfd'] == 0 and cost['other'] >= 300,
           'each echo is an exit with ioeventfd=off', str(cost))


def test_irqchip_off():
    guest = Guest(irqchip='off')
    cost = exits_of(guest, 50)
    guest.close()
    result(cost['irqfd'] == 0 and cost['other'] >= 50,
           'without an irqchip in the kernel there are no irqfds', str(cost))


def test_stop_and_cont():
    guest = Guest()
    fds = []
    for _ in range(30):
        guest.echo(3)
        guest.send()
        guest.vm.command('stop')
        guest.vm.command('cont')
        guest.receive()
        fds.append(guest.eventfds())
    guest.vm.command('stop')
    stopped = guest.eventfds()
    guest.close()
    result(len(set(fds)) == 1 and stopped < fds[0],
           'stopped and continued in traffic, no echo is lost',
           f'eventfds {fds}, stopped {stopped}')


def routes(guest):
    return (guest.traced('kvm_irqchip_add_msi_route ') -
            guest.traced('kvm_irqchip_release_virq '))


def test_system_reset():
    guest = Guest(stopped=True)
    guest.trace('kvm_irqchip_*', True)
    guest.start()
    held = []
    for i in range(4):
        guest.echo(20)
        held.append((guest.eventfds(), routes(guest)))
        guest.send()                    # on its way when the reset comes
        guest.vm.command('system_reset')
        guest.wait_for('is up', i + 2)
    guest.echo(20)
    held.append((guest.eventfds(), routes(guest)))
    guest.close()
    result(len(set(held)) == 1 and held[0][1] == 2,
           'reset in traffic, no eventfd and no route is left', str(held))


def test_unplug():
    """The guest ejects the device while it runs."""
    guest = Guest(elf='irq', append='rounds=5 eject=1', stopped=True)
    before = guest.eventfds()
    guest.trace('kvm_irqchip_*', True)
    guest.vm.command('cont')
    guest.wait_for('ejected')
    held = (guest.eventfds() - before, routes(guest))
    gone = False
    try:
        guest.vm.command('qom-list', path='/machine/peripheral/nic')
    except QmpError:
        gone = True
    said = guest.said()
    added = guest.traced('kvm_irqchip_add_msi_route ')
    guest.close()
    result(gone and held[0] <= 0 and held[1] == 0 and added > 0,
           'ejected in traffic, no eventfd and no route is left',
           f'{held}\n{said}')


def test_stats():
    """query-stats and its schema tell of the same counters."""
    guest = Guest(stopped=True)
    schemas = guest.vm.command('query-stats-schemas')
    ok = [s['target'] for s in schemas] == ['vcpu', 'vm']
    for schema in schemas:
        names = [s['name'] for s in schema['stats']]
        stats = guest.vm.command('query-stats', target=schema['target'])
        ok = (ok and len(stats) == 1 and len(names) > 10 and
              names == [s['name'] for s in stats[0]['stats']] and
              ('qom-path' in stats[0]) == (schema['target'] == 'vcpu'))
    ok = ok and not guest.vm.command('query-stats', target='vcpu',
                                     vcpus=['/nobody'])
    text = guest.vm.hmp('info stats vcpu exits,halt_wait_hist')
    guest.close()
    ok = ok and re.fullmatch(r'provider: kvm\n'
                             r'    exits \(cumulative\): \d+\n'
                             r'    halt_wait_hist \(log2-histogram, ns\): '
                             r'\[1\]=\d+ .*\n', text)
    result(ok, 'statistics of KVM', f'{schemas}\n{text}')


def main():
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        print('1..0 # SKIP /dev/kvm cannot be used')
        return
    for irqchip in ['on', 'split']:
        test_no_exits(irqchip)
    test_counters_count()
    test_irqchip_off()
    test_stop_and_cont()
    test_system_reset()
    test_unplug()
    test_stats()
    plan()


main()
