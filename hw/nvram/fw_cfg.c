/*
 * fw_cfg: what the machine tells the firmware.
 *
 * From the top: the table, the data register, DMA, adding to the table, files,
 * the device, and its two forms with ports or in memory.
 *
 * Read first: hw/nvram/fw_cfg.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/uuid.h"
#include "sysemu/dma.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"
#include "trace.h"

#define FW_CFG_FILE_SLOTS_DFLT 0x20

struct FWCfgEntry {
    uint32_t len;
    bool allow_write;
    uint8_t *data;
    void *callback_opaque;
    FWCfgCallback select_cb;
    FWCfgWriteCallback write_cb;
    bool owned;             /* freed with the device */
};

/* The table */

static uint16_t fw_cfg_file_slots(const FWCfgState *s)
{
    return s->file_slots;
}

/* One more than the highest key. */
static uint32_t fw_cfg_max_entry(const FWCfgState *s)
{
    return FW_CFG_FILE_FIRST + fw_cfg_file_slots(s);
}

static FWCfgEntry *fw_cfg_entry(FWCfgState *s, uint16_t key)
{
    bool arch = key & FW_CFG_ARCH_LOCAL;

    key &= FW_CFG_ENTRY_MASK;
    return key < fw_cfg_max_entry(s) ? &s->entries[arch][key] : NULL;
}

/* What the guest has selected; NULL if there is no such key. */
static FWCfgEntry *fw_cfg_current(FWCfgState *s)
{
    return s->cur_entry == FW_CFG_INVALID ? NULL
                                          : fw_cfg_entry(s, s->cur_entry);
}

static bool fw_cfg_select(FWCfgState *s, uint16_t key)
{
    FWCfgEntry *e = fw_cfg_entry(s, key);

    s->cur_offset = 0;
    s->cur_entry = e ? key : FW_CFG_INVALID;
    if (e && e->select_cb) {
        e->select_cb(e->callback_opaque);
    }

    trace_fw_cfg_select(s, key, e != NULL);
    return e != NULL;
}

/*
 * The data register gives the next bytes, the first of them in the most
 * significant place.  Behind the end all is zero.
 */
static uint64_t fw_cfg_data_read(void *opaque, hwaddr addr, unsigned size)
{
    FWCfgState *s = opaque;
    FWCfgEntry *e = fw_cfg_current(s);
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        value <<= 8;
        if (e && e->data && s->cur_offset < e->len) {
            value |= e->data[s->cur_offset++];
        }
    }

    trace_fw_cfg_read(s, value);
    return value;
}

/* There was a time when the guest could write here; DMA took over. */
static void fw_cfg_data_write(void *opaque, hwaddr addr, uint64_t value,
                              unsigned size)
{
}

/* DMA */

/* One piece of a request, all inside the blob or all behind its end. */
static bool fw_cfg_dma_copy(FWCfgState *s, FWCfgEntry *e, uint32_t control,
                            dma_addr_t addr, uint32_t len, bool whole)
{
    bool inside = e && e->data && s->cur_offset < e->len;
    uint8_t *data = inside ? e->data + s->cur_offset : NULL;

    if (control & FW_CFG_DMA_CTL_READ) {
        if (!inside) {
            return dma_memory_set(s->dma_as, addr, 0, len,
                                  MEMTXATTRS_UNSPECIFIED) == MEMTX_OK;
        }
        return dma_memory_write(s->dma_as, addr, data, len,
                                MEMTXATTRS_UNSPECIFIED) == MEMTX_OK;
    }
    if (control & FW_CFG_DMA_CTL_WRITE) {
        /* All or nothing: a write past the end writes nothing. */
        if (!inside || !e->allow_write || !whole ||
            dma_memory_read(s->dma_as, addr, data, len,
                            MEMTXATTRS_UNSPECIFIED) != MEMTX_OK) {
            return false;
        }
        if (e->write_cb) {
            e->write_cb(e->callback_opaque, s->cur_offset, len);
        }
    }
    return true;
}

