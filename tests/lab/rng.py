#!/usr/bin/python3 -IS
#
# Linux's own virtio-rng driver: what comes out of /dev/hwrng is what the back
# end has, with split and with packed rings and by the registers before virtio 1.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
import tempfile
import time
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Vm, check, check_equal, main, scenario, step

READ = 'dd if=/dev/hwrng bs={} count=1 iflag=fullblock 2>/dev/null | '
SYSFS = '/sys/class/misc/hw_random/'


def rng_vm(options='', *backend):
    return Vm(*backend, '-device', 'virtio-rng-pci,id=rng0' + options,
              modules=('virtio_pci', 'virtio_rng'))


def is_ours(vm):
    vm.sh('udevadm settle 2>/dev/null; true')
    check_equal(vm.sh(f'cat {SYSFS}rng_current').strip(), 'virtio_rng.0',
                'rng_current')


def feature(vm, bit):
    return vm.sh(f'cut -c {bit + 1} /sys/bus/virtio/devices/virtio0/features'
                 ).strip()


def reads(vm):
    """Two times 512 bytes, of which no two are alike, and of all sorts."""
    one, other = (vm.sh(READ.format(512) + 'od -An -v -t u1').split()
                  for _ in range(2))
    check_equal((len(one), len(other)), (512, 512), 'bytes read')
    check(one != other, 'the same bytes twice')
    check(len(set(one)) > 100, f'only {len(set(one))} kinds of bytes')


@scenario
def split():
    "split rings"
    with rng_vm() as vm:
        vm.boot()
        with step('/dev/hwrng is virtio-rng'):
            is_ours(vm)
            check_equal(feature(vm, 34), '0', 'VIRTIO_F_RING_PACKED')
        with step('it reads'):
            reads(vm)
        with step('it reads more than the ring holds'):
            check_equal(vm.sh(READ.format(65536) + 'wc -c').strip(), '65536',
                        'bytes read')
        with step('its driver goes, and comes back'):
            vm.sh('rmmod virtio_rng')
            vm.sh('modprobe virtio_rng')
            reads(vm)


@scenario
def packed():
    "packed rings, and a back end whose bytes are known"
    with tempfile.NamedTemporaryFile() as source:
        source.write(b'q' * (1 << 20))
        source.flush()
        with rng_vm(',packed=on,rng=r0', '-object',
                    f'rng-random,id=r0,filename={source.name}') as vm:
            vm.boot()
            with step('the packed ring was agreed on'):
                is_ours(vm)
                check_equal(feature(vm, 34), '1', 'VIRTIO_F_RING_PACKED')
            with step('what is read is what the back end has'):
                check_equal(vm.sh(READ.format(2000) + 'tr -d q | wc -c').strip(),
                            '0', 'other bytes')
                check_equal(vm.sh(READ.format(2000) + 'wc -c').strip(), '2000',
                            'bytes read')


@scenario
def legacy():
    "the registers before virtio 1, and a quota"
    with rng_vm(',disable-modern=on,max-bytes=256,period=1000') as vm:
        vm.boot()
        with step('there is no virtio 1'):
            is_ours(vm)
            check_equal(feature(vm, 32), '0', 'VIRTIO_F_VERSION_1')
        with step('no more than the quota in a period'):
            start = time.monotonic()
            check_equal(vm.sh(READ.format(1024) + 'wc -c').strip(), '1024',
                        'bytes read')
            check(time.monotonic() - start > 2, 'all of it at once')


main()
