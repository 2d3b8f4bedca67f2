/*
 * Back to real mode, and to where firmware begins: the oldest way to reboot.
 *
 * Long mode is left by way of 32-bit code (SDM volume 3, 10.8.5.4), protected
 * mode by way of 16-bit code whose segments have real mode's limits (10.9.2).
 * All of it runs in one page below 64 KiB, mapped one to one: board.c copies
 * what is between the two names there, and jumps to its start in 64-bit mode.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define REAL_PAGE   0x7000

#define CR0_PE      (1 << 0)
#define CR0_PG      (1 << 31)
#define MSR_EFER    0xc0000080
#define EFER_LME    (1 << 8)

/* Where the copy has it. */
#define HERE(label) (REAL_PAGE + label - real_start)

    .section .rodata
    .code64
    .globl real_start, real_end
real_start:
    cli
    lgdt HERE(real_gdt_descriptor)
    movl $(REAL_PAGE + 0x1000), %esp
    pushq $8
    pushq $HERE(real_32)
    lretq

    .code32
real_32:
    movl $16, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    movl %cr0, %eax
    andl $~CR0_PG, %eax
    movl %eax, %cr0
    movl $MSR_EFER, %ecx
    rdmsr
    andl $~EFER_LME, %eax
    wrmsr
    lidt HERE(real_idt_descriptor)
    ljmp $24, $HERE(real_16)

    .code16
real_16:
    movl %cr0, %eax
    andl $~CR0_PE, %eax
    movl %eax, %cr0
    ljmp $0xf000, $0xfff0

    .align 8
real_gdt:
    .quad 0
    .quad 0x00cf9b000000ffff        /* 8: code, 32 bits */
    .quad 0x000093000000ffff        /* 16: data, 64 KiB */
    .quad 0x00009b000000ffff        /* 24: code, 16 bits, 64 KiB */
real_gdt_descriptor:
    .word real_gdt_descriptor - real_gdt - 1
    .quad HERE(real_gdt)
real_idt_descriptor:
    .word 0x3ff
    .long 0
real_end:

    .section .note.GNU-stack, "", @progbits
