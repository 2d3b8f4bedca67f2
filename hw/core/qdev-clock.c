/*
 * The clocks of a device, by name.  See include/hw/qdev-clock.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-core.h"

/* @alias: the clock is another device's. */
static NamedClockList *qdev_add_clock(DeviceState *dev, const char *name,
                                      bool output, bool alias, Clock *clk)
{
    NamedClockList *ncl = g_new0(NamedClockList, 1);

    ncl->name = g_strdup(name);
    ncl->output = output;
    ncl->alias = alias;
    ncl->clock = clk;
    object_ref(OBJECT(clk));
    QLIST_INSERT_HEAD(&dev->clocks, ncl, node);
    return ncl;
}

/* The clock is a child of the device, called as it is. */
static Clock *qdev_new_clock(DeviceState *dev, const char *name, bool output)
{
    Object *obj = object_new(TYPE_CLOCK);

    assert(!dev->realized);
    object_property_add_child(OBJECT(dev), name, obj);
    object_unref(obj);
    qdev_add_clock(dev, name, output, false, CLOCK(obj));
    return CLOCK(obj);
}

Clock *qdev_init_clock_out(DeviceState *dev, const char *name)
{
    assert(name);
    return qdev_new_clock(dev, name, true);
}

Clock *qdev_init_clock_in(DeviceState *dev, const char *name,
                          ClockCallback *callback, void *opaque,
                          unsigned int events)
{
    Clock *clk;

    assert(name);
    clk = qdev_new_clock(dev, name, false);
    if (callback) {
        clock_set_callback(clk, callback, opaque, events);
    }
    return clk;
}

void qdev_init_clocks(DeviceState *dev, const ClockPortInitArray clocks)
{
    for (const struct ClockPortInitElem *elem = clocks; elem->name; elem++) {
        Clock **clkp = (Clock **)((void *)dev + elem->offset);

        *clkp = elem->is_output
                ? qdev_init_clock_out(dev, elem->name)
                : qdev_init_clock_in(dev, elem->name, elem->callback, dev,
                                     elem->callback_events);
    }
}

static NamedClockList *qdev_get_clocklist(DeviceState *dev, const char *name)
{
    NamedClockList *ncl;

    QLIST_FOREACH(ncl, &dev->clocks, node) {
        if (strcmp(name, ncl->name) == 0) {
            return ncl;
        }
    }
    return NULL;
}

static Clock *qdev_get_clock(DeviceState *dev, const char *name, bool output)
{
    NamedClockList *ncl = qdev_get_clocklist(dev, name);

    if (!ncl) {
        error_report("Can not find clock-%s '%s' for device type '%s'",
                     output ? "out" : "in", name,
                     object_get_typename(OBJECT(dev)));
        abort();
    }
    assert(ncl->output == output);
    return ncl->clock;
}

Clock *qdev_get_clock_in(DeviceState *dev, const char *name)
{
    assert(name);
    return qdev_get_clock(dev, name, false);
}

Clock *qdev_get_clock_out(DeviceState *dev, const char *name)
{
    assert(name);
    return qdev_get_clock(dev, name, true);
}

void qdev_connect_clock_in(DeviceState *dev, const char *name, Clock *source)
{
    assert(!dev->realized);
    clock_set_source(qdev_get_clock_in(dev, name), source);
}

Clock *qdev_alias_clock(DeviceState *dev, const char *name,
                        DeviceState *alias_dev, const char *alias_name)
{
    NamedClockList *ncl = qdev_get_clocklist(dev, name);

    assert(name && alias_name && ncl);
    object_property_add_alias(OBJECT(alias_dev), alias_name,
                              OBJECT(dev), name);
    qdev_add_clock(alias_dev, alias_name, ncl->output, true, ncl->clock);
    return ncl->clock;
}

/* A clock may outlive its device by a reference, but calls it no more. */
void qdev_finalize_clocklist(DeviceState *dev)
{
    NamedClockList *ncl, *next;

    QLIST_FOREACH_SAFE(ncl, &dev->clocks, node, next) {
        QLIST_REMOVE(ncl, node);
        if (!ncl->output && !ncl->alias) {
            clock_clear_callback(ncl->clock);
        }
        object_unref(OBJECT(ncl->clock));
        g_free(ncl->name);
        g_free(ncl);
    }
}
