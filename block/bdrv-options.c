/*
 * A node's options: from flags and back, from a parent, from "json:".
 *
 * A node is opened with a QDict of options.  Those that all nodes have are in
 * bdrv_runtime_opts, and some of them are BDRV_O_* as well; the rest are its
 * driver's.  A child gets what begins with its name ("file.…"), and inherits
 * the rest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qstring.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/option.h"

QemuOptsList bdrv_runtime_opts = {
    .name = "bdrv_common",
    .head = QTAILQ_HEAD_INITIALIZER(bdrv_runtime_opts.head),
    .desc = {
        {
            .name = "node-name",
            .type = QEMU_OPT_STRING,
            .help = "the node's name",
        },
        {
            .name = "driver",
            .type = QEMU_OPT_STRING,
            .help = "the node's driver",
        },
        {
            .name = BDRV_OPT_CACHE_DIRECT,
            .type = QEMU_OPT_BOOL,
            .help = "do not use the host's cache",
        },
        {
            .name = BDRV_OPT_CACHE_NO_FLUSH,
            .type = QEMU_OPT_BOOL,
            .help = "ignore flushes",
        },
        {
            .name = BDRV_OPT_READ_ONLY,
            .type = QEMU_OPT_BOOL,
            .help = "do not write",
        },
        {
            .name = BDRV_OPT_AUTO_READ_ONLY,
            .type = QEMU_OPT_BOOL,
            .help = "do not write if that cannot be done",
        },
        {
            .name = "detect-zeroes",
            .type = QEMU_OPT_STRING,
            .help = "write zeroes in a cheap way (off, on, unmap)",
        },
        {
            .name = BDRV_OPT_DISCARD,
            .type = QEMU_OPT_STRING,
            .help = "what to do with discards (ignore, unmap)",
        },
        {
            .name = BDRV_OPT_FORCE_SHARE,
            .type = QEMU_OPT_BOOL,
            .help = "share it whatever others do (default: off)",
        },
        { }
    },
};

/* Words of the command line as flags */

int bdrv_parse_aio(const char *mode, int *flags)
{
    if (!strcmp(mode, "threads")) {
        /* what there is without a flag */
    } else if (!strcmp(mode, "native")) {
        *flags |= BDRV_O_NATIVE_AIO;
    } else if (!strcmp(mode, "io_uring")) {
        *flags |= BDRV_O_IO_URING;
    } else {
        return -1;
    }
    return 0;
}

int bdrv_parse_discard_flags(const char *mode, int *flags)
{
    *flags &= ~BDRV_O_UNMAP;
    if (!strcmp(mode, "off") || !strcmp(mode, "ignore")) {
        return 0;
    }
    if (!strcmp(mode, "on") || !strcmp(mode, "unmap")) {
        *flags |= BDRV_O_UNMAP;
        return 0;
    }
    return -1;
}

int bdrv_parse_cache_mode(const char *mode, int *flags, bool *writethrough)
{
    static const struct {
        const char *name;
        int flags;
        bool writethrough;
    } modes[] = {
        { "off",          BDRV_O_NOCACHE,   false },
        { "none",         BDRV_O_NOCACHE,   false },
        { "directsync",   BDRV_O_NOCACHE,   true },
        { "writeback",    0,                false },
        { "unsafe",       BDRV_O_NO_FLUSH,  false },
        { "writethrough", 0,                true },
    };

    for (int i = 0; i < ARRAY_SIZE(modes); i++) {
        if (!strcmp(mode, modes[i].name)) {
            *flags = (*flags & ~BDRV_O_CACHE_MASK) | modes[i].flags;
            *writethrough = modes[i].writethrough;
            return 0;
        }
    }
    return -1;
}

