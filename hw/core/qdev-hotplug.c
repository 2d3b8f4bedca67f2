/*
 * Hotplug as a device sees it: who is asked, and what stands in the way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/qdev-core.h"
#include "hw/boards.h"

/* The machine, if there is a real one yet (a test has only a container). */
static MachineState *qdev_hotplug_machine(void)
{
    return (MachineState *)object_dynamic_cast(qdev_get_machine(),
                                               TYPE_MACHINE);
}

HotplugHandler *qdev_get_machine_hotplug_handler(DeviceState *dev)
{
    MachineState *machine = qdev_hotplug_machine();
    MachineClass *mc;

    if (!machine) {
        return NULL;
    }
    mc = MACHINE_GET_CLASS(machine);
    return mc->get_hotplug_handler ? mc->get_hotplug_handler(machine, dev)
                                   : NULL;
}

bool qdev_hotplug_allowed(DeviceState *dev, Error **errp)
{
    MachineState *machine = qdev_hotplug_machine();
    MachineClass *mc;

    if (!machine) {
        return true;
    }
    mc = MACHINE_GET_CLASS(machine);
    return !mc->hotplug_allowed || mc->hotplug_allowed(machine, dev, errp);
}

HotplugHandler *qdev_get_bus_hotplug_handler(DeviceState *dev)
{
    return dev->parent_bus ? dev->parent_bus->hotplug_handler : NULL;
}

HotplugHandler *qdev_get_hotplug_handler(DeviceState *dev)
{
    HotplugHandler *hotplug_ctrl = qdev_get_machine_hotplug_handler(dev);

    return hotplug_ctrl ?: qdev_get_bus_hotplug_handler(dev);
}

/* Also the way a failed device_add takes back what realize did. */
void qdev_simple_device_unplug_cb(HotplugHandler *hotplug_dev,
                                  DeviceState *dev, Error **errp)
{
    qdev_unrealize(dev);
}

void qdev_add_unplug_blocker(DeviceState *dev, Error *reason)
{
    dev->unplug_blockers = g_slist_prepend(dev->unplug_blockers, reason);
}

void qdev_del_unplug_blocker(DeviceState *dev, Error *reason)
{
    dev->unplug_blockers = g_slist_remove(dev->unplug_blockers, reason);
}

bool qdev_unplug_blocked(DeviceState *dev, Error **errp)
{
    if (!dev->unplug_blockers) {
        return false;
    }
    error_propagate(errp, error_copy(dev->unplug_blockers->data));
    return true;
}
