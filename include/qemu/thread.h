/*
 * Threads and what they wait on.
 *
 *   QemuMutex      one holder                      QemuRecMutex   … who may nest
 *   QemuCond       wait for a condition, mutex released while waiting
 *   QemuSemaphore  a count that post raises and wait lowers
 *   QemuEvent      a flag: set, reset, wait; setting a set flag is free
 *   QemuSpin       a lock for a handful of instructions
 *   QemuLockCnt    "is anybody walking this list?" and a mutex in one word
 *
 * Errors of the operating system's primitives are bugs of ours (an
 * uninitialized mutex, a double unlock): they abort with the place.
 *
 * With scope, use the guards of qemu/lockable.h: they unlock on every way out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_THREAD_H
#define QEMU_THREAD_H

#include "qemu/processor.h"
#include "qemu/atomic.h"

typedef struct QemuCond QemuCond;
typedef struct QemuSemaphore QemuSemaphore;
typedef struct QemuEvent QemuEvent;
typedef struct QemuLockCnt QemuLockCnt;
typedef struct QemuThread QemuThread;

#include "qemu/thread-posix.h"

#define QEMU_THREAD_JOINABLE 0
#define QEMU_THREAD_DETACHED 1

/* Mutexes.  trylock gives 0 when it got the lock and -EBUSY when not. */
void qemu_mutex_init(QemuMutex *mutex);
void qemu_mutex_destroy(QemuMutex *mutex);
int qemu_mutex_trylock_impl(QemuMutex *mutex, const char *file, const int line);
void qemu_mutex_lock_impl(QemuMutex *mutex, const char *file, const int line);
void qemu_mutex_unlock_impl(QemuMutex *mutex, const char *file,
                            const int line);

void qemu_rec_mutex_init(QemuRecMutex *mutex);
void qemu_rec_mutex_destroy(QemuRecMutex *mutex);
void qemu_rec_mutex_lock_impl(QemuRecMutex *mutex, const char *file, int line);
int qemu_rec_mutex_trylock_impl(QemuRecMutex *mutex, const char *file,
                                int line);
void qemu_rec_mutex_unlock_impl(QemuRecMutex *mutex, const char *file,
                                int line);

/* The names carry the caller's place, for the message when one goes wrong. */
#define qemu_mutex_lock(m)       qemu_mutex_lock_impl(m, __FILE__, __LINE__)
#define qemu_mutex_trylock(m)    qemu_mutex_trylock_impl(m, __FILE__, __LINE__)
#define qemu_mutex_unlock(m)     qemu_mutex_unlock_impl(m, __FILE__, __LINE__)
#define qemu_mutex_lock__raw(m)     qemu_mutex_lock(m)
#define qemu_mutex_trylock__raw(m)  qemu_mutex_trylock(m)
#define qemu_rec_mutex_lock(m)                                              \
    qemu_rec_mutex_lock_impl(m, __FILE__, __LINE__)
#define qemu_rec_mutex_trylock(m)                                           \
    qemu_rec_mutex_trylock_impl(m, __FILE__, __LINE__)
#define qemu_rec_mutex_unlock(m)                                            \
    qemu_rec_mutex_unlock_impl(m, __FILE__, __LINE__)

/* The same as plain functions, for tables of methods (qemu/lockable.h). */
static inline void (qemu_mutex_lock)(QemuMutex *mutex)
{
    qemu_mutex_lock(mutex);
}

static inline int (qemu_mutex_trylock)(QemuMutex *mutex)
{
    return qemu_mutex_trylock(mutex);
}

static inline void (qemu_mutex_unlock)(QemuMutex *mutex)
{
    qemu_mutex_unlock(mutex);
}

static inline void (qemu_rec_mutex_lock)(QemuRecMutex *mutex)
{
    qemu_rec_mutex_lock(mutex);
}

static inline int (qemu_rec_mutex_trylock)(QemuRecMutex *mutex)
{
    return qemu_rec_mutex_trylock(mutex);
}

static inline void (qemu_rec_mutex_unlock)(QemuRecMutex *mutex)
{
    qemu_rec_mutex_unlock(mutex);
}

/*
 * Condition variables.  The caller holds @mutex and holds it again on return;
 * wake-ups may be spurious, so wait in a loop that checks the condition.
 * timedwait takes milliseconds and gives false when they are over.
 */
void qemu_cond_init(QemuCond *cond);
void qemu_cond_destroy(QemuCond *cond);
void qemu_cond_signal(QemuCond *cond);
void qemu_cond_broadcast(QemuCond *cond);
void qemu_cond_wait_impl(QemuCond *cond, QemuMutex *mutex,
                         const char *file, const int line);
bool qemu_cond_timedwait_impl(QemuCond *cond, QemuMutex *mutex, int ms,
                              const char *file, const int line);

#define qemu_cond_wait(c, m)                                                \
    qemu_cond_wait_impl(c, m, __FILE__, __LINE__)
#define qemu_cond_timedwait(c, m, ms)                                       \
    qemu_cond_timedwait_impl(c, m, ms, __FILE__, __LINE__)

static inline void (qemu_cond_wait)(QemuCond *cond, QemuMutex *mutex)
{
    qemu_cond_wait(cond, mutex);
}

