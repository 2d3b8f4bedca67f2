/*
 * The MC146818 real-time clock.
 *
 * Nothing ticks here.  The time is reckoned from rtc_clock when the guest reads
 * it, and a timer runs only while somebody waits: for a period, for the end of
 * an update (each second), or for the alarm.
 *
 *     guest reads register C   all flags clear, the interrupt line falls
 *     guest sets REG_B_SET     the clock stands until it is cleared again
 *
 * A guest that was not scheduled misses periodic interrupts, and its time falls
 * behind.  With lost_tick_policy=slew they are sent later, a little faster than
 * asked for, whenever the guest has acknowledged the one before.
 *
 * Specification: Motorola MC146818A data sheet.  Read first:
 * include/hw/rtc/mc146818rtc.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-events-misc.h"
#include "qapi/visitor.h"
#include "qemu/bcd.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/reset.h"
#include "sysemu/rtc.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

/* With slew: how much faster than asked for lost interrupts are sent. */
#define RTC_REINJECT_ON_ACK_COUNT 20

static QLIST_HEAD(, RTCState) rtc_devices = QLIST_HEAD_INITIALIZER(rtc_devices);

/* Time */

static bool rtc_running(const RTCState *s)
{
    return !(s->cmos_data[RTC_REG_B] & REG_B_SET) &&
           (s->cmos_data[RTC_REG_A] & REG_A_DIVIDER) <= REG_A_DIVIDER_NORMAL;
}

/* ns since 1970, as the guest's clock shows it. */
static uint64_t rtc_guest_ns(RTCState *s)
{
    return s->base_rtc * NANOSECONDS_PER_SECOND +
           qemu_clock_get_ns(rtc_clock) - s->last_update + s->offset;
}

static int rtc_to_bcd(const RTCState *s, int a)
{
    return s->cmos_data[RTC_REG_B] & REG_B_DM ? a : to_bcd(a);
}

/* -1 for "don't care", as an alarm may say. */
static int rtc_from_bcd(const RTCState *s, int a)
{
    if ((a & RTC_ALARM_DONT_CARE) == RTC_ALARM_DONT_CARE) {
        return -1;
    }
    return s->cmos_data[RTC_REG_B] & REG_B_DM ? a : from_bcd(a);
}

/* An hour of 0 to 23 from a register: with 12 of them, bit 7 is "pm". */
static int rtc_hour(const RTCState *s, uint8_t reg)
{
    int hour = rtc_from_bcd(s, reg & 0x7f);

    if (hour == -1 || (s->cmos_data[RTC_REG_B] & REG_B_24H)) {
        return rtc_from_bcd(s, reg);
    }
    return hour % 12 + (reg & 0x80 ? 12 : 0);
}

/* The registers from @tm. */
static void rtc_set_cmos(RTCState *s, const struct tm *tm)
{
    int hour = tm->tm_hour;
    int year = tm->tm_year + 1900 - s->base_year;

    s->cmos_data[RTC_SECONDS] = rtc_to_bcd(s, tm->tm_sec);
    s->cmos_data[RTC_MINUTES] = rtc_to_bcd(s, tm->tm_min);
    if (s->cmos_data[RTC_REG_B] & REG_B_24H) {
        s->cmos_data[RTC_HOURS] = rtc_to_bcd(s, hour);
    } else {
        s->cmos_data[RTC_HOURS] = rtc_to_bcd(s, hour % 12 ?: 12) |
                                  (hour >= 12 ? 0x80 : 0);
    }
    s->cmos_data[RTC_DAY_OF_WEEK] = rtc_to_bcd(s, tm->tm_wday + 1);
    s->cmos_data[RTC_DAY_OF_MONTH] = rtc_to_bcd(s, tm->tm_mday);
    s->cmos_data[RTC_MONTH] = rtc_to_bcd(s, tm->tm_mon + 1);
    s->cmos_data[RTC_YEAR] = rtc_to_bcd(s, year % 100);
    s->cmos_data[RTC_CENTURY] = rtc_to_bcd(s, year / 100);
    s->cmos_data[RTC_IBM_PS2_CENTURY_BYTE] = s->cmos_data[RTC_CENTURY];
}

