/*
 * Where a device is, as firmware spells it: OpenFirmware device paths.
 *
 *     /pci@i0cf8/ethernet@3/ethernet-phy@0
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/fw-path-provider.h"
#include "hw/qdev-core.h"

const char *qdev_fw_name(DeviceState *dev)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    return dc->fw_name ?: object_get_typename(OBJECT(dev));
}

static char *bus_get_fw_dev_path(BusState *bus, DeviceState *dev)
{
    BusClass *bc = BUS_GET_CLASS(bus);

    return bc->get_fw_dev_path ? bc->get_fw_dev_path(dev) : NULL;
}

char *qdev_get_own_fw_dev_path_from_handler(BusState *bus, DeviceState *dev)
{
    HotplugHandler *hotplug_ctrl = qdev_get_hotplug_handler(dev);

    return fw_path_provider_try_get_dev_path(OBJECT(hotplug_ctrl), bus, dev);
}

/* The part of the path that is about @dev: the board's word comes first. */
static char *qdev_get_own_fw_dev_path(BusState *bus, DeviceState *dev)
{
    return fw_path_provider_try_get_dev_path(qdev_get_machine(), bus, dev)
        ?: qdev_get_own_fw_dev_path_from_handler(bus, dev)
        ?: bus_get_fw_dev_path(bus, dev);
}

char *qdev_get_fw_dev_path(DeviceState *dev)
{
    GString *path = g_string_new(NULL);

    for (; dev && dev->parent_bus; dev = dev->parent_bus->parent) {
        g_autofree char *own = qdev_get_own_fw_dev_path(dev->parent_bus, dev);

        if (own) {
            g_string_prepend(path, own);
            g_string_prepend_c(path, '/');
        }
    }
    if (!path->len) {
        g_string_append_c(path, '/');
    }
    return g_string_free(path, false);
}
