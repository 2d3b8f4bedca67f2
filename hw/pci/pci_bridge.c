/*
 * The PCI-to-PCI bridge: its bus, and the windows down to it.
 *
 * Read include/hw/pci/pci_bridge.h first.  A bridge device calls
 * pci_bridge_initfn() from its realize hook and has pci_bridge_write_config()
 * as its config_write.
 *
 * PCI-to-PCI Bridge Architecture Specification 1.2, chapter 3.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "pci-internal.h"

/* The capability with the subsystem IDs: header, 2 reserved, vendor, device */
#define PCI_SSVID_SIZEOF        8
#define PCI_SSVID_SVID          4
#define PCI_SSVID_SSID          6

int pci_bridge_ssvid_init(PCIDevice *dev, uint8_t offset,
                          uint16_t svid, uint16_t ssid,
                          Error **errp)
{
    int pos;

    pos = pci_add_capability(dev, PCI_CAP_ID_SSVID, offset,
                             PCI_SSVID_SIZEOF, errp);
    if (pos < 0) {
        return pos;
    }
    pci_set_word(dev->config + pos + PCI_SSVID_SVID, svid);
    pci_set_word(dev->config + pos + PCI_SSVID_SSID, ssid);
    return pos;
}

PCIDevice *pci_bridge_get_device(PCIBus *bus)
{
    return bus->parent_dev;
}

PCIBus *pci_bridge_get_sec_bus(PCIBridge *br)
{
    return &br->sec_bus;
}

/* Windows: base and limit */

static uint32_t pci_config_get_io_base(const PCIDevice *d,
                                       uint32_t base, uint32_t base_upper16)
{
    uint32_t val;

    val = ((uint32_t)d->config[base] & PCI_IO_RANGE_MASK) << 8;
    if (d->config[base] & PCI_IO_RANGE_TYPE_32) {
        val |= (uint32_t)pci_get_word(d->config + base_upper16) << 16;
    }
    return val;
}

static pcibus_t pci_config_get_memory_base(const PCIDevice *d, uint32_t base)
{
    return ((pcibus_t)pci_get_word(d->config + base) & PCI_MEMORY_RANGE_MASK)
        << 16;
}

static pcibus_t pci_config_get_pref_base(const PCIDevice *d,
                                         uint32_t base, uint32_t upper)
{
    pcibus_t tmp = (pcibus_t)pci_get_word(d->config + base);
    pcibus_t val = (tmp & PCI_PREF_RANGE_MASK) << 16;

    if (tmp & PCI_PREF_RANGE_TYPE_64) {
        val |= (pcibus_t)pci_get_long(d->config + upper) << 32;
    }
    return val;
}

pcibus_t pci_bridge_get_base(const PCIDevice *bridge, uint8_t type)
{
    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return pci_config_get_io_base(bridge, PCI_IO_BASE,
                                      PCI_IO_BASE_UPPER16);
    }
    if (type & PCI_BASE_ADDRESS_MEM_PREFETCH) {
        return pci_config_get_pref_base(bridge, PCI_PREF_MEMORY_BASE,
                                        PCI_PREF_BASE_UPPER32);
    }
    return pci_config_get_memory_base(bridge, PCI_MEMORY_BASE);
}

/* The registers have the upper bits of the last byte; the lower are ones. */
pcibus_t pci_bridge_get_limit(const PCIDevice *bridge, uint8_t type)
{
    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return pci_config_get_io_base(bridge, PCI_IO_LIMIT,
                                      PCI_IO_LIMIT_UPPER16) | 0xfff;
    }
    if (type & PCI_BASE_ADDRESS_MEM_PREFETCH) {
        return pci_config_get_pref_base(bridge, PCI_PREF_MEMORY_LIMIT,
                                        PCI_PREF_LIMIT_UPPER32) | 0xfffff;
    }
    return pci_config_get_memory_base(bridge, PCI_MEMORY_LIMIT) | 0xfffff;
}

static void pci_bridge_init_alias(PCIBridge *bridge, MemoryRegion *alias,
                                  uint8_t type, const char *name,
                                  MemoryRegion *space,
                                  MemoryRegion *parent_space,
                                  bool enabled)
{
    PCIDevice *bridge_dev = PCI_DEVICE(bridge);
    pcibus_t base = pci_bridge_get_base(bridge_dev, type);
    pcibus_t limit = pci_bridge_get_limit(bridge_dev, type);
    /* A limit below the base is how a window is closed. */
    pcibus_t size = enabled && limit >= base ? limit + 1 - base : 0;

    memory_region_init_alias(alias, OBJECT(bridge), name, space, base, size);
    memory_region_add_subregion_overlap(parent_space, base, alias, 1);
}

