/*
 * Tests of where a 16550 can be: the four ports of the ISA bus and PCI cards
 * with one, two and four; and of the debug console and the port to leave by.
 *
 * What the UART does is in serial-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "hw/pci/pci_regs.h"
#include "libqos/acpi-guest.h"
#include "libqos/pci-pc.h"
#include "pc-test.h"
#include "serial-regs.h"

/* Some of the registers */
#define THR         0
#define IER         1
#define IIR         2
#define FCR         2
#define LSR         5
#define SCR         7

#define PIC         0x20
#define PIC_ELCR    0x4d0
#define READ_IRR    0x0a

#define LSR_IDLE    (UART_LSR_THRE | UART_LSR_TEMT)

/* The ISA bus */

/* Is there a UART?  Its scratch register remembers. */
static bool serial_is_at(QTestState *qts, uint16_t port)
{
    qtest_outb(qts, port + SCR, 0x5a);
    return qtest_inb(qts, port + SCR) == 0x5a;
}

/* COM1 to COM4 have their ports; "none" has a number, and more are ignored. */
static void test_isa_ports(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults -serial null "
                                 "-serial none -serial null -serial null "
                                 "-serial null");

    g_assert_true(serial_is_at(qts, 0x3f8));
    g_assert_false(serial_is_at(qts, 0x2f8));
    g_assert_true(serial_is_at(qts, 0x3e8));
    g_assert_true(serial_is_at(qts, 0x2e8));
    qtest_quit(qts);
}

/* A port goes where its properties say, and one without a line works too. */
static void test_isa_properties(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults -device "
                                 "isa-serial,index=1,iobase=0x1f8,irq=5");

    qtest_outb(qts, PIC_ELCR, 1 << 5);
    g_assert_true(serial_is_at(qts, 0x1f8));
    g_assert_false(serial_is_at(qts, 0x2f8));
    qtest_outb(qts, 0x1f8 + THR, 'x');
    g_assert_cmphex(qtest_inb(qts, 0x1f8 + LSR), ==, LSR_IDLE);
    qtest_outb(qts, 0x1f8 + IER, UART_IER_THRI);
    qtest_outb(qts, PIC, READ_IRR);
    g_assert_cmphex(qtest_inb(qts, PIC), ==, 1 << 5);
    qtest_quit(qts);
}

/* Without -nodefaults there is one; -device and -serial none turn it off. */
static void test_isa_default(void)
{
    static const struct {
        const char *args;
        bool com1, com2;
    } cases[] = {
        { "", true, false },
        { "-serial none", false, false },
        { "-device isa-serial,index=1", false, true },
        { "-device {\"driver\":\"isa-serial\",\"index\":1}", false, true },
        { "-global isa-serial.irq=5", false, false },
        { "-nodefaults", false, false },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_auto(GStrv) words = g_strsplit(cases[i].args, " ", 2);
        g_autofree char *value = words[0] && words[1] ?
                                 g_shell_quote(words[1]) : g_strdup("");
        QTestState *qts = qtest_initf("-machine pc %s %s",
                                      words[0] ? words[0] : "", value);

        g_assert_true(serial_is_at(qts, 0x3f8) == cases[i].com1);
        g_assert_true(serial_is_at(qts, 0x2f8) == cases[i].com2);
        qtest_quit(qts);
    }
}

/* PCI cards */

typedef struct PCISerialTest {
    QTestState *qts;
    QPCIBus *bus;
    QPCIDevice *dev;
    QPCIBar bar;
} PCISerialTest;

static void pci_serial_find(PCISerialTest *t, int slot, uint16_t device_id,
                            uint64_t bar_size)
{
    uint64_t size;

    t->dev = qpci_device_find(t->bus, QPCI_DEVFN(slot, 0));
    g_assert_nonnull(t->dev);
    g_assert_cmphex(qpci_config_readl(t->dev, PCI_VENDOR_ID), ==,
                    (uint32_t)device_id << 16 | 0x1b36);
    /* A 16550 by its class, which is all that a driver needs. */
    g_assert_cmphex(qpci_config_readl(t->dev, PCI_CLASS_REVISION), ==,
                    0x07000201);
    g_assert_cmphex(qpci_config_readb(t->dev, PCI_INTERRUPT_PIN), ==, 1);
    qpci_device_enable(t->dev);
    t->bar = qpci_iomap(t->dev, 0, &size);
    g_assert_true(t->bar.is_io);
    g_assert_cmpint(size, ==, bar_size);
}

