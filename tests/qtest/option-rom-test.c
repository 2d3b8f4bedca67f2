/*
 * Option ROMs: in a device's BAR, or among the firmware's files.
 *
 * The test is the firmware that goes by the PCI Firmware Specification: size
 * the ROM's BAR, switch it on, look for 0xaa55 and "PCIR".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "hw/pci/pci_ids.h"
#include "hw/pci/pci_regs.h"
#include "libqos/fw_cfg.h"
#include "pci-bridge-test.h"
#include "qemu/bswap.h"

#define DEVFN       (4 << 3)
#define ROM_ADDR    0xe0000000
#define ROM_SIZE    1536        /* in the file; its BAR has 2 KiB */
#define PCIR        0x20

/* A folder with a ROM in it. */
typedef struct RomDir {
    char *dir;
    char *path;
    uint8_t rom[ROM_SIZE];
} RomDir;

static uint8_t rom_sum(const uint8_t *rom)
{
    uint8_t sum = 0;

    for (int i = 0; i < ROM_SIZE; i++) {
        sum += rom[i];
    }
    return sum;
}

/* For a device that there is not. */
static void rom_make(RomDir *d, const char *name)
{
    uint8_t *rom = d->rom;

    memset(rom, 0, ROM_SIZE);
    stw_le_p(rom, 0xaa55);
    rom[2] = ROM_SIZE / 512;
    stw_le_p(rom + 0x18, PCIR);
    memcpy(rom + PCIR, "PCIR", 4);
    stw_le_p(rom + PCIR + 4, 0x1234);
    stw_le_p(rom + PCIR + 6, 0x5678);
    memset(rom + 0x100, 0x5a, 0x100);
    rom[6] = -rom_sum(rom);

    d->dir = g_dir_make_tmp("rom-XXXXXX", NULL);
    d->path = g_build_filename(d->dir, name, NULL);
    g_assert_true(g_file_set_contents(d->path, (char *)rom, ROM_SIZE, NULL));
}

static void rom_remove(RomDir *d)
{
    unlink(d->path);
    rmdir(d->dir);
    g_free(d->path);
    g_free(d->dir);
}

static uint32_t rom_bar_size(QTestState *qts)
{
    uint32_t mask;

    pc_config_writel(qts, DEVFN, PCI_ROM_ADDRESS, 0xfffff800);
    mask = pc_config_readl(qts, DEVFN, PCI_ROM_ADDRESS) & 0xfffff800;
    return -mask;
}

static void rom_map(QTestState *qts)
{
    pc_config_writel(qts, DEVFN, PCI_COMMAND, PCI_COMMAND_MEMORY);
    pc_config_writel(qts, DEVFN, PCI_ROM_ADDRESS,
                     ROM_ADDR | PCI_ROM_ADDRESS_ENABLE);
}

/* The user's file is shown as it is, and cannot be written. */
static void test_romfile(void)
{
    uint8_t buf[ROM_SIZE];
    QTestState *qts;
    RomDir d;

    rom_make(&d, "own.rom");
    qts = qtest_initf("-machine pc -nodefaults "
                      "-device tally,addr=4,romfile=%s", d.path);
    g_assert_cmphex(rom_bar_size(qts), ==, 2048);
    rom_map(qts);
    qtest_memread(qts, ROM_ADDR, buf, ROM_SIZE);
    g_assert_cmpmem(buf, ROM_SIZE, d.rom, ROM_SIZE);
    g_assert_cmphex(qtest_readl(qts, ROM_ADDR + ROM_SIZE), ==, 0);

    qtest_writel(qts, ROM_ADDR, 0);
    g_assert_cmphex(qtest_readw(qts, ROM_ADDR), ==, 0xaa55);

    /* Off, there is nothing. */
    pc_config_writel(qts, DEVFN, PCI_ROM_ADDRESS, ROM_ADDR);
    g_assert_cmphex(qtest_readw(qts, ROM_ADDR), !=, 0xaa55);
    qtest_quit(qts);
    rom_remove(&d);
}

/*
 * Each type of PCI device may have one.  It is on the bus behind a bridge, and
 * the bridge, whose register is elsewhere, has one, too.
 */
static void test_all_types(void)
{
    static const char *const types[] = {
        "edu", "i6300esb", "ivshmem-plain,memdev=m0", "pci-bridge,chassis_nr=2",
        "pci-bridge-seat,chassis_nr=3", "pci-serial,chardev=c0",
        "pci-serial-2x,chardev1=c1", "pci-serial-4x,chardev1=c2", "pci-testdev",
        "pvpanic-pci", "tally", "virtio-balloon-pci",
        "virtio-net-pci-transitional,netdev=n0",
        "virtio-net-pci-non-transitional,netdev=n1", "virtio-net-pci,netdev=n2",
        "virtio-rng-pci",
    };
    g_autoptr(GString) args = g_string_new("-machine pc -nodefaults "
        "-object memory-backend-ram,id=m0,size=4K -chardev null,id=c0 "
        "-chardev null,id=c1 -chardev null,id=c2 "
        "-netdev hubport,id=n0,hubid=0 -netdev hubport,id=n1,hubid=0 "
        "-netdev hubport,id=n2,hubid=0 ");
    QTestState *qts;
    RomDir d;

    rom_make(&d, "own.rom");
    g_string_append_printf(args, "-device pci-bridge,id=br,chassis_nr=1,addr=4,"
                           "romfile=%s ", d.path);
    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        g_string_append_printf(args, "-device %s,bus=br,addr=%x,romfile=%s ",
                               types[i], i + 1, d.path);
    }
    qts = qtest_init(args->str);
    /* Its own first, in front of the window that all of the others use. */
    bridge_setup(qts, DEVFN, 1, 1);
    pc_config_writel(qts, DEVFN, PCI_ROM_ADDRESS1,
                     (ROM_ADDR - 4096) | PCI_ROM_ADDRESS_ENABLE);
    g_assert_cmphex(qtest_readw(qts, ROM_ADDR - 4096), ==, 0xaa55);
    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        uint16_t bdf = PC_BDF(1, i + 1, 0);
        bool bridge = g_str_has_prefix(types[i], "pci-bridge");
        uint8_t reg = bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS;
        uint8_t buf[ROM_SIZE];

        pc_config_writel(qts, bdf, reg, 0xfffff800);
        g_assert_cmphex(pc_config_readl(qts, bdf, reg), ==, 0xfffff800);
        pc_config_writel(qts, bdf, reg, ROM_ADDR | PCI_ROM_ADDRESS_ENABLE);
        g_assert_cmphex(qtest_readw(qts, ROM_ADDR), !=, 0xaa55);
        pc_config_writel(qts, bdf, PCI_COMMAND, PCI_COMMAND_MEMORY);
        qtest_memread(qts, ROM_ADDR, buf, ROM_SIZE);
        g_assert_cmpmem(buf, ROM_SIZE, d.rom, ROM_SIZE);
        pc_config_writel(qts, bdf, PCI_COMMAND, 0);
    }
    qtest_quit(qts);
    rom_remove(&d);
}

