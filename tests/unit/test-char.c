/*
 * Character devices: what a front end may rely on, whatever is behind it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "chardev/char-ringbuf.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/config-file.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/sockets.h"
#include "qom/qom-qobject.h"

/* A front end that takes @room bytes and writes down what it hears. */
typedef struct FeHandler {
    CharBackend be;
    int room;
    GString *data;
    GString *events;
} FeHandler;

static char *tmp_dir;

static char *tmp_path(const char *name)
{
    return g_build_filename(tmp_dir, name, NULL);
}

static int fe_can_read(void *opaque)
{
    return ((FeHandler *)opaque)->room;
}

static void fe_read(void *opaque, const uint8_t *buf, int size)
{
    FeHandler *h = opaque;

    g_assert_cmpint(size, <=, h->room);
    h->room -= size;
    g_string_append_len(h->data, (const char *)buf, size);
}

static void fe_event(void *opaque, QEMUChrEvent event)
{
    static const char *const names[] = {
        [CHR_EVENT_BREAK] = "break ", [CHR_EVENT_OPENED] = "opened ",
        [CHR_EVENT_MUX_IN] = "in ", [CHR_EVENT_MUX_OUT] = "out ",
        [CHR_EVENT_CLOSED] = "closed ",
    };

    g_string_append(((FeHandler *)opaque)->events, names[event]);
}

static void fe_start(FeHandler *h, Chardev *chr)
{
    g_assert_nonnull(chr);
    h->room = 1000;
    h->data = g_string_new(NULL);
    h->events = g_string_new(NULL);
    qemu_chr_fe_init(&h->be, chr, &error_abort);
    qemu_chr_fe_set_handlers(&h->be, fe_can_read, fe_read, fe_event, NULL,
                             h, NULL, true);
}

static void fe_stop(FeHandler *h)
{
    qemu_chr_fe_deinit(&h->be, true);
    g_string_free(h->data, true);
    g_string_free(h->events, true);
}

/* Turn the loop until all that can happen has happened. */
static void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}

static Chardev *chr_from_opts(const char *text, Error **errp)
{
    QemuOpts *opts = qemu_opts_parse(qemu_find_opts("chardev"), text, true,
                                     &error_abort);
    Chardev *chr = qemu_chr_new_from_opts(opts, NULL, errp);

    qemu_opts_del(opts);
    return chr;
}

