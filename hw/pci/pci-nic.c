/*
 * PCI network cards from -nic and -net nic.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "net/net.h"
#include "pci-internal.h"

/*
 * Every type of PCI device that is a NIC, sorted; the array ends with NULL and
 * the names belong to the types.
 */
static GPtrArray *pci_nic_models_new(void)
{
    g_autoptr(GSList) list = object_class_get_list_sorted(TYPE_PCI_DEVICE,
                                                          false);
    GPtrArray *models = g_ptr_array_new();
    GSList *el;

    for (el = list; el; el = el->next) {
        DeviceClass *dc = DEVICE_CLASS(el->data);
        Object *obj;

        if (!test_bit(DEVICE_CATEGORY_NETWORK, dc->categories) ||
            !dc->user_creatable) {
            continue;
        }
        /*
         * A switch is a network device as well.  A NIC has a "netdev", which
         * virtio's proxies only have once they are born.
         */
        obj = object_new_with_class(OBJECT_CLASS(dc));
        if (object_property_find(obj, "netdev")) {
            g_ptr_array_add(models, (gpointer)object_class_get_name(el->data));
        }
        object_unref(obj);
    }
    g_ptr_array_add(models, NULL);
    return models;
}

/*
 * Read "[[DOMAIN:]BUS:]SLOT[.FUNC]", hexadecimal, into a bus number and a
 * devfn.
 */
static bool pci_parse_devaddr(const char *addr, int *busp, int *devfn)
{
    unsigned long val, dom = 0, bus = 0, slot, func = 0;
    const char *p;

    if (qemu_strtoul(addr, &p, 16, &val) < 0) {
        return false;
    }
    if (*p == ':') {
        bus = val;
        if (qemu_strtoul(p + 1, &p, 16, &val) < 0) {
            return false;
        }
        if (*p == ':') {
            dom = bus;
            bus = val;
            if (qemu_strtoul(p + 1, &p, 16, &val) < 0) {
                return false;
            }
        }
    }
    slot = val;
    if (*p == '.' && qemu_strtoul(p + 1, &p, 16, &func) < 0) {
        return false;
    }
    if (*p || dom > 0xffff || bus > 0xff || slot > 0x1f || func > 7) {
        return false;
    }
    *busp = bus;
    *devfn = PCI_DEVFN(slot, func);
    return true;
}

/* Exits with a message if there is no such place below @root. */
static PCIBus *pci_get_bus_devfn(int *devfnp, PCIBus *root,
                                 const char *devaddr)
{
    int bus_num;

    if (!root) {
        error_report("No primary PCI bus");
        exit(1);
    }
    assert(!root->parent_dev);

    if (!devaddr) {
        *devfnp = -1;
        return pci_find_bus_nr(root, 0);
    }
    if (!pci_parse_devaddr(devaddr, &bus_num, devfnp)) {
        error_report("Invalid PCI device address: %s", devaddr);
        exit(1);
    }
    return pci_find_bus_nr(root, bus_num);
}

PCIDevice *pci_nic_init_nofail(NICInfo *nd, PCIBus *rootbus,
                               const char *default_model,
                               const char *default_devaddr)
{
    const char *devaddr = nd->devaddr ? nd->devaddr : default_devaddr;
    g_autoptr(GPtrArray) models = NULL;
    const char *model;
    PCIBus *bus;
    PCIDevice *pci_dev;
    int devfn, i;

    if (nd->model && !strcmp(nd->model, "virtio")) {
        g_free(nd->model);
        nd->model = g_strdup("virtio-net-pci");
    }

    models = pci_nic_models_new();
    if (qemu_show_nic_models(nd->model, (const char **)models->pdata)) {
        exit(0);
    }
    i = qemu_find_nic_model(nd, (const char **)models->pdata, default_model);
    if (i < 0) {
        exit(1);
    }
    model = g_ptr_array_index(models, i);

    bus = pci_get_bus_devfn(&devfn, rootbus, devaddr);
    if (!bus) {
        error_report("Invalid PCI device address %s for device %s",
                     devaddr, model);
        exit(1);
    }

    pci_dev = pci_new(devfn, model);
    qdev_set_nic_properties(&pci_dev->qdev, nd);
    pci_realize_and_unref(pci_dev, bus, &error_fatal);
    return pci_dev;
}
