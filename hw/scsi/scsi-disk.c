/*
 * scsi-hd and scsi-cd: a disk, and a drive for CDs and DVDs.
 *
 * What is behind them is a BlockBackend (drive=).  Which file serves which
 * command is in scsi-disk-int.h; read include/hw/scsi/scsi.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/accounting.h"
#include "hw/block/block.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"
#include "sysemu/sysemu.h"
#include "trace.h"

#define DEFAULT_DISCARD_GRANULARITY     (4 * KiB)
#define DEFAULT_MAX_UNMAP_SIZE          (1 * GiB)
#define DEFAULT_MAX_IO_SIZE             INT_MAX     /* 2 GB - 1 block */

/* The medium, in blocks */

uint64_t scsi_disk_nb_blocks(SCSIDiskState *s)
{
    uint64_t nb_sectors;

    blk_get_geometry(s->qdev.conf.blk, &nb_sectors);
    return nb_sectors / scsi_disk_sectors_per_block(s);
}

bool check_lba_range(SCSIDiskState *s, uint64_t lba, uint64_t nb_blocks)
{
    /* The first asks whether the second would overflow. */
    return nb_blocks <= UINT64_MAX - lba &&
           lba + nb_blocks <= s->qdev.max_lba + 1;
}

/* Requests */

static const SCSIReqOps *scsi_disk_reqops_of(uint8_t command)
{
    switch (command) {
    case READ_6:
    case READ_10:
    case READ_12:
    case READ_16:
    case WRITE_6:
    case WRITE_10:
    case WRITE_12:
    case WRITE_16:
    case WRITE_VERIFY_10:
    case WRITE_VERIFY_12:
    case WRITE_VERIFY_16:
        return &scsi_disk_dma_reqops;
    default:
        return &scsi_disk_emulate_reqops;
    }
}

static SCSIRequest *scsi_new_request(SCSIDevice *d, uint32_t tag, uint32_t lun,
                                     uint8_t *buf, void *hba_private)
{
    trace_scsi_disk_new_request(lun, tag, buf[0]);
    return scsi_req_alloc(scsi_disk_reqops_of(buf[0]), d, tag, lun,
                          hba_private);
}

/* Life */

static void scsi_disk_reset(DeviceState *dev)
{
    SCSIDiskState *s = SCSI_DISK_BASE(dev);
    uint64_t nb_blocks;

    scsi_device_purge_requests(&s->qdev, SENSE_CODE(RESET));

    nb_blocks = scsi_disk_nb_blocks(s);
    s->qdev.max_lba = nb_blocks ? nb_blocks - 1 : 0;
    s->tray_locked = false;
    s->tray_open = false;
    s->qdev.scsi_version = s->qdev.default_scsi_version;
}

/* What the user has not said. */
static void scsi_disk_default_names(SCSIDiskState *s)
{
    const char *name = blk_name(s->qdev.conf.blk);

    if (!s->version) {
        s->version = g_strdup(qemu_hw_version());
    }
    if (!s->vendor) {
        s->vendor = g_strdup("QEMU");
    }
    if (!s->device_id) {
        if (s->serial) {
            s->device_id = g_strdup_printf("%.20s", s->serial);
        } else if (name && *name) {
            s->device_id = g_strdup(name);
        }
    }
}

static bool scsi_disk_configure_backend(SCSIDiskState *s, Error **errp)
{
    SCSIDevice *dev = &s->qdev;
    BlockConf *conf = &dev->conf;
    bool read_only;

    if (!conf->blk) {
        error_setg(errp, "drive property not set");
        return false;
    }
    if (!(s->features & (1 << SCSI_DISK_F_REMOVABLE)) &&
        !blk_is_inserted(conf->blk)) {
        error_setg(errp, "Device needs media, but drive is empty");
        return false;
    }
    if (!blkconf_blocksizes(conf, errp)) {
        return false;
    }
    if (blk_get_aio_context(conf->blk) != qemu_get_aio_context() &&
        !dev->hba_supports_iothread) {
        error_setg(errp, "HBA does not support iothreads");
        return false;
    }
    if (dev->type == TYPE_DISK &&
        !blkconf_geometry(conf, NULL, 65535, 255, 255, errp)) {
        return false;
    }
    read_only = dev->type == TYPE_ROM || !blk_supports_write_perm(conf->blk);
    if (!blkconf_apply_backend_options(conf, read_only,
                                       dev->type == TYPE_DISK, errp)) {
        return false;
    }
    if (conf->discard_granularity == -1) {
        conf->discard_granularity = MAX(conf->logical_block_size,
                                        DEFAULT_DISCARD_GRANULARITY);
    }
    if (blk_is_sg(conf->blk)) {
        error_setg(errp, "unwanted /dev/sg*");
        return false;
    }
    return true;
}

static const BlockDevOps scsi_disk_block_ops = {
    .resize_cb = scsi_disk_resize_cb,
};

