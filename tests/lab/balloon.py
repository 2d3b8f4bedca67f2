#!/usr/bin/python3 -IS
#
# Linux lends memory, and the program's resident memory follows: out and back.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
import time
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Vm, check, main, read, scenario, step

MIB = 1 << 20
MEMORY = 192 * MIB
LENT = 64 * MIB

# The guest keeps so much free while it touches its memory.
SPARE = 16

# So much comes and goes for other reasons.
NOISE = 4 * MIB

# Write to all free memory, so that it is in use here; then let go of it.
FILL = ('free=$(sed -n "s/MemFree: *\\([0-9]*\\)... kB/\\1/p" /proc/meminfo) && '
        f'free=$((free - {SPARE})) && mkdir -p /all && '
        'mount -t tmpfs -o size=${free}M all /all && '
        'dd if=/dev/zero of=/all/of-it bs=1M count=$free 2>/dev/null')
TOUCH = FILL + '; umount /all'


def resident(vm):
    return int(read(f'/proc/{vm.pid()}/statm').split()[1]) * 4096


def balloon_to(vm, size):
    """Ask for it, and wait until the guest has done it."""
    vm.command('balloon', value=size)
    while vm.event('BALLOON_CHANGE')['data']['actual'] != size:
        pass
    check(vm.command('query-balloon')['actual'] == size, 'query-balloon')


def stats(vm, after):
    """The guest's figures, newer than that time."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        got = vm.command('qom-get', path='balloon0', property='guest-stats')
        if got['last-update'] > after:
            return got
        time.sleep(0.2)
    check(False, 'no statistics after a minute')


def out_and_back(options):
    with Vm('-device', 'virtio-balloon-pci,id=balloon0' + options,
            memory=str(MEMORY // MIB),
            modules=('virtio_pci', 'virtio_balloon')) as vm:
        vm.boot()
        vm.sh(TOUCH)
        used = resident(vm)

        with step('64 MB go, and the resident memory falls'):
            balloon_to(vm, MEMORY - LENT)
            lent = resident(vm)
            check(used - lent >= LENT - SPARE * MIB - NOISE,
                  f'{used} bytes resident, then {lent}')
        with step('statistics arrive'):
            first = stats(vm, 0)
            vm.command('qom-set', path='balloon0',
                       property='guest-stats-polling-interval', value=1)
            less = stats(vm, first['last-update'])['stats']
            check(0 < less['stat-free-memory'] < less['stat-total-memory']
                  <= MEMORY - LENT, str(less))
        with step('they come back, and the guest uses them'):
            balloon_to(vm, MEMORY)
            vm.sh(TOUCH)
            again = resident(vm)
            check(again - lent >= LENT - SPARE * MIB - NOISE,
                  f'{lent} bytes resident, then {again}')
            now = stats(vm, stats(vm, 0)['last-update'])['stats']
            check(now['stat-total-memory'] >= less['stat-total-memory'] + LENT,
                  f'{less}, then {now}')


@scenario
def split():
    "split rings"
    out_and_back('')


@scenario
def packed():
    "packed rings"
    out_and_back(',packed=on')


@scenario
def reporting():
    "free page reporting"
    with Vm('-device', 'virtio-balloon-pci,free-page-reporting=on',
            memory=str(MEMORY // MIB),
            modules=('virtio_pci', 'virtio_balloon')) as vm:
        vm.boot()
        before = resident(vm)
        vm.sh(FILL)
        check(resident(vm) > before + 48 * MIB, 'the guest used no memory')
        vm.sh('umount /all')
        # The guest tells what is free from time to time.
        end = time.monotonic() + 120
        while resident(vm) > before + 48 * MIB:
            check(time.monotonic() < end,
                  f'{before} bytes resident, then {resident(vm)}')
            time.sleep(0.5)


main()
