/*
 * The process: -daemonize, -pidfile, -runas, -chroot.
 *
 * Each test starts the program itself, in a directory of its own, and finds
 * it again by its pid file and its QMP socket.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

typedef struct ProcessTest {
    char *dir;
    char *binary;
    char *pidfile;
    char *socket;

    /* Of the latest process_run(). */
    int status;
    char *err;
} ProcessTest;

static void process_start(ProcessTest *t)
{
    *t = (ProcessTest) {
        .dir = g_dir_make_tmp("daemonize-XXXXXX", NULL),
        .binary = g_canonicalize_filename(g_getenv("QTEST_QEMU_BINARY"), NULL),
    };
    g_assert_nonnull(t->dir);
    t->pidfile = g_build_filename(t->dir, "pid", NULL);
    t->socket = g_build_filename(t->dir, "qmp", NULL);
}

/* Nothing is left but the directory. */
static void process_stop(ProcessTest *t)
{
    g_assert_cmpint(g_rmdir(t->dir), ==, 0);
    g_free(t->dir);
    g_free(t->binary);
    g_free(t->pidfile);
    g_free(t->socket);
    g_free(t->err);
}

static char *process_command_line(ProcessTest *t, const char *args)
{
    return g_strdup_printf("%s -accel qtest -display none -nodefaults "
                           "-machine none -pidfile pid %s", t->binary, args);
}

/* Until the process that we started ends, which need not be the last. */
static void process_run(ProcessTest *t, const char *args)
{
    g_autofree char *line = process_command_line(t, args);
    g_auto(GStrv) argv = NULL;
    GError *err = NULL;

    g_free(t->err);
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    g_assert_true(g_spawn_sync(t->dir, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
                               NULL, NULL, NULL, &t->err, &t->status, &err));
}

static void assert_ran(ProcessTest *t, int status, const char *err)
{
    g_assert_true(WIFEXITED(t->status));
    g_assert_cmpint(WEXITSTATUS(t->status), ==, status);
    g_assert_cmpstr(t->err, ==, err);
}

static pid_t pidfile_pid(ProcessTest *t)
{
    g_autofree char *text = NULL;
    g_autofree char *again = NULL;
    pid_t pid;

    g_assert_true(g_file_get_contents(t->pidfile, &text, NULL, NULL));
    pid = atoi(text);
    again = g_strdup_printf("%d\n", pid);
    g_assert_cmpstr(text, ==, again);
    return pid;
}

static char *proc_link(pid_t pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", pid, name);

    return g_file_read_link(path, NULL);
}

/* A line of /proc/PID/status, behind its name. */
static char *proc_status(pid_t pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return NULL;            /* it is gone */
    }
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, name) && (*line)[strlen(name)] == ':') {
            return g_strdup(g_strstrip(*line + strlen(name) + 1));
        }
    }
    return NULL;
}

/* It is not our child, so all there is to see is that its number is gone. */
static void process_kill(pid_t pid)
{
    gint64 end = g_get_monotonic_time() + 2 * G_TIME_SPAN_MINUTE;

    g_assert_cmpint(kill(pid, SIGTERM), ==, 0);
    while (kill(pid, 0) == 0) {
        g_autofree char *state = proc_status(pid, "State");

        if (state && state[0] == 'Z') {
            break;              /* where nobody adopts orphans */
        }
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        g_usleep(2000);
    }
}

/* It takes its file along. */
static void process_end(ProcessTest *t, pid_t pid)
{
    process_kill(pid);
    g_assert_false(g_file_test(t->pidfile, G_FILE_TEST_EXISTS));
}

/* Greeted by QMP: the machine is there. */
static bool qmp_greets(ProcessTest *t)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    char greeting[8] = "";
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool ok;

    g_strlcpy(addr.sun_path, t->socket, sizeof(addr.sun_path));
    ok = connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 &&
         recv(fd, greeting, 7, MSG_WAITALL) == 7 &&
         g_str_equal(greeting, "{\"QMP\":");
    close(fd);
    return ok;
}

