/*
 * virtio over PCI: the registers of virtio 1 (virtio 1.1, 4.1.4).
 *
 * Five blocks, which the driver finds by five vendor capabilities.  Four are
 * in the modern BAR; the fifth is a window in config space onto the others,
 * for firmware that cannot map a BAR:
 *
 *     0x0000  common    about the device, and about one queue at a time,
 *                       the one that queue_select names
 *     0x1000  isr       one byte; reading it clears it
 *     0x2000  device    the configuration space of the device
 *     0x3000  notify    a doorbell for each queue
 *
 * Read include/hw/virtio/virtio-pci.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "trace.h"
#include "virtio-pci-int.h"

/* Common configuration */

static uint64_t virtio_pci_common_read(void *opaque, hwaddr addr,
                                       unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtIOPCIQueue *q;
    VirtioDeviceClass *vdc;

    if (!vdev) {
        return UINT64_MAX;
    }
    q = &proxy->vqs[vdev->queue_sel];

    switch (addr) {
    case VIRTIO_PCI_COMMON_DFSELECT:
        return proxy->dfselect;
    case VIRTIO_PCI_COMMON_DF:
        if (proxy->dfselect > 1) {
            return 0;
        }
        vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
        return (uint32_t)((vdev->host_features & ~vdc->legacy_features) >>
                          (32 * proxy->dfselect));
    case VIRTIO_PCI_COMMON_GFSELECT:
        return proxy->gfselect;
    case VIRTIO_PCI_COMMON_GF:
        if (proxy->gfselect >= ARRAY_SIZE(proxy->guest_features)) {
            return 0;
        }
        return proxy->guest_features[proxy->gfselect];
    case VIRTIO_PCI_COMMON_MSIX:
        return vdev->config_vector;
    case VIRTIO_PCI_COMMON_NUMQ:
        return virtio_get_num_queues(vdev);
    case VIRTIO_PCI_COMMON_STATUS:
        return vdev->status;
    case VIRTIO_PCI_COMMON_CFGGENERATION:
        return vdev->generation;
    case VIRTIO_PCI_COMMON_Q_SELECT:
        return vdev->queue_sel;
    case VIRTIO_PCI_COMMON_Q_SIZE:
        return virtio_queue_get_num(vdev, vdev->queue_sel);
    case VIRTIO_PCI_COMMON_Q_MSIX:
        return virtio_queue_vector(vdev, vdev->queue_sel);
    case VIRTIO_PCI_COMMON_Q_ENABLE:
        return q->enabled;
    case VIRTIO_PCI_COMMON_Q_NOFF:
        /* The doorbells are in the order of the queues. */
        return vdev->queue_sel;
    case VIRTIO_PCI_COMMON_Q_DESCLO:
        return q->desc[0];
    case VIRTIO_PCI_COMMON_Q_DESCHI:
        return q->desc[1];
    case VIRTIO_PCI_COMMON_Q_AVAILLO:
        return q->avail[0];
    case VIRTIO_PCI_COMMON_Q_AVAILHI:
        return q->avail[1];
    case VIRTIO_PCI_COMMON_Q_USEDLO:
        return q->used[0];
    case VIRTIO_PCI_COMMON_Q_USEDHI:
        return q->used[1];
    case VIRTIO_PCI_COMMON_Q_RESET:
        return q->reset;
    default:
        return 0;
    }
}

static uint64_t virtio_pci_join(const uint32_t half[2])
{
    return (uint64_t)half[1] << 32 | half[0];
}

static void virtio_pci_enable_queue(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                    uint64_t val)
{
    uint16_t n = vdev->queue_sel;
    VirtIOPCIQueue *q = &proxy->vqs[n];

    if (val != 1) {
        virtio_error(vdev, "wrong value for queue_enable %" PRIx64, val);
        return;
    }
    if (!virtio_queue_get_max_num(vdev, n)) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: there is no queue %u to enable\n",
                      vdev->name, n);
        return;
    }
    virtio_queue_set_num(vdev, n, q->num);
    virtio_queue_set_rings(vdev, n, virtio_pci_join(q->desc),
                           virtio_pci_join(q->avail),
                           virtio_pci_join(q->used));
    q->enabled = true;
    q->reset = false;
    virtio_queue_enable(vdev, n);
}

