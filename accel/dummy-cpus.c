/*
 * The thread of a CPU that runs nothing: it takes work, and stops and goes.
 *
 * For accelerators without a guest (qtest).  It is as small as a vCPU thread
 * can be, so read it before accel/kvm's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/guest-random.h"
#include "sysemu/cpus.h"

/* Where another accelerator runs the guest: sleep until the next kick. */
static void dummy_cpu_wait(void)
{
    sigset_t waitset;
    int sig;

    sigemptyset(&waitset);
    sigaddset(&waitset, SIG_IPI);

    qemu_mutex_unlock_iothread();
    while (sigwait(&waitset, &sig) == EINTR) {
        /* Some other signal. */
    }
    qemu_mutex_lock_iothread();
}

static void *dummy_cpu_thread_fn(void *arg)
{
    CPUState *cpu = arg;

    rcu_register_thread();

    qemu_mutex_lock_iothread();
    qemu_thread_get_self(cpu->thread);
    cpu->thread_id = qemu_get_thread_id();
    cpu->can_do_io = 1;
    current_cpu = cpu;
    cpu_thread_signal_created(cpu);

    do {
        dummy_cpu_wait();
        qemu_wait_io_event(cpu);
    } while (!cpu->unplug);

    qemu_mutex_unlock_iothread();
    rcu_unregister_thread();
    return NULL;
}

void dummy_start_vcpu_thread(CPUState *cpu)
{
    g_autofree char *thread_name = g_strdup_printf("CPU %d/DUMMY",
                                                   cpu->cpu_index);

    cpu->thread = g_new0(QemuThread, 1);
    cpu->halt_cond = g_new0(QemuCond, 1);
    qemu_cond_init(cpu->halt_cond);
    qemu_thread_create(cpu->thread, thread_name, dummy_cpu_thread_fn, cpu,
                       QEMU_THREAD_JOINABLE);
}
