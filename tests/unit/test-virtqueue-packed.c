/*
 * The packed ring, driven as a driver would, and as a liar would.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtqueue-test.h"
#include "qemu/iov.h"

#define PACKED  (1ULL << VIRTIO_F_RING_PACKED)
#define EVENT   (1ULL << VIRTIO_RING_F_EVENT_IDX)
#define NEXT    VRING_DESC_F_NEXT
#define WRITE   VRING_DESC_F_WRITE
#define INDIRECT VRING_DESC_F_INDIRECT
#define OWNER   (1 << VRING_PACKED_DESC_F_AVAIL | 1 << VRING_PACKED_DESC_F_USED)

/* Where the driver writes next, and where it expects what has been used. */
static struct {
    uint16_t size;
    uint16_t avail;
    bool avail_wrap;
    uint16_t used;
    bool used_wrap;
} driver;

static void driver_start(uint64_t features)
{
    virtqueue_test_start(PACKED | features);
    memset(&driver, 0, sizeof(driver));
    driver.size = virtio_queue_get_num(vdev, 0);
    driver.avail_wrap = driver.used_wrap = true;
}

static struct vring_packed_desc *driver_ring(void)
{
    return (void *)(mem + DESC);
}

static struct vring_packed_desc_event *driver_event(void)
{
    return (void *)(mem + AVAIL);
}

static struct vring_packed_desc_event *device_event(void)
{
    return (void *)(mem + USED);
}

static uint16_t owner_bits(bool avail, bool used)
{
    return avail << VRING_PACKED_DESC_F_AVAIL |
           used << VRING_PACKED_DESC_F_USED;
}

/* The next place becomes available. */
static void driver_put(uint64_t addr, uint32_t len, uint16_t flags,
                       uint16_t id)
{
    driver_ring()[driver.avail] = (struct vring_packed_desc) {
        .addr = addr,
        .len = len,
        .id = id,
        .flags = flags | owner_bits(driver.avail_wrap, !driver.avail_wrap),
    };
    if (++driver.avail == driver.size) {
        driver.avail = 0;
        driver.avail_wrap = !driver.avail_wrap;
    }
}

static void driver_table(int i, uint64_t addr, uint32_t len, uint16_t flags)
{
    struct vring_packed_desc *table = (void *)(mem + TABLE);

    table[i] = (struct vring_packed_desc) {
        .addr = addr,
        .len = len,
        .flags = flags,
    };
}

/* The next used place, if the device has written it; it had @ndescs. */
static bool driver_get(uint16_t *id, uint32_t *len, unsigned ndescs)
{
    struct vring_packed_desc *desc = &driver_ring()[driver.used];

    if ((desc->flags & OWNER) !=
        owner_bits(driver.used_wrap, driver.used_wrap)) {
        return false;
    }
    *id = desc->id;
    *len = desc->flags & WRITE ? desc->len : 0;
    driver.used += ndescs;
    if (driver.used >= driver.size) {
        driver.used -= driver.size;
        driver.used_wrap = !driver.used_wrap;
    }
    return true;
}

static void expect_used(uint16_t id, uint32_t len, unsigned ndescs)
{
    uint16_t got_id;
    uint32_t got_len;

    g_assert_true(driver_get(&got_id, &got_len, ndescs));
    g_assert_cmpuint(got_id, ==, id);
    g_assert_cmpuint(got_len, ==, len);
}

static void expect_nothing_used(void)
{
    uint16_t id;
    uint32_t len;

    g_assert_false(driver_get(&id, &len, 1));
}

static VirtQueueElement *pop(void)
{
    return virtqueue_pop(vq, sizeof(VirtQueueElement));
}

static void push(VirtQueueElement *elem, uint32_t len)
{
    virtqueue_push(vq, elem, len);
    g_free(elem);
}

/* After the lie the device is broken, and after a reset it is not. */
static void expect_broken(const char *message)
{
    virtqueue_test_broken(message);

    driver_start(0);
    driver_put(DATA, 4, 0, 0);
    push(pop(), 0);
    expect_used(0, 0, 1);
    g_assert_false(vdev->broken);
    driver_start(0);
}

