/*
 * virtio-blk with ioeventfd: start and stop.
 *
 * While it runs, kicks arrive by ioeventfd in the AioContext of the IOThread, or
 * in the main loop without one; the disk does its requests there, and interrupts
 * leave by the guest notifiers (irqfd under KVM).  No vCPU is left for that, and
 * an IOThread does not take the BQL.
 *
 * Requests that are completed together make one interrupt (virtqueue-batch.c).
 *
 * Read include/hw/virtio/virtio-blk.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "block/aio-wait.h"
#include "hw/virtio/virtio-blk.h"
#include "hw/virtio/virtio-bus.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qom/object_interfaces.h"
#include "trace.h"
#include "virtio-blk.h"

struct VirtIOBlockDataPlane {
    bool starting;
    bool stopping;

    VirtIOBlkConf *conf;
    VirtIODevice *vdev;
    IOThread *iothread;                 /* or NULL: the main loop */
    AioContext *ctx;
};

bool virtio_blk_data_plane_create(VirtIODevice *vdev, VirtIOBlkConf *conf,
                                  VirtIOBlockDataPlane **dataplane,
                                  Error **errp)
{
    BusState *qbus = BUS(qdev_get_parent_bus(DEVICE(vdev)));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    VirtIOBlockDataPlane *s;

    *dataplane = NULL;
    if (conf->iothread && (!k->set_guest_notifiers || !k->ioeventfd_assign)) {
        error_setg(errp, "device is incompatible with iothread "
                   "(transport does not support notifiers)");
        return false;
    }
    if (!virtio_device_ioeventfd_enabled(vdev)) {
        if (conf->iothread) {
            error_setg(errp, "ioeventfd is required for iothread");
        }
        return !conf->iothread;
    }

    s = g_new0(VirtIOBlockDataPlane, 1);
    s->vdev = vdev;
    s->conf = conf;
    if (conf->iothread) {
        s->iothread = conf->iothread;
        object_ref(OBJECT(s->iothread));
        s->ctx = iothread_get_aio_context(s->iothread);
    } else {
        s->ctx = qemu_get_aio_context();
    }
    *dataplane = s;
    return true;
}

void virtio_blk_data_plane_destroy(VirtIOBlockDataPlane *s)
{
    VirtIOBlock *vblk;

    if (!s) {
        return;
    }
    vblk = VIRTIO_BLK(s->vdev);
    assert(!vblk->dataplane_started);
    if (s->iothread) {
        object_unref(OBJECT(s->iothread));
    }
    g_free(s);
}

/* Untie the doorbells of the first @n queues. */
static void virtio_blk_data_plane_untie(VirtIODevice *vdev, unsigned n)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));

    memory_region_transaction_begin();
    for (unsigned i = 0; i < n; i++) {
        virtio_bus_set_host_notifier(bus, i, false);
    }
    memory_region_transaction_commit();
    for (unsigned i = 0; i < n; i++) {
        virtio_bus_cleanup_host_notifier(bus, i);
    }
}

int virtio_blk_data_plane_start(VirtIODevice *vdev)
{
    VirtIOBlock *vblk = VIRTIO_BLK(vdev);
    VirtIOBlockDataPlane *s = vblk->dataplane;
    BusState *qbus = BUS(qdev_get_parent_bus(DEVICE(vblk)));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    unsigned nvqs = s->conf->num_queues;
    AioContext *old_context;
    Error *local_err = NULL;
    unsigned i;
    int r;

    if (vblk->dataplane_started || s->starting) {
        return 0;
    }
    /* Better luck this time: the driver has started, or the machine goes on. */
    vblk->dataplane_disabled = false;
    s->starting = true;

    r = k->set_guest_notifiers(qbus->parent, nvqs, true);
    if (r != 0) {
        error_report("virtio-blk failed to set guest notifier (%d), "
                     "ensure -accel kvm is set.", r);
        goto fail_guest_notifiers;
    }

    memory_region_transaction_begin();
    for (i = 0; i < nvqs; i++) {
        r = virtio_bus_set_host_notifier(VIRTIO_BUS(qbus), i, true);
        if (r != 0) {
            break;
        }
    }
    memory_region_transaction_commit();
    if (r != 0) {
        fprintf(stderr, "virtio-blk failed to set host notifier (%d)\n", r);
        goto fail_host_notifiers;
    }

    trace_virtio_blk_data_plane_start(s);

    old_context = blk_get_aio_context(s->conf->conf.blk);
    aio_context_acquire(old_context);
    r = blk_set_aio_context(s->conf->conf.blk, s->ctx, &local_err);
    aio_context_release(old_context);
    if (r < 0) {
        error_report_err(local_err);
        goto fail_host_notifiers;
    }

    s->starting = false;
    vblk->dataplane_started = true;

    /* What was there before may have been kicked before. */
    for (i = 0; i < nvqs; i++) {
        VirtQueue *vq = virtio_get_queue(s->vdev, i);

        event_notifier_set(virtio_queue_get_host_notifier(vq));
    }
    aio_context_acquire(s->ctx);
    for (i = 0; i < nvqs; i++) {
        VirtQueue *vq = virtio_get_queue(s->vdev, i);

        virtio_queue_aio_attach_host_notifier(vq, s->ctx);
    }
    aio_context_release(s->ctx);
    return 0;

fail_host_notifiers:
    virtio_blk_data_plane_untie(vdev, i);
    k->set_guest_notifiers(qbus->parent, nvqs, false);
fail_guest_notifiers:
    /* Nobody stops what did not start. */
    vblk->dataplane_disabled = true;
    s->starting = false;
    return -ENOSYS;
}

/* In the IOThread: no more kicks. */
static void virtio_blk_data_plane_stop_bh(void *opaque)
{
    VirtIOBlockDataPlane *s = opaque;

    for (unsigned i = 0; i < s->conf->num_queues; i++) {
        VirtQueue *vq = virtio_get_queue(s->vdev, i);
        EventNotifier *host_notifier = virtio_queue_get_host_notifier(vq);

        virtio_queue_aio_detach_host_notifier(vq, s->ctx);
        /* One that has come meanwhile is for this thread, too. */
        virtio_queue_host_notifier_read(host_notifier);
    }
}

void virtio_blk_data_plane_stop(VirtIODevice *vdev)
{
    VirtIOBlock *vblk = VIRTIO_BLK(vdev);
    VirtIOBlockDataPlane *s = vblk->dataplane;
    BusState *qbus = qdev_get_parent_bus(DEVICE(vblk));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    unsigned nvqs = s->conf->num_queues;

    if (!vblk->dataplane_started || s->stopping) {
        return;
    }
    s->stopping = true;
    trace_virtio_blk_data_plane_stop(s);

    aio_context_acquire(s->ctx);
    aio_wait_bh_oneshot(s->ctx, virtio_blk_data_plane_stop_bh, s);

    /* Wait for what is under way; then the disk is the main loop's again. */
    blk_drain(s->conf->conf.blk);
    if (blk_set_aio_context(s->conf->conf.blk, qemu_get_aio_context(),
                            NULL) < 0) {
        /* Somebody else keeps it there, who shares the node. */
        warn_report("virtio-blk: the disk stays in its iothread");
    }
    aio_context_release(s->ctx);

    virtio_blk_data_plane_untie(vdev, nvqs);
    k->set_guest_notifiers(qbus->parent, nvqs, false);
    vblk->dataplane_started = false;
    s->stopping = false;
}
