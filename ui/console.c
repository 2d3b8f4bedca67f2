/*
 * Displays: that there is none.
 *
 * Read first: include/ui/console.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "hw/sysbus.h"
#include "ui/console.h"

QemuConsole *qemu_console_lookup_by_device_name(const char *device_id,
                                                uint32_t head, Error **errp)
{
    if (!qdev_find_recursive(sysbus_get_default(), device_id)) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", device_id);
    } else {
        error_setg(errp, "Device %s (head %" PRIu32 ") is not bound to a "
                   "QemuConsole", device_id, head);
    }
    return NULL;
}
