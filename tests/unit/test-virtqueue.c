/*
 * The split ring, driven as a driver would, and as a liar would.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtqueue-test.h"
#include "qemu/iov.h"

static uint16_t avail_idx;

/* The driver */

static void driver_start(uint64_t features)
{
    virtqueue_test_start(features);
    avail_idx = 0;
}

static void driver_desc(uint64_t table, int i, uint64_t addr, uint32_t len,
                        uint16_t flags, uint16_t next)
{
    struct vring_desc *desc = (void *)(mem + table);

    desc[i].addr = addr;
    desc[i].len = len;
    desc[i].flags = flags;
    desc[i].next = next;
}

static void driver_offer(uint16_t head)
{
    struct vring_avail *avail = (void *)(mem + AVAIL);

    avail->ring[avail_idx % QUEUE_SIZE] = head;
    avail->idx = ++avail_idx;
}

static struct vring_used *driver_used(void)
{
    return (void *)(mem + USED);
}

/* After the lie the device is broken, and after a reset it is not. */
static void expect_broken(const char *message)
{
    virtqueue_test_broken(message);

    driver_start(0);
    driver_desc(DESC, 0, DATA, 4, 0, 0);
    driver_offer(0);
    g_free(virtqueue_pop(vq, sizeof(VirtQueueElement)));
    g_assert_false(vdev->broken);
    driver_start(0);
}

/* What a device may rely on */

/* A chain arrives as what to read and what to write, in order. */
static void test_pop_and_push(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    strcpy((char *)mem + DATA, "hello");
    driver_desc(DESC, 3, DATA, 6, VRING_DESC_F_NEXT, 5);
    driver_desc(DESC, 5, DATA + 0x100, 16, VRING_DESC_F_WRITE, 0);
    driver_offer(3);

    g_assert_false(virtio_queue_empty(vq));
    elem = virtqueue_pop(vq, sizeof(VirtQueueElement));
    g_assert_nonnull(elem);
    g_assert_true(virtio_queue_empty(vq));
    g_assert_cmpuint(elem->index, ==, 3);
    g_assert_cmpuint(elem->out_num, ==, 1);
    g_assert_cmpuint(elem->in_num, ==, 1);
    g_assert_cmpstr(elem->out_sg[0].iov_base, ==, "hello");
    g_assert_cmphex(elem->in_addr[0], ==, DATA + 0x100);

    iov_from_buf(elem->in_sg, elem->in_num, 0, "world", 6);
    virtqueue_push(vq, elem, 6);
    g_free(elem);
    g_assert_cmpstr((char *)mem + DATA + 0x100, ==, "world");
    g_assert_cmpuint(driver_used()->idx, ==, 1);
    g_assert_cmpuint(driver_used()->ring[0].id, ==, 3);
    g_assert_cmpuint(driver_used()->ring[0].len, ==, 6);
}

/* What is filled is seen only when it is flushed, and then all of it. */
static void test_fill_and_flush(void)
{
    driver_start(0);
    for (int i = 0; i < 3; i++) {
        driver_desc(DESC, i, DATA, 4, 0, 0);
        driver_offer(i);
    }
    for (int i = 0; i < 3; i++) {
        VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));

        virtqueue_fill(vq, elem, 0, i);
        g_free(elem);
        g_assert_cmpuint(driver_used()->idx, ==, 0);
    }
    virtqueue_flush(vq, 3);
    g_assert_cmpuint(driver_used()->idx, ==, 3);
    g_assert_cmpuint(driver_used()->ring[2].id, ==, 2);
}

/* A chain may lie in a table of its own. */
static void test_indirect(void)
{
    VirtQueueElement *elem;

    driver_start(1ULL << VIRTIO_RING_F_INDIRECT_DESC);
    driver_desc(DESC, 0, TABLE, 2 * sizeof(struct vring_desc),
                VRING_DESC_F_INDIRECT, 0);
    driver_desc(TABLE, 0, DATA, 10, VRING_DESC_F_NEXT, 1);
    driver_desc(TABLE, 1, DATA + 0x100, 20, VRING_DESC_F_WRITE, 0);
    driver_offer(0);
    elem = virtqueue_pop(vq, sizeof(*elem));
    g_assert_cmpuint(elem->index, ==, 0);
    g_assert_cmpuint(elem->out_sg[0].iov_len, ==, 10);
    g_assert_cmpuint(elem->in_sg[0].iov_len, ==, 20);
    virtqueue_push(vq, elem, 0);
    g_free(elem);
}