static void pci_bridge_init_vga_aliases(PCIBridge *br, PCIBus *parent,
                                        MemoryRegion *alias_vga)
{
    PCIDevice *pd = PCI_DEVICE(br);
    uint16_t brctl = pci_get_word(pd->config + PCI_BRIDGE_CONTROL);
    uint16_t cmd = pci_get_word(pd->config + PCI_COMMAND);
    bool vga = brctl & PCI_BRIDGE_CTL_VGA;
    MemoryRegion *mem = &alias_vga[QEMU_PCI_VGA_MEM];
    MemoryRegion *io_lo = &alias_vga[QEMU_PCI_VGA_IO_LO];
    MemoryRegion *io_hi = &alias_vga[QEMU_PCI_VGA_IO_HI];

    memory_region_init_alias(mem, OBJECT(br), "pci_bridge_vga_mem",
                             &br->address_space_mem,
                             QEMU_PCI_VGA_MEM_BASE, QEMU_PCI_VGA_MEM_SIZE);
    memory_region_init_alias(io_lo, OBJECT(br), "pci_bridge_vga_io_lo",
                             &br->address_space_io,
                             QEMU_PCI_VGA_IO_LO_BASE, QEMU_PCI_VGA_IO_LO_SIZE);
    memory_region_init_alias(io_hi, OBJECT(br), "pci_bridge_vga_io_hi",
                             &br->address_space_io,
                             QEMU_PCI_VGA_IO_HI_BASE, QEMU_PCI_VGA_IO_HI_SIZE);

    memory_region_set_enabled(mem, vga && (cmd & PCI_COMMAND_MEMORY));
    memory_region_set_enabled(io_lo, vga && (cmd & PCI_COMMAND_IO));
    memory_region_set_enabled(io_hi, vga && (cmd & PCI_COMMAND_IO));

    memory_region_add_subregion_overlap(parent->address_space_mem,
                                        QEMU_PCI_VGA_MEM_BASE, mem, 1);
    memory_region_add_subregion_overlap(parent->address_space_io,
                                        QEMU_PCI_VGA_IO_LO_BASE, io_lo, 1);
    memory_region_add_subregion_overlap(parent->address_space_io,
                                        QEMU_PCI_VGA_IO_HI_BASE, io_hi, 1);
}

static PCIBridgeWindows *pci_bridge_region_init(PCIBridge *br)
{
    PCIDevice *pd = PCI_DEVICE(br);
    PCIBus *parent = pci_get_bus(pd);
    PCIBridgeWindows *w = g_new0(PCIBridgeWindows, 1);
    uint16_t cmd = pci_get_word(pd->config + PCI_COMMAND);

    pci_bridge_init_alias(br, &w->alias_pref_mem,
                          PCI_BASE_ADDRESS_MEM_PREFETCH,
                          "pci_bridge_pref_mem",
                          &br->address_space_mem,
                          parent->address_space_mem,
                          cmd & PCI_COMMAND_MEMORY);
    pci_bridge_init_alias(br, &w->alias_mem,
                          PCI_BASE_ADDRESS_SPACE_MEMORY,
                          "pci_bridge_mem",
                          &br->address_space_mem,
                          parent->address_space_mem,
                          cmd & PCI_COMMAND_MEMORY);
    pci_bridge_init_alias(br, &w->alias_io,
                          PCI_BASE_ADDRESS_SPACE_IO,
                          "pci_bridge_io",
                          &br->address_space_io,
                          parent->address_space_io,
                          cmd & PCI_COMMAND_IO);
    pci_bridge_init_vga_aliases(br, parent, w->alias_vga);
    return w;
}

static void pci_bridge_region_del(PCIBridge *br, PCIBridgeWindows *w)
{
    PCIBus *parent = pci_get_bus(PCI_DEVICE(br));

    memory_region_del_subregion(parent->address_space_io, &w->alias_io);
    memory_region_del_subregion(parent->address_space_mem, &w->alias_mem);
    memory_region_del_subregion(parent->address_space_mem, &w->alias_pref_mem);
    memory_region_del_subregion(parent->address_space_mem,
                                &w->alias_vga[QEMU_PCI_VGA_MEM]);
    memory_region_del_subregion(parent->address_space_io,
                                &w->alias_vga[QEMU_PCI_VGA_IO_LO]);
    memory_region_del_subregion(parent->address_space_io,
                                &w->alias_vga[QEMU_PCI_VGA_IO_HI]);
}

