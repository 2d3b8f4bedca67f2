/*
 * virtio-blk with ioeventfd, in an IOThread or in the main loop.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_DATAPLANE_VIRTIO_BLK_H
#define HW_DATAPLANE_VIRTIO_BLK_H

#include "hw/virtio/virtio.h"

typedef struct VirtIOBlockDataPlane VirtIOBlockDataPlane;
struct VirtIOBlkConf;

/*
 * *@dataplane is NULL if there is no ioeventfd; then kicks come by exits.
 * @conf belongs to the device, and outlives it.
 */
bool virtio_blk_data_plane_create(VirtIODevice *vdev,
                                  struct VirtIOBlkConf *conf,
                                  VirtIOBlockDataPlane **dataplane,
                                  Error **errp);
void virtio_blk_data_plane_destroy(VirtIOBlockDataPlane *s);

/* For VirtioDeviceClass: kicks go to the IOThread, and come back. */
int virtio_blk_data_plane_start(VirtIODevice *vdev);
void virtio_blk_data_plane_stop(VirtIODevice *vdev);

#endif
