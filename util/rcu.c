/*
 * RCU: grace periods, and the thread that calls call_rcu()'s functions.
 *
 * Read include/qemu/rcu.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "qemu/atomic.h"
#include "qemu/thread.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"

/* call_rcu() waits for company: grace periods are dear, memory is not. */
#define RCU_CALL_MIN_SIZE     30
#define RCU_CALL_TRIES        5
#define RCU_CALL_PAUSE_MS     10

/* A counter that wrapped around during one read would need two phases. */
QEMU_BUILD_BUG_ON(sizeof(unsigned long) < 8);

unsigned long rcu_gp_ctr = RCU_GP_LOCK;
QemuEvent rcu_gp_event;
__thread struct rcu_reader_data rcu_reader;

typedef QLIST_HEAD(, rcu_reader_data) RCUThreadList;

/* Nests outside of rcu_registry_lock: one grace period at a time. */
static QemuMutex rcu_sync_lock;
static QemuMutex rcu_registry_lock;
static RCUThreadList rcu_registry = QLIST_HEAD_INITIALIZER(rcu_registry);

static int in_drain_call_rcu;

/* True if the reader of @ctr is inside, and since before this grace period. */
static inline bool rcu_gp_ongoing(unsigned long *ctr)
{
    unsigned long v = qatomic_read(ctr);

    return v && v != rcu_gp_ctr;
}

/* With both locks; rcu_registry_lock is dropped while sleeping. */
static void wait_for_readers(void)
{
    RCUThreadList quiescent = QLIST_HEAD_INITIALIZER(quiescent);
    struct rcu_reader_data *index, *tmp;

    for (;;) {
        qemu_event_reset(&rcu_gp_event);
        QLIST_FOREACH(index, &rcu_registry, node) {
            qatomic_set(&index->waiting, true);
        }

        /*
         * Pairs with both smp_mb_placeholder() of a reader.  Afterwards either
         * we see that it is inside, or it sees our new pointers; and either we
         * see that it has left, or it sees ->waiting.
         */
        smp_mb_global();

        QLIST_FOREACH_SAFE(index, &rcu_registry, node, tmp) {
            if (!rcu_gp_ongoing(&index->ctr)) {
                QLIST_REMOVE(index, node);
                QLIST_INSERT_HEAD(&quiescent, index, node);
                /* The event may be set once too often; it is harmless. */
                qatomic_set(&index->waiting, false);
            } else if (qatomic_read(&in_drain_call_rcu)) {
                notifier_list_notify(&index->force_rcu, NULL);
            }
        }
        if (QLIST_EMPTY(&rcu_registry)) {
            break;
        }

        /*
         * Threads come and go meanwhile.  One that comes goes into the registry
         * and is looked at in the next round; one that goes leaves whichever
         * list it is in.
         */
        qemu_mutex_unlock(&rcu_registry_lock);
        qemu_event_wait(&rcu_gp_event);
        qemu_mutex_lock(&rcu_registry_lock);
    }

    QLIST_SWAP(&rcu_registry, &quiescent, node);
}

void synchronize_rcu(void)
{
    QEMU_LOCK_GUARD(&rcu_sync_lock);

    /* The caller's new pointers are out before the new number is. */
    smp_mb_global();

    QEMU_LOCK_GUARD(&rcu_registry_lock);
    if (!QLIST_EMPTY(&rcu_registry)) {
        qatomic_set(&rcu_gp_ctr, rcu_gp_ctr + RCU_GP_CTR);
        wait_for_readers();
    }
}

/*
 * Pending calls: a stack that anybody pushes to and the call_rcu thread takes
 * away whole, to turn it around.
 */
static struct rcu_head *rcu_call_stack;
static int rcu_call_count;
static QemuEvent rcu_call_ready_event;
static QemuSemaphore rcu_call_hurry;

void call_rcu1(struct rcu_head *head, RCUCBFunc *func)
{
    struct rcu_head *top;

    head->func = func;
    do {
        top = qatomic_read(&rcu_call_stack);
        head->next = top;
    } while (qatomic_cmpxchg(&rcu_call_stack, top, head) != top);
    qatomic_inc(&rcu_call_count);
    qemu_event_set(&rcu_call_ready_event);
}

/* Take everything, oldest first. */
static struct rcu_head *rcu_call_take(void)
{
    struct rcu_head *stack = qatomic_xchg(&rcu_call_stack, NULL);
    struct rcu_head *fifo = NULL;

    while (stack) {
        struct rcu_head *next = stack->next;

        stack->next = fifo;
        fifo = stack;
        stack = next;
    }
    return fifo;
}