/* What a device may rely on */

/* A chain has the id of its last descriptor, and takes all its places. */
static void test_pop_and_push(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    g_assert_true(virtio_queue_empty(vq));
    strcpy((char *)mem + DATA, "hello");
    driver_put(DATA, 6, NEXT, 77);
    driver_put(DATA + 0x100, 16, WRITE, 5);

    g_assert_false(virtio_queue_empty(vq));
    elem = pop();
    g_assert_nonnull(elem);
    g_assert_true(virtio_queue_empty(vq));
    g_assert_null(pop());
    g_assert_cmpuint(elem->index, ==, 5);
    g_assert_cmpuint(elem->ndescs, ==, 2);
    g_assert_cmpuint(elem->out_num, ==, 1);
    g_assert_cmpuint(elem->in_num, ==, 1);
    g_assert_cmpstr(elem->out_sg[0].iov_base, ==, "hello");

    iov_from_buf(elem->in_sg, elem->in_num, 0, "world", 6);
    push(elem, 6);
    g_assert_cmpstr((char *)mem + DATA + 0x100, ==, "world");
    expect_used(5, 6, 2);
    expect_nothing_used();
}

/* What is filled is seen only when it is flushed, and then all of it. */
static void test_fill_and_flush(void)
{
    VirtQueueElement *elem[3];

    driver_start(0);
    driver_put(DATA, 4, 0, 1);
    driver_put(DATA, 4, NEXT, 0);
    driver_put(DATA, 4, 0, 2);
    driver_put(DATA, 4, WRITE, 3);
    for (int i = 0; i < 3; i++) {
        elem[i] = pop();
    }
    /* In another order than they came: there is no other in this ring. */
    virtqueue_fill(vq, elem[2], 4, 0);
    virtqueue_fill(vq, elem[0], 0, 1);
    virtqueue_fill(vq, elem[1], 0, 2);
    expect_nothing_used();
    virtqueue_flush(vq, 3);
    expect_used(3, 4, 1);
    expect_used(1, 0, 1);
    expect_used(2, 0, 2);
    expect_nothing_used();
    for (int i = 0; i < 3; i++) {
        g_free(elem[i]);
    }
}

/* Round and round, with chains across the end: nothing is lost or doubled. */
static void test_wrap(void)
{
    static const int sizes[] = { 8, 5, 3, 1 };

    for (int s = 0; s < ARRAY_SIZE(sizes); s++) {
        driver_start(0);
        virtio_queue_set_num(vdev, 0, sizes[s]);
        virtio_init_region_cache(vdev, 0);
        driver.size = virtio_queue_get_num(vdev, 0);
        g_assert_cmpuint(driver.size, ==, sizes[s]);
        for (int i = 0; i < 50; i++) {
            unsigned n = 1 + i % MIN(3, sizes[s]);
            VirtQueueElement *elem;

            for (unsigned d = 0; d < n; d++) {
                driver_put(DATA + i, 1 + d, d + 1 < n ? NEXT : 0, i);
            }
            elem = pop();
            g_assert_nonnull(elem);
            g_assert_cmpuint(elem->index, ==, i);
            g_assert_cmpuint(elem->out_num, ==, n);
            g_assert_null(pop());
            push(elem, 0);
            expect_used(i, 0, n);
            expect_nothing_used();
        }
        g_assert_false(vdev->broken);
    }
}

/* A ring that is full to the last place. */
static void test_full(void)
{
    VirtQueueElement *elem[QUEUE_SIZE];

    driver_start(0);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < QUEUE_SIZE; i++) {
            driver_put(DATA, 4, 0, i);
        }
        for (int i = 0; i < QUEUE_SIZE; i++) {
            elem[i] = pop();
            g_assert_cmpuint(elem[i]->index, ==, i);
        }
        g_assert_null(pop());
        g_assert_false(vdev->broken);
        for (int i = QUEUE_SIZE - 1; i >= 0; i--) {
            push(elem[i], 0);
            expect_used(i, 0, 1);
        }
        expect_nothing_used();
    }
}

