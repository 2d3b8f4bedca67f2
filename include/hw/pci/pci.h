/*
 * PCI devices and their bus.
 *
 * A PCI device shows itself to the guest in three places:
 *
 *   - 256 bytes of configuration space (4096 on Express), found by the place
 *     where the device is plugged in: bus, slot and function.  Here are its
 *     identity, its command and status registers and a list of capabilities.
 *   - up to six base address registers (BARs) plus a ROM: windows of memory or
 *     I/O space that the guest places wherever it likes.
 *   - interrupts: one of the wires INTA..INTD, or messages (MSI, MSI-X).
 *
 * The device in turn reaches memory through its bus_master_as, as long as the
 * guest lets it be a bus master.
 *
 *        config space                              who is behind it
 *   0x00 vendor, device, command, status  <------  pci_default_write_config()
 *   0x08 revision, class, header type
 *   0x10 BAR 0 ... BAR 5                  <------  pci_register_bar()
 *   0x2c subsystem IDs, 0x30 ROM          <------  "romfile", "rombar"
 *   0x34 first capability  --+
 *   0x3c interrupt line, pin |            <------  pci_set_irq()
 *   0x40 ... capabilities  <-+            <------  pci_add_capability()
 *
 * Beside the bytes of config space a device has four masks of the same size:
 * wmask says which bits the guest can write, w1cmask which it clears by writing
 * 1, cmask which must be the same on both sides of a migration, and `used`
 * which bytes belong to a capability already.
 *
 * A device model is a child type of TYPE_PCI_DEVICE: it fills in a
 * PCIDeviceClass, and its realize hook, called when the device has its bus and
 * devfn, makes MemoryRegions and registers them as BARs.  hw/misc/tally.c is a
 * complete one.
 *
 * All of this runs under the big lock (qemu_mutex_lock_iothread).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_PCI_H
#define QEMU_PCI_H

#include "exec/memory.h"
#include "sysemu/dma.h"
#include "hw/isa/isa.h"
#include "hw/qdev-core.h"
#include "hw/pci/pci_regs.h"
#include "hw/pci/pci_ids.h"
#include "hw/pci/pcie.h"
#include "migration/vmstate.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"
#include "qom/object.h"

extern bool pci_available;

/*
 * Addresses.  A slot has eight functions; slot and function together are a
 * devfn (8 bits), bus and devfn a BDF (16 bits).
 */

#define PCI_DEVFN(slot, func)   ((((slot) & 0x1f) << 3) | ((func) & 0x07))
#define PCI_BUS_NUM(x)          (((x) >> 8) & 0xff)
#define PCI_SLOT(devfn)         (((devfn) >> 3) & 0x1f)
#define PCI_FUNC(devfn)         ((devfn) & 0x07)
#define PCI_BUILD_BDF(bus, devfn)     ((bus << 8) | (devfn))
#define PCI_BDF_TO_DEVFN(x)     ((x) & 0xff)
#define PCI_BUS_MAX             256
#define PCI_DEVFN_MAX           256
#define PCI_SLOT_MAX            32
#define PCI_FUNC_MAX            8

/* Vendor and device IDs of emulated hardware; more are in pci_ids.h. */

/* IBM (0x1014) */
#define PCI_DEVICE_ID_IBM_440GX          0x027f
#define PCI_DEVICE_ID_IBM_OPENPIC2       0xffff

/* Hitachi (0x1054) */
#define PCI_VENDOR_ID_HITACHI            0x1054
#define PCI_DEVICE_ID_HITACHI_SH7751R    0x350e

/* Apple (0x106b) */
#define PCI_DEVICE_ID_APPLE_343S1201     0x0010
#define PCI_DEVICE_ID_APPLE_UNI_N_I_PCI  0x001e
#define PCI_DEVICE_ID_APPLE_UNI_N_PCI    0x001f
#define PCI_DEVICE_ID_APPLE_UNI_N_KEYL   0x0022
#define PCI_DEVICE_ID_APPLE_IPID_USB     0x003f

/* Realtek (0x10ec) */
#define PCI_DEVICE_ID_REALTEK_8029       0x8029

/* Xilinx (0x10ee) */
#define PCI_DEVICE_ID_XILINX_XC2VP30     0x0300

/* Marvell (0x11ab) */
#define PCI_DEVICE_ID_MARVELL_GT6412X    0x4620

/* QEMU/Bochs VGA (0x1234) */
#define PCI_VENDOR_ID_QEMU               0x1234
#define PCI_DEVICE_ID_QEMU_VGA           0x1111
#define PCI_DEVICE_ID_QEMU_IPMI          0x1112

/* VMware (0x15ad) */
#define PCI_DEVICE_ID_VMWARE_SVGA2       0x0405
#define PCI_DEVICE_ID_VMWARE_SVGA        0x0710
#define PCI_DEVICE_ID_VMWARE_NET         0x0720
#define PCI_DEVICE_ID_VMWARE_SCSI        0x0730
#define PCI_DEVICE_ID_VMWARE_PVSCSI      0x07C0
#define PCI_DEVICE_ID_VMWARE_IDE         0x1729
#define PCI_DEVICE_ID_VMWARE_VMXNET3     0x07B0

/* Intel (0x8086) */
#define PCI_DEVICE_ID_INTEL_82551IT      0x1209
#define PCI_DEVICE_ID_INTEL_82557        0x1229
#define PCI_DEVICE_ID_INTEL_82801IR      0x2922

