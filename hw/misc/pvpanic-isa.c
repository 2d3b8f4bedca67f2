/*
 * pvpanic at an ISA port.
 *
 * Read include/hw/misc/pvpanic.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/isa/isa.h"
#include "hw/misc/pvpanic.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-properties.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "standard-headers/linux/pvpanic.h"

OBJECT_DECLARE_SIMPLE_TYPE(PVPanicISAState, PVPANIC_ISA_DEVICE)

struct PVPanicISAState {
    ISADevice parent_obj;

    uint16_t ioport;            /* property */
    PVPanicState pvpanic;
};

static void pvpanic_isa_initfn(Object *obj)
{
    PVPanicISAState *s = PVPANIC_ISA_DEVICE(obj);

    pvpanic_setup_io(&s->pvpanic, DEVICE(s), 1);
}

static void pvpanic_isa_realizefn(DeviceState *dev, Error **errp)
{
    PVPanicISAState *s = PVPANIC_ISA_DEVICE(dev);
    FWCfgState *fw_cfg = fw_cfg_find();
    uint16_t *port;

    /* Without it nobody would find the port. */
    if (!fw_cfg) {
        return;
    }
    port = g_new(uint16_t, 1);
    *port = cpu_to_le16(s->ioport);
    fw_cfg_add_file(fw_cfg, "etc/pvpanic-port", port, sizeof(*port));
    fw_cfg_own_file(fw_cfg, "etc/pvpanic-port");

    isa_register_ioport(ISA_DEVICE(dev), &s->pvpanic.mr, s->ioport);
}

/* Linux's driver wants the port; the methods are there for Windows. */
static void build_pvpanic_isa_aml(AcpiDevAmlIf *adev, Aml *scope)
{
    PVPanicISAState *s = PVPANIC_ISA_DEVICE(adev);
    Aml *dev = aml_device("PEVT");
    Aml *crs = aml_resource_template();
    Aml *field, *method;

    aml_append(dev, aml_name_decl("_HID", aml_string("QEMU0001")));
    aml_append(crs, aml_io(AML_DECODE16, s->ioport, s->ioport, 1, 1));
    aml_append(dev, aml_name_decl("_CRS", crs));

    aml_append(dev, aml_operation_region("PEOR", AML_SYSTEM_IO,
                                         aml_int(s->ioport), 1));
    field = aml_field("PEOR", AML_BYTE_ACC, AML_NOLOCK, AML_PRESERVE);
    aml_append(field, aml_named_field("PEPT", 8));
    aml_append(dev, field);
    /* It is there, works, and is shown. */
    aml_append(dev, aml_name_decl("_STA", aml_int(0xf)));

    method = aml_method("RDPT", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_store(aml_name("PEPT"), aml_local(0)));
    aml_append(method, aml_return(aml_local(0)));
    aml_append(dev, method);

    method = aml_method("WRPT", 1, AML_NOTSERIALIZED);
    aml_append(method, aml_store(aml_arg(0), aml_name("PEPT")));
    aml_append(dev, method);

    aml_append(scope, dev);
}

static Property pvpanic_isa_properties[] = {
    DEFINE_PROP_UINT16(PVPANIC_IOPORT_PROP, PVPanicISAState, ioport, 0x505),
    DEFINE_PROP_UINT8("events", PVPanicISAState, pvpanic.events,
                      PVPANIC_PANICKED | PVPANIC_CRASH_LOADED),
    DEFINE_PROP_END_OF_LIST(),
};

static void pvpanic_isa_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    AcpiDevAmlIfClass *adevc = ACPI_DEV_AML_IF_CLASS(klass);

    adevc->build_dev_aml = build_pvpanic_isa_aml;
    dc->realize = pvpanic_isa_realizefn;
    device_class_set_props(dc, pvpanic_isa_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo pvpanic_isa_info = {
    .name          = TYPE_PVPANIC_ISA_DEVICE,
    .parent        = TYPE_ISA_DEVICE,
    .instance_size = sizeof(PVPanicISAState),
    .instance_init = pvpanic_isa_initfn,
    .class_init    = pvpanic_isa_class_init,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_ACPI_DEV_AML_IF },
        { }
    },
};

static void pvpanic_isa_register_types(void)
{
    type_register_static(&pvpanic_isa_info);
}

type_init(pvpanic_isa_register_types)
