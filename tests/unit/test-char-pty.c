/*
 * Character devices whose other end comes and goes without telling: pseudo
 * terminals and datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <termios.h>
#include "chardev/char-fe.h"
#include "chardev/char-serial.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/config-file.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/sockets.h"

typedef struct PtyFe {
    CharBackend be;
    int room;
    GString *data;
    GString *events;
} PtyFe;

static int pty_fe_can_read(void *opaque)
{
    return ((PtyFe *)opaque)->room;
}

static void pty_fe_read(void *opaque, const uint8_t *buf, int size)
{
    PtyFe *fe = opaque;

    fe->room -= size;
    g_string_append_len(fe->data, (const char *)buf, size);
}

static void pty_fe_event(void *opaque, QEMUChrEvent event)
{
    g_string_append(((PtyFe *)opaque)->events,
                    event == CHR_EVENT_OPENED ? "opened " :
                    event == CHR_EVENT_CLOSED ? "closed " : "? ");
}

static Chardev *pty_fe_start(PtyFe *fe, const char *text)
{
    QemuOpts *opts = qemu_opts_parse(qemu_find_opts("chardev"), text, true,
                                     &error_abort);
    Chardev *chr = qemu_chr_new_from_opts(opts, NULL, &error_abort);

    qemu_opts_del(opts);
    *fe = (PtyFe) { .room = 1000 };
    fe->data = g_string_new(NULL);
    fe->events = g_string_new(NULL);
    qemu_chr_fe_init(&fe->be, chr, &error_abort);
    qemu_chr_fe_set_handlers(&fe->be, pty_fe_can_read, pty_fe_read,
                             pty_fe_event, NULL, fe, NULL, true);
    return chr;
}

static void pty_fe_stop(PtyFe *fe)
{
    qemu_chr_fe_deinit(&fe->be, true);
    g_string_free(fe->data, true);
    g_string_free(fe->events, true);
}

static void pty_settle(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}

/* The name of the terminal is printed, which is no TAP. */
static Chardev *pty_fe_start_quietly(PtyFe *fe, const char *text)
{
    int saved = dup(STDOUT_FILENO);
    Chardev *chr;

    fflush(stdout);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    chr = pty_fe_start(fe, text);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    return chr;
}

/* Whoever opens it is connected; the next one too; output before is lost. */
static void test_pty(void)
{
    char buf[16] = "";
    PtyFe fe;
    Chardev *chr = pty_fe_start_quietly(&fe, "pty,id=p");
    const char *name = chr->filename + strlen("pty:");
    struct termios tty;
    int fd;

    g_assert_true(g_str_has_prefix(chr->filename, "pty:/dev/pts/"));
    g_assert_cmpint(qemu_chr_fe_write(&fe.be, (uint8_t *)"lost", 4), ==, 4);
    g_assert_cmpstr(fe.events->str, ==, "");

    fd = open(name, O_RDWR | O_NOCTTY);
    g_assert_cmpint(fd, >=, 0);
    tcgetattr(fd, &tty);
    g_assert_cmpuint(tty.c_lflag & (ICANON | ECHO), ==, 0);
    /* A write notices before the timer does. */
    g_assert_cmpint(qemu_chr_fe_write(&fe.be, (uint8_t *)"hi\n", 3), ==, 3);
    g_assert_cmpint(read(fd, buf, sizeof(buf)), ==, 3);
    g_assert_cmpmem(buf, 3, "hi\n", 3);
    pty_settle();
    g_assert_cmpstr(fe.events->str, ==, "opened ");
    g_assert_cmpint(write(fd, "yo\r", 3), ==, 3);
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "yo\r");

    /* Nothing is read while there is no room, and then it is. */
    fe.room = 0;
    g_assert_cmpint(write(fd, "abc", 3), ==, 3);
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "yo\r");
    fe.room = 2;
    qemu_chr_fe_accept_input(&fe.be);
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "yo\rab");
    fe.room = 100;
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "yo\rabc");

    close(fd);
    pty_settle();
    g_assert_cmpstr(fe.events->str, ==, "opened closed ");
    fd = open(name, O_RDWR | O_NOCTTY);
    while (!strstr(fe.events->str, "closed opened")) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_assert_cmpint(write(fd, "!", 1), ==, 1);
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "yo\rabc!");
    close(fd);
    pty_fe_stop(&fe);
}

