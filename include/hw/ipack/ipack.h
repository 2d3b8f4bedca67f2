/*
 * IndustryPack: small modules on a carrier card.
 *
 * A carrier (a PCI card, say) has an IPackBus with a few slots, numbered from
 * 0.  A module answers accesses to four spaces, which the carrier shows to the
 * guest as it likes:
 *
 *     I/O    16 bits wide, addresses 0-0x7f    the module's registers
 *     ID     16 bits wide, addresses 0-0x3f    what it is
 *     INT    the vector of an interrupt
 *     MEM    8 or 16 bits, up to 8 MB          memory, if it has some
 *
 * A module has two interrupt lines: IPackDevice.irq[0] and [1], which come out
 * at the carrier as lines 2 * slot and 2 * slot + 1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_IPACK_H
#define QEMU_IPACK_H

#include "hw/qdev-core.h"
#include "qom/object.h"

#define TYPE_IPACK_BUS "IndustryPack"
OBJECT_DECLARE_SIMPLE_TYPE(IPackBus, IPACK_BUS)

/* @set_irq: the carrier's handler of the modules' interrupt lines. */
struct IPackBus {
    BusState parent_obj;

    uint8_t n_slots;
    uint8_t free_slot;
    qemu_irq_handler set_irq;
};

#define TYPE_IPACK_DEVICE "ipack-device"
OBJECT_DECLARE_TYPE(IPackDevice, IPackDeviceClass,
                    IPACK_DEVICE)

/* The carrier checks for NULL: a module has the spaces that it has. */
struct IPackDeviceClass {
    DeviceClass parent_class;

    DeviceRealize realize;
    DeviceUnrealize unrealize;

    uint16_t (*io_read)(IPackDevice *dev, uint8_t addr);
    void (*io_write)(IPackDevice *dev, uint8_t addr, uint16_t val);

    uint16_t (*id_read)(IPackDevice *dev, uint8_t addr);
    void (*id_write)(IPackDevice *dev, uint8_t addr, uint16_t val);

    uint16_t (*int_read)(IPackDevice *dev, uint8_t addr);
    void (*int_write)(IPackDevice *dev, uint8_t addr, uint16_t val);

    uint16_t (*mem_read16)(IPackDevice *dev, uint32_t addr);
    void (*mem_write16)(IPackDevice *dev, uint32_t addr, uint16_t val);

    uint8_t (*mem_read8)(IPackDevice *dev, uint32_t addr);
    void (*mem_write8)(IPackDevice *dev, uint32_t addr, uint8_t val);
};

struct IPackDevice {
    DeviceState parent_obj;

    int32_t slot;               /* property; -1 is the next free one */
    qemu_irq *irq;              /* from realize to unrealize */
};

extern const VMStateDescription vmstate_ipack_device;

#define VMSTATE_IPACK_DEVICE(_field, _state)                            \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_ipack_device, IPackDevice)

/* The module in @slot, or NULL. */
IPackDevice *ipack_device_find(IPackBus *bus, int32_t slot);

/* Make @bus, which is part of carrier @parent, with @n_slots slots. */
void ipack_bus_init(IPackBus *bus, size_t bus_size,
                    DeviceState *parent,
                    uint8_t n_slots,
                    qemu_irq_handler handler);

#endif
