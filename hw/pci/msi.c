/*
 * MSI: the capability in config space, and sending a message.
 *
 * Read include/hw/pci/msi.h first.  The capability's layout depends on two of
 * its flags (PCI Local Bus Specification 3.0, section 6.8.1):
 *
 *             32 bit  64 bit
 *     flags       2       2
 *     address     4       4   (and 8: its upper half)
 *     data        8      12
 *     mask       12      16   only with per-vector masking
 *     pending    16      20
 *     size    10/20   14/24   without / with masking
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "hw/pci/pci_bus.h"
#include "pci-internal.h"
#include "trace.h"

/* Capability sizes: the mask and pending registers end it. */
#define MSI_SIZE_32             10
#define MSI_SIZE_32_MASK        20
#define MSI_SIZE_64             14
#define MSI_SIZE_64_MASK        24

#define PCI_MSI_VECTORS_MAX     32

bool msi_nonbroken;

static inline uint8_t msi_cap_sizeof(uint16_t flags)
{
    bool maskbit = flags & PCI_MSI_FLAGS_MASKBIT;

    if (flags & PCI_MSI_FLAGS_64BIT) {
        return maskbit ? MSI_SIZE_64_MASK : MSI_SIZE_64;
    }
    return maskbit ? MSI_SIZE_32_MASK : MSI_SIZE_32;
}

/* Where in config space the registers are. */

static inline uint8_t msi_flags_off(const PCIDevice *dev)
{
    return dev->msi_cap + PCI_MSI_FLAGS;
}

static inline uint8_t msi_address_lo_off(const PCIDevice *dev)
{
    return dev->msi_cap + PCI_MSI_ADDRESS_LO;
}

static inline uint8_t msi_address_hi_off(const PCIDevice *dev)
{
    return dev->msi_cap + PCI_MSI_ADDRESS_HI;
}

static inline uint8_t msi_data_off(const PCIDevice *dev, bool msi64bit)
{
    return dev->msi_cap + (msi64bit ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32);
}

static inline uint8_t msi_mask_off(const PCIDevice *dev, bool msi64bit)
{
    return dev->msi_cap + (msi64bit ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32);
}

static inline uint8_t msi_pending_off(const PCIDevice *dev, bool msi64bit)
{
    return dev->msi_cap + (msi64bit ? PCI_MSI_PENDING_64 : PCI_MSI_PENDING_32);
}

/* What the flags say. */

static uint16_t msi_get_flags(const PCIDevice *dev)
{
    return pci_get_word(dev->config + msi_flags_off(dev));
}

/*
 * A number of vectors is stored as its logarithm.  The guest may write more
 * than there can be (see msi_write_config()).
 */
static inline unsigned int msi_nr_vectors(uint16_t flags)
{
    unsigned int order = (flags & PCI_MSI_FLAGS_QSIZE) >>
                         ctz32(PCI_MSI_FLAGS_QSIZE);

    return MIN(1U << order, PCI_MSI_VECTORS_MAX);
}

bool msi_enabled(const PCIDevice *dev)
{
    return msi_present(dev) &&
           (msi_get_flags(dev) & PCI_MSI_FLAGS_ENABLE);
}

unsigned int msi_nr_vectors_allocated(const PCIDevice *dev)
{
    return msi_nr_vectors(msi_get_flags(dev));
}

bool msi_is_masked(const PCIDevice *dev, unsigned int vector)
{
    uint16_t flags = msi_get_flags(dev);
    bool msi64bit = flags & PCI_MSI_FLAGS_64BIT;
    uint32_t mask;

    assert(vector < PCI_MSI_VECTORS_MAX);
    if (!(flags & PCI_MSI_FLAGS_MASKBIT)) {
        return false;
    }
    mask = pci_get_long(dev->config + msi_mask_off(dev, msi64bit));
    return mask & (1U << vector);
}

/* Messages */

/* The low bits of the data say which vector. */
static MSIMessage msi_prepare_message(PCIDevice *dev, unsigned int vector)
{
    uint16_t flags = msi_get_flags(dev);
    bool msi64bit = flags & PCI_MSI_FLAGS_64BIT;
    unsigned int nr_vectors = msi_nr_vectors(flags);
    MSIMessage msg;

    if (msi64bit) {
        msg.address = pci_get_quad(dev->config + msi_address_lo_off(dev));
    } else {
        msg.address = pci_get_long(dev->config + msi_address_lo_off(dev));
    }

    msg.data = pci_get_word(dev->config + msi_data_off(dev, msi64bit));
    if (nr_vectors > 1) {
        msg.data &= ~(nr_vectors - 1);
        msg.data |= vector & (nr_vectors - 1);
    }
    return msg;
}

