/*
 * Tests of the watchdogs i6300esb and ib700, and of what follows when one
 * expires.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/pci-pc.h"
#include "qapi/qmp/qdict.h"

#define MS              (1000 * 1000LL)
#define S               (1000 * MS)

/* ib700 */

#define IB700_DISABLE   0x441
#define IB700_ENABLE    0x443

static void expect_watchdog(QTestState *qts, const char *action)
{
    QDict *event = qtest_qmp_eventwait_ref(qts, "WATCHDOG");

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(event, "data"), "action"),
                    ==, action);
    qobject_unref(event);
}

static void expect_quiet(QTestState *qts)
{
    qobject_unref(qtest_qmp(qts, "{'execute': 'query-status'}"));
    g_assert_null(qtest_qmp_event_ref(qts, "WATCHDOG"));
}

static void test_ib700(void)
{
    static const struct {
        int val, seconds;
    } times[] = { { 0, 30 }, { 1, 28 }, { 14, 2 }, { 0xf0 | 10, 10 } };
    QTestState *qts = qtest_init("-machine pc -device ib700 "
                                 "-action watchdog=none");

    for (int i = 0; i < G_N_ELEMENTS(times); i++) {
        qtest_outb(qts, IB700_ENABLE, times[i].val);
        qtest_clock_step(qts, times[i].seconds * S - 1);
        expect_quiet(qts);
        qtest_clock_step(qts, 1);
        expect_watchdog(qts, "none");
        qtest_clock_step(qts, 60 * S);
        expect_quiet(qts);
    }

    /* Calmed, and switched off. */
    qtest_outb(qts, IB700_ENABLE, 14);
    qtest_clock_step(qts, S);
    qtest_outb(qts, IB700_ENABLE, 14);
    qtest_clock_step(qts, 2 * S - 1);
    expect_quiet(qts);
    qtest_outb(qts, IB700_DISABLE, 0);
    qtest_clock_step(qts, 60 * S);
    expect_quiet(qts);
    qtest_quit(qts);
}

/* What -action watchdog= says. */

static QTestState *ib700_expire(const char *action)
{
    QTestState *qts = qtest_initf("-machine pc -device ib700 "
                                  "-action watchdog=%s", action);

    qtest_outb(qts, IB700_ENABLE, 14);
    qtest_clock_step(qts, 2 * S);
    expect_watchdog(qts, action);
    return qts;
}

static void test_action_event(gconstpointer opaque)
{
    static const char *const events[][2] = {
        { "reset", "RESET" },
        { "shutdown", "POWERDOWN" },
    };
    const char *const *e = events[GPOINTER_TO_INT(opaque)];
    QTestState *qts = ib700_expire(e[0]);

    qtest_qmp_eventwait(qts, e[1]);
    qtest_quit(qts);
}

