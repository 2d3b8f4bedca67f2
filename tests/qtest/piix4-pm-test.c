/*
 * PIIX4's power management: ACPI's registers, the power button, sleep and the
 * way back.  PCI hotplug, which it has as well, is in hotplug-test.c.
 *
 * The values at start, and what odd accesses do, were read from QEMU 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi.h"
#include "libqos/acpi-guest.h"
#include "libqos/fw_cfg.h"
#include "pc-test.h"
#include "qapi/qmp/qdict.h"

#define PM_DEVFN        (1 << 3 | 3)
#define SLEEP(type)     (ACPI_BITMASK_SLEEP_ENABLE | (type) << 10)

static QTestState *pm_start(const char *args)
{
    QTestState *qts = qtest_initf("-nodefaults -machine pc %s", args);

    acpi_guest_boot(qts);
    return qts;
}

/* Half a turn of the timer, in ns, and a little more. */
static int64_t half_turn(void)
{
    return ((1ll << 23) + 1) * 1000000000 / PM_TIMER_FREQUENCY;
}

static void check_status(QTestState *qts, const char *status)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-status'}");

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, status);
    qobject_unref(rsp);
}

/* Where things are */

static void test_config(void)
{
    static const ConfigDword want[] = {
        { 0x00, 0x71138086 }, { 0x04, 0x02800000 }, { 0x08, 0x06800003 },
        { 0x2c, 0x11001af4 }, { 0x3c, 0x00000100 }, { 0x40, 0x00000001 },
        { 0x5c, 0x10000000 }, { 0x60, 0x60000000 },
        { 0x90, 0x0000b101 }, { 0xd0, 0x00090000 },
    };
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    pc_config_check(qts, PM_DEVFN, want, ARRAY_SIZE(want));
    qtest_quit(qts);

    /* Without SMM, as if firmware had set it up. */
    qts = qtest_init("-machine pc,smm=off -nodefaults");
    g_assert_cmphex(pc_config_readl(qts, PM_DEVFN, 0x58), ==, 0x02000000);
    qtest_quit(qts);

    /* Which of the ports that it decodes have a device. */
    qts = qtest_init("-machine pc -nodefaults -serial null -serial null");
    g_assert_cmphex(pc_config_readl(qts, PM_DEVFN, 0x64), ==, 0x98000000);
    qtest_quit(qts);

    /* Without ACPI there is no such function. */
    qts = qtest_init("-machine pc,acpi=off -nodefaults");
    g_assert_cmphex(pc_config_readl(qts, PM_DEVFN, 0), ==, 0xffffffff);
    qtest_quit(qts);
}

/* The guest says where the ports are, and whether. */
static void test_ports(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 0xffff);
    acpi_guest_map_pm(qts);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 0);
    pc_config_writel(qts, PM_DEVFN, 0x40, 0x700);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 0xffff);
    g_assert_cmphex(qtest_inw(qts, 0x704), ==, 0);
    pc_config_writel(qts, PM_DEVFN, 0x80, 0);
    g_assert_cmphex(qtest_inw(qts, 0x704), ==, 0xffff);

    acpi_guest_map_pm(qts);
    qtest_outb(qts, PC_RESET_CONTROL, 0x06);
    qtest_qmp_eventwait(qts, "RESET");
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 0xffff);
    g_assert_cmphex(pc_config_readl(qts, PM_DEVFN, 0x40) & 0xff, ==, 1);
    qtest_quit(qts);
}

/* Registers of 16 bits that are read and written in other pieces. */
static void test_access(void)
{
    QTestState *qts = pm_start("");

    qtest_outw(qts, ACPI_PM1_EN, 0x1234);
    g_assert_cmphex(qtest_inb(qts, ACPI_PM1_EN), ==, 0x34);
    g_assert_cmphex(qtest_inb(qts, ACPI_PM1_EN + 1), ==, 0);
    qtest_outb(qts, ACPI_PM1_EN + 1, 0x56);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_EN), ==, 0x1234);
    qtest_outb(qts, ACPI_PM1_EN, 0x78);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_EN), ==, 0x78);
    qtest_outl(qts, ACPI_PM1_STS, 0x9abcdef0);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_EN), ==, 0x9abc);
    qtest_outl(qts, ACPI_PM_TMR, 0xffffffff);

    qtest_outw(qts, ACPI_GPE0_EN, 0x1234);
    g_assert_cmphex(qtest_inl(qts, ACPI_GPE0_STS), ==, 0x12340000);
    g_assert_cmphex(qtest_inb(qts, ACPI_GPE0_EN + 1), ==, 0x12);
    qtest_outl(qts, ACPI_GPE0_STS, 0xffffffff);
    g_assert_cmphex(qtest_inl(qts, ACPI_GPE0_STS), ==, 0xffff0000);
    qtest_quit(qts);
}

/* APM */

