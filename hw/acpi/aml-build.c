/*
 * Building AML: values, named objects, and how they become bytes.
 *
 * Read include/hw/acpi/aml-build.h first.  Read next: aml-expr.c.
 *
 * ACPI specification 6.3, chapter 20.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/uuid.h"
#include "aml-internal.h"

/* Opcodes; those of two bytes begin with EXT. */
enum {
    OP_ZERO         = 0x00,
    OP_ONE          = 0x01,
    OP_NAME         = 0x08,
    OP_BYTE         = 0x0a,
    OP_WORD         = 0x0b,
    OP_DWORD        = 0x0c,
    OP_STRING       = 0x0d,
    OP_QWORD        = 0x0e,
    OP_SCOPE        = 0x10,
    OP_BUFFER       = 0x11,
    OP_PACKAGE      = 0x12,
    OP_METHOD       = 0x14,
    OP_DUAL_NAME    = 0x2e,
    OP_MULTI_NAME   = 0x2f,
    OP_EXT          = 0x5b,
    OP_LOCAL0       = 0x60,
    OP_ARG0         = 0x68,
    OP_CREATE_DWORD = 0x8a,

    EXT_MUTEX       = 0x01,
    EXT_OP_REGION   = 0x80,
    EXT_FIELD       = 0x81,
    EXT_DEVICE      = 0x82,
    EXT_PROCESSOR   = 0x83,
};

/* The terms that were made; all end together. */
static GPtrArray *aml_pool;

static void aml_free(void *data)
{
    Aml *var = data;

    g_array_free(var->buf, true);
    g_free(var);
}

Aml *init_aml_allocator(void)
{
    assert(!aml_pool);
    aml_pool = g_ptr_array_new_with_free_func(aml_free);
    return aml_alloc();
}

void free_aml_allocator(void)
{
    g_ptr_array_free(aml_pool, true);
    aml_pool = NULL;
}

Aml *aml_alloc(void)
{
    Aml *var = g_new0(Aml, 1);

    var->buf = g_array_new(false, false, 1);
    g_ptr_array_add(aml_pool, var);
    return var;
}

Aml *aml_bundle(uint8_t op, AmlBlockFlags flags)
{
    Aml *var = aml_alloc();

    var->op = op;
    var->block_flags = flags;
    return var;
}

/* Bytes */

void build_append_byte(GArray *array, uint8_t val)
{
    g_array_append_val(array, val);
}

void build_append_int_noprefix(GArray *table, uint64_t value, int size)
{
    for (int i = 0; i < size; i++) {
        build_append_byte(table, value);
        value >>= 8;
    }
}

void aml_append_int(GArray *array, uint64_t value)
{
    if (value == 0) {
        build_append_byte(array, OP_ZERO);
    } else if (value == 1) {
        build_append_byte(array, OP_ONE);
    } else if (value <= UINT8_MAX) {
        build_append_byte(array, OP_BYTE);
        build_append_int_noprefix(array, value, 1);
    } else if (value <= UINT16_MAX) {
        build_append_byte(array, OP_WORD);
        build_append_int_noprefix(array, value, 2);
    } else if (value <= UINT32_MAX) {
        build_append_byte(array, OP_DWORD);
        build_append_int_noprefix(array, value, 4);
    } else {
        build_append_byte(array, OP_QWORD);
        build_append_int_noprefix(array, value, 8);
    }
}

void aml_append_nameseg(GArray *array, const char *seg)
{
    size_t len = strcspn(seg, ".");

    assert(len > 0 && len <= 4);
    g_array_append_vals(array, seg, len);
    g_array_append_vals(array, "____", 4 - len);
}

void aml_append_namestring(GArray *array, const char *name)
{
    unsigned segs = *name ? 1 : 0;

    /* A path from the root, or from so many scopes further up. */
    while (*name == '\\' || *name == '^') {
        build_append_byte(array, *name++);
        segs = *name ? 1 : 0;
    }
    for (const char *p = name; *p; p++) {
        segs += *p == '.';
    }

    if (segs == 0) {
        build_append_byte(array, 0);        /* nothing but the prefix */
        return;
    }
    if (segs == 2) {
        build_append_byte(array, OP_DUAL_NAME);
    } else if (segs > 2) {
        build_append_byte(array, OP_MULTI_NAME);
        build_append_byte(array, segs);
    }
    aml_append_nameseg(array, name);
    while ((name = strchr(name, '.'))) {
        aml_append_nameseg(array, ++name);
    }
}