/* The one who started it may go on when there is something to talk to. */
static void test_daemonize(void)
{
    g_autofree char *cwd = NULL;
    g_autofree char *umask_text = NULL;
    ProcessTest t;
    pid_t pid;

    process_start(&t);
    process_run(&t, "-daemonize -qmp unix:qmp,server=on,wait=off");
    assert_ran(&t, 0, "");
    g_assert_true(qmp_greets(&t));

    pid = pidfile_pid(&t);
    for (int fd = 0; fd <= 2; fd++) {
        g_autofree char *name = g_strdup_printf("fd/%d", fd);
        g_autofree char *file = proc_link(pid, name);

        g_assert_cmpstr(file, ==, "/dev/null");
    }
    cwd = proc_link(pid, "cwd");
    g_assert_cmpstr(cwd, ==, "/");
    umask_text = proc_status(pid, "Umask");
    g_assert_cmpstr(umask_text, ==, "0027");
    /* In a session of its own, and not its leader: no terminal can come. */
    g_assert_cmpint(getsid(pid), !=, getsid(0));
    g_assert_cmpint(getsid(pid), !=, pid);

    process_end(&t, pid);
    g_unlink(t.socket);         /* as its name was of another directory */
    process_stop(&t);
}

/* The one who started it hears of what went wrong. */
static void test_daemonize_fails(void)
{
    ProcessTest t;

    process_start(&t);
    process_run(&t, "-daemonize -device nope");
    assert_ran(&t, 1, "qemini-system-x86_64: -device nope: "
               "'nope' is not a valid device model name\n");
    g_assert_false(g_file_test(t.pidfile, G_FILE_TEST_EXISTS));
    process_stop(&t);
}

/* With a log, messages go there. */
static void test_daemonize_log(void)
{
    g_autofree char *log = NULL;
    g_autofree char *file = NULL;
    g_autofree char *text = NULL;
    ProcessTest t;
    pid_t pid;

    process_start(&t);
    log = g_build_filename(t.dir, "log", NULL);
    process_run(&t, "-daemonize -D log");
    assert_ran(&t, 0, "");
    pid = pidfile_pid(&t);
    file = proc_link(pid, "fd/2");
    g_assert_cmpstr(file, ==, log);
    process_end(&t, pid);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "terminating on signal 15"));
    g_unlink(log);
    process_stop(&t);
}

/* What needs the terminal that will be gone is refused. */
static void test_daemonize_stdio(void)
{
    static const char *const options[] = {
        "-monitor stdio", "-qmp stdio", "-chardev stdio,id=c",
    };
    ProcessTest t;

    process_start(&t);
    for (int i = 0; i < ARRAY_SIZE(options); i++) {
        g_autofree char *args = g_strdup_printf("-daemonize %s", options[i]);
        g_autofree char *err = g_strdup_printf(
            "qemini-system-x86_64: %s: cannot use stdio with -daemonize\n",
            options[i]);

        process_run(&t, args);
        assert_ran(&t, 1, err);
    }
    process_stop(&t);
}

static void test_daemonize_nographic(void)
{
    g_autofree char *line = NULL;
    g_autofree char *err = NULL;
    ProcessTest t;
    int status;

    process_start(&t);
    /* Here the defaults are wanted, so without -nodefaults. */
    line = g_strdup_printf("%s -accel qtest -machine none -nographic "
                           "-daemonize", t.binary);
    g_assert_true(g_spawn_command_line_sync(line, NULL, &err, &status, NULL));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    g_assert_cmpstr(err, ==, "qemini-system-x86_64: "
                    "-nographic cannot be used with -daemonize\n");
    /* If nothing of it is on the terminal, it can. */
    process_run(&t, "-nographic -daemonize");
    assert_ran(&t, 0, "");
    process_end(&t, pidfile_pid(&t));
    process_stop(&t);
}

