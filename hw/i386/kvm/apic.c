/*
 * The kernel's local APIC, "kvm-apic".
 *
 * The kernel plays the chip and gives and takes its registers as the page that
 * the guest sees (KVM API 4.57, KVM_GET_LAPIC): a register of 32 bits each 16
 * bytes.  A device's message goes to the kernel as it is (KVM_SIGNAL_MSI); most
 * never come here, because they are irqfds.
 *
 * Read first: hw/intc/apic_common.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/i386/apic_internal.h"
#include "hw/pci/msi.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/hw_accel.h"
#include "sysemu/kvm.h"
#include "target/i386/kvm/kvm_i386.h"

/* Registers, by number: offset 16 * number in the page. */
enum {
    KAPIC_ID = 0x2, KAPIC_TPR = 0x8, KAPIC_LDR = 0xd, KAPIC_DFR = 0xe,
    KAPIC_SPIV = 0xf, KAPIC_ISR = 0x10, KAPIC_TMR = 0x18, KAPIC_IRR = 0x20,
    KAPIC_ESR = 0x28, KAPIC_ICR = 0x30, KAPIC_ICR2 = 0x31, KAPIC_LVT = 0x32,
    KAPIC_TMICT = 0x38, KAPIC_TDCR = 0x3e,
};

static void kvm_apic_set_reg(struct kvm_lapic_state *kapic, int reg_id,
                             uint32_t val)
{
    *((uint32_t *)(kapic->regs + (reg_id << 4))) = val;
}

static uint32_t kvm_apic_get_reg(struct kvm_lapic_state *kapic, int reg_id)
{
    return *((uint32_t *)(kapic->regs + (reg_id << 4)));
}

static void kvm_put_apic_state(APICCommonState *s,
                               struct kvm_lapic_state *kapic)
{
    memset(kapic, 0, sizeof(*kapic));
    /* In x2APIC mode the ID has all 32 bits. */
    if (kvm_has_x2apic_api() && (s->apicbase & MSR_IA32_APICBASE_EXTD)) {
        kvm_apic_set_reg(kapic, KAPIC_ID, s->initial_apic_id);
    } else {
        kvm_apic_set_reg(kapic, KAPIC_ID, s->id << 24);
    }
    kvm_apic_set_reg(kapic, KAPIC_TPR, s->tpr);
    kvm_apic_set_reg(kapic, KAPIC_LDR, s->log_dest << 24);
    kvm_apic_set_reg(kapic, KAPIC_DFR, s->dest_mode << 28 | 0x0fffffff);
    kvm_apic_set_reg(kapic, KAPIC_SPIV, s->spurious_vec);
    for (int i = 0; i < 8; i++) {
        kvm_apic_set_reg(kapic, KAPIC_ISR + i, s->isr[i]);
        kvm_apic_set_reg(kapic, KAPIC_TMR + i, s->tmr[i]);
        kvm_apic_set_reg(kapic, KAPIC_IRR + i, s->irr[i]);
    }
    kvm_apic_set_reg(kapic, KAPIC_ESR, s->esr);
    kvm_apic_set_reg(kapic, KAPIC_ICR, s->icr[0]);
    kvm_apic_set_reg(kapic, KAPIC_ICR2, s->icr[1]);
    for (int i = 0; i < APIC_LVT_NB; i++) {
        kvm_apic_set_reg(kapic, KAPIC_LVT + i, s->lvt[i]);
    }
    kvm_apic_set_reg(kapic, KAPIC_TMICT, s->initial_count);
    kvm_apic_set_reg(kapic, KAPIC_TDCR, s->divide_conf);
}

void kvm_get_apic_state(DeviceState *dev, struct kvm_lapic_state *kapic)
{
    APICCommonState *s = APIC_COMMON(dev);
    uint32_t v;

    if (!(kvm_has_x2apic_api() && (s->apicbase & MSR_IA32_APICBASE_EXTD))) {
        s->id = kvm_apic_get_reg(kapic, KAPIC_ID) >> 24;
    }
    s->tpr = kvm_apic_get_reg(kapic, KAPIC_TPR);
    s->arb_id = 0;
    s->log_dest = kvm_apic_get_reg(kapic, KAPIC_LDR) >> 24;
    s->dest_mode = kvm_apic_get_reg(kapic, KAPIC_DFR) >> 28;
    s->spurious_vec = kvm_apic_get_reg(kapic, KAPIC_SPIV);
    for (int i = 0; i < 8; i++) {
        s->isr[i] = kvm_apic_get_reg(kapic, KAPIC_ISR + i);
        s->tmr[i] = kvm_apic_get_reg(kapic, KAPIC_TMR + i);
        s->irr[i] = kvm_apic_get_reg(kapic, KAPIC_IRR + i);
    }
    s->esr = kvm_apic_get_reg(kapic, KAPIC_ESR);
    s->icr[0] = kvm_apic_get_reg(kapic, KAPIC_ICR);
    s->icr[1] = kvm_apic_get_reg(kapic, KAPIC_ICR2);
    for (int i = 0; i < APIC_LVT_NB; i++) {
        s->lvt[i] = kvm_apic_get_reg(kapic, KAPIC_LVT + i);
    }
    s->initial_count = kvm_apic_get_reg(kapic, KAPIC_TMICT);
    s->divide_conf = kvm_apic_get_reg(kapic, KAPIC_TDCR);

    /* 0b0000, 0b0001, … divide by 2, 4, …, 128; 0b1011 by 1. */
    v = (s->divide_conf & 3) | ((s->divide_conf >> 1) & 4);
    s->count_shift = (v + 1) & 7;
    s->initial_count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    apic_next_timer(s, s->initial_count_load_time);
}

