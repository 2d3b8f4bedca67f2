/*
 * The local APIC: what does not depend on who plays the chip.
 *
 * Read first: hw/i386/apic.h, hw/i386/apic_internal.h.  Read next: apic.c, or
 * hw/i386/kvm/apic.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "sysemu/hw_accel.h"
#include "sysemu/kvm.h"
#include "trace.h"

static const VMStateDescription vmstate_apic_common;
static int apic_irq_delivered;

APICCommonClass *apic_get_class(void)
{
    const char *apic_type = kvm_irqchip_in_kernel() ? "kvm-apic" : "apic";

    return APIC_COMMON_CLASS(object_class_by_name(apic_type));
}

/* The CPU's side */

void cpu_set_apic_base(DeviceState *dev, uint64_t val)
{
    if (dev) {
        APICCommonState *s = APIC_COMMON(dev);

        APIC_COMMON_GET_CLASS(s)->set_base(s, val);
    }
}

uint64_t cpu_get_apic_base(DeviceState *dev)
{
    return dev ? APIC_COMMON(dev)->apicbase : MSR_IA32_APICBASE_BSP;
}

void cpu_set_apic_tpr(DeviceState *dev, uint8_t val)
{
    if (dev) {
        APICCommonState *s = APIC_COMMON(dev);

        APIC_COMMON_GET_CLASS(s)->set_tpr(s, val);
    }
}

uint8_t cpu_get_apic_tpr(DeviceState *dev)
{
    if (!dev) {
        return 0;
    }
    return APIC_COMMON_GET_CLASS(dev)->get_tpr(APIC_COMMON(dev));
}

void apic_deliver_nmi(DeviceState *dev)
{
    APICCommonState *s = APIC_COMMON(dev);

    APIC_COMMON_GET_CLASS(s)->external_nmi(s);
}

void apic_reset_irq_delivered(void)
{
    trace_apic_reset_irq_delivered(apic_irq_delivered);
    apic_irq_delivered = 0;
}

int apic_get_irq_delivered(void)
{
    trace_apic_get_irq_delivered(apic_irq_delivered);
    return apic_irq_delivered;
}

/* The timer */

bool apic_next_timer(APICCommonState *s, int64_t current_time)
{
    uint32_t lvt = s->lvt[APIC_LVT_TIMER];
    uint64_t round, ticks;

    s->timer_expiry = -1;
    /* A deadline is in the CPU's TSC; only the kernel knows that. */
    if ((lvt & APIC_LVT_MASKED) || (lvt & APIC_LVT_TIMER_TSCDEADLINE) ||
        !s->initial_count) {
        return false;
    }
    ticks = (current_time - s->initial_count_load_time) >> s->count_shift;
    round = (uint64_t)s->initial_count + 1;
    if (lvt & APIC_LVT_TIMER_PERIODIC) {
        ticks = (ticks / round + 1) * round;
    } else if (ticks >= s->initial_count) {
        return false;
    } else {
        ticks = round;
    }
    s->next_time = s->initial_count_load_time + (ticks << s->count_shift);
    s->timer_expiry = s->next_time;
    return true;
}

/* Reset */

void apic_designate_bsp(DeviceState *dev, bool bsp)
{
    APICCommonState *s;

    if (!dev) {
        return;
    }
    s = APIC_COMMON(dev);
    if (bsp) {
        s->apicbase |= MSR_IA32_APICBASE_BSP;
    } else {
        s->apicbase &= ~MSR_IA32_APICBASE_BSP;
    }
}

/* What INIT does: all but the base and the ID (SDM volume 3, 11.4.7.3). */
void apic_init_reset(DeviceState *dev)
{
    APICCommonState *s;

    if (!dev) {
        return;
    }
    s = APIC_COMMON(dev);
    s->tpr = 0;
    s->spurious_vec = 0xff;
    s->log_dest = 0;
    s->dest_mode = APIC_DESTMODE_FLAT;
    memset(s->isr, 0, sizeof(s->isr));
    memset(s->tmr, 0, sizeof(s->tmr));
    memset(s->irr, 0, sizeof(s->irr));
    for (int i = 0; i < APIC_LVT_NB; i++) {
        s->lvt[i] = APIC_LVT_MASKED;
    }
    s->esr = 0;
    memset(s->icr, 0, sizeof(s->icr));
    s->divide_conf = 0;
    s->count_shift = 1;
    s->initial_count = 0;
    s->initial_count_load_time = 0;
    s->next_time = 0;
    s->wait_for_sipi = !cpu_is_bsp(s->cpu);
    if (s->timer) {
        timer_del(s->timer);
    }
    s->timer_expiry = -1;

    if (APIC_COMMON_GET_CLASS(s)->reset) {
        APIC_COMMON_GET_CLASS(s)->reset(s);
    }
}

static void apic_reset_common(DeviceState *dev)
{
    APICCommonState *s = APIC_COMMON(dev);
    uint32_t bsp = s->apicbase & MSR_IA32_APICBASE_BSP;

    s->apicbase = APIC_DEFAULT_ADDRESS | bsp | MSR_IA32_APICBASE_ENABLE;
    s->id = s->initial_apic_id;
    apic_reset_irq_delivered();
    apic_init_reset(dev);
}

