/*
 * The 8254 interval timer, played by us.
 *
 * Read first: hw/timer/i8254.h, i8254_common.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "hw/timer/i8254.h"
#include "hw/timer/i8254_internal.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qom/object.h"

/* The bytes that a counter's port takes or gives, in the control word. */
enum {
    RW_STATE_LSB = 1,
    RW_STATE_MSB,
    RW_STATE_WORD0,     /* low byte first … */
    RW_STATE_WORD1,     /* … then the high one */
};

typedef struct PITClass {
    PITCommonClass parent_class;

    DeviceRealize parent_realize;
} PITClass;

DECLARE_CLASS_CHECKERS(PITClass, PIT, TYPE_I8254)

static void pit_irq_timer_update(PITChannelState *s, int64_t current_time)
{
    int64_t expire_time;

    if (!s->irq_timer || s->irq_disabled) {
        return;
    }
    expire_time = pit_get_next_transition_time(s, current_time);
    qemu_set_irq(s->irq, pit_get_out(s, current_time));
    s->next_transition_time = expire_time;
    if (expire_time != -1) {
        timer_mod(s->irq_timer, expire_time);
    } else {
        timer_del(s->irq_timer);
    }
}

/* At the moment that was meant, however late this runs: no drift. */
static void pit_irq_timer(void *opaque)
{
    PITChannelState *s = opaque;

    pit_irq_timer_update(s, s->next_transition_time);
}

static int pit_get_count(PITChannelState *s)
{
    uint64_t d = muldiv64(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) -
                          s->count_load_time, PIT_FREQ,
                          NANOSECONDS_PER_SECOND);

    switch (s->mode) {
    case 0:
    case 1:
    case 4:
    case 5:
        return (s->count - d) & 0xffff;
    case 3:
        /* A square wave counts down by two, twice a round. */
        return s->count - ((2 * d) % s->count);
    default:
        return s->count - (d % s->count);
    }
}

/* A rising gate starts modes 1 and 5, and restarts 2 and 3. */
static void pit_set_channel_gate(PITCommonState *s, PITChannelState *sc,
                                 int val)
{
    switch (sc->mode) {
    default:
    case 0:
    case 4:
        break;          /* a low gate would hold the count: not played */
    case 1:
    case 5:
    case 2:
    case 3:
        if (sc->gate < val) {
            sc->count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
            pit_irq_timer_update(sc, sc->count_load_time);
        }
        break;
    }
    sc->gate = val;
}

static void pit_load_count(PITChannelState *s, int val)
{
    s->count = val ?: 0x10000;
    s->count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    pit_irq_timer_update(s, s->count_load_time);
}

/* Ports */

static void pit_latch_count(PITChannelState *s)
{
    if (!s->count_latched) {
        s->latched_count = pit_get_count(s);
        s->count_latched = s->rw_mode;
    }
}

static void pit_latch_status(PITChannelState *s)
{
    if (!s->status_latched) {
        s->status = pit_get_out(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL)) << 7 |
                    s->rw_mode << 4 | s->mode << 1 | s->bcd;
        s->status_latched = 1;
    }
}

/* Data sheet, "Control word format" and "Read-back command". */
static void pit_write_control(PITCommonState *pit, uint8_t val)
{
    int channel = val >> 6;
    PITChannelState *s;
    int access;

    if (channel == 3) {
        for (channel = 0; channel < 3; channel++) {
            s = &pit->channels[channel];
            if (!(val & (2 << channel))) {
                continue;
            }
            if (!(val & 0x20)) {
                pit_latch_count(s);
            }
            if (!(val & 0x10)) {
                pit_latch_status(s);
            }
        }
        return;
    }

    s = &pit->channels[channel];
    access = (val >> 4) & 3;
    if (access == 0) {
        pit_latch_count(s);
        return;
    }
    s->rw_mode = access;
    s->read_state = access;
    s->write_state = access;
    s->mode = (val >> 1) & 7;
    if (s->mode > 5) {
        s->mode -= 4;   /* 6 and 7 are other names for 2 and 3 */
    }
    s->bcd = val & 1;
}

static void pit_ioport_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    PITCommonState *pit = opaque;
    PITChannelState *s;

    addr &= 3;
    if (addr == 3) {
        pit_write_control(pit, val);
        return;
    }
    s = &pit->channels[addr];
    switch (s->write_state) {
    default:
    case RW_STATE_LSB:
        pit_load_count(s, val & 0xff);
        break;
    case RW_STATE_MSB:
        pit_load_count(s, (val & 0xff) << 8);
        break;
    case RW_STATE_WORD0:
        s->write_latch = val;
        s->write_state = RW_STATE_WORD1;
        break;
    case RW_STATE_WORD1:
        pit_load_count(s, s->write_latch | (val & 0xff) << 8);
        s->write_state = RW_STATE_WORD0;
        break;
    }
}

