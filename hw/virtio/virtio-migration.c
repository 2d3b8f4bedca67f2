/*
 * A virtio device's state in a migration stream.
 *
 * What has been there since before virtio 1 comes first, field by field, and
 * must stay as it is; what came later is in subsections, each of which is sent
 * only if it says something:
 *
 *     transport     save_config: of PCI, config space and MSI-X
 *     device        status, isr, queue_sel, features (32 bits), configuration
 *     queues        how many, and of each: length, descriptors, last_avail_idx,
 *                   and what the transport has of it
 *     type          vdc->save, vdc->vmsd: what the device itself remembers
 *     subsections   "virtio/…", below
 *
 * Of a split ring that is all: where the device has to go on using the ring
 * itself says.  In a packed one nothing does, so both places and their wrap
 * counters are sent.  What is in flight is the type's business.
 *
 * Read include/migration/vmstate.h and virtqueue-int.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/virtio/virtio-bus.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "virtqueue-int.h"

static VirtioBusClass *virtio_transport_class(VirtIODevice *vdev)
{
    return VIRTIO_BUS_GET_CLASS(qdev_get_parent_bus(DEVICE(vdev)));
}

static DeviceState *virtio_transport(VirtIODevice *vdev)
{
    return qdev_get_parent_bus(DEVICE(vdev))->parent;
}

/* Subsections: when they are needed */

static bool virtio_device_endian_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    assert(vdev->device_endian != VIRTIO_DEVICE_ENDIAN_UNKNOWN);
    return vdev->device_endian != VIRTIO_DEVICE_ENDIAN_LITTLE;
}

static bool virtio_64bit_features_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    return vdev->host_features >> 32 != 0;
}

static bool virtio_virtqueue_needed(void *opaque)
{
    return virtio_host_has_feature(opaque, VIRTIO_F_VERSION_1);
}

static bool virtio_packed_virtqueue_needed(void *opaque)
{
    return virtio_host_has_feature(opaque, VIRTIO_F_RING_PACKED);
}

static bool virtio_in_order_needed(void *opaque)
{
    return virtio_vdev_has_feature(opaque, VIRTIO_F_IN_ORDER);
}

static bool virtio_ringsize_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    for (int i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        if (vdev->vq[i].vring.num != vdev->vq[i].vring.num_default) {
            return true;
        }
    }
    return false;
}

static bool virtio_extra_state_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;
    VirtioBusClass *k = virtio_transport_class(vdev);

    return k->has_extra_state && k->has_extra_state(virtio_transport(vdev));
}

static bool virtio_broken_needed(void *opaque)
{
    return ((VirtIODevice *)opaque)->broken;
}

static bool virtio_started_needed(void *opaque)
{
    return ((VirtIODevice *)opaque)->started;
}

static bool virtio_disabled_needed(void *opaque)
{
    return ((VirtIODevice *)opaque)->disabled;
}

/* Subsections: what is in them */

static const VMStateDescription vmstate_virtqueue = {
    .name = "virtqueue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(vring.avail, struct VirtQueue),
        VMSTATE_UINT64(vring.used, struct VirtQueue),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_packed_virtqueue = {
    .name = "packed_virtqueue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(last_avail_idx, struct VirtQueue),
        VMSTATE_BOOL(last_avail_wrap_counter, struct VirtQueue),
        VMSTATE_UINT16(used_idx, struct VirtQueue),
        VMSTATE_BOOL(used_wrap_counter, struct VirtQueue),
        VMSTATE_UINT32(inuse, struct VirtQueue),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_used_elem = {
    .name = "virtqueue_used_elem",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(index, VirtQueueUsedElem),
        VMSTATE_UINT32(len, VirtQueueUsedElem),
        VMSTATE_UINT32(ndescs, VirtQueueUsedElem),
        VMSTATE_BOOL(filled, VirtQueueUsedElem),
        VMSTATE_END_OF_LIST()
    }
};

static int virtqueue_in_order_post_load(void *opaque, int version_id)
{
    struct VirtQueue *vq = opaque;

    if (vq->used_pending > vq->vring.num_default ||
        (vq->used_head && vq->used_head >= vq->vring.num_default)) {
        error_report("VQ %d: %u elements from %u on are more than %u",
                     vq->queue_index, vq->used_pending, vq->used_head,
                     vq->vring.num_default);
        return -EINVAL;
    }
    return 0;
}

/* Ours: QEMU 7.2 has no queues that are used in order. */
static const VMStateDescription vmstate_in_order_virtqueue = {
    .name = "in_order_virtqueue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = virtqueue_in_order_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(used_head, struct VirtQueue),
        VMSTATE_UINT32(used_pending, struct VirtQueue),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(used_elems, struct VirtQueue,
                                             vring.num_default,
                                             vmstate_used_elem,
                                             VirtQueueUsedElem),
        VMSTATE_END_OF_LIST()
    }
};

