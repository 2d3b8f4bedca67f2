/*
 * ivshmem: memory that several guests share, as a PCI BAR.
 *
 * ivshmem-plain is the memory alone: BAR 2 shows a memory back end, which
 * `share=on` makes visible to whoever else maps the same file.  Its guests have
 * nothing to wake each other with; the registers in BAR 0 are there, and the
 * doorbell rings nowhere.
 *
 *     -object memory-backend-file,id=m,mem-path=/dev/shm/m,size=1M,share=on
 *     -device ivshmem-plain,memdev=m
 *
 * Read hw/misc/tally.c first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"

#define PCI_VENDOR_ID_IVSHMEM   PCI_VENDOR_ID_REDHAT_QUMRANET
#define PCI_DEVICE_ID_IVSHMEM   0x1110

#define IVSHMEM_REG_BAR_SIZE    0x100

#define TYPE_IVSHMEM_COMMON "ivshmem-common"
typedef struct IVShmemState IVShmemState;
DECLARE_INSTANCE_CHECKER(IVShmemState, IVSHMEM_COMMON, TYPE_IVSHMEM_COMMON)

#define TYPE_IVSHMEM_PLAIN "ivshmem-plain"
DECLARE_INSTANCE_CHECKER(IVShmemState, IVSHMEM_PLAIN, TYPE_IVSHMEM_PLAIN)

struct IVShmemState {
    PCIDevice parent_obj;

    /* Properties */
    HostMemoryBackend *hostmem;
    OnOffAuto master;

    /* Registers */
    MemoryRegion ivshmem_mmio;
    uint32_t intrmask;
    uint32_t intrstatus;

    MemoryRegion *ivshmem_bar2;     /* the back end's */
};

enum ivshmem_registers {
    INTRMASK = 0,
    INTRSTATUS = 4,     /* reading clears it */
    IVPOSITION = 8,     /* who am I?  0 without a server that says so */
    DOORBELL = 12,
};

/* Guest access */

static uint64_t ivshmem_io_read(void *opaque, hwaddr addr, unsigned size)
{
    IVShmemState *s = opaque;
    uint32_t ret;

    switch (addr) {
    case INTRMASK:
        return s->intrmask;
    case INTRSTATUS:
        ret = s->intrstatus;
        s->intrstatus = 0;
        return ret;
    case IVPOSITION:
        return 0;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "ivshmem: read of 0x%" HWADDR_PRIx "\n",
                      addr);
        return 0;
    }
}

static void ivshmem_io_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    IVShmemState *s = opaque;

    switch (addr) {
    case INTRMASK:
        s->intrmask = val;
        break;
    case INTRSTATUS:
        s->intrstatus = val;
        break;
    case DOORBELL:
        qemu_log_mask(LOG_GUEST_ERROR, "ivshmem: there is no peer %u\n",
                      (unsigned)(val >> 16) & 0xffff);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "ivshmem: write to 0x%" HWADDR_PRIx "\n",
                      addr);
        break;
    }
}

