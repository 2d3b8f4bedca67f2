/*
 * What clients ask about x86 CPUs: models, and what one would be like.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine-target.h"
#include "qapi/qapi-visit-run-state.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qobject-input-visitor.h"
#include "qom/qom-qobject.h"
#include "sysemu/kvm.h"

/* Crashes: only a Windows guest tells, through Hyper-V's registers. */

GuestPanicInformation *x86_cpu_get_crash_info(CPUState *cs)
{
    return NULL;
}

void x86_cpu_get_crash_info_qom(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    CPUState *cs = CPU(obj);
    GuestPanicInformation *panic_info;

    if (!cs->crash_occurred) {
        error_setg(errp, "No crash occurred");
        return;
    }
    panic_info = x86_cpu_get_crash_info(cs);
    if (!panic_info) {
        error_setg(errp, "No crash information");
        return;
    }
    visit_type_GuestPanicInformation(v, "crash-information", &panic_info,
                                     errp);
    qapi_free_GuestPanicInformation(panic_info);
}

/* query-cpu-definitions */

/* What keeps a model from running here as it should. */
static strList *x86_cpu_class_missing_features(X86CPUClass *xcc)
{
    Error *err = NULL;
    strList *list = NULL;
    X86CPU *cpu;

    if (xcc->host_cpuid_required && !kvm_enabled()) {
        QAPI_LIST_PREPEND(list, g_strdup("kvm"));
        return list;
    }
    cpu = X86_CPU(object_new_with_class(OBJECT_CLASS(xcc)));
    x86_cpu_expand_features(cpu, &err);
    if (err) {
        /* The model does not work at all. */
        QAPI_LIST_PREPEND(list, g_strdup("type"));
        error_free(err);
    } else {
        x86_cpu_filter_features(cpu, false);
        x86_cpu_list_feature_names(cpu->filtered_features, &list);
    }
    object_unref(OBJECT(cpu));
    return list;
}

static CpuDefinitionInfo *x86_cpu_definition_entry(X86CPUClass *cc)
{
    CpuDefinitionInfo *info = g_new0(CpuDefinitionInfo, 1);

    info->name = x86_cpu_class_get_model_name(cc);
    info->has_unavailable_features = true;
    info->unavailable_features = x86_cpu_class_missing_features(cc);
    info->has_migration_safe = true;
    info->migration_safe = cc->migration_safe;
    info->q_static = cc->static_model;
    info->q_typename = g_strdup(object_class_get_name(OBJECT_CLASS(cc)));
    info->deprecated = CPU_CLASS(cc)->deprecation_note != NULL;
    info->alias_of = x86_cpu_class_get_alias_of(cc);
    info->has_alias_of = info->alias_of != NULL;
    return info;
}

CpuDefinitionInfoList *qmp_query_cpu_definitions(Error **errp)
{
    g_autoptr(GSList) list = get_sorted_cpu_model_list();
    CpuDefinitionInfoList *cpu_list = NULL;

    for (GSList *el = list; el; el = el->next) {
        QAPI_LIST_PREPEND(cpu_list,
                          x86_cpu_definition_entry(X86_CPU_CLASS(el->data)));
    }
    return cpu_list;
}

/* query-cpu-model-expansion */

/* A CPU of @model with @props, expanded; not realized.  NULL and @errp. */
static X86CPU *x86_cpu_from_model(const char *model, QDict *props,
                                  Error **errp)
{
    ERRP_GUARD();
    ObjectClass *oc = x86_cpu_class_by_name(model);
    X86CPU *cpu;

    if (!oc) {
        error_setg(errp, "CPU model '%s' not found", model);
        return NULL;
    }
    cpu = X86_CPU(object_new_with_class(oc));
    for (const QDictEntry *prop = props ? qdict_first(props) : NULL; prop;
         prop = qdict_next(props, prop)) {
        if (!object_property_set_qobject(OBJECT(cpu), qdict_entry_key(prop),
                                         qdict_entry_value(prop), errp)) {
            goto fail;
        }
    }
    x86_cpu_expand_features(cpu, errp);
    if (!*errp) {
        return cpu;
    }
fail:
    object_unref(OBJECT(cpu));
    return NULL;
}

static void x86_cpu_expand_prop(X86CPU *cpu, QDict *props, const char *prop)
{
    qdict_put_obj(props, prop, object_property_get_qobject(OBJECT(cpu), prop,
                                                           &error_abort));
}

/* What differs from `base`, and is the same on all hosts. */
static void x86_cpu_to_dict(X86CPU *cpu, QDict *props)
{
    static const char *const names[] = {
        "min-level", "min-xlevel", "family", "model", "stepping",
        "model-id", "vendor", "lmce",
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        x86_cpu_expand_prop(cpu, props, names[i]);
    }
    for (FeatureWord w = 0; w < FEATURE_WORDS; w++) {
        for (int bit = 0; bit < 64; bit++) {
            const char *name = x86_cpu_feature_name(w, bit);

            if (name) {
                x86_cpu_expand_prop(cpu, props, name);
            }
        }
    }
}

/* All that can be set, and read. */
static void x86_cpu_to_dict_full(X86CPU *cpu, QDict *props)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_property_iter_init(&iter, OBJECT(cpu));
    while ((prop = object_property_iter_next(&iter))) {
        /* "hotplugged" is a test's business, and not the CPU's. */
        if (prop->get && prop->set && strcmp(prop->name, "hotplugged")) {
            x86_cpu_expand_prop(cpu, props, prop->name);
        }
    }
}

CpuModelExpansionInfo *
qmp_query_cpu_model_expansion(CpuModelExpansionType type, CpuModelInfo *model,
                              Error **errp)
{
    CpuModelExpansionInfo *ret;
    QDict *props = qobject_to(QDict, model->props);
    X86CPU *cpu = x86_cpu_from_model(model->name, props, errp);
    QDict *all;

    if (!cpu) {
        return NULL;
    }
    ret = g_new0(CpuModelExpansionInfo, 1);
    ret->model = g_new0(CpuModelInfo, 1);
    ret->model->has_props = true;
    all = qdict_new();
    ret->model->props = QOBJECT(all);

    switch (type) {
    case CPU_MODEL_EXPANSION_TYPE_STATIC:
        ret->model->name = g_strdup("base");
        x86_cpu_to_dict(cpu, all);
        break;
    case CPU_MODEL_EXPANSION_TYPE_FULL:
        /* As much as the properties say, it is the model it was. */
        ret->model->name = g_strdup(model->name);
        x86_cpu_to_dict_full(cpu, all);
        break;
    default:
        g_assert_not_reached();
    }
    object_unref(OBJECT(cpu));
    return ret;
}
