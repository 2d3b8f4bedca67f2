/*
 * The NMI interface.  See include/hw/nmi.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/module.h"
#include "hw/nmi.h"

typedef struct NMISearch {
    int cpu_index;
    Error *err;
    bool handled;
} NMISearch;

static int nmi_deliver(Object *obj, void *opaque)
{
    NMISearch *search = opaque;
    NMIState *n = (NMIState *)object_dynamic_cast(obj, TYPE_NMI);

    if (!n) {
        return 0;
    }
    search->handled = true;
    NMI_GET_CLASS(n)->nmi_monitor_handler(n, search->cpu_index, &search->err);
    return search->err != NULL;
}

void nmi_monitor_handle(int cpu_index, Error **errp)
{
    NMISearch search = { .cpu_index = cpu_index };

    object_child_foreach_recursive(object_get_root(), nmi_deliver, &search);
    if (search.handled) {
        error_propagate(errp, search.err);
    } else {
        error_setg(errp, QERR_UNSUPPORTED);
    }
}

static const TypeInfo nmi_info = {
    .name          = TYPE_NMI,
    .parent        = TYPE_INTERFACE,
    .class_size    = sizeof(NMIClass),
};

static void nmi_register_types(void)
{
    type_register_static(&nmi_info);
}

type_init(nmi_register_types)
