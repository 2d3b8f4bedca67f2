/*
 * Buses: what devices are plugged into.
 *
 * A bus belongs to the device that provides it, as a child in the composition
 * tree and as an entry of its child_bus list.  The devices on it are in its
 * children list, and shown as its links child[0], child[1], …
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/qdev-core.h"
#include "qdev-internal.h"
#include "trace.h"

/* Making one */

/* Its name: as asked for, "ID.n" after its device, or "type.n". */
static char *qbus_choose_name(BusState *bus, const char *name)
{
    BusClass *bc = BUS_GET_CLASS(bus);
    g_autofree char *type = NULL;

    if (name) {
        return g_strdup(name);
    }
    if (bus->parent && bus->parent->id) {
        return g_strdup_printf("%s.%d", bus->parent->id,
                               bus->parent->num_child_bus);
    }
    type = g_ascii_strdown(object_get_typename(OBJECT(bus)), -1);
    return g_strdup_printf("%s.%d", type, bc->automatic_ids++);
}

/* Hand the reference that making it left over to @parent, if there is one. */
static void qbus_attach(BusState *bus, DeviceState *parent, const char *name)
{
    bus->parent = parent;
    bus->name = qbus_choose_name(bus, name);

    if (parent) {
        QLIST_INSERT_HEAD(&parent->child_bus, bus, sibling);
        parent->num_child_bus++;
        object_property_add_child(OBJECT(parent), bus->name, OBJECT(bus));
        object_unref(OBJECT(bus));
    }
}

void qbus_init(void *bus, size_t size, const char *typename,
               DeviceState *parent, const char *name)
{
    trace_qbus_init(typename, name ? name : "");
    object_initialize(bus, size, typename);
    qbus_attach(bus, parent, name);
}

BusState *qbus_new(const char *typename, DeviceState *parent, const char *name)
{
    BusState *bus;

    trace_qbus_new(typename, name ? name : "");
    bus = BUS(object_new(typename));
    qbus_attach(bus, parent, name);
    return bus;
}

bool qbus_realize(BusState *bus, Error **errp)
{
    trace_qbus_realize(bus->name);
    return object_property_set_bool(OBJECT(bus), "realized", true, errp);
}

void qbus_unrealize(BusState *bus)
{
    object_property_set_bool(OBJECT(bus), "realized", false, &error_abort);
}

void qbus_set_hotplug_handler(BusState *bus, Object *handler)
{
    object_property_set_link(OBJECT(bus), QDEV_HOTPLUG_HANDLER_PROPERTY,
                             handler, &error_abort);
}

void qbus_set_bus_hotplug_handler(BusState *bus)
{
    qbus_set_hotplug_handler(bus, OBJECT(bus));
}

/* Devices on it */

/* A reader may still be at @kid; the device is held as long as that. */
static void bus_free_bus_child(BusChild *kid)
{
    object_unref(OBJECT(kid->child));
    g_free(kid);
}

static void bus_add_child(BusState *bus, DeviceState *child)
{
    BusChild *kid = g_new0(BusChild, 1);
    g_autofree char *name = NULL;

    kid->index = bus->max_index++;
    kid->child = child;
    object_ref(OBJECT(child));
    bus->num_children++;
    QTAILQ_INSERT_HEAD_RCU(&bus->children, kid, sibling);

    name = g_strdup_printf("child[%d]", kid->index);
    object_property_add_link(OBJECT(bus), name,
                             object_get_typename(OBJECT(child)),
                             (Object **)&kid->child,
                             NULL, 0);
}

static void bus_remove_child(BusState *bus, DeviceState *child)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (kid->child == child) {
            g_autofree char *name = g_strdup_printf("child[%d]", kid->index);

            object_property_del(OBJECT(bus), name);
            QTAILQ_REMOVE_RCU(&bus->children, kid, sibling);
            bus->num_children--;
            call_rcu(kid, bus_free_bus_child, rcu);
            return;
        }
    }
}

static bool bus_check_address(BusState *bus, DeviceState *child, Error **errp)
{
    BusClass *bc = BUS_GET_CLASS(bus);

    return !bc->check_address || bc->check_address(bus, child, errp);
}

BusState *qdev_get_parent_bus(DeviceState *dev)
{
    return dev->parent_bus;
}

bool qdev_set_parent_bus(DeviceState *dev, BusState *bus, Error **errp)
{
    BusState *old = dev->parent_bus;
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    assert(dc->bus_type && object_dynamic_cast(OBJECT(bus), dc->bus_type));
    trace_qdev_set_parent_bus(object_get_typename(OBJECT(dev)), bus->name);

    if (!bus_check_address(bus, dev, errp)) {
        return false;
    }

    /* Between the two buses nobody else may hold the device. */
    object_ref(OBJECT(dev));
    if (old) {
        trace_qdev_update_parent_bus(dev, object_get_typename(OBJECT(dev)),
                                     old, object_get_typename(OBJECT(old)),
                                     bus, object_get_typename(OBJECT(bus)));
        bus_remove_child(old, dev);
    }
    dev->parent_bus = bus;
    object_ref(OBJECT(bus));
    bus_add_child(bus, dev);
    if (dev->realized) {
        resettable_change_parent(OBJECT(dev), OBJECT(bus), OBJECT(old));
    }
    if (old) {
        object_unref(OBJECT(old));
    }
    object_unref(OBJECT(dev));
    return true;
}

