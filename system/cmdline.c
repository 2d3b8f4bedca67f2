/*
 * Reading the command line.
 *
 * The table of options is in options.c; what each of them does to the
 * settings is here.  Nothing is made yet but lists: what can be checked
 * without a machine is checked at once, so that the message names the option.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qapi-visit-block-core.h"
#include "qapi/qapi-visit-compat.h"
#include "qapi/qapi-visit-qom.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/accel.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/datadir.h"
#include "qemu/guest-random.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/log.h"
#include "qemu/option.h"
#include "chardev/char.h"
#include "exec/gdbstub.h"
#include "hw/firmware/smbios.h"
#include "monitor/monitor.h"
#include "net/net.h"
#include "qom/object_interfaces.h"
#include "sysemu/blockdev.h"
#include "sysemu/rtc.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "trace/control.h"
#include "cmdline.h"
#include "device-config.h"
#include "machine-select.h"
#include "options.h"

CommandLine cmdline = {
    .objects = QTAILQ_HEAD_INITIALIZER(cmdline.objects),
    .blockdevs = QTAILQ_HEAD_INITIALIZER(cmdline.blockdevs),
    .devices = QTAILQ_HEAD_INITIALIZER(cmdline.devices),
};

/* Lists that no other file has */

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

static QemuOptsList qemu_boot_opts = {
    .name = "boot-opts",
    .implied_opt_name = "order",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(qemu_boot_opts.head),
    .desc = {
        { .name = "order", .type = QEMU_OPT_STRING },
        { .name = "once", .type = QEMU_OPT_STRING },
        { .name = "menu", .type = QEMU_OPT_BOOL },
        { .name = "splash", .type = QEMU_OPT_STRING },
        { .name = "splash-time", .type = QEMU_OPT_NUMBER },
        { .name = "reboot-timeout", .type = QEMU_OPT_NUMBER },
        { .name = "strict", .type = QEMU_OPT_BOOL },
        { /* end of list */ }
    },
};

static QemuOptsList qemu_option_rom_opts = {
    .name = "option-rom",
    .implied_opt_name = "romfile",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_option_rom_opts.head),
    .desc = {
        { .name = "bootindex", .type = QEMU_OPT_NUMBER },
        { .name = "romfile", .type = QEMU_OPT_STRING },
        { /* end of list */ }
    },
};

static QemuOptsList qemu_action_opts = {
    .name = "action",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(qemu_action_opts.head),
    .desc = {
        { .name = "shutdown", .type = QEMU_OPT_STRING },
        { .name = "reboot", .type = QEMU_OPT_STRING },
        { .name = "panic", .type = QEMU_OPT_STRING },
        { .name = "watchdog", .type = QEMU_OPT_STRING },
        { /* end of list */ }
    },
};

