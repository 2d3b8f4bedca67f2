/*
 * virtio-balloon: the guest's figures about its memory.
 *
 *     guest-stats-polling-interval   a client wants figures so often
 *     balloon_stats_poll_cb          it is time: the guest gets its buffer back
 *     virtio_balloon_receive_stats   and returns it, filled
 *     guest-stats                    a client reads what is known
 *
 * The first buffer comes unasked, when the driver starts.
 *
 * Read include/hw/virtio/virtio-balloon.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/iov.h"
#include "qemu/timer.h"
#include "virtio-balloon-int.h"

/* Figures that a buffer may hold: more than there will be kinds. */
#define BALLOON_MAX_STATS 256

static const char *const balloon_stat_names[] = {
    [VIRTIO_BALLOON_S_SWAP_IN] = "stat-swap-in",
    [VIRTIO_BALLOON_S_SWAP_OUT] = "stat-swap-out",
    [VIRTIO_BALLOON_S_MAJFLT] = "stat-major-faults",
    [VIRTIO_BALLOON_S_MINFLT] = "stat-minor-faults",
    [VIRTIO_BALLOON_S_MEMFREE] = "stat-free-memory",
    [VIRTIO_BALLOON_S_MEMTOT] = "stat-total-memory",
    [VIRTIO_BALLOON_S_AVAIL] = "stat-available-memory",
    [VIRTIO_BALLOON_S_CACHES] = "stat-disk-caches",
    [VIRTIO_BALLOON_S_HTLB_PGALLOC] = "stat-htlb-pgalloc",
    [VIRTIO_BALLOON_S_HTLB_PGFAIL] = "stat-htlb-pgfail",
};

QEMU_BUILD_BUG_ON(ARRAY_SIZE(balloon_stat_names) > VIRTIO_BALLOON_S_NR);

void virtio_balloon_reset_stats(VirtIOBalloon *s)
{
    for (int i = 0; i < VIRTIO_BALLOON_S_NR; i++) {
        s->stats[i] = -1;
    }
}

/* The timer */

static bool balloon_stats_enabled(const VirtIOBalloon *s)
{
    return s->stats_poll_interval > 0;
}

static void balloon_stats_change_timer(VirtIOBalloon *s, int64_t secs)
{
    timer_mod(s->stats_timer,
              qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + secs * 1000);
}

void virtio_balloon_stats_poll_again(VirtIOBalloon *s)
{
    if (balloon_stats_enabled(s)) {
        balloon_stats_change_timer(s, s->stats_poll_interval);
    }
}

void virtio_balloon_stats_stop_timer(VirtIOBalloon *s)
{
    g_clear_pointer(&s->stats_timer, timer_free);
    s->stats_poll_interval = 0;
}

static void balloon_stats_return_elem(VirtIOBalloon *s)
{
    virtqueue_push(s->svq, s->stats_vq_elem, 0);
    virtio_notify(VIRTIO_DEVICE(s), s->svq);
    g_clear_pointer(&s->stats_vq_elem, g_free);
}

static void balloon_stats_poll_cb(void *opaque)
{
    VirtIOBalloon *s = opaque;

    if (s->stats_vq_elem &&
        virtio_vdev_has_feature(VIRTIO_DEVICE(s), VIRTIO_BALLOON_F_STATS_VQ)) {
        balloon_stats_return_elem(s);
        /* The next poll is an interval after the answer. */
    } else {
        virtio_balloon_stats_poll_again(s);
    }
}

/* The queue */

void virtio_balloon_receive_stats(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));
    VirtIOBalloonStat stat;
    size_t offset = 0;

    if (elem) {
        if (s->stats_vq_elem) {
            /* No driver sends a second one; but it must not be lost. */
            balloon_stats_return_elem(s);
        }
        s->stats_vq_elem = elem;

        virtio_balloon_reset_stats(s);
        while (offset < BALLOON_MAX_STATS * sizeof(stat) &&
               iov_to_buf(elem->out_sg, elem->out_num, offset, &stat,
                          sizeof(stat)) == sizeof(stat)) {
            uint16_t tag = virtio_tswap16(vdev, stat.tag);

            offset += sizeof(stat);
            if (tag < VIRTIO_BALLOON_S_NR) {
                s->stats[tag] = virtio_tswap64(vdev, stat.val);
            }
        }
        s->stats_vq_offset = offset;
        s->stats_last_update = g_get_real_time() / G_USEC_PER_SEC;
    }
    virtio_balloon_stats_poll_again(s);
}

void virtio_balloon_drop_stats(VirtIOBalloon *s)
{
    if (s->stats_vq_elem) {
        virtqueue_unpop(s->svq, s->stats_vq_elem, 0);
        g_clear_pointer(&s->stats_vq_elem, g_free);
    }
}

/* Properties */

static void balloon_stats_get_all(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(obj);
    bool ok;

    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    ok = visit_type_int(v, "last-update", &s->stats_last_update, errp) &&
         visit_start_struct(v, "stats", NULL, 0, errp);
    if (ok) {
        for (int i = 0; ok && i < ARRAY_SIZE(balloon_stat_names); i++) {
            ok = visit_type_uint64(v, balloon_stat_names[i], &s->stats[i],
                                   errp);
        }
        ok = ok && visit_check_struct(v, errp);
        visit_end_struct(v, NULL);
    }
    if (ok) {
        visit_check_struct(v, errp);
    }
    visit_end_struct(v, NULL);
}

static void balloon_stats_get_poll_interval(Object *obj, Visitor *v,
                                            const char *name, void *opaque,
                                            Error **errp)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(obj);

    visit_type_int(v, name, &s->stats_poll_interval, errp);
}

static void balloon_stats_set_poll_interval(Object *obj, Visitor *v,
                                            const char *name, void *opaque,
                                            Error **errp)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(obj);
    int64_t value;

    if (!visit_type_int(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "timer value must be greater than zero");
        return;
    }
    if (value > UINT32_MAX) {
        error_setg(errp, "timer value is too big");
        return;
    }

    if (value == s->stats_poll_interval) {
        return;
    }
    if (value == 0) {
        virtio_balloon_stats_stop_timer(s);
        return;
    }
    if (balloon_stats_enabled(s)) {
        s->stats_poll_interval = value;
        balloon_stats_change_timer(s, value);
        return;
    }
    /* Who begins to poll wants to know now. */
    s->stats_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, balloon_stats_poll_cb,
                                  s);
    s->stats_poll_interval = value;
    balloon_stats_change_timer(s, 0);
}

void virtio_balloon_stats_init(VirtIOBalloon *s)
{
    object_property_add(OBJECT(s), "guest-stats", "guest statistics",
                        balloon_stats_get_all, NULL, NULL, NULL);
    object_property_add(OBJECT(s), "guest-stats-polling-interval", "int",
                        balloon_stats_get_poll_interval,
                        balloon_stats_set_poll_interval, NULL, NULL);
}

/* A device that was never realized may have been told to poll, too. */
void virtio_balloon_stats_finalize(VirtIOBalloon *s)
{
    virtio_balloon_stats_stop_timer(s);
}
