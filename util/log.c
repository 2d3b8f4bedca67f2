/*
 * The log: which items are on, and the file they go to.
 *
 * Read include/qemu/log.h first.  The file can be changed while other threads
 * write to it, and writing takes no lock of ours: a writer pins the file by
 * RCU (rcu_read_lock() in qemu_log_trylock()), and an exchanged file is closed
 * when no writer can hold it any more.  Within one file stdio's own lock keeps
 * the pieces of a message together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "trace/control.h"

/* An open log file; freed, and closed, when the last writer has left it. */
typedef struct RCUCloseFILE {
    struct rcu_head rcu;
    FILE *fd;
} RCUCloseFILE;

int qemu_loglevel;

/* Changes of what follows; readers do not take it. */
static GMutex global_lock;
static char *global_filename;
static FILE *global_file;
static bool log_per_thread;
static bool log_append;
static GArray *debug_regions;

/* With -d tid: this thread's own file, opened by its first message. */
static __thread FILE *thread_file;

static const char *const log_none = "none";

bool qemu_log_is_file(void)
{
    return global_file && global_file != stderr;
}

bool qemu_log_enabled(void)
{
    return log_per_thread || qatomic_read(&global_file) != NULL;
}

bool qemu_log_separate(void)
{
    if (log_per_thread) {
        return true;
    }
    return global_file && global_file != stderr;
}

/* One file a thread: the %d of its name is the thread's id. */
static FILE *qemu_log_thread_file(void)
{
    if (!thread_file && global_filename) {
        g_autofree char *name = g_strdup_printf(global_filename,
                                                qemu_get_thread_id());

        thread_file = fopen(name, "w");
    }
    return thread_file;
}

FILE *qemu_log_trylock(void)
{
    FILE *logfile;

    if (log_per_thread) {
        logfile = qemu_log_thread_file();
        if (logfile) {
            return logfile;
        }
    }
    rcu_read_lock();
    logfile = qatomic_rcu_read(&global_file);
    if (!logfile) {
        rcu_read_unlock();
        return NULL;
    }
    qemu_flockfile(logfile);
    return logfile;
}

void qemu_log_unlock(FILE *logfile)
{
    if (!logfile) {
        return;
    }
    fflush(logfile);
    if (logfile != thread_file) {
        qemu_funlockfile(logfile);
        rcu_read_unlock();
    }
}

void qemu_log(const char *fmt, ...)
{
    FILE *f = qemu_log_trylock();
    va_list ap;

    if (f) {
        va_start(ap, fmt);
        vfprintf(f, fmt, ap);
        va_end(ap);
        qemu_log_unlock(f);
    }
}

static void rcu_close_file(RCUCloseFILE *r)
{
    fclose(r->fd);
    g_free(r);
}

/*
 * A name may have one %d for the pid, and nothing else that printf() would
 * take for a conversion.
 */
static bool valid_filename_template(const char *filename, bool per_thread,
                                    Error **errp)
{
    const char *pct = strchr(filename, '%');

    if (!pct) {
        if (per_thread) {
            error_setg(errp, "Filename template with '%%d' required for 'tid'");
            return false;
        }
        return true;
    }
    if (pct[1] != 'd' || strchr(pct + 2, '%')) {
        error_setg(errp, "Bad logfile template: %s", filename);
        return false;
    }
    return true;
}

static FILE *qemu_log_open(const char *filename, Error **errp)
{
    g_autofree char *name = NULL;
    FILE *file;

    if (!filename) {
        return stderr;
    }
    if (strstr(filename, "%d")) {
        name = g_strdup_printf(filename, getpid());
    } else {
        name = g_strdup(filename);
    }
    file = fopen(name, log_append ? "a" : "w");
    if (!file) {
        error_setg_errno(errp, errno, "Error opening logfile %s", name);
        return NULL;
    }
    qemu_set_cloexec(fileno(file));

    /* In the background nobody reads messages elsewhere. */
    if (is_daemonized()) {
        dup2(fileno(file), STDERR_FILENO);
    }

    /* A file that was opened once is never truncated by us again. */
    log_append = true;
    return file;
}

/* Exchange the file; the old one is closed when its writers are gone. */
static void qemu_log_publish(FILE *file)
{
    FILE *old = global_file;

    if (file == old) {
        return;
    }
    qatomic_rcu_set(&global_file, file);
    if (old && old != stderr) {
        RCUCloseFILE *r = g_new0(RCUCloseFILE, 1);

        r->fd = old;
        call_rcu(r, rcu_close_file, rcu);
    }
}

/* @filename == log_none: keep the name there is. */
static bool qemu_set_log_internal(const char *filename, int log_flags,
                                  Error **errp)
{
    bool new_name = filename != log_none;
    bool per_thread = log_flags & LOG_PER_THREAD;
    FILE *file = NULL;

    if (new_name && filename && !*filename) {
        filename = NULL;
    }
    if (!new_name) {
        filename = global_filename;
    }
    if (filename && !valid_filename_template(filename, per_thread, errp)) {
        return false;
    }
    if (per_thread && !filename) {
        error_setg(errp, "Filename template with '%%d' required for 'tid'");
        return false;
    }

    /* Trace events go to the log too, and have switches of their own. */
    log_flags |= LOG_TRACE;

    if (new_name) {
        /* Another name is another file, and that one starts empty. */
        if (g_strcmp0(filename, global_filename) != 0) {
            log_append = false;
        }
        file = qemu_log_open(filename, errp);
        if (!file) {
            return false;
        }
        if (filename != global_filename) {
            g_free(global_filename);
            global_filename = g_strdup(filename);
        }
    } else {
        file = global_file;
        if (!file) {
            file = qemu_log_open(filename, errp);
            if (!file) {
                return false;
            }
        }
    }
    log_per_thread = per_thread;
    qemu_loglevel = log_flags;
    qemu_log_publish(file);
    return true;
}

