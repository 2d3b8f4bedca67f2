/*
 * i6300esb: the watchdog of Intel's 6300ESB I/O hub, a PCI function.
 *
 * The time has two stages.  When the first is over the chip may interrupt (here
 * it only goes on), and when the second is over, without a reload in between,
 * it resets the machine.  It remembers that in a bit that no reset clears.
 *
 * How to talk to it is in two places.  Configuration space switches it on and
 * can lock it so that no software switches it off; BAR 0 has the times and the
 * reload.  A write to BAR 0 must be unlocked by 0x80 and 0x86 to the reload
 * register, each time.
 *
 * Read first: hw/watchdog/watchdog.c.  Intel 6300ESB I/O Controller Hub
 * Datasheet, chapter 16.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "migration/vmstate.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/watchdog.h"
#include "trace.h"

#define TYPE_WATCHDOG_I6300ESB_DEVICE "i6300esb"
OBJECT_DECLARE_SIMPLE_TYPE(I6300State, WATCHDOG_I6300ESB_DEVICE)

/* Configuration space */
#define ESB_CONFIG_REG      0x60
#define ESB_WDT_REBOOT      (1 << 5)    /* set: no reset at the end */
#define ESB_WDT_FREQ        (1 << 2)    /* set: microseconds, else ms */
#define ESB_WDT_INTTYPE     0x11        /* after stage 1; 3 in the datasheet */
#define ESB_LOCK_REG        0x68
#define ESB_WDT_FUNC        (1 << 2)    /* set: runs for ever, resets nobody */
#define ESB_WDT_ENABLE      (1 << 1)
#define ESB_WDT_LOCK        (1 << 0)

/* BAR 0 */
#define ESB_TIMER1_REG      0x00
#define ESB_TIMER2_REG      0x04
#define ESB_RELOAD_REG      0x0c
#define ESB_WDT_RELOAD      (1 << 8)
#define ESB_WDT_TIMEOUT     (1 << 9)    /* it was us; write 1 to clear */

#define ESB_UNLOCK1         0x80
#define ESB_UNLOCK2         0x86

#define ESB_PRELOAD_MASK    0xfffff
#define ESB_PCI_CLOCK_HZ    33000000

enum {
    CLOCK_SCALE_1KHZ = 0,   /* 2^15 PCI clocks */
    CLOCK_SCALE_1MHZ = 1,   /* 2^5 */
};

enum {
    UNLOCK_STATE_LOCKED = 0,
    UNLOCK_STATE_HALF = 1,
    UNLOCK_STATE_OPEN = 2,
};

struct I6300State {
    PCIDevice dev;
    MemoryRegion io_mem;
    QEMUTimer *timer;

    int reboot_enabled;
    int clock_scale;
    int int_type;

    int free_run;
    int locked;
    int enabled;

    uint32_t timer1_preload, timer2_preload;
    int stage;
    int unlock_state;
    int previous_reboot_flag;   /* outlives a reset */
};

/* Time */

static void i6300esb_restart_timer(I6300State *d, int stage)
{
    int64_t ticks;

    if (!d->enabled) {
        return;
    }
    d->stage = stage;
    ticks = stage <= 1 ? d->timer1_preload : d->timer2_preload;
    ticks <<= d->clock_scale == CLOCK_SCALE_1KHZ ? 15 : 5;
    ticks = muldiv64(ticks, NANOSECONDS_PER_SECOND, ESB_PCI_CLOCK_HZ);
    trace_i6300esb_restart(d->stage, ticks);
    timer_mod(d->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + ticks);
}

static void i6300esb_disable_timer(I6300State *d)
{
    timer_del(d->timer);
}

static void i6300esb_reset_state(I6300State *d)
{
    i6300esb_disable_timer(d);

    d->reboot_enabled = 1;
    d->clock_scale = CLOCK_SCALE_1KHZ;
    d->int_type = 0;
    d->free_run = 0;
    d->locked = 0;
    d->enabled = 0;
    d->timer1_preload = ESB_PRELOAD_MASK;
    d->timer2_preload = ESB_PRELOAD_MASK;
    d->stage = 1;
    d->unlock_state = UNLOCK_STATE_LOCKED;
}

static void i6300esb_reset(DeviceState *dev)
{
    i6300esb_reset_state(WATCHDOG_I6300ESB_DEVICE(dev));
}

static void i6300esb_timer_expired(void *vp)
{
    I6300State *d = vp;

    trace_i6300esb_expired(d->stage);
    if (d->stage == 1) {
        i6300esb_restart_timer(d, 2);
        return;
    }
    if (d->reboot_enabled) {
        d->previous_reboot_flag = 1;
        watchdog_perform_action();
        i6300esb_reset_state(d);
    }
    /* Whoever is still enabled runs for ever. */
    if (d->free_run) {
        i6300esb_restart_timer(d, 1);
    }
}

/* Configuration space */

static void i6300esb_config_write(PCIDevice *dev, uint32_t addr, uint32_t data,
                                  int len)
{
    I6300State *d = WATCHDOG_I6300ESB_DEVICE(dev);

    if (addr == ESB_CONFIG_REG && len == 2) {
        d->reboot_enabled = !(data & ESB_WDT_REBOOT);
        d->clock_scale = data & ESB_WDT_FREQ ? CLOCK_SCALE_1MHZ
                                             : CLOCK_SCALE_1KHZ;
        d->int_type = data & ESB_WDT_INTTYPE;
    } else if (addr == ESB_LOCK_REG && len == 1) {
        if (!d->locked) {
            int old = d->enabled;

            d->locked = !!(data & ESB_WDT_LOCK);
            d->free_run = !!(data & ESB_WDT_FUNC);
            d->enabled = !!(data & ESB_WDT_ENABLE);
            if (!old && d->enabled) {
                i6300esb_restart_timer(d, 1);
            } else if (!d->enabled) {
                i6300esb_disable_timer(d);
            }
        }
    } else {
        pci_default_write_config(dev, addr, data, len);
    }
}

