/*
 * What the PIT of ours and the kernel's share.
 *
 * Read first: hw/timer/i8254.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_I8254_INTERNAL_H
#define QEMU_I8254_INTERNAL_H

#include "exec/memory.h"
#include "hw/isa/isa.h"
#include "hw/timer/i8254.h"
#include "qemu/timer.h"

typedef struct PITChannelState {
    int count;                  /* the start value; 0x10000 for 0 */
    uint16_t latched_count;
    uint8_t count_latched;      /* what is latched: RW_STATE_*, or 0 */
    uint8_t status_latched;
    uint8_t status;
    uint8_t read_state;         /* which byte comes next */
    uint8_t write_state;
    uint8_t write_latch;        /* the low byte, until the high one comes */
    uint8_t rw_mode;
    uint8_t mode;
    uint8_t bcd;                /* kept and not obeyed: nobody counts so */
    uint8_t gate;               /* the level of the gate */
    int64_t count_load_time;    /* when it began to count; ns */

    /* Counter 0 only. */
    int64_t next_transition_time;
    QEMUTimer *irq_timer;
    qemu_irq irq;
    uint32_t irq_disabled;
} PITChannelState;

struct PITCommonState {
    ISADevice dev;

    uint32_t iobase;            /* property */
    PITChannelState channels[3];
    MemoryRegion ioports;
};

struct PITCommonClass {
    ISADeviceClass parent_class;

    void (*set_channel_gate)(PITCommonState *s, PITChannelState *sc, int val);
    void (*get_channel_info)(PITCommonState *s, PITChannelState *sc,
                             PITChannelInfo *info);
    /* Fetch the state from, or give it to, whoever has it (a kernel). */
    void (*pre_save)(PITCommonState *s);
    void (*post_load)(PITCommonState *s);
};

/* The output of @s at @current_time (ns of the virtual clock), 0 or 1. */
int pit_get_out(PITChannelState *s, int64_t current_time);
/* When it changes next after that, or -1: never. */
int64_t pit_get_next_transition_time(PITChannelState *s, int64_t current_time);
void pit_get_channel_info_common(PITCommonState *s, PITChannelState *sc,
                                 PITChannelInfo *info);
void pit_reset_common(PITCommonState *s);

#endif
