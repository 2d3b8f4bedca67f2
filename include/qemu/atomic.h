/*
 * Atomic accesses and memory barriers.
 *
 * Three strengths, from cheap to dear:
 *
 *   qatomic_read/qatomic_set               one untorn access, no order at all
 *   qatomic_load_acquire/store_release     a pair: what was written before the
 *                                          release is seen after the acquire
 *   qatomic_xchg, cmpxchg, fetch_*, inc…   read-modify-write, fully ordered
 *
 * A full fence is smp_mb().  The classical mistake it prevents: "I set my flag
 * and look at yours" on two CPUs at once, where both may otherwise see the
 * other's flag still clear.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_ATOMIC_H
#define QEMU_ATOMIC_H

#include "qemu/compiler.h"

/* The compiler may not move memory accesses across; the CPU still may. */
#define barrier()   ({ __asm__ volatile("" ::: "memory"); (void)0; })

/* Order against a signal handler on the same thread: the compiler again. */
#define signal_barrier()    __atomic_signal_fence(__ATOMIC_SEQ_CST)

#define smp_mb()            __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_mb_acquire()    __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_mb_release()    __atomic_thread_fence(__ATOMIC_RELEASE)

/*
 * C11 fences say "acquire" where hardware says "reads stay in order"; on
 * every host that we build for, these are the same instruction or none.
 */
#define smp_rmb()           smp_mb_acquire()
#define smp_wmb()           smp_mb_release()

/* Only Alpha ever reordered a load and the load through its result. */
#define smp_read_barrier_depends()   barrier()

/*
 * A read-modify-write from below is sequentially consistent only against its
 * own kind.  Use these to order it against a plain qatomic_read/set as well;
 * where the instruction is a full fence by itself they cost nothing.
 */
#if defined(__x86_64__) || defined(__i386__) || defined(__s390x__)
#define smp_mb__before_rmw() signal_barrier()
#define smp_mb__after_rmw()  signal_barrier()
#else
#define smp_mb__before_rmw() smp_mb()
#define smp_mb__after_rmw()  smp_mb()
#endif

/* The type of an expression without const, volatile and _Atomic. */
#define typeof_strip_qual(expr)                                             \
    typeof(__builtin_choose_expr(                                           \
        __builtin_types_compatible_p(typeof(expr), bool) ||                 \
        __builtin_types_compatible_p(typeof(expr), const bool) ||           \
        __builtin_types_compatible_p(typeof(expr), volatile bool) ||        \
        __builtin_types_compatible_p(typeof(expr), const volatile bool),    \
        (bool)1,                                                            \
        __builtin_choose_expr(                                              \
            sizeof(expr) < sizeof(int) && !__builtin_types_compatible_p(    \
                typeof((expr) + 0), typeof(expr)),                          \
            (expr), (expr) + 0)))

/* Wider than a register cannot be untorn on every host. */
#ifdef __LP64__
#define ATOMIC_REG_SIZE 8
#else
#define ATOMIC_REG_SIZE 4
#endif
#define qatomic_assert_size_(ptr)                                           \
    _Static_assert(sizeof(*(ptr)) <= ATOMIC_REG_SIZE, "too wide for an atomic")

#define qatomic_read__nocheck(ptr)   __atomic_load_n(ptr, __ATOMIC_RELAXED)
#define qatomic_read(ptr)                                                   \
    ({                                                                      \
        qatomic_assert_size_(ptr);                                          \
        qatomic_read__nocheck(ptr);                                         \
    })

#define qatomic_set__nocheck(ptr, i) __atomic_store_n(ptr, i, __ATOMIC_RELAXED)
#define qatomic_set(ptr, i)                                                 \
    do {                                                                    \
        qatomic_assert_size_(ptr);                                          \
        qatomic_set__nocheck(ptr, i);                                       \
    } while (0)

/* Fetch a pointer that another thread publishes with qatomic_rcu_set(). */
#define qatomic_rcu_read__nocheck(ptr, valptr)                              \
    __atomic_load(ptr, valptr, __ATOMIC_CONSUME)
#define qatomic_rcu_read(ptr)                                               \
    ({                                                                      \
        qatomic_assert_size_(ptr);                                          \
        __atomic_load_n(ptr, __ATOMIC_CONSUME);                             \
    })

/* Publish a pointer: what it points to is complete before it is visible. */
#define qatomic_rcu_set(ptr, i)                                             \
    do {                                                                    \
        qatomic_assert_size_(ptr);                                          \
        __atomic_store_n(ptr, i, __ATOMIC_RELEASE);                         \
    } while (0)

#define qatomic_load_acquire(ptr)                                           \
    ({                                                                      \
        qatomic_assert_size_(ptr);                                          \
        __atomic_load_n(ptr, __ATOMIC_ACQUIRE);                             \
    })
