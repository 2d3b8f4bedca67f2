/*
 * i8259: the interrupt controllers of a PC.
 *
 * A request (IRR) that is not masked (IMR) and has a higher priority than what
 * is in service (ISR) raises INT.  The CPU acknowledges: the request moves
 * from IRR to ISR, and the CPU gets its vector.  EOI takes it out of ISR.
 *
 * Priorities go round: line priority_add is the highest, the one before it the
 * lowest.
 *
 * Read first: hw/intc/i8259.h, hw/isa/i8259_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/intc/i8259.h"
#include "hw/irq.h"
#include "hw/isa/i8259_internal.h"
#include "qemu/module.h"
#include "trace.h"

/* The line of the first controller that the second one hangs on. */
#define PIC_CASCADE_LINE 2

typedef struct PICClass PICClass;
DECLARE_CLASS_CHECKERS(PICClass, PIC, TYPE_I8259)

struct PICClass {
    PICCommonClass parent_class;

    DeviceRealize parent_realize;
};

PICCommonState *isa_pic;
static PICCommonState *slave_pic;

/* Requests, masks, service */

/* How far the most urgent line in @mask is from the top; 8: there is none. */
static int pic_get_priority(PICCommonState *s, int mask)
{
    int priority = 0;

    if (mask == 0) {
        return 8;
    }
    while ((mask & (1 << ((priority + s->priority_add) & 7))) == 0) {
        priority++;
    }
    return priority;
}

/* The line that may interrupt the CPU now, or -1. */
static int pic_get_irq(PICCommonState *s)
{
    int requested = pic_get_priority(s, s->irr & ~s->imr);
    int in_service = s->isr;

    if (requested == 8) {
        return -1;
    }
    if (s->special_mask) {
        in_service &= ~s->imr;
    }
    /* In this mode the slave's next request need not wait for its last. */
    if (s->special_fully_nested_mode && s->master) {
        in_service &= ~(1 << PIC_CASCADE_LINE);
    }
    if (requested >= pic_get_priority(s, in_service)) {
        return -1;
    }
    return (requested + s->priority_add) & 7;
}

static void pic_update_irq(PICCommonState *s)
{
    int irq = pic_get_irq(s);

    trace_pic_update_irq(s->master, s->imr, s->irr, s->priority_add);
    qemu_set_irq(s->int_out[0], irq >= 0);
}

static bool pic_is_level(PICCommonState *s, int irq)
{
    return s->ltim || (s->elcr & (1 << irq));
}

/* A device drives its line. */
static void pic_set_irq(void *opaque, int irq, int level)
{
    PICCommonState *s = opaque;
    int mask = 1 << irq;

    trace_pic_set_irq(s->master, irq, level);
    pic_stat_update_irq(s->master ? irq : irq + 8, level);

    if (pic_is_level(s, irq)) {
        if (level) {
            s->irr |= mask;
            s->last_irr |= mask;
        } else {
            s->irr &= ~mask;
            s->last_irr &= ~mask;
        }
    } else {
        if (level) {
            if ((s->last_irr & mask) == 0) {
                s->irr |= mask;
            }
            s->last_irr |= mask;
        } else {
            s->last_irr &= ~mask;
        }
    }
    pic_update_irq(s);
}

/* The CPU takes the interrupt. */
static void pic_intack(PICCommonState *s, int irq)
{
    if (s->auto_eoi) {
        if (s->rotate_on_auto_eoi) {
            s->priority_add = (irq + 1) & 7;
        }
    } else {
        s->isr |= 1 << irq;
    }
    /* A level is a request for as long as it is up. */
    if (!pic_is_level(s, irq)) {
        s->irr &= ~(1 << irq);
    }
    pic_update_irq(s);
}

int pic_read_irq(PICCommonState *s)
{
    int irq = pic_get_irq(s);
    int intno;

    if (irq < 0) {
        /* The request went away before the CPU came: it is line 7, says Intel. */
        return s->irq_base + 7;
    }

    if (irq == PIC_CASCADE_LINE && s == isa_pic) {
        int irq2 = pic_get_irq(slave_pic);

        if (irq2 >= 0) {
            pic_intack(slave_pic, irq2);
        } else {
            irq2 = 7;
        }
        intno = slave_pic->irq_base + irq2;
    } else {
        intno = s->irq_base + irq;
    }
    pic_intack(s, irq);

    trace_pic_interrupt(irq, intno);
    return intno;
}

int pic_get_output(PICCommonState *s)
{
    return pic_get_irq(s) >= 0;
}

/* Registers */

static void pic_init_reset(PICCommonState *s)
{
    pic_reset_common(s);
    pic_update_irq(s);
}

static void pic_reset(DeviceState *dev)
{
    PICCommonState *s = PIC_COMMON(dev);

    s->elcr = 0;
    pic_init_reset(s);
}

/* Line @irq has been served. */
static void pic_eoi(PICCommonState *s, int irq, bool rotate)
{
    s->isr &= ~(1 << irq);
    if (rotate) {
        s->priority_add = (irq + 1) & 7;
    }
    pic_update_irq(s);
}

