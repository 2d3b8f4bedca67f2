/*
 * The microvm: power, reset and the button by the generic event device, the
 * interrupts of both IOAPICs, and what can be left off the board.
 *
 * That its tables, registers and clock are QEMU's is microvm-compare-test.py's;
 * that interrupts arrive, tests/guest/microvm-test.py's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/i386/microvm.h"
#include "libqtest.h"
#include "qapi/qmp/qdict.h"
#include "standard-headers/linux/virtio_mmio.h"

#define GED_EVENT (GED_MMIO_BASE + ACPI_GED_EVT_SEL_OFFSET)
#define GED_SLEEP (GED_MMIO_BASE_REGS + ACPI_GED_REG_SLEEP_CTL)
#define GED_RESET (GED_MMIO_BASE_REGS + ACPI_GED_REG_RESET)
#define S5        (ACPI_GED_SLP_TYP_S5 << ACPI_GED_SLP_TYP_POS)

static bool is_running(QTestState *qts)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-status'}");
    bool running = qdict_get_bool(qdict_get_qdict(rsp, "return"), "running");

    qobject_unref(rsp);
    return running;
}

/* The button is an event with an edge; reading the register takes it. */
static void test_button(void)
{
    QTestState *qts = qtest_init("-machine microvm -nodefaults");

    qtest_irq_intercept_in(qts, "/machine/ioapic");
    g_assert_cmphex(qtest_readl(qts, GED_EVENT), ==, 0);
    qtest_qmp_assert_success(qts, "{'execute': 'system_powerdown'}");
    qtest_qmp_eventwait(qts, "POWERDOWN");
    g_assert_false(qtest_get_irq(qts, GED_MMIO_IRQ));
    qtest_writel(qts, GED_EVENT, 0);
    g_assert_cmphex(qtest_readl(qts, GED_EVENT), ==, ACPI_GED_PWR_DOWN_EVT);
    g_assert_cmphex(qtest_readl(qts, GED_EVENT), ==, 0);
    qtest_quit(qts);
}

/* Off is type 5 with the bit that enables it, and nothing else. */
static void test_power_off(void)
{
    QTestState *qts = qtest_init("-machine microvm -nodefaults -no-shutdown");
    QDict *rsp;

    qtest_writeb(qts, GED_SLEEP, S5);
    qtest_writeb(qts, GED_SLEEP, ACPI_GED_SLP_EN);
    qtest_writeb(qts, GED_SLEEP + 1, S5 | ACPI_GED_SLP_EN);
    g_assert_true(is_running(qts));
    g_assert_cmphex(qtest_readb(qts, GED_SLEEP), ==, 0);

    qtest_writeb(qts, GED_SLEEP, S5 | ACPI_GED_SLP_EN);
    rsp = qtest_qmp_eventwait_ref(qts, "SHUTDOWN");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "data"), "reason"), ==,
                    "guest-shutdown");
    qobject_unref(rsp);
    qtest_quit(qts);
}

static void test_reset(void)
{
    QTestState *qts = qtest_init("-machine microvm -nodefaults");
    QDict *rsp;

    qtest_writeb(qts, GED_RESET, 0x41);
    g_assert_true(is_running(qts));
    qtest_writeb(qts, GED_RESET, ACPI_GED_RESET_VALUE);
    rsp = qtest_qmp_eventwait_ref(qts, "RESET");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "data"), "reason"), ==,
                    "guest-reset");
    qobject_unref(rsp);
    qtest_quit(qts);
}

/* Without ACPI there is nobody to hear the button. */
static void test_no_acpi(void)
{
    QTestState *qts = qtest_init("-machine microvm,acpi=off -nodefaults");

    qtest_qmp_assert_success(qts, "{'execute': 'system_powerdown'}");
    qtest_qmp_eventwait(qts, "POWERDOWN");
    g_assert_true(is_running(qts));
    g_assert_cmphex(qtest_readl(qts, GED_EVENT), ==, 0);
    qtest_quit(qts);
}