static void assert_refused(const char *text, const char *message)
{
    Error *err = NULL;

    g_assert_null(chr_from_opts(text, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

/* A UART without -serial: a front end without a device. */
static void test_no_device(void)
{
    CharBackend be;
    uint8_t buf[4];

    g_assert_true(qemu_chr_fe_init(&be, NULL, &error_abort));
    g_assert_false(qemu_chr_fe_backend_connected(&be));
    g_assert_cmpint(qemu_chr_fe_write(&be, (uint8_t *)"x", 1), ==, 0);
    g_assert_cmpint(qemu_chr_fe_read_all(&be, buf, 4), ==, 0);
    g_assert_cmpint(qemu_chr_fe_ioctl(&be, 0, NULL), ==, -ENOTSUP);
    qemu_chr_fe_deinit(&be, false);
}

/* Output goes nowhere; a second front end is told that it is too late. */
static void test_null(void)
{
    Chardev *chr = qemu_chr_new("null0", "null", NULL);
    CharBackend second;
    Error *err = NULL;
    FeHandler h;

    fe_start(&h, chr);
    g_assert_true(qemu_chr_find("null0") == chr);
    g_assert_cmpint(qemu_chr_fe_write(&h.be, (uint8_t *)"abc", 3), ==, 3);
    g_assert_cmpstr(h.events->str, ==, "");
    g_assert_false(qemu_chr_fe_init(&second, chr, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'null0' is in use");
    error_free(err);
    fe_stop(&h);
    g_assert_null(qemu_chr_find("null0"));
}

/* The last bytes are kept, and reading takes them away. */
static void test_ringbuf(void)
{
    Chardev *chr = chr_from_opts("ringbuf,id=r,size=4", &error_abort);
    uint8_t buf[8];
    FeHandler h;

    fe_start(&h, chr);
    qemu_chr_fe_write_all(&h.be, (uint8_t *)"abcdef", 6);
    g_assert_cmpuint(ringbuf_count(chr), ==, 4);
    g_assert_cmpint(ringbuf_chr_read(chr, buf, 3), ==, 3);
    g_assert_cmpmem(buf, 3, "cde", 3);
    g_assert_cmpuint(ringbuf_count(chr), ==, 1);
    fe_stop(&h);
}

/* Output to one file, a log of it in another, input from a third. */
static void test_file(void)
{
    g_autofree char *out = tmp_path("out"), *in = tmp_path("in");
    g_autofree char *log = tmp_path("log");
    ChardevFile file = {
        .out = out, .has_in = true, .in = in,
        .has_append = true, .append = true,
        .has_logfile = true, .logfile = log,
    };
    ChardevBackend backend = {
        .type = CHARDEV_BACKEND_KIND_FILE, .u.file.data = &file,
    };
    char *text;
    FeHandler h;

    g_file_set_contents(in, "hello", 5, NULL);
    g_file_set_contents(out, "old ", 4, NULL);
    fe_start(&h, qemu_chardev_new("f", TYPE_CHARDEV_FILE, &backend, NULL,
                                  &error_abort));
    g_assert_cmpstr(h.events->str, ==, "opened ");
    qemu_chr_fe_printf(&h.be, "%s %d", "line", 1);
    settle();
    g_assert_cmpstr(h.data->str, ==, "hello");
    g_assert_cmpstr(h.events->str, ==, "opened closed ");
    fe_stop(&h);

    g_file_get_contents(out, &text, NULL, NULL);
    g_assert_cmpstr(text, ==, "old line 1");
    g_free(text);
    g_file_get_contents(log, &text, NULL, NULL);
    g_assert_cmpstr(text, ==, "line 1");
    g_free(text);
    unlink(out);
    unlink(in);
    unlink(log);
}

static void test_pipe(void)
{
    g_autofree char *path = tmp_path("pipe");
    g_autofree char *in = tmp_path("pipe.in"), *out = tmp_path("pipe.out");
    g_autofree char *name = g_strdup_printf("pipe:%s", path);
    char buf[4];
    FeHandler h;
    int fd;

    g_assert_cmpint(mkfifo(in, 0600), ==, 0);
    g_assert_cmpint(mkfifo(out, 0600), ==, 0);
    fe_start(&h, qemu_chr_new("p", name, NULL));
    fd = open(in, O_WRONLY);
    g_assert_cmpint(write(fd, "abc", 3), ==, 3);
    close(fd);
    settle();
    g_assert_cmpstr(h.data->str, ==, "abc");
    fd = open(out, O_RDONLY | O_NONBLOCK);
    qemu_chr_fe_write_all(&h.be, (uint8_t *)"xy", 2);
    g_assert_cmpint(read(fd, buf, 4), ==, 2);
    close(fd);
    fe_stop(&h);
    unlink(in);
    unlink(out);
}

static int socket_client(const char *path)
{
    int fd = unix_connect(path, &error_abort);

    settle();
    return fd;
}

/* A server has one client at a time; the next waits for the first to go. */
static void test_socket_server(void)
{
    g_autofree char *path = tmp_path("sock");
    g_autofree char *name = g_strdup_printf("unix:%s,server=on,wait=off",
                                            path);
    Chardev *chr = qemu_chr_new("s", name, NULL);
    QObject *addr;
    char buf[8];
    FeHandler h;
    int first, second;

    fe_start(&h, chr);
    g_assert_true(g_str_has_prefix(chr->filename, "disconnected:unix:"));
    g_assert_false(object_property_get_bool(OBJECT(chr), "connected",
                                            &error_abort));
    addr = object_property_get_qobject(OBJECT(chr), "addr", &error_abort);
    g_assert_cmpstr(qdict_get_str(qobject_to(QDict, addr), "path"), ==, path);
    qobject_unref(addr);
    g_assert_cmpint(qemu_chr_fe_write(&h.be, (uint8_t *)"lost", 4), ==, 4);

    first = socket_client(path);
    g_assert_cmpstr(h.events->str, ==, "opened ");
    g_assert_true(g_str_has_prefix(chr->filename, "unix:"));
    g_assert_true(object_property_get_bool(OBJECT(chr), "connected",
                                           &error_abort));
    g_assert_cmpint(write(first, "in", 2), ==, 2);
    settle();
    g_assert_cmpstr(h.data->str, ==, "in");
    qemu_chr_fe_write_all(&h.be, (uint8_t *)"out", 3);
    g_assert_cmpint(read(first, buf, 8), ==, 3);

    second = socket_client(path);
    g_assert_cmpstr(h.events->str, ==, "opened ");
    close(first);
    settle();
    g_assert_cmpstr(h.events->str, ==, "opened closed opened ");
    close(second);
    settle();
    g_assert_false(qemu_chr_fe_backend_open(&h.be));
    fe_stop(&h);
    g_assert_cmpint(access(path, F_OK), ==, -1);
}

/*
 * What the front end has no room for waits in the socket, also when the peer
 * is gone by then.
 */
static void test_socket_backpressure(void)
{
    g_autofree char *path = tmp_path("slow");
    g_autofree char *name = g_strdup_printf("unix:%s,server=on,wait=off",
                                            path);
    FeHandler h;
    int fd;

    fe_start(&h, qemu_chr_new("s", name, NULL));
    h.room = 2;
    fd = socket_client(path);
    g_assert_cmpint(write(fd, "abcdef", 6), ==, 6);
    close(fd);
    settle();
    g_assert_cmpstr(h.data->str, ==, "ab");
    g_assert_cmpstr(h.events->str, ==, "opened ");

    h.room = 100;
    qemu_chr_fe_accept_input(&h.be);
    settle();
    g_assert_cmpstr(h.data->str, ==, "abcdef");
    g_assert_cmpstr(h.events->str, ==, "opened closed ");
    fe_stop(&h);
}

/* A client of ours talks to a server of ours, and descriptors travel. */
static void test_socket_fds(void)
{
    g_autofree char *path = tmp_path("fds");
    g_autofree char *server = g_strdup_printf("unix:%s,server=on,wait=off",
                                              path);
    g_autofree char *client = g_strdup_printf("unix:%s", path);
    FeHandler a, b;
    int fds[2], got, null_fd = open("/dev/null", O_RDWR);

    fe_start(&a, qemu_chr_new("a", server, NULL));
    fe_start(&b, qemu_chr_new("b", client, NULL));
    settle();
    g_assert_cmpstr(a.events->str, ==, "opened ");
    g_assert_cmpstr(b.events->str, ==, "opened ");

    fds[0] = fds[1] = null_fd;
    g_assert_cmpint(qemu_chr_fe_set_msgfds(&b.be, fds, 2), ==, 0);
    qemu_chr_fe_write_all(&b.be, (uint8_t *)"x", 1);
    settle();
    g_assert_cmpstr(a.data->str, ==, "x");
    got = qemu_chr_fe_get_msgfd(&a.be);
    g_assert_cmpint(got, >=, 0);
    g_assert_true(fcntl(got, F_GETFD) & FD_CLOEXEC);
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&a.be), ==, -1);
    close(got);
    close(null_fd);
    fe_stop(&b);
    settle();
    g_assert_cmpstr(a.events->str, ==, "opened closed ");
    fe_stop(&a);
}

static gboolean note_writable(void *unused, GIOCondition cond, void *data)
{
    *(bool *)data = true;
    return FALSE;
}

/* A peer who does not read makes writing stop, and a watch says when to go on. */
static void test_socket_full(void)
{
    g_autofree char *path = tmp_path("full");
    g_autofree char *name = g_strdup_printf("unix:%s,server=on,wait=off",
                                            path);
    uint8_t buf[4096] = { 0 };
    bool writable = false;
    FeHandler h;
    int fd, ret;

    fe_start(&h, qemu_chr_new("s", name, NULL));
    fd = socket_client(path);
    do {
        ret = qemu_chr_fe_write(&h.be, buf, sizeof(buf));
    } while (ret > 0);
    g_assert_cmpint(errno, ==, EAGAIN);
    g_assert_cmpint(qemu_chr_fe_add_watch(&h.be, G_IO_OUT, note_writable,
                                          &writable), >, 0);
    settle();
    g_assert_false(writable);
    qemu_socket_set_nonblock(fd);
    while (read(fd, buf, sizeof(buf)) > 0) {
    }
    settle();
    g_assert_true(writable);
    close(fd);
    fe_stop(&h);
}

/* Whoever telnets here hears what he is to do, and only his keys come in. */
static void test_socket_telnet(void)
{
    static const uint8_t hello[] = { 255, 251, 1, 255, 251, 3, 255, 251, 0,
                                     255, 253, 0 };
    static const uint8_t answer[] = { 'a', 255, 253, 1, 255, 255, 255, 243,
                                      255, 250, 24, 0, 'x', 255, 240, 'b',
                                      255 };
    g_autofree char *path = tmp_path("telnet");
    g_autofree char *text = g_strdup_printf(
        "socket,id=s,path=%s,server=on,wait=off,telnet=on", path);
    uint8_t buf[32];
    FeHandler h;
    int fd;

    fe_start(&h, chr_from_opts(text, &error_abort));
    fd = unix_connect(path, &error_abort);
    settle();
    g_assert_cmpint(read(fd, buf, sizeof(buf)), ==, sizeof(hello));
    g_assert_cmpmem(buf, sizeof(hello), hello, sizeof(hello));
    g_assert_cmpint(write(fd, answer, sizeof(answer)), ==, sizeof(answer));
    settle();
    g_assert_cmpint(write(fd, "\xfb\1c", 3), ==, 3);
    settle();
    g_assert_cmpstr(h.data->str, ==, "a\377bc");
    g_assert_cmpstr(h.events->str, ==, "opened break ");
    fe_stop(&h);
    close(fd);
}

static gboolean test_stop_waiting(gpointer opaque)
{
    *(bool *)opaque = true;
    return G_SOURCE_REMOVE;
}

/* Nobody is there at first, then somebody, then he goes and comes again. */
static void test_socket_reconnect(void)
{
    g_autofree char *path = tmp_path("reconnect");
    g_autofree char *text = g_strdup_printf(
        "socket,id=s,path=%s,reconnect=1", path);
    bool timeout = false;
    int listen_fd, fd;
    FeHandler h;

    fe_start(&h, chr_from_opts(text, &error_abort));
    listen_fd = unix_listen(path, &error_abort);
    g_timeout_add(10000, test_stop_waiting, &timeout);
    while (!h.events->len && !timeout) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_assert_cmpstr(h.events->str, ==, "opened ");
    fd = qemu_accept(listen_fd, NULL, NULL);
    g_assert_cmpint(write(fd, "1", 1), ==, 1);
    settle();
    close(fd);
    while (strcmp(h.events->str, "opened closed opened ") && !timeout) {
        g_main_context_iteration(NULL, TRUE);
    }
    fd = qemu_accept(listen_fd, NULL, NULL);
    g_assert_cmpint(write(fd, "2", 1), ==, 1);
    settle();
    g_assert_cmpstr(h.data->str, ==, "12");
    g_assert_false(timeout);
    g_source_remove_by_user_data(&timeout);
    fe_stop(&h);
    close(fd);
    close(listen_fd);
    unlink(path);
}

static void test_refused(void)
{
    assert_refused("nonsense,id=a",
                   "'nonsense' is not a valid char driver name");
    assert_refused("null", "chardev: no id specified");
    assert_refused("id=a", "chardev: \"a\" missing backend");
    assert_refused("file,id=a", "chardev: file: no filename given");
    assert_refused("pipe,id=a", "chardev: pipe: no device path given");
    assert_refused("file,id=a,path=/no/such/dir/x",
        "Could not open '/no/such/dir/x': No such file or directory");
    assert_refused("ringbuf,id=a,size=5",
                   "size of ringbuf chardev must be power of two");
    assert_refused("socket,id=a,host=localhost",
                   "chardev: socket: no port given");
    assert_refused("socket,id=a,path=/x,wait=off",
        "'wait' option is incompatible with socket in client connect mode");
    assert_refused("socket,id=a,path=/x,server=on,wait=off,reconnect=1",
        "'reconnect' option is incompatible with socket in server listen "
        "mode");
    g_assert_null(qemu_chr_find("a"));
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_add_opts(&qemu_chardev_opts);
    tmp_dir = g_dir_make_tmp("test-char-XXXXXX", NULL);
    g_test_add_func("/char/no-device", test_no_device);
    g_test_add_func("/char/null", test_null);
    g_test_add_func("/char/ringbuf", test_ringbuf);
    g_test_add_func("/char/file", test_file);
    g_test_add_func("/char/pipe", test_pipe);
    g_test_add_func("/char/socket/server", test_socket_server);
    g_test_add_func("/char/socket/backpressure", test_socket_backpressure);
    g_test_add_func("/char/socket/fds", test_socket_fds);
    g_test_add_func("/char/socket/full", test_socket_full);
    g_test_add_func("/char/socket/telnet", test_socket_telnet);
    g_test_add_func("/char/socket/reconnect", test_socket_reconnect);
    g_test_add_func("/char/refused", test_refused);
    ret = g_test_run();
    qemu_chr_cleanup();
    rmdir(tmp_dir);
    g_free(tmp_dir);
    return ret;
}