/* What the other side's device was made with is what this one has now. */
static int virtqueue_ringsize_post_load(void *opaque, int version_id)
{
    struct VirtQueue *vq = opaque;

    if (vq->vring.num_default > VIRTQUEUE_MAX_SIZE) {
        error_report("VQ %d size 0x%x is too large", vq->queue_index,
                     vq->vring.num_default);
        return -EINVAL;
    }
    g_free(vq->used_elems);
    vq->used_elems = g_new0(VirtQueueUsedElem, vq->vring.num_default);
    return 0;
}

static const VMStateDescription vmstate_ringsize = {
    .name = "ringsize_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = virtqueue_ringsize_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(vring.num_default, struct VirtQueue),
        VMSTATE_END_OF_LIST()
    }
};

static int virtio_get_extra_state(QEMUFile *f, void *pv, size_t size,
                                  const VMStateField *field)
{
    VirtIODevice *vdev = pv;
    VirtioBusClass *k = virtio_transport_class(vdev);

    if (!k->load_extra_state) {
        return -1;
    }
    return k->load_extra_state(virtio_transport(vdev), f);
}

static int virtio_put_extra_state(QEMUFile *f, void *pv, size_t size,
                                  const VMStateField *field,
                                  JSONWriter *vmdesc)
{
    VirtIODevice *vdev = pv;

    virtio_transport_class(vdev)->save_extra_state(virtio_transport(vdev), f);
    return 0;
}

static const VMStateInfo vmstate_info_extra_state = {
    .name = "virtqueue_extra_state",
    .get = virtio_get_extra_state,
    .put = virtio_put_extra_state,
};

#define DEFINE_VIRTIO_SUBSECTION(_var, _name, _needed, ...)                 \
static const VMStateDescription vmstate_virtio_##_var = {                   \
    .name = "virtio/" _name,                                                \
    .version_id = 1,                                                        \
    .minimum_version_id = 1,                                                \
    .needed = _needed,                                                      \
    .fields = (VMStateField[]) {                                            \
        __VA_ARGS__,                                                        \
        VMSTATE_END_OF_LIST()                                               \
    }                                                                       \
}

/* All queues, also those that are not there: as many as a device may have. */
#define VMSTATE_ALL_QUEUES(_vmsd)                                           \
    VMSTATE_STRUCT_VARRAY_POINTER_KNOWN(vq, struct VirtIODevice,            \
                                        VIRTIO_QUEUE_MAX, 0, _vmsd,         \
                                        struct VirtQueue)

DEFINE_VIRTIO_SUBSECTION(device_endian, "device_endian",
                         virtio_device_endian_needed,
                         VMSTATE_UINT8(device_endian, VirtIODevice));
DEFINE_VIRTIO_SUBSECTION(64bit_features, "64bit_features",
                         virtio_64bit_features_needed,
                         VMSTATE_UINT64(guest_features, VirtIODevice));
DEFINE_VIRTIO_SUBSECTION(virtqueues, "virtqueues", virtio_virtqueue_needed,
                         VMSTATE_ALL_QUEUES(vmstate_virtqueue));
DEFINE_VIRTIO_SUBSECTION(ringsize, "ringsize", virtio_ringsize_needed,
                         VMSTATE_ALL_QUEUES(vmstate_ringsize));
DEFINE_VIRTIO_SUBSECTION(broken, "broken", virtio_broken_needed,
                         VMSTATE_BOOL(broken, VirtIODevice));
DEFINE_VIRTIO_SUBSECTION(started, "started", virtio_started_needed,
                         VMSTATE_BOOL(started, VirtIODevice));
DEFINE_VIRTIO_SUBSECTION(packed_virtqueues, "packed_virtqueues",
                         virtio_packed_virtqueue_needed,
                         VMSTATE_ALL_QUEUES(vmstate_packed_virtqueue));
DEFINE_VIRTIO_SUBSECTION(in_order_virtqueues, "in_order_virtqueues",
                         virtio_in_order_needed,
                         VMSTATE_ALL_QUEUES(vmstate_in_order_virtqueue));
DEFINE_VIRTIO_SUBSECTION(disabled, "disabled", virtio_disabled_needed,
                         VMSTATE_BOOL(disabled, VirtIODevice));
DEFINE_VIRTIO_SUBSECTION(extra_state, "extra_state", virtio_extra_state_needed,
                         {
                             .name = "extra_state",
                             .version_id = 0,
                             .field_exists = NULL,
                             .size = 0,
                             .info = &vmstate_info_extra_state,
                             .flags = VMS_SINGLE,
                             .offset = 0,
                         });

