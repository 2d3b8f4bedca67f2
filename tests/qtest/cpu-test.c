/*
 * CPUs as a client meets them: models, places, plugging, registers.
 *
 * What QEMU 7.2 answered to the same questions is written down here; wrong
 * command lines are in cli-cases.txt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "qapi/error.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"

/* "socket.die.core.thread", with '-' for what is not told. */
static char *place(QDict *props)
{
    static const char *const names[] = {
        "socket-id", "die-id", "core-id", "thread-id",
    };
    GString *s = g_string_new(NULL);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        int64_t id = qdict_get_try_int(props, names[i], -1);

        if (id < 0) {
            g_string_append_c(s, '-');
        } else {
            g_string_append_printf(s, "%" PRId64, id);
        }
    }
    return g_string_free(s, false);
}

/* All places, the last first as QEMU has them; those taken with a '*'. */
static void check_places(const char *smp, const char *expected)
{
    QTestState *qts = qtest_initf("-machine pc -smp %s", smp);
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-hotpluggable-cpus'}");
    GString *s = g_string_new(NULL);
    QListEntry *e;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(rsp, "return"), e) {
        QDict *cpu = qobject_to(QDict, qlist_entry_obj(e));
        g_autofree char *p = place(qdict_get_qdict(cpu, "props"));

        g_assert_cmpstr(qdict_get_str(cpu, "type"), ==, "qemu64-x86_64-cpu");
        g_assert_cmpint(qdict_get_int(cpu, "vcpus-count"), ==, 1);
        g_string_append_printf(s, "%s%s%s", s->len ? " " : "", p,
                               qdict_haskey(cpu, "qom-path") ? "*" : "");
    }
    g_assert_cmpstr(s->str, ==, expected);
    g_string_free(s, true);
    qobject_unref(rsp);
    qtest_quit(qts);
}

static void test_places(void)
{
    check_places("1", "0-00*");
    check_places("2", "0-10* 0-00*");
    check_places("1,maxcpus=3", "0-20 0-10 0-00*");
    check_places("2,sockets=2,cores=1,threads=2,maxcpus=4",
                 "1-01 1-00 0-01* 0-00*");
    check_places("3,sockets=1,dies=2,cores=2,threads=1,maxcpus=4",
                 "0110 0100* 0010* 0000*");
}

static int64_t get_int(QTestState *qts, const char *path, const char *name)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-get', 'arguments':"
                           " {'path': %s, 'property': %s}}", path, name);
    int64_t value = qdict_get_int(rsp, "return");

    qobject_unref(rsp);
    return value;
}

static void expect_add(QTestState *qts, const char *args, const char *error)
{
    g_autofree char *json = g_strdup_printf("{'execute': 'device_add',"
                                            " 'arguments': {%s}}", args);
    QDict *rsp = qtest_qmp(qts, "%p", qobject_from_json(json, &error_abort));

    if (error) {
        QDict *err = qdict_get_qdict(rsp, "error");

        g_assert_nonnull(err);
        g_assert_cmpstr(qdict_get_str(err, "desc"), ==, error);
    } else {
        g_assert_true(qdict_haskey(rsp, "return"));
    }
    qobject_unref(rsp);
}

static int count_cpus(QTestState *qts)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-cpus-fast'}");
    int n = qlist_size(qdict_get_qlist(rsp, "return"));

    qobject_unref(rsp);
    return n;
}

#define QEMU64 "'driver': 'qemu64-x86_64-cpu'"

/* A place that is wrong or taken is refused, and nothing is left of it. */
static void test_plug(void)
{
    QTestState *qts = qtest_init("-machine pc -smp 2,sockets=2,cores=2,"
                                 "threads=1,maxcpus=4");

    expect_add(qts, QEMU64, "CPU socket-id is not set");
    expect_add(qts, QEMU64 ", 'socket-id': 1", "CPU core-id is not set");
    expect_add(qts, QEMU64 ", 'socket-id': 1, 'core-id': 0",
               "CPU thread-id is not set");
    expect_add(qts, QEMU64 ", 'socket-id': 1, 'core-id': 0, 'thread-id': 5",
               "Invalid CPU thread-id: 5 must be in range 0:0");
    expect_add(qts, QEMU64 ", 'socket-id': 0, 'core-id': 0, 'thread-id': 0",
               "CPU[0] with APIC ID 0 exists");
    expect_add(qts, QEMU64 ", 'apic-id': 77",
               "Invalid CPU [socket: 38, die: 0, core: 1, thread: 0] with "
               "APIC ID 77, valid index range 0:3");
    expect_add(qts, QEMU64 ", 'apic-id': 2, 'node-id': 3",
               "invalid node-id, must be 0");
    expect_add(qts, "'driver': 'max-x86_64-cpu', 'apic-id': 2",
               "Invalid CPU type, expected cpu type: 'qemu64-x86_64-cpu'");
    g_assert_cmpint(count_cpus(qts), ==, 2);

    expect_add(qts, QEMU64 ", 'id': 'c2', 'socket-id': 1, 'core-id': 0,"
               " 'thread-id': 0", NULL);
    expect_add(qts, QEMU64 ", 'id': 'c3', 'apic-id': 3", NULL);
    g_assert_cmpint(count_cpus(qts), ==, 4);
    g_assert_cmpint(get_int(qts, "/machine/peripheral/c2", "apic-id"), ==, 2);
    g_assert_cmpint(get_int(qts, "/machine/peripheral/c3", "socket-id"), ==, 1);
    g_assert_cmpint(get_int(qts, "/machine/peripheral/c3", "core-id"), ==, 1);
    expect_add(qts, QEMU64 ", 'apic-id': 3", "CPU[3] with APIC ID 3 exists");
    qtest_quit(qts);
}

