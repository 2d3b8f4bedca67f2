/*
 * Backing files: what a node is copied on write from.
 *
 *   bdrv_open_backing_file       the one that options, or the image, name
 *   bdrv_set_backing_hd          another node, which is open already
 *   bdrv_set_file_or_backing_noperm  the same in a transaction, also of `file`
 *   bdrv_change_backing_file     what the image says of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"

int bdrv_open_backing_file(BlockDriverState *bs, QDict *parent_options,
                           const char *bdref_key, Error **errp)
{
    g_autofree char *bdref_key_dot = g_strdup_printf("%s.", bdref_key);
    g_autofree char *backing_filename = NULL;
    const char *reference;
    BlockDriverState *backing_hd;
    Error *local_err = NULL;
    bool implicit_backing = false;
    QDict *options;
    int ret = 0;

    if (bs->backing != NULL) {
        return 0;
    }
    qdict_extract_subqdict(parent_options, &options, bdref_key_dot);

    /* Options win over what the image says. */
    reference = qdict_get_try_str(parent_options, bdref_key);
    if (!reference && !qdict_haskey(options, "file.filename")) {
        if (bs->backing_file[0] == '\0' && qdict_size(options) == 0) {
            qobject_unref(options);
            goto done;
        }
        implicit_backing = bs->backing_file[0] && !qdict_size(options);
        backing_filename = bdrv_get_full_backing_filename(bs, &local_err);
        if (local_err) {
            ret = -EINVAL;
            error_propagate(errp, local_err);
            qobject_unref(options);
            goto done;
        }
    }

    if (!bs->drv || !bs->drv->supports_backing) {
        ret = -EINVAL;
        error_setg(errp, "Driver doesn't support backing files");
        qobject_unref(options);
        goto done;
    }
    if (!reference && bs->backing_format[0] != '\0' &&
        !qdict_haskey(options, "driver")) {
        qdict_put_str(options, "driver", bs->backing_format);
    }

    backing_hd = bdrv_open_inherit(backing_filename, reference, options, 0, bs,
                                   &child_of_bds, BDRV_CHILD_COW, errp);
    if (!backing_hd) {
        bs->open_flags |= BDRV_O_NO_BACKING;
        error_prepend(errp, "Could not open backing file: ");
        ret = -EINVAL;
        goto done;
    }

    if (implicit_backing) {
        bdrv_refresh_filename(backing_hd);
        pstrcpy(bs->auto_backing_file, sizeof(bs->auto_backing_file),
                backing_hd->filename);
    }

    /* The edge takes a reference of its own. */
    ret = bdrv_set_backing_hd(bs, backing_hd, errp);
    bdrv_unref(backing_hd);

done:
    qdict_del(parent_options, bdref_key);
    return ret;
}

/* Did @child get its options by way of @parent, from it or from one below? */
static bool bdrv_inherits_from_recursive(BlockDriverState *child,
                                         BlockDriverState *parent)
{
    while (child && child->inherits_from != parent) {
        child = child->inherits_from;
    }
    return child != NULL;
}

typedef struct BdrvSetInheritsFrom {
    BlockDriverState *bs;
    BlockDriverState *new_inherits_from;
} BdrvSetInheritsFrom;

static void bdrv_set_inherits_from_commit(void *opaque)
{
    BdrvSetInheritsFrom *s = opaque;

    s->bs->inherits_from = s->new_inherits_from;
}

static TransactionActionDrv bdrv_set_inherits_from_drv = {
    .commit = bdrv_set_inherits_from_commit,
    .clean = g_free,
};

int bdrv_set_file_or_backing_noperm(BlockDriverState *parent_bs,
                                    BlockDriverState *child_bs,
                                    bool is_backing, Transaction *tran,
                                    Error **errp)
{
    BdrvChild *child = is_backing ? parent_bs->backing : parent_bs->file;
    BlockDriver *drv = parent_bs->drv;
    bool is_filter = drv && (drv->is_filter || drv->filtered_child_is_backing);
    BdrvChildRole role;

    if (!drv) {
        error_setg(errp, "Node corrupted");
        return -EINVAL;
    }
    if (child && child->frozen) {
        error_setg(errp, "Cannot change frozen '%s' link from '%s' to '%s'",
                   child->name, parent_bs->node_name, child->bs->node_name);
        return -EPERM;
    }
    if (is_backing && child_bs && !is_filter && !drv->supports_backing) {
        error_setg(errp, "Driver '%s' of node '%s' does not support backing "
                   "files", drv->format_name, parent_bs->node_name);
        return -ENOTSUP;
    }
    if (is_filter) {
        role = BDRV_CHILD_FILTERED | BDRV_CHILD_PRIMARY;
    } else if (is_backing) {
        role = BDRV_CHILD_COW;
    } else if (child) {
        role = child->role;
    } else {
        error_setg(errp, "Node '%s' has no 'file' child to replace",
                   parent_bs->node_name);
        return -EINVAL;
    }

    /* What went by way of nodes that are left out now goes directly. */
    if (bdrv_inherits_from_recursive(child_bs, parent_bs)) {
        BdrvSetInheritsFrom *s = g_new(BdrvSetInheritsFrom, 1);

        *s = (BdrvSetInheritsFrom) { child_bs, parent_bs };
        tran_add(tran, &bdrv_set_inherits_from_drv, s);
    }
    if (child) {
        bdrv_remove_child(child, tran);
    }
    if (!child_bs) {
        return 0;
    }
    bdrv_ref(child_bs);
    return bdrv_attach_child_noperm(parent_bs, child_bs,
                                    is_backing ? "backing" : "file",
                                    &child_of_bds, role, &child, tran, errp);
}

int bdrv_set_backing_hd(BlockDriverState *bs, BlockDriverState *backing_hd,
                        Error **errp)
{
    Transaction *tran = tran_new();
    int ret;

    GLOBAL_STATE_CODE();
    bdrv_drained_begin(bs);
    ret = bdrv_set_file_or_backing_noperm(bs, backing_hd, true, tran, errp);
    if (ret >= 0) {
        ret = bdrv_refresh_perms(bs, tran, errp);
    }
    tran_finalize(tran, ret);
    if (ret >= 0 && backing_hd) {
        /* What the image says of its backing file. */
        bs->open_flags &= ~BDRV_O_NO_BACKING;
        if (!bs->backing_file[0]) {
            pstrcpy(bs->backing_file, sizeof(bs->backing_file),
                    backing_hd->filename);
        }
    }
    if (ret >= 0) {
        bdrv_refresh_limits(bs, NULL, NULL);
    }
    bdrv_drained_end(bs);
    return ret;
}

int bdrv_change_backing_file(BlockDriverState *bs, const char *backing_file,
                             const char *backing_fmt, bool warn)
{
    BlockDriver *drv = bs->drv;
    int ret;

    GLOBAL_STATE_CODE();
    if (!drv) {
        return -ENOMEDIUM;
    }
    /* A format alone says nothing. */
    if (backing_fmt && !backing_file) {
        return -EINVAL;
    }
    if (!drv->bdrv_change_backing_file) {
        return -ENOTSUP;
    }
    ret = drv->bdrv_change_backing_file(bs, backing_file, backing_fmt);
    if (ret == 0) {
        pstrcpy(bs->backing_file, sizeof(bs->backing_file),
                backing_file ?: "");
        pstrcpy(bs->backing_format, sizeof(bs->backing_format),
                backing_fmt ?: "");
        pstrcpy(bs->auto_backing_file, sizeof(bs->auto_backing_file),
                backing_file ?: "");
    }
    return ret;
}
