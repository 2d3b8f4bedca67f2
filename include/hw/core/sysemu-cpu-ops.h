/*
 * SysemuCPUOps: what a target's CPU does in a machine with memory.
 *
 * A constant table of each target, in CPUClass.sysemu_ops.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_CPU_OPS_H
#define SYSEMU_CPU_OPS_H

#include "hw/core/cpu.h"

typedef struct SysemuCPUOps {
    bool (*get_paging_enabled)(const CPUState *cpu);

    /* The page behind a virtual address, or -1; the second tells how, too. */
    hwaddr (*get_phys_page_debug)(CPUState *cpu, vaddr addr);
    hwaddr (*get_phys_page_attrs_debug)(CPUState *cpu, vaddr addr,
                                        MemTxAttrs *attrs);

    /* Which of several address spaces; absent: the first. */
    int (*asidx_from_attrs)(CPUState *cpu, MemTxAttrs attrs);

    /* What the guest said when it crashed; NULL if nothing. */
    GuestPanicInformation* (*get_crash_info)(CPUState *cpu);

    bool (*virtio_is_big_endian)(CPUState *cpu);

    const VMStateDescription *legacy_vmsd;
} SysemuCPUOps;

#endif
