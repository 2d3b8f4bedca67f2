/*
 * From a command line to a machine: the phases of QEMU's main.
 *
 *   qemu_init
 *     qemu_init_subsystems            types are registered
 *     qemu_parse_options              the command line, option by option
 *     qemu_process_early_options      logs, traces
 *     qemu_init_main_loop
 *     user_register_global_props      -global
 *     qemu_create_machine             an object, no board yet
 *     qemu_create_early_backends      -object (most), -chardev
 *     qemu_apply_machine_options      -machine, -m, -smp
 *     configure_accelerators          -accel
 *     qemu_create_late_backends       -netdev, -object (the rest), -monitor
 *     qmp_x_exit_preconfig
 *       qemu_init_board               the board's parts
 *       qemu_create_cli_devices       -device
 *       qemu_machine_creation_done    reset; from here on, hotplug
 *
 * What depends on what decides the order: devices need back ends, back ends
 * need the main loop, and whatever is an object needs -global before it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qapi-visit-qom.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qmp/qstring.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qmp/qjson.h"
#include "qemu/accel.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/rcu.h"
#include "qemu/uuid.h"
#include "chardev/char.h"
#include "exec/cpu-common.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"
#include "net/net.h"
#include "qom/object_interfaces.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/cpus.h"
#include "sysemu/qtest.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "trace/control.h"
#include "machine-select.h"
#include "options.h"

/* What the options leave behind for the phases */

static QDict *machine_opts_dict;
static const char *mem_path;
static bool mem_prealloc;
static const char *log_mask;
static const char *log_file;
static const char *qtest_chrdev;
static const char *qtest_log;
static bool nographic;

typedef struct ObjectOption {
    ObjectOptions *opts;
    QTAILQ_ENTRY(ObjectOption) next;
} ObjectOption;

/* -device in its JSON form; the other form is in QemuOpts. */
typedef struct DeviceOption {
    QDict *opts;
    Location loc;
    QTAILQ_ENTRY(DeviceOption) next;
} DeviceOption;

static QTAILQ_HEAD(, ObjectOption) object_opts =
    QTAILQ_HEAD_INITIALIZER(object_opts);
static QTAILQ_HEAD(, DeviceOption) device_opts =
    QTAILQ_HEAD_INITIALIZER(device_opts);

static QemuOptsList qemu_object_opts = {
    .name = "object",
    .implied_opt_name = "qom-type",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_object_opts.head),
    .desc = {
        /* checked by the schema */
        { /* end of list */ }
    },
};

static QemuOptsList qemu_accel_opts = {
    .name = "accel",
    .implied_opt_name = "accel",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_accel_opts.head),
    .desc = {
        /* checked as properties of the accelerator */
        { /* end of list */ }
    },
};

static QemuOptsList qemu_mem_opts = {
    .name = "memory",
    .implied_opt_name = "size",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_mem_opts.head),
    .merge_lists = true,
    .desc = {
        { .name = "size",   .type = QEMU_OPT_SIZE },
        { .name = "slots",  .type = QEMU_OPT_NUMBER },
        { .name = "maxmem", .type = QEMU_OPT_SIZE },
        { /* end of list */ }
    },
};

static QemuOptsList qemu_smp_opts = {
    .name = "smp-opts",
    .implied_opt_name = "cpus",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(qemu_smp_opts.head),
    .desc = {
        { .name = "cpus",    .type = QEMU_OPT_NUMBER },
        { .name = "sockets", .type = QEMU_OPT_NUMBER },
        { .name = "dies",    .type = QEMU_OPT_NUMBER },
        { .name = "clusters", .type = QEMU_OPT_NUMBER },
        { .name = "cores",   .type = QEMU_OPT_NUMBER },
        { .name = "threads", .type = QEMU_OPT_NUMBER },
        { .name = "maxcpus", .type = QEMU_OPT_NUMBER },
        { /* end of list */ }
    },
};

