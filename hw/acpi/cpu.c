/*
 * CPU hotplug: the registers, and the hooks of the hotplug handler.
 *
 * Read include/hw/acpi/cpu.h first: it has the registers and the way of a
 * request.  Read next: cpu-aml.c, what the guest does with them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/acpi/cpu.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "qapi/qapi-events-acpi.h"
#include "trace.h"

enum {
    CPHP_SELECTOR_REG = 0,      /* written */
    CPHP_CMD_DATA2_REG = 0,     /* read */
    CPHP_FLAGS_REG = 4,
    CPHP_CMD_REG = 5,
    CPHP_CMD_DATA_REG = 8,
};

enum {
    CPHP_FLAG_ENABLED = 1 << 0,
    CPHP_FLAG_INSERT = 1 << 1,
    CPHP_FLAG_REMOVE = 1 << 2,
    CPHP_FLAG_EJECT = 1 << 3,
    CPHP_FLAG_FW_EJECT = 1 << 4,
};

enum {
    CPHP_GET_NEXT_CPU_WITH_EVENT_CMD = 0,
    CPHP_OST_EVENT_CMD = 1,
    CPHP_OST_STATUS_CMD = 2,
    CPHP_GET_CPU_ID_CMD = 3,
    CPHP_CMD_MAX,
};

/* What the guest's system said of place @idx with _OST. */
static ACPIOSTInfo *acpi_cpu_device_status(int idx, AcpiCpuStatus *cdev)
{
    ACPIOSTInfo *info = g_new0(ACPIOSTInfo, 1);

    info->slot_type = ACPI_SLOT_TYPE_CPU;
    info->slot = g_strdup_printf("%d", idx);
    info->source = cdev->ost_event;
    info->status = cdev->ost_status;
    if (cdev->cpu && DEVICE(cdev->cpu)->id) {
        info->device = g_strdup(DEVICE(cdev->cpu)->id);
        info->has_device = true;
    }
    return info;
}

void acpi_cpu_ospm_status(CPUHotplugState *cpu_st, ACPIOSTInfoList ***list)
{
    ACPIOSTInfoList ***tail = list;

    for (int i = 0; i < cpu_st->dev_count; i++) {
        QAPI_LIST_APPEND(*tail, acpi_cpu_device_status(i, &cpu_st->devs[i]));
    }
}

/* The registers.  What the guest writes is never trusted to be a place. */

static AcpiCpuStatus *cpu_hotplug_selected(CPUHotplugState *cpu_st)
{
    if (cpu_st->selector >= cpu_st->dev_count) {
        trace_cpuhp_acpi_invalid_idx_selected(cpu_st->selector);
        return NULL;
    }
    return &cpu_st->devs[cpu_st->selector];
}

static uint8_t cpu_hotplug_flags(const AcpiCpuStatus *cdev)
{
    return (cdev->cpu ? CPHP_FLAG_ENABLED : 0) |
           (cdev->is_inserting ? CPHP_FLAG_INSERT : 0) |
           (cdev->is_removing ? CPHP_FLAG_REMOVE : 0) |
           (cdev->fw_remove ? CPHP_FLAG_FW_EJECT : 0);
}

static uint64_t cpu_hotplug_rd(void *opaque, hwaddr addr, unsigned size)
{
    CPUHotplugState *cpu_st = opaque;
    AcpiCpuStatus *cdev = cpu_hotplug_selected(cpu_st);
    uint64_t val = 0;

    if (!cdev) {
        return 0;
    }
    switch (addr) {
    case CPHP_FLAGS_REG:
        val = cpu_hotplug_flags(cdev);
        trace_cpuhp_acpi_read_flags(cpu_st->selector, val);
        break;
    case CPHP_CMD_DATA_REG:
        if (cpu_st->command == CPHP_GET_NEXT_CPU_WITH_EVENT_CMD) {
            val = cpu_st->selector;
        } else if (cpu_st->command == CPHP_GET_CPU_ID_CMD) {
            val = cdev->arch_id & 0xffffffff;
        }
        trace_cpuhp_acpi_read_cmd_data(cpu_st->selector, val);
        break;
    case CPHP_CMD_DATA2_REG:
        if (cpu_st->command == CPHP_GET_CPU_ID_CMD) {
            val = cdev->arch_id >> 32;
        }
        trace_cpuhp_acpi_read_cmd_data2(cpu_st->selector, val);
        break;
    }
    return val;
}

