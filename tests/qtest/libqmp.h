/*
 * libqmp: a QMP client on a file descriptor.
 *
 * A test that opens a socket of its own talks to it with these; one that has
 * a QTestState finds the same with qtest_ in front in libqtest.h, where events
 * are kept until asked for.
 *
 *     QDict *rsp = qmp_fd(fd, "{'execute': 'qom-get', 'arguments':"
 *                             " {'path': %s, 'property': 'type'}}", path);
 *
 * The templates are those of qapi/qmp/qjson.h.  Whoever gets a QDict owns it.
 * An end of the stream in the middle of an answer ends the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQMP_H
#define LIBQMP_H

#include "qapi/qmp/qdict.h"

/* The next value; anything but an object is a failure. */
QDict *qmp_fd_receive(int fd);

/*
 * Send a request; with @fds_num descriptors in @fds attached to its first
 * byte.  They stay the caller's.
 */
void qmp_fd_vsend_fds(int fd, int *fds, size_t fds_num,
                      const char *fmt, va_list ap) G_GNUC_PRINTF(4, 0);
void qmp_fd_vsend(int fd, const char *fmt, va_list ap) G_GNUC_PRINTF(2, 0);
void qmp_fd_send(int fd, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Send text as it is, with descriptors. */
void qmp_fd_send_text_fds(int fd, int *fds, size_t fds_num,
                          const char *text, size_t size);
/* The same; here the formats are printf()'s. */
void qmp_fd_vsend_raw(int fd, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
void qmp_fd_send_raw(int fd, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Send a request and receive the next value, be it an answer or an event. */
QDict *qmp_fdv(int fd, const char *fmt, va_list ap) G_GNUC_PRINTF(2, 0);
QDict *qmp_fd(int fd, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Is @rsp an error?  Then it has the form that errors have. */
bool qmp_rsp_is_err(QDict *rsp);

/* @rsp, which goes, must be an error of that class. */
void qmp_expect_error_and_unref(QDict *rsp, const char *class);

#endif
