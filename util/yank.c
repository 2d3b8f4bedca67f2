/*
 * Cutting connections.  Read include/qemu/yank.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-yank.h"
#include "qapi/qapi-visit-yank.h"
#include "qemu/lockable.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "qemu/yank.h"

typedef struct YankFuncAndParam {
    YankFn *func;
    void *opaque;
    QLIST_ENTRY(YankFuncAndParam) next;
} YankFuncAndParam;

typedef struct YankInstanceEntry {
    YankInstance *instance;
    QLIST_HEAD(, YankFuncAndParam) yankfns;
    QLIST_ENTRY(YankInstanceEntry) next;
} YankInstanceEntry;

static QemuMutex yank_lock;
static QLIST_HEAD(, YankInstanceEntry) yank_instance_list;

static void __attribute__((constructor)) yank_init(void)
{
    qemu_mutex_init(&yank_lock);
}

static bool yank_instance_equal(const YankInstance *a, const YankInstance *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case YANK_INSTANCE_TYPE_BLOCK_NODE:
        return g_str_equal(a->u.block_node.node_name,
                           b->u.block_node.node_name);
    case YANK_INSTANCE_TYPE_CHARDEV:
        return g_str_equal(a->u.chardev.id, b->u.chardev.id);
    default:
        return true;            /* there is one migration at a time */
    }
}

static YankInstanceEntry *yank_find_entry(const YankInstance *instance)
{
    YankInstanceEntry *entry;

    QLIST_FOREACH(entry, &yank_instance_list, next) {
        if (yank_instance_equal(entry->instance, instance)) {
            break;
        }
    }
    return entry;
}

bool yank_register_instance(const YankInstance *instance, Error **errp)
{
    YankInstanceEntry *entry;

    QEMU_LOCK_GUARD(&yank_lock);

    if (yank_find_entry(instance)) {
        error_setg(errp, "duplicate yank instance");
        return false;
    }
    entry = g_new0(YankInstanceEntry, 1);
    entry->instance = QAPI_CLONE(YankInstance, instance);
    QLIST_INSERT_HEAD(&yank_instance_list, entry, next);
    return true;
}

void yank_unregister_instance(const YankInstance *instance)
{
    YankInstanceEntry *entry;

    QEMU_LOCK_GUARD(&yank_lock);

    entry = yank_find_entry(instance);
    assert(entry && QLIST_EMPTY(&entry->yankfns));
    QLIST_REMOVE(entry, next);
    qapi_free_YankInstance(entry->instance);
    g_free(entry);
}

void yank_register_function(const YankInstance *instance,
                            YankFn *func, void *opaque)
{
    YankFuncAndParam *yankfn = g_new0(YankFuncAndParam, 1);
    YankInstanceEntry *entry;

    yankfn->func = func;
    yankfn->opaque = opaque;

    QEMU_LOCK_GUARD(&yank_lock);

    entry = yank_find_entry(instance);
    assert(entry);
    QLIST_INSERT_HEAD(&entry->yankfns, yankfn, next);
}

void yank_unregister_function(const YankInstance *instance,
                              YankFn *func, void *opaque)
{
    YankInstanceEntry *entry;
    YankFuncAndParam *yankfn;

    QEMU_LOCK_GUARD(&yank_lock);

    entry = yank_find_entry(instance);
    assert(entry);
    QLIST_FOREACH(yankfn, &entry->yankfns, next) {
        if (yankfn->func == func && yankfn->opaque == opaque) {
            QLIST_REMOVE(yankfn, next);
            g_free(yankfn);
            return;
        }
    }
    g_assert_not_reached();
}

/* QMP; out of band, so in any thread */

void qmp_yank(YankInstanceList *instances, Error **errp)
{
    YankInstanceList *tail;

    QEMU_LOCK_GUARD(&yank_lock);

    for (tail = instances; tail; tail = tail->next) {
        if (!yank_find_entry(tail->value)) {
            error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                      "Instance not found");
            return;
        }
    }
    for (tail = instances; tail; tail = tail->next) {
        YankFuncAndParam *yankfn;

        QLIST_FOREACH(yankfn, &yank_find_entry(tail->value)->yankfns, next) {
            yankfn->func(yankfn->opaque);
        }
    }
}

YankInstanceList *qmp_query_yank(Error **errp)
{
    YankInstanceList *list = NULL;
    YankInstanceEntry *entry;

    QEMU_LOCK_GUARD(&yank_lock);

    QLIST_FOREACH(entry, &yank_instance_list, next) {
        QAPI_LIST_PREPEND(list, QAPI_CLONE(YankInstance, entry->instance));
    }
    return list;
}
