/*
 * Migration, as far as devices meet it: blockers and announcing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-net.h"
#include "migration/blocker.h"
#include "migration/misc.h"
#include "sysemu/sysemu.h"

/* Of Error; each belongs to whom added it. */
static GSList *migration_blockers;

int migrate_add_blocker(Error *reason, Error **errp)
{
    if (only_migratable) {
        error_propagate_prepend(errp, error_copy(reason),
                                "disallowing migration blocker "
                                "(--only-migratable) for: ");
        return -EACCES;
    }
    migration_blockers = g_slist_prepend(migration_blockers, reason);
    return 0;
}

void migrate_del_blocker(Error *reason)
{
    migration_blockers = g_slist_remove(migration_blockers, reason);
}

AnnounceParameters *migrate_announce_params(void)
{
    /* Five packets in about a second, in ms; what switches need to learn. */
    static AnnounceParameters params = {
        .initial = 50,
        .max = 550,
        .rounds = 5,
        .step = 100,
    };

    return &params;
}
