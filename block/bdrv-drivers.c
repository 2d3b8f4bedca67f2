/*
 * Block drivers by name, by protocol, and by a look at an image.
 *
 * Read include/block/block_int-common.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/module.h"

static QLIST_HEAD(, BlockDriver) bdrv_drivers =
    QLIST_HEAD_INITIALIZER(bdrv_drivers);

void bdrv_register(BlockDriver *bdrv)
{
    assert(bdrv->format_name);
    QLIST_INSERT_HEAD(&bdrv_drivers, bdrv, list);
}

void bdrv_init(void)
{
    static bool done;

    if (!done) {
        done = true;
        module_call_init(MODULE_INIT_BLOCK);
    }
}

BlockDriver *bdrv_find_format(const char *format_name)
{
    BlockDriver *drv;

    GLOBAL_STATE_CODE();
    QLIST_FOREACH(drv, &bdrv_drivers, list) {
        if (!strcmp(drv->format_name, format_name)) {
            return drv;
        }
    }
    return NULL;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void bdrv_iterate_format(void (*it)(void *opaque, const char *name),
                         void *opaque, bool read_only)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    BlockDriver *drv;

    QLIST_FOREACH(drv, &bdrv_drivers, list) {
        g_ptr_array_add(names, (gpointer)drv->format_name);
    }
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        it(opaque, g_ptr_array_index(names, i));
    }
}

BlockDriver *bdrv_probe_all(const uint8_t *buf, int buf_size,
                            const char *filename)
{
    int score_max = 0;
    BlockDriver *drv = NULL, *d;

    QLIST_FOREACH(d, &bdrv_drivers, list) {
        if (d->bdrv_probe) {
            int score = d->bdrv_probe(buf, buf_size, filename);

            if (score > score_max) {
                score_max = score;
                drv = d;
            }
        }
    }
    return drv;
}

/* Names of files */

int path_has_protocol(const char *path)
{
    return path[strcspn(path, ":/")] == ':';
}

int path_is_absolute(const char *path)
{
    return *path == '/';
}

char *path_combine(const char *base_path, const char *filename)
{
    const char *p, *colon;

    if (path_is_absolute(filename)) {
        return g_strdup(filename);
    }
    /* Up to the last slash, or else up to a protocol's colon. */
    p = base_path;
    if (path_has_protocol(base_path)) {
        colon = strchr(base_path, ':');
        p = colon + 1;
    }
    if (strrchr(p, '/')) {
        p = strrchr(p, '/') + 1;
    }
    return g_strdup_printf("%.*s%s", (int)(p - base_path), base_path,
                           filename);
}

/* A device of the host looks like a file, and its driver knows it. */
static BlockDriver *find_hdev_driver(const char *filename)
{
    int score_max = 0;
    BlockDriver *drv = NULL, *d;

    QLIST_FOREACH(d, &bdrv_drivers, list) {
        if (d->bdrv_probe_device) {
            int score = d->bdrv_probe_device(filename);

            if (score > score_max) {
                score_max = score;
                drv = d;
            }
        }
    }
    return drv;
}

BlockDriver *bdrv_find_protocol(const char *filename,
                                bool allow_protocol_prefix, Error **errp)
{
    g_autofree char *protocol = NULL;
    BlockDriver *drv;

    GLOBAL_STATE_CODE();
    drv = find_hdev_driver(filename);
    if (drv) {
        return drv;
    }
    if (!path_has_protocol(filename) || !allow_protocol_prefix) {
        return &bdrv_file;
    }
    protocol = g_strndup(filename, strchr(filename, ':') - filename);
    QLIST_FOREACH(drv, &bdrv_drivers, list) {
        if (drv->protocol_name && !strcmp(drv->protocol_name, protocol)) {
            return drv;
        }
    }
    error_setg(errp, "Unknown protocol '%s'", protocol);
    return NULL;
}
