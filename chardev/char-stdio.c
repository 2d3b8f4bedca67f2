/*
 * chardev-stdio: the terminal that the program was started from.
 *
 * The terminal is switched to raw input, so that each key goes to the guest or
 * the monitor, and back when the device or the program ends.  With signal=off
 * not even Ctrl-C ends it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <termios.h>
#include "chardev/char-fd.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/sockets.h"

/* There is one terminal, and this is how we found it. */
static struct termios oldtty;
static int old_fd0_flags;
static bool stdio_in_use;
static bool stdio_allow_signal;
static bool stdio_echo_state;

static void term_exit(void)
{
    if (stdio_in_use) {
        tcsetattr(0, TCSANOW, &oldtty);
        fcntl(0, F_SETFL, old_fd0_flags);
        stdio_in_use = false;
    }
}

static void qemu_chr_set_echo_stdio(Chardev *chr, bool echo)
{
    struct termios tty = oldtty;

    stdio_echo_state = echo;
    if (!echo) {
        tty.c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP |
                         INLCR | IGNCR | ICRNL | IXON);
        tty.c_oflag |= OPOST;
        tty.c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN);
        tty.c_cflag &= ~(CSIZE | PARENB);
        tty.c_cflag |= CS8;
        tty.c_cc[VMIN] = 1;
        tty.c_cc[VTIME] = 0;
    }
    if (!stdio_allow_signal) {
        tty.c_lflag &= ~ISIG;
    }
    tcsetattr(0, TCSANOW, &tty);
}

/* After Ctrl-Z the shell has set the terminal to what it likes. */
static void term_stdio_handler(int sig)
{
    qemu_chr_set_echo_stdio(NULL, stdio_echo_state);
}

static void qemu_chr_open_stdio(Chardev *chr, ChardevBackend *backend,
                                bool *be_opened, Error **errp)
{
    ChardevStdio *opts = backend->u.stdio.data;
    struct sigaction act = { };
    static bool atexit_registered;
    int in, out;

    if (is_daemonized()) {
        error_setg(errp, "cannot use stdio with -daemonize");
        return;
    }
    if (stdio_in_use) {
        error_setg(errp, "cannot use stdio by multiple character devices");
        return;
    }
    /* The device closes its descriptors when it ends, and 0 and 1 must stay. */
    in = qemu_dup(0);
    out = qemu_dup(1);
    if (in < 0 || out < 0) {
        error_setg_errno(errp, errno, "cannot use stdio");
        if (in >= 0) {
            close(in);
        }
        return;
    }

    stdio_in_use = true;
    old_fd0_flags = fcntl(0, F_GETFL);
    tcgetattr(0, &oldtty);
    qemu_socket_set_nonblock(0);
    if (!atexit_registered) {
        atexit(term_exit);
        atexit_registered = true;
    }
    act.sa_handler = term_stdio_handler;
    sigaction(SIGCONT, &act, NULL);

    qemu_chr_open_fd(chr, in, out);
    stdio_allow_signal = !opts->has_signal || opts->signal;
    qemu_chr_set_echo_stdio(chr, false);
}

static void qemu_chr_parse_stdio(QemuOpts *opts, ChardevBackend *backend,
                                 Error **errp)
{
    ChardevStdio *stdio;

    backend->type = CHARDEV_BACKEND_KIND_STDIO;
    stdio = backend->u.stdio.data = g_new0(ChardevStdio, 1);
    qemu_chr_parse_common(opts, qapi_ChardevStdio_base(stdio));
    stdio->has_signal = true;
    stdio->signal = qemu_opt_get_bool(opts, "signal", true);
}

static void char_stdio_finalize(Object *obj)
{
    term_exit();
}

static void char_stdio_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_stdio;
    cc->open = qemu_chr_open_stdio;
    cc->chr_set_echo = qemu_chr_set_echo_stdio;
}

static const TypeInfo char_stdio_type_info = {
    .name = TYPE_CHARDEV_STDIO,
    .parent = TYPE_CHARDEV_FD,
    .instance_finalize = char_stdio_finalize,
    .class_init = char_stdio_class_init,
};

static void char_stdio_register_types(void)
{
    type_register_static(&char_stdio_type_info);
}

type_init(char_stdio_register_types)
