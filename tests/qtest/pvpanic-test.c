/*
 * Tests of pvpanic: what becomes of a guest that says that it panicked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos/pci-pc.h"
#include "libqtest.h"
#include "qapi/qmp/qdict.h"
#include "standard-headers/linux/pvpanic.h"

#define PORT 0x505

/* The next event is @name, and its member @member is @value. */
static void assert_event(QTestState *qts, const char *name,
                         const char *member, const char *value)
{
    QDict *event = qtest_qmp_eventwait_ref(qts, name);

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(event, "data"), member), ==,
                    value);
    qobject_unref(event);
}

static void assert_status(QTestState *qts, const char *want)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-status'}");

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, want);
    qobject_unref(rsp);
}

static void test_events(void)
{
    QTestState *qts = qtest_init("-device pvpanic -action panic=none");

    g_assert_cmphex(qtest_inb(qts, PORT), ==,
                    PVPANIC_PANICKED | PVPANIC_CRASH_LOADED);
    qtest_outb(qts, PORT, PVPANIC_PANICKED);
    assert_event(qts, "GUEST_PANICKED", "action", "run");
    qtest_outb(qts, PORT, PVPANIC_CRASH_LOADED);
    assert_event(qts, "GUEST_CRASHLOADED", "action", "run");
    /* Both: the worse.  Others are no events. */
    qtest_outb(qts, PORT, 0xf0);
    qtest_outb(qts, PORT, 0xff);
    assert_event(qts, "GUEST_PANICKED", "action", "run");
    assert_status(qts, "running");
    qtest_quit(qts);
}

static void test_properties(void)
{
    QTestState *qts = qtest_init("-device pvpanic,ioport=0x600,events=2");

    g_assert_cmphex(qtest_inb(qts, 0x600), ==, PVPANIC_CRASH_LOADED);
    g_assert_cmphex(qtest_inb(qts, PORT), ==, 0xff);
    qtest_quit(qts);
}

/* It stops, and goes on after a reset. */
static void test_pause(void)
{
    QTestState *qts = qtest_init("-device pvpanic -action panic=pause");

    qtest_outb(qts, PORT, PVPANIC_PANICKED);
    assert_event(qts, "GUEST_PANICKED", "action", "pause");
    qtest_qmp_eventwait(qts, "STOP");
    assert_status(qts, "guest-panicked");

    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    assert_status(qts, "prelaunch");
    qtest_qmp_assert_success(qts, "{'execute': 'cont'}");
    assert_status(qts, "running");
    qtest_quit(qts);
}

static void panic_to_the_end(const char *opts, int status)
{
    QTestState *qts = qtest_initf("-device pvpanic %s", opts);

    qtest_set_expected_status(qts, status);
    qtest_outb(qts, PORT, PVPANIC_PANICKED);
    assert_event(qts, "GUEST_PANICKED", "action", "poweroff");
    assert_event(qts, "SHUTDOWN", "reason", "guest-panic");
    qtest_wait_qemu(qts);
    qtest_quit(qts);
}

static void test_shutdown(void)
{
    panic_to_the_end("", 0);
    panic_to_the_end("-no-reboot", 0);
    panic_to_the_end("-action panic=exit-failure", 1);
}

/* Who does not want to end, does not; and the panic's status is forgotten. */
static void test_no_shutdown(void)
{
    QTestState *qts = qtest_init("-device pvpanic -no-shutdown");

    qtest_outb(qts, PORT, PVPANIC_PANICKED);
    assert_event(qts, "GUEST_PANICKED", "action", "pause");
    assert_status(qts, "guest-panicked");
    qtest_quit(qts);

    qts = qtest_init("-device pvpanic "
                     "-action panic=exit-failure,shutdown=pause");
    qtest_outb(qts, PORT, PVPANIC_PANICKED);
    assert_event(qts, "GUEST_PANICKED", "action", "poweroff");
    assert_event(qts, "SHUTDOWN", "reason", "guest-panic");
    assert_status(qts, "guest-panicked");
    qtest_set_expected_status(qts, 0);
    qtest_qmp_assert_success(qts, "{'execute': 'quit'}");
    qtest_wait_qemu(qts);
    qtest_quit(qts);
}

static void test_pci(void)
{
    QTestState *qts = qtest_init("-device pvpanic-pci,addr=04.0,events=1 "
                                 "-action panic=pause");
    QPCIBus *bus = qpci_new_pc(qts, NULL);
    QPCIDevice *dev = qpci_device_find(bus, QPCI_DEVFN(4, 0));
    QPCIBar bar;

    g_assert_nonnull(dev);
    g_assert_cmphex(qpci_config_readl(dev, 0), ==, 0x00111b36);
    g_assert_cmphex(qpci_config_readl(dev, 8), ==, 0x08800001);
    qpci_device_enable(dev);
    bar = qpci_iomap(dev, 0, NULL);
    g_assert_cmphex(qpci_io_readb(dev, bar, 0), ==, PVPANIC_PANICKED);
    qpci_io_writeb(dev, bar, 0, PVPANIC_PANICKED);
    assert_event(qts, "GUEST_PANICKED", "action", "pause");
    g_free(dev);
    qpci_free_pc(bus);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/pvpanic/events", test_events);
    qtest_add_func("/pvpanic/properties", test_properties);
    qtest_add_func("/pvpanic/pause", test_pause);
    qtest_add_func("/pvpanic/shutdown", test_shutdown);
    qtest_add_func("/pvpanic/no-shutdown", test_no_shutdown);
    qtest_add_func("/pvpanic/pci", test_pci);
    return g_test_run();
}