static const MemoryRegionOps ivshmem_mmio_ops = {
    .read = ivshmem_io_read,
    .write = ivshmem_io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

/* Life */

static void ivshmem_reset(DeviceState *d)
{
    IVShmemState *s = IVSHMEM_COMMON(d);

    s->intrstatus = 0;
    s->intrmask = 0;
}

static void ivshmem_common_realize(PCIDevice *dev, Error **errp)
{
    IVShmemState *s = IVSHMEM_COMMON(dev);
    MemoryRegion *mr = host_memory_backend_get_memory(s->hostmem);

    if (!is_power_of_2(memory_region_size(mr))) {
        error_setg(errp, "the size of memdev '%s' is no power of 2, as that of "
                   "a BAR must be",
                   object_get_canonical_path_component(OBJECT(s->hostmem)));
        return;
    }
    /* Alone at its memory, a guest is the master. */
    if (s->master == ON_OFF_AUTO_AUTO) {
        s->master = ON_OFF_AUTO_ON;
    }

    memory_region_init_io(&s->ivshmem_mmio, OBJECT(s), &ivshmem_mmio_ops, s,
                          "ivshmem-mmio", IVSHMEM_REG_BAR_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->ivshmem_mmio);

    s->ivshmem_bar2 = mr;
    host_memory_backend_set_mapped(s->hostmem, true);
    vmstate_register_ram(s->ivshmem_bar2, DEVICE(s));
    pci_register_bar(dev, 2,
                     PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_PREFETCH |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, s->ivshmem_bar2);
}

static void ivshmem_exit(PCIDevice *dev)
{
    IVShmemState *s = IVSHMEM_COMMON(dev);

    vmstate_unregister_ram(s->ivshmem_bar2, DEVICE(dev));
    host_memory_backend_set_mapped(s->hostmem, false);
}

static void ivshmem_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = ivshmem_common_realize;
    k->exit = ivshmem_exit;
    k->vendor_id = PCI_VENDOR_ID_IVSHMEM;
    k->device_id = PCI_DEVICE_ID_IVSHMEM;
    k->class_id = PCI_CLASS_MEMORY_RAM;
    k->revision = 1;
    dc->reset = ivshmem_reset;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->desc = "Inter-VM shared memory";
}

static const TypeInfo ivshmem_common_info = {
    .name = TYPE_IVSHMEM_COMMON,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(IVShmemState),
    .abstract = true,
    .class_init = ivshmem_common_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

/* ivshmem-plain */

static bool ivshmem_is_master(void *opaque, int version_id)
{
    IVShmemState *s = opaque;

    return s->master == ON_OFF_AUTO_ON;
}

static const VMStateDescription ivshmem_plain_vmsd = {
    .name = TYPE_IVSHMEM_PLAIN,
    .version_id = 0,
    .minimum_version_id = 0,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, IVShmemState),
        /* Memory belongs to its master: others find it where they go. */
        VMSTATE_VALIDATE("master", ivshmem_is_master),
        VMSTATE_UINT32(intrstatus, IVShmemState),
        VMSTATE_UINT32(intrmask, IVShmemState),
        VMSTATE_END_OF_LIST()
    },
};

static Property ivshmem_plain_properties[] = {
    DEFINE_PROP_ON_OFF_AUTO("master", IVShmemState, master, ON_OFF_AUTO_OFF),
    DEFINE_PROP_LINK("memdev", IVShmemState, hostmem, TYPE_MEMORY_BACKEND,
                     HostMemoryBackend *),
    DEFINE_PROP_END_OF_LIST(),
};

static void ivshmem_plain_realize(PCIDevice *dev, Error **errp)
{
    IVShmemState *s = IVSHMEM_COMMON(dev);

    if (!s->hostmem) {
        error_setg(errp, "You must specify a 'memdev'");
        return;
    }
    if (host_memory_backend_is_mapped(s->hostmem)) {
        error_setg(errp, "can't use already busy memdev: %s",
                   object_get_canonical_path_component(OBJECT(s->hostmem)));
        return;
    }
    ivshmem_common_realize(dev, errp);
}

static void ivshmem_plain_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = ivshmem_plain_realize;
    device_class_set_props(dc, ivshmem_plain_properties);
    dc->vmsd = &ivshmem_plain_vmsd;
}

static const TypeInfo ivshmem_plain_info = {
    .name = TYPE_IVSHMEM_PLAIN,
    .parent = TYPE_IVSHMEM_COMMON,
    .instance_size = sizeof(IVShmemState),
    .class_init = ivshmem_plain_class_init,
};

static void ivshmem_register_types(void)
{
    type_register_static(&ivshmem_common_info);
    type_register_static(&ivshmem_plain_info);
}

type_init(ivshmem_register_types)
