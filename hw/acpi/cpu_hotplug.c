/*
 * CPU hotplug's first registers, and the change to the others.
 *
 * Read include/hw/acpi/cpu_hotplug.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/cpu_hotplug.h"
#include "hw/core/cpu.h"
#include "hw/pci/pci.h"
#include "qapi/error.h"

static uint64_t cpu_status_read(void *opaque, hwaddr addr, unsigned int size)
{
    AcpiCpuHotplug *cpus = opaque;

    return cpus->sts[addr];
}

static void cpu_status_write(void *opaque, hwaddr addr, uint64_t data,
                             unsigned int size)
{
    AcpiCpuHotplug *cpus = opaque;

    if (addr == 0 && data == 0) {
        object_property_set_bool(cpus->device, "cpu-hotplug-legacy", false,
                                 &error_abort);
    }
}

static const MemoryRegionOps AcpiCpuHotplug_ops = {
    .read = cpu_status_read,
    .write = cpu_status_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

static void acpi_set_cpu_present_bit(AcpiCpuHotplug *g, CPUState *cpu,
                                     bool *swtchd_to_modern)
{
    int64_t cpu_id = CPU_GET_CLASS(cpu)->get_arch_id(cpu);

    *swtchd_to_modern = cpu_id / 8 >= ACPI_GPE_PROC_LEN;
    if (*swtchd_to_modern) {
        object_property_set_bool(g->device, "cpu-hotplug-legacy", false,
                                 &error_abort);
    } else {
        g->sts[cpu_id / 8] |= 1 << (cpu_id % 8);
    }
}

void legacy_acpi_cpu_plug_cb(HotplugHandler *hotplug_dev,
                             AcpiCpuHotplug *g, DeviceState *dev, Error **errp)
{
    bool swtchd_to_modern;

    acpi_set_cpu_present_bit(g, CPU(dev), &swtchd_to_modern);
    if (swtchd_to_modern) {
        /* The chip is another now, and is told of it. */
        hotplug_handler_plug(hotplug_dev, dev, errp);
    } else {
        acpi_send_event(DEVICE(hotplug_dev), ACPI_CPU_HOTPLUG_STATUS);
    }
}

void legacy_acpi_cpu_hotplug_init(MemoryRegion *parent, Object *owner,
                                  AcpiCpuHotplug *gpe_cpu, uint16_t base)
{
    CPUState *cpu;

    memory_region_init_io(&gpe_cpu->io, owner, &AcpiCpuHotplug_ops, gpe_cpu,
                          "acpi-cpu-hotplug", ACPI_GPE_PROC_LEN);
    memory_region_add_subregion(parent, base, &gpe_cpu->io);
    gpe_cpu->device = owner;

    CPU_FOREACH(cpu) {
        bool swtchd_to_modern;

        acpi_set_cpu_present_bit(gpe_cpu, cpu, &swtchd_to_modern);
        if (swtchd_to_modern) {
            break;
        }
    }
}

void acpi_switch_to_modern_cphp(AcpiCpuHotplug *gpe_cpu,
                                CPUHotplugState *cpuhp_state,
                                uint16_t io_port)
{
    MemoryRegion *parent = pci_address_space_io(PCI_DEVICE(gpe_cpu->device));

    memory_region_del_subregion(parent, &gpe_cpu->io);
    cpu_hotplug_hw_init(parent, gpe_cpu->device, cpuhp_state, io_port);
}
