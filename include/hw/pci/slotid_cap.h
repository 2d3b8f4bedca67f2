/*
 * The slot numbering capability: which chassis of expansion slots a bridge is,
 * and how many slots are in it, so that an operating system can tell people
 * which one it means.
 *
 * PCI-to-PCI Bridge Architecture Specification 1.2, section 13.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PCI_SLOTID_CAP_H
#define HW_PCI_SLOTID_CAP_H

#include "hw/pci/pci.h"

/*
 * Add the capability at @offset (0: where there is room) for a bridge with
 * @nslots slots, that is chassis @chassis; number 0 is none.  Each bridge is
 * the only one of its chassis.  Returns 0, or a negative errno with @errp set.
 */
int slotid_cap_init(PCIDevice *dev, int nslots,
                    uint8_t chassis,
                    unsigned offset,
                    Error **errp);
/* The mirror image; the bytes of the capability stay. */
void slotid_cap_cleanup(PCIDevice *dev);

#endif
