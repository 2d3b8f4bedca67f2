/*
 * `info mem` and `info tlb`: what the guest's page tables say.
 *
 *     info tlb    each page: virtual and physical address, and its flags
 *     info mem    ranges of virtual addresses with the same rights
 *
 * Not the CPU's TLB, in spite of the name: nobody can read that.  Whatever the
 * paging mode, a walk is the same: a table's entries are absent, or a page, or
 * lead to a table of the next level (Intel SDM, volume 3, chapter 4).
 *
 * Read first: cpu-paging.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "monitor/hmp-target.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"

/*
 * A guest's tables may lead in circles: so many entries are looked at, and so
 * many pages are printed.
 */
#define PAGE_WALK_MAX (1 << 24)
#define PAGE_PRINT_MAX (1 << 20)

#define PAGE_RIGHTS (PG_USER_MASK | PG_RW_MASK | PG_PRESENT_MASK)
#define PAGE_ADDRESS_MASK 0x000ffffffffff000ULL

/*
 * @shift: an entry of the table that is read stands for 1 << shift bytes
 * @count: it has so many entries, of @entry_size bytes
 * @large: an entry can be a page, though there is a level below
 * @no_rights: its entries have no rights of their own
 */
typedef struct PageLevel {
    int shift;
    int count;
    int entry_size;
    bool large;
    bool no_rights;
} PageLevel;

/* The last level has shift 12. */
static const PageLevel levels_32[] = {
    { 22, 1024, 4 }, { 12, 1024, 4 },
};
static const PageLevel levels_32_pse[] = {
    { 22, 1024, 4, .large = true }, { 12, 1024, 4 },
};
static const PageLevel levels_pae[] = {
    { 30, 4, 8, .no_rights = true }, { 21, 512, 8, .large = true },
    { 12, 512, 8 },
};
static const PageLevel levels_long[] = {
    { 48, 512, 8 }, { 39, 512, 8 }, { 30, 512, 8, .large = true },
    { 21, 512, 8, .large = true }, { 12, 512, 8 },
};

typedef struct PageWalk PageWalk;

/* One page: @size bytes at @addr; @rights are those of the whole way to it. */
typedef void PageFn(PageWalk *walk, uint64_t addr, uint64_t pte,
                    uint64_t size, int rights);

struct PageWalk {
    Monitor *mon;
    CPUX86State *env;
    PageFn *fn;
    int address_bits;           /* of a virtual address */
    unsigned left;              /* entries that may still be looked at */
    unsigned printed;           /* info tlb: pages so far */

    /* info mem: the range so far; without rights there is none. */
    uint64_t start, end;
    int rights;
};

/* The upper bits of a virtual address are as the highest that is translated. */
static uint64_t page_walk_canonical(const PageWalk *walk, uint64_t addr)
{
    if (walk->address_bits == 32) {
        return addr;
    }
    if (addr & (1ULL << (walk->address_bits - 1))) {
        addr |= -(1ULL << walk->address_bits);
    }
    return addr;
}

static void page_walk_table(PageWalk *walk, const PageLevel *level,
                            hwaddr table, uint64_t addr, int rights)
{
    AddressSpace *as = env_cpu(walk->env)->as;
    const size_t size = level->count * level->entry_size;
    g_autofree uint8_t *entries = g_malloc0(size);

    address_space_read(as, table & walk->env->a20_mask,
                       cpu_get_mem_attrs(walk->env), entries, size);
    for (int i = 0; i < level->count && walk->left > 0; i++) {
        uint64_t pte = level->entry_size == 4 ? ldl_le_p(entries + i * 4)
                                              : ldq_le_p(entries + i * 8);
        uint64_t here = addr + ((uint64_t)i << level->shift);
        int all = level->no_rights ? rights : rights & pte;

        walk->left--;
        if (!(pte & PG_PRESENT_MASK)) {
            continue;
        }
        if (level->shift == 12 || (level->large && (pte & PG_PSE_MASK))) {
            walk->fn(walk, here, pte, 1ULL << level->shift, all);
        } else {
            page_walk_table(walk, level + 1, pte & PAGE_ADDRESS_MASK, here,
                            all);
        }
    }
}

