/*
 * DSDT: interrupts of PCI devices, slots, hotplug.
 *
 * An interrupt link is one of the PIIX3's PIRQ registers, of which the guest
 * chooses the IRQ; the bridge's _PRT says which pin of which slot is at which.
 *
 * Hotplug is include/hw/acpi/pcihp.h seen from the other side.  Its registers
 * are fields, and what comes or goes is told in this order:
 *
 *     SCI, bit 1 of GPE 0
 *       \_GPE._E01
 *         \_SB.PCI0.PCNT       select the bus; then, with "up" and "down",
 *           \_SB.PCI0.DVNT       Notify() each slot whose bit is set
 *                                   |
 *     the operating system lets the device go
 *       \_SB.PCI0.S18._EJ0
 *         \_SB.PCI0.PCEJ       write the slot's bit to "ej"
 *
 * Read first: hw/i386/acpi-build.h, acpi-dsdt.c.
 *
 * ACPI specification 6.3, chapters 6.2.13 (_PRT) and 6.3 (hotplug); for _DSM,
 * PCI firmware specification 3.1, chapter 4.6.7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-build.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/acpi/pcihp.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"

/* Interrupts */

/* PIRQ @link_name: what _STA, _CRS and so on do is in \_SB.IQST and IQCR. */
static Aml *build_gsi_link_dev(const char *name, uint8_t uid, const char *reg)
{
    static uint32_t irqs[] = { 5, 10, 11 };
    Aml *dev = aml_device("%s", name);
    Aml *crs = aml_resource_template();
    Aml *method;

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0C0F")));
    aml_append(dev, aml_name_decl("_UID", aml_int(uid)));
    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_HIGH,
                                  AML_SHARED, irqs, ARRAY_SIZE(irqs)));
    aml_append(dev, aml_name_decl("_PRS", crs));

    method = aml_method("_STA", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_return(aml_call1("IQST", aml_name("%s", reg))));
    aml_append(dev, method);

    method = aml_method("_DIS", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_or(aml_name("%s", reg), aml_int(0x80),
                              aml_name("%s", reg)));
    aml_append(dev, method);

    method = aml_method("_CRS", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_return(aml_call1("IQCR", aml_name("%s", reg))));
    aml_append(dev, method);

    /* The argument is like _PRS: its one number is at byte 5. */
    method = aml_method("_SRS", 1, AML_NOTSERIALIZED);
    aml_append(method, aml_create_dword_field(aml_arg(0), aml_int(5), "PRRI"));
    aml_append(method, aml_store(aml_name("PRRI"), aml_name("%s", reg)));
    aml_append(dev, method);
    return dev;
}

/* Where PIIX4_PM is wired to, whatever the PIRQs do: IRQ 9 for ever. */
static Aml *build_sci_link_dev(const char *name, uint8_t uid)
{
    static uint32_t irq = 9;
    Aml *dev = aml_device("%s", name);
    Aml *crs = aml_resource_template();
    Aml *method;

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0C0F")));
    aml_append(dev, aml_name_decl("_UID", aml_int(uid)));
    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_HIGH,
                                  AML_SHARED, &irq, 1));
    aml_append(dev, aml_name_decl("_PRS", crs));

    method = aml_method("_STA", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_return(aml_int(0xb)));
    aml_append(dev, method);
    aml_append(dev, aml_method("_DIS", 0, AML_NOTSERIALIZED));

    method = aml_method("_CRS", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_return(aml_name("_PRS")));
    aml_append(dev, method);
    aml_append(dev, aml_method("_SRS", 1, AML_NOTSERIALIZED));
    return dev;
}

/* _PRT's entry of a pin at @link; address and pin are put in later. */
static Aml *build_prt_entry(const char *link)
{
    Aml *pkg = aml_package(4);

    aml_append(pkg, aml_int(0));
    aml_append(pkg, aml_int(0));
    aml_append(pkg, aml_name("%s", link));
    aml_append(pkg, aml_int(0));                /* the link's only interrupt */
    return aml_store(pkg, aml_local(4));
}