BlockdevDetectZeroesOptions bdrv_parse_detect_zeroes(QemuOpts *opts,
                                                     int open_flags,
                                                     Error **errp)
{
    g_autofree char *value = qemu_opt_get_del(opts, "detect-zeroes");
    Error *local_err = NULL;
    BlockdevDetectZeroesOptions detect_zeroes;

    detect_zeroes = qapi_enum_parse(&BlockdevDetectZeroesOptions_lookup, value,
                                    BLOCKDEV_DETECT_ZEROES_OPTIONS_OFF,
                                    &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
    } else if (detect_zeroes == BLOCKDEV_DETECT_ZEROES_OPTIONS_UNMAP &&
               !(open_flags & BDRV_O_UNMAP)) {
        error_setg(errp, "setting detect-zeroes to unmap is not allowed "
                   "without setting discard operation to unmap");
    }
    return detect_zeroes;
}

void bdrv_update_flags_from_options(int *flags, QemuOpts *opts)
{
    *flags &= ~(BDRV_O_CACHE_MASK | BDRV_O_RDWR | BDRV_O_AUTO_RDONLY);
    if (qemu_opt_get_bool_del(opts, BDRV_OPT_CACHE_NO_FLUSH, false)) {
        *flags |= BDRV_O_NO_FLUSH;
    }
    if (qemu_opt_get_bool_del(opts, BDRV_OPT_CACHE_DIRECT, false)) {
        *flags |= BDRV_O_NOCACHE;
    }
    if (!qemu_opt_get_bool_del(opts, BDRV_OPT_READ_ONLY, false)) {
        *flags |= BDRV_O_RDWR;
    }
    if (qemu_opt_get_bool_del(opts, BDRV_OPT_AUTO_READ_ONLY, false)) {
        *flags |= BDRV_O_AUTO_RDONLY;
    }
}

static void qdict_default_bool(QDict *options, const char *key, bool value)
{
    if (!qdict_haskey(options, key)) {
        qdict_put_bool(options, key, value);
    }
}

void bdrv_update_options_from_flags(QDict *options, int flags)
{
    qdict_default_bool(options, BDRV_OPT_CACHE_DIRECT,
                       flags & BDRV_O_NOCACHE);
    qdict_default_bool(options, BDRV_OPT_CACHE_NO_FLUSH,
                       flags & BDRV_O_NO_FLUSH);
    qdict_default_bool(options, BDRV_OPT_READ_ONLY, !(flags & BDRV_O_RDWR));
    qdict_default_bool(options, BDRV_OPT_AUTO_READ_ONLY,
                       flags & BDRV_O_AUTO_RDONLY);
}

/* What a child has from its parent */

void bdrv_inherited_options(BdrvChildRole role, bool parent_is_format,
                            int *child_flags, QDict *child_options,
                            int parent_flags, QDict *parent_options)
{
    int flags = parent_flags;

    /* Below a format there is a protocol; below a filter, the same again. */
    if (!(role & (BDRV_CHILD_COW | BDRV_CHILD_FILTERED)) &&
        (parent_is_format || (role & BDRV_CHILD_METADATA))) {
        flags |= BDRV_O_PROTOCOL;
    }
    if (role & BDRV_CHILD_COW) {
        flags &= ~BDRV_O_TEMPORARY;
    }

    qdict_copy_default(child_options, parent_options, BDRV_OPT_CACHE_DIRECT);
    qdict_copy_default(child_options, parent_options,
                       BDRV_OPT_CACHE_NO_FLUSH);
    qdict_copy_default(child_options, parent_options, BDRV_OPT_FORCE_SHARE);

    if (role & BDRV_CHILD_COW) {
        /* A backing file is only read; blockdev-add may say something else. */
        qdict_set_default_str(child_options, BDRV_OPT_READ_ONLY, "on");
        qdict_set_default_str(child_options, BDRV_OPT_AUTO_READ_ONLY, "off");
    } else {
        qdict_copy_default(child_options, parent_options, BDRV_OPT_READ_ONLY);
        qdict_copy_default(child_options, parent_options,
                           BDRV_OPT_AUTO_READ_ONLY);
    }

    /*
     * The format above has its own idea of what a discard is: what it passes
     * on is meant.
     */
    if (!(role & BDRV_CHILD_COW)) {
        qdict_set_default_str(child_options, BDRV_OPT_DISCARD, "unmap");
    }

    /* What is the business of the top alone. */
    flags &= ~(BDRV_O_SNAPSHOT | BDRV_O_COPY_ON_READ);
    if (!(role & BDRV_CHILD_FILTERED)) {
        flags &= ~BDRV_O_NO_BACKING;
    }
    if (role & BDRV_CHILD_METADATA) {
        flags &= ~BDRV_O_NO_IO;
    }
    if (role & BDRV_CHILD_COW) {
        flags &= ~BDRV_O_TEMPORARY;
    }
    *child_flags = flags;
}