static void scsi_realize(SCSIDevice *dev, Error **errp)
{
    SCSIDiskState *s = SCSI_DISK_BASE(dev);
    BlockConf *conf = &dev->conf;
    bool has_tray = (s->features & (1 << SCSI_DISK_F_REMOVABLE)) &&
                    !(s->features & (1 << SCSI_DISK_F_NO_REMOVABLE_DEVOPS));

    if (!scsi_disk_configure_backend(s, errp)) {
        return;
    }
    scsi_disk_default_names(s);
    blk_set_dev_ops(conf->blk, has_tray ? &scsi_disk_removable_block_ops
                                        : &scsi_disk_block_ops, s);
    blk_iostatus_enable(conf->blk);
    add_boot_device_lchs(&dev->qdev, NULL, conf->lcyls, conf->lheads,
                         conf->lsecs);
}

static void scsi_disk_unrealize(SCSIDevice *dev)
{
    /* It keeps its drive until it is freed, but is on no bus any more. */
    blk_set_dev_ops(dev->conf.blk, NULL, NULL);
    del_boot_device_lchs(&dev->qdev, NULL);
}

static void scsi_hd_realize(SCSIDevice *dev, Error **errp)
{
    SCSIDiskState *s = SCSI_DISK_BASE(dev);
    BlockBackend *blk = dev->conf.blk;
    AioContext *ctx = blk ? blk_get_aio_context(blk) : NULL;

    /* That there is no drive, scsi_realize() will say. */
    if (blk) {
        aio_context_acquire(ctx);
        if (!blkconf_blocksizes(&dev->conf, errp)) {
            goto out;
        }
    }
    dev->blocksize = dev->conf.logical_block_size;
    dev->type = TYPE_DISK;
    if (!s->product) {
        s->product = g_strdup("QEMU HARDDISK");
    }
    scsi_realize(dev, errp);
out:
    if (ctx) {
        aio_context_release(ctx);
    }
}

static void scsi_cd_realize(SCSIDevice *dev, Error **errp)
{
    SCSIDiskState *s = SCSI_DISK_BASE(dev);
    AioContext *ctx;
    int ret;

    if (!dev->conf.blk) {
        /* An empty drive.  As it is in a property, it goes with the device. */
        dev->conf.blk = blk_new(qemu_get_aio_context(), 0, BLK_PERM_ALL);
        ret = blk_attach_dev(dev->conf.blk, &dev->qdev);
        assert(ret == 0);
    }

    ctx = blk_get_aio_context(dev->conf.blk);
    aio_context_acquire(ctx);
    dev->blocksize = 2048;
    dev->type = TYPE_ROM;
    s->features |= 1 << SCSI_DISK_F_REMOVABLE;
    if (!s->product) {
        s->product = g_strdup("QEMU CD-ROM");
    }
    scsi_realize(dev, errp);
    aio_context_release(ctx);
}

/* Migration */

static const VMStateDescription vmstate_scsi_disk_state = {
    .name = "scsi-disk",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_SCSI_DEVICE(qdev, SCSIDiskState),
        VMSTATE_BOOL(media_changed, SCSIDiskState),
        VMSTATE_BOOL(media_event, SCSIDiskState),
        VMSTATE_BOOL(eject_request, SCSIDiskState),
        VMSTATE_BOOL(tray_open, SCSIDiskState),
        VMSTATE_BOOL(tray_locked, SCSIDiskState),
        VMSTATE_END_OF_LIST()
    },
};

/* Types */

#define DEFINE_SCSI_DISK_PROPERTIES()                                   \
    DEFINE_PROP_DRIVE_IOTHREAD("drive", SCSIDiskState, qdev.conf.blk),  \
    DEFINE_BLOCK_PROPERTIES_BASE(SCSIDiskState, qdev.conf),             \
    DEFINE_BLOCK_ERROR_PROPERTIES(SCSIDiskState, qdev.conf),            \
    DEFINE_PROP_STRING("ver", SCSIDiskState, version),                  \
    DEFINE_PROP_STRING("serial", SCSIDiskState, serial),                \
    DEFINE_PROP_STRING("vendor", SCSIDiskState, vendor),                \
    DEFINE_PROP_STRING("product", SCSIDiskState, product),              \
    DEFINE_PROP_STRING("device_id", SCSIDiskState, device_id)