/* Buffers outside the largest piece of RAM are as good as those inside. */
static void test_far_buffer(void)
{
    VirtQueueElement *elem;
    uint8_t *far = memory_region_get_ram_ptr(&far_ram);

    driver_start(0);
    driver_desc(DESC, 0, FAR_RAM + 8, 4, VRING_DESC_F_WRITE, 0);
    driver_offer(0);
    elem = virtqueue_pop(vq, sizeof(*elem));
    g_assert_true(elem->in_sg[0].iov_base == far + 8);
    iov_from_buf(elem->in_sg, elem->in_num, 0, "abc", 4);
    virtqueue_push(vq, elem, 4);
    g_free(elem);
    g_assert_cmpstr((char *)far + 8, ==, "abc");
}

/* The memory map may change while a request is in flight. */
static void test_map_changes(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    driver_desc(DESC, 0, DATA, 4, VRING_DESC_F_WRITE, 0);
    driver_offer(0);
    elem = virtqueue_pop(vq, sizeof(*elem));
    memory_region_set_enabled(&far_ram, false);
    virtqueue_push(vq, elem, 4);
    g_free(elem);
    memory_region_set_enabled(&far_ram, true);
    g_assert_cmpuint(driver_used()->idx, ==, 1);
}

/* What is put back comes again. */
static void test_unpop_and_rewind(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    driver_desc(DESC, 0, DATA, 4, 0, 0);
    driver_desc(DESC, 1, DATA, 4, 0, 0);
    driver_offer(1);
    driver_offer(0);
    elem = virtqueue_pop(vq, sizeof(*elem));
    virtqueue_unpop(vq, elem, 0);
    g_free(elem);
    elem = virtqueue_pop(vq, sizeof(*elem));
    g_assert_cmpuint(elem->index, ==, 1);
    virtqueue_push(vq, elem, 0);
    g_free(elem);
    g_assert_false(virtqueue_rewind(vq, 1));
}

static void test_drop_all(void)
{
    driver_start(0);
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_desc(DESC, i, DATA, 4, 0, 0);
        driver_offer(i);
    }
    g_assert_cmpuint(virtqueue_drop_all(vq), ==, QUEUE_SIZE);
    g_assert_cmpuint(driver_used()->idx, ==, QUEUE_SIZE);
    g_assert_true(virtio_queue_empty(vq));
}

/* Bytes are counted over all chains, and their sum does not wrap around. */
static void test_avail_bytes(void)
{
    unsigned int in, out;

    driver_start(0);
    driver_desc(DESC, 0, DATA, 100, VRING_DESC_F_NEXT, 1);
    driver_desc(DESC, 1, DATA, 50, VRING_DESC_F_WRITE, 0);
    driver_desc(DESC, 2, DATA, 0xffffffff, VRING_DESC_F_WRITE, 0);
    driver_offer(0);
    virtqueue_get_avail_bytes(vq, &in, &out, UINT_MAX, UINT_MAX);
    g_assert_cmpuint(in, ==, 50);
    g_assert_cmpuint(out, ==, 100);
    driver_offer(2);
    g_assert_true(virtqueue_avail_bytes(vq, 0xffffffff, 0));
    g_assert_false(virtqueue_avail_bytes(vq, 0, 101));
}

/* Interrupts */

static void use_one(int i)
{
    VirtQueueElement *elem;

    driver_desc(DESC, i, DATA, 4, 0, 0);
    driver_offer(i);
    elem = virtqueue_pop(vq, sizeof(*elem));
    virtqueue_push(vq, elem, 0);
    virtio_notify(vdev, vq);
    g_free(elem);
}

/* Without event_idx a flag in the avail ring says whether to interrupt. */
static void test_no_interrupt(void)
{
    driver_start(0);
    use_one(0);
    g_assert_cmpint(transport->interrupts, ==, 1);
    ((struct vring_avail *)(mem + AVAIL))->flags = VRING_AVAIL_F_NO_INTERRUPT;
    use_one(1);
    g_assert_cmpint(transport->interrupts, ==, 1);
}

/* With it, the driver names the use that it waits for. */
static void test_event_idx(void)
{
    struct vring_avail *avail = (void *)(mem + AVAIL);

    driver_start(1ULL << VIRTIO_RING_F_EVENT_IDX);
    use_one(0);
    transport->interrupts = 0;
    avail->ring[QUEUE_SIZE] = 2;
    use_one(1);
    g_assert_cmpint(transport->interrupts, ==, 0);
    use_one(2);
    g_assert_cmpint(transport->interrupts, ==, 1);
}

/* Liars */

static void test_liar_head(void)
{
    driver_start(0);
    driver_offer(99);
    expect_broken("Guest says index 99 is available");
}

static void test_liar_index(void)
{
    driver_start(0);
    ((struct vring_avail *)(mem + AVAIL))->idx = QUEUE_SIZE + 1;
    expect_broken("Guest moved used index from 0 to 9");
}