/* A table belongs to the chain as a whole, whatever its NEXT bits are. */
static void test_indirect(void)
{
    VirtQueueElement *elem;

    driver_start(1ULL << VIRTIO_RING_F_INDIRECT_DESC);
    for (int i = 0; i < 20; i++) {
        driver_table(0, DATA, 10, 0);
        driver_table(1, DATA + 0x100, 20, WRITE | NEXT);
        driver_table(2, DATA + 0x200, 30, WRITE);
        driver_put(TABLE, 3 * sizeof(struct vring_packed_desc), INDIRECT,
                   100 + i);
        elem = pop();
        g_assert_cmpuint(elem->index, ==, 100 + i);
        g_assert_cmpuint(elem->ndescs, ==, 1);
        g_assert_cmpuint(elem->out_num, ==, 1);
        g_assert_cmpuint(elem->in_num, ==, 2);
        g_assert_cmpuint(elem->in_sg[1].iov_len, ==, 30);
        push(elem, 50);
        expect_used(100 + i, 50, 1);
    }
}

/* Buffers outside the largest piece of RAM are as good as those inside. */
static void test_far_buffer(void)
{
    uint8_t *far = memory_region_get_ram_ptr(&far_ram);
    struct vring_packed_desc table = { .addr = DATA, .len = 4 };
    VirtQueueElement *elem;

    driver_start(0);
    driver_put(FAR_RAM + 8, 4, WRITE, 0);
    elem = pop();
    iov_from_buf(elem->in_sg, elem->in_num, 0, "abc", 4);
    push(elem, 4);
    g_assert_cmpstr((char *)far + 8, ==, "abc");

    memcpy(far, &table, sizeof(table));
    driver_put(FAR_RAM, sizeof(table), INDIRECT, 0);
    elem = pop();
    g_assert_true(elem->out_sg[0].iov_base == mem + DATA);
    push(elem, 0);
}

/* What is put back comes again, chains with all their places. */
static void test_unpop_and_rewind(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    for (int i = 0; i < 10; i++) {
        driver_put(DATA, 4, NEXT, 0);
        driver_put(DATA, 4, NEXT, 0);
        driver_put(DATA, 4, 0, i);
        elem = pop();
        virtqueue_unpop(vq, elem, 0);
        g_free(elem);
        elem = pop();
        g_assert_cmpuint(elem->index, ==, i);
        g_assert_cmpuint(elem->ndescs, ==, 3);
        push(elem, 0);
        expect_used(i, 0, 3);
    }

    g_assert_false(virtqueue_rewind(vq, 1));
    driver_put(DATA, 4, 0, 1);
    driver_put(DATA, 4, 0, 2);
    g_free(pop());
    g_free(pop());
    g_assert_true(virtqueue_rewind(vq, 2));
    elem = pop();
    g_assert_cmpuint(elem->index, ==, 1);
    push(elem, 0);
    push(pop(), 0);
    expect_used(1, 0, 1);
    expect_used(2, 0, 1);
}

static void test_drop_all(void)
{
    driver_start(0);
    for (int round = 0; round < 3; round++) {
        driver_put(DATA, 4, NEXT, 0);
        driver_put(DATA, 4, 0, 1);
        driver_table(0, DATA, 4, 0);
        driver_put(TABLE, sizeof(struct vring_packed_desc), INDIRECT, 2);
        driver_put(DATA, 4, NEXT, 0);
        driver_put(DATA, 4, WRITE, 3);
        g_assert_cmpuint(virtqueue_drop_all(vq), ==, 3);
        expect_used(1, 0, 2);
        expect_used(2, 0, 1);
        expect_used(3, 0, 2);
        g_assert_true(virtio_queue_empty(vq));
    }
}

