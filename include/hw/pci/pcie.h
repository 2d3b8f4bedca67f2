/*
 * PCI Express: what makes an endpoint one.
 *
 * An Express device has 4096 bytes of config space, the PCI Express capability
 * in the first 256 and extended capabilities, a list of its own, from 0x100 on.
 * Ports, slots and error reporting belong to boards with an Express root
 * complex.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_PCIE_H
#define QEMU_PCIE_H

#include "hw/pci/pci_regs.h"
#include "hw/pci/pcie_regs.h"

/* What every PCIDevice carries in case it is an Express device. */
struct PCIExpressDevice {
    /* Offset of the PCI Express capability in config space; 0: there is none */
    uint8_t exp_cap;
    /* Offset of the Power Management capability */
    uint8_t pm_cap;
    /* A hot plug interrupt has been raised and not yet withdrawn */
    bool hpev_notified;

    /* Offsets of extended capabilities: error reporting, ATS, access control */
    uint16_t aer_cap;
    uint16_t ats_cap;
    uint16_t acs_cap;
};

#define COMPAT_PROP_PCP "power_controller_present"

/*
 * Add the PCI Express capability at @offset (0: anywhere) for a function of
 * @type (PCI_EXP_TYPE_*) behind port @port.  Returns the capability's offset,
 * or a negative errno with @errp set.
 */
int pcie_cap_init(PCIDevice *dev, uint8_t offset, uint8_t type,
                  uint8_t port, Error **errp);
/* The same in the capability's version 1, which is shorter. */
int pcie_cap_v1_init(PCIDevice *dev, uint8_t offset, uint8_t type,
                     uint8_t port);
/*
 * The same for an endpoint: an integrated one when it sits on the root bus
 * (Express allows no other kind there).
 */
int pcie_endpoint_cap_init(PCIDevice *dev, uint8_t offset);
int pcie_endpoint_cap_v1_init(PCIDevice *dev, uint8_t offset);
void pcie_cap_exit(PCIDevice *dev);

/* PCI_EXP_TYPE_* of the device, which must have the capability. */
uint8_t pcie_cap_get_type(const PCIDevice *dev);

/* Which MSI or MSI-X vector the capability's own interrupt uses. */
void pcie_cap_flags_set_vector(PCIDevice *dev, uint8_t vector);
uint8_t pcie_cap_flags_get_vector(PCIDevice *dev);

/* Device control: the guest may enable error messages, and read which came. */
void pcie_cap_deverr_init(PCIDevice *dev);
void pcie_cap_deverr_reset(PCIDevice *dev);

/* Link control: the guest may set the clock and synch bits. */
void pcie_cap_lnkctl_init(PCIDevice *dev);
void pcie_cap_lnkctl_reset(PCIDevice *dev);

/* Offset of an extended capability, or 0. */
uint16_t pcie_find_capability(PCIDevice *dev, uint16_t cap_id);
/*
 * Add an extended capability of @size bytes at @offset (at least 0x100, and
 * free); only the first one, at 0x100, may be added out of order.
 */
void pcie_add_capability(PCIDevice *dev, uint16_t cap_id, uint8_t cap_ver,
                         uint16_t offset, uint16_t size);

/* Extended capabilities that devices ask for by name. */
void pcie_ari_init(PCIDevice *dev, uint16_t offset, uint16_t nextfn);
void pcie_dev_ser_num_init(PCIDevice *dev, uint16_t offset, uint64_t ser_num);
void pcie_ats_init(PCIDevice *dev, uint16_t offset, bool aligned);

#endif
