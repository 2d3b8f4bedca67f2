/*
 * Monitors: where people (HMP) and programs (QMP) talk to the VMM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "block/aio.h"
#include "qapi/qapi-types-misc.h"
#include "qemu/readline.h"

/*
 *     -monitor stdio                       -qmp unix:/run/vm.sock,server=on
 *          |                                    |
 *       Chardev                              Chardev
 *          | CharBackend                        | CharBackend
 *       MonitorHMP: a line, split            MonitorQMP: a JSON value
 *          | by the command's args_type         |
 *          v                                    v
 *       hmp_info_qtree(mon, qdict)           qmp_query_status(errp)
 *
 * While a command runs, monitor_cur() is the monitor that it came from.
 * error_report() looks there first, which is why a failing device_add
 * prints its message to the person who typed it.
 */
struct Coroutine;
typedef struct MonitorHMP MonitorHMP;
typedef struct MonitorOptions MonitorOptions;

extern QemuOptsList qemu_mon_opts;

/* The monitor whose command this coroutine or thread runs, or NULL. */
Monitor *monitor_cur(void);

/*
 * Make @mon current for this thread; returns the one before it, to be
 * restored.  @co is NULL: commands run in the main loop, not in coroutines.
 */
Monitor *monitor_set_cur(struct Coroutine *co, Monitor *mon);
bool monitor_cur_is_qmp(void);

/* Once, before the first monitor is made. */
void monitor_init_globals(void);
void monitor_init_globals_core(void);

/*
 * A monitor on @chr.  With @use_readline, input is echoed and can be edited,
 * and there is a prompt.
 */
void monitor_init_hmp(Chardev *chr, bool use_readline, Error **errp);

/* The monitor that -mon describes.  0, or -1 with @errp set. */
int monitor_init(MonitorOptions *opts, bool allow_hmp, Error **errp);
int monitor_init_opts(QemuOpts *opts, Error **errp);

/* Free all monitors, what they still had to say included. */
void monitor_cleanup(void);

/* Take no more input until monitor_resume(); nests.  -ENOTTY without one. */
int monitor_suspend(Monitor *mon);
void monitor_resume(Monitor *mon);

/*
 * A file descriptor by number, or by the name that getfd gave it; the latter
 * is then no longer the monitor's.  -1 with @errp set.
 */
int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp);
int monitor_fd_param(Monitor *mon, const char *fdname, Error **errp);

/*
 * Sets of descriptors.  Put @fd, which is taken over, into one; NULL with
 * @errp set if the id is wrong.
 */
struct AddfdInfo *monitor_fdset_add_fd(int fd, bool has_fdset_id,
                                       int64_t fdset_id, bool has_opaque,
                                       const char *opaque, Error **errp);
/*
 * A copy of one that has the access mode of @flags, or -1 with errno set; and
 * the copy is about to be closed, if it is one.
 */
int monitor_fdset_dup_fd_add(int64_t fdset_id, int flags);
void monitor_fdset_dup_fd_remove(int dup_fd);

/* Print to an HMP monitor.  On NULL or a QMP one, nothing: the result is -1. */
int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
int monitor_printf(Monitor *mon, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
int monitor_puts(Monitor *mon, const char *str);
void monitor_flush(Monitor *mon);


#endif
