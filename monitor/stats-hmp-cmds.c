/*
 * info stats: the twin of stats-qmp-cmds.c.
 *
 * The numbers come from query-stats, and what is printed around them from
 * query-stats-schemas: "    NAME (TYPE, UNIT): VALUE".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "monitor/hmp.h"
#include "monitor/hmp-target.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-stats.h"
#include "qapi/qmp/qdict.h"
#include "qapi/util.h"
#include "qemu/cutils.h"

/* The symbol that a prefix can stand in front of, or NULL. */
static const char *stats_unit_symbol(StatsUnit unit)
{
    switch (unit) {
    case STATS_UNIT_BYTES:
        return "B";
    case STATS_UNIT_SECONDS:
        return "s";
    default:
        return NULL;
    }
}

/* The prefix that means base to the power of exponent, or NULL. */
static const char *stats_unit_prefix(const StatsSchemaValue *value)
{
    int exponent = value->exponent;

    if (!exponent) {
        return "";
    }
    if (value->base == 10 && ABS(exponent) <= 18 && exponent % 3 == 0) {
        return si_prefix(exponent);
    }
    if (value->base == 2 && exponent > 0 && exponent <= 60 &&
        exponent % 10 == 0) {
        return iec_binary_prefix(exponent);
    }
    return NULL;
}

/* "ns", "MiB", "* 10^5 seconds", "boolean", or nothing. */
static char *stats_unit_text(const StatsSchemaValue *value)
{
    const char *symbol = NULL, *prefix, *name = "";

    if (value->has_unit) {
        symbol = stats_unit_symbol(value->unit);
        name = StatsUnit_str(value->unit);
    }
    prefix = stats_unit_prefix(value);
    if (symbol && prefix) {
        return g_strdup_printf("%s%s", prefix, symbol);
    }
    if (value->exponent) {
        return g_strdup_printf("* %d^%d%s%s", value->base, value->exponent,
                               *name ? " " : "", name);
    }
    return g_strdup(name);
}

static void print_stats_schema_value(Monitor *mon,
                                     const StatsSchemaValue *value)
{
    g_autofree char *unit = stats_unit_text(value);

    monitor_printf(mon, "    %s (%s%s%s", value->name,
                   StatsType_str(value->type), *unit ? ", " : "", unit);
    if (value->type == STATS_TYPE_LINEAR_HISTOGRAM &&
        value->has_bucket_size) {
        monitor_printf(mon, ", bucket size=%u", value->bucket_size);
    }
    monitor_printf(mon, ")");
}

static void print_stats_value(Monitor *mon, const StatsValue *value)
{
    int i = 1;

    switch (value->type) {
    case QTYPE_QNUM:
        monitor_printf(mon, ": %" PRId64 "\n", (int64_t)value->u.scalar);
        break;
    case QTYPE_QBOOL:
        monitor_printf(mon, ": %s\n", value->u.boolean ? "yes" : "no");
        break;
    case QTYPE_QLIST:
        monitor_printf(mon, ": ");
        for (uint64List *l = value->u.list; l; l = l->next) {
            monitor_printf(mon, "[%d]=%" PRId64 " ", i++, (int64_t)l->value);
        }
        monitor_printf(mon, "\n");
        break;
    default:
        g_assert_not_reached();
    }
}

/* What @provider says of its numbers about @target, or NULL. */
static StatsSchemaValueList *find_schema_value_list(StatsSchemaList *list,
                                                    StatsProvider provider,
                                                    StatsTarget target)
{
    for (; list; list = list->next) {
        if (list->value->provider == provider &&
            list->value->target == target) {
            return list->value->stats;
        }
    }
    return NULL;
}

static const StatsSchemaValue *
find_schema_value(const StatsSchemaValueList *list, const char *name)
{
    for (; list; list = list->next) {
        if (!strcmp(list->value->name, name)) {
            return list->value;
        }
    }
    return NULL;
}

