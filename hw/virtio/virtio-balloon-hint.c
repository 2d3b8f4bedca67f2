/*
 * virtio-balloon: free page hints, which spare a migration pages.
 *
 *     migration                       device                     guest
 *     PRECOPY_NOTIFY_SETUP
 *     _AFTER_BITMAP_SYNC  ->  cmd_id: REQUESTED    config  ->
 *                             START                        <-  out: cmd_id
 *       qemu_guest_free_page_hint()                        <-  in: free pages
 *                             STOP                         <-  out: STOP
 *     _BEFORE_BITMAP_SYNC ->  STOP                 config  ->
 *     _CLEANUP            ->  DONE                 config  ->
 *
 * A hint is about the time since the last look at the dirty bitmap: between
 * BEFORE and AFTER none may be taken, and the guest must be asked anew.
 *
 * The hints are many, so an IOThread takes them.  It never touches the queue:
 *
 *     main loop                          IOThread
 *     virtqueue_pop  -> free_page_todo -> virtio_balloon_get_free_page_hints
 *     virtqueue_push <- free_page_done <-
 *
 * Popping may need the big lock (a buffer that is no RAM), and so does an
 * interrupt; an IOThread that waited for it would be waited for by who holds
 * it and ends the device.  free_page_lock is for the lists and the status, and
 * the innermost of the locks.
 *
 * Read include/hw/virtio/virtio-balloon.h first, and migration/misc.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "migration/misc.h"
#include "qemu/iov.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "virtio-balloon-int.h"

bool virtio_balloon_free_page_support(void *opaque)
{
    VirtIOBalloon *s = opaque;

    return virtio_vdev_has_feature(VIRTIO_DEVICE(s),
                                   VIRTIO_BALLOON_F_FREE_PAGE_HINT);
}

/* The IOThread's half */

/* A buffer to read is a command, a buffer to write is free memory. */
static void get_free_page_hints(VirtIOBalloon *s, const VirtQueueElement *elem)
{
    uint32_t id;

    if (elem->out_num &&
        iov_to_buf(elem->out_sg, elem->out_num, 0, &id, sizeof(id)) ==
        sizeof(id)) {
        id = virtio_ldl_p(VIRTIO_DEVICE(s), &id);
        if (s->free_page_hint_status == FREE_PAGE_HINT_S_REQUESTED &&
            id == s->free_page_hint_cmd_id) {
            s->free_page_hint_status = FREE_PAGE_HINT_S_START;
        } else if (s->free_page_hint_status == FREE_PAGE_HINT_S_START &&
                   id != s->free_page_hint_cmd_id) {
            /* The guest has no more, or it answers an older question. */
            s->free_page_hint_status = FREE_PAGE_HINT_S_STOP;
        }
    }
    if (s->free_page_hint_status == FREE_PAGE_HINT_S_START) {
        for (unsigned i = 0; i < elem->in_num; i++) {
            qemu_guest_free_page_hint(elem->in_sg[i].iov_base,
                                      elem->in_sg[i].iov_len);
        }
    }
}

static void virtio_balloon_get_free_page_hints(void *opaque)
{
    VirtIOBalloon *s = opaque;
    VirtQueueElement *elem;

    QEMU_LOCK_GUARD(&s->free_page_lock);
    while (!s->block_iothread &&
           (elem = g_queue_pop_head(&s->free_page_todo))) {
        get_free_page_hints(s, elem);
        g_queue_push_tail(&s->free_page_done, elem);
    }
    if (!g_queue_is_empty(&s->free_page_done)) {
        qemu_bh_schedule(s->free_page_done_bh);
    }
}

/* The main loop's half */

/* The guest has kicked the queue. */
static void virtio_balloon_handle_free_page_vq(VirtIODevice *vdev,
                                               VirtQueue *vq)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem;

    /* The ring's length is a limit: nothing goes back before the BH. */
    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        WITH_QEMU_LOCK_GUARD(&s->free_page_lock) {
            g_queue_push_tail(&s->free_page_todo, elem);
        }
    }
    qemu_bh_schedule(s->free_page_bh);
}

static void virtio_balloon_free_page_done(void *opaque)
{
    VirtIOBalloon *s = opaque;
    bool pushed = false;

    for (;;) {
        VirtQueueElement *elem;

        WITH_QEMU_LOCK_GUARD(&s->free_page_lock) {
            elem = g_queue_pop_head(&s->free_page_done);
        }
        if (!elem) {
            break;
        }
        virtqueue_push(s->free_page_vq, elem, 0);
        g_free(elem);
        pushed = true;
    }
    if (pushed) {
        virtio_notify(VIRTIO_DEVICE(s), s->free_page_vq);
    }
}

void virtio_balloon_free_page_drop(VirtIOBalloon *s)
{
    VirtQueueElement *elem;

    if (!s->free_page_vq) {
        return;
    }
    QEMU_LOCK_GUARD(&s->free_page_lock);
    while ((elem = g_queue_pop_head(&s->free_page_done)) ||
           (elem = g_queue_pop_head(&s->free_page_todo))) {
        virtqueue_detach_element(s->free_page_vq, elem, 0);
        g_free(elem);
    }
}

void virtio_balloon_free_page_block(VirtIOBalloon *s, bool block)
{
    if (!s->free_page_vq) {
        return;
    }
    WITH_QEMU_LOCK_GUARD(&s->free_page_lock) {
        s->block_iothread = block;
    }
    if (!block) {
        qemu_bh_schedule(s->free_page_bh);
    }
}

