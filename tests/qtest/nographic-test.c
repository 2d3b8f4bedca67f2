/*
 * -nographic: the terminal is the guest's serial port, and the monitor's.
 *
 * The program runs on a pseudo-terminal whose other end is here; the guest is
 * here as well, by -qtest.  Ctrl-a c goes from the one to the other, and Ctrl-a
 * x ends it all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include "serial-regs.h"

#define COM1        0x3f8
#define RBR         0
#define THR         0
#define LSR         5

#define CTRL_A      "\001"
#define PATIENCE_MS 120000

typedef struct TerminalTest {
    char *dir;
    pid_t pid;
    int terminal;
    GString *screen;        /* all that was on it and not waited for yet */
    FILE *guest;            /* qtest's commands */
} TerminalTest;

static FILE *guest_connect(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    gint64 end = g_get_monotonic_time() + PATIENCE_MS * 1000;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
    while (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        g_usleep(2000);
    }
    return fdopen(fd, "r+");
}

static void terminal_start(TerminalTest *t, const char *args)
{
    g_autofree char *binary =
        g_canonicalize_filename(g_getenv("QTEST_QEMU_BINARY"), NULL);
    g_autofree char *line = NULL;
    g_autofree char *path = NULL;
    g_auto(GStrv) argv = NULL;

    t->dir = g_dir_make_tmp("nographic-XXXXXX", NULL);
    t->screen = g_string_new(NULL);
    path = g_build_filename(t->dir, "qtest", NULL);
    line = g_strdup_printf("%s -accel qtest -machine pc -S "
                           "-qtest unix:%s,server=on,wait=off "
                           "-qtest-log none %s", binary, path, args);
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));

    t->pid = forkpty(&t->terminal, NULL, NULL, NULL);
    g_assert_cmpint(t->pid, >=, 0);
    if (t->pid == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
    t->guest = guest_connect(path);
    g_unlink(path);
}