static void fw_cfg_dma_transfer(FWCfgState *s)
{
    dma_addr_t dma_addr = s->dma_addr;
    FWCfgDmaAccess dma;
    uint32_t control, length, result = 0;
    dma_addr_t address;

    /* The register is empty again for the next request. */
    s->dma_addr = 0;

    if (dma_memory_read(s->dma_as, dma_addr, &dma, sizeof(dma),
                        MEMTXATTRS_UNSPECIFIED)) {
        stl_be_dma(s->dma_as, dma_addr + offsetof(FWCfgDmaAccess, control),
                   FW_CFG_DMA_CTL_ERROR, MEMTXATTRS_UNSPECIFIED);
        return;
    }
    control = be32_to_cpu(dma.control);
    length = be32_to_cpu(dma.length);
    address = be64_to_cpu(dma.address);

    trace_fw_cfg_dma(s, control, length, address);

    if (control & FW_CFG_DMA_CTL_SELECT) {
        fw_cfg_select(s, control >> 16);
    }
    /* If it says more than one of these, the first counts. */
    if (control & FW_CFG_DMA_CTL_READ) {
        control = FW_CFG_DMA_CTL_READ;
    } else if (control & FW_CFG_DMA_CTL_WRITE) {
        control = FW_CFG_DMA_CTL_WRITE;
    } else if (control & FW_CFG_DMA_CTL_SKIP) {
        control = FW_CFG_DMA_CTL_SKIP;
    } else {
        length = 0;
    }

    while (length > 0 && !result) {
        FWCfgEntry *e = fw_cfg_current(s);
        uint32_t len = length;

        if (e && e->data && s->cur_offset < e->len) {
            len = MIN(length, e->len - s->cur_offset);
        }
        if (!fw_cfg_dma_copy(s, e, control, address, len, len == length)) {
            result = FW_CFG_DMA_CTL_ERROR;
        }
        /* Behind the end there is nowhere to go. */
        if (e && e->data && s->cur_offset < e->len) {
            s->cur_offset += len;
        }
        address += len;
        length -= len;
    }

    stl_be_dma(s->dma_as, dma_addr + offsetof(FWCfgDmaAccess, control),
               result, MEMTXATTRS_UNSPECIFIED);
}

/* Reading the register tells that it is there. */
static uint64_t fw_cfg_dma_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    return extract64(FW_CFG_DMA_SIGNATURE, (8 - addr - size) * 8, size * 8);
}

/* The low half of the address, or all of it at once, starts the request. */
static void fw_cfg_dma_mem_write(void *opaque, hwaddr addr, uint64_t value,
                                 unsigned size)
{
    FWCfgState *s = opaque;

    if (size == 4 && addr == 0) {
        s->dma_addr = value << 32;
    } else if (size == 4 && addr == 4) {
        s->dma_addr |= value;
        fw_cfg_dma_transfer(s);
    } else if (size == 8 && addr == 0) {
        s->dma_addr = value;
        fw_cfg_dma_transfer(s);
    }
}

static bool fw_cfg_dma_mem_valid(void *opaque, hwaddr addr, unsigned size,
                                 bool is_write, MemTxAttrs attrs)
{
    return !is_write ||
           (size == 4 && (addr == 0 || addr == 4)) ||
           (size == 8 && addr == 0);
}

static const MemoryRegionOps fw_cfg_dma_mem_ops = {
    .read = fw_cfg_dma_mem_read,
    .write = fw_cfg_dma_mem_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid.accepts = fw_cfg_dma_mem_valid,
    .valid.max_access_size = 8,
    .impl.max_access_size = 8,
};

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

