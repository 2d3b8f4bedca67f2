/*
 * libqos: disks that fail, and machines that stop for it.
 *
 * See disk-error.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "disk-error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"

char *qdisk_file_args(QDiskFile *f, const char *rules)
{
    f->fd = g_file_open_tmp("disk-XXXXXX", &f->path, NULL);
    g_assert_cmpint(f->fd, >=, 0);
    g_assert_cmpint(ftruncate(f->fd, QDISK_SECTORS * QDISK_SECTOR), ==, 0);
    return g_strdup_printf("-object iothread,id=io0 -drive if=none,id="
                           QDISK_ID ",driver=blkdebug,discard=unmap,"
                           "image.driver=file,image.discard=unmap,"
                           "image.filename=%s%s", f->path, rules);
}

void qdisk_file_remove(QDiskFile *f)
{
    close(f->fd);
    unlink(f->path);
    g_free(f->path);
}

void qdisk_file_fill(QDiskFile *f, uint8_t fill)
{
    size_t size = QDISK_SECTORS * QDISK_SECTOR;
    g_autofree uint8_t *bytes = g_malloc(size);

    memset(bytes, fill, size);
    g_assert_cmpint(pwrite(f->fd, bytes, size, 0), ==, size);
}

void qdisk_file_expect(QDiskFile *f, uint64_t sector, uint8_t fill)
{
    uint8_t got[QDISK_SECTOR];

    g_assert_cmpint(pread(f->fd, got, sizeof(got), sector * QDISK_SECTOR), ==,
                    sizeof(got));
    for (int i = 0; i < sizeof(got); i++) {
        g_assert_cmphex(got[i], ==, fill);
    }
}

void qdisk_expect_error(QTestState *qts, const char *operation,
                        const char *action, int error)
{
    QDict *event = qtest_qmp_eventwait_ref(qts, "BLOCK_IO_ERROR");
    QDict *data = qdict_get_qdict(event, "data");

    g_assert_cmpstr(qdict_get_str(data, "device"), ==, QDISK_ID);
    g_assert_true(g_str_has_prefix(qdict_get_str(data, "node-name"),
                                   "#block"));
    g_assert_cmpstr(qdict_get_str(data, "operation"), ==, operation);
    g_assert_cmpstr(qdict_get_str(data, "action"), ==, action);
    /* Not if no error of this disk can stop the machine. */
    if (g_str_equal(action, "stop") || qdict_haskey(data, "nospace")) {
        g_assert_true(qdict_haskey(data, "nospace"));
        g_assert_true(qdict_get_bool(data, "nospace") == (error == ENOSPC));
    }
    g_assert_cmpstr(qdict_get_str(data, "reason"), ==, strerror(error));
    qobject_unref(event);
}

void qdisk_expect_io_status(QTestState *qts, const char *io_status)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-block'}");
    const QListEntry *entry;
    bool found = false;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(rsp, "return"), entry) {
        QDict *disk = qobject_to(QDict, qlist_entry_obj(entry));

        if (g_str_equal(qdict_get_str(disk, "device"), QDISK_ID)) {
            g_assert_cmpstr(qdict_get_str(disk, "io-status"), ==, io_status);
            found = true;
        }
    }
    g_assert_true(found);
    qobject_unref(rsp);
}

void qdisk_expect_stop(QTestState *qts, const char *io_status)
{
    QDict *rsp;

    qtest_qmp_eventwait(qts, "STOP");
    /* Who answers this has stopped, and nothing is under way any more. */
    rsp = qtest_qmp(qts, "{'execute': 'query-status'}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, "io-error");
    qobject_unref(rsp);
    qdisk_expect_io_status(qts, io_status);
}

void qdisk_cont(QTestState *qts)
{
    qtest_qmp_assert_success(qts, "{'execute': 'cont'}");
    qtest_qmp_eventwait(qts, "RESUME");
}