/* Bytes are counted over all chains, and their sum does not wrap around. */
static void test_avail_bytes(void)
{
    unsigned int in, out;

    driver_start(0);
    driver_put(DATA, 100, NEXT, 0);
    driver_put(DATA, 50, WRITE, 0);
    virtqueue_get_avail_bytes(vq, &in, &out, UINT_MAX, UINT_MAX);
    g_assert_cmpuint(in, ==, 50);
    g_assert_cmpuint(out, ==, 100);
    driver_put(DATA, 0xffffffff, WRITE, 0);
    g_assert_true(virtqueue_avail_bytes(vq, 0xffffffff, 0));
    g_assert_false(virtqueue_avail_bytes(vq, 0, 101));

    driver_start(0);
    driver_table(0, DATA, 7, 0);
    driver_table(1, DATA, 9, WRITE);
    driver_put(TABLE, 2 * sizeof(struct vring_packed_desc), INDIRECT, 0);
    driver_put(DATA, 1, 0, 0);
    virtqueue_get_avail_bytes(vq, &in, &out, UINT_MAX, UINT_MAX);
    g_assert_cmpuint(in, ==, 9);
    g_assert_cmpuint(out, ==, 8);
}

/* Progress as one number: two places, each with its counter. */
static void test_last_avail_idx(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    g_assert_cmphex(virtio_queue_get_last_avail_idx(vdev, 0), ==, 0x80008000);
    for (int i = 0; i < 10; i++) {
        driver_put(DATA, 4, 0, i);
        elem = pop();
        if (i < 9) {
            push(elem, 0);
            expect_used(i, 0, 1);
        }
    }
    /* Ten popped and nine used, of eight: both are in the second round. */
    g_assert_cmphex(virtio_queue_get_last_avail_idx(vdev, 0), ==, 0x00010002);
    push(elem, 0);
    expect_used(9, 0, 1);

    virtio_queue_set_last_avail_idx(vdev, 0, 0x80038005);
    g_assert_cmphex(virtio_queue_get_last_avail_idx(vdev, 0), ==, 0x80038005);
    driver.avail = 5;
    driver.used = 3;
    driver.avail_wrap = driver.used_wrap = true;
    driver_put(DATA, 4, 0, 42);
    push(pop(), 0);
    expect_used(42, 0, 1);
    g_assert_cmphex(virtio_queue_get_last_avail_idx(vdev, 0), ==, 0x80048006);
}

/* Notifications */

/* Kicks: without event_idx on or off, with it from a place on. */
static void test_kicks(void)
{
    driver_start(0);
    virtio_queue_set_notification(vq, 0);
    g_assert_cmphex(device_event()->flags, ==, VRING_PACKED_EVENT_FLAG_DISABLE);
    virtio_queue_set_notification(vq, 1);
    g_assert_cmphex(device_event()->flags, ==, VRING_PACKED_EVENT_FLAG_ENABLE);

    driver_start(EVENT);
    virtio_queue_set_notification(vq, 0);
    g_assert_cmphex(device_event()->flags, ==, VRING_PACKED_EVENT_FLAG_DISABLE);
    virtio_queue_set_notification(vq, 1);
    g_assert_cmphex(device_event()->flags, ==, VRING_PACKED_EVENT_FLAG_DESC);
    g_assert_cmphex(device_event()->off_wrap, ==, 0x8000);
    for (int i = 0; i < QUEUE_SIZE + 3; i++) {
        driver_put(DATA, 4, 0, i);
        push(pop(), 0);
    }
    virtio_queue_set_notification(vq, 1);
    g_assert_cmphex(device_event()->off_wrap, ==, 3);
}

/* "Has anything come since I counted?" */
static void test_enable_and_check(void)
{
    unsigned int in;
    int seen;

    driver_start(EVENT);
    driver_put(DATA, 4, WRITE, 0);
    seen = virtqueue_get_avail_bytes(vq, &in, NULL, 100, 0);
    g_assert_cmpuint(in, ==, 4);
    g_assert_cmpint(seen, >=, 0);
    g_assert_false(virtio_queue_enable_notification_and_check(vq, seen));
    /* A kick is wanted for what comes after what was counted. */
    g_assert_cmphex(device_event()->off_wrap, ==, 0x8001);
    driver_put(DATA, 4, WRITE, 0);
    g_assert_true(virtio_queue_enable_notification_and_check(vq, seen));
    g_assert_false(virtio_queue_enable_notification_and_check(vq, -1));
}

