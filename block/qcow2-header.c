/*
 * qcow2: the header of an image and its extensions.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qcow2.h"

/* Feature bits and their names, which the header tells to older programs. */
static const struct Qcow2Feature {
    uint8_t type;               /* incompatible, compatible, autoclear */
    uint8_t bit;
    char name[46];
} QEMU_PACKED qcow2_features[] = {
    { 0, 0, "dirty bit" },
    { 0, 1, "corrupt bit" },
    { 0, 2, "external data file" },
    { 0, 3, "compression type" },
    { 0, 4, "extended L2 entries" },
    { 1, 0, "lazy refcounts" },
    { 2, 0, "bitmaps" },
    { 2, 1, "raw external data" },
};

static int qcow2_header_add_ext(uint8_t *buf, size_t size, size_t *at,
                                uint32_t magic, const void *data, uint32_t len)
{
    size_t padded = ROUND_UP(len, 8);

    if (size - *at < 8 + padded) {
        return -ENOSPC;
    }
    stl_be_p(buf + *at, magic);
    stl_be_p(buf + *at + 4, len);
    if (len) {
        memcpy(buf + *at + 8, data, len);
    }
    *at += 8 + padded;
    return 0;
}

int qcow2_format_header(BDRVQcow2State *s, uint64_t size, uint8_t *buf)
{
    Qcow2UnknownHeaderExtension *ext;
    QCowHeader *h = (QCowHeader *)buf;
    bool v3 = s->qcow_version >= 3;
    size_t at = v3 ? QCOW2_V3_HEADER_LENGTH : QCOW2_V2_HEADER_LENGTH, rest;
    int ret = 0;

    *h = (QCowHeader) {
        .magic = cpu_to_be32(QCOW_MAGIC),
        .version = cpu_to_be32(s->qcow_version),
        .cluster_bits = cpu_to_be32(s->cluster_bits),
        .size = cpu_to_be64(size),
        .l1_size = cpu_to_be32(s->l1_size),
        .l1_table_offset = cpu_to_be64(s->l1_table_offset),
        .refcount_table_offset = cpu_to_be64(s->refcount_table_offset),
        .refcount_table_clusters =
            cpu_to_be32(s->refcount_table_size * REFTABLE_ENTRY_SIZE >>
                        s->cluster_bits),
        .nb_snapshots = cpu_to_be32(s->nb_snapshots),
        .snapshots_offset = cpu_to_be64(s->snapshots_offset),
    };
    if (v3) {
        h->incompatible_features = cpu_to_be64(s->incompatible_features);
        h->compatible_features = cpu_to_be64(s->compatible_features);
        h->autoclear_features = cpu_to_be64(s->autoclear_features);
        h->refcount_order = cpu_to_be32(s->refcount_order);
        if (s->unknown_header_fields_size > s->cluster_size - at) {
            return -ENOSPC;
        }
        if (s->unknown_header_fields_size) {
            memcpy(buf + at, s->unknown_header_fields,
                   s->unknown_header_fields_size);
        }
        at += s->unknown_header_fields_size;
        h->header_length = cpu_to_be32(at);
    }
    if (s->image_backing_format) {
        ret = qcow2_header_add_ext(buf, s->cluster_size, &at,
                                   QCOW2_EXT_MAGIC_BACKING_FORMAT,
                                   s->image_backing_format,
                                   strlen(s->image_backing_format));
    }
    /* The smallest of clusters may have no room for names. */
    rest = 8 + (s->image_backing_file ? strlen(s->image_backing_file) : 0);
    QLIST_FOREACH(ext, &s->unknown_header_ext, next) {
        rest += 8 + ROUND_UP(ext->len, 8);
    }
    if (ret == 0 && v3 &&
        at + 8 + sizeof(qcow2_features) + rest <= s->cluster_size) {
        ret = qcow2_header_add_ext(buf, s->cluster_size, &at,
                                   QCOW2_EXT_MAGIC_FEATURE_TABLE,
                                   qcow2_features, sizeof(qcow2_features));
    }
    QLIST_FOREACH(ext, &s->unknown_header_ext, next) {
        if (ret == 0) {
            ret = qcow2_header_add_ext(buf, s->cluster_size, &at, ext->magic,
                                       ext->data, ext->len);
        }
    }
    if (ret == 0) {
        ret = qcow2_header_add_ext(buf, s->cluster_size, &at,
                                   QCOW2_EXT_MAGIC_END, NULL, 0);
    }
    if (ret == 0 && s->image_backing_file) {
        size_t len = strlen(s->image_backing_file);

        if (len > s->cluster_size - at) {
            return -ENOSPC;
        }
        memcpy(buf + at, s->image_backing_file, len);
        h->backing_file_offset = cpu_to_be64(at);
        h->backing_file_size = cpu_to_be32(len);
    }
    return ret;
}

