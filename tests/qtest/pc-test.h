/*
 * What the tests of the PC's chips share: a machine without devices that were
 * not asked for, and comparing a config space.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PC_TEST_H
#define PC_TEST_H

#include "libqtest.h"

/* The PC's chips, by what `info qom-tree` calls them. */
#define PC_PIC_MASTER "/machine/unattached/device[5]"
#define PC_PIC_SLAVE  "/machine/unattached/device[6]"
#define PC_IOAPIC     "/machine/i440fx/ioapic"

/* The host bridge's two ports, and the reset control register between them. */
#define PC_CONFIG_ADDRESS 0xcf8
#define PC_CONFIG_DATA    0xcfc
#define PC_RESET_CONTROL  0xcf9

typedef struct ConfigDword {
    uint8_t offset;
    uint32_t value;
} ConfigDword;

/* @bdf: a devfn, for devices behind bridges with the number of their bus. */
#define PC_BDF(bus, slot, func) ((bus) << 8 | (slot) << 3 | (func))

static inline uint32_t pc_config_address(uint16_t bdf, uint8_t offset)
{
    return 0x80000000 | bdf << 8 | offset;
}

static inline uint32_t pc_config_readl(QTestState *qts, uint16_t bdf,
                                       uint8_t offset)
{
    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(bdf, offset));
    return qtest_inl(qts, PC_CONFIG_DATA);
}

static inline void pc_config_writel(QTestState *qts, uint16_t bdf,
                                    uint8_t offset, uint32_t value)
{
    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(bdf, offset));
    qtest_outl(qts, PC_CONFIG_DATA, value);
}

/* All 256 bytes: what is not among the @n dwords at @want, is zero. */
static inline void pc_config_check(QTestState *qts, uint16_t bdf,
                                   const ConfigDword *want, size_t n)
{
    for (unsigned offset = 0; offset < 256; offset += 4) {
        uint32_t value = 0;

        if (n && want->offset == offset) {
            value = want->value;
            want++;
            n--;
        }
        if (pc_config_readl(qts, bdf, offset) != value) {
            g_test_message("at offset 0x%x of config space", offset);
        }
        g_assert_cmphex(pc_config_readl(qts, bdf, offset), ==, value);
    }
}

#endif
