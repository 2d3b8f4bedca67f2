/*
 * A block driver's methods, a node, an edge.
 *
 * A driver comes in one of three kinds:
 *
 *     protocol   talks to the host: file, null-co (bdrv_file_open)
 *     format     finds its way in a `file` child: raw, qcow2 (bdrv_open)
 *     filter     passes on what its one child does: throttle (is_filter)
 *
 * and is made known by a constructor:
 *
 *     static void bdrv_foo_init(void)
 *     {
 *         bdrv_register(&bdrv_foo);
 *     }
 *
 *     block_init(bdrv_foo_init);
 *
 * Requests come to it checked: inside of the length, aligned to
 * bl.request_alignment, not longer than the limits.  All methods with _co_ run
 * in coroutines in the node's AioContext.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_INT_COMMON_H
#define BLOCK_INT_COMMON_H

#include "block/aio.h"
#include "block/block-common.h"
#include "block/block.h"
#include "block/snapshot.h"
#include "qapi/qapi-types-block-core.h"
#include "qemu/iov.h"
#include "qemu/rcu.h"
#include "qemu/stats64.h"

#define BLOCK_FLAG_LAZY_REFCOUNTS   8

/* Options that formats have in common when they make images. */
#define BLOCK_OPT_SIZE              "size"
#define BLOCK_OPT_ENCRYPT           "encryption"
#define BLOCK_OPT_ENCRYPT_FORMAT    "encrypt.format"
#define BLOCK_OPT_COMPAT6           "compat6"
#define BLOCK_OPT_HWVERSION         "hwversion"
#define BLOCK_OPT_BACKING_FILE      "backing_file"
#define BLOCK_OPT_BACKING_FMT       "backing_fmt"
#define BLOCK_OPT_CLUSTER_SIZE      "cluster_size"
#define BLOCK_OPT_TABLE_SIZE        "table_size"
#define BLOCK_OPT_PREALLOC          "preallocation"
#define BLOCK_OPT_SUBFMT            "subformat"
#define BLOCK_OPT_COMPAT_LEVEL      "compat"
#define BLOCK_OPT_LAZY_REFCOUNTS    "lazy_refcounts"
#define BLOCK_OPT_ADAPTER_TYPE      "adapter_type"
#define BLOCK_OPT_REDUNDANCY        "redundancy"
#define BLOCK_OPT_NOCOW             "nocow"
#define BLOCK_OPT_EXTENT_SIZE_HINT  "extent_size_hint"
#define BLOCK_OPT_OBJECT_SIZE       "object_size"
#define BLOCK_OPT_REFCOUNT_BITS     "refcount_bits"
#define BLOCK_OPT_DATA_FILE         "data_file"
#define BLOCK_OPT_DATA_FILE_RAW     "data_file_raw"
#define BLOCK_OPT_COMPRESSION_TYPE  "compression_type"
#define BLOCK_OPT_EXTL2             "extended_l2"

/* How much of a file its driver sees when it is probed. */
#define BLOCK_PROBE_BUF_SIZE        512

enum BdrvTrackedRequestType {
    BDRV_TRACKED_READ,
    BDRV_TRACKED_WRITE,
    BDRV_TRACKED_DISCARD,
    BDRV_TRACKED_TRUNCATE,
};

/*
 * A request under way.  Serialising ones (read-modify-write of a part of a
 * sector, truncation) wait for all that overlap with them, and are waited for;
 * overlap_* is what they claim, rounded to their unit.
 */
typedef struct BdrvTrackedRequest {
    BlockDriverState *bs;
    int64_t offset;
    int64_t bytes;
    enum BdrvTrackedRequestType type;

    bool serialising;
    int64_t overlap_offset;
    int64_t overlap_bytes;

    QLIST_ENTRY(BdrvTrackedRequest) list;
    Coroutine *co;
    CoQueue wait_queue;         /* those who wait for it */

    struct BdrvTrackedRequest *waiting_for;
} BdrvTrackedRequest;

