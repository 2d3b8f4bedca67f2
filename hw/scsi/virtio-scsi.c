/*
 * virtio-scsi: the device.
 *
 * Read include/hw/virtio/virtio-scsi.h first, and include/hw/scsi/scsi.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-access.h"
#include "hw/virtio/virtio-bus.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "scsi/constants.h"
#include "standard-headers/linux/virtio_ids.h"
#include "sysemu/block-backend.h"
#include "virtio-scsi-int.h"

/* Features and configuration */

static uint64_t virtio_scsi_get_features(VirtIODevice *vdev,
                                         uint64_t requested_features,
                                         Error **errp)
{
    return requested_features | VIRTIO_SCSI(vdev)->host_features;
}

/* Two descriptors of a chain are the header and the response. */
static uint32_t virtio_scsi_seg_max(const VirtIOSCSIConf *conf)
{
    return (conf->seg_max_adjust ? conf->virtqueue_size : 128) - 2;
}

static void virtio_scsi_get_config(VirtIODevice *vdev, uint8_t *config)
{
    VirtIOSCSIConfig *scsiconf = (VirtIOSCSIConfig *)config;
    VirtIOSCSICommon *s = VIRTIO_SCSI_COMMON(vdev);

    virtio_stl_p(vdev, &scsiconf->num_queues, s->conf.num_queues);
    virtio_stl_p(vdev, &scsiconf->seg_max, virtio_scsi_seg_max(&s->conf));
    virtio_stl_p(vdev, &scsiconf->max_sectors, s->conf.max_sectors);
    virtio_stl_p(vdev, &scsiconf->cmd_per_lun, s->conf.cmd_per_lun);
    virtio_stl_p(vdev, &scsiconf->event_info_size, sizeof(VirtIOSCSIEvent));
    virtio_stl_p(vdev, &scsiconf->sense_size, s->sense_size);
    virtio_stl_p(vdev, &scsiconf->cdb_size, s->cdb_size);
    virtio_stw_p(vdev, &scsiconf->max_channel, VIRTIO_SCSI_MAX_CHANNEL);
    virtio_stw_p(vdev, &scsiconf->max_target, VIRTIO_SCSI_MAX_TARGET);
    virtio_stl_p(vdev, &scsiconf->max_lun, VIRTIO_SCSI_MAX_LUN);
}

static void virtio_scsi_set_config(VirtIODevice *vdev, const uint8_t *config)
{
    VirtIOSCSIConfig *scsiconf = (VirtIOSCSIConfig *)config;
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(vdev);
    uint32_t sense_size = virtio_ldl_p(vdev, &scsiconf->sense_size);
    uint32_t cdb_size = virtio_ldl_p(vdev, &scsiconf->cdb_size);

    if (sense_size >= 65536 || cdb_size >= 256) {
        virtio_error(vdev,
                     "bad data written to virtio-scsi configuration space");
        return;
    }
    /*
     * Not between the place that is made for a request and the copying of its
     * header, which an IOThread may be about.
     */
    virtio_scsi_acquire(VIRTIO_SCSI(vdev));
    vs->sense_size = sense_size;
    vs->cdb_size = cdb_size;
    virtio_scsi_release(VIRTIO_SCSI(vdev));
}

static void virtio_scsi_reset(VirtIODevice *vdev)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(vdev);

    assert(!s->dataplane_started);

    virtio_scsi_reset_tmf_bh(s);
    s->resetting++;
    bus_cold_reset(BUS(&s->bus));
    s->resetting--;

    vs->sense_size = VIRTIO_SCSI_SENSE_DEFAULT_SIZE;
    vs->cdb_size = VIRTIO_SCSI_CDB_DEFAULT_SIZE;
    s->events_dropped = false;
}

/* Commands of @vq are over, and come back as after a reset. */
static void virtio_scsi_purge_queue(SCSIDevice *d, VirtQueue *vq)
{
    SCSIRequest *r, *next;

    QTAILQ_FOREACH_SAFE(r, &d->requests, next, next) {
        VirtIOSCSIReq *req = r->hba_private;

        if (req && req->vq == vq) {
            scsi_req_cancel_async(r, NULL);
        }
    }
    blk_drain(d->conf.blk);
}

/*
 * One queue starts anew: nothing that came from it may come back later.  Task
 * management waits for commands, and so ends with them.
 */