static void use_one(void)
{
    driver_put(DATA, 4, 0, 0);
    push(pop(), 0);
    expect_used(0, 0, 1);
    virtio_notify(vdev, vq);
}

static void expect_interrupts(int n)
{
    g_assert_cmpint(transport->interrupts, ==, n);
    transport->interrupts = 0;
}

static void test_interrupts(void)
{
    driver_start(0);
    use_one();
    expect_interrupts(1);
    driver_event()->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
    use_one();
    expect_interrupts(0);
    driver_event()->flags = VRING_PACKED_EVENT_FLAG_ENABLE;
    use_one();
    expect_interrupts(1);
}

/* With event_idx the driver names the place it waits for, in which round. */
static void test_event_idx(void)
{
    driver_start(EVENT);
    use_one();
    expect_interrupts(1);
    driver_event()->flags = VRING_PACKED_EVENT_FLAG_DESC;
    driver_event()->off_wrap = 3 | 1 << VRING_PACKED_EVENT_F_WRAP_CTR;
    for (int place = 1; place < 7; place++) {
        use_one();
        expect_interrupts(place == 3);
    }
    /* Place 1 of the next round; coming around is reported besides. */
    driver_event()->off_wrap = 1;
    use_one();
    expect_interrupts(1);
    use_one();
    expect_interrupts(0);
    use_one();
    expect_interrupts(1);
    use_one();
    expect_interrupts(0);
}

/* Liars */

/* NEXT for ever: all of the ring is one chain, without an end. */
static void test_liar_loop(void)
{
    driver_start(0);
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_put(DATA, 4, NEXT, 0);
    }
    expect_broken("Looped descriptor");
}

static void test_liar_loop_elsewhere(void)
{
    unsigned int in, out;

    driver_start(0);
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_put(DATA, 4, NEXT, 0);
    }
    g_assert_cmpint(virtqueue_get_avail_bytes(vq, &in, &out, UINT_MAX,
                                              UINT_MAX), ==, -1);
    g_assert_true(vdev->broken);

    driver_start(0);
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_put(DATA, 4, NEXT, 0);
    }
    g_assert_cmpuint(virtqueue_drop_all(vq), ==, 0);
    g_assert_true(vdev->broken);
}

/* A chain that goes on through what the device has already. */
static void test_liar_chain_over_inuse(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    driver_put(DATA, 4, 0, 0);
    elem = pop();
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_put(DATA, 4, i == QUEUE_SIZE - 1 ? 0 : NEXT, 1);
    }
    virtqueue_test_broken("Virtqueue size exceeded");
    virtqueue_detach_element(vq, elem, 0);
    g_free(elem);
}

/* More than it can have given: everything is in flight already. */
static void test_liar_inuse(void)
{
    VirtQueueElement *elem[QUEUE_SIZE];

    driver_start(0);
    for (int i = 0; i < QUEUE_SIZE; i++) {
        driver_put(DATA, 4, 0, i);
        elem[i] = pop();
    }
    driver_put(DATA, 4, 0, 0);
    virtqueue_test_broken("Virtqueue size exceeded");
    for (int i = 0; i < QUEUE_SIZE; i++) {
        virtqueue_detach_element(vq, elem[i], 0);
        g_free(elem[i]);
    }
}

/* A counter that is wrong makes nothing available, wherever it is. */
static void test_liar_wrap_counter(void)
{
    static const uint16_t wrong[] = {
        0, OWNER, 1 << VRING_PACKED_DESC_F_USED,
    };

    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        unsigned int in, out;

        driver_start(0);
        for (int d = 0; d < QUEUE_SIZE; d++) {
            driver_put(DATA, 4, 0, d);
            driver_ring()[d].flags = wrong[i];
        }
        g_assert_true(virtio_queue_empty(vq));
        g_assert_null(pop());
        g_assert_cmpint(virtqueue_get_avail_bytes(vq, &in, &out, 1, 1), >=, 0);
        g_assert_cmpuint(in + out, ==, 0);
        g_assert_cmpuint(virtqueue_drop_all(vq), ==, 0);
        g_assert_false(vdev->broken);
    }
}

