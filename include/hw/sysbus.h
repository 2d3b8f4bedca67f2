/*
 * Sysbus: the bus of devices that have no bus.
 *
 * What is soldered to the board has memory regions, I/O ports and interrupt
 * lines that lead wherever the board's designer wants.  So a sysbus device
 * offers numbered regions and lines, and the board maps and connects them:
 *
 *     device, in its instance_init           board
 *     sysbus_init_mmio(sbd, &s->mmio);       sysbus_mmio_map(sbd, 0, 0xfec00000);
 *     sysbus_init_irq(sbd, &s->irq);         sysbus_connect_irq(sbd, 0, gsi[9]);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SYSBUS_H
#define HW_SYSBUS_H

#include "hw/qdev-core.h"
#include "exec/memory.h"
#include "qom/object.h"

#define QDEV_MAX_MMIO 32
#define QDEV_MAX_PIO 32

#define TYPE_SYSTEM_BUS "System"
DECLARE_INSTANCE_CHECKER(BusState, SYSTEM_BUS,
                         TYPE_SYSTEM_BUS)

#define TYPE_SYS_BUS_DEVICE "sys-bus-device"
OBJECT_DECLARE_TYPE(SysBusDevice, SysBusDeviceClass,
                    SYS_BUS_DEVICE)

/* The name of the GPIO group of the interrupt lines. */
#define SYSBUS_DEVICE_GPIO_IRQ "sysbus-irq"

/*
 * @explicit_ofw_unit_address: the part after '@' in firmware device paths,
 *     where it is not the address of the first region; the caller frees it.
 * @connect_irq_notifier: called after one of the lines was connected.
 */
struct SysBusDeviceClass {
    DeviceClass parent_class;

    char *(*explicit_ofw_unit_address)(const SysBusDevice *dev);
    void (*connect_irq_notifier)(SysBusDevice *dev, qemu_irq irq);
};

struct SysBusDevice {
    DeviceState parent_obj;

    int num_mmio;
    struct {
        hwaddr addr;            /* (hwaddr)-1 while it is not mapped */
        MemoryRegion *memory;
    } mmio[QDEV_MAX_MMIO];
    int num_pio;
    uint32_t pio[QDEV_MAX_PIO];
};

typedef void FindSysbusDeviceFunc(SysBusDevice *sbdev, void *opaque);

/* For the device: the next region is @memory, the next line @p. */
void sysbus_init_mmio(SysBusDevice *dev, MemoryRegion *memory);
MemoryRegion *sysbus_mmio_get_region(SysBusDevice *dev, int n);
void sysbus_init_irq(SysBusDevice *dev, qemu_irq *p);

/* The lines of @target, which @dev contains, are the lines of @dev. */
void sysbus_pass_irq(SysBusDevice *dev, SysBusDevice *target);

/* The device uses @size ports from @ioport on; only for `info qtree`. */
void sysbus_init_ioports(SysBusDevice *dev, uint32_t ioport, uint32_t size);

bool sysbus_has_irq(SysBusDevice *dev, int n);
bool sysbus_has_mmio(SysBusDevice *dev, unsigned int n);

/* For the board: connect line @n, map region @n in the system's memory. */
void sysbus_connect_irq(SysBusDevice *dev, int n, qemu_irq irq);
bool sysbus_is_irq_connected(SysBusDevice *dev, int n);
qemu_irq sysbus_get_connected_irq(SysBusDevice *dev, int n);
void sysbus_mmio_map(SysBusDevice *dev, int n, hwaddr addr);
void sysbus_mmio_map_overlap(SysBusDevice *dev, int n, hwaddr addr,
                             int priority);
void sysbus_mmio_unmap(SysBusDevice *dev, int n);

/* Map @mem at port @addr. */
void sysbus_add_io(SysBusDevice *dev, hwaddr addr,
                   MemoryRegion *mem);
MemoryRegion *sysbus_address_space(SysBusDevice *dev);

/* qdev_realize() and qdev_realize_and_unref() on the main system bus. */
bool sysbus_realize(SysBusDevice *dev, Error **errp);
bool sysbus_realize_and_unref(SysBusDevice *dev, Error **errp);

/* Call @func for each sysbus device in the composition tree that users made. */
void foreach_dynamic_sysbus_device(FindSysbusDeviceFunc *func, void *opaque);

/*
 * Make a device, map its regions at the addresses given, up to (hwaddr)-1,
 * connect the lines up to the first NULL, and realize it.
 */
DeviceState *sysbus_create_varargs(const char *name,
                                   hwaddr addr, ...);

/* The same with at most one region and one line. */
static inline DeviceState *sysbus_create_simple(const char *name,
                                                hwaddr addr,
                                                qemu_irq irq)
{
    return sysbus_create_varargs(name, addr, irq, NULL);
}

#endif
