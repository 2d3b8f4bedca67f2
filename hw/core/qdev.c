/*
 * Devices: how one is made, realized, unrealized and forgotten.
 *
 * Read include/hw/qdev-core.h first.  The middle of it all is
 * device_set_realized(), the setter of the property "realized".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-qdev.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qemu/module.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qdev-internal.h"
#include "trace.h"

/* Did devices come and go since the machine was ready? */
static bool qdev_hot_added;
bool qdev_hot_removed;

/* Number of the next device that nobody has given a place in the tree. */
static int unattached_count;

/* Making one */

DeviceState *qdev_new(const char *name)
{
    trace_qdev_new(name);
    return DEVICE(object_new(name));
}

DeviceState *qdev_try_new(const char *name)
{
    ObjectClass *oc = module_object_class_by_name(name);

    if (!oc) {
        return NULL;
    }
    trace_qdev_new(name);
    return DEVICE(object_new_with_class(oc));
}

bool qdev_realize(DeviceState *dev, BusState *bus, Error **errp)
{
    assert(!dev->realized && !dev->parent_bus);
    /* A type that needs a bus gets one, and only such a type does. */
    assert(!bus == !DEVICE_GET_CLASS(dev)->bus_type);

    trace_qdev_realize(object_get_typename(OBJECT(dev)),
                       bus ? bus->name : "(none)");
    if (bus && !qdev_set_parent_bus(dev, bus, errp)) {
        return false;
    }
    return object_property_set_bool(OBJECT(dev), "realized", true, errp);
}

bool qdev_realize_and_unref(DeviceState *dev, BusState *bus, Error **errp)
{
    bool ok = qdev_realize(dev, bus, errp);

    object_unref(OBJECT(dev));
    return ok;
}

void qdev_unrealize(DeviceState *dev)
{
    object_property_set_bool(OBJECT(dev), "realized", false, &error_abort);
}

void qdev_set_legacy_instance_id(DeviceState *dev, int alias_id,
                                 int required_for_version)
{
    assert(!dev->realized);
    dev->instance_id_alias = alias_id;
    dev->alias_required_for_version = required_for_version;
}

const VMStateDescription *qdev_get_vmsd(DeviceState *dev)
{
    return DEVICE_GET_CLASS(dev)->vmsd;
}

bool qdev_machine_modified(void)
{
    return qdev_hot_added || qdev_hot_removed;
}

Object *qdev_get_machine(void)
{
    static Object *dev;

    if (!dev) {
        dev = container_get(object_get_root(), "/machine");
    }
    return dev;
}

/* Phases of the machine's creation */

static MachineInitPhase machine_phase;

bool phase_check(MachineInitPhase phase)
{
    return machine_phase >= phase;
}

void phase_advance(MachineInitPhase phase)
{
    assert(machine_phase == phase - 1);
    machine_phase = phase;
}

/* What the board made by hand must have been realized by hand as well. */
static int qdev_assert_realized_properly_cb(Object *obj, void *opaque)
{
    DeviceState *dev = DEVICE(object_dynamic_cast(obj, TYPE_DEVICE));

    if (dev) {
        assert(dev->realized);
        assert(dev->parent_bus || !DEVICE_GET_CLASS(dev)->bus_type);
    }
    return 0;
}

void qdev_assert_realized_properly(void)
{
    object_child_foreach_recursive(object_get_root(),
                                   qdev_assert_realized_properly_cb, NULL);
}

/* The property "realized" */

static bool device_get_realized(Object *obj, Error **errp)
{
    return DEVICE(obj)->realized;
}

static bool device_check_only_migratable(DeviceState *dev, Error **errp)
{
    if (!vmstate_check_only_migratable(qdev_get_vmsd(dev))) {
        error_setg(errp, "Device %s is not migratable, but "
                   "--only-migratable was specified",
                   object_get_typename(OBJECT(dev)));
        return false;
    }
    return true;
}

/* Every realized device has a path.  True if @dev only got one here. */
static bool device_attach_orphan(DeviceState *dev)
{
    g_autofree char *name = NULL;

    if (OBJECT(dev)->parent) {
        return false;
    }
    name = g_strdup_printf("device[%d]", unattached_count++);
    object_property_add_child(container_get(qdev_get_machine(), "/unattached"),
                              name, OBJECT(dev));
    return true;
}

static bool device_realize_child_buses(DeviceState *dev, Error **errp)
{
    BusState *bus;

    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        if (!qbus_realize(bus, errp)) {
            return false;
        }
    }
    return true;
}

static void device_unrealize_child_buses(DeviceState *dev)
{
    BusState *bus;

    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        qbus_unrealize(bus);
    }
}

/*
 * A device that comes late is reset at once, with all that is on its buses.
 * It also joins its bus if that is in reset just now.
 */
static void device_reset_hotplugged(DeviceState *dev)
{
    resettable_assert_reset(OBJECT(dev), RESET_TYPE_COLD);
    resettable_change_parent(OBJECT(dev), OBJECT(dev->parent_bus), NULL);
    resettable_release_reset(OBJECT(dev), RESET_TYPE_COLD);
}

