/*
 * Media by a client's wish: eject, trays, change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qemu/main-loop.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

BlockBackend *qmp_get_blk(const char *blk_name, const char *qdev_id,
                          Error **errp)
{
    BlockBackend *blk;

    if (!blk_name == !qdev_id) {
        error_setg(errp, "Need exactly one of 'device' and 'id'");
        return NULL;
    }
    if (qdev_id) {
        return blk_by_qdev_id(qdev_id, errp);
    }
    blk = blk_by_name(blk_name);
    if (!blk) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  blk_name);
    }
    return blk;
}

/*
 * 0: it is open, or there is none.  -ENOSYS: there is no tray; -EINPROGRESS:
 * the guest was asked to open it.  Other negative values with @errp set.
 */
static int do_open_tray(const char *blk_name, const char *qdev_id,
                        bool force, Error **errp)
{
    const char *device = qdev_id ?: blk_name;
    BlockBackend *blk = qmp_get_blk(blk_name, qdev_id, errp);
    bool locked;

    if (!blk) {
        return -ENODEV;
    }
    if (!blk_dev_has_removable_media(blk)) {
        error_setg(errp, "Device '%s' is not removable", device);
        return -ENOTSUP;
    }
    if (!blk_dev_has_tray(blk)) {
        error_setg(errp, "Device '%s' does not have a tray", device);
        return -ENOSYS;
    }
    if (blk_dev_is_tray_open(blk)) {
        return 0;
    }

    locked = blk_dev_is_medium_locked(blk);
    if (locked) {
        blk_dev_eject_request(blk, force);
    }
    if (!locked || force) {
        blk_dev_change_media_cb(blk, false, &error_abort);
    }
    if (locked && !force) {
        error_setg(errp, "Device '%s' is locked and force was not specified, "
                   "wait for tray to open and try again", device);
        return -EINPROGRESS;
    }
    return 0;
}

void qmp_blockdev_open_tray(bool has_device, const char *device,
                            bool has_id, const char *id,
                            bool has_force, bool force, Error **errp)
{
    Error *local_err = NULL;
    int rc = do_open_tray(has_device ? device : NULL, has_id ? id : NULL,
                          has_force && force, &local_err);

    /* Without a tray there is nothing to do; a guest was asked. */
    if (rc && rc != -ENOSYS && rc != -EINPROGRESS) {
        error_propagate(errp, local_err);
        return;
    }
    error_free(local_err);
}

void qmp_blockdev_close_tray(bool has_device, const char *device,
                             bool has_id, const char *id, Error **errp)
{
    BlockBackend *blk = qmp_get_blk(has_device ? device : NULL,
                                    has_id ? id : NULL, errp);
    Error *local_err = NULL;

    if (!blk) {
        return;
    }
    if (!blk_dev_has_removable_media(blk)) {
        error_setg(errp, "Device '%s' is not removable",
                   has_device ? device : id);
        return;
    }
    if (!blk_dev_has_tray(blk) || !blk_dev_is_tray_open(blk)) {
        return;
    }
    blk_dev_change_media_cb(blk, true, &local_err);
    error_propagate(errp, local_err);
}

static void blockdev_remove_medium(const char *device, const char *id,
                                   Error **errp)
{
    BlockBackend *blk = qmp_get_blk(device, id, errp);
    BlockDriverState *bs;
    AioContext *ctx;

    if (!blk) {
        return;
    }
    /* The guest may have it in use without a device that says so. */
    if (blk_get_attached_dev(blk) && !blk_dev_has_removable_media(blk)) {
        error_setg(errp, "Device '%s' is not removable", device ?: id);
        return;
    }
    if (blk_get_attached_dev(blk) && blk_dev_has_tray(blk) &&
        !blk_dev_is_tray_open(blk)) {
        error_setg(errp, "Tray of device '%s' is not open", device ?: id);
        return;
    }
    bs = blk_bs(blk);
    if (!bs) {
        return;
    }
    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    if (!bdrv_op_is_blocked(bs, BLOCK_OP_TYPE_EJECT, errp)) {
        blk_remove_bs(blk);
        if (!blk_dev_has_tray(blk)) {
            /* Without a tray the device hears of it now. */
            blk_dev_change_media_cb(blk, false, &error_abort);
        }
    }
    aio_context_release(ctx);
}

void qmp_blockdev_remove_medium(const char *id, Error **errp)
{
    blockdev_remove_medium(NULL, id, errp);
}