/* Red Hat / Qumranet: virtio */
#define PCI_VENDOR_ID_REDHAT_QUMRANET    0x1af4
#define PCI_SUBVENDOR_ID_REDHAT_QUMRANET 0x1af4
#define PCI_SUBDEVICE_ID_QEMU            0x1100

/* virtio before 1.0; a modern virtio device is 0x1040 + its virtio ID */
#define PCI_DEVICE_ID_VIRTIO_NET         0x1000
#define PCI_DEVICE_ID_VIRTIO_BLOCK       0x1001
#define PCI_DEVICE_ID_VIRTIO_BALLOON     0x1002
#define PCI_DEVICE_ID_VIRTIO_CONSOLE     0x1003
#define PCI_DEVICE_ID_VIRTIO_SCSI        0x1004
#define PCI_DEVICE_ID_VIRTIO_RNG         0x1005
#define PCI_DEVICE_ID_VIRTIO_9P          0x1009
#define PCI_DEVICE_ID_VIRTIO_VSOCK       0x1012
#define PCI_DEVICE_ID_VIRTIO_PMEM        0x1013
#define PCI_DEVICE_ID_VIRTIO_IOMMU       0x1014
#define PCI_DEVICE_ID_VIRTIO_MEM         0x1015
/* Of a device that is not transitional: this, and its VIRTIO_ID_*. */
#define PCI_DEVICE_ID_VIRTIO_10_BASE     0x1040

/* Red Hat: everything else */
#define PCI_VENDOR_ID_REDHAT             0x1b36
#define PCI_DEVICE_ID_REDHAT_BRIDGE      0x0001
#define PCI_DEVICE_ID_REDHAT_SERIAL      0x0002
#define PCI_DEVICE_ID_REDHAT_SERIAL2     0x0003
#define PCI_DEVICE_ID_REDHAT_SERIAL4     0x0004
#define PCI_DEVICE_ID_REDHAT_TEST        0x0005
#define PCI_DEVICE_ID_REDHAT_ROCKER      0x0006
#define PCI_DEVICE_ID_REDHAT_SDHCI       0x0007
#define PCI_DEVICE_ID_REDHAT_PCIE_HOST   0x0008
#define PCI_DEVICE_ID_REDHAT_PXB         0x0009
#define PCI_DEVICE_ID_REDHAT_BRIDGE_SEAT 0x000a
#define PCI_DEVICE_ID_REDHAT_PXB_PCIE    0x000b
#define PCI_DEVICE_ID_REDHAT_PCIE_RP     0x000c
#define PCI_DEVICE_ID_REDHAT_XHCI        0x000d
#define PCI_DEVICE_ID_REDHAT_PCIE_BRIDGE 0x000e
#define PCI_DEVICE_ID_REDHAT_MDPY        0x000f
#define PCI_DEVICE_ID_REDHAT_NVME        0x0010
#define PCI_DEVICE_ID_REDHAT_PVPANIC     0x0011
#define PCI_DEVICE_ID_REDHAT_ACPI_ERST   0x0012
#define PCI_DEVICE_ID_REDHAT_QXL         0x0100

#define FMT_PCIBUS                      PRIx64

/* An address or size in a PCI address space. */
typedef uint64_t pcibus_t;

/* A PCI device of the host's. */
struct PCIHostDeviceAddress {
    unsigned int domain;
    unsigned int bus;
    unsigned int slot;
    unsigned int function;
};

/* Hooks */

/* @len (1, 2 or 4) bytes at @address of config space are written, or read. */
typedef void PCIConfigWriteFunc(PCIDevice *pci_dev,
                                uint32_t address, uint32_t data, int len);
typedef uint32_t PCIConfigReadFunc(PCIDevice *pci_dev,
                                   uint32_t address, int len);
typedef void PCIMapIORegionFunc(PCIDevice *pci_dev, int region_num,
                                pcibus_t addr, pcibus_t size, int type);
typedef void PCIUnregisterFunc(PCIDevice *pci_dev);

/* How this device sends a message, and what it puts into one. */
typedef void MSITriggerFunc(PCIDevice *dev, MSIMessage msg);
typedef MSIMessage MSIPrepareMessageFunc(PCIDevice *dev, unsigned vector);
typedef MSIMessage MSIxPrepareMessageFunc(PCIDevice *dev, unsigned vector);

/* One BAR: what pci_register_bar() was told, and where the guest placed it. */
typedef struct PCIIORegion {
    pcibus_t addr;              /* PCI_BAR_UNMAPPED: nowhere */
#define PCI_BAR_UNMAPPED (~(pcibus_t)0)
    pcibus_t size;              /* a power of two; 0: there is no such BAR */
    uint8_t type;               /* PCI_BASE_ADDRESS_SPACE_..., _MEM_TYPE_... */
    MemoryRegion *memory;       /* what is mapped */
    MemoryRegion *address_space; /* ... into which */
} PCIIORegion;

/* The ROM's BAR comes after the six others. */
#define PCI_ROM_SLOT 6
#define PCI_NUM_REGIONS 7

/* The legacy VGA ranges, which have no BAR. */
enum {
    QEMU_PCI_VGA_MEM,
    QEMU_PCI_VGA_IO_LO,
    QEMU_PCI_VGA_IO_HI,
    QEMU_PCI_VGA_NUM_REGIONS,
};