/* @tm from the registers. */
static void rtc_get_time(const RTCState *s, struct tm *tm)
{
    memset(tm, 0, sizeof(*tm));
    tm->tm_sec = rtc_from_bcd(s, s->cmos_data[RTC_SECONDS]);
    tm->tm_min = rtc_from_bcd(s, s->cmos_data[RTC_MINUTES]);
    tm->tm_hour = rtc_hour(s, s->cmos_data[RTC_HOURS]);
    tm->tm_wday = rtc_from_bcd(s, s->cmos_data[RTC_DAY_OF_WEEK]) - 1;
    tm->tm_mday = rtc_from_bcd(s, s->cmos_data[RTC_DAY_OF_MONTH]);
    tm->tm_mon = rtc_from_bcd(s, s->cmos_data[RTC_MONTH]) - 1;
    tm->tm_year = rtc_from_bcd(s, s->cmos_data[RTC_YEAR]) + s->base_year +
                  rtc_from_bcd(s, s->cmos_data[RTC_CENTURY]) * 100 - 1900;
}

static void rtc_update_time(RTCState *s)
{
    time_t guest_sec = rtc_guest_ns(s) / NANOSECONDS_PER_SECOND;
    struct tm tm;

    gmtime_r(&guest_sec, &tm);
    /* While it is being set, the registers are the guest's. */
    if (!(s->cmos_data[RTC_REG_B] & REG_B_SET)) {
        rtc_set_cmos(s, &tm);
    }
}

/* The guest has set the clock: reckon from there, and tell clients. */
static void rtc_set_time(RTCState *s)
{
    struct tm tm;
    g_autofree char *qom_path = NULL;

    rtc_get_time(s, &tm);
    s->base_rtc = timegm(&tm);
    s->last_update = qemu_clock_get_ns(rtc_clock);

    qom_path = object_get_canonical_path(OBJECT(s));
    qapi_event_send_rtc_change(qemu_timedate_diff(&tm), qom_path);
}

static bool rtc_update_in_progress(RTCState *s)
{
    int64_t guest_nsec;

    if (!rtc_running(s)) {
        return false;
    }
    if (timer_pending(s->update_timer)) {
        int64_t next = timer_expire_time_ns(s->update_timer);

        /* So that the flag and the interrupt after it agree. */
        if (qemu_clock_get_ns(rtc_clock) >= next - UIP_HOLD_LENGTH) {
            return true;
        }
    }
    guest_nsec = rtc_guest_ns(s) % NANOSECONDS_PER_SECOND;
    return guest_nsec >= NANOSECONDS_PER_SECOND - UIP_HOLD_LENGTH;
}

/* Interrupts */

static void rtc_raise(RTCState *s, uint8_t flag, uint8_t enable)
{
    s->cmos_data[RTC_REG_C] |= flag;
    if (s->cmos_data[RTC_REG_B] & enable) {
        s->cmos_data[RTC_REG_C] |= REG_C_IRQF;
        qemu_irq_raise(s->irq);
    }
}

/* The periodic one */

static uint32_t rtc_periodic_clock_ticks(const RTCState *s)
{
    if (!(s->cmos_data[RTC_REG_B] & REG_B_PIE)) {
        return 0;
    }
    return periodic_period_to_clock(s->cmos_data[RTC_REG_A] & REG_A_RATE);
}

static void rtc_coalesced_timer_update(RTCState *s)
{
    if (s->irq_coalesced == 0) {
        timer_del(s->coalesced_timer);
    } else {
        /* A seventh of a period: well before the next true one. */
        timer_mod(s->coalesced_timer, qemu_clock_get_ns(rtc_clock) +
                  periodic_clock_to_ns(s->period) / 7);
    }
}

/*
 * The next one is due a whole number of periods after the last, however late
 * it is now.  @current_time: when the register was written or the timer fired.
 */
