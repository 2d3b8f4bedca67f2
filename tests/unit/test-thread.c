/*
 * Threads and locks: who waits for whom.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/notify.h"
#include "qemu/thread.h"

#define ROUNDS 20000

static QemuMutex lock;
static QemuLockCnt lockcnt;
static int shared;

/* True if @mutex is free, as seen from this thread. */
static bool is_free(QemuMutex *mutex)
{
    if (qemu_mutex_trylock(mutex)) {
        return false;
    }
    qemu_mutex_unlock(mutex);
    return true;
}

static bool leave_early(void)
{
    WITH_QEMU_LOCK_GUARD(&lock) {
        g_assert_false(is_free(&lock));
        return true;
    }
    return false;
}

/* A guard lets go on every way out. */
static void test_lock_guard(void)
{
    {
        QEMU_LOCK_GUARD(&lock);
        g_assert_false(is_free(&lock));
    }
    g_assert_true(is_free(&lock));

    WITH_QEMU_LOCK_GUARD(&lock) {
        g_assert_false(is_free(&lock));
        break;
    }
    g_assert_true(is_free(&lock));
    g_assert_true(leave_early());
    g_assert_true(is_free(&lock));
}

/* The other kinds of locks are lockable as well, and so is none at all. */
static void test_lockable(void)
{
    QemuRecMutex rec;
    QemuSpin spin;
    QemuMutex *none = NULL;

    qemu_rec_mutex_init(&rec);
    WITH_QEMU_LOCK_GUARD(&rec) {
        g_assert_cmpint(qemu_rec_mutex_trylock(&rec), ==, 0);
        qemu_rec_mutex_unlock(&rec);
    }
    qemu_rec_mutex_destroy(&rec);

    qemu_spin_init(&spin);
    WITH_QEMU_LOCK_GUARD(&spin) {
        g_assert_true(qemu_spin_locked(&spin));
        g_assert_true(qemu_spin_trylock(&spin));
    }
    g_assert_false(qemu_spin_locked(&spin));

    g_assert_null(QEMU_MAKE_LOCKABLE(none));
}

static void *count_mutex(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        QEMU_LOCK_GUARD(&lock);
        shared++;
    }
    return NULL;
}

static void test_mutex(void)
{
    QemuThread threads[4];

    shared = 0;
    for (int i = 0; i < ARRAY_SIZE(threads); i++) {
        qemu_thread_create(&threads[i], "count", count_mutex, NULL,
                           QEMU_THREAD_JOINABLE);
    }
    for (int i = 0; i < ARRAY_SIZE(threads); i++) {
        qemu_thread_join(&threads[i]);
    }
    g_assert_cmpint(shared, ==, ARRAY_SIZE(threads) * ROUNDS);
}

/* Visitors come and go; under the mutex with no visitor, one is alone. */
static void *count_lockcnt(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        qemu_lockcnt_inc(&lockcnt);
        g_assert_cmpint(qatomic_read(&shared), ==, 0);
        if (qemu_lockcnt_dec_and_lock(&lockcnt)) {
            g_assert_cmpint(qatomic_fetch_inc(&shared), ==, 0);
            qatomic_dec(&shared);
            qemu_lockcnt_unlock(&lockcnt);
        }
    }
    return NULL;
}

static void test_lockcnt(void)
{
    QemuThread threads[4];

    shared = 0;
    qemu_lockcnt_init(&lockcnt);
    for (int i = 0; i < ARRAY_SIZE(threads); i++) {
        qemu_thread_create(&threads[i], "visit", count_lockcnt, NULL,
                           QEMU_THREAD_JOINABLE);
    }
    for (int i = 0; i < ARRAY_SIZE(threads); i++) {
        qemu_thread_join(&threads[i]);
    }
    g_assert_cmpint(qemu_lockcnt_count(&lockcnt), ==, 0);

    qemu_lockcnt_inc(&lockcnt);
    qemu_lockcnt_inc(&lockcnt);
    g_assert_false(qemu_lockcnt_dec_if_lock(&lockcnt));
    g_assert_false(qemu_lockcnt_dec_and_lock(&lockcnt));
    g_assert_true(qemu_lockcnt_dec_if_lock(&lockcnt));
    qemu_lockcnt_inc_and_unlock(&lockcnt);
    g_assert_cmpint(qemu_lockcnt_count(&lockcnt), ==, 1);
    qemu_lockcnt_dec(&lockcnt);
    qemu_lockcnt_destroy(&lockcnt);
}

/* Two threads hand a ball over, each waiting on an event. */
static QemuEvent ping, pong;

static void *return_ball(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        qemu_event_wait(&ping);
        qemu_event_reset(&ping);
        g_assert_cmpint(++shared, ==, 2 * i + 2);
        qemu_event_set(&pong);
    }
    return NULL;
}

static void test_event(void)
{
    QemuThread thread;

    shared = 0;
    qemu_event_init(&ping, false);
    qemu_event_init(&pong, false);
    qemu_thread_create(&thread, "pong", return_ball, NULL,
                       QEMU_THREAD_JOINABLE);
    for (int i = 0; i < ROUNDS; i++) {
        g_assert_cmpint(++shared, ==, 2 * i + 1);
        qemu_event_set(&ping);
        qemu_event_wait(&pong);
        qemu_event_reset(&pong);
    }
    qemu_thread_join(&thread);
    qemu_event_destroy(&ping);
    qemu_event_destroy(&pong);
}

/* Waiting ends in time when nobody comes. */
static void test_timeouts(void)
{
    QemuSemaphore sem;
    QemuCond cond;

    qemu_sem_init(&sem, 1);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 5), ==, 0);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 5), ==, -1);
    qemu_sem_destroy(&sem);

    qemu_cond_init(&cond);
    WITH_QEMU_LOCK_GUARD(&lock) {
        g_assert_false(qemu_cond_timedwait(&cond, &lock, 5));
    }
    qemu_cond_destroy(&cond);
}

static void thread_ends(Notifier *n, void *unused)
{
    shared = 7;
    g_free(n);
}

static void *thread_with_notifier(void *ret)
{
    Notifier *n = g_new0(Notifier, 1);

    n->notify = thread_ends;
    qemu_thread_atexit_add(n);
    qemu_thread_exit(ret);
}

static void test_atexit(void)
{
    QemuThread thread;

    shared = 0;
    qemu_thread_create(&thread, "ends", thread_with_notifier, &thread,
                       QEMU_THREAD_JOINABLE);
    g_assert_true(qemu_thread_join(&thread) == &thread);
    g_assert_cmpint(shared, ==, 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_mutex_init(&lock);
    g_test_add_func("/thread/lock-guard", test_lock_guard);
    g_test_add_func("/thread/lockable", test_lockable);
    g_test_add_func("/thread/mutex", test_mutex);
    g_test_add_func("/thread/lockcnt", test_lockcnt);
    g_test_add_func("/thread/event", test_event);
    g_test_add_func("/thread/timeouts", test_timeouts);
    g_test_add_func("/thread/atexit", test_atexit);
    return g_test_run();
}
