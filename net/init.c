/*
 * From the command line to network clients: -netdev, -nic and -net.
 *
 *   net_init_clients                 a phase of main, before the devices
 *     net_init_netdev                each -netdev
 *       net_client_init              options become a Netdev (QAPI)
 *         net_client_init1
 *           net_init_tap, ...        net_client_init_fun[type]
 *     net_param_nic                  each -nic
 *     net_init_client                each -net
 *
 * -netdev makes a host end that a -device names; -nic makes a host end and
 * asks the board for a card; -net is the old form, in which all share hub 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qapi-visit-net.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/visitor.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/id.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"
#include "net/eth.h"
#include "net/net.h"
#include "net/util.h"
#include "clients.h"
#include "hub.h"
#include "sysemu/runstate.h"

int nb_nics;
NICInfo nd_table[MAX_NICS];

static VMChangeStateEntry *net_change_state_entry;

/* -netdev in the JSON form, until net_init_clients() comes to it. */
typedef struct NetdevQueueEntry {
    Netdev *nd;
    Location loc;
    QSIMPLEQ_ENTRY(NetdevQueueEntry) entry;
} NetdevQueueEntry;

static QSIMPLEQ_HEAD(, NetdevQueueEntry) nd_queue =
    QSIMPLEQ_HEAD_INITIALIZER(nd_queue);

/* Cards that -net and -nic ask of the board */

static int nic_get_free_idx(void)
{
    for (int i = 0; i < MAX_NICS; i++) {
        if (!nd_table[i].used) {
            return i;
        }
    }
    return -1;
}

/*
 * What a user gave as a card's MAC address; false with @errp set if bad, with
 * @why behind it.
 */
static bool nic_parse_macaddr(NICInfo *nd, const char *str, const char *why,
                              Error **errp)
{
    if (net_parse_macaddr(nd->macaddr.a, str) < 0) {
        error_setg(errp, "invalid syntax for ethernet address");
        return false;
    }
    if (is_multicast_ether_addr(nd->macaddr.a)) {
        error_setg(errp, "NIC cannot have multicast MAC address%s", why);
        return false;
    }
    return true;
}

static int net_init_nic(const Netdev *netdev, const char *name,
                        NetClientState *peer, Error **errp)
{
    const NetLegacyNicOptions *nic = &netdev->u.nic;
    int idx = nic_get_free_idx();
    NetClientState *end = peer;
    NICInfo nd = { };

    assert(netdev->type == NET_CLIENT_DRIVER_NIC);

    if (idx == -1 || nb_nics >= MAX_NICS) {
        error_setg(errp, "too many NICs");
        return -1;
    }
    if (nic->has_netdev) {
        end = qemu_find_netdev(nic->netdev);
        if (!end) {
            error_setg(errp, "netdev '%s' not found", nic->netdev);
            return -1;
        }
    }
    if (nic->has_macaddr &&
        !nic_parse_macaddr(&nd, nic->macaddr, " (odd 1st byte)", errp)) {
        return -1;
    }
    if (nic->has_vectors && nic->vectors > 0x7ffffff) {
        error_setg(errp, "invalid # of vectors: %"PRIu32, nic->vectors);
        return -1;
    }

    nd.netdev = end;
    nd.name = g_strdup(name);
    nd.model = nic->has_model ? g_strdup(nic->model) : NULL;
    nd.devaddr = nic->has_addr ? g_strdup(nic->addr) : NULL;
    nd.nvectors = nic->has_vectors ? nic->vectors : DEV_NVECTORS_UNSPECIFIED;
    nd.used = 1;
    nd_table[idx] = nd;
    qemu_macaddr_default_if_unset(&nd_table[idx].macaddr);
    nb_nics++;
    return idx;
}

void qdev_set_nic_properties(DeviceState *dev, NICInfo *nd)
{
    qdev_prop_set_macaddr(dev, "mac", nd->macaddr.a);
    if (nd->netdev) {
        qdev_prop_set_netdev(dev, "netdev", nd->netdev);
    }
    if (nd->nvectors != DEV_NVECTORS_UNSPECIFIED &&
        object_property_find(OBJECT(dev), "vectors")) {
        qdev_prop_set_uint32(dev, "vectors", nd->nvectors);
    }
    nd->instantiated = 1;
}

void qemu_check_nic_model(NICInfo *nd, const char *model)
{
    const char *models[2] = { model, NULL };

    if (qemu_show_nic_models(nd->model, models)) {
        exit(0);
    }
    if (qemu_find_nic_model(nd, models, model) < 0) {
        exit(1);
    }
}

