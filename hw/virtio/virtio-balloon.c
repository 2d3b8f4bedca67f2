/*
 * virtio-balloon: the device, its configuration and its life.
 *
 * What the queues carry is in virtio-balloon-pages.c, -stats.c and -hint.c.
 *
 * Read include/hw/virtio/virtio-balloon.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-events-machine.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "standard-headers/linux/virtio_ids.h"
#include "sysemu/balloon.h"
#include "trace.h"
#include "virtio-balloon-int.h"

static ram_addr_t get_current_ram_size(void)
{
    return current_machine->ram_size;
}

/* How many bytes the guest has left, if it says the truth. */
static int64_t virtio_balloon_actual_bytes(const VirtIOBalloon *dev)
{
    return get_current_ram_size() -
           ((uint64_t)dev->actual << VIRTIO_BALLOON_PFN_SHIFT);
}

/* Commands: system/balloon.c */

static void virtio_balloon_stat(void *opaque, BalloonInfo *info)
{
    info->actual = virtio_balloon_actual_bytes(opaque);
}

static void virtio_balloon_to_target(void *opaque, ram_addr_t target)
{
    VirtIOBalloon *dev = VIRTIO_BALLOON(opaque);
    ram_addr_t vm_ram_size = get_current_ram_size();

    target = MIN(target, vm_ram_size);
    if (target) {
        dev->num_pages = (vm_ram_size - target) >> VIRTIO_BALLOON_PFN_SHIFT;
        virtio_notify_config(VIRTIO_DEVICE(dev));
    }
    trace_virtio_balloon_to_target(target, dev->num_pages);
}

/* Features and configuration */

static uint64_t virtio_balloon_get_features(VirtIODevice *vdev, uint64_t f,
                                            Error **errp)
{
    VirtIOBalloon *dev = VIRTIO_BALLOON(vdev);

    f |= dev->host_features;
    virtio_add_feature(&f, VIRTIO_BALLOON_F_STATS_VQ);
    trace_virtio_balloon_get_features(f);
    return f;
}

static bool virtio_balloon_page_poison_support(void *opaque)
{
    VirtIOBalloon *s = opaque;

    return virtio_vdev_has_feature(VIRTIO_DEVICE(s),
                                   VIRTIO_BALLOON_F_PAGE_POISON);
}

static size_t virtio_balloon_config_size(const VirtIOBalloon *s)
{
    uint64_t features = s->host_features;

    /* QEMU 4.0 had the whole of it, whatever was on offer. */
    if (s->qemu_4_0_config_size ||
        virtio_has_feature(features, VIRTIO_BALLOON_F_PAGE_POISON)) {
        return sizeof(struct virtio_balloon_config);
    }
    if (virtio_has_feature(features, VIRTIO_BALLOON_F_FREE_PAGE_HINT)) {
        return offsetof(struct virtio_balloon_config, poison_val);
    }
    return offsetof(struct virtio_balloon_config, free_page_hint_cmd_id);
}

/* Little endian for legacy drivers, too (virtio 1.2, 5.5.4.2). */
static void virtio_balloon_get_config(VirtIODevice *vdev, uint8_t *config_data)
{
    VirtIOBalloon *dev = VIRTIO_BALLOON(vdev);
    struct virtio_balloon_config config = {
        .num_pages = cpu_to_le32(dev->num_pages),
        .actual = cpu_to_le32(dev->actual),
        .free_page_hint_cmd_id =
            cpu_to_le32(virtio_balloon_free_page_cmd_id(dev)),
        .poison_val = cpu_to_le32(dev->poison_val),
    };

    trace_virtio_balloon_get_config(dev->num_pages, dev->actual);
    memcpy(config_data, &config, virtio_balloon_config_size(dev));
}

static void virtio_balloon_set_config(VirtIODevice *vdev,
                                      const uint8_t *config_data)
{
    VirtIOBalloon *dev = VIRTIO_BALLOON(vdev);
    struct virtio_balloon_config config = {};
    uint32_t oldactual = dev->actual;

    memcpy(&config, config_data, virtio_balloon_config_size(dev));
    dev->actual = le32_to_cpu(config.actual);
    if (dev->actual != oldactual) {
        qapi_event_send_balloon_change(virtio_balloon_actual_bytes(dev));
    }
    dev->poison_val = 0;
    if (virtio_balloon_page_poison_support(dev)) {
        dev->poison_val = le32_to_cpu(config.poison_val);
    }
    trace_virtio_balloon_set_config(dev->actual, oldactual);
}

/* Status and reset */

static void virtio_balloon_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);

    if (vdev->vm_running && (status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        /* A migration has left the buffer where it is: popped, and not here. */
        if (!s->stats_vq_elem && virtqueue_rewind(s->svq, 1)) {
            virtio_balloon_receive_stats(vdev, s->svq);
        }
        /* What was left when the machine stopped. */
        qemu_bh_schedule(s->more_bh);
    }
    virtio_balloon_free_page_block(s, !vdev->vm_running);
}

/*
 * The host's wish stays, for the next driver to read.  What the guest has
 * lent is not known any more, but it says so itself: actual stays, too.
 */
static void virtio_balloon_device_reset(VirtIODevice *vdev)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);

    qemu_bh_cancel(s->more_bh);
    virtio_balloon_free_page_stop(s);
    virtio_balloon_free_page_drop(s);
    virtio_balloon_drop_stats(s);
    s->poison_val = 0;
}

static void virtio_balloon_queue_reset(VirtIODevice *vdev,
                                       uint32_t queue_index)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    VirtQueue *vq = virtio_get_queue(vdev, queue_index);

    if (vq == s->svq) {
        virtio_balloon_drop_stats(s);
    } else if (vq == s->free_page_vq) {
        virtio_balloon_free_page_drop(s);
    }
}

