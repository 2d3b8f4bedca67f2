/*
 * What the CPUID instruction answers.
 *
 *     0 .. level              basic leaves: Intel's numbering
 *     0x4000_0000 ..          the hypervisor's
 *     0x8000_0000 .. xlevel   extended leaves: AMD's numbering
 *     0xc000_0000 .. xlevel2  Centaur's
 *
 * A leaf above the highest of its kind answers as the highest basic leaf does.
 *
 * Specification: SDM volume 2, CPUID; APM volume 3, appendix E.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"

/* XSAVE (leaf 0xd) */

/* In the standard form; SDM volume 1, 13.4. */
const ExtSaveArea x86_ext_save_areas[XSAVE_STATE_AREA_COUNT] = {
    [XSTATE_FP_BIT] = {
        /* Of FXSAVE, with the header behind it. */
        .feature = FEAT_1_EDX, .bits = CPUID_FXSR, .size = 512 + 64,
    },
    [XSTATE_SSE_BIT] = {
        .feature = FEAT_1_EDX, .bits = CPUID_SSE, .size = 512 + 64,
    },
    [XSTATE_YMM_BIT] = {
        .feature = FEAT_1_ECX, .bits = CPUID_EXT_AVX,
        .offset = 0x240, .size = 0x100,
    },
    [XSTATE_BNDREGS_BIT] = {
        .feature = FEAT_7_0_EBX, .bits = CPUID_7_0_EBX_MPX,
        .offset = 0x3c0, .size = 0x40,
    },
    [XSTATE_BNDCSR_BIT] = {
        .feature = FEAT_7_0_EBX, .bits = CPUID_7_0_EBX_MPX,
        .offset = 0x400, .size = 0x40,
    },
    [XSTATE_OPMASK_BIT] = {
        .feature = FEAT_7_0_EBX, .bits = CPUID_7_0_EBX_AVX512F,
        .offset = 0x440, .size = 0x40,
    },
    [XSTATE_ZMM_Hi256_BIT] = {
        .feature = FEAT_7_0_EBX, .bits = CPUID_7_0_EBX_AVX512F,
        .offset = 0x480, .size = 0x200,
    },
    [XSTATE_Hi16_ZMM_BIT] = {
        .feature = FEAT_7_0_EBX, .bits = CPUID_7_0_EBX_AVX512F,
        .offset = 0x680, .size = 0x400,
    },
    [XSTATE_PKRU_BIT] = {
        .feature = FEAT_7_0_ECX, .bits = CPUID_7_0_ECX_PKU,
        .offset = 0xa80, .size = 0x8,
    },
    [XSTATE_ARCH_LBR_BIT] = {
        /* Supervisor state: has no place in the standard form. */
        .feature = FEAT_7_0_EDX, .bits = CPUID_7_0_EDX_ARCH_LBR,
        .offset = 0, .size = 0x328, .ecx = 1 << 0,
    },
    [XSTATE_XTILE_CFG_BIT] = {
        .feature = FEAT_7_0_EDX, .bits = CPUID_7_0_EDX_AMX_TILE,
        .offset = 0xac0, .size = 0x40, .ecx = 1 << 1,
    },
    [XSTATE_XTILE_DATA_BIT] = {
        .feature = FEAT_7_0_EDX, .bits = CPUID_7_0_EDX_AMX_TILE,
        .offset = 0xb00, .size = 0x2000, .ecx = 1 << 1 | 1 << 2,
    },
};

/* How large the area for the components @mask is. */
static uint32_t xsave_area_size(uint64_t mask, bool compacted)
{
    uint64_t ret = x86_ext_save_areas[XSTATE_FP_BIT].size;

    for (int i = XSTATE_YMM_BIT; i < XSAVE_STATE_AREA_COUNT; i++) {
        const ExtSaveArea *esa = &x86_ext_save_areas[i];

        if ((mask >> i) & 1) {
            ret = compacted ? ret + esa->size
                            : MAX(ret, esa->offset + esa->size);
        }
    }
    return ret;
}

