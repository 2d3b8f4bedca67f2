/*
 * From the PVH entry to C.
 *
 * PVH starts a kernel in 32-bit protected mode, flat, without paging, with the
 * address of its start info in EBX.  Long mode needs page tables: the first
 * 4 GiB one to one, in pages of 2 MiB, the last of them (devices) uncached.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define CR0_PG      (1 << 31)
#define CR4_PAE     (1 << 5)
#define MSR_EFER    0xc0000080
#define EFER_LME    (1 << 8)

#define PTE_PRESENT 0x01
#define PTE_WRITE   0x02
#define PTE_NOCACHE 0x18
#define PTE_LARGE   0x80

#define NR_VECTORS  256

    .section .note.pvh, "a"
    .align 4
    .long 4             /* the name's length */
    .long 4             /* the value's */
    .long 18            /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long pvh_entry

    .section .text.start, "ax"
    .code32
    .globl pvh_entry
pvh_entry:
    cld
    cli
    movl $stack_top, %esp
    movl %ebx, %ebp

    /* Page directories: 4 of them, 512 pages of 2 MiB each. */
    movl $page_directories, %edi
    movl $(PTE_PRESENT | PTE_WRITE | PTE_LARGE), %eax
    movl $2048, %ecx
1:  movl %eax, (%edi)
    movl $0, 4(%edi)
    addl $8, %edi
    addl $0x200000, %eax
    cmpl $(0xc0000000 | PTE_PRESENT | PTE_WRITE | PTE_LARGE), %eax
    jne 2f
    orl $PTE_NOCACHE, %eax
2:  loop 1b

    movl $page_directories, %eax
    orl $(PTE_PRESENT | PTE_WRITE), %eax
    movl $page_pointers, %edi
    movl $4, %ecx
3:  movl %eax, (%edi)
    movl $0, 4(%edi)
    addl $8, %edi
    addl $0x1000, %eax
    loop 3b

    movl $page_pointers, %eax
    orl $(PTE_PRESENT | PTE_WRITE), %eax
    movl %eax, page_root
    movl $0, page_root + 4

    call enter_paging
    lgdt gdt_descriptor
    ljmp $8, $long_mode

/* Long mode is on with the next far jump; eax, ecx and edx change. */
enter_paging:
    movl $page_root, %eax
    movl %eax, %cr3
    movl %cr4, %eax
    orl $CR4_PAE, %eax
    movl %eax, %cr4
    movl $MSR_EFER, %ecx
    rdmsr
    orl $EFER_LME, %eax
    wrmsr
    movl %cr0, %eax
    orl $CR0_PG, %eax
    movl %eax, %cr0
    ret

    .code64
long_mode:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    xorw %ax, %ax
    movw %ax, %fs
    movw %ax, %gs
    movl %ebp, %edi
    xorl %ebp, %ebp
    call guest_start
4:  hlt
    jmp 4b

/*
 * Where another CPU wakes up: in real mode, at the start of the page that its
 * SIPI named (smp.c copies what is between the two names there).  It finds the
 * GDT beside itself, and everything else where the first CPU has it.
 */
    .section .rodata
    .code16
    .globl ap_start, ap_end
ap_start:
    cli
    movw %cs, %ax
    movw %ax, %ds
    lgdtl ap_gdt_descriptor - ap_start
    movl %cr0, %eax
    orl $1, %eax
    movl %eax, %cr0
    ljmpl $24, $ap_protected
ap_gdt_descriptor:
    .word gdt_end - gdt - 1
    .long gdt
ap_end:

    .text
    .code32
ap_protected:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %ss
    movl ap_stack_top, %esp
    call enter_paging
    lgdt gdt_descriptor
    ljmp $8, $ap_long_mode

    .code64
ap_long_mode:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    call ap_main
5:  hlt
    jmp 5b

/*
 * One entry for each vector: push an error code where the CPU does not, and the
 * vector.  All are 16 bytes long, so that traps.c can reckon where each is.
 */
    .text
    .align 16
    .globl trap_entries
trap_entries:
    vector = 0
    .rept NR_VECTORS
    .align 16
    .if !((vector == 8) || ((vector >= 10) && (vector <= 14)) || \
          (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30))
    pushq $0
    .endif
    pushq $vector
    jmp trap_common
    vector = vector + 1
    .endr

trap_common:
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, %rdi
    cld
    call trap_handler
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp
    iretq

    .data
    .align 8
gdt:
    .quad 0
    .quad 0x00af9b000000ffff        /* 8: code, 64 bits */
    .quad 0x00cf93000000ffff        /* 16: data */
    .quad 0x00cf9b000000ffff        /* 24: code, 32 bits */
gdt_end:
gdt_descriptor:
    .word gdt_end - gdt - 1
    .quad gdt

/* The stack of the CPU that is waking up. */
    .globl ap_stack_top
ap_stack_top:
    .quad 0

    .bss
    .align 4096
page_root:          .skip 4096
page_pointers:      .skip 4096
page_directories:   .skip 4 * 4096
stack:              .skip 64 * 1024
stack_top:

    .section .note.GNU-stack, "", @progbits
