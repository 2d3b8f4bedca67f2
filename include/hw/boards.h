/*
 * Machines: what `-machine` chooses.
 *
 * A board is a class, its one instance the machine.  The class says what the
 * board can have (CPUs, memory, defaults); the instance, /machine, says what
 * this one has.  What -machine, -m, -smp, -kernel and so on set are
 * properties of it, set before machine_run_board_init() calls the board's
 * init method, which makes all that is soldered on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_BOARDS_H
#define HW_BOARDS_H

#include "sysemu/blockdev.h"
#include "exec/memory.h"
#include "sysemu/hostmem.h"
#include "qapi/qapi-types-machine.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "hw/core/cpu.h"
#include "hw/qdev-core.h"

#define TYPE_MACHINE_SUFFIX "-machine"

/* The type of a machine is called as the user does, and this. */
#define MACHINE_TYPE_NAME(machinename) (machinename TYPE_MACHINE_SUFFIX)

#define TYPE_MACHINE "machine"
#undef MACHINE  /* a macro of the BSDs' sys/param.h */
OBJECT_DECLARE_TYPE(MachineState, MachineClass, MACHINE)

extern MachineState *current_machine;

/*
 * Make the board: its RAM, then what the init method makes.  @mem_path is
 * -mem-path, or NULL.  Ends in PHASE_MACHINE_INITIALIZED, or with an error.
 */
void machine_run_board_init(MachineState *machine, const char *mem_path,
                            Error **errp);

bool machine_dump_guest_core(MachineState *machine);
bool machine_mem_merge(MachineState *machine);

/*
 * Turn what -smp says into counts: what is left out is computed, and it all
 * has to multiply up.
 */
void machine_parse_smp_config(MachineState *ms,
                              const SMPConfiguration *config, Error **errp);
unsigned int machine_topo_get_cores_per_socket(const MachineState *ms);
unsigned int machine_topo_get_threads_per_socket(const MachineState *ms);

/* A -device of this type (or below it) is welcome on this board's sysbus. */
void machine_class_allow_dynamic_sysbus_dev(MachineClass *mc, const char *type);

/* Was @type, or a type above it, allowed in this way? */
bool device_type_is_dynamic_sysbus(MachineClass *mc, const char *type);
bool device_is_dynamic_sysbus(MachineClass *mc, DeviceState *dev);

/*
 * The machine's RAM, from `-m` or the back end `-machine memory-backend=`;
 * the board maps it.
 */
MemoryRegion *machine_consume_memdev(MachineState *machine,
                                     HostMemoryBackend *backend);

/*
 * One place where a CPU can be, for boards with CPU hotplug and NUMA.
 */
typedef struct CPUArchId {
    uint64_t arch_id;
    int64_t vcpus_count;
    CpuInstanceProperties props;
    Object *cpu;
    const char *type;
} CPUArchId;

typedef struct CPUArchIdList {
    int len;
    CPUArchId cpus[0];
} CPUArchIdList;

/* Which levels of the CPU topology -smp may name on this board. */
typedef struct {
    bool prefer_sockets;
    bool dies_supported;
    bool clusters_supported;
    bool has_clusters;
} SMPCompatProps;

/*
 * A board.
 *
 * @family: what versions of the same board have in common.
 * @name: as the user calls it; @alias: the short name of the newest version.
 * @deprecation_reason: NULL, or why not to use it, and what to use.
 * @init: make the machine.
 * @reset: reset it; NULL is qemu_devices_reset().
 * @wakeup: leave S3.
 * @max_cpus, @min_cpus, @default_cpus: 0 is 1.
 * @is_default: for a command line without -machine.
 * @default_ram_size: in bytes; for one without -m.
 * @default_ram_id: name of the RAM back end, and of its migration section.
 * @compat_props: GlobalProperty entries that make devices look as the
 *     version of the board promises.
 * @get_hotplug_handler: the board's own handler for @dev, or NULL.
 * @hotplug_allowed: may @dev come while the machine runs?
 */
struct MachineClass {
    ObjectClass parent_class;

    const char *family;
    char *name;
    const char *alias;
    const char *desc;
    const char *deprecation_reason;

