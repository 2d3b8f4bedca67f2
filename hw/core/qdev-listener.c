/*
 * DeviceListener: to hear of every device that is realized.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "hw/qdev-core.h"
#include "qdev-internal.h"

static QTAILQ_HEAD(, DeviceListener) device_listeners =
    QTAILQ_HEAD_INITIALIZER(device_listeners);

void device_listener_call_realize(DeviceState *dev)
{
    DeviceListener *listener;

    QTAILQ_FOREACH(listener, &device_listeners, link) {
        if (listener->realize) {
            listener->realize(listener, dev);
        }
    }
}

void device_listener_call_unrealize(DeviceState *dev)
{
    DeviceListener *listener;

    QTAILQ_FOREACH_REVERSE(listener, &device_listeners, link) {
        if (listener->unrealize) {
            listener->unrealize(listener, dev);
        }
    }
}

/* A listener hears of the devices that exist already, too. */
static int device_listener_add(DeviceState *dev, void *opaque)
{
    DeviceListener *listener = opaque;

    if (dev->realized && listener->realize) {
        listener->realize(listener, dev);
    }
    return 0;
}

void device_listener_register(DeviceListener *listener)
{
    BusState *sysbus = sysbus_get_default();

    QTAILQ_INSERT_TAIL(&device_listeners, listener, link);
    if (sysbus) {
        qbus_walk_children(sysbus, NULL, NULL, device_listener_add, NULL,
                           listener);
    }
}

void device_listener_unregister(DeviceListener *listener)
{
    QTAILQ_REMOVE(&device_listeners, listener, link);
}

bool qdev_should_hide_device(const QDict *opts, bool from_json, Error **errp)
{
    ERRP_GUARD();
    DeviceListener *listener;

    QTAILQ_FOREACH(listener, &device_listeners, link) {
        if (listener->hide_device) {
            if (listener->hide_device(listener, opts, from_json, errp)) {
                return true;
            }
            if (*errp) {
                return false;
            }
        }
    }
    return false;
}
