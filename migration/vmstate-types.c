/*
 * The kinds of fields that a VMStateDescription can have: how one element goes
 * into a stream, and comes out of it.
 *
 * Lists and trees are in vmstate-lists.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "migration/vmstate.h"
#include "qemu-file.h"

/* bool: a byte */

static int vmstate_get_bool(QEMUFile *f, void *pv, size_t size,
                            const VMStateField *field)
{
    bool *v = pv;

    *v = qemu_get_byte(f);
    return 0;
}

static int vmstate_put_bool(QEMUFile *f, void *pv, size_t size,
                            const VMStateField *field, JSONWriter *vmdesc)
{
    const bool *v = pv;

    qemu_put_byte(f, *v);
    return 0;
}

const VMStateInfo vmstate_info_bool = {
    .name = "bool",
    .get = vmstate_get_bool,
    .put = vmstate_put_bool,
};

/* Integers, big endian */

#define DEFINE_INT_INFO(_type, _c_type, _width)                             \
static int vmstate_get_##_type(QEMUFile *f, void *pv, size_t size,          \
                               const VMStateField *field)                   \
{                                                                           \
    _c_type *v = pv;                                                        \
                                                                            \
    *v = qemu_get_##_width(f);                                              \
    return 0;                                                               \
}                                                                           \
                                                                            \
static int vmstate_put_##_type(QEMUFile *f, void *pv, size_t size,          \
                               const VMStateField *field,                   \
                               JSONWriter *vmdesc)                          \
{                                                                           \
    const _c_type *v = pv;                                                  \
                                                                            \
    qemu_put_##_width(f, *v);                                               \
    return 0;                                                               \
}                                                                           \
                                                                            \
const VMStateInfo vmstate_info_##_type = {                                  \
    .name = #_type,                                                         \
    .get = vmstate_get_##_type,                                             \
    .put = vmstate_put_##_type,                                             \
}

DEFINE_INT_INFO(int8, int8_t, byte);
DEFINE_INT_INFO(int16, int16_t, be16);
DEFINE_INT_INFO(int32, int32_t, be32);
DEFINE_INT_INFO(int64, int64_t, be64);
DEFINE_INT_INFO(uint8, uint8_t, byte);
DEFINE_INT_INFO(uint16, uint16_t, be16);
DEFINE_INT_INFO(uint32, uint32_t, be32);
DEFINE_INT_INFO(uint64, uint64_t, be64);

/* Those that must be the same on both sides */

static int vmstate_mismatch(uint64_t here, uint64_t there,
                            const VMStateField *field)
{
    error_report("%" PRIx64 " != %" PRIx64, here, there);
    if (field->err_hint) {
        error_printf("%s\n", field->err_hint);
    }
    return -EINVAL;
}

#define DEFINE_EQUAL_INFO(_type, _c_type, _width, _name)                    \
static int vmstate_get_##_type##_equal(QEMUFile *f, void *pv, size_t size,  \
                                       const VMStateField *field)           \
{                                                                           \
    const _c_type *v = pv;                                                  \
    _c_type there = qemu_get_##_width(f);                                   \
                                                                            \
    return *v == there ? 0 : vmstate_mismatch(*v, there, field);            \
}                                                                           \
                                                                            \
const VMStateInfo vmstate_info_##_type##_equal = {                          \
    .name = _name,                                                          \
    .get = vmstate_get_##_type##_equal,                                     \
    .put = vmstate_put_##_type,                                             \
}

DEFINE_EQUAL_INFO(uint8, uint8_t, byte, "uint8 equal");
DEFINE_EQUAL_INFO(uint16, uint16_t, be16, "uint16 equal");
DEFINE_EQUAL_INFO(int32, int32_t, be32, "int32 equal");
DEFINE_EQUAL_INFO(uint32, uint32_t, be32, "uint32 equal");
DEFINE_EQUAL_INFO(uint64, uint64_t, be64, "int64 equal");

/* 0 or more, and no more than what it is here */
static int vmstate_get_int32_le(QEMUFile *f, void *pv, size_t size,
                                const VMStateField *field)
{
    int32_t *v = pv;
    int32_t loaded = qemu_get_be32(f);

    if (loaded >= 0 && loaded <= *v) {
        *v = loaded;
        return 0;
    }
    error_report("Invalid value %" PRId32 " expecting positive value <= %"
                 PRId32, loaded, *v);
    return -EINVAL;
}

const VMStateInfo vmstate_info_int32_le = {
    .name = "int32 le",
    .get = vmstate_get_int32_le,
    .put = vmstate_put_int32,
};

/* In the place of an element that a pointer does not point to */

