/*
 * What the files of monitor/ share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MONITOR_INTERNAL_H
#define MONITOR_INTERNAL_H

#include "chardev/char-fe.h"
#include "monitor/monitor.h"
#include "qapi/qapi-types-control.h"
#include "qapi/qapi-emit-events.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qmp/dispatch.h"
#include "qapi/qmp/json-parser.h"
#include "qemu/queue.h"
#include "qemu/readline.h"
#include "sysemu/iothread.h"

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

/* A descriptor with a name: fds.c. */
typedef struct mon_fd_t mon_fd_t;

/*
 * Locks.  A QMP monitor reads in the monitors' I/O thread, its commands run
 * in the main thread, and events come from anywhere; hence
 *
 *     monitor_lock            the list of monitors; rate limits of events
 *       mon_lock              one monitor's output and who listens to it
 *     qmp_queue_lock          one monitor's requests
 *
 * each taken inside of those further to the left.
 */
struct Monitor {
    CharBackend chr;
    int suspend_cnt;            /* no input while above zero; atomic */
    bool is_qmp;
    bool use_readline;
    bool skip_flush;            /* while a line is put together */
    bool use_io_thread;         /* its input is read there */
    char *mon_cpu_path;         /* of the CPU that `cpu` chose, or NULL */
    QTAILQ_ENTRY(Monitor) entry;    /* under monitor_lock */

    QemuMutex mon_lock;         /* of what follows */
    QLIST_HEAD(, mon_fd_t) fds; /* that getfd gave names to */
    GString *outbuf;            /* not yet taken by the character device */
    guint out_watch;            /* waiting for it to take more, or 0 */
    bool mux_out;               /* others on the device have the focus */
};

struct MonitorHMP {
    Monitor common;             /* first, in both kinds */
    ReadLineState *rs;          /* NULL without line editing */
    GString *line;              /* without it: the line so far */
    bool reset_seen;            /* the greeting has been said */
};

/* How many requests may wait or run at a time, once there is "oob". */
#define QMP_REQ_QUEUE_LEN_MAX 8

typedef struct QMPFds QMPFds;

typedef struct MonitorQMP {
    Monitor common;
    bool pretty;

    /* Where the input is read, and nowhere else */
    JSONMessageParser parser;
    GString *inbuf;             /* arrived after the queue was full */
    QMPFds *fds;                /* arrived last, with what is in parser */
    QEMUBH *accept_bh;          /* continue after a suspension */

    /* Under common.mon_lock */
    unsigned session;           /* another one after each open and close */
    const QmpCommandList *commands;     /* what the client may say by now */
    bool capab_offered[QMP_CAPABILITY__MAX];
    bool capab[QMP_CAPABILITY__MAX];    /* agreed on */

    QemuMutex qmp_queue_lock;   /* of what follows */
    GQueue *qmp_requests;
    bool dispatching;           /* one of them is with the main thread */
    bool queue_suspended;       /* there is one suspension because of them */
} MonitorQMP;

/* All commands; and the only one before capabilities are agreed on. */
extern QmpCommandList qmp_commands;
extern QmpCommandList qmp_cap_negotiation_commands;

/* Runs the input of all QMP monitors that can; NULL before there is one. */
extern IOThread *mon_iothread;

extern QemuMutex monitor_lock;
typedef QTAILQ_HEAD(MonitorList, Monitor) MonitorList;
extern MonitorList mon_list;

void monitor_data_init(Monitor *mon, bool is_qmp, bool use_io_thread);
void monitor_data_destroy(Monitor *mon);
void monitor_list_append(Monitor *mon);
void monitor_set_mux_out(Monitor *mon, bool mux_out);
bool monitor_is_mux_out(Monitor *mon);
int monitor_can_read(void *opaque);
/* With mon_lock held: append to the output, and let out what can go. */
int monitor_puts_locked(Monitor *mon, const char *str);
/* With mon_lock held: forget what the device has not taken; its client left. */
void monitor_discard_output_locked(Monitor *mon);

/* qmp.c: a client and what goes to and fro */
void monitor_init_qmp(Chardev *chr, bool pretty, Error **errp);
void monitor_data_destroy_qmp(MonitorQMP *mon);
bool qmp_oob_enabled(MonitorQMP *mon);
/* Send @event, unless the client has not got as far as taking events. */
void qmp_send_event(MonitorQMP *mon, const QDict *event);
/* Run @req; the answer is the caller's, NULL if there is none. */
QDict *monitor_qmp_dispatch(MonitorQMP *mon, QObject *req);
/* Answer a request of @session, unless that is over. */
void monitor_qmp_respond(MonitorQMP *mon, unsigned session, const QDict *rsp);

/* qmp-cmds-control.c */
void monitor_init_qmp_commands(void);

/* qmp-queue.c: requests on their way through the main thread */
void qmp_dispatcher_init(void);
/*
 * When nobody reads any more: the command that ran last is answered, those
 * that still wait are not.
 */
void qmp_dispatcher_cleanup(void);
/* A request, or what is wrong with one, which are taken over. */
void monitor_qmp_enqueue(MonitorQMP *mon, QObject *req, Error *err);
/* The client is gone, or about to go by another rule of how many may wait. */
void monitor_qmp_cleanup_queue_and_resume(MonitorQMP *mon);
void monitor_qmp_update_suspension(MonitorQMP *mon);
/*
 * In the main thread: to which session belongs the command that runs?  A
 * client may be gone by the time its command is.
 */
unsigned qmp_dispatcher_session(void);
/*
 * A descriptor that came with the request of the command that runs, or -1.
 * It is the caller's then.
 */
int monitor_get_msgfd(Monitor *mon);

/* The descriptor that came with requests; qmp-queue.c, too. */
QMPFds *qmp_fds_receive(Monitor *mon);
void qmp_fds_unref(QMPFds *fds);

/*
 * qmp-events.c: rate limits.  With monitor_lock held: @event happens, or the
 * time of one that waits is over; monitor.c has the functions that take the
 * lock, and the one that sends to every client.
 */
void monitor_qapi_event_init(void);
void monitor_qapi_event_cleanup(void);
void monitor_qapi_event_queue(QAPIEvent event, QDict *qdict);
void monitor_qapi_event_handler(void *opaque);
void monitor_qapi_event_timeout(void *opaque);
void monitor_qapi_event_emit(QAPIEvent event, QDict *qdict);

/* fds.c */
void monitor_fds_destroy(Monitor *mon);
/* A client more, or one less. */
void monitor_count_clients(int change);

/* hmp.c */
void monitor_data_destroy_hmp(MonitorHMP *mon);
void handle_hmp_command(MonitorHMP *mon, const char *cmdline);
void help_cmd(Monitor *mon, const char *name);
/* Can it be used by now, with -preconfig? */
bool hmp_cmd_available(const HMPCommand *cmd);
/* Is @name, of @len characters, one of @names, "quit|q"? */
bool hmp_compare_cmd(const char *name, size_t len, const char *names);
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