/* The first CPU stays: it has what the board is wired to. */
static bool cpu_hotplug_may_go(const AcpiCpuStatus *cdev)
{
    return cdev->cpu && cdev->cpu != first_cpu;
}

static void cpu_hotplug_eject(CPUHotplugState *cpu_st, AcpiCpuStatus *cdev)
{
    DeviceState *dev;

    if (!cpu_hotplug_may_go(cdev)) {
        trace_cpuhp_acpi_ejecting_invalid_cpu(cpu_st->selector);
        return;
    }
    trace_cpuhp_acpi_ejecting_cpu(cpu_st->selector);
    dev = DEVICE(cdev->cpu);
    hotplug_handler_unplug(qdev_get_hotplug_handler(dev), dev, NULL);
    object_unparent(OBJECT(dev));
    cdev->fw_remove = false;
}

static void cpu_hotplug_write_flags(CPUHotplugState *cpu_st,
                                    AcpiCpuStatus *cdev, uint64_t data)
{
    trace_cpuhp_acpi_write_flags(cpu_st->selector, data);
    if (data & CPHP_FLAG_INSERT) {
        cdev->is_inserting = false;
    } else if (data & CPHP_FLAG_REMOVE) {
        cdev->is_removing = false;
    } else if (data & CPHP_FLAG_EJECT) {
        cpu_hotplug_eject(cpu_st, cdev);
    } else if (data & CPHP_FLAG_FW_EJECT) {
        if (cpu_hotplug_may_go(cdev)) {
            cdev->fw_remove = !cdev->fw_remove;
        }
    }
}

static void cpu_hotplug_find_event(CPUHotplugState *cpu_st)
{
    for (uint32_t i = 0; i < cpu_st->dev_count; i++) {
        uint32_t place = (cpu_st->selector + i) % cpu_st->dev_count;
        AcpiCpuStatus *cdev = &cpu_st->devs[place];

        if (cdev->is_inserting || cdev->is_removing || cdev->fw_remove) {
            cpu_st->selector = place;
            trace_cpuhp_acpi_cpu_has_events(place, cdev->is_inserting,
                                            cdev->is_removing);
            return;
        }
    }
}

static void cpu_hotplug_write_data(CPUHotplugState *cpu_st,
                                   AcpiCpuStatus *cdev, uint64_t data)
{
    ACPIOSTInfo *info;

    switch (cpu_st->command) {
    case CPHP_OST_EVENT_CMD:
        cdev->ost_event = data;
        trace_cpuhp_acpi_write_ost_ev(cpu_st->selector, cdev->ost_event);
        break;
    case CPHP_OST_STATUS_CMD:
        cdev->ost_status = data;
        trace_cpuhp_acpi_write_ost_status(cpu_st->selector, cdev->ost_status);
        info = acpi_cpu_device_status(cpu_st->selector, cdev);
        qapi_event_send_acpi_device_ost(info);
        qapi_free_ACPIOSTInfo(info);
        break;
    }
}

static void cpu_hotplug_wr(void *opaque, hwaddr addr, uint64_t data,
                           unsigned int size)
{
    CPUHotplugState *cpu_st = opaque;
    AcpiCpuStatus *cdev;

    if (addr == CPHP_SELECTOR_REG) {
        cpu_st->selector = data;
        trace_cpuhp_acpi_write_idx(cpu_st->selector);
        return;
    }
    cdev = cpu_hotplug_selected(cpu_st);
    if (!cdev) {
        return;
    }
    switch (addr) {
    case CPHP_FLAGS_REG:
        cpu_hotplug_write_flags(cpu_st, cdev, data);
        break;
    case CPHP_CMD_REG:
        trace_cpuhp_acpi_write_cmd(cpu_st->selector, data);
        if (data < CPHP_CMD_MAX) {
            cpu_st->command = data;
            if (data == CPHP_GET_NEXT_CPU_WITH_EVENT_CMD) {
                cpu_hotplug_find_event(cpu_st);
            }
        }
        break;
    case CPHP_CMD_DATA_REG:
        cpu_hotplug_write_data(cpu_st, cdev, data);
        break;
    }
}

