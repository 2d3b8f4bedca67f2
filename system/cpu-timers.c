/*
 * The guest's time: counts while the VM runs.
 *
 * Read include/sysemu/cpu-timers.h first.
 *
 *     running    clock = host's monotonic time + cpu_clock_offset
 *     stopped    clock = cpu_clock_offset
 *
 * Readers are on hot paths and in any thread: a sequence lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/seqlock.h"
#include "qemu/timer.h"
#include "migration/vmstate.h"
#include "sysemu/cpu-timers.h"

typedef struct TimersState {
    /* Writers hold the lock, and the BQL. */
    QemuSeqLock vm_clock_seqlock;
    QemuSpin vm_clock_lock;

    bool cpu_ticks_enabled;
    int64_t cpu_ticks_offset;
    int64_t cpu_clock_offset;

    /* The last answer: a host's cycle counter may jump back. */
    int64_t cpu_ticks_prev;
} TimersState;

static TimersState timers_state;

static int64_t cpu_get_clock_locked(void)
{
    int64_t time = timers_state.cpu_clock_offset;

    if (timers_state.cpu_ticks_enabled) {
        time += get_clock();
    }
    return time;
}

int64_t cpu_get_clock(void)
{
    unsigned start;
    int64_t ti;

    do {
        start = seqlock_read_begin(&timers_state.vm_clock_seqlock);
        ti = cpu_get_clock_locked();
    } while (seqlock_read_retry(&timers_state.vm_clock_seqlock, start));
    return ti;
}

static int64_t cpu_get_ticks_locked(void)
{
    int64_t ticks = timers_state.cpu_ticks_offset;

    if (timers_state.cpu_ticks_enabled) {
        ticks += cpu_get_host_ticks();
    }
    if (timers_state.cpu_ticks_prev > ticks) {
        /* Off to sleep and back: go on from where we were. */
        timers_state.cpu_ticks_offset += timers_state.cpu_ticks_prev - ticks;
        ticks = timers_state.cpu_ticks_prev;
    }
    timers_state.cpu_ticks_prev = ticks;
    return ticks;
}

int64_t cpu_get_ticks(void)
{
    int64_t ticks;

    qemu_spin_lock(&timers_state.vm_clock_lock);
    ticks = cpu_get_ticks_locked();
    qemu_spin_unlock(&timers_state.vm_clock_lock);
    return ticks;
}

void cpu_enable_ticks(void)
{
    seqlock_write_lock(&timers_state.vm_clock_seqlock,
                       &timers_state.vm_clock_lock);
    if (!timers_state.cpu_ticks_enabled) {
        timers_state.cpu_ticks_offset -= cpu_get_host_ticks();
        timers_state.cpu_clock_offset -= get_clock();
        timers_state.cpu_ticks_enabled = true;
    }
    seqlock_write_unlock(&timers_state.vm_clock_seqlock,
                         &timers_state.vm_clock_lock);
}

void cpu_disable_ticks(void)
{
    seqlock_write_lock(&timers_state.vm_clock_seqlock,
                       &timers_state.vm_clock_lock);
    if (timers_state.cpu_ticks_enabled) {
        timers_state.cpu_ticks_offset += cpu_get_host_ticks();
        timers_state.cpu_clock_offset = cpu_get_clock_locked();
        timers_state.cpu_ticks_enabled = false;
    }
    seqlock_write_unlock(&timers_state.vm_clock_seqlock,
                         &timers_state.vm_clock_lock);
}

void qemu_timer_notify_cb(void *opaque, QEMUClockType type)
{
    qemu_notify_event();
}

/* The VM is stopped when this is saved: the offsets are the time itself. */
static const VMStateDescription vmstate_timers = {
    .name = "timer",
    .version_id = 2,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_INT64(cpu_ticks_offset, TimersState),
        VMSTATE_UNUSED(8),
        VMSTATE_INT64_V(cpu_clock_offset, TimersState, 2),
        VMSTATE_END_OF_LIST()
    },
};

void cpu_timers_init(void)
{
    seqlock_init(&timers_state.vm_clock_seqlock);
    qemu_spin_init(&timers_state.vm_clock_lock);
    vmstate_register(NULL, 0, &vmstate_timers, &timers_state);
}
