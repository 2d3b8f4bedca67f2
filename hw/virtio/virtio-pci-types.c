/*
 * virtio over PCI: the QOM types that one description makes.
 *
 * A guest that knows only legacy needs a legacy device; a guest that knows
 * virtio 1 is better off with a device that is nothing else.  So each device
 * comes under three names, which differ in nothing but that:
 *
 *                      generic            -transitional     -non-transitional
 *   disable-legacy     a property         off               on
 *   disable-modern     a property         off               off
 *   where              either kind        conventional PCI  either kind
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/qdev-properties.h"
#include "virtio-pci-int.h"

static Property virtio_pci_generic_properties[] = {
    DEFINE_PROP_ON_OFF_AUTO("disable-legacy", VirtIOPCIProxy, disable_legacy,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BOOL("disable-modern", VirtIOPCIProxy, disable_modern, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_pci_base_class_init(ObjectClass *klass, void *data)
{
    const VirtioPCIDeviceTypeInfo *t = data;

    if (t->class_init) {
        t->class_init(klass, NULL);
    }
}

static void virtio_pci_generic_class_init(ObjectClass *klass, void *data)
{
    device_class_set_props(DEVICE_CLASS(klass), virtio_pci_generic_properties);
}

static void virtio_pci_transitional_instance_init(Object *obj)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    proxy->disable_legacy = ON_OFF_AUTO_OFF;
    proxy->disable_modern = false;
}

static void virtio_pci_non_transitional_instance_init(Object *obj)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    proxy->disable_legacy = ON_OFF_AUTO_ON;
    proxy->disable_modern = false;
}

void virtio_pci_types_register(const VirtioPCIDeviceTypeInfo *t)
{
    g_autofree char *base_name = t->base_name
        ? g_strdup(t->base_name)
        : g_strdup_printf("%s-base-type", t->generic_name);
    TypeInfo base = {
        .name          = base_name,
        .parent        = t->parent ? t->parent : TYPE_VIRTIO_PCI,
        .instance_size = t->instance_size,
        .instance_init = t->instance_init,
        .instance_finalize = t->instance_finalize,
        .class_size    = t->class_size,
        .abstract      = true,
        .interfaces    = t->interfaces,
    };
    TypeInfo generic = {
        .name = t->generic_name,
        .parent = base_name,
        .class_init = virtio_pci_generic_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    };

    if (t->base_name) {
        base.class_init = virtio_pci_base_class_init;
        base.class_data = (void *)t;
    } else {
        /* The device's class_init comes last, and may override the props. */
        assert(!t->non_transitional_name && !t->transitional_name);
        base.class_init = virtio_pci_generic_class_init;
        generic.class_init = virtio_pci_base_class_init;
        generic.class_data = (void *)t;
    }

    type_register(&base);
    if (generic.name) {
        type_register(&generic);
    }

    if (t->non_transitional_name) {
        const TypeInfo non_transitional = {
            .name          = t->non_transitional_name,
            .parent        = base_name,
            .instance_init = virtio_pci_non_transitional_instance_init,
            .interfaces = (InterfaceInfo[]) {
                { INTERFACE_PCIE_DEVICE },
                { INTERFACE_CONVENTIONAL_PCI_DEVICE },
                { }
            },
        };

        type_register(&non_transitional);
    }

    if (t->transitional_name) {
        const TypeInfo transitional = {
            .name          = t->transitional_name,
            .parent        = base_name,
            .instance_init = virtio_pci_transitional_instance_init,
            .interfaces = (InterfaceInfo[]) {
                /* Its I/O ports have no place on PCI Express. */
                { INTERFACE_CONVENTIONAL_PCI_DEVICE },
                { }
            },
        };

        type_register(&transitional);
    }
}