static int vmstate_get_nullptr(QEMUFile *f, void *pv, size_t size,
                               const VMStateField *field)
{
    if (qemu_get_byte(f) == VMS_NULLPTR_MARKER) {
        return 0;
    }
    error_report("vmstate: get_nullptr expected VMS_NULLPTR_MARKER");
    return -EINVAL;
}

static int vmstate_put_nullptr(QEMUFile *f, void *pv, size_t size,
                               const VMStateField *field, JSONWriter *vmdesc)
{
    if (pv) {
        error_report("vmstate: put_nullptr must be called with pv == NULL");
        return -EINVAL;
    }
    qemu_put_byte(f, VMS_NULLPTR_MARKER);
    return 0;
}

const VMStateInfo vmstate_info_nullptr = {
    .name = "uint64",
    .get = vmstate_get_nullptr,
    .put = vmstate_put_nullptr,
};

/* A timer: when it expires, by its own clock */

static int vmstate_get_timer(QEMUFile *f, void *pv, size_t size,
                             const VMStateField *field)
{
    QEMUTimer *ts = pv;
    uint64_t expire_time = qemu_get_be64(f);

    if (expire_time != UINT64_MAX) {
        timer_mod_ns(ts, expire_time);
    } else {
        timer_del(ts);
    }
    return 0;
}

static int vmstate_put_timer(QEMUFile *f, void *pv, size_t size,
                             const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_be64(f, timer_expire_time_ns(pv));
    return 0;
}

const VMStateInfo vmstate_info_timer = {
    .name = "timer",
    .get = vmstate_get_timer,
    .put = vmstate_put_timer,
};

/* Bytes, and bytes that mean nothing any more */

static int vmstate_get_buffer(QEMUFile *f, void *pv, size_t size,
                              const VMStateField *field)
{
    qemu_get_buffer(f, pv, size);
    return 0;
}

static int vmstate_put_buffer(QEMUFile *f, void *pv, size_t size,
                              const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_buffer(f, pv, size);
    return 0;
}

const VMStateInfo vmstate_info_buffer = {
    .name = "buffer",
    .get = vmstate_get_buffer,
    .put = vmstate_put_buffer,
};

static int vmstate_get_unused_buffer(QEMUFile *f, void *pv, size_t size,
                                     const VMStateField *field)
{
    while (size--) {
        qemu_get_byte(f);
    }
    return 0;
}

static int vmstate_put_unused_buffer(QEMUFile *f, void *pv, size_t size,
                                     const VMStateField *field,
                                     JSONWriter *vmdesc)
{
    while (size--) {
        qemu_put_byte(f, 0);
    }
    return 0;
}

const VMStateInfo vmstate_info_unused_buffer = {
    .name = "unused_buffer",
    .get = vmstate_get_unused_buffer,
    .put = vmstate_put_unused_buffer,
};

/* A struct that exists only for the stream: VMSTATE_WITH_TMP */

static int vmstate_get_tmp(QEMUFile *f, void *pv, size_t size,
                           const VMStateField *field)
{
    g_autofree void *tmp = g_malloc0(size);

    /* Its first member points to what it is made of. */
    *(void **)tmp = pv;
    return vmstate_load_state(f, field->vmsd, tmp, field->version_id);
}

static int vmstate_put_tmp(QEMUFile *f, void *pv, size_t size,
                           const VMStateField *field, JSONWriter *vmdesc)
{
    g_autofree void *tmp = g_malloc0(size);

    *(void **)tmp = pv;
    return vmstate_save_state(f, field->vmsd, tmp, vmdesc);
}

const VMStateInfo vmstate_info_tmp = {
    .name = "tmp",
    .get = vmstate_get_tmp,
    .put = vmstate_put_tmp,
};

/* A bitmap: words of 64 bits, whatever a long has; @size is in bits */

static int vmstate_get_bitmap(QEMUFile *f, void *pv, size_t size,
                              const VMStateField *field)
{
    unsigned long *map = pv;

    QEMU_BUILD_BUG_ON(sizeof(*map) != sizeof(uint64_t));
    for (size_t i = 0; i < DIV_ROUND_UP(size, 64); i++) {
        map[i] = qemu_get_be64(f);
    }
    return 0;
}

static int vmstate_put_bitmap(QEMUFile *f, void *pv, size_t size,
                              const VMStateField *field, JSONWriter *vmdesc)
{
    const unsigned long *map = pv;

    for (size_t i = 0; i < DIV_ROUND_UP(size, 64); i++) {
        qemu_put_be64(f, map[i]);
    }
    return 0;
}

const VMStateInfo vmstate_info_bitmap = {
    .name = "bitmap",
    .get = vmstate_get_bitmap,
    .put = vmstate_put_bitmap,
};
