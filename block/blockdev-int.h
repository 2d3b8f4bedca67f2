/*
 * What the files of -drive share (block/blockdev-*.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BLOCKDEV_INT_H
#define BLOCK_BLOCKDEV_INT_H

#include "sysemu/block-backend.h"

/*
 * The BlockBackend "id" of @bs_opts, and its medium, unless there is neither
 * @file nor an option of it.  Takes over @bs_opts.  NULL with @errp set; NULL
 * without, if it was a request for help.
 */
BlockBackend *blockdev_init(const char *file, QDict *bs_opts, Error **errp);

#endif
