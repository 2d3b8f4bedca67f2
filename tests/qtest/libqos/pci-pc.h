/*
 * libqos: PCI on a PC.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_PCI_PC_H
#define LIBQOS_PCI_PC_H

#include "pci.h"
#include "libqos-malloc.h"

typedef struct QPCIBusPC {
    QPCIBus bus;
} QPCIBusPC;

/* @alloc is unused on a PC and may be NULL. */
void qpci_init_pc(QPCIBusPC *qpci, QTestState *qts, QGuestAllocator *alloc);
QPCIBus *qpci_new_pc(QTestState *qts, QGuestAllocator *alloc);
void qpci_free_pc(QPCIBus *bus);

#endif
