/*
 * qcow2's tables in memory: L2 tables (in slices) and blocks of reference counts.
 *
 * A cache has a fixed number of entries.  When all are taken, the one that was
 * used longest ago makes room; if it is dirty, so that its turn to be written
 * has not come, all tables are written in their order (qcow2_write_caches()).
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/memalign.h"
#include "qcow2.h"
#include "trace.h"

struct Qcow2Cache {
    GHashTable *by_offset;      /* uint64_t -> Qcow2Table */
    /* Those that nobody holds, the oldest first. */
    QTAILQ_HEAD(, Qcow2Table) lru;
    int num_tables;             /* at most */
    size_t table_size;
    int overlap;
    bool lazy;                  /* write it at any time */
    int dirty;                  /* how many are */
    uint64_t lru_counter;       /* how often one was put back */
    uint64_t cache_clean_lru_counter;   /* and when unused ones went last */
};

Qcow2Cache *qcow2_cache_create(int num_tables, size_t table_size, int overlap,
                               bool lazy)
{
    Qcow2Cache *c = g_new0(Qcow2Cache, 1);

    assert(num_tables > 0);
    c->by_offset = g_hash_table_new(g_int64_hash, g_int64_equal);
    QTAILQ_INIT(&c->lru);
    c->num_tables = num_tables;
    c->table_size = table_size;
    c->overlap = overlap;
    c->lazy = lazy;
    return c;
}

static void qcow2_table_drop(Qcow2Cache *c, Qcow2Table *t)
{
    assert(t->ref == 0);
    c->dirty -= t->dirty;
    QTAILQ_REMOVE(&c->lru, t, next);
    g_hash_table_remove(c->by_offset, &t->offset);
    qemu_vfree(t->data);
    g_free(t);
}

void qcow2_cache_destroy(Qcow2Cache *c)
{
    Qcow2Table *t, *next;

    if (!c) {
        return;
    }
    QTAILQ_FOREACH_SAFE(t, &c->lru, next, next) {
        qcow2_table_drop(c, t);
    }
    assert(g_hash_table_size(c->by_offset) == 0);
    g_hash_table_unref(c->by_offset);
    g_free(c);
}

bool qcow2_cache_is_dirty(Qcow2Cache *c)
{
    return c->dirty;
}

static int qcow2_table_write(BlockDriverState *bs, Qcow2Cache *c,
                                    Qcow2Table *t)
{
    int ret = qcow2_pre_write_overlap_check(bs, c->overlap, t->offset,
                                            c->table_size);

    if (ret < 0) {
        return ret;
    }
    BLKDBG_EVENT(bs->file, c->overlap == QCOW2_OL_ACTIVE_L2 ?
                 BLKDBG_L2_UPDATE : BLKDBG_REFBLOCK_UPDATE_PART);
    ret = bdrv_pwrite(bs->file, t->offset, c->table_size, t->data, 0);
    if (ret < 0) {
        return ret;
    }
    t->dirty = false;
    c->dirty--;
    return 0;
}

int qcow2_cache_write(BlockDriverState *bs, Qcow2Cache *c)
{
    g_autoptr(GPtrArray) dirty = g_ptr_array_new();
    Qcow2Table *t;
    GHashTableIter it;

    trace_qcow2_cache_flush(qemu_coroutine_self(),
                            c->overlap == QCOW2_OL_ACTIVE_L2);
    if (!c->dirty) {
        return 0;
    }
    /* First the list: writing may yield, and others look at the table. */
    g_hash_table_iter_init(&it, c->by_offset);
    while (g_hash_table_iter_next(&it, NULL, (gpointer *)&t)) {
        if (t->dirty) {
            t->ref++;
            if (t->ref == 1) {
                QTAILQ_REMOVE(&c->lru, t, next);
            }
            g_ptr_array_add(dirty, t);
        }
    }

    int result = 0;

    for (guint i = 0; i < dirty->len; i++) {
        t = g_ptr_array_index(dirty, i);
        if (result == 0) {
            result = qcow2_table_write(bs, c, t);
        }
        if (--t->ref == 0) {
            QTAILQ_INSERT_TAIL(&c->lru, t, next);
        }
    }
    return result;
}

