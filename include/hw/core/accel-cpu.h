/*
 * AccelCPUClass: what an accelerator does with the CPUs of one target.
 *
 * Its type is called after both, "kvm-accel-x86_64-cpu".  When the accelerator
 * has been chosen, accel_init_interfaces() gives the class to all CPU classes.
 * An accelerator that does nothing special (qtest) has none.  "cpu.h" is the
 * target's (target/i386/cpu.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ACCEL_CPU_H
#define ACCEL_CPU_H

#include "target/i386/cpu.h"

#define TYPE_ACCEL_CPU "accel-" CPU_RESOLVING_TYPE
#define ACCEL_CPU_NAME(name) (name "-" TYPE_ACCEL_CPU)
typedef struct AccelCPUClass AccelCPUClass;
DECLARE_CLASS_CHECKERS(AccelCPUClass, ACCEL_CPU, TYPE_ACCEL_CPU)

/*
 * @cpu_class_init: once for each class of CPUs
 * @cpu_instance_init: for each new CPU, after its own instance_init
 * @cpu_realizefn: at the beginning of realize; false: @errp says why not
 */
struct AccelCPUClass {
    ObjectClass parent_class;

    void (*cpu_class_init)(CPUClass *cc);
    void (*cpu_instance_init)(CPUState *cpu);
    bool (*cpu_realizefn)(CPUState *cpu, Error **errp);
};

#endif
