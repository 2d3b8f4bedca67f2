/*
 * A vCPU under KVM: its making, its registers, and the loop around KVM_RUN.
 *
 * kvm_cpu_exec() is what a VMM is about:
 *
 *     put back the registers that we changed
 *     drop the BQL
 *     KVM_RUN  -- the guest runs, on this thread -----------------.
 *     take the BQL                                                |
 *     why did it end?  exit_reason in the shared page kvm_run:    |
 *         KVM_EXIT_IO, _MMIO   call the device, and around again  |
 *         interrupted (kick)   see who wanted something           |
 *         shutdown, error      stop the VM                        |
 *
 * A kick must not get lost: a thread that wants the vCPU out sets exit_request
 * and sends SIG_IPI, but the signal may come just before KVM_RUN.  So its
 * handler also sets immediate_exit in the shared page, with which KVM_RUN
 * returns at once (KVM API 5, "immediate_exit").
 *
 * Read first: include/sysemu/kvm.h.  Read next: kvm-accel-ops.c for the thread,
 * target/i386/kvm for the registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "exec/cpu-all.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "sysemu/cpus.h"
#include "sysemu/hw_accel.h"
#include "sysemu/kvm_int.h"
#include "sysemu/runstate.h"
#include "trace.h"

/* Making and unmaking */

/* A vCPU that was unplugged: the kernel keeps it, and so do we. */
struct KVMParkedVcpu {
    unsigned long vcpu_id;
    int kvm_fd;
    QLIST_ENTRY(KVMParkedVcpu) node;
};

