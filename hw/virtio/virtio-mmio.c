/*
 * virtio over MMIO: the proxy, its bus, and its registers.
 *
 * Two versions of the registers share one block; a register that the other
 * version has is none.  Every register has 32 bits and is accessed as such;
 * only the configuration space takes bytes and halves.
 *
 * Kicks and interrupts by eventfd are in virtio-mmio-notifier.c.
 *
 * Read include/hw/virtio/virtio-mmio.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "sysemu/kvm.h"
#include "trace.h"
#include "virtio-mmio-int.h"

#define VIRTIO_MMIO_SIZE 0x200

/* Reset */

/*
 * The driver has written 0 to the status.  What it had said of the queues is
 * void; the rest it will write again.
 */
static void virtio_mmio_soft_reset(VirtIOMMIOProxy *proxy)
{
    if (proxy->legacy) {
        return;
    }
    for (int i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        proxy->vqs[i].enabled = false;
    }
}

static void virtio_mmio_reset(DeviceState *d)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    virtio_mmio_stop_ioeventfd(proxy);
    virtio_bus_reset(&proxy->bus);
    proxy->host_features_sel = 0;
    proxy->guest_features_sel = 0;
    proxy->guest_page_shift = 0;
    memset(proxy->guest_features, 0, sizeof(proxy->guest_features));
    if (!proxy->legacy) {
        memset(proxy->vqs, 0, sizeof(proxy->vqs));
    }
}

/* Reading */

static uint32_t virtio_mmio_version(VirtIOMMIOProxy *proxy)
{
    return proxy->legacy ? VIRT_VERSION_LEGACY : VIRT_VERSION;
}

/* What there is to read without a device: who we are, and no device. */
static uint64_t virtio_mmio_read_empty(VirtIOMMIOProxy *proxy, hwaddr offset)
{
    switch (offset) {
    case VIRTIO_MMIO_MAGIC_VALUE:
        return VIRT_MAGIC;
    case VIRTIO_MMIO_VERSION:
        return virtio_mmio_version(proxy);
    case VIRTIO_MMIO_VENDOR_ID:
        return VIRT_VENDOR;
    default:
        return 0;
    }
}

static uint64_t virtio_mmio_read_config(VirtIOMMIOProxy *proxy,
                                        VirtIODevice *vdev, hwaddr offset,
                                        unsigned size)
{
    switch (size) {
    case 1:
        return proxy->legacy ? virtio_config_readb(vdev, offset)
                             : virtio_config_modern_readb(vdev, offset);
    case 2:
        return proxy->legacy ? virtio_config_readw(vdev, offset)
                             : virtio_config_modern_readw(vdev, offset);
    default:
        return proxy->legacy ? virtio_config_readl(vdev, offset)
                             : virtio_config_modern_readl(vdev, offset);
    }
}

/* The half of what the device offers that DeviceFeaturesSel names. */
static uint32_t virtio_mmio_device_features(VirtIOMMIOProxy *proxy,
                                            VirtIODevice *vdev)
{
    uint64_t features = vdev->host_features;

    if (proxy->legacy) {
        return proxy->host_features_sel ? 0 : features;
    }
    features &= ~VIRTIO_DEVICE_GET_CLASS(vdev)->legacy_features;
    return features >> (32 * proxy->host_features_sel);
}

/* Registers that only one of the versions has.  False: it is not this one. */
static bool virtio_mmio_check_version(VirtIOMMIOProxy *proxy, bool legacy,
                                      const char *access, hwaddr offset)
{
    if (proxy->legacy == legacy) {
        return true;
    }
    qemu_log_mask(LOG_GUEST_ERROR,
                  "virtio-mmio: %s register 0x%" HWADDR_PRIx ", which version"
                  " %u does not have\n", access, offset,
                  virtio_mmio_version(proxy));
    return false;
}

