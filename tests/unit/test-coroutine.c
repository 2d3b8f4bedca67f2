/*
 * Coroutines: control, queues, locks, sleep, and going to other threads.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "block/aio-wait.h"
#include "qapi/error.h"
#include "qemu/co-shared-resource.h"
#include "qemu/coroutine.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"

/* What happened, in letters. */
static char trail[64];

static void mark(char c)
{
    size_t n = strlen(trail);

    g_assert_cmpint(n, <, sizeof(trail) - 1);
    trail[n] = c;
    trail[n + 1] = '\0';
}

static void expect_trail(const char *expected)
{
    g_assert_cmpstr(trail, ==, expected);
    trail[0] = '\0';
}

/* Control goes to and fro, and the coroutine keeps its place. */
static void coroutine_fn yield_5_times(void *opaque)
{
    for (int i = 0; i < 5; i++) {
        mark('a' + i);
        qemu_coroutine_yield();
    }
    *(bool *)opaque = true;
}

static void test_yield(void)
{
    bool done = false;
    Coroutine *co = qemu_coroutine_create(yield_5_times, &done);

    for (int i = 0; i < 6; i++) {
        g_assert(!done);
        mark('0' + i);
        g_assert(!qemu_coroutine_entered(co));
        qemu_coroutine_enter(co);
    }
    g_assert(done);
    expect_trail("0a1b2c3d4e5");
}

static void coroutine_fn check_self(void *opaque)
{
    Coroutine **co = opaque;

    g_assert(qemu_in_coroutine());
    g_assert(qemu_coroutine_self() == *co);
    g_assert(qemu_coroutine_entered(*co));
    g_assert(qemu_coroutine_get_aio_context(*co) == qemu_get_aio_context());
}

static void test_self(void)
{
    Coroutine *co;

    g_assert(!qemu_in_coroutine());
    co = qemu_coroutine_create(check_self, &co);
    qemu_coroutine_enter(co);
    g_assert(!qemu_in_coroutine());
}

/* One enters another: the inner yields to the outer. */
typedef struct {
    unsigned depth, max;
} NestData;

static void coroutine_fn nest(void *opaque)
{
    NestData *nd = opaque;

    mark('0' + ++nd->depth);
    if (nd->depth < nd->max) {
        qemu_coroutine_enter(qemu_coroutine_create(nest, nd));
    }
    mark('0' + nd->depth--);
}

static void test_nesting(void)
{
    NestData nd = { .max = 3 };

    qemu_coroutine_enter(qemu_coroutine_create(nest, &nd));
    expect_trail("123321");
}

/* A stack is whole after others had the thread, and may be a deep one. */
static unsigned coroutine_fn dig(unsigned depth)
{
    volatile char pad[200];

    memset((char *)pad, depth & 0xff, sizeof(pad));
    if (depth == 500) {
        qemu_coroutine_yield();
    } else {
        g_assert_cmpuint(dig(depth + 1), ==, depth + 1);
    }
    g_assert_cmpuint((unsigned char)pad[199], ==, depth & 0xff);
    return depth;
}

static void coroutine_fn dig_entry(void *opaque)
{
    dig(0);
    ++*(int *)opaque;
}

static void test_stack(void)
{
    Coroutine *co[8];
    int done = 0;

    for (int i = 0; i < ARRAY_SIZE(co); i++) {
        co[i] = qemu_coroutine_create(dig_entry, &done);
        qemu_coroutine_enter(co[i]);
    }
    for (int i = ARRAY_SIZE(co) - 1; i >= 0; i--) {
        qemu_coroutine_enter(co[i]);
    }
    g_assert_cmpint(done, ==, 8);
}

/* Many at once, more than the pool keeps. */
static void coroutine_fn yield_once(void *opaque)
{
    qemu_coroutine_yield();
    ++*(int *)opaque;
}

static void test_many(void)
{
    Coroutine *co[300];
    int done = 0;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < ARRAY_SIZE(co); i++) {
            co[i] = qemu_coroutine_create(yield_once, &done);
            qemu_coroutine_enter(co[i]);
        }
        for (int i = 0; i < ARRAY_SIZE(co); i++) {
            qemu_coroutine_enter(co[i]);
        }
    }
    g_assert_cmpint(done, ==, 900);
}

/* Queues: first come, first served; whoever is woken runs after the waker. */
static void coroutine_fn wait_in_queue(void *opaque)
{
    CoQueue *queue = opaque;

    mark('w');
    qemu_co_queue_wait(queue, (CoMutex *)NULL);
    mark('x');
    qemu_co_queue_wait(queue, (CoMutex *)NULL);
    mark('y');
}

