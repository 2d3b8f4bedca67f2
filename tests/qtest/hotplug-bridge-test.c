/*
 * PCI hotplug behind bridges: by ACPI where the bridge was there from the
 * start, by the hot plug controller of one that came later; and the coming and
 * going of bridges with all that is behind them.
 *
 * The numbers of the buses and the errors' texts were read from QEMU 7.2.  Read
 * first: hotplug-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos/acpi-guest.h"
#include "libqos/census.h"
#include "pci-bridge-test.h"
#include "edu.h"
#include "qapi/qmp/qdict.h"

#define BR1             PC_BDF(0, 4, 0)
#define BR2             PC_BDF(1, 7, 0)
#define DEV             PC_BDF(2, 3, 0)
#define TWO_BRIDGES     "-device pci-bridge,id=br1,chassis_nr=1,addr=4 " \
                        "-device pci-bridge,id=br2,chassis_nr=2,bus=br1,addr=7 "

/* The numbers of the buses for ACPI: depth first. */
#define BSEL_BR1        1
#define BSEL_BR2        2

static QTestState *bridge_start(const char *args)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults " TWO_BRIDGES "%s",
                                  args);

    bridge_setup(qts, BR1, 1, 2);
    bridge_setup(qts, BR2, 2, 2);
    acpi_guest_boot(qts);
    return qts;
}

static uint16_t vendor(QTestState *qts, uint16_t bdf)
{
    return pc_config_readl(qts, bdf, PCI_VENDOR_ID);
}

static void check_error(QDict *rsp, const char *desc)
{
    QDict *error = qdict_get_qdict(rsp, "error");

    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    qobject_unref(rsp);
}

static QDict *device_add(QTestState *qts, const char *driver, const char *bus,
                         const char *addr)
{
    return qtest_qmp(qts, "{'execute': 'device_add', 'arguments': {"
                          " 'driver': %s, 'bus': %s, 'addr': %s}}",
                     driver, bus, addr);
}

static uint32_t pcihp(QTestState *qts, uint32_t bsel, uint16_t reg)
{
    qtest_outl(qts, ACPI_PCIHP_SEL, bsel);
    return qtest_inl(qts, reg);
}

/* A device comes to the bus behind two bridges, works, and goes. */
static void test_cycle(void)
{
    QTestState *qts = bridge_start("");
    Census *before = census_take(qts);

    for (int i = 0; i < 2; i++) {
        qtest_qmp_device_add(qts, "edu", "e0", "{'bus': 'br2', 'addr': '3'}");
        g_assert_cmphex(acpi_guest_answer_bus(qts, BSEL_BR2), ==, 1 << 3);
        g_assert_cmphex(pcihp(qts, 0, ACPI_PCIHP_UP), ==, 0);
        g_assert_cmphex(pcihp(qts, BSEL_BR1, ACPI_PCIHP_UP), ==, 0);
        g_assert_cmphex(vendor(qts, DEV), ==, 0x1234);
        pc_config_writel(qts, DEV, PCI_BASE_ADDRESS_0, BRIDGE_MEM_BASE);
        pc_config_writel(qts, DEV, PCI_COMMAND,
                         PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
        g_assert_cmphex(qtest_readl(qts, BRIDGE_MEM_BASE + EDU_REG_ID), ==,
                        EDU_ID);

        /* It goes with its interrupt raised, and in the middle of DMA. */
        qtest_writel(qts, BRIDGE_MEM_BASE + EDU_REG_IRQ_RAISE, 1);
        qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_SRC, EDU_DMA_START);
        qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_CNT, 4);
        qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_CMD,
                     EDU_DMA_RUN | EDU_DMA_TO_PCI | EDU_DMA_IRQ);
        qtest_qmp_device_del_send(qts, "e0");
        acpi_guest_answer_bus(qts, BSEL_BR2);
        g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
        qtest_clock_step(qts, 100 * 1000 * 1000);
        census_wait_deleted(qts, "e0");
    }
    census_check(qts, before);
    qtest_quit(qts);
}

/* Bridges of the start stay: the guest has been told of them by its tables. */
static void test_bridge_stays(void)
{
    QTestState *qts = bridge_start("");

    g_assert_cmphex(pcihp(qts, 0, ACPI_PCIHP_RMV), ==, 0xffffffec);
    g_assert_cmphex(pcihp(qts, BSEL_BR1, ACPI_PCIHP_RMV), ==, 0xffffff7f);
    g_assert_cmphex(pcihp(qts, BSEL_BR2, ACPI_PCIHP_RMV), ==, 0xffffffff);
    g_assert_cmphex(pcihp(qts, 3, ACPI_PCIHP_RMV), ==, 0xffffffff);
    g_assert_cmphex(pcihp(qts, 0xffff, ACPI_PCIHP_RMV), ==, 0);

    qtest_qmp_device_del_send(qts, "br1");
    qtest_qmp_device_del_send(qts, "br2");
    acpi_guest_answer_bus(qts, BSEL_BR1);
    qtest_outl(qts, ACPI_PCIHP_SEL, 0);
    qtest_outl(qts, ACPI_PCIHP_EJ, 1 << 4);
    g_assert_cmphex(vendor(qts, BR1), ==, 0x1b36);
    g_assert_cmphex(vendor(qts, BR2), ==, 0x1b36);
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    g_assert_cmphex(vendor(qts, BR1), ==, 0x1b36);
    qtest_quit(qts);
}

