/*
 * What all PCs share: memory, GSIs, ISA devices.
 *
 * Read first: hw/i386/pc.h, hw/i386/x86.c.  Read next: hw/i386/pc_piix.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-build.h"
#include "direct-boot.h"
#include "e820_memory_layout.h"
#include "exec/address-spaces.h"
#include "cpu.h"
#include "fw_cfg.h"
#include "hw/char/serial.h"
#include "hw/i386/pc.h"
#include "hw/input/i8042.h"
#include "hw/irq.h"
#include "hw/loader.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/audio/pcspk.h"
#include "hw/timer/hpet.h"
#include "hw/timer/i8254.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "target/i386/kvm/kvm_i386.h"
#include "sysemu/cpus.h"
#include "sysemu/sysemu.h"
#include "trace.h"

/* Where option ROMs are: from the VGA BIOS up to the system's. */
#define PC_ROM_MIN_VGA  0xc0000
#define PC_ROM_MAX      0xe0000
#define PC_ROM_SIZE     (PC_ROM_MAX - PC_ROM_MIN_VGA)

/* Memory */

static void pc_map_ram(PCMachineState *pcms, MemoryRegion *system_memory)
{
    MachineState *machine = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    MemoryRegion *ram_below_4g = &pcms->ram_below_4g;
    MemoryRegion *ram_above_4g = &pcms->ram_above_4g;

    memory_region_init_alias(ram_below_4g, NULL, "ram-below-4g", machine->ram,
                             0, x86ms->below_4g_mem_size);
    memory_region_add_subregion(system_memory, 0, ram_below_4g);
    e820_add_entry(0, x86ms->below_4g_mem_size, E820_RAM);

    if (x86ms->above_4g_mem_size > 0) {
        memory_region_init_alias(ram_above_4g, NULL, "ram-above-4g",
                                 machine->ram, x86ms->below_4g_mem_size,
                                 x86ms->above_4g_mem_size);
        memory_region_add_subregion(system_memory, x86ms->above_4g_mem_start,
                                    ram_above_4g);
        e820_add_entry(x86ms->above_4g_mem_start, x86ms->above_4g_mem_size,
                       E820_RAM);
    }
}

/*
 * AMD's IOMMUs keep the last 12 GiB below 1 TiB for HyperTransport.  RAM that
 * would reach there begins at 1 TiB instead of 4 GiB, and the map of memory
 * says that the range is taken, if CPUs have addresses for it.
 */
#define AMD_HT_START        0xfd00000000ULL
#define AMD_HT_END          0xffffffffffULL
#define AMD_HT_SIZE         (AMD_HT_END + 1 - AMD_HT_START)
#define AMD_ABOVE_1TB_START (AMD_HT_END + 1)

/* The last address that RAM and the hole for 64-bit BARs need. */
static uint64_t pc_max_used_gpa(PCMachineState *pcms, uint64_t pci_hole64_size)
{
    if (X86_CPU(first_cpu)->phys_bits <= 32) {
        return 4 * GiB - 1;
    }
    return pc_pci_hole64_start() + pci_hole64_size - 1;
}

static void pc_leave_amd_hole(PCMachineState *pcms, uint64_t pci_hole64_size)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    X86CPU *cpu = X86_CPU(first_cpu);

    if (!IS_AMD_CPU(&cpu->env) ||
        !PC_MACHINE_GET_CLASS(pcms)->enforce_amd_1tb_hole) {
        return;
    }
    if (pc_max_used_gpa(pcms, pci_hole64_size) >= AMD_HT_START) {
        x86ms->above_4g_mem_start = AMD_ABOVE_1TB_START;
    }
    if (cpu->phys_bits >= 40) {
        e820_add_entry(AMD_HT_START, AMD_HT_SIZE, E820_RESERVED);
    }
}

/* A guest could not reach what is beyond its CPUs' addresses. */
static void pc_check_phys_bits(PCMachineState *pcms, uint64_t pci_hole64_size)
{
    X86CPU *cpu = X86_CPU(first_cpu);
    hwaddr limit = MAKE_64BIT_MASK(0, cpu->phys_bits);
    hwaddr used = pc_max_used_gpa(pcms, pci_hole64_size);

    if (used > limit) {
        error_report("Address space limit 0x%" PRIx64 " < 0x%" PRIx64
                     " phys-bits too low (%u)", limit, used, cpu->phys_bits);
        exit(EXIT_FAILURE);
    }
}

/* Where firmware has PIIX4's power management; FADT repeats it. */
#define PIIX4_CONFIG_PMBA       0x40
#define PIIX4_CONFIG_PMREGMISC  0x80
#define PIIX4_PM_IO_BASE        0x600

