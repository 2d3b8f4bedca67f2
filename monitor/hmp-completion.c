/*
 * What Tab completes in the human monitor: commands, files, and by the
 * commands' own functions (hmp-completion-args.c) what they take.
 *
 * The line up to the cursor comes as words.  The last one is the beginning of
 * what is looked for; it is empty behind a space.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <dirent.h>
#include "monitor-internal.h"
#include "qemu/ctype.h"

/* More words than any command takes. */
#define MAX_WORDS 16

/* Offer those of @names, "quit|q", that begin with @str. */
static void cmd_completion(ReadLineState *rs, const char *str,
                           const char *names)
{
    g_auto(GStrv) all = g_strsplit(names, "|", -1);

    for (char **name = all; *name; name++) {
        if (g_str_has_prefix(*name, str)) {
            readline_add_completion(rs, *name);
        }
    }
}

/* A folder gets a '/' and is not complete yet. */
static void file_completion(ReadLineState *rs, const char *input)
{
    const char *slash = strrchr(input, '/');
    const char *prefix = slash ? slash + 1 : input;
    g_autofree char *path = g_strndup(input, prefix - input);
    DIR *dir = opendir(*path ? path : ".");
    struct dirent *entry;

    if (!dir) {
        return;
    }
    while ((entry = readdir(dir))) {
        g_autofree char *file = g_strconcat(path, entry->d_name, NULL);
        g_autofree char *folder = g_strconcat(file, "/", NULL);

        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")
            || !g_str_has_prefix(entry->d_name, prefix)) {
            continue;
        }
        readline_add_completion(rs, g_file_test(file, G_FILE_TEST_IS_DIR)
                                    ? folder : file);
    }
    closedir(dir);
}

/* The type of word @nb_args, options aside; "" behind the last. */
static const char *arg_type_of_word(const HMPCommand *cmd, int nb_args)
{
    const char *type = strchr(cmd->args_type, ':');

    type = type ? type + 1 : "";
    for (int i = 2; i < nb_args && *type; i++) {
        type = hmp_next_arg_type(type);
    }
    while (*type == '-') {
        type = hmp_next_arg_type(type);
    }
    return type;
}

static void monitor_find_completion_by_table(MonitorHMP *mon,
                                             const HMPCommand *table,
                                             char **args, int nb_args)
{
    const char *str = args[nb_args - 1];
    const HMPCommand *cmd;

    readline_set_completion_index(mon->rs, strlen(str));
    if (nb_args == 1) {
        for (cmd = table; cmd->name; cmd++) {
            if (hmp_cmd_available(cmd)) {
                cmd_completion(mon->rs, str, cmd->name);
            }
        }
        return;
    }
    cmd = hmp_search(table, args[0], strlen(args[0]));
    if (!cmd || !hmp_cmd_available(cmd)) {
        return;
    }
    if (cmd->sub_table) {
        monitor_find_completion_by_table(mon, cmd->sub_table, args + 1,
                                         nb_args - 1);
    } else if (cmd->command_completion) {
        cmd->command_completion(mon->rs, nb_args, str);
    } else if (g_str_equal(cmd->name, "help|?")) {
        monitor_find_completion_by_table(mon, hmp_cmds, args + 1, nb_args - 1);
    } else if (*arg_type_of_word(cmd, nb_args) == 'F') {
        file_completion(mon->rs, str);
    }
}

void monitor_find_completion(void *opaque, const char *cmdline)
{
    MonitorHMP *mon = opaque;
    char *args[MAX_WORDS + 1];
    size_t len = strlen(cmdline);
    int nb_args = 0;

    while (nb_args < MAX_WORDS) {
        while (qemu_isspace(*cmdline)) {
            cmdline++;
        }
        /* Without a monitor it says nothing of what is not complete. */
        args[nb_args] = *cmdline ? hmp_get_str(NULL, &cmdline) : NULL;
        if (!args[nb_args]) {
            break;
        }
        nb_args++;
    }
    /* An open quotation mark, or a long list: nothing is to be guessed. */
    if (!*cmdline) {
        if (!len || qemu_isspace(cmdline[-1])) {
            args[nb_args++] = g_strdup("");
        }
        monitor_find_completion_by_table(mon, hmp_cmds, args, nb_args);
    }
    while (nb_args > 0) {
        g_free(args[--nb_args]);
    }
}
