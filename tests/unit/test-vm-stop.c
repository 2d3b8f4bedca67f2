/*
 * Who asks for a stop is heard, however soon somebody lets the machine go on.
 *
 * A disk that has failed says so (BLOCK_IO_ERROR) and asks for the stop, which
 * the main loop does later.  A client may answer with `cont` before: requests
 * that wait for the machine to go on would wait for ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

static GString *heard;

static void vm_stop_hear(void *opaque, bool running, RunState state)
{
    g_string_append_printf(heard, "%s ", RunState_str(state));
}

static void test_start_before_stop(void)
{
    VMChangeStateEntry *e = qemu_add_vm_change_state_handler(vm_stop_hear,
                                                             NULL);
    heard = g_string_new(NULL);

    vm_start();
    g_assert_cmpstr(heard->str, ==, "running ");
    vm_start();
    g_assert_cmpstr(heard->str, ==, "running ");

    qemu_system_vmstop_request_prepare();
    qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    vm_start();
    g_assert_cmpstr(heard->str, ==, "running io-error running ");
    g_assert_true(runstate_is_running());

    /* One that comes while it is stopped is over. */
    vm_stop(RUN_STATE_IO_ERROR);
    qemu_system_vmstop_request_prepare();
    qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    g_string_truncate(heard, 0);
    vm_start();
    g_assert_cmpstr(heard->str, ==, "running ");

    vm_stop(RUN_STATE_PAUSED);
    qemu_del_vm_change_state_handler(e);
    g_string_free(heard, true);
}

int main(int argc, char **argv)
{
    char *args[] = {
        argv[0], (char *)"-M", (char *)"none", (char *)"-nodefaults",
        (char *)"-display", (char *)"none", (char *)"-accel",
        (char *)"qtest", (char *)"-S", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    g_test_add_func("/vm-stop/start-before-stop", test_start_before_stop);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
