/*
 * edu computes a factorial and interrupts: the example of a guest's test
 * (docs/how-to-test-with-a-guest.md).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "hw/misc/edu.h"

static struct pci_dev edu;
static uintptr_t regs;
static volatile uint32_t came;

static void edu_interrupt(void *opaque)
{
    uint32_t status = mmio_read32(regs + EDU_REG_IRQ_STATUS);

    mmio_write32(regs + EDU_REG_IRQ_ACK, status);       /* lowers the pin */
    came |= status;
}

int guest_main(void)
{
    if (!pci_find(&edu, 0x1234, 0x11e8)) {
        return FAIL("there is no edu");
    }
    pci_enable(&edu);
    regs = pci_bar(&edu, 0);
    pci_intx_enable(&edu, irq_alloc(edu_interrupt, NULL));

    mmio_write32(regs + EDU_REG_STATUS, EDU_STATUS_IRQFACT);
    mmio_write32(regs + EDU_REG_FACT, 10);
    if (!wait_until(came == EDU_FACT_IRQ, PATIENCE_MS)) {
        return FAIL("no interrupt, but 0x%x", came);
    }
    guest_printf("10! is %u\n", mmio_read32(regs + EDU_REG_FACT));
    return 0;
}
