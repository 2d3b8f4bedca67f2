/*
 * The human monitor: a line in, split into a command and its arguments.
 *
 * The commands are in hmp-commands.c and hmp-commands-info.c, their arguments
 * are read by hmp-args.c, and what Tab completes is found by
 * hmp-completion.c.  Keys are util/readline.c's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "config-host.h"
#include "chardev/char.h"
#include "hw/qdev-core.h"
#include "monitor-internal.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qapi-types-common.h"
#include "qemu/ctype.h"
#include "qemu/log.h"

/* Finding commands */

bool hmp_cmd_available(const HMPCommand *cmd)
{
    return phase_check(PHASE_MACHINE_READY)
           || (cmd->flags && strchr(cmd->flags, 'p'));
}

bool hmp_compare_cmd(const char *name, size_t len, const char *names)
{
    for (;;) {
        size_t n = strcspn(names, "|");

        if (n == len && !memcmp(name, names, n)) {
            return true;
        }
        if (!names[n]) {
            return false;
        }
        names += n + 1;
    }
}

const HMPCommand *hmp_search(const HMPCommand *table, const char *name,
                             size_t len)
{
    for (; table->name; table++) {
        if (hmp_compare_cmd(name, len, table->name)) {
            return table;
        }
    }
    return NULL;
}

/* Help */

static void help_cmd_dump_one(Monitor *mon, const HMPCommand *cmd,
                              const char *prefix)
{
    if (hmp_cmd_available(cmd)) {
        monitor_printf(mon, "%s%s %s -- %s\n", prefix, cmd->name, cmd->params,
                       cmd->help);
    }
}

static void help_log(Monitor *mon)
{
    const QEMULogItem *item;

    monitor_printf(mon, "Log items (comma separated):\n");
    monitor_printf(mon, "%-15s %s\n", "none", "remove all logs");
    for (item = qemu_log_items; item->mask; item++) {
        monitor_printf(mon, "%-15s %s\n", item->name, item->help);
    }
    monitor_printf(mon, "trace:PATTERN   enable trace events\n");
    monitor_printf(mon, "\nUse \"log trace:help\" to get a list of "
                   "trace events.\n\n");
}

/* The words of a line, as far as they can be told apart. */
char **hmp_split_words(Monitor *mon, const char *line)
{
    GPtrArray *words = g_ptr_array_new();

    for (;;) {
        char *word;

        while (qemu_isspace(*line)) {
            line++;
        }
        word = *line ? hmp_get_str(mon, &line) : NULL;
        if (!word) {
            g_ptr_array_add(words, NULL);
            return (char **)g_ptr_array_free(words, false);
        }
        g_ptr_array_add(words, word);
    }
}

void help_cmd(Monitor *mon, const char *name)
{
    g_auto(GStrv) words = hmp_split_words(mon, name ?: "");
    const HMPCommand *table = hmp_cmds, *cmd;
    g_autoptr(GString) prefix = g_string_new(NULL);

    if (name && name[strspn(name, " \t")] && !words[0]) {
        return;
    }
    if (words[0] && g_str_equal(words[0], "log")) {
        help_log(mon);
        return;
    }
    for (char **word = words; *word; word++) {
        cmd = hmp_search(table, *word, strlen(*word));
        if (!cmd) {
            monitor_printf(mon, "unknown command: '%s%s'\n", prefix->str,
                           *word);
            return;
        }
        if (!cmd->sub_table) {
            help_cmd_dump_one(mon, cmd, prefix->str);
            return;
        }
        g_string_append_printf(prefix, "%s ", *word);
        table = cmd->sub_table;
    }
    for (cmd = table; cmd->name; cmd++) {
        help_cmd_dump_one(mon, cmd, prefix->str);
    }
}

/* Commands */

/*
 * The command that the line at *@pp begins with; *@pp is behind it then.
 * Descends from "info" to what is asked for.
 */
static const HMPCommand *monitor_parse_command(Monitor *mon,
                                               const char *cmdp_start,
                                               const char **pp,
                                               const HMPCommand *table)
{
    const char *p = *pp + strspn(*pp, " \t");
    size_t len = strcspn(p, " \t\n/");
    const HMPCommand *cmd;

    if (!*p) {
        return NULL;
    }
    cmd = hmp_search(table, p, len);
    if (!cmd) {
        monitor_printf(mon, "unknown command: '%.*s'\n",
                       (int)(p + len - cmdp_start), cmdp_start);
        return NULL;
    }
    if (!hmp_cmd_available(cmd)) {
        monitor_printf(mon, "Command '%.*s' not available with -preconfig "
                       "until machine initialization has completed.\n",
                       (int)(p + len - cmdp_start), cmdp_start);
        return NULL;
    }
    p += len;
    p += strspn(p, " \t");
    *pp = p;
    if (cmd->sub_table && *p) {
        return monitor_parse_command(mon, cmdp_start, pp, cmd->sub_table);
    }
    return cmd;
}

/* A command that makes the text that a QMP command x-… has as well. */
static void hmp_info_human_readable_text(Monitor *mon,
                                HumanReadableText *(*handler)(Error **))
{
    Error *err = NULL;
    HumanReadableText *info = handler(&err);

    if (!hmp_handle_error(mon, err)) {
        monitor_puts(mon, info->human_readable_text);
    }
    qapi_free_HumanReadableText(info);
}

/*
 * The monitor is the current one while the arguments are read as well: of a
 * bad id, QemuOpts informs with error_report().
 */
