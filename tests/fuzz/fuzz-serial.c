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
#include "fuzz-virtio.h"
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
#define C_OUT       3
#define OUT         5

static int wire;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autofree char *chardev = NULL;
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
    fuzz_virtio_init("vs0", QUEUES);
    return 0;
}

/* A message, where descriptors like to point. */
static void op_message(Input *in)
{
    struct virtio_console_control *msg =
        (void *)(fuzz_arena + BUFFERS + input_byte(in) % 16 * sizeof(*msg));

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

    switch (op / QUEUES % 13) {
    case 0 ... 3:
        fuzz_desc(in, q);
        break;
    case 4:
        fuzz_write(in);
        break;
    case 5:
        fuzz_avail(in, q);
        break;
    case 6:
    case 7:
        virtio_queue_notify(fuzz_vdev, q);
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
            virtio_config_writel(fuzz_vdev, 8, input_byte(in));
        } else {
            fuzz_stop_or_go();
        }
        break;
    default:
        fuzz_reset_queue(q);
        break;
    }
    main_loop_wait(true);
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
    fuzz_start(1ull << VIRTIO_F_VERSION_1 |
               1ull << VIRTIO_CONSOLE_F_MULTIPORT, 16);
    memcpy(fuzz_arena + BUFFERS, &open, sizeof(open));
    fuzz_offer(C_OUT, BUFFERS, sizeof(open));
    while (recv(wire, bytes, sizeof(bytes), MSG_DONTWAIT) > 0) {
        main_loop_wait(true);
    }
    fuzz_arena[BUFFERS] = '!';
    fuzz_offer(OUT, BUFFERS, 1);
    while ((n = recv(wire, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
        got = n;
    }
    g_assert_cmpint(got, ==, 1);
    g_assert_cmpint(bytes[0], ==, '!');
    g_assert_false(fuzz_vdev->broken);
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

    fuzz_start(fuzz_features(bits, ARRAY_SIZE(bits), choice),
               1 + input_byte(&in) % 32);
    while (in.size) {
        run_op(&in);
    }
    check_works();
    return 0;
}