MSIMessage msi_get_message(PCIDevice *dev, unsigned int vector)
{
    return dev->msi_prepare_message(dev, vector);
}

void msi_set_message(PCIDevice *dev, MSIMessage msg)
{
    uint16_t flags = msi_get_flags(dev);
    bool msi64bit = flags & PCI_MSI_FLAGS_64BIT;

    if (msi64bit) {
        pci_set_quad(dev->config + msi_address_lo_off(dev), msg.address);
    } else {
        pci_set_long(dev->config + msi_address_lo_off(dev), msg.address);
    }
    pci_set_word(dev->config + msi_data_off(dev, msi64bit), msg.data);
}

/* The default of PCIDevice.msi_trigger, for MSI-X too. */
static void pci_msi_trigger(PCIDevice *dev, MSIMessage msg)
{
    MemTxAttrs attrs = { .requester_id = pci_requester_id(dev) };

    trace_pci_msi_trigger(dev->name, msg.address, msg.data);
    address_space_stl_le(&dev->bus_master_as, msg.address, msg.data,
                         attrs, NULL);
}

void msi_send_message(PCIDevice *dev, MSIMessage msg)
{
    if (dev->msi_trigger) {
        dev->msi_trigger(dev, msg);
    } else {
        pci_msi_trigger(dev, msg);
    }
}

void msi_notify(PCIDevice *dev, unsigned int vector)
{
    uint16_t flags = msi_get_flags(dev);
    bool msi64bit = flags & PCI_MSI_FLAGS_64BIT;

    if (vector >= msi_nr_vectors(flags)) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: MSI vector %u is not allocated\n",
                      dev->name, vector);
        return;
    }
    if (msi_is_masked(dev, vector)) {
        pci_long_test_and_set_mask(dev->config +
                                   msi_pending_off(dev, msi64bit),
                                   1U << vector);
        return;
    }
    msi_send_message(dev, msi_get_message(dev, vector));
}

/* Send what came while it was masked and is not any more. */
static void msi_send_unmasked(PCIDevice *dev, uint16_t flags)
{
    bool msi64bit = flags & PCI_MSI_FLAGS_64BIT;
    unsigned int nr_vectors = msi_nr_vectors(flags);
    uint8_t *config = dev->config + msi_pending_off(dev, msi64bit);
    unsigned int vector;
    uint32_t pending = pci_get_long(config);

    for (vector = 0; vector < nr_vectors; ++vector) {
        if ((pending & (1U << vector)) && !msi_is_masked(dev, vector)) {
            pci_long_test_and_clear_mask(config, 1U << vector);
            msi_notify(dev, vector);
        }
    }
}

void msi_set_mask(PCIDevice *dev, int vector, bool mask, Error **errp)
{
    uint16_t flags = msi_get_flags(dev);
    bool msi64bit = flags & PCI_MSI_FLAGS_64BIT;
    uint8_t *config;

    if (vector < 0 || vector >= PCI_MSI_VECTORS_MAX) {
        error_setg(errp, "msi: vector not allocated. vector(%d) max(%d)",
                   vector, PCI_MSI_VECTORS_MAX - 1);
        return;
    }
    if (!(flags & PCI_MSI_FLAGS_MASKBIT)) {
        error_setg(errp, "Failed to mask vector %d: no per-vector mask",
                   vector);
        return;
    }
    config = dev->config + msi_mask_off(dev, msi64bit);
    if (mask) {
        pci_long_test_and_set_mask(config, 1U << vector);
    } else {
        pci_long_test_and_clear_mask(config, 1U << vector);
        msi_send_unmasked(dev, flags);
    }
}

