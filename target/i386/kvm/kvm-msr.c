/*
 * Model-specific registers: a table, and its way into the kernel and back.
 *
 * Each row tells where an MSR lives in CPUX86State and how often it has to be
 * written: at each entry (the guest's code changes it and so may a debugger),
 * after a reset, or once.  What the running kernel does not have
 * (KVM_GET_MSR_INDEX_LIST) is left alone.
 *
 * Specification: Intel SDM, volume 4; KVM API 4.18 (KVM_GET_MSRS) and 4.19; the
 * kernel's Documentation/virt/kvm/x86/msr.rst for the paravirtual ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <asm/kvm_para.h>
#include "cpu.h"
#include "kvm_i386.h"
#include "qemu/error-report.h"
#include "sysemu/kvm.h"

typedef struct KvmMsr {
    uint32_t index;
    size_t offset, size;    /* in CPUX86State */
    int level;              /* written at KVM_PUT_* from this on */
    bool everywhere;        /* every KVM has it, listed or not */
    bool of_apic;           /* the kernel's local APIC plays it */
} KvmMsr;

#define MSR_ROW(_index, _field, _level, _everywhere)                       \
    { (_index), offsetof(CPUX86State, _field),                             \
      sizeof(((CPUX86State *)0)->_field), (_level), (_everywhere) }

#define MSR_RUNTIME(i, f) MSR_ROW(i, f, KVM_PUT_RUNTIME_STATE, false)
#define MSR_RESET(i, f)   MSR_ROW(i, f, KVM_PUT_RESET_STATE, false)
#define MSR_FULL(i, f)    MSR_ROW(i, f, KVM_PUT_FULL_STATE, false)

