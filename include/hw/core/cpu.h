/*
 * CPUState: one virtual CPU, as all code sees it that knows no target.
 *
 * A CPU is a device without a bus, a thread of the host, and the registers
 * that the target adds (X86CPU in target/i386/cpu.h embeds this struct):
 *
 *     x86_cpu_new -> object_new, "apic-id", qdev_realize
 *       x86_cpu_realizefn
 *         cpu_exec_realizefn     on the list `cpus` from here on
 *         qemu_init_vcpu         its thread runs, but the CPU is stopped
 *       cpu_reset
 *     ...
 *     resume_all_vcpus           now it may enter the guest
 *
 * Whose is what?  The CPU's own thread, while it is in the guest, owns the
 * registers.  Anybody else who wants them stops the VM, or sends work:
 *
 *     run_on_cpu()               waits until the vCPU's thread has run it
 *     async_run_on_cpu()         does not wait
 *     async_safe_run_on_cpu()    runs while no CPU is in the guest
 *
 * Work and halt_cond are under the BQL and work_mutex; the list is changed
 * under the CPU list's lock and read under RCU.
 *
 * Read next: include/sysemu/cpus.h (all CPUs at once), system/cpus.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CPU_H
#define QEMU_CPU_H

#include "hw/qdev-core.h"
#include "exec/cpu-common.h"
#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/bitmap.h"
#include "qemu/queue.h"
#include "qemu/rcu_queue.h"
#include "qemu/thread.h"
#include "qom/object.h"

struct CpuInfoFast;

/* A virtual address of any target. */
typedef uint64_t vaddr;
#define VADDR_PRId PRId64
#define VADDR_PRIu PRIu64
#define VADDR_PRIo PRIo64
#define VADDR_PRIx PRIx64
#define VADDR_PRIX PRIX64
#define VADDR_MAX UINT64_MAX

#define TYPE_CPU "cpu"

/* Not checked: this cast is on hot paths. */
#define CPU(obj) ((CPUState *)(obj))

typedef struct CPUClass CPUClass;
DECLARE_CLASS_CHECKERS(CPUClass, CPU, TYPE_CPU)

struct AccelCPUClass;
struct SysemuCPUOps;

/*
 * What a target fills in.
 *
 * @class_by_name: the class of the model that -cpu names, or NULL.
 * @parse_features: turn the rest of -cpu into global properties of @typename;
 *     may change @str.
 * @has_work: is there a reason to leave the halted state?
 * @memory_rw_debug: reach memory through the CPU's page tables.
 * @dump_state: print the registers; @flags are CPUDumpFlags.
 * @query_cpu_fast: fill in the target's part of a CpuInfoFast.
 * @get_arch_id: the number that boards and firmware know the CPU by.
 * @reset_dump_flags: what -d cpu_reset prints.
 * @gdb_read_register: append register number @reg to @buf, in the target's byte
 *     order.  Returns how many bytes that are, 0 if there is no such register.
 * @gdb_write_register: set it from @buf; returns how many bytes it took, or 0.
 * @gdb_num_core_regs: how many registers these two know.
 * @gdb_core_xml_file: the description of them, of those in gdb-xml/; or NULL.
 * @gdb_arch_name: what gdb calls the architecture; the caller frees.
 * @gdb_get_dynamic_xml: a description that is made at run time, which stays
 *     the CPU's; NULL if there is none of this name.
 * @accel_cpu: what the accelerator does with CPUs of this target.
 * @init_accel_cpu: called once with it, to hook into the class.
 */
struct CPUClass {
    DeviceClass parent_class;

    ObjectClass *(*class_by_name)(const char *cpu_model);
    void (*parse_features)(const char *typename, char *str, Error **errp);