#define qatomic_store_release(ptr, i)                                       \
    do {                                                                    \
        qatomic_assert_size_(ptr);                                          \
        __atomic_store_n(ptr, i, __ATOMIC_RELEASE);                         \
    } while (0)

/* Sequentially consistent load and store; the store is the dear one. */
#define qatomic_mb_read(ptr)     qatomic_load_acquire(ptr)
#define qatomic_mb_set(ptr, i)   ((void)qatomic_xchg(ptr, i))

/* Read-modify-write.  Give the value from before. */
#define qatomic_xchg__nocheck(ptr, i)                                       \
    __atomic_exchange_n(ptr, (i), __ATOMIC_SEQ_CST)
#define qatomic_xchg(ptr, i)                                                \
    ({                                                                      \
        qatomic_assert_size_(ptr);                                          \
        qatomic_xchg__nocheck(ptr, i);                                      \
    })

/* Store @new if *@ptr is @old.  Gives what was there, @old on success. */
#define qatomic_cmpxchg__nocheck(ptr, old, new)                             \
    ({                                                                      \
        typeof(*(ptr) + 0) cmpxchg_old_ = (old);                            \
        __sync_val_compare_and_swap(ptr, cmpxchg_old_, new);                \
    })
#define qatomic_cmpxchg(ptr, old, new)                                      \
    ({                                                                      \
        qatomic_assert_size_(ptr);                                          \
        __sync_val_compare_and_swap(ptr, old, new);                         \
    })

#define qatomic_fetch_inc(ptr)     __atomic_fetch_add(ptr, 1, __ATOMIC_SEQ_CST)
#define qatomic_fetch_dec(ptr)     __atomic_fetch_sub(ptr, 1, __ATOMIC_SEQ_CST)
#define qatomic_fetch_add(ptr, n)  __atomic_fetch_add(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_sub(ptr, n)  __atomic_fetch_sub(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_and(ptr, n)  __atomic_fetch_and(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_or(ptr, n)   __atomic_fetch_or(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_fetch_xor(ptr, n)  __atomic_fetch_xor(ptr, n, __ATOMIC_SEQ_CST)

/* The same, giving the value from after. */
#define qatomic_inc_fetch(ptr)     __atomic_add_fetch(ptr, 1, __ATOMIC_SEQ_CST)
#define qatomic_dec_fetch(ptr)     __atomic_sub_fetch(ptr, 1, __ATOMIC_SEQ_CST)
#define qatomic_add_fetch(ptr, n)  __atomic_add_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_sub_fetch(ptr, n)  __atomic_sub_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_and_fetch(ptr, n)  __atomic_and_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_or_fetch(ptr, n)   __atomic_or_fetch(ptr, n, __ATOMIC_SEQ_CST)
#define qatomic_xor_fetch(ptr, n)  __atomic_xor_fetch(ptr, n, __ATOMIC_SEQ_CST)

/* The same, giving nothing. */
#define qatomic_inc(ptr)           ((void)qatomic_fetch_inc(ptr))
#define qatomic_dec(ptr)           ((void)qatomic_fetch_dec(ptr))
#define qatomic_add(ptr, n)        ((void)qatomic_fetch_add(ptr, n))
#define qatomic_sub(ptr, n)        ((void)qatomic_fetch_sub(ptr, n))
#define qatomic_and(ptr, n)        ((void)qatomic_fetch_and(ptr, n))
#define qatomic_or(ptr, n)         ((void)qatomic_fetch_or(ptr, n))
#define qatomic_xor(ptr, n)        ((void)qatomic_fetch_xor(ptr, n))

/* Add one unless it is zero; gives the value from before. */
#define qatomic_fetch_inc_nonzero(ptr)                                      \
    ({                                                                      \
        typeof_strip_qual(*(ptr)) inc_old_ = qatomic_read(ptr);             \
        while (inc_old_ &&                                                  \
               !__atomic_compare_exchange_n(ptr, &inc_old_, inc_old_ + 1,   \
                                            false, __ATOMIC_SEQ_CST,        \
                                            __ATOMIC_RELAXED)) {            \
        }                                                                   \
        inc_old_;                                                           \
    })

/* 64-bit integers that a 32-bit host would not align by itself. */
typedef int64_t aligned_int64_t __attribute__((aligned(8)));
typedef uint64_t aligned_uint64_t __attribute__((aligned(8)));

static inline int64_t qatomic_read_i64(const int64_t *ptr)
{
    return qatomic_read__nocheck(ptr);
}

static inline uint64_t qatomic_read_u64(const uint64_t *ptr)
{
    return qatomic_read__nocheck(ptr);
}

static inline void qatomic_set_i64(int64_t *ptr, int64_t val)
{
    qatomic_set__nocheck(ptr, val);
}

static inline void qatomic_set_u64(uint64_t *ptr, uint64_t val)
{
    qatomic_set__nocheck(ptr, val);
}

#endif
