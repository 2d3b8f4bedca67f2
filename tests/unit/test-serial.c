/*
 * The 16550 on a real line: speed, break, and the modem's wires.
 *
 * No back end here has such a line, so the test brings one: it writes down what
 * it is told, and its wires are as the test says.  The UART is alone, in memory;
 * what a guest sees of it is in tests/qtest/serial-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-serial.h"
#include "hw/char/serial.h"
#include "hw/char/serial-regs.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "sysemu/runstate.h"

#define IER     1
#define IIR     2
#define LCR     3
#define MCR     4
#define LSR     5
#define MSR     6

/* The back end */

#define TYPE_CHARDEV_LINE "chardev-line"
OBJECT_DECLARE_SIMPLE_TYPE(LineChardev, CHARDEV_LINE)

struct LineChardev {
    Chardev parent;

    GString *told;
    int wires;              /* CHR_TIOCM_* */
};

static int line_ioctl(Chardev *chr, int cmd, void *arg)
{
    LineChardev *line = CHARDEV_LINE(chr);
    QEMUSerialSetParams *ssp = arg;
    int *value = arg;

    switch (cmd) {
    case CHR_IOCTL_SERIAL_SET_PARAMS:
        g_string_append_printf(line->told, "%d-%d%c%d ", ssp->speed,
                               ssp->data_bits, ssp->parity, ssp->stop_bits);
        return 0;
    case CHR_IOCTL_SERIAL_SET_BREAK:
        g_string_append_printf(line->told, "break=%d ", *value);
        return 0;
    case CHR_IOCTL_SERIAL_GET_TIOCM:
        *value = line->wires;
        return 0;
    case CHR_IOCTL_SERIAL_SET_TIOCM:
        g_string_append_printf(line->told, "%s%s",
                               *value & CHR_TIOCM_RTS ? "rts " : "-rts ",
                               *value & CHR_TIOCM_DTR ? "dtr " : "-dtr ");
        line->wires = *value;
        return 0;
    default:
        return -ENOTSUP;
    }
}

static void line_init(Object *obj)
{
    CHARDEV_LINE(obj)->told = g_string_new(NULL);
}

static void line_finalize(Object *obj)
{
    g_string_free(CHARDEV_LINE(obj)->told, true);
}

static void line_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->chr_ioctl = line_ioctl;
}

static const TypeInfo line_info = {
    .name = TYPE_CHARDEV_LINE,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(LineChardev),
    .instance_init = line_init,
    .instance_finalize = line_finalize,
    .class_init = line_class_init,
};

/* The UART, and its interrupt */

typedef struct SerialTest {
    DeviceState *dev;
    LineChardev *line;
    qemu_irq irq;
    int level;
} SerialTest;

static void serial_set_level(void *opaque, int n, int level)
{
    ((SerialTest *)opaque)->level = level;
}

static LineChardev *line_new(const char *id)
{
    return CHARDEV_LINE(qemu_chardev_new(id, TYPE_CHARDEV_LINE, NULL, NULL,
                                         &error_abort));
}

static void serial_start(SerialTest *t)
{
    t->level = 0;
    t->line = line_new("line0");
    t->irq = qemu_allocate_irq(serial_set_level, t, 0);
    t->dev = qdev_new(TYPE_SERIAL);
    object_property_add_child(OBJECT(qdev_get_machine()), "uart",
                              OBJECT(t->dev));
    SERIAL(t->dev)->irq = t->irq;
    qdev_prop_set_chr(t->dev, "chardev", CHARDEV(t->line));
    qdev_realize(t->dev, NULL, &error_abort);
    g_string_truncate(t->line->told, 0);
}

static void serial_stop(SerialTest *t)
{
    Chardev *chr = CHARDEV(t->line);

    object_unparent(OBJECT(t->dev));
    object_unref(OBJECT(t->dev));
    object_unparent(OBJECT(chr));
    qemu_free_irq(t->irq);
}

static uint8_t serial_in(SerialTest *t, hwaddr reg)
{
    return serial_io_ops.read(t->dev, reg, 1);
}

static void serial_out(SerialTest *t, hwaddr reg, uint8_t value)
{
    serial_io_ops.write(t->dev, reg, value, 1);
}

static void assert_told(SerialTest *t, const char *text)
{
    g_assert_cmpstr(t->line->told->str, ==, text);
    g_string_truncate(t->line->told, 0);
}

/* Tests */

static void test_parameters(void)
{
    SerialTest t;

    serial_start(&t);
    serial_out(&t, LCR, 0x03);
    assert_told(&t, "9600-8N1 ");
    serial_out(&t, LCR, UART_LCR_DLAB | 0x03);
    assert_told(&t, "9600-8N1 ");
    serial_out(&t, 0, 1);
    assert_told(&t, "115200-8N1 ");
    serial_out(&t, 1, 1);
    assert_told(&t, "448-8N1 ");
    serial_out(&t, LCR, 0x1e);
    assert_told(&t, "448-7E2 ");
    serial_out(&t, LCR, 0x08);
    assert_told(&t, "448-5O1 ");
    serial_set_frequency(SERIAL(t.dev), UINT32_MAX);
    serial_out(&t, LCR, UART_LCR_DLAB);
    serial_out(&t, 1, 0);
    g_string_truncate(t.line->told, 0);
    serial_out(&t, 0, 1);
    assert_told(&t, "2147483647-5N1 ");
    serial_out(&t, 0, 0);
    assert_told(&t, "3500-5N1 ");
    serial_stop(&t);
}

