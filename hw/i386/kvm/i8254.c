/*
 * The kernel's interval timer, "kvm-pit".
 *
 * The kernel plays the chip and raises the kernel's PIC (KVM API 4.71,
 * KVM_CREATE_PIT2).  Its ports never come here.  What remains for us: reset,
 * migration, and the speaker's counter, which port 0x61 shows.
 *
 * The kernel's counters run on the host's monotonic clock, ours on the virtual
 * one; what crosses over is corrected by the difference between the two.
 *
 * Read first: hw/timer/i8254_common.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/timer/i8254.h"
#include "hw/timer/i8254_internal.h"
#include "qapi/error.h"
#include "qapi/qapi-types-machine.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/kvm.h"
#include "sysemu/runstate.h"
#include "target/i386/kvm/kvm_i386.h"

#define KVM_PIT_REINJECT_BIT 0

#define CALIBRATION_ROUNDS 3

#define TYPE_KVM_PIT TYPE_KVM_I8254
OBJECT_DECLARE_TYPE(KVMPITState, KVMPITClass, KVM_PIT)

struct KVMPITState {
    PITCommonState parent_obj;

    /* Property: are ticks that a busy guest missed sent later? */
    LostTickPolicy lost_tick_policy;
    bool vm_stopped;
    int64_t kernel_clock_offset;
    VMChangeStateEntry *vmstate;
};

struct KVMPITClass {
    PITCommonClass parent_class;

    DeviceRealize parent_realize;
};

/* How far the two clocks are apart, by the least disturbed of a few looks. */
static void kvm_pit_update_clock_offset(KVMPITState *s)
{
    int64_t offset = 0, min_uncertainty = INT64_MAX;

    for (int i = 0; i < CALIBRATION_ROUNDS; i++) {
        int64_t before = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        int64_t host = g_get_monotonic_time() * 1000;
        int64_t after = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

        if (after - before < min_uncertainty) {
            min_uncertainty = after - before;
            offset = before - host;
        }
    }
    s->kernel_clock_offset = offset;
}

static void kvm_pit_get(PITCommonState *pit)
{
    KVMPITState *s = KVM_PIT(pit);
    struct kvm_pit_state2 kpit;
    int ret;

    if (s->vm_stopped) {
        return;         /* fetched when it stopped; nothing changed since */
    }
    ret = kvm_vm_ioctl(kvm_state, KVM_GET_PIT2, &kpit);
    if (ret < 0) {
        error_report_once("KVM_GET_PIT2 failed: %s", strerror(-ret));
        return;
    }
    pit->channels[0].irq_disabled = kpit.flags & KVM_PIT_FLAGS_HPET_LEGACY;
    for (int i = 0; i < 3; i++) {
        struct kvm_pit_channel_state *kchan = &kpit.channels[i];
        PITChannelState *sc = &pit->channels[i];

        sc->count = kchan->count;
        sc->latched_count = kchan->latched_count;
        sc->count_latched = kchan->count_latched;
        sc->status_latched = kchan->status_latched;
        sc->status = kchan->status;
        sc->read_state = kchan->read_state;
        sc->write_state = kchan->write_state;
        sc->write_latch = kchan->write_latch;
        sc->rw_mode = kchan->rw_mode;
        sc->mode = kchan->mode;
        sc->bcd = kchan->bcd;
        sc->gate = kchan->gate;
        sc->count_load_time = kchan->count_load_time + s->kernel_clock_offset;
    }
    pit->channels[0].next_transition_time =
        pit_get_next_transition_time(&pit->channels[0],
                                     pit->channels[0].count_load_time);
}

static void kvm_pit_put(PITCommonState *pit)
{
    KVMPITState *s = KVM_PIT(pit);
    struct kvm_pit_state2 kpit = { 0 };
    int ret;

    /* Written when the VM goes on: until then time stands still. */
    if (s->vm_stopped) {
        return;
    }
    kpit.flags = pit->channels[0].irq_disabled ? KVM_PIT_FLAGS_HPET_LEGACY : 0;
    for (int i = 0; i < 3; i++) {
        struct kvm_pit_channel_state *kchan = &kpit.channels[i];
        PITChannelState *sc = &pit->channels[i];

        kchan->count = sc->count;
        kchan->latched_count = sc->latched_count;
        kchan->count_latched = sc->count_latched;
        kchan->status_latched = sc->status_latched;
        kchan->status = sc->status;
        kchan->read_state = sc->read_state;
        kchan->write_state = sc->write_state;
        kchan->write_latch = sc->write_latch;
        kchan->rw_mode = sc->rw_mode;
        kchan->mode = sc->mode;
        kchan->bcd = sc->bcd;
        kchan->gate = sc->gate;
        kchan->count_load_time = sc->count_load_time - s->kernel_clock_offset;
    }
    ret = kvm_vm_ioctl(kvm_state, KVM_SET_PIT2, &kpit);
    if (ret < 0) {
        error_report_once("KVM_SET_PIT2 failed: %s", strerror(-ret));
    }
}