static void coroutine_fn wake_queue(void *opaque)
{
    qemu_co_queue_restart_all(opaque);
    mark('!');
}

static void test_queue(void)
{
    CoQueue queue;

    qemu_co_queue_init(&queue);
    g_assert(qemu_co_queue_empty(&queue));
    for (int i = 0; i < 2; i++) {
        qemu_coroutine_enter(qemu_coroutine_create(wait_in_queue, &queue));
    }
    expect_trail("ww");
    qemu_coroutine_enter(qemu_coroutine_create(wake_queue, &queue));
    expect_trail("!xx");
    g_assert(qemu_co_enter_next(&queue, (CoMutex *)NULL));
    expect_trail("y");
    g_assert(qemu_co_enter_next(&queue, (CoMutex *)NULL));
    g_assert(!qemu_co_enter_next(&queue, (CoMutex *)NULL));
    expect_trail("y");
}

/* The mutex: the order is kept, and nobody gets in between. */
typedef struct {
    CoMutex mutex;
    bool inside;
    int passed;
} MutexData;

static void coroutine_fn mutex_entry(void *opaque)
{
    MutexData *d = opaque;

    qemu_co_mutex_lock(&d->mutex);
    qemu_co_mutex_assert_locked(&d->mutex);
    g_assert(!d->inside);
    d->inside = true;
    qemu_coroutine_yield();
    d->inside = false;
    d->passed++;
    qemu_co_mutex_unlock(&d->mutex);
}

static void test_mutex(void)
{
    MutexData d = { .inside = false };
    Coroutine *co[3];

    qemu_co_mutex_init(&d.mutex);
    for (int i = 0; i < 3; i++) {
        co[i] = qemu_coroutine_create(mutex_entry, &d);
        qemu_coroutine_enter(co[i]);
    }
    for (int i = 0; i < 3; i++) {
        g_assert(d.inside);
        g_assert(d.mutex.holder == co[i]);
        qemu_coroutine_enter(co[i]);
        g_assert_cmpint(d.passed, ==, i + 1);
    }
    g_assert(!d.inside && !d.mutex.locked);
}

static void coroutine_fn lockable_entry(void *opaque)
{
    MutexData *d = opaque;

    WITH_QEMU_LOCK_GUARD(&d->mutex) {
        g_assert(d->mutex.locked);
    }
    g_assert(!d->mutex.locked);
}

static void test_lockable(void)
{
    MutexData d = { .inside = false };

    qemu_co_mutex_init(&d.mutex);
    qemu_coroutine_enter(qemu_coroutine_create(lockable_entry, &d));
}

/* A waiting writer comes before a later reader. */
static CoRwlock rwlock;

static void coroutine_fn rd_entry(void *opaque)
{
    qemu_co_rwlock_rdlock(&rwlock);
    mark('r');
    qemu_coroutine_yield();
    mark('R');
    qemu_co_rwlock_unlock(&rwlock);
}

static void coroutine_fn wr_entry(void *opaque)
{
    qemu_co_rwlock_wrlock(&rwlock);
    mark('w');
    qemu_coroutine_yield();
    mark('W');
    qemu_co_rwlock_unlock(&rwlock);
}

static void test_rwlock(void)
{
    Coroutine *r1 = qemu_coroutine_create(rd_entry, NULL);
    Coroutine *r2 = qemu_coroutine_create(rd_entry, NULL);
    Coroutine *w = qemu_coroutine_create(wr_entry, NULL);
    Coroutine *r3 = qemu_coroutine_create(rd_entry, NULL);

    qemu_co_rwlock_init(&rwlock);
    qemu_coroutine_enter(r1);
    qemu_coroutine_enter(r2);
    expect_trail("rr");
    qemu_coroutine_enter(w);
    qemu_coroutine_enter(r3);
    expect_trail("");
    qemu_coroutine_enter(r1);
    expect_trail("R");
    qemu_coroutine_enter(r2);
    expect_trail("Rw");
    qemu_coroutine_enter(w);
    expect_trail("Wr");
    qemu_coroutine_enter(r3);
    expect_trail("R");
}

static void coroutine_fn upgrade_entry(void *opaque)
{
    qemu_co_rwlock_rdlock(&rwlock);
    mark('r');
    qemu_co_rwlock_upgrade(&rwlock);
    mark('u');
    qemu_coroutine_yield();
    qemu_co_rwlock_downgrade(&rwlock);
    mark('d');
    qemu_coroutine_yield();
    qemu_co_rwlock_unlock(&rwlock);
}

