/*
 * x86 CPUs: registers, features, models.
 *
 * A model says which features the CPU has; `-cpu MODEL,FEATURE=on|off` and the
 * accelerator change that; and what remains is told to the guest by CPUID:
 *
 *     cpu-models*.c      tables of models: lists of feature names
 *         | x86_cpu_load_model             instance_init
 *         v
 *     env->features[]    one word of bits for each CPUID register and MSR
 *         ^ properties "avx", "lm", ...    cpu-features.c knows name and bit
 *         | x86_cpu_expand_features        what depends on what
 *         | x86_cpu_filter_features        what the accelerator has not
 *         v
 *     cpu_x86_cpuid()    cpu-cpuid.c: what the CPUID instruction answers
 *
 * Specification: Intel SDM, volume 2 (CPUID), volumes 3 and 4; AMD APM, volume
 * 3, appendix E.
 *
 * Read first: include/hw/core/cpu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef I386_CPU_H
#define I386_CPU_H

#include "cpu-qom.h"
#include "exec/cpu-all.h"
#include "hw/i386/topology.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qapi-types-machine.h"

#define TARGET_X86_64 1

/* General registers, in the order of instruction encodings. */
enum {
    R_EAX = 0,
    R_ECX = 1,
    R_EDX = 2,
    R_EBX = 3,
    R_ESP = 4,
    R_EBP = 5,
    R_ESI = 6,
    R_EDI = 7,
    R_R8 = 8, R_R9, R_R10, R_R11, R_R12, R_R13, R_R14, R_R15,
};

typedef enum X86Seg {
    R_ES = 0,
    R_CS = 1,
    R_SS = 2,
    R_DS = 3,
    R_FS = 4,
    R_GS = 5,
    R_LDTR = 6,
    R_TR = 7,
} X86Seg;

#define CPU_NB_REGS 16

/* Segment descriptors: the upper word, as SegmentCache.flags keeps it. */
#define DESC_G_SHIFT    23
#define DESC_G_MASK     (1 << DESC_G_SHIFT)
#define DESC_B_SHIFT    22
#define DESC_B_MASK     (1 << DESC_B_SHIFT)
#define DESC_L_SHIFT    21
#define DESC_L_MASK     (1 << DESC_L_SHIFT)
#define DESC_AVL_SHIFT  20
#define DESC_AVL_MASK   (1 << DESC_AVL_SHIFT)
#define DESC_P_SHIFT    15
#define DESC_P_MASK     (1 << DESC_P_SHIFT)
#define DESC_DPL_SHIFT  13
#define DESC_DPL_MASK   (3 << DESC_DPL_SHIFT)
#define DESC_S_SHIFT    12
#define DESC_S_MASK     (1 << DESC_S_SHIFT)
#define DESC_TYPE_SHIFT 8
#define DESC_TYPE_MASK  (15 << DESC_TYPE_SHIFT)
#define DESC_A_MASK     (1 << 8)
#define DESC_CS_MASK    (1 << 11)
#define DESC_C_MASK     (1 << 10)
#define DESC_R_MASK     (1 << 9)
#define DESC_E_MASK     (1 << 10)
#define DESC_W_MASK     (1 << 9)

/* EFLAGS */
#define CC_C    0x0001
#define CC_P    0x0004
#define CC_A    0x0010
#define CC_Z    0x0040
#define CC_S    0x0080
#define TF_MASK   0x00000100
#define IF_MASK   0x00000200
#define DF_MASK   0x00000400
#define CC_O    0x0800
#define IOPL_SHIFT 12
#define IOPL_MASK 0x00003000
#define NT_MASK   0x00004000
#define RF_MASK   0x00010000
#define VM_MASK   0x00020000
#define AC_MASK   0x00040000
#define VIF_MASK  0x00080000
#define VIP_MASK  0x00100000
#define ID_MASK   0x00200000

#define CR0_PE_MASK (1U << 0)
#define CR0_MP_MASK (1U << 1)
#define CR0_EM_MASK (1U << 2)
#define CR0_TS_MASK (1U << 3)
#define CR0_ET_MASK (1U << 4)
#define CR0_NE_MASK (1U << 5)
#define CR0_WP_MASK (1U << 16)
#define CR0_AM_MASK (1U << 18)
#define CR0_NW_MASK (1U << 29)
#define CR0_CD_MASK (1U << 30)
#define CR0_PG_MASK (1U << 31)