/* Sleep until there is work; then a little longer, unless there is plenty. */
static void rcu_call_wait(void)
{
    while (qatomic_read(&rcu_call_count) == 0) {
        qemu_event_reset(&rcu_call_ready_event);
        if (qatomic_read(&rcu_call_count) == 0) {
            qemu_event_wait(&rcu_call_ready_event);
        }
    }
    for (int i = 0; i < RCU_CALL_TRIES; i++) {
        if (qatomic_read(&rcu_call_count) >= RCU_CALL_MIN_SIZE ||
            qatomic_read(&in_drain_call_rcu)) {
            break;
        }
        qemu_sem_timedwait(&rcu_call_hurry, RCU_CALL_PAUSE_MS);
    }
}

static void *call_rcu_thread(void *opaque)
{
    rcu_register_thread();

    for (;;) {
        struct rcu_head *head, *next;

        rcu_call_wait();
        /* Only what was queued before the grace period may be called after. */
        head = rcu_call_take();
        synchronize_rcu();

        qemu_mutex_lock_iothread();
        for (; head; head = next) {
            next = head->next;
            qatomic_dec(&rcu_call_count);
            head->func(head);
        }
        qemu_mutex_unlock_iothread();
    }
    return NULL;
}

struct rcu_drain {
    struct rcu_head rcu;
    QemuEvent drain_complete_event;
};

static void drain_rcu_callback(struct rcu_head *head)
{
    struct rcu_drain *drain = (struct rcu_drain *)head;

    qemu_event_set(&drain->drain_complete_event);
}

void drain_call_rcu(void)
{
    struct rcu_drain drain;
    bool locked = qemu_mutex_iothread_locked();

    memset(&drain, 0, sizeof(drain));
    qemu_event_init(&drain.drain_complete_event, false);

    /* The functions want it. */
    if (locked) {
        qemu_mutex_unlock_iothread();
    }

    /* Calls are made in order: when ours is, those before it have been. */
    qatomic_inc(&in_drain_call_rcu);
    call_rcu1(&drain.rcu, drain_rcu_callback);
    qemu_sem_post(&rcu_call_hurry);
    qemu_event_wait(&drain.drain_complete_event);
    qatomic_dec(&in_drain_call_rcu);

    if (locked) {
        qemu_mutex_lock_iothread();
    }
    qemu_event_destroy(&drain.drain_complete_event);
}

void rcu_register_thread(void)
{
    assert(get_ptr_rcu_reader()->ctr == 0);
    QEMU_LOCK_GUARD(&rcu_registry_lock);
    QLIST_INSERT_HEAD(&rcu_registry, get_ptr_rcu_reader(), node);
}

void rcu_unregister_thread(void)
{
    QEMU_LOCK_GUARD(&rcu_registry_lock);
    QLIST_REMOVE(get_ptr_rcu_reader(), node);
}

void rcu_add_force_rcu_notifier(Notifier *n)
{
    QEMU_LOCK_GUARD(&rcu_registry_lock);
    notifier_list_add(&get_ptr_rcu_reader()->force_rcu, n);
}

void rcu_remove_force_rcu_notifier(Notifier *n)
{
    QEMU_LOCK_GUARD(&rcu_registry_lock);
    notifier_remove(n);
}

static void rcu_init_complete(void)
{
    QemuThread thread;

    qemu_mutex_init(&rcu_registry_lock);
    qemu_mutex_init(&rcu_sync_lock);
    qemu_event_init(&rcu_gp_event, true);
    qemu_event_init(&rcu_call_ready_event, false);
    qemu_sem_init(&rcu_call_hurry, 0);

    qemu_thread_create(&thread, "call_rcu", call_rcu_thread,
                       NULL, QEMU_THREAD_DETACHED);
    rcu_register_thread();
}

/*
 * fork() copies the calling thread alone.  The locks are held across it, so that
 * the child gets lists that are whole; it starts over with a thread of its own
 * and itself as the only reader.
 */
static int atfork_depth = 1;

void rcu_enable_atfork(void)
{
    atfork_depth++;
}

void rcu_disable_atfork(void)
{
    atfork_depth--;
}

static void rcu_atfork_prepare(void)
{
    if (atfork_depth < 1) {
        return;
    }
    qemu_mutex_lock(&rcu_sync_lock);
    qemu_mutex_lock(&rcu_registry_lock);
}

static void rcu_atfork_parent(void)
{
    if (atfork_depth < 1) {
        return;
    }
    qemu_mutex_unlock(&rcu_registry_lock);
    qemu_mutex_unlock(&rcu_sync_lock);
}

static void rcu_atfork_child(void)
{
    if (atfork_depth < 1) {
        return;
    }
    QLIST_INIT(&rcu_registry);
    rcu_init_complete();
}

/* A constructor: type_init() and kin may want a working RCU. */
static void __attribute__((__constructor__)) rcu_init(void)
{
    smp_mb_global_init();
    pthread_atfork(rcu_atfork_prepare, rcu_atfork_parent, rcu_atfork_child);
    rcu_init_complete();
}
