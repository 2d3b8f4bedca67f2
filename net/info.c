/*
 * What clients look like to a person: names, addresses, `info network`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-net.h"
#include "qapi/string-output-visitor.h"
#include "qapi/qmp/qdict.h"
#include "qapi/visitor.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "net/filter.h"
#include "net/net.h"
#include "qemu/config-file.h"
#include "qemu/help_option.h"
#include "qemu/option.h"
#include "hub.h"

char *qemu_mac_strdup_printf(const uint8_t *macaddr)
{
    return g_strdup_printf("%.2x:%.2x:%.2x:%.2x:%.2x:%.2x",
                           macaddr[0], macaddr[1], macaddr[2],
                           macaddr[3], macaddr[4], macaddr[5]);
}

void qemu_set_info_str(NetClientState *nc, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(nc->info_str, sizeof(nc->info_str), fmt, ap);
    va_end(ap);
}

void qemu_format_nic_info_str(NetClientState *nc, uint8_t macaddr[6])
{
    g_autofree char *mac = qemu_mac_strdup_printf(macaddr);

    qemu_set_info_str(nc, "model=%s,macaddr=%s", nc->model, mac);
}

/* ",name=value" for each property that the filter's own class has. */
static void netfilter_print_info(Monitor *mon, NetFilterState *nf)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_property_iter_init(&iter, OBJECT(nf));
    while ((prop = object_property_iter_next(&iter))) {
        char *str = NULL;
        Visitor *v;

        if (!strcmp(prop->name, "type")) {
            continue;
        }
        v = string_output_visitor_new(false, &str);
        object_property_get(OBJECT(nf), prop->name, v, NULL);
        visit_complete(v, &str);
        visit_free(v);
        monitor_printf(mon, ",%s=%s", prop->name, str);
        g_free(str);
    }
    monitor_printf(mon, "\n");
}

void print_net_client(Monitor *mon, NetClientState *nc)
{
    NetFilterState *nf;

    monitor_printf(mon, "%s: index=%d,type=%s,%s\n", nc->name,
                   nc->queue_index, NetClientDriver_str(nc->info->type),
                   nc->info_str);
    if (!QTAILQ_EMPTY(&nc->filters)) {
        monitor_printf(mon, "filters:\n");
    }
    QTAILQ_FOREACH(nf, &nc->filters, next) {
        monitor_printf(mon, "  - %s: type=%s",
                       object_get_canonical_path_component(OBJECT(nf)),
                       object_get_typename(OBJECT(nf)));
        netfilter_print_info(mon, nf);
    }
}

RxFilterInfoList *qmp_query_rx_filter(bool has_name, const char *name,
                                      Error **errp)
{
    RxFilterInfoList *filters = NULL, **tail = &filters;
    NetClientState *nc;
    bool found = false;

    QTAILQ_FOREACH(nc, &net_clients, next) {
        if (has_name && strcmp(nc->name, name)) {
            continue;
        }
        found = true;
        if (nc->info->type != NET_CLIENT_DRIVER_NIC) {
            if (has_name) {
                error_setg(errp, "net client(%s) isn't a NIC", name);
                return NULL;
            }
            continue;
        }
        /* All queues of a card filter alike. */
        if (nc->queue_index) {
            continue;
        }
        if (nc->info->query_rx_filter) {
            QAPI_LIST_APPEND(tail, nc->info->query_rx_filter(nc));
        } else if (has_name) {
            error_setg(errp, "net client(%s) doesn't support "
                       "rx-filter querying", name);
            return NULL;
        }
        if (has_name) {
            break;
        }
    }
    if (has_name && !found) {
        error_setg(errp, "invalid net client name: %s", name);
    }
    return filters;
}

void hmp_info_network(Monitor *mon, const QDict *qdict)
{
    NetClientState *nc;

    net_hub_info(mon);

    QTAILQ_FOREACH(nc, &net_clients, next) {
        bool is_nic = nc->info->type == NET_CLIENT_DRIVER_NIC;

        if (net_hub_id_for_client(nc, NULL) == 0) {
            continue;
        }
        if (!nc->peer || is_nic) {
            print_net_client(mon, nc);
        }
        if (nc->peer && is_nic) {
            monitor_printf(mon, " \\ ");
            print_net_client(mon, nc->peer);
        }
    }
}

void hmp_set_link(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_set_link(qdict_get_str(qdict, "name"), qdict_get_bool(qdict, "up"),
                 &err);
    hmp_handle_error(mon, err);
}

void hmp_netdev_add(Monitor *mon, const QDict *qdict)
{
    const char *type = qdict_get_try_str(qdict, "type");
    Error *err = NULL;
    QemuOpts *opts;

    if (type && is_help_option(type)) {
        show_netdevs();
        return;
    }
    opts = qemu_opts_from_qdict(qemu_find_opts("netdev"), qdict, &err);
    if (opts) {
        netdev_add(opts, &err);
        if (err) {
            qemu_opts_del(opts);
        }
    }
    hmp_handle_error(mon, err);
}

void hmp_netdev_del(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_netdev_del(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}
