/*
 * `info lapic`: a local APIC's registers as text.
 *
 * Specification: Intel SDM, volume 3, chapter 11: figures 11-8 (local vector
 * table), 11-12 (interrupt command), 11-23 (spurious vector).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "hw/i386/apic_internal.h"
#include "qemu/qemu-print.h"

#define APIC_ICR_DEST_MOD   (1 << 11)
#define APIC_ICR_LEVEL      (1 << 14)
#define APIC_ICR_TRIGGER    (1 << 15)
#define APIC_ICR_SHORTHAND(icr) (((icr) >> 18) & 3)

#define APIC_SPURIOUS_FOCUS (1 << 9)

static const char *const apic_delivery_name[8] = {
    "Fixed", "...", "SMI", "...", "NMI", "INIT", "...", "ExtINT",
};

/* The delivery mode ends a line, and the vector; an NMI has none. */
static void dump_apic_delivery(uint32_t reg)
{
    unsigned mode = (reg & APIC_LVT_DELIV_MOD) >> APIC_LVT_DELIV_MOD_SHIFT;

    qemu_printf(" %-6s", apic_delivery_name[mode]);
    if (mode != APIC_DM_NMI) {
        qemu_printf(" (vec %u)", reg & 0xff);
    }
    qemu_printf("\n");
}

static void dump_apic_lvt(const char *name, uint32_t lvt, bool is_timer)
{
    static const char *const timer_mode[4] = {
        "one-shot", "periodic", "tsc-deadline", "timer mode 3",
    };

    qemu_printf("%s\t 0x%08x %s %-5s %-6s %-7s %-12s", name, lvt,
                lvt & APIC_LVT_INT_POLARITY ? "active-lo" : "active-hi",
                lvt & APIC_LVT_LEVEL_TRIGGER ? "level" : "edge",
                lvt & APIC_LVT_MASKED ? "masked" : "",
                lvt & APIC_LVT_DELIV_STS ? "pending" : "",
                is_timer ? timer_mode[(lvt >> APIC_LVT_TIMER_SHIFT) & 3] : "");
    dump_apic_delivery(lvt);
}

/* The lower @width bits of @val. */
static char *apic_mask_name(uint32_t val, unsigned width)
{
    char *s = g_malloc0(width + 1);

    for (unsigned i = 0; i < width; i++) {
        s[i] = val & (1u << (width - 1 - i)) ? '1' : '0';
    }
    return s;
}

/* Who is meant; with a shorthand nobody has to be named. */
static void dump_apic_icr_dest(APICCommonState *s, bool x2apic)
{
    uint32_t dest = x2apic ? s->icr[1] : s->icr[1] >> 24;
    const char *kind = x2apic ? "X2APIC ID" : "APIC ID";
    g_autofree char *mask = NULL;

    if (!(s->icr[0] & APIC_ICR_DEST_MOD)) {
        qemu_printf(" cpu %u (%s)", dest, kind);
    } else if (x2apic) {
        mask = apic_mask_name(dest, 16);
        qemu_printf(" cluster %u mask %s (%s)", dest >> 16, mask, kind);
    } else if (s->dest_mode == APIC_DESTMODE_FLAT) {
        mask = apic_mask_name(dest, 8);
        qemu_printf(" mask %s (%s)", mask, kind);
    } else if (s->dest_mode == APIC_DESTMODE_CLUSTER) {
        mask = apic_mask_name(dest, 4);
        qemu_printf(" cluster %u mask %s (%s)", dest >> 4, mask, kind);
    }
}

static void dump_apic_icr(APICCommonState *s, CPUX86State *env)
{
    static const char *const shorthand[4] = {
        "no-shorthand", "self", "all-self", "all",
    };
    bool x2apic = (env->features[FEAT_1_ECX] & CPUID_EXT_X2APIC) &&
                  (s->apicbase & MSR_IA32_APICBASE_EXTD);
    uint32_t icr = s->icr[0];

    qemu_printf("ICR\t 0x%08x %s %s %s %s\n", icr,
                icr & APIC_ICR_DEST_MOD ? "logical" : "physical",
                icr & APIC_ICR_TRIGGER ? "level" : "edge",
                icr & APIC_ICR_LEVEL ? "assert" : "de-assert",
                shorthand[APIC_ICR_SHORTHAND(icr)]);
    qemu_printf("ICR2\t 0x%08x", s->icr[1]);
    if (!APIC_ICR_SHORTHAND(icr)) {
        dump_apic_icr_dest(s, x2apic);
    }
    qemu_printf("\n");
}

/* The vectors of @ireg, ISR or IRR, and which of them are level-triggered. */
static void dump_apic_interrupt(const char *name, uint32_t *ireg, uint32_t *tmr)
{
    bool empty = true;

    qemu_printf("%s\t ", name);
    for (int i = 0; i < 256; i++) {
        if (apic_get_bit(ireg, i)) {
            qemu_printf("%d%s ", i, apic_get_bit(tmr, i) ? "(level)" : "");
            empty = false;
        }
    }
    qemu_printf("%s\n", empty ? "(none)" : "");
}

void x86_cpu_dump_local_apic_state(CPUState *cs, int flags)
{
    X86CPU *cpu = X86_CPU(cs);
    APICCommonState *s;

    if (!cpu->apic_state) {
        qemu_printf("local apic state not available\n");
        return;
    }
    s = APIC_COMMON(cpu->apic_state);

    qemu_printf("dumping local APIC state for CPU %-2u\n\n", cs->cpu_index);
    dump_apic_lvt("LVT0", s->lvt[APIC_LVT_LINT0], false);
    dump_apic_lvt("LVT1", s->lvt[APIC_LVT_LINT1], false);
    dump_apic_lvt("LVTPC", s->lvt[APIC_LVT_PERFORM], false);
    dump_apic_lvt("LVTERR", s->lvt[APIC_LVT_ERROR], false);
    dump_apic_lvt("LVTTHMR", s->lvt[APIC_LVT_THERMAL], false);
    dump_apic_lvt("LVTT", s->lvt[APIC_LVT_TIMER], true);

    qemu_printf("Timer\t DCR=0x%x (divide by %u) initial_count = %u"
                " current_count = %u\n", s->divide_conf,
                1u << (s->count_shift & 7), s->initial_count,
                apic_get_current_count(s));
    qemu_printf("SPIV\t 0x%08x APIC %s, focus=%s, spurious vec %u\n",
                s->spurious_vec,
                s->spurious_vec & APIC_SV_ENABLE ? "enabled" : "disabled",
                s->spurious_vec & APIC_SPURIOUS_FOCUS ? "on" : "off",
                s->spurious_vec & 0xff);

    dump_apic_icr(s, &cpu->env);
    qemu_printf("ESR\t 0x%08x\n", s->esr);
    dump_apic_interrupt("ISR", s->isr, s->tmr);
    dump_apic_interrupt("IRR", s->irr, s->tmr);

    qemu_printf("\nAPR 0x%02x TPR 0x%02x DFR 0x%02x LDR 0x%02x", s->arb_id,
                s->tpr, s->dest_mode, s->log_dest);
    if (s->dest_mode == APIC_DESTMODE_CLUSTER) {
        qemu_printf("(cluster %u: id %u)", s->log_dest >> 4,
                    s->log_dest & 0xf);
    }
    qemu_printf(" PPR 0x%02x\n", apic_get_ppr(s));
}
