/*
 * VMStateIf: an object that has a name in the migration stream.
 *
 * Devices are; a back end that migrates state of its own may be as well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef VMSTATE_IF_H
#define VMSTATE_IF_H

#include "qom/object.h"

#define TYPE_VMSTATE_IF "vmstate-if"

typedef struct VMStateIfClass VMStateIfClass;
DECLARE_CLASS_CHECKERS(VMStateIfClass, VMSTATE_IF,
                       TYPE_VMSTATE_IF)
#define VMSTATE_IF(obj)                             \
    INTERFACE_CHECK(VMStateIf, (obj), TYPE_VMSTATE_IF)

typedef struct VMStateIf VMStateIf;

struct VMStateIfClass {
    InterfaceClass parent_class;

    /* The caller frees it; NULL for none. */
    char *(*get_id)(VMStateIf *obj);
};

/* get_id of @vmif; NULL if @vmif is NULL. */
static inline char *vmstate_if_get_id(VMStateIf *vmif)
{
    VMStateIfClass *vmc;

    if (!vmif) {
        return NULL;
    }

    vmc = VMSTATE_IF_GET_CLASS(vmif);
    return vmc->get_id(vmif);
}

#endif