static void virtio_pci_reset_queue(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                   uint64_t val)
{
    VirtIOPCIQueue *q = &proxy->vqs[vdev->queue_sel];

    if (val != 1 || !virtio_vdev_has_feature(vdev, VIRTIO_F_RING_RESET)) {
        return;
    }
    /* The device takes no time for it, so 1 is never seen. */
    q->reset = true;
    virtio_pci_set_queue_vector(proxy, VIRTIO_NO_VECTOR);
    virtio_queue_reset(vdev, vdev->queue_sel);
    q->reset = false;
    q->enabled = false;
}

static void virtio_pci_common_write(void *opaque, hwaddr addr, uint64_t val,
                                    unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtIOPCIQueue *q;

    if (!vdev) {
        return;
    }
    q = &proxy->vqs[vdev->queue_sel];

    switch (addr) {
    case VIRTIO_PCI_COMMON_DFSELECT:
        proxy->dfselect = val;
        break;
    case VIRTIO_PCI_COMMON_GFSELECT:
        proxy->gfselect = val;
        break;
    case VIRTIO_PCI_COMMON_GF:
        if (proxy->gfselect < ARRAY_SIZE(proxy->guest_features)) {
            proxy->guest_features[proxy->gfselect] = val;
            virtio_set_features(vdev, virtio_pci_join(proxy->guest_features));
        }
        break;
    case VIRTIO_PCI_COMMON_MSIX:
        virtio_pci_set_config_vector(proxy, val);
        break;
    case VIRTIO_PCI_COMMON_STATUS:
        virtio_pci_write_status(proxy, val);
        break;
    case VIRTIO_PCI_COMMON_Q_SELECT:
        if (val < VIRTIO_QUEUE_MAX) {
            vdev->queue_sel = val;
        }
        break;
    case VIRTIO_PCI_COMMON_Q_SIZE:
        q->num = val;
        virtio_queue_set_num(vdev, vdev->queue_sel, q->num);
        virtio_init_region_cache(vdev, vdev->queue_sel);
        break;
    case VIRTIO_PCI_COMMON_Q_MSIX:
        virtio_pci_set_queue_vector(proxy, val);
        break;
    case VIRTIO_PCI_COMMON_Q_ENABLE:
        virtio_pci_enable_queue(proxy, vdev, val);
        break;
    case VIRTIO_PCI_COMMON_Q_DESCLO:
        q->desc[0] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_DESCHI:
        q->desc[1] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_AVAILLO:
        q->avail[0] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_AVAILHI:
        q->avail[1] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_USEDLO:
        q->used[0] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_USEDHI:
        q->used[1] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_RESET:
        virtio_pci_reset_queue(proxy, vdev, val);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "%s: write to common configuration at "
                      "0x%" HWADDR_PRIx ", where there is nothing to write\n",
                      vdev->name, addr);
        break;
    }
}

/* Doorbells: the queue is known by the address, or in the I/O BAR by value. */

static uint64_t virtio_pci_notify_read(void *opaque, hwaddr addr,
                                       unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;

    return virtio_bus_get_device(&proxy->bus) ? 0 : UINT64_MAX;
}

static void virtio_pci_ring(VirtIOPCIProxy *proxy, uint64_t queue)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (vdev && queue < VIRTIO_QUEUE_MAX) {
        virtio_queue_notify(vdev, queue);
    }
}

static void virtio_pci_notify_write(void *opaque, hwaddr addr, uint64_t val,
                                    unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;

    trace_virtio_pci_notify_write(addr, val, size);
    virtio_pci_ring(proxy, addr / virtio_pci_queue_mem_mult(proxy));
}

static void virtio_pci_notify_write_pio(void *opaque, hwaddr addr,
                                        uint64_t val, unsigned size)
{
    trace_virtio_pci_notify_write_pio(addr, val, size);
    virtio_pci_ring(opaque, val);
}

/* Interrupt status */

static uint64_t virtio_pci_isr_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;

    if (!virtio_bus_get_device(&proxy->bus)) {
        return UINT64_MAX;
    }
    return virtio_pci_read_isr(proxy);
}

