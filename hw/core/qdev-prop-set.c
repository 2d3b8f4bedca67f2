/*
 * Setting properties from C: qdev_prop_set_*().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "hw/qdev-properties.h"

void qdev_prop_set_bit(DeviceState *dev, const char *name, bool value)
{
    object_property_set_bool(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint8(DeviceState *dev, const char *name, uint8_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint16(DeviceState *dev, const char *name, uint16_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint32(DeviceState *dev, const char *name, uint32_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_int32(DeviceState *dev, const char *name, int32_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_uint64(DeviceState *dev, const char *name, uint64_t value)
{
    object_property_set_int(OBJECT(dev), name, value, &error_abort);
}

void qdev_prop_set_string(DeviceState *dev, const char *name,
                          const char *value)
{
    object_property_set_str(OBJECT(dev), name, value, &error_abort);
}

/* An enumeration of a device's own table, so the name has to be looked up. */
void qdev_prop_set_enum(DeviceState *dev, const char *name, int value)
{
    ObjectClass *class = object_get_class(OBJECT(dev));
    ObjectClass *device = object_class_by_name(TYPE_DEVICE);

    for (; class != device; class = object_class_get_parent(class)) {
        Property *prop = DEVICE_CLASS(class)->props_;

        for (; prop && prop->name; prop++) {
            if (!strcmp(prop->name, name)) {
                object_property_set_str(OBJECT(dev), name,
                    qapi_enum_lookup(prop->info->enum_table, value),
                    &error_abort);
                return;
            }
        }
    }
    g_assert_not_reached();
}
