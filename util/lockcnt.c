/*
 * QemuLockCnt: visitors counted, and a mutex, in one futex word.
 *
 *     bit 0        the mutex is held
 *     bit 1        somebody sleeps until it is not
 *     bits 2…      how many visitors
 *
 * Whoever releases the mutex wakes all sleepers, and each tries again: they are
 * few, because the mutex is held for a few list operations only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/thread.h"
#include "qemu/atomic.h"
#include "qemu/futex.h"

#define LOCKCNT_LOCKED   1u
#define LOCKCNT_WAITERS  2u
#define LOCKCNT_ONE      4u

void qemu_lockcnt_init(QemuLockCnt *lockcnt)
{
    lockcnt->count = 0;
}

void qemu_lockcnt_destroy(QemuLockCnt *lockcnt)
{
}

/* The mutex was held when the word was @val: sleep until something changes. */
static void lockcnt_sleep(QemuLockCnt *lockcnt, unsigned val)
{
    if (!(val & LOCKCNT_WAITERS)) {
        unsigned old = val;

        val |= LOCKCNT_WAITERS;
        if (qatomic_cmpxchg(&lockcnt->count, old, val) != old) {
            return;
        }
    }
    qemu_futex_wait(&lockcnt->count, val);
}

static void lockcnt_wake(QemuLockCnt *lockcnt, unsigned old)
{
    if (old & LOCKCNT_WAITERS) {
        qemu_futex_wake(&lockcnt->count, INT_MAX);
    }
}

void qemu_lockcnt_inc(QemuLockCnt *lockcnt)
{
    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        /* The first visitor must not get in while somebody cleans up. */
        if (val < LOCKCNT_ONE && (val & LOCKCNT_LOCKED)) {
            lockcnt_sleep(lockcnt, val);
        } else if (qatomic_cmpxchg(&lockcnt->count, val,
                                   val + LOCKCNT_ONE) == val) {
            return;
        }
    }
}

void qemu_lockcnt_dec(QemuLockCnt *lockcnt)
{
    qatomic_sub(&lockcnt->count, LOCKCNT_ONE);
}

/* One visitor is left, us: leave and take the mutex in one step. */
static bool lockcnt_last_out(QemuLockCnt *lockcnt, unsigned val)
{
    if (val & LOCKCNT_LOCKED) {
        lockcnt_sleep(lockcnt, val);
        return false;
    }
    return qatomic_cmpxchg(&lockcnt->count, val, LOCKCNT_LOCKED) == val;
}

bool qemu_lockcnt_dec_and_lock(QemuLockCnt *lockcnt)
{
    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        if (val >= 2 * LOCKCNT_ONE) {
            if (qatomic_cmpxchg(&lockcnt->count, val,
                                val - LOCKCNT_ONE) == val) {
                return false;
            }
        } else if (lockcnt_last_out(lockcnt, val)) {
            return true;
        }
    }
}

bool qemu_lockcnt_dec_if_lock(QemuLockCnt *lockcnt)
{
    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        if (val >= 2 * LOCKCNT_ONE) {
            return false;
        }
        if (lockcnt_last_out(lockcnt, val)) {
            return true;
        }
    }
}

void qemu_lockcnt_lock(QemuLockCnt *lockcnt)
{
    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        if (val & LOCKCNT_LOCKED) {
            lockcnt_sleep(lockcnt, val);
        } else if (qatomic_cmpxchg(&lockcnt->count, val,
                                   val | LOCKCNT_LOCKED) == val) {
            return;
        }
    }
}

void qemu_lockcnt_unlock(QemuLockCnt *lockcnt)
{
    lockcnt_wake(lockcnt,
                 qatomic_fetch_and(&lockcnt->count,
                                   ~(LOCKCNT_LOCKED | LOCKCNT_WAITERS)));
}

void qemu_lockcnt_inc_and_unlock(QemuLockCnt *lockcnt)
{
    unsigned val, new;

    do {
        val = qatomic_read(&lockcnt->count);
        new = (val + LOCKCNT_ONE) & ~(LOCKCNT_LOCKED | LOCKCNT_WAITERS);
    } while (qatomic_cmpxchg(&lockcnt->count, val, new) != val);
    lockcnt_wake(lockcnt, val);
}

unsigned qemu_lockcnt_count(QemuLockCnt *lockcnt)
{
    return qatomic_read(&lockcnt->count) / LOCKCNT_ONE;
}
