/*
 * hw/pci/pci_bridge.c: what a bridge of one's own may rely on.
 *
 * The bridge here gives its bus a name and turns interrupts its own way; behind
 * it is a device that does nothing.  What a guest does to pci-bridge is in
 * tests/qtest/pci-bridge-test.c.
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
#include "hw/boards.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_host.h"
#include "hw/pci/slotid_cap.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "sysemu/cpus.h"

#define TYPE_TEST_HOST   "test-pci-host"
#define TYPE_TEST_BRIDGE "test-pci-bridge"
#define TYPE_TEST_PCI    "test-pci-device"

/* The chain of hooks, as a line. */
static GString *said;

/* All pins of what is behind the bridge come out at its pin D. */
static int test_bridge_map(PCIDevice *pci_dev, int pin)
{
    return 3;
}

static bool named;

static void test_bridge_realize(PCIDevice *dev, Error **errp)
{
    if (named) {
        pci_bridge_map_irq(PCI_BRIDGE(dev), "dmi", test_bridge_map);
    }
    pci_bridge_initfn(dev, TYPE_PCI_BUS);
    g_string_append(said, " bridge.realize");
}

static void test_bridge_exit(PCIDevice *dev)
{
    g_string_append(said, " bridge.exit");
    pci_bridge_exitfn(dev);
}

static void test_bridge_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = test_bridge_realize;
    k->exit = test_bridge_exit;
    k->config_write = pci_bridge_write_config;
    k->class_id = PCI_CLASS_BRIDGE_PCI;
    k->is_bridge = true;
    DEVICE_CLASS(klass)->reset = pci_bridge_reset;
}

static void test_pci_realize(PCIDevice *dev, Error **errp)
{
    pci_config_set_interrupt_pin(dev->config, 1);
    g_string_append(said, " device.realize");
}

static void test_pci_exit(PCIDevice *dev)
{
    g_string_append(said, " device.exit");
}

static void test_pci_finalize(Object *obj)
{
    g_string_append(said, " device.finalize");
}

static void test_bridge_finalize(Object *obj)
{
    g_string_append(said, " bridge.finalize");
}

static void test_pci_reset(DeviceState *dev)
{
    g_string_append(said, " device.reset");
}

static void test_pci_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = test_pci_realize;
    k->exit = test_pci_exit;
    k->class_id = PCI_CLASS_OTHERS;
    DEVICE_CLASS(klass)->reset = test_pci_reset;
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_TEST_HOST,
        .parent = TYPE_PCI_HOST_BRIDGE,
        .instance_size = sizeof(PCIHostState),
    }, {
        .name = TYPE_TEST_BRIDGE,
        .parent = TYPE_PCI_BRIDGE,
        .instance_size = sizeof(PCIBridge),
        .instance_finalize = test_bridge_finalize,
        .class_init = test_bridge_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { },
        },
    }, {
        .name = TYPE_TEST_PCI,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PCIDevice),
        .instance_finalize = test_pci_finalize,
        .class_init = test_pci_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { },
        },
    },
};

/* The machine around the bridge */

static PCIBus *bus;
static MemoryRegion pci_mem, pci_io, dma_mem;
static AddressSpace dma_as;
static int irq_level[PCI_NUM_PINS];
static int iommu_devfn = -1;

/* Whose DMA is it, as the IOMMU of the root bus sees it? */
static AddressSpace *test_iommu(PCIBus *b, void *opaque, int devfn)
{
    iommu_devfn = devfn;
    return &dma_as;
}

static void test_set_irq(void *opaque, int irq_num, int level)
{
    irq_level[irq_num] = level;
}

static void machine_start(void)
{
    DeviceState *host = qdev_new(TYPE_TEST_HOST);

    memory_region_init(&pci_mem, NULL, "pci", UINT64_MAX);
    memory_region_init(&pci_io, NULL, "io", 65536);
    memory_region_init(&dma_mem, NULL, "dma", 1 << 30);
    address_space_init(&dma_as, &dma_mem, "dma");
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
}

/* A bridge in slot 2, and a device in slot 5 behind it. */
static PCIBridge *plug(PCIDevice **dev)
{
    PCIDevice *br = pci_create_simple(bus, PCI_DEVFN(2, 0), TYPE_TEST_BRIDGE);

    *dev = pci_create_simple(pci_bridge_get_sec_bus(PCI_BRIDGE(br)),
                             PCI_DEVFN(5, 0), TYPE_TEST_PCI);
    return PCI_BRIDGE(br);
}

