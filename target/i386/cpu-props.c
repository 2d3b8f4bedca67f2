/*
 * The properties of x86 CPUs.
 *
 * Each named feature is one ("avx", "lm"): a bit in env->features, and setting
 * it is remembered in env->user_features.  The rest are numbers and strings of
 * CPUID, the place in the topology, and how to treat features.
 *
 * Read first: target/i386/cpu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "hw/i386/topology.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"
#include "qapi/visitor.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"

#define UNASSIGNED_APIC_ID 0xFFFFFFFF
#define HYPERV_SPINLOCK_NEVER_NOTIFY 0xFFFFFFFF

/* Features */

typedef struct BitProperty {
    FeatureWord w;
    uint64_t mask;
} BitProperty;

static void x86_cpu_get_bit_prop(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    BitProperty *fp = opaque;
    bool value = (X86_CPU(obj)->env.features[fp->w] & fp->mask) == fp->mask;

    visit_type_bool(v, name, &value, errp);
}

static void x86_cpu_set_bit_prop(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    X86CPU *cpu = X86_CPU(obj);
    BitProperty *fp = opaque;
    bool value;

    if (DEVICE(obj)->realized) {
        qdev_prop_set_after_realize(DEVICE(obj), name, errp);
        return;
    }
    if (!visit_type_bool(v, name, &value, errp)) {
        return;
    }
    if (value) {
        cpu->env.features[fp->w] |= fp->mask;
    } else {
        cpu->env.features[fp->w] &= ~fp->mask;
    }
    cpu->env.user_features[fp->w] |= fp->mask;
}

void x86_cpu_register_feature_bit_props(X86CPUClass *xcc, FeatureWord w,
                                        int bitnr)
{
    ObjectClass *oc = OBJECT_CLASS(xcc);
    const char *name = x86_cpu_feature_name(w, bitnr);
    BitProperty *fp;
    ObjectProperty *op;

    if (!name) {
        return;
    }
    /* Property names have no '_', so that -cpu may write either. */
    assert(!strchr(name, '_'));

    op = object_class_property_find(oc, name);
    if (op) {
        fp = op->opaque;
        assert(fp->w == w || fp->w == FEAT_VMX_EPT_VPID_CAPS);
        fp->mask |= 1ULL << bitnr;
        return;
    }
    fp = g_new0(BitProperty, 1);
    fp->w = w;
    fp->mask = 1ULL << bitnr;
    object_class_property_add(oc, name, "bool", x86_cpu_get_bit_prop,
                              x86_cpu_set_bit_prop, NULL, fp);
}

/* Family, model, stepping: the fields of CPUID leaf 1's EAX */

static void x86_cpuid_version_get_family(Object *obj, Visitor *v,
                                         const char *name, void *opaque,
                                         Error **errp)
{
    uint32_t version = X86_CPU(obj)->env.cpuid_version;
    uint64_t value = extract32(version, 8, 4);

    if (value == 0xf) {
        value += extract32(version, 20, 8);
    }
    visit_type_uint64(v, name, &value, errp);
}

/* True if @value fits, else an error in the words of all of these. */
static bool x86_cpu_check_range(const char *name, uint64_t value, uint64_t max,
                                Error **errp)
{
    if (value > max) {
        error_setg(errp, QERR_PROPERTY_VALUE_OUT_OF_RANGE, "",
                   name ? name : "null", (int64_t)value, (int64_t)0,
                   (int64_t)max);
        return false;
    }
    return true;
}

static void x86_cpuid_version_set_family(Object *obj, Visitor *v,
                                         const char *name, void *opaque,
                                         Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp) ||
        !x86_cpu_check_range(name, value, 0xff + 0xf, errp)) {
        return;
    }
    env->cpuid_version = deposit32(env->cpuid_version, 8, 4, MIN(value, 0xf));
    env->cpuid_version = deposit32(env->cpuid_version, 20, 8,
                                   value > 0xf ? value - 0xf : 0);
}

static void x86_cpuid_version_get_model(Object *obj, Visitor *v,
                                        const char *name, void *opaque,
                                        Error **errp)
{
    uint32_t version = X86_CPU(obj)->env.cpuid_version;
    uint64_t value = extract32(version, 4, 4) |
                     extract32(version, 16, 4) << 4;

    visit_type_uint64(v, name, &value, errp);
}

