/*
 * The local APIC, played by us: for guests without the kernel's, and for tests.
 *
 *     requested     irr   a bit for each of 256 vectors
 *         | the CPU takes the highest one (apic_get_interrupt)
 *         v
 *     in service    isr
 *         | the guest writes EOI
 *         v
 *     done
 *
 * Vectors come in classes of 16; one is delivered if its class is higher than
 * the one in service and the task priority (tpr).  Other threads may request
 * vectors at any time: they only set CPU_INTERRUPT_POLL, and the CPU's own
 * thread comes for the rest (apic_poll_irq).
 *
 * Registers are 32 bits wide, 16 bytes apart, in a page at the APIC's base.  On
 * the bus that same page is where devices write their messages.
 *
 * Specification: Intel SDM, volume 3, chapter 11.  Read first: apic_common.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/i386/apic-msidef.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/i386/ioapic.h"
#include "hw/intc/i8259.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "trace.h"

#define MAX_APICS 255

/* Registers, by number. */
enum {
    APIC_REG_ID = 0x02,
    APIC_REG_VERSION = 0x03,
    APIC_REG_TPR = 0x08,
    APIC_REG_APR = 0x09,
    APIC_REG_PPR = 0x0a,
    APIC_REG_EOI = 0x0b,
    APIC_REG_LDR = 0x0d,
    APIC_REG_DFR = 0x0e,
    APIC_REG_SVR = 0x0f,
    APIC_REG_ISR = 0x10,
    APIC_REG_TMR = 0x18,
    APIC_REG_IRR = 0x20,
    APIC_REG_ESR = 0x28,
    APIC_REG_ICR = 0x30,
    APIC_REG_ICR2 = 0x31,
    APIC_REG_LVT = 0x32,
    APIC_REG_INIT_COUNT = 0x38,
    APIC_REG_CURRENT_COUNT = 0x39,
    APIC_REG_DIVIDE = 0x3e,
};

#define TYPE_APIC "apic"
DECLARE_INSTANCE_CHECKER(APICCommonState, APIC, TYPE_APIC)

static APICCommonState *local_apics[MAX_APICS];

static void apic_update_irq(APICCommonState *s);

/* 256 bits */

static void apic_clear_bit(uint32_t *tab, int index)
{
    tab[index >> 5] &= ~(1u << (index & 31));
}

static int apic_highest_bit(const uint32_t *tab)
{
    for (int i = 7; i >= 0; i--) {
        if (tab[i]) {
            return i * 32 + 31 - clz32(tab[i]);
        }
    }
    return -1;
}

/* What may be delivered */

int apic_get_ppr(APICCommonState *s)
{
    int isrv = MAX(apic_highest_bit(s->isr), 0);

    return s->tpr >> 4 >= isrv >> 4 ? s->tpr : isrv & 0xf0;
}

/* The vector that could be taken now: > 0; 0: none; -1: masked by priority. */
static int apic_irq_pending(APICCommonState *s)
{
    int irrv;

    if (!(s->spurious_vec & APIC_SV_ENABLE)) {
        return 0;
    }
    irrv = apic_highest_bit(s->irr);
    if (irrv < 0) {
        return 0;
    }
    return (irrv & 0xf0) <= (apic_get_ppr(s) & 0xf0) ? -1 : irrv;
}

int apic_get_highest_priority_irr(DeviceState *dev)
{
    return dev ? apic_highest_bit(APIC_COMMON(dev)->irr) : -1;
}

static void apic_update_irq(APICCommonState *s)
{
    CPUState *cpu = CPU(s->cpu);
    DeviceState *dev = DEVICE(s);

    if (!qemu_cpu_is_self(cpu)) {
        cpu_interrupt(cpu, CPU_INTERRUPT_POLL);
    } else if (apic_irq_pending(s) > 0) {
        cpu_interrupt(cpu, CPU_INTERRUPT_HARD);
    } else if (!apic_accept_pic_intr(dev) || !pic_get_output(isa_pic)) {
        cpu_reset_interrupt(cpu, CPU_INTERRUPT_HARD);
    }
}

void apic_poll_irq(DeviceState *dev)
{
    if (dev) {
        apic_update_irq(APIC(dev));
    }
}

