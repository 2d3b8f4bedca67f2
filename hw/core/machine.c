/*
 * Machines: the properties that every board has, and how one is made.
 *
 * Read include/hw/boards.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-machine.h"
#include "qemu/accel.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "sysemu/cpus.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

MachineState *current_machine;

/* Who waits until the machine is ready */

static NotifierList machine_init_done_notifiers =
    NOTIFIER_LIST_INITIALIZER(machine_init_done_notifiers);

void qemu_add_machine_init_done_notifier(Notifier *notify)
{
    notifier_list_add(&machine_init_done_notifiers, notify);
    if (phase_check(PHASE_MACHINE_READY)) {
        notify->notify(notify, NULL);
    }
}

void qemu_remove_machine_init_done_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

/* All devices of the command line are there: from now on they are hotplugged. */
void qdev_machine_creation_done(void)
{
    const BootConfiguration *boot = &current_machine->boot_config;

    if (boot->has_once) {
        qemu_boot_set(boot->once, &error_fatal);
        qemu_register_reset(restore_boot_order, g_strdup(boot->order));
    }
    phase_advance(PHASE_MACHINE_READY);
    qdev_assert_realized_properly();

    /* After what the board registered: devices may rely on its reset. */
    qemu_register_reset(resettable_cold_reset_fn, sysbus_get_default());
    notifier_list_notify(&machine_init_done_notifiers, NULL);

    if (rom_check_and_register_reset() != 0) {
        exit(1);
    }
    /* The CPUs that the board made: theirs is the first state of all. */
    cpu_synchronize_all_post_init();
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
}

/* Properties that are strings */

static char *machine_get_kernel(Object *obj, Error **errp)
{
    return g_strdup(MACHINE(obj)->kernel_filename);
}

static void machine_set_kernel(Object *obj, const char *value, Error **errp)
{
    MachineState *ms = MACHINE(obj);

    g_free(ms->kernel_filename);
    ms->kernel_filename = g_strdup(value);
}

static char *machine_get_initrd(Object *obj, Error **errp)
{
    return g_strdup(MACHINE(obj)->initrd_filename);
}

static void machine_set_initrd(Object *obj, const char *value, Error **errp)
{
    MachineState *ms = MACHINE(obj);

    g_free(ms->initrd_filename);
    ms->initrd_filename = g_strdup(value);
}

static char *machine_get_append(Object *obj, Error **errp)
{
    return g_strdup(MACHINE(obj)->kernel_cmdline);
}

static void machine_set_append(Object *obj, const char *value, Error **errp)
{
    MachineState *ms = MACHINE(obj);

    g_free(ms->kernel_cmdline);
    ms->kernel_cmdline = g_strdup(value);
}

static char *machine_get_firmware(Object *obj, Error **errp)
{
    return g_strdup(MACHINE(obj)->firmware);
}

static void machine_set_firmware(Object *obj, const char *value, Error **errp)
{
    MachineState *ms = MACHINE(obj);

    g_free(ms->firmware);
    ms->firmware = g_strdup(value);
}

/* Properties that are on or off */

static bool machine_get_dump_guest_core(Object *obj, Error **errp)
{
    return MACHINE(obj)->dump_guest_core;
}

static void machine_set_dump_guest_core(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->dump_guest_core = value;
}

static bool machine_get_mem_merge(Object *obj, Error **errp)
{
    return MACHINE(obj)->mem_merge;
}

static void machine_set_mem_merge(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->mem_merge = value;
}

static bool machine_get_graphics(Object *obj, Error **errp)
{
    return MACHINE(obj)->enable_graphics;
}

static void machine_set_graphics(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->enable_graphics = value;
}

/* Properties that have parts: smp, memory, boot */

