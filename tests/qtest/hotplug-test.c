/*
 * PCI hotplug: device_add, device_del, and a guest whose ACPI code answers.
 *
 * The test is client and guest at once: it asks by QMP, and does by hand what
 * the methods of the DSDT would do (libqos/acpi-guest.h).  After each device
 * that went, and each that could not come, the program has what it had before.
 *
 * The errors' texts were read from QEMU 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "hw/pci/pci_regs.h"
#include "libqos/acpi-guest.h"
#include "libqos/census.h"
#include "libqos/virtio-net.h"
#include "pc-test.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"

#define SLOT            7
#define DEVFN           (SLOT << 3)

/* Without a peer at the other end of the network card. */
#define NOBODY          "-netdev hubport,hubid=0,id=n0"

static QTestState *hotplug_start(const char *args)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults %s", args);

    acpi_guest_boot(qts);
    return qts;
}

static uint16_t vendor(QTestState *qts, uint8_t devfn)
{
    return pc_config_readl(qts, devfn, PCI_VENDOR_ID);
}

static bool exists(QTestState *qts, const char *path)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-list',"
                                " 'arguments': {'path': %s}}", path);
    bool ok = qdict_haskey(rsp, "return");

    qobject_unref(rsp);
    return ok;
}

/* @rsp, which goes, is an error of this class and text. */
static void check_error(QDict *rsp, const char *class, const char *desc)
{
    QDict *error = qdict_get_qdict(rsp, "error");

    if (!error) {
        g_test_message("succeeded: wanted \"%s\"", desc);
    }
    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    qobject_unref(rsp);
}

static QDict *device_del(QTestState *qts, const char *id)
{
    return qtest_qmp(qts, "{'execute': 'device_del',"
                          " 'arguments': {'id': %s}}", id);
}

/* A whole life: the guest sees it come, and lets it go. */
static void device_cycle(QTestState *qts, const char *driver,
                         const char *props)
{
    QDict *args = qobject_to(QDict, qobject_from_json(props, NULL));

    qdict_put_str(args, "id", "dev0");
    qdict_put_str(args, "addr", "7");
    qtest_qmp_device_add_qdict(qts, driver, args);
    qobject_unref(args);
    g_assert_cmphex(acpi_guest_answer(qts), ==, 1 << SLOT);
    g_assert_cmphex(vendor(qts, DEVFN), !=, 0xffff);

    qtest_qmp_device_del_send(qts, "dev0");
    g_assert_cmphex(acpi_guest_answer(qts), ==, 0);
    census_wait_deleted(qts, "dev0");
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0xffff);
}

/* Coming and going */

/* A device that comes raises the SCI, and is told once. */
static void test_add(void)
{
    QTestState *qts = hotplug_start("");

    g_assert_false(acpi_guest_sci(qts));
    qtest_qmp_device_add(qts, "tally", "t0", "{'addr': '7'}");
    g_assert_true(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_UP), ==, 1 << SLOT);
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_UP), ==, 0);
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_DOWN), ==, 0);
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0x1234);
    g_assert_true(qtest_qom_get_bool(qts, "/machine/peripheral/t0",
                                     "hotplugged"));

    /* The chip set's slots cannot be ejected. */
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_RMV), ==, 0xfffffffc);
    qtest_quit(qts);
}

/* One that was there from the start has no request, but goes as well. */
static void test_coldplugged(void)
{
    QTestState *qts = hotplug_start("-device tally,id=t0,addr=7");

    g_assert_false(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_UP), ==, 0);
    qtest_qmp_device_del_send(qts, "t0");
    acpi_guest_answer(qts);
    census_wait_deleted(qts, "t0");
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0xffff);
    qtest_quit(qts);
}

/* Asked, the device stays until the guest writes to "ej". */
static void test_del(void)
{
    QTestState *qts = hotplug_start("");
    Census *before = census_take(qts);

    qtest_qmp_device_add(qts, "tally", "t0", "{'addr': '7'}");
    acpi_guest_answer(qts);
    qtest_qmp_device_del_send(qts, "t0");
    g_assert_true(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_DOWN), ==, 1 << SLOT);
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0x1234);
    g_assert_null(qtest_qmp_event_ref(qts, "DEVICE_DELETED"));

    acpi_guest_answer(qts);
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0xffff);
    g_assert_false(exists(qts, "/machine/peripheral/t0"));
    census_wait_deleted(qts, "t0");
    census_check(qts, before);
    qtest_quit(qts);
}