static void pc_direct_boot_setup_chips(X86MachineState *x86ms)
{
    PCIDevice *pm = PCI_DEVICE(x86ms->acpi_dev);

    pm->config_write(pm, PIIX4_CONFIG_PMBA, PIIX4_PM_IO_BASE | 1, 4);
    pm->config_write(pm, PIIX4_CONFIG_PMREGMISC, 1, 1);
}

static const DirectBootBoard pc_direct_boot = {
    .setup_chips = pc_direct_boot_setup_chips,
    .acpi_build = acpi_build,
    .acpi_data_size = PC_ACPI_DATA_SIZE,
    .smbios = true,
};

/* All devices of the command line are there. */
static void pc_machine_done(Notifier *notifier, void *data)
{
    PCMachineState *pcms = container_of(notifier, PCMachineState,
                                        machine_done);
    X86MachineState *x86ms = X86_MACHINE(pcms);

    acpi_setup();
    fw_cfg_build_smbios(MACHINE(pcms), x86ms->fw_cfg);
    fw_cfg_build_feature_control(MACHINE(pcms), x86ms->fw_cfg);
    /* -device may have added CPUs. */
    fw_cfg_modify_i16(x86ms->fw_cfg, FW_CFG_NB_CPUS, x86ms->boot_cpus);
    direct_boot_machine_done(x86ms, &pc_direct_boot);
}

void pc_memory_init(PCMachineState *pcms,
                    MemoryRegion *system_memory,
                    MemoryRegion *rom_memory,
                    MemoryRegion **ram_memory,
                    uint64_t pci_hole64_size)
{
    MachineState *machine = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    PCMachineClass *pcmc = PC_MACHINE_GET_CLASS(pcms);
    MemoryRegion *option_rom_mr = &pcms->option_rom;

    g_assert(machine->ram_size == x86ms->below_4g_mem_size +
                                  x86ms->above_4g_mem_size);

    *ram_memory = machine->ram;
    pc_leave_amd_hole(pcms, pci_hole64_size);
    pc_check_phys_bits(pcms, pci_hole64_size);
    pc_map_ram(pcms, system_memory);

    if (!machine->kernel_filename) {
        x86_bios_rom_init(machine, "bios-256k.bin", rom_memory, false);
    }

    memory_region_init_ram(option_rom_mr, NULL, "pc.rom", PC_ROM_SIZE,
                           &error_fatal);
    if (pcmc->pci_enabled) {
        memory_region_set_readonly(option_rom_mr, true);
    }
    memory_region_add_subregion_overlap(rom_memory, PC_ROM_MIN_VGA,
                                        option_rom_mr, 1);

    x86ms->fw_cfg = fw_cfg_arch_create(machine, x86ms->boot_cpus,
                                       x86ms->apic_id_limit);
    pcms->machine_done.notify = pc_machine_done;
    qemu_add_machine_init_done_notifier(&pcms->machine_done);
    rom_set_fw(x86ms->fw_cfg);
    if (machine->kernel_filename) {
        x86_load_linux(x86ms, PC_ACPI_DATA_SIZE, 0);
    }

    for (int i = 0; i < nb_option_roms; i++) {
        rom_add_option(option_rom[i].name, option_rom[i].bootindex);
    }
    x86ms->ioapic_as = &address_space_memory;
}

uint64_t pc_pci_hole64_start(void)
{
    X86MachineState *x86ms = X86_MACHINE(qdev_get_machine());

    return ROUND_UP(x86ms->above_4g_mem_start + x86ms->above_4g_mem_size,
                    1 * GiB);
}

void pc_pci_as_mapping_init(Object *owner, MemoryRegion *system_memory,
                            MemoryRegion *pci_address_space)
{
    memory_region_add_subregion_overlap(system_memory, 0x0,
                                        pci_address_space, -1);
}

/* Interrupts */

GSIState *pc_gsi_create(qemu_irq **irqs, bool pci_enabled)
{
    GSIState *s = g_new0(GSIState, 1);

    if (kvm_ioapic_in_kernel()) {
        kvm_pc_setup_irq_routing(pci_enabled);
    }
    *irqs = qemu_allocate_irqs(gsi_handler, s, IOAPIC_NUM_PINS);
    return s;
}

