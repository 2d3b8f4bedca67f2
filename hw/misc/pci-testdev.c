/*
 * pci-testdev: a PCI device to measure accesses with.
 *
 * A guest selects one of three tests of a BAR by writing its number to the
 * BAR's first byte, reads in the header there which write to do where, does it
 * many times, and takes the time.  The tests differ in how such a write ends:
 *
 *     no-eventfd          here, in pci_testdev_write()
 *     wildcard-eventfd    an eventfd is kicked, whatever is written
 *     datamatch-eventfd   an eventfd is kicked if the right value is written
 *
 * With KVM the two latter are ioeventfds and no exit to user space.  Nobody
 * reads the eventfds; the count in the header is of writes that came here.
 *
 * BAR 0 is memory, BAR 1 ports, and BAR 2 (property membar) 64-bit memory with
 * nothing behind it: for firmware that places BARs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/event_notifier.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "sysemu/kvm.h"

#define TYPE_PCI_TEST_DEV "pci-testdev"
OBJECT_DECLARE_SIMPLE_TYPE(PCITestDevState, PCI_TEST_DEV)

/* What a guest reads at the beginning of a BAR; little-endian. */
typedef struct PCITestDevHdr {
    uint8_t test;       /* the only byte that is written */
    uint8_t width;      /* of the writes to be done: bytes; 0: no such test */
    uint8_t pad0[2];
    uint32_t offset;    /* in this BAR */
    uint8_t data;
    uint8_t pad1[3];
    uint32_t count;     /* how many of them came */
    uint8_t name[];     /* ends with a zero */
} PCITestDevHdr;

QEMU_BUILD_BUG_ON(sizeof(PCITestDevHdr) != 16);

typedef struct IOTest {
    MemoryRegion *mr;
    EventNotifier notifier;
    bool hasnotifier;
    unsigned size;      /* of the ioeventfd; 0 is any */
    bool match_data;
    PCITestDevHdr *hdr;
    unsigned bufsize;   /* of the header with its name */
} IOTest;

/* Each test writes to an address of its own. */
#define IOTEST_DATAMATCH    0xFA
#define IOTEST_NOMATCH      0xCE
#define IOTEST_IOSIZE       128
#define IOTEST_MEMSIZE      2048
#define IOTEST_ACCESS_WIDTH 1

static const char *const iotest_test[] = {
    "no-eventfd",
    "wildcard-eventfd",
    "datamatch-eventfd",
};

static const char *const iotest_type[] = {
    "mmio",
    "portio",
};

#define IOTEST_PER_BAR      ARRAY_SIZE(iotest_test)
#define IOTEST_MAX          (IOTEST_PER_BAR * ARRAY_SIZE(iotest_type))
#define IOTEST_IS_MEM(i)    ((i) < IOTEST_PER_BAR)
#define IOTEST_NONE         -1

struct PCITestDevState {
    PCIDevice parent_obj;

    MemoryRegion mmio, portio, membar;
    IOTest tests[IOTEST_MAX];
    int current;                /* IOTEST_NONE, or the one of both BARs */

    uint64_t membar_size;
};

/* Tests */

static void pci_testdev_start(IOTest *test)
{
    test->hdr->count = 0;
    if (test->hasnotifier) {
        event_notifier_test_and_clear(&test->notifier);
        memory_region_add_eventfd(test->mr, le32_to_cpu(test->hdr->offset),
                                  test->size, test->match_data,
                                  test->hdr->data, &test->notifier);
    }
}

static void pci_testdev_stop(IOTest *test)
{
    if (test->hasnotifier) {
        memory_region_del_eventfd(test->mr, le32_to_cpu(test->hdr->offset),
                                  test->size, test->match_data,
                                  test->hdr->data, &test->notifier);
    }
}

static void pci_testdev_reset(PCITestDevState *d)
{
    if (d->current != IOTEST_NONE) {
        pci_testdev_stop(&d->tests[d->current]);
        d->current = IOTEST_NONE;
    }
}

static void pci_testdev_inc(IOTest *test, unsigned inc)
{
    test->hdr->count = cpu_to_le32(le32_to_cpu(test->hdr->count) + inc);
}

/* Guest access */

static void pci_testdev_write(PCITestDevState *d, hwaddr addr, uint64_t val,
                              int type)
{
    IOTest *test;

    if (addr == offsetof(PCITestDevHdr, test)) {
        pci_testdev_reset(d);
        if (val < IOTEST_PER_BAR) {
            d->current = type * IOTEST_PER_BAR + val;
            pci_testdev_start(&d->tests[d->current]);
        }
        return;
    }
    if (d->current == IOTEST_NONE) {
        return;
    }
    test = &d->tests[d->current];
    if (addr == le32_to_cpu(test->hdr->offset) &&
        (!test->match_data || val == test->hdr->data)) {
        pci_testdev_inc(test, 1);
    }
}

static uint64_t pci_testdev_read(void *opaque, hwaddr addr, unsigned size)
{
    PCITestDevState *d = opaque;
    const IOTest *test;

    if (d->current == IOTEST_NONE) {
        return 0;
    }
    test = &d->tests[d->current];
    return addr < test->bufsize ? ((const uint8_t *)test->hdr)[addr] : 0;
}

static void pci_testdev_mmio_write(void *opaque, hwaddr addr, uint64_t val,
                                   unsigned size)
{
    pci_testdev_write(opaque, addr, val, 0);
}

