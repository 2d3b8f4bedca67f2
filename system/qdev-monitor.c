/*
 * -device, device_add and device_del.
 *
 *     qdev_device_add -> qdev_device_add_from_qdict
 *         which type?  which bus?  may it come now?
 *         qdev_new, qdev_set_id, properties, qdev_realize
 *
 * Finding the bus is in qdev-path.c, help in qdev-help.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"
#include "sysemu/block-backend.h"
#include "sysemu/sysemu.h"
#include "qdev-monitor-internal.h"
#include "trace.h"

/* Types that have a second, shorter name. */
static const struct {
    const char *typename;
    const char *alias;
} qdev_alias_table[] = {
    { "virtio-balloon-pci", "virtio-balloon" },
    { "virtio-blk-pci", "virtio-blk" },
    { "virtio-net-pci", "virtio-net" },
    { "virtio-rng-pci", "virtio-rng" },
    { "virtio-scsi-pci", "virtio-scsi" },
    { "virtio-serial-pci", "virtio-serial" },
};

const char *qdev_find_typename_by_alias(const char *alias)
{
    for (int i = 0; i < ARRAY_SIZE(qdev_alias_table); i++) {
        if (!strcmp(qdev_alias_table[i].alias, alias)) {
            return qdev_alias_table[i].typename;
        }
    }
    return NULL;
}

const char *qdev_find_alias_by_typename(const char *typename)
{
    for (int i = 0; i < ARRAY_SIZE(qdev_alias_table); i++) {
        if (!strcmp(qdev_alias_table[i].typename, typename)) {
            return qdev_alias_table[i].alias;
        }
    }
    return NULL;
}

/* Where the user's devices are in the composition tree */

static Object *qdev_get_peripheral(void)
{
    return container_get(qdev_get_machine(), "/peripheral");
}

static Object *qdev_get_peripheral_anon(void)
{
    return container_get(qdev_get_machine(), "/peripheral-anon");
}

const char *qdev_set_id(DeviceState *dev, char *id, Error **errp)
{
    static int anon_count;
    ObjectProperty *prop;

    assert(!dev->id && !dev->realized);
    trace_qdev_set_id(object_get_typename(OBJECT(dev)), id ?: "");

    if (!id) {
        g_autofree char *name = g_strdup_printf("device[%d]", anon_count++);

        prop = object_property_add_child(qdev_get_peripheral_anon(), name,
                                         OBJECT(dev));
        return prop->name;
    }

    prop = object_property_try_add_child(qdev_get_peripheral(), id,
                                         OBJECT(dev), NULL);
    if (!prop) {
        error_setg(errp, "Duplicate device ID '%s'", id);
        g_free(id);
        return NULL;
    }
    dev->id = id;
    return prop->name;
}

/* -device, device_add */

/* The class of *@driver, which becomes a type name if it was an alias. */
static DeviceClass *qdev_get_device_class(const char **driver, Error **errp)
{
    const char *original_name = *driver;
    ObjectClass *oc = module_object_class_by_name(*driver);
    DeviceClass *dc;

    if (!oc) {
        const char *typename = qdev_find_typename_by_alias(*driver);

        if (typename) {
            *driver = typename;
            oc = module_object_class_by_name(*driver);
        }
    }

    if (!object_class_dynamic_cast(oc, TYPE_DEVICE)) {
        if (*driver != original_name) {
            error_setg(errp, "'%s' (alias '%s') is not a valid device model"
                       " name", *driver, original_name);
        } else {
            error_setg(errp, "'%s' is not a valid device model name", *driver);
        }
        return NULL;
    }
    if (object_class_is_abstract(oc)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                   "a non-abstract device type");
        return NULL;
    }

    dc = DEVICE_CLASS(oc);
    if (!dc->user_creatable) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                   "a pluggable device type");
        return NULL;
    }
    if (object_class_dynamic_cast(oc, TYPE_SYS_BUS_DEVICE)) {
        MachineClass *mc = MACHINE_CLASS(object_get_class(qdev_get_machine()));

        if (!device_type_is_dynamic_sysbus(mc, *driver)) {
            error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                       "a dynamic sysbus device type for the machine");
            return NULL;
        }
    }
    return dc;
}

