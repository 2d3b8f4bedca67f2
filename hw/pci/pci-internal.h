/*
 * What the files of hw/pci/ share: the device's life is in pci.c, which calls
 * the others in the order in which a device needs them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PCI_PCI_INTERNAL_H
#define HW_PCI_PCI_INTERNAL_H

#include "hw/pci/pci.h"

/* pci-config.c: the bytes of config space and the masks over them */

void pci_config_alloc(PCIDevice *pci_dev);
void pci_config_free(PCIDevice *pci_dev);
/* Fill in the masks of the header's registers; the class is known by now. */
void pci_init_cmask(PCIDevice *dev);
void pci_init_wmask(PCIDevice *dev);
void pci_init_w1cmask(PCIDevice *dev);
void pci_init_mask_bridge(PCIDevice *d);
/* The header's registers go back to what they are after RST#. */
void pci_config_reset(PCIDevice *dev);

/* pci-bar.c */

/* Where the register of BAR @reg is in config space. */
int pci_bar(PCIDevice *d, int reg);
/* Map and unmap until the memory tree agrees with config space. */
void pci_update_mappings(PCIDevice *d);
void pci_unregister_io_regions(PCIDevice *pci_dev);

/* pci-rom.c */

/*
 * Load the device's ROM, if it has one.  @is_default_rom: the class chose the
 * file, not the user.
 */
void pci_add_option_rom(PCIDevice *pdev, bool is_default_rom, Error **errp);
void pci_del_option_rom(PCIDevice *pdev);

/* pci-irq.c */

static inline int pci_irq_disabled(PCIDevice *d)
{
    return pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE;
}

/* The command register changed: withdraw or present what the pin holds up. */
void pci_update_irq_disabled(PCIDevice *d, int was_irq_disabled);
/* PCI_STATUS_INTERRUPT follows irq_state. */
void pci_update_irq_status(PCIDevice *dev);

/* pci-dma.c */

PCIReqIDCache pci_req_id_cache_get(PCIDevice *dev);
/* The machine is complete: connect the device's address space to memory. */
void pci_init_bus_master(PCIDevice *pci_dev);
/* The enable region follows the command register and power. */
void pci_update_bus_master(PCIDevice *d);

/* pci-vmstate.c */

extern const VMStateDescription vmstate_pcibus;

/* pci-class.c */

typedef struct {
    uint16_t class;
    const char *desc;           /* for people */
    const char *fw_name;        /* for firmware's device paths */
    uint16_t fw_ign_bits;       /* of class, when looking for fw_name */
} pci_class_desc;

/* The entry of @class; its desc is NULL if the class is not known. */
const pci_class_desc *get_class_desc(int class);
/* The name of a class in firmware's device paths, or NULL. */
const char *pci_class_fw_name(int class);

/* pci-bus.c */

/* Every root bus is below a host bridge; these are they. */
typedef QLIST_HEAD(PCIHostStateList, PCIHostState) PCIHostStateList;
extern PCIHostStateList pci_host_bridges;

/* The bus with this number in the tree below @bus, or NULL. */
PCIBus *pci_find_bus_nr(PCIBus *bus, int bus_num);

/* Hooks of BusClass: pci-path.c */
void pcibus_dev_print(Monitor *mon, DeviceState *dev, int indent);
char *pcibus_get_dev_path(DeviceState *dev);
char *pcibus_get_fw_dev_path(DeviceState *dev);

/* pci-qmp-cmds.c: the answer is the caller's (qapi_free_PciInfoList()) */

struct PciInfoList *qmp_query_pci(Error **errp);

/* pci.c */

/* The part of a device's reset that is the same for all. */
void pci_do_device_reset(PCIDevice *dev);

#endif
