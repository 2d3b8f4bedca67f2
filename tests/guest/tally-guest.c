/*
 * The device `tally`, as its driver sees it.  docs/how-to-add-a-device.md is
 * about this file.
 *
 *     qemini -accel kvm -kernel tests/guest/tally-guest.elf -serial stdio
 *            -device isa-debug-exit,iobase=0xf4 -device tally,limit=100
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "hw/misc/tally.h"

int guest_main(void)
{
    struct pci_dev dev;
    uintptr_t regs;

    if (!pci_find(&dev, 0x1234, 0x7a11)) {
        return FAIL("there is no tally");
    }
    pci_enable(&dev);
    regs = pci_bar(&dev, 0);

    mmio_write32(regs + TALLY_REG_ADD, 40);
    mmio_write32(regs + TALLY_REG_ADD, 2);
    if (mmio_read32(regs + TALLY_REG_TOTAL) != 42) {
        return FAIL("40 + 2 is %u", mmio_read32(regs + TALLY_REG_TOTAL));
    }
    mmio_write32(regs + TALLY_REG_ADD, UINT32_MAX);
    if (mmio_read32(regs + TALLY_REG_TOTAL) != 100) {
        return FAIL("the limit is %u", mmio_read32(regs + TALLY_REG_TOTAL));
    }
    return 0;
}
