/*
 * The human monitor: a line in, split into a command and its arguments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "config-host.h"
#include "chardev/char.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/util.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"

/* Help */

static void help_cmd_dump_one(Monitor *mon, const HMPCommand *cmd,
                              const char *prefix)
{
    monitor_printf(mon, "%s%s %s -- %s\n", prefix, cmd->name, cmd->params,
                   cmd->help);
}

/* Is @name, of @len characters, one of @names, "quit|q"? */
static bool hmp_compare_cmd(const char *name, size_t len, const char *names)
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

static const HMPCommand *hmp_search(const HMPCommand *table, const char *name,
                                    size_t len)
{
    for (; table->name; table++) {
        if (hmp_compare_cmd(name, len, table->name)) {
            return table;
        }
    }
    return NULL;
}

void help_cmd(Monitor *mon, const char *name)
{
    const HMPCommand *table = hmp_cmds, *cmd;
    const char *prefix = "";
    g_auto(GStrv) words = g_strsplit_set(name ?: "", " \t", 3);

    if (words[0] && words[0][0]) {
        cmd = hmp_search(table, words[0], strlen(words[0]));
        if (!cmd) {
            monitor_printf(mon, "unknown command: '%s'\n", words[0]);
            return;
        }
        if (!cmd->sub_table) {
            help_cmd_dump_one(mon, cmd, "");
            return;
        }
        table = cmd->sub_table;
        prefix = "info ";
        if (words[1] && words[1][0]) {
            g_strstrip(words[1]);
            cmd = hmp_search(table, words[1], strlen(words[1]));
            if (cmd) {
                help_cmd_dump_one(mon, cmd, prefix);
            } else {
                monitor_printf(mon, "unknown command: 'info %s'\n", words[1]);
            }
            return;
        }
    }
    for (cmd = table; cmd->name; cmd++) {
        help_cmd_dump_one(mon, cmd, prefix);
    }
}

/* Arguments */

/* A word, or a string in double quotes, at *@pp; NULL after a message. */
static char *hmp_get_str(Monitor *mon, const char **pp)
{
    const char *p = *pp;
    GString *str = g_string_new(NULL);

    if (*p != '"') {
        size_t len = strcspn(p, " \t\n");

        g_string_append_len(str, p, len);
        *pp = p + len;
        return g_string_free(str, false);
    }
    for (p++; *p && *p != '"'; p++) {
        if (*p != '\\') {
            g_string_append_c(str, *p);
            continue;
        }
        p++;
        switch (*p) {
        case 'n':
            g_string_append_c(str, '\n');
            break;
        case 'r':
            g_string_append_c(str, '\r');
            break;
        case '\\':
        case '\'':
        case '"':
            g_string_append_c(str, *p);
            break;
        default:
            monitor_printf(mon, "unsupported escape code: '\\%c'\n", *p);
            g_string_free(str, true);
            return NULL;
        }
    }
    if (*p != '"') {
        monitor_printf(mon, "unterminated string\n");
        g_string_free(str, true);
        return NULL;
    }
    *pp = p + 1;
    return g_string_free(str, false);
}

/* One argument of @type at *@pp to @qdict.  False after a message. */
static bool hmp_parse_arg(Monitor *mon, const char *cmd, const char **pp,
                          const char *key, char type, QDict *qdict)
{
    g_autofree char *str = NULL;
    int64_t val;
    uint64_t size;
    bool on;

    if (type == 'S') {
        qdict_put_str(qdict, key, *pp);
        *pp += strlen(*pp);
        return true;
    }
    str = hmp_get_str(mon, pp);
    if (!str) {
        return false;
    }
    switch (type) {
    case 's':
    case 'F':
    case 'B':
        qdict_put_str(qdict, key, str);
        return true;
    case 'i':
    case 'l':
        if (qemu_strtoi64(str, NULL, 0, &val)) {
            monitor_printf(mon, "invalid char '%c' in expression\n", str[0]);
            return false;
        }
        if (type == 'i' && (val < INT32_MIN || val > UINT32_MAX)) {
            monitor_printf(mon, "\'%s\' has failed: ", cmd);
            monitor_printf(mon, "integer is for 32-bit values\n");
            return false;
        }
        qdict_put_int(qdict, key, val);
        return true;
    case 'o':
        if (qemu_strtosz_MiB(str, NULL, &size) || size > INT64_MAX) {
            monitor_printf(mon, "invalid size\n");
            return false;
        }
        qdict_put_int(qdict, key, size);
        return true;
    case 'b':
        if (!qapi_bool_parse(key, str, &on, NULL)) {
            monitor_printf(mon, "Expected 'on' or 'off'\n");
            return false;
        }
        qdict_put_bool(qdict, key, on);
        return true;
    default:
        g_assert_not_reached();
    }
}

