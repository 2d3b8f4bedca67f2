/*
 * Threads, mutexes, conditions, semaphores and events on POSIX and Linux.
 *
 * Read include/qemu/thread.h first.  Everything here but QemuEvent is a pthread
 * object with the errors turned into an abort that says where.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/thread.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "qemu/notify.h"
#include "qemu/futex.h"
#include <sched.h>

static bool name_threads;

void qemu_thread_naming(bool enable)
{
    name_threads = enable;
}

static G_NORETURN void thread_error_exit(int err, const char *what)
{
    fprintf(stderr, "qemu: %s: %s\n", what, strerror(err));
    abort();
}

static G_NORETURN void thread_error_exit_at(int err, const char *what,
                                            const char *file, int line)
{
    fprintf(stderr, "qemu: %s (%s:%d): %s\n", what, file, line, strerror(err));
    abort();
}

/* @ms from now, on the clock that our conditions wait by. */
static struct timespec deadline_after_ms(int ms)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    ts.tv_sec += ms / 1000;
    ts.tv_nsec += (ms % 1000) * 1000000L;
    if (ts.tv_nsec >= 1000000000L) {
        ts.tv_sec++;
        ts.tv_nsec -= 1000000000L;
    }
    return ts;
}

/* Mutexes */

void qemu_mutex_init(QemuMutex *mutex)
{
    int err = pthread_mutex_init(&mutex->lock, NULL);

    if (err) {
        thread_error_exit(err, __func__);
    }
    mutex->initialized = true;
}

void qemu_mutex_destroy(QemuMutex *mutex)
{
    int err;

    assert(mutex->initialized);
    mutex->initialized = false;
    err = pthread_mutex_destroy(&mutex->lock);
    if (err) {
        thread_error_exit(err, __func__);
    }
}

void qemu_mutex_lock_impl(QemuMutex *mutex, const char *file, const int line)
{
    int err;

    assert(mutex->initialized);
    err = pthread_mutex_lock(&mutex->lock);
    if (err) {
        thread_error_exit_at(err, __func__, file, line);
    }
}

int qemu_mutex_trylock_impl(QemuMutex *mutex, const char *file, const int line)
{
    int err;

    assert(mutex->initialized);
    err = pthread_mutex_trylock(&mutex->lock);
    if (err == EBUSY) {
        return -EBUSY;
    }
    if (err) {
        thread_error_exit_at(err, __func__, file, line);
    }
    return 0;
}

void qemu_mutex_unlock_impl(QemuMutex *mutex, const char *file, const int line)
{
    int err;

    assert(mutex->initialized);
    err = pthread_mutex_unlock(&mutex->lock);
    if (err) {
        thread_error_exit_at(err, __func__, file, line);
    }
}

void qemu_rec_mutex_init(QemuRecMutex *mutex)
{
    pthread_mutexattr_t attr;
    int err;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    err = pthread_mutex_init(&mutex->m.lock, &attr);
    pthread_mutexattr_destroy(&attr);
    if (err) {
        thread_error_exit(err, __func__);
    }
    mutex->m.initialized = true;
}

void qemu_rec_mutex_destroy(QemuRecMutex *mutex)
{
    qemu_mutex_destroy(&mutex->m);
}

void qemu_rec_mutex_lock_impl(QemuRecMutex *mutex, const char *file, int line)
{
    qemu_mutex_lock_impl(&mutex->m, file, line);
}

int qemu_rec_mutex_trylock_impl(QemuRecMutex *mutex, const char *file, int line)
{
    return qemu_mutex_trylock_impl(&mutex->m, file, line);
}

void qemu_rec_mutex_unlock_impl(QemuRecMutex *mutex, const char *file, int line)
{
    qemu_mutex_unlock_impl(&mutex->m, file, line);
}

/* Conditions */

void qemu_cond_init(QemuCond *cond)
{
    pthread_condattr_t attr;
    int err;

    /* A wall clock that is set must not lengthen anybody's wait. */
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    err = pthread_cond_init(&cond->cond, &attr);
    pthread_condattr_destroy(&attr);
    if (err) {
        thread_error_exit(err, __func__);
    }
    cond->initialized = true;
}

void qemu_cond_destroy(QemuCond *cond)
{
    int err;

    assert(cond->initialized);
    cond->initialized = false;
    err = pthread_cond_destroy(&cond->cond);
    if (err) {
        thread_error_exit(err, __func__);
    }
}

void qemu_cond_signal(QemuCond *cond)
{
    int err;

    assert(cond->initialized);
    err = pthread_cond_signal(&cond->cond);
    if (err) {
        thread_error_exit(err, __func__);
    }
}

void qemu_cond_broadcast(QemuCond *cond)
{
    int err;

    assert(cond->initialized);
    err = pthread_cond_broadcast(&cond->cond);
    if (err) {
        thread_error_exit(err, __func__);
    }
}