/* One that comes later has a controller; it goes with all that is behind it. */
static void test_bridge_cycle(void)
{
    static const char *const ids[] = { "e6", "br4", "e5", "br3" };
    QTestState *qts = bridge_start("");
    Census *before = census_take(qts);

    qtest_qmp_device_add(qts, "pci-bridge", "br3",
                         "{'addr': '9', 'chassis_nr': 3}");
    g_assert_cmphex(acpi_guest_answer(qts), ==, 1 << 9);
    qtest_qmp_device_add(qts, "edu", "e5", "{'bus': 'br3', 'addr': '2'}");
    qtest_qmp_device_add(qts, "pci-bridge", "br4",
                         "{'bus': 'br3', 'addr': '3', 'chassis_nr': 4}");
    qtest_qmp_device_add(qts, "edu", "e6", "{'bus': 'br4', 'addr': '2'}");
    /* ACPI has nothing to do with it. */
    g_assert_false(acpi_guest_sci(qts));
    bridge_setup(qts, PC_BDF(0, 9, 0), 3, 4);
    bridge_setup(qts, PC_BDF(3, 3, 0), 4, 4);
    g_assert_cmphex(vendor(qts, PC_BDF(4, 2, 0)), ==, 0x1234);

    qtest_qmp_device_del_send(qts, "br3");
    acpi_guest_answer(qts);
    for (int i = 0; i < ARRAY_SIZE(ids); i++) {
        census_wait_deleted(qts, ids[i]);
    }
    g_assert_cmphex(vendor(qts, PC_BDF(0, 9, 0)), ==, 0xffff);
    g_assert_cmphex(vendor(qts, PC_BDF(3, 2, 0)), ==, 0xffff);
    g_assert_cmphex(vendor(qts, PC_BDF(4, 2, 0)), ==, 0xffff);
    census_check(qts, before);
    qtest_quit(qts);
}

/* Behind a bridge of the start one can be plugged in as well. */
static void test_bridge_below(void)
{
    QTestState *qts = bridge_start("");
    Census *before = census_take(qts);

    qtest_qmp_device_add(qts, "pci-bridge", "br3",
                         "{'bus': 'br2', 'addr': '3', 'chassis_nr': 3}");
    g_assert_cmphex(acpi_guest_answer_bus(qts, BSEL_BR2), ==, 1 << 3);
    bridge_number(qts, BR1, 1, 3);
    bridge_number(qts, BR2, 2, 3);
    bridge_number(qts, DEV, 3, 3);
    qtest_qmp_device_add(qts, "edu", "e0", "{'bus': 'br3', 'addr': '1'}");
    g_assert_cmphex(vendor(qts, PC_BDF(3, 1, 0)), ==, 0x1234);

    /* A reset of the machine leaves it there, and it is no bus of ACPI. */
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    bridge_setup(qts, BR1, 1, 2);
    bridge_setup(qts, BR2, 2, 2);
    acpi_guest_map_pm(qts);
    qtest_outb(qts, ACPI_SMI_CMD, 0xf1);
    qtest_outw(qts, ACPI_GPE0_EN, 1 << 1);
    g_assert_cmphex(vendor(qts, DEV), ==, 0x1b36);
    g_assert_cmphex(pcihp(qts, BSEL_BR2, ACPI_PCIHP_RMV), ==, 0xffffffff);

    qtest_qmp_device_del_send(qts, "br3");
    acpi_guest_answer_bus(qts, BSEL_BR2);
    census_wait_deleted(qts, "br3");
    census_check(qts, before);
    qtest_quit(qts);
}

/* All functions of a slot go at once; function 0 shows the others. */
static void test_functions(void)
{
    QTestState *qts = bridge_start("");

    qtest_qmp_device_add(qts, "edu", "f1", "{'bus': 'br2', 'addr': '3.1'}");
    g_assert_cmphex(acpi_guest_answer_bus(qts, BSEL_BR2), ==, 1 << 3);
    g_assert_cmphex(vendor(qts, DEV + 1), ==, 0xffff);
    qtest_qmp_device_add(qts, "edu", "f0", "{'bus': 'br2', 'addr': '3.0',"
                                           " 'multifunction': true}");
    acpi_guest_answer_bus(qts, BSEL_BR2);
    g_assert_cmphex(vendor(qts, DEV + 1), ==, 0x1234);
    check_error(device_add(qts, "edu", "br2", "3.2"),
                "PCI: slot 3 function 0 already occupied by edu, "
                "new func edu cannot be exposed to guest.");
    qtest_qmp_device_del_send(qts, "f1");
    acpi_guest_answer_bus(qts, BSEL_BR2);
    census_wait_deleted(qts, "f0");
    g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
    qtest_quit(qts);
}

