/*
 * What the tests of virtqueues share: a device, a transport and some memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtqueue-test.h"
#include "hw/qdev-properties.h"
#include "standard-headers/linux/virtio_ids.h"

#define TYPE_TEST_VIRTIO_BUS "test-virtio-bus"
#define TYPE_TEST_VIRTIO "test-virtio-device"

TestTransport *transport;
VirtIODevice *vdev;
VirtQueue *vq;
MemoryRegion ram, far_ram;
uint8_t *mem;

/* Transport and device */

static void test_transport_notify(DeviceState *d, uint16_t vector)
{
    TEST_TRANSPORT(d)->interrupts++;
}

static void test_virtio_bus_class_init(ObjectClass *klass, void *data)
{
    VIRTIO_BUS_CLASS(klass)->notify = test_transport_notify;
}

static void test_virtio_handle_output(VirtIODevice *dev, VirtQueue *queue)
{
}

static void test_virtio_realize(DeviceState *dev, Error **errp)
{
    virtio_init(VIRTIO_DEVICE(dev), VIRTIO_ID_RNG, 0);
    vq = virtio_add_queue(VIRTIO_DEVICE(dev), QUEUE_SIZE,
                          test_virtio_handle_output);
}

static void test_virtio_unrealize(DeviceState *dev)
{
    virtio_delete_queue(vq);
    virtio_cleanup(VIRTIO_DEVICE(dev));
}

static uint64_t test_virtio_get_features(VirtIODevice *dev, uint64_t features,
                                         Error **errp)
{
    return features | (1ULL << VIRTIO_F_VERSION_1);
}

static void test_virtio_class_init(ObjectClass *klass, void *data)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    vdc->realize = test_virtio_realize;
    vdc->unrealize = test_virtio_unrealize;
    vdc->get_features = test_virtio_get_features;
}

static const TypeInfo test_virtio_types[] = {
    {
        .name = TYPE_TEST_TRANSPORT,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(TestTransport),
    }, {
        .name = TYPE_TEST_VIRTIO_BUS,
        .parent = TYPE_VIRTIO_BUS,
        .instance_size = sizeof(VirtioBusState),
        .class_init = test_virtio_bus_class_init,
    }, {
        .name = TYPE_TEST_VIRTIO,
        .parent = TYPE_VIRTIO_DEVICE,
        .instance_size = sizeof(VirtIODevice),
        .class_init = test_virtio_class_init,
    },
};

/* The driver */

void virtqueue_test_start(uint64_t features)
{
    memset(mem, 0, RAM_SIZE);
    virtio_reset(vdev);
    virtio_set_features(vdev, features | (1ULL << VIRTIO_F_VERSION_1));
    virtio_set_status(vdev, VIRTIO_CONFIG_S_FEATURES_OK);
    virtio_queue_set_rings(vdev, 0, DESC, AVAIL, USED);
    virtio_set_status(vdev, VIRTIO_CONFIG_S_FEATURES_OK |
                            VIRTIO_CONFIG_S_DRIVER_OK);
    transport->interrupts = 0;
}

void virtqueue_test_broken(const char *message)
{
    g_autofree char *path = NULL;
    g_autofree char *said = NULL;
    int saved = dup(STDERR_FILENO);
    int fd = g_file_open_tmp("virtqueue-XXXXXX", &path, NULL);

    fflush(stderr);
    dup2(fd, STDERR_FILENO);
    g_assert_null(virtqueue_pop(vq, sizeof(VirtQueueElement)));
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    g_assert_true(g_file_get_contents(path, &said, NULL, NULL));
    unlink(path);

    g_assert_nonnull(strstr(said, message));
    g_assert_true(vdev->broken);
    g_assert_true(vdev->status & VIRTIO_CONFIG_S_NEEDS_RESET);
    g_assert_null(virtqueue_pop(vq, sizeof(VirtQueueElement)));
}

/* Life */

void virtqueue_test_init(int *argc, char ***argv)
{
    memory_test_init(argc, argv);
    type_register_static_array(test_virtio_types,
                               ARRAY_SIZE(test_virtio_types));

    memory_region_init_ram(&ram, NULL, "ram", RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, &ram);
    memory_region_init_ram(&far_ram, NULL, "far", FAR_RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), FAR_RAM, &far_ram);
    mem = memory_region_get_ram_ptr(&ram);

    transport = TEST_TRANSPORT(qdev_new(TYPE_TEST_TRANSPORT));
    qdev_realize(DEVICE(transport), NULL, &error_abort);
    qbus_init(&transport->bus, sizeof(transport->bus), TYPE_TEST_VIRTIO_BUS,
              DEVICE(transport), "virtio-bus");
    vdev = VIRTIO_DEVICE(qdev_new(TYPE_TEST_VIRTIO));
    qdev_prop_set_bit(DEVICE(vdev), "packed", true);
    qdev_prop_set_bit(DEVICE(vdev), "in_order", true);
    qdev_realize(DEVICE(vdev), BUS(&transport->bus), &error_abort);
}

void virtqueue_test_cleanup(void)
{
    qdev_unrealize(DEVICE(vdev));
    object_unparent(OBJECT(vdev));
    object_unref(OBJECT(vdev));
}
