/*
 * Looking into virtio devices: x-query-virtio and its family.
 *
 * Nothing here changes anything.  What a guest has written into a ring is only
 * shown; a chain that no driver may make ends where it goes wrong, and the
 * device learns of it when it comes there by itself.
 *
 * Read include/hw/virtio/virtio.h first, and virtqueue-int.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "hw/virtio/virtio-scsi.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-virtio.h"
#include "standard-headers/linux/virtio_balloon.h"
#include "standard-headers/linux/virtio_console.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_net.h"
#include "virtqueue-int.h"

/* Bits by name */

typedef struct VirtioBitName {
    uint64_t bit;
    const char *text;
} VirtioBitName;

#define VIRTIO_STATUS_NAME(name, text) { name, #name ": " text }
#define VIRTIO_FEATURE_NAME(name, text) { 1ULL << (name), #name ": " text }

/* virtio 1.1, 2.1 */
static const VirtioBitName virtio_config_status_names[] = {
    VIRTIO_STATUS_NAME(VIRTIO_CONFIG_S_DRIVER_OK, "Driver setup and ready"),
    VIRTIO_STATUS_NAME(VIRTIO_CONFIG_S_FEATURES_OK,
                       "Feature negotiation complete"),
    VIRTIO_STATUS_NAME(VIRTIO_CONFIG_S_DRIVER,
                       "Guest OS compatible with device"),
    VIRTIO_STATUS_NAME(VIRTIO_CONFIG_S_NEEDS_RESET,
                       "Irrecoverable error, device needs reset"),
    VIRTIO_STATUS_NAME(VIRTIO_CONFIG_S_FAILED,
                       "Error in guest, device failed"),
    VIRTIO_STATUS_NAME(VIRTIO_CONFIG_S_ACKNOWLEDGE,
                       "Valid virtio device found"),
    { }
};

/* virtio 1.1, 6: the same for all devices */
static const VirtioBitName virtio_transport_names[] = {
    VIRTIO_FEATURE_NAME(VIRTIO_F_NOTIFY_ON_EMPTY,
                        "Notify when device runs out of avail. descs. on VQ"),
    VIRTIO_FEATURE_NAME(VIRTIO_F_ANY_LAYOUT,
                        "Device accepts arbitrary desc. layouts"),
    VIRTIO_FEATURE_NAME(VIRTIO_F_VERSION_1,
                        "Device compliant for v1 spec (legacy)"),
    VIRTIO_FEATURE_NAME(VIRTIO_F_IOMMU_PLATFORM,
                        "Device can be used on IOMMU platform"),
    VIRTIO_FEATURE_NAME(VIRTIO_F_RING_PACKED,
                        "Device supports packed VQ layout"),
    VIRTIO_FEATURE_NAME(VIRTIO_F_IN_ORDER,
                        "Device uses buffers in same order as made available "
                        "by driver"),
    VIRTIO_FEATURE_NAME(VIRTIO_F_ORDER_PLATFORM,
                        "Memory accesses ordered by platform"),
    VIRTIO_FEATURE_NAME(VIRTIO_F_SR_IOV,
                        "Device supports single root I/O virtualization"),
    VIRTIO_FEATURE_NAME(VIRTIO_RING_F_INDIRECT_DESC,
                        "Indirect descriptors supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_RING_F_EVENT_IDX,
                        "Used & avail. event fields enabled"),
    { }
};

/* The number of a bit that no driver may take: see virtio.h. */
#define VHOST_USER_F_PROTOCOL_FEATURES VIRTIO_F_BAD_FEATURE

