/*
 * The shortest guest: says that it runs, and ends.
 *
 * A kernel with a PVH entry: one segment at 1 MiB.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

    .section .note.pvh, "a", @note
    .align 4
    .long 4                 /* the name's length */
    .long 4                 /* the value's */
    .long 18                /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long pvh_entry

    .text
    .code32
    .globl pvh_entry
pvh_entry:
    movw $0x3f8, %dx        /* COM1 */
    movb $'!', %al
    outb %al, %dx
    xorl %eax, %eax
    outb %al, $0xf4         /* isa-debug-exit */
1:  hlt
    jmp 1b

    .section .note.GNU-stack, "", @progbits
