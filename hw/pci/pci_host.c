/*
 * The host bridge's two ports, and config space by address.
 *
 * Read include/hw/pci/pci_host.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_host.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "trace.h"

/* CONFIG_ADDRESS without its enable bit: bus, devfn, register */
#define CONFIG_ADDRESS_ENABLE   (1U << 31)
#define CONFIG_ADDRESS_BUS(a)   (((a) >> 16) & 0xff)
#define CONFIG_ADDRESS_DEVFN(a) (((a) >> 8) & 0xff)
#define CONFIG_ADDRESS_REG(a)   ((a) & (PCI_CONFIG_SPACE_SIZE - 1))

static PCIDevice *pci_dev_find_by_addr(PCIBus *bus, uint32_t addr)
{
    return pci_find_device(bus, CONFIG_ADDRESS_BUS(addr),
                           CONFIG_ADDRESS_DEVFN(addr));
}

/*
 * How much of @pci_dev can be reached: all of it only on an Express bus whose
 * bridges are Express too.
 */
static void pci_adjust_config_limit(PCIBus *bus, uint32_t *limit)
{
    if ((*limit > PCI_CONFIG_SPACE_SIZE) &&
        !pci_bus_allows_extended_config_space(bus)) {
        *limit = PCI_CONFIG_SPACE_SIZE;
    }
}

/*
 * A guest that finds no function 0 need not look for others; functions that
 * were plugged in first stay hidden until it has come.
 */
static bool pci_dev_is_hidden(PCIDevice *pci_dev)
{
    return (pci_dev->qdev.hotplugged && !pci_get_function_0(pci_dev)) ||
           !pci_dev->has_power;
}

void pci_host_config_write_common(PCIDevice *pci_dev, uint32_t addr,
                                  uint32_t limit, uint32_t val, uint32_t len)
{
    assert(len <= 4);

    if (pci_dev_is_hidden(pci_dev)) {
        return;
    }
    trace_pci_cfg_write(pci_dev->name, pci_dev_bus_num(pci_dev),
                        PCI_SLOT(pci_dev->devfn),
                        PCI_FUNC(pci_dev->devfn), addr, val);

    pci_adjust_config_limit(pci_get_bus(pci_dev), &limit);
    if (limit <= addr) {
        return;
    }
    pci_dev->config_write(pci_dev, addr, val, MIN(len, limit - addr));
}

uint32_t pci_host_config_read_common(PCIDevice *pci_dev, uint32_t addr,
                                     uint32_t limit, uint32_t len)
{
    uint32_t ret;

    assert(len <= 4);

    pci_adjust_config_limit(pci_get_bus(pci_dev), &limit);
    if (limit <= addr || pci_dev_is_hidden(pci_dev)) {
        return ~0x0;
    }
    ret = pci_dev->config_read(pci_dev, addr, MIN(len, limit - addr));

    trace_pci_cfg_read(pci_dev->name, pci_dev_bus_num(pci_dev),
                       PCI_SLOT(pci_dev->devfn),
                       PCI_FUNC(pci_dev->devfn), addr, ret);
    return ret;
}

void pci_data_write(PCIBus *s, uint32_t addr, uint32_t val, unsigned len)
{
    PCIDevice *pci_dev = pci_dev_find_by_addr(s, addr);

    if (pci_dev) {
        pci_host_config_write_common(pci_dev, CONFIG_ADDRESS_REG(addr),
                                     PCI_CONFIG_SPACE_SIZE, val, len);
    }
}

uint32_t pci_data_read(PCIBus *s, uint32_t addr, unsigned len)
{
    PCIDevice *pci_dev = pci_dev_find_by_addr(s, addr);

    if (!pci_dev) {
        trace_pci_cfg_read("empty", CONFIG_ADDRESS_BUS(addr),
                           PCI_SLOT(CONFIG_ADDRESS_DEVFN(addr)),
                           PCI_FUNC(CONFIG_ADDRESS_DEVFN(addr)),
                           CONFIG_ADDRESS_REG(addr), ~0x0);
        return ~0x0;
    }
    return pci_host_config_read_common(pci_dev, CONFIG_ADDRESS_REG(addr),
                                       PCI_CONFIG_SPACE_SIZE, len);
}

/* The ports */

/* Only 32 bits at once: a byte at 0xcf9 is the reset control register. */
static void pci_host_config_write(void *opaque, hwaddr addr,
                                  uint64_t val, unsigned len)
{
    PCIHostState *s = opaque;

    if (addr != 0 || len != 4) {
        return;
    }
    s->config_reg = val;
}

static uint64_t pci_host_config_read(void *opaque, hwaddr addr,
                                     unsigned len)
{
    PCIHostState *s = opaque;

    return s->config_reg;
}

static void pci_host_data_write(void *opaque, hwaddr addr,
                                uint64_t val, unsigned len)
{
    PCIHostState *s = opaque;

    if (s->config_reg & CONFIG_ADDRESS_ENABLE) {
        pci_data_write(s->bus, s->config_reg | (addr & 3), val, len);
    }
}

static uint64_t pci_host_data_read(void *opaque,
                                   hwaddr addr, unsigned len)
{
    PCIHostState *s = opaque;

    if (!(s->config_reg & CONFIG_ADDRESS_ENABLE)) {
        return 0xffffffff;
    }
    return pci_data_read(s->bus, s->config_reg | (addr & 3), len);
}

const MemoryRegionOps pci_host_conf_le_ops = {
    .read = pci_host_config_read,
    .write = pci_host_config_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

const MemoryRegionOps pci_host_conf_be_ops = {
    .read = pci_host_config_read,
    .write = pci_host_config_write,
    .endianness = DEVICE_BIG_ENDIAN,
};

const MemoryRegionOps pci_host_data_le_ops = {
    .read = pci_host_data_read,
    .write = pci_host_data_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

const MemoryRegionOps pci_host_data_be_ops = {
    .read = pci_host_data_read,
    .write = pci_host_data_write,
    .endianness = DEVICE_BIG_ENDIAN,
};

/* Type */

static bool pci_host_needed(void *opaque)
{
    PCIHostState *s = opaque;

    return s->mig_enabled;
}

static const VMStateDescription vmstate_pcihost = {
    .name = "PCIHost",
    .needed = pci_host_needed,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(config_reg, PCIHostState),
        VMSTATE_END_OF_LIST()
    }
};

static Property pci_host_properties_common[] = {
    DEFINE_PROP_BOOL("x-config-reg-migration-enabled", PCIHostState,
                     mig_enabled, true),
    DEFINE_PROP_BOOL(PCI_HOST_BYPASS_IOMMU, PCIHostState,
                     bypass_iommu, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void pci_host_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_props(dc, pci_host_properties_common);
    dc->vmsd = &vmstate_pcihost;
}

static const TypeInfo pci_host_type_info = {
    .name = TYPE_PCI_HOST_BRIDGE,
    .parent = TYPE_SYS_BUS_DEVICE,
    .abstract = true,
    .class_size = sizeof(PCIHostBridgeClass),
    .instance_size = sizeof(PCIHostState),
    .class_init = pci_host_class_init,
};

static void pci_host_register_types(void)
{
    type_register_static(&pci_host_type_info);
}

type_init(pci_host_register_types)