/* A place for one more.  Making it may bring others in, and take any out. */
static int qcow2_cache_make_room(BlockDriverState *bs, Qcow2Cache *c)
{
    while (g_hash_table_size(c->by_offset) >= c->num_tables) {
        Qcow2Table *t = QTAILQ_FIRST(&c->lru);
        int ret = 0;

        if (!t) {
            /* All are held, by a few callers: one more does no harm. */
            return 0;
        }
        if (!t->dirty) {
            qcow2_table_drop(c, t);
            continue;
        }
        if (c->lazy) {
            /* Their turn comes only when the image is closed. */
            ret = qcow2_table_write(bs, c, t);
        } else {
            ret = qcow2_write_caches(bs);
        }
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

static int qcow2_cache_do_get(BlockDriverState *bs, Qcow2Cache *c,
                              uint64_t offset, Qcow2Table **table, bool read)
{
    Qcow2Table *t = g_hash_table_lookup(c->by_offset, &offset);

    trace_qcow2_cache_get(qemu_coroutine_self(),
                          c->overlap == QCOW2_OL_ACTIVE_L2, offset, read);
    if (!t) {
        int ret = qcow2_cache_make_room(bs, c);

        if (ret < 0) {
            return ret;
        }
        t = g_hash_table_lookup(c->by_offset, &offset);
    }
    if (!t) {
        void *memory = qemu_try_blockalign0(bs->file->bs, c->table_size);

        if (!memory) {
            return -ENOMEM;
        }
        if (read) {
            int ret;

            BLKDBG_EVENT(bs->file, c->overlap == QCOW2_OL_ACTIVE_L2 ?
                         BLKDBG_L2_LOAD : BLKDBG_REFBLOCK_LOAD);
            ret = bdrv_pread(bs->file, offset, c->table_size, memory, 0);
            if (ret < 0) {
                qemu_vfree(memory);
                return ret;
            }
        }
        t = g_new0(Qcow2Table, 1);
        t->offset = offset;
        t->data = memory;
        g_hash_table_insert(c->by_offset, &t->offset, t);
    } else {
        if (t->ref == 0) {
            QTAILQ_REMOVE(&c->lru, t, next);
        }
        if (!read) {
            memset(t->data, 0, c->table_size);
        }
    }
    t->ref++;
    *table = t;
    return 0;
}

int qcow2_cache_get(BlockDriverState *bs, Qcow2Cache *c, uint64_t offset,
                    Qcow2Table **table)
{
    return qcow2_cache_do_get(bs, c, offset, table, true);
}

int qcow2_cache_get_empty(BlockDriverState *bs, Qcow2Cache *c, uint64_t offset,
                          Qcow2Table **table)
{
    return qcow2_cache_do_get(bs, c, offset, table, false);
}

void qcow2_cache_put(Qcow2Cache *c, Qcow2Table **table)
{
    Qcow2Table *t = *table;

    assert(t->ref > 0);
    t->lru_counter = ++c->lru_counter;
    if (--t->ref == 0) {
        QTAILQ_INSERT_TAIL(&c->lru, t, next);
    }
    *table = NULL;
}

void qcow2_cache_entry_mark_dirty(Qcow2Cache *c, Qcow2Table *t)
{
    assert(t->ref > 0);
    c->dirty += !t->dirty;
    t->dirty = true;
}

void qcow2_cache_discard(Qcow2Cache *c, uint64_t offset, uint64_t bytes)
{
    Qcow2Table *t, *next;

    QTAILQ_FOREACH_SAFE(t, &c->lru, next, next) {
        if (t->offset >= offset && t->offset - offset < bytes) {
            qcow2_table_drop(c, t);
        }
    }
}

void qcow2_cache_clean_unused(Qcow2Cache *c)
{
    Qcow2Table *t, *next;

    QTAILQ_FOREACH_SAFE(t, &c->lru, next, next) {
        if (!t->dirty && t->lru_counter <= c->cache_clean_lru_counter) {
            qcow2_table_drop(c, t);
        }
    }
    c->cache_clean_lru_counter = c->lru_counter;
}

void qcow2_cache_empty(Qcow2Cache *c)
{
    Qcow2Table *t, *next;

    QTAILQ_FOREACH_SAFE(t, &c->lru, next, next) {
        qcow2_table_drop(c, t);
    }
}
