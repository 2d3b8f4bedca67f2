/*
 * The machine "microvm": virtio over MMIO, and nothing to look for.
 *
 * Read first: hw/i386/microvm.h, hw/i386/x86.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-microvm.h"
#include "cpu.h"
#include "direct-boot.h"
#include "e820_memory_layout.h"
#include "exec/address-spaces.h"
#include "fw_cfg.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/char/serial.h"
#include "hw/i386/microvm.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/loader.h"
#include "hw/qdev-properties.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/sysbus.h"
#include "hw/timer/i8254.h"
#include "hw/virtio/virtio-mmio.h"
#include "kvm/clock.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-common.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "sysemu/kvm.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "target/i386/kvm/kvm_i386.h"

/* Firmware that knows the board: with ACPI, and the quicker one without. */
#define MICROVM_BIOS_FILENAME  "bios-microvm.bin"
#define MICROVM_QBOOT_FILENAME "qboot.rom"

/* Where RAM ends below 4 GiB; the rest goes on there. */
#define MICROVM_MAX_BELOW_4G   0xc0000000

/* How much RAM a directly booted kernel leaves to ACPI tables. */
#define MICROVM_ACPI_DATA_SIZE (128 * KiB)

/* Devices */

/* Without ACPI nobody would tell the guest of a second one. */
static int microvm_ioapics(MicrovmMachineState *mms)
{
    if (!x86_machine_is_acpi_enabled(X86_MACHINE(mms)) ||
        mms->ioapic2 == ON_OFF_AUTO_OFF) {
        return 1;
    }
    if (kvm_ioapic_in_kernel()) {
        if (mms->ioapic2 == ON_OFF_AUTO_ON) {
            error_report("ioapic2=on needs the IOAPICs here: "
                         "kernel-irqchip=split");
            exit(1);
        }
        return 1;
    }
    return 2;
}

static void microvm_create_transports(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);

    mms->virtio_num_transports = 8;
    if (x86ms->ioapic2) {
        mms->virtio_irq_base = IO_APIC_SECONDARY_IRQBASE;
        mms->virtio_num_transports = IOAPIC_NUM_PINS;
    } else if (x86_machine_is_acpi_enabled(x86ms)) {
        mms->virtio_irq_base = 16;
    } else {
        mms->virtio_irq_base = 5;
    }
    for (int i = 0; i < mms->virtio_num_transports; i++) {
        sysbus_create_simple(TYPE_VIRTIO_MMIO,
                             VIRTIO_MMIO_BASE + i * MICROVM_TRANSPORT_SIZE,
                             x86ms->gsi[mms->virtio_irq_base + i]);
    }
}

static void microvm_create_ged(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    DeviceState *dev = qdev_new(TYPE_ACPI_GED_X86);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    qdev_prop_set_uint32(dev, "ged-event", ACPI_GED_PWR_DOWN_EVT);
    sysbus_mmio_map(sbd, 0, GED_MMIO_BASE);
    /* Region 1, of memory hotplug, would be at GED_MMIO_BASE_MEMHP. */
    sysbus_mmio_map(sbd, 2, GED_MMIO_BASE_REGS);
    sysbus_connect_irq(sbd, 0, x86ms->gsi[GED_MMIO_IRQ]);
    sysbus_realize_and_unref(sbd, &error_fatal);
    x86ms->acpi_dev = HOTPLUG_HANDLER(dev);
}

static void microvm_create_pic(MicrovmMachineState *mms, ISABus *isa_bus)
{
    qemu_irq *i8259;

    if (kvm_pic_in_kernel()) {
        i8259 = kvm_i8259_init(isa_bus);
    } else {
        mms->cpu_irq = x86_allocate_cpu_irq();
        i8259 = i8259_init(isa_bus, mms->cpu_irq);
    }
    for (int i = 0; i < ISA_NUM_IRQS; i++) {
        mms->gsi_state->i8259_irq[i] = i8259[i];
    }
    g_free(i8259);
}

/*
 * The clock tells firmware, by fixed places in its memory, how much RAM there
 * is: up to 1 MiB, above that in KiB, above 16 MiB in 64 KiB, above 4 GiB too.
 */
