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
    { "virtio-blk-pci,num-queues=2,werror=stop,drive=node0", 0x100007240, 2,
      { NULL }, { [1] = { 1, 0 } } },
    { "virtio-scsi-pci,num_queues=1", 0x100000000, 3,
      { "scsi-hd,rerror=stop,werror=stop,drive=node0" },
      { [2] = { 4, 2 } } },
};

static const Stream *stream_of(const char *type)
{
    for (int i = 0; i < ARRAY_SIZE(streams); i++) {
        if (g_str_has_prefix(streams[i].device, type)) {
            return &streams[i];
        }
    }
    g_assert_not_reached();
}

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

/* @part: the last of its parts */
static DeviceState *plug(const Stream *stream, DeviceState **part)
{
    DeviceState *dev;

    /* The one before it may still hold the chardevs. */
    drain_call_rcu();
    dev = plug_with(stream->device, "addr", "3");
    *part = NULL;
    for (int i = 0; i < ARRAY_SIZE(stream->parts); i++) {
        if (stream->parts[i]) {
            *part = plug_with(stream->parts[i], "bus", "dev0.0");
            object_unref(OBJECT(*part));
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

/* All of the section of @type is for @dev. */
static void load_stream(const char *type, DeviceState *dev)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(dev)->vmsd;
    g_autoptr(GByteArray) there = read_stream(type);
    g_autoptr(GBytes) in = g_bytes_new(there->data, there->len);
    QEMUFile *f = qemu_file_new_input(in);

    g_assert_cmpint(vmstate_load_state(f, vmsd, dev, vmsd->version_id), ==, 0);
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);
    qemu_get_byte(f);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
}

/* And what is saved of it is that section. */
static void check_saved(const char *type, DeviceState *dev)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(dev)->vmsd;
    g_autoptr(GByteArray) there = read_stream(type);
    g_autoptr(GByteArray) here = NULL;
    QEMUFile *f = qemu_file_new_output();

    g_assert_cmpint(vmstate_save_state(f, vmsd, dev, NULL), ==, 0);
    here = g_bytes_unref_to_array(qemu_file_bytes(f));
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    for (guint i = 0; i < MIN(here->len, there->len); i++) {
        if (here->data[i] != there->data[i]) {
            g_error("byte 0x%x is %02x, was %02x", i, here->data[i],
                    there->data[i]);
        }
    }
    g_assert_cmpuint(here->len, ==, there->len);
}

static void unplug(DeviceState *dev)
{
    device_cold_reset(dev);
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
}

static void test_stream(const void *data)
{
    const Stream *stream = data;
    g_autofree char *type = g_strndup(stream->device,
                                      strcspn(stream->device, ","));
    DeviceState *part, *dev = plug(stream, &part);
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_PCI(dev)->bus);

    write_rings(stream);
    load_stream(type, DEVICE(vdev));

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

    check_saved(type, DEVICE(vdev));
    unplug(dev);
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
static void test_serial(void)
{
    /* Port 1: open at both ends, and an element at 0x35880 of piece 0. */
    static const uint8_t port_1[] = {
        0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0x58, 0x80
    };
    const Stream *stream = stream_of("virtio-serial-pci");
    DeviceState *part, *dev = plug(stream, &part);
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
    unplug(dev);
}

/* The machine goes on, until the ring at @ring has @used that are used. */
static void go_on_until(hwaddr ring, uint16_t used)
{
    vm_start();
    for (int i = 0; i < 100 && lduw_le_phys(&address_space_memory,
                                            ring + 0x2002) != used; i++) {
        main_loop_wait(true);
    }
    g_assert_cmpuint(lduw_le_phys(&address_space_memory, ring + 0x2002), ==,
                     used);
    vm_stop(RUN_STATE_PAUSED);
}

static void write_guest(hwaddr addr, const void *buf, size_t len)
{
    address_space_write(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                        buf, len);
}

/* A write that has failed on the other side is tried again on this one. */
static void test_blk(void)
{
    static const uint8_t header[16] = { 1, [8] = 7 };
    const Stream *stream = stream_of("virtio-blk-pci");
    DeviceState *part, *dev = plug(stream, &part);
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_PCI(dev)->bus);

    write_rings(stream);
    write_guest(0x40000, header, sizeof(header));
    address_space_stb(&address_space_memory, 0x42000, 0xee,
                      MEMTXATTRS_UNSPECIFIED, NULL);
    load_stream("virtio-blk-pci", DEVICE(vdev));
    go_on_until(0x13000, 1);
    g_assert_cmphex(ldub_phys(&address_space_memory, 0x42000), ==, 0);
    /* The head of the chain, and what was written: a status */
    g_assert_cmphex(ldl_le_phys(&address_space_memory, 0x15004), ==, 0);
    g_assert_cmphex(ldl_le_phys(&address_space_memory, 0x15008), ==, 1);
    unplug(dev);
}

/* And so are a WRITE and a READ; they are in the section of their disk. */
static void test_scsi(void)
{
    static const struct {
        hwaddr header;
        uint8_t cdb[10];
    } commands[] = {
        { 0x40000, { 0x2a, 0, 0, 0, 0, 3, 0, 0, 2 } },
        { 0x44000, { 0x28, 0, 0, 0, 0, 5, 0, 0, 1 } },
    };
    const Stream *stream = stream_of("virtio-scsi-pci");
    DeviceState *part, *dev = plug(stream, &part);
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_PCI(dev)->bus);

    write_rings(stream);
    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        uint8_t header[51] = { 1, 0, 0x40 };
        uint8_t response[108];

        memcpy(header + 19, commands[i].cdb, sizeof(commands[i].cdb));
        write_guest(commands[i].header, header, sizeof(header));
        memset(response, 0xee, sizeof(response));
        write_guest(commands[i].header + 0x1000, response, sizeof(response));
    }
    load_stream("virtio-scsi-pci", DEVICE(vdev));
    load_stream("scsi-hd", part);
    check_saved("scsi-hd", part);
    go_on_until(0x16000, 4);
    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        /* status and response */
        g_assert_cmphex(lduw_le_phys(&address_space_memory,
                                     commands[i].header + 0x100a), ==, 0);
    }
    unplug(dev);
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-machine", (char *)"pc", (char *)"-S",
        (char *)"-accel", (char *)"qtest", (char *)"-display", (char *)"none",
        (char *)"-nodefaults", (char *)"-m", (char *)"16",
        (char *)"-chardev", (char *)"ringbuf,id=ring0",
        (char *)"-chardev", (char *)"ringbuf,id=ring1",
        (char *)"-blockdev",
        (char *)"null-co,node-name=node0,size=1048576,read-zeroes=on", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    for (int i = 0; i < ARRAY_SIZE(streams); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-stream/%s",
                                                streams[i].device);

        g_test_add_data_func(path, &streams[i], test_stream);
    }
    g_test_add_func("/virtio-stream/blk-goes-on", test_blk);
    g_test_add_func("/virtio-stream/scsi-goes-on", test_scsi);
    g_test_add_func("/virtio-stream/serial-goes-on", test_serial);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