static const KvmMsr kvm_msrs[] = {
    /* System calls */
    MSR_ROW(MSR_IA32_SYSENTER_CS, sysenter_cs, KVM_PUT_RUNTIME_STATE, true),
    MSR_ROW(MSR_IA32_SYSENTER_ESP, sysenter_esp, KVM_PUT_RUNTIME_STATE, true),
    MSR_ROW(MSR_IA32_SYSENTER_EIP, sysenter_eip, KVM_PUT_RUNTIME_STATE, true),
    MSR_RUNTIME(MSR_STAR, star),
    MSR_RUNTIME(MSR_CSTAR, cstar),
    MSR_RUNTIME(MSR_KERNELGSBASE, kernelgsbase),
    MSR_RUNTIME(MSR_FMASK, fmask),
    MSR_RUNTIME(MSR_LSTAR, lstar),
    MSR_RUNTIME(MSR_FMASK, fmask),

    /* Caching */
    MSR_ROW(MSR_PAT, pat, KVM_PUT_RUNTIME_STATE, true),
    MSR_ROW(MSR_MTRRdefType, mtrr_deftype, KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix64K_00000, mtrr_fixed[0], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix16K_80000, mtrr_fixed[1], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix16K_A0000, mtrr_fixed[2], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_C0000, mtrr_fixed[3], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_C8000, mtrr_fixed[4], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_D0000, mtrr_fixed[5], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_D8000, mtrr_fixed[6], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_E0000, mtrr_fixed[7], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_E8000, mtrr_fixed[8], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_F0000, mtrr_fixed[9], KVM_PUT_RESET_STATE, true),
    MSR_ROW(MSR_MTRRfix4K_F8000, mtrr_fixed[10], KVM_PUT_RESET_STATE, true),
#define MSR_MTRR_VAR(n)                                                    \
    MSR_ROW(MSR_MTRRphysBase(n), mtrr_var[n].base, KVM_PUT_RESET_STATE, true), \
    MSR_ROW(MSR_MTRRphysMask(n), mtrr_var[n].mask, KVM_PUT_RESET_STATE, true)
    MSR_MTRR_VAR(0),
    MSR_MTRR_VAR(1),
    MSR_MTRR_VAR(2),
    MSR_MTRR_VAR(3),
    MSR_MTRR_VAR(4),
    MSR_MTRR_VAR(5),
    MSR_MTRR_VAR(6),
    MSR_MTRR_VAR(7),

    /* Time.  Zero in all vCPUs at once makes KVM keep their counters equal. */
    MSR_ROW(MSR_IA32_TSC, tsc, KVM_PUT_RESET_STATE, true),
    MSR_RUNTIME(MSR_TSC_AUX, tsc_aux),
    MSR_RESET(MSR_TSC_ADJUST, tsc_adjust),
    MSR_RUNTIME(MSR_IA32_TSCDEADLINE, tsc_deadline),

    /* What KVM offers by itself: a clock, wake-ups, stolen time */
    MSR_RESET(MSR_KVM_WALL_CLOCK, wall_clock_msr),
    MSR_RESET(MSR_KVM_SYSTEM_TIME, system_time_msr),
    MSR_RESET(MSR_KVM_ASYNC_PF_EN, async_pf_en_msr),
    { MSR_KVM_ASYNC_PF_INT, offsetof(CPUX86State, async_pf_int_msr),
      sizeof(uint64_t), KVM_PUT_RESET_STATE, .of_apic = true },
    MSR_RESET(MSR_KVM_STEAL_TIME, steal_time_msr),
    MSR_RESET(MSR_KVM_PV_EOI_EN, pv_eoi_en_msr),
    MSR_RESET(MSR_KVM_POLL_CONTROL, poll_control_msr),

    /* Others */
    MSR_RESET(MSR_IA32_MISC_ENABLE, msr_ia32_misc_enable),
    MSR_RUNTIME(MSR_IA32_SPEC_CTRL, spec_ctrl),
    MSR_RUNTIME(MSR_VIRT_SSBD, virt_ssbd),
    MSR_RUNTIME(MSR_IA32_XSS, xss),
    MSR_RUNTIME(MSR_IA32_XFD, msr_xfd),
    MSR_RUNTIME(MSR_IA32_XFD_ERR, msr_xfd_err),
    MSR_RESET(MSR_IA32_FEATURE_CONTROL, msr_ia32_feature_control),
    MSR_RESET(MSR_IA32_UCODE_REV, ucode_rev_msr),
    MSR_RESET(MSR_VM_HSAVE_PA, vm_hsave),
    MSR_RUNTIME(MSR_IA32_SMBASE, smbase),
    MSR_ROW(MSR_MCG_STATUS, mcg_status, KVM_PUT_RUNTIME_STATE, true),
    MSR_ROW(MSR_MCG_CTL, mcg_ctl, KVM_PUT_RESET_STATE, true),
};

/* Which rows this kernel has; a bit each. */
static bool kvm_has_msr[ARRAY_SIZE(kvm_msrs)];
static bool kvm_has_mce_banks = true;

int kvm_init_msrs(KVMState *s)
{
    struct kvm_msr_list count = { .nmsrs = 0 };
    g_autofree struct kvm_msr_list *list = NULL;
    int ret;

    /* With too little room the kernel says how much it needs. */
    ret = kvm_ioctl(s, KVM_GET_MSR_INDEX_LIST, &count);
    if (ret < 0 && ret != -E2BIG) {
        return ret;
    }
    list = g_malloc0(sizeof(*list) + count.nmsrs * sizeof(list->indices[0]));
    list->nmsrs = count.nmsrs;
    ret = kvm_ioctl(s, KVM_GET_MSR_INDEX_LIST, list);
    if (ret < 0) {
        return ret;
    }

    for (size_t i = 0; i < ARRAY_SIZE(kvm_msrs); i++) {
        kvm_has_msr[i] = kvm_msrs[i].everywhere;
        for (uint32_t n = 0; n < list->nmsrs && !kvm_has_msr[i]; n++) {
            kvm_has_msr[i] = list->indices[n] == kvm_msrs[i].index;
        }
    }
    return 0;
}

/* A single one, in the vCPU's thread. */
static int kvm_put_one_msr(X86CPU *cpu, uint32_t index, uint64_t value)
{
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } buf = {
        .info.nmsrs = 1,
        .entry = { .index = index, .data = value },
    };

    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_MSRS, &buf);
}