static void cpuid_leaf_xsave(CPUX86State *env, uint32_t count,
                             uint32_t *eax, uint32_t *ebx,
                             uint32_t *ecx, uint32_t *edx)
{
    uint64_t xcr0 = env->features[FEAT_XSAVE_XCR0_LO] |
                    env->features[FEAT_XSAVE_XCR0_HI] << 32;
    uint64_t xss = env->features[FEAT_XSAVE_XSS_LO] |
                   env->features[FEAT_XSAVE_XSS_HI] << 32;
    const ExtSaveArea *esa;

    if (!(env->features[FEAT_1_ECX] & CPUID_EXT_XSAVE)) {
        return;
    }
    if (count == 0) {
        *eax = xcr0;
        *edx = xcr0 >> 32;
        *ecx = xsave_area_size(xcr0, false);
        *ebx = xsave_area_size(env->xcr0, false);
    } else if (count == 1) {
        *eax = env->features[FEAT_XSAVE];
        /*
         * Of all components, though only those in XCR0 should count: KVM
         * puts that right where XSAVEC or XSAVES is there to use it.
         */
        *ebx = xsave_area_size(xcr0 | xss, true);
        *ecx = xss;
        *edx = xss >> 32;
    } else if (count < XSAVE_STATE_AREA_COUNT &&
               (((xcr0 | xss) >> count) & 1)) {
        esa = &x86_ext_save_areas[count];
        *eax = esa->size;
        if ((xcr0 >> count) & 1) {
            *ebx = esa->offset;
        }
        *ecx = esa->ecx;
    }
}

/* Topology and caches (leaves 4, 0xb, 0x1f, 0x8000_001d, 0x8000_001e) */

static X86CPUTopoInfo cpuid_topo_info(CPUX86State *env)
{
    CPUState *cs = env_cpu(env);

    return (X86CPUTopoInfo) {
        .dies_per_pkg = env->nr_dies,
        .cores_per_die = cs->nr_cores,
        .threads_per_core = cs->nr_threads,
    };
}

static void cpuid_leaf_caches(CPUX86State *env, uint32_t count,
                              uint32_t *eax, uint32_t *ebx,
                              uint32_t *ecx, uint32_t *edx)
{
    X86CPUTopoInfo topo_info = cpuid_topo_info(env);
    const CPUCaches *caches = &env->cache_info_cpuid4;
    CPUState *cs = env_cpu(env);
    int die_offset = apicid_die_offset(&topo_info);

    switch (count) {
    case 0:
        encode_cache_cpuid4(caches->l1d_cache, 1, cs->nr_cores,
                            eax, ebx, ecx, edx);
        break;
    case 1:
        encode_cache_cpuid4(caches->l1i_cache, 1, cs->nr_cores,
                            eax, ebx, ecx, edx);
        break;
    case 2:
        encode_cache_cpuid4(caches->l2_cache, cs->nr_threads, cs->nr_cores,
                            eax, ebx, ecx, edx);
        break;
    case 3:
        if (env_archcpu(env)->enable_l3_cache) {
            encode_cache_cpuid4(caches->l3_cache, 1 << die_offset,
                                cs->nr_cores, eax, ebx, ecx, edx);
        }
        break;
    }
}

/* One level of the topology: how far to shift for the next, and how many. */
#define TOPOLOGY_LEVEL_SMT  1
#define TOPOLOGY_LEVEL_CORE 2
#define TOPOLOGY_LEVEL_DIE  5

static void cpuid_leaf_topology(CPUX86State *env, uint32_t index,
                                uint32_t count, uint32_t *eax, uint32_t *ebx,
                                uint32_t *ecx, uint32_t *edx)
{
    X86CPUTopoInfo topo_info = cpuid_topo_info(env);
    CPUState *cs = env_cpu(env);
    int level = 0;

    *ecx = count & 0xff;
    *edx = env_archcpu(env)->apic_id;

    switch (count) {
    case 0:
        *eax = apicid_core_offset(&topo_info);
        *ebx = cs->nr_threads;
        level = TOPOLOGY_LEVEL_SMT;
        break;
    case 1:
        /* Leaf 0xb knows no dies. */
        *eax = index == 0xb ? apicid_pkg_offset(&topo_info)
                            : apicid_die_offset(&topo_info);
        *ebx = cs->nr_cores * cs->nr_threads *
               (index == 0xb ? env->nr_dies : 1);
        level = TOPOLOGY_LEVEL_CORE;
        break;
    case 2:
        if (index == 0x1f) {
            *eax = apicid_pkg_offset(&topo_info);
            *ebx = env->nr_dies * cs->nr_cores * cs->nr_threads;
            level = TOPOLOGY_LEVEL_DIE;
        }
        break;
    }
    *ecx |= level << 8;
    *ebx &= 0xffff;
}

