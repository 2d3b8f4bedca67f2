/*
 * libqos: what the ACPI code of a guest does, by hand.
 *
 * On the PC, an event of the board is a bit of GPE 0 and the SCI, IRQ 9.  The
 * guest's operating system then runs a method of the DSDT; for PCI hotplug that
 * is _E01, which asks the registers at 0xae00 (hw/acpi/pcihp.h) what came and
 * what should go, tells the drivers, and ejects what they let go.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_ACPI_GUEST_H
#define LIBQOS_ACPI_GUEST_H

#include "../libqtest.h"

/* Where the guest puts the PM1 registers: event, control, timer. */
#define ACPI_PM_BASE    0x600
#define ACPI_PM1_STS    (ACPI_PM_BASE + 0)
#define ACPI_PM1_EN     (ACPI_PM_BASE + 2)
#define ACPI_PM1_CNT    (ACPI_PM_BASE + 4)
#define ACPI_PM_TMR     (ACPI_PM_BASE + 8)

#define ACPI_SMI_CMD    0xb2
#define ACPI_GPE0_STS   0xafe0
#define ACPI_GPE0_EN    0xafe2

#define ACPI_PCIHP_UP   0xae00
#define ACPI_PCIHP_DOWN 0xae04
#define ACPI_PCIHP_EJ   0xae08
#define ACPI_PCIHP_RMV  0xae0c
#define ACPI_PCIHP_SEL  0xae10
#define ACPI_PCIHP_AIDX 0xae14

/* Firmware's part: the PM1 registers are at ACPI_PM_BASE.  Reset undoes it. */
void acpi_guest_map_pm(QTestState *qts);

/*
 * And the operating system's: ACPI mode, hotplug events enabled.  From here on
 * acpi_guest_sci() tells whether the SCI is up.
 */
void acpi_guest_boot(QTestState *qts);
bool acpi_guest_sci(QTestState *qts);

/*
 * What _E01 does when the SCI has come: look at the root bus and eject what
 * should go.  Returns what came, a bit for each slot.
 */
uint32_t acpi_guest_answer(QTestState *qts);
/* The same for the bus with number @bsel among those with hotplug. */
uint32_t acpi_guest_answer_bus(QTestState *qts, uint32_t bsel);

#endif