static void test_liar_loop(void)
{
    driver_start(0);
    driver_desc(DESC, 0, DATA, 4, VRING_DESC_F_NEXT, 1);
    driver_desc(DESC, 1, DATA, 4, VRING_DESC_F_NEXT, 0);
    driver_offer(0);
    expect_broken("Looped descriptor");
}

static void test_liar_next(void)
{
    driver_start(0);
    driver_desc(DESC, 0, DATA, 4, VRING_DESC_F_NEXT, 500);
    driver_offer(0);
    expect_broken("Desc next is 500");
}

static void test_liar_order(void)
{
    driver_start(0);
    driver_desc(DESC, 0, DATA, 4, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, 1);
    driver_desc(DESC, 1, DATA, 4, 0, 0);
    driver_offer(0);
    expect_broken("Incorrect order for descriptors");
}

static void test_liar_length(void)
{
    driver_start(0);
    driver_desc(DESC, 0, DATA, 0, 0, 0);
    driver_offer(0);
    expect_broken("zero sized buffers are not allowed");
}

static void test_liar_indirect(void)
{
    driver_start(0);
    driver_desc(DESC, 0, TABLE, 17, VRING_DESC_F_INDIRECT, 0);
    driver_offer(0);
    expect_broken("Invalid size for indirect buffer table");

    driver_desc(DESC, 0, TABLE, 2 * sizeof(struct vring_desc),
                VRING_DESC_F_INDIRECT, 0);
    driver_desc(TABLE, 0, DATA, 4, VRING_DESC_F_NEXT, 1);
    driver_desc(TABLE, 1, DATA, 4, VRING_DESC_F_NEXT, 2);
    driver_offer(0);
    expect_broken("Desc next is 2");
}

/*
 * A table in a table is not followed: what says that it is one is a buffer
 * like the others, and so is one behind the head of a chain.
 */
static void test_liar_indirect_nested(void)
{
    VirtQueueElement *elem;

    driver_start(1ULL << VIRTIO_RING_F_INDIRECT_DESC);
    driver_desc(DESC, 0, TABLE, 2 * sizeof(struct vring_desc),
                VRING_DESC_F_INDIRECT, 0);
    driver_desc(TABLE, 0, TABLE, 2 * sizeof(struct vring_desc),
                VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 1);
    driver_desc(TABLE, 1, DATA, 4, 0, 0);
    driver_offer(0);
    elem = virtqueue_pop(vq, sizeof(*elem));
    g_assert_cmpuint(elem->out_num, ==, 2);
    g_assert_true(elem->out_sg[0].iov_base == mem + TABLE);
    virtqueue_push(vq, elem, 0);
    g_free(elem);

    driver_desc(DESC, 1, DATA, 4, VRING_DESC_F_NEXT, 2);
    driver_desc(DESC, 2, TABLE, 2 * sizeof(struct vring_desc),
                VRING_DESC_F_INDIRECT, 0);
    driver_offer(1);
    elem = virtqueue_pop(vq, sizeof(*elem));
    g_assert_cmpuint(elem->out_num, ==, 2);
    g_assert_true(elem->out_sg[1].iov_base == mem + TABLE);
    virtqueue_push(vq, elem, 0);
    g_free(elem);
    g_assert_false(vdev->broken);
}

/* A table of all of memory: it is read as far as its chain goes. */
static void test_liar_indirect_huge(void)
{
    driver_start(0);
    for (int i = 0; i < 2 * VIRTQUEUE_MAX_SIZE; i++) {
        driver_desc(TABLE, i, DATA, 1, VRING_DESC_F_NEXT, i + 1);
    }
    driver_desc(DESC, 0, TABLE, RAM_SIZE - TABLE, VRING_DESC_F_INDIRECT, 0);
    driver_offer(0);
    expect_broken("too many write descriptors in indirect table");

    driver_desc(DESC, 0, TABLE, 0xfffffff0, VRING_DESC_F_INDIRECT, 0);
    driver_offer(0);
    expect_broken("Cannot map indirect buffer");
}

/* The same when bytes are only counted: a chain has an end for that too. */
static void test_liar_indirect_count(void)
{
    unsigned int in, out;

    driver_start(0);
    for (int i = 0; i < 2 * VIRTQUEUE_MAX_SIZE; i++) {
        driver_desc(TABLE, i, DATA, 1, VRING_DESC_F_NEXT, i + 1);
    }
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_desc(DESC, i, TABLE, RAM_SIZE - TABLE, VRING_DESC_F_INDIRECT,
                    0);
        driver_offer(i);
    }
    g_assert_cmpint(virtqueue_get_avail_bytes(vq, &in, &out, UINT_MAX,
                                              UINT_MAX), ==, -1);
    g_assert_true(vdev->broken);
}

