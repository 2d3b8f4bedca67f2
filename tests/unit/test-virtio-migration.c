/*
 * A virtio device's state goes into a stream in the middle of its work, and
 * another device goes on with it: split and packed rings, in order and not.
 *
 * The other device is the same one after a reset; the guest's memory, with the
 * rings in it, is not reset, as it would have come by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtqueue-test.h"
#include "../../migration/qemu-file.h"

#define PACKED   (1ULL << VIRTIO_F_RING_PACKED)
#define IN_ORDER (1ULL << VIRTIO_F_IN_ORDER)
#define AVAIL_BIT (1 << VRING_PACKED_DESC_F_AVAIL)
#define USED_BIT  (1 << VRING_PACKED_DESC_F_USED)

/* Requests that the driver has made available since the start. */
static unsigned given;

static bool is_packed(void)
{
    return virtio_vdev_has_feature(vdev, VIRTIO_F_RING_PACKED);
}

static void driver_start(uint64_t features)
{
    virtqueue_test_start(features);
    given = 0;
}

/* One more, of 64 bytes to write, whose number is its place. */
static void driver_give(void)
{
    unsigned place = given % QUEUE_SIZE;
    bool wrap = !(given / QUEUE_SIZE & 1);

    if (is_packed()) {
        ((struct vring_packed_desc *)(mem + DESC))[place] =
            (struct vring_packed_desc) {
                .addr = DATA + 64 * place,
                .len = 64,
                .id = place,
                .flags = VRING_DESC_F_WRITE | (wrap ? AVAIL_BIT : USED_BIT),
            };
        given++;
        return;
    }
    ((struct vring_desc *)(mem + DESC))[place] = (struct vring_desc) {
        .addr = DATA + 64 * place,
        .len = 64,
        .flags = VRING_DESC_F_WRITE,
    };
    ((uint16_t *)(mem + AVAIL))[2 + place] = place;
    ((uint16_t *)(mem + AVAIL))[1] = ++given;
}

/* Has the driver got back the @n-th request, counted from 0? */
static bool driver_got(unsigned n)
{
    unsigned place = n % QUEUE_SIZE;

    if (is_packed()) {
        bool wrap = !(n / QUEUE_SIZE & 1);
        uint16_t flags = ((struct vring_packed_desc *)
                          (mem + DESC))[place].flags;

        return (flags & (AVAIL_BIT | USED_BIT)) ==
               (wrap ? AVAIL_BIT | USED_BIT : 0);
    }
    return ((uint16_t *)(mem + USED))[1] > n;
}

static VirtQueueElement *take(unsigned place)
{
    VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));

    g_assert_nonnull(elem);
    g_assert_cmpuint(elem->index, ==, place);
    return elem;
}

static void give_back(VirtQueueElement *elem)
{
    virtqueue_push(vq, elem, 1);
    g_free(elem);
}

static void serve(unsigned n)
{
    driver_give();
    give_back(take(n % QUEUE_SIZE));
    g_assert_true(driver_got(n));
}

/* Streams */

static GByteArray *save_with(VirtQueueElement *elem)
{
    QEMUFile *f = qemu_file_new_output();
    GByteArray *bytes;

    g_assert_cmpint(virtio_save(vdev, f), ==, 0);
    if (elem) {
        qemu_put_virtqueue_element(vdev, f, elem);
    }
    bytes = g_bytes_unref_to_array(qemu_file_bytes(f));
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    return bytes;
}

/* The first @len bytes, as a stream. */
static QEMUFile *stream_of(const GByteArray *bytes, guint len)
{
    g_autoptr(GBytes) in = g_bytes_new(bytes->data, len);

    return qemu_file_new_input(in);
}

static VirtQueueElement *load_with(GByteArray *bytes, bool elem)
{
    QEMUFile *f = stream_of(bytes, bytes->len);
    VirtQueueElement *got = NULL;

    g_assert_cmpint(virtio_load(vdev, f, 1), ==, 0);
    if (elem) {
        got = qemu_get_virtqueue_element(vdev, f, sizeof(*got));
        g_assert_nonnull(got);
    }
    /* All of it, and no more. */
    qemu_get_byte(f);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
    g_byte_array_unref(bytes);
    return got;
}

/*
 * @before requests are done; then one is in the device's hands and another in
 * the ring, and both are served on the other side, and more.
 */