static void qmp_blockdev_insert_anon_medium(BlockBackend *blk,
                                            BlockDriverState *bs, Error **errp)
{
    Error *local_err = NULL;
    AioContext *ctx;
    int ret;

    if (!blk_dev_has_removable_media(blk)) {
        error_setg(errp, "Device is not removable");
        return;
    }
    if (blk_get_attached_dev(blk) && blk_dev_has_tray(blk) &&
        !blk_dev_is_tray_open(blk)) {
        error_setg(errp, "Tray of the device is not open");
        return;
    }
    if (blk_bs(blk)) {
        error_setg(errp, "There already is a medium in the device");
        return;
    }
    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    ret = blk_insert_bs(blk, bs, errp);
    aio_context_release(ctx);
    if (ret < 0) {
        return;
    }
    if (!blk_dev_has_tray(blk)) {
        blk_dev_change_media_cb(blk, true, &local_err);
        if (local_err) {
            error_propagate(errp, local_err);
            blk_remove_bs(blk);
        }
    }
}

static void blockdev_insert_medium(const char *device, const char *id,
                                   const char *node_name, Error **errp)
{
    BlockBackend *blk = qmp_get_blk(device, id, errp);
    BlockDriverState *bs;

    if (!blk) {
        return;
    }
    bs = bdrv_find_node(node_name);
    if (!bs) {
        error_setg(errp, "Node '%s' not found", node_name);
        return;
    }
    if (bdrv_has_blk(bs)) {
        error_setg(errp, "Node '%s' is already in use", node_name);
        return;
    }
    qmp_blockdev_insert_anon_medium(blk, bs, errp);
}

void qmp_blockdev_insert_medium(const char *id, const char *node_name,
                                Error **errp)
{
    blockdev_insert_medium(NULL, id, node_name, errp);
}

void qmp_blockdev_change_medium(bool has_device, const char *device,
                                bool has_id, const char *id,
                                const char *filename,
                                bool has_format, const char *format,
                                bool has_force, bool force,
                                bool has_read_only,
                                BlockdevChangeReadOnlyMode read_only,
                                Error **errp)
{
    BlockBackend *blk;
    BlockDriverState *medium_bs = NULL;
    QDict *options = NULL;
    Error *err = NULL;
    int bdrv_flags, rc;

    blk = qmp_get_blk(has_device ? device : NULL, has_id ? id : NULL, errp);
    if (!blk) {
        return;
    }
    if (blk_bs(blk)) {
        blk_update_root_state(blk);
    }
    bdrv_flags = blk_get_open_flags_from_root_state(blk);
    bdrv_flags &= ~(BDRV_O_TEMPORARY | BDRV_O_SNAPSHOT | BDRV_O_NO_BACKING |
                    BDRV_O_PROTOCOL | BDRV_O_AUTO_RDONLY);

    switch (has_read_only ? read_only
                          : BLOCKDEV_CHANGE_READ_ONLY_MODE_RETAIN) {
    case BLOCKDEV_CHANGE_READ_ONLY_MODE_RETAIN:
        break;
    case BLOCKDEV_CHANGE_READ_ONLY_MODE_READ_ONLY:
        bdrv_flags &= ~BDRV_O_RDWR;
        break;
    case BLOCKDEV_CHANGE_READ_ONLY_MODE_READ_WRITE:
        bdrv_flags |= BDRV_O_RDWR;
        break;
    default:
        abort();
    }

    options = qdict_new();
    qdict_put_str(options, "detect-zeroes",
                  BlockdevDetectZeroesOptions_str(
                      blk_get_detect_zeroes_from_root_state(blk)));
    if (has_format) {
        qdict_put_str(options, "driver", format);
    }
    medium_bs = bdrv_open(filename, NULL, options, bdrv_flags, errp);
    if (!medium_bs) {
        return;
    }

    rc = do_open_tray(has_device ? device : NULL, has_id ? id : NULL,
                      has_force && force, &err);
    if (rc && rc != -ENOSYS) {
        error_propagate(errp, err);
        goto fail;
    }
    error_free(err);
    err = NULL;

    blockdev_remove_medium(has_device ? device : NULL, has_id ? id : NULL,
                           &err);
    if (err) {
        error_propagate(errp, err);
        goto fail;
    }
    qmp_blockdev_insert_anon_medium(blk, medium_bs, &err);
    if (err) {
        error_propagate(errp, err);
        goto fail;
    }
    qmp_blockdev_close_tray(has_device, device, has_id, id, errp);
fail:
    /* The back end has a reference of its own. */
    bdrv_unref(medium_bs);
}

void qmp_eject(bool has_device, const char *device,
               bool has_id, const char *id,
               bool has_force, bool force, Error **errp)
{
    Error *local_err = NULL;
    int rc = do_open_tray(has_device ? device : NULL, has_id ? id : NULL,
                          has_force && force, &local_err);

    if (rc && rc != -ENOSYS) {
        error_propagate(errp, local_err);
        return;
    }
    error_free(local_err);
    blockdev_remove_medium(has_device ? device : NULL, has_id ? id : NULL,
                           errp);
}
