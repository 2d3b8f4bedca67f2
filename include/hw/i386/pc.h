/*
 * The PC: machine pc-i440fx-7.2, "pc" for short.
 *
 *     system bus
 *       i440FX-pcihost            /machine/i440fx      hw/pci-host/i440fx.c
 *         pci.0
 *           00.0 i440FX, 01.0 PIIX3, 01.3 PIIX4_PM
 *             isa.0               isa-i8259 twice, isa-serial as -serial
 *                                 says, i8042, port92
 *       hpet
 *       ioapic                    /machine/i440fx/ioapic
 *       fw_cfg_io                 /machine/fw_cfg
 *
 * Read first: hw/i386/x86.h, hw/pci-host/i440fx.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PC_H
#define HW_PC_H

#include "hw/boards.h"
#include "hw/firmware/smbios.h"
#include "hw/i386/x86.h"
#include "hw/hotplug.h"
#include "qemu/notify.h"
#include "qemu/units.h"
#include "qom/object.h"

#define HPET_INTCAP "hpet-intcap"

/* How much RAM a directly booted kernel leaves to ACPI tables. */
#define PC_ACPI_DATA_SIZE (128 * KiB)

#define PC_MACHINE_ACPI_DEVICE_PROP "acpi-device"
#define PC_MACHINE_I8042 "i8042"
#define PC_MACHINE_MAX_RAM_BELOW_4G "max-ram-below-4g"
#define PC_MACHINE_SMBIOS_EP "smbios-entry-point-type"

/*
 * @bus: the root of all PCI buses
 * @hpet_enabled: property: is there an HPET?
 * @i8042_enabled: property: is there a keyboard controller, and port 0x92?
 * @max_ram_below_4g: property: where the PCI hole begins at the latest; 0: as
 * the board likes it
 */
typedef struct PCMachineState {
    X86MachineState parent_obj;

    Notifier machine_done;
    PCIBus *bus;
    I2CBus *smbus;

    uint64_t max_ram_below_4g;
    bool hpet_enabled;
    bool i8042_enabled;
    SmbiosEntryPointType smbios_entry_point_type;

    /* What the board itself puts into the address spaces, and its GSIs. */
    MemoryRegion ram_below_4g, ram_above_4g;
    MemoryRegion pci_memory, option_rom;
    MemoryRegion ioport80_io, ioportF0_io;
    GSIState *gsi_state;
    qemu_irq cpu_irq, smi_irq;
    qemu_irq *a20_line;         /* two, or NULL */
} PCMachineState;

typedef struct PCMachineClass {
    X86MachineClass parent;

    bool pci_enabled;
    const char *default_nic_model;

    /* SMBIOS: does the board say what it is, and in which form the UUID? */
    bool smbios_defaults;
    bool smbios_legacy_mode;
    bool smbios_uuid_encoded;

    /* On CPUs of AMD: does RAM leave out what HyperTransport has below 1 TiB? */
    bool enforce_amd_1tb_hole;

    /* Does RAM below 4 GiB end at a multiple of 1 GiB, for huge pages? */
    bool gigabyte_align;
} PCMachineClass;

#define TYPE_PC_MACHINE "generic-pc-machine"
DECLARE_OBJ_CHECKERS(PCMachineState, PCMachineClass, PC_MACHINE,
                     TYPE_PC_MACHINE)

/*
 * pc_gsi_create: make the GSIs.
 * @irqs: gives the lines, for the board to keep
 * Returns what they drive, to be filled in as controllers are made.
 */
GSIState *pc_gsi_create(qemu_irq **irqs, bool pci_enabled);