static void x86_cpuid_version_set_model(Object *obj, Visitor *v,
                                        const char *name, void *opaque,
                                        Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp) ||
        !x86_cpu_check_range(name, value, 0xff, errp)) {
        return;
    }
    env->cpuid_version = deposit32(env->cpuid_version, 4, 4, value & 0xf);
    env->cpuid_version = deposit32(env->cpuid_version, 16, 4, value >> 4);
}

static void x86_cpuid_version_get_stepping(Object *obj, Visitor *v,
                                           const char *name, void *opaque,
                                           Error **errp)
{
    uint64_t value = extract32(X86_CPU(obj)->env.cpuid_version, 0, 4);

    visit_type_uint64(v, name, &value, errp);
}

static void x86_cpuid_version_set_stepping(Object *obj, Visitor *v,
                                           const char *name, void *opaque,
                                           Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp) ||
        !x86_cpu_check_range(name, value, 0xf, errp)) {
        return;
    }
    env->cpuid_version = deposit32(env->cpuid_version, 0, 4, value);
}

/* Strings: CPUID has four characters in a register, the first lowest */

static char *x86_cpuid_get_vendor(Object *obj, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    char *value = g_malloc0(CPUID_VENDOR_SZ + 1);

    stl_le_p(value, env->cpuid_vendor1);
    stl_le_p(value + 4, env->cpuid_vendor2);
    stl_le_p(value + 8, env->cpuid_vendor3);
    return value;
}

static void x86_cpuid_set_vendor(Object *obj, const char *value, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;

    if (strlen(value) != CPUID_VENDOR_SZ) {
        error_setg(errp, QERR_PROPERTY_VALUE_BAD, "", "vendor", value);
        return;
    }
    env->cpuid_vendor1 = ldl_le_p(value);
    env->cpuid_vendor2 = ldl_le_p(value + 4);
    env->cpuid_vendor3 = ldl_le_p(value + 8);
}

static char *x86_cpuid_get_model_id(Object *obj, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    char *value = g_malloc0(sizeof(env->cpuid_model) + 1);

    for (size_t i = 0; i < ARRAY_SIZE(env->cpuid_model); i++) {
        stl_le_p(value + 4 * i, env->cpuid_model[i]);
    }
    return value;
}

/* What is too long is cut off; what is short ends in zeroes. */
void x86_cpu_set_model_id(CPUX86State *env, const char *model_id)
{
    char buf[sizeof(env->cpuid_model)] = "";

    memcpy(buf, model_id, MIN(strlen(model_id), sizeof(buf)));
    for (size_t i = 0; i < ARRAY_SIZE(env->cpuid_model); i++) {
        env->cpuid_model[i] = ldl_le_p(buf + 4 * i);
    }
}

static void x86_cpuid_set_model_id(Object *obj, const char *model_id,
                                   Error **errp)
{
    x86_cpu_set_model_id(&X86_CPU(obj)->env, model_id ?: "");
}

/* The frequency of the time stamp counter, in Hz */

static void x86_cpuid_get_tsc_freq(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    int64_t value = X86_CPU(obj)->env.tsc_khz * 1000;

    visit_type_int(v, name, &value, errp);
}

static void x86_cpuid_set_tsc_freq(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    int64_t value;

    if (!visit_type_int(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, QERR_PROPERTY_VALUE_OUT_OF_RANGE, "",
                   name ? name : "null", value, (int64_t)0, INT64_MAX);
        return;
    }
    env->tsc_khz = env->user_tsc_khz = value / 1000;
}

/* Feature words, as numbers; @opaque is the array. */
static void x86_cpu_get_feature_words(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    uint64_t *array = opaque;
    g_autoptr(X86CPUFeatureWordInfoList) list = NULL;

    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        const FeatureWordInfo *wi = &feature_word_info[w];
        X86CPUFeatureWordInfo *qwi;

        if (wi->type != CPUID_FEATURE_WORD) {
            continue;       /* the answer has no place for an MSR */
        }
        qwi = g_new0(X86CPUFeatureWordInfo, 1);
        qwi->cpuid_input_eax = wi->cpuid.eax;
        qwi->has_cpuid_input_ecx = wi->cpuid.needs_ecx;
        qwi->cpuid_input_ecx = wi->cpuid.ecx;
        qwi->cpuid_register =
            qapi_enum_parse(&X86CPURegister32_lookup,
                            get_register_name_32(wi->cpuid.reg), -1,
                            &error_abort);
        qwi->features = array[w];
        QAPI_LIST_PREPEND(list, qwi);
    }
    visit_type_X86CPUFeatureWordInfoList(v, name, &list, errp);
}

