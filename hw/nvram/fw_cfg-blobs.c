/*
 * fw_cfg: filling the table, by key and by the name of a file
 *
 * Read first: hw/nvram/fw_cfg.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "fw_cfg-int.h"
#include "trace.h"

/* Adding blobs */

static void fw_cfg_add_bytes_callback(FWCfgState *s, uint16_t key,
                                      FWCfgCallback select_cb,
                                      FWCfgWriteCallback write_cb,
                                      void *callback_opaque,
                                      void *data, size_t len,
                                      bool read_only)
{
    FWCfgEntry *e = fw_cfg_entry(s, key);

    g_assert(e && len < UINT32_MAX);
    g_assert(e->data == NULL);

    *e = (FWCfgEntry) {
        .data = data,
        .len = len,
        .select_cb = select_cb,
        .write_cb = write_cb,
        .callback_opaque = callback_opaque,
        .allow_write = !read_only,
    };
}

/* Returns the old data. */
static void *fw_cfg_modify_bytes_read(FWCfgState *s, uint16_t key,
                                      void *data, size_t len)
{
    FWCfgEntry *e = fw_cfg_entry(s, key);
    void *old = e->data;

    g_assert(len < UINT32_MAX);
    e->data = data;
    e->len = len;
    e->callback_opaque = NULL;
    e->allow_write = false;
    e->owned = false;
    return old;
}

void fw_cfg_add_bytes(FWCfgState *s, uint16_t key, void *data, size_t len)
{
    trace_fw_cfg_add_bytes(key, len);
    fw_cfg_add_bytes_callback(s, key, NULL, NULL, NULL, data, len, true);
}

void fw_cfg_own(FWCfgState *s, uint16_t key)
{
    fw_cfg_entry(s, key)->owned = true;
}

void fw_cfg_add_copy(FWCfgState *s, uint16_t key, const void *data,
                     size_t len)
{
    fw_cfg_add_bytes(s, key, g_memdup2(data, len), len);
    fw_cfg_own(s, key);
}

static void fw_cfg_modify_copy(FWCfgState *s, uint16_t key, const void *data,
                               size_t len)
{
    g_free(fw_cfg_modify_bytes_read(s, key, g_memdup2(data, len), len));
    fw_cfg_own(s, key);
}

void fw_cfg_add_string(FWCfgState *s, uint16_t key, const char *value)
{
    size_t sz = strlen(value) + 1;

    fw_cfg_add_copy(s, key, value, sz);
}

void fw_cfg_modify_string(FWCfgState *s, uint16_t key, const char *value)
{
    size_t sz = strlen(value) + 1;

    fw_cfg_modify_copy(s, key, value, sz);
}

void fw_cfg_add_i16(FWCfgState *s, uint16_t key, uint16_t value)
{
    uint16_t le = cpu_to_le16(value);

    fw_cfg_add_copy(s, key, &le, sizeof(le));
}

void fw_cfg_modify_i16(FWCfgState *s, uint16_t key, uint16_t value)
{
    uint16_t le = cpu_to_le16(value);

    fw_cfg_modify_copy(s, key, &le, sizeof(le));
}

void fw_cfg_add_i32(FWCfgState *s, uint16_t key, uint32_t value)
{
    uint32_t le = cpu_to_le32(value);

    fw_cfg_add_copy(s, key, &le, sizeof(le));
}

void fw_cfg_modify_i32(FWCfgState *s, uint16_t key, uint32_t value)
{
    uint32_t le = cpu_to_le32(value);

    fw_cfg_modify_copy(s, key, &le, sizeof(le));
}

void fw_cfg_add_i64(FWCfgState *s, uint16_t key, uint64_t value)
{
    uint64_t le = cpu_to_le64(value);

    fw_cfg_add_copy(s, key, &le, sizeof(le));
}

void fw_cfg_modify_i64(FWCfgState *s, uint16_t key, uint64_t value)
{
    uint64_t le = cpu_to_le64(value);

    fw_cfg_modify_copy(s, key, &le, sizeof(le));
}

/* Files */

static FWCfgFile *fw_cfg_find_file(FWCfgState *s, const char *filename)
{
    uint32_t count = s->files ? be32_to_cpu(s->files->count) : 0;

    for (uint32_t i = 0; i < count; i++) {
        if (!strcmp(filename, s->files->f[i].name)) {
            return &s->files->f[i];
        }
    }
    return NULL;
}

void fw_cfg_set_order_override(FWCfgState *s, int order)
{
    g_assert(s->fw_cfg_order_override == 0);
    s->fw_cfg_order_override = order;
}

