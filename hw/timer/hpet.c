/*
 * The high precision event timer (HPET).
 *
 * Nothing counts here: the counter is the virtual clock, less what it was when
 * the guest let it run, and each timer of the guest's that waits is one of ours.
 *
 * Read include/hw/timer/hpet.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "hpet-internal.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "trace.h"

/* Revision 1, 64-bit counter, legacy replacement, by Intel; 3 timers. */
#define HPET_CAPABILITY 0x8086a001ULL

struct hpet_fw_config hpet_cfg = { .count = UINT8_MAX };

static bool hpet_in_legacy_mode(const HPETState *s)
{
    return s->config & HPET_CFG_LEGACY;
}

static bool timer_enabled(const HPETTimer *t)
{
    return t->config & HPET_TN_ENABLE;
}

static bool timer_is_periodic(const HPETTimer *t)
{
    return t->config & HPET_TN_PERIODIC;
}

static bool timer_is_32bit(const HPETTimer *t)
{
    return t->config & HPET_TN_32BIT;
}

static bool timer_fsb_route(const HPETTimer *t)
{
    return t->config & HPET_TN_FSB_ENABLE;
}

static uint64_t hpet_now(const HPETState *s)
{
    return (qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + s->hpet_offset) /
           HPET_CLK_PERIOD;
}

uint64_t hpet_get_counter(const HPETState *s)
{
    return hpet_enabled(s) ? hpet_now(s) : s->hpet_counter;
}

/* Interrupts */

static int timer_int_route(const HPETTimer *t)
{
    if (t->tn <= 1 && hpet_in_legacy_mode(t->state)) {
        return t->tn == 0 ? 0 : RTC_ISA_IRQ;
    }
    return (t->config & HPET_TN_INT_ROUTE_MASK) >> HPET_TN_INT_ROUTE_SHIFT;
}

/* A line may have others on it: it is lowered by who raised it. */
static void update_irq(HPETTimer *t, bool set)
{
    HPETState *s = t->state;
    qemu_irq irq = s->irqs[timer_int_route(t)];
    uint64_t mask = 1ULL << t->tn;

    trace_hpet_update_irq(t->tn, set);
    if (!set || !timer_enabled(t) || !hpet_enabled(s)) {
        if (s->isr & mask) {
            s->isr &= ~mask;
            qemu_irq_lower(irq);
        }
    } else if (timer_fsb_route(t)) {
        address_space_stl_le(&address_space_memory, t->fsb >> 32,
                             t->fsb & 0xffffffff, MEMTXATTRS_UNSPECIFIED,
                             NULL);
    } else if (t->config & HPET_TN_TYPE_LEVEL) {
        s->isr |= mask;
        qemu_irq_raise(irq);
    } else {
        qemu_irq_pulse(irq);
    }
}

/* The lines of the interval timer and the clock, that pass through here. */
static void hpet_handle_legacy_irq(void *opaque, int n, int level)
{
    HPETState *s = HPET(opaque);

    if (n == HPET_LEGACY_RTC_INT) {
        s->rtc_irq_level = level;
    }
    if (!hpet_in_legacy_mode(s)) {
        qemu_set_irq(s->irqs[n == HPET_LEGACY_PIT_INT ? 0 : RTC_ISA_IRQ],
                     level);
    }
}

static void hpet_set_legacy_mode(HPETState *s, bool on)
{
    /* Their levels were raised on other lines. */
    update_irq(&s->timer[0], false);
    update_irq(&s->timer[1], false);
    s->config = deposit64(s->config, 1, 1, on);
    if (on) {
        qemu_set_irq(s->pit_enabled, 0);
        qemu_irq_lower(s->irqs[0]);
        qemu_irq_lower(s->irqs[RTC_ISA_IRQ]);
    } else {
        qemu_irq_lower(s->irqs[0]);
        qemu_set_irq(s->pit_enabled, 1);
        qemu_set_irq(s->irqs[RTC_ISA_IRQ], s->rtc_irq_level);
    }
}

/* Timers */

/* Counts until the comparator is met, 0 if that was in the last half turn. */
static uint64_t hpet_calculate_diff(const HPETTimer *t, uint64_t current)
{
    if (timer_is_32bit(t)) {
        int32_t diff = (uint32_t)t->cmp - (uint32_t)current;

        return MAX(diff, 0);
    } else {
        int64_t diff = t->cmp - current;

        return MAX(diff, 0);
    }
}

/* @diff counts from now; what does not fit is further away than anybody waits. */
static void hpet_arm(HPETTimer *t, uint64_t diff)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    timer_mod(t->qemu_timer, diff > (INT64_MAX - now) / HPET_CLK_PERIOD
                             ? INT64_MAX : now + diff * HPET_CLK_PERIOD);
}