static uint64_t virtio_mmio_read(void *opaque, hwaddr offset, unsigned size)
{
    VirtIOMMIOProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    trace_virtio_mmio_read(offset);
    if (!vdev) {
        return virtio_mmio_read_empty(proxy, offset);
    }
    if (offset >= VIRTIO_MMIO_CONFIG) {
        return virtio_mmio_read_config(proxy, vdev,
                                       offset - VIRTIO_MMIO_CONFIG, size);
    }
    if (size != 4) {
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-mmio: read of %u bytes from"
                      " register 0x%" HWADDR_PRIx "\n", size, offset);
        return 0;
    }

    switch (offset) {
    case VIRTIO_MMIO_MAGIC_VALUE:
    case VIRTIO_MMIO_VERSION:
    case VIRTIO_MMIO_VENDOR_ID:
        return virtio_mmio_read_empty(proxy, offset);
    case VIRTIO_MMIO_DEVICE_ID:
        return vdev->device_id;
    case VIRTIO_MMIO_DEVICE_FEATURES:
        return virtio_mmio_device_features(proxy, vdev);
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
        /* What was allocated, and so what QueueNum will be held against. */
        return virtio_queue_get_max_num(vdev, vdev->queue_sel);
    case VIRTIO_MMIO_QUEUE_PFN:
        if (!virtio_mmio_check_version(proxy, true, "read of", offset)) {
            return 0;
        }
        return virtio_queue_get_addr(vdev, vdev->queue_sel) >>
               proxy->guest_page_shift;
    case VIRTIO_MMIO_QUEUE_READY:
        if (!virtio_mmio_check_version(proxy, false, "read of", offset)) {
            return 0;
        }
        return proxy->vqs[vdev->queue_sel].enabled;
    case VIRTIO_MMIO_INTERRUPT_STATUS:
        return qatomic_read(&vdev->isr);
    case VIRTIO_MMIO_STATUS:
        return vdev->status;
    case VIRTIO_MMIO_CONFIG_GENERATION:
        if (!virtio_mmio_check_version(proxy, false, "read of", offset)) {
            return 0;
        }
        return vdev->generation;
    case VIRTIO_MMIO_SHM_LEN_LOW:
    case VIRTIO_MMIO_SHM_LEN_HIGH:
        /* Whichever SHMSel names, it is not there (4.2.2). */
        return (uint32_t)-1;
    case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
    case VIRTIO_MMIO_DRIVER_FEATURES:
    case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
    case VIRTIO_MMIO_GUEST_PAGE_SIZE:
    case VIRTIO_MMIO_QUEUE_SEL:
    case VIRTIO_MMIO_QUEUE_NUM:
    case VIRTIO_MMIO_QUEUE_ALIGN:
    case VIRTIO_MMIO_QUEUE_NOTIFY:
    case VIRTIO_MMIO_INTERRUPT_ACK:
    case VIRTIO_MMIO_QUEUE_DESC_LOW:
    case VIRTIO_MMIO_QUEUE_DESC_HIGH:
    case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
    case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
    case VIRTIO_MMIO_QUEUE_USED_LOW:
    case VIRTIO_MMIO_QUEUE_USED_HIGH:
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-mmio: read of register 0x%"
                      HWADDR_PRIx ", which can only be written\n", offset);
        return 0;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-mmio: there is no register 0x%"
                      HWADDR_PRIx " to read\n", offset);
        return 0;
    }
}

/* Writing */

static void virtio_mmio_write_config(VirtIOMMIOProxy *proxy,
                                     VirtIODevice *vdev, hwaddr offset,
                                     uint64_t value, unsigned size)
{
    switch (size) {
    case 1:
        proxy->legacy ? virtio_config_writeb(vdev, offset, value)
                      : virtio_config_modern_writeb(vdev, offset, value);
        break;
    case 2:
        proxy->legacy ? virtio_config_writew(vdev, offset, value)
                      : virtio_config_modern_writew(vdev, offset, value);
        break;
    default:
        proxy->legacy ? virtio_config_writel(vdev, offset, value)
                      : virtio_config_modern_writel(vdev, offset, value);
        break;
    }
}

static uint64_t virtio_mmio_join(const uint32_t half[2])
{
    return (uint64_t)half[1] << 32 | half[0];
}

static void virtio_mmio_write_features(VirtIOMMIOProxy *proxy,
                                       VirtIODevice *vdev, uint32_t value)
{
    if (!proxy->legacy) {
        /* The device hears of both halves at once, with FEATURES_OK. */
        proxy->guest_features[proxy->guest_features_sel] = value;
    } else if (proxy->guest_features_sel) {
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-mmio: version 1 has no features"
                      " beyond bit 31 to take\n");
    } else {
        virtio_set_features(vdev, value);
    }
}