/* A default ROM, found in a folder of -L, gets the device's IDs. */
static void test_default_is_patched(void)
{
    uint8_t buf[ROM_SIZE];
    QTestState *qts;
    RomDir d;

    rom_make(&d, "efi-virtio.rom");
    qts = qtest_initf("-machine pc -nodefaults -L %s "
                      "-device virtio-net-pci,addr=4", d.dir);
    g_assert_cmphex(rom_bar_size(qts), ==, 2048);
    rom_map(qts);
    qtest_memread(qts, ROM_ADDR, buf, ROM_SIZE);
    g_assert_cmphex(lduw_le_p(buf + PCIR + 4), ==, 0x1af4);
    g_assert_cmphex(lduw_le_p(buf + PCIR + 6), ==, 0x1000);
    g_assert_cmphex(rom_sum(buf), ==, 0);
    qtest_quit(qts);

    /* None, if it is not wanted. */
    qts = qtest_initf("-machine pc -nodefaults -L %s "
                      "-device virtio-net-pci,addr=4,romfile=", d.dir);
    g_assert_cmphex(rom_bar_size(qts), ==, 0);
    qtest_quit(qts);
    rom_remove(&d);
}

static void test_romsize(void)
{
    QTestState *qts;
    RomDir d;

    rom_make(&d, "own.rom");
    qts = qtest_initf("-machine pc -nodefaults "
                      "-device tally,addr=4,romsize=8192,romfile=%s", d.path);
    g_assert_cmphex(rom_bar_size(qts), ==, 8192);
    qtest_quit(qts);
    rom_remove(&d);
}

/* Without a BAR it is among the firmware's files, with those of -option-rom. */
static void test_firmware_files(void)
{
    g_autofree char *order = g_malloc0(4096);
    uint8_t buf[ROM_SIZE];
    QFWCFG *fw_cfg;
    QTestState *qts;
    RomDir a, b;

    rom_make(&a, "a.rom");
    rom_make(&b, "b.rom");
    qts = qtest_initf("-machine pc -nodefaults -option-rom %s,bootindex=2 "
                      "-device tally,addr=4,rombar=0,romfile=%s",
                      b.path, a.path);
    g_assert_cmphex(rom_bar_size(qts), ==, 0);
    fw_cfg = pc_fw_cfg_init(qts);
    g_assert_cmpuint(qfw_cfg_get_file(fw_cfg, "genroms/a.rom", buf, ROM_SIZE),
                     ==, ROM_SIZE);
    g_assert_cmpmem(buf, ROM_SIZE, a.rom, ROM_SIZE);
    g_assert_cmpuint(qfw_cfg_get_file(fw_cfg, "genroms/b.rom", buf, ROM_SIZE),
                     ==, ROM_SIZE);
    qfw_cfg_get_file(fw_cfg, "bootorder", order, 4096);
    g_assert_cmpstr(order, ==, "/rom@genroms/b.rom");
    pc_fw_cfg_uninit(fw_cfg);
    qtest_quit(qts);
    rom_remove(&a);
    rom_remove(&b);
}

/* It would come too late for the firmware's files. */
static void test_hotplug_needs_a_bar(void)
{
    QTestState *qts;
    QDict *rsp;
    RomDir d;

    rom_make(&d, "own.rom");
    qts = qtest_initf("-machine pc -nodefaults");
    rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments': "
                    "{'driver': 'tally', 'addr': '4', 'rombar': 0, "
                    "'romfile': %s}}", d.path);
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "Hot-plugged device without ROM bar can't have an option "
                    "ROM");
    qobject_unref(rsp);
    rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments': "
                    "{'driver': 'tally', 'addr': '4', 'romfile': %s}}",
                    d.path);
    g_assert_true(qdict_haskey(rsp, "return"));
    qobject_unref(rsp);
    g_assert_cmphex(rom_bar_size(qts), ==, 2048);
    qtest_quit(qts);
    rom_remove(&d);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/option-rom/romfile", test_romfile);
    qtest_add_func("/option-rom/all-types", test_all_types);
    qtest_add_func("/option-rom/default-is-patched", test_default_is_patched);
    qtest_add_func("/option-rom/romsize", test_romsize);
    qtest_add_func("/option-rom/firmware-files", test_firmware_files);
    qtest_add_func("/option-rom/hotplug-needs-a-bar", test_hotplug_needs_a_bar);

    return g_test_run();
}