static const VMStateDescription vmstate_virtio = {
    .name = "virtio",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_virtio_device_endian,
        &vmstate_virtio_64bit_features,
        &vmstate_virtio_virtqueues,
        &vmstate_virtio_ringsize,
        &vmstate_virtio_broken,
        &vmstate_virtio_extra_state,
        &vmstate_virtio_started,
        &vmstate_virtio_packed_virtqueues,
        &vmstate_virtio_in_order_virtqueues,
        &vmstate_virtio_disabled,
        NULL
    }
};

/* Save */

int virtio_save(VirtIODevice *vdev, QEMUFile *f)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    VirtioBusClass *k = virtio_transport_class(vdev);
    DeviceState *transport = virtio_transport(vdev);
    int num = virtio_get_num_queues(vdev);
    int ret;

    if (k->save_config) {
        k->save_config(transport, f);
    }
    qemu_put_8s(f, &vdev->status);
    qemu_put_8s(f, &vdev->isr);
    qemu_put_be16s(f, &vdev->queue_sel);
    qemu_put_be32(f, vdev->guest_features);
    qemu_put_be32(f, vdev->config_len);
    qemu_put_buffer(f, vdev->config, vdev->config_len);

    qemu_put_be32(f, num);
    for (int i = 0; i < num; i++) {
        VirtQueue *vq = &vdev->vq[i];

        qemu_put_be32(f, vq->vring.num);
        if (k->has_variable_vring_alignment) {
            qemu_put_be32(f, vq->vring.align);
        }
        qemu_put_be64(f, vq->vring.desc);
        qemu_put_be16s(f, &vq->last_avail_idx);
        if (k->save_queue) {
            k->save_queue(transport, i, f);
        }
    }

    if (vdc->save) {
        vdc->save(vdev, f);
    }
    if (vdc->vmsd) {
        ret = vmstate_save_state(f, vdc->vmsd, vdev, NULL);
        if (ret) {
            return ret;
        }
    }
    return vmstate_save_state(f, &vmstate_virtio, vdev, NULL);
}

/* Load */

/* Another version may have more of it, or less. */
static int virtio_load_config(VirtIODevice *vdev, QEMUFile *f)
{
    uint32_t config_len = qemu_get_be32(f);
    uint32_t ours = MIN(config_len, vdev->config_len);

    if (config_len > UINT16_MAX) {
        error_report("Invalid length of the configuration: 0x%x", config_len);
        return -EINVAL;
    }
    qemu_get_buffer(f, vdev->config, ours);
    while (config_len-- > ours) {
        qemu_get_byte(f);
    }
    return 0;
}

static int virtio_load_queue(VirtIODevice *vdev, QEMUFile *f, int i)
{
    VirtioBusClass *k = virtio_transport_class(vdev);
    VirtQueue *vq = &vdev->vq[i];

    virtqueue_rewind_to_start(vq);
    vq->vring.num = qemu_get_be32(f);
    if (k->has_variable_vring_alignment) {
        vq->vring.align = qemu_get_be32(f);
    }
    vq->vring.desc = qemu_get_be64(f);
    qemu_get_be16s(f, &vq->last_avail_idx);
    vq->notification = true;
    if (!vq->vring.desc && vq->last_avail_idx) {
        error_report("VQ %d address 0x0 inconsistent with Host index 0x%x",
                     i, vq->last_avail_idx);
        return -1;
    }
    return k->load_queue ? k->load_queue(virtio_transport(vdev), i, f) : 0;
}

/*
 * All is known: translate the ring, and see that both sides can be where they
 * say.  A ring that the guest has written nonsense to breaks the device, as it
 * would have on the other side; one that the stream has is no state to run.
 */
static int virtio_resume_queue(VirtIODevice *vdev, int i)
{
    VirtQueue *vq = &vdev->vq[i];
    uint16_t heads;

    if (vq->vring.num > vq->vring.num_default ||
        (!virtqueue_is_packed(vq) && (vq->vring.num & (vq->vring.num - 1)))) {
        error_report("VQ %d size 0x%x: no ring has that (up to 0x%x)", i,
                     vq->vring.num, vq->vring.num_default);
        return -1;
    }
    if (!vq->vring.desc) {
        return 0;
    }
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        virtio_init_region_cache(vdev, i);
    } else {
        virtio_queue_update_rings(vdev, i);
    }

    if (virtqueue_is_packed(vq)) {
        if (vq->last_avail_idx >= vq->vring.num ||
            vq->used_idx >= vq->vring.num || vq->inuse > vq->vring.num) {
            error_report("VQ %d size 0x%x: last_avail_idx 0x%x, used_idx 0x%x,"
                         " inuse 0x%x", i, vq->vring.num, vq->last_avail_idx,
                         vq->used_idx, vq->inuse);
            return -1;
        }
        vq->shadow_avail_idx = vq->last_avail_idx;
        vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
        return 0;
    }

    heads = vring_avail_idx(vq) - vq->last_avail_idx;
    if (heads > vq->vring.num) {
        virtio_error(vdev, "VQ %d size 0x%x Guest index 0x%x inconsistent with"
                     " Host index 0x%x: delta 0x%x", i, vq->vring.num,
                     vring_avail_idx(vq), vq->last_avail_idx, heads);
        vq->used_idx = 0;
        vq->shadow_avail_idx = 0;
        vq->inuse = 0;
        return 0;
    }
    vq->used_idx = vring_used_idx(vq);
    /* Popped on the other side, and not yet used. */
    vq->inuse = (uint16_t)(vq->last_avail_idx - vq->used_idx);
    if (vq->inuse > vq->vring.num) {
        error_report("VQ %d size 0x%x < last_avail_idx 0x%x - used_idx 0x%x",
                     i, vq->vring.num, vq->last_avail_idx, vq->used_idx);
        return -1;
    }
    return 0;
}