static void virtio_pci_isr_write(void *opaque, hwaddr addr, uint64_t val,
                                 unsigned size)
{
    /* Read only; Windows writes it all the same. */
}

/* The device's configuration space */

static uint64_t virtio_pci_device_read(void *opaque, hwaddr addr,
                                       unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!vdev) {
        return UINT64_MAX;
    }
    switch (size) {
    case 1:
        return virtio_config_modern_readb(vdev, addr);
    case 2:
        return virtio_config_modern_readw(vdev, addr);
    default:
        return virtio_config_modern_readl(vdev, addr);
    }
}

static void virtio_pci_device_write(void *opaque, hwaddr addr, uint64_t val,
                                    unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!vdev) {
        return;
    }
    switch (size) {
    case 1:
        virtio_config_modern_writeb(vdev, addr, val);
        break;
    case 2:
        virtio_config_modern_writew(vdev, addr, val);
        break;
    default:
        virtio_config_modern_writel(vdev, addr, val);
        break;
    }
}

/* The five blocks as memory regions */

static void virtio_pci_modern_regions_init(VirtIOPCIProxy *proxy,
                                           const char *vdev_name)
{
    static const MemoryRegionOps common_ops = {
        .read = virtio_pci_common_read,
        .write = virtio_pci_common_write,
        .impl.min_access_size = 1,
        .impl.max_access_size = 4,
        .endianness = DEVICE_LITTLE_ENDIAN,
    };
    static const MemoryRegionOps isr_ops = {
        .read = virtio_pci_isr_read,
        .write = virtio_pci_isr_write,
        .impl.min_access_size = 1,
        .impl.max_access_size = 4,
        .endianness = DEVICE_LITTLE_ENDIAN,
    };
    static const MemoryRegionOps device_ops = {
        .read = virtio_pci_device_read,
        .write = virtio_pci_device_write,
        .impl.min_access_size = 1,
        .impl.max_access_size = 4,
        .endianness = DEVICE_LITTLE_ENDIAN,
    };
    static const MemoryRegionOps notify_ops = {
        .read = virtio_pci_notify_read,
        .write = virtio_pci_notify_write,
        .impl.min_access_size = 1,
        .impl.max_access_size = 4,
        .endianness = DEVICE_LITTLE_ENDIAN,
    };
    static const MemoryRegionOps notify_pio_ops = {
        .read = virtio_pci_notify_read,
        .write = virtio_pci_notify_write_pio,
        .impl.min_access_size = 1,
        .impl.max_access_size = 4,
        .endianness = DEVICE_LITTLE_ENDIAN,
    };
    const struct {
        VirtIOPCIRegion *region;
        const char *what;
        const MemoryRegionOps *ops;
    } blocks[] = {
        { &proxy->common, "common", &common_ops },
        { &proxy->isr, "isr", &isr_ops },
        { &proxy->device, "device", &device_ops },
        { &proxy->notify, "notify", &notify_ops },
        { &proxy->notify_pio, "notify-pio", &notify_pio_ops },
    };

    for (int i = 0; i < ARRAY_SIZE(blocks); i++) {
        g_autofree char *name = g_strdup_printf("virtio-pci-%s-%s",
                                                blocks[i].what, vdev_name);

        memory_region_init_io(&blocks[i].region->mr, OBJECT(proxy),
                              blocks[i].ops, proxy, name,
                              blocks[i].region->size);
    }
}

void virtio_pci_modern_layout(VirtIOPCIProxy *proxy)
{
    proxy->common.offset = 0x0;
    proxy->common.size = 0x1000;
    proxy->common.type = VIRTIO_PCI_CAP_COMMON_CFG;

    proxy->isr.offset = 0x1000;
    proxy->isr.size = 0x1000;
    proxy->isr.type = VIRTIO_PCI_CAP_ISR_CFG;

    proxy->device.offset = 0x2000;
    proxy->device.size = 0x1000;
    proxy->device.type = VIRTIO_PCI_CAP_DEVICE_CFG;

    proxy->notify.offset = 0x3000;
    proxy->notify.size = virtio_pci_queue_mem_mult(proxy) * VIRTIO_QUEUE_MAX;
    proxy->notify.type = VIRTIO_PCI_CAP_NOTIFY_CFG;

    proxy->notify_pio.offset = 0x0;
    proxy->notify_pio.size = 0x4;
    proxy->notify_pio.type = VIRTIO_PCI_CAP_NOTIFY_CFG;

    /* A BAR's size is a power of two. */
    memory_region_init(&proxy->modern_bar, OBJECT(proxy), "virtio-pci",
                       pow2ceil(proxy->notify.offset + proxy->notify.size));
}

