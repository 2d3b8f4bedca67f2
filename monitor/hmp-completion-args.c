/*
 * Completion of what the human monitor's commands take: types, ids, on or off.
 *
 * Each of these is a command_completion of the table (see monitor-internal.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char.h"
#include "hw/qdev-core.h"
#include "monitor/hmp.h"
#include "net/net.h"
#include "qapi/qapi-commands-char.h"
#include "qapi/qapi-commands-qom.h"
#include "qapi/qapi-types-net.h"
#include "qapi/qapi-types-run-state.h"
#include "qom/object_interfaces.h"
#include "trace/control.h"

void add_completion_option(ReadLineState *rs, const char *str,
                           const char *option)
{
    if (g_str_has_prefix(option, str)) {
        readline_add_completion(rs, option);
    }
}

static void on_off_completion(ReadLineState *rs, const char *str)
{
    add_completion_option(rs, str, "on");
    add_completion_option(rs, str, "off");
}

static void enum_completion(ReadLineState *rs, const char *str,
                            const QEnumLookup *lookup)
{
    for (int i = 0; i < lookup->size; i++) {
        if (lookup->array[i]) {
            add_completion_option(rs, str, lookup->array[i]);
        }
    }
}

/* Types */

void device_add_completion(ReadLineState *rs, int nb_args, const char *str)
{
    GSList *list;

    if (nb_args != 2) {
        return;
    }
    list = object_class_get_list(TYPE_DEVICE, false);
    for (GSList *elt = list; elt; elt = elt->next) {
        if (DEVICE_CLASS(elt->data)->user_creatable) {
            add_completion_option(rs, str, object_class_get_name(elt->data));
        }
    }
    g_slist_free(list);
}

void object_add_completion(ReadLineState *rs, int nb_args, const char *str)
{
    GSList *list;

    if (nb_args != 2) {
        return;
    }
    list = object_class_get_list(TYPE_USER_CREATABLE, false);
    for (GSList *elt = list; elt; elt = elt->next) {
        add_completion_option(rs, str, object_class_get_name(elt->data));
    }
    g_slist_free(list);
}

void chardev_add_completion(ReadLineState *rs, int nb_args, const char *str)
{
    GSList *list;

    if (nb_args != 2) {
        return;
    }
    list = object_class_get_list(TYPE_CHARDEV, false);
    for (GSList *elt = list; elt; elt = elt->next) {
        const char *name = object_class_get_name(elt->data);

        if (!CHARDEV_CLASS(elt->data)->internal
            && g_str_has_prefix(name, "chardev-")) {
            add_completion_option(rs, str, name + strlen("chardev-"));
        }
    }
    g_slist_free(list);
}

void netdev_add_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        enum_completion(rs, str, &NetClientDriver_lookup);
    }
}

/* Ids */

/* The children of @path, as long as @accept says yes. */
static void child_completion(ReadLineState *rs, const char *str,
                             const char *path)
{
    ObjectPropertyInfoList *list = qmp_qom_list(path, NULL);

    for (ObjectPropertyInfoList *elt = list; elt; elt = elt->next) {
        if (g_str_has_prefix(elt->value->type, "child<")) {
            add_completion_option(rs, str, elt->value->name);
        }
    }
    qapi_free_ObjectPropertyInfoList(list);
}

void device_del_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        child_completion(rs, str, "/machine/peripheral");
    }
}

void object_del_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        child_completion(rs, str, "/objects");
    }
}

static void chardev_id_completion(ReadLineState *rs, const char *str,
                                  const char *typename)
{
    ChardevInfoList *list = qmp_query_chardev(NULL);

    for (ChardevInfoList *elt = list; elt; elt = elt->next) {
        Chardev *chr = qemu_chr_find(elt->value->label);

        if (chr && object_dynamic_cast(OBJECT(chr), typename)) {
            add_completion_option(rs, str, elt->value->label);
        }
    }
    qapi_free_ChardevInfoList(list);
}

void chardev_remove_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        chardev_id_completion(rs, str, TYPE_CHARDEV);
    }
}

void ringbuf_write_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        chardev_id_completion(rs, str, TYPE_CHARDEV_RINGBUF);
    }
}

static void net_client_completion(ReadLineState *rs, const char *str,
                                  bool only_netdevs)
{
    NetClientState *ncs[MAX_QUEUE_NUM];
    int count = qemu_find_net_clients_except(NULL, ncs,
                                             only_netdevs
                                             ? NET_CLIENT_DRIVER_NIC
                                             : NET_CLIENT_DRIVER_NONE,
                                             MAX_QUEUE_NUM);

    for (int i = 0; i < MIN(count, MAX_QUEUE_NUM); i++) {
        if (!only_netdevs || ncs[i]->is_netdev) {
            add_completion_option(rs, str, ncs[i]->name);
        }
    }
}

void netdev_del_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        net_client_completion(rs, str, true);
    }
}

void set_link_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        net_client_completion(rs, str, false);
    } else if (nb_args == 3) {
        on_off_completion(rs, str);
    }
}

/* Trace events */

void info_trace_events_completion(ReadLineState *rs, int nb_args,
                                  const char *str)
{
    TraceEventIter iter;
    TraceEvent *ev;

    if (nb_args != 2) {
        return;
    }
    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter))) {
        add_completion_option(rs, str, trace_event_get_name(ev));
    }
}

void trace_event_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 3) {
        on_off_completion(rs, str);
    } else {
        info_trace_events_completion(rs, nb_args, str);
    }
}

/* Others */

void watchdog_action_completion(ReadLineState *rs, int nb_args,
                                const char *str)
{
    if (nb_args == 2) {
        enum_completion(rs, str, &WatchdogAction_lookup);
    }
}