static void test_action_pause(void)
{
    QTestState *qts = ib700_expire("pause");
    QDict *rsp;

    qtest_qmp_eventwait(qts, "STOP");
    rsp = qtest_qmp(qts, "{'execute': 'query-status'}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, "watchdog");
    qobject_unref(rsp);
    qtest_quit(qts);
}

/* i6300esb */

#define ESB_CONFIG      0x60
#define ESB_CONFIG_NO_REBOOT 0x20
#define ESB_CONFIG_1MHZ 0x04
#define ESB_LOCK        0x68
#define ESB_LOCK_LOCK   0x01
#define ESB_LOCK_ENABLE 0x02
#define ESB_LOCK_FREE   0x04
#define ESB_TIMER1      0x00
#define ESB_TIMER2      0x04
#define ESB_RELOAD      0x0c
#define ESB_RELOAD_PING 0x100
#define ESB_RELOAD_TIMEOUT 0x200

/* 2^15 clocks of 33 MHz, rounded up. */
#define ESB_TICK        992970

typedef struct Esb {
    QTestState *qts;
    QPCIBus *bus;
    QPCIDevice *dev;
    QPCIBar bar;
} Esb;

static void esb_enable(Esb *t)
{
    qpci_device_enable(t->dev);
    t->bar = qpci_iomap(t->dev, 0, NULL);
}

static void esb_start(Esb *t, const char *action)
{
    t->qts = qtest_initf("-machine pc -device i6300esb,addr=04.0 "
                         "-action watchdog=%s", action);
    t->bus = qpci_new_pc(t->qts, NULL);
    t->dev = qpci_device_find(t->bus, QPCI_DEVFN(4, 0));
    g_assert_nonnull(t->dev);
    esb_enable(t);
}

static void esb_stop(Esb *t)
{
    g_free(t->dev);
    qpci_free_pc(t->bus);
    qtest_quit(t->qts);
}

static void esb_unlock(Esb *t)
{
    qpci_io_writeb(t->dev, t->bar, ESB_RELOAD, 0x80);
    qpci_io_writeb(t->dev, t->bar, ESB_RELOAD, 0x86);
}

static void esb_times(Esb *t, uint32_t stage1, uint32_t stage2)
{
    esb_unlock(t);
    qpci_io_writel(t->dev, t->bar, ESB_TIMER1, stage1);
    esb_unlock(t);
    qpci_io_writel(t->dev, t->bar, ESB_TIMER2, stage2);
}

static void esb_reload(Esb *t, uint16_t bits)
{
    esb_unlock(t);
    qpci_io_writew(t->dev, t->bar, ESB_RELOAD, bits);
}

static bool esb_timed_out(Esb *t)
{
    return qpci_io_readw(t->dev, t->bar, ESB_RELOAD) & ESB_RELOAD_TIMEOUT;
}

/* Two stages, and a flag that stays. */
static void test_esb_expire(void)
{
    Esb t;

    esb_start(&t, "reset");
    esb_times(&t, 1000, 500);
    g_assert_false(esb_timed_out(&t));
    qpci_config_writeb(t.dev, ESB_LOCK, ESB_LOCK_ENABLE);
    qtest_clock_step(t.qts, 1499 * ESB_TICK);
    expect_quiet(t.qts);
    qtest_clock_step(t.qts, 2 * ESB_TICK);
    expect_watchdog(t.qts, "reset");
    qtest_qmp_eventwait(t.qts, "RESET");

    esb_enable(&t);
    g_assert_true(esb_timed_out(&t));
    g_assert_cmphex(qpci_config_readb(t.dev, ESB_LOCK), ==, 0);
    qtest_clock_step(t.qts, 3000 * S);
    expect_quiet(t.qts);
    esb_reload(&t, ESB_RELOAD_TIMEOUT);
    g_assert_false(esb_timed_out(&t));
    esb_stop(&t);
}

static void test_esb_ping(void)
{
    Esb t;

    esb_start(&t, "none");
    esb_times(&t, 100, 100);
    qpci_config_writeb(t.dev, ESB_LOCK, ESB_LOCK_ENABLE);
    for (int i = 0; i < 5; i++) {
        qtest_clock_step(t.qts, 150 * ESB_TICK);
        esb_reload(&t, ESB_RELOAD_PING);
    }
    expect_quiet(t.qts);

    /* Without the magic numbers it is no ping; one of them is not enough. */
    qtest_clock_step(t.qts, 150 * ESB_TICK);
    qpci_io_writew(t.dev, t.bar, ESB_RELOAD, ESB_RELOAD_PING);
    qpci_io_writeb(t.dev, t.bar, ESB_RELOAD, 0x86);
    qpci_io_writew(t.dev, t.bar, ESB_RELOAD, ESB_RELOAD_PING);
    qtest_clock_step(t.qts, 51 * ESB_TICK);
    expect_watchdog(t.qts, "none");
    esb_stop(&t);
}

/* A thousand times as fast. */
static void test_esb_1mhz(void)
{
    Esb t;

    esb_start(&t, "none");
    esb_times(&t, 1024 * 3, 1024 * 3);
    qpci_config_writew(t.dev, ESB_CONFIG, ESB_CONFIG_1MHZ);
    qpci_config_writeb(t.dev, ESB_LOCK, ESB_LOCK_ENABLE);
    qtest_clock_step(t.qts, 5 * ESB_TICK);
    expect_quiet(t.qts);
    qtest_clock_step(t.qts, 2 * ESB_TICK);
    expect_watchdog(t.qts, "none");
    esb_stop(&t);
}

/* Locked: nobody switches it off, until a reset. */
static void test_esb_lock(void)
{
    Esb t;

    esb_start(&t, "none");
    qpci_config_writeb(t.dev, ESB_LOCK, ESB_LOCK_ENABLE | ESB_LOCK_LOCK);
    qpci_config_writeb(t.dev, ESB_LOCK, 0);
    g_assert_cmphex(qpci_config_readb(t.dev, ESB_LOCK), ==,
                    ESB_LOCK_ENABLE | ESB_LOCK_LOCK);
    qtest_outb(t.qts, 0xcf9, 6);
    qtest_qmp_eventwait(t.qts, "RESET");
    g_assert_cmphex(qpci_config_readb(t.dev, ESB_LOCK), ==, 0);
    esb_stop(&t);
}

static void test_esb_no_reboot(void)
{
    Esb t;

    esb_start(&t, "none");
    esb_times(&t, 100, 100);
    qpci_config_writew(t.dev, ESB_CONFIG, ESB_CONFIG_NO_REBOOT);
    qpci_config_writeb(t.dev, ESB_LOCK, ESB_LOCK_ENABLE | ESB_LOCK_FREE);
    qtest_clock_step(t.qts, 1000 * ESB_TICK);
    expect_quiet(t.qts);
    g_assert_false(esb_timed_out(&t));
    g_assert_cmphex(qpci_config_readb(t.dev, ESB_LOCK), ==,
                    ESB_LOCK_ENABLE | ESB_LOCK_FREE);
    esb_stop(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/watchdog/ib700", test_ib700);
    qtest_add_data_func("/watchdog/action/reset", GINT_TO_POINTER(0),
                        test_action_event);
    qtest_add_data_func("/watchdog/action/shutdown", GINT_TO_POINTER(1),
                        test_action_event);
    qtest_add_func("/watchdog/action/pause", test_action_pause);
    qtest_add_func("/watchdog/i6300esb/expire", test_esb_expire);
    qtest_add_func("/watchdog/i6300esb/ping", test_esb_ping);
    qtest_add_func("/watchdog/i6300esb/1mhz", test_esb_1mhz);
    qtest_add_func("/watchdog/i6300esb/lock", test_esb_lock);
    qtest_add_func("/watchdog/i6300esb/no-reboot", test_esb_no_reboot);
    return g_test_run();
}
