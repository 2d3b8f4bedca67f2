/*
 * Intel's CPUs, each as what it has more than the one before it.
 *
 * The servers' are in cpu-models-xeon.c.  How to read a row:
 * target/i386/cpu-internal.h, X86CPUDefinition.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"

static const X86CPUVersionDefinition nehalem_versions[] = {
    {
        .version = 2,
        .alias = "Nehalem-IBRS",
        .features =
            "spec-ctrl",
        .model_id = "Intel Core i7 9xx (Nehalem Core i7, IBRS update)",
    },
    { }
};

static const X86CPUVersionDefinition westmere_versions[] = {
    {
        .version = 2,
        .alias = "Westmere-IBRS",
        .features =
            "spec-ctrl",
        .model_id = "Westmere E56xx/L56xx/X56xx (IBRS update)",
    },
    { }
};

static const X86CPUVersionDefinition sandybridge_versions[] = {
    {
        .version = 2,
        .alias = "SandyBridge-IBRS",
        .features =
            "spec-ctrl",
        .model_id = "Intel Xeon E312xx (Sandy Bridge, IBRS update)",
    },
    { }
};

static const X86CPUVersionDefinition ivybridge_versions[] = {
    {
        .version = 2,
        .alias = "IvyBridge-IBRS",
        .features =
            "spec-ctrl",
        .model_id = "Intel Xeon E3-12xx v2 (Ivy Bridge, IBRS)",
    },
    { }
};

static const X86CPUVersionDefinition haswell_versions[] = {
    {
        .version = 2,
        .alias = "Haswell-noTSX",
        .features =
            "-hle -rtm",
        .model_id = "Intel Core Processor (Haswell, no TSX)",
        .stepping = 1,
    },
    {
        .version = 3,
        .alias = "Haswell-IBRS",
        .features =
            "hle rtm spec-ctrl",
        .model_id = "Intel Core Processor (Haswell, IBRS)",
        .stepping = 4,
    },
    {
        .version = 4,
        .alias = "Haswell-noTSX-IBRS",
        .features =
            "-hle -rtm",
        .model_id = "Intel Core Processor (Haswell, no TSX, IBRS)",
        .stepping = 1,
    },
    { }
};

static const X86CPUVersionDefinition broadwell_versions[] = {
    {
        .version = 2,
        .alias = "Broadwell-noTSX",
        .features =
            "-hle -rtm",
        .model_id = "Intel Core Processor (Broadwell, no TSX)",
    },
    {
        .version = 3,
        .alias = "Broadwell-IBRS",
        .features =
            "hle rtm spec-ctrl",
        .model_id = "Intel Core Processor (Broadwell, IBRS)",
    },
    {
        .version = 4,
        .alias = "Broadwell-noTSX-IBRS",
        .features =
            "-hle -rtm",
        .model_id = "Intel Core Processor (Broadwell, no TSX, IBRS)",
    },
    { }
};

static const X86CPUVersionDefinition skylake_client_versions[] = {
    {
        .version = 2,
        .alias = "Skylake-Client-IBRS",
        .features =
            "spec-ctrl",
        .model_id = "Intel Core Processor (Skylake, IBRS)",
    },
    {
        .version = 3,
        .alias = "Skylake-Client-noTSX-IBRS",
        .features =
            "-hle -rtm",
        .model_id = "Intel Core Processor (Skylake, IBRS, no TSX)",
    },
    {
        .version = 4,
        .note = "IBRS, XSAVES, no TSX",
        .features =
            "xsaves",
    },
    { }
};

static const X86CPUVersionDefinition denverton_versions[] = {
    {
        .version = 2,
        .note = "no MPX, no MONITOR",
        .features =
            "-monitor -mpx",
    },
    {
        .version = 3,
        .note = "XSAVES, no MPX, no MONITOR",
        .features =
            "xsaves",
    },
    { }
};

static const X86CPUVersionDefinition snowridge_versions[] = {
    {
        .version = 2,
        .features =
            "-mpx",
        .model_id = "Intel Atom Processor (Snowridge, no MPX)",
    },
    {
        .version = 3,
        .note = "XSAVES, no MPX",
        .features =
            "xsaves",
    },
    {
        .version = 4,
        .note = "no split lock detect, no core-capability",
        .features =
            "-core-capability -split-lock-detect",
    },
    { }
};

const X86CPUDefinition x86_intel_cpu_defs[] = {
    {
        .name = "Conroe",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 15,
        .stepping = 3,
        .level = 10,
        .xlevel = 0x80000008,
        .model_id = "Intel Celeron_4x0 (Conroe/Merom Class Core 2)",
        .features =
            "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov "
            "pat pse36 clflush mmx fxsr sse sse2 pni ssse3 syscall nx lm "
            "lahf-lm",
    },
    {
        .name = "Penryn",
        .like = "Conroe",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 23,
        .stepping = 3,
        .level = 10,
        .xlevel = 0x80000008,
        .model_id = "Intel Core 2 Duo P9xxx (Penryn Class Core 2)",
        .features =
            "cx16 sse4.1",
    },
    {
        .name = "Nehalem",
        .like = "Penryn",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 26,
        .stepping = 3,
        .level = 11,
        .xlevel = 0x80000008,
        .model_id = "Intel Core i7 9xx (Nehalem Class Core i7)",
        .features =
            "sse4.2 popcnt",
        .versions = nehalem_versions,
    },
    {
        .name = "Westmere",
        .like = "Nehalem",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 44,
        .stepping = 1,
        .level = 11,
        .xlevel = 0x80000008,
        .model_id = "Westmere E56xx/L56xx/X56xx (Nehalem-C)",
        .features =
            "pclmulqdq aes arat",
        .versions = westmere_versions,
    },
    {
        .name = "SandyBridge",
        .like = "Westmere",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 42,
        .stepping = 1,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Xeon E312xx (Sandy Bridge)",
        .features =
            "x2apic tsc-deadline xsave avx rdtscp xsaveopt",
        .versions = sandybridge_versions,
    },
    {
        .name = "IvyBridge",
        .like = "SandyBridge",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 58,
        .stepping = 9,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Xeon E3-12xx v2 (Ivy Bridge)",
        .features =
            "f16c rdrand fsgsbase smep erms",
        .versions = ivybridge_versions,
    },
    {
        .name = "Haswell",
        .like = "IvyBridge",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 60,
        .stepping = 4,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Core Processor (Haswell)",
        .features =
            "fma pcid movbe bmi1 hle avx2 bmi2 invpcid rtm abm",
        .versions = haswell_versions,
    },
    {
        .name = "Broadwell",
        .like = "Haswell",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 61,
        .stepping = 2,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Core Processor (Broadwell)",
        .features =
            "rdseed adx smap 3dnowprefetch",
        .versions = broadwell_versions,
    },
    {
        .name = "Skylake-Client",
        .like = "Broadwell",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 94,
        .stepping = 3,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Core Processor (Skylake)",
        .features =
            "xsavec xgetbv1",
        .versions = skylake_client_versions,
    },
    {
        .name = "KnightsMill",
        .like = "Broadwell",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 133,
        .stepping = 0,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Xeon Phi Processor (Knights Mill)",
        .features =
            "ss avx512f avx512pf avx512er avx512cd avx512-vpopcntdq "
            "avx512-4vnniw avx512-4fmaps pdpe1gb -pcid -hle -invpcid -rtm "
            "-smap",
    },
    {
        .name = "Denverton",
        .like = "Skylake-Client",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 95,
        .stepping = 1,
        .level = 0x15,
        .xlevel = 0x80000008,
        .model_id = "Intel Atom Processor (Denverton)",
        .features =
            "monitor mpx clflushopt sha-ni spec-ctrl arch-capabilities ssbd "
            "pdpe1gb rdctl-no skip-l1dfl-vmentry -fma -pcid -avx -f16c -bmi1 "
            "-hle -avx2 -bmi2 -invpcid -rtm -adx -abm",
        .versions = denverton_versions,
    },
    {
        .name = "Snowridge",
        .like = "Denverton",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 134,
        .stepping = 1,
        .level = 0x1b,
        .xlevel = 0x80000008,
        .model_id = "Intel Atom Processor (SnowRidge)",
        .features =
            "clwb umip gfni cldemote movdiri movdir64b core-capability "
            "split-lock-detect -rdctl-no -skip-l1dfl-vmentry",
        .versions = snowridge_versions,
    },
    { }
};