typedef struct BDRVReopenState {
    BlockDriverState *bs;
    int flags;
    BlockdevDetectZeroesOptions detect_zeroes;
    bool backing_missing;
    BlockDriverState *old_backing_bs;   /* for a rollback of the graph */
    BlockDriverState *old_file_bs;
    QDict *options;
    QDict *explicit_options;
    void *opaque;
} BDRVReopenState;

struct BlockDriver {
    const char *format_name;
    int instance_size;          /* of bs->opaque, zeroed */

    /* It shows its child's data and is no layer of its own. */
    bool is_filter;
    /* The child of a filter is its backing, not its file. */
    bool filtered_child_is_backing;
    /* Its `file` child is an image of which it is the format. */
    bool is_format;
    bool supports_backing;
    /* Ask bdrv_getlength() each time. */
    bool has_variable_length;

    QLIST_ENTRY(BlockDriver) list;

    /* Opening, closing, the graph: main thread. */

    /* For protocols: "PREFIX:" in file names. */
    const char *protocol_name;
    /* It is nothing without a file name. */
    bool bdrv_needs_filename;

    QemuOptsList *create_opts;
    QemuOptsList *amend_opts;
    /* Options that reopen may change without asking the driver. */
    const char *const *mutable_opts;

    /* How sure it is, 0 to 100, from the first bytes of a file. */
    int (*bdrv_probe)(const uint8_t *buf, int buf_size, const char *filename);
    int (*bdrv_probe_device)(const char *filename);

    /* A protocol's file name into options. */
    void (*bdrv_parse_filename)(const char *filename, QDict *options,
                                Error **errp);

    int (*bdrv_reopen_prepare)(BDRVReopenState *reopen_state,
                               BlockReopenQueue *queue, Error **errp);
    void (*bdrv_reopen_commit)(BDRVReopenState *reopen_state);
    void (*bdrv_reopen_commit_post)(BDRVReopenState *reopen_state);
    void (*bdrv_reopen_abort)(BDRVReopenState *reopen_state);
    void (*bdrv_join_options)(QDict *options, QDict *old_options);

    /* A format takes what it knows out of @options.  -errno and @errp. */
    int (*bdrv_open)(BlockDriverState *bs, QDict *options, int flags,
                     Error **errp);
    /* The same for a protocol. */
    int (*bdrv_file_open)(BlockDriverState *bs, QDict *options, int flags,
                          Error **errp);
    void (*bdrv_close)(BlockDriverState *bs);

    int coroutine_fn (*bdrv_co_create)(BlockdevCreateOptions *opts,
                                       Error **errp);
    int coroutine_fn (*bdrv_co_create_opts)(BlockDriver *drv,
                                            const char *filename,
                                            QemuOpts *opts, Error **errp);

    /* bs->exact_filename, if a file name says it all. */
    void (*bdrv_refresh_filename)(BlockDriverState *bs);
    char *(*bdrv_dirname)(BlockDriverState *bs, Error **errp);
    /* Options that say which image it is: always in a json: name. */
    const char *const *strong_runtime_opts;

    void (*bdrv_refresh_limits)(BlockDriverState *bs, Error **errp);
    /* Does a new image read as zeroes? */
    int (*bdrv_has_zero_init)(BlockDriverState *bs);

    void (*bdrv_detach_aio_context)(BlockDriverState *bs);
    void (*bdrv_attach_aio_context)(BlockDriverState *bs,
                                    AioContext *new_context);

    int (*bdrv_probe_blocksizes)(BlockDriverState *bs, BlockSizes *bsz);
    int (*bdrv_probe_geometry)(BlockDriverState *bs, HDGeometry *geo);

    /*
     * Parents as a whole want @perm of this node and share @shared.  check
     * may refuse; then set or abort follows.
     */
    int (*bdrv_check_perm)(BlockDriverState *bs, uint64_t perm,
                           uint64_t shared, Error **errp);
    void (*bdrv_set_perm)(BlockDriverState *bs, uint64_t perm,
                          uint64_t shared);
    void (*bdrv_abort_perm_update)(BlockDriverState *bs);
    /*
     * What this node wants of @c (NULL: of one to come) when its own parents
     * want @parent_perm.  bdrv_default_perms() suits most.
     */
    void (*bdrv_child_perm)(BlockDriverState *bs, BdrvChild *c,
                            BdrvChildRole role,
                            BlockReopenQueue *reopen_queue,
                            uint64_t parent_perm, uint64_t parent_shared,
                            uint64_t *nperm, uint64_t *nshared);