/* Stop, go and reset wait for each CPU's thread. */
static void test_stop_and_go(void)
{
    QTestState *qts = qtest_init("-machine pc -smp 4");

    for (int i = 0; i < 50; i++) {
        qtest_qmp_assert_success(qts, "{'execute': 'stop'}");
        qtest_qmp_assert_success(qts, "{'execute': 'cont'}");
        qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    }
    qtest_qmp_eventwait(qts, "RESET");
    g_assert_cmpint(count_cpus(qts), ==, 4);
    qtest_quit(qts);
}

/* @features: those that the model has of all that are asked for. */
static void check_model(QTestState *qts, const char *model, const char *props,
                        const char *ask, const char *expected)
{
    g_autofree char *json =
        g_strdup_printf("{'execute': 'query-cpu-model-expansion', 'arguments':"
                        " {'type': 'full', 'model': {'name': '%s', 'props':"
                        " {%s}}}}", model, props);
    QDict *rsp = qtest_qmp(qts, "%p", qobject_from_json(json, &error_abort));
    QDict *all = qdict_get_qdict(qdict_get_qdict(
                                     qdict_get_qdict(rsp, "return"), "model"),
                                 "props");
    g_auto(GStrv) names = g_strsplit(ask, " ", 0);
    GString *s = g_string_new(NULL);

    for (char **name = names; *name; name++) {
        if (qdict_get_bool(all, *name)) {
            g_string_append_printf(s, "%s%s", s->len ? " " : "", *name);
        }
    }
    g_assert_cmpstr(s->str, ==, expected);
    g_string_free(s, true);
    qobject_unref(rsp);
}

static void test_models(void)
{
    static const char some[] = "fpu pae lm svm vmx avx hle avx512f xsaves";
    QTestState *qts = qtest_init("-machine none");

    check_model(qts, "base", "", some, "");
    check_model(qts, "486", "", some, "fpu");
    check_model(qts, "qemu64", "", some, "fpu pae lm svm");
    check_model(qts, "kvm64", "", some, "fpu pae lm");
    check_model(qts, "Haswell", "", some, "fpu pae lm avx hle");
    check_model(qts, "Haswell-noTSX", "", some, "fpu pae lm avx");
    check_model(qts, "Skylake-Server", "", some,
                "fpu pae lm avx hle avx512f");
    check_model(qts, "Cascadelake-Server-v5", "", some,
                "fpu pae lm avx avx512f xsaves");
    check_model(qts, "EPYC", "", some, "fpu pae lm svm avx");

    check_model(qts, "EPYC", "'lm': false, 'vmx': true", some,
                "fpu pae svm vmx avx");
    /* What another feature carries goes with it; aliases are the same. */
    check_model(qts, "EPYC", "", "svm npt sse4.1 sse4_1 lahf_lm",
                "svm npt sse4.1 sse4_1 lahf_lm");
    check_model(qts, "EPYC", "'svm': false, 'sse4-1': false",
                "svm npt sse4.1 sse4_1 lahf_lm", "lahf_lm");
    qtest_quit(qts);
}

static void test_registers(void)
{
    QTestState *qts = qtest_init("-machine pc -smp 2 -cpu kvm64");
    g_autofree char *regs = qtest_hmp(qts, "info registers");
    g_autofree char *second = qtest_hmp(qts, "info registers 1");
    g_autofree char *none = qtest_hmp(qts, "info registers 2");
    g_autofree char *chosen = NULL;

    g_assert_nonnull(strstr(regs, "\nCPU#0\r\nEAX=00000000"));
    g_assert_nonnull(strstr(regs, "EDX=00000f61"));
    g_assert_nonnull(strstr(regs, "EIP=0000fff0 EFL=00000002 [-------] "
                            "CPL=0 II=0 A20=1 SMM=0 HLT=0"));
    g_assert_nonnull(strstr(regs, "CS =f000 ffff0000 0000ffff 00009b00"));
    g_assert_nonnull(strstr(regs, "FCW=037f FSW=0000 [ST=0] FTW=00 "
                            "MXCSR=00001f80"));
    /* It waits for the first to start it. */
    g_assert_nonnull(strstr(second, "HLT=1"));
    g_assert_cmpstr(none, ==, "CPU#2 not available\r\n");

    g_free(qtest_hmp(qts, "cpu 1"));
    chosen = qtest_hmp(qts, "cpu 2");
    g_assert_cmpstr(chosen, ==, "invalid CPU index\r\n");
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/cpu/places", test_places);
    qtest_add_func("/cpu/plug", test_plug);
    qtest_add_func("/cpu/stop-and-go", test_stop_and_go);
    qtest_add_func("/cpu/models", test_models);
    qtest_add_func("/cpu/registers", test_registers);
    return g_test_run();
}
