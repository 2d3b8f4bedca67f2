/*
 * The end of the program: asked for by SIGTERM or by the monitor's "quit", it
 * gives everything back and returns 0, and says nothing on standard error but
 * who killed it, unless that is a test.  Under `make check-asan` what it did not
 * give back would be told there as well.
 *
 * Each case runs in a directory of its own, to see which files remain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <sys/wait.h>

typedef struct TeardownCase {
    const char *name;
    const char *args;
    const char *commands;   /* for the monitor, before the end */
    const char *remains;    /* files that are meant to stay */
    bool needs_tap;
    bool silent;            /* it does not say who killed it */
} TeardownCase;

#define NETDEV \
    "-netdev socket,id=n0,udp=127.0.0.1:1,localaddr=127.0.0.1:0 "

static const TeardownCase teardown_cases[] = {
    { .name = "none", .args = "-M none" },
    { .name = "pc", .args = "-M pc" },
    { .name = "pc/memory", .args = "-M pc -m 4G" },
    { .name = "pc/stopped", .args = "-M pc -S" },
    { .name = "nic",
      .args = "-M pc -nic socket,udp=127.0.0.1:1,localaddr=127.0.0.1:0" },
    { .name = "device",
      .args = "-M pc " NETDEV
              "-device virtio-net-pci,netdev=n0,id=nic0 -device tally" },
    { .name = "device/twice",
      .args = "-M pc " NETDEV "-netdev hubport,hubid=0,id=h0,netdev=n0 "
              "-netdev hubport,hubid=0,id=h1 -netdev hubport,hubid=0,id=h2 "
              "-device virtio-net-pci,netdev=h1,id=nic0,addr=5 "
              "-device virtio-net-pci,netdev=h2,id=nic1,addr=6" },
    { .name = "device/busy",
      .args = "-M pc " NETDEV "-device virtio-net-pci,netdev=n0,id=nic0",
      .commands = "stop\ncont\nsystem_reset\nset_link n0 off\n" },
    { .name = "tap",
      .args = "-M pc -netdev tap,id=n0,script=no,downscript=no "
              "-device virtio-net-pci,netdev=n0",
      .needs_tap = true },
    { .name = "filter",
      .args = "-M pc " NETDEV "-device virtio-net-pci,netdev=n0 "
              "-object filter-dump,id=f0,netdev=n0,file=dump.pcap",
      .remains = "dump.pcap" },
    { .name = "backend/ram",
      .args = "-M pc,memory-backend=m -m 16M "
              "-object memory-backend-ram,id=m,size=16M" },
    { .name = "backend/memfd",
      .args = "-M pc,memory-backend=m -m 16M "
              "-object memory-backend-memfd,id=m,size=16M,share=on" },
    { .name = "backend/file",
      .args = "-M pc -object memory-backend-file,id=m,size=1M,mem-path=ram",
      .remains = "ram" },
    { .name = "backend/unused",
      .args = "-M none -object memory-backend-ram,id=m,size=1M" },
    { .name = "chardev",
      .args = "-M none -chardev null,id=c0 -chardev ringbuf,id=c1 "
              "-chardev file,id=c2,path=out "
              "-chardev socket,id=c3,path=sock,server=on,wait=off",
      .remains = "out" },
    { .name = "monitor",
      .args = "-M pc -chardev socket,id=c,path=sock,server=on,wait=off "
              "-monitor chardev:c" },
    { .name = "qtest",
      .args = "-M pc -qtest unix:sock,server=on,wait=off -qtest-log log",
      .remains = "log", .silent = true },
    { .name = "trace", .args = "-M pc -trace 'qdev*' -D log",
      .remains = "log" },
    { .name = "fw_cfg", .args = "-M pc -fw_cfg name=opt/a,string=b" },
};

typedef struct TeardownChild {
    GPid pid;
    int in;
    int out;
    int err;
    char *dir;
} TeardownChild;

static void child_start(TeardownChild *c, const char *args)
{
    g_autofree char *binary = g_canonicalize_filename(
        g_getenv("QTEST_QEMU_BINARY"), NULL);
    g_autofree char *line = g_strdup_printf(
        "%s -accel qtest -display none -monitor stdio %s", binary, args);
    g_auto(GStrv) argv = NULL;
    GError *err = NULL;

    c->dir = g_dir_make_tmp("teardown-XXXXXX", &err);
    g_assert_no_error(err);
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, &err));
    g_spawn_async_with_pipes(c->dir, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                             NULL, NULL, &c->pid, &c->in, &c->out, &c->err,
                             &err);
    g_assert_no_error(err);
}