static int do_kvm_destroy_vcpu(CPUState *cpu)
{
    KVMState *s = kvm_state;
    struct KVMParkedVcpu *vcpu;
    int mmap_size, ret;

    ret = kvm_arch_destroy_vcpu(cpu);
    if (ret < 0) {
        return ret;
    }
    mmap_size = kvm_ioctl(s, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (mmap_size < 0) {
        return mmap_size;
    }
    kvm_coalesced_vcpu_goes(s, cpu);
    if (munmap(cpu->kvm_run, mmap_size) < 0) {
        return -errno;
    }
    cpu->kvm_run = NULL;

    vcpu = g_new0(struct KVMParkedVcpu, 1);
    vcpu->vcpu_id = kvm_arch_vcpu_id(cpu);
    vcpu->kvm_fd = cpu->kvm_fd;
    QLIST_INSERT_HEAD(&s->kvm_parked_vcpus, vcpu, node);
    return 0;
}

int kvm_destroy_vcpu(CPUState *cpu)
{
    int ret = do_kvm_destroy_vcpu(cpu);

    if (ret < 0) {
        error_report("kvm_destroy_vcpu failed: %s", strerror(-ret));
    }
    trace_kvm_destroy_vcpu(cpu->cpu_index, kvm_arch_vcpu_id(cpu));
    return ret;
}

void kvm_vcpus_cleanup(KVMState *s)
{
    struct KVMParkedVcpu *vcpu;

    while ((vcpu = QLIST_FIRST(&s->kvm_parked_vcpus))) {
        QLIST_REMOVE(vcpu, node);
        close(vcpu->kvm_fd);
        g_free(vcpu);
    }
}

static int kvm_get_vcpu(KVMState *s, unsigned long vcpu_id)
{
    struct KVMParkedVcpu *vcpu;

    QLIST_FOREACH(vcpu, &s->kvm_parked_vcpus, node) {
        if (vcpu->vcpu_id == vcpu_id) {
            int kvm_fd = vcpu->kvm_fd;

            QLIST_REMOVE(vcpu, node);
            g_free(vcpu);
            return kvm_fd;
        }
    }
    return kvm_vm_ioctl(s, KVM_CREATE_VCPU, (void *)vcpu_id);
}

int kvm_init_vcpu(CPUState *cpu, Error **errp)
{
    KVMState *s = kvm_state;
    long mmap_size;
    int ret;

    trace_kvm_init_vcpu(cpu->cpu_index, kvm_arch_vcpu_id(cpu));

    ret = kvm_get_vcpu(s, kvm_arch_vcpu_id(cpu));
    if (ret < 0) {
        error_setg_errno(errp, -ret, "kvm_init_vcpu: kvm_get_vcpu failed (%lu)",
                         kvm_arch_vcpu_id(cpu));
        return ret;
    }
    cpu->kvm_fd = ret;
    cpu->kvm_state = s;
    cpu->vcpu_dirty = true;
    cpu->dirty_pages = 0;

    mmap_size = kvm_ioctl(s, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (mmap_size < 0) {
        error_setg_errno(errp, -mmap_size,
                         "kvm_init_vcpu: KVM_GET_VCPU_MMAP_SIZE failed");
        return mmap_size;
    }
    cpu->kvm_run = mmap(NULL, mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED,
                        cpu->kvm_fd, 0);
    if (cpu->kvm_run == MAP_FAILED) {
        ret = -errno;
        error_setg_errno(errp, -ret,
                         "kvm_init_vcpu: mmap'ing vcpu state failed (%lu)",
                         kvm_arch_vcpu_id(cpu));
        return ret;
    }
    kvm_coalesced_vcpu_comes(s, cpu);

    ret = kvm_arch_init_vcpu(cpu);
    if (ret < 0) {
        error_setg_errno(errp, -ret,
                         "kvm_init_vcpu: kvm_arch_init_vcpu failed (%lu)",
                         kvm_arch_vcpu_id(cpu));
    }
    return ret;
}

/*
 * Registers.  vcpu_dirty: ours are the valid ones, and the guest may not run
 * before they have gone back.
 */

static void do_kvm_cpu_synchronize_state(CPUState *cpu, run_on_cpu_data arg)
{
    if (!cpu->vcpu_dirty) {
        int ret = kvm_arch_get_registers(cpu);

        if (ret) {
            error_report("Failed to get registers: %s", strerror(-ret));
            cpu_dump_state(cpu, stderr, CPU_DUMP_CODE);
            vm_stop(RUN_STATE_INTERNAL_ERROR);
        }
        cpu->vcpu_dirty = true;
    }
}

void kvm_cpu_synchronize_state(CPUState *cpu)
{
    if (!cpu->vcpu_dirty) {
        run_on_cpu(cpu, do_kvm_cpu_synchronize_state, RUN_ON_CPU_NULL);
    }
}

/* Ours to the kernel's; what it does not take means a bug or a bad model. */
static void kvm_put_registers_or_stop(CPUState *cpu, int level)
{
    int ret = kvm_arch_put_registers(cpu, level);

    if (ret) {
        error_report("Failed to put registers after %s: %s",
                     level == KVM_PUT_RESET_STATE ? "reset" : "init",
                     strerror(-ret));
        cpu_dump_state(cpu, stderr, CPU_DUMP_CODE);
        vm_stop(RUN_STATE_INTERNAL_ERROR);
    }
    cpu->vcpu_dirty = false;
}

static void do_kvm_cpu_synchronize_post_reset(CPUState *cpu,
                                              run_on_cpu_data arg)
{
    kvm_put_registers_or_stop(cpu, KVM_PUT_RESET_STATE);
}

void kvm_cpu_synchronize_post_reset(CPUState *cpu)
{
    run_on_cpu(cpu, do_kvm_cpu_synchronize_post_reset, RUN_ON_CPU_NULL);
}

static void do_kvm_cpu_synchronize_post_init(CPUState *cpu,
                                             run_on_cpu_data arg)
{
    kvm_put_registers_or_stop(cpu, KVM_PUT_FULL_STATE);
}

void kvm_cpu_synchronize_post_init(CPUState *cpu)
{
    run_on_cpu(cpu, do_kvm_cpu_synchronize_post_init, RUN_ON_CPU_NULL);
}

static void do_kvm_cpu_synchronize_pre_loadvm(CPUState *cpu,
                                              run_on_cpu_data arg)
{
    cpu->vcpu_dirty = true;
}

void kvm_cpu_synchronize_pre_loadvm(CPUState *cpu)
{
    run_on_cpu(cpu, do_kvm_cpu_synchronize_pre_loadvm, RUN_ON_CPU_NULL);
}

/* Kicks */

/* In the vCPU's thread, between any two instructions. */
static void kvm_ipi_signal(int sig)
{
    if (current_cpu) {
        /* Not before kvm_run is there: kvm_init_vcpu() comes first. */
        qatomic_set(&current_cpu->kvm_run->immediate_exit, 1);
    }
}

void kvm_init_cpu_signals(CPUState *cpu)
{
    struct sigaction sigact = { .sa_handler = kvm_ipi_signal };
    sigset_t set;

    sigaction(SIG_IPI, &sigact, NULL);

    /* What the main loop reads from a descriptor is not for vCPUs. */
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    sigdelset(&set, SIG_IPI);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
}

static void kvm_eat_signals(CPUState *cpu)
{
    qatomic_set(&cpu->kvm_run->immediate_exit, 0);
    /* Cleared before exit_request is looked at: pairs with cpu_exit(). */
    smp_wmb();
}

/* Exits */

/* The device behind a port; a string instruction moves @count of them. */
static void kvm_handle_io(uint16_t port, MemTxAttrs attrs, void *data,
                          int direction, int size, uint32_t count)
{
    uint8_t *ptr = data;

    for (uint32_t i = 0; i < count; i++) {
        address_space_rw(&address_space_io, port, attrs, ptr, size,
                         direction == KVM_EXIT_IO_OUT);
        ptr += size;
    }
}

static int kvm_handle_internal_error(CPUState *cpu, struct kvm_run *run)
{
    fprintf(stderr, "KVM internal error. Suberror: %d\n",
            run->internal.suberror);
    for (unsigned int i = 0; i < MIN(run->internal.ndata,
                                     ARRAY_SIZE(run->internal.data)); i++) {
        fprintf(stderr, "extra data[%u]: 0x%016" PRIx64 "\n", i,
                (uint64_t)run->internal.data[i]);
    }
    if (run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION) {
        fprintf(stderr, "emulation failure\n");
        if (!kvm_arch_stop_on_emulation_error(cpu)) {
            cpu_dump_state(cpu, stderr, CPU_DUMP_CODE);
            return EXCP_INTERRUPT;
        }
    }
    /* The VM stays, stopped, to be looked at. */
    return -1;
}

static int kvm_handle_system_event(struct kvm_run *run)
{
    switch (run->system_event.type) {
    case KVM_SYSTEM_EVENT_SHUTDOWN:
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        return EXCP_INTERRUPT;
    case KVM_SYSTEM_EVENT_RESET:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return EXCP_INTERRUPT;
    case KVM_SYSTEM_EVENT_CRASH:
        qemu_mutex_lock_iothread();
        qemu_system_guest_panicked(cpu_get_crash_info(current_cpu));
        qemu_mutex_unlock_iothread();
        return 0;
    default:
        return -ENOSYS;
    }
}

static int kvm_handle_exit(CPUState *cpu, struct kvm_run *run,
                           MemTxAttrs attrs)
{
    switch (run->exit_reason) {
    case KVM_EXIT_IO:
        /* Without the BQL: the memory API takes it for regions that need it. */
        kvm_handle_io(run->io.port, attrs,
                      (uint8_t *)run + run->io.data_offset,
                      run->io.direction, run->io.size, run->io.count);
        return 0;
    case KVM_EXIT_MMIO:
        address_space_rw(&address_space_memory, run->mmio.phys_addr, attrs,
                         run->mmio.data, run->mmio.len, run->mmio.is_write);
        return 0;
    case KVM_EXIT_IRQ_WINDOW_OPEN:
        return EXCP_INTERRUPT;
    case KVM_EXIT_SHUTDOWN:
        /* A triple fault: on a PC, the reset button. */
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        return EXCP_INTERRUPT;
    case KVM_EXIT_UNKNOWN:
        fprintf(stderr, "KVM: unknown exit, hardware reason %" PRIx64 "\n",
                (uint64_t)run->hw.hardware_exit_reason);
        return -1;
    case KVM_EXIT_INTERNAL_ERROR:
        return kvm_handle_internal_error(cpu, run);
    case KVM_EXIT_SYSTEM_EVENT:
        return kvm_handle_system_event(run);
    default:
        return kvm_arch_handle_exit(cpu, run);
    }
}

int kvm_cpu_exec(CPUState *cpu)
{
    struct kvm_run *run = cpu->kvm_run;
    int ret, run_ret;

    if (kvm_arch_process_async_events(cpu)) {
        qatomic_set(&cpu->exit_request, 0);
        return EXCP_HLT;
    }

    qemu_mutex_unlock_iothread();
    cpu_exec_start(cpu);

    do {
        MemTxAttrs attrs;

        if (cpu->vcpu_dirty) {
            ret = kvm_arch_put_registers(cpu, KVM_PUT_RUNTIME_STATE);
            if (ret) {
                error_report("Failed to put registers: %s", strerror(-ret));
                ret = -1;
                break;
            }
            cpu->vcpu_dirty = false;
        }

        kvm_arch_pre_run(cpu, run);
        if (qatomic_read(&cpu->exit_request)) {
            trace_kvm_interrupt_exit_request();
            /* Only KVM_RUN finishes an instruction whose I/O is done. */
            qatomic_set(&run->immediate_exit, 1);
        }

        /* Pairs with the barrier of who sets exit_request and kicks. */
        smp_rmb();
        run_ret = kvm_vcpu_ioctl(cpu, KVM_RUN, 0);
        attrs = kvm_arch_post_run(cpu, run);

        if (run_ret < 0) {
            if (run_ret == -EINTR || run_ret == -EAGAIN) {
                trace_kvm_io_window_exit();
                kvm_eat_signals(cpu);
                ret = EXCP_INTERRUPT;
                break;
            }
            fprintf(stderr, "error: kvm run failed %s\n", strerror(-run_ret));
            if (run_ret == -EFAULT) {
                fprintf(stderr, "The guest's memory cannot be used: "
                        "is there enough of the host's?\n");
            }
            ret = -1;
            break;
        }

        trace_kvm_run_exit(cpu->cpu_index, run->exit_reason);
        ret = kvm_handle_exit(cpu, run, attrs);
    } while (ret == 0);

    cpu_exec_end(cpu);
    qemu_mutex_lock_iothread();

    if (ret < 0) {
        cpu_dump_state(cpu, stderr, CPU_DUMP_CODE);
        vm_stop(RUN_STATE_INTERNAL_ERROR);
    }
    qatomic_set(&cpu->exit_request, 0);
    return ret;
}
