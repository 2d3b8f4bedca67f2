/*
 * Opening and closing nodes.
 *
 *   bdrv_open
 *     bdrv_open_inherit              options of the parent, probing, backing
 *       bdrv_open_child_bs           "file": the same, one level down
 *       find_image_format            unless the driver was named
 *       bdrv_open_common             the options that all nodes have
 *         bdrv_open_driver           drv->bdrv_open or bdrv_file_open
 *       bdrv_open_backing_file       bdrv-backing.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"
#include "sysemu/block-backend.h"

/* The driver */

int bdrv_open_flags(BlockDriverState *bs, int open_flags)
{
    /* What is not the driver's business. */
    return open_flags & ~(BDRV_O_SNAPSHOT | BDRV_O_PROTOCOL);
}

static int bdrv_open_driver(BlockDriverState *bs, BlockDriver *drv,
                            const char *node_name, QDict *options,
                            int open_flags, Error **errp)
{
    Error *local_err = NULL;
    int ret;

    ret = bdrv_assign_node_name(bs, node_name, errp);
    if (ret < 0) {
        return ret;
    }

    bs->drv = drv;
    bs->opaque = g_malloc0(drv->instance_size);

    if (drv->bdrv_file_open) {
        assert(!drv->bdrv_needs_filename || bs->filename[0]);
        ret = drv->bdrv_file_open(bs, options, open_flags, &local_err);
    } else if (drv->bdrv_open) {
        ret = drv->bdrv_open(bs, options, open_flags, &local_err);
    } else {
        ret = 0;
    }
    if (ret < 0) {
        if (local_err) {
            error_propagate(errp, local_err);
        } else if (bs->filename[0]) {
            error_setg_errno(errp, -ret, "Could not open '%s'", bs->filename);
        } else {
            error_setg_errno(errp, -ret, "Could not open image");
        }
        goto open_failed;
    }

    ret = bdrv_refresh_total_sectors(bs, bs->total_sectors);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not refresh total sector count");
        goto close_driver;
    }
    bdrv_refresh_limits(bs, NULL, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        ret = -EINVAL;
        goto close_driver;
    }
    assert(is_power_of_2(bs->bl.request_alignment));

    /* It was born while everything is drained. */
    if (bs->quiesce_counter && drv->bdrv_drain_begin) {
        drv->bdrv_drain_begin(bs);
    }
    return 0;

close_driver:
    if (drv->bdrv_close) {
        drv->bdrv_close(bs);
    }
open_failed:
    bs->drv = NULL;
    if (bs->file) {
        bdrv_unref_child(bs, bs->file);
        assert(!bs->file);
    }
    if (bs->backing) {
        bdrv_unref_child(bs, bs->backing);
    }
    g_free(bs->opaque);
    bs->opaque = NULL;
    return ret;
}

BlockDriverState *bdrv_new_open_driver_opts(BlockDriver *drv,
                                            const char *node_name,
                                            QDict *options, int flags,
                                            Error **errp)
{
    BlockDriverState *bs = bdrv_new();

    GLOBAL_STATE_CODE();
    bs->open_flags = flags;
    bs->options = options ?: qdict_new();
    bs->explicit_options = qdict_clone_shallow(bs->options);
    bs->opaque = NULL;

    bdrv_update_options_from_flags(bs->options, flags);
    if (bdrv_open_driver(bs, drv, node_name, bs->options, flags, errp) < 0) {
        bdrv_unref(bs);
        return NULL;
    }
    return bs;
}

BlockDriverState *bdrv_new_open_driver(BlockDriver *drv, const char *node_name,
                                       int flags, Error **errp)
{
    return bdrv_new_open_driver_opts(drv, node_name, NULL, flags, errp);
}

