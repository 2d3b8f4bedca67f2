/*
 * Registers of edu, the device to practise drivers on (QEMU: docs/specs/edu).
 *
 * BAR 0, 1 MiB of memory.  Below 0x80 accesses have 4 bytes, from there on 4
 * or 8; a register of the second kind is 64 bits wide.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_MISC_EDU_H
#define HW_MISC_EDU_H

#define EDU_REG_ID          0x00    /* read: 0xRRrr00ed, the version R.r */
#define EDU_REG_LIVE        0x04    /* read: what was written, inverted */
#define EDU_REG_FACT        0x08    /* write n; read n! when it is there */
#define EDU_REG_STATUS      0x20
#define EDU_REG_IRQ_STATUS  0x24    /* read: who raised the interrupt */
#define EDU_REG_IRQ_RAISE   0x60    /* write: bits to set in IRQ_STATUS */
#define EDU_REG_IRQ_ACK     0x64    /* write: bits to clear there */
#define EDU_REG_DMA_SRC     0x80
#define EDU_REG_DMA_DST     0x88
#define EDU_REG_DMA_CNT     0x90    /* bytes */
#define EDU_REG_DMA_CMD     0x98

#define EDU_ID              0x010000edu

#define EDU_STATUS_COMPUTING 0x01   /* read only: the factorial is to come */
#define EDU_STATUS_IRQFACT   0x80   /* interrupt when it is there */

#define EDU_DMA_RUN         0x1     /* start; 0 again when all is moved */
#define EDU_DMA_TO_PCI      0x2     /* from the device to the guest's memory */
#define EDU_DMA_IRQ         0x4     /* interrupt when all is moved */

/* In IRQ_STATUS */
#define EDU_FACT_IRQ        0x00000001u
#define EDU_DMA_DONE_IRQ    0x00000100u

/* The device's buffer, as DMA addresses it; no access to the BAR reaches it. */
#define EDU_DMA_START       0x40000
#define EDU_DMA_SIZE        4096

#endif
