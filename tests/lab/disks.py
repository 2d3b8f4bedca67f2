"""What the scenarios about disks share: images, the guest's names of disks, and
the matrix of disks that hold a filesystem through a reboot.  lab.py is the
library below it.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import contextlib
import hashlib
import os
import struct
import tempfile

from lab import check, check_equal, check_match, note, read, run, step

MB = 1 << 20
CLUSTER = 65536
SECTOR = 2048           # of a CD


# --- images -------------------------------------------------------------------

@contextlib.contextmanager
def image(size):
    """A raw one, of zeroes."""
    with tempfile.NamedTemporaryFile(suffix='.img') as f:
        f.truncate(size)
        yield f.name


@contextlib.contextmanager
def qcow2(size):
    """An empty one: header, counts and their table, L1."""
    clusters = 4
    l1_entries = -(-size // (CLUSTER * CLUSTER // 8))
    header = struct.pack('>4sIQIIQIIQQIIQQQQII', b'QFI\xfb', 3, 0, 0, 16, size,
                         0, l1_entries, 3 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0,
                         4, 104)
    with tempfile.NamedTemporaryFile(suffix='.qcow2') as f:
        f.truncate(clusters * CLUSTER)
        f.write(header)
        f.seek(CLUSTER)
        f.write(struct.pack('>Q', 2 * CLUSTER))
        f.seek(2 * CLUSTER)
        f.write(struct.pack('>H', 1) * clusters)
        f.flush()
        yield f.name


FORMATS = {'raw': image, 'qcow2': qcow2}


def allocated(path):
    """Bytes that the file takes, which are fewer than its length if it has
    holes."""
    return os.stat(path).st_blocks * 512


def both(form, n):
    """A number as ISO 9660 has it: little-endian, then big-endian."""
    return struct.pack('<' + form, n) + struct.pack('>' + form, n)


def iso_entry(name, sector, size, folder):
    entry = (b'\0' + both('I', sector) + both('I', size) +
             bytes((126, 11, 22, 0, 0, 0, 0)) + bytes((2 * folder, 0, 0)) +
             both('H', 1) + bytes((len(name),)) + name)
    entry += bytes(1 - len(entry) % 2)
    return bytes((1 + len(entry),)) + entry


@contextlib.contextmanager
def iso(text):
    """A CD with `text` in its only file, readme: ECMA-119 at its smallest."""
    l_table, m_table, root, file = range(18, 22)
    sectors = 128
    folder = iso_entry(b'\0', root, SECTOR, True)
    volume = (b'\1CD001\1\0' + b'LAB'.ljust(32) + b'LAB'.ljust(32) + bytes(8) +
              both('I', sectors) + bytes(32) + both('H', 1) + both('H', 1) +
              both('H', SECTOR) + both('I', 10) +
              struct.pack('<II', l_table, 0) + struct.pack('>II', m_table, 0) +
              folder + b' ' * (4 * 128 + 3 * 37) + (b'0' * 16 + b'\0') * 4 +
              b'\1')
    parts = {
        16: volume,
        17: b'\xffCD001\1',
        l_table: struct.pack('<BBIH', 1, 0, root, 1) + bytes(2),
        m_table: struct.pack('>BBIH', 1, 0, root, 1) + bytes(2),
        root: folder + iso_entry(b'\1', root, SECTOR, True) +
        iso_entry(b'README.;1', file, len(text), False),
        file: text.encode(),
    }
    with tempfile.NamedTemporaryFile(suffix='.iso') as f:
        f.truncate(sectors * SECTOR)
        for sector, what in parts.items():
            f.seek(sector * SECTOR)
            f.write(what)
        f.flush()
        yield f.name


# --- the guest's view ---------------------------------------------------------

def wait_for_size(vm, name, size):
    """Linux has heard of another length."""
    file = f'/sys/block/{name}/size'
    vm.wait_in_guest(f'grep -qx {size // 512} {file}',
                     f'not {size // 512} sectors')
    check_equal(vm.sh(f'cat {file}'), str(size // 512), 'sectors')


def disk_name(vm, serial):
    """What Linux calls the disk of that serial number, once it is there."""
    files = '/sys/block/*/serial /sys/block/*/device/vpd_pg80'
    vm.wait_in_guest(f'grep -q {serial} {files} 2>/dev/null',
                     f'no disk {serial}')
    return vm.sh(f'grep -l {serial} {files} 2>/dev/null | cat').split('/')[3]


def features(vm, name):
    """What the disk's virtio device and its driver agreed on, a digit a bit."""
    device = check_match(r'.*/virtio\d+', vm.sh(f'readlink -f /sys/block/{name}'),
                         'device')[0]
    return vm.sh(f'cat {device}/features')