static const char *hmp_expected(char type)
{
    switch (type) {
    case 'F':
        return "filename expected";
    case 'B':
        return "block device name expected";
    case 'i':
    case 'l':
    case 'o':
        return "integer expected";
    case 'b':
        return "expected 'on' or 'off'";
    default:
        return "string expected";
    }
}

/* The arguments at @p, as @cmd takes them.  NULL after a message. */
static QDict *monitor_parse_arguments(Monitor *mon, const char *p,
                                      const HMPCommand *cmd)
{
    QDict *qdict = qdict_new();
    g_auto(GStrv) args = g_strsplit(cmd->args_type, ",", -1);

    for (int i = 0; args[i]; i++) {
        g_auto(GStrv) arg = g_strsplit(args[i], ":", 2);
        const char *key = arg[0], *type = arg[1];

        while (qemu_isspace(*p)) {
            p++;
        }
        if (type[0] == '-') {
            if (p[0] == '-' && p[1] == type[1]
                && (!p[2] || qemu_isspace(p[2]))) {
                qdict_put_bool(qdict, key, true);
                p += 2;
            } else if (p[0] == '-' && p[1] && !strstr(cmd->args_type,
                                              (char[]){ '-', p[1], 0 })) {
                monitor_printf(mon, "%s: unsupported option -%c\n",
                               cmd->name, p[1]);
                goto fail;
            }
            continue;
        }
        if (!*p) {
            if (type[1] == '?') {
                continue;
            }
            monitor_printf(mon, "%s: %s\n", cmd->name,
                           hmp_expected(type[0]));
            goto fail;
        }
        if (!hmp_parse_arg(mon, cmd->name, &p, key, type[0], qdict)) {
            goto fail;
        }
    }
    while (qemu_isspace(*p)) {
        p++;
    }
    if (*p) {
        monitor_printf(mon, "%s: extraneous characters at the end of line\n",
                       cmd->name);
        goto fail;
    }
    return qdict;

fail:
    qobject_unref(qdict);
    return NULL;
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
    p += len;
    p += strspn(p, " \t");
    *pp = p;
    if (cmd->sub_table && *p) {
        return monitor_parse_command(mon, cmdp_start, pp, cmd->sub_table);
    }
    return cmd;
}

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
    qdict = monitor_parse_arguments(&mon->common, args, cmd);
    if (!qdict) {
        int len = args - start;

        while (len > 0 && qemu_isspace(start[len - 1])) {
            len--;
        }
        monitor_printf(&mon->common, "Try \"help %.*s\" for more information\n",
                       len, start);
        return;
    }
    old_mon = monitor_set_cur(NULL, &mon->common);
    cmd->cmd(&mon->common, qdict);
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

static void monitor_event(void *opaque, QEMUChrEvent event)
{
    MonitorHMP *mon = container_of((Monitor *)opaque, MonitorHMP, common);

    switch (event) {
    case CHR_EVENT_OPENED:
        monitor_printf(&mon->common, "QEMU %s monitor - type 'help' for more "
                       "information\n", QEMU_VERSION);
        if (mon->rs) {
            readline_restart(mon->rs);
            readline_show_prompt(mon->rs);
        }
        monitor_flush(&mon->common);
        break;
    case CHR_EVENT_CLOSED:
        /* What was half typed is nobody's, and nobody reads the rest. */
        if (mon->rs) {
            readline_restart(mon->rs);
        }
        g_string_truncate(mon->line, 0);
        g_string_truncate(mon->common.outbuf, 0);
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
    monitor_data_init(&mon->common, false);
    mon->common.use_readline = use_readline;
    mon->line = g_string_new(NULL);
    if (use_readline) {
        mon->rs = readline_init(monitor_readline_printf,
                                monitor_readline_flush, mon, NULL);
        readline_start(mon->rs, "(qemu) ", 0, monitor_command_cb, NULL);
    }
    monitor_list_append(&mon->common);
    qemu_chr_fe_set_handlers(&mon->common.chr, monitor_can_read, monitor_read,
                             monitor_event, NULL, &mon->common, NULL, true);
}
