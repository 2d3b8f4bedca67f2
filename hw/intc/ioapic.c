/*
 * IOAPIC: from a pin to a message for the CPUs' local APICs.
 *
 * A level-triggered pin that has been delivered sets Remote IRR, and is not
 * delivered again before the local APIC's EOI comes back, which clears it.
 *
 * Read first: hw/i386/ioapic.h, hw/i386/ioapic_internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/i386/apic-msidef.h"
#include "hw/i386/ioapic_internal.h"
#include "hw/i386/x86.h"
#include "hw/intc/i8259.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/kvm.h"
#include "trace.h"

/* Where local APICs listen for messages. */
#define APIC_DEFAULT_ADDRESS 0xfee00000

/*
 * A level that stays up after this many EOIs in a row is a device that nobody
 * serves: from then on it is delivered a hundred times a second only, so that
 * the guest can get at what it is doing.
 */
#define SUCCESSIVE_IRQ_MAX_COUNT 10000

static IOAPICCommonState *ioapics[MAX_IOAPICS];

/* Delivery */

static uint8_t ioapic_entry_delivery_mode(uint64_t entry)
{
    return (entry >> IOAPIC_LVT_DELIV_MODE_SHIFT) & IOAPIC_DM_MASK;
}

/* The message that a redirection entry stands for. */
static void ioapic_entry_parse(uint64_t entry, uint64_t *addr, uint32_t *data)
{
    uint8_t delivery_mode = ioapic_entry_delivery_mode(entry);
    uint8_t dest_mode = (entry >> IOAPIC_LVT_DEST_MODE_SHIFT) & 1;
    uint8_t trig_mode = (entry >> IOAPIC_LVT_TRIGGER_MODE_SHIFT) & 1;
    uint16_t dest_idx = entry >> IOAPIC_LVT_DEST_IDX_SHIFT;
    uint8_t vector = entry & IOAPIC_VECTOR_MASK;

    /* Here the entry has no vector; the i8259 knows. */
    if (delivery_mode == IOAPIC_DM_EXTINT) {
        vector = pic_read_irq(isa_pic);
    }

    *addr = APIC_DEFAULT_ADDRESS |
            (dest_idx << MSI_ADDR_DEST_IDX_SHIFT) |
            (dest_mode << MSI_ADDR_DEST_MODE_SHIFT);
    *data = (vector << MSI_DATA_VECTOR_SHIFT) |
            (delivery_mode << MSI_DATA_DELIVERY_MODE_SHIFT) |
            (trig_mode << MSI_DATA_TRIGGER_SHIFT);
}

/* Which GSI pin 0 is: a board may have a second chip for those from 24 on. */
static int ioapic_first_gsi(IOAPICCommonState *s)
{
    return SYS_BUS_DEVICE(s)->mmio[0].addr == IO_APIC_SECONDARY_ADDRESS
           ? IO_APIC_SECONDARY_IRQBASE : 0;
}

/*
 * With the local APICs in the kernel and this chip here (kernel-irqchip=split),
 * each pin has a route there.  From it the kernel knows which vectors are
 * levels, whose EOIs it has to tell us of (ioapic_eoi_broadcast), and where an
 * irqfd of the pin goes.
 */
static void ioapic_update_kvm_route(IOAPICCommonState *s, int pin)
{
    uint64_t entry = s->ioredtbl[pin];
    MSIMessage msg;

    if (!kvm_irqchip_is_split() || (entry & IOAPIC_LVT_MASKED) ||
        ioapic_entry_delivery_mode(entry) == IOAPIC_DM_EXTINT) {
        return;
    }
    ioapic_entry_parse(entry, &msg.address, &msg.data);
    kvm_irqchip_update_msi_route(kvm_state, ioapic_first_gsi(s) + pin, msg,
                                 NULL);
    kvm_irqchip_commit_routes(kvm_state);
}

/* Deliver what is requested and may be delivered. */
static void ioapic_service(IOAPICCommonState *s)
{
    AddressSpace *as = X86_MACHINE(qdev_get_machine())->ioapic_as;

    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        uint64_t entry = s->ioredtbl[i];
        uint64_t addr;
        uint32_t data;

        if (!(s->irr & (1 << i)) || (entry & IOAPIC_LVT_MASKED)) {
            continue;
        }
        if (entry & IOAPIC_LVT_TRIGGER_MODE) {
            if (entry & IOAPIC_LVT_REMOTE_IRR) {
                continue;
            }
            s->ioredtbl[i] |= IOAPIC_LVT_REMOTE_IRR;
        } else {
            s->irr &= ~(1 << i);
        }

        ioapic_entry_parse(entry, &addr, &data);
        trace_ioapic_deliver(i, addr, data);
        address_space_stl_le(as, addr, data, MEMTXATTRS_UNSPECIFIED, NULL);
    }
}