void pc_i8259_create(ISABus *isa_bus, qemu_irq *i8259_irqs)
{
    PCMachineState *pcms = PC_MACHINE(qdev_get_machine());
    qemu_irq *i8259;

    if (kvm_pic_in_kernel()) {
        i8259 = kvm_i8259_init(isa_bus);
    } else {
        pcms->cpu_irq = x86_allocate_cpu_irq();
        i8259 = i8259_init(isa_bus, pcms->cpu_irq);
    }

    for (size_t i = 0; i < ISA_NUM_IRQS; i++) {
        i8259_irqs[i] = i8259[i];
    }
    g_free(i8259);
}

/* ISA devices */

/* Firmware writes here how far it got; who has a display card, sees it. */
static void ioport80_write(void *opaque, hwaddr addr, uint64_t data,
                           unsigned size)
{
}

static uint64_t ioport80_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0xffffffffffffffffULL;
}

/* Clears the interrupt of a floating point error, IRQ 13; CPUs raise it. */
static void ioportF0_write(void *opaque, hwaddr addr, uint64_t data,
                           unsigned size)
{
}

static uint64_t ioportF0_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0xffffffffffffffffULL;
}

static const MemoryRegionOps ioport80_io_ops = {
    .write = ioport80_write,
    .read = ioport80_read,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

static const MemoryRegionOps ioportF0_io_ops = {
    .write = ioportF0_write,
    .read = ioportF0_read,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

/* The gate of A20 is at the CPUs. */
static void handle_a20_line_change(void *opaque, int irq, int level)
{
    CPUState *cs = first_cpu;

    if (cs) {
        x86_cpu_set_a20(X86_CPU(cs), level);
    }
}

/*
 * What one chip has on the boards of that time.  Two of them have the gate of
 * A20: who wrote last, has it.
 */
static void pc_superio_init(PCMachineState *pcms, ISABus *isa_bus)
{
    ISADevice *i8042, *port92;

    serial_hds_isa_init(isa_bus, 0, MAX_ISA_SERIAL_PORTS);
    if (!pcms->i8042_enabled) {
        return;
    }
    i8042 = isa_create_simple(isa_bus, TYPE_I8042);
    port92 = isa_create_simple(isa_bus, TYPE_PORT92);

    pcms->a20_line = qemu_allocate_irqs(handle_a20_line_change, NULL, 2);
    qdev_connect_gpio_out_named(DEVICE(i8042), I8042_A20_LINE, 0,
                                pcms->a20_line[0]);
    qdev_connect_gpio_out_named(DEVICE(port92), PORT92_A20_LINE, 0,
                                pcms->a20_line[1]);
}

static DeviceState *pc_hpet_init(qemu_irq *gsi, uint32_t hpet_irqs)
{
    DeviceState *hpet = qdev_new(TYPE_HPET);

    /* -global may have said it. */
    if (!object_property_get_uint(OBJECT(hpet), HPET_INTCAP, NULL)) {
        qdev_prop_set_uint32(hpet, HPET_INTCAP, hpet_irqs);
    }
    sysbus_realize_and_unref(SYS_BUS_DEVICE(hpet), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(hpet), 0, HPET_BASE);
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        sysbus_connect_irq(SYS_BUS_DEVICE(hpet), i, gsi[i]);
    }
    return hpet;
}

/*
 * The clock, the interval timer, and the speaker that hangs on it.  The HPET
 * can take the first two's interrupts away, so they go through it.
 */
static void pc_timers_init(PCMachineState *pcms, ISABus *isa_bus,
                           qemu_irq *gsi, uint32_t hpet_irqs)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    qemu_irq pit_alt_irq = NULL, rtc_irq = NULL;
    DeviceState *hpet = NULL, *pcspk;
    ISADevice *pit;

    if (pcms->hpet_enabled) {
        hpet = pc_hpet_init(gsi, hpet_irqs);
        pit_alt_irq = qdev_get_gpio_in(hpet, HPET_LEGACY_PIT_INT);
        rtc_irq = qdev_get_gpio_in(hpet, HPET_LEGACY_RTC_INT);
    }
    x86ms->rtc = mc146818_rtc_init(isa_bus, 2000, rtc_irq);
    if (x86ms->pit == ON_OFF_AUTO_OFF) {
        return;
    }
    if (kvm_pit_in_kernel()) {
        pit = kvm_pit_init(isa_bus, 0x40);
    } else {
        pit = i8254_pit_init(isa_bus, 0x40, hpet ? -1 : 0, pit_alt_irq);
    }
    if (hpet) {
        qdev_connect_gpio_out(hpet, 0, qdev_get_gpio_in(DEVICE(pit), 0));
    }
    pcspk = DEVICE(isa_new(TYPE_PC_SPEAKER));
    object_property_set_link(OBJECT(pcspk), "pit", OBJECT(pit), &error_fatal);
    isa_realize_and_unref(ISA_DEVICE(pcspk), isa_bus, &error_fatal);
}