#define CR4_VME_MASK        (1U << 0)
#define CR4_PVI_MASK        (1U << 1)
#define CR4_TSD_MASK        (1U << 2)
#define CR4_DE_MASK         (1U << 3)
#define CR4_PSE_MASK        (1U << 4)
#define CR4_PAE_MASK        (1U << 5)
#define CR4_MCE_MASK        (1U << 6)
#define CR4_PGE_MASK        (1U << 7)
#define CR4_PCE_MASK        (1U << 8)
#define CR4_OSFXSR_MASK     (1U << 9)
#define CR4_OSXMMEXCPT_MASK (1U << 10)
#define CR4_UMIP_MASK       (1U << 11)
#define CR4_LA57_MASK       (1U << 12)
#define CR4_VMXE_MASK       (1U << 13)
#define CR4_FSGSBASE_MASK   (1U << 16)
#define CR4_PCIDE_MASK      (1U << 17)
#define CR4_OSXSAVE_MASK    (1U << 18)
#define CR4_SMEP_MASK       (1U << 20)
#define CR4_SMAP_MASK       (1U << 21)
#define CR4_PKE_MASK        (1U << 22)
#define CR4_PKS_MASK        (1U << 24)

#define DR6_FIXED_1 0xffff0ff0
#define DR6_BS      (1U << 14)
#define DR7_FIXED_1 0x00000400
/* Of DR7: exact matches, and for each address its fields G, R/W and LEN. */
#define DR7_GE      0x00000200
#define DR7_GLOBAL_ENABLE(n) (2ULL << ((n) * 2))
#define DR7_TYPE_SHIFT(n)    (16 + (n) * 4)
#define DR7_LEN_SHIFT(n)     (18 + (n) * 4)

/* Page table entries */
#define PG_PRESENT_MASK  (1 << 0)
#define PG_RW_MASK       (1 << 1)
#define PG_USER_MASK     (1 << 2)
#define PG_PWT_MASK      (1 << 3)
#define PG_PCD_MASK      (1 << 4)
#define PG_ACCESSED_MASK (1 << 5)
#define PG_DIRTY_MASK    (1 << 6)
#define PG_PSE_MASK      (1 << 7)
#define PG_GLOBAL_MASK   (1 << 8)
#define PG_NX_MASK       (1ULL << 63)

/* MSRs, by number */
#define MSR_IA32_APICBASE          0x1b
#define MSR_IA32_APICBASE_BSP      (1 << 8)
#define MSR_IA32_APICBASE_EXTD     (1 << 10)
#define MSR_IA32_APICBASE_ENABLE   (1 << 11)
#define MSR_IA32_APICBASE_BASE     (0xfffffU << 12)
#define MSR_IA32_UCODE_REV         0x8b
#define MSR_IA32_CORE_CAPABILITY   0xcf
#define MSR_IA32_ARCH_CAPABILITIES 0x10a
#define MSR_IA32_PERF_CAPABILITIES 0x345
#define PERF_CAP_LBR_FMT           0x3f
#define MSR_IA32_VMX_BASIC             0x480
#define MSR_IA32_VMX_MISC              0x485
#define MSR_IA32_VMX_PROCBASED_CTLS2   0x48b
#define MSR_IA32_VMX_EPT_VPID_CAP      0x48c
#define MSR_IA32_VMX_TRUE_PINBASED_CTLS  0x48d
#define MSR_IA32_VMX_TRUE_PROCBASED_CTLS 0x48e
#define MSR_IA32_VMX_TRUE_EXIT_CTLS    0x48f
#define MSR_IA32_VMX_TRUE_ENTRY_CTLS   0x490
#define MSR_IA32_VMX_VMFUNC            0x491