/* Two values mean something to the chip; what else is written, it keeps. */
static void test_apm(void)
{
    QTestState *qts = pm_start("");

    qtest_outb(qts, ACPI_SMI_CMD, 0xf0);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 0);
    qtest_outb(qts, ACPI_SMI_CMD, 0x12);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 0);
    qtest_outb(qts, ACPI_SMI_CMD, 0xf1);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==,
                    ACPI_BITMASK_SCI_ENABLE);
    qtest_outb(qts, ACPI_SMI_CMD + 1, 0x55);
    g_assert_cmphex(qtest_inw(qts, ACPI_SMI_CMD), ==, 0x55f1);
    qtest_quit(qts);

    /* Nobody would handle an SMI, so ACPI is on, and stays on. */
    qts = qtest_init("-machine pc,smm=off -nodefaults");
    acpi_guest_map_pm(qts);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==,
                    ACPI_BITMASK_SCI_ENABLE);
    qtest_outb(qts, ACPI_SMI_CMD, 0xf0);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==,
                    ACPI_BITMASK_SCI_ENABLE);
    qtest_quit(qts);
}

/* Events */

/* A guest that listens gets the SCI; one that does not, nothing. */
static void test_power_button(void)
{
    QTestState *qts = pm_start("");

    qtest_outw(qts, ACPI_PM1_STS, 0xffff);
    qtest_qmp_assert_success(qts, "{'execute': 'system_powerdown'}");
    qtest_qmp_eventwait(qts, "POWERDOWN");
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_STS), ==, 0);

    qtest_outw(qts, ACPI_PM1_EN, ACPI_BITMASK_POWER_BUTTON_ENABLE);
    qtest_qmp_assert_success(qts, "{'execute': 'system_powerdown'}");
    qtest_qmp_eventwait(qts, "POWERDOWN");
    g_assert_true(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_STS), ==,
                    ACPI_BITMASK_POWER_BUTTON_STATUS);

    /* Only a one in its place takes it back. */
    qtest_outw(qts, ACPI_PM1_STS, 0xffff & ~ACPI_BITMASK_POWER_BUTTON_STATUS);
    g_assert_true(acpi_guest_sci(qts));
    qtest_outw(qts, ACPI_PM1_STS, ACPI_BITMASK_POWER_BUTTON_STATUS);
    g_assert_false(acpi_guest_sci(qts));
    qtest_quit(qts);
}

/* 24 bits at 3.58 MHz; each half turn sets a bit of status. */
static void test_timer(void)
{
    QTestState *qts = pm_start("");
    uint32_t start;

    start = qtest_inl(qts, ACPI_PM_TMR);
    qtest_clock_step(qts, 1000000000);
    g_assert_cmpuint((qtest_inl(qts, ACPI_PM_TMR) - start) & 0xffffff, ==,
                     PM_TIMER_FREQUENCY);
    qtest_clock_step(qts, 2 * half_turn());
    g_assert_cmphex(qtest_inl(qts, ACPI_PM_TMR) >> 24, ==, 0);

    qtest_outw(qts, ACPI_PM1_STS, 0xffff);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_STS), ==, 0);
    qtest_outw(qts, ACPI_PM1_EN, ACPI_BITMASK_TIMER_ENABLE);
    g_assert_false(acpi_guest_sci(qts));
    for (int i = 0; i < 3; i++) {
        qtest_clock_step(qts, half_turn());
        g_assert_true(acpi_guest_sci(qts));
        qtest_outw(qts, ACPI_PM1_STS, ACPI_BITMASK_TIMER_STATUS);
        g_assert_false(acpi_guest_sci(qts));
    }

    /* Without interest in it, it is only told when somebody looks. */
    qtest_outw(qts, ACPI_PM1_EN, 0);
    qtest_clock_step(qts, half_turn());
    g_assert_false(acpi_guest_sci(qts));
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_STS), ==,
                    ACPI_BITMASK_TIMER_STATUS);
    qtest_quit(qts);
}

/* A GPE raises the SCI while it is set and enabled, whichever came first. */
static void test_gpe(void)
{
    QTestState *qts = pm_start("");

    qtest_outw(qts, ACPI_GPE0_EN, 0);
    qtest_qmp_device_add(qts, "tally", "t0", "{}");
    g_assert_cmphex(qtest_inw(qts, ACPI_GPE0_STS), ==,
                    ACPI_PCI_HOTPLUG_STATUS);
    g_assert_false(acpi_guest_sci(qts));
    qtest_outw(qts, ACPI_GPE0_EN, ACPI_PCI_HOTPLUG_STATUS);
    g_assert_true(acpi_guest_sci(qts));
    qtest_outw(qts, ACPI_GPE0_STS, ACPI_PCI_HOTPLUG_STATUS);
    g_assert_false(acpi_guest_sci(qts));
    qtest_quit(qts);
}

/* Sleep */

