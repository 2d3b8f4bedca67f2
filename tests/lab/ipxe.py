#!/usr/bin/python3 -IS
#
# From the firmware to an address: SeaBIOS starts the option ROM of
# virtio-net-pci, iPXE, whose driver gets a lease through the tap.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import subprocess
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Skip, Tap, Vm, check_match, main, read, scenario, step, write

FIRMWARE = '/usr/share/seabios/bios-256k.bin'
ROM = '/usr/lib/ipxe/qemu/efi-virtio.rom'


@contextlib.contextmanager
def dhcp_server(tap):
    """busybox's, which has one address to give away; its log's name."""
    folder = '/run/udhcpd'
    os.makedirs(folder, exist_ok=True)
    # iPXE's own option 176, in 175: not to wait for better offers.
    write(f'{folder}/conf', f'interface {tap.ifname}\n'
                            f'start {tap.guest}\nend {tap.guest}\n'
                            f'max_leases 1\nlease_file {folder}/leases\n'
                            f'pidfile {folder}/pid\n'
                            'option subnet 255.255.255.0\n'
                            'option 0xaf b00101\n')
    with open(f'{folder}/leases', 'w'), open(f'{folder}/log', 'w') as log, \
            subprocess.Popen(['busybox', 'udhcpd', '-f', '-a', '10',
                              f'{folder}/conf'], stdin=subprocess.DEVNULL,
                             stdout=log, stderr=log) as server:
        try:
            yield f'{folder}/log'
        finally:
            server.kill()


@scenario
def lease():
    "SeaBIOS and iPXE"
    for file in FIRMWARE, ROM:
        if not os.path.exists(file):
            raise Skip(f'there is no {file}')
    with Tap() as tap, dhcp_server(tap) as log, \
            Vm('-boot', 'n', taps=[tap], kernel=None,
               machine='pc,graphics=off', wait=60) as vm:
        with step('SeaBIOS starts'):
            vm.expect(r'SeaBIOS \(version')
        with step('it starts the option ROM'):
            vm.expect('iPXE')
        with step('iPXE\'s virtio-net driver gets an address'):
            vm.expect(f'net0: {tap.guest}/')
            check_match(f'sending ACK to {tap.guest}', read(log), 'the server')


main()
