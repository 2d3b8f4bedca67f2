/*
 * Advanced power management: the two ports through which an operating system
 * talks to firmware, at 0xb2 (control) and 0xb3 (status).
 *
 * A write to the control port makes a chip set raise an SMI, and firmware reads
 * from the port what it was asked for.  ACPI uses the port once: the value in
 * the FADT's ACPI_ENABLE makes the chip set send SCIs instead of SMIs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef APM_H
#define APM_H

#include "exec/memory.h"
#include "hw/pci/pci.h"

#define APM_CNT_IOPORT    0xb2
#define ACPI_PORT_SMI_CMD APM_CNT_IOPORT

/* Called with each byte that is written to the control port. */
typedef void (*apm_ctrl_changed_t)(uint32_t val, void *arg);

typedef struct APMState {
    uint8_t apmc;
    uint8_t apms;

    apm_ctrl_changed_t callback;
    void *arg;
    MemoryRegion io;
} APMState;

/* apm_init: put the ports into the I/O space of @dev, which owns them. */
void apm_init(PCIDevice *dev, APMState *s, apm_ctrl_changed_t callback,
              void *arg);

extern const VMStateDescription vmstate_apm;

#endif