/* The names of features that were asked for, and are not there. */
static void x86_cpu_get_unavailable_features(Object *obj, Visitor *v,
                                             const char *name, void *opaque,
                                             Error **errp)
{
    g_autoptr(strList) result = NULL;

    x86_cpu_list_feature_names(X86_CPU(obj)->filtered_features, &result);
    visit_type_strList(v, "unavailable-features", &result, errp);
}

/* Enlightenments of Hyper-V, as bits of hyperv_features */
enum {
    HYPERV_FEAT_RELAXED, HYPERV_FEAT_VAPIC, HYPERV_FEAT_TIME,
    HYPERV_FEAT_CRASH, HYPERV_FEAT_RESET, HYPERV_FEAT_VPINDEX,
    HYPERV_FEAT_RUNTIME, HYPERV_FEAT_SYNIC, HYPERV_FEAT_STIMER,
    HYPERV_FEAT_FREQUENCIES, HYPERV_FEAT_REENLIGHTENMENT,
    HYPERV_FEAT_TLBFLUSH, HYPERV_FEAT_EVMCS, HYPERV_FEAT_IPI,
    HYPERV_FEAT_STIMER_DIRECT, HYPERV_FEAT_AVIC, HYPERV_FEAT_SYNDBG,
    HYPERV_FEAT_MSR_BITMAP, HYPERV_FEAT_XMM_INPUT, HYPERV_FEAT_TLBFLUSH_EXT,
    HYPERV_FEAT_TLBFLUSH_DIRECT,
};

