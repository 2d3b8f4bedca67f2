/*
 * Wires.  See include/hw/irq.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/irq.h"

DECLARE_INSTANCE_CHECKER(struct IRQState, IRQ,
                         TYPE_IRQ)

struct IRQState {
    Object parent_obj;

    /* Who hears the wire: handler(opaque, n, level). */
    qemu_irq_handler handler;
    void *opaque;
    int n;

    /* A wire to who heard it before qemu_irq_intercept_in(), or NULL. */
    qemu_irq intercepted;
};

void qemu_set_irq(qemu_irq irq, int level)
{
    if (irq) {
        irq->handler(irq->opaque, irq->n, level);
    }
}

qemu_irq qemu_allocate_irq(qemu_irq_handler handler, void *opaque, int n)
{
    struct IRQState *irq = IRQ(object_new(TYPE_IRQ));

    irq->handler = handler;
    irq->opaque = opaque;
    irq->n = n;
    return irq;
}

qemu_irq *qemu_extend_irqs(qemu_irq *old, int n_old, qemu_irq_handler handler,
                           void *opaque, int n)
{
    qemu_irq *s = g_renew(qemu_irq, old, n_old + n);

    for (int i = n_old; i < n_old + n; i++) {
        s[i] = qemu_allocate_irq(handler, opaque, i);
    }
    return s;
}

qemu_irq *qemu_allocate_irqs(qemu_irq_handler handler, void *opaque, int n)
{
    return qemu_extend_irqs(NULL, 0, handler, opaque, n);
}

void qemu_free_irq(qemu_irq irq)
{
    object_unref(OBJECT(irq));
}

void qemu_free_irqs(qemu_irq *s, int n)
{
    for (int i = 0; i < n; i++) {
        qemu_free_irq(s[i]);
    }
    g_free(s);
}

static void irq_pass_inverted(void *opaque, int n, int level)
{
    qemu_set_irq(opaque, !level);
}

qemu_irq qemu_irq_invert(qemu_irq irq)
{
    /* The wire at rest is low, so its opposite is high. */
    qemu_irq_raise(irq);
    return qemu_allocate_irq(irq_pass_inverted, irq, 0);
}

/*
 * Whoever drives the wire has a pointer to it, so the wire stays and only its
 * end moves.  @handler gets, as its opaque, a pointer to a wire that leads to
 * where the intercepted one did.
 */
void qemu_irq_intercept_in(qemu_irq *gpio_in, qemu_irq_handler handler, int n)
{
    for (int i = 0; i < n; i++) {
        qemu_irq irq = gpio_in[i];
        qemu_irq old = qemu_allocate_irq(irq->handler, irq->opaque, irq->n);

        /* Intercepted twice: what was there first stays reachable. */
        if (irq->intercepted) {
            old->intercepted = irq->intercepted;
            old->opaque = &old->intercepted;
        }
        irq->intercepted = old;
        irq->handler = handler;
        irq->opaque = &irq->intercepted;
        irq->n = i;
    }
}

static void irq_finalize(Object *obj)
{
    struct IRQState *irq = IRQ(obj);

    if (irq->intercepted) {
        qemu_free_irq(irq->intercepted);
    }
}

static const TypeInfo irq_type_info = {
   .name = TYPE_IRQ,
   .parent = TYPE_OBJECT,
   .instance_size = sizeof(struct IRQState),
   .instance_finalize = irq_finalize,
};

static void irq_register_types(void)
{
    type_register_static(&irq_type_info);
}

type_init(irq_register_types)
