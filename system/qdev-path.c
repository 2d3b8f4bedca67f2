/*
 * bus=PATH: finding the bus that the user means.
 *
 * A path goes from bus to device to bus, from the main system bus or from any
 * bus whose name it starts with:
 *
 *     pci.0                         a bus, by its name
 *     pci.0/nic0                    the only bus of a device on it
 *     pci.0/nic0/virtio-bus         one of them
 *     /i440FX-pcihost/pci.0         from the main system bus on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/qdev-core.h"
#include "qdev-monitor-internal.h"

bool qbus_is_full(BusState *bus)
{
    BusClass *bc = BUS_GET_CLASS(bus);

    return bus->full || (bc->max_dev && bus->num_children >= bc->max_dev);
}

BusState *qbus_find_recursive(BusState *bus, const char *name,
                              const char *bus_typename)
{
    BusState *pick = NULL;
    BusChild *kid;

    if ((!name || !strcmp(bus->name, name)) &&
        (!bus_typename || object_dynamic_cast(OBJECT(bus), bus_typename))) {
        if (!qbus_is_full(bus)) {
            return bus;
        }
        pick = bus;
    }

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        BusState *child;

        QLIST_FOREACH(child, &kid->child->child_bus, sibling) {
            BusState *ret = qbus_find_recursive(child, name, bus_typename);

            if (ret && !qbus_is_full(ret)) {
                return ret;
            }
            pick = pick ?: ret;
        }
    }
    return pick;
}

/* What there would have been, under an error */

static void qbus_error_append_bus_list_hint(DeviceState *dev,
                                            Error *const *errp)
{
    const char *sep = " ";
    BusState *child;

    error_append_hint(errp, "child buses at \"%s\":",
                      dev->id ?: object_get_typename(OBJECT(dev)));
    QLIST_FOREACH(child, &dev->child_bus, sibling) {
        error_append_hint(errp, "%s\"%s\"", sep, child->name);
        sep = ", ";
    }
    error_append_hint(errp, "\n");
}

static void qbus_error_append_dev_list_hint(BusState *bus,
                                            Error *const *errp)
{
    const char *sep = " ";
    BusChild *kid;

    error_append_hint(errp, "devices at \"%s\":", bus->name);
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        DeviceState *dev = kid->child;

        error_append_hint(errp, "%s\"%s\"", sep,
                          object_get_typename(OBJECT(dev)));
        if (dev->id) {
            error_append_hint(errp, "/\"%s\"", dev->id);
        }
        sep = ", ";
    }
    error_append_hint(errp, "\n");
}

/* One step */

static BusState *qbus_find_bus(DeviceState *dev, const char *elem)
{
    BusState *child;

    QLIST_FOREACH(child, &dev->child_bus, sibling) {
        if (!strcmp(child->name, elem)) {
            return child;
        }
    }
    return NULL;
}

/* By its id; else the first of that type; else of the type with that alias. */
static DeviceState *qbus_find_dev(BusState *bus, const char *elem)
{
    const char *aliased = qdev_find_typename_by_alias(elem);
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (kid->child->id && !strcmp(kid->child->id, elem)) {
            return kid->child;
        }
    }
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (!strcmp(object_get_typename(OBJECT(kid->child)), elem)) {
            return kid->child;
        }
    }
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (!g_strcmp0(object_get_typename(OBJECT(kid->child)), aliased)) {
            return kid->child;
        }
    }
    return NULL;
}

/* A path may end with a device if it is clear which of its buses is meant. */
static BusState *qbus_find_only_bus(DeviceState *dev, const char *elem,
                                    Error **errp)
{
    ERRP_GUARD();

    if (dev->num_child_bus == 1) {
        return QLIST_FIRST(&dev->child_bus);
    }
    if (dev->num_child_bus) {
        error_setg(errp, "Device '%s' has multiple child buses", elem);
        qbus_error_append_bus_list_hint(dev, errp);
    } else {
        error_setg(errp, "Device '%s' has no child bus", elem);
    }
    return NULL;
}

/* From @bus on; @elems: DEV BUS DEV … with NULL at the end. */
static BusState *qbus_find_from(BusState *bus, char **elems, Error **errp)
{
    ERRP_GUARD();

    while (*elems) {
        DeviceState *dev = qbus_find_dev(bus, *elems);

        if (!dev) {
            error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                      "Device '%s' not found", *elems);
            qbus_error_append_dev_list_hint(bus, errp);
            return NULL;
        }
        if (!elems[1]) {
            return qbus_find_only_bus(dev, elems[0], errp);
        }
        bus = qbus_find_bus(dev, elems[1]);
        if (!bus) {
            error_setg(errp, "Bus '%s' not found", elems[1]);
            qbus_error_append_bus_list_hint(dev, errp);
            return NULL;
        }
        elems += 2;
    }
    return bus;
}

/* What is between the slashes; several in a row are one. */
static char **path_split(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 0);
    GPtrArray *elems = g_ptr_array_new();

    for (char **p = parts; *p; p++) {
        if (**p) {
            g_ptr_array_add(elems, g_strdup(*p));
        }
    }
    g_ptr_array_add(elems, NULL);
    return (char **)g_ptr_array_free(elems, false);
}

BusState *qbus_find(const char *path, Error **errp)
{
    g_auto(GStrv) elems = path_split(path);
    char **rest = elems;
    BusState *bus;

    if (path[0] == '/') {
        bus = sysbus_get_default();
    } else {
        const char *name = elems[0] ?: "";

        bus = qbus_find_recursive(sysbus_get_default(), name, NULL);
        if (!bus) {
            error_setg(errp, "Bus '%s' not found", name);
            return NULL;
        }
        rest++;
    }

    bus = qbus_find_from(bus, rest, errp);
    if (bus && qbus_is_full(bus)) {
        error_setg(errp, "Bus '%s' is full", path);
        return NULL;
    }
    return bus;
}
