/*
 * What of a clock goes over the wire: its period, and, once they are other than
 * 1, its multiplier and divider.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/clock.h"
#include "migration/vmstate.h"

static bool clock_muldiv_needed(void *opaque)
{
    Clock *clk = opaque;

    return clk->multiplier != 1 || clk->divider != 1;
}

/* Whoever sends no subsection has 1 and 1. */
static int clock_pre_load(void *opaque)
{
    Clock *clk = opaque;

    clk->multiplier = 1;
    clk->divider = 1;
    return 0;
}

/* clock_set_mul_div() promises those below never to divide by 0. */
static int clock_muldiv_post_load(void *opaque, int version_id)
{
    Clock *clk = opaque;

    return clk->divider ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_muldiv = {
    .name = "clock/muldiv",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = clock_muldiv_needed,
    .post_load = clock_muldiv_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(multiplier, Clock),
        VMSTATE_UINT32(divider, Clock),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_clock = {
    .name = "clock",
    .version_id = 0,
    .minimum_version_id = 0,
    .pre_load = clock_pre_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(period, Clock),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_muldiv,
        NULL
    },
};
