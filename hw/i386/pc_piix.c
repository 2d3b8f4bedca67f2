/*
 * The machine "pc": an i440FX host bridge and a PIIX3, as in 1996.
 *
 * Read first: hw/i386/pc.h, hw/i386/pc.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/acpi/piix4.h"
#include "hw/i2c/smbus_eeprom.h"
#include "hw/i386/pc.h"
#include "hw/isa/isa.h"
#include "kvm/clock.h"
#include "hw/pci-host/i440fx.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/southbridge/piix.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"

/*
 * Where RAM ends below 4 GiB.  What does not fit before the PCI hole goes on
 * at 4 GiB.  The hole begins at 3.5 GiB; but if RAM must be split anyway, at
 * 3 GiB, so that both parts can be made of huge pages:
 *
 *     -m 2G      2 GiB below
 *     -m 3.25G   all below
 *     -m 4G      3 GiB below, 1 GiB above
 */
static void pc_piix_split_ram(PCMachineState *pcms)
{
    PCMachineClass *pcmc = PC_MACHINE_GET_CLASS(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    ram_addr_t ram_size = MACHINE(pcms)->ram_size;
    ram_addr_t lowmem;

    if (!pcms->max_ram_below_4g) {
        pcms->max_ram_below_4g = 0xe0000000;
    }
    lowmem = pcms->max_ram_below_4g;
    if (ram_size >= lowmem && pcmc->gigabyte_align) {
        lowmem = MIN(lowmem, 0xc0000000);
        if (lowmem & (1 * GiB - 1)) {
            warn_report("Large machine and max_ram_below_4g "
                        "(%" PRIu64 ") not a multiple of 1G; "
                        "possible bad performance.",
                        pcms->max_ram_below_4g);
        }
    }

    x86ms->below_4g_mem_size = MIN(ram_size, lowmem);
    x86ms->above_4g_mem_size = ram_size - x86ms->below_4g_mem_size;
}

/* Power management: function 3 of the slot that the PIIX3 is in. */
static void pc_piix4_pm_init(PCMachineState *pcms, int devfn)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    PCIDevice *piix4_pm = pci_new(devfn, TYPE_PIIX4_PM);

    qdev_prop_set_uint32(DEVICE(piix4_pm), "smb_io_base", 0xb100);
    qdev_prop_set_bit(DEVICE(piix4_pm), "smm-enabled",
                      x86_machine_is_smm_enabled(x86ms));
    pci_realize_and_unref(piix4_pm, pcms->bus, &error_fatal);

    qdev_connect_gpio_out(DEVICE(piix4_pm), 0, x86ms->gsi[9]);
    pcms->smi_irq = qemu_allocate_irq(pc_acpi_smi_interrupt, NULL, 0);
    qdev_connect_gpio_out_named(DEVICE(piix4_pm), "smi-irq", 0, pcms->smi_irq);

    pcms->smbus = I2C_BUS(qdev_get_child_bus(DEVICE(piix4_pm), "i2c"));
    smbus_eeprom_init(pcms->smbus, 8, NULL, 0);

    object_property_add_link(OBJECT(pcms), PC_MACHINE_ACPI_DEVICE_PROP,
                             TYPE_HOTPLUG_HANDLER,
                             (Object **)&x86ms->acpi_dev,
                             object_property_allow_set_link,
                             OBJ_PROP_LINK_STRONG);
    object_property_set_link(OBJECT(pcms), PC_MACHINE_ACPI_DEVICE_PROP,
                             OBJECT(piix4_pm), &error_abort);
}

