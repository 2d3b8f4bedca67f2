#!/usr/bin/python3 -IS
#
# Linux's own virtio-scsi and sd drivers: filesystems and what is in them are
# there after a reboot, whatever lies between the driver and the file.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from disks import MB, disk_name, matrix, piece, write_and_read_back
from lab import Vm, check_equal, main, scenario, step


@scenario
def filesystems():
    "filesystems on virtio-scsi"
    with matrix(96 * MB) as disks, piece() as path:
        options = ['-blockdev', 'driver=raw,node-name=piece,read-only=on,'
                   f'file.driver=file,file.filename={path}',
                   '-device', 'virtio-scsi-pci,id=hba',
                   '-device', 'scsi-hd,drive=piece,bus=hba.0,serial=piece']
        # A ring belongs to a controller: each has one disk of each format.
        for first, second in zip(disks[::2], disks[1::2]):
            thread, properties = first.transport()
            options += thread + ['-device', f'virtio-scsi-pci,id={first.name}'
                                 f'{properties}']
            second.iothread = first.iothread
            for disk in first, second:
                options += disk.blockdev() + [
                    '-device', f'scsi-hd,drive={disk.name},bus={first.name}.0,'
                    f'serial={disk.name}']
        with Vm(*options,
                modules=('virtio_pci', 'virtio_scsi', 'sd_mod')) as vm:
            write_and_read_back(vm, disks, path)


main(seconds=400)
