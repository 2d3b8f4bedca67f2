/*
 * The bodies of the types that qemu/thread.h is about, on POSIX hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_THREAD_POSIX_H
#define QEMU_THREAD_POSIX_H

#include <pthread.h>
#include <semaphore.h>

struct QemuMutex {
    pthread_mutex_t lock;
    bool initialized;
};

/* A mutex which its holder may take again. */
typedef struct QemuRecMutex QemuRecMutex;
struct QemuRecMutex {
    QemuMutex m;
};

struct QemuCond {
    pthread_cond_t cond;
    bool initialized;
};

struct QemuSemaphore {
    QemuMutex mutex;
    QemuCond cond;
    unsigned int count;
};

struct QemuEvent {
    unsigned value;         /* a futex: EV_SET, EV_FREE or EV_BUSY */
    bool initialized;
};

struct QemuThread {
    pthread_t thread;
};

#endif
