/*
 * Properties that every new object of some type gets: compat properties of
 * the accelerator and the machine, sugar of other options, and -global.
 *
 * Read first: qom/object.h, on globals.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
/* For GlobalProperty, which QEMU keeps there; nothing else. */
#include "hw/qdev-core.h"
#include "qom/object.h"
#include "trace.h"

/* In the order in which they apply, so a later one has the last word. */
enum {
    COMPAT_PROPS_ACCELERATOR,
    COMPAT_PROPS_MACHINE,
    COMPAT_PROPS_SUGAR,
    COMPAT_PROPS__MAX,
};

/* Each of GlobalProperty *, or NULL. */
static GPtrArray *object_compat_props[COMPAT_PROPS__MAX];

void object_apply_global_props(Object *obj, const GPtrArray *props,
                               Error **errp)
{
    trace_object_apply_global_props(object_get_typename(obj));

    for (guint i = 0; props && i < props->len; i++) {
        GlobalProperty *p = g_ptr_array_index(props, i);
        Error *err = NULL;

        if (!object_dynamic_cast(obj, p->driver)) {
            continue;
        }
        if (p->optional && !object_property_find(obj, p->property)) {
            continue;
        }
        p->used = true;
        trace_object_apply_global_prop(object_get_typename(obj), p->driver,
                                       p->property, p->value);
        if (object_property_parse(obj, p->property, p->value, &err)) {
            continue;
        }

        error_prepend(&err, "can't apply global %s.%s=%s: ",
                      p->driver, p->property, p->value);
        if (errp) {
            error_propagate(errp, err);
            return;
        }
        warn_report_err(err);
    }
}

void object_set_machine_compat_props(GPtrArray *compat_props)
{
    g_assert(!object_compat_props[COMPAT_PROPS_MACHINE]);
    object_compat_props[COMPAT_PROPS_MACHINE] = compat_props;
}

void object_set_accelerator_compat_props(GPtrArray *compat_props)
{
    g_assert(!object_compat_props[COMPAT_PROPS_ACCELERATOR]);
    object_compat_props[COMPAT_PROPS_ACCELERATOR] = compat_props;
}

void object_register_sugar_prop(const char *driver, const char *prop,
                                const char *value, bool optional)
{
    GlobalProperty *g = g_new0(GlobalProperty, 1);

    g->driver = g_strdup(driver);
    g->property = g_strdup(prop);
    g->value = g_strdup(value);
    g->optional = optional;

    if (!object_compat_props[COMPAT_PROPS_SUGAR]) {
        object_compat_props[COMPAT_PROPS_SUGAR] = g_ptr_array_new();
    }
    g_ptr_array_add(object_compat_props[COMPAT_PROPS_SUGAR], g);
}

/* What the program says about itself is right or a bug; sugar is a user's. */
void object_apply_compat_props(Object *obj)
{
    for (int i = 0; i < COMPAT_PROPS__MAX; i++) {
        object_apply_global_props(obj, object_compat_props[i],
                                  i == COMPAT_PROPS_SUGAR ? &error_fatal
                                                          : &error_abort);
    }
}
