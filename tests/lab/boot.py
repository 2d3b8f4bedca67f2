#!/usr/bin/python3 -IS
#
# Debian's Linux comes up: as each kind of kernel, with each kind of interrupt
# controller, CPU and size of memory.  lab.py says how to run and to add one.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import (Vm, check, check_equal, check_match, main, run, scenario,
                 step)


def end(vm):
    vm.send('poweroff -f')
    check_equal(vm.wait_exit(), 0, 'exit status')
    # A lab has one CPU, which KVM knows.
    said = [line for line in vm.stderr().splitlines()
            if 'exceeds the recommended cpus' not in line]
    check_equal(said, [], 'standard error')


def memory_of(vm):
    """What the guest has, in MiB."""
    return int(vm.sh('grep MemTotal: /proc/meminfo').split()[1]) // 1024


@scenario
def vmlinux():
    "vmlinux with a PVH note"
    with Vm() as vm:
        vm.boot()
        with step('a shell answers'):
            check_equal(vm.sh('echo $((6 * 7))'), '42', 'answer')
        with step('one CPU'):
            check_equal(vm.sh('nproc'), '1', 'nproc')
        with step('256 MB'):
            check(190 < memory_of(vm) < 256, f'{memory_of(vm)} MiB')
        with step('time is told by KVM\'s clock'):
            check_equal(vm.sh('cat /sys/devices/system/clocksource/'
                              'clocksource0/current_clocksource'),
                        'kvm-clock', 'clock source')
        with step('the CPU is the host\'s'):
            name = 'grep -m 1 "model name" /proc/cpuinfo'
            check_equal(vm.sh(name), run('sh', '-c', name).strip(), 'cpuinfo')
        with step('SMBIOS names the machine'):
            check_equal(vm.sh('cd /sys/class/dmi/id; '
                              'cat sys_vendor product_name'),
                        'QEMU\nStandard PC (i440FX + PIIX, 1996)', 'names')
        with step('an HPET'):
            check_match('hpet', vm.sh('cat /sys/devices/system/clocksource/'
                                      'clocksource0/available_clocksource'),
                        'clock sources')
        with step('an i8042 and its keyboard'):
            check_match('^AT .* keyboard', vm.sh('cat /sys/class/input/input*/'
                                                 'name'), 'input devices')
        with step('ACPI\'s tables are there'):
            check_match('FACP', vm.sh('ls /sys/firmware/acpi/tables'), 'tables')
        with step('the kernel has no errors to report'):
            check_equal(vm.sh('dmesg -r | grep "^<[0-3]>" || true'), '',
                        'messages')
        with step('poweroff -f ends the program'):
            end(vm)


@scenario
def bzimage_two_cpus():
    "bzImage, two CPUs, kernel-irqchip=split"
    with Vm('-smp', '2,cores=2', kernel='vmlinuz', irqchip='split') as vm:
        vm.boot()
        with step('both CPUs run'):
            check_equal(vm.sh('nproc'), '2', 'nproc')
            for cpu in 0, 1:
                vm.sh(f'taskset {1 << cpu} true')
        with step('two cores of a socket'):
            check_equal(vm.sh('cd /sys/devices/system/cpu; '
                              'cat cpu?/topology/physical_package_id '
                              'cpu?/topology/core_id'),
                        '0\n0\n0\n1', 'packages, cores')
        end(vm)


@scenario
def two_sockets():
    "qemu64, two sockets"
    with Vm('-smp', '2,sockets=2', cpu='qemu64') as vm:
        vm.boot()
        with step('both CPUs run'):
            check_equal(vm.sh('nproc'), '2', 'nproc')
            for cpu in 0, 1:
                vm.sh(f'taskset {1 << cpu} true')
        with step('two sockets'):
            check_equal(vm.sh('cat /sys/devices/system/cpu/cpu?/topology/'
                              'physical_package_id'), '0\n1', 'packages')
        with step('the CPU is a qemu64'):
            check_match('^model name.*QEMU Virtual CPU',
                        vm.sh('grep -m 1 model.name /proc/cpuinfo'), 'cpuinfo')
        end(vm)


@scenario
def two_cpus_no_irqchip():
    "two CPUs, kernel-irqchip=off"
    # The kernel has no APIC then to which a hypercall could send an IPI.
    with Vm('-smp', '2', irqchip='off', cpu='host,kvm-pv-ipi=off') as vm:
        vm.boot()
        check_equal(vm.sh('nproc'), '2', 'nproc')
        for cpu in 0, 1:
            vm.sh(f'taskset {1 << cpu} true')


@scenario
def small_memory():
    "128 MB"
    with Vm(memory='128') as vm:
        vm.boot()
        check(60 < memory_of(vm) < 128, f'{memory_of(vm)} MiB')
        end(vm)


@scenario
def memory_above_the_hole():
    "4 GB, some of it above the hole for PCI"
    # More than a lab has, but little of it is touched.
    with Vm('-object', 'memory-backend-ram,id=ram,size=4G,reserve=off',
            memory='4G', machine='pc,memory-backend=ram') as vm:
        vm.boot()
        check(3700 < memory_of(vm) < 4096, f'{memory_of(vm)} MiB')
        with step('above 4 GB'):
            check_match('^1[0-9a-f]{8}-[0-9a-f]+ : System RAM',
                        vm.sh('cat /proc/iomem'), 'iomem')
        end(vm)


main()