#define QEMU_PCI_VGA_MEM_BASE 0xa0000
#define QEMU_PCI_VGA_MEM_SIZE 0x20000
#define QEMU_PCI_VGA_IO_LO_BASE 0x3b0
#define QEMU_PCI_VGA_IO_LO_SIZE 0xc
#define QEMU_PCI_VGA_IO_HI_BASE 0x3c0
#define QEMU_PCI_VGA_IO_HI_SIZE 0x20

/* In PCI_HEADER_TYPE of function 0: the slot has more functions. */
#define  PCI_HEADER_TYPE_MULTI_FUNCTION 0x80

/* Sizes of config space: its fixed header, all of it, and on PCI Express */
#define PCI_CONFIG_HEADER_SIZE 0x40
#define PCI_CONFIG_SPACE_SIZE 0x100
#define PCIE_CONFIG_SPACE_SIZE 0x1000

#define PCI_NUM_PINS 4 /* INTA ... INTD */

/* Bits of PCIDevice.cap_present: which capabilities and quirks there are. */
enum {
    QEMU_PCI_CAP_MSI = 0x1,
    QEMU_PCI_CAP_MSIX = 0x2,
    QEMU_PCI_CAP_EXPRESS = 0x4,

    /* The slot may have functions beside function 0. */
#define QEMU_PCI_CAP_MULTIFUNCTION_BITNR        3
    QEMU_PCI_CAP_MULTIFUNCTION = (1 << QEMU_PCI_CAP_MULTIFUNCTION_BITNR),

    /* SERR# may be enabled in the command register. */
#define QEMU_PCI_CAP_SERR_BITNR 4
    QEMU_PCI_CAP_SERR = (1 << QEMU_PCI_CAP_SERR_BITNR),
    /* Standard hot plug controller. */
#define QEMU_PCI_SHPC_BITNR 5
    QEMU_PCI_CAP_SHPC = (1 << QEMU_PCI_SHPC_BITNR),
#define QEMU_PCI_SLOTID_BITNR 6
    QEMU_PCI_CAP_SLOTID = (1 << QEMU_PCI_SLOTID_BITNR),
    /* Express: the slot has a power controller. */
#define QEMU_PCIE_SLTCAP_PCP_BITNR 7
    QEMU_PCIE_SLTCAP_PCP = (1 << QEMU_PCIE_SLTCAP_PCP_BITNR),
    /* Express: an endpoint always says that its link is active. */
#define QEMU_PCIE_LNKSTA_DLLLA_BITNR 8
    QEMU_PCIE_LNKSTA_DLLLA = (1 << QEMU_PCIE_LNKSTA_DLLLA_BITNR),
    /* Express: the list of extended capabilities exists even when empty. */
#define QEMU_PCIE_EXTCAP_INIT_BITNR 9
    QEMU_PCIE_EXTCAP_INIT = (1 << QEMU_PCIE_EXTCAP_INIT_BITNR),
#define QEMU_PCIE_CXL_BITNR 10
    QEMU_PCIE_CAP_CXL = (1 << QEMU_PCIE_CXL_BITNR),
};

#define TYPE_PCI_DEVICE "pci-device"
typedef struct PCIDeviceClass PCIDeviceClass;
DECLARE_OBJ_CHECKERS(PCIDevice, PCIDeviceClass,
                     PCI_DEVICE, TYPE_PCI_DEVICE)

/*
 * Interfaces without methods that say which kinds of bus a device fits; every
 * type of PCI device has at least one.
 */
#define INTERFACE_CXL_DEVICE "cxl-device"
#define INTERFACE_PCIE_DEVICE "pci-express-device"
#define INTERFACE_CONVENTIONAL_PCI_DEVICE "conventional-pci-device"

/* Where an INTx pin ends: an input of the interrupt controller, or nowhere. */
typedef struct PCIINTxRoute {
    enum {
        PCI_INTX_ENABLED,
        PCI_INTX_INVERTED,
        PCI_INTX_DISABLED,
    } mode;
    int irq;
} PCIINTxRoute;

struct PCIDeviceClass {
    DeviceClass parent_class;

    /*
     * Called by pci_qdev_realize() when the device has its place and its
     * config space; the config space already shows the IDs below.
     */
    void (*realize)(PCIDevice *dev, Error **errp);
    /* The mirror image; BARs are unmapped already. */
    PCIUnregisterFunc *exit;
    /* NULL: pci_default_read_config(), pci_default_write_config() */
    PCIConfigReadFunc *config_read;
    PCIConfigWriteFunc *config_write;

    uint16_t vendor_id;
    uint16_t device_id;
    uint8_t revision;
    uint16_t class_id;
    uint16_t subsystem_vendor_id;       /* only for header type 0 */
    uint16_t subsystem_id;              /* only for header type 0 */

    /*
     * The device is a PCI-to-PCI bridge: its header type is 1.  Its own class
     * decides, not the guest.
     */
    bool is_bridge;

    /* File name of the option ROM that the device has by default, or NULL. */
    const char *romfile;
};

typedef void (*PCIINTxRoutingNotifier)(PCIDevice *dev);
/* See msix_set_vector_notifiers(). */
typedef int (*MSIVectorUseNotifier)(PCIDevice *dev, unsigned int vector,
                                      MSIMessage msg);