static void apic_set_irq(APICCommonState *s, int vector, int trigger_mode)
{
    apic_set_bit(s->irr, vector);
    if (trigger_mode == APIC_TRIGGER_LEVEL) {
        apic_set_bit(s->tmr, vector);
    } else {
        apic_clear_bit(s->tmr, vector);
    }
    apic_update_irq(s);
}

int apic_get_interrupt(DeviceState *dev)
{
    APICCommonState *s;
    int intno;

    if (!dev) {
        return -1;
    }
    s = APIC(dev);
    if (!(s->spurious_vec & APIC_SV_ENABLE)) {
        return -1;
    }
    intno = apic_irq_pending(s);
    if (intno == 0) {
        return -1;
    }
    if (intno < 0) {
        return s->spurious_vec & 0xff;
    }
    apic_clear_bit(s->irr, intno);
    apic_set_bit(s->isr, intno);
    apic_update_irq(s);
    return intno;
}

static void apic_eoi(APICCommonState *s)
{
    int isrv = apic_highest_bit(s->isr);

    if (isrv < 0) {
        return;
    }
    apic_clear_bit(s->isr, isrv);
    if (!(s->spurious_vec & APIC_SV_DIRECTED_IO) && apic_get_bit(s->tmr, isrv)) {
        ioapic_eoi_broadcast(isrv);
    }
    apic_update_irq(s);
}

/* The local vector table: LINT0 and LINT1, the timer */

static void apic_local_deliver(APICCommonState *s, int vector)
{
    uint32_t lvt = s->lvt[vector];

    trace_apic_local_deliver(vector, (lvt >> APIC_LVT_DELIV_MOD_SHIFT) & 7);
    if (lvt & APIC_LVT_MASKED) {
        return;
    }
    switch ((lvt >> APIC_LVT_DELIV_MOD_SHIFT) & 7) {
    case APIC_DM_SMI:
        cpu_interrupt(CPU(s->cpu), CPU_INTERRUPT_SMI);
        break;
    case APIC_DM_NMI:
        cpu_interrupt(CPU(s->cpu), CPU_INTERRUPT_NMI);
        break;
    case APIC_DM_EXTINT:
        cpu_interrupt(CPU(s->cpu), CPU_INTERRUPT_HARD);
        break;
    case APIC_DM_FIXED:
        apic_set_irq(s, lvt & 0xff,
                     (vector == APIC_LVT_LINT0 || vector == APIC_LVT_LINT1) &&
                     (lvt & APIC_LVT_LEVEL_TRIGGER) ? APIC_TRIGGER_LEVEL
                                                    : APIC_TRIGGER_EDGE);
        break;
    }
}

int apic_accept_pic_intr(DeviceState *dev)
{
    APICCommonState *s;
    uint32_t lvt0;

    if (!dev) {
        return -1;
    }
    s = APIC(dev);
    lvt0 = s->lvt[APIC_LVT_LINT0];
    /* An APIC that is off lets the PIC through. */
    return !(s->apicbase & MSR_IA32_APICBASE_ENABLE) ||
           !(lvt0 & APIC_LVT_MASKED);
}

int apic_deliver_pic_intr(DeviceState *dev, int level)
{
    APICCommonState *s = APIC(dev);
    uint32_t lvt = s->lvt[APIC_LVT_LINT0];

    if (level) {
        apic_local_deliver(s, APIC_LVT_LINT0);
        return 0;
    }
    switch ((lvt >> APIC_LVT_DELIV_MOD_SHIFT) & 7) {
    case APIC_DM_FIXED:
        if (lvt & APIC_LVT_LEVEL_TRIGGER) {
            apic_clear_bit(s->irr, lvt & 0xff);
        }
        /* fall through */
    case APIC_DM_EXTINT:
        apic_update_irq(s);
        break;
    }
    return 0;
}

static void apic_external_nmi(APICCommonState *s)
{
    apic_local_deliver(s, APIC_LVT_LINT1);
}

/* The bus: who is meant by a destination, and what it gets */

static bool apic_match_dest(APICCommonState *s, uint8_t dest, uint8_t dest_mode)
{
    if (dest_mode == 0) {
        return dest == 0xff || s->id == dest;
    }
    if (s->dest_mode == APIC_DESTMODE_FLAT) {
        return s->log_dest & dest;
    }
    /* Clusters: four bits which, four bits who in it. */
    return (s->log_dest & 0xf0) == (dest & 0xf0) && (s->log_dest & dest & 0x0f);
}