static QemuOptsList qemu_add_fd_opts = {
    .name = "add-fd",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_add_fd_opts.head),
    .desc = {
        { .name = "fd", .type = QEMU_OPT_NUMBER,
          .help = "a descriptor that is open already" },
        { .name = "set", .type = QEMU_OPT_NUMBER,
          .help = "the set to put it into" },
        { .name = "opaque", .type = QEMU_OPT_STRING,
          .help = "what query-fdsets shall say of it" },
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

static void qemu_add_all_opts(void)
{
    qemu_add_opts(&qemu_object_opts);
    qemu_add_opts(&qemu_accel_opts);
    qemu_add_opts(&qemu_mem_opts);
    qemu_add_opts(&qemu_smp_opts);
    qemu_add_opts(&qemu_rtc_opts);
    qemu_add_opts(&qemu_boot_opts);
    qemu_add_opts(&qemu_option_rom_opts);
    qemu_add_opts(&qemu_name_opts);
    qemu_add_opts(&qemu_action_opts);
    qemu_add_opts(&qemu_add_fd_opts);
    qemu_add_opts(&qemu_msg_opts);
    qemu_add_opts(&qemu_fw_cfg_opts);
    qemu_add_opts(&qemu_trace_opts);
    qemu_add_opts(&qemu_drive_opts);
    qemu_add_opts(&qemu_chardev_opts);
    qemu_add_opts(&qemu_device_opts);
    qemu_add_opts(&qemu_netdev_opts);
    qemu_add_opts(&qemu_nic_opts);
    qemu_add_opts(&qemu_net_opts);
    qemu_add_opts(&qemu_mon_opts);
    qemu_add_opts(&qemu_global_opts);
}

/* Options, as they come */

void machine_merge_property(const char *propname, QDict *prop)
{
    QDict *opts = qdict_new();

    qdict_put(opts, propname, prop);
    keyval_merge(cmdline.machine_opts, opts, &error_fatal);
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

void object_option_add_visitor(Visitor *v, Error **errp)
{
    ObjectOption *opt = g_new0(ObjectOption, 1);

    if (!visit_type_ObjectOptions(v, NULL, &opt->opts, errp)) {
        g_free(opt);
        return;
    }
    QTAILQ_INSERT_TAIL(&cmdline.objects, opt, next);
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

    object_option_add_visitor(v, &error_fatal);
    visit_free(v);
}

static void blockdev_option_parse(const char *arg)
{
    Visitor *v = qobject_input_visitor_new_str(arg, "driver", &error_fatal);
    BlockdevOption *opt = g_new0(BlockdevOption, 1);

    visit_type_BlockdevOptions(v, NULL, &opt->bdo, &error_fatal);
    visit_free(v);
    loc_save(&opt->loc);
    QTAILQ_INSERT_TAIL(&cmdline.blockdevs, opt, next);
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
    QTAILQ_INSERT_TAIL(&cmdline.devices, opt, next);
}

/* Two chardevs of one monitor's worth: the device, and a monitor on it. */
void monitor_parse(const char *optarg, const char *mode, bool pretty)
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

static void compat_policy_parse(const char *arg)
{
    CompatPolicy *opts = NULL;
    Visitor *v = qobject_input_visitor_new_str(arg, NULL, &error_fatal);

    visit_type_CompatPolicy(v, NULL, &opts, &error_fatal);
    QAPI_CLONE_MEMBERS(CompatPolicy, &compat_policy, opts);
    qapi_free_CompatPolicy(opts);
    visit_free(v);
}

/* There is only "none", which has no options. */
static void display_parse(const char *arg)
{
    QDict *opts;
    const char *type;

    if (is_help_option(arg)) {
        printf("Available display backend types:\nnone\n");
        exit(0);
    }
    opts = keyval_parse(arg, "type", NULL, &error_fatal);
    type = qdict_get_try_str(opts, "type");
    if (!type) {
        error_report(QERR_MISSING_PARAMETER, "type");
        exit(1);
    }
    if (strcmp(type, "none") != 0) {
        error_report("Parameter 'type' does not accept value '%s'", type);
        exit(1);
    }
    qdict_del(opts, "type");
    if (qdict_size(opts)) {
        error_report("Parameter '%s' is unexpected", qdict_first(opts)->key);
        exit(1);
    }
    qobject_unref(opts);
}

static void accel_help(void)
{
    g_autoptr(GSList) list = object_class_get_list(TYPE_ACCEL, false);

    printf("Accelerators supported in QEMU binary:\n");
    for (GSList *el = list; el; el = el->next) {
        const char *name = object_class_get_name(el->data);

        if (g_str_has_suffix(name, ACCEL_CLASS_SUFFIX)) {
            printf("%.*s\n", (int)(strlen(name) - strlen(ACCEL_CLASS_SUFFIX)),
                   name);
        }
    }
}

void opts_parse_or_exit(const char *list, const char *arg, bool implied)
{
    if (!qemu_opts_parse_noisily(qemu_find_opts(list), arg, implied)) {
        exit(1);
    }
}

/* Nobody gets the name if it is empty: the board could not say whose it is. */
static void option_rom_parse(const char *arg)
{
    QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("option-rom"), arg,
                                             true);

    if (!opts) {
        exit(1);
    }
    if (nb_option_roms >= MAX_OPTION_ROMS) {
        error_report("too many option ROMs");
        exit(1);
    }
    option_rom[nb_option_roms].name = qemu_opt_get(opts, "romfile");
    option_rom[nb_option_roms].bootindex = qemu_opt_get_number(opts,
                                                               "bootindex", -1);
    if (!option_rom[nb_option_roms].name ||
        !*option_rom[nb_option_roms].name) {
        error_report("Option ROM file is not specified");
        exit(1);
    }
    nb_option_roms++;
}

static void smbios_option_parse(const char *arg)
{
    QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("smbios"), arg,
                                             false);

    if (!opts) {
        exit(1);
    }
    smbios_entry_add(opts, &error_fatal);
}