#define MSR_IA32_TSC               0x10
#define MSR_IA32_FEATURE_CONTROL   0x3a
#define FEATURE_CONTROL_LOCKED     (1ULL << 0)
#define FEATURE_CONTROL_VMXON_ENABLED_OUTSIDE_SMX (1ULL << 2)
#define FEATURE_CONTROL_LMCE       (1ULL << 20)
#define MSR_TSC_ADJUST             0x3b
#define MSR_IA32_SPEC_CTRL         0x48
#define MSR_IA32_SMBASE            0x9e
#define MSR_IA32_SYSENTER_CS       0x174
#define MSR_IA32_SYSENTER_ESP      0x175
#define MSR_IA32_SYSENTER_EIP      0x176
#define MSR_MCG_STATUS             0x17a
#define MSR_MCG_CTL                0x17b
#define MSR_IA32_MISC_ENABLE       0x1a0
#define MSR_IA32_MISC_ENABLE_DEFAULT 1          /* fast strings */
#define MSR_IA32_MISC_ENABLE_MWAIT (1ULL << 18)
#define MSR_IA32_XFD               0x1c4
#define MSR_IA32_XFD_ERR           0x1c5
#define MSR_MTRRphysBase(n)        (0x200 + 2 * (n))
#define MSR_MTRRphysMask(n)        (0x201 + 2 * (n))
#define MSR_MTRRfix64K_00000       0x250
#define MSR_MTRRfix16K_80000       0x258
#define MSR_MTRRfix16K_A0000       0x259
#define MSR_MTRRfix4K_C0000        0x268
#define MSR_MTRRfix4K_C8000        0x269
#define MSR_MTRRfix4K_D0000        0x26a
#define MSR_MTRRfix4K_D8000        0x26b
#define MSR_MTRRfix4K_E0000        0x26c
#define MSR_MTRRfix4K_E8000        0x26d
#define MSR_MTRRfix4K_F0000        0x26e
#define MSR_MTRRfix4K_F8000        0x26f
#define MSR_PAT                    0x277
#define MSR_MTRRdefType            0x2ff
#define MTRR_TYPE_WRITE_BACK       6
#define MTRR_DEFTYPE_FIXED_ENABLE  (1 << 10)
#define MTRR_DEFTYPE_ENABLE        (1 << 11)
#define MTRR_PHYSMASK_VALID        (1 << 11)
#define MSR_MC0_CTL                0x400
#define MSR_IA32_TSCDEADLINE       0x6e0
#define MSR_IA32_XSS               0xda0
#define MSR_EFER                   0xc0000080
#define MSR_STAR                   0xc0000081
#define MSR_LSTAR                  0xc0000082
#define MSR_CSTAR                  0xc0000083
#define MSR_FMASK                  0xc0000084
#define MSR_FSBASE                 0xc0000100
#define MSR_GSBASE                 0xc0000101
#define MSR_KERNELGSBASE           0xc0000102
#define MSR_TSC_AUX                0xc0000103
#define MSR_VIRT_SSBD              0xc001011f
#define MSR_VM_HSAVE_PA            0xc0010117

#define MTRR_VAR_COUNT 8

#define MSR_EFER_SCE   (1 << 0)
#define MSR_EFER_LME   (1 << 8)
#define MSR_EFER_LMA   (1 << 10)
#define MSR_EFER_NXE   (1 << 11)
#define MSR_EFER_SVME  (1 << 12)
#define MSR_EFER_FFXSR (1 << 14)

#define APIC_DEFAULT_ADDRESS 0xfee00000
#define APIC_SPACE_SIZE      0x100000

/* Feature words: one for each CPUID register and each MSR of features */

typedef enum FeatureWord {
    FEAT_1_EDX,
    FEAT_1_ECX,
    FEAT_7_0_EBX,
    FEAT_7_0_ECX,
    FEAT_7_0_EDX,
    FEAT_7_1_EAX,
    FEAT_8000_0001_EDX,
    FEAT_8000_0001_ECX,
    FEAT_8000_0007_EDX,
    FEAT_8000_0008_EBX,
    FEAT_C000_0001_EDX,
    FEAT_KVM,               /* 0x4000_0001: EAX */
    FEAT_KVM_HINTS,         /* EDX */
    FEAT_SVM,               /* 0x8000_000a: EDX */
    FEAT_XSAVE,             /* 0xd, 1: EAX */
    FEAT_6_EAX,
    FEAT_XSAVE_XCR0_LO,     /* 0xd, 0: EAX and EDX */
    FEAT_XSAVE_XCR0_HI,
    FEAT_ARCH_CAPABILITIES,
    FEAT_CORE_CAPABILITY,
    FEAT_PERF_CAPABILITIES,
    FEAT_VMX_PROCBASED_CTLS,
    FEAT_VMX_SECONDARY_CTLS,
    FEAT_VMX_PINBASED_CTLS,
    FEAT_VMX_EXIT_CTLS,
    FEAT_VMX_ENTRY_CTLS,
    FEAT_VMX_MISC,
    FEAT_VMX_EPT_VPID_CAPS,
    FEAT_VMX_BASIC,
    FEAT_VMX_VMFUNC,
    FEAT_14_0_ECX,
    FEAT_SGX_12_0_EAX,
    FEAT_SGX_12_0_EBX,
    FEAT_SGX_12_1_EAX,
    FEAT_XSAVE_XSS_LO,      /* 0xd, 1: ECX and EDX */
    FEAT_XSAVE_XSS_HI,
    FEATURE_WORDS,
} FeatureWord;

typedef uint64_t FeatureWordArray[FEATURE_WORDS];