static uint32_t i6300esb_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    I6300State *d = WATCHDOG_I6300ESB_DEVICE(dev);

    if (addr == ESB_CONFIG_REG && len == 2) {
        return (d->reboot_enabled ? 0 : ESB_WDT_REBOOT) |
               (d->clock_scale == CLOCK_SCALE_1MHZ ? ESB_WDT_FREQ : 0) |
               d->int_type;
    }
    if (addr == ESB_LOCK_REG && len == 1) {
        return (d->free_run ? ESB_WDT_FUNC : 0) |
               (d->locked ? ESB_WDT_LOCK : 0) |
               (d->enabled ? ESB_WDT_ENABLE : 0);
    }
    return pci_default_read_config(dev, addr, len);
}

/* BAR 0 */

static uint64_t i6300esb_mem_readfn(void *opaque, hwaddr addr, unsigned size)
{
    I6300State *d = opaque;

    /* The bit, as drivers know it, and one beside it that QEMU sets too. */
    if (size == 2 && addr == ESB_RELOAD_REG) {
        return d->previous_reboot_flag ? 0x1000 | ESB_WDT_TIMEOUT : 0;
    }
    return 0;
}

/* The two magic numbers come to the low byte of the reload register. */
static bool i6300esb_unlock(I6300State *d, uint64_t val)
{
    if (val == ESB_UNLOCK1) {
        d->unlock_state = UNLOCK_STATE_HALF;
        return true;
    }
    if (val == ESB_UNLOCK2 && d->unlock_state == UNLOCK_STATE_HALF) {
        d->unlock_state = UNLOCK_STATE_OPEN;
        return true;
    }
    return false;
}

static void i6300esb_mem_writefn(void *opaque, hwaddr addr, uint64_t val,
                                 unsigned size)
{
    I6300State *d = opaque;

    if (addr == ESB_RELOAD_REG && i6300esb_unlock(d, val)) {
        return;
    }
    if (d->unlock_state != UNLOCK_STATE_OPEN) {
        return;
    }
    if (size == 4 && addr == ESB_TIMER1_REG) {
        d->timer1_preload = val & ESB_PRELOAD_MASK;
    } else if (size == 4 && addr == ESB_TIMER2_REG) {
        d->timer2_preload = val & ESB_PRELOAD_MASK;
    } else if (size == 2 && addr == ESB_RELOAD_REG) {
        if (val & ESB_WDT_RELOAD) {
            i6300esb_restart_timer(d, 1);
        }
        if (val & ESB_WDT_TIMEOUT) {
            d->previous_reboot_flag = 0;
        }
    } else if (size == 1) {
        return;
    }
    d->unlock_state = UNLOCK_STATE_LOCKED;
}

static const MemoryRegionOps i6300esb_ops = {
    .read = i6300esb_mem_readfn,
    .write = i6300esb_mem_writefn,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Life */

static const VMStateDescription vmstate_i6300esb = {
    .name = "i6300esb_wdt",
    .version_id = 10000,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(dev, I6300State),
        VMSTATE_INT32(reboot_enabled, I6300State),
        VMSTATE_INT32(clock_scale, I6300State),
        VMSTATE_INT32(int_type, I6300State),
        VMSTATE_INT32(free_run, I6300State),
        VMSTATE_INT32(locked, I6300State),
        VMSTATE_INT32(enabled, I6300State),
        VMSTATE_TIMER_PTR(timer, I6300State),
        VMSTATE_UINT32(timer1_preload, I6300State),
        VMSTATE_UINT32(timer2_preload, I6300State),
        VMSTATE_INT32(stage, I6300State),
        VMSTATE_INT32(unlock_state, I6300State),
        VMSTATE_INT32(previous_reboot_flag, I6300State),
        VMSTATE_END_OF_LIST()
    },
};

static void i6300esb_realize(PCIDevice *dev, Error **errp)
{
    I6300State *d = WATCHDOG_I6300ESB_DEVICE(dev);

    d->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, i6300esb_timer_expired, d);
    d->previous_reboot_flag = 0;

    memory_region_init_io(&d->io_mem, OBJECT(d), &i6300esb_ops, d, "i6300esb",
                          0x10);
    pci_register_bar(dev, 0, 0, &d->io_mem);
}

static void i6300esb_exit(PCIDevice *dev)
{
    timer_free(WATCHDOG_I6300ESB_DEVICE(dev)->timer);
}

static void i6300esb_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->config_read = i6300esb_config_read;
    k->config_write = i6300esb_config_write;
    k->realize = i6300esb_realize;
    k->exit = i6300esb_exit;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_ESB_9;
    k->class_id = PCI_CLASS_SYSTEM_OTHER;
    dc->reset = i6300esb_reset;
    dc->vmsd = &vmstate_i6300esb;
    dc->desc = "Intel 6300ESB";
    set_bit(DEVICE_CATEGORY_WATCHDOG, dc->categories);
}

static const TypeInfo i6300esb_info = {
    .name = TYPE_WATCHDOG_I6300ESB_DEVICE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(I6300State),
    .class_init = i6300esb_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void i6300esb_register_types(void)
{
    type_register_static(&i6300esb_info);
}

type_init(i6300esb_register_types)
