/*
 * -global: values for every device of a type.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "hw/qdev-properties.h"
#include "trace.h"

/* In the order of the command line. */
static GPtrArray *global_props(void)
{
    static GPtrArray *gp;

    if (!gp) {
        gp = g_ptr_array_new();
    }
    return gp;
}

void qdev_prop_register_global(GlobalProperty *prop)
{
    g_ptr_array_add(global_props(), prop);
}

const GlobalProperty *qdev_find_global_prop(Object *obj,
                                            const char *name)
{
    GPtrArray *props = global_props();

    for (guint i = props->len; i-- > 0;) {
        const GlobalProperty *p = g_ptr_array_index(props, i);

        if (object_dynamic_cast(obj, p->driver) && !strcmp(p->property, name)) {
            return p;
        }
    }
    return NULL;
}

int qdev_prop_check_globals(void)
{
    GPtrArray *props = global_props();
    int ret = 0;

    for (guint i = 0; i < props->len; i++) {
        GlobalProperty *prop = g_ptr_array_index(props, i);
        ObjectClass *oc;

        if (prop->used) {
            continue;
        }
        oc = object_class_by_name(prop->driver);
        oc = object_class_dynamic_cast(oc, TYPE_DEVICE);
        if (!oc) {
            warn_report("global %s.%s has invalid class name",
                        prop->driver, prop->property);
            ret = 1;
        } else if (!DEVICE_CLASS(oc)->hotpluggable) {
            /* One that can be hotplugged may still come. */
            warn_report("global %s.%s=%s not used",
                        prop->driver, prop->property, prop->value);
            ret = 1;
        }
    }
    return ret;
}

/* A bad value ends the program at start; a hotplugged device only warns. */
void qdev_prop_set_globals(DeviceState *dev)
{
    trace_qdev_prop_set_globals(object_get_typename(OBJECT(dev)));
    object_apply_global_props(OBJECT(dev), global_props(),
                              dev->hotplugged ? NULL : &error_fatal);
}
