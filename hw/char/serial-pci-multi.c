/*
 * PCI cards with two and with four 16550s.
 *
 *     BAR 0   00-07 uart #1, 08-0f uart #2, …
 *     INTA    is raised while any of them wants it; which, the driver finds
 *             out by asking each
 *
 * Read first: hw/char/serial-pci.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/char/serial.h"
#include "hw/irq.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

#define PCI_SERIAL_MAX_PORTS 4

#define TYPE_PCI_MULTISERIAL2 "pci-serial-2x"
#define TYPE_PCI_MULTISERIAL4 "pci-serial-4x"

/* The two types are one struct, without a common type of their own. */
typedef struct PCIMultiSerialState {
    PCIDevice dev;

    uint8_t prog_if;            /* property, as in serial-pci.c */

    SerialState state[PCI_SERIAL_MAX_PORTS];
    uint32_t level[PCI_SERIAL_MAX_PORTS];

    /* From realize to exit */
    uint32_t ports;             /* how many of them are realized */
    MemoryRegion iobar;
    char *name[PCI_SERIAL_MAX_PORTS];
    qemu_irq *irqs;
} PCIMultiSerialState;

/* By the device's id: the class knows, and so does the guest. */
static uint32_t multi_serial_get_port_count(PCIDeviceClass *pc)
{
    return pc->device_id == PCI_DEVICE_ID_REDHAT_SERIAL4 ? 4 : 2;
}

static void multi_serial_irq_mux(void *opaque, int n, int level)
{
    PCIMultiSerialState *pci = opaque;
    bool pending = false;

    pci->level[n] = level;
    for (uint32_t i = 0; i < PCI_SERIAL_MAX_PORTS; i++) {
        pending |= pci->level[i] != 0;
    }
    pci_set_irq(&pci->dev, pending);
}

static void multi_serial_pci_exit(PCIDevice *dev)
{
    PCIMultiSerialState *pci = DO_UPCAST(PCIMultiSerialState, dev, dev);

    while (pci->ports > 0) {
        SerialState *s = &pci->state[--pci->ports];

        qdev_unrealize(DEVICE(s));
        memory_region_del_subregion(&pci->iobar, &s->io);
        g_clear_pointer(&pci->name[pci->ports], g_free);
    }
    qemu_free_irqs(pci->irqs, PCI_SERIAL_MAX_PORTS);
    pci->irqs = NULL;
}

static void multi_serial_pci_realize(PCIDevice *dev, Error **errp)
{
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(dev);
    PCIMultiSerialState *pci = DO_UPCAST(PCIMultiSerialState, dev, dev);
    uint32_t nports = multi_serial_get_port_count(pc);

    pci->dev.config[PCI_CLASS_PROG] = pci->prog_if;
    pci->dev.config[PCI_INTERRUPT_PIN] = 0x01;
    memory_region_init(&pci->iobar, OBJECT(pci), "multiserial", 8 * nports);
    pci_register_bar(&pci->dev, 0, PCI_BASE_ADDRESS_SPACE_IO, &pci->iobar);
    pci->irqs = qemu_allocate_irqs(multi_serial_irq_mux, pci,
                                   PCI_SERIAL_MAX_PORTS);

    for (uint32_t i = 0; i < nports; i++) {
        SerialState *s = &pci->state[i];

        if (!qdev_realize(DEVICE(s), NULL, errp)) {
            multi_serial_pci_exit(dev);
            return;
        }
        s->irq = pci->irqs[i];
        pci->name[i] = g_strdup_printf("uart #%u", i + 1);
        memory_region_init_io(&s->io, OBJECT(pci), &serial_io_ops, s,
                              pci->name[i], 8);
        memory_region_add_subregion(&pci->iobar, 8 * i, &s->io);
        pci->ports++;
    }
}

static const VMStateDescription vmstate_pci_multi_serial = {
    .name = "pci-serial-multi",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(dev, PCIMultiSerialState),
        VMSTATE_STRUCT_ARRAY(state, PCIMultiSerialState, PCI_SERIAL_MAX_PORTS,
                             0, vmstate_serial, SerialState),
        VMSTATE_UINT32_ARRAY(level, PCIMultiSerialState, PCI_SERIAL_MAX_PORTS),
        VMSTATE_END_OF_LIST()
    }
};

static Property multi_2x_serial_pci_properties[] = {
    DEFINE_PROP_CHR("chardev1",  PCIMultiSerialState, state[0].chr),
    DEFINE_PROP_CHR("chardev2",  PCIMultiSerialState, state[1].chr),
    DEFINE_PROP_UINT8("prog_if", PCIMultiSerialState, prog_if, 0x02),
    DEFINE_PROP_END_OF_LIST(),
};

static Property multi_4x_serial_pci_properties[] = {
    DEFINE_PROP_CHR("chardev1",  PCIMultiSerialState, state[0].chr),
    DEFINE_PROP_CHR("chardev2",  PCIMultiSerialState, state[1].chr),
    DEFINE_PROP_CHR("chardev3",  PCIMultiSerialState, state[2].chr),
    DEFINE_PROP_CHR("chardev4",  PCIMultiSerialState, state[3].chr),
    DEFINE_PROP_UINT8("prog_if", PCIMultiSerialState, prog_if, 0x02),
    DEFINE_PROP_END_OF_LIST(),
};

/* What both types share; @dc has their properties. */
static void multi_serial_class_common(ObjectClass *klass, uint16_t device_id,
                                      Property *properties)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = multi_serial_pci_realize;
    pc->exit = multi_serial_pci_exit;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = device_id;
    pc->revision = 1;
    pc->class_id = PCI_CLASS_COMMUNICATION_SERIAL;
    dc->vmsd = &vmstate_pci_multi_serial;
    device_class_set_props(dc, properties);
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static void multi_2x_serial_pci_class_initfn(ObjectClass *klass, void *data)
{
    multi_serial_class_common(klass, PCI_DEVICE_ID_REDHAT_SERIAL2,
                              multi_2x_serial_pci_properties);
}

static void multi_4x_serial_pci_class_initfn(ObjectClass *klass, void *data)
{
    multi_serial_class_common(klass, PCI_DEVICE_ID_REDHAT_SERIAL4,
                              multi_4x_serial_pci_properties);
}

static void multi_serial_init(Object *o)
{
    PCIDevice *dev = PCI_DEVICE(o);
    PCIMultiSerialState *pms = DO_UPCAST(PCIMultiSerialState, dev, dev);
    uint32_t nports = multi_serial_get_port_count(PCI_DEVICE_GET_CLASS(dev));

    for (uint32_t i = 0; i < nports; i++) {
        object_initialize_child(o, "serial[*]", &pms->state[i], TYPE_SERIAL);
    }
}

static const TypeInfo multi_2x_serial_pci_info = {
    .name          = TYPE_PCI_MULTISERIAL2,
    .parent        = TYPE_PCI_DEVICE,
    .instance_size = sizeof(PCIMultiSerialState),
    .instance_init = multi_serial_init,
    .class_init    = multi_2x_serial_pci_class_initfn,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static const TypeInfo multi_4x_serial_pci_info = {
    .name          = TYPE_PCI_MULTISERIAL4,
    .parent        = TYPE_PCI_DEVICE,
    .instance_size = sizeof(PCIMultiSerialState),
    .instance_init = multi_serial_init,
    .class_init    = multi_4x_serial_pci_class_initfn,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void multi_serial_pci_register_types(void)
{
    type_register_static(&multi_2x_serial_pci_info);
    type_register_static(&multi_4x_serial_pci_info);
}

type_init(multi_serial_pci_register_types)