/*
 * One byte has 6 bits of the length; otherwise the first says how many follow,
 * and has the lowest 4 bits.
 */
void aml_append_pkg_length(GArray *array, unsigned length, bool incl_self)
{
    int more = 0;

    if (length + incl_self >= 1 << 6) {
        do {
            more++;
        } while ((length + (incl_self ? 1 + more : 0)) >> (4 + 8 * more));
    }
    assert(more <= 3);
    if (incl_self) {
        length += 1 + more;
    }
    if (more == 0) {
        build_append_byte(array, length);
        return;
    }
    build_append_byte(array, more << 6 | (length & 0xf));
    build_append_int_noprefix(array, length >> 4, more);
}

static void aml_append_vals(GArray *array, const GArray *from)
{
    g_array_append_vals(array, from->data, from->len);
}

/*
 * A buffer's bytes follow their number, which counts for the length of the
 * whole; so that is made first.
 */
static void aml_append_buffer(GArray *array, Aml *child)
{
    static const uint8_t end_tag[] = { 0x79, 0x00 };    /* no checksum */
    bool resources = child->block_flags == AML_RES_TEMPLATE;
    unsigned len = child->buf->len + (resources ? sizeof(end_tag) : 0);
    g_autoptr(GArray) size = g_array_new(false, false, 1);

    aml_append_int(size, len);
    build_append_byte(array, child->op);
    aml_append_pkg_length(array, size->len + len, true);
    aml_append_vals(array, size);
    aml_append_vals(array, child->buf);
    if (resources) {
        g_array_append_vals(array, end_tag, sizeof(end_tag));
    }
}

void aml_append(Aml *parent_ctx, Aml *child)
{
    GArray *array = parent_ctx->buf;

    switch (child->block_flags) {
    case AML_NO_OPCODE:
        aml_append_vals(array, child->buf);
        break;
    case AML_OPCODE:
        build_append_byte(array, child->op);
        aml_append_vals(array, child->buf);
        break;
    case AML_EXT_PACKAGE:
        build_append_byte(array, OP_EXT);
        /* fall through */
    case AML_PACKAGE:
        build_append_byte(array, child->op);
        aml_append_pkg_length(array, child->buf->len, true);
        aml_append_vals(array, child->buf);
        break;
    case AML_BUFFER:
    case AML_RES_TEMPLATE:
        aml_append_buffer(array, child);
        break;
    }
}

/* Values */

Aml *aml_name(const char *name_format, ...)
{
    Aml *var = aml_alloc();
    g_autofree char *name = NULL;
    va_list ap;

    va_start(ap, name_format);
    name = g_strdup_vprintf(name_format, ap);
    va_end(ap);
    aml_append_namestring(var->buf, name);
    return var;
}

Aml *aml_int(const uint64_t val)
{
    Aml *var = aml_alloc();

    aml_append_int(var->buf, val);
    return var;
}

Aml *aml_string(const char *name_format, ...)
{
    Aml *var = aml_bundle(OP_STRING, AML_OPCODE);
    g_autofree char *s = NULL;
    va_list ap;

    va_start(ap, name_format);
    s = g_strdup_vprintf(name_format, ap);
    va_end(ap);
    g_array_append_vals(var->buf, s, strlen(s) + 1);
    return var;
}

/*
 * Three letters of 5 bits each, four hexadecimal digits; the bytes in the order
 * in which they are read, 6.1.5.
 */
Aml *aml_eisaid(const char *str)
{
    Aml *var = aml_bundle(OP_DWORD, AML_OPCODE);
    uint32_t id;

    assert(strlen(str) == 7);
    id = (str[0] - 0x40) << 26 | (str[1] - 0x40) << 21 |
         (str[2] - 0x40) << 16 | strtoul(str + 3, NULL, 16);
    build_append_int_noprefix(var->buf, bswap32(id), 4);
    return var;
}

/* Of the five groups the first three are numbers, little endian: 19.6.142. */
Aml *aml_touuid(const char *uuid)
{
    Aml *var = aml_bundle(OP_BUFFER, AML_BUFFER);
    QemuUUID parsed;

    if (qemu_uuid_parse(uuid, &parsed) < 0) {
        g_assert_not_reached();
    }
    parsed = qemu_uuid_bswap(parsed);
    g_array_append_vals(var->buf, parsed.data, sizeof(parsed.data));
    return var;
}

