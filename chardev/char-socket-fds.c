/*
 * Descriptors that travel with the data of a chardev-socket.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "chardev/char-socket-int.h"

void close_msgfds(int **fds, size_t *num)
{
    for (size_t i = 0; i < *num; i++) {
        close((*fds)[i]);
    }
    g_free(*fds);
    *fds = NULL;
    *num = 0;
}

/* The caller takes as many as it asks for; the rest is closed. */
int tcp_get_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    int to_copy = MIN(num, s->read_msgfds_num);

    assert(num <= TCP_MAX_FDS);
    for (int i = 0; i < s->read_msgfds_num; i++) {
        if (i < to_copy) {
            fds[i] = s->read_msgfds[i];
        } else {
            close(s->read_msgfds[i]);
        }
    }
    g_free(s->read_msgfds);
    s->read_msgfds = NULL;
    s->read_msgfds_num = 0;
    return to_copy;
}

int tcp_set_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    g_free(s->write_msgfds);
    s->write_msgfds = NULL;
    s->write_msgfds_num = 0;
    if (s->state != TCP_CHARDEV_STATE_CONNECTED ||
        !qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_FD_PASS)) {
        return -1;
    }
    if (num) {
        s->write_msgfds = g_memdup2(fds, num * sizeof(int));
        s->write_msgfds_num = num;
    }
    return 0;
}

ssize_t tcp_chr_recv(Chardev *chr, void *buf, size_t len)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    union {
        struct cmsghdr align;
        char data[CMSG_SPACE(TCP_MAX_FDS * sizeof(int))];
    } control;
    struct iovec iov = { .iov_base = buf, .iov_len = len };
    struct msghdr msg = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control.data,
        .msg_controllen = sizeof(control.data),
    };
    struct cmsghdr *cmsg;
    ssize_t ret;

    ret = RETRY_ON_EINTR(recvmsg(s->fd, &msg, MSG_CMSG_CLOEXEC));
    if (ret < 0) {
        return ret;
    }
    for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
        if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS) {
            size_t size = cmsg->cmsg_len - CMSG_LEN(0);

            /* What nobody fetched goes when the next arrive. */
            close_msgfds(&s->read_msgfds, &s->read_msgfds_num);
            s->read_msgfds = g_memdup2(CMSG_DATA(cmsg), size);
            s->read_msgfds_num = size / sizeof(int);
        }
    }
    return ret;
}
