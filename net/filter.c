/*
 * Filters: the abstract type, and its place on a netdev's list.
 *
 * Read include/net/filter.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "net/filter.h"
#include "net/net.h"
#include "net/queue.h"

/* Packets */

/* Whether a packet that goes @direction belongs to this filter. */
static bool qemu_need_skip(NetFilterState *nf, NetFilterDirection direction)
{
    return !nf->on ||
           (nf->direction != direction &&
            nf->direction != NET_FILTER_DIRECTION_ALL);
}

ssize_t qemu_netfilter_receive(NetFilterState *nf,
                               NetFilterDirection direction,
                               NetClientState *sender, unsigned flags,
                               const struct iovec *iov, int iovcnt,
                               NetPacketSent *sent_cb)
{
    if (qemu_need_skip(nf, direction)) {
        return 0;
    }
    return NETFILTER_GET_CLASS(OBJECT(nf))->receive_iov(nf, sender, flags,
                                                        iov, iovcnt, sent_cb);
}

static NetFilterState *netfilter_next(NetFilterState *nf,
                                      NetFilterDirection dir)
{
    return dir == NET_FILTER_DIRECTION_TX ? QTAILQ_NEXT(nf, next)
                                          : QTAILQ_PREV(nf, next);
}

ssize_t qemu_netfilter_pass_to_next(NetClientState *sender, unsigned flags,
                                    const struct iovec *iov, int iovcnt,
                                    void *opaque)
{
    NetFilterState *nf = opaque;
    NetFilterState *next;
    NetFilterDirection direction;
    int ret;

    if (!sender || !sender->peer) {
        return iov_size(iov, iovcnt);
    }

    if (nf->direction == NET_FILTER_DIRECTION_ALL) {
        direction = sender == nf->netdev ? NET_FILTER_DIRECTION_TX
                                         : NET_FILTER_DIRECTION_RX;
    } else {
        direction = nf->direction;
    }

    for (next = netfilter_next(nf, direction); next;
         next = netfilter_next(next, direction)) {
        ret = qemu_netfilter_receive(next, direction, sender, flags, iov,
                                     iovcnt, NULL);
        if (ret) {
            return ret;
        }
    }

    /* The last of the list: straight into the receiver's queue. */
    qemu_net_queue_send_iov(sender->peer->incoming_queue, sender, flags, iov,
                            iovcnt, NULL);
    return iov_size(iov, iovcnt);
}

/* Properties */

static char *netfilter_get_netdev_id(Object *obj, Error **errp)
{
    return g_strdup(NETFILTER(obj)->netdev_id);
}

static void netfilter_set_netdev_id(Object *obj, const char *str, Error **errp)
{
    NetFilterState *nf = NETFILTER(obj);

    g_free(nf->netdev_id);
    nf->netdev_id = g_strdup(str);
}

static int netfilter_get_direction(Object *obj, Error **errp G_GNUC_UNUSED)
{
    return NETFILTER(obj)->direction;
}

static void netfilter_set_direction(Object *obj, int direction, Error **errp)
{
    NETFILTER(obj)->direction = direction;
}

static char *netfilter_get_status(Object *obj, Error **errp)
{
    return g_strdup(NETFILTER(obj)->on ? "on" : "off");
}

static void netfilter_set_status(Object *obj, const char *str, Error **errp)
{
    NetFilterState *nf = NETFILTER(obj);
    NetFilterClass *nfc = NETFILTER_GET_CLASS(obj);
    bool on = !strcmp(str, "on");

    if (!on && strcmp(str, "off")) {
        error_setg(errp, "Invalid value for netfilter status, "
                   "should be 'on' or 'off'");
        return;
    }
    if (nf->on == on) {
        return;
    }
    nf->on = on;
    /* Before it has a netdev there is nothing to switch yet. */
    if (nf->netdev && nfc->status_changed) {
        nfc->status_changed(nf, errp);
    }
}

static char *netfilter_get_position(Object *obj, Error **errp)
{
    return g_strdup(NETFILTER(obj)->position);
}

static void netfilter_set_position(Object *obj, const char *str, Error **errp)
{
    NetFilterState *nf = NETFILTER(obj);

    g_free(nf->position);
    nf->position = g_strdup(str);
}

static char *netfilter_get_insert(Object *obj, Error **errp)
{
    return g_strdup(NETFILTER(obj)->insert_before_flag ? "before" : "behind");
}

static void netfilter_set_insert(Object *obj, const char *str, Error **errp)
{
    NetFilterState *nf = NETFILTER(obj);

    if (strcmp(str, "before") && strcmp(str, "behind")) {
        error_setg(errp, "Invalid value for netfilter insert, "
                   "should be 'before' or 'behind'");
        return;
    }
    nf->insert_before_flag = !strcmp(str, "before");
}

/* Life */

