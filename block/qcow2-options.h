/*
 * qcow2's options of -blockdev: caches, checks, what becomes of discards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_QCOW2_OPTIONS_H
#define BLOCK_QCOW2_OPTIONS_H

#include "block/block_int.h"

/* Take them out of @options, and make the caches that they ask for. */
int qcow2_apply_options(BlockDriverState *bs, QDict *options, int flags,
                        Error **errp);

#endif
