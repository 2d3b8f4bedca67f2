/*
 * MSI-X: every vector has its own address, data and mask, in a table in a BAR.
 *
 *    config space                 BAR                      16 bytes per vector
 *    +-----------------+          +---------------------+  +--------------+
 *    | MSI-X capability|--------> | vector table        |  | address      |
 *    |  enable, mask   |          |  0, 1, 2 ...        |  | upper address|
 *    |  table BIR, offs|          +---------------------+  | data         |
 *    |  PBA BIR, offset|--------> | pending bits (PBA)  |  | control: mask|
 *    +-----------------+          +---------------------+  +--------------+
 *
 * A vector that is raised while it is masked (in its own control word, or by
 * the function mask, or because MSI-X is off) sets its pending bit; unmasking
 * sends the message and clears the bit (PCI Local Bus Specification 3.0,
 * section 6.8.2).  The pending bits are read-only to the guest.
 *
 * A device counts how many of its queues use a vector (msix_vector_use): a
 * vector that nobody uses is not delivered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MSIX_H
#define QEMU_MSIX_H

#include "hw/pci/pci.h"
#include "hw/pci/msi.h"

#define MSIX_CAP_LENGTH 12

/* Write @msg into the table, for a device model that plays the guest. */
void msix_set_message(PCIDevice *dev, int vector, MSIMessage msg);
/* What the table says for @vector (or what msix_prepare_message says). */
MSIMessage msix_get_message(PCIDevice *dev, unsigned int vector);
/*
 * Put table and pending bits into existing BARs: the table of @nentries
 * vectors at @table_offset of @table_bar, which is BAR @table_bar_nr; likewise
 * the pending bits; the capability goes to @cap_pos (0: anywhere).
 * Returns 0, or with @errp set -ENOTSUP (msi_nonbroken is false), or -EINVAL
 * (too many vectors, or the parts overlap or leave their BAR).
 */
int msix_init(PCIDevice *dev, unsigned short nentries,
              MemoryRegion *table_bar, uint8_t table_bar_nr,
              unsigned table_offset, MemoryRegion *pba_bar,
              uint8_t pba_bar_nr, unsigned pba_offset, uint8_t cap_pos,
              Error **errp);
/* The same with a new BAR @bar_nr that holds both, and nothing else. */
int msix_init_exclusive_bar(PCIDevice *dev, unsigned short nentries,
                            uint8_t bar_nr, Error **errp);

/* To be called by a config_write hook after the bytes are in place. */
void msix_write_config(PCIDevice *dev, uint32_t address, uint32_t val, int len);

/* Undo msix_init(); nothing happens if there is no MSI-X. */
void msix_uninit(PCIDevice *dev, MemoryRegion *table_bar,
                 MemoryRegion *pba_bar);
/* Undo msix_init_exclusive_bar(). */
void msix_uninit_exclusive_bar(PCIDevice *dev);

/* How many vectors does the table have? */
unsigned int msix_nr_vectors_allocated(const PCIDevice *dev);

/* Has the guest enabled MSI-X? */
int msix_enabled(PCIDevice *dev);
/* Does the device have the capability? */
int msix_present(PCIDevice *dev);

/* Is @vector masked, by itself or with the whole function? */
bool msix_is_masked(PCIDevice *dev, unsigned vector);
void msix_set_pending(PCIDevice *dev, unsigned vector);
void msix_clr_pending(PCIDevice *dev, int vector);

/* One more (one less) user of @vector. */
void msix_vector_use(PCIDevice *dev, unsigned vector);
void msix_vector_unuse(PCIDevice *dev, unsigned vector);
/* Nobody uses any vector. */
void msix_unuse_all_vectors(PCIDevice *dev);

/* Raise @vector: send its message, or set its pending bit. */
void msix_notify(PCIDevice *dev, unsigned vector);

/* Back to power-on state: everything masked, nothing pending, no users. */
void msix_reset(PCIDevice *dev);

/*
 * Hear of vectors as they become deliverable and cease to be: an interrupt may
 * then go past msix_notify() (irqfd).  @use_notifier also comes for vectors
 * that are unmasked already; if it fails, everything done so far is undone and
 * its negative errno returned.  @poll_notifier (may be NULL) is asked to look
 * for interrupts that arrived in vectors [start, end) meanwhile.
 */
int msix_set_vector_notifiers(PCIDevice *dev,
                              MSIVectorUseNotifier use_notifier,
                              MSIVectorReleaseNotifier release_notifier,
                              MSIVectorPollNotifier poll_notifier);
/* Releases every vector that is in use, and ends the above. */
void msix_unset_vector_notifiers(PCIDevice *dev);

extern const VMStateDescription vmstate_msix;

#define VMSTATE_MSIX_TEST(_field, _state, _test) {                   \
    .name         = (stringify(_field)),                             \
    .size         = sizeof(PCIDevice),                               \
    .vmsd         = &vmstate_msix,                                   \
    .flags        = VMS_STRUCT,                                      \
    .offset       = vmstate_offset_value(_state, _field, PCIDevice), \
    .field_exists = (_test)                                          \
}

#define VMSTATE_MSIX(_f, _s)                                         \
    VMSTATE_MSIX_TEST(_f, _s, NULL)

#endif
