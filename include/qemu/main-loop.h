/*
 * The main loop: one thread, one lock, everything that happens.
 *
 *                  main_loop_wait()
 *     ┌──────────────────────────────────────────────────────────┐
 *     │ how long may we sleep?   timers of main_loop_tlg, GLib's │
 *     │ drop the BQL, poll(), take the BQL                       │
 *     │ dispatch the GSources:                                   │
 *     │     qemu_aio_context     fds, BHs, timers of its own     │
 *     │     iohandler context    qemu_set_fd_handler()           │
 *     │     chardevs and others' sources                         │
 *     │ run the timers of main_loop_tlg                          │
 *     └──────────────────────────────────────────────────────────┘
 *
 * Two AioContexts, because block code may run qemu_aio_context alone with
 * aio_poll(): no monitor command and no packet comes in meanwhile.
 *
 * The BQL ("iothread lock", for historical reasons) is held by the main loop
 * at all times except in poll().  A vCPU takes it to touch a device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MAIN_LOOP_H
#define QEMU_MAIN_LOOP_H

#include "block/aio.h"
#include "qom/object.h"
#include "sysemu/event-loop-base.h"

/*
 * The settings of the main loop, as an object: -object main-loop,id=ID,….  There
 * is one at most, and it stays.
 */
#define TYPE_MAIN_LOOP "main-loop"
OBJECT_DECLARE_TYPE(MainLoop, MainLoopClass, MAIN_LOOP)

struct MainLoop {
    EventLoopBase parent_obj;
};

/* Signals that a vCPU thread is kicked with. */
#define SIG_IPI SIGUSR1

/*
 * qemu_init_main_loop: once, from the thread that will run main_loop_wait().
 * 0, or a negative errno and @errp is set.
 */
int qemu_init_main_loop(Error **errp);

/* One turn.  With @nonblocking it does not sleep. */
void main_loop_wait(int nonblocking);

/* The main loop's context; for everything in the main thread. */
AioContext *qemu_get_aio_context(void);

/* Make the main loop's poll() return.  Any thread, and signal handlers. */
void qemu_notify_event(void);

/* File descriptors */

typedef void IOReadHandler(void *opaque, const uint8_t *buf, int size);
/* How many bytes the reader can take now. */
typedef int IOCanReadHandler(void *opaque);

/*
 * qemu_set_fd_handler: call @fd_read(@opaque) when @fd is readable (or at its
 * end) and @fd_write when it is writable.  Both NULL: forget the descriptor;
 * do so before closing it.  A new call replaces the old one.  Handlers run with
 * the BQL, and may set and remove any handler, themselves included.
 */
void qemu_set_fd_handler(int fd,
                         IOHandler *fd_read,
                         IOHandler *fd_write,
                         void *opaque);

/* The same for a notifier; @handler answers with test_and_clear.  NULL ends. */
void event_notifier_set_handler(EventNotifier *e,
                                EventNotifierHandler *handler);

GSource *iohandler_get_g_source(void);
AioContext *iohandler_get_aio_context(void);

/* The big lock */

/* True if the calling thread holds the BQL. */
bool qemu_mutex_iothread_locked(void);
/* True in the thread that runs the main loop. */
bool qemu_in_main_thread(void);

/* Code that belongs to the main loop, to any AioContext, or to either. */
#define GLOBAL_STATE_CODE()         assert(qemu_in_main_thread())
#define IO_CODE()                   do { } while (0)
#define IO_OR_GS_CODE()             do { } while (0)

#define qemu_mutex_lock_iothread()                                          \
    qemu_mutex_lock_iothread_impl(__FILE__, __LINE__)

/* Not recursive: check qemu_mutex_iothread_locked() if unsure. */
void qemu_mutex_lock_iothread_impl(const char *file, int line);
void qemu_mutex_unlock_iothread(void);

/*
 * Held from here to the end of the block; if the thread has it already, the
 * guard does nothing.
 */
typedef struct IOThreadLockAuto IOThreadLockAuto;

static inline IOThreadLockAuto *qemu_iothread_auto_lock(const char *file,
                                                        int line)
{
    if (qemu_mutex_iothread_locked()) {
        return NULL;
    }
    qemu_mutex_lock_iothread_impl(file, line);
    /* Any address that is not NULL: "we took it". */
    return (IOThreadLockAuto *)(uintptr_t)1;
}

static inline void qemu_iothread_auto_unlock(IOThreadLockAuto *l)
{
    qemu_mutex_unlock_iothread();
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(IOThreadLockAuto, qemu_iothread_auto_unlock)

#define QEMU_IOTHREAD_LOCK_GUARD()                                          \
    g_autoptr(IOThreadLockAuto) _iothread_lock_auto __attribute__((unused)) = \
        qemu_iothread_auto_lock(__FILE__, __LINE__)

/* Wait on @cond with the BQL as its mutex. */
void qemu_cond_wait_iothread(QemuCond *cond);
void qemu_cond_timedwait_iothread(QemuCond *cond, int ms);

/* Bottom halves of the main loop; see block/aio.h */

QEMUBH *qemu_bh_new_full(QEMUBHFunc *cb, void *opaque, const char *name,
                         MemReentrancyGuard *reentrancy_guard);
#define qemu_bh_new(cb, opaque)                                             \
    qemu_bh_new_full((cb), (opaque), (stringify(cb)), NULL)
/* For a device: its guard is engaged while the BH runs. */
#define qemu_bh_new_guarded(cb, opaque, guard)                              \
    qemu_bh_new_full((cb), (opaque), (stringify(cb)), guard)
/* Run it at the main loop's leisure, within 10 ms. */
void qemu_bh_schedule_idle(QEMUBH *bh);

/* Whoever wants a word in each turn of the loop (slirp) */

enum {
    MAIN_LOOP_POLL_FILL,     /* add to pollfds, lower the timeout */
    MAIN_LOOP_POLL_ERR,      /* poll() failed */
    MAIN_LOOP_POLL_OK,       /* poll() is over; look at revents */
};

typedef struct MainLoopPoll {
    int state;
    uint32_t timeout;        /* milliseconds; UINT32_MAX: for ever */
    GArray *pollfds;         /* of GPollFD */
} MainLoopPoll;

/* The notifier's data is a MainLoopPoll. */
void main_loop_poll_add_notifier(Notifier *notify);
void main_loop_poll_remove_notifier(Notifier *notify);

#endif
