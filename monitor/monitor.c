/*
 * What all monitors share: the list of them, output, the current one.
 *
 * Read include/monitor/monitor.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qapi-visit-control.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"
#include "qemu/option.h"

static QTAILQ_HEAD(, Monitor) mon_list = QTAILQ_HEAD_INITIALIZER(mon_list);

/* The monitor whose command runs in this thread. */
static __thread Monitor *cur_mon;

Monitor *monitor_cur(void)
{
    return cur_mon;
}

Monitor *monitor_set_cur(struct Coroutine *co, Monitor *mon)
{
    Monitor *old = cur_mon;

    cur_mon = mon;
    return old;
}

bool monitor_cur_is_qmp(void)
{
    return cur_mon && cur_mon->is_qmp;
}

/* Output */

static gboolean monitor_unblocked(void *do_not_use, GIOCondition cond,
                                  void *opaque)
{
    Monitor *mon = opaque;

    mon->out_watch = 0;
    monitor_flush(mon);
    if (!mon->out_watch) {
        qemu_chr_fe_accept_input(&mon->chr);
    }
    return G_SOURCE_REMOVE;
}

/* Give the device what it takes; it calls back when it takes more. */
void monitor_flush(Monitor *mon)
{
    GString *buf = mon->outbuf;
    int rc;

    if (mon->skip_flush || mon->out_watch || !buf->len) {
        return;
    }
    rc = qemu_chr_fe_write(&mon->chr, (const uint8_t *)buf->str, buf->len);
    if (rc == buf->len || (rc < 0 && errno != EAGAIN)) {
        /* All is written, or nobody is there to read it. */
        g_string_truncate(buf, 0);
        return;
    }
    if (rc > 0) {
        g_string_erase(buf, 0, rc);
    }
    mon->out_watch = qemu_chr_fe_add_watch(&mon->chr, G_IO_OUT | G_IO_HUP,
                                           monitor_unblocked, mon);
}

int monitor_puts(Monitor *mon, const char *str)
{
    const char *p = str;

    for (;;) {
        size_t len = strcspn(p, "\n");

        g_string_append_len(mon->outbuf, p, len);
        p += len;
        if (!*p) {
            return p - str;
        }
        g_string_append(mon->outbuf, "\r\n");
        monitor_flush(mon);
        p++;
    }
}

int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
{
    g_autofree char *buf = NULL;

    if (!mon || mon->is_qmp) {
        return -1;
    }
    buf = g_strdup_vprintf(fmt, ap);
    return monitor_puts(mon, buf);
}

int monitor_printf(Monitor *mon, const char *fmt, ...)
{
    va_list ap;
    int ret;

    va_start(ap, fmt);
    ret = monitor_vprintf(mon, fmt, ap);
    va_end(ap);
    return ret;
}

void monitor_discard_output(Monitor *mon)
{
    if (mon->out_watch) {
        g_source_remove(mon->out_watch);
        mon->out_watch = 0;
    }
    g_string_truncate(mon->outbuf, 0);
}

/* To every client that has got as far as taking events. */
void monitor_qapi_event_emit(QAPIEvent event, QDict *qdict)
{
    Monitor *mon;

    QTAILQ_FOREACH(mon, &mon_list, entry) {
        MonitorQMP *qmp_mon = container_of(mon, MonitorQMP, common);

        if (mon->is_qmp && qmp_negotiated(qmp_mon)) {
            qmp_send_response(qmp_mon, qdict);
        }
    }
}

/* Input */

int monitor_can_read(void *opaque)
{
    Monitor *mon = opaque;

    return !mon->suspend_cnt;
}

int monitor_suspend(Monitor *mon)
{
    if (!mon->is_qmp && !mon->use_readline) {
        return -ENOTTY;
    }
    mon->suspend_cnt++;
    return 0;
}

