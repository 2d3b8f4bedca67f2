/*
 * A guest that goes wrong, in the way that its command line says:
 *
 *     -append how=emulation   an instruction that a slow KVM cannot emulate
 *     -append how=triple      an exception without a way to handle it
 *     -append how=registers   known values in registers, then it waits
 *     -append how=nmi         waits for an NMI, and ends well
 *
 * What comes of it is the host's to see: this guest does not go on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

static bool how(const char *name)
{
    const char *p = guest_cmdline();

    return !memcmp(p, "how=", 4) && !strcmp(p + 4, name);
}

/* rax is 0x1111...; SSE is on, so that the processor itself would do this. */
static void fault_emulation(void)
{
    asm volatile("mov %%cr4, %%rax; or $0x600, %%rax; mov %%rax, %%cr4\n"
                 "mov $0x1111222233334444, %%rax\n"
                 ".globl fault_here\n"
                 "fault_here: cmpxchg16b (%%rsp)\n"
                 "ud2" : : : "rax", "memory");
}

static void fault_triple(void)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) none = { 0, 0 };

    asm volatile("lidt %0; ud2" : : "m"(none));
}

static void fault_registers(void)
{
    asm volatile("mov $0xaaaa000000000001, %%rax\n"
                 "mov $0xbbbb000000000002, %%rbx\n"
                 "mov $0xcccc000000000003, %%rcx\n"
                 "mov $0xdddd000000000004, %%rdx\n"
                 "mov $0x5151000000000005, %%rsi\n"
                 "mov $0xd1d1000000000006, %%rdi\n"
                 "mov $0x0808000000000008, %%r8\n"
                 "mov $0x0f0f00000000000f, %%r15\n"
                 "mov %%rax, %%cr2\n"
                 "cli\n"
                 "1: hlt; jmp 1b" : : : "rax", "rbx", "rcx", "rdx", "rsi",
                 "rdi", "r8", "r15");
}

static volatile bool nmi_came;

static void on_nmi(void *opaque)
{
    nmi_came = true;
}

int guest_main(void)
{
    guest_printf("ready\n");
    if (how("emulation")) {
        fault_emulation();
    } else if (how("triple")) {
        fault_triple();
    } else if (how("registers")) {
        fault_registers();
    } else if (how("nmi")) {
        nmi_handler(on_nmi);
        guest_printf("waiting\n");
        return wait_until(nmi_came, PATIENCE_MS) ? 0 : FAIL("no NMI");
    }
    return FAIL("\"%s\" is no way to go wrong", guest_cmdline());
}
