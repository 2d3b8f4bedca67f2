/*
 * Option ROMs: code for the guest's firmware, in a BAR of its own.
 *
 * A class may name a ROM that its devices have by default ("romfile" changes
 * it, an empty one takes it away).  Whether that file is installed is the
 * host's business and not the user's, so a default ROM that cannot be found
 * only means that the device has none; a file that the user named must exist.
 *
 * An image (PCI Firmware Specification 3.0, section 5.1) begins with 0xaa55 and
 * has at 0x18 the offset of a "PCIR" structure with the IDs of the device that
 * it is for, and at 6 (for PC firmware) a byte that makes the sum of all zero.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/datadir.h"
#include "qemu/units.h"
#include "hw/loader.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "trace.h"

#define ROM_SIGNATURE       0xaa55
#define ROM_CHECKSUM        0x06
#define ROM_PCIR            0x18
#define PCIR_VENDOR         0x04
#define PCIR_DEVICE         0x06
#define PCIR_MIN_SIZE       0x18

/* Write @id over the one at @p, and balance the checksum. */
static void pci_patch_id(uint8_t *rom, uint8_t *p, uint16_t id)
{
    uint8_t *checksum = rom + ROM_CHECKSUM;

    *checksum += p[0] + p[1];
    pci_set_word(p, id);
    *checksum -= p[0] + p[1];
}

/*
 * One default ROM may serve several kinds of device; firmware wants to find
 * this one's IDs in it.
 */
static void pci_patch_ids(PCIDevice *pdev, uint8_t *ptr, uint32_t size)
{
    uint16_t vendor_id = pci_get_word(pdev->config + PCI_VENDOR_ID);
    uint16_t device_id = pci_get_word(pdev->config + PCI_DEVICE_ID);
    uint32_t pcir;

    if (size < ROM_PCIR + 2 || pci_get_word(ptr) != ROM_SIGNATURE) {
        return;
    }
    pcir = pci_get_word(ptr + ROM_PCIR);
    if (pcir + PCIR_MIN_SIZE >= size || memcmp(ptr + pcir, "PCIR", 4)) {
        return;
    }
    if (pci_get_word(ptr + pcir + PCIR_VENDOR) != vendor_id) {
        pci_patch_id(ptr, ptr + pcir + PCIR_VENDOR, vendor_id);
    }
    if (pci_get_word(ptr + pcir + PCIR_DEVICE) != device_id) {
        pci_patch_id(ptr, ptr + pcir + PCIR_DEVICE, device_id);
    }
}

/* Without a ROM BAR, firmware finds the ROM among the machine's files. */
static void pci_add_option_rom_to_firmware(PCIDevice *pdev, Error **errp)
{
    if (DEVICE(pdev)->hotplugged) {
        error_setg(errp, "Hot-plugged device without ROM bar"
                   " can't have an option ROM");
        return;
    }
    if (pci_get_word(pdev->config + PCI_CLASS_DEVICE) ==
        PCI_CLASS_DISPLAY_VGA) {
        rom_add_vga(pdev->romfile);
    } else {
        rom_add_option(pdev->romfile, -1);
    }
}

void pci_add_option_rom(PCIDevice *pdev, bool is_default_rom, Error **errp)
{
    const VMStateDescription *vmsd;
    g_autofree char *path = NULL;
    g_autofree char *name = NULL;
    int64_t size;
    void *ptr;

    if (!pdev->romfile || !*pdev->romfile) {
        return;
    }
    if (!pdev->rom_bar) {
        pci_add_option_rom_to_firmware(pdev, errp);
        return;
    }

    path = qemu_find_file(QEMU_FILE_TYPE_BIOS, pdev->romfile);
    if (!path) {
        path = g_strdup(pdev->romfile);
    }
    size = get_image_size(path);
    if (size < 0) {
        if (!is_default_rom) {
            error_setg(errp, "failed to find romfile \"%s\"", pdev->romfile);
        }
        return;
    }
    if (size == 0) {
        error_setg(errp, "romfile \"%s\" is empty", pdev->romfile);
        return;
    }
    if (size > 2 * GiB) {
        error_setg(errp,
                   "romfile \"%s\" too large (size cannot exceed 2 GiB)",
                   pdev->romfile);
        return;
    }
    if (pdev->romsize == UINT32_MAX) {
        pdev->romsize = pow2ceil(size);
    } else if (size > pdev->romsize) {
        error_setg(errp, "romfile \"%s\" (%u bytes) "
                   "is too large for ROM size %u",
                   pdev->romfile, (uint32_t)size, pdev->romsize);
        return;
    }

    vmsd = qdev_get_vmsd(DEVICE(pdev));
    name = g_strdup_printf("%s.rom", vmsd ? vmsd->name
                                     : object_get_typename(OBJECT(pdev)));
    memory_region_init_rom(&pdev->rom, OBJECT(pdev), name, pdev->romsize,
                           &error_fatal);
    pdev->has_rom = true;
    ptr = memory_region_get_ram_ptr(&pdev->rom);
    if (load_image_size(path, ptr, size) < 0) {
        error_setg(errp, "failed to load romfile \"%s\"", pdev->romfile);
        return;
    }
    if (is_default_rom) {
        pci_patch_ids(pdev, ptr, size);
    }

    pci_register_bar(pdev, PCI_ROM_SLOT, 0, &pdev->rom);
}

void pci_del_option_rom(PCIDevice *pdev)
{
    if (!pdev->has_rom) {
        return;
    }
    vmstate_unregister_ram(&pdev->rom, &pdev->qdev);
    pdev->has_rom = false;
}
