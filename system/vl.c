/*
 * From a command line to a machine: the phases of QEMU's main.
 *
 *   qemu_init
 *     qemu_init_subsystems            types are registered
 *     qemu_parse_options              the command line, option by option
 *     qemu_process_early_options      logs, traces
 *     qemu_maybe_daemonize            into the background; -pidfile
 *     qemu_init_main_loop
 *     user_register_global_props      -global
 *     qemu_create_machine             an object, no board yet
 *     qemu_create_default_devices     what nobody asked for
 *     qemu_create_early_backends      -object (most), -chardev, -blockdev, -drive
 *     qemu_apply_machine_options      -machine, -m, -smp
 *     configure_accelerators          -accel
 *     qemu_create_late_backends       -netdev, -object (the rest), -monitor,
 *                                     -serial
 *     qemu_choose_cpu_type            -cpu
 *     qmp_x_exit_preconfig            with -preconfig, when a client says so
 *       qemu_init_board               the board's parts
 *       qemu_create_cli_devices       -device
 *       qemu_machine_creation_done    reset; from here on, hotplug; -gdb
 *     os_setup_post                   whoever waited for us hears of it
 *
 * What depends on what decides the order: devices need back ends, back ends
 * need the main loop, and whatever is an object needs -global before it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block-core.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qmp/qdict.h"
#include "qemu/accel.h"
#include "qemu/config-file.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "block/block.h"
#include "chardev/char.h"
#include "exec/cpu-common.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "migration/misc.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"
#include "net/net.h"
#include "qom/object_interfaces.h"
#include "sysemu/blockdev.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/cpus.h"
#include "sysemu/hostmem.h"
#include "sysemu/qtest.h"
#include "sysemu/rtc.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "cmdline.h"
#include "device-config.h"
#include "machine-select.h"
#include "phases.h"

/* Before the machine */

/* Options that stand for a property of every object of a type. */
static void qemu_process_sugar_options(void)
{
    if (cmdline.mem_prealloc) {
        object_register_sugar_prop("memory-backend", "prealloc", "on", false);
    }
}

static int global_init_func(void *opaque, QemuOpts *opts, Error **errp)
{
    GlobalProperty *g = g_malloc0(sizeof(*g));

    g->driver   = qemu_opt_get(opts, "driver");
    g->property = qemu_opt_get(opts, "property");
    g->value    = qemu_opt_get(opts, "value");
    qdev_prop_register_global(g);
    return 0;
}

static void user_register_global_props(void)
{
    qemu_opts_foreach(qemu_find_opts("global"), global_init_func, NULL, NULL);
}

static void qemu_create_machine(QDict *qdict)
{
    MachineClass *machine_class = select_machine(qdict, &error_fatal);

    object_set_machine_compat_props(machine_class->compat_props);

    current_machine = MACHINE(object_new_with_class(
                                  OBJECT_CLASS(machine_class)));
    object_property_add_child(object_get_root(), "machine",
                              OBJECT(current_machine));
    object_property_add_child(container_get(OBJECT(current_machine),
                                            "/unattached"),
                              "sysbus", OBJECT(sysbus_get_default()));

    cpu_exec_init_all();
}

/* -m, in MiB without a suffix, becomes the machine's "memory" property. */
static void parse_memory_options(void)
{
    QemuOpts *opts = qemu_find_opts_singleton("memory");
    const char *mem_str = qemu_opt_get(opts, "size");
    QDict *prop = qdict_new();
    Location loc;

    loc_push_none(&loc);
    qemu_opts_loc_restore(opts);

    if (mem_str) {
        if (!*mem_str) {
            error_report("missing 'size' option value");
            exit(EXIT_FAILURE);
        }
        if (g_ascii_isdigit(mem_str[strlen(mem_str) - 1])) {
            g_autofree char *mib_str = g_strdup_printf("%sM", mem_str);

            qdict_put_str(prop, "size", mib_str);
        } else {
            qdict_put_str(prop, "size", mem_str);
        }
    }
    if (qemu_opt_get(opts, "maxmem")) {
        qdict_put_str(prop, "max-size", qemu_opt_get(opts, "maxmem"));
    }
    if (qemu_opt_get(opts, "slots")) {
        qdict_put_str(prop, "slots", qemu_opt_get(opts, "slots"));
    }
    machine_merge_property("memory", prop);

    loc_pop(&loc);
}

