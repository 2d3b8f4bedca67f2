/*
 * kvmclock: time as the kernel tells it to its guests, and that it stops when
 * the VM stops.
 *
 * A Linux guest reads the time of day from a page that KVM keeps current.  That
 * clock would go on while the VM is stopped, and a guest that comes back would
 * find that hours went by in an instant.  So it is read when the VM stops and
 * set when it goes on (KVM API 4.29, KVM_GET_CLOCK).
 *
 * Read first: system/runstate.c for change handlers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "clock.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/hw_accel.h"
#include "sysemu/kvm.h"
#include "sysemu/runstate.h"
#include "target/i386/kvm/kvm_i386.h"
#include <asm/kvm_para.h>

#define TYPE_KVM_CLOCK "kvmclock"
OBJECT_DECLARE_SIMPLE_TYPE(KVMClockState, KVM_CLOCK)

struct KVMClockState {
    SysBusDevice busdev;

    uint64_t clock;             /* ns, as it stood when the VM stopped */
    bool clock_valid;
    VMChangeStateEntry *vmstate;
};

/* In the vCPU's thread; -EINVAL: it does not use the clock. */
static void kvmclock_tell_vcpu(CPUState *cpu, run_on_cpu_data data)
{
    kvm_vcpu_ioctl(cpu, KVM_KVMCLOCK_CTRL, 0);
}

static void kvmclock_vm_state_change(void *opaque, bool running, RunState state)
{
    KVMClockState *s = opaque;
    struct kvm_clock_data data = { 0 };
    CPUState *cpu;
    int ret;

    if (!running) {
        /* Its value is that of the first stop: later ones change nothing. */
        if (s->clock_valid) {
            return;
        }
        ret = kvm_vm_ioctl(kvm_state, KVM_GET_CLOCK, &data);
        if (ret < 0) {
            error_report_once("KVM_GET_CLOCK failed: %s", strerror(-ret));
            return;
        }
        s->clock = data.clock;
        s->clock_valid = true;
        return;
    }

    if (!s->clock_valid) {
        return;                 /* the VM starts for the first time */
    }
    s->clock_valid = false;
    data.clock = s->clock;
    ret = kvm_vm_ioctl(kvm_state, KVM_SET_CLOCK, &data);
    if (ret < 0) {
        error_report_once("KVM_SET_CLOCK failed: %s", strerror(-ret));
    }
    /* The guest's watchdogs look away: it was not the guest that slept. */
    if (!kvm_check_extension(kvm_state, KVM_CAP_KVMCLOCK_CTRL)) {
        return;
    }
    CPU_FOREACH(cpu) {
        run_on_cpu(cpu, kvmclock_tell_vcpu, RUN_ON_CPU_NULL);
    }
}

static void kvmclock_realize(DeviceState *dev, Error **errp)
{
    KVMClockState *s = KVM_CLOCK(dev);

    if (!kvm_enabled()) {
        error_setg(errp, "kvmclock device requires KVM");
        return;
    }
    s->vmstate = qemu_add_vm_change_state_handler(kvmclock_vm_state_change, s);
}

static void kvmclock_unrealize(DeviceState *dev)
{
    qemu_del_vm_change_state_handler(KVM_CLOCK(dev)->vmstate);
}

static const VMStateDescription kvmclock_vmsd = {
    .name = "kvmclock",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(clock, KVMClockState),
        VMSTATE_END_OF_LIST()
    },
};

static void kvmclock_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = kvmclock_realize;
    dc->unrealize = kvmclock_unrealize;
    dc->vmsd = &kvmclock_vmsd;
}

static const TypeInfo kvmclock_info = {
    .name          = TYPE_KVM_CLOCK,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(KVMClockState),
    .class_init    = kvmclock_class_init,
};

/* The CPUs are there. */
void kvmclock_create(bool create_always)
{
    X86CPU *cpu = X86_CPU(first_cpu);

    if (!kvm_enabled()) {
        return;
    }
    if (create_always ||
        cpu->env.features[FEAT_KVM] & ((1ULL << KVM_FEATURE_CLOCKSOURCE) |
                                       (1ULL << KVM_FEATURE_CLOCKSOURCE2))) {
        sysbus_create_simple(TYPE_KVM_CLOCK, -1, NULL);
    }
}

static void kvmclock_register_types(void)
{
    type_register_static(&kvmclock_info);
}

type_init(kvmclock_register_types)
