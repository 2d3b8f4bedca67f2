/*
 * -kernel: Linux's bzImage.
 *
 * A bzImage is a boot sector and setup code for real mode, which nobody runs
 * here, with a header that describes the rest; then the kernel proper, for
 * protected mode:
 *
 *     0x000  boot sector    0x1f1  setup header, "HdrS" at 0x202
 *     (setup_sects + 1) * 512   the kernel, to 0x100000
 *
 * The boot loader fills in the parts of the header that are its own and hands
 * all of it, in a page with the map of memory, to the kernel (boot_params; Linux
 * boot protocol, "the zero page").
 *
 * Read first: hw/i386/direct-boot.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <asm/bootparam.h>
#include "direct-boot.h"
#include "e820_memory_layout.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/units.h"

/* The header in the file. */
#define SETUP_HEADER        0x1f1
#define SETUP_JUMP_LEN      0x201   /* the header ends this far after 0x202 */
#define SETUP_MAGIC         0x202

/* Boot protocol 2.06: from here on the command line's length is told. */
#define PROTOCOL_CMDLINE_SIZE 0x206
#define PROTOCOL_RELOCATABLE  0x205
#define PROTOCOL_INIT_SIZE    0x20a
#define PROTOCOL_RSDP         0x20e

#define LOADER_UNDEFINED      0xff

/* The header as the kernel has it; false if @image is no Linux kernel. */
static bool linux_read_header(const uint8_t *image, size_t size,
                              struct setup_header *hdr)
{
    size_t end;

    if (size < 0x400 || memcmp(image + SETUP_MAGIC, "HdrS", 4)) {
        return false;
    }
    /* What this kernel does not know of stays zero. */
    end = SETUP_MAGIC + image[SETUP_JUMP_LEN];
    memset(hdr, 0, sizeof(*hdr));
    memcpy(hdr, image + SETUP_HEADER,
           MIN(sizeof(*hdr), end - SETUP_HEADER));
    return true;
}

/*
 * Where the kernel ends in the file.  The header has that in paragraphs of 16
 * bytes (syssize), and a last one that is not full may be cut.
 */
static uint64_t linux_file_end(const struct setup_header *hdr,
                               size_t setup_size)
{
    uint64_t size = (uint64_t)le32_to_cpu(hdr->syssize) * 16;

    return setup_size + (size ? size - 15 : 0);
}

/* How much memory the kernel takes from its load address on. */
static uint64_t linux_kernel_end(const struct setup_header *hdr,
                                 size_t kernel_size)
{
    uint64_t end = DIRECT_BOOT_KERNEL + kernel_size;

    if (le16_to_cpu(hdr->version) >= PROTOCOL_INIT_SIZE) {
        /* It moves itself to where it would like to be. */
        end = MAX(end, le64_to_cpu(hdr->pref_address) +
                       le32_to_cpu(hdr->init_size));
    }
    return end;
}

static void linux_load_cmdline(X86MachineState *x86ms,
                               struct setup_header *hdr)
{
    uint32_t max = DIRECT_BOOT_CMDLINE_MAX - 1;

    if (le16_to_cpu(hdr->version) >= PROTOCOL_CMDLINE_SIZE) {
        max = MIN(max, le32_to_cpu(hdr->cmdline_size));
    }
    direct_boot_load_cmdline(x86ms, max);
    hdr->cmd_line_ptr = cpu_to_le32(DIRECT_BOOT_CMDLINE);
}

static void linux_load_initrd(X86MachineState *x86ms, struct setup_header *hdr,
                              uint64_t kernel_end, size_t acpi_data_size)
{
    uint64_t limit = x86ms->below_4g_mem_size - acpi_data_size;
    uint64_t addr;
    size_t size;

    limit = MIN(limit, (uint64_t)le32_to_cpu(hdr->initrd_addr_max) + 1);
    addr = direct_boot_load_initrd(x86ms, limit, kernel_end, &size);
    hdr->ramdisk_image = cpu_to_le32(addr);
    hdr->ramdisk_size = cpu_to_le32(size);
}

static void linux_load_zero_page(X86MachineState *x86ms,
                                 const struct setup_header *hdr,
                                 size_t acpi_data_size)
{
    g_autofree struct boot_params *bp = g_new0(struct boot_params, 1);
    struct e820_entry map[E820_MAX_ENTRIES_ZEROPAGE];
    int n = direct_boot_memory_map(x86ms, acpi_data_size, map,
                                   ARRAY_SIZE(map));

    bp->hdr = *hdr;
    bp->e820_entries = n;
    for (int i = 0; i < n; i++) {
        bp->e820_table[i].addr = cpu_to_le64(map[i].address);
        bp->e820_table[i].size = cpu_to_le64(map[i].length);
        bp->e820_table[i].type = cpu_to_le32(map[i].type);
    }
    if (le16_to_cpu(hdr->version) >= PROTOCOL_RSDP) {
        bp->acpi_rsdp_addr = cpu_to_le64(direct_boot_rsdp(x86ms));
    }
    rom_add_blob_fixed("zero page", bp, sizeof(*bp), DIRECT_BOOT_ZERO_PAGE);
}

bool x86_load_bzimage(X86MachineState *x86ms, GMappedFile *file,
                      size_t acpi_data_size, DirectBoot *boot)
{
    uint8_t *image = (uint8_t *)g_mapped_file_get_contents(file);
    size_t size = g_mapped_file_get_length(file);
    const char *name = MACHINE(x86ms)->kernel_filename;
    uint64_t kernel_end;
    struct setup_header hdr;
    size_t setup_size;

    if (!linux_read_header(image, size, &hdr)) {
        return false;
    }
    if (le16_to_cpu(hdr.version) < PROTOCOL_RELOCATABLE ||
        !(hdr.loadflags & LOADED_HIGH)) {
        error_report("'%s' is a kernel for boot protocol %d.%d: "
                     "2.5 and later can be booted", name,
                     le16_to_cpu(hdr.version) >> 8,
                     le16_to_cpu(hdr.version) & 0xff);
        exit(1);
    }
    setup_size = ((hdr.setup_sects ?: 4) + 1) * 512;
    if (setup_size >= size) {
        error_report("'%s' ends before its kernel begins", name);
        exit(1);
    }
    if (size < linux_file_end(&hdr, setup_size)) {
        error_report("'%s' ends before its kernel does: it has %zu bytes of "
                     "%" PRIu64, name, size, linux_file_end(&hdr, setup_size));
        exit(1);
    }

    kernel_end = linux_kernel_end(&hdr, size - setup_size);
    if (kernel_end > x86ms->below_4g_mem_size - acpi_data_size) {
        error_report("'%s' needs memory up to 0x%" PRIx64 ", and there is less:"
                     " give the machine more (-m)", name, kernel_end);
        exit(1);
    }
    rom_add_elf_program(name, file, image + setup_size, size - setup_size,
                        size - setup_size, DIRECT_BOOT_KERNEL, NULL);

    hdr.type_of_loader = LOADER_UNDEFINED;
    hdr.loadflags &= ~CAN_USE_HEAP;
    linux_load_cmdline(x86ms, &hdr);
    linux_load_initrd(x86ms, &hdr, kernel_end, acpi_data_size);
    linux_load_zero_page(x86ms, &hdr, acpi_data_size);

    boot->entry = DIRECT_BOOT_KERNEL;
    boot->esi = DIRECT_BOOT_ZERO_PAGE;
    return true;
}
