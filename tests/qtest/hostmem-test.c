/*
 * Tests of memory back ends as the guest's RAM, seen from outside.
 *
 * What is said of a wrong one is in cli-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qemu/bswap.h"
#include "pc-test.h"

#define MIB (1024 * 1024)

static QTestState *hostmem_start(const char *backend)
{
    return qtest_initf("-machine pc,memory-backend=ram -nodefaults "
                       "-object %s,id=ram", backend);
}

/* A line of /proc/PID/smaps for the mapping that starts @size before its end */
static char *hostmem_smaps(QTestState *qts, uint64_t size, const char *field)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/smaps", qtest_pid(qts));
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    bool ours = false;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        uint64_t from, to;

        if (sscanf(*line, "%" SCNx64 "-%" SCNx64 " ", &from, &to) == 2) {
            ours = to - from == size;
        } else if (ours && g_str_has_prefix(*line, field)) {
            return g_strdup(*line + strlen(field));
        }
    }
    g_assert_not_reached();
}

static bool hostmem_has_flag(QTestState *qts, uint64_t size, const char *flag)
{
    g_autofree char *flags = hostmem_smaps(qts, size, "VmFlags:");

    return strstr(flags, flag) != NULL;
}

static uint64_t hostmem_resident(QTestState *qts, uint64_t size)
{
    g_autofree char *rss = hostmem_smaps(qts, size, "Rss:");

    return strtoull(rss, NULL, 10) * 1024;
}

/* All kinds are memory; without -m there is as much as they have. */
static void test_kind(const void *data)
{
    g_autofree char *backend = g_strdup_printf("%s,size=17M",
                                               (const char *)data);
    QTestState *qts = hostmem_start(backend);

    qtest_writel(qts, 17 * MIB - 4, 0x12345678);
    g_assert_cmphex(qtest_readl(qts, 17 * MIB - 4), ==, 0x12345678);
    qtest_writel(qts, 17 * MIB, 1);
    g_assert_cmphex(qtest_readl(qts, 17 * MIB), !=, 1);
    qtest_quit(qts);
}

/* share=on: what the guest writes is in the file; otherwise it is not. */
static void test_file(const void *data)
{
    bool share = data != NULL;
    g_autofree char *path = NULL, *backend = NULL;
    uint32_t val = 0;
    QTestState *qts;
    int fd;

    fd = g_file_open_tmp("hostmem-XXXXXX", &path, NULL);
    g_assert_cmpint(ftruncate(fd, 16 * MIB), ==, 0);
    g_assert_cmpint(pwrite(fd, "\x78\x56\x34\x12", 4, 0x1000), ==, 4);
    backend = g_strdup_printf("memory-backend-file,mem-path=%s,size=16M,"
                              "share=%s", path, share ? "on" : "off");
    qts = hostmem_start(backend);

    /* What was in the file is in RAM. */
    g_assert_cmphex(qtest_readl(qts, 0x1000), ==, 0x12345678);
    qtest_writel(qts, 0x2000, 0xcafe);
    g_assert_cmpint(pread(fd, &val, 4, 0x2000), ==, 4);
    g_assert_cmphex(le32_to_cpu(val), ==, share ? 0xcafe : 0);

    /* It was there before, so it stays. */
    qtest_quit(qts);
    g_assert_cmpint(access(path, F_OK), ==, 0);
    close(fd);
    unlink(path);
}

/* In a directory the file has no name, and is gone with the program. */
static void test_directory(void)
{
    g_autofree char *dir = g_dir_make_tmp("hostmem-XXXXXX", NULL);
    g_autofree char *backend =
        g_strdup_printf("memory-backend-file,mem-path=%s,size=16M,share=on",
                        dir);
    QTestState *qts = hostmem_start(backend);

    qtest_writel(qts, 0, 1);
    g_assert_cmpint(rmdir(dir), ==, 0);
    qtest_quit(qts);
}

