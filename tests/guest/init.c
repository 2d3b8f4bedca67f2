/*
 * INIT: a reset of the CPU alone, and what it leaves as it was.
 *
 * The second CPU sets registers that memory and the system rely on, and goes to
 * sleep.  INIT and SIPI start it a second time.
 *
 * Specification: Intel SDM, volume 3, table 10-1, "INIT".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

static const struct {
    const char *name;
    uint32_t msr;
    uint64_t value;
} kept[] = {
    { "MTRRfix64K_00000", 0x250, 0x0606060606060606 },
    { "MTRRphysBase0", 0x200, 0xe0000000 },
    { "MTRRphysMask0", 0x201, 0xe0000800 },
    { "MTRRdefType", 0x2ff, 0xc06 },
    { "PAT", 0x277, 0x0007010600070106 },
    { "STAR", 0xc0000081, 0x0023001000000000 },
    { "LSTAR", 0xc0000082, 0xffffffff81000000 },
    { "TSC_AUX", 0xc0000103, 7 },
};

#define N_KEPT (sizeof(kept) / sizeof(kept[0]))

static volatile bool has_tsc_aux, is_done;
static volatile uint64_t found[N_KEPT], tsc[2];

static bool is_there(unsigned i)
{
    return kept[i].msr != 0xc0000103 || has_tsc_aux;
}

static void first_life(void *opaque)
{
    for (unsigned i = 0; i < N_KEPT; i++) {
        if (is_there(i)) {
            wrmsr(kept[i].msr, kept[i].value);
        }
    }
    tsc[0] = rdtsc();
    is_done = true;
    for (;;) {
        asm volatile("cli; hlt");
    }
}

static void second_life(void *opaque)
{
    for (unsigned i = 0; i < N_KEPT; i++) {
        if (is_there(i)) {
            found[i] = rdmsr(kept[i].msr);
        }
    }
    tsc[1] = rdtsc();
    is_done = true;
    for (;;) {
        asm volatile("cli; hlt");
    }
}

static bool live(void (*life)(void *))
{
    uint64_t deadline = time_ms() + PATIENCE_MS;

    is_done = false;
    if (!cpu_start(1, life, NULL)) {
        return false;
    }
    while (!is_done && time_ms() < deadline) {
    }
    return is_done;
}

int guest_main(void)
{
    int status = 0;

    has_tsc_aux = cpuid(0x80000001, 0).edx & (1u << 27);
    if (!live(first_life)) {
        return FAIL("the second CPU does not start");
    }
    if (!live(second_life)) {
        return FAIL("the second CPU does not start again");
    }
    for (unsigned i = 0; i < N_KEPT; i++) {
        if (is_there(i) && found[i] != kept[i].value) {
            status = FAIL("%s was 0x%lx and is 0x%lx", kept[i].name,
                          kept[i].value, found[i]);
        }
    }
    if (tsc[1] < tsc[0]) {
        status = FAIL("the TSC went back from 0x%lx to 0x%lx", tsc[0], tsc[1]);
    }
    if (!status) {
        guest_printf("INIT leaves alone what it should\n");
    }
    return status;
}
