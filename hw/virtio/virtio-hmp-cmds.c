/*
 * HMP commands that look into virtio devices: the twins of virtio-qmp.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-virtio.h"
#include "qapi/qmp/qdict.h"

/* Names, one a line, separated by commas; none are an empty line. */
static void hmp_virtio_dump_names(Monitor *mon, strList *list)
{
    if (!list) {
        monitor_printf(mon, "\n");
    }
    for (; list; list = list->next) {
        monitor_printf(mon, "\t%s%s\n", list->value, list->next ? "," : "");
    }
}

static void hmp_virtio_dump_features(Monitor *mon,
                                     VirtioDeviceFeatures *features)
{
    hmp_virtio_dump_names(mon, features->transports);
    if (features->dev_features) {
        hmp_virtio_dump_names(mon, features->dev_features);
    }
    if (features->has_unknown_dev_features) {
        monitor_printf(mon, "  unknown-features(0x%016" PRIx64 ")\n",
                       features->unknown_dev_features);
    }
}

/* "  @name:" up to column @width, and the value behind it. */
static void G_GNUC_PRINTF(4, 5)
hmp_virtio_field(Monitor *mon, int width, const char *name,
                 const char *fmt, ...)
{
    g_autofree char *label = g_strdup_printf("%s:", name);
    va_list ap;

    monitor_printf(mon, "  %-*s", width, label);
    va_start(ap, fmt);
    monitor_vprintf(mon, fmt, ap);
    va_end(ap);
    monitor_printf(mon, "\n");
}

static const char *hmp_virtio_bool(bool value)
{
    return value ? "true" : "false";
}

void hmp_virtio_query(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    VirtioInfoList *list = qmp_x_query_virtio(&err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    if (!list) {
        monitor_printf(mon, "No VirtIO devices\n");
    }
    for (VirtioInfoList *node = list; node; node = node->next) {
        monitor_printf(mon, "%s [%s]\n", node->value->path,
                       node->value->name);
    }
    qapi_free_VirtioInfoList(list);
}

void hmp_virtio_status(Monitor *mon, const QDict *qdict)
{
    const int w = 25;
    Error *err = NULL;
    const char *path = qdict_get_try_str(qdict, "path");
    VirtioStatus *s = qmp_x_query_virtio_status(path, &err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "%s:\n", path);
    hmp_virtio_field(mon, w, "device_name", "%s %s", s->name,
                     s->vhost_started ? "(vhost)" : "");
    hmp_virtio_field(mon, w, "device_id", "%d", s->device_id);
    hmp_virtio_field(mon, w, "vhost_started", "%s",
                     hmp_virtio_bool(s->vhost_started));
    hmp_virtio_field(mon, w, "bus_name", "%s", s->bus_name ?: "(null)");
    hmp_virtio_field(mon, w, "broken", "%s", hmp_virtio_bool(s->broken));
    hmp_virtio_field(mon, w, "disabled", "%s", hmp_virtio_bool(s->disabled));
    hmp_virtio_field(mon, w, "disable_legacy_check", "%s",
                     hmp_virtio_bool(s->disable_legacy_check));
    hmp_virtio_field(mon, w, "started", "%s", hmp_virtio_bool(s->started));
    hmp_virtio_field(mon, w, "use_started", "%s",
                     hmp_virtio_bool(s->use_started));
    hmp_virtio_field(mon, w, "start_on_kick", "%s",
                     hmp_virtio_bool(s->start_on_kick));
    hmp_virtio_field(mon, w, "use_guest_notifier_mask", "%s",
                     hmp_virtio_bool(s->use_guest_notifier_mask));
    hmp_virtio_field(mon, w, "vm_running", "%s",
                     hmp_virtio_bool(s->vm_running));
    hmp_virtio_field(mon, w, "num_vqs", "%" PRId64, s->num_vqs);
    hmp_virtio_field(mon, w, "queue_sel", "%d", s->queue_sel);
    hmp_virtio_field(mon, w, "isr", "%d", s->isr);
    hmp_virtio_field(mon, w, "endianness", "%s", s->device_endian);
    monitor_printf(mon, "  status:\n");
    hmp_virtio_dump_names(mon, s->status->statuses);
    if (s->status->has_unknown_statuses) {
        monitor_printf(mon, "  unknown-statuses(0x%016x)\n",
                       s->status->unknown_statuses);
    }
    monitor_printf(mon, "  Guest features:\n");
    hmp_virtio_dump_features(mon, s->guest_features);
    monitor_printf(mon, "  Host features:\n");
    hmp_virtio_dump_features(mon, s->host_features);
    monitor_printf(mon, "  Backend features:\n");
    hmp_virtio_dump_features(mon, s->backend_features);
    qapi_free_VirtioStatus(s);
}

void hmp_virtio_queue_status(Monitor *mon, const QDict *qdict)
{
    const int w = 22;
    Error *err = NULL;
    const char *path = qdict_get_try_str(qdict, "path");
    VirtQueueStatus *s;

    s = qmp_x_query_virtio_queue_status(path, qdict_get_int(qdict, "queue"),
                                        &err);
    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "%s:\n", path);
    hmp_virtio_field(mon, w, "device_name", "%s", s->name);
    hmp_virtio_field(mon, w, "queue_index", "%d", s->queue_index);
    hmp_virtio_field(mon, w, "inuse", "%u", s->inuse);
    hmp_virtio_field(mon, w, "used_idx", "%d", s->used_idx);
    hmp_virtio_field(mon, w, "signalled_used", "%d", s->signalled_used);
    hmp_virtio_field(mon, w, "signalled_used_valid", "%s",
                     hmp_virtio_bool(s->signalled_used_valid));
    if (s->has_last_avail_idx) {
        hmp_virtio_field(mon, w, "last_avail_idx", "%d", s->last_avail_idx);
    }
    if (s->has_shadow_avail_idx) {
        hmp_virtio_field(mon, w, "shadow_avail_idx", "%d",
                         s->shadow_avail_idx);
    }
    monitor_printf(mon, "  VRing:\n");
    hmp_virtio_field(mon, 16, "  num", "%u", s->vring_num);
    hmp_virtio_field(mon, 16, "  num_default", "%u", s->vring_num_default);
    hmp_virtio_field(mon, 16, "  align", "%u", s->vring_align);
    hmp_virtio_field(mon, 16, "  desc", "0x%016" PRIx64, s->vring_desc);
    hmp_virtio_field(mon, 16, "  avail", "0x%016" PRIx64, s->vring_avail);
    hmp_virtio_field(mon, 16, "  used", "0x%016" PRIx64, s->vring_used);
    qapi_free_VirtQueueStatus(s);
}