/* The features, once all 64 of them are here. */
static int virtio_load_features(VirtIODevice *vdev, uint32_t low)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint64_t val = virtio_64bit_features_needed(vdev) ? vdev->guest_features
                                                      : low;

    if (val & ~vdev->host_features) {
        error_report("Features 0x%" PRIx64 " unsupported. "
                     "Allowed features: 0x%" PRIx64, val,
                     vdev->host_features);
        return -1;
    }
    if (vdc->set_features) {
        vdc->set_features(vdev, val);
    }
    vdev->guest_features = val;
    return 0;
}

int virtio_load(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    VirtioBusClass *k = virtio_transport_class(vdev);
    uint32_t features, num;
    int ret;

    /* Not every stream says it. */
    vdev->device_endian = VIRTIO_DEVICE_ENDIAN_LITTLE;
    if (k->load_config) {
        ret = k->load_config(virtio_transport(vdev), f);
        if (ret) {
            return ret;
        }
    }
    qemu_get_8s(f, &vdev->status);
    qemu_get_8s(f, &vdev->isr);
    qemu_get_be16s(f, &vdev->queue_sel);
    if (vdev->queue_sel >= VIRTIO_QUEUE_MAX) {
        return -1;
    }
    /* The type's own part may depend on it; what it means comes below. */
    qemu_get_be32s(f, &features);
    vdev->guest_features = features;
    ret = virtio_load_config(vdev, f);
    if (ret) {
        return ret;
    }

    num = qemu_get_be32(f);
    if (num > VIRTIO_QUEUE_MAX) {
        error_report("Invalid number of virtqueues: 0x%x", num);
        return -1;
    }
    if (vdc->pre_load_queues) {
        ret = vdc->pre_load_queues(vdev, num);
        if (ret) {
            return ret;
        }
    }
    for (uint32_t i = 0; i < num; i++) {
        ret = virtio_load_queue(vdev, f, i);
        if (ret) {
            return ret;
        }
    }
    virtio_notify_vector(vdev, VIRTIO_NO_VECTOR);

    if (vdc->load) {
        ret = vdc->load(vdev, f, version_id);
        if (ret) {
            return ret;
        }
    }
    if (vdc->vmsd) {
        ret = vmstate_load_state(f, vdc->vmsd, vdev, version_id);
        if (ret) {
            return ret;
        }
    }
    ret = vmstate_load_state(f, &vmstate_virtio, vdev, 1);
    if (ret) {
        return ret;
    }
    if (vdev->device_endian != VIRTIO_DEVICE_ENDIAN_LITTLE &&
        vdev->device_endian != VIRTIO_DEVICE_ENDIAN_BIG) {
        return -EINVAL;
    }
    ret = virtio_load_features(vdev, features);
    if (ret) {
        return ret;
    }
    if (!virtio_device_started(vdev, vdev->status) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        vdev->start_on_kick = true;
    }

    RCU_READ_LOCK_GUARD();
    for (uint32_t i = 0; i < num; i++) {
        ret = virtio_resume_queue(vdev, i);
        if (ret) {
            return ret;
        }
    }
    return vdc->post_load ? vdc->post_load(vdev) : 0;
}

/* The field that has all of it: VMSTATE_VIRTIO_DEVICE */

static int virtio_device_get(QEMUFile *f, void *opaque, size_t size,
                             const VMStateField *field)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(opaque);
    DeviceClass *dc = DEVICE_GET_CLASS(vdev);

    return virtio_load(vdev, f, dc->vmsd->version_id);
}

static int virtio_device_put(QEMUFile *f, void *opaque, size_t size,
                             const VMStateField *field, JSONWriter *vmdesc)
{
    return virtio_save(VIRTIO_DEVICE(opaque), f);
}

const VMStateInfo virtio_vmstate_info = {
    .name = "virtio",
    .get = virtio_device_get,
    .put = virtio_device_put,
};