/* The bus for a device of class @dc in *@bus, or NULL there for none. */
static bool qdev_choose_bus(DeviceClass *dc, const char *driver,
                            const char *path, BusState **bus, Error **errp)
{
    *bus = NULL;
    if (path) {
        *bus = qbus_find(path, errp);
        if (!*bus) {
            return false;
        }
        if (!dc->bus_type || !object_dynamic_cast(OBJECT(*bus), dc->bus_type)) {
            error_setg(errp, "Device '%s' can't go on %s bus",
                       driver, object_get_typename(OBJECT(*bus)));
            return false;
        }
    } else if (dc->bus_type) {
        *bus = qbus_find_recursive(sysbus_get_default(), NULL, dc->bus_type);
        if (!*bus || qbus_is_full(*bus)) {
            error_setg(errp, "No '%s' bus found for device '%s'",
                       dc->bus_type, driver);
            return false;
        }
    }
    return true;
}

/* Does the machine take @dev now that it runs? */
static bool qdev_check_hotplug(DeviceState *dev, BusState *bus,
                               const char *driver, Error **errp)
{
    if (!phase_check(PHASE_MACHINE_READY)) {
        return true;
    }
    if (!qdev_hotplug_allowed(dev, errp)) {
        return false;
    }
    if (!bus && !qdev_get_machine_hotplug_handler(dev)) {
        error_setg(errp, "Device '%s' can not be hotplugged on this machine",
                   driver);
        return false;
    }
    return true;
}

/* All that is not a property of the device has been dealt with. */
static void qdev_take_opts(DeviceState *dev, const QDict *opts)
{
    dev->opts = qdict_clone_shallow(opts);
    qdict_del(dev->opts, "driver");
    qdict_del(dev->opts, "bus");
    qdict_del(dev->opts, "id");
}

DeviceState *qdev_device_add_from_qdict(const QDict *opts,
                                        bool from_json, Error **errp)
{
    ERRP_GUARD();
    const char *driver = qdict_get_try_str(opts, "driver");
    DeviceClass *dc;
    DeviceState *dev;
    BusState *bus;
    char *id;

    trace_qdev_device_add_from_qdict(driver ? driver : "");
    if (!driver) {
        error_setg(errp, QERR_MISSING_PARAMETER, "driver");
        return NULL;
    }
    dc = qdev_get_device_class(&driver, errp);
    if (!dc) {
        return NULL;
    }
    if (!qdev_choose_bus(dc, driver, qdict_get_try_str(opts, "bus"), &bus,
                         errp)) {
        return NULL;
    }

    if (qdev_should_hide_device(opts, from_json, errp)) {
        /* It will come while the machine runs, so the bus has to allow it. */
        if (bus && !qbus_is_hotpluggable(bus)) {
            error_setg(errp, QERR_BUS_NO_HOTPLUG, bus->name);
        }
        return NULL;
    }
    if (*errp) {
        return NULL;
    }
    if (phase_check(PHASE_MACHINE_READY) && bus &&
        !qbus_is_hotpluggable(bus)) {
        error_setg(errp, QERR_BUS_NO_HOTPLUG, bus->name);
        return NULL;
    }

    dev = qdev_new(driver);
    if (!qdev_check_hotplug(dev, bus, driver, errp)) {
        goto drop;
    }
    id = g_strdup(qdict_get_try_str(opts, "id"));
    if (!qdev_set_id(dev, id, errp)) {
        goto drop;
    }

    qdev_take_opts(dev, opts);
    object_set_properties_from_keyval(OBJECT(dev), dev->opts, from_json, errp);
    if (*errp || !qdev_realize(dev, bus, errp)) {
        goto drop;
    }
    return dev;

drop:
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    return NULL;
}

DeviceState *qdev_device_add(QemuOpts *opts, Error **errp)
{
    QDict *qdict = qemu_opts_to_qdict(opts, NULL);
    DeviceState *ret = qdev_device_add_from_qdict(qdict, false, errp);

    if (ret) {
        qemu_opts_del(opts);
    }
    qobject_unref(qdict);
    return ret;
}

void qmp_device_add(QDict *qdict, QObject **ret_data, Error **errp)
{
    QemuOpts *opts = qemu_opts_from_qdict(qemu_find_opts("device"), qdict,
                                          errp);
    DeviceState *dev;

    if (!opts) {
        return;
    }
    if (!monitor_cur_is_qmp() && qdev_device_help(opts)) {
        qemu_opts_del(opts);
        return;
    }
    dev = qdev_device_add(opts, errp);
    if (!dev) {
        /*
         * The device that failed goes after a grace period, and only then are
         * its back ends free for the next try, which may be at once.
         */
        drain_call_rcu();
        qemu_opts_del(opts);
        return;
    }
    object_unref(OBJECT(dev));
}

/* device_del */