typedef void (*MSIVectorReleaseNotifier)(PCIDevice *dev, unsigned int vector);
typedef void (*MSIVectorPollNotifier)(PCIDevice *dev,
                                      unsigned int vector_start,
                                      unsigned int vector_end);

/*
 * In whose name a request goes upstream: a bridge from Express to PCI puts its
 * secondary bus number in place of the BDF of the devices below it.
 */
typedef enum {
    PCI_REQ_ID_INVALID = 0,
    PCI_REQ_ID_BDF,
    PCI_REQ_ID_SECONDARY_BUS,
    PCI_REQ_ID_MAX,
} PCIReqIDType;

typedef struct PCIReqIDCache {
    PCIDevice *dev;
    PCIReqIDType type;
} PCIReqIDCache;

struct PCIDevice {
    DeviceState qdev;
    bool partially_hotplugged;  /* unplugged for the guest, kept by us */
    bool has_power;             /* false: the device does not answer */

    /* Config space, and its masks (see the top of this file). */
    uint8_t *config;
    uint8_t *cmask;
    uint8_t *wmask;
    uint8_t *w1cmask;
    uint8_t *used;

    /* Property "addr"; -1: any free slot.  Fixed after realize. */
    int32_t devfn;
    /* Found once in realize: bridges above it do not change. */
    PCIReqIDCache requester_id_cache;
    char name[64];
    PCIIORegion io_regions[PCI_NUM_REGIONS];

    /*
     * DMA: the container is the root of bus_master_as; inside it the enable
     * region is an alias of the bus's DMA address space, switched on and off
     * with PCI_COMMAND_MASTER.
     */
    AddressSpace bus_master_as;
    MemoryRegion bus_master_container_region;
    MemoryRegion bus_master_enable_region;

    /* From the class, or the defaults; only pci_host.c calls them. */
    PCIConfigReadFunc *config_read;
    PCIConfigWriteFunc *config_write;

    MemoryRegion *vga_regions[QEMU_PCI_VGA_NUM_REGIONS];
    bool has_vga;

    /* Bit n: this device holds INTA + n up. */
    uint8_t irq_state;

    /* QEMU_PCI_CAP_* */
    uint32_t cap_present;

    /* MSI-X (msix.c) */
    uint8_t msix_cap;           /* offset of the capability */
    int msix_entries_nr;
    uint8_t *msix_table;
    uint8_t *msix_pba;

    /* How interrupts leave the device, and a pointer for these hooks. */
    void *irq_opaque;
    MSITriggerFunc *msi_trigger;
    MSIPrepareMessageFunc *msi_prepare_message;
    MSIxPrepareMessageFunc *msix_prepare_message;

    MemoryRegion msix_exclusive_bar;
    MemoryRegion msix_table_mmio;
    MemoryRegion msix_pba_mmio;
    unsigned *msix_entry_used;  /* users of each vector */
    bool msix_function_masked;  /* function mask, or MSI-X is off */

    int32_t version_id;         /* of vmstate_pci_device */

    /* MSI (msi.c): offset of the capability */
    uint8_t msi_cap;

    PCIExpressDevice exp;

    /* A bridge's standard hot plug controller */
    SHPCDevice *shpc;

    /* Properties "romfile", "romsize", "rombar" */
    char *romfile;
    uint32_t romsize;           /* UINT32_MAX: as big as the file needs */
    bool has_rom;
    MemoryRegion rom;
    uint32_t rom_bar;

    PCIINTxRoutingNotifier intx_routing_notifier;

    MSIVectorUseNotifier msix_vector_use_notifier;
    MSIVectorReleaseNotifier msix_vector_release_notifier;
    MSIVectorPollNotifier msix_vector_poll_notifier;

    /* Properties "failover_pair_id", "acpi-index" */
    char *failover_pair_id;
    uint32_t acpi_index;
};

/* The device's INTx pin: 0 is INTA, -1 none. */
static inline int pci_intx(PCIDevice *pci_dev)
{
    return pci_dev->config[PCI_INTERRUPT_PIN] - 1;
}

/* BARs and capabilities */

/*
 * Make @memory the device's BAR @region_num (PCI_ROM_SLOT: its ROM).  Its size
 * must be a power of two, at least 16 bytes of memory or 4 of I/O space.
 * @attr is what the low bits of the register shall show: PCI_BASE_ADDRESS_-
 * SPACE_IO or _SPACE_MEMORY, _MEM_TYPE_64 (which takes the next BAR too) and
 * _MEM_PREFETCH.  Called from realize; the region is mapped when the guest has
 * given it an address and enabled it, and unmapped at unrealize.
 */
void pci_register_bar(PCIDevice *pci_dev, int region_num,
                      uint8_t attr, MemoryRegion *memory);
/* Answer the legacy VGA ranges as well, while the command register says so. */
void pci_register_vga(PCIDevice *pci_dev, MemoryRegion *mem,
                      MemoryRegion *io_lo, MemoryRegion *io_hi);
void pci_unregister_vga(PCIDevice *pci_dev);
/* Where BAR @region_num is mapped, or PCI_BAR_UNMAPPED. */
pcibus_t pci_get_bar_addr(PCIDevice *pci_dev, int region_num);
/* Where config space would put BAR @reg now, or PCI_BAR_UNMAPPED. */
pcibus_t pci_bar_address(PCIDevice *d,
                         int reg, uint8_t type, pcibus_t size);

