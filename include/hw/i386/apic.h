/*
 * The local APIC: a CPU's own interrupt controller, as CPUs and boards use it.
 *
 *     IOAPIC, PCI devices --messages (MSI) to 0xfee.....--> local APICs --> CPU
 *     i8259 --a wire, LINT0 of the first CPU-------------->
 *
 * Which of three plays it depends on the accelerator (hw/i386/apic_internal.h):
 * "apic" of ours, or "kvm-apic", the kernel's.  All functions take the CPU's
 * apic_state; NULL is a CPU without one.  With the BQL, unless they say
 * otherwise.
 *
 * Specification: Intel SDM, volume 3, chapter 11.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef APIC_H
#define APIC_H

#include "hw/qdev-core.h"

/*
 * The PIC's line, at LINT0: does this CPU take it, and what it is told of a
 * change.
 */
int apic_accept_pic_intr(DeviceState *dev);
int apic_deliver_pic_intr(DeviceState *dev, int level);
void apic_deliver_nmi(DeviceState *dev);

/* The vector that the CPU is to take now, which is in service then; or -1. */
int apic_get_interrupt(DeviceState *dev);
/* The highest vector that was requested, or -1. */
int apic_get_highest_priority_irr(DeviceState *dev);
/* The CPU's own thread: take over what other threads have requested. */
void apic_poll_irq(DeviceState *dev);

/* For guests that lose time: has the timer's interrupt been delivered? */
void apic_reset_irq_delivered(void);
int apic_get_irq_delivered(void);

/* MSR IA32_APIC_BASE, and the task priority (CR8: the upper four bits). */
void cpu_set_apic_base(DeviceState *dev, uint64_t val);
uint64_t cpu_get_apic_base(DeviceState *dev);
void cpu_set_apic_tpr(DeviceState *dev, uint8_t val);
uint8_t cpu_get_apic_tpr(DeviceState *dev);

/* INIT and SIPI have come. */
void apic_init_reset(DeviceState *dev);
void apic_sipi(DeviceState *dev);
/* This CPU is the one that starts the machine (or is not). */
void apic_designate_bsp(DeviceState *dev, bool bsp);

#endif
