/*
 * -cpu MODEL[,FEATURE=VALUE | ,FEATURE | ,+FEATURE | ,-FEATURE]...
 *
 * "avx=off" and "avx" become global properties of the model's type, so they
 * hold for CPUs that are plugged later, too.  "+avx" and "-avx" do as well,
 * but always win over the former, wherever they stand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"

ObjectClass *x86_cpu_class_by_name(const char *cpu_model)
{
    g_autofree char *typename = g_strconcat(cpu_model, X86_CPU_TYPE_SUFFIX,
                                            NULL);

    /* The name is the user's: it may make that of a type of another kind. */
    return object_class_dynamic_cast(object_class_by_name(typename),
                                     TYPE_X86_CPU);
}

/* Properties have a '-' where people may write '_'. */
static void feat2prop(char *s)
{
    while ((s = strchr(s, '_'))) {
        *s = '-';
    }
}

static void x86_cpu_register_global(const char *typename, const char *property,
                                    const char *value)
{
    GlobalProperty *prop = g_new0(GlobalProperty, 1);

    prop->driver = typename;
    prop->property = g_strdup(property);
    prop->value = g_strdup(value);
    qdev_prop_register_global(prop);
}

static void warn_if_ambiguous(GList *names, const char *sign,
                              const char *name, const char *val,
                              bool *ambiguous)
{
    if (g_list_find_custom(names, name, (GCompareFunc)strcmp)) {
        warn_report("Ambiguous CPU model string. "
                    "Don't mix both \"%s%s\" and \"%s=%s\"",
                    sign, name, name, val);
        *ambiguous = true;
    }
}

/* FEATURE=VALUE, or FEATURE, which is "on". */
static bool x86_cpu_parse_property(const char *typename, char *featurestr,
                                   GList *plus, GList *minus, bool *ambiguous,
                                   Error **errp)
{
    char *eq = strchr(featurestr, '=');
    const char *val = "on", *name = featurestr;
    g_autofree char *num = NULL;

    if (eq) {
        *eq++ = '\0';
        val = eq;
    }
    feat2prop(featurestr);

    warn_if_ambiguous(plus, "+", name, val, ambiguous);
    warn_if_ambiguous(minus, "-", name, val, ambiguous);

    if (!strcmp(name, "tsc-freq")) {
        uint64_t tsc_freq;

        /* In units of 1000, with a suffix; the property is in Hz. */
        if (qemu_strtosz_metric(val, NULL, &tsc_freq) < 0 ||
            tsc_freq > INT64_MAX) {
            error_setg(errp, "bad numerical value %s", val);
            return false;
        }
        num = g_strdup_printf("%" PRIu64, tsc_freq);
        val = num;
        name = "tsc-frequency";
    }
    x86_cpu_register_global(typename, name, val);
    return true;
}

static void x86_cpu_register_flags(const char *typename, GList *names,
                                   const char *value, Error **errp)
{
    ObjectClass *oc = object_class_by_name(typename);
    g_autoptr(Object) obj = NULL;

    if (!names) {
        return;
    }
    /* Aliases are properties of instances. */
    obj = object_new_with_class(oc);
    for (GList *l = names; l; l = l->next) {
        feat2prop(l->data);
        if (!object_property_find_err(obj, l->data, errp)) {
            return;
        }
        x86_cpu_register_global(typename, l->data, value);
    }
}

void x86_cpu_parse_featurestr(const char *typename, char *features,
                              Error **errp)
{
    ERRP_GUARD();
    g_auto(GStrv) pieces = features ? g_strsplit(features, ",", 0) : NULL;
    GList *plus = NULL, *minus = NULL;
    bool ambiguous = false;

    for (char **f = pieces; f && *f && !*errp; f++) {
        char sign = (*f)[0];

        if (!sign) {
            continue;
        }
        if (sign == '+' || sign == '-') {
            GList **names = sign == '+' ? &plus : &minus;

            /* As it is written; it becomes a property's name at the end. */
            *names = g_list_append(*names, g_strdup(*f + 1));
            continue;
        }
        x86_cpu_parse_property(typename, *f, plus, minus, &ambiguous, errp);
    }

    if (ambiguous) {
        warn_report("Compatibility of ambiguous CPU model "
                    "strings won't be kept on future QEMU versions");
    }
    /* "-" comes last, and so has the last word. */
    if (!*errp) {
        x86_cpu_register_flags(typename, plus, "on", errp);
    }
    if (!*errp) {
        x86_cpu_register_flags(typename, minus, "off", errp);
    }
    g_list_free_full(plus, g_free);
    g_list_free_full(minus, g_free);
}
