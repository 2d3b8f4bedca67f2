#!/usr/bin/python3 -IS
#
# Linux's own virtio-blk driver: a filesystem and what is in it are there after a
# reboot; a disk comes, grows, and goes in use.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from disks import (MB, image, qcow2, wait_for, wait_for_size,
                   write_and_read_back)
from lab import Vm, check_match, main, scenario, step

MODULES = ('virtio_pci', 'virtio_blk')


def blk_vm(path, image_format, *options, more=''):
    return Vm('-blockdev', f'driver={image_format},node-name=d0,'
              f'discard=unmap,file.driver=file,file.filename={path}',
              '-device', f'virtio-blk-pci,id=b0,drive=d0{more}', *options,
              modules=MODULES)


@scenario
def raw():
    "a filesystem on a raw image, split rings"
    with image(96 * MB) as path, blk_vm(path, 'raw') as vm:
        write_and_read_back(vm, 'vda')


@scenario
def qcow2_packed_iothread():
    "a filesystem on qcow2, packed rings, an IOThread"
    with qcow2(96 * MB) as path, \
            blk_vm(path, 'qcow2', '-object', 'iothread,id=io0',
                   more=',packed=on,iothread=io0') as vm:
        write_and_read_back(vm, 'vda')
        with step('the image says what it is'):
            check_match('d0: .*qcow2', vm.hmp('info block -n'),
                        'info block')


@scenario
def comes_and_goes():
    "a disk comes, grows, and goes in use"
    with image(8 * MB) as first, image(16 * MB) as second, \
            blk_vm(first, 'raw') as vm:
        vm.boot()
        with step('a disk comes'):
            wait_for(vm, '/dev/vda')
            vm.command('blockdev-add', {
                'driver': 'raw', 'node-name': 'd1',
                'file': {'driver': 'file', 'filename': second}})
            vm.command('device_add', {'driver': 'virtio-blk-pci', 'id': 'b1',
                                      'drive': 'd1', 'serial': 'second'})
            wait_for(vm, '/dev/vdb')
            wait_for_size(vm, 'vdb', 16 * MB)
            check_match('second', vm.sh('cat /sys/block/vdb/serial'), 'serial')
        with step('it grows'):
            vm.command('block_resize', {'node-name': 'd1', 'size': 24 * MB})
            wait_for_size(vm, 'vdb', 24 * MB)
        with step('it goes while it is read'):
            vm.sh('(while dd if=/dev/vdb of=/dev/null bs=64k 2>/dev/null; '
                  'do :; done) & sleep 0.5')
            vm.command('device_del', {'id': 'b1'})
            vm.event('DEVICE_DELETED')
            wait_for(vm, '/dev/vdb', there=False)


main()
