/*
 * The machine starts and stops: which states follow which, and who is told in
 * which order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "sysemu/runstate.h"

static GString *heard;

static void runstate_hear(void *opaque, bool running, RunState state)
{
    g_string_append_printf(heard, "%s%c ", (const char *)opaque,
                           running ? '+' : '-');
}

/* A device before what depends on it when starting; the reverse to stop. */
static void test_runstate_order(void)
{
    VMChangeStateEntry *e[4];

    heard = g_string_new(NULL);
    e[0] = qemu_add_vm_change_state_handler_prio(runstate_hear,
                                                 (void *)"late", 5);
    e[1] = qemu_add_vm_change_state_handler(runstate_hear, (void *)"a");
    e[2] = qemu_add_vm_change_state_handler(runstate_hear, (void *)"b");
    e[3] = qemu_add_vm_change_state_handler_prio(runstate_hear,
                                                 (void *)"early", -1);

    vm_state_notify(true, RUN_STATE_RUNNING);
    g_assert_cmpstr(heard->str, ==, "early+ a+ b+ late+ ");
    g_string_truncate(heard, 0);
    vm_state_notify(false, RUN_STATE_PAUSED);
    g_assert_cmpstr(heard->str, ==, "late- b- a- early- ");

    for (int i = 0; i < ARRAY_SIZE(e); i++) {
        qemu_del_vm_change_state_handler(e[i]);
    }
    g_string_truncate(heard, 0);
    vm_state_notify(true, RUN_STATE_RUNNING);
    g_assert_cmpstr(heard->str, ==, "");
    g_string_free(heard, true);
}

static VMChangeStateEntry *once_entry;

static void runstate_hear_once(void *opaque, bool running, RunState state)
{
    ++*(int *)opaque;
    qemu_del_vm_change_state_handler(once_entry);
}

static void test_runstate_delete_itself(void)
{
    int calls = 0;

    once_entry = qemu_add_vm_change_state_handler(runstate_hear_once, &calls);
    vm_state_notify(true, RUN_STATE_RUNNING);
    vm_state_notify(false, RUN_STATE_PAUSED);
    g_assert_cmpint(calls, ==, 1);
}

static void test_runstate_transitions(void)
{
    g_assert_true(runstate_check(RUN_STATE_PRELAUNCH));
    runstate_set(RUN_STATE_PRELAUNCH);      /* where it is already */
    runstate_set(RUN_STATE_RUNNING);
    g_assert_true(runstate_is_running());
    runstate_set(RUN_STATE_PAUSED);
    g_assert_false(runstate_is_running());
    g_assert_false(runstate_needs_reset());
    runstate_set(RUN_STATE_RUNNING);
    runstate_set(RUN_STATE_SHUTDOWN);
    g_assert_true(runstate_needs_reset());
    runstate_set(RUN_STATE_PAUSED);
    g_assert_cmpint(runstate_get(), ==, RUN_STATE_PAUSED);
}

/* A state that cannot follow is a bug in the program. */
static void test_runstate_invalid(void)
{
    if (g_test_subprocess()) {
        runstate_set(RUN_STATE_SAVE_VM);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr(
        "*invalid runstate transition: 'prelaunch' -> 'save-vm'*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/runstate/order", test_runstate_order);
    g_test_add_func("/runstate/delete-itself", test_runstate_delete_itself);
    g_test_add_func("/runstate/invalid", test_runstate_invalid);
    g_test_add_func("/runstate/transitions", test_runstate_transitions);
    return g_test_run();
}