static void rtc_periodic_timer_update(RTCState *s, int64_t current_time,
                                      uint32_t old_period)
{
    uint32_t period = rtc_periodic_clock_ticks(s);
    int64_t cur_clock, next_clock;

    if (!period) {
        s->irq_coalesced = 0;
        s->period = 0;
        rtc_coalesced_timer_update(s);
        timer_del(s->periodic_timer);
        return;
    }
    if (old_period && s->lost_tick_policy == LOST_TICK_POLICY_SLEW) {
        /* What was missed counts in the new period's ticks. */
        s->irq_coalesced = s->irq_coalesced * old_period / period;
    }
    s->period = period;

    cur_clock = muldiv64(current_time, RTC_CLOCK_RATE, NANOSECONDS_PER_SECOND);
    next_clock = (cur_clock / period + 1) * period;
    s->next_periodic_time = periodic_clock_to_ns(next_clock) + 1;
    timer_mod(s->periodic_timer, s->next_periodic_time);
    rtc_coalesced_timer_update(s);
}

static void rtc_periodic_timer(void *opaque)
{
    RTCState *s = opaque;
    bool unseen = s->cmos_data[RTC_REG_C] & REG_C_PF;

    rtc_periodic_timer_update(s, s->next_periodic_time, s->period);
    if (unseen && s->lost_tick_policy == LOST_TICK_POLICY_SLEW &&
        s->irq_coalesced < RTC_REINJECT_ON_ACK_COUNT * 1000) {
        s->irq_coalesced++;
        rtc_coalesced_timer_update(s);
        return;
    }
    rtc_raise(s, REG_C_PF, REG_B_PIE);
}

/* A missed one, if the guest is ready for it. */
static void rtc_coalesced_timer(void *opaque)
{
    RTCState *s = opaque;

    if (s->irq_coalesced && !(s->cmos_data[RTC_REG_C] & REG_C_PF)) {
        s->irq_coalesced--;
        rtc_raise(s, REG_C_PF, REG_B_PIE);
    }
    rtc_coalesced_timer_update(s);
}

void qmp_rtc_reset_reinjection(Error **errp)
{
    RTCState *s;

    QLIST_FOREACH(s, &rtc_devices, link) {
        s->irq_coalesced = 0;
    }
}

/* The alarm, and the end of each update */

/* One of hour, minute and second: does now match the alarm's? */
static bool rtc_alarm_matches(int alarm, int now)
{
    return alarm == -1 || alarm == now;
}

/* Seconds until the alarm; always at least 1. */
static uint64_t rtc_seconds_to_alarm(RTCState *s)
{
    int alarm_sec = rtc_from_bcd(s, s->cmos_data[RTC_SECONDS_ALARM]);
    int alarm_min = rtc_from_bcd(s, s->cmos_data[RTC_MINUTES_ALARM]);
    int alarm_hour = rtc_hour(s, s->cmos_data[RTC_HOURS_ALARM]);
    uint64_t now = rtc_guest_ns(s) / NANOSECONDS_PER_SECOND;

    /* By hours, then minutes, then seconds: 23 + 59 + 59 steps at most. */
    for (uint64_t t = now + 1; t <= now + 24 * 3600; ) {
        if (!rtc_alarm_matches(alarm_hour, t / 3600 % 24)) {
            t = (t / 3600 + 1) * 3600;
        } else if (!rtc_alarm_matches(alarm_min, t / 60 % 60)) {
            t = (t / 60 + 1) * 60;
        } else if (!rtc_alarm_matches(alarm_sec, t % 60)) {
            t++;
        } else {
            return t - now;
        }
    }
    return 24 * 3600;           /* no time is like that: look again tomorrow */
}

/*
 * When is an update next of interest?  The flags are set whether or not they
 * cause interrupts, so the first one that is not set yet decides.
 */
