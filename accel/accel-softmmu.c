/*
 * An accelerator for a machine: start it, and finish when the machine is built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/accel.h"
#include "qemu/module.h"
#include "hw/boards.h"
#include "sysemu/accel-ops.h"
#include "sysemu/cpus.h"
#include "accel-softmmu.h"

int accel_init_machine(AccelState *accel, MachineState *ms)
{
    AccelClass *acc = ACCEL_GET_CLASS(accel);
    int ret;

    ms->accelerator = accel;
    *acc->allowed = true;
    ret = acc->init_machine(ms);
    if (ret < 0) {
        ms->accelerator = NULL;
        *acc->allowed = false;
        object_unref(OBJECT(accel));
    } else {
        object_set_accelerator_compat_props(acc->compat_props);
    }
    return ret;
}

AccelState *current_accel(void)
{
    return current_machine ? current_machine->accelerator : NULL;
}

void accel_setup_post(MachineState *ms)
{
    AccelState *accel = ms->accelerator;
    AccelClass *acc = ACCEL_GET_CLASS(accel);

    if (acc->setup_post) {
        acc->setup_post(ms, accel);
    }
}

void accel_init_ops_interfaces(AccelClass *ac)
{
    const char *ac_name = object_class_get_name(OBJECT_CLASS(ac));
    g_autofree char *ops_name =
        g_strdup_printf("%s" ACCEL_OPS_SUFFIX, ac_name);
    AccelOpsClass *ops = ACCEL_OPS_CLASS(module_object_class_by_name(ops_name));

    if (ops->ops_init) {
        ops->ops_init(ops);
    }
    cpus_register_accel(ops);
}

int accel_supported_gdbstub_sstep_flags(void)
{
    AccelClass *acc = ACCEL_GET_CLASS(current_accel());

    return acc->gdbstub_supported_sstep_flags ?
           acc->gdbstub_supported_sstep_flags() : 0;
}

static const TypeInfo accel_ops_type_info = {
    .name = TYPE_ACCEL_OPS,
    .parent = TYPE_OBJECT,
    .abstract = true,
    .class_size = sizeof(AccelOpsClass),
};

static void accel_softmmu_register_types(void)
{
    type_register_static(&accel_ops_type_info);
}

type_init(accel_softmmu_register_types)
