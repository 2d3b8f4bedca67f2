/*
 * CPUID under KVM: what the kernel can do, and what the guest is told.
 *
 * Two directions.  Before there are vCPUs, the CPU models ask what can be had
 * (KVM API 4.46, KVM_GET_SUPPORTED_CPUID); cpu-features.c then takes away what
 * cannot.  When a vCPU is made, cpu_x86_cpuid() is asked for every leaf, and the
 * answers go to the kernel (KVM API 4.20, KVM_SET_CPUID2), which gives them to
 * the guest and obeys them itself.
 *
 * Read first: target/i386/cpu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <asm/kvm_para.h>
#include "cpu.h"
#include "kvm_i386.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "sysemu/kvm.h"

/* What the kernel can do */

static struct kvm_cpuid2 *kvm_supported_cpuid;

static struct kvm_cpuid2 *get_supported_cpuid(KVMState *s)
{
    if (kvm_supported_cpuid) {
        return kvm_supported_cpuid;
    }
    for (int max = 64; ; max *= 2) {
        struct kvm_cpuid2 *cpuid =
            g_malloc0(sizeof(*cpuid) + max * sizeof(cpuid->entries[0]));
        int ret;

        cpuid->nent = max;
        ret = kvm_ioctl(s, KVM_GET_SUPPORTED_CPUID, cpuid);
        if (ret == 0) {
            return kvm_supported_cpuid = cpuid;
        }
        g_free(cpuid);
        if (ret != -E2BIG) {
            error_report("KVM_GET_SUPPORTED_CPUID failed: %s",
                         strerror(-ret));
            exit(1);
        }
    }
}

static uint32_t cpuid_entry_get_reg(const struct kvm_cpuid_entry2 *entry,
                                    int reg)
{
    switch (reg) {
    case R_EAX: return entry->eax;
    case R_EBX: return entry->ebx;
    case R_ECX: return entry->ecx;
    default:    return entry->edx;
    }
}

static const struct kvm_cpuid_entry2 *
cpuid_find_entry(const struct kvm_cpuid2 *cpuid, uint32_t function,
                 uint32_t index)
{
    for (uint32_t i = 0; i < cpuid->nent; i++) {
        if (cpuid->entries[i].function == function &&
            cpuid->entries[i].index == index) {
            return &cpuid->entries[i];
        }
    }
    return NULL;
}

/* Haswells whose transactional memory Intel has called off (HSD136). */
static bool host_tsx_broken(void)
{
    char vendor[CPUID_VENDOR_SZ + 1];
    int family, model, stepping;

    host_cpu_vendor_fms(vendor, &family, &model, &stepping);
    return !strcmp(vendor, CPUID_VENDOR_INTEL) && family == 6 &&
           (model == 60 || model == 69 || model == 70 ||
            (model == 63 && stepping < 4));
}

