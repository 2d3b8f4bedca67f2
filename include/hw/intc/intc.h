/*
 * Interrupt controllers, as somebody who looks for a lost interrupt sees them.
 *
 * A controller that implements this interface is part of `info irq` (how often
 * each of its lines has been raised) and `info pic` (its registers, now).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef INTC_H
#define INTC_H

#include "qom/object.h"

#define TYPE_INTERRUPT_STATS_PROVIDER "intctrl"

typedef struct InterruptStatsProviderClass InterruptStatsProviderClass;
DECLARE_CLASS_CHECKERS(InterruptStatsProviderClass, INTERRUPT_STATS_PROVIDER,
                       TYPE_INTERRUPT_STATS_PROVIDER)
#define INTERRUPT_STATS_PROVIDER(obj) \
    INTERFACE_CHECK(InterruptStatsProvider, (obj), \
                    TYPE_INTERRUPT_STATS_PROVIDER)

typedef struct InterruptStatsProvider InterruptStatsProvider;

/* Both methods may be missing; both are called with the BQL held. */
struct InterruptStatsProviderClass {
    InterfaceClass parent;

    /*
     * *@irq_counts becomes the controller's own array, of *@nb_irqs numbers.
     * Returns false if nobody counts.  0 lines: they count elsewhere.
     */
    bool (*get_statistics)(InterruptStatsProvider *obj, uint64_t **irq_counts,
                           unsigned int *nb_irqs);
    /* Print the registers, in one line or more. */
    void (*print_info)(InterruptStatsProvider *obj, Monitor *mon);
};

#endif
