/*
 * libqtest: start the program under -accel qtest and drive it.
 *
 *     QTestState *qts = qtest_init("-machine pc -device tally");
 *
 *     qtest_outl(qts, 0xcf8, 0x80000000);
 *     g_assert_cmphex(qtest_inl(qts, 0xcfc), ==, 0x12378086);
 *     qtest_quit(qts);
 *
 * The program is $QTEST_QEMU_BINARY.  Each call sends one line and waits for
 * the answer (include/sysemu/qtest.h has the protocol); an answer other than
 * OK, and a program that dies, end the test.  With $QTEST_LOG set, every line
 * is shown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQTEST_H
#define LIBQTEST_H

typedef struct QTestState QTestState;

/*
 * qtest_init: start the program with @extra_args, as a shell would read them,
 * and connect.  qtest_initf: the same with printf()'s formats.
 */
QTestState *qtest_init(const char *extra_args);
QTestState *qtest_initf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
QTestState *qtest_vinitf(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
/* The same; named apart because qtest_init() speaks to QMP where there is one. */
QTestState *qtest_init_without_qmp_handshake(const char *extra_args);

/*
 * SIGTERM, and wait: the status must be the expected one, 0 unless set.  Frees
 * @s.  What ASan has to say about the tear-down comes here.
 */
void qtest_quit(QTestState *s);
void qtest_set_expected_status(QTestState *s, int status);
/* Wait until it ends by itself; checks the status. */
void qtest_wait_qemu(QTestState *s);
/* SIGTERM and wait, but keep @s. */
void qtest_kill_qemu(QTestState *s);
/* True if it has not ended yet. */
bool qtest_probe_child(QTestState *s);
pid_t qtest_pid(QTestState *s);

/* A raw line, without its end; and the next raw answer, which is the caller's */
void qtest_send_line(QTestState *s, const char *line);
gchar *qtest_recv_line(QTestState *s);

/* Interrupts: intercept the pins of the device at @string, then look. */
void qtest_irq_intercept_in(QTestState *s, const char *string);
void qtest_irq_intercept_out(QTestState *s, const char *string);
void qtest_set_irq_in(QTestState *s, const char *string, const char *name,
                      int irq, int level);
/* Is pin @num raised, as far as the program has told by now? */
bool qtest_get_irq(QTestState *s, int num);

/* I/O ports */
void qtest_outb(QTestState *s, uint16_t addr, uint8_t value);
void qtest_outw(QTestState *s, uint16_t addr, uint16_t value);
void qtest_outl(QTestState *s, uint16_t addr, uint32_t value);
uint8_t qtest_inb(QTestState *s, uint16_t addr);
uint16_t qtest_inw(QTestState *s, uint16_t addr);
uint32_t qtest_inl(QTestState *s, uint16_t addr);

/* Memory, in the guest's byte order */
void qtest_writeb(QTestState *s, uint64_t addr, uint8_t value);
void qtest_writew(QTestState *s, uint64_t addr, uint16_t value);
void qtest_writel(QTestState *s, uint64_t addr, uint32_t value);
void qtest_writeq(QTestState *s, uint64_t addr, uint64_t value);
uint8_t qtest_readb(QTestState *s, uint64_t addr);
uint16_t qtest_readw(QTestState *s, uint64_t addr);
uint32_t qtest_readl(QTestState *s, uint64_t addr);
uint64_t qtest_readq(QTestState *s, uint64_t addr);

/* Memory as bytes; the buf forms go as base64, which is shorter. */
void qtest_memread(QTestState *s, uint64_t addr, void *data, size_t size);
void qtest_memwrite(QTestState *s, uint64_t addr, const void *data,
                    size_t size);
void qtest_bufread(QTestState *s, uint64_t addr, void *data, size_t size);
void qtest_bufwrite(QTestState *s, uint64_t addr, const void *data,
                    size_t size);
void qtest_memset(QTestState *s, uint64_t addr, uint8_t patt, size_t size);

/* The guest's time in ns: to the next timer, by @step, to @val.  Gives it. */
int64_t qtest_clock_step_next(QTestState *s);
int64_t qtest_clock_step(QTestState *s, int64_t step);
int64_t qtest_clock_set(QTestState *s, int64_t val);

bool qtest_big_endian(QTestState *s);
const char *qtest_get_arch(void);

/* g_test_add_func() and kin, under "/ARCH" as QEMU's tests are named. */
void qtest_add_func(const char *str, void (*fn)(void));
void qtest_add_data_func(const char *str, const void *data,
                         void (*fn)(const void *));
void qtest_add_data_func_full(const char *str, void *data,
                              void (*fn)(const void *),
                              GDestroyNotify data_free_func);

/* Run when a test aborts: no program is left behind. */
void qtest_add_abrt_handler(GHookFunc fn, const void *data);
void qtest_remove_abrt_handler(void *data);

#endif