    int (*bdrv_inactivate)(BlockDriverState *bs);
    /* Let the backing file show everywhere. */
    int (*bdrv_make_empty)(BlockDriverState *bs);
    int (*bdrv_change_backing_file)(BlockDriverState *bs,
                                    const char *backing_file,
                                    const char *backing_fmt);

    void (*bdrv_register_buf)(BlockDriverState *bs, void *host, size_t size);
    void (*bdrv_unregister_buf)(BlockDriverState *bs, void *host, size_t size);

    /* Requests: the node's AioContext. */

    /* One of three ways to read and to write; the first that is there. */
    int coroutine_fn (*bdrv_co_preadv_part)(BlockDriverState *bs,
        int64_t offset, int64_t bytes,
        QEMUIOVector *qiov, size_t qiov_offset, BdrvRequestFlags flags);
    int coroutine_fn (*bdrv_co_preadv)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, QEMUIOVector *qiov,
        BdrvRequestFlags flags);
    BlockAIOCB *(*bdrv_aio_preadv)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, QEMUIOVector *qiov,
        BdrvRequestFlags flags, BlockCompletionFunc *cb, void *opaque);
    int coroutine_fn (*bdrv_co_pwritev_part)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, QEMUIOVector *qiov,
        size_t qiov_offset, BdrvRequestFlags flags);
    int coroutine_fn (*bdrv_co_pwritev)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, QEMUIOVector *qiov,
        BdrvRequestFlags flags);
    BlockAIOCB *(*bdrv_aio_pwritev)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, QEMUIOVector *qiov,
        BdrvRequestFlags flags, BlockCompletionFunc *cb, void *opaque);
    BlockAIOCB *(*bdrv_aio_flush)(BlockDriverState *bs,
        BlockCompletionFunc *cb, void *opaque);
    BlockAIOCB *(*bdrv_aio_pdiscard)(BlockDriverState *bs,
        int64_t offset, int bytes, BlockCompletionFunc *cb, void *opaque);

    /* -ENOTSUP: write zeroes instead. */
    int coroutine_fn (*bdrv_co_pwrite_zeroes)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, BdrvRequestFlags flags);
    int coroutine_fn (*bdrv_co_pdiscard)(BlockDriverState *bs,
        int64_t offset, int64_t bytes);

    /*
     * BDRV_BLOCK_* of [offset, offset + *pnum).  Without @want_zero it may take
     * less trouble to find zeroes.  Aligned; *pnum, *map and *file are never
     * NULL.
     */
    int coroutine_fn (*bdrv_co_block_status)(BlockDriverState *bs,
        bool want_zero, int64_t offset, int64_t bytes, int64_t *pnum,
        int64_t *map, BlockDriverState **file);

    void coroutine_fn (*bdrv_co_invalidate_cache)(BlockDriverState *bs,
                                                  Error **errp);

    /* All levels at once; else those below one after the other. */
    int coroutine_fn (*bdrv_co_flush)(BlockDriverState *bs);
    /* Out of our memory, to the layer below. */
    int coroutine_fn (*bdrv_co_flush_to_os)(BlockDriverState *bs);
    /* From the layer below to stable storage. */
    int coroutine_fn (*bdrv_co_flush_to_disk)(BlockDriverState *bs);

    int coroutine_fn (*bdrv_co_truncate)(BlockDriverState *bs, int64_t offset,
                                         bool exact, PreallocMode prealloc,
                                         BdrvRequestFlags flags, Error **errp);
    int64_t (*bdrv_getlength)(BlockDriverState *bs);
    int64_t (*bdrv_get_allocated_file_size)(BlockDriverState *bs);

    int coroutine_fn (*bdrv_co_pwritev_compressed)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, QEMUIOVector *qiov);
    int coroutine_fn (*bdrv_co_pwritev_compressed_part)(BlockDriverState *bs,
        int64_t offset, int64_t bytes, QEMUIOVector *qiov,
        size_t qiov_offset);

    int (*bdrv_get_info)(BlockDriverState *bs, BlockDriverInfo *bdi);
    ImageInfoSpecific *(*bdrv_get_specific_info)(BlockDriverState *bs,
                                                 Error **errp);
    /* As bdrv_snapshot_list(), of a format that has snapshots in its images. */
    int (*bdrv_snapshot_list)(BlockDriverState *bs,
                              QEMUSnapshotInfo **psn_info);
    BlockStatsSpecific *(*bdrv_get_specific_stats)(BlockDriverState *bs);

    int coroutine_fn (*bdrv_co_check)(BlockDriverState *bs,
                                      BdrvCheckResult *result,
                                      BdrvCheckMode fix);

    void (*bdrv_debug_event)(BlockDriverState *bs, BlkdebugEvent event);

    void (*bdrv_io_plug)(BlockDriverState *bs);
    void (*bdrv_io_unplug)(BlockDriverState *bs);

    bool (*bdrv_is_inserted)(BlockDriverState *bs);
    void (*bdrv_eject)(BlockDriverState *bs, bool eject_flag);
    void (*bdrv_lock_medium)(BlockDriverState *bs, bool locked);

    BlockAIOCB *(*bdrv_aio_ioctl)(BlockDriverState *bs,
        unsigned long int req, void *buf,
        BlockCompletionFunc *cb, void *opaque);
    int coroutine_fn (*bdrv_co_ioctl)(BlockDriverState *bs,
                                      unsigned long int req, void *buf);

    /*
     * Stop making requests of your own, and start again.  They do not wait:
     * the requests are counted with bdrv_inc_in_flight().
     */
    void (*bdrv_drain_begin)(BlockDriverState *bs);
    void (*bdrv_drain_end)(BlockDriverState *bs);
};