/* While the guest thinks about it, and after it should have answered. */
static void test_del_twice(void)
{
    QTestState *qts = hotplug_start("-device tally,id=t0,addr=7");

    qtest_qmp_device_del_send(qts, "t0");
    check_error(device_del(qts, "t0"), "GenericError",
                "Device t0 is already in the process of unplug");
    acpi_guest_sci(qts);
    qtest_outw(qts, ACPI_GPE0_STS, 1 << 1);     /* a guest that forgets */
    g_assert_false(acpi_guest_sci(qts));

    qtest_clock_step(qts, 1000000);
    qtest_qmp_device_del_send(qts, "t0");
    acpi_guest_answer(qts);
    census_wait_deleted(qts, "t0");
    check_error(device_del(qts, "t0"), "DeviceNotFound",
                "Device 't0' not found");
    qtest_quit(qts);
}

/* A reset: nobody would answer any more, so the device goes at once. */
static void test_del_reset(void)
{
    QTestState *qts = hotplug_start("-device tally,id=t0,addr=7");

    qtest_qmp_device_del_send(qts, "t0");
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    census_wait_deleted(qts, "t0");
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0xffff);
    g_assert_false(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_DOWN), ==, 0);

    /* One that nobody asked for stays. */
    qtest_qmp_device_add(qts, "tally", "t1", "{'addr': '7'}");
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0x1234);
    qtest_quit(qts);
}

/* Nor does a guest that has not started yet need to be asked for long. */
static void test_del_stopped(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults -S "
                                 "-device tally,id=t0,addr=7");

    qtest_qmp_device_del_send(qts, "t0");
    g_assert_true(exists(qts, "/machine/peripheral/t0"));
    qtest_outl(qts, ACPI_PCIHP_EJ, 1 << SLOT);
    census_wait_deleted(qts, "t0");
    qtest_quit(qts);
}

/* Each type that can come, twice, and the second life is as the first. */
static void test_types(void)
{
    static const struct {
        const char *driver, *props;
    } types[] = {
        { "tally", "{\"limit\": 5}" },
        { "virtio-net-pci", "{}" },
        { "virtio-net-pci", "{\"netdev\": \"n0\", \"mq\": true}" },
        { "virtio-net-pci-non-transitional", "{\"netdev\": \"n0\"}" },
        { "virtio-net-pci-transitional", "{\"vectors\": 0}" },
    };
    QTestState *qts = hotplug_start(NOBODY);

    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        Census *before = census_take(qts);

        device_cycle(qts, types[i].driver, types[i].props);
        device_cycle(qts, types[i].driver, types[i].props);
        census_check(qts, before);
    }
    qtest_quit(qts);
}

/* Functions 1 to 7 first: when function 0 comes, the guest looks at all. */
static void test_multifunction(void)
{
    QTestState *qts = hotplug_start("");
    Census *before = census_take(qts);

    qtest_qmp_device_add(qts, "tally", "f1", "{'addr': '7.1'}");
    qtest_qmp_device_add(qts, "tally", "f5", "{'addr': '7.5'}");
    g_assert_cmphex(acpi_guest_answer(qts), ==, 1 << SLOT);
    g_assert_cmphex(vendor(qts, DEVFN), ==, 0xffff);
    check_error(qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                               " {'driver': 'tally', 'addr': '7'}}"),
                "GenericError", "PCI: 7.0 indicates single function, "
                "but 7.1 is already populated.");
    qtest_qmp_device_add(qts, "tally", "f0",
                         "{'addr': '7.0', 'multifunction': true}");
    g_assert_cmphex(acpi_guest_answer(qts), ==, 1 << SLOT);
    check_error(qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                               " {'driver': 'tally', 'addr': '7.2'}}"),
                "GenericError", "PCI: slot 7 function 0 already occupied by "
                "tally, new func tally cannot be exposed to guest.");

    /* The slot goes as a whole, whichever function was asked for. */
    qtest_qmp_device_del_send(qts, "f5");
    acpi_guest_answer(qts);
    for (int fn = 0; fn < 8; fn++) {
        g_assert_cmphex(vendor(qts, DEVFN | fn), ==, 0xffff);
    }
    census_wait_deleted(qts, "f1");
    census_check(qts, before);
    qtest_quit(qts);
}

/* Refusals */

