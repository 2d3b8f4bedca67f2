/*
 * The big lock, and the VM's going and stopping.
 *
 * Read include/sysemu/cpus.h first.  Who changes the run state, and when, is in
 * system/runstate.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-events-run-state.h"
#include "qapi/qmp/qerror.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/cpus.h"
#include "sysemu/runstate.h"

/* The big lock */

static QemuMutex qemu_global_mutex;
static QemuThread io_thread;
static __thread bool iothread_locked;

void qemu_init_cpu_loop(void)
{
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

/*
 * All vCPUs at once.  Under qtest, the accelerator that there is, a VM has
 * none: what stops and goes is its clock, and there is no register to fetch.
 */

void pause_all_vcpus(void)
{
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, false);
}

void resume_all_vcpus(void)
{
    if (!runstate_is_running()) {
        return;
    }
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
}

void cpu_stop_current(void)
{
}

void cpu_synchronize_all_states(void)
{
}

void cpu_synchronize_all_post_reset(void)
{
}

void cpu_synchronize_all_post_init(void)
{
}

void cpu_synchronize_all_pre_loadvm(void)
{
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
    return 0;
}

/* The process ends: stop the VM, and let nobody know. */
int vm_shutdown(void)
{
    return do_vm_stop(RUN_STATE_SHUTDOWN, false);
}

int vm_stop(RunState state)
{
    return do_vm_stop(state, true);
}

int vm_stop_force_state(RunState state)
{
    if (runstate_is_running()) {
        return vm_stop(state);
    }
    runstate_set(state);
    return 0;
}

/* All of vm_start() but the vCPUs; -1 if the VM ran already. */
int vm_prepare_start(bool step_pending)
{
    RunState requested;

    /* A stop that has been asked for meanwhile is over before it began. */
    qemu_vmstop_requested(&requested);
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
