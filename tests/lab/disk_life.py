#!/usr/bin/python3 -IS
#
# The life of a disk in a machine that runs: it comes, grows under a mounted
# filesystem, gives back what is discarded, waits when its file can't grow, and
# goes while it is written; of a CD: it is read, ejected and changed.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import sys
import tempfile
import time
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from disks import (FORMATS, MB, allocated, disk_name, iso,
                   wait_for_size)
from lab import (QmpError, Vm, check, check_equal, check_match, main, scenario,
                 run, step)

SMALL, LARGE = 16 * MB, 24 * MB
FULL = 8 * MB
BLOCK = 4096

# <linux/cdrom.h>, fs/ext4/ext4.h
CDROMEJECT = 0x5309
EXT4_IOC_RESIZE_FS = 0x40086610


class Disk:
    """One that is plugged in, and its guest's name as soon as there is one."""

    def __init__(self, image_format, path, **device):
        self.format = image_format
        self.path = path
        self.device = device
        self.node = device['id']
        self.name = None


def comes(vm, disk):
    vm.command('blockdev-add', {
        'driver': disk.format, 'node-name': disk.node, 'discard': 'unmap',
        'file': {'driver': 'file', 'filename': disk.path}})
    vm.command('device_add', drive=disk.node, serial=disk.node, **disk.device)
    disk.name = disk_name(vm, disk.node)
    wait_for_size(vm, disk.name, SMALL)


def make_filesystem(vm, disk):
    vm.sh(f'umount /m 2>/dev/null; mke2fs -F -b {BLOCK} -i 65536 /dev/{disk.name} >/dev/null && '
          f'mount -t ext4 /dev/{disk.name} /m')