/* Every way in which an add can fail, and nothing is left of it. */
static void test_add_refused(void)
{
    static const struct {
        const char *args, *desc;
    } cases[] = {
        { "{}", "Parameter 'driver' is missing" },
        { "{'driver': 'nosuch'}", "'nosuch' is not a valid device model name" },
        { "{'driver': 'device'}",
          "Parameter 'driver' expects a non-abstract device type" },
        { "{'driver': 'PIIX4_PM'}",
          "Parameter 'driver' expects a pluggable device type" },
        { "{'driver': 'tally', 'id': 'in use'}",
          "Parameter 'id' expects an identifier" },
        { "{'driver': 'tally', 'id': 't0'}", "Duplicate device ID 't0'" },
        { "{'driver': 'tally', 'nosuch': 1}",
          "Property 'tally.nosuch' not found" },
        { "{'driver': 'tally', 'limit': -1}",
          "Parameter 'limit' expects uint32_t" },
        { "{'driver': 'tally', 'limit': 0}", "'limit' must be at least 1" },
        { "{'driver': 'tally', 'bus': 'nosuch'}", "Bus 'nosuch' not found" },
        { "{'driver': 'tally', 'bus': 'isa.0'}",
          "Device 'tally' can't go on ISA bus" },
        { "{'driver': 'virtio-net-device'}",
          "No 'virtio-bus' bus found for device 'virtio-net-device'" },
        { "{'driver': 'tally', 'addr': '20'}",
          "Property 'tally.addr' doesn't take value '20'" },
        { "{'driver': 'tally', 'addr': '4'}",
          "PCI: slot 4 function 0 not available for tally, in use by tally,"
          "id=t0" },
        { "{'driver': 'tally', 'addr': '4.1'}",
          "PCI: slot 4 function 0 already occupied by tally, new func tally "
          "cannot be exposed to guest." },
        { "{'driver': 'tally', 'romfile': 'nosuch'}",
          "failed to find romfile \"nosuch\"" },
        { "{'driver': 'tally', 'romsize': 3}",
          "ROM size 3 is not a power of two" },
        { "{'driver': 'tally', 'acpi-index': 16384}",
          "acpi-index should be less or equal to 16383" },
        { "{'driver': 'tally', 'acpi-index': 9}",
          "a PCI device with acpi-index = 9 already exist" },
        { "{'driver': 'tally', 'failover_pair_id': 'x'}",
          "failover primary device must be on PCIExpress bus" },
        { "{'driver': 'virtio-net-pci', 'netdev': 'nosuch'}",
          "Property 'virtio-net-device.netdev' can't find value 'nosuch'" },
        { "{'driver': 'virtio-net-pci', 'netdev': 'n0'}",
          "Property 'virtio-net-device.netdev' can't take value 'n0', it's in "
          "use" },
        { "{'driver': 'virtio-net-pci', 'netdev': 'n1', 'vectors': -1}",
          "Parameter 'vectors' expects uint32_t" },
        { "{'driver': 'virtio-net-pci', 'netdev': 'n1', 'mac': 'zz'}",
          "Property 'virtio-net-device.mac' doesn't take value 'zz'" },
        { "{'driver': 'virtio-net-pci', 'netdev': 'n1', 'rx_queue_size': 3}",
          "Invalid rx_queue_size (= 3), must be a power of 2 between 256 and "
          "1024." },
        { "{'driver': 'virtio-net-pci', 'netdev': 'n1', 'duplex': 'foo'}",
          "'duplex' must be 'half' or 'full'" },
        { "{'driver': 'virtio-net-pci', 'netdev': 'n1', 'romfile': 'nosuch'}",
          "failed to find romfile \"nosuch\"" },
    };
    QTestState *qts = hotplug_start(NOBODY " -netdev hubport,hubid=0,id=n1 "
        "-device tally,id=t0,addr=4,acpi-index=9 "
        "-device virtio-net-pci,netdev=n0,addr=5");
    Census *before = census_take(qts);

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        QObject *args = qobject_from_json(cases[i].args, &error_abort);

        check_error(qtest_qmp(qts, "{'execute': 'device_add',"
                                   " 'arguments': %p}", args),
                    "GenericError", cases[i].desc);
        g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_UP), ==, 0);
    }
    census_check(qts, before);

    /* And what they could not have is there for the next. */
    qtest_qmp_device_add(qts, "virtio-net-pci", "nic1",
                         "{'netdev': 'n1', 'addr': '7'}");
    qtest_quit(qts);
}

