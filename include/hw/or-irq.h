/*
 * or-irq: several wires in, one out, high while any of them is.
 *
 *     OBJECT "or-irq", property num-lines = n
 *     in:   unnamed GPIO inputs 0 … n-1
 *     out:  unnamed GPIO output 0
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_OR_IRQ_H
#define HW_OR_IRQ_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_OR_IRQ "or-irq"

/* More than this needs a new version of the migration format. */
#define MAX_OR_LINES      48

typedef struct OrIRQState qemu_or_irq;

OBJECT_DECLARE_SIMPLE_TYPE(OrIRQState, OR_IRQ)

struct OrIRQState {
    DeviceState parent_obj;

    /* The input levels. */
    bool levels[MAX_OR_LINES];

    qemu_irq out_irq;

    /* Property: how many of the inputs exist. */
    uint16_t num_lines;
};

#endif
