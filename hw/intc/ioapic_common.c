/*
 * IOAPIC: what all of them share, whoever plays the chip.
 *
 * Read first: hw/i386/ioapic.h.  Read next: hw/intc/ioapic.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/i386/ioapic_internal.h"
#include "hw/intc/intc.h"
#include "migration/vmstate.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/module.h"

void ioapic_reset_common(DeviceState *dev)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    s->id = 0;
    s->ioregsel = 0;
    s->irr = 0;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        s->ioredtbl[i] = IOAPIC_LVT_MASKED;
        s->irq_eoi[i] = 0;
    }
}

void ioapic_stat_update_irq(IOAPICCommonState *s, int irq, int level)
{
    if (level != s->irq_level[irq]) {
        s->irq_level[irq] = level;
        if (level == 1) {
            s->irq_count[irq]++;
        }
    }
}

static int ioapic_dispatch_pre_save(void *opaque)
{
    IOAPICCommonState *s = opaque;
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(s);

    if (info->pre_save) {
        info->pre_save(s);
    }
    return 0;
}

static int ioapic_dispatch_post_load(void *opaque, int version_id)
{
    IOAPICCommonState *s = opaque;
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(s);

    if (info->post_load) {
        info->post_load(s);
    }
    return 0;
}

static bool ioapic_get_statistics(InterruptStatsProvider *obj,
                                  uint64_t **irq_counts, unsigned int *nb_irqs)
{
    IOAPICCommonState *s = IOAPIC_COMMON(obj);

    *irq_counts = s->irq_count;
    *nb_irqs = IOAPIC_NUM_PINS;
    return true;
}

/* A line of pins: those whose bit is set in @pins. */
static void ioapic_print_pins(Monitor *mon, const char *name, uint32_t pins)
{
    monitor_printf(mon, "  %-8s ", name);
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        if (pins & (1u << i)) {
            monitor_printf(mon, "%-2d ", i);
        }
    }
    monitor_printf(mon, "%s\n", pins ? "" : "(none)");
}

static void ioapic_print_entry(Monitor *mon, int pin, uint64_t entry)
{
    static const char *const delivery[] = {
        [IOAPIC_DM_FIXED] = "fixed",
        [IOAPIC_DM_LOWEST_PRIORITY] = "lowest",
        [IOAPIC_DM_PMI] = "SMI",
        [3] = "...",
        [IOAPIC_DM_NMI] = "NMI",
        [IOAPIC_DM_INIT] = "INIT",
        [IOAPIC_DM_SIPI] = "...",
        [IOAPIC_DM_EXTINT] = "extINT",
    };
    bool logical = entry & IOAPIC_LVT_DEST_MODE;
    int dest = entry >> IOAPIC_LVT_DEST_SHIFT;

    monitor_printf(mon, "  pin %-2d 0x%016" PRIx64 " dest=%x vec=%-3d %s %-5s "
                   "%-6s %-6s %s\n",
                   pin, entry, logical ? dest : dest & 0xf,
                   (int)(entry & IOAPIC_VECTOR_MASK),
                   entry & IOAPIC_LVT_POLARITY ? "active-lo" : "active-hi",
                   entry & IOAPIC_LVT_TRIGGER_MODE ? "level" : "edge",
                   entry & IOAPIC_LVT_MASKED ? "masked" : "",
                   delivery[entry >> IOAPIC_LVT_DELIV_MODE_SHIFT &
                            IOAPIC_DM_MASK],
                   logical ? "logical" : "physical");
}

static void ioapic_print_info(InterruptStatsProvider *obj, Monitor *mon)
{
    IOAPICCommonState *s = IOAPIC_COMMON(obj);
    uint32_t remote_irr = 0;

    ioapic_dispatch_pre_save(s);
    monitor_printf(mon, "ioapic0: ver=0x%x id=0x%02x sel=0x%02x",
                   s->version, s->id, s->ioregsel);
    if (s->ioregsel >= IOAPIC_REG_REDTBL_BASE) {
        monitor_printf(mon, " (redir[%u])",
                       (s->ioregsel - IOAPIC_REG_REDTBL_BASE) >> 1);
    }
    monitor_printf(mon, "\n");
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        ioapic_print_entry(mon, i, s->ioredtbl[i]);
        if (s->ioredtbl[i] & IOAPIC_LVT_REMOTE_IRR) {
            remote_irr |= 1u << i;
        }
    }
    ioapic_print_pins(mon, "IRR", s->irr);
    ioapic_print_pins(mon, "Remote IRR", remote_irr);
}

static void ioapic_common_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    IOAPICCommonState *s = IOAPIC_COMMON(dev);
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(s);

    info->realize(dev, errp);
    if (*errp) {
        return;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->io_memory);
}

static void ioapic_common_unrealize(DeviceState *dev)
{
    IOAPICCommonClass *info = IOAPIC_COMMON_GET_CLASS(dev);

    if (info->unrealize) {
        info->unrealize(dev);
    }
}

static const VMStateDescription vmstate_ioapic_common = {
    .name = "ioapic",
    .version_id = 3,
    .minimum_version_id = 1,
    .pre_save = ioapic_dispatch_pre_save,
    .post_load = ioapic_dispatch_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(id, IOAPICCommonState),
        VMSTATE_UINT8(ioregsel, IOAPICCommonState),
        VMSTATE_UNUSED_V(2, 8),
        VMSTATE_UINT32_V(irr, IOAPICCommonState, 2),
        VMSTATE_UINT64_ARRAY(ioredtbl, IOAPICCommonState, IOAPIC_NUM_PINS),
        VMSTATE_END_OF_LIST()
    }
};

static void ioapic_common_class_init(ObjectClass *klass, void *data)
{
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = ioapic_common_realize;
    dc->unrealize = ioapic_common_unrealize;
    dc->vmsd = &vmstate_ioapic_common;
    /* Its pins and its address are the board's to connect. */
    dc->user_creatable = false;
    ic->get_statistics = ioapic_get_statistics;
    ic->print_info = ioapic_print_info;
}

static const TypeInfo ioapic_common_type = {
    .name          = TYPE_IOAPIC_COMMON,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(IOAPICCommonState),
    .class_size    = sizeof(IOAPICCommonClass),
    .class_init    = ioapic_common_class_init,
    .abstract      = true,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_INTERRUPT_STATS_PROVIDER },
        { }
    },
};

static void ioapic_common_register_types(void)
{
    type_register_static(&ioapic_common_type);
}

type_init(ioapic_common_register_types)
