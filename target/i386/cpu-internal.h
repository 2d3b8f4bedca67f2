/*
 * What the files of target/i386/ share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef I386_CPU_INTERNAL_H
#define I386_CPU_INTERNAL_H

#include "cpu.h"

typedef enum FeatureWordType {
    CPUID_FEATURE_WORD,
    MSR_FEATURE_WORD,
} FeatureWordType;

/*
 * One feature word.
 *
 * @feat_names: of each bit; these are properties of every CPU
 * @cpuid, @msr: where the guest finds it
 * @migratable_flags: bits without a name that are the same on every host
 * @unmigratable_flags: bits with a name that are not
 * @no_autoenable_flags: bits that `max` and `host` do not turn on
 */
typedef struct FeatureWordInfo {
    FeatureWordType type;
    const char *feat_names[64];
    struct {
        uint32_t eax;
        bool needs_ecx;
        uint32_t ecx;
        int reg;                /* R_EAX.. */
    } cpuid;
    uint32_t msr;
    uint64_t migratable_flags;
    uint64_t unmigratable_flags;
    uint64_t no_autoenable_flags;
} FeatureWordInfo;

/* cpu-features.c */
extern const FeatureWordInfo feature_word_info[FEATURE_WORDS];

const char *get_register_name_32(unsigned int reg);
const char *x86_cpu_feature_name(FeatureWord w, int bitnr);
/* Where is the feature @name?  False: there is none of that name. */
bool x86_cpu_find_feature(const char *name, FeatureWord *w, uint64_t *mask);
bool x86_cpu_have_filtered_features(X86CPU *cpu);
/* For CPUs: take @mask away, and with a @verbose_prefix, say so. */
void mark_unavailable_features(X86CPU *cpu, FeatureWord w, uint64_t mask,
                               const char *verbose_prefix);
void x86_cpu_expand_features(X86CPU *cpu, Error **errp);
void x86_cpu_filter_features(X86CPU *cpu, bool verbose);
/* The names of filtered features, the first first. */
void x86_cpu_list_feature_names(FeatureWordArray features, strList **list);

/* cpu-props.c */
void x86_cpu_register_feature_bit_props(X86CPUClass *xcc, FeatureWord w,
                                        int bitnr);
void x86_cpu_class_add_props(ObjectClass *oc);
void x86_cpu_instance_add_props(Object *obj);
void max_x86_cpu_class_add_props(DeviceClass *dc);
void x86_cpu_set_model_id(CPUX86State *env, const char *model_id);

/* cpu-models.c */

/*
 * A later version of a model.
 *
 * @version: from 2 on
 * @alias: a second name of it, or NULL
 * @note: what `-cpu help` says of it, or NULL
 * @features: what it has more and less than the version before it
 * @model_id, @stepping: if they differ
 */
typedef struct X86CPUVersionDefinition {
    X86CPUVersion version;
    const char *alias;
    const char *note;
    const char *features;
    const char *model_id;
    int model, stepping;
} X86CPUVersionDefinition;

/*
 * A model of CPU: a row of the tables in cpu-models-*.c.
 *
 * @like: another row's name, from which the features are taken, or NULL
 * @features: names of features, separated by blanks.  One with a '-' in front
 *     is not there, although the other row has it.
 * @cache_info: what it says of its caches; NULL: what QEMU's models always said
 * @versions: ends with a version of 0; NULL if there is one only
 */
typedef struct X86CPUDefinition {
    const char *name;
    const char *like;
    const char *vendor;
    int family, model, stepping;
    uint32_t level, xlevel;
    const char *model_id;
    const char *features;
    const CPUCaches *cache_info;
    const X86CPUVersionDefinition *versions;
    const char *deprecation_note;
} X86CPUDefinition;

extern const X86CPUDefinition x86_intel_cpu_defs[];
extern const X86CPUDefinition x86_intel_server_cpu_defs[];
extern const X86CPUDefinition x86_amd_cpu_defs[];
extern const X86CPUDefinition x86_generic_cpu_defs[];

/*
 * One type of CPU: a row at one of its versions.
 *
 * @is_alias: stands for another type, by a version chosen later
 * @note: for `-cpu help`
 */
struct X86CPUModel {
    const X86CPUDefinition *cpudef;
    X86CPUVersion version;
    const char *note;
    bool is_alias;
};

X86CPUVersion x86_cpu_model_resolve_version(const X86CPUModel *model);
/* The type's name for what an alias stands for, to be freed; else NULL. */
char *x86_cpu_class_get_alias_of(X86CPUClass *cc);
char *x86_cpu_class_get_model_name(X86CPUClass *cc);
char *x86_cpu_class_get_model_id(X86CPUClass *xcc);
void x86_cpu_load_model(X86CPU *cpu, X86CPUModel *model);
bool x86_cpu_model_has_cache_info(const X86CPUModel *model);

/* cpu-list.c */
/* All classes of models, as people want to read them. */
GSList *get_sorted_cpu_model_list(void);

/* cpu-parse.c */
ObjectClass *x86_cpu_class_by_name(const char *cpu_model);
void x86_cpu_parse_featurestr(const char *typename, char *features,
                              Error **errp);

/* cpu-sysemu.c */
void x86_cpu_get_crash_info_qom(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp);
GuestPanicInformation *x86_cpu_get_crash_info(CPUState *cs);

/* cpu-reset.c */
void x86_cpu_reset(DeviceState *dev);
/* The machine is reset: @opaque, an X86CPU, too. */
void x86_cpu_machine_reset_cb(void *opaque);

/* cpu-caches.c */
extern const CPUCaches x86_legacy_cache_info_cpuid2;
extern const CPUCaches x86_legacy_cache_info_cpuid4;
extern const CPUCaches x86_legacy_cache_info_amd;
extern const CPUCaches epyc_cache_info;
extern const CPUCaches epyc_rome_cache_info;
extern const CPUCaches epyc_milan_cache_info;
uint32_t cpuid2_cache_descriptor(const CPUCacheInfo *cache);
void encode_cache_cpuid4(const CPUCacheInfo *cache, int num_apic_ids,
                         int num_cores, uint32_t *eax, uint32_t *ebx,
                         uint32_t *ecx, uint32_t *edx);
uint32_t encode_cache_cpuid80000005(const CPUCacheInfo *cache);
void encode_cache_cpuid80000006(const CPUCacheInfo *l2, const CPUCacheInfo *l3,
                                uint32_t *ecx, uint32_t *edx);

#endif