static void rtc_check_update_timer(RTCState *s)
{
    uint64_t guest_nsec, next_update_time;

    if (!rtc_running(s) || ((s->cmos_data[RTC_REG_C] & REG_C_UF) &&
                            (s->cmos_data[RTC_REG_C] & REG_C_AF))) {
        timer_del(s->update_timer);
        return;
    }

    guest_nsec = rtc_guest_ns(s) % NANOSECONDS_PER_SECOND;
    next_update_time = qemu_clock_get_ns(rtc_clock) +
                       NANOSECONDS_PER_SECOND - guest_nsec;
    s->next_alarm_time = next_update_time +
                         (rtc_seconds_to_alarm(s) - 1) * NANOSECONDS_PER_SECOND;

    /* Nobody waits for the end of updates: sleep until the alarm. */
    if (s->cmos_data[RTC_REG_C] & REG_C_UF) {
        next_update_time = s->next_alarm_time;
    }
    if (next_update_time != timer_expire_time_ns(s->update_timer)) {
        timer_mod(s->update_timer, next_update_time);
    }
}

static void rtc_update_timer(void *opaque)
{
    RTCState *s = opaque;
    uint8_t flags = REG_C_UF;
    uint8_t old = s->cmos_data[RTC_REG_C];

    rtc_update_time(s);
    if (qemu_clock_get_ns(rtc_clock) >= s->next_alarm_time) {
        flags |= REG_C_AF;
        if (s->cmos_data[RTC_REG_B] & REG_B_AIE) {
            qemu_system_wakeup_request(QEMU_WAKEUP_REASON_RTC, NULL);
        }
    }
    s->cmos_data[RTC_REG_C] |= flags;
    /* UIE and AIE are where UF and AF are. */
    if ((flags & ~old) & s->cmos_data[RTC_REG_B]) {
        s->cmos_data[RTC_REG_C] |= REG_C_IRQF;
        qemu_irq_raise(s->irq);
    }
    rtc_check_update_timer(s);
}

/* Ports */

static void rtc_write_reg_a(RTCState *s, uint8_t data)
{
    uint32_t old_period = rtc_periodic_clock_ticks(s);
    bool was_running = rtc_running(s);

    /* UIP cannot be written. */
    s->cmos_data[RTC_REG_A] = (data & ~REG_A_UIP) |
                              (s->cmos_data[RTC_REG_A] & REG_A_UIP);
    if (was_running && !rtc_running(s)) {
        /* The divider stops: so does the time. */
        s->cmos_data[RTC_REG_A] &= ~REG_A_UIP;
        rtc_update_time(s);
    } else if (!was_running && rtc_running(s)) {
        /* The first update comes half a second after it starts. */
        s->offset = NANOSECONDS_PER_SECOND / 2;
        rtc_set_time(s);
    }
    rtc_periodic_timer_update(s, qemu_clock_get_ns(rtc_clock), old_period);
    rtc_check_update_timer(s);
}

static void rtc_write_reg_b(RTCState *s, uint8_t data)
{
    uint32_t old_period = rtc_periodic_clock_ticks(s);
    uint8_t old = s->cmos_data[RTC_REG_B];

    if (data & REG_B_SET) {
        if (rtc_running(s)) {
            rtc_update_time(s);
            s->offset = rtc_guest_ns(s) % NANOSECONDS_PER_SECOND;
        }
        s->cmos_data[RTC_REG_A] &= ~REG_A_UIP;
        data &= ~REG_B_UIE;
    } else if ((old & REG_B_SET) &&
               (s->cmos_data[RTC_REG_A] & REG_A_DIVIDER) <=
               REG_A_DIVIDER_NORMAL) {
        s->cmos_data[RTC_REG_B] = old & ~REG_B_SET;
        rtc_set_time(s);
    }
    s->cmos_data[RTC_REG_B] = data;

    /* A flag that is set already interrupts as soon as it may. */
    if (data & s->cmos_data[RTC_REG_C] & REG_C_MASK) {
        s->cmos_data[RTC_REG_C] |= REG_C_IRQF;
        qemu_irq_raise(s->irq);
    } else {
        s->cmos_data[RTC_REG_C] &= ~REG_C_IRQF;
        qemu_irq_lower(s->irq);
    }
    if ((old ^ data) & REG_B_PIE) {
        rtc_periodic_timer_update(s, qemu_clock_get_ns(rtc_clock), old_period);
    }
    rtc_check_update_timer(s);
}