/*
 * The second birth of a device, and the way back.  All hooks are called from
 * here, so this is the frame above them in a backtrace:
 *
 *     realize                            unrealize
 *       pre_plug of the handler            (dev->realized is false from here)
 *       realize hook                       child buses, with what is on them
 *       listeners                          vmstate leaves the list
 *       vmstate joins the list             unrealize hook
 *       child buses, with what is on them  listeners, last first
 *       reset, if hotplugged
 *       plug of the handler
 *       (dev->realized is true from here)
 */
static void device_set_realized(Object *obj, bool value, Error **errp)
{
    ERRP_GUARD();
    DeviceState *dev = DEVICE(obj);
    DeviceClass *dc = DEVICE_GET_CLASS(dev);
    const VMStateDescription *vmsd = qdev_get_vmsd(dev);
    HotplugHandler *hotplug_ctrl;
    bool orphan;

    if (dev->hotplugged && !dc->hotpluggable) {
        error_setg(errp, QERR_DEVICE_NO_HOTPLUG, object_get_typename(obj));
        return;
    }
    if (value == dev->realized) {
        return;
    }
    trace_device_set_realized(object_get_typename(obj), value);

    if (!value) {
        /* Lock-free readers see this before what unrealize takes away. */
        qatomic_set(&dev->realized, false);
        smp_wmb();

        device_unrealize_child_buses(dev);
        if (vmsd) {
            vmstate_unregister(VMSTATE_IF(dev), vmsd, dev);
        }
        if (dc->unrealize) {
            dc->unrealize(dev);
        }
        dev->pending_deleted_event = true;
        device_listener_call_unrealize(dev);
        return;
    }

    if (!device_check_only_migratable(dev, errp)) {
        return;
    }
    orphan = device_attach_orphan(dev);

    hotplug_ctrl = qdev_get_hotplug_handler(dev);
    if (hotplug_ctrl) {
        hotplug_handler_pre_plug(hotplug_ctrl, dev, errp);
        if (*errp) {
            goto detach;
        }
    }

    if (dc->realize) {
        dc->realize(dev, errp);
        if (*errp) {
            goto detach;
        }
    }
    device_listener_call_realize(dev);

    /* It outlives unrealize, because DEVICE_DELETED tells it. */
    g_free(dev->canonical_path);
    dev->canonical_path = object_get_canonical_path(obj);

    if (vmsd && vmstate_register_with_alias_id(VMSTATE_IF(dev),
                                               VMSTATE_INSTANCE_ID_ANY, vmsd,
                                               dev, dev->instance_id_alias,
                                               dev->alias_required_for_version,
                                               errp) < 0) {
        goto unrealize;
    }

    /* An earlier life may have ended in the middle of a reset. */
    resettable_state_clear(&dev->reset);

    if (!device_realize_child_buses(dev, errp)) {
        goto unrealize_children;
    }
    if (dev->hotplugged) {
        device_reset_hotplugged(dev);
    }
    dev->pending_deleted_event = false;

    if (hotplug_ctrl) {
        hotplug_handler_plug(hotplug_ctrl, dev, errp);
        if (*errp) {
            goto unrealize_children;
        }
    }

    qatomic_store_release(&dev->realized, true);
    trace_device_realized(object_get_typename(obj));
    return;

unrealize_children:
    device_unrealize_child_buses(dev);
    if (vmsd) {
        vmstate_unregister(VMSTATE_IF(dev), vmsd, dev);
    }
unrealize:
    g_free(dev->canonical_path);
    dev->canonical_path = NULL;
    if (dc->unrealize) {
        dc->unrealize(dev);
    }
    device_listener_call_unrealize(dev);
detach:
    if (orphan) {
        object_unparent(obj);
        unattached_count--;
    }
}

static bool device_get_hotpluggable(Object *obj, Error **errp)
{
    DeviceState *dev = DEVICE(obj);

    return DEVICE_GET_CLASS(dev)->hotpluggable &&
           (!dev->parent_bus || qbus_is_hotpluggable(dev->parent_bus));
}

static bool device_get_hotplugged(Object *obj, Error **errp)
{
    return DEVICE(obj)->hotplugged;
}

/* Reset: the device's view of hw/resettable.h */

void device_cold_reset(DeviceState *dev)
{
    resettable_reset(OBJECT(dev), RESET_TYPE_COLD);
}

bool device_is_in_reset(DeviceState *dev)
{
    return resettable_is_in_reset(OBJECT(dev));
}

static ResettableState *device_get_reset_state(Object *obj)
{
    return &DEVICE(obj)->reset;
}

static void device_reset_child_foreach(Object *obj, ResettableChildCallback cb,
                                       void *opaque, ResetType type)
{
    BusState *bus;

    QLIST_FOREACH(bus, &DEVICE(obj)->child_bus, sibling) {
        cb(OBJECT(bus), opaque, type);
    }
}

/*
 * DeviceClass.reset of a type that has phases instead: the phases one after
 * the other, for a subtype that calls its parent's reset function.
 */