/* An upgrade waits for other readers; a downgrade lets them in. */
static void test_rwlock_upgrade(void)
{
    Coroutine *r1 = qemu_coroutine_create(rd_entry, NULL);
    Coroutine *up = qemu_coroutine_create(upgrade_entry, NULL);
    Coroutine *r2 = qemu_coroutine_create(rd_entry, NULL);

    qemu_co_rwlock_init(&rwlock);
    qemu_coroutine_enter(r1);
    qemu_coroutine_enter(up);
    qemu_coroutine_enter(r2);
    expect_trail("rr");
    qemu_coroutine_enter(r1);
    expect_trail("Ru");
    qemu_coroutine_enter(up);
    expect_trail("dr");
    qemu_coroutine_enter(up);
    qemu_coroutine_enter(r2);
    expect_trail("R");
}

/* Sleep ends by time or by a wake. */
static void coroutine_fn sleep_entry(void *opaque)
{
    qemu_co_sleep_ns(QEMU_CLOCK_REALTIME, 2 * SCALE_MS);
    mark('t');
    qemu_co_sleep_ns_wakeable(opaque, QEMU_CLOCK_REALTIME,
                              3600 * NANOSECONDS_PER_SECOND);
    mark('w');
}

static void test_sleep(void)
{
    QemuCoSleep w = { 0 };
    int64_t start = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);

    qemu_coroutine_enter(qemu_coroutine_create(sleep_entry, &w));
    while (!w.to_wake) {
        aio_poll(qemu_get_aio_context(), true);
    }
    g_assert_cmpint(qemu_clock_get_ns(QEMU_CLOCK_REALTIME) - start, >=,
                    2 * SCALE_MS);
    expect_trail("t");
    qemu_co_sleep_wake(&w);
    expect_trail("w");
    qemu_co_sleep_wake(&w);     /* nobody sleeps */
}

/* A descriptor */
static void coroutine_fn read_entry(void *opaque)
{
    int fd = *(int *)opaque;
    char c;

    yield_until_fd_readable(fd);
    g_assert_cmpint(read(fd, &c, 1), ==, 1);
    mark(c);
}

static void test_fd(void)
{
    int fds[2];

    g_assert_cmpint(qemu_pipe(fds), ==, 0);
    qemu_coroutine_enter(qemu_coroutine_create(read_entry, &fds[0]));
    expect_trail("");
    g_assert_cmpint(write(fds[1], "c", 1), ==, 1);
    while (!*trail) {
        aio_poll(qemu_get_aio_context(), true);
    }
    expect_trail("c");
    close(fds[0]);
    close(fds[1]);
}

/* So much of something: who wants more waits, and is not overtaken for ever. */
static SharedResource *shres;

static void coroutine_fn take_3(void *opaque)
{
    co_get_from_shres(shres, 3);
    mark('3');
    qemu_coroutine_yield();
    co_put_to_shres(shres, 3);
}

static void test_shared_resource(void)
{
    Coroutine *a = qemu_coroutine_create(take_3, NULL);
    Coroutine *b = qemu_coroutine_create(take_3, NULL);

    shres = shres_create(5);
    qemu_coroutine_enter(a);
    qemu_coroutine_enter(b);
    expect_trail("3");
    qemu_coroutine_enter(a);
    expect_trail("3");
    qemu_coroutine_enter(b);
    shres_destroy(shres);
}

/* Threads: each runs a context; coroutines go from one to the other. */
enum { THREADS = 3, ROUNDS = 2000 };

typedef struct {
    QemuThread thread;
    AioContext *ctx;
    bool stop;
} Loop;

static Loop loops[THREADS];
static CoMutex shared_mutex;
static unsigned shared_counter, running;

static void *loop_thread(void *opaque)
{
    Loop *loop = opaque;

    qemu_set_current_aio_context(loop->ctx);
    while (!qatomic_load_acquire(&loop->stop)) {
        aio_poll(loop->ctx, true);
    }
    return NULL;
}

static void loop_stop(void *opaque)
{
    qatomic_store_release(&((Loop *)opaque)->stop, true);
}

static void loops_start(void)
{
    for (int i = 0; i < THREADS; i++) {
        loops[i].ctx = aio_context_new(&error_abort);
        loops[i].stop = false;
        qemu_thread_create(&loops[i].thread, "loop", loop_thread, &loops[i],
                           QEMU_THREAD_JOINABLE);
    }
}

