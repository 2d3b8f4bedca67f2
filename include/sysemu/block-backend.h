/*
 * BlockBackend: what a device has of a disk.
 *
 *     device ──blk──> BlockBackend "drive0" ──root──> node
 *                     error policy, statistics,       may be changed, or
 *                     throttling, write cache         missing: no medium
 *
 * It stays when the medium goes.  -drive makes one with a name; a device whose
 * `drive` property names a node (-blockdev) makes one without.
 *
 * A device asks for permissions with blk_set_perm(), says with blk_set_dev_ops()
 * what to call when something happens to the medium, and sends requests:
 *
 *     blk_aio_preadv(blk, offset, &qiov, 0, done, opaque)
 *         -> done(opaque, 0 or a negative errno), in the blk's AioContext
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BACKEND_H
#define BLOCK_BACKEND_H

#include "sysemu/block-backend-global-state.h"
#include "sysemu/block-backend-io.h"

#endif