static void microvm_set_rtc(MicrovmMachineState *mms, ISADevice *s)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    uint64_t low = x86ms->below_4g_mem_size;
    uint64_t base = MIN(low / KiB, 640);
    uint64_t above_1m = low > 1 * MiB ? MIN((low - 1 * MiB) / KiB, 65535) : 0;
    uint64_t above_16m =
        low > 16 * MiB ? MIN((low - 16 * MiB) / (64 * KiB), 65535) : 0;
    uint64_t above_4g = x86ms->above_4g_mem_size / (64 * KiB);
    const struct {
        int addr;
        uint8_t val;
    } cells[] = {
        { 0x15, base }, { 0x16, base >> 8 },
        { 0x17, above_1m }, { 0x18, above_1m >> 8 },
        { 0x30, above_1m }, { 0x31, above_1m >> 8 },
        { 0x34, above_16m }, { 0x35, above_16m >> 8 },
        { 0x5b, above_4g }, { 0x5c, above_4g >> 8 }, { 0x5d, above_4g >> 16 },
    };

    for (int i = 0; i < ARRAY_SIZE(cells); i++) {
        rtc_set_memory(s, cells[i].addr, cells[i].val);
    }
}

static void microvm_create_isa(MicrovmMachineState *mms, ISABus *isa_bus)
{
    X86MachineState *x86ms = X86_MACHINE(mms);

    if (x86ms->pic != ON_OFF_AUTO_OFF) {
        microvm_create_pic(mms, isa_bus);
    }
    if (x86ms->pit != ON_OFF_AUTO_OFF) {
        if (kvm_pit_in_kernel()) {
            kvm_pit_init(isa_bus, 0x40);
        } else {
            i8254_pit_init(isa_bus, 0x40, 0, NULL);
        }
    }
    if (mms->rtc == ON_OFF_AUTO_ON ||
        (mms->rtc == ON_OFF_AUTO_AUTO && !kvm_enabled())) {
        x86ms->rtc = mc146818_rtc_init(isa_bus, 2000, NULL);
        microvm_set_rtc(mms, x86ms->rtc);
    }
    if (mms->isa_serial) {
        serial_hds_isa_init(isa_bus, 0, 1);
    }
}

static void microvm_devices_init(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    MachineState *machine = MACHINE(mms);
    int ioapics = microvm_ioapics(mms);
    ISABus *isa_bus;

    mms->gsi_state = g_new0(GSIState, 1);
    if (kvm_ioapic_in_kernel()) {
        kvm_pc_setup_irq_routing(true);
    }
    x86ms->gsi = qemu_allocate_irqs(gsi_handler, mms->gsi_state,
                                    IOAPIC_NUM_PINS * ioapics);
    isa_bus = isa_bus_new(NULL, get_system_memory(), get_system_io(),
                          &error_abort);
    isa_bus_irqs(isa_bus, x86ms->gsi);

    ioapic_init_gsi(mms->gsi_state, "machine");
    if (ioapics > 1) {
        x86ms->ioapic2 = ioapic_init_secondary(mms->gsi_state);
    }
    kvmclock_create(true);

    microvm_create_transports(mms);
    if (x86_machine_is_acpi_enabled(x86ms)) {
        microvm_create_ged(mms);
    }
    microvm_create_isa(mms, isa_bus);

    if (!machine->kernel_filename) {
        x86_bios_rom_init(machine, x86_machine_is_acpi_enabled(x86ms)
                                   ? MICROVM_BIOS_FILENAME
                                   : MICROVM_QBOOT_FILENAME,
                          get_system_memory(), true);
    }
}

/* Memory */

static void microvm_map_ram(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    MachineState *machine = MACHINE(mms);

    x86ms->below_4g_mem_size = MIN(machine->ram_size, MICROVM_MAX_BELOW_4G);
    x86ms->above_4g_mem_size = machine->ram_size - x86ms->below_4g_mem_size;

    memory_region_init_alias(&mms->ram_below_4g, NULL, "ram-below-4g",
                             machine->ram, 0, x86ms->below_4g_mem_size);
    memory_region_add_subregion(get_system_memory(), 0, &mms->ram_below_4g);
    e820_add_entry(0, x86ms->below_4g_mem_size, E820_RAM);

    if (x86ms->above_4g_mem_size > 0) {
        memory_region_init_alias(&mms->ram_above_4g, NULL, "ram-above-4g",
                                 machine->ram, x86ms->below_4g_mem_size,
                                 x86ms->above_4g_mem_size);
        memory_region_add_subregion(get_system_memory(), 4 * GiB,
                                    &mms->ram_above_4g);
        e820_add_entry(4 * GiB, x86ms->above_4g_mem_size, E820_RAM);
    }
}