static void print_stats_results(Monitor *mon, StatsTarget target,
                                const StatsResult *result,
                                StatsSchemaList *schemas)
{
    StatsSchemaValueList *values = find_schema_value_list(schemas,
                                                          result->provider,
                                                          target);

    if (!values) {
        monitor_printf(mon, "failed to find schema list for %s\n",
                       StatsProvider_str(result->provider));
        return;
    }
    monitor_printf(mon, "provider: %s\n", StatsProvider_str(result->provider));
    for (StatsList *l = result->stats; l; l = l->next) {
        const StatsSchemaValue *value = find_schema_value(values,
                                                          l->value->name);

        if (!value) {
            monitor_printf(mon, "failed to find schema entry for %s\n",
                           l->value->name);
            return;
        }
        print_stats_schema_value(mon, value);
        print_stats_value(mon, l->value->value);
    }
}

/* "a,b" as a list; NULL is "*", all of them. */
static strList *stats_split_names(const char *names)
{
    g_auto(GStrv) words = g_strsplit(names, ",", 0);
    strList *list = NULL, **tail = &list;

    if (!strcmp(names, "*")) {
        return NULL;
    }
    for (int i = 0; words[i]; i++) {
        QAPI_LIST_APPEND(tail, g_strdup(words[i]));
    }
    return list;
}

/* Only the monitor's CPU, if there is one. */
static void stats_filter_cpu(StatsFilter *filter, CPUState *cpu)
{
    if (cpu) {
        filter->u.vcpu.has_vcpus = true;
        QAPI_LIST_PREPEND(filter->u.vcpu.vcpus,
                          object_get_canonical_path(OBJECT(cpu)));
    }
}

/* What the command's words ask for; NULL after a message. */
static StatsFilter *stats_filter(Monitor *mon, const QDict *qdict)
{
    const char *target_str = qdict_get_str(qdict, "target");
    const char *provider_str = qdict_get_try_str(qdict, "provider");
    const char *names = qdict_get_try_str(qdict, "names");
    StatsProvider provider = STATS_PROVIDER_KVM;
    StatsFilter *filter;
    int target;

    target = qapi_enum_parse(&StatsTarget_lookup, target_str, -1, NULL);
    if (target < 0) {
        monitor_printf(mon, "invalid stats target %s\n", target_str);
        return NULL;
    }
    if (provider_str) {
        int n = qapi_enum_parse(&StatsProvider_lookup, provider_str, -1, NULL);

        if (n < 0) {
            monitor_printf(mon, "invalid stats provider %s\n", provider_str);
            return NULL;
        }
        provider = n;
    }

    filter = g_new0(StatsFilter, 1);
    filter->target = target;
    if (target == STATS_TARGET_VCPU) {
        stats_filter_cpu(filter, mon_get_cpu(mon));
    }
    if (provider_str || names) {
        for (int i = 0; i < STATS_PROVIDER__MAX; i++) {
            StatsRequest *request;

            if (provider_str && i != provider) {
                continue;
            }
            request = g_new0(StatsRequest, 1);
            request->provider = i;
            request->names = names ? stats_split_names(names) : NULL;
            request->has_names = request->names != NULL;
            QAPI_LIST_PREPEND(filter->providers, request);
        }
        filter->has_providers = true;
    }
    return filter;
}

void hmp_info_stats(Monitor *mon, const QDict *qdict)
{
    StatsFilter *filter = stats_filter(mon, qdict);
    StatsResultList *results = NULL;
    StatsSchemaList *schemas;
    Error *err = NULL;

    if (!filter) {
        return;
    }
    schemas = qmp_query_stats_schemas(false, 0, &err);
    if (!err) {
        results = qmp_query_stats(filter, &err);
    }
    for (StatsResultList *l = results; l; l = l->next) {
        print_stats_results(mon, filter->target, l->value, schemas);
    }
    qapi_free_StatsFilter(filter);
    qapi_free_StatsSchemaList(schemas);
    qapi_free_StatsResultList(results);
    hmp_handle_error(mon, err);
}
