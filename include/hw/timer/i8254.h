/*
 * The 8253/8254 programmable interval timer (PIT).
 *
 * Three counters that count down at 1,193,182 Hz.  On a PC counter 0 raises
 * IRQ 0, 18.2 times a second if nobody changes it; counter 1 once refreshed
 * RAM; counter 2 drives the speaker, and its gate and output are seen at port
 * 0x61 (hw/audio/pcspk.c).
 *
 *     base + 0..2   the counters: write a start value, read where it stands
 *     base + 3      control word: which counter, which mode, latch
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I8254_H
#define HW_I8254_H

#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qom/object.h"

#define PIT_FREQ 1193182

#define TYPE_PIT_COMMON "pit-common"
OBJECT_DECLARE_TYPE(PITCommonState, PITCommonClass, PIT_COMMON)

#define TYPE_I8254 "isa-pit"
#define TYPE_KVM_I8254 "kvm-pit"

/* How a counter stands, for those who are wired to it. */
typedef struct PITChannelInfo {
    int gate;
    int mode;
    int initial_count;
    int out;
} PITChannelInfo;

/*
 * Make and realize a PIT at @base whose counter 0 drives ISA interrupt
 * @isa_irq, or @alt_irq if @isa_irq is negative.
 */
static inline ISADevice *i8254_pit_init(ISABus *bus, int base, int isa_irq,
                                        qemu_irq alt_irq)
{
    ISADevice *d = isa_new(TYPE_I8254);
    DeviceState *dev = DEVICE(d);

    qdev_prop_set_uint32(dev, "iobase", base);
    isa_realize_and_unref(d, bus, &error_fatal);
    qdev_connect_gpio_out(dev, 0,
                          isa_irq >= 0 ? isa_get_irq(d, isa_irq) : alt_irq);
    return d;
}

/* The same with the kernel's PIT, which drives the kernel's PIC. */
static inline ISADevice *kvm_pit_init(ISABus *bus, int base)
{
    ISADevice *d = isa_new(TYPE_KVM_I8254);

    qdev_prop_set_uint32(DEVICE(d), "iobase", base);
    isa_realize_and_unref(d, bus, &error_fatal);
    return d;
}

/* The gate of counter @channel becomes @val. */
void pit_set_gate(ISADevice *dev, int channel, int val);
void pit_get_channel_info(ISADevice *dev, int channel, PITChannelInfo *info);

#endif
