/*
 * qtest: drive a machine from a test, without a guest.
 *
 * -accel qtest runs no code; -qtest CHARDEV opens a server that reads one
 * command a line and answers each with a line, "OK" or "FAIL text".  Between
 * answers it sends "IRQ raise N" and "IRQ lower N" for the pins of the device
 * that irq_intercept_in or _out named.
 *
 *     inb ADDR   inw   inl              OK 0xVALUE
 *     outb ADDR VALUE   outw   outl     OK
 *     readb ADDR   readw readl readq    OK 0xVALUE
 *     writeb ADDR VALUE  …w …l …q       OK
 *     read ADDR SIZE                    OK 0xHEX…
 *     write ADDR SIZE 0xHEX…            OK
 *     b64read ADDR SIZE                 OK BASE64
 *     b64write ADDR SIZE BASE64         OK
 *     memset ADDR SIZE VALUE            OK
 *     endianness                        OK little
 *     irq_intercept_in QOM-PATH         OK
 *     irq_intercept_out QOM-PATH        OK
 *     set_irq_in QOM-PATH NAME NUM LEVEL    OK   (NAME: "unnamed-gpio-in")
 *     clock_step [NS]                   OK NOW   (without NS: to the next timer)
 *     clock_set NS                      OK NOW
 *     module_load PREFIX NAME           OK
 *
 * Values are in the target's byte order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QTEST_H
#define QTEST_H

#include "chardev/char.h"

/* Set when -accel qtest runs the VM. */
extern bool qtest_allowed;

static inline bool qtest_enabled(void)
{
    return qtest_allowed;
}

/*
 * A target's own commands: give true if @words[0] was one of them, having
 * answered with qtest_send*().
 */
void qtest_set_command_cb(bool (*pc_cb)(CharBackend *chr, gchar **words));
void qtest_send_prefix(CharBackend *chr);
void G_GNUC_PRINTF(2, 3) qtest_sendf(CharBackend *chr, const char *fmt, ...);

/* True if a server was made with -qtest (or -object qtest). */
bool qtest_driver(void);

/*
 * qtest_server_init: serve on the chardev that @qtest_chrdev describes (as for
 * -qtest), and log into the file @qtest_log ("none": nowhere; NULL: stderr).
 */
void qtest_server_init(const char *qtest_chrdev, const char *qtest_log,
                       Error **errp);

/* QEMU_CLOCK_VIRTUAL under qtest. */
int64_t qtest_get_virtual_clock(void);

#endif