static void fw_cfg_add_copy(FWCfgState *s, uint16_t key, const void *data,
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

/* The device */

FWCfgState *fw_cfg_find(void)
{
    /* None, if there are several. */
    return FW_CFG(object_resolve_path_type("", TYPE_FW_CFG, NULL));
}

bool fw_cfg_dma_enabled(void *opaque)
{
    FWCfgState *s = opaque;

    return s->dma_enabled;
}

static void fw_cfg_reset(DeviceState *d)
{
    /* Nothing is selected but the signature. */
    fw_cfg_select(FW_CFG(d), FW_CFG_SIGNATURE);
}

/* How long the firmware waits before it tries to boot again; -1: for ever. */
static void fw_cfg_reboot(FWCfgState *s, MachineState *ms)
{
    int64_t rt_val = -1;
    uint32_t rt_le32;

    if (ms->boot_config.has_reboot_timeout) {
        rt_val = ms->boot_config.reboot_timeout;
        if (rt_val < -1 || rt_val > 0xffff) {
            error_report("reboot timeout is invalid,"
                         "it should be a value between -1 and 65535");
            exit(1);
        }
    }
    rt_le32 = cpu_to_le32(rt_val);
    fw_cfg_add_file(s, "etc/boot-fail-wait", g_memdup2(&rt_le32, 4), 4);
    fw_cfg_own_file(s, "etc/boot-fail-wait");
}

/* Devices may have been plugged, and boot indexes changed, in the meantime. */
static void fw_cfg_machine_reset(void *opaque)
{
    FWCfgState *s = opaque;
    size_t len;
    char *buf = get_boot_devices_list(&len);

    g_free(fw_cfg_modify_file(s, "bootorder", buf, len));
    fw_cfg_own_file(s, "bootorder");
}

static void fw_cfg_machine_ready(Notifier *n, void *data)
{
    FWCfgState *s = container_of(n, FWCfgState, machine_ready);

    qemu_register_reset(fw_cfg_machine_reset, s);
}

static void fw_cfg_file_slots_allocate(FWCfgState *s, Error **errp)
{
    uint16_t max = FW_CFG_WRITE_CHANNEL - FW_CFG_FILE_FIRST;

    if (fw_cfg_file_slots(s) < FW_CFG_FILE_SLOTS_MIN) {
        error_setg(errp, "\"file_slots\" must be at least 0x%x",
                   FW_CFG_FILE_SLOTS_MIN);
        return;
    }
    if (fw_cfg_file_slots(s) > max) {
        error_setg(errp, "\"file_slots\" must not exceed 0x%" PRIx16, max);
        return;
    }
    s->entries[0] = g_new0(FWCfgEntry, fw_cfg_max_entry(s));
    s->entries[1] = g_new0(FWCfgEntry, fw_cfg_max_entry(s));
}

/* What every machine tells, by whichever form of the device. */
static void fw_cfg_common_realize(DeviceState *dev, Error **errp)
{
    FWCfgState *s = FW_CFG(dev);
    MachineState *machine = MACHINE(qdev_get_machine());
    uint32_t version = FW_CFG_VERSION;

    if (!fw_cfg_find()) {
        error_setg(errp, "at most one %s device is permitted", TYPE_FW_CFG);
        return;
    }

    fw_cfg_add_copy(s, FW_CFG_SIGNATURE, "QEMU", 4);
    fw_cfg_add_copy(s, FW_CFG_UUID, &qemu_uuid, 16);
    fw_cfg_add_i16(s, FW_CFG_NOGRAPHIC, !machine->enable_graphics);
    fw_cfg_add_i16(s, FW_CFG_BOOT_MENU, machine->boot_config.has_menu &&
                                        machine->boot_config.menu);
    fw_cfg_reboot(s, machine);

    if (s->dma_enabled) {
        version |= FW_CFG_VERSION_DMA;
    }
    fw_cfg_add_i32(s, FW_CFG_ID, version);

    s->machine_ready.notify = fw_cfg_machine_ready;
    qemu_add_machine_init_done_notifier(&s->machine_ready);
}

static void fw_cfg_common_unrealize(DeviceState *dev)
{
    FWCfgState *s = FW_CFG(dev);

    qemu_remove_machine_init_done_notifier(&s->machine_ready);
    qemu_unregister_reset(fw_cfg_machine_reset, s);
}

static void fw_cfg_finalize(Object *obj)
{
    FWCfgState *s = FW_CFG(obj);

    for (int arch = 0; arch < ARRAY_SIZE(s->entries); arch++) {
        if (!s->entries[arch]) {
            continue;           /* it was never realized */
        }
        for (uint32_t i = 0; i < fw_cfg_max_entry(s); i++) {
            if (s->entries[arch][i].owned) {
                g_free(s->entries[arch][i].data);
            }
        }
        g_free(s->entries[arch]);
    }
}

static bool fw_cfg_dma_state_needed(void *opaque)
{
    return fw_cfg_dma_enabled(opaque);
}

static const VMStateDescription vmstate_fw_cfg_dma = {
    .name = "fw_cfg/dma",
    .needed = fw_cfg_dma_state_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(dma_addr, FWCfgState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_fw_cfg = {
    .name = "fw_cfg",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(cur_entry, FWCfgState),
        VMSTATE_UINT32(cur_offset, FWCfgState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_fw_cfg_dma,
        NULL,
    }
};

static void fw_cfg_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->unrealize = fw_cfg_common_unrealize;
    dc->reset = fw_cfg_reset;
    dc->vmsd = &vmstate_fw_cfg;
}

static const TypeInfo fw_cfg_info = {
    .name          = TYPE_FW_CFG,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .abstract      = true,
    .instance_size = sizeof(FWCfgState),
    .instance_finalize = fw_cfg_finalize,
    .class_init    = fw_cfg_class_init,
};

/* With ports: the selector is two bytes wide, the data register is in it */

static void fw_cfg_comb_write(void *opaque, hwaddr addr, uint64_t value,
                              unsigned size)
{
    if (size == 2) {
        fw_cfg_select(opaque, value);
    } else {
        fw_cfg_data_write(opaque, addr, value, size);
    }
}

static bool fw_cfg_comb_valid(void *opaque, hwaddr addr, unsigned size,
                              bool is_write, MemTxAttrs attrs)
{
    return size == 1 || (is_write && size == 2);
}

static const MemoryRegionOps fw_cfg_comb_mem_ops = {
    .read = fw_cfg_data_read,
    .write = fw_cfg_comb_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.accepts = fw_cfg_comb_valid,
};

FWCfgState *fw_cfg_init_io_dma(uint32_t iobase, uint32_t dma_iobase,
                               AddressSpace *dma_as)
{
    bool dma_requested = dma_iobase && dma_as;
    DeviceState *dev = qdev_new(TYPE_FW_CFG_IO);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    FWCfgState *s = FW_CFG(dev);

    if (!dma_requested) {
        qdev_prop_set_bit(dev, "dma_enabled", false);
    }
    object_property_add_child(OBJECT(qdev_get_machine()), TYPE_FW_CFG,
                              OBJECT(dev));
    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_add_io(sbd, iobase, &FW_CFG_IO(dev)->comb_iomem);

    if (s->dma_enabled) {
        s->dma_as = dma_as;
        s->dma_addr = 0;
        sysbus_add_io(sbd, dma_iobase, &s->dma_iomem);
    }
    return s;
}

FWCfgState *fw_cfg_init_io(uint32_t iobase)
{
    return fw_cfg_init_io_dma(iobase, 0, NULL);
}

static void fw_cfg_io_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    FWCfgState *s = FW_CFG(dev);
    FWCfgIoState *ios = FW_CFG_IO(dev);

    fw_cfg_file_slots_allocate(s, errp);
    if (*errp) {
        return;
    }
    memory_region_init_io(&ios->comb_iomem, OBJECT(s), &fw_cfg_comb_mem_ops,
                          s, "fwcfg", FW_CFG_CTL_SIZE);
    if (s->dma_enabled) {
        memory_region_init_io(&s->dma_iomem, OBJECT(s), &fw_cfg_dma_mem_ops,
                              s, "fwcfg.dma", sizeof(dma_addr_t));
    }
    fw_cfg_common_realize(dev, errp);
}

static Property fw_cfg_io_properties[] = {
    DEFINE_PROP_BOOL("dma_enabled", FWCfgIoState, parent_obj.dma_enabled,
                     true),
    DEFINE_PROP_UINT16("x-file-slots", FWCfgIoState, parent_obj.file_slots,
                       FW_CFG_FILE_SLOTS_DFLT),
    DEFINE_PROP_END_OF_LIST(),
};

static void fw_cfg_io_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = fw_cfg_io_realize;
    device_class_set_props(dc, fw_cfg_io_properties);
}