#define HV_FEATURE(name, bit) \
    DEFINE_PROP_BIT64(name, X86CPU, hyperv_features, HYPERV_FEAT_##bit, 0)

static Property x86_cpu_properties[] = {
    DEFINE_PROP_UINT32("apic-id", X86CPU, apic_id, UNASSIGNED_APIC_ID),
    DEFINE_PROP_INT32("thread-id", X86CPU, thread_id, -1),
    DEFINE_PROP_INT32("core-id", X86CPU, core_id, -1),
    DEFINE_PROP_INT32("die-id", X86CPU, die_id, -1),
    DEFINE_PROP_INT32("socket-id", X86CPU, socket_id, -1),
    DEFINE_PROP_INT32("node-id", X86CPU, node_id, CPU_UNSET_NUMA_NODE_ID),
    DEFINE_PROP_BOOL("pmu", X86CPU, enable_pmu, false),

    DEFINE_PROP_UINT32("hv-spinlocks", X86CPU, hyperv_spinlock_attempts,
                       HYPERV_SPINLOCK_NEVER_NOTIFY),
    HV_FEATURE("hv-relaxed", RELAXED),
    HV_FEATURE("hv-vapic", VAPIC),
    HV_FEATURE("hv-time", TIME),
    HV_FEATURE("hv-crash", CRASH),
    HV_FEATURE("hv-reset", RESET),
    HV_FEATURE("hv-vpindex", VPINDEX),
    HV_FEATURE("hv-runtime", RUNTIME),
    HV_FEATURE("hv-synic", SYNIC),
    HV_FEATURE("hv-stimer", STIMER),
    HV_FEATURE("hv-frequencies", FREQUENCIES),
    HV_FEATURE("hv-reenlightenment", REENLIGHTENMENT),
    HV_FEATURE("hv-tlbflush", TLBFLUSH),
    HV_FEATURE("hv-evmcs", EVMCS),
    HV_FEATURE("hv-ipi", IPI),
    HV_FEATURE("hv-stimer-direct", STIMER_DIRECT),
    HV_FEATURE("hv-avic", AVIC),
    HV_FEATURE("hv-emsr-bitmap", MSR_BITMAP),
    HV_FEATURE("hv-xmm-input", XMM_INPUT),
    HV_FEATURE("hv-tlbflush-ext", TLBFLUSH_EXT),
    HV_FEATURE("hv-tlbflush-direct", TLBFLUSH_DIRECT),
    HV_FEATURE("hv-syndbg", SYNDBG),
    DEFINE_PROP_ON_OFF_AUTO("hv-no-nonarch-coresharing", X86CPU,
                            hyperv_no_nonarch_cs, ON_OFF_AUTO_OFF),
    DEFINE_PROP_BOOL("hv-passthrough", X86CPU, hyperv_passthrough, false),
    DEFINE_PROP_BOOL("hv-enforce-cpuid", X86CPU, hyperv_enforce_cpuid, false),
    /* Windows Server 2016 says this of itself. */
    DEFINE_PROP_UINT32("hv-version-id-build", X86CPU, hyperv_ver_id_build,
                       0x3839),
    DEFINE_PROP_UINT16("hv-version-id-major", X86CPU, hyperv_ver_id_major, 10),
    DEFINE_PROP_UINT16("hv-version-id-minor", X86CPU, hyperv_ver_id_minor, 0),
    DEFINE_PROP_UINT32("hv-version-id-spack", X86CPU, hyperv_ver_id_sp, 0),
    DEFINE_PROP_UINT8("hv-version-id-sbranch", X86CPU, hyperv_ver_id_sb, 0),
    DEFINE_PROP_UINT32("hv-version-id-snumber", X86CPU, hyperv_ver_id_sn, 0),
    DEFINE_PROP_INT32("x-hv-max-vps", X86CPU, hv_max_vps, -1),
    DEFINE_PROP_BOOL("x-hv-synic-kvm-only", X86CPU, hyperv_synic_kvm_only,
                     false),
    DEFINE_PROP_STRING("hv-vendor-id", X86CPU, hyperv_vendor),

    DEFINE_PROP_BOOL("check", X86CPU, check_cpuid, true),
    DEFINE_PROP_BOOL("enforce", X86CPU, enforce_cpuid, false),
    DEFINE_PROP_BOOL("x-force-features", X86CPU, force_features, false),
    DEFINE_PROP_BOOL("kvm", X86CPU, expose_kvm, true),
    DEFINE_PROP_UINT32("phys-bits", X86CPU, phys_bits, 0),
    DEFINE_PROP_BOOL("host-phys-bits", X86CPU, host_phys_bits, false),
    DEFINE_PROP_UINT8("host-phys-bits-limit", X86CPU, host_phys_bits_limit, 0),
    DEFINE_PROP_BOOL("fill-mtrr-mask", X86CPU, fill_mtrr_mask, true),
    DEFINE_PROP_UINT32("level-func7", X86CPU, env.cpuid_level_func7,
                       UINT32_MAX),
    DEFINE_PROP_UINT32("level", X86CPU, env.cpuid_level, UINT32_MAX),
    DEFINE_PROP_UINT32("xlevel", X86CPU, env.cpuid_xlevel, UINT32_MAX),
    DEFINE_PROP_UINT32("xlevel2", X86CPU, env.cpuid_xlevel2, UINT32_MAX),
    DEFINE_PROP_UINT32("min-level", X86CPU, env.cpuid_min_level, 0),
    DEFINE_PROP_UINT32("min-xlevel", X86CPU, env.cpuid_min_xlevel, 0),
    DEFINE_PROP_UINT32("min-xlevel2", X86CPU, env.cpuid_min_xlevel2, 0),
    DEFINE_PROP_UINT64("ucode-rev", X86CPU, ucode_rev, 0),
    DEFINE_PROP_BOOL("full-cpuid-auto-level", X86CPU, full_cpuid_auto_level,
                     true),
    DEFINE_PROP_BOOL("cpuid-0xb", X86CPU, enable_cpuid_0xb, true),
    DEFINE_PROP_BOOL("x-vendor-cpuid-only", X86CPU, vendor_cpuid_only, true),
    DEFINE_PROP_BOOL("lmce", X86CPU, enable_lmce, false),
    DEFINE_PROP_BOOL("l3-cache", X86CPU, enable_l3_cache, true),
    DEFINE_PROP_BOOL("kvm-pv-enforce-cpuid", X86CPU, kvm_pv_enforce_cpuid,
                     false),
    DEFINE_PROP_BOOL("kvm-no-smi-migration", X86CPU, kvm_no_smi_migration,
                     false),
    DEFINE_PROP_BOOL("vmware-cpuid-freq", X86CPU, vmware_cpuid_freq, true),
    DEFINE_PROP_BOOL("tcg-cpuid", X86CPU, expose_tcg, true),
    DEFINE_PROP_BOOL("x-migrate-smi-count", X86CPU, migrate_smi_count, true),
    /* Overridden by models that come with caches of their own. */
    DEFINE_PROP_BOOL("legacy-cache", X86CPU, legacy_cache, true),
    DEFINE_PROP_BOOL("x-intel-pt-auto-level", X86CPU, intel_pt_auto_level,
                     true),
    DEFINE_PROP_UINT64_CHECKMASK("lbr-fmt", X86CPU, lbr_fmt, PERF_CAP_LBR_FMT),
    DEFINE_PROP_END_OF_LIST()
};

/* `max` and `host` alone have these. */
static Property max_x86_cpu_properties[] = {
    DEFINE_PROP_BOOL("migratable", X86CPU, migratable, true),
    DEFINE_PROP_BOOL("host-cache-info", X86CPU, cache_info_passthrough, false),
    DEFINE_PROP_END_OF_LIST()
};

void max_x86_cpu_class_add_props(DeviceClass *dc)
{
    device_class_set_props(dc, max_x86_cpu_properties);
}

void x86_cpu_class_add_props(ObjectClass *oc)
{
    device_class_set_props(DEVICE_CLASS(oc), x86_cpu_properties);

    object_class_property_add(oc, "family", "int",
                              x86_cpuid_version_get_family,
                              x86_cpuid_version_set_family, NULL, NULL);
    object_class_property_add(oc, "model", "int",
                              x86_cpuid_version_get_model,
                              x86_cpuid_version_set_model, NULL, NULL);
    object_class_property_add(oc, "stepping", "int",
                              x86_cpuid_version_get_stepping,
                              x86_cpuid_version_set_stepping, NULL, NULL);
    object_class_property_add_str(oc, "vendor", x86_cpuid_get_vendor,
                                  x86_cpuid_set_vendor);
    object_class_property_add_str(oc, "model-id", x86_cpuid_get_model_id,
                                  x86_cpuid_set_model_id);
    object_class_property_add(oc, "tsc-frequency", "int",
                              x86_cpuid_get_tsc_freq, x86_cpuid_set_tsc_freq,
                              NULL, NULL);
    object_class_property_add(oc, "unavailable-features", "strList",
                              x86_cpu_get_unavailable_features,
                              NULL, NULL, NULL);
    object_class_property_add(oc, "crash-information", "GuestPanicInformation",
                              x86_cpu_get_crash_info_qom, NULL, NULL, NULL);

    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        for (int bitnr = 0; bitnr < 64; bitnr++) {
            x86_cpu_register_feature_bit_props(X86_CPU_CLASS(oc), w, bitnr);
        }
    }
}

