/*
 * The qtest protocol itself: each command, and lines that make no sense.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"

/* A place in the RAM of the guest, and the port that chooses a PCI register. */
#define RAM         0x100000
#define CONFIG_ADDR 0xcf8

static void expect(QTestState *qts, const char *line, const char *answer)
{
    g_autofree char *got = NULL;

    qtest_send_line(qts, line);
    got = qtest_recv_line(qts);
    g_assert_cmpstr(got, ==, answer);
}

static void test_endianness(void)
{
    QTestState *qts = qtest_init("-machine none");

    expect(qts, "endianness", "OK little");
    g_assert_false(qtest_big_endian(qts));
    qtest_quit(qts);
}

/* Numbers come back in the widths that QEMU prints. */
static void test_ports(void)
{
    QTestState *qts = qtest_init("-machine pc");

    expect(qts, "outl 0xcf8 0x80000000", "OK");
    expect(qts, "inl 0xcf8", "OK 0x80000000");
    expect(qts, "inw 0xcfc", "OK 0x8086");
    expect(qts, "inb 0xcfd", "OK 0x0080");
    g_assert_cmphex(qtest_inl(qts, CONFIG_ADDR), ==, 0x80000000);
    qtest_quit(qts);
}

static void test_memory(void)
{
    QTestState *qts = qtest_init("-machine none -m 16");

    expect(qts, "writeq 0x100000 0x1122334455667788", "OK");
    expect(qts, "readq 0x100000", "OK 0x1122334455667788");
    expect(qts, "readl 0x100000", "OK 0x0000000055667788");
    expect(qts, "readw 0x100002", "OK 0x0000000000005566");
    expect(qts, "readb 0x100007", "OK 0x0000000000000011");
    qtest_writeb(qts, RAM, 0xff);
    qtest_writew(qts, RAM + 2, 0xeeee);
    qtest_writel(qts, RAM + 4, 0xdddddddd);
    g_assert_cmphex(qtest_readq(qts, RAM), ==, 0xddddddddeeee77ff);
    qtest_quit(qts);
}

/* Blocks larger than the server's pieces, both ways and both encodings. */
static void test_blocks(void)
{
    enum { SIZE = 10000 };
    QTestState *qts = qtest_init("-machine none -m 16");
    g_autofree uint8_t *out = g_malloc(SIZE);
    g_autofree uint8_t *in = g_malloc0(SIZE);

    for (int i = 0; i < SIZE; i++) {
        out[i] = i * 7;
    }
    qtest_memwrite(qts, RAM, out, SIZE);
    qtest_bufread(qts, RAM, in, SIZE);
    g_assert_cmpmem(in, SIZE, out, SIZE);

    qtest_memset(qts, RAM, 0xa5, SIZE);
    qtest_bufread(qts, RAM, in, SIZE);
    for (int i = 0; i < SIZE; i++) {
        g_assert_cmphex(in[i], ==, 0xa5);
    }

    qtest_bufwrite(qts, RAM, out, SIZE);
    qtest_memread(qts, RAM, in, SIZE);
    g_assert_cmpmem(in, SIZE, out, SIZE);

    /* Digits that are missing are zeros. */
    expect(qts, "write 0x100000 4 0x1234", "OK");
    expect(qts, "read 0x100000 4", "OK 0x12340000");
    expect(qts, "memset 0x100000 0 1", "OK");
    expect(qts, "b64read 0x100000 3", "OK EjQA");
    expect(qts, "b64write 0x100000 3 AAAA", "OK");
    expect(qts, "read 0x100000 4", "OK 0x00000000");
    qtest_quit(qts);
}

/* The guest's time moves when it is told to, and only then. */
static void test_clock(void)
{
    QTestState *qts = qtest_init("-machine none");

    expect(qts, "clock_step 100", "OK 100");
    expect(qts, "clock_set 1000", "OK 1000");
    expect(qts, "clock_set 10", "OK 1000");
    g_assert_cmpint(qtest_clock_step(qts, 5), ==, 1005);
    expect(qts, "clock_step x", "FAIL invalid number 'x'");
    expect(qts, "clock_step 9223372036854775807",
           "FAIL invalid number '9223372036854775807'");
    expect(qts, "clock_step 0", "OK 1005");
    qtest_quit(qts);
}

/*
 * The I/O APIC's pins: those that are intercepted are told of.  A second
 * device is refused, the same one again is not.
 */