static void machine_get_smp(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    MachineState *ms = MACHINE(obj);
    SMPConfiguration *config = &(SMPConfiguration) {
        .has_cpus = true, .cpus = ms->smp.cpus,
        .has_sockets = true, .sockets = ms->smp.sockets,
        .has_dies = true, .dies = ms->smp.dies,
        .has_clusters = true, .clusters = ms->smp.clusters,
        .has_cores = true, .cores = ms->smp.cores,
        .has_threads = true, .threads = ms->smp.threads,
        .has_maxcpus = true, .maxcpus = ms->smp.max_cpus,
    };

    visit_type_SMPConfiguration(v, name, &config, &error_abort);
}

static void machine_set_smp(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    g_autoptr(SMPConfiguration) config = NULL;

    if (visit_type_SMPConfiguration(v, name, &config, errp)) {
        machine_parse_smp_config(MACHINE(obj), config, errp);
    }
}

static void machine_get_mem(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    MachineState *ms = MACHINE(obj);
    MemorySizeConfiguration mem = {
        .has_size = true,
        .size = ms->ram_size,
        .has_max_size = !!ms->ram_slots,
        .max_size = ms->maxram_size,
        .has_slots = !!ms->ram_slots,
        .slots = ms->ram_slots,
    };
    MemorySizeConfiguration *p_mem = &mem;

    visit_type_MemorySizeConfiguration(v, name, &p_mem, &error_abort);
}

/* RAM comes in units of this. */
#define RAM_SIZE_UNIT 8192

/* What -m says, or the board's default for 0; false if the host cannot have it. */
static bool machine_choose_ram_size(MachineState *ms,
                                    MemorySizeConfiguration *mem, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    uint64_t size = mem->has_size && mem->size ? mem->size
                                               : mc->default_ram_size;

    if (size > UINT64_MAX - RAM_SIZE_UNIT) {
        error_setg(errp, "ram size too large");
        return false;
    }
    size = QEMU_ALIGN_UP(size, RAM_SIZE_UNIT);
    if (mc->fixup_ram_size) {
        size = mc->fixup_ram_size(size);
    }
    if ((ram_addr_t)size != size) {
        error_setg(errp, "ram size too large");
        return false;
    }
    mem->size = size;
    return true;
}

static void machine_set_mem(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    MachineState *ms = MACHINE(obj);
    g_autoptr(MemorySizeConfiguration) mem = NULL;

    if (!visit_type_MemorySizeConfiguration(v, name, &mem, errp) ||
        !machine_choose_ram_size(ms, mem, errp)) {
        return;
    }

    if (mem->has_max_size) {
        if ((ram_addr_t)mem->max_size != mem->max_size) {
            error_setg(errp, "ram size too large");
            return;
        }
        if (mem->max_size < mem->size) {
            error_setg(errp, "invalid value of maxmem: "
                       "maximum memory size (0x%" PRIx64 ") must be at least "
                       "the initial memory size (0x%" PRIx64 ")",
                       mem->max_size, mem->size);
            return;
        }
        if (mem->has_slots && mem->slots && mem->max_size == mem->size) {
            error_setg(errp, "invalid value of maxmem: "
                       "memory slots were specified but maximum memory size "
                       "(0x%" PRIx64 ") is equal to the initial memory size "
                       "(0x%" PRIx64 ")", mem->max_size, mem->size);
            return;
        }
        ms->maxram_size = mem->max_size;
    } else {
        if (mem->has_slots) {
            error_setg(errp, "slots specified but no max-size");
            return;
        }
        ms->maxram_size = mem->size;
    }
    ms->ram_size = mem->size;
    ms->ram_slots = mem->has_slots ? mem->slots : 0;
}

static void machine_get_boot(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    BootConfiguration *config = &MACHINE(obj)->boot_config;

    visit_type_BootConfiguration(v, name, &config, &error_abort);
}

static void machine_free_boot_config(MachineState *ms)
{
    g_free(ms->boot_config.order);
    g_free(ms->boot_config.once);
    g_free(ms->boot_config.splash);
}

