/*
 * AccelOpsClass: what an accelerator does for vCPUs and for the virtual clock.
 *
 * One for each accelerator, "NAME-accel-ops".  system/cpus.c calls the methods;
 * those that are absent mean "nothing to do".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ACCEL_OPS_H
#define ACCEL_OPS_H

#include "exec/hwaddr.h"
#include "qom/object.h"

#define ACCEL_OPS_SUFFIX "-ops"
#define TYPE_ACCEL_OPS "accel" ACCEL_OPS_SUFFIX
#define ACCEL_OPS_NAME(name) (name "-" TYPE_ACCEL_OPS)

typedef struct AccelOpsClass AccelOpsClass;
DECLARE_CLASS_CHECKERS(AccelOpsClass, ACCEL_OPS, TYPE_ACCEL_OPS)

struct AccelOpsClass {
    ObjectClass parent_class;

    /* Once, when the accelerator has been chosen. */
    void (*ops_init)(AccelOpsClass *ops);

    bool (*cpus_are_resettable)(void);

    /* Start the vCPU's thread. */
    void (*create_vcpu_thread)(CPUState *cpu);
    /* Get it out of the guest. */
    void (*kick_vcpu_thread)(CPUState *cpu);
    bool (*cpu_thread_is_idle)(CPUState *cpu);

    /* Registers: from the vCPU to CPUState and back. */
    void (*synchronize_post_reset)(CPUState *cpu);
    void (*synchronize_post_init)(CPUState *cpu);
    void (*synchronize_state)(CPUState *cpu);
    void (*synchronize_pre_loadvm)(CPUState *cpu);
    void (*synchronize_pre_resume)(bool step_pending);

    void (*handle_interrupt)(CPUState *cpu, int mask);

    /*
     * For gdb, with the BQL: can it debug the guest at all?  Then these set
     * and remove break- and watchpoints of @type (GDB_BREAKPOINT_SW, ...) on
     * all CPUs: 0, -ENOSYS if it has no such type, or another -errno.
     */
    bool (*supports_guest_debug)(void);
    int (*insert_breakpoint)(CPUState *cpu, int type, hwaddr addr, hwaddr len);
    int (*remove_breakpoint)(CPUState *cpu, int type, hwaddr addr, hwaddr len);
    void (*remove_all_breakpoints)(CPUState *cpu);
    /* CPUState.singlestep_enabled has changed. */
    void (*update_guest_debug)(CPUState *cpu);

    /* QEMU_CLOCK_VIRTUAL; without it, the host's time while the VM runs. */
    int64_t (*get_virtual_clock)(void);
    int64_t (*get_elapsed_ticks)(void);
};

#endif
