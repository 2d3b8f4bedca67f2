/*
 * What the files of -drive share (block/blockdev-*.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BLOCKDEV_INT_H
#define BLOCK_BLOCKDEV_INT_H

#include "block/block-common.h"
#include "qemu/option.h"
#include "sysemu/block-backend.h"

/*
 * Options that drive_new() looks at, and passes on to blockdev_init() when it has
 * made up its mind: both of their lists have them.
 */
#define DRIVE_POLICY_OPTS                                               \
    {                                                                   \
        .name = "rerror",                                               \
        .type = QEMU_OPT_STRING,                                        \
        .help = "what to do when a read fails",                         \
    },                                                                  \
    {                                                                   \
        .name = "werror",                                               \
        .type = QEMU_OPT_STRING,                                        \
        .help = "what to do when a write fails",                        \
    },                                                                  \
    {                                                                   \
        .name = BDRV_OPT_READ_ONLY,                                     \
        .type = QEMU_OPT_BOOL,                                          \
        .help = "do not write",                                         \
    },                                                                  \
    {                                                                   \
        .name = "copy-on-read",                                         \
        .type = QEMU_OPT_BOOL,                                          \
        .help = "what is read of the backing file becomes the image's", \
    }

/*
 * The BlockBackend "id" of @bs_opts, and its medium, unless there is neither
 * @file nor an option of it.  Takes over @bs_opts.  NULL with @errp set; NULL
 * without, if it was a request for help.
 */
BlockBackend *blockdev_init(const char *file, QDict *bs_opts, Error **errp);

#endif