/* The machine has all the parts of @config then, and @config is empty. */
static void machine_take_boot_config(MachineState *ms,
                                     BootConfiguration *config)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    machine_free_boot_config(ms);
    ms->boot_config = *config;
    memset(config, 0, sizeof(*config));
    if (!ms->boot_config.order) {
        ms->boot_config.has_order = true;
        ms->boot_config.order = g_strdup(mc->default_boot_order ?: "");
    }
}

static void machine_set_boot(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ERRP_GUARD();
    MachineState *ms = MACHINE(obj);
    g_autoptr(BootConfiguration) config = NULL;

    if (!visit_type_BootConfiguration(v, name, &config, errp)) {
        return;
    }
    if (config->order) {
        validate_bootdevices(config->order, errp);
        if (*errp) {
            return;
        }
    }
    if (config->once) {
        validate_bootdevices(config->once, errp);
        if (*errp) {
            return;
        }
    }
    machine_take_boot_config(ms, config);
}

/* What boards ask */

bool machine_dump_guest_core(MachineState *machine)
{
    return machine->dump_guest_core;
}

bool machine_mem_merge(MachineState *machine)
{
    return machine->mem_merge;
}

void machine_class_allow_dynamic_sysbus_dev(MachineClass *mc, const char *type)
{
    QAPI_LIST_PREPEND(mc->allowed_dynamic_sysbus_devices, g_strdup(type));
}

bool device_type_is_dynamic_sysbus(MachineClass *mc, const char *type)
{
    ObjectClass *klass = object_class_by_name(type);

    for (strList *l = mc->allowed_dynamic_sysbus_devices; l; l = l->next) {
        if (object_class_dynamic_cast(klass, l->value)) {
            return true;
        }
    }
    return false;
}

bool device_is_dynamic_sysbus(MachineClass *mc, DeviceState *dev)
{
    return device_type_is_dynamic_sysbus(mc, object_get_typename(OBJECT(dev)));
}

/* A sysbus device that no board expects would never be mapped anywhere. */
static void validate_sysbus_device(SysBusDevice *sbdev, void *opaque)
{
    MachineState *machine = opaque;

    if (!device_is_dynamic_sysbus(MACHINE_GET_CLASS(machine),
                                  DEVICE(sbdev))) {
        error_report("Option '-device %s' cannot be handled by this machine",
                     object_class_get_name(object_get_class(OBJECT(sbdev))));
        exit(1);
    }
}

static void machine_init_notify(Notifier *notifier, void *data)
{
    foreach_dynamic_sysbus_device(validate_sysbus_device, qdev_get_machine());
}

/* Memory */

MemoryRegion *machine_consume_memdev(MachineState *machine,
                                     HostMemoryBackend *backend)
{
    MemoryRegion *ret = host_memory_backend_get_memory(backend);

    if (host_memory_backend_is_mapped(backend)) {
        error_report("memory backend %s can't be used multiple times.",
                     object_get_canonical_path_component(OBJECT(backend)));
        exit(EXIT_FAILURE);
    }
    host_memory_backend_set_mapped(backend, true);
    vmstate_register_ram_global(ret);
    return ret;
}

/* The back end for a command line without one: named as the board says. */
static bool create_default_memdev(MachineState *ms, const char *path,
                                  Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    Object *obj = object_new(path ? TYPE_MEMORY_BACKEND_FILE
                                  : TYPE_MEMORY_BACKEND_RAM);
    bool ok = false;

    if (path && !object_property_set_str(obj, "mem-path", path, errp)) {
        goto out;
    }
    if (!object_property_set_int(obj, "size", ms->ram_size, errp)) {
        goto out;
    }
    object_property_add_child(object_get_objects_root(), mc->default_ram_id,
                              obj);
    /* The RAM block is called "pc.ram", not "/objects/pc.ram". */
    if (!object_property_set_bool(obj, "x-use-canonical-path-for-ramblock-id",
                                  false, errp) ||
        !user_creatable_complete(USER_CREATABLE(obj), errp)) {
        goto out;
    }
    ok = object_property_set_link(OBJECT(ms), "memory-backend", obj, errp);

out:
    if (!ok) {
        object_unparent(obj);
    }
    object_unref(obj);
    return ok;
}

