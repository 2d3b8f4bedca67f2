/*
 * A stream of migration.  See migration/qemu-file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu-file.h"

/* One of @out and @in is there.  @pos: in @in.  @last_error: 0 or -errno. */
struct QEMUFile {
    GByteArray *out;
    GBytes *in;
    size_t pos;
    int last_error;
};

QEMUFile *qemu_file_new_output(void)
{
    QEMUFile *f = g_new0(QEMUFile, 1);

    f->out = g_byte_array_new();
    return f;
}

QEMUFile *qemu_file_new_input(GBytes *bytes)
{
    QEMUFile *f = g_new0(QEMUFile, 1);

    f->in = g_bytes_ref(bytes);
    return f;
}

GBytes *qemu_file_bytes(QEMUFile *f)
{
    assert(f->out);
    return g_bytes_new(f->out->data, f->out->len);
}

int qemu_file_get_error(QEMUFile *f)
{
    return f->last_error;
}

/* The first one is the cause of the others. */
void qemu_file_set_error(QEMUFile *f, int ret)
{
    if (f->last_error == 0) {
        f->last_error = ret;
    }
}

int qemu_fclose(QEMUFile *f)
{
    int ret = f->last_error;

    if (f->out) {
        g_byte_array_unref(f->out);
    }
    g_clear_pointer(&f->in, g_bytes_unref);
    g_free(f);
    return ret;
}

/* Writing */

void qemu_put_buffer(QEMUFile *f, const uint8_t *buf, size_t size)
{
    assert(f->out);
    if (f->last_error == 0) {
        g_byte_array_append(f->out, buf, size);
    }
}

void qemu_put_byte(QEMUFile *f, int v)
{
    uint8_t byte = v;

    qemu_put_buffer(f, &byte, sizeof(byte));
}

void qemu_put_be16(QEMUFile *f, unsigned int v)
{
    uint8_t buf[2];

    stw_be_p(buf, v);
    qemu_put_buffer(f, buf, sizeof(buf));
}

void qemu_put_be32(QEMUFile *f, unsigned int v)
{
    uint8_t buf[4];

    stl_be_p(buf, v);
    qemu_put_buffer(f, buf, sizeof(buf));
}

void qemu_put_be64(QEMUFile *f, uint64_t v)
{
    uint8_t buf[8];

    stq_be_p(buf, v);
    qemu_put_buffer(f, buf, sizeof(buf));
}

/* Reading */

size_t qemu_peek_buffer(QEMUFile *f, const uint8_t **buf, size_t size,
                        size_t offset)
{
    const uint8_t *data;
    size_t all;

    assert(f->in);
    data = g_bytes_get_data(f->in, &all);
    if (f->last_error || offset >= all - f->pos) {
        return 0;
    }
    *buf = data + f->pos + offset;
    return MIN(size, all - f->pos - offset);
}

int qemu_peek_byte(QEMUFile *f, int offset)
{
    const uint8_t *buf;

    return qemu_peek_buffer(f, &buf, 1, offset) ? *buf : 0;
}

void qemu_file_skip(QEMUFile *f, int size)
{
    f->pos += MIN((size_t)size, g_bytes_get_size(f->in) - f->pos);
}

size_t qemu_get_buffer(QEMUFile *f, uint8_t *buf, size_t size)
{
    const uint8_t *data;
    size_t len = qemu_peek_buffer(f, &data, size, 0);

    if (len) {
        memcpy(buf, data, len);
        f->pos += len;
    }
    if (len < size) {
        qemu_file_set_error(f, -EIO);
    }
    return len;
}

/* Zeros where the stream has none. */
static void qemu_get_number(QEMUFile *f, uint8_t *buf, size_t size)
{
    size_t len = qemu_get_buffer(f, buf, size);

    memset(buf + len, 0, size - len);
}

int qemu_get_byte(QEMUFile *f)
{
    uint8_t byte;

    qemu_get_number(f, &byte, sizeof(byte));
    return byte;
}

unsigned int qemu_get_be16(QEMUFile *f)
{
    uint8_t buf[2];

    qemu_get_number(f, buf, sizeof(buf));
    return lduw_be_p(buf);
}

unsigned int qemu_get_be32(QEMUFile *f)
{
    uint8_t buf[4];

    qemu_get_number(f, buf, sizeof(buf));
    return (uint32_t)ldl_be_p(buf);
}

uint64_t qemu_get_be64(QEMUFile *f)
{
    uint8_t buf[8];

    qemu_get_number(f, buf, sizeof(buf));
    return ldq_be_p(buf);
}
