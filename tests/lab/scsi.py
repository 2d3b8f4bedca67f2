#!/usr/bin/python3 -IS
#
# Linux's own virtio-scsi, sd and sr drivers: a filesystem and what is in it
# are there after a reboot; disks come, grow and go; a CD is read and ejected.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from disks import MB, image, wait_for, wait_for_size, write_and_read_back
from lab import Vm, check_equal, check_match, main, scenario, step

MODULES = ('virtio_pci', 'virtio_scsi', 'sd_mod', 'sr_mod')


def scsi_vm(*options, hba=''):
    return Vm('-device', 'virtio-scsi-pci,id=s0' + hba, *options,
              modules=MODULES)


def disk(path, name='d0', more=''):
    return ('-blockdev', f'driver=raw,node-name={name},file.driver=file,'
            f'file.filename={path}',
            '-device', f'scsi-hd,id={name},drive={name},bus=s0.0{more}')


def filesystem(hba, *options):
    with image(96 * MB) as path, \
            scsi_vm(*options, *disk(path), hba=hba) as vm:
        write_and_read_back(vm, 'sda')
        check_match('QEMU HARDDISK', vm.sh('cat /sys/block/sda/device/model'),
                    'model')


@scenario
def split():
    "a filesystem, split rings"
    filesystem('')


@scenario
def packed_iothread():
    "a filesystem, packed rings, an IOThread"
    filesystem(',packed=on,iothread=io0', '-object', 'iothread,id=io0')


@scenario
def comes_and_goes():
    "a disk comes, grows, and goes in use; a CD"
    with image(8 * MB) as first, image(16 * MB) as second, \
            image(2 * MB) as cd:
        with open(cd, 'r+b') as f:
            f.write(b'on a disc' * 1000)
        with scsi_vm(*disk(first),
                     '-blockdev', 'driver=raw,node-name=cd,read-only=on,'
                     f'file.driver=file,file.filename={cd}',
                     '-device', 'scsi-cd,id=cd0,drive=cd,bus=s0.0') as vm:
            vm.boot()
            with step('a disk comes'):
                wait_for(vm, '/dev/sda')
                vm.command('blockdev-add', {
                    'driver': 'raw', 'node-name': 'd1',
                    'file': {'driver': 'file', 'filename': second}})
                vm.command('device_add', {'driver': 'scsi-hd', 'id': 'd1',
                                          'drive': 'd1', 'bus': 's0.0',
                                          'lun': 3, 'scsi-id': 7})
                wait_for(vm, '/dev/sdb')
                wait_for_size(vm, 'sdb', 16 * MB)
            with step('it grows'):
                vm.command('block_resize', {'node-name': 'd1',
                                            'size': 24 * MB})
                wait_for_size(vm, 'sdb', 24 * MB)
            with step('it goes while it is read'):
                vm.sh('(while dd if=/dev/sdb of=/dev/null bs=64k '
                      '2>/dev/null; do :; done) & sleep 0.5')
                vm.command('device_del', {'id': 'd1'})
                vm.event('DEVICE_DELETED')
                wait_for(vm, '/dev/sdb', there=False)
            with step('a CD is read'):
                wait_for(vm, '/dev/sr0')
                check_equal(vm.sh('head -c 9 /dev/sr0').strip(), 'on a disc',
                            'what is on it')


main()
