/*
 * Socket addresses as users write them, and the sockets that they open.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/sockets.h"

static void expect_error(const char *str, const char *message)
{
    Error *err = NULL;

    g_assert_null(socket_parse(str, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_parse(void)
{
    static const char *const same[] = {
        "tcp:localhost:80", "unix:/a/b", "fd:7", "vsock:3:1024",
    };
    g_autoptr(SocketAddress) v6 = NULL;
    g_autoptr(SocketAddress) opts = NULL;

    for (int i = 0; i < ARRAY_SIZE(same); i++) {
        g_autoptr(SocketAddress) addr = socket_parse(same[i], &error_abort);
        g_autofree char *uri = socket_uri(addr);

        g_assert_cmpstr(uri, ==, same[i]);
    }

    v6 = socket_parse("[::1]:80", &error_abort);
    g_assert_cmpstr(v6->u.inet.host, ==, "::1");
    g_assert_cmpstr(v6->u.inet.port, ==, "80");

    opts = socket_parse(":5900,to=5910,ipv4,ipv6=off", &error_abort);
    g_assert_cmpstr(opts->u.inet.host, ==, "");
    g_assert_true(opts->u.inet.has_to);
    g_assert_cmpint(opts->u.inet.to, ==, 5910);
    g_assert_true(opts->u.inet.has_ipv4 && opts->u.inet.ipv4);
    g_assert_true(opts->u.inet.has_ipv6 && !opts->u.inet.ipv6);
    g_assert_false(opts->u.inet.has_keep_alive);
}

static void test_parse_errors(void)
{
    expect_error("nowhere", "error parsing address 'nowhere'");
    expect_error("host:", "error parsing port in address 'host:'");
    expect_error("[::1", "error parsing IPv6 address '[::1'");
    expect_error("h:1,to=x", "error parsing to= argument");
    expect_error("h:1,ipv4=maybe", "error parsing 'ipv4' flag '=maybe'");
    expect_error("unix:", "invalid Unix socket address");
    expect_error("fd:", "invalid file descriptor address");
}

/* Connect to the listener @fd and say something. */
static void talk(int listen_fd)
{
    g_autoptr(SocketAddress) addr = socket_local_address(listen_fd,
                                                         &error_abort);
    int client = socket_connect(addr, &error_abort);
    int server = qemu_accept(listen_fd, NULL, NULL);
    char c = 'x';

    g_assert_cmpint(server, >=, 0);
    g_assert_true(fd_is_socket(server));
    g_assert_cmpint(write(client, "y", 1), ==, 1);
    g_assert_cmpint(read(server, &c, 1), ==, 1);
    g_assert_cmpint(c, ==, 'y');
    close(client);
    close(server);
}

static void test_inet(void)
{
    g_autoptr(SocketAddress) addr = socket_parse("127.0.0.1:0", &error_abort);
    int fd = socket_listen(addr, 1, &error_abort);

    talk(fd);
    close(fd);
}

/* With to=, the next port that is free will do. */
static void test_inet_to(void)
{
    g_autoptr(SocketAddress) any = socket_parse("127.0.0.1:0", &error_abort);
    g_autoptr(SocketAddress) first = NULL;
    Error *err = NULL;
    int fd = socket_listen(any, 1, &error_abort);
    int next, port;

    first = socket_local_address(fd, &error_abort);
    g_assert_cmpint(socket_listen(first, 1, &err), ==, -1);
    error_free_or_abort(&err);

    port = atoi(first->u.inet.port);
    first->u.inet.has_to = true;
    first->u.inet.to = MIN(port + 20, UINT16_MAX);
    next = socket_listen(first, 1, &error_abort);
    close(next);
    close(fd);
}

