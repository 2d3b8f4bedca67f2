/*
 * virtio-blk: a disk (virtio 1.2, 5.2).
 *
 * A request is a chain of descriptors: a header of 16 bytes (type and sector)
 * that the device reads, data in one direction, and a status byte that the
 * device writes last.  Where one part ends and the next begins in the chain is
 * the driver's business.
 *
 *     virtio_blk_handle_vq        takes requests off a queue, while there are any
 *       virtio_blk_handle_request   one of them: checks it, and …
 *         virtio_blk_submit_multireq  … reads and writes that are neighbours
 *                                     go to the block layer as one
 *     virtio_blk_rw_complete      the block layer has done it
 *       virtio_blk_req_complete     status byte, used ring, interrupt
 *
 * A request that failed, and that the policy (rerror=, werror=) wants to see
 * again, waits in VirtIOBlock.rq until the machine runs again.
 *
 * With iothread= all of that happens in another thread, from DRIVER_OK to reset
 * (hw/block/dataplane/virtio-blk.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_BLK_H
#define QEMU_VIRTIO_BLK_H

#include "standard-headers/linux/virtio_blk.h"
#include "hw/virtio/virtio.h"
#include "hw/block/block.h"
#include "sysemu/iothread.h"
#include "sysemu/block-backend.h"
#include "qom/object.h"

#define TYPE_VIRTIO_BLK "virtio-blk-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOBlock, VIRTIO_BLK)

#define VIRTIO_BLK_AUTO_NUM_QUEUES UINT16_MAX

/* What follows the data: one byte. */
struct virtio_blk_inhdr {
    unsigned char status;
};

struct VirtIOBlkConf {
    BlockConf conf;
    IOThread *iothread;
    char *serial;
    uint32_t request_merging;
    uint16_t num_queues;
    uint16_t queue_size;
    bool seg_max_adjust;
    bool report_discard_granularity;
    uint32_t max_discard_sectors;
    uint32_t max_write_zeroes_sectors;
    bool x_enable_wce_if_config_wce;
};
typedef struct VirtIOBlkConf VirtIOBlkConf;

struct VirtIOBlockDataPlane;
struct VirtIOBlockReq;

struct VirtIOBlock {
    VirtIODevice parent_obj;

    BlockBackend *blk;
    struct VirtIOBlockReq *rq;  /* to be tried again */
    VirtIOBlkConf conf;
    unsigned short sector_mask; /* sectors of a block, less one */
    bool original_wce;          /* the write cache before the driver came */
    VMChangeStateEntry *change;
    bool dataplane_disabled;
    bool dataplane_started;
    struct VirtIOBlockDataPlane *dataplane;
    uint64_t host_features;
    size_t config_size;
};

typedef struct VirtIOBlockReq {
    VirtQueueElement elem;
    int64_t sector_num;
    VirtIOBlock *dev;
    VirtQueue *vq;
    /* What the headers took off the element's ends. */
    IOVDiscardUndo inhdr_undo;
    IOVDiscardUndo outhdr_undo;
    struct virtio_blk_inhdr *in;
    struct virtio_blk_outhdr out;
    QEMUIOVector qiov;
    size_t in_len;              /* what the device writes, the status too */
    struct VirtIOBlockReq *next;    /* in VirtIOBlock.rq */
    struct VirtIOBlockReq *mr_next; /* of those that went as one */
    BlockAcctCookie acct;
} VirtIOBlockReq;

#define VIRTIO_BLK_MAX_MERGE_REQS 32

/* Reads, or writes, that wait to be sent together. */
typedef struct MultiReqBuffer {
    VirtIOBlockReq *reqs[VIRTIO_BLK_MAX_MERGE_REQS];
    unsigned int num_reqs;
    bool is_write;
} MultiReqBuffer;

/* Take all that @vq has; in the AioContext of the disk. */
void virtio_blk_handle_vq(VirtIOBlock *s, VirtQueue *vq);

#endif