void msi_write_config(PCIDevice *dev, uint32_t addr, uint32_t val, int len)
{
    uint16_t flags;
    uint8_t log_num_vecs, log_max_vecs;
    bool msi64bit, msi_per_vector_mask;
    unsigned int nr_vectors;

    if (!msi_present(dev)) {
        return;
    }
    flags = msi_get_flags(dev);
    if (!ranges_overlap(addr, len, dev->msi_cap, msi_cap_sizeof(flags)) ||
        !(flags & PCI_MSI_FLAGS_ENABLE)) {
        return;
    }
    msi64bit = flags & PCI_MSI_FLAGS_64BIT;
    msi_per_vector_mask = flags & PCI_MSI_FLAGS_MASKBIT;

    /* MSI instead of the pin: PCI 3.0, section 6.8.2 (enable bit). */
    pci_device_deassert_intx(dev);

    /* A guest may ask for more vectors than there are; it gets all of them. */
    log_num_vecs = (flags & PCI_MSI_FLAGS_QSIZE) >>
                   ctz32(PCI_MSI_FLAGS_QSIZE);
    log_max_vecs = (flags & PCI_MSI_FLAGS_QMASK) >>
                   ctz32(PCI_MSI_FLAGS_QMASK);
    if (log_num_vecs > log_max_vecs) {
        flags &= ~PCI_MSI_FLAGS_QSIZE;
        flags |= log_max_vecs << ctz32(PCI_MSI_FLAGS_QSIZE);
        pci_set_word(dev->config + msi_flags_off(dev), flags);
    }

    if (!msi_per_vector_mask) {
        return;
    }
    /* Vectors that are not allocated cannot be pending. */
    nr_vectors = msi_nr_vectors(flags);
    if (nr_vectors < PCI_MSI_VECTORS_MAX) {
        pci_long_test_and_clear_mask(dev->config +
                                     msi_pending_off(dev, msi64bit),
                                     ~0U << nr_vectors);
    }
    msi_send_unmasked(dev, flags);
}

/* Life */

int msi_init(struct PCIDevice *dev, uint8_t offset,
             unsigned int nr_vectors, bool msi64bit,
             bool msi_per_vector_mask, Error **errp)
{
    unsigned int vectors_order;
    uint16_t flags;
    uint8_t cap_size;
    int config_offset;

    assert(is_power_of_2(nr_vectors));
    assert(nr_vectors > 0);
    assert(nr_vectors <= PCI_MSI_VECTORS_MAX);

    if (!msi_nonbroken) {
        error_setg(errp, "MSI is not supported by interrupt controller");
        return -ENOTSUP;
    }

    vectors_order = ctz32(nr_vectors);
    flags = vectors_order << ctz32(PCI_MSI_FLAGS_QMASK);
    if (msi64bit) {
        flags |= PCI_MSI_FLAGS_64BIT;
    }
    if (msi_per_vector_mask) {
        flags |= PCI_MSI_FLAGS_MASKBIT;
    }

    cap_size = msi_cap_sizeof(flags);
    config_offset = pci_add_capability(dev, PCI_CAP_ID_MSI, offset,
                                       cap_size, errp);
    if (config_offset < 0) {
        return config_offset;
    }
    trace_msi_init(dev->name, config_offset, nr_vectors);

    dev->msi_cap = config_offset;
    dev->cap_present |= QEMU_PCI_CAP_MSI;

    pci_set_word(dev->config + msi_flags_off(dev), flags);
    pci_set_word(dev->wmask + msi_flags_off(dev),
                 PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
    pci_set_long(dev->wmask + msi_address_lo_off(dev), 0xfffffffc);
    if (msi64bit) {
        pci_set_long(dev->wmask + msi_address_hi_off(dev), 0xffffffff);
    }
    pci_set_word(dev->wmask + msi_data_off(dev, msi64bit), 0xffff);
    if (msi_per_vector_mask) {
        /* As many mask bits as vectors. */
        pci_set_long(dev->wmask + msi_mask_off(dev, msi64bit),
                     0xffffffff >> (PCI_MSI_VECTORS_MAX - nr_vectors));
    }

    dev->msi_prepare_message = msi_prepare_message;
    return 0;
}

void msi_uninit(struct PCIDevice *dev)
{
    uint16_t flags;

    if (!msi_present(dev)) {
        return;
    }
    flags = msi_get_flags(dev);
    pci_del_capability(dev, PCI_CAP_ID_MSI, msi_cap_sizeof(flags));
    dev->cap_present &= ~QEMU_PCI_CAP_MSI;
    dev->msi_cap = 0;
    dev->msi_prepare_message = NULL;
}

void msi_reset(PCIDevice *dev)
{
    uint16_t flags;
    bool msi64bit;

    if (!msi_present(dev)) {
        return;
    }
    flags = msi_get_flags(dev);
    flags &= ~(PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
    msi64bit = flags & PCI_MSI_FLAGS_64BIT;

    pci_set_word(dev->config + msi_flags_off(dev), flags);
    pci_set_long(dev->config + msi_address_lo_off(dev), 0);
    if (msi64bit) {
        pci_set_long(dev->config + msi_address_hi_off(dev), 0);
    }
    pci_set_word(dev->config + msi_data_off(dev, msi64bit), 0);
    if (flags & PCI_MSI_FLAGS_MASKBIT) {
        pci_set_long(dev->config + msi_mask_off(dev, msi64bit), 0);
        pci_set_long(dev->config + msi_pending_off(dev, msi64bit), 0);
    }
}
