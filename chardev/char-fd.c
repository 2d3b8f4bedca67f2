/*
 * Back ends that are one or two descriptors: files, pipes, the terminal.
 *
 * Read include/chardev/char-fd.h and char-io.c first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fd.h"
#include "chardev/char-io.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/sockets.h"

/* Called with chr_write_lock held. */
static int fd_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    FDChardev *s = CHARDEV_FD(chr);

    if (s->fd_out < 0) {
        return len;
    }
    return io_channel_send(s->fd_out, buf, len);
}

static gboolean fd_chr_read(gint fd, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    FDChardev *s = CHARDEV_FD(opaque);
    uint8_t buf[CHR_READ_BUF_LEN];
    int len = MIN(sizeof(buf), s->max_size);
    ssize_t ret;

    if (len == 0) {
        return TRUE;
    }
    ret = RETRY_ON_EINTR(read(fd, buf, len));
    if (ret == 0) {
        remove_fd_in_watch(chr);
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
        return FALSE;
    }
    if (ret > 0) {
        qemu_chr_be_write(chr, buf, ret);
    }
    return TRUE;
}

static int fd_chr_read_poll(void *opaque)
{
    FDChardev *s = CHARDEV_FD(opaque);

    s->max_size = qemu_chr_be_can_write(CHARDEV(opaque));
    return s->max_size;
}

static GSource *fd_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    FDChardev *s = CHARDEV_FD(chr);

    return s->fd_out < 0 ? NULL : g_unix_fd_source_new(s->fd_out, cond);
}

static void fd_chr_update_read_handler(Chardev *chr)
{
    FDChardev *s = CHARDEV_FD(chr);

    remove_fd_in_watch(chr);
    if (s->fd_in >= 0) {
        chr->gsource = io_add_watch_poll(chr, s->fd_in, fd_chr_read_poll,
                                         fd_chr_read, chr, chr->gcontext);
    }
}

void qemu_chr_open_fd(Chardev *chr, int fd_in, int fd_out)
{
    FDChardev *s = CHARDEV_FD(chr);

    s->fd_in = fd_in;
    s->fd_out = fd_out;
    if (fd_out >= 0) {
        qemu_socket_set_nonblock(fd_out);
    }
}

int qmp_chardev_open_file_source(char *src, int flags, Error **errp)
{
    /* A line that hangs up must not end the program (a daemon, say). */
    int fd = RETRY_ON_EINTR(qemu_open_old(src, flags | O_NOCTTY, 0666));

    if (fd == -1) {
        error_setg_file_open(errp, errno, src);
    }
    return fd;
}

static void char_fd_init(Object *obj)
{
    FDChardev *s = CHARDEV_FD(obj);

    s->fd_in = -1;
    s->fd_out = -1;
}

static void char_fd_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);
    FDChardev *s = CHARDEV_FD(obj);

    remove_fd_in_watch(chr);
    if (s->fd_in >= 0) {
        qemu_close(s->fd_in);
    }
    if (s->fd_out >= 0 && s->fd_out != s->fd_in) {
        qemu_close(s->fd_out);
    }
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
}

static void char_fd_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->chr_add_watch = fd_chr_add_watch;
    cc->chr_write = fd_chr_write;
    cc->chr_update_read_handler = fd_chr_update_read_handler;
}

static const TypeInfo char_fd_type_info = {
    .name = TYPE_CHARDEV_FD,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(FDChardev),
    .instance_init = char_fd_init,
    .instance_finalize = char_fd_finalize,
    .class_init = char_fd_class_init,
    .abstract = true,
};

static void char_fd_register_types(void)
{
    type_register_static(&char_fd_type_info);
}

type_init(char_fd_register_types)