static void ioapic_delayed_service(void *opaque)
{
    ioapic_service(opaque);
}

/* A device drives a GSI, which is a pin. */
static void ioapic_set_irq(void *opaque, int vector, int level)
{
    IOAPICCommonState *s = opaque;
    uint64_t entry;
    uint32_t mask;

    trace_ioapic_set_irq(vector, level);
    ioapic_stat_update_irq(s, vector, level);

    /* The PC's timer, GSI 0, is wired to pin 2. */
    if (vector == 0 && ioapic_first_gsi(s) == 0) {
        vector = 2;
    }
    if (vector >= IOAPIC_NUM_PINS) {
        return;
    }

    mask = 1 << vector;
    entry = s->ioredtbl[vector];
    if (entry & IOAPIC_LVT_TRIGGER_MODE) {
        if (level) {
            s->irr |= mask;
            ioapic_service(s);
        } else {
            s->irr &= ~mask;
        }
    } else if (level && !(entry & IOAPIC_LVT_MASKED)) {
        /* An edge at a masked pin is lost (82093AA, 3.2.4). */
        s->irr |= mask;
        ioapic_service(s);
    }
}

static void ioapic_eoi_pin(IOAPICCommonState *s, int n)
{
    s->ioredtbl[n] &= ~(uint64_t)IOAPIC_LVT_REMOTE_IRR;

    if ((s->ioredtbl[n] & IOAPIC_LVT_MASKED) || !(s->irr & (1 << n))) {
        s->irq_eoi[n] = 0;
        return;
    }
    if (++s->irq_eoi[n] >= SUCCESSIVE_IRQ_MAX_COUNT) {
        s->irq_eoi[n] = 0;
        timer_mod_anticipate(s->delayed_ioapic_service_timer,
                             qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                             NANOSECONDS_PER_SECOND / 100);
    } else {
        ioapic_service(s);
    }
}

void ioapic_eoi_broadcast(int vector)
{
    trace_ioapic_eoi_broadcast(vector);

    for (int i = 0; i < MAX_IOAPICS; i++) {
        IOAPICCommonState *s = ioapics[i];

        for (int n = 0; s && n < IOAPIC_NUM_PINS; n++) {
            uint64_t entry = s->ioredtbl[n];

            if ((entry & IOAPIC_VECTOR_MASK) != vector ||
                !(entry & IOAPIC_LVT_TRIGGER_MODE)) {
                continue;
            }
            /* An irqfd of the pin went past us: its owner waits for this. */
            if (kvm_irqchip_is_split()) {
                kvm_resample_fd_notify(ioapic_first_gsi(s) + n);
            }
            if (entry & IOAPIC_LVT_REMOTE_IRR) {
                ioapic_eoi_pin(s, n);
            }
        }
    }
}

/* Registers */

/* Which entry the selector is at, or -1; its lowest bit is the half. */
static int ioapic_selected_entry(IOAPICCommonState *s)
{
    int index = (s->ioregsel - IOAPIC_REG_REDTBL_BASE) >> 1;

    return index >= 0 && index < IOAPIC_NUM_PINS ? index : -1;
}

static uint32_t ioapic_read_window(IOAPICCommonState *s)
{
    int index;

    switch (s->ioregsel) {
    case IOAPIC_REG_ID:
    case IOAPIC_REG_ARB:
        return s->id << IOAPIC_ID_SHIFT;
    case IOAPIC_REG_VER:
        return s->version | ((IOAPIC_NUM_PINS - 1) << IOAPIC_VER_ENTRIES_SHIFT);
    default:
        index = ioapic_selected_entry(s);
        if (index < 0) {
            return 0;
        }
        return s->ioregsel & 1 ? s->ioredtbl[index] >> 32
                               : s->ioredtbl[index];
    }
}