/* The filter that position=id=X names, on the same netdev; else NULL. */
static NetFilterState *netfilter_find_position(NetFilterState *nf,
                                               Error **errp)
{
    g_autofree char *id = NULL;
    NetFilterState *position;
    Object *container, *obj;

    if (!g_str_has_prefix(nf->position, "id=")) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "position",
                   "'head', 'tail' or 'id=<id>'");
        return NULL;
    }

    id = g_strdup(nf->position + strlen("id="));
    container = object_get_objects_root();
    obj = object_resolve_path_component(container, id);
    if (!obj) {
        error_setg(errp, "filter '%s' not found", id);
        return NULL;
    }
    position = (NetFilterState *)object_dynamic_cast(obj, TYPE_NETFILTER);
    if (!position || position->netdev != nf->netdev) {
        error_setg(errp, "filter '%s' belongs to a different netdev", id);
        return NULL;
    }
    return position;
}

static void netfilter_complete(UserCreatable *uc, Error **errp)
{
    NetFilterState *nf = NETFILTER(uc);
    NetFilterClass *nfc = NETFILTER_GET_CLASS(OBJECT(uc));
    NetClientState *ncs[MAX_QUEUE_NUM];
    NetFilterState *position = NULL;
    Error *local_err = NULL;
    int queues;

    if (!nf->netdev_id) {
        error_setg(errp, "Parameter 'netdev' is required");
        return;
    }

    queues = qemu_find_net_clients_except(nf->netdev_id, ncs,
                                          NET_CLIENT_DRIVER_NIC,
                                          MAX_QUEUE_NUM);
    if (queues < 1) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "netdev",
                   "a network backend id");
        return;
    } else if (queues > 1) {
        error_setg(errp, "multiqueue is not supported");
        return;
    }

    nf->netdev = ncs[0];
    if (strcmp(nf->position, "head") && strcmp(nf->position, "tail")) {
        position = netfilter_find_position(nf, errp);
        if (!position) {
            nf->netdev = NULL;
            return;
        }
    }

    if (nfc->setup) {
        nfc->setup(nf, &local_err);
        if (local_err) {
            error_propagate(errp, local_err);
            nf->netdev = NULL;
            return;
        }
    }

    if (!strcmp(nf->position, "head")) {
        QTAILQ_INSERT_HEAD(&nf->netdev->filters, nf, next);
    } else if (!position) {
        QTAILQ_INSERT_TAIL(&nf->netdev->filters, nf, next);
    } else if (nf->insert_before_flag) {
        QTAILQ_INSERT_BEFORE(position, nf, next);
    } else {
        QTAILQ_INSERT_AFTER(&nf->netdev->filters, position, nf, next);
    }
}

static void netfilter_init(Object *obj)
{
    NetFilterState *nf = NETFILTER(obj);

    nf->on = true;
    nf->insert_before_flag = false;
    nf->position = g_strdup("tail");
    nf->direction = NET_FILTER_DIRECTION_ALL;
}

/* netdev is set exactly while we are on its list and set up. */
static void netfilter_finalize(Object *obj)
{
    NetFilterState *nf = NETFILTER(obj);
    NetFilterClass *nfc = NETFILTER_GET_CLASS(obj);

    if (nf->netdev) {
        if (nfc->cleanup) {
            nfc->cleanup(nf);
        }
        QTAILQ_REMOVE(&nf->netdev->filters, nf, next);
    }
    g_free(nf->netdev_id);
    g_free(nf->position);
}

static void default_handle_event(NetFilterState *nf, int event, Error **errp)
{
    /* Most filters have nothing that an event could change. */
}

static void netfilter_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);
    NetFilterClass *nfc = NETFILTER_CLASS(oc);

    object_class_property_add_str(oc, "netdev", netfilter_get_netdev_id,
                                  netfilter_set_netdev_id);
    object_class_property_add_enum(oc, "queue", "NetFilterDirection",
                                   &NetFilterDirection_lookup,
                                   netfilter_get_direction,
                                   netfilter_set_direction);
    object_class_property_add_str(oc, "status", netfilter_get_status,
                                  netfilter_set_status);
    object_class_property_add_str(oc, "position", netfilter_get_position,
                                  netfilter_set_position);
    object_class_property_add_str(oc, "insert", netfilter_get_insert,
                                  netfilter_set_insert);

    ucc->complete = netfilter_complete;
    nfc->handle_event = default_handle_event;
}

static const TypeInfo netfilter_info = {
    .name = TYPE_NETFILTER,
    .parent = TYPE_OBJECT,
    .abstract = true,
    .class_size = sizeof(NetFilterClass),
    .class_init = netfilter_class_init,
    .instance_size = sizeof(NetFilterState),
    .instance_init = netfilter_init,
    .instance_finalize = netfilter_finalize,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_USER_CREATABLE },
        { }
    }
};

static void netfilter_register_types(void)
{
    type_register_static(&netfilter_info);
}

type_init(netfilter_register_types)
