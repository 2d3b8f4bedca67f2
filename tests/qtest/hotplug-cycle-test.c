/*
 * Devices that come and go, thousands of times: the program keeps the objects,
 * regions, threads and descriptors that it had, and its memory stops growing.
 *
 * Each type that can be plugged into a PCI bus has its turn; it is found, not
 * listed, so a new type is tested from its first day.  $HOTPLUG_CYCLES says how
 * often; `make soak` says ten thousand, under ASan.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/stat.h>
#include <glib/gstdio.h>
#include "libqos/acpi-guest.h"
#include "libqos/census.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"

#define SLOT            7

/* For so many cycles tables may grow, and each thread's part of the heap. */
#define WARM_UP         10
#define WARM_UP_SOAK    500

/* Fewer show nothing but noise in how much memory is used. */
#define CYCLES_FOR_RSS  1000

/* The memory is looked at so often. */
#define ROUNDS          4

/* So many devices may wait for their end. */
#define AT_ONCE         50

static int cycles = 10;
static char *dir;

/* What a type cannot do without, or with which it does more. */
static const struct {
    const char *driver, *props;
} type_props[] = {
    { "ivshmem-plain", "{\"memdev\": \"m0\"}" },
    { "pci-bridge", "{\"chassis_nr\": 1}" },
    { "pci-bridge-seat", "{\"chassis_nr\": 1, \"shpc\": false}" },
    { "pci-serial", "{\"chardev\": \"c0\"}" },
    { "pci-serial-2x",
      "{\"chardev1\": \"c0\", \"chardev2\": \"c1\"}" },
    { "pci-serial-4x",
      "{\"chardev1\": \"c0\", \"chardev2\": \"c1\", \"chardev3\": \"c2\"}" },
    { "virtio-balloon-pci",
      "{\"free-page-hint\": true, \"iothread\": \"io0\","
      " \"free-page-reporting\": true,"
      " \"guest-stats-polling-interval\": 1}" },
    /* The disk is free when the device has ended: the next one shares it. */
    { "virtio-blk-pci", "{\"drive\": \"b0\", \"share-rw\": true}" },
    { "virtio-blk-pci-non-transitional",
      "{\"drive\": \"b0\", \"share-rw\": true, \"num-queues\": 4}" },
    { "virtio-blk-pci-transitional",
      "{\"drive\": \"b0\", \"share-rw\": true, \"iothread\": \"io0\"}" },
    { "virtio-net-pci", "{\"netdev\": \"n0\", \"mq\": true}" },
    { "virtio-net-pci-non-transitional", "{\"netdev\": \"n0\"}" },
    { "virtio-net-pci-transitional", "{\"netdev\": \"n0\"}" },
};

static QTestState *cycle_start(void)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults "
        "-netdev socket,id=n0,udp=127.0.0.1:1,localaddr=127.0.0.1:0 "
        "-blockdev null-co,node-name=b0 "
        "-object memory-backend-ram,id=m0,size=4K -object iothread,id=io0 "
        "-chardev null,id=c0 -chardev null,id=c1 -chardev null,id=c2 "
        "-D %s/log -trace device_initfn -trace device_finalize", dir);

    acpi_guest_boot(qts);
    return qts;
}

static QDict *cycle_props(const char *driver)
{
    const char *props = "{}";
    QDict *args;

    for (int i = 0; i < ARRAY_SIZE(type_props); i++) {
        if (g_str_equal(type_props[i].driver, driver)) {
            props = type_props[i].props;
        }
    }
    args = qobject_to(QDict, qobject_from_json(props, &error_abort));
    qdict_put_str(args, "id", "dev0");
    qdict_put_str(args, "addr", stringify(SLOT));
    return args;
}

/*
 * The device leaves the tree when it is ejected, and its id, slot and back ends
 * are free; its end comes later, together with that of others.  Waiting for
 * each would be ten thousand times 50 ms.
 */
static void cycle_many(QTestState *qts, const char *driver, QDict *args,
                       int count)
{
    int waiting = 0;

    for (int i = 0; i < count; i++) {
        qtest_qmp_device_add_qdict(qts, driver, args);
        g_assert_cmphex(acpi_guest_answer(qts), ==, 1 << SLOT);
        qtest_qmp_device_del_send(qts, "dev0");
        g_assert_cmphex(acpi_guest_answer(qts), ==, 0);
        if (++waiting == AT_ONCE || i == count - 1) {
            while (waiting) {
                census_wait_deleted(qts, "dev0");
                waiting--;
            }
        }
    }
}