static void unplug(PCIBridge *br)
{
    object_unparent(OBJECT(br));
    drain_call_rcu();
    g_string_truncate(said, 0);
}

static void set(PCIBridge *br, uint32_t addr, uint32_t val, int len)
{
    pci_host_config_write_common(PCI_DEVICE(br), addr, PCI_CONFIG_SPACE_SIZE,
                                 val, len);
}

/* Tests */

/* What is behind a bridge goes first, and comes to its end first. */
static void test_life(void)
{
    PCIDevice *dev;
    PCIBridge *br;

    br = plug(&dev);
    g_assert_cmpstr(said->str, ==, " bridge.realize"
                                   " device.realize device.reset");
    g_string_truncate(said, 0);
    object_unparent(OBJECT(br));
    drain_call_rcu();
    g_assert_cmpstr(said->str, ==, " device.exit bridge.exit"
                                   " device.finalize bridge.finalize");
    g_string_truncate(said, 0);
    g_assert_true(QLIST_EMPTY(&bus->child));
}

/* The bus resets what is on it once for each time that the bit is set. */
static void test_reset_bit(void)
{
    PCIDevice *dev;
    PCIBridge *br = plug(&dev);

    g_string_truncate(said, 0);
    set(br, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_BUS_RESET, 2);
    g_assert_cmpstr(said->str, ==, " device.reset");
    set(br, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_BUS_RESET, 1);
    set(br, PCI_BRIDGE_CONTROL + 1, 0, 1);
    set(br, PCI_BRIDGE_CONTROL, 0, 2);
    g_assert_cmpstr(said->str, ==, " device.reset");
    /* The interrupt line is in the same double word. */
    set(br, PCI_INTERRUPT_LINE, PCI_BRIDGE_CTL_BUS_RESET << 16, 4);
    g_assert_cmpstr(said->str, ==, " device.reset device.reset");
    unplug(br);
}

static void test_map_irq(void)
{
    PCIDevice *dev;
    PCIBridge *br = plug(&dev);

    /* INTA of slot 5 is INTB of the bridge in slot 2: D. */
    pci_irq_assert(dev);
    g_assert_cmpint(irq_level[3], ==, 1);
    pci_irq_deassert(dev);
    g_assert_cmpint(irq_level[3], ==, 0);
    unplug(br);

    named = true;
    br = plug(&dev);
    g_assert_cmpstr(BUS(&br->sec_bus)->name, ==, "dmi");
    pci_irq_assert(dev);
    g_assert_cmpint(irq_level[(3 + 2) % 4], ==, 1);
    /* It is withdrawn when the device goes. */
    unplug(br);
    g_assert_cmpint(irq_level[(3 + 2) % 4], ==, 0);
    named = false;
}

/* A conventional bridge does DMA and sends messages in its own name. */
static void test_requester(void)
{
    PCIDevice *dev;
    PCIBridge *br = plug(&dev);

    g_assert_cmphex(iommu_devfn, ==, PCI_DEVFN(2, 0));
    set(br, PCI_SECONDARY_BUS, 9, 1);
    g_assert_cmpint(pci_dev_bus_num(dev), ==, 9);
    g_assert_cmphex(pci_get_bdf(dev), ==, PCI_BUILD_BDF(9, PCI_DEVFN(5, 0)));
    g_assert_cmphex(pci_requester_id(dev), ==,
                    PCI_BUILD_BDF(0, PCI_DEVFN(2, 0)));
    g_assert_true(pci_device_root_bus(dev) == bus);
    unplug(br);
}

static void test_bus_range(void)
{
    PCIDevice *dev;
    PCIBridge *br = plug(&dev);
    int min, max;

    set(br, PCI_PRIMARY_BUS, 0x00ff0300, 4);
    pci_bus_range(bus, &min, &max);
    g_assert_cmpint(min, ==, 0);
    g_assert_cmpint(max, ==, 255);
    g_assert_true(pci_find_device(bus, 3, PCI_DEVFN(5, 0)) == dev);
    g_assert_null(pci_find_device(bus, 4, PCI_DEVFN(5, 0)));
    unplug(br);
}

