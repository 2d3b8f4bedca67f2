/*
 * virtio-rng: entropy for the guest.
 *
 *     handle_input       the guest has put buffers into the queue
 *     virtio_rng_process how much do they hold, how much may they get: ask
 *     chr_read           the back end answers: fill buffers, and around again
 *     check_rate_limit   a period is over: there is quota again
 *
 * One question is out at a time, of a bounded size, however often and for
 * however much the guest asks.
 *
 * Read include/hw/virtio/virtio-rng.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-rng.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "sysemu/runstate.h"
#include "trace.h"

/* A driver's buffer is some pages; a liar's may be as large as its memory. */
#define VIRTIO_RNG_MAX_REQUEST  (64 * KiB)

static bool is_guest_ready(VirtIORNG *vrng)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vrng);

    if (virtio_queue_ready(vrng->vq) &&
        (vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return true;
    }
    trace_virtio_rng_guest_not_ready(vrng);
    return false;
}

/* Bytes that the guest has room for, or @quota if that is less. */
static size_t get_request_size(VirtQueue *vq, unsigned quota)
{
    unsigned int in, out;

    virtqueue_get_avail_bytes(vq, &in, &out, quota, 0);
    return MIN(in, quota);
}

static void virtio_rng_process(VirtIORNG *vrng);

/* Called by the back end, with what we asked for or a part of it. */
static void chr_read(void *opaque, const void *buf, size_t size)
{
    VirtIORNG *vrng = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(vrng);
    size_t offset = 0;

    vrng->asked = false;
    if (!is_guest_ready(vrng)) {
        return;
    }
    /* A machine that stands still must not find its memory changed. */
    if (!runstate_check(RUN_STATE_RUNNING)) {
        trace_virtio_rng_cpu_is_stopped(vrng, size);
        return;
    }

    vrng->quota_remaining -= size;
    while (offset < size) {
        VirtQueueElement *elem = virtqueue_pop(vrng->vq, sizeof(*elem));
        size_t len;

        if (!elem) {
            break;
        }
        trace_virtio_rng_popped(vrng);
        len = iov_from_buf(elem->in_sg, elem->in_num, 0, buf + offset,
                           size - offset);
        offset += len;
        virtqueue_push(vrng->vq, elem, len);
        trace_virtio_rng_pushed(vrng, len);
        g_free(elem);
    }
    virtio_notify(vdev, vrng->vq);

    if (!virtio_queue_empty(vrng->vq)) {
        virtio_rng_process(vrng);
    }
}

static void virtio_rng_process(VirtIORNG *vrng)
{
    size_t size;
    unsigned quota;

    if (vrng->asked || !is_guest_ready(vrng)) {
        return;
    }
    if (vrng->activate_timer) {
        timer_mod(vrng->rate_limit_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                  vrng->conf.period_ms);
        vrng->activate_timer = false;
    }

    quota = MIN(MAX(vrng->quota_remaining, 0), VIRTIO_RNG_MAX_REQUEST);
    size = get_request_size(vrng->vq, quota);
    trace_virtio_rng_request(vrng, size, quota);
    if (size) {
        vrng->asked = true;
        rng_backend_request_entropy(vrng->rng, size, chr_read, vrng);
    }
}

static void handle_input(VirtIODevice *vdev, VirtQueue *vq)
{
    virtio_rng_process(VIRTIO_RNG(vdev));
}

static uint64_t virtio_rng_get_features(VirtIODevice *vdev, uint64_t f,
                                        Error **errp)
{
    trace_virtio_rng_get_features(f);
    return f;
}

/* What came while the machine stood still was dropped: ask again. */
static void virtio_rng_vm_state_change(void *opaque, bool running,
                                       RunState state)
{
    VirtIORNG *vrng = opaque;

    trace_virtio_rng_vm_state_change(vrng, running, state);
    if (running && is_guest_ready(vrng)) {
        virtio_rng_process(vrng);
    }
}

