/*
 * PCI Express endpoints: their capability, and the extended ones.
 *
 * Read include/hw/pci/pcie.h first.  Registers: PCI Express Base Specification
 * 3.1, sections 7.8 (the capability) and 7.9 (the extended list).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/pci_bus.h"
#include "pci-internal.h"

/* The capability */

static uint8_t *pcie_cap(PCIDevice *dev)
{
    return dev->config + dev->exp.exp_cap;
}

/* What version 1 and 2 have in common: a link of one lane at 2.5 GT/s. */
static void pcie_cap_v1_fill(PCIDevice *dev, uint8_t port, uint8_t type,
                             uint8_t version)
{
    uint8_t *exp_cap = pcie_cap(dev);

    pci_set_word(exp_cap + PCI_EXP_FLAGS,
                 ((type << PCI_EXP_FLAGS_TYPE_SHIFT) & PCI_EXP_FLAGS_TYPE) |
                 version);

    /* Required of everything since version 1.1 of the specification. */
    pci_set_long(exp_cap + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_RBER);

    pci_set_long(exp_cap + PCI_EXP_LNKCAP,
                 (port << PCI_EXP_LNKCAP_PN_SHIFT) |
                 PCI_EXP_LNKCAP_ASPM_L0S |
                 QEMU_PCI_EXP_LNKCAP_MLW(QEMU_PCI_EXP_LNK_X1) |
                 QEMU_PCI_EXP_LNKCAP_MLS(QEMU_PCI_EXP_LNK_2_5GT));
    pci_set_word(exp_cap + PCI_EXP_LNKSTA,
                 QEMU_PCI_EXP_LNKSTA_NLW(QEMU_PCI_EXP_LNK_X1) |
                 QEMU_PCI_EXP_LNKSTA_CLS(QEMU_PCI_EXP_LNK_2_5GT));
    if (dev->cap_present & QEMU_PCIE_LNKSTA_DLLLA) {
        pci_word_test_and_set_mask(exp_cap + PCI_EXP_LNKSTA,
                                   PCI_EXP_LNKSTA_DLLLA);
    }
    /* A link may come up differently at the other end of a migration. */
    pci_set_word(dev->cmask + dev->exp.exp_cap + PCI_EXP_LNKSTA, 0);
}

int pcie_cap_init(PCIDevice *dev, uint8_t offset, uint8_t type,
                  uint8_t port, Error **errp)
{
    int pos;

    assert(pci_is_express(dev));

    pos = pci_add_capability(dev, PCI_CAP_ID_EXP, offset,
                             PCI_EXP_VER2_SIZEOF, errp);
    if (pos < 0) {
        return pos;
    }
    dev->exp.exp_cap = pos;
    pcie_cap_v1_fill(dev, port, type, PCI_EXP_FLAGS_VER2);

    pci_set_long(pcie_cap(dev) + PCI_EXP_DEVCAP2,
                 PCI_EXP_DEVCAP2_EFF | PCI_EXP_DEVCAP2_EETLPP);
    pci_set_word(dev->wmask + pos + PCI_EXP_DEVCTL2, PCI_EXP_DEVCTL2_EETLPPB);

    /* An empty extended list is a header of zeroes that stays zero. */
    if (dev->cap_present & QEMU_PCIE_EXTCAP_INIT) {
        pci_set_long(dev->wmask + PCI_CONFIG_SPACE_SIZE, 0);
    }
    return pos;
}

int pcie_cap_v1_init(PCIDevice *dev, uint8_t offset, uint8_t type,
                     uint8_t port)
{
    Error *local_err = NULL;
    int pos;

    assert(pci_is_express(dev));

    pos = pci_add_capability(dev, PCI_CAP_ID_EXP, offset,
                             PCI_EXP_VER1_SIZEOF, &local_err);
    if (pos < 0) {
        error_report_err(local_err);
        return pos;
    }
    dev->exp.exp_cap = pos;
    pcie_cap_v1_fill(dev, port, type, PCI_EXP_FLAGS_VER1);
    return pos;
}

/* On the root complex itself there is no link. */
static uint8_t pcie_endpoint_type(PCIDevice *dev)
{
    PCIBus *bus = pci_get_bus(dev);

    if (pci_bus_is_express(bus) && pci_bus_is_root(bus)) {
        return PCI_EXP_TYPE_RC_END;
    }
    return PCI_EXP_TYPE_ENDPOINT;
}

int pcie_endpoint_cap_init(PCIDevice *dev, uint8_t offset)
{
    Error *local_err = NULL;
    int ret = pcie_cap_init(dev, offset, pcie_endpoint_type(dev), 0,
                            &local_err);

    if (ret < 0) {
        error_report_err(local_err);
    }
    return ret;
}

int pcie_endpoint_cap_v1_init(PCIDevice *dev, uint8_t offset)
{
    return pcie_cap_v1_init(dev, offset, pcie_endpoint_type(dev), 0);
}

void pcie_cap_exit(PCIDevice *dev)
{
    pci_del_capability(dev, PCI_CAP_ID_EXP, PCI_EXP_VER2_SIZEOF);
    dev->exp.exp_cap = 0;
}

uint8_t pcie_cap_get_type(const PCIDevice *dev)
{
    uint32_t pos = dev->exp.exp_cap;

    assert(pos > 0);
    return (pci_get_word(dev->config + pos + PCI_EXP_FLAGS) &
            PCI_EXP_FLAGS_TYPE) >> PCI_EXP_FLAGS_TYPE_SHIFT;
}