static inline bool (qemu_cond_timedwait)(QemuCond *cond, QemuMutex *mutex,
                                         int ms)
{
    return qemu_cond_timedwait(cond, mutex, ms);
}

/* Semaphores.  timedwait takes milliseconds; 0 on success, -1 on timeout. */
void qemu_sem_init(QemuSemaphore *sem, int init);
void qemu_sem_post(QemuSemaphore *sem);
void qemu_sem_wait(QemuSemaphore *sem);
int qemu_sem_timedwait(QemuSemaphore *sem, int ms);
void qemu_sem_destroy(QemuSemaphore *sem);

/*
 * Events.  The waiter's pattern, which misses no set:
 *
 *     while (!condition) {
 *         qemu_event_reset(ev);
 *         if (condition) { break; }
 *         qemu_event_wait(ev);
 *     }
 */
void qemu_event_init(QemuEvent *ev, bool init);
void qemu_event_set(QemuEvent *ev);
void qemu_event_reset(QemuEvent *ev);
void qemu_event_wait(QemuEvent *ev);
void qemu_event_destroy(QemuEvent *ev);

/*
 * qemu_thread_create: start @start_routine(@arg) in a thread with every signal
 * blocked.  @mode is QEMU_THREAD_JOINABLE (join it, or leak it) or _DETACHED.
 */
void qemu_thread_create(QemuThread *thread, const char *name,
                        void *(*start_routine)(void *),
                        void *arg, int mode);
/* Bitmaps of host CPUs; 0 or a negative errno. */
int qemu_thread_set_affinity(QemuThread *thread, unsigned long *host_cpus,
                             unsigned long nbits);
/* *@host_cpus is allocated with g_malloc; the caller frees it. */
int qemu_thread_get_affinity(QemuThread *thread, unsigned long **host_cpus,
                             unsigned long *nbits);
void *qemu_thread_join(QemuThread *thread);
void qemu_thread_get_self(QemuThread *thread);
bool qemu_thread_is_self(QemuThread *thread);
G_NORETURN void qemu_thread_exit(void *retval);
/* Show names of threads to ps and gdb from now on (-name debug-threads=on). */
void qemu_thread_naming(bool enable);

/*
 * qemu_thread_atexit_add: have @notifier run when the calling thread ends.
 * Its data is NULL.  The main thread does not end: the process does (atexit).
 */
struct Notifier;
void qemu_thread_atexit_add(struct Notifier *notifier);
void qemu_thread_atexit_remove(struct Notifier *notifier);

/* Spin locks: never held across anything that may sleep. */
struct QemuSpin {
    int value;
};

static inline void qemu_spin_init(QemuSpin *spin)
{
    spin->value = 0;
}

static inline void qemu_spin_destroy(QemuSpin *spin)
{
}

static inline void qemu_spin_lock(QemuSpin *spin)
{
    while (__atomic_exchange_n(&spin->value, 1, __ATOMIC_ACQUIRE)) {
        while (qatomic_read(&spin->value)) {
            cpu_relax();
        }
    }
}

/* True if somebody else has it. */
static inline bool qemu_spin_trylock(QemuSpin *spin)
{
    return __atomic_exchange_n(&spin->value, 1, __ATOMIC_ACQUIRE);
}

static inline bool qemu_spin_locked(QemuSpin *spin)
{
    return qatomic_read(&spin->value);
}

static inline void qemu_spin_unlock(QemuSpin *spin)
{
    __atomic_store_n(&spin->value, 0, __ATOMIC_RELEASE);
}

/*
 * QemuLockCnt: a counter of visitors and a mutex for those who change things.
 *
 * A list is walked with the count raised and without the mutex.  Elements may
 * be added at any time under the mutex, but freed only by somebody who holds
 * the mutex while the count is zero: so "the last visitor out" cleans up.
 *
 *     qemu_lockcnt_inc(&cnt);
 *     QLIST_FOREACH_RCU(…) { … }
 *     if (qemu_lockcnt_dec_and_lock(&cnt)) {
 *         free what was marked for removal
 *         qemu_lockcnt_unlock(&cnt);
 *     }
 */
struct QemuLockCnt {
    /*
     * A futex.  Bit 0: the mutex is held; bit 1: somebody sleeps on it; the
     * visitors are counted above them.
     */
    unsigned count;
};

void qemu_lockcnt_init(QemuLockCnt *lockcnt);
void qemu_lockcnt_destroy(QemuLockCnt *lockcnt);
/* Wait while the mutex is held and the count is zero. */
void qemu_lockcnt_inc(QemuLockCnt *lockcnt);
void qemu_lockcnt_dec(QemuLockCnt *lockcnt);
/* If this makes the count zero, take the mutex too and give true. */
bool qemu_lockcnt_dec_and_lock(QemuLockCnt *lockcnt);
/* Only if this would make the count zero: lower it, take the mutex, true. */
bool qemu_lockcnt_dec_if_lock(QemuLockCnt *lockcnt);
void qemu_lockcnt_lock(QemuLockCnt *lockcnt);
void qemu_lockcnt_unlock(QemuLockCnt *lockcnt);
/* Raise the count and release the mutex in one step. */
void qemu_lockcnt_inc_and_unlock(QemuLockCnt *lockcnt);
unsigned qemu_lockcnt_count(QemuLockCnt *lockcnt);

#endif
