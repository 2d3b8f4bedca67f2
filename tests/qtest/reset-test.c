/*
 * Tests of all ways to reset a PC, and of what -action makes of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "pc-test.h"
#include "qapi/qmp/qdict.h"

typedef struct ResetWay {
    const char *name;
    struct {
        uint16_t port;
        uint8_t val;
    } writes[2];
} ResetWay;

static const ResetWay ways[] = {
    { "cf9/hard", { { 0xcf9, 0x02 }, { 0xcf9, 0x06 } } },
    { "cf9/soft", { { 0xcf9, 0x00 }, { 0xcf9, 0x04 } } },
    { "port92", { { 0x92, 0x00 }, { 0x92, 0x01 } } },
    { "i8042/pulse", { { 0x64, 0xfe } } },
    { "i8042/pulse/all", { { 0x64, 0xf0 } } },
    { "i8042/outport", { { 0x64, 0xd1 }, { 0x60, 0xfe } } },
};

/* What does not: the reset line stays high, or there is no edge. */
static const ResetWay no_ways[] = {
    { "cf9", { { 0xcf9, 0x02 }, { 0xcf9, 0x00 } } },
    { "port92", { { 0x92, 0x02 }, { 0x92, 0x00 } } },
    { "i8042/pulse", { { 0x64, 0xff }, { 0x64, 0xf1 } } },
    { "i8042/outport", { { 0x64, 0xd1 }, { 0x60, 0xff } } },
};

static void reset_write(QTestState *qts, const ResetWay *way)
{
    for (int i = 0; i < ARRAY_SIZE(way->writes); i++) {
        if (way->writes[i].port) {
            qtest_outb(qts, way->writes[i].port, way->writes[i].val);
        }
    }
}

static void assert_event(QTestState *qts, const char *name, bool guest,
                         const char *reason)
{
    QDict *event = qtest_qmp_eventwait_ref(qts, name);
    QDict *data = qdict_get_qdict(event, "data");

    g_assert_cmpint(qdict_get_bool(data, "guest"), ==, guest);
    g_assert_cmpstr(qdict_get_str(data, "reason"), ==, reason);
    qobject_unref(event);
}

/* The client is told of a reset by the guest; devices start over. */
static void test_reset_way(const void *data)
{
    const ResetWay *way = data;
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    qtest_outb(qts, 0x70, 0x0f);            /* CMOS is on a battery … */
    qtest_outb(qts, 0x71, 0x5a);
    qtest_outb(qts, 0x4d0, 0x20);           /* … and the i8259 is not */
    reset_write(qts, way);
    assert_event(qts, "RESET", true, "guest-reset");
    g_assert_cmphex(qtest_inb(qts, 0x4d0), ==, 0);
    qtest_outb(qts, 0x70, 0x0f);
    g_assert_cmphex(qtest_inb(qts, 0x71), ==, 0x5a);
    /* It can be done again. */
    reset_write(qts, way);
    assert_event(qts, "RESET", true, "guest-reset");
    qtest_quit(qts);
}

static void test_no_way(const void *data)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    qtest_outb(qts, 0x4d0, 0x20);
    reset_write(qts, data);
    g_assert_cmphex(qtest_inb(qts, 0x4d0), ==, 0x20);
    qtest_quit(qts);
}

/* With -no-reboot, which is -action reboot=shutdown, it is the end. */
static void test_no_reboot(const void *data)
{
    static const char *const opts[] = {
        "-no-reboot", "-action reboot=shutdown",
    };

    for (int i = 0; i < ARRAY_SIZE(opts); i++) {
        QTestState *qts = qtest_initf("-machine pc -nodefaults %s", opts[i]);

        qtest_set_expected_status(qts, 0);
        reset_write(qts, data);
        assert_event(qts, "SHUTDOWN", true, "guest-reset");
        qtest_wait_qemu(qts);
        qtest_quit(qts);
    }
}

/* … or a stop, if that is what the end is. */
static void test_no_reboot_no_shutdown(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults -no-reboot "
                                 "-no-shutdown");
    QDict *rsp;

    reset_write(qts, &ways[0]);
    assert_event(qts, "SHUTDOWN", true, "guest-reset");
    rsp = qtest_qmp(qts, "{'execute': 'query-status'}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, "shutdown");
    qobject_unref(rsp);
    qtest_quit(qts);
}

/* A client's reset is not the guest's. */
static void test_client(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    assert_event(qts, "RESET", false, "host-qmp-system-reset");
    qtest_qmp_assert_success(qts, "{'execute': 'set-action', 'arguments': {"
                                  "'reboot': 'shutdown'}}");
    qtest_set_expected_status(qts, 0);
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    assert_event(qts, "SHUTDOWN", false, "host-qmp-system-reset");
    qtest_wait_qemu(qts);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(ways); i++) {
        g_autofree char *path = g_strdup_printf("/reset/by/%s", ways[i].name);

        qtest_add_data_func(path, &ways[i], test_reset_way);
    }
    for (int i = 0; i < ARRAY_SIZE(no_ways); i++) {
        g_autofree char *path = g_strdup_printf("/reset/not-by/%s",
                                                no_ways[i].name);

        qtest_add_data_func(path, &no_ways[i], test_no_way);
    }
    qtest_add_data_func("/reset/no-reboot/cf9", &ways[0], test_no_reboot);
    qtest_add_data_func("/reset/no-reboot/port92", &ways[2], test_no_reboot);
    qtest_add_data_func("/reset/no-reboot/i8042", &ways[3], test_no_reboot);
    qtest_add_func("/reset/no-reboot/no-shutdown",
                   test_no_reboot_no_shutdown);
    qtest_add_func("/reset/client", test_client);
    return g_test_run();
}
