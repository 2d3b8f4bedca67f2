/*
 * The address spaces of CPUs.
 *
 * Read first: include/exec/exec-all.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cpu-all.h"
#include "exec/exec-all.h"
#include "qemu/rcu.h"
#include "sysemu/hw_accel.h"

/* The space is apart from this array: RCU may need it for a while longer. */
struct CPUAddressSpace {
    struct CPUMemory *mem;
};

struct CPUMemory {
    struct rcu_head rcu;
    AddressSpace as;
};

void cpu_address_space_init(CPUState *cpu, int asidx,
                            const char *prefix, MemoryRegion *mr)
{
    g_autofree char *as_name = g_strdup_printf("%s-%d", prefix,
                                               cpu->cpu_index);
    struct CPUMemory *mem = g_new0(struct CPUMemory, 1);

    assert(mr && asidx < cpu->num_ases);
    address_space_init(&mem->as, mr, as_name);

    if (!cpu->cpu_ases) {
        cpu->cpu_ases = g_new0(CPUAddressSpace, cpu->num_ases);
    }
    cpu->cpu_ases[asidx].mem = mem;
    if (asidx == 0) {
        cpu->as = &mem->as;
    }
}

static void cpu_memory_free(struct CPUMemory *mem)
{
    g_free(mem);
}

void cpu_address_spaces_destroy(CPUState *cpu)
{
    for (int i = 0; cpu->cpu_ases && i < cpu->num_ases; i++) {
        struct CPUMemory *mem = cpu->cpu_ases[i].mem;

        if (mem) {
            /* The first call is RCU's as well, and comes first there, too. */
            address_space_destroy(&mem->as);
            call_rcu(mem, cpu_memory_free, rcu);
        }
    }
    g_free(cpu->cpu_ases);
    cpu->cpu_ases = NULL;
    cpu->num_ases = 0;
    cpu->as = NULL;
}

AddressSpace *cpu_get_address_space(CPUState *cpu, int asidx)
{
    return &cpu->cpu_ases[asidx].mem->as;
}

/* Memory behind virtual addresses, page by page; ROM can be written. */
int cpu_memory_rw_debug(CPUState *cpu, vaddr addr,
                        void *ptr, size_t len, bool is_write)
{
    uint8_t *buf = ptr;

    /* Which page it is, the registers tell. */
    cpu_synchronize_state(cpu);
    while (len > 0) {
        vaddr page = addr & TARGET_PAGE_MASK;
        size_t l = MIN(page + TARGET_PAGE_SIZE - addr, len);
        MemTxAttrs attrs;
        hwaddr phys_addr = cpu_get_phys_page_attrs_debug(cpu, page, &attrs);
        AddressSpace *as;
        MemTxResult res;

        if (phys_addr == -1) {
            return -1;
        }
        as = cpu_get_address_space(cpu, cpu_asidx_from_attrs(cpu, attrs));
        phys_addr += addr & ~TARGET_PAGE_MASK;
        res = is_write
              ? address_space_write_rom(as, phys_addr, attrs, buf, l)
              : address_space_read(as, phys_addr, attrs, buf, l);
        if (res != MEMTX_OK) {
            return -1;
        }
        len -= l;
        buf += l;
        addr += l;
    }
    return 0;
}