uint32_t kvm_arch_get_supported_cpuid(KVMState *s, uint32_t function,
                                      uint32_t index, int reg)
{
    const struct kvm_cpuid_entry2 *entry =
        cpuid_find_entry(get_supported_cpuid(s), function, index);
    uint32_t ret = entry ? cpuid_entry_get_reg(entry, reg) : 0;

    /* Where the kernel says less than is true, or more than is wanted. */
    if (function == 1 && reg == R_EDX) {
        ret |= CPUID_MTRR | CPUID_PAT | CPUID_MCE | CPUID_MCA;
    } else if (function == 1 && reg == R_ECX) {
        ret |= CPUID_EXT_HYPERVISOR;
        if (kvm_irqchip_in_kernel() &&
            kvm_check_extension(s, KVM_CAP_TSC_DEADLINE_TIMER)) {
            ret |= CPUID_EXT_TSC_DEADLINE_TIMER;
        }
        /* Both are the kernel's local APIC's. */
        if (!kvm_irqchip_in_kernel()) {
            ret &= ~(CPUID_EXT_X2APIC | CPUID_EXT_TSC_DEADLINE_TIMER);
        }
    } else if (function == 6 && reg == R_EAX) {
        ret |= CPUID_6_EAX_ARAT;
    } else if (function == 7 && index == 0 && reg == R_EBX) {
        if (host_tsx_broken()) {
            ret &= ~(CPUID_7_0_EBX_RTM | CPUID_7_0_EBX_HLE);
        }
    } else if (function == 0x80000001 && reg == R_ECX) {
        /* The topology is ours to tell. */
        ret |= CPUID_EXT3_TOPOEXT;
    } else if (function == 0x80000001 && reg == R_EDX) {
        /* Intel has these in leaf 1 alone, AMD here as well. */
        ret |= kvm_arch_get_supported_cpuid(s, 1, 0, R_EDX) &
               CPUID_EXT2_AMD_ALIASES;
    } else if (function == KVM_CPUID_FEATURES && reg == R_EAX) {
        if (!kvm_irqchip_in_kernel()) {
            /* All of these are messages between the kernel's local APICs. */
            ret &= ~(1U << KVM_FEATURE_PV_UNHALT |
                     1U << KVM_FEATURE_PV_SEND_IPI |
                     1U << KVM_FEATURE_ASYNC_PF_INT);
        }
        if (kvm_irqchip_is_split()) {
            ret |= 1U << KVM_FEATURE_MSI_EXT_DEST_ID;
        }
    } else if (function == KVM_CPUID_FEATURES && reg == R_EDX) {
        ret |= 1U << KVM_HINTS_REALTIME;
    }
    return ret;
}

uint64_t kvm_arch_get_supported_msr_feature(KVMState *s, uint32_t index)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entries[1];
    } msr_data = {
        .info.nmsrs = 1,
        .entries[0].index = index,
    };

    if (!kvm_check_extension(s, KVM_CAP_GET_MSR_FEATURES) ||
        kvm_ioctl(s, KVM_GET_MSRS, &msr_data) != 1) {
        return 0;
    }
    return msr_data.entries[0].data;
}

/* What the guest is told */

#define KVM_MAX_CPUID_ENTRIES 100

typedef struct KvmCpuid {
    struct kvm_cpuid2 cpuid;
    struct kvm_cpuid_entry2 entries[KVM_MAX_CPUID_ENTRIES];
} KvmCpuid;

/* A model's levels are a user's: a table that is full tells so. */
static struct kvm_cpuid_entry2 *cpuid_next(KvmCpuid *data)
{
    if (data->cpuid.nent == KVM_MAX_CPUID_ENTRIES) {
        error_report("unsupported level value: there are more CPUID leaves "
                     "than KVM is given");
        exit(1);
    }
    return &data->entries[data->cpuid.nent++];
}

static struct kvm_cpuid_entry2 *
cpuid_add(KvmCpuid *data, CPUX86State *env, uint32_t function, uint32_t index,
          bool indexed)
{
    struct kvm_cpuid_entry2 *c = cpuid_next(data);

    c->function = function;
    c->index = index;
    c->flags = indexed ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0;
    cpu_x86_cpuid(env, function, index, &c->eax, &c->ebx, &c->ecx, &c->edx);
    return c;
}

/* Leaves whose answer depends on ECX: until one says that it is the last. */
static void cpuid_add_indexed(KvmCpuid *data, CPUX86State *env, uint32_t fn)
{
    for (uint32_t j = 0; ; j++) {
        struct kvm_cpuid_entry2 *c;

        if (fn == 0xd && j == 64) {
            return;
        }
        c = cpuid_add(data, env, fn, j, true);

        switch (fn) {
        case 4:
        case 0x8000001d:
            if ((c->eax & 0x1f) == 0) {
                return;         /* no more caches */
            }
            break;
        case 0xb:
        case 0x1f:
            if (((c->ecx >> 8) & 0xff) == 0) {
                return;         /* no more levels */
            }
            break;
        case 7:
        case 0x14:
        case 0x1d:
        case 0x1e:
            if (j >= data->entries[data->cpuid.nent - 1 - j].eax) {
                return;         /* subleaf 0 says how many there are */
            }
            break;
        case 0xd:
            if (c->eax == 0) {
                data->cpuid.nent--;     /* a component that is not there */
            }
            break;
        case 0x12:
            if (j > 1 && (c->eax & 0xf) != 1) {
                return;
            }
            break;
        }
    }
}

