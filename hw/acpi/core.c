/*
 * ACPI's registers: PM1 event and control, the PM timer, a GPE block, and the
 * interrupt that they raise.
 *
 * Read include/hw/acpi/acpi.h first: it has a picture.  Read next: piix4.c, a
 * chip that has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-run-state.h"
#include "hw/acpi/acpi.h"
#include "hw/nvram/fw_cfg.h"
#include "sysemu/runstate.h"
#include "trace.h"

/* The SCI */

void acpi_update_sci(ACPIREGS *regs, qemu_irq irq)
{
    uint16_t sts = acpi_pm1_evt_get_sts(regs);
    uint16_t en = regs->pm1.evt.en;
    bool pm1 = sts & en & ACPI_BITMASK_PM1_COMMON_ENABLED;
    bool gpe = regs->gpe.sts[0] & regs->gpe.en[0];

    qemu_set_irq(irq, pm1 || gpe);

    /* Nobody else would look at the clock when the timer turns over. */
    acpi_pm_tmr_update(regs, (en & ACPI_BITMASK_TIMER_ENABLE) &&
                             !(sts & ACPI_BITMASK_TIMER_STATUS));
}

/* PM1 event */

/* TMR_STS is not stored when it comes, but found when somebody looks. */
uint16_t acpi_pm1_evt_get_sts(ACPIREGS *ar)
{
    if (acpi_pm_tmr_get_clock() >= ar->tmr.overflow_time) {
        ar->pm1.evt.sts |= ACPI_BITMASK_TIMER_STATUS;
    }
    return ar->pm1.evt.sts;
}

static void acpi_pm1_evt_write_sts(ACPIREGS *ar, uint16_t val)
{
    uint16_t sts = acpi_pm1_evt_get_sts(ar);

    if (sts & val & ACPI_BITMASK_TIMER_STATUS) {
        acpi_pm_tmr_calc_overflow_time(ar);
    }
    ar->pm1.evt.sts &= ~val;
}

void acpi_pm1_evt_power_down(ACPIREGS *ar)
{
    if (ar->pm1.evt.en & ACPI_BITMASK_POWER_BUTTON_ENABLE) {
        ar->pm1.evt.sts |= ACPI_BITMASK_POWER_BUTTON_STATUS;
        ar->pm1.evt.update_sci(ar);
    }
}

void acpi_pm1_evt_reset(ACPIREGS *ar)
{
    ar->pm1.evt.sts = 0;
    ar->pm1.evt.en = 0;
}

static uint64_t acpi_pm_evt_read(void *opaque, hwaddr addr, unsigned width)
{
    ACPIREGS *ar = opaque;

    switch (addr) {
    case 0:
        return acpi_pm1_evt_get_sts(ar);
    case 2:
        return ar->pm1.evt.en;
    default:
        return 0;
    }
}

static void acpi_pm_evt_write(void *opaque, hwaddr addr, uint64_t val,
                              unsigned width)
{
    ACPIREGS *ar = opaque;

    trace_acpi_pm1_evt_write(addr, val);
    switch (addr) {
    case 0:
        acpi_pm1_evt_write_sts(ar, val);
        ar->pm1.evt.update_sci(ar);
        break;
    case 2:
        ar->pm1.evt.en = val;
        ar->pm1.evt.update_sci(ar);
        break;
    }
}

static const MemoryRegionOps acpi_pm_evt_ops = {
    .read = acpi_pm_evt_read,
    .write = acpi_pm_evt_write,
    .impl.min_access_size = 2,
    .valid.min_access_size = 1,
    .valid.max_access_size = 2,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void acpi_pm1_evt_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                       MemoryRegion *parent)
{
    ar->pm1.evt.update_sci = update_sci;
    memory_region_init_io(&ar->pm1.evt.io, memory_region_owner(parent),
                          &acpi_pm_evt_ops, ar, "acpi-evt", 4);
    memory_region_add_subregion(parent, 0, &ar->pm1.evt.io);
}

/* PM timer */

void acpi_pm_tmr_update(ACPIREGS *ar, bool enable)
{
    if (enable) {
        /*
         * Rounded down, it would be a nanosecond before the tick, and go off
         * again and again until that has passed.
         */
        timer_mod(ar->tmr.timer,
                  muldiv64_round_up(ar->tmr.overflow_time,
                                    NANOSECONDS_PER_SECOND,
                                    PM_TIMER_FREQUENCY));
    } else {
        timer_del(ar->tmr.timer);
    }
}