/* Life */

static void virtio_balloon_device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBalloon *s = VIRTIO_BALLOON(dev);
    bool hint = virtio_has_feature(s->host_features,
                                   VIRTIO_BALLOON_F_FREE_PAGE_HINT);

    trace_virtio_balloon_device_realize(s->host_features);
    virtio_init(vdev, VIRTIO_ID_BALLOON, virtio_balloon_config_size(s));

    if (qemu_add_balloon_handler(virtio_balloon_to_target,
                                 virtio_balloon_stat, s) < 0) {
        error_setg(errp, "Only one balloon device is supported");
        goto cleanup;
    }
    if (hint && !s->iothread) {
        error_setg(errp, "'free-page-hint' requires 'iothread' to be set");
        goto remove_handler;
    }

    s->ivq = virtio_add_queue(vdev, 128, virtio_balloon_handle_output);
    s->dvq = virtio_add_queue(vdev, 128, virtio_balloon_handle_output);
    s->svq = virtio_add_queue(vdev, 128, virtio_balloon_receive_stats);
    if (hint) {
        virtio_balloon_free_page_init(s);
    }
    if (virtio_has_feature(s->host_features, VIRTIO_BALLOON_F_REPORTING)) {
        s->reporting_vq = virtio_add_queue(vdev, 32,
                                           virtio_balloon_handle_report);
    }
    s->more_bh = virtio_bh_new_guarded(dev, virtio_balloon_handle_more, s);
    virtio_balloon_reset_stats(s);
    return;

remove_handler:
    qemu_remove_balloon_handler(s);
cleanup:
    virtio_cleanup(vdev);
}

static void virtio_balloon_device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBalloon *s = VIRTIO_BALLOON(dev);

    virtio_balloon_stats_stop_timer(s);
    virtio_balloon_drop_stats(s);
    qemu_bh_delete(s->more_bh);
    if (s->reporting_vq) {
        virtio_delete_queue(s->reporting_vq);
        s->reporting_vq = NULL;
    }
    if (s->free_page_vq) {
        virtio_balloon_free_page_cleanup(s);
    }
    virtio_delete_queue(s->svq);
    virtio_delete_queue(s->dvq);
    virtio_delete_queue(s->ivq);
    qemu_remove_balloon_handler(s);
    virtio_cleanup(vdev);
}

static void virtio_balloon_instance_init(Object *obj)
{
    trace_virtio_balloon_instance_init(obj);
    virtio_balloon_stats_init(VIRTIO_BALLOON(obj));
}

static void virtio_balloon_instance_finalize(Object *obj)
{
    virtio_balloon_stats_finalize(VIRTIO_BALLOON(obj));
}

/* Migration */

static int virtio_balloon_post_load_device(void *opaque, int version_id)
{
    virtio_balloon_stats_poll_again(opaque);
    return 0;
}

static const VMStateDescription vmstate_virtio_balloon_free_page_hint = {
    .name = "virtio-balloon-device/free-page-report",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = virtio_balloon_free_page_support,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(free_page_hint_cmd_id, VirtIOBalloon),
        VMSTATE_UINT32(free_page_hint_status, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_virtio_balloon_page_poison = {
    .name = "virtio-balloon-device/page-poison",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = virtio_balloon_page_poison_support,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(poison_val, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_virtio_balloon_device = {
    .name = "virtio-balloon-device",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = virtio_balloon_post_load_device,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(num_pages, VirtIOBalloon),
        VMSTATE_UINT32(actual, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_virtio_balloon_free_page_hint,
        &vmstate_virtio_balloon_page_poison,
        NULL
    },
};

static const VMStateDescription vmstate_virtio_balloon = {
    .name = "virtio-balloon",
    .minimum_version_id = 1,
    .version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

/* Type */

static Property virtio_balloon_properties[] = {
    DEFINE_PROP_BIT("deflate-on-oom", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_DEFLATE_ON_OOM, false),
    DEFINE_PROP_BIT("free-page-hint", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_FREE_PAGE_HINT, false),
    DEFINE_PROP_BIT("page-poison", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_PAGE_POISON, true),
    DEFINE_PROP_BIT("free-page-reporting", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_REPORTING, false),
    /* For machine types of that version. */
    DEFINE_PROP_BOOL("qemu-4-0-config-size", VirtIOBalloon,
                     qemu_4_0_config_size, false),
    DEFINE_PROP_LINK("iothread", VirtIOBalloon, iothread, TYPE_IOTHREAD,
                     IOThread *),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_balloon_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_balloon_properties);
    dc->vmsd = &vmstate_virtio_balloon;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = virtio_balloon_device_realize;
    vdc->unrealize = virtio_balloon_device_unrealize;
    vdc->reset = virtio_balloon_device_reset;
    vdc->queue_reset = virtio_balloon_queue_reset;
    vdc->get_config = virtio_balloon_get_config;
    vdc->set_config = virtio_balloon_set_config;
    vdc->get_features = virtio_balloon_get_features;
    vdc->set_status = virtio_balloon_set_status;
    vdc->vmsd = &vmstate_virtio_balloon_device;
}

static const TypeInfo virtio_balloon_info = {
    .name = TYPE_VIRTIO_BALLOON,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOBalloon),
    .instance_init = virtio_balloon_instance_init,
    .instance_finalize = virtio_balloon_instance_finalize,
    .class_init = virtio_balloon_class_init,
};

static void virtio_balloon_register_types(void)
{
    type_register_static(&virtio_balloon_info);
}

type_init(virtio_balloon_register_types)
