/*
 * Descriptors that a client hands over, by name and in sets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qemu/sockets.h"

static void check_fails(QDict *rsp, const char *desc)
{
    g_assert_true(qmp_rsp_is_err(rsp));
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"),
                    ==, desc);
    qmp_expect_error_and_unref(rsp, "GenericError");
}

static void check_succeeds(QDict *rsp)
{
    g_assert_true(qdict_haskey(rsp, "return"));
    qobject_unref(rsp);
}

/* How many descriptors the program has open. */
static int count_fds(QTestState *qts)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", qtest_pid(qts));
    GDir *dir = g_dir_open(path, 0, NULL);
    int n = 0;

    g_assert_nonnull(dir);
    while (g_dir_read_name(dir)) {
        n++;
    }
    g_dir_close(dir);
    return n;
}

static void check_fdsets(QTestState *qts, int sets, int fds)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-fdsets'}");
    QList *list = qdict_get_qlist(rsp, "return");
    const QListEntry *entry;
    int n = 0;

    g_assert_cmpint(qlist_size(list), ==, sets);
    QLIST_FOREACH_ENTRY(list, entry) {
        n += qlist_size(qdict_get_qlist(
            qobject_to(QDict, qlist_entry_obj(entry)), "fds"));
    }
    g_assert_cmpint(n, ==, fds);
    qobject_unref(rsp);
}

static void test_names(void)
{
    QTestState *qts = qtest_init("-machine none");
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), fds[2] = { null, null };
    int before = count_fds(qts);

    check_fails(qtest_qmp(qts, "{'execute': 'getfd', 'arguments':"
                               " {'fdname': 'a'}}"),
                "No file descriptor supplied via SCM_RIGHTS");
    check_fails(qtest_qmp_fds(qts, fds, 1, "{'execute': 'getfd', 'arguments':"
                              " {'fdname': '1a'}}"),
                "Parameter 'fdname' expects a name not starting with a digit");
    g_assert_cmpint(count_fds(qts), ==, before);

    /* A name is for one descriptor; of two that come, the first is it. */
    for (int i = 0; i < 3; i++) {
        check_succeeds(qtest_qmp_fds(qts, fds, 2, "{'execute': 'getfd',"
                                     " 'arguments': {'fdname': 'a'}}"));
    }
    g_assert_cmpint(count_fds(qts), ==, before + 1);
    check_fails(qtest_qmp(qts, "{'execute': 'netdev_add', 'arguments':"
                          " {'type': 'tap', 'id': 't', 'fd': 'b'}}"),
                "File descriptor named 'b' has not been found");

    /* Who takes it, owns it, even if it is of no use to him. */
    qmp_expect_error_and_unref(
        qtest_qmp(qts, "{'execute': 'netdev_add', 'arguments':"
                  " {'type': 'tap', 'id': 't', 'fd': 'a'}}"), "GenericError");
    check_fails(qtest_qmp(qts, "{'execute': 'closefd', 'arguments':"
                          " {'fdname': 'a'}}"),
                "File descriptor named 'a' not found");
    g_assert_cmpint(count_fds(qts), ==, before);

    check_succeeds(qtest_qmp_fds(qts, fds, 1, "{'execute': 'getfd',"
                                 " 'arguments': {'fdname': 'c'}}"));
    check_succeeds(qtest_qmp(qts, "{'execute': 'closefd',"
                             " 'arguments': {'fdname': 'c'}}"));
    g_assert_cmpint(count_fds(qts), ==, before);

    /* It comes with one request, and is still there for the next. */
    check_succeeds(qtest_qmp_fds(qts, fds, 1, "{'execute': 'query-name'}"));
    check_succeeds(qtest_qmp(qts, "{'execute': 'getfd',"
                             " 'arguments': {'fdname': 'd'}}"));
    check_fails(qtest_qmp(qts, "{'execute': 'getfd',"
                          " 'arguments': {'fdname': 'd'}}"),
                "No file descriptor supplied via SCM_RIGHTS");
    close(null);
    qtest_quit(qts);
}

