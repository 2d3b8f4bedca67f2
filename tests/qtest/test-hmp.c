/*
 * The human monitor, as a person or a script at a socket finds it.
 *
 * The monitor has a line editor even here: what is typed is echoed, with the
 * cursor moved about.  So what a command says starts with the line after the
 * echo, and ends with the next prompt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "libqtest.h"

#define PROMPT "(qemu) "
#define GARBAGE_LINES 400

typedef struct HmpTest {
    QTestState *qts;
    char *dir;
    char *path;
    int fd;
} HmpTest;

/* What comes up to @end, without it. */
static char *hmp_read_until(HmpTest *t, const char *end)
{
    GString *text = g_string_new(NULL);
    size_t len = strlen(end);
    char buf[4096];

    while (text->len < len
           || memcmp(text->str + text->len - len, end, len)) {
        ssize_t n = read(t->fd, buf, sizeof(buf));

        g_assert_cmpint(n, >, 0);
        g_string_append_len(text, buf, n);
    }
    g_string_truncate(text, text->len - len);
    return g_string_free(text, false);
}

static char *hmp_read(HmpTest *t)
{
    return hmp_read_until(t, PROMPT);
}

static void hmp_send(HmpTest *t, const char *line, size_t size)
{
    g_assert_cmpint(write(t->fd, line, size), ==, size);
    g_assert_cmpint(write(t->fd, "\n", 1), ==, 1);
}

/* What a command says, with line ends of \n. */
static char *hmp(HmpTest *t, const char *command)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    char *answer;

    hmp_send(t, command, strlen(command));
    text = hmp_read(t);
    answer = strstr(text, "\r\n");
    g_assert_nonnull(answer);
    lines = g_strsplit(answer + 2, "\r\n", -1);
    return g_strjoinv("\n", lines);
}

static void hmp_connect(HmpTest *t)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    g_strlcpy(addr.sun_path, t->path, sizeof(addr.sun_path));
    t->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    g_assert_cmpint(connect(t->fd, (struct sockaddr *)&addr, sizeof(addr)),
                    ==, 0);
}

static void hmp_start(HmpTest *t, const char *args)
{
    g_autofree char *greeting = NULL;

    t->dir = g_dir_make_tmp("hmp-XXXXXX", NULL);
    t->path = g_build_filename(t->dir, "hmp", NULL);
    t->qts = qtest_initf("-monitor unix:%s,server=on,wait=off %s",
                         t->path, args);
    hmp_connect(t);
    greeting = hmp_read(t);
    g_assert_cmpstr(greeting, ==, "QEMU 7.2.22 monitor - "
                    "type 'help' for more information\r\n");
}

static void hmp_stop(HmpTest *t)
{
    close(t->fd);
    qtest_quit(t->qts);
    g_unlink(t->path);
    g_assert_cmpint(g_rmdir(t->dir), ==, 0);
    g_free(t->path);
    g_free(t->dir);
}

static void expect(HmpTest *t, const char *command, const char *answer)
{
    g_autofree char *got = hmp(t, command);

    g_assert_cmpstr(got, ==, answer);
}

static void expect_part(HmpTest *t, const char *command, const char *part)
{
    g_autofree char *got = hmp(t, command);

    if (!strstr(got, part)) {
        g_test_message("%s: no \"%s\" in:\n%s", command, part, got);
        g_test_fail();
    }
}

/* The machine's state, and the commands that change it. */
static void test_hmp_status(void)
{
    HmpTest t;

    hmp_start(&t, "-name Tom");
    expect(&t, "info version", "7.2.22\n");
    expect(&t, "info name", "Tom\n");
    expect(&t, "info status", "VM status: running\n");
    expect(&t, "stop", "");
    expect(&t, "info status", "VM status: paused\n");
    expect(&t, "c", "");
    expect(&t, "info status", "VM status: running\n");
    expect(&t, "system_reset", "");
    expect(&t, "info status", "VM status: running\n");
    hmp_stop(&t);
}

/* A network card, in each of the trees. */
static void test_hmp_info(void)
{
    HmpTest t;

    hmp_start(&t, "-nodefaults -netdev hubport,hubid=3,id=h0 "
              "-device virtio-net-pci,netdev=h0,id=nic0,addr=7");
    expect(&t, "info network",
           "hub 3\n \\ h0: nic0: index=0,type=nic,"
           "model=virtio-net-pci,macaddr=52:54:00:12:34:56\n");
    expect_part(&t, "info pci",
                "  Bus  0, device   7, function 0:\n"
                "    Ethernet controller: PCI device 1af4:1000\n");
    expect_part(&t, "info qtree",
                "      dev: virtio-net-pci, id \"nic0\"\n");
    expect_part(&t, "info qtree", "            netdev = \"h0\"\n");
    expect_part(&t, "info qom-tree", "/nic0 (virtio-net-pci)\n");
    expect_part(&t, "info qom-tree", "/virtio-backend (virtio-net-device)\n");
    expect_part(&t, "info qom-tree /machine/peripheral",
                "/peripheral (container)\n  /nic0 (virtio-net-pci)\n");
    expect_part(&t, "info mtree",
                "address-space: memory\n"
                "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n");
    expect_part(&t, "info mtree -f", "FlatView #0\n");
    expect_part(&t, "info qdm", "name \"virtio-net-pci\", bus PCI");
    hmp_stop(&t);
}