def thread_ticks(vm, name):
    """The CPU time of an IOThread."""
    for thread in vm.command('query-iothreads'):
        if thread['id'] == name:
            stat = read(f'/proc/{vm.pid()}/task/{thread["thread-id"]}/stat')
            fields = stat.rpartition(')')[2].split()
            return int(fields[11]) + int(fields[12])
    check(False, f'no IOThread {name}')


# --- the matrix ---------------------------------------------------------------

PIECES = 16
PIECE = 4 * MB          # that often: what is written


class Disk:
    """A cell of the matrix: an image, and what its device is to be like."""

    def __init__(self, image_format, ring, thread, path):
        self.name = f'{image_format}-{ring}-{thread}'
        self.format = image_format
        self.ring = ring
        self.path = path
        self.iothread = self.name if thread == 'thread' else None
        self.title = (f'{image_format}, {ring} rings, ' +
                      ('an IOThread' if self.iothread else 'the main loop'))

    def blockdev(self):
        return ['-blockdev', f'driver={self.format},node-name={self.name},'
                f'discard=unmap,file.driver=file,file.filename={self.path}']

    def transport(self):
        """The IOThread, and the properties of the device that has the rings."""
        options = ['-object', f'iothread,id={self.name}'] if self.iothread else []
        packed = 'on' if self.ring == 'packed' else 'off'
        thread = f',iothread={self.name}' if self.iothread else ''
        return options, f',packed={packed}{thread}'


@contextlib.contextmanager
def matrix(size):
    """Disks of each format, ring layout and thread."""
    with contextlib.ExitStack() as files:
        yield [Disk(image_format, ring, thread, files.enter_context(make(size)))
               for ring in ('split', 'packed')
               for thread in ('main', 'thread')
               for image_format, make in FORMATS.items()]


@contextlib.contextmanager
def piece():
    """An image that the guest makes its files of: a disk that is only read."""
    with image(PIECE) as path:
        with open(path, 'wb') as f:
            f.write(os.urandom(PIECE))
        yield path


def sum_of(disk, path):
    """The MD5 of what fill() writes, which the guest is not asked for."""
    with open(path, 'rb') as f:
        data = f.read()
    result = hashlib.md5(usedforsecurity=False)
    for i in range(1, PIECES + 1):
        result.update(f'{disk.name} {i}\n'.encode() + data)
    return result.hexdigest()


def fill(vm, disk, ticks):
    name = disk_name(vm, disk.name)
    packed = features(vm, name)[34]
    check_equal(packed, '1' if disk.ring == 'packed' else '0', 'packed')
    # Few inodes and large blocks: what is not data costs little.
    vm.sh(f'mke2fs -F -b 4096 -i 262144 /dev/{name} >/dev/null && '
          f'mount -t ext4 /dev/{name} /m')
    vm.sh(f'for i in $(seq {PIECES}); do echo {disk.name} $i; cat /piece; '
          'done >/m/data && sync && umount /m')
    if disk.iothread:
        check(thread_ticks(vm, disk.iothread) > ticks, 'the IOThread did nothing')


def write_and_read_back(vm, disks, path):
    """A filesystem and 64 MB on each, through a reboot of the guest."""
    vm.boot()
    name = disk_name(vm, 'piece')
    with step('there is a disk that cannot be written'):
        check_equal(vm.sh(f'cat /sys/block/{name}/ro'), '1', 'ro')
    vm.sh(f'mkdir -p /m; cat /dev/{name} >/piece')
    for disk in disks:
        with step(f'{disk.title}: made and filled'):
            ticks = disk.iothread and thread_ticks(vm, disk.iothread)
            fill(vm, disk, ticks)
    vm.send('reboot -f')
    vm.boot()
    vm.sh('mkdir -p /m')
    for disk in disks:
        with step(f'{disk.title}: there after a reboot'):
            name = disk_name(vm, disk.name)
            vm.sh(f'echo 1024 >/sys/block/{name}/queue/read_ahead_kb; '
                  f'mount -t ext4 /dev/{name} /m')
            found = vm.sh('md5sum </m/data; umount /m')
            check_equal(found.split()[0], sum_of(disk, path), 'sum')
    with step('the kernel has nothing to complain of'):
        check_equal(vm.sh('dmesg | grep -i "i/o error"; true'), '', 'errors')
    vm.send('poweroff -f')
    check_equal(vm.wait_exit(), 0, 'exit status')
    for disk in disks:
        check_image(disk)


def check_image(disk):
    """What other programs say of the image, where they are installed."""
    checker = {'raw': ('/sbin/e2fsck', '-f', '-n'),
               'qcow2': ('/usr/bin/qemu-img', 'check')}[disk.format]
    if not os.access(checker[0], os.X_OK):
        note(f'no {checker[0]} for {disk.name}')
        return
    with step(f'{disk.title}: {os.path.basename(checker[0])} agrees'):
        run(*checker, disk.path)
