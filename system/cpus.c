/*
 * The big lock, the threads of vCPUs, and the VM's going and stopping.
 *
 * Read include/sysemu/cpus.h first.  Who changes the run state, and when, is in
 * system/runstate.c.  What a vCPU's thread does in its loop is the
 * accelerator's; the simplest is accel/dummy-cpus.c:
 *
 *     cpu_thread_signal_created      qemu_init_vcpu() waits for it
 *     do
 *       if cpu_can_run               the guest
 *       qemu_wait_io_event           stop, work, sleep
 *     while not unplugged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block.h"
#include "exec/cpu-all.h"
#include "exec/cpu-common.h"
#include "exec/exec-all.h"
#include "exec/gdbstub.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/nmi.h"
#include "monitor/hmp-target.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-events-run-state.h"
#include "qapi/qmp/qerror.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/cpus.h"
#include "sysemu/hw_accel.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

/* The big lock */

static QemuMutex qemu_global_mutex;
static QemuThread io_thread;
static __thread bool iothread_locked;

/* A vCPU's thread is up; a vCPU has stopped. */
static QemuCond qemu_cpu_cond;
static QemuCond qemu_pause_cond;

void qemu_init_cpu_loop(void)
{
    qemu_cond_init(&qemu_cpu_cond);
    qemu_cond_init(&qemu_pause_cond);
    qemu_mutex_init(&qemu_global_mutex);
    qemu_thread_get_self(&io_thread);
}

bool qemu_mutex_iothread_locked(void)
{
    return iothread_locked;
}

bool qemu_in_main_thread(void)
{
    return qemu_mutex_iothread_locked();
}

void qemu_mutex_lock_iothread_impl(const char *file, int line)
{
    assert(!iothread_locked);
    qemu_mutex_lock_impl(&qemu_global_mutex, file, line);
    iothread_locked = true;
}

void qemu_mutex_unlock_iothread(void)
{
    assert(iothread_locked);
    iothread_locked = false;
    qemu_mutex_unlock(&qemu_global_mutex);
}

void qemu_cond_wait_iothread(QemuCond *cond)
{
    qemu_cond_wait(cond, &qemu_global_mutex);
}

void qemu_cond_timedwait_iothread(QemuCond *cond, int ms)
{
    qemu_cond_timedwait(cond, &qemu_global_mutex, ms);
}

/* The accelerator's methods */

static const AccelOpsClass *cpus_accel;

void cpus_register_accel(const AccelOpsClass *ops)
{
    assert(ops != NULL);
    cpus_accel = ops;
}

const AccelOpsClass *cpus_get_accel(void)
{
    assert(cpus_accel);
    return cpus_accel;
}

bool cpus_are_resettable(void)
{
    return !cpus_accel || !cpus_accel->cpus_are_resettable ||
           cpus_accel->cpus_are_resettable();
}

/* Before there is an accelerator, guest's time is what has run so far: 0. */
int64_t cpus_get_virtual_clock(void)
{
    if (cpus_accel && cpus_accel->get_virtual_clock) {
        return cpus_accel->get_virtual_clock();
    }
    return cpu_get_clock();
}

int64_t cpus_get_elapsed_ticks(void)
{
    if (cpus_accel && cpus_accel->get_elapsed_ticks) {
        return cpus_accel->get_elapsed_ticks();
    }
    return cpu_get_ticks();
}

/* Registers: the accelerator's and ours */

void cpu_synchronize_state(CPUState *cpu)
{
    if (cpus_accel && cpus_accel->synchronize_state) {
        cpus_accel->synchronize_state(cpu);
    }
}

void cpu_synchronize_post_reset(CPUState *cpu)
{
    if (cpus_accel && cpus_accel->synchronize_post_reset) {
        cpus_accel->synchronize_post_reset(cpu);
    }
}

void cpu_synchronize_post_init(CPUState *cpu)
{
    if (cpus_accel && cpus_accel->synchronize_post_init) {
        cpus_accel->synchronize_post_init(cpu);
    }
}