static void child_tell(TeardownChild *c, const char *commands)
{
    size_t size = strlen(commands);

    g_assert_cmpint(write(c->in, commands, size), ==, size);
}

/* Each prompt tells that what came before it has been done. */
static void child_wait_prompt(TeardownChild *c, unsigned n)
{
    g_autoptr(GString) seen = g_string_new(NULL);

    while (n) {
        char *prompt, ch;

        if (read(c->out, &ch, 1) != 1) {
            return;             /* its standard error will tell */
        }
        g_string_append_c(seen, ch);
        prompt = strstr(seen->str, "(qemu) ");
        if (prompt) {
            g_string_truncate(seen, 0);
            n--;
        }
    }
}

static char *child_read_stderr(TeardownChild *c)
{
    GString *text = g_string_new(NULL);
    char buf[512];
    ssize_t n;

    while ((n = read(c->err, buf, sizeof(buf))) > 0) {
        g_string_append_len(text, buf, n);
    }
    return g_string_free(text, false);
}

/* Its directory has @remains at most, and then has nothing. */
static void child_check_files(TeardownChild *c, const char *remains)
{
    GDir *dir = g_dir_open(c->dir, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(c->dir, name, NULL);

        g_assert_cmpstr(name, ==, remains);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_dir_close(dir);
    g_assert_cmpint(g_rmdir(c->dir), ==, 0);
}

static void child_end(TeardownChild *c, const char *expected,
                      const char *remains)
{
    g_autofree char *err = NULL;
    char buf[512];
    int status;

    /* It may have more to print than the pipe takes. */
    while (read(c->out, buf, sizeof(buf)) > 0) {
    }
    err = child_read_stderr(c);
    g_assert_cmpint(waitpid(c->pid, &status, 0), ==, c->pid);
    g_assert_cmpstr(err, ==, expected);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);

    child_check_files(c, remains);
    close(c->in);
    close(c->out);
    close(c->err);
    g_free(c->dir);
}

static bool teardown_start(TeardownChild *c, const TeardownCase *tc)
{
    unsigned prompts = 1;

    if (tc->needs_tap && (geteuid() != 0 || access("/dev/net/tun", R_OK))) {
        g_test_skip("no right to make a tap");
        return false;
    }
    child_start(c, tc->args);
    if (tc->commands) {
        child_tell(c, tc->commands);
        for (const char *p = tc->commands; *p; p++) {
            prompts += *p == '\n';
        }
    }
    child_wait_prompt(c, prompts);
    return true;
}

static void test_teardown_quit(gconstpointer data)
{
    const TeardownCase *tc = data;
    TeardownChild c;

    if (teardown_start(&c, tc)) {
        child_tell(&c, "quit\n");
        child_end(&c, "", tc->remains);
    }
}

static void test_teardown_sigterm(gconstpointer data)
{
    const TeardownCase *tc = data;
    g_autofree char *cmdline = NULL;
    g_autofree char *expected = NULL;
    g_autofree char *prgname = g_path_get_basename(
        g_getenv("QTEST_QEMU_BINARY"));
    TeardownChild c;

    g_assert_true(g_file_get_contents("/proc/self/cmdline", &cmdline, NULL,
                                      NULL));
    expected = g_strdup_printf("%s: terminating on signal 15 from pid %d (%s)\n",
                               prgname, getpid(), cmdline);
    if (teardown_start(&c, tc)) {
        g_assert_cmpint(kill(c.pid, SIGTERM), ==, 0);
        child_end(&c, tc->silent ? "" : expected, tc->remains);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(teardown_cases); i++) {
        const TeardownCase *tc = &teardown_cases[i];
        g_autofree char *quit = g_strdup_printf("/teardown/quit/%s", tc->name);
        g_autofree char *term = g_strdup_printf("/teardown/sigterm/%s",
                                                tc->name);

        g_test_add_data_func(quit, tc, test_teardown_quit);
        g_test_add_data_func(term, tc, test_teardown_sigterm);
    }
    return g_test_run();
}