/* A line of the host, for which a pseudo terminal stands in. */
static void test_serial(void)
{
    QEMUSerialSetParams params = { 9600, 'E', 7, 2 };
    int master = posix_openpt(O_RDWR | O_NOCTTY), value = 1;
    g_autofree char *text = NULL;
    struct termios tty;
    char buf[8];
    PtyFe fe;

    g_assert_cmpint(grantpt(master), ==, 0);
    g_assert_cmpint(unlockpt(master), ==, 0);
    text = g_strdup_printf("serial,id=s,path=%s", ptsname(master));
    pty_fe_start(&fe, text);
    g_assert_cmpstr(fe.events->str, ==, "opened ");
    /* Its hangup is for the guest: it is not the terminal that we run in. */
    g_assert_cmpint(tcgetsid(master), ==, -1);
    qemu_chr_fe_write_all(&fe.be, (uint8_t *)"a\1", 2);
    g_assert_cmpint(read(master, buf, sizeof(buf)), ==, 2);
    g_assert_cmpint(write(master, "\3b", 2), ==, 2);
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "\3b");

    g_assert_cmpint(qemu_chr_fe_ioctl(&fe.be, CHR_IOCTL_SERIAL_SET_PARAMS,
                                      &params), ==, 0);
    tcgetattr(master, &tty);
    g_assert_cmpuint(cfgetospeed(&tty), ==, B9600);
    g_assert_cmpuint(tty.c_cflag & CSTOPB, ==, CSTOPB);
    g_assert_cmpint(qemu_chr_fe_ioctl(&fe.be, CHR_IOCTL_SERIAL_SET_BREAK,
                                      &value), ==, 0);
    g_assert_cmpint(qemu_chr_fe_ioctl(&fe.be, CHR_IOCTL_SERIAL_GET_TIOCM,
                                      &value), ==, 0);
    g_assert_cmpint(value, ==, 0);
    g_assert_cmpint(qemu_chr_fe_ioctl(&fe.be, 99, NULL), ==, -ENOTSUP);
    pty_fe_stop(&fe);
    close(master);
}

/*
 * The leader of a session without a terminal gets the first that it opens, and
 * then SIGHUP when that goes: not from us.
 */
static void test_serial_hangup(void)
{
    if (g_test_subprocess()) {
        g_assert_cmpint(setsid(), >, 0);
        test_serial();
        return;
    }
    g_test_trap_subprocess(NULL, 120 * G_USEC_PER_SEC, 0);
    g_test_trap_assert_passed();
}

static int udp_bound_socket(int *port)
{
    struct sockaddr_in sin = { .sin_family = AF_INET };
    socklen_t len = sizeof(sin);
    int fd = qemu_socket(AF_INET, SOCK_DGRAM, 0);

    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&sin, len), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&sin, &len), ==, 0);
    *port = ntohs(sin.sin_port);
    return fd;
}

/* A write is a datagram; one that comes is taken in as many bites as fit. */
static void test_udp(void)
{
    int port, fd = udp_bound_socket(&port);
    g_autofree char *text = g_strdup_printf("udp,id=u,host=127.0.0.1,port=%d",
                                            port);
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    char buf[8];
    PtyFe fe;

    pty_fe_start(&fe, text);
    g_assert_cmpint(qemu_chr_fe_write(&fe.be, (uint8_t *)"ping", 4), ==, 4);
    g_assert_cmpint(recvfrom(fd, buf, sizeof(buf), 0,
                             (struct sockaddr *)&peer, &len), ==, 4);
    fe.room = 2;
    g_assert_cmpint(sendto(fd, "pong", 4, 0, (struct sockaddr *)&peer, len),
                    ==, 4);
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "po");
    fe.room = 10;
    pty_settle();
    g_assert_cmpstr(fe.data->str, ==, "pong");
    pty_fe_stop(&fe);
    close(fd);
}

static void test_udp_short_form(void)
{
    Error *err = NULL;
    QemuOpts *opts = qemu_chr_parse_compat("u", "udp:h:5@:6", false);

    g_assert_cmpstr(qemu_opt_get(opts, "backend"), ==, "udp");
    g_assert_cmpstr(qemu_opt_get(opts, "host"), ==, "h");
    g_assert_cmpstr(qemu_opt_get(opts, "port"), ==, "5");
    g_assert_cmpstr(qemu_opt_get(opts, "localaddr"), ==, "");
    g_assert_cmpstr(qemu_opt_get(opts, "localport"), ==, "6");
    qemu_opt_set(opts, "port", "", &error_abort);
    g_assert_null(qemu_chr_new_from_opts(opts, NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "chardev: udp: remote port not specified");
    error_free(err);
    qemu_opts_del(opts);
    g_assert_null(qemu_chr_parse_compat("u", "udp:foo", false));
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    qemu_add_opts(&qemu_chardev_opts);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/char/pty", test_pty);
    g_test_add_func("/char/serial", test_serial);
    g_test_add_func("/char/serial/hangup", test_serial_hangup);
    g_test_add_func("/char/udp", test_udp);
    g_test_add_func("/char/udp/short-form", test_udp_short_form);
    return g_test_run();
}