static void check_handover(uint64_t features, unsigned before)
{
    VirtQueueElement *elem, *first;
    GByteArray *bytes;

    driver_start(features);
    for (unsigned n = 0; n < before; n++) {
        serve(n);
    }
    driver_give();
    driver_give();
    elem = take(before % QUEUE_SIZE);
    bytes = save_with(elem);

    virtqueue_detach_element(vq, elem, 0);
    g_free(elem);
    virtio_reset(vdev);
    first = load_with(bytes, true);
    g_assert_cmphex(vdev->guest_features, ==,
                    features | 1ULL << VIRTIO_F_VERSION_1);
    g_assert_true(vdev->started);
    g_assert_cmphex(vdev->status, ==, VIRTIO_CONFIG_S_FEATURES_OK |
                                      VIRTIO_CONFIG_S_DRIVER_OK);
    g_assert_cmpuint(first->index, ==, before % QUEUE_SIZE);
    g_assert_cmpuint(first->in_num, ==, 1);
    g_assert_true(first->in_sg[0].iov_base ==
                  mem + DATA + 64 * (before % QUEUE_SIZE));

    elem = take((before + 1) % QUEUE_SIZE);
    if (features & IN_ORDER) {
        /* The second waits for the first, which is from the other side. */
        give_back(elem);
        g_assert_false(driver_got(before));
        give_back(first);
    } else {
        give_back(first);
        g_assert_true(driver_got(before));
        give_back(elem);
    }
    g_assert_true(driver_got(before + 1));
    for (unsigned n = before + 2; n < before + 20; n++) {
        serve(n);
    }
}

/* From each place of the ring, in both rounds. */
static void test_handover(const void *data)
{
    uint64_t features = *(const uint64_t *)data;

    for (unsigned before = 0; before < 2 * QUEUE_SIZE + 1; before++) {
        check_handover(features, before);
    }
}

/* A device that is broken, or disabled, is so there; and its ring's length. */
static void test_other_state(void)
{
    GByteArray *bytes;

    driver_start(0);
    vdev->broken = true;
    vdev->disabled = true;
    vdev->queue_sel = 7;
    virtio_queue_set_num(vdev, 0, 4);
    bytes = save_with(NULL);

    virtio_reset(vdev);
    g_assert_cmpint(virtio_queue_get_num(vdev, 0), ==, QUEUE_SIZE);
    load_with(bytes, false);
    g_assert_true(vdev->broken);
    g_assert_true(vdev->disabled);
    g_assert_cmpuint(vdev->queue_sel, ==, 7);
    g_assert_cmpint(virtio_queue_get_num(vdev, 0), ==, 4);
    g_assert_cmpint(virtio_queue_get_max_num(vdev, 0), ==, QUEUE_SIZE);
    virtio_reset(vdev);
}

/* A ring whose guest has gone mad meanwhile is the guest's fault. */
static void test_mad_guest(void)
{
    GByteArray *bytes;

    driver_start(0);
    serve(0);
    bytes = save_with(NULL);
    ((uint16_t *)(mem + AVAIL))[1] = 1000;
    virtio_reset(vdev);
    load_with(bytes, false);
    g_assert_true(vdev->broken);
    virtio_reset(vdev);
    driver_start(0);
    serve(0);
}

/*
 * A stream that ends too early, or has a byte that is wrong: an error, or some
 * state; but nothing that a reset does not mend.
 */
static void test_bad_stream(const void *data)
{
    uint64_t features = *(const uint64_t *)data;
    int null = open("/dev/null", O_WRONLY), saved = dup(STDERR_FILENO);
    GByteArray *bytes;
    QEMUFile *f;

    driver_start(features);
    serve(0);
    driver_give();
    bytes = save_with(NULL);
    /* Each is reported, and they are thousands. */
    dup2(null, STDERR_FILENO);
    for (guint i = 0; i < bytes->len; i += i < 64 || bytes->len - i < 64
                                           ? 1 : 509) {
        uint8_t was = bytes->data[i];

        f = stream_of(bytes, i);
        virtio_load(vdev, f, 1);
        qemu_fclose(f);
        virtio_reset(vdev);

        bytes->data[i] ^= 0xff;
        f = stream_of(bytes, bytes->len);
        virtio_load(vdev, f, 1);
        qemu_fclose(f);
        bytes->data[i] = was;
        virtio_queue_notify(vdev, 0);
        virtio_reset(vdev);
    }
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(null);
    g_byte_array_unref(bytes);
    driver_start(features);
    serve(0);
}

int main(int argc, char **argv)
{
    static const uint64_t split, packed = PACKED, in_order = IN_ORDER,
                          both = PACKED | IN_ORDER;
    int ret;

    virtqueue_test_init(&argc, &argv);
    g_test_add_data_func("/virtio-migration/split", &split, test_handover);
    g_test_add_data_func("/virtio-migration/packed", &packed, test_handover);
    g_test_add_data_func("/virtio-migration/split,in-order", &in_order,
                         test_handover);
    g_test_add_data_func("/virtio-migration/packed,in-order", &both,
                         test_handover);
    g_test_add_func("/virtio-migration/other-state", test_other_state);
    g_test_add_func("/virtio-migration/mad-guest", test_mad_guest);
    g_test_add_data_func("/virtio-migration/bad-stream/split", &split,
                         test_bad_stream);
    g_test_add_data_func("/virtio-migration/bad-stream/packed", &both,
                         test_bad_stream);
    ret = g_test_run();

    virtqueue_test_cleanup();
    return ret;
}