static void cpuid_leaf_amd_caches(CPUX86State *env, uint32_t count,
                                  uint32_t *eax, uint32_t *ebx,
                                  uint32_t *ecx, uint32_t *edx)
{
    X86CPUTopoInfo topo_info = cpuid_topo_info(env);
    const CPUCaches *caches = &env->cache_info_amd;
    CPUState *cs = env_cpu(env);

    switch (count) {
    case 0:
        encode_cache_cpuid4(caches->l1d_cache, cs->nr_threads, 0,
                            eax, ebx, ecx, edx);
        break;
    case 1:
        encode_cache_cpuid4(caches->l1i_cache, cs->nr_threads, 0,
                            eax, ebx, ecx, edx);
        break;
    case 2:
        encode_cache_cpuid4(caches->l2_cache, cs->nr_threads, 0,
                            eax, ebx, ecx, edx);
        break;
    case 3:
        encode_cache_cpuid4(caches->l3_cache,
                            topo_info.cores_per_die *
                            topo_info.threads_per_core, 0,
                            eax, ebx, ecx, edx);
        break;
    }
}

static void cpuid_leaf_amd_topology(CPUX86State *env, uint32_t *eax,
                                    uint32_t *ebx, uint32_t *ecx)
{
    X86CPUTopoInfo topo_info = cpuid_topo_info(env);
    uint32_t apic_id = env_archcpu(env)->apic_id;
    uint32_t core = apic_id >> apicid_core_offset(&topo_info);

    *eax = apic_id;
    /* Threads of a core, and which core of its die this is. */
    *ebx = (topo_info.threads_per_core - 1) << 8 |
           (core & MAKE_64BIT_MASK(0, apicid_core_width(&topo_info)));
    *ecx = (topo_info.dies_per_pkg - 1) << 8 |
           ((apic_id >> apicid_die_offset(&topo_info)) & 0xff);
}

/* Leaves of one number */

static void cpuid_leaf_1(CPUX86State *env, uint32_t *eax, uint32_t *ebx,
                         uint32_t *ecx, uint32_t *edx)
{
    X86CPU *cpu = env_archcpu(env);
    CPUState *cs = env_cpu(env);
    uint32_t threads = env->nr_dies * cs->nr_cores * cs->nr_threads;

    *eax = env->cpuid_version;
    /* The initial APIC ID, and the line size of CLFLUSH in 8 bytes. */
    *ebx = cpu->apic_id << 24 | 8 << 8;
    *ecx = env->features[FEAT_1_ECX];
    if ((*ecx & CPUID_EXT_XSAVE) && (env->cr[4] & CR4_OSXSAVE_MASK)) {
        *ecx |= CPUID_EXT_OSXSAVE;
    }
    *edx = env->features[FEAT_1_EDX];
    if (threads > 1) {
        *ebx |= MIN(threads, 255) << 16;
        *edx |= CPUID_HT;
    }
    if (!cpu->enable_pmu) {
        *ecx &= ~CPUID_EXT_PDCM;
    }
}

static void cpuid_leaf_7(CPUX86State *env, uint32_t count, uint32_t *eax,
                         uint32_t *ebx, uint32_t *ecx, uint32_t *edx)
{
    if (count == 0) {
        *eax = env->cpuid_level_func7;
        *ebx = env->features[FEAT_7_0_EBX];
        *ecx = env->features[FEAT_7_0_ECX];
        if ((*ecx & CPUID_7_0_ECX_PKU) && (env->cr[4] & CR4_PKE_MASK)) {
            *ecx |= CPUID_7_0_ECX_OSPKE;
        }
        *edx = env->features[FEAT_7_0_EDX];
    } else if (count == 1) {
        *eax = env->features[FEAT_7_1_EAX];
    }
}

/* What says that there is a hypervisor, without its own interface. */
static void cpuid_leaf_hypervisor(CPUX86State *env, uint32_t index,
                                  uint32_t *eax, uint32_t *ebx,
                                  uint32_t *ecx, uint32_t *edx)
{
    static const char signature[] = "TCGTCGTCGTCG";

    if (index == 0x40000000 && env_archcpu(env)->expose_tcg) {
        *eax = 0x40000001;
        *ebx = ldl_le_p(signature);
        *ecx = ldl_le_p(signature + 4);
        *edx = ldl_le_p(signature + 8);
    }
}

