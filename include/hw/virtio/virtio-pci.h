/*
 * virtio over PCI: the proxy.
 *
 * A VirtIOPCIProxy is a PCI function that shows the device on its virtio bus
 * to the guest (virtio 1.1, 4.1).  Vendor capabilities in its config space say
 * where the registers are:
 *
 *   config space               BAR 4, prefetchable            what it is
 *
 *   cap COMMON_CFG  ------->   0x0000 common                  features, status,
 *                                                             one queue at a time
 *   cap ISR_CFG     ------->   0x1000 isr                     reading clears it
 *   cap DEVICE_CFG  ------->   0x2000 device                  get_config()
 *   cap NOTIFY_CFG  ------->   0x3000 notify                  one doorbell a queue
 *   cap PCI_CFG     a window: reads and writes any of these without a BAR mapping
 *
 *   BAR 0, I/O: the same in one small block, for drivers older than virtio 1
 *   (legacy); BAR 1: MSI-X table and pending bits; BAR 2, I/O: doorbells, if
 *   modern-pio-notify is on.
 *
 * A device type that has a PCI twin describes it by a VirtioPCIDeviceTypeInfo,
 * and gets up to four QOM types from it:
 *
 *   virtio-net-pci-base              abstract: the struct and class_init
 *     virtio-net-pci                 generic: legacy or not, as the bus needs
 *     virtio-net-pci-non-transitional     virtio 1 only, its own PCI IDs
 *     virtio-net-pci-transitional         both, always
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_PCI_H
#define QEMU_VIRTIO_PCI_H

#include "hw/pci/pci.h"
#include "hw/pci/msi.h"
#include "hw/virtio/virtio-bus.h"
#include "qom/object.h"

/* The bus below the proxy. */
typedef struct VirtioPCIBusClass VirtioPCIBusClass;
typedef struct VirtioBusState VirtioPCIBusState;

#define TYPE_VIRTIO_PCI_BUS "virtio-pci-bus"
DECLARE_OBJ_CHECKERS(VirtioPCIBusState, VirtioPCIBusClass,
                     VIRTIO_PCI_BUS, TYPE_VIRTIO_PCI_BUS)

struct VirtioPCIBusClass {
    VirtioBusClass parent_class;
};

/* Bits of VirtIOPCIProxy.flags; the numbers are only ours. */
enum {
    VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT,
    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT,
    VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT,
    VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT,
    VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT,
    VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT,
    VIRTIO_PCI_FLAG_ATS_BIT,
    VIRTIO_PCI_FLAG_INIT_DEVERR_BIT,
    VIRTIO_PCI_FLAG_INIT_LNKCTL_BIT,
    VIRTIO_PCI_FLAG_INIT_PM_BIT,
    VIRTIO_PCI_FLAG_INIT_FLR_BIT,
    VIRTIO_PCI_FLAG_AER_BIT,
    VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED_BIT,
};

/* After a reset the guest must switch bus mastering on before DRIVER_OK;
 * old Linux guests forget, and with this flag that is migrated. */
#define VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION \
    (1 << VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT)
/* Kicks by eventfd where the accelerator can. */
#define VIRTIO_PCI_FLAG_USE_IOEVENTFD \
    (1 << VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT)
/* Migrate the modern registers too. */
#define VIRTIO_PCI_FLAG_MIGRATE_EXTRA \
    (1 << VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT)
/* Doorbells in an I/O BAR as well. */
#define VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY \
    (1 << VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT)
/* A conventional function even on an Express bus. */
#define VIRTIO_PCI_FLAG_DISABLE_PCIE \
    (1 << VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT)
/* Each doorbell in a page of its own, so that one can be handed on. */
#define VIRTIO_PCI_FLAG_PAGE_PER_VQ \
    (1 << VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT)

/* An MSI-X vector that an accelerator can raise. */
typedef struct VirtIOIRQFD {
    MSIMessage msg;         /* what the route says; all zero: nothing yet */
    int virq;               /* the route; negative: there is none */
    unsigned int users;     /* queues that have the vector */
    bool by_kvm;            /* not masked, and KVM raises it, not we */
} VirtIOIRQFD;

#define TYPE_VIRTIO_PCI "virtio-pci"
OBJECT_DECLARE_TYPE(VirtIOPCIProxy, VirtioPCIClass, VIRTIO_PCI)

struct VirtioPCIClass {
    PCIDeviceClass parent_class;
    DeviceRealize parent_dc_realize;
    /* The proxy is on its PCI bus: prepare it and realize the backend. */
    void (*realize)(VirtIOPCIProxy *vpci_dev, Error **errp);
};

