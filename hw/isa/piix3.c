/*
 * PIIX3: the south bridge of the `pc` machine, function 0.
 *
 * Read include/hw/southbridge/piix.h first: it has a picture of the interrupt
 * router.  Intel 82371SB datasheet, sections 2.2.10 (PIRQRC) and 2.5.9 (RC).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "hw/dma/i8257.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/pci/pci_bus.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/southbridge/piix.h"
#include "migration/vmstate.h"
#include "sysemu/runstate.h"
#include "trace.h"

/* The reset control register */
#define PIIX_RCR_HARD   0x02
#define PIIX_RCR_RESET  0x04

/* The interrupt router */

/* An IRQ is up while one of the PIRQs that lead to it is. */
static void piix3_set_irq_pic(PIIX3State *piix3, int pic_irq)
{
    uint64_t pirqs = ((1ULL << PIIX_NUM_PIRQS) - 1)
                     << (pic_irq * PIIX_NUM_PIRQS);

    qemu_set_irq(piix3->pic[pic_irq], !!(piix3->pic_levels & pirqs));
}

static void piix3_set_irq_level_internal(PIIX3State *piix3, int pirq, int level)
{
    int pic_irq = piix3->dev.config[PIIX_PIRQCA + pirq];
    uint64_t mask;

    if (pic_irq >= PIIX_NUM_PIC_IRQS) {
        return;
    }
    mask = 1ULL << ((pic_irq * PIIX_NUM_PIRQS) + pirq);
    piix3->pic_levels &= ~mask;
    piix3->pic_levels |= mask * !!level;
}

static void piix3_set_irq_level(PIIX3State *piix3, int pirq, int level)
{
    int pic_irq = piix3->dev.config[PIIX_PIRQCA + pirq];

    if (pic_irq >= PIIX_NUM_PIC_IRQS) {
        return;
    }
    piix3_set_irq_level_internal(piix3, pirq, level);
    trace_piix3_set_irq(pirq, pic_irq, level);
    piix3_set_irq_pic(piix3, pic_irq);
}

static void piix3_set_irq(void *opaque, int pirq, int level)
{
    piix3_set_irq_level(opaque, pirq, level);
}

/* Slot 1 (this one) has its INTA on PIRQA, slot 2 on PIRQB, and so on. */
static int pci_slot_get_pirq(PCIDevice *pci_dev, int pci_intx)
{
    int slot_addend = PCI_SLOT(pci_dev->devfn) - 1;

    return (pci_intx + slot_addend) & 3;
}

static PCIINTxRoute piix3_route_intx_pin_to_irq(void *opaque, int pin)
{
    PIIX3State *piix3 = opaque;
    int irq = piix3->dev.config[PIIX_PIRQCA + pin];
    PCIINTxRoute route;

    if (irq < PIIX_NUM_PIC_IRQS) {
        route.mode = PCI_INTX_ENABLED;
        route.irq = irq;
    } else {
        route.mode = PCI_INTX_DISABLED;
        route.irq = -1;
    }
    return route;
}

/* The routes are new: ask the bus again which PIRQs are up. */
static void piix3_update_irq_levels(PIIX3State *piix3)
{
    PCIBus *bus = pci_get_bus(&piix3->dev);
    int pirq;

    piix3->pic_levels = 0;
    for (pirq = 0; pirq < PIIX_NUM_PIRQS; pirq++) {
        piix3_set_irq_level(piix3, pirq, pci_bus_get_irq_level(bus, pirq));
    }
}

static void piix3_write_config(PCIDevice *dev,
                               uint32_t address, uint32_t val, int len)
{
    pci_default_write_config(dev, address, val, len);
    if (ranges_overlap(address, len, PIIX_PIRQCA, PIIX_NUM_PIRQS)) {
        PIIX3State *piix3 = PIIX3_PCI_DEVICE(dev);
        int pic_irq;

        pci_bus_fire_intx_routing_notifier(pci_get_bus(&piix3->dev));
        piix3_update_irq_levels(piix3);
        /* IRQs that no PIRQ leads to any more go down. */
        for (pic_irq = 0; pic_irq < PIIX_NUM_PIC_IRQS; pic_irq++) {
            piix3_set_irq_pic(piix3, pic_irq);
        }
    }
}

