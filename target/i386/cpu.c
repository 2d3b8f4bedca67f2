/*
 * x86 CPUs: the class, and the way of one through its life.
 *
 *     x86_cpu_initfn              the model's features
 *     x86_cpu_post_initfn         the accelerator's defaults; then -cpu's
 *     x86_cpu_realizefn           what the guest will see is fixed
 *       x86_cpu_expand_features
 *       x86_cpu_filter_features
 *       cpu_exec_realizefn        on the list of CPUs
 *       qemu_init_vcpu            the thread
 *       cpu_reset
 *       cpu_common_realizefn
 *
 * Read first: target/i386/cpu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "hw/boards.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/accel.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/kvm.h"
#include "sysemu/reset.h"

/* The width of physical addresses, where nobody says anything. */
#define DEFAULT_PHYS_ADDR_BITS 40

bool cpu_vendor_is(const CPUX86State *env, const char *vendor)
{
    return env->cpuid_vendor1 == (uint32_t)ldl_le_p(vendor) &&
           env->cpuid_vendor2 == (uint32_t)ldl_le_p(vendor + 4) &&
           env->cpuid_vendor3 == (uint32_t)ldl_le_p(vendor + 8);
}

void x86_cpu_apply_props(X86CPU *cpu, PropValue *props)
{
    for (PropValue *pv = props; pv->prop; pv++) {
        if (pv->value) {
            object_property_parse(OBJECT(cpu), pv->prop, pv->value,
                                  &error_abort);
        }
    }
}

/* Realize */

/* Does the accelerator run the guest on this host's CPU? */
static bool accel_uses_host_cpuid(void)
{
    return kvm_enabled();
}

static void x86_cpu_hyperv_realize(X86CPU *cpu)
{
    if (!cpu->hyperv_vendor) {
        object_property_set_str(OBJECT(cpu), "hv-vendor-id", "Microsoft Hv",
                                &error_abort);
    } else if (strlen(cpu->hyperv_vendor) > CPUID_VENDOR_SZ) {
        warn_report("hv-vendor-id truncated to 12 characters");
    }
}

/* Machine check banks, for what looks like a Pentium Pro or later. */
static void mce_init(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    const uint32_t mca = CPUID_MCE | CPUID_MCA;

    if (((env->cpuid_version >> 8) & 0xf) < 6 ||
        (env->features[FEAT_1_EDX] & mca) != mca) {
        return;
    }
    env->mcg_cap = MCG_CTL_P | MCG_SER_P | MCE_BANKS_NUM |
                   (cpu->enable_lmce ? MCG_LMCE_P : 0);
    env->mcg_ctl = UINT64_MAX;
    for (int bank = 0; bank < MCE_BANKS_NUM; bank++) {
        env->mce_banks[bank * 4] = UINT64_MAX;
    }
}

static bool x86_cpu_realize_phys_bits(X86CPU *cpu, Error **errp)
{
    CPUX86State *env = &cpu->env;

    if (!(env->features[FEAT_8000_0001_EDX] & CPUID_EXT2_LM)) {
        if (cpu->phys_bits) {
            error_setg(errp, "phys-bits is not user-configurable in 32 bit");
            return false;
        }
        cpu->phys_bits = env->features[FEAT_1_EDX] & CPUID_PSE36 ? 36 : 32;
        return true;
    }
    if (!cpu->phys_bits) {
        cpu->phys_bits = DEFAULT_PHYS_ADDR_BITS;
    }
    if (cpu->phys_bits > TARGET_PHYS_ADDR_SPACE_BITS || cpu->phys_bits < 32) {
        error_setg(errp, "phys-bits should be between 32 and %u "
                   " (but is %u)", TARGET_PHYS_ADDR_SPACE_BITS,
                   cpu->phys_bits);
        return false;
    }
    return true;
}

