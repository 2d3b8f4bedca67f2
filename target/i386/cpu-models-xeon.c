/*
 * Intel's CPUs for servers since Skylake; they go on from cpu-models-intel.c.
 *
 * How to read a row: target/i386/cpu-internal.h, X86CPUDefinition.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"

static const X86CPUVersionDefinition skylake_server_versions[] = {
    {
        .version = 2,
        .alias = "Skylake-Server-IBRS",
        .features =
            "spec-ctrl -clflushopt",
        .model_id = "Intel Xeon Processor (Skylake, IBRS)",
    },
    {
        .version = 3,
        .alias = "Skylake-Server-noTSX-IBRS",
        .features =
            "-hle -rtm",
        .model_id = "Intel Xeon Processor (Skylake, IBRS, no TSX)",
    },
    {
        .version = 4,
        .note = "IBRS, EPT switching, no TSX",
    },
    {
        .version = 5,
        .note = "IBRS, XSAVES, EPT switching, no TSX",
        .features =
            "xsaves",
    },
    { }
};

static const X86CPUVersionDefinition cascadelake_server_versions[] = {
    {
        .version = 2,
        .note = "ARCH_CAPABILITIES",
        .features =
            "arch-capabilities rdctl-no ibrs-all skip-l1dfl-vmentry mds-no",
    },
    {
        .version = 3,
        .alias = "Cascadelake-Server-noTSX",
        .note = "ARCH_CAPABILITIES, no TSX",
        .features =
            "-hle -rtm",
    },
    {
        .version = 4,
        .note = "ARCH_CAPABILITIES, EPT switching, no TSX",
    },
    {
        .version = 5,
        .note = "ARCH_CAPABILITIES, EPT switching, XSAVES, no TSX",
        .features =
            "xsaves",
    },
    { }
};

static const X86CPUVersionDefinition cooperlake_versions[] = {
    {
        .version = 2,
        .note = "XSAVES",
        .features =
            "xsaves",
    },
    { }
};

static const X86CPUVersionDefinition icelake_server_versions[] = {
    {
        .version = 2,
        .alias = "Icelake-Server-noTSX",
        .note = "no TSX",
        .features =
            "-hle -rtm",
    },
    {
        .version = 3,
        .features =
            "arch-capabilities rdctl-no ibrs-all skip-l1dfl-vmentry mds-no "
            "pschange-mc-no taa-no",
    },
    {
        .version = 4,
        .features =
            "avx512ifma sha-ni rdpid fsrm",
        .model = 106,
    },
    {
        .version = 5,
        .note = "XSAVES",
        .features =
            "xsaves",
    },
    {
        .version = 6,
        .note = "5-level EPT",
    },
    { }
};

const X86CPUDefinition x86_intel_server_cpu_defs[] = {
    {
        .name = "Skylake-Server",
        .like = "Skylake-Client",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 85,
        .stepping = 4,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Xeon Processor (Skylake)",
        .features =
            "avx512f avx512dq clflushopt clwb avx512cd avx512bw avx512vl pku "
            "pdpe1gb",
        .versions = skylake_server_versions,
    },
    {
        .name = "Cascadelake-Server",
        .like = "Skylake-Server",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 85,
        .stepping = 6,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Xeon Processor (Cascadelake)",
        .features =
            "avx512vnni spec-ctrl ssbd",
        .versions = cascadelake_server_versions,
    },
    {
        .name = "Cooperlake",
        .like = "Cascadelake-Server",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 85,
        .stepping = 10,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Xeon Processor (Cooperlake)",
        .features =
            "stibp arch-capabilities avx512-bf16 rdctl-no ibrs-all "
            "skip-l1dfl-vmentry mds-no pschange-mc-no taa-no",
        .versions = cooperlake_versions,
    },
    {
        .name = "Icelake-Server",
        .like = "Cascadelake-Server",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 134,
        .stepping = 0,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Intel Xeon Processor (Icelake)",
        .features =
            "avx512vbmi umip avx512vbmi2 gfni vaes vpclmulqdq avx512bitalg "
            "avx512-vpopcntdq la57 wbnoinvd",
        .versions = icelake_server_versions,
    },
    { }
};
