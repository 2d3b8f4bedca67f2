/*
 * chardev-pty: a pseudo terminal; "screen /dev/pts/3" is the other end.
 *
 * We hold the master.  Nothing tells us when somebody opens the other end, so
 * while nobody has it open (poll() says G_IO_HUP) a timer looks once a second,
 * and so does every write.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <pty.h>
#include <termios.h>
#include "chardev/char-io.h"
#include "chardev/char.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/qemu-print.h"
#include "qemu/sockets.h"

struct PtyChardev {
    Chardev parent;

    int fd;
    int max_size;
    bool connected;
    GSource *timer_src;
};
typedef struct PtyChardev PtyChardev;

DECLARE_INSTANCE_CHECKER(PtyChardev, PTY_CHARDEV, TYPE_CHARDEV_PTY)

static void pty_chr_state(Chardev *chr, bool connected);
static void pty_chr_update_read_handler(Chardev *chr);

static void pty_chr_timer_cancel(PtyChardev *s)
{
    if (s->timer_src) {
        g_source_destroy(s->timer_src);
        g_source_unref(s->timer_src);
        s->timer_src = NULL;
    }
}

static gboolean pty_chr_timer(gpointer opaque)
{
    pty_chr_timer_cancel(PTY_CHARDEV(opaque));
    pty_chr_update_read_handler(CHARDEV(opaque));
    return FALSE;
}

static void pty_chr_rearm_timer(Chardev *chr, int ms)
{
    PtyChardev *s = PTY_CHARDEV(chr);
    g_autofree char *name = g_strdup_printf("pty-timer-%s", chr->label);

    pty_chr_timer_cancel(s);
    s->timer_src = qemu_chr_timeout_add_ms(chr, ms, pty_chr_timer, chr);
    g_source_set_name(s->timer_src, name);
}

static bool pty_chr_has_peer(PtyChardev *s)
{
    struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };

    return RETRY_ON_EINTR(poll(&pfd, 1, 0)) >= 0 && !(pfd.revents & POLLHUP);
}

static void pty_chr_update_read_handler(Chardev *chr)
{
    /* Sources that are there may be in another context. */
    remove_fd_in_watch(chr);
    pty_chr_state(chr, pty_chr_has_peer(PTY_CHARDEV(chr)));
}

/* Called with chr_write_lock held, which events must not be. */
static int pty_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    PtyChardev *s = PTY_CHARDEV(chr);

    if (!s->connected) {
        if (!pty_chr_has_peer(s)) {
            /* Output without a reader is lost, and that is no error. */
            return len;
        }
        /* The front end hears of it when the loop turns. */
        pty_chr_rearm_timer(chr, 0);
    }
    return io_channel_send(s->fd, buf, len);
}

static GSource *pty_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    PtyChardev *s = PTY_CHARDEV(chr);

    return s->connected ? g_unix_fd_source_new(s->fd, cond) : NULL;
}

static int pty_chr_read_poll(void *opaque)
{
    PtyChardev *s = PTY_CHARDEV(opaque);

    s->max_size = qemu_chr_be_can_write(CHARDEV(opaque));
    return s->max_size;
}

static gboolean pty_chr_read(gint fd, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    PtyChardev *s = PTY_CHARDEV(opaque);
    uint8_t buf[CHR_READ_BUF_LEN];
    int len = MIN(sizeof(buf), s->max_size);
    ssize_t ret;

    if (len == 0) {
        return TRUE;
    }
    ret = RETRY_ON_EINTR(read(fd, buf, len));
    if (ret > 0) {
        qemu_chr_be_write(chr, buf, ret);
        return TRUE;
    }
    if (ret < 0 && errno == EAGAIN) {
        return TRUE;
    }
    /* EIO: the last one who had the other end open has closed it. */
    pty_chr_state(chr, false);
    return FALSE;
}

static void pty_chr_state(Chardev *chr, bool connected)
{
    PtyChardev *s = PTY_CHARDEV(chr);
    bool was_connected = s->connected;

    s->connected = connected;
    if (!connected) {
        remove_fd_in_watch(chr);
        pty_chr_rearm_timer(chr, 1000);
        if (was_connected) {
            qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
        }
        return;
    }
    pty_chr_timer_cancel(s);
    if (!chr->gsource) {
        chr->gsource = io_add_watch_poll(chr, s->fd, pty_chr_read_poll,
                                         pty_chr_read, chr, chr->gcontext);
    }
    if (!was_connected) {
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    }
}

static void char_pty_open(Chardev *chr, ChardevBackend *backend,
                          bool *be_opened, Error **errp)
{
    PtyChardev *s = PTY_CHARDEV(chr);
    struct termios tty;
    char name[PATH_MAX];
    int slave_fd;

    if (openpty(&s->fd, &slave_fd, name, NULL, NULL) < 0) {
        s->fd = -1;
        error_setg_errno(errp, errno, "Failed to create PTY");
        return;
    }
    /* Bytes pass as they are; and the other end is for others. */
    tcgetattr(slave_fd, &tty);
    cfmakeraw(&tty);
    tcsetattr(slave_fd, TCSAFLUSH, &tty);
    close(slave_fd);
    qemu_set_cloexec(s->fd);
    qemu_socket_set_nonblock(s->fd);

    chr->filename = g_strdup_printf("pty:%s", name);
    qemu_printf("char device redirected to %s (label %s)\n", name, chr->label);
    *be_opened = false;
}

static void qemu_chr_parse_pty(QemuOpts *opts, ChardevBackend *backend,
                               Error **errp)
{
    ChardevCommon *common = g_new0(ChardevCommon, 1);

    backend->type = CHARDEV_BACKEND_KIND_PTY;
    qemu_chr_parse_common(opts, common);
    backend->u.pty.data = common;
}

static void char_pty_init(Object *obj)
{
    PTY_CHARDEV(obj)->fd = -1;
}

static void char_pty_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);
    PtyChardev *s = PTY_CHARDEV(obj);

    remove_fd_in_watch(chr);
    pty_chr_timer_cancel(s);
    if (s->fd >= 0) {
        close(s->fd);
    }
    if (s->connected) {
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
    }
}

static void char_pty_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_pty;
    cc->open = char_pty_open;
    cc->chr_write = pty_chr_write;
    cc->chr_update_read_handler = pty_chr_update_read_handler;
    cc->chr_add_watch = pty_chr_add_watch;
}

static const TypeInfo char_pty_type_info = {
    .name = TYPE_CHARDEV_PTY,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(PtyChardev),
    .instance_init = char_pty_init,
    .instance_finalize = char_pty_finalize,
    .class_init = char_pty_class_init,
};

static void char_pty_register_types(void)
{
    type_register_static(&char_pty_type_info);
}

type_init(char_pty_register_types)
