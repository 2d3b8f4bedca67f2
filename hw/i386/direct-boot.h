/*
 * Booting a kernel without firmware.
 *
 * With -kernel and no firmware the machine comes out of reset as firmware and
 * its boot loader would have left it: the kernel and its parameters in memory,
 * the first CPU in flat 32-bit protected mode at the kernel's entry, the chips
 * set up as the ACPI tables say they are.
 *
 *     0x00005000   GDT: the two flat segments of the boot protocols
 *     0x00006000   PVH: hvm_start_info, its modules and its memory map
 *     0x00010000   Linux: boot_params, the "zero page"
 *     0x00020000   the command line
 *     0x0009fc00   EBDA: reserved; RSDP
 *     0x000f0000   SMBIOS: the entry point and its tables
 *     0x00100000   the kernel
 *     …            initrd, as high as the kernel allows
 *     below_4g     ACPI tables, reserved
 *
 * Two kinds of kernel are known: a bzImage (Linux's Documentation/arch/x86/
 * boot.rst, "the 32-bit boot protocol"), and an ELF image with an entry for PVH
 * (Xen's docs/misc/pvh.pandoc), which Linux's vmlinux has and a test guest
 * easily gets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_DIRECT_BOOT_H
#define HW_I386_DIRECT_BOOT_H

#include "exec/hwaddr.h"
#include "hw/i386/pc.h"

#define DIRECT_BOOT_GDT         0x5000
#define DIRECT_BOOT_PVH_INFO    0x6000
#define DIRECT_BOOT_ZERO_PAGE   0x10000
#define DIRECT_BOOT_CMDLINE     0x20000
#define DIRECT_BOOT_CMDLINE_MAX 0x10000
#define DIRECT_BOOT_EBDA        0x9fc00
#define DIRECT_BOOT_SMBIOS      0xf0000
#define DIRECT_BOOT_SMBIOS_MAX  0x10000
#define DIRECT_BOOT_KERNEL      0x100000

/* How the first CPU starts. */
typedef struct DirectBoot {
    uint32_t entry;
    uint32_t ebx;               /* PVH: hvm_start_info */
    uint32_t esi;               /* Linux: boot_params */
} DirectBoot;

/*
 * x86_load_linux: take the machine's kernel, initrd and command line, and boot
 * them at each reset.  @acpi_data_size bytes below the end of low RAM are left
 * to tables.  Ends the program, with a message, if that cannot be.
 */
void x86_load_linux(X86MachineState *x86ms, size_t acpi_data_size);

/*
 * direct_boot_machine_done: all devices are there.  From now on each reset is
 * followed by what firmware would do: give the chips their ports, and put the
 * ACPI tables into memory.  Nothing happens if there is no -kernel.
 */
void direct_boot_machine_done(PCMachineState *pcms);

/*
 * direct_boot_reset_cpus: the same for the CPUs and the first one's local APIC,
 * which is reset after everything else.
 */
void direct_boot_reset_cpus(MachineState *machine);

/* x86-linux.c: take @file if it is a bzImage; false if it is none. */
bool x86_load_bzimage(X86MachineState *x86ms, GMappedFile *file,
                      size_t acpi_data_size, DirectBoot *boot);

/* pvh.c: the same for an ELF image; false if @filename is none. */
bool x86_load_pvh(X86MachineState *x86ms, const char *filename,
                  size_t acpi_data_size, DirectBoot *boot);

/*
 * The map of memory as firmware would hand it on: at most @max entries into
 * @map.  Returns how many.
 */
struct e820_entry;
int direct_boot_memory_map(X86MachineState *x86ms, size_t acpi_data_size,
                           struct e820_entry *map, int max);

/* Where RSDP is, for kernels that want to be told. */
uint64_t direct_boot_rsdp(void);

/*
 * Put the machine's initrd where it ends at most at @limit.  Returns its
 * address and its size in *@size; both 0 if there is none.
 */
uint64_t direct_boot_load_initrd(X86MachineState *x86ms, uint64_t limit,
                                 uint64_t kernel_end, size_t *size);

#endif
