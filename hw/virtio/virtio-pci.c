/*
 * virtio over PCI: the proxy.
 *
 * A PCI function whose realize makes a virtio bus and realizes the backend on
 * it.  When the backend is complete, virtio_pci_device_plugged() is called from
 * below and builds what the guest will see: IDs, registers, capabilities,
 * MSI-X, BARs.  The registers themselves are in virtio-pci-modern.c and
 * virtio-pci-legacy.c.
 *
 * Read include/hw/virtio/virtio-pci.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "standard-headers/linux/virtio_ids.h"
#include "trace.h"
#include "virtio-pci-int.h"

/* What virtio device types are called on PCI (virtio 1.1, 4.1.2.1). */
static const struct {
    uint16_t device_id;
    uint16_t trans_devid;       /* 0: has never been legacy */
    uint16_t class_id;
} virtio_pci_id_info[] = {
    { VIRTIO_ID_CRYPTO, 0, PCI_CLASS_OTHERS },
    { VIRTIO_ID_FS, 0, PCI_CLASS_STORAGE_OTHER },
    { VIRTIO_ID_NET, PCI_DEVICE_ID_VIRTIO_NET, PCI_CLASS_NETWORK_ETHERNET },
    { VIRTIO_ID_BLOCK, PCI_DEVICE_ID_VIRTIO_BLOCK, PCI_CLASS_STORAGE_SCSI },
    { VIRTIO_ID_CONSOLE, PCI_DEVICE_ID_VIRTIO_CONSOLE,
      PCI_CLASS_COMMUNICATION_OTHER },
    { VIRTIO_ID_SCSI, PCI_DEVICE_ID_VIRTIO_SCSI, PCI_CLASS_STORAGE_SCSI },
    { VIRTIO_ID_9P, PCI_DEVICE_ID_VIRTIO_9P, PCI_BASE_CLASS_NETWORK },
    { VIRTIO_ID_BALLOON, PCI_DEVICE_ID_VIRTIO_BALLOON, PCI_CLASS_OTHERS },
    { VIRTIO_ID_RNG, PCI_DEVICE_ID_VIRTIO_RNG, PCI_CLASS_OTHERS },
    { VIRTIO_ID_VSOCK, PCI_DEVICE_ID_VIRTIO_VSOCK,
      PCI_CLASS_COMMUNICATION_OTHER },
};

uint16_t virtio_pci_get_trans_devid(uint16_t device_id)
{
    for (int i = 0; i < ARRAY_SIZE(virtio_pci_id_info); i++) {
        if (virtio_pci_id_info[i].device_id == device_id) {
            return virtio_pci_id_info[i].trans_devid;
        }
    }
    return 0;
}

uint16_t virtio_pci_get_class_id(uint16_t device_id)
{
    for (int i = 0; i < ARRAY_SIZE(virtio_pci_id_info); i++) {
        if (virtio_pci_id_info[i].device_id == device_id) {
            return virtio_pci_id_info[i].class_id;
        }
    }
    return PCI_CLASS_OTHERS;
}

unsigned virtio_pci_optimal_num_queues(unsigned fixed_queues)
{
    unsigned num_queues = current_machine->smp.cpus;

    /* A vector for each, and one for the configuration. */
    num_queues = MIN(num_queues, PCI_MSIX_FLAGS_QSIZE - fixed_queues);
    return MIN(num_queues, VIRTIO_QUEUE_MAX - fixed_queues);
}

/* Interrupts */

static void virtio_pci_notify(DeviceState *d, uint16_t vector)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if (msix_enabled(&proxy->pci_dev)) {
        if (vector != VIRTIO_NO_VECTOR) {
            msix_notify(&proxy->pci_dev, vector);
        }
    } else {
        VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

        pci_set_irq(&proxy->pci_dev, qatomic_read(&vdev->isr) & 1);
    }
}

uint8_t virtio_pci_read_isr(VirtIOPCIProxy *proxy)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    uint8_t val = qatomic_xchg(&vdev->isr, 0);

    pci_irq_deassert(&proxy->pci_dev);
    return val;
}