static void loops_stop(void)
{
    for (int i = 0; i < THREADS; i++) {
        aio_bh_schedule_oneshot(loops[i].ctx, loop_stop, &loops[i]);
        qemu_thread_join(&loops[i].thread);
        aio_context_unref(loops[i].ctx);
    }
}

static void coroutine_fn hop(void *opaque)
{
    for (int i = 0; i < ROUNDS; i++) {
        AioContext *ctx = loops[i % THREADS].ctx;

        aio_co_reschedule_self(ctx);
        g_assert(qemu_get_current_aio_context() == ctx);
        g_assert(qemu_coroutine_get_aio_context(qemu_coroutine_self()) == ctx);
    }
    qatomic_dec(&running);
    aio_wait_kick();
}

static void test_hop(void)
{
    loops_start();
    qatomic_set(&running, 1);
    aio_co_schedule(loops[0].ctx, qemu_coroutine_create(hop, NULL));
    AIO_WAIT_WHILE_UNLOCKED(NULL, qatomic_read(&running));
    loops_stop();
}

static void coroutine_fn end_when_awaited(void *opaque)
{
    while (!qatomic_read(&global_aio_wait.num_waiters)) {
        g_usleep(100);
    }
    qatomic_set(&running, 0);
    aio_wait_kick();
}

/* Who waits in his own context is woken by another thread, too. */
static void test_wait_at_home(void)
{
    loops_start();
    qatomic_set(&running, 1);
    aio_co_schedule(loops[0].ctx,
                    qemu_coroutine_create(end_when_awaited, NULL));
    AIO_WAIT_WHILE(qemu_get_aio_context(), qatomic_read(&running));
    loops_stop();
}

static void coroutine_fn count(void *opaque)
{
    for (int i = 0; i < ROUNDS; i++) {
        qemu_co_mutex_lock(&shared_mutex);
        /* Not atomic on purpose. */
        *(volatile unsigned *)&shared_counter = shared_counter + 1;
        qemu_co_mutex_unlock(&shared_mutex);
    }
    qatomic_dec(&running);
    aio_wait_kick();
}

/* The mutex holds between threads, and no waiter is forgotten. */
static void test_mutex_threads(void)
{
    loops_start();
    qemu_co_mutex_init(&shared_mutex);
    shared_counter = 0;
    qatomic_set(&running, THREADS * 4);
    for (int i = 0; i < THREADS * 4; i++) {
        aio_co_schedule(loops[i % THREADS].ctx,
                        qemu_coroutine_create(count, NULL));
    }
    AIO_WAIT_WHILE_UNLOCKED(NULL, qatomic_read(&running));
    g_assert_cmpuint(shared_counter, ==, THREADS * 4 * ROUNDS);
    loops_stop();
}

static void bh_set(void *opaque)
{
    g_assert(qemu_get_current_aio_context() == loops[0].ctx);
    *(int *)opaque = 1;
}

static void test_wait_bh(void)
{
    int done = 0;

    loops_start();
    aio_context_acquire(loops[0].ctx);
    aio_wait_bh_oneshot(loops[0].ctx, bh_set, &done);
    aio_context_release(loops[0].ctx);
    g_assert_cmpint(done, ==, 1);
    loops_stop();
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/coroutine/yield", test_yield);
    g_test_add_func("/coroutine/self", test_self);
    g_test_add_func("/coroutine/nesting", test_nesting);
    g_test_add_func("/coroutine/stack", test_stack);
    g_test_add_func("/coroutine/many", test_many);
    g_test_add_func("/coroutine/queue", test_queue);
    g_test_add_func("/coroutine/mutex", test_mutex);
    g_test_add_func("/coroutine/lockable", test_lockable);
    g_test_add_func("/coroutine/rwlock", test_rwlock);
    g_test_add_func("/coroutine/rwlock/upgrade", test_rwlock_upgrade);
    g_test_add_func("/coroutine/sleep", test_sleep);
    g_test_add_func("/coroutine/fd", test_fd);
    g_test_add_func("/coroutine/shared-resource", test_shared_resource);
    g_test_add_func("/coroutine/threads/wait-at-home", test_wait_at_home);
    g_test_add_func("/coroutine/threads/hop", test_hop);
    g_test_add_func("/coroutine/threads/mutex", test_mutex_threads);
    g_test_add_func("/coroutine/threads/wait-bh", test_wait_bh);
    return g_test_run();
}