static void hpet_set_timer(HPETTimer *t)
{
    uint64_t cur_tick = hpet_now(t->state);
    uint64_t diff = hpet_calculate_diff(t, cur_tick);

    t->wrap_flag = 0;
    if (t->cmp == UINT64_MAX) {
        timer_del(t->qemu_timer);       /* nobody has set it since reset */
        return;
    }
    if (timer_is_32bit(t) && !timer_is_periodic(t)) {
        uint64_t wrap_diff = (1ULL << 32) - (uint32_t)cur_tick;

        if (wrap_diff < diff) {
            diff = wrap_diff;
            t->wrap_flag = 1;
        }
    }
    hpet_arm(t, diff);
}

static void hpet_del_timer(HPETTimer *t)
{
    timer_del(t->qemu_timer);
    update_irq(t, false);
}

/* The first comparator, whole periods on, that @cur_tick has not passed. */
static void hpet_next_period(HPETTimer *t, uint64_t cur_tick)
{
    uint64_t passed = timer_is_32bit(t) ? (uint32_t)(cur_tick - t->cmp)
                                        : cur_tick - t->cmp;

    /* Not passed yet: it is less than half a turn ahead. */
    if (timer_is_32bit(t) ? passed > INT32_MAX : passed > INT64_MAX) {
        return;
    }
    t->cmp += (passed / t->period + 1) * t->period;
    if (timer_is_32bit(t)) {
        t->cmp = (uint32_t)t->cmp;
    }
}

static void hpet_timer(void *opaque)
{
    HPETTimer *t = opaque;
    uint64_t cur_tick = hpet_now(t->state);

    if (timer_is_periodic(t) && t->period != 0) {
        hpet_next_period(t, cur_tick);
        hpet_arm(t, hpet_calculate_diff(t, cur_tick));
    } else if (timer_is_32bit(t) && !timer_is_periodic(t) && t->wrap_flag) {
        hpet_arm(t, hpet_calculate_diff(t, cur_tick));
        t->wrap_flag = 0;
    }
    update_irq(t, true);
}

/* Registers */

/* One half of a register: the one that @addr is in. */
static uint64_t hpet_half(uint64_t reg, hwaddr addr)
{
    return addr & 4 ? reg >> 32 : reg & 0xffffffff;
}

static uint64_t hpet_set_half(uint64_t reg, hwaddr addr, uint32_t val)
{
    return deposit64(reg, addr & 4 ? 32 : 0, 32, val);
}

static HPETTimer *hpet_timer_at(HPETState *s, hwaddr addr)
{
    unsigned n = (addr - HPET_TN_BASE) / HPET_TN_SIZE;

    return n < s->num_timers ? &s->timer[n] : NULL;
}

static void hpet_bad_access(hwaddr addr, const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "hpet: %s 0x%" HWADDR_PRIx "\n", what, addr);
}

static uint64_t hpet_timer_read(HPETTimer *t, hwaddr addr)
{
    switch (addr % HPET_TN_SIZE & ~4) {
    case HPET_TN_CFG:
        return hpet_half(t->config, addr);
    case HPET_TN_CMP:
        return hpet_half(t->cmp, addr);
    case HPET_TN_ROUTE:
        return hpet_half(t->fsb, addr);
    default:
        hpet_bad_access(addr, "there is nothing to read at");
        return 0;
    }
}

static uint64_t hpet_ram_read(void *opaque, hwaddr addr, unsigned size)
{
    HPETState *s = opaque;
    HPETTimer *t;

    if (size == 8) {
        return hpet_ram_read(s, addr, 4) | hpet_ram_read(s, addr + 4, 4) << 32;
    }
    trace_hpet_ram_read(addr);
    if (addr >= HPET_TN_BASE) {
        t = hpet_timer_at(s, addr);
        return t ? hpet_timer_read(t, addr) : 0;
    }
    switch (addr & ~4) {
    case HPET_ID:
        return hpet_half(s->capability, addr);
    case HPET_CFG:
        return hpet_half(s->config, addr);
    case HPET_STATUS:
        return hpet_half(s->isr, addr);
    case HPET_COUNTER:
        return hpet_half(hpet_get_counter(s), addr);
    default:
        hpet_bad_access(addr, "there is nothing to read at");
        return 0;
    }
}

