/*
 * libFuzzer is a driver of virtio-serial, and the other end of a port as well.
 *
 * An input is what was negotiated, and then bytes of a small language: write
 * descriptors, messages and rings, kick, send to the wire or read from it, stop
 * and go on, plug a port and unplug it.  The port's wire is a pair of sockets
 * that hold little, so that it is throttled often.  After each input the device
 * is reset, and a port has to pass a byte as ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "fuzz.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/pci/pci.h"
#include "hw/virtio/virtio-serial.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-qdev.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "sysemu/runstate.h"

/* Queues of ports 0 and 1 and of control: see virtio-serial.h. */
#define QUEUES      6
#define C_IN        2
#define C_OUT       3
#define OUT         5

/* All of the driver's memory: rings, a page a queue, and buffers. */
#define ARENA       0x180000
#define RING(q)     (ARENA + (q) * 0x1000)
#define AVAIL       0x400
#define USED        0x800
#define BUFFERS     (ARENA + QUEUES * 0x1000)
#define ARENA_SIZE  (QUEUES * 0x1000 + 0x4000)

static VirtIODevice *vdev;
static uint8_t *ram;
static int wire;

typedef struct Input {
    const uint8_t *data;
    size_t size;
} Input;

static uint8_t input_byte(Input *in)
{
    uint8_t byte = 0;

    if (in->size) {
        byte = *in->data++;
        in->size--;
    }
    return byte;
}