static void device_phases_reset(DeviceState *dev)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(dev);

    if (rc->phases.enter) {
        rc->phases.enter(OBJECT(dev), RESET_TYPE_COLD);
    }
    if (rc->phases.hold) {
        rc->phases.hold(OBJECT(dev));
    }
    if (rc->phases.exit) {
        rc->phases.exit(OBJECT(dev));
    }
}

static void device_transitional_reset(Object *obj)
{
    DeviceState *dev = DEVICE(obj);
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    if (dc->reset) {
        dc->reset(dev);
    }
}

/* Whose reset function is still the default has phases, or nothing at all. */
static ResettableTrFunction device_get_transitional_reset(Object *obj)
{
    DeviceClass *dc = DEVICE_GET_CLASS(obj);

    return dc->reset == device_phases_reset ? NULL : device_transitional_reset;
}

void device_class_set_parent_reset(DeviceClass *dc,
                                   DeviceReset dev_reset,
                                   DeviceReset *parent_reset)
{
    *parent_reset = dc->reset;
    dc->reset = dev_reset;
}

void device_class_set_parent_realize(DeviceClass *dc,
                                     DeviceRealize dev_realize,
                                     DeviceRealize *parent_realize)
{
    *parent_realize = dc->realize;
    dc->realize = dev_realize;
}

void device_class_set_parent_unrealize(DeviceClass *dc,
                                       DeviceUnrealize dev_unrealize,
                                       DeviceUnrealize *parent_unrealize)
{
    *parent_unrealize = dc->unrealize;
    dc->unrealize = dev_unrealize;
}

/* Birth and death of the object */

static void device_initfn(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    trace_device_initfn(object_get_typename(obj));
    if (phase_check(PHASE_MACHINE_READY)) {
        dev->hotplugged = 1;
        qdev_hot_added = true;
    }
    dev->instance_id_alias = -1;
    QLIST_INIT(&dev->gpios);
    QLIST_INIT(&dev->clocks);
    QLIST_INIT(&dev->child_bus);
}

/* After the last instance_init: the values that the user did not choose. */
static void device_post_init(Object *obj)
{
    trace_device_post_init(object_get_typename(obj));
    object_apply_compat_props(obj);
    qdev_prop_set_globals(DEVICE(obj));
}

/* Out of the tree: nothing is left on its buses, and it is on none. */
static void device_unparent(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    if (dev->realized) {
        qdev_unrealize(dev);
    }
    while (dev->num_child_bus) {
        object_unparent(OBJECT(QLIST_FIRST(&dev->child_bus)));
    }
    qdev_leave_parent_bus(dev);
}

static void device_finalize(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    trace_device_finalize(object_get_typename(obj));
    qdev_free_gpios(dev);
    qdev_finalize_clocklist(dev);

    if (dev->pending_deleted_event) {
        trace_device_deleted(dev->id ?: "", dev->canonical_path ?: "");
        qapi_event_send_device_deleted(dev->id != NULL, dev->id,
                                       dev->canonical_path);
    }
    g_free(dev->canonical_path);
    qobject_unref(dev->opts);
    g_free(dev->id);
}

static char *device_vmstate_if_get_id(VMStateIf *obj)
{
    return qdev_get_dev_path(DEVICE(obj));
}

/* Each class has its own table; the parent's is found by going up. */
static void device_class_base_init(ObjectClass *class, void *data)
{
    DEVICE_CLASS(class)->props_ = NULL;
}

static void device_class_init(ObjectClass *class, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(class);
    VMStateIfClass *vc = VMSTATE_IF_CLASS(class);
    ResettableClass *rc = RESETTABLE_CLASS(class);

    class->unparent = device_unparent;

    dc->hotpluggable = true;
    dc->user_creatable = true;
    dc->reset = device_phases_reset;

    vc->get_id = device_vmstate_if_get_id;

    rc->get_state = device_get_reset_state;
    rc->child_foreach = device_reset_child_foreach;
    rc->get_transitional_function = device_get_transitional_reset;

    object_class_property_add_bool(class, "realized",
                                   device_get_realized, device_set_realized);
    object_class_property_add_bool(class, "hotpluggable",
                                   device_get_hotpluggable, NULL);
    object_class_property_add_bool(class, "hotplugged",
                                   device_get_hotplugged, NULL);
    object_class_property_add_link(class, "parent_bus", TYPE_BUS,
                                   offsetof(DeviceState, parent_bus), NULL, 0);
}

static const TypeInfo device_type_info = {
    .name = TYPE_DEVICE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(DeviceState),
    .instance_init = device_initfn,
    .instance_post_init = device_post_init,
    .instance_finalize = device_finalize,
    .class_base_init = device_class_base_init,
    .class_init = device_class_init,
    .abstract = true,
    .class_size = sizeof(DeviceClass),
    .interfaces = (InterfaceInfo[]) {
        { TYPE_VMSTATE_IF },
        { TYPE_RESETTABLE_INTERFACE },
        { }
    },
};

static void qdev_register_types(void)
{
    type_register_static(&device_type_info);
}

type_init(qdev_register_types)