static void apic_deliver_to(APICCommonState *s, uint8_t delivery_mode,
                            uint8_t vector, uint8_t trigger_mode)
{
    CPUState *cpu = CPU(s->cpu);

    switch (delivery_mode) {
    case APIC_DM_FIXED:
    case APIC_DM_LOWPRI:
        apic_set_irq(s, vector, trigger_mode);
        break;
    case APIC_DM_SMI:
        cpu_interrupt(cpu, CPU_INTERRUPT_SMI);
        break;
    case APIC_DM_NMI:
        cpu_interrupt(cpu, CPU_INTERRUPT_NMI);
        break;
    case APIC_DM_INIT:
        cpu_interrupt(cpu, CPU_INTERRUPT_INIT);
        break;
    case APIC_DM_SIPI:
        s->sipi_vector = vector;
        cpu_interrupt(cpu, CPU_INTERRUPT_SIPI);
        break;
    }
}

static void apic_deliver_irq(uint8_t dest, uint8_t dest_mode,
                             uint8_t delivery_mode, uint8_t vector_num,
                             uint8_t trigger_mode)
{
    trace_apic_deliver_irq(dest, dest_mode, delivery_mode, vector_num,
                           trigger_mode);
    for (int i = 0; i < MAX_APICS; i++) {
        APICCommonState *s = local_apics[i];

        if (!s || !apic_match_dest(s, dest, dest_mode)) {
            continue;
        }
        apic_deliver_to(s, delivery_mode, vector_num, trigger_mode);
        if (delivery_mode == APIC_DM_LOWPRI) {
            return;             /* one is enough: the first will do */
        }
    }
}

void apic_sipi(DeviceState *dev)
{
    APICCommonState *s = APIC(dev);

    cpu_reset_interrupt(CPU(s->cpu), CPU_INTERRUPT_SIPI);
    /* One that has started is not to be started anew: software sends two. */
    if (s->wait_for_sipi) {
        cpu_x86_load_seg_cache_sipi(s->cpu, s->sipi_vector);
        s->wait_for_sipi = 0;
    }
}

/* Interrupts between CPUs: the guest wrote ICR. */
static void apic_send_ipi(APICCommonState *s)
{
    uint8_t dest = s->icr[1] >> 24;
    uint8_t dest_mode = (s->icr[0] >> 11) & 1;
    uint8_t delivery_mode = (s->icr[0] >> 8) & 7;
    uint8_t trigger_mode = (s->icr[0] >> 15) & 1;
    int shorthand = (s->icr[0] >> 18) & 3;
    bool assert_level = (s->icr[0] >> 14) & 1;

    /* The end of a level INIT only sets arbitration IDs. */
    if (delivery_mode == APIC_DM_INIT && trigger_mode && !assert_level) {
        return;
    }
    if (shorthand == 0) {
        apic_deliver_irq(dest, dest_mode, delivery_mode, s->icr[0] & 0xff,
                         trigger_mode);
        return;
    }
    for (int i = 0; i < MAX_APICS; i++) {
        APICCommonState *other = local_apics[i];

        if (other && (shorthand == 1 ? other == s :
                      shorthand == 2 || other != s)) {
            apic_deliver_to(other, delivery_mode, s->icr[0] & 0xff,
                            trigger_mode);
        }
    }
}

static void apic_send_msi(MSIMessage *msi)
{
    uint8_t dest = (msi->address & MSI_ADDR_DEST_ID_MASK) >>
                   MSI_ADDR_DEST_ID_SHIFT;
    uint8_t vector = msi->data & MSI_DATA_VECTOR_MASK;
    uint8_t dest_mode = (msi->address >> MSI_ADDR_DEST_MODE_SHIFT) & 1;
    uint8_t trigger_mode = (msi->data >> MSI_DATA_TRIGGER_SHIFT) & 1;
    uint8_t delivery = (msi->data >> MSI_DATA_DELIVERY_MODE_SHIFT) & 7;

    apic_deliver_irq(dest, dest_mode, delivery, vector, trigger_mode);
}

/* The timer */

static void apic_timer_update(APICCommonState *s, int64_t current_time)
{
    if (apic_next_timer(s, current_time)) {
        timer_mod(s->timer, s->next_time);
    } else {
        timer_del(s->timer);
    }
}

static void apic_timer(void *opaque)
{
    APICCommonState *s = opaque;

    apic_local_deliver(s, APIC_LVT_TIMER);
    apic_timer_update(s, s->next_time);
}