static bool x86_cpu_realize_caches(X86CPU *cpu, Error **errp)
{
    X86CPUClass *xcc = X86_CPU_GET_CLASS(cpu);
    CPUX86State *env = &cpu->env;

    if (cpu->legacy_cache) {
        env->cache_info_cpuid2 = x86_legacy_cache_info_cpuid2;
        env->cache_info_cpuid4 = x86_legacy_cache_info_cpuid4;
        env->cache_info_amd = x86_legacy_cache_info_amd;
        return true;
    }
    if (!xcc->model || !x86_cpu_model_has_cache_info(xcc->model)) {
        g_autofree char *name = x86_cpu_class_get_model_name(xcc);

        error_setg(errp, "CPU model '%s' doesn't support legacy-cache=off",
                   name);
        return false;
    }
    env->cache_info_cpuid2 = env->cache_info_cpuid4 = env->cache_info_amd =
        *xcc->model->cpudef->cache_info;
    return true;
}

/* Threads of one core: AMD's CPUs say so with topoext alone. */
static void x86_cpu_warn_hyperthreading(X86CPU *cpu)
{
    static bool ht_warned;
    CPUX86State *env = &cpu->env;

    if (!IS_AMD_CPU(env) || CPU(cpu)->nr_threads <= 1 || ht_warned ||
        (env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_TOPOEXT)) {
        return;
    }
    warn_report("This family of AMD CPU doesn't support "
                "hyperthreading(%d)", CPU(cpu)->nr_threads);
    error_printf("Please configure -smp options properly"
                 " or try enabling topoext feature.\n");
    ht_warned = true;
}

/* All that can fail without anything taken. */
static bool x86_cpu_realize_features(X86CPU *cpu, Error **errp)
{
    ERRP_GUARD();
    X86CPUClass *xcc = X86_CPU_GET_CLASS(cpu);
    CPUX86State *env = &cpu->env;

    if (xcc->host_cpuid_required && !accel_uses_host_cpuid()) {
        g_autofree char *name = x86_cpu_class_get_model_name(xcc);

        error_setg(errp, "CPU model '%s' requires KVM or HVF", name);
        return false;
    }
    if (cpu->apic_id == UINT32_MAX) {
        error_setg(errp, "apic-id property was not initialized properly");
        return false;
    }
    x86_cpu_hyperv_realize(cpu);

    x86_cpu_expand_features(cpu, errp);
    if (*errp) {
        return false;
    }
    if (cpu->lbr_fmt != ~(uint64_t)PERF_CAP_LBR_FMT) {
        env->features[FEAT_PERF_CAPABILITIES] &= ~(uint64_t)PERF_CAP_LBR_FMT;
        env->features[FEAT_PERF_CAPABILITIES] |= cpu->lbr_fmt;
    }

    x86_cpu_filter_features(cpu, cpu->check_cpuid || cpu->enforce_cpuid);
    if (cpu->enforce_cpuid && x86_cpu_have_filtered_features(cpu)) {
        error_setg(errp, "Host doesn't support requested features");
        return false;
    }
    if (IS_AMD_CPU(env)) {
        /* Some bits of leaf 1 are to be seen here as well. */
        env->features[FEAT_8000_0001_EDX] &= ~(uint64_t)CPUID_EXT2_AMD_ALIASES;
        env->features[FEAT_8000_0001_EDX] |=
            env->features[FEAT_1_EDX] & CPUID_EXT2_AMD_ALIASES;
    }
    return x86_cpu_realize_caches(cpu, errp);
}

static void x86_cpu_realizefn(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    CPUState *cs = CPU(dev);
    X86CPU *cpu = X86_CPU(dev);
    X86CPUClass *xcc = X86_CPU_GET_CLASS(dev);

    if (!x86_cpu_realize_features(cpu, errp)) {
        return;
    }
    /* What the accelerator knows comes before what we would take otherwise. */
    cpu_exec_realizefn(cs, errp);
    if (*errp) {
        return;
    }
    if (!cpu->ucode_rev) {
        /* A revision that Linux does not find fault with. */
        cpu->ucode_rev = IS_AMD_CPU(&cpu->env) ? 0x01000065
                                               : 0x100000000ULL;
    }
    if (!x86_cpu_realize_phys_bits(cpu, errp)) {
        cpu_list_remove(cs);
        return;
    }
    if ((cpu->env.features[FEAT_1_EDX] & CPUID_APIC) ||
        MACHINE(qdev_get_machine())->smp.cpus > 1) {
        x86_cpu_apic_create(cpu, errp);
    }
    mce_init(cpu);
    qemu_init_vcpu(cs);
    x86_cpu_warn_hyperthreading(cpu);
    x86_cpu_apic_realize(cpu, errp);
    if (*errp) {
        return;
    }
    /* CPUs have no bus that would reset them with the machine. */
    qemu_register_reset(x86_cpu_machine_reset_cb, cpu);
    cpu_reset(cs);

    xcc->parent_realize(dev, errp);
}

