/*
 * VMState of lists and trees: elements that are allocated when they are loaded.
 *
 * A list is a byte of 1 before each element, and one of 0 behind the last:
 *
 *     1 element 1 element 0
 *
 * In the struct there is the head, at the field's offset; where in an element
 * the links are says VMStateField.start.
 *
 * A tree is the number of its nodes (be32), and then for each of them 1, key,
 * value; and 0.  Its VMStateField.start is the size of a key, or 0 if the key
 * is the pointer itself; vmsd[0] describes a value and vmsd[1] a key.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"
#include "migration/vmstate.h"
#include "qemu-file.h"

/* Both kinds of lists: where the links are, there is the next one first. */
static int vmstate_put_list(QEMUFile *f, void *pv, size_t unused_size,
                            const VMStateField *field, JSONWriter *vmdesc)
{
    void *elem;

    QTAILQ_RAW_FOREACH(elem, pv, field->start) {
        int ret;

        qemu_put_byte(f, true);
        ret = vmstate_save_state(f, field->vmsd, elem, vmdesc);
        if (ret) {
            return ret;
        }
    }
    qemu_put_byte(f, false);
    return 0;
}

/* QTAILQ */

static int vmstate_get_qtailq(QEMUFile *f, void *pv, size_t unused_size,
                              const VMStateField *field)
{
    const VMStateDescription *vmsd = field->vmsd;

    if (field->version_id > vmsd->version_id ||
        field->version_id < vmsd->minimum_version_id) {
        error_report("%s %s", vmsd->name, field->version_id > vmsd->version_id
                     ? "too new" : "too old");
        return -EINVAL;
    }
    while (qemu_get_byte(f)) {
        void *elem = g_malloc0(field->size);
        int ret = vmstate_load_state(f, vmsd, elem, field->version_id);

        if (ret) {
            g_free(elem);
            return ret;
        }
        QTAILQ_RAW_INSERT_TAIL(pv, elem, field->start);
    }
    return qemu_file_get_error(f);
}

const VMStateInfo vmstate_info_qtailq = {
    .name = "qtailq",
    .get = vmstate_get_qtailq,
    .put = vmstate_put_list,
};

/* QLIST: the next, and where the pointer to us is */

typedef struct QListRawLink {
    void *le_next;
    void **le_prev;
} QListRawLink;

static inline QListRawLink *qlist_raw_link(void *elem, size_t start)
{
    return (QListRawLink *)((char *)elem + start);
}

static int vmstate_get_qlist(QEMUFile *f, void *pv, size_t unused_size,
                             const VMStateField *field)
{
    void **next = pv;           /* where the one to come is pointed to from */

    while (qemu_get_byte(f)) {
        void *elem = g_malloc0(field->size);
        int ret = vmstate_load_state(f, field->vmsd, elem, field->version_id);
        QListRawLink *link = qlist_raw_link(elem, field->start);

        if (ret) {
            error_report("%s : failed to load %s (%d)", field->name,
                         field->vmsd->name, ret);
            g_free(elem);
            return ret;
        }
        *next = elem;
        link->le_next = NULL;
        link->le_prev = next;
        next = &link->le_next;
    }
    return qemu_file_get_error(f);
}

const VMStateInfo vmstate_info_qlist = {
    .name = "qlist",
    .get = vmstate_get_qlist,
    .put = vmstate_put_list,
};

/* GTree */

typedef struct PutTree {
    QEMUFile *f;
    const VMStateField *field;
    JSONWriter *vmdesc;
    int ret;
} PutTree;

static gboolean vmstate_put_gtree_elem(gpointer key, gpointer value,
                                       gpointer data)
{
    PutTree *put = data;
    const VMStateDescription *vmsd = put->field->vmsd;

    qemu_put_byte(put->f, true);
    if (!put->field->start) {
        qemu_put_be64(put->f, (uintptr_t)key);
    } else {
        put->ret = vmstate_save_state(put->f, &vmsd[1], key, put->vmdesc);
    }
    if (!put->ret) {
        put->ret = vmstate_save_state(put->f, &vmsd[0], value, put->vmdesc);
    }
    return put->ret != 0;       /* true ends the walk */
}

static int vmstate_put_gtree(QEMUFile *f, void *pv, size_t unused_size,
                             const VMStateField *field, JSONWriter *vmdesc)
{
    GTree *tree = *(GTree **)pv;
    PutTree put = { f, field, vmdesc, 0 };

    qemu_put_be32(f, g_tree_nnodes(tree));
    g_tree_foreach(tree, vmstate_put_gtree_elem, &put);
    qemu_put_byte(f, false);
    if (put.ret) {
        error_report("%s : failed to save gtree (%d)", field->name, put.ret);
    }
    return put.ret;
}

static int vmstate_get_gtree(QEMUFile *f, void *pv, size_t unused_size,
                             const VMStateField *field)
{
    const VMStateDescription *vmsd = field->vmsd;
    GTree *tree = *(GTree **)pv;
    int nnodes = qemu_get_be32(f), count = 0;

    for (; qemu_get_byte(f); count++) {
        g_autofree void *key = NULL;
        g_autofree void *value = g_malloc0(field->size);
        int ret = 0;

        if (count == nnodes) {
            break;
        }
        if (field->start) {
            key = g_malloc0(field->start);
            ret = vmstate_load_state(f, &vmsd[1], key, field->version_id);
        }
        if (!ret) {
            void *direct = field->start
                ? NULL : (void *)(uintptr_t)qemu_get_be64(f);

            ret = vmstate_load_state(f, &vmsd[0], value, field->version_id);
            if (!ret) {
                /* Both are the tree's from now on. */
                g_tree_insert(tree, field->start ? g_steal_pointer(&key)
                                                 : direct,
                              g_steal_pointer(&value));
                continue;
            }
        }
        error_report("%s : failed to load %s (%d)", field->name, vmsd->name,
                     ret);
        return ret;
    }
    if (count != nnodes) {
        error_report("%s inconsistent stream when loading the gtree",
                     field->name);
        return -EINVAL;
    }
    return qemu_file_get_error(f);
}

const VMStateInfo vmstate_info_gtree = {
    .name = "gtree",
    .get = vmstate_get_gtree,
    .put = vmstate_put_gtree,
};
