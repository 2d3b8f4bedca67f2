/*
 * chardev-add and its family: QMP's side of character devices.
 *
 * Read include/chardev/char.h first.  In QEMU all this is in chardev/char.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/chardev-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"

static int qmp_query_chardev_foreach(Object *obj, void *data)
{
    ChardevInfoList **list = data;
    Chardev *chr = CHARDEV(obj);
    ChardevInfo *value = g_new0(ChardevInfo, 1);

    value->label = g_strdup(chr->label);
    value->filename = g_strdup(chr->filename);
    value->frontend_open = chr->be && chr->be->fe_open;
    QAPI_LIST_PREPEND(*list, value);
    return 0;
}

ChardevInfoList *qmp_query_chardev(Error **errp)
{
    ChardevInfoList *list = NULL;

    object_child_foreach(get_chardevs_root(), qmp_query_chardev_foreach,
                         &list);
    return list;
}

static void qmp_prepend_backend(ObjectClass *klass, void *opaque)
{
    ChardevBackendInfoList **list = opaque;
    ChardevBackendInfo *value;

    if (CHARDEV_CLASS(klass)->internal) {
        return;
    }
    value = g_new0(ChardevBackendInfo, 1);
    value->name = g_strdup(object_class_get_name(klass) +
                           strlen("chardev-"));
    QAPI_LIST_PREPEND(*list, value);
}

ChardevBackendInfoList *qmp_query_chardev_backends(Error **errp)
{
    ChardevBackendInfoList *list = NULL;

    object_class_foreach(qmp_prepend_backend, TYPE_CHARDEV, false, &list);
    return list;
}

static ChardevReturn *chardev_return(Chardev *chr)
{
    ChardevReturn *ret = g_new0(ChardevReturn, 1);

    if (CHARDEV_IS_PTY(chr)) {
        ret->has_pty = true;
        ret->pty = g_strdup(chr->filename + strlen("pty:"));
    }
    return ret;
}

ChardevReturn *qmp_chardev_add(const char *id, ChardevBackend *backend,
                               Error **errp)
{
    ERRP_GUARD();
    g_autofree char *typename = NULL;
    Chardev *chr;

    if (qemu_chr_find(id)) {
        error_setg(errp, "Chardev with id '%s' already exists", id);
        return NULL;
    }
    typename = g_strdup_printf("chardev-%s",
                               ChardevBackendKind_str(backend->type));
    chr = qemu_chardev_new(id, typename, backend, NULL, errp);
    if (!chr) {
        error_prepend(errp, "Failed to add chardev '%s': ", id);
        return NULL;
    }
    return chardev_return(chr);
}

/*
 * Connect @be with @chr_new in place of @chr.  A front end that does not want
 * it gets @chr back as it was.
 */
static bool chardev_swap(CharBackend *be, Chardev *chr, Chardev *chr_new,
                         Error **errp)
{
    bool closed_sent = false;
    int fe_open = be->fe_open;

    if (chr->be_open && !chr_new->be_open) {
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
        closed_sent = true;
    }
    chr->be = NULL;
    qemu_chr_fe_init(be, chr_new, &error_abort);
    if (be->chr_be_change(be->opaque) >= 0) {
        return true;
    }
    error_setg(errp, "Chardev '%s' change failed", chr_new->label);
    chr_new->be = NULL;
    qemu_chr_fe_init(be, chr, &error_abort);
    be->fe_open = fe_open;
    qemu_chr_be_update_read_handlers(chr, chr->gcontext);
    if (closed_sent) {
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    }
    return false;
}

/*
 * The new device is opened first, so that a wrong one leaves the old in place.
 * (QEMU drops the old one first where nobody uses it.)
 */
ChardevReturn *qmp_chardev_change(const char *id, ChardevBackend *backend,
                                  Error **errp)
{
    ERRP_GUARD();
    g_autofree char *typename = NULL;
    Chardev *chr = qemu_chr_find(id), *chr_new;

    if (!chr) {
        error_setg(errp, "Chardev '%s' does not exist", id);
        return NULL;
    }
    if (CHARDEV_IS_MUX(chr)) {
        error_setg(errp, "Mux device hotswap not supported yet");
        return NULL;
    }
    if (chr->be && !chr->be->chr_be_change) {
        error_setg(errp, "Chardev user does not support chardev hotswap");
        return NULL;
    }
    typename = g_strdup_printf("chardev-%s",
                               ChardevBackendKind_str(backend->type));
    chr_new = chardev_new(id, typename, backend, chr->gcontext, errp);
    if (!chr_new) {
        if (!chr->be) {
            error_prepend(errp, "Failed to add chardev '%s': ", id);
        }
        return NULL;
    }
    if (chr->be && !chardev_swap(chr->be, chr, chr_new, errp)) {
        object_unref(OBJECT(chr_new));
        return NULL;
    }
    object_unparent(OBJECT(chr));
    object_property_add_child(get_chardevs_root(), id, OBJECT(chr_new));
    object_unref(OBJECT(chr_new));
    return chardev_return(chr_new);
}

/* A mux may get front ends at any time, and counts as busy. */
static bool qemu_chr_is_busy(Chardev *s)
{
    return CHARDEV_IS_MUX(s) || s->be != NULL;
}

void qmp_chardev_remove(const char *id, Error **errp)
{
    Chardev *chr = qemu_chr_find(id);

    if (!chr) {
        error_setg(errp, "Chardev '%s' not found", id);
        return;
    }
    if (qemu_chr_is_busy(chr)) {
        error_setg(errp, "Chardev '%s' is busy", id);
        return;
    }
    object_unparent(OBJECT(chr));
}

void qmp_chardev_send_break(const char *id, Error **errp)
{
    Chardev *chr = qemu_chr_find(id);

    if (!chr) {
        error_setg(errp, "Chardev '%s' not found", id);
        return;
    }
    qemu_chr_be_event(chr, CHR_EVENT_BREAK);
}
