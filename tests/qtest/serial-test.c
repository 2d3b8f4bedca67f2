/*
 * Tests of the 16550, as its driver uses it.  Where it can be plugged in is in
 * serial-cards-test.c.
 *
 * A test is at both ends: it is the guest, and it holds the other end of the
 * line.  Where only the UART itself matters, the line is looped back, and what
 * is sent is received at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "pc-test.h"
#include "serial-regs.h"

#define COM1        0x3f8
#define COM1_IRQ    4

/* Registers, and the divisor's in place of the first two */
#define RBR         0
#define THR         0
#define IER         1
#define IIR         2
#define FCR         2
#define LCR         3
#define MCR         4
#define LSR         5
#define MSR         6
#define SCR         7
#define DLL         0
#define DLM         1

#define PIC         0x20
#define PIC_ELCR    0x4d0
#define READ_IRR    0x0a

#define LSR_IDLE    (UART_LSR_THRE | UART_LSR_TEMT)

/* At the usual clock, 9600 bits per second is divisor 12; 8N1 has 10 bits. */
#define FRAME_NS    (1000000000ll / 9600 * 10)

typedef struct SerialTest {
    QTestState *qts;
    int line;               /* the other end of it */
} SerialTest;

static void serial_start(SerialTest *t, const char *args)
{
    g_autofree char *all = g_strdup_printf("-machine pc -nodefaults %s", args);
    struct timeval patience = { .tv_sec = 20 };

    t->qts = qtest_init_with_serial(all, &t->line);
    setsockopt(t->line, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    /* As a level, a request goes away with the UART's. */
    qtest_outb(t->qts, PIC_ELCR, 1 << COM1_IRQ);
}

static void serial_stop(SerialTest *t)
{
    qtest_quit(t->qts);
    close(t->line);
}

static uint8_t serial_in(SerialTest *t, int reg)
{
    return qtest_inb(t->qts, COM1 + reg);
}

static void serial_out(SerialTest *t, int reg, uint8_t value)
{
    qtest_outb(t->qts, COM1 + reg, value);
}

/* What the PIC sees. */
static bool serial_irq(SerialTest *t)
{
    qtest_outb(t->qts, PIC, READ_IRR);
    return qtest_inb(t->qts, PIC) & 1 << COM1_IRQ;
}

static void assert_interrupt(SerialTest *t, uint8_t id)
{
    g_assert_cmphex(serial_in(t, IIR) & ~UART_IIR_FE, ==, id);
    g_assert_true(serial_irq(t) == (id != UART_IIR_NO_INT));
}

static void serial_loop(SerialTest *t)
{
    serial_out(t, MCR, UART_MCR_LOOP);
}

static void serial_send_n(SerialTest *t, int n)
{
    for (int i = 0; i < n; i++) {
        serial_out(t, THR, i);
    }
}

/* Bytes from outside come when the main loop does. */
static void serial_wait_lsr(SerialTest *t, uint8_t bits)
{
    gint64 end = g_get_monotonic_time() + 2 * G_TIME_SPAN_MINUTE;

    while ((serial_in(t, LSR) & bits) != bits) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

static void assert_line_says(SerialTest *t, const char *text)
{
    size_t len = strlen(text);
    g_autofree char *buf = g_malloc0(len + 1);

    g_assert_cmpint(recv(t->line, buf, len, MSG_WAITALL), ==, len);
    g_assert_cmpstr(buf, ==, text);
}

/* Registers */

static void test_start_values(void)
{
    static const uint8_t want[] = {
        [RBR] = 0, [IER] = 0, [IIR] = UART_IIR_NO_INT, [LCR] = 0,
        [MCR] = UART_MCR_OUT2, [LSR] = LSR_IDLE,
        [MSR] = UART_MSR_DCD | UART_MSR_DSR | UART_MSR_CTS, [SCR] = 0,
    };
    SerialTest t;

    serial_start(&t, "");
    for (int i = 0; i < ARRAY_SIZE(want); i++) {
        g_assert_cmphex(serial_in(&t, i), ==, want[i]);
    }
    serial_out(&t, LCR, UART_LCR_DLAB);
    g_assert_cmphex(serial_in(&t, DLL), ==, 12);
    g_assert_cmphex(serial_in(&t, DLM), ==, 0);
    serial_stop(&t);
}

/* What can be written is there to be read, as far as it has a meaning. */
static void test_writable(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_out(&t, SCR, 0xa5);
    g_assert_cmphex(serial_in(&t, SCR), ==, 0xa5);
    serial_out(&t, IER, 0xff);
    g_assert_cmphex(serial_in(&t, IER), ==, 0x0f);
    serial_out(&t, MCR, 0xff);
    g_assert_cmphex(serial_in(&t, MCR), ==, 0x1f);
    serial_out(&t, LCR, 0xff);
    g_assert_cmphex(serial_in(&t, LCR), ==, 0xff);

    /* The divisor hides the first two registers, and touches neither. */
    serial_out(&t, DLL, 0x34);
    serial_out(&t, DLM, 0x12);
    g_assert_cmphex(serial_in(&t, DLL), ==, 0x34);
    g_assert_cmphex(serial_in(&t, DLM), ==, 0x12);
    serial_out(&t, LCR, 0x03);
    g_assert_cmphex(serial_in(&t, IER), ==, 0x0f);

    /* A divisor of zero, or beyond the clock, is just slow. */
    serial_out(&t, LCR, UART_LCR_DLAB);
    serial_out(&t, DLL, 0);
    serial_out(&t, DLM, 0);
    serial_out(&t, DLL, 0xff);
    serial_out(&t, DLM, 0xff);
    g_assert_cmphex(serial_in(&t, DLM), ==, 0xff);
    serial_stop(&t);
}

/* Status is not for writing, and wide accesses are several of one byte. */
static void test_wrong_accesses(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_out(&t, LSR, 0xff);
    serial_out(&t, MSR, 0xff);
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE);
    g_assert_cmphex(serial_in(&t, MSR) & UART_MSR_ANY_DELTA, ==, 0);

    qtest_outw(t.qts, COM1 + MSR, 0x77ff);
    g_assert_cmphex(serial_in(&t, SCR), ==, 0x77);
    g_assert_cmphex(qtest_inl(t.qts, COM1 + MCR), ==,
                    0x77b00000 | LSR_IDLE << 8 | UART_MCR_OUT2);
    /* The last register's neighbour is nobody's. */
    g_assert_cmphex(qtest_inw(t.qts, COM1 + SCR), ==, 0xff77);
    serial_stop(&t);
}

/* Sending */

static void test_send(void)
{
    SerialTest t;

    serial_start(&t, "");
    for (const char *p = "hello"; *p; p++) {
        serial_wait_lsr(&t, UART_LSR_THRE);
        serial_out(&t, THR, *p);
    }
    assert_line_says(&t, "hello");
    serial_wait_lsr(&t, LSR_IDLE);
    serial_stop(&t);
}

/* THR is empty: told when it is asked for, once for each time it runs empty. */
static void test_send_interrupt(void)
{
    SerialTest t;

    serial_start(&t, "");
    assert_interrupt(&t, UART_IIR_NO_INT);
    serial_out(&t, IER, UART_IER_THRI);
    g_assert_true(serial_irq(&t));
    g_assert_cmphex(serial_in(&t, IIR), ==, UART_IIR_THRI);
    assert_interrupt(&t, UART_IIR_NO_INT);      /* it was read */

    serial_out(&t, THR, 'a');
    g_assert_true(serial_irq(&t));
    g_assert_cmphex(serial_in(&t, IIR), ==, UART_IIR_THRI);
    assert_interrupt(&t, UART_IIR_NO_INT);

    /* To enable it anew asks anew: so drivers begin to send. */
    serial_out(&t, IER, 0);
    serial_out(&t, IER, UART_IER_THRI);
    g_assert_true(serial_irq(&t));
    serial_out(&t, IER, 0);
    g_assert_false(serial_irq(&t));
    serial_stop(&t);
}

/*
 * A line that nobody reads from: the bytes wait in the FIFO, and go out in
 * their order when there is room.
 */
static void test_send_throttled(void)
{
    g_autoptr(GByteArray) sent = g_byte_array_new();
    g_autofree uint8_t *got = NULL;
    SerialTest t;

    serial_start(&t, "");
    serial_out(&t, FCR, UART_FCR_FE);
    serial_out(&t, IER, UART_IER_THRI);
    while (serial_in(&t, LSR) & UART_LSR_THRE) {
        uint8_t byte = sent->len * 7;

        g_assert_cmpint(sent->len, <, 1 << 20);
        serial_out(&t, THR, byte);
        g_byte_array_append(sent, &byte, 1);
    }
    /* One is in the shift register, one in the FIFO: fifteen more fit. */
    for (int i = 0; i < 15; i++) {
        uint8_t byte = 0x40 + i;

        serial_out(&t, THR, byte);
        g_byte_array_append(sent, &byte, 1);
    }
    g_assert_cmphex(serial_in(&t, LSR), ==, 0);
    assert_interrupt(&t, UART_IIR_NO_INT);

    got = g_malloc(sent->len);
    g_assert_cmpint(recv(t.line, got, sent->len, MSG_WAITALL), ==, sent->len);
    g_assert_cmpmem(got, sent->len, sent->data, sent->len);
    serial_wait_lsr(&t, LSR_IDLE);
    g_assert_true(serial_irq(&t));
    serial_stop(&t);
}

/* The machine may end, or be reset, while bytes wait. */
static void test_send_throttled_reset(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_out(&t, FCR, UART_FCR_FE);
    while (serial_in(&t, LSR) & UART_LSR_THRE) {
        serial_out(&t, THR, 'x');
    }
    qtest_qmp_assert_success(t.qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t.qts, "RESET");
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE);
    g_assert_cmphex(serial_in(&t, IIR), ==, UART_IIR_NO_INT);

    serial_out(&t, FCR, UART_FCR_FE);
    serial_out(&t, THR, 'y');
    serial_out(&t, THR, 'z');
    serial_stop(&t);
}