/* All pages of the processor that @mon is about; false without a processor. */
static bool page_walk(PageWalk *walk, Monitor *mon, PageFn *fn)
{
    CPUX86State *env = mon_get_cpu_env(mon);
    const PageLevel *level;
    hwaddr table;

    if (!env) {
        monitor_printf(mon, "No CPU available\n");
        return false;
    }
    if (!(env->cr[0] & CR0_PG_MASK)) {
        monitor_printf(mon, "PG disabled\n");
        return false;
    }
    walk->address_bits = 32;
    table = env->cr[3] & PAGE_ADDRESS_MASK;
    if (cpu_is_long_mode(env)) {
        bool la57 = env->cr[4] & CR4_LA57_MASK;

        level = levels_long + !la57;
        walk->address_bits = la57 ? 57 : 48;
    } else if (env->cr[4] & CR4_PAE_MASK) {
        level = levels_pae;
        table = env->cr[3] & 0xffffffe0;
    } else {
        level = env->cr[4] & CR4_PSE_MASK ? levels_32_pse : levels_32;
    }
    walk->mon = mon;
    walk->env = env;
    walk->fn = fn;
    walk->left = PAGE_WALK_MAX;
    page_walk_table(walk, level, table, 0, PAGE_RIGHTS);
    return true;
}

static void page_walk_end(const PageWalk *walk)
{
    if (!walk->left) {
        monitor_printf(walk->mon, "(there are more)\n");
    }
}

/* info tlb */

static void print_pte(PageWalk *walk, uint64_t addr, uint64_t pte,
                      uint64_t size, int rights)
{
    hwaddr page = pte & PAGE_ADDRESS_MASK & ~(size - 1);

    monitor_printf(walk->mon, HWADDR_FMT_plx ": " HWADDR_FMT_plx
                   " %c%c%c%c%c%c%c%c%c\n",
                   page_walk_canonical(walk, addr), page,
                   pte & PG_NX_MASK ? 'X' : '-',
                   pte & PG_GLOBAL_MASK ? 'G' : '-',
                   /* Of a small page this bit is another. */
                   size > TARGET_PAGE_SIZE ? 'P' : '-',
                   pte & PG_DIRTY_MASK ? 'D' : '-',
                   pte & PG_ACCESSED_MASK ? 'A' : '-',
                   pte & PG_PCD_MASK ? 'C' : '-',
                   pte & PG_PWT_MASK ? 'T' : '-',
                   pte & PG_USER_MASK ? 'U' : '-',
                   pte & PG_RW_MASK ? 'W' : '-');
    if (++walk->printed == PAGE_PRINT_MAX) {
        walk->left = 0;
    }
}

void hmp_info_tlb(Monitor *mon, const QDict *qdict)
{
    PageWalk walk = {};

    if (page_walk(&walk, mon, print_pte)) {
        page_walk_end(&walk);
    }
}

/* info mem */

static void mem_print_range(const PageWalk *walk)
{
    if (walk->rights) {
        monitor_printf(walk->mon, HWADDR_FMT_plx "-" HWADDR_FMT_plx " "
                       HWADDR_FMT_plx " %c%c%c\n",
                       page_walk_canonical(walk, walk->start),
                       page_walk_canonical(walk, walk->end),
                       walk->end - walk->start,
                       walk->rights & PG_USER_MASK ? 'u' : '-',
                       'r',
                       walk->rights & PG_RW_MASK ? 'w' : '-');
    }
}

static void mem_add_page(PageWalk *walk, uint64_t addr, uint64_t pte,
                         uint64_t size, int rights)
{
    if (walk->rights != rights || walk->end != addr) {
        mem_print_range(walk);
        walk->start = addr;
        walk->rights = rights;
    }
    walk->end = addr + size;
}

void hmp_info_mem(Monitor *mon, const QDict *qdict)
{
    PageWalk walk = {};

    if (page_walk(&walk, mon, mem_add_page)) {
        mem_print_range(&walk);
        page_walk_end(&walk);
    }
}
