/*
 * virtio-balloon: what its files know of each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef VIRTIO_BALLOON_INT_H
#define VIRTIO_BALLOON_INT_H

#include "hw/virtio/virtio-balloon.h"

/* virtio-balloon-pages.c */

/* A page of the protocol. */
#define BALLOON_PAGE_SIZE  (1 << VIRTIO_BALLOON_PFN_SHIFT)

/* The guest has kicked the inflate queue, or the deflate queue. */
void virtio_balloon_handle_output(VirtIODevice *vdev, VirtQueue *vq);
/* The guest has kicked the reporting queue. */
void virtio_balloon_handle_report(VirtIODevice *vdev, VirtQueue *vq);
/* More of what these two have left for later. */
void virtio_balloon_handle_more(void *opaque);

/* virtio-balloon-stats.c */

/* For instance_init and instance_finalize: the properties, and their timer. */
void virtio_balloon_stats_init(VirtIOBalloon *s);
void virtio_balloon_stats_finalize(VirtIOBalloon *s);
/* No figure is known. */
void virtio_balloon_reset_stats(VirtIOBalloon *s);
void virtio_balloon_receive_stats(VirtIODevice *vdev, VirtQueue *vq);
/* The queue ends: the guest's buffer is put back as if it was never taken. */
void virtio_balloon_drop_stats(VirtIOBalloon *s);
/* If somebody polls, the next time is an interval from now. */
void virtio_balloon_stats_poll_again(VirtIOBalloon *s);
/* Nobody polls any more. */
void virtio_balloon_stats_stop_timer(VirtIOBalloon *s);

/* virtio-balloon-hint.c */

/* For realize and unrealize, if the feature is on offer. */
void virtio_balloon_free_page_init(VirtIOBalloon *s);
void virtio_balloon_free_page_cleanup(VirtIOBalloon *s);
bool virtio_balloon_free_page_support(void *opaque);
/* No hint is taken from now on until a new migration asks. */
void virtio_balloon_free_page_stop(VirtIOBalloon *s);
/* The queue ends: nothing of it is kept. */
void virtio_balloon_free_page_drop(VirtIOBalloon *s);
/* The machine runs, or stands still. */
void virtio_balloon_free_page_block(VirtIOBalloon *s, bool block);
/* What the configuration says to the guest. */
uint32_t virtio_balloon_free_page_cmd_id(VirtIOBalloon *s);

#endif
