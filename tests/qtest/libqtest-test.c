/*
 * What libqtest promises those who talk QMP through it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest-single.h"

static void test_answers_and_events(void)
{
    QTestState *qts = qtest_init("-machine none");
    QDict *rsp;

    /* An event before an answer does not get in the way, nor gets lost. */
    qtest_qmp_assert_success(qts, "{'execute': 'stop'}");
    rsp = qtest_qmp(qts, "{'execute': 'query-status', 'id': %s}", "a\"b");
    g_assert_cmpstr(qdict_get_str(rsp, "id"), ==, "a\"b");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, "paused");
    qobject_unref(rsp);

    g_assert_null(qtest_qmp_event_ref(qts, "RESUME"));
    rsp = qtest_qmp_event_ref(qts, "STOP");
    g_assert_nonnull(qdict_get_qdict(rsp, "timestamp"));
    qobject_unref(rsp);
    g_assert_null(qtest_qmp_event_ref(qts, "STOP"));

    /* Waited for in another order than they come in. */
    qtest_qmp_send(qts, "{'execute': 'cont'}");
    qobject_unref(qtest_qmp_receive(qts));
    qtest_qmp_send_raw(qts, "%s", "{'execute': 'stop'}");
    qobject_unref(qtest_qmp_receive(qts));
    qtest_qmp_eventwait(qts, "STOP");
    qtest_qmp_eventwait(qts, "RESUME");
    qtest_quit(qts);
}

static void test_errors(void)
{
    QTestState *qts = qtest_init("-machine none");
    QDict *rsp = qtest_qmp(qts, "{'execute': 'nope'}");

    g_assert_true(qmp_rsp_is_err(rsp));
    qmp_expect_error_and_unref(rsp, "CommandNotFound");
    rsp = qtest_qmp(qts, "{'execute': 'query-status'}");
    g_assert_false(qmp_rsp_is_err(rsp));
    qobject_unref(rsp);
    qtest_quit(qts);
}

static void test_devices(void)
{
    QTestState *qts = qtest_init("-machine pc");
    g_autofree char *text = NULL;
    QDict *args = qdict_new();

    qtest_qmp_device_add(qts, "virtio-net-pci", "a", "{'addr': %s}", "0x7.3");
    qdict_put_str(args, "id", "b");
    qtest_qmp_device_add_qdict(qts, "virtio-net-pci", args);
    g_assert_false(qdict_haskey(args, "driver"));
    qobject_unref(args);
    g_assert_true(qtest_qom_get_bool(qts, "/machine/peripheral/a",
                                     "realized"));
    text = qtest_hmp(qts, "info qtree");
    g_assert_nonnull(strstr(text, "addr = 07.3"));
    g_assert_nonnull(strstr(text, "dev: virtio-net-pci, id \"b\""));
    qtest_quit(qts);
}

static int machines;

static void count_machine(const char *machine)
{
    g_assert_true(qtest_has_machine(machine));
    machines++;
}

static void test_what_there_is(void)
{
    int all;

    g_assert_true(qtest_has_machine("pc"));
    g_assert_true(qtest_has_machine("none"));
    g_assert_false(qtest_has_machine("toaster"));
    g_assert_true(qtest_has_device("virtio-net-pci"));
    g_assert_false(qtest_has_device("virtio-pci"));
    g_assert_true(qtest_has_accel("qtest"));
    g_assert_false(qtest_has_accel("hvf"));

    qtest_cb_for_every_machine(count_machine, false);
    all = machines;
    g_assert_cmpint(all, >=, 2);
    qtest_cb_for_every_machine(count_machine, true);
    g_assert_cmpint(machines - all, <=, all);
}

static void test_single(void)
{
    QDict *rsp;

    qtest_start("-machine pc");
    outl(0xcf8, 0x80000000);
    g_assert_cmphex(inl(0xcfc), ==, 0x12378086);
    writel(0x1000, 0x12345678);
    g_assert_cmphex(readw(0x1000), ==, 0x5678);
    rsp = qmp("{'execute': 'stop'}");
    g_assert_true(qdict_haskey(rsp, "return"));
    qobject_unref(rsp);
    qmp_eventwait("STOP");
    qtest_end();
    qtest_end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/libqtest/answers-and-events", test_answers_and_events);
    qtest_add_func("/libqtest/errors", test_errors);
    qtest_add_func("/libqtest/devices", test_devices);
    qtest_add_func("/libqtest/what-there-is", test_what_there_is);
    qtest_add_func("/libqtest/single", test_single);
    return g_test_run();
}