int qemu_show_nic_models(const char *arg, const char *const *models)
{
    if (!arg || !is_help_option(arg)) {
        return 0;
    }
    printf("Supported NIC models:\n");
    for (int i = 0; models[i]; i++) {
        printf("%s\n", models[i]);
    }
    return 1;
}

int qemu_find_nic_model(NICInfo *nd, const char * const *models,
                        const char *default_model)
{
    if (!nd->model) {
        nd->model = g_strdup(default_model);
    }
    for (int i = 0; models[i]; i++) {
        if (strcmp(nd->model, models[i]) == 0) {
            return i;
        }
    }
    error_report("Unsupported NIC model: %s", nd->model);
    return -1;
}

/* Host ends */

static int (* const net_client_init_fun[NET_CLIENT_DRIVER__MAX])(
    const Netdev *netdev, const char *name, NetClientState *peer,
    Error **errp) = {
    [NET_CLIENT_DRIVER_NIC]     = net_init_nic,
    [NET_CLIENT_DRIVER_TAP]     = net_init_tap,
    [NET_CLIENT_DRIVER_SOCKET]  = net_init_socket,
    [NET_CLIENT_DRIVER_HUBPORT] = net_init_hubport,
};

static int net_client_init1(const Netdev *netdev, bool is_netdev, Error **errp)
{
    NetClientState *peer = NULL;
    NetClientState *nc;

    if (is_netdev) {
        if (netdev->type == NET_CLIENT_DRIVER_NIC ||
            !net_client_init_fun[netdev->type]) {
            error_setg(errp, "network backend '%s' is not compiled into this"
                       " binary", NetClientDriver_str(netdev->type));
            return -1;
        }
    } else {
        if (netdev->type == NET_CLIENT_DRIVER_NONE) {
            return 0;
        }
        if (netdev->type == NET_CLIENT_DRIVER_HUBPORT) {
            error_setg(errp, "network backend '%s' is only supported with"
                       " -netdev/-nic", NetClientDriver_str(netdev->type));
            return -1;
        }
        if (!net_client_init_fun[netdev->type]) {
            error_setg(errp, "network backend '%s' is not compiled into this"
                       " binary", NetClientDriver_str(netdev->type));
            return -1;
        }
    }

    if (qemu_find_netdev(netdev->id)) {
        error_setg(errp, "Duplicate ID '%s'", netdev->id);
        return -1;
    }

    /* What -net makes meets on hub 0, but for a card that names its peer. */
    if (!is_netdev && !(netdev->type == NET_CLIENT_DRIVER_NIC &&
                        netdev->u.nic.has_netdev)) {
        peer = net_hub_add_port(0, NULL, NULL);
    }

    if (net_client_init_fun[netdev->type](netdev, netdev->id, peer,
                                          errp) < 0) {
        return -1;
    }

    if (is_netdev) {
        nc = qemu_find_netdev(netdev->id);
        assert(nc);
        nc->is_netdev = true;
    }
    return 0;
}

static int net_client_init(QemuOpts *opts, bool is_netdev, Error **errp)
{
    Netdev *object = NULL;
    int ret = -1;
    Visitor *v;

    /* -net may leave out the id, but our type has one. */
    if (!is_netdev && !qemu_opts_id(opts)) {
        qemu_opts_set_id(opts, id_generate(ID_NET));
    }

    v = opts_visitor_new(opts);
    if (visit_type_Netdev(v, NULL, &object, errp)) {
        ret = net_client_init1(object, is_netdev, errp);
    }
    qapi_free_Netdev(object);
    visit_free(v);
    return ret;
}

void show_netdevs(void)
{
    /* In the order in which QEMU has them. */
    static const NetClientDriver netdevs[] = {
        NET_CLIENT_DRIVER_SOCKET,
        NET_CLIENT_DRIVER_HUBPORT,
        NET_CLIENT_DRIVER_TAP,
    };

    qemu_printf("Available netdev backend types:\n");
    for (int i = 0; i < ARRAY_SIZE(netdevs); i++) {
        qemu_printf("%s\n", NetClientDriver_str(netdevs[i]));
    }
}

/* Monitor */

void qmp_netdev_add(Netdev *netdev, Error **errp)
{
    /* Options have been checked by then, JSON has not. */
    if (!id_wellformed(netdev->id)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "id", "an identifier");
        return;
    }
    net_client_init1(netdev, true, errp);
}

void netdev_add(QemuOpts *opts, Error **errp)
{
    net_client_init(opts, true, errp);
}