/* Where a back end is the RAM, it says how much there is, unless -m does. */
static void qemu_resolve_machine_memdev(QDict *qdict)
{
    const char *id = qdict_get_try_str(qdict, "memory-backend");
    QDict *memory = qobject_to(QDict, qdict_get(qdict, "memory"));
    g_autofree char *size = NULL;
    Object *backend;

    if (!id) {
        return;
    }
    if (cmdline.mem_path) {
        error_report("'-mem-path' can't be used together with"
                     "'-machine memory-backend'");
        exit(EXIT_FAILURE);
    }
    backend = object_resolve_path_type(id, TYPE_MEMORY_BACKEND, NULL);
    if (!backend) {
        error_report("Memory backend '%s' not found", id);
        exit(EXIT_FAILURE);
    }
    if (!memory || qdict_haskey(memory, "size")) {
        return;
    }
    size = g_strdup_printf("%" PRIu64,
                           object_property_get_uint(backend, "size",
                                                    &error_abort));
    qdict_put_str(memory, "size", size);
}

static void qemu_apply_machine_options(QDict *qdict)
{
    object_set_properties_from_keyval(OBJECT(current_machine), qdict, false,
                                      &error_fatal);
}

/* Back ends */

/*
 * Most objects are there before the machine, because its properties and the
 * accelerator may name them; some need network clients or a chardev.
 */
static bool object_create_early(const ObjectOption *opt)
{
    const char *type = ObjectType_str(opt->opts->qom_type);

    return !g_str_has_prefix(type, "filter-") && !g_str_equal(type, "rng-egd");
}

static void object_option_foreach_add(bool (*type_opt_predicate)(
                                          const ObjectOption *))
{
    ObjectOption *opt, *next;

    QTAILQ_FOREACH_SAFE(opt, &cmdline.objects, next, next) {
        if (type_opt_predicate(opt)) {
            user_creatable_add_qapi(opt->opts, &error_fatal);
            qapi_free_ObjectOptions(opt->opts);
            QTAILQ_REMOVE(&cmdline.objects, opt, next);
            g_free(opt);
        }
    }
}

static bool object_create_late(const ObjectOption *opt)
{
    return true;
}

static int chardev_init_func(void *opaque, QemuOpts *opts, Error **errp)
{
    Error *local_err = NULL;

    if (!qemu_chr_new_from_opts(opts, NULL, &local_err)) {
        if (local_err) {
            error_propagate(errp, local_err);
            return -1;
        }
        exit(0);        /* it was a request for help */
    }
    return 0;
}

static int mon_init_func(void *opaque, QemuOpts *opts, Error **errp)
{
    return monitor_init_opts(opts, errp);
}

static int drive_init_func(void *opaque, QemuOpts *opts, Error **errp)
{
    BlockInterfaceType *block_default_type = opaque;

    return drive_new(opts, *block_default_type, errp) == NULL;
}

static int drive_enable_snapshot(void *opaque, QemuOpts *opts, Error **errp)
{
    if (qemu_opt_get(opts, "snapshot") == NULL) {
        qemu_opt_set(opts, "snapshot", "on", &error_abort);
    }
    return 0;
}