static bool cpuid_is_indexed(uint32_t function)
{
    switch (function) {
    case 4: case 7: case 0xb: case 0xd: case 0x12: case 0x14: case 0x1d:
    case 0x1e: case 0x1f: case 0x8000001d:
        return true;
    default:
        return false;
    }
}

static void cpuid_add_range(KvmCpuid *data, CPUX86State *env, uint32_t base)
{
    uint32_t limit, unused;

    cpu_x86_cpuid(env, base, 0, &limit, &unused, &unused, &unused);
    for (uint32_t i = base; i <= limit; i++) {
        if (cpuid_is_indexed(i)) {
            cpuid_add_indexed(data, env, i);
        } else {
            struct kvm_cpuid_entry2 *c = cpuid_add(data, env, i, 0, false);

            /* What KVM has no entry for, it answers by zeroes anyway. */
            if (!(c->eax | c->ebx | c->ecx | c->edx)) {
                data->cpuid.nent--;
            }
        }
    }
}

/*
 * VMware's leaf of frequencies, which others have adopted: the counter's, if it
 * is the same for ever, and that of the local APIC's timer.
 */
#define KVM_CPUID_FREQUENCIES   0x40000010
#define KVM_APIC_BUS_FREQUENCY  1000000000L

static void cpuid_add_frequencies(KvmCpuid *data, X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    bool stable = (env->features[FEAT_8000_0007_EDX] & CPUID_APM_INVTSC) ||
                  env->user_tsc_khz;
    struct kvm_cpuid_entry2 *c;

    if (!cpu->vmware_cpuid_freq || !env->tsc_khz || !stable) {
        return;
    }
    data->entries[0].eax = KVM_CPUID_FREQUENCIES;
    c = cpuid_next(data);
    c->function = KVM_CPUID_FREQUENCIES;
    c->eax = env->tsc_khz;
    c->ebx = KVM_APIC_BUS_FREQUENCY / 1000;
}

/* The hypervisor's own leaves: "KVMKVMKVM", and what it offers. */
static void cpuid_add_kvm(KvmCpuid *data, X86CPU *cpu)
{
    struct kvm_cpuid_entry2 *c;

    if (!cpu->expose_kvm) {
        return;
    }
    c = cpuid_next(data);
    c->function = KVM_CPUID_SIGNATURE;
    c->eax = KVM_CPUID_FEATURES;
    memcpy(&c->ebx, "KVMK", 4);
    memcpy(&c->ecx, "VMKV", 4);
    memcpy(&c->edx, "M\0\0\0", 4);

    c = cpuid_next(data);
    c->function = KVM_CPUID_FEATURES;
    c->eax = cpu->env.features[FEAT_KVM];
    c->edx = cpu->env.features[FEAT_KVM_HINTS];
    cpuid_add_frequencies(data, cpu);
}

int kvm_init_cpuid(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    KvmCpuid data;
    uint32_t limit, unused;

    memset(&data, 0, sizeof(data));
    cpuid_add_kvm(&data, cpu);
    cpuid_add_range(&data, env, 0);
    cpuid_add_range(&data, env, 0x80000000);
    cpu_x86_cpuid(env, 0xC0000000, 0, &limit, &unused, &unused, &unused);
    if (limit >= 0xC0000000 && env->cpuid_xlevel2 > 0) {
        cpuid_add_range(&data, env, 0xC0000000);
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_CPUID2, &data.cpuid);
}