void qmp_netdev_del(const char *id, Error **errp)
{
    NetClientState *nc = qemu_find_netdev(id);
    QemuOpts *opts;

    if (!nc) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", id);
        return;
    }
    if (!nc->is_netdev) {
        error_setg(errp, "Device '%s' is not a netdev", id);
        return;
    }

    qemu_del_net_client(nc);

    /* The command line's memory of it would make the id a duplicate. */
    opts = qemu_opts_find(qemu_find_opts("netdev"), id);
    if (opts) {
        qemu_opts_del(opts);
    }
}

void qmp_set_link(const char *name, bool up, Error **errp)
{
    NetClientState *ncs[MAX_QUEUE_NUM];
    NetClientState *nc;
    int queues;

    queues = qemu_find_net_clients_except(name, ncs, NET_CLIENT_DRIVER__MAX,
                                          MAX_QUEUE_NUM);
    if (queues == 0) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", name);
        return;
    }
    nc = ncs[0];

    for (int i = 0; i < queues; i++) {
        ncs[i]->link_down = !up;
    }
    if (nc->info->link_status_changed) {
        nc->info->link_status_changed(nc);
    }

    /*
     * A host end's link is its card's link.  The other way round the host
     * end only needs to know that nobody takes its packets.
     */
    if (nc->peer) {
        if (nc->peer->info->type == NET_CLIENT_DRIVER_NIC) {
            for (int i = 0; i < queues; i++) {
                ncs[i]->peer->link_down = !up;
            }
        }
        if (nc->peer->info->link_status_changed) {
            nc->peer->info->link_status_changed(nc->peer);
        }
    }
}

/* Command line */

static int net_init_client(void *dummy, QemuOpts *opts, Error **errp)
{
    return net_client_init(opts, false, errp);
}

static int net_init_netdev(void *dummy, QemuOpts *opts, Error **errp)
{
    return net_client_init(opts, true, errp);
}

/* -nic: a host end, and a row in the table of cards. */
static int net_param_nic(void *dummy, QemuOpts *opts, Error **errp)
{
    g_autofree char *mac = NULL;
    const char *type = qemu_opt_get(opts, "type");
    g_autofree char *nd_id = NULL;
    NICInfo *ni;
    int idx;

    if (type && g_str_equal(type, "none")) {
        return 0;
    }

    idx = nic_get_free_idx();
    if (idx == -1 || nb_nics >= MAX_NICS) {
        error_setg(errp, "too many on-board/default NICs");
        return -1;
    }
    if (!type) {
        qemu_opt_set(opts, "type", "user", &error_abort);
    }

    ni = &nd_table[idx];
    memset(ni, 0, sizeof(*ni));

    mac = qemu_opt_get_del(opts, "mac");
    if (mac && !nic_parse_macaddr(ni, mac, "", errp)) {
        return -1;
    }
    ni->model = qemu_opt_get_del(opts, "model");

    nd_id = g_strdup(qemu_opts_id(opts));
    if (!nd_id) {
        nd_id = id_generate(ID_NET);
        qemu_opts_set_id(opts, g_strdup(nd_id));
    }

    if (net_client_init(opts, true, errp) < 0) {
        g_free(ni->model);
        ni->model = NULL;
        return -1;
    }
    qemu_macaddr_default_if_unset(&ni->macaddr);
    ni->nvectors = DEV_NVECTORS_UNSPECIFIED;
    ni->netdev = qemu_find_netdev(nd_id);
    ni->used = true;
    nb_nics++;
    return 0;
}

static void net_init_netdevs_modern(void)
{
    while (!QSIMPLEQ_EMPTY(&nd_queue)) {
        NetdevQueueEntry *nd = QSIMPLEQ_FIRST(&nd_queue);

        QSIMPLEQ_REMOVE_HEAD(&nd_queue, entry);
        loc_push_restore(&nd->loc);
        net_client_init1(nd->nd, true, &error_fatal);
        loc_pop(&nd->loc);
        qapi_free_Netdev(nd->nd);
        g_free(nd);
    }
}

/*
 * A stopped guest gets nothing: what waits for it is delivered or dropped
 * before the machine stands still, and comes again when it runs.
 */
static void net_vm_change_state_handler(void *opaque, bool running,
                                        RunState state)
{
    NetClientState *nc, *next;

    QTAILQ_FOREACH_SAFE(nc, &net_clients, next, next) {
        if (!running) {
            qemu_flush_or_purge_queued_packets(nc, true);
        } else if (nc->peer && qemu_can_send_packet(nc)) {
            qemu_flush_queued_packets(nc->peer);
        }
    }
}

