/*
 * Tests of the i440FX host bridge: the way to config space, and who answers
 * in the first megabyte.
 *
 * The values at start were read from QEMU 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pc-test.h"

#define HOST_BRIDGE 0
#define NOBODY      (5 << 3)

#define REG_ID      0x00
#define REG_PAM     0x58        /* PAM0 is the second byte here */
#define REG_SMRAM   0x70        /* … and SMRAM the third */

static QTestState *i440fx_start(void)
{
    return qtest_init("-machine pc -nodefaults");
}

/* IDs, class, the size of RAM in units of 8 MiB, SMRAM closed. */
static void test_defaults(void)
{
    static const ConfigDword want[] = {
        { 0x00, 0x12378086 }, { 0x08, 0x06000002 }, { 0x2c, 0x11001af4 },
        { 0x54, 0x10000000 }, { 0x70, 0x00020000 },
    };
    QTestState *qts = i440fx_start();

    pc_config_check(qts, HOST_BRIDGE, want, ARRAY_SIZE(want));
    qtest_quit(qts);
}

/* The data port gives any byte, word or long of the register. */
static void test_sizes_and_offsets(void)
{
    static const uint8_t id[] = { 0x86, 0x80, 0x37, 0x12 };
    QTestState *qts = i440fx_start();

    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(HOST_BRIDGE, REG_ID));
    for (int i = 0; i < 4; i++) {
        g_assert_cmphex(qtest_inb(qts, PC_CONFIG_DATA + i), ==, id[i]);
    }
    for (int i = 0; i < 3; i++) {
        g_assert_cmphex(qtest_inw(qts, PC_CONFIG_DATA + i), ==,
                        id[i] | id[i + 1] << 8);
    }
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_DATA), ==, 0x12378086);
    qtest_quit(qts);
}

/* Writing a byte changes that byte alone. */
static void test_byte_write(void)
{
    QTestState *qts = i440fx_start();

    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(HOST_BRIDGE, 0x60));
    qtest_outl(qts, PC_CONFIG_DATA, 0x44332211);
    qtest_outb(qts, PC_CONFIG_DATA + 2, 0x99);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_DATA), ==, 0x44992211);
    qtest_outw(qts, PC_CONFIG_DATA + 1, 0x5566);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_DATA), ==, 0x44556611);
    qtest_quit(qts);
}

/* The address port takes 32 bits at once; anything less changes nothing. */
static void test_address_port(void)
{
    QTestState *qts = i440fx_start();
    uint32_t address = pc_config_address(HOST_BRIDGE, 0x60);

    qtest_outl(qts, PC_CONFIG_ADDRESS, address);
    qtest_outb(qts, PC_CONFIG_ADDRESS, 0x00);
    qtest_outw(qts, PC_CONFIG_ADDRESS, 0x0000);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_ADDRESS), ==, address);
    qtest_quit(qts);
}

/* Without the enable bit nobody is addressed. */
static void test_not_enabled(void)
{
    QTestState *qts = i440fx_start();

    qtest_outl(qts, PC_CONFIG_ADDRESS, 0);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_DATA), ==, 0xffffffff);
    qtest_outl(qts, PC_CONFIG_DATA, 0);
    g_assert_cmphex(pc_config_readl(qts, HOST_BRIDGE, REG_ID), ==, 0x12378086);
    qtest_quit(qts);
}

/* Where no device is, all bits read as one, and writes are lost. */
static void test_absent_device(void)
{
    QTestState *qts = i440fx_start();

    pc_config_writel(qts, NOBODY, 0x04, 7);
    for (unsigned offset = 0; offset < 256; offset += 4) {
        g_assert_cmphex(pc_config_readl(qts, NOBODY, offset), ==, 0xffffffff);
    }
    g_assert_cmphex(qtest_inb(qts, PC_CONFIG_DATA + 1), ==, 0xff);
    g_assert_cmphex(qtest_inw(qts, PC_CONFIG_DATA + 2), ==, 0xffff);

    /* Nor is there another bus. */
    qtest_outl(qts, PC_CONFIG_ADDRESS, 0x80000000 | 1 << 16);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_DATA), ==, 0xffffffff);
    qtest_quit(qts);
}

/* PAM: two bits for each 16 KiB */

/* The register's byte for piece @i of 0xc0000 + i * 16 KiB, and its half. */
static void i440fx_set_pam(QTestState *qts, int i, uint8_t attr)
{
    uint32_t reg = REG_PAM + (2 + i / 2) / 4 * 4;
    uint16_t port = PC_CONFIG_DATA + (2 + i / 2) % 4;
    uint8_t shift = i % 2 * 4, val;

    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(HOST_BRIDGE, reg));
    val = qtest_inb(qts, port) & ~(0xf << shift);
    qtest_outb(qts, port, val | attr << shift);
}

/*
 * 3: RAM; 0: PCI, where the first 128 KiB are for option ROMs, here empty
 * ones; 1 and 2: RAM for one direction, and for this test, whose accesses are
 * no CPU's, for both.
 */