uint32_t apic_get_current_count(APICCommonState *s)
{
    int64_t d = (qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) -
                 s->initial_count_load_time) >> s->count_shift;

    if (s->lvt[APIC_LVT_TIMER] & APIC_LVT_TIMER_PERIODIC) {
        return s->initial_count - d % ((uint64_t)s->initial_count + 1);
    }
    return d >= s->initial_count ? 0 : s->initial_count - d;
}

/* Registers */

/* The APIC of the CPU that accesses the page; a test's driver has the first. */
static APICCommonState *cpu_get_current_apic(void)
{
    DeviceState *dev;

    if (!current_cpu) {
        return local_apics[0];
    }
    dev = X86_CPU(current_cpu)->apic_state;
    return dev ? APIC(dev) : NULL;
}

static uint64_t apic_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    APICCommonState *s = cpu_get_current_apic();
    int index = (addr >> 4) & 0xff;

    if (!s || size < 4) {
        return 0;
    }
    switch (index) {
    case APIC_REG_ID:
        return (uint32_t)s->id << 24;
    case APIC_REG_VERSION:
        return s->version | (APIC_LVT_NB - 1) << 16;
    case APIC_REG_TPR:
        return s->tpr;
    case APIC_REG_APR:
        return 0;
    case APIC_REG_PPR:
        return apic_get_ppr(s);
    case APIC_REG_EOI:
        return 0;
    case APIC_REG_LDR:
        return (uint32_t)s->log_dest << 24;
    case APIC_REG_DFR:
        return (uint32_t)s->dest_mode << 28 | 0xfffffff;
    case APIC_REG_SVR:
        return s->spurious_vec;
    case APIC_REG_ISR ... APIC_REG_ISR + 7:
        return s->isr[index & 7];
    case APIC_REG_TMR ... APIC_REG_TMR + 7:
        return s->tmr[index & 7];
    case APIC_REG_IRR ... APIC_REG_IRR + 7:
        return s->irr[index & 7];
    case APIC_REG_ESR:
        return s->esr;
    case APIC_REG_ICR:
    case APIC_REG_ICR2:
        return s->icr[index & 1];
    case APIC_REG_LVT ... APIC_REG_LVT + APIC_LVT_NB - 1:
        return s->lvt[index - APIC_REG_LVT];
    case APIC_REG_INIT_COUNT:
        return s->initial_count;
    case APIC_REG_CURRENT_COUNT:
        return apic_get_current_count(s);
    case APIC_REG_DIVIDE:
        return s->divide_conf;
    default:
        s->esr |= APIC_ESR_ILLEGAL_ADDRESS;
        return 0;
    }
}

static void apic_write_lvt(APICCommonState *s, int n, uint32_t val)
{
    s->lvt[n] = val;
    if (n == APIC_LVT_TIMER) {
        apic_timer_update(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    } else if (n == APIC_LVT_LINT0) {
        apic_update_irq(s);     /* the PIC may get through now */
    }
}

static void apic_mem_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    int index = (addr >> 4) & 0xff;
    APICCommonState *s;

    if (size < 4) {
        return;
    }
    /* Offset 0 of an APIC's page, or another's page: a message. */
    if (addr > 0xfff || !index) {
        MSIMessage msi = { .address = addr, .data = val };

        apic_send_msi(&msi);
        return;
    }
    s = cpu_get_current_apic();
    if (!s) {
        return;
    }
    trace_apic_mem_writel(addr, val);

    switch (index) {
    case APIC_REG_ID:
        s->id = val >> 24;
        break;
    case APIC_REG_TPR:
        s->tpr = val;
        apic_update_irq(s);
        break;
    case APIC_REG_EOI:
        apic_eoi(s);
        break;
    case APIC_REG_LDR:
        s->log_dest = val >> 24;
        break;
    case APIC_REG_DFR:
        s->dest_mode = val >> 28;
        break;
    case APIC_REG_SVR:
        s->spurious_vec = val & 0x1ff;
        apic_update_irq(s);
        break;
    case APIC_REG_ESR:
        s->esr = 0;
        break;
    case APIC_REG_ICR:
        s->icr[0] = val & ~(uint32_t)(1 << 12);     /* always delivered */
        apic_send_ipi(s);
        break;
    case APIC_REG_ICR2:
        s->icr[1] = val;
        break;
    case APIC_REG_LVT ... APIC_REG_LVT + APIC_LVT_NB - 1:
        apic_write_lvt(s, index - APIC_REG_LVT, val);
        break;
    case APIC_REG_INIT_COUNT:
        s->initial_count = val;
        s->initial_count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        apic_timer_update(s, s->initial_count_load_time);
        break;
    case APIC_REG_DIVIDE:
        s->divide_conf = val & 0xb;
        /* 0b0000, 0b0001, … divide by 2, 4, …, 128; 0b1011 by 1. */
        s->count_shift = (((val & 3) | ((val >> 1) & 4)) + 1) & 7;
        break;
    case APIC_REG_VERSION:
    case APIC_REG_APR:
    case APIC_REG_PPR:
    case APIC_REG_ISR ... APIC_REG_ISR + 7:
    case APIC_REG_TMR ... APIC_REG_TMR + 7:
    case APIC_REG_IRR ... APIC_REG_IRR + 7:
    case APIC_REG_CURRENT_COUNT:
        break;                  /* cannot be written */
    default:
        s->esr |= APIC_ESR_ILLEGAL_ADDRESS;
        qemu_log_mask(LOG_GUEST_ERROR, "apic: write to register 0x%x\n",
                      index << 4);
        break;
    }
}

