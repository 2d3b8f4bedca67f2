/*
 * Properties as QObjects: what qom-get and qom-set exchange with a QMP client.
 *
 * Read first: qom/object.h, on properties.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_QOM_QOBJECT_H
#define QEMU_QOM_QOBJECT_H

#include "qom/object.h"

/*
 * object_property_get_qobject: read a property.
 * Returns its value with a reference of the caller's, or NULL after an error.
 */
struct QObject *object_property_get_qobject(Object *obj, const char *name,
                                            Error **errp);

/*
 * object_property_set_qobject: write a property from a value whose type must
 * match (a number is not a string here).  Returns false after an error.
 */
bool object_property_set_qobject(Object *obj, const char *name,
                                 struct QObject *value,
                                 Error **errp);

#endif