static void virtio_scsi_queue_reset(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(vdev);
    VirtQueue *vq = virtio_get_queue(vdev, queue_index);
    BusChild *kid;

    if (vq == vs->event_vq) {
        return;
    }
    virtio_scsi_acquire(s);
    if (vq == vs->ctrl_vq) {
        virtio_scsi_reset_tmf_bh(s);
    }
    s->resetting++;
    QTAILQ_FOREACH(kid, &s->bus.qbus.children, sibling) {
        SCSIDevice *d = SCSI_DEVICE(kid->child);

        if (qdev_is_realized(&d->qdev)) {
            virtio_scsi_purge_queue(d, vq);
        }
    }
    s->resetting--;
    virtio_scsi_release(s);
}

/* What happens on the bus */

static void virtio_scsi_change(SCSIBus *bus, SCSIDevice *dev, SCSISense sense)
{
    VirtIOSCSI *s = container_of(bus, VirtIOSCSI, bus);
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    if (virtio_vdev_has_feature(vdev, VIRTIO_SCSI_F_CHANGE) &&
        dev->type != TYPE_ROM) {
        virtio_scsi_acquire(s);
        virtio_scsi_push_event(s, dev->id, dev->lun,
                               VIRTIO_SCSI_T_PARAM_CHANGE,
                               sense.asc | sense.ascq << 8);
        virtio_scsi_release(s);
    }
}

/* Tell the guest that a device has come or gone, by event and by sense data. */
static void virtio_scsi_transport_reset(VirtIOSCSI *s, int id, int lun,
                                        uint32_t reason)
{
    if (!virtio_vdev_has_feature(VIRTIO_DEVICE(s), VIRTIO_SCSI_F_HOTPLUG)) {
        return;
    }
    virtio_scsi_acquire(s);
    virtio_scsi_push_event(s, id, lun, VIRTIO_SCSI_T_TRANSPORT_RESET, reason);
    scsi_bus_set_ua(&s->bus, SENSE_CODE(REPORTED_LUNS_CHANGED));
    virtio_scsi_release(s);
}

static void virtio_scsi_pre_hotplug(HotplugHandler *hotplug_dev,
                                    DeviceState *dev, Error **errp)
{
    SCSI_DEVICE(dev)->hba_supports_iothread = true;
}

/* Its requests will be served where our queues are. */
static bool virtio_scsi_move_backend(VirtIOSCSI *s, SCSIDevice *sd,
                                     Error **errp)
{
    AioContext *old_context;
    int ret;

    if (!s->ctx) {
        return true;
    }
    if (blk_op_is_blocked(sd->conf.blk, BLOCK_OP_TYPE_DATAPLANE, errp)) {
        return false;
    }
    old_context = blk_get_aio_context(sd->conf.blk);
    aio_context_acquire(old_context);
    ret = blk_set_aio_context(sd->conf.blk, s->ctx, errp);
    aio_context_release(old_context);
    return ret >= 0;
}

/* A device whose arrival the guest has not heard of. */
typedef struct VirtIOSCSIArrival {
    VirtIOSCSI *s;
    int id;
    int lun;
} VirtIOSCSIArrival;

static void virtio_scsi_arrival_bh(void *opaque)
{
    g_autofree VirtIOSCSIArrival *arrival = opaque;
    VirtIOSCSI *s = arrival->s;

    if (qdev_is_realized(DEVICE(s))) {
        virtio_scsi_transport_reset(s, arrival->id, arrival->lun,
                                    VIRTIO_SCSI_EVT_RESET_RESCAN);
    }
    object_unref(OBJECT(s));
}

static void virtio_scsi_hotplug(HotplugHandler *hotplug_dev, DeviceState *dev,
                                Error **errp)
{
    VirtIOSCSI *s = VIRTIO_SCSI(hotplug_dev);
    SCSIDevice *sd = SCSI_DEVICE(dev);

    if (!virtio_scsi_move_backend(s, sd, errp)) {
        return;
    }
    if (s->ctx && s->ctx != qemu_get_aio_context()) {
        /*
         * A guest that hears of it asks at once, and the IOThread would answer
         * that nothing is there: the device is only realized after this.
         */
        VirtIOSCSIArrival *arrival = g_new(VirtIOSCSIArrival, 1);

        *arrival = (VirtIOSCSIArrival) { s, sd->id, sd->lun };
        object_ref(OBJECT(s));
        aio_bh_schedule_oneshot(qemu_get_aio_context(), virtio_scsi_arrival_bh,
                                arrival);
    } else {
        virtio_scsi_transport_reset(s, sd->id, sd->lun,
                                    VIRTIO_SCSI_EVT_RESET_RESCAN);
    }
}