void kvm_put_apicbase(X86CPU *cpu, uint64_t value)
{
    if (kvm_put_one_msr(cpu, MSR_IA32_APICBASE, value) != 1) {
        error_report_once("KVM does not take the APIC's base 0x%" PRIx64,
                          value);
    }
}

/* The table's rows, and four registers for each bank of machine checks. */
#define KVM_MSRS_MAX (ARRAY_SIZE(kvm_msrs) + 4 * MCE_BANKS_NUM)

/* As the kernel takes them; and where each is in CPUX86State. */
typedef struct KvmMsrBuffer {
    struct kvm_msrs info;
    struct kvm_msr_entry entries[KVM_MSRS_MAX];
    struct {
        void *value;
        size_t size;
    } fields[KVM_MSRS_MAX];
} KvmMsrBuffer;

static void kvm_msr_add(KvmMsrBuffer *buf, uint32_t index, void *value,
                        size_t size)
{
    uint32_t n = buf->info.nmsrs++;

    buf->fields[n].value = value;
    buf->fields[n].size = size;
    buf->entries[n] = (struct kvm_msr_entry) { .index = index };
    memcpy(&buf->entries[n].data, value, size);
}

/* All that is written at @level. */
static void kvm_msrs_collect(X86CPU *cpu, int level, KvmMsrBuffer *buf)
{
    CPUX86State *env = &cpu->env;

    buf->info = (struct kvm_msrs) { .nmsrs = 0 };
    for (size_t i = 0; i < ARRAY_SIZE(kvm_msrs); i++) {
        const KvmMsr *msr = &kvm_msrs[i];

        if (kvm_has_msr[i] && level >= msr->level &&
            (!msr->of_apic || kvm_irqchip_in_kernel())) {
            kvm_msr_add(buf, msr->index, (char *)env + msr->offset, msr->size);
        }
    }
    if (kvm_has_mce_banks && level >= KVM_PUT_RESET_STATE) {
        for (unsigned i = 0; i < 4 * (env->mcg_cap & 0xff); i++) {
            kvm_msr_add(buf, MSR_MC0_CTL + i, &env->mce_banks[i],
                        sizeof(env->mce_banks[i]));
        }
    }
}

/*
 * The kernel stops at the first one that it does not take.  A guest cannot
 * make that happen, but a kernel may list an MSR that this host's processor
 * lacks: that one is not asked for again.
 */
static void kvm_msr_refused(uint32_t index, const char *what)
{
    for (size_t i = 0; i < ARRAY_SIZE(kvm_msrs); i++) {
        if (kvm_msrs[i].index == index) {
            kvm_has_msr[i] = false;
        }
    }
    if (index >= MSR_MC0_CTL && index < MSR_MC0_CTL + 4 * MCE_BANKS_NUM) {
        kvm_has_mce_banks = false;
    }
    warn_report("KVM does not %s MSR 0x%" PRIx32 ": left alone", what, index);
}

int kvm_put_msrs(X86CPU *cpu, int level)
{
    KvmMsrBuffer buf;

    for (;;) {
        int ret;

        kvm_msrs_collect(cpu, level, &buf);
        ret = kvm_vcpu_ioctl(CPU(cpu), KVM_SET_MSRS, &buf.info);
        if (ret < 0) {
            return ret;
        }
        if (ret == buf.info.nmsrs) {
            return 0;
        }
        kvm_msr_refused(buf.entries[ret].index, "set");
    }
}

int kvm_get_msrs(X86CPU *cpu)
{
    KvmMsrBuffer buf;

    for (;;) {
        int ret;

        kvm_msrs_collect(cpu, KVM_PUT_FULL_STATE, &buf);
        ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_MSRS, &buf.info);
        if (ret < 0) {
            return ret;
        }
        if (ret == buf.info.nmsrs) {
            break;
        }
        kvm_msr_refused(buf.entries[ret].index, "read");
    }
    for (uint32_t i = 0; i < buf.info.nmsrs; i++) {
        /* The lowest bytes, of an x86. */
        memcpy(buf.fields[i].value, &buf.entries[i].data, buf.fields[i].size);
    }
    return 0;
}
