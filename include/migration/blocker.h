/*
 * Migration blockers: reasons why the machine cannot be migrated just now.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIGRATION_BLOCKER_H
#define MIGRATION_BLOCKER_H

/*
 * From now on migration fails with @reason, which stays the caller's.
 * 0, or -EACCES under -only-migratable: then @errp says why.
 */
int migrate_add_blocker(Error *reason, Error **errp);

/* Take @reason back; it was added before. */
void migrate_del_blocker(Error *reason);

#endif