    bool (*has_work)(CPUState *cpu);
    int (*memory_rw_debug)(CPUState *cpu, vaddr addr,
                           uint8_t *buf, int len, bool is_write);
    void (*dump_state)(CPUState *cpu, FILE *f, int flags);
    void (*query_cpu_fast)(CPUState *cpu, struct CpuInfoFast *value);
    int64_t (*get_arch_id)(CPUState *cpu);
    void (*set_pc)(CPUState *cpu, vaddr value);
    vaddr (*get_pc)(CPUState *cpu);
    int (*gdb_read_register)(CPUState *cpu, GByteArray *buf, int reg);
    int (*gdb_write_register)(CPUState *cpu, uint8_t *buf, int reg);

    const char *gdb_core_xml_file;
    gchar *(*gdb_arch_name)(CPUState *cpu);
    const char *(*gdb_get_dynamic_xml)(CPUState *cpu, const char *xmlname);

    const char *deprecation_note;
    struct AccelCPUClass *accel_cpu;
    const struct SysemuCPUOps *sysemu_ops;
    void (*init_accel_cpu)(struct AccelCPUClass *accel_cpu, CPUClass *cc);

    int reset_dump_flags;
    int gdb_num_core_regs;
};

struct qemu_work_item;

/* Where a debugger wants the guest to stop: see "Debugging" below. */

typedef struct CPUBreakpoint {
    vaddr pc;
    int flags;                  /* BP_* */
    QTAILQ_ENTRY(CPUBreakpoint) entry;
} CPUBreakpoint;

typedef struct CPUWatchpoint {
    vaddr vaddr;
    vaddr len;
    vaddr hitaddr;
    MemTxAttrs hitattrs;
    int flags;                  /* BP_* */
    QTAILQ_ENTRY(CPUWatchpoint) entry;
} CPUWatchpoint;

#define CPU_UNSET_NUMA_NODE_ID -1

/* What an accelerator's own vCPU state begins with; see AccelCPUClass. */
struct KVMState;
struct kvm_run;
struct kvm_dirty_gfn;

/*
 * @nr_cores, @nr_threads: of a package, and of a core.
 * @thread_id: the host's; for query-cpus-fast.
 * @running, @has_waiter: in the guest, and somebody waits until it is not;
 *     see cpu_exec_start().
 * @halt_cond: where the thread sleeps; signalled with the BQL held.
 * @created: the thread is up.  @stop: please stop.  @stopped: it has.
 * @unplug: the thread shall end.
 * @exit_request: leave the guest soon; any thread sets it.
 * @interrupt_request: CPU_INTERRUPT_*, see cpu_interrupt().
 * @cpu_ases, @num_ases, @as: its views of memory; @as is the first of them.
 * @memory: property; the root of the default view.
 * @cpu_index: counts the CPUs; UNASSIGNED_CPU_INDEX before realize.
 * @singlestep_enabled: SSTEP_*, or 0; see cpu_single_step().
 * @breakpoints, @watchpoints: where a debugger wants to stop, for accelerators
 *     that have no lists of their own.
 * @watchpoint_hit: the one that stopped the CPU, until somebody has told gdb.
 * @gdb_regs, @gdb_num_regs, @gdb_num_g_regs: the registers of coprocessors, and
 *     how many there are in all, and in gdb's packet "g" (exec/gdbstub.h).
 * @halted: waits for an interrupt, or for another CPU to start it.
 * @exception_index: an EXCP_*, or -1.
 * @vcpu_dirty: the accelerator's registers are out of date; ours count.
 */
struct CPUState {
    DeviceState parent_obj;
    CPUClass *cc;

    int nr_cores;
    int nr_threads;

    struct QemuThread *thread;
    int thread_id;
    bool running, has_waiter;
    struct QemuCond *halt_cond;
    bool thread_kicked;
    bool created;
    bool stop;
    bool stopped;

    /* Property: a CPU that another one has to start. */
    bool start_powered_off;

    bool unplug;
    bool crash_occurred;
    bool exit_request;
    int exclusive_context_count;
    int singlestep_enabled;
    int32_t exception_index;
    uint32_t interrupt_request;

