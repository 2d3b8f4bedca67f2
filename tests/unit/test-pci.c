/*
 * hw/pci: what a device and its driver may rely on.
 *
 * A host bridge of the test's own has a root bus whose DMA goes to a region
 * that writes down what arrives: so messages (MSI, MSI-X) can be looked at.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "exec/cpu-common.h"
#include "exec/memory.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_host.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "sysemu/cpus.h"
#include "system/memory_int.h"

#define TYPE_TEST_HOST "test-pci-host"
#define TYPE_TEST_PCI "test-pci-device"
#define VECTORS 3
#define MSI_VECTORS 4

OBJECT_DECLARE_SIMPLE_TYPE(TestPCI, TEST_PCI)

struct TestPCI {
    PCIDevice parent_obj;

    MemoryRegion mmio, port, big;
};

/* BARs 0 (memory), 1 (I/O), 2 and 3 (64 bits) and 4 (MSI-X) */
static void test_pci_realize(PCIDevice *dev, Error **errp)
{
    TestPCI *s = TEST_PCI(dev);

    pci_config_set_interrupt_pin(dev->config, 1);
    memory_region_init_io(&s->mmio, OBJECT(s), NULL, s, "mmio", 4096);
    memory_region_init(&s->port, OBJECT(s), "port", 32);
    memory_region_init(&s->big, OBJECT(s), "big", 1 << 20);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mmio);
    pci_register_bar(dev, 1, PCI_BASE_ADDRESS_SPACE_IO, &s->port);
    pci_register_bar(dev, 2, PCI_BASE_ADDRESS_MEM_TYPE_64 |
                             PCI_BASE_ADDRESS_MEM_PREFETCH, &s->big);
    if (msi_init(dev, 0x50, MSI_VECTORS, true, true, errp) < 0) {
        return;
    }
    msix_init_exclusive_bar(dev, VECTORS, 4, errp);
}

static void test_pci_exit(PCIDevice *dev)
{
    msix_uninit_exclusive_bar(dev);
    msi_uninit(dev);
}

static int finalized;

static void test_pci_finalize(Object *obj)
{
    finalized++;
}

static void test_pci_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = test_pci_realize;
    k->exit = test_pci_exit;
    k->vendor_id = PCI_VENDOR_ID_QEMU;
    k->device_id = 0x1234;
    k->class_id = PCI_CLASS_OTHERS;
}

static const TypeInfo test_pci_info = {
    .name = TYPE_TEST_PCI,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(TestPCI),
    .instance_finalize = test_pci_finalize,
    .class_init = test_pci_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static const TypeInfo test_host_info = {
    .name = TYPE_TEST_HOST,
    .parent = TYPE_PCI_HOST_BRIDGE,
    .instance_size = sizeof(PCIHostState),
};

/* The machine around the device */

static PCIBus *bus;
static MemoryRegion pci_mem, pci_io, dma_mem;
static AddressSpace dma_as, mem_as;
static int irq_level[PCI_NUM_PINS];

/* The last message that arrived, and how many there were. */
static MSIMessage message;
static int messages;

static void dma_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    message.address = addr;
    message.data = val;
    messages++;
}

static uint64_t dma_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static const MemoryRegionOps dma_ops = {
    .read = dma_read,
    .write = dma_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static AddressSpace *test_iommu(PCIBus *b, void *opaque, int devfn)
{
    return &dma_as;
}

static void test_set_irq(void *opaque, int irq_num, int level)
{
    irq_level[irq_num] = level;
}

static void machine_start(void)
{
    DeviceState *host;

    memory_region_init(&pci_mem, NULL, "pci", UINT64_MAX);
    memory_region_init(&pci_io, NULL, "io", 65536);
    memory_region_init_io(&dma_mem, NULL, &dma_ops, NULL, "dma", 1 << 30);
    address_space_init(&dma_as, &dma_mem, "dma");
    address_space_init(&mem_as, &pci_mem, "mem");

    host = qdev_new(TYPE_TEST_HOST);
    bus = pci_register_root_bus(host, "pci.0", test_set_irq,
                                pci_swizzle_map_irq_fn, NULL,
                                &pci_mem, &pci_io, 0, PCI_NUM_PINS,
                                TYPE_PCI_BUS);
    PCI_HOST_BRIDGE(host)->bus = bus;
    pci_setup_iommu(bus, test_iommu, NULL);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(host), &error_abort);
    phase_advance(PHASE_MACHINE_CREATED);
    phase_advance(PHASE_ACCEL_CREATED);
    phase_advance(PHASE_MACHINE_INITIALIZED);
    phase_advance(PHASE_MACHINE_READY);
    msi_nonbroken = true;
}

