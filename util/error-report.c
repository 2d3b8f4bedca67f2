/*
 * Messages to the user: where they come from, where they go.
 *
 * Read include/qemu/error-report.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qemu/error-report.h"

typedef enum {
    REPORT_TYPE_ERROR,
    REPORT_TYPE_WARNING,
    REPORT_TYPE_INFO,
} report_type;

bool message_with_timestamp;
bool error_with_guestname;
const char *error_guest_name;

/*
 * The bottom of the stack of locations is always there.  The stack is the main
 * thread's; messages of other threads carry its location as well, because
 * nothing better is known.
 */
static Location std_loc = {
    .kind = LOC_NONE,
};
static Location *cur_loc = &std_loc;

Location *loc_push_restore(Location *loc)
{
    assert(!loc->prev);
    loc->prev = cur_loc;
    cur_loc = loc;
    return loc;
}

Location *loc_push_none(Location *loc)
{
    loc->kind = LOC_NONE;
    loc->prev = NULL;
    return loc_push_restore(loc);
}

Location *loc_pop(Location *loc)
{
    assert(cur_loc == loc && loc->prev);
    cur_loc = loc->prev;
    loc->prev = NULL;
    return loc;
}

/* A copy of the current location that can be pushed later. */
Location *loc_save(Location *loc)
{
    *loc = *cur_loc;
    loc->prev = NULL;
    return loc;
}

/* Change the current location to @loc, which stays the caller's. */
void loc_restore(Location *loc)
{
    Location *prev = cur_loc->prev;

    assert(!loc->prev);
    *cur_loc = *loc;
    cur_loc->prev = prev;
}

void loc_set_none(void)
{
    cur_loc->kind = LOC_NONE;
}

void loc_set_cmdline(char **argv, int idx, int cnt)
{
    cur_loc->kind = LOC_CMDLINE;
    cur_loc->num = cnt;
    cur_loc->ptr = argv + idx;
}

/* @fname NULL: only the line changes. */
void loc_set_file(const char *fname, int lno)
{
    assert(fname || cur_loc->kind == LOC_FILE);
    cur_loc->kind = LOC_FILE;
    cur_loc->num = lno;
    if (fname) {
        cur_loc->ptr = fname;
    }
}

/* An HMP command that is running; QMP gets its errors in another way. */
static Monitor *error_monitor(void)
{
    return monitor_cur_is_qmp() ? NULL : monitor_cur();
}

int error_vprintf(const char *fmt, va_list ap)
{
    Monitor *mon = error_monitor();

    if (mon) {
        return monitor_vprintf(mon, fmt, ap);
    }
    return vfprintf(stderr, fmt, ap);
}

int error_printf(const char *fmt, ...)
{
    va_list ap;
    int ret;

    va_start(ap, fmt);
    ret = error_vprintf(fmt, ap);
    va_end(ap);
    return ret;
}

/* "NAME: " and the location; nothing about a location in a monitor. */
static void print_loc(void)
{
    const char *sep = "";

    if (!monitor_cur() && g_get_prgname()) {
        error_printf("%s:", g_get_prgname());
        sep = " ";
    }
    switch (cur_loc->kind) {
    case LOC_CMDLINE:
        for (int i = 0; i < cur_loc->num; i++) {
            error_printf("%s%s", sep, ((char *const *)cur_loc->ptr)[i]);
            sep = " ";
        }
        error_printf(": ");
        break;
    case LOC_FILE:
        error_printf("%s:", (const char *)cur_loc->ptr);
        if (cur_loc->num) {
            error_printf("%d:", cur_loc->num);
        }
        error_printf(" ");
        break;
    default:
        error_printf("%s", sep);
    }
}

static void print_timestamp(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *text = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");

    error_printf("%s.%06dZ ", text, g_date_time_get_microsecond(now));
}

static void G_GNUC_PRINTF(2, 0)
vreport(report_type type, const char *fmt, va_list ap)
{
    if (message_with_timestamp && !monitor_cur()) {
        print_timestamp();
    }
    if (error_with_guestname && error_guest_name && !monitor_cur()) {
        error_printf("%s ", error_guest_name);
    }
    print_loc();
    if (type == REPORT_TYPE_WARNING) {
        error_printf("warning: ");
    } else if (type == REPORT_TYPE_INFO) {
        error_printf("info: ");
    }
    error_vprintf(fmt, ap);
    error_printf("\n");
}

void error_vreport(const char *fmt, va_list ap)
{
    vreport(REPORT_TYPE_ERROR, fmt, ap);
}

void warn_vreport(const char *fmt, va_list ap)
{
    vreport(REPORT_TYPE_WARNING, fmt, ap);
}

void info_vreport(const char *fmt, va_list ap)
{
    vreport(REPORT_TYPE_INFO, fmt, ap);
}

void error_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vreport(REPORT_TYPE_ERROR, fmt, ap);
    va_end(ap);
}

void warn_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vreport(REPORT_TYPE_WARNING, fmt, ap);
    va_end(ap);
}

void info_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vreport(REPORT_TYPE_INFO, fmt, ap);
    va_end(ap);
}

bool error_report_once_cond(bool *printed, const char *fmt, ...)
{
    va_list ap;

    if (*printed) {
        return false;
    }
    *printed = true;
    va_start(ap, fmt);
    vreport(REPORT_TYPE_ERROR, fmt, ap);
    va_end(ap);
    return true;
}

bool warn_report_once_cond(bool *printed, const char *fmt, ...)
{
    va_list ap;

    if (*printed) {
        return false;
    }
    *printed = true;
    va_start(ap, fmt);
    vreport(REPORT_TYPE_WARNING, fmt, ap);
    va_end(ap);
    return true;
}

/* GLib's messages; those for developers only if G_MESSAGES_DEBUG asks. */
static void qemu_log_func(const gchar *log_domain, GLogLevelFlags log_level,
                          const gchar *message, gpointer user_data)
{
    const char *debug = g_getenv("G_MESSAGES_DEBUG");
    const char *domain = log_domain ? log_domain : "";
    const char *colon = *domain ? ": " : "";

    switch (log_level & G_LOG_LEVEL_MASK) {
    case G_LOG_LEVEL_DEBUG:
    case G_LOG_LEVEL_INFO:
        if (!debug || (strcmp(debug, "all") != 0 &&
                       (!*domain || !strstr(debug, domain)))) {
            return;
        }
        /* fall through */
    case G_LOG_LEVEL_MESSAGE:
        info_report("%s%s%s", domain, colon, message);
        break;
    case G_LOG_LEVEL_WARNING:
        warn_report("%s%s%s", domain, colon, message);
        break;
    default:
        error_report("%s%s%s", domain, colon, message);
    }
}

void error_init(const char *argv0)
{
    const char *p = strrchr(argv0, '/');

    g_set_prgname(p ? p + 1 : argv0);
    g_log_set_default_handler(qemu_log_func, NULL);
}
