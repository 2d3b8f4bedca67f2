/*
 * CPU hotplug: device_add, device_del, and a guest whose ACPI code answers.
 *
 * The test is client and guest at once.  As a guest it does by hand what the
 * methods of \_SB.CPUS would do with the registers (include/hw/acpi/cpu.h).
 * What QEMU 7.2 has in them after the same steps is written down here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos/acpi-guest.h"
#include "libqos/fw_cfg.h"
#include "pc-test.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"

#define CPUHP_BASE  0xaf00
#define CPUHP_SEL   (CPUHP_BASE + 0)
#define CPUHP_DATA2 (CPUHP_BASE + 0)
#define CPUHP_FLAGS (CPUHP_BASE + 4)
#define CPUHP_CMD   (CPUHP_BASE + 5)
#define CPUHP_DATA  (CPUHP_BASE + 8)

enum { ENABLED = 1, INSERT = 2, REMOVE = 4, EJECT = 8, FW_EJECT = 16 };
enum { CMD_FIND, CMD_OST_EVENT, CMD_OST_STATUS, CMD_ID };

#define GPE_CPU (1 << 2)

static QTestState *cpus_start(const char *args)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults %s", args);

    acpi_guest_boot(qts);
    qtest_outw(qts, ACPI_GPE0_EN, GPE_CPU);
    return qts;
}

/* What _INI of the registers does. */
static void cpus_modern(QTestState *qts)
{
    qtest_outl(qts, CPUHP_SEL, 0);
}

static uint8_t cpu_flags(QTestState *qts, uint32_t place)
{
    qtest_outl(qts, CPUHP_SEL, place);
    return qtest_inb(qts, CPUHP_FLAGS);
}

/* As CSCN: the first place with an event; -1 if there is none. */
static int cpu_event(QTestState *qts, uint8_t *flags)
{
    qtest_outl(qts, CPUHP_SEL, 0);
    qtest_outb(qts, CPUHP_CMD, CMD_FIND);
    *flags = qtest_inb(qts, CPUHP_FLAGS);
    return *flags & (INSERT | REMOVE) ? qtest_inl(qts, CPUHP_DATA) : -1;
}

/* The SCI came because of a CPU: as _E02. */
static void cpu_sci(QTestState *qts)
{
    g_assert_true(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inw(qts, ACPI_GPE0_STS), ==, GPE_CPU);
    qtest_outw(qts, ACPI_GPE0_STS, GPE_CPU);
    g_assert_false(acpi_guest_sci(qts));
}

static void cpu_add(QTestState *qts, const char *id, int socket)
{
    qtest_qmp_assert_success(qts,
        "{'execute': 'device_add', 'arguments': {"
        " 'driver': 'qemu64-x86_64-cpu', 'id': %s, 'socket-id': %d,"
        " 'core-id': 0, 'thread-id': 0}}", id, socket);
}

static void cpu_del_fails(QTestState *qts, const char *id, const char *desc)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'device_del',"
                           " 'arguments': {'id': %s}}", id);

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    desc);
    qobject_unref(rsp);
}

static int count_cpus(QTestState *qts)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-cpus-fast'}");
    int n = qlist_size(qdict_get_qlist(rsp, "return"));

    qobject_unref(rsp);
    return n;
}

/* What firmware would find after a reset: fw_cfg, and CMOS (less one). */
static void check_firmware_count(QTestState *qts, int n)
{
    QFWCFG *fw_cfg = pc_fw_cfg_init(qts);

    g_assert_cmpint(qfw_cfg_get_u16(fw_cfg, 5), ==, n);
    pc_fw_cfg_uninit(fw_cfg);
    qtest_outb(qts, 0x70, 0x5f);
    g_assert_cmpint(qtest_inb(qts, 0x71), ==, n - 1);
}