/* What cannot come leaves nothing, and says why. */
static void test_errors(void)
{
    QTestState *qts = bridge_start("-device edu,id=e0,bus=br2,addr=3,"
                                   "acpi-index=7");
    Census *before = census_take(qts);

    check_error(device_add(qts, "edu", "br2", "3"),
                "PCI: slot 3 function 0 not available for edu, in use by "
                "edu,id=e0");
    check_error(device_add(qts, "edu", "br3", "3"), "Bus 'br3' not found");
    check_error(device_add(qts, "pci-bridge", "br2", "5"),
                "Bridge chassis not specified. Each bridge is required to be "
                "assigned a unique chassis id > 0.");
    /* An acpi-index is one of the machine's. */
    check_error(qtest_qmp(qts, "{'execute': 'device_add', 'arguments': {"
                               " 'driver': 'edu', 'bus': 'br1',"
                               " 'acpi-index': 7}}"),
                "a PCI device with acpi-index = 7 already exist");
    check_error(qtest_qmp(qts, "{'execute': 'device_add', 'arguments': {"
                               " 'driver': 'pci-bridge', 'bus': 'br1',"
                               " 'chassis_nr': 3, 'mem-reserve': 4294967296}}"),
                "PCI resource reserve cap: mem-reserve must be less than 4G");
    census_check(qts, before);

    /* A bridge that came later has no slot 0, or no slots at all. */
    qtest_qmp_device_add(qts, "pci-bridge", "br3",
                         "{'addr': '9', 'chassis_nr': 3}");
    check_error(device_add(qts, "edu", "br3", "0"),
                "Unsupported PCI slot 0 for standard hotplug controller. "
                "Valid slots are between 1 and 31.");
    qtest_qmp_device_add(qts, "pci-bridge", "br4",
                         "{'addr': '0xa', 'chassis_nr': 4, 'shpc': false}");
    check_error(device_add(qts, "edu", "br4", "1"),
                "Bus 'br4' does not support hotplugging");
    qtest_quit(qts);
}

/* acpi-index is told for the slot of the bus that was selected. */
static void test_acpi_index(void)
{
    QTestState *qts = bridge_start("-device edu,bus=br2,addr=3,acpi-index=7 "
                                   "-device edu,bus=br1,addr=3,acpi-index=8");

    for (uint32_t bsel = 0; bsel < 4; bsel++) {
        static const uint32_t want[] = { 0, 8, 7, 0 };

        qtest_outl(qts, ACPI_PCIHP_SEL, bsel);
        qtest_outl(qts, ACPI_PCIHP_AIDX, 1 << 3);
        g_assert_cmpuint(qtest_inl(qts, ACPI_PCIHP_AIDX), ==, want[bsel]);
    }
    qtest_quit(qts);
}

/* Without ACPI's hotplug a bridge's own, without that none. */
static void test_without_acpi(void)
{
    QTestState *qts = bridge_start("-global PIIX4_PM.acpi-pci-hotplug-with-"
                                   "bridge-support=off -device pci-bridge,"
                                   "id=br3,chassis_nr=3,addr=5,shpc=off");

    check_error(device_add(qts, "edu", "br3", "1"),
                "Bus 'br3' does not support hotplugging");
    check_error(device_add(qts, "edu", "br2", "0"),
                "Unsupported PCI slot 0 for standard hotplug controller. "
                "Valid slots are between 1 and 31.");
    qtest_qmp_device_add(qts, "edu", "e0", "{'bus': 'br2', 'addr': '3'}");
    g_assert_false(acpi_guest_sci(qts));
    g_assert_cmphex(vendor(qts, DEV), ==, 0x1234);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/hotplug-bridge/cycle", test_cycle);
    qtest_add_func("/hotplug-bridge/bridge-stays", test_bridge_stays);
    qtest_add_func("/hotplug-bridge/bridge-cycle", test_bridge_cycle);
    qtest_add_func("/hotplug-bridge/bridge-below", test_bridge_below);
    qtest_add_func("/hotplug-bridge/functions", test_functions);
    qtest_add_func("/hotplug-bridge/errors", test_errors);
    qtest_add_func("/hotplug-bridge/acpi-index", test_acpi_index);
    qtest_add_func("/hotplug-bridge/without-acpi", test_without_acpi);
    return g_test_run();
}
