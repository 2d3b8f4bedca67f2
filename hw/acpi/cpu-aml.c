/*
 * CPUs in the DSDT: what the guest's system runs to find them, and to let them
 * come and go.
 *
 *     \_SB.PCI0.PRES         the registers of hw/acpi/cpu.h, as fields
 *     \_SB.CPUS              a container
 *       CTFY(place, event)   Notify() the CPU of a place
 *       CSTA(place)          its status
 *       CSCN()               look for events, and tell them
 *       CEJ0(place)          eject it
 *       COST(place, ...)     hand on what the system thinks of it
 *       C000                 a CPU for each place, there or not
 *         _STA, _MAT, _EJ0, _OST
 *     \_GPE._E02             CSCN
 *
 * The registers are a window, so that a method that selects a place holds the
 * mutex CPLK until it is done.  Notify() only queues its event: what the system
 * does then, it does when CSCN has let the mutex go.
 *
 * Read first: include/hw/acpi/cpu.h, include/hw/acpi/aml-build.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/acpi/cpu.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"

/* Notify()'s values for devices, ACPI 6.3, table 5-165. */
enum {
    NOTIFY_DEVICE_CHECK  = 1,
    NOTIFY_EJECT_REQUEST = 3,
};

/* _STA: it is there, works, is shown, and is in order. */
#define STA_ALL 0xf

/* A name in the device of the registers, seen from elsewhere. */
static Aml *cpuhp_reg(const char *res_root, const char *name)
{
    return aml_name("%s.PRES.%s", res_root, name);
}

/* Select the place that @place says; the lock is held until cpuhp_done(). */
static void cpuhp_select(Aml *method, const char *root, Aml *place)
{
    aml_append(method, aml_acquire(cpuhp_reg(root, "CPLK"), 0xffff));
    aml_append(method, aml_store(place, cpuhp_reg(root, "CSEL")));
}

static void cpuhp_done(Aml *method, const char *root)
{
    aml_append(method, aml_release(cpuhp_reg(root, "CPLK")));
}

static void build_cpuhp_regs(Aml *table, CPUHotplugFeatures opts,
                             hwaddr io_base, const char *res_root)
{
    Aml *dev = aml_device("%s.PRES", res_root);
    Aml *crs = aml_resource_template();
    Aml *field;

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0A06")));
    aml_append(dev, aml_name_decl("_UID",
                                  aml_string("CPU Hotplug resources")));
    aml_append(dev, aml_mutex("CPLK", 0));

    aml_append(crs, aml_io(AML_DECODE16, io_base, io_base, 1,
                           ACPI_CPU_HOTPLUG_REG_LEN));
    aml_append(dev, aml_name_decl("_CRS", crs));

    aml_append(dev, aml_operation_region("PRST", AML_SYSTEM_IO,
                                         aml_int(io_base),
                                         ACPI_CPU_HOTPLUG_REG_LEN));
    /* A 1 does something: the other bits of the byte are written as 0. */
    field = aml_field("PRST", AML_BYTE_ACC, AML_NOLOCK, AML_WRITE_AS_ZEROS);
    aml_append(field, aml_reserved_field(4 * 8));
    aml_append(field, aml_named_field("CPEN", 1));
    aml_append(field, aml_named_field("CINS", 1));
    aml_append(field, aml_named_field("CRMV", 1));
    aml_append(field, aml_named_field("CEJ0", 1));
    aml_append(field, aml_named_field("CEJF", 1));
    aml_append(field, aml_reserved_field(3));
    aml_append(field, aml_named_field("CCMD", 8));
    aml_append(dev, field);

    field = aml_field("PRST", AML_DWORD_ACC, AML_NOLOCK, AML_PRESERVE);
    aml_append(field, aml_named_field("CSEL", 32));
    aml_append(field, aml_reserved_field(4 * 8));
    aml_append(field, aml_named_field("CDAT", 32));
    aml_append(dev, field);

    if (opts.has_legacy_cphp) {
        Aml *method = aml_method("_INI", 0, AML_SERIALIZED);

        /* hw/acpi/cpu_hotplug.h: this makes the registers what they are. */
        aml_append(method, aml_store(aml_int(0), aml_name("CSEL")));
        aml_append(dev, method);
    }
    aml_append(table, dev);
}

static Aml *build_cpu_notify(const CPUArchIdList *places)
{
    Aml *method = aml_method("CTFY", 2, AML_NOTSERIALIZED);

    /* Notify() takes a name, and no value. */
    for (int i = 0; i < places->len; i++) {
        Aml *is = aml_if(aml_equal(aml_arg(0), aml_int(i)));

        aml_append(is, aml_notify(aml_name("C%.03X", i), aml_arg(1)));
        aml_append(method, is);
    }
    return method;
}

static Aml *build_cpu_sta(const char *root)
{
    Aml *method = aml_method("CSTA", 1, AML_SERIALIZED);
    Aml *sta = aml_local(0);
    Aml *enabled = aml_if(aml_equal(cpuhp_reg(root, "CPEN"), aml_int(1)));

    cpuhp_select(method, root, aml_arg(0));
    aml_append(method, aml_store(aml_int(0), sta));
    aml_append(enabled, aml_store(aml_int(STA_ALL), sta));
    aml_append(method, enabled);
    cpuhp_done(method, root);
    aml_append(method, aml_return(sta));
    return method;
}

static Aml *build_cpu_eject(const char *root)
{
    Aml *method = aml_method("CEJ0", 1, AML_SERIALIZED);

    cpuhp_select(method, root, aml_arg(0));
    aml_append(method, aml_store(aml_int(1), cpuhp_reg(root, "CEJ0")));
    cpuhp_done(method, root);
    return method;
}