static QemuOptsList qemu_name_opts = {
    .name = "name",
    .implied_opt_name = "guest",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(qemu_name_opts.head),
    .desc = {
        { .name = "guest", .type = QEMU_OPT_STRING,
          .help = "what the guest is called" },
        { .name = "process", .type = QEMU_OPT_STRING,
          .help = "what the process is called" },
        { .name = "debug-threads", .type = QEMU_OPT_BOOL,
          .help = "give each thread a name" },
        { /* end of list */ }
    },
};

static QemuOptsList qemu_msg_opts = {
    .name = "msg",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_msg_opts.head),
    .desc = {
        { .name = "timestamp", .type = QEMU_OPT_BOOL },
        { .name = "guest-name", .type = QEMU_OPT_BOOL },
        { /* end of list */ }
    },
};

static QemuOptsList qemu_fw_cfg_opts = {
    .name = "fw_cfg",
    .implied_opt_name = "name",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_fw_cfg_opts.head),
    .desc = {
        { .name = "name", .type = QEMU_OPT_STRING,
          .help = "name of the item, below opt/" },
        { .name = "file", .type = QEMU_OPT_STRING,
          .help = "file whose content it has" },
        { .name = "string", .type = QEMU_OPT_STRING,
          .help = "its content" },
        { .name = "gen_id", .type = QEMU_OPT_STRING,
          .help = "object that makes its content" },
        { /* end of list */ }
    },
};

/* Options, as they come */

static void machine_merge_property(const char *propname, QDict *prop)
{
    QDict *opts = qdict_new();

    qdict_put(opts, propname, prop);
    keyval_merge(machine_opts_dict, opts, &error_fatal);
    qobject_unref(opts);
}

/* -smp and its kind: sugar for one structured property of the machine. */
static void machine_parse_property_opt(QemuOptsList *opts_list,
                                       const char *propname, const char *arg)
{
    bool help = false;
    QDict *prop;

    prop = keyval_parse(arg, opts_list->implied_opt_name, &help, &error_fatal);
    if (help) {
        qobject_unref(prop);
        qemu_opts_print_help(opts_list, true);
        exit(0);
    }
    machine_merge_property(propname, prop);
}

static void object_option_add_visitor(Visitor *v)
{
    ObjectOption *opt = g_new0(ObjectOption, 1);

    visit_type_ObjectOptions(v, NULL, &opt->opts, &error_fatal);
    QTAILQ_INSERT_TAIL(&object_opts, opt, next);
}

static void object_option_parse(const char *str)
{
    QemuOpts *opts;
    Visitor *v;

    if (str[0] == '{') {
        QObject *obj = qobject_from_json(str, &error_fatal);

        v = qobject_input_visitor_new(obj);
        qobject_unref(obj);
    } else {
        const char *type;

        opts = qemu_opts_parse_noisily(qemu_find_opts("object"), str, true);
        if (!opts) {
            exit(1);
        }
        type = qemu_opt_get(opts, "qom-type");
        if (!type) {
            error_setg(&error_fatal, QERR_MISSING_PARAMETER, "qom-type");
        }
        if (user_creatable_print_help(type, opts)) {
            exit(0);
        }
        v = opts_visitor_new(opts);
    }

    object_option_add_visitor(v);
    visit_free(v);
}

static void device_option_parse(const char *arg)
{
    DeviceOption *opt;
    QObject *obj;

    if (arg[0] != '{') {
        if (!qemu_opts_parse_noisily(qemu_find_opts("device"), arg, true)) {
            exit(1);
        }
        return;
    }
    obj = qobject_from_json(arg, &error_fatal);
    opt = g_new0(DeviceOption, 1);
    opt->opts = qobject_to(QDict, obj);
    if (!opt->opts) {
        error_report("JSON argument must be an object");
        exit(1);
    }
    loc_save(&opt->loc);
    QTAILQ_INSERT_TAIL(&device_opts, opt, next);
}