static void hpet_write_timer_config(HPETTimer *t, uint32_t val)
{
    uint64_t old = t->config;
    bool was_enabled = timer_enabled(t);

    val = (val & HPET_TN_CFG_WRITE_MASK) | (old & ~HPET_TN_CFG_WRITE_MASK);
    if (!(old & HPET_TN_FSB_CAP)) {
        val &= ~HPET_TN_FSB_ENABLE;
    }
    if ((old ^ val) & (HPET_TN_FSB_ENABLE | HPET_TN_TYPE_LEVEL |
                       HPET_TN_INT_ROUTE_MASK)) {
        update_irq(t, false);   /* nobody would lower the line later */
    }
    t->config = hpet_set_half(old, 0, val);
    if (timer_is_32bit(t)) {
        t->cmp = (uint32_t)t->cmp;
        t->period = (uint32_t)t->period;
    }
    if (timer_enabled(t) && !was_enabled && hpet_enabled(t->state)) {
        hpet_set_timer(t);
    } else if (was_enabled && !timer_enabled(t)) {
        hpet_del_timer(t);
    }
}

/*
 * In periodic mode the register is the period; the comparator itself is only
 * written after HPET_TN_SETVAL.
 */
static void hpet_write_timer_cmp(HPETTimer *t, hwaddr addr, uint64_t val,
                                 unsigned size)
{
    if (timer_is_32bit(t)) {
        if (addr & 4) {
            return;
        }
        size = 4;
    }
    if (!timer_is_periodic(t) || (t->config & HPET_TN_SETVAL)) {
        t->cmp = size == 8 ? val : hpet_set_half(t->cmp, addr, val);
    }
    if (timer_is_periodic(t)) {
        /* Half a turn is the longest that can be told from the past. */
        t->period = (size == 8 ? val : hpet_set_half(t->period, addr, val)) &
                    (timer_is_32bit(t) ? INT32_MAX : INT64_MAX);
    }
    t->config &= ~HPET_TN_SETVAL;
    if (hpet_enabled(t->state)) {
        hpet_set_timer(t);
    }
}

static void hpet_timer_write(HPETTimer *t, hwaddr addr, uint64_t val,
                             unsigned size)
{
    switch (addr % HPET_TN_SIZE) {
    case HPET_TN_CFG:
        hpet_write_timer_config(t, val);
        break;
    case HPET_TN_CMP:
    case HPET_TN_CMP + 4:
        hpet_write_timer_cmp(t, addr, val, size);
        break;
    case HPET_TN_ROUTE:
    case HPET_TN_ROUTE + 4:
        t->fsb = hpet_set_half(t->fsb, addr, val);
        break;
    default:
        hpet_bad_access(addr, "cannot write to");
        break;
    }
}

static void hpet_write_config(HPETState *s, uint32_t val)
{
    bool enable = val & HPET_CFG_ENABLE;
    bool legacy = val & HPET_CFG_LEGACY;

    if (enable && !hpet_enabled(s)) {
        s->hpet_offset = s->hpet_counter * HPET_CLK_PERIOD -
                         qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        s->config |= HPET_CFG_ENABLE;
        for (int i = 0; i < s->num_timers; i++) {
            HPETTimer *t = &s->timer[i];

            if (timer_enabled(t)) {
                hpet_set_timer(t);
            }
        }
    } else if (!enable && hpet_enabled(s)) {
        s->hpet_counter = hpet_now(s);
        s->config &= ~(uint64_t)HPET_CFG_ENABLE;
        for (int i = 0; i < s->num_timers; i++) {
            hpet_del_timer(&s->timer[i]);
        }
    }
    if (legacy != hpet_in_legacy_mode(s)) {
        hpet_set_legacy_mode(s, legacy);
    }
}

/* 1 clears, and lowers the line. */
static void hpet_write_status(HPETState *s, uint32_t val)
{
    for (int i = 0; i < s->num_timers; i++) {
        if (val & s->isr & (1ULL << i)) {
            update_irq(&s->timer[i], false);
        }
    }
}

static void hpet_write_counter(HPETState *s, hwaddr addr, uint32_t val)
{
    if (hpet_enabled(s)) {
        hpet_bad_access(addr, "the counter runs: cannot write to");
    }
    s->hpet_counter = hpet_set_half(s->hpet_counter, addr, val);
}

static void hpet_ram_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    HPETState *s = opaque;
    HPETTimer *t;

    /* As one only where the halves belong together. */
    if (size == 8 && (addr < HPET_TN_BASE ||
                      addr % HPET_TN_SIZE != HPET_TN_CMP)) {
        hpet_ram_write(s, addr, val & 0xffffffff, 4);
        hpet_ram_write(s, addr + 4, val >> 32, 4);
        return;
    }
    trace_hpet_ram_write(addr, val);
    if (addr >= HPET_TN_BASE) {
        t = hpet_timer_at(s, addr);
        if (t) {
            hpet_timer_write(t, addr, val, size);
        }
        return;
    }
    switch (addr) {
    case HPET_CFG:
        hpet_write_config(s, val);
        break;
    case HPET_STATUS:
        hpet_write_status(s, val);
        break;
    case HPET_COUNTER:
    case HPET_COUNTER + 4:
        hpet_write_counter(s, addr, val);
        break;
    default:
        hpet_bad_access(addr, "cannot write to");
        break;
    }
}

