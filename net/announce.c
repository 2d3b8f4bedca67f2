/*
 * Announcing the guest's cards, in rounds that get farther apart.
 *
 * Read include/net/announce.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/qapi-visit-net.h"
#include "qapi/qmp/qdict.h"
#include "qapi/util.h"
#include "qemu/bswap.h"
#include "migration/misc.h"
#include "monitor/hmp.h"
#include "net/announce.h"
#include "net/eth.h"
#include "net/net.h"

/* The rounds of announce-self that are going on, by their id. */
static GData *named_timers;

int64_t qemu_announce_timer_step(AnnounceTimer *timer)
{
    int64_t step;

    /* The first pause is `initial`, each further one `step` longer. */
    step = timer->params.initial +
           (timer->params.rounds - timer->round - 1) * timer->params.step;
    if (step < 0 || step > timer->params.max) {
        step = timer->params.max;
    }
    timer_mod(timer->tm, qemu_clock_get_ms(timer->type) + step);
    return step;
}

void qemu_announce_timer_del(AnnounceTimer *timer, bool free_named)
{
    if (timer->tm) {
        timer_free(timer->tm);
        timer->tm = NULL;
    }
    qapi_free_strList(timer->params.interfaces);
    timer->params.interfaces = NULL;
    if (free_named && timer->params.has_id &&
        timer == g_datalist_get_data(&named_timers, timer->params.id)) {
        g_datalist_remove_data(&named_timers, timer->params.id);
        g_free(timer->params.id);
        g_free(timer);
    }
}

void qemu_announce_timer_reset(AnnounceTimer *timer,
                               AnnounceParameters *params,
                               QEMUClockType type, QEMUTimerCB *cb,
                               void *opaque)
{
    qemu_announce_timer_del(timer, false);
    if (timer->params.has_id) {
        g_free(timer->params.id);
    }
    QAPI_CLONE_MEMBERS(AnnounceParameters, &timer->params, params);
    timer->round = params->rounds;
    timer->type = type;
    timer->tm = timer_new_ms(type, cb, opaque);
}

/* "Reverse ARP, who am I": it carries our address and asks for nothing. */
static int announce_self_create(uint8_t *buf, uint8_t *mac_addr)
{
    memset(buf, 0xff, ETH_ALEN);
    memcpy(buf + 6, mac_addr, ETH_ALEN);
    stw_be_p(buf + 12, ETH_P_RARP);
    stw_be_p(buf + 14, 1);              /* Ethernet */
    stw_be_p(buf + 16, ETH_P_IP);
    buf[18] = ETH_ALEN;
    buf[19] = 4;
    stw_be_p(buf + 20, 3);              /* request reverse */
    memcpy(buf + 22, mac_addr, ETH_ALEN);
    memset(buf + 28, 0, 4);
    memcpy(buf + 32, mac_addr, ETH_ALEN);
    memset(buf + 38, 0, 4);
    memset(buf + 42, 0, ETH_ZLEN - 42);
    return ETH_ZLEN;
}

static bool announce_wanted(AnnounceTimer *timer, NICState *nic)
{
    strList *entry;

    if (!timer->params.has_interfaces) {
        return true;
    }
    for (entry = timer->params.interfaces; entry; entry = entry->next) {
        if (!strcmp(entry->value, nic->ncs->name)) {
            return true;
        }
    }
    return false;
}

static void qemu_announce_self_iter(NICState *nic, void *opaque)
{
    AnnounceTimer *timer = opaque;
    uint8_t buf[ETH_ZLEN];
    int len;

    if (!announce_wanted(timer, nic)) {
        return;
    }
    len = announce_self_create(buf, nic->conf->macaddr.a);
    qemu_send_packet_raw(qemu_get_queue(nic), buf, len);
    if (nic->ncs->info->announce) {
        nic->ncs->info->announce(nic->ncs);
    }
}

static void qemu_announce_self_once(void *opaque)
{
    AnnounceTimer *timer = opaque;

    qemu_foreach_nic(qemu_announce_self_iter, timer);
    if (--timer->round) {
        qemu_announce_timer_step(timer);
    } else {
        qemu_announce_timer_del(timer, true);
    }
}

void qemu_announce_self(AnnounceTimer *timer, AnnounceParameters *params)
{
    qemu_announce_timer_reset(timer, params, QEMU_CLOCK_REALTIME,
                              qemu_announce_self_once, timer);
    if (params->rounds) {
        qemu_announce_self_once(timer);
    } else {
        qemu_announce_timer_del(timer, true);
    }
}

void qmp_announce_self(AnnounceParameters *params, Error **errp)
{
    AnnounceTimer *named_timer;

    if (!params->has_id) {
        params->id = g_strdup("");
        params->has_id = true;
    }
    named_timer = g_datalist_get_data(&named_timers, params->id);
    if (!named_timer) {
        named_timer = g_new0(AnnounceTimer, 1);
        g_datalist_set_data(&named_timers, params->id, named_timer);
    }
    qemu_announce_self(named_timer, params);
}

void hmp_announce_self(Monitor *mon, const QDict *qdict)
{
    const char *interfaces = qdict_get_try_str(qdict, "interfaces");
    const char *id = qdict_get_try_str(qdict, "id");
    AnnounceParameters *params = QAPI_CLONE(AnnounceParameters,
                                            migrate_announce_params());

    if (interfaces) {
        g_auto(GStrv) names = g_strsplit(interfaces, ",", -1);
        strList **tail = &params->interfaces;

        for (int i = 0; names[i]; i++) {
            QAPI_LIST_APPEND(tail, g_strdup(names[i]));
        }
        params->has_interfaces = true;
    }
    if (id) {
        params->id = g_strdup(id);
        params->has_id = true;
    }
    qmp_announce_self(params, NULL);
    qapi_free_AnnounceParameters(params);
}