static void test_irq(void)
{
    QTestState *qts = qtest_init("-machine pc");

    expect(qts, "irq_intercept_in ioapic", "OK");
    expect(qts, "irq_intercept_in ioapic", "OK");
    expect(qts, "irq_intercept_out /machine/nowhere", "FAIL Unknown device");
    expect(qts, "irq_intercept_in /machine", "FAIL Unknown device");

    qtest_send_line(qts, "set_irq_in ioapic unnamed-gpio-in 4 1");
    expect(qts, "set_irq_in ioapic unnamed-gpio-in 4 0", "IRQ raise 4");
    {
        g_autofree char *ok = qtest_recv_line(qts);
        g_autofree char *lower = qtest_recv_line(qts);
        g_autofree char *ok2 = qtest_recv_line(qts);

        g_assert_cmpstr(ok, ==, "OK");
        g_assert_cmpstr(lower, ==, "IRQ lower 4");
        g_assert_cmpstr(ok2, ==, "OK");
    }

    qtest_set_irq_in(qts, "ioapic", NULL, 7, 1);
    g_assert_true(qtest_get_irq(qts, 7));
    g_assert_false(qtest_get_irq(qts, 6));

    expect(qts, "set_irq_in ioapic unnamed-gpio-in 999 1",
           "FAIL Unknown GPIO input 'unnamed-gpio-in' 999");
    expect(qts, "set_irq_in ioapic unnamed-gpio-in -1 1",
           "FAIL Unknown GPIO input 'unnamed-gpio-in' -1");
    expect(qts, "set_irq_in ioapic other 0 1",
           "FAIL Unknown GPIO input 'other' 0");
    qtest_quit(qts);
}

/* A line that makes no sense is answered, and the next one is served. */
static void test_malformed(void)
{
    static const struct {
        const char *line;
        const char *answer;
    } lines[] = {
        { "", "FAIL Unknown command ''" },
        { "   ", "FAIL Unknown command ''" },
        { "foo bar", "FAIL Unknown command 'foo'" },
        { "READB 0", "FAIL Unknown command 'READB'" },
        { "inb", "FAIL command 'inb' takes 1 argument" },
        { "outb 1", "FAIL command 'outb' takes 2 arguments" },
        { "inb x", "FAIL invalid number 'x'" },
        { "outl 0 0x", "FAIL invalid number '0x'" },
        { "readq 99999999999999999999",
          "FAIL invalid number '99999999999999999999'" },
        { "read 0 0", "FAIL invalid argument size" },
        { "read 0x10 -1",
          "FAIL range 0x10+-1 is beyond the address space" },
        { "write 0 4 12345678", "FAIL invalid argument size" },
        { "write 0 4 0xzz", "FAIL invalid argument size" },
        { "write 0 4", "FAIL command 'write' takes 3 arguments" },
        { "memset 0 zz 1", "FAIL invalid number 'zz'" },
        { "b64write 0 3", "FAIL command 'b64write' takes 3 arguments" },
        { "set_irq_in ioapic x", "FAIL command 'set_irq_in' takes 4 arguments" },
        { "irq_intercept_in", "FAIL command 'irq_intercept_in' takes 1 argument" },
        { "endianness a b c d e f g h i j k", "OK little" },
        { "endianness\r", "OK little" },
    };
    QTestState *qts = qtest_init("-machine none");

    for (int i = 0; i < ARRAY_SIZE(lines); i++) {
        expect(qts, lines[i].line, lines[i].answer);
    }
    qtest_quit(qts);
}

/* Many lines at once are answered one by one, in order. */
static void test_pipelined(void)
{
    enum { N = 1000 };
    QTestState *qts = qtest_init("-machine none");
    g_autoptr(GString) many = g_string_new(NULL);

    for (int i = 0; i < N; i++) {
        g_string_append_printf(many, "clock_set %d%s", i + 1,
                               i < N - 1 ? "\n" : "");
    }
    qtest_send_line(qts, many->str);
    for (int i = 0; i < N; i++) {
        g_autofree char *want = g_strdup_printf("OK %d", i + 1);
        g_autofree char *got = qtest_recv_line(qts);

        g_assert_cmpstr(got, ==, want);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/qtest/endianness", test_endianness);
    qtest_add_func("/qtest/ports", test_ports);
    qtest_add_func("/qtest/memory", test_memory);
    qtest_add_func("/qtest/blocks", test_blocks);
    qtest_add_func("/qtest/clock", test_clock);
    qtest_add_func("/qtest/irq", test_irq);
    qtest_add_func("/qtest/malformed", test_malformed);
    qtest_add_func("/qtest/pipelined", test_pipelined);
    return g_test_run();
}