/* What all nodes have; takes it out of @options. */
static int bdrv_open_common(BlockDriverState *bs, BlockBackend *file,
                            QDict *options, Error **errp)
{
    Error *local_err = NULL;
    const char *filename, *driver_name, *node_name, *discard;
    BlockDriver *drv;
    QemuOpts *opts;
    int ret = -EINVAL;

    assert(bs->file == NULL);
    assert(options != NULL && bs->options != options);

    opts = qemu_opts_create(&bdrv_runtime_opts, NULL, 0, &error_abort);
    if (!qemu_opts_absorb_qdict(opts, options, errp)) {
        goto fail_opts;
    }
    bdrv_update_flags_from_options(&bs->open_flags, opts);

    driver_name = qemu_opt_get(opts, "driver");
    drv = bdrv_find_format(driver_name);
    assert(drv != NULL);

    bs->force_share = qemu_opt_get_bool(opts, BDRV_OPT_FORCE_SHARE, false);
    if (bs->force_share && (bs->open_flags & BDRV_O_RDWR)) {
        error_setg(errp, BDRV_OPT_FORCE_SHARE
                   "=on can only be used with read-only images");
        goto fail_opts;
    }

    if (bs->open_flags & BDRV_O_COPY_ON_READ) {
        if (!(bs->open_flags & BDRV_O_RDWR)) {
            error_setg(errp, "Can't use copy-on-read on read-only device");
            goto fail_opts;
        }
        bdrv_enable_copy_on_read(bs);
    }

    if (file != NULL) {
        bdrv_refresh_filename(blk_bs(file));
        filename = blk_bs(file)->filename;
    } else {
        /* Not always a file; the driver will say if it has to be. */
        filename = qdict_get_try_str(options, "filename");
    }
    if (drv->bdrv_needs_filename && (!filename || !*filename)) {
        error_setg(errp, "The '%s' block driver requires a file name",
                   drv->format_name);
        goto fail_opts;
    }

    discard = qemu_opt_get(opts, BDRV_OPT_DISCARD);
    if (discard && bdrv_parse_discard_flags(discard, &bs->open_flags) != 0) {
        error_setg(errp, "Invalid discard option");
        goto fail_opts;
    }
    bs->detect_zeroes = bdrv_parse_detect_zeroes(opts, bs->open_flags,
                                                 &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        goto fail_opts;
    }

    pstrcpy(bs->filename, sizeof(bs->filename), filename ?: "");
    pstrcpy(bs->exact_filename, sizeof(bs->exact_filename), bs->filename);

    node_name = qemu_opt_get(opts, "node-name");
    ret = bdrv_open_driver(bs, drv, node_name, options,
                           bdrv_open_flags(bs, bs->open_flags), errp);

fail_opts:
    qemu_opts_del(opts);
    return ret;
}

/* Probing */

static int find_image_format(BlockBackend *file, const char *filename,
                             BlockDriver **pdrv, Error **errp)
{
    uint8_t buf[BLOCK_PROBE_BUF_SIZE];
    BlockDriver *drv;
    int ret;

    /* There is nothing to be seen of an empty drive or of SCSI generic. */
    if (blk_is_sg(file) || !blk_is_inserted(file) || blk_getlength(file) == 0) {
        *pdrv = &bdrv_raw;
        return 0;
    }
    ret = blk_pread(file, 0, sizeof(buf), buf, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not read image for determining its "
                         "format");
        *pdrv = NULL;
        return ret;
    }
    drv = bdrv_probe_all(buf, sizeof(buf), filename);
    if (!drv) {
        error_setg(errp, "Could not determine image format: No compatible "
                   "driver found");
        ret = -ENOENT;
    }
    *pdrv = drv;
    return ret;
}

/* Children */

static BlockDriverState *bdrv_open_child_bs(const char *filename,
                                            QDict *options,
                                            const char *bdref_key,
                                            BlockDriverState *parent,
                                            const BdrvChildClass *child_class,
                                            BdrvChildRole child_role,
                                            bool allow_none, Error **errp)
{
    g_autofree char *prefix = g_strdup_printf("%s.", bdref_key);
    BlockDriverState *bs = NULL;
    QDict *image_options;
    const char *reference;

    qdict_extract_subqdict(options, &image_options, prefix);

    /*
     * A reference may be typed (-blockdev) or not; a value that is no string
     * would have been refused by the schema.
     */
    reference = qdict_get_try_str(options, bdref_key);
    if (!filename && !reference && !qdict_size(image_options)) {
        if (!allow_none) {
            error_setg(errp, "A block device must be specified for \"%s\"",
                       bdref_key);
        }
        qobject_unref(image_options);
    } else {
        bs = bdrv_open_inherit(filename, reference, image_options, 0,
                               parent, child_class, child_role, errp);
    }
    qdict_del(options, bdref_key);
    return bs;
}

