/*
 * libFuzzer is a driver of virtio-net, and writes its rings.
 *
 * An input is what was negotiated, and then bytes of a small language: write
 * here, kick there, let a packet come.  Queues 0 and 1 are served by the card;
 * on the control queue, requests are popped here, and pushed, put back, given
 * up or held, as a device with several at a time does.  After each input the
 * device is reset, and has to send a packet as ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fuzz.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/pci/pci.h"
#include "hw/virtio/virtio.h"
#include "net/net.h"
#include "qemu/main-loop.h"
#include "standard-headers/linux/virtio_net.h"

#define QUEUES      3
#define CTRL        2
#define HELD        8

/* All of the driver's memory: rings, a page a queue, and buffers. */
#define ARENA       0x180000
#define RING(q)     (ARENA + (q) * 0x1000)
#define AVAIL       0x400
#define USED        0x800
#define BUFFERS     (ARENA + QUEUES * 0x1000)
#define ARENA_SIZE  (QUEUES * 0x1000 + 0x4000)

static VirtIODevice *vdev;
static NetClientState *peer;
static uint8_t *ram;
static VirtQueueElement *held[HELD];

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
    PCIDevice *pci_dev;

    /* A hub takes packets only if it knows where to. */
    fuzz_init((const char *const[]){
        "-netdev", "hubport,id=h1,hubid=0", "-global", "virtio-net-device.packed=on",
        "-global", "virtio-net-device.in_order=on", NULL });
    /* A line for each lie, thousands a second; ASan has its own way out. */
    stderr = fopen("/dev/null", "w");

    pci_dev = PCI_DEVICE(object_resolve_path("/machine/peripheral/nic0",
                                             NULL));
    pci_dev->config_write(pci_dev, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    vdev = VIRTIO_DEVICE(object_resolve_path("/machine/peripheral/nic0/"
                                             "virtio-backend", NULL));
    peer = qemu_find_netdev("h0");
    ram = memory_region_get_ram_ptr(current_machine->ram);
    g_assert_cmpuint(current_machine->ram_size, >=, ARENA + ARENA_SIZE);
    return 0;
}

static void ring_start(uint64_t features, unsigned num)
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
    /* Flags and next, or the id and flags with a counter. */
    stw_le_p(desc + 12, input_byte(in) & (kind & 4 ? 0xff : 7));
    stw_le_p(desc + 14, (input_byte(in) & (kind & 4 ? 7 : 0x1f)) |
                        (kind & 8 ? 1 << VRING_PACKED_DESC_F_AVAIL : 0) |
                        (kind & 16 ? 1 << VRING_PACKED_DESC_F_USED : 0));
}

static void op_pop(VirtQueue *vq, unsigned slot)
{
    if (!held[slot]) {
        held[slot] = virtqueue_pop(vq, sizeof(VirtQueueElement));
    }
}

static void op_give_back(VirtQueue *vq, unsigned slot, uint8_t how)
{
    VirtQueueElement *elem = held[slot];

    if (!elem) {
        return;
    }
    held[slot] = NULL;
    if (how & 1) {
        virtqueue_push(vq, elem, how);
        virtio_notify(vdev, vq);
    } else {
        virtqueue_detach_element(vq, elem, 0);
    }
    g_free(elem);
}

/* All that is held, filled from wherever, and flushed at once. */
static void op_flush(VirtQueue *vq, unsigned from)
{
    unsigned count = 0;

    for (unsigned i = 0; i < HELD; i++) {
        VirtQueueElement **elem = &held[(from + i) % HELD];

        if (*elem) {
            virtqueue_fill(vq, *elem, i, count++);
            g_free(*elem);
            *elem = NULL;
        }
    }
    virtqueue_flush(vq, count);
    virtio_notify(vdev, vq);
}

static void op_count(VirtQueue *vq, uint16_t max)
{
    unsigned int in_bytes, out_bytes;
    int seen = virtqueue_get_avail_bytes(vq, &in_bytes, &out_bytes, max, max);

    virtio_queue_enable_notification_and_check(vq, seen);
}

static void run_op(Input *in)
{
    uint8_t op = input_byte(in);
    int q = op % QUEUES;
    VirtQueue *ctrl = virtio_get_queue(vdev, CTRL);
    uint8_t packet[2048];
    uint16_t where;

    switch (op / QUEUES % 14) {
    case 0 ... 3:
        op_desc(in, q, input_byte(in) % 64);
        break;
    case 4:
    case 5:
        where = input_word(in) % (ARENA_SIZE - 2);
        stw_le_p(ram + ARENA + where, input_word(in));
        break;
    case 6:
        /* The head of a split ring, and how many there are. */
        where = input_byte(in) % 32;
        stw_le_p(ram + RING(q) + AVAIL + 4 + 2 * where, input_byte(in));
        stw_le_p(ram + RING(q) + AVAIL + 2, where + 1);
        break;
    case 7:
        if (q != CTRL) {
            virtio_queue_notify(vdev, q);
        }
        break;
    case 8:
        memset(packet, op, sizeof(packet));
        qemu_send_packet(peer, packet, 14 + input_word(in) % 2000);
        break;
    case 9:
        op_pop(ctrl, input_byte(in) % HELD);
        break;
    case 10:
        op_give_back(ctrl, input_byte(in) % HELD, op);
        break;
    case 11:
        op_flush(ctrl, input_byte(in));
        break;
    case 12:
        op_count(ctrl, input_word(in));
        virtio_queue_set_notification(ctrl, op & 1);
        break;
    default:
        where = input_byte(in);
        if (where & 1) {
            virtqueue_drop_all(ctrl);
        } else {
            virtio_queue_set_num(vdev, q, where >> 1);
            virtio_init_region_cache(vdev, q);
        }
        break;
    }
    main_loop_wait(true);
}

/* A driver that keeps to the rules: a header and a packet. */
static void check_works(void)
{
    ring_start(1ull << VIRTIO_F_VERSION_1, 16);
    stq_le_p(ram + RING(1), BUFFERS);
    stl_le_p(ram + RING(1) + 8, sizeof(struct virtio_net_hdr_mrg_rxbuf) + 60);
    stw_le_p(ram + RING(1) + AVAIL + 2, 1);
    virtio_queue_notify(vdev, 1);
    for (int i = 0; i < 10 && !lduw_le_p(ram + RING(1) + USED + 2); i++) {
        main_loop_wait(true);
    }
    g_assert_cmpuint(lduw_le_p(ram + RING(1) + USED + 2), ==, 1);
    g_assert_false(vdev->broken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned bits[] = {
        VIRTIO_F_RING_PACKED, VIRTIO_RING_F_EVENT_IDX,
        VIRTIO_RING_F_INDIRECT_DESC, VIRTIO_F_IN_ORDER, VIRTIO_NET_F_MRG_RXBUF,
        VIRTIO_F_VERSION_1,
    };
    Input in = { data, size };
    uint8_t choice = input_byte(&in);
    uint64_t features = 1ull << VIRTIO_NET_F_CTRL_VQ;

    for (int i = 0; i < ARRAY_SIZE(bits); i++) {
        features |= (uint64_t)(choice >> i & 1) << bits[i];
    }
    ring_start(features, 1 + input_byte(&in) % 32);
    while (in.size) {
        run_op(&in);
    }
    for (int i = 0; i < HELD; i++) {
        op_give_back(virtio_get_queue(vdev, CTRL), i, choice + i);
    }
    check_works();
    return 0;
}