/* Operation command word 2: end of interrupt, and priorities. */
static void pic_write_ocw2(PICCommonState *s, int val)
{
    int cmd = val >> 5;
    int priority;

    switch (cmd) {
    case 0:                             /* automatic EOI does not rotate */
    case 4:                             /* it does */
        s->rotate_on_auto_eoi = cmd >> 2;
        break;
    case 1:                             /* EOI of the most urgent one */
    case 5:                             /* the same, and rotate */
        priority = pic_get_priority(s, s->isr);
        if (priority != 8) {
            pic_eoi(s, (priority + s->priority_add) & 7, cmd == 5);
        }
        break;
    case 3:                             /* EOI of this one */
    case 7:                             /* the same, and rotate */
        pic_eoi(s, val & 7, cmd == 7);
        break;
    case 6:                             /* this one is the lowest now */
        s->priority_add = (val + 1) & 7;
        pic_update_irq(s);
        break;
    }
}

static void pic_write_command(PICCommonState *s, int val)
{
    if (val & 0x10) {                   /* ICW1: start again */
        pic_init_reset(s);
        s->init_state = 1;
        s->init4 = val & 1;
        s->single_mode = val & 2;
        s->ltim = val & 8;
    } else if (val & 0x08) {            /* OCW3 */
        if (val & 0x04) {
            s->poll = 1;
        }
        if (val & 0x02) {
            s->read_reg_select = val & 1;
        }
        if (val & 0x40) {
            s->special_mask = (val >> 5) & 1;
        }
    } else {
        pic_write_ocw2(s, val);
    }
}

static void pic_write_data(PICCommonState *s, int val)
{
    switch (s->init_state) {
    case 0:                             /* OCW1: the mask */
        s->imr = val;
        pic_update_irq(s);
        break;
    case 1:                             /* ICW2: the vectors */
        s->irq_base = val & 0xf8;
        s->init_state = s->single_mode ? (s->init4 ? 3 : 0) : 2;
        break;
    case 2:                             /* ICW3: the cascade, which is wired */
        s->init_state = s->init4 ? 3 : 0;
        break;
    case 3:                             /* ICW4 */
        s->special_fully_nested_mode = (val >> 4) & 1;
        s->auto_eoi = (val >> 1) & 1;
        s->init_state = 0;
        break;
    }
}

static void pic_ioport_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    PICCommonState *s = opaque;

    trace_pic_ioport_write(s->master, addr, val);
    if (addr == 0) {
        pic_write_command(s, val);
    } else {
        pic_write_data(s, val);
    }
}

static uint64_t pic_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    PICCommonState *s = opaque;
    int ret;

    if (s->poll) {
        /* Polling is an acknowledge cycle by software. */
        s->poll = 0;
        ret = pic_get_irq(s);
        if (ret >= 0) {
            pic_intack(s, ret);
            ret |= 0x80;
        } else {
            ret = 0;
        }
    } else if (addr == 0) {
        ret = s->read_reg_select ? s->isr : s->irr;
    } else {
        ret = s->imr;
    }
    trace_pic_ioport_read(s->master, addr, ret);
    return ret;
}

static void elcr_ioport_write(void *opaque, hwaddr addr, uint64_t val,
                              unsigned size)
{
    PICCommonState *s = opaque;

    s->elcr = val & s->elcr_mask;
}

static uint64_t elcr_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    PICCommonState *s = opaque;

    return s->elcr;
}

static const MemoryRegionOps pic_base_ioport_ops = {
    .read = pic_ioport_read,
    .write = pic_ioport_write,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

static const MemoryRegionOps pic_elcr_ioport_ops = {
    .read = elcr_ioport_read,
    .write = elcr_ioport_write,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

/* Life */

static void pic_realize(DeviceState *dev, Error **errp)
{
    PICCommonState *s = PIC_COMMON(dev);

    memory_region_init_io(&s->base_io, OBJECT(s), &pic_base_ioport_ops, s,
                          "pic", 2);
    memory_region_init_io(&s->elcr_io, OBJECT(s), &pic_elcr_ioport_ops, s,
                          "elcr", 1);
    qdev_init_gpio_out(dev, s->int_out, ARRAY_SIZE(s->int_out));
    qdev_init_gpio_in(dev, pic_set_irq, 8);

    PIC_GET_CLASS(dev)->parent_realize(dev, errp);
}

qemu_irq *i8259_init(ISABus *bus, qemu_irq parent_irq)
{
    qemu_irq *irq_set = g_new0(qemu_irq, ISA_NUM_IRQS);
    DeviceState *dev;

    dev = DEVICE(i8259_init_chip(TYPE_I8259, bus, true));
    qdev_connect_gpio_out(dev, 0, parent_irq);
    for (int i = 0; i < 8; i++) {
        irq_set[i] = qdev_get_gpio_in(dev, i);
    }
    isa_pic = PIC_COMMON(dev);

    dev = DEVICE(i8259_init_chip(TYPE_I8259, bus, false));
    qdev_connect_gpio_out(dev, 0, irq_set[PIC_CASCADE_LINE]);
    for (int i = 0; i < 8; i++) {
        irq_set[i + 8] = qdev_get_gpio_in(dev, i);
    }
    slave_pic = PIC_COMMON(dev);

    return irq_set;
}

/* Type */

static void i8259_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_parent_realize(dc, pic_realize,
                                    &PIC_CLASS(klass)->parent_realize);
    dc->reset = pic_reset;
}

static const TypeInfo i8259_info = {
    .name       = TYPE_I8259,
    .parent     = TYPE_PIC_COMMON,
    .class_init = i8259_class_init,
    .class_size = sizeof(PICClass),
};

static void pic_register_types(void)
{
    type_register_static(&i8259_info);
}

type_init(pic_register_types)
