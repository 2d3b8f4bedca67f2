/*
 * Statistics: a provider that is ours, as clients see it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "monitor/monitor.h"
#include "monitor/stats.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qapi-commands-stats.h"
#include "qapi/util.h"

#define CPU_PATH "/machine/unattached/device[0]"

static void add_number(StatsList **list, strList *names, const char *name,
                       StatsValue *value)
{
    Stats *stats;

    if (!apply_str_list_filter(name, names)) {
        qapi_free_StatsValue(value);
        return;
    }
    stats = g_new0(Stats, 1);
    stats->name = g_strdup(name);
    stats->value = value;
    QAPI_LIST_PREPEND(*list, stats);
}

static StatsValue *number(uint64_t scalar)
{
    StatsValue *value = g_new0(StatsValue, 1);

    value->type = QTYPE_QNUM;
    value->u.scalar = scalar;
    return value;
}

static void test_stats_retrieve(StatsResultList **result, StatsTarget target,
                                strList *names, strList *targets, Error **errp)
{
    StatsList *list = NULL;
    StatsValue *histogram, *flag;

    if (apply_str_list_filter("broken", names) && names) {
        error_setg(errp, "cannot count");
        return;
    }
    if (target == STATS_TARGET_VCPU) {
        if (apply_str_list_filter(CPU_PATH, targets)) {
            add_number(&list, names, "exits", number(7));
            add_stats_entry(result, STATS_PROVIDER_KVM, CPU_PATH, list);
        }
        return;
    }
    histogram = g_new0(StatsValue, 1);
    histogram->type = QTYPE_QLIST;
    QAPI_LIST_PREPEND(histogram->u.list, 3);
    QAPI_LIST_PREPEND(histogram->u.list, 5);
    flag = g_new0(StatsValue, 1);
    flag->type = QTYPE_QBOOL;
    flag->u.boolean = true;
    add_number(&list, names, "flag", flag);
    add_number(&list, names, "steps", histogram);
    add_number(&list, names, "odd", number(4));
    add_number(&list, names, "pages", number(3));
    add_number(&list, names, "waits", number(2));
    add_number(&list, names, "count", number(1));
    add_stats_entry(result, STATS_PROVIDER_KVM, NULL, list);
}

static StatsSchemaValue *add_meaning(StatsSchemaValueList **list,
                                     const char *name, StatsType type)
{
    StatsSchemaValue *value = g_new0(StatsSchemaValue, 1);

    value->name = g_strdup(name);
    value->type = type;
    QAPI_LIST_PREPEND(*list, value);
    return value;
}

static void set_unit(StatsSchemaValue *value, StatsUnit unit, int base,
                     int exponent)
{
    value->has_unit = true;
    value->unit = unit;
    value->has_base = base != 0;
    value->base = base;
    value->exponent = exponent;
}

static void test_stats_schemas(StatsSchemaList **result, Error **errp)
{
    StatsSchemaValueList *list = NULL;
    StatsSchemaValue *value;

    add_meaning(&list, "count", STATS_TYPE_CUMULATIVE);
    set_unit(add_meaning(&list, "waits", STATS_TYPE_PEAK),
             STATS_UNIT_SECONDS, 10, -9);
    set_unit(add_meaning(&list, "pages", STATS_TYPE_INSTANT),
             STATS_UNIT_BYTES, 2, 20);
    set_unit(add_meaning(&list, "odd", STATS_TYPE_INSTANT),
             STATS_UNIT_CYCLES, 10, 5);
    value = add_meaning(&list, "steps", STATS_TYPE_LINEAR_HISTOGRAM);
    value->has_bucket_size = true;
    value->bucket_size = 8;
    set_unit(add_meaning(&list, "flag", STATS_TYPE_INSTANT),
             STATS_UNIT_BOOLEAN, 0, 0);
    add_stats_schema(result, STATS_PROVIDER_KVM, STATS_TARGET_VM, list);

    list = NULL;
    add_meaning(&list, "exits", STATS_TYPE_CUMULATIVE);
    add_stats_schema(result, STATS_PROVIDER_KVM, STATS_TARGET_VCPU, list);
}

static int count_stats(StatsFilter *filter)
{
    StatsResultList *results = qmp_query_stats(filter, &error_abort);
    int n = 0;

    for (StatsResultList *r = results; r; r = r->next) {
        for (StatsList *l = r->value->stats; l; l = l->next) {
            n++;
        }
    }
    qapi_free_StatsResultList(results);
    return n;
}

/* Whom to ask, for what, and about whom. */
static void test_stats_filter(void)
{
    strList count = { .value = (char *)"count" };
    strList broken = { .value = (char *)"broken" };
    strList cpu = { .value = (char *)CPU_PATH };
    strList other = { .value = (char *)"/nope" };
    StatsRequest request = { .provider = STATS_PROVIDER_KVM };
    StatsRequestList requests = { .value = &request };
    StatsFilter filter = { .target = STATS_TARGET_VM };
    Error *err = NULL;

    g_assert_cmpint(count_stats(&filter), ==, 6);
    filter.has_providers = true;
    g_assert_cmpint(count_stats(&filter), ==, 0);
    filter.providers = &requests;
    g_assert_cmpint(count_stats(&filter), ==, 6);
    request.has_names = true;
    g_assert_cmpint(count_stats(&filter), ==, 0);
    request.names = &count;
    g_assert_cmpint(count_stats(&filter), ==, 1);
    request.names = &broken;
    g_assert_null(qmp_query_stats(&filter, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "cannot count");
    error_free(err);

    filter = (StatsFilter) { .target = STATS_TARGET_VCPU };
    g_assert_cmpint(count_stats(&filter), ==, 1);
    filter.u.vcpu.has_vcpus = true;
    g_assert_cmpint(count_stats(&filter), ==, 0);
    filter.u.vcpu.vcpus = &other;
    g_assert_cmpint(count_stats(&filter), ==, 0);
    filter.u.vcpu.vcpus = &cpu;
    g_assert_cmpint(count_stats(&filter), ==, 1);
}

static void test_stats_schema(void)
{
    StatsSchemaList *list = qmp_query_stats_schemas(false, 0, &error_abort);

    g_assert_cmpint(list->value->target, ==, STATS_TARGET_VCPU);
    g_assert_cmpint(list->next->value->target, ==, STATS_TARGET_VM);
    g_assert_null(list->next->next);
    qapi_free_StatsSchemaList(list);
    list = qmp_query_stats_schemas(true, STATS_PROVIDER_KVM, &error_abort);
    g_assert_nonnull(list);
    qapi_free_StatsSchemaList(list);
}

/* A person sees units, not exponents. */
static void test_stats_print(void)
{
    g_autofree char *all = qmp_human_monitor_command("info stats vm", false, 0,
                                                     &error_abort);
    g_autofree char *one = qmp_human_monitor_command("info stats vm count,odd"
                                                     " kvm", false, 0,
                                                     &error_abort);
    g_autofree char *bad = qmp_human_monitor_command("info stats vm broken",
                                                     false, 0, &error_abort);

    g_assert_cmpstr(all, ==,
                    "provider: kvm\r\n"
                    "    count (cumulative): 1\r\n"
                    "    waits (peak, ns): 2\r\n"
                    "    pages (instant, MiB): 3\r\n"
                    "    odd (instant, * 10^5 cycles): 4\r\n"
                    "    steps (linear-histogram, bucket size=8): "
                    "[1]=5 [2]=3 \r\n"
                    "    flag (instant, boolean): yes\r\n");
    g_assert_cmpstr(one, ==,
                    "provider: kvm\r\n"
                    "    count (cumulative): 1\r\n"
                    "    odd (instant, * 10^5 cycles): 4\r\n");
    g_assert_cmpstr(bad, ==, "Error: cannot count\r\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    monitor_init_globals_core();
    /* The monitor takes all commands once there is a machine. */
    for (int phase = PHASE_MACHINE_CREATED; phase <= PHASE_MACHINE_READY;
         phase++) {
        phase_advance(phase);
    }
    add_stats_callbacks(STATS_PROVIDER_KVM, test_stats_retrieve,
                        test_stats_schemas);
    g_test_add_func("/stats/filter", test_stats_filter);
    g_test_add_func("/stats/schema", test_stats_schema);
    g_test_add_func("/stats/print", test_stats_print);
    return g_test_run();
}