/*
 * Add a capability of @size bytes (its two header bytes included) to the front
 * of the list.  @offset 0 means the first gap that is large enough.  The bytes
 * are read-only until the caller says otherwise in wmask.  Returns the offset;
 * -EINVAL with @errp set if @offset is taken, -ENOSPC if there is no room.
 */
int pci_add_capability(PCIDevice *pdev, uint8_t cap_id,
                       uint8_t offset, uint8_t size,
                       Error **errp);
/* The reverse; the bytes read as zero again. */
void pci_del_capability(PCIDevice *pci_dev, uint8_t cap_id, uint8_t cap_size);
/* Offset of the first capability of that ID, or 0. */
uint8_t pci_find_capability(PCIDevice *pci_dev, uint8_t cap_id);

/*
 * What a read and a write of config space do unless the device has hooks of
 * its own, which usually call these first.  @address and @l must lie within
 * config space.  A write goes through wmask and w1cmask, then BARs, bus
 * mastering, INTx, MSI and MSI-X follow.
 */
uint32_t pci_default_read_config(PCIDevice *d,
                                 uint32_t address, int len);
void pci_default_write_config(PCIDevice *d,
                              uint32_t address, uint32_t val, int len);

/* The address spaces that the BARs of this device are mapped into. */
MemoryRegion *pci_address_space(PCIDevice *dev);
MemoryRegion *pci_address_space_io(PCIDevice *dev);

/* The bus */

/* Set input @irq_num (what map_irq chose) of the interrupt router to @level. */
typedef void (*pci_set_irq_fn)(void *opaque, int irq_num, int level);
/* Which input does pin @irq_num (0 is INTA) of @pci_dev lead to? */
typedef int (*pci_map_irq_fn)(PCIDevice *pci_dev, int irq_num);
/* Where does input @pin of the router lead? */
typedef PCIINTxRoute (*pci_route_irq_fn)(void *opaque, int pin);

#define TYPE_PCI_BUS "PCI"
OBJECT_DECLARE_TYPE(PCIBus, PCIBusClass, PCI_BUS)
#define TYPE_PCIE_BUS "PCIE"
#define TYPE_CXL_BUS "CXL"

typedef void (*pci_bus_dev_fn)(PCIBus *b, PCIDevice *d, void *opaque);
typedef void (*pci_bus_fn)(PCIBus *b, void *opaque);
typedef void *(*pci_bus_ret_fn)(PCIBus *b, void *opaque);

bool pci_bus_is_express(PCIBus *bus);

/*
 * Make the root bus @name of host bridge @parent: either in place, or new and
 * owned by @parent.  Its devices' BARs go into the two address spaces; devices
 * without "addr" get the first free slot from @devfn_min on.  @typename is
 * TYPE_PCI_BUS or a child of it.
 */
void pci_root_bus_init(PCIBus *bus, size_t bus_size, DeviceState *parent,
                       const char *name,
                       MemoryRegion *address_space_mem,
                       MemoryRegion *address_space_io,
                       uint8_t devfn_min, const char *typename);
PCIBus *pci_root_bus_new(DeviceState *parent, const char *name,
                         MemoryRegion *address_space_mem,
                         MemoryRegion *address_space_io,
                         uint8_t devfn_min, const char *typename);
void pci_root_bus_cleanup(PCIBus *bus);

/*
 * Connect the bus's interrupt pins: @map_irq tells which of @nirq inputs a
 * device's pin leads to, and @set_irq(@irq_opaque) is called when an input
 * changes.  Needed before the first device is realized.
 */
void pci_bus_irqs(PCIBus *bus, pci_set_irq_fn set_irq, pci_map_irq_fn map_irq,
                  void *irq_opaque, int nirq);
void pci_bus_irqs_cleanup(PCIBus *bus);
/* Is input @irq_num up? */
int pci_bus_get_irq_level(PCIBus *bus, int irq_num);

/*
 * The usual way to spread interrupts: pin @pin of a device in @slot leads to
 * pin (pin + slot) % 4 of the bus.
 */
static inline int pci_swizzle(int slot, int pin)
{
    return (slot + pin) % PCI_NUM_PINS;
}
int pci_swizzle_map_irq_fn(PCIDevice *pci_dev, int pin);

/* pci_root_bus_new() and pci_bus_irqs() together, and the reverse. */
PCIBus *pci_register_root_bus(DeviceState *parent, const char *name,
                              pci_set_irq_fn set_irq, pci_map_irq_fn map_irq,
                              void *irq_opaque,
                              MemoryRegion *address_space_mem,
                              MemoryRegion *address_space_io,
                              uint8_t devfn_min, int nirq,
                              const char *typename);
void pci_unregister_root_bus(PCIBus *bus);

/*
 * Where INTx interrupts end, for those who deliver them by a shorter way: the
 * board says how to ask (set_route_irq_fn) and when an answer changed (fire);
 * a device asks, and may have itself told.
 */
void pci_bus_set_route_irq_fn(PCIBus *, pci_route_irq_fn);
PCIINTxRoute pci_device_route_intx_to_irq(PCIDevice *dev, int pin);
bool pci_intx_route_changed(PCIINTxRoute *old, PCIINTxRoute *new);
void pci_bus_fire_intx_routing_notifier(PCIBus *bus);
void pci_device_set_intx_routing_notifier(PCIDevice *dev,
                                          PCIINTxRoutingNotifier notifier);

/* Reset the device as RST# would: the device, what is below it, its header. */
void pci_device_reset(PCIDevice *dev);

