/*
 * Boot order: which device firmware is to try first.
 *
 * A device with the property `bootindex` is entered here, with a suffix that
 * says which part of it; firmware gets the list, lowest index first, one
 * Open Firmware path a line, through fw_cfg's "bootorder".  `-boot order=`
 * is older and board-specific: the board registers who handles it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"

typedef struct FWBootEntry FWBootEntry;

struct FWBootEntry {
    QTAILQ_ENTRY(FWBootEntry) link;
    int32_t bootindex;
    DeviceState *dev;
    char *suffix;
};

static QTAILQ_HEAD(, FWBootEntry) fw_boot_order =
    QTAILQ_HEAD_INITIALIZER(fw_boot_order);

/* -boot order= and its handler */

static QEMUBootSetHandler *boot_set_handler;
static void *boot_set_opaque;

void qemu_register_boot_set(QEMUBootSetHandler *func, void *opaque)
{
    boot_set_handler = func;
    boot_set_opaque = opaque;
}

void qemu_boot_set(const char *boot_order, Error **errp)
{
    Error *local_err = NULL;

    if (!boot_set_handler) {
        error_setg(errp, "no function defined to set boot device list for"
                   " this architecture");
        return;
    }
    validate_bootdevices(boot_order, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        return;
    }
    boot_set_handler(boot_set_opaque, boot_order, errp);
}

/* Letters from 'a' to 'p', each at the most once. */
void validate_bootdevices(const char *devices, Error **errp)
{
    uint32_t bitmap = 0;

    for (const char *p = devices; *p; p++) {
        if (*p < 'a' || *p > 'p') {
            error_setg(errp, "Invalid boot device '%c'", *p);
            return;
        }
        if (bitmap & (1u << (*p - 'a'))) {
            error_setg(errp, "Boot device '%c' was given twice", *p);
            return;
        }
        bitmap |= 1u << (*p - 'a');
    }
}

/* `-boot once=`: the first reset goes by, the second brings back the order. */
void restore_boot_order(void *opaque)
{
    char *normal_boot_order = opaque;
    static int first = 1;

    if (first) {
        first = 0;
        return;
    }
    if (boot_set_handler) {
        qemu_boot_set(normal_boot_order, &error_abort);
    }
    qemu_unregister_reset(restore_boot_order, normal_boot_order);
    g_free(normal_boot_order);
}

/* The list */

/*
 * Unplugged, and only waiting for the last who refers to it (RCU).  One that is
 * being made is not realized either, but has a parent by now.
 */
static bool boot_device_is_gone(const DeviceState *dev)
{
    return dev && !dev->realized && !OBJECT(dev)->parent;
}

void check_boot_index(int32_t bootindex, Error **errp)
{
    FWBootEntry *i;

    if (bootindex < 0) {
        return;
    }
    QTAILQ_FOREACH(i, &fw_boot_order, link) {
        if (i->bootindex == bootindex && !boot_device_is_gone(i->dev)) {
            error_setg(errp, "The bootindex %d has already been used",
                       bootindex);
            return;
        }
    }
}

void del_boot_device_path(DeviceState *dev, const char *suffix)
{
    FWBootEntry *i;

    if (dev == NULL) {
        return;
    }
    QTAILQ_FOREACH(i, &fw_boot_order, link) {
        if ((!suffix || !g_strcmp0(i->suffix, suffix)) && i->dev == dev) {
            QTAILQ_REMOVE(&fw_boot_order, i, link);
            g_free(i->suffix);
            g_free(i);
            break;
        }
    }
}

void add_boot_device_path(int32_t bootindex, DeviceState *dev,
                          const char *suffix)
{
    FWBootEntry *node, *i;

    if (bootindex < 0) {
        del_boot_device_path(dev, suffix);
        return;
    }

    assert(dev != NULL || suffix != NULL);
    del_boot_device_path(dev, suffix);

    node = g_new0(FWBootEntry, 1);
    node->bootindex = bootindex;
    node->suffix = g_strdup(suffix);
    node->dev = dev;

    QTAILQ_FOREACH(i, &fw_boot_order, link) {
        if (i->bootindex > bootindex) {
            QTAILQ_INSERT_BEFORE(i, node, link);
            return;
        }
    }
    QTAILQ_INSERT_TAIL(&fw_boot_order, node, link);
}

DeviceState *get_boot_device(uint32_t position)
{
    uint32_t counter = 0;
    FWBootEntry *i;

    QTAILQ_FOREACH(i, &fw_boot_order, link) {
        if (counter++ == position) {
            return i->dev;
        }
    }
    return NULL;
}

static char *get_boot_device_path(DeviceState *dev, bool ignore_suffixes,
                                  const char *suffix)
{
    g_autofree char *devpath = NULL;
    g_autofree char *own_suffix = NULL;

    if (!dev) {
        return g_strdup(suffix);
    }
    devpath = qdev_get_fw_dev_path(dev);
    if (ignore_suffixes) {
        return g_steal_pointer(&devpath);
    }
    own_suffix = qdev_get_own_fw_dev_path_from_handler(dev->parent_bus, dev);
    return g_strdup_printf("%s%s", devpath,
                           own_suffix ?: suffix ?: "");
}