static void kvm_apic_set_base(APICCommonState *s, uint64_t val)
{
    s->apicbase = val;
}

static void kvm_apic_set_tpr(APICCommonState *s, uint8_t val)
{
    s->tpr = (val & 0x0f) << 4;
}

static uint8_t kvm_apic_get_tpr(APICCommonState *s)
{
    return s->tpr >> 4;
}

static void kvm_apic_put(CPUState *cs, run_on_cpu_data data)
{
    APICCommonState *s = data.host_ptr;
    struct kvm_lapic_state kapic;
    int ret;

    kvm_put_apicbase(s->cpu, s->apicbase);
    kvm_put_apic_state(s, &kapic);
    ret = kvm_vcpu_ioctl(CPU(s->cpu), KVM_SET_LAPIC, &kapic);
    if (ret < 0) {
        error_report_once("KVM_SET_LAPIC failed: %s", strerror(-ret));
    }
}

static void kvm_apic_post_load(APICCommonState *s)
{
    run_on_cpu(CPU(s->cpu), kvm_apic_put, RUN_ON_CPU_HOST_PTR(s));
}

/* The NMI line ends at LINT1, which may have been set to something else. */
static void do_inject_external_nmi(CPUState *cpu, run_on_cpu_data data)
{
    APICCommonState *s = data.host_ptr;
    uint32_t lvt;
    int ret;

    cpu_synchronize_state(cpu);
    lvt = s->lvt[APIC_LVT_LINT1];
    if (!(lvt & APIC_LVT_MASKED) && ((lvt >> 8) & 7) == APIC_DM_NMI) {
        ret = kvm_vcpu_ioctl(cpu, KVM_NMI);
        if (ret < 0) {
            error_report_once("KVM cannot inject an NMI: %s", strerror(-ret));
        }
    }
}

static void kvm_apic_external_nmi(APICCommonState *s)
{
    run_on_cpu(CPU(s->cpu), do_inject_external_nmi, RUN_ON_CPU_HOST_PTR(s));
}

static void kvm_send_msi(MSIMessage *msg)
{
    int ret;

    if (kvm_irqchip_is_split() || kvm_direct_msi_enabled()) {
        ret = kvm_irqchip_send_msi(kvm_state, *msg);
        if (ret < 0) {
            error_report_once("KVM: injecting an MSI to 0x%" PRIx64
                              " failed: %s", msg->address, strerror(-ret));
        }
    }
}

/* A device writes its message to the APIC's page. */
static uint64_t kvm_apic_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    return ~(uint64_t)0;
}

static void kvm_apic_mem_write(void *opaque, hwaddr addr, uint64_t data,
                               unsigned size)
{
    MSIMessage msg = { .address = addr, .data = data };

    kvm_send_msi(&msg);
}

static const MemoryRegionOps kvm_apic_io_ops = {
    .read = kvm_apic_mem_read,
    .write = kvm_apic_mem_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

static void kvm_apic_reset(APICCommonState *s)
{
    s->wait_for_sipi = 0;       /* the kernel knows (its MP state) */
    run_on_cpu(CPU(s->cpu), kvm_apic_put, RUN_ON_CPU_HOST_PTR(s));
}

static void kvm_apic_realize(DeviceState *dev, Error **errp)
{
    APICCommonState *s = APIC_COMMON(dev);

    memory_region_init_io(&s->io_memory, OBJECT(s), &kvm_apic_io_ops, s,
                          "kvm-apic-msi", APIC_SPACE_SIZE);
    msi_nonbroken = true;
}

static void kvm_apic_unrealize(DeviceState *dev)
{
}

static void kvm_apic_class_init(ObjectClass *klass, void *data)
{
    APICCommonClass *k = APIC_COMMON_CLASS(klass);

    k->realize = kvm_apic_realize;
    k->unrealize = kvm_apic_unrealize;
    k->reset = kvm_apic_reset;
    k->set_base = kvm_apic_set_base;
    k->set_tpr = kvm_apic_set_tpr;
    k->get_tpr = kvm_apic_get_tpr;
    k->post_load = kvm_apic_post_load;
    k->external_nmi = kvm_apic_external_nmi;
    k->send_msi = kvm_send_msi;
}

static const TypeInfo kvm_apic_info = {
    .name = "kvm-apic",
    .parent = TYPE_APIC_COMMON,
    .instance_size = sizeof(APICCommonState),
    .class_init = kvm_apic_class_init,
};

static void kvm_apic_register_types(void)
{
    type_register_static(&kvm_apic_info);
}

type_init(kvm_apic_register_types)