void monitor_resume(Monitor *mon)
{
    if (!mon->is_qmp && !mon->use_readline) {
        return;
    }
    if (--mon->suspend_cnt == 0) {
        if (!mon->is_qmp) {
            readline_show_prompt(container_of(mon, MonitorHMP, common)->rs);
        }
        qemu_chr_fe_accept_input(&mon->chr);
    }
}

int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp)
{
    error_setg(errp, "File descriptor named '%s' has not been found", fdname);
    return -1;
}

int monitor_fd_param(Monitor *mon, const char *fdname, Error **errp)
{
    int fd;

    if (!qemu_isdigit(fdname[0]) && mon) {
        return monitor_get_fd(mon, fdname, errp);
    }
    fd = qemu_parse_fd(fdname);
    if (fd < 0) {
        error_setg(errp, "Invalid file descriptor number '%s'", fdname);
    }
    return fd;
}

/* Life */

void monitor_data_init(Monitor *mon, bool is_qmp)
{
    mon->is_qmp = is_qmp;
    mon->outbuf = g_string_new(NULL);
}

void monitor_data_destroy(Monitor *mon)
{
    if (mon->out_watch) {
        g_source_remove(mon->out_watch);
    }
    qemu_chr_fe_deinit(&mon->chr, false);
    if (mon->is_qmp) {
        monitor_data_destroy_qmp(container_of(mon, MonitorQMP, common));
    } else {
        monitor_data_destroy_hmp(container_of(mon, MonitorHMP, common));
    }
    g_string_free(mon->outbuf, true);
}

void monitor_list_append(Monitor *mon)
{
    QTAILQ_INSERT_HEAD(&mon_list, mon, entry);
}

void monitor_init_globals_core(void)
{
    monitor_qapi_event_init();
}

void monitor_init_globals(void)
{
    monitor_init_globals_core();
    monitor_init_qmp_commands();
}

void monitor_cleanup(void)
{
    Monitor *mon;

    while ((mon = QTAILQ_FIRST(&mon_list))) {
        QTAILQ_REMOVE(&mon_list, mon, entry);
        monitor_flush(mon);
        monitor_data_destroy(mon);
        /* Both kinds begin with it. */
        g_free(mon);
    }
    monitor_qapi_event_cleanup();
}

int monitor_init(MonitorOptions *opts, bool allow_hmp, Error **errp)
{
    ERRP_GUARD();
    Chardev *chr = qemu_chr_find(opts->chardev);

    if (!chr) {
        error_setg(errp, "chardev \"%s\" not found", opts->chardev);
        return -1;
    }
    if (!opts->has_mode) {
        opts->mode = allow_hmp ? MONITOR_MODE_READLINE : MONITOR_MODE_CONTROL;
    }
    if (opts->mode == MONITOR_MODE_CONTROL) {
        monitor_init_qmp(chr, opts->has_pretty && opts->pretty, errp);
        return *errp ? -1 : 0;
    }
    if (!allow_hmp) {
        error_setg(errp, "Only QMP is supported");
        return -1;
    }
    if (opts->pretty) {
        error_setg(errp, "'pretty' is not compatible with HMP monitors");
        return -1;
    }
    monitor_init_hmp(chr, true, errp);
    return *errp ? -1 : 0;
}

int monitor_init_opts(QemuOpts *opts, Error **errp)
{
    MonitorOptions *options = NULL;
    Visitor *v = opts_visitor_new(opts);
    int ret = -1;

    if (visit_type_MonitorOptions(v, NULL, &options, errp)) {
        ret = monitor_init(options, true, errp);
    }
    visit_free(v);
    qapi_free_MonitorOptions(options);
    return ret;
}

QemuOptsList qemu_mon_opts = {
    .name = "mon",
    .implied_opt_name = "chardev",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_mon_opts.head),
    .desc = {
        { .name = "mode", .type = QEMU_OPT_STRING },
        { .name = "chardev", .type = QEMU_OPT_STRING },
        { .name = "pretty", .type = QEMU_OPT_BOOL },
        { }
    },
};
