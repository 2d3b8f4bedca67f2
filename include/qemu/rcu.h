/*
 * Read-copy-update: readers that never wait.
 *
 *     reader                             writer (there is one at a time)
 *
 *     WITH_RCU_READ_LOCK_GUARD() {       new = copy and change
 *         p = qatomic_rcu_read(&ptr);    old = ptr
 *         use *p                         qatomic_rcu_set(&ptr, new);
 *     }                                  call_rcu(old, old_free, rcu);
 *
 * Reading costs two stores to a variable of one's own thread.  The old copy
 * lives until every reader that could have seen it is through; then a thread
 * of its own ("call_rcu") takes the BQL and calls old_free.  A reader may be
 * interrupted, may nest, and must not wait for a grace period inside.
 *
 * How a grace period is found: rcu_gp_ctr counts them in steps of two.  A
 * reader copies it on its way in and writes 0 on its way out.  The writer steps
 * it and waits for every registered thread to show 0 or the new number.
 *
 * A thread that reads must be registered; the main thread is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_RCU_H
#define QEMU_RCU_H

#include "qemu/thread.h"
#include "qemu/queue.h"
#include "qemu/atomic.h"
#include "qemu/notify.h"
#include "qemu/sys_membarrier.h"

#define RCU_GP_LOCK   (1UL << 0)   /* never stepped: 0 stays "not reading" */
#define RCU_GP_CTR    (1UL << 1)   /* one grace period */

extern unsigned long rcu_gp_ctr;
extern QemuEvent rcu_gp_event;

struct rcu_reader_data {
    /* Written by the reader, read by the one who waits. */
    unsigned long ctr;
    bool waiting;

    /* The reader's own. */
    unsigned depth;

    /* Below: under rcu_registry_lock. */
    QLIST_ENTRY(rcu_reader_data) node;

    /* Told when somebody waits for this thread (rcu_add_force_rcu_notifier). */
    NotifierList force_rcu;
};

extern __thread struct rcu_reader_data rcu_reader
    __attribute__((tls_model("initial-exec")));

static inline struct rcu_reader_data *get_ptr_rcu_reader(void)
{
    return &rcu_reader;
}

static inline void rcu_read_lock(void)
{
    struct rcu_reader_data *p = get_ptr_rcu_reader();

    if (p->depth++ > 0) {
        return;
    }
    qatomic_set(&p->ctr, qatomic_read(&rcu_gp_ctr));
    /* Our number is out before we read anything that it protects. */
    smp_mb_placeholder();
}

static inline void rcu_read_unlock(void)
{
    struct rcu_reader_data *p = get_ptr_rcu_reader();

    assert(p->depth != 0);
    if (--p->depth > 0) {
        return;
    }
    /* Whatever we read is read by now. */
    qatomic_store_release(&p->ctr, 0);
    /* Pairs with wait_for_readers(): it asks for a wake-up, then looks. */
    smp_mb_placeholder();
    if (unlikely(qatomic_read(&p->waiting))) {
        qatomic_set(&p->waiting, false);
        qemu_event_set(&rcu_gp_event);
    }
}

/*
 * Wait until every reader that runs now is through.  Not inside a read-side
 * section; rather not with the BQL, which the readers may want.
 */
void synchronize_rcu(void);

void rcu_register_thread(void);
void rcu_unregister_thread(void);

/* Around fork() without exec: the child keeps a working RCU. */
void rcu_enable_atfork(void);
void rcu_disable_atfork(void);

/* One pending call; the first member of, or a member of, what it will free. */
struct rcu_head;
typedef void RCUCBFunc(struct rcu_head *head);

struct rcu_head {
    struct rcu_head *next;
    RCUCBFunc *func;
};

/*
 * call_rcu1: call @func(@head) after a grace period, from the call_rcu thread
 * with the BQL held.  Does not wait; allowed inside a read-side section.
 */
void call_rcu1(struct rcu_head *head, RCUCBFunc *func);

/*
 * Wait until every call_rcu() made before has been called.  May be called with
 * the BQL, which it drops meanwhile.
 */
void drain_call_rcu(void);

/* call_rcu(ptr, func, member): func(ptr) later; ptr->member is an rcu_head. */
#define call_rcu(head, func, field)                                         \
    call_rcu1(({                                                            \
        char __attribute__((unused)) offset_must_be_zero_                   \
            [-offsetof(typeof(*(head)), field)];                            \
        &(head)->field;                                                     \
    }), (RCUCBFunc *)(func))

/* g_free(ptr) later.  Here too, the rcu_head is the first member. */
#define g_free_rcu(obj, field) call_rcu(obj, g_free, field)

typedef void RCUReadAuto;

static inline RCUReadAuto *rcu_read_auto_lock(void)
{
    rcu_read_lock();
    /* Any address that is not NULL: the guard's loop tests it. */
    return (void *)(uintptr_t)0x1;
}

static inline void rcu_read_auto_unlock(RCUReadAuto *r)
{
    rcu_read_unlock();
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RCUReadAuto, rcu_read_auto_unlock)

#define WITH_RCU_READ_LOCK_GUARD()                                          \
    WITH_RCU_READ_LOCK_GUARD_(glue(_rcu_read_auto, __COUNTER__))

#define WITH_RCU_READ_LOCK_GUARD_(var)                                      \
    for (g_autoptr(RCUReadAuto) var = rcu_read_auto_lock();                 \
         (var); rcu_read_auto_unlock(var), (var) = NULL)

#define RCU_READ_LOCK_GUARD()                                               \
    g_autoptr(RCUReadAuto) _rcu_read_auto G_GNUC_UNUSED = rcu_read_auto_lock()

/*
 * A thread that stays in one long read-side section (a vCPU in its loop) may
 * ask to be told when a grace period waits for it.  The notifier runs in the
 * call_rcu thread and may only do what is safe there, such as a kick.
 */
void rcu_add_force_rcu_notifier(Notifier *n);
void rcu_remove_force_rcu_notifier(Notifier *n);

#endif