/* A line that was hung up takes everything, and gives it to nobody. */
static void test_send_hung_up(void)
{
    SerialTest t;

    serial_start(&t, "");
    shutdown(t.line, SHUT_RDWR);
    for (int i = 0; i < 40; i++) {
        serial_out(&t, THR, i);
    }
    serial_wait_lsr(&t, LSR_IDLE);
    serial_stop(&t);
}

/* Receiving */

/* Without the FIFOs there is room for one; the others wait outside. */
static void test_receive(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_out(&t, IER, UART_IER_RDI);
    assert_interrupt(&t, UART_IIR_NO_INT);
    g_assert_cmpint(write(t.line, "abc", 3), ==, 3);
    for (const char *p = "abc"; *p; p++) {
        serial_wait_lsr(&t, UART_LSR_DR);
        assert_interrupt(&t, UART_IIR_RDI);
        g_assert_cmphex(serial_in(&t, RBR), ==, *p);
    }
    assert_interrupt(&t, UART_IIR_NO_INT);
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE);
    /* Empty, the register shows what was last in it. */
    g_assert_cmphex(serial_in(&t, RBR), ==, 'c');
    serial_stop(&t);
}

/* However much comes, nothing is lost: the line waits for the guest. */
static void test_receive_much(void)
{
    uint8_t data[1000];
    SerialTest t;

    for (int i = 0; i < sizeof(data); i++) {
        data[i] = i * 13;
    }
    serial_start(&t, "");
    serial_out(&t, FCR, UART_FCR_FE | UART_FCR_ITL_4);
    g_assert_cmpint(write(t.line, data, sizeof(data)), ==, sizeof(data));
    for (int i = 0; i < sizeof(data); i++) {
        serial_wait_lsr(&t, UART_LSR_DR);
        g_assert_cmphex(serial_in(&t, RBR), ==, data[i]);
    }
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE);
    g_assert_cmphex(serial_in(&t, RBR), ==, 0);
    serial_stop(&t);
}

