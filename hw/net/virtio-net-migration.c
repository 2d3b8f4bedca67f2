/*
 * virtio-net: what a stream has of it, beside what it has of any virtio device.
 *
 * Much of it is only there because it has always been: flags that follow from
 * the features, and what the other side's peer could do, which ours must be
 * able to do as well.
 *
 * Read hw/virtio/virtio-migration.c first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "migration/vmstate.h"
#include "virtio-net-int.h"

/*
 * What is sent in another form than we have it.  The pairs of queues behind
 * the first one came late, and so they are a list of their own.
 */
typedef struct VirtIONetMigTmp {
    VirtIONet *parent;
    VirtIONetQueue *vqs_1;
    uint16_t curr_queue_pairs_1;
    uint8_t has_ufo;
    uint32_t has_vnet_hdr;
} VirtIONetMigTmp;

static const VMStateDescription vmstate_virtio_net_queue_tx_waiting = {
    .name = "virtio-net-queue-tx_waiting",
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(tx_waiting, VirtIONetQueue),
        VMSTATE_END_OF_LIST()
    }
};

static bool virtio_net_max_queue_pairs_gt_1(void *opaque, int version_id)
{
    return VIRTIO_NET(opaque)->max_queue_pairs > 1;
}

static bool virtio_net_has_ctrl_guest_offloads(void *opaque, int version_id)
{
    return virtio_vdev_has_feature(VIRTIO_DEVICE(opaque),
                                   VIRTIO_NET_F_CTRL_GUEST_OFFLOADS);
}

static bool virtio_net_mac_table_fits(void *opaque, int version_id)
{
    return VIRTIO_NET(opaque)->mac_table.in_use <= MAC_TABLE_ENTRIES;
}

static bool virtio_net_mac_table_doesnt_fit(void *opaque, int version_id)
{
    return !virtio_net_mac_table_fits(opaque, version_id);
}

/* The pairs behind the first */

static int virtio_net_tx_waiting_pre_save(void *opaque)
{
    VirtIONetMigTmp *tmp = opaque;

    tmp->vqs_1 = tmp->parent->vqs + 1;
    tmp->curr_queue_pairs_1 = MAX(tmp->parent->curr_queue_pairs, 1) - 1;
    return 0;
}

static int virtio_net_tx_waiting_pre_load(void *opaque)
{
    VirtIONetMigTmp *tmp = opaque;
    VirtIONet *n = tmp->parent;

    if (n->curr_queue_pairs > n->max_queue_pairs || !n->curr_queue_pairs) {
        error_report("virtio-net: curr_queue_pairs %x > max_queue_pairs %x",
                     n->curr_queue_pairs, n->max_queue_pairs);
        return -EINVAL;
    }
    return virtio_net_tx_waiting_pre_save(opaque);
}

static const VMStateDescription vmstate_virtio_net_tx_waiting = {
    .name = "virtio-net-tx_waiting",
    .pre_load = virtio_net_tx_waiting_pre_load,
    .pre_save = virtio_net_tx_waiting_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT_VARRAY_POINTER_UINT16(
            vqs_1, VirtIONetMigTmp, curr_queue_pairs_1,
            vmstate_virtio_net_queue_tx_waiting, VirtIONetQueue),
        VMSTATE_END_OF_LIST()
    }
};

/* What the peer must be able to do */

static int virtio_net_ufo_pre_save(void *opaque)
{
    VirtIONetMigTmp *tmp = opaque;

    tmp->has_ufo = tmp->parent->has_ufo;
    return 0;
}