/* No queue is served by vhost: there is an error, and nothing else. */
void hmp_vhost_queue_status(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qapi_free_VirtVhostQueueStatus(qmp_x_query_virtio_vhost_queue_status(
        qdict_get_try_str(qdict, "path"), qdict_get_int(qdict, "queue"),
        &err));
    hmp_handle_error(mon, err);
}

static void hmp_virtio_dump_descs(Monitor *mon, VirtioRingDescList *list)
{
    monitor_printf(mon, "    descs:\n");
    for (; list; list = list->next) {
        VirtioRingDesc *desc = list->value;

        monitor_printf(mon, "        addr 0x%" PRIx64 " len %u",
                       desc->addr, desc->len);
        if (desc->flags) {
            monitor_printf(mon, " (");
            for (strList *flag = desc->flags; flag; flag = flag->next) {
                monitor_printf(mon, "%s%s", flag->value,
                               flag->next ? ", " : "");
            }
            monitor_printf(mon, ")");
        }
        monitor_printf(mon, "%s\n", list->next ? "," : "");
    }
}

void hmp_virtio_queue_element(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    const char *path = qdict_get_try_str(qdict, "path");
    int index = qdict_get_try_int(qdict, "index", -1);
    VirtioQueueElement *e;

    e = qmp_x_query_virtio_queue_element(path, qdict_get_int(qdict, "queue"),
                                         index != -1, index, &err);
    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "%s:\n", path);
    monitor_printf(mon, "  device_name: %s\n", e->name);
    monitor_printf(mon, "  index:   %u\n", e->index);
    monitor_printf(mon, "  desc:\n");
    hmp_virtio_dump_descs(mon, e->descs);
    monitor_printf(mon, "  avail:\n");
    monitor_printf(mon, "    flags: %d\n", e->avail->flags);
    monitor_printf(mon, "    idx:   %d\n", e->avail->idx);
    monitor_printf(mon, "    ring:  %d\n", e->avail->ring);
    monitor_printf(mon, "  used:\n");
    monitor_printf(mon, "    flags: %d\n", e->used->flags);
    monitor_printf(mon, "    idx:   %d\n", e->used->idx);
    qapi_free_VirtioQueueElement(e);
}
