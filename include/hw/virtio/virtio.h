/*
 * virtio: devices that talk to the guest through rings in its memory.
 *
 * A ring
 * ------
 * The guest's driver describes buffers in a table of descriptors, and puts
 * the number of a chain's first descriptor into the avail ring.  The device
 * takes it from there, reads or fills the buffers, and puts the number, with
 * how many bytes it wrote, into the used ring.  Each side writes one ring and
 * reads the other, so neither needs a lock (virtio 1.2, 2.7):
 *
 *      driver writes               in the guest's RAM             device writes
 *
 *      avail.idx ----> +-------+     desc[0] addr len flags next
 *                      | 3 | 0 | ->  desc[3] addr len NEXT  4 --+
 *                      +-------+     desc[4] addr len WRITE   <-+
 *                                                        +-----------+
 *                                                        | 3,60 |    | <---- used.idx
 *                                                        +-----------+
 *
 *      virtio_queue_notify(): "there is          virtio_notify(): "there is
 *       something in avail"  (a kick)             something in used" (interrupt)
 *
 * A device's code sees none of this.  It takes a VirtQueueElement, whose
 * descriptors are already mapped into two iovecs, and gives it back:
 *
 *      virtqueue_pop -> ... out_sg: to read, in_sg: to fill ... -> virtqueue_push
 *                                                               -> virtio_notify
 *
 * That is the split ring.  A driver may choose the packed one, which is a single
 * array (VIRTIO_F_RING_PACKED, 2.8; drawn in hw/virtio/virtqueue-packed.c); to
 * a device they are the same.
 *
 * virtqueue_push() is virtqueue_fill() and virtqueue_flush() for one element;
 * a device that completes several at once fills each and flushes once, so
 * that the guest sees all of them or none.
 *
 * Two devices and a bus
 * ---------------------
 * A virtio device is cut in two.  The backend is a VirtIODevice: it knows
 * queues, features and its own configuration, and nothing of PCI.  The proxy
 * is a device on a real bus, which makes registers and interrupts out of
 * them.  Between them lies a bus with one seat, whose class methods are the
 * backend's only way to the proxy (hw/virtio/virtio-bus.h).
 *
 *   who owns whom (info qom-tree)            who is plugged into what (info qtree)
 *
 *   /machine/peripheral                      bus: pci.0
 *     nic0 (virtio-net-pci)                    dev: virtio-net-pci, id "nic0"
 *       virtio-bus (virtio-pci-bus)              bus: virtio-bus
 *       virtio-backend (virtio-net-device)         dev: virtio-net-device
 *
 *   virtio_net_device_realize()   the device type      hw/net/virtio-net.c
 *             |
 *   virtio_device_realize()       every device         hw/virtio/virtio.c
 *             |
 *   virtio_bus_device_plugged()   every transport      hw/virtio/virtio-bus.c
 *             |
 *   virtio_pci_device_plugged()   this transport       hw/virtio/virtio-pci.c
 *
 * The guest is not to be believed
 * -------------------------------
 * Rings are written by the guest while we read them.  Every index, length
 * and address is read once, checked, and used.  What cannot be is reported
 * by virtio_error(): the device is broken from then on, says so to the guest
 * by NEEDS_RESET, and serves no queue until the guest has reset it.
 *
 * Unless said otherwise, functions are called with the big lock held, or in
 * the AioContext that serves the queue.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_H
#define QEMU_VIRTIO_H

#include "block/aio.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "net/net.h"
#include "migration/vmstate.h"
#include "qemu/event_notifier.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ring.h"
#include "qom/object.h"

/*
 * A driver that takes this bit has not negotiated, it has copied: no device
 * means it.  legacy drivers did; for them get_features() may still offer it.
 */
#define VIRTIO_F_BAD_FEATURE            30

