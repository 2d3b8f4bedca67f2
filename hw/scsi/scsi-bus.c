/*
 * SCSI: the bus, its devices, and their addresses.
 *
 * Read include/hw/scsi/scsi.h first; requests are in scsi-req.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/rcu.h"
#include "scsi-int.h"
#include "scsi/constants.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

static int next_scsi_bus;

void scsi_bus_init_named(SCSIBus *bus, size_t bus_size, DeviceState *host,
                         const SCSIBusInfo *info, const char *bus_name)
{
    qbus_init(bus, bus_size, TYPE_SCSI_BUS, host, bus_name);
    bus->busnr = next_scsi_bus++;
    bus->info = info;
    qbus_set_bus_hotplug_handler(BUS(bus));
}

/* Finding one */

SCSIDevice *do_scsi_device_find(SCSIBus *bus, int channel, int id, int lun,
                                bool include_unrealized)
{
    SCSIDevice *same_target = NULL;
    BusChild *kid;

    QTAILQ_FOREACH_RCU(kid, &bus->qbus.children, sibling) {
        SCSIDevice *dev = SCSI_DEVICE(kid->child);

        if (dev->channel != channel || dev->id != id) {
            continue;
        }
        /*
         * In an IOThread we may meet the main thread plugging it in: once it
         * is realized, it is fit to be seen.
         */
        if (!include_unrealized && !qdev_is_realized(&dev->qdev)) {
            continue;
        }
        if (dev->lun == lun) {
            return dev;
        }
        same_target = same_target ?: dev;
    }
    return same_target;
}

SCSIDevice *scsi_device_find(SCSIBus *bus, int channel, int id, int lun)
{
    RCU_READ_LOCK_GUARD();
    return do_scsi_device_find(bus, channel, id, lun, false);
}

SCSIDevice *scsi_device_get(SCSIBus *bus, int channel, int id, int lun)
{
    SCSIDevice *d;

    RCU_READ_LOCK_GUARD();
    d = do_scsi_device_find(bus, channel, id, lun, false);
    if (d) {
        object_ref(OBJECT(d));
    }
    return d;
}

/* Addresses */

/* Who is there already, or NULL. */
static SCSIDevice *scsi_bus_occupant(SCSIBus *bus, int channel, int target,
                                     int lun)
{
    SCSIDevice *d;

    RCU_READ_LOCK_GUARD();
    d = do_scsi_device_find(bus, channel, target, lun, true);
    return d && d->lun == lun ? d : NULL;
}

static bool scsi_bus_assign_id(SCSIBus *bus, SCSIDevice *dev, Error **errp)
{
    if (dev->lun == -1) {
        dev->lun = 0;
    }
    for (int id = 0; id <= bus->info->max_target; id++) {
        if (!scsi_bus_occupant(bus, dev->channel, id, dev->lun)) {
            dev->id = id;
            return true;
        }
    }
    error_setg(errp, "no free target");
    return false;
}

static bool scsi_bus_assign_lun(SCSIBus *bus, SCSIDevice *dev, Error **errp)
{
    for (int lun = 0; lun <= bus->info->max_lun; lun++) {
        if (!scsi_bus_occupant(bus, dev->channel, dev->id, lun)) {
            dev->lun = lun;
            return true;
        }
    }
    error_setg(errp, "no free lun");
    return false;
}

static bool scsi_bus_check_address(BusState *qbus, DeviceState *qdev,
                                   Error **errp)
{
    SCSIDevice *dev = SCSI_DEVICE(qdev);
    SCSIBus *bus = SCSI_BUS(qbus);
    SCSIDevice *d;

    if (dev->channel > bus->info->max_channel) {
        error_setg(errp, "bad scsi channel id: %d", dev->channel);
        return false;
    }
    if (dev->id != -1 && dev->id > bus->info->max_target) {
        error_setg(errp, "bad scsi device id: %d", dev->id);
        return false;
    }
    if (dev->lun != -1 && dev->lun > bus->info->max_lun) {
        error_setg(errp, "bad scsi device lun: %d", dev->lun);
        return false;
    }

    if (dev->id == -1) {
        return scsi_bus_assign_id(bus, dev, errp);
    }
    if (dev->lun == -1) {
        return scsi_bus_assign_lun(bus, dev, errp);
    }
    d = scsi_bus_occupant(bus, dev->channel, dev->id, dev->lun);
    if (d) {
        error_setg(errp, "lun already used by '%s'", d->qdev.id);
        return false;
    }
    return true;
}

/* "CHANNEL:ID:LUN", below the HBA's own path: for migration. */
static char *scsibus_get_dev_path(DeviceState *dev)
{
    SCSIDevice *d = SCSI_DEVICE(dev);
    DeviceState *hba = dev->parent_bus->parent;
    g_autofree char *id = qdev_get_dev_path(hba);

    if (id) {
        return g_strdup_printf("%s/%d:%d:%d", id, d->channel, d->id, d->lun);
    }
    return g_strdup_printf("%d:%d:%d", d->channel, d->id, d->lun);
}

static char *scsibus_get_fw_dev_path(DeviceState *dev)
{
    SCSIDevice *d = SCSI_DEVICE(dev);

    return g_strdup_printf("channel@%x/%s@%x,%x", d->channel,
                           qdev_fw_name(dev), d->id, d->lun);
}

/* Life of a device */