static void virtio_mmio_write_queue_num(VirtIOMMIOProxy *proxy,
                                        VirtIODevice *vdev, uint32_t value)
{
    uint16_t n = vdev->queue_sel;

    trace_virtio_mmio_queue_write(value, virtio_queue_get_max_num(vdev, n));
    /* What 16 bits do not hold is more than any queue has. */
    value = MIN(value, UINT16_MAX);
    virtio_queue_set_num(vdev, n, value);
    if (proxy->legacy) {
        virtio_queue_update_rings(vdev, n);
    } else {
        virtio_init_region_cache(vdev, n);
        proxy->vqs[n].num = value;
    }
}

/*
 * Version 1: the ring is where the page is, and 0 resets the device, but not
 * what the driver said of its pages: it says that once.
 */
static void virtio_mmio_write_queue_pfn(VirtIOMMIOProxy *proxy,
                                        VirtIODevice *vdev, uint32_t value)
{
    if (value == 0) {
        virtio_mmio_stop_ioeventfd(proxy);
        virtio_reset(vdev);
    } else {
        virtio_queue_set_addr(vdev, vdev->queue_sel,
                              (hwaddr)value << proxy->guest_page_shift);
    }
}

static void virtio_mmio_write_queue_ready(VirtIOMMIOProxy *proxy,
                                          VirtIODevice *vdev, uint32_t value)
{
    uint16_t n = vdev->queue_sel;
    VirtIOMMIOQueue *q = &proxy->vqs[n];

    if (!value) {
        q->enabled = false;
        return;
    }
    virtio_queue_set_num(vdev, n, q->num);
    virtio_queue_set_rings(vdev, n, virtio_mmio_join(q->desc),
                           virtio_mmio_join(q->avail),
                           virtio_mmio_join(q->used));
    q->enabled = true;
}

static void virtio_mmio_write_status(VirtIOMMIOProxy *proxy,
                                     VirtIODevice *vdev, uint8_t value)
{
    if (!(value & VIRTIO_CONFIG_S_DRIVER_OK)) {
        virtio_mmio_stop_ioeventfd(proxy);
    }
    if (!proxy->legacy && (value & VIRTIO_CONFIG_S_FEATURES_OK)) {
        virtio_set_features(vdev, virtio_mmio_join(proxy->guest_features));
    }
    virtio_set_status(vdev, value);
    if (value & VIRTIO_CONFIG_S_DRIVER_OK) {
        virtio_mmio_start_ioeventfd(proxy);
    }
    if (vdev->status == 0) {
        virtio_reset(vdev);
        virtio_mmio_soft_reset(proxy);
    }
}

/*
 * Registers that only version 2 has: where the parts of a queue are.  NULL if
 * @offset is none of them.
 */
static uint32_t *virtio_mmio_queue_half(VirtIOMMIOQueue *q, hwaddr offset)
{
    switch (offset) {
    case VIRTIO_MMIO_QUEUE_DESC_LOW:
        return &q->desc[0];
    case VIRTIO_MMIO_QUEUE_DESC_HIGH:
        return &q->desc[1];
    case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
        return &q->avail[0];
    case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
        return &q->avail[1];
    case VIRTIO_MMIO_QUEUE_USED_LOW:
        return &q->used[0];
    case VIRTIO_MMIO_QUEUE_USED_HIGH:
        return &q->used[1];
    default:
        return NULL;
    }
}