/* Bits that mean nothing, or something else, to a driver of virtio 1. */
#define VIRTIO_LEGACY_FEATURES ((1ULL << VIRTIO_F_BAD_FEATURE) | \
                                (1ULL << VIRTIO_F_NOTIFY_ON_EMPTY) | \
                                (1ULL << VIRTIO_F_ANY_LAYOUT))

/* The next multiple of @align, a power of two, at or above @addr. */
static inline hwaddr vring_align(hwaddr addr, unsigned long align)
{
    return (addr + align - 1) & ~((hwaddr)align - 1);
}

/* How far the configuration space reaches when a feature is offered. */
typedef struct VirtIOFeature {
    uint64_t flags;     /* any of these bits ... */
    size_t end;         /* ... needs this many bytes */
} VirtIOFeature;

/* @feature_sizes ends with an entry whose flags are 0. */
typedef struct VirtIOConfigSizeParams {
    size_t min_size;
    size_t max_size;
    const VirtIOFeature *feature_sizes;
} VirtIOConfigSizeParams;

/* The size of the configuration space of a device with @host_features. */
size_t virtio_get_config_size(const VirtIOConfigSizeParams *params,
                              uint64_t host_features);

typedef struct VirtQueue VirtQueue;

/* The longest ring, and the longest chain of descriptors. */
#define VIRTQUEUE_MAX_SIZE 1024

/*
 * One chain of descriptors, mapped.  virtqueue_pop() allocates it in one
 * piece together with its arrays, so g_free() is the whole of freeing it.
 * The mappings must be given back first: by virtqueue_push() or _fill(), or
 * by virtqueue_detach_element() or _unpop() if it is not to be completed.
 */
typedef struct VirtQueueElement {
    unsigned int index;         /* of the chain's first descriptor */
    unsigned int len;           /* bytes written, once filled */
    unsigned int ndescs;        /* ring places: 1 in a split ring */
    unsigned int out_num;       /* the device reads these: */
    unsigned int in_num;        /* and writes these: */
    hwaddr *in_addr;
    hwaddr *out_addr;
    struct iovec *in_sg;
    struct iovec *out_sg;
} VirtQueueElement;

/* Queues of one device. */
#define VIRTIO_QUEUE_MAX 1024

#define VIRTIO_NO_VECTOR 0xffff

#define TYPE_VIRTIO_DEVICE "virtio-device"
OBJECT_DECLARE_TYPE(VirtIODevice, VirtioDeviceClass, VIRTIO_DEVICE)

enum virtio_device_endian {
    VIRTIO_DEVICE_ENDIAN_UNKNOWN,
    VIRTIO_DEVICE_ENDIAN_LITTLE,
    VIRTIO_DEVICE_ENDIAN_BIG,
};

/*
 * The backend, as every device has it.  A device reads these; it writes only
 * those marked (w).
 */
struct VirtIODevice {
    DeviceState parent_obj;

    const char *name;           /* "virtio-net"; names regions and messages */

    /* What the guest can change; back to its start by virtio_reset(). */
    uint8_t status;             /* VIRTIO_CONFIG_S_* */
    uint8_t isr;                /* bit 0: a queue, bit 1: the configuration */
    uint16_t queue_sel;
    uint64_t guest_features;    /* what both sides agreed on */
    uint16_t config_vector;
    bool broken;                /* virtio_error() was here */
    bool started;
    bool start_on_kick;         /* a kick before DRIVER_OK starts it (legacy) */
    bool disabled;              /* in hardware error: answers no status */
    bool vhost_started;

    /* Held from virtio_init() to virtio_cleanup(). */
    size_t config_len;
    void *config;               /* a copy; set_config() has the truth */
    uint32_t generation;        /* counts changes of the configuration */
    VirtQueue *vq;              /* VIRTIO_QUEUE_MAX of them */
    uint16_t device_id;         /* VIRTIO_ID_* */
    bool vm_running;
    VMChangeStateEntry *vmstate;
    QLIST_HEAD(, VirtQueue) *vector_queues;     /* by vector */
    uint8_t device_endian;
    bool use_guest_notifier_mask;

