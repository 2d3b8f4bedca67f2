/*
 * NMI: who reacts when the user presses the button that cannot be masked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NMI_H
#define NMI_H

#include "qom/object.h"

#define TYPE_NMI "nmi"

typedef struct NMIClass NMIClass;
DECLARE_CLASS_CHECKERS(NMIClass, NMI,
                       TYPE_NMI)
#define NMI(obj) \
     INTERFACE_CHECK(NMIState, (obj), TYPE_NMI)

typedef struct NMIState NMIState;

struct NMIClass {
    InterfaceClass parent_class;

    /* @cpu_index: of the CPU that the monitor looks at. */
    void (*nmi_monitor_handler)(NMIState *n, int cpu_index, Error **errp);
};

/*
 * Deliver an NMI to the first object in the composition tree that has a
 * handler; an error if there is none.
 */
void nmi_monitor_handle(int cpu_index, Error **errp);

#endif
