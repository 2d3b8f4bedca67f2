/*
 * What the tests of the memory API share: a board of their own
 *
 * memory_test_init() makes what main does before the machine: types, the big
 * lock, the two address spaces.  A test makes its own root and address space.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_MEMORY_TEST_H
#define TESTS_MEMORY_TEST_H

#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "exec/address-spaces.h"
#include "exec/memory-internal.h"
#include "hw/qdev-core.h"

/* A root and an address space on it. */
typedef struct MemoryTest {
    MemoryRegion root;
    AddressSpace as;
} MemoryTest;

void memory_test_init(int *argc, char ***argv);
void memory_test_start(MemoryTest *t);
/* All regions must be out of the root by now. */
void memory_test_stop(MemoryTest *t);

/* A region without an owner is the child of /unattached: end it there. */
void memory_test_free(MemoryRegion *mr);

/*
 * Registers of a byte each: one reads 0x40 and its address, and a write counts
 * in the unsigned that @opaque points to.
 */
extern const MemoryRegionOps memory_test_regs_ops;

/* "start-last name@offset flags" for each range of a view; g_free() it. */
char *memory_test_view(AddressSpace *as);

#endif
