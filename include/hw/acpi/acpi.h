/*
 * ACPI hardware: the registers by which an operating system learns of events
 * and goes to sleep, whichever chip they are in.
 *
 *   PM1 event     2 bytes status, 2 bytes enable    power button, timer, RTC
 *   PM1 control   2 bytes                           SCI_EN, sleep type, SLP_EN
 *   PM timer      4 bytes, 24 bits count            3.579545 MHz
 *   GPE block     n/2 bytes status, n/2 enable      what the board makes of it:
 *                                                   hotplug, above all
 *
 * An event sets a status bit; as long as a status bit and its enable bit are
 * both set, the System Control Interrupt (SCI) is up, and the guest writes a
 * one to the status bit to take it back.
 *
 *    device event --> sts --+
 *                           &--> any? --> acpi_update_sci() --> SCI, IRQ 9
 *    guest writes --> en  --+
 *
 * A chip has an ACPIREGS, gives each block its I/O ports, and a function that
 * calls acpi_update_sci() with its interrupt line (hw/acpi/piix4.c).  All calls
 * need the BQL.
 *
 * ACPI specification 6.3, chapter 4.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HW_ACPI_H
#define QEMU_HW_ACPI_H

#include "exec/memory.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/irq.h"
#include "qemu/host-utils.h"
#include "qemu/notify.h"
#include "qemu/option.h"
#include "qemu/timer.h"

/* Properties of the chip, by which tables and tests find out. */
#define ACPI_PM_PROP_S3_DISABLED "disable_s3"
#define ACPI_PM_PROP_S4_DISABLED "disable_s4"
#define ACPI_PM_PROP_S4_VAL      "s4_val"
#define ACPI_PM_PROP_SCI_INT     "sci_int"
#define ACPI_PM_PROP_ACPI_ENABLE_CMD  "acpi_enable_cmd"
#define ACPI_PM_PROP_ACPI_DISABLE_CMD "acpi_disable_cmd"
#define ACPI_PM_PROP_PM_IO_BASE  "pm_io_base"
#define ACPI_PM_PROP_GPE0_BLK    "gpe0_blk"
#define ACPI_PM_PROP_GPE0_BLK_LEN "gpe0_blk_len"
#define ACPI_PM_PROP_ACPI_PCIHP_BRIDGE "acpi-pci-hotplug-with-bridge-support"
#define ACPI_PM_PROP_ACPI_PCI_ROOTHP "acpi-root-pci-hotplug"

/* PM timer ticks a second. */
#define PM_TIMER_FREQUENCY  3579545

/* PM1 status and enable: one bit of each register for an event. */
#define ACPI_BITMASK_TIMER_STATUS               0x0001
#define ACPI_BITMASK_BUS_MASTER_STATUS          0x0010
#define ACPI_BITMASK_GLOBAL_LOCK_STATUS         0x0020
#define ACPI_BITMASK_POWER_BUTTON_STATUS        0x0100
#define ACPI_BITMASK_SLEEP_BUTTON_STATUS        0x0200
#define ACPI_BITMASK_RT_CLOCK_STATUS            0x0400
#define ACPI_BITMASK_PCIEXP_WAKE_STATUS         0x4000  /* ACPI 3.0 */
#define ACPI_BITMASK_WAKE_STATUS                0x8000

#define ACPI_BITMASK_ALL_FIXED_STATUS           \
    (ACPI_BITMASK_TIMER_STATUS          |       \
     ACPI_BITMASK_BUS_MASTER_STATUS     |       \
     ACPI_BITMASK_GLOBAL_LOCK_STATUS    |       \
     ACPI_BITMASK_POWER_BUTTON_STATUS   |       \
     ACPI_BITMASK_SLEEP_BUTTON_STATUS   |       \
     ACPI_BITMASK_RT_CLOCK_STATUS       |       \
     ACPI_BITMASK_WAKE_STATUS)

#define ACPI_BITMASK_TIMER_ENABLE               0x0001
#define ACPI_BITMASK_GLOBAL_LOCK_ENABLE         0x0020
#define ACPI_BITMASK_POWER_BUTTON_ENABLE        0x0100
#define ACPI_BITMASK_SLEEP_BUTTON_ENABLE        0x0200
#define ACPI_BITMASK_RT_CLOCK_ENABLE            0x0400
#define ACPI_BITMASK_PCIEXP_WAKE_DISABLE        0x4000  /* ACPI 3.0 */

/* What raises the SCI. */
#define ACPI_BITMASK_PM1_COMMON_ENABLED         \
    (ACPI_BITMASK_RT_CLOCK_ENABLE      |        \
     ACPI_BITMASK_POWER_BUTTON_ENABLE  |        \
     ACPI_BITMASK_GLOBAL_LOCK_ENABLE   |        \
     ACPI_BITMASK_TIMER_ENABLE)