/* Capabilities */

/* Put @cap, with what follows it, into config space; its offset there. */
static int virtio_pci_add_mem_cap(VirtIOPCIProxy *proxy,
                                  struct virtio_pci_cap *cap)
{
    PCIDevice *dev = &proxy->pci_dev;
    int offset;

    trace_virtio_pci_add_mem_cap(cap->cfg_type, cap->bar,
                                 le32_to_cpu(cap->offset),
                                 le32_to_cpu(cap->length));
    offset = pci_add_capability(dev, PCI_CAP_ID_VNDR, 0, cap->cap_len,
                                &error_abort);
    /* The first two bytes, ID and link, are pci_add_capability()'s. */
    assert(cap->cap_len >= sizeof(*cap));
    memcpy(dev->config + offset + PCI_CAP_FLAGS, &cap->cap_len,
           cap->cap_len - PCI_CAP_FLAGS);
    return offset;
}

static void virtio_pci_modern_region_map(VirtIOPCIProxy *proxy,
                                         VirtIOPCIRegion *region,
                                         struct virtio_pci_cap *cap,
                                         MemoryRegion *mr, uint8_t bar)
{
    memory_region_add_subregion(mr, region->offset, &region->mr);

    cap->cfg_type = region->type;
    cap->bar = bar;
    cap->offset = cpu_to_le32(region->offset);
    cap->length = cpu_to_le32(region->size);
    virtio_pci_add_mem_cap(proxy, cap);
}

void virtio_pci_modern_plug(VirtIOPCIProxy *proxy, const char *vdev_name)
{
    PCIDevice *dev = &proxy->pci_dev;
    struct virtio_pci_cap cap = {
        .cap_len = sizeof(cap),
    };
    struct virtio_pci_notify_cap notify = {
        .cap.cap_len = sizeof(notify),
        .notify_off_multiplier =
            cpu_to_le32(virtio_pci_queue_mem_mult(proxy)),
    };
    struct virtio_pci_notify_cap notify_pio = {
        .cap.cap_len = sizeof(notify_pio),
        .notify_off_multiplier = 0,
    };
    struct virtio_pci_cfg_cap cfg = {
        .cap.cap_len = sizeof(cfg),
        .cap.cfg_type = VIRTIO_PCI_CAP_PCI_CFG,
    };
    uint8_t *wmask;

    virtio_pci_modern_regions_init(proxy, vdev_name);
    virtio_pci_modern_region_map(proxy, &proxy->common, &cap,
                                 &proxy->modern_bar,
                                 proxy->modern_mem_bar_idx);
    virtio_pci_modern_region_map(proxy, &proxy->isr, &cap, &proxy->modern_bar,
                                 proxy->modern_mem_bar_idx);
    virtio_pci_modern_region_map(proxy, &proxy->device, &cap,
                                 &proxy->modern_bar,
                                 proxy->modern_mem_bar_idx);
    virtio_pci_modern_region_map(proxy, &proxy->notify, &notify.cap,
                                 &proxy->modern_bar,
                                 proxy->modern_mem_bar_idx);

    if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
        memory_region_init(&proxy->io_bar, OBJECT(proxy), "virtio-pci-io",
                           0x4);
        pci_register_bar(dev, proxy->modern_io_bar_idx,
                         PCI_BASE_ADDRESS_SPACE_IO, &proxy->io_bar);
        virtio_pci_modern_region_map(proxy, &proxy->notify_pio,
                                     &notify_pio.cap, &proxy->io_bar,
                                     proxy->modern_io_bar_idx);
    }

    pci_register_bar(dev, proxy->modern_mem_bar_idx,
                     PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_PREFETCH |
                     PCI_BASE_ADDRESS_MEM_TYPE_64,
                     &proxy->modern_bar);

    /* The window: the guest says where it looks, and how much it sees. */
    proxy->config_cap = virtio_pci_add_mem_cap(proxy, &cfg.cap);
    wmask = dev->wmask + proxy->config_cap;
    pci_set_byte(wmask + offsetof(struct virtio_pci_cfg_cap, cap.bar), 0xff);
    pci_set_long(wmask + offsetof(struct virtio_pci_cfg_cap, cap.offset), ~0);
    pci_set_long(wmask + offsetof(struct virtio_pci_cfg_cap, cap.length), ~0);
    pci_set_long(wmask + offsetof(struct virtio_pci_cfg_cap, pci_cfg_data),
                 ~0);
}

