/*
 * Where firmware would begin, if there were any.
 *
 * A system that knows no better way to reboot goes back to real mode and jumps
 * to F000:FFF0, to what the first CPU runs after power on (Linux: reboot=bios;
 * it is also what Linux comes to by itself where ACPI is hardware-reduced and
 * there is no UEFI).  Firmware would find that it has run before, and reset the
 * machine.  A kernel that was booted without firmware would find RAM there, and
 * a processor takes zeroes for instructions, for ever.  So there are these.
 *
 * They cause a triple fault, which is the one reset that all boards have.
 *
 * Read first: hw/i386/direct-boot.h.
 * Specification: Intel SDM, volume 3, 10.1.4 (the first instruction), 10.9.1
 * (to protected mode), 6.15 (the double fault, and what comes after it).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "direct-boot.h"
#include "hw/loader.h"
#include "qemu/bswap.h"

/* The end of the segment F000, in which addresses are offsets. */
typedef struct ResetVector {
    uint8_t code16[0x20];
    uint8_t code32[0x20];
    uint64_t gdt[3];
    uint16_t gdt_limit;
    uint32_t gdt_base;
    uint16_t idt_limit;
    uint32_t idt_base;
    uint8_t unused[0x8c];
    uint8_t entry[0x10];
} QEMU_PACKED ResetVector;

QEMU_BUILD_BUG_ON(sizeof(ResetVector) != DIRECT_BOOT_VECTOR_SIZE);

/* The address of a part: for code in the segment, and for everybody. */
#define IN_SEGMENT(part) \
    (DIRECT_BOOT_VECTOR % 0x10000 + offsetof(ResetVector, part))
#define LINEAR(part) (DIRECT_BOOT_VECTOR + offsetof(ResetVector, part))

#define BYTES2(x) (uint8_t)(x), (uint8_t)((x) >> 8)
#define BYTES4(x) BYTES2(x), BYTES2((x) >> 16)

void direct_boot_load_reset_vector(void)
{
    const ResetVector vector = {
        /*
         * Real mode has a table of interrupts, too; but where KVM plays real
         * mode by emulation, nobody looks at its limit.
         */
        .code16 = {
            0xfa,                               /* cli */
            0x2e, 0x66, 0x0f, 0x01, 0x16,       /* lgdtl %cs:gdt_limit */
                BYTES2(IN_SEGMENT(gdt_limit)),
            0x0f, 0x20, 0xc0,                   /* mov %cr0, %eax */
            0x0c, CR0_PE_MASK,                  /* or $CR0_PE, %al */
            0x0f, 0x22, 0xc0,                   /* mov %eax, %cr0 */
            0x66, 0xea,                         /* ljmpl $8, $code32 */
                BYTES4(LINEAR(code32)), BYTES2(8),
        },
        /* With valid segments the processor itself can run this. */
        .code32 = {
            0xb8, BYTES4(16),                   /* mov $16, %eax */
            0x8e, 0xd8,                         /* mov %eax, %ds */
            0x8e, 0xc0,                         /* mov %eax, %es */
            0x8e, 0xd0,                         /* mov %eax, %ss */
            0x8e, 0xe0,                         /* mov %eax, %fs */
            0x8e, 0xe8,                         /* mov %eax, %gs */
            0x0f, 0x01, 0x1d,                   /* lidt idt_limit */
                BYTES4(LINEAR(idt_limit)),
            0x0f, 0x0b,                         /* ud2 */
        },
        .gdt = {
            [1] = cpu_to_le64(0x00cf9b000000ffffULL),   /* 8: code, 4 GiB */
            [2] = cpu_to_le64(0x00cf93000000ffffULL),   /* 16: data, 4 GiB */
        },
        .gdt_limit = cpu_to_le16(sizeof(vector.gdt) - 1),
        .gdt_base = cpu_to_le32(LINEAR(gdt)),
        .idt_limit = 0,                         /* not even one fits */
        .entry = {
            0xea, BYTES2(IN_SEGMENT(code16)),   /* ljmp $0xf000, $code16 */
                BYTES2(0xf000),
        },
    };

    rom_add_blob_fixed("reset vector", &vector, sizeof(vector),
                       DIRECT_BOOT_VECTOR);
}
