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
 * There is a second connection, for QMP: qtest_qmp() and its kin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQTEST_H
#define LIBQTEST_H

#include "libqmp.h"

typedef struct QTestState QTestState;

/*
 * qtest_init: start the program with @extra_args, as a shell would read them,
 * and connect, to QMP too.  qtest_initf: the same with printf()'s formats.
 */
QTestState *qtest_init(const char *extra_args);
QTestState *qtest_initf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
QTestState *qtest_vinitf(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
/* The same, up to QMP's greeting, which is still to be received. */
QTestState *qtest_init_without_qmp_handshake(const char *extra_args);
/* With a serial port; *@sock_fd is the other end of its line. */
QTestState *qtest_init_with_serial(const char *extra_args, int *sock_fd);

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
/* SIGKILL at once, as when the power goes, but keep @s. */
void qtest_cut_power(QTestState *s);
/* True if it has not ended yet. */
bool qtest_probe_child(QTestState *s);
pid_t qtest_pid(QTestState *s);

/* A raw line, without its end; and the next raw answer, which is the caller's */
void qtest_send_line(QTestState *s, const char *line);
gchar *qtest_recv_line(QTestState *s);

/*
 * QMP.  The templates are those of qapi/qmp/qjson.h:
 *
 *     rsp = qtest_qmp(qts, "{'execute': 'qom-list', 'arguments':"
 *                          " {'path': %s}}", path);
 *
 * qtest_qmp: send a request and receive its answer, which is the caller's.
 * Events that come before it are kept until somebody waits for them.
 * The _fds forms attach @fds_num descriptors, which stay the caller's.
 */
QDict *qtest_qmp(QTestState *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
QDict *qtest_vqmp(QTestState *s, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
QDict *qtest_qmp_fds(QTestState *s, int *fds, size_t fds_num,
                     const char *fmt, ...) G_GNUC_PRINTF(4, 5);
QDict *qtest_vqmp_fds(QTestState *s, int *fds, size_t fds_num,
                      const char *fmt, va_list ap) G_GNUC_PRINTF(4, 0);

/* Send only.  In the raw form, the text and formats are printf()'s. */
void qtest_qmp_send(QTestState *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void qtest_qmp_vsend(QTestState *s, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
void qtest_qmp_vsend_fds(QTestState *s, int *fds, size_t fds_num,
                         const char *fmt, va_list ap) G_GNUC_PRINTF(4, 0);
void qtest_qmp_send_raw(QTestState *s, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* The next answer; and the next value, answer or event, whichever comes. */
QDict *qtest_qmp_receive(QTestState *s);
QDict *qtest_qmp_receive_dict(QTestState *s);

/*
 * Wait for an event of that name, kept or to come; others are kept.  The _ref
 * form gives it to the caller.
 */
void qtest_qmp_eventwait(QTestState *s, const char *event);
QDict *qtest_qmp_eventwait_ref(QTestState *s, const char *event);
/* One that is kept, or NULL; without waiting. */
QDict *qtest_qmp_event_ref(QTestState *s, const char *event);

/* The request must succeed; what it returns is dropped. */
void qtest_qmp_assert_success(QTestState *s, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* A command of the human monitor, and what it printed; the caller frees. */
char *qtest_hmp(QTestState *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
char *qtest_vhmp(QTestState *s, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);

/*
 * device_add, which must succeed: properties as a dictionary, which stays the
 * caller's, or as a template, "{'addr': %s}".
 */
void qtest_qmp_device_add_qdict(QTestState *qts, const char *drv,
                                const QDict *arguments);
void qtest_qmp_device_add(QTestState *qts, const char *driver, const char *id,
                          const char *fmt, ...) G_GNUC_PRINTF(4, 5);
/* device_del, which must succeed; the second form waits for the end of it. */
void qtest_qmp_device_del_send(QTestState *qts, const char *id);
void qtest_qmp_device_del(QTestState *qts, const char *id);

/* A property that is a bool. */
void qtest_qom_set_bool(QTestState *s, const char *path, const char *property,
                        bool value);
bool qtest_qom_get_bool(QTestState *s, const char *path, const char *property);

/*
 * What the program has.  With @skip_old_versioned, of pc-i440fx-7.2 and its
 * elders only the newest is called.
 */
void qtest_cb_for_every_machine(void (*cb)(const char *machine),
                                bool skip_old_versioned);
bool qtest_has_machine(const char *machine);
bool qtest_has_device(const char *device);
bool qtest_has_accel(const char *accel_name);

/*
 * The schema of the program, once a QTestState has been made; it lives until
 * the end of the test.  Whatever is received by the functions above has been
 * checked with it already, and ended the test if it was wrong.
 */
const struct QmpSchema *qtest_qmp_schema(void);

/* A socket that listens at @socket_path. */
int qtest_socket_server(const char *socket_path);

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
