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
#include "qemu/lockable.h"
#include "qemu/option.h"
#include "trace.h"

IOThread *mon_iothread;

/* Of the list, and of what monitor_qapi_event_queue() keeps. */
QemuMutex monitor_lock;
MonitorList mon_list = QTAILQ_HEAD_INITIALIZER(mon_list);

/* Events are sent, to nobody, in programs without monitors as well. */
static void __attribute__((constructor)) monitor_lock_init(void)
{
    qemu_mutex_init(&monitor_lock);
}

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

static void monitor_flush_locked(Monitor *mon);

static gboolean monitor_unblocked(void *do_not_use, GIOCondition cond,
                                  void *opaque)
{
    Monitor *mon = opaque;
    bool done;

    WITH_QEMU_LOCK_GUARD(&mon->mon_lock) {
        mon->out_watch = 0;
        monitor_flush_locked(mon);
        done = !mon->out_watch;
    }
    if (done) {
        qemu_chr_fe_accept_input(&mon->chr);
    }
    return G_SOURCE_REMOVE;
}

/* Give the device what it takes; it calls back when it takes more. */
static void monitor_flush_locked(Monitor *mon)
{
    GString *buf = mon->outbuf;
    int rc;

    if (mon->skip_flush || mon->out_watch || mon->mux_out || !buf->len) {
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

void monitor_flush(Monitor *mon)
{
    QEMU_LOCK_GUARD(&mon->mon_lock);

    monitor_flush_locked(mon);
}

void monitor_set_mux_out(Monitor *mon, bool mux_out)
{
    QEMU_LOCK_GUARD(&mon->mon_lock);

    mon->mux_out = mux_out;
}

bool monitor_is_mux_out(Monitor *mon)
{
    QEMU_LOCK_GUARD(&mon->mon_lock);

    return mon->mux_out;
}

int monitor_puts_locked(Monitor *mon, const char *str)
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
        monitor_flush_locked(mon);
        p++;
    }
}

int monitor_puts(Monitor *mon, const char *str)
{
    QEMU_LOCK_GUARD(&mon->mon_lock);

    return monitor_puts_locked(mon, str);
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

/* The source is in the context of the thread that reads the input. */
static void monitor_remove_out_watch(Monitor *mon)
{
    GMainContext *context = NULL;

    if (mon->out_watch) {
        if (mon->use_io_thread) {
            context = iothread_get_g_main_context(mon_iothread);
        }
        g_source_destroy(g_main_context_find_source_by_id(context,
                                                          mon->out_watch));
        mon->out_watch = 0;
    }
}

void monitor_discard_output_locked(Monitor *mon)
{
    monitor_remove_out_watch(mon);
    g_string_truncate(mon->outbuf, 0);
}

/* Events: to every client that has got as far as taking them */

void monitor_qapi_event_emit(QAPIEvent event, QDict *qdict)
{
    Monitor *mon;

    trace_monitor_protocol_event_emit(event, qdict);
    QTAILQ_FOREACH(mon, &mon_list, entry) {
        if (mon->is_qmp) {
            qmp_send_event(container_of(mon, MonitorQMP, common), qdict);
        }
    }
}

void qapi_event_emit(QAPIEvent event, QDict *qdict)
{
    QEMU_LOCK_GUARD(&monitor_lock);

    monitor_qapi_event_queue(event, qdict);
}

void monitor_qapi_event_timeout(void *opaque)
{
    QEMU_LOCK_GUARD(&monitor_lock);

    monitor_qapi_event_handler(opaque);
}

/* Input */

int monitor_can_read(void *opaque)
{
    Monitor *mon = opaque;

    return !qatomic_read(&mon->suspend_cnt);
}

static bool monitor_is_hmp_non_interactive(const Monitor *mon)
{
    return !mon->is_qmp && !mon->use_readline;
}

int monitor_suspend(Monitor *mon)
{
    if (monitor_is_hmp_non_interactive(mon)) {
        return -ENOTTY;
    }
    qatomic_inc(&mon->suspend_cnt);
    if (mon->use_io_thread) {
        /* It may be about to read already; let it look again. */
        aio_notify(iothread_get_aio_context(mon_iothread));
    }
    trace_monitor_suspend(mon, 1);
    return 0;
}

void monitor_resume(Monitor *mon)
{
    if (monitor_is_hmp_non_interactive(mon)) {
        return;
    }
    trace_monitor_suspend(mon, -1);
    if (qatomic_dec_fetch(&mon->suspend_cnt) > 0) {
        return;
    }
    if (mon->is_qmp) {
        qemu_bh_schedule(container_of(mon, MonitorQMP, common)->accept_bh);
    } else {
        readline_show_prompt(container_of(mon, MonitorHMP, common)->rs);
        qemu_chr_fe_accept_input(&mon->chr);
    }
}

/* Life */

void monitor_data_init(Monitor *mon, bool is_qmp, bool use_io_thread)
{
    if (use_io_thread && !mon_iothread) {
        mon_iothread = iothread_create("mon_iothread", &error_abort);
    }
    qemu_mutex_init(&mon->mon_lock);
    mon->is_qmp = is_qmp;
    mon->use_io_thread = use_io_thread;
    mon->outbuf = g_string_new(NULL);
}

void monitor_data_destroy(Monitor *mon)
{
    monitor_remove_out_watch(mon);
    monitor_fds_destroy(mon);
    qemu_chr_fe_deinit(&mon->chr, false);
    if (mon->is_qmp) {
        monitor_data_destroy_qmp(container_of(mon, MonitorQMP, common));
    } else {
        monitor_data_destroy_hmp(container_of(mon, MonitorHMP, common));
    }
    g_free(mon->mon_cpu_path);
    g_string_free(mon->outbuf, true);
    qemu_mutex_destroy(&mon->mon_lock);
}

void monitor_list_append(Monitor *mon)
{
    QEMU_LOCK_GUARD(&monitor_lock);

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

/* Listen to nobody, answer the command that ran last, send what is written. */
void monitor_cleanup(void)
{
    Monitor *mon;

    if (mon_iothread) {
        iothread_stop(mon_iothread);
    }
    qmp_dispatcher_cleanup();
    qemu_mutex_lock(&monitor_lock);
    while ((mon = QTAILQ_FIRST(&mon_list))) {
        QTAILQ_REMOVE(&mon_list, mon, entry);
        /* The chardev may say that its client is gone, and events happen. */
        qemu_mutex_unlock(&monitor_lock);
        monitor_flush(mon);
        monitor_data_destroy(mon);
        /* Both kinds begin with it. */
        g_free(mon);
        qemu_mutex_lock(&monitor_lock);
    }
    monitor_qapi_event_cleanup();
    qemu_mutex_unlock(&monitor_lock);
    if (mon_iothread) {
        iothread_destroy(mon_iothread);
        mon_iothread = NULL;
    }
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