void cpu_synchronize_pre_loadvm(CPUState *cpu)
{
    if (cpus_accel && cpus_accel->synchronize_pre_loadvm) {
        cpus_accel->synchronize_pre_loadvm(cpu);
    }
}

void cpu_synchronize_all_states(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        cpu_synchronize_state(cpu);
    }
}

void cpu_synchronize_all_post_reset(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        cpu_synchronize_post_reset(cpu);
    }
}

void cpu_synchronize_all_post_init(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        cpu_synchronize_post_init(cpu);
    }
}

void cpu_synchronize_all_pre_loadvm(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        cpu_synchronize_pre_loadvm(cpu);
    }
}

/* One vCPU: may it run, has it something to do? */

bool qemu_cpu_is_self(CPUState *cpu)
{
    return cpu->thread && qemu_thread_is_self(cpu->thread);
}

static bool qemu_in_vcpu_thread(void)
{
    return current_cpu && qemu_cpu_is_self(current_cpu);
}

bool cpu_is_stopped(CPUState *cpu)
{
    return cpu->stopped || !runstate_is_running();
}

bool cpu_can_run(CPUState *cpu)
{
    return !cpu->stop && !cpu_is_stopped(cpu);
}

bool cpu_work_list_empty(CPUState *cpu)
{
    QEMU_LOCK_GUARD(&cpu->work_mutex);

    return QSIMPLEQ_EMPTY(&cpu->work_list);
}

bool cpu_thread_is_idle(CPUState *cpu)
{
    if (cpu->stop || !cpu_work_list_empty(cpu)) {
        return false;
    }
    if (cpu_is_stopped(cpu)) {
        return true;
    }
    if (!cpu->halted || cpu_has_work(cpu)) {
        return false;
    }
    return !cpus_accel->cpu_thread_is_idle ||
           cpus_accel->cpu_thread_is_idle(cpu);
}

bool all_cpu_threads_idle(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (!cpu_thread_is_idle(cpu)) {
            return false;
        }
    }
    return true;
}

/* It has met a breakpoint: the VM stops, and whoever debugs it is told. */
void cpu_handle_guest_debug(CPUState *cpu)
{
    gdb_set_stop_cpu(cpu);
    qemu_system_debug_request();
    cpu->stopped = true;
}

/* One vCPU: kicks and interrupts */

void cpus_kick_thread(CPUState *cpu)
{
    int err;

    if (cpu->thread_kicked) {
        return;
    }
    cpu->thread_kicked = true;

    err = pthread_kill(cpu->thread->thread, SIG_IPI);
    if (err && err != ESRCH) {
        error_report("%s: %s", __func__, strerror(err));
        exit(1);
    }
}

void qemu_cpu_kick(CPUState *cpu)
{
    if (!cpu->thread) {
        return;         /* not yet, or not any more */
    }
    qemu_cond_broadcast(cpu->halt_cond);
    if (cpus_accel->kick_vcpu_thread) {
        cpus_accel->kick_vcpu_thread(cpu);
    } else {
        cpus_kick_thread(cpu);
    }
}

static void generic_handle_interrupt(CPUState *cpu, int mask)
{
    cpu->interrupt_request |= mask;
    if (!qemu_cpu_is_self(cpu)) {
        qemu_cpu_kick(cpu);
    }
}

void cpu_interrupt(CPUState *cpu, int mask)
{
    if (cpus_accel && cpus_accel->handle_interrupt) {
        cpus_accel->handle_interrupt(cpu, mask);
    } else {
        generic_handle_interrupt(cpu, mask);
    }
}

void run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data)
{
    do_run_on_cpu(cpu, func, data, &qemu_global_mutex);
}

/* One vCPU: what its thread calls, with the big lock */

void cpu_thread_signal_created(CPUState *cpu)
{
    cpu->created = true;
    qemu_cond_signal(&qemu_cpu_cond);
}

static void qemu_cpu_stop(CPUState *cpu, bool exit)
{
    g_assert(qemu_cpu_is_self(cpu));
    cpu->stop = false;
    cpu->stopped = true;
    if (exit) {
        cpu_exit(cpu);
    }
    qemu_cond_broadcast(&qemu_pause_cond);
}

