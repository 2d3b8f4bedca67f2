/*
 * The accelerator's type, and how -accel finds one by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/accel.h"
#include "qemu/module.h"
#include "hw/core/accel-cpu.h"
#include "accel-softmmu.h"
#include "cpu.h"

static const TypeInfo accel_type = {
    .name = TYPE_ACCEL,
    .parent = TYPE_OBJECT,
    .class_size = sizeof(AccelClass),
    .instance_size = sizeof(AccelState),
};

AccelClass *accel_find(const char *opt_name)
{
    g_autofree char *class_name =
        g_strdup_printf(ACCEL_CLASS_NAME("%s"), opt_name);
    ObjectClass *oc = module_object_class_by_name(class_name);

    /* The name comes from a user: it may be that of any other type. */
    return (AccelClass *)object_class_dynamic_cast(oc, TYPE_ACCEL);
}

/* CPUs: what the accelerator does with those of this target */

/* For each class of CPUs. */
static void accel_init_cpu_int_aux(ObjectClass *klass, void *opaque)
{
    CPUClass *cc = CPU_CLASS(klass);
    AccelCPUClass *accel_cpu = opaque;

    cc->accel_cpu = accel_cpu;
    if (accel_cpu->cpu_class_init) {
        accel_cpu->cpu_class_init(cc);
    }
    if (cc->init_accel_cpu) {
        cc->init_accel_cpu(accel_cpu, cc);
    }
}

static void accel_init_cpu_interfaces(AccelClass *ac)
{
    g_autofree char *acc_name =
        g_strdup_printf("%s-%s", object_class_get_name(OBJECT_CLASS(ac)),
                        CPU_RESOLVING_TYPE);
    ObjectClass *acc = module_object_class_by_name(acc_name);

    if (acc) {
        object_class_foreach(accel_init_cpu_int_aux, CPU_RESOLVING_TYPE,
                             false, ACCEL_CPU_CLASS(acc));
    }
}

void accel_init_interfaces(AccelClass *ac)
{
    accel_init_ops_interfaces(ac);
    accel_init_cpu_interfaces(ac);
}

void accel_cpu_instance_init(CPUState *cpu)
{
    CPUClass *cc = CPU_GET_CLASS(cpu);

    if (cc->accel_cpu && cc->accel_cpu->cpu_instance_init) {
        cc->accel_cpu->cpu_instance_init(cpu);
    }
}

bool accel_cpu_realizefn(CPUState *cpu, Error **errp)
{
    CPUClass *cc = CPU_GET_CLASS(cpu);

    return !cc->accel_cpu || !cc->accel_cpu->cpu_realizefn ||
           cc->accel_cpu->cpu_realizefn(cpu, errp);
}

static const TypeInfo accel_cpu_type = {
    .name = TYPE_ACCEL_CPU,
    .parent = TYPE_OBJECT,
    .abstract = true,
    .class_size = sizeof(AccelCPUClass),
};

static void register_accel_types(void)
{
    type_register_static(&accel_type);
    type_register_static(&accel_cpu_type);
}

type_init(register_accel_types)
