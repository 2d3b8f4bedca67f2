/*
 * Statistics: who counts, and what a client gets of it.
 *
 * Read include/monitor/stats.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/stats.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-stats.h"

/* By number. */
static struct {
    StatRetrieveFunc *stats_fn;
    SchemaRetrieveFunc *schemas_fn;
} stats_providers[STATS_PROVIDER__MAX];

void add_stats_callbacks(StatsProvider provider, StatRetrieveFunc *stats_fn,
                         SchemaRetrieveFunc *schemas_fn)
{
    assert(!stats_providers[provider].stats_fn);
    stats_providers[provider].stats_fn = stats_fn;
    stats_providers[provider].schemas_fn = schemas_fn;
}

/* Does the client want anything of @provider?  *@names: what; NULL: all. */
static bool stats_wanted(const StatsFilter *filter, StatsProvider provider,
                         strList **names)
{
    *names = NULL;
    if (!filter->has_providers) {
        return true;
    }
    for (StatsRequestList *l = filter->providers; l; l = l->next) {
        if (l->value->provider == provider) {
            *names = l->value->names;
            /* An empty list of names is none of them, not all. */
            return !l->value->has_names || *names;
        }
    }
    return false;
}

StatsResultList *qmp_query_stats(StatsFilter *filter, Error **errp)
{
    ERRP_GUARD();
    StatsResultList *results = NULL;
    strList *names, *targets = NULL;

    if (filter->target == STATS_TARGET_VCPU && filter->u.vcpu.has_vcpus) {
        targets = filter->u.vcpu.vcpus;
        if (!targets) {
            return NULL;
        }
    }
    for (int i = 0; i < STATS_PROVIDER__MAX; i++) {
        if (!stats_providers[i].stats_fn ||
            !stats_wanted(filter, i, &names)) {
            continue;
        }
        stats_providers[i].stats_fn(&results, filter->target, names, targets,
                                    errp);
        if (*errp) {
            qapi_free_StatsResultList(results);
            return NULL;
        }
    }
    return results;
}

StatsSchemaList *qmp_query_stats_schemas(bool has_provider,
                                         StatsProvider provider, Error **errp)
{
    ERRP_GUARD();
    StatsSchemaList *results = NULL;

    for (int i = 0; i < STATS_PROVIDER__MAX; i++) {
        if (!stats_providers[i].schemas_fn ||
            (has_provider && provider != i)) {
            continue;
        }
        stats_providers[i].schemas_fn(&results, errp);
        if (*errp) {
            qapi_free_StatsSchemaList(results);
            return NULL;
        }
    }
    return results;
}

/* For providers */

void add_stats_entry(StatsResultList **result, StatsProvider provider,
                     const char *qom_path, StatsList *stats_list)
{
    StatsResult *entry;

    if (!stats_list) {
        return;
    }
    entry = g_new0(StatsResult, 1);
    entry->provider = provider;
    entry->has_qom_path = qom_path != NULL;
    entry->qom_path = g_strdup(qom_path);
    entry->stats = stats_list;
    QAPI_LIST_PREPEND(*result, entry);
}

void add_stats_schema(StatsSchemaList **schema_results,
                      StatsProvider provider, StatsTarget target,
                      StatsSchemaValueList *list)
{
    StatsSchema *entry = g_new0(StatsSchema, 1);

    entry->provider = provider;
    entry->target = target;
    entry->stats = list;
    QAPI_LIST_PREPEND(*schema_results, entry);
}

bool apply_str_list_filter(const char *string, strList *list)
{
    if (!list) {
        return true;
    }
    for (; list; list = list->next) {
        if (!strcmp(list->value, string)) {
            return true;
        }
    }
    return false;
}
