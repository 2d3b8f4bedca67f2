/*
 * HotplugHandler: who has a say when a device is plugged in or pulled out.
 *
 * A device does not know its board, so device_set_realized() asks: the
 * handler is the bus's own (a PCI host bridge with ACPI hotplug, say) or the
 * machine's, see qdev_get_hotplug_handler().  Coming:
 *
 *     pre_plug    last checks, addresses are given out; may refuse
 *     (realize)   the device's own work
 *     plug        tell the guest; too late to fail
 *
 * Going: unplug_request asks a guest that has to agree, and when it has (or
 * where no guest is asked) unplug takes the device away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HOTPLUG_H
#define HOTPLUG_H

#include "qom/object.h"

#define TYPE_HOTPLUG_HANDLER "hotplug-handler"

typedef struct HotplugHandlerClass HotplugHandlerClass;
DECLARE_CLASS_CHECKERS(HotplugHandlerClass, HOTPLUG_HANDLER,
                       TYPE_HOTPLUG_HANDLER)
#define HOTPLUG_HANDLER(obj) \
     INTERFACE_CHECK(HotplugHandler, (obj), TYPE_HOTPLUG_HANDLER)

typedef struct HotplugHandler HotplugHandler;

/* Any of the hooks below; a fault goes into @errp and stops the operation. */
typedef void (*hotplug_fn)(HotplugHandler *plug_handler,
                           DeviceState *plugged_dev, Error **errp);

struct HotplugHandlerClass {
    InterfaceClass parent;

    hotplug_fn pre_plug;
    hotplug_fn plug;
    hotplug_fn unplug_request;
    hotplug_fn unplug;
};

/* Call the hook of that name, if @plug_handler has one. */
void hotplug_handler_plug(HotplugHandler *plug_handler,
                          DeviceState *plugged_dev,
                          Error **errp);

void hotplug_handler_pre_plug(HotplugHandler *plug_handler,
                              DeviceState *plugged_dev,
                              Error **errp);

void hotplug_handler_unplug_request(HotplugHandler *plug_handler,
                                    DeviceState *plugged_dev,
                                    Error **errp);

void hotplug_handler_unplug(HotplugHandler *plug_handler,
                            DeviceState *plugged_dev,
                            Error **errp);

#endif