static void pci_testdev_pio_write(void *opaque, hwaddr addr, uint64_t val,
                                  unsigned size)
{
    pci_testdev_write(opaque, addr, val, 1);
}

static const MemoryRegionOps pci_testdev_mmio_ops = {
    .read = pci_testdev_read,
    .write = pci_testdev_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

static const MemoryRegionOps pci_testdev_pio_ops = {
    .read = pci_testdev_read,
    .write = pci_testdev_pio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

/* Life */

static void pci_testdev_init_test(PCITestDevState *d, unsigned i)
{
    IOTest *test = &d->tests[i];
    unsigned kind = i % IOTEST_PER_BAR;
    g_autofree char *name = g_strdup_printf(
        "%s-%s", iotest_type[i / IOTEST_PER_BAR], iotest_test[kind]);
    bool wildcard = kind == 1;

    test->mr = IOTEST_IS_MEM(i) ? &d->mmio : &d->portio;
    test->hasnotifier = kind != 0;
    test->match_data = !wildcard;
    test->size = IOTEST_ACCESS_WIDTH;
    /* KVM is quickest where it need not look at the instruction. */
    if (wildcard && IOTEST_IS_MEM(i) && kvm_enabled() &&
        kvm_ioeventfd_any_length_enabled()) {
        test->size = 0;
    }

    test->bufsize = sizeof(PCITestDevHdr) + strlen(name) + 1;
    test->hdr = g_malloc0(test->bufsize);
    memcpy(test->hdr->name, name, strlen(name) + 1);
    test->hdr->test = i;
    test->hdr->width = IOTEST_ACCESS_WIDTH;
    test->hdr->offset = cpu_to_le32(IOTEST_IS_MEM(i) ? IOTEST_MEMSIZE + i
                                                     : IOTEST_IOSIZE + i);
    test->hdr->data = wildcard ? IOTEST_NOMATCH : IOTEST_DATAMATCH;
}

static void pci_testdev_free_tests(PCITestDevState *d)
{
    for (unsigned i = 0; i < IOTEST_MAX; i++) {
        IOTest *test = &d->tests[i];

        if (test->hasnotifier) {
            event_notifier_cleanup(&test->notifier);
            test->hasnotifier = false;
        }
        g_clear_pointer(&test->hdr, g_free);
    }
}

static void pci_testdev_realize(PCIDevice *pci_dev, Error **errp)
{
    PCITestDevState *d = PCI_TEST_DEV(pci_dev);

    if (d->membar_size && (!is_power_of_2(d->membar_size) ||
                           d->membar_size < 16)) {
        error_setg(errp, "membar must be a power of 2, and at least 16");
        return;
    }
    d->current = IOTEST_NONE;
    for (unsigned i = 0; i < IOTEST_MAX; i++) {
        IOTest *test = &d->tests[i];
        int ret;

        pci_testdev_init_test(d, i);
        if (test->hasnotifier) {
            ret = event_notifier_init(&test->notifier, 0);
            if (ret < 0) {
                error_setg_errno(errp, -ret, "no event notifier");
                test->hasnotifier = false;
                pci_testdev_free_tests(d);
                return;
            }
        }
    }

    memory_region_init_io(&d->mmio, OBJECT(d), &pci_testdev_mmio_ops, d,
                          "pci-testdev-mmio", IOTEST_MEMSIZE * 2);
    memory_region_init_io(&d->portio, OBJECT(d), &pci_testdev_pio_ops, d,
                          "pci-testdev-portio", IOTEST_IOSIZE * 2);
    pci_register_bar(pci_dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &d->mmio);
    pci_register_bar(pci_dev, 1, PCI_BASE_ADDRESS_SPACE_IO, &d->portio);
    if (d->membar_size) {
        memory_region_init(&d->membar, OBJECT(d), "pci-testdev-membar",
                           d->membar_size);
        pci_register_bar(pci_dev, 2,
                         PCI_BASE_ADDRESS_SPACE_MEMORY |
                         PCI_BASE_ADDRESS_MEM_PREFETCH |
                         PCI_BASE_ADDRESS_MEM_TYPE_64, &d->membar);
    }
}

static void pci_testdev_uninit(PCIDevice *pci_dev)
{
    PCITestDevState *d = PCI_TEST_DEV(pci_dev);

    pci_testdev_reset(d);
    pci_testdev_free_tests(d);
}

static void qdev_pci_testdev_reset(DeviceState *dev)
{
    pci_testdev_reset(PCI_TEST_DEV(dev));
}

static Property pci_testdev_properties[] = {
    DEFINE_PROP_SIZE("membar", PCITestDevState, membar_size, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void pci_testdev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = pci_testdev_realize;
    k->exit = pci_testdev_uninit;
    k->vendor_id = PCI_VENDOR_ID_REDHAT;
    k->device_id = PCI_DEVICE_ID_REDHAT_TEST;
    k->revision = 0x00;
    k->class_id = PCI_CLASS_OTHERS;
    dc->desc = "PCI Test Device";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->reset = qdev_pci_testdev_reset;
    device_class_set_props(dc, pci_testdev_properties);
}

static const TypeInfo pci_testdev_info = {
    .name = TYPE_PCI_TEST_DEV,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(PCITestDevState),
    .class_init = pci_testdev_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void pci_testdev_register_types(void)
{
    type_register_static(&pci_testdev_info);
}

type_init(pci_testdev_register_types)
