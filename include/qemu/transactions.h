/*
 * Transactions: steps that are all kept, or all undone.
 *
 *     tran = tran_new();
 *     step_one(…, tran);               each does its work at once, and adds
 *     step_two(…, tran);               how to undo it
 *     ok ? tran_commit(tran) : tran_abort(tran);
 *
 * Steps are finished in the reverse of the order in which they were added.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_TRANSACTIONS_H
#define QEMU_TRANSACTIONS_H

/* Each may be NULL; @clean comes last, either way. */
typedef struct TransactionActionDrv {
    void (*abort)(void *opaque);
    void (*commit)(void *opaque);
    void (*clean)(void *opaque);
} TransactionActionDrv;

typedef struct Transaction Transaction;

Transaction *tran_new(void);
void tran_add(Transaction *tran, TransactionActionDrv *drv, void *opaque);
/* Both free @tran. */
void tran_abort(Transaction *tran);
void tran_commit(Transaction *tran);

static inline void tran_finalize(Transaction *tran, int ret)
{
    if (ret < 0) {
        tran_abort(tran);
    } else {
        tran_commit(tran);
    }
}

#endif
