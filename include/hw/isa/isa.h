/*
 * The ISA bus: fixed ports, sixteen interrupt lines, slow DMA.
 *
 * Nothing on it can be found by asking; devices simply answer at the ports that
 * they always had.  A machine has one ISA bus.  An ISA device makes its
 * registers known with isa_register_ioport() or, when they are many small
 * pieces at scattered ports, isa_register_portio_list(), and gets its interrupt
 * with isa_get_irq().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ISA_H
#define HW_ISA_H

#include "exec/memory.h"
#include "exec/ioport.h"
#include "hw/qdev-core.h"
#include "qom/object.h"

#define ISA_NUM_IRQS 16

#define TYPE_ISA_DEVICE "isa-device"
OBJECT_DECLARE_TYPE(ISADevice, ISADeviceClass, ISA_DEVICE)

#define TYPE_ISA_BUS "ISA"
OBJECT_DECLARE_SIMPLE_TYPE(ISABus, ISA_BUS)

/* The DMA controller, as its clients see it. */
#define TYPE_ISADMA "isa-dma"

typedef struct IsaDmaClass IsaDmaClass;
DECLARE_CLASS_CHECKERS(IsaDmaClass, ISADMA,
                       TYPE_ISADMA)
#define ISADMA(obj) \
    INTERFACE_CHECK(IsaDma, (obj), TYPE_ISADMA)

typedef enum {
    ISADMA_TRANSFER_VERIFY,
    ISADMA_TRANSFER_READ,
    ISADMA_TRANSFER_WRITE,
    ISADMA_TRANSFER_ILLEGAL,
} IsaDmaTransferMode;

/*
 * The channel runs: move data from position @dma_pos on, of @dma_len in all.
 * Returns the new position.
 */
typedef int (*IsaDmaTransferHandler)(void *opaque, int nchan, int pos,
                                     int size);

struct IsaDmaClass {
    InterfaceClass parent;

    bool (*has_autoinitialization)(IsaDma *obj, int nchan);
    int (*read_memory)(IsaDma *obj, int nchan, void *buf, int pos, int len);
    int (*write_memory)(IsaDma *obj, int nchan, void *buf, int pos, int len);
    void (*hold_DREQ)(IsaDma *obj, int nchan);
    void (*release_DREQ)(IsaDma *obj, int nchan);
    void (*schedule)(IsaDma *obj);
    void (*register_channel)(IsaDma *obj, int nchan,
                             IsaDmaTransferHandler transfer_handler,
                             void *opaque);
};

struct ISADeviceClass {
    DeviceClass parent_class;
};

struct ISABus {
    BusState parent_obj;

    MemoryRegion *address_space;
    MemoryRegion *address_space_io;
    qemu_irq *irqs;             /* ISA_NUM_IRQS of them, the board's */
    IsaDma *dma[2];             /* channels 0-3, and 4-7 */
};

struct ISADevice {
    DeviceState parent_obj;

    int ioport_id;              /* its lowest port: its name for firmware */
};

/*
 * Make the machine's ISA bus below bridge @dev (NULL: a plain one on the system
 * bus).  Returns NULL with @errp set if there is one already.
 */
ISABus *isa_bus_new(DeviceState *dev, MemoryRegion *address_space,
                    MemoryRegion *address_space_io, Error **errp);
/* @irqs: ISA_NUM_IRQS lines, the caller's. */
void isa_bus_irqs(ISABus *bus, qemu_irq *irqs);
/* IRQ @isairq of the device's bus; with NULL, of the only ISA bus. */
qemu_irq isa_get_irq(ISADevice *dev, unsigned isairq);
/* Connect the device's GPIO output @gpioirq to IRQ @isairq. */
void isa_connect_gpio_out(ISADevice *isadev, int gpioirq, unsigned isairq);
/* The two DMA controllers; once for a bus. */
void isa_bus_dma(ISABus *bus, IsaDma *dma8, IsaDma *dma16);
/* The controller of channel @nchan, or NULL. */
IsaDma *isa_get_dma(ISABus *bus, int nchan);
MemoryRegion *isa_address_space(ISADevice *dev);
MemoryRegion *isa_address_space_io(ISADevice *dev);

/* As pci_new() and its kin; isa_try_new() gives NULL for an unknown type. */
ISADevice *isa_new(const char *name);
ISADevice *isa_try_new(const char *name);
bool isa_realize_and_unref(ISADevice *dev, ISABus *bus, Error **errp);
ISADevice *isa_create_simple(ISABus *bus, const char *name);

/*
 * Answer the ports from @start on with @io, until the machine ends.  The lowest
 * port names the device in the firmware's device path.
 */
void isa_register_ioport(ISADevice *dev, MemoryRegion *io, uint16_t start);

/*
 * The same for a table of ports (see exec/ioport.h), whose offsets count from
 * @start.  @piolist is the device's own and lives as long as it.  Returns 0, or
 * -ENODEV if there is no ISA bus.
 */
int isa_register_portio_list(ISADevice *dev,
                             PortioList *piolist,
                             uint16_t start,
                             const MemoryRegionPortio *portio,
                             void *opaque, const char *name);

static inline ISABus *isa_bus_from_device(ISADevice *d)
{
    return ISA_BUS(qdev_get_parent_bus(DEVICE(d)));
}

#endif