/* The human monitor's forms of both, which say what went wrong. */
static void test_hmp(void)
{
    QTestState *qts = hotplug_start("");
    Census *before = census_take(qts);
    static const struct {
        const char *line, *answer;
    } cases[] = {
        { "device_add tally,id=t0,addr=7,limit=3", "" },
        { "device_add tally,id=t0", "Error: Duplicate device ID 't0'\r\n" },
        { "device_add nosuch",
          "Error: 'nosuch' is not a valid device model name\r\n" },
        { "device_add id=t1", "Error: Parameter 'driver' is missing\r\n" },
        { "device_add tally,bus=pci.7", "Error: Bus 'pci.7' not found\r\n" },
        { "device_add tally,limit=-1",
          "Error: Parameter 'limit' expects uint32_t\r\n" },
        { "device_del nosuch", "Error: Device 'nosuch' not found\r\n" },
        { "device_del t0", "" },
        { "device_del t0",
          "Error: Device t0 is already in the process of unplug\r\n" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *answer = qtest_hmp(qts, "%s", cases[i].line);

        g_assert_cmpstr(answer, ==, cases[i].answer);
    }
    acpi_guest_answer(qts);
    census_wait_deleted(qts, "t0");
    census_check(qts, before);
    qtest_quit(qts);
}

/* No more than 32 slots. */
static void test_full(void)
{
    QTestState *qts = hotplug_start("");
    Census *before = census_take(qts);
    int n;

    for (n = 2; n < 32; n++) {
        g_autofree char *id = g_strdup_printf("t%d", n);

        qtest_qmp_device_add(qts, "tally", id, "{}");
    }
    check_error(qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                               " {'driver': 'tally'}}"), "GenericError",
                "PCI: no slot/function available for tally, all in use or "
                "reserved");
    g_assert_cmphex(acpi_guest_answer(qts), ==, 0xfffffffc);

    for (n = 2; n < 32; n++) {
        g_autofree char *id = g_strdup_printf("t%d", n);

        qtest_qmp_device_del_send(qts, id);
    }
    acpi_guest_answer(qts);
    census_wait_deleted(qts, "t31");
    census_check(qts, before);
    qtest_quit(qts);
}

/* The path of the board's device of that type; the board numbers them. */
static char *board_device(QTestState *qts, const char *type)
{
    for (int i = 0; i < 100; i++) {
        char *path = g_strdup_printf("/machine/unattached/device[%d]", i);
        QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-get', 'arguments':"
                                    " {'path': %s, 'property': 'type'}}",
                               path);
        bool found = !g_strcmp0(qdict_get_try_str(rsp, "return"), type);

        qobject_unref(rsp);
        if (found) {
            return path;
        }
        g_free(path);
    }
    g_assert_not_reached();
}

static void test_del_refused(void)
{
    QTestState *qts = hotplug_start("-device virtio-net-pci,id=nic0 "
                                    NOBODY);
    Census *before = census_take(qts);
    g_autofree char *piix3 = board_device(qts, "PIIX3");
    g_autofree char *pic = board_device(qts, "isa-i8259");

    check_error(device_del(qts, "nosuch"), "DeviceNotFound",
                "Device 'nosuch' not found");
    check_error(device_del(qts, ""), "GenericError",
                " is not a hotpluggable device");
    check_error(device_del(qts, "nic0/virtio-bus"), "GenericError",
                "nic0/virtio-bus is not a hotpluggable device");
    check_error(device_del(qts, "nic0/virtio-backend"), "GenericError",
                "Bus 'virtio-bus' does not support hotplugging");
    check_error(device_del(qts, piix3), "GenericError",
                "Device 'PIIX3' does not support hotplugging");
    check_error(device_del(qts, "/machine/i440fx"), "GenericError",
                "Bus 'main-system-bus' does not support hotplugging");
    check_error(device_del(qts, pic), "GenericError",
                "Bus 'isa.0' does not support hotplugging");
    census_check(qts, before);
    qtest_quit(qts);
}

/* Without ACPI, or with its hotplug switched off, the bus does not do it. */
static void test_switched_off(void)
{
    static const char *const args[] = {
        "-machine pc,acpi=off",
        "-machine pc -global PIIX4_PM.acpi-root-pci-hotplug=off",
        ("-machine pc -global PIIX4_PM.acpi-root-pci-hotplug=off "
         "-global PIIX4_PM.acpi-pci-hotplug-with-bridge-support=off"),
    };

    for (int i = 0; i < ARRAY_SIZE(args); i++) {
        QTestState *qts = qtest_initf("-nodefaults %s -device tally,id=t0",
                                      args[i]);

        check_error(qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                                   " {'driver': 'tally'}}"), "GenericError",
                    "Bus 'pci.0' does not support hotplugging");
        check_error(device_del(qts, "t0"), "GenericError",
                    "Bus 'pci.0' does not support hotplugging");
        qtest_quit(qts);
    }
}