static int virtio_net_ufo_post_load(void *opaque, int version_id)
{
    VirtIONetMigTmp *tmp = opaque;

    if (tmp->has_ufo && !tmp->parent->has_ufo) {
        error_report("virtio-net: saved image requires TUN_F_UFO support");
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_virtio_net_has_ufo = {
    .name = "virtio-net-ufo",
    .post_load = virtio_net_ufo_post_load,
    .pre_save = virtio_net_ufo_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(has_ufo, VirtIONetMigTmp),
        VMSTATE_END_OF_LIST()
    }
};

static int virtio_net_vnet_pre_save(void *opaque)
{
    VirtIONetMigTmp *tmp = opaque;

    tmp->has_vnet_hdr = tmp->parent->has_vnet_hdr;
    return 0;
}

static int virtio_net_vnet_post_load(void *opaque, int version_id)
{
    VirtIONetMigTmp *tmp = opaque;

    if (tmp->has_vnet_hdr && !peer_has_vnet_hdr(tmp->parent)) {
        error_report("virtio-net: saved image requires vnet_hdr=on");
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_virtio_net_has_vnet = {
    .name = "virtio-net-vnet",
    .post_load = virtio_net_vnet_post_load,
    .pre_save = virtio_net_vnet_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(has_vnet_hdr, VirtIONetMigTmp),
        VMSTATE_END_OF_LIST()
    }
};

/* All of it */

static void virtio_net_find_first_multi(VirtIONet *n)
{
    uint32_t i;

    for (i = 0; i < n->mac_table.in_use; i++) {
        if (n->mac_table.macs[i * ETH_ALEN] & 1) {
            break;
        }
    }
    n->mac_table.first_multi = i;
}

static int virtio_net_post_load_device(void *opaque, int version_id)
{
    VirtIONet *n = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    bool link_down = !(n->status & VIRTIO_NET_S_LINK_UP);

    virtio_net_set_mrg_rx_bufs(n, n->mergeable_rx_bufs,
                               virtio_vdev_has_feature(vdev,
                                                       VIRTIO_F_VERSION_1));
    if (n->mac_table.in_use > MAC_TABLE_ENTRIES) {
        /* It was skipped: all of them are taken, then. */
        n->mac_table.in_use = 0;
        n->mac_table.multi_overflow = n->mac_table.uni_overflow = 1;
    }
    virtio_net_find_first_multi(n);
    if (!virtio_net_has_ctrl_guest_offloads(n, version_id)) {
        n->curr_guest_offloads = virtio_net_supported_guest_offloads(n);
    }

    /* What set_features() does comes later, and begins them anew. */
    n->saved_guest_offloads = n->curr_guest_offloads;
    g_free(n->saved_vlans);
    n->saved_vlans = g_memdup2(n->vlans, MAX_VLAN >> 3);

    virtio_net_set_queue_pairs(n);
    for (int i = 0; i < n->max_queue_pairs; i++) {
        qemu_get_subqueue(n->nic, i)->link_down = link_down;
    }
    virtio_net_announce_loaded(n);
    return 0;
}

const VMStateDescription vmstate_virtio_net_device = {
    .name = "virtio-net-device",
    .version_id = VIRTIO_NET_VM_VERSION,
    .minimum_version_id = VIRTIO_NET_VM_VERSION,
    .post_load = virtio_net_post_load_device,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_ARRAY(mac, VirtIONet, ETH_ALEN),
        VMSTATE_STRUCT_POINTER(vqs, VirtIONet,
                               vmstate_virtio_net_queue_tx_waiting,
                               VirtIONetQueue),
        VMSTATE_UINT32(mergeable_rx_bufs, VirtIONet),
        VMSTATE_UINT16(status, VirtIONet),
        VMSTATE_UINT8(promisc, VirtIONet),
        VMSTATE_UINT8(allmulti, VirtIONet),
        VMSTATE_UINT32(mac_table.in_use, VirtIONet),
        VMSTATE_VBUFFER_MULTIPLY(mac_table.macs, VirtIONet, 0,
                                 virtio_net_mac_table_fits, mac_table.in_use,
                                 ETH_ALEN),
        VMSTATE_UNUSED_VARRAY_UINT32(VirtIONet,
                                     virtio_net_mac_table_doesnt_fit, 0,
                                     mac_table.in_use, ETH_ALEN),
        /* Words, but always sent as bytes: in the order of the sender's. */
        VMSTATE_BUFFER_POINTER_UNSAFE(vlans, VirtIONet, 0, MAX_VLAN >> 3),
        VMSTATE_WITH_TMP(VirtIONet, VirtIONetMigTmp,
                         vmstate_virtio_net_has_vnet),
        VMSTATE_UINT8(mac_table.multi_overflow, VirtIONet),
        VMSTATE_UINT8(mac_table.uni_overflow, VirtIONet),
        VMSTATE_UINT8(alluni, VirtIONet),
        VMSTATE_UINT8(nomulti, VirtIONet),
        VMSTATE_UINT8(nouni, VirtIONet),
        VMSTATE_UINT8(nobcast, VirtIONet),
        VMSTATE_WITH_TMP(VirtIONet, VirtIONetMigTmp,
                         vmstate_virtio_net_has_ufo),
        VMSTATE_SINGLE_TEST(max_queue_pairs, VirtIONet,
                            virtio_net_max_queue_pairs_gt_1, 0,
                            vmstate_info_uint16_equal, uint16_t),
        VMSTATE_UINT16_TEST(curr_queue_pairs, VirtIONet,
                            virtio_net_max_queue_pairs_gt_1),
        VMSTATE_WITH_TMP(VirtIONet, VirtIONetMigTmp,
                         vmstate_virtio_net_tx_waiting),
        VMSTATE_UINT64_TEST(curr_guest_offloads, VirtIONet,
                            virtio_net_has_ctrl_guest_offloads),
        VMSTATE_END_OF_LIST()
    }
};

/* virtio_load() is done: what set_features() has begun anew goes on. */
int virtio_net_post_load_virtio(VirtIODevice *vdev)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    if (n->saved_vlans) {
        memcpy(n->vlans, n->saved_vlans, MAX_VLAN >> 3);
        g_clear_pointer(&n->saved_vlans, g_free);
    }
    n->curr_guest_offloads = n->saved_guest_offloads;
    if (peer_has_vnet_hdr(n)) {
        virtio_net_apply_guest_offloads(n);
    }
    return 0;
}