/* At first there is a bit for each APIC ID, and nothing else. */
static void test_legacy(void)
{
    QTestState *qts = cpus_start("-smp 2,sockets=4,cores=1,maxcpus=4");

    g_assert_cmphex(qtest_inb(qts, CPUHP_BASE), ==, 0x3);
    g_assert_cmphex(qtest_inb(qts, CPUHP_BASE + 31), ==, 0);
    cpu_add(qts, "c2", 2);
    cpu_sci(qts);
    g_assert_cmphex(qtest_inb(qts, CPUHP_BASE), ==, 0x7);
    cpu_del_fails(qts, "c2", "acpi: device unplug request for not supported"
                  " device type: qemu64-x86_64-cpu");
    g_assert_cmpint(count_cpus(qts), ==, 3);

    /* Only a 0 at the first asks for the others. */
    qtest_outb(qts, CPUHP_BASE, 1);
    qtest_outb(qts, CPUHP_BASE + 1, 0);
    g_assert_cmphex(qtest_inl(qts, CPUHP_BASE), ==, 0x7);
    cpus_modern(qts);
    g_assert_cmphex(qtest_inl(qts, CPUHP_BASE), ==, 0);
    g_assert_cmphex(cpu_flags(qts, 2), ==, ENABLED);
    qtest_quit(qts);
}

/* A client may change them over, but not back. */
static void test_no_way_back(void)
{
    QTestState *qts = cpus_start("");
    QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-get', 'arguments': {"
                           "'path': '/machine', 'property': 'acpi-device'}}");
    g_autofree char *path = g_strdup(qdict_get_str(rsp, "return"));

    qobject_unref(rsp);
    for (int i = 0; i < 2; i++) {
        qtest_qmp_assert_success(qts, "{'execute': 'qom-set', 'arguments': {"
            "'path': %s, 'property': 'cpu-hotplug-legacy', 'value': false}}",
            path);
        g_assert_cmphex(cpu_flags(qts, 0), ==, ENABLED);
        rsp = qtest_qmp(qts, "{'execute': 'qom-set', 'arguments': {"
            "'path': %s, 'property': 'cpu-hotplug-legacy', 'value': true}}",
            path);
        g_assert_true(qdict_haskey(rsp, "error"));
        qobject_unref(rsp);
    }
    qtest_quit(qts);
}

static void test_plug_and_unplug(void)
{
    QTestState *qts = cpus_start("-smp 2,sockets=4,cores=1,maxcpus=4");
    uint8_t flags;

    cpus_modern(qts);
    check_firmware_count(qts, 2);
    g_assert_cmpint(cpu_event(qts, &flags), ==, -1);
    g_assert_cmphex(cpu_flags(qts, 1), ==, ENABLED);
    g_assert_cmphex(cpu_flags(qts, 3), ==, 0);

    for (int round = 0; round < 3; round++) {
        cpu_add(qts, "c3", 3);
        check_firmware_count(qts, 3);
        cpu_sci(qts);
        g_assert_cmpint(cpu_event(qts, &flags), ==, 3);
        g_assert_cmphex(flags, ==, ENABLED | INSERT);
        qtest_outb(qts, CPUHP_FLAGS, INSERT);
        g_assert_cmpint(cpu_event(qts, &flags), ==, -1);

        /* Asked twice, it is one request. */
        for (int i = 0; i < 2; i++) {
            qtest_qmp_assert_success(qts, "{'execute': 'device_del',"
                                     " 'arguments': {'id': 'c3'}}");
        }
        g_assert_cmpint(count_cpus(qts), ==, 3);
        cpu_sci(qts);
        g_assert_cmpint(cpu_event(qts, &flags), ==, 3);
        g_assert_cmphex(flags, ==, ENABLED | REMOVE);
        qtest_outb(qts, CPUHP_FLAGS, REMOVE);
        g_assert_cmphex(cpu_flags(qts, 3), ==, ENABLED);
        qtest_outb(qts, CPUHP_FLAGS, EJECT);
        g_assert_cmphex(cpu_flags(qts, 3), ==, 0);
        for (;;) {
            QDict *event = qtest_qmp_eventwait_ref(qts, "DEVICE_DELETED");
            QDict *data = qdict_get_qdict(event, "data");
            bool cpu = !g_strcmp0(qdict_get_try_str(data, "device"), "c3");

            qobject_unref(event);
            if (cpu) {
                break;          /* before it its local APIC went */
            }
        }
        g_assert_cmpint(count_cpus(qts), ==, 2);
        check_firmware_count(qts, 2);
    }
    qtest_quit(qts);
}