#define ADD_FD_SOCKET(name, server)                                     \
    "{'execute': 'chardev-add', 'arguments': {'id': 's', 'backend':"    \
    " {'type': 'socket', 'data': {'server': " server ", 'addr':"        \
    " {'type': 'fd', 'data': {'str': '" name "'}}}}}}"

/* A character device takes a named socket; what else has the name is closed. */
static void test_chardev(void)
{
    QTestState *qts = qtest_init("-machine none");
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), pair[2];
    int before = count_fds(qts);
    char byte;

    /* With a monitor, a number is a name as well. */
    check_fails(qtest_qmp(qts, ADD_FD_SOCKET("0", "false")),
                "Failed to add chardev 's': File descriptor named '0' has not "
                "been found");
    check_succeeds(qtest_qmp_fds(qts, &null, 1, "{'execute': 'getfd',"
                                 " 'arguments': {'fdname': 'n'}}"));
    check_fails(qtest_qmp(qts, ADD_FD_SOCKET("n", "false")),
                "Failed to add chardev 's': File descriptor 'n' is not a "
                "socket");
    g_assert_cmpint(count_fds(qts), ==, before);

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
                    ==, 0);
    for (int server = 1; server >= 0; server--) {
        check_succeeds(qtest_qmp_fds(qts, &pair[1], 1, "{'execute': 'getfd',"
                                     " 'arguments': {'fdname': 'p'}}"));
        if (server) {
            check_fails(qtest_qmp(qts, ADD_FD_SOCKET("p", "true")),
                        "Failed to add chardev 's': Failed to listen on fd "
                        "socket: Invalid argument");
            g_assert_cmpint(count_fds(qts), ==, before);
        } else {
            check_succeeds(qtest_qmp(qts, ADD_FD_SOCKET("p", "false")));
        }
    }
    close(pair[1]);
    check_succeeds(qtest_qmp(qts, "{'execute': 'chardev-remove',"
                             " 'arguments': {'id': 's'}}"));
    g_assert_cmpint(read(pair[0], &byte, 1), ==, 0);
    g_assert_cmpint(count_fds(qts), ==, before);
    close(pair[0]);
    close(null);
    qtest_quit(qts);
}

static void G_GNUC_PRINTF(3, 4)
send_add_fd(QTestState *qts, int *fd, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    qtest_qmp_vsend_fds(qts, fd, 1, fmt, ap);
    va_end(ap);
}

/* Each of many requests in one go gets the descriptor that came with it. */
static void test_pipeline(void)
{
    QTestState *qts = qtest_init("-machine none");
    int before = count_fds(qts);

    for (int i = 0; i < 20; i++) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        send_add_fd(qts, &null, "{'execute': 'add-fd', 'arguments':"
                                " {'fdset-id': %d}}", i & 1);
        close(null);
    }
    for (int i = 0; i < 20; i++) {
        check_succeeds(qtest_qmp_receive(qts));
    }
    g_assert_cmpint(count_fds(qts), ==, before + 20);
    check_fdsets(qts, 2, 20);
    qtest_quit(qts);
}