/* It has been told to end. */
static void terminal_stop(TerminalTest *t)
{
    int status;

    g_assert_cmpint(waitpid(t->pid, &status, 0), ==, t->pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    fclose(t->guest);
    close(t->terminal);
    g_string_free(t->screen, true);
    g_rmdir(t->dir);
    g_free(t->dir);
}

static void type_keys(TerminalTest *t, const char *keys)
{
    g_assert_cmpint(write(t->terminal, keys, strlen(keys)), ==, strlen(keys));
}

/* More of what the program writes; false at its end. */
static bool screen_read(TerminalTest *t)
{
    struct pollfd pfd = { .fd = t->terminal, .events = POLLIN };
    char buf[1024];
    ssize_t n;

    g_assert_cmpint(poll(&pfd, 1, PATIENCE_MS), ==, 1);
    n = read(t->terminal, buf, sizeof(buf));
    if (n <= 0) {
        return false;
    }
    g_string_append_len(t->screen, buf, n);
    return true;
}

/* Wait for @text, and forget it and what was before it. */
static void see_text(TerminalTest *t, const char *text)
{
    char *found;

    while (!(found = strstr(t->screen->str, text))) {
        g_assert_true(screen_read(t));
    }
    g_string_erase(t->screen, 0, found + strlen(text) - t->screen->str);
}

/* The guest's instructions */

static unsigned guest_command(TerminalTest *t, const char *command)
{
    char answer[64];
    unsigned value = 0;

    g_assert_cmpint(fprintf(t->guest, "%s\n", command), >, 0);
    fflush(t->guest);
    g_assert_nonnull(fgets(answer, sizeof(answer), t->guest));
    g_assert_true(g_str_has_prefix(answer, "OK"));
    sscanf(answer, "OK %x", &value);
    return value;
}

static unsigned guest_in(TerminalTest *t, int reg)
{
    g_autofree char *line = g_strdup_printf("inb 0x%x", COM1 + reg);

    return guest_command(t, line);
}

static void guest_out(TerminalTest *t, int reg, uint8_t value)
{
    g_autofree char *line = g_strdup_printf("outb 0x%x 0x%x", COM1 + reg,
                                            value);

    guest_command(t, line);
}

static void guest_prints(TerminalTest *t, const char *text)
{
    for (; *text; text++) {
        guest_out(t, THR, *text);
    }
}

/* Wait for the bits in LSR, which are gone when they have been read. */
static void guest_waits(TerminalTest *t, uint8_t bits)
{
    gint64 end = g_get_monotonic_time() + PATIENCE_MS * 1000;

    while ((guest_in(t, LSR) & bits) != bits) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

static void assert_guest_reads(TerminalTest *t, const char *text)
{
    for (; *text; text++) {
        guest_waits(t, UART_LSR_DR);
        g_assert_cmphex(guest_in(t, RBR), ==, *text);
    }
}

/* Tests */

static void test_guest(void)
{
    TerminalTest t;

    terminal_start(&t, "-nographic");
    guest_prints(&t, "login: ");
    see_text(&t, "login: ");
    /* Nothing is for us, not even Ctrl-c; and the guest shows it, or not. */
    type_keys(&t, "root\r\003");
    assert_guest_reads(&t, "root\r\003");
    guest_prints(&t, "#");
    see_text(&t, "#");
    g_assert_cmpstr(t.screen->str, ==, "");

    type_keys(&t, CTRL_A "x");
    see_text(&t, "QEMU: Terminated");
    terminal_stop(&t);
}

static void test_monitor(void)
{
    TerminalTest t;

    terminal_start(&t, "-nographic");
    type_keys(&t, CTRL_A "c");
    see_text(&t, "QEMU 7.2.22 monitor - type 'help' for more information");
    see_text(&t, "(qemu) ");
    type_keys(&t, "info status\r");
    see_text(&t, "VM status: paused (prelaunch)");
    see_text(&t, "(qemu) ");

    /* Back again: keys are the guest's, and what it prints is seen. */
    type_keys(&t, CTRL_A "c" "y");
    assert_guest_reads(&t, "y");
    guest_prints(&t, "yes");
    see_text(&t, "yes");

    type_keys(&t, CTRL_A "c" "quit\r");
    terminal_stop(&t);
}

static void test_escapes(void)
{
    TerminalTest t;

    terminal_start(&t, "-nographic");
    type_keys(&t, CTRL_A "h");
    see_text(&t, "C-a x");
    see_text(&t, "C-a c");
    /* The key itself, and a break of the line. */
    type_keys(&t, CTRL_A CTRL_A);
    assert_guest_reads(&t, CTRL_A);
    type_keys(&t, CTRL_A "b");
    guest_waits(&t, UART_LSR_BI | UART_LSR_DR);
    g_assert_cmphex(guest_in(&t, RBR), ==, 0);
    g_assert_cmphex(guest_in(&t, LSR), ==, UART_LSR_THRE | UART_LSR_TEMT);
    type_keys(&t, CTRL_A "x");
    terminal_stop(&t);
}

/* Without a serial port for it, the terminal is the monitor's alone. */
static void test_monitor_alone(void)
{
    TerminalTest t;

    terminal_start(&t, "-nographic -serial null");
    see_text(&t, "(qemu) ");
    type_keys(&t, "quit\r");
    terminal_stop(&t);
}

/* And without a monitor, the guest's alone: Ctrl-a is a key like others. */
static void test_guest_alone(void)
{
    TerminalTest t;

    terminal_start(&t, "-nographic -monitor none");
    type_keys(&t, "a" CTRL_A "x");
    assert_guest_reads(&t, "a" CTRL_A "x");
    guest_prints(&t, "b");
    see_text(&t, "b");
    kill(t.pid, SIGTERM);
    terminal_stop(&t);
}

/* The same without -nographic, by its long form. */
static void test_serial_mon(void)
{
    TerminalTest t;

    terminal_start(&t, "-nodefaults -display none -serial mon:stdio");
    guest_prints(&t, "hello");
    see_text(&t, "hello");
    type_keys(&t, CTRL_A "c");
    see_text(&t, "(qemu) ");
    type_keys(&t, CTRL_A "x");
    terminal_stop(&t);
}

/* The terminal is as it was. */
static void test_restored(void)
{
    struct termios before, during, after;
    TerminalTest t;
    int master, slave;

    /* The pair's settings outlive the program, as our end keeps it open. */
    g_assert_cmpint(openpty(&master, &slave, NULL, NULL, NULL), ==, 0);
    g_assert_cmpint(tcgetattr(slave, &before), ==, 0);
    g_assert_true(before.c_lflag & ECHO);
    close(master);
    close(slave);

    terminal_start(&t, "-nographic");
    /* The monitor's switch of the terminal may come after its first words. */
    for (int i = 0; i < 1000; i++) {
        g_assert_cmpint(tcgetattr(t.terminal, &during), ==, 0);
        if (!(during.c_lflag & (ECHO | ICANON | ISIG))) {
            break;
        }
        g_usleep(10 * 1000);
    }
    g_assert_false(during.c_lflag & (ECHO | ICANON | ISIG));
    type_keys(&t, CTRL_A "x");
    see_text(&t, "QEMU: Terminated");
    while (screen_read(&t)) {
        /* until it has gone */
    }
    g_assert_cmpint(tcgetattr(t.terminal, &after), ==, 0);
    g_assert_cmphex(after.c_lflag, ==, before.c_lflag);
    g_assert_cmphex(after.c_iflag, ==, before.c_iflag);
    g_assert_cmphex(after.c_oflag, ==, before.c_oflag);
    terminal_stop(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/nographic/guest", test_guest);
    g_test_add_func("/nographic/monitor", test_monitor);
    g_test_add_func("/nographic/escapes", test_escapes);
    g_test_add_func("/nographic/monitor-alone", test_monitor_alone);
    g_test_add_func("/nographic/guest-alone", test_guest_alone);
    g_test_add_func("/nographic/serial-mon", test_serial_mon);
    g_test_add_func("/nographic/restored", test_restored);
    return g_test_run();
}
