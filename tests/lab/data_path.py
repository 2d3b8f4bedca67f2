#!/usr/bin/python3 -IS
#
# What a packet costs, by the kernel's count: on the data path the guest never
# leaves to the program, and the program raises no interrupt by a system call.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from lab import Tap, Vm, check, check_equal, main, scenario, step
from traffic import Cost, from_guest, ping, to_guest


def traffic(vm, tap):
    """Some of it, without a word on the serial port, which costs exits."""
    ping(tap, count=5)          # by now the driver has set itself up
    with Cost(vm) as cost:
        ping(tap, count=100, interval=0.02)
    return cost


def check_free(cost):
    with step('a kick ends in the kernel: ioeventfd'):
        check_equal((cost.mmio, cost.io), (0, 0), 'exits (mmio, io)')
    with step('an interrupt begins in the kernel: irqfd'):
        check_equal(cost.irqs, 0, 'interrupts by ioctl')
        check(cost.stats['irq_injections'] > 20, str(cost.stats))


@scenario
def msix():
    "MSI-X"
    with Tap() as tap, Vm(taps=[tap]) as vm:
        vm.boot()
        check_free(traffic(vm, tap))


@scenario
def msix_split():
    "MSI-X, kernel-irqchip=split"
    with Tap() as tap, Vm(taps=[tap], irqchip='split') as vm:
        vm.boot()
        with step('1 MB by TCP to the guest and back'):
            to_guest(vm, tap)
            from_guest(vm, tap)
        check_free(traffic(vm, tap))


@scenario
def intx():
    "INTx"
    with Tap() as tap, Vm(taps=[tap], append='pci=nomsi') as vm:
        vm.boot()
        cost = traffic(vm, tap)
        # The driver reads the device's ISR to acknowledge an interrupt, and
        # that lowers the pin, so that the pin is the program's.
        with step('the acknowledgement of an interrupt is all that leaves'):
            check_equal(cost.io, 0, 'exits for ports')
            check(cost.mmio <= cost.stats['irq_injections'], str(cost.stats))


@scenario
def without_ioeventfd():
    "ioeventfd=off: what the counters show when there is something to count"
    with Tap() as tap, Vm(taps=[tap], net_options=',ioeventfd=off') as vm:
        vm.boot()
        cost = traffic(vm, tap)
        # Two replies may share a kick.
        check(cost.mmio >= 40, f'{cost.mmio} exits for 100 replies')


@scenario
def no_irqchip():
    "kernel-irqchip=off: interrupts by the program's own controllers"
    with Tap() as tap, Vm(taps=[tap], irqchip='off') as vm:
        vm.boot()
        with step('1 MB by TCP to the guest and back'):
            to_guest(vm, tap)
            from_guest(vm, tap)
        traffic(vm, tap)


main()
