/*
 * chardev-socket and its like: names, what fails without a trace, and who is
 * called where.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/config-file.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/sockets.h"
#include "qemu/units.h"

static char *sock_dir;

typedef struct SockFe {
    CharBackend be;
    GThread *thread;            /* where the last handler ran */
    GString *data;
    GString *events;
} SockFe;

static int sock_fe_can_read(void *opaque)
{
    return 100;
}

static void sock_fe_read(void *opaque, const uint8_t *buf, int size)
{
    SockFe *fe = opaque;

    fe->thread = g_thread_self();
    g_string_append_len(fe->data, (const char *)buf, size);
}

static void sock_fe_event(void *opaque, QEMUChrEvent event)
{
    g_string_append(((SockFe *)opaque)->events,
                    event == CHR_EVENT_OPENED ? "opened " :
                    event == CHR_EVENT_CLOSED ? "closed " : "? ");
}

static void sock_fe_handlers(SockFe *fe, GMainContext *context)
{
    qemu_chr_fe_set_handlers(&fe->be, sock_fe_can_read, sock_fe_read,
                             sock_fe_event, NULL, fe, context, true);
}

static Chardev *sock_chr_new(const char *text, Error **errp)
{
    QemuOpts *opts = qemu_opts_parse(qemu_find_opts("chardev"), text, true,
                                     &error_abort);
    Chardev *chr = qemu_chr_new_from_opts(opts, NULL, errp);

    qemu_opts_del(opts);
    return chr;
}

static Chardev *sock_fe_start(SockFe *fe, const char *text)
{
    Chardev *chr = sock_chr_new(text, &error_abort);

    *fe = (SockFe) { };
    fe->data = g_string_new(NULL);
    fe->events = g_string_new(NULL);
    qemu_chr_fe_init(&fe->be, chr, &error_abort);
    sock_fe_handlers(fe, NULL);
    return chr;
}

static void sock_fe_stop(SockFe *fe)
{
    qemu_chr_fe_deinit(&fe->be, true);
    g_string_free(fe->data, true);
    g_string_free(fe->events, true);
}

static void sock_settle(GMainContext *context)
{
    while (g_main_context_iteration(context, FALSE)) {
    }
}

static int sock_connect(bool abstract, bool tight, const char *path)
{
    SocketAddress addr = {
        .type = SOCKET_ADDRESS_TYPE_UNIX,
        .u.q_unix = {
            .path = (char *)path, .has_abstract = true, .abstract = abstract,
            .has_tight = true, .tight = tight,
        },
    };
    int fd = socket_connect(&addr, &error_abort);

    sock_settle(NULL);
    return fd;
}

/* query-chardev's filename, alone, with a peer, and when he has gone. */
static void test_names(void)
{
    g_autofree char *name = g_strdup_printf("qemini-test-%d", getpid());
    g_autofree char *path = g_build_filename(sock_dir, "n", NULL);
    const struct {
        bool abstract, tight;
    } cases[] = { { false, true }, { true, true }, { true, false } };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        bool abstract = cases[i].abstract, tight = cases[i].tight;
        const char *where = abstract ? name : path;
        g_autofree char *text = g_strdup_printf(
            "socket,id=s,path=%s,abstract=%s,tight=%s,server=on,wait=off",
            where, abstract ? "on" : "off", tight ? "on" : "off");
        g_autofree char *alone = g_strdup_printf(
            "disconnected:unix:%s%s%s,server=on", where,
            abstract ? ",abstract=on" : "",
            abstract && tight ? ",tight=on" : "");
        g_autofree char *with = g_strdup_printf("unix:%s,server=on",
                                                abstract ? "" : where);
        SockFe fe;
        Chardev *chr = sock_fe_start(&fe, text);
        int fd;

        g_assert_cmpstr(chr->filename, ==, alone);
        fd = sock_connect(abstract, tight, where);
        g_assert_cmpstr(chr->filename, ==, with);
        close(fd);
        sock_settle(NULL);
        g_assert_cmpstr(chr->filename, ==, alone);
        sock_fe_stop(&fe);
    }
}

static int sock_open_fds(void)
{
    GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);
    int n = 0;

    while (g_dir_read_name(dir)) {
        n++;
    }
    g_dir_close(dir);
    return n;
}