    /* Held from plug to unplug: the transport's part. */
    uint64_t host_features;     /* what we offer */
    uint64_t backend_features;
    int nvectors;
    AddressSpace *dma_as;       /* where descriptors point */
    MemoryListener listener;    /* drops the region caches when it changes */
    QTAILQ_ENTRY(VirtIODevice) next;

    /* Properties, and (w) what a device sets in its realize. */
    bool use_disabled_flag;
    bool use_started;
    bool disable_legacy_check;
    char *bus_name;             /* of a bus below the device (w) */
};

/*
 * A device type fills these in by class_init.  realize() runs before the
 * transport knows of the device, and calls virtio_init() first.
 */
struct VirtioDeviceClass {
    DeviceClass parent_class;

    DeviceRealize realize;
    DeviceUnrealize unrealize;

    /*
     * What the device offers, given @requested_features: those of the
     * transport and of host_features.  Called once, when it is plugged.
     */
    uint64_t (*get_features)(VirtIODevice *vdev,
                             uint64_t requested_features,
                             Error **errp);
    /* What a driver that sets VIRTIO_F_BAD_FEATURE is taken to mean. */
    uint64_t (*bad_features)(VirtIODevice *vdev);
    /* The guest chose @val, a subset of what was offered. */
    void (*set_features)(VirtIODevice *vdev, uint64_t val);
    /* The guest sets FEATURES_OK: 0 to agree. */
    int (*validate_features)(VirtIODevice *vdev);
    /* Write config_len bytes, in the device's byte order. */
    void (*get_config)(VirtIODevice *vdev, uint8_t *config);
    void (*set_config)(VirtIODevice *vdev, const uint8_t *config);
    void (*reset)(VirtIODevice *vdev);
    /* The status is about to become @val; vdev->status is still the old. */
    void (*set_status)(VirtIODevice *vdev, uint8_t val);
    /* One queue stops (VIRTIO_F_RING_RESET), or starts again. */
    void (*queue_reset)(VirtIODevice *vdev, uint32_t queue_index);
    void (*queue_enable)(VirtIODevice *vdev, uint32_t queue_index);

    /* Bits that only a transitional device may offer. */
    uint64_t legacy_features;

    /* Is queue @n's interrupt due, and shall it be held back? */
    bool (*guest_notifier_pending)(VirtIODevice *vdev, int n);
    void (*guest_notifier_mask)(VirtIODevice *vdev, int n, bool mask);
    /* Have kicks arrive by eventfd; 0 or -errno. */
    int (*start_ioeventfd)(VirtIODevice *vdev);
    void (*stop_ioeventfd)(VirtIODevice *vdev);

    /* The device's own part of a migration stream. */
    void (*save)(VirtIODevice *vdev, QEMUFile *f);
    int (*load)(VirtIODevice *vdev, QEMUFile *f, int version_id);
    /* After load and after the rings are known: fix up, 0 or -errno. */
    int (*post_load)(VirtIODevice *vdev);
    const VMStateDescription *vmsd;
    bool (*primary_unplug_pending)(void *opaque);
    struct vhost_dev *(*get_vhost)(VirtIODevice *vdev);
    void (*toggle_device_iotlb)(VirtIODevice *vdev);
    /* The stream says how many queues there are: add what is missing. */
    int (*pre_load_queues)(VirtIODevice *vdev, uint32_t n);
};

/* Life */

/*
 * For a proxy's instance_init: make the backend @data, of type @vdev_name and
 * @vdev_size bytes inside the proxy, its child "virtio-backend", and alias
 * all of the backend's properties to the proxy.
 */
void virtio_instance_init_common(Object *proxy_obj, void *data,
                                 size_t vdev_size, const char *vdev_name);

/*
 * First thing in a device's realize, and last in its unrealize.  @device_id
 * is VIRTIO_ID_*, @config_size the bytes of its configuration space.
 */
