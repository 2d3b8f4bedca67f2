/*
 * Models that are no one CPU in particular, and those of long ago.
 *
 * How to read a row: target/i386/cpu-internal.h, X86CPUDefinition.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"

const X86CPUDefinition x86_generic_cpu_defs[] = {
    {
        .name = "qemu64",
        .vendor = CPUID_VENDOR_AMD,
        .family = 15,
        .model = 107,
        .stepping = 1,
        .level = 13,
        .xlevel = 0x8000000a,
        .model_id = "QEMU Virtual CPU version 2.5+",
        .features =
            "fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat "
            "pse36 clflush mmx fxsr sse sse2 pni cx16 syscall nx lm lahf-lm "
            "svm",
    },
    {
        .name = "kvm64",
        .like = "qemu64",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 15,
        .model = 6,
        .stepping = 1,
        .level = 13,
        .xlevel = 0x80000008,
        .model_id = "Common KVM processor",
        .features =
            "vme -lahf-lm -svm",
    },
    {
        .name = "qemu32",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 6,
        .stepping = 3,
        .level = 4,
        .xlevel = 0x80000004,
        .model_id = "QEMU Virtual CPU version 2.5+",
        .features =
            "fpu de pse tsc msr pae mce cx8 apic sep pge cmov pat mmx fxsr "
            "sse sse2 pni",
    },
    {
        .name = "kvm32",
        .like = "kvm64",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 15,
        .model = 6,
        .stepping = 1,
        .level = 5,
        .xlevel = 0x80000008,
        .model_id = "Common 32-bit KVM processor",
        .features =
            "-cx16 -syscall -nx -lm",
    },
    {
        .name = "486",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 4,
        .model = 8,
        .stepping = 0,
        .level = 1,
        .features =
            "fpu vme pse",
    },
    {
        .name = "pentium",
        .like = "486",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 5,
        .model = 4,
        .stepping = 3,
        .level = 1,
        .features =
            "de tsc msr mce cx8 apic mmx",
    },
    {
        .name = "pentium2",
        .like = "pentium",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 5,
        .stepping = 2,
        .level = 2,
        .features =
            "pae sep mtrr pge mca cmov pat pse36 fxsr",
    },
    {
        .name = "pentium3",
        .like = "pentium2",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 7,
        .stepping = 3,
        .level = 3,
        .features =
            "sse",
    },
    {
        .name = "coreduo",
        .like = "pentium3",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 14,
        .stepping = 8,
        .level = 10,
        .xlevel = 0x80000008,
        .model_id = "Genuine Intel(R) CPU           T2600  @ 2.16GHz",
        .features =
            "clflush acpi sse2 ss pni monitor nx -pse36",
    },
    {
        .name = "core2duo",
        .like = "coreduo",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 15,
        .stepping = 11,
        .level = 10,
        .xlevel = 0x80000008,
        .model_id = "Intel(R) Core(TM)2 Duo CPU     T7700  @ 2.40GHz",
        .features =
            "pse36 ssse3 cx16 syscall lm lahf-lm",
    },
    {
        .name = "n270",
        .like = "coreduo",
        .vendor = CPUID_VENDOR_INTEL,
        .family = 6,
        .model = 28,
        .stepping = 2,
        .level = 10,
        .xlevel = 0x80000008,
        .model_id = "Intel(R) Atom(TM) CPU N270   @ 1.60GHz",
        .features =
            "ssse3 movbe lahf-lm",
    },
    {
        .name = "athlon",
        .vendor = CPUID_VENDOR_AMD,
        .family = 6,
        .model = 2,
        .stepping = 3,
        .level = 2,
        .xlevel = 0x80000008,
        .model_id = "QEMU Virtual CPU version 2.5+",
        .features =
            "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov "
            "pat pse36 mmx fxsr sse sse2 mmxext 3dnowext 3dnow",
    },
    {
        .name = "phenom",
        .like = "athlon",
        .vendor = CPUID_VENDOR_AMD,
        .family = 16,
        .model = 2,
        .stepping = 3,
        .level = 5,
        .xlevel = 0x8000001a,
        .model_id = "AMD Phenom(tm) 9550 Quad-Core Processor",
        .features =
            "clflush pni monitor cx16 popcnt syscall nx fxsr-opt pdpe1gb "
            "rdtscp lm lahf-lm svm abm sse4a npt",
    },
    { }
};