static void test_liar_order(void)
{
    driver_start(0);
    driver_put(DATA, 4, WRITE | NEXT, 0);
    driver_put(DATA, 4, 0, 0);
    expect_broken("Incorrect order for descriptors");
}

static void test_liar_length(void)
{
    driver_start(0);
    driver_put(DATA, 0, 0, 0);
    expect_broken("zero sized buffers are not allowed");

    driver_table(0, DATA, 0, WRITE);
    driver_put(TABLE, sizeof(struct vring_packed_desc), INDIRECT, 0);
    expect_broken("zero sized buffers are not allowed");
}

static void test_liar_indirect(void)
{
    static const uint32_t lens[] = { 0, 1, 15, 17, 0xffffffff };

    for (int i = 0; i < ARRAY_SIZE(lens); i++) {
        driver_start(0);
        driver_put(TABLE, lens[i], INDIRECT, 0);
        expect_broken("Invalid size for indirect buffer table");
    }
    driver_put(RAM_SIZE - 16, 32, INDIRECT, 0);
    expect_broken("Cannot map indirect buffer");
    driver_put(TABLE, 0xfffffff0, INDIRECT, 0);
    expect_broken("Cannot map indirect buffer");

    for (int i = 0; i < 2 * VIRTQUEUE_MAX_SIZE; i++) {
        driver_table(i, DATA, 1, 0);
    }
    driver_put(TABLE, 2 * VIRTQUEUE_MAX_SIZE *
                      sizeof(struct vring_packed_desc), INDIRECT, 0);
    expect_broken("too many write descriptors in indirect table");
}

/* A table in a table is not followed: it is a buffer like others. */
static void test_liar_indirect_nested(void)
{
    VirtQueueElement *elem;

    driver_start(0);
    driver_table(0, TABLE, 16, INDIRECT);
    driver_table(1, TABLE, 16, INDIRECT | NEXT);
    driver_put(TABLE, 32, INDIRECT | NEXT, 9);
    elem = pop();
    g_assert_cmpuint(elem->index, ==, 9);
    g_assert_cmpuint(elem->ndescs, ==, 1);
    g_assert_cmpuint(elem->out_num, ==, 2);
    g_assert_true(elem->out_sg[1].iov_base == mem + TABLE);
    push(elem, 0);
    g_assert_false(vdev->broken);
}

/* An id is the driver's own affair: it gets back what it has given. */
static void test_liar_id(void)
{
    driver_start(0);
    driver_put(DATA, 4, 0, 0xffff);
    driver_put(DATA, 4, 0, 0xffff);
    push(pop(), 0);
    push(pop(), 0);
    expect_used(0xffff, 0, 1);
    expect_used(0xffff, 0, 1);
}

/* Another length while it runs: the ring begins anew, inside its bounds. */
static void test_liar_size(void)
{
    driver_start(0);
    for (int i = 0; i < 6; i++) {
        driver_put(DATA, 4, 0, i);
        push(pop(), 0);
    }
    virtio_queue_set_num(vdev, 0, 2);
    virtio_init_region_cache(vdev, 0);
    g_assert_cmphex(virtio_queue_get_last_avail_idx(vdev, 0), ==, 0x80008000);
    g_assert_null(pop());
    virtio_queue_set_num(vdev, 0, 2 * QUEUE_SIZE);
    g_assert_cmpint(virtio_queue_get_num(vdev, 0), ==, 2);
}