static const MemoryRegionOps apic_io_ops = {
    .read = apic_mem_read,
    .write = apic_mem_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/* The CPU's registers */

static void apic_set_base(APICCommonState *s, uint64_t val)
{
    s->apicbase = (val & 0xfffff000) |
                  (s->apicbase & (MSR_IA32_APICBASE_BSP |
                                  MSR_IA32_APICBASE_ENABLE));
    /* Once off it stays off until a reset. */
    if (!(val & MSR_IA32_APICBASE_ENABLE)) {
        s->apicbase &= ~MSR_IA32_APICBASE_ENABLE;
        s->cpu->env.features[FEAT_1_EDX] &= ~(uint64_t)CPUID_APIC;
        s->spurious_vec &= ~APIC_SV_ENABLE;
    }
}

static void apic_set_tpr(APICCommonState *s, uint8_t val)
{
    if (s->tpr >> 4 != val) {
        s->tpr = val << 4;
        apic_update_irq(s);
    }
}

static uint8_t apic_get_tpr(APICCommonState *s)
{
    return s->tpr >> 4;
}

/* Life */

static void apic_post_load(APICCommonState *s)
{
    if (s->timer_expiry != -1) {
        timer_mod(s->timer, s->timer_expiry);
    } else {
        timer_del(s->timer);
    }
}

static void apic_realize(DeviceState *dev, Error **errp)
{
    APICCommonState *s = APIC(dev);

    if (s->id >= MAX_APICS) {
        error_setg(errp, "%s initialization failed. APIC ID %d is invalid",
                   object_get_typename(OBJECT(dev)), s->id);
        return;
    }
    memory_region_init_io(&s->io_memory, OBJECT(s), &apic_io_ops, s,
                          "apic-msi", APIC_SPACE_SIZE);
    /* The EOI of a level that is still up makes the IOAPIC write here again. */
    s->io_memory.disable_reentrancy_guard = true;
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, apic_timer, s);
    local_apics[s->id] = s;
    msi_nonbroken = true;
}

static void apic_unrealize(DeviceState *dev)
{
    APICCommonState *s = APIC(dev);

    timer_free(s->timer);
    s->timer = NULL;
    local_apics[s->initial_apic_id] = NULL;
}

static void apic_class_init(ObjectClass *klass, void *data)
{
    APICCommonClass *k = APIC_COMMON_CLASS(klass);

    k->realize = apic_realize;
    k->unrealize = apic_unrealize;
    k->set_base = apic_set_base;
    k->set_tpr = apic_set_tpr;
    k->get_tpr = apic_get_tpr;
    k->external_nmi = apic_external_nmi;
    k->post_load = apic_post_load;
    k->send_msi = apic_send_msi;
}

static const TypeInfo apic_info = {
    .name          = TYPE_APIC,
    .parent        = TYPE_APIC_COMMON,
    .instance_size = sizeof(APICCommonState),
    .class_init    = apic_class_init,
};

static void apic_register_types(void)
{
    type_register_static(&apic_info);
}

type_init(apic_register_types)
