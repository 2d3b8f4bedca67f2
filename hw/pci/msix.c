/*
 * MSI-X: the vector table, the pending bits, and who is told of them.
 *
 * Read include/hw/pci/msix.h first; it has a picture.  A vector is in one of
 * two states for us: deliverable, or masked.  Whenever that changes, because
 * the guest wrote a vector's control word, the function mask or the enable bit,
 * msix_fire_vector_notifier() runs, and a pending message goes out.
 *
 * PCI Local Bus Specification 3.0, section 6.8.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "pci-internal.h"
#include "trace.h"

/* Enable and function mask are in the upper byte of the flags. */
#define MSIX_CONTROL_OFFSET     (PCI_MSIX_FLAGS + 1)
#define MSIX_ENABLE_MASK        (PCI_MSIX_FLAGS_ENABLE >> 8)
#define MSIX_MASKALL_MASK       (PCI_MSIX_FLAGS_MASKALL >> 8)

static uint8_t *msix_entry(PCIDevice *dev, unsigned vector)
{
    return dev->msix_table + vector * PCI_MSIX_ENTRY_SIZE;
}

static uint32_t msix_table_size(PCIDevice *dev)
{
    return dev->msix_entries_nr * PCI_MSIX_ENTRY_SIZE;
}

static uint32_t msix_pba_size(unsigned nentries)
{
    return QEMU_ALIGN_UP(nentries, 64) / 8;
}

/* Messages */

static MSIMessage msix_prepare_message(PCIDevice *dev, unsigned vector)
{
    uint8_t *entry = msix_entry(dev, vector);
    MSIMessage msg;

    msg.address = pci_get_quad(entry + PCI_MSIX_ENTRY_LOWER_ADDR);
    msg.data = pci_get_long(entry + PCI_MSIX_ENTRY_DATA);
    return msg;
}

MSIMessage msix_get_message(PCIDevice *dev, unsigned vector)
{
    return dev->msix_prepare_message(dev, vector);
}

