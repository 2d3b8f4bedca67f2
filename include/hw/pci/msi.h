/*
 * MSI: an interrupt is a 32-bit write to memory.
 *
 * A device with the MSI capability has one message address and one message
 * data register in its config space.  Vector N of the device is the same write
 * with N in the low bits of the data, so a device has 1, 2, 4 ... 32 vectors
 * and the guest chooses how many of those it enables (PCI Local Bus
 * Specification 3.0, section 6.8).  MSI-X (hw/pci/msix.h) has a table instead.
 *
 * The write goes through the device's bus_master_as like all of its DMA: a
 * device that is not a bus master cannot interrupt, and a test without an
 * interrupt controller can look for the message in RAM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MSI_H
#define QEMU_MSI_H

#include "hw/pci/pci.h"

struct MSIMessage {
    uint64_t address;
    uint32_t data;
};

/*
 * The board's interrupt controller can take MSIs.  Boards set it; without it
 * msi_init() and msix_init() give -ENOTSUP and the device keeps to INTx.
 */
extern bool msi_nonbroken;

/* Write @msg into the capability, for a device model that plays the guest. */
void msi_set_message(PCIDevice *dev, MSIMessage msg);
/* What msi_notify() would send for @vector. */
MSIMessage msi_get_message(PCIDevice *dev, unsigned int vector);
/* Has the guest enabled MSI? */
bool msi_enabled(const PCIDevice *dev);
/*
 * Add the MSI capability at @offset (0: anywhere).  @nr_vectors is a power of
 * two up to 32; @msi64bit gives a 64-bit address, @msi_per_vector_mask mask and
 * pending bits.  Returns 0, or with @errp set -ENOTSUP (see msi_nonbroken) or
 * -EINVAL (the capability does not fit there).
 */
int msi_init(struct PCIDevice *dev, uint8_t offset,
             unsigned int nr_vectors, bool msi64bit,
             bool msi_per_vector_mask, Error **errp);
/* Take the capability away again; nothing happens if there is none. */
void msi_uninit(struct PCIDevice *dev);
/* Back to power-on state: disabled, no address, nothing masked. */
void msi_reset(PCIDevice *dev);
/* Raise @vector; sets its pending bit if it is masked. */
void msi_notify(PCIDevice *dev, unsigned int vector);
/* Send @msg as a write of the device's own. */
void msi_send_message(PCIDevice *dev, MSIMessage msg);
/* To be called by a config_write hook after the bytes are in place. */
void msi_write_config(PCIDevice *dev, uint32_t addr, uint32_t val, int len);
/* How many vectors has the guest enabled? */
unsigned int msi_nr_vectors_allocated(const PCIDevice *dev);
/* Has the guest masked @vector?  (Never, without per-vector masking.) */
bool msi_is_masked(const PCIDevice *dev, unsigned int vector);
/*
 * Set the mask of @vector from inside.  Unmasking a pending vector sends it.
 * An error is set if there is no such vector or no mask bits.
 */
void msi_set_mask(PCIDevice *dev, int vector, bool mask, Error **errp);

/* Does the device have the capability? */
static inline bool msi_present(const PCIDevice *dev)
{
    return dev->cap_present & QEMU_PCI_CAP_MSI;
}

#endif