static FWCfgState *microvm_create_fw_cfg(MachineState *machine)
{
    FWCfgState *fw_cfg = fw_cfg_init_io_dma(FW_CFG_IO_BASE, FW_CFG_IO_BASE + 4,
                                            &address_space_memory);

    fw_cfg_add_i16(fw_cfg, FW_CFG_NB_CPUS, machine->smp.cpus);
    fw_cfg_add_i16(fw_cfg, FW_CFG_MAX_CPUS, machine->smp.max_cpus);
    fw_cfg_add_i64(fw_cfg, FW_CFG_RAM_SIZE, machine->ram_size);
    fw_cfg_add_i32(fw_cfg, FW_CFG_IRQ0_OVERRIDE, 1);
    fw_cfg_add_file(fw_cfg, "etc/e820", e820_table,
                    sizeof(struct e820_entry) * e820_get_num_entries());
    return fw_cfg;
}

static void microvm_memory_init(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    MachineState *machine = MACHINE(mms);

    microvm_map_ram(mms);
    x86ms->fw_cfg = microvm_create_fw_cfg(machine);
    rom_set_fw(x86ms->fw_cfg);
    if (machine->kernel_filename) {
        x86_load_linux(x86ms, x86_machine_is_acpi_enabled(x86ms)
                              ? MICROVM_ACPI_DATA_SIZE : 0,
                       VIRTIO_CMDLINE_MAXLEN * 8);
    }
    if (mms->option_roms) {
        for (int i = 0; i < nb_option_roms; i++) {
            rom_add_option(option_rom[i].name, option_rom[i].bootindex);
        }
    }
    x86ms->ioapic_as = &address_space_memory;
}

/* The kernel's command line */

/* " virtio_mmio.device=512@0xfeb00000:5" for the transport of bus @name. */
static char *microvm_get_mmio_cmdline(const char *name,
                                      uint32_t virtio_irq_base)
{
    const char *separator = strrchr(name, '.');
    unsigned index;

    if (!separator || qemu_strtoui(separator + 1, NULL, 10, &index) != 0) {
        return NULL;
    }
    return g_strdup_printf(" virtio_mmio.device=%d@0x%" PRIx64 ":%" PRIu32,
                           MICROVM_TRANSPORT_SIZE,
                           (uint64_t)VIRTIO_MMIO_BASE +
                           index * MICROVM_TRANSPORT_SIZE,
                           virtio_irq_base + index);
}

/* All devices are there, and without ACPI the guest has to be told of them. */
static void microvm_fix_kernel_cmdline(MachineState *machine)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(machine);
    g_autoptr(GString) more = g_string_new("");
    BusChild *kid;

    QTAILQ_FOREACH(kid, &sysbus_get_default()->children, sibling) {
        g_autofree char *device = NULL;
        VirtIOMMIOProxy *mmio;

        if (!object_dynamic_cast(OBJECT(kid->child), TYPE_VIRTIO_MMIO)) {
            continue;
        }
        mmio = VIRTIO_MMIO(kid->child);
        if (!virtio_bus_get_device(&mmio->bus)) {
            continue;
        }
        device = microvm_get_mmio_cmdline(BUS(&mmio->bus)->name,
                                          mms->virtio_irq_base);
        if (device) {
            g_string_append(more, device);
        }
    }
    if (!direct_boot_append_cmdline(more->str)) {
        warn_report("the kernel's command line has no room for '%s'",
                    more->str);
    }
}

/* Life */

static const DirectBootBoard microvm_direct_boot = {
    .acpi_build = acpi_build_microvm,
    .acpi_data_size = MICROVM_ACPI_DATA_SIZE,
    .hw_reduced_acpi = true,
};

static void microvm_machine_done(Notifier *notifier, void *data)
{
    MicrovmMachineState *mms = container_of(notifier, MicrovmMachineState,
                                            machine_done);

    acpi_setup_microvm(mms);
    direct_boot_machine_done(X86_MACHINE(mms), &microvm_direct_boot);
}

static void microvm_powerdown_req(Notifier *notifier, void *data)
{
    MicrovmMachineState *mms = container_of(notifier, MicrovmMachineState,
                                            powerdown_req);
    X86MachineState *x86ms = X86_MACHINE(mms);

    if (x86ms->acpi_dev) {
        acpi_send_event(DEVICE(x86ms->acpi_dev), ACPI_POWER_DOWN_STATUS);
    }
}

