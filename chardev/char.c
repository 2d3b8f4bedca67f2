/*
 * Character devices: the class that all back ends derive from.
 *
 * Read include/chardev/char.h first.  Options are parsed in char-opts.c, the
 * front end's half is char-fe.c, and each back end has a file of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "chardev/char-io.h"
#include "chardev/chardev-internal.h"
#include "qapi/error.h"
#include "qemu/id.h"
#include "qemu/module.h"
#include "trace.h"

Object *get_chardevs_root(void)
{
    return container_get(object_get_root(), "/chardevs");
}

Chardev *qemu_chr_find(const char *name)
{
    Object *obj = object_resolve_path_component(get_chardevs_root(), name);

    return obj ? CHARDEV(obj) : NULL;
}

void qemu_chr_cleanup(void)
{
    object_unparent(get_chardevs_root());
}

/* Events */

static void chr_be_event(Chardev *s, QEMUChrEvent event)
{
    CharBackend *be = s->be;

    if (be && be->chr_event) {
        be->chr_event(be->opaque, event);
    }
}

void qemu_chr_be_event(Chardev *s, QEMUChrEvent event)
{
    trace_qemu_chr_be_event(s, s->label, event);

    switch (event) {
    case CHR_EVENT_OPENED:
        s->be_open = 1;
        break;
    case CHR_EVENT_CLOSED:
        s->be_open = 0;
        break;
    default:
        break;
    }
    CHARDEV_GET_CLASS(s)->chr_be_event(s, event);
}

/* From the VM to the world */

/* logfile=: what cannot be written there is not worth stopping a VM for. */
static void qemu_chr_write_log(Chardev *s, const uint8_t *buf, size_t len)
{
    if (s->logfd >= 0 && qemu_write_full(s->logfd, buf, len) < len) {
        qemu_close(s->logfd);
        s->logfd = -1;
    }
}

static int qemu_chr_write_buffer(Chardev *s, const uint8_t *buf, int len,
                                 int *offset, bool write_all)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);
    int res = 0;

    *offset = 0;
    qemu_mutex_lock(&s->chr_write_lock);
    while (*offset < len) {
        res = cc->chr_write(s, buf + *offset, len - *offset);
        if (res < 0 && errno == EAGAIN && write_all) {
            g_usleep(100);
            continue;
        }
        if (res <= 0) {
            break;
        }
        *offset += res;
        if (!write_all) {
            break;
        }
    }
    if (*offset > 0) {
        qemu_chr_write_log(s, buf, *offset);
    } else if (res < 0) {
        /* What the device does not take shall be in the log all the same. */
        int saved_errno = errno;

        if (saved_errno != EAGAIN) {
            qemu_chr_write_log(s, buf, len);
        }
        errno = saved_errno;
    }
    qemu_mutex_unlock(&s->chr_write_lock);
    return res;
}

int qemu_chr_write(Chardev *s, const uint8_t *buf, int len, bool write_all)
{
    int offset;
    int res = qemu_chr_write_buffer(s, buf, len, &offset, write_all);

    return res < 0 ? res : offset;
}

/* From the world to the VM */

int qemu_chr_be_can_write(Chardev *s)
{
    CharBackend *be = s->be;

    if (!be || !be->chr_can_read) {
        return 0;
    }
    return be->chr_can_read(be->opaque);
}

void qemu_chr_be_write_impl(Chardev *s, const uint8_t *buf, int len)
{
    CharBackend *be = s->be;

    if (be && be->chr_read) {
        be->chr_read(be->opaque, buf, len);
    }
}

void qemu_chr_be_write(Chardev *s, const uint8_t *buf, int len)
{
    qemu_chr_be_write_impl(s, buf, len);
}

void qemu_chr_be_update_read_handlers(Chardev *s, GMainContext *context)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);

    assert(qemu_chr_has_feature(s, QEMU_CHAR_FEATURE_GCONTEXT) || !context);
    s->gcontext = context;
    if (cc->chr_update_read_handler) {
        cc->chr_update_read_handler(s);
    }
}

int qemu_chr_wait_connected(Chardev *chr, Error **errp)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(chr);

    return cc->chr_wait_connected ? cc->chr_wait_connected(chr, errp) : 0;
}

