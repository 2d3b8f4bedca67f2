/*
 * fw_cfg: what the machine tells the firmware.
 *
 * From the top: the table, the data register, DMA, the device.  What fills the
 * table is in fw_cfg-blobs.c, what -boot says in fw_cfg-boot.c; the two forms of the device, with ports or in
 * memory, are in fw_cfg-forms.c.
 *
 * Read first: hw/nvram/fw_cfg.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"
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
#include "fw_cfg-int.h"
#include "trace.h"

/* The table */

uint16_t fw_cfg_file_slots(const FWCfgState *s)
{
    return s->file_slots;
}

/* One more than the highest key. */
static uint32_t fw_cfg_max_entry(const FWCfgState *s)
{
    return FW_CFG_FILE_FIRST + fw_cfg_file_slots(s);
}

FWCfgEntry *fw_cfg_entry(FWCfgState *s, uint16_t key)
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

bool fw_cfg_select(FWCfgState *s, uint16_t key)
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
uint64_t fw_cfg_data_read(void *opaque, hwaddr addr, unsigned size)
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
void fw_cfg_data_write(void *opaque, hwaddr addr, uint64_t value,
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

const MemoryRegionOps fw_cfg_dma_mem_ops = {
    .read = fw_cfg_dma_mem_read,
    .write = fw_cfg_dma_mem_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid.accepts = fw_cfg_dma_mem_valid,
    .valid.max_access_size = 8,
    .impl.max_access_size = 8,
};

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

void fw_cfg_file_slots_allocate(FWCfgState *s, Error **errp)
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
void fw_cfg_common_realize(DeviceState *dev, Error **errp)
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
    if (s->dma_enabled) {
        version |= FW_CFG_VERSION_DMA;
    }
    fw_cfg_add_i32(s, FW_CFG_ID, version);
    fw_cfg_boot_realize(s, machine);
}

static void fw_cfg_common_unrealize(DeviceState *dev)
{
    fw_cfg_boot_unrealize(FW_CFG(dev));
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

static const TypeInfo fw_cfg_data_generator_interface_info = {
    .name       = TYPE_FW_CFG_DATA_GENERATOR_INTERFACE,
    .parent     = TYPE_INTERFACE,
    .class_size = sizeof(FWCfgDataGeneratorClass),
};

static void fw_cfg_register_types(void)
{
    type_register_static(&fw_cfg_info);
    type_register_static(&fw_cfg_data_generator_interface_info);
}

type_init(fw_cfg_register_types)