/* Bit 23 turns over each time that the lower bits are all zero again. */
void acpi_pm_tmr_calc_overflow_time(ACPIREGS *ar)
{
    const int64_t half = 1 << 23;

    ar->tmr.overflow_time = (acpi_pm_tmr_get_clock() / half + 1) * half;
}

static void acpi_pm_tmr_timer(void *opaque)
{
    ACPIREGS *ar = opaque;

    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_PMTIMER, NULL);
    ar->tmr.update_sci(ar);
}

static uint64_t acpi_pm_tmr_read(void *opaque, hwaddr addr, unsigned width)
{
    return acpi_pm_tmr_get_clock() & 0xffffff;
}

/* Read only: what is written is lost. */
static void acpi_pm_tmr_write(void *opaque, hwaddr addr, uint64_t val,
                              unsigned width)
{
}

static const MemoryRegionOps acpi_pm_tmr_ops = {
    .read = acpi_pm_tmr_read,
    .write = acpi_pm_tmr_write,
    .impl.min_access_size = 4,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void acpi_pm_tmr_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                      MemoryRegion *parent)
{
    ar->tmr.update_sci = update_sci;
    ar->tmr.timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, acpi_pm_tmr_timer, ar);
    memory_region_init_io(&ar->tmr.io, memory_region_owner(parent),
                          &acpi_pm_tmr_ops, ar, "acpi-tmr", 4);
    memory_region_add_subregion(parent, 8, &ar->tmr.io);
}

void acpi_pm_tmr_reset(ACPIREGS *ar)
{
    ar->tmr.overflow_time = 0;
    timer_del(ar->tmr.timer);
}

/* PM1 control */

/* The values of the sleep type that each chip has: the DSDT's _S3, _S5. */
enum {
    ACPI_SLEEP_TYPE_S5 = 0,
    ACPI_SLEEP_TYPE_S3 = 1,
};

static void acpi_pm1_cnt_sleep(ACPIREGS *ar, unsigned sus_typ)
{
    trace_acpi_pm1_cnt_sleep(sus_typ);
    switch (sus_typ) {
    case ACPI_SLEEP_TYPE_S5:
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        break;
    case ACPI_SLEEP_TYPE_S3:
        qemu_system_suspend_request();
        break;
    default:
        /* The guest has written its memory to disk: just switch off. */
        if (sus_typ == ar->pm1.cnt.s4_val) {
            qapi_event_send_suspend_disk();
            qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        }
        break;
    }
}

static uint64_t acpi_pm_cnt_read(void *opaque, hwaddr addr, unsigned width)
{
    ACPIREGS *ar = opaque;

    return ar->pm1.cnt.cnt;
}

static void acpi_pm_cnt_write(void *opaque, hwaddr addr, uint64_t val,
                              unsigned width)
{
    ACPIREGS *ar = opaque;

    ar->pm1.cnt.cnt = val & ~ACPI_BITMASK_SLEEP_ENABLE;
    if (val & ACPI_BITMASK_SLEEP_ENABLE) {
        acpi_pm1_cnt_sleep(ar, (val & ACPI_BITMASK_SLEEP_TYPE) >> 10);
    }
}