static void microvm_machine_state_init(MachineState *machine)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(machine);

    if (machine->kernel_filename && machine->firmware) {
        error_report("this board boots a kernel without firmware: "
                     "-kernel and -bios do not go together");
        exit(1);
    }
    mms->machine_done.notify = microvm_machine_done;
    qemu_add_machine_init_done_notifier(&mms->machine_done);
    mms->powerdown_req.notify = microvm_powerdown_req;
    qemu_register_powerdown_notifier(&mms->powerdown_req);

    /* As on the PC, the accelerator is shown all of memory at once. */
    memory_region_transaction_begin();
    /* First, so that a kernel's entry is set after their own resets. */
    x86_cpus_init(X86_MACHINE(mms), CPU_VERSION_LATEST);
    microvm_memory_init(mms);
    microvm_devices_init(mms);
    memory_region_transaction_commit();
}

static void microvm_machine_reset(MachineState *machine, ShutdownCause reason)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(machine);

    if (!x86_machine_is_acpi_enabled(X86_MACHINE(machine)) &&
        machine->kernel_filename && mms->auto_kernel_cmdline &&
        !mms->kernel_cmdline_fixed) {
        microvm_fix_kernel_cmdline(machine);
        mms->kernel_cmdline_fixed = true;
    }

    x86_machine_reset(machine, reason);
}

/* CPUs have no bus: the machine takes them, when it starts. */

static void microvm_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                       DeviceState *dev, Error **errp)
{
    x86_cpu_pre_plug(hotplug_dev, dev, errp);
}

static void microvm_device_plug_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp)
{
    x86_cpu_plug(hotplug_dev, dev, errp);
}

static void microvm_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                             DeviceState *dev, Error **errp)
{
    error_setg(errp, "unplug not supported by microvm");
}

static void microvm_device_unplug_cb(HotplugHandler *hotplug_dev,
                                     DeviceState *dev, Error **errp)
{
    error_setg(errp, "unplug not supported by microvm");
}

static HotplugHandler *microvm_get_hotplug_handler(MachineState *machine,
                                                   DeviceState *dev)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_CPU)) {
        return HOTPLUG_HANDLER(machine);
    }
    return NULL;
}

/* Properties */

static void microvm_machine_get_rtc(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    OnOffAuto rtc = MICROVM_MACHINE(obj)->rtc;

    visit_type_OnOffAuto(v, name, &rtc, errp);
}

static void microvm_machine_set_rtc(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    visit_type_OnOffAuto(v, name, &MICROVM_MACHINE(obj)->rtc, errp);
}

static void microvm_machine_get_ioapic2(Object *obj, Visitor *v,
                                        const char *name, void *opaque,
                                        Error **errp)
{
    OnOffAuto ioapic2 = MICROVM_MACHINE(obj)->ioapic2;

    visit_type_OnOffAuto(v, name, &ioapic2, errp);
}

static void microvm_machine_set_ioapic2(Object *obj, Visitor *v,
                                        const char *name, void *opaque,
                                        Error **errp)
{
    visit_type_OnOffAuto(v, name, &MICROVM_MACHINE(obj)->ioapic2, errp);
}

static bool microvm_machine_get_isa_serial(Object *obj, Error **errp)
{
    return MICROVM_MACHINE(obj)->isa_serial;
}

static void microvm_machine_set_isa_serial(Object *obj, bool value,
                                           Error **errp)
{
    MICROVM_MACHINE(obj)->isa_serial = value;
}

static bool microvm_machine_get_option_roms(Object *obj, Error **errp)
{
    return MICROVM_MACHINE(obj)->option_roms;
}

static void microvm_machine_set_option_roms(Object *obj, bool value,
                                            Error **errp)
{
    MICROVM_MACHINE(obj)->option_roms = value;
}

static bool microvm_machine_get_auto_kernel_cmdline(Object *obj, Error **errp)
{
    return MICROVM_MACHINE(obj)->auto_kernel_cmdline;
}

static void microvm_machine_set_auto_kernel_cmdline(Object *obj, bool value,
                                                    Error **errp)
{
    MICROVM_MACHINE(obj)->auto_kernel_cmdline = value;
}

/* Type */

static void microvm_machine_initfn(Object *obj)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(obj);

    mms->rtc = ON_OFF_AUTO_AUTO;
    mms->ioapic2 = ON_OFF_AUTO_AUTO;
    mms->isa_serial = true;
    mms->option_roms = true;
    mms->auto_kernel_cmdline = true;

    /* The timer's interrupt is where the IOAPIC has it, and there is no PCI. */
    X86_MACHINE(obj)->apic_xrupt_override = false;
    X86_MACHINE(obj)->pci_irq_mask = 0;
}

