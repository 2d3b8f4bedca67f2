/*
 * File names: what an image is called for people, and its backing file's.
 *
 * A node whose options say no more than a file name is called that.  Else it is
 * called "json:{…}", with all the options that it takes to open it again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qstring.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"

/* Is the backing file another one than the image says? */
bool bdrv_backing_overridden(BlockDriverState *bs)
{
    if (bs->backing) {
        return strcmp(bs->auto_backing_file, bs->backing->bs->filename);
    }
    return bs->auto_backing_file[0] != '\0';
}

/* Options that make another image of it; true if there are any. */
static bool append_strong_runtime_options(QDict *target, BlockDriverState *bs)
{
    bool found_any = false;

    for (const char *const *name = bs->drv->strong_runtime_opts;
         name && *name; name++) {
        size_t len = strlen(*name);

        /* "limits." stands for all that begin with it. */
        for (const QDictEntry *e = qdict_first(bs->options); e;
             e = qdict_next(bs->options, e)) {
            const char *key = qdict_entry_key(e);

            if ((*name)[len - 1] == '.' ? strstart(key, *name, NULL)
                                        : !strcmp(key, *name)) {
                qdict_put_obj(target, key, qobject_ref(qdict_entry_value(e)));
                found_any = true;
            }
        }
    }
    return found_any;
}

void bdrv_refresh_filename(BlockDriverState *bs)
{
    BlockDriver *drv = bs->drv;
    bool backing_overridden, strong;
    BdrvChild *child;
    QDict *opts;

    GLOBAL_STATE_CODE();
    if (!drv) {
        return;
    }
    QLIST_FOREACH(child, &bs->children, next) {
        bdrv_refresh_filename(child->bs);
    }

    if (bs->implicit) {
        /* Nobody asked for it: it is called as what is below. */
        child = QLIST_FIRST(&bs->children);
        assert(child && !QLIST_NEXT(child, next));
        pstrcpy(bs->exact_filename, sizeof(bs->exact_filename),
                child->bs->exact_filename);
        pstrcpy(bs->filename, sizeof(bs->filename), child->bs->filename);
        qobject_unref(bs->full_open_options);
        bs->full_open_options = qobject_ref(child->bs->full_open_options);
        return;
    }

    backing_overridden = bdrv_backing_overridden(bs);
    if (bs->open_flags & BDRV_O_NO_IO) {
        /* For a look at the header alone no backing file is opened. */
        backing_overridden = false;
    }

    opts = qdict_new();
    strong = append_strong_runtime_options(opts, bs);
    qdict_put_str(opts, "driver", drv->format_name);
    QLIST_FOREACH(child, &bs->children, next) {
        if (child == bs->backing && (child->role & BDRV_CHILD_COW) &&
            !backing_overridden) {
            continue;
        }
        if (child->bs->full_open_options) {
            qdict_put(opts, child->name,
                      qobject_ref(child->bs->full_open_options));
        }
    }
    if (backing_overridden && !bs->backing) {
        qdict_put_null(opts, "backing");
    }
    qobject_unref(bs->full_open_options);
    bs->full_open_options = opts;

    if (drv->bdrv_refresh_filename) {
        bs->exact_filename[0] = '\0';
        drv->bdrv_refresh_filename(bs);
    } else if (bs->file) {
        BlockDriverState *primary = bs->file->bs;

        bs->exact_filename[0] = '\0';
        /*
         * A file name says it all if it is a file that probing would open like
         * this: a format over a protocol, without options of its own.
         */
        if (primary->exact_filename[0] && primary->drv->bdrv_file_open &&
            !drv->is_filter && !strong && !backing_overridden) {
            pstrcpy(bs->exact_filename, sizeof(bs->exact_filename),
                    primary->exact_filename);
        }
    }

    if (bs->exact_filename[0]) {
        pstrcpy(bs->filename, sizeof(bs->filename), bs->exact_filename);
    } else {
        GString *json = qobject_to_json(QOBJECT(bs->full_open_options));

        if (snprintf(bs->filename, sizeof(bs->filename), "json:%s",
                     json->str) >= sizeof(bs->filename)) {
            /* Cut off it would be another; this at least looks cut off. */
            strcpy(bs->filename + sizeof(bs->filename) - 4, "...");
        }
        g_string_free(json, true);
    }
}

char *bdrv_dirname(BlockDriverState *bs, Error **errp)
{
    BlockDriver *drv = bs->drv;
    BlockDriverState *child_bs;

    GLOBAL_STATE_CODE();
    if (!drv) {
        error_setg(errp, "Node '%s' is ejected", bs->node_name);
        return NULL;
    }
    if (drv->bdrv_dirname) {
        return drv->bdrv_dirname(bs, errp);
    }
    child_bs = bdrv_primary_bs(bs);
    if (child_bs) {
        return bdrv_dirname(child_bs, errp);
    }
    bdrv_refresh_filename(bs);
    if (bs->exact_filename[0] != '\0') {
        return path_combine(bs->exact_filename, "");
    }
    error_setg(errp, "Cannot generate a base directory for %s nodes",
               drv->format_name);
    return NULL;
}

char *bdrv_get_full_backing_filename_from_filename(const char *backed,
                                                   const char *backing,
                                                   Error **errp)
{
    if (backing[0] == '\0') {
        return NULL;
    }
    if (path_has_protocol(backing) || path_is_absolute(backing)) {
        return g_strdup(backing);
    }
    if (backed[0] == '\0' || strstart(backed, "json:", NULL)) {
        error_setg(errp, "Cannot use relative backing file names for '%s'",
                   backed);
        return NULL;
    }
    return path_combine(backed, backing);
}

char *bdrv_get_full_backing_filename(BlockDriverState *bs, Error **errp)
{
    g_autofree char *dir = NULL;

    GLOBAL_STATE_CODE();
    if (bs->backing_file[0] == '\0') {
        return NULL;
    }
    if (path_has_protocol(bs->backing_file) ||
        path_is_absolute(bs->backing_file)) {
        return g_strdup(bs->backing_file);
    }
    dir = bdrv_dirname(bs, errp);
    return dir ? g_strconcat(dir, bs->backing_file, NULL) : NULL;
}