void qdev_leave_parent_bus(DeviceState *dev)
{
    BusState *bus = dev->parent_bus;

    if (bus) {
        bus_remove_child(bus, dev);
        dev->parent_bus = NULL;
        object_unref(OBJECT(bus));
    }
}

/* The property "realized" */

static bool bus_get_realized(Object *obj, Error **errp)
{
    return BUS(obj)->realized;
}

/* Realizing a bus does not realize what is on it, unrealizing does. */
static void bus_set_realized(Object *obj, bool value, Error **errp)
{
    ERRP_GUARD();
    BusState *bus = BUS(obj);
    BusClass *bc = BUS_GET_CLASS(bus);
    BusChild *kid;

    if (value == bus->realized) {
        return;
    }
    trace_bus_set_realized(bus->name, value);

    if (value) {
        if (bc->realize) {
            bc->realize(bus, errp);
            if (*errp) {
                return;
            }
        }
    } else {
        WITH_RCU_READ_LOCK_GUARD() {
            QTAILQ_FOREACH_RCU(kid, &bus->children, sibling) {
                qdev_unrealize(kid->child);
            }
        }
        if (bc->unrealize) {
            bc->unrealize(bus);
        }
    }
    bus->realized = value;
}

/* Reset: the bus's view of hw/resettable.h */

void bus_cold_reset(BusState *bus)
{
    resettable_reset(OBJECT(bus), RESET_TYPE_COLD);
}

bool bus_is_in_reset(BusState *bus)
{
    return resettable_is_in_reset(OBJECT(bus));
}

static ResettableState *bus_get_reset_state(Object *obj)
{
    return &BUS(obj)->reset;
}

static void bus_reset_child_foreach(Object *obj, ResettableChildCallback cb,
                                    void *opaque, ResetType type)
{
    BusState *bus = BUS(obj);
    BusChild *kid;

    WITH_RCU_READ_LOCK_GUARD() {
        QTAILQ_FOREACH_RCU(kid, &bus->children, sibling) {
            cb(OBJECT(kid->child), opaque, type);
        }
    }
}

/* BusClass.reset of a type that has phases; see device_phases_reset(). */
static void bus_phases_reset(BusState *bus)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(bus);

    if (rc->phases.enter) {
        rc->phases.enter(OBJECT(bus), RESET_TYPE_COLD);
    }
    if (rc->phases.hold) {
        rc->phases.hold(OBJECT(bus));
    }
    if (rc->phases.exit) {
        rc->phases.exit(OBJECT(bus));
    }
}

static void bus_transitional_reset(Object *obj)
{
    BusState *bus = BUS(obj);
    BusClass *bc = BUS_GET_CLASS(bus);

    if (bc->reset) {
        bc->reset(bus);
    }
}

static ResettableTrFunction bus_get_transitional_reset(Object *obj)
{
    BusClass *bc = BUS_GET_CLASS(obj);

    return bc->reset == bus_phases_reset ? NULL : bus_transitional_reset;
}

/* Birth and death of the object */

static void qbus_initfn(Object *obj)
{
    BusState *bus = BUS(obj);

    QTAILQ_INIT(&bus->children);
    object_property_add_link(obj, QDEV_HOTPLUG_HANDLER_PROPERTY,
                             TYPE_HOTPLUG_HANDLER,
                             (Object **)&bus->hotplug_handler,
                             object_property_allow_set_link,
                             0);
    object_property_add_bool(obj, "realized",
                             bus_get_realized, bus_set_realized);
}

static void qbus_finalize(Object *obj)
{
    g_free(BUS(obj)->name);
}

/* Out of the tree, and its devices before it. */
static void bus_unparent(Object *obj)
{
    BusState *bus = BUS(obj);
    BusChild *kid;

    while ((kid = QTAILQ_FIRST(&bus->children)) != NULL) {
        object_unparent(OBJECT(kid->child));
    }
    if (bus->parent) {
        QLIST_REMOVE(bus, sibling);
        bus->parent->num_child_bus--;
        bus->parent = NULL;
    }
}

/* How firmware calls a device on a bus that has no addresses. */
static char *default_bus_get_fw_dev_path(DeviceState *dev)
{
    return g_strdup(object_get_typename(OBJECT(dev)));
}

static void bus_class_init(ObjectClass *class, void *data)
{
    BusClass *bc = BUS_CLASS(class);
    ResettableClass *rc = RESETTABLE_CLASS(class);

    class->unparent = bus_unparent;
    bc->get_fw_dev_path = default_bus_get_fw_dev_path;
    bc->reset = bus_phases_reset;

    rc->get_state = bus_get_reset_state;
    rc->child_foreach = bus_reset_child_foreach;
    rc->get_transitional_function = bus_get_transitional_reset;
}

static const TypeInfo bus_info = {
    .name = TYPE_BUS,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(BusState),
    .abstract = true,
    .class_size = sizeof(BusClass),
    .instance_init = qbus_initfn,
    .instance_finalize = qbus_finalize,
    .class_init = bus_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_RESETTABLE_INTERFACE },
        { }
    },
};

static void bus_register_types(void)
{
    type_register_static(&bus_info);
}

type_init(bus_register_types)