/* One block of registers inside the modern BAR. */
typedef struct VirtIOPCIRegion {
    MemoryRegion mr;
    uint32_t offset;
    uint32_t size;
    uint32_t type;      /* VIRTIO_PCI_CAP_*_CFG */
} VirtIOPCIRegion;

/* What the guest writes about a queue before it enables it. */
typedef struct VirtIOPCIQueue {
    uint16_t num;
    bool enabled;
    bool reset;         /* a reset of this queue is under way */
    uint32_t desc[2];   /* low, high */
    uint32_t avail[2];
    uint32_t used[2];
} VirtIOPCIQueue;

struct VirtIOPCIProxy {
    PCIDevice pci_dev;

    /* Properties, fixed after realize. */
    uint32_t flags;
    bool disable_modern;
    bool ignore_backend_features;
    OnOffAuto disable_legacy;
    uint32_t class_code;
    uint32_t nvectors;

    /* Set by the device's own realize. */
    uint16_t trans_devid;       /* PCI device ID of its transitional form */

    /* What the guest can change. */
    uint32_t dfselect;
    uint32_t gfselect;
    uint32_t guest_features[2];
    VirtIOPCIQueue vqs[VIRTIO_QUEUE_MAX];

    /* Held from realize to unrealize. */
    MemoryRegion bar;           /* legacy */
    union {
        struct {
            VirtIOPCIRegion common;
            VirtIOPCIRegion isr;
            VirtIOPCIRegion device;
            VirtIOPCIRegion notify;
            VirtIOPCIRegion notify_pio;
        };
        VirtIOPCIRegion regs[5];
    };
    MemoryRegion modern_bar;
    MemoryRegion io_bar;
    uint32_t legacy_io_bar_idx;
    uint32_t msix_bar_idx;
    uint32_t modern_io_bar_idx;
    uint32_t modern_mem_bar_idx;
    int config_cap;             /* offset of VIRTIO_PCI_CAP_PCI_CFG */
    VirtioBusState bus;

    /* Held while guest notifiers are assigned (virtio-pci-notifier.c). */
    int nvqs_with_notifiers;
    VirtIOIRQFD *vector_irqfd;  /* by vector; NULL: not by irqfd */
};

static inline bool virtio_pci_modern(VirtIOPCIProxy *proxy)
{
    return !proxy->disable_modern;
}

static inline bool virtio_pci_legacy(VirtIOPCIProxy *proxy)
{
    return proxy->disable_legacy == ON_OFF_AUTO_OFF;
}

/* For a device that never was legacy. */
static inline void virtio_pci_force_virtio_1(VirtIOPCIProxy *proxy)
{
    proxy->disable_modern = false;
    proxy->disable_legacy = ON_OFF_AUTO_ON;
}

static inline void virtio_pci_disable_modern(VirtIOPCIProxy *proxy)
{
    proxy->disable_modern = true;
}

/* PCI IDs of VIRTIO_ID_* @device_id: its transitional ID, its class code. */
uint16_t virtio_pci_get_trans_devid(uint16_t device_id);
uint16_t virtio_pci_get_class_id(uint16_t device_id);

#define TYPE_VIRTIO_INPUT_PCI "virtio-input-pci"

/* PCI revision of a legacy device (virtio 1.1, 4.1.2.2). */
#define VIRTIO_PCI_ABI_VERSION 0

/* What virtio_pci_types_register() makes types of. */
typedef struct VirtioPCIDeviceTypeInfo {
    /* The abstract base.  Without it there is only the generic type. */
    const char *base_name;
    /* Any of these may be NULL: no such type then. */
    const char *generic_name;
    const char *transitional_name;
    const char *non_transitional_name;

    /* The base's parent; by default TYPE_VIRTIO_PCI. */
    const char *parent;

    /* As in TypeInfo, for the base. */
    size_t instance_size;
    size_t class_size;
    void (*instance_init)(Object *obj);
    void (*instance_finalize)(Object *obj);
    void (*class_init)(ObjectClass *klass, void *data);
    InterfaceInfo *interfaces;
} VirtioPCIDeviceTypeInfo;

/* Register them.  @t is read again when a class is made: keep it. */
void virtio_pci_types_register(const VirtioPCIDeviceTypeInfo *t);

/*
 * How many request queues a device best has by default: one a vCPU, as long
 * as there are vectors for them and for @fixed_queues others.
 */
unsigned virtio_pci_optimal_num_queues(unsigned fixed_queues);

#endif