/* Life */

static void apic_common_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    APICCommonState *s = APIC_COMMON(dev);

    APIC_COMMON_GET_CLASS(s)->realize(dev, errp);
    if (*errp) {
        return;
    }
    /* QEMU's number for what it saves: CPUs may come and go. */
    vmstate_register_with_alias_id(NULL, s->initial_apic_id,
                                   &vmstate_apic_common, s, -1, 0, NULL);
}

static void apic_common_unrealize(DeviceState *dev)
{
    APICCommonState *s = APIC_COMMON(dev);

    vmstate_unregister(NULL, &vmstate_apic_common, s);
    APIC_COMMON_GET_CLASS(s)->unrealize(dev);
}

static int apic_dispatch_pre_save(void *opaque)
{
    APICCommonState *s = APIC_COMMON(opaque);

    if (APIC_COMMON_GET_CLASS(s)->pre_save) {
        APIC_COMMON_GET_CLASS(s)->pre_save(s);
    }
    return 0;
}

static int apic_dispatch_post_load(void *opaque, int version_id)
{
    APICCommonState *s = APIC_COMMON(opaque);

    if (APIC_COMMON_GET_CLASS(s)->post_load) {
        APIC_COMMON_GET_CLASS(s)->post_load(s);
    }
    return 0;
}

static bool apic_common_sipi_needed(void *opaque)
{
    return APIC_COMMON(opaque)->wait_for_sipi != 0;
}

static const VMStateDescription vmstate_apic_common_sipi = {
    .name = "apic_sipi",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = apic_common_sipi_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(sipi_vector, APICCommonState),
        VMSTATE_INT32(wait_for_sipi, APICCommonState),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_apic_common = {
    .name = "apic",
    .version_id = 3,
    .minimum_version_id = 3,
    .pre_save = apic_dispatch_pre_save,
    .post_load = apic_dispatch_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(apicbase, APICCommonState),
        VMSTATE_UINT8(id, APICCommonState),
        VMSTATE_UINT8(arb_id, APICCommonState),
        VMSTATE_UINT8(tpr, APICCommonState),
        VMSTATE_UINT32(spurious_vec, APICCommonState),
        VMSTATE_UINT8(log_dest, APICCommonState),
        VMSTATE_UINT8(dest_mode, APICCommonState),
        VMSTATE_UINT32_ARRAY(isr, APICCommonState, 8),
        VMSTATE_UINT32_ARRAY(tmr, APICCommonState, 8),
        VMSTATE_UINT32_ARRAY(irr, APICCommonState, 8),
        VMSTATE_UINT32_ARRAY(lvt, APICCommonState, APIC_LVT_NB),
        VMSTATE_UINT32(esr, APICCommonState),
        VMSTATE_UINT32_ARRAY(icr, APICCommonState, 2),
        VMSTATE_UINT32(divide_conf, APICCommonState),
        VMSTATE_INT32(count_shift, APICCommonState),
        VMSTATE_UINT32(initial_count, APICCommonState),
        VMSTATE_INT64(initial_count_load_time, APICCommonState),
        VMSTATE_INT64(next_time, APICCommonState),
        VMSTATE_INT64(timer_expiry, APICCommonState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_apic_common_sipi,
        NULL
    }
};

static Property apic_properties_common[] = {
    DEFINE_PROP_UINT8("version", APICCommonState, version, 0x14),
    DEFINE_PROP_END_OF_LIST(),
};

/* The ID is 32 bits where it is a number of the board's, 8 in the register. */
static void apic_common_get_id(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    uint32_t value = APIC_COMMON(obj)->initial_apic_id;

    visit_type_uint32(v, name, &value, errp);
}

static void apic_common_set_id(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    APICCommonState *s = APIC_COMMON(obj);
    uint32_t value;

    if (DEVICE(obj)->realized) {
        qdev_prop_set_after_realize(DEVICE(obj), name, errp);
        return;
    }
    if (visit_type_uint32(v, name, &value, errp)) {
        s->initial_apic_id = value;
        s->id = (uint8_t)value;
    }
}

static void apic_common_initfn(Object *obj)
{
    APICCommonState *s = APIC_COMMON(obj);

    s->id = s->initial_apic_id = -1;
    object_property_add(obj, "id", "uint32", apic_common_get_id,
                        apic_common_set_id, NULL, NULL);
}

static void apic_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->reset = apic_reset_common;
    device_class_set_props(dc, apic_properties_common);
    dc->realize = apic_common_realize;
    dc->unrealize = apic_common_unrealize;
    /* It belongs to a CPU, which makes it. */
    dc->user_creatable = false;
}

static const TypeInfo apic_common_type = {
    .name = TYPE_APIC_COMMON,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(APICCommonState),
    .instance_init = apic_common_initfn,
    .class_size = sizeof(APICCommonClass),
    .class_init = apic_common_class_init,
    .abstract = true,
};

static void apic_common_register_types(void)
{
    type_register_static(&apic_common_type);
}

type_init(apic_common_register_types)