/* -blockdev, then -drive, which may name its nodes. */
static void configure_blockdev(void)
{
    MachineClass *machine_class = MACHINE_GET_CLASS(current_machine);
    BlockdevOption *bdo;

    override_max_devs(machine_class->block_default_type,
                      machine_class->units_per_default_bus);
    while ((bdo = QTAILQ_FIRST(&cmdline.blockdevs))) {
        QTAILQ_REMOVE(&cmdline.blockdevs, bdo, next);
        loc_push_restore(&bdo->loc);
        qmp_blockdev_add(bdo->bdo, &error_fatal);
        loc_pop(&bdo->loc);
        qapi_free_BlockdevOptions(bdo->bdo);
        g_free(bdo);
    }
    if (cmdline.snapshot) {
        qemu_opts_foreach(qemu_find_opts("drive"), drive_enable_snapshot,
                          NULL, NULL);
    }
    if (qemu_opts_foreach(qemu_find_opts("drive"), drive_init_func,
                          &machine_class->block_default_type, &error_fatal)) {
        exit(0);        /* it was a request for help */
    }
}

static void qemu_create_early_backends(void)
{
    object_option_foreach_add(object_create_early);
    qemu_opts_foreach(qemu_find_opts("chardev"), chardev_init_func, NULL,
                      &error_fatal);
    configure_blockdev();
}

static void qemu_create_late_backends(void)
{
    if (cmdline.qtest_chrdev) {
        qtest_server_init(cmdline.qtest_chrdev, cmdline.qtest_log, &error_fatal);
    }
    net_init_clients();
    object_option_foreach_add(object_create_late);
    qemu_opts_foreach(qemu_find_opts("mon"), mon_init_func, NULL,
                      &error_fatal);
    create_device_configs();
}

/* What is said of a kernel needs one. */
static void qemu_validate_options(const QDict *machine_opts)
{
    if (qdict_haskey(machine_opts, "kernel")) {
        return;
    }
    if (qdict_haskey(machine_opts, "append")) {
        error_report("-append only allowed with -kernel option");
        exit(1);
    }
    if (qdict_haskey(machine_opts, "initrd")) {
        error_report("-initrd only allowed with -kernel option");
        exit(1);
    }
}

/* The board and its devices */

/* -cpu's features are global properties: they hold for all CPUs to come. */
static void qemu_choose_cpu_type(void)
{
    current_machine->cpu_type =
        MACHINE_GET_CLASS(current_machine)->default_cpu_type;
    if (cmdline.cpu_option) {
        current_machine->cpu_type = parse_cpu_option(cmdline.cpu_option);
    }
}

static void qemu_init_board(void)
{
    machine_run_board_init(current_machine, cmdline.mem_path, &error_fatal);
}

/* An empty value is as good as none. */
static const char *fw_cfg_opt_get(QemuOpts *opts, const char *name)
{
    const char *value = qemu_opt_get(opts, name);

    return value && *value ? value : NULL;
}

static int parse_fw_cfg(void *opaque, QemuOpts *opts, Error **errp)
{
    const char *name = fw_cfg_opt_get(opts, "name");
    const char *file = fw_cfg_opt_get(opts, "file");
    const char *str = fw_cfg_opt_get(opts, "string");
    const char *gen_id = fw_cfg_opt_get(opts, "gen_id");
    FWCfgState *fw_cfg = opaque;
    gchar *buf;
    size_t size;

    if (!fw_cfg) {
        error_setg(errp, "fw_cfg device not available");
        return -1;
    }
    if (!name || !!file + !!str + !!gen_id != 1) {
        error_setg(errp, "name, plus exactly one of file,"
                   " string and gen_id, are needed");
        return -1;
    }
    if (strlen(name) > FW_CFG_MAX_FILE_PATH - 1) {
        error_setg(errp, "name too long (max. %d char)",
                   FW_CFG_MAX_FILE_PATH - 1);
        return -1;
    }
    if (gen_id) {
        return fw_cfg_add_from_generator(fw_cfg, name, gen_id, errp) ? 0 : -1;
    }
    if (strncmp(name, "opt/", 4) != 0) {
        warn_report("externally provided fw_cfg item names "
                    "should be prefixed with \"opt/\"");
    }
    if (str) {
        size = strlen(str);     /* without its NUL */
        buf = g_memdup2(str, size);
    } else {
        GError *err = NULL;

        if (!g_file_get_contents(file, &buf, &size, &err)) {
            error_setg(errp, "can't load %s: %s", file, err->message);
            g_error_free(err);
            return -1;
        }
    }
    /* Read by the guest for as long as there is one. */
    fw_cfg_add_file(fw_cfg, name, buf, size);
    fw_cfg_own_file(fw_cfg, name);
    return 0;
}

