/*
 * QObject: what all kinds of values share.
 *
 * Read include/qapi/qmp/qobject.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qstring.h"

static void (*const qobject_destroyers[QTYPE__MAX])(QObject *) = {
    [QTYPE_QNUM] = qnum_destroy_obj,
    [QTYPE_QSTRING] = qstring_destroy_obj,
    [QTYPE_QDICT] = qdict_destroy_obj,
    [QTYPE_QLIST] = qlist_destroy_obj,
    [QTYPE_QBOOL] = qbool_destroy_obj,
};

static bool (*const qobject_comparers[QTYPE__MAX])(const QObject *,
                                                   const QObject *) = {
    [QTYPE_QNULL] = qnull_is_equal,
    [QTYPE_QNUM] = qnum_is_equal,
    [QTYPE_QSTRING] = qstring_is_equal,
    [QTYPE_QDICT] = qdict_is_equal,
    [QTYPE_QLIST] = qlist_is_equal,
    [QTYPE_QBOOL] = qbool_is_equal,
};

void qobject_destroy(QObject *obj)
{
    /* The one QNull is never destroyed: it keeps a reference to itself. */
    assert(!obj->base.refcnt);
    assert(qobject_destroyers[qobject_type(obj)]);
    qobject_destroyers[qobject_type(obj)](obj);
}

bool qobject_is_equal(const QObject *x, const QObject *y)
{
    if (x == y) {
        return true;
    }
    if (!x || !y || qobject_type(x) != qobject_type(y)) {
        return false;
    }
    return qobject_comparers[qobject_type(x)](x, y);
}