bool qemu_set_log(int log_flags, Error **errp)
{
    bool ok;

    g_mutex_lock(&global_lock);
    ok = qemu_set_log_internal(log_none, log_flags, errp);
    g_mutex_unlock(&global_lock);
    return ok;
}

bool qemu_set_log_filename(const char *filename, Error **errp)
{
    bool ok;

    g_mutex_lock(&global_lock);
    ok = qemu_set_log_internal(filename, qemu_loglevel, errp);
    g_mutex_unlock(&global_lock);
    return ok;
}

bool qemu_set_log_filename_flags(const char *name, int flags, Error **errp)
{
    bool ok;

    g_mutex_lock(&global_lock);
    ok = qemu_set_log_internal(name, flags, errp);
    g_mutex_unlock(&global_lock);
    return ok;
}

/* -dfilter */

bool qemu_log_in_addr_range(uint64_t addr)
{
    if (!debug_regions) {
        return true;
    }
    for (guint i = 0; i < debug_regions->len; i++) {
        if (range_contains(&g_array_index(debug_regions, Range, i), addr)) {
            return true;
        }
    }
    return false;
}

/* START+LEN, START-LEN (that many before and START itself) or START..END */
static bool parse_dfilter_range(const char *text, Range *range, Error **errp)
{
    const char *op, *second, *end;
    uint64_t r1, r2;

    op = strstr(text, "..");
    second = op ? op + 2 : NULL;
    if (!op) {
        op = strpbrk(text, "+-");
        second = op ? op + 1 : NULL;
    }
    if (!op) {
        error_setg(errp, "Bad range specifier");
        return false;
    }
    if (qemu_strtou64(text, &end, 0, &r1) || end != op) {
        error_setg(errp, "Invalid number to the left of %.*s",
                   (int)(second - op), op);
        return false;
    }
    if (qemu_strtou64(second, NULL, 0, &r2)) {
        error_setg(errp, "Invalid number to the right of %.*s",
                   (int)(second - op), op);
        return false;
    }
    switch (*op) {
    case '+':
        range_set_bounds(range, r1, r1 + (r2 - 1));
        break;
    case '-':
        range_set_bounds(range, r1 - (r2 - 1), r1);
        break;
    default:
        if (r1 > r2 && r1 != r2 + 1) {
            error_setg(errp, "Invalid range");
            return false;
        }
        range_set_bounds(range, r1, r2);
    }
    return true;
}

void qemu_set_dfilter_ranges(const char *filter_spec, Error **errp)
{
    g_auto(GStrv) specs = g_strsplit(filter_spec, ",", 0);
    GArray *regions = g_array_new(false, false, sizeof(Range));

    for (char **spec = specs; *spec; spec++) {
        Range range;

        if (!parse_dfilter_range(*spec, &range, errp)) {
            g_array_unref(regions);
            return;
        }
        g_array_append_val(regions, range);
    }
    if (debug_regions) {
        g_array_unref(debug_regions);
    }
    debug_regions = regions;
}

/* Items; there is no translator, so what QEMU's would log is no item here */

const QEMULogItem qemu_log_items[] = {
    { CPU_LOG_INT, "int",
      "interrupts and exceptions, briefly" },
    { CPU_LOG_RESET, "cpu_reset",
      "state of a CPU before it is reset" },
    { LOG_GUEST_ERROR, "guest_errors",
      "guests that do what hardware forbids" },
    { LOG_UNIMP, "unimp",
      "guests that use what is not there" },
    { LOG_PER_THREAD, "tid",
      "a log file per thread; the name given by -D has a %d" },
    { 0, NULL, NULL },
};

int qemu_str_to_log_mask(const char *str)
{
    g_auto(GStrv) parts = g_strsplit(str, ",", 0);
    int mask = 0;

    for (char **part = parts; *part; part++) {
        const QEMULogItem *item;
        const char *pattern;

        if (g_str_equal(*part, "all")) {
            for (item = qemu_log_items; item->mask != 0; item++) {
                if (item->mask != LOG_PER_THREAD) {
                    mask |= item->mask;
                }
            }
            continue;
        }
        if (strstart(*part, "trace:", &pattern) && *pattern) {
            trace_enable_events(pattern);
            mask |= LOG_TRACE;
            continue;
        }
        for (item = qemu_log_items; item->mask != 0; item++) {
            if (g_str_equal(*part, item->name)) {
                break;
            }
        }
        if (item->mask == 0) {
            return 0;
        }
        mask |= item->mask;
    }
    return mask;
}

void qemu_print_log_usage(FILE *f)
{
    const QEMULogItem *item;

    fprintf(f, "Log items (comma separated):\n");
    for (item = qemu_log_items; item->mask != 0; item++) {
        fprintf(f, "%-15s %s\n", item->name, item->help);
    }
    fprintf(f, "%-15s %s\n", "trace:PATTERN", "trace events, as with -trace");
    fprintf(f, "\nUse \"-d trace:help\" to get a list of trace events.\n\n");
}