/* virtio 1.1, 5.1.3 */
static const VirtioBitName virtio_net_feature_names[] = {
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_CSUM,
                        "Device handling packets with partial checksum "
                        "supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_GUEST_CSUM,
                        "Driver handling packets with partial checksum "
                        "supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_CTRL_GUEST_OFFLOADS,
                        "Control channel offloading reconfig. supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_MTU,
                        "Device max MTU reporting supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_MAC, "Device has given MAC address"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_GUEST_TSO4, "Driver can receive TSOv4"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_GUEST_TSO6, "Driver can receive TSOv6"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_GUEST_ECN,
                        "Driver can receive TSO with ECN"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_GUEST_UFO, "Driver can receive UFO"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_HOST_TSO4, "Device can receive TSOv4"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_HOST_TSO6, "Device can receive TSOv6"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_HOST_ECN,
                        "Device can receive TSO with ECN"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_HOST_UFO, "Device can receive UFO"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_MRG_RXBUF,
                        "Driver can merge receive buffers"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_STATUS,
                        "Configuration status field available"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_CTRL_VQ, "Control channel available"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_CTRL_RX,
                        "Control channel RX mode supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_CTRL_VLAN,
                        "Control channel VLAN filtering supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_CTRL_RX_EXTRA,
                        "Extra RX mode control supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_GUEST_ANNOUNCE,
                        "Driver sending gratuitous packets supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_MQ,
                        "Multiqueue with automatic receive steering "
                        "supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_CTRL_MAC_ADDR,
                        "MAC address set through control channel"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_HASH_REPORT, "Hash reporting supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_RSS, "RSS RX steering supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_RSC_EXT,
                        "Extended coalescing info supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_STANDBY,
                        "Device acting as standby for primary device with "
                        "same MAC addr. supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_SPEED_DUPLEX,
                        "Device set linkspeed and duplex"),
    VIRTIO_FEATURE_NAME(VIRTIO_NET_F_GSO,
                        "Handling GSO-type packets supported"),
    VIRTIO_FEATURE_NAME(VHOST_USER_F_PROTOCOL_FEATURES,
                        "Vhost-user protocol features negotiation supported"),
    { }
};

/* virtio 1.2, 5.5.3 */
static const VirtioBitName virtio_balloon_feature_names[] = {
    VIRTIO_FEATURE_NAME(VIRTIO_BALLOON_F_STATS_VQ,
                        "Guest memory stats VQ available"),
    VIRTIO_FEATURE_NAME(VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
                        "Deflate balloon when guest OOM"),
    VIRTIO_FEATURE_NAME(VIRTIO_BALLOON_F_FREE_PAGE_HINT,
                        "VQ reporting free pages enabled"),
    VIRTIO_FEATURE_NAME(VIRTIO_BALLOON_F_PAGE_POISON,
                        "Guest page poisoning enabled"),
    VIRTIO_FEATURE_NAME(VIRTIO_BALLOON_F_REPORTING,
                        "Page reporting VQ enabled"),
    { }
};

/* virtio 1.2, 5.3.3 */
static const VirtioBitName virtio_serial_feature_names[] = {
    VIRTIO_FEATURE_NAME(VIRTIO_CONSOLE_F_SIZE,
                        "Host providing console size"),
    VIRTIO_FEATURE_NAME(VIRTIO_CONSOLE_F_MULTIPORT,
                        "Multiple ports for device supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_CONSOLE_F_EMERG_WRITE,
                        "Emergency write supported"),
    { }
};

/* virtio 1.2, 5.6.3 */
static const VirtioBitName virtio_scsi_feature_names[] = {
    VIRTIO_FEATURE_NAME(VIRTIO_SCSI_F_INOUT,
                        "Requests including read and writable data buffers "
                        "supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_SCSI_F_HOTPLUG,
                        "Reporting and handling hot-plug events supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_SCSI_F_CHANGE,
                        "Reporting and handling LUN changes supported"),
    VIRTIO_FEATURE_NAME(VIRTIO_SCSI_F_T10_PI,
                        "T10 info included in request header"),
    { }
};

/* By VIRTIO_ID_*; a device without a table has bits without names. */
static const VirtioBitName *const virtio_feature_names[] = {
    [VIRTIO_ID_BALLOON] = virtio_balloon_feature_names,
    [VIRTIO_ID_CONSOLE] = virtio_serial_feature_names,
    [VIRTIO_ID_NET] = virtio_net_feature_names,
    [VIRTIO_ID_SCSI] = virtio_scsi_feature_names,
};