static Property scsi_hd_properties[] = {
    DEFINE_SCSI_DISK_PROPERTIES(),
    DEFINE_PROP_BIT("removable", SCSIDiskState, features,
                    SCSI_DISK_F_REMOVABLE, false),
    DEFINE_PROP_BIT("dpofua", SCSIDiskState, features,
                    SCSI_DISK_F_DPOFUA, false),
    DEFINE_PROP_UINT64("wwn", SCSIDiskState, qdev.wwn, 0),
    DEFINE_PROP_UINT64("port_wwn", SCSIDiskState, qdev.port_wwn, 0),
    DEFINE_PROP_UINT16("port_index", SCSIDiskState, port_index, 0),
    DEFINE_PROP_UINT64("max_unmap_size", SCSIDiskState, max_unmap_size,
                       DEFAULT_MAX_UNMAP_SIZE),
    DEFINE_PROP_UINT64("max_io_size", SCSIDiskState, max_io_size,
                       DEFAULT_MAX_IO_SIZE),
    DEFINE_PROP_UINT16("rotation_rate", SCSIDiskState, rotation_rate, 0),
    DEFINE_PROP_INT32("scsi_version", SCSIDiskState, qdev.default_scsi_version,
                      5),
    DEFINE_PROP_BIT("quirk_mode_page_vendor_specific_apple", SCSIDiskState,
                    quirks, SCSI_DISK_QUIRK_MODE_PAGE_VENDOR_SPECIFIC_APPLE,
                    false),
    DEFINE_BLOCK_CHS_PROPERTIES(SCSIDiskState, qdev.conf),
    DEFINE_PROP_END_OF_LIST(),
};

static Property scsi_cd_properties[] = {
    DEFINE_SCSI_DISK_PROPERTIES(),
    DEFINE_PROP_UINT64("wwn", SCSIDiskState, qdev.wwn, 0),
    DEFINE_PROP_UINT64("port_wwn", SCSIDiskState, qdev.port_wwn, 0),
    DEFINE_PROP_UINT16("port_index", SCSIDiskState, port_index, 0),
    DEFINE_PROP_UINT64("max_io_size", SCSIDiskState, max_io_size,
                       DEFAULT_MAX_IO_SIZE),
    DEFINE_PROP_INT32("scsi_version", SCSIDiskState, qdev.default_scsi_version,
                      5),
    DEFINE_PROP_BIT("quirk_mode_page_apple_vendor", SCSIDiskState, quirks,
                    SCSI_DISK_QUIRK_MODE_PAGE_APPLE_VENDOR, false),
    DEFINE_PROP_BIT("quirk_mode_sense_rom_use_dbd", SCSIDiskState, quirks,
                    SCSI_DISK_QUIRK_MODE_SENSE_ROM_USE_DBD, false),
    DEFINE_PROP_BIT("quirk_mode_page_vendor_specific_apple", SCSIDiskState,
                    quirks, SCSI_DISK_QUIRK_MODE_PAGE_VENDOR_SPECIFIC_APPLE,
                    false),
    DEFINE_PROP_BIT("quirk_mode_page_truncated", SCSIDiskState, quirks,
                    SCSI_DISK_QUIRK_MODE_PAGE_TRUNCATED, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void scsi_disk_base_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    SCSIDiskClass *sdc = SCSI_DISK_BASE_CLASS(klass);

    dc->fw_name = "disk";
    dc->reset = scsi_disk_reset;
    sdc->dma_readv = scsi_dma_readv;
    sdc->dma_writev = scsi_dma_writev;
    sdc->need_fua_emulation = scsi_is_cmd_fua;
}

static void scsi_hd_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    SCSIDeviceClass *sc = SCSI_DEVICE_CLASS(klass);

    sc->realize = scsi_hd_realize;
    sc->unrealize = scsi_disk_unrealize;
    sc->alloc_req = scsi_new_request;
    sc->unit_attention_reported = scsi_disk_unit_attention_reported;
    dc->desc = "virtual SCSI disk";
    device_class_set_props(dc, scsi_hd_properties);
    dc->vmsd = &vmstate_scsi_disk_state;
}

static void scsi_cd_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    SCSIDeviceClass *sc = SCSI_DEVICE_CLASS(klass);

    sc->realize = scsi_cd_realize;
    sc->unrealize = scsi_disk_unrealize;
    sc->alloc_req = scsi_new_request;
    sc->unit_attention_reported = scsi_disk_unit_attention_reported;
    dc->desc = "virtual SCSI CD-ROM";
    device_class_set_props(dc, scsi_cd_properties);
    dc->vmsd = &vmstate_scsi_disk_state;
}

static const TypeInfo scsi_disk_base_info = {
    .name = TYPE_SCSI_DISK_BASE,
    .parent = TYPE_SCSI_DEVICE,
    .instance_size = sizeof(SCSIDiskState),
    .class_size = sizeof(SCSIDiskClass),
    .class_init = scsi_disk_base_class_init,
    .abstract = true,
};

static const TypeInfo scsi_hd_info = {
    .name = "scsi-hd",
    .parent = TYPE_SCSI_DISK_BASE,
    .class_init = scsi_hd_class_init,
};

static const TypeInfo scsi_cd_info = {
    .name = "scsi-cd",
    .parent = TYPE_SCSI_DISK_BASE,
    .class_init = scsi_cd_class_init,
};

static void scsi_disk_register_types(void)
{
    type_register_static(&scsi_disk_base_info);
    type_register_static(&scsi_hd_info);
    type_register_static(&scsi_cd_info);
}

type_init(scsi_disk_register_types)
