/*
 * -serial, -parallel, -debugcon, -gdb.
 *
 * Read first: system/device-config.h.  In QEMU this is in softmmu/vl.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char.h"
#include "exec/gdbstub.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "qemu/queue.h"
#include "sysemu/sysemu.h"
#include "device-config.h"

struct device_config {
    DeviceConfigType type;
    const char *cmdline;
    Location loc;
    QTAILQ_ENTRY(device_config) next;
};

static QTAILQ_HEAD(, device_config) device_configs =
    QTAILQ_HEAD_INITIALIZER(device_configs);

void add_device_config(DeviceConfigType type, const char *arg)
{
    struct device_config *conf = g_new0(struct device_config, 1);

    conf->type = type;
    conf->cmdline = arg;
    loc_save(&conf->loc);
    QTAILQ_INSERT_TAIL(&device_configs, conf, next);
}

static bool foreach_device_config(DeviceConfigType type,
                                  bool (*func)(const char *cmdline))
{
    struct device_config *conf;
    bool ok = true;

    QTAILQ_FOREACH(conf, &device_configs, next) {
        if (conf->type == type) {
            loc_push_restore(&conf->loc);
            ok = func(conf->cmdline);
            loc_pop(&conf->loc);
            if (!ok) {
                break;
            }
        }
    }
    return ok;
}

/* Serial ports, by their number; a "none" has a number as well. */

static GPtrArray *serial_hds;

Chardev *serial_hd(int i)
{
    assert(i >= 0);
    return serial_hds && i < serial_hds->len
           ? g_ptr_array_index(serial_hds, i) : NULL;
}

static bool serial_parse(const char *devname)
{
    Chardev *chr = NULL;

    if (!serial_hds) {
        serial_hds = g_ptr_array_new();
    }
    if (strcmp(devname, "none") != 0) {
        g_autofree char *label = g_strdup_printf("serial%u", serial_hds->len);

        chr = qemu_chr_new_mux_mon(label, devname, NULL);
        if (!chr) {
            error_report("could not connect serial device"
                         " to character backend '%s'", devname);
            return false;
        }
    }
    g_ptr_array_add(serial_hds, chr);
    return true;
}

static bool parallel_parse(const char *devname)
{
    if (strcmp(devname, "none") != 0) {
        error_report("parallel ports are not supported");
        return false;
    }
    return true;
}

static bool debugcon_parse(const char *devname)
{
    QemuOpts *opts;

    if (!qemu_chr_new_mux_mon("debugcon", devname, NULL)) {
        error_report("invalid character backend '%s'", devname);
        return false;
    }
    opts = qemu_opts_create(qemu_find_opts("device"), "debugcon", 1, NULL);
    if (!opts) {
        error_report("already have a debugcon device");
        return false;
    }
    qemu_opt_set(opts, "driver", "isa-debugcon", &error_abort);
    qemu_opt_set(opts, "chardev", "debugcon", &error_abort);
    return true;
}

static bool gdb_parse(const char *devname)
{
    return gdbserver_start(devname) == 0;
}

void create_gdbservers(void)
{
    if (!foreach_device_config(DEV_GDB, gdb_parse)) {
        exit(1);
    }
}

void create_device_configs(void)
{
    if (!foreach_device_config(DEV_SERIAL, serial_parse) ||
        !foreach_device_config(DEV_PARALLEL, parallel_parse) ||
        !foreach_device_config(DEV_DEBUGCON, debugcon_parse)) {
        exit(1);
    }
}