static void pci_bridge_region_cleanup(PCIBridge *br, PCIBridgeWindows *w)
{
    int i;

    object_unparent(OBJECT(&w->alias_io));
    object_unparent(OBJECT(&w->alias_mem));
    object_unparent(OBJECT(&w->alias_pref_mem));
    for (i = 0; i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        object_unparent(OBJECT(&w->alias_vga[i]));
    }
    g_free(w);
}

/* The old windows go and the new ones come in one transaction. */
void pci_bridge_update_mappings(PCIBridge *br)
{
    memory_region_transaction_begin();
    pci_bridge_region_del(br, br->windows);
    pci_bridge_region_cleanup(br, br->windows);
    br->windows = pci_bridge_region_init(br);
    memory_region_transaction_commit();
}

void pci_bridge_write_config(PCIDevice *d,
                             uint32_t address, uint32_t val, int len)
{
    PCIBridge *s = PCI_BRIDGE(d);
    uint16_t oldctl = pci_get_word(d->config + PCI_BRIDGE_CONTROL);
    uint16_t newctl;

    pci_default_write_config(d, address, val, len);

    if (ranges_overlap(address, len, PCI_COMMAND, 2) ||
        ranges_overlap(address, len, PCI_IO_BASE, 2) ||
        /* memory and prefetchable windows, and the upper halves */
        ranges_overlap(address, len, PCI_MEMORY_BASE, 20) ||
        ranges_overlap(address, len, PCI_BRIDGE_CONTROL, 2)) {
        pci_bridge_update_mappings(s);
    }

    newctl = pci_get_word(d->config + PCI_BRIDGE_CONTROL);
    if (~oldctl & newctl & PCI_BRIDGE_CTL_BUS_RESET) {
        bus_cold_reset(BUS(&s->sec_bus));
    }
}

