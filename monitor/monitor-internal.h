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
 *     s  F  B    a word, or a string in double quotes
 *     S          the rest of the line
 *     i  l       an integer of 32 or 64 bits
 *     o          a size; without a suffix, in MiB
 *     b          on or off
 *     -f         the flag -f
 *
 * and with a '?' behind the type an argument may be left out.
 */
typedef struct HMPCommand {
    const char *name;           /* all of its names, separated by '|' */
    const char *args_type;
    const char *params;         /* what help shows of the arguments */
    const char *help;
    void (*cmd)(Monitor *mon, const QDict *qdict);
    const struct HMPCommand *sub_table;     /* the command is in there */
} HMPCommand;

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

#endif