static void check_rate_limit(void *opaque)
{
    VirtIORNG *vrng = opaque;

    vrng->quota_remaining = vrng->conf.max_bytes;
    vrng->activate_timer = true;
    virtio_rng_process(vrng);
}

static void virtio_rng_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIORNG *vrng = VIRTIO_RNG(vdev);

    if (!vdev->vm_running) {
        return;
    }
    vdev->status = status;

    /* The guest may have filled the queue before it was ready. */
    virtio_rng_process(vrng);
}

/* Life */

/* Without a back end of the user's the device has one of its own. */
static bool virtio_rng_default_backend(VirtIORNG *vrng, Error **errp)
{
    Object *b = object_new(TYPE_RNG_BUILTIN);

    if (!user_creatable_complete(USER_CREATABLE(b), errp)) {
        object_unref(b);
        return false;
    }
    object_property_add_child(OBJECT(vrng), "default-backend", b);
    object_unref(b);

    /* The child is a reference, and so is the link. */
    return object_property_set_link(OBJECT(vrng), "rng", b, errp);
}

static void virtio_rng_device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIORNG *vrng = VIRTIO_RNG(dev);

    trace_virtio_rng_device_realize(vrng->conf.rng
                                    ? object_get_typename(OBJECT(vrng->conf.rng))
                                    : "(its own)");
    if (vrng->conf.period_ms <= 0) {
        error_setg(errp, "'period' parameter expects a positive integer");
        return;
    }
    /* quota_remaining is signed. */
    if (vrng->conf.max_bytes > INT64_MAX) {
        error_setg(errp, "'max-bytes' parameter must be non-negative, "
                   "and less than 2^63");
        return;
    }
    if (!vrng->conf.rng && !virtio_rng_default_backend(vrng, errp)) {
        return;
    }
    vrng->rng = vrng->conf.rng;
    if (!vrng->rng) {
        error_setg(errp, "'rng' parameter expects a valid object");
        return;
    }

    virtio_init(vdev, VIRTIO_ID_RNG, 0);
    vrng->vq = virtio_add_queue(vdev, 8, handle_input);

    vrng->quota_remaining = vrng->conf.max_bytes;
    vrng->activate_timer = true;
    vrng->asked = false;
    vrng->rate_limit_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL,
                                          check_rate_limit, vrng);
    vrng->vmstate = qemu_add_vm_change_state_handler(virtio_rng_vm_state_change,
                                                     vrng);
}

static void virtio_rng_device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIORNG *vrng = VIRTIO_RNG(dev);

    rng_backend_cancel_requests(vrng->rng, vrng);
    qemu_del_vm_change_state_handler(vrng->vmstate);
    timer_free(vrng->rate_limit_timer);
    virtio_del_queue(vdev, 0);
    virtio_cleanup(vdev);
}

static const VMStateDescription vmstate_virtio_rng = {
    .name = "virtio-rng",
    .minimum_version_id = 1,
    .version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

/* The default leaves a quota for all that a driver may want. */
static Property virtio_rng_properties[] = {
    DEFINE_PROP_UINT64("max-bytes", VirtIORNG, conf.max_bytes, INT64_MAX),
    DEFINE_PROP_UINT32("period", VirtIORNG, conf.period_ms, 1 << 16),
    DEFINE_PROP_LINK("rng", VirtIORNG, conf.rng, TYPE_RNG_BACKEND,
                     RngBackend *),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_rng_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_rng_properties);
    dc->vmsd = &vmstate_virtio_rng;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = virtio_rng_device_realize;
    vdc->unrealize = virtio_rng_device_unrealize;
    vdc->get_features = virtio_rng_get_features;
    vdc->set_status = virtio_rng_set_status;
}

static const TypeInfo virtio_rng_info = {
    .name = TYPE_VIRTIO_RNG,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIORNG),
    .class_init = virtio_rng_class_init,
};

static void virtio_rng_register_types(void)
{
    type_register_static(&virtio_rng_info);
}

type_init(virtio_rng_register_types)