/* Exchange one vector in use for another; what the guest will read back. */
static uint16_t virtio_pci_exchange_vector(VirtIOPCIProxy *proxy,
                                           uint16_t old, uint16_t new)
{
    if (old != VIRTIO_NO_VECTOR) {
        msix_vector_unuse(&proxy->pci_dev, old);
    }
    if (new >= proxy->nvectors) {
        return VIRTIO_NO_VECTOR;
    }
    msix_vector_use(&proxy->pci_dev, new);
    return new;
}

void virtio_pci_set_config_vector(VirtIOPCIProxy *proxy, uint16_t vector)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    vdev->config_vector = virtio_pci_exchange_vector(proxy,
                                                     vdev->config_vector,
                                                     vector);
}

void virtio_pci_set_queue_vector(VirtIOPCIProxy *proxy, uint16_t vector)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    int n = vdev->queue_sel;

    virtio_pci_vq_leave_vector(proxy, n);
    vector = virtio_pci_exchange_vector(proxy, virtio_queue_vector(vdev, n),
                                        vector);
    virtio_queue_set_vector(vdev, n, vector);
    virtio_pci_vq_enter_vector(proxy, n);
}

/* Status and reset */

void virtio_pci_write_status(VirtIOPCIProxy *proxy, uint8_t val)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!(val & VIRTIO_CONFIG_S_DRIVER_OK)) {
        virtio_pci_stop_ioeventfd(proxy);
    }
    virtio_set_status(vdev, val);
    if (val & VIRTIO_CONFIG_S_DRIVER_OK) {
        virtio_pci_start_ioeventfd(proxy);
    }
    if (vdev->status == 0) {
        virtio_pci_reset(DEVICE(proxy));
    }
}

void virtio_pci_reset(DeviceState *qdev)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(qdev);

    virtio_pci_stop_ioeventfd(proxy);
    virtio_bus_reset(&proxy->bus);
    msix_unuse_all_vectors(&proxy->pci_dev);

    proxy->dfselect = 0;
    proxy->gfselect = 0;
    memset(proxy->guest_features, 0, sizeof(proxy->guest_features));
    for (int i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        VirtIOPCIQueue *q = &proxy->vqs[i];

        /* Most were never written: leave their pages untouched. */
        if (q->num || q->enabled || q->desc[0] || q->desc[1] ||
            q->avail[0] || q->avail[1] || q->used[0] || q->used[1]) {
            memset(q, 0, sizeof(*q));
        }
    }
}

/* Config space */

static void virtio_write_config(PCIDevice *pci_dev, uint32_t address,
                                uint32_t val, int len)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(pci_dev);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    bool had_msix = msix_enabled(pci_dev);

    pci_default_write_config(pci_dev, address, val, len);
    if (vdev && had_msix != msix_enabled(pci_dev)) {
        virtio_pci_msix_switched(proxy);
    }

    if (vdev && range_covers_byte(address, len, PCI_COMMAND)) {
        if (!(pci_dev->config[PCI_COMMAND] & PCI_COMMAND_MASTER)) {
            /* No bus mastering, no rings. */
            virtio_set_disabled(vdev, true);
            virtio_pci_stop_ioeventfd(proxy);
            virtio_set_status(vdev, vdev->status & ~VIRTIO_CONFIG_S_DRIVER_OK);
        } else {
            virtio_set_disabled(vdev, false);
        }
    }
    virtio_pci_window_write(proxy, address, len);
}

static uint32_t virtio_read_config(PCIDevice *pci_dev, uint32_t address,
                                   int len)
{
    virtio_pci_window_read(VIRTIO_PCI(pci_dev), address, len);
    return pci_default_read_config(pci_dev, address, len);
}

/* The bus's methods: called for the backend */

static int virtio_pci_query_nvectors(DeviceState *d)
{
    /* VIRTIO_NO_VECTOR is not a vector's number, nor is what follows it. */
    return MIN(VIRTIO_PCI(d)->nvectors, VIRTIO_NO_VECTOR);
}

static AddressSpace *virtio_pci_get_dma_as(DeviceState *d)
{
    return pci_get_address_space(&VIRTIO_PCI(d)->pci_dev);
}

