/*
 * chardev-ringbuf: keeps the last bytes of output in memory.
 *
 *     -chardev ringbuf,id=a[,size=64K]
 *
 * Output never waits: what does not fit pushes out the oldest.  The producer
 * and the consumer count bytes for ever; a position is the count modulo the
 * size, which is therefore a power of two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-ringbuf.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/base64.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "qemu/option.h"

struct RingBufChardev {
    Chardev parent;

    size_t size;
    size_t prod;
    size_t cons;
    uint8_t *cbuf;
};

size_t ringbuf_count(const Chardev *chr)
{
    const RingBufChardev *d = RINGBUF_CHARDEV(chr);

    return d->prod - d->cons;
}

static int ringbuf_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    RingBufChardev *d = RINGBUF_CHARDEV(chr);

    if (!buf || len < 0) {
        return -1;
    }
    for (int i = 0; i < len; i++) {
        d->cbuf[d->prod++ & (d->size - 1)] = buf[i];
        if (d->prod - d->cons > d->size) {
            d->cons = d->prod - d->size;
        }
    }
    return len;
}

int ringbuf_chr_read(Chardev *chr, uint8_t *buf, int len)
{
    RingBufChardev *d = RINGBUF_CHARDEV(chr);
    int i;

    qemu_mutex_lock(&chr->chr_write_lock);
    for (i = 0; i < len && d->cons != d->prod; i++) {
        buf[i] = d->cbuf[d->cons++ & (d->size - 1)];
    }
    qemu_mutex_unlock(&chr->chr_write_lock);
    return i;
}

/* For clients.  NULL with @errp set if @device is none of these. */
static Chardev *ringbuf_find(const char *device, Error **errp)
{
    Chardev *chr = qemu_chr_find(device);

    if (!chr) {
        error_setg(errp, "Device '%s' not found", device);
        return NULL;
    }
    if (!CHARDEV_IS_RINGBUF(chr)) {
        error_setg(errp, "%s is not a ringbuf device", device);
        return NULL;
    }
    return chr;
}

void qmp_ringbuf_write(const char *device, const char *data,
                       bool has_format, enum DataFormat format, Error **errp)
{
    Chardev *chr = ringbuf_find(device, errp);
    g_autofree uint8_t *decoded = NULL;
    const uint8_t *bytes = (const uint8_t *)data;
    size_t len = strlen(data);

    if (!chr) {
        return;
    }
    if (has_format && format == DATA_FORMAT_BASE64) {
        bytes = decoded = qbase64_decode(data, -1, &len, errp);
        if (!decoded) {
            return;
        }
    }
    qemu_mutex_lock(&chr->chr_write_lock);
    ringbuf_chr_write(chr, bytes, len);
    qemu_mutex_unlock(&chr->chr_write_lock);
}

char *qmp_ringbuf_read(const char *device, int64_t size,
                       bool has_format, enum DataFormat format, Error **errp)
{
    Chardev *chr = ringbuf_find(device, errp);
    uint8_t *bytes;
    int len;

    if (!chr) {
        return NULL;
    }
    if (size <= 0) {
        error_setg(errp, "size must be greater than zero");
        return NULL;
    }
    size = MIN(size, ringbuf_count(chr));
    bytes = g_malloc0(size + 1);
    len = ringbuf_chr_read(chr, bytes, size);
    if (has_format && format == DATA_FORMAT_BASE64) {
        char *text = g_base64_encode(bytes, len);

        g_free(bytes);
        return text;
    }
    return (char *)bytes;
}

static void qemu_chr_open_ringbuf(Chardev *chr, ChardevBackend *backend,
                                  bool *be_opened, Error **errp)
{
    ChardevRingbuf *opts = backend->u.ringbuf.data;
    RingBufChardev *d = RINGBUF_CHARDEV(chr);

    /* 0 says the same as saying nothing. */
    d->size = opts->has_size && opts->size ? opts->size : 65536;
    if (!is_power_of_2(d->size)) {
        error_setg(errp, "size of ringbuf chardev must be power of two");
        return;
    }
    d->cbuf = g_try_malloc0(d->size);
    if (!d->cbuf) {
        error_setg(errp, "cannot allocate a ringbuf of %zu bytes", d->size);
    }
}

static void qemu_chr_parse_ringbuf(QemuOpts *opts, ChardevBackend *backend,
                                   Error **errp)
{
    ChardevRingbuf *ringbuf;
    uint64_t val;

    backend->type = CHARDEV_BACKEND_KIND_RINGBUF;
    ringbuf = backend->u.ringbuf.data = g_new0(ChardevRingbuf, 1);
    qemu_chr_parse_common(opts, qapi_ChardevRingbuf_base(ringbuf));
    val = qemu_opt_get_size(opts, "size", 0);
    if (val != 0) {
        ringbuf->has_size = true;
        ringbuf->size = val;
    }
}

static void char_ringbuf_finalize(Object *obj)
{
    g_free(RINGBUF_CHARDEV(obj)->cbuf);
}

static void char_ringbuf_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_ringbuf;
    cc->open = qemu_chr_open_ringbuf;
    cc->chr_write = ringbuf_chr_write;
}

/* "memory" is the name it had first. */
static const TypeInfo char_ringbuf_types[] = {
    {
        .name = TYPE_CHARDEV_RINGBUF,
        .parent = TYPE_CHARDEV,
        .class_init = char_ringbuf_class_init,
        .instance_size = sizeof(RingBufChardev),
        .instance_finalize = char_ringbuf_finalize,
    }, {
        .name = TYPE_CHARDEV_MEMORY,
        .parent = TYPE_CHARDEV_RINGBUF,
    },
};

DEFINE_TYPES(char_ringbuf_types)