    QemuMutex work_mutex;
    QSIMPLEQ_HEAD(, qemu_work_item) work_list;

    CPUAddressSpace *cpu_ases;
    int num_ases;
    AddressSpace *as;
    MemoryRegion *memory;

    CPUArchState *env_ptr;

    struct GDBRegisterState *gdb_regs;
    int gdb_num_regs;
    int gdb_num_g_regs;
    QTAILQ_ENTRY(CPUState) node;

    QTAILQ_HEAD(, CPUBreakpoint) breakpoints;
    QTAILQ_HEAD(, CPUWatchpoint) watchpoints;
    CPUWatchpoint *watchpoint_hit;

    /* For the accelerator that runs it. */
    int kvm_fd;
    struct KVMState *kvm_state;
    struct kvm_run *kvm_run;
    struct kvm_dirty_gfn *kvm_dirty_gfns;
    uint32_t kvm_fetch_index;
    uint64_t dirty_pages;
    int kvm_vcpu_stats_fd;

    int cpu_index;
    int cluster_index;
    uint32_t halted;
    int32_t can_do_io;
    bool vcpu_dirty;

    bool ignore_memory_transaction_failures;
};

typedef QTAILQ_HEAD(CPUTailQ, CPUState) CPUTailQ;
extern CPUTailQ cpus;

/* Under RCU or the CPU list's lock; the BQL will do as well. */
#define first_cpu        QTAILQ_FIRST_RCU(&cpus)
#define CPU_NEXT(cpu)    QTAILQ_NEXT_RCU(cpu, node)
#define CPU_FOREACH(cpu) QTAILQ_FOREACH_RCU(cpu, &cpus, node)
#define CPU_FOREACH_SAFE(cpu, next_cpu) \
    QTAILQ_FOREACH_SAFE_RCU(cpu, &cpus, node, next_cpu)

/* The CPU whose thread this is; NULL in all other threads. */
extern __thread CPUState *current_cpu;

/* Registers, for people */

/*
 * @CPU_DUMP_CODE: with the bytes at the program counter
 * @CPU_DUMP_FPU: with the floating point registers
 * @CPU_DUMP_CCOP: with what a translator keeps of the flags
 */
enum CPUDumpFlags {
    CPU_DUMP_CODE = 0x00010000,
    CPU_DUMP_FPU  = 0x00020000,
    CPU_DUMP_CCOP = 0x00040000,
};

/* Print the registers to @f, or to the current monitor if that is NULL. */
void cpu_dump_state(CPUState *cpu, FILE *f, int flags);

/* What the guest told of its crash: the caller frees it; or NULL. */
GuestPanicInformation *cpu_get_crash_info(CPUState *cpu);

/* Memory, as the CPU sees it (hw/core/cpu-sysemu.c) */

bool cpu_paging_enabled(const CPUState *cpu);

/*
 * The physical page behind a virtual one, or -1.  @attrs gives with which
 * attributes the CPU would reach it.
 */
hwaddr cpu_get_phys_page_attrs_debug(CPUState *cpu, vaddr addr,
                                     MemTxAttrs *attrs);
hwaddr cpu_get_phys_page_debug(CPUState *cpu, vaddr addr);

/* Which of the CPU's address spaces an access with @attrs goes to. */
int cpu_asidx_from_attrs(CPUState *cpu, MemTxAttrs attrs);
AddressSpace *cpu_get_address_space(CPUState *cpu, int asidx);

/* The byte order of virtio devices that have none of their own. */
bool cpu_virtio_is_big_endian(CPUState *cpu);

/* Life */

/*
 * The type of the CPU model @cpu_model, which has the form MODEL[,FEATURES];
 * the features become global properties.  Ends the process on an error.
 */