/* What -hda and its kin say besides. */
#define HD_OPTS         "media=disk"
#define CDROM_OPTS      "media=cdrom"

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
        keyval_parse_into(cmdline.machine_opts, optarg, "type", &help,
                          &error_fatal);
        if (help) {
            machine_help_func(cmdline.machine_opts);
        }
        break;
    case QEMU_OPTION_accel: {
        QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("accel"),
                                                 optarg, true);
        const char *acc = opts ? qemu_opt_get(opts, "accel") : "help";

        if (!opts || !acc || is_help_option(acc)) {
            accel_help();
            exit(0);
        }
        break;
    }
    case QEMU_OPTION_cpu:
        cmdline.cpu_option = optarg;
        break;
    case QEMU_OPTION_smp:
        machine_parse_property_opt(qemu_find_opts("smp-opts"), "smp", optarg);
        break;
    case QEMU_OPTION_m:
        opts_parse_or_exit("memory", optarg, true);
        break;
    case QEMU_OPTION_mempath:
        cmdline.mem_path = optarg;
        break;
    case QEMU_OPTION_mem_prealloc:
        cmdline.mem_prealloc = true;
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
    case QEMU_OPTION_option_rom:
        option_rom_parse(optarg);
        break;
    case QEMU_OPTION_smbios:
        smbios_option_parse(optarg);
        break;
    case QEMU_OPTION_blockdev:
        blockdev_option_parse(optarg);
        break;
    case QEMU_OPTION_drive:
        if (!drive_add(IF_DEFAULT, -1, NULL, optarg)) {
            exit(1);
        }
        break;
    case QEMU_OPTION_hda:
    case QEMU_OPTION_hdb:
    case QEMU_OPTION_hdc:
    case QEMU_OPTION_hdd:
        drive_add(IF_DEFAULT, popt->index - QEMU_OPTION_hda, optarg, HD_OPTS);
        break;
    case QEMU_OPTION_cdrom:
        drive_add(IF_DEFAULT, 2, optarg, CDROM_OPTS);
        break;
    case QEMU_OPTION_fda:
    case QEMU_OPTION_fdb:
        drive_add(IF_FLOPPY, popt->index - QEMU_OPTION_fda, optarg, "");
        break;
    case QEMU_OPTION_sd:
        drive_add(IF_SD, -1, optarg, "");
        break;
    case QEMU_OPTION_mtdblock:
        drive_add(IF_MTD, -1, optarg, "");
        break;
    case QEMU_OPTION_pflash:
        drive_add(IF_PFLASH, -1, optarg, "");
        break;
    case QEMU_OPTION_snapshot:
        cmdline.snapshot = true;
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
    case QEMU_OPTION_mon:
        opts_parse_or_exit("mon", optarg, true);
        default_devices.monitor = false;
        break;
    case QEMU_OPTION_echr: {
        char *end;

        term_escape_char = strtol(optarg, &end, 0);
        if (end == optarg) {
            printf("Bad argument to echr\n");
        }
        break;
    }
    case QEMU_OPTION_monitor:
        default_devices.monitor = false;
        if (strcmp(optarg, "none") != 0) {
            monitor_parse(optarg, "readline", false);
        }
        break;
    case QEMU_OPTION_qmp:
        monitor_parse(optarg, "control", false);
        default_devices.monitor = false;
        break;
    case QEMU_OPTION_qmp_pretty:
        monitor_parse(optarg, "control", true);
        default_devices.monitor = false;
        break;
    case QEMU_OPTION_qtest:
        cmdline.qtest_chrdev = optarg;
        break;
    case QEMU_OPTION_qtest_log:
        cmdline.qtest_log = optarg;
        break;
    case QEMU_OPTION_display:
        display_parse(optarg);
        break;
    case QEMU_OPTION_boot:
        machine_parse_property_opt(qemu_find_opts("boot-opts"), "boot",
                                   optarg);
        break;
    case QEMU_OPTION_kernel:
        qdict_put_str(cmdline.machine_opts, "kernel", optarg);
        break;
    case QEMU_OPTION_initrd:
        qdict_put_str(cmdline.machine_opts, "initrd", optarg);
        break;
    case QEMU_OPTION_append:
        qdict_put_str(cmdline.machine_opts, "append", optarg);
        break;
    case QEMU_OPTION_dtb:
        error_report("there is no device tree in a PC");
        exit(1);
    case QEMU_OPTION_bios:
        qdict_put_str(cmdline.machine_opts, "firmware", optarg);
        break;
    case QEMU_OPTION_rtc:
        opts_parse_or_exit("rtc", optarg, false);
        break;
    case QEMU_OPTION_enable_kvm:
        qdict_put_str(cmdline.machine_opts, "accel", "kvm");
        break;
    case QEMU_OPTION_seed:
        qemu_guest_random_seed_main(optarg, &error_fatal);
        break;
    case QEMU_OPTION_dfilter:
        qemu_set_dfilter_ranges(optarg, &error_fatal);
        break;
    case QEMU_OPTION_action:
        opts_parse_or_exit("action", optarg, false);
        break;
    case QEMU_OPTION_no_acpi:
        qdict_put_str(cmdline.machine_opts, "acpi", "off");
        break;
    case QEMU_OPTION_no_hpet:
        qdict_put_str(cmdline.machine_opts, "hpet", "off");
        break;
    case QEMU_OPTION_watchdog_action: {
        g_autofree char *action = g_strdup_printf("watchdog=%s", optarg);

        opts_parse_or_exit("action", action, false);
        break;
    }
    case QEMU_OPTION_no_reboot:
        opts_parse_or_exit("action", "reboot=shutdown", false);
        break;
    case QEMU_OPTION_no_shutdown:
        opts_parse_or_exit("action", "shutdown=pause", false);
        break;
    case QEMU_OPTION_preconfig:
        cmdline.preconfig = true;
        break;
    case QEMU_OPTION_compat:
        compat_policy_parse(optarg);
        break;
    case QEMU_OPTION_add_fd:
        opts_parse_or_exit("add-fd", optarg, false);
        break;
    case QEMU_OPTION_set:
        qemu_set_option(optarg, &error_fatal);
        break;
    case QEMU_OPTION_nodefaults:
        cmdline.nodefaults = true;
        break;
    case QEMU_OPTION_nographic:
        cmdline.nographic = true;
        /* Firmware is to use the serial port. */
        qdict_put_str(cmdline.machine_opts, "graphics", "off");
        break;
    case QEMU_OPTION_serial:
        add_device_config(DEV_SERIAL, optarg);
        default_devices.serial = false;
        if (strstart(optarg, "mon:", NULL)) {
            default_devices.monitor = false;
        }
        break;
    case QEMU_OPTION_parallel:
        add_device_config(DEV_PARALLEL, optarg);
        default_devices.parallel = false;
        if (strstart(optarg, "mon:", NULL)) {
            default_devices.monitor = false;
        }
        break;
    case QEMU_OPTION_debugcon:
        add_device_config(DEV_DEBUGCON, optarg);
        break;
    case QEMU_OPTION_no_user_config:
        /* There is nothing to leave out. */
        break;
    case QEMU_OPTION_readconfig:
        qemu_readconfig(optarg);
        break;
    case QEMU_OPTION_only_migratable:
        /* Nothing can be kept out by a test that cannot be made. */
        error_report("there is no migration to be able to");
        exit(1);
    case QEMU_OPTION_pidfile:
        cmdline.pid_file = optarg;
        break;
    case QEMU_OPTION_daemonize:
        os_set_daemonize(true);
        break;
    case QEMU_OPTION_runas:
        if (!os_set_runas(optarg)) {
            error_report("User \"%s\" doesn't exist"
                         " (and is not <uid>:<gid>)", optarg);
            exit(1);
        }
        break;
    case QEMU_OPTION_chroot:
        os_set_chroot(optarg);
        break;
    case QEMU_OPTION_gdb:
        add_device_config(DEV_GDB, optarg);
        break;
    case QEMU_OPTION_s:
        add_device_config(DEV_GDB, "tcp::" DEFAULT_GDBSTUB_PORT);
        break;
    case QEMU_OPTION_S:
        autostart = 0;
        break;
    case QEMU_OPTION_L:
        if (is_help_option(optarg)) {
            cmdline.list_data_dirs = true;
            break;
        }
        qemu_add_data_dir(g_strdup(optarg));
        break;
    case QEMU_OPTION_d:
        cmdline.log_mask = optarg;
        break;
    case QEMU_OPTION_D:
        cmdline.log_file = optarg;
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

void qemu_parse_options(int argc, char **argv)
{
    int optind = 1;

    qemu_add_all_opts();
    cmdline.machine_opts = qdict_new();
    while (optind < argc) {
        const QEMUOption *popt;
        const char *optarg;

        if (argv[optind][0] != '-') {
            loc_set_cmdline(argv, optind, 1);
            drive_add(IF_DEFAULT, 0, argv[optind++], HD_OPTS);
            continue;
        }
        popt = lookup_opt(argc, argv, &optarg, &optind);
        qemu_parse_option(popt, optarg);
    }
    /* From here on errors are not about one word of the command line. */
    loc_set_none();
}

