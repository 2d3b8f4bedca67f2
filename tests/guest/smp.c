/*
 * All CPUs: how they see themselves, and interrupts from one to another.
 *
 *     -append "apics=0,1,2 rounds=100"
 *
 * The first CPU starts the others; each reports its APIC ID, as the local APIC
 * and as CPUID have it, and the shifts of CPUID's leaf 0xb.  Then the first
 * sends each an interrupt, which it answers with one, so many times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define MAX_CPUS 32

static uint8_t ping_vector, pong_vector;
static uint32_t boot_apic_id;
static volatile uint32_t pings, pongs;

/* One CPU speaks at a time: the first waits for each. */
static volatile bool reported;

static uint32_t number(const char *s, const char **end)
{
    uint32_t n = 0;

    while (*s >= '0' && *s <= '9') {
        n = n * 10 + *s++ - '0';
    }
    *end = s;
    return n;
}

static const char *option(const char *name)
{
    const char *p = guest_cmdline();
    size_t len = strlen(name);

    for (; *p; p++) {
        if (!memcmp(p, name, len) && p[len] == '=') {
            return p + len + 1;
        }
    }
    return "";
}

static void report(void)
{
    struct cpuid one = cpuid(1, 0), cores = cpuid(4, 0);
    struct cpuid smt = cpuid(0xb, 0), core = cpuid(0xb, 1);

    guest_printf("cpu %u: leaf 1 id %u of %u, leaf 4 cores %u sharing %u, ",
                 cpu_apic_id(), one.ebx >> 24, one.ebx >> 16 & 0xff,
                 (cores.eax >> 26) + 1, (cores.eax >> 14 & 0xfff) + 1);
    guest_printf("leaf 0xb id %u smt %u/%u core %u/%u\n", smt.edx,
                 smt.eax & 0x1f, smt.ebx & 0xffff, core.eax & 0x1f,
                 core.ebx & 0xffff);
    reported = true;
}

static void ping(void *opaque)
{
    pings++;
    cpu_send_ipi(boot_apic_id, pong_vector);
}

static void pong(void *opaque)
{
    pongs++;
}

static void other_cpu(void *opaque)
{
    report();
    for (;;) {
        asm volatile("sti; hlt");
    }
}

static int ping_pong(uint32_t apic_id, unsigned rounds)
{
    pings = pongs = 0;
    for (unsigned i = 1; i <= rounds; i++) {
        cpu_send_ipi(apic_id, ping_vector);
        if (!wait_until(pongs == i, PATIENCE_MS)) {
            return FAIL("cpu %u: %u pings, %u pongs", apic_id, pings, pongs);
        }
    }
    return pings == rounds ? 0 : FAIL("cpu %u: %u pings of %u", apic_id,
                                      pings, rounds);
}

int guest_main(void)
{
    const char *p = option("apics");
    uint32_t ids[MAX_CPUS];
    unsigned n = 0, rounds;
    int status = 0;

    while (*p >= '0' && *p <= '9' && n < MAX_CPUS) {
        ids[n++] = number(p, &p);
        p += *p == ',';
    }
    rounds = number(option("rounds"), &p);

    boot_apic_id = cpu_apic_id();
    ping_vector = irq_alloc(ping, NULL);
    pong_vector = irq_alloc(pong, NULL);
    if (!n || ids[0] != boot_apic_id) {
        return FAIL("the first CPU has APIC ID %u", boot_apic_id);
    }
    report();
    for (unsigned i = 1; i < n; i++) {
        reported = false;
        if (!cpu_start(ids[i], other_cpu, NULL)) {
            return FAIL("cpu %u does not start", ids[i]);
        }
        while (!reported) {
        }
    }
    for (unsigned i = 1; i < n && !status; i++) {
        status = ping_pong(ids[i], rounds);
    }
    if (!status) {
        guest_printf("%u cpus, %u interrupts answered by each\n", n, rounds);
    }
    return status;
}
