/*
 * What all local APICs share, whoever plays the chip.
 *
 * Read first: hw/i386/apic.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_APIC_INTERNAL_H
#define QEMU_APIC_INTERNAL_H

#include "cpu-qom.h"
#include "exec/memory.h"
#include "hw/pci/msi.h"
#include "qemu/timer.h"
#include "qom/object.h"

/* The entries of the local vector table. */
#define APIC_LVT_TIMER                  0
#define APIC_LVT_THERMAL                1
#define APIC_LVT_PERFORM                2
#define APIC_LVT_LINT0                  3
#define APIC_LVT_LINT1                  4
#define APIC_LVT_ERROR                  5
#define APIC_LVT_NB                     6

/* Their bits. */
#define APIC_LVT_TIMER_SHIFT            17
#define APIC_LVT_MASKED_SHIFT           16
#define APIC_LVT_LEVEL_TRIGGER_SHIFT    15
#define APIC_LVT_REMOTE_IRR_SHIFT       14
#define APIC_LVT_INT_POLARITY_SHIFT     13
#define APIC_LVT_DELIV_STS_SHIFT        12
#define APIC_LVT_DELIV_MOD_SHIFT        8

#define APIC_LVT_TIMER_PERIODIC         (1 << APIC_LVT_TIMER_SHIFT)
#define APIC_LVT_TIMER_TSCDEADLINE      (2 << APIC_LVT_TIMER_SHIFT)
#define APIC_LVT_MASKED                 (1 << APIC_LVT_MASKED_SHIFT)
#define APIC_LVT_LEVEL_TRIGGER          (1 << APIC_LVT_LEVEL_TRIGGER_SHIFT)
#define APIC_LVT_REMOTE_IRR             (1 << APIC_LVT_REMOTE_IRR_SHIFT)
#define APIC_LVT_INT_POLARITY           (1 << APIC_LVT_INT_POLARITY_SHIFT)
#define APIC_LVT_DELIV_STS              (1 << APIC_LVT_DELIV_STS_SHIFT)
#define APIC_LVT_DELIV_MOD              (7 << APIC_LVT_DELIV_MOD_SHIFT)

/* How an interrupt is delivered. */
#define APIC_DM_FIXED                   0
#define APIC_DM_LOWPRI                  1
#define APIC_DM_SMI                     2
#define APIC_DM_NMI                     4
#define APIC_DM_INIT                    5
#define APIC_DM_SIPI                    6
#define APIC_DM_EXTINT                  7

#define APIC_DESTMODE_FLAT              0xf
#define APIC_DESTMODE_CLUSTER           0

#define APIC_TRIGGER_EDGE               0
#define APIC_TRIGGER_LEVEL              1

#define APIC_ESR_ILLEGAL_ADDRESS        (1 << 7)

#define APIC_SV_DIRECTED_IO             (1 << 12)
#define APIC_SV_ENABLE                  (1 << 8)

#define VAPIC_ENABLE_BIT                0

typedef struct APICCommonState APICCommonState;

#define TYPE_APIC_COMMON "apic-common"
typedef struct APICCommonClass APICCommonClass;
DECLARE_OBJ_CHECKERS(APICCommonState, APICCommonClass, APIC_COMMON,
                     TYPE_APIC_COMMON)

/*
 * @set_base, @set_tpr, @get_tpr: the CPU's registers have changed, or are asked
 * @external_nmi: the NMI line was raised; LINT1 says what that means
 * @pre_save, @post_load: fetch the state from whoever has it, or give it
 * @reset: after apic_init_reset()
 * @send_msi: a message from a device, to whichever APICs it names
 */
struct APICCommonClass {
    DeviceClass parent_class;

    DeviceRealize realize;
    DeviceUnrealize unrealize;
    void (*set_base)(APICCommonState *s, uint64_t val);
    void (*set_tpr)(APICCommonState *s, uint8_t val);
    uint8_t (*get_tpr)(APICCommonState *s);
    void (*external_nmi)(APICCommonState *s);
    void (*pre_save)(APICCommonState *s);
    void (*post_load)(APICCommonState *s);
    void (*reset)(APICCommonState *s);
    void (*send_msi)(MSIMessage *msi);
};

struct APICCommonState {
    DeviceState parent_obj;

    MemoryRegion io_memory;
    X86CPU *cpu;                /* whose it is */

    /* Properties. */
    uint32_t initial_apic_id;
    uint8_t version;

    /* What the guest can change: the registers. */
    uint32_t apicbase;
    uint8_t id;
    uint8_t arb_id;
    uint8_t tpr;
    uint32_t spurious_vec;
    uint8_t log_dest;
    uint8_t dest_mode;
    uint32_t isr[8];            /* in service: 256 bits */
    uint32_t tmr[8];            /* level-triggered */
    uint32_t irr[8];            /* requested */
    uint32_t lvt[APIC_LVT_NB];
    uint32_t esr;
    uint32_t icr[2];

    /* The timer. */
    uint32_t divide_conf;
    int count_shift;
    uint32_t initial_count;
    int64_t initial_count_load_time;
    int64_t next_time;
    QEMUTimer *timer;
    int64_t timer_expiry;

    int sipi_vector;
    int wait_for_sipi;
};

#define APIC_DELIVERY_STATUS_PENDING APIC_LVT_DELIV_STS

/* The type that goes with the accelerator. */
APICCommonClass *apic_get_class(void);

/*
 * When the timer next expires after @current_time (ns of the virtual clock),
 * in s->next_time; false if it does not.
 */
bool apic_next_timer(APICCommonState *s, int64_t current_time);

/* What its timer has come to, now; and the priority that interrupts must beat. */
uint32_t apic_get_current_count(APICCommonState *s);
int apic_get_ppr(APICCommonState *s);

static inline void apic_set_bit(uint32_t *tab, int index)
{
    tab[index >> 5] |= 1u << (index & 31);
}

static inline int apic_get_bit(uint32_t *tab, int index)
{
    return !!(tab[index >> 5] & (1u << (index & 31)));
}

#endif