/*
 * Make a NIC for @nd (-nic, -net nic) of the model it names, at the place it
 * names ("[[domain:]bus:]slot"); exits with a message if that fails.
 */
PCIDevice *pci_nic_init_nofail(NICInfo *nd, PCIBus *rootbus,
                               const char *default_model,
                               const char *default_devaddr);

/* The bus a device is plugged into, or will be. */
static inline PCIBus *pci_get_bus(const PCIDevice *dev)
{
    return PCI_BUS(qdev_get_parent_bus(DEVICE(dev)));
}
/* The number the guest has given the bus. */
int pci_bus_num(PCIBus *s);
void pci_bus_range(PCIBus *bus, int *min_bus, int *max_bus);
static inline int pci_dev_bus_num(const PCIDevice *dev)
{
    return pci_bus_num(pci_get_bus(dev));
}
int pci_bus_numa_node(PCIBus *bus);

/*
 * Walk: every device on bus number @bus_num below @bus; on @bus itself, in
 * order of devfn or against it; every bus of the tree (@begin's answer is the
 * opaque of the buses below).
 */
void pci_for_each_device(PCIBus *bus, int bus_num,
                         pci_bus_dev_fn fn,
                         void *opaque);
void pci_for_each_device_reverse(PCIBus *bus, int bus_num,
                                 pci_bus_dev_fn fn,
                                 void *opaque);
void pci_for_each_device_under_bus(PCIBus *bus,
                                   pci_bus_dev_fn fn, void *opaque);
void pci_for_each_device_under_bus_reverse(PCIBus *bus,
                                           pci_bus_dev_fn fn,
                                           void *opaque);
void pci_for_each_bus_depth_first(PCIBus *bus, pci_bus_ret_fn begin,
                                  pci_bus_fn end, void *parent_state);
/* Function 0 of the device's slot, or NULL. */
PCIDevice *pci_get_function_0(PCIDevice *pci_dev);

/* Every bus of the tree, in no particular order. */
static inline
void pci_for_each_bus(PCIBus *bus, pci_bus_fn fn, void *opaque)
{
    pci_for_each_bus_depth_first(bus, NULL, fn, opaque);
}

PCIBus *pci_device_root_bus(const PCIDevice *d);
const char *pci_root_bus_path(PCIDevice *dev);
bool pci_bus_bypass_iommu(PCIBus *bus);
/* The device at this place below @bus, or NULL. */
PCIDevice *pci_find_device(PCIBus *bus, int bus_num, uint8_t devfn);
/* Find the device with id @id.  Returns 0, -ENODEV, or -EINVAL: not PCI. */
int pci_qdev_find_device(const char *id, PCIDevice **pdev);
/* The smallest range that holds all 64-bit BARs above 4 GiB below this bus. */
void pci_bus_get_w64_range(PCIBus *bus, Range *range);

/* Let go of the interrupt pin, whatever the device thought. */
void pci_device_deassert_intx(PCIDevice *dev);

/*
 * DMA: an IOMMU gives each devfn of its bus an address space; without one it
 * is address_space_memory.
 */
typedef AddressSpace *(*PCIIOMMUFunc)(PCIBus *, void *, int);

AddressSpace *pci_device_iommu_address_space(PCIDevice *dev);
void pci_setup_iommu(PCIBus *bus, PCIIOMMUFunc fn, void *opaque);

/* Bytes of config space, which is little endian */

static inline void pci_set_byte(uint8_t *config, uint8_t val)
{
    *config = val;
}

static inline uint8_t pci_get_byte(const uint8_t *config)
{
    return *config;
}

static inline void pci_set_word(uint8_t *config, uint16_t val)
{
    stw_le_p(config, val);
}

static inline uint16_t pci_get_word(const uint8_t *config)
{
    return lduw_le_p(config);
}

static inline void pci_set_long(uint8_t *config, uint32_t val)
{
    stl_le_p(config, val);
}

static inline uint32_t pci_get_long(const uint8_t *config)
{
    return ldl_le_p(config);
}

static inline void pci_set_quad(uint8_t *config, uint64_t val)
{
    stq_le_p(config, val);
}

static inline uint64_t pci_get_quad(const uint8_t *config)
{
    return ldq_le_p(config);
}

static inline void pci_config_set_vendor_id(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(&pci_config[PCI_VENDOR_ID], val);
}

static inline void pci_config_set_device_id(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(&pci_config[PCI_DEVICE_ID], val);
}

static inline void pci_config_set_revision(uint8_t *pci_config, uint8_t val)
{
    pci_set_byte(&pci_config[PCI_REVISION_ID], val);
}

static inline void pci_config_set_class(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(&pci_config[PCI_CLASS_DEVICE], val);
}

static inline void pci_config_set_prog_interface(uint8_t *pci_config,
                                                 uint8_t val)
{
    pci_set_byte(&pci_config[PCI_CLASS_PROG], val);
}

static inline void pci_config_set_interrupt_pin(uint8_t *pci_config,
                                                uint8_t val)
{
    pci_set_byte(&pci_config[PCI_INTERRUPT_PIN], val);
}

/*
 * Clear, or set, the bits of @mask; gives those of them that were set.
 */

static inline uint8_t pci_byte_test_and_clear_mask(uint8_t *config,
                                                   uint8_t mask)
{
    uint8_t val = pci_get_byte(config);

    pci_set_byte(config, val & ~mask);
    return val & mask;
}

