/*
 * What the parts of fw_cfg share: a row of the table, and the device beneath
 * its two forms.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NVRAM_FW_CFG_INT_H
#define HW_NVRAM_FW_CFG_INT_H

#include "hw/nvram/fw_cfg.h"

struct FWCfgEntry {
    uint32_t len;
    bool allow_write;
    uint8_t *data;
    void *callback_opaque;
    FWCfgCallback select_cb;
    FWCfgWriteCallback write_cb;
    bool owned;             /* freed with the device */
};

/* How many files there may be: property x-file-slots. */
uint16_t fw_cfg_file_slots(const FWCfgState *s);
/* The row of @key, which may be FW_CFG_ARCH_LOCAL; NULL if there is none. */
FWCfgEntry *fw_cfg_entry(FWCfgState *s, uint16_t key);
/* As a guest selects a key; false if there is none such. */
bool fw_cfg_select(FWCfgState *s, uint16_t key);
/* A row with a copy of @data, freed with the device. */
void fw_cfg_add_copy(FWCfgState *s, uint16_t key, const void *data,
                     size_t len);

/* The registers that both forms have. */
uint64_t fw_cfg_data_read(void *opaque, hwaddr addr, unsigned size);
void fw_cfg_data_write(void *opaque, hwaddr addr, uint64_t value,
                       unsigned size);
extern const MemoryRegionOps fw_cfg_dma_mem_ops;

/* The steps of a form's realize: the table first, what is in it last. */
void fw_cfg_file_slots_allocate(FWCfgState *s, Error **errp);
void fw_cfg_common_realize(DeviceState *dev, Error **errp);

/* fw_cfg-boot.c: what -boot and bootindex say, now and at each reset. */
void fw_cfg_boot_realize(FWCfgState *s, MachineState *machine);
void fw_cfg_boot_unrealize(FWCfgState *s);

#endif