BdrvChild *bdrv_open_child(const char *filename,
                           QDict *options, const char *bdref_key,
                           BlockDriverState *parent,
                           const BdrvChildClass *child_class,
                           BdrvChildRole child_role,
                           bool allow_none, Error **errp)
{
    BlockDriverState *bs;

    GLOBAL_STATE_CODE();
    bs = bdrv_open_child_bs(filename, options, bdref_key, parent, child_class,
                            child_role, allow_none, errp);
    if (!bs) {
        return NULL;
    }
    return bdrv_attach_child(parent, bs, bdref_key, child_class, child_role,
                             errp);
}

int bdrv_open_file_child(const char *filename,
                         QDict *options, const char *bdref_key,
                         BlockDriverState *parent, Error **errp)
{
    BdrvChildRole role;

    /* Its place in the graph depends on it: see child_of_bds. */
    assert(!parent->drv->filtered_child_is_backing);
    assert(!parent->file);
    role = parent->drv->is_filter ? BDRV_CHILD_FILTERED | BDRV_CHILD_PRIMARY
                                  : BDRV_CHILD_IMAGE;
    if (!bdrv_open_child(filename, options, bdref_key, parent, &child_of_bds,
                         role, false, errp)) {
        return -EINVAL;
    }
    return 0;
}

/* The whole way */