static PCIDevice *plug(int slot)
{
    messages = 0;
    return pci_create_simple(bus, PCI_DEVFN(slot, 0), TYPE_TEST_PCI);
}

static void unplug(PCIDevice *dev)
{
    object_unparent(OBJECT(dev));
}

static uint32_t get(PCIDevice *dev, uint32_t addr, int len)
{
    return pci_host_config_read_common(dev, addr, PCI_CONFIG_SPACE_SIZE, len);
}

static void set(PCIDevice *dev, uint32_t addr, uint32_t val, int len)
{
    pci_host_config_write_common(dev, addr, PCI_CONFIG_SPACE_SIZE, val, len);
}

static void enable(PCIDevice *dev)
{
    set(dev, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
                          PCI_COMMAND_MASTER, 2);
}

/* Config space */

/* Who the device is cannot be overwritten, in whatever size. */
static void test_config_readonly(void)
{
    PCIDevice *dev = plug(1);

    set(dev, PCI_VENDOR_ID, 0, 4);
    set(dev, PCI_CLASS_PROG, 0xff, 1);
    g_assert_cmphex(get(dev, PCI_VENDOR_ID, 4), ==, 0x12341234);
    g_assert_cmphex(get(dev, PCI_DEVICE_ID + 1, 1), ==, 0x12);
    g_assert_cmphex(get(dev, PCI_CLASS_PROG, 1), ==, 0);
    g_assert_cmphex(get(dev, PCI_SUBSYSTEM_VENDOR_ID, 4), ==, 0x11001af4);
    unplug(dev);
}

/* An access over the end reads what there is and writes no further. */
static void test_config_end(void)
{
    PCIDevice *dev = plug(1);

    set(dev, 0xfe, 0xaabbccdd, 4);
    g_assert_cmphex(get(dev, 0xfe, 4), ==, 0xccdd);
    g_assert_cmphex(get(dev, 0x100, 4), ==, 0xffffffff);
    unplug(dev);
}

/* Error bits of the status register go when a one is written. */
static void test_config_w1c(void)
{
    PCIDevice *dev = plug(1);

    pci_word_test_and_set_mask(dev->config + PCI_STATUS,
                               PCI_STATUS_PARITY | PCI_STATUS_REC_MASTER_ABORT);
    set(dev, PCI_STATUS, PCI_STATUS_PARITY, 2);
    g_assert_cmphex(get(dev, PCI_STATUS, 2), ==,
                    PCI_STATUS_REC_MASTER_ABORT | PCI_STATUS_CAP_LIST);
    unplug(dev);
}

/* BARs */

static void test_bar_sizing(void)
{
    PCIDevice *dev = plug(1);
    int i;

    for (i = 0; i < 6; i++) {
        set(dev, PCI_BASE_ADDRESS_0 + i * 4, 0xffffffff, 4);
    }
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_0, 4), ==, 0xfffff000);
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_1, 4), ==, 0xffffffe1);
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_2, 4), ==, 0xfff0000c);
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_3, 4), ==, 0xffffffff);
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_4, 4), ==, 0xfffff000);
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_5, 4), ==, 0);
    unplug(dev);
}

