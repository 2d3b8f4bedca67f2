/*
 * `-cpu help`: all models, and all names of features.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "qemu/qemu-print.h"

static gint x86_cpu_list_compare(gconstpointer a, gconstpointer b)
{
    X86CPUClass *cc_a = X86_CPU_CLASS((ObjectClass *)a);
    X86CPUClass *cc_b = X86_CPU_CLASS((ObjectClass *)b);
    g_autofree char *name_a = NULL, *name_b = NULL;

    if (cc_a->ordering != cc_b->ordering) {
        return cc_a->ordering - cc_b->ordering;
    }
    name_a = x86_cpu_class_get_model_name(cc_a);
    name_b = x86_cpu_class_get_model_name(cc_b);
    return strcmp(name_a, name_b);
}

GSList *get_sorted_cpu_model_list(void)
{
    return g_slist_sort(object_class_get_list(TYPE_X86_CPU, false),
                        x86_cpu_list_compare);
}

/* What there is to say of a model, to be freed. */
static char *x86_cpu_class_description(X86CPUClass *cc)
{
    const X86CPUModel *model = cc->model;
    g_autofree char *model_id = NULL;

    if (!model) {
        return g_strdup(cc->model_description);
    }
    if (model->is_alias) {
        g_autofree char *of = x86_cpu_class_get_alias_of(cc);

        return model->version == CPU_VERSION_AUTO
               ? g_strdup("(alias configured by machine type)")
               : g_strdup_printf("(alias of %s)", of);
    }
    model_id = x86_cpu_class_get_model_id(cc);
    if (model_id && model->note) {
        return g_strdup_printf("%s [%s]", model_id, model->note);
    }
    return g_steal_pointer(&model_id);
}

static void x86_cpu_list_entry(gpointer data, gpointer user_data)
{
    X86CPUClass *cc = X86_CPU_CLASS((ObjectClass *)data);
    g_autofree char *name = x86_cpu_class_get_model_name(cc);
    g_autofree char *desc = x86_cpu_class_description(cc);

    qemu_printf("x86 %-20s  %s\n", name, desc ?: "");
}

/* In lines of at most 75 characters. */
static void listflags(GSList *features)
{
    size_t len = 0;

    for (GSList *el = features; el; el = el->next) {
        const char *name = el->data;

        if (len + strlen(name) + 1 >= 75) {
            qemu_printf("\n");
            len = 0;
        }
        qemu_printf("%s%s", len == 0 ? "  " : " ", name);
        len += strlen(name) + 1;
    }
    qemu_printf("\n");
}

void x86_cpu_list(void)
{
    g_autoptr(GSList) list = get_sorted_cpu_model_list();
    g_autoptr(GSList) names = NULL;

    qemu_printf("Available CPUs:\n");
    g_slist_foreach(list, x86_cpu_list_entry, NULL);

    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        for (int bit = 0; bit < 64; bit++) {
            const char *name = x86_cpu_feature_name(w, bit);

            if (name) {
                names = g_slist_prepend(names, (gpointer)name);
            }
        }
    }
    names = g_slist_sort(names, (GCompareFunc)strcmp);
    qemu_printf("\nRecognized CPUID flags:\n");
    listflags(names);
    qemu_printf("\n");
}
