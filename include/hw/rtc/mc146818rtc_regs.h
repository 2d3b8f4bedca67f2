/*
 * Registers of the MC146818, by number (Motorola MC146818A data sheet).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_RTC_MC146818RTC_REGS_H
#define HW_RTC_MC146818RTC_REGS_H

#include "hw/rtc/mc146818rtc.h"
#include "qemu/timer.h"

#define RTC_ISA_IRQ 8

#define RTC_SECONDS             0
#define RTC_SECONDS_ALARM       1
#define RTC_MINUTES             2
#define RTC_MINUTES_ALARM       3
#define RTC_HOURS               4
#define RTC_HOURS_ALARM         5
#define RTC_ALARM_DONT_CARE  0xC0

#define RTC_DAY_OF_WEEK         6
#define RTC_DAY_OF_MONTH        7
#define RTC_MONTH               8
#define RTC_YEAR                9

#define RTC_REG_A              10
#define RTC_REG_B              11
#define RTC_REG_C              12
#define RTC_REG_D              13

/* A PC's: the century, in two places. */
#define RTC_CENTURY            0x32
#define RTC_IBM_PS2_CENTURY_BYTE 0x37

#define REG_A_UIP            0x80   /* an update is about to come */
#define REG_A_DIVIDER        0x70
#define REG_A_DIVIDER_NORMAL 0x20   /* a crystal of 32,768 Hz */
#define REG_A_RATE           0x0f

#define REG_B_SET            0x80   /* the clock stands, to be set */
#define REG_B_PIE            0x40
#define REG_B_AIE            0x20
#define REG_B_UIE            0x10
#define REG_B_SQWE           0x08
#define REG_B_DM             0x04   /* binary, not BCD */
#define REG_B_24H            0x02

#define REG_C_UF             0x10
#define REG_C_AF             0x20
#define REG_C_PF             0x40
#define REG_C_IRQF           0x80
#define REG_C_MASK           0x70

#define REG_D_VRT            0x80   /* the battery is good */

/* The crystal's clock, and how long the UIP bit warns of an update. */
#define RTC_CLOCK_RATE       32768
#define UIP_HOLD_LENGTH      (8 * NANOSECONDS_PER_SECOND / RTC_CLOCK_RATE)

/* How many ticks of the crystal a period of @code (REG_A_RATE) has; 0: off. */
static inline uint32_t periodic_period_to_clock(int period_code)
{
    if (!period_code) {
        return 0;
    }
    /* The two fastest rates would be the same as two of the slow ones. */
    if (period_code <= 2) {
        period_code += 7;
    }
    return 1 << (period_code - 1);
}

static inline int64_t periodic_clock_to_ns(int64_t clocks)
{
    return muldiv64(clocks, NANOSECONDS_PER_SECOND, RTC_CLOCK_RATE);
}

#endif