/* The registers */

/* What a guest may write there, and nothing happens. */
static void test_hostile_guest(void)
{
    QTestState *qts = hotplug_start("-device tally,id=t0,addr=7");
    Census *before = census_take(qts);

    qtest_outl(qts, ACPI_PCIHP_EJ, 0);
    for (int slot = 0; slot < 32; slot++) {
        if (slot != SLOT) {
            qtest_outl(qts, ACPI_PCIHP_EJ, 1u << slot);
        }
    }
    /* Only the lowest bit counts: here, the host bridge's. */
    qtest_outl(qts, ACPI_PCIHP_EJ, 0xffffffff);
    /* A byte is no write; the others are to be read. */
    qtest_outb(qts, ACPI_PCIHP_EJ, 1 << SLOT);
    qtest_outl(qts, ACPI_PCIHP_UP, 0xffffffff);
    qtest_outl(qts, ACPI_PCIHP_DOWN, 0xffffffff);
    qtest_outl(qts, ACPI_PCIHP_RMV, 0);
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_UP), ==, 0);
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_DOWN), ==, 0);
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_EJ), ==, 0);
    g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_RMV), ==, 0xfffffffc);

    /* Buses that are not there: numbers that are, and that are not, possible */
    for (int i = 0; i < 3; i++) {
        static const uint32_t bus[] = { 1, 255, 256 };

        qtest_outl(qts, ACPI_PCIHP_SEL, bus[i]);
        qtest_outl(qts, ACPI_PCIHP_EJ, 1 << SLOT);
        qtest_outl(qts, ACPI_PCIHP_AIDX, 1 << SLOT);
        g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_AIDX), ==, 0);
        g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_SEL), ==,
                        bus[i] < 256 ? bus[i] : 0);
        g_assert_cmphex(qtest_inl(qts, ACPI_PCIHP_RMV), ==,
                        bus[i] < 256 ? 0xffffffff : 0);
    }
    census_check(qts, before);

    /* It may eject what nobody asked it to: then the device goes. */
    qtest_outl(qts, ACPI_PCIHP_SEL, 0);
    qtest_outl(qts, ACPI_PCIHP_EJ, 1 << SLOT);
    census_wait_deleted(qts, "t0");
    qtest_quit(qts);
}

/* The guest asks for a slot's acpi-index, to name its card by. */
static void test_acpi_index(void)
{
    QTestState *qts = hotplug_start("-device tally,id=t0,addr=5,acpi-index=3");

    qtest_qmp_device_add(qts, "tally", "t1",
                         "{'addr': '7', 'acpi-index': 16383}");
    qtest_outl(qts, ACPI_PCIHP_AIDX, 1 << 5);
    g_assert_cmpuint(qtest_inl(qts, ACPI_PCIHP_AIDX), ==, 3);
    g_assert_cmpuint(qtest_inl(qts, ACPI_PCIHP_AIDX), ==, 0);
    qtest_outl(qts, ACPI_PCIHP_AIDX, 1 << 7);
    g_assert_cmpuint(qtest_inl(qts, ACPI_PCIHP_AIDX), ==, 16383);
    qtest_outl(qts, ACPI_PCIHP_AIDX, 1 << 6);
    g_assert_cmpuint(qtest_inl(qts, ACPI_PCIHP_AIDX), ==, 0);

    /* Free again with its device, or when its device could not come. */
    qtest_qmp_device_del_send(qts, "t1");
    acpi_guest_answer(qts);
    check_error(qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                               " {'driver': 'tally', 'limit': 0,"
                               "  'acpi-index': 16383}}"), "GenericError",
                "'limit' must be at least 1");
    qtest_qmp_device_add(qts, "tally", "t2", "{'acpi-index': 16383}");
    qtest_quit(qts);
}

/* Back ends */

static void netdev_del(QTestState *qts, const char *id)
{
    qtest_qmp_assert_success(qts, "{'execute': 'netdev_del',"
                                  " 'arguments': {'id': %s}}", id);
}