/* Address widths: virtual in the second byte, physical in the first. */
static uint32_t cpuid_address_widths(CPUX86State *env)
{
    uint32_t virt = 32;

    if (env->features[FEAT_8000_0001_EDX] & CPUID_EXT2_LM) {
        virt = env->features[FEAT_7_0_ECX] & CPUID_7_0_ECX_LA57 ? 57 : 48;
        return env_archcpu(env)->phys_bits | virt << 8;
    }
    /* Bits of virtual addresses are told from long mode on. */
    return env_archcpu(env)->phys_bits;
}

static void cpuid_extended(CPUX86State *env, uint32_t index, uint32_t count,
                           uint32_t *eax, uint32_t *ebx,
                           uint32_t *ecx, uint32_t *edx)
{
    const CPUCaches *amd = &env->cache_info_amd;
    X86CPU *cpu = env_archcpu(env);
    CPUState *cs = env_cpu(env);
    uint32_t threads = env->nr_dies * cs->nr_cores * cs->nr_threads;

    switch (index) {
    case 0x80000000:
        *eax = env->cpuid_xlevel;
        *ebx = env->cpuid_vendor1;
        *edx = env->cpuid_vendor2;
        *ecx = env->cpuid_vendor3;
        break;
    case 0x80000001:
        *eax = env->cpuid_version;
        *ecx = env->features[FEAT_8000_0001_ECX];
        *edx = env->features[FEAT_8000_0001_EDX];
        /* Intel's software looks at leaf 1 for that. */
        if (threads > 1 && !IS_INTEL_CPU(env)) {
            *ecx |= CPUID_EXT3_CMP_LEG;
        }
        break;
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
        *eax = env->cpuid_model[(index - 0x80000002) * 4 + 0];
        *ebx = env->cpuid_model[(index - 0x80000002) * 4 + 1];
        *ecx = env->cpuid_model[(index - 0x80000002) * 4 + 2];
        *edx = env->cpuid_model[(index - 0x80000002) * 4 + 3];
        break;
    case 0x80000005:
        /* TLBs: 255 entries of each kind, in one way. */
        *eax = 0x01ff01ff;
        *ebx = 0x01ff01ff;
        *ecx = encode_cache_cpuid80000005(amd->l1d_cache);
        *edx = encode_cache_cpuid80000005(amd->l1i_cache);
        break;
    case 0x80000006:
        *eax = 0;
        *ebx = 0x42004200;      /* L2 TLBs: 512 entries, 4 ways */
        encode_cache_cpuid80000006(amd->l2_cache,
                                   cpu->enable_l3_cache ? amd->l3_cache : NULL,
                                   ecx, edx);
        break;
    case 0x80000007:
        *edx = env->features[FEAT_8000_0007_EDX];
        break;
    case 0x80000008:
        *eax = cpuid_address_widths(env);
        *ebx = env->features[FEAT_8000_0008_EBX];
        if (threads > 1) {
            X86CPUTopoInfo topo_info = cpuid_topo_info(env);

            /* The bits of the APIC ID in the package, and the threads. */
            *ecx = apicid_pkg_offset(&topo_info) << 12 | (threads - 1);
        }
        break;
    case 0x8000000a:
        if (env->features[FEAT_8000_0001_ECX] & CPUID_EXT3_SVM) {
            *eax = 1;           /* SVM's revision */
            *ebx = 16;          /* ASIDs */
            *edx = env->features[FEAT_SVM];
        }
        break;
    case 0x8000001d:
        cpuid_leaf_amd_caches(env, count, eax, ebx, ecx, edx);
        break;
    case 0x8000001e:
        if (cpu->core_id <= 255) {
            cpuid_leaf_amd_topology(env, eax, ebx, ecx);
        }
        break;
    case 0xc0000000:
        *eax = env->cpuid_xlevel2;
        break;
    case 0xc0000001:
        *eax = env->cpuid_version;
        *edx = env->features[FEAT_C000_0001_EDX];
        break;
    }
}