static const MemoryRegionOps acpi_pm_cnt_ops = {
    .read = acpi_pm_cnt_read,
    .write = acpi_pm_cnt_write,
    .impl.min_access_size = 2,
    .valid.min_access_size = 1,
    .valid.max_access_size = 2,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* What woke the guest up: it looks at PM1 status to find out. */
static void acpi_notify_wakeup(Notifier *notifier, void *data)
{
    ACPIREGS *ar = container_of(notifier, ACPIREGS, wakeup);
    WakeupReason *reason = data;

    switch (*reason) {
    case QEMU_WAKEUP_REASON_RTC:
        ar->pm1.evt.sts |= ACPI_BITMASK_WAKE_STATUS |
                           ACPI_BITMASK_RT_CLOCK_STATUS;
        break;
    case QEMU_WAKEUP_REASON_PMTIMER:
        ar->pm1.evt.sts |= ACPI_BITMASK_WAKE_STATUS |
                           ACPI_BITMASK_TIMER_STATUS;
        break;
    case QEMU_WAKEUP_REASON_OTHER:
        /* WAK_STS alone would be a wake-up without a cause. */
        ar->pm1.evt.sts |= ACPI_BITMASK_WAKE_STATUS |
                           ACPI_BITMASK_POWER_BUTTON_STATUS;
        break;
    default:
        break;
    }
}

/*
 * One byte for each of S0 to S5: bit 7 says that the state is there, the lower
 * bits are its sleep type.
 */
static void acpi_tell_system_states(ACPIPM1CNT *cnt, FWCfgState *fw_cfg,
                                    bool disable_s3, bool disable_s4)
{
    uint8_t *states = cnt->states;

    states[0] = 0x80;
    states[3] = ACPI_SLEEP_TYPE_S3 | (disable_s3 ? 0 : 0x80);
    states[4] = cnt->s4_val | (disable_s4 ? 0 : 0x80);
    states[5] = 0x80;
    fw_cfg_add_file(fw_cfg, "etc/system-states", states, sizeof(cnt->states));
}

void acpi_pm1_cnt_init(ACPIREGS *ar, MemoryRegion *parent,
                       bool disable_s3, bool disable_s4, uint8_t s4_val,
                       bool acpi_only)
{
    FWCfgState *fw_cfg;

    ar->pm1.cnt.s4_val = s4_val;
    ar->pm1.cnt.acpi_only = acpi_only;
    ar->wakeup.notify = acpi_notify_wakeup;
    qemu_register_wakeup_notifier(&ar->wakeup);
    qemu_register_wakeup_support();

    memory_region_init_io(&ar->pm1.cnt.io, memory_region_owner(parent),
                          &acpi_pm_cnt_ops, ar, "acpi-cnt", 2);
    memory_region_add_subregion(parent, 4, &ar->pm1.cnt.io);

    fw_cfg = fw_cfg_find();
    if (fw_cfg) {
        acpi_tell_system_states(&ar->pm1.cnt, fw_cfg, disable_s3, disable_s4);
    }
    acpi_pm1_cnt_reset(ar);
}

void acpi_pm1_cnt_reset(ACPIREGS *ar)
{
    ar->pm1.cnt.cnt = ar->pm1.cnt.acpi_only ? ACPI_BITMASK_SCI_ENABLE : 0;
}

void acpi_pm1_cnt_update(ACPIREGS *ar, bool sci_enable, bool sci_disable)
{
    if (ar->pm1.cnt.acpi_only) {
        return;
    }
    if (sci_enable) {
        ar->pm1.cnt.cnt |= ACPI_BITMASK_SCI_ENABLE;
    } else if (sci_disable) {
        ar->pm1.cnt.cnt &= ~ACPI_BITMASK_SCI_ENABLE;
    }
}

/* GPE block */

void acpi_gpe_init(ACPIREGS *ar, uint8_t len)
{
    ar->gpe.len = len;
    ar->gpe.sts = g_malloc0(len / 2);
    ar->gpe.en = g_malloc0(len / 2);
}

void acpi_gpe_reset(ACPIREGS *ar)
{
    memset(ar->gpe.sts, 0, ar->gpe.len / 2);
    memset(ar->gpe.en, 0, ar->gpe.len / 2);
}

/* The status or enable byte at @addr, or NULL behind the last. */
static uint8_t *acpi_gpe_ioport_get_ptr(ACPIREGS *ar, uint32_t addr)
{
    uint32_t half = ar->gpe.len / 2;

    if (addr < half) {
        return ar->gpe.sts + addr;
    }
    return addr < ar->gpe.len ? ar->gpe.en + addr - half : NULL;
}

void acpi_gpe_ioport_writeb(ACPIREGS *ar, uint32_t addr, uint32_t val)
{
    uint8_t *cur = acpi_gpe_ioport_get_ptr(ar, addr);

    trace_acpi_gpe_write(addr, val);
    if (!cur) {
        return;
    }
    if (addr < ar->gpe.len / 2) {
        *cur &= ~val;
    } else {
        *cur = val;
    }
}

uint32_t acpi_gpe_ioport_readb(ACPIREGS *ar, uint32_t addr)
{
    uint8_t *cur = acpi_gpe_ioport_get_ptr(ar, addr);

    return cur ? *cur : 0;
}

void acpi_send_gpe_event(ACPIREGS *ar, qemu_irq irq,
                         AcpiEventStatusBits status)
{
    trace_acpi_send_gpe_event(status);
    ar->gpe.sts[0] |= status;
    acpi_update_sci(ar, irq);
}

/* The end */

void acpi_regs_cleanup(ACPIREGS *ar)
{
    notifier_remove(&ar->wakeup);
    timer_free(ar->tmr.timer);
    g_free(ar->gpe.sts);
    g_free(ar->gpe.en);
}
