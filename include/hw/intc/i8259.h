/*
 * i8259: the two interrupt controllers of a PC.
 *
 * Fifteen lines reach the CPU through one wire.  The second controller hangs on
 * line 2 of the first:
 *
 *     IRQ 0  1  2  3 ... 7          8  9 ... 15
 *         |  |  |  |     |          |  |      |
 *       +------------------+      +-------------+
 *       | master 0x20-0x21 |--2<--| slave 0xa0- |
 *       +------------------+ INT  +-------------+
 *            | INT
 *            v  CPU; in answer pic_read_irq() gives the vector
 *
 * Specification: Intel 8259A data sheet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I8259_H
#define HW_I8259_H

#include "hw/isa/isa.h"
#include "qom/object.h"

#define TYPE_I8259 "isa-i8259"
#define TYPE_KVM_I8259 "kvm-i8259"

struct PICCommonState;

/* The first controller, once i8259_init() has made it. */
extern struct PICCommonState *isa_pic;

/*
 * i8259_init: make both.
 * @parent_irq: what the first one raises
 * Returns ISA_NUM_IRQS input lines for the caller to g_free().
 */
qemu_irq *i8259_init(ISABus *bus, qemu_irq parent_irq);

/*
 * pic_read_irq: the CPU's acknowledge cycle.  Returns the vector of the
 * interrupt that is now in service; a spurious one if none is.
 */
int pic_read_irq(struct PICCommonState *s);
/* pic_get_output: whether it asks for attention. */
int pic_get_output(struct PICCommonState *s);

/* kvm_i8259_init: the kernel's pair (hw/i386/kvm/i8259.c); 16 lines. */
qemu_irq *kvm_i8259_init(ISABus *bus);

#endif