/* A BAR is where it says, while the command register allows it. */
static void test_bar_mapping(void)
{
    PCIDevice *dev = plug(1);

    set(dev, PCI_BASE_ADDRESS_0, 0xe0000000, 4);
    set(dev, PCI_BASE_ADDRESS_1, 0xc000, 4);
    set(dev, PCI_BASE_ADDRESS_3, 0x80, 4);
    g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, PCI_BAR_UNMAPPED);

    set(dev, PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, 0xe0000000);
    g_assert_cmphex(pci_get_bar_addr(dev, 1), ==, PCI_BAR_UNMAPPED);
    g_assert_cmphex(pci_get_bar_addr(dev, 2), ==, 0x8000000000);
    g_assert_true(memory_region_is_mapped(&TEST_PCI(dev)->mmio));

    enable(dev);
    g_assert_cmphex(pci_get_bar_addr(dev, 1), ==, 0xc000);
    set(dev, PCI_COMMAND, 0, 2);
    g_assert_cmphex(pci_get_bar_addr(dev, 1), ==, PCI_BAR_UNMAPPED);
    g_assert_false(memory_region_is_mapped(&TEST_PCI(dev)->mmio));
    unplug(dev);
}

/* Address 0, the very top, and the moment of sizing are no places. */
static void test_bar_nowhere(void)
{
    PCIDevice *dev = plug(1);

    enable(dev);
    g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, PCI_BAR_UNMAPPED);
    set(dev, PCI_BASE_ADDRESS_0, 0xffffffff, 4);
    g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, PCI_BAR_UNMAPPED);
    set(dev, PCI_BASE_ADDRESS_2, 0xffffffff, 4);
    set(dev, PCI_BASE_ADDRESS_3, 0xffffffff, 4);
    g_assert_cmphex(pci_get_bar_addr(dev, 2), ==, PCI_BAR_UNMAPPED);
    unplug(dev);
}

/* Who answers at @addr; NULL for nobody. */
static MemoryRegion *at(hwaddr addr)
{
    MemoryRegionSection section = memory_region_find(&pci_mem, addr, 1);

    if (section.mr) {
        memory_region_unref(section.mr);
    }
    return section.mr;
}

/* Two BARs in one place: one of them answers, and the other when it goes. */
static void test_bar_overlap(void)
{
    PCIDevice *a = plug(1), *b = plug(2);
    MemoryRegion *first, *second;

    set(a, PCI_BASE_ADDRESS_0, 0xe0000000, 4);
    set(b, PCI_BASE_ADDRESS_0, 0xe0000000, 4);
    enable(a);
    enable(b);
    first = at(0xe0000000);
    g_assert_true(first == &TEST_PCI(a)->mmio || first == &TEST_PCI(b)->mmio);
    second = first == &TEST_PCI(a)->mmio ? &TEST_PCI(b)->mmio
                                         : &TEST_PCI(a)->mmio;
    set(PCI_DEVICE(first->owner), PCI_BASE_ADDRESS_0, 0xe0001000, 4);
    g_assert_true(at(0xe0000000) == second);
    g_assert_true(at(0xe0001000) == first);
    set(PCI_DEVICE(second->owner), PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    g_assert_null(at(0xe0000000));
    g_assert_true(at(0xe0001000) == first);
    unplug(a);
    unplug(b);
}

/* A BAR cannot be in the middle of its own size. */
static void test_bar_alignment(void)
{
    PCIDevice *dev = plug(1);

    enable(dev);
    set(dev, PCI_BASE_ADDRESS_0, 0xe0000fff, 4);
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_0, 4), ==, 0xe0000000);
    /* A byte at a time it passes through places that nobody meant. */
    set(dev, PCI_BASE_ADDRESS_0 + 3, 0xd0, 1);
    set(dev, PCI_BASE_ADDRESS_0 + 1, 0x10, 1);
    g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, 0xd0001000);
    g_assert_true(at(0xd0001fff) == &TEST_PCI(dev)->mmio);
    g_assert_null(at(0xe0000000));
    unplug(dev);
}

/* DMA */

