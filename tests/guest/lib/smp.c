/*
 * Other CPUs: waking them up, and interrupts between them.
 *
 * After a reset all but one CPU wait.  INIT makes one wait for SIPI, which has
 * the number of the page below 1 MiB where it begins in real mode; from there
 * start.S leads it to ap_main().
 *
 * Specification: Intel SDM, volume 3, 9.4.4 (the start of processors), 11.6
 * (the interrupt command register).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "lib.h"

#define LAPIC           0xfee00000
#define LAPIC_ID        0x20
#define LAPIC_ICR_LOW   0x300
#define LAPIC_ICR_HIGH  0x310

#define ICR_ASSERT      (1 << 14)
#define ICR_PENDING     (1 << 12)
#define ICR_INIT        (5 << 8)
#define ICR_SIPI        (6 << 8)

#define AP_PAGE         0x8000
#define AP_STACK_PAGES  2

extern char ap_start[], ap_end[];
extern uintptr_t ap_stack_top;

static void (*ap_fn)(void *opaque);
static void *ap_opaque;
static volatile bool ap_is_up;

void ap_main(void);

uint32_t cpu_apic_id(void)
{
    return mmio_read32(LAPIC + LAPIC_ID) >> 24;
}

static void lapic_command(uint32_t apic_id, uint32_t command)
{
    mmio_write32(LAPIC + LAPIC_ICR_HIGH, apic_id << 24);
    mmio_write32(LAPIC + LAPIC_ICR_LOW, command);
    while (mmio_read32(LAPIC + LAPIC_ICR_LOW) & ICR_PENDING) {
    }
}

void cpu_send_ipi(uint32_t apic_id, uint8_t vector)
{
    lapic_command(apic_id, ICR_ASSERT | vector);
}

void ap_main(void)
{
    void (*fn)(void *) = ap_fn;
    void *opaque = ap_opaque;

    traps_load();
    /* The next one may have the page and these variables. */
    ap_is_up = true;
    fn(opaque);
}

bool cpu_start(uint32_t apic_id, void (*fn)(void *opaque), void *opaque)
{
    uint64_t deadline = time_ms() + PATIENCE_MS;

    memcpy((void *)AP_PAGE, ap_start, ap_end - ap_start);
    ap_stack_top = (uintptr_t)page_alloc(AP_STACK_PAGES) +
                   AP_STACK_PAGES * 4096;
    ap_fn = fn;
    ap_opaque = opaque;
    ap_is_up = false;
    barrier();

    lapic_command(apic_id, ICR_INIT | ICR_ASSERT);
    lapic_command(apic_id, ICR_SIPI | ICR_ASSERT | AP_PAGE >> 12);
    while (!ap_is_up && time_ms() < deadline) {
    }
    return ap_is_up;
}
