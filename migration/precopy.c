/*
 * Precopy, as far as devices meet it: who is told of its steps, and which pages
 * it need not send.
 *
 * Read include/migration/misc.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "migration/misc.h"
#include "qemu/bitmap.h"

static NotifierWithReturnList precopy_notifier_list;

void precopy_infrastructure_init(void)
{
    notifier_with_return_list_init(&precopy_notifier_list);
}

void precopy_add_notifier(NotifierWithReturn *n)
{
    notifier_with_return_list_add(&precopy_notifier_list, n);
}

void precopy_remove_notifier(NotifierWithReturn *n)
{
    notifier_with_return_remove(n);
}

int precopy_notify(PrecopyNotifyReason reason, Error **errp)
{
    PrecopyNotifyData pnd = { .reason = reason, .errp = errp };

    return notifier_with_return_list_notify(&precopy_notifier_list, &pnd);
}

void qemu_guest_free_page_hint(void *addr, size_t len)
{
    RCU_READ_LOCK_GUARD();
    while (len) {
        ram_addr_t offset, first, end;
        RAMBlock *block = qemu_ram_block_from_host(addr, false, &offset);
        size_t part;

        if (!block || offset >= block->used_length) {
            return;
        }
        part = MIN(len, block->used_length - offset);
        first = ROUND_UP(offset, TARGET_PAGE_SIZE) >> TARGET_PAGE_BITS;
        end = (offset + part) >> TARGET_PAGE_BITS;
        if (block->bmap && first < end) {
            bitmap_test_and_clear_atomic(block->bmap, first, end - first);
        }
        addr += part;
        len -= part;
    }
}
