/*
 * The kernel's IOAPIC, "kvm-ioapic".
 *
 * Read first: hw/intc/ioapic_common.c, hw/i386/kvm/i8259.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/i386/ioapic_internal.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/kvm.h"

OBJECT_DECLARE_SIMPLE_TYPE(KVMIOAPICState, KVM_IOAPIC)

struct KVMIOAPICState {
    IOAPICCommonState ioapic;

    uint32_t kvm_gsi_base;      /* property: the GSI of pin 0 */
};

static void kvm_ioapic_get(IOAPICCommonState *s)
{
    struct kvm_irqchip chip = { .chip_id = KVM_IRQCHIP_IOAPIC };
    struct kvm_ioapic_state *kioapic = &chip.chip.ioapic;
    int ret = kvm_vm_ioctl(kvm_state, KVM_GET_IRQCHIP, &chip);

    if (ret < 0) {
        error_report_once("KVM_GET_IRQCHIP failed: %s", strerror(-ret));
        return;
    }
    s->id = kioapic->id;
    s->ioregsel = kioapic->ioregsel;
    s->irr = kioapic->irr;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        s->ioredtbl[i] = kioapic->redirtbl[i].bits;
    }
}

static void kvm_ioapic_put(IOAPICCommonState *s)
{
    struct kvm_irqchip chip = { .chip_id = KVM_IRQCHIP_IOAPIC };
    struct kvm_ioapic_state *kioapic = &chip.chip.ioapic;
    int ret;

    kioapic->base_address = s->busdev.mmio[0].addr;
    kioapic->id = s->id;
    kioapic->ioregsel = s->ioregsel;
    kioapic->irr = s->irr;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        kioapic->redirtbl[i].bits = s->ioredtbl[i];
    }
    ret = kvm_vm_ioctl(kvm_state, KVM_SET_IRQCHIP, &chip);
    if (ret < 0) {
        error_report_once("KVM_SET_IRQCHIP failed: %s", strerror(-ret));
    }
}

static void kvm_ioapic_reset(DeviceState *dev)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    ioapic_reset_common(dev);
    kvm_ioapic_put(s);
}

static void kvm_ioapic_set_irq(void *opaque, int irq, int level)
{
    IOAPICCommonState *common = opaque;

    ioapic_stat_update_irq(common, irq, level);
    kvm_set_irq(kvm_state, KVM_IOAPIC(opaque)->kvm_gsi_base + irq, level);
}

static void kvm_ioapic_realize(DeviceState *dev, Error **errp)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    memory_region_init_io(&s->io_memory, OBJECT(dev), NULL, NULL, "kvm-ioapic",
                          0x1000);
    /* The chip that the kernel plays is the older one. */
    s->version = 0x11;
    qdev_init_gpio_in(dev, kvm_ioapic_set_irq, IOAPIC_NUM_PINS);
}

static Property kvm_ioapic_properties[] = {
    DEFINE_PROP_UINT32("gsi_base", KVMIOAPICState, kvm_gsi_base, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void kvm_ioapic_class_init(ObjectClass *klass, void *data)
{
    IOAPICCommonClass *k = IOAPIC_COMMON_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    k->realize = kvm_ioapic_realize;
    k->pre_save = kvm_ioapic_get;
    k->post_load = kvm_ioapic_put;
    dc->reset = kvm_ioapic_reset;
    device_class_set_props(dc, kvm_ioapic_properties);
}

static const TypeInfo kvm_ioapic_info = {
    .name          = TYPE_KVM_IOAPIC,
    .parent        = TYPE_IOAPIC_COMMON,
    .instance_size = sizeof(KVMIOAPICState),
    .class_init    = kvm_ioapic_class_init,
};

static void kvm_ioapic_register_types(void)
{
    type_register_static(&kvm_ioapic_info);
}

type_init(kvm_ioapic_register_types)
