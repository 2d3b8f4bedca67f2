/*
 * The PC's DMA controllers: two Intel 8237s.  (QEMU calls them by the older
 * 8257's name, and so do we.)
 *
 * The first has channels 0-3, which move bytes; the second 4-7, which move words
 * and count words, too (dshift 1).  Channel 4 cascades.  A channel has a base
 * address and count, and a page register with the address bits above 16, in a
 * chip of its own at ports 0x81-0x8f.
 *
 *     guest                    controller              device
 *     address, count, mode ──►
 *     unmask ────────────────► ready          ◄─────── hold_DREQ
 *                              BH: handler(pos, size) ─────►
 *                                             ◄─────── read_memory, write_memory
 *                              new position   ◄─────── (return value)
 *                              at the end: TC in status
 *
 * A device reaches its channel by the class IsaDmaClass (hw/isa/isa.h).
 *
 * Intel 8237A data sheet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I8257_H
#define HW_I8257_H

#include "hw/isa/isa.h"
#include "exec/ioport.h"
#include "qom/object.h"

#define TYPE_I8257 "i8257"
OBJECT_DECLARE_SIMPLE_TYPE(I8257State, I8257)

/*
 * A channel.  @base: address and count as written; @now: address in bytes where
 * the transfer began, and how many bytes are over.
 */
typedef struct I8257Regs {
    int now[2];
    uint16_t base[2];
    uint8_t mode;
    uint8_t page;
    uint8_t pageh;
    uint8_t dack;
    uint8_t eop;
    IsaDmaTransferHandler transfer_handler;
    void *opaque;
} I8257Regs;

/*
 * @status: requests in the upper half, channels that reached their count in the
 * lower.  @running: a handler is on the stack.
 */
struct I8257State {
    /* <private> */
    ISADevice parent_obj;

    /* <public> */
    int32_t base;
    int32_t page_base;
    int32_t pageh_base;
    int32_t dshift;

    uint8_t status;
    uint8_t command;
    uint8_t mask;
    uint8_t flip_flop;
    I8257Regs regs[4];
    MemoryRegion channel_io;
    MemoryRegion cont_io;

    QEMUBH *dma_bh;
    bool dma_bh_scheduled;
    int running;
    PortioList portio_page;
    PortioList portio_pageh;
};

/* Both, on @bus; @high_page_enable: with ports 0x481 … for bits 24 and up. */
void i8257_dma_init(ISABus *bus, bool high_page_enable);

#endif
