/*
 * What devices may ask about a migration that is going on.
 *
 * A device that can make the part of a migration before the machine stops
 * (precopy) shorter hears of its steps:
 *
 *     SETUP, { BEFORE_BITMAP_SYNC, AFTER_BITMAP_SYNC } ..., COMPLETE, CLEANUP
 *
 * Between two looks at the dirty bitmap it may say what need not be sent.  Who
 * sends the stream calls precopy_notify().  The stream is not here
 * (docs/here-and-in-qemu.md), so that nobody is asked, and no RAM block has a
 * bitmap of migration's own.
 *
 * All but qemu_guest_free_page_hint() with the big lock held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIGRATION_MISC_H
#define MIGRATION_MISC_H

#include "qapi/qapi-types-net.h"
#include "qemu/notify.h"

typedef enum PrecopyNotifyReason {
    PRECOPY_NOTIFY_SETUP = 0,
    PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC = 1,
    PRECOPY_NOTIFY_AFTER_BITMAP_SYNC = 2,
    PRECOPY_NOTIFY_COMPLETE = 3,
    PRECOPY_NOTIFY_CLEANUP = 4,
} PrecopyNotifyReason;

/* What a notifier gets as its data. */
typedef struct PrecopyNotifyData {
    enum PrecopyNotifyReason reason;
    Error **errp;
} PrecopyNotifyData;

void precopy_infrastructure_init(void);
void precopy_add_notifier(NotifierWithReturn *n);
void precopy_remove_notifier(NotifierWithReturn *n);
/* Tell all of them; the first result that is not 0 ends it. */
int precopy_notify(PrecopyNotifyReason reason, Error **errp);

/*
 * The guest does not need what is in the @len bytes at @addr, in the host's
 * memory: whole pages of it are taken out of its bitmap.  What is no RAM
 * is ignored.  From any thread.
 */
void qemu_guest_free_page_hint(void *addr, size_t len);

/* When and how often a guest announces itself; the defaults if nobody set it. */
AnnounceParameters *migrate_announce_params(void);

#endif
