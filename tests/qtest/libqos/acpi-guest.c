/*
 * libqos: what the ACPI code of a guest does, by hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-guest.h"
#include "../pc-test.h"

#define PM_DEVFN        (1 << 3 | 3)
#define PM_BASE         0x40
#define PM_REGMISC      0x80
#define SCI             9

void acpi_guest_map_pm(QTestState *qts)
{
    pc_config_writel(qts, PM_DEVFN, PM_BASE, ACPI_PM_BASE | 1);
    pc_config_writel(qts, PM_DEVFN, PM_REGMISC, 1);
}

void acpi_guest_boot(QTestState *qts)
{
    acpi_guest_map_pm(qts);
    qtest_irq_intercept_in(qts, PC_IOAPIC);
    qtest_outb(qts, ACPI_SMI_CMD, 0xf1);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT) & 1, ==, 1);
    qtest_outw(qts, ACPI_GPE0_EN, 1 << 1);
}

bool acpi_guest_sci(QTestState *qts)
{
    /* An answer comes after the changes of lines before it. */
    qtest_inb(qts, ACPI_GPE0_STS);
    return qtest_get_irq(qts, SCI);
}

uint32_t acpi_guest_answer_bus(QTestState *qts, uint32_t bsel)
{
    uint32_t up, down;

    g_assert_true(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inw(qts, ACPI_GPE0_STS), ==, 1 << 1);
    qtest_outw(qts, ACPI_GPE0_STS, 1 << 1);
    g_assert_false(acpi_guest_sci(qts));

    qtest_outl(qts, ACPI_PCIHP_SEL, bsel);
    up = qtest_inl(qts, ACPI_PCIHP_UP);
    down = qtest_inl(qts, ACPI_PCIHP_DOWN);
    for (int slot = 0; slot < 32; slot++) {
        if (down & (1u << slot)) {
            qtest_outl(qts, ACPI_PCIHP_EJ, 1u << slot);
        }
    }
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_UP), ==, 0);
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_DOWN), ==, 0);
    return up;
}

uint32_t acpi_guest_answer(QTestState *qts)
{
    return acpi_guest_answer_bus(qts, 0);
}
