/*
 * The type of x86 CPUs.
 *
 *     cpu -> x86_64-cpu -> qemu64-x86_64-cpu, EPYC-v2-x86_64-cpu, ...
 *                       -> max-x86_64-cpu -> host-x86_64-cpu
 *                       -> base-x86_64-cpu
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_I386_CPU_QOM_H
#define QEMU_I386_CPU_QOM_H

#include "hw/core/cpu.h"
#include "qom/object.h"

#define TYPE_X86_CPU "x86_64-cpu"

OBJECT_DECLARE_TYPE(X86CPU, X86CPUClass, X86_CPU)

typedef struct X86CPUModel X86CPUModel;

/*
 * A model, or what several have in common.
 *
 * @host_cpuid_required: does it make sense under accelerators alone that run
 *     on this host's CPU?
 * @ordering: `-cpu help` and query-cpu-definitions list 0 first.
 * @migration_safe: is it the same CPU on every host?
 * @static_model: the same, and with every machine type?
 * @model: the row of the tables it is made of; NULL for max and base.
 * @model_description: for `-cpu help`, where there is no row.
 */
struct X86CPUClass {
    CPUClass parent_class;

    bool host_cpuid_required;
    int ordering;
    bool migration_safe;
    bool static_model;
    X86CPUModel *model;
    const char *model_description;

    DeviceRealize parent_realize;
    DeviceUnrealize parent_unrealize;
    DeviceReset parent_reset;
};

#endif