/* What cannot be opened leaves no device and no descriptor. */
static void test_failures(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "null,id=a,logfile=/nos/x",
          "Could not create '/nos/x': No such file or directory" },
        { "file,id=a,path=/nos/x,logfile=/dev/null",
          "Could not open '/nos/x': No such file or directory" },
        { "pipe,id=a,path=/nos/x,logfile=/dev/null",
          "Could not open '/nos/x': No such file or directory" },
        { "serial,id=a,path=/nos/x,logfile=/dev/null",
          "Could not open '/nos/x': No such file or directory" },
        { "ringbuf,id=a,size=3,logfile=/dev/null",
          "size of ringbuf chardev must be power of two" },
        { "mux,id=a,chardev=nos,logfile=/dev/null",
          "mux: base chardev nos not found" },
        { "null,id=a,mux=on,logfile=/nos/x",
          "Could not create '/nos/x': No such file or directory" },
        { "udp,id=a,port=x,logfile=/dev/null",
          "address resolution failed for localhost:x: "
          "Servname not supported for ai_socktype" },
        { "udp,id=a,host=127.0.0.1,port=9,localaddr=192.0.2.1",
          "Failed to bind socket: Cannot assign requested address" },
        { "socket,id=a,logfile=/dev/null", "Unable to parse FD number " },
        { "socket,id=a,fd=987", "File descriptor '987' is not a socket" },
        { "socket,id=a,path=/nos/x",
          "Failed to connect to '/nos/x': No such file or directory" },
        { "socket,id=a,path=", "Failed to connect to '': Connection refused" },
        { "socket,id=a,path=/nos/x,server=on,wait=off",
          "Failed to bind socket to /nos/x: No such file or directory" },
        { "socket,id=a,path=/nos/x,server=on,wait=off,reconnect=0",
          "'reconnect' option is incompatible with socket in server listen "
          "mode" },
        { "socket,id=a,host=127.0.0.1,port=1,ipv4=off,ipv6=off",
          "Cannot disable IPv4 and IPv6 at same time" },
        { "socket,id=a,path=/nos/x,tls-creds=t",
          "No TLS credentials with id 't'" },
    };
    int fds = sock_open_fds();

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Error *err = NULL;

        g_assert_null(sock_chr_new(cases[i].text, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, cases[i].message);
        error_free(err);
        g_assert_null(qemu_chr_find("a"));
        g_assert_null(qemu_chr_find("a-base"));
        g_assert_cmpint(sock_open_fds(), ==, fds);
    }
}

static gboolean sock_note_watch(void *unused, GIOCondition cond, void *data)
{
    *(GIOCondition *)data = cond;
    return FALSE;
}

/*
 * The peer goes while we have more to say: the watch ends the waiting, the
 * rest is lost, and the next peer hears only what is new.
 */
static void test_gone_in_write(void)
{
    g_autofree char *path = g_build_filename(sock_dir, "w", NULL);
    g_autofree char *text = g_strdup_printf(
        "socket,id=s,path=%s,server=on,wait=off", path);
    static uint8_t big[4 * MiB];
    GIOCondition seen = 0;
    char buf[8];
    SockFe fe;
    int fd, ret, fds;

    sock_fe_start(&fe, text);
    fds = sock_open_fds();
    fd = sock_connect(false, true, path);
    ret = qemu_chr_fe_write(&fe.be, big, sizeof(big));
    g_assert_cmpint(ret, >, 0);
    g_assert_cmpint(ret, <, sizeof(big));
    g_assert_cmpint(qemu_chr_fe_add_watch(&fe.be, G_IO_OUT | G_IO_HUP,
                                          sock_note_watch, &seen), >, 0);
    sock_settle(NULL);
    g_assert_cmpint(seen, ==, 0);
    close(fd);
    sock_settle(NULL);
    g_assert_cmpint(seen & G_IO_HUP, ==, G_IO_HUP);
    g_assert_cmpstr(fe.events->str, ==, "opened closed ");
    g_assert_cmpint(qemu_chr_fe_write_all(&fe.be, big, 100), ==, 100);
    g_assert_cmpint(sock_open_fds(), ==, fds);

    fd = sock_connect(false, true, path);
    g_assert_cmpint(qemu_chr_fe_write(&fe.be, (uint8_t *)"new", 3), ==, 3);
    g_assert_cmpint(read(fd, buf, sizeof(buf)), ==, 3);
    g_assert_cmpmem(buf, 3, "new", 3);
    close(fd);
    sock_fe_stop(&fe);
}

typedef struct SockLoop {
    GMainContext *context;
    GMainLoop *loop;
} SockLoop;