void qemu_cond_wait_impl(QemuCond *cond, QemuMutex *mutex,
                         const char *file, const int line)
{
    int err;

    assert(cond->initialized);
    err = pthread_cond_wait(&cond->cond, &mutex->lock);
    if (err) {
        thread_error_exit_at(err, __func__, file, line);
    }
}

bool qemu_cond_timedwait_impl(QemuCond *cond, QemuMutex *mutex, int ms,
                              const char *file, const int line)
{
    struct timespec ts = deadline_after_ms(ms);
    int err;

    assert(cond->initialized);
    err = pthread_cond_timedwait(&cond->cond, &mutex->lock, &ts);
    if (err && err != ETIMEDOUT) {
        thread_error_exit_at(err, __func__, file, line);
    }
    return err != ETIMEDOUT;
}

/* Semaphores */

void qemu_sem_init(QemuSemaphore *sem, int init)
{
    assert(init >= 0);
    qemu_mutex_init(&sem->mutex);
    qemu_cond_init(&sem->cond);
    sem->count = init;
}

void qemu_sem_destroy(QemuSemaphore *sem)
{
    qemu_cond_destroy(&sem->cond);
    qemu_mutex_destroy(&sem->mutex);
}

void qemu_sem_post(QemuSemaphore *sem)
{
    qemu_mutex_lock(&sem->mutex);
    assert(sem->count < UINT_MAX);
    sem->count++;
    qemu_cond_signal(&sem->cond);
    qemu_mutex_unlock(&sem->mutex);
}

int qemu_sem_timedwait(QemuSemaphore *sem, int ms)
{
    struct timespec ts = deadline_after_ms(ms);
    int err = 0;

    qemu_mutex_lock(&sem->mutex);
    while (sem->count == 0 && err != ETIMEDOUT) {
        err = pthread_cond_timedwait(&sem->cond.cond, &sem->mutex.lock, &ts);
        if (err && err != ETIMEDOUT) {
            thread_error_exit(err, __func__);
        }
    }
    if (sem->count > 0) {
        sem->count--;
        err = 0;
    }
    qemu_mutex_unlock(&sem->mutex);
    return err ? -1 : 0;
}

void qemu_sem_wait(QemuSemaphore *sem)
{
    qemu_mutex_lock(&sem->mutex);
    while (sem->count == 0) {
        qemu_cond_wait(&sem->cond, &sem->mutex);
    }
    sem->count--;
    qemu_mutex_unlock(&sem->mutex);
}

/*
 * Events.  One futex word with three states:
 *
 *     EV_FREE   not set, nobody waits
 *     EV_BUSY   not set, somebody may wait: setting must wake
 *     EV_SET    set
 *
 *     FREE ──wait──▶ BUSY      FREE, BUSY ──set──▶ SET      SET ──reset──▶ FREE
 */

#define EV_SET   0
#define EV_FREE  1u
#define EV_BUSY  UINT_MAX      /* | EV_FREE leaves it alone, see reset */

void qemu_event_init(QemuEvent *ev, bool init)
{
    ev->value = init ? EV_SET : EV_FREE;
    ev->initialized = true;
}

void qemu_event_destroy(QemuEvent *ev)
{
    assert(ev->initialized);
    ev->initialized = false;
}

void qemu_event_set(QemuEvent *ev)
{
    assert(ev->initialized);

    /*
     * What the waiter looks for is written before we look at the state; pairs
     * with the barrier in qemu_event_reset().
     */
    smp_mb();
    if (qatomic_read(&ev->value) != EV_SET) {
        unsigned old = qatomic_xchg(&ev->value, EV_SET);

        if (old == EV_BUSY) {
            qemu_futex_wake(ev, INT_MAX);
        }
    }
}

void qemu_event_reset(QemuEvent *ev)
{
    assert(ev->initialized);

    /* 0 becomes FREE; FREE and BUSY stay what they are. */
    qatomic_or(&ev->value, EV_FREE);
    /* Reset first, look at the condition then. */
    smp_mb__after_rmw();
}

/*
 * Being woken proves nothing.  Whoever set an event that was at this address
 * before, on a stack perhaps, may wake only now; and a return without a look at
 * the state would not be ordered after the set.
 */
void qemu_event_wait(QemuEvent *ev)
{
    assert(ev->initialized);

    for (;;) {
        unsigned value = qatomic_load_acquire(&ev->value);

        if (value == EV_SET) {
            return;
        }
        if (value == EV_FREE &&
            qatomic_cmpxchg(&ev->value, EV_FREE, EV_BUSY) == EV_SET) {
            return;
        }
        qemu_futex_wait(ev, EV_BUSY);
    }
}

/* Threads */

/* What to run when this thread ends. */
static __thread NotifierList thread_exit;