static const MemoryRegionOps hpet_ram_ops = {
    .read = hpet_ram_read,
    .write = hpet_ram_write,
    .valid = {
        .min_access_size = 4,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 4,
        .max_access_size = 8,
    },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Life */

static void hpet_reset(DeviceState *d)
{
    HPETState *s = HPET(d);

    for (int i = 0; i < s->num_timers; i++) {
        HPETTimer *t = &s->timer[i];

        hpet_del_timer(t);
        t->cmp = UINT64_MAX;
        t->config = HPET_TN_PERIODIC_CAP | HPET_TN_SIZE_CAP |
                    (uint64_t)s->intcap << HPET_TN_INT_ROUTE_CAP_SHIFT;
        if (s->flags & (1 << HPET_MSI_SUPPORT)) {
            t->config |= HPET_TN_FSB_CAP;
        }
        t->fsb = 0;
        t->period = 0;
        t->wrap_flag = 0;
    }
    qemu_set_irq(s->pit_enabled, 1);
    s->hpet_counter = 0;
    s->hpet_offset = 0;
    s->config = 0;
    hpet_cfg.hpet[s->hpet_id].event_timer_block_id = (uint32_t)s->capability;
    hpet_cfg.hpet[s->hpet_id].address = SYS_BUS_DEVICE(d)->mmio[0].addr;
    /* The clock's line is low after its reset, too. */
    s->rtc_irq_level = 0;
}

static void hpet_init(Object *obj)
{
    HPETState *s = HPET(obj);

    memory_region_init_io(&s->iomem, obj, &hpet_ram_ops, s, "hpet", HPET_LEN);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static void hpet_realize(DeviceState *dev, Error **errp)
{
    HPETState *s = HPET(dev);

    if (!s->intcap) {
        warn_report("Hpet's intcap not initialized");
    }
    if (hpet_cfg.count == UINT8_MAX) {
        hpet_cfg.count = 0;
    }
    if (hpet_cfg.count == ARRAY_SIZE(hpet_cfg.hpet)) {
        error_setg(errp, "Only %zu instances of HPET is allowed",
                   ARRAY_SIZE(hpet_cfg.hpet));
        return;
    }
    s->hpet_id = hpet_cfg.count++;

    for (int i = 0; i < HPET_NUM_IRQ_ROUTES; i++) {
        sysbus_init_irq(SYS_BUS_DEVICE(dev), &s->irqs[i]);
    }
    s->num_timers = CLAMP(s->num_timers, HPET_MIN_TIMERS, HPET_MAX_TIMERS);
    for (int i = 0; i < s->num_timers; i++) {
        HPETTimer *t = &s->timer[i];

        t->tn = i;
        t->state = s;
        t->qemu_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, hpet_timer, t);
    }
    s->capability = HPET_CAPABILITY |
                    (s->num_timers - 1) << HPET_ID_NUM_TIM_SHIFT |
                    (uint64_t)HPET_CLK_PERIOD * FS_PER_NS << 32;

    qdev_init_gpio_in(dev, hpet_handle_legacy_irq, 2);
    qdev_init_gpio_out(dev, &s->pit_enabled, 1);
}

static void hpet_unrealize(DeviceState *dev)
{
    HPETState *s = HPET(dev);

    for (int i = 0; i < s->num_timers; i++) {
        timer_free(s->timer[i].qemu_timer);
    }
}

static Property hpet_device_properties[] = {
    DEFINE_PROP_UINT8("timers", HPETState, num_timers, HPET_MIN_TIMERS),
    DEFINE_PROP_BIT("msi", HPETState, flags, HPET_MSI_SUPPORT, false),
    DEFINE_PROP_UINT32(HPET_INTCAP, HPETState, intcap, 0),
    DEFINE_PROP_BOOL("hpet-offset-saved", HPETState, hpet_offset_saved, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void hpet_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = hpet_realize;
    dc->unrealize = hpet_unrealize;
    dc->reset = hpet_reset;
    dc->vmsd = &vmstate_hpet;
    device_class_set_props(dc, hpet_device_properties);
}

static const TypeInfo hpet_device_info = {
    .name          = TYPE_HPET,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(HPETState),
    .instance_init = hpet_init,
    .class_init    = hpet_device_class_init,
};

static void hpet_register_types(void)
{
    type_register_static(&hpet_device_info);
}

type_init(hpet_register_types)