static int device_init_func(void *opaque, QemuOpts *opts, Error **errp)
{
    DeviceState *dev;

    dev = qdev_device_add(opts, errp);
    if (!dev && *errp) {
        error_report_err(*errp);
        return -1;
    } else if (dev) {
        object_unref(OBJECT(dev));
    }
    return 0;
}

static void qemu_create_cli_devices(void)
{
    DeviceOption *opt, *next;

    qemu_opts_foreach(qemu_find_opts("fw_cfg"), parse_fw_cfg, fw_cfg_find(),
                      &error_fatal);

    qemu_opts_foreach(qemu_find_opts("device"), device_init_func, NULL,
                      &error_fatal);
    QTAILQ_FOREACH_SAFE(opt, &cmdline.devices, next, next) {
        DeviceState *dev;

        loc_push_restore(&opt->loc);
        dev = qdev_device_add_from_qdict(opt->opts, true, &error_fatal);
        object_unref(OBJECT(dev));
        loc_pop(&opt->loc);
        qobject_unref(opt->opts);
        QTAILQ_REMOVE(&cmdline.devices, opt, next);
        g_free(opt);
    }
}

static void qemu_machine_creation_done(void)
{
    net_check_clients();
    qdev_prop_check_globals();
    drive_check_orphaned();
    qdev_machine_creation_done();
    create_gdbservers();
}

void qmp_x_exit_preconfig(Error **errp)
{
    if (phase_check(PHASE_MACHINE_INITIALIZED)) {
        error_setg(errp, "The command is permitted only before machine "
                   "initialization");
        return;
    }
    qemu_init_board();
    qemu_create_cli_devices();
    qemu_machine_creation_done();

    if (autostart) {
        vm_start();
    }
}

/* The whole way */

void qemu_init_subsystems(void)
{
    os_set_line_buffering();

    module_call_init(MODULE_INIT_TRACE);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();

    module_call_init(MODULE_INIT_OPTS);
    module_call_init(MODULE_INIT_QOM);
    bdrv_init();
    precopy_infrastructure_init();
    monitor_init_globals();

    atexit(qemu_run_exit_notifiers);
}

void qemu_init(int argc, char **argv)
{
    error_init(argv[0]);
    qemu_init_exec_dir(argv[0]);
    os_setup_early_signal_handling();

    qemu_init_subsystems();
    qemu_parse_options(argc, argv);

    qemu_process_sugar_options();
    qemu_process_early_options();
    qemu_process_help_options();
    qemu_maybe_daemonize(cmdline.pid_file);
    qemu_init_main_loop(&error_fatal);
    os_setup_signal_handling();
    cpu_timers_init();

    user_register_global_props();
    qemu_create_machine(cmdline.machine_opts);
    qemu_add_default_firmwarepath();

    suspend_mux_open();
    configure_rtc(qemu_find_opts_singleton("rtc"));
    qemu_disable_default_devices();
    qemu_create_default_devices();
    qemu_create_early_backends();

    qemu_validate_options(cmdline.machine_opts);
    parse_memory_options();
    qemu_resolve_machine_memdev(cmdline.machine_opts);
    machine_options_dashify(cmdline.machine_opts, &error_fatal);
    qemu_apply_legacy_machine_options(cmdline.machine_opts);
    qemu_apply_machine_options(cmdline.machine_opts);
    qobject_unref(cmdline.machine_opts);
    phase_advance(PHASE_MACHINE_CREATED);

    configure_accelerators(argv[0]);
    phase_advance(PHASE_ACCEL_CREATED);

    qemu_create_late_backends();
    qemu_choose_cpu_type();

    if (!cmdline.preconfig) {
        qmp_x_exit_preconfig(&error_fatal);
    }
    accel_setup_post(current_machine);
    os_setup_post();
    resume_mux_open();
}