static inline uint8_t pci_byte_test_and_set_mask(uint8_t *config, uint8_t mask)
{
    uint8_t val = pci_get_byte(config);

    pci_set_byte(config, val | mask);
    return val & mask;
}

static inline uint16_t pci_word_test_and_clear_mask(uint8_t *config,
                                                    uint16_t mask)
{
    uint16_t val = pci_get_word(config);

    pci_set_word(config, val & ~mask);
    return val & mask;
}

static inline uint16_t pci_word_test_and_set_mask(uint8_t *config,
                                                  uint16_t mask)
{
    uint16_t val = pci_get_word(config);

    pci_set_word(config, val | mask);
    return val & mask;
}

static inline uint32_t pci_long_test_and_clear_mask(uint8_t *config,
                                                    uint32_t mask)
{
    uint32_t val = pci_get_long(config);

    pci_set_long(config, val & ~mask);
    return val & mask;
}

static inline uint32_t pci_long_test_and_set_mask(uint8_t *config,
                                                  uint32_t mask)
{
    uint32_t val = pci_get_long(config);

    pci_set_long(config, val | mask);
    return val & mask;
}

static inline uint64_t pci_quad_test_and_clear_mask(uint8_t *config,
                                                    uint64_t mask)
{
    uint64_t val = pci_get_quad(config);

    pci_set_quad(config, val & ~mask);
    return val & mask;
}

static inline uint64_t pci_quad_test_and_set_mask(uint8_t *config,
                                                  uint64_t mask)
{
    uint64_t val = pci_get_quad(config);

    pci_set_quad(config, val | mask);
    return val & mask;
}

/*
 * A field of a register, named by its mask (not 0): @reg is a plain number,
 * not shifted.
 */

static inline void pci_set_byte_by_mask(uint8_t *config, uint8_t mask,
                                        uint8_t reg)
{
    uint8_t val = reg << ctz32(mask);

    pci_set_byte(config, (~mask & pci_get_byte(config)) | (mask & val));
}

static inline uint8_t pci_get_byte_by_mask(uint8_t *config, uint8_t mask)
{
    return (pci_get_byte(config) & mask) >> ctz32(mask);
}

static inline void pci_set_word_by_mask(uint8_t *config, uint16_t mask,
                                        uint16_t reg)
{
    uint16_t val = reg << ctz32(mask);

    pci_set_word(config, (~mask & pci_get_word(config)) | (mask & val));
}

static inline uint16_t pci_get_word_by_mask(uint8_t *config, uint16_t mask)
{
    return (pci_get_word(config) & mask) >> ctz32(mask);
}

static inline void pci_set_long_by_mask(uint8_t *config, uint32_t mask,
                                        uint32_t reg)
{
    uint32_t val = reg << ctz32(mask);

    pci_set_long(config, (~mask & pci_get_long(config)) | (mask & val));
}

static inline uint32_t pci_get_long_by_mask(uint8_t *config, uint32_t mask)
{
    return (pci_get_long(config) & mask) >> ctz32(mask);
}

static inline void pci_set_quad_by_mask(uint8_t *config, uint64_t mask,
                                        uint64_t reg)
{
    uint64_t val = reg << ctz64(mask);

    pci_set_quad(config, (~mask & pci_get_quad(config)) | (mask & val));
}

static inline uint64_t pci_get_quad_by_mask(uint8_t *config, uint64_t mask)
{
    return (pci_get_quad(config) & mask) >> ctz64(mask);
}

/*
 * Make a device from C: pci_new() gives an unplugged one with its properties
 * open, to be followed by pci_realize_and_unref() (the bus then owns it; false
 * with @errp set if it fails, and the device is gone).  The create functions do
 * both and exit with a message if that fails.  @devfn -1: any slot.
 */
PCIDevice *pci_new_multifunction(int devfn, bool multifunction,
                                 const char *name);
PCIDevice *pci_new(int devfn, const char *name);
bool pci_realize_and_unref(PCIDevice *dev, PCIBus *bus, Error **errp);

PCIDevice *pci_create_simple_multifunction(PCIBus *bus, int devfn,
                                           bool multifunction,
                                           const char *name);
PCIDevice *pci_create_simple(PCIBus *bus, int devfn, const char *name);

/* Interrupts */

/* A qemu_irq that works like pci_set_irq(); free it with qemu_free_irq(). */
qemu_irq pci_allocate_irq(PCIDevice *pci_dev);
/* Set the device's INTx pin (it must have one) to @level. */
void pci_set_irq(PCIDevice *pci_dev, int level);

static inline void pci_irq_assert(PCIDevice *pci_dev)
{
    pci_set_irq(pci_dev, 1);
}

static inline void pci_irq_deassert(PCIDevice *pci_dev)
{
    pci_set_irq(pci_dev, 0);
}

/* The message of @vector, by MSI-X or MSI, whichever is enabled. */
MSIMessage pci_get_msi_message(PCIDevice *dev, int vector);
/* Without power a device does not answer and does not do DMA. */
void pci_set_power(PCIDevice *pci_dev, bool state);

/* Questions */

static inline int pci_is_express(const PCIDevice *d)
{
    return d->cap_present & QEMU_PCI_CAP_EXPRESS;
}

static inline int pci_is_cxl(const PCIDevice *d)
{
    return d->cap_present & QEMU_PCIE_CAP_CXL;
}

