/*
 * The human monitor on a terminal: keys go in, and a screen is looked at.
 *
 * The program has a pseudo-terminal for its standard input and output.  Here
 * is the other end of it: a very small terminal, that knows the sequences the
 * line editor uses, and a person who types slowly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <poll.h>
#include <pty.h>
#include "libqtest.h"

#define UP "\033[A"
#define DOWN "\033[B"
#define RIGHT "\033[C"
#define LEFT "\033[D"
#define HOME "\033[1~"
#define DELETE "\033[3~"
#define END "\033[4~"
#define TAB "\t"
#define ENTER "\n"
#define BACKSPACE "\177"
#define KEY_CTRL(ch) ((char[]){ (ch) & 0x1f, 0 })

/* How long nothing has to come until the screen is taken for complete. */
#define QUIET_MS 10
#define ANSWER_MS 120000

typedef struct Screen {
    QTestState *qts;
    int master;
    GPtrArray *lines;           /* of GString; all there ever were */
    size_t column;              /* in the last of them */
    char esc[8];                /* the sequence that has begun */
    size_t esc_len;
} Screen;

static GString *screen_line(Screen *s)
{
    return s->lines->pdata[s->lines->len - 1];
}

static void screen_new_line(Screen *s)
{
    g_ptr_array_add(s->lines, g_string_new(NULL));
}

/* The end of a sequence ESC [ … @ch */
static void screen_sequence(Screen *s, char ch)
{
    switch (ch) {
    case 'C':
        s->column++;
        g_assert_cmpint(s->column, <=, screen_line(s)->len);
        break;
    case 'D':
        g_assert_cmpint(s->column, >, 0);
        s->column--;
        break;
    case 'K':
        g_string_truncate(screen_line(s), s->column);
        break;
    case 'J':
        g_ptr_array_set_size(s->lines, 0);
        screen_new_line(s);
        break;
    case 'H':
        s->column = 0;
        break;
    default:
        g_error("sequence ESC %s", s->esc);
    }
}

static void screen_put(Screen *s, char ch)
{
    GString *line = screen_line(s);

    if (s->esc_len) {
        g_assert_cmpint(s->esc_len, <, sizeof(s->esc) - 1);
        s->esc[s->esc_len++] = ch;
        if (g_ascii_isalpha(ch)) {
            screen_sequence(s, ch);
            memset(s->esc, 0, sizeof(s->esc));
            s->esc_len = 0;
        }
    } else if (ch == '\033') {
        s->esc[s->esc_len++] = ch;
    } else if (ch == '\r') {
        s->column = 0;
    } else if (ch == '\n') {
        screen_new_line(s);
    } else {
        if (s->column < line->len) {
            line->str[s->column] = ch;
        } else {
            g_string_append_c(line, ch);
        }
        s->column++;
    }
}

/* Take what comes until it is quiet. */
static void screen_update(Screen *s)
{
    struct pollfd pfd = { .fd = s->master, .events = POLLIN };
    char buf[4096];

    while (poll(&pfd, 1, QUIET_MS) == 1 && (pfd.revents & POLLIN)) {
        ssize_t n = read(s->master, buf, sizeof(buf));

        for (ssize_t i = 0; i < n; i++) {
            screen_put(s, buf[i]);
        }
    }
}

static void type(Screen *s, const char *keys)
{
    g_assert_cmpint(write(s->master, keys, strlen(keys)), ==, strlen(keys));
    screen_update(s);
}

/* The line with the cursor becomes @text, with the cursor at '|'. */
static void see(Screen *s, const char *text)
{
    gint64 end = g_get_monotonic_time() + ANSWER_MS * 1000;
    g_autoptr(GString) got = g_string_new(NULL);

    for (;;) {
        g_string_assign(got, screen_line(s)->str);
        g_string_insert_c(got, s->column, '|');
        if (g_str_equal(got->str, text) || g_get_monotonic_time() > end) {
            break;
        }
        screen_update(s);
    }
    g_assert_cmpstr(got->str, ==, text);
}

/* The line @above the one with the cursor becomes @text, space behind aside. */
static void see_above(Screen *s, int above, const char *text)
{
    gint64 end = g_get_monotonic_time() + ANSWER_MS * 1000;
    g_autofree char *got = NULL;

    for (;;) {
        g_free(got);
        got = NULL;
        if (s->lines->len > above) {
            GString *line = s->lines->pdata[s->lines->len - 1 - above];

            got = g_strchomp(g_strdup(line->str));
        }
        if (!g_strcmp0(got, text) || g_get_monotonic_time() > end) {
            break;
        }
        screen_update(s);
    }
    g_assert_cmpstr(got, ==, text);
}

static void free_line(gpointer line)
{
    g_string_free(line, true);
}

