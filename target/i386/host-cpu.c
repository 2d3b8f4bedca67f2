/*
 * The processor that this program runs on, by CPUID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <cpuid.h>
#include "cpu.h"
#include "qapi/error.h"

void host_cpuid(uint32_t function, uint32_t count,
                uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx)
{
    uint32_t a, b, c, d;

    __cpuid_count(function, count, a, b, c, d);
    if (eax) {
        *eax = a;
    }
    if (ebx) {
        *ebx = b;
    }
    if (ecx) {
        *ecx = c;
    }
    if (edx) {
        *edx = d;
    }
}

/* SDM volume 2, CPUID, "Version information returned by CPUID in EAX". */
void host_cpu_vendor_fms(char *vendor, int *family, int *model, int *stepping)
{
    uint32_t eax, words[3];

    host_cpuid(0, 0, NULL, &words[0], &words[2], &words[1]);
    memcpy(vendor, words, CPUID_VENDOR_SZ);
    vendor[CPUID_VENDOR_SZ] = '\0';

    host_cpuid(1, 0, &eax, NULL, NULL, NULL);
    *family = ((eax >> 8) & 0x0f) + ((eax >> 20) & 0xff);
    *model = ((eax >> 4) & 0x0f) | ((eax & 0xf0000) >> 12);
    *stepping = eax & 0x0f;
}

/*
 * System calls, for one, work otherwise on Intel's processors than on AMD's,
 * and guests go by the vendor.
 */
void host_cpu_instance_init(X86CPU *cpu)
{
    char vendor[CPUID_VENDOR_SZ + 1];
    int family, model, stepping;

    if (X86_CPU_GET_CLASS(cpu)->model) {
        host_cpu_vendor_fms(vendor, &family, &model, &stepping);
        object_property_set_str(OBJECT(cpu), "vendor", vendor, &error_abort);
    }
}