static void test_windows(void)
{
    PCIDevice *dev;
    PCIBridge *br = plug(&dev);
    PCIDevice *d = PCI_DEVICE(br);

    set(br, PCI_MEMORY_BASE, 0xe120e100, 4);
    set(br, PCI_IO_BASE, 0xd1c1, 2);
    set(br, PCI_PREF_MEMORY_BASE, 0x00f00010, 4);
    set(br, PCI_PREF_BASE_UPPER32, 1, 4);
    set(br, PCI_PREF_LIMIT_UPPER32, 2, 4);
    g_assert_cmphex(pci_bridge_get_base(d, PCI_BASE_ADDRESS_SPACE_MEMORY), ==,
                    0xe1000000);
    g_assert_cmphex(pci_bridge_get_limit(d, PCI_BASE_ADDRESS_SPACE_MEMORY), ==,
                    0xe12fffff);
    g_assert_cmphex(pci_bridge_get_base(d, PCI_BASE_ADDRESS_SPACE_IO), ==,
                    0xc000);
    g_assert_cmphex(pci_bridge_get_limit(d, PCI_BASE_ADDRESS_SPACE_IO), ==,
                    0xdfff);
    g_assert_cmphex(pci_bridge_get_base(d, PCI_BASE_ADDRESS_MEM_PREFETCH), ==,
                    0x100100000);
    g_assert_cmphex(pci_bridge_get_limit(d, PCI_BASE_ADDRESS_MEM_PREFETCH), ==,
                    0x200ffffff);

    pci_bridge_disable_base_limit(d);
    for (int i = 0; i < 3; i++) {
        static const uint8_t types[] = {
            PCI_BASE_ADDRESS_SPACE_MEMORY, PCI_BASE_ADDRESS_SPACE_IO,
            PCI_BASE_ADDRESS_MEM_PREFETCH
        };

        g_assert_cmphex(pci_bridge_get_base(d, types[i]), >,
                        pci_bridge_get_limit(d, types[i]));
    }
    unplug(br);
}

static void expect_error(Error **err, const char *text)
{
    g_assert_cmpstr(error_get_pretty(*err), ==, text);
    error_free(*err);
    *err = NULL;
}

static void test_capabilities(void)
{
    PCIResReserve reserve = { -1, -1, -1, -1, -1 };
    PCIDevice *dev;
    PCIBridge *br = plug(&dev);
    PCIDevice *d = PCI_DEVICE(br);
    Error *err = NULL;
    int pos;

    pos = pci_bridge_ssvid_init(d, 0x50, 0x1af4, 0x1100, &error_abort);
    g_assert_cmphex(pos, ==, 0x50);
    g_assert_cmphex(pci_get_long(d->config + pos + 4), ==, 0x11001af4);

    g_assert_cmpint(slotid_cap_init(d, 0, 0, 0, &err), ==, -EINVAL);
    expect_error(&err, "Bridge chassis not specified. Each bridge is required "
                       "to be assigned a unique chassis id > 0.");
    g_assert_cmpint(slotid_cap_init(d, 32, 1, 0, &err), ==, -EINVAL);
    error_free_or_abort(&err);
    g_assert_cmpint(slotid_cap_init(d, 31, 9, 0x60, &error_abort), ==, 0);
    g_assert_cmphex(pci_get_long(d->config + 0x60), ==, 0x093f5004);

    /* Nothing to reserve is no capability. */
    pos = d->config[PCI_CAPABILITY_LIST];
    g_assert_cmpint(pci_bridge_qemu_reserve_cap_init(d, 0, reserve,
                                                     &error_abort), ==, 0);
    g_assert_cmphex(d->config[PCI_CAPABILITY_LIST], ==, pos);
    reserve.mem_pref_32 = 4ULL << 30;
    g_assert_cmpint(pci_bridge_qemu_reserve_cap_init(d, 0, reserve, &err), ==,
                    -EINVAL);
    expect_error(&err, "PCI resource reserve cap: pref32-reserve  must be less "
                       "than 4G");
    g_assert_cmphex(d->config[PCI_CAPABILITY_LIST], ==, pos);
    unplug(br);
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
    for (int i = 0; i < ARRAY_SIZE(test_types); i++) {
        type_register_static(&test_types[i]);
    }
    said = g_string_new("");
    machine_start();

    g_test_add_func("/pci-bridge/life", test_life);
    g_test_add_func("/pci-bridge/reset-bit", test_reset_bit);
    g_test_add_func("/pci-bridge/map-irq", test_map_irq);
    g_test_add_func("/pci-bridge/requester", test_requester);
    g_test_add_func("/pci-bridge/bus-range", test_bus_range);
    g_test_add_func("/pci-bridge/windows", test_windows);
    g_test_add_func("/pci-bridge/capabilities", test_capabilities);
    return g_test_run();
}
