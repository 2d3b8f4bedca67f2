/*
 * What the parts of the qtest server share: the rows of its tables and how a
 * command answers.
 *
 *     qtest.c              the object, its chardev, lines, words, the log
 *     qtest-commands.c     commands that read and write; finding a command
 *     qtest-irq.c          interrupts
 *     qtest-clock.c        time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_QTEST_INT_H
#define SYSTEM_QTEST_INT_H

#include "chardev/char-fe.h"

/* A command: words[0] is the name; a row's nargs says how many follow. */
typedef struct QTestCommand QTestCommand;
struct QTestCommand {
    const char *name;
    int nargs;
    void (*fn)(CharBackend *chr, const QTestCommand *cmd, char **words);
    int size;                   /* of an access, in bytes */
};

/* qtest.c.  @str may be a part of a line. */
void qtest_send(CharBackend *chr, const char *str, size_t len);
void qtest_ok(CharBackend *chr);
void qtest_fail(CharBackend *chr, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* Into the log alone. */
void qtest_log_send(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* qtest-commands.c.  NULL: there is none of this name. */
const QTestCommand *qtest_find_command(const char *name);

/*
 * qtest-irq.c.  From now on @chr hears of the pins, or nobody if it is NULL;
 * the levels that were told so far are forgotten.
 */
void qtest_irq_forget(CharBackend *chr);
void qtest_cmd_irq_intercept(CharBackend *chr, const QTestCommand *cmd,
                             char **words);
void qtest_cmd_set_irq_in(CharBackend *chr, const QTestCommand *cmd,
                          char **words);

/* qtest-clock.c */
void qtest_cmd_clock_step(CharBackend *chr, const QTestCommand *cmd,
                          char **words);
void qtest_cmd_clock_set(CharBackend *chr, const QTestCommand *cmd,
                         char **words);

#endif