void qemu_wait_io_event_common(CPUState *cpu)
{
    qatomic_mb_set(&cpu->thread_kicked, false);
    if (cpu->stop) {
        qemu_cpu_stop(cpu, false);
    }
    process_queued_cpu_work(cpu);
}

void qemu_wait_io_event(CPUState *cpu)
{
    while (cpu_thread_is_idle(cpu)) {
        qemu_cond_wait(cpu->halt_cond, &qemu_global_mutex);
    }
    qemu_wait_io_event_common(cpu);
}

/* One vCPU: beginning and end */

void qemu_init_vcpu(CPUState *cpu)
{
    MachineState *ms = MACHINE(qdev_get_machine());

    cpu->nr_cores = ms->smp.cores;
    cpu->nr_threads = ms->smp.threads;
    cpu->stopped = true;

    if (!cpu->as) {
        /* The target has made no views of its own. */
        cpu->num_ases = 1;
        cpu_address_space_init(cpu, 0, "cpu-memory", cpu->memory);
    }

    /* An accelerator without this method could not have been chosen. */
    g_assert(cpus_accel && cpus_accel->create_vcpu_thread);
    cpus_accel->create_vcpu_thread(cpu);

    while (!cpu->created) {
        qemu_cond_wait(&qemu_cpu_cond, &qemu_global_mutex);
    }
}

void cpu_remove_sync(CPUState *cpu)
{
    cpu->stop = true;
    cpu->unplug = true;
    qemu_cpu_kick(cpu);

    qemu_mutex_unlock_iothread();
    qemu_thread_join(cpu->thread);
    qemu_mutex_lock_iothread();

    /* Nobody can have seen the thread gone while we hold the lock. */
    qemu_cond_destroy(cpu->halt_cond);
    g_free(cpu->halt_cond);
    g_free(cpu->thread);
    cpu->halt_cond = NULL;
    cpu->thread = NULL;
    cpu->created = false;
    cpu->unplug = false;
}

void cpu_resume(CPUState *cpu)
{
    cpu->stop = false;
    cpu->stopped = false;
    qemu_cpu_kick(cpu);
}

void cpu_stop_current(void)
{
    if (current_cpu) {
        current_cpu->stop = true;
        cpu_exit(current_cpu);
    }
}

/* All vCPUs at once */

static bool all_vcpus_paused(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (!cpu->stopped) {
            return false;
        }
    }
    return true;
}

void pause_all_vcpus(void)
{
    CPUState *cpu;

    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, false);
    CPU_FOREACH(cpu) {
        if (qemu_cpu_is_self(cpu)) {
            qemu_cpu_stop(cpu, true);
        } else {
            cpu->stop = true;
            qemu_cpu_kick(cpu);
        }
    }
    while (!all_vcpus_paused()) {
        qemu_cond_wait(&qemu_pause_cond, &qemu_global_mutex);
        /* One may have come meanwhile, or gone on. */
        CPU_FOREACH(cpu) {
            qemu_cpu_kick(cpu);
        }
    }
}

void resume_all_vcpus(void)
{
    CPUState *cpu;

    if (!runstate_is_running()) {
        return;
    }
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    CPU_FOREACH(cpu) {
        cpu_resume(cpu);
    }
}

/* Going and stopping */

static int do_vm_stop(RunState state, bool send_stop)
{
    if (runstate_is_running()) {
        runstate_set(state);
        cpu_disable_ticks();
        pause_all_vcpus();
        vm_state_notify(false, state);
        if (send_stop) {
            qapi_event_send_stop();
        }
    }
    /* Who copies the image of a stopped VM has all of it. */
    bdrv_drain_all();
    return bdrv_flush_all();
}

/* The process ends: stop the VM, and let nobody know. */
int vm_shutdown(void)
{
    return do_vm_stop(RUN_STATE_SHUTDOWN, false);
}