/* How many transports there are, and where the next would be. */
static void check_transports(const char *options, int count)
{
    QTestState *qts = qtest_initf("-machine microvm%s -nodefaults", options);

    for (int i = 0; i <= count; i++) {
        g_assert_cmphex(qtest_readl(qts, VIRTIO_MMIO_BASE +
                                         i * MICROVM_TRANSPORT_SIZE +
                                         VIRTIO_MMIO_MAGIC_VALUE), ==,
                        i < count ? 0x74726976 : 0);
    }
    qtest_quit(qts);
}

static void test_transports(void)
{
    check_transports("", 24);
    check_transports(",ioapic2=on", 24);
    check_transports(",ioapic2=off", 8);
    check_transports(",acpi=off", 8);
    check_transports(",acpi=off,ioapic2=on", 8);
}

/* Interrupt of a device in the first transport: pin 0 of the second IOAPIC. */
static void test_ioapic2(void)
{
    QTestState *qts = qtest_init("-machine microvm -nodefaults -device "
        "virtio-balloon-device,bus=virtio-mmio-bus.0");
    uint64_t regs = VIRTIO_MMIO_BASE, second = IO_APIC_SECONDARY_ADDRESS;

    /* Levels, to vectors of their own. */
    for (int pin = 0; pin < 3; pin++) {
        qtest_writel(qts, second, 0x10 + 2 * pin);
        qtest_writel(qts, second + 0x10, (0x51 + pin) | 1 << 15);
    }
    for (int status = 1; status < 8; status = status * 2 + 1) {
        qtest_writel(qts, regs + VIRTIO_MMIO_STATUS, status);
    }
    qtest_qmp_assert_success(qts, "{'execute': 'balloon',"
                             " 'arguments': {'value': 67108864}}");
    /* Remote IRR: pin 0 was delivered, and neither 1 nor 2. */
    for (int pin = 0; pin < 3; pin++) {
        qtest_writel(qts, second, 0x10 + 2 * pin);
        g_assert_cmphex(qtest_readl(qts, second + 0x10) >> 14 & 1, ==,
                        pin == 0);
    }
    qtest_quit(qts);
}

/* Each part can be left off, and the machine is there all the same. */
static void test_parts(void)
{
    static const struct {
        const char *option, *type;
    } parts[] = {
        { "pic=off", "isa-i8259" },
        { "pit=off", "isa-pit" },
        { "rtc=off", "mc146818rtc" },
        { "isa-serial=off", "isa-serial" },
        { "acpi=off", "acpi-ged-x86" },
    };

    for (int i = 0; i < ARRAY_SIZE(parts); i++) {
        for (int off = 0; off < 2; off++) {
            QTestState *qts = qtest_initf("-machine microvm%s%s -nodefaults "
                                          "-serial null", off ? "," : "",
                                          off ? parts[i].option : "");
            g_autofree char *tree = qtest_hmp(qts, "info qtree");

            g_assert_cmpint(!!strstr(tree, parts[i].type), ==, !off);
            qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
            qtest_qmp_eventwait(qts, "RESET");
            qtest_quit(qts);
        }
    }
}

/* CPUs come with the machine, and stay. */
static void test_cpus(void)
{
    QTestState *qts = qtest_init("-machine microvm -nodefaults "
                                 "-smp 2,maxcpus=3");
    QDict *rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                           " {'driver': 'qemu64-x86_64-cpu',"
                           "  'socket-id': 0, 'core-id': 2, 'thread-id': 0}}");

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "virt: device plug request for unsupported device type:"
                    " qemu64-x86_64-cpu");
    qobject_unref(rsp);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/microvm/button", test_button);
    qtest_add_func("/microvm/power-off", test_power_off);
    qtest_add_func("/microvm/reset", test_reset);
    qtest_add_func("/microvm/no-acpi", test_no_acpi);
    qtest_add_func("/microvm/transports", test_transports);
    qtest_add_func("/microvm/ioapic2", test_ioapic2);
    qtest_add_func("/microvm/parts", test_parts);
    qtest_add_func("/microvm/cpus", test_cpus);
    return g_test_run();
}