/* FEAT_1_EDX */
#define CPUID_FP87      (1U << 0)
#define CPUID_VME       (1U << 1)
#define CPUID_DE        (1U << 2)
#define CPUID_PSE       (1U << 3)
#define CPUID_TSC       (1U << 4)
#define CPUID_MSR       (1U << 5)
#define CPUID_PAE       (1U << 6)
#define CPUID_MCE       (1U << 7)
#define CPUID_CX8       (1U << 8)
#define CPUID_APIC      (1U << 9)
#define CPUID_SEP       (1U << 11)
#define CPUID_MTRR      (1U << 12)
#define CPUID_PGE       (1U << 13)
#define CPUID_MCA       (1U << 14)
#define CPUID_CMOV      (1U << 15)
#define CPUID_PAT       (1U << 16)
#define CPUID_PSE36     (1U << 17)
#define CPUID_CLFLUSH   (1U << 19)
#define CPUID_ACPI      (1U << 22)
#define CPUID_MMX       (1U << 23)
#define CPUID_FXSR      (1U << 24)
#define CPUID_SSE       (1U << 25)
#define CPUID_SSE2      (1U << 26)
#define CPUID_HT        (1U << 28)

/* FEAT_1_ECX */
#define CPUID_EXT_SSE3     (1U << 0)
#define CPUID_EXT_MONITOR  (1U << 3)
#define CPUID_EXT_VMX      (1U << 5)
#define CPUID_EXT_CX16     (1U << 13)
#define CPUID_EXT_PDCM     (1U << 15)
#define CPUID_EXT_PCID     (1U << 17)
#define CPUID_EXT_X2APIC   (1U << 21)
#define CPUID_EXT_TSC_DEADLINE_TIMER (1U << 24)
#define CPUID_EXT_XSAVE    (1U << 26)
#define CPUID_EXT_OSXSAVE  (1U << 27)
#define CPUID_EXT_AVX      (1U << 28)
#define CPUID_EXT_RDRAND   (1U << 30)
#define CPUID_EXT_HYPERVISOR (1U << 31)

/* FEAT_7_0_EBX, _ECX, _EDX */
#define CPUID_7_0_EBX_SGX      (1U << 2)
#define CPUID_7_0_EBX_AVX2     (1U << 5)
#define CPUID_7_0_EBX_INVPCID  (1U << 10)
#define CPUID_7_0_EBX_HLE (1U << 4)
#define CPUID_7_0_EBX_RTM (1U << 11)
#define CPUID_7_0_EBX_MPX      (1U << 14)
#define CPUID_7_0_EBX_AVX512F  (1U << 16)
#define CPUID_7_0_EBX_RDSEED   (1U << 18)
#define CPUID_7_0_EBX_SMAP     (1U << 20)
#define CPUID_7_0_EBX_INTEL_PT (1U << 25)
#define CPUID_7_0_ECX_UMIP     (1U << 2)
#define CPUID_7_0_ECX_PKU      (1U << 3)
#define CPUID_7_0_ECX_OSPKE    (1U << 4)
#define CPUID_7_0_ECX_LA57     (1U << 16)
#define CPUID_7_0_ECX_SGX_LC   (1U << 30)
#define CPUID_7_0_ECX_PKS      (1U << 31)
#define CPUID_7_0_EDX_ARCH_LBR (1U << 19)
#define CPUID_7_0_EDX_AMX_TILE (1U << 24)
#define CPUID_7_0_EDX_SPEC_CTRL (1U << 26)
#define CPUID_7_0_EDX_ARCH_CAPABILITIES (1U << 29)
#define CPUID_7_0_EDX_CORE_CAPABILITY   (1U << 30)

/* FEAT_8000_0001_EDX, _ECX */
#define CPUID_EXT2_SYSCALL (1U << 11)
#define CPUID_EXT2_NX      (1U << 20)
#define CPUID_EXT2_FFXSR   (1U << 25)
#define CPUID_EXT2_RDTSCP  (1U << 27)
#define CPUID_EXT2_LM      (1U << 29)
#define CPUID_EXT3_LAHF_LM (1U << 0)
#define CPUID_EXT3_CMP_LEG (1U << 1)
#define CPUID_EXT3_SVM     (1U << 2)
#define CPUID_EXT3_TOPOEXT (1U << 22)
/* What AMD's CPUs say in 0x8000_0001:EDX as in 1:EDX. */
#define CPUID_EXT2_AMD_ALIASES 0x0183f3ffU

#define CPUID_SVM_NPT (1U << 0)
#define CPUID_APM_INVTSC (1U << 8)
#define CPUID_6_EAX_ARAT (1U << 2)
#define CPUID_8000_0008_EBX_WBNOINVD (1U << 9)

