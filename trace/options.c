/*
 * -trace: which events, and where they are written.
 *
 * Read trace/control.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/option.h"
#include "trace/control.h"

/* -trace file=, until trace_init_file() */
static char *trace_opts_file;

QemuOptsList qemu_trace_opts = {
    .name = "trace",
    .implied_opt_name = "enable",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_trace_opts.head),
    .desc = {
        {
            .name = "enable",
            .type = QEMU_OPT_STRING,
        },
        {
            .name = "events",
            .type = QEMU_OPT_STRING,
        },
        {
            .name = "file",
            .type = QEMU_OPT_STRING,
        },
        {
            .name = "depth",
            .type = QEMU_OPT_BOOL,
        },
        { /* end of list */ }
    },
};

/* -trace events=FILE; one event or pattern a line. */
static void trace_enable_events_in_file(const char *fname)
{
    Location loc;
    FILE *fp;
    char *line = NULL;
    size_t size = 0;
    int lno = 0;

    loc_push_none(&loc);
    loc_set_file(fname, 0);
    fp = fopen(fname, "r");
    if (!fp) {
        error_report("%s", strerror(errno));
        exit(1);
    }
    while (getline(&line, &size, fp) >= 0) {
        loc_set_file(fname, ++lno);
        g_strstrip(line);
        if (*line && *line != '#') {
            trace_enable_events(line);
        }
    }
    loc_pop(&loc);
    free(line);
    fclose(fp);
}

/* Called by main once the log is open: file= goes before -D. */
void trace_init_file(void)
{
    if (trace_opts_file) {
        qemu_set_log_filename_flags(trace_opts_file, LOG_TRACE, &error_fatal);
    }
}

bool trace_init_backends(void)
{
    /* The log is the only one, and main opens it. */
    return true;
}

void trace_opt_parse(const char *optarg)
{
    QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("trace"), optarg,
                                             true);

    if (!opts) {
        exit(1);
    }
    if (qemu_opt_get(opts, "enable")) {
        trace_enable_events(qemu_opt_get(opts, "enable"));
    }
    if (qemu_opt_get(opts, "events")) {
        trace_enable_events_in_file(qemu_opt_get(opts, "events"));
    }
    g_free(trace_opts_file);
    trace_opts_file = g_strdup(qemu_opt_get(opts, "file"));
    trace_log_depth = qemu_opt_get_bool(opts, "depth", trace_log_depth);
    qemu_opts_del(opts);
}