/* Two events at once are found one after the other, and round the end. */
static void test_find(void)
{
    QTestState *qts = cpus_start("-smp 1,sockets=4,cores=1,maxcpus=4");

    cpus_modern(qts);
    cpu_add(qts, "c1", 1);
    cpu_add(qts, "c3", 3);
    qtest_outl(qts, CPUHP_SEL, 2);
    qtest_outb(qts, CPUHP_CMD, CMD_FIND);
    g_assert_cmpint(qtest_inl(qts, CPUHP_DATA), ==, 3);
    qtest_outb(qts, CPUHP_FLAGS, INSERT);
    qtest_outb(qts, CPUHP_CMD, CMD_FIND);
    g_assert_cmpint(qtest_inl(qts, CPUHP_DATA), ==, 1);
    qtest_outb(qts, CPUHP_FLAGS, INSERT);
    qtest_outl(qts, CPUHP_SEL, 2);
    qtest_outb(qts, CPUHP_CMD, CMD_FIND);
    g_assert_cmpint(qtest_inl(qts, CPUHP_DATA), ==, 2);
    qtest_quit(qts);
}

/* The APIC ID of a place, which is not its number where cores are not 2^n. */
static void test_ids(void)
{
    QTestState *qts = cpus_start("-smp 1,sockets=2,cores=3,maxcpus=6");
    static const uint32_t ids[] = { 0, 1, 2, 4, 5, 6 };

    cpus_modern(qts);
    qtest_outb(qts, CPUHP_CMD, CMD_ID);
    for (int i = 0; i < ARRAY_SIZE(ids); i++) {
        qtest_outl(qts, CPUHP_SEL, i);
        g_assert_cmpint(qtest_inl(qts, CPUHP_DATA), ==, ids[i]);
        g_assert_cmpint(qtest_inl(qts, CPUHP_DATA2), ==, 0);
    }
    qtest_quit(qts);
}

/* What the guest says of it reaches the client, as event and as answer. */
static void test_ost(void)
{
    QTestState *qts = cpus_start("-smp 1,sockets=4,cores=1,maxcpus=4");
    QDict *rsp, *info;
    QListEntry *e;
    int n = 0;

    rsp = qtest_qmp(qts, "{'execute': 'query-acpi-ospm-status'}");
    g_assert_true(qlist_empty(qdict_get_qlist(rsp, "return")));
    qobject_unref(rsp);

    cpus_modern(qts);
    cpu_add(qts, "c2", 2);
    qtest_outl(qts, CPUHP_SEL, 2);
    qtest_outb(qts, CPUHP_CMD, CMD_OST_EVENT);
    qtest_outl(qts, CPUHP_DATA, 0x103);
    qtest_outb(qts, CPUHP_CMD, CMD_OST_STATUS);
    qtest_outl(qts, CPUHP_DATA, 0x84);
    rsp = qtest_qmp_eventwait_ref(qts, "ACPI_DEVICE_OST");
    info = qdict_get_qdict(qdict_get_qdict(rsp, "data"), "info");
    g_assert_cmpstr(qdict_get_str(info, "device"), ==, "c2");
    g_assert_cmpstr(qdict_get_str(info, "slot"), ==, "2");
    g_assert_cmpstr(qdict_get_str(info, "slot-type"), ==, "CPU");
    g_assert_cmphex(qdict_get_int(info, "source"), ==, 0x103);
    g_assert_cmphex(qdict_get_int(info, "status"), ==, 0x84);
    qobject_unref(rsp);

    rsp = qtest_qmp(qts, "{'execute': 'query-acpi-ospm-status'}");
    QLIST_FOREACH_ENTRY(qdict_get_qlist(rsp, "return"), e) {
        info = qobject_to(QDict, qlist_entry_obj(e));
        g_assert_cmpint(qdict_get_int(info, "source"), ==,
                        n == 2 ? 0x103 : 0);
        g_assert_cmpint(qdict_haskey(info, "device"), ==, n == 2);
        n++;
    }
    g_assert_cmpint(n, ==, 4);
    qobject_unref(rsp);
    qtest_quit(qts);
}

