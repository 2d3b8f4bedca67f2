/*
 * VirtIODevice: the configuration space, byte by byte.
 *
 * The device has a get_config() and a set_config() for the space as a whole.
 * A guest's access is a read of it, or a read, a change and a write.  The
 * legacy accessors work in the guest's byte order, the modern ones in little
 * endian, which on this target are one and the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/virtio/virtio.h"

size_t virtio_get_config_size(const VirtIOConfigSizeParams *params,
                              uint64_t host_features)
{
    size_t size = params->min_size;

    for (const VirtIOFeature *f = params->feature_sizes; f->flags; f++) {
        if (host_features & f->flags) {
            size = MAX(f->end, size);
        }
    }
    assert(size <= params->max_size);
    return size;
}

/* Where an access of @size bytes at @addr goes, or NULL: beyond the end. */
static uint8_t *virtio_config_ptr(VirtIODevice *vdev, uint32_t addr,
                                  unsigned size)
{
    if (addr > vdev->config_len || size > vdev->config_len - addr) {
        return NULL;
    }
    return (uint8_t *)vdev->config + addr;
}

static uint32_t virtio_config_read(VirtIODevice *vdev, uint32_t addr,
                                   unsigned size)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint8_t *p = virtio_config_ptr(vdev, addr, size);

    if (!p) {
        return (uint32_t)-1;
    }
    k->get_config(vdev, vdev->config);
    return ldn_le_p(p, size);
}

static void virtio_config_write(VirtIODevice *vdev, uint32_t addr,
                                uint32_t data, unsigned size)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint8_t *p = virtio_config_ptr(vdev, addr, size);

    if (!p) {
        return;
    }
    stn_le_p(p, size, data);
    if (k->set_config) {
        k->set_config(vdev, vdev->config);
    }
}

uint32_t virtio_config_readb(VirtIODevice *vdev, uint32_t addr)
{
    return virtio_config_read(vdev, addr, 1);
}

uint32_t virtio_config_readw(VirtIODevice *vdev, uint32_t addr)
{
    return virtio_config_read(vdev, addr, 2);
}

uint32_t virtio_config_readl(VirtIODevice *vdev, uint32_t addr)
{
    return virtio_config_read(vdev, addr, 4);
}

void virtio_config_writeb(VirtIODevice *vdev, uint32_t addr, uint32_t data)
{
    virtio_config_write(vdev, addr, data, 1);
}

void virtio_config_writew(VirtIODevice *vdev, uint32_t addr, uint32_t data)
{
    virtio_config_write(vdev, addr, data, 2);
}

void virtio_config_writel(VirtIODevice *vdev, uint32_t addr, uint32_t data)
{
    virtio_config_write(vdev, addr, data, 4);
}

uint32_t virtio_config_modern_readb(VirtIODevice *vdev, uint32_t addr)
{
    return virtio_config_read(vdev, addr, 1);
}

uint32_t virtio_config_modern_readw(VirtIODevice *vdev, uint32_t addr)
{
    return virtio_config_read(vdev, addr, 2);
}

uint32_t virtio_config_modern_readl(VirtIODevice *vdev, uint32_t addr)
{
    return virtio_config_read(vdev, addr, 4);
}

void virtio_config_modern_writeb(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data)
{
    virtio_config_write(vdev, addr, data, 1);
}

void virtio_config_modern_writew(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data)
{
    virtio_config_write(vdev, addr, data, 2);
}

void virtio_config_modern_writel(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data)
{
    virtio_config_write(vdev, addr, data, 4);
}