static bool virtio_pci_iommu_enabled(DeviceState *d)
{
    AddressSpace *as = pci_device_iommu_address_space(&VIRTIO_PCI(d)->pci_dev);

    return as != &address_space_memory;
}

static bool virtio_pci_queue_enabled(DeviceState *d, int n)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        return proxy->vqs[n].enabled;
    }
    return virtio_queue_enabled_legacy(vdev, n);
}

static void virtio_pci_vmstate_change(DeviceState *d, bool running)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    uint8_t command = proxy->pci_dev.config[PCI_COMMAND];

    if (!running) {
        virtio_pci_stop_ioeventfd(proxy);
        return;
    }
    /* See VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION. */
    if ((proxy->flags & VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION) &&
        (vdev->status & VIRTIO_CONFIG_S_DRIVER) &&
        !(command & PCI_COMMAND_MASTER)) {
        pci_default_write_config(&proxy->pci_dev, PCI_COMMAND,
                                 command | PCI_COMMAND_MASTER, 1);
    }
    virtio_pci_start_ioeventfd(proxy);
}

/* Called by virtio_bus_device_plugged() before it asks for the features. */
static void virtio_pci_pre_plugged(DeviceState *d, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    trace_virtio_pci_pre_plugged(vdev->name);
    if (virtio_pci_modern(proxy)) {
        virtio_add_feature(&vdev->host_features, VIRTIO_F_VERSION_1);
    }
    virtio_add_feature(&vdev->host_features, VIRTIO_F_BAD_FEATURE);
}

/* What a transitional or legacy device says it is. */
static bool virtio_pci_set_legacy_ids(VirtIOPCIProxy *proxy,
                                      VirtIODevice *vdev, Error **errp)
{
    uint8_t *config = proxy->pci_dev.config;

    if (!virtio_legacy_allowed(vdev)) {
        if (!virtio_legacy_check_disabled(vdev)) {
            error_setg(errp, "device is modern-only, use disable-legacy=on");
            return false;
        }
        warn_report("device is modern-only, but for backward "
                    "compatibility legacy is allowed");
    }
    if (virtio_host_has_feature(vdev, VIRTIO_F_IOMMU_PLATFORM)) {
        error_setg(errp, "VIRTIO_F_IOMMU_PLATFORM was supported by"
                   " neither legacy nor transitional device");
        return false;
    }
    /* A legacy driver knows the type by the subsystem ID. */
    pci_set_word(config + PCI_SUBSYSTEM_VENDOR_ID,
                 pci_get_word(config + PCI_VENDOR_ID));
    pci_set_word(config + PCI_SUBSYSTEM_ID,
                 virtio_bus_get_vdev_id(&proxy->bus));
    if (proxy->trans_devid) {
        pci_config_set_device_id(config, proxy->trans_devid);
    }
    return true;
}

static void virtio_pci_set_modern_ids(VirtIOPCIProxy *proxy)
{
    uint8_t *config = proxy->pci_dev.config;

    pci_set_word(config + PCI_VENDOR_ID, PCI_VENDOR_ID_REDHAT_QUMRANET);
    pci_set_word(config + PCI_DEVICE_ID,
                 PCI_DEVICE_ID_VIRTIO_10_BASE +
                 virtio_bus_get_vdev_id(&proxy->bus));
    pci_config_set_revision(config, 1);
}