static void test_unix(void)
{
    g_autofree char *dir = g_dir_make_tmp("test-sockets-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    Error *err = NULL;
    int fd;

    g_assert_cmpint(unix_connect(path, &err), ==, -1);
    g_assert_true(g_str_has_prefix(error_get_pretty(err),
                                   "Failed to connect to '"));
    error_free(err);

    /* What a server left behind that died does not stop the next one. */
    close(unix_listen(path, &error_abort));
    fd = unix_listen(path, &error_abort);
    talk(fd);
    socket_listen_cleanup(fd, &error_abort);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    close(fd);
    rmdir(dir);
}

/* A path that does not fit is refused, not cut off. */
static void test_unix_too_long(void)
{
    char path[200];
    Error *err = NULL;

    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    g_assert_cmpint(unix_listen(path, &err), ==, -1);
    g_assert_true(g_str_has_suffix(error_get_pretty(err), "is too long"));
    error_free(err);
}

/* An abstract name is in no file system. */
static void test_unix_abstract(void)
{
    SocketAddress addr = {
        .type = SOCKET_ADDRESS_TYPE_UNIX,
        .u.q_unix.has_abstract = true,
        .u.q_unix.abstract = true,
    };
    int fd;

    addr.u.q_unix.path = g_strdup_printf("test-sockets-%d", getpid());
    fd = socket_listen(&addr, 1, &error_abort);
    talk(fd);
    close(fd);
    g_free(addr.u.q_unix.path);
}

static void test_fd(void)
{
    Error *err = NULL;
    int sv[2], file = open("/dev/null", O_RDONLY);
    g_autofree char *good = NULL, *bad = NULL;
    SocketAddress addr = { .type = SOCKET_ADDRESS_TYPE_FD };

    g_assert_cmpint(socketpair(PF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    addr.u.fd.str = good = g_strdup_printf("%d", sv[0]);
    g_assert_cmpint(socket_connect(&addr, &error_abort), ==, sv[0]);

    addr.u.fd.str = bad = g_strdup_printf("%d", file);
    g_assert_cmpint(socket_connect(&addr, &err), ==, -1);
    g_assert_true(g_str_has_suffix(error_get_pretty(err), "is not a socket"));
    error_free(err);
    close(file);
    close(sv[0]);
    close(sv[1]);
}

static void test_dgram(void)
{
    g_autoptr(SocketAddress) any = socket_parse("127.0.0.1:0", &error_abort);
    g_autoptr(SocketAddress) to = NULL;
    struct sockaddr_in sin;
    int a, b;
    char c;

    g_assert_cmpint(parse_host_port(&sin, "127.0.0.1:0", &error_abort), ==, 0);
    a = qemu_socket(PF_INET, SOCK_DGRAM, 0);
    g_assert_cmpint(bind(a, (struct sockaddr *)&sin, sizeof(sin)), ==, 0);
    to = socket_local_address(a, &error_abort);
    b = socket_dgram(to, any, &error_abort);
    g_assert_cmpint(send(b, "z", 1, 0), ==, 1);
    g_assert_cmpint(recv(a, &c, 1, 0), ==, 1);
    g_assert_cmpint(c, ==, 'z');
    close(a);
    close(b);
}

static void test_host_port_errors(void)
{
    struct sockaddr_in sin;
    Error *err = NULL;

    g_assert_cmpint(parse_host_port(&sin, "localhost", &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==, "host address 'localhost' "
                    "doesn't contain ':' separating host from port");
    error_free(err);
    err = NULL;
    g_assert_cmpint(parse_host_port(&sin, "127.0.0.1:x", &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==, "port number 'x' is invalid");
    error_free(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sockets/parse", test_parse);
    g_test_add_func("/sockets/parse-errors", test_parse_errors);
    g_test_add_func("/sockets/inet", test_inet);
    g_test_add_func("/sockets/inet-to", test_inet_to);
    g_test_add_func("/sockets/unix", test_unix);
    g_test_add_func("/sockets/unix-too-long", test_unix_too_long);
    g_test_add_func("/sockets/unix-abstract", test_unix_abstract);
    g_test_add_func("/sockets/fd", test_fd);
    g_test_add_func("/sockets/dgram", test_dgram);
    g_test_add_func("/sockets/host-port-errors", test_host_port_errors);
    return g_test_run();
}