static void x86_cpu_unrealizefn(DeviceState *dev)
{
    X86CPUClass *xcc = X86_CPU_GET_CLASS(dev);
    X86CPU *cpu = X86_CPU(dev);

    cpu_remove_sync(CPU(dev));
    qemu_unregister_reset(x86_cpu_machine_reset_cb, cpu);
    if (cpu->apic_state) {
        object_unparent(OBJECT(cpu->apic_state));
        cpu->apic_state = NULL;
    }
    xcc->parent_unrealize(dev);
}

/* Methods of all CPUs */

static int64_t x86_cpu_get_arch_id(CPUState *cs)
{
    return X86_CPU(cs)->apic_id;
}

static void x86_cpu_set_pc(CPUState *cs, vaddr value)
{
    X86_CPU(cs)->env.eip = value;
}

static vaddr x86_cpu_get_pc(CPUState *cs)
{
    CPUX86State *env = &X86_CPU(cs)->env;

    /* As the guest's memory has it: with the base of CS. */
    return env->eip + env->segs[R_CS].base;
}

static bool x86_cpu_get_paging_enabled(const CPUState *cs)
{
    return X86_CPU(cs)->env.cr[0] & CR0_PG_MASK;
}

/* The first of the requests that are not masked, by priority; 0: none. */
int x86_cpu_pending_interrupt(CPUState *cs, int interrupt_request)
{
    CPUX86State *env = &X86_CPU(cs)->env;

    if (interrupt_request & CPU_INTERRUPT_POLL) {
        return CPU_INTERRUPT_POLL;
    }
    if (interrupt_request & CPU_INTERRUPT_SIPI) {
        return CPU_INTERRUPT_SIPI;
    }
    if (!(env->hflags2 & HF2_GIF_MASK)) {
        return 0;
    }
    if ((interrupt_request & CPU_INTERRUPT_SMI) &&
        !(env->hflags & HF_SMM_MASK)) {
        return CPU_INTERRUPT_SMI;
    }
    if ((interrupt_request & CPU_INTERRUPT_NMI) &&
        !(env->hflags2 & HF2_NMI_MASK)) {
        return CPU_INTERRUPT_NMI;
    }
    if (interrupt_request & CPU_INTERRUPT_MCE) {
        return CPU_INTERRUPT_MCE;
    }
    if ((interrupt_request & CPU_INTERRUPT_HARD) &&
        (env->eflags & IF_MASK) && !(env->hflags & HF_INHIBIT_IRQ_MASK)) {
        return CPU_INTERRUPT_HARD;
    }
    return 0;
}

static bool x86_cpu_has_work(CPUState *cs)
{
    return x86_cpu_pending_interrupt(cs, cs->interrupt_request) != 0;
}

/* Instances */

static void x86_cpu_initfn(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);
    X86CPUClass *xcc = X86_CPU_GET_CLASS(obj);

    cpu->env.nr_dies = 1;
    CPU(cpu)->env_ptr = &cpu->env;
    cpu->lbr_fmt = ~(uint64_t)PERF_CAP_LBR_FMT;

    x86_cpu_instance_add_props(obj);
    if (xcc->model) {
        x86_cpu_load_model(cpu, xcc->model);
    }
}

static void x86_cpu_post_initfn(Object *obj)
{
    accel_cpu_instance_init(CPU(obj));
}

/* Classes */

static const SysemuCPUOps i386_sysemu_ops = {
    .get_paging_enabled = x86_cpu_get_paging_enabled,
    .get_phys_page_attrs_debug = x86_cpu_get_phys_page_attrs_debug,
    .get_crash_info = x86_cpu_get_crash_info,
};

static gchar *x86_gdb_arch_name(CPUState *cs)
{
    return g_strdup("i386:x86-64");
}