static bool machine_choose_memdev(MachineState *machine, const char *mem_path,
                                  Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);

    if (machine->memdev) {
        uint64_t size = object_property_get_uint(OBJECT(machine->memdev),
                                                 "size", &error_abort);

        if (size != machine->ram_size) {
            error_setg(errp, "Machine memory size does not match the size of "
                       "the memory backend");
            return false;
        }
        return true;
    }
    if (!mc->default_ram_id || !machine->ram_size) {
        return true;
    }
    if (object_property_find(object_get_objects_root(), mc->default_ram_id)) {
        error_setg(errp, "object name '%s' is reserved for the default"
                   " RAM backend, it can't be used for any other purposes."
                   " Change the object's 'id' to something else",
                   mc->default_ram_id);
        return false;
    }
    return create_default_memdev(machine, mem_path, errp);
}

/* The board knows which CPUs it can have. */
static bool machine_check_cpu_type(MachineState *machine, Error **errp)
{
    ERRP_GUARD();
    MachineClass *mc = MACHINE_GET_CLASS(machine);
    ObjectClass *oc;

    if (!mc->valid_cpu_types || !machine->cpu_type) {
        return true;
    }
    oc = object_class_by_name(machine->cpu_type);
    for (int i = 0; mc->valid_cpu_types[i]; i++) {
        if (object_class_dynamic_cast(oc, mc->valid_cpu_types[i])) {
            return true;
        }
    }

    error_setg(errp, "Invalid CPU type: %s", machine->cpu_type);
    error_append_hint(errp, "The valid types are: %s", mc->valid_cpu_types[0]);
    for (int i = 1; mc->valid_cpu_types[i]; i++) {
        error_append_hint(errp, ", %s", mc->valid_cpu_types[i]);
    }
    error_append_hint(errp, "\n");
    return false;
}

void machine_run_board_init(MachineState *machine, const char *mem_path,
                            Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);

    if (!machine_choose_memdev(machine, mem_path, errp)) {
        return;
    }
    if (machine->memdev) {
        machine->ram = machine_consume_memdev(machine, machine->memdev);
    }
    if (!machine_check_cpu_type(machine, errp)) {
        return;
    }

    accel_init_interfaces(ACCEL_GET_CLASS(machine->accelerator));
    mc->init(machine);
    phase_advance(PHASE_MACHINE_INITIALIZED);
}

/* Type */

static void machine_initfn(Object *obj)
{
    static Notifier sysbus_notifier = { .notify = machine_init_notify };
    MachineState *ms = MACHINE(obj);
    MachineClass *mc = MACHINE_GET_CLASS(obj);

    /* The homes of devices with an ID, and of those without. */
    container_get(obj, "/peripheral");
    container_get(obj, "/peripheral-anon");

    ms->dump_guest_core = true;
    ms->mem_merge = true;
    ms->enable_graphics = true;
    ms->kernel_cmdline = g_strdup("");
    ms->ram_size = mc->default_ram_size;
    ms->maxram_size = mc->default_ram_size;

    ms->smp.cpus = mc->default_cpus;
    ms->smp.max_cpus = mc->default_cpus;
    ms->smp.sockets = 1;
    ms->smp.dies = 1;
    ms->smp.clusters = 1;
    ms->smp.cores = 1;
    ms->smp.threads = 1;

    machine_take_boot_config(ms, &(BootConfiguration) { 0 });

    if (mc->allowed_dynamic_sysbus_devices) {
        /* There is one machine in a program. */
        qemu_add_machine_init_done_notifier(&sysbus_notifier);
    }
}

