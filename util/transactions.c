/*
 * Transactions: steps that are all kept, or all undone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/queue.h"
#include "qemu/transactions.h"

typedef struct TransactionAction {
    TransactionActionDrv *drv;
    void *opaque;
    QSLIST_ENTRY(TransactionAction) entry;
} TransactionAction;

struct Transaction {
    QSLIST_HEAD(, TransactionAction) actions;   /* the last first */
};

Transaction *tran_new(void)
{
    return g_new0(Transaction, 1);
}

void tran_add(Transaction *tran, TransactionActionDrv *drv, void *opaque)
{
    TransactionAction *act = g_new(TransactionAction, 1);

    *act = (TransactionAction) { .drv = drv, .opaque = opaque };
    QSLIST_INSERT_HEAD(&tran->actions, act, entry);
}

/* What is to be cleaned up may be used by other steps: it goes last. */
static void tran_clean(Transaction *tran)
{
    TransactionAction *act, *next;

    QSLIST_FOREACH_SAFE(act, &tran->actions, entry, next) {
        if (act->drv->clean) {
            act->drv->clean(act->opaque);
        }
        g_free(act);
    }
    g_free(tran);
}

void tran_abort(Transaction *tran)
{
    TransactionAction *act;

    QSLIST_FOREACH(act, &tran->actions, entry) {
        if (act->drv->abort) {
            act->drv->abort(act->opaque);
        }
    }
    tran_clean(tran);
}

void tran_commit(Transaction *tran)
{
    TransactionAction *act;

    QSLIST_FOREACH(act, &tran->actions, entry) {
        if (act->drv->commit) {
            act->drv->commit(act->opaque);
        }
    }
    tran_clean(tran);
}
