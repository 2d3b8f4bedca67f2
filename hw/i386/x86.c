/*
 * What all x86 boards share.
 *
 * Read first: hw/i386/x86.h.  Read next: hw/i386/pc.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "direct-boot.h"
#include "hw/acpi/aml-build.h"
#include "hw/i386/x86.h"
#include "hw/irq.h"
#include "hw/nmi.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-common.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "sysemu/cpus.h"
#include "sysemu/qtest.h"
#include "sysemu/reset.h"
#include "target/i386/kvm/kvm_i386.h"
#include "trace.h"

/* ISA interrupts that PCI's are routed to; see piix3 and PIIX4's SCI. */
#define X86_PCI_IRQS (1 << 5 | 1 << 9 | 1 << 10 | 1 << 11)

/* Interrupts */

void gsi_handler(void *opaque, int n, int level)
{
    GSIState *s = opaque;

    trace_x86_gsi_interrupt(n, level);

    if (n < ISA_NUM_IRQS) {
        /* Without a PIC nothing is connected here, and nothing happens. */
        qemu_set_irq(s->i8259_irq[n], level);
    }
    if (n < IOAPIC_NUM_PINS) {
        qemu_set_irq(s->ioapic_irq[n], level);
    } else {
        qemu_set_irq(s->ioapic2_irq[n - IO_APIC_SECONDARY_IRQBASE], level);
    }
}

void ioapic_init_gsi(GSIState *gsi_state, const char *parent_name)
{
    DeviceState *dev = qdev_new(kvm_ioapic_in_kernel() ? TYPE_KVM_IOAPIC
                                                       : TYPE_IOAPIC);
    SysBusDevice *d = SYS_BUS_DEVICE(dev);

    g_assert(parent_name);
    object_property_add_child(object_resolve_path(parent_name, NULL),
                              "ioapic", OBJECT(dev));
    sysbus_realize_and_unref(d, &error_fatal);
    sysbus_mmio_map(d, 0, IO_APIC_DEFAULT_ADDRESS);

    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        gsi_state->ioapic_irq[i] = qdev_get_gpio_in(dev, i);
    }
}

DeviceState *ioapic_init_secondary(GSIState *gsi_state)
{
    DeviceState *dev = qdev_new(TYPE_IOAPIC);
    SysBusDevice *d = SYS_BUS_DEVICE(dev);

    sysbus_realize_and_unref(d, &error_fatal);
    sysbus_mmio_map(d, 0, IO_APIC_SECONDARY_ADDRESS);
    if (kvm_irqchip_is_split()) {
        kvm_pc_add_ioapic_routes(kvm_state);
    }

    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        gsi_state->ioapic2_irq[i] = qdev_get_gpio_in(dev, i);
    }
    return dev;
}

/* Type */

bool x86_machine_is_acpi_enabled(const X86MachineState *x86ms)
{
    return x86ms->acpi != ON_OFF_AUTO_OFF;
}

bool x86_machine_is_smm_enabled(const X86MachineState *x86ms)
{
    bool smm_available = qtest_enabled() || (kvm_enabled() && kvm_has_smm());

    if (x86ms->smm == ON_OFF_AUTO_OFF) {
        return false;
    }
    if (!smm_available && x86ms->smm == ON_OFF_AUTO_ON) {
        error_report("System Management Mode not supported by this hypervisor.");
        exit(1);
    }
    return smm_available;
}

static void x86_machine_get_acpi(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    OnOffAuto acpi = X86_MACHINE(obj)->acpi;

    visit_type_OnOffAuto(v, name, &acpi, errp);
}

static void x86_machine_set_acpi(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    visit_type_OnOffAuto(v, name, &X86_MACHINE(obj)->acpi, errp);
}

static void x86_machine_get_smm(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    OnOffAuto smm = X86_MACHINE(obj)->smm;

    visit_type_OnOffAuto(v, name, &smm, errp);
}

static void x86_machine_set_smm(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    visit_type_OnOffAuto(v, name, &X86_MACHINE(obj)->smm, errp);
}

static void x86_machine_get_pit(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    OnOffAuto pit = X86_MACHINE(obj)->pit;

    visit_type_OnOffAuto(v, name, &pit, errp);
}

static void x86_machine_set_pit(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    visit_type_OnOffAuto(v, name, &X86_MACHINE(obj)->pit, errp);
}

static void x86_machine_get_pic(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    OnOffAuto pic = X86_MACHINE(obj)->pic;

    visit_type_OnOffAuto(v, name, &pic, errp);
}

static void x86_machine_set_pic(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    visit_type_OnOffAuto(v, name, &X86_MACHINE(obj)->pic, errp);
}

/* As long as the fields in the tables' headers. */
static char *x86_machine_get_oem_id(Object *obj, Error **errp)
{
    return g_strdup(X86_MACHINE(obj)->oem_id);
}

static void x86_machine_set_oem_id(Object *obj, const char *value,
                                   Error **errp)
{
    X86MachineState *x86ms = X86_MACHINE(obj);

    if (strlen(value) > 6) {
        error_setg(errp, "User specified " X86_MACHINE_OEM_ID
                   " value is bigger than 6 bytes in size");
        return;
    }
    g_free(x86ms->oem_id);
    x86ms->oem_id = g_strdup(value);
}

