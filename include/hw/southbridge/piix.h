/*
 * The south bridge of the `pc` machine: Intel PIIX3 (82371SB), function 0.
 *
 * It holds the ISA bus, the interrupt router and the reset control register.
 * The router: each of PCI's four interrupt lines PIRQ A-D has a register that
 * says which ISA IRQ it drives, or none:
 *
 *    pin of a device --(slot swizzle)--> PIRQ A-D --(PIRQRCA-D)--> IRQ 0-15
 *
 * An IRQ is high while any of the PIRQs that lead to it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SOUTHBRIDGE_PIIX_H
#define HW_SOUTHBRIDGE_PIIX_H

#include "hw/pci/pci.h"
#include "qom/object.h"

/* The route of PIRQ A ... D: bit 7 is "none", bits 3-0 the IRQ. */
#define PIIX_PIRQCA 0x60
#define PIIX_PIRQCB 0x61
#define PIIX_PIRQCC 0x62
#define PIIX_PIRQCD 0x63

/*
 * The reset control register: bit 2 resets; bit 1 says a hard reset.  It is an
 * I/O port of one byte in the middle of CONFIG_ADDRESS.
 */
#define PIIX_RCR_IOPORT 0xcf9

#define PIIX_NUM_PIC_IRQS       16      /* of the i8259 pair */
#define PIIX_NUM_PIRQS          4ULL    /* PIRQ A-D */

struct PIIXState {
    PCIDevice dev;

    /*
     * Which PIRQs are up, four bits for each IRQ: an IRQ is up while any of
     * its four bits is set.
     */
#if PIIX_NUM_PIC_IRQS * PIIX_NUM_PIRQS > 64
#error "too many interrupts for pic_levels"
#endif
    uint64_t pic_levels;

    qemu_irq *pic;              /* the ISA IRQs, set by the board */

    /* Only for migration. */
    int32_t pci_irq_levels_vmstate[PIIX_NUM_PIRQS];

    uint8_t rcr;
    MemoryRegion rcr_mem;
};
typedef struct PIIXState PIIX3State;

#define TYPE_PIIX3_PCI_DEVICE "pci-piix3"
DECLARE_INSTANCE_CHECKER(PIIX3State, PIIX3_PCI_DEVICE,
                         TYPE_PIIX3_PCI_DEVICE)

#define TYPE_PIIX3_DEVICE "PIIX3"
#define TYPE_PIIX3_XEN_DEVICE "PIIX3-xen"

#endif