/*
 * All 4 pins of all 32 slots, computed: each slot's pins begin one link further
 * (pci_slot_get_pirq()).  Pin A of slot 1 is PIIX4_PM's.
 */
static Aml *build_prt(void)
{
    static const char *const links[] = { "LNKD", "LNKA", "LNKB", "LNKC" };
    const int pins = PCI_SLOT_MAX * PCI_NUM_PINS;
    const int sci_pin = 1 * PCI_NUM_PINS;
    Aml *method = aml_method("_PRT", 0, AML_NOTSERIALIZED);
    Aml *res = aml_local(0), *pin = aml_local(1), *slot = aml_local(2);
    Aml *link = aml_local(3), *entry = aml_local(4);
    Aml *loop;

    aml_append(method, aml_store(aml_package(pins), res));
    aml_append(method, aml_store(aml_int(0), pin));

    loop = aml_while(aml_lless(pin, aml_int(pins)));
    aml_append(loop, aml_shiftright(pin, aml_int(2), slot));
    aml_append(loop, aml_and(aml_add(pin, slot, NULL), aml_int(3), link));
    for (int i = 0; i < ARRAY_SIZE(links); i++) {
        Aml *is = aml_if(aml_equal(link, aml_int(i)));

        aml_append(is, build_prt_entry(links[i]));
        aml_append(loop, is);
    }
    Aml *is_sci = aml_if(aml_equal(pin, aml_int(sci_pin)));
    aml_append(is_sci, build_prt_entry("LNKS"));
    aml_append(loop, is_sci);

    /* Slot in the upper half, any function in the lower. */
    aml_append(loop, aml_store(aml_or(aml_shiftleft(slot, aml_int(16)),
                                      aml_int(0xffff), NULL),
                               aml_index(entry, aml_int(0))));
    aml_append(loop, aml_store(aml_and(pin, aml_int(3), NULL),
                               aml_index(entry, aml_int(1))));
    aml_append(loop, aml_store(entry, aml_index(res, pin)));
    aml_append(loop, aml_increment(pin));
    aml_append(method, loop);

    aml_append(method, aml_return(res));
    return method;
}

void build_piix4_pci0_int(Aml *table)
{
    Aml *sb_scope = aml_scope("_SB");
    Aml *pci0_scope = aml_scope("PCI0");
    Aml *method, *crs, *ctx;
    uint32_t no_irq = 0;

    aml_append(pci0_scope, build_prt());
    aml_append(sb_scope, pci0_scope);

    /* The status of the link with register value Arg0: is it routed? */
    method = aml_method("IQST", 1, AML_NOTSERIALIZED);
    ctx = aml_if(aml_and(aml_int(0x80), aml_arg(0), NULL));
    aml_append(ctx, aml_return(aml_int(0x9)));
    aml_append(method, ctx);
    aml_append(method, aml_return(aml_int(0xb)));
    aml_append(sb_scope, method);

    /* And its interrupt, or 0; serialized, because it makes names. */
    method = aml_method("IQCR", 1, AML_SERIALIZED);
    crs = aml_resource_template();
    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_HIGH,
                                  AML_SHARED, &no_irq, 1));
    aml_append(method, aml_name_decl("PRR0", crs));
    aml_append(method, aml_create_dword_field(aml_name("PRR0"), aml_int(5),
                                              "PRRI"));
    ctx = aml_if(aml_lless(aml_arg(0), aml_int(0x80)));
    aml_append(ctx, aml_store(aml_arg(0), aml_name("PRRI")));
    aml_append(method, ctx);
    aml_append(method, aml_return(aml_name("PRR0")));
    aml_append(sb_scope, method);

    aml_append(sb_scope, build_gsi_link_dev("LNKA", 0, "PRQ0"));
    aml_append(sb_scope, build_gsi_link_dev("LNKB", 1, "PRQ1"));
    aml_append(sb_scope, build_gsi_link_dev("LNKC", 2, "PRQ2"));
    aml_append(sb_scope, build_gsi_link_dev("LNKD", 3, "PRQ3"));
    aml_append(sb_scope, build_sci_link_dev("LNKS", 4));
    aml_append(table, sb_scope);
}