/* Places that are not there, commands that are none, CPUs that must stay. */
static void test_liar(void)
{
    QTestState *qts = cpus_start("-smp 2,sockets=4,cores=1,maxcpus=4");

    cpus_modern(qts);
    qtest_outb(qts, CPUHP_CMD, 0xff);
    for (uint32_t place = 4; place; place <<= 1) {
        g_assert_cmphex(cpu_flags(qts, place), ==, 0);
        qtest_outb(qts, CPUHP_CMD, CMD_FIND);
        g_assert_cmphex(qtest_inl(qts, CPUHP_DATA), ==, 0);
        qtest_outb(qts, CPUHP_FLAGS, 0xff);
        qtest_outl(qts, CPUHP_DATA, 0xffffffff);
    }
    for (uint32_t place = 2; place < 4; place++) {
        g_assert_cmphex(cpu_flags(qts, place), ==, 0);
        qtest_outb(qts, CPUHP_FLAGS, EJECT);
        qtest_outb(qts, CPUHP_FLAGS, FW_EJECT);
        g_assert_cmphex(qtest_inb(qts, CPUHP_FLAGS), ==, 0);
    }
    g_assert_cmphex(cpu_flags(qts, 0), ==, ENABLED);
    qtest_outb(qts, CPUHP_FLAGS, EJECT);
    qtest_outb(qts, CPUHP_FLAGS, FW_EJECT);
    g_assert_cmphex(qtest_inb(qts, CPUHP_FLAGS), ==, ENABLED);
    cpu_del_fails(qts, "/machine/unattached/device[0]",
                  "Boot CPU is unpluggable");

    /* A guest may eject one that nobody asked for, and that is not running. */
    g_assert_cmphex(cpu_flags(qts, 1), ==, ENABLED);
    qtest_outb(qts, CPUHP_FLAGS, FW_EJECT);
    g_assert_cmphex(qtest_inb(qts, CPUHP_FLAGS), ==, ENABLED | FW_EJECT);
    qtest_outb(qts, CPUHP_FLAGS, FW_EJECT);
    g_assert_cmphex(qtest_inb(qts, CPUHP_FLAGS), ==, ENABLED);
    qtest_outb(qts, CPUHP_FLAGS, EJECT);
    g_assert_cmphex(qtest_inb(qts, CPUHP_FLAGS), ==, 0);
    g_assert_cmpint(count_cpus(qts), ==, 1);
    qtest_quit(qts);
}

/* Without ACPI a CPU can come, and stays. */
static void test_no_acpi(void)
{
    QTestState *qts = qtest_init("-machine pc,acpi=off -nodefaults"
                                 " -smp 1,sockets=4,cores=1,maxcpus=4");
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-acpi-ospm-status'}");

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "command is not supported, missing ACPI device");
    qobject_unref(rsp);
    cpu_add(qts, "c2", 2);
    g_assert_cmpint(count_cpus(qts), ==, 2);
    cpu_del_fails(qts, "c2", "CPU hot unplug not supported without ACPI");
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/cpu-plug/legacy", test_legacy);
    qtest_add_func("/cpu-plug/no-way-back", test_no_way_back);
    qtest_add_func("/cpu-plug/plug-and-unplug", test_plug_and_unplug);
    qtest_add_func("/cpu-plug/find", test_find);
    qtest_add_func("/cpu-plug/ids", test_ids);
    qtest_add_func("/cpu-plug/ost", test_ost);
    qtest_add_func("/cpu-plug/liar", test_liar);
    qtest_add_func("/cpu-plug/no-acpi", test_no_acpi);
    return g_test_run();
}
