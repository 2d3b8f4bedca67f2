/*
 * virtio-scsi: queues that are served by an AioContext.
 *
 * Where kicks arrive by eventfd, the queues are served where the eventfds are
 * polled: in the IOThread if there is one, or in the main loop.  Interrupts go by
 * eventfd as well, because the guest's registers belong to the main thread.
 *
 *     the guest starts the driver -> virtio_scsi_dataplane_start
 *     … virtio_queue_host_notifier_read -> virtio_scsi_handle_cmd -> …
 *     reset, or the machine stops -> virtio_scsi_dataplane_stop
 *
 * If the transport has not enough eventfds, the queues are "fenced": served as
 * kicks come, from the main thread, until they are started the next time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio-wait.h"
#include "exec/memory.h"
#include "hw/virtio/virtio-bus.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "sysemu/block-backend.h"
#include "virtio-scsi-int.h"

void virtio_scsi_dataplane_setup(VirtIOSCSI *s, Error **errp)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (!vs->conf.iothread) {
        if (virtio_device_ioeventfd_enabled(vdev)) {
            s->ctx = qemu_get_aio_context();
        }
        return;
    }
    if (!k->set_guest_notifiers || !k->ioeventfd_assign) {
        error_setg(errp, "device is incompatible with iothread "
                   "(transport does not support notifiers)");
        return;
    }
    if (!virtio_device_ioeventfd_enabled(vdev)) {
        error_setg(errp, "ioeventfd is required for iothread");
        return;
    }
    s->ctx = iothread_get_aio_context(vs->conf.iothread);
}

bool virtio_scsi_defer_to_dataplane(VirtIOSCSI *s)
{
    if (!s->ctx || s->dataplane_started || s->dataplane_fenced) {
        return false;
    }
    virtio_device_start_ioeventfd(VIRTIO_DEVICE(s));
    return !s->dataplane_fenced;
}

static int virtio_scsi_num_queues(VirtIOSCSI *s)
{
    return VIRTIO_SCSI_COMMON(s)->conf.num_queues + VIRTIO_SCSI_VQ_NUM_FIXED;
}

/* Untie the first @n; in one transaction, because each is a walk of the map. */
static void virtio_scsi_clear_host_notifiers(VirtIOSCSI *s, int n)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(s)));

    memory_region_transaction_begin();
    for (int i = 0; i < n; i++) {
        virtio_bus_set_host_notifier(bus, i, false);
    }
    /* The map must not use them any more when they are closed. */
    memory_region_transaction_commit();
    for (int i = 0; i < n; i++) {
        virtio_bus_cleanup_host_notifier(bus, i);
    }
}

static int virtio_scsi_set_host_notifiers(VirtIOSCSI *s)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(s)));
    int num = virtio_scsi_num_queues(s);
    int rc = 0;
    int i;

    memory_region_transaction_begin();
    for (i = 0; i < num && !rc; i++) {
        rc = virtio_bus_set_host_notifier(bus, i, true);
    }
    memory_region_transaction_commit();
    if (rc) {
        error_report("virtio-scsi: Failed to set host notifier (%d)", rc);
        virtio_scsi_clear_host_notifiers(s, i - 1);
    }
    return rc;
}

int virtio_scsi_dataplane_start(VirtIODevice *vdev)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    int num = virtio_scsi_num_queues(s);
    int rc;

    if (s->dataplane_started || s->dataplane_starting) {
        return 0;
    }
    /* Better luck this time: the driver has started, or the machine goes on. */
    s->dataplane_fenced = false;
    s->dataplane_starting = true;

    rc = k->set_guest_notifiers(qbus->parent, num, true);
    if (rc) {
        error_report("virtio-scsi: Failed to set guest notifiers (%d), "
                     "ensure -accel kvm is set.", rc);
        goto fail;
    }
    if (virtio_scsi_set_host_notifiers(s)) {
        k->set_guest_notifiers(qbus->parent, num, false);
        goto fail;
    }

    s->dataplane_starting = false;
    s->dataplane_started = true;

    aio_context_acquire(s->ctx);
    virtio_queue_aio_attach_host_notifier(vs->ctrl_vq, s->ctx);
    /* Buffers wait there: polling would find them for ever. */
    virtio_queue_aio_attach_host_notifier_no_poll(vs->event_vq, s->ctx);
    for (int i = 0; i < vs->conf.num_queues; i++) {
        virtio_queue_aio_attach_host_notifier(vs->cmd_vqs[i], s->ctx);
    }
    aio_context_release(s->ctx);
    return 0;

fail:
    /* Nobody stops what did not start. */
    s->dataplane_fenced = true;
    s->dataplane_starting = false;
    return -ENOSYS;
}

/* In s->ctx: nothing of these handlers runs when it is done. */
static void virtio_scsi_dataplane_stop_bh(void *opaque)
{
    VirtIOSCSI *s = opaque;
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);

    virtio_queue_aio_detach_host_notifier(vs->ctrl_vq, s->ctx);
    virtio_queue_aio_detach_host_notifier(vs->event_vq, s->ctx);
    for (int i = 0; i < vs->conf.num_queues; i++) {
        virtio_queue_aio_detach_host_notifier(vs->cmd_vqs[i], s->ctx);
    }
}

void virtio_scsi_dataplane_stop(VirtIODevice *vdev)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    int num = virtio_scsi_num_queues(s);

    if (!s->dataplane_started || s->dataplane_stopping) {
        return;
    }
    s->dataplane_stopping = true;

    aio_context_acquire(s->ctx);
    aio_wait_bh_oneshot(s->ctx, virtio_scsi_dataplane_stop_bh, s);
    aio_context_release(s->ctx);

    /* What is under way ends with an interrupt by eventfd. */
    blk_drain_all();

    virtio_scsi_clear_host_notifiers(s, num);
    k->set_guest_notifiers(qbus->parent, num, false);
    s->dataplane_stopping = false;
    s->dataplane_started = false;
}
