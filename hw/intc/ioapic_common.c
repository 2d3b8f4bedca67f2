/*
 * IOAPIC: what all of them share, whoever plays the chip.
 *
 * Read first: hw/i386/ioapic.h.  Read next: hw/intc/ioapic.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/i386/ioapic_internal.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

void ioapic_reset_common(DeviceState *dev)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    s->id = 0;
    s->ioregsel = 0;
    s->irr = 0;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        s->ioredtbl[i] = IOAPIC_LVT_MASKED;
        s->irq_eoi[i] = 0;
    }
}

void ioapic_stat_update_irq(IOAPICCommonState *s, int irq, int level)
{
    if (level != s->irq_level[irq]) {
        s->irq_level[irq] = level;
        if (level == 1) {
            s->irq_count[irq]++;
        }
    }
}

static int ioapic_dispatch_pre_save(void *opaque)
{
    IOAPICCommonState *s = opaque;
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(s);

    if (info->pre_save) {
        info->pre_save(s);
    }
    return 0;
}

static int ioapic_dispatch_post_load(void *opaque, int version_id)
{
    IOAPICCommonState *s = opaque;
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(s);

    if (info->post_load) {
        info->post_load(s);
    }
    return 0;
}

static void ioapic_common_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    IOAPICCommonState *s = IOAPIC_COMMON(dev);
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(s);

    info->realize(dev, errp);
    if (*errp) {
        return;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->io_memory);
}

static void ioapic_common_unrealize(DeviceState *dev)
{
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(dev);

    if (info->unrealize) {
        info->unrealize(dev);
    }
}

static const VMStateDescription vmstate_ioapic_common = {
    .name = "ioapic",
    .version_id = 3,
    .minimum_version_id = 1,
    .pre_save = ioapic_dispatch_pre_save,
    .post_load = ioapic_dispatch_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(id, IOAPICCommonState),
        VMSTATE_UINT8(ioregsel, IOAPICCommonState),
        VMSTATE_UNUSED_V(2, 8),
        VMSTATE_UINT32_V(irr, IOAPICCommonState, 2),
        VMSTATE_UINT64_ARRAY(ioredtbl, IOAPICCommonState, IOAPIC_NUM_PINS),
        VMSTATE_END_OF_LIST()
    }
};

static void ioapic_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = ioapic_common_realize;
    dc->unrealize = ioapic_common_unrealize;
    dc->vmsd = &vmstate_ioapic_common;
    /* Its pins and its address are the board's to connect. */
    dc->user_creatable = false;
}

static const TypeInfo ioapic_common_type = {
    .name          = TYPE_IOAPIC_COMMON,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(IOAPICCommonState),
    .class_size    = sizeof(IOAPICCommonClass),
    .class_init    = ioapic_common_class_init,
    .abstract      = true,
};

static void ioapic_common_register_types(void)
{
    type_register_static(&ioapic_common_type);
}

type_init(ioapic_common_register_types)
