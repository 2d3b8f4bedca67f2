/*
 * Error objects: who gets told, and what.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

static void fail(Error **errp)
{
    error_setg(errp, "netdev '%s' not found", "tap0");
}

/* The caller who passes a pointer gets the message, and owns it. */
static void test_set(void)
{
    Error *err = NULL;

    fail(&err);
    g_assert_cmpstr(error_get_pretty(err), ==, "netdev 'tap0' not found");
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_GENERIC_ERROR);
    error_free_or_abort(&err);
    g_assert_null(err);
}

/* Who passes NULL does not care, and nothing leaks. */
static void test_ignore(void)
{
    fail(NULL);
}

static void test_errno_and_class(void)
{
    Error *err = NULL;

    error_setg_file_open(&err, ENOENT, "disk.img");
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Could not open 'disk.img': No such file or directory");
    error_free_or_abort(&err);

    error_set(&err, ERROR_CLASS_DEVICE_NOT_FOUND, "no %s", "nic0");
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_DEVICE_NOT_FOUND);
    error_free_or_abort(&err);
}

/* errno is the same before and after. */
static void test_keeps_errno(void)
{
    Error *err = NULL;

    errno = EBUSY;
    fail(&err);
    g_assert_cmpint(errno, ==, EBUSY);
    error_free(err);
}

/* The first error wins; the second is freed. */
static void test_propagate(void)
{
    Error *first = NULL, *second = NULL;

    fail(&second);
    error_propagate_prepend(&first, second, "nic0: ");
    g_assert_cmpstr(error_get_pretty(first), ==,
                    "nic0: netdev 'tap0' not found");

    second = NULL;
    error_setg(&second, "another");
    error_propagate(&first, second);
    g_assert_cmpstr(error_get_pretty(first), ==,
                    "nic0: netdev 'tap0' not found");
    error_free(first);
}

static bool *guarded_saw;

static void guarded(Error **errp)
{
    ERRP_GUARD();

    fail(errp);
    *guarded_saw = *errp != NULL;
    error_prepend(errp, "nic0: ");
    error_append_hint(errp, "Try -netdev help.\n");
}

/* With ERRP_GUARD() a function can look at *errp, also for a caller's NULL. */
static void test_guard(void)
{
    Error *err = NULL;
    bool saw = false;

    guarded_saw = &saw;
    guarded(NULL);
    g_assert_true(saw);

    saw = false;
    guarded(&err);
    g_assert_true(saw);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "nic0: netdev 'tap0' not found");
    error_free(err);
}

static void test_copy(void)
{
    Error *err = NULL, *copy;

    guarded_saw = &(bool){ false };
    guarded(&err);
    copy = error_copy(err);
    error_free(err);
    g_assert_cmpstr(error_get_pretty(copy), ==,
                    "nic0: netdev 'tap0' not found");
    error_free(copy);
}

/* error_fatal prints, the hint too, and exits with 1. */
static void test_fatal(void)
{
    if (g_test_subprocess()) {
        g_set_prgname("prog");
        guarded_saw = &(bool){ false };
        guarded(&error_fatal);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("prog: nic0: netdev 'tap0' not found\n"
                              "Try -netdev help.\n");
}

/* error_abort says where, and aborts there. */
static void test_abort(void)
{
    if (g_test_subprocess()) {
        fail(&error_abort);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("Unexpected error in fail() at *test-error.c:*\n"
                              "*netdev 'tap0' not found\n*");
}

/* A message carries the option or the line that was being parsed. */
static void test_location(void)
{
    if (g_test_subprocess()) {
        char *argv[] = { (char *)"-device", (char *)"tally,limit=0" };
        Location option, line;

        g_set_prgname("prog");
        loc_push_none(&option);
        loc_set_cmdline(argv, 0, 2);
        error_report("bad");
        loc_push_none(&line);
        loc_set_file("vm.cfg", 7);
        warn_report("odd");
        loc_pop(&line);
        info_report("still there");
        loc_pop(&option);
        error_report("nowhere");
        for (int i = 0; i < 3; i++) {
            warn_report_once("said once");
        }
        exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr(
        "prog: -device tally,limit=0: bad\n"
        "prog:vm.cfg:7: warning: odd\n"
        "prog: -device tally,limit=0: info: still there\n"
        "prog: nowhere\n"
        "prog: warning: said once\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error/set", test_set);
    g_test_add_func("/error/ignore", test_ignore);
    g_test_add_func("/error/errno-and-class", test_errno_and_class);
    g_test_add_func("/error/keeps-errno", test_keeps_errno);
    g_test_add_func("/error/propagate", test_propagate);
    g_test_add_func("/error/guard", test_guard);
    g_test_add_func("/error/copy", test_copy);
    g_test_add_func("/error/fatal", test_fatal);
    g_test_add_func("/error/abort", test_abort);
    g_test_add_func("/error/location", test_location);
    return g_test_run();
}
