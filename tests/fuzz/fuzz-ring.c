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
#include "fuzz-virtio.h"
#include "net/net.h"
#include "qemu/main-loop.h"
#include "standard-headers/linux/virtio_net.h"

#define QUEUES      3
#define CTRL        2
#define HELD        8

static NetClientState *peer;
static VirtQueueElement *held[HELD];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    /* A hub takes packets only if it knows where to. */
    fuzz_init((const char *const[]){
        "-netdev", "hubport,id=h1,hubid=0",
        "-global", "virtio-net-device.packed=on",
        "-global", "virtio-net-device.in_order=on", NULL });
    fuzz_virtio_init("nic0", QUEUES);
    peer = qemu_find_netdev("h0");
    return 0;
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
        virtio_notify(fuzz_vdev, vq);
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
    virtio_notify(fuzz_vdev, vq);
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
    VirtQueue *ctrl = virtio_get_queue(fuzz_vdev, CTRL);
    uint8_t packet[2048];
    uint8_t how;

    switch (op / QUEUES % 14) {
    case 0 ... 3:
        fuzz_desc(in, q);
        break;
    case 4:
    case 5:
        fuzz_write(in);
        break;
    case 6:
        fuzz_avail(in, q);
        break;
    case 7:
        if (q != CTRL) {
            virtio_queue_notify(fuzz_vdev, q);
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
        how = input_byte(in);
        if (how & 1) {
            virtqueue_drop_all(ctrl);
        } else {
            virtio_queue_set_num(fuzz_vdev, q, how >> 1);
            virtio_init_region_cache(fuzz_vdev, q);
        }
        break;
    }
    main_loop_wait(true);
}

/* A driver that keeps to the rules: a header and a packet. */
static void check_works(void)
{
    fuzz_start(1ull << VIRTIO_F_VERSION_1, 16);
    fuzz_offer(1, BUFFERS, sizeof(struct virtio_net_hdr_mrg_rxbuf) + 60);
    g_assert_false(fuzz_vdev->broken);
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
    uint64_t features = fuzz_features(bits, ARRAY_SIZE(bits), choice);

    fuzz_start(features | 1ull << VIRTIO_NET_F_CTRL_VQ,
               1 + input_byte(&in) % 32);
    while (in.size) {
        run_op(&in);
    }
    for (int i = 0; i < HELD; i++) {
        op_give_back(virtio_get_queue(fuzz_vdev, CTRL), i, choice + i);
    }
    check_works();
    return 0;
}
