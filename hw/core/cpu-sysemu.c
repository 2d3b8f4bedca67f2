/*
 * What code that knows no target may ask a CPU of a machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "hw/core/cpu.h"
#include "hw/core/sysemu-cpu-ops.h"

bool cpu_paging_enabled(const CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    return ops->get_paging_enabled && ops->get_paging_enabled(cpu);
}

hwaddr cpu_get_phys_page_attrs_debug(CPUState *cpu, vaddr addr,
                                     MemTxAttrs *attrs)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    if (ops->get_phys_page_attrs_debug) {
        return ops->get_phys_page_attrs_debug(cpu, addr, attrs);
    }
    *attrs = MEMTXATTRS_UNSPECIFIED;
    return ops->get_phys_page_debug(cpu, addr);
}

hwaddr cpu_get_phys_page_debug(CPUState *cpu, vaddr addr)
{
    MemTxAttrs attrs = {};

    return cpu_get_phys_page_attrs_debug(cpu, addr, &attrs);
}

int cpu_asidx_from_attrs(CPUState *cpu, MemTxAttrs attrs)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;
    int ret = 0;

    if (ops->asidx_from_attrs) {
        ret = ops->asidx_from_attrs(cpu, attrs);
        assert(ret < cpu->num_ases && ret >= 0);
    }
    return ret;
}

bool cpu_virtio_is_big_endian(CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    if (ops->virtio_is_big_endian) {
        return ops->virtio_is_big_endian(cpu);
    }
    return target_words_bigendian();
}

GuestPanicInformation *cpu_get_crash_info(CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    return ops->get_crash_info ? ops->get_crash_info(cpu) : NULL;
}
