/*
 * The accelerator's type, and how -accel finds one by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/accel.h"
#include "qemu/module.h"
#include "accel-softmmu.h"

static const TypeInfo accel_type = {
    .name = TYPE_ACCEL,
    .parent = TYPE_OBJECT,
    .class_size = sizeof(AccelClass),
    .instance_size = sizeof(AccelState),
};

AccelClass *accel_find(const char *opt_name)
{
    g_autofree char *class_name =
        g_strdup_printf(ACCEL_CLASS_NAME("%s"), opt_name);
    ObjectClass *oc = module_object_class_by_name(class_name);

    /* The name comes from a user: it may be that of any other type. */
    return (AccelClass *)object_class_dynamic_cast(oc, TYPE_ACCEL);
}

void accel_init_interfaces(AccelClass *ac)
{
    accel_init_ops_interfaces(ac);
}

static void register_accel_types(void)
{
    type_register_static(&accel_type);
}

type_init(register_accel_types)
