/*
 * QMP commands about the whole.
 *
 * Commands about a part are with that part.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "monitor/hmp-target.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-acpi.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qmp/qerror.h"
#include "qemu/accel.h"
#include "qemu/uuid.h"
#include "sysemu/block-backend.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

NameInfo *qmp_query_name(Error **errp)
{
    NameInfo *info = g_new0(NameInfo, 1);

    info->has_name = qemu_name != NULL;
    info->name = g_strdup(qemu_name);
    return info;
}

UuidInfo *qmp_query_uuid(Error **errp)
{
    UuidInfo *info = g_new0(UuidInfo, 1);

    info->UUID = qemu_uuid_unparse_strdup(&qemu_uuid);
    return info;
}

KvmInfo *qmp_query_kvm(Error **errp)
{
    KvmInfo *info = g_new0(KvmInfo, 1);
    AccelClass *kvm = accel_find("kvm");

    info->present = kvm != NULL;
    info->enabled = kvm && kvm->allowed && *kvm->allowed;
    return info;
}

ACPIOSTInfoList *qmp_query_acpi_ospm_status(Error **errp)
{
    Object *obj = object_resolve_path_type("", TYPE_ACPI_DEVICE_IF, NULL);
    ACPIOSTInfoList *head = NULL, **tail = &head;

    if (!obj) {
        error_setg(errp, "command is not supported, missing ACPI device");
        return NULL;
    }
    ACPI_DEVICE_IF_GET_CLASS(obj)->ospm_status(ACPI_DEVICE_IF(obj), &tail);
    return head;
}

void qmp_quit(Error **errp)
{
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_HOST_QMP_QUIT);
}

void qmp_stop(Error **errp)
{
    vm_stop(RUN_STATE_PAUSED);
}

void qmp_cont(Error **errp)
{
    BlockBackend *blk;

    if (runstate_needs_reset()) {
        error_setg(errp, "Resetting the Virtual Machine is required");
        return;
    }
    if (runstate_check(RUN_STATE_SUSPENDED)) {
        return;
    }
    /* Whoever lets it go on has seen what was wrong. */
    for (blk = blk_next(NULL); blk; blk = blk_next(blk)) {
        blk_iostatus_reset(blk);
    }
    vm_start();
}

void qmp_system_reset(Error **errp)
{
    qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
}

void qmp_system_powerdown(Error **errp)
{
    qemu_system_powerdown_request();
}

void qmp_system_wakeup(Error **errp)
{
    if (!qemu_wakeup_suspend_enabled()) {
        error_setg(errp,
                   "wake-up from suspend is not supported by this guest");
        return;
    }
    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, errp);
}

char *qmp_human_monitor_command(const char *command_line, bool has_cpu_index,
                                int64_t cpu_index, Error **errp)
{
    MonitorHMP hmp = { };
    char *output;

    monitor_data_init(&hmp.common, false, false);
    hmp.common.skip_flush = true;
    if (has_cpu_index && monitor_set_cpu(&hmp.common, cpu_index) < 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "cpu-index",
                   "a CPU number");
        g_string_free(hmp.common.outbuf, true);
        output = NULL;
    } else {
        handle_hmp_command(&hmp, command_line);
        output = g_string_free(hmp.common.outbuf, false);
    }
    g_free(hmp.common.mon_cpu_path);
    qemu_mutex_destroy(&hmp.common.mon_lock);
    return output;
}