void pci_bridge_disable_base_limit(PCIDevice *dev)
{
    uint8_t *conf = dev->config;

    pci_byte_test_and_set_mask(conf + PCI_IO_BASE,
                               PCI_IO_RANGE_MASK & 0xff);
    pci_byte_test_and_clear_mask(conf + PCI_IO_LIMIT,
                                 PCI_IO_RANGE_MASK & 0xff);
    pci_word_test_and_set_mask(conf + PCI_MEMORY_BASE,
                               PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(conf + PCI_MEMORY_LIMIT,
                                 PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_set_mask(conf + PCI_PREF_MEMORY_BASE,
                               PCI_PREF_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(conf + PCI_PREF_MEMORY_LIMIT,
                                 PCI_PREF_RANGE_MASK & 0xffff);
    pci_set_long(conf + PCI_PREF_BASE_UPPER32, 0);
    pci_set_long(conf + PCI_PREF_LIMIT_UPPER32, 0);
}

void pci_bridge_reset(DeviceState *qdev)
{
    PCIDevice *dev = PCI_DEVICE(qdev);
    uint8_t *conf = dev->config;

    conf[PCI_PRIMARY_BUS] = 0;
    conf[PCI_SECONDARY_BUS] = 0;
    conf[PCI_SUBORDINATE_BUS] = 0;
    conf[PCI_SEC_LATENCY_TIMER] = 0;

    /*
     * The specification leaves these open.  Zeroes make open windows, but they
     * count only when the command register enables them.
     */
    pci_byte_test_and_clear_mask(conf + PCI_IO_BASE,
                                 PCI_IO_RANGE_MASK & 0xff);
    pci_byte_test_and_clear_mask(conf + PCI_IO_LIMIT,
                                 PCI_IO_RANGE_MASK & 0xff);
    pci_word_test_and_clear_mask(conf + PCI_MEMORY_BASE,
                                 PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(conf + PCI_MEMORY_LIMIT,
                                 PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(conf + PCI_PREF_MEMORY_BASE,
                                 PCI_PREF_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(conf + PCI_PREF_MEMORY_LIMIT,
                                 PCI_PREF_RANGE_MASK & 0xffff);
    pci_set_long(conf + PCI_PREF_BASE_UPPER32, 0);
    pci_set_long(conf + PCI_PREF_LIMIT_UPPER32, 0);

    pci_set_word(conf + PCI_BRIDGE_CONTROL, 0);
}

/* Life */

void pci_bridge_initfn(PCIDevice *dev, const char *typename)
{
    PCIBus *parent = pci_get_bus(dev);
    PCIBridge *br = PCI_BRIDGE(dev);
    PCIBus *sec_bus = &br->sec_bus;

    pci_word_test_and_set_mask(dev->config + PCI_STATUS,
                               PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);
    dev->config[PCI_HEADER_TYPE] =
        (dev->config[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MULTI_FUNCTION) |
        PCI_HEADER_TYPE_BRIDGE;
    pci_set_word(dev->config + PCI_SEC_STATUS,
                 PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);

    /*
     * The bus is called after the device, unless the type has a name of its
     * own: then `bus=` and `addr=` of what is behind it are short.
     */
    if (!br->bus_name && dev->qdev.id && *dev->qdev.id) {
        br->bus_name = dev->qdev.id;
    }

    qbus_init(sec_bus, sizeof(br->sec_bus), typename, DEVICE(dev),
              br->bus_name);
    sec_bus->parent_dev = dev;
    sec_bus->map_irq = br->map_irq ? br->map_irq : pci_swizzle_map_irq_fn;
    sec_bus->address_space_mem = &br->address_space_mem;
    memory_region_init(&br->address_space_mem, OBJECT(br), "pci_bridge_pci",
                       UINT64_MAX);
    sec_bus->address_space_io = &br->address_space_io;
    memory_region_init(&br->address_space_io, OBJECT(br), "pci_bridge_io",
                       4ULL << 30);
    br->windows = pci_bridge_region_init(br);
    QLIST_INIT(&sec_bus->child);
    QLIST_INSERT_HEAD(&parent->child, sec_bus, sibling);
}

void pci_bridge_exitfn(PCIDevice *pci_dev)
{
    PCIBridge *s = PCI_BRIDGE(pci_dev);

    assert(QLIST_EMPTY(&s->sec_bus.child));
    QLIST_REMOVE(&s->sec_bus, sibling);
    pci_bridge_region_del(s, s->windows);
    pci_bridge_region_cleanup(s, s->windows);
    s->windows = NULL;
    /* The bus itself goes with the device: qbus_init() made it a child. */
}

void pci_bridge_map_irq(PCIBridge *br, const char* bus_name,
                        pci_map_irq_fn map_irq)
{
    br->map_irq = map_irq;
    br->bus_name = bus_name;
}

int pci_bridge_qemu_reserve_cap_init(PCIDevice *dev, int cap_offset,
                                     PCIResReserve res_reserve, Error **errp)
{
    const uint64_t unset = -1;
    PCIBridgeQemuCap cap = {
        .len = sizeof(PCIBridgeQemuCap),
        .type = REDHAT_PCI_CAP_RESOURCE_RESERVE,
        .bus_res = cpu_to_le32(res_reserve.bus),
        .io = cpu_to_le64(res_reserve.io),
        .mem = cpu_to_le32(res_reserve.mem_non_pref),
        .mem_pref_32 = cpu_to_le32(res_reserve.mem_pref_32),
        .mem_pref_64 = cpu_to_le64(res_reserve.mem_pref_64),
    };
    int offset;

    if (res_reserve.mem_pref_32 != unset && res_reserve.mem_pref_64 != unset) {
        error_setg(errp,
                   "PCI resource reserve cap: PREF32 and PREF64 conflict");
        return -EINVAL;
    }
    if (res_reserve.mem_non_pref != unset &&
        res_reserve.mem_non_pref >= 4ULL << 30) {
        error_setg(errp,
                   "PCI resource reserve cap: mem-reserve must be less than "
                   "4G");
        return -EINVAL;
    }
    if (res_reserve.mem_pref_32 != unset &&
        res_reserve.mem_pref_32 >= 4ULL << 30) {
        error_setg(errp,
                   "PCI resource reserve cap: pref32-reserve  must be less "
                   "than 4G");
        return -EINVAL;
    }
    if (res_reserve.bus == (uint32_t)-1 && res_reserve.io == unset &&
        res_reserve.mem_non_pref == unset && res_reserve.mem_pref_32 == unset &&
        res_reserve.mem_pref_64 == unset) {
        return 0;
    }

    offset = pci_add_capability(dev, PCI_CAP_ID_VNDR, cap_offset,
                                sizeof(PCIBridgeQemuCap), errp);
    if (offset < 0) {
        return offset;
    }
    /* The first two bytes, ID and link, are there already. */
    memcpy(dev->config + offset + PCI_CAP_FLAGS,
           (char *)&cap + PCI_CAP_FLAGS,
           sizeof(PCIBridgeQemuCap) - PCI_CAP_FLAGS);
    return 0;
}

static const TypeInfo pci_bridge_type_info = {
    .name = TYPE_PCI_BRIDGE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(PCIBridge),
    .abstract = true,
};

static void pci_bridge_register_types(void)
{
    type_register_static(&pci_bridge_type_info);
}

type_init(pci_bridge_register_types)