/* What the migration wants */

uint32_t virtio_balloon_free_page_cmd_id(VirtIOBalloon *s)
{
    if (!s->free_page_vq) {
        return VIRTIO_BALLOON_CMD_ID_STOP;
    }
    QEMU_LOCK_GUARD(&s->free_page_lock);
    switch (s->free_page_hint_status) {
    case FREE_PAGE_HINT_S_REQUESTED:
    case FREE_PAGE_HINT_S_START:
        return s->free_page_hint_cmd_id;
    case FREE_PAGE_HINT_S_DONE:
        return VIRTIO_BALLOON_CMD_ID_DONE;
    default:
        return VIRTIO_BALLOON_CMD_ID_STOP;
    }
}

/* Ask the guest for hints, by a number that it was not asked by before. */
static void virtio_balloon_free_page_start(VirtIOBalloon *s)
{
    WITH_QEMU_LOCK_GUARD(&s->free_page_lock) {
        if (s->free_page_hint_cmd_id == UINT32_MAX) {
            s->free_page_hint_cmd_id =
                VIRTIO_BALLOON_FREE_PAGE_HINT_CMD_ID_MIN;
        } else {
            s->free_page_hint_cmd_id++;
        }
        s->free_page_hint_status = FREE_PAGE_HINT_S_REQUESTED;
    }
    virtio_notify_config(VIRTIO_DEVICE(s));
}

void virtio_balloon_free_page_stop(VirtIOBalloon *s)
{
    if (!s->free_page_vq) {
        return;
    }
    WITH_QEMU_LOCK_GUARD(&s->free_page_lock) {
        if (s->free_page_hint_status == FREE_PAGE_HINT_S_STOP) {
            return;
        }
        s->free_page_hint_status = FREE_PAGE_HINT_S_STOP;
    }
    virtio_notify_config(VIRTIO_DEVICE(s));
}

static void virtio_balloon_free_page_hint_done(VirtIOBalloon *s)
{
    WITH_QEMU_LOCK_GUARD(&s->free_page_lock) {
        s->free_page_hint_status = FREE_PAGE_HINT_S_DONE;
    }
    virtio_notify_config(VIRTIO_DEVICE(s));
}

static int virtio_balloon_free_page_hint_notify(NotifierWithReturn *n,
                                                void *data)
{
    VirtIOBalloon *s = container_of(n, VirtIOBalloon, free_page_hint_notify);
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    PrecopyNotifyData *pnd = data;

    if (!virtio_balloon_free_page_support(s)) {
        return 0;
    }
    switch (pnd->reason) {
    case PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC:
        virtio_balloon_free_page_stop(s);
        break;
    case PRECOPY_NOTIFY_AFTER_BITMAP_SYNC:
        /* The last look is at a machine that stands still. */
        if (vdev->vm_running) {
            virtio_balloon_free_page_start(s);
        } else {
            virtio_balloon_free_page_hint_done(s);
        }
        break;
    case PRECOPY_NOTIFY_CLEANUP:
        /* It has failed, and the guest goes on here. */
        if (vdev->vm_running) {
            virtio_balloon_free_page_hint_done(s);
        }
        break;
    case PRECOPY_NOTIFY_SETUP:
    case PRECOPY_NOTIFY_COMPLETE:
        break;
    }
    return 0;
}

/* Life */

void virtio_balloon_free_page_init(VirtIOBalloon *s)
{
    DeviceState *dev = DEVICE(s);
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    s->free_page_vq = virtio_add_queue(vdev, VIRTQUEUE_MAX_SIZE,
                                       virtio_balloon_handle_free_page_vq);
    qemu_mutex_init(&s->free_page_lock);
    g_queue_init(&s->free_page_todo);
    g_queue_init(&s->free_page_done);
    s->free_page_hint_status = FREE_PAGE_HINT_S_STOP;
    s->free_page_hint_cmd_id = VIRTIO_BALLOON_FREE_PAGE_HINT_CMD_ID_MIN;
    s->block_iothread = !vdev->vm_running;

    object_ref(OBJECT(s->iothread));
    s->free_page_bh = aio_bh_new_guarded(iothread_get_aio_context(s->iothread),
                                         virtio_balloon_get_free_page_hints, s,
                                         &dev->mem_reentrancy_guard);
    s->free_page_done_bh = virtio_bh_new_guarded(dev,
                                                 virtio_balloon_free_page_done,
                                                 s);
    s->free_page_hint_notify.notify = virtio_balloon_free_page_hint_notify;
    precopy_add_notifier(&s->free_page_hint_notify);
}

static void virtio_balloon_free_page_drained(void *opaque)
{
    qemu_sem_post(opaque);
}

void virtio_balloon_free_page_cleanup(VirtIOBalloon *s)
{
    QemuSemaphore drained;

    precopy_remove_notifier(&s->free_page_hint_notify);

    /* Our BH may be running: what is scheduled now runs after it. */
    qemu_bh_delete(s->free_page_bh);
    qemu_sem_init(&drained, 0);
    aio_bh_schedule_oneshot(iothread_get_aio_context(s->iothread),
                            virtio_balloon_free_page_drained, &drained);
    qemu_sem_wait(&drained);
    qemu_sem_destroy(&drained);
    object_unref(OBJECT(s->iothread));

    qemu_bh_delete(s->free_page_done_bh);
    virtio_balloon_free_page_drop(s);
    qemu_mutex_destroy(&s->free_page_lock);
    virtio_delete_queue(s->free_page_vq);
    s->free_page_vq = NULL;
}
