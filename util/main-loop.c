/*
 * The main loop.
 *
 * Read include/qemu/main-loop.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "sysemu/cpu-timers.h"
#include "block/aio.h"

static AioContext *qemu_aio_context;
static QEMUBH *qemu_notify_bh;

/* Of GPollFD; refilled in each turn, from slirp and from GLib. */
static GArray *gpollfds;

static NotifierList main_loop_poll_notifiers =
    NOTIFIER_LIST_INITIALIZER(main_loop_poll_notifiers);

AioContext *qemu_get_aio_context(void)
{
    return qemu_aio_context;
}

static void notify_event_cb(void *opaque)
{
    /* To have been woken is all that was asked for. */
}

void qemu_notify_event(void)
{
    if (qemu_aio_context) {
        qemu_bh_schedule(qemu_notify_bh);
    }
}

int qemu_init_main_loop(Error **errp)
{
    AioContext *ctx;
    GSource *src;

    init_clocks(qemu_timer_notify_cb);

    ctx = aio_context_new(errp);
    if (!ctx) {
        return -EMFILE;
    }
    qemu_aio_context = ctx;
    qemu_set_current_aio_context(ctx);
    qemu_notify_bh = qemu_bh_new(notify_event_cb, NULL);
    gpollfds = g_array_new(FALSE, FALSE, sizeof(GPollFD));

    src = aio_get_g_source(ctx);
    g_source_set_name(src, "aio-context");
    g_source_attach(src, NULL);
    g_source_unref(src);

    src = iohandler_get_g_source();
    g_source_set_name(src, "io-handler");
    g_source_attach(src, NULL);
    g_source_unref(src);
    return 0;
}

/* One poll() for GLib's descriptors and everybody else's */

static int max_priority;
static int glib_pollfds_idx;
static int glib_n_poll_fds;

/* Append GLib's descriptors to gpollfds; lower *@cur_timeout to its timeout. */
static void glib_pollfds_fill(int64_t *cur_timeout)
{
    GMainContext *context = g_main_context_default();
    int64_t timeout_ns;
    int timeout = 0;
    int n;

    g_main_context_prepare(context, &max_priority);

    /* GLib tells how many there are; until they fit, ask again. */
    glib_pollfds_idx = gpollfds->len;
    n = glib_n_poll_fds;
    do {
        glib_n_poll_fds = n;
        g_array_set_size(gpollfds, glib_pollfds_idx + glib_n_poll_fds);
        n = g_main_context_query(context, max_priority, &timeout,
                                 &g_array_index(gpollfds, GPollFD,
                                                glib_pollfds_idx),
                                 glib_n_poll_fds);
    } while (n != glib_n_poll_fds);

    timeout_ns = timeout < 0 ? -1 : (int64_t)timeout * SCALE_MS;
    *cur_timeout = qemu_soonest_timeout(timeout_ns, *cur_timeout);
}

static void glib_pollfds_poll(void)
{
    GMainContext *context = g_main_context_default();

    if (g_main_context_check(context, max_priority,
                             &g_array_index(gpollfds, GPollFD,
                                            glib_pollfds_idx),
                             glib_n_poll_fds)) {
        g_main_context_dispatch(context);
    }
}

static int os_host_main_loop_wait(int64_t timeout)
{
    GMainContext *context = g_main_context_default();
    int ret;

    g_main_context_acquire(context);
    glib_pollfds_fill(&timeout);

    /* The one place where others get the BQL. */
    qemu_mutex_unlock_iothread();
    ret = qemu_poll_ns((GPollFD *)gpollfds->data, gpollfds->len, timeout);
    qemu_mutex_lock_iothread();

    glib_pollfds_poll();
    g_main_context_release(context);
    return ret;
}

void main_loop_poll_add_notifier(Notifier *notify)
{
    notifier_list_add(&main_loop_poll_notifiers, notify);
}

void main_loop_poll_remove_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

void main_loop_wait(int nonblocking)
{
    MainLoopPoll mlpoll = {
        .state = MAIN_LOOP_POLL_FILL,
        .timeout = nonblocking ? 0 : UINT32_MAX,
        .pollfds = gpollfds,
    };
    int64_t timeout_ns;
    int ret;

    g_array_set_size(gpollfds, 0);
    notifier_list_notify(&main_loop_poll_notifiers, &mlpoll);

    timeout_ns = mlpoll.timeout == UINT32_MAX ?
                 -1 : (int64_t)mlpoll.timeout * SCALE_MS;
    timeout_ns = qemu_soonest_timeout(
        timeout_ns, timerlistgroup_deadline_ns(&main_loop_tlg));

    ret = os_host_main_loop_wait(timeout_ns);

    mlpoll.state = ret < 0 ? MAIN_LOOP_POLL_ERR : MAIN_LOOP_POLL_OK;
    notifier_list_notify(&main_loop_poll_notifiers, &mlpoll);

    qemu_clock_run_all_timers();
}

QEMUBH *qemu_bh_new_full(QEMUBHFunc *cb, void *opaque, const char *name,
                         MemReentrancyGuard *reentrancy_guard)
{
    return aio_bh_new_full(qemu_aio_context, cb, opaque, name,
                           reentrancy_guard);
}
