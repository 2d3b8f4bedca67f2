/*
 * Memory in the byte order and the page size of the guest's CPU
 *
 * For code that is compiled for one target.  Devices that know the byte order
 * of their data use the _le and _be forms of exec/memory.h instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CPU_ALL_H
#define CPU_ALL_H

#include "exec/cpu-common.h"
#include "exec/cpu-defs.h"
#include "exec/memory.h"
#include "qemu/bswap.h"

#define TARGET_BIG_ENDIAN 0

/* Why a vCPU came out of the guest; below these are the target's exceptions. */
#define EXCP_INTERRUPT  0x10000 /* somebody wants it */
#define EXCP_HLT        0x10001 /* it waits for an interrupt */
#define EXCP_DEBUG      0x10002 /* a breakpoint, or a step is done */
#define EXCP_HALTED     0x10003 /* it waited already */

static inline uint16_t tswap16(uint16_t s)
{
    return le16_to_cpu(s);
}

static inline uint32_t tswap32(uint32_t s)
{
    return le32_to_cpu(s);
}

static inline uint64_t tswap64(uint64_t s)
{
    return le64_to_cpu(s);
}

#define tswapl(s) tswap64(s)

/* Memory of the host that holds a number in the guest's byte order. */
#define lduw_p(p) lduw_le_p(p)
#define ldsw_p(p) ldsw_le_p(p)
#define ldl_p(p) ldl_le_p(p)
#define ldq_p(p) ldq_le_p(p)
#define stw_p(p, v) stw_le_p(p, v)
#define stl_p(p, v) stl_le_p(p, v)
#define stq_p(p, v) stq_le_p(p, v)
#define ldn_p(p, sz) ldn_le_p(p, sz)
#define stn_p(p, sz, v) stn_le_p(p, sz, v)

#define TARGET_PAGE_SIZE (1ULL << TARGET_PAGE_BITS)
#define TARGET_PAGE_MASK ((target_long)-1 << TARGET_PAGE_BITS)
#define TARGET_PAGE_BITS_MIN TARGET_PAGE_BITS
#define TARGET_PAGE_ALIGN(addr) ROUND_UP((addr), TARGET_PAGE_SIZE)

/*
 * Read or write @len bytes of memory at the virtual address @addr of @cpu, as
 * a debugger does: ROM can be written.  0, or -1 where nothing is mapped.
 */
int cpu_memory_rw_debug(CPUState *cpu, uint64_t addr,
                        void *ptr, size_t len, bool is_write);

#endif