/* The event of bit @flag: clear it, tell it, and look for another. */
static Aml *build_cpu_event(const char *root, const char *flag, int event,
                            Aml *more)
{
    Aml *has = aml_if(aml_equal(cpuhp_reg(root, flag), aml_int(1)));

    aml_append(has, aml_store(aml_int(1), cpuhp_reg(root, flag)));
    aml_append(has, aml_call2("CTFY", cpuhp_reg(root, "CDAT"),
                              aml_int(event)));
    aml_append(has, aml_store(aml_int(1), more));
    return has;
}

/*
 * Each round finds the first place with an event and takes that away.  A CPU
 * that came and shall go at once has two, in that order.
 */
static Aml *build_cpu_scan(const char *root)
{
    Aml *method = aml_method("CSCN", 0, AML_SERIALIZED);
    Aml *more = aml_local(0);
    Aml *loop = aml_while(aml_equal(more, aml_int(1)));
    Aml *no;

    aml_append(method, aml_acquire(cpuhp_reg(root, "CPLK"), 0xffff));
    aml_append(method, aml_store(aml_int(1), more));

    aml_append(loop, aml_store(aml_int(0), more));
    aml_append(loop, aml_store(aml_int(0), cpuhp_reg(root, "CSEL")));
    aml_append(loop, aml_store(aml_int(0), cpuhp_reg(root, "CCMD")));
    aml_append(loop, build_cpu_event(root, "CINS", NOTIFY_DEVICE_CHECK, more));
    no = aml_else();
    aml_append(no, build_cpu_event(root, "CRMV", NOTIFY_EJECT_REQUEST, more));
    aml_append(loop, no);

    aml_append(method, loop);
    cpuhp_done(method, root);
    return method;
}

static Aml *build_cpu_ost(const char *root)
{
    Aml *method = aml_method("COST", 4, AML_SERIALIZED);

    cpuhp_select(method, root, aml_arg(0));
    aml_append(method, aml_store(aml_int(1), cpuhp_reg(root, "CCMD")));
    aml_append(method, aml_store(aml_arg(1), cpuhp_reg(root, "CDAT")));
    aml_append(method, aml_store(aml_int(2), cpuhp_reg(root, "CCMD")));
    aml_append(method, aml_store(aml_arg(2), cpuhp_reg(root, "CDAT")));
    cpuhp_done(method, root);
    return method;
}

/* What the MADT would say of the CPU if it were there. */
static Aml *build_cpu_mat(int uid, const CPUArchIdList *places)
{
    Object *obj = object_resolve_path_type("", TYPE_ACPI_DEVICE_IF, NULL);
    g_autoptr(GArray) entry = g_array_new(false, true, 1);

    ACPI_DEVICE_IF_GET_CLASS(obj)->madt_cpu(uid, places, entry, true);
    return aml_buffer(entry->len, (uint8_t *)entry->data);
}

static Aml *build_cpu(int uid, const CPUArchIdList *places, bool processor)
{
    const CPUArchId *place = &places->cpus[uid];
    Aml *dev, *method;

    if (processor && place->arch_id < 255) {
        dev = aml_processor(uid, 0, 0, "C%.03X", uid);
    } else {
        dev = aml_device("C%.03X", uid);
        aml_append(dev, aml_name_decl("_HID", aml_string("ACPI0007")));
        aml_append(dev, aml_name_decl("_UID", aml_int(uid)));
    }

    method = aml_method("_STA", 0, AML_SERIALIZED);
    aml_append(method, aml_return(aml_call1("CSTA", aml_int(uid))));
    aml_append(dev, method);

    aml_append(dev, aml_name_decl("_MAT", build_cpu_mat(uid, places)));

    if (!place->cpu || CPU(place->cpu) != first_cpu) {
        method = aml_method("_EJ0", 1, AML_NOTSERIALIZED);
        aml_append(method, aml_call1("CEJ0", aml_int(uid)));
        aml_append(dev, method);
    }

    method = aml_method("_OST", 3, AML_SERIALIZED);
    aml_append(method, aml_call4("COST", aml_int(uid), aml_arg(0), aml_arg(1),
                                 aml_arg(2)));
    aml_append(dev, method);
    return dev;
}

void build_cpus_aml(Aml *table, MachineState *machine, CPUHotplugFeatures opts,
                    hwaddr io_base, const char *res_root,
                    const char *event_handler_method)
{
    const CPUArchIdList *places =
        MACHINE_GET_CLASS(machine)->possible_cpu_arch_ids(machine);
    Aml *sb_scope = aml_scope("_SB");
    Aml *cpus = aml_device("\\_SB.CPUS");
    Aml *method;

    build_cpuhp_regs(sb_scope, opts, io_base, res_root);

    aml_append(cpus, aml_name_decl("_HID", aml_string("ACPI0010")));
    aml_append(cpus, aml_name_decl("_CID", aml_eisaid("PNP0A05")));
    aml_append(cpus, build_cpu_notify(places));
    aml_append(cpus, build_cpu_sta(res_root));
    aml_append(cpus, build_cpu_eject(res_root));
    aml_append(cpus, build_cpu_scan(res_root));
    aml_append(cpus, build_cpu_ost(res_root));
    for (int i = 0; i < places->len; i++) {
        aml_append(cpus, build_cpu(i, places, opts.acpi_1_compatible));
    }
    aml_append(sb_scope, cpus);
    aml_append(table, sb_scope);

    method = aml_method(event_handler_method, 0, AML_NOTSERIALIZED);
    aml_append(method, aml_call0("\\_SB.CPUS.CSCN"));
    aml_append(table, method);
}
