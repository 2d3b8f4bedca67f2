/*
 * Counters of 64 bits that many threads add to and some read, without a lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_STATS64_H
#define QEMU_STATS64_H

#include "qemu/atomic.h"

typedef struct Stat64 {
    aligned_uint64_t value;
} Stat64;

static inline void stat64_init(Stat64 *s, uint64_t value)
{
    s->value = value;
}

static inline uint64_t stat64_get(const Stat64 *s)
{
    return qatomic_read__nocheck(&s->value);
}

static inline void stat64_set(Stat64 *s, uint64_t value)
{
    qatomic_set__nocheck(&s->value, value);
}

static inline void stat64_add(Stat64 *s, uint64_t value)
{
    qatomic_add(&s->value, value);
}

static inline void stat64_min(Stat64 *s, uint64_t value)
{
    uint64_t orig = qatomic_read__nocheck(&s->value);

    while (orig > value &&
           !__atomic_compare_exchange_n(&s->value, &orig, value, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
    }
}

static inline void stat64_max(Stat64 *s, uint64_t value)
{
    uint64_t orig = qatomic_read__nocheck(&s->value);

    while (orig < value &&
           !__atomic_compare_exchange_n(&s->value, &orig, value, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
    }
}

#endif
