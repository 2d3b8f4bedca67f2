#!/usr/bin/python3 -IS
#
# Linux's own virtio-scsi, sd and sr drivers: a filesystem and what is in it
# are there after a reboot; disks come, grow and go; a CD is read and ejected.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import sys
import tempfile
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Vm, check_equal, check_match, main, scenario, step

MODULES = ('virtio_pci', 'virtio_scsi', 'sd_mod', 'sr_mod')
MB = 1 << 20


@contextlib.contextmanager
def image(size):
    with tempfile.NamedTemporaryFile(suffix='.img') as f:
        f.truncate(size)
        yield f.name


def scsi_vm(*options, hba=''):
    return Vm('-device', 'virtio-scsi-pci,id=s0' + hba, *options,
              modules=MODULES, wait=200)


def disk(path, name='d0', more=''):
    return ('-blockdev', f'driver=raw,node-name={name},file.driver=file,'
            f'file.filename={path}',
            '-device', f'scsi-hd,id={name},drive={name},bus=s0.0{more}')


def wait_for(vm, path, there=True):
    test = '-e' if there else '! -e'
    vm.sh(f'n=0; until [ {test} {path} ] || [ $n = 300 ]; do '
          'sleep 0.1; n=$((n+1)); done')
    check_equal(vm.sh(f'[ {test} {path} ] && echo yes').strip(), 'yes',
                f'{test} {path}')


def write_and_read_back(hba, *options):
    """64 MB and a filesystem, through a reboot."""
    with image(96 * MB) as path:
        with scsi_vm(*options, *disk(path), hba=hba) as vm:
            vm.boot()
            with step('there is a disk'):
                wait_for(vm, '/dev/sda')
                check_match('QEMU HARDDISK',
                            vm.sh('cat /sys/block/sda/device/model'), 'model')
            with step('a filesystem is made and filled'):
                vm.sh('mke2fs -F /dev/sda >/dev/null; mkdir -p /m; '
                      'mount -t ext4 /dev/sda /m')
                vm.sh('dd if=/dev/urandom of=/piece bs=1M count=4 2>/dev/null')
                vm.sh('for i in $(seq 16); do echo $i; cat /piece; done '
                      '>/m/data; sync')
                wrote = vm.sh('md5sum </m/data').strip()
                check_equal(len(wrote.split()[0]), 32, 'sum')
            vm.sh('umount /m; sync')
            vm.send('reboot -f')
            vm.boot()
            with step('and is there after a reboot'):
                wait_for(vm, '/dev/sda')
                vm.sh('mkdir -p /m; mount -t ext4 /dev/sda /m')
                check_equal(vm.sh('md5sum </m/data').strip(), wrote, 'sum')
            with step('the kernel has nothing to complain of'):
                check_equal(vm.sh('dmesg | grep -ci "i/o error"').strip(), '0',
                            'errors')


@scenario
def split():
    "a filesystem, split rings"
    write_and_read_back('')


@scenario
def packed_iothread():
    "a filesystem, packed rings, an IOThread"
    write_and_read_back(',packed=on,iothread=io0', '-object',
                        'iothread,id=io0')


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
                check_equal(vm.sh('cat /sys/block/sdb/size').strip(),
                            str(16 * MB // 512), 'sectors')
            with step('it grows'):
                vm.command('block_resize', {'node-name': 'd1',
                                            'size': 24 * MB})
                vm.sh('n=0; until grep -q 49152 /sys/block/sdb/size || '
                      '[ $n = 300 ]; do sleep 0.1; n=$((n+1)); done')
                check_equal(vm.sh('cat /sys/block/sdb/size').strip(),
                            str(24 * MB // 512), 'sectors')
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