static void cpuid_basic(CPUX86State *env, uint32_t index, uint32_t count,
                        uint32_t *eax, uint32_t *ebx,
                        uint32_t *ecx, uint32_t *edx)
{
    const CPUCaches *leaf2 = &env->cache_info_cpuid2;
    X86CPU *cpu = env_archcpu(env);
    /* Leaves that AMD's CPUs have not. */
    bool hidden = cpu->vendor_cpuid_only && IS_AMD_CPU(env);

    switch (index) {
    case 0:
        *eax = env->cpuid_level;
        *ebx = env->cpuid_vendor1;
        *edx = env->cpuid_vendor2;
        *ecx = env->cpuid_vendor3;
        break;
    case 1:
        cpuid_leaf_1(env, eax, ebx, ecx, edx);
        break;
    case 2:
        if (hidden) {
            break;
        }
        *eax = 1;               /* asked once is enough */
        *ecx = cpu->enable_l3_cache
               ? cpuid2_cache_descriptor(leaf2->l3_cache) : 0;
        *edx = cpuid2_cache_descriptor(leaf2->l1d_cache) << 16 |
               cpuid2_cache_descriptor(leaf2->l1i_cache) << 8 |
               cpuid2_cache_descriptor(leaf2->l2_cache);
        break;
    case 4:
        if (!hidden) {
            cpuid_leaf_caches(env, count, eax, ebx, ecx, edx);
        }
        break;
    case 5:
        *eax = *ebx = 0;        /* lines that MONITOR watches */
        *ecx = 3;               /* MWAIT with extensions */
        break;
    case 6:
        *eax = env->features[FEAT_6_EAX];
        break;
    case 7:
        cpuid_leaf_7(env, count, eax, ebx, ecx, edx);
        break;
    case 0xb:
        if (cpu->enable_cpuid_0xb) {
            cpuid_leaf_topology(env, index, count, eax, ebx, ecx, edx);
        }
        break;
    case 0x1f:
        /* Only where it says more than leaf 0xb. */
        if (env->nr_dies > 1) {
            cpuid_leaf_topology(env, index, count, eax, ebx, ecx, edx);
        }
        break;
    case 0xd:
        cpuid_leaf_xsave(env, count, eax, ebx, ecx, edx);
        break;
    }
}

/*
 * host-cache-info: the caches are those of the processor that we run on; who
 * shares them is still the guest's topology.  False for other leaves.
 */
static bool cpuid_host_caches(CPUX86State *env, uint32_t index, uint32_t count,
                              uint32_t *eax, uint32_t *ebx,
                              uint32_t *ecx, uint32_t *edx)
{
    CPUState *cs = env_cpu(env);
    uint32_t package = env->nr_dies * cs->nr_cores * cs->nr_threads;
    uint32_t limit;

    switch (index) {
    case 2:
    case 4:
    case 0x80000005:
    case 0x80000006:
    case 0x8000001d:
        break;
    default:
        return false;
    }
    host_cpuid(index & 0x80000000, 0, &limit, NULL, NULL, NULL);
    if (index > limit) {
        return true;
    }
    host_cpuid(index, index == 4 || index == 0x8000001d ? count : 0,
               eax, ebx, ecx, edx);
    if (index == 4 && (*eax & 31)) {
        uint32_t sharing = extract32(*eax, 14, 12) + 1;

        if (cs->nr_cores > 1) {
            *eax = deposit32(*eax, 26, 6, pow2ceil(cs->nr_cores) - 1);
        }
        if (sharing > package) {
            *eax = deposit32(*eax, 14, 12, pow2ceil(package) - 1);
        }
    }
    return true;
}

void cpu_x86_cpuid(CPUX86State *env, uint32_t index, uint32_t count,
                   uint32_t *eax, uint32_t *ebx,
                   uint32_t *ecx, uint32_t *edx)
{
    uint32_t limit = env->cpuid_level;

    *eax = *ebx = *ecx = *edx = 0;

    if (index >= 0xc0000000) {
        limit = env->cpuid_xlevel2;
    } else if (index >= 0x80000000) {
        limit = env->cpuid_xlevel;
    } else if (index >= 0x40000000) {
        limit = 0x40000001;
    }
    if (index > limit) {
        index = env->cpuid_level;
    }

    if (env_archcpu(env)->cache_info_passthrough &&
        cpuid_host_caches(env, index, count, eax, ebx, ecx, edx)) {
        return;
    }
    if (index >= 0x80000000) {
        cpuid_extended(env, index, count, eax, ebx, ecx, edx);
    } else if (index >= 0x40000000) {
        cpuid_leaf_hypervisor(env, index, eax, ebx, ecx, edx);
    } else {
        cpuid_basic(env, index, count, eax, ebx, ecx, edx);
    }
}
