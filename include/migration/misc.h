/*
 * What devices may ask about a migration that is going on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIGRATION_MISC_H
#define MIGRATION_MISC_H

#include "qapi/qapi-types-net.h"

/* When and how often a guest announces itself; the defaults if nobody set it. */
AnnounceParameters *migrate_announce_params(void);

#endif