/* A ring that was split, and becomes packed while it is in use. */
static void test_liar_format(void)
{
    struct vring_avail *avail = (void *)(mem + AVAIL);
    struct vring_desc *desc = (void *)(mem + DESC);

    virtqueue_test_start(0);
    virtio_set_status(vdev, 0);
    for (int i = 0; i < 20; i++) {
        desc[0].addr = DATA;
        desc[0].len = 4;
        desc[0].flags = 0;
        avail->ring[i % QUEUE_SIZE] = 0;
        avail->idx = i + 1;
        push(pop(), 0);
    }
    virtio_set_features(vdev, PACKED | 1ULL << VIRTIO_F_VERSION_1);
    g_assert_cmphex(virtio_queue_get_last_avail_idx(vdev, 0), ==, 0x80008000);
    g_free(pop());
    virtio_set_features(vdev, 1ULL << VIRTIO_F_VERSION_1);
    g_free(pop());
}

/* Rings and words at odd addresses, or across the end of RAM. */
static void test_liar_alignment(void)
{
    for (int off = 1; off < 16; off++) {
        driver_start(EVENT);
        virtio_queue_set_rings(vdev, 0, DESC + off, AVAIL + off, USED + off);
        stq_le_p(mem + DESC + off, DATA);
        stl_le_p(mem + DESC + off + 8, 4);
        stw_le_p(mem + DESC + off + 14, owner_bits(true, false));
        push(pop(), 0);
        virtio_notify(vdev, vq);
        g_assert_cmphex(lduw_le_p(mem + DESC + off + 14), ==, OWNER);
        virtio_queue_set_notification(vq, 1);
    }
}

int main(int argc, char **argv)
{
    int ret;

    virtqueue_test_init(&argc, &argv);
    g_test_add_func("/virtqueue/packed/pop-and-push", test_pop_and_push);
    g_test_add_func("/virtqueue/packed/fill-and-flush", test_fill_and_flush);
    g_test_add_func("/virtqueue/packed/wrap", test_wrap);
    g_test_add_func("/virtqueue/packed/full", test_full);
    g_test_add_func("/virtqueue/packed/indirect", test_indirect);
    g_test_add_func("/virtqueue/packed/far-buffer", test_far_buffer);
    g_test_add_func("/virtqueue/packed/unpop-and-rewind",
                    test_unpop_and_rewind);
    g_test_add_func("/virtqueue/packed/drop-all", test_drop_all);
    g_test_add_func("/virtqueue/packed/avail-bytes", test_avail_bytes);
    g_test_add_func("/virtqueue/packed/last-avail-idx", test_last_avail_idx);
    g_test_add_func("/virtqueue/packed/kicks", test_kicks);
    g_test_add_func("/virtqueue/packed/enable-and-check",
                    test_enable_and_check);
    g_test_add_func("/virtqueue/packed/interrupts", test_interrupts);
    g_test_add_func("/virtqueue/packed/event-idx", test_event_idx);
    g_test_add_func("/virtqueue/packed/liar/loop", test_liar_loop);
    g_test_add_func("/virtqueue/packed/liar/loop/elsewhere",
                    test_liar_loop_elsewhere);
    g_test_add_func("/virtqueue/packed/liar/chain-over-inuse",
                    test_liar_chain_over_inuse);
    g_test_add_func("/virtqueue/packed/liar/inuse", test_liar_inuse);
    g_test_add_func("/virtqueue/packed/liar/wrap-counter",
                    test_liar_wrap_counter);
    g_test_add_func("/virtqueue/packed/liar/order", test_liar_order);
    g_test_add_func("/virtqueue/packed/liar/length", test_liar_length);
    g_test_add_func("/virtqueue/packed/liar/indirect", test_liar_indirect);
    g_test_add_func("/virtqueue/packed/liar/indirect/nested",
                    test_liar_indirect_nested);
    g_test_add_func("/virtqueue/packed/liar/id", test_liar_id);
    g_test_add_func("/virtqueue/packed/liar/size", test_liar_size);
    g_test_add_func("/virtqueue/packed/liar/format", test_liar_format);
    g_test_add_func("/virtqueue/packed/liar/alignment", test_liar_alignment);
    ret = g_test_run();
    virtqueue_test_cleanup();
    return ret;
}