int vm_stop(RunState state)
{
    if (qemu_in_vcpu_thread()) {
        /* It cannot wait for itself: the main loop does it. */
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(state);
        cpu_stop_current();
        return 0;
    }
    return do_vm_stop(state, true);
}

int vm_stop_force_state(RunState state)
{
    if (runstate_is_running()) {
        return vm_stop(state);
    }
    runstate_set(state);
    bdrv_drain_all();
    return bdrv_flush_all();
}

/* All of vm_start() but the vCPUs; -1 if the VM ran already. */
int vm_prepare_start(bool step_pending)
{
    RunState requested;

    /*
     * A stop that has been asked for and has not come yet comes now: a request
     * that is to be tried again waits for both, stop and start, and so does a
     * client that has heard BLOCK_IO_ERROR.
     */
    if (qemu_vmstop_requested(&requested) && runstate_is_running()) {
        vm_stop(requested);
    }
    if (runstate_is_running()) {
        return -1;
    }

    if (cpus_accel && cpus_accel->synchronize_pre_resume) {
        cpus_accel->synchronize_pre_resume(step_pending);
    }
    /* Clients hear of it before what the guest does then. */
    qapi_event_send_resume();
    cpu_enable_ticks();
    runstate_set(RUN_STATE_RUNNING);
    vm_state_notify(true, RUN_STATE_RUNNING);
    return 0;
}

void vm_start(void)
{
    if (!vm_prepare_start(false)) {
        resume_all_vcpus();
    }
}

void qmp_inject_nmi(Error **errp)
{
    nmi_monitor_handle(monitor_get_cpu_index(monitor_cur()), errp);
}

/* The guest's memory into a file */

/* Read @size bytes of the guest's from @addr; false if they are not there. */
typedef bool MemsaveRead(void *opaque, hwaddr addr, void *buf, hwaddr size);

static void memsave_to_file(MemsaveRead *read_fn, void *opaque, int64_t addr,
                            int64_t size, const char *filename, Error **errp)
{
    uint8_t buf[1024];
    int64_t left = size;
    FILE *f;

    if (size < 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "size", "a size");
        return;
    }
    f = fopen(filename, "wb");
    if (!f) {
        error_setg_file_open(errp, errno, filename);
        return;
    }
    while (left > 0) {
        size_t n = MIN(left, sizeof(buf));

        if (!read_fn(opaque, addr, buf, n)) {
            error_setg(errp, "Invalid addr 0x%016" PRIx64 "/size %" PRId64
                       " specified", addr, size);
            goto out;
        }
        if (fwrite(buf, 1, n, f) != n) {
            error_setg(errp, QERR_IO_ERROR);
            goto out;
        }
        addr += n;
        left -= n;
    }
    /* What the disk has no room for shows only now. */
    if (fflush(f)) {
        error_setg(errp, QERR_IO_ERROR);
    }

out:
    fclose(f);
}

static bool memsave_read(void *opaque, hwaddr addr, void *buf, hwaddr size)
{
    return cpu_memory_rw_debug(opaque, addr, buf, size, false) >= 0;
}

void qmp_memsave(int64_t addr, int64_t size, const char *filename,
                 bool has_cpu, int64_t cpu_index, Error **errp)
{
    CPUState *cpu = NULL;

    /* A number that no int holds is nobody's, whatever is left of it. */
    if (!has_cpu || cpu_index == (int)cpu_index) {
        cpu = qemu_get_cpu(has_cpu ? cpu_index : 0);
    }
    if (!cpu) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "cpu-index",
                   "a CPU number");
        return;
    }
    memsave_to_file(memsave_read, cpu, addr, size, filename, errp);
}

/* Where there is nothing, there is something to read all the same. */
static bool pmemsave_read(void *opaque, hwaddr addr, void *buf, hwaddr size)
{
    cpu_physical_memory_read(addr, buf, size);
    return true;
}

void qmp_pmemsave(int64_t addr, int64_t size, const char *filename,
                  Error **errp)
{
    memsave_to_file(pmemsave_read, NULL, addr, size, filename, errp);
}