void pc_basic_device_init(PCMachineState *pcms, ISABus *isa_bus, qemu_irq *gsi,
                          uint32_t hpet_irqs)
{
    MemoryRegion *ioport80_io = &pcms->ioport80_io;
    MemoryRegion *ioportF0_io = &pcms->ioportF0_io;

    memory_region_init_io(ioport80_io, NULL, &ioport80_io_ops, NULL,
                          "ioport80", 1);
    memory_region_add_subregion(isa_bus->address_space_io, 0x80, ioport80_io);

    memory_region_init_io(ioportF0_io, NULL, &ioportF0_io_ops, NULL,
                          "ioportF0", 1);
    memory_region_add_subregion(isa_bus->address_space_io, 0xf0, ioportF0_io);

    pc_timers_init(pcms, isa_bus, gsi, hpet_irqs);
    pc_superio_init(pcms, isa_bus);
}

void pc_acpi_smi_interrupt(void *opaque, int irq, int level)
{
    CPUState *cs = first_cpu;

    trace_pc_acpi_smi_interrupt(level);
    if (cs && level) {
        cpu_interrupt(cs, CPU_INTERRUPT_SMI);
    }
}

void pc_nic_init(PCMachineClass *pcmc, ISABus *isa_bus, PCIBus *pci_bus)
{
    for (int i = 0; i < nb_nics; i++) {
        pci_nic_init_nofail(&nd_table[i], pci_bus, pcmc->default_nic_model,
                            NULL);
    }
}

/* Type */

static void pc_machine_get_smbios_ep(Object *obj, Visitor *v,
                                     const char *name, void *opaque,
                                     Error **errp)
{
    SmbiosEntryPointType type = PC_MACHINE(obj)->smbios_entry_point_type;

    visit_type_SmbiosEntryPointType(v, name, &type, errp);
}

static void pc_machine_set_smbios_ep(Object *obj, Visitor *v,
                                     const char *name, void *opaque,
                                     Error **errp)
{
    visit_type_SmbiosEntryPointType(
        v, name, &PC_MACHINE(obj)->smbios_entry_point_type, errp);
}

static void pc_machine_get_max_ram_below_4g(Object *obj, Visitor *v,
                                            const char *name, void *opaque,
                                            Error **errp)
{
    uint64_t value = PC_MACHINE(obj)->max_ram_below_4g;

    visit_type_size(v, name, &value, errp);
}

static void pc_machine_set_max_ram_below_4g(Object *obj, Visitor *v,
                                            const char *name, void *opaque,
                                            Error **errp)
{
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value > 4 * GiB) {
        error_setg(errp, "Machine option 'max-ram-below-4g=%" PRIu64
                   "' expects size less than or equal to 4G", value);
        return;
    }
    if (value < 1 * MiB) {
        warn_report("Only %" PRIu64 " bytes of RAM below the 4GiB boundary,"
                    "BIOS may not work with less than 1MiB", value);
    }
    PC_MACHINE(obj)->max_ram_below_4g = value;
}

static bool pc_machine_get_hpet(Object *obj, Error **errp)
{
    return PC_MACHINE(obj)->hpet_enabled;
}

static void pc_machine_set_hpet(Object *obj, bool value, Error **errp)
{
    PC_MACHINE(obj)->hpet_enabled = value;
}

static bool pc_machine_get_i8042(Object *obj, Error **errp)
{
    return PC_MACHINE(obj)->i8042_enabled;
}

static void pc_machine_set_i8042(Object *obj, bool value, Error **errp)
{
    PC_MACHINE(obj)->i8042_enabled = value;
}

static void pc_machine_reset(MachineState *machine, ShutdownCause reason)
{
    x86_machine_reset(machine, reason);
}

/*
 * Waking up from S3 begins like a reset; firmware sees by the PM1 status that
 * it is none.
 */
static void pc_machine_wakeup(MachineState *machine)
{
    cpu_synchronize_all_states();
    pc_machine_reset(machine, SHUTDOWN_CAUSE_NONE);
    cpu_synchronize_all_post_reset();
}

/* CPUs have no bus: the machine takes them.  PCI's are the bus's business. */

static void pc_machine_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                          DeviceState *dev, Error **errp)
{
    x86_cpu_pre_plug(hotplug_dev, dev, errp);
}

static void pc_machine_device_plug_cb(HotplugHandler *hotplug_dev,
                                      DeviceState *dev, Error **errp)
{
    x86_cpu_plug(hotplug_dev, dev, errp);
}

