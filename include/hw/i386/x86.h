/*
 * What all x86 boards share: where RAM is split, and how interrupts run.
 *
 *     0         640K   1M            below_4g      3.5G/3.75G  4G
 *     |   RAM   | VGA, |     RAM     |    PCI hole    | chips | RAM goes on
 *     +---------+ ROMs +-------------+----------------+-------+------------>
 *
 * A global system interrupt (GSI) is one line of the board.  gsi_handler()
 * drives both controllers with it; the guest's operating system uses one:
 *
 *     device -> gsi[n] -> gsi_handler -+-> i8259 pair, n < 16
 *                                      +-> IOAPIC, pin n
 *
 * Read first: hw/boards.h.  Read next: hw/i386/pc.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_X86_H
#define HW_I386_X86_H

#include "exec/hwaddr.h"
#include "hw/boards.h"
#include "hw/i386/ioapic.h"
#include "hw/i386/topology.h"
#include "hw/intc/i8259.h"
#include "hw/isa/isa.h"
#include "hw/nmi.h"
#include "hw/nvram/fw_cfg.h"
#include "qemu/notify.h"
#include "qom/object.h"

struct X86MachineClass {
    MachineClass parent;

    /* Does fw_cfg have its DMA register? */
    bool fwcfg_dma_enabled;
};

struct X86MachineState {
    MachineState parent;

    /* Made by the board's init. */
    FWCfgState *fw_cfg;
    qemu_irq *gsi;
    ISADevice *rtc;
    MemoryRegion bios, isa_bios;
    DeviceState *ioapic2;       /* GSIs from 24 on, or NULL */
    /* What has ACPI's registers, or NULL (-machine acpi=off). */
    HotplugHandler *acpi_dev;

    /* Where RAM is, in bytes; above_4g_mem_start is an address. */
    ram_addr_t below_4g_mem_size, above_4g_mem_size;
    uint64_t above_4g_mem_start;

    /* One more than the highest APIC ID, hot-plugged CPUs included. */
    unsigned apic_id_limit;
    uint16_t boot_cpus;

    OnOffAuto smm;              /* property: does SMM work? */
    OnOffAuto acpi;             /* property: is there ACPI? */
    OnOffAuto pit;              /* property: is there an i8254? */
    OnOffAuto pic;              /* property: is there an i8259? */
    char *oem_id;               /* property: who made the ACPI tables */
    char *oem_table_id;         /* property: and for what */

    /* What MADT says: is the timer at pin 2, which ISA IRQs are PCI's? */
    bool apic_xrupt_override;
    uint16_t pci_irq_mask;

    /* Where the IOAPIC writes its messages. */
    AddressSpace *ioapic_as;
};

#define X86_MACHINE_SMM              "smm"
#define X86_MACHINE_ACPI             "acpi"
#define X86_MACHINE_PIT              "pit"
#define X86_MACHINE_PIC              "pic"
#define X86_MACHINE_OEM_ID           "x-oem-id"
#define X86_MACHINE_OEM_TABLE_ID     "x-oem-table-id"

#define TYPE_X86_MACHINE   MACHINE_TYPE_NAME("x86")
OBJECT_DECLARE_TYPE(X86MachineState, X86MachineClass, X86_MACHINE)

/*
 * x86_machine_is_smm_enabled: whether SMIs reach firmware.  Ends the program if
 * the user insists and the accelerator cannot.
 */
bool x86_machine_is_smm_enabled(const X86MachineState *x86ms);
bool x86_machine_is_acpi_enabled(const X86MachineState *x86ms);

/*
 * x86_machine_reset: reset all devices and CPUs, and leave the first CPU where
 * the kernel or firmware begins: what MachineClass.reset of the boards has in
 * common.
 */
void x86_machine_reset(MachineState *machine, ShutdownCause reason);

/* init_topo_info: the counts of -smp, as APIC IDs are made of them. */
void init_topo_info(X86CPUTopoInfo *topo_info, const X86MachineState *x86ms);

/* x86_cpu_apic_id_from_index: the APIC ID of a CPU, counted from 0. */
uint32_t x86_cpu_apic_id_from_index(X86MachineState *x86ms,
                                    unsigned int cpu_index);

/*
 * x86_cpus_init: make the CPUs that -smp asks for, of the type that -cpu says.
 * @default_cpu_version: of CPU models that have several
 */
void x86_cpus_init(X86MachineState *x86ms, int default_cpu_version);

/* MachineClass.possible_cpu_arch_ids: the places that CPUs can be plugged to. */
const CPUArchIdList *x86_possible_cpu_arch_ids(MachineState *ms);
/* MachineClass.cpu_index_to_instance_props */
CpuInstanceProperties x86_cpu_index_to_props(MachineState *ms,
                                             unsigned cpu_index);

/* What the board's hotplug handler does with a CPU. */
void x86_cpu_pre_plug(HotplugHandler *hotplug_dev, DeviceState *dev,
                      Error **errp);
void x86_cpu_plug(HotplugHandler *hotplug_dev, DeviceState *dev, Error **errp);
void x86_cpu_unplug_request_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp);
void x86_cpu_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                       Error **errp);
/* How many CPUs firmware will find in @rtc's memory; 0: more than fit. */
void rtc_set_cpus_count(ISADevice *rtc, uint16_t cpus_count);

/*
 * x86_allocate_cpu_irq: the line from the interrupt controllers to the first
 * CPU.
 */
qemu_irq x86_allocate_cpu_irq(void);

/*
 * x86_bios_rom_init: map the firmware that the user names, or
 * @default_firmware if that file is there and a CPU is to run it.  Ends the
 * program if the user's cannot be loaded.
 */
void x86_bios_rom_init(MachineState *ms, const char *default_firmware,
                       MemoryRegion *rom_memory, bool isapc_ram_fw);

/* What a GSI drives. */
typedef struct GSIState {
    qemu_irq i8259_irq[ISA_NUM_IRQS];
    qemu_irq ioapic_irq[IOAPIC_NUM_PINS];
    qemu_irq ioapic2_irq[IOAPIC_NUM_PINS];
} GSIState;

/* gsi_handler: the qemu_irq_handler of all GSIs; @opaque is the GSIState. */
void gsi_handler(void *opaque, int n, int level);

/*
 * ioapic_init_gsi: make the IOAPIC, and connect it to the GSIs.
 * @parent_name: a path; the object there gets it as a child
 */
void ioapic_init_gsi(GSIState *gsi_state, const char *parent_name);

/*
 * ioapic_init_secondary: make a second IOAPIC, for GSIs from 24 on.  It is never
 * the kernel's: not to be called if kvm_ioapic_in_kernel(), as local APICs with
 * an IOAPIC beside them tell nobody else of EOIs.
 */
DeviceState *ioapic_init_secondary(GSIState *gsi_state);

#endif
