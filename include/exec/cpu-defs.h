/*
 * The one target of this program: x86_64
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CPU_DEFS_H
#define CPU_DEFS_H

#include "exec/hwaddr.h"
#include "exec/memattrs.h"

#define TARGET_LONG_BITS 64
#define TARGET_LONG_SIZE 8
#define TARGET_PHYS_ADDR_SPACE_BITS 52
#define TARGET_VIRT_ADDR_SPACE_BITS 47
#define TARGET_PAGE_BITS 12

/* A register of the guest's CPU. */
typedef int64_t target_long;
typedef uint64_t target_ulong;
#define TARGET_FMT_lx "%016" PRIx64
#define TARGET_FMT_ld "%" PRId64
#define TARGET_FMT_lu "%" PRIu64

#endif
