/*
 * RAMBlock: a piece of host memory that guests may use
 *
 * Only the memory API itself and migration look inside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_EXEC_RAMBLOCK_H
#define QEMU_EXEC_RAMBLOCK_H

#include "exec/cpu-common.h"
#include "qemu/queue.h"
#include "qemu/rcu.h"
#include "exec/ramlist.h"

/*
 *     host                             host + used_length   host + max_length
 *      |<------- the guest's ---------------->|<-- reserved ------->|
 *      page_size each; backed by memory, or by fd if that is not -1
 *
 * Freed by RCU: a reader that found it in ram_list.blocks may use it until the
 * end of its read section.
 */
struct RAMBlock {
    struct rcu_head rcu;
    struct MemoryRegion *mr;
    uint8_t *host;
    /* Where the block begins among all RAM, in bytes. */
    ram_addr_t offset;
    ram_addr_t used_length;
    ram_addr_t max_length;
    void (*resized)(const char *, uint64_t length, void *host);
    /* RAM_* of exec/memory.h */
    uint32_t flags;
    /* Protected by the BQL. */
    char idstr[256];
    /* RCU for reading, ram_list.mutex for writing. */
    QLIST_ENTRY(RAMBlock) next;
    int fd;
    size_t page_size;
    /* Migration's own list of dirty pages. */
    unsigned long *bmap;
    unsigned long *receivedmap;
};

#endif
