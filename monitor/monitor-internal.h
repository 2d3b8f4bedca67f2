/*
 * What the files of monitor/ share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MONITOR_INTERNAL_H
#define MONITOR_INTERNAL_H

#include "chardev/char-fe.h"
#include "monitor/monitor.h"
#include "qapi/qapi-emit-events.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qmp/dispatch.h"
#include "qapi/qmp/json-parser.h"
#include "qemu/queue.h"
#include "qemu/readline.h"

/*
 * A command of the human monitor.
 *
 * @args_type says which arguments there are, separated by commas, each
 * NAME:TYPE.  The handler finds them in its QDict, under NAME:
 *
 *     s  F  B    a word, or a string in double quotes; F: a file's name,
 *                B: a block device's
 *     S          the rest of the line
 *     O          options like -device's, of the QemuOptsList called NAME; each
 *                is a member of its own
 *     i  l       an expression of 32 or 64 bits (hmp-expr.c)
 *     M          an expression, in MiB
 *     o          a size with a unit; without one, in MiB
 *     T          a time in seconds; or a number with ms, us or ns
 *     b          on or off
 *     /          /10xb: members "count", "format" and "size"
 *     -x         the option -x; -xs: it has a word behind it
 *
 * With a '?' behind the type, an argument may be left out at the end of the
 * line; with a '.' behind it, it is there only if a '.' is before it.
 */
typedef struct HMPCommand {
    const char *name;           /* all of its names, separated by '|' */
    const char *args_type;
    const char *params;         /* what help shows of the arguments */
    const char *help;
    const char *flags;          /* 'p': also with -preconfig */
    void (*cmd)(Monitor *mon, const QDict *qdict);
    /* Instead of cmd: the text that a QMP command has as well. */
    HumanReadableText *(*cmd_info_hrt)(Error **errp);
    const struct HMPCommand *sub_table;     /* the command is in there */
    /*
     * Tab was pressed behind @str, which is the beginning of word @nb_args of
     * the line, counted from the command's name as 1.
     */
    void (*command_completion)(ReadLineState *rs, int nb_args,
                               const char *str);
} HMPCommand;

/* Sorted by name; an empty one at the end. */
extern const HMPCommand hmp_cmds[];
extern const HMPCommand hmp_info_cmds[];

struct Monitor {
    CharBackend chr;
    bool is_qmp;
    bool use_readline;
    bool skip_flush;            /* while a line is put together */
    int suspend_cnt;            /* no input while this is above zero */
    GString *outbuf;            /* not yet taken by the character device */
    guint out_watch;            /* waiting for it to take more, or 0 */
    QTAILQ_ENTRY(Monitor) entry;
};

struct MonitorHMP {
    Monitor common;             /* first, in both kinds */
    ReadLineState *rs;          /* NULL without line editing */
    GString *line;              /* without it: the line so far */
    bool reset_seen;            /* the greeting has been said */
};

typedef struct MonitorQMP {
    Monitor common;
    bool pretty;
    JSONMessageParser parser;
    const QmpCommandList *commands;     /* what the client may say by now */
} MonitorQMP;

/* All commands; and the only one before capabilities are agreed on. */
extern QmpCommandList qmp_commands;
extern QmpCommandList qmp_cap_negotiation_commands;

void monitor_data_init(Monitor *mon, bool is_qmp);
void monitor_data_destroy(Monitor *mon);
void monitor_list_append(Monitor *mon);
int monitor_can_read(void *opaque);
/* Forget what the device has not yet taken: its client is gone. */
void monitor_discard_output(Monitor *mon);

/* qmp.c */
void monitor_init_qmp(Chardev *chr, bool pretty, Error **errp);
void monitor_data_destroy_qmp(MonitorQMP *mon);
void qmp_send_response(MonitorQMP *mon, const QDict *rsp);
/* Have capabilities been agreed on? */
bool qmp_negotiated(const MonitorQMP *mon);
void monitor_init_qmp_commands(void);

/* qmp-events.c, but the sending to each client, which is monitor.c's */
void monitor_qapi_event_init(void);
void monitor_qapi_event_cleanup(void);
void monitor_qapi_event_emit(QAPIEvent event, QDict *qdict);

/* hmp.c */
void monitor_data_destroy_hmp(MonitorHMP *mon);
void handle_hmp_command(MonitorHMP *mon, const char *cmdline);
void help_cmd(Monitor *mon, const char *name);
/* Can it be used by now, with -preconfig? */
bool hmp_cmd_available(const HMPCommand *cmd);
/* The command in @table of this name of @len characters, or NULL. */
const HMPCommand *hmp_search(const HMPCommand *table, const char *name,
                             size_t len);
/* The words of @line, up to one that cannot be read; for g_strfreev(). */
char **hmp_split_words(Monitor *mon, const char *line);

/* hmp-args.c */
/*
 * The arguments at *@endp, as @cmd takes them.  NULL after a message.
 */
QDict *monitor_parse_arguments(Monitor *mon, const char **endp,
                               const HMPCommand *cmd);
/*
 * The word or quoted string at *@pp, which moves behind it.  The caller frees.
 * NULL at the end of the line, or after a message.
 */
char *hmp_get_str(Monitor *mon, const char **pp);
/* The type of the argument after that of @type, or "". */
const char *hmp_next_arg_type(const char *type);

/* hmp-expr.c */
/* The value of the expression at *@pp, or false after a message. */
bool hmp_get_expr(Monitor *mon, const char **pp, int64_t *val);

/* hmp-completion.c */
/* What Tab finds, is offered to the line editor of @opaque, a MonitorHMP. */
void monitor_find_completion(void *opaque, const char *cmdline);

#endif