/* File names */

/* "json:{…}": options in a file name; those that are given win. */
void bdrv_parse_json_protocol(QDict *options, const char **pfilename,
                              Error **errp)
{
    ERRP_GUARD();
    const char *text;
    QObject *obj;
    QDict *json;

    if (!*pfilename || !strstart(*pfilename, "json:", &text)) {
        return;
    }
    obj = qobject_from_json(text, errp);
    if (!obj) {
        error_prepend(errp, "Could not parse the JSON options: ");
        return;
    }
    json = qobject_to(QDict, obj);
    if (!json) {
        qobject_unref(obj);
        error_setg(errp, "Invalid JSON object given");
        return;
    }
    qdict_flatten(json);
    for (const QDictEntry *e = qdict_first(json); e; e = qdict_next(json, e)) {
        if (!qdict_haskey(options, qdict_entry_key(e))) {
            qdict_put_obj(options, qdict_entry_key(e),
                          qobject_ref(qdict_entry_value(e)));
        }
    }
    qobject_unref(json);
    *pfilename = NULL;
}

void bdrv_parse_filename_strip_prefix(const char *filename, const char *prefix,
                                      QDict *options)
{
    g_autofree char *path = NULL;

    if (!strstart(filename, prefix, &filename)) {
        return;
    }
    /* What comes then is a path, though it may have a colon. */
    path = path_has_protocol(filename) ? g_strconcat("./", filename, NULL)
                                       : g_strdup(filename);
    qdict_put_str(options, "filename", path);
}

bool bdrv_fill_options(QDict **options, const char *filename, int *flags,
                       Error **errp)
{
    ERRP_GUARD();
    const char *drvname = qdict_get_try_str(*options, "driver");
    bool protocol = *flags & BDRV_O_PROTOCOL;
    bool parse_filename = false;
    BlockDriver *drv = NULL;

    if (drvname) {
        drv = bdrv_find_format(drvname);
        if (!drv) {
            error_setg(errp, "Unknown driver '%s'", drvname);
            return false;
        }
        /* The driver says what it is; whoever asked may have guessed. */
        protocol = drv->bdrv_file_open;
    }
    if (protocol) {
        *flags |= BDRV_O_PROTOCOL;
    } else {
        *flags &= ~BDRV_O_PROTOCOL;
    }

    bdrv_update_options_from_flags(*options, *flags);

    if (protocol && filename) {
        if (qdict_haskey(*options, "filename")) {
            error_setg(errp, "Can't specify 'file' and 'filename' options at "
                       "the same time");
            return false;
        }
        qdict_put_str(*options, "filename", filename);
        parse_filename = true;
    }

    filename = qdict_get_try_str(*options, "filename");
    if (!drvname && protocol) {
        if (!filename) {
            error_setg(errp, "Must specify either driver or file");
            return false;
        }
        drv = bdrv_find_protocol(filename, parse_filename, errp);
        if (!drv) {
            return false;
        }
        qdict_put_str(*options, "driver", drv->format_name);
    }

    assert(drv || !protocol);
    if (drv && drv->bdrv_parse_filename && parse_filename) {
        drv->bdrv_parse_filename(filename, *options, errp);
        if (*errp) {
            return false;
        }
        if (!drv->bdrv_needs_filename) {
            qdict_del(*options, "filename");
        }
    }
    return true;
}