static void machine_finalize(Object *obj)
{
    MachineState *ms = MACHINE(obj);

    machine_free_boot_config(ms);
    g_free(ms->possible_cpus);
    g_free(ms->kernel_filename);
    g_free(ms->initrd_filename);
    g_free(ms->kernel_cmdline);
    g_free(ms->firmware);
}

static void machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->default_ram_size = 128 * MiB;

    object_class_property_add_str(oc, "kernel",
        machine_get_kernel, machine_set_kernel);
    object_class_property_set_description(oc, "kernel",
        "Kernel to boot: a file");

    object_class_property_add_str(oc, "initrd",
        machine_get_initrd, machine_set_initrd);
    object_class_property_set_description(oc, "initrd",
        "Initial ramdisk for the kernel: a file");

    object_class_property_add_str(oc, "append",
        machine_get_append, machine_set_append);
    object_class_property_set_description(oc, "append",
        "Command line for the kernel");

    object_class_property_add(oc, "smp", "SMPConfiguration",
        machine_get_smp, machine_set_smp,
        NULL, NULL);
    object_class_property_set_description(oc, "smp",
        "How many CPUs, and in which topology");

    object_class_property_add_bool(oc, "dump-guest-core",
        machine_get_dump_guest_core, machine_set_dump_guest_core);
    object_class_property_set_description(oc, "dump-guest-core",
        "Whether a core dump has the guest's memory too");

    object_class_property_add_bool(oc, "mem-merge",
        machine_get_mem_merge, machine_set_mem_merge);
    object_class_property_set_description(oc, "mem-merge",
        "Whether the host may merge equal pages");

    object_class_property_add_bool(oc, "graphics",
        machine_get_graphics, machine_set_graphics);
    object_class_property_set_description(oc, "graphics",
        "Whether the machine has a display");

    object_class_property_add_str(oc, "firmware",
        machine_get_firmware, machine_set_firmware);
    object_class_property_set_description(oc, "firmware",
        "Firmware to start: a file");

    object_class_property_add_link(oc, "memory-backend", TYPE_MEMORY_BACKEND,
        offsetof(MachineState, memdev), object_property_allow_set_link,
        OBJ_PROP_LINK_STRONG);
    object_class_property_set_description(oc, "memory-backend",
        "ID of the memory backend that is the machine's RAM");

    object_class_property_add(oc, "memory", "MemorySizeConfiguration",
        machine_get_mem, machine_set_mem,
        NULL, NULL);
    object_class_property_set_description(oc, "memory",
        "How much memory there is, and can be");

    object_class_property_add(oc, "boot", "BootConfiguration",
        machine_get_boot, machine_set_boot,
        NULL, NULL);
    object_class_property_set_description(oc, "boot",
        "Where firmware boots from, and how");
}

/* A board counts from 1, and has lists of its own. */
static void machine_class_base_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->max_cpus = mc->max_cpus ?: 1;
    mc->min_cpus = mc->min_cpus ?: 1;
    mc->default_cpus = mc->default_cpus ?: 1;

    if (!object_class_is_abstract(oc)) {
        const char *cname = object_class_get_name(oc);

        assert(g_str_has_suffix(cname, TYPE_MACHINE_SUFFIX));
        mc->name = g_strndup(cname,
                             strlen(cname) - strlen(TYPE_MACHINE_SUFFIX));
        mc->compat_props = g_ptr_array_new();
    }
}

static const TypeInfo machine_info = {
    .name = TYPE_MACHINE,
    .parent = TYPE_OBJECT,
    .abstract = true,
    .class_size = sizeof(MachineClass),
    .class_init    = machine_class_init,
    .class_base_init = machine_class_base_init,
    .instance_size = sizeof(MachineState),
    .instance_init = machine_initfn,
    .instance_finalize = machine_finalize,
};

static void machine_register_types(void)
{
    type_register_static(&machine_info);
}

type_init(machine_register_types)