    void (*init)(MachineState *state);
    void (*reset)(MachineState *state, ShutdownCause reason);
    void (*wakeup)(MachineState *state);
    int (*kvm_type)(MachineState *machine, const char *arg);

    int max_cpus;
    int min_cpus;
    int default_cpus;
    unsigned int no_serial:1,
        no_parallel:1,
        no_floppy:1,
        no_cdrom:1,
        no_sdcard:1,
        pci_allow_0_address:1,
        legacy_fw_cfg_order:1;
    bool is_default;
    const char *default_machine_opts;
    const char *default_boot_order;
    /* What a -drive without if= is plugged into. */
    BlockInterfaceType block_default_type;
    int units_per_default_bus;      /* of that; 0: as always */
    const char *default_display;
    const char *default_nic;
    GPtrArray *compat_props;
    const char *hw_version;
    ram_addr_t default_ram_size;
    const char *default_cpu_type;
    bool default_kernel_irqchip_split;
    bool option_rom_has_mr;
    bool rom_file_has_mr;
    int minimum_page_bits;
    bool has_hotpluggable_cpus;
    bool ignore_memory_transaction_failures;
    int numa_mem_align_shift;
    const char **valid_cpu_types;
    strList *allowed_dynamic_sysbus_devices;
    bool auto_enable_numa_with_memhp;
    bool auto_enable_numa_with_memdev;
    bool ignore_boot_device_suffixes;
    bool smbus_no_migration_support;
    bool nvdimm_supported;
    bool numa_mem_supported;
    bool auto_enable_numa;
    SMPCompatProps smp_props;
    const char *default_ram_id;

    HotplugHandler *(*get_hotplug_handler)(MachineState *machine,
                                           DeviceState *dev);
    bool (*hotplug_allowed)(MachineState *state, DeviceState *dev,
                            Error **errp);
    CpuInstanceProperties (*cpu_index_to_instance_props)(MachineState *machine,
                                                         unsigned cpu_index);
    const CPUArchIdList *(*possible_cpu_arch_ids)(MachineState *machine);
    int64_t (*get_default_cpu_node_id)(const MachineState *ms, int idx);
    ram_addr_t (*fixup_ram_size)(ram_addr_t size);
};

/* The counts of -smp, all of them known after machine_parse_smp_config(). */
typedef struct CpuTopology {
    unsigned int cpus;
    unsigned int sockets;
    unsigned int dies;
    unsigned int clusters;
    unsigned int cores;
    unsigned int threads;
    unsigned int max_cpus;
} CpuTopology;

/*
 * The machine.
 *
 * @ram: the container or RAM that the board maps; from memdev.
 * @memdev: the back end of the RAM; made by default from ram_size.
 * @ram_size, @maxram_size, @ram_slots: -m [size=]S,maxmem=M,slots=N; bytes.
 * @kernel_filename, @kernel_cmdline, @initrd_filename: -kernel and so on.
 * @cpu_type: type name of the CPUs.
 */
struct MachineState {
    Object parent_obj;

    char *firmware;
    bool dump_guest_core;
    bool mem_merge;
    bool enable_graphics;

    HostMemoryBackend *memdev;

    /* memdev's region while the machine runs. */
    MemoryRegion *ram;

    ram_addr_t ram_size;
    ram_addr_t maxram_size;
    uint64_t ram_slots;
    BootConfiguration boot_config;
    char *kernel_filename;
    char *kernel_cmdline;
    char *initrd_filename;
    const char *cpu_type;
    AccelState *accelerator;
    CPUArchIdList *possible_cpus;
    CpuTopology smp;
};

/* A board type with all its boilerplate; see hw/core/null-machine.c. */
#define DEFINE_MACHINE(namestr, machine_initfn) \
    static void machine_initfn##_class_init(ObjectClass *oc, void *data) \
    { \
        MachineClass *mc = MACHINE_CLASS(oc); \
        machine_initfn(mc); \
    } \
    static const TypeInfo machine_initfn##_typeinfo = { \
        .name       = MACHINE_TYPE_NAME(namestr), \
        .parent     = TYPE_MACHINE, \
        .class_init = machine_initfn##_class_init, \
    }; \
    static void machine_initfn##_register_types(void) \
    { \
        type_register_static(&machine_initfn##_typeinfo); \
    } \
    type_init(machine_initfn##_register_types)

#endif