#define CPUID_XSAVE_XSAVEOPT (1U << 0)
#define CPUID_XSAVE_XSAVEC   (1U << 1)
#define CPUID_XSAVE_XGETBV1  (1U << 2)
#define CPUID_XSAVE_XSAVES   (1U << 3)
#define CPUID_XSAVE_XFD      (1U << 4)

#define CPUID_14_0_ECX_LIP   (1U << 31)

#define CPUID_VENDOR_SZ      12
#define CPUID_VENDOR_INTEL "GenuineIntel"
#define CPUID_VENDOR_AMD   "AuthenticAMD"
#define CPUID_VENDOR_VIA   "CentaurHauls"
#define CPUID_VENDOR_HYGON "HygonGenuine"

/* Components of the XSAVE area: bits of XCR0 and, from PT on, of IA32_XSS. */
#define XSTATE_FP_BIT        0
#define XSTATE_SSE_BIT       1
#define XSTATE_YMM_BIT       2
#define XSTATE_BNDREGS_BIT   3
#define XSTATE_BNDCSR_BIT    4
#define XSTATE_OPMASK_BIT    5
#define XSTATE_ZMM_Hi256_BIT 6
#define XSTATE_Hi16_ZMM_BIT  7
#define XSTATE_PKRU_BIT      9
#define XSTATE_ARCH_LBR_BIT  15
#define XSTATE_XTILE_CFG_BIT 17
#define XSTATE_XTILE_DATA_BIT 18
#define XSAVE_STATE_AREA_COUNT (XSTATE_XTILE_DATA_BIT + 1)

#define XSTATE_FP_MASK       (1ULL << XSTATE_FP_BIT)
#define XSTATE_SSE_MASK      (1ULL << XSTATE_SSE_BIT)
#define XSTATE_ARCH_LBR_MASK (1ULL << XSTATE_ARCH_LBR_BIT)
#define CPUID_XSTATE_XSS_MASK  XSTATE_ARCH_LBR_MASK
#define CPUID_XSTATE_XCR0_MASK \
    (((1ULL << XSAVE_STATE_AREA_COUNT) - 1) & ~CPUID_XSTATE_XSS_MASK)

/*
 * One component: it is there if the CPU has @bits of @feature.  The first two
 * are the old FXSAVE area and the header behind it.
 */
typedef struct ExtSaveArea {
    uint32_t feature, bits;
    uint32_t offset, size;
    uint32_t ecx;               /* as CPUID leaf 0xd answers in ECX */
} ExtSaveArea;

extern const ExtSaveArea x86_ext_save_areas[XSAVE_STATE_AREA_COUNT];

/* Caches, as CPUID leaves 4 and 0x8000_001d describe them */

enum CacheType {
    DATA_CACHE,
    INSTRUCTION_CACHE,
    UNIFIED_CACHE
};

typedef struct CPUCacheInfo {
    enum CacheType type;
    uint8_t level;
    uint32_t size;
    uint16_t line_size;
    uint8_t associativity;
    uint8_t partitions;
    uint32_t sets;
    /* AMD, leaves 0x8000_0005 and 6: lines per tag. */
    uint8_t lines_per_tag;
    bool self_init;
    bool no_invd_sharing;
    bool inclusive;
    bool complex_indexing;
} CPUCacheInfo;

typedef struct CPUCaches {
    CPUCacheInfo *l1d_cache;
    CPUCacheInfo *l1i_cache;
    CPUCacheInfo *l2_cache;
    CPUCacheInfo *l3_cache;
} CPUCaches;

/* Registers */

typedef struct SegmentCache {
    uint32_t selector;
    target_ulong base;
    uint32_t limit;
    uint32_t flags;
} SegmentCache;

/* A vector register as wide as AVX-512 makes it. */
typedef union ZMMReg {
    uint8_t  _b_ZMMReg[64];
    uint16_t _w_ZMMReg[32];
    uint32_t _l_ZMMReg[16];
    uint64_t _q_ZMMReg[8];
} ZMMReg;

#define ZMM_B(n) _b_ZMMReg[n]
#define ZMM_W(n) _w_ZMMReg[n]
#define ZMM_L(n) _l_ZMMReg[n]
#define ZMM_Q(n) _q_ZMMReg[n]

/* 80 bits: the mantissa and sign with exponent. */
typedef struct X86FPReg {
    uint64_t low;
    uint16_t high;
} X86FPReg;

#define X86_NMI_VECTOR 2
#define EXCP01_DB 1
#define EXCP02_NMI 2
#define EXCP03_INT3 3