/* Looped back, two bytes without reading are one too many. */
static void test_overrun(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, IER, UART_IER_RLSI);
    serial_send_n(&t, 1);
    assert_interrupt(&t, UART_IIR_NO_INT);
    serial_out(&t, THR, 0x77);
    assert_interrupt(&t, UART_IIR_RLSI);
    g_assert_cmphex(serial_in(&t, LSR), ==,
                    LSR_IDLE | UART_LSR_DR | UART_LSR_OE);
    /* The error is over when it has been read, the byte is not. */
    assert_interrupt(&t, UART_IIR_NO_INT);
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE | UART_LSR_DR);
    g_assert_cmphex(serial_in(&t, RBR), ==, 0x77);
    serial_stop(&t);
}

/* FIFOs */

/* Each level is worth an interrupt from that many bytes on, and up to there. */
static void test_fifo_levels(void)
{
    static const struct {
        uint8_t itl;
        int level;
    } cases[] = {
        { UART_FCR_ITL_1, 1 }, { UART_FCR_ITL_2, 4 },
        { UART_FCR_ITL_3, 8 }, { UART_FCR_ITL_4, 14 },
    };
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, IER, UART_IER_RDI);
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        serial_out(&t, FCR, UART_FCR_FE | UART_FCR_RFR | cases[i].itl);
        g_assert_cmphex(serial_in(&t, IIR), ==,
                        UART_IIR_FE | UART_IIR_NO_INT);
        serial_send_n(&t, cases[i].level - 1);
        assert_interrupt(&t, UART_IIR_NO_INT);
        serial_send_n(&t, 1);
        assert_interrupt(&t, UART_IIR_RDI);
        g_assert_cmphex(serial_in(&t, RBR), ==, 0);
        assert_interrupt(&t, UART_IIR_NO_INT);
    }
    serial_stop(&t);
}

