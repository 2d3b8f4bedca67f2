/*
 * Static properties that name something outside the device.
 *
 * See include/hw/qdev-properties-system.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qapi-types-machine.h"
#include "qapi/qmp/qerror.h"
#include "qapi/visitor.h"
#include "qemu/ctype.h"
#include "qemu/uuid.h"
#include "chardev/char-fe.h"
#include "hw/qdev-properties-system.h"
#include "net/net.h"
#include "qdev-prop-internal.h"

/*
 * A back end that is taken may not be replaced by another one: its other end
 * knows the device already.  @old_val is what the field holds.
 */
static bool check_prop_still_unset(Object *obj, const char *name,
                                   const void *old_val, const char *new_val,
                                   bool allow_override, Error **errp)
{
    const GlobalProperty *prop = qdev_find_global_prop(obj, name);

    if (!old_val || (!prop && allow_override)) {
        return true;
    }
    if (prop) {
        error_setg(errp, "-global %s.%s=... conflicts with %s=%s",
                   prop->driver, prop->property, name, new_val);
    } else {
        error_setg(errp, "%s=%s conflicts, and override is not implemented",
                   name, new_val);
    }
    return false;
}

/* Character devices */

static void get_chr(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    CharBackend *be = object_field_prop_ptr(obj, opaque);
    g_autofree char *p = g_strdup(be->chr && be->chr->label ? be->chr->label
                                                            : "");

    visit_type_str(v, name, &p, errp);
}

static void set_chr(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    ERRP_GUARD();
    CharBackend *be = object_field_prop_ptr(obj, opaque);
    g_autofree char *str = NULL;
    Chardev *s;

    if (!visit_type_str(v, name, &str, errp)) {
        return;
    }
    if (!check_prop_still_unset(obj, name, be->chr, str, false, errp)) {
        return;
    }
    if (!*str) {
        return;
    }

    s = qemu_chr_find(str);
    if (!s) {
        error_set_from_qdev_prop_error(errp, -ENOENT, obj, name, str);
    } else if (!qemu_chr_fe_init(be, s, errp)) {
        error_prepend(errp, "Property '%s.%s' can't take value '%s': ",
                      object_get_typename(obj), name, str);
    }
}

static void release_chr(Object *obj, const char *name, void *opaque)
{
    CharBackend *be = object_field_prop_ptr(obj, opaque);

    qemu_chr_fe_deinit(be, false);
}

const PropertyInfo qdev_prop_chr = {
    .name  = "str",
    .description = "ID of a chardev to use as a backend",
    .get   = get_chr,
    .set   = set_chr,
    .release = release_chr,
};

/* MAC addresses */

static void get_mac(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    MACAddr *mac = object_field_prop_ptr(obj, opaque);
    g_autofree char *str =
        g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x",
                        mac->a[0], mac->a[1], mac->a[2],
                        mac->a[3], mac->a[4], mac->a[5]);

    visit_type_str(v, name, &str, errp);
}

/* Two digits each, with one and the same ':' or '-' between them. */
static bool mac_parse(MACAddr *mac, const char *str)
{
    for (int i = 0; i < 6; i++, str += 3) {
        if (!qemu_isxdigit(str[0]) || !qemu_isxdigit(str[1])) {
            return false;
        }
        if (i == 5 ? str[2] != '\0' : str[2] != ':' && str[2] != '-') {
            return false;
        }
        mac->a[i] = g_ascii_xdigit_value(str[0]) << 4 |
                    g_ascii_xdigit_value(str[1]);
    }
    return true;
}

static void set_mac(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    MACAddr *mac = object_field_prop_ptr(obj, opaque);
    g_autofree char *str = NULL;
    MACAddr parsed;

    if (!visit_type_str(v, name, &str, errp)) {
        return;
    }
    if (mac_parse(&parsed, str)) {
        *mac = parsed;
    } else {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, str);
    }
}

const PropertyInfo qdev_prop_macaddr = {
    .name  = "str",
    .description = "Ethernet 6-byte MAC Address, example: 52:54:00:12:34:56",
    .get   = get_mac,
    .set   = set_mac,
};

void qdev_prop_set_macaddr(DeviceState *dev, const char *name,
                           const uint8_t *value)
{
    g_autofree char *str =
        g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", value[0], value[1],
                        value[2], value[3], value[4], value[5]);

    object_property_set_str(OBJECT(dev), name, str, &error_abort);
}

/* Netdevs */

static void get_netdev(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    NICPeers *peers = object_field_prop_ptr(obj, opaque);
    g_autofree char *p = g_strdup(peers->ncs[0] ? peers->ncs[0]->name : "");

    visit_type_str(v, name, &p, errp);
}

