/*
 * split-irq: one wire in, several out, all at its level.
 *
 *     OBJECT "split-irq", property num-lines = n
 *     in:   unnamed GPIO input 0
 *     out:  unnamed GPIO outputs 0 … n-1
 *
 * hw/or-irq.h is the other way round.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SPLIT_IRQ_H
#define HW_SPLIT_IRQ_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_SPLIT_IRQ "split-irq"

#define MAX_SPLIT_LINES 16

OBJECT_DECLARE_SIMPLE_TYPE(SplitIRQ, SPLIT_IRQ)

struct SplitIRQ {
    DeviceState parent_obj;

    qemu_irq out_irq[MAX_SPLIT_LINES];

    /* Property: how many of the outputs exist. */
    uint16_t num_lines;
};

#endif