static inline int pci_is_express_downstream_port(const PCIDevice *d)
{
    uint8_t type;

    if (!pci_is_express(d) || !d->exp.exp_cap) {
        return 0;
    }
    type = pcie_cap_get_type(d);
    return type == PCI_EXP_TYPE_DOWNSTREAM || type == PCI_EXP_TYPE_ROOT_PORT;
}

static inline uint32_t pci_config_size(const PCIDevice *d)
{
    return pci_is_express(d) ? PCIE_CONFIG_SPACE_SIZE : PCI_CONFIG_SPACE_SIZE;
}

static inline uint16_t pci_get_bdf(PCIDevice *dev)
{
    return PCI_BUILD_BDF(pci_bus_num(pci_get_bus(dev)), dev->devfn);
}

/* The BDF that DMA of this device carries: its own, or that of a bridge. */
uint16_t pci_requester_id(PCIDevice *dev);

/* DMA: the device reads and writes memory */

static inline AddressSpace *pci_get_address_space(PCIDevice *dev)
{
    return &dev->bus_master_as;
}

/*
 * @len bytes between @addr and @buf.  Returns MEMTX_OK, or an error if part of
 * the range is no memory (or bus mastering is off).
 */
static inline MemTxResult pci_dma_rw(PCIDevice *dev, dma_addr_t addr,
                                     void *buf, dma_addr_t len,
                                     DMADirection dir, MemTxAttrs attrs)
{
    return dma_memory_rw(pci_get_address_space(dev), addr, buf, len,
                         dir, attrs);
}

static inline MemTxResult pci_dma_read(PCIDevice *dev, dma_addr_t addr,
                                       void *buf, dma_addr_t len)
{
    return pci_dma_rw(dev, addr, buf, len,
                      DMA_DIRECTION_TO_DEVICE, MEMTXATTRS_UNSPECIFIED);
}

static inline MemTxResult pci_dma_write(PCIDevice *dev, dma_addr_t addr,
                                        const void *buf, dma_addr_t len)
{
    return pci_dma_rw(dev, addr, (void *) buf, len,
                      DMA_DIRECTION_FROM_DEVICE, MEMTXATTRS_UNSPECIFIED);
}

/* One integer: ldub_pci_dma(), lduw_le_pci_dma() ... stq_be_pci_dma(). */
#define PCI_DMA_DEFINE_LDST(_l, _s, _bits) \
    static inline MemTxResult ld##_l##_pci_dma(PCIDevice *dev, \
                                               dma_addr_t addr, \
                                               uint##_bits##_t *val, \
                                               MemTxAttrs attrs) \
    { \
        return ld##_l##_dma(pci_get_address_space(dev), addr, val, attrs); \
    } \
    static inline MemTxResult st##_s##_pci_dma(PCIDevice *dev, \
                                               dma_addr_t addr, \
                                               uint##_bits##_t val, \
                                               MemTxAttrs attrs) \
    { \
        return st##_s##_dma(pci_get_address_space(dev), addr, val, attrs); \
    }

PCI_DMA_DEFINE_LDST(ub, b, 8);
PCI_DMA_DEFINE_LDST(uw_le, w_le, 16)
PCI_DMA_DEFINE_LDST(l_le, l_le, 32);
PCI_DMA_DEFINE_LDST(q_le, q_le, 64);
PCI_DMA_DEFINE_LDST(uw_be, w_be, 16)
PCI_DMA_DEFINE_LDST(l_be, l_be, 32);
PCI_DMA_DEFINE_LDST(q_be, q_be, 64);

#undef PCI_DMA_DEFINE_LDST

/* A pointer to guest memory: see dma_memory_map(). */
static inline void *pci_dma_map(PCIDevice *dev, dma_addr_t addr,
                                dma_addr_t *plen, DMADirection dir)
{
    return dma_memory_map(pci_get_address_space(dev), addr, plen, dir,
                          MEMTXATTRS_UNSPECIFIED);
}

static inline void pci_dma_unmap(PCIDevice *dev, void *buffer, dma_addr_t len,
                                 DMADirection dir, dma_addr_t access_len)
{
    dma_memory_unmap(pci_get_address_space(dev), buffer, len, dir, access_len);
}

static inline void pci_dma_sglist_init(QEMUSGList *qsg, PCIDevice *dev,
                                       int alloc_hint)
{
    qemu_sglist_init(qsg, DEVICE(dev), alloc_hint, pci_get_address_space(dev));
}

/* Migration */

extern const VMStateDescription vmstate_pci_device;

#define VMSTATE_PCI_DEVICE(_field, _state) {                         \
    .name       = (stringify(_field)),                               \
    .size       = sizeof(PCIDevice),                                 \
    .vmsd       = &vmstate_pci_device,                               \
    .flags      = VMS_STRUCT,                                        \
    .offset     = vmstate_offset_value(_state, _field, PCIDevice),   \
}

#define VMSTATE_PCI_DEVICE_POINTER(_field, _state) {                 \
    .name       = (stringify(_field)),                               \
    .size       = sizeof(PCIDevice),                                 \
    .vmsd       = &vmstate_pci_device,                               \
    .flags      = VMS_STRUCT | VMS_POINTER,                          \
    .offset     = vmstate_offset_pointer(_state, _field, PCIDevice), \
}

/* Needs the definitions above. */
#include "hw/pci/msi.h"

#endif