static const MemoryRegionOps cpu_hotplug_ops = {
    .read = cpu_hotplug_rd,
    .write = cpu_hotplug_wr,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
};

/* Life */

void cpu_hotplug_hw_init(MemoryRegion *as, Object *owner,
                         CPUHotplugState *state, hwaddr base_addr)
{
    MachineState *machine = MACHINE(qdev_get_machine());
    MachineClass *mc = MACHINE_GET_CLASS(machine);
    const CPUArchIdList *id_list;

    assert(mc->possible_cpu_arch_ids);
    id_list = mc->possible_cpu_arch_ids(machine);
    state->dev_count = id_list->len;
    state->devs = g_new0(AcpiCpuStatus, state->dev_count);
    for (int i = 0; i < id_list->len; i++) {
        state->devs[i].cpu = CPU(id_list->cpus[i].cpu);
        state->devs[i].arch_id = id_list->cpus[i].arch_id;
    }
    memory_region_init_io(&state->ctrl_reg, owner, &cpu_hotplug_ops, state,
                          "acpi-cpu-hotplug", ACPI_CPU_HOTPLUG_REG_LEN);
    memory_region_add_subregion(as, base_addr, &state->ctrl_reg);
}

void cpu_hotplug_hw_cleanup(CPUHotplugState *state)
{
    g_clear_pointer(&state->devs, g_free);
    state->dev_count = 0;
}

/* The hotplug handler */

static AcpiCpuStatus *get_cpu_status(CPUHotplugState *cpu_st, DeviceState *dev)
{
    CPUState *cpu = CPU(dev);
    uint64_t arch_id = CPU_GET_CLASS(cpu)->get_arch_id(cpu);

    for (int i = 0; i < cpu_st->dev_count; i++) {
        if (cpu_st->devs[i].arch_id == arch_id) {
            return &cpu_st->devs[i];
        }
    }
    return NULL;
}

void acpi_cpu_plug_cb(HotplugHandler *hotplug_dev,
                      CPUHotplugState *cpu_st, DeviceState *dev, Error **errp)
{
    AcpiCpuStatus *cdev = get_cpu_status(cpu_st, dev);

    if (!cdev) {
        return;
    }
    cdev->cpu = CPU(dev);
    if (dev->hotplugged) {
        cdev->is_inserting = true;
        acpi_send_event(DEVICE(hotplug_dev), ACPI_CPU_HOTPLUG_STATUS);
    }
}

void acpi_cpu_unplug_request_cb(HotplugHandler *hotplug_dev,
                                CPUHotplugState *cpu_st,
                                DeviceState *dev, Error **errp)
{
    AcpiCpuStatus *cdev = get_cpu_status(cpu_st, dev);

    if (!cdev) {
        return;
    }
    cdev->is_removing = true;
    acpi_send_event(DEVICE(hotplug_dev), ACPI_CPU_HOTPLUG_STATUS);
}

void acpi_cpu_unplug_cb(CPUHotplugState *cpu_st,
                        DeviceState *dev, Error **errp)
{
    AcpiCpuStatus *cdev = get_cpu_status(cpu_st, dev);

    if (cdev) {
        cdev->cpu = NULL;
    }
}

/* Migration */

static const VMStateDescription vmstate_cpuhp_sts = {
    .name = "CPU hotplug device state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(is_inserting, AcpiCpuStatus),
        VMSTATE_BOOL(is_removing, AcpiCpuStatus),
        VMSTATE_UINT32(ost_event, AcpiCpuStatus),
        VMSTATE_UINT32(ost_status, AcpiCpuStatus),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_cpu_hotplug = {
    .name = "CPU hotplug state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(selector, CPUHotplugState),
        VMSTATE_UINT8(command, CPUHotplugState),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(devs, CPUHotplugState, dev_count,
                                             vmstate_cpuhp_sts, AcpiCpuStatus),
        VMSTATE_END_OF_LIST()
    }
};
