/*
 * The kernel's pair of PICs, "kvm-i8259": two of them, as of ours.
 *
 * The kernel plays the chips; a line set here goes to it as a GSI.  State comes
 * and goes for `info pic`, reset and migration (KVM API 4.26, KVM_GET_IRQCHIP).
 *
 * Read first: hw/intc/i8259_common.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/isa/i8259_internal.h"
#include "hw/intc/i8259.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/kvm.h"

typedef struct KVMPICClass {
    PICCommonClass parent_class;

    DeviceRealize parent_realize;
} KVMPICClass;

DECLARE_CLASS_CHECKERS(KVMPICClass, KVM_PIC, TYPE_KVM_I8259)

static int kvm_pic_chip_id(PICCommonState *s)
{
    return s->master ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE;
}

static void kvm_pic_get(PICCommonState *s)
{
    struct kvm_irqchip chip = { .chip_id = kvm_pic_chip_id(s) };
    struct kvm_pic_state *kpic = &chip.chip.pic;
    int ret = kvm_vm_ioctl(kvm_state, KVM_GET_IRQCHIP, &chip);

    if (ret < 0) {
        error_report_once("KVM_GET_IRQCHIP failed: %s", strerror(-ret));
        return;
    }
    s->last_irr = kpic->last_irr;
    s->irr = kpic->irr;
    s->imr = kpic->imr;
    s->isr = kpic->isr;
    s->priority_add = kpic->priority_add;
    s->irq_base = kpic->irq_base;
    s->read_reg_select = kpic->read_reg_select;
    s->poll = kpic->poll;
    s->special_mask = kpic->special_mask;
    s->init_state = kpic->init_state;
    s->auto_eoi = kpic->auto_eoi;
    s->rotate_on_auto_eoi = kpic->rotate_on_auto_eoi;
    s->special_fully_nested_mode = kpic->special_fully_nested_mode;
    s->init4 = kpic->init4;
    s->elcr = kpic->elcr;
    s->elcr_mask = kpic->elcr_mask;
}

static void kvm_pic_put(PICCommonState *s)
{
    struct kvm_irqchip chip = {
        .chip_id = kvm_pic_chip_id(s),
        .chip.pic = {
            .last_irr = s->last_irr,
            .irr = s->irr,
            .imr = s->imr,
            .isr = s->isr,
            .priority_add = s->priority_add,
            .irq_base = s->irq_base,
            .read_reg_select = s->read_reg_select,
            .poll = s->poll,
            .special_mask = s->special_mask,
            .init_state = s->init_state,
            .auto_eoi = s->auto_eoi,
            .rotate_on_auto_eoi = s->rotate_on_auto_eoi,
            .special_fully_nested_mode = s->special_fully_nested_mode,
            .init4 = s->init4,
            .elcr = s->elcr,
            .elcr_mask = s->elcr_mask,
        },
    };
    int ret = kvm_vm_ioctl(kvm_state, KVM_SET_IRQCHIP, &chip);

    if (ret < 0) {
        error_report_once("KVM_SET_IRQCHIP failed: %s", strerror(-ret));
    }
}

static void kvm_pic_reset(DeviceState *dev)
{
    PICCommonState *s = PIC_COMMON(dev);

    s->elcr = 0;
    pic_reset_common(s);
    kvm_pic_put(s);
}

static void kvm_pic_set_irq(void *opaque, int irq, int level)
{
    pic_stat_update_irq(irq, level);
    kvm_set_irq(kvm_state, irq, level);
}

/* The kernel takes the ports; the regions are there to be seen. */
static void kvm_pic_realize(DeviceState *dev, Error **errp)
{
    PICCommonState *s = PIC_COMMON(dev);

    memory_region_init_io(&s->base_io, OBJECT(dev), NULL, NULL, "kvm-pic", 2);
    memory_region_init_io(&s->elcr_io, OBJECT(dev), NULL, NULL, "kvm-elcr", 1);

    KVM_PIC_GET_CLASS(dev)->parent_realize(dev, errp);
}

qemu_irq *kvm_i8259_init(ISABus *bus)
{
    i8259_init_chip(TYPE_KVM_I8259, bus, true);
    i8259_init_chip(TYPE_KVM_I8259, bus, false);

    return qemu_allocate_irqs(kvm_pic_set_irq, NULL, ISA_NUM_IRQS);
}

static void kvm_i8259_class_init(ObjectClass *klass, void *data)
{
    PICCommonClass *k = PIC_COMMON_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->reset = kvm_pic_reset;
    device_class_set_parent_realize(dc, kvm_pic_realize,
                                    &KVM_PIC_CLASS(klass)->parent_realize);
    k->pre_save = kvm_pic_get;
    k->post_load = kvm_pic_put;
}

static const TypeInfo kvm_i8259_info = {
    .name       = TYPE_KVM_I8259,
    .parent     = TYPE_PIC_COMMON,
    .class_init = kvm_i8259_class_init,
    .class_size = sizeof(KVMPICClass),
};

static void kvm_pic_register_types(void)
{
    type_register_static(&kvm_i8259_info);
}

type_init(kvm_pic_register_types)