void pcie_cap_flags_set_vector(PCIDevice *dev, uint8_t vector)
{
    uint8_t *exp_cap = pcie_cap(dev);

    assert(vector < 32);
    pci_word_test_and_clear_mask(exp_cap + PCI_EXP_FLAGS, PCI_EXP_FLAGS_IRQ);
    pci_word_test_and_set_mask(exp_cap + PCI_EXP_FLAGS,
                               vector << PCI_EXP_FLAGS_IRQ_SHIFT);
}

uint8_t pcie_cap_flags_get_vector(PCIDevice *dev)
{
    return (pci_get_word(pcie_cap(dev) + PCI_EXP_FLAGS) &
            PCI_EXP_FLAGS_IRQ) >> PCI_EXP_FLAGS_IRQ_SHIFT;
}

void pcie_cap_deverr_init(PCIDevice *dev)
{
    uint32_t pos = dev->exp.exp_cap;

    pci_long_test_and_set_mask(dev->config + pos + PCI_EXP_DEVCAP,
                               PCI_EXP_DEVCAP_RBER);
    pci_long_test_and_set_mask(dev->wmask + pos + PCI_EXP_DEVCTL,
                               PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
                               PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE);
    pci_long_test_and_set_mask(dev->w1cmask + pos + PCI_EXP_DEVSTA,
                               PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED |
                               PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD);
}

void pcie_cap_deverr_reset(PCIDevice *dev)
{
    pci_long_test_and_clear_mask(pcie_cap(dev) + PCI_EXP_DEVCTL,
                                 PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
                                 PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE);
}

void pcie_cap_lnkctl_init(PCIDevice *dev)
{
    pci_long_test_and_set_mask(dev->wmask + dev->exp.exp_cap + PCI_EXP_LNKCTL,
                               PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
}

void pcie_cap_lnkctl_reset(PCIDevice *dev)
{
    pci_long_test_and_clear_mask(pcie_cap(dev) + PCI_EXP_LNKCTL,
                                 PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
}

/* Extended capabilities: ID, version and link in one 32-bit header */

/* Offset of the capability, or 0 and in @prev_p the last one of the list. */
static uint16_t pcie_find_capability_list(PCIDevice *dev, uint32_t cap_id,
                                          uint16_t *prev_p)
{
    uint16_t prev = 0, next = PCI_CONFIG_SPACE_SIZE;
    uint32_t header = pci_get_long(dev->config + next);

    /* A first header of zeroes: an empty list. */
    if (!header) {
        next = 0;
    }
    while (next) {
        header = pci_get_long(dev->config + next);
        if (PCI_EXT_CAP_ID(header) == cap_id) {
            break;
        }
        prev = next;
        next = PCI_EXT_CAP_NEXT(header);
    }
    if (prev_p) {
        *prev_p = prev;
    }
    return next;
}

uint16_t pcie_find_capability(PCIDevice *dev, uint16_t cap_id)
{
    return pcie_find_capability_list(dev, cap_id, NULL);
}

void pcie_add_capability(PCIDevice *dev, uint16_t cap_id, uint8_t cap_ver,
                         uint16_t offset, uint16_t size)
{
    assert(offset >= PCI_CONFIG_SPACE_SIZE);
    assert(size >= 8);
    assert(offset + size <= PCIE_CONFIG_SPACE_SIZE);
    assert(pci_is_express(dev));

    if (offset != PCI_CONFIG_SPACE_SIZE) {
        const uint32_t no_such_id = UINT32_MAX;
        uint16_t prev;
        uint32_t header;

        pcie_find_capability_list(dev, no_such_id, &prev);
        assert(prev >= PCI_CONFIG_SPACE_SIZE);
        header = pci_get_long(dev->config + prev) & ~PCI_EXT_CAP_NEXT_MASK;
        header |= ((uint32_t)offset << PCI_EXT_CAP_NEXT_SHIFT) &
                  PCI_EXT_CAP_NEXT_MASK;
        pci_set_long(dev->config + prev, header);
    }
    pci_set_long(dev->config + offset, PCI_EXT_CAP(cap_id, cap_ver, 0));

    memset(dev->wmask + offset, 0, size);
    memset(dev->w1cmask + offset, 0, size);
    memset(dev->cmask + offset, 0xff, size);
}

void pcie_ari_init(PCIDevice *dev, uint16_t offset, uint16_t nextfn)
{
    pcie_add_capability(dev, PCI_EXT_CAP_ID_ARI, PCI_ARI_VER,
                        offset, PCI_ARI_SIZEOF);
    pci_set_long(dev->config + offset + PCI_ARI_CAP, (nextfn & 0xff) << 8);
}

void pcie_dev_ser_num_init(PCIDevice *dev, uint16_t offset, uint64_t ser_num)
{
    const int pci_dsn_cap = 4;

    pcie_add_capability(dev, PCI_EXT_CAP_ID_DSN, PCI_EXT_CAP_DSN_VER, offset,
                        PCI_EXT_CAP_DSN_SIZEOF);
    pci_set_quad(dev->config + offset + pci_dsn_cap, ser_num);
}

void pcie_ats_init(PCIDevice *dev, uint16_t offset, bool aligned)
{
    pcie_add_capability(dev, PCI_EXT_CAP_ID_ATS, PCI_ATS_VER,
                        offset, PCI_EXT_CAP_ATS_SIZEOF);
    dev->exp.ats_cap = offset;

    /* Invalidate Queue Depth 0 (that is, 32); Page Aligned Request */
    pci_set_word(dev->config + offset + PCI_ATS_CAP,
                 aligned ? PCI_ATS_CAP_PAGE_ALIGNED : 0);
    /* STU 0, disabled by default */
    pci_set_word(dev->config + offset + PCI_ATS_CTRL, 0);
    pci_set_word(dev->wmask + offset + PCI_ATS_CTRL, 0x800f);
}
