"""What the scenarios about disks share: images, and a filesystem that has to be
there after a reboot.  lab.py is the library below it.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import contextlib
import struct
import tempfile

from lab import check_equal, check_match, step

MB = 1 << 20
CLUSTER = 65536


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


def wait_for(vm, path, there=True):
    test = '-e' if there else '! -e'
    vm.sh(f'n=0; until [ {test} {path} ] || [ $n = 300 ]; do '
          'sleep 0.1; n=$((n+1)); done')
    check_equal(vm.sh(f'[ {test} {path} ] && echo yes').strip(), 'yes',
                f'{test} {path}')


def wait_for_size(vm, name, size):
    """Linux has heard of another length."""
    vm.sh(f'n=0; until grep -q {size // 512} /sys/block/{name}/size || '
          '[ $n = 300 ]; do sleep 0.1; n=$((n+1)); done')
    check_equal(vm.sh(f'cat /sys/block/{name}/size').strip(), str(size // 512),
                'sectors')


def write_and_read_back(vm, name):
    """64 MB and a filesystem, through a reboot."""
    vm.boot()
    with step('there is a disk'):
        wait_for(vm, f'/dev/{name}')
    with step('a filesystem is made and filled'):
        vm.sh(f'mke2fs -F /dev/{name} >/dev/null; mkdir -p /m; '
              f'mount -t ext4 /dev/{name} /m')
        vm.sh('dd if=/dev/urandom of=/piece bs=1M count=4 2>/dev/null')
        vm.sh('for i in $(seq 16); do echo $i; cat /piece; done >/m/data; '
              'sync')
        wrote = vm.sh('md5sum </m/data').strip()
        check_match('^[0-9a-f]{32}', wrote, 'sum')
    vm.sh('umount /m; sync')
    vm.send('reboot -f')
    vm.boot()
    with step('and is there after a reboot'):
        wait_for(vm, f'/dev/{name}')
        vm.sh(f'mkdir -p /m; mount -t ext4 /dev/{name} /m')
        check_equal(vm.sh('md5sum </m/data').strip(), wrote, 'sum')
    with step('the kernel has nothing to complain of'):
        check_equal(vm.sh('dmesg | grep -ci "i/o error"; true').strip(), '0',
                    'errors')