static uint64_t pit_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    PITCommonState *pit = opaque;
    PITChannelState *s;
    uint8_t ret;

    addr &= 3;
    if (addr == 3) {
        return 0;       /* the control word cannot be read */
    }
    s = &pit->channels[addr];
    if (s->status_latched) {
        s->status_latched = 0;
        return s->status;
    }
    if (s->count_latched) {
        switch (s->count_latched) {
        default:
        case RW_STATE_LSB:
            ret = s->latched_count & 0xff;
            s->count_latched = 0;
            break;
        case RW_STATE_MSB:
            ret = s->latched_count >> 8;
            s->count_latched = 0;
            break;
        case RW_STATE_WORD0:
            ret = s->latched_count & 0xff;
            s->count_latched = RW_STATE_MSB;
            break;
        }
        return ret;
    }
    switch (s->read_state) {
    default:
    case RW_STATE_LSB:
        return pit_get_count(s) & 0xff;
    case RW_STATE_MSB:
        return (pit_get_count(s) >> 8) & 0xff;
    case RW_STATE_WORD0:
        s->read_state = RW_STATE_WORD1;
        return pit_get_count(s) & 0xff;
    case RW_STATE_WORD1:
        s->read_state = RW_STATE_WORD0;
        return (pit_get_count(s) >> 8) & 0xff;
    }
}

static const MemoryRegionOps pit_ioport_ops = {
    .read = pit_ioport_read,
    .write = pit_ioport_write,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Life */

/* An HPET in legacy mode takes counter 0's interrupt away, and gives it back. */
static void pit_irq_control(void *opaque, int n, int enable)
{
    PITCommonState *pit = opaque;
    PITChannelState *s = &pit->channels[0];

    if (enable) {
        s->irq_disabled = 0;
        pit_irq_timer_update(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    } else {
        s->irq_disabled = 1;
        timer_del(s->irq_timer);
    }
}

static void pit_reset(DeviceState *dev)
{
    PITCommonState *pit = PIT_COMMON(dev);
    PITChannelState *s = &pit->channels[0];

    pit_reset_common(pit);
    if (!s->irq_disabled) {
        timer_mod(s->irq_timer, s->next_transition_time);
    }
}

static void pit_post_load(PITCommonState *s)
{
    PITChannelState *sc = &s->channels[0];

    if (sc->next_transition_time != -1 && !sc->irq_disabled) {
        timer_mod(sc->irq_timer, sc->next_transition_time);
    } else {
        timer_del(sc->irq_timer);
    }
}

static void pit_realizefn(DeviceState *dev, Error **errp)
{
    PITCommonState *pit = PIT_COMMON(dev);
    PITChannelState *s = &pit->channels[0];

    s->irq_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, pit_irq_timer, s);
    qdev_init_gpio_out(dev, &s->irq, 1);
    memory_region_init_io(&pit->ioports, OBJECT(pit), &pit_ioport_ops, pit,
                          "pit", 4);
    qdev_init_gpio_in(dev, pit_irq_control, 1);

    PIT_GET_CLASS(dev)->parent_realize(dev, errp);
}

static void pit_unrealizefn(DeviceState *dev)
{
    PITCommonState *pit = PIT_COMMON(dev);

    timer_free(pit->channels[0].irq_timer);
    pit->channels[0].irq_timer = NULL;
}

static Property pit_properties[] = {
    DEFINE_PROP_UINT32("iobase", PITCommonState, iobase, -1),
    DEFINE_PROP_END_OF_LIST(),
};

static void pit_class_initfn(ObjectClass *klass, void *data)
{
    PITClass *pc = PIT_CLASS(klass);
    PITCommonClass *k = PIT_COMMON_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_parent_realize(dc, pit_realizefn, &pc->parent_realize);
    dc->unrealize = pit_unrealizefn;
    dc->reset = pit_reset;
    k->set_channel_gate = pit_set_channel_gate;
    k->get_channel_info = pit_get_channel_info_common;
    k->post_load = pit_post_load;
    device_class_set_props(dc, pit_properties);
}

static const TypeInfo pit_info = {
    .name          = TYPE_I8254,
    .parent        = TYPE_PIT_COMMON,
    .instance_size = sizeof(PITCommonState),
    .class_init    = pit_class_initfn,
    .class_size    = sizeof(PITClass),
};

static void pit_register_types(void)
{
    type_register_static(&pit_info);
}

type_init(pit_register_types)