static void x86_cpu_common_class_init(ObjectClass *oc, void *data)
{
    X86CPUClass *xcc = X86_CPU_CLASS(oc);
    CPUClass *cc = CPU_CLASS(oc);
    DeviceClass *dc = DEVICE_CLASS(oc);

    device_class_set_parent_realize(dc, x86_cpu_realizefn,
                                    &xcc->parent_realize);
    device_class_set_parent_unrealize(dc, x86_cpu_unrealizefn,
                                      &xcc->parent_unrealize);
    device_class_set_parent_reset(dc, x86_cpu_reset, &xcc->parent_reset);
    x86_cpu_class_add_props(oc);
    dc->user_creatable = true;

    cc->reset_dump_flags = CPU_DUMP_FPU | CPU_DUMP_CCOP;
    cc->class_by_name = x86_cpu_class_by_name;
    cc->gdb_read_register = x86_cpu_gdb_read_register;
    cc->gdb_write_register = x86_cpu_gdb_write_register;
    cc->gdb_arch_name = x86_gdb_arch_name;
    cc->gdb_core_xml_file = "i386-64bit.xml";
    cc->gdb_num_core_regs = 66;
    cc->parse_features = x86_cpu_parse_featurestr;
    cc->has_work = x86_cpu_has_work;
    cc->dump_state = x86_cpu_dump_state;
    cc->set_pc = x86_cpu_set_pc;
    cc->get_pc = x86_cpu_get_pc;
    cc->get_arch_id = x86_cpu_get_arch_id;
    cc->sysemu_ops = &i386_sysemu_ops;
}

/* max: all that the accelerator can do */

static void max_x86_cpu_initfn(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);

    /* Which they are is known when "migratable" is: at realize. */
    cpu->max_features = true;
    object_property_set_bool(obj, "pmu", true, &error_abort);

    /* For accelerators that do not say what the host is. */
    object_property_set_str(obj, "vendor", CPUID_VENDOR_AMD, &error_abort);
    object_property_set_int(obj, "family", 15, &error_abort);
    object_property_set_int(obj, "model", 107, &error_abort);
    object_property_set_int(obj, "stepping", 1, &error_abort);
    object_property_set_str(obj, "model-id",
                            "QEMU TCG CPU version 2.5+", &error_abort);
}

static void max_x86_cpu_class_init(ObjectClass *oc, void *data)
{
    X86CPUClass *xcc = X86_CPU_CLASS(oc);

    xcc->ordering = 9;
    xcc->model_description = "Enables all features supported by the "
                             "accelerator in the current host";
    max_x86_cpu_class_add_props(DEVICE_CLASS(oc));
}

/* host: the same, and it makes sense on this host's CPU alone */

static void host_x86_cpu_class_init(ObjectClass *oc, void *data)
{
    X86CPUClass *xcc = X86_CPU_CLASS(oc);

    xcc->host_cpuid_required = true;
    xcc->ordering = 8;
    xcc->model_description = "processor with all supported host features ";
}

/* base: nothing, for those who say all themselves */

static void x86_cpu_base_class_init(ObjectClass *oc, void *data)
{
    X86CPUClass *xcc = X86_CPU_CLASS(oc);

    xcc->static_model = true;
    xcc->migration_safe = true;
    xcc->ordering = 8;
    xcc->model_description = "base CPU model type with no features enabled";
}

static const TypeInfo x86_cpu_types[] = {
    {
        .name = TYPE_X86_CPU,
        .parent = TYPE_CPU,
        .abstract = true,
        .instance_size = sizeof(X86CPU),
        .instance_init = x86_cpu_initfn,
        .instance_post_init = x86_cpu_post_initfn,
        .class_size = sizeof(X86CPUClass),
        .class_init = x86_cpu_common_class_init,
    }, {
        .name = X86_CPU_TYPE_NAME("max"),
        .parent = TYPE_X86_CPU,
        .instance_init = max_x86_cpu_initfn,
        .class_init = max_x86_cpu_class_init,
    }, {
        .name = X86_CPU_TYPE_NAME("host"),
        .parent = X86_CPU_TYPE_NAME("max"),
        .class_init = host_x86_cpu_class_init,
    }, {
        .name = X86_CPU_TYPE_NAME("base"),
        .parent = TYPE_X86_CPU,
        .class_init = x86_cpu_base_class_init,
    },
};

DEFINE_TYPES(x86_cpu_types)
