/*
 * libqos: what a program has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "census.h"
#include "qapi/qmp/qdict.h"

static unsigned census_count(QTestState *qts, const char *what)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", qtest_pid(qts),
                                            what);
    GDir *dir = g_dir_open(path, 0, NULL);
    unsigned n = 0;

    g_assert_nonnull(dir);
    while (g_dir_read_name(dir)) {
        n++;
    }
    g_dir_close(dir);
    return n;
}

unsigned long census_rss(QTestState *qts)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/statm", qtest_pid(qts));
    g_autofree char *text = NULL;
    unsigned long size, resident;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpint(sscanf(text, "%lu %lu", &size, &resident), ==, 2);
    return resident;
}

Census *census_take(QTestState *qts)
{
    g_autofree char *qtree = qtest_hmp(qts, "info qtree");
    g_autofree char *qom = qtest_hmp(qts, "info qom-tree");
    g_autofree char *mtree = qtest_hmp(qts, "info mtree");
    g_autofree char *flat = qtest_hmp(qts, "info mtree -f");
    g_autofree char *network = qtest_hmp(qts, "info network");
    Census *c = g_new0(Census, 1);

    c->trees = g_strconcat(qtree, qom, mtree, flat, network, NULL);
    c->fds = census_count(qts, "fd");
    c->threads = census_count(qts, "task");
    return c;
}

void census_free(Census *c)
{
    g_free(c->trees);
    g_free(c);
}

void census_check(QTestState *qts, Census *before)
{
    Census *after = census_take(qts);

    g_assert_cmpstr(after->trees, ==, before->trees);
    g_assert_cmpuint(after->fds, ==, before->fds);
    g_assert_cmpuint(after->threads, ==, before->threads);
    census_free(before);
    census_free(after);
}

/* A part of the device says so before the device, and has no id. */
void census_wait_deleted(QTestState *qts, const char *id)
{
    bool found;

    do {
        QDict *event = qtest_qmp_eventwait_ref(qts, "DEVICE_DELETED");
        QDict *data = qdict_get_qdict(event, "data");

        found = g_str_equal(qdict_get_try_str(data, "device") ?: "", id);
        qobject_unref(event);
    } while (!found);
}
