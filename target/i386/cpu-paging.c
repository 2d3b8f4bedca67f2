/*
 * A walk through the guest's page tables that the guest cannot see: for
 * debuggers and monitors.
 *
 *     without paging      the address itself
 *     32-bit              CR3 -> 10 bits -> 10 bits -> page
 *     PAE                 CR3 -> 2 bits -> 9 -> 9 -> page
 *     long mode           CR3 [-> 9 with LA57] -> 9 -> 9 -> 9 -> 9 -> page
 *
 * An entry with PS set ends the walk early, at a large page.
 *
 * Specification: SDM volume 3, chapter 4.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "exec/memory.h"
#include "hw/core/cpu.h"

#define PG_ADDRESS_MASK 0x000ffffffffff000ULL

/* Tables of 8-byte entries; the highest level is at @shift. */
static hwaddr x86_walk_wide(CPUState *cs, MemTxAttrs attrs, vaddr addr,
                            hwaddr table, int shift)
{
    const int a20_mask = X86_CPU(cs)->env.a20_mask;
    const bool lma = cpu_is_long_mode(cs->env_ptr);
    uint64_t entry;

    for (;; shift -= 9) {
        uint64_t index_mask = shift == 30 && !lma ? 3 : 0x1ff;
        uint64_t page_mask = (1ULL << shift) - 1;

        entry = address_space_ldq_le(cs->as,
                                     (table + ((addr >> shift) & index_mask) *
                                      8) & a20_mask, attrs, NULL);
        if (!(entry & PG_PRESENT_MASK)) {
            return -1;
        }
        /* At the lowest level PS is PAT; large pages have 2M, or 1G. */
        if (shift == 12 ||
            ((entry & PG_PSE_MASK) && (shift == 21 || (shift == 30 && lma)))) {
            return (entry & PG_ADDRESS_MASK & ~page_mask) | (addr & page_mask);
        }
        table = entry & PG_ADDRESS_MASK;
    }
}

/* Tables of 4-byte entries. */
static hwaddr x86_walk_narrow(CPUState *cs, MemTxAttrs attrs, vaddr addr)
{
    CPUX86State *env = cs->env_ptr;
    hwaddr pde_addr = (env->cr[3] & ~0xfffULL) + ((addr >> 22) & 0x3ff) * 4;
    uint32_t pde = address_space_ldl_le(cs->as, pde_addr & env->a20_mask,
                                        attrs, NULL);
    hwaddr pte_addr;
    uint32_t pte;

    if (!(pde & PG_PRESENT_MASK)) {
        return -1;
    }
    if ((pde & PG_PSE_MASK) && (env->cr[4] & CR4_PSE_MASK)) {
        /* PSE-36: bits 13 to 20 are bits 32 to 39 of the address. */
        return (pde & 0xffc00000u) | (hwaddr)((pde >> 13) & 0xff) << 32 |
               (addr & 0x3fffff);
    }
    pte_addr = (pde & ~0xfffu) + ((addr >> 12) & 0x3ff) * 4;
    pte = address_space_ldl_le(cs->as, pte_addr & env->a20_mask, attrs, NULL);
    if (!(pte & PG_PRESENT_MASK)) {
        return -1;
    }
    return (pte & ~0xfffu) | (addr & 0xfff);
}

hwaddr x86_cpu_get_phys_page_attrs_debug(CPUState *cs, vaddr addr,
                                         MemTxAttrs *attrs)
{
    CPUX86State *env = &X86_CPU(cs)->env;
    hwaddr phys;

    *attrs = (MemTxAttrs) { .secure = !!(env->hflags & HF_SMM_MASK) };

    if (!(env->cr[0] & CR0_PG_MASK)) {
        phys = addr;
    } else if (cpu_is_long_mode(env)) {
        bool la57 = env->cr[4] & CR4_LA57_MASK;
        int unused = la57 ? 7 : 16;

        /* The bits above must all be as the highest that counts. */
        if ((vaddr)((int64_t)(addr << unused) >> unused) != addr) {
            return -1;
        }
        phys = x86_walk_wide(cs, *attrs, addr, env->cr[3] & PG_ADDRESS_MASK,
                             la57 ? 48 : 39);
    } else {
        addr = (uint32_t)addr;
        phys = env->cr[4] & CR4_PAE_MASK
               ? x86_walk_wide(cs, *attrs, addr, env->cr[3] & ~0x1fULL, 30)
               : x86_walk_narrow(cs, *attrs, addr);
    }
    return phys == (hwaddr)-1 ? phys
                              : phys & env->a20_mask & TARGET_PAGE_MASK;
}