static void scsi_qdev_realize(DeviceState *qdev, Error **errp)
{
    ERRP_GUARD();
    SCSIDevice *dev = SCSI_DEVICE(qdev);
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(dev);

    QTAILQ_INIT(&dev->requests);
    if (sc->realize) {
        sc->realize(dev, errp);
        if (*errp) {
            return;
        }
    }
    dev->vmsentry = qdev_add_vm_change_state_handler(qdev, scsi_dma_restart_cb,
                                                     dev);
}

static void scsi_qdev_unrealize(DeviceState *qdev)
{
    SCSIDevice *dev = SCSI_DEVICE(qdev);
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(dev);

    if (dev->vmsentry) {
        qemu_del_vm_change_state_handler(dev->vmsentry);
        dev->vmsentry = NULL;
    }
    scsi_device_purge_requests(dev, SENSE_CODE(NO_SENSE));
    if (sc->unrealize) {
        sc->unrealize(dev);
    }
    if (dev->conf.blk) {
        blockdev_mark_auto_del(dev->conf.blk);
    }
}

static void scsi_dev_instance_init(Object *obj)
{
    SCSIDevice *s = SCSI_DEVICE(obj);

    device_add_bootindex_property(obj, &s->conf.bootindex, "bootindex", NULL,
                                  &s->qdev);
}

/* Drives that the command line has without a device */

SCSIDevice *scsi_bus_legacy_add_drive(SCSIBus *bus, BlockBackend *blk,
                                      int unit, bool removable, int bootindex,
                                      bool share_rw,
                                      BlockdevOnError rerror,
                                      BlockdevOnError werror,
                                      const char *serial, Error **errp)
{
    DriveInfo *dinfo = blk_legacy_dinfo(blk);
    const char *driver = dinfo && dinfo->media_cd ? "scsi-cd" : "scsi-hd";
    g_autofree char *name = g_strdup_printf("legacy[%d]", unit);
    DeviceState *dev = qdev_new(driver);

    object_property_add_child(OBJECT(bus), name, OBJECT(dev));
    qdev_prop_set_uint32(dev, "scsi-id", unit);
    if (bootindex >= 0) {
        object_property_set_int(OBJECT(dev), "bootindex", bootindex,
                                &error_abort);
    }
    if (object_property_find(OBJECT(dev), "removable")) {
        qdev_prop_set_bit(dev, "removable", removable);
    }
    if (serial && object_property_find(OBJECT(dev), "serial")) {
        qdev_prop_set_string(dev, "serial", serial);
    }
    if (!qdev_prop_set_drive_err(dev, "drive", blk, errp) ||
        !object_property_set_bool(OBJECT(dev), "share-rw", share_rw, errp)) {
        object_unparent(OBJECT(dev));
        object_unref(OBJECT(dev));
        return NULL;
    }
    qdev_prop_set_enum(dev, "rerror", rerror);
    qdev_prop_set_enum(dev, "werror", werror);

    if (!qdev_realize_and_unref(dev, &bus->qbus, errp)) {
        object_unparent(OBJECT(dev));
        return NULL;
    }
    return SCSI_DEVICE(dev);
}

void scsi_bus_legacy_handle_cmdline(SCSIBus *bus)
{
    Location loc;

    loc_push_none(&loc);
    for (int unit = 0; unit <= bus->info->max_target; unit++) {
        DriveInfo *dinfo = drive_get(IF_SCSI, bus->busnr, unit);

        if (dinfo) {
            qemu_opts_loc_restore(dinfo->opts);
            scsi_bus_legacy_add_drive(bus, blk_by_legacy_dinfo(dinfo), unit,
                                      false, -1, false, BLOCKDEV_ON_ERROR_AUTO,
                                      BLOCKDEV_ON_ERROR_AUTO, NULL,
                                      &error_fatal);
        }
    }
    loc_pop(&loc);
}

/* Types */

static Property scsi_props[] = {
    DEFINE_PROP_UINT32("channel", SCSIDevice, channel, 0),
    DEFINE_PROP_UINT32("scsi-id", SCSIDevice, id, -1),
    DEFINE_PROP_UINT32("lun", SCSIDevice, lun, -1),
    DEFINE_PROP_END_OF_LIST(),
};

static void scsi_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_STORAGE, k->categories);
    k->bus_type = TYPE_SCSI_BUS;
    k->realize = scsi_qdev_realize;
    k->unrealize = scsi_qdev_unrealize;
    device_class_set_props(k, scsi_props);
}

static void scsi_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *k = BUS_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    k->get_dev_path = scsibus_get_dev_path;
    k->get_fw_dev_path = scsibus_get_fw_dev_path;
    k->check_address = scsi_bus_check_address;
    hc->unplug = qdev_simple_device_unplug_cb;
}

static const TypeInfo scsi_bus_info = {
    .name = TYPE_SCSI_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(SCSIBus),
    .class_init = scsi_bus_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    }
};

static const TypeInfo scsi_device_type_info = {
    .name = TYPE_SCSI_DEVICE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SCSIDevice),
    .instance_init = scsi_dev_instance_init,
    .abstract = true,
    .class_size = sizeof(SCSIDeviceClass),
    .class_init = scsi_device_class_init,
};

static void scsi_register_types(void)
{
    type_register_static(&scsi_bus_info);
    type_register_static(&scsi_device_type_info);
}

type_init(scsi_register_types)