/* What a driver is able to do at most; 0 is no limit unless noted. */
typedef struct BlockLimits {
    /* All requests are multiples of it; a power of two, never 0. */
    uint32_t request_alignment;

    int64_t max_pdiscard;
    /* Discards that are not multiples of it may be split or ignored. */
    uint32_t pdiscard_alignment;
    int64_t max_pwrite_zeroes;
    uint32_t pwrite_zeroes_alignment;

    uint32_t opt_transfer;
    uint32_t max_transfer;
    /* Of what reaches the host's driver (scsi-block). */
    uint64_t max_hw_transfer;
    int max_hw_iov;

    /* Of the memory of requests. */
    size_t min_mem_alignment;
    size_t opt_mem_alignment;
    int max_iov;
} BlockLimits;

typedef struct BdrvOpBlocker BdrvOpBlocker;

typedef struct BdrvAioNotifier {
    void (*attached_aio_context)(AioContext *new_context, void *opaque);
    void (*detach_aio_context)(void *opaque);
    void *opaque;
    bool deleted;
    QLIST_ENTRY(BdrvAioNotifier) list;
} BdrvAioNotifier;

/* How a kind of parent deals with its children. */
struct BdrvChildClass {
    /* A parent that is a node itself is drained with the child. */
    bool parent_is_bds;

    /* The child's options and flags from the parent's. */
    void (*inherit_options)(BdrvChildRole role, bool parent_is_format,
                            int *child_flags, QDict *child_options,
                            int parent_flags, QDict *parent_options);

    void (*change_media)(BdrvChild *child, bool load);
    void (*resize)(BdrvChild *child);

    /* "node 'x'", "block device 'y'"; the caller frees it. */
    char *(*get_parent_desc)(BdrvChild *child);
    /* The name of a BlockBackend. */
    const char *(*get_name)(BdrvChild *child);

    /*
     * drained_begin: the parent starts no new requests.  drained_poll: does it
     * still have something to do that ends in requests?
     */
    void (*drained_begin)(BdrvChild *child);
    void (*drained_end)(BdrvChild *child);
    bool (*drained_poll)(BdrvChild *child);

    /* From now on, and no longer, the edge is in child->bs->parents. */
    void (*attach)(BdrvChild *child);
    void (*detach)(BdrvChild *child);