static char *x86_machine_get_oem_table_id(Object *obj, Error **errp)
{
    return g_strdup(X86_MACHINE(obj)->oem_table_id);
}

static void x86_machine_set_oem_table_id(Object *obj, const char *value,
                                         Error **errp)
{
    X86MachineState *x86ms = X86_MACHINE(obj);

    if (strlen(value) > 8) {
        error_setg(errp, "User specified " X86_MACHINE_OEM_TABLE_ID
                   " value is bigger than 8 bytes in size");
        return;
    }
    g_free(x86ms->oem_table_id);
    x86ms->oem_table_id = g_strdup(value);
}

static void x86_machine_initfn(Object *obj)
{
    X86MachineState *x86ms = X86_MACHINE(obj);

    x86ms->smm = ON_OFF_AUTO_AUTO;
    x86ms->acpi = ON_OFF_AUTO_AUTO;
    x86ms->pit = ON_OFF_AUTO_AUTO;
    x86ms->pic = ON_OFF_AUTO_AUTO;
    x86ms->apic_xrupt_override = true;
    x86ms->pci_irq_mask = X86_PCI_IRQS;
    x86ms->above_4g_mem_start = 4 * GiB;
    x86ms->oem_id = g_strdup(ACPI_BUILD_APPNAME6);
    x86ms->oem_table_id = g_strdup(ACPI_BUILD_APPNAME8);
}

static void x86_machine_finalize(Object *obj)
{
    X86MachineState *x86ms = X86_MACHINE(obj);

    g_free(x86ms->oem_id);
    g_free(x86ms->oem_table_id);
}

/* inject-nmi: whichever CPU was meant, all of them get it. */
static void x86_nmi(NMIState *n, int cpu_index, Error **errp)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        cpu_interrupt(cs, CPU_INTERRUPT_NMI);
    }
}

/*
 * Local APICs last: devices that are reset lower their interrupts, and what an
 * APIC makes of that is to be forgotten as well.
 */
void x86_machine_reset(MachineState *machine, ShutdownCause reason)
{
    CPUState *cs;

    cpu_synchronize_all_states();
    qemu_devices_reset(reason);
    CPU_FOREACH(cs) {
        X86CPU *cpu = X86_CPU(cs);

        if (cpu->apic_state) {
            device_cold_reset(cpu->apic_state);
        }
    }
    direct_boot_reset_cpus(machine);
    cpu_synchronize_all_post_reset();
}

static void x86_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    X86MachineClass *x86mc = X86_MACHINE_CLASS(oc);
    NMIClass *nc = NMI_CLASS(oc);

    mc->cpu_index_to_instance_props = x86_cpu_index_to_props;
    mc->possible_cpu_arch_ids = x86_possible_cpu_arch_ids;
    x86mc->fwcfg_dma_enabled = true;
    nc->nmi_monitor_handler = x86_nmi;

    object_class_property_add(oc, X86_MACHINE_SMM, "OnOffAuto",
                              x86_machine_get_smm, x86_machine_set_smm,
                              NULL, NULL);
    object_class_property_set_description(oc, X86_MACHINE_SMM,
        "Does firmware handle system management interrupts?");

    object_class_property_add(oc, X86_MACHINE_ACPI, "OnOffAuto",
                              x86_machine_get_acpi, x86_machine_set_acpi,
                              NULL, NULL);
    object_class_property_set_description(oc, X86_MACHINE_ACPI,
        "Is there ACPI: power management, hotplug?");

    object_class_property_add(oc, X86_MACHINE_PIT, "OnOffAuto",
                              x86_machine_get_pit, x86_machine_set_pit,
                              NULL, NULL);
    object_class_property_set_description(oc, X86_MACHINE_PIT,
                                          "Is there an i8254?");

    object_class_property_add(oc, X86_MACHINE_PIC, "OnOffAuto",
                              x86_machine_get_pic, x86_machine_set_pic,
                              NULL, NULL);
    object_class_property_set_description(oc, X86_MACHINE_PIC,
                                          "Is there a pair of i8259?");

    object_class_property_add_str(oc, X86_MACHINE_OEM_ID,
                                  x86_machine_get_oem_id,
                                  x86_machine_set_oem_id);
    object_class_property_set_description(oc, X86_MACHINE_OEM_ID,
        "Who the ACPI tables say made them: up to 6 characters");

    object_class_property_add_str(oc, X86_MACHINE_OEM_TABLE_ID,
                                  x86_machine_get_oem_table_id,
                                  x86_machine_set_oem_table_id);
    object_class_property_set_description(oc, X86_MACHINE_OEM_TABLE_ID,
        "What the ACPI tables say they are for: up to 8 characters");
}

static const TypeInfo x86_machine_info = {
    .name          = TYPE_X86_MACHINE,
    .parent        = TYPE_MACHINE,
    .abstract      = true,
    .instance_size = sizeof(X86MachineState),
    .instance_init = x86_machine_initfn,
    .instance_finalize = x86_machine_finalize,
    .class_size    = sizeof(X86MachineClass),
    .class_init    = x86_machine_class_init,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_NMI },
        { }
    },
};

static void x86_machine_register_types(void)
{
    type_register_static(&x86_machine_info);
}

type_init(x86_machine_register_types)