/* Two chardevs of one monitor's worth: the device, and a monitor on it. */
static void monitor_parse(const char *optarg, const char *mode, bool pretty)
{
    static int monitor_device_index;
    g_autofree char *made = NULL;
    const char *p, *label;
    QemuOpts *opts;

    if (strstart(optarg, "chardev:", &p)) {
        label = p;
    } else {
        made = g_strdup_printf("compat_monitor%d", monitor_device_index);
        label = made;
        opts = qemu_chr_parse_compat(label, optarg, true);
        if (!opts) {
            error_report("parse error: %s", optarg);
            exit(1);
        }
    }

    opts = qemu_opts_create(qemu_find_opts("mon"), label, 1, &error_fatal);
    qemu_opt_set(opts, "mode", mode, &error_abort);
    qemu_opt_set(opts, "chardev", label, &error_abort);
    qemu_opt_set_bool(opts, "pretty", pretty, &error_abort);
    monitor_device_index++;
}

static void display_parse(const char *arg)
{
    if (is_help_option(arg)) {
        printf("Available display backend types:\nnone\n");
        exit(0);
    }
    if (strcmp(arg, "none") != 0) {
        error_report("Parameter 'type' does not accept value '%s'", arg);
        exit(1);
    }
}

static void opts_parse_or_exit(const char *list, const char *arg, bool implied)
{
    if (!qemu_opts_parse_noisily(qemu_find_opts(list), arg, implied)) {
        exit(1);
    }
}

static void qemu_parse_option(const QEMUOption *popt, const char *optarg)
{
    bool help = false;

    switch (popt->index) {
    case QEMU_OPTION_h:
        qemu_help(0);
    case QEMU_OPTION_version:
        qemu_version();
        exit(0);
    case QEMU_OPTION_machine:
        keyval_parse_into(machine_opts_dict, optarg, "type", &help,
                          &error_fatal);
        if (help) {
            machine_help_func(machine_opts_dict);
        }
        break;
    case QEMU_OPTION_accel: {
        QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("accel"),
                                                 optarg, true);
        const char *acc = opts ? qemu_opt_get(opts, "accel") : "help";

        if (!opts || !acc || is_help_option(acc)) {
            g_autoptr(GSList) list = object_class_get_list(TYPE_ACCEL, false);

            printf("Accelerators supported in QEMU binary:\n");
            for (GSList *el = list; el; el = el->next) {
                printf("%.*s\n", (int)(strlen(object_class_get_name(el->data))
                                       - strlen(ACCEL_CLASS_SUFFIX)),
                       object_class_get_name(el->data));
            }
            exit(0);
        }
        break;
    }
    case QEMU_OPTION_smp:
        machine_parse_property_opt(qemu_find_opts("smp-opts"), "smp", optarg);
        break;
    case QEMU_OPTION_m:
        opts_parse_or_exit("memory", optarg, true);
        break;
    case QEMU_OPTION_mempath:
        mem_path = optarg;
        break;
    case QEMU_OPTION_mem_prealloc:
        mem_prealloc = true;
        break;
    case QEMU_OPTION_name:
        opts_parse_or_exit("name", optarg, true);
        break;
    case QEMU_OPTION_uuid:
        if (qemu_uuid_parse(optarg, &qemu_uuid) < 0) {
            error_report("failed to parse UUID string: wrong format");
            exit(1);
        }
        qemu_uuid_set = true;
        break;
    case QEMU_OPTION_device:
        device_option_parse(optarg);
        break;
    case QEMU_OPTION_global:
        if (qemu_global_option(optarg) != 0) {
            exit(1);
        }
        break;
    case QEMU_OPTION_object:
        object_option_parse(optarg);
        break;
    case QEMU_OPTION_fw_cfg:
        opts_parse_or_exit("fw_cfg", optarg, true);
        break;
    case QEMU_OPTION_netdev:
        if (netdev_is_modern(optarg)) {
            netdev_parse_modern(optarg);
        } else if (net_client_parse(qemu_find_opts("netdev"), optarg) == -1) {
            exit(1);
        }
        break;
    case QEMU_OPTION_nic:
        if (net_client_parse(qemu_find_opts("nic"), optarg) == -1) {
            exit(1);
        }
        break;
    case QEMU_OPTION_net:
        if (net_client_parse(qemu_find_opts("net"), optarg) == -1) {
            exit(1);
        }
        break;
    case QEMU_OPTION_chardev:
        opts_parse_or_exit("chardev", optarg, true);
        break;
    case QEMU_OPTION_monitor:
        if (strcmp(optarg, "none") != 0) {
            monitor_parse(optarg, "readline", false);
        }
        break;
    case QEMU_OPTION_qtest:
        qtest_chrdev = optarg;
        break;
    case QEMU_OPTION_qtest_log:
        qtest_log = optarg;
        break;
    case QEMU_OPTION_display:
        display_parse(optarg);
        break;
    case QEMU_OPTION_nographic:
        nographic = true;
        break;
    case QEMU_OPTION_nodefaults:
    case QEMU_OPTION_no_user_config:
        /* There is nothing to leave out. */
        break;
    case QEMU_OPTION_S:
        autostart = 0;
        break;
    case QEMU_OPTION_L:
        if (is_help_option(optarg)) {
            qemu_list_data_dirs();
            exit(0);
        }
        qemu_add_data_dir(g_strdup(optarg));
        break;
    case QEMU_OPTION_d:
        log_mask = optarg;
        break;
    case QEMU_OPTION_D:
        log_file = optarg;
        break;
    case QEMU_OPTION_trace:
        trace_opt_parse(optarg);
        break;
    case QEMU_OPTION_msg: {
        QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("msg"),
                                                 optarg, false);

        if (!opts) {
            exit(1);
        }
        message_with_timestamp = qemu_opt_get_bool(opts, "timestamp", false);
        error_with_guestname = qemu_opt_get_bool(opts, "guest-name", false);
        break;
    }
    }
}

