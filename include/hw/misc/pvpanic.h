/*
 * pvpanic: the guest tells that it panicked.
 *
 * One byte, at an ISA port or in a BAR: reading it gives the events that the
 * guest may report, PVPANIC_* of <standard-headers/linux/pvpanic.h>; writing
 * reports some.  A panic is answered as -action panic= says; that a kernel for
 * crashes was loaded (kdump) is only told to the client.
 *
 *     hw/misc/pvpanic-isa.c   "pvpanic": found by ACPI, or by fw_cfg's file
 *                             etc/pvpanic-port
 *     hw/misc/pvpanic-pci.c   "pvpanic-pci"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_MISC_PVPANIC_H
#define HW_MISC_PVPANIC_H

#include "exec/memory.h"
#include "qom/object.h"

#define TYPE_PVPANIC_ISA_DEVICE "pvpanic"
#define TYPE_PVPANIC_PCI_DEVICE "pvpanic-pci"

#define PVPANIC_IOPORT_PROP "ioport"

/* What both have.  @events: property: those that are told to the guest */
struct PVPanicState {
    MemoryRegion mr;
    uint8_t events;
};
typedef struct PVPanicState PVPanicState;

/* Make the region of @size bytes, owned by @dev. */
void pvpanic_setup_io(PVPanicState *s, DeviceState *dev, unsigned size);

/* The port of the machine's ISA device, or 0. */
static inline uint16_t pvpanic_port(void)
{
    Object *o = object_resolve_path_type("", TYPE_PVPANIC_ISA_DEVICE, NULL);

    return o ? object_property_get_uint(o, PVPANIC_IOPORT_PROP, NULL) : 0;
}

#endif