static void test_sets(void)
{
    QTestState *qts = qtest_init("-machine none");
    int rw = open("/dev/null", O_RDWR | O_CLOEXEC);
    int ro = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int before = count_fds(qts);

    check_fails(qtest_qmp(qts, "{'execute': 'add-fd'}"),
                "No file descriptor supplied via SCM_RIGHTS");
    check_fails(qtest_qmp_fds(qts, &ro, 1, "{'execute': 'add-fd',"
                              " 'arguments': {'fdset-id': -1}}"),
                "Parameter 'fdset-id' expects a non-negative value");
    check_succeeds(qtest_qmp_fds(qts, &ro, 1, "{'execute': 'add-fd'}"));
    check_succeeds(qtest_qmp_fds(qts, &ro, 1, "{'execute': 'add-fd',"
                                 " 'arguments': {'opaque': 'o'}}"));
    check_succeeds(qtest_qmp_fds(qts, &ro, 1, "{'execute': 'add-fd',"
                                 " 'arguments': {'fdset-id': 7}}"));
    check_succeeds(qtest_qmp_fds(qts, &rw, 1, "{'execute': 'add-fd',"
                                 " 'arguments': {'fdset-id': 7}}"));
    check_fdsets(qts, 3, 4);
    check_fails(qtest_qmp(qts, "{'execute': 'remove-fd',"
                          " 'arguments': {'fdset-id': 9}}"),
                "File descriptor named 'fdset-id:9' not found");
    check_fails(qtest_qmp(qts, "{'execute': 'remove-fd',"
                          " 'arguments': {'fdset-id': 7, 'fd': 999}}"),
                "File descriptor named 'fdset-id:7, fd:999' not found");

    /* Nothing has it open, and the guest runs: it goes at once. */
    check_succeeds(qtest_qmp(qts, "{'execute': 'remove-fd',"
                             " 'arguments': {'fdset-id': 7}}"));
    check_fdsets(qts, 2, 2);

    /* While the guest rests, descriptors are only marked. */
    check_succeeds(qtest_qmp(qts, "{'execute': 'stop'}"));
    check_succeeds(qtest_qmp(qts, "{'execute': 'remove-fd',"
                             " 'arguments': {'fdset-id': 0}}"));
    check_fdsets(qts, 2, 2);
    check_succeeds(qtest_qmp(qts, "{'execute': 'cont'}"));
    check_succeeds(qtest_qmp(qts, "{'execute': 'remove-fd',"
                             " 'arguments': {'fdset-id': 0}}"));
    check_succeeds(qtest_qmp(qts, "{'execute': 'remove-fd',"
                             " 'arguments': {'fdset-id': 1}}"));
    check_fdsets(qts, 0, 0);
    g_assert_cmpint(count_fds(qts), ==, before);
    close(rw);
    close(ro);
    qtest_quit(qts);
}

/*
 * A set that was filled on the command line, as a file: it can be opened in
 * the way that one of its descriptors is, and what is open stays open.
 */
static void test_option(void)
{
    char path[] = "/tmp/qmp-fds-XXXXXX";
    int rw = g_mkstemp(path), ro = open(path, O_RDONLY);
    int wo = open(path, O_WRONLY);
    g_autofree char *text = NULL;
    QTestState *qts;

    g_assert_cmpint(fcntl(rw, F_SETFD, 0), ==, 0);
    g_assert_cmpint(write(rw, "old", 3), ==, 3);
    qts = qtest_initf("-machine none -add-fd fd=%d,set=3 -add-fd"
                      " fd=%d,set=3,opaque=w -chardev"
                      " file,id=f,path=/dev/fdset/3 -monitor chardev:f",
                      ro, wo);
    check_fdsets(qts, 1, 2);
    check_succeeds(qtest_qmp(qts, "{'execute': 'remove-fd',"
                             " 'arguments': {'fdset-id': 3}}"));
    /* The chardev has a copy, so there is still a set. */
    check_fdsets(qts, 1, 0);
    qtest_quit(qts);

    /* The monitor has written its greeting, over what was there. */
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(g_str_has_prefix(text, "QEMU "));
    unlink(path);
    close(rw);
    close(ro);
    close(wo);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/qmp-fds/names", test_names);
    qtest_add_func("/qmp-fds/chardev", test_chardev);
    qtest_add_func("/qmp-fds/pipeline", test_pipeline);
    qtest_add_func("/qmp-fds/sets", test_sets);
    qtest_add_func("/qmp-fds/option", test_option);
    return g_test_run();
}
