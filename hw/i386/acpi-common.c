/*
 * MADT: the CPUs, and how interrupts get to them.
 *
 * Read first: hw/i386/acpi-build.h; for GSIs, hw/i386/x86.h.
 *
 * ACPI specification 6.3, chapter 5.2.12.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-common.h"
#include "cpu.h"
#include "hw/acpi/aml-build.h"
#include "hw/i386/pc.h"

enum {
    MADT_LOCAL_APIC         = 0,
    MADT_IO_APIC            = 1,
    MADT_IRQ_OVERRIDE       = 2,
    MADT_LOCAL_APIC_NMI     = 4,
};

#define MADT_PCAT_COMPAT    1       /* there is a pair of i8259 */
#define MADT_CPU_ENABLED    1
/* Of an override: active high, level triggered. */
#define MADT_INTI_HIGH_LEVEL (1 | 3 << 2)

/*
 * A place without a CPU is listed, and not enabled: operating systems keep a
 * number free for it.
 */
void pc_madt_cpu_entry(int uid, const CPUArchIdList *apic_ids, GArray *entry,
                       bool force_enabled)
{
    const CPUArchId *place = &apic_ids->cpus[uid];

    /* The board has no CPU with an APIC ID that does not fit. */
    assert(place->arch_id < 255);
    build_append_byte(entry, MADT_LOCAL_APIC);
    build_append_byte(entry, 8);
    build_append_byte(entry, uid);
    build_append_byte(entry, place->arch_id);
    build_append_int_noprefix(entry, place->cpu || force_enabled
                                     ? MADT_CPU_ENABLED : 0, 4);
}

static void build_ioapic(GArray *entry, uint8_t id, uint32_t addr,
                         uint32_t irq)
{
    build_append_byte(entry, MADT_IO_APIC);
    build_append_byte(entry, 12);
    build_append_byte(entry, id);
    build_append_byte(entry, 0);                /* reserved */
    build_append_int_noprefix(entry, addr, 4);
    build_append_int_noprefix(entry, irq, 4);
}

/* ISA interrupt @src is GSI @gsi. */
static void build_xrupt_override(GArray *entry, uint8_t src, uint32_t gsi,
                                 uint16_t flags)
{
    build_append_byte(entry, MADT_IRQ_OVERRIDE);
    build_append_byte(entry, 10);
    build_append_byte(entry, 0);                /* of the ISA bus */
    build_append_byte(entry, src);
    build_append_int_noprefix(entry, gsi, 4);
    build_append_int_noprefix(entry, flags, 2);
}

void acpi_build_madt(GArray *table_data, BIOSLinker *linker,
                     X86MachineState *x86ms, AcpiDeviceIf *adev,
                     const char *oem_id, const char *oem_table_id)
{
    MachineState *ms = MACHINE(x86ms);
    const CPUArchIdList *apic_ids =
        MACHINE_GET_CLASS(x86ms)->possible_cpu_arch_ids(ms);
    AcpiDeviceIfClass *adevc = ACPI_DEVICE_IF_GET_CLASS(adev);
    AcpiTable table = { .sig = "APIC", .rev = 1, .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    acpi_table_begin(&table, table_data);
    build_append_int_noprefix(table_data, APIC_DEFAULT_ADDRESS, 4);
    build_append_int_noprefix(table_data, MADT_PCAT_COMPAT, 4);

    for (int i = 0; i < apic_ids->len; i++) {
        adevc->madt_cpu(i, apic_ids, table_data, false);
    }
    build_ioapic(table_data, ACPI_BUILD_IOAPIC_ID, IO_APIC_DEFAULT_ADDRESS, 0);
    if (x86ms->ioapic2) {
        build_ioapic(table_data, ACPI_BUILD_IOAPIC_ID + 1,
                     IO_APIC_SECONDARY_ADDRESS, IO_APIC_SECONDARY_IRQBASE);
    }

    /* The timer: pin 0 of the IOAPIC is the i8259's on a PC. */
    if (x86ms->apic_xrupt_override) {
        build_xrupt_override(table_data, 0, 2, 0);
    }
    for (int i = 1; i < ISA_NUM_IRQS; i++) {
        if (x86ms->pci_irq_mask & (1 << i)) {
            build_xrupt_override(table_data, i, i, MADT_INTI_HIGH_LEVEL);
        }
    }

    /* The NMI is at LINT 1 of all CPUs. */
    build_append_byte(table_data, MADT_LOCAL_APIC_NMI);
    build_append_byte(table_data, 6);
    build_append_byte(table_data, 0xff);
    build_append_int_noprefix(table_data, 0, 2);
    build_append_byte(table_data, 1);
    acpi_table_end(linker, &table);
}
