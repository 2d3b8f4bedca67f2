/*
 * All RAM blocks, and who wants to hear about them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RAMLIST_H
#define RAMLIST_H

#include "qemu/queue.h"
#include "qemu/thread.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"

typedef struct RAMBlockNotifier RAMBlockNotifier;

/*
 * Three clients look for pages that changed, each with its own bitmap: a
 * display that redraws, translated code that became stale, migration.
 */
#define DIRTY_MEMORY_VGA       0
#define DIRTY_MEMORY_CODE      1
#define DIRTY_MEMORY_MIGRATION 2
#define DIRTY_MEMORY_NUM       3

/*
 * A bitmap with one bit per page of ram_addr_t, in pieces.  A writer that sets
 * a bit holds no lock, only an RCU read section.  So growing never moves a
 * piece: a longer table of pointers to the old pieces and the new ones takes
 * the place of the old table.
 */
#define DIRTY_MEMORY_BLOCK_SIZE ((ram_addr_t)256 * 1024 * 8)
typedef struct {
    struct rcu_head rcu;
    unsigned long *blocks[];
} DirtyMemoryBlocks;

/*
 * @mutex:  taken by those who change the list; readers use RCU
 * @mru_block:  the block found last
 * @blocks:  the largest first, because it is looked for most often
 * @version:  goes up with each change, for readers that resume a walk
 */
typedef struct RAMList {
    QemuMutex mutex;
    RAMBlock *mru_block;
    QLIST_HEAD(, RAMBlock) blocks;
    DirtyMemoryBlocks *dirty_memory[DIRTY_MEMORY_NUM];
    uint32_t version;
    QLIST_HEAD(, RAMBlockNotifier) ramblock_notifiers;
} RAMList;
extern RAMList ram_list;

/* Goes on after ram_list.mutex is free, while the block stays. */
#define INTERNAL_RAMBLOCK_FOREACH(block) \
    QLIST_FOREACH_RCU(block, &ram_list.blocks, next)
#define RAMBLOCK_FOREACH(block) INTERNAL_RAMBLOCK_FOREACH(block)

void qemu_mutex_lock_ramlist(void);
void qemu_mutex_unlock_ramlist(void);

/*
 * Hears of host memory that guests may use: to pin it, to register it with a
 * device of the host.  @max_size is the address range, @size what is usable.
 */
struct RAMBlockNotifier {
    void (*ram_block_added)(RAMBlockNotifier *n, void *host, size_t size,
                            size_t max_size);
    void (*ram_block_removed)(RAMBlockNotifier *n, void *host, size_t size,
                              size_t max_size);
    void (*ram_block_resized)(RAMBlockNotifier *n, void *host,
                              size_t old_size, size_t new_size);
    QLIST_ENTRY(RAMBlockNotifier) next;
};

/* Calls ram_block_added for the blocks that are there already. */
void ram_block_notifier_add(RAMBlockNotifier *n);
/* Calls ram_block_removed for the blocks that are still there. */
void ram_block_notifier_remove(RAMBlockNotifier *n);
void ram_block_notify_add(void *host, size_t size, size_t max_size);
void ram_block_notify_remove(void *host, size_t size, size_t max_size);
void ram_block_notify_resize(void *host, size_t old_size, size_t new_size);

/* The answer of `info ramblock`.  The caller frees it. */
GString *ram_block_format(void);

#endif
