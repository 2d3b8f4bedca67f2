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
 *     0x000fff00   what is at the reset vector: resets the machine
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

#include "acpi-direct.h"
#include "exec/hwaddr.h"
#include "hw/i386/x86.h"

#define DIRECT_BOOT_GDT         0x5000
#define DIRECT_BOOT_PVH_INFO    0x6000
#define DIRECT_BOOT_ZERO_PAGE   0x10000
#define DIRECT_BOOT_CMDLINE     0x20000
#define DIRECT_BOOT_CMDLINE_MAX 0x10000
#define DIRECT_BOOT_EBDA        0x9fc00
#define DIRECT_BOOT_SMBIOS      0xf0000
#define DIRECT_BOOT_SMBIOS_MAX  0xff00
#define DIRECT_BOOT_VECTOR      0xfff00
#define DIRECT_BOOT_VECTOR_SIZE 0x100
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
 * to tables; @cmdline_room behind the command line, to what the board adds
 * (direct_boot_append_cmdline).  Ends the program, with a message, if that
 * cannot be.
 */
void x86_load_linux(X86MachineState *x86ms, size_t acpi_data_size,
                    size_t cmdline_room);

/*
 * direct_boot_append_cmdline: from the next reset on the command line ends with
 * @more.  False, and nothing is changed, if it would be too long.
 */
bool direct_boot_append_cmdline(const char *more);

/*
 * What firmware would know of a board.
 *
 * @setup_chips: called after each reset: give the chips their ports.  May be
 *     NULL.
 * @acpi_build: see acpi-direct.h
 * @acpi_data_size: as for x86_load_linux()
 * @smbios: does the board have SMBIOS's tables?
 * @hw_reduced_acpi: with ACPI, does the system leave the PICs alone?  Then they
 *     must not get through to the first CPU: nobody has set them up.
 */
typedef struct DirectBootBoard {
    void (*setup_chips)(X86MachineState *x86ms);
    AcpiBuildFunc *acpi_build;
    size_t acpi_data_size;
    bool smbios;
    bool hw_reduced_acpi;
} DirectBootBoard;

/*
 * direct_boot_machine_done: all devices are there.  From now on each reset is
 * followed by what firmware would do: set up the chips, and put the ACPI tables
 * into memory, if there is ACPI.  Nothing happens if there is no -kernel.
 * @board is kept.
 */
void direct_boot_machine_done(X86MachineState *x86ms,
                              const DirectBootBoard *board);

/*
 * direct_boot_reset_cpus: the same for the CPUs and the first one's local APIC,
 * which is reset after everything else.
 */
void direct_boot_reset_cpus(MachineState *machine);

/*
 * For the two kinds of kernel: the command line, if it has at most @max
 * characters; otherwise the program ends with a message.
 */
void direct_boot_load_cmdline(X86MachineState *x86ms, uint32_t max);

/* reset-vector.c: put a way to reset where firmware would begin. */
void direct_boot_load_reset_vector(void);

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

/* Where RSDP is, for kernels that want to be told; 0: there is no ACPI. */
uint64_t direct_boot_rsdp(X86MachineState *x86ms);

/*
 * Put the machine's initrd where it ends at most at @limit.  Returns its
 * address and its size in *@size; both 0 if there is none.
 */
uint64_t direct_boot_load_initrd(X86MachineState *x86ms, uint64_t limit,
                                 uint64_t kernel_end, size_t *size);

#endif