static const TypeInfo fw_cfg_io_info = {
    .name          = TYPE_FW_CFG_IO,
    .parent        = TYPE_FW_CFG,
    .instance_size = sizeof(FWCfgIoState),
    .class_init    = fw_cfg_io_class_init,
};

/* In memory: selector and data are apart, and data may be wide */

static uint64_t fw_cfg_ctl_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void fw_cfg_ctl_mem_write(void *opaque, hwaddr addr, uint64_t value,
                                 unsigned size)
{
    fw_cfg_select(opaque, value);
}

static bool fw_cfg_ctl_mem_valid(void *opaque, hwaddr addr, unsigned size,
                                 bool is_write, MemTxAttrs attrs)
{
    return is_write && size == 2;
}

static const MemoryRegionOps fw_cfg_ctl_mem_ops = {
    .read = fw_cfg_ctl_mem_read,
    .write = fw_cfg_ctl_mem_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid.accepts = fw_cfg_ctl_mem_valid,
};

static const MemoryRegionOps fw_cfg_data_mem_ops = {
    .read = fw_cfg_data_read,
    .write = fw_cfg_data_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

FWCfgState *fw_cfg_init_mem_wide(hwaddr ctl_addr, hwaddr data_addr,
                                 uint32_t data_width, hwaddr dma_addr,
                                 AddressSpace *dma_as)
{
    bool dma_requested = dma_addr && dma_as;
    DeviceState *dev = qdev_new(TYPE_FW_CFG_MEM);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    FWCfgState *s = FW_CFG(dev);

    qdev_prop_set_uint32(dev, "data_width", data_width);
    if (!dma_requested) {
        qdev_prop_set_bit(dev, "dma_enabled", false);
    }
    object_property_add_child(OBJECT(qdev_get_machine()), TYPE_FW_CFG,
                              OBJECT(dev));
    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map(sbd, 0, ctl_addr);
    sysbus_mmio_map(sbd, 1, data_addr);

    if (s->dma_enabled) {
        s->dma_as = dma_as;
        s->dma_addr = 0;
        sysbus_mmio_map(sbd, 2, dma_addr);
    }
    return s;
}

FWCfgState *fw_cfg_init_mem(hwaddr ctl_addr, hwaddr data_addr)
{
    return fw_cfg_init_mem_wide(ctl_addr, data_addr,
                                fw_cfg_data_mem_ops.valid.max_access_size,
                                0, NULL);
}

static void fw_cfg_mem_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    FWCfgMemState *mems = FW_CFG_MEM(dev);
    FWCfgState *s = FW_CFG(dev);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    const MemoryRegionOps *data_ops = &fw_cfg_data_mem_ops;

    fw_cfg_file_slots_allocate(s, errp);
    if (*errp) {
        return;
    }

    memory_region_init_io(&mems->ctl_iomem, OBJECT(s), &fw_cfg_ctl_mem_ops,
                          s, "fwcfg.ctl", FW_CFG_CTL_SIZE);
    sysbus_init_mmio(sbd, &mems->ctl_iomem);

    if (mems->data_width > data_ops->valid.max_access_size) {
        mems->wide_data_ops = *data_ops;
        mems->wide_data_ops.valid.max_access_size = mems->data_width;
        mems->wide_data_ops.impl.max_access_size = mems->data_width;
        data_ops = &mems->wide_data_ops;
    }
    memory_region_init_io(&mems->data_iomem, OBJECT(s), data_ops, s,
                          "fwcfg.data", data_ops->valid.max_access_size);
    sysbus_init_mmio(sbd, &mems->data_iomem);

    if (s->dma_enabled) {
        memory_region_init_io(&s->dma_iomem, OBJECT(s), &fw_cfg_dma_mem_ops,
                              s, "fwcfg.dma", sizeof(dma_addr_t));
        sysbus_init_mmio(sbd, &s->dma_iomem);
    }
    fw_cfg_common_realize(dev, errp);
}