/* All queues of the netdev, or none of them, become the NIC's peers. */
static void set_netdev(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    NICPeers *peers_ptr = object_field_prop_ptr(obj, opaque);
    NetClientState **ncs = peers_ptr->ncs;
    NetClientState *peers[MAX_QUEUE_NUM];
    g_autofree char *str = NULL;
    int queues;

    if (!visit_type_str(v, name, &str, errp)) {
        return;
    }

    queues = qemu_find_net_clients_except(str, peers,
                                          NET_CLIENT_DRIVER_NIC,
                                          MAX_QUEUE_NUM);
    if (queues == 0) {
        error_set_from_qdev_prop_error(errp, -ENOENT, obj, name, str);
        return;
    }
    if (queues > MAX_QUEUE_NUM) {
        error_setg(errp, "queues of backend '%s'(%d) "
                   "exceeds QEMU limitation(%d)",
                   str, queues, MAX_QUEUE_NUM);
        return;
    }

    for (int i = 0; i < queues; i++) {
        if (peers[i]->peer) {
            error_set_from_qdev_prop_error(errp, -EEXIST, obj, name, str);
            return;
        }
        if (!check_prop_still_unset(obj, name, ncs[i], str, false, errp)) {
            return;
        }
    }
    for (int i = 0; i < queues; i++) {
        ncs[i] = peers[i];
        ncs[i]->queue_index = i;
    }
    peers_ptr->queues = queues;
}

const PropertyInfo qdev_prop_netdev = {
    .name  = "str",
    .description = "ID of a netdev to use as a backend",
    .get   = get_netdev,
    .set   = set_netdev,
};

void qdev_prop_set_netdev(DeviceState *dev, const char *name,
                          NetClientState *value)
{
    assert(!value || value->name);
    object_property_set_str(OBJECT(dev), name, value ? value->name : "",
                            &error_abort);
}

void qdev_prop_set_chr(DeviceState *dev, const char *name,
                       Chardev *value)
{
    assert(!value || value->label);
    object_property_set_str(OBJECT(dev), name, value ? value->label : "",
                            &error_abort);
}

/* PCI: slot and function */

/* "SLOT" or "SLOT.FN", in hex; -1 if it is neither. */
static int devfn_parse(const char *str)
{
    unsigned int slot, fn = 0;
    int n = 0;

    if (sscanf(str, "%x.%x%n", &slot, &fn, &n) != 2) {
        fn = 0;
        if (sscanf(str, "%x%n", &slot, &n) != 1) {
            return -1;
        }
    }
    if (str[n] != '\0' || fn > 7 || slot > 31) {
        return -1;
    }
    return slot << 3 | fn;
}

static void set_pci_devfn(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    int32_t *ptr = object_field_prop_ptr(obj, opaque);
    g_autofree char *str = NULL;
    int32_t value;

    /* QMP may send a number, which is slot * 8 + function. */
    if (!visit_type_str(v, name, &str, NULL)) {
        if (!visit_type_int32(v, name, &value, NULL)) {
            error_setg(errp, "Invalid parameter type for '%s', expected int "
                       "or str", name ?: "null");
            return;
        }
        if (value < -1 || value > 255) {
            error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ?: "null",
                       "a value between -1 and 255");
            return;
        }
        *ptr = value;
        return;
    }

    value = devfn_parse(str);
    if (value < 0) {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, str);
        return;
    }
    *ptr = value;
}

static char *print_pci_devfn(Object *obj, Property *prop)
{
    int32_t *ptr = object_field_prop_ptr(obj, prop);

    if (*ptr == -1) {
        return g_strdup("<unset>");
    }
    return g_strdup_printf("%02x.%x", *ptr >> 3, *ptr & 7);
}

const PropertyInfo qdev_prop_pci_devfn = {
    .name  = "int32",
    .description = "Slot and optional function number, example: 06.0 or 06",
    .print = print_pci_devfn,
    .get   = qdev_propinfo_get_int32,
    .set   = set_pci_devfn,
    .set_default_value = qdev_propinfo_set_default_value_int,
};

/* Enumerations of the schema */

QEMU_BUILD_BUG_ON(sizeof(LostTickPolicy) != sizeof(int));
QEMU_BUILD_BUG_ON(sizeof(OffAutoPCIBAR) != sizeof(int));

const PropertyInfo qdev_prop_losttickpolicy = {
    .name  = "LostTickPolicy",
    .enum_table  = &LostTickPolicy_lookup,
    .get   = qdev_propinfo_get_enum,
    .set   = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

const PropertyInfo qdev_prop_off_auto_pcibar = {
    .name = "OffAutoPCIBAR",
    .description = "off/auto/bar0/bar1/bar2/bar3/bar4/bar5",
    .enum_table = &OffAutoPCIBAR_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

/* UUIDs */

#define UUID_VALUE_AUTO        "auto"

static void get_uuid(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    QemuUUID *uuid = object_field_prop_ptr(obj, opaque);
    g_autofree char *str = qemu_uuid_unparse_strdup(uuid);

    visit_type_str(v, name, &str, errp);
}

static void set_uuid(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    QemuUUID *uuid = object_field_prop_ptr(obj, opaque);
    g_autofree char *str = NULL;

    if (!visit_type_str(v, name, &str, errp)) {
        return;
    }
    if (!strcmp(str, UUID_VALUE_AUTO)) {
        qemu_uuid_generate(uuid);
    } else if (qemu_uuid_parse(str, uuid) < 0) {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, str);
    }
}

static void set_default_uuid_auto(ObjectProperty *op, const Property *prop)
{
    object_property_set_default_str(op, UUID_VALUE_AUTO);
}

const PropertyInfo qdev_prop_uuid = {
    .name  = "str",
    .description = "UUID (aka GUID) or \"" UUID_VALUE_AUTO
        "\" for random value (default)",
    .get   = get_uuid,
    .set   = set_uuid,
    .set_default_value = set_default_uuid_auto,
};
