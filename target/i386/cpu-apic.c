/*
 * An x86 CPU and its local APIC, which is its child "lapic".
 *
 * The CPU makes it when it is realized; who plays it, the accelerator says
 * (apic_get_class).  All APICs are at the same address, each seen by its own CPU
 * alone: one region is mapped for all, and it finds out who asks.
 *
 * Read first: include/hw/i386/apic.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"

void x86_cpu_apic_create(X86CPU *cpu, Error **errp)
{
    ObjectClass *apic_class = OBJECT_CLASS(apic_get_class());
    APICCommonState *apic;

    cpu->apic_state = DEVICE(object_new_with_class(apic_class));
    object_property_add_child(OBJECT(cpu), "lapic", OBJECT(cpu->apic_state));
    object_unref(OBJECT(cpu->apic_state));

    qdev_prop_set_uint32(cpu->apic_state, "id", cpu->apic_id);
    apic = APIC_COMMON(cpu->apic_state);
    apic->cpu = cpu;
    apic->apicbase = APIC_DEFAULT_ADDRESS | MSR_IA32_APICBASE_ENABLE;
}

void x86_cpu_apic_realize(X86CPU *cpu, Error **errp)
{
    static bool apic_mmio_map_once;
    APICCommonState *apic;

    if (!cpu->apic_state) {
        return;
    }
    if (!qdev_realize(cpu->apic_state, NULL, errp)) {
        return;
    }
    if (!apic_mmio_map_once) {
        apic = APIC_COMMON(cpu->apic_state);
        memory_region_add_subregion_overlap(get_system_memory(),
                                            apic->apicbase &
                                            MSR_IA32_APICBASE_BASE,
                                            &apic->io_memory, 0x1000);
        apic_mmio_map_once = true;
    }
}
