/*
 * What KVM does with x86 CPUs: defaults, `host` and `max`.
 *
 *     accel_cpu_instance_init -> kvm_cpu_instance_init     defaults
 *     accel_cpu_realizefn     -> kvm_cpu_realizefn         what needs the host
 *
 * Read first: include/hw/core/accel-cpu.h, target/i386/cpu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/boards.h"
#include "hw/core/accel-cpu.h"
#include "kvm_i386.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/kvm.h"

/* Cheap under KVM and of use to every guest; or no use under it (off). */
static PropValue kvm_default_props[] = {
    { "kvmclock", "on" },
    { "kvm-nopiodelay", "on" },
    { "kvm-asyncpf", "on" },
    { "kvm-steal-time", "on" },
    { "kvm-pv-eoi", "on" },
    { "kvmclock-stable-bit", "on" },
    { "x2apic", "on" },
    { "kvm-msi-ext-dest-id", "off" },
    { "acpi", "off" },
    { "monitor", "off" },
    { "svm", "off" },
    { NULL, NULL },
};

void x86_cpu_change_kvm_default(const char *prop, const char *value)
{
    for (PropValue *pv = kvm_default_props; pv->prop; pv++) {
        if (!strcmp(pv->prop, prop)) {
            pv->value = value;
            return;
        }
    }
    g_assert_not_reached();
}

/* The processor that we run on, by its own words. */
static void kvm_cpu_max_instance_init(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    char vendor[CPUID_VENDOR_SZ + 1] = { 0 };
    char model_id[48 + 1] = { 0 };
    int family, model, stepping;

    host_cpu_vendor_fms(vendor, &family, &model, &stepping);
    for (int i = 0; i < 3; i++) {
        uint32_t regs[4];

        host_cpuid(0x80000002 + i, 0, &regs[0], &regs[1], &regs[2], &regs[3]);
        memcpy(model_id + i * 16, regs, 16);
    }
    object_property_set_str(OBJECT(cpu), "vendor", vendor, &error_abort);
    object_property_set_int(OBJECT(cpu), "family", family, &error_abort);
    object_property_set_int(OBJECT(cpu), "model", model, &error_abort);
    object_property_set_int(OBJECT(cpu), "stepping", stepping, &error_abort);
    object_property_set_str(OBJECT(cpu), "model-id", model_id, &error_abort);

    env->cpuid_min_level =
        kvm_arch_get_supported_cpuid(kvm_state, 0x0, 0, R_EAX);
    env->cpuid_min_xlevel =
        kvm_arch_get_supported_cpuid(kvm_state, 0x80000000, 0, R_EAX);
    env->cpuid_min_xlevel2 =
        kvm_arch_get_supported_cpuid(kvm_state, 0xC0000000, 0, R_EAX);
}

static void kvm_cpu_instance_init(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);
    X86CPUClass *xcc = X86_CPU_GET_CLASS(cpu);

    if (cpu->max_features) {
        kvm_cpu_max_instance_init(cpu);
        return;
    }
    host_cpu_instance_init(cpu);
    if (xcc->model) {
        /* Only the kernel's local APIC has x2APIC. */
        x86_cpu_change_kvm_default("x2apic",
                                   kvm_irqchip_in_kernel() ? "on" : "off");
        x86_cpu_apply_props(cpu, kvm_default_props);
    }
}

/* As many as the host has, if the user does not know better. */
static void kvm_cpu_adjust_phys_bits(X86CPU *cpu)
{
    uint32_t host_bits = 0, eax, unused;

    host_cpuid(0x80000000, 0, &eax, &unused, &unused, &unused);
    if (eax >= 0x80000008) {
        host_cpuid(0x80000008, 0, &eax, &unused, &unused, &unused);
        host_bits = eax & 0xff;
    }
    if (!host_bits) {
        return;
    }
    if (cpu->phys_bits && cpu->phys_bits != host_bits) {
        warn_report_once("Host physical bits (%u) does not match phys-bits "
                         "property (%u)", host_bits, cpu->phys_bits);
    }
    if (cpu->host_phys_bits || (cpu->max_features && !cpu->phys_bits)) {
        cpu->phys_bits = host_bits;
        if (cpu->host_phys_bits_limit) {
            cpu->phys_bits = MIN(cpu->phys_bits, cpu->host_phys_bits_limit);
        }
    }
}

/* The features are known by now; what depends on them comes afterwards. */
static bool kvm_cpu_realizefn(CPUState *cs, Error **errp)
{
    X86CPU *cpu = X86_CPU(cs);

    if (cpu->max_features && !cpu->ucode_rev) {
        cpu->ucode_rev =
            kvm_arch_get_supported_msr_feature(kvm_state, MSR_IA32_UCODE_REV);
    }
    kvm_cpu_adjust_phys_bits(cpu);
    return true;
}

static void kvm_cpu_accel_class_init(ObjectClass *oc, void *data)
{
    AccelCPUClass *acc = ACCEL_CPU_CLASS(oc);

    acc->cpu_realizefn = kvm_cpu_realizefn;
    acc->cpu_instance_init = kvm_cpu_instance_init;
}

static const TypeInfo kvm_cpu_accel_type_info = {
    .name = ACCEL_CPU_NAME("kvm"),
    .parent = TYPE_ACCEL_CPU,
    .class_init = kvm_cpu_accel_class_init,
    .abstract = true,
};

static void kvm_cpu_accel_register_types(void)
{
    type_register_static(&kvm_cpu_accel_type_info);
}

type_init(kvm_cpu_accel_register_types)