/* The file is ours alone as long as we live, and what was in it is no matter */
static void test_pidfile(void)
{
    struct stat st;
    ProcessTest t;
    pid_t pid;

    process_start(&t);
    g_assert_true(g_file_set_contents(t.pidfile, "123456789\nold\n", -1, NULL));
    process_run(&t, "-daemonize");
    assert_ran(&t, 0, "");
    pid = pidfile_pid(&t);
    g_assert_cmpint(kill(pid, 0), ==, 0);

    process_run(&t, "-daemonize");
    assert_ran(&t, 1, "qemini-system-x86_64: cannot create PID file: "
               "Cannot lock pid file: Resource temporarily unavailable\n");
    g_assert_cmpint(pidfile_pid(&t), ==, pid);

    process_end(&t, pid);
    /* A new one is for us alone. */
    process_run(&t, "-daemonize");
    g_assert_cmpint(stat(t.pidfile, &st), ==, 0);
    g_assert_cmphex(st.st_mode & 0777, ==, 0600);
    process_end(&t, pidfile_pid(&t));
    process_stop(&t);
}

/* Giving up rights takes having them. */

static void test_runas(void)
{
    g_autofree char *uids = NULL;
    g_autofree char *gids = NULL;
    g_autofree char *groups = NULL;
    ProcessTest t;
    pid_t pid;

    if (getuid() != 0) {
        g_test_skip("needs root");
        return;
    }
    process_start(&t);
    process_run(&t, "-daemonize -runas 12345:23456");
    assert_ran(&t, 0, "");
    pid = pidfile_pid(&t);
    uids = proc_status(pid, "Uid");
    gids = proc_status(pid, "Gid");
    groups = proc_status(pid, "Groups");
    g_assert_cmpstr(uids, ==, "12345\t12345\t12345\t12345");
    g_assert_cmpstr(gids, ==, "23456\t23456\t23456\t23456");
    g_assert_cmpstr(groups, ==, "23456");
    process_kill(pid);
    /* The directory is root's, so it cannot remove its file there. */
    g_unlink(t.pidfile);

    process_run(&t, "-daemonize -runas root");
    assert_ran(&t, 1, "qemini-system-x86_64: Dropping privileges failed\n");
    process_stop(&t);
}

static void test_chroot(void)
{
    g_autofree char *args = NULL;
    g_autofree char *root = NULL;
    ProcessTest t;
    pid_t pid;

    if (getuid() != 0) {
        g_test_skip("needs root");
        return;
    }
    process_start(&t);
    args = g_strdup_printf("-daemonize -chroot %s", t.dir);
    process_run(&t, args);
    assert_ran(&t, 0, "");
    pid = pidfile_pid(&t);
    root = proc_link(pid, "root");
    g_assert_cmpstr(root, ==, t.dir);
    process_kill(pid);
    /* The file's name means nothing inside. */
    g_unlink(t.pidfile);

    process_run(&t, "-daemonize -chroot /nonexistent-dir");
    assert_ran(&t, 1, "qemini-system-x86_64: chroot failed\n");
    process_stop(&t);
}

static void daemonize_skip(void)
{
    g_test_skip("AddressSanitizer does not survive fork() beside a thread");
}

/* Its allocator may be locked by a thread that fork() leaves behind. */
#ifdef __SANITIZE_ADDRESS__
#define CAN_FORK false
#else
#define CAN_FORK true
#endif

static void daemonize_add(const char *path, void (*fn)(void))
{
    g_test_add_func(path, CAN_FORK ? fn : daemonize_skip);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    daemonize_add("/daemonize/ready", test_daemonize);
    daemonize_add("/daemonize/fails", test_daemonize_fails);
    daemonize_add("/daemonize/log", test_daemonize_log);
    daemonize_add("/daemonize/stdio", test_daemonize_stdio);
    daemonize_add("/daemonize/nographic", test_daemonize_nographic);
    daemonize_add("/daemonize/pidfile", test_pidfile);
    daemonize_add("/daemonize/runas", test_runas);
    daemonize_add("/daemonize/chroot", test_chroot);
    return g_test_run();
}