/* cpu->interrupt_request */
#define CPU_INTERRUPT_HARD   0x0002
#define CPU_INTERRUPT_EXITTB 0x0004
#define CPU_INTERRUPT_HALT   0x0020
#define CPU_INTERRUPT_DEBUG  0x0080
#define CPU_INTERRUPT_RESET  0x0400
#define CPU_INTERRUPT_POLL   0x0800
#define CPU_INTERRUPT_SMI    0x0040
#define CPU_INTERRUPT_NMI    0x0200
#define CPU_INTERRUPT_MCE    0x1000
#define CPU_INTERRUPT_VIRQ   0x2000
#define CPU_INTERRUPT_SIPI   0x0008
#define CPU_INTERRUPT_TPR    0x0010
#define CPU_INTERRUPT_INIT   CPU_INTERRUPT_RESET

#define MCE_BANKS_NUM 10
#define MCG_CTL_P  (1ULL << 8)
#define MCG_SER_P  (1ULL << 24)
#define MCG_LMCE_P (1ULL << 27)

/*
 * @hflags: HF_*: what of other registers decides how code runs
 * @hflags2: HF2_*
 * @mce_banks: for each bank CTL, STATUS, ADDR and MISC
 */
#define HF_CPL_MASK      (3 << 0)
#define HF_CS32_MASK     (1 << 4)
#define HF_SS32_MASK     (1 << 5)
#define HF_PE_MASK       (1 << 7)
#define HF_LMA_MASK      (1 << 14)
#define HF_CS64_MASK     (1 << 15)
#define HF_SMM_MASK      (1 << 19)
#define HF_INHIBIT_IRQ_MASK (1 << 3)
#define HF2_GIF_MASK     (1 << 0)
#define HF2_NMI_MASK     (1 << 2)

typedef struct CPUArchState {
    /* What reset brings to its start, up to end_reset_fields. */
    target_ulong regs[CPU_NB_REGS];
    target_ulong eip;
    target_ulong eflags;
    uint32_t hflags;
    uint32_t hflags2;

    SegmentCache segs[6];
    SegmentCache ldt;
    SegmentCache tr;
    SegmentCache gdt;
    SegmentCache idt;

    target_ulong cr[5];
    /* PAE: what the processor read at CR3, if KVM tells (KVM_GET_SREGS2). */
    bool pdptrs_valid;
    uint64_t pdptrs[4];
    int32_t a20_mask;
    target_ulong dr[8];
    uint64_t efer;
    bool old_exception;

    /* INIT is a reset that leaves these alone, down to end_init_save. */
    struct {} start_init_save;

    uint16_t fpus, fpuc;
    unsigned int fpstt;
    uint8_t fptags[8];              /* 1: empty */
    X86FPReg fpregs[8];
    uint32_t mxcsr;
    ZMMReg xmm_regs[32];
    uint64_t opmask_regs[8];

    uint64_t star;
    target_ulong lstar, cstar, fmask, kernelgsbase;
    uint64_t sysenter_cs;
    target_ulong sysenter_esp, sysenter_eip;
    uint64_t xcr0;
    uint64_t xss;
    uint32_t smbase;
    uint64_t pat;
    uint64_t msr_ia32_misc_enable;
    uint64_t mtrr_deftype;
    uint64_t mcg_status;
    uint32_t pkru;
    uint16_t fpop;
    uint64_t fpip, fpdp;
    uint64_t mtrr_fixed[11];
    struct {
        uint64_t base, mask;
    } mtrr_var[MTRR_VAR_COUNT];
    uint64_t spec_ctrl, virt_ssbd;
    uint64_t msr_xfd, msr_xfd_err;
    uint64_t msr_ia32_feature_control;
    uint64_t vm_hsave;
    uint64_t tsc_adjust, tsc_deadline;
    uint64_t tsc, tsc_aux;

    struct {} end_init_save;

    /* What a guest has told KVM: addresses of its pages, and switches. */
    uint64_t system_time_msr, wall_clock_msr;
    uint64_t async_pf_en_msr, async_pf_int_msr;
    uint64_t steal_time_msr, pv_eoi_en_msr, poll_control_msr;

    struct {} end_reset_fields;

    /* Events on their way into the guest, as KVM_GET_VCPU_EVENTS has them. */
    int32_t exception_nr;
    int32_t interrupt_injected;         /* a vector, or -1 */
    uint8_t soft_interrupt;
    uint8_t exception_pending, exception_injected;
    uint8_t has_error_code;
    uint8_t exception_has_payload;
    uint64_t exception_payload;
    int error_code;
    uint8_t nmi_injected, nmi_pending;
    uint32_t mp_state;                  /* KVM_MP_STATE_* */
    uint64_t ucode_rev_msr;
    /* The XSAVE area as KVM gives it; from init to the end of the vCPU. */
    void *xsave_buf;
    uint32_t xsave_buf_len;

    /* What a reset leaves alone: a machine check may be its cause. */
    uint64_t mcg_cap;
    uint64_t mcg_ctl;
    uint64_t mce_banks[MCE_BANKS_NUM * 4];
    uint32_t sipi_vector;

    /* Fixed after realize: what CPUID is made of. */
    uint32_t cpuid_level_func7;
    uint32_t cpuid_min_level_func7;
    uint32_t cpuid_level, cpuid_xlevel, cpuid_xlevel2;
    uint32_t cpuid_min_level, cpuid_min_xlevel, cpuid_min_xlevel2;
    uint32_t cpuid_vendor1;
    uint32_t cpuid_vendor2;
    uint32_t cpuid_vendor3;
    uint32_t cpuid_version;
    uint32_t cpuid_model[12];
    FeatureWordArray features;
    /* What the user said something about, on or off. */
    FeatureWordArray user_features;
    CPUCaches cache_info_cpuid2, cache_info_cpuid4, cache_info_amd;
    unsigned nr_dies;
    int64_t tsc_khz;
    int64_t user_tsc_khz;           /* property tsc-frequency; 0: not given */
} CPUX86State;

