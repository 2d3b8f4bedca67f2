/*
 * rng-egd: randomness from a daemon that speaks EGD's protocol on a chardev.
 *
 * We say 0x02 and how many bytes we want, up to 255, and they come: no header,
 * no more and no less.  So a request is asked for in pieces, and what comes
 * fills the requests one after the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/module.h"
#include "sysemu/rng.h"

#define TYPE_RNG_EGD "rng-egd"
OBJECT_DECLARE_SIMPLE_TYPE(RngEgd, RNG_EGD)

#define EGD_READ_BLOCKING   0x02
#define EGD_MAX             255

struct RngEgd {
    RngBackend parent;

    CharBackend chr;
    char *chr_name;
};

static void rng_egd_request_entropy(RngBackend *b, RngRequest *req)
{
    RngEgd *s = RNG_EGD(b);
    size_t size = req->size;

    while (size > 0) {
        uint8_t len = MIN(EGD_MAX, size);
        uint8_t header[] = { EGD_READ_BLOCKING, len };

        qemu_chr_fe_write_all(&s->chr, header, sizeof(header));
        size -= len;
    }
}

static int rng_egd_chr_can_read(void *opaque)
{
    RngEgd *s = RNG_EGD(opaque);
    RngRequest *req;
    size_t size = 0;

    QSIMPLEQ_FOREACH(req, &s->parent.requests, next) {
        size += req->size - req->offset;
    }
    return MIN(size, INT_MAX);
}

static void rng_egd_chr_read(void *opaque, const uint8_t *buf, int size)
{
    RngEgd *s = RNG_EGD(opaque);

    while (size > 0 && !QSIMPLEQ_EMPTY(&s->parent.requests)) {
        RngRequest *req = QSIMPLEQ_FIRST(&s->parent.requests);
        int len = MIN(size, req->size - req->offset);

        memcpy(req->data + req->offset, buf, len);
        req->offset += len;
        buf += len;
        size -= len;

        if (req->offset == req->size) {
            req->receive_entropy(req->opaque, req->data, req->size);
            rng_backend_free_request(&s->parent, req);
        }
    }
}

static void rng_egd_opened(RngBackend *b, Error **errp)
{
    RngEgd *s = RNG_EGD(b);
    Chardev *chr;

    if (!s->chr_name) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "chardev",
                   "a valid character device");
        return;
    }
    chr = qemu_chr_find(s->chr_name);
    if (!chr) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  s->chr_name);
        return;
    }
    if (!qemu_chr_fe_init(&s->chr, chr, errp)) {
        return;
    }
    qemu_chr_fe_set_handlers(&s->chr, rng_egd_chr_can_read, rng_egd_chr_read,
                             NULL, NULL, s, NULL, true);
}

static void rng_egd_set_chardev(Object *obj, const char *value, Error **errp)
{
    RngEgd *s = RNG_EGD(obj);

    if (RNG_BACKEND(obj)->opened) {
        error_setg(errp, QERR_PERMISSION_DENIED);
        return;
    }
    g_free(s->chr_name);
    s->chr_name = g_strdup(value);
}

static char *rng_egd_get_chardev(Object *obj, Error **errp)
{
    Chardev *chr = qemu_chr_fe_get_driver(&RNG_EGD(obj)->chr);

    return chr && chr->label ? g_strdup(chr->label) : NULL;
}

static void rng_egd_finalize(Object *obj)
{
    RngEgd *s = RNG_EGD(obj);

    qemu_chr_fe_deinit(&s->chr, false);
    g_free(s->chr_name);
}

static void rng_egd_class_init(ObjectClass *klass, void *data)
{
    RngBackendClass *rbc = RNG_BACKEND_CLASS(klass);

    rbc->request_entropy = rng_egd_request_entropy;
    rbc->opened = rng_egd_opened;
    object_class_property_add_str(klass, "chardev", rng_egd_get_chardev,
                                  rng_egd_set_chardev);
}

static const TypeInfo rng_egd_info = {
    .name = TYPE_RNG_EGD,
    .parent = TYPE_RNG_BACKEND,
    .instance_size = sizeof(RngEgd),
    .instance_finalize = rng_egd_finalize,
    .class_init = rng_egd_class_init,
};

static void rng_egd_register_types(void)
{
    type_register_static(&rng_egd_info);
}

type_init(rng_egd_register_types)