void qemu_thread_atexit_add(Notifier *notifier)
{
    notifier_list_add(&thread_exit, notifier);
}

void qemu_thread_atexit_remove(Notifier *notifier)
{
    notifier_remove(notifier);
}

static void qemu_thread_atexit_notify(void *arg)
{
    notifier_list_notify(&thread_exit, NULL);
}

typedef struct {
    void *(*start_routine)(void *);
    void *arg;
    char *name;
} QemuThreadArgs;

static void *qemu_thread_start(void *args)
{
    QemuThreadArgs *thread_args = args;
    void *(*start_routine)(void *) = thread_args->start_routine;
    void *arg = thread_args->arg;
    void *ret;

    if (name_threads && thread_args->name) {
        char comm[16];      /* the kernel's limit, with the zero */

        g_strlcpy(comm, thread_args->name, sizeof(comm));
        pthread_setname_np(pthread_self(), comm);
    }
    g_free(thread_args->name);
    g_free(thread_args);

    /* Runs on return, qemu_thread_exit() and cancellation alike. */
    pthread_cleanup_push(qemu_thread_atexit_notify, NULL);
    ret = start_routine(arg);
    pthread_cleanup_pop(1);
    return ret;
}

void qemu_thread_create(QemuThread *thread, const char *name,
                        void *(*start_routine)(void *),
                        void *arg, int mode)
{
    sigset_t set, oldset;
    pthread_attr_t attr;
    QemuThreadArgs *args;
    int err;

    err = pthread_attr_init(&attr);
    if (err) {
        thread_error_exit(err, __func__);
    }
    if (mode == QEMU_THREAD_DETACHED) {
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    }

    /*
     * Signals are for the main thread.  Those that a fault of the thread's own
     * raises must stay: blocking them is undefined.
     */
    sigfillset(&set);
    sigdelset(&set, SIGSEGV);
    sigdelset(&set, SIGFPE);
    sigdelset(&set, SIGILL);
    sigdelset(&set, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &set, &oldset);

    args = g_new0(QemuThreadArgs, 1);
    args->name = g_strdup(name);
    args->start_routine = start_routine;
    args->arg = arg;
    err = pthread_create(&thread->thread, &attr, qemu_thread_start, args);
    if (err) {
        thread_error_exit(err, __func__);
    }

    pthread_sigmask(SIG_SETMASK, &oldset, NULL);
    pthread_attr_destroy(&attr);
}

int qemu_thread_set_affinity(QemuThread *thread, unsigned long *host_cpus,
                             unsigned long nbits)
{
    const size_t setsize = CPU_ALLOC_SIZE(nbits);
    cpu_set_t *cpuset = CPU_ALLOC(nbits);
    unsigned long value;
    int err;

    assert(cpuset);
    CPU_ZERO_S(setsize, cpuset);
    for (value = find_first_bit(host_cpus, nbits); value < nbits;
         value = find_next_bit(host_cpus, nbits, value + 1)) {
        CPU_SET_S(value, setsize, cpuset);
    }
    err = pthread_setaffinity_np(thread->thread, setsize, cpuset);
    CPU_FREE(cpuset);
    return -err;
}

int qemu_thread_get_affinity(QemuThread *thread, unsigned long **host_cpus,
                             unsigned long *nbits)
{
    unsigned long tmpbits = 64;
    cpu_set_t *cpuset;
    size_t setsize;
    int err;

    /* The kernel does not say how many bits it has: ask for more and more. */
    for (;;) {
        setsize = CPU_ALLOC_SIZE(tmpbits);
        cpuset = CPU_ALLOC(tmpbits);
        assert(cpuset);
        err = pthread_getaffinity_np(thread->thread, setsize, cpuset);
        if (err != EINVAL) {
            break;
        }
        CPU_FREE(cpuset);
        tmpbits *= 2;
    }
    if (err) {
        CPU_FREE(cpuset);
        return -err;
    }

    *host_cpus = bitmap_new(tmpbits);
    *nbits = tmpbits;
    for (unsigned long i = 0; i < tmpbits; i++) {
        if (CPU_ISSET_S(i, setsize, cpuset)) {
            set_bit(i, *host_cpus);
        }
    }
    CPU_FREE(cpuset);
    return 0;
}

void qemu_thread_get_self(QemuThread *thread)
{
    thread->thread = pthread_self();
}

bool qemu_thread_is_self(QemuThread *thread)
{
    return pthread_equal(pthread_self(), thread->thread);
}

void qemu_thread_exit(void *retval)
{
    pthread_exit(retval);
}

void *qemu_thread_join(QemuThread *thread)
{
    void *ret;
    int err = pthread_join(thread->thread, &ret);

    if (err) {
        thread_error_exit(err, __func__);
    }
    return ret;
}
