/*
 * The 8254: what does not depend on who plays the chip.
 *
 * A counter is not counted: where it stands follows from when it was loaded.
 * The six modes (Intel 8254 data sheet, "Mode definitions") differ in how the
 * output goes from there:
 *
 *     0  interrupt on terminal count   low, high when the count is through
 *     1  one-shot, started by the gate same
 *     2  rate generator                high, low for the last tick of each round
 *     3  square wave                   high for a half of each round
 *     4  strobe, by software           high, low for one tick at the end
 *     5  strobe, by the gate           same
 *
 * Read first: hw/timer/i8254.h.  Read next: i8254.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/isa/isa.h"
#include "hw/timer/i8254.h"
#include "hw/timer/i8254_internal.h"
#include "migration/vmstate.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "qemu/timer.h"

void pit_set_gate(ISADevice *dev, int channel, int val)
{
    PITCommonState *pit = PIT_COMMON(dev);

    PIT_COMMON_GET_CLASS(pit)->set_channel_gate(pit, &pit->channels[channel],
                                                val);
}

void pit_get_channel_info(ISADevice *dev, int channel, PITChannelInfo *info)
{
    PITCommonState *pit = PIT_COMMON(dev);

    PIT_COMMON_GET_CLASS(pit)->get_channel_info(pit, &pit->channels[channel],
                                                info);
}

/* Ticks since the counter was loaded. */
static uint64_t pit_ticks(PITChannelState *s, int64_t current_time)
{
    return muldiv64(current_time - s->count_load_time, PIT_FREQ,
                    NANOSECONDS_PER_SECOND);
}

int pit_get_out(PITChannelState *s, int64_t current_time)
{
    uint64_t d = pit_ticks(s, current_time);

    switch (s->mode) {
    default:
    case 0:
    case 1:
        return d >= s->count;
    case 2:
        return d % s->count == 0 && d != 0;
    case 3:
        return d % s->count < (s->count + 1) >> 1;
    case 4:
    case 5:
        return d == s->count;
    }
}

int64_t pit_get_next_transition_time(PITChannelState *s, int64_t current_time)
{
    uint64_t d = pit_ticks(s, current_time);
    uint64_t base, half, next;
    int64_t when;

    switch (s->mode) {
    default:
    case 0:
    case 1:
        if (d >= s->count) {
            return -1;
        }
        next = s->count;
        break;
    case 2:
        base = d / s->count * s->count;
        next = d == base && d != 0 ? base + 1 : base + s->count;
        break;
    case 3:
        base = d / s->count * s->count;
        half = (s->count + 1) >> 1;
        next = d - base < half ? base + half : base + s->count;
        break;
    case 4:
    case 5:
        if (d > s->count) {
            return -1;
        }
        next = d < s->count ? s->count : s->count + 1;
        break;
    }

    when = s->count_load_time + muldiv64(next, NANOSECONDS_PER_SECOND,
                                         PIT_FREQ);
    /* Rounding must not make a timer that is due at once, again and again. */
    return MAX(when, current_time + 1);
}

void pit_get_channel_info_common(PITCommonState *s, PITChannelState *sc,
                                 PITChannelInfo *info)
{
    info->gate = sc->gate;
    info->mode = sc->mode;
    info->initial_count = sc->count;
    info->out = pit_get_out(sc, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

/* As firmware expects it: square waves of the longest period. */
void pit_reset_common(PITCommonState *pit)
{
    for (int i = 0; i < ARRAY_SIZE(pit->channels); i++) {
        PITChannelState *s = &pit->channels[i];

        s->mode = 3;
        s->gate = i != 2;
        s->count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        s->count = 0x10000;
        if (i == 0 && !s->irq_disabled) {
            s->next_transition_time =
                pit_get_next_transition_time(s, s->count_load_time);
        }
    }
}

static void pit_common_realize(DeviceState *dev, Error **errp)
{
    ISADevice *isadev = ISA_DEVICE(dev);
    PITCommonState *pit = PIT_COMMON(dev);

    isa_register_ioport(isadev, &pit->ioports, pit->iobase);
    qdev_set_legacy_instance_id(dev, pit->iobase, 2);
}

static const VMStateDescription vmstate_pit_channel = {
    .name = "pit channel",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(count, PITChannelState),
        VMSTATE_UINT16(latched_count, PITChannelState),
        VMSTATE_UINT8(count_latched, PITChannelState),
        VMSTATE_UINT8(status_latched, PITChannelState),
        VMSTATE_UINT8(status, PITChannelState),
        VMSTATE_UINT8(read_state, PITChannelState),
        VMSTATE_UINT8(write_state, PITChannelState),
        VMSTATE_UINT8(write_latch, PITChannelState),
        VMSTATE_UINT8(rw_mode, PITChannelState),
        VMSTATE_UINT8(mode, PITChannelState),
        VMSTATE_UINT8(bcd, PITChannelState),
        VMSTATE_UINT8(gate, PITChannelState),
        VMSTATE_INT64(count_load_time, PITChannelState),
        VMSTATE_INT64(next_transition_time, PITChannelState),
        VMSTATE_END_OF_LIST()
    }
};

static int pit_dispatch_pre_save(void *opaque)
{
    PITCommonState *s = opaque;
    PITCommonClass *c = PIT_COMMON_GET_CLASS(s);

    if (c->pre_save) {
        c->pre_save(s);
    }
    return 0;
}

static int pit_dispatch_post_load(void *opaque, int version_id)
{
    PITCommonState *s = opaque;
    PITCommonClass *c = PIT_COMMON_GET_CLASS(s);

    if (c->post_load) {
        c->post_load(s);
    }
    return 0;
}

static const VMStateDescription vmstate_pit_common = {
    .name = "i8254",
    .version_id = 3,
    .minimum_version_id = 2,
    .pre_save = pit_dispatch_pre_save,
    .post_load = pit_dispatch_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32_V(channels[0].irq_disabled, PITCommonState, 3),
        VMSTATE_STRUCT_ARRAY(channels, PITCommonState, 3, 2,
                             vmstate_pit_channel, PITChannelState),
        VMSTATE_INT64(channels[0].next_transition_time, PITCommonState),
        VMSTATE_END_OF_LIST()
    }
};

static void pit_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = pit_common_realize;
    dc->vmsd = &vmstate_pit_common;
    /* The board knows where it goes and what it is wired to. */
    dc->user_creatable = false;
}

static const TypeInfo pit_common_type = {
    .name          = TYPE_PIT_COMMON,
    .parent        = TYPE_ISA_DEVICE,
    .instance_size = sizeof(PITCommonState),
    .class_size    = sizeof(PITCommonClass),
    .class_init    = pit_common_class_init,
    .abstract      = true,
};

static void pit_common_register_types(void)
{
    type_register_static(&pit_common_type);
}

type_init(pit_common_register_types)