static uint16_t input_word(Input *in)
{
    uint16_t word = input_byte(in);

    return word | input_byte(in) << 8;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autofree char *chardev = NULL;
    PCIDevice *pci_dev;
    int little = 1, sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    for (int i = 0; i < 2; i++) {
        setsockopt(sv[i], SOL_SOCKET, SO_SNDBUF, &little, sizeof(little));
    }
    wire = sv[0];
    chardev = g_strdup_printf("socket,id=c,fd=%d", sv[1]);
    fuzz_init((const char *const[]){
        "-chardev", chardev, "-chardev", "null,id=n",
        "-device", "virtio-serial-pci,id=vs0,packed=on,in_order=on",
        "-device", "virtserialport,nr=1,chardev=c,bus=vs0.0",
        "-device", "virtconsole,chardev=n,bus=vs0.0", NULL });
    /* A line for each lie, thousands a second; ASan has its own way out. */
    stderr = fopen("/dev/null", "w");

    pci_dev = PCI_DEVICE(object_resolve_path("/machine/peripheral/vs0", NULL));
    pci_dev->config_write(pci_dev, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    vdev = VIRTIO_DEVICE(object_resolve_path("/machine/peripheral/vs0/"
                                             "virtio-backend", NULL));
    ram = memory_region_get_ram_ptr(current_machine->ram);
    g_assert_cmpuint(current_machine->ram_size, >=, ARENA + ARENA_SIZE);
    return 0;
}

static void serial_start(uint64_t features, unsigned num)
{
    uint8_t status = VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER;

    virtio_reset(vdev);
    memset(ram + ARENA, 0, ARENA_SIZE);
    virtio_set_features(vdev, features);
    virtio_set_status(vdev, status |= VIRTIO_CONFIG_S_FEATURES_OK);
    for (int q = 0; q < QUEUES; q++) {
        virtio_queue_set_num(vdev, q, num);
        virtio_queue_set_rings(vdev, q, RING(q), RING(q) + AVAIL,
                               RING(q) + USED);
    }
    virtio_set_status(vdev, status | VIRTIO_CONFIG_S_DRIVER_OK);
}

/* A descriptor of either format, at place @i of queue @q. */
static void op_desc(Input *in, int q, unsigned i)
{
    uint8_t *desc = ram + RING(q) + i * 16;
    uint8_t kind = input_byte(in);
    uint64_t addr = kind & 1 ? input_word(in) << 20
                             : ARENA + input_word(in) % ARENA_SIZE;

    stq_le_p(desc, addr);
    stl_le_p(desc + 8, kind & 2 ? input_word(in) << 16 : input_word(in));
    stw_le_p(desc + 12, input_byte(in) & (kind & 4 ? 0xff : 7));
    stw_le_p(desc + 14, (input_byte(in) & (kind & 4 ? 7 : 0x1f)) |
                        (kind & 8 ? 1 << VRING_PACKED_DESC_F_AVAIL : 0) |
                        (kind & 16 ? 1 << VRING_PACKED_DESC_F_USED : 0));
}

/* A message, where descriptors like to point. */
static void op_message(Input *in)
{
    struct virtio_console_control *msg =
        (void *)(ram + BUFFERS + input_byte(in) % 16 * sizeof(*msg));

    stl_le_p(&msg->id, input_byte(in) % 4);
    stw_le_p(&msg->event, input_byte(in) % 10);
    stw_le_p(&msg->value, input_byte(in) % 3);
}

static void op_plug(void)
{
    if (object_resolve_path("/machine/peripheral/late", NULL)) {
        qmp_device_del("late", &error_abort);
    } else {
        QDict *args = qdict_new();
        DeviceState *dev;

        qdict_put_str(args, "driver", "virtserialport");
        qdict_put_str(args, "id", "late");
        qdict_put_str(args, "name", "org.late");
        dev = qdev_device_add_from_qdict(args, false, &error_abort);
        object_unref(OBJECT(dev));
        qobject_unref(args);
    }
}

static void run_op(Input *in)
{
    uint8_t op = input_byte(in);
    int q = op % QUEUES;
    uint8_t bytes[4096];
    uint16_t where;

    switch (op / QUEUES % 13) {
    case 0 ... 3:
        op_desc(in, q, input_byte(in) % 64);
        break;
    case 4:
        where = input_word(in) % (ARENA_SIZE - 2);
        stw_le_p(ram + ARENA + where, input_word(in));
        break;
    case 5:
        /* The head of a split ring, and how many there are. */
        where = input_byte(in) % 32;
        stw_le_p(ram + RING(q) + AVAIL + 4 + 2 * where, input_byte(in));
        stw_le_p(ram + RING(q) + AVAIL + 2, where + 1);
        break;
    case 6:
    case 7:
        virtio_queue_notify(vdev, q);
        break;
    case 8:
        op_message(in);
        break;
    case 9:
        memset(bytes, op, sizeof(bytes));
        send(wire, bytes, input_word(in) % sizeof(bytes), MSG_DONTWAIT);
        break;
    case 10:
        recv(wire, bytes, input_word(in) % sizeof(bytes), MSG_DONTWAIT);
        break;
    case 11:
        if (q == 0) {
            op_plug();
        } else if (q == 1) {
            virtio_config_writel(vdev, 8, input_byte(in));
        } else if (runstate_is_running()) {
            vm_stop(RUN_STATE_PAUSED);
        } else {
            vm_start();
        }
        break;
    default:
        virtio_queue_reset(vdev, q);
        virtio_queue_set_rings(vdev, q, RING(q), RING(q) + AVAIL,
                               RING(q) + USED);
        break;
    }
    main_loop_wait(true);
}

/* Offer the only descriptor of queue @q: @len bytes at @addr to read. */
static void offer(int q, uint64_t addr, uint32_t len)
{
    stq_le_p(ram + RING(q), addr);
    stl_le_p(ram + RING(q) + 8, len);
    stw_le_p(ram + RING(q) + AVAIL + 2, 1);
    virtio_queue_notify(vdev, q);
    for (int i = 0; i < 10 && !lduw_le_p(ram + RING(q) + USED + 2); i++) {
        main_loop_wait(true);
    }
    g_assert_cmpuint(lduw_le_p(ram + RING(q) + USED + 2), ==, 1);
}

/* A driver that keeps to the rules: it opens the port, and sends a byte. */
static void check_works(void)
{
    const struct virtio_console_control open = {
        .id = cpu_to_le32(1),
        .event = cpu_to_le16(VIRTIO_CONSOLE_PORT_OPEN),
        .value = cpu_to_le16(1),
    };
    uint8_t bytes[4096];
    ssize_t got = 0, n;

    if (!runstate_is_running()) {
        vm_start();
    }
    serial_start(1ull << VIRTIO_F_VERSION_1 |
                 1ull << VIRTIO_CONSOLE_F_MULTIPORT, 16);
    memcpy(ram + BUFFERS, &open, sizeof(open));
    offer(C_OUT, BUFFERS, sizeof(open));
    while (recv(wire, bytes, sizeof(bytes), MSG_DONTWAIT) > 0) {
        main_loop_wait(true);
    }
    ram[BUFFERS] = '!';
    offer(OUT, BUFFERS, 1);
    while ((n = recv(wire, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
        got = n;
    }
    g_assert_cmpint(got, ==, 1);
    g_assert_cmpint(bytes[0], ==, '!');
    g_assert_false(vdev->broken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned bits[] = {
        VIRTIO_F_RING_PACKED, VIRTIO_RING_F_EVENT_IDX,
        VIRTIO_RING_F_INDIRECT_DESC, VIRTIO_F_IN_ORDER,
        VIRTIO_F_VERSION_1, VIRTIO_CONSOLE_F_MULTIPORT,
    };
    Input in = { data, size };
    uint8_t choice = input_byte(&in);
    uint64_t features = 0;

    for (int i = 0; i < ARRAY_SIZE(bits); i++) {
        features |= (uint64_t)(choice >> i & 1) << bits[i];
    }
    serial_start(features, 1 + input_byte(&in) % 32);
    while (in.size) {
        run_op(&in);
    }
    check_works();
    return 0;
}