/* Sixteen fit; the next is lost, and that is told. */
static void test_fifo_overrun(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, FCR, UART_FCR_FE);
    serial_send_n(&t, 16);
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE | UART_LSR_DR);
    serial_out(&t, THR, 0xee);
    g_assert_cmphex(serial_in(&t, LSR), ==,
                    LSR_IDLE | UART_LSR_DR | UART_LSR_OE);
    for (int i = 0; i < 16; i++) {
        g_assert_cmphex(serial_in(&t, RBR), ==, i);
    }
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE);
    serial_stop(&t);
}

/* Too few bytes for the level are told after four frames of silence. */
static void test_fifo_timeout(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, LCR, 0x03);                  /* 8N1 */
    serial_out(&t, FCR, UART_FCR_FE | UART_FCR_ITL_4);
    serial_out(&t, IER, UART_IER_RDI);
    serial_send_n(&t, 2);
    qtest_clock_step(t.qts, 4 * FRAME_NS - 1000);
    assert_interrupt(&t, UART_IIR_NO_INT);
    qtest_clock_step(t.qts, 1000);
    assert_interrupt(&t, UART_IIR_CTI);

    /* A read ends it, and the silence begins anew. */
    g_assert_cmphex(serial_in(&t, RBR), ==, 0);
    assert_interrupt(&t, UART_IIR_NO_INT);
    qtest_clock_step(t.qts, 4 * FRAME_NS);
    assert_interrupt(&t, UART_IIR_CTI);
    g_assert_cmphex(serial_in(&t, RBR), ==, 1);
    qtest_clock_step(t.qts, 8 * FRAME_NS);
    assert_interrupt(&t, UART_IIR_NO_INT);
    serial_stop(&t);
}

/* How long a frame is follows from the divisor and the bits in it. */
static void test_fifo_timeout_speed(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, LCR, UART_LCR_DLAB);
    serial_out(&t, DLL, 1);                     /* 115200 */
    serial_out(&t, LCR, 0x1f);                  /* 8E2: 12 bits */
    serial_out(&t, FCR, UART_FCR_FE | UART_FCR_ITL_4);
    serial_out(&t, IER, UART_IER_RDI);
    serial_send_n(&t, 1);
    qtest_clock_step(t.qts, 1000000000ll / 115200 * 12 * 4 - 100);
    assert_interrupt(&t, UART_IIR_NO_INT);
    qtest_clock_step(t.qts, 100);
    assert_interrupt(&t, UART_IIR_CTI);
    serial_stop(&t);
}