static void screen_start(Screen *s, const char *args)
{
    int slave, in = dup(0), out = dup(1);

    *s = (Screen) { };
    s->lines = g_ptr_array_new_with_free_func(free_line);
    screen_new_line(s);
    g_assert_cmpint(openpty(&s->master, &slave, NULL, NULL, NULL), ==, 0);
    fcntl(s->master, F_SETFD, FD_CLOEXEC);
    /* The program inherits both; our own come back. */
    fflush(stdout);
    dup2(slave, 0);
    dup2(slave, 1);
    s->qts = qtest_initf("-monitor stdio -name Tom %s", args);
    fflush(stdout);
    dup2(in, 0);
    dup2(out, 1);
    close(in);
    close(out);
    close(slave);
    see(s, "(qemu) |");
}

static void screen_stop(Screen *s)
{
    qtest_quit(s->qts);
    close(s->master);
    g_ptr_array_free(s->lines, true);
}

/* Move about in a line, and change it where it is wrong. */
static void test_editing(void)
{
    Screen s;

    screen_start(&s, "");
    type(&s, "info nme");
    see(&s, "(qemu) info nme|");
    type(&s, LEFT LEFT "a");
    see(&s, "(qemu) info na|me");
    type(&s, RIGHT BACKSPACE);
    see(&s, "(qemu) info na|e");
    type(&s, "\033");
    type(&s, "[");
    type(&s, "D");
    see(&s, "(qemu) info n|ae");
    type(&s, DELETE);
    see(&s, "(qemu) info n|e");
    type(&s, "am" ENTER);
    see(&s, "(qemu) |");
    see_above(&s, 1, "Tom");

    type(&s, "three words here");
    type(&s, HOME);
    see(&s, "(qemu) |three words here");
    type(&s, END);
    see(&s, "(qemu) three words here|");
    type(&s, KEY_CTRL('W'));
    see(&s, "(qemu) three words |");
    type(&s, KEY_CTRL('A'));
    see(&s, "(qemu) |three words ");
    type(&s, KEY_CTRL('D'));
    see(&s, "(qemu) |hree words ");
    type(&s, KEY_CTRL('E'));
    type(&s, LEFT LEFT LEFT LEFT);
    type(&s, KEY_CTRL('K'));
    see(&s, "(qemu) hree wo|");
    type(&s, LEFT);
    type(&s, KEY_CTRL('U'));
    see(&s, "(qemu) |o");
    type(&s, KEY_CTRL('L'));
    see(&s, "(qemu) |o");
    g_assert_cmpint(s.lines->len, ==, 1);
    type(&s, DELETE "\033OH\033OF\033[H\033[F\033[99~\033x");
    see(&s, "(qemu) |");
    type(&s, ENTER);
    see(&s, "(qemu) |");
    screen_stop(&s);
}

/* Lines come back; one that is said again, is there once. */
static void test_history(void)
{
    Screen s;

    screen_start(&s, "");
    type(&s, UP);
    see(&s, "(qemu) |");
    type(&s, "info name" ENTER);
    type(&s, "info uuid" ENTER);
    type(&s, "info name" ENTER);
    type(&s, "half");
    type(&s, UP);
    see(&s, "(qemu) info name|");
    type(&s, UP);
    see(&s, "(qemu) info uuid|");
    type(&s, UP);
    see(&s, "(qemu) info uuid|");
    type(&s, DOWN);
    see(&s, "(qemu) info name|");
    type(&s, DOWN);
    see(&s, "(qemu) |");
    type(&s, KEY_CTRL('P'));
    see(&s, "(qemu) info name|");
    type(&s, BACKSPACE);
    type(&s, KEY_CTRL('N'));
    see(&s, "(qemu) |");
    type(&s, "info history" ENTER);
    see(&s, "(qemu) |");
    see_above(&s, 3, "0: 'info uuid'");
    see_above(&s, 2, "1: 'info name'");
    see_above(&s, 1, "2: 'info history'");

    for (int i = 0; i < 70; i++) {
        g_autofree char *line = g_strdup_printf("p %d" ENTER, i);

        type(&s, line);
    }
    type(&s, "info history" ENTER);
    see(&s, "(qemu) |");
    see_above(&s, 64, "0: 'p 7'");
    see_above(&s, 1, "63: 'info history'");
    screen_stop(&s);
}

/* One that is clear is completed; of several, what they share, and a list. */
static void test_completion(void)
{
    Screen s;

    screen_start(&s, "");
    type(&s, "in" TAB);
    see(&s, "(qemu) info |");
    type(&s, "netw" TAB);
    see(&s, "(qemu) info network |");
    type(&s, KEY_CTRL('W'));
    type(&s, "n" TAB);
    see(&s, "(qemu) info n|");
    see_above(&s, 1, "name      network   numa");
    type(&s, KEY_CTRL('W'));
    type(&s, KEY_CTRL('W'));
    type(&s, "nosuch" TAB);
    see(&s, "(qemu) nosuch|");

    /* In the middle of a line, behind the cursor nothing counts. */
    type(&s, KEY_CTRL('U'));
    type(&s, "info pc name" LEFT LEFT LEFT LEFT LEFT TAB);
    see(&s, "(qemu) info pci | name");
    type(&s, KEY_CTRL('K'));
    type(&s, KEY_CTRL('U'));
    type(&s, "help info mtr" TAB);
    see(&s, "(qemu) help info mtree |");
    type(&s, KEY_CTRL('U'));
    type(&s, "qui" TAB ENTER);
    /* There is no prompt for a program that ends. */
    qtest_wait_qemu(s.qts);
    screen_stop(&s);
}

