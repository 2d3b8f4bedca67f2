/*
 * qcow2: an image that grows, over another one if it likes.
 *
 * The guest's disk is cut into clusters, and so is the file.  Two levels of
 * tables say where in the file a cluster of the guest is:
 *
 *     guest offset   | L1 index | L2 index | offset in the cluster |
 *                         |          |
 *     l1_table[] ---> L2 table ---> cluster        (big endian in the file)
 *
 * and two more say how often each cluster of the file is in use, those of the
 * tables included:
 *
 *     file offset    | table index | block index | … |
 *                         |             |
 *     refcount_table[] -> block -> count
 *
 * A cluster that counts 1 may be written in place: OFLAG_COPIED says so where
 * it is referred to.  Any other (shared with an internal snapshot, compressed,
 * not there) is written to a new place.
 *
 * What must not be lost is kept by an order, in qcow2_write_caches(): counts
 * that go up reach the disk before what refers to the clusters, tables before
 * what refers to them, and counts go down last.  Whenever the program dies, the
 * file has at worst clusters that count although nobody uses them.
 *
 *     qcow2.c            opening and closing, what is said of an image
 *     qcow2-header.c     the header and its extensions
 *     qcow2-io.c         reads, writes, zeroes, discards
 *     qcow2-cluster.c    L1 and L2 tables
 *     qcow2-refcount.c   counts; finding and freeing clusters
 *     qcow2-cache.c      tables and blocks in memory
 *     qcow2-check.c      consistency, and repairing it
 *     qcow2-create.c     new images, and their length
 *     qcow2-snapshot.c   the snapshots that are in an image
 *
 * The format: QEMU's docs/interop/qcow2.txt.
 *
 * Locking: s->lock for all tables.  It is not held while data is read or
 * written; a range lock (Qcow2Request) then keeps others off the guest's range.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_QCOW2_H
#define BLOCK_QCOW2_H

#include "block/block_int.h"
#include "block/snapshot.h"
#include "qemu/coroutine.h"
#include "qemu/units.h"

#define QCOW_MAGIC              0x514649fbU     /* "QFI\xfb" */

#define MIN_CLUSTER_BITS        9
#define MAX_CLUSTER_BITS        21
#define QCOW_MAX_L1_SIZE        (32 * MiB)
#define QCOW_MAX_REFTABLE_SIZE  (8 * MiB)
#define QCOW_MAX_SNAPSHOTS      65536
#define QCOW_MAX_SNAPSHOTS_SIZE (64 * MiB)
#define QCOW_MAX_SNAPSHOT_EXTRA_DATA 1024
#define QCOW_MAX_BACKING_NAME   1023

#define DEFAULT_CLUSTER_SIZE    65536
#define DEFAULT_L2_CACHE_MAX    (32 * MiB)
#define DEFAULT_L2_CACHE_ENTRY  65536
#define DEFAULT_CACHE_CLEAN_INTERVAL 600        /* seconds */
#define MIN_REFCOUNT_CACHE      4               /* clusters */
#define MIN_L2_CACHE            2               /* entries */

/* Of an entry of L1 or L2. */
#define QCOW_OFLAG_COPIED       (1ULL << 63)    /* it counts 1 */
#define QCOW_OFLAG_COMPRESSED   (1ULL << 62)
#define QCOW_OFLAG_ZERO         (1ULL << 0)     /* reads as zeroes (version 3) */
#define L1E_OFFSET_MASK         0x00fffffffffffe00ULL
#define L2E_OFFSET_MASK         0x00fffffffffffe00ULL
#define REFT_OFFSET_MASK        0xfffffffffffffe00ULL
#define L1E_SIZE                8
#define L2E_SIZE                8
#define REFTABLE_ENTRY_SIZE     8

