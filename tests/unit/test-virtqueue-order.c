/*
 * VIRTIO_F_IN_ORDER: a device may finish its requests as it likes, and the
 * driver gets them back as it gave them.  In both formats of the ring.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtqueue-test.h"

#define IN_ORDER (1ULL << VIRTIO_F_IN_ORDER)

static bool packed;
static unsigned given, got;     /* chains so far */

static void driver_start(const void *data)
{
    packed = data != NULL;
    virtqueue_test_start(IN_ORDER |
                         (packed ? 1ULL << VIRTIO_F_RING_PACKED : 0));
    given = got = 0;
}

/* One chain of one descriptor; its name is its number in the round. */
static void driver_give(void)
{
    unsigned i = given % QUEUE_SIZE;

    if (packed) {
        bool wrap = !(given / QUEUE_SIZE % 2);

        ((struct vring_packed_desc *)(mem + DESC))[i] =
            (struct vring_packed_desc) {
                .addr = DATA,
                .len = 4,
                .id = i,
                .flags = wrap << VRING_PACKED_DESC_F_AVAIL |
                         !wrap << VRING_PACKED_DESC_F_USED,
            };
    } else {
        struct vring_avail *avail = (void *)(mem + AVAIL);

        ((struct vring_desc *)(mem + DESC))[i] = (struct vring_desc) {
            .addr = DATA,
            .len = 4,
        };
        avail->ring[i] = i;
        avail->idx = given + 1;
    }
    given++;
}

/* How many have come back since last time; each must be the next one. */
static unsigned driver_take(void)
{
    unsigned n = 0;

    for (;; n++, got++) {
        unsigned i = got % QUEUE_SIZE;

        if (packed) {
            struct vring_packed_desc *desc = (void *)(mem + DESC);
            bool wrap = !(got / QUEUE_SIZE % 2);

            if (desc[i].flags >> VRING_PACKED_DESC_F_USED != wrap ||
                (desc[i].flags >> VRING_PACKED_DESC_F_AVAIL & 1) != wrap) {
                return n;
            }
            g_assert_cmpuint(desc[i].id, ==, i);
        } else {
            struct vring_used *used = (void *)(mem + USED);

            if (used->idx == (uint16_t)got) {
                return n;
            }
            g_assert_cmpuint(used->ring[i].id, ==, i);
        }
    }
}

static VirtQueueElement *pop(void)
{
    VirtQueueElement *elem = virtqueue_pop(vq, sizeof(VirtQueueElement));

    g_assert_nonnull(elem);
    return elem;
}

static void push(VirtQueueElement *elem)
{
    virtqueue_push(vq, elem, 0);
    g_free(elem);
}

/* Those that are early wait for the late one. */
static void test_late(const void *data)
{
    VirtQueueElement *elem[4];

    driver_start(data);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 4; i++) {
            driver_give();
            elem[i] = pop();
        }
        push(elem[1]);
        push(elem[3]);
        g_assert_cmpuint(driver_take(), ==, 0);
        push(elem[0]);
        g_assert_cmpuint(driver_take(), ==, 2);
        push(elem[2]);
        g_assert_cmpuint(driver_take(), ==, 2);
    }
}

/* Several filled and flushed at once, backwards. */
static void test_batch(const void *data)
{
    VirtQueueElement *elem[QUEUE_SIZE];

    driver_start(data);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < QUEUE_SIZE; i++) {
            driver_give();
            elem[i] = pop();
        }
        for (int i = 0; i < QUEUE_SIZE; i++) {
            virtqueue_fill(vq, elem[QUEUE_SIZE - 1 - i], 0, i);
            g_free(elem[QUEUE_SIZE - 1 - i]);
        }
        g_assert_cmpuint(driver_take(), ==, 0);
        virtqueue_flush(vq, QUEUE_SIZE);
        g_assert_cmpuint(driver_take(), ==, QUEUE_SIZE);
    }
}

/* What is put back, or given up, keeps nothing waiting. */
static void test_unpop_and_detach(const void *data)
{
    VirtQueueElement *a, *b;

    driver_start(data);
    driver_give();
    driver_give();
    a = pop();
    b = pop();
    virtqueue_unpop(vq, b, 0);
    g_free(b);
    push(a);
    g_assert_cmpuint(driver_take(), ==, 1);
    b = pop();
    virtqueue_detach_element(vq, b, 0);
    g_free(b);
    driver_give();
    g_assert_false(virtqueue_rewind(vq, 1));
    a = pop();
    g_free(a);
    g_assert_true(virtqueue_rewind(vq, 1));
    a = pop();
    push(a);
    g_assert_cmpint(((struct vring_used *)(mem + USED))->idx, ==,
                    packed ? 0 : 2);
}

static void test_drop_all(const void *data)
{
    VirtQueueElement *elem;

    driver_start(data);
    for (int round = 0; round < 3; round++) {
        driver_give();
        elem = pop();
        driver_give();
        driver_give();
        g_assert_cmpuint(virtqueue_drop_all(vq), ==, 2);
        g_assert_cmpuint(driver_take(), ==, 0);
        push(elem);
        g_assert_cmpuint(driver_take(), ==, 3);
    }
}

/* A reset forgets what was in flight; what comes back then is nothing. */
static void test_reset(const void *data)
{
    VirtQueueElement *old;

    driver_start(data);
    driver_give();
    driver_give();
    old = pop();
    push(pop());
    driver_start(data);
    push(old);
    g_assert_cmpuint(driver_take(), ==, 0);
    driver_give();
    push(pop());
    g_assert_cmpuint(driver_take(), ==, 1);
}

/* The same name twice is a lie, and costs the liar only. */
static void test_same_name(const void *data)
{
    VirtQueueElement *a, *b;

    driver_start(data);
    driver_give();
    driver_give();
    if (packed) {
        ((struct vring_packed_desc *)(mem + DESC))[1].id = 0;
    } else {
        ((struct vring_avail *)(mem + AVAIL))->ring[1] = 0;
    }
    a = pop();
    b = pop();
    push(b);
    push(a);
    g_assert_false(vdev->broken);
    g_assert_true(virtio_queue_empty(vq));
}

static void add(const char *name, void (*test)(const void *data))
{
    g_autofree char *split = g_strdup_printf("/virtqueue/order/split/%s",
                                             name);
    g_autofree char *other = g_strdup_printf("/virtqueue/order/packed/%s",
                                             name);

    g_test_add_data_func(split, NULL, test);
    g_test_add_data_func(other, "packed", test);
}

int main(int argc, char **argv)
{
    int ret;

    virtqueue_test_init(&argc, &argv);
    add("late", test_late);
    add("batch", test_batch);
    add("unpop-and-detach", test_unpop_and_detach);
    add("drop-all", test_drop_all);
    add("reset", test_reset);
    add("same-name", test_same_name);
    ret = g_test_run();
    virtqueue_test_cleanup();
    return ret;
}