/* Hotplug: what all slots use */

/* A field of 32 bits for each name, from byte @offset of the registers on. */
static void build_pcihp_region(Aml *scope, const AcpiPmInfo *pm,
                               const char *region, int offset,
                               const char *name, const char *next_name)
{
    Aml *field = aml_field(region, AML_DWORD_ACC, AML_NOLOCK,
                           AML_WRITE_AS_ZEROS);

    aml_append(scope, aml_operation_region(region, AML_SYSTEM_IO,
                          aml_int(pm->pcihp_io_base + offset),
                          next_name ? 8 : 4));
    aml_append(field, aml_named_field(name, 32));
    if (next_name) {
        aml_append(field, aml_named_field(next_name, 32));
    }
    aml_append(scope, field);
}

/* Is @index, read from AIDX, none: no device, or one without an index? */
static Aml *build_no_acpi_index(Aml *index)
{
    return aml_lor(aml_equal(index, aml_int(0)),
                   aml_equal(index, aml_int(0xffffffff)));
}

/*
 * PDSM: the _DSM of the slot in package Arg4 (bus, slot).  Function 7 tells the
 * acpi-index, by which the guest names a network card; function 0 which
 * functions there are.
 */
static Aml *build_pci_pdsm(void)
{
    static const char labeling[] = "e5c937d0-3553-4d7a-9117-ea4d19c3434d";
    Aml *uuid = aml_arg(0), *rev = aml_arg(1), *func = aml_arg(2);
    Aml *slot = aml_arg(4);
    Aml *ret = aml_local(0), *caps = aml_local(1), *index = aml_local(2);
    Aml *method = aml_method("PDSM", 5, AML_SERIALIZED);
    Aml *get_index = aml_store(
        aml_call2("AIDX", aml_derefof(aml_index(slot, aml_int(0))),
                  aml_derefof(aml_index(slot, aml_int(1)))), index);
    Aml *ctx, *sub;
    uint8_t none = 0;

    ctx = aml_if(aml_equal(func, aml_int(0)));
    aml_append(ctx, aml_store(aml_buffer(1, &none), ret));
    aml_append(ctx, aml_store(aml_int(0), caps));
    /* Somebody else's _DSM, or one too old. */
    sub = aml_if(aml_lnot(aml_equal(uuid, aml_touuid(labeling))));
    aml_append(sub, aml_return(ret));
    aml_append(ctx, sub);
    sub = aml_if(aml_lless(rev, aml_int(2)));
    aml_append(sub, aml_return(ret));
    aml_append(ctx, sub);

    aml_append(ctx, get_index);
    sub = aml_if(aml_lnot(build_no_acpi_index(index)));
    aml_append(sub, aml_store(aml_int(1 << 0 | 1 << 7), caps));
    aml_append(ctx, sub);
    aml_append(ctx, aml_store(caps, aml_index(ret, aml_int(0))));
    aml_append(ctx, aml_return(ret));
    aml_append(method, ctx);

    ctx = aml_if(aml_equal(func, aml_int(7)));
    aml_append(ctx, get_index);
    aml_append(ctx, aml_store(aml_package(2), ret));
    sub = aml_if(aml_lnot(build_no_acpi_index(index)));
    aml_append(sub, aml_store(index, aml_index(ret, aml_int(0))));
    /* No name besides. */
    aml_append(sub, aml_store(aml_string("%s", ""),
                              aml_index(ret, aml_int(1))));
    aml_append(ctx, sub);
    aml_append(ctx, aml_return(ret));
    aml_append(method, ctx);
    return method;
}