/* Version 2 ends before incompatible_features. */
typedef struct QEMU_PACKED QCowHeader {
    uint32_t magic;
    uint32_t version;
    uint64_t backing_file_offset;
    uint32_t backing_file_size;
    uint32_t cluster_bits;
    uint64_t size;                              /* of the guest's disk */
    uint32_t crypt_method;
    uint32_t l1_size;                           /* entries */
    uint64_t l1_table_offset;
    uint64_t refcount_table_offset;
    uint32_t refcount_table_clusters;
    uint32_t nb_snapshots;
    uint64_t snapshots_offset;

    uint64_t incompatible_features;
    uint64_t compatible_features;
    uint64_t autoclear_features;
    uint32_t refcount_order;
    uint32_t header_length;
    uint8_t compression_type;
    uint8_t padding[7];
} QCowHeader;

#define QCOW2_V2_HEADER_LENGTH  72
#define QCOW2_V3_HEADER_LENGTH  104

enum {
    QCOW2_INCOMPAT_DIRTY        = 1 << 0,       /* counts are behind */
    QCOW2_INCOMPAT_CORRUPT      = 1 << 1,
    QCOW2_INCOMPAT_DATA_FILE    = 1 << 2,
    QCOW2_INCOMPAT_COMPRESSION  = 1 << 3,       /* not by deflate */
    QCOW2_INCOMPAT_EXTL2        = 1 << 4,       /* subclusters */

    QCOW2_INCOMPAT_MASK         = QCOW2_INCOMPAT_DIRTY
                                  | QCOW2_INCOMPAT_CORRUPT
                                  | QCOW2_INCOMPAT_COMPRESSION,

    QCOW2_COMPAT_LAZY_REFCOUNTS = 1 << 0,

    QCOW2_AUTOCLEAR_DATA_FILE_RAW = 1 << 1,
};

enum {
    QCOW2_EXT_MAGIC_END             = 0,
    QCOW2_EXT_MAGIC_BACKING_FORMAT  = 0xe2792aca,
    QCOW2_EXT_MAGIC_FEATURE_TABLE   = 0x6803f857,
};

/* A header extension that is kept as it was found. */
typedef struct Qcow2UnknownHeaderExtension {
    uint32_t magic;
    uint32_t len;
    QLIST_ENTRY(Qcow2UnknownHeaderExtension) next;
    uint8_t data[];
} Qcow2UnknownHeaderExtension;

/* Where a cluster's data comes from. */
typedef enum QCow2ClusterType {
    QCOW2_CLUSTER_UNALLOCATED,  /* the backing file, or zeroes */
    QCOW2_CLUSTER_ZERO_PLAIN,
    QCOW2_CLUSTER_ZERO_ALLOC,   /* zeroes, but a cluster is kept for it */
    QCOW2_CLUSTER_NORMAL,
    QCOW2_CLUSTER_COMPRESSED,
} QCow2ClusterType;

/* Who gave a cluster back, which decides about passing it on. */
enum qcow2_discard_type {
    QCOW2_DISCARD_NEVER,        /* nothing was written to it */
    QCOW2_DISCARD_REQUEST,      /* the guest, by a discard */
    QCOW2_DISCARD_SNAPSHOT,     /* what an image had that was emptied */
    QCOW2_DISCARD_OTHER,
    QCOW2_DISCARD_MAX,
};

/* What a write must not hit (option overlap-check). */
typedef enum QCow2MetadataOverlap {
    QCOW2_OL_MAIN_HEADER    = 1 << 0,
    QCOW2_OL_ACTIVE_L1      = 1 << 1,
    QCOW2_OL_ACTIVE_L2      = 1 << 2,
    QCOW2_OL_REFCOUNT_BLOCK = 1 << 3,
    QCOW2_OL_REFCOUNT_TABLE = 1 << 4,
    QCOW2_OL_SNAPSHOT_TABLE = 1 << 5,
    QCOW2_OL_INACTIVE_L1    = 1 << 6,   /* of internal snapshots */
    QCOW2_OL_INACTIVE_L2    = 1 << 7,
    /* Nothing: an image that is written to here has no bitmaps any more. */
    QCOW2_OL_BITMAP_DIRECTORY = 1 << 8,

    QCOW2_OL_CONSTANT       = QCOW2_OL_MAIN_HEADER | QCOW2_OL_ACTIVE_L1
                              | QCOW2_OL_REFCOUNT_TABLE
                              | QCOW2_OL_SNAPSHOT_TABLE,
    QCOW2_OL_CACHED         = QCOW2_OL_CONSTANT | QCOW2_OL_ACTIVE_L2
                              | QCOW2_OL_REFCOUNT_BLOCK
                              | QCOW2_OL_INACTIVE_L1,
    /* For the last one, tables have to be read. */
    QCOW2_OL_ALL            = QCOW2_OL_CACHED | QCOW2_OL_INACTIVE_L2,
} QCow2MetadataOverlap;

