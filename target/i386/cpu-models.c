/*
 * From the tables of models to types, and from a type to features.
 *
 * A row NAME becomes the types NAME-v1, NAME-v2, ... and two kinds of aliases:
 * NAME itself, whose version the machine chooses, and second names of certain
 * versions ("Haswell-noTSX" is Haswell-v2).
 *
 * Read first: target/i386/cpu-internal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"

static const X86CPUDefinition *const x86_cpu_tables[] = {
    x86_generic_cpu_defs,
    x86_intel_cpu_defs,
    x86_intel_server_cpu_defs,
    x86_amd_cpu_defs,
};

/* Versions */

static X86CPUVersion default_cpu_version = 1;

void x86_cpu_set_default_version(X86CPUVersion version)
{
    /* It is what CPU_VERSION_AUTO stands for. */
    assert(version != CPU_VERSION_AUTO);
    default_cpu_version = version;
}

static X86CPUVersion x86_cpu_last_version(const X86CPUDefinition *def)
{
    X86CPUVersion v = 1;

    for (const X86CPUVersionDefinition *d = def->versions; d && d->version;
         d++) {
        v = d->version;
    }
    return v;
}

X86CPUVersion x86_cpu_model_resolve_version(const X86CPUModel *model)
{
    X86CPUVersion v = model->version;

    if (v == CPU_VERSION_AUTO) {
        v = default_cpu_version;
    }
    if (v == CPU_VERSION_LATEST) {
        return x86_cpu_last_version(model->cpudef);
    }
    return v;
}

/* Names */

char *x86_cpu_class_get_alias_of(X86CPUClass *cc)
{
    X86CPUVersion version;

    if (!cc->model || !cc->model->is_alias) {
        return NULL;
    }
    version = x86_cpu_model_resolve_version(cc->model);
    if (version <= 0) {
        return NULL;
    }
    return g_strdup_printf("%s-v%d", cc->model->cpudef->name, version);
}

char *x86_cpu_class_get_model_name(X86CPUClass *cc)
{
    const char *class_name = object_class_get_name(OBJECT_CLASS(cc));

    assert(g_str_has_suffix(class_name, X86_CPU_TYPE_SUFFIX));
    return g_strndup(class_name,
                     strlen(class_name) - strlen(X86_CPU_TYPE_SUFFIX));
}

char *x86_cpu_class_get_model_id(X86CPUClass *xcc)
{
    const X86CPUModel *model = xcc->model;
    X86CPUVersion version = x86_cpu_model_resolve_version(model);
    const char *id = model->cpudef->model_id;

    for (const X86CPUVersionDefinition *d = model->cpudef->versions;
         d && d->version && d->version <= version; d++) {
        id = d->model_id ?: id;
    }
    return g_strdup(id);
}

bool x86_cpu_model_has_cache_info(const X86CPUModel *model)
{
    return model->cpudef->cache_info != NULL;
}

/* Features */

static const X86CPUDefinition *x86_cpu_find_definition(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(x86_cpu_tables); i++) {
        const X86CPUDefinition *def;

        for (def = x86_cpu_tables[i]; def->name; def++) {
            if (!strcmp(def->name, name)) {
                return def;
            }
        }
    }
    /* A row is like one that does not exist. */
    g_assert_not_reached();
}

/* "vme -svm": add one to @features, and take one away. */
static void x86_cpu_apply_feature_list(uint64_t *features, const char *list)
{
    g_auto(GStrv) names = g_strsplit(list, " ", 0);

    for (char **name = names; *name; name++) {
        bool add = **name != '-';
        uint64_t mask;
        FeatureWord w;

        if (!x86_cpu_find_feature(*name + !add, &w, &mask)) {
            g_error("model of CPU with unknown feature '%s'", *name);
        }
        if (add) {
            features[w] |= mask;
        } else {
            features[w] &= ~mask;
        }
    }
}