/* The properties of a PCI host bridge that say where the holes are. */
#define PCI_HOST_PROP_RAM_MEM          "ram-mem"
#define PCI_HOST_PROP_PCI_MEM          "pci-mem"
#define PCI_HOST_PROP_SYSTEM_MEM       "system-mem"
#define PCI_HOST_PROP_IO_MEM           "io-mem"
#define PCI_HOST_PROP_PCI_HOLE_START   "pci-hole-start"
#define PCI_HOST_PROP_PCI_HOLE_END     "pci-hole-end"
#define PCI_HOST_PROP_PCI_HOLE64_START "pci-hole64-start"
#define PCI_HOST_PROP_PCI_HOLE64_END   "pci-hole64-end"
#define PCI_HOST_PROP_PCI_HOLE64_SIZE  "pci-hole64-size"
#define PCI_HOST_BELOW_4G_MEM_SIZE     "below-4g-mem-size"
#define PCI_HOST_ABOVE_4G_MEM_SIZE     "above-4g-mem-size"

/* pc_pci_as_mapping_init: PCI memory shows wherever nothing else is. */
void pc_pci_as_mapping_init(Object *owner, MemoryRegion *system_memory,
                            MemoryRegion *pci_address_space);

/*
 * pc_memory_init: map RAM, reserve the ROM area, make fw_cfg.
 * @ram_memory: gives the region of the whole RAM
 */
void pc_memory_init(PCMachineState *pcms,
                    MemoryRegion *system_memory,
                    MemoryRegion *rom_memory,
                    MemoryRegion **ram_memory,
                    uint64_t pci_hole64_size);

/* pc_pci_hole64_start: the first address above all RAM, for 64-bit BARs. */
uint64_t pc_pci_hole64_start(void);

/*
 * pc_basic_device_init: the ISA devices that every PC has, and the HPET.
 * @hpet_irqs: the GSIs that it may use, by their bits
 */
void pc_basic_device_init(PCMachineState *pcms, ISABus *isa_bus,
                          qemu_irq *gsi, uint32_t hpet_irqs);

/*
 * pc_acpi_smi_interrupt: the handler of the line on which a chip set asks for a
 * system management interrupt.
 */
void pc_acpi_smi_interrupt(void *opaque, int irq, int level);

/* pc_madt_cpu_entry: AcpiDeviceIfClass.madt_cpu of the PC's chips. */
void pc_madt_cpu_entry(int uid, const CPUArchIdList *apic_ids, GArray *entry,
                       bool force_enabled);

/* pc_cmos_init (pc-cmos.c): tell firmware of memory, boot order and CPUs. */
void pc_cmos_init(PCMachineState *pcms, ISADevice *rtc);

/* pc_nic_init: the network cards of -nic, by the board's default model. */
void pc_nic_init(PCMachineClass *pcmc, ISABus *isa_bus, PCIBus *pci_bus);

/* pc_i8259_create: make the PICs, and give their lines to the GSIs. */
void pc_i8259_create(ISABus *isa_bus, qemu_irq *i8259_irqs);

/* System control port A (port92.c): fast reset, and the gate of line A20. */
#define TYPE_PORT92 "port92"
#define PORT92_A20_LINE "a20"

/* Define the machine type NAME-machine, made by @initfn, and register it. */
#define DEFINE_PC_MACHINE(suffix, namestr, initfn, optsfn)                   \
    static void pc_machine_##suffix##_class_init(ObjectClass *oc,            \
                                                 void *data)                 \
    {                                                                        \
        MachineClass *mc = MACHINE_CLASS(oc);                                \
        optsfn(mc);                                                          \
        mc->init = initfn;                                                   \
    }                                                                        \
    static const TypeInfo pc_machine_type_##suffix = {                       \
        .name       = namestr TYPE_MACHINE_SUFFIX,                           \
        .parent     = TYPE_PC_MACHINE,                                       \
        .class_init = pc_machine_##suffix##_class_init,                      \
    };                                                                       \
    static void pc_machine_init_##suffix(void)                               \
    {                                                                        \
        type_register(&pc_machine_type_##suffix);                            \
    }                                                                        \
    type_init(pc_machine_init_##suffix)

#endif
