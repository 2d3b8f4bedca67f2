/*
 * qemu_irq: one wire.
 *
 * Who drives the wire holds a qemu_irq and sets its level; at the other end
 * is a handler with a number, so that one function can serve the 16 pins of
 * an interrupt controller.  A wire that leads nowhere is NULL, and setting it
 * does nothing.  A wire has no memory: who needs the level keeps it.
 *
 * Levels are set with the big lock held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_IRQ_H
#define QEMU_IRQ_H

#include "qom/object.h"

#define TYPE_IRQ "irq"

/* The level at @irq becomes @level; wires that carry 0 and 1 are the rule. */
void qemu_set_irq(qemu_irq irq, int level);

static inline void qemu_irq_raise(qemu_irq irq)
{
    qemu_set_irq(irq, 1);
}

static inline void qemu_irq_lower(qemu_irq irq)
{
    qemu_set_irq(irq, 0);
}

/* An edge: up and down again. */
static inline void qemu_irq_pulse(qemu_irq irq)
{
    qemu_set_irq(irq, 1);
    qemu_set_irq(irq, 0);
}

/*
 * @n wires that call @handler(@opaque, 0 … n-1, level).  The array and the
 * wires are the caller's; qemu_free_irqs() gives both back.
 */
qemu_irq *qemu_allocate_irqs(qemu_irq_handler handler, void *opaque, int n);

/* One wire that calls @handler with number @n. */
qemu_irq qemu_allocate_irq(qemu_irq_handler handler, void *opaque, int n);

/*
 * Make the array @old of @n_old wires longer by @n.  @old may be NULL; it is
 * freed or reused either way.
 */
qemu_irq *qemu_extend_irqs(qemu_irq *old, int n_old, qemu_irq_handler handler,
                           void *opaque, int n);

void qemu_free_irqs(qemu_irq *s, int n);
void qemu_free_irq(qemu_irq irq);

/* A new wire whose level is always the opposite of what is set on it. */
qemu_irq qemu_irq_invert(qemu_irq irq);

/*
 * Put @handler in front of the @n wires at @gpio_in.  Wire i calls it with
 * number i; the old end of the wire is still reachable for whoever kept it.
 * For tests that listen in.
 */
void qemu_irq_intercept_in(qemu_irq *gpio_in, qemu_irq_handler handler, int n);

/* Whether somebody listens at the other end. */
static inline bool qemu_irq_is_connected(qemu_irq irq)
{
    return irq != NULL;
}

#endif
