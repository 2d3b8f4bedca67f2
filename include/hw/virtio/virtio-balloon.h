/*
 * virtio-balloon: memory that the guest lends to the host (virtio 1.2, 5.5).
 *
 * The host says in the configuration how many pages it would like
 * (num_pages); the guest takes pages away from itself, tells their numbers,
 * and says how many there are by now (actual):
 *
 *     QMP `balloon`              num_pages  ->  guest
 *     inflate queue   <- page numbers           the host's memory is freed
 *     deflate queue   <- page numbers           they are the guest's again
 *     BALLOON_CHANGE  <- actual
 *
 * A page is 4 KiB, whatever the guest and the host use.  No page is lost on the
 * host's side when it is given back: it is there again, as zeroes, when one
 * touches it.
 *
 * More queues carry more kinds of news about memory:
 *
 *     statistics      a buffer of figures that the host keeps until it wants
 *                     newer ones; to give it back is to ask for them
 *     free page hint  pages that a migration need not send
 *     reporting       free pages, which the host may take while they are free
 *
 * A number is no more than what a guest says.  It is looked up in the memory
 * map, and counts only if plain RAM is there.
 *
 * The code is in hw/virtio/virtio-balloon.c (the device), -pages.c (inflate,
 * deflate, reporting), -stats.c and -hint.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_BALLOON_H
#define QEMU_VIRTIO_BALLOON_H

#include "hw/virtio/virtio.h"
#include "qemu/notify.h"
#include "standard-headers/linux/virtio_balloon.h"
#include "sysemu/iothread.h"
#include "qom/object.h"

#define TYPE_VIRTIO_BALLOON "virtio-balloon-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOBalloon, VIRTIO_BALLOON)

/* The numbers below mean something else: VIRTIO_BALLOON_CMD_ID_*. */
#define VIRTIO_BALLOON_FREE_PAGE_HINT_CMD_ID_MIN 0x80000000

/* One figure in the statistics queue, in 10 bytes. */
typedef struct virtio_balloon_stat VirtIOBalloonStat;

enum virtio_balloon_free_page_hint_status {
    FREE_PAGE_HINT_S_STOP = 0,      /* the guest shall not hint */
    FREE_PAGE_HINT_S_REQUESTED = 1, /* it shall begin */
    FREE_PAGE_HINT_S_START = 2,     /* it has begun */
    FREE_PAGE_HINT_S_DONE = 3,      /* it may use its pages again */
};

struct VirtIOBalloon {
    VirtIODevice parent_obj;

    VirtQueue *ivq, *dvq, *svq, *free_page_vq, *reporting_vq;

    /* The configuration. */
    uint32_t num_pages;             /* what the host would like */
    uint32_t actual;                /* what the guest says it has lent */
    uint32_t poison_val;            /* what the guest fills free pages with */

    /* A guest that asks for much is served in several goes. */
    QEMUBH *more_bh;

    /* Statistics */
    uint64_t stats[VIRTIO_BALLOON_S_NR];
    VirtQueueElement *stats_vq_elem;    /* the guest's buffer, while kept */
    size_t stats_vq_offset;             /* bytes of figures that were in it */
    QEMUTimer *stats_timer;             /* NULL while nobody polls */
    int64_t stats_last_update;          /* seconds since 1970 */
    int64_t stats_poll_interval;        /* in seconds; 0: do not poll */

    /* Free page hinting: the IOThread works on what is queued. */
    IOThread *iothread;
    QEMUBH *free_page_bh;               /* in the IOThread */
    QEMUBH *free_page_done_bh;          /* in the main loop */
    QemuMutex free_page_lock;           /* for what is in this group */
    uint32_t free_page_hint_status;     /* FREE_PAGE_HINT_S_* */
    uint32_t free_page_hint_cmd_id;
    bool block_iothread;                /* the machine stands still */
    GQueue free_page_todo;              /* of VirtQueueElement */
    GQueue free_page_done;
    NotifierWithReturn free_page_hint_notify;

    /* Properties */
    uint32_t host_features;
    bool qemu_4_0_config_size;
};

#endif
