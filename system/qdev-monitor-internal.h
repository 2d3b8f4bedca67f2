/*
 * What the files about -device share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_QDEV_MONITOR_INTERNAL_H
#define SYSTEM_QDEV_MONITOR_INTERNAL_H

#include "hw/qdev-core.h"

/* Short names of types; NULL if there is none. */
const char *qdev_find_typename_by_alias(const char *alias);
const char *qdev_find_alias_by_typename(const char *typename);

/* The bus at @path ("/dev/bus/…", or starting with a bus's name). */
BusState *qbus_find(const char *path, Error **errp);

/*
 * A bus below @bus with that name and type (NULL is any), one with room if
 * possible.  NULL if there is none at all.
 */
BusState *qbus_find_recursive(BusState *bus, const char *name,
                              const char *bus_typename);

bool qbus_is_full(BusState *bus);

#endif