static void virtio_mmio_write(void *opaque, hwaddr offset, uint64_t value,
                              unsigned size)
{
    VirtIOMMIOProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    trace_virtio_mmio_write_offset(offset, value);
    if (!vdev) {
        return;
    }
    if (offset >= VIRTIO_MMIO_CONFIG) {
        virtio_mmio_write_config(proxy, vdev, offset - VIRTIO_MMIO_CONFIG,
                                 value, size);
        return;
    }
    if (size != 4) {
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-mmio: write of %u bytes to"
                      " register 0x%" HWADDR_PRIx "\n", size, offset);
        return;
    }

    switch (offset) {
    case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
        proxy->host_features_sel = !!value;
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES:
        virtio_mmio_write_features(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
        proxy->guest_features_sel = !!value;
        break;
    case VIRTIO_MMIO_GUEST_PAGE_SIZE:
        if (virtio_mmio_check_version(proxy, true, "write to", offset)) {
            /* 0 has no lowest bit that is set: pages of one byte then. */
            proxy->guest_page_shift = value ? ctz32(value) : 0;
            trace_virtio_mmio_guest_page(value, proxy->guest_page_shift);
        }
        break;
    case VIRTIO_MMIO_QUEUE_SEL:
        if (value < VIRTIO_QUEUE_MAX) {
            vdev->queue_sel = value;
        }
        break;
    case VIRTIO_MMIO_QUEUE_NUM:
        virtio_mmio_write_queue_num(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_QUEUE_ALIGN:
        if (virtio_mmio_check_version(proxy, true, "write to", offset)) {
            virtio_queue_set_align(vdev, vdev->queue_sel, value);
        }
        break;
    case VIRTIO_MMIO_QUEUE_PFN:
        if (virtio_mmio_check_version(proxy, true, "write to", offset)) {
            virtio_mmio_write_queue_pfn(proxy, vdev, value);
        }
        break;
    case VIRTIO_MMIO_QUEUE_READY:
        if (virtio_mmio_check_version(proxy, false, "write to", offset)) {
            virtio_mmio_write_queue_ready(proxy, vdev, value);
        }
        break;
    case VIRTIO_MMIO_QUEUE_NOTIFY:
        if (value < VIRTIO_QUEUE_MAX) {
            virtio_queue_notify(vdev, value);
        }
        break;
    case VIRTIO_MMIO_INTERRUPT_ACK:
        qatomic_and(&vdev->isr, ~value);
        virtio_update_irq(vdev);
        break;
    case VIRTIO_MMIO_STATUS:
        virtio_mmio_write_status(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_QUEUE_DESC_LOW:
    case VIRTIO_MMIO_QUEUE_DESC_HIGH:
    case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
    case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
    case VIRTIO_MMIO_QUEUE_USED_LOW:
    case VIRTIO_MMIO_QUEUE_USED_HIGH:
        if (virtio_mmio_check_version(proxy, false, "write to", offset)) {
            *virtio_mmio_queue_half(&proxy->vqs[vdev->queue_sel], offset) =
                value;
        }
        break;
    case VIRTIO_MMIO_MAGIC_VALUE:
    case VIRTIO_MMIO_VERSION:
    case VIRTIO_MMIO_DEVICE_ID:
    case VIRTIO_MMIO_VENDOR_ID:
    case VIRTIO_MMIO_DEVICE_FEATURES:
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
    case VIRTIO_MMIO_INTERRUPT_STATUS:
    case VIRTIO_MMIO_CONFIG_GENERATION:
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-mmio: write to register 0x%"
                      HWADDR_PRIx ", which can only be read\n", offset);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-mmio: there is no register 0x%"
                      HWADDR_PRIx " to write\n", offset);
        break;
    }
}

/* Version 1 has the byte order of the guest. */
static const MemoryRegionOps virtio_legacy_mem_ops = {
    .read = virtio_mmio_read,
    .write = virtio_mmio_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

static const MemoryRegionOps virtio_mem_ops = {
    .read = virtio_mmio_read,
    .write = virtio_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* The bus's methods: called for the backend */

/* One line for everything: the guest looks at InterruptStatus. */
static void virtio_mmio_update_irq(DeviceState *opaque, uint16_t vector)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(opaque);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    int level;

    if (!vdev) {
        return;
    }
    level = qatomic_read(&vdev->isr) != 0;
    trace_virtio_mmio_setting_irq(level);
    qemu_set_irq(proxy->irq, level);
}

/* Called by virtio_bus_device_plugged() before it asks for the features. */
static void virtio_mmio_pre_plugged(DeviceState *d, Error **errp)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!proxy->legacy) {
        virtio_add_feature(&vdev->host_features, VIRTIO_F_VERSION_1);
    }
}

