/*
 * Hubs: several clients on one wire.
 *
 * A port is a client whose peer is whatever is plugged in; what a port
 * receives goes out of every other port of its hub.
 *
 *     tap0 <==> hub0port0 --+
 *                           +-- hub 0
 *     nic0 <==> hub0port1 --+
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "monitor/monitor.h"
#include "net/net.h"
#include "clients.h"
#include "hub.h"
#include "sysemu/qtest.h"

typedef struct NetHub NetHub;

typedef struct NetHubPort {
    NetClientState nc;
    QLIST_ENTRY(NetHubPort) next;
    NetHub *hub;
    int id;
} NetHubPort;

struct NetHub {
    int id;
    QLIST_ENTRY(NetHub) next;
    int num_ports;
    QLIST_HEAD(, NetHubPort) ports;
};

static QLIST_HEAD(, NetHub) hubs = QLIST_HEAD_INITIALIZER(&hubs);

/* Packets */

static ssize_t net_hub_receive_iov(NetHub *hub, NetHubPort *source_port,
                                   const struct iovec *iov, int iovcnt)
{
    NetHubPort *port;
    ssize_t len = iov_size(iov, iovcnt);

    QLIST_FOREACH(port, &hub->ports, next) {
        if (port != source_port) {
            qemu_sendv_packet(&port->nc, iov, iovcnt);
        }
    }
    return len;
}

static ssize_t net_hub_port_receive_iov(NetClientState *nc,
                                        const struct iovec *iov, int iovcnt)
{
    NetHubPort *port = DO_UPCAST(NetHubPort, nc, nc);

    return port->hub ? net_hub_receive_iov(port->hub, port, iov, iovcnt)
                     : iov_size(iov, iovcnt);
}

static ssize_t net_hub_port_receive(NetClientState *nc, const uint8_t *buf,
                                    size_t len)
{
    struct iovec iov = { .iov_base = (void *)buf, .iov_len = len };

    return net_hub_port_receive_iov(nc, &iov, 1);
}

/* One port that could pass it on is enough: the others queue or drop. */
static bool net_hub_port_can_receive(NetClientState *nc)
{
    NetHubPort *src_port = DO_UPCAST(NetHubPort, nc, nc);
    NetHubPort *port;

    if (!src_port->hub) {
        return true;
    }
    QLIST_FOREACH(port, &src_port->hub->ports, next) {
        if (port != src_port && qemu_can_send_packet(&port->nc)) {
            return true;
        }
    }
    return false;
}

bool net_hub_flush(NetClientState *nc)
{
    NetHubPort *source_port = DO_UPCAST(NetHubPort, nc, nc);
    NetHubPort *port;
    bool flushed = false;

    if (!source_port->hub) {
        return false;
    }
    QLIST_FOREACH(port, &source_port->hub->ports, next) {
        if (port != source_port) {
            flushed |= qemu_net_queue_flush(port->nc.incoming_queue);
        }
    }
    return flushed;
}

/* Life */

static NetHub *net_hub_find(int id)
{
    NetHub *hub;

    QLIST_FOREACH(hub, &hubs, next) {
        if (hub->id == id) {
            return hub;
        }
    }
    return NULL;
}

static NetHub *net_hub_new(int id)
{
    NetHub *hub = g_new0(NetHub, 1);

    hub->id = id;
    QLIST_INIT(&hub->ports);
    QLIST_INSERT_HEAD(&hubs, hub, next);
    return hub;
}

/*
 * The last port takes the hub with it.  The port itself may stay, for as long
 * as its card does: it is connected with nothing then, and drops packets.
 */
static void net_hub_port_cleanup(NetClientState *nc)
{
    NetHubPort *port = DO_UPCAST(NetHubPort, nc, nc);
    NetHub *hub = port->hub;

    port->hub = NULL;
    QLIST_REMOVE(port, next);
    if (QLIST_EMPTY(&hub->ports)) {
        QLIST_REMOVE(hub, next);
        g_free(hub);
    }
}