/* The names of the bits in *@bits, the last of @names first; takes them out. */
static strList *virtio_name_bits(const VirtioBitName *names, uint64_t *bits)
{
    strList *list = NULL;

    for (; names->text; names++) {
        if (*bits & names->bit) {
            QAPI_LIST_PREPEND(list, g_strdup(names->text));
            *bits &= ~names->bit;
        }
    }
    return list;
}

static VirtioDeviceStatus *qmp_decode_status(uint8_t bitmap)
{
    VirtioDeviceStatus *status = g_new0(VirtioDeviceStatus, 1);
    uint64_t bits = bitmap;

    status->statuses = virtio_name_bits(virtio_config_status_names, &bits);
    status->has_unknown_statuses = bits != 0;
    status->unknown_statuses = bits;
    return status;
}

static VirtioDeviceFeatures *qmp_decode_features(uint16_t device_id,
                                                 uint64_t bits)
{
    static const VirtioBitName none[] = { { } };
    VirtioDeviceFeatures *features = g_new0(VirtioDeviceFeatures, 1);
    const VirtioBitName *names = NULL;

    if (device_id < ARRAY_SIZE(virtio_feature_names)) {
        names = virtio_feature_names[device_id];
    }
    features->transports = virtio_name_bits(virtio_transport_names, &bits);
    features->has_dev_features = true;
    features->dev_features = virtio_name_bits(names ?: none, &bits);
    features->has_unknown_dev_features = bits != 0;
    features->unknown_dev_features = bits;
    return features;
}

/* The device */

static VirtIODevice *qmp_find_virtio_device(const char *path)
{
    VirtIODevice *vdev;

    QTAILQ_FOREACH(vdev, &virtio_list, next) {
        g_autofree char *its = object_get_canonical_path(OBJECT(vdev));

        if (!strcmp(its, path)) {
            return vdev;
        }
    }
    return NULL;
}

VirtioInfoList *qmp_x_query_virtio(Error **errp)
{
    VirtioInfoList *list = NULL;
    VirtIODevice *vdev;

    QTAILQ_FOREACH(vdev, &virtio_list, next) {
        VirtioInfo *info = g_new0(VirtioInfo, 1);

        info->path = object_get_canonical_path(OBJECT(vdev));
        info->name = g_strdup(vdev->name);
        QAPI_LIST_PREPEND(list, info);
    }
    return list;
}

VirtioStatus *qmp_x_query_virtio_status(const char *path, Error **errp)
{
    VirtIODevice *vdev = qmp_find_virtio_device(path);
    VirtioStatus *status;

    if (!vdev) {
        error_setg(errp, "Path %s is not a VirtIODevice", path);
        return NULL;
    }
    status = g_new0(VirtioStatus, 1);
    status->name = g_strdup(vdev->name);
    status->device_id = vdev->device_id;
    status->vhost_started = vdev->vhost_started;
    status->guest_features = qmp_decode_features(vdev->device_id,
                                                 vdev->guest_features);
    status->host_features = qmp_decode_features(vdev->device_id,
                                                vdev->host_features);
    status->backend_features = qmp_decode_features(vdev->device_id,
                                                   vdev->backend_features);
    switch (vdev->device_endian) {
    case VIRTIO_DEVICE_ENDIAN_LITTLE:
        status->device_endian = g_strdup("little");
        break;
    case VIRTIO_DEVICE_ENDIAN_BIG:
        status->device_endian = g_strdup("big");
        break;
    default:
        status->device_endian = g_strdup("unknown");
        break;
    }
    status->num_vqs = virtio_get_num_queues(vdev);
    status->status = qmp_decode_status(vdev->status);
    status->isr = qatomic_read(&vdev->isr);
    status->queue_sel = vdev->queue_sel;
    status->vm_running = vdev->vm_running;
    status->broken = vdev->broken;
    status->disabled = vdev->disabled;
    status->use_started = vdev->use_started;
    status->started = vdev->started;
    status->start_on_kick = vdev->start_on_kick;
    status->disable_legacy_check = vdev->disable_legacy_check;
    status->bus_name = g_strdup(vdev->bus_name);
    status->use_guest_notifier_mask = vdev->use_guest_notifier_mask;
    return status;
}

