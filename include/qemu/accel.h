/*
 * Accelerators: who runs the guest's CPUs.
 *
 * Each is a class "NAME-accel" with one instance in a running VM.  -accel NAME
 * may be given several times; the first that can be initialized is taken.  With
 * "kvm" the guest's code runs on the host's CPU; with "qtest" no code runs, a
 * test writes to the devices over a socket and moves the guest's time by hand.
 *
 *     configure_accelerators  (system/vl.c)
 *       do_configure_accelerator, for each -accel
 *         accel_find("qtest") -> object_new_with_class
 *         object_apply_compat_props, the properties of -accel
 *         accel_init_machine -> AccelClass::init_machine
 *     …
 *     accel_setup_post -> AccelClass::setup_post   (the machine is complete)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_ACCEL_H
#define QEMU_ACCEL_H

#include "qom/object.h"
#include "exec/hwaddr.h"

typedef struct AccelState {
    Object parent_obj;
} AccelState;

typedef struct AccelClass {
    ObjectClass parent_class;

    const char *name;
    /* Take what the accelerator needs; 0 or a negative errno. */
    int (*init_machine)(MachineState *ms);
    void (*setup_post)(MachineState *ms, AccelState *accel);
    bool (*has_memory)(MachineState *ms, AddressSpace *as,
                       hwaddr start_addr, hwaddr size);
    /* For gdb's single-stepping: SSTEP_*; 0 for "not here". */
    int (*gdbstub_supported_sstep_flags)(void);
    /* True once this accelerator runs the VM: &kvm_allowed and the like. */
    bool *allowed;
    /* Defaults that this accelerator gives to devices (GlobalProperty *). */
    GPtrArray *compat_props;
} AccelClass;

#define TYPE_ACCEL "accel"

#define ACCEL_CLASS_SUFFIX  "-" TYPE_ACCEL
#define ACCEL_CLASS_NAME(a) (a ACCEL_CLASS_SUFFIX)

#define ACCEL_CLASS(klass) \
    OBJECT_CLASS_CHECK(AccelClass, (klass), TYPE_ACCEL)
#define ACCEL(obj) \
    OBJECT_CHECK(AccelState, (obj), TYPE_ACCEL)
#define ACCEL_GET_CLASS(obj) \
    OBJECT_GET_CLASS(AccelClass, (obj), TYPE_ACCEL)

/* The class of -accel @opt_name, or NULL. */
AccelClass *accel_find(const char *opt_name);
/* The one that runs, or NULL before there is one. */
AccelState *current_accel(void);

/*
 * accel_init_interfaces: the accelerator's hooks for CPUs (AccelOpsClass) are
 * installed from here.  @ac must have been initialized.
 */
void accel_init_interfaces(AccelClass *ac);

/*
 * The accelerator's part of a new CPU, and of realizing it; see
 * hw/core/accel-cpu.h.
 */
void accel_cpu_instance_init(CPUState *cpu);
bool accel_cpu_realizefn(CPUState *cpu, Error **errp);

/*
 * accel_init_machine: run the VM @ms with @accel.  0, or a negative errno and
 * @ms has no accelerator.
 */
int accel_init_machine(AccelState *accel, MachineState *ms);

/* When the machine is complete, before its devices are reset. */
void accel_setup_post(MachineState *ms);

/* What AccelClass::gdbstub_supported_sstep_flags gives. */
int accel_supported_gdbstub_sstep_flags(void);

#endif
