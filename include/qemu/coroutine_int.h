/*
 * What coroutine back ends and the rest of util/ share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_COROUTINE_INT_H
#define QEMU_COROUTINE_INT_H

#include "qemu/coroutine.h"
#include "qemu/queue.h"

#define COROUTINE_STACK_SIZE (1 << 20)

/* Why control came (back): what qemu_coroutine_switch() hands over. */
typedef enum {
    COROUTINE_YIELD = 1,
    COROUTINE_TERMINATE = 2,
    COROUTINE_ENTER = 3,
} CoroutineAction;

struct Coroutine {
    CoroutineEntry *entry;
    void *entry_arg;
    Coroutine *caller;          /* who entered it; NULL: it does not run */

    QSLIST_ENTRY(Coroutine) pool_next;
    size_t locks_held;

    /* Where it was last entered; read by aio_co_wake() in any thread. */
    AioContext *ctx;

    /* The function that has it scheduled; entering it meanwhile is a bug. */
    const char *scheduled;

    QSIMPLEQ_ENTRY(Coroutine) co_queue_next;
    /* Those that it woke up, to be run when it yields. */
    QSIMPLEQ_HEAD(, Coroutine) co_queue_wakeup;
    QSLIST_ENTRY(Coroutine) co_scheduled_next;
};

Coroutine *qemu_coroutine_new(void);
void qemu_coroutine_delete(Coroutine *co);
CoroutineAction qemu_coroutine_switch(Coroutine *from, Coroutine *to,
                                      CoroutineAction action);

#endif
