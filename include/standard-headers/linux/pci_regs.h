/*
 * PCI configuration space registers, from the kernel's UAPI headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_PCI_REGS_H
#define STANDARD_HEADERS_LINUX_PCI_REGS_H

#include <linux/pci_regs.h>

#endif