static void test_pam(void)
{
    QTestState *qts = i440fx_start();

    for (int i = 0; i < 12; i++) {
        uint64_t addr = 0xc0000 + i * 0x4000;

        i440fx_set_pam(qts, i, 3);
        qtest_writel(qts, addr, 0xcafe0000 + i);
        qtest_writel(qts, addr + 0x3ffc, i);
        i440fx_set_pam(qts, i, 1);
        g_assert_cmphex(qtest_readl(qts, addr), ==, 0xcafe0000 + i);
        g_assert_cmphex(qtest_readl(qts, addr + 0x3ffc), ==, i);

        /*
         * What is written while PCI answers, does not reach the RAM.  Above
         * the option ROMs there is no BIOS here to answer.
         */
        if (addr >= 0xe0000) {
            continue;
        }
        i440fx_set_pam(qts, i, 0);
        g_assert_cmphex(qtest_readl(qts, addr), !=, 0xcafe0000 + i);
        qtest_writel(qts, addr, 1);
        i440fx_set_pam(qts, i, 2);
        g_assert_cmphex(qtest_readl(qts, addr), ==, 0xcafe0000 + i);
        i440fx_set_pam(qts, i, 3);
        g_assert_cmphex(qtest_readl(qts, addr), ==, 0xcafe0000 + i);
    }
    /* Nobody's setting is another's: all of them are as they were left. */
    for (int i = 0; i < 12; i++) {
        g_assert_cmphex(qtest_readl(qts, 0xc0000 + i * 0x4000), ==,
                        0xcafe0000 + i);
    }
    qtest_quit(qts);
}

/* The last 64 KiB below 1 MiB are in the upper half of PAM0. */
static void test_pam_bios(void)
{
    QTestState *qts = i440fx_start();

    pc_config_writel(qts, HOST_BRIDGE, REG_PAM, 0x30 << 8);
    qtest_writel(qts, 0xf0000, 0x11111111);
    qtest_writel(qts, 0xffffc, 0x22222222);
    pc_config_writel(qts, HOST_BRIDGE, REG_PAM, 0x10 << 8);
    g_assert_cmphex(qtest_readl(qts, 0xf0000), ==, 0x11111111);
    g_assert_cmphex(qtest_readl(qts, 0xffffc), ==, 0x22222222);
    qtest_quit(qts);
}

/*
 * Where a display has its window, PCI answers, here by a network card's MSI-X
 * table; while SMRAM is open (bit 6), there is RAM.
 */
static void test_smram(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults "
                                 "-netdev hubport,id=n,hubid=0 "
                                 "-device virtio-net-pci,addr=4,netdev=n");

    pc_config_writel(qts, 4 << 3, 0x14, 0xa0000);
    pc_config_writel(qts, 4 << 3, 0x04, 0x2);
    qtest_writel(qts, 0xa0000, 0x11111110);

    pc_config_writel(qts, HOST_BRIDGE, REG_SMRAM, 0x4a << 16);
    g_assert_cmphex(qtest_readl(qts, 0xa0000), ==, 0);
    qtest_writel(qts, 0xa0000, 0x22222220);
    pc_config_writel(qts, HOST_BRIDGE, REG_SMRAM, 0x0a << 16);
    g_assert_cmphex(qtest_readl(qts, 0xa0000), ==, 0x11111110);
    pc_config_writel(qts, HOST_BRIDGE, REG_SMRAM, 0x4a << 16);
    g_assert_cmphex(qtest_readl(qts, 0xa0000), ==, 0x22222220);
    qtest_quit(qts);
}

/* Memory */

typedef struct RamCase {
    const char *size;
    uint64_t low_end;           /* of RAM below 4 GiB */
    uint64_t high_end;          /* 0: none above */
} RamCase;

static const RamCase ram_cases[] = {
    { "1M", 0x100000, 0 },
    { "128", 0x8000000, 0 },
    { "3G", 0xc0000000, 0 },
    { "3584M", 0xc0000000, 0x120000000 },
    { "5G", 0xc0000000, 0x180000000 },
};

static void i440fx_check_ram_end(QTestState *qts, uint64_t end)
{
    qtest_writeq(qts, end - 8, ~end);
    g_assert_cmphex(qtest_readq(qts, end - 8), ==, ~end);
    qtest_writeq(qts, end, ~end);
    g_assert_cmphex(qtest_readq(qts, end), !=, ~end);
}

/*
 * What does not fit below the PCI hole goes on at 4 GiB.  The host gives only
 * pages that are touched, so 5 GiB are no burden.
 */
static void test_ram(const void *data)
{
    const RamCase *t = data;
    QTestState *qts = qtest_initf(
        "-machine pc,memory-backend=ram -nodefaults -m %s "
        "-object memory-backend-ram,id=ram,reserve=off,size=%s%s",
        t->size, t->size, g_ascii_isalpha(t->size[strlen(t->size) - 1]) ?
        "" : "M");

    i440fx_check_ram_end(qts, t->low_end);
    if (t->high_end) {
        i440fx_check_ram_end(qts, t->high_end);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/i440fx/defaults", test_defaults);
    qtest_add_func("/i440fx/config/sizes-and-offsets", test_sizes_and_offsets);
    qtest_add_func("/i440fx/config/byte-write", test_byte_write);
    qtest_add_func("/i440fx/config/address-port", test_address_port);
    qtest_add_func("/i440fx/config/not-enabled", test_not_enabled);
    qtest_add_func("/i440fx/config/absent-device", test_absent_device);
    qtest_add_func("/i440fx/pam", test_pam);
    qtest_add_func("/i440fx/pam/bios", test_pam_bios);
    qtest_add_func("/i440fx/smram", test_smram);
    for (size_t i = 0; i < ARRAY_SIZE(ram_cases); i++) {
        g_autofree char *path = g_strdup_printf("/i440fx/ram/%s",
                                                ram_cases[i].size);

        qtest_add_data_func(path, &ram_cases[i], test_ram);
    }
    return g_test_run();
}