/* FIFOs are emptied on request, and when they are turned on or off. */
static void test_fifo_reset(void)
{
    static const uint8_t emptiers[] = {
        UART_FCR_FE | UART_FCR_RFR, 0, UART_FCR_FE,
    };
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, IER, UART_IER_RDI);
    serial_out(&t, FCR, UART_FCR_FE);
    for (int i = 0; i < ARRAY_SIZE(emptiers); i++) {
        serial_send_n(&t, 3);
        g_assert_cmphex(serial_in(&t, LSR) & UART_LSR_DR, ==, UART_LSR_DR);
        serial_out(&t, FCR, emptiers[i]);
        g_assert_cmphex(serial_in(&t, LSR) & UART_LSR_DR, ==, 0);
        qtest_clock_step(t.qts, 8 * FRAME_NS);
        assert_interrupt(&t, UART_IIR_NO_INT);
    }
    /* A request to empty the other one leaves it. */
    serial_send_n(&t, 3);
    serial_out(&t, FCR, UART_FCR_FE | UART_FCR_XFR);
    g_assert_cmphex(serial_in(&t, LSR) & UART_LSR_DR, ==, UART_LSR_DR);
    serial_stop(&t);
}

/* Interrupts */

/* The most important first; each goes away by what it asks for. */
static void test_priorities(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, LCR, 0x03);
    serial_out(&t, FCR, UART_FCR_FE | UART_FCR_ITL_1);
    serial_send_n(&t, 17);
    qtest_clock_step(t.qts, 4 * FRAME_NS);
    serial_out(&t, IER, UART_IER_RLSI | UART_IER_RDI | UART_IER_THRI);

    assert_interrupt(&t, UART_IIR_RLSI);
    serial_in(&t, LSR);
    assert_interrupt(&t, UART_IIR_CTI);
    serial_in(&t, RBR);
    assert_interrupt(&t, UART_IIR_RDI);
    serial_out(&t, FCR, UART_FCR_FE | UART_FCR_ITL_1 | UART_FCR_RFR);
    g_assert_cmphex(serial_in(&t, IIR), ==, UART_IIR_FE | UART_IIR_THRI);
    /* To have read that one is enough. */
    assert_interrupt(&t, UART_IIR_NO_INT);

    /* Those that are not enabled are pending without being told. */
    serial_out(&t, IER, 0);
    serial_send_n(&t, 1);
    assert_interrupt(&t, UART_IIR_NO_INT);
    serial_out(&t, IER, UART_IER_RDI);
    assert_interrupt(&t, UART_IIR_RDI);
    serial_stop(&t);
}

/* In a loop the modem's lines are the outputs, and nothing is on the line. */
static void test_loop(void)
{
    static const struct {
        uint8_t mcr, msr;
    } cases[] = {
        { 0, 0 },
        { UART_MCR_DTR, UART_MSR_DSR }, { UART_MCR_RTS, UART_MSR_CTS },
        { UART_MCR_OUT1, UART_MSR_RI }, { UART_MCR_OUT2, UART_MSR_DCD },
        { 0x0f, 0xf0 },
    };
    SerialTest t;

    serial_start(&t, "");
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        serial_out(&t, MCR, UART_MCR_LOOP | cases[i].mcr);
        g_assert_cmphex(serial_in(&t, MSR), ==, cases[i].msr);
    }
    serial_out(&t, THR, 'x');
    g_assert_cmphex(serial_in(&t, RBR), ==, 'x');
    serial_out(&t, MCR, 0);
    serial_out(&t, THR, 'y');
    assert_line_says(&t, "y");
    serial_stop(&t);
}

