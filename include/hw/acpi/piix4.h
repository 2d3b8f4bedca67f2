/*
 * PIIX4's power management function, as the `pc` machine has it beside a PIIX3
 * south bridge: ACPI's registers, hotplug, the ports of APM.
 *
 *     I/O ports
 *     pm_io_base + 0x00   PM1 event, control, timer    base and switch in
 *                                                      config space
 *     0xb2, 0xb3          APM: ACPI on and off
 *     0xae00              PCI hotplug                  hw/acpi/pcihp.h
 *     0xaf00              CPU hotplug                  hw/acpi/cpu.h
 *     0xafe0              GPE 0
 *
 * It is the hotplug handler of its bus, and the machine's ACPI device.  Its
 * line, the SCI, is wired to IRQ 9 by the board, whatever the interrupt line
 * register of its config space says.
 *
 * Intel 82371AB (PIIX4) datasheet, chapter 7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_PIIX4_H
#define HW_ACPI_PIIX4_H

#include "hw/acpi/acpi.h"
#include "hw/acpi/cpu.h"
#include "hw/acpi/cpu_hotplug.h"
#include "hw/acpi/pcihp.h"
#include "hw/isa/apm.h"
#include "hw/i2c/pm_smbus.h"
#include "hw/pci/pci.h"
#include "qom/object.h"

#define TYPE_PIIX4_PM "PIIX4_PM"
OBJECT_DECLARE_SIMPLE_TYPE(PIIX4PMState, PIIX4_PM)

struct PIIX4PMState {
    /*< private >*/
    PCIDevice parent_obj;
    /*< public >*/

    /* Properties. */
    uint32_t smb_io_base;
    uint8_t disable_s3;
    uint8_t disable_s4;
    uint8_t s4_val;
    bool smm_enabled;           /* somebody handles SMIs */
    bool smm_compat;            /* if not, behave as if */
    bool use_acpi_hotplug_bridge;
    bool use_acpi_root_pci_hotplug;
    bool not_migrate_acpi_index;

    /* What the guest can change. */
    ACPIREGS ar;
    APMState apm;
    PMSMBus smb;
    uint32_t io_base;
    AcpiPciHpState acpi_pci_hotplug;
    bool cpu_hotplug_legacy;    /* gpe_cpu is there, not cpuhp_state */
    AcpiCpuHotplug gpe_cpu;
    CPUHotplugState cpuhp_state;

    /* Held from realize on. */
    MemoryRegion io;
    MemoryRegion io_gpe;
    qemu_irq irq;
    qemu_irq smi_irq;
    Notifier machine_ready;
    Notifier powerdown_notifier;
};

#endif