void handle_hmp_command(MonitorHMP *mon, const char *cmdline)
{
    const char *start = cmdline + strspn(cmdline, " \t");
    const char *args = start;
    const HMPCommand *cmd;
    QDict *qdict;
    Monitor *old_mon;

    cmd = monitor_parse_command(&mon->common, start, &args, hmp_cmds);
    if (!cmd) {
        return;
    }
    old_mon = monitor_set_cur(NULL, &mon->common);
    qdict = monitor_parse_arguments(&mon->common, &args, cmd);
    if (!qdict) {
        int len = args - start;

        while (len > 0 && qemu_isspace(start[len - 1])) {
            len--;
        }
        monitor_printf(&mon->common, "Try \"help %.*s\" for more information\n",
                       len, start);
    } else if (cmd->cmd_info_hrt) {
        hmp_info_human_readable_text(&mon->common, cmd->cmd_info_hrt);
    } else {
        cmd->cmd(&mon->common, qdict);
    }
    monitor_set_cur(NULL, old_mon);
    qobject_unref(qdict);
}

/* The character device */

static void monitor_command_cb(void *opaque, const char *cmdline,
                               void *readline_opaque)
{
    MonitorHMP *mon = opaque;

    monitor_suspend(&mon->common);
    handle_hmp_command(mon, cmdline);
    monitor_resume(&mon->common);
}

/* Without line editing: lines as they come, cut where they get too long. */
static void monitor_plain_byte(MonitorHMP *mon, char ch)
{
    if (ch == '\n' || !ch) {
        handle_hmp_command(mon, mon->line->str);
        g_string_truncate(mon->line, 0);
    } else if (ch != '\r' && mon->line->len < READLINE_CMD_BUF_SIZE) {
        g_string_append_c(mon->line, ch);
    }
}

static void monitor_read(void *opaque, const uint8_t *buf, int size)
{
    MonitorHMP *mon = container_of((Monitor *)opaque, MonitorHMP, common);

    for (int i = 0; i < size; i++) {
        if (mon->rs) {
            readline_handle_byte(mon->rs, buf[i]);
        } else {
            monitor_plain_byte(mon, buf[i]);
        }
    }
    monitor_flush(&mon->common);
}

/*
 * On a chardev-mux another front end may have the focus.  Until it comes back,
 * what the monitor says waits, and it is suspended; the first time that may
 * happen before anybody is connected.
 */
static void monitor_event(void *opaque, QEMUChrEvent event)
{
    MonitorHMP *mon = container_of((Monitor *)opaque, MonitorHMP, common);

    switch (event) {
    case CHR_EVENT_OPENED:
        monitor_count_clients(1);
        monitor_printf(&mon->common, "QEMU %s monitor - type 'help' for more "
                       "information\n", QEMU_VERSION);
        mon->reset_seen = true;
        if (mon->rs && !monitor_is_mux_out(&mon->common)) {
            readline_restart(mon->rs);
            readline_show_prompt(mon->rs);
        }
        monitor_flush(&mon->common);
        break;
    case CHR_EVENT_MUX_IN:
        monitor_set_mux_out(&mon->common, false);
        if (!mon->reset_seen) {
            qatomic_set(&mon->common.suspend_cnt, 0);
            break;
        }
        if (mon->rs) {
            readline_restart(mon->rs);
        }
        monitor_resume(&mon->common);
        monitor_flush(&mon->common);
        break;
    case CHR_EVENT_MUX_OUT:
        if (!mon->reset_seen) {
            qatomic_inc(&mon->common.suspend_cnt);
        } else {
            if (!qatomic_read(&mon->common.suspend_cnt)) {
                monitor_printf(&mon->common, "\n");
            }
            monitor_flush(&mon->common);
            monitor_suspend(&mon->common);
        }
        monitor_set_mux_out(&mon->common, true);
        break;
    case CHR_EVENT_CLOSED:
        /* What was half typed is nobody's, and nobody reads the rest. */
        if (mon->rs) {
            readline_restart(mon->rs);
        }
        g_string_truncate(mon->line, 0);
        g_string_truncate(mon->common.outbuf, 0);
        monitor_count_clients(-1);
        break;
    default:
        break;
    }
}

static void G_GNUC_PRINTF(2, 3)
monitor_readline_printf(void *opaque, const char *fmt, ...)
{
    MonitorHMP *mon = opaque;
    va_list ap;

    va_start(ap, fmt);
    monitor_vprintf(&mon->common, fmt, ap);
    va_end(ap);
}

static void monitor_readline_flush(void *opaque)
{
    MonitorHMP *mon = opaque;

    monitor_flush(&mon->common);
}

void monitor_data_destroy_hmp(MonitorHMP *mon)
{
    readline_free(mon->rs);
    g_string_free(mon->line, true);
}

void monitor_init_hmp(Chardev *chr, bool use_readline, Error **errp)
{
    MonitorHMP *mon = g_new0(MonitorHMP, 1);

    if (!qemu_chr_fe_init(&mon->common.chr, chr, errp)) {
        g_free(mon);
        return;
    }
    monitor_data_init(&mon->common, false, false);
    mon->common.use_readline = use_readline;
    mon->line = g_string_new(NULL);
    if (use_readline) {
        mon->rs = readline_init(monitor_readline_printf,
                                monitor_readline_flush, mon,
                                monitor_find_completion);
        readline_start(mon->rs, "(qemu) ", 0, monitor_command_cb, NULL);
    }
    monitor_list_append(&mon->common);
    qemu_chr_fe_set_handlers(&mon->common.chr, monitor_can_read, monitor_read,
                             monitor_event, NULL, &mon->common, NULL, true);
}
