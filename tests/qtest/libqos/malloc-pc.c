/*
 * libqos: a PC's memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "malloc-pc.h"
#include "fw_cfg.h"
#include "hw/nvram/fw_cfg.h"
#include "qemu/units.h"

#define PAGE_SIZE 4096

void pc_alloc_init(QGuestAllocator *s, QTestState *qts, QAllocOpts flags)
{
    QFWCFG *fw_cfg = pc_fw_cfg_init(qts);
    uint64_t ram_size = qfw_cfg_get_u64(fw_cfg, FW_CFG_RAM_SIZE);

    alloc_init(s, flags, 1 * MiB, MIN(ram_size, 0xe0000000), PAGE_SIZE);
    pc_fw_cfg_uninit(fw_cfg);
}
