/*
 * What the files about devices and buses share among themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_CORE_QDEV_INTERNAL_H
#define HW_CORE_QDEV_INTERNAL_H

#include "hw/qdev-core.h"

/* qdev-listener.c: tell the listeners, the first or the last one first. */
void device_listener_call_realize(DeviceState *dev);
void device_listener_call_unrealize(DeviceState *dev);

/* bus.c: take @dev off its bus, if it is on one. */
void qdev_leave_parent_bus(DeviceState *dev);

/* gpio.c: all lines of @dev, which is about to go. */
void qdev_free_gpios(DeviceState *dev);

#endif
