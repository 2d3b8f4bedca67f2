"""What the scenarios about networks share: traffic that is checked, and what it
costs by the kernel's count.  lab.py is the library below it.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import hashlib
import os
import re
import socket

from lab import Counter, check, check_equal, check_match, note, run

PORT = 5001

# Why the program's ioctl(KVM_RUN) returned.
EXIT_IO, EXIT_MMIO = 2, 6
# Interrupts that it raises by itself, instead of through an irqfd.
KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS, KVM_SIGNAL_MSI = (0x4008ae61, 0xc008ae67,
                                                     0x4020aea5)


def ping(tap, count=20, interval=0.05):
    """The host pings the guest; the average of the round trips, in ms."""
    out = run('ping', '-n', '-c', str(count), '-i', str(interval), '-W', '5',
              tap.guest)
    # For the last one it waits only as long as two others took, which in a lab
    # may be too short.
    answered = re.findall(r'icmp_seq=(\d+)', out)
    lost = set(range(1, count)) - {int(seq) for seq in answered}
    check(not lost, f'ping: no answer to {sorted(lost)}:\n{out}')
    return float(check_match(r'= [\d.]+/([\d.]+)/', out, 'ping')[1])


def to_guest(vm, tap, megabytes=1):
    """Send bytes that the guest sums up: they must be the same there."""
    data = os.urandom(1 << 20) * megabytes
    vm.sh(f'nc -l -p {PORT} | md5sum >/tmp/sum &')
    for _ in range(50):
        if vm.shell(f'netstat -lnt | grep -q :{PORT}')[0] == 0:
            break
    with socket.create_connection((tap.guest, PORT), timeout=60) as s:
        s.sendall(data)
    vm.sh('wait')
    check_equal(vm.sh('cut -c 1-32 /tmp/sum'), hashlib.md5(data).hexdigest(),
                'MD5 of what the guest got')


def from_guest(vm, tap, megabytes=1):
    """The other way round."""
    with socket.create_server((tap.host, PORT)) as server:
        server.settimeout(60)
        vm.sh(f'head -c {1 << 20} /dev/urandom >/tmp/one; '
              f'for i in $(seq {megabytes}); do cat /tmp/one; done '
              '>/tmp/data')
        vm.sh(f'nc {tap.host} {PORT} </tmp/data &')
        connection, _ = server.accept()
    connection.settimeout(60)
    md5 = hashlib.md5()
    with connection:
        while data := connection.recv(65536):
            md5.update(data)
    check_equal(md5.hexdigest(), vm.sh('md5sum /tmp/data').split()[0],
                'MD5 of what came')


def interrupts_of(vm):
    """The guest's lines of virtio in /proc/interrupts."""
    return vm.sh('grep virtio /proc/interrupts')


class Cost:
    """What a with-block's traffic costs the program, by the kernel's count."""

    def __init__(self, vm):
        self.vm = vm

    def __enter__(self):
        self.exits = Counter('kvm/kvm_userspace_exit', 'reason')
        self.ioctls = Counter('syscalls/sys_enter_ioctl', 'cmd')
        self.exits.__enter__()
        self.ioctls.__enter__()
        self.before = self.vm.stats()
        return self

    def __exit__(self, *_):
        after = self.vm.stats()
        self.ioctls.__exit__()
        self.exits.__exit__()
        self.stats = {k: after[k] - self.before[k] for k in after}
        self.io, self.mmio = (self.exits.hits.get(r, 0)
                              for r in (EXIT_IO, EXIT_MMIO))
        self.irqs = sum(self.ioctls.hits.get(c, 0)
                        for c in (KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS,
                                  KVM_SIGNAL_MSI))
        note(f'mmio exits {self.mmio}, io exits {self.io}, interrupts by '
             f'ioctl {self.irqs}; {self.stats}')
