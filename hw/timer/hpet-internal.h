/*
 * What the HPET is made of.
 *
 * Read first: include/hw/timer/hpet.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_TIMER_HPET_INTERNAL_H
#define HW_TIMER_HPET_INTERNAL_H

#include "hw/sysbus.h"
#include "hw/timer/hpet.h"
#include "migration/vmstate.h"
#include "qemu/timer.h"

/* The bit of @flags. */
#define HPET_MSI_SUPPORT 0

OBJECT_DECLARE_SIMPLE_TYPE(HPETState, HPET)

typedef struct HPETTimer {
    uint8_t tn;
    QEMUTimer *qemu_timer;
    struct HPETState *state;

    /* The guest's registers; @cmp and @period are counts. */
    uint64_t config;
    uint64_t cmp;
    uint64_t fsb;               /* data below, address above */
    uint64_t period;
    /* A 32-bit timer that fires once, does so when the counter wraps as well. */
    uint8_t wrap_flag;
} HPETTimer;

/*
 * @hpet_offset: when it counts: ns of the counter less ns of the virtual clock
 * @hpet_counter: where it stands when it does not
 * @isr: the timers whose level is up
 * @hpet_id: which entry of hpet_cfg is ours
 */
struct HPETState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    uint64_t hpet_offset;
    bool hpet_offset_saved;     /* property: is it migrated? */
    qemu_irq irqs[HPET_NUM_IRQ_ROUTES];
    uint32_t flags;             /* property: HPET_MSI_SUPPORT */
    uint8_t rtc_irq_level;
    qemu_irq pit_enabled;
    uint8_t num_timers;         /* property */
    uint32_t intcap;            /* property */
    HPETTimer timer[HPET_MAX_TIMERS];

    uint64_t capability;
    uint64_t config;
    uint64_t isr;
    uint64_t hpet_counter;
    uint8_t hpet_id;
};

static inline bool hpet_enabled(const HPETState *s)
{
    return s->config & HPET_CFG_ENABLE;
}

/* Where the counter stands. */
uint64_t hpet_get_counter(const HPETState *s);

extern const VMStateDescription vmstate_hpet;

#endif
