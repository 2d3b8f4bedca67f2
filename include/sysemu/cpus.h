/*
 * The VM's processors as a group: threads, kicks, stop and go.
 *
 * The accelerator gives the methods (sysemu/accel-ops.h); system/cpus.c owns
 * the BQL and the order of things.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CPUS_H
#define QEMU_CPUS_H

#include "sysemu/accel-ops.h"

/* Take @ops as the accelerator's methods; once. */
void cpus_register_accel(const AccelOpsClass *ops);
const AccelOpsClass *cpus_get_accel(void);

/* Once, early in main: makes the BQL and takes it. */
void qemu_init_cpu_loop(void);

/*
 * For the thread of a vCPU, with the BQL.
 *
 * cpu_thread_signal_created(): it is up.
 * qemu_wait_io_event(): stop if asked to, do the work that was sent, and sleep
 *     until there is a reason to run.
 * qemu_wait_io_event_common(): all of that but the sleep.
 */
void cpu_thread_signal_created(CPUState *cpu);
void qemu_wait_io_event(CPUState *cpu);
void qemu_wait_io_event_common(CPUState *cpu);

/* Nothing to do: stopped, or halted without work. */
bool cpu_thread_is_idle(CPUState *cpu);
bool all_cpu_threads_idle(void);
bool cpu_work_list_empty(CPUState *cpu);
/* May it enter the guest? */
bool cpu_can_run(CPUState *cpu);
void cpu_handle_guest_debug(CPUState *cpu);

/* Send the thread SIG_IPI, unless that is under way already. */
void cpus_kick_thread(CPUState *cpu);

/* AccelOpsClass.create_vcpu_thread of accelerators without a guest. */
void dummy_start_vcpu_thread(CPUState *cpu);

/* Print the models of -cpu. */
void list_cpus(const char *optarg);

/* Wait until no vCPU is in the guest, and let them go on.  With the BQL. */
void pause_all_vcpus(void);
void resume_all_vcpus(void);
/* From a vCPU thread: this one stops.  From any other: nothing. */
void cpu_stop_current(void);

/* Bring the accelerator's and our idea of all registers together. */
void cpu_synchronize_all_states(void);
void cpu_synchronize_all_post_reset(void);
void cpu_synchronize_all_post_init(void);
void cpu_synchronize_all_pre_loadvm(void);

/* False: only a new process can bring them back (encrypted guests). */
bool cpus_are_resettable(void);

#endif
