/*
 * What all i8259 share, whoever plays the chip.
 *
 * Read first: hw/intc/i8259.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_I8259_INTERNAL_H
#define QEMU_I8259_INTERNAL_H

#include "exec/memory.h"
#include "hw/isa/isa.h"
#include "hw/intc/i8259.h"
#include "hw/intc/intc.h"
#include "qom/object.h"

typedef struct PICCommonState PICCommonState;

#define TYPE_PIC_COMMON "pic-common"
OBJECT_DECLARE_TYPE(PICCommonState, PICCommonClass, PIC_COMMON)

struct PICCommonClass {
    ISADeviceClass parent_class;

    /* Fetch the state from, or give it to, whoever has it (a kernel). */
    void (*pre_save)(PICCommonState *s);
    void (*post_load)(PICCommonState *s);
};

struct PICCommonState {
    ISADevice parent_obj;

    /* Properties. */
    uint32_t iobase;        /* the command port; data is the next */
    uint32_t elcr_addr;     /* the edge/level control register's port */
    uint8_t elcr_mask;      /* which lines may be level-triggered */
    uint32_t master;            /* bit 0 */

    /* What the guest can change. */
    uint8_t last_irr;       /* the lines' levels, to see edges */
    uint8_t irr;            /* requested */
    uint8_t imr;            /* masked */
    uint8_t isr;            /* in service */
    uint8_t priority_add;   /* the line with the highest priority */
    uint8_t irq_base;       /* the vector of line 0 */
    uint8_t read_reg_select;
    uint8_t poll;
    uint8_t special_mask;
    uint8_t init_state;     /* which ICW comes next; 0: initialized */
    uint8_t auto_eoi;
    uint8_t rotate_on_auto_eoi;
    uint8_t special_fully_nested_mode;
    uint8_t init4;          /* is there an ICW4? */
    uint8_t single_mode;
    uint8_t elcr;           /* which lines are level-triggered */
    uint8_t ltim;           /* all of them, says ICW1 */

    qemu_irq int_out[1];
    MemoryRegion base_io;
    MemoryRegion elcr_io;
};

void pic_reset_common(PICCommonState *s);
/* For `info irq` and `info pic`; @irq counts through both chips, up to 15. */
void pic_stat_update_irq(int irq, int level);
bool pic_get_statistics(InterruptStatsProvider *obj, uint64_t **irq_counts,
                        unsigned int *nb_irqs);
void pic_print_info(InterruptStatsProvider *obj, Monitor *mon);
/* Make, configure and realize one of the two. */
ISADevice *i8259_init_chip(const char *name, ISABus *bus, bool master);

#endif
