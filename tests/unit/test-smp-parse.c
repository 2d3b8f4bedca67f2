/*
 * -smp: what is computed from what is given, and what does not add up.
 *
 * Only the arithmetic is linked here, so the test brings a machine type of its
 * own, with room for the class and the counts and nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/boards.h"

static void smp_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->name = (char *)"smp-test";
    mc->min_cpus = 1;
    mc->max_cpus = 512;
}

static const TypeInfo smp_machine_info = {
    .name = TYPE_MACHINE,
    .parent = TYPE_OBJECT,
    .class_size = sizeof(MachineClass),
    .instance_size = sizeof(MachineState),
    .class_init = smp_machine_class_init,
};

/* A machine whose boards knows the levels that the test asks for. */
static MachineState *smp_machine(bool dies, bool clusters, bool prefer_sockets)
{
    MachineState *ms = MACHINE(object_new(TYPE_MACHINE));
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    mc->smp_props.dies_supported = dies;
    mc->smp_props.clusters_supported = clusters;
    mc->smp_props.prefer_sockets = prefer_sockets;
    return ms;
}

#define SMP(field, value) .has_##field = true, .field = (value)

typedef struct SmpCase {
    SMPConfiguration given;
    /* sockets, dies, clusters, cores, threads: as modern boards count */
    unsigned cpus, topology[5], maxcpus;
} SmpCase;

static void expect_topology(MachineState *ms, const SmpCase *c)
{
    machine_parse_smp_config(ms, &c->given, &error_abort);
    g_assert_cmpuint(ms->smp.cpus, ==, c->cpus);
    g_assert_cmpuint(ms->smp.sockets, ==, c->topology[0]);
    g_assert_cmpuint(ms->smp.dies, ==, c->topology[1]);
    g_assert_cmpuint(ms->smp.clusters, ==, c->topology[2]);
    g_assert_cmpuint(ms->smp.cores, ==, c->topology[3]);
    g_assert_cmpuint(ms->smp.threads, ==, c->topology[4]);
    g_assert_cmpuint(ms->smp.max_cpus, ==, c->maxcpus);
}

static void expect_error(MachineState *ms, SMPConfiguration given,
                         const char *message)
{
    Error *err = NULL;

    machine_parse_smp_config(ms, &given, &err);
    g_assert_nonnull(err);
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

/* What is left out is computed; one socket with many cores is preferred. */
static void test_prefer_cores(void)
{
    static const SmpCase cases[] = {
        { { },                               1, { 1, 1, 1, 1, 1 }, 1 },
        { { SMP(cpus, 8) },                  8, { 1, 1, 1, 8, 1 }, 8 },
        { { SMP(sockets, 2) },               2, { 2, 1, 1, 1, 1 }, 2 },
        { { SMP(cpus, 8), SMP(sockets, 2) }, 8, { 2, 1, 1, 4, 1 }, 8 },
        { { SMP(cpus, 8), SMP(cores, 2) },   8, { 4, 1, 1, 2, 1 }, 8 },
        { { SMP(cpus, 8), SMP(threads, 2) }, 8, { 1, 1, 1, 4, 2 }, 8 },
        { { SMP(cpus, 2), SMP(maxcpus, 8) }, 2, { 1, 1, 1, 8, 1 }, 8 },
        { { SMP(cpus, 8), SMP(sockets, 2), SMP(cores, 2) },
          8, { 2, 1, 1, 2, 2 }, 8 },
        { { SMP(sockets, 2), SMP(cores, 3), SMP(threads, 2) },
          12, { 2, 1, 1, 3, 2 }, 12 },
    };
    MachineState *ms = smp_machine(false, false, false);

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_topology(ms, &cases[i]);
    }
    object_unref(OBJECT(ms));
}

/* Old boards prefer many sockets. */
static void test_prefer_sockets(void)
{
    static const SmpCase cases[] = {
        { { SMP(cpus, 8) },                  8, { 8, 1, 1, 1, 1 }, 8 },
        { { SMP(cpus, 8), SMP(cores, 2) },   8, { 4, 1, 1, 2, 1 }, 8 },
        { { SMP(cpus, 8), SMP(sockets, 2) }, 8, { 2, 1, 1, 4, 1 }, 8 },
    };
    MachineState *ms = smp_machine(false, false, true);

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_topology(ms, &cases[i]);
    }
    object_unref(OBJECT(ms));
}