/* S5: the program ends, or the machine stays, switched off. */
static void test_soft_off(void)
{
    QTestState *qts = pm_start("");

    qtest_outw(qts, ACPI_PM1_CNT, SLEEP(0));
    qtest_qmp_eventwait(qts, "SHUTDOWN");
    qtest_wait_qemu(qts);
    qtest_quit(qts);

    qts = pm_start("-no-shutdown");
    qtest_outw(qts, ACPI_PM1_CNT, SLEEP(0));
    qtest_qmp_eventwait(qts, "SHUTDOWN");
    qtest_qmp_eventwait(qts, "STOP");
    check_status(qts, "shutdown");
    g_assert_null(qtest_qmp_event_ref(qts, "SUSPEND_DISK"));
    /* Asked again, in any way, it is as off as before. */
    for (int type = 0; type < 8; type++) {
        qtest_outw(qts, ACPI_PM1_CNT, SLEEP(type));
    }
    check_status(qts, "shutdown");
    qtest_quit(qts);
}

/* S4 is S5 with another name, which a property gives. */
static void test_suspend_to_disk(void)
{
    QTestState *qts = pm_start("-no-shutdown -global PIIX4_PM.s4_val=5");

    qtest_outw(qts, ACPI_PM1_CNT, SLEEP(2));
    check_status(qts, "running");
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 2 << 10);
    qtest_outw(qts, ACPI_PM1_CNT, SLEEP(5));
    qtest_qmp_eventwait(qts, "SUSPEND_DISK");
    qtest_qmp_eventwait(qts, "SHUTDOWN");
    qtest_qmp_eventwait(qts, "STOP");
    check_status(qts, "shutdown");
    qtest_quit(qts);
}

/* S3: the guest sleeps until it is woken up, and then sees why. */
static void test_suspend(void)
{
    QTestState *qts = pm_start("");

    qtest_outw(qts, ACPI_PM1_CNT, SLEEP(1));
    qtest_qmp_eventwait(qts, "SUSPEND");
    check_status(qts, "suspended");
    qtest_qmp_assert_success(qts, "{'execute': 'cont'}");
    check_status(qts, "suspended");

    qtest_qmp_assert_success(qts, "{'execute': 'system_wakeup'}");
    qtest_qmp_eventwait(qts, "WAKEUP");
    check_status(qts, "running");
    /* The chip is as after a reset, but for the reason. */
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_CNT), ==, 0xffff);
    acpi_guest_map_pm(qts);
    g_assert_cmphex(qtest_inw(qts, ACPI_PM1_STS) & ~ACPI_BITMASK_TIMER_STATUS,
                    ==, ACPI_BITMASK_WAKE_STATUS |
                    ACPI_BITMASK_POWER_BUTTON_STATUS);
    g_assert_null(qtest_qmp_event_ref(qts, "RESET"));

    /* A reset wakes it up as well, but not the machine. */
    qtest_outw(qts, ACPI_PM1_CNT, SLEEP(1));
    qtest_qmp_eventwait(qts, "SUSPEND");
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    check_status(qts, "prelaunch");
    qtest_quit(qts);

    /* One that is stopped cannot go to sleep. */
    qts = pm_start("-S");
    qtest_outw(qts, ACPI_PM1_CNT, SLEEP(1));
    check_status(qts, "prelaunch");
    qtest_quit(qts);
}

/* Firmware makes the tables' _S3 and _S4 of what it reads here. */
static void check_system_states(const char *args, uint8_t s3, uint8_t s4)
{
    const uint8_t want[] = { 0x80, 0, 0, s3, s4, 0x80 };
    QTestState *qts = pm_start(args);
    QFWCFG *fw_cfg = pc_fw_cfg_init(qts);
    uint8_t states[sizeof(want)];

    g_assert_cmpuint(qfw_cfg_get_file(fw_cfg, "etc/system-states", states,
                                      sizeof(states)), ==, sizeof(want));
    g_assert_cmpmem(states, sizeof(states), want, sizeof(want));
    pc_fw_cfg_uninit(fw_cfg);
    qtest_quit(qts);
}

static void test_system_states(void)
{
    check_system_states("", 0x81, 0x82);
    check_system_states("-global PIIX4_PM.disable_s3=1 "
                        "-global PIIX4_PM.disable_s4=1 "
                        "-global PIIX4_PM.s4_val=4", 0x01, 0x04);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/piix4-pm/config", test_config);
    qtest_add_func("/piix4-pm/ports", test_ports);
    qtest_add_func("/piix4-pm/access", test_access);
    qtest_add_func("/piix4-pm/apm", test_apm);
    qtest_add_func("/piix4-pm/power-button", test_power_button);
    qtest_add_func("/piix4-pm/timer", test_timer);
    qtest_add_func("/piix4-pm/gpe", test_gpe);
    qtest_add_func("/piix4-pm/sleep/soft-off", test_soft_off);
    qtest_add_func("/piix4-pm/sleep/disk", test_suspend_to_disk);
    qtest_add_func("/piix4-pm/sleep/ram", test_suspend);
    qtest_add_func("/piix4-pm/sleep/states", test_system_states);

    return g_test_run();
}