static void qemu_parse_options(int argc, char **argv)
{
    int optind = 1;

    while (optind < argc) {
        const QEMUOption *popt;
        const char *optarg;

        if (argv[optind][0] != '-') {
            loc_set_cmdline(argv, optind, 1);
            error_report("disk images are not supported");
            exit(1);
        }
        popt = lookup_opt(argc, argv, &optarg, &optind);
        qemu_parse_option(popt, optarg);
    }
    /* From here on errors are not about one word of the command line. */
    loc_set_none();
}

/* Before the machine */

static void qemu_process_early_options(void)
{
    QemuOpts *opts = qemu_find_opts_singleton("name");
    int mask = 0;

    qemu_thread_naming(qemu_opt_get_bool(opts, "debug-threads", false));
    qemu_name = qemu_opt_get(opts, "guest");
    error_guest_name = qemu_name;
    os_set_proc_name(qemu_opt_get(opts, "process"));

    if (!trace_init_backends()) {
        exit(1);
    }
    trace_init_file();

    if (log_mask) {
        mask = qemu_str_to_log_mask(log_mask);
        if (!mask) {
            qemu_print_log_usage(stdout);
            exit(1);
        }
    }
    if (log_file) {
        qemu_set_log_filename_flags(log_file, mask, &error_fatal);
    } else {
        /* Leaves the log where -trace file= has put it. */
        qemu_set_log(mask, &error_fatal);
    }
}

static int device_help_func(void *opaque, QemuOpts *opts, Error **errp)
{
    return qdev_device_help(opts);
}

