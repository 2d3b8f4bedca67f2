/*
 * What the commands of QMP and HMP about objects share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QOM_CMDS_INTERNAL_H
#define QOM_CMDS_INTERNAL_H

#include "qom/object.h"

/* The object at @path, or NULL with @errp set. */
Object *qom_resolve_path(const char *path, Error **errp);

/*
 * May a client set the boolean @property of @obj to @value?  Not if that
 * realizes or unrealizes a device: boards never take theirs apart, and their
 * regions and pins cannot be connected a second time.  QEMU aborts there.
 */
bool qom_client_may_set_bool(Object *obj, const char *property, bool value,
                             Error **errp);

#endif