/* A queue */

/* Queue @queue of @vdev, or NULL: there are not so many. */
static VirtQueue *qmp_find_virtqueue(VirtIODevice *vdev, uint16_t queue,
                                     Error **errp)
{
    if (queue >= VIRTIO_QUEUE_MAX || !virtio_queue_get_num(vdev, queue)) {
        error_setg(errp, "Invalid virtqueue number %d", queue);
        return NULL;
    }
    return virtio_get_queue(vdev, queue);
}

VirtQueueStatus *qmp_x_query_virtio_queue_status(const char *path,
                                                 uint16_t queue, Error **errp)
{
    VirtIODevice *vdev = qmp_find_virtio_device(path);
    VirtQueueStatus *status;
    VirtQueue *vq;

    if (!vdev) {
        error_setg(errp, "Path %s is not a VirtIODevice", path);
        return NULL;
    }
    vq = qmp_find_virtqueue(vdev, queue, errp);
    if (!vq) {
        return NULL;
    }
    status = g_new0(VirtQueueStatus, 1);
    status->name = g_strdup(vdev->name);
    status->queue_index = vq->queue_index;
    status->inuse = vq->inuse;
    status->vring_num = vq->vring.num;
    status->vring_num_default = vq->vring.num_default;
    status->vring_align = vq->vring.align;
    status->vring_desc = vq->vring.desc;
    status->vring_avail = vq->vring.avail;
    status->vring_used = vq->vring.used;
    status->has_last_avail_idx = true;
    status->last_avail_idx = vq->last_avail_idx;
    status->has_shadow_avail_idx = true;
    status->shadow_avail_idx = vq->shadow_avail_idx;
    status->used_idx = vq->used_idx;
    status->signalled_used = vq->signalled_used;
    status->signalled_used_valid = vq->signalled_used_valid;
    return status;
}

VirtVhostQueueStatus *
qmp_x_query_virtio_vhost_queue_status(const char *path, uint16_t queue,
                                      Error **errp)
{
    if (!qmp_find_virtio_device(path)) {
        error_setg(errp, "Path %s is not a VirtIODevice", path);
        return NULL;
    }
    error_setg(errp, "Error: vhost device has not started yet");
    return NULL;
}

/* What is in the queue */

static strList *qmp_decode_vring_desc_flags(uint16_t flags)
{
    static const VirtioBitName names[] = {
        { VRING_DESC_F_NEXT, "next" },
        { VRING_DESC_F_WRITE, "write" },
        { VRING_DESC_F_INDIRECT, "indirect" },
        { }
    };
    uint64_t bits = flags;

    return virtio_name_bits(names, &bits);
}

/* A table of @max descriptors, in the ring or of an indirect descriptor. */
typedef struct QmpDescTable {
    VirtIODevice *vdev;
    MemoryRegionCache *cache;
    unsigned int max;
} QmpDescTable;

static VRingDesc qmp_read_desc(const QmpDescTable *table, unsigned int i)
{
    VRingDesc desc;

    address_space_read_cached(table->cache, (hwaddr)i * sizeof(desc), &desc,
                              sizeof(desc));
    virtio_tswap64s(table->vdev, &desc.addr);
    virtio_tswap32s(table->vdev, &desc.len);
    virtio_tswap16s(table->vdev, &desc.flags);
    virtio_tswap16s(table->vdev, &desc.next);
    return desc;
}

/*
 * The chain that begins with descriptor @i.  Not longer than the table: a
 * chain that is, goes round.
 */
static VirtioRingDescList *qmp_read_chain(const QmpDescTable *table,
                                          unsigned int i)
{
    VirtioRingDescList *list = NULL;

    for (unsigned int n = 0; n < table->max && i < table->max; n++) {
        VRingDesc desc = qmp_read_desc(table, i);
        VirtioRingDesc *info = g_new0(VirtioRingDesc, 1);

        info->addr = desc.addr;
        info->len = desc.len;
        info->flags = qmp_decode_vring_desc_flags(desc.flags);
        QAPI_LIST_PREPEND(list, info);
        if (!(desc.flags & VRING_DESC_F_NEXT)) {
            break;
        }
        i = desc.next;
    }
    return list;
}

