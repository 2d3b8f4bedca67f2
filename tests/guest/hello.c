/*
 * The smallest guest: says what it runs on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

static bool print_function(struct pci_dev *dev, void *opaque)
{
    (*(int *)opaque)++;
    guest_printf("pci 00:%02x.%x %04x:%04x class %06x\n", dev->devfn >> 3,
                 dev->devfn & 7, dev->vendor, dev->device,
                 pci_read(dev, 8, 4) >> 8);
    return true;
}

int guest_main(void)
{
    int functions = 0;

    guest_printf("hello, command line \"%s\"\n", guest_cmdline());
    pci_for_each(print_function, &functions);
    return functions ? 0 : FAIL("there is no PCI");
}