static void ioapic_write_entry(IOAPICCommonState *s, int index, bool high,
                               uint32_t val)
{
    uint64_t entry = s->ioredtbl[index];
    uint64_t ro_bits = entry & IOAPIC_RO_BITS;

    if (high) {
        entry = (entry & 0xffffffff) | ((uint64_t)val << 32);
    } else {
        entry = (entry & ~(uint64_t)0xffffffff) | val;
    }
    entry = (entry & IOAPIC_RW_BITS) | ro_bits;

    /* Edges are never in service; guests clear Remote IRR by this switch. */
    if (!(entry & IOAPIC_LVT_TRIGGER_MODE)) {
        entry &= ~(uint64_t)IOAPIC_LVT_REMOTE_IRR;
    }

    s->ioredtbl[index] = entry;
    s->irq_eoi[index] = 0;
    ioapic_update_kvm_route(s, index);
    ioapic_service(s);
}

static void ioapic_write_window(IOAPICCommonState *s, uint32_t val)
{
    int index;

    switch (s->ioregsel) {
    case IOAPIC_REG_ID:
        s->id = (val >> IOAPIC_ID_SHIFT) & IOAPIC_ID_MASK;
        break;
    case IOAPIC_REG_VER:
    case IOAPIC_REG_ARB:
        break;
    default:
        index = ioapic_selected_entry(s);
        if (index >= 0) {
            ioapic_write_entry(s, index, s->ioregsel & 1, val);
        }
        break;
    }
}

static uint64_t ioapic_mem_read(void *opaque, hwaddr addr, unsigned int size)
{
    IOAPICCommonState *s = opaque;
    uint32_t val = 0;

    addr &= 0xff;
    switch (addr) {
    case IOAPIC_IOREGSEL:
        val = s->ioregsel;
        break;
    case IOAPIC_IOWIN:
        if (size == 4) {
            val = ioapic_read_window(s);
        }
        break;
    }
    trace_ioapic_mem_read(addr, s->ioregsel, size, val);
    return val;
}

static void ioapic_mem_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned int size)
{
    IOAPICCommonState *s = opaque;

    addr &= 0xff;
    trace_ioapic_mem_write(addr, s->ioregsel, size, val);

    switch (addr) {
    case IOAPIC_IOREGSEL:
        s->ioregsel = val;
        break;
    case IOAPIC_IOWIN:
        if (size == 4) {
            ioapic_write_window(s, val);
        }
        break;
    case IOAPIC_EOI:
        /* Only version 0x20 has this register. */
        if (size == 4 && s->version == 0x20) {
            ioapic_eoi_broadcast(val);
        }
        break;
    }
}

static const MemoryRegionOps ioapic_io_ops = {
    .read = ioapic_mem_read,
    .write = ioapic_mem_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/* Life */

static void ioapic_realize(DeviceState *dev, Error **errp)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);
    int n = 0;

    if (s->version != 0x11 && s->version != 0x20) {
        error_setg(errp, "IOAPIC only supports version 0x11 or 0x20 "
                   "(default: 0x%x).", 0x20);
        return;
    }
    while (n < MAX_IOAPICS && ioapics[n]) {
        n++;
    }
    if (n == MAX_IOAPICS) {
        error_setg(errp, "Only %d ioapics allowed", MAX_IOAPICS);
        return;
    }

    memory_region_init_io(&s->io_memory, OBJECT(s), &ioapic_io_ops, s,
                          "ioapic", 0x1000);
    s->delayed_ioapic_service_timer =
        timer_new_ns(QEMU_CLOCK_VIRTUAL, ioapic_delayed_service, s);
    qdev_init_gpio_in(dev, ioapic_set_irq, IOAPIC_NUM_PINS);
    ioapics[n] = s;
}

static void ioapic_unrealize(DeviceState *dev)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    for (int n = 0; n < MAX_IOAPICS; n++) {
        if (ioapics[n] == s) {
            ioapics[n] = NULL;
        }
    }
    timer_free(s->delayed_ioapic_service_timer);
}

/* Type */

static Property ioapic_properties[] = {
    DEFINE_PROP_UINT8("version", IOAPICCommonState, version, 0x20),
    DEFINE_PROP_END_OF_LIST(),
};

static void ioapic_class_init(ObjectClass *klass, void *data)
{
    IOAPICCommonClass *k = IOAPIC_COMMON_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    k->realize = ioapic_realize;
    k->unrealize = ioapic_unrealize;
    dc->reset = ioapic_reset_common;
    device_class_set_props(dc, ioapic_properties);
}

static const TypeInfo ioapic_info = {
    .name       = TYPE_IOAPIC,
    .parent     = TYPE_IOAPIC_COMMON,
    .class_init = ioapic_class_init,
};

static void ioapic_register_types(void)
{
    type_register_static(&ioapic_info);
}

type_init(ioapic_register_types)