static void pci_serial_start(PCISerialTest *t, const char *args)
{
    t->qts = qtest_initf("-machine pc -nodefaults %s", args);
    t->bus = qpci_new_pc(t->qts, NULL);
}

static void pci_serial_stop(PCISerialTest *t)
{
    g_free(t->dev);
    qpci_free_pc(t->bus);
    qtest_quit(t->qts);
}

/* INTA, as the status register has it. */
static bool pci_serial_irq(PCISerialTest *t)
{
    return qpci_config_readw(t->dev, PCI_STATUS) & PCI_STATUS_INTERRUPT;
}

/* A line that is a file; and what it says, which ends the file. */
static char *file_line(void)
{
    char *path;
    int fd = g_file_open_tmp("serial-test-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    return path;
}

static void assert_file_line_says(char *path, const char *text)
{
    g_autofree char *said = NULL;

    g_assert_true(g_file_get_contents(path, &said, NULL, NULL));
    g_assert_cmpstr(said, ==, text);
    unlink(path);
    g_free(path);
}

static void test_pci(void)
{
    char *path = file_line();
    g_autofree char *args = g_strdup_printf(
        "-chardev file,id=r,path=%s -device pci-serial,chardev=r,addr=5",
        path);
    PCISerialTest t;

    pci_serial_start(&t, args);
    pci_serial_find(&t, 5, 0x0002, 8);
    g_assert_cmphex(qpci_io_readb(t.dev, t.bar, LSR), ==, LSR_IDLE);
    qpci_io_writeb(t.dev, t.bar, THR, 'p');
    assert_file_line_says(path, "p");

    g_assert_false(pci_serial_irq(&t));
    qpci_io_writeb(t.dev, t.bar, IER, UART_IER_THRI);
    g_assert_true(pci_serial_irq(&t));
    g_assert_cmphex(qpci_io_readb(t.dev, t.bar, IIR), ==, UART_IIR_THRI);
    g_assert_false(pci_serial_irq(&t));
    pci_serial_stop(&t);
}

/* The ports are each for itself, but for the interrupt. */
static void test_pci_multi(gconstpointer data)
{
    int ports = GPOINTER_TO_INT(data);
    char *path1 = file_line(), *path2 = file_line();
    g_autofree char *args = g_strdup_printf(
        "-chardev file,id=r1,path=%s -chardev file,id=r2,path=%s "
        "-device pci-serial-%dx,chardev1=r1,chardev2=r2,addr=5",
        path1, path2, ports);
    PCISerialTest t;

    pci_serial_start(&t, args);
    pci_serial_find(&t, 5, ports == 2 ? 0x0003 : 0x0004, 8 * ports);
    for (int i = 0; i < ports; i++) {
        qpci_io_writeb(t.dev, t.bar, 8 * i + SCR, 0x10 + i);
        qpci_io_writeb(t.dev, t.bar, 8 * i + THR, '1' + i);
    }
    for (int i = 0; i < ports; i++) {
        g_assert_cmphex(qpci_io_readb(t.dev, t.bar, 8 * i + SCR), ==,
                        0x10 + i);
    }
    assert_file_line_says(path1, "1");
    assert_file_line_says(path2, "2");

    qpci_io_writeb(t.dev, t.bar, IER, UART_IER_THRI);
    qpci_io_writeb(t.dev, t.bar, 8 * (ports - 1) + IER, UART_IER_THRI);
    g_assert_true(pci_serial_irq(&t));
    qpci_io_readb(t.dev, t.bar, IIR);
    g_assert_true(pci_serial_irq(&t));
    qpci_io_readb(t.dev, t.bar, 8 * (ports - 1) + IIR);
    g_assert_false(pci_serial_irq(&t));
    pci_serial_stop(&t);
}

/* A card may come later; one that cannot come leaves its line free. */
static void test_pci_hotplug(void)
{
    char *path = file_line();
    g_autofree char *args = g_strdup_printf("-chardev file,id=r1,path=%s",
                                            path);
    PCISerialTest t;
    QDict *rsp;

    pci_serial_start(&t, args);
    rsp = qtest_qmp(t.qts, "{'execute': 'device_add', 'arguments': {"
                    "'driver': 'pci-serial-2x', 'id': 'p', 'chardev1': 'r1',"
                    "'chardev2': 'nope'}}");
    qmp_expect_error_and_unref(rsp, "GenericError");
    qtest_qmp_device_add(t.qts, "pci-serial", "p",
                         "{'addr': '6', 'chardev': 'r1'}");
    pci_serial_find(&t, 6, 0x0002, 8);
    qpci_io_writeb(t.dev, t.bar, THR, 'h');
    assert_file_line_says(path, "h");
    pci_serial_stop(&t);
}

/* A card may go while its line takes nothing; another can have the line then */
static void test_pci_unplug_throttled(void)
{
    char dir[] = "/tmp/serial-test-XXXXXX";
    g_autofree char *path = NULL;
    g_autofree char *args = NULL;
    PCISerialTest t;
    int sock, line;

    g_assert_nonnull(g_mkdtemp(dir));
    path = g_strdup_printf("%s/line", dir);
    args = g_strdup_printf("-chardev socket,id=s,path=%s "
                           "-device pci-serial,id=p,chardev=s,addr=5", path);
    sock = qtest_socket_server(path);
    pci_serial_start(&t, args);
    acpi_guest_map_pm(t.qts);
    acpi_guest_boot(t.qts);
    line = accept(sock, NULL, NULL);
    g_assert_cmpint(line, >=, 0);

    for (int round = 0; round < 2; round++) {
        pci_serial_find(&t, 5, 0x0002, 8);
        qpci_io_writeb(t.dev, t.bar, FCR, UART_FCR_FE);
        while (qpci_io_readb(t.dev, t.bar, LSR) & UART_LSR_THRE) {
            qpci_io_writeb(t.dev, t.bar, THR, 'x');
        }
        g_clear_pointer(&t.dev, g_free);
        qtest_qmp_device_del_send(t.qts, "p");
        acpi_guest_answer(t.qts);
        qtest_qmp_eventwait(t.qts, "DEVICE_DELETED");
        if (round == 0) {
            qtest_qmp_device_add(t.qts, "pci-serial", "p",
                                 "{'addr': '5', 'chardev': 's'}");
            acpi_guest_answer(t.qts);
        }
    }
    pci_serial_stop(&t);
    close(line);
    close(sock);
    unlink(path);
    rmdir(dir);
}

/* Debug console and debug exit */

static void test_debugcon(void)
{
    char *path = file_line(), *path2 = file_line();
    QTestState *qts = qtest_initf("-machine pc -nodefaults -debugcon file:%s "
                                  "-chardev file,id=r,path=%s "
                                  "-device isa-debugcon,chardev=r,"
                                  "iobase=0x402,readback=0x42", path, path2);

    g_assert_cmphex(qtest_inb(qts, 0xe9), ==, 0xe9);
    g_assert_cmphex(qtest_inb(qts, 0x402), ==, 0x42);
    for (const char *p = "boot"; *p; p++) {
        qtest_outb(qts, 0xe9, *p);
        qtest_outb(qts, 0x402, *p ^ 0x20);
    }
    assert_file_line_says(path, "boot");
    assert_file_line_says(path2, "BOOT");
    qtest_quit(qts);
}

static void test_debug_exit(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults -no-shutdown "
                                 "-device isa-debug-exit,iobase=0xf4,"
                                 "iosize=4");

    g_assert_cmphex(qtest_inl(qts, 0xf4), ==, 0);
    qtest_set_expected_status(qts, 0x21 << 1 | 1);
    qtest_send_line(qts, "outl 0xf4 0x21\n");
    qtest_wait_qemu(qts);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/serial-cards/isa/ports", test_isa_ports);
    qtest_add_func("/serial-cards/isa/properties", test_isa_properties);
    qtest_add_func("/serial-cards/isa/default", test_isa_default);
    qtest_add_func("/serial-cards/pci", test_pci);
    qtest_add_data_func("/serial-cards/pci/2x", GINT_TO_POINTER(2), test_pci_multi);
    qtest_add_data_func("/serial-cards/pci/4x", GINT_TO_POINTER(4), test_pci_multi);
    qtest_add_func("/serial-cards/pci/hotplug", test_pci_hotplug);
    qtest_add_func("/serial-cards/pci/unplug-throttled",
                   test_pci_unplug_throttled);
    qtest_add_func("/serial-cards/debugcon", test_debugcon);
    qtest_add_func("/serial-cards/debug-exit", test_debug_exit);
    return g_test_run();
}
