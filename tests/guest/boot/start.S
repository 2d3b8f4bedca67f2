/*
 * A disk that boots: its first sector, and how the rest asks the firmware.
 *
 *     0x7c00  the boot sector, which firmware has read; it reads the rest
 *     0x7e00  the program (boot.c); from a CD, firmware loads it there itself
 *     0xb000  what is read from disks
 *
 * 16-bit code with 32-bit registers, all segments 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"

    .code16

/* Firmware comes here, with the drive in %dl. */
    .section .sector, "ax"
    .globl sector
sector:
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $STACK, %esp
    cld
    movw $packet, %si
    movb $0x42, %ah
    int $0x13
    jc no_program
    ljmp $0, $program

/* Back to firmware, which tries the next disk. */
no_program:
    int $0x18

packet:
    .byte 16, 0
    .word PROGRAM_SECTORS
    .word program, 0
    .quad 1

    .org 510
    .word 0xaa55

/* The program: from here on it is the same on disk and CD. */
    .section .program, "ax"
    .globl program
program:
    jmp 1f
    .org LABEL
label:
    .fill LABEL_SIZE, 1, 0      /* boot_image.py writes the image's name here */
1:
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $STACK, %esp
    cld
    movzbl %dl, %eax
    pushl %eax
    calll boot_main
    cli
1:
    hlt
    jmp 1b

/*
 * int int13(struct int13_regs *r): the firmware's disk service with these
 * registers, and what they are afterwards.  Its status (AH), or -1 for success.
 */
    .text
    .globl int13
int13:
    pushal
    movl 36(%esp), %ebp
    movl 0(%ebp), %eax
    movl 4(%ebp), %ebx
    movl 8(%ebp), %ecx
    movl 12(%ebp), %edx
    movl 16(%ebp), %esi
    movl 20(%ebp), %edi
    pushl %ebp
    int $0x13
    popl %ebp
    movl %eax, 0(%ebp)
    movl %ebx, 4(%ebp)
    movl %ecx, 8(%ebp)
    movl %edx, 12(%ebp)
    movzbl %ah, %eax
    jc 1f
    orl $-1, %eax
1:
    movl %eax, 28(%esp)         /* what popal makes of %eax */
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    cld
    popal
    retl

    .section .note.GNU-stack, "", @progbits
