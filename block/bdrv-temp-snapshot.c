/*
 * snapshot=on: an overlay that takes the writes, and is gone with the program.
 *
 *   bdrv_open_inherit
 *     bdrv_temp_snapshot_options   what the overlay is to be opened with
 *     …                            the image itself, which is only read
 *     bdrv_append_temp_snapshot    a file that has no name any more, over it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"

void bdrv_temp_snapshot_options(int *child_flags, QDict *child_options,
                                int parent_flags, QDict *parent_options)
{
    *child_flags = (parent_flags & ~BDRV_O_SNAPSHOT) | BDRV_O_TEMPORARY;
    /* Nothing in it survives anyway. */
    qdict_put_str(child_options, BDRV_OPT_CACHE_DIRECT, "off");
    qdict_put_str(child_options, BDRV_OPT_CACHE_NO_FLUSH, "on");
    qdict_copy_default(child_options, parent_options, BDRV_OPT_READ_ONLY);
    qdict_copy_default(child_options, parent_options,
                       BDRV_OPT_AUTO_READ_ONLY);
}

BlockDriverState *bdrv_append_temp_snapshot(BlockDriverState *bs, int flags,
                                            QDict *snapshot_options,
                                            Error **errp)
{
    g_autofree char *tmp_filename = NULL;
    BlockDriver *qcow2 = bdrv_find_format("qcow2");
    BlockDriverState *bs_snapshot = NULL;
    QemuOpts *opts = NULL;
    int64_t total_size;
    int ret;

    total_size = bdrv_getlength(bs);
    if (total_size < 0) {
        error_setg_errno(errp, -total_size, "Could not get image size");
        goto out;
    }
    if (!qcow2) {
        error_setg(errp, "Unknown driver 'qcow2'");
        goto out;
    }
    tmp_filename = g_strdup_printf("%s/vl.XXXXXX",
                                   getenv("TMPDIR") ?: "/var/tmp");
    ret = mkstemp(tmp_filename);
    if (ret < 0) {
        error_setg_errno(errp, errno, "Could not open temporary file '%s'",
                         tmp_filename);
        goto out;
    }
    close(ret);

    opts = qemu_opts_create(qcow2->create_opts, NULL, 0, &error_abort);
    qemu_opt_set_number(opts, BLOCK_OPT_SIZE, total_size, &error_abort);
    ret = bdrv_create(qcow2, tmp_filename, opts, errp);
    qemu_opts_del(opts);
    if (ret < 0) {
        error_prepend(errp, "Could not create temporary overlay '%s': ",
                      tmp_filename);
        unlink(tmp_filename);
        goto out;
    }

    qdict_put_str(snapshot_options, "file.driver", "file");
    qdict_put_str(snapshot_options, "file.filename", tmp_filename);
    qdict_put_str(snapshot_options, "driver", "qcow2");

    bs_snapshot = bdrv_open(NULL, NULL, snapshot_options, flags, errp);
    snapshot_options = NULL;
    if (!bs_snapshot) {
        unlink(tmp_filename);
        goto out;
    }
    ret = bdrv_append(bs_snapshot, bs, errp);
    if (ret < 0) {
        bdrv_unref(bs_snapshot);
        bs_snapshot = NULL;
    }
out:
    qobject_unref(snapshot_options);
    return bs_snapshot;
}
