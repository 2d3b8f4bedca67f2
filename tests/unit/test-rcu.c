/*
 * RCU: nothing is freed under a reader's feet, and everything in the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"

/* A reader that holds on until it is told to leave */

typedef struct {
    QemuThread thread;
    QemuSemaphore inside;
    QemuSemaphore leave;
    bool forced;
    Notifier force;
    bool left;
} Reader;

static void reader_forced(Notifier *n, void *unused)
{
    Reader *r = container_of(n, Reader, force);

    if (!qatomic_xchg(&r->forced, true)) {
        qemu_sem_post(&r->leave);
    }
}

static void *reader_thread(void *opaque)
{
    Reader *r = opaque;

    rcu_register_thread();
    rcu_add_force_rcu_notifier(&r->force);
    rcu_read_lock();
    WITH_RCU_READ_LOCK_GUARD() {
        qemu_sem_post(&r->inside);
        qemu_sem_wait(&r->leave);
    }
    /* Nested: still inside. */
    qatomic_set(&r->left, true);
    rcu_read_unlock();
    rcu_remove_force_rcu_notifier(&r->force);
    rcu_unregister_thread();
    return NULL;
}

static void reader_start(Reader *r)
{
    memset(r, 0, sizeof(*r));
    r->force.notify = reader_forced;
    qemu_sem_init(&r->inside, 0);
    qemu_sem_init(&r->leave, 0);
    qemu_thread_create(&r->thread, "reader", reader_thread, r,
                       QEMU_THREAD_JOINABLE);
    qemu_sem_wait(&r->inside);
}

static void reader_join(Reader *r)
{
    qemu_thread_join(&r->thread);
    qemu_sem_destroy(&r->inside);
    qemu_sem_destroy(&r->leave);
}

static void *leave_later(void *opaque)
{
    Reader *r = opaque;

    g_usleep(20000);
    qemu_sem_post(&r->leave);
    return NULL;
}

/* synchronize_rcu() comes back when the last reader is through. */
static void test_synchronize(void)
{
    QemuThread thread;
    Reader r;

    reader_start(&r);
    qemu_thread_create(&thread, "leave", leave_later, &r,
                       QEMU_THREAD_JOINABLE);
    synchronize_rcu();
    g_assert_true(qatomic_read(&r.left));
    qemu_thread_join(&thread);
    reader_join(&r);
}

/* Readers that begin during the wait do not prolong it. */
static void test_synchronize_alone(void)
{
    for (int i = 0; i < 100; i++) {
        synchronize_rcu();
    }
}

typedef struct {
    struct rcu_head rcu;
    int number;
} Item;

static int last_freed;

static void item_free(Item *item)
{
    g_assert_cmpint(item->number, ==, last_freed + 1);
    last_freed = item->number;
    g_free(item);
}

/* Calls are made in the order in which they were asked for; drain waits. */
static void test_call_rcu(void)
{
    last_freed = 0;
    for (int i = 1; i <= 1000; i++) {
        Item *item = g_new0(Item, 1);

        item->number = i;
        call_rcu(item, item_free, rcu);
    }
    drain_call_rcu();
    g_assert_cmpint(last_freed, ==, 1000);
}

/* A drain asks long readers to make way. */
static void test_drain_forces(void)
{
    Reader r;

    reader_start(&r);
    drain_call_rcu();
    g_assert_true(qatomic_read(&r.forced));
    g_assert_true(qatomic_read(&r.left));
    reader_join(&r);
}

/* Readers walk a list that a writer changes all the time. */

typedef struct Element {
    struct rcu_head rcu;
    QLIST_ENTRY(Element) node;
    int value;
} Element;

static QLIST_HEAD(, Element) elements;
static bool stop_walking;

static void element_free(Element *e)
{
    e->value = -1;
    g_free(e);
}

static void *walker_thread(void *opaque)
{
    long seen = 0;

    rcu_register_thread();
    while (!qatomic_read(&stop_walking)) {
        Element *e;

        RCU_READ_LOCK_GUARD();
        QLIST_FOREACH_RCU(e, &elements, node) {
            g_assert_cmpint(qatomic_read(&e->value), ==, 42);
            seen++;
        }
    }
    rcu_unregister_thread();
    return (void *)seen;
}

static Element *element_add(void)
{
    Element *e = g_new0(Element, 1);

    e->value = 42;
    QLIST_INSERT_HEAD_RCU(&elements, e, node);
    return e;
}

static void element_remove(Element *e)
{
    QLIST_REMOVE_RCU(e, node);
    call_rcu(e, element_free, rcu);
}

static void test_list(void)
{
    Element *e[16];
    QemuThread walkers[2];

    for (int i = 0; i < ARRAY_SIZE(e); i++) {
        e[i] = element_add();
    }
    for (int i = 0; i < ARRAY_SIZE(walkers); i++) {
        qemu_thread_create(&walkers[i], "walker", walker_thread, NULL,
                           QEMU_THREAD_JOINABLE);
    }
    for (int i = 0; i < 20000; i++) {
        int n = g_test_rand_int_range(0, ARRAY_SIZE(e));

        element_remove(e[n]);
        e[n] = element_add();
    }
    qatomic_set(&stop_walking, true);
    for (int i = 0; i < ARRAY_SIZE(walkers); i++) {
        qemu_thread_join(&walkers[i]);
    }
    for (int i = 0; i < ARRAY_SIZE(e); i++) {
        element_remove(e[i]);
    }
    drain_call_rcu();
    g_assert_true(QLIST_EMPTY_RCU(&elements));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rcu/synchronize", test_synchronize);
    g_test_add_func("/rcu/synchronize-alone", test_synchronize_alone);
    g_test_add_func("/rcu/call-rcu", test_call_rcu);
    g_test_add_func("/rcu/drain-forces", test_drain_forces);
    g_test_add_func("/rcu/list", test_list);
    return g_test_run();
}
