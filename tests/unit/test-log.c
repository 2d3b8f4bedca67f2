/*
 * The log, and the trace events that write to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "trace/control.h"

static char *log_dir;

static char *log_path(const char *name)
{
    return g_build_filename(log_dir, name, NULL);
}

static char *read_and_remove(const char *path)
{
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    unlink(path);
    return text;
}

/* Only what was asked for is written. */
static void test_mask(void)
{
    g_autofree char *path = log_path("mask");
    g_autofree char *text = NULL;

    qemu_set_log_filename_flags(path, LOG_GUEST_ERROR, &error_abort);
    qemu_log_mask(LOG_GUEST_ERROR, "tally: read of 0x%x\n", 12);
    qemu_log_mask(LOG_UNIMP, "not this\n");
    text = read_and_remove(path);
    g_assert_cmpstr(text, ==, "tally: read of 0xc\n");
}

/* %d is the pid, and the only thing that may be like that. */
static void test_filename(void)
{
    g_autofree char *template = log_path("log-%d");
    g_autofree char *name = g_strdup_printf("log-%d", getpid());
    g_autofree char *path = log_path(name);
    g_autofree char *text = NULL;
    Error *err = NULL;

    qemu_set_log_filename_flags(template, LOG_UNIMP, &error_abort);
    qemu_log("hello\n");
    text = read_and_remove(path);
    g_assert_cmpstr(text, ==, "hello\n");

    g_assert_false(qemu_set_log_filename("/tmp/x-%s", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Bad logfile template: /tmp/x-%s");
    error_free_or_abort(&err);
    g_assert_false(qemu_set_log_filename("/no/such/dir/x", &err));
    g_assert_true(g_str_has_prefix(error_get_pretty(err),
                                   "Error opening logfile /no/such/dir/x"));
    error_free(err);
}

static void test_items(void)
{
    g_assert_cmpint(qemu_str_to_log_mask("guest_errors,unimp"), ==,
                    LOG_GUEST_ERROR | LOG_UNIMP);
    g_assert_cmpint(qemu_str_to_log_mask("guest_errors,nonsense"), ==, 0);
    g_assert_true(qemu_str_to_log_mask("all") & LOG_UNIMP);
}

static void test_dfilter(void)
{
    Error *err = NULL;

    g_assert_true(qemu_log_in_addr_range(0));
    qemu_set_dfilter_ranges("0x1000+0x10,0x2000..0x20ff", &error_abort);
    g_assert_true(qemu_log_in_addr_range(0x100f));
    g_assert_false(qemu_log_in_addr_range(0x1010));
    g_assert_true(qemu_log_in_addr_range(0x20ff));
    qemu_set_dfilter_ranges("0x1000", &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Bad range specifier");
    error_free(err);
}

/* Register two events as generated code does. */
static uint16_t one_dstate, two_dstate;
static TraceEvent one = { .name = "nic_one", .sstate = 1,
                          .dstate = &one_dstate };
static TraceEvent two = { .name = "nic_two", .sstate = 1,
                          .dstate = &two_dstate };
static TraceEvent *nic_events[] = { &one, &two, NULL };

static void test_trace_patterns(void)
{
    TraceEventIter iter;

    trace_event_register_group(nic_events);
    g_assert_true(trace_event_name("nic_two") == &two);
    g_assert_null(trace_event_name("nic_three"));

    trace_event_iter_init_pattern(&iter, "nic_t*");
    g_assert_true(trace_event_iter_next(&iter) == &two);
    g_assert_null(trace_event_iter_next(&iter));

    trace_enable_events("nic_*");
    g_assert_true(trace_event_get_state_dynamic(&one));
    g_assert_cmpint(trace_events_enabled_count, ==, 2);
    trace_enable_events("-nic_one");
    g_assert_false(trace_event_get_state_dynamic(&one));
    g_assert_true(trace_event_get_state_dynamic(&two));
    trace_enable_events("-*");
    g_assert_cmpint(trace_events_enabled_count, ==, 0);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    log_dir = g_dir_make_tmp("test-log-XXXXXX", NULL);
    g_test_add_func("/log/mask", test_mask);
    g_test_add_func("/log/filename", test_filename);
    g_test_add_func("/log/items", test_items);
    g_test_add_func("/log/dfilter", test_dfilter);
    g_test_add_func("/trace/patterns", test_trace_patterns);
    ret = g_test_run();
    rmdir(log_dir);
    g_free(log_dir);
    return ret;
}