void virtio_pci_modern_unplug(VirtIOPCIProxy *proxy)
{
    memory_region_del_subregion(&proxy->modern_bar, &proxy->common.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->isr.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->device.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->notify.mr);
    if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
        memory_region_del_subregion(&proxy->io_bar, &proxy->notify_pio.mr);
    }
}

/* The window (VIRTIO_PCI_CAP_PCI_CFG, 4.1.4.8) */

/*
 * The block that the window is open on, and *@offset inside it.  NULL if the
 * guest has not filled it in so that it means anything.
 */
static MemoryRegion *virtio_pci_window_target(VirtIOPCIProxy *proxy,
                                              hwaddr *offset, unsigned *size)
{
    struct virtio_pci_cfg_cap cfg;

    memcpy(&cfg, proxy->pci_dev.config + proxy->config_cap, sizeof(cfg));
    *size = le32_to_cpu(cfg.cap.length);
    if (*size != 1 && *size != 2 && *size != 4) {
        return NULL;
    }
    /* Naturally aligned, so an access never straddles two blocks. */
    *offset = le32_to_cpu(cfg.cap.offset) & ~(hwaddr)(*size - 1);

    for (int i = 0; i < ARRAY_SIZE(proxy->regs); i++) {
        VirtIOPCIRegion *reg = &proxy->regs[i];
        uint32_t bar = proxy->modern_mem_bar_idx;

        if (reg == &proxy->notify_pio) {
            if (!(proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY)) {
                continue;
            }
            bar = proxy->modern_io_bar_idx;
        }
        if (cfg.cap.bar == bar && *offset >= reg->offset &&
            *offset + *size <= reg->offset + reg->size) {
            *offset -= reg->offset;
            return &reg->mr;
        }
    }
    return NULL;
}

static bool virtio_pci_touches_window(VirtIOPCIProxy *proxy, uint32_t address,
                                      int len)
{
    return proxy->config_cap &&
        ranges_overlap(address, len,
                       proxy->config_cap + offsetof(struct virtio_pci_cfg_cap,
                                                    pci_cfg_data),
                       sizeof_field(struct virtio_pci_cfg_cap, pci_cfg_data));
}

void virtio_pci_window_write(VirtIOPCIProxy *proxy, uint32_t address, int len)
{
    uint8_t *data = proxy->pci_dev.config + proxy->config_cap +
                    offsetof(struct virtio_pci_cfg_cap, pci_cfg_data);
    MemoryRegion *mr;
    hwaddr offset;
    unsigned size;

    if (!virtio_pci_touches_window(proxy, address, len)) {
        return;
    }
    mr = virtio_pci_window_target(proxy, &offset, &size);
    if (mr) {
        memory_region_dispatch_write(mr, offset, ldn_le_p(data, size),
                                     size_memop(size),
                                     MEMTXATTRS_UNSPECIFIED);
    }
}

void virtio_pci_window_read(VirtIOPCIProxy *proxy, uint32_t address, int len)
{
    uint8_t *data = proxy->pci_dev.config + proxy->config_cap +
                    offsetof(struct virtio_pci_cfg_cap, pci_cfg_data);
    MemoryRegion *mr;
    hwaddr offset;
    unsigned size;
    uint64_t val = 0;

    if (!virtio_pci_touches_window(proxy, address, len)) {
        return;
    }
    mr = virtio_pci_window_target(proxy, &offset, &size);
    if (mr) {
        memory_region_dispatch_read(mr, offset, &val, size_memop(size),
                                    MEMTXATTRS_UNSPECIFIED);
        stn_le_p(data, size, val);
    }
}
