/*
 * What QEMU 7.2 has sent of a virtio device is understood here: it is loaded,
 * the device is as its driver had left it there, and what is saved of it then is
 * the same to the last byte.
 *
 * tests/data/stream-*.txt are sections of streams, recorded with the device at
 * 00:03.0 and a driver that had set up all queues, of 8 places each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/virtio/virtio-pci.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/keyval.h"
#include "sysemu/runstate.h"
#include "../../migration/qemu-file.h"

typedef struct Stream {
    const char *device;         /* as -device takes it */
    uint64_t features;
    unsigned queues;
} Stream;

static const Stream streams[] = {
    { "virtio-rng-pci,packed=on", 0x530000000, 1 },
    { "virtio-balloon-pci", 0x130000012, 3 },
    { "virtio-net-pci,mac=52:54:00:12:34:56,romfile=,packed=on",
      0x530038020, 3 },
};

/* Lines of hexadecimal digits, some of them several times: "00 * 122" */
static GByteArray *read_stream(const char *type)
{
    g_autofree char *name = g_strdup_printf("stream-%s.txt", type);
    g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "..",
                                             "data", name, NULL);
    GByteArray *bytes = g_byte_array_new();
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *times = strstr(*line, " * ");
        size_t digits = times ? times - *line : strlen(*line);
        int count = times ? atoi(times + 3) : 1;

        for (; **line != '#' && count > 0; count--) {
            for (size_t i = 0; i < digits; i += 2) {
                uint8_t byte = g_ascii_xdigit_value((*line)[i]) << 4 |
                               g_ascii_xdigit_value((*line)[i + 1]);

                g_byte_array_append(bytes, &byte, 1);
            }
        }
    }
    return bytes;
}

static DeviceState *plug(const char *device)
{
    QDict *opts = keyval_parse(device, "driver", NULL, &error_abort);
    DeviceState *dev;

    qdict_put_str(opts, "id", "dev0");
    qdict_put_str(opts, "addr", "3");
    dev = qdev_device_add_from_qdict(opts, false, &error_abort);
    qobject_unref(opts);
    return dev;
}

static void test_stream(const void *data)
{
    const Stream *stream = data;
    g_autofree char *type = g_strndup(stream->device,
                                      strcspn(stream->device, ","));
    DeviceState *dev = plug(stream->device);
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_PCI(dev)->bus);
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(vdev)->vmsd;
    g_autoptr(GByteArray) there = read_stream(type);
    g_autoptr(GBytes) in = g_bytes_new(there->data, there->len);
    g_autoptr(GByteArray) here = NULL;
    QEMUFile *f = qemu_file_new_input(in);

    g_assert_cmpint(vmstate_load_state(f, vmsd, vdev, vmsd->version_id), ==,
                    0);
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);
    qemu_get_byte(f);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);

    g_assert_cmphex(vdev->guest_features, ==, stream->features);
    g_assert_cmphex(vdev->status, ==, 0xf);
    g_assert_true(vdev->started);
    g_assert_cmpint(virtio_get_num_queues(vdev), ==, stream->queues);
    for (unsigned i = 0; i < stream->queues; i++) {
        g_assert_cmpint(virtio_queue_get_num(vdev, i), ==, 8);
        g_assert_cmphex(virtio_queue_get_desc_addr(vdev, i), ==,
                        0x10000 + 0x3000 * i);
        g_assert_cmphex(virtio_queue_get_used_addr(vdev, i), ==,
                        0x12000 + 0x3000 * i);
        g_assert_true(virtio_queue_enabled(vdev, i));
    }

    f = qemu_file_new_output();
    g_assert_cmpint(vmstate_save_state(f, vmsd, vdev, NULL), ==, 0);
    here = g_bytes_unref_to_array(qemu_file_bytes(f));
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    for (guint i = 0; i < MIN(here->len, there->len); i++) {
        if (here->data[i] != there->data[i]) {
            g_error("byte 0x%x is %02x, was %02x", i, here->data[i],
                    there->data[i]);
        }
    }
    g_assert_cmpuint(here->len, ==, there->len);

    device_cold_reset(dev);
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-machine", (char *)"pc", (char *)"-S",
        (char *)"-accel", (char *)"qtest", (char *)"-display", (char *)"none",
        (char *)"-nodefaults", (char *)"-m", (char *)"16", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    for (int i = 0; i < ARRAY_SIZE(streams); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-stream/%s",
                                                streams[i].device);

        g_test_add_data_func(path, &streams[i], test_stream);
    }
    status = g_test_run();
    qemu_cleanup();
    return status;
}
