/*
 * The guest's time: runs with the VM and stands with it.
 *
 * QEMU_CLOCK_VIRTUAL is cpus_get_virtual_clock(): the accelerator's, if it has
 * one of its own (qtest), else cpu_get_clock(), the monotonic time that the VM
 * has spent running.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_CPU_TIMERS_H
#define SYSEMU_CPU_TIMERS_H

#include "qemu/timer.h"

/* Once, before the machine is made; also registers its migration state. */
void cpu_timers_init(void);

/* Time from counting instructions is TCG's business; there is none here. */
#define icount_enabled() 0

/* The VM starts, and stops.  With the BQL. */
void cpu_enable_ticks(void);
void cpu_disable_ticks(void);

/* Nanoseconds that the VM has run.  Any thread. */
int64_t cpu_get_clock(void);
/* The same in host cycles. */
int64_t cpu_get_ticks(void);

/* QEMU_CLOCK_VIRTUAL's value. */
int64_t cpus_get_virtual_clock(void);
int64_t cpus_get_elapsed_ticks(void);

/* A new first deadline of @type: whoever sleeps in the main loop wakes up. */
void qemu_timer_notify_cb(void *opaque, QEMUClockType type);

#endif
