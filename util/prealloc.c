/*
 * qemu_prealloc_mem(): have the host give out guest RAM now.
 *
 * The kernel gives a page when it is first written.  A host that has promised
 * too much says so by then with SIGBUS, in the middle of a running guest.
 * With prealloc=on every page is written before the guest starts:
 *
 *  - MADV_POPULATE_WRITE (Linux 5.14) does it in one call and returns an error;
 *  - otherwise pages are touched one by one, by several threads, and SIGBUS is
 *    caught and becomes an error.
 *
 * In QEMU this is part of util/oslib-posix.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/madvise.h"
#include "qemu/mmap-alloc.h"
#include "qemu/thread.h"

#define MAX_MEM_PREALLOC_THREAD_COUNT 16

/* One thread's share of the area. */
typedef struct MemsetThread {
    char *addr;
    size_t numpages;
    size_t hpagesize;
    QemuThread pgthread;
    sigjmp_buf env;
    bool by_madvise;
    int ret;
} MemsetThread;

/* One area at a time: the signal handler is the process's. */
static GMutex prealloc_lock;
static __thread MemsetThread *touching;
static struct sigaction sigbus_oldact;

static void sigbus_handler(int signal, siginfo_t *siginfo, void *ctx)
{
    if (touching) {
        siglongjmp(touching->env, 1);
    }
    /* Not ours: whoever had the signal before gets it. */
    if (sigbus_oldact.sa_flags & SA_SIGINFO) {
        sigbus_oldact.sa_sigaction(signal, siginfo, ctx);
        return;
    }
    sigaction(SIGBUS, &sigbus_oldact, NULL);
}

static void touch_pages(MemsetThread *t)
{
    sigset_t set, oldset;

    sigemptyset(&set);
    sigaddset(&set, SIGBUS);
    pthread_sigmask(SIG_UNBLOCK, &set, &oldset);

    if (sigsetjmp(t->env, 1)) {
        t->ret = -EFAULT;
    } else {
        volatile char *addr = t->addr;

        touching = t;
        for (size_t i = 0; i < t->numpages; i++) {
            /* Writing what is there allocates the page and changes nothing. */
            *addr = *addr;
            addr += t->hpagesize;
        }
    }
    touching = NULL;
    pthread_sigmask(SIG_SETMASK, &oldset, NULL);
}

static void *do_touch_pages(void *arg)
{
    MemsetThread *t = arg;

    if (t->by_madvise) {
        if (qemu_madvise(t->addr, t->numpages * t->hpagesize,
                         QEMU_MADV_POPULATE_WRITE)) {
            t->ret = -errno;
        }
    } else {
        touch_pages(t);
    }
    return NULL;
}

static int touch_all_pages(char *area, size_t hpagesize, size_t numpages,
                           int max_threads, bool by_madvise)
{
    int n = MIN(MAX(max_threads, 1), MAX_MEM_PREALLOC_THREAD_COUNT);
    g_autofree MemsetThread *threads = NULL;
    size_t done = 0;
    int ret = 0;

    n = MIN(n, MAX(numpages, 1));
    threads = g_new0(MemsetThread, n);
    for (int i = 0; i < n; i++) {
        MemsetThread *t = &threads[i];

        t->addr = area + done * hpagesize;
        t->numpages = (numpages - done) / (n - i);
        t->hpagesize = hpagesize;
        t->by_madvise = by_madvise;
        done += t->numpages;
        /* The caller takes the last share itself. */
        if (i < n - 1) {
            qemu_thread_create(&t->pgthread, "touch_pages", do_touch_pages, t,
                               QEMU_THREAD_JOINABLE);
        } else {
            do_touch_pages(t);
        }
    }
    for (int i = 0; i < n; i++) {
        if (i < n - 1) {
            qemu_thread_join(&threads[i].pgthread);
        }
        if (threads[i].ret) {
            ret = threads[i].ret;
        }
    }
    return ret;
}

static bool madv_populate_write_possible(char *area, size_t pagesize)
{
    return !qemu_madvise(area, pagesize, QEMU_MADV_POPULATE_WRITE) ||
           errno != EINVAL;
}

void qemu_prealloc_mem(int fd, char *area, size_t sz, int max_threads,
                       ThreadContext *tc, Error **errp)
{
    size_t hpagesize = qemu_fd_getpagesize(fd);
    size_t numpages = DIV_ROUND_UP(sz, hpagesize);
    struct sigaction act = { };
    bool by_madvise;
    int ret;

    g_mutex_lock(&prealloc_lock);
    by_madvise = madv_populate_write_possible(area, hpagesize);
    if (!by_madvise) {
        act.sa_sigaction = sigbus_handler;
        act.sa_flags = SA_SIGINFO;
        if (sigaction(SIGBUS, &act, &sigbus_oldact)) {
            error_setg_errno(errp, errno,
                "qemu_prealloc_mem: failed to install signal handler");
            goto unlock;
        }
    }

    ret = touch_all_pages(area, hpagesize, numpages, max_threads, by_madvise);
    if (ret) {
        error_setg_errno(errp, -ret,
                         "qemu_prealloc_mem: preallocating memory failed");
    }

    if (!by_madvise && sigaction(SIGBUS, &sigbus_oldact, NULL)) {
        perror("qemu_prealloc_mem: failed to reinstall signal handler");
        exit(1);
    }
unlock:
    g_mutex_unlock(&prealloc_lock);
}