void build_piix4_pci_hotplug(Aml *table, const AcpiPmInfo *pm)
{
    Aml *scope = aml_scope("_SB.PCI0");
    Aml *lock = aml_name("BLCK");
    Aml *bit = aml_shiftleft(aml_int(1), aml_arg(1));
    Aml *method;

    build_pcihp_region(scope, pm, "PCST", 0x00, "PCIU", "PCID");
    build_pcihp_region(scope, pm, "SEJ", 0x08, "B0EJ", NULL);
    build_pcihp_region(scope, pm, "BNMR", 0x10, "BNUM", "PIDX");

    /* Select and access are two steps. */
    aml_append(scope, aml_mutex("BLCK", 0));

    /* PCEJ(bus, slot): eject it. */
    method = aml_method("PCEJ", 2, AML_NOTSERIALIZED);
    aml_append(method, aml_acquire(lock, 0xffff));
    aml_append(method, aml_store(aml_arg(0), aml_name("BNUM")));
    aml_append(method, aml_store(bit, aml_name("B0EJ")));
    aml_append(method, aml_release(lock));
    aml_append(method, aml_return(aml_int(0)));
    aml_append(scope, method);

    /* AIDX(bus, slot): the acpi-index of its device. */
    method = aml_method("AIDX", 2, AML_NOTSERIALIZED);
    aml_append(method, aml_acquire(lock, 0xffff));
    aml_append(method, aml_store(aml_arg(0), aml_name("BNUM")));
    aml_append(method, aml_store(bit, aml_name("PIDX")));
    aml_append(method, aml_store(aml_name("PIDX"), aml_local(0)));
    aml_append(method, aml_release(lock));
    aml_append(method, aml_return(aml_local(0)));
    aml_append(scope, method);

    aml_append(scope, build_pci_pdsm());
    aml_append(table, scope);

    scope = aml_scope("_GPE");
    aml_append(scope, aml_name_decl("_HID", aml_string("ACPI0006")));
    method = aml_method("_E01", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_acquire(aml_name("\\_SB.PCI0.BLCK"), 0xffff));
    aml_append(method, aml_call0("\\_SB.PCI0.PCNT"));
    aml_append(method, aml_release(aml_name("\\_SB.PCI0.BLCK")));
    aml_append(scope, method);
    aml_append(table, scope);
}

/* Slots */

static Aml *build_slot_dsm(void)
{
    Aml *method = aml_method("_DSM", 4, AML_SERIALIZED);
    Aml *slot = aml_package(2);

    aml_append(slot, aml_name("BSEL"));
    aml_append(slot, aml_name("ASUN"));
    aml_append(method, aml_store(slot, aml_local(0)));
    aml_append(method, aml_return(aml_call5("PDSM", aml_arg(0), aml_arg(1),
                                            aml_arg(2), aml_arg(3),
                                            aml_local(0))));
    return method;
}

/*
 * Has the guest found what is behind @pdev by the tables?  A bridge that came
 * while the guest ran is a card like any other, without slots of its own.
 */
static bool is_bridge_of_tables(PCIDevice *pdev)
{
    return PCI_DEVICE_GET_CLASS(pdev)->is_bridge && !DEVICE(pdev)->hotplugged;
}

static Aml *build_slot_ej0(void)
{
    Aml *method = aml_method("_EJ0", 1, AML_NOTSERIALIZED);

    aml_append(method, aml_call2("PCEJ", aml_name("BSEL"), aml_name("_SUN")));
    return method;
}

/*
 * PCNT: look what the registers have for this bus, and tell the slots; then
 * the same for the buses behind its bridges.
 */
