/*
 * The keyboard controller, and the ways to reset the machine.
 *
 *     do=keys       interrupt 1 is taken for each byte of the keyboard; the
 *                   test types once "READY" is there, and Escape ends it
 *     do=WAY        reset by cf9, port92, i8042, ged (the microvm's register),
 *                   triple (a fault in the handler of a fault, which the CPU
 *                   answers by a shutdown) or firmware (back to real mode, and
 *                   to where the first CPU begins after power on)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define KBD_DATA    0x60
#define KBD_STATUS  0x64
#define KBD_OBF     0x01

#define IOAPIC      0xfec00000u
#define HPET        0xfed00000u

/* GED_MMIO_BASE_REGS: ACPI_GED_REG_RESET, ACPI_GED_RESET_VALUE */
#define GED_RESET   0xfea00202u
#define GED_RESETS  0x42

#define REAL_PAGE   0x7000

#define KEYS_MAX    64
#define CODE_ESC_UP 0xf0, 0x76

static volatile uint8_t codes[KEYS_MAX];
static volatile unsigned count;

static void ioapic_write(uint8_t reg, uint32_t val)
{
    mmio_write32(IOAPIC, reg);
    mmio_write32(IOAPIC + 0x10, val);
}

/* Pin @pin, by edges, to @vector on this CPU. */
static void ioapic_route(unsigned pin, uint8_t vector)
{
    ioapic_write(0x10 + 2 * pin + 1, 0);
    ioapic_write(0x10 + 2 * pin, vector);
}

static void kbd_interrupt(void *opaque)
{
    while (inb(KBD_STATUS) & KBD_OBF) {
        uint8_t code = inb(KBD_DATA);

        if (count < KEYS_MAX) {
            codes[count++] = code;
        }
    }
}

static bool esc_is_up(void)
{
    static const uint8_t esc[] = { CODE_ESC_UP };

    return count >= 2 && codes[count - 2] == esc[0] &&
           codes[count - 1] == esc[1];
}

static int keys(void)
{
    ioapic_route(1, irq_alloc(kbd_interrupt, NULL));
    guest_printf("READY\n");
    if (!wait_until(esc_is_up(), PATIENCE_MS)) {
        return FAIL("nobody typed Escape, only %u bytes", count);
    }
    guest_printf("codes");
    for (unsigned i = 0; i < count; i++) {
        guest_printf(" %02x", codes[i]);
    }
    guest_printf("\n");
    return 0;
}

/*
 * The HPET counts, and its first timer has the interval timer's interrupt for
 * itself (legacy replacement): pin 2 of the IOAPIC.
 */
static volatile unsigned ticks;

static void hpet_interrupt(void *opaque)
{
    ticks++;
}

static int hpet(void)
{
    uint32_t id = mmio_read32(HPET);

    guest_printf("hpet %08x, period %u fs\n", id, mmio_read32(HPET + 4));
    mmio_write32(HPET + 0x10, 2);
    ioapic_route(2, irq_alloc(hpet_interrupt, NULL));
    mmio_write32(HPET + 0xf0, 0);
    mmio_write32(HPET + 0x100, 0x100 | 0x40 | 0x08 | 0x04);
    mmio_write32(HPET + 0x108, 1000000);        /* 10 ms, and again */
    mmio_write32(HPET + 0x10, 3);
    if (!wait_until(ticks >= 3, PATIENCE_MS)) {
        return FAIL("the HPET ticked %u times", ticks);
    }
    mmio_write32(HPET + 0x10, 0);
    if (mmio_read32(HPET + 0xf0) < 3000000) {
        return FAIL("the HPET's counter is at %u", mmio_read32(HPET + 0xf0));
    }
    guest_printf("hpet ticks\n");
    return 0;
}

static void jump_to_firmware(void)
{
    extern char real_start[], real_end[];
    void (*page)(void) = (void (*)(void))REAL_PAGE;

    memcpy((void *)REAL_PAGE, real_start, real_end - real_start);
    barrier();
    page();
}

static int reset(const char *way)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) no_idt = { 0, 0 };

    guest_printf("reset by %s\n", way);
    if (!strcmp(way, "cf9")) {
        outb(0xcf9, 0x02);
        outb(0xcf9, 0x06);
    } else if (!strcmp(way, "port92")) {
        outb(0x92, inb(0x92) & ~1);
        outb(0x92, inb(0x92) | 1);
    } else if (!strcmp(way, "i8042")) {
        outb(0x64, 0xfe);
    } else if (!strcmp(way, "triple")) {
        asm volatile("lidt %0; ud2" : : "m"(no_idt));
    } else if (!strcmp(way, "ged")) {
        mmio_write8(GED_RESET, GED_RESETS);
    } else if (!strcmp(way, "firmware")) {
        jump_to_firmware();
    } else {
        return FAIL("what is do=%s?", way);
    }
    /* It may take a moment until this CPU is stopped. */
    wait_until(false, PATIENCE_MS);
    return FAIL("still here");
}

int guest_main(void)
{
    const char *cmdline = guest_cmdline();
    static char what[16];
    unsigned n = 0;

    if (memcmp(cmdline, "do=", 3)) {
        return FAIL("what is to be done?");
    }
    for (cmdline += 3; *cmdline && n < sizeof(what) - 1; cmdline++) {
        what[n++] = *cmdline;
    }
    if (!strcmp(what, "keys")) {
        return hpet() ?: keys();
    }
    return reset(what);
}