int qcow2_update_header(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    g_autofree uint8_t *buf = g_try_malloc0(s->cluster_size);
    int ret;

    if (!buf) {
        return -ENOMEM;
    }
    ret = qcow2_format_header(s, bs->total_sectors * BDRV_SECTOR_SIZE, buf);
    return ret < 0 ? ret : bdrv_pwrite(bs->file, 0, s->cluster_size, buf, 0);
}

/* Extensions in [at, end); @features gets the table of names if not NULL. */
static int qcow2_read_extensions(BlockDriverState *bs, uint64_t at,
                                 uint64_t end, GByteArray *features,
                                 Error **errp)
{
    BDRVQcow2State *s = bs->opaque;

    while (at < end) {
        struct QEMU_PACKED {
            uint32_t magic;
            uint32_t len;
        } head;
        int ret;

        if (end - at < sizeof(head)) {
            break;
        }
        ret = bdrv_pread(bs->file, at, sizeof(head), &head, 0);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "qcow2_read_extension: ERROR: "
                             "pread fail from offset %" PRIu64, at);
            return ret;
        }
        head.magic = be32_to_cpu(head.magic);
        head.len = be32_to_cpu(head.len);
        at += sizeof(head);
        if (at > end || head.len > end - at) {
            error_setg(errp, "Header extension too large");
            return -EINVAL;
        }
        if (head.magic == QCOW2_EXT_MAGIC_END) {
            return 0;
        }

        g_autofree char *data = g_malloc0(head.len + 1);

        ret = bdrv_pread(bs->file, at, head.len, data, 0);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "ERROR: unknown extension: "
                             "Could not read data");
            return ret;
        }
        switch (head.magic) {
        case QCOW2_EXT_MAGIC_BACKING_FORMAT:
            if (head.len >= sizeof(bs->backing_format)) {
                error_setg(errp, "ERROR: ext_backing_format: len=%" PRIu32
                           " too large (>=%zu)", head.len,
                           sizeof(bs->backing_format));
                return -EINVAL;
            }
            g_free(s->image_backing_format);
            s->image_backing_format = g_strdup(data);
            pstrcpy(bs->backing_format, sizeof(bs->backing_format), data);
            break;
        case QCOW2_EXT_MAGIC_FEATURE_TABLE:
            if (features) {
                g_byte_array_append(features, (uint8_t *)data, head.len);
            }
            break;
        default: {
            Qcow2UnknownHeaderExtension *ext;

            ext = g_malloc0(sizeof(*ext) + head.len);
            ext->magic = head.magic;
            ext->len = head.len;
            memcpy(ext->data, data, head.len);
            QLIST_INSERT_HEAD(&s->unknown_header_ext, ext, next);
        }
        }
        at += ROUND_UP(head.len, 8);
    }
    return 0;
}

/* Name the features in @mask, by @table if the image has one. */
static void qcow2_report_unsupported(Error **errp, GByteArray *table,
                                     uint64_t mask)
{
    g_autoptr(GString) names = g_string_new("");

    for (size_t i = 0; i + sizeof(struct Qcow2Feature) <= table->len;
         i += sizeof(struct Qcow2Feature)) {
        const struct Qcow2Feature *f = (void *)(table->data + i);

        if (f->type == 0 && f->bit < 64 && mask & 1ULL << f->bit) {
            g_string_append_printf(names, "%s%.46s", names->len ? ", " : "",
                                   f->name);
            mask &= ~(1ULL << f->bit);
        }
    }
    if (mask) {
        g_string_append_printf(names, "%sUnknown incompatible feature: %"
                               PRIx64, names->len ? ", " : "", mask);
    }
    error_setg(errp, "Unsupported qcow2 feature(s): %s", names->str);
}

/* A header that ends before the field means deflate. */
static bool qcow2_read_compression_type(BDRVQcow2State *s, const QCowHeader *h,
                                        Error **errp)
{
    uint8_t type = h->header_length > offsetof(QCowHeader, compression_type) ?
                   h->compression_type : QCOW2_COMPRESSION_TYPE_ZLIB;
    bool bit = h->incompatible_features & QCOW2_INCOMPAT_COMPRESSION;

    if (type >= QCOW2_COMPRESSION_TYPE__MAX) {
        error_setg(errp, "qcow2: unknown compression type: %u", type);
#ifndef CONFIG_ZSTD
        error_append_hint(errp, "1 is zstd, and this qemini was built "
                          "without it.\n");
#endif
        return false;
    }
    if (bit != (type != QCOW2_COMPRESSION_TYPE_ZLIB)) {
        error_setg(errp, "qcow2: Compression type incompatible feature bit "
                   "must %sbe set", bit ? "not " : "");
        return false;
    }
    s->compression_type = type;
    return true;
}