/* The chain of the ring that begins with @head.  False with an error set. */
static bool qmp_read_element(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                             unsigned int head, VirtioRingDescList **list,
                             Error **errp)
{
    VirtIODevice *vdev = vq->vdev;
    QmpDescTable table = { vdev, &caches->desc, vq->vring.num };
    MemoryRegionCache indirect;
    VRingDesc desc;
    int64_t len;

    if (head >= vq->vring.num) {
        error_setg(errp, "Guest says index %u is available", head);
        return false;
    }
    if (caches->desc.len < vq->vring.num * sizeof(VRingDesc)) {
        error_setg(errp, "Cannot map descriptor ring");
        return false;
    }
    desc = qmp_read_desc(&table, head);
    if (!(desc.flags & VRING_DESC_F_INDIRECT)) {
        *list = qmp_read_chain(&table, head);
        return true;
    }

    table.max = MIN(desc.len / sizeof(VRingDesc), VIRTQUEUE_MAX_SIZE);
    if (!table.max) {
        return true;
    }
    len = address_space_cache_init(&indirect, vdev->dma_as, desc.addr,
                                   desc.len, false);
    if (len < 0 || len < desc.len) {
        error_setg(errp, "Cannot map indirect buffer");
        if (len >= 0) {
            address_space_cache_destroy(&indirect);
        }
        return false;
    }
    table.cache = &indirect;
    *list = qmp_read_chain(&table, 0);
    address_space_cache_destroy(&indirect);
    return true;
}

static uint16_t qmp_read_ring(VirtIODevice *vdev, MemoryRegionCache *cache,
                              hwaddr pa)
{
    return virtio_lduw_phys_cached(vdev, cache, pa);
}

VirtioQueueElement *qmp_x_query_virtio_queue_element(const char *path,
                                                     uint16_t queue,
                                                     bool has_index,
                                                     uint16_t index,
                                                     Error **errp)
{
    VirtIODevice *vdev = qmp_find_virtio_device(path);
    VRingMemoryRegionCaches *caches;
    VirtioRingDescList *descs = NULL;
    VirtioQueueElement *element;
    unsigned int head, i;
    VirtQueue *vq;

    if (!vdev) {
        error_setg(errp, "Path %s is not a VirtIO device", path);
        return NULL;
    }
    vq = qmp_find_virtqueue(vdev, queue, errp);
    if (!vq) {
        return NULL;
    }
    if (virtqueue_is_packed(vq)) {
        error_setg(errp, "Packed ring not supported");
        return NULL;
    }

    RCU_READ_LOCK_GUARD();
    caches = vring_get_region_caches(vq);
    if (!caches) {
        error_setg(errp, "Region caches not initialized");
        return NULL;
    }
    i = (has_index ? index : vq->last_avail_idx) % vq->vring.num;
    head = qmp_read_ring(vdev, &caches->avail, offsetof(VRingAvail, ring[i]));
    if (!qmp_read_element(vq, caches, head, &descs, errp)) {
        return NULL;
    }

    element = g_new0(VirtioQueueElement, 1);
    element->name = g_strdup(vdev->name);
    element->index = head;
    element->descs = descs;
    element->avail = g_new0(VirtioRingAvail, 1);
    element->avail->flags = qmp_read_ring(vdev, &caches->avail,
                                          offsetof(VRingAvail, flags));
    element->avail->idx = qmp_read_ring(vdev, &caches->avail,
                                        offsetof(VRingAvail, idx));
    element->avail->ring = head;
    element->used = g_new0(VirtioRingUsed, 1);
    element->used->flags = qmp_read_ring(vdev, &caches->used,
                                         offsetof(VRingUsed, flags));
    element->used->idx = qmp_read_ring(vdev, &caches->used,
                                       offsetof(VRingUsed, idx));
    return element;
}