Aml *aml_buffer(int buffer_size, uint8_t *byte_list)
{
    Aml *var = aml_bundle(OP_BUFFER, AML_BUFFER);

    for (int i = 0; i < buffer_size; i++) {
        build_append_byte(var->buf, byte_list ? byte_list[i] : 0);
    }
    return var;
}

Aml *aml_package(uint8_t num_elements)
{
    Aml *var = aml_bundle(OP_PACKAGE, AML_PACKAGE);

    build_append_byte(var->buf, num_elements);
    return var;
}

Aml *aml_arg(int pos)
{
    assert(pos >= 0 && pos <= 6);
    return aml_bundle(OP_ARG0 + pos, AML_OPCODE);
}

Aml *aml_local(int num)
{
    assert(num >= 0 && num <= 7);
    return aml_bundle(OP_LOCAL0 + num, AML_OPCODE);
}

/* Named objects */

Aml *aml_name_decl(const char *name, Aml *val)
{
    Aml *var = aml_bundle(OP_NAME, AML_OPCODE);

    aml_append_namestring(var->buf, name);
    aml_append(var, val);
    return var;
}

Aml *aml_scope(const char *name_format, ...)
{
    Aml *var = aml_bundle(OP_SCOPE, AML_PACKAGE);
    g_autofree char *name = NULL;
    va_list ap;

    va_start(ap, name_format);
    name = g_strdup_vprintf(name_format, ap);
    va_end(ap);
    aml_append_namestring(var->buf, name);
    return var;
}

Aml *aml_device(const char *name_format, ...)
{
    Aml *var = aml_bundle(EXT_DEVICE, AML_EXT_PACKAGE);
    g_autofree char *name = NULL;
    va_list ap;

    va_start(ap, name_format);
    name = g_strdup_vprintf(name_format, ap);
    va_end(ap);
    aml_append_namestring(var->buf, name);
    return var;
}

Aml *aml_processor(uint8_t proc_id, uint32_t pblk_addr, uint8_t pblk_len,
                   const char *name_format, ...)
{
    Aml *var = aml_bundle(EXT_PROCESSOR, AML_EXT_PACKAGE);
    g_autofree char *name = NULL;
    va_list ap;

    va_start(ap, name_format);
    name = g_strdup_vprintf(name_format, ap);
    va_end(ap);
    aml_append_namestring(var->buf, name);
    build_append_byte(var->buf, proc_id);
    build_append_int_noprefix(var->buf, pblk_addr, 4);
    build_append_byte(var->buf, pblk_len);
    return var;
}

Aml *aml_method(const char *name, int arg_count, AmlSerializeFlag sflag)
{
    Aml *var = aml_bundle(OP_METHOD, AML_PACKAGE);

    assert(arg_count >= 0 && arg_count <= 7);
    aml_append_namestring(var->buf, name);
    build_append_byte(var->buf, arg_count | sflag << 3);
    return var;
}

Aml *aml_mutex(const char *name, uint8_t sync_level)
{
    Aml *var = aml_alloc();

    assert(sync_level <= 15);
    build_append_byte(var->buf, OP_EXT);
    build_append_byte(var->buf, EXT_MUTEX);
    aml_append_namestring(var->buf, name);
    build_append_byte(var->buf, sync_level);
    return var;
}

Aml *aml_operation_region(const char *name, AmlRegionSpace rs,
                          Aml *offset, uint32_t len)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, OP_EXT);
    build_append_byte(var->buf, EXT_OP_REGION);
    aml_append_namestring(var->buf, name);
    build_append_byte(var->buf, rs);
    aml_append(var, offset);
    aml_append_int(var->buf, len);
    return var;
}

Aml *aml_field(const char *name, AmlAccessType type, AmlLockRule lock,
               AmlUpdateRule rule)
{
    Aml *var = aml_bundle(EXT_FIELD, AML_EXT_PACKAGE);

    aml_append_namestring(var->buf, name);
    build_append_byte(var->buf, rule << 5 | lock << 4 | type);
    return var;
}

Aml *aml_named_field(const char *name, unsigned length_bits)
{
    Aml *var = aml_alloc();

    aml_append_nameseg(var->buf, name);
    aml_append_pkg_length(var->buf, length_bits, false);
    return var;
}

Aml *aml_reserved_field(unsigned length_bits)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, 0);
    aml_append_pkg_length(var->buf, length_bits, false);
    return var;
}

Aml *aml_create_dword_field(Aml *srcbuf, Aml *index, const char *name)
{
    Aml *var = aml_opcode(OP_CREATE_DWORD, srcbuf, index);

    aml_append_namestring(var->buf, name);
    return var;
}