static void cmos_ioport_write(void *opaque, hwaddr addr, uint64_t data,
                              unsigned size)
{
    RTCState *s = opaque;

    if ((addr & 1) == 0) {
        s->cmos_index = data & 0x7f;    /* bit 7 is the NMI's, elsewhere */
        return;
    }
    switch (s->cmos_index) {
    case RTC_SECONDS_ALARM:
    case RTC_MINUTES_ALARM:
    case RTC_HOURS_ALARM:
        s->cmos_data[s->cmos_index] = data;
        rtc_check_update_timer(s);
        break;
    case RTC_IBM_PS2_CENTURY_BYTE:
        s->cmos_index = RTC_CENTURY;
        /* fall through */
    case RTC_CENTURY:
    case RTC_SECONDS:
    case RTC_MINUTES:
    case RTC_HOURS:
    case RTC_DAY_OF_WEEK:
    case RTC_DAY_OF_MONTH:
    case RTC_MONTH:
    case RTC_YEAR:
        if (rtc_running(s)) {
            /* One of several that belong together: the rest goes on. */
            rtc_update_time(s);
            s->cmos_data[s->cmos_index] = data;
            rtc_set_time(s);
            rtc_check_update_timer(s);
        } else {
            s->cmos_data[s->cmos_index] = data;
        }
        break;
    case RTC_REG_A:
        rtc_write_reg_a(s, data);
        break;
    case RTC_REG_B:
        rtc_write_reg_b(s, data);
        break;
    case RTC_REG_C:
    case RTC_REG_D:
        break;                          /* cannot be written */
    default:
        s->cmos_data[s->cmos_index] = data;
        break;
    }
}

static uint8_t rtc_read_reg_c(RTCState *s)
{
    uint8_t ret = s->cmos_data[RTC_REG_C];

    qemu_irq_lower(s->irq);
    s->cmos_data[RTC_REG_C] = 0;
    if (ret & (REG_C_UF | REG_C_AF)) {
        rtc_check_update_timer(s);
    }
    /* Acknowledged: there may be more where it came from. */
    if (s->irq_coalesced && (s->cmos_data[RTC_REG_B] & REG_B_PIE)) {
        rtc_coalesced_timer_update(s);
    }
    return ret;
}

static uint64_t cmos_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    RTCState *s = opaque;

    if ((addr & 1) == 0) {
        return 0xff;                    /* the index cannot be read */
    }
    switch (s->cmos_index) {
    case RTC_IBM_PS2_CENTURY_BYTE:
        s->cmos_index = RTC_CENTURY;
        /* fall through */
    case RTC_CENTURY:
    case RTC_SECONDS:
    case RTC_MINUTES:
    case RTC_HOURS:
    case RTC_DAY_OF_WEEK:
    case RTC_DAY_OF_MONTH:
    case RTC_MONTH:
    case RTC_YEAR:
        if (rtc_running(s)) {
            rtc_update_time(s);
        }
        return s->cmos_data[s->cmos_index];
    case RTC_REG_A:
        if (rtc_update_in_progress(s)) {
            s->cmos_data[RTC_REG_A] |= REG_A_UIP;
        } else {
            s->cmos_data[RTC_REG_A] &= ~REG_A_UIP;
        }
        return s->cmos_data[RTC_REG_A];
    case RTC_REG_C:
        return rtc_read_reg_c(s);
    default:
        return s->cmos_data[s->cmos_index];
    }
}