static void pc_init1(MachineState *machine, const char *host_type,
                     const char *pci_type)
{
    PCMachineState *pcms = PC_MACHINE(machine);
    PCMachineClass *pcmc = PC_MACHINE_GET_CLASS(pcms);
    X86MachineState *x86ms = X86_MACHINE(machine);
    MemoryRegion *system_memory = get_system_memory();
    MemoryRegion *pci_memory = &pcms->pci_memory;
    MemoryRegion *ram_memory;
    DeviceState *i440fx_host;
    PCIDevice *pci_dev;
    ISABus *isa_bus;

    if (machine->kernel_filename && machine->firmware) {
        error_report("this board boots a kernel without firmware: "
                     "-kernel and -bios do not go together");
        exit(1);
    }

    pc_piix_split_ram(pcms);
    x86_cpus_init(x86ms, 1);
    if (pcmc->smbios_defaults) {
        MachineClass *mc = MACHINE_GET_CLASS(machine);

        smbios_set_defaults("QEMU", mc->desc, mc->name,
                            pcmc->smbios_legacy_mode,
                            pcmc->smbios_uuid_encoded,
                            pcms->smbios_entry_point_type);
    }
    kvmclock_create(true);

    /*
     * Memory comes together piece by piece: RAM first, then what lies over it.
     * Show the accelerator the whole of it only, because to take RAM back and
     * map it in parts costs KVM more than all the rest of the start.
     */
    memory_region_transaction_begin();

    memory_region_init(pci_memory, NULL, "pci", UINT64_MAX);
    i440fx_host = qdev_new(host_type);
    pc_memory_init(pcms, system_memory, pci_memory, &ram_memory,
                   object_property_get_uint(OBJECT(i440fx_host),
                                            PCI_HOST_PROP_PCI_HOLE64_SIZE,
                                            &error_abort));

    pcms->gsi_state = pc_gsi_create(&x86ms->gsi, pcmc->pci_enabled);

    pcms->bus = i440fx_init(pci_type, i440fx_host, system_memory,
                            get_system_io(), machine->ram_size,
                            x86ms->below_4g_mem_size,
                            x86ms->above_4g_mem_size,
                            pci_memory, ram_memory);
    pci_dev = pci_create_simple_multifunction(pcms->bus, -1, true,
                                              TYPE_PIIX3_DEVICE);
    PIIX3_PCI_DEVICE(pci_dev)->pic = x86ms->gsi;
    isa_bus = ISA_BUS(qdev_get_child_bus(DEVICE(pci_dev), "isa.0"));
    isa_bus_irqs(isa_bus, x86ms->gsi);

    if (x86ms->pic != ON_OFF_AUTO_OFF) {
        pc_i8259_create(isa_bus, pcms->gsi_state->i8259_irq);
    }
    ioapic_init_gsi(pcms->gsi_state, "i440fx");

    /* Of the IOAPIC's pins only 2 has nothing else on it: IRQ 2 cascades. */
    pc_basic_device_init(pcms, isa_bus, x86ms->gsi, 1 << 2);
    pc_nic_init(pcmc, isa_bus, pcms->bus);
    pc_cmos_init(pcms, x86ms->rtc);

    if (pcmc->pci_enabled && x86_machine_is_acpi_enabled(x86ms)) {
        pc_piix4_pm_init(pcms, pci_dev->devfn + 3);
    }
    memory_region_transaction_commit();
}

static void pc_init_v7_2(MachineState *machine)
{
    pc_init1(machine, TYPE_I440FX_PCI_HOST_BRIDGE, TYPE_I440FX_PCI_DEVICE);
}

static void pc_i440fx_7_2_machine_options(MachineClass *m)
{
    PCMachineClass *pcmc = PC_MACHINE_CLASS(m);

    /* QEMU says e1000; this is the network card that there is here. */
    pcmc->default_nic_model = "virtio-net-pci";

    m->family = "pc_piix";
    m->desc = "Standard PC (i440FX + PIIX, 1996)";
    m->default_display = "std";
    m->alias = "pc";
    m->is_default = true;
}

DEFINE_PC_MACHINE(v7_2, "pc-i440fx-7.2", pc_init_v7_2,
                  pc_i440fx_7_2_machine_options);