const char *parse_cpu_option(const char *cpu_option);
ObjectClass *cpu_class_by_name(const char *typename, const char *cpu_model);

/* A realized CPU of type @typename, for boards that need nothing special. */
CPUState *cpu_create(const char *typename);

/* What instance_init, realize and unrealize of every CPU call. */
void cpu_exec_initfn(CPUState *cpu);
void cpu_exec_realizefn(CPUState *cpu, Error **errp);
void cpu_exec_unrealizefn(CPUState *cpu);
void cpu_class_init_props(DeviceClass *dc);

/* Put on the list of CPUs, and give an index if it has none. */
void cpu_list_add(CPUState *cpu);
void cpu_list_remove(CPUState *cpu);
void cpu_list_lock(void);
void cpu_list_unlock(void);

/* Start the CPU's thread; returns when it is up.  With the BQL. */
void qemu_init_vcpu(CPUState *cpu);

/* Stop the CPU for good and wait for the end of its thread.  With the BQL. */
void cpu_remove_sync(CPUState *cpu);

void cpu_reset(CPUState *cpu);

/* Finding one */

#define UNASSIGNED_CPU_INDEX -1
#define UNASSIGNED_CLUSTER_INDEX -1

CPUState *qemu_get_cpu(int index);
CPUState *cpu_by_arch_id(int64_t id);
bool cpu_exists(int64_t id);

/* Running */

static inline bool cpu_has_work(CPUState *cpu)
{
    CPUClass *cc = CPU_GET_CLASS(cpu);

    g_assert(cc->has_work);
    return cc->has_work(cpu);
}

/* Is this the thread of @cpu? */
bool qemu_cpu_is_self(CPUState *cpu);

/* Get @cpu out of the guest, or out of its sleep. */
void qemu_cpu_kick(CPUState *cpu);

bool cpu_is_stopped(CPUState *cpu);

/* Let a CPU go on that cpu_stop() has stopped. */
void cpu_resume(CPUState *cpu);

/* Any thread: make @cpu return from the guest. */
void cpu_exit(CPUState *cpu);

/*
 * The interrupt lines @mask are asked for; the target and the accelerator say
 * what that means.  With the BQL.
 */
void cpu_interrupt(CPUState *cpu, int mask);
void cpu_reset_interrupt(CPUState *cpu, int mask);

static inline void cpu_set_pc(CPUState *cpu, vaddr addr)
{
    CPU_GET_CLASS(cpu)->set_pc(cpu, addr);
}