GSource *qemu_chr_timeout_add_ms(Chardev *chr, guint ms,
                                 GSourceFunc func, void *private)
{
    GSource *source = g_timeout_source_new(ms);

    assert(func);
    g_source_set_callback(source, func, private, NULL);
    g_source_attach(source, chr->gcontext);
    return source;
}

bool qemu_chr_has_feature(Chardev *chr, ChardevFeature feature)
{
    return test_bit(feature, chr->features);
}

void qemu_chr_set_feature(Chardev *chr, ChardevFeature feature)
{
    set_bit(feature, chr->features);
}

/* Life */

/* The options of all back ends, then the back end's own. */
static bool qemu_char_open(Chardev *chr, ChardevBackend *backend,
                           bool *be_opened, Error **errp)
{
    ERRP_GUARD();
    ChardevClass *cc = CHARDEV_GET_CLASS(chr);
    /* All members of the union begin with a pointer to a ChardevCommon. */
    ChardevCommon *common = backend ? backend->u.null.data : NULL;

    if (common && common->has_logfile) {
        int flags = O_WRONLY;

        if (common->has_logappend && common->logappend) {
            flags |= O_APPEND;
        } else {
            flags |= O_TRUNC;
        }
        chr->logfd = qemu_create(common->logfile, flags, 0666, errp);
        if (chr->logfd < 0) {
            return false;
        }
    }
    if (cc->open) {
        cc->open(chr, backend, be_opened, errp);
    }
    return !*errp;
}

Chardev *chardev_new(const char *id, const char *typename,
                     ChardevBackend *backend, GMainContext *gcontext,
                     Error **errp)
{
    Object *obj = object_new(typename);
    Chardev *chr = CHARDEV(obj);
    bool be_opened = true;

    chr->label = g_strdup(id);
    chr->gcontext = gcontext;
    trace_chardev_new(chr, id, typename);

    if (!qemu_char_open(chr, backend, &be_opened, errp)) {
        object_unref(obj);
        return NULL;
    }
    if (!chr->filename) {
        chr->filename = g_strdup(typename + strlen("chardev-"));
    }
    if (be_opened) {
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    }
    return chr;
}

Chardev *qemu_chardev_new(const char *id, const char *typename,
                          ChardevBackend *backend, GMainContext *gcontext,
                          Error **errp)
{
    g_autofree char *genid = NULL;
    Chardev *chr;

    g_assert(g_str_has_prefix(typename, "chardev-"));
    if (!id) {
        genid = id_generate(ID_CHR);
        id = genid;
    } else if (qemu_chr_find(id)) {
        /* Opening the device would empty its file or take its socket. */
        error_setg(errp, "attempt to add duplicate property '%s' to object "
                   "(type 'container')", id);
        return NULL;
    }
    chr = chardev_new(id, typename, backend, gcontext, errp);
    if (!chr) {
        return NULL;
    }
    if (!object_property_try_add_child(get_chardevs_root(), id, OBJECT(chr),
                                       errp)) {
        object_unref(OBJECT(chr));
        return NULL;
    }
    object_unref(OBJECT(chr));
    return chr;
}

static void char_init(Object *obj)
{
    Chardev *chr = CHARDEV(obj);

    chr->logfd = -1;
    qemu_mutex_init(&chr->chr_write_lock);
    if (CHARDEV_GET_CLASS(chr)->chr_update_read_handler) {
        qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT);
    }
}

/* Runs after the back end's own; a front end that is left has no device. */
static void char_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);

    if (chr->be) {
        chr->be->chr = NULL;
    }
    remove_fd_in_watch(chr);
    g_free(chr->filename);
    g_free(chr->label);
    if (chr->logfd != -1) {
        qemu_close(chr->logfd);
    }
    qemu_mutex_destroy(&chr->chr_write_lock);
}

static int null_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    return len;
}

static void char_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->chr_write = null_chr_write;
    cc->chr_be_event = chr_be_event;
}

static const TypeInfo char_type_info = {
    .name = TYPE_CHARDEV,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(Chardev),
    .instance_init = char_init,
    .instance_finalize = char_finalize,
    .abstract = true,
    .class_size = sizeof(ChardevClass),
    .class_init = char_class_init,
};

static void char_register_types(void)
{
    type_register_static(&char_type_info);
}

type_init(char_register_types)
