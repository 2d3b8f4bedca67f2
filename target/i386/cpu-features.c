/*
 * Features: their names and bits, what depends on what, and what to do with
 * one that cannot be had.
 *
 * Read first: target/i386/cpu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/error-report.h"
#include "kvm/kvm_i386.h"
#include "sysemu/kvm.h"

#define XSTATE_MIGRATABLE_MASK \
    (XSTATE_FP_MASK | XSTATE_SSE_MASK | \
     (1ULL << XSTATE_YMM_BIT) | (1ULL << XSTATE_BNDREGS_BIT) | \
     (1ULL << XSTATE_BNDCSR_BIT) | (1ULL << XSTATE_OPMASK_BIT) | \
     (1ULL << XSTATE_ZMM_Hi256_BIT) | (1ULL << XSTATE_Hi16_ZMM_BIT) | \
     (1ULL << XSTATE_PKRU_BIT))

/* A bit without a name here cannot be asked for. */
const FeatureWordInfo feature_word_info[FEATURE_WORDS] = {
    [FEAT_1_EDX] = {
        .feat_names = {
            [0] = "fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce",
                "cx8", "apic",
            [11] = "sep", "mtrr", "pge", "mca", "cmov", "pat", "pse36", "pn",
                "clflush",
            [21] = "ds", "acpi", "mmx", "fxsr", "sse", "sse2", "ss", "ht",
                "tm", "ia64", "pbe",
        },
        .cpuid = { .eax = 1, .reg = R_EDX },
    },
    [FEAT_1_ECX] = {
        .feat_names = {
            [0] = "pni", "pclmulqdq", "dtes64", "monitor", "ds-cpl", "vmx",
                "smx", "est", "tm2", "ssse3", "cid",
            [12] = "fma", "cx16", "xtpr", "pdcm",
            [17] = "pcid", "dca", "sse4.1", "sse4.2", "x2apic", "movbe",
                "popcnt", "tsc-deadline", "aes", "xsave",
            [28] = "avx", "f16c", "rdrand", "hypervisor",
        },
        .cpuid = { .eax = 1, .reg = R_ECX },
    },
    [FEAT_7_0_EBX] = {
        .feat_names = {
            [0] = "fsgsbase", "tsc-adjust", "sgx", "bmi1", "hle", "avx2",
            [7] = "smep", "bmi2", "erms", "invpcid", "rtm",
            [14] = "mpx",
            [16] = "avx512f", "avx512dq", "rdseed", "adx", "smap",
                "avx512ifma", "pcommit", "clflushopt", "clwb", "intel-pt",
                "avx512pf", "avx512er", "avx512cd", "sha-ni", "avx512bw",
                "avx512vl",
        },
        .cpuid = { .eax = 7, .needs_ecx = true, .ecx = 0, .reg = R_EBX },
    },
    [FEAT_7_0_ECX] = {
        .feat_names = {
            [1] = "avx512vbmi", "umip", "pku",
            [5] = "waitpkg", "avx512vbmi2",
            [8] = "gfni", "vaes", "vpclmulqdq", "avx512vnni", "avx512bitalg",
            [14] = "avx512-vpopcntdq",
            [16] = "la57",
            [22] = "rdpid",
            [24] = "bus-lock-detect", "cldemote",
            [27] = "movdiri", "movdir64b",
            [30] = "sgxlc", "pks",
        },
        .cpuid = { .eax = 7, .needs_ecx = true, .ecx = 0, .reg = R_ECX },
    },
    [FEAT_7_0_EDX] = {
        .feat_names = {
            [2] = "avx512-4vnniw", "avx512-4fmaps", "fsrm",
            [8] = "avx512-vp2intersect",
            [10] = "md-clear",
            [14] = "serialize",
            [16] = "tsx-ldtrk",
            [19] = "arch-lbr",
            [22] = "amx-bf16", "avx512-fp16", "amx-tile", "amx-int8",
                "spec-ctrl", "stibp",
            [29] = "arch-capabilities", "core-capability", "ssbd",
        },
        .cpuid = { .eax = 7, .needs_ecx = true, .ecx = 0, .reg = R_EDX },
    },
    [FEAT_7_1_EAX] = {
        .feat_names = {
            [4] = "avx-vnni", "avx512-bf16",
        },
        .cpuid = { .eax = 7, .needs_ecx = true, .ecx = 1, .reg = R_EAX },
    },
    [FEAT_8000_0001_EDX] = {
        .feat_names = {
            [11] = "syscall",
            [20] = "nx",
            [22] = "mmxext",
            [25] = "fxsr-opt", "pdpe1gb", "rdtscp",
            [29] = "lm", "3dnowext", "3dnow",
        },
        .cpuid = { .eax = 0x80000001, .reg = R_EDX },
    },
    [FEAT_8000_0001_ECX] = {
        .feat_names = {
            [0] = "lahf-lm", "cmp-legacy", "svm", "extapic", "cr8legacy",
                "abm", "sse4a", "misalignsse", "3dnowprefetch", "osvw", "ibs",
                "xop", "skinit", "wdt",
            [15] = "lwp", "fma4", "tce",
            [19] = "nodeid-msr",
            [21] = "tbm", "topoext", "perfctr-core", "perfctr-nb",
        },
        .cpuid = { .eax = 0x80000001, .reg = R_ECX },
        /* Topology has to fit: never on by itself. */
        .no_autoenable_flags = CPUID_EXT3_TOPOEXT,
    },
    [FEAT_8000_0007_EDX] = {
        .feat_names = {
            [8] = "invtsc",
        },
        .cpuid = { .eax = 0x80000007, .reg = R_EDX },
        .unmigratable_flags = CPUID_APM_INVTSC,
    },
    [FEAT_8000_0008_EBX] = {
        .feat_names = {
            [0] = "clzero",
            [2] = "xsaveerptr",
            [9] = "wbnoinvd",
            [12] = "ibpb",
            [14] = "ibrs", "amd-stibp",
            [24] = "amd-ssbd", "virt-ssbd", "amd-no-ssb",
        },
        .cpuid = { .eax = 0x80000008, .reg = R_EBX },
    },
    [FEAT_C000_0001_EDX] = {
        .feat_names = {
            [2] = "xstore", "xstore-en",
            [6] = "xcrypt", "xcrypt-en", "ace2", "ace2-en", "phe", "phe-en",
                "pmm", "pmm-en",
        },
        .cpuid = { .eax = 0xc0000001, .reg = R_EDX },
    },
    [FEAT_KVM] = {
        .feat_names = {
            [0] = "kvmclock", "kvm-nopiodelay", "kvm-mmu", "kvmclock",
                "kvm-asyncpf", "kvm-steal-time", "kvm-pv-eoi",
                "kvm-pv-unhalt",
            [9] = "kvm-pv-tlb-flush",
            [11] = "kvm-pv-ipi", "kvm-poll-control", "kvm-pv-sched-yield",
                "kvm-asyncpf-int", "kvm-msi-ext-dest-id",
            [24] = "kvmclock-stable-bit",
        },
        .cpuid = { .eax = 0x40000001, .reg = R_EAX },
    },
    [FEAT_KVM_HINTS] = {
        .feat_names = {
            [0] = "kvm-hint-dedicated",
        },
        .cpuid = { .eax = 0x40000001, .reg = R_EDX },
        /* What the user knows about the host; nobody else does. */
        .no_autoenable_flags = ~0U,
    },
    [FEAT_SVM] = {
        .feat_names = {
            [0] = "npt", "lbrv", "svm-lock", "nrip-save", "tsc-scale",
                "vmcb-clean", "flushbyasid", "decodeassists",
            [10] = "pause-filter",
            [12] = "pfthreshold", "avic",
            [15] = "v-vmsave-vmload", "vgif",
            [28] = "svme-addr-chk",
        },
        .cpuid = { .eax = 0x8000000a, .reg = R_EDX },
    },
    [FEAT_XSAVE] = {
        .feat_names = {
            [0] = "xsaveopt", "xsavec", "xgetbv1", "xsaves", "xfd",
        },
        .cpuid = { .eax = 13, .needs_ecx = true, .ecx = 1, .reg = R_EAX },
    },
    [FEAT_6_EAX] = {
        .feat_names = {
            [2] = "arat",
        },
        .cpuid = { .eax = 6, .reg = R_EAX },
    },
    [FEAT_XSAVE_XCR0_LO] = {
        .cpuid = { .eax = 13, .needs_ecx = true, .ecx = 0, .reg = R_EAX },
        .migratable_flags = XSTATE_MIGRATABLE_MASK,
    },
    [FEAT_XSAVE_XCR0_HI] = {
        .cpuid = { .eax = 13, .needs_ecx = true, .ecx = 0, .reg = R_EDX },
    },
    [FEAT_ARCH_CAPABILITIES] = {
        .feat_names = {
            [0] = "rdctl-no", "ibrs-all", "rsba", "skip-l1dfl-vmentry",
                "ssb-no", "mds-no", "pschange-mc-no", "tsx-ctrl", "taa-no",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_ARCH_CAPABILITIES,
    },
    [FEAT_CORE_CAPABILITY] = {
        .feat_names = {
            [5] = "split-lock-detect",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_CORE_CAPABILITY,
    },
    [FEAT_PERF_CAPABILITIES] = {
        .feat_names = {
            [13] = "full-width-write",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_PERF_CAPABILITIES,
    },
    [FEAT_VMX_PROCBASED_CTLS] = {
        .feat_names = {
            [2] = "vmx-vintr-pending", "vmx-tsc-offset",
            [7] = "vmx-hlt-exit",
            [9] = "vmx-invlpg-exit", "vmx-mwait-exit", "vmx-rdpmc-exit",
                "vmx-rdtsc-exit",
            [15] = "vmx-cr3-load-noexit", "vmx-cr3-store-noexit",
            [19] = "vmx-cr8-load-exit", "vmx-cr8-store-exit",
                "vmx-flexpriority", "vmx-vnmi-pending", "vmx-movdr-exit",
                "vmx-io-exit", "vmx-io-bitmap",
            [27] = "vmx-mtf", "vmx-msr-bitmap", "vmx-monitor-exit",
                "vmx-pause-exit", "vmx-secondary-ctls",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_TRUE_PROCBASED_CTLS,
    },
    [FEAT_VMX_SECONDARY_CTLS] = {
        .feat_names = {
            [0] = "vmx-apicv-xapic", "vmx-ept", "vmx-desc-exit",
                "vmx-rdtscp-exit", "vmx-apicv-x2apic", "vmx-vpid",
                "vmx-wbinvd-exit", "vmx-unrestricted-guest",
                "vmx-apicv-register", "vmx-apicv-vid", "vmx-ple",
                "vmx-rdrand-exit", "vmx-invpcid-exit", "vmx-vmfunc",
                "vmx-shadow-vmcs", "vmx-encls-exit", "vmx-rdseed-exit",
                "vmx-pml",
            [20] = "vmx-xsaves",
            [25] = "vmx-tsc-scaling",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_PROCBASED_CTLS2,
    },
    [FEAT_VMX_PINBASED_CTLS] = {
        .feat_names = {
            [0] = "vmx-intr-exit",
            [3] = "vmx-nmi-exit",
            [5] = "vmx-vnmi", "vmx-preemption-timer", "vmx-posted-intr",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_TRUE_PINBASED_CTLS,
    },
    [FEAT_VMX_EXIT_CTLS] = {
        .feat_names = {
            [2] = "vmx-exit-nosave-debugctl",
            [12] = "vmx-exit-load-perf-global-ctrl",
            [15] = "vmx-exit-ack-intr",
            [18] = "vmx-exit-save-pat", "vmx-exit-load-pat",
                "vmx-exit-save-efer", "vmx-exit-load-efer",
                "vmx-exit-save-preemption-timer", "vmx-exit-clear-bndcfgs",
            [25] = "vmx-exit-clear-rtit-ctl",
            [29] = "vmx-exit-load-pkrs",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_TRUE_EXIT_CTLS,
    },
    [FEAT_VMX_ENTRY_CTLS] = {
        .feat_names = {
            [2] = "vmx-entry-noload-debugctl",
            [9] = "vmx-entry-ia32e-mode",
            [13] = "vmx-entry-load-perf-global-ctrl", "vmx-entry-load-pat",
                "vmx-entry-load-efer", "vmx-entry-load-bndcfgs",
            [18] = "vmx-entry-load-rtit-ctl",
            [22] = "vmx-entry-load-pkrs",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_TRUE_ENTRY_CTLS,
    },
    [FEAT_VMX_MISC] = {
        .feat_names = {
            [5] = "vmx-store-lma", "vmx-activity-hlt",
                "vmx-activity-shutdown", "vmx-activity-wait-sipi",
            [29] = "vmx-vmwrite-vmexit-fields", "vmx-zero-len-inject",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_MISC,
    },
    [FEAT_VMX_EPT_VPID_CAPS] = {
        .feat_names = {
            [0] = "vmx-ept-execonly",
            [6] = "vmx-page-walk-4", "vmx-page-walk-5",
            [16] = "vmx-ept-2mb", "vmx-ept-1gb",
            [20] = "vmx-invept", "vmx-eptad", "vmx-ept-advanced-exitinfo",
            [25] = "vmx-invept-single-context", "vmx-invept-all-context",
            [32] = "vmx-invvpid",
            [40] = "vmx-invvpid-single-addr", "vmx-invept-single-context",
                "vmx-invvpid-all-context",
                "vmx-invept-single-context-noglobals",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_EPT_VPID_CAP,
    },
    [FEAT_VMX_BASIC] = {
        .feat_names = {
            [54] = "vmx-ins-outs", "vmx-true-ctls",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_BASIC,
    },
    [FEAT_VMX_VMFUNC] = {
        .feat_names = {
            [0] = "vmx-eptp-switching",
        },
        .type = MSR_FEATURE_WORD,
        .msr = MSR_IA32_VMX_VMFUNC,
    },
    [FEAT_14_0_ECX] = {
        .feat_names = {
            [31] = "intel-pt-lip",
        },
        .cpuid = { .eax = 0x14, .needs_ecx = true, .ecx = 0, .reg = R_ECX },
    },
    [FEAT_SGX_12_0_EAX] = {
        .feat_names = {
            [0] = "sgx1", "sgx2",
        },
        .cpuid = { .eax = 0x12, .needs_ecx = true, .ecx = 0, .reg = R_EAX },
    },
    [FEAT_SGX_12_0_EBX] = {
        .feat_names = {
            [0] = "sgx-exinfo",
        },
        .cpuid = { .eax = 0x12, .needs_ecx = true, .ecx = 0, .reg = R_EBX },
    },
    [FEAT_SGX_12_1_EAX] = {
        .feat_names = {
            [1] = "sgx-debug", "sgx-mode64",
            [4] = "sgx-provisionkey", "sgx-tokenkey",
            [7] = "sgx-kss",
        },
        .cpuid = { .eax = 0x12, .needs_ecx = true, .ecx = 1, .reg = R_EAX },
    },
    [FEAT_XSAVE_XSS_LO] = {
        .cpuid = { .eax = 13, .needs_ecx = true, .ecx = 1, .reg = R_ECX },
    },
    [FEAT_XSAVE_XSS_HI] = {
        .cpuid = { .eax = 13, .needs_ecx = true, .ecx = 1, .reg = R_EDX },
    },
};

/* Names */

const char *get_register_name_32(unsigned int reg)
{
    static const char *const names[] = {
        "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI",
    };

    return reg < ARRAY_SIZE(names) ? names[reg] : NULL;
}

const char *x86_cpu_feature_name(FeatureWord w, int bitnr)
{
    return feature_word_info[w].feat_names[bitnr];
}

typedef struct FeatureBits {
    FeatureWord w;
    uint64_t mask;
} FeatureBits;

/* Made once: models and properties ask for hundreds of names. */
static GHashTable *x86_cpu_features_by_name(void)
{
    static GHashTable *table;

    if (table) {
        return table;
    }
    table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        for (int bitnr = 0; bitnr < 64; bitnr++) {
            const char *name = x86_cpu_feature_name(w, bitnr);
            FeatureBits *bits = name ? g_hash_table_lookup(table, name) : NULL;

            if (!name) {
                continue;
            }
            if (!bits) {
                bits = g_new0(FeatureBits, 1);
                bits->w = w;
                g_hash_table_insert(table, (gpointer)name, bits);
            }
            /* kvmclock has two bits. */
            bits->mask |= 1ULL << bitnr;
        }
    }
    return table;
}

bool x86_cpu_find_feature(const char *name, FeatureWord *w, uint64_t *mask)
{
    FeatureBits *bits = g_hash_table_lookup(x86_cpu_features_by_name(), name);

    if (bits) {
        *w = bits->w;
        *mask = bits->mask;
    }
    return bits != NULL;
}

/* "CPUID.07H:EBX", "MSR(10AH)" */
static char *feature_word_description(const FeatureWordInfo *f)
{
    if (f->type == MSR_FEATURE_WORD) {
        return g_strdup_printf("MSR(%" PRIX32 "H)", f->msr);
    }
    return g_strdup_printf("CPUID.%02" PRIX32 "H:%s", f->cpuid.eax,
                           get_register_name_32(f->cpuid.reg));
}

void x86_cpu_list_feature_names(FeatureWordArray features, strList **list)
{
    strList **tail = list;

    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        for (int i = 0; i < 64; i++) {
            const char *name = x86_cpu_feature_name(w, i);

            if (name && (features[w] & (1ULL << i))) {
                QAPI_LIST_APPEND(tail, g_strdup(name));
            }
        }
    }
}

/* What can be had */

static uint64_t x86_cpu_get_migratable_flags(FeatureWord w)
{
    const FeatureWordInfo *wi = &feature_word_info[w];
    uint64_t r = wi->migratable_flags;

    for (int i = 0; i < 64; i++) {
        if (wi->feat_names[i]) {
            r |= 1ULL << i;
        }
    }
    return r & ~wi->unmigratable_flags;
}

/* An accelerator that runs no code (qtest) refuses nothing. */
uint64_t x86_cpu_get_supported_feature_word(FeatureWord w,
                                            bool migratable_only)
{
    bool narrow = feature_word_info[w].type == CPUID_FEATURE_WORD;
    uint64_t r = narrow ? UINT32_MAX : UINT64_MAX;

    if (kvm_enabled()) {
        const FeatureWordInfo *fi = &feature_word_info[w];

        r = narrow ? kvm_arch_get_supported_cpuid(kvm_state, fi->cpuid.eax,
                                                  fi->cpuid.ecx, fi->cpuid.reg)
                   : kvm_arch_get_supported_msr_feature(kvm_state, fi->msr);
    }
    if (migratable_only) {
        r &= x86_cpu_get_migratable_flags(w);
    }
    return r;
}

bool x86_cpu_have_filtered_features(X86CPU *cpu)
{
    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        if (cpu->filtered_features[w]) {
            return true;
        }
    }
    return false;
}

void mark_unavailable_features(X86CPU *cpu, FeatureWord w, uint64_t mask,
                               const char *verbose_prefix)
{
    const FeatureWordInfo *f = &feature_word_info[w];
    g_autofree char *desc = NULL;

    if (!cpu->force_features) {
        cpu->env.features[w] &= ~mask;
    }
    cpu->filtered_features[w] |= mask;

    if (!verbose_prefix) {
        return;
    }
    desc = feature_word_description(f);
    for (int i = 0; i < 64; i++) {
        if (mask & (1ULL << i)) {
            warn_report("%s: %s%s%s [bit %d]", verbose_prefix, desc,
                        f->feat_names[i] ? "." : "", f->feat_names[i] ?: "", i);
        }
    }
}

void x86_cpu_filter_features(X86CPU *cpu, bool verbose)
{
    const char *prefix =
        verbose ? "host doesn't support requested feature" : NULL;

    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        uint64_t host_feat = x86_cpu_get_supported_feature_word(w, false);

        mark_unavailable_features(cpu, w, cpu->env.features[w] & ~host_feat,
                                  prefix);
    }
}

/* What depends on what */

typedef struct FeatureMask {
    FeatureWord index;
    uint64_t mask;
} FeatureMask;

/* Without any of @from, none of @to makes sense. */
typedef struct FeatureDep {
    FeatureMask from, to;
} FeatureDep;

#define FROM_1_ECX(bit)    { FEAT_1_ECX, 1ULL << (bit) }
#define FROM_7_EBX(bit)    { FEAT_7_0_EBX, 1ULL << (bit) }
#define ALL_OF(word)       { word, UINT64_MAX }
#define VMX_2ND(bit)       { FEAT_VMX_SECONDARY_CTLS, 1ULL << (bit) }

/* A later row may depend on what an earlier one has removed. */
static const FeatureDep feature_dependencies[] = {
    { { FEAT_7_0_EDX, CPUID_7_0_EDX_ARCH_CAPABILITIES },
      ALL_OF(FEAT_ARCH_CAPABILITIES) },
    { { FEAT_7_0_EDX, CPUID_7_0_EDX_CORE_CAPABILITY },
      ALL_OF(FEAT_CORE_CAPABILITY) },
    { { FEAT_1_ECX, CPUID_EXT_PDCM }, ALL_OF(FEAT_PERF_CAPABILITIES) },

    /* Capability MSRs of VMX (SDM volume 3, appendix A) */
    { { FEAT_1_ECX, CPUID_EXT_VMX }, ALL_OF(FEAT_VMX_PROCBASED_CTLS) },
    { { FEAT_1_ECX, CPUID_EXT_VMX }, ALL_OF(FEAT_VMX_PINBASED_CTLS) },
    { { FEAT_1_ECX, CPUID_EXT_VMX }, ALL_OF(FEAT_VMX_EXIT_CTLS) },
    { { FEAT_1_ECX, CPUID_EXT_VMX }, ALL_OF(FEAT_VMX_ENTRY_CTLS) },
    { { FEAT_1_ECX, CPUID_EXT_VMX }, ALL_OF(FEAT_VMX_MISC) },
    { { FEAT_1_ECX, CPUID_EXT_VMX }, ALL_OF(FEAT_VMX_BASIC) },
    { { FEAT_8000_0001_EDX, CPUID_EXT2_LM },
      { FEAT_VMX_ENTRY_CTLS, 1ULL << 9 } },         /* ia32e-mode */
    { { FEAT_VMX_PROCBASED_CTLS, 1ULL << 31 },      /* secondary-ctls */
      ALL_OF(FEAT_VMX_SECONDARY_CTLS) },
    { { FEAT_XSAVE, CPUID_XSAVE_XSAVES }, VMX_2ND(20) },
    { FROM_1_ECX(30), VMX_2ND(11) },                /* rdrand */
    { FROM_7_EBX(10), VMX_2ND(12) },                /* invpcid */
    { FROM_7_EBX(14), { FEAT_VMX_EXIT_CTLS, 1ULL << 23 } },     /* mpx */
    { FROM_7_EBX(14), { FEAT_VMX_ENTRY_CTLS, 1ULL << 16 } },
    { FROM_7_EBX(18), VMX_2ND(16) },                /* rdseed */
    { { FEAT_8000_0001_EDX, CPUID_EXT2_RDTSCP }, VMX_2ND(3) },
    { VMX_2ND(1), { FEAT_VMX_EPT_VPID_CAPS, 0xffffffffULL } },  /* ept */
    { VMX_2ND(1), VMX_2ND(7) },                     /* unrestricted-guest */
    { VMX_2ND(5), { FEAT_VMX_EPT_VPID_CAPS, 0xffffffffULL << 32 } },
    { VMX_2ND(13), ALL_OF(FEAT_VMX_VMFUNC) },       /* vmfunc */

    { { FEAT_7_0_EBX, CPUID_7_0_EBX_INTEL_PT }, ALL_OF(FEAT_14_0_ECX) },
    { { FEAT_8000_0001_ECX, CPUID_EXT3_SVM }, ALL_OF(FEAT_SVM) },
    { { FEAT_7_0_EBX, CPUID_7_0_EBX_SGX },
      { FEAT_7_0_ECX, CPUID_7_0_ECX_SGX_LC } },
    { { FEAT_7_0_EBX, CPUID_7_0_EBX_SGX }, ALL_OF(FEAT_SGX_12_0_EAX) },
    { { FEAT_7_0_EBX, CPUID_7_0_EBX_SGX }, ALL_OF(FEAT_SGX_12_0_EBX) },
    { { FEAT_7_0_EBX, CPUID_7_0_EBX_SGX }, ALL_OF(FEAT_SGX_12_1_EAX) },
};

static void x86_cpu_drop_dependent_features(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    for (size_t i = 0; i < ARRAY_SIZE(feature_dependencies); i++) {
        const FeatureDep *d = &feature_dependencies[i];
        uint64_t lost = env->features[d->to.index] & d->to.mask;

        if (env->features[d->from.index] & d->from.mask) {
            continue;
        }
        /* Worth a word only if the user has asked for it. */
        mark_unavailable_features(cpu, d->to.index,
                                  lost & env->user_features[d->to.index],
                                  "This feature depends on other features "
                                  "that were not requested");
        env->features[d->to.index] &= ~lost;
    }
}

/* The components of the XSAVE area follow from the other features. */
static void x86_cpu_enable_xsave_components(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    uint64_t mask = 0, xcr0, xss;

    if (env->features[FEAT_1_ECX] & CPUID_EXT_XSAVE) {
        for (int i = 0; i < XSAVE_STATE_AREA_COUNT; i++) {
            const ExtSaveArea *esa = &x86_ext_save_areas[i];

            if (env->features[esa->feature] & esa->bits) {
                mask |= 1ULL << i;
            }
        }
    }
    xcr0 = mask & CPUID_XSTATE_XCR0_MASK;
    xss = mask & CPUID_XSTATE_XSS_MASK;
    env->features[FEAT_XSAVE_XCR0_LO] = (uint32_t)xcr0;
    env->features[FEAT_XSAVE_XCR0_HI] = xcr0 >> 32;
    env->features[FEAT_XSAVE_XSS_LO] = (uint32_t)xss;
    env->features[FEAT_XSAVE_XSS_HI] = xss >> 32;
}

/* CPUID's highest leaf is at least the one that a feature is in. */

static void x86_cpu_adjust_level(uint32_t *min, uint32_t value)
{
    *min = MAX(*min, value);
}

static void x86_cpu_adjust_feat_level(X86CPU *cpu, FeatureWord w)
{
    CPUX86State *env = &cpu->env;
    const FeatureWordInfo *fi = &feature_word_info[w];
    uint32_t eax = fi->cpuid.eax;

    assert(fi->type == CPUID_FEATURE_WORD);
    if (!env->features[w]) {
        return;
    }
    switch (eax & 0xf0000000) {
    case 0x00000000:
        x86_cpu_adjust_level(&env->cpuid_min_level, eax);
        break;
    case 0x80000000:
        x86_cpu_adjust_level(&env->cpuid_min_xlevel, eax);
        break;
    case 0xc0000000:
        x86_cpu_adjust_level(&env->cpuid_min_xlevel2, eax);
        break;
    }
    if (eax == 7) {
        x86_cpu_adjust_level(&env->cpuid_min_level_func7, fi->cpuid.ecx);
    }
}

static void x86_cpu_adjust_levels(X86CPU *cpu)
{
    static const FeatureWord words[] = {
        FEAT_1_EDX, FEAT_1_ECX, FEAT_6_EAX, FEAT_7_0_EBX, FEAT_7_0_ECX,
        FEAT_7_1_EAX, FEAT_8000_0001_EDX, FEAT_8000_0001_ECX,
        FEAT_8000_0007_EDX, FEAT_8000_0008_EBX, FEAT_C000_0001_EDX,
        FEAT_SVM, FEAT_XSAVE,
    };
    CPUX86State *env = &cpu->env;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        x86_cpu_adjust_feat_level(cpu, words[i]);
    }
    if ((env->features[FEAT_7_0_EBX] & CPUID_7_0_EBX_INTEL_PT) &&
        cpu->intel_pt_auto_level) {
        x86_cpu_adjust_level(&env->cpuid_min_level, 0x14);
    }
    /* V2 extended topology, where there is more than one die. */
    if (env->nr_dies > 1) {
        x86_cpu_adjust_level(&env->cpuid_min_level, 0x1f);
    }
    if (env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_SVM) {
        x86_cpu_adjust_level(&env->cpuid_min_xlevel, 0x8000000a);
    }
    if (env->features[FEAT_7_0_EBX] & CPUID_7_0_EBX_SGX) {
        x86_cpu_adjust_level(&env->cpuid_min_level, 0x12);
    }
}

/*
 * From what the model and the user say to what the CPU has.  Not yet asked:
 * whether the accelerator can do it.
 */
void x86_cpu_expand_features(X86CPU *cpu, Error **errp)
{
    CPUX86State *env = &cpu->env;

    if (cpu->max_features) {
        for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
            /* What the user has set stays. */
            env->features[w] |=
                x86_cpu_get_supported_feature_word(w, cpu->migratable) &
                ~env->user_features[w] &
                ~feature_word_info[w].no_autoenable_flags;
        }
    }

    x86_cpu_drop_dependent_features(cpu);
    if (!kvm_enabled() || !cpu->expose_kvm) {
        env->features[FEAT_KVM] = 0;
    }
    x86_cpu_enable_xsave_components(cpu);

    if (cpu->full_cpuid_auto_level) {
        x86_cpu_adjust_levels(cpu);
    }

    /* What was not set is what the features need. */
    if (env->cpuid_level_func7 == UINT32_MAX) {
        env->cpuid_level_func7 = env->cpuid_min_level_func7;
    }
    if (env->cpuid_level == UINT32_MAX) {
        env->cpuid_level = env->cpuid_min_level;
    }
    if (env->cpuid_xlevel == UINT32_MAX) {
        env->cpuid_xlevel = env->cpuid_min_xlevel;
    }
    if (env->cpuid_xlevel2 == UINT32_MAX) {
        env->cpuid_xlevel2 = env->cpuid_min_xlevel2;
    }
}