static DeviceState *find_device_state(const char *id, Error **errp)
{
    Object *obj = object_resolve_path_at(qdev_get_peripheral(), id);
    DeviceState *dev;

    if (!obj) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", id);
        return NULL;
    }
    dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);
    if (!dev) {
        error_setg(errp, "%s is not a hotpluggable device", id);
    }
    return dev;
}

/* Of a device, by its id or path. */
BlockBackend *blk_by_qdev_id(const char *id, Error **errp)
{
    DeviceState *dev = find_device_state(id, errp);
    BlockBackend *blk;

    GLOBAL_STATE_CODE();
    if (!dev) {
        return NULL;
    }
    blk = blk_by_dev(dev);
    if (!blk) {
        error_setg(errp, "Device does not have a block device backend");
    }
    return blk;
}

/* If a guest has to be asked, the device goes when it has answered. */
void qdev_unplug(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    HotplugHandler *hotplug_ctrl = qdev_get_hotplug_handler(dev);

    if (qdev_unplug_blocked(dev, errp)) {
        return;
    }
    if (dev->parent_bus && !qbus_is_hotpluggable(dev->parent_bus)) {
        error_setg(errp, QERR_BUS_NO_HOTPLUG, dev->parent_bus->name);
        return;
    }
    if (!DEVICE_GET_CLASS(dev)->hotpluggable || !hotplug_ctrl) {
        error_setg(errp, QERR_DEVICE_NO_HOTPLUG,
                   object_get_typename(OBJECT(dev)));
        return;
    }

    qdev_hot_removed = true;
    if (HOTPLUG_HANDLER_GET_CLASS(hotplug_ctrl)->unplug_request) {
        hotplug_handler_unplug_request(hotplug_ctrl, dev, errp);
        return;
    }
    hotplug_handler_unplug(hotplug_ctrl, dev, errp);
    if (!*errp) {
        object_unparent(OBJECT(dev));
    }
}

void qmp_device_del(const char *id, Error **errp)
{
    DeviceState *dev = find_device_state(id, errp);

    if (!dev) {
        return;
    }
    if (dev->pending_deleted_event &&
        (dev->pending_deleted_expires_ms == 0 ||
         dev->pending_deleted_expires_ms >
         qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL))) {
        error_setg(errp, "Device %s is already in the process of unplug", id);
        return;
    }
    qdev_unplug(dev, errp);
}

/* The human monitor */

void hmp_device_add(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_device_add((QDict *)qdict, NULL, &err);
    hmp_handle_error(mon, err);
}

void hmp_device_del(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_device_del(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}

/* The options' syntax */

QemuOptsList qemu_device_opts = {
    .name = "device",
    .implied_opt_name = "driver",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_device_opts.head),
    .desc = {
        /* Anything: the device's properties decide. */
        { /* end of list */ }
    },
};

QemuOptsList qemu_global_opts = {
    .name = "global",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_global_opts.head),
    .desc = {
        { .name = "driver",   .type = QEMU_OPT_STRING, },
        { .name = "property", .type = QEMU_OPT_STRING, },
        { .name = "value",    .type = QEMU_OPT_STRING, },
        { /* end of list */ }
    },
};

/* DRIVER.PROPERTY=VALUE: into its three parts, or false. */
static bool global_split(const char *str, char **driver, char **property,
                         const char **value)
{
    const char *eq = strchr(str, '=');
    const char *dot = strchr(str, '.');

    if (!eq || !dot || dot == str || dot + 1 >= eq) {
        return false;
    }
    *driver = g_strndup(str, dot - str);
    *property = g_strndup(dot + 1, eq - dot - 1);
    *value = eq + 1;
    return true;
}

int qemu_global_option(const char *str)
{
    g_autofree char *driver = NULL, *property = NULL;
    const char *value;
    QemuOpts *opts;

    if (global_split(str, &driver, &property, &value)) {
        opts = qemu_opts_create(&qemu_global_opts, NULL, 0, &error_abort);
        qemu_opt_set(opts, "driver", driver, &error_abort);
        qemu_opt_set(opts, "property", property, &error_abort);
        qemu_opt_set(opts, "value", value, &error_abort);
        return 0;
    }

    opts = qemu_opts_parse_noisily(&qemu_global_opts, str, false);
    if (!opts) {
        return -1;
    }
    if (!qemu_opt_get(opts, "driver") || !qemu_opt_get(opts, "property") ||
        !qemu_opt_get(opts, "value")) {
        error_report("options 'driver', 'property', and 'value' are required");
        return -1;
    }
    return 0;
}
