/*
 * Migration of what all PCI devices have: config space and interrupt pins.
 *
 * On the wire: a version, the bytes of config space (256, or 4096 on Express),
 * then the level of each pin.  On load, bits that the masks call fixed must be
 * those that are here already: they say that it is the same device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "migration/vmstate.h"
#include "pci-internal.h"

const VMStateDescription vmstate_pcibus = {
    .name = "PCIBUS",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_INT32_EQUAL(nirq, PCIBus, NULL),
        VMSTATE_VARRAY_INT32(irq_count, PCIBus,
                             nirq, 0, vmstate_info_int32,
                             int32_t),
        VMSTATE_END_OF_LIST()
    }
};

typedef struct PCITransit {
    PCIDevice *parent;
    uint8_t config[PCIE_CONFIG_SPACE_SIZE];
    uint32_t irq_state[PCI_NUM_PINS];
} PCITransit;

static int pci_transit_pre_save(void *opaque)
{
    PCITransit *tmp = opaque;
    PCIDevice *d = tmp->parent;
    int i;

    memcpy(tmp->config, d->config, pci_config_size(d));
    /*
     * The other side raises the pins itself when it loads them, so it expects
     * the status register as it is without.
     */
    pci_word_test_and_clear_mask(tmp->config + PCI_STATUS,
                                 PCI_STATUS_INTERRUPT);
    for (i = 0; i < PCI_NUM_PINS; i++) {
        tmp->irq_state[i] = (d->irq_state >> i) & 1;
    }
    return 0;
}

static int pci_transit_post_load(void *opaque, int version_id)
{
    PCITransit *tmp = opaque;
    PCIDevice *d = tmp->parent;
    int i;

    for (i = 0; i < pci_config_size(d); ++i) {
        uint8_t fixed = d->cmask[i] & ~d->wmask[i] & ~d->w1cmask[i];

        if ((tmp->config[i] ^ d->config[i]) & fixed) {
            error_report("%s: Bad config data: i=0x%x read: %x device: %x "
                         "cmask: %x wmask: %x w1cmask:%x", __func__,
                         i, tmp->config[i], d->config[i],
                         d->cmask[i], d->wmask[i], d->w1cmask[i]);
            return -EINVAL;
        }
    }
    for (i = 0; i < PCI_NUM_PINS; i++) {
        if (tmp->irq_state[i] > 1) {
            error_report("irq state %d: must be 0 or 1.", i);
            return -EINVAL;
        }
    }

    memcpy(d->config, tmp->config, pci_config_size(d));
    pci_update_mappings(d);
    pci_update_bus_master(d);
    if (PCI_DEVICE_GET_CLASS(d)->is_bridge) {
        pci_bridge_update_mappings(PCI_BRIDGE(d));
    }
    /* The bus brings its own counts, so only our part is set here. */
    d->irq_state = 0;
    for (i = 0; i < PCI_NUM_PINS; i++) {
        d->irq_state |= tmp->irq_state[i] << i;
    }
    pci_update_irq_status(d);
    return 0;
}

static bool pci_transit_is_pcie(void *opaque, int version_id)
{
    return pci_is_express(((PCITransit *)opaque)->parent);
}

static bool pci_transit_is_not_pcie(void *opaque, int version_id)
{
    return !pci_is_express(((PCITransit *)opaque)->parent);
}

static const VMStateDescription vmstate_pci_transit = {
    .name = "PCIDevice",
    .pre_save = pci_transit_pre_save,
    .post_load = pci_transit_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_BUFFER_UNSAFE_INFO_TEST(config, PCITransit,
                                        pci_transit_is_not_pcie, 0,
                                        vmstate_info_buffer,
                                        PCI_CONFIG_SPACE_SIZE),
        VMSTATE_BUFFER_UNSAFE_INFO_TEST(config, PCITransit,
                                        pci_transit_is_pcie, 0,
                                        vmstate_info_buffer,
                                        PCIE_CONFIG_SPACE_SIZE),
        VMSTATE_UINT32_ARRAY(irq_state, PCITransit, PCI_NUM_PINS),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_pci_device = {
    .name = "PCIDevice",
    .version_id = 2,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_INT32_POSITIVE_LE(version_id, PCIDevice),
        VMSTATE_WITH_TMP(PCIDevice, PCITransit, vmstate_pci_transit),
        VMSTATE_END_OF_LIST()
    }
};