/* The reset control register */

static void rcr_write(void *opaque, hwaddr addr, uint64_t val, unsigned len)
{
    PIIX3State *d = opaque;

    if (val & PIIX_RCR_RESET) {
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return;
    }
    d->rcr = val & PIIX_RCR_HARD;
}

static uint64_t rcr_read(void *opaque, hwaddr addr, unsigned len)
{
    PIIX3State *d = opaque;

    return d->rcr;
}

static const MemoryRegionOps rcr_ops = {
    .read = rcr_read,
    .write = rcr_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

/* The DSDT: a function of the board, with the PIRQ registers and ISA devices */

static void build_pci_isa_aml(AcpiDevAmlIf *adev, Aml *scope)
{
    PCIDevice *dev = PCI_DEVICE(adev);
    BusState *bus = qdev_get_child_bus(DEVICE(adev), "isa.0");
    g_autofree char *region = g_strdup_printf("PCI0.S%.02X.P40C", dev->devfn);
    Aml *sb_scope = aml_scope("\\_SB");
    Aml *field = aml_field(region, AML_BYTE_ACC, AML_NOLOCK, AML_PRESERVE);

    /* They are here, and the links that use them are in \_SB. */
    aml_append(scope, aml_operation_region("P40C", AML_PCI_CONFIG,
                                           aml_int(PIIX_PIRQCA),
                                           PIIX_NUM_PIRQS));
    for (int i = 0; i < PIIX_NUM_PIRQS; i++) {
        char name[] = { 'P', 'R', 'Q', '0' + i, '\0' };

        aml_append(field, aml_named_field(name, 8));
    }
    aml_append(sb_scope, field);
    aml_append(scope, sb_scope);

    qbus_build_aml(bus, scope);
}

/* Life */

/* The defaults of the datasheet's register descriptions. */
static void piix3_reset(DeviceState *dev)
{
    PIIX3State *d = PIIX3_PCI_DEVICE(dev);
    uint8_t *pci_conf = d->dev.config;

    pci_set_word(pci_conf + PCI_COMMAND,
                 PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    pci_set_word(pci_conf + PCI_STATUS, PCI_STATUS_DEVSEL_MEDIUM);

    pci_conf[0x4c] = 0x4d;      /* ISA I/O recovery times */
    pci_conf[0x4e] = 0x03;      /* chip selects: keyboard and RTC */
    pci_conf[0x4f] = 0x00;
    pci_conf[PIIX_PIRQCA] = 0x80;
    pci_conf[PIIX_PIRQCB] = 0x80;
    pci_conf[PIIX_PIRQCC] = 0x80;
    pci_conf[PIIX_PIRQCD] = 0x80;
    pci_conf[0x69] = 0x02;      /* top of memory: 1 MiB */
    pci_conf[0x70] = 0x80;      /* motherboard device IRQ routes: none */
    pci_conf[0x76] = 0x0c;      /* motherboard DMA: disabled */
    pci_conf[0x77] = 0x0c;
    pci_conf[0x78] = 0x02;      /* programmable chip select */
    pci_conf[0x79] = 0x00;
    pci_conf[0x80] = 0x00;      /* APIC base */
    pci_conf[0x82] = 0x00;      /* deterministic latency */
    memset(pci_conf + 0xa0, 0, 16); /* SMI, STPCLK# and their timers */
    pci_conf[0xa0] = 0x08;
    pci_conf[0xa8] = 0x0f;      /* the fast-off timer counts from here */

    d->pic_levels = 0;
    d->rcr = 0;
}

static void pci_piix3_realize(PCIDevice *dev, Error **errp)
{
    PIIX3State *d = PIIX3_PCI_DEVICE(dev);
    ISABus *isa_bus = isa_bus_new(DEVICE(d), pci_address_space(dev),
                                  pci_address_space_io(dev), errp);

    if (!isa_bus) {
        return;
    }

    memory_region_init_io(&d->rcr_mem, OBJECT(dev), &rcr_ops, d,
                          "piix3-reset-control", 1);
    memory_region_add_subregion_overlap(pci_address_space_io(dev),
                                        PIIX_RCR_IOPORT, &d->rcr_mem, 1);

    i8257_dma_init(isa_bus, false);
}

static void piix3_realize(PCIDevice *dev, Error **errp)
{
    ERRP_GUARD();
    PIIX3State *piix3 = PIIX3_PCI_DEVICE(dev);
    PCIBus *pci_bus = pci_get_bus(dev);

    pci_piix3_realize(dev, errp);
    if (*errp) {
        return;
    }

    pci_bus_irqs(pci_bus, piix3_set_irq, pci_slot_get_pirq,
                 piix3, PIIX_NUM_PIRQS);
    pci_bus_set_route_irq_fn(pci_bus, piix3_route_intx_pin_to_irq);
}

/* Migration */

static int piix3_post_load(void *opaque, int version_id)
{
    PIIX3State *piix3 = opaque;
    PCIBus *bus = pci_get_bus(&piix3->dev);
    int pirq;

    /*
     * The interrupt controller brings its own levels, so its lines are not
     * touched.
     */
    piix3->pic_levels = 0;
    for (pirq = 0; pirq < PIIX_NUM_PIRQS; pirq++) {
        piix3_set_irq_level_internal(piix3, pirq,
                                     pci_bus_get_irq_level(bus, pirq));
    }
    return 0;
}

static int piix3_pre_save(void *opaque)
{
    PIIX3State *piix3 = opaque;
    PCIBus *bus = pci_get_bus(&piix3->dev);
    int i;

    for (i = 0; i < ARRAY_SIZE(piix3->pci_irq_levels_vmstate); i++) {
        piix3->pci_irq_levels_vmstate[i] = pci_bus_get_irq_level(bus, i);
    }
    return 0;
}

static bool piix3_rcr_needed(void *opaque)
{
    PIIX3State *piix3 = opaque;

    return piix3->rcr != 0;
}

static const VMStateDescription vmstate_piix3_rcr = {
    .name = "PIIX3/rcr",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = piix3_rcr_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(rcr, PIIX3State),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_piix3 = {
    .name = "PIIX3",
    .version_id = 3,
    .minimum_version_id = 2,
    .post_load = piix3_post_load,
    .pre_save = piix3_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(dev, PIIX3State),
        VMSTATE_INT32_ARRAY_V(pci_irq_levels_vmstate, PIIX3State,
                              PIIX_NUM_PIRQS, 3),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_piix3_rcr,
        NULL
    }
};

/* Types */

static void pci_piix3_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    AcpiDevAmlIfClass *adevc = ACPI_DEV_AML_IF_CLASS(klass);

    adevc->build_dev_aml = build_pci_isa_aml;
    dc->reset = piix3_reset;
    dc->desc = "ISA bridge";
    dc->vmsd = &vmstate_piix3;
    dc->hotpluggable = false;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_82371SB_0;
    k->class_id = PCI_CLASS_BRIDGE_ISA;
    /* The board connects `pic`; nobody else can. */
    dc->user_creatable = false;
}

static const TypeInfo piix3_pci_type_info = {
    .name = TYPE_PIIX3_PCI_DEVICE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(PIIX3State),
    .abstract = true,
    .class_init = pci_piix3_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { TYPE_ACPI_DEV_AML_IF },
        { },
    },
};

static void piix3_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->config_write = piix3_write_config;
    k->realize = piix3_realize;
}

static const TypeInfo piix3_info = {
    .name = TYPE_PIIX3_DEVICE,
    .parent = TYPE_PIIX3_PCI_DEVICE,
    .class_init = piix3_class_init,
};

static void piix3_register_types(void)
{
    type_register_static(&piix3_pci_type_info);
    type_register_static(&piix3_info);
}

type_init(piix3_register_types)
