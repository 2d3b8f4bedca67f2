/*
 * An option ROM to boot from the network with, were there one: it says a line on
 * the serial port, and goes back to the firmware, which tries what is next.
 *
 * It is for virtio-net, or for nobody (-option-rom).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define COM1 0x3f8

    .code16
    .globl rom
rom:
    .word 0xaa55
    .byte 1                     /* sectors */
    jmp init
    .byte 0                     /* boot_image.py: all bytes' sum is 0 */

    .org 0x18
    .word pcir, pnp

    .org 0x1c
pcir:
    .ascii "PCIR"
    .word 0x1af4, 0x1000, 0, 0x18
    .byte 0, 0, 0, 2            /* a network card */
    .word 1, 0
    .byte 0, 0x80, 0, 0

    .org 0x40
pnp:
    .ascii "$PnP"
    .byte 1, 2                  /* of 32 bytes */
    .word 0
    .byte 0, 0
    .long 0
    .word 0, name
    .byte 2, 0, 0, 0x14         /* a network card that boots */
    .word 0, 0, boot, 0, 0      /* "boot" is the bootstrap entry vector */

name:
    .asciz "a network"

init:
    lret

boot:
    pushw %si
    movw $said, %si
    movw $COM1, %dx
1:
    lodsb %cs:(%si), %al
    testb %al, %al
    jz 2f
    outb %al, %dx
    jmp 1b
2:
    popw %si
    lret

said:
    .asciz "network: none\n"

    .org 512

    .section .note.GNU-stack, "", @progbits
