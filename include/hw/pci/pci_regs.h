/*
 * Names of the registers in PCI configuration space (PCI_COMMAND, PCI_STATUS,
 * PCI_BASE_ADDRESS_0 ...).  They are the kernel's; see the PCI Local Bus
 * Specification 3.0, chapter 6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PCI_PCI_REGS_H
#define HW_PCI_PCI_REGS_H

#include "standard-headers/linux/pci_regs.h"

#endif
