/*
 * -device help, -device TYPE,help, `info qdm`: what devices are there?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"
#include "hw/qdev-core.h"
#include "monitor/qdev.h"
#include "qdev-monitor-internal.h"

/* The list of all devices */

static void qdev_print_devinfo(DeviceClass *dc)
{
    const char *name = object_class_get_name(OBJECT_CLASS(dc));
    const char *alias = qdev_find_alias_by_typename(name);

    qemu_printf("name \"%s\"", name);
    if (dc->bus_type) {
        qemu_printf(", bus %s", dc->bus_type);
    }
    if (alias) {
        qemu_printf(", alias \"%s\"", alias);
    }
    if (dc->desc) {
        qemu_printf(", desc \"%s\"", dc->desc);
    }
    if (!dc->user_creatable) {
        qemu_printf(", no-user");
    }
    qemu_printf("\n");
}

static bool qdev_is_in_category(DeviceClass *dc, int category)
{
    if (category == DEVICE_CATEGORY_MAX) {
        return bitmap_empty(dc->categories, DEVICE_CATEGORY_MAX);
    }
    return test_bit(category, dc->categories);
}

/* All types under their headings; @show_no_user: what -device refuses too. */
static void qdev_print_devinfos(bool show_no_user)
{
    static const char *const cat_name[DEVICE_CATEGORY_MAX + 1] = {
        [DEVICE_CATEGORY_BRIDGE]  = "Controller/Bridge/Hub",
        [DEVICE_CATEGORY_USB]     = "USB",
        [DEVICE_CATEGORY_STORAGE] = "Storage",
        [DEVICE_CATEGORY_NETWORK] = "Network",
        [DEVICE_CATEGORY_INPUT]   = "Input",
        [DEVICE_CATEGORY_DISPLAY] = "Display",
        [DEVICE_CATEGORY_SOUND]   = "Sound",
        [DEVICE_CATEGORY_MISC]    = "Misc",
        [DEVICE_CATEGORY_CPU]     = "CPU",
        [DEVICE_CATEGORY_WATCHDOG] = "Watchdog",
        [DEVICE_CATEGORY_MAX]     = "Uncategorized",
    };
    g_autoptr(GSList) list = object_class_get_list_sorted(TYPE_DEVICE, false);

    for (int i = 0; i <= DEVICE_CATEGORY_MAX; i++) {
        bool cat_printed = false;

        for (GSList *elt = list; elt; elt = elt->next) {
            DeviceClass *dc = DEVICE_CLASS(elt->data);

            if (!qdev_is_in_category(dc, i) ||
                (!show_no_user && !dc->user_creatable)) {
                continue;
            }
            if (!cat_printed) {
                qemu_printf("%s%s devices:\n", i ? "\n" : "", cat_name[i]);
                cat_printed = true;
            }
            qdev_print_devinfo(dc);
        }
    }
}

void hmp_info_qdm(Monitor *mon, const QDict *qdict)
{
    qdev_print_devinfos(true);
}

/* The properties of one device */

/* Properties of every object and device are no options. */
static bool qdev_is_option(const ObjectProperty *prop)
{
    static const char *const common[] = {
        "type", "realized", "hotpluggable", "hotplugged", "parent_bus", NULL
    };

    return !g_strv_contains(common, prop->name) &&
           !strstart(prop->name, "legacy-", NULL);
}

static int qdev_help_cmp(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* One line for each option.  Some come with the instance, so make one. */
static GPtrArray *qdev_list_options(const char *typename, Error **errp)
{
    ObjectClass *klass = module_object_class_by_name(typename);
    GPtrArray *lines;
    ObjectProperty *prop;
    ObjectPropertyIterator iter;
    Object *obj;

    if (!klass) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", typename);
        return NULL;
    }
    if (!object_class_dynamic_cast(klass, TYPE_DEVICE) ||
        object_class_is_abstract(klass)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "typename",
                   "a non-abstract device type");
        return NULL;
    }

    lines = g_ptr_array_new_with_free_func(g_free);
    obj = object_new_with_class(klass);
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        if (qdev_is_option(prop)) {
            g_ptr_array_add(lines, object_property_help(prop->name,
                                                        prop->type,
                                                        prop->defval,
                                                        prop->description));
        }
    }
    object_unref(obj);
    g_ptr_array_sort(lines, qdev_help_cmp);
    return lines;
}

int qdev_device_help(QemuOpts *opts)
{
    const char *driver = qemu_opt_get(opts, "driver");
    g_autoptr(GPtrArray) lines = NULL;
    Error *local_err = NULL;

    if (driver && is_help_option(driver)) {
        qdev_print_devinfos(false);
        return 1;
    }
    if (!driver || !qemu_opt_has_help_opt(opts)) {
        return 0;
    }

    if (!object_class_by_name(driver)) {
        driver = qdev_find_typename_by_alias(driver) ?: driver;
    }
    lines = qdev_list_options(driver, &local_err);
    if (!lines) {
        error_report_err(local_err);
        return 1;
    }

    if (lines->len) {
        qemu_printf("%s options:\n", driver);
    } else {
        qemu_printf("There are no options for %s.\n", driver);
    }
    for (guint i = 0; i < lines->len; i++) {
        qemu_printf("%s\n", (char *)lines->pdata[i]);
    }
    return 1;
}