/* A page that nobody touched costs nothing, unless asked for in advance. */
static void test_prealloc(void)
{
    QTestState *qts = hostmem_start("memory-backend-ram,size=19M");

    g_assert_cmpuint(hostmem_resident(qts, 19 * MIB), <, 19 * MIB);
    qtest_quit(qts);

    qts = hostmem_start("memory-backend-ram,size=19M,prealloc=on,"
                        "prealloc-threads=2");
    g_assert_cmpuint(hostmem_resident(qts, 19 * MIB), ==, 19 * MIB);
    qtest_quit(qts);
}

/*
 * What the host is told about the pages: mergeable (mg), and part of a core
 * dump unless (dd) otherwise.
 */
static void test_advice(void)
{
    QTestState *qts = hostmem_start("memory-backend-ram,size=19M");

    g_assert_false(hostmem_has_flag(qts, 19 * MIB, " dd"));
    qtest_quit(qts);

    qts = hostmem_start("memory-backend-ram,size=19M,dump=off,merge=off");
    g_assert_true(hostmem_has_flag(qts, 19 * MIB, " dd"));
    g_assert_false(hostmem_has_flag(qts, 19 * MIB, " mg"));
    qtest_quit(qts);
}

/* The kernel is told which of its nodes to take the pages from. */
static void test_policy(void)
{
    QTestState *qts = qtest_init(
        "-object memory-backend-ram,id=m0,size=3M,policy=bind,host-nodes=0");
    g_autofree char *path = g_strdup_printf("/proc/%d/numa_maps",
                                            qtest_pid(qts));
    g_autofree char *maps = NULL;
    QDict *answer;

    if (!g_file_get_contents(path, &maps, NULL, NULL)) {
        g_test_skip("needs a kernel with NUMA");
        qtest_quit(qts);
        return;
    }
    g_assert_nonnull(strstr(maps, " bind:0"));

    answer = qtest_qmp(qts, "{'execute': 'qom-get', 'arguments': {"
                       "'path': '/objects/m0', 'property': 'host-nodes' }}");
    g_assert_cmpint(qlist_size(qdict_get_qlist(answer, "return")), ==, 1);
    qobject_unref(answer);
    qtest_qmp_assert_success(qts, "{'execute': 'qom-set', 'arguments': {"
                             "'path': '/objects/m0', 'property': 'policy',"
                             "'value': 'bind' }}");
    qtest_quit(qts);
}

/* A node that is not there, nodes without a policy, a policy without nodes. */
static void test_policy_errors(void)
{
    static const struct {
        const char *options;
        const char *says;
    } cases[] = {
        { "'host-nodes': [ 500 ]", "Invalid host-nodes value: 500" },
        { "'host-nodes': [ 0 ]", "host-nodes must be empty for policy default,"
          " or you should explicitly specify a policy other than default" },
        { "'policy': 'interleave'", "host-nodes must be set for policy "
          "interleave" },
        { "'policy': 'bind', 'host-nodes': [ 127 ]",
          "cannot bind memory to host NUMA nodes: Invalid argument" },
    };
    QTestState *qts = qtest_init("");

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *command = g_strdup_printf(
            "{'execute': 'object-add', 'arguments': { 'id': 'm',"
            "'qom-type': 'memory-backend-ram', 'size': 4096, %s }}",
            cases[i].options);
        QDict *answer = qtest_qmp(qts, "%p", qobject_from_json(command,
                                                          &error_abort));

        g_assert_cmpstr(qdict_get_str(qdict_get_qdict(answer, "error"),
                                      "desc"), ==, cases[i].says);
        qobject_unref(answer);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_data_func("/hostmem/kind/ram", "memory-backend-ram", test_kind);
    qtest_add_data_func("/hostmem/kind/ram-shared",
                        "memory-backend-ram,share=on", test_kind);
    qtest_add_data_func("/hostmem/kind/memfd", "memory-backend-memfd",
                        test_kind);
    qtest_add_data_func("/hostmem/file/shared", "", test_file);
    qtest_add_data_func("/hostmem/file/private", NULL, test_file);
    qtest_add_func("/hostmem/file/directory", test_directory);
    qtest_add_func("/hostmem/prealloc", test_prealloc);
    qtest_add_func("/hostmem/advice", test_advice);
    qtest_add_func("/hostmem/policy", test_policy);
    qtest_add_func("/hostmem/policy/errors", test_policy_errors);
    return g_test_run();
}