char *get_boot_devices_list(size_t *size)
{
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);
    const BootConfiguration *boot = &current_machine->boot_config;
    GString *list = g_string_new(NULL);
    FWBootEntry *i;

    QTAILQ_FOREACH(i, &fw_boot_order, link) {
        g_autofree char *path = NULL;

        if (boot_device_is_gone(i->dev)) {
            continue;
        }
        path = get_boot_device_path(i->dev, mc->ignore_boot_device_suffixes,
                                    i->suffix);
        g_string_append_printf(list, "%s%s", list->len ? "\n" : "", path);
    }

    /* -boot strict=on: nothing that is not in the list. */
    if (list->len && boot->has_strict && boot->strict) {
        g_string_append(list, "\nHALT");
    }

    /* With its NUL, if there is anything. */
    *size = list->len ? list->len + 1 : 0;
    if (!list->len) {
        g_string_free(list, true);
        return NULL;
    }
    return g_string_free(list, false);
}

/* Geometries */

typedef struct FWLCHSEntry FWLCHSEntry;

struct FWLCHSEntry {
    QTAILQ_ENTRY(FWLCHSEntry) link;
    DeviceState *dev;
    char *suffix;
    uint32_t lcyls;
    uint32_t lheads;
    uint32_t lsecs;
};

static QTAILQ_HEAD(, FWLCHSEntry) fw_lchs = QTAILQ_HEAD_INITIALIZER(fw_lchs);

void del_boot_device_lchs(DeviceState *dev, const char *suffix)
{
    FWLCHSEntry *i;

    QTAILQ_FOREACH(i, &fw_lchs, link) {
        if (i->dev == dev && (!suffix || !g_strcmp0(i->suffix, suffix))) {
            QTAILQ_REMOVE(&fw_lchs, i, link);
            g_free(i->suffix);
            g_free(i);
            break;
        }
    }
}

void add_boot_device_lchs(DeviceState *dev, const char *suffix,
                          uint32_t lcyls, uint32_t lheads, uint32_t lsecs)
{
    FWLCHSEntry *node;

    if (!lcyls && !lheads && !lsecs) {
        return;
    }
    assert(dev != NULL || suffix != NULL);

    node = g_new(FWLCHSEntry, 1);
    *node = (FWLCHSEntry) {
        .dev = dev,
        .suffix = g_strdup(suffix),
        .lcyls = lcyls,
        .lheads = lheads,
        .lsecs = lsecs,
    };
    QTAILQ_INSERT_TAIL(&fw_lchs, node, link);
}

char *get_boot_devices_lchs_list(size_t *size)
{
    GString *list = g_string_new(NULL);
    FWLCHSEntry *i;

    QTAILQ_FOREACH(i, &fw_lchs, link) {
        g_autofree char *path = get_boot_device_path(i->dev, false, i->suffix);

        g_string_append_printf(list, "%s%s %" PRIu32 " %" PRIu32 " %" PRIu32,
                               list->len ? "\n" : "", path, i->lcyls,
                               i->lheads, i->lsecs);
    }
    *size = list->len ? list->len + 1 : 0;
    return g_string_free(list, !list->len);
}

/* The property */

typedef struct {
    int32_t *bootindex;
    const char *suffix;
    DeviceState *dev;
} BootIndexProperty;

static void device_get_bootindex(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    BootIndexProperty *prop = opaque;

    visit_type_int32(v, name, prop->bootindex, errp);
}

static void device_set_bootindex(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    BootIndexProperty *prop = opaque;
    Error *local_err = NULL;
    int32_t boot_index;

    if (!visit_type_int32(v, name, &boot_index, errp)) {
        return;
    }
    check_boot_index(boot_index, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        return;
    }
    *prop->bootindex = boot_index;
    add_boot_device_path(*prop->bootindex, prop->dev, prop->suffix);
}

static void property_release_bootindex(Object *obj, const char *name,
                                       void *opaque)
{
    BootIndexProperty *prop = opaque;

    del_boot_device_path(prop->dev, prop->suffix);
    g_free(prop);
}

void device_add_bootindex_property(Object *obj, int32_t *bootindex,
                                   const char *name, const char *suffix,
                                   DeviceState *dev)
{
    BootIndexProperty *prop = g_new0(BootIndexProperty, 1);

    prop->bootindex = bootindex;
    prop->suffix = suffix;
    prop->dev = dev;
    object_property_add(obj, name, "int32", device_get_bootindex,
                        device_set_bootindex, property_release_bootindex,
                        prop);

    /* -1: not in the list until someone asks for it. */
    object_property_set_int(obj, name, -1, NULL);
}
