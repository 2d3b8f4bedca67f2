/*
 * A virtio device with its twin on the PCI bus, and a private header.
 *
 * It exists to be compiled as any source from elsewhere is; samples-test.c drives
 * it.  A request's readable bytes come back in its writable ones, last first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-access.h"
#include "hw/virtio/virtio-pci.h"
#include "standard-headers/linux/virtio_ids.h"
#include "virtio-echo.h"

#define VIRTIO_ID_ECHO VIRTIO_ID_I2C_ADAPTER

static void virtio_echo_handle(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOEcho *s = VIRTIO_ECHO(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        size_t in = iov_size(elem->in_sg, elem->in_num);
        size_t len = MIN(in, iov_size(elem->out_sg, elem->out_num));
        g_autofree uint8_t *buf = NULL;

        if (len > s->limit) {
            virtio_error(vdev, "virtio-echo: %zu bytes are too many", len);
            virtqueue_detach_element(vq, elem, 0);
            g_free(elem);
            return;
        }
        buf = g_malloc(len);
        iov_to_buf(elem->out_sg, elem->out_num, 0, buf, len);
        for (size_t i = 0; i < len; i++) {
            iov_from_buf(elem->in_sg, elem->in_num, i, &buf[len - 1 - i], 1);
        }
        s->echoed += len;
        virtqueue_push(vq, elem, len);
        virtio_notify(vdev, vq);
        g_free(elem);
    }
}

static void virtio_echo_get_config(VirtIODevice *vdev, uint8_t *config)
{
    struct virtio_echo_config cfg = { 0 };

    virtio_stl_p(vdev, &cfg.echoed, VIRTIO_ECHO(vdev)->echoed);
    memcpy(config, &cfg, sizeof(cfg));
}

static uint64_t virtio_echo_get_features(VirtIODevice *vdev, uint64_t features,
                                         Error **errp)
{
    return features;
}

static void virtio_echo_reset(VirtIODevice *vdev)
{
    VIRTIO_ECHO(vdev)->echoed = 0;
}

static void virtio_echo_device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOEcho *s = VIRTIO_ECHO(dev);

    if (s->limit == 0) {
        error_setg(errp, "'limit' must be at least 1");
        return;
    }
    virtio_init(vdev, VIRTIO_ID_ECHO, sizeof(struct virtio_echo_config));
    s->vq = virtio_add_queue(vdev, 8, virtio_echo_handle);
}

static void virtio_echo_device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);

    virtio_delete_queue(VIRTIO_ECHO(dev)->vq);
    virtio_cleanup(vdev);
}

static const VMStateDescription vmstate_virtio_echo = {
    .name = "virtio-echo",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static Property virtio_echo_properties[] = {
    DEFINE_PROP_UINT32("limit", VirtIOEcho, limit, 4096),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_echo_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_echo_properties);
    dc->vmsd = &vmstate_virtio_echo;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = virtio_echo_device_realize;
    vdc->unrealize = virtio_echo_device_unrealize;
    vdc->get_config = virtio_echo_get_config;
    vdc->get_features = virtio_echo_get_features;
    vdc->reset = virtio_echo_reset;
}

static const TypeInfo virtio_echo_info = {
    .name = TYPE_VIRTIO_ECHO,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOEcho),
    .class_init = virtio_echo_class_init,
};

/* The twin */

typedef struct VirtIOEchoPCI VirtIOEchoPCI;

#define TYPE_VIRTIO_ECHO_PCI "virtio-echo-pci-base"
DECLARE_INSTANCE_CHECKER(VirtIOEchoPCI, VIRTIO_ECHO_PCI,
                         TYPE_VIRTIO_ECHO_PCI)

struct VirtIOEchoPCI {
    VirtIOPCIProxy parent_obj;
    VirtIOEcho vdev;
};

static void virtio_echo_pci_realize(VirtIOPCIProxy *vpci_dev, Error **errp)
{
    VirtIOEchoPCI *dev = VIRTIO_ECHO_PCI(vpci_dev);

    virtio_pci_force_virtio_1(vpci_dev);
    qdev_realize(DEVICE(&dev->vdev), BUS(&vpci_dev->bus), errp);
}

static void virtio_echo_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioPCIClass *k = VIRTIO_PCI_CLASS(klass);
    PCIDeviceClass *pcidev_k = PCI_DEVICE_CLASS(klass);

    k->realize = virtio_echo_pci_realize;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    pcidev_k->revision = VIRTIO_PCI_ABI_VERSION;
    pcidev_k->class_id = PCI_CLASS_OTHERS;
}

static void virtio_echo_pci_instance_init(Object *obj)
{
    VirtIOEchoPCI *dev = VIRTIO_ECHO_PCI(obj);

    virtio_instance_init_common(obj, &dev->vdev, sizeof(dev->vdev),
                                TYPE_VIRTIO_ECHO);
}

static const VirtioPCIDeviceTypeInfo virtio_echo_pci_info = {
    .base_name     = TYPE_VIRTIO_ECHO_PCI,
    .generic_name  = "virtio-echo-pci",
    .instance_size = sizeof(VirtIOEchoPCI),
    .instance_init = virtio_echo_pci_instance_init,
    .class_init    = virtio_echo_pci_class_init,
};

static void virtio_echo_register_types(void)
{
    type_register_static(&virtio_echo_info);
    virtio_pci_types_register(&virtio_echo_pci_info);
}

type_init(virtio_echo_register_types)