/* The line is held low while the bit is set; it is told once. */
static void test_break(void)
{
    SerialTest t;

    serial_start(&t);
    serial_out(&t, LCR, UART_LCR_BREAK);
    assert_told(&t, "9600-5N1 break=1 ");
    serial_out(&t, LCR, UART_LCR_BREAK | 0x03);
    assert_told(&t, "9600-8N1 ");
    serial_out(&t, LCR, 0x03);
    assert_told(&t, "9600-8N1 break=0 ");

    /* And the other way round: a byte that is zero, and an error. */
    serial_out(&t, IER, UART_IER_RLSI);
    qemu_chr_be_event(CHARDEV(t.line), CHR_EVENT_BREAK);
    g_assert_true(t.level);
    g_assert_cmphex(serial_in(&t, IIR), ==, UART_IIR_RLSI);
    g_assert_cmphex(serial_in(&t, LSR) & UART_LSR_BI, ==, UART_LSR_BI);
    g_assert_false(t.level);
    g_assert_cmphex(serial_in(&t, LSR) & UART_LSR_DR, ==, UART_LSR_DR);
    g_assert_cmphex(serial_in(&t, 0), ==, 0);
    serial_stop(&t);
}

/* What the guest sets goes out on the wires, but not in a loop. */
static void test_modem_out(void)
{
    SerialTest t;

    serial_start(&t);
    serial_out(&t, MCR, UART_MCR_DTR);
    assert_told(&t, "-rts dtr ");
    serial_out(&t, MCR, UART_MCR_DTR | UART_MCR_RTS);
    assert_told(&t, "rts dtr ");
    serial_out(&t, MCR, UART_MCR_DTR | UART_MCR_RTS);
    assert_told(&t, "");
    serial_out(&t, MCR, UART_MCR_LOOP);
    assert_told(&t, "");
    serial_stop(&t);
}

/* Each wire has its bit, and below it whether that has changed. */
static void test_modem_in(void)
{
    static const struct {
        int wire;
        uint8_t line, delta;
    } cases[] = {
        { CHR_TIOCM_CTS, UART_MSR_CTS, UART_MSR_DCTS },
        { CHR_TIOCM_DSR, UART_MSR_DSR, UART_MSR_DDSR },
        { CHR_TIOCM_CAR, UART_MSR_DCD, UART_MSR_DDCD },
        { CHR_TIOCM_RI, UART_MSR_RI, UART_MSR_TERI },
    };
    SerialTest t;

    serial_start(&t);
    g_assert_cmphex(serial_in(&t, MSR), ==, 0);
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        bool ring = cases[i].wire == CHR_TIOCM_RI;

        t.line->wires = cases[i].wire;
        /* A ring counts when it is over. */
        g_assert_cmphex(serial_in(&t, MSR), ==,
                        cases[i].line | (ring ? 0 : cases[i].delta));
        g_assert_cmphex(serial_in(&t, MSR), ==, cases[i].line);
        t.line->wires = 0;
        g_assert_cmphex(serial_in(&t, MSR), ==, cases[i].delta);
        g_assert_cmphex(serial_in(&t, MSR), ==, 0);
    }
    serial_stop(&t);
}

/* Who listens for interrupts gets them without asking, by a timer. */
static void test_modem_interrupt(void)
{
    SerialState *s;
    SerialTest t;

    serial_start(&t);
    s = SERIAL(t.dev);
    g_assert_false(timer_pending(s->modem_status_poll));
    serial_out(&t, IER, UART_IER_MSI);
    g_assert_true(timer_pending(s->modem_status_poll));
    g_assert_false(t.level);

    t.line->wires = CHR_TIOCM_CAR;
    s->modem_status_poll->cb(s);
    g_assert_true(t.level);
    g_assert_cmphex(serial_in(&t, IIR), ==, UART_IIR_MSI);
    g_assert_cmphex(serial_in(&t, MSR), ==, UART_MSR_DCD | UART_MSR_DDCD);
    g_assert_false(t.level);
    g_assert_true(timer_pending(s->modem_status_poll));

    serial_out(&t, IER, 0);
    g_assert_false(timer_pending(s->modem_status_poll));
    serial_stop(&t);
}

/* A back end that takes another's place is told all that there is to know. */
static void test_change(void)
{
    BackendChangeHandler *be_change;
    LineChardev *other;
    SerialState *s;
    SerialTest t;

    serial_start(&t);
    s = SERIAL(t.dev);
    serial_out(&t, LCR, UART_LCR_BREAK | 0x03);
    serial_out(&t, MCR, UART_MCR_RTS);
    serial_out(&t, IER, UART_IER_MSI);

    other = line_new("line1");
    other->wires = CHR_TIOCM_CTS;
    be_change = s->chr.chr_be_change;
    qemu_chr_fe_deinit(&s->chr, true);
    g_assert_true(qemu_chr_fe_init(&s->chr, CHARDEV(other), &error_abort));
    t.line = other;
    g_assert_cmpint(be_change(s), ==, 0);
    assert_told(&t, "9600-8N1 break=1 rts -dtr ");
    g_assert_true(t.level);
    serial_stop(&t);
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-machine", (char *)"none",
        (char *)"-accel", (char *)"qtest", (char *)"-display", (char *)"none",
        (char *)"-nodefaults", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    type_register_static(&line_info);

    g_test_add_func("/serial/parameters", test_parameters);
    g_test_add_func("/serial/break", test_break);
    g_test_add_func("/serial/modem/out", test_modem_out);
    g_test_add_func("/serial/modem/in", test_modem_in);
    g_test_add_func("/serial/modem/interrupt", test_modem_interrupt);
    g_test_add_func("/serial/change", test_change);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