static const MemoryRegionOps cmos_ops = {
    .read = cmos_ioport_read,
    .write = cmos_ioport_write,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void rtc_set_memory(ISADevice *dev, int addr, int val)
{
    RTCState *s = MC146818_RTC(dev);

    if (addr >= 0 && addr < ARRAY_SIZE(s->cmos_data)) {
        s->cmos_data[addr] = val;
    }
}

int rtc_get_memory(ISADevice *dev, int addr)
{
    RTCState *s = MC146818_RTC(dev);

    assert(addr >= 0 && addr < ARRAY_SIZE(s->cmos_data));
    return s->cmos_data[addr];
}

/* Life */

static void rtc_set_date_from_host(RTCState *s)
{
    struct tm tm;

    qemu_get_timedate(&tm, 0);
    s->base_rtc = timegm(&tm);
    s->last_update = qemu_clock_get_ns(rtc_clock);
    s->offset = 0;
    rtc_set_cmos(s, &tm);
}

static void rtc_reset(DeviceState *dev)
{
    RTCState *s = MC146818_RTC(dev);

    /* The battery keeps the time and the memory; interrupts go. */
    s->cmos_data[RTC_REG_B] &= ~(REG_B_PIE | REG_B_AIE | REG_B_SQWE);
    s->cmos_data[RTC_REG_C] &= ~(REG_C_UF | REG_C_IRQF | REG_C_PF | REG_C_AF);
    rtc_check_update_timer(s);
    qemu_irq_lower(s->irq);
    s->irq_coalesced = 0;
    rtc_periodic_timer_update(s, qemu_clock_get_ns(rtc_clock), 0);
}

/* A sleeping guest reads nothing: what it missed is not wanted later. */
static void rtc_notify_suspend(Notifier *notifier, void *data)
{
    RTCState *s = container_of(notifier, RTCState, suspend_notifier);

    s->irq_coalesced = 0;
}

static int rtc_pre_save(void *opaque)
{
    rtc_update_time(opaque);
    return 0;
}

static int rtc_post_load(void *opaque, int version_id)
{
    RTCState *s = opaque;

    if (rtc_clock == QEMU_CLOCK_REALTIME) {
        /* That clock started somewhere else: go on from the registers. */
        struct tm tm;

        rtc_get_time(s, &tm);
        s->base_rtc = timegm(&tm);
        s->last_update = qemu_clock_get_ns(rtc_clock);
        rtc_check_update_timer(s);
    }
    return 0;
}

static const VMStateDescription vmstate_rtc = {
    .name = "mc146818rtc",
    .version_id = 3,
    .minimum_version_id = 1,
    .pre_save = rtc_pre_save,
    .post_load = rtc_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_BUFFER(cmos_data, RTCState),
        VMSTATE_UINT8(cmos_index, RTCState),
        VMSTATE_UNUSED(7 * 4),
        VMSTATE_TIMER_PTR(periodic_timer, RTCState),
        VMSTATE_INT64(next_periodic_time, RTCState),
        VMSTATE_UNUSED(3 * 8),
        VMSTATE_UINT32_V(irq_coalesced, RTCState, 2),
        VMSTATE_UINT32_V(period, RTCState, 2),
        VMSTATE_UINT64_V(base_rtc, RTCState, 3),
        VMSTATE_UINT64_V(last_update, RTCState, 3),
        VMSTATE_INT64_V(offset, RTCState, 3),
        VMSTATE_TIMER_PTR_V(update_timer, RTCState, 3),
        VMSTATE_UINT64_V(next_alarm_time, RTCState, 3),
        VMSTATE_END_OF_LIST()
    },
};

static void rtc_get_date(Object *obj, struct tm *current_tm, Error **errp)
{
    RTCState *s = MC146818_RTC(obj);

    rtc_update_time(s);
    rtc_get_time(s, current_tm);
}

