/*
 * A VirtQueueElement in a migration stream: a request that the device has
 * popped and not yet pushed.
 *
 * Its form is that of a struct which versions of before 2016 had in memory, with
 * room for the longest chain, in the byte order of the machine that sends it.
 * The addresses are the guest's; ours are found again with virtqueue_map().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "migration/qemu-file-types.h"
#include "virtqueue-int.h"

typedef struct VirtQueueElementOld {
    unsigned int index;
    unsigned int out_num;
    unsigned int in_num;
    hwaddr in_addr[VIRTQUEUE_MAX_SIZE];
    hwaddr out_addr[VIRTQUEUE_MAX_SIZE];
    struct iovec in_sg[VIRTQUEUE_MAX_SIZE];
    struct iovec out_sg[VIRTQUEUE_MAX_SIZE];
} VirtQueueElementOld;

void qemu_put_virtqueue_element(VirtIODevice *vdev, QEMUFile *f,
                                VirtQueueElement *elem)
{
    g_autofree VirtQueueElementOld *data = g_new0(VirtQueueElementOld, 1);

    data->index = elem->index;
    data->in_num = elem->in_num;
    data->out_num = elem->out_num;
    /* Of an iovec the length; where it is here means nothing there. */
    for (unsigned i = 0; i < elem->in_num; i++) {
        data->in_addr[i] = elem->in_addr[i];
        data->in_sg[i].iov_len = elem->in_sg[i].iov_len;
    }
    for (unsigned i = 0; i < elem->out_num; i++) {
        data->out_addr[i] = elem->out_addr[i];
        data->out_sg[i].iov_len = elem->out_sg[i].iov_len;
    }
    qemu_put_buffer(f, (uint8_t *)data, sizeof(*data));
    if (virtio_host_has_feature(vdev, VIRTIO_F_RING_PACKED)) {
        qemu_put_be32s(f, &elem->ndescs);
    }
}

/* NULL if the stream has no element that could be. */
void *qemu_get_virtqueue_element(VirtIODevice *vdev, QEMUFile *f, size_t sz)
{
    g_autofree VirtQueueElementOld *data = g_new(VirtQueueElementOld, 1);
    VirtQueueElement *elem;

    qemu_get_buffer(f, (uint8_t *)data, sizeof(*data));
    if (data->in_num > VIRTQUEUE_MAX_SIZE ||
        data->out_num > VIRTQUEUE_MAX_SIZE - data->in_num) {
        error_report("%s: an element of %u and %u pieces", vdev->name,
                     data->out_num, data->in_num);
        return NULL;
    }
    elem = virtqueue_alloc_element(sz, data->out_num, data->in_num);
    elem->index = data->index;
    elem->len = 0;
    elem->ndescs = 1;
    for (unsigned i = 0; i < elem->in_num; i++) {
        elem->in_addr[i] = data->in_addr[i];
        elem->in_sg[i].iov_base = NULL;
        elem->in_sg[i].iov_len = data->in_sg[i].iov_len;
    }
    for (unsigned i = 0; i < elem->out_num; i++) {
        elem->out_addr[i] = data->out_addr[i];
        elem->out_sg[i].iov_base = NULL;
        elem->out_sg[i].iov_len = data->out_sg[i].iov_len;
    }
    if (virtio_host_has_feature(vdev, VIRTIO_F_RING_PACKED)) {
        qemu_get_be32s(f, &elem->ndescs);
    }
    virtqueue_map(vdev, elem);
    return elem;
}
