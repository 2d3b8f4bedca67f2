/*
 * What the files of virtio-blk share: the device and its requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_BLOCK_VIRTIO_BLK_INT_H
#define HW_BLOCK_VIRTIO_BLK_INT_H

#include "hw/virtio/virtio-blk.h"

/* A new @req, of which there is the element; of @vq. */
void virtio_blk_init_request(VirtIOBlock *s, VirtQueue *vq,
                             VirtIOBlockReq *req);
/*
 * The next request of @vq that is to be freed with virtio_blk_free_request(),
 * or NULL.
 */
VirtIOBlockReq *virtio_blk_get_request(VirtIOBlock *s, VirtQueue *vq);
void virtio_blk_free_request(VirtIOBlockReq *req);
/* Try again those that wait for it; in the AioContext of the disk. */
void virtio_blk_process_queued_requests(VirtIOBlock *s, bool is_bh);

/* VirtioDeviceClass save and load: virtio-blk-migration.c */
void virtio_blk_save_device(VirtIODevice *vdev, QEMUFile *f);
int virtio_blk_load_device(VirtIODevice *vdev, QEMUFile *f, int version_id);

#endif
