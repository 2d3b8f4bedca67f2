/*
 * The list of CPUs, work sent to a CPU's thread, and exclusive sections.
 *
 * Read include/hw/core/cpu.h first.  Nothing here knows an accelerator.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "sysemu/cpus.h"

/* The list */

/* Guards changes of the list, and exclusive sections. */
static QemuMutex qemu_cpu_list_lock;

/* An exclusive section may begin, and: one is over. */
static QemuCond exclusive_cond;
static QemuCond exclusive_resume;

/* Some work is done; with the mutex of whoever waits for it. */
static QemuCond qemu_work_cond;

/*
 * 0: CPUs may be in the guest.  Else one more than there are left in it while
 * an exclusive section begins, and 1 while it lasts.
 */
static int pending_cpus;

CPUTailQ cpus = QTAILQ_HEAD_INITIALIZER(cpus);
__thread CPUState *current_cpu;

static void __attribute__((constructor)) qemu_init_cpu_list(void)
{
    qemu_mutex_init(&qemu_cpu_list_lock);
    qemu_cond_init(&exclusive_cond);
    qemu_cond_init(&exclusive_resume);
    qemu_cond_init(&qemu_work_cond);
}

void cpu_list_lock(void)
{
    qemu_mutex_lock(&qemu_cpu_list_lock);
}

void cpu_list_unlock(void)
{
    qemu_mutex_unlock(&qemu_cpu_list_lock);
}

static int cpu_get_free_index(void)
{
    int max_cpu_index = 0;
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        max_cpu_index = MAX(max_cpu_index, cpu->cpu_index + 1);
    }
    return max_cpu_index;
}

void cpu_list_add(CPUState *cpu)
{
    static bool auto_assigned, by_board;
    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);

    /* A board that numbers its CPUs numbers them all. */
    if (cpu->cpu_index == UNASSIGNED_CPU_INDEX) {
        assert(!by_board);
        auto_assigned = true;
        cpu->cpu_index = cpu_get_free_index();
        assert(cpu->cpu_index != UNASSIGNED_CPU_INDEX);
    } else {
        assert(!auto_assigned);
        by_board = true;
    }
    QTAILQ_INSERT_TAIL_RCU(&cpus, cpu, node);
}

void cpu_list_remove(CPUState *cpu)
{
    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);

    if (QTAILQ_IN_USE(cpu, node)) {
        QTAILQ_REMOVE_RCU(&cpus, cpu, node);
        cpu->cpu_index = UNASSIGNED_CPU_INDEX;
    }
}

CPUState *qemu_get_cpu(int index)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (cpu->cpu_index == index) {
            return cpu;
        }
    }
    return NULL;
}

/* Work */

struct qemu_work_item {
    QSIMPLEQ_ENTRY(qemu_work_item) node;
    run_on_cpu_func func;
    run_on_cpu_data data;
    bool free;          /* nobody waits: whoever runs it frees it */
    bool exclusive;
    bool done;
};

static void queue_work_on_cpu(CPUState *cpu, struct qemu_work_item *wi)
{
    qemu_mutex_lock(&cpu->work_mutex);
    QSIMPLEQ_INSERT_TAIL(&cpu->work_list, wi, node);
    wi->done = false;
    qemu_mutex_unlock(&cpu->work_mutex);

    qemu_cpu_kick(cpu);
}

void do_run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data,
                   QemuMutex *mutex)
{
    struct qemu_work_item wi = { .func = func, .data = data };

    if (qemu_cpu_is_self(cpu)) {
        func(cpu, data);
        return;
    }

    queue_work_on_cpu(cpu, &wi);
    while (!qatomic_load_acquire(&wi.done)) {
        qemu_cond_wait(&qemu_work_cond, mutex);
    }
}

void async_run_on_cpu(CPUState *cpu, run_on_cpu_func func,
                      run_on_cpu_data data)
{
    struct qemu_work_item *wi = g_new0(struct qemu_work_item, 1);

    wi->func = func;
    wi->data = data;
    wi->free = true;
    queue_work_on_cpu(cpu, wi);
}