typedef struct Completion {
    const char *typed, *seen;
} Completion;

/* What commands take: types, ids, files, on and off. */
static void test_completion_of_arguments(void)
{
    static const Completion cases[] = {
        { "device_add virtio-net-pci-n", "virtio-net-pci-non-transitional " },
        { "device_add tal", "tally " },
        { "device_del ni", "nic0 " },
        { "object_add iothr", "iothread " },
        { "object_del my", "myram " },
        { "netdev_add hubp", "hubport " },
        { "netdev_del h", "h0 " },
        { "netdev_del ni", "ni" },
        { "set_link ni", "nic0 " },
        { "set_link nic0 of", "off " },
        { "chardev-add ringb", "ringbuf " },
        { "trace-event virtio_set_st", "virtio_set_status " },
        { "trace-event virtio_set_status of", "off " },
        { "info trace-events virtio_set_st", "virtio_set_status " },
        { "help device_a", "device_add " },
        { "xp 0 ", "" },
        { "\"quoted st", "st" },
        { "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 1", "1" },
    };
    Screen s;

    screen_start(&s, "-netdev hubport,id=h0,hubid=0 "
                 "-device virtio-net-pci,netdev=h0,id=nic0 "
                 "-object memory-backend-ram,id=myram,size=4k");
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *word = strrchr(cases[i].typed, ' ') + 1;
        g_autofree char *expected =
            g_strdup_printf("(qemu) %.*s%s|", (int)(word - cases[i].typed),
                            cases[i].typed, cases[i].seen);

        type(&s, cases[i].typed);
        type(&s, TAB);
        see(&s, expected);
        type(&s, KEY_CTRL('U'));
        see(&s, "(qemu) |");
    }

    type(&s, "device_add virtio-net-p" TAB TAB);
    see(&s, "(qemu) device_add virtio-net-pci|");
    see_above(&s, 1, "virtio-net-pci-transitional");
    see_above(&s, 2, "virtio-net-pci                   "
              "virtio-net-pci-non-transitional");
    type(&s, KEY_CTRL('U'));
    type(&s, "set_link nic0 " TAB);
    see(&s, "(qemu) set_link nic0 o|");
    see_above(&s, 1, "off       on");
    screen_stop(&s);
}

/* Names of files; a folder gets a '/' and may go on. */
static void test_completion_of_files(void)
{
    Screen s;
    g_autofree char *dir = g_dir_make_tmp("readline-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(dir, "folder", NULL);
    g_autofree char *file = g_build_filename(folder, "file.log", NULL);
    g_autofree char *typed = g_strdup_printf("logfile %s/fo" TAB, dir);
    g_autofree char *seen = g_strdup_printf("(qemu) logfile %s/|", folder);
    g_autofree char *seen_file = g_strdup_printf("(qemu) logfile %s |", file);

    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    screen_start(&s, "");
    type(&s, typed);
    see(&s, seen);
    type(&s, TAB);
    see(&s, seen_file);
    type(&s, KEY_CTRL('U'));
    type(&s, "logfile /no/such/folder/" TAB);
    see(&s, "(qemu) logfile /no/such/folder/|");
    screen_stop(&s);
    g_unlink(file);
    g_rmdir(folder);
    g_rmdir(dir);
}

/* A line has an end, even if it is typed on and on. */
static void test_long_line(void)
{
    g_autofree char *much = g_strnfill(5000, '1');
    Screen s;

    screen_start(&s, "");
    type(&s, "p ");
    for (int i = 0; i < 5000; i += 500) {
        g_autofree char *some = g_strndup(much + i, 500);

        type(&s, some);
    }
    while (screen_line(&s)->len < strlen("(qemu) ") + 4095) {
        screen_update(&s);
    }
    type(&s, "11");
    g_assert_cmpint(screen_line(&s)->len, ==, strlen("(qemu) ") + 4095);
    type(&s, ENTER);
    see_above(&s, 2, "number too large");
    screen_stop(&s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/readline/editing", test_editing);
    qtest_add_func("/readline/history", test_history);
    qtest_add_func("/readline/completion", test_completion);
    qtest_add_func("/readline/completion/arguments",
                   test_completion_of_arguments);
    qtest_add_func("/readline/completion/files", test_completion_of_files);
    qtest_add_func("/readline/long-line", test_long_line);
    return g_test_run();
}