static Property fw_cfg_mem_properties[] = {
    DEFINE_PROP_UINT32("data_width", FWCfgMemState, data_width, -1),
    DEFINE_PROP_BOOL("dma_enabled", FWCfgMemState, parent_obj.dma_enabled,
                     true),
    DEFINE_PROP_UINT16("x-file-slots", FWCfgMemState, parent_obj.file_slots,
                       FW_CFG_FILE_SLOTS_DFLT),
    DEFINE_PROP_END_OF_LIST(),
};

static void fw_cfg_mem_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = fw_cfg_mem_realize;
    device_class_set_props(dc, fw_cfg_mem_properties);
}

static const TypeInfo fw_cfg_mem_info = {
    .name          = TYPE_FW_CFG_MEM,
    .parent        = TYPE_FW_CFG,
    .instance_size = sizeof(FWCfgMemState),
    .class_init    = fw_cfg_mem_class_init,
};

static const TypeInfo fw_cfg_data_generator_interface_info = {
    .name       = TYPE_FW_CFG_DATA_GENERATOR_INTERFACE,
    .parent     = TYPE_INTERFACE,
    .class_size = sizeof(FWCfgDataGeneratorClass),
};

static void fw_cfg_register_types(void)
{
    type_register_static(&fw_cfg_info);
    type_register_static(&fw_cfg_io_info);
    type_register_static(&fw_cfg_mem_info);
    type_register_static(&fw_cfg_data_generator_interface_info);
}

type_init(fw_cfg_register_types)