static NetClientInfo net_hub_port_info = {
    .type = NET_CLIENT_DRIVER_HUBPORT,
    .size = sizeof(NetHubPort),
    .can_receive = net_hub_port_can_receive,
    .receive = net_hub_port_receive,
    .receive_iov = net_hub_port_receive_iov,
    .cleanup = net_hub_port_cleanup,
};

static NetHubPort *net_hub_port_new(NetHub *hub, const char *name,
                                    NetClientState *hubpeer)
{
    int id = hub->num_ports++;
    g_autofree char *default_name = NULL;
    NetClientState *nc;
    NetHubPort *port;

    if (!name) {
        default_name = g_strdup_printf("hub%dport%d", hub->id, id);
        name = default_name;
    }

    nc = qemu_new_net_client(&net_hub_port_info, hubpeer, "hub", name);
    port = DO_UPCAST(NetHubPort, nc, nc);
    port->id = id;
    port->hub = hub;
    QLIST_INSERT_HEAD(&hub->ports, port, next);
    return port;
}

NetClientState *net_hub_add_port(int hub_id, const char *name,
                                 NetClientState *hubpeer)
{
    NetHub *hub = net_hub_find(hub_id) ?: net_hub_new(hub_id);

    return &net_hub_port_new(hub, name, hubpeer)->nc;
}

int net_init_hubport(const Netdev *netdev, const char *name,
                     NetClientState *peer, Error **errp)
{
    const NetdevHubPortOptions *hubport;
    NetClientState *hubpeer = NULL;

    assert(netdev->type == NET_CLIENT_DRIVER_HUBPORT);
    assert(!peer);
    hubport = &netdev->u.hubport;

    if (hubport->has_netdev) {
        hubpeer = qemu_find_netdev(hubport->netdev);
        if (!hubpeer) {
            error_setg(errp, "netdev '%s' not found", hubport->netdev);
            return -1;
        }
        if (hubpeer->peer) {
            error_setg(errp, "netdev '%s' is already in use",
                       hubport->netdev);
            return -1;
        }
    }

    net_hub_add_port(hubport->hubid, name, hubpeer);
    return 0;
}

/* What a user sees */

int net_hub_id_for_client(NetClientState *nc, int *id)
{
    NetHubPort *port;

    if (nc->info->type == NET_CLIENT_DRIVER_HUBPORT) {
        port = DO_UPCAST(NetHubPort, nc, nc);
    } else if (nc->peer &&
               nc->peer->info->type == NET_CLIENT_DRIVER_HUBPORT) {
        port = DO_UPCAST(NetHubPort, nc, nc->peer);
    } else {
        return -ENOENT;
    }
    if (id) {
        *id = port->hub->id;
    }
    return 0;
}

void net_hub_info(Monitor *mon)
{
    NetHub *hub;
    NetHubPort *port;

    QLIST_FOREACH(hub, &hubs, next) {
        monitor_printf(mon, "hub %d\n", hub->id);
        QLIST_FOREACH(port, &hub->ports, next) {
            monitor_printf(mon, " \\ %s", port->nc.name);
            if (port->nc.peer) {
                monitor_printf(mon, ": ");
                print_net_client(mon, port->nc.peer);
            } else {
                monitor_printf(mon, "\n");
            }
        }
    }
}

void net_hub_check_clients(void)
{
    NetHub *hub;
    NetHubPort *port;

    QLIST_FOREACH(hub, &hubs, next) {
        bool has_nic = false, has_host_dev = false;

        QLIST_FOREACH(port, &hub->ports, next) {
            NetClientState *peer = port->nc.peer;

            if (!peer) {
                warn_report("hub port %s has no peer", port->nc.name);
            } else if (peer->info->type == NET_CLIENT_DRIVER_NIC) {
                has_nic = true;
            } else if (peer->info->type != NET_CLIENT_DRIVER_HUBPORT) {
                has_host_dev = true;
            }
        }
        if (has_host_dev && !has_nic) {
            warn_report("hub %d with no nics", hub->id);
        }
        if (has_nic && !has_host_dev && !qtest_enabled()) {
            warn_report("hub %d is not connected to host network", hub->id);
        }
    }
}