    /*
     * Will the parent go along to @ctx?  It adds its part of the move to
     * @tran, for itself and what is connected with it.
     */
    bool (*change_aio_ctx)(BdrvChild *child, AioContext *ctx,
                           GHashTable *visited, Transaction *tran,
                           Error **errp);
    AioContext *(*get_parent_aio_context)(BdrvChild *child);
};

extern const BdrvChildClass child_of_bds;

struct BdrvChild {
    BlockDriverState *bs;
    char *name;
    const BdrvChildClass *klass;
    BdrvChildRole role;
    void *opaque;               /* the parent */

    /* What it does, and what it bears others to do (BLK_PERM_*). */
    uint64_t perm;
    uint64_t shared_perm;

    /* The parent may not be given another child here. */
    bool frozen;

    /* The parent has been told of the child's drained section. */
    bool quiesced_parent;

    QLIST_ENTRY(BdrvChild) next;        /* of the parent's children */
    QLIST_ENTRY(BdrvChild) next_parent; /* of the child's parents */
};

struct BlockDriverState {
    /* Requests may look at these at any time; see bdrv_drained_begin(). */
    int open_flags;             /* BDRV_O_* */
    bool encrypted;
    bool sg;                    /* SCSI generic: no reads, only ioctls */
    bool probed;                /* raw, because nothing else was seen */
    int auto_rdonly_errno;      /* why BDRV_O_AUTO_RDONLY made it so, or 0 */
    bool force_share;           /* others may have any permission */
    bool implicit;              /* nobody asked for this filter */

    BlockDriver *drv;           /* NULL: no medium */
    void *opaque;

    AioContext *aio_context;
    QLIST_HEAD(, BdrvAioNotifier) aio_notifiers;
    bool walking_aio_notifiers;

    char filename[PATH_MAX];    /* for people; may be a json: name */
    char exact_filename[PATH_MAX];
    /* As the image says it; relative to the image. */
    char backing_file[PATH_MAX];
    /* As it was opened with, if by ourselves: else it was overridden. */
    char auto_backing_file[PATH_MAX];
    char backing_format[16];

    QDict *full_open_options;

    BlockLimits bl;

    /* Which BDRV_REQ_* the driver takes; the rest is done above it. */
    BdrvRequestFlags supported_read_flags;
    BdrvRequestFlags supported_write_flags;
    BdrvRequestFlags supported_zero_flags;
    BdrvRequestFlags supported_truncate_flags;

    char node_name[32];
    QTAILQ_ENTRY(BlockDriverState) node_list;       /* with a name */
    QTAILQ_ENTRY(BlockDriverState) bs_list;         /* all */
    QTAILQ_ENTRY(BlockDriverState) monitor_list;    /* of blockdev-add */
    int refcnt;

    QLIST_HEAD(, BdrvOpBlocker) op_blockers[BLOCK_OP_TYPE_MAX];

    /* The node whose options it was opened with a part of. */
    BlockDriverState *inherits_from;
    QLIST_HEAD(, BdrvChild) children;
    QLIST_HEAD(, BdrvChild) parents;

    QDict *options;
    QDict *explicit_options;    /* without the inherited ones */
    BlockdevDetectZeroesOptions detect_zeroes;

    Error *backing_blocker;

    /* Both are in `children`, too. */
    BdrvChild *backing;
    BdrvChild *file;

    int64_t total_sectors;

    uint64_t write_threshold_offset;
    Stat64 wr_highest_offset;   /* the end of the highest write */

    int copy_on_read;
    unsigned int in_flight;
    unsigned int serialising_in_flight;
    unsigned int io_plugged;

    int enable_write_cache;     /* cache.writeback, from the BlockBackend */

    int quiesce_counter;        /* drained sections */
    unsigned int write_gen;     /* writes so far; */
    CoMutex reqs_lock;          /* for all below */
    QLIST_HEAD(, BdrvTrackedRequest) tracked_requests;
    CoQueue flush_queue;
    bool active_flush_req;
    unsigned int flushed_gen;   /* … of which were flushed */
};

struct BlockBackendRootState {
    int open_flags;
    BlockdevDetectZeroesOptions detect_zeroes;
};

#endif
