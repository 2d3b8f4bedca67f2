/*
 * `info qtree`: the tree of buses and devices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/qdev-properties.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"

#define qdev_printf(fmt, ...) \
    monitor_printf(mon, "%*s" fmt, indent, "", ## __VA_ARGS__)

static void qbus_print(Monitor *mon, BusState *bus, int indent);

/* The value for people: that of the legacy- property, if there is one. */
static char *qdev_prop_text(DeviceState *dev, const char *name)
{
    g_autofree char *legacy_name = g_strdup_printf("legacy-%s", name);

    if (object_property_get_type(OBJECT(dev), legacy_name, NULL)) {
        return object_property_get_str(OBJECT(dev), legacy_name, NULL);
    }
    return object_property_print(OBJECT(dev), name, true, NULL);
}

static void qdev_print_props(Monitor *mon, DeviceState *dev, Property *props,
                             int indent)
{
    for (; props && props->name; props++) {
        g_autofree char *value = qdev_prop_text(dev, props->name);

        if (value) {
            qdev_printf("%s = %s\n", props->name, *value ? value : "<null>");
        }
    }
}

static void bus_print_dev(BusState *bus, Monitor *mon, DeviceState *dev,
                          int indent)
{
    BusClass *bc = BUS_GET_CLASS(bus);

    if (bc->print_dev) {
        bc->print_dev(mon, dev, indent);
    }
}

static void qdev_print(Monitor *mon, DeviceState *dev, int indent)
{
    ObjectClass *device = object_class_by_name(TYPE_DEVICE);
    ObjectClass *class;
    BusState *child;
    NamedGPIOList *ngl;
    NamedClockList *ncl;

    qdev_printf("dev: %s, id \"%s\"\n", object_get_typename(OBJECT(dev)),
                dev->id ?: "");
    indent += 2;
    QLIST_FOREACH(ngl, &dev->gpios, node) {
        if (ngl->num_in) {
            qdev_printf("gpio-in \"%s\" %d\n", ngl->name ?: "", ngl->num_in);
        }
        if (ngl->num_out) {
            qdev_printf("gpio-out \"%s\" %d\n", ngl->name ?: "", ngl->num_out);
        }
    }
    QLIST_FOREACH(ncl, &dev->clocks, node) {
        g_autofree char *freq = clock_display_freq(ncl->clock);

        qdev_printf("clock-%s%s \"%s\" freq_hz=%s\n",
                    ncl->output ? "out" : "in", ncl->alias ? " (alias)" : "",
                    ncl->name, freq);
    }

    /* The type's own properties first, then its parent's. */
    for (class = object_get_class(OBJECT(dev)); class != device;
         class = object_class_get_parent(class)) {
        qdev_print_props(mon, dev, DEVICE_CLASS(class)->props_, indent);
    }
    bus_print_dev(dev->parent_bus, mon, dev, indent);

    QLIST_FOREACH(child, &dev->child_bus, sibling) {
        qbus_print(mon, child, indent);
    }
}

static void qbus_print(Monitor *mon, BusState *bus, int indent)
{
    BusChild *kid;

    qdev_printf("bus: %s\n", bus->name);
    indent += 2;
    qdev_printf("type %s\n", object_get_typename(OBJECT(bus)));
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        qdev_print(mon, kid->child, indent);
    }
}

void hmp_info_qtree(Monitor *mon, const QDict *qdict)
{
    qbus_print(mon, sysbus_get_default(), 0);
}