/*
 * @filtered_features: asked for, but the accelerator has them not
 */
struct X86CPU {
    CPUState parent_obj;

    CPUX86State env;

    /* Properties: what the guest sees of a hypervisor. */
    uint32_t hyperv_spinlock_attempts;
    char *hyperv_vendor;
    uint64_t hyperv_features;
    bool hyperv_synic_kvm_only;
    bool hyperv_passthrough;
    OnOffAuto hyperv_no_nonarch_cs;
    bool hyperv_enforce_cpuid;
    uint32_t hyperv_ver_id_build;
    uint16_t hyperv_ver_id_major;
    uint16_t hyperv_ver_id_minor;
    uint32_t hyperv_ver_id_sp;
    uint8_t hyperv_ver_id_sb;
    uint32_t hyperv_ver_id_sn;
    int32_t hv_max_vps;
    bool expose_kvm;
    bool kvm_pv_enforce_cpuid;
    bool kvm_no_smi_migration;
    bool vmware_cpuid_freq;
    bool expose_tcg;

    /* Properties: how to treat features. */
    bool check_cpuid;
    bool enforce_cpuid;
    bool force_features;
    bool max_features;
    bool migratable;
    bool full_cpuid_auto_level;
    bool intel_pt_auto_level;
    bool vendor_cpuid_only;
    bool migrate_smi_count;

    /* Properties: what the CPU has beyond them. */
    uint32_t apic_id;
    int32_t node_id;
    int32_t socket_id;
    int32_t die_id;
    int32_t core_id;
    int32_t thread_id;
    bool enable_pmu;
    bool enable_lmce;
    bool enable_l3_cache;
    bool legacy_cache;
    bool cache_info_passthrough;
    bool enable_cpuid_0xb;
    bool fill_mtrr_mask;
    bool host_phys_bits;
    uint8_t host_phys_bits_limit;
    uint32_t phys_bits;
    uint64_t ucode_rev;
    uint64_t lbr_fmt;

    FeatureWordArray filtered_features;
    /* The local APIC; NULL if there is none. */
    DeviceState *apic_state;
};

static inline X86CPU *env_archcpu(CPUX86State *env)
{
    return container_of(env, X86CPU, env);
}

static inline CPUState *env_cpu(CPUX86State *env)
{
    return &env_archcpu(env)->parent_obj;
}

/* The modes of a CPU (SDM volume 3, 2.2) */

static inline bool cpu_is_long_mode(const CPUX86State *env)
{
    return env->efer & MSR_EFER_LMA;
}

static inline bool x86_cpu_code64(const CPUX86State *env)
{
    return cpu_is_long_mode(env) && (env->segs[R_CS].flags & DESC_L_MASK);
}

/* Does this CPU start by itself? */
static inline bool cpu_is_bsp(X86CPU *cpu)
{
    return cpu->parent_obj.cpu_index == 0;
}

#define IS_INTEL_CPU(env) cpu_vendor_is(env, CPUID_VENDOR_INTEL)
#define IS_AMD_CPU(env) cpu_vendor_is(env, CPUID_VENDOR_AMD)
bool cpu_vendor_is(const CPUX86State *env, const char *vendor);

/* cpu.c, cpu-reset.c */
void cpu_x86_load_seg_cache(CPUX86State *env, X86Seg seg_reg,
                            unsigned int selector, target_ulong base,
                            unsigned int limit, unsigned int flags);