/* A reset brings everything back. */
static void test_reset(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_loop(&t);
    serial_out(&t, IER, 0x0f);
    serial_out(&t, FCR, UART_FCR_FE | UART_FCR_ITL_4);
    serial_send_n(&t, 3);
    serial_out(&t, SCR, 0x55);
    serial_out(&t, LCR, UART_LCR_DLAB);
    serial_out(&t, DLM, 0x55);
    qtest_qmp_assert_success(t.qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t.qts, "RESET");

    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE);
    g_assert_cmphex(serial_in(&t, IER), ==, 0);
    g_assert_cmphex(serial_in(&t, MCR), ==, UART_MCR_OUT2);
    g_assert_cmphex(serial_in(&t, SCR), ==, 0);
    assert_interrupt(&t, UART_IIR_NO_INT);
    g_assert_cmphex(serial_in(&t, IIR), ==, UART_IIR_NO_INT);
    qtest_clock_step(t.qts, 8 * FRAME_NS);
    assert_interrupt(&t, UART_IIR_NO_INT);
    serial_stop(&t);
}

/* A break is a zero with an error to it. */
static void test_break(void)
{
    SerialTest t;

    serial_start(&t, "");
    serial_out(&t, IER, UART_IER_RLSI);
    qtest_qmp_assert_success(t.qts, "{'execute': 'chardev-send-break',"
                             " 'arguments': {'id': 's0'}}");
    assert_interrupt(&t, UART_IIR_RLSI);
    g_assert_cmphex(serial_in(&t, LSR), ==,
                    LSR_IDLE | UART_LSR_DR | UART_LSR_BI);
    assert_interrupt(&t, UART_IIR_NO_INT);
    g_assert_cmphex(serial_in(&t, RBR), ==, 0);
    g_assert_cmphex(serial_in(&t, LSR), ==, LSR_IDLE);
    serial_stop(&t);
}

/*
 * Another line in place of one that takes nothing: what has waited for the old
 * one goes to the new one.
 */
static void test_change_line(void)
{
    g_autofree char *path = NULL;
    g_autofree char *said = NULL;
    SerialTest t;
    int fd = g_file_open_tmp("serial-test-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    serial_start(&t, "");
    serial_out(&t, FCR, UART_FCR_FE);
    while (serial_in(&t, LSR) & UART_LSR_THRE) {
        serial_out(&t, THR, 'x');
    }
    qtest_qmp_assert_success(t.qts, "{'execute': 'chardev-change',"
                             " 'arguments': {'id': 's0', 'backend': {"
                             " 'type': 'file', 'data': {'out': %s}}}}", path);
    serial_wait_lsr(&t, LSR_IDLE);
    serial_out(&t, THR, 'y');
    g_assert_true(g_file_get_contents(path, &said, NULL, NULL));
    g_assert_cmpstr(said, ==, "xxy");
    unlink(path);
    serial_stop(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/serial/start-values", test_start_values);
    qtest_add_func("/serial/writable", test_writable);
    qtest_add_func("/serial/wrong-accesses", test_wrong_accesses);
    qtest_add_func("/serial/send", test_send);
    qtest_add_func("/serial/send/interrupt", test_send_interrupt);
    qtest_add_func("/serial/send/throttled", test_send_throttled);
    qtest_add_func("/serial/send/throttled-reset", test_send_throttled_reset);
    qtest_add_func("/serial/send/hung-up", test_send_hung_up);
    qtest_add_func("/serial/receive", test_receive);
    qtest_add_func("/serial/receive/much", test_receive_much);
    qtest_add_func("/serial/receive/overrun", test_overrun);
    qtest_add_func("/serial/fifo/levels", test_fifo_levels);
    qtest_add_func("/serial/fifo/overrun", test_fifo_overrun);
    qtest_add_func("/serial/fifo/timeout", test_fifo_timeout);
    qtest_add_func("/serial/fifo/timeout-speed", test_fifo_timeout_speed);
    qtest_add_func("/serial/fifo/reset", test_fifo_reset);
    qtest_add_func("/serial/priorities", test_priorities);
    qtest_add_func("/serial/loop", test_loop);
    qtest_add_func("/serial/reset", test_reset);
    qtest_add_func("/serial/break", test_break);
    qtest_add_func("/serial/change-line", test_change_line);
    return g_test_run();
}