void virtio_init(VirtIODevice *vdev, uint16_t device_id, size_t config_size);
void virtio_cleanup(VirtIODevice *vdev);

/*
 * The guest did what no driver may: log why, mark the device broken and ask
 * the guest for a reset.  Never a reason to stop the VM.
 */
void virtio_error(VirtIODevice *vdev, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* Name the bus that the device will make below itself; @bus_name is copied. */
void virtio_device_set_child_bus_name(VirtIODevice *vdev, char *bus_name);

/* The guest kicked @vq. */
typedef void (*VirtIOHandleOutput)(VirtIODevice *, VirtQueue *);

/*
 * Take the next free queue, with a ring of at most @queue_size entries.
 * Never NULL: more than VIRTIO_QUEUE_MAX, or a longer ring, is our own bug.
 */
VirtQueue *virtio_add_queue(VirtIODevice *vdev, int queue_size,
                            VirtIOHandleOutput handle_output);
void virtio_del_queue(VirtIODevice *vdev, int n);
void virtio_delete_queue(VirtQueue *vq);

/* Requests */

/*
 * The next chain, or NULL if there is none (or if it was bad: then the device
 * is broken by now).  @sz is the size of a struct that starts with a
 * VirtQueueElement; the rest of it is not initialized.  Free with g_free().
 */
void *virtqueue_pop(VirtQueue *vq, size_t sz);

/* Give @elem back; the guest is told that @len bytes of in_sg were written. */
void virtqueue_push(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len);

/*
 * The same, with the interrupt (virtio_notify_irqfd()): at once, or together
 * with others that are given back in the same turn of the event loop that serves
 * the queue.  In its thread, or with its lock held.
 */
void virtqueue_push_batched(VirtQueue *vq, const VirtQueueElement *elem,
                            unsigned int len);

/*
 * The same in two steps: write @elem to the used ring, @idx entries after
 * what the guest can see, then make @count entries visible.
 */
void virtqueue_fill(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len, unsigned int idx);
void virtqueue_flush(VirtQueue *vq, unsigned int count);

/* Unmap @elem without completing it: the guest will never see it again. */
void virtqueue_detach_element(VirtQueue *vq, const VirtQueueElement *elem,
                              unsigned int len);
/* Unmap @elem, the last one popped, and put it back: pop gives it again. */
void virtqueue_unpop(VirtQueue *vq, const VirtQueueElement *elem,
                     unsigned int len);
/*
 * Put back the last @num elements, which are detached.  False, and nothing
 * is changed, if fewer are in flight.  In a packed ring @num counts
 * descriptors: one an element, if none was a chain.
 */
bool virtqueue_rewind(VirtQueue *vq, unsigned int num);

/* Complete everything that is available, unread, with length 0; how many. */
unsigned int virtqueue_drop_all(VirtQueue *vq);

/* Map in_sg and out_sg again from in_addr and out_addr, after migration. */
void virtqueue_map(VirtIODevice *vdev, VirtQueueElement *elem);

/* An element in flight, to and from a migration stream. */
void *qemu_get_virtqueue_element(VirtIODevice *vdev, QEMUFile *f, size_t sz);
void qemu_put_virtqueue_element(VirtIODevice *vdev, QEMUFile *f,
                                VirtQueueElement *elem);

/* Are there @in_bytes to write and @out_bytes to read, over all chains? */
int virtqueue_avail_bytes(VirtQueue *vq, unsigned int in_bytes,
                          unsigned int out_bytes);

/*
 * Count what is available, until both maxima are reached.  Returns a token
 * for virtio_queue_enable_notification_and_check(), or -1 if the ring could
 * not be read.
 */
int virtqueue_get_avail_bytes(VirtQueue *vq, unsigned int *in_bytes,
                              unsigned int *out_bytes,
                              unsigned max_in_bytes, unsigned max_out_bytes);

/* Notifications */

/*
 * The used ring has changed: interrupt the guest, unless it asked not to be.
 * _irqfd may be called from any thread, and goes through the guest notifier.
 */
void virtio_notify(VirtIODevice *vdev, VirtQueue *vq);
void virtio_notify_irqfd(VirtIODevice *vdev, VirtQueue *vq);
/* The configuration has changed. */
void virtio_notify_config(VirtIODevice *vdev);

/* Do we want to be kicked?  Off while polling saves the guest an exit. */
bool virtio_queue_get_notification(VirtQueue *vq);
void virtio_queue_set_notification(VirtQueue *vq, int enable);

/*
 * Switch kicks on, and say if something has become available since @opaque
 * was got: if so there may never be a kick for it.
 */
bool virtio_queue_enable_notification_and_check(VirtQueue *vq, int opaque);

/* Has the guest given the ring an address? */
int virtio_queue_ready(VirtQueue *vq);
/* Is there nothing to pop? */
int virtio_queue_empty(VirtQueue *vq);

/* Migration */

int virtio_save(VirtIODevice *vdev, QEMUFile *f);
int virtio_load(VirtIODevice *vdev, QEMUFile *f, int version_id);

extern const VMStateInfo virtio_vmstate_info;

#define VMSTATE_VIRTIO_DEVICE                   \
    {                                           \
        .name = "virtio",                       \
        .info = &virtio_vmstate_info,           \
        .flags = VMS_SINGLE,                    \
    }

/* For transports: the configuration space */

/*
 * Legacy accesses are in the guest's byte order, modern ones little endian.
 * Beyond config_len reads give all ones and writes do nothing.
 */
uint32_t virtio_config_readb(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_readw(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_readl(VirtIODevice *vdev, uint32_t addr);
void virtio_config_writeb(VirtIODevice *vdev, uint32_t addr, uint32_t data);
void virtio_config_writew(VirtIODevice *vdev, uint32_t addr, uint32_t data);
void virtio_config_writel(VirtIODevice *vdev, uint32_t addr, uint32_t data);

uint32_t virtio_config_modern_readb(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_modern_readw(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_modern_readl(VirtIODevice *vdev, uint32_t addr);
void virtio_config_modern_writeb(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);
void virtio_config_modern_writew(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);
void virtio_config_modern_writel(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);

/* For transports: queue @n, which must be below VIRTIO_QUEUE_MAX */

/* Legacy: one address, the rest follows from size and alignment. */
void virtio_queue_set_addr(VirtIODevice *vdev, int n, hwaddr addr);
hwaddr virtio_queue_get_addr(VirtIODevice *vdev, int n);
void virtio_queue_set_align(VirtIODevice *vdev, int n, int align);
void virtio_queue_update_rings(VirtIODevice *vdev, int n);
/* Modern: three addresses. */
void virtio_queue_set_rings(VirtIODevice *vdev, int n, hwaddr desc,
                            hwaddr avail, hwaddr used);
/*
 * A size that is 0 or too long changes nothing, nor does one that is no power
 * of two if the ring is split.
 */
void virtio_queue_set_num(VirtIODevice *vdev, int n, int num);
int virtio_queue_get_num(VirtIODevice *vdev, int n);
/* The ring's length as the device made it: what was allocated. */
int virtio_queue_get_max_num(VirtIODevice *vdev, int n);
int virtio_get_num_queues(VirtIODevice *vdev);
/* Translate the rings' addresses once, so that pop and push need not. */
void virtio_init_region_cache(VirtIODevice *vdev, int n);

void virtio_queue_notify(VirtIODevice *vdev, int n);
uint16_t virtio_queue_vector(VirtIODevice *vdev, int n);
void virtio_queue_set_vector(VirtIODevice *vdev, int n, uint16_t vector);
int virtio_queue_set_host_notifier_mr(VirtIODevice *vdev, int n,
                                      MemoryRegion *mr, bool assign);
void virtio_queue_reset(VirtIODevice *vdev, uint32_t queue_index);
void virtio_queue_enable(VirtIODevice *vdev, uint32_t queue_index);

hwaddr virtio_queue_get_desc_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_avail_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_used_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_desc_size(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_avail_size(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_used_size(VirtIODevice *vdev, int n);
bool virtio_queue_enabled_legacy(VirtIODevice *vdev, int n);
bool virtio_queue_enabled(VirtIODevice *vdev, int n);
/*
 * How far the device has come, for who serves the queue next.  Of a packed
 * ring these are two places, the next to pop and (in the upper half) the next
 * to use, each with its wrap counter as bit 15.
 */
unsigned int virtio_queue_get_last_avail_idx(VirtIODevice *vdev, int n);
void virtio_queue_set_last_avail_idx(VirtIODevice *vdev, int n,
                                     unsigned int idx);
void virtio_queue_restore_last_avail_idx(VirtIODevice *vdev, int n);
void virtio_queue_invalidate_signalled_used(VirtIODevice *vdev, int n);
void virtio_queue_update_used_idx(VirtIODevice *vdev, int n);

/* NULL or 0 for a queue that was never added would be our own bug. */
VirtQueue *virtio_get_queue(VirtIODevice *vdev, int n);
uint16_t virtio_get_queue_index(VirtQueue *vq);

/* The queues that share MSI-X vector @vector. */
VirtQueue *virtio_vector_first_queue(VirtIODevice *vdev, uint16_t vector);
VirtQueue *virtio_vector_next_queue(VirtQueue *vq);

/* For transports: the device as a whole */

/* 0, or -EINVAL if the device does not take the features (FEATURES_OK). */
int virtio_set_status(VirtIODevice *vdev, uint8_t val);
/* @opaque is the VirtIODevice. */
void virtio_reset(void *opaque);
void virtio_update_irq(VirtIODevice *vdev);
/* 0, -1 if bits were not on offer, -EINVAL after FEATURES_OK. */
int virtio_set_features(VirtIODevice *vdev, uint64_t val);
bool virtio_legacy_allowed(VirtIODevice *vdev);
bool virtio_legacy_check_disabled(VirtIODevice *vdev);

/*
 * Notifiers: eventfds in place of calls.  The guest notifier carries an
 * interrupt (us to the guest), the host notifier a kick (the guest to us).
 */
EventNotifier *virtio_queue_get_guest_notifier(VirtQueue *vq);
void virtio_queue_set_guest_notifier_fd_handler(VirtQueue *vq, bool assign,
                                                bool with_irqfd);
int virtio_device_start_ioeventfd(VirtIODevice *vdev);
int virtio_device_grab_ioeventfd(VirtIODevice *vdev);
void virtio_device_release_ioeventfd(VirtIODevice *vdev);
bool virtio_device_ioeventfd_enabled(VirtIODevice *vdev);
EventNotifier *virtio_queue_get_host_notifier(VirtQueue *vq);
void virtio_queue_set_host_notifier_enabled(VirtQueue *vq, bool enabled);
void virtio_queue_host_notifier_read(EventNotifier *n);
void virtio_queue_aio_attach_host_notifier(VirtQueue *vq, AioContext *ctx);
void virtio_queue_aio_attach_host_notifier_no_poll(VirtQueue *vq,
                                                   AioContext *ctx);
void virtio_queue_aio_detach_host_notifier(VirtQueue *vq, AioContext *ctx);

/* The configurations that device headers complete. */
typedef struct VirtIOBlkConf VirtIOBlkConf;
struct virtio_net_conf;
typedef struct virtio_serial_conf virtio_serial_conf;
typedef struct virtio_input_conf virtio_input_conf;
typedef struct VirtIOSCSIConf VirtIOSCSIConf;
typedef struct VirtIORNGConf VirtIORNGConf;

/* The feature bits that every device has as properties. */
#define DEFINE_VIRTIO_COMMON_FEATURES(_state, _field)                   \
    DEFINE_PROP_BIT64("indirect_desc", _state, _field,                  \
                      VIRTIO_RING_F_INDIRECT_DESC, true),               \
    DEFINE_PROP_BIT64("event_idx", _state, _field,                      \
                      VIRTIO_RING_F_EVENT_IDX, true),                   \
    DEFINE_PROP_BIT64("notify_on_empty", _state, _field,                \
                      VIRTIO_F_NOTIFY_ON_EMPTY, true),                  \
    DEFINE_PROP_BIT64("any_layout", _state, _field,                     \
                      VIRTIO_F_ANY_LAYOUT, true),                       \
    DEFINE_PROP_BIT64("iommu_platform", _state, _field,                 \
                      VIRTIO_F_IOMMU_PLATFORM, false),                  \
    DEFINE_PROP_BIT64("packed", _state, _field,                         \
                      VIRTIO_F_RING_PACKED, false),                     \
    DEFINE_PROP_BIT64("queue_reset", _state, _field,                    \
                      VIRTIO_F_RING_RESET, true),                       \
    DEFINE_PROP_BIT64("in_order", _state, _field,                       \
                      VIRTIO_F_IN_ORDER, false)

/* Feature bits */

static inline void virtio_add_feature(uint64_t *features, unsigned int fbit)
{
    assert(fbit < 64);
    *features |= 1ULL << fbit;
}

static inline void virtio_clear_feature(uint64_t *features, unsigned int fbit)
{
    assert(fbit < 64);
    *features &= ~(1ULL << fbit);
}

static inline bool virtio_has_feature(uint64_t features, unsigned int fbit)
{
    assert(fbit < 64);
    return features & (1ULL << fbit);
}

/* Did both sides agree on it? */
static inline bool virtio_vdev_has_feature(VirtIODevice *vdev,
                                           unsigned int fbit)
{
    return virtio_has_feature(vdev->guest_features, fbit);
}

/* Do we offer it? */
static inline bool virtio_host_has_feature(VirtIODevice *vdev,
                                           unsigned int fbit)
{
    return virtio_has_feature(vdev->host_features, fbit);
}

/* virtio 1 is little endian; legacy has the byte order of the guest. */
static inline bool virtio_is_big_endian(VirtIODevice *vdev)
{
    if (!virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        assert(vdev->device_endian != VIRTIO_DEVICE_ENDIAN_UNKNOWN);
        return vdev->device_endian == VIRTIO_DEVICE_ENDIAN_BIG;
    }
    return false;
}

/* Does the driver, with status @status, have the device running? */
static inline bool virtio_device_started(VirtIODevice *vdev, uint8_t status)
{
    if (vdev->use_started) {
        return vdev->started;
    }
    return status & VIRTIO_CONFIG_S_DRIVER_OK;
}

/* The same, and does the VM run, so that the device may? */
static inline bool virtio_device_should_start(VirtIODevice *vdev,
                                              uint8_t status)
{
    if (!vdev->vm_running) {
        return false;
    }
    return virtio_device_started(vdev, status);
}

static inline void virtio_set_started(VirtIODevice *vdev, bool started)
{
    if (started) {
        vdev->start_on_kick = false;
    }
    if (vdev->use_started) {
        vdev->started = started;
    }
}

static inline void virtio_set_disabled(VirtIODevice *vdev, bool disable)
{
    if (vdev->use_disabled_flag) {
        vdev->disabled = disable;
    }
}

/*
 * A bottom half that may not run while the transport of @dev is in an access
 * of its own registers (MemReentrancyGuard).
 */
QEMUBH *virtio_bh_new_guarded_full(DeviceState *dev,
                                   QEMUBHFunc *cb, void *opaque,
                                   const char *name);
#define virtio_bh_new_guarded(dev, cb, opaque) \
    virtio_bh_new_guarded_full((dev), (cb), (opaque), (stringify(cb)))

#endif