void x86_cpu_set_a20(X86CPU *cpu, int a20_state);
/* cpu-apic.c: the local APIC as a child of the CPU, and its realize. */
void x86_cpu_apic_create(X86CPU *cpu, Error **errp);
void x86_cpu_apic_realize(X86CPU *cpu, Error **errp);
/* hw/i386/x86.c: what the CPU takes from its APIC or the PIC; or -1. */
int cpu_get_pic_interrupt(CPUX86State *env);

/* host-cpu.c: CPUID of the processor that this program runs on. */
void host_cpuid(uint32_t function, uint32_t count,
                uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx);
/* @vendor: room for CPUID_VENDOR_SZ characters and a zero. */
void host_cpu_vendor_fms(char *vendor, int *family, int *model, int *stepping);
/*
 * host_cpu_instance_init: what a CPU that the host's runs cannot hide: whoever
 * the model is of, its vendor is the host's.
 */
void host_cpu_instance_init(X86CPU *cpu);

/* Defaults of an accelerator, by property; value NULL: leave it alone. */
void x86_cpu_change_kvm_default(const char *prop, const char *value);

/* How the CPU's accesses go out: from system management mode, or not. */
static inline MemTxAttrs cpu_get_mem_attrs(CPUX86State *env)
{
    return (MemTxAttrs) { .secure = (env->hflags & HF_SMM_MASK) != 0 };
}

/* CR0 changes: so do the modes that follow from it. */
void cpu_x86_update_cr0(CPUX86State *env, uint32_t new_cr0);
/* CR4 changes: bits of features that the CPU has not, stay 0. */
void cpu_x86_update_cr4(CPUX86State *env, uint32_t new_cr4);
/* hflags from the registers that decide how code runs. */
void x86_update_hflags(CPUX86State *env);
void do_cpu_init(X86CPU *cpu);
void do_cpu_sipi(X86CPU *cpu);
/* `info lapic` */
void x86_cpu_dump_local_apic_state(CPUState *cs, int flags);
/* Start at the page that a SIPI named, in real mode. */
void cpu_x86_load_seg_cache_sipi(X86CPU *cpu, uint8_t sipi_vector);
int x86_cpu_pending_interrupt(CPUState *cs, int interrupt_request);

/*
 * cpu-cpuid.c: what CPUID answers to @index in EAX and @count in ECX.
 */
void cpu_x86_cpuid(CPUX86State *env, uint32_t index, uint32_t count,
                   uint32_t *eax, uint32_t *ebx,
                   uint32_t *ecx, uint32_t *edx);

/* gdbstub.c: CPUClass.gdb_read_register and .gdb_write_register */
int x86_cpu_gdb_read_register(CPUState *cpu, GByteArray *buf, int reg);
int x86_cpu_gdb_write_register(CPUState *cpu, uint8_t *buf, int reg);

/*
 * The descriptor of @selector, read from the guest's tables: its base, limit and
 * upper word.  False if the tables have none.
 */
bool cpu_x86_get_descr_debug(CPUX86State *env, unsigned int selector,
                             target_ulong *base, unsigned int *limit,
                             unsigned int *flags);

/* cpu-dump.c */
void x86_cpu_dump_state(CPUState *cs, FILE *f, int flags);

/* cpu-paging.c: through the guest's page tables, without a trace in them */
hwaddr x86_cpu_get_phys_page_attrs_debug(CPUState *cpu, vaddr addr,
                                         MemTxAttrs *attrs);

/* cpu-parse.c, cpu-list.c */
void x86_cpu_list(void);

#define CPU_RESOLVING_TYPE TYPE_X86_CPU
#define X86_CPU_TYPE_SUFFIX "-" TYPE_X86_CPU
#define X86_CPU_TYPE_NAME(name) (name X86_CPU_TYPE_SUFFIX)

/* Which version of a model that has several: a number from 1, or */
typedef int X86CPUVersion;
#define CPU_VERSION_LATEST -1   /* the newest */
#define CPU_VERSION_AUTO   -2   /* as the machine likes it */
#define CPU_VERSION_LEGACY  0   /* what it was before there were versions */

/* Set by the machine before it makes CPUs. */
void x86_cpu_set_default_version(X86CPUVersion version);

/* The features that the accelerator can give; what it cannot is filtered. */
uint64_t x86_cpu_get_supported_feature_word(FeatureWord w,
                                            bool migratable_only);

/* Defaults of an accelerator, by property; value NULL: leave it alone. */
typedef struct PropValue {
    const char *prop, *value;
} PropValue;
void x86_cpu_apply_props(X86CPU *cpu, PropValue *props);

#endif