/* Called by virtio_bus_device_plugged(): queues and features are known. */
static void virtio_pci_device_plugged(DeviceState *d, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    bool legacy = virtio_pci_legacy(proxy);
    uint8_t *config = proxy->pci_dev.config;

    trace_virtio_pci_device_plugged(vdev->name);

    /* A back end may have struck the bit out: then we cannot be modern. */
    if (!proxy->ignore_backend_features &&
        !virtio_has_feature(vdev->host_features, VIRTIO_F_VERSION_1)) {
        virtio_pci_disable_modern(proxy);
        if (!legacy) {
            error_setg(errp, "Device doesn't support modern mode, and legacy"
                             " mode is disabled");
            error_append_hint(errp, "Set disable-legacy to off\n");
            return;
        }
    }

    if (proxy->class_code) {
        pci_config_set_class(config, proxy->class_code);
    }
    if (legacy) {
        if (!virtio_pci_set_legacy_ids(proxy, vdev, errp)) {
            return;
        }
    } else {
        virtio_pci_set_modern_ids(proxy);
    }
    config[PCI_INTERRUPT_PIN] = 1;

    if (virtio_pci_modern(proxy)) {
        virtio_pci_modern_plug(proxy, vdev->name);
    }

    if (proxy->nvectors) {
        int err = msix_init_exclusive_bar(&proxy->pci_dev, proxy->nvectors,
                                          proxy->msix_bar_idx, NULL);

        if (err) {
            /* A board without MSI is no surprise; anything else is. */
            if (err != -ENOTSUP) {
                warn_report("unable to init msix vectors to %" PRIu32,
                            proxy->nvectors);
            }
            proxy->nvectors = 0;
        }
    }

    proxy->pci_dev.config_write = virtio_write_config;
    proxy->pci_dev.config_read = virtio_read_config;

    if (legacy) {
        virtio_pci_legacy_plug(proxy);
    }
}

static void virtio_pci_device_unplugged(DeviceState *d)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    virtio_pci_stop_ioeventfd(proxy);
    if (virtio_pci_modern(proxy)) {
        virtio_pci_modern_unplug(proxy);
    }
}

/* Life */

static void virtio_pci_bus_new(VirtioBusState *bus, size_t bus_size,
                               VirtIOPCIProxy *dev)
{
    qbus_init(bus, bus_size, TYPE_VIRTIO_PCI_BUS, DEVICE(dev), "virtio-bus");
}

/* Called by pci_qdev_realize(): the function has its place on a PCI bus. */
static void virtio_pci_realize(PCIDevice *pci_dev, Error **errp)
{
    ERRP_GUARD();
    VirtIOPCIProxy *proxy = VIRTIO_PCI(pci_dev);
    VirtioPCIClass *k = VIRTIO_PCI_GET_CLASS(pci_dev);
    bool pcie_port = pci_bus_is_express(pci_get_bus(pci_dev)) &&
                     !pci_bus_is_root(pci_get_bus(pci_dev));

    trace_virtio_pci_realize(object_get_typename(OBJECT(pci_dev)));

    proxy->legacy_io_bar_idx = 0;
    proxy->msix_bar_idx = 1;
    proxy->modern_io_bar_idx = 2;
    proxy->modern_mem_bar_idx = 4;
    virtio_pci_modern_layout(proxy);

    /* Below an Express port there may be no I/O ports to give. */
    if (proxy->disable_legacy == ON_OFF_AUTO_AUTO) {
        proxy->disable_legacy = pcie_port ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
    }
    if (!virtio_pci_modern(proxy) && !virtio_pci_legacy(proxy)) {
        error_setg(errp, "device cannot work as neither modern nor legacy mode"
                   " is enabled");
        error_append_hint(errp, "Set either disable-modern or disable-legacy"
                          " to off\n");
        return;
    }

    /* It is a conventional function, wherever it may sit. */
    pci_dev->cap_present &= ~QEMU_PCI_CAP_EXPRESS;

    virtio_pci_bus_new(&proxy->bus, sizeof(proxy->bus), proxy);
    if (k->realize) {
        k->realize(proxy, errp);
        if (*errp) {
            msix_uninit_exclusive_bar(pci_dev);
        }
    }
}

static void virtio_pci_exit(PCIDevice *pci_dev)
{
    msix_uninit_exclusive_bar(pci_dev);
}