BlockDriverState *bdrv_open_inherit(const char *filename,
                                    const char *reference,
                                    QDict *options, int flags,
                                    BlockDriverState *parent,
                                    const BdrvChildClass *child_class,
                                    BdrvChildRole child_role,
                                    Error **errp)
{
    BlockBackend *file = NULL;
    BlockDriverState *bs;
    BlockDriver *drv = NULL;
    Error *local_err = NULL;
    const char *drvname, *backing;
    QObject *backing_obj;
    QDict *snapshot_options = NULL;
    int snapshot_flags = 0;
    bool ro;

    assert(!child_class || !flags);
    assert(!child_class == !parent);
    GLOBAL_STATE_CODE();

    if (reference) {
        bool options_non_empty = options ? qdict_size(options) : false;

        qobject_unref(options);
        if (filename || options_non_empty) {
            error_setg(errp, "Cannot reference an existing block device with "
                       "additional options or a new filename");
            return NULL;
        }
        bs = bdrv_lookup_bs(reference, reference, errp);
        if (bs) {
            bdrv_ref(bs);
        }
        return bs;
    }

    bs = bdrv_new();
    if (!options) {
        options = qdict_new();
    }

    bdrv_parse_json_protocol(options, &filename, &local_err);
    if (local_err) {
        goto fail;
    }
    bs->explicit_options = qdict_clone_shallow(options);

    if (child_class) {
        bool parent_is_format = parent->drv ? parent->drv->is_format : true;

        bs->inherits_from = parent;
        child_class->inherit_options(child_role, parent_is_format, &flags,
                                     options, parent->open_flags,
                                     parent->options);
    }
    if (!bdrv_fill_options(&options, filename, &flags, &local_err)) {
        goto fail;
    }

    ro = qdict_get_try_bool(options, BDRV_OPT_READ_ONLY, false) ||
         !g_strcmp0(qdict_get_try_str(options, BDRV_OPT_READ_ONLY), "on");
    if (ro) {
        flags &= ~BDRV_O_RDWR;
    } else {
        flags |= BDRV_O_RDWR | BDRV_O_ALLOW_RDWR;
    }

    if (flags & BDRV_O_SNAPSHOT) {
        snapshot_options = qdict_new();
        bdrv_temp_snapshot_options(&snapshot_flags, snapshot_options,
                                   flags, options);
        /* The original is only read. */
        qdict_put_str(options, BDRV_OPT_READ_ONLY, "on");
        bdrv_inherited_options(BDRV_CHILD_COW, true, &flags, options, flags,
                               options);
    }

    bs->open_flags = flags;
    bs->options = options;
    options = qdict_clone_shallow(options);

    drvname = qdict_get_try_str(options, "driver");
    if (drvname) {
        drv = bdrv_find_format(drvname);
        if (!drv) {
            error_setg(&local_err, "Unknown driver: '%s'", drvname);
            goto fail;
        }
    }
    assert(drvname || !(flags & BDRV_O_PROTOCOL));

    /* backing=null or "" */
    backing = qdict_get_try_str(options, "backing");
    backing_obj = qdict_get(options, "backing");
    if ((backing_obj && qobject_type(backing_obj) == QTYPE_QNULL) ||
        (backing && *backing == '\0')) {
        if (backing) {
            warn_report("Use of \"backing\": \"\" is deprecated; "
                        "use \"backing\": null instead");
        }
        flags |= BDRV_O_NO_BACKING;
        bs->open_flags |= BDRV_O_NO_BACKING;
        qdict_del(bs->explicit_options, "backing");
        qdict_del(bs->options, "backing");
        qdict_del(options, "backing");
    }

    /*
     * The layer below first: its content may have to be looked at.  If there
     * is none, the driver opens what it needs itself.
     */
    if (!(flags & BDRV_O_PROTOCOL)) {
        BlockDriverState *file_bs;

        file_bs = bdrv_open_child_bs(filename, options, "file", bs,
                                     &child_of_bds, BDRV_CHILD_IMAGE,
                                     true, &local_err);
        if (local_err) {
            goto fail;
        }
        if (file_bs) {
            /* No permissions: it is only there to be probed and handed on. */
            file = blk_new(bdrv_get_aio_context(file_bs), 0, BLK_PERM_ALL);
            blk_insert_bs(file, file_bs, &local_err);
            bdrv_unref(file_bs);
            if (local_err) {
                goto fail;
            }
            qdict_put_str(options, "file", bdrv_get_node_name(file_bs));
        }
    }

    bs->probed = !drv;
    if (!drv && file) {
        if (find_image_format(file, filename, &drv, &local_err) < 0) {
            goto fail;
        }
        /*
         * Not into explicit_options: another time it may be something else.
         */
        qdict_put_str(bs->options, "driver", drv->format_name);
        qdict_put_str(options, "driver", drv->format_name);
    } else if (!drv) {
        error_setg(&local_err, "Must specify either driver or file");
        goto fail;
    }

    assert(!!(flags & BDRV_O_PROTOCOL) == !!drv->bdrv_file_open);
    assert(!(flags & BDRV_O_PROTOCOL) || !file);

    if (bdrv_open_common(bs, file, options, &local_err) < 0) {
        goto fail;
    }
    if (file) {
        blk_unref(file);
        file = NULL;
    }

    if (!(flags & BDRV_O_NO_BACKING) &&
        bdrv_open_backing_file(bs, options, "backing", &local_err) < 0) {
        goto fail;
    }

    /* "children" of a driver that has none of that name, and the like. */
    if (qdict_size(options) != 0) {
        const QDictEntry *entry = qdict_first(options);

        if (flags & BDRV_O_PROTOCOL) {
            error_setg(&local_err, "Block protocol '%s' doesn't support the "
                       "option '%s'", drv->format_name,
                       qdict_entry_key(entry));
        } else {
            error_setg(&local_err,
                       "Block format '%s' does not support the option '%s'",
                       drv->format_name, qdict_entry_key(entry));
        }
        goto fail;
    }

    bdrv_parent_cb_change_media(bs, true);
    qobject_unref(options);
    options = NULL;

    if (snapshot_options) {
        BlockDriverState *snapshot_bs;

        snapshot_bs = bdrv_append_temp_snapshot(bs, snapshot_flags,
                                                snapshot_options, &local_err);
        snapshot_options = NULL;
        if (local_err) {
            goto fail;
        }
        /* The overlay has a reference to @bs; ours is for the overlay. */
        bdrv_unref(bs);
        bs = snapshot_bs;
    }
    return bs;

fail:
    blk_unref(file);
    qobject_unref(snapshot_options);
    if (bs->options != options) {
        qobject_unref(options);
    }
    bdrv_unref(bs);
    error_propagate(errp, local_err);
    return NULL;
}

BlockDriverState *bdrv_open(const char *filename, const char *reference,
                            QDict *options, int flags, Error **errp)
{
    GLOBAL_STATE_CODE();
    return bdrv_open_inherit(filename, reference, options, flags, NULL, NULL,
                             0, errp);
}