static void rtc_realizefn(DeviceState *dev, Error **errp)
{
    ISADevice *isadev = ISA_DEVICE(dev);
    RTCState *s = MC146818_RTC(dev);

    s->cmos_data[RTC_REG_A] = 0x26;
    s->cmos_data[RTC_REG_B] = REG_B_24H;
    s->cmos_data[RTC_REG_C] = 0x00;
    s->cmos_data[RTC_REG_D] = REG_D_VRT;

    /* A century that firmware never asked for is base_year's. */
    if (s->base_year == 2000) {
        s->base_year = 0;
    }
    if (s->isairq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"irq\" is: %u", ISA_NUM_IRQS - 1);
        return;
    }

    rtc_set_date_from_host(s);
    s->periodic_timer = timer_new_ns(rtc_clock, rtc_periodic_timer, s);
    s->coalesced_timer = timer_new_ns(rtc_clock, rtc_coalesced_timer, s);
    s->update_timer = timer_new_ns(rtc_clock, rtc_update_timer, s);
    rtc_check_update_timer(s);

    s->suspend_notifier.notify = rtc_notify_suspend;
    qemu_register_suspend_notifier(&s->suspend_notifier);

    memory_region_init_io(&s->io, OBJECT(s), &cmos_ops, s, "rtc", 2);
    isa_register_ioport(isadev, &s->io, s->io_base);
    /* The index means nothing before the data's port is used. */
    memory_region_set_flush_coalesced(&s->io);
    memory_region_init_io(&s->coalesced_io, OBJECT(s), &cmos_ops, s,
                          "rtc-index", 1);
    memory_region_add_subregion(&s->io, 0, &s->coalesced_io);
    memory_region_add_coalescing(&s->coalesced_io, 0, 1);

    qdev_set_legacy_instance_id(dev, s->io_base, 3);
    object_property_add_tm(OBJECT(s), "date", rtc_get_date);
    qdev_init_gpio_out(dev, &s->irq, 1);
    QLIST_INSERT_HEAD(&rtc_devices, s, link);
}

static void rtc_unrealizefn(DeviceState *dev)
{
    RTCState *s = MC146818_RTC(dev);

    QLIST_REMOVE(s, link);
    notifier_remove(&s->suspend_notifier);
    timer_free(s->update_timer);
    timer_free(s->coalesced_timer);
    timer_free(s->periodic_timer);
}

ISADevice *mc146818_rtc_init(ISABus *bus, int base_year, qemu_irq intercept_irq)
{
    ISADevice *isadev = isa_new(TYPE_MC146818_RTC);
    DeviceState *dev = DEVICE(isadev);

    qdev_prop_set_int32(dev, "base_year", base_year);
    isa_realize_and_unref(isadev, bus, &error_fatal);
    if (intercept_irq) {
        qdev_connect_gpio_out(dev, 0, intercept_irq);
    } else {
        isa_connect_gpio_out(isadev, 0, MC146818_RTC(dev)->isairq);
    }
    object_property_add_alias(qdev_get_machine(), "rtc-time", OBJECT(dev),
                              "date");
    return isadev;
}

/* How the operating system is told of it.  Eight ports: the PC's own range. */
static void rtc_build_aml(AcpiDevAmlIf *adev, Aml *scope)
{
    RTCState *s = MC146818_RTC(adev);
    Aml *crs = aml_resource_template();
    Aml *dev = aml_device("RTC");

    aml_append(crs, aml_io(AML_DECODE16, s->io_base, s->io_base, 1, 8));
    aml_append(crs, aml_irq_no_flags(s->isairq));
    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0B00")));
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(scope, dev);
}

static Property mc146818rtc_properties[] = {
    DEFINE_PROP_INT32("base_year", RTCState, base_year, 1980),
    DEFINE_PROP_UINT16("iobase", RTCState, io_base, 0x70),
    DEFINE_PROP_UINT8("irq", RTCState, isairq, RTC_ISA_IRQ),
    DEFINE_PROP_LOSTTICKPOLICY("lost_tick_policy", RTCState,
                               lost_tick_policy, LOST_TICK_POLICY_DISCARD),
    DEFINE_PROP_END_OF_LIST(),
};

static void rtc_class_initfn(ObjectClass *klass, void *data)
{
    AcpiDevAmlIfClass *adevc = ACPI_DEV_AML_IF_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    adevc->build_dev_aml = rtc_build_aml;
    dc->realize = rtc_realizefn;
    dc->unrealize = rtc_unrealizefn;
    dc->reset = rtc_reset;
    dc->vmsd = &vmstate_rtc;
    device_class_set_props(dc, mc146818rtc_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo mc146818rtc_info = {
    .name          = TYPE_MC146818_RTC,
    .parent        = TYPE_ISA_DEVICE,
    .instance_size = sizeof(RTCState),
    .class_init    = rtc_class_initfn,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_ACPI_DEV_AML_IF },
        { }
    },
};

static void mc146818rtc_register_types(void)
{
    type_register_static(&mc146818rtc_info);
}

type_init(mc146818rtc_register_types)
