/*
 * AMD's CPUs, and Hygon's, each as what it has more than the one before it.
 *
 * How to read a row: target/i386/cpu-internal.h, X86CPUDefinition.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"

static const X86CPUVersionDefinition epyc_versions[] = {
    {
        .version = 2,
        .alias = "EPYC-IBPB",
        .features =
            "ibpb",
        .model_id = "AMD EPYC Processor (with IBPB)",
    },
    {
        .version = 3,
        .features =
            "perfctr-core clzero xsaveerptr xsaves",
        .model_id = "AMD EPYC Processor",
    },
    { }
};

static const X86CPUVersionDefinition epyc_rome_versions[] = {
    {
        .version = 2,
        .features =
            "ibrs amd-ssbd",
    },
    { }
};

static const X86CPUVersionDefinition dhyana_versions[] = {
    {
        .version = 2,
        .note = "XSAVES",
        .features =
            "xsaves",
    },
    { }
};

const X86CPUDefinition x86_amd_cpu_defs[] = {
    {
        .name = "Opteron_G1",
        .vendor = CPUID_VENDOR_AMD,
        .family = 15,
        .model = 6,
        .stepping = 1,
        .level = 5,
        .xlevel = 0x80000008,
        .model_id = "AMD Opteron 240 (Gen 1 Class Opteron)",
        .features =
            "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov "
            "pat pse36 clflush mmx fxsr sse sse2 pni syscall nx lm",
    },
    {
        .name = "Opteron_G2",
        .like = "Opteron_G1",
        .vendor = CPUID_VENDOR_AMD,
        .family = 15,
        .model = 6,
        .stepping = 1,
        .level = 5,
        .xlevel = 0x80000008,
        .model_id = "AMD Opteron 22xx (Gen 2 Class Opteron)",
        .features =
            "cx16 lahf-lm svm",
    },
    {
        .name = "Opteron_G3",
        .like = "Opteron_G2",
        .vendor = CPUID_VENDOR_AMD,
        .family = 16,
        .model = 2,
        .stepping = 3,
        .level = 5,
        .xlevel = 0x80000008,
        .model_id = "AMD Opteron 23xx (Gen 3 Class Opteron)",
        .features =
            "monitor popcnt rdtscp abm sse4a misalignsse",
    },
    {
        .name = "Opteron_G4",
        .like = "Opteron_G3",
        .vendor = CPUID_VENDOR_AMD,
        .family = 21,
        .model = 1,
        .stepping = 2,
        .level = 13,
        .xlevel = 0x8000001a,
        .model_id = "AMD Opteron 62xx class CPU",
        .features =
            "pclmulqdq ssse3 sse4.1 sse4.2 aes xsave avx pdpe1gb "
            "3dnowprefetch xop fma4 npt nrip-save -monitor",
    },
    {
        .name = "Opteron_G5",
        .like = "Opteron_G4",
        .vendor = CPUID_VENDOR_AMD,
        .family = 21,
        .model = 2,
        .stepping = 0,
        .level = 13,
        .xlevel = 0x8000001a,
        .model_id = "AMD Opteron 63xx class CPU",
        .features =
            "fma f16c tbm",
    },
    {
        .name = "EPYC",
        .like = "Opteron_G5",
        .vendor = CPUID_VENDOR_AMD,
        .family = 23,
        .model = 1,
        .stepping = 2,
        .level = 13,
        .xlevel = 0x8000001e,
        .model_id = "AMD EPYC Processor",
        .features =
            "monitor movbe rdrand fsgsbase bmi1 avx2 smep bmi2 rdseed adx "
            "smap clflushopt sha-ni mmxext fxsr-opt cr8legacy osvw topoext "
            "xsaveopt xsavec xgetbv1 arat -xop -fma4 -tbm",
        .cache_info = &epyc_cache_info,
        .versions = epyc_versions,
    },
    {
        .name = "EPYC-Rome",
        .like = "EPYC",
        .vendor = CPUID_VENDOR_AMD,
        .family = 23,
        .model = 49,
        .stepping = 0,
        .level = 13,
        .xlevel = 0x8000001e,
        .model_id = "AMD EPYC-Rome Processor",
        .features =
            "clwb umip rdpid perfctr-core clzero xsaveerptr wbnoinvd ibpb "
            "amd-stibp xsaves",
        .cache_info = &epyc_rome_cache_info,
        .versions = epyc_rome_versions,
    },
    {
        .name = "EPYC-Milan",
        .like = "EPYC-Rome",
        .vendor = CPUID_VENDOR_AMD,
        .family = 25,
        .model = 1,
        .stepping = 1,
        .level = 13,
        .xlevel = 0x8000001e,
        .model_id = "AMD EPYC-Milan Processor",
        .features =
            "pcid erms invpcid pku fsrm ibrs amd-ssbd svme-addr-chk",
        .cache_info = &epyc_milan_cache_info,
    },
    {
        .name = "Dhyana",
        .like = "EPYC",
        .vendor = CPUID_VENDOR_HYGON,
        .family = 24,
        .model = 0,
        .stepping = 1,
        .level = 13,
        .xlevel = 0x8000001e,
        .model_id = "Hygon Dhyana Processor",
        .features =
            "ibpb -pclmulqdq -aes -sha-ni",
        .cache_info = &epyc_cache_info,
        .versions = dhyana_versions,
    },
    { }
};