void msix_set_message(PCIDevice *dev, int vector, struct MSIMessage msg)
{
    uint8_t *entry = msix_entry(dev, vector);

    pci_set_quad(entry + PCI_MSIX_ENTRY_LOWER_ADDR, msg.address);
    pci_set_long(entry + PCI_MSIX_ENTRY_DATA, msg.data);
    entry[PCI_MSIX_ENTRY_VECTOR_CTRL] &= ~PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

/* Pending bits */

static uint8_t msix_pending_mask(int vector)
{
    return 1 << (vector % 8);
}

static uint8_t *msix_pending_byte(PCIDevice *dev, int vector)
{
    return dev->msix_pba + vector / 8;
}

static int msix_is_pending(PCIDevice *dev, int vector)
{
    return *msix_pending_byte(dev, vector) & msix_pending_mask(vector);
}

void msix_set_pending(PCIDevice *dev, unsigned int vector)
{
    *msix_pending_byte(dev, vector) |= msix_pending_mask(vector);
}

void msix_clr_pending(PCIDevice *dev, int vector)
{
    *msix_pending_byte(dev, vector) &= ~msix_pending_mask(vector);
}

/* Masks */

static bool msix_vector_masked(PCIDevice *dev, unsigned int vector, bool fmask)
{
    return fmask ||
           (msix_entry(dev, vector)[PCI_MSIX_ENTRY_VECTOR_CTRL] &
            PCI_MSIX_ENTRY_CTRL_MASKBIT);
}

bool msix_is_masked(PCIDevice *dev, unsigned int vector)
{
    return msix_vector_masked(dev, vector, dev->msix_function_masked);
}

static void msix_fire_vector_notifier(PCIDevice *dev,
                                      unsigned int vector, bool is_masked)
{
    int ret;

    if (!dev->msix_vector_use_notifier) {
        return;
    }
    if (is_masked) {
        dev->msix_vector_release_notifier(dev, vector);
    } else {
        ret = dev->msix_vector_use_notifier(dev, vector,
                                            msix_get_message(dev, vector));
        /* The listener took everything it needs when it was set. */
        assert(ret >= 0);
    }
}

static void msix_handle_mask_update(PCIDevice *dev, int vector,
                                    bool was_masked)
{
    bool is_masked = msix_is_masked(dev, vector);

    if (is_masked == was_masked) {
        return;
    }
    msix_fire_vector_notifier(dev, vector, is_masked);

    if (!is_masked && msix_is_pending(dev, vector)) {
        msix_clr_pending(dev, vector);
        msix_notify(dev, vector);
    }
}

/* Both "masked by the guest" and "switched off" keep messages back. */
static void msix_update_function_masked(PCIDevice *dev)
{
    dev->msix_function_masked = !msix_enabled(dev) ||
        (dev->config[dev->msix_cap + MSIX_CONTROL_OFFSET] & MSIX_MASKALL_MASK);
}

static void msix_mask_all(PCIDevice *dev, unsigned nentries)
{
    int vector;

    for (vector = 0; vector < nentries; ++vector) {
        bool was_masked = msix_is_masked(dev, vector);

        msix_entry(dev, vector)[PCI_MSIX_ENTRY_VECTOR_CTRL] |=
            PCI_MSIX_ENTRY_CTRL_MASKBIT;
        msix_handle_mask_update(dev, vector, was_masked);
    }
}

int msix_present(PCIDevice *dev)
{
    return dev->cap_present & QEMU_PCI_CAP_MSIX;
}

int msix_enabled(PCIDevice *dev)
{
    return (dev->cap_present & QEMU_PCI_CAP_MSIX) &&
           (dev->config[dev->msix_cap + MSIX_CONTROL_OFFSET] &
            MSIX_ENABLE_MASK);
}

unsigned int msix_nr_vectors_allocated(const PCIDevice *dev)
{
    return dev->msix_entries_nr;
}

void msix_write_config(PCIDevice *dev, uint32_t addr, uint32_t val, int len)
{
    unsigned enable_pos = dev->msix_cap + MSIX_CONTROL_OFFSET;
    bool was_masked;
    int vector;

    if (!msix_present(dev) || !range_covers_byte(addr, len, enable_pos)) {
        return;
    }

    trace_msix_write_config(dev->name, !!msix_enabled(dev),
                            !!(dev->config[enable_pos] & MSIX_MASKALL_MASK));

    was_masked = dev->msix_function_masked;
    msix_update_function_masked(dev);
    if (msix_enabled(dev)) {
        /* MSI-X instead of the pin. */
        pci_device_deassert_intx(dev);
    }

    /*
     * Switched off, all vectors are masked: whoever listens hears it now, and
     * of the unmasking when it is switched on again.
     */
    if (dev->msix_function_masked == was_masked) {
        return;
    }
    for (vector = 0; vector < dev->msix_entries_nr; ++vector) {
        msix_handle_mask_update(dev, vector,
                                msix_vector_masked(dev, vector, was_masked));
    }
}

/* The guest's view: table and pending bits */

static bool msix_access_valid(PCIDevice *dev, const char *what, hwaddr addr,
                              unsigned size, hwaddr limit)
{
    if (addr < limit && size <= limit - addr) {
        return true;
    }
    qemu_log_mask(LOG_GUEST_ERROR, "%s: MSI-X %s has no byte 0x%" HWADDR_PRIx
                  "\n", dev->name, what, addr + size - 1);
    return false;
}

static uint64_t msix_table_mmio_read(void *opaque, hwaddr addr,
                                     unsigned size)
{
    PCIDevice *dev = opaque;

    if (!msix_access_valid(dev, "table", addr, size, msix_table_size(dev))) {
        return 0;
    }
    return pci_get_long(dev->msix_table + addr);
}

static void msix_table_mmio_write(void *opaque, hwaddr addr,
                                  uint64_t val, unsigned size)
{
    PCIDevice *dev = opaque;
    int vector = addr / PCI_MSIX_ENTRY_SIZE;
    bool was_masked;

    if (!msix_access_valid(dev, "table", addr, size, msix_table_size(dev))) {
        return;
    }
    was_masked = msix_is_masked(dev, vector);
    pci_set_long(dev->msix_table + addr, val);
    msix_handle_mask_update(dev, vector, was_masked);
}

static const MemoryRegionOps msix_table_mmio_ops = {
    .read = msix_table_mmio_read,
    .write = msix_table_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 4,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

static uint64_t msix_pba_mmio_read(void *opaque, hwaddr addr,
                                   unsigned size)
{
    PCIDevice *dev = opaque;

    if (!msix_access_valid(dev, "PBA", addr, size,
                           msix_pba_size(dev->msix_entries_nr))) {
        return 0;
    }
    if (dev->msix_vector_poll_notifier) {
        unsigned vector_start = addr * 8;
        unsigned vector_end = MIN(addr * 8 + size * 8, dev->msix_entries_nr);

        dev->msix_vector_poll_notifier(dev, vector_start, vector_end);
    }
    return pci_get_long(dev->msix_pba + addr);
}

static void msix_pba_mmio_write(void *opaque, hwaddr addr,
                                uint64_t val, unsigned size)
{
    /* Read-only. */
}

static const MemoryRegionOps msix_pba_mmio_ops = {
    .read = msix_pba_mmio_read,
    .write = msix_pba_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 4,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

/* Life */

int msix_init(struct PCIDevice *dev, unsigned short nentries,
              MemoryRegion *table_bar, uint8_t table_bar_nr,
              unsigned table_offset, MemoryRegion *pba_bar,
              uint8_t pba_bar_nr, unsigned pba_offset, uint8_t cap_pos,
              Error **errp)
{
    uint64_t table_size, pba_size;
    uint8_t *config;
    int cap;

    trace_msix_init(dev->name, nentries);
    if (!msi_nonbroken) {
        error_setg(errp, "MSI-X is not supported by interrupt controller");
        return -ENOTSUP;
    }
    if (nentries < 1 || nentries > PCI_MSIX_FLAGS_QSIZE + 1) {
        error_setg(errp, "The number of MSI-X vectors is invalid");
        return -EINVAL;
    }

    /* The low bits of both offsets are where the BAR's number goes. */
    table_size = nentries * PCI_MSIX_ENTRY_SIZE;
    pba_size = msix_pba_size(nentries);
    if ((table_bar_nr == pba_bar_nr &&
         ranges_overlap(table_offset, table_size, pba_offset, pba_size)) ||
        table_offset + table_size > memory_region_size(table_bar) ||
        pba_offset + pba_size > memory_region_size(pba_bar) ||
        (table_offset | pba_offset) & PCI_MSIX_FLAGS_BIRMASK) {
        error_setg(errp, "table & pba overlap, or they don't fit in BARs,"
                   " or don't align");
        return -EINVAL;
    }

    cap = pci_add_capability(dev, PCI_CAP_ID_MSIX,
                             cap_pos, MSIX_CAP_LENGTH, errp);
    if (cap < 0) {
        return cap;
    }
    dev->msix_cap = cap;
    dev->cap_present |= QEMU_PCI_CAP_MSIX;
    config = dev->config + cap;

    pci_set_word(config + PCI_MSIX_FLAGS, nentries - 1);
    dev->msix_entries_nr = nentries;
    dev->msix_function_masked = true;

    pci_set_long(config + PCI_MSIX_TABLE, table_offset | table_bar_nr);
    pci_set_long(config + PCI_MSIX_PBA, pba_offset | pba_bar_nr);
    dev->wmask[cap + MSIX_CONTROL_OFFSET] |= MSIX_ENABLE_MASK |
                                             MSIX_MASKALL_MASK;

    dev->msix_table = g_malloc0(table_size);
    dev->msix_pba = g_malloc0(pba_size);
    dev->msix_entry_used = g_new0(unsigned, nentries);
    msix_mask_all(dev, nentries);

    memory_region_init_io(&dev->msix_table_mmio, OBJECT(dev),
                          &msix_table_mmio_ops, dev,
                          "msix-table", table_size);
    memory_region_add_subregion(table_bar, table_offset,
                                &dev->msix_table_mmio);
    memory_region_init_io(&dev->msix_pba_mmio, OBJECT(dev),
                          &msix_pba_mmio_ops, dev,
                          "msix-pba", pba_size);
    memory_region_add_subregion(pba_bar, pba_offset,
                                &dev->msix_pba_mmio);

    dev->msix_prepare_message = msix_prepare_message;
    return 0;
}

int msix_init_exclusive_bar(PCIDevice *dev, unsigned short nentries,
                            uint8_t bar_nr, Error **errp)
{
    /*
     * 4 KiB, the table in its lower half and the pending bits in the upper
     * one: what guests of earlier versions migrate with.  It grows only for
     * devices with more vectors than fit.
     */
    uint32_t bar_size = 4096;
    uint32_t bar_pba_offset = bar_size / 2;
    uint32_t bar_pba_size = msix_pba_size(nentries);
    g_autofree char *name = NULL;
    int ret;

    trace_msix_init_exclusive_bar(dev->name, bar_nr, nentries);

    bar_pba_offset = MAX(bar_pba_offset, nentries * PCI_MSIX_ENTRY_SIZE);
    bar_size = pow2ceil(MAX(bar_size, bar_pba_offset + bar_pba_size));

    name = g_strdup_printf("%s-msix", dev->name);
    memory_region_init(&dev->msix_exclusive_bar, OBJECT(dev), name, bar_size);

    ret = msix_init(dev, nentries, &dev->msix_exclusive_bar, bar_nr,
                    0, &dev->msix_exclusive_bar,
                    bar_nr, bar_pba_offset,
                    0, errp);
    if (ret) {
        object_unparent(OBJECT(&dev->msix_exclusive_bar));
        return ret;
    }

    pci_register_bar(dev, bar_nr, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &dev->msix_exclusive_bar);
    return 0;
}

static void msix_free_irq_entries(PCIDevice *dev)
{
    int vector;

    for (vector = 0; vector < dev->msix_entries_nr; ++vector) {
        dev->msix_entry_used[vector] = 0;
        msix_clr_pending(dev, vector);
    }
}

void msix_uninit(PCIDevice *dev, MemoryRegion *table_bar, MemoryRegion *pba_bar)
{
    if (!msix_present(dev)) {
        return;
    }
    pci_del_capability(dev, PCI_CAP_ID_MSIX, MSIX_CAP_LENGTH);
    dev->msix_cap = 0;
    msix_free_irq_entries(dev);
    dev->msix_entries_nr = 0;
    memory_region_del_subregion(pba_bar, &dev->msix_pba_mmio);
    g_clear_pointer(&dev->msix_pba, g_free);
    memory_region_del_subregion(table_bar, &dev->msix_table_mmio);
    g_clear_pointer(&dev->msix_table, g_free);
    g_clear_pointer(&dev->msix_entry_used, g_free);
    dev->cap_present &= ~QEMU_PCI_CAP_MSIX;
    dev->msix_prepare_message = NULL;
}

void msix_uninit_exclusive_bar(PCIDevice *dev)
{
    if (msix_present(dev)) {
        msix_uninit(dev, &dev->msix_exclusive_bar, &dev->msix_exclusive_bar);
    }
}

void msix_reset(PCIDevice *dev)
{
    if (!msix_present(dev)) {
        return;
    }
    msix_free_irq_entries(dev);
    dev->config[dev->msix_cap + MSIX_CONTROL_OFFSET] &=
        ~dev->wmask[dev->msix_cap + MSIX_CONTROL_OFFSET];
    memset(dev->msix_table, 0, msix_table_size(dev));
    memset(dev->msix_pba, 0, msix_pba_size(dev->msix_entries_nr));
    msix_update_function_masked(dev);
    msix_mask_all(dev, dev->msix_entries_nr);
}

/* Raising, and users of vectors */

void msix_notify(PCIDevice *dev, unsigned vector)
{
    assert(vector < dev->msix_entries_nr);

    if (!dev->msix_entry_used[vector]) {
        return;
    }
    if (msix_is_masked(dev, vector)) {
        msix_set_pending(dev, vector);
        return;
    }
    msi_send_message(dev, msix_get_message(dev, vector));
}

void msix_vector_use(PCIDevice *dev, unsigned vector)
{
    assert(vector < dev->msix_entries_nr);
    dev->msix_entry_used[vector]++;
}

void msix_vector_unuse(PCIDevice *dev, unsigned vector)
{
    assert(vector < dev->msix_entries_nr);
    if (!dev->msix_entry_used[vector]) {
        return;
    }
    if (--dev->msix_entry_used[vector]) {
        return;
    }
    msix_clr_pending(dev, vector);
}

void msix_unuse_all_vectors(PCIDevice *dev)
{
    if (msix_present(dev)) {
        msix_free_irq_entries(dev);
    }
}

/* Notifiers */

static int msix_set_notifier_for_vector(PCIDevice *dev, unsigned int vector)
{
    if (msix_is_masked(dev, vector)) {
        return 0;
    }
    return dev->msix_vector_use_notifier(dev, vector,
                                         msix_get_message(dev, vector));
}

static void msix_unset_notifier_for_vector(PCIDevice *dev, unsigned int vector)
{
    if (!msix_is_masked(dev, vector)) {
        dev->msix_vector_release_notifier(dev, vector);
    }
}

int msix_set_vector_notifiers(PCIDevice *dev,
                              MSIVectorUseNotifier use_notifier,
                              MSIVectorReleaseNotifier release_notifier,
                              MSIVectorPollNotifier poll_notifier)
{
    int vector, ret;

    assert(use_notifier && release_notifier);

    dev->msix_vector_use_notifier = use_notifier;
    dev->msix_vector_release_notifier = release_notifier;
    dev->msix_vector_poll_notifier = poll_notifier;

    if (!dev->msix_function_masked) {
        for (vector = 0; vector < dev->msix_entries_nr; vector++) {
            ret = msix_set_notifier_for_vector(dev, vector);
            if (ret < 0) {
                goto undo;
            }
        }
    }
    if (dev->msix_vector_poll_notifier) {
        dev->msix_vector_poll_notifier(dev, 0, dev->msix_entries_nr);
    }
    return 0;

undo:
    while (--vector >= 0) {
        msix_unset_notifier_for_vector(dev, vector);
    }
    dev->msix_vector_use_notifier = NULL;
    dev->msix_vector_release_notifier = NULL;
    dev->msix_vector_poll_notifier = NULL;
    return ret;
}

void msix_unset_vector_notifiers(PCIDevice *dev)
{
    int vector;

    assert(dev->msix_vector_use_notifier &&
           dev->msix_vector_release_notifier);

    if (!dev->msix_function_masked) {
        for (vector = 0; vector < dev->msix_entries_nr; vector++) {
            msix_unset_notifier_for_vector(dev, vector);
        }
    }
    dev->msix_vector_use_notifier = NULL;
    dev->msix_vector_release_notifier = NULL;
    dev->msix_vector_poll_notifier = NULL;
}

/* Migration: the table, then one bit per vector rounded up to bytes */

typedef struct MSIXTransit {
    PCIDevice *parent;
    uint8_t *table;
    uint32_t table_size;
    uint8_t *pending;
    uint32_t pending_size;
} MSIXTransit;

static int msix_transit_open(void *opaque)
{
    MSIXTransit *tmp = opaque;
    PCIDevice *dev = tmp->parent;

    if (!msix_present(dev)) {
        tmp->table_size = tmp->pending_size = 0;
        return 0;
    }
    /* Vectors that nobody uses are born unused on the other side. */
    tmp->table = dev->msix_table;
    tmp->table_size = msix_table_size(dev);
    tmp->pending = dev->msix_pba;
    tmp->pending_size = DIV_ROUND_UP(dev->msix_entries_nr, 8);
    return 0;
}

static int msix_transit_pre_load(void *opaque)
{
    MSIXTransit *tmp = opaque;

    if (msix_present(tmp->parent)) {
        /* Users come back with the device's own state. */
        msix_free_irq_entries(tmp->parent);
    }
    return msix_transit_open(opaque);
}

static int msix_transit_post_load(void *opaque, int version_id)
{
    MSIXTransit *tmp = opaque;
    PCIDevice *dev = tmp->parent;
    int vector;

    if (!msix_present(dev)) {
        return 0;
    }
    msix_update_function_masked(dev);
    for (vector = 0; vector < dev->msix_entries_nr; vector++) {
        msix_handle_mask_update(dev, vector, true);
    }
    return 0;
}

static const VMStateDescription vmstate_msix_transit = {
    .name = "msix",
    .pre_save = msix_transit_open,
    .pre_load = msix_transit_pre_load,
    .post_load = msix_transit_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_VBUFFER_UINT32(table, MSIXTransit, 0, NULL, table_size),
        VMSTATE_VBUFFER_UINT32(pending, MSIXTransit, 0, NULL, pending_size),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_msix = {
    .name = "msix",
    .fields = (VMStateField[]) {
        VMSTATE_WITH_TMP(PCIDevice, MSIXTransit, vmstate_msix_transit),
        VMSTATE_END_OF_LIST()
    }
};
