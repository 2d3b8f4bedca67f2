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
#include "exec/address-spaces.h"
#include "hw/pci/pci.h"
#include "hw/virtio/virtio-pci.h"
#include "hw/virtio/virtio-serial.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/keyval.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "sysemu/runstate.h"
#include "../../migration/qemu-file.h"

typedef struct Stream {
    const char *device;         /* as -device takes it */
    uint64_t features;
    unsigned queues;
    const char *parts[2];       /* what is plugged into the device */
    struct {
        uint16_t avail, used;   /* how far both sides of a queue had come */
    } rings[6];
} Stream;

static const Stream streams[] = {
    { "virtio-rng-pci,packed=on", 0x530000000, 1 },
    { "virtio-balloon-pci", 0x130000012, 3 },
    { "virtio-net-pci,mac=52:54:00:12:34:56,romfile=,packed=on",
      0x530038020, 3 },
    { "virtio-serial-pci,max_ports=2", 0x130000006, 6,
      { "virtconsole,chardev=ring0", "virtserialport,chardev=ring1" },
      { [3] = { 1, 1 }, [5] = { 1, 0 } } },
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

static DeviceState *plug_with(const char *device, const char *key,
                              const char *value)
{
    QDict *opts = keyval_parse(device, "driver", NULL, &error_abort);
    DeviceState *dev;

    qdict_put_str(opts, key, value);
    if (g_str_equal(key, "addr")) {
        qdict_put_str(opts, "id", "dev0");
    }
    dev = qdev_device_add_from_qdict(opts, false, &error_abort);
    qobject_unref(opts);
    return dev;
}

static DeviceState *plug(const Stream *stream)
{
    DeviceState *dev;

    /* The one before it may still hold the chardevs. */
    drain_call_rcu();
    dev = plug_with(stream->device, "addr", "3");
    for (int i = 0; i < ARRAY_SIZE(stream->parts); i++) {
        if (stream->parts[i]) {
            object_unref(OBJECT(plug_with(stream->parts[i], "bus", "dev0.0")));
        }
    }
    return dev;
}

/* Of the guest's memory, which is another section, what is looked at. */
static void write_rings(const Stream *stream)
{
    for (unsigned i = 0; i < stream->queues; i++) {
        hwaddr ring = 0x10000 + 0x3000 * i;

        stw_le_phys(&address_space_memory, ring + 0x1002,
                    stream->rings[i].avail);
        stw_le_phys(&address_space_memory, ring + 0x2002,
                    stream->rings[i].used);
    }
}

static void test_stream(const void *data)
{
    const Stream *stream = data;
    g_autofree char *type = g_strndup(stream->device,
                                      strcspn(stream->device, ","));
    DeviceState *dev = plug(stream);
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_PCI(dev)->bus);
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(vdev)->vmsd;
    g_autoptr(GByteArray) there = read_stream(type);
    g_autoptr(GBytes) in = g_bytes_new(there->data, there->len);
    g_autoptr(GByteArray) here = NULL;
    QEMUFile *f = qemu_file_new_input(in);

    write_rings(stream);
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

static size_t find_bytes(const GByteArray *in, const void *what, size_t len)
{
    const uint8_t *p = memmem(in->data, in->len, what, len);

    g_assert_nonnull(p);
    return p - in->data;
}

/* @there at @at is changed to @byte: the load fails, and changes no memory. */
static void check_serial_refused(VirtIODevice *vdev, const GByteArray *there,
                                 size_t at, uint8_t byte)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(vdev)->vmsd;
    g_autofree uint8_t *copy = g_memdup2(there->data, there->len);
    g_autoptr(GBytes) in = NULL;
    QEMUFile *f;

    copy[at] = byte;
    in = g_bytes_new(copy, there->len);
    f = qemu_file_new_input(in);
    g_assert_cmpint(vmstate_load_state(f, vmsd, vdev, vmsd->version_id), !=,
                    0);
    qemu_fclose(f);
    virtio_reset(vdev);
}

/* A throttled port goes on where it was; and a stream that lies is refused. */
static void test_serial(const void *data)
{
    /* Port 1: open at both ends, and an element at 0x35880 of piece 0. */
    static const uint8_t port_1[] = {
        0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0x58, 0x80
    };
    const Stream *stream = data;
    DeviceState *dev = plug(stream);
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_PCI(dev)->bus);
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(vdev)->vmsd;
    VirtIOSerialPort *port = QTAILQ_LAST(&VIRTIO_SERIAL(vdev)->ports);
    g_autoptr(GByteArray) there = read_stream("virtio-serial-pci");
    g_autoptr(GBytes) in = g_bytes_new(there->data, there->len);
    size_t at = find_bytes(there, port_1, sizeof(port_1));
    QEMUFile *f;

    write_rings(stream);
    check_serial_refused(vdev, there, at + 3, 2);       /* no such port */
    check_serial_refused(vdev, there, at + 13, 2);      /* nor piece */
    check_serial_refused(vdev, there, at + 19, 0x20);   /* nor byte of it */
    check_serial_refused(vdev, there, at - 11, 3);      /* three ports */
    check_serial_refused(vdev, there, at - 15, 7);      /* other numbers */

    f = qemu_file_new_input(in);
    g_assert_cmpint(vmstate_load_state(f, vmsd, vdev, vmsd->version_id), ==,
                    0);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    g_assert_true(port->guest_connected);
    g_assert_nonnull(port->elem);
    g_assert_cmpuint(port->iov_offset, ==, 0x35880);
    g_assert_cmpuint(lduw_le_phys(&address_space_memory, 0x21002), ==, 0);
    vm_start();
    for (int i = 0; i < 100 && port->elem; i++) {
        main_loop_wait(true);
    }
    g_assert_null(port->elem);
    g_assert_cmpuint(lduw_le_phys(&address_space_memory, 0x21002), ==, 1);
    vm_stop(RUN_STATE_PAUSED);

    device_cold_reset(dev);
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-machine", (char *)"pc", (char *)"-S",
        (char *)"-accel", (char *)"qtest", (char *)"-display", (char *)"none",
        (char *)"-nodefaults", (char *)"-m", (char *)"16",
        (char *)"-chardev", (char *)"ringbuf,id=ring0",
        (char *)"-chardev", (char *)"ringbuf,id=ring1", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    for (int i = 0; i < ARRAY_SIZE(streams); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-stream/%s",
                                                streams[i].device);

        g_test_add_data_func(path, &streams[i], test_stream);
    }
    g_test_add_data_func("/virtio-stream/serial-goes-on",
                         &streams[ARRAY_SIZE(streams) - 1], test_serial);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