/* How often does the log have @word? */
static unsigned log_count(const char *word)
{
    g_autofree char *path = g_build_filename(dir, "log", NULL);
    g_autofree char *text = NULL;
    unsigned n = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (char *p = text; (p = strstr(p, word)); p++) {
        n++;
    }
    return n;
}

static int long_compare(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;

    return x < y ? -1 : x > y;
}

/*
 * Cycle through @args, and return by how many KiB the memory grew in a round.
 * Devices that wait for their end make it swing, up in one round and down in
 * another; what is lost in every cycle is lost in every round, so the second
 * smallest growth says it.
 */
static long cycle_growth(QTestState *qts, const char *driver, QDict *args)
{
    long growth[ROUNDS];
    long page = getpagesize() / 1024;
    unsigned long rss = census_rss(qts);

    for (int i = 0; i < ROUNDS; i++) {
        unsigned long now;

        cycle_many(qts, driver, args, cycles / ROUNDS + 1);
        now = census_rss(qts);
        growth[i] = ((long)now - (long)rss) * page;
        rss = now;
        g_test_message("%s: %ld KiB, grown by %ld", driver, (long)now * page,
                       growth[i]);
    }
    qsort(growth, ROUNDS, sizeof(growth[0]), long_compare);
    return growth[1];
}

static void test_cycle(gconstpointer driver)
{
    int warm_up = cycles < CYCLES_FOR_RSS ? WARM_UP : WARM_UP_SOAK;
    QTestState *qts = cycle_start();
    QDict *args = cycle_props(driver);
    unsigned born, dead;
    long growth;
    Census *before;

    cycle_many(qts, driver, args, warm_up);
    before = census_take(qts);
    born = log_count("device_initfn");
    dead = log_count("device_finalize");

    growth = cycle_growth(qts, driver, args);
    census_check(qts, before);
    born = log_count("device_initfn") - born;
    dead = log_count("device_finalize") - dead;
    g_assert_cmpuint(born, >=, cycles);
    g_assert_cmpuint(dead, ==, born);
    if (cycles >= CYCLES_FOR_RSS) {
        /*
         * The heap grows for thousands of cycles, ever less, as its holes find
         * who fits; what nobody points to any more, LeakSanitizer tells.
         */
        g_assert_cmpint(growth, <, cycles / ROUNDS * 512 / 1024 + 640);
    }
    qobject_unref(args);
    qtest_quit(qts);
}

/* Types */

static bool can_be_plugged(QTestState *qts, const char *driver)
{
    QDict *args = cycle_props(driver);
    QDict *rsp;
    bool ok;

    qdict_put_str(args, "driver", driver);
    rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments': %p}", args);
    ok = qdict_haskey(rsp, "return");
    if (ok) {
        qtest_qmp_device_del_send(qts, "dev0");
        qtest_outl(qts, ACPI_PCIHP_EJ, 1 << SLOT);
        census_wait_deleted(qts, "dev0");
    } else {
        const char *desc = qdict_get_str(qdict_get_qdict(rsp, "error"),
                                         "desc");

        /* Any other reason would be one that this test has to know. */
        g_assert_cmpstr(desc, ==, "Parameter 'driver' expects a pluggable "
                                  "device type");
    }
    qobject_unref(rsp);
    return ok;
}

static void add_tests(void)
{
    QTestState *qts = cycle_start();
    QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-list-types', 'arguments':"
                                " {'implements': 'pci-device',"
                                "  'abstract': false}}");
    QListEntry *entry;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(rsp, "return"), entry) {
        QDict *type = qobject_to(QDict, qlist_entry_obj(entry));
        const char *driver = qdict_get_str(type, "name");

        if (can_be_plugged(qts, driver)) {
            g_autofree char *path = g_strdup_printf("/hotplug-cycle/%s",
                                                    driver);

            qtest_add_data_func_full(path, g_strdup(driver), test_cycle,
                                     g_free);
        }
    }
    qobject_unref(rsp);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    const char *setting = g_getenv("HOTPLUG_CYCLES");
    g_autofree char *log = NULL;
    int ret;

    g_test_init(&argc, &argv, NULL);
    if (setting) {
        cycles = atoi(setting);
        g_assert_cmpint(cycles, >, 0);
    }
    dir = g_dir_make_tmp("hotplug-cycle-XXXXXX", NULL);
    g_assert_nonnull(dir);

    add_tests();
    ret = g_test_run();

    log = g_build_filename(dir, "log", NULL);
    g_unlink(log);
    g_rmdir(dir);
    g_free(dir);
    return ret;
}