/* Help on devices needs no machine, not even a valid one. */
static void qemu_process_help_options(void)
{
    if (qemu_opts_foreach(qemu_find_opts("device"), device_help_func, NULL,
                          NULL)) {
        exit(0);
    }
}

/* Options that stand for a property of every object of a type. */
static void qemu_process_sugar_options(void)
{
    if (mem_prealloc) {
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

static void qemu_apply_machine_options(QDict *qdict)
{
    object_set_properties_from_keyval(OBJECT(current_machine), qdict, false,
                                      &error_fatal);
}

/* Back ends */

/*
 * Most objects are there before the machine, because its properties and the
 * accelerator may name them; some need network clients.
 */
static bool object_create_early(const ObjectOption *opt)
{
    return !g_str_has_prefix(ObjectType_str(opt->opts->qom_type), "filter-");
}

static void object_option_foreach_add(bool (*type_opt_predicate)(
                                          const ObjectOption *))
{
    ObjectOption *opt, *next;

    QTAILQ_FOREACH_SAFE(opt, &object_opts, next, next) {
        if (type_opt_predicate(opt)) {
            user_creatable_add_qapi(opt->opts, &error_fatal);
            qapi_free_ObjectOptions(opt->opts);
            QTAILQ_REMOVE(&object_opts, opt, next);
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

static void qemu_create_early_backends(void)
{
    object_option_foreach_add(object_create_early);
    qemu_opts_foreach(qemu_find_opts("chardev"), chardev_init_func, NULL,
                      &error_fatal);
}

static void qemu_create_late_backends(void)
{
    if (qtest_chrdev) {
        qtest_server_init(qtest_chrdev, qtest_log, &error_fatal);
    }
    net_init_clients();
    object_option_foreach_add(object_create_late);
    qemu_opts_foreach(qemu_find_opts("mon"), mon_init_func, NULL,
                      &error_fatal);
}

/* Accelerators */

static int accelerator_set_property(void *opaque, const char *name,
                                    const char *value, Error **errp)
{
    if (!strcmp(name, "accel")) {
        return 0;
    }
    return object_property_parse(opaque, name, value, errp) ? 0 : -1;
}

/* Returns 1 once an accelerator works, which ends the search. */
static int do_configure_accelerator(void *opaque, QemuOpts *opts, Error **errp)
{
    bool *p_init_failed = opaque;
    const char *acc = qemu_opt_get(opts, "accel");
    AccelClass *ac = accel_find(acc);
    AccelState *accel;
    int ret;

    if (!ac) {
        *p_init_failed = true;
        error_report("invalid accelerator %s", acc);
        return 0;
    }

    accel = ACCEL(object_new_with_class(OBJECT_CLASS(ac)));
    object_apply_compat_props(OBJECT(accel));
    qemu_opt_foreach(opts, accelerator_set_property, accel, &error_fatal);

    ret = accel_init_machine(accel, current_machine);
    if (ret < 0) {
        *p_init_failed = true;
        error_report("failed to initialize %s: %s", acc, strerror(-ret));
        return 0;
    }
    return 1;
}

static void configure_accelerators(const char *progname)
{
    bool init_failed = false;

    if (!qemu_opts_foreach(qemu_find_opts("accel"), do_configure_accelerator,
                           &init_failed, &error_fatal)) {
        if (!init_failed) {
            error_report("No accelerator selected and"
                         " no default accelerator available");
        }
        exit(1);
    }
    if (init_failed && !qtest_chrdev) {
        error_report("falling back to %s",
                     ACCEL_GET_CLASS(current_accel())->name);
    }
}

/* -machine accel=a:b is the short form of -accel a -accel b. */
static void qemu_apply_legacy_machine_options(QDict *qdict)
{
    const char *value = qdict_get_try_str(qdict, "accel");

    if (value) {
        g_auto(GStrv) accel_list = NULL;

        if (qemu_find_opts("accel")->head.tqh_first) {
            error_report("The -accel and \"-machine accel=\" options are "
                         "incompatible");
            exit(1);
        }
        accel_list = g_strsplit(value, ":", 0);
        for (char **acc = accel_list; *acc; acc++) {
            opts_parse_or_exit("accel", *acc, true);
        }
        qdict_del(qdict, "accel");
    }
}

/* The board and its devices */

static void qemu_init_board(void)
{
    machine_run_board_init(current_machine, mem_path, &error_fatal);
}

static int parse_fw_cfg(void *opaque, QemuOpts *opts, Error **errp)
{
    const char *name = qemu_opt_get(opts, "name");
    const char *file = qemu_opt_get(opts, "file");
    const char *str = qemu_opt_get(opts, "string");
    const char *gen_id = qemu_opt_get(opts, "gen_id");
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
    QTAILQ_FOREACH_SAFE(opt, &device_opts, next, next) {
        DeviceState *dev;

        loc_push_restore(&opt->loc);
        dev = qdev_device_add_from_qdict(opt->opts, true, &error_fatal);
        object_unref(OBJECT(dev));
        loc_pop(&opt->loc);
        qobject_unref(opt->opts);
        QTAILQ_REMOVE(&device_opts, opt, next);
        g_free(opt);
    }
}

static void qemu_machine_creation_done(void)
{
    net_check_clients();
    qdev_prop_check_globals();
    qdev_machine_creation_done();
}

static void qmp_x_exit_preconfig(Error **errp)
{
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

    module_call_init(MODULE_INIT_QOM);
    monitor_init_globals();

    atexit(qemu_run_exit_notifiers);
}

static void qemu_add_all_opts(void)
{
    qemu_add_opts(&qemu_object_opts);
    qemu_add_opts(&qemu_accel_opts);
    qemu_add_opts(&qemu_mem_opts);
    qemu_add_opts(&qemu_smp_opts);
    qemu_add_opts(&qemu_name_opts);
    qemu_add_opts(&qemu_msg_opts);
    qemu_add_opts(&qemu_fw_cfg_opts);
    qemu_add_opts(&qemu_trace_opts);
    qemu_add_opts(&qemu_chardev_opts);
    qemu_add_opts(&qemu_device_opts);
    qemu_add_opts(&qemu_netdev_opts);
    qemu_add_opts(&qemu_nic_opts);
    qemu_add_opts(&qemu_net_opts);
    qemu_add_opts(&qemu_mon_opts);
    qemu_add_opts(&qemu_global_opts);
}

void qemu_init(int argc, char **argv)
{
    error_init(argv[0]);
    qemu_init_exec_dir(argv[0]);
    os_setup_early_signal_handling();

    qemu_add_all_opts();
    qemu_init_subsystems();

    machine_opts_dict = qdict_new();
    qemu_parse_options(argc, argv);
    if (nographic) {
        monitor_parse("stdio", "readline", false);
    }

    qemu_process_sugar_options();
    qemu_process_early_options();
    qemu_process_help_options();
    qemu_init_main_loop(&error_fatal);
    os_setup_signal_handling();
    cpu_timers_init();

    user_register_global_props();
    qemu_create_machine(machine_opts_dict);
    qemu_add_default_firmwarepath();

    qemu_create_early_backends();

    parse_memory_options();
    qemu_apply_legacy_machine_options(machine_opts_dict);
    qemu_apply_machine_options(machine_opts_dict);
    qobject_unref(machine_opts_dict);
    phase_advance(PHASE_MACHINE_CREATED);

    configure_accelerators(argv[0]);
    phase_advance(PHASE_ACCEL_CREATED);

    qemu_create_late_backends();

    qmp_x_exit_preconfig(&error_fatal);
    accel_setup_post(current_machine);
}

void qemu_cleanup(void)
{
    vm_shutdown();

    net_cleanup();
    monitor_cleanup();
    qemu_chr_cleanup();
    user_creatable_cleanup();
}
