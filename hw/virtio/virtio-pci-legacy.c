/*
 * virtio over PCI: the registers before virtio 1 (virtio 1.1, 4.1.4.8 "Legacy
 * Interfaces").
 *
 * One block of I/O ports in BAR 0: about 20 bytes of header, two vectors if the
 * guest has switched MSI-X on, and then the device's configuration space, which
 * so moves by four when MSI-X comes on.
 *
 * A transitional device has this block and the modern one.  The driver uses
 * one of them; which, the device learns when it takes VIRTIO_F_VERSION_1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "hw/pci/msix.h"
#include "trace.h"
#include "virtio-pci-int.h"

/* The header as it is now, and as large as it gets. */
static unsigned virtio_pci_header_size(VirtIOPCIProxy *proxy)
{
    return VIRTIO_PCI_CONFIG_OFF(msix_enabled(&proxy->pci_dev));
}

static unsigned virtio_pci_max_header_size(VirtIOPCIProxy *proxy)
{
    return VIRTIO_PCI_CONFIG_OFF(msix_present(&proxy->pci_dev));
}

static void virtio_ioport_write(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                uint32_t addr, uint32_t val)
{
    hwaddr pa;

    switch (addr) {
    case VIRTIO_PCI_GUEST_FEATURES:
        if (val & (1U << VIRTIO_F_BAD_FEATURE)) {
            /* It did not negotiate, so assume what such drivers mean. */
            val = virtio_bus_get_vdev_bad_features(&proxy->bus);
        }
        virtio_set_features(vdev, val);
        break;
    case VIRTIO_PCI_QUEUE_PFN:
        pa = (hwaddr)val << VIRTIO_PCI_QUEUE_ADDR_SHIFT;
        if (pa == 0) {
            virtio_pci_reset(DEVICE(proxy));
        } else {
            virtio_queue_set_addr(vdev, vdev->queue_sel, pa);
        }
        break;
    case VIRTIO_PCI_QUEUE_SEL:
        if (val < VIRTIO_QUEUE_MAX) {
            vdev->queue_sel = val;
        }
        break;
    case VIRTIO_PCI_QUEUE_NOTIFY:
        if (val < VIRTIO_QUEUE_MAX) {
            virtio_queue_notify(vdev, val);
        }
        break;
    case VIRTIO_PCI_STATUS:
        virtio_pci_write_status(proxy, val);
        /* Linux before 2.6.34 never switches bus mastering on. */
        if (val == (VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER)) {
            pci_default_write_config(&proxy->pci_dev, PCI_COMMAND,
                                     proxy->pci_dev.config[PCI_COMMAND] |
                                     PCI_COMMAND_MASTER, 1);
        }
        break;
    case VIRTIO_MSI_CONFIG_VECTOR:
        virtio_pci_set_config_vector(proxy, val);
        break;
    case VIRTIO_MSI_QUEUE_VECTOR:
        virtio_pci_set_queue_vector(proxy, val);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: unexpected address 0x%x value 0x%x\n",
                      __func__, addr, val);
        break;
    }
}

static uint32_t virtio_ioport_read(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                   uint32_t addr)
{
    switch (addr) {
    case VIRTIO_PCI_HOST_FEATURES:
        return vdev->host_features;
    case VIRTIO_PCI_GUEST_FEATURES:
        return vdev->guest_features;
    case VIRTIO_PCI_QUEUE_PFN:
        return virtio_queue_get_addr(vdev, vdev->queue_sel) >>
               VIRTIO_PCI_QUEUE_ADDR_SHIFT;
    case VIRTIO_PCI_QUEUE_NUM:
        return virtio_queue_get_num(vdev, vdev->queue_sel);
    case VIRTIO_PCI_QUEUE_SEL:
        return vdev->queue_sel;
    case VIRTIO_PCI_STATUS:
        return vdev->status;
    case VIRTIO_PCI_ISR:
        return virtio_pci_read_isr(proxy);
    case VIRTIO_MSI_CONFIG_VECTOR:
        return vdev->config_vector;
    case VIRTIO_MSI_QUEUE_VECTOR:
        return virtio_queue_vector(vdev, vdev->queue_sel);
    default:
        return 0xffffffff;
    }
}

static uint64_t virtio_pci_config_read(void *opaque, hwaddr addr,
                                       unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    unsigned header = virtio_pci_header_size(proxy);

    if (!vdev) {
        return UINT64_MAX;
    }
    if (addr < header) {
        return virtio_ioport_read(proxy, vdev, addr);
    }
    addr -= header;

    switch (size) {
    case 1:
        return virtio_config_readb(vdev, addr);
    case 2:
        return virtio_config_readw(vdev, addr);
    default:
        return virtio_config_readl(vdev, addr);
    }
}

static void virtio_pci_config_write(void *opaque, hwaddr addr, uint64_t val,
                                    unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    unsigned header = virtio_pci_header_size(proxy);

    if (!vdev) {
        return;
    }
    if (addr < header) {
        virtio_ioport_write(proxy, vdev, addr, val);
        return;
    }
    addr -= header;

    switch (size) {
    case 1:
        virtio_config_writeb(vdev, addr, val);
        break;
    case 2:
        virtio_config_writew(vdev, addr, val);
        break;
    default:
        virtio_config_writel(vdev, addr, val);
        break;
    }
}

static const MemoryRegionOps virtio_pci_config_ops = {
    .read = virtio_pci_config_read,
    .write = virtio_pci_config_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void virtio_pci_legacy_plug(VirtIOPCIProxy *proxy)
{
    uint32_t size = virtio_pci_max_header_size(proxy) +
                    virtio_bus_get_vdev_config_len(&proxy->bus);

    memory_region_init_io(&proxy->bar, OBJECT(proxy), &virtio_pci_config_ops,
                          proxy, "virtio-pci", pow2ceil(size));
    pci_register_bar(&proxy->pci_dev, proxy->legacy_io_bar_idx,
                     PCI_BASE_ADDRESS_SPACE_IO, &proxy->bar);
}
