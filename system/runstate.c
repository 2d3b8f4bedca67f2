/*
 * Run states, and who is told when the machine starts and stops.
 *
 * Read include/sysemu/runstate.h first; requests from devices and clients
 * are in shutdown.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-commands-run-state.h"
#include "qemu/error-report.h"
#include "hw/qdev-core.h"
#include "sysemu/runstate.h"
#include "trace.h"

static RunState current_run_state = RUN_STATE_PRELAUNCH;

#define TO(state) (1u << RUN_STATE_##state)

/* From each state, the states that may follow. */
static const uint32_t runstate_transitions[RUN_STATE__MAX] = {
    [RUN_STATE_PRELAUNCH] = TO(INMIGRATE) | TO(RUNNING) | TO(FINISH_MIGRATE),
    [RUN_STATE_DEBUG] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH),
    [RUN_STATE_INMIGRATE] = TO(INTERNAL_ERROR) | TO(IO_ERROR) | TO(PAUSED) |
        TO(RUNNING) | TO(SHUTDOWN) | TO(SUSPENDED) | TO(WATCHDOG) |
        TO(GUEST_PANICKED) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) |
        TO(POSTMIGRATE) | TO(COLO),
    [RUN_STATE_INTERNAL_ERROR] = TO(PAUSED) | TO(FINISH_MIGRATE) |
        TO(PRELAUNCH),
    [RUN_STATE_IO_ERROR] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH),
    [RUN_STATE_PAUSED] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(POSTMIGRATE) |
        TO(PRELAUNCH) | TO(COLO),
    [RUN_STATE_POSTMIGRATE] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH),
    [RUN_STATE_FINISH_MIGRATE] = TO(RUNNING) | TO(PAUSED) | TO(POSTMIGRATE) |
        TO(PRELAUNCH) | TO(COLO) | TO(INTERNAL_ERROR) | TO(IO_ERROR) |
        TO(SHUTDOWN) | TO(SUSPENDED) | TO(WATCHDOG) | TO(GUEST_PANICKED),
    [RUN_STATE_RESTORE_VM] = TO(RUNNING) | TO(PRELAUNCH),
    [RUN_STATE_COLO] = TO(RUNNING) | TO(PRELAUNCH) | TO(SHUTDOWN),
    [RUN_STATE_RUNNING] = TO(DEBUG) | TO(INTERNAL_ERROR) | TO(IO_ERROR) |
        TO(PAUSED) | TO(FINISH_MIGRATE) | TO(RESTORE_VM) | TO(SAVE_VM) |
        TO(SHUTDOWN) | TO(SUSPENDED) | TO(WATCHDOG) | TO(GUEST_PANICKED) |
        TO(COLO),
    [RUN_STATE_SAVE_VM] = TO(RUNNING),
    [RUN_STATE_SHUTDOWN] = TO(PAUSED) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) |
        TO(COLO),
    [RUN_STATE_SUSPENDED] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) |
        TO(COLO) | TO(DEBUG) | TO(SHUTDOWN),
    [RUN_STATE_WATCHDOG] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) |
        TO(COLO),
    [RUN_STATE_GUEST_PANICKED] = TO(RUNNING) | TO(FINISH_MIGRATE) |
        TO(PRELAUNCH),
};

#undef TO

bool runstate_check(RunState state)
{
    return current_run_state == state;
}

RunState runstate_get(void)
{
    return current_run_state;
}

bool runstate_is_running(void)
{
    return runstate_check(RUN_STATE_RUNNING);
}

bool runstate_needs_reset(void)
{
    return runstate_check(RUN_STATE_INTERNAL_ERROR) ||
           runstate_check(RUN_STATE_SHUTDOWN);
}

StatusInfo *qmp_query_status(Error **errp)
{
    StatusInfo *info = g_new0(StatusInfo, 1);

    info->running = runstate_is_running();
    info->status = current_run_state;
    return info;
}

void runstate_set(RunState new_state)
{
    assert(new_state < RUN_STATE__MAX);

    trace_runstate_set(RunState_str(current_run_state),
                       RunState_str(new_state));
    if (current_run_state == new_state) {
        return;
    }
    if (!(runstate_transitions[current_run_state] & (1u << new_state))) {
        error_report("invalid runstate transition: '%s' -> '%s'",
                     RunState_str(current_run_state),
                     RunState_str(new_state));
        abort();
    }
    current_run_state = new_state;
}

/* Change handlers */

struct VMChangeStateEntry {
    VMChangeStateHandler *cb;
    void *opaque;
    int priority;
    QTAILQ_ENTRY(VMChangeStateEntry) entries;
};

static QTAILQ_HEAD(, VMChangeStateEntry) vm_change_state_head =
    QTAILQ_HEAD_INITIALIZER(vm_change_state_head);

VMChangeStateEntry *qemu_add_vm_change_state_handler_prio(
        VMChangeStateHandler *cb, void *opaque, int priority)
{
    VMChangeStateEntry *e = g_new0(VMChangeStateEntry, 1);
    VMChangeStateEntry *other;

    e->cb = cb;
    e->opaque = opaque;
    e->priority = priority;

    QTAILQ_FOREACH(other, &vm_change_state_head, entries) {
        if (priority < other->priority) {
            QTAILQ_INSERT_BEFORE(other, e, entries);
            return e;
        }
    }
    QTAILQ_INSERT_TAIL(&vm_change_state_head, e, entries);
    return e;
}

VMChangeStateEntry *qemu_add_vm_change_state_handler(VMChangeStateHandler *cb,
                                                     void *opaque)
{
    return qemu_add_vm_change_state_handler_prio(cb, opaque, 0);
}

static int qdev_get_dev_tree_depth(DeviceState *dev)
{
    int depth;

    for (depth = 0; dev; depth++) {
        BusState *bus = dev->parent_bus;

        dev = bus ? bus->parent : NULL;
    }
    return depth;
}

VMChangeStateEntry *qdev_add_vm_change_state_handler(DeviceState *dev,
                                                     VMChangeStateHandler *cb,
                                                     void *opaque)
{
    return qemu_add_vm_change_state_handler_prio(cb, opaque,
                                                 qdev_get_dev_tree_depth(dev));
}

void qemu_del_vm_change_state_handler(VMChangeStateEntry *e)
{
    QTAILQ_REMOVE(&vm_change_state_head, e, entries);
    g_free(e);
}

/* A handler may delete itself. */
void vm_state_notify(bool running, RunState state)
{
    VMChangeStateEntry *e, *next;

    trace_vm_state_notify(running, state, RunState_str(state));

    if (running) {
        QTAILQ_FOREACH_SAFE(e, &vm_change_state_head, entries, next) {
            e->cb(e->opaque, running, state);
        }
    } else {
        QTAILQ_FOREACH_REVERSE_SAFE(e, &vm_change_state_head, entries, next) {
            e->cb(e->opaque, running, state);
        }
    }
}