/* Called by device_set_realized(), before PCI knows of the function. */
static void virtio_pci_dc_realize(DeviceState *qdev, Error **errp)
{
    VirtioPCIClass *vpciklass = VIRTIO_PCI_GET_CLASS(qdev);
    VirtIOPCIProxy *proxy = VIRTIO_PCI(qdev);
    PCIDevice *pci_dev = &proxy->pci_dev;

    trace_virtio_pci_dc_realize(object_get_typename(OBJECT(qdev)));
    /* Only here can the size of the config space still be chosen. */
    if (!(proxy->flags & VIRTIO_PCI_FLAG_DISABLE_PCIE) &&
        virtio_pci_modern(proxy)) {
        pci_dev->cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    vpciklass->parent_dc_realize(qdev, errp);
}

/* Types */

static Property virtio_pci_properties[] = {
    DEFINE_PROP_BIT("virtio-pci-bus-master-bug-migration", VirtIOPCIProxy,
                    flags, VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT,
                    false),
    DEFINE_PROP_BIT("migrate-extra", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT, true),
    DEFINE_PROP_BIT("modern-pio-notify", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT, false),
    DEFINE_PROP_BIT("x-disable-pcie", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT, false),
    DEFINE_PROP_BIT("page-per-vq", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT, false),
    DEFINE_PROP_BOOL("x-ignore-backend-features", VirtIOPCIProxy,
                     ignore_backend_features, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    VirtioPCIClass *vpciklass = VIRTIO_PCI_CLASS(klass);

    device_class_set_props(dc, virtio_pci_properties);
    k->realize = virtio_pci_realize;
    k->exit = virtio_pci_exit;
    k->vendor_id = PCI_VENDOR_ID_REDHAT_QUMRANET;
    k->revision = VIRTIO_PCI_ABI_VERSION;
    k->class_id = PCI_CLASS_OTHERS;
    device_class_set_parent_realize(dc, virtio_pci_dc_realize,
                                    &vpciklass->parent_dc_realize);
    dc->reset = virtio_pci_reset;
}

static const TypeInfo virtio_pci_info = {
    .name          = TYPE_VIRTIO_PCI,
    .parent        = TYPE_PCI_DEVICE,
    .instance_size = sizeof(VirtIOPCIProxy),
    .class_init    = virtio_pci_class_init,
    .class_size    = sizeof(VirtioPCIClass),
    .abstract      = true,
};

static void virtio_pci_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bus_class = BUS_CLASS(klass);
    VirtioBusClass *k = VIRTIO_BUS_CLASS(klass);

    bus_class->max_dev = 1;
    k->notify = virtio_pci_notify;
    k->save_config = virtio_pci_save_config;
    k->load_config = virtio_pci_load_config;
    k->save_queue = virtio_pci_save_queue;
    k->load_queue = virtio_pci_load_queue;
    k->has_extra_state = virtio_pci_has_extra_state;
    k->save_extra_state = virtio_pci_save_extra_state;
    k->load_extra_state = virtio_pci_load_extra_state;
    k->query_guest_notifiers = virtio_pci_query_guest_notifiers;
    k->set_guest_notifiers = virtio_pci_set_guest_notifiers;
    k->set_host_notifier_mr = virtio_pci_set_host_notifier_mr;
    k->vmstate_change = virtio_pci_vmstate_change;
    k->pre_plugged = virtio_pci_pre_plugged;
    k->device_plugged = virtio_pci_device_plugged;
    k->device_unplugged = virtio_pci_device_unplugged;
    k->query_nvectors = virtio_pci_query_nvectors;
    k->ioeventfd_enabled = virtio_pci_ioeventfd_enabled;
    k->ioeventfd_assign = virtio_pci_ioeventfd_assign;
    k->queue_enabled = virtio_pci_queue_enabled;
    k->get_dma_as = virtio_pci_get_dma_as;
    k->iommu_enabled = virtio_pci_iommu_enabled;
}

static const TypeInfo virtio_pci_bus_info = {
    .name          = TYPE_VIRTIO_PCI_BUS,
    .parent        = TYPE_VIRTIO_BUS,
    .instance_size = sizeof(VirtioPCIBusState),
    .class_size    = sizeof(VirtioPCIBusClass),
    .class_init    = virtio_pci_bus_class_init,
};

static void virtio_pci_register_types(void)
{
    type_register_static(&virtio_pci_bus_info);
    type_register_static(&virtio_pci_info);
}

type_init(virtio_pci_register_types)