static void x86_cpu_definition_features(const X86CPUDefinition *def,
                                        uint64_t *features)
{
    if (def->like) {
        x86_cpu_definition_features(x86_cpu_find_definition(def->like),
                                    features);
    }
    if (def->features) {
        x86_cpu_apply_feature_list(features, def->features);
    }
}

/* Called by instance_init: what the user sets comes later, and wins. */
void x86_cpu_load_model(X86CPU *cpu, X86CPUModel *model)
{
    const X86CPUDefinition *def = model->cpudef;
    X86CPUVersion version = x86_cpu_model_resolve_version(model);
    const char *model_id = def->model_id;
    int model_number = def->model, stepping = def->stepping;
    CPUX86State *env = &cpu->env;
    Object *obj = OBJECT(cpu);

    x86_cpu_definition_features(def, env->features);
    for (const X86CPUVersionDefinition *d = def->versions;
         d && d->version && d->version <= version; d++) {
        if (d->features) {
            x86_cpu_apply_feature_list(env->features, d->features);
        }
        model_id = d->model_id ?: model_id;
        model_number = d->model ?: model_number;
        stepping = d->stepping ?: stepping;
    }
    /* Whatever the model, it runs in a virtual machine. */
    env->features[FEAT_1_ECX] |= CPUID_EXT_HYPERVISOR;

    env->cpuid_min_level = def->level;
    env->cpuid_min_xlevel = def->xlevel;
    object_property_set_int(obj, "family", def->family, &error_abort);
    object_property_set_int(obj, "model", model_number, &error_abort);
    object_property_set_int(obj, "stepping", stepping, &error_abort);
    object_property_set_str(obj, "vendor", def->vendor, &error_abort);
    x86_cpu_set_model_id(env, model_id ?: "");

    cpu->legacy_cache = !def->cache_info;
}

/* Types */

static void x86_cpu_cpudef_class_init(ObjectClass *oc, void *data)
{
    X86CPUModel *model = data;
    X86CPUClass *xcc = X86_CPU_CLASS(oc);

    xcc->model = model;
    xcc->migration_safe = true;
    CPU_CLASS(oc)->deprecation_note = model->cpudef->deprecation_note;
}

/* @model is kept for as long as the type, which is for ever. */
static void x86_register_cpu_model_type(const char *name, X86CPUModel *model)
{
    g_autofree char *typename = g_strconcat(name, X86_CPU_TYPE_SUFFIX, NULL);
    TypeInfo ti = {
        .name = typename,
        .parent = TYPE_X86_CPU,
        .class_init = x86_cpu_cpudef_class_init,
        .class_data = model,
    };

    type_register(&ti);
}

static X86CPUModel *x86_cpu_new_model(const X86CPUDefinition *def,
                                      X86CPUVersion version, bool is_alias)
{
    X86CPUModel *m = g_new0(X86CPUModel, 1);

    m->cpudef = def;
    m->version = version;
    m->is_alias = is_alias;
    return m;
}

static void x86_register_cpudef_types(const X86CPUDefinition *def)
{
    g_autofree char *v1 = g_strdup_printf("%s-v1", def->name);

    x86_register_cpu_model_type(def->name,
                                x86_cpu_new_model(def, CPU_VERSION_AUTO, true));
    x86_register_cpu_model_type(v1, x86_cpu_new_model(def, 1, false));

    for (const X86CPUVersionDefinition *d = def->versions; d && d->version;
         d++) {
        g_autofree char *name = g_strdup_printf("%s-v%d", def->name,
                                                d->version);
        X86CPUModel *m = x86_cpu_new_model(def, d->version, false);

        m->note = d->note;
        x86_register_cpu_model_type(name, m);
        if (d->alias) {
            x86_register_cpu_model_type(d->alias,
                x86_cpu_new_model(def, d->version, true));
        }
    }
}

static void x86_cpu_models_register_types(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(x86_cpu_tables); i++) {
        const X86CPUDefinition *def;

        for (def = x86_cpu_tables[i]; def->name; def++) {
            x86_register_cpudef_types(def);
        }
    }
}

type_init(x86_cpu_models_register_types)
