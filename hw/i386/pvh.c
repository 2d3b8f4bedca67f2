/*
 * -kernel: an ELF image with an entry for PVH.
 *
 * The note XEN_ELFNOTE_PHYS32_ENTRY holds the physical address at which the
 * kernel starts, in 32-bit protected mode without paging, with the address of a
 * hvm_start_info in EBX (Xen's public/arch-x86/hvm/start_info.h).
 *
 * Read first: hw/i386/direct-boot.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <elf.h>
#include "direct-boot.h"
#include "e820_memory_layout.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"

#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define XEN_HVM_START_MAGIC_VALUE 0x336ec578

struct hvm_start_info {
    uint32_t magic;
    uint32_t version;           /* 1: with a map of memory */
    uint32_t flags;
    uint32_t nr_modules;
    uint64_t modlist_paddr;
    uint64_t cmdline_paddr;
    uint64_t rsdp_paddr;
    uint64_t memmap_paddr;
    uint32_t memmap_entries;
    uint32_t reserved;
};

struct hvm_modlist_entry {
    uint64_t paddr;
    uint64_t size;
    uint64_t cmdline_paddr;
    uint64_t reserved;
};

struct hvm_memmap_table_entry {
    uint64_t addr;
    uint64_t size;
    uint32_t type;              /* as in the E820 map */
    uint32_t reserved;
};

#define PVH_MEMMAP_MAX 64

/* All of it in one piece of memory; pointers are physical. */
struct pvh_info {
    struct hvm_start_info start_info;
    struct hvm_modlist_entry initrd;
    struct hvm_memmap_table_entry memmap[PVH_MEMMAP_MAX];
};

static uint64_t pvh_start_addr;

/* The entry point is a number of 32 or 64 bits, whatever the file has. */
static uint64_t pvh_read_note(void *note, void *align, bool is64)
{
    Elf64_Nhdr nhdr;
    uint8_t *desc;

    memcpy(&nhdr, note, sizeof(nhdr));
    if (nhdr.n_type != XEN_ELFNOTE_PHYS32_ENTRY || nhdr.n_namesz != 4 ||
        memcmp((uint8_t *)note + sizeof(nhdr), "Xen", 4)) {
        return 0;
    }
    desc = (uint8_t *)note + ROUND_UP(sizeof(nhdr), *(uint64_t *)align) +
           ROUND_UP((uint64_t)nhdr.n_namesz, *(uint64_t *)align);
    pvh_start_addr = nhdr.n_descsz == 8 ? ldq_le_p(desc) :
                     nhdr.n_descsz == 4 ? ldl_le_p(desc) : 0;
    return pvh_start_addr;
}

static void pvh_load_info(X86MachineState *x86ms, size_t acpi_data_size,
                          uint64_t initrd, size_t initrd_size)
{
    struct e820_entry map[PVH_MEMMAP_MAX];
    g_autofree struct pvh_info *info = g_new0(struct pvh_info, 1);
    int n = direct_boot_memory_map(x86ms, acpi_data_size, map,
                                   ARRAY_SIZE(map));

    info->start_info = (struct hvm_start_info) {
        .magic = cpu_to_le32(XEN_HVM_START_MAGIC_VALUE),
        .version = cpu_to_le32(1),
        .cmdline_paddr = cpu_to_le64(DIRECT_BOOT_CMDLINE),
        .rsdp_paddr = cpu_to_le64(direct_boot_rsdp(x86ms)),
        .memmap_paddr = cpu_to_le64(DIRECT_BOOT_PVH_INFO +
                                    offsetof(struct pvh_info, memmap)),
        .memmap_entries = cpu_to_le32(n),
    };
    if (initrd_size) {
        info->start_info.nr_modules = cpu_to_le32(1);
        info->start_info.modlist_paddr =
            cpu_to_le64(DIRECT_BOOT_PVH_INFO +
                        offsetof(struct pvh_info, initrd));
        info->initrd.paddr = cpu_to_le64(initrd);
        info->initrd.size = cpu_to_le64(initrd_size);
    }
    for (int i = 0; i < n; i++) {
        info->memmap[i].addr = cpu_to_le64(map[i].address);
        info->memmap[i].size = cpu_to_le64(map[i].length);
        info->memmap[i].type = cpu_to_le32(map[i].type);
    }
    rom_add_blob_fixed("pvh start info", info, sizeof(*info),
                       DIRECT_BOOT_PVH_INFO);

    direct_boot_load_cmdline(x86ms, DIRECT_BOOT_CMDLINE_MAX - 1);
}

bool x86_load_pvh(X86MachineState *x86ms, const char *filename,
                  size_t acpi_data_size, DirectBoot *boot)
{
    uint64_t limit = x86ms->below_4g_mem_size - acpi_data_size;
    uint64_t low, high, initrd;
    size_t initrd_size;
    ssize_t size;

    pvh_start_addr = 0;
    size = load_elf(filename, pvh_read_note, NULL, NULL, NULL, &low, &high,
                    NULL, 0, EM_NONE, 0, 0);
    if (size == ELF_LOAD_NOT_ELF) {
        return false;
    }
    if (size < 0) {
        error_report("Error loading '%s': %s", filename,
                     load_elf_strerror(size));
        exit(1);
    }
    if (!pvh_start_addr) {
        error_report("Error loading uncompressed kernel without PVH ELF Note");
        exit(1);
    }
    if (low < DIRECT_BOOT_KERNEL || high > limit) {
        error_report("'%s' is made for memory from 0x%" PRIx64 " to 0x%" PRIx64
                     ", and there is RAM from 0x%x to 0x%" PRIx64, filename,
                     low, high, DIRECT_BOOT_KERNEL, limit);
        exit(1);
    }
    initrd = direct_boot_load_initrd(x86ms, limit, high, &initrd_size);
    pvh_load_info(x86ms, acpi_data_size, initrd, initrd_size);

    boot->entry = pvh_start_addr;
    boot->ebx = DIRECT_BOOT_PVH_INFO;
    return true;
}