/* A snapshot in the image, in this machine's byte order. */
typedef struct QCowSnapshot {
    uint64_t l1_table_offset;
    uint32_t l1_size;           /* entries */
    char *id_str;
    char *name;
    uint64_t vm_state_size;
    uint32_t date_sec;
    uint32_t date_nsec;
    uint64_t vm_clock_nsec;
    uint64_t icount;            /* -1: not known */
} QCowSnapshot;

typedef struct Qcow2Cache Qcow2Cache;

/* A table in a cache; whoever holds one may look at data. */
typedef struct Qcow2Table {
    void *data;                 /* big endian */
    uint64_t offset;            /* in the file; the cache's key */
    int ref;
    bool dirty;
    uint64_t lru_counter;       /* when it was put back last */
    QTAILQ_ENTRY(Qcow2Table) next;
} Qcow2Table;

/* Clusters that nobody refers to any more, once the tables are on disk. */
typedef struct Qcow2FreedClusters {
    uint64_t offset;
    uint64_t bytes;
    enum qcow2_discard_type type;
} Qcow2FreedClusters;

/*
 * A range of the guest's disk that a request works on.  Shared ones (reads, and
 * writes in place) may overlap with each other; an exclusive one, which changes
 * where the range is, overlaps with nothing.
 */
typedef struct Qcow2Request {
    uint64_t start, end;
    bool exclusive;
    CoQueue wait;
    QLIST_ENTRY(Qcow2Request) next;
} Qcow2Request;

/* A part of a table that memory has and the disk has not: [from, to) */
typedef struct Qcow2DirtyRange {
    uint64_t from, to;
} Qcow2DirtyRange;

typedef struct BDRVQcow2State {
    int qcow_version;
    int cluster_bits;
    uint64_t cluster_size;
    int l2_bits;
    int l2_size;                /* entries of a table */
    int l2_slice_size;          /* entries of what the cache has of it */

    /* How an entry tells a compressed cluster. */
    int csize_shift;
    int csize_mask;
    uint64_t cluster_offset_mask;
    Qcow2CompressionType compression_type;

    uint64_t incompatible_features;
    uint64_t compatible_features;
    uint64_t autoclear_features;
    char *image_backing_file;   /* as the header has them */
    char *image_backing_format;
    void *unknown_header_fields;
    size_t unknown_header_fields_size;
    QLIST_HEAD(, Qcow2UnknownHeaderExtension) unknown_header_ext;
    uint32_t nb_snapshots;
    uint64_t snapshots_offset;
    uint64_t snapshots_size;
    QCowSnapshot *snapshots;

    CoMutex lock;               /* for all that follows */

    uint64_t l1_table_offset;
    uint64_t *l1_table;         /* in this machine's byte order */
    uint32_t l1_size;
    Qcow2DirtyRange l1_dirty;   /* entries */
    Qcow2Cache *l2_table_cache;

    uint64_t refcount_table_offset;
    uint64_t *refcount_table;
    uint32_t refcount_table_size;
    Qcow2DirtyRange refcount_table_dirty;
    Qcow2Cache *refcount_block_cache;
    int refcount_order;
    int refcount_bits;
    uint64_t refcount_max;
    int refcount_block_bits;    /* log2 of the counts in a block */
    uint64_t free_cluster_index; /* below it none is free */
    bool metadata_preallocation_checked;
    bool metadata_preallocation; /* ask the file what its data is */

    GArray *freed;              /* of Qcow2FreedClusters */
    bool data_unflushed;        /* clusters or tables may not be on disk yet */
    QLIST_HEAD(, Qcow2Request) requests;
    int nb_threads;             /* workers that unpack clusters */
    CoQueue thread_task_queue;  /* who waits for one of them */

    QEMUTimer *cache_clean_timer;
    unsigned cache_clean_interval;      /* seconds; 0: never */

    bool use_lazy_refcounts;
    bool discard_passthrough[QCOW2_DISCARD_MAX];
    int overlap_check;          /* QCow2MetadataOverlap */
    bool signaled_corruption;
} BDRVQcow2State;

