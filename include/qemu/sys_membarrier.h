/*
 * An asymmetric memory barrier: all of the price is paid on one side.
 *
 * When one side of a barrier pair runs very often and the other hardly ever,
 * the frequent side says smp_mb_placeholder(), which only holds back the
 * compiler, and the rare side says smp_mb_global(), which makes the kernel run
 * a full barrier on every CPU where a thread of this process is.  That is how
 * rcu_read_lock() costs two plain stores.
 *
 * A kernel or sandbox without membarrier(2) turns both into plain smp_mb().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_SYS_MEMBARRIER_H
#define QEMU_SYS_MEMBARRIER_H

#include "qemu/atomic.h"

/* Set once by smp_mb_global_init(); true: the cheap side must pay itself. */
extern bool smp_mb_global_unavailable;

static inline void smp_mb_placeholder(void)
{
    if (unlikely(smp_mb_global_unavailable)) {
        smp_mb();
    } else {
        barrier();
    }
}

void smp_mb_global(void);

/* Before the first thread is created; rcu_init() calls it. */
void smp_mb_global_init(void);

#endif
