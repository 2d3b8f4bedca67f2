/*
 * What the tests of bridges share: the part of firmware that makes what is
 * behind a bridge reachable.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PCI_BRIDGE_TEST_H
#define PCI_BRIDGE_TEST_H

#include "hw/pci/pci_regs.h"
#include "pc-test.h"

/* The window that each bridge has: where libqos puts BARs. */
#define BRIDGE_MEM_BASE 0xe0000000
#define BRIDGE_IO_BASE  0xc000

/* Registers 0x18-0x1b: the numbers of the buses on both sides, and below. */
static inline void bridge_number(QTestState *qts, uint16_t bdf,
                                 uint8_t secondary, uint8_t subordinate)
{
    pc_config_writel(qts, bdf, PCI_PRIMARY_BUS,
                     bdf >> 8 | secondary << 8 | subordinate << 16);
}

/* Memory and ports of libqos go down; no prefetchable memory does. */
static inline void bridge_open(QTestState *qts, uint16_t bdf)
{
    pc_config_writel(qts, bdf, PCI_IO_BASE, 0xf0c0);
    pc_config_writel(qts, bdf, PCI_MEMORY_BASE, 0xfeb0e000);
    pc_config_writel(qts, bdf, PCI_PREF_MEMORY_BASE, 0x0000fff0);
    pc_config_writel(qts, bdf, PCI_COMMAND,
                     PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static inline void bridge_setup(QTestState *qts, uint16_t bdf,
                                uint8_t secondary, uint8_t subordinate)
{
    bridge_number(qts, bdf, secondary, subordinate);
    bridge_open(qts, bdf);
}

#endif