/* A cable that is pulled here is pulled for the card. */
static void test_hmp_set_link(void)
{
    HmpTest t;

    hmp_start(&t, "-netdev hubport,hubid=0,id=h0 "
              "-device virtio-net-pci,netdev=h0,id=nic0");
    expect(&t, "set_link h0 off", "");
    expect(&t, "set_link nic0 on", "");
    expect(&t, "set_link nobody on", "Error: Device 'nobody' not found\n");
    hmp_stop(&t);
}

/* What is wrong gets a line that says what, and help knows all commands. */
static void test_hmp_mistakes(void)
{
    HmpTest t;
    g_autofree char *help = NULL;
    g_auto(GStrv) lines = NULL;
    int commands = 0;

    hmp_start(&t, "");
    expect(&t, "foo", "unknown command: 'foo'\n");
    expect(&t, "info foo", "unknown command: 'info foo'\n");
    expect(&t, "stop now", "stop|s: extraneous characters at the end of line\n"
           "Try \"help stop\" for more information\n");
    expect(&t, "info mtree -x", "mtree: unsupported option -x\n"
           "Try \"help info mtree\" for more information\n");
    expect_part(&t, "info qom-tree /nowhere", "Path '/nowhere' could not be "
                "resolved.\n");
    expect(&t, "", "");

    help = hmp(&t, "help");
    lines = g_strsplit(help, "\n", -1);
    for (char **line = lines; *line && **line; line++) {
        g_autofree char *name = g_strndup(*line, strcspn(*line, "| "));
        g_autofree char *command = g_strdup_printf("help %s", name);

        if (strcmp(name, "log")) {
            expect_part(&t, command, strcmp(name, "info") ? *line : "info ");
        } else {
            expect_part(&t, command, "Log items (comma separated):\n");
        }
        commands++;
    }
    g_assert_cmpint(commands, >, 5);
    hmp_stop(&t);
}

/* Garbage, tabs, control characters and endless lines do no harm. */
static void test_hmp_garbage(void)
{
    g_autofree char *endless = g_strnfill(100000, 'x');
    GRand *rand = g_rand_new_with_seed(20221213);
    HmpTest t;

    hmp_start(&t, "");
    for (int i = 0; i < GARBAGE_LINES; i++) {
        char line[64], echo[4096];
        int size = g_rand_int_range(rand, 1, sizeof(line));

        for (int j = 0; j < size; j++) {
            line[j] = g_rand_int_range(rand, 1, 256);
        }
        hmp_send(&t, line, size);
        while (recv(t.fd, echo, sizeof(echo), MSG_DONTWAIT) > 0) {
        }
    }
    hmp_send(&t, endless, strlen(endless));

    /* An escape sequence may be open, and words may be left on the line. */
    hmp_send(&t, "\001\013", 2);
    hmp_send(&t, "info version", strlen("info version"));
    g_free(hmp_read_until(&t, "\r\n7.2.22\r\n" PROMPT));
    hmp_stop(&t);
    g_rand_free(rand);
}

/* A client may go, in the middle of a word, and another come. */
static void test_hmp_reconnect(void)
{
    g_autofree char *greeting = NULL;
    HmpTest t;

    hmp_start(&t, "");
    g_assert_cmpint(write(t.fd, "info ver", 8), ==, 8);
    close(t.fd);
    hmp_connect(&t);
    greeting = hmp_read(&t);
    g_assert_nonnull(strstr(greeting, "QEMU 7.2.22 monitor"));
    expect_part(&t, "\001\013info version", "7.2.22\n");
    hmp_stop(&t);
}

static void test_hmp_quit(void)
{
    HmpTest t;
    char buf[64];

    hmp_start(&t, "");
    hmp_send(&t, "quit", 4);
    while (read(t.fd, buf, sizeof(buf)) > 0) {
    }
    qtest_wait_qemu(t.qts);
    hmp_stop(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/hmp/status", test_hmp_status);
    qtest_add_func("/hmp/info", test_hmp_info);
    qtest_add_func("/hmp/set-link", test_hmp_set_link);
    qtest_add_func("/hmp/mistakes", test_hmp_mistakes);
    qtest_add_func("/hmp/garbage", test_hmp_garbage);
    qtest_add_func("/hmp/reconnect", test_hmp_reconnect);
    qtest_add_func("/hmp/quit", test_hmp_quit);
    return g_test_run();
}