static void netdev_add(QTestState *qts, const char *id)
{
    qtest_qmp_assert_success(qts, "{'execute': 'netdev_add', 'arguments':"
                                  " {'type': 'hubport', 'id': %s,"
                                  "  'hubid': 0}}", id);
}

/* The back end before the device, or after it; and then both again. */
static void test_netdev(void)
{
    QTestState *qts = hotplug_start("");
    Census *before;

    netdev_add(qts, "n1");
    before = census_take(qts);
    for (int after = 0; after < 2; after++) {
        netdev_add(qts, "n0");
        qtest_qmp_device_add(qts, "virtio-net-pci", "nic0",
                             "{'netdev': 'n0', 'addr': '7'}");
        acpi_guest_answer(qts);
        if (!after) {
            netdev_del(qts, "n0");
        }
        qtest_qmp_device_del_send(qts, "nic0");
        acpi_guest_answer(qts);
        census_wait_deleted(qts, "nic0");
        if (after) {
            netdev_del(qts, "n0");
        }
    }
    census_check(qts, before);
    qtest_quit(qts);
}

/* After DEVICE_DELETED, id and back end are free at once. */
static void test_reuse(void)
{
    QTestState *qts = hotplug_start(NOBODY);

    for (int i = 0; i < 20; i++) {
        device_cycle(qts, "virtio-net-pci", "{\"netdev\": \"n0\"}");
    }
    qtest_quit(qts);
}

/*
 * A card goes while its driver runs: packets wait in both directions, there
 * are buffers in its queues, and MSI-X is on.  What it had of the guest's
 * memory it does not touch afterwards.
 */
static void test_in_traffic(void)
{
    uint8_t packet[200], memory[4096], again[4096];
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "vectors=4");
    QTestState *qts = net->qts;

    acpi_guest_boot(qts);
    qpci_msix_enable(net->pci->pdev);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_give(net, 4, 1024);
    qvirtio_net_frame(packet, sizeof(packet), qvirtio_net_mac, 1);
    for (int i = 0; i < 16; i++) {
        qvirtio_net_wire_send(net, packet, sizeof(packet));
    }
    qvirtio_net_send(net, packet, sizeof(packet));

    qtest_qmp_device_del_send(qts, "nic0");
    acpi_guest_answer(qts);
    census_wait_deleted(qts, "nic0");
    g_assert_cmphex(vendor(qts, QVIRTIO_NET_SLOT << 3), ==, 0xffff);

    /* Its rings and buffers stay as they are, whatever comes. */
    qtest_memread(qts, net->rx->desc, memory, sizeof(memory));
    for (int i = 0; i < 16; i++) {
        qvirtio_net_wire_send(net, packet, sizeof(packet));
    }
    qtest_clock_step(qts, 1000000000);
    qtest_memread(qts, net->rx->desc, again, sizeof(again));
    g_assert_cmpmem(memory, sizeof(memory), again, sizeof(again));

    /* And the cable can have another card. */
    qtest_qmp_device_add(qts, "virtio-net-pci", "nic0",
                         "{'netdev': 'n0', 'addr': '4'}");
    g_assert_cmphex(acpi_guest_answer(qts), ==, 1 << QVIRTIO_NET_SLOT);
    qvirtio_net_shutdown(net);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/hotplug/add", test_add);
    qtest_add_func("/hotplug/coldplugged", test_coldplugged);
    qtest_add_func("/hotplug/del", test_del);
    qtest_add_func("/hotplug/del/twice", test_del_twice);
    qtest_add_func("/hotplug/del/reset", test_del_reset);
    qtest_add_func("/hotplug/del/stopped", test_del_stopped);
    qtest_add_func("/hotplug/types", test_types);
    qtest_add_func("/hotplug/multifunction", test_multifunction);
    qtest_add_func("/hotplug/refused/add", test_add_refused);
    qtest_add_func("/hotplug/hmp", test_hmp);
    qtest_add_func("/hotplug/refused/full", test_full);
    qtest_add_func("/hotplug/refused/del", test_del_refused);
    qtest_add_func("/hotplug/refused/switched-off", test_switched_off);
    qtest_add_func("/hotplug/hostile-guest", test_hostile_guest);
    qtest_add_func("/hotplug/acpi-index", test_acpi_index);
    qtest_add_func("/hotplug/netdev", test_netdev);
    qtest_add_func("/hotplug/netdev/reuse", test_reuse);
    qtest_add_func("/hotplug/in-traffic", test_in_traffic);

    return g_test_run();
}
