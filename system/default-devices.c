/*
 * The devices that a machine has though nobody asked for them.
 *
 *                       with a screen       -nographic
 *     serial port 0     null                stdio, with the monitor by Ctrl-a c
 *     monitor           none                (the same stdio)
 *
 * The screen of QEMU has text consoles for both ("vc"); there is none here, so
 * the port is there for the guest, and leads nowhere.
 *
 * Read first: system/device-config.h.  In QEMU this is in softmmu/vl.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "sysemu/os-posix.h"
#include "cmdline.h"
#include "device-config.h"

DefaultDevices default_devices = {
    .serial = true,
    .parallel = true,
    .monitor = true,
};

/* Who has one of these needs no other. */
static const struct {
    const char *driver;
    bool *flag;
} default_list[] = {
    { "isa-serial",   &default_devices.serial },
    { "isa-parallel", &default_devices.parallel },
};

static void default_driver_is_there(const char *driver)
{
    for (int i = 0; driver && i < ARRAY_SIZE(default_list); i++) {
        if (strcmp(default_list[i].driver, driver) == 0) {
            *default_list[i].flag = false;
        }
    }
}

static int default_driver_check(void *opaque, QemuOpts *opts, Error **errp)
{
    default_driver_is_there(qemu_opt_get(opts, "driver"));
    return 0;
}

void qemu_disable_default_devices(void)
{
    MachineClass *machine_class = MACHINE_GET_CLASS(current_machine);
    DeviceOption *opt;

    qemu_opts_foreach(qemu_find_opts("device"), default_driver_check, NULL,
                      NULL);
    qemu_opts_foreach(qemu_find_opts("global"), default_driver_check, NULL,
                      NULL);
    QTAILQ_FOREACH(opt, &cmdline.devices, next) {
        default_driver_is_there(qdict_get_try_str(opt->opts, "driver"));
    }

    if (cmdline.nodefaults || machine_class->no_serial) {
        default_devices.serial = false;
    }
    if (cmdline.nodefaults || machine_class->no_parallel) {
        default_devices.parallel = false;
    }
    if (cmdline.nodefaults) {
        default_devices.monitor = false;
    }
}

void qemu_create_default_devices(void)
{
    if (cmdline.nographic) {
        /* It was to take standard input and output, but that will be gone. */
        if (is_daemonized() && (default_devices.serial ||
                                default_devices.parallel ||
                                default_devices.monitor)) {
            error_report("-nographic cannot be used with -daemonize");
            exit(1);
        }
        if (default_devices.serial && default_devices.monitor) {
            add_device_config(DEV_SERIAL, "mon:stdio");
        } else if (default_devices.serial) {
            add_device_config(DEV_SERIAL, "stdio");
        } else if (default_devices.monitor) {
            monitor_parse("stdio", "readline", false);
        }
    } else if (default_devices.serial) {
        add_device_config(DEV_SERIAL, "null");
    }
}
