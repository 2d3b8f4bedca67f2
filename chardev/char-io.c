/*
 * Descriptors as GSources.  Read include/chardev/char-io.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-io.h"

/*
 * poll() reports a hangup whether asked or not.  So a front end that takes
 * nothing for now must not have the descriptor polled at all, or the loop
 * would spin.  @tag is NULL while it is not.
 */
typedef struct IOWatchPoll {
    GSource parent;

    int fd;
    gpointer tag;
    IOCanReadHandler *fd_can_read;
    GUnixFDSourceFunc fd_read;
    gpointer opaque;
} IOWatchPoll;

static gboolean io_watch_poll_prepare(GSource *source, gint *timeout)
{
    IOWatchPoll *iwp = (IOWatchPoll *)source;
    bool now_active = iwp->fd_can_read(iwp->opaque) > 0;

    *timeout = -1;
    if (now_active && !iwp->tag) {
        iwp->tag = g_source_add_unix_fd(source, iwp->fd,
                                        G_IO_IN | G_IO_HUP | G_IO_ERR);
    } else if (!now_active && iwp->tag) {
        g_source_remove_unix_fd(source, iwp->tag);
        iwp->tag = NULL;
    }
    return FALSE;
}

static gboolean io_watch_poll_check(GSource *source)
{
    IOWatchPoll *iwp = (IOWatchPoll *)source;

    return iwp->tag && g_source_query_unix_fd(source, iwp->tag) != 0;
}

static gboolean io_watch_poll_dispatch(GSource *source, GSourceFunc callback,
                                       gpointer user_data)
{
    IOWatchPoll *iwp = (IOWatchPoll *)source;

    return iwp->fd_read(iwp->fd, g_source_query_unix_fd(source, iwp->tag),
                        iwp->opaque);
}

static GSourceFuncs io_watch_poll_funcs = {
    .prepare = io_watch_poll_prepare,
    .check = io_watch_poll_check,
    .dispatch = io_watch_poll_dispatch,
};

GSource *io_add_watch_poll(Chardev *chr, int fd,
                           IOCanReadHandler *fd_can_read,
                           GUnixFDSourceFunc fd_read, gpointer user_data,
                           GMainContext *context)
{
    g_autofree char *name = g_strdup_printf("chardev-iowatch-%s", chr->label);
    GSource *source = g_source_new(&io_watch_poll_funcs, sizeof(IOWatchPoll));
    IOWatchPoll *iwp = (IOWatchPoll *)source;

    iwp->fd = fd;
    iwp->fd_can_read = fd_can_read;
    iwp->fd_read = fd_read;
    iwp->opaque = user_data;
    g_source_set_name(source, name);
    /*
     * Otherwise GLib takes the descriptor out of its set around each dispatch
     * and wakes itself up both times: three system calls more for each read.
     */
    g_source_set_can_recurse(source, true);
    g_source_attach(source, context);
    return source;
}

void remove_fd_in_watch(Chardev *chr)
{
    if (chr->gsource) {
        g_source_destroy(chr->gsource);
        g_source_unref(chr->gsource);
        chr->gsource = NULL;
    }
}

/* What a message carries at most; the kernel's SCM_MAX_FD is 253. */
#define MAX_SEND_FDS 16

int io_channel_send_full(int fd, const void *buf, size_t len,
                         int *fds, size_t nfds)
{
    union {
        struct cmsghdr align;
        char data[CMSG_SPACE(MAX_SEND_FDS * sizeof(int))];
    } control = { };
    struct iovec iov = { .iov_base = (void *)buf, .iov_len = len };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    struct cmsghdr *cmsg;

    if (!nfds) {
        return io_channel_send(fd, buf, len);
    }
    if (nfds > MAX_SEND_FDS) {
        errno = EINVAL;
        return -1;
    }
    msg.msg_control = control.data;
    msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
    cmsg = CMSG_FIRSTHDR(&msg);
    cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
    return RETRY_ON_EINTR(sendmsg(fd, &msg, MSG_NOSIGNAL));
}

/* Until all is written, or nothing more can be. */
int io_channel_send(int fd, const void *buf, size_t len)
{
    size_t offset = 0;

    while (offset < len) {
        ssize_t ret = RETRY_ON_EINTR(write(fd, (const char *)buf + offset,
                                           len - offset));

        if (ret < 0) {
            return offset ? offset : -1;
        }
        offset += ret;
    }
    return offset;
}
