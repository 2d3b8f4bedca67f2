/*
 * Finding one's way in the bus tree: walkers, look-ups and paths.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-core.h"

/* The children of @bus one after the other; not 0 ends it. */
static int qbus_walk_devices(BusState *bus,
                             qdev_walkerfn *pre_devfn, qbus_walkerfn *pre_busfn,
                             qdev_walkerfn *post_devfn,
                             qbus_walkerfn *post_busfn, void *opaque)
{
    BusChild *kid;

    RCU_READ_LOCK_GUARD();

    QTAILQ_FOREACH_RCU(kid, &bus->children, sibling) {
        int ret = qdev_walk_children(kid->child, pre_devfn, pre_busfn,
                                     post_devfn, post_busfn, opaque);
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

int qbus_walk_children(BusState *bus,
                       qdev_walkerfn *pre_devfn, qbus_walkerfn *pre_busfn,
                       qdev_walkerfn *post_devfn, qbus_walkerfn *post_busfn,
                       void *opaque)
{
    int ret = pre_busfn ? pre_busfn(bus, opaque) : 0;

    if (ret) {
        return ret;
    }
    ret = qbus_walk_devices(bus, pre_devfn, pre_busfn, post_devfn, post_busfn,
                            opaque);
    if (ret < 0) {
        return ret;
    }
    return post_busfn ? post_busfn(bus, opaque) : 0;
}

int qdev_walk_children(DeviceState *dev,
                       qdev_walkerfn *pre_devfn, qbus_walkerfn *pre_busfn,
                       qdev_walkerfn *post_devfn, qbus_walkerfn *post_busfn,
                       void *opaque)
{
    BusState *bus;
    int ret = pre_devfn ? pre_devfn(dev, opaque) : 0;

    if (ret) {
        return ret;
    }
    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        ret = qbus_walk_children(bus, pre_devfn, pre_busfn,
                                 post_devfn, post_busfn, opaque);
        if (ret < 0) {
            return ret;
        }
    }
    return post_devfn ? post_devfn(dev, opaque) : 0;
}

DeviceState *qdev_find_recursive(BusState *bus, const char *id)
{
    BusChild *kid;
    BusState *child;

    RCU_READ_LOCK_GUARD();

    QTAILQ_FOREACH_RCU(kid, &bus->children, sibling) {
        DeviceState *dev = kid->child;

        if (dev->id && !strcmp(dev->id, id)) {
            return dev;
        }
        QLIST_FOREACH(child, &dev->child_bus, sibling) {
            DeviceState *found = qdev_find_recursive(child, id);

            if (found) {
                return found;
            }
        }
    }
    return NULL;
}

BusState *qdev_get_child_bus(DeviceState *dev, const char *name)
{
    Object *child = object_resolve_path_component(OBJECT(dev), name);

    return child ? (BusState *)object_dynamic_cast(child, TYPE_BUS) : NULL;
}

char *qdev_get_dev_path(DeviceState *dev)
{
    BusClass *bc;

    if (!dev || !dev->parent_bus) {
        return NULL;
    }
    bc = BUS_GET_CLASS(dev->parent_bus);
    return bc->get_dev_path ? bc->get_dev_path(dev) : NULL;
}
