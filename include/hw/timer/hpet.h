/*
 * The high precision event timer (HPET).
 *
 * A counter that goes up by one every 10 ns, and timers that interrupt when it
 * passes their comparator, once or again and again.
 *
 *     000  capabilities; the period in femtoseconds at 004
 *     010  configuration: count, legacy replacement
 *     020  interrupt status, of timers whose interrupt is a level
 *     0f0  the counter
 *     100 + 20 * n    timer n: configuration
 *     108 + 20 * n    its comparator; written in periodic mode, its period
 *     110 + 20 * n    where its message goes, if it sends one (property "msi")
 *
 * Legacy replacement takes IRQ 0 from the interval timer for timer 0, and IRQ 8
 * from the clock for timer 1.  So both are wired through here:
 *
 *     isa-pit ----------> gpio-in HPET_LEGACY_PIT_INT --+-- IRQ 0
 *          ^                                  timer 0 --'
 *          `- gpio-out: may it?
 *     mc146818rtc ------> gpio-in HPET_LEGACY_RTC_INT --+-- IRQ 8
 *                                             timer 1 --'
 *
 * IA-PC HPET specification 1.0a.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_TIMER_HPET_H
#define HW_TIMER_HPET_H

#include "qom/object.h"

#define HPET_BASE 0xfed00000
#define HPET_LEN  0x400

#define HPET_CLK_PERIOD 10              /* ns */
#define FS_PER_NS       1000000

#define HPET_MIN_TIMERS     3
#define HPET_MAX_TIMERS     32
#define HPET_NUM_IRQ_ROUTES 32

/* The numbers of the GPIO inputs. */
#define HPET_LEGACY_PIT_INT 0
#define HPET_LEGACY_RTC_INT 1

/* Registers, and those of a timer. */
#define HPET_ID         0x000
#define HPET_PERIOD     0x004
#define HPET_CFG        0x010
#define HPET_STATUS     0x020
#define HPET_COUNTER    0x0f0
#define HPET_TN_BASE    0x100
#define HPET_TN_SIZE    0x20
#define HPET_TN_CFG     0x000
#define HPET_TN_CMP     0x008
#define HPET_TN_ROUTE   0x010

#define HPET_ID_NUM_TIM_SHIFT   8
#define HPET_ID_NUM_TIM_MASK    0x1f00

#define HPET_CFG_ENABLE         0x001
#define HPET_CFG_LEGACY         0x002

#define HPET_TN_TYPE_LEVEL      0x002
#define HPET_TN_ENABLE          0x004
#define HPET_TN_PERIODIC        0x008
#define HPET_TN_PERIODIC_CAP    0x010
#define HPET_TN_SIZE_CAP        0x020   /* 64 bits */
#define HPET_TN_SETVAL          0x040   /* the comparator is written next */
#define HPET_TN_32BIT           0x100
#define HPET_TN_INT_ROUTE_MASK  0x3e00
#define HPET_TN_INT_ROUTE_SHIFT 9
#define HPET_TN_FSB_ENABLE      0x4000
#define HPET_TN_FSB_CAP         0x8000
#define HPET_TN_CFG_WRITE_MASK  0x7f4e
#define HPET_TN_INT_ROUTE_CAP_SHIFT 32

/*
 * For firmware without ACPI: fw_cfg's key FW_CFG_HPET has this.  @count is
 * UINT8_MAX, which says nothing, if there is no HPET.
 */
struct hpet_fw_entry {
    uint32_t event_timer_block_id;
    uint64_t address;
    uint16_t min_tick;
    uint8_t page_prot;
} QEMU_PACKED;

struct hpet_fw_config {
    uint8_t count;
    struct hpet_fw_entry hpet[8];
} QEMU_PACKED;

extern struct hpet_fw_config hpet_cfg;

#define TYPE_HPET "hpet"

/* The property that says which interrupts a timer may have, by their bits. */
#define HPET_INTCAP "hpet-intcap"

static inline bool hpet_find(void)
{
    return object_resolve_path_type("", TYPE_HPET, NULL);
}

#endif