void fw_cfg_reset_order_override(FWCfgState *s)
{
    g_assert(s->fw_cfg_order_override != 0);
    s->fw_cfg_order_override = 0;
}

/*
 * Make room for a file at its place in the alphabet.  The files behind it get
 * new keys, which is why they are added before the guest runs: so that two
 * machines of the same kind have the same keys, in whatever order their
 * devices were made.
 */
static uint32_t fw_cfg_file_make_room(FWCfgState *s, const char *filename)
{
    uint32_t count = be32_to_cpu(s->files->count);
    FWCfgEntry *entries = &s->entries[0][FW_CFG_FILE_FIRST];
    uint32_t index = count;

    while (index > 0 && strcmp(filename, s->files->f[index - 1].name) < 0) {
        s->files->f[index] = s->files->f[index - 1];
        s->files->f[index].select = cpu_to_be16(FW_CFG_FILE_FIRST + index);
        entries[index] = entries[index - 1];
        index--;
    }
    memset(&s->files->f[index], 0, sizeof(s->files->f[index]));
    memset(&entries[index], 0, sizeof(entries[index]));
    s->files->count = cpu_to_be32(count + 1);
    return index;
}

void fw_cfg_add_file_callback(FWCfgState *s, const char *filename,
                              FWCfgCallback select_cb,
                              FWCfgWriteCallback write_cb,
                              void *callback_opaque,
                              void *data, size_t len, bool read_only)
{
    FWCfgFile *file;
    uint32_t index;

    if (!s->files) {
        size_t size = sizeof(FWCfgFiles) +
                      sizeof(FWCfgFile) * fw_cfg_file_slots(s);

        s->files = g_malloc0(size);
        fw_cfg_add_bytes(s, FW_CFG_FILE_DIR, s->files, size);
        fw_cfg_own(s, FW_CFG_FILE_DIR);
    }
    if (fw_cfg_find_file(s, filename)) {
        error_report("duplicate fw_cfg file name: %s", filename);
        exit(1);
    }
    if (be32_to_cpu(s->files->count) >= fw_cfg_file_slots(s)) {
        error_report("no fw_cfg file slot is left for %s", filename);
        exit(1);
    }

    index = fw_cfg_file_make_room(s, filename);
    file = &s->files->f[index];
    g_strlcpy(file->name, filename, sizeof(file->name));
    file->size = cpu_to_be32(len);
    file->select = cpu_to_be16(FW_CFG_FILE_FIRST + index);
    fw_cfg_add_bytes_callback(s, FW_CFG_FILE_FIRST + index, select_cb,
                              write_cb, callback_opaque, data, len,
                              read_only);

    trace_fw_cfg_add_file(s, index, file->name, len);
}

void fw_cfg_add_file(FWCfgState *s, const char *filename, void *data,
                     size_t len)
{
    fw_cfg_add_file_callback(s, filename, NULL, NULL, NULL, data, len, true);
}

void fw_cfg_own_file(FWCfgState *s, const char *filename)
{
    FWCfgFile *file = fw_cfg_find_file(s, filename);

    fw_cfg_own(s, be16_to_cpu(file->select));
}

void *fw_cfg_modify_file(FWCfgState *s, const char *filename, void *data,
                         size_t len)
{
    FWCfgFile *file = fw_cfg_find_file(s, filename);

    if (!file) {
        fw_cfg_add_file(s, filename, data, len);
        return NULL;
    }
    file->size = cpu_to_be32(len);
    return fw_cfg_modify_bytes_read(s, be16_to_cpu(file->select), data, len);
}

bool fw_cfg_add_from_generator(FWCfgState *s, const char *filename,
                               const char *gen_id, Error **errp)
{
    ERRP_GUARD();
    FWCfgDataGeneratorClass *klass;
    GByteArray *array;
    Object *obj;
    gsize size;

    obj = object_resolve_path_component(object_get_objects_root(), gen_id);
    if (!obj) {
        error_setg(errp, "Cannot find object ID '%s'", gen_id);
        return false;
    }
    if (!object_dynamic_cast(obj, TYPE_FW_CFG_DATA_GENERATOR_INTERFACE)) {
        error_setg(errp, "Object ID '%s' is not a '%s' subclass",
                   gen_id, TYPE_FW_CFG_DATA_GENERATOR_INTERFACE);
        return false;
    }
    klass = FW_CFG_DATA_GENERATOR_GET_CLASS(obj);
    array = klass->get_data(obj, errp);
    if (*errp) {
        return false;
    }
    size = array->len;
    fw_cfg_add_file(s, filename, g_byte_array_free(array, false), size);
    fw_cfg_own_file(s, filename);
    return true;
}