static inline uint64_t start_of_cluster(BDRVQcow2State *s, uint64_t offset)
{
    return offset & ~(s->cluster_size - 1);
}

static inline uint64_t offset_into_cluster(BDRVQcow2State *s, uint64_t offset)
{
    return offset & (s->cluster_size - 1);
}

static inline uint64_t size_to_clusters(BDRVQcow2State *s, uint64_t bytes)
{
    return DIV_ROUND_UP(bytes, s->cluster_size);
}

/* How many entries of L1 a disk of @bytes needs. */
static inline uint64_t size_to_l1(BDRVQcow2State *s, uint64_t bytes)
{
    return DIV_ROUND_UP(bytes, s->cluster_size << s->l2_bits);
}

static inline void qcow2_mark_dirty(Qcow2DirtyRange *r, uint64_t from,
                                    uint64_t to)
{
    r->from = r->to ? MIN(r->from, from) : from;
    r->to = MAX(r->to, to);
}

/* qcow2.c */

/*
 * Say that the image is damaged, once, and mark it so that nobody writes to
 * it, if @fatal: then reads and writes fail from now on.  @offset and @size
 * (or -1) are where the guest met it.
 */
void G_GNUC_PRINTF(5, 6)
qcow2_signal_corruption(BlockDriverState *bs, bool fatal, int64_t offset,
                        int64_t size, const char *message_format, ...);
/* Whether [offset, offset + entries * entry_len) can be a table. */
int qcow2_validate_table(BlockDriverState *bs, uint64_t offset,
                         uint64_t entries, size_t entry_len,
                         int64_t max_size_bytes, const char *table_name,
                         Error **errp);
/* Read @entries from @offset into memory of ours, or NULL and @errp. */
uint64_t *qcow2_read_table(BlockDriverState *bs, uint64_t offset,
                           uint64_t entries, const char *table_name,
                           Error **errp);

/* qcow2-flush.c */

/* Make the image dirty before counts fall behind, and clean afterwards. */
int qcow2_mark_image_dirty(BlockDriverState *bs);
int qcow2_mark_clean(BlockDriverState *bs);
/*
 * Bring all tables to the file, in the order that keeps it whole, and then let
 * go of what was freed.  With s->lock, if others may run.
 */
int qcow2_write_caches(BlockDriverState *bs);
/* All of that, and counts that were put off, so that the image is clean. */
int qcow2_inactivate(BlockDriverState *bs);
int coroutine_fn qcow2_co_flush_to_os(BlockDriverState *bs);

/* qcow2-header.c */

/* Read the header into @h, and check all that can be checked with it alone. */
int qcow2_read_header(BlockDriverState *bs, int flags, QCowHeader *h,
                      Error **errp);
/*
 * The header of @s for a disk of @size bytes into @buf: a cluster of zeroes.
 * -ENOSPC if that is too small for it.
 */
int qcow2_format_header(BDRVQcow2State *s, uint64_t size, uint8_t *buf);
/* Write the whole header again. */
int qcow2_update_header(BlockDriverState *bs);

/* qcow2-cluster.c */

/* What an entry of L2 says. */
QCow2ClusterType qcow2_get_cluster_type(BDRVQcow2State *s, uint64_t l2_entry);