/* Second names, mostly of the time when features were spelled with '_'. */
static const struct {
    const char *alias, *name;
} x86_cpu_aliases[] = {
    { "sse3", "pni" }, { "pclmuldq", "pclmulqdq" },
    { "sse4-1", "sse4.1" }, { "sse4-2", "sse4.2" }, { "xd", "nx" },
    { "ffxsr", "fxsr-opt" }, { "i64", "lm" },
    { "ds_cpl", "ds-cpl" }, { "tsc_adjust", "tsc-adjust" },
    { "fxsr_opt", "fxsr-opt" }, { "lahf_lm", "lahf-lm" },
    { "cmp_legacy", "cmp-legacy" }, { "nodeid_msr", "nodeid-msr" },
    { "perfctr_core", "perfctr-core" }, { "perfctr_nb", "perfctr-nb" },
    { "kvm_nopiodelay", "kvm-nopiodelay" }, { "kvm_mmu", "kvm-mmu" },
    { "kvm_asyncpf", "kvm-asyncpf" }, { "kvm_asyncpf_int", "kvm-asyncpf-int" },
    { "kvm_steal_time", "kvm-steal-time" }, { "kvm_pv_eoi", "kvm-pv-eoi" },
    { "kvm_pv_unhalt", "kvm-pv-unhalt" },
    { "kvm_poll_control", "kvm-poll-control" },
    { "svm_lock", "svm-lock" }, { "nrip_save", "nrip-save" },
    { "tsc_scale", "tsc-scale" }, { "vmcb_clean", "vmcb-clean" },
    { "pause_filter", "pause-filter" },
    { "sse4_1", "sse4.1" }, { "sse4_2", "sse4.2" },
    { "hv-apicv", "hv-avic" }, { "lbr_fmt", "lbr-fmt" },
};

void x86_cpu_instance_add_props(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);

    object_property_add(obj, "feature-words", "X86CPUFeatureWordInfo",
                        x86_cpu_get_feature_words, NULL, NULL,
                        cpu->env.features);
    object_property_add(obj, "filtered-features", "X86CPUFeatureWordInfo",
                        x86_cpu_get_feature_words, NULL, NULL,
                        cpu->filtered_features);
    for (size_t i = 0; i < ARRAY_SIZE(x86_cpu_aliases); i++) {
        object_property_add_alias(obj, x86_cpu_aliases[i].alias,
                                  obj, x86_cpu_aliases[i].name);
    }
}