/* Print @fmt and the registers, and abort: for what no guest can cause. */
G_NORETURN void cpu_abort(CPUState *cpu, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/*
 * Debugging (system/cpu-debug.c)
 *
 * gdb's packets become calls of the accelerator's methods (sysemu/accel-ops.h,
 * insert_breakpoint and its kin).  An accelerator that can stop the guest by
 * itself has its own lists; for the others there are these.
 */

/* How to step: at all; without interrupts; while time stands still. */
#define SSTEP_ENABLE  0x1
#define SSTEP_NOIRQ   0x2
#define SSTEP_NOTIMER 0x4

/*
 * @enabled: SSTEP_*: the CPU stops after its next instruction, until this is
 * called with 0.
 */
void cpu_single_step(CPUState *cpu, int enabled);

/* What accesses stop; and whose it is: a debugger's, or the guest's own. */
#define BP_MEM_READ           0x01
#define BP_MEM_WRITE          0x02
#define BP_MEM_ACCESS         (BP_MEM_READ | BP_MEM_WRITE)
#define BP_STOP_BEFORE_ACCESS 0x04
#define BP_GDB                0x10
#define BP_CPU                0x20
#define BP_ANY                (BP_GDB | BP_CPU)
#define BP_WATCHPOINT_HIT_READ  0x40
#define BP_WATCHPOINT_HIT_WRITE 0x80
#define BP_WATCHPOINT_HIT (BP_WATCHPOINT_HIT_READ | BP_WATCHPOINT_HIT_WRITE)

/*
 * One more of them, the debugger's in front; 0.  @breakpoint, if it is not
 * NULL, gets it for _remove_by_ref.  Removing one that is not there: -ENOENT.
 */
int cpu_breakpoint_insert(CPUState *cpu, vaddr pc, int flags,
                          CPUBreakpoint **breakpoint);
int cpu_breakpoint_remove(CPUState *cpu, vaddr pc, int flags);
void cpu_breakpoint_remove_by_ref(CPUState *cpu, CPUBreakpoint *breakpoint);
/* Those of which @mask has a flag. */
void cpu_breakpoint_remove_all(CPUState *cpu, int mask);

/* Is there one at @pc of which @mask has a flag? */
static inline bool cpu_breakpoint_test(CPUState *cpu, vaddr pc, int mask)
{
    CPUBreakpoint *bp;

    QTAILQ_FOREACH(bp, &cpu->breakpoints, entry) {
        if (bp->pc == pc && (bp->flags & mask)) {
            return true;
        }
    }
    return false;
}

/* The same for data; -EINVAL, with a message, where there is no such range. */
int cpu_watchpoint_insert(CPUState *cpu, vaddr addr, vaddr len,
                          int flags, CPUWatchpoint **watchpoint);
int cpu_watchpoint_remove(CPUState *cpu, vaddr addr, vaddr len, int flags);
void cpu_watchpoint_remove_by_ref(CPUState *cpu, CPUWatchpoint *watchpoint);
void cpu_watchpoint_remove_all(CPUState *cpu, int mask);

/* Work for a CPU's thread */

typedef union {
    int           host_int;
    unsigned long host_ulong;
    void         *host_ptr;
    vaddr         target_ptr;
} run_on_cpu_data;

#define RUN_ON_CPU_HOST_PTR(p)    ((run_on_cpu_data){.host_ptr = (p)})
#define RUN_ON_CPU_HOST_INT(i)    ((run_on_cpu_data){.host_int = (i)})
#define RUN_ON_CPU_HOST_ULONG(ul) ((run_on_cpu_data){.host_ulong = (ul)})
#define RUN_ON_CPU_TARGET_PTR(v)  ((run_on_cpu_data){.target_ptr = (v)})
#define RUN_ON_CPU_NULL           RUN_ON_CPU_HOST_PTR(NULL)

typedef void (*run_on_cpu_func)(CPUState *cpu, run_on_cpu_data data);

/*
 * Run @func in @cpu's thread and wait for its end.  @mutex is released
 * meanwhile; for run_on_cpu() that is the BQL.
 */
void do_run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data,
                   QemuMutex *mutex);
void run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data);

/* The same without waiting. */
void async_run_on_cpu(CPUState *cpu, run_on_cpu_func func,
                      run_on_cpu_data data);

/*
 * The same, and when it runs, no CPU is in the guest, and the BQL is not
 * held.
 */
void async_safe_run_on_cpu(CPUState *cpu, run_on_cpu_func func,
                           run_on_cpu_data data);

/* For the CPU's thread: do what has been sent to it. */
void process_queued_cpu_work(CPUState *cpu);

/*
 * A CPU's thread calls these around its stay in the guest, without the BQL.
 * cpu_exec_start() waits while somebody is in an exclusive section.
 */
void cpu_exec_start(CPUState *cpu);
void cpu_exec_end(CPUState *cpu);

/*
 * Between these two no other CPU is in the guest.  From a CPU's thread,
 * outside cpu_exec_start() and cpu_exec_end(), without the BQL.
 */
void start_exclusive(void);
void end_exclusive(void);

static inline bool cpu_in_exclusive_context(const CPUState *cpu)
{
    return cpu->exclusive_context_count > 0;
}

/* The byte order of the target; for devices that are compiled once. */
bool target_words_bigendian(void);

#endif