static void kvm_pit_set_gate(PITCommonState *s, PITChannelState *sc, int val)
{
    kvm_pit_get(s);
    switch (sc->mode) {
    default:
    case 0:
    case 4:
        break;
    case 1:
    case 5:
    case 2:
    case 3:
        if (sc->gate < val) {
            sc->count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        }
        break;
    }
    sc->gate = val;
    kvm_pit_put(s);
}

static void kvm_pit_get_channel_info(PITCommonState *s, PITChannelState *sc,
                                     PITChannelInfo *info)
{
    kvm_pit_get(s);
    pit_get_channel_info_common(s, sc, info);
}

static void kvm_pit_reset(DeviceState *dev)
{
    PITCommonState *s = PIT_COMMON(dev);

    pit_reset_common(s);
    kvm_pit_put(s);
}

static void kvm_pit_irq_control(void *opaque, int n, int enable)
{
    PITCommonState *pit = opaque;

    kvm_pit_get(pit);
    pit->channels[0].irq_disabled = !enable;
    kvm_pit_put(pit);
}

static void kvm_pit_vm_state_change(void *opaque, bool running, RunState state)
{
    KVMPITState *s = opaque;

    if (running) {
        kvm_pit_update_clock_offset(s);
        s->vm_stopped = false;
        kvm_pit_put(PIT_COMMON(s));
    } else {
        kvm_pit_update_clock_offset(s);
        kvm_pit_get(PIT_COMMON(s));
        s->vm_stopped = true;
    }
}

/* Ticks that the guest could not take: sent later, or lost? */
static bool kvm_pit_set_tick_policy(KVMPITState *s, Error **errp)
{
    struct kvm_reinject_control control = { .pit_reinject = 0 };
    int ret;

    switch (s->lost_tick_policy) {
    case LOST_TICK_POLICY_DELAY:
        return true;            /* what the kernel does by itself */
    case LOST_TICK_POLICY_DISCARD:
        if (!kvm_check_extension(kvm_state, KVM_CAP_REINJECT_CONTROL)) {
            return true;
        }
        ret = kvm_vm_ioctl(kvm_state, KVM_REINJECT_CONTROL, &control);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Can't disable in-kernel PIT "
                             "reinjection");
            return false;
        }
        return true;
    default:
        error_setg(errp, "Lost tick policy not supported.");
        return false;
    }
}

static void kvm_pit_realizefn(DeviceState *dev, Error **errp)
{
    PITCommonState *pit = PIT_COMMON(dev);
    KVMPITState *s = KVM_PIT(dev);
    struct kvm_pit_config config = { .flags = 0 };
    int ret;

    if (!kvm_check_extension(kvm_state, KVM_CAP_PIT2) ||
        !kvm_check_extension(kvm_state, KVM_CAP_PIT_STATE2)) {
        error_setg(errp, "In-kernel PIT not available");
        return;
    }
    ret = kvm_vm_ioctl(kvm_state, KVM_CREATE_PIT2, &config);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Create kernel PIC irqchip failed");
        return;
    }
    if (!kvm_pit_set_tick_policy(s, errp)) {
        return;
    }

    /* The kernel takes the ports; the region is there to be seen. */
    memory_region_init_io(&pit->ioports, OBJECT(dev), NULL, NULL, "kvm-pit", 4);
    qdev_init_gpio_in(dev, kvm_pit_irq_control, 1);
    s->vmstate = qemu_add_vm_change_state_handler(kvm_pit_vm_state_change, s);

    KVM_PIT_GET_CLASS(dev)->parent_realize(dev, errp);
}

static void kvm_pit_unrealizefn(DeviceState *dev)
{
    qemu_del_vm_change_state_handler(KVM_PIT(dev)->vmstate);
}

static Property kvm_pit_properties[] = {
    DEFINE_PROP_UINT32("iobase", PITCommonState, iobase, -1),
    DEFINE_PROP_LOSTTICKPOLICY("lost_tick_policy", KVMPITState,
                               lost_tick_policy, LOST_TICK_POLICY_DELAY),
    DEFINE_PROP_END_OF_LIST(),
};

static void kvm_pit_class_init(ObjectClass *klass, void *data)
{
    KVMPITClass *kpc = KVM_PIT_CLASS(klass);
    PITCommonClass *k = PIT_COMMON_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_parent_realize(dc, kvm_pit_realizefn,
                                    &kpc->parent_realize);
    dc->unrealize = kvm_pit_unrealizefn;
    dc->reset = kvm_pit_reset;
    k->set_channel_gate = kvm_pit_set_gate;
    k->get_channel_info = kvm_pit_get_channel_info;
    k->pre_save = kvm_pit_get;
    k->post_load = kvm_pit_put;
    device_class_set_props(dc, kvm_pit_properties);
}

static const TypeInfo kvm_pit_info = {
    .name          = TYPE_KVM_PIT,
    .parent        = TYPE_PIT_COMMON,
    .instance_size = sizeof(KVMPITState),
    .class_init    = kvm_pit_class_init,
    .class_size    = sizeof(KVMPITClass),
};

static void kvm_pit_register(void)
{
    type_register_static(&kvm_pit_info);
}

type_init(kvm_pit_register)
