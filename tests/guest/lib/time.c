/*
 * Milliseconds, by the time stamp counter, which is compared once with the PIT.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "lib.h"

#define PIT_FREQ        1193182
#define PIT_COUNTER2    0x42
#define PIT_CONTROL     0x43
#define SPEAKER         0x61

#define CALIBRATION_MS  10

static uint64_t tsc_per_ms, tsc_start;

/* Counter 2 counts down once; its output rises at the end. */
void time_init(void)
{
    unsigned count = PIT_FREQ * CALIBRATION_MS / 1000;
    uint64_t start;

    /* A board without a speaker does not show it: near enough for time-outs. */
    if (inb(SPEAKER) == 0xff) {
        tsc_start = rdtsc();
        tsc_per_ms = 2000000;
        return;
    }
    outb(SPEAKER, (inb(SPEAKER) & ~2) | 1);
    outb(PIT_CONTROL, 0xb0);            /* counter 2, both bytes, mode 0 */
    outb(PIT_COUNTER2, count & 0xff);
    outb(PIT_COUNTER2, count >> 8);
    start = rdtsc();
    while (!(inb(SPEAKER) & 0x20)) {
    }
    tsc_start = rdtsc();
    tsc_per_ms = (tsc_start - start) / CALIBRATION_MS;
    if (!tsc_per_ms) {
        tsc_per_ms = 1;
    }
}

uint64_t time_ms(void)
{
    return (rdtsc() - tsc_start) / tsc_per_ms;
}