static gpointer sock_loop_run(gpointer opaque)
{
    g_main_loop_run(((SockLoop *)opaque)->loop);
    return NULL;
}

/*
 * A front end moves to the loop of another thread, and back; its connection,
 * its input and the wait for the next peer come along.
 */
static void test_context(void)
{
    g_autofree char *path = g_build_filename(sock_dir, "c", NULL);
    g_autofree char *text = g_strdup_printf(
        "socket,id=s,path=%s,server=on,wait=off", path);
    GMainContext *context = g_main_context_new();
    SockLoop other = { context, g_main_loop_new(context, FALSE) };
    GThread *thread;
    SockFe fe;
    Chardev *chr = sock_fe_start(&fe, text);
    int fd = sock_connect(false, true, path);

    g_assert_true(qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT));
    sock_fe_handlers(&fe, context);
    g_assert_cmpstr(fe.events->str, ==, "opened opened ");
    g_assert_cmpint(write(fd, "1", 1), ==, 1);
    sock_settle(NULL);
    g_assert_cmpstr(fe.data->str, ==, "");
    thread = g_thread_new("loop", sock_loop_run, &other);
    while (!g_atomic_pointer_get(&fe.thread)) {
        g_usleep(1000);
    }
    g_main_loop_quit(other.loop);
    g_assert_true(fe.thread == thread);
    g_thread_join(thread);
    g_assert_cmpstr(fe.data->str, ==, "1");

    /* The next peer is waited for there too. */
    close(fd);
    sock_settle(context);
    fd = sock_connect(false, true, path);
    g_assert_cmpstr(fe.events->str, ==, "opened opened closed ");
    sock_settle(context);
    g_assert_cmpstr(fe.events->str, ==, "opened opened closed opened ");

    sock_fe_handlers(&fe, NULL);
    g_assert_cmpint(write(fd, "2", 1), ==, 1);
    sock_settle(context);
    g_assert_cmpstr(fe.data->str, ==, "1");
    sock_settle(NULL);
    g_assert_cmpstr(fe.data->str, ==, "12");
    close(fd);
    sock_fe_stop(&fe);
    g_main_loop_unref(other.loop);
    g_main_context_unref(context);
}

/* In use it is not removed, nor changed for one who is not asked. */
static void test_busy(void)
{
    Error *err = NULL;
    SockFe fe;

    sock_fe_start(&fe, "ringbuf,id=s,size=8");
    qmp_chardev_remove("s", &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 's' is busy");
    error_free(err);
    qemu_chr_fe_deinit(&fe.be, false);
    qmp_chardev_remove("s", &error_abort);
    g_assert_null(qemu_chr_find("s"));
    g_string_free(fe.data, true);
    g_string_free(fe.events, true);
}

/* Tries until somebody listens. */
static gpointer sock_come_later(gpointer opaque)
{
    int fd;

    while ((fd = unix_connect(opaque, NULL)) < 0) {
        g_usleep(1000);
    }
    return GINT_TO_POINTER(fd);
}

/* wait=on: it is there once somebody is. */
static void test_wait(void)
{
    g_autofree char *path = g_build_filename(sock_dir, "wait", NULL);
    g_autofree char *text = g_strdup_printf("socket,id=s,path=%s,server=on",
                                            path);
    GThread *thread;
    SockFe fe;
    int fd;

    thread = g_thread_new("peer", sock_come_later, path);
    sock_fe_start(&fe, text);
    fd = GPOINTER_TO_INT(g_thread_join(thread));
    g_assert_cmpstr(fe.events->str, ==, "opened ");
    g_assert_cmpint(write(fd, "x", 1), ==, 1);
    sock_settle(NULL);
    g_assert_cmpstr(fe.data->str, ==, "x");
    close(fd);
    sock_fe_stop(&fe);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    qemu_add_opts(&qemu_chardev_opts);
    sock_dir = g_dir_make_tmp("test-char-socket-XXXXXX", NULL);
    g_test_add_func("/char/socket/names", test_names);
    g_test_add_func("/char/failures", test_failures);
    g_test_add_func("/char/socket/gone-in-write", test_gone_in_write);
    g_test_add_func("/char/socket/context", test_context);
    g_test_add_func("/char/socket/wait", test_wait);
    g_test_add_func("/char/busy", test_busy);
    ret = g_test_run();
    qemu_chr_cleanup();
    rmdir(sock_dir);
    g_free(sock_dir);
    return ret;
}