/*
 * Where [@offset, @offset + *@bytes) is: *@bytes shrinks to what is of one type
 * and, for those that have a place, in one piece at *@host_offset.  For a
 * compressed cluster *@host_offset is the entry itself.  *@copied: it may be
 * written in place.
 */
int qcow2_get_host_offset(BlockDriverState *bs, uint64_t offset,
                          uint64_t *bytes, uint64_t *host_offset,
                          QCow2ClusterType *type, bool *copied);
/*
 * The guest's @nb_clusters from @offset on are at @host_offset from now on; what
 * was there before is freed.  If it fails, nothing has changed.
 */
int qcow2_link_clusters(BlockDriverState *bs, uint64_t offset,
                        uint64_t host_offset, uint64_t nb_clusters);
/* If much waits to be freed, let it go: after each change, with no table held. */
int qcow2_bound_freed(BlockDriverState *bs);
/*
 * Whole clusters that read as zeroes from now on (@zero), or as the backing
 * file.  @unmap: give up what they take in the file.
 */
int qcow2_zero_clusters(BlockDriverState *bs, uint64_t offset, uint64_t bytes,
                        bool zero, bool unmap, enum qcow2_discard_type type);
/* A table of @entries, if it has fewer. */
int qcow2_grow_l1_table(BlockDriverState *bs, uint64_t entries);
/* Free the tables behind the first @entries. */
int qcow2_shrink_l1_table(BlockDriverState *bs, uint64_t entries);
/* Where a compressed cluster is, in bytes. */
void qcow2_parse_compressed(BDRVQcow2State *s, uint64_t l2_entry,
                            uint64_t *coffset, uint64_t *csize);

/* qcow2-snapshot.c */

/* The table of snapshots, all of which stay in s->snapshots. */
int qcow2_read_snapshots(BlockDriverState *bs, Error **errp);
void qcow2_free_snapshots(BlockDriverState *bs);
int qcow2_snapshot_list(BlockDriverState *bs, QEMUSnapshotInfo **psn_tab);

/* qcow2-threads.c */

/*
 * A compressed cluster of at most @src_size bytes, unpacked in a worker: 0 if it
 * gave all of @dest_size, or a negative errno.  Without the lock.
 */
ssize_t coroutine_fn qcow2_co_decompress(BlockDriverState *bs, void *dest,
                                         size_t dest_size, const void *src,
                                         size_t src_size);

/* qcow2-refcount.c */

int qcow2_refcount_init(BlockDriverState *bs, uint32_t table_clusters,
                        Error **errp);
int qcow2_get_refcount(BlockDriverState *bs, uint64_t cluster_index,
                       uint64_t *refcount);
/*
 * 1 if many clusters of the image are holes in its file, as after
 * preallocation=metadata; 0 if not; or a negative errno.  With the lock.
 */
int coroutine_fn qcow2_detect_metadata_preallocation(BlockDriverState *bs);
/*
 * Up to *@nb_clusters free clusters in one piece, which count 1 from now on;
 * *@nb_clusters becomes how many.  @all: no fewer.  The offset, or -errno.
 */
int64_t qcow2_alloc_clusters(BlockDriverState *bs, uint64_t *nb_clusters,
                             bool all);
/* Nobody refers to them any more: the count goes down when that is on disk. */
void qcow2_free_clusters(BlockDriverState *bs, uint64_t offset, uint64_t bytes,
                         enum qcow2_discard_type type);
/* What an entry of L2 referred to. */
void qcow2_free_any_cluster(BlockDriverState *bs, uint64_t l2_entry,
                            enum qcow2_discard_type type);
/* Now: for qcow2_write_caches(). */
int qcow2_process_freed(BlockDriverState *bs);
/* -EIO, and a corrupt image, if a write would hit a table not in @ign. */
int qcow2_pre_write_overlap_check(BlockDriverState *bs, int ign,
                                  uint64_t offset, uint64_t size);
