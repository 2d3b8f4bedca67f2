/*
 * virtio-rng: entropy for the guest (virtio 1.2, 5.4).
 *
 * The guest puts empty buffers into the one queue, and they come back filled,
 * in part or whole.  Where the bytes come from is a back end's business
 * (sysemu/rng.h); how many a guest gets in how much time is this device's:
 * max-bytes in each period of milliseconds, from the first that it takes.
 *
 * The code is in hw/virtio/virtio-rng.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_RNG_H
#define QEMU_VIRTIO_RNG_H

#include "hw/virtio/virtio.h"
#include "sysemu/rng.h"
#include "standard-headers/linux/virtio_rng.h"
#include "qom/object.h"

#define TYPE_VIRTIO_RNG "virtio-rng-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIORNG, VIRTIO_RNG)

struct VirtIORNGConf {
    RngBackend *rng;
    uint64_t max_bytes;
    uint32_t period_ms;
};
typedef struct VirtIORNGConf VirtIORNGConf;

struct VirtIORNG {
    VirtIODevice parent_obj;

    VirtQueue *vq;

    VirtIORNGConf conf;
    RngBackend *rng;            /* conf.rng */

    QEMUTimer *rate_limit_timer;
    int64_t quota_remaining;    /* bytes, until the period ends */
    bool activate_timer;        /* no period runs: the next request starts it */
    bool asked;                 /* the back end owes us an answer */

    VMChangeStateEntry *vmstate;
};

#endif
