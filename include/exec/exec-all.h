/*
 * A CPU's address spaces.
 *
 * Most CPUs have one, on the memory that their property "memory" names; one
 * with a mode of its own memory (SMM on x86) has two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef EXEC_ALL_H
#define EXEC_ALL_H

#include "hw/core/cpu.h"

/*
 * Make @cpu's address space number @asidx, of cpu->num_ases, which must be
 * set.  It is called PREFIX-N for CPU number N.
 */
void cpu_address_space_init(CPUState *cpu, int asidx,
                            const char *prefix, MemoryRegion *mr);

/* End all of them; before the CPU is unrealized for good. */
void cpu_address_spaces_destroy(CPUState *cpu);

#endif