static void virtio_mmio_vmstate_change(DeviceState *d, bool running)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    if (running) {
        virtio_mmio_start_ioeventfd(proxy);
    } else {
        virtio_mmio_stop_ioeventfd(proxy);
    }
}

/*
 * A sysbus device has no path of its own, and one board may have several
 * transports with the same device in each.  What tells them apart, from one
 * start to the next, is where they are.
 */
static char *virtio_mmio_bus_get_dev_path(DeviceState *dev)
{
    BusState *virtio_mmio_bus = qdev_get_parent_bus(dev);
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(virtio_mmio_bus->parent);
    g_autofree char *proxy_path = qdev_get_dev_path(DEVICE(proxy));
    hwaddr addr = SYS_BUS_DEVICE(proxy)->mmio[0].addr;

    if (!proxy->format_transport_address) {
        return g_steal_pointer(&proxy_path);
    }
    if (proxy_path) {
        return g_strdup_printf("%s/virtio-mmio@%016" PRIx64, proxy_path, addr);
    }
    return g_strdup_printf("virtio-mmio@%016" PRIx64, addr);
}

/* Life */

/* Called by device_set_realized(): the board is about to map the registers. */
static void virtio_mmio_realizefn(DeviceState *d, Error **errp)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);
    SysBusDevice *sbd = SYS_BUS_DEVICE(d);

    qbus_init(&proxy->bus, sizeof(proxy->bus), TYPE_VIRTIO_MMIO_BUS, d, NULL);
    sysbus_init_irq(sbd, &proxy->irq);

    if (!kvm_eventfds_enabled()) {
        proxy->flags &= ~VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD;
    }
    memory_region_init_io(&proxy->iomem, OBJECT(d),
                          proxy->legacy ? &virtio_legacy_mem_ops
                                        : &virtio_mem_ops,
                          proxy, TYPE_VIRTIO_MMIO, VIRTIO_MMIO_SIZE);
    sysbus_init_mmio(sbd, &proxy->iomem);
}

/* Types */

static Property virtio_mmio_properties[] = {
    DEFINE_PROP_BOOL("format_transport_address", VirtIOMMIOProxy,
                     format_transport_address, true),
    DEFINE_PROP_BOOL("force-legacy", VirtIOMMIOProxy, legacy, true),
    DEFINE_PROP_BIT("ioeventfd", VirtIOMMIOProxy, flags,
                    VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD_BIT, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_mmio_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = virtio_mmio_realizefn;
    dc->reset = virtio_mmio_reset;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, virtio_mmio_properties);
}

static const TypeInfo virtio_mmio_info = {
    .name          = TYPE_VIRTIO_MMIO,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(VirtIOMMIOProxy),
    .class_init    = virtio_mmio_class_init,
};

static void virtio_mmio_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bus_class = BUS_CLASS(klass);
    VirtioBusClass *k = VIRTIO_BUS_CLASS(klass);

    bus_class->max_dev = 1;
    bus_class->get_dev_path = virtio_mmio_bus_get_dev_path;
    k->notify = virtio_mmio_update_irq;
    k->save_config = virtio_mmio_save_config;
    k->load_config = virtio_mmio_load_config;
    k->has_extra_state = virtio_mmio_has_extra_state;
    k->save_extra_state = virtio_mmio_save_extra_state;
    k->load_extra_state = virtio_mmio_load_extra_state;
    k->set_guest_notifiers = virtio_mmio_set_guest_notifiers;
    k->ioeventfd_enabled = virtio_mmio_ioeventfd_enabled;
    k->ioeventfd_assign = virtio_mmio_ioeventfd_assign;
    k->pre_plugged = virtio_mmio_pre_plugged;
    k->vmstate_change = virtio_mmio_vmstate_change;
    k->has_variable_vring_alignment = true;
}

static const TypeInfo virtio_mmio_bus_info = {
    .name          = TYPE_VIRTIO_MMIO_BUS,
    .parent        = TYPE_VIRTIO_BUS,
    .instance_size = sizeof(VirtioBusState),
    .class_init    = virtio_mmio_bus_class_init,
};

static void virtio_mmio_register_types(void)
{
    type_register_static(&virtio_mmio_bus_info);
    type_register_static(&virtio_mmio_info);
}

type_init(virtio_mmio_register_types)
