/*
 * Static properties of disks: `drive`, sizes of blocks, policies.
 *
 * See include/hw/qdev-properties-system.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-block.h"
#include "qapi/qapi-types-block-core.h"
#include "qapi/qmp/qerror.h"
#include "qapi/visitor.h"
#include "qemu/units.h"
#include "hw/block/block.h"
#include "hw/qdev-properties-system.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"
#include "qdev-prop-internal.h"

/* The name of a -drive, or of a node */

static void get_drive(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    void **ptr = object_field_prop_ptr(obj, opaque);
    const char *value = "";
    g_autofree char *p = NULL;

    if (*ptr) {
        value = blk_name(*ptr);
        if (!*value) {
            BlockDriverState *bs = blk_bs(*ptr);

            if (bs) {
                value = bdrv_get_node_name(bs);
            }
        }
    }
    p = g_strdup(value);
    visit_type_str(v, name, &p, errp);
}

/* A device that has one gets another node for it, which must suit it. */
static void replace_drive(BlockBackend *blk, const char *str, Error **errp)
{
    BlockDriverState *bs = bdrv_lookup_bs(NULL, str, errp);

    if (bs) {
        AioContext *ctx = bdrv_get_aio_context(bs);

        if (ctx != blk_get_aio_context(blk)) {
            error_setg(errp, "Different aio context is not supported for new "
                       "node");
            return;
        }
        aio_context_acquire(ctx);
        blk_replace_bs(blk, bs, errp);
        aio_context_release(ctx);
    }
}

static void set_drive_helper(Object *obj, Visitor *v, const char *name,
                             void *opaque, bool iothread, Error **errp)
{
    DeviceState *dev = DEVICE(obj);
    Property *prop = opaque;
    void **ptr = object_field_prop_ptr(obj, prop);
    const GlobalProperty *global = qdev_find_global_prop(obj, name);
    g_autofree char *str = NULL;
    BlockBackend *blk;
    bool blk_created = false;

    if (!visit_type_str(v, name, &str, errp)) {
        return;
    }
    if (*ptr && global) {
        error_setg(errp, "-global %s.%s=... conflicts with %s=%s",
                   global->driver, global->property, name, str);
        return;
    }
    if (*ptr) {
        replace_drive(*ptr, str, errp);
        return;
    }
    if (!*str) {
        return;
    }

    blk = blk_by_name(str);
    if (!blk) {
        BlockDriverState *bs = bdrv_lookup_bs(NULL, str, NULL);

        if (bs) {
            /*
             * A device that knows nothing of iothreads runs in the main loop,
             * and its node with it, if that may move.
             */
            AioContext *ctx = bdrv_get_aio_context(bs);
            int ret;

            blk = blk_new(iothread ? ctx : qemu_get_aio_context(), 0,
                          BLK_PERM_ALL);
            blk_created = true;
            aio_context_acquire(ctx);
            ret = blk_insert_bs(blk, bs, errp);
            aio_context_release(ctx);
            if (ret < 0) {
                goto fail;
            }
        }
    }
    if (!blk) {
        error_setg(errp, "Property '%s.%s' can't find value '%s'",
                   object_get_typename(OBJECT(dev)), name, str);
        goto fail;
    }
    if (blk_attach_dev(blk, dev) < 0) {
        DriveInfo *dinfo = blk_legacy_dinfo(blk);

        if (dinfo && dinfo->type != IF_NONE) {
            error_setg(errp, "Drive '%s' is already in use because it has been "
                       "automatically connected to another device (did you "
                       "need 'if=none' in the drive options?)", str);
        } else {
            error_setg(errp, "Drive '%s' is already in use by another device",
                       str);
        }
        goto fail;
    }
    *ptr = blk;

fail:
    /* The device has a reference of its own. */
    if (blk_created) {
        blk_unref(blk);
    }
}

static void set_drive(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    set_drive_helper(obj, v, name, opaque, false, errp);
}

static void set_drive_iothread(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    set_drive_helper(obj, v, name, opaque, true, errp);
}

static void release_drive(Object *obj, const char *name, void *opaque)
{
    DeviceState *dev = DEVICE(obj);
    BlockBackend **ptr = object_field_prop_ptr(obj, opaque);

    if (*ptr) {
        AioContext *ctx = blk_get_aio_context(*ptr);

        aio_context_acquire(ctx);
        blockdev_auto_del(*ptr);
        blk_detach_dev(*ptr, dev);
        aio_context_release(ctx);
    }
}

const PropertyInfo qdev_prop_drive = {
    .name  = "str",
    .description = "Node name or ID of a block device to use as a backend",
    .realized_set_allowed = true,
    .get   = get_drive,
    .set   = set_drive,
    .release = release_drive,
};

const PropertyInfo qdev_prop_drive_iothread = {
    .name  = "str",
    .description = "Node name or ID of a block device to use as a backend",
    .realized_set_allowed = true,
    .get   = get_drive,
    .set   = set_drive_iothread,
    .release = release_drive,
};

bool qdev_prop_set_drive_err(DeviceState *dev, const char *name,
                             BlockBackend *value, Error **errp)
{
    const char *ref = "";

    if (value) {
        ref = blk_name(value);
        if (!*ref) {
            const BlockDriverState *bs = blk_bs(value);

            if (bs) {
                ref = bdrv_get_node_name(bs);
            }
        }
    }
    return object_property_set_str(OBJECT(dev), name, ref, errp);
}

void qdev_prop_set_drive(DeviceState *dev, const char *name,
                         BlockBackend *value)
{
    qdev_prop_set_drive_err(dev, name, value, &error_abort);
}

/* Sizes of blocks: a power of two between 512 and 2 MiB, or 0 */

#define MIN_BLOCK_SIZE 512
#define MAX_BLOCK_SIZE (2 * MiB)

static void set_blocksize(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    DeviceState *dev = DEVICE(obj);
    uint32_t *ptr = object_field_prop_ptr(obj, opaque);
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value && (value < MIN_BLOCK_SIZE || value > MAX_BLOCK_SIZE)) {
        error_setg(errp, "Property %s.%s doesn't take value %" PRIu64
                   " (minimum: %d, maximum: %lld)",
                   dev->id ?: "", name, value,
                   MIN_BLOCK_SIZE, (long long)MAX_BLOCK_SIZE);
        return;
    }
    if (value & (value - 1)) {
        error_setg(errp, "Property %s.%s doesn't take value '%" PRId64
                   "', it's not a power of 2",
                   dev->id ?: "", name, (int64_t)value);
        return;
    }
    *ptr = value;
}

const PropertyInfo qdev_prop_blocksize = {
    .name  = "size",
    .description = "A power of two between 512 B and 2 MiB",
    .get   = qdev_propinfo_get_size32,
    .set   = set_blocksize,
    .set_default_value = qdev_propinfo_set_default_value_uint,
};

/* Enumerations */

QEMU_BUILD_BUG_ON(sizeof(BlockdevOnError) != sizeof(int));
QEMU_BUILD_BUG_ON(sizeof(BiosAtaTranslation) != sizeof(int));

const PropertyInfo qdev_prop_blockdev_on_error = {
    .name = "BlockdevOnError",
    .description = "Error handling policy, "
                   "report/ignore/enospc/stop/auto",
    .enum_table = &BlockdevOnError_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

const PropertyInfo qdev_prop_bios_chs_trans = {
    .name = "BiosAtaTranslation",
    .description = "Logical CHS translation algorithm, "
                   "auto/none/lba/large/rechs",
    .enum_table = &BiosAtaTranslation_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};