static void microvm_machine_finalize(Object *obj)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(obj);
    X86MachineState *x86ms = X86_MACHINE(obj);

    if (mms->gsi_state) {
        qemu_remove_machine_init_done_notifier(&mms->machine_done);
        notifier_remove(&mms->powerdown_req);
        qemu_free_irqs(x86ms->gsi,
                       IOAPIC_NUM_PINS * (x86ms->ioapic2 ? 2 : 1));
        /* The inputs of a PIC of ours are the PIC's; of the kernel's, ours. */
        for (int i = 0; !mms->cpu_irq && i < ISA_NUM_IRQS; i++) {
            qemu_free_irq(mms->gsi_state->i8259_irq[i]);
        }
        g_free(mms->gsi_state);
        qemu_free_irq(mms->cpu_irq);
    }
}

static void microvm_class_init_properties(ObjectClass *oc)
{
    object_class_property_add(oc, MICROVM_MACHINE_RTC, "OnOffAuto",
                              microvm_machine_get_rtc,
                              microvm_machine_set_rtc, NULL, NULL);
    object_class_property_set_description(oc, MICROVM_MACHINE_RTC,
                                          "Is there an MC146818?");

    object_class_property_add(oc, MICROVM_MACHINE_IOAPIC2, "OnOffAuto",
                              microvm_machine_get_ioapic2,
                              microvm_machine_set_ioapic2, NULL, NULL);
    object_class_property_set_description(oc, MICROVM_MACHINE_IOAPIC2,
        "Is there a second IOAPIC, and with it 24 transports?");

    object_class_property_add_bool(oc, MICROVM_MACHINE_ISA_SERIAL,
                                   microvm_machine_get_isa_serial,
                                   microvm_machine_set_isa_serial);
    object_class_property_set_description(oc, MICROVM_MACHINE_ISA_SERIAL,
                                          "Is there a serial port?");

    object_class_property_add_bool(oc, MICROVM_MACHINE_OPTION_ROMS,
                                   microvm_machine_get_option_roms,
                                   microvm_machine_set_option_roms);
    object_class_property_set_description(oc, MICROVM_MACHINE_OPTION_ROMS,
                                          "Does firmware get option ROMs?");

    object_class_property_add_bool(oc, MICROVM_MACHINE_AUTO_KERNEL_CMDLINE,
                                   microvm_machine_get_auto_kernel_cmdline,
                                   microvm_machine_set_auto_kernel_cmdline);
    object_class_property_set_description(oc,
        MICROVM_MACHINE_AUTO_KERNEL_CMDLINE,
        "Without ACPI, does the kernel's command line tell of the devices?");
}

static void microvm_class_init(ObjectClass *oc, void *data)
{
    MicrovmMachineClass *mmc = MICROVM_MACHINE_CLASS(oc);
    MachineClass *mc = MACHINE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    mc->init = microvm_machine_state_init;
    mc->family = "microvm_i386";
    mc->desc = "microvm (i386)";
    mc->units_per_default_bus = 1;
    mc->no_floppy = 1;
    mc->max_cpus = 288;
    mc->has_hotpluggable_cpus = false;
    mc->default_kernel_irqchip_split = true;
    mc->default_cpu_type = X86_CPU_TYPE_NAME("qemu64");
    mc->default_ram_id = "microvm.ram";
    mc->no_cdrom = 1;
    mc->no_parallel = 1;
    mc->smp_props.dies_supported = false;
    mc->reset = microvm_machine_reset;

    mmc->orig_hotplug_handler = mc->get_hotplug_handler;
    mc->get_hotplug_handler = microvm_get_hotplug_handler;
    hc->pre_plug = microvm_device_pre_plug_cb;
    hc->plug = microvm_device_plug_cb;
    hc->unplug_request = microvm_device_unplug_request_cb;
    hc->unplug = microvm_device_unplug_cb;

    microvm_class_init_properties(oc);
}

static const TypeInfo microvm_machine_info = {
    .name          = TYPE_MICROVM_MACHINE,
    .parent        = TYPE_X86_MACHINE,
    .instance_size = sizeof(MicrovmMachineState),
    .instance_init = microvm_machine_initfn,
    .instance_finalize = microvm_machine_finalize,
    .class_size    = sizeof(MicrovmMachineClass),
    .class_init    = microvm_class_init,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void microvm_machine_register_types(void)
{
    type_register_static(&microvm_machine_info);
}

type_init(microvm_machine_register_types)
