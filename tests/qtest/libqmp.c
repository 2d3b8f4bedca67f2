/*
 * libqmp: a QMP client on a file descriptor.
 *
 * Read libqmp.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "libqmp.h"
#include "qapi/error.h"
#include "qapi/qmp/json-parser.h"
#include "qapi/qmp/qjson.h"

/* Receiving */

typedef struct QMPResponseParser {
    JSONMessageParser parser;
    QDict *response;
} QMPResponseParser;

static void qmp_response(void *opaque, QObject *obj, Error *err)
{
    QMPResponseParser *qmp = opaque;

    if (err) {
        error_prepend(&err, "QMP JSON response parsing failed: ");
        error_report_err(err);
        abort();
    }
    g_assert_null(qmp->response);
    qmp->response = qobject_to(QDict, obj);
    g_assert_nonnull(qmp->response);
}

static bool qmp_log_wanted(void)
{
    return getenv("QTEST_LOG") != NULL;
}

/* Byte by byte, because what follows the value is not ours yet. */
QDict *qmp_fd_receive(int fd)
{
    QMPResponseParser qmp = { };
    bool log = qmp_log_wanted();

    json_message_parser_init(&qmp.parser, qmp_response, &qmp, NULL);
    while (!qmp.response) {
        char c;
        ssize_t len = RETRY_ON_EINTR(read(fd, &c, 1));

        if (len <= 0) {
            fprintf(stderr, "Broken pipe\n");
            abort();
        }
        if (log) {
            fputc(c, stderr);
        }
        json_message_parser_feed(&qmp.parser, &c, 1);
    }
    if (log) {
        fputc('\n', stderr);
    }
    json_message_parser_destroy(&qmp.parser);
    return qmp.response;
}

/* Sending */

void qmp_fd_send_text_fds(int fd, int *fds, size_t fds_num,
                          const char *buf, size_t size)
{
    g_autofree char *control = NULL;
    struct iovec iov;
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

    if (fds_num) {
        size_t fds_size = fds_num * sizeof(int);
        struct cmsghdr *cmsg;

        control = g_malloc0(CMSG_SPACE(fds_size));
        msg.msg_control = control;
        msg.msg_controllen = CMSG_SPACE(fds_size);
        cmsg = CMSG_FIRSTHDR(&msg);
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN(fds_size);
        memcpy(CMSG_DATA(cmsg), fds, fds_size);
    }
    if (qmp_log_wanted()) {
        fprintf(stderr, "%.*s\n", (int)size, buf);
    }
    while (size > 0) {
        ssize_t n;

        iov = (struct iovec) { .iov_base = (char *)buf, .iov_len = size };
        n = RETRY_ON_EINTR(sendmsg(fd, &msg, MSG_NOSIGNAL));
        g_assert_cmpint(n, >, 0);
        buf += n;
        size -= n;
        msg.msg_control = NULL;
        msg.msg_controllen = 0;
    }
}

void qmp_fd_vsend_fds(int fd, int *fds, size_t fds_num,
                      const char *fmt, va_list ap)
{
    QObject *request = qobject_from_vjsonf_nofail(fmt, ap);
    GString *text = qobject_to_json(request);

    /* The end of the line is for who reads the log of both sides. */
    g_string_append_c(text, '\n');
    qmp_fd_send_text_fds(fd, fds, fds_num, text->str, text->len);
    g_string_free(text, true);
    qobject_unref(request);
}

void qmp_fd_vsend(int fd, const char *fmt, va_list ap)
{
    qmp_fd_vsend_fds(fd, NULL, 0, fmt, ap);
}

void qmp_fd_send(int fd, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    qmp_fd_vsend(fd, fmt, ap);
    va_end(ap);
}

void qmp_fd_vsend_raw(int fd, const char *fmt, va_list ap)
{
    g_autofree char *text = g_strdup_vprintf(fmt, ap);

    qmp_fd_send_text_fds(fd, NULL, 0, text, strlen(text));
}

void qmp_fd_send_raw(int fd, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    qmp_fd_vsend_raw(fd, fmt, ap);
    va_end(ap);
}

QDict *qmp_fdv(int fd, const char *fmt, va_list ap)
{
    qmp_fd_vsend(fd, fmt, ap);
    return qmp_fd_receive(fd);
}

QDict *qmp_fd(int fd, const char *fmt, ...)
{
    QDict *rsp;
    va_list ap;

    va_start(ap, fmt);
    rsp = qmp_fdv(fd, fmt, ap);
    va_end(ap);
    return rsp;
}

/* Errors */

bool qmp_rsp_is_err(QDict *rsp)
{
    QDict *error = qdict_get_qdict(rsp, "error");

    if (!error) {
        return false;
    }
    g_assert_nonnull(qdict_get_try_str(error, "class"));
    g_assert_nonnull(qdict_get_try_str(error, "desc"));
    return true;
}

void qmp_expect_error_and_unref(QDict *rsp, const char *class)
{
    g_assert_true(qmp_rsp_is_err(rsp));
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "class"),
                    ==, class);
    qobject_unref(rsp);
}