static void virtio_scsi_hotunplug(HotplugHandler *hotplug_dev,
                                  DeviceState *dev, Error **errp)
{
    VirtIOSCSI *s = VIRTIO_SCSI(hotplug_dev);
    SCSIDevice *sd = SCSI_DEVICE(dev);
    AioContext *ctx = s->ctx ?: qemu_get_aio_context();

    /* A kick meanwhile waits, and then finds it gone. */
    aio_disable_external(ctx);
    qdev_simple_device_unplug_cb(hotplug_dev, dev, errp);
    aio_enable_external(ctx);

    if (s->ctx && sd->conf.blk) {
        virtio_scsi_acquire(s);
        /* If others use the node, it stays where it is. */
        blk_set_aio_context(sd->conf.blk, qemu_get_aio_context(), NULL);
        virtio_scsi_release(s);
    }
    virtio_scsi_transport_reset(s, sd->id, sd->lun,
                                VIRTIO_SCSI_EVT_RESET_REMOVED);
}

static const struct SCSIBusInfo virtio_scsi_scsi_info = {
    .tcq = true,
    .max_channel = VIRTIO_SCSI_MAX_CHANNEL,
    .max_target = VIRTIO_SCSI_MAX_TARGET,
    .max_lun = VIRTIO_SCSI_MAX_LUN,

    .complete = virtio_scsi_command_complete,
    .fail = virtio_scsi_command_failed,
    .cancel = virtio_scsi_request_cancelled,
    .change = virtio_scsi_change,
    .get_sg_list = virtio_scsi_get_sg_list,
    .save_request = virtio_scsi_save_request,
    .load_request = virtio_scsi_load_request,
};

/* Life */

void virtio_scsi_common_realize(DeviceState *dev,
                                VirtIOHandleOutput ctrl,
                                VirtIOHandleOutput evt,
                                VirtIOHandleOutput cmd,
                                Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSCSICommon *s = VIRTIO_SCSI_COMMON(dev);

    if (s->conf.num_queues == VIRTIO_SCSI_AUTO_NUM_QUEUES) {
        s->conf.num_queues = 1;
    }
    if (s->conf.num_queues == 0 ||
        s->conf.num_queues > VIRTIO_QUEUE_MAX - VIRTIO_SCSI_VQ_NUM_FIXED) {
        error_setg(errp, "Invalid number of queues (= %" PRIu32 "), "
                   "must be a positive integer less than %d.",
                   s->conf.num_queues,
                   VIRTIO_QUEUE_MAX - VIRTIO_SCSI_VQ_NUM_FIXED);
        return;
    }
    if (s->conf.virtqueue_size <= 2) {
        error_setg(errp, "invalid virtqueue_size property (= %" PRIu32 "), "
                   "must be > 2", s->conf.virtqueue_size);
        return;
    }
    if (s->conf.virtqueue_size > VIRTQUEUE_MAX_SIZE) {
        error_setg(errp, "invalid virtqueue_size property (= %" PRIu32 "), "
                   "must be <= %d", s->conf.virtqueue_size,
                   VIRTQUEUE_MAX_SIZE);
        return;
    }

    virtio_init(vdev, VIRTIO_ID_SCSI, sizeof(VirtIOSCSIConfig));
    s->sense_size = VIRTIO_SCSI_SENSE_DEFAULT_SIZE;
    s->cdb_size = VIRTIO_SCSI_CDB_DEFAULT_SIZE;
    s->ctrl_vq = virtio_add_queue(vdev, s->conf.virtqueue_size, ctrl);
    s->event_vq = virtio_add_queue(vdev, s->conf.virtqueue_size, evt);
    s->cmd_vqs = g_new0(VirtQueue *, s->conf.num_queues);
    for (int i = 0; i < s->conf.num_queues; i++) {
        s->cmd_vqs[i] = virtio_add_queue(vdev, s->conf.virtqueue_size, cmd);
    }
}

void virtio_scsi_common_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(dev);

    for (int i = 0; i < vs->conf.num_queues; i++) {
        virtio_delete_queue(vs->cmd_vqs[i]);
    }
    virtio_delete_queue(vs->event_vq);
    virtio_delete_queue(vs->ctrl_vq);
    g_free(vs->cmd_vqs);
    vs->cmd_vqs = NULL;
    virtio_cleanup(vdev);
}

