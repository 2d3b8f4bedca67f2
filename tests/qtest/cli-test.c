/*
 * Command lines, most of them wrong, and what the program says to them.
 *
 * They are in cli-cases.txt, with the answers of QEMU 7.2: a line with
 * options, split as a shell does, and indented below it the lines on standard
 * error, each without the program's name in front.  A wrong one ends the
 * program with status 1.  "(runs)" as the last line means that the machine
 * comes up, and that `quit` ends the program with status 0.
 *
 * cli-record.py writes that file, from QEMU's binary or from ours.  Under
 * `make check-asan` a leak on the way out would be one more line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"

#define INDENT "    "
#define RUNS   INDENT "(runs)\n"

typedef struct CliCase {
    char *args;
    GString *answer;        /* as it is in the file */
} CliCase;

/* The next program reads "quit" from its standard input. */
static void stdin_says_quit(void)
{
    static const char quit[] = "quit\n";
    int fds[2];

    g_assert_cmpint(pipe(fds), ==, 0);
    g_assert_cmpint(write(fds[1], quit, strlen(quit)), ==, strlen(quit));
    close(fds[1]);
    g_assert_cmpint(dup2(fds[0], STDIN_FILENO), ==, STDIN_FILENO);
    close(fds[0]);
}

/* @err in the form of the file. */
static GString *cli_describe(const char *err, const char *prgname, int status)
{
    GString *answer = g_string_new(NULL);
    g_autofree char *prefix = g_strdup_printf("%s: ", prgname);
    g_auto(GStrv) pieces = g_strsplit(err, prefix, -1);
    g_autofree char *text = g_strjoinv("", pieces);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line && (*line)[0]; line++) {
        /* The address sanitizer's word about coroutines is not ours. */
        if (!strstr(*line, "WARNING: ASan doesn't fully support")) {
            g_string_append_printf(answer, INDENT "%s\n", *line);
        }
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        g_string_append(answer, RUNS);
    } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 1) {
        g_string_append_printf(answer, INDENT "(wait status %#x)\n", status);
    }
    return answer;
}

static void test_cli(gconstpointer data)
{
    const CliCase *c = data;
    g_autofree char *binary = g_canonicalize_filename(
        g_getenv("QTEST_QEMU_BINARY"), NULL);
    g_autofree char *line = g_strdup_printf(
        "%s -display none -nodefaults -S -monitor stdio -accel qtest %s",
        binary, c->args);
    g_autofree char *prgname = g_path_get_basename(binary);
    g_autofree char *err = NULL;
    g_autoptr(GString) answer = NULL;
    g_auto(GStrv) argv = NULL;
    GError *gerr = NULL;
    int status;

    g_assert_true(g_shell_parse_argv(line, NULL, &argv, &gerr));
    stdin_says_quit();
    g_assert_true(g_spawn_sync(NULL, argv, NULL,
                               G_SPAWN_STDOUT_TO_DEV_NULL |
                               G_SPAWN_CHILD_INHERITS_STDIN,
                               NULL, NULL, NULL, &err, &status, &gerr));
    answer = cli_describe(err, prgname, status);
    g_assert_cmpstr(answer->str, ==, c->answer->str);
}

static void cli_case_free(gpointer data)
{
    CliCase *c = data;

    g_free(c->args);
    g_string_free(c->answer, true);
    g_free(c);
}

/* A '/' in the options would make a suite of what is before it. */
static void cli_add_case(CliCase *c)
{
    g_autofree char *name = g_strdelimit(g_strdup(c->args), "/", '|');
    g_autofree char *path = g_strdup_printf("/cli/%s", name);

    g_test_add_data_func_full(path, c, test_cli, cli_case_free);
}

static void cli_add_cases(const char *fname)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    GError *gerr = NULL;
    CliCase *c = NULL;

    g_assert_true(g_file_get_contents(fname, &text, NULL, &gerr));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (!(*line)[0] || (*line)[0] == '#') {
            continue;
        }
        if (g_str_has_prefix(*line, INDENT)) {
            g_assert_nonnull(c);
            g_string_append_printf(c->answer, "%s\n", *line);
            continue;
        }
        if (c) {
            cli_add_case(c);
        }
        c = g_new0(CliCase, 1);
        c->args = g_strdup(*line);
        c->answer = g_string_new(NULL);
    }
    if (c) {
        cli_add_case(c);
    }
}

int main(int argc, char **argv)
{
    g_autofree char *cases = NULL;

    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    cases = g_test_build_filename(G_TEST_DIST, "cli-cases.txt", NULL);
    cli_add_cases(cases);
    return g_test_run();
}