/* PM1 control */
#define ACPI_BITMASK_SCI_ENABLE                 0x0001
#define ACPI_BITMASK_BUS_MASTER_RLD             0x0002
#define ACPI_BITMASK_GLOBAL_LOCK_RELEASE        0x0004
#define ACPI_BITMASK_SLEEP_TYPE                 0x1C00
#define ACPI_BITMASK_SLEEP_ENABLE               0x2000

typedef struct ACPIPMTimer ACPIPMTimer;
typedef struct ACPIPM1EVT ACPIPM1EVT;
typedef struct ACPIPM1CNT ACPIPM1CNT;
typedef struct ACPIGPE ACPIGPE;
typedef struct ACPIREGS ACPIREGS;

/* Called whenever a register changed that decides about the SCI. */
typedef void (*acpi_update_sci_fn)(ACPIREGS *ar);

/* @overflow_time: the tick at which bit 23 turns over next and TMR_STS is set */
struct ACPIPMTimer {
    QEMUTimer *timer;
    MemoryRegion io;

    int64_t overflow_time;

    acpi_update_sci_fn update_sci;
};

struct ACPIPM1EVT {
    MemoryRegion io;
    uint16_t sts;
    uint16_t en;
    acpi_update_sci_fn update_sci;
};

/*
 * @s4_val: the sleep type that means S4
 * @acpi_only: nobody handles SMIs, so SCI_EN is set from the start
 * @states: what fw_cfg shows as etc/system-states
 */
struct ACPIPM1CNT {
    MemoryRegion io;
    uint16_t cnt;
    uint8_t s4_val;
    bool acpi_only;
    uint8_t states[6];
};

/* @len: bytes of both registers together */
struct ACPIGPE {
    uint8_t len;

    uint8_t *sts;
    uint8_t *en;
};

struct ACPIREGS {
    ACPIPMTimer     tmr;
    ACPIGPE         gpe;
    struct {
        ACPIPM1EVT  evt;
        ACPIPM1CNT  cnt;
    } pm1;
    Notifier wakeup;
};

/*
 * The _init functions make a block's region inside @parent, which the chip maps
 * where the guest wants it: PM1 event at offset 0, control at 4, timer at 8.
 */

/* PM timer */
void acpi_pm_tmr_update(ACPIREGS *ar, bool enable);
void acpi_pm_tmr_calc_overflow_time(ACPIREGS *ar);
void acpi_pm_tmr_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                      MemoryRegion *parent);
void acpi_pm_tmr_reset(ACPIREGS *ar);

/* The timer in ticks, not cut to its 24 bits. */
static inline int64_t acpi_pm_tmr_get_clock(void)
{
    return muldiv64(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), PM_TIMER_FREQUENCY,
                    NANOSECONDS_PER_SECOND);
}

/* PM1 event */
uint16_t acpi_pm1_evt_get_sts(ACPIREGS *ar);
/* The power button was pressed: tell the guest, if it listens. */
void acpi_pm1_evt_power_down(ACPIREGS *ar);
void acpi_pm1_evt_reset(ACPIREGS *ar);
void acpi_pm1_evt_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                       MemoryRegion *parent);

/*
 * acpi_pm1_cnt_init: PM1 control; also tells firmware by fw_cfg's
 * etc/system-states which sleep states there are.
 */
void acpi_pm1_cnt_init(ACPIREGS *ar, MemoryRegion *parent,
                       bool disable_s3, bool disable_s4, uint8_t s4_val,
                       bool acpi_only);
/* SCI_EN on or off, because firmware was asked to. */
void acpi_pm1_cnt_update(ACPIREGS *ar, bool sci_enable, bool sci_disable);
void acpi_pm1_cnt_reset(ACPIREGS *ar);

/* GPE block of @len bytes */
void acpi_gpe_init(ACPIREGS *ar, uint8_t len);
void acpi_gpe_reset(ACPIREGS *ar);
void acpi_gpe_ioport_writeb(ACPIREGS *ar, uint32_t addr, uint32_t val);
uint32_t acpi_gpe_ioport_readb(ACPIREGS *ar, uint32_t addr);

/* Set @status in the GPE status register, and the SCI if it is enabled. */
void acpi_send_gpe_event(ACPIREGS *ar, qemu_irq irq,
                         AcpiEventStatusBits status);

/* The way back from all of the _init functions. */
void acpi_regs_cleanup(ACPIREGS *ar);

/* Drive @irq as the status and enable registers say. */
void acpi_update_sci(ACPIREGS *acpi_regs, qemu_irq irq);

#endif