static void virtio_scsi_device_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSCSI *s = VIRTIO_SCSI(dev);

    virtio_scsi_common_realize(dev, virtio_scsi_handle_ctrl,
                               virtio_scsi_handle_event,
                               virtio_scsi_handle_cmd, errp);
    if (*errp) {
        return;
    }
    virtio_scsi_dataplane_setup(s, errp);
    if (*errp) {
        virtio_scsi_common_unrealize(dev);
        return;
    }

    QTAILQ_INIT(&s->tmf_bh_list);
    s->tmf_bh = virtio_bh_new_guarded(dev, virtio_scsi_do_tmf_bh, s);
    scsi_bus_init_named(&s->bus, sizeof(s->bus), dev, &virtio_scsi_scsi_info,
                        vdev->bus_name);
    /* We hear of devices on it before and after the bus does. */
    qbus_set_hotplug_handler(BUS(&s->bus), OBJECT(dev));
}

static void virtio_scsi_device_unrealize(DeviceState *dev)
{
    VirtIOSCSI *s = VIRTIO_SCSI(dev);

    virtio_scsi_reset_tmf_bh(s);
    qbus_set_hotplug_handler(BUS(&s->bus), NULL);
    qemu_bh_delete(s->tmf_bh);
    s->tmf_bh = NULL;
    virtio_scsi_common_unrealize(dev);
}

/* Type */

static const VMStateDescription vmstate_virtio_scsi = {
    .name = "virtio-scsi",
    .minimum_version_id = 1,
    .version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static Property virtio_scsi_properties[] = {
    DEFINE_PROP_UINT32("num_queues", VirtIOSCSI, parent_obj.conf.num_queues,
                       VIRTIO_SCSI_AUTO_NUM_QUEUES),
    DEFINE_PROP_UINT32("virtqueue_size", VirtIOSCSI,
                       parent_obj.conf.virtqueue_size, 256),
    DEFINE_PROP_BOOL("seg_max_adjust", VirtIOSCSI,
                     parent_obj.conf.seg_max_adjust, true),
    DEFINE_PROP_UINT32("max_sectors", VirtIOSCSI, parent_obj.conf.max_sectors,
                       0xFFFF),
    DEFINE_PROP_UINT32("cmd_per_lun", VirtIOSCSI, parent_obj.conf.cmd_per_lun,
                       128),
    DEFINE_PROP_BIT("hotplug", VirtIOSCSI, host_features,
                    VIRTIO_SCSI_F_HOTPLUG, true),
    DEFINE_PROP_BIT("param_change", VirtIOSCSI, host_features,
                    VIRTIO_SCSI_F_CHANGE, true),
    DEFINE_PROP_LINK("iothread", VirtIOSCSI, parent_obj.conf.iothread,
                     TYPE_IOTHREAD, IOThread *),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_scsi_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    vdc->get_config = virtio_scsi_get_config;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static void virtio_scsi_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    device_class_set_props(dc, virtio_scsi_properties);
    dc->vmsd = &vmstate_virtio_scsi;
    vdc->realize = virtio_scsi_device_realize;
    vdc->unrealize = virtio_scsi_device_unrealize;
    vdc->set_config = virtio_scsi_set_config;
    vdc->get_features = virtio_scsi_get_features;
    vdc->reset = virtio_scsi_reset;
    vdc->queue_reset = virtio_scsi_queue_reset;
    vdc->start_ioeventfd = virtio_scsi_dataplane_start;
    vdc->stop_ioeventfd = virtio_scsi_dataplane_stop;
    hc->pre_plug = virtio_scsi_pre_hotplug;
    hc->plug = virtio_scsi_hotplug;
    hc->unplug = virtio_scsi_hotunplug;
}

static const TypeInfo virtio_scsi_common_info = {
    .name = TYPE_VIRTIO_SCSI_COMMON,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOSCSICommon),
    .abstract = true,
    .class_init = virtio_scsi_common_class_init,
};

static const TypeInfo virtio_scsi_info = {
    .name = TYPE_VIRTIO_SCSI,
    .parent = TYPE_VIRTIO_SCSI_COMMON,
    .instance_size = sizeof(VirtIOSCSI),
    .class_init = virtio_scsi_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    }
};

static void virtio_scsi_register_types(void)
{
    type_register_static(&virtio_scsi_common_info);
    type_register_static(&virtio_scsi_info);
}

type_init(virtio_scsi_register_types)
