#!/usr/bin/python3 -IS
#
# Linux's own virtio-blk driver: filesystems and what is in them are there after
# a reboot, whatever lies between the driver and the file.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from disks import MB, matrix, piece, write_and_read_back
from lab import Vm, main, scenario


@scenario
def filesystems():
    "filesystems on virtio-blk"
    with matrix(96 * MB) as disks, piece() as path:
        options = ['-blockdev', 'driver=raw,node-name=piece,read-only=on,'
                   f'file.driver=file,file.filename={path}',
                   '-device', 'virtio-blk-pci,drive=piece,serial=piece']
        for disk in disks:
            thread, properties = disk.transport()
            options += thread + disk.blockdev() + [
                '-device', f'virtio-blk-pci,drive={disk.name},'
                f'serial={disk.name}{properties}']
        with Vm(*options, modules=('virtio_pci', 'virtio_blk')) as vm:
            write_and_read_back(vm, disks, path)


main(seconds=400)
