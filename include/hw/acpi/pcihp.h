/*
 * PCI hotplug by ACPI: the guest is asked, by its own ACPI code, to use a
 * device that came or to let go of one.
 *
 *     device_add                            device_del
 *       plug: bit of the slot in "up"         unplug_request: bit in "down"
 *          \                                   /
 *           acpi_send_event: GPE 0, bit 1 --> SCI
 *                          |
 *     the DSDT's _E01: for each bus (BSEL), for each bit of up and down,
 *     Notify(slot, 1): look at it     Notify(slot, 3): eject it
 *                                             |
 *                                     driver gone, _EJ0 writes the bit to "ej"
 *                                             |
 *                                     acpi_pcihp_eject_slot: unplug, unparent
 *
 * The registers, 32 bits each, are about the bus whose number was written to
 * "sel"; the bus has that number in its property acpi-pcihp-bsel.  A request
 * is for a slot, with all its functions.
 *
 *     0x00 up     R    slots with new devices, cleared by reading
 *     0x04 down   R    slots whose devices should go
 *     0x08 ej     W    eject the slot of the lowest bit that is set
 *     0x0c rmv    R    slots whose devices can go
 *     0x10 sel    RW   the bus
 *     0x14 aidx   RW   write the bit of a slot, read its device's acpi-index
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_PCIHP_H
#define HW_ACPI_PCIHP_H

#include "hw/acpi/acpi.h"
#include "hw/hotplug.h"
#include "hw/pci/pci.h"
#include "migration/vmstate.h"

#define ACPI_PCIHP_IO_BASE_PROP "acpi-pcihp-io-base"
#define ACPI_PCIHP_IO_LEN_PROP  "acpi-pcihp-io-len"

/* Properties of a bus and of a device. */
#define ACPI_PCIHP_PROP_BSEL "acpi-pcihp-bsel"
#define ACPI_PCIHP_AIDX_MAX  (16 * 1024 - 1)

#define ACPI_PCIHP_MAX_HOTPLUG_BUS 256
#define ACPI_PCIHP_BSEL_DEFAULT    0x0

typedef struct AcpiPciHpPciStatus {
    uint32_t up;
    uint32_t down;
    uint32_t hotplug_enable;
} AcpiPciHpPciStatus;

/*
 * @hotplug_select: the bus that the registers are about
 * @root: the top of the buses that this is for
 * @legacy_piix: only @root, and "up" stays set when it is read
 * @acpi_index: what aidx reads next
 * @buses_numbered: the buses have their numbers; happens once
 */
typedef struct AcpiPciHpState {
    AcpiPciHpPciStatus acpi_pcihp_pci_status[ACPI_PCIHP_MAX_HOTPLUG_BUS];
    uint32_t hotplug_select;
    PCIBus *root;
    MemoryRegion io;
    bool legacy_piix;
    uint16_t io_base;
    uint16_t io_len;
    uint32_t acpi_index;
    bool buses_numbered;
} AcpiPciHpState;

/*
 * acpi_pcihp_init: map the registers at @io_base in @address_space_io.
 * @owner: the chip, which gets properties that say where they are
 * @bridges_enabled: whether buses behind bridges have hotplug as well
 */
void acpi_pcihp_init(Object *owner, AcpiPciHpState *s, PCIBus *root,
                     MemoryRegion *address_space_io, bool bridges_enabled,
                     uint16_t io_base);

/*
 * The hooks of a chip that is the hotplug handler of PCI buses.
 *
 * acpi_pcihp_device_unplug_request_cb asks the guest;
 * acpi_pcihp_device_unplug_cb is called when it has ejected the slot.
 */
void acpi_pcihp_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp);
void acpi_pcihp_device_plug_cb(HotplugHandler *hotplug_dev, AcpiPciHpState *s,
                               DeviceState *dev, Error **errp);
void acpi_pcihp_device_unplug_cb(HotplugHandler *hotplug_dev,
                                 AcpiPciHpState *s, DeviceState *dev,
                                 Error **errp);
void acpi_pcihp_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                         AcpiPciHpState *s, DeviceState *dev,
                                         Error **errp);

/*
 * acpi_pcihp_reset: number the buses, if that has not been done, and take out
 * what the guest was asked to let go: it will not answer any more.
 * @acpihp_root_off: whether the root bus is without hotplug
 */
void acpi_pcihp_reset(AcpiPciHpState *s, bool acpihp_root_off);

extern const VMStateDescription vmstate_acpi_pcihp_pci_status;

/* @test_pcihp, @test_acpi_index: whether the stream has these fields */
#define VMSTATE_PCI_HOTPLUG(pcihp, state, test_pcihp, test_acpi_index) \
        VMSTATE_UINT32_TEST(pcihp.hotplug_select, state, \
                            test_pcihp), \
        VMSTATE_STRUCT_ARRAY_TEST(pcihp.acpi_pcihp_pci_status, state, \
                                  ACPI_PCIHP_MAX_HOTPLUG_BUS, \
                                  test_pcihp, 1, \
                                  vmstate_acpi_pcihp_pci_status, \
                                  AcpiPciHpPciStatus), \
        VMSTATE_UINT32_TEST(pcihp.acpi_index, state, \
                            test_acpi_index)

#endif
