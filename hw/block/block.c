/*
 * What disks have in common: checks of their properties.
 *
 * Read include/hw/block/block.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/block/block.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/qapi-types-block.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

bool blk_check_size_and_read_all(BlockBackend *blk, void *buf, hwaddr size,
                                 Error **errp)
{
    int64_t blk_len = blk_getlength(blk), offset = 0;

    if (blk_len < 0) {
        error_setg_errno(errp, -blk_len, "can't get size of block backend '%s'",
                         blk_name(blk));
        return false;
    }
    if (blk_len != size) {
        error_setg(errp, "device requires %" PRIu64 " bytes, block backend "
                   "'%s' provides %" PRIu64 " bytes", size, blk_name(blk),
                   blk_len);
        return false;
    }
    while (offset < size) {
        int64_t n = MIN(size - offset, BDRV_REQUEST_MAX_BYTES);
        int ret = blk_pread(blk, offset, n, (uint8_t *)buf + offset, 0);

        if (ret < 0) {
            error_setg_errno(errp, -ret, "can't read block backend '%s'",
                             blk_name(blk));
            return false;
        }
        offset += n;
    }
    return true;
}

bool blkconf_blocksizes(BlockConf *conf, Error **errp)
{
    BlockSizes blocksizes;
    bool use_blocksizes;

    switch (conf->backend_defaults) {
    case ON_OFF_AUTO_AUTO:
    case ON_OFF_AUTO_ON:
        use_blocksizes = !blk_probe_blocksizes(conf->blk, &blocksizes);
        break;
    case ON_OFF_AUTO_OFF:
        use_blocksizes = false;
        break;
    default:
        abort();
    }
    /* AUTO: only a disk of the host's is asked, and only it answers. */
    if (!conf->physical_block_size) {
        conf->physical_block_size = use_blocksizes ? blocksizes.phys
                                                   : BDRV_SECTOR_SIZE;
    }
    if (!conf->logical_block_size) {
        conf->logical_block_size = use_blocksizes ? blocksizes.log
                                                  : BDRV_SECTOR_SIZE;
    }

    if (conf->logical_block_size > conf->physical_block_size) {
        error_setg(errp,
                   "logical_block_size > physical_block_size not supported");
        return false;
    }
    if (!QEMU_IS_ALIGNED(conf->min_io_size, conf->logical_block_size)) {
        error_setg(errp,
                   "min_io_size must be a multiple of logical_block_size");
        return false;
    }
    /* Guests take the number for 16 bits in units of logical blocks. */
    if (conf->min_io_size / conf->logical_block_size > UINT16_MAX) {
        error_setg(errp, "min_io_size must not exceed %u logical blocks",
                   UINT16_MAX);
        return false;
    }
    if (!QEMU_IS_ALIGNED(conf->opt_io_size, conf->logical_block_size)) {
        error_setg(errp,
                   "opt_io_size must be a multiple of logical_block_size");
        return false;
    }
    if (conf->discard_granularity != -1 &&
        !QEMU_IS_ALIGNED(conf->discard_granularity,
                         conf->logical_block_size)) {
        error_setg(errp, "discard_granularity must be "
                   "a multiple of logical_block_size");
        return false;
    }
    return true;
}

/* account-invalid and -failed; without them, what -drive has said. */
static void blkconf_apply_accounting(BlockConf *conf)
{
    BlockAcctStats *stats = blk_get_stats(conf->blk);

    block_acct_setup(stats,
                     conf->account_invalid == ON_OFF_AUTO_AUTO
                     ? stats->account_invalid
                     : conf->account_invalid == ON_OFF_AUTO_ON,
                     conf->account_failed == ON_OFF_AUTO_AUTO
                     ? stats->account_failed
                     : conf->account_failed == ON_OFF_AUTO_ON);
}

bool blkconf_apply_backend_options(BlockConf *conf, bool readonly,
                                   bool resizable, Error **errp)
{
    BlockBackend *blk = conf->blk;
    BlockdevOnError rerror, werror;
    uint64_t perm, shared_perm;
    bool wce;
    int ret;

    perm = BLK_PERM_CONSISTENT_READ;
    if (!readonly) {
        perm |= BLK_PERM_WRITE;
    }
    shared_perm = BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE_UNCHANGED;
    if (resizable) {
        shared_perm |= BLK_PERM_RESIZE;
    }
    if (conf->share_rw) {
        shared_perm |= BLK_PERM_WRITE;
    }
    ret = blk_set_perm(blk, perm, shared_perm, errp);
    if (ret < 0) {
        return false;
    }

    switch (conf->wce) {
    case ON_OFF_AUTO_ON:
        wce = true;
        break;
    case ON_OFF_AUTO_OFF:
        wce = false;
        break;
    case ON_OFF_AUTO_AUTO:
        wce = blk_enable_write_cache(blk);
        break;
    default:
        abort();
    }

    /* What -drive says, unless the device does. */
    rerror = conf->rerror;
    if (rerror == BLOCKDEV_ON_ERROR_AUTO) {
        rerror = blk_get_on_error(blk, true);
    }
    werror = conf->werror;
    if (werror == BLOCKDEV_ON_ERROR_AUTO) {
        werror = blk_get_on_error(blk, false);
    }
    blk_set_enable_write_cache(blk, wce);
    blk_set_on_error(blk, rerror, werror);
    blkconf_apply_accounting(conf);
    return true;
}

bool blkconf_geometry(BlockConf *conf, int *ptrans,
                      unsigned cyls_max, unsigned heads_max, unsigned secs_max,
                      Error **errp)
{
    if (!conf->cyls && !conf->heads && !conf->secs) {
        hd_geometry_guess(conf->blk, &conf->cyls, &conf->heads, &conf->secs,
                          ptrans);
    } else if (ptrans && *ptrans == BIOS_ATA_TRANSLATION_AUTO) {
        *ptrans = hd_bios_chs_auto_trans(conf->cyls, conf->heads, conf->secs);
    }
    if (conf->cyls || conf->heads || conf->secs) {
        if (conf->cyls < 1 || conf->cyls > cyls_max) {
            error_setg(errp, "cyls must be between 1 and %u", cyls_max);
            return false;
        }
        if (conf->heads < 1 || conf->heads > heads_max) {
            error_setg(errp, "heads must be between 1 and %u", heads_max);
            return false;
        }
        if (conf->secs < 1 || conf->secs > secs_max) {
            error_setg(errp, "secs must be between 1 and %u", secs_max);
            return false;
        }
    }
    return true;
}