static Aml *build_pcihp_notify(PCIBus *bus, bool has_bsel, uint32_t bsel,
                               const AcpiPmInfo *pm)
{
    Aml *method = aml_method("PCNT", 0, AML_NOTSERIALIZED);
    PCIBus *sec;

    if (has_bsel) {
        aml_append(method, aml_store(aml_int(bsel), aml_name("BNUM")));
        aml_append(method, aml_call2("DVNT", aml_name("PCIU"),
                                     aml_int(1) /* look what is there */));
        aml_append(method, aml_call2("DVNT", aml_name("PCID"),
                                     aml_int(3) /* please eject */));
    }
    QLIST_FOREACH(sec, &bus->child, sibling) {
        if (pm->pcihp_bridge_en && is_bridge_of_tables(sec->parent_dev)) {
            aml_append(method, aml_name("^S%.02X.PCNT",
                                        sec->parent_dev->devfn));
        }
    }
    return method;
}

/*
 * What there is to say of @devfn.  With hotplug all slots are there, because
 * something may come; those of the board's own devices, and of bridges, which
 * the tables go on below, cannot be ejected.  Without, only what is there now.
 * Function 0 speaks for its slot, unless another has a bus or words of its own.
 */
static Aml *build_pci_function(PCIBus *bus, int devfn, bool has_bsel,
                               const AcpiPmInfo *pm, Aml *dsm, Aml *ej0,
                               Aml *dvnt)
{
    PCIDevice *pdev = bus->devices[devfn];
    int slot = PCI_SLOT(devfn), func = PCI_FUNC(devfn);
    bool bridge = pdev && is_bridge_of_tables(pdev);
    Aml *dev, *ctx;

    if (!pdev && (func || !has_bsel)) {
        return NULL;
    }
    if (func && !(bridge && pm->pcihp_bridge_en) &&
        !get_dev_aml_func(DEVICE(pdev))) {
        return NULL;
    }

    dev = aml_device("S%.02X", devfn);
    aml_append(dev, aml_name_decl("_ADR", aml_int(slot << 16 | func)));
    if (has_bsel) {
        aml_append(dev, aml_name_decl("ASUN", aml_int(slot)));
        aml_append(dev, dsm);
    }
    if (pdev) {
        call_dev_aml_func(DEVICE(pdev), dev);
    }
    if (bridge && pm->pcihp_bridge_en) {
        build_append_pci_bus_devices(dev,
                                     pci_bridge_get_sec_bus(PCI_BRIDGE(pdev)),
                                     pm);
    }
    if (has_bsel && !bridge &&
        (!pdev || DEVICE_GET_CLASS(pdev)->hotpluggable)) {
        aml_append(dev, aml_name_decl("_SUN", aml_int(slot)));
        aml_append(dev, ej0);

        ctx = aml_if(aml_and(aml_arg(0), aml_int(1U << slot), NULL));
        aml_append(ctx, aml_notify(aml_name("S%.02X", devfn), aml_arg(1)));
        aml_append(dvnt, ctx);
    }
    return dev;
}

void build_append_pci_bus_devices(Aml *parent_scope, PCIBus *bus,
                                  const AcpiPmInfo *pm)
{
    bool has_bsel = object_property_find(OBJECT(bus), ACPI_PCIHP_PROP_BSEL);
    uint32_t bsel = 0;
    Aml *dvnt = aml_method("DVNT", 2, AML_NOTSERIALIZED);
    /* The same in all slots. */
    Aml *dsm = build_slot_dsm();
    Aml *ej0 = build_slot_ej0();

    if (has_bsel) {
        bsel = object_property_get_uint(OBJECT(bus), ACPI_PCIHP_PROP_BSEL,
                                        NULL);
        aml_append(parent_scope, aml_name_decl("BSEL", aml_int(bsel)));
    }
    for (int devfn = 0; devfn < ARRAY_SIZE(bus->devices); devfn++) {
        Aml *dev = build_pci_function(bus, devfn, has_bsel, pm, dsm, ej0,
                                      dvnt);

        if (dev) {
            aml_append(parent_scope, dev);
        }
    }
    if (has_bsel) {
        aml_append(parent_scope, dvnt);
    }
    /* _E01 calls it, and that of the bus above, in any case. */
    if (has_bsel || pm->pcihp_bridge_en) {
        aml_append(parent_scope, build_pcihp_notify(bus, has_bsel, bsel, pm));
    }
}
