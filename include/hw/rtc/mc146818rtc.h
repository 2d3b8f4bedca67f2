/*
 * The real-time clock of a PC, and its battery-backed memory (CMOS).
 *
 * 128 bytes behind an index port (0x70) and a data port (0x71).  The first ten
 * are the time, the next four control the chip, and what the rest means is
 * between the board and its firmware: how much memory there is, what to boot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_RTC_MC146818RTC_H
#define HW_RTC_MC146818RTC_H

#include "hw/isa/isa.h"
#include "qapi/qapi-types-machine.h"
#include "qemu/notify.h"
#include "qemu/queue.h"
#include "qemu/timer.h"
#include "qom/object.h"

#define TYPE_MC146818_RTC "mc146818rtc"
OBJECT_DECLARE_SIMPLE_TYPE(RTCState, MC146818_RTC)

struct RTCState {
    ISADevice parent_obj;

    /* Properties. */
    int32_t base_year;          /* the year of year 0, if firmware has none */
    uint16_t io_base;
    uint8_t isairq;
    LostTickPolicy lost_tick_policy;

    /* What the guest can change. */
    uint8_t cmos_data[128];
    uint8_t cmos_index;

    /*
     * The time is base_rtc (s since 1970, in the guest's zone) when rtc_clock
     * stood at last_update (ns), and runs from there.
     */
    uint64_t base_rtc;
    uint64_t last_update;
    int64_t offset;             /* ns into the second, then */

    /* Interrupts. */
    qemu_irq irq;
    QEMUTimer *periodic_timer;
    int64_t next_periodic_time;
    QEMUTimer *update_timer;    /* at seconds that somebody waits for */
    uint64_t next_alarm_time;   /* ns of rtc_clock */
    uint32_t period;            /* in ticks of the crystal; 0: none */
    uint32_t irq_coalesced;     /* periods that the guest has not seen yet */
    QEMUTimer *coalesced_timer;

    MemoryRegion io;
    MemoryRegion coalesced_io;  /* the index: who writes it goes on */
    Notifier suspend_notifier;
    QLIST_ENTRY(RTCState) link;
};

/*
 * mc146818_rtc_init: make the clock at port 0x70, with years from @base_year,
 * and drive @intercept_irq (NULL: ISA interrupt 8).
 */
ISADevice *mc146818_rtc_init(ISABus *bus, int base_year,
                             qemu_irq intercept_irq);

/* Bytes of the CMOS, for the board. */
void rtc_set_memory(ISADevice *dev, int addr, int val);
int rtc_get_memory(ISADevice *dev, int addr);
void qmp_rtc_reset_reinjection(Error **errp);

#endif