void async_safe_run_on_cpu(CPUState *cpu, run_on_cpu_func func,
                           run_on_cpu_data data)
{
    struct qemu_work_item *wi = g_new0(struct qemu_work_item, 1);

    wi->func = func;
    wi->data = data;
    wi->free = true;
    wi->exclusive = true;
    queue_work_on_cpu(cpu, wi);
}

/* With the BQL, which work in an exclusive section runs without. */
static void run_work_item(CPUState *cpu, struct qemu_work_item *wi)
{
    if (!wi->exclusive) {
        wi->func(cpu, wi->data);
        return;
    }
    /* Another CPU may want the BQL to get out of the guest. */
    qemu_mutex_unlock_iothread();
    start_exclusive();
    wi->func(cpu, wi->data);
    end_exclusive();
    qemu_mutex_lock_iothread();
}

void process_queued_cpu_work(CPUState *cpu)
{
    struct qemu_work_item *wi;

    qemu_mutex_lock(&cpu->work_mutex);
    if (QSIMPLEQ_EMPTY(&cpu->work_list)) {
        qemu_mutex_unlock(&cpu->work_mutex);
        return;
    }
    while ((wi = QSIMPLEQ_FIRST(&cpu->work_list))) {
        QSIMPLEQ_REMOVE_HEAD(&cpu->work_list, node);
        qemu_mutex_unlock(&cpu->work_mutex);

        run_work_item(cpu, wi);
        if (wi->free) {
            g_free(wi);
        } else {
            /* It is on the stack of somebody who may go on from here. */
            qatomic_store_release(&wi->done, true);
        }
        qemu_mutex_lock(&cpu->work_mutex);
    }
    qemu_mutex_unlock(&cpu->work_mutex);
    qemu_cond_broadcast(&qemu_work_cond);
}

/* Exclusive sections */

/* With the list's lock: until nobody else is, or wants to be, exclusive. */
static void exclusive_idle(void)
{
    while (pending_cpus) {
        qemu_cond_wait(&exclusive_resume, &qemu_cpu_list_lock);
    }
}

void start_exclusive(void)
{
    CPUState *other_cpu;
    int running_cpus;

    if (current_cpu->exclusive_context_count++) {
        return;
    }

    qemu_mutex_lock(&qemu_cpu_list_lock);
    exclusive_idle();

    /* Who enters the guest from here on sees that, and waits. */
    qatomic_set(&pending_cpus, 1);
    smp_mb();

    running_cpus = 0;
    CPU_FOREACH(other_cpu) {
        if (qatomic_read(&other_cpu->running)) {
            other_cpu->has_waiter = true;
            running_cpus++;
            qemu_cpu_kick(other_cpu);
        }
    }

    qatomic_set(&pending_cpus, running_cpus + 1);
    while (pending_cpus > 1) {
        qemu_cond_wait(&exclusive_cond, &qemu_cpu_list_lock);
    }
    qemu_mutex_unlock(&qemu_cpu_list_lock);
}

void end_exclusive(void)
{
    if (--current_cpu->exclusive_context_count) {
        return;
    }
    qemu_mutex_lock(&qemu_cpu_list_lock);
    qatomic_set(&pending_cpus, 0);
    qemu_cond_broadcast(&exclusive_resume);
    qemu_mutex_unlock(&qemu_cpu_list_lock);
}

void cpu_exec_start(CPUState *cpu)
{
    qatomic_set(&cpu->running, true);

    /* Either we see pending_cpus, or start_exclusive() sees us running. */
    smp_mb();
    if (likely(!qatomic_read(&pending_cpus))) {
        return;
    }

    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);
    if (!cpu->has_waiter) {
        /* It has not counted us: let it be, and come back. */
        qatomic_set(&cpu->running, false);
        exclusive_idle();
        qatomic_set(&cpu->running, true);
    }
    /* Else it waits for us, and will: we were kicked and are out soon. */
}

void cpu_exec_end(CPUState *cpu)
{
    qatomic_set(&cpu->running, false);

    smp_mb();
    if (likely(!qatomic_read(&pending_cpus))) {
        return;
    }

    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);
    if (cpu->has_waiter) {
        cpu->has_waiter = false;
        qatomic_set(&pending_cpus, pending_cpus - 1);
        if (pending_cpus == 1) {
            qemu_cond_signal(&exclusive_cond);
        }
    }
}