void net_init_clients(void)
{
    net_change_state_entry =
        qemu_add_vm_change_state_handler(net_vm_change_state_handler, NULL);

    net_init_netdevs_modern();
    qemu_opts_foreach(qemu_find_opts("netdev"), net_init_netdev, NULL,
                      &error_fatal);
    qemu_opts_foreach(qemu_find_opts("nic"), net_param_nic, NULL,
                      &error_fatal);
    qemu_opts_foreach(qemu_find_opts("net"), net_init_client, NULL,
                      &error_fatal);
}

void net_check_clients(void)
{
    NetClientState *nc;

    net_hub_check_clients();

    QTAILQ_FOREACH(nc, &net_clients, next) {
        if (!nc->peer) {
            warn_report("%s %s has no peer",
                        nc->info->type == NET_CLIENT_DRIVER_NIC
                        ? "nic" : "netdev",
                        nc->name);
        }
    }

    for (int i = 0; i < MAX_NICS; i++) {
        NICInfo *nd = &nd_table[i];

        if (nd->used && !nd->instantiated) {
            warn_report("requested NIC (%s, model %s) was not created "
                        "(not supported by this machine?)",
                        nd->name ? nd->name : "anonymous",
                        nd->model ? nd->model : "unspecified");
        }
    }
}

void net_cleanup(void)
{
    NetClientState *nc;

    /* Deleting one may delete others: its queues, a hub's ports. */
    while (!QTAILQ_EMPTY(&net_clients)) {
        nc = QTAILQ_FIRST(&net_clients);
        if (nc->info->type == NET_CLIENT_DRIVER_NIC) {
            qemu_del_nic(qemu_get_nic(nc));
        } else {
            qemu_del_net_client(nc);
        }
    }
    for (int i = 0; i < MAX_NICS; i++) {
        g_free(nd_table[i].name);
        g_free(nd_table[i].model);
        g_free(nd_table[i].devaddr);
        memset(&nd_table[i], 0, sizeof(nd_table[i]));
    }
    nb_nics = 0;
    if (net_change_state_entry) {
        qemu_del_vm_change_state_handler(net_change_state_entry);
        net_change_state_entry = NULL;
    }
}

/*
 * JSON, and the types whose addresses have parts of their own, are parsed
 * through the schema alone, without QemuOpts.
 */
bool netdev_is_modern(const char *optarg)
{
    static QemuOptsList dummy_opts = {
        .name = "netdev",
        .implied_opt_name = "type",
        .head = QTAILQ_HEAD_INITIALIZER(dummy_opts.head),
        .desc = { { } },
    };
    QemuOpts *opts;
    const char *type;
    bool is_modern;

    if (optarg[0] == '{') {
        return true;
    }
    opts = qemu_opts_create(&dummy_opts, NULL, false, &error_abort);
    qemu_opts_do_parse(opts, optarg, dummy_opts.implied_opt_name,
                       &error_abort);
    type = qemu_opt_get(opts, "type");
    is_modern = !g_strcmp0(type, "stream") || !g_strcmp0(type, "dgram");
    qemu_opts_del(opts);
    return is_modern;
}

void netdev_parse_modern(const char *optarg)
{
    NetdevQueueEntry *nd;
    Visitor *v;

    v = qobject_input_visitor_new_str(optarg, "type", &error_fatal);
    nd = g_new0(NetdevQueueEntry, 1);
    visit_type_Netdev(v, NULL, &nd->nd, &error_fatal);
    visit_free(v);
    loc_save(&nd->loc);
    QSIMPLEQ_INSERT_TAIL(&nd_queue, nd, entry);
}

int net_client_parse(QemuOptsList *opts_list, const char *optarg)
{
    return qemu_opts_parse_noisily(opts_list, optarg, true) ? 0 : -1;
}

/* What these options take is checked by the schema, not here. */

QemuOptsList qemu_netdev_opts = {
    .name = "netdev",
    .implied_opt_name = "type",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_netdev_opts.head),
    .desc = {
        { /* end of list */ }
    },
};

QemuOptsList qemu_nic_opts = {
    .name = "nic",
    .implied_opt_name = "type",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_nic_opts.head),
    .desc = {
        { /* end of list */ }
    },
};

QemuOptsList qemu_net_opts = {
    .name = "net",
    .implied_opt_name = "type",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_net_opts.head),
    .desc = {
        { /* end of list */ }
    },
};
