/*
 * The microvm: a board without a bus.
 *
 * All that a guest needs to start quickly, and nothing to look for: no PCI, no
 * chip set.  Virtio devices are in transports over MMIO whose places ACPI's
 * tables tell, or, with acpi=off, the kernel's command line.
 *
 *     0xfea00000   GED: events; 0xfea00200: power-off, reset
 *     0xfeb00000   virtio-mmio, 512 bytes each
 *     0xfec00000   IOAPIC; 0xfec10000: the second one
 *
 *     machine         transports   GSIs
 *     (default)       24           24 .. 47, of the second IOAPIC
 *     ioapic2=off     8            16 .. 23
 *     acpi=off        8             5 .. 12
 *
 *     system bus
 *       isabus-bridge                        isa.0: i8259 twice, i8254, RTC, serial
 *       ioapic                               /machine/ioapic
 *       virtio-mmio                          virtio-mmio-bus.0 ...
 *       acpi-ged-x86
 *       fw_cfg_io                            /machine/fw_cfg
 *
 * Read first: hw/i386/x86.h, hw/virtio/virtio-mmio.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_MICROVM_H
#define HW_I386_MICROVM_H

#include "exec/hwaddr.h"
#include "exec/memory.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "hw/i386/x86.h"
#include "qemu/notify.h"
#include "qom/object.h"

#define VIRTIO_MMIO_BASE      0xfeb00000
#define MICROVM_TRANSPORT_SIZE 512
/* The most that one transport takes on the command line. */
#define VIRTIO_CMDLINE_MAXLEN 64

#define GED_MMIO_BASE         0xfea00000
#define GED_MMIO_BASE_MEMHP   (GED_MMIO_BASE + 0x100)
#define GED_MMIO_BASE_REGS    (GED_MMIO_BASE + 0x200)
#define GED_MMIO_IRQ          9

/* Properties */
#define MICROVM_MACHINE_RTC                 "rtc"
#define MICROVM_MACHINE_IOAPIC2             "ioapic2"
#define MICROVM_MACHINE_ISA_SERIAL          "isa-serial"
#define MICROVM_MACHINE_OPTION_ROMS         "x-option-roms"
#define MICROVM_MACHINE_AUTO_KERNEL_CMDLINE "auto-kernel-cmdline"

struct MicrovmMachineClass {
    X86MachineClass parent;
    HotplugHandler *(*orig_hotplug_handler)(MachineState *machine,
                                            DeviceState *dev);
};

/*
 * @rtc: property: is there a clock; auto: unless KVM has one for the guest
 * @ioapic2: property: is there a second IOAPIC; auto: if ACPI can tell of it
 * @isa_serial: property: is -serial's first one there?
 * @option_roms: property: does firmware get those of -option-rom?
 * @auto_kernel_cmdline: property: without ACPI, does the command line tell of
 *     the devices?
 */
struct MicrovmMachineState {
    X86MachineState parent;

    OnOffAuto rtc;
    OnOffAuto ioapic2;
    bool isa_serial;
    bool option_roms;
    bool auto_kernel_cmdline;

    uint32_t virtio_irq_base;       /* the GSI of the first transport */
    uint32_t virtio_num_transports;
    bool kernel_cmdline_fixed;      /* it tells of the devices by now */
    Notifier machine_done;
    Notifier powerdown_req;

    /* What the board itself puts into the address space, and its GSIs. */
    MemoryRegion ram_below_4g, ram_above_4g;
    GSIState *gsi_state;
    qemu_irq cpu_irq;               /* of a PIC that is ours */
};

#define TYPE_MICROVM_MACHINE MACHINE_TYPE_NAME("microvm")
OBJECT_DECLARE_TYPE(MicrovmMachineState, MicrovmMachineClass, MICROVM_MACHINE)

#endif