def grows(vm, disk):
    """So that a file fits for which there was no room; the sum of another."""
    make_filesystem(vm, disk)
    sum_ = vm.sh('head -c 2097152 /dev/urandom >/m/data; sync; '
                 'md5sum </m/data')
    blocks = int(vm.sh('stat -f -c %b /m'))
    vm.command('block_resize', {'node-name': disk.node, 'size': LARGE})
    wait_for_size(vm, disk.name, LARGE)
    vm.sh(f'ioctl /m {EXT4_IOC_RESIZE_FS:#x} {LARGE // BLOCK}')
    check_equal(int(vm.sh('stat -f -c %b /m')),
                blocks + (LARGE - SMALL) // BLOCK, 'blocks')
    vm.sh('dd if=/dev/zero of=/m/more bs=1M count=16 conv=fsync 2>/dev/null')
    return sum_


def shrinks(vm, disk, sum_):
    """The file that is the image loses what the guest has no use for."""
    before = allocated(disk.path)
    check(before > 18 * MB, f'{before} bytes of 18 MB were written')
    # qcow2 frees a cluster once its tables are written: at a flush.
    vm.sh('rm /m/more; sync; fstrim /m; sync')
    after = allocated(disk.path)
    check(after < before - 15 * MB, f'{before} bytes became {after}')
    vm.sh('echo 3 >/proc/sys/vm/drop_caches')
    check_equal(vm.sh('md5sum </m/data'), sum_, 'what was kept')
    vm.sh(f'umount /m; blkdiscard /dev/{disk.name}; '
          f'dd if=/dev/zero of=/dev/{disk.name} bs=4k count=1 conv=fsync '
          '2>/dev/null')
    check(allocated(disk.path) < MB, f'{allocated(disk.path)} bytes of nothing')
    check_equal(vm.sh(f"head -c 2097152 /dev/{disk.name} | tr -d '\\0' | "
                      'wc -c'), '0', 'bytes that are not zero')


def writes(vm, disk):
    """How many the device has done."""
    for entry in vm.command('query-blockstats'):
        if entry.get('node-name') == disk.node:
            return entry['stats']['wr_operations']
    check(False, f'no statistics of {disk.node}')


def goes(vm, disk):
    make_filesystem(vm, disk)
    vm.sh('rm -f /tmp/end; (while dd if=/dev/zero of=/m/more bs=64k count=32 '
          'conv=fsync 2>/tmp/why; do :; done; mv /tmp/why /tmp/end) &')
    # It writes, and goes on writing.
    before = writes(vm, disk)
    for _ in range(600):
        if writes(vm, disk) > before + 50:
            break
        time.sleep(0.1)
    else:
        check(False, f'{writes(vm, disk) - before} writes')
    vm.command('device_del', {'id': disk.node})
    while vm.event('DEVICE_DELETED')['data'].get('device') != disk.node:
        pass
    vm.command('blockdev-del', {'node-name': disk.node})
    files = f'/proc/{vm.pid()}/fd'
    check(disk.path not in [os.readlink(f'{files}/{fd}')
                            for fd in os.listdir(files)], 'the file is open')
    vm.wait_for(f'/dev/{disk.name}', there=False)
    vm.wait_for('/tmp/end')
    check_match('error|Read-only|No space', vm.sh('cat /tmp/end'),
                'what dd said')
    vm.sh('umount /m')
    check_equal(vm.command('query-status')['status'], 'running', 'status')


@contextlib.contextmanager
def full_folder():
    """A filesystem of the host's for half of what is going to be written."""
    with tempfile.TemporaryDirectory() as folder:
        run('mount', '-t', 'tmpfs', '-o', f'size={FULL // 2}', 'lab', folder)
        try:
            yield folder
        finally:
            run('umount', '-l', folder)


def waits_for_room(vm, folder, **device):
    """The machine stops until somebody made some; the guest notices nothing."""
    node = device['id']
    path = f'{folder}/{node}'
    with open(path, 'wb') as f:
        f.truncate(SMALL)
    vm.command('blockdev-add', {
        'driver': 'raw', 'node-name': node,
        'file': {'driver': 'file', 'filename': path}})
    vm.command('device_add', drive=node, serial=node, **device)
    name = disk_name(vm, node)
    vm.sh(f'head -c {FULL} /dev/urandom >/tmp/new; rm -f /tmp/end; '
          f'(dd if=/tmp/new of=/dev/{name} bs=64k conv=fsync 2>/tmp/why; '
          'echo $? >/tmp/end) &')
    event = vm.event('BLOCK_IO_ERROR')['data']
    while event['node-name'] != node:
        event = vm.event('BLOCK_IO_ERROR')['data']
    check_equal((event['operation'], event['action'], event['nospace']),
                ('write', 'stop', True), 'error')
    vm.event('STOP')
    check_equal(vm.command('query-status')['status'], 'io-error', 'status')
    run('mount', '-o', f'remount,size={2 * FULL}', folder)
    vm.command('cont')
    vm.event('RESUME')
    vm.wait_for('/tmp/end')
    check_equal(vm.sh('cat /tmp/end'), '0', 'exit status of dd')
    vm.sh('echo 3 >/proc/sys/vm/drop_caches')
    check_equal(vm.sh(f'head -c {FULL} /dev/{name} | md5sum'),
                vm.sh('md5sum </tmp/new'), 'sum')
    vm.command('device_del', {'id': node})
    while vm.event('DEVICE_DELETED')['data'].get('device') != node:
        pass
    vm.command('blockdev-del', {'node-name': node})
    os.unlink(path)
    run('mount', '-o', f'remount,size={FULL // 2}', folder)


def snapshot(vm, path):
    """What is written to snapshot=on is only seen by who writes, until the
    monitor commits it."""
    name = disk_name(vm, 'snapshot')
    vm.sh(f'echo lasting | dd of=/dev/{name} conv=fsync 2>/dev/null; '
          'echo 3 >/proc/sys/vm/drop_caches')
    check_equal(vm.sh(f'head -n 1 /dev/{name}'), 'lasting', 'what the guest reads')
    with open(path, 'rb', buffering=0) as f:
        check_equal(f.read(7), bytes(7), 'what is in the file')
        check_equal(vm.hmp('commit snapshot'), '', 'commit')
        f.seek(0)
        check_equal(f.read(7), b'lasting', 'what is in the file')
    check_equal(vm.sh(f'head -n 1 /dev/{name}'), 'lasting', 'what the guest reads')


def medium(vm):
    for drive in vm.command('query-block'):
        if drive['qdev'] == 'cd':
            return drive
    check(False, 'no CD drive')


def cd(vm, second):
    with step('a CD is read'):
        vm.wait_for('/dev/sr0')
        vm.sh('mount -t iso9660 -o ro /dev/sr0 /m')
        check_equal(vm.sh('cat /m/readme'), 'the first', 'what is on it')
    with step('who reads a CD keeps it'):
        check(medium(vm)['locked'], 'it is not locked')
        try:
            vm.command('eject', {'id': 'cd'})
            check(False, 'a mounted CD was ejected')
        except QmpError as err:
            check_match("'cd' is locked", str(err), 'error')
        vm.sh('umount /m')
    with step('the guest ejects it'):
        vm.sh(f'ioctl /dev/sr0 {CDROMEJECT:#x}')
        moved = vm.event('DEVICE_TRAY_MOVED')['data']
        check_equal((moved['id'], moved['tray-open']), ('cd', True), 'tray')
        check(medium(vm)['tray_open'], 'the tray is shut')
    with step('another is put in'):
        vm.command('blockdev-change-medium', {
            'id': 'cd', 'filename': second, 'format': 'raw',
            'read-only-mode': 'read-only'})
        check(not vm.event('DEVICE_TRAY_MOVED')['data']['tray-open'],
              'the tray is open')
        vm.sh('mount -t iso9660 -o ro /dev/sr0 /m')
        check_equal(vm.sh('cat /m/readme'), 'the second', 'what is on it')
        vm.sh('umount /m')


@scenario
def life():
    "disks come and go"
    with contextlib.ExitStack() as files:
        def new(image_format):
            return image_format, files.enter_context(FORMATS[image_format](SMALL))

        first = files.enter_context(iso('the first\n'))
        second = files.enter_context(iso('the second\n'))
        disks = [
            Disk(*new('raw'), driver='virtio-blk-pci', id='blk-raw'),
            Disk(*new('qcow2'), driver='virtio-blk-pci', id='blk-qcow2',
                 iothread='thread'),
            Disk(*new('raw'), driver='scsi-hd', id='scsi-raw',
                 bus='hba-thread.0'),
            Disk(*new('qcow2'), driver='scsi-hd', id='scsi-qcow2',
                 bus='hba-main.0'),
        ]
        folder = files.enter_context(full_folder())
        base = new('raw')[1]
        vm = files.enter_context(Vm(
            '-object', 'iothread,id=thread', '-object', 'iothread,id=hba',
            '-device', 'virtio-scsi-pci,id=hba-main',
            '-device', 'virtio-scsi-pci,id=hba-thread,iothread=hba',
            '-blockdev', 'driver=raw,node-name=cd,read-only=on,'
            f'file.driver=file,file.filename={first}',
            '-device', 'scsi-cd,id=cd,drive=cd,bus=hba-main.0',
            '-drive', f'if=none,id=snapshot,snapshot=on,format=raw,file={base}',
            '-device', 'virtio-blk-pci,drive=snapshot,serial=snapshot',
            modules=('virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod',
                     'sr_mod', 'isofs')))
        vm.boot()
        vm.sh('mkdir -p /m')
        cd(vm, second)
        with step('a snapshot is written, and committed'):
            snapshot(vm, base)
        with step('virtio-blk waits for room on the host'):
            waits_for_room(vm, folder, driver='virtio-blk-pci', id='blk-full',
                           iothread='thread')
        with step('virtio-scsi waits for room on the host'):
            waits_for_room(vm, folder, driver='scsi-hd', id='scsi-full',
                           bus='hba-main.0')
        for disk in disks:
            with step(f'{disk.node} comes'):
                comes(vm, disk)
            with step(f'{disk.node} grows with its filesystem'):
                sum_ = grows(vm, disk)
            with step(f'{disk.node} gives back what is discarded'):
                shrinks(vm, disk, sum_)
            with step(f'{disk.node} goes while it is written'):
                goes(vm, disk)
        vm.send('poweroff -f')
        check_equal(vm.wait_exit(), 0, 'exit status')


main(seconds=400)