/* Only a bus master reaches memory; what is lost is lost. */
static void test_bus_master(void)
{
    PCIDevice *dev = plug(1);
    uint32_t word = 0x12345678;

    g_assert_cmpuint(pci_dma_write(dev, 0x100, &word, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpuint(pci_dma_read(dev, 0x100, &word, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpint(messages, ==, 0);
    set(dev, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    word = 0x12345678;
    g_assert_cmpuint(pci_dma_write(dev, 0x100, &word, 4), ==, MEMTX_OK);
    g_assert_cmpint(messages, ==, 1);
    g_assert_cmphex(message.data, ==, 0x12345678);

    /* Reset ends it. */
    pci_device_reset(dev);
    g_assert_cmpuint(pci_dma_write(dev, 0x100, &word, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpint(messages, ==, 1);
    unplug(dev);
}

/* Capabilities */

static void test_cap_list(void)
{
    PCIDevice *dev = plug(1);
    uint8_t last = get(dev, PCI_CAPABILITY_LIST, 1);
    int pos = pci_add_capability(dev, PCI_CAP_ID_VNDR, 0, 16, &error_abort);

    /*
     * The first gap that is large enough: MSI-X has most of 0x40 - 0x4f, and
     * MSI is at 0x50.  It is in front of the others, and read-only.
     */
    g_assert_cmphex(pos, ==, 0x68);
    g_assert_cmphex(get(dev, PCI_CAPABILITY_LIST, 1), ==, pos);
    g_assert_cmphex(get(dev, pos, 2), ==, PCI_CAP_ID_VNDR | last << 8);
    set(dev, pos, 0, 4);
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_VNDR), ==, pos);

    pci_del_capability(dev, PCI_CAP_ID_VNDR, 16);
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_VNDR), ==, 0);
    g_assert_cmphex(get(dev, PCI_CAPABILITY_LIST, 1), ==, last);
    unplug(dev);
}

static void test_cap_errors(void)
{
    PCIDevice *dev = plug(1);
    Error *err = NULL;

    g_assert_cmpint(pci_add_capability(dev, PCI_CAP_ID_VNDR, 0x60, 16, &err),
                    ==, -EINVAL);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "pci.0:00:01.0 Attempt to add PCI capability 9 at offset "
                    "60 overlaps existing capability 50 at offset 60");
    error_free(err);
    err = NULL;

    g_assert_cmpint(pci_add_capability(dev, PCI_CAP_ID_VNDR, 0, 0xc0, &err),
                    ==, -ENOSPC);
    error_free(err);
    unplug(dev);
}

/* Places on the bus */

static void expect_no_place(int devfn, bool multifunction, const char *message)
{
    PCIDevice *dev = pci_new_multifunction(devfn, multifunction,
                                           TYPE_TEST_PCI);
    Error *err = NULL;

    /* Before the machine is ready functions may come in any order. */
    DEVICE(dev)->hotplugged = false;
    g_assert_false(qdev_realize(DEVICE(dev), BUS(bus), &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
    object_unref(OBJECT(dev));
}

static void test_slot_conflict(void)
{
    PCIDevice *dev = plug(3);

    expect_no_place(PCI_DEVFN(3, 0), false,
                    "PCI: slot 3 function 0 not available for "
                    "test-pci-device, in use by test-pci-device,id=(null)");
    g_assert_true(bus->devices[PCI_DEVFN(3, 0)] == dev);
    unplug(dev);
    g_assert_null(bus->devices[PCI_DEVFN(3, 0)]);
}

static void test_slot_multifunction(void)
{
    PCIDevice *dev = plug(3);

    expect_no_place(PCI_DEVFN(3, 1), false,
                    "PCI: single function device can't be populated in "
                    "function 3.1");
    unplug(dev);

    dev = pci_create_simple(bus, PCI_DEVFN(3, 1), TYPE_TEST_PCI);
    expect_no_place(PCI_DEVFN(3, 0), false,
                    "PCI: 3.0 indicates single function, but 3.1 is already "
                    "populated.");
    unplug(dev);
}

/* Interrupts */

/* Two devices on one wire: it is up while either holds it. */
static void test_intx_shared(void)
{
    PCIDevice *a = plug(1), *b = plug(5);

    pci_set_irq(a, 1);
    pci_set_irq(b, 1);
    pci_set_irq(a, 0);
    g_assert_cmpint(irq_level[1], ==, 1);
    g_assert_cmphex(get(b, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT, !=, 0);
    /* The upper byte of the command register alone is enough. */
    set(b, PCI_COMMAND + 1, PCI_COMMAND_INTX_DISABLE >> 8, 1);
    g_assert_cmpint(irq_level[1], ==, 0);
    set(b, PCI_COMMAND + 1, 0, 1);
    g_assert_cmpint(irq_level[1], ==, 1);
    unplug(b);
    g_assert_cmpint(irq_level[1], ==, 0);
    unplug(a);
}

/* Disabled, the pin's state can be read, and is what counts afterwards. */
static void test_intx_disable(void)
{
    PCIDevice *dev = plug(2);

    set(dev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE, 2);
    pci_set_irq(dev, 1);
    g_assert_cmpint(irq_level[2], ==, 0);
    g_assert_cmphex(get(dev, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT, !=, 0);
    /* A guest cannot write the bit away. */
    set(dev, PCI_STATUS, PCI_STATUS_INTERRUPT, 2);
    g_assert_cmphex(get(dev, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT, !=, 0);
    set(dev, PCI_COMMAND, 0, 2);
    g_assert_cmpint(irq_level[2], ==, 1);

    set(dev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE, 2);
    pci_set_irq(dev, 0);
    g_assert_cmphex(get(dev, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT, ==, 0);
    set(dev, PCI_COMMAND, 0, 2);
    g_assert_cmpint(irq_level[2], ==, 0);
    unplug(dev);
}

/* Messages take the pin's place: it is let go when they are switched on. */
static void test_intx_or_messages(void)
{
    PCIDevice *dev = plug(2);
    uint8_t cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);

    pci_set_irq(dev, 1);
    g_assert_cmpint(irq_level[2], ==, 1);
    set(dev, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE, 2);
    g_assert_cmpint(irq_level[2], ==, 0);
    set(dev, cap + PCI_MSIX_FLAGS, 0, 2);

    pci_set_irq(dev, 1);
    g_assert_cmpint(irq_level[2], ==, 1);
    set(dev, 0x50 + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE, 2);
    g_assert_cmpint(irq_level[2], ==, 0);
    unplug(dev);
}

static void msi_start(PCIDevice *dev, uint16_t flags)
{
    set(dev, 0x50 + PCI_MSI_ADDRESS_LO, 0x1000, 4);
    set(dev, 0x50 + PCI_MSI_DATA_64, 0x40, 2);
    set(dev, 0x50 + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE | flags, 2);
}

static void test_msi(void)
{
    PCIDevice *dev = plug(1);

    enable(dev);
    msi_start(dev, 2 << ctz32(PCI_MSI_FLAGS_QSIZE));
    msi_notify(dev, 3);
    g_assert_cmphex(message.address, ==, 0x1000);
    g_assert_cmphex(message.data, ==, 0x43);

    /* Masked: it stays pending until the guest lets it through. */
    set(dev, 0x50 + PCI_MSI_MASK_64, 1 << 2, 4);
    msi_notify(dev, 2);
    g_assert_cmpint(messages, ==, 1);
    g_assert_cmphex(get(dev, 0x50 + PCI_MSI_PENDING_64, 4), ==, 1 << 2);
    set(dev, 0x50 + PCI_MSI_MASK_64, 0, 4);
    g_assert_cmpint(messages, ==, 2);
    g_assert_cmphex(message.data, ==, 0x42);
    g_assert_cmphex(get(dev, 0x50 + PCI_MSI_PENDING_64, 4), ==, 0);
    unplug(dev);
}

/* Neither without a bus master nor while it is off is there a message. */
static void test_msi_off(void)
{
    PCIDevice *dev = plug(1);

    msi_start(dev, 0);
    g_assert_true(msi_enabled(dev));
    msi_notify(dev, 0);
    g_assert_cmpint(messages, ==, 0);
    enable(dev);
    msi_notify(dev, 0);
    g_assert_cmpint(messages, ==, 1);
    set(dev, 0x50 + PCI_MSI_FLAGS, 0, 2);
    g_assert_false(msi_enabled(dev));
    unplug(dev);
}

/* A guest that asks for more vectors than there are gets all there are. */
static void test_msi_too_many(void)
{
    PCIDevice *dev = plug(1);

    enable(dev);
    msi_start(dev, PCI_MSI_FLAGS_QSIZE);
    g_assert_cmpint(msi_nr_vectors_allocated(dev), ==, MSI_VECTORS);
    unplug(dev);
}

#define MSIX_BAR 0xe1000000

static void msix_start(PCIDevice *dev)
{
    uint8_t cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);
    int v;

    set(dev, PCI_BASE_ADDRESS_4, MSIX_BAR, 4);
    enable(dev);
    for (v = 0; v < VECTORS; v++) {
        hwaddr entry = MSIX_BAR + v * PCI_MSIX_ENTRY_SIZE;

        address_space_stl_le(&mem_as, entry, 0x2000 + v * 4,
                             MEMTXATTRS_UNSPECIFIED, NULL);
        address_space_stl_le(&mem_as, entry + PCI_MSIX_ENTRY_DATA, 0x50 + v,
                             MEMTXATTRS_UNSPECIFIED, NULL);
        msix_vector_use(dev, v);
    }
    set(dev, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE, 2);
}

static void msix_vector_ctrl(int vector, uint32_t val)
{
    address_space_stl_le(&mem_as, MSIX_BAR + vector * PCI_MSIX_ENTRY_SIZE +
                                  PCI_MSIX_ENTRY_VECTOR_CTRL, val,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static uint32_t msix_pba(void)
{
    return address_space_ldl_le(&mem_as, MSIX_BAR + 2048,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_msix_masking(void)
{
    PCIDevice *dev = plug(1);
    uint8_t cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);

    msix_start(dev);

    /* Every vector is masked at first. */
    msix_notify(dev, 1);
    g_assert_cmpint(messages, ==, 0);
    g_assert_cmphex(msix_pba(), ==, 1 << 1);
    msix_vector_ctrl(1, 0);
    g_assert_cmpint(messages, ==, 1);
    g_assert_cmphex(message.address, ==, 0x2004);
    g_assert_cmphex(message.data, ==, 0x51);
    g_assert_cmphex(msix_pba(), ==, 0);

    /* The function mask keeps all of them back. */
    set(dev, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE |
                                   PCI_MSIX_FLAGS_MASKALL, 2);
    msix_notify(dev, 1);
    g_assert_cmpint(messages, ==, 1);
    set(dev, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE, 2);
    g_assert_cmpint(messages, ==, 2);

    /* A message is a write, so it needs a bus master. */
    set(dev, PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    msix_notify(dev, 1);
    g_assert_cmpint(messages, ==, 2);
    unplug(dev);
}

/* Both masks must be off; a vector that was not raised sends nothing. */
static void test_msix_both_masks(void)
{
    PCIDevice *dev = plug(1);
    uint8_t cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);

    msix_start(dev);
    set(dev, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE |
                                   PCI_MSIX_FLAGS_MASKALL, 2);
    msix_notify(dev, 0);
    msix_notify(dev, 2);
    msix_notify(dev, 2);                    /* pending once, not twice */
    msix_vector_ctrl(1, 0);
    msix_vector_ctrl(2, 0);
    g_assert_cmpint(messages, ==, 0);
    g_assert_cmphex(msix_pba(), ==, 1 << 0 | 1 << 2);
    set(dev, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE, 2);
    g_assert_cmpint(messages, ==, 1);
    g_assert_cmphex(message.data, ==, 0x52);
    g_assert_cmphex(msix_pba(), ==, 1 << 0);

    /* Address and data may be changed until the moment of unmasking. */
    address_space_stl_le(&mem_as, MSIX_BAR + PCI_MSIX_ENTRY_DATA, 0x99,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    msix_vector_ctrl(0, 0);
    g_assert_cmpint(messages, ==, 2);
    g_assert_cmphex(message.address, ==, 0x2000);
    g_assert_cmphex(message.data, ==, 0x99);
    unplug(dev);
}

/* 64 bits at once: data and mask, the mask last. */
static void test_msix_wide(void)
{
    PCIDevice *dev = plug(1);

    msix_start(dev);
    msix_notify(dev, 0);
    address_space_stq_le(&mem_as, MSIX_BAR + PCI_MSIX_ENTRY_DATA, 0x77,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmpint(messages, ==, 1);
    g_assert_cmphex(message.data, ==, 0x77);
    unplug(dev);
}

/* The table is for 32 and 64 bits, and has an end; the PBA too. */
static void test_msix_bounds(void)
{
    static const hwaddr nowhere[] = {
        VECTORS * PCI_MSIX_ENTRY_SIZE, 2044, 2048 + 8, 4092,
    };
    PCIDevice *dev = plug(1);
    MemTxResult res;

    msix_start(dev);
    for (int i = 0; i < ARRAY_SIZE(nowhere); i++) {
        address_space_stl_le(&mem_as, MSIX_BAR + nowhere[i], 0xffffffff,
                             MEMTXATTRS_UNSPECIFIED, NULL);
        g_assert_cmphex(address_space_ldl_le(&mem_as, MSIX_BAR + nowhere[i],
                                             MEMTXATTRS_UNSPECIFIED, NULL),
                        ==, 0);
    }
    address_space_stw_le(&mem_as, MSIX_BAR, 0xffff, MEMTXATTRS_UNSPECIFIED,
                         &res);
    g_assert_cmpuint(res, ==, MEMTX_DECODE_ERROR);
    address_space_stl_le(&mem_as, MSIX_BAR + 2, 0xffffffff,
                         MEMTXATTRS_UNSPECIFIED, &res);
    g_assert_cmpuint(res, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(address_space_ldl_le(&mem_as, MSIX_BAR,
                                         MEMTXATTRS_UNSPECIFIED, NULL), ==,
                    0x2000);
    unplug(dev);
}

/* The pending bits are the device's, and beyond the table there is nothing. */
static void test_msix_hostile(void)
{
    PCIDevice *dev = plug(1);
    hwaddr addr;

    msix_start(dev);
    address_space_stl_le(&mem_as, MSIX_BAR + 2048, 0xffffffff,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmphex(msix_pba(), ==, 0);
    for (addr = 0; addr < 4096; addr += 4) {
        address_space_stl_le(&mem_as, MSIX_BAR + addr, 0xffffffff,
                             MEMTXATTRS_UNSPECIFIED, NULL);
        address_space_ldq_le(&mem_as, MSIX_BAR + addr,
                             MEMTXATTRS_UNSPECIFIED, NULL);
    }
    unplug(dev);
}

/* Without an interrupt controller that takes messages, there are none. */
static void test_msix_not_supported(void)
{
    PCIDevice *dev = plug(1);
    MemoryRegion *bar = &TEST_PCI(dev)->big;
    Error *err = NULL;

    msix_uninit_exclusive_bar(dev);
    msi_nonbroken = false;
    g_assert_cmpint(msix_init(dev, 1, bar, 2, 0, bar, 2, 4096, 0, &err),
                    ==, -ENOTSUP);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "MSI-X is not supported by interrupt controller");
    error_free(err);
    err = NULL;
    msi_nonbroken = true;

    g_assert_cmpint(msix_init(dev, 4, bar, 2, 0, bar, 2, 32, 0, &err),
                    ==, -EINVAL);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "table & pba overlap, or they don't fit in BARs, "
                    "or don't align");
    error_free(err);
    g_assert_false(msix_present(dev));
    unplug(dev);
}

/* A device that goes takes all with it: regions, views, its place. */
static void test_unplug(void)
{
    PCIDevice *dev = plug(1);

    drain_call_rcu();                       /* those of other tests */
    finalized = 0;
    msix_start(dev);
    set(dev, PCI_BASE_ADDRESS_0, 0xe0000000, 4);
    g_assert_nonnull(at(0xe0000000));
    g_assert_nonnull(at(MSIX_BAR));
    g_assert_cmpuint(address_space_to_flatview(&mem_as)->nr, >, 0);

    unplug(dev);
    drain_call_rcu();
    drain_call_rcu();
    g_assert_cmpint(finalized, ==, 1);
    g_assert_null(bus->devices[PCI_DEVFN(1, 0)]);
    g_assert_null(at(0xe0000000));
    g_assert_null(at(MSIX_BAR));
    g_assert_cmpuint(address_space_to_flatview(&mem_as)->nr, ==, 0);
    g_assert_true(QTAILQ_EMPTY(&pci_mem.subregions));
    g_assert_true(QTAILQ_EMPTY(&pci_io.subregions));
}

/* After a reset the device is as if it had just been plugged in. */
static void test_reset(void)
{
    PCIDevice *dev = plug(1);

    msix_start(dev);
    msix_vector_ctrl(0, 0);
    pci_device_reset(dev);
    g_assert_cmphex(get(dev, PCI_COMMAND, 2), ==, 0);
    g_assert_cmphex(get(dev, PCI_BASE_ADDRESS_4, 4), ==, 0);
    g_assert_false(msix_enabled(dev));
    g_assert_true(msix_is_masked(dev, 0));
    unplug(dev);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    monitor_init_globals_core();
    /* Devices live under the big lock. */
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    module_call_init(MODULE_INIT_QOM);
    cpu_exec_init_all();
    type_register_static(&test_pci_info);
    type_register_static(&test_host_info);
    machine_start();

    g_test_add_func("/pci/config/readonly", test_config_readonly);
    g_test_add_func("/pci/config/end", test_config_end);
    g_test_add_func("/pci/config/w1c", test_config_w1c);
    g_test_add_func("/pci/bar/sizing", test_bar_sizing);
    g_test_add_func("/pci/bar/mapping", test_bar_mapping);
    g_test_add_func("/pci/bar/nowhere", test_bar_nowhere);
    g_test_add_func("/pci/bar/overlap", test_bar_overlap);
    g_test_add_func("/pci/bar/alignment", test_bar_alignment);
    g_test_add_func("/pci/bus-master", test_bus_master);
    g_test_add_func("/pci/cap/list", test_cap_list);
    g_test_add_func("/pci/cap/errors", test_cap_errors);
    g_test_add_func("/pci/slot/conflict", test_slot_conflict);
    g_test_add_func("/pci/slot/multifunction", test_slot_multifunction);
    g_test_add_func("/pci/intx/shared", test_intx_shared);
    g_test_add_func("/pci/intx/disable", test_intx_disable);
    g_test_add_func("/pci/intx/or-messages", test_intx_or_messages);
    g_test_add_func("/pci/msi/send", test_msi);
    g_test_add_func("/pci/msi/off", test_msi_off);
    g_test_add_func("/pci/msi/too-many", test_msi_too_many);
    g_test_add_func("/pci/msix/masking", test_msix_masking);
    g_test_add_func("/pci/msix/both-masks", test_msix_both_masks);
    g_test_add_func("/pci/msix/wide", test_msix_wide);
    g_test_add_func("/pci/msix/bounds", test_msix_bounds);
    g_test_add_func("/pci/msix/hostile", test_msix_hostile);
    g_test_add_func("/pci/msix/not-supported", test_msix_not_supported);
    g_test_add_func("/pci/reset", test_reset);
    g_test_add_func("/pci/unplug", test_unplug);
    return g_test_run();
}