/* Dies and clusters are never computed: they are 1 unless given. */
static void test_all_levels(void)
{
    static const SmpCase cases[] = {
        { { SMP(cpus, 16), SMP(dies, 2) },     16, { 1, 2, 1, 8, 1 }, 16 },
        { { SMP(cpus, 16), SMP(clusters, 4) }, 16, { 1, 1, 4, 4, 1 }, 16 },
        { { SMP(sockets, 2), SMP(dies, 2), SMP(clusters, 2), SMP(cores, 2),
            SMP(threads, 2) },                 32, { 2, 2, 2, 2, 2 }, 32 },
    };
    MachineState *ms = smp_machine(true, true, false);

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_topology(ms, &cases[i]);
    }
    g_assert_cmpuint(machine_topo_get_cores_per_socket(ms), ==, 8);
    g_assert_cmpuint(machine_topo_get_threads_per_socket(ms), ==, 16);
    object_unref(OBJECT(ms));
}

/* A level that the board does not have may be 1, and nothing else. */
static void test_unsupported(void)
{
    MachineState *ms = smp_machine(false, false, false);
    SMPConfiguration ones = { SMP(cpus, 2), SMP(dies, 1), SMP(clusters, 1) };

    machine_parse_smp_config(ms, &ones, &error_abort);
    expect_error(ms, (SMPConfiguration) { SMP(dies, 2) },
                 "dies not supported by this machine's CPU topology");
    expect_error(ms, (SMPConfiguration) { SMP(clusters, 2) },
                 "clusters not supported by this machine's CPU topology");
    object_unref(OBJECT(ms));
}

/* The product is maxcpus, and there are no more CPUs than that. */
static void test_mismatch(void)
{
    MachineState *ms = smp_machine(false, false, false);

    expect_error(ms, (SMPConfiguration) { SMP(cpus, 5), SMP(cores, 2),
                                          SMP(threads, 2) },
                 "Invalid CPU topology: "
                 "product of the hierarchy must match maxcpus: "
                 "sockets (1) * cores (2) * threads (2) != maxcpus (5)");
    expect_error(ms, (SMPConfiguration) { SMP(cpus, 8), SMP(maxcpus, 4) },
                 "Invalid CPU topology: "
                 "maxcpus must be equal to or greater than smp: "
                 "sockets (1) * cores (4) * threads (1) == maxcpus (4)"
                 " < smp_cpus (8)");
    object_unref(OBJECT(ms));

    ms = smp_machine(true, true, false);
    expect_error(ms, (SMPConfiguration) { SMP(cpus, 5), SMP(dies, 2) },
                 "Invalid CPU topology: "
                 "product of the hierarchy must match maxcpus: "
                 "sockets (1) * dies (2) * clusters (1) * cores (2)"
                 " * threads (1) != maxcpus (5)");
    object_unref(OBJECT(ms));
}

/* The board's limits. */
static void test_limits(void)
{
    MachineState *ms = smp_machine(false, false, false);
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    expect_error(ms, (SMPConfiguration) { SMP(cpus, 513) },
                 "Invalid SMP CPUs 513. The max CPUs supported by machine"
                 " 'smp-test' is 512");
    mc->min_cpus = 2;
    expect_error(ms, (SMPConfiguration) { SMP(cpus, 1) },
                 "Invalid SMP CPUs 1. The min CPUs supported by machine"
                 " 'smp-test' is 2");
    mc->min_cpus = 1;
    object_unref(OBJECT(ms));
}

/* Numbers whose product would wrap to something that fits are refused. */
static void test_huge(void)
{
    MachineState *ms = smp_machine(false, false, false);

    expect_error(ms, (SMPConfiguration) { SMP(cpus, 1), SMP(sockets, 65536),
                                          SMP(cores, 65536) },
                 "Invalid CPU topology: "
                 "product of the hierarchy must match maxcpus: "
                 "sockets (65536) * cores (65536) * threads (0)"
                 " != maxcpus (1)");
    object_unref(OBJECT(ms));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&smp_machine_info);

    g_test_add_func("/smp-parse/prefer-cores", test_prefer_cores);
    g_test_add_func("/smp-parse/prefer-sockets", test_prefer_sockets);
    g_test_add_func("/smp-parse/all-levels", test_all_levels);
    g_test_add_func("/smp-parse/unsupported", test_unsupported);
    g_test_add_func("/smp-parse/mismatch", test_mismatch);
    g_test_add_func("/smp-parse/limits", test_limits);
    g_test_add_func("/smp-parse/huge", test_huge);
    return g_test_run();
}