/* In a block of counts of 1 << @order bits. */
uint64_t qcow2_refcount_get(const void *block, uint64_t index, int order);
void qcow2_refcount_set(void *block, uint64_t index, int order,
                        uint64_t value);

/* qcow2-cache.c */

/*
 * @overlap: which kind of table it holds.  @lazy: they may be written at any
 * time, in no order.
 */
Qcow2Cache *qcow2_cache_create(int num_tables, size_t table_size, int overlap,
                               bool lazy);
/* Nothing in it may be dirty that matters. */
void qcow2_cache_destroy(Qcow2Cache *c);
/* The table at @offset of the file, until qcow2_cache_put(). */
int qcow2_cache_get(BlockDriverState *bs, Qcow2Cache *c, uint64_t offset,
                    Qcow2Table **table);
/* The same for one that is new: zeroes, and nothing is read. */
int qcow2_cache_get_empty(BlockDriverState *bs, Qcow2Cache *c, uint64_t offset,
                          Qcow2Table **table);
void qcow2_cache_put(Qcow2Cache *c, Qcow2Table **table);
void qcow2_cache_entry_mark_dirty(Qcow2Cache *c, Qcow2Table *table);
bool qcow2_cache_is_dirty(Qcow2Cache *c);
/* Write what is dirty; no flush. */
int qcow2_cache_write(BlockDriverState *bs, Qcow2Cache *c);
/* Forget [offset, offset + bytes), dirty or not. */
void qcow2_cache_discard(Qcow2Cache *c, uint64_t offset, uint64_t bytes);
/* Forget what nobody has asked for since this was called last. */
void qcow2_cache_clean_unused(Qcow2Cache *c);
/* Forget all, dirty or not. */
void qcow2_cache_empty(Qcow2Cache *c);

/* qcow2-check.c */

/*
 * Count all references and compare.  What @fix allows is repaired.  Nobody else
 * may use the image.
 */
int qcow2_check_refcounts(BlockDriverState *bs, BdrvCheckResult *res,
                          BdrvCheckMode fix);

/* qcow2-io.c */

int coroutine_fn qcow2_co_preadv_part(BlockDriverState *bs, int64_t offset,
                                      int64_t bytes, QEMUIOVector *qiov,
                                      size_t qiov_offset,
                                      BdrvRequestFlags flags);
int coroutine_fn qcow2_co_pwritev_part(BlockDriverState *bs, int64_t offset,
                                       int64_t bytes, QEMUIOVector *qiov,
                                       size_t qiov_offset,
                                       BdrvRequestFlags flags);
int coroutine_fn qcow2_co_pwrite_zeroes(BlockDriverState *bs, int64_t offset,
                                        int64_t bytes, BdrvRequestFlags flags);
int coroutine_fn qcow2_co_pdiscard(BlockDriverState *bs, int64_t offset,
                                   int64_t bytes);
/* Nothing is the image's own any more; not in a coroutine of its requests. */
int qcow2_make_empty(BlockDriverState *bs);
int coroutine_fn qcow2_co_block_status(BlockDriverState *bs, bool want_zero,
                                       int64_t offset, int64_t bytes,
                                       int64_t *pnum, int64_t *map,
                                       BlockDriverState **file);
/* With s->lock held: take the range, after waiting for who is in the way. */
void coroutine_fn qcow2_range_lock(BDRVQcow2State *s, Qcow2Request *req,
                                   uint64_t start, uint64_t end,
                                   bool exclusive);
void coroutine_fn qcow2_range_unlock(Qcow2Request *req);

/* qcow2-create.c */

extern QemuOptsList qcow2_create_opts;
int coroutine_fn qcow2_co_create_opts(BlockDriver *drv, const char *filename,
                                      QemuOpts *opts, Error **errp);
int coroutine_fn qcow2_co_truncate(BlockDriverState *bs, int64_t offset,
                                   bool exact, PreallocMode prealloc,
                                   BdrvRequestFlags flags, Error **errp);

#endif