int qcow2_read_header(BlockDriverState *bs, int flags, QCowHeader *h,
                      Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    g_autoptr(GByteArray) features = g_byte_array_new();
    uint64_t ext_end, unsupported;
    int ret;

    memset(h, 0, sizeof(*h));
    ret = bdrv_pread(bs->file, 0, sizeof(*h), h, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not read qcow2 header");
        return ret;
    }
    h->magic = be32_to_cpu(h->magic);
    h->version = be32_to_cpu(h->version);
    h->backing_file_offset = be64_to_cpu(h->backing_file_offset);
    h->backing_file_size = be32_to_cpu(h->backing_file_size);
    h->cluster_bits = be32_to_cpu(h->cluster_bits);
    h->size = be64_to_cpu(h->size);
    h->crypt_method = be32_to_cpu(h->crypt_method);
    h->l1_size = be32_to_cpu(h->l1_size);
    h->l1_table_offset = be64_to_cpu(h->l1_table_offset);
    h->refcount_table_offset = be64_to_cpu(h->refcount_table_offset);
    h->refcount_table_clusters = be32_to_cpu(h->refcount_table_clusters);
    h->nb_snapshots = be32_to_cpu(h->nb_snapshots);
    h->snapshots_offset = be64_to_cpu(h->snapshots_offset);

    if (h->magic != QCOW_MAGIC) {
        error_setg(errp, "Image is not in qcow2 format");
        return -EINVAL;
    }
    if (h->version < 2 || h->version > 3) {
        error_setg(errp, "Unsupported qcow2 version %" PRIu32, h->version);
        return -ENOTSUP;
    }
    s->qcow_version = h->version;
    if (h->cluster_bits < MIN_CLUSTER_BITS ||
        h->cluster_bits > MAX_CLUSTER_BITS) {
        error_setg(errp, "Unsupported cluster size: 2^%" PRIu32,
                   h->cluster_bits);
        return -EINVAL;
    }
    s->cluster_bits = h->cluster_bits;
    s->cluster_size = 1ULL << s->cluster_bits;

    if (h->version == 2) {
        h->incompatible_features = 0;
        h->compatible_features = 0;
        h->autoclear_features = 0;
        h->refcount_order = 4;
        h->header_length = QCOW2_V2_HEADER_LENGTH;
    } else {
        h->incompatible_features = be64_to_cpu(h->incompatible_features);
        h->compatible_features = be64_to_cpu(h->compatible_features);
        h->autoclear_features = be64_to_cpu(h->autoclear_features);
        h->refcount_order = be32_to_cpu(h->refcount_order);
        h->header_length = be32_to_cpu(h->header_length);
        if (h->header_length < QCOW2_V3_HEADER_LENGTH) {
            error_setg(errp, "qcow2 header too short");
            return -EINVAL;
        }
    }
    if (h->header_length > s->cluster_size) {
        error_setg(errp, "qcow2 header exceeds cluster size");
        return -EINVAL;
    }
    if (h->version >= 3 && h->header_length > QCOW2_V3_HEADER_LENGTH) {
        s->unknown_header_fields_size = h->header_length -
                                        QCOW2_V3_HEADER_LENGTH;
        s->unknown_header_fields = g_malloc(s->unknown_header_fields_size);
        ret = bdrv_pread(bs->file, QCOW2_V3_HEADER_LENGTH,
                         s->unknown_header_fields_size,
                         s->unknown_header_fields, 0);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Could not read unknown qcow2 header "
                             "fields");
            return ret;
        }
    }
    if (h->backing_file_offset > s->cluster_size) {
        error_setg(errp, "Invalid backing file offset");
        return -EINVAL;
    }
    ext_end = h->backing_file_offset ?: s->cluster_size;
    if (!qcow2_read_compression_type(s, h, errp)) {
        return -ENOTSUP;
    }

    s->incompatible_features = h->incompatible_features;
    s->compatible_features = h->compatible_features;
    s->autoclear_features = h->autoclear_features;
    unsupported = s->incompatible_features & ~(uint64_t)QCOW2_INCOMPAT_MASK;
    ret = qcow2_read_extensions(bs, h->header_length, ext_end, features,
                                unsupported ? NULL : errp);
    if (unsupported) {
        qcow2_report_unsupported(errp, features, unsupported);
        return -ENOTSUP;
    }
    if (ret < 0) {
        return ret;
    }
    if (s->autoclear_features & QCOW2_AUTOCLEAR_DATA_FILE_RAW) {
        error_setg(errp, "data-file-raw requires a data file");
        return -EINVAL;
    }
    if (s->incompatible_features & QCOW2_INCOMPAT_CORRUPT &&
        flags & BDRV_O_RDWR && !(flags & BDRV_O_CHECK)) {
        error_setg(errp, "qcow2: Image is corrupt; cannot be opened "
                   "read/write");
        return -EACCES;
    }
    if (h->refcount_order > 6) {
        error_setg(errp, "Reference count entry width too large; may not "
                   "exceed 64 bits");
        return -EINVAL;
    }
    if (h->crypt_method) {
        error_setg(errp, "Unsupported encryption method %" PRId32,
                   (int32_t)h->crypt_method);
        return -EINVAL;
    }
    return 0;
}