/* To take one away the guest has to be asked, which is ACPI's part. */
static void pc_machine_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                                DeviceState *dev, Error **errp)
{
    x86_cpu_unplug_request_cb(hotplug_dev, dev, errp);
}

static void pc_machine_device_unplug_cb(HotplugHandler *hotplug_dev,
                                        DeviceState *dev, Error **errp)
{
    x86_cpu_unplug_cb(hotplug_dev, dev, errp);
}

static HotplugHandler *pc_get_hotplug_handler(MachineState *machine,
                                              DeviceState *dev)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_CPU)) {
        return HOTPLUG_HANDLER(machine);
    }
    return NULL;
}

static void pc_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    PCMachineClass *pcmc = PC_MACHINE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    hc->pre_plug = pc_machine_device_pre_plug_cb;
    hc->plug = pc_machine_device_plug_cb;
    hc->unplug_request = pc_machine_device_unplug_request_cb;
    hc->unplug = pc_machine_device_unplug_cb;

    pcmc->pci_enabled = true;
    pcmc->gigabyte_align = true;
    pcmc->smbios_defaults = true;
    pcmc->smbios_uuid_encoded = true;
    pcmc->enforce_amd_1tb_hole = true;

    mc->reset = pc_machine_reset;
    mc->wakeup = pc_machine_wakeup;
    mc->default_boot_order = "cad";
    mc->block_default_type = IF_IDE;
    mc->max_cpus = 255;
    mc->default_cpu_type = X86_CPU_TYPE_NAME("qemu64");
    mc->has_hotpluggable_cpus = true;
    mc->get_hotplug_handler = pc_get_hotplug_handler;
    mc->smp_props.dies_supported = true;
    mc->default_ram_id = "pc.ram";

    object_class_property_add(oc, PC_MACHINE_MAX_RAM_BELOW_4G, "size",
                              pc_machine_get_max_ram_below_4g,
                              pc_machine_set_max_ram_below_4g, NULL, NULL);
    object_class_property_set_description(oc, PC_MACHINE_MAX_RAM_BELOW_4G,
                                          "How much RAM may be below 4 GiB");
    object_class_property_add_bool(oc, "hpet", pc_machine_get_hpet,
                                   pc_machine_set_hpet);
    object_class_property_set_description(oc, "hpet", "Is there an HPET?");

    object_class_property_add_bool(oc, PC_MACHINE_I8042,
                                   pc_machine_get_i8042,
                                   pc_machine_set_i8042);

    object_class_property_add(oc, PC_MACHINE_SMBIOS_EP, "str",
                              pc_machine_get_smbios_ep,
                              pc_machine_set_smbios_ep, NULL, NULL);
    object_class_property_set_description(oc, PC_MACHINE_SMBIOS_EP,
        "Which entry point the SMBIOS tables have: 32 or 64");
}

static void pc_machine_initfn(Object *obj)
{
    PC_MACHINE(obj)->hpet_enabled = true;
    PC_MACHINE(obj)->i8042_enabled = true;
    PC_MACHINE(obj)->smbios_entry_point_type = SMBIOS_ENTRY_POINT_TYPE_32;
}

static void pc_machine_finalize(Object *obj)
{
    PCMachineState *pcms = PC_MACHINE(obj);

    if (pcms->gsi_state) {
        qemu_remove_machine_init_done_notifier(&pcms->machine_done);
        qemu_free_irqs(X86_MACHINE(pcms)->gsi, IOAPIC_NUM_PINS);
        /* The inputs of a PIC of ours are the PIC's; of the kernel's, ours. */
        for (int i = 0; !pcms->cpu_irq && i < ISA_NUM_IRQS; i++) {
            qemu_free_irq(pcms->gsi_state->i8259_irq[i]);
        }
        g_free(pcms->gsi_state);
        qemu_free_irq(pcms->cpu_irq);
        if (pcms->a20_line) {
            qemu_free_irqs(pcms->a20_line, 2);
        }
        qemu_free_irq(pcms->smi_irq);
    }
}

static const TypeInfo pc_machine_info = {
    .name          = TYPE_PC_MACHINE,
    .parent        = TYPE_X86_MACHINE,
    .abstract      = true,
    .instance_size = sizeof(PCMachineState),
    .instance_init = pc_machine_initfn,
    .instance_finalize = pc_machine_finalize,
    .class_size    = sizeof(PCMachineClass),
    .class_init    = pc_machine_class_init,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void pc_machine_register_types(void)
{
    type_register_static(&pc_machine_info);
}

type_init(pc_machine_register_types)
