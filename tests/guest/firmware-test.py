#!/usr/bin/env python3
#
# Firmware on the real KVM, in TAP: Debian's SeaBIOS, by default and to its end;
# and what a kernel without firmware finds in its place.
#
#   firmware-test.py QEMINI DIRECTORY-OF-GUESTS
#
# SeaBIOS says what it does on port 0x402, and the user's part on the serial
# port.  Where /dev/kvm or SeaBIOS is missing, the tests are skipped by name.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess
import sys
import tempfile
import time

from tap import plan, result, skip

qemini, guests = sys.argv[1:]
SEABIOS = '/usr/share/seabios/bios-256k.bin'
SUCCESS = 1             # isa-debug-exit: 2 * 0 + 1
SECONDS = 200

# With which interrupt controllers and options, and what is then to be read.
MACHINES = [
    ('on', ['-boot', 'menu=on,splash-time=100,reboot-timeout=0',
            '-device', 'virtio-net-pci,romfile=,bootindex=1,addr=5',
            '-smp', '2', '-device', 'pci-bridge,id=b1,chassis_nr=1,addr=6',
            '-device', 'pci-bridge,id=b2,bus=b1,chassis_nr=2,addr=7',
            '-device', 'edu,bus=b2,addr=3'],
     ['Running on KVM', 'QEMU fw_cfg DMA interface supported',
      'qemu/e820: addr 0x0000000000000000 len 0x0000000004000000 [RAM]',
      'PCI: init bdf=00:05.0 id=1af4:1000', 'Found 2 cpu(s)',
      'PCI: init bdf=01:07.0 id=1b36:0001', 'PCI: init bdf=02:03.0 id=1234:11e8',
      'Copying SMBIOS from', 'ACPI: parse DSDT', 'table(50434146)=',
      'Found 1 serial ports', 'Moving pm_base to 0x600', 'e820 map has'],
     ['SeaBIOS (version', 'Press ESC for boot menu',
      'No bootable device.  Retrying in']),
    ('split', ['-boot', 'order=n', '-smbios', 'type=0,vendor=V'],
     ['Copying SMBIOS from', 'ACPI: parse DSDT'],
     ['SeaBIOS (version', 'No bootable device.']),
    ('off', ['-bios', SEABIOS, '-machine', 'acpi=off'],
     ['Running on KVM', 'Copying SMBIOS from'],
     ['SeaBIOS (version', 'No bootable device.']),
]


def read(path):
    try:
        with open(path, encoding='ascii', errors='replace') as f:
            return f.read()
    except FileNotFoundError:
        return ''


def start(folder, irqchip, options):
    path = os.path.join(folder, irqchip)
    with open(path + '.out', 'wb') as out:
        return subprocess.Popen(
            [qemini, '-accel', f'kvm,kernel-irqchip={irqchip}', '-m', '64',
             '-nodefaults', '-display', 'none', '-machine', 'graphics=off',
             '-chardev', f'file,id=serial,path={path}.serial',
             '-serial', 'chardev:serial',
             '-chardev', f'file,id=debug,path={path}.debug',
             '-device', 'isa-debugcon,iobase=0x402,chardev=debug', *options],
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)


def test_seabios():
    """All at once: each of them waits for the other half of the time."""
    with tempfile.TemporaryDirectory() as folder:
        vms = [start(folder, irqchip, options)
               for irqchip, options, _, _ in MACHINES]
        end = time.monotonic() + SECONDS
        waiting = set(range(len(vms)))
        while waiting and time.monotonic() < end:
            time.sleep(0.1)
            for i in list(waiting):
                irqchip = MACHINES[i][0]
                last = MACHINES[i][3][-1]
                if (last in read(f'{folder}/{irqchip}.serial') or
                        vms[i].poll() is not None):
                    waiting.remove(i)
        for vm in vms:
            vm.kill()
            vm.wait()
        for irqchip, _, debug, serial in MACHINES:
            path = f'{folder}/{irqchip}'
            missing = ([text for text in debug
                        if text not in read(path + '.debug')] +
                       [text for text in serial
                        if text not in read(path + '.serial')])
            result(not missing, f'SeaBIOS goes to its end, irqchip {irqchip}',
                   f'not said: {missing}\n' + read(path + '.out') +
                   read(path + '.serial') + read(path + '.debug'))


def run(*args):
    try:
        p = subprocess.run([qemini, '-nodefaults', '-display', 'none', *args],
                           stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=SECONDS)
    except subprocess.TimeoutExpired as e:
        return None, (e.stdout or b'').decode()
    return p.returncode, p.stdout


def run_guest(name, *args):
    return run('-accel', 'kvm', '-m', '64', '-serial', 'stdio',
               '-device', 'isa-debug-exit,iobase=0xf4',
               '-kernel', os.path.join(guests, name + '.elf'), *args)


def test_guests():
    status, out = run_guest('pam')
    result(status == SUCCESS and 'pam 13 regions, smram' in out,
           'PAM and SMRAM say who answers', f'status {status}\n{out}')

    status, out = run_guest('smbios', '-smbios', 'type=1,product=P')
    result(status == SUCCESS and 'QEMU, P, pc-i440fx-7.2' in out,
           'a kernel without firmware finds SMBIOS', f'status {status}\n{out}')


def test_no_firmware():
    """As on a machine on which no package has brought it."""
    status, out = run('-accel', 'kvm', '-bios', 'bios-nosuch.bin')
    result(status == 1 and
           "qemu: could not load PC BIOS 'bios-nosuch.bin'" in out,
           'firmware that is not there', f'status {status}\n{out}')


def main():
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        skip('firmware', '/dev/kvm cannot be used')
    else:
        test_guests()
        test_no_firmware()
        if os.access(SEABIOS, os.R_OK):
            test_seabios()
        else:
            skip('SeaBIOS', f'there is no {SEABIOS}')
    plan()


main()