/* Rings where no ring may be, at odd addresses, work or break; no more. */
static void test_liar_alignment(void)
{
    for (int off = 1; off < 16; off++) {
        uint8_t *avail = mem + AVAIL + off, *used = mem + USED + off;
        VirtQueueElement *elem;

        driver_start(1ULL << VIRTIO_RING_F_EVENT_IDX);
        virtio_set_status(vdev, VIRTIO_CONFIG_S_FEATURES_OK);
        virtio_queue_set_rings(vdev, 0, DESC + off, AVAIL + off, USED + off);
        virtio_set_status(vdev, VIRTIO_CONFIG_S_FEATURES_OK |
                                VIRTIO_CONFIG_S_DRIVER_OK);
        stq_le_p(mem + DESC + off, DATA + off);
        stl_le_p(mem + DESC + off + 8, 4);
        stw_le_p(mem + DESC + off + 12, VRING_DESC_F_WRITE);
        stw_le_p(avail + 2, 1);

        elem = virtqueue_pop(vq, sizeof(*elem));
        g_assert_nonnull(elem);
        g_assert_true(elem->in_sg[0].iov_base == mem + DATA + off);
        virtqueue_push(vq, elem, 4);
        virtio_notify(vdev, vq);
        g_free(elem);
        g_assert_cmpuint(lduw_le_p(used + 2), ==, 1);
        g_assert_cmpuint(ldl_le_p(used + 8), ==, 4);
        virtio_queue_set_notification(vq, 1);
    }
}

/* More than it can have given: everything is in flight already. */
static void test_liar_inuse(void)
{
    VirtQueueElement *elem[QUEUE_SIZE];

    driver_start(0);
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_desc(DESC, i, DATA, 4, 0, 0);
        driver_offer(i);
        elem[i] = virtqueue_pop(vq, sizeof(VirtQueueElement));
    }
    driver_offer(0);
    g_assert_null(virtqueue_pop(vq, sizeof(VirtQueueElement)));
    g_assert_true(vdev->broken);
    for (int i = 0; i < QUEUE_SIZE; i++) {
        virtqueue_detach_element(vq, elem[i], 0);
        g_free(elem[i]);
    }
}

/* A size that the device never had, or that no ring has, changes nothing. */
static void test_liar_size(void)
{
    driver_start(0);
    virtio_queue_set_num(vdev, 0, 2 * QUEUE_SIZE);
    g_assert_cmpint(virtio_queue_get_num(vdev, 0), ==, QUEUE_SIZE);
    virtio_queue_set_num(vdev, 0, 3);
    g_assert_cmpint(virtio_queue_get_num(vdev, 0), ==, QUEUE_SIZE);
    virtio_queue_set_num(vdev, 0, 4);
    g_assert_cmpint(virtio_queue_get_num(vdev, 0), ==, 4);
}

int main(int argc, char **argv)
{
    int ret;

    virtqueue_test_init(&argc, &argv);
    g_test_add_func("/virtqueue/pop-and-push", test_pop_and_push);
    g_test_add_func("/virtqueue/fill-and-flush", test_fill_and_flush);
    g_test_add_func("/virtqueue/indirect", test_indirect);
    g_test_add_func("/virtqueue/far-buffer", test_far_buffer);
    g_test_add_func("/virtqueue/map-changes", test_map_changes);
    g_test_add_func("/virtqueue/unpop-and-rewind", test_unpop_and_rewind);
    g_test_add_func("/virtqueue/drop-all", test_drop_all);
    g_test_add_func("/virtqueue/avail-bytes", test_avail_bytes);
    g_test_add_func("/virtqueue/no-interrupt", test_no_interrupt);
    g_test_add_func("/virtqueue/event-idx", test_event_idx);
    g_test_add_func("/virtqueue/liar/head", test_liar_head);
    g_test_add_func("/virtqueue/liar/index", test_liar_index);
    g_test_add_func("/virtqueue/liar/loop", test_liar_loop);
    g_test_add_func("/virtqueue/liar/next", test_liar_next);
    g_test_add_func("/virtqueue/liar/order", test_liar_order);
    g_test_add_func("/virtqueue/liar/length", test_liar_length);
    g_test_add_func("/virtqueue/liar/indirect", test_liar_indirect);
    g_test_add_func("/virtqueue/liar/indirect/nested", test_liar_indirect_nested);
    g_test_add_func("/virtqueue/liar/indirect/huge", test_liar_indirect_huge);
    g_test_add_func("/virtqueue/liar/indirect/count",
                    test_liar_indirect_count);
    g_test_add_func("/virtqueue/liar/alignment", test_liar_alignment);
    g_test_add_func("/virtqueue/liar/inuse", test_liar_inuse);
    g_test_add_func("/virtqueue/liar/size", test_liar_size);
    ret = g_test_run();

    virtqueue_test_cleanup();
    return ret;
}
