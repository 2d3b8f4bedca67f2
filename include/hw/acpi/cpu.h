/*
 * CPU hotplug by ACPI: the registers, and the program that uses them.
 *
 * A machine has a place for each CPU that it may ever have.  The registers are
 * a window to one of them, which the first register selects:
 *
 *     offset   read                                    write
 *     0  (4)   command 3: upper half of the APIC ID    select a place
 *     4  (1)   bit 0: there is a CPU that works        -
 *              bit 1: it has come                      1: this was heard
 *              bit 2: it is asked to go                1: this was heard
 *              bit 3: -                                1: eject it
 *              bit 4: firmware is to eject it          1: the other way round
 *     5  (1)   -                                       command:
 *                                                        0 find an event
 *                                                        1 data is _OST's event
 *                                                        2 data is _OST's status
 *                                                        3 tell the APIC ID
 *     8  (4)   command 0: the place that was found     what the command says
 *              command 3: lower half of the APIC ID
 *
 * Command 0 looks for an event from the selected place on, round the end, and
 * selects the place that has one; if there is none, all stays.
 *
 *     device_add                                       the guest
 *       acpi_cpu_plug_cb: bit 1; GPE 0, bit 2 ------>  \_GPE._E02
 *                                                        \_SB.CPUS.CSCN: Notify()
 *     device_del
 *       acpi_cpu_unplug_request_cb: bit 2 ---------->  \_GPE._E02 ... Notify()
 *                                   bit 3 <----------  \_SB.CPUS.C001._EJ0
 *       hotplug_handler_unplug, acpi_cpu_unplug_cb
 *
 * At the start the chip has the older registers of cpu_hotplug.h there, and a
 * guest that knows these changes it with its first write.
 *
 * All of it belongs to the BQL.  ACPI specification 6.3, chapters 6.3 (hotplug)
 * and 8.4 (processors).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ACPI_CPU_H
#define ACPI_CPU_H

#include "hw/acpi/aml-build.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qapi/qapi-types-acpi.h"

#define ACPI_CPU_HOTPLUG_REG_LEN 12

/*
 * A place.
 *
 * @cpu: NULL if it is empty
 * @is_inserting, @is_removing: the guest has not heard of it yet
 * @fw_remove: the guest leaves it to its firmware to eject the CPU
 * @ost_event, @ost_status: what the guest said last, with _OST
 */
typedef struct AcpiCpuStatus {
    CPUState *cpu;
    uint64_t arch_id;
    bool is_inserting;
    bool is_removing;
    bool fw_remove;
    uint32_t ost_event;
    uint32_t ost_status;
} AcpiCpuStatus;

typedef struct CPUHotplugState {
    MemoryRegion ctrl_reg;
    uint32_t selector;
    uint8_t command;
    uint32_t dev_count;
    AcpiCpuStatus *devs;
} CPUHotplugState;

/* The hooks of a hotplug handler that is an ACPI_DEVICE_IF as well. */
void acpi_cpu_plug_cb(HotplugHandler *hotplug_dev,
                      CPUHotplugState *cpu_st, DeviceState *dev, Error **errp);
void acpi_cpu_unplug_request_cb(HotplugHandler *hotplug_dev,
                                CPUHotplugState *cpu_st,
                                DeviceState *dev, Error **errp);
void acpi_cpu_unplug_cb(CPUHotplugState *cpu_st,
                        DeviceState *dev, Error **errp);

/* Put the registers at @base_addr of @as; with the CPUs that are there now. */
void cpu_hotplug_hw_init(MemoryRegion *as, Object *owner,
                         CPUHotplugState *state, hwaddr base_addr);
/* Free what it took. */
void cpu_hotplug_hw_cleanup(CPUHotplugState *state);

/*
 * @acpi_1_compatible: the CPUs are Processor() objects, which older guests
 *     understand, where their APIC ID fits
 * @has_legacy_cphp: the registers have to be switched to these first
 */
typedef struct CPUHotplugFeatures {
    bool acpi_1_compatible;
    bool has_legacy_cphp;
} CPUHotplugFeatures;

/*
 * Append the CPUs of @machine to @table, the DSDT: \_SB.CPUS; the registers, at
 * @io_base, as a device below @res_root; the method @event_handler_method.
 */
void build_cpus_aml(Aml *table, MachineState *machine, CPUHotplugFeatures opts,
                    hwaddr io_base, const char *res_root,
                    const char *event_handler_method);

/* query-acpi-ospm-status: append to **@list what was said of each place. */
void acpi_cpu_ospm_status(CPUHotplugState *cpu_st, ACPIOSTInfoList ***list);

extern const VMStateDescription vmstate_cpu_hotplug;
#define VMSTATE_CPU_HOTPLUG(cpuhp, state) \
    VMSTATE_STRUCT(cpuhp, state, 1, \
                   vmstate_cpu_hotplug, CPUHotplugState)

#endif
