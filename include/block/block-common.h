/*
 * Numbers and small types that everybody uses who has to do with block
 * devices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_COMMON_H
#define BLOCK_COMMON_H

#include "block/aio.h"
#include "block/aio-wait.h"
#include "qemu/iov.h"
#include "qemu/coroutine.h"
#include "block/accounting.h"
#include "qapi/qapi-types-block-core.h"

typedef struct BlockDriver BlockDriver;
typedef struct BdrvChild BdrvChild;
typedef struct BdrvChildClass BdrvChildClass;
typedef struct BlockReopenQueueEntry BlockReopenQueueEntry;
typedef QTAILQ_HEAD(BlockReopenQueue, BlockReopenQueueEntry) BlockReopenQueue;

/* What a format tells of an image. */
typedef struct BlockDriverInfo {
    int cluster_size;           /* bytes; 0: there are no clusters */
    int64_t vm_state_offset;
    bool is_dirty;
    bool needs_compressed_writes;
} BlockDriverInfo;

typedef struct BlockFragInfo {
    uint64_t allocated_clusters;
    uint64_t total_clusters;
    uint64_t fragmented_clusters;
    uint64_t compressed_clusters;
} BlockFragInfo;

/* What a request may ask for beyond reading or writing. */
typedef enum {
    BDRV_REQ_COPY_ON_READ       = 0x1,
    BDRV_REQ_ZERO_WRITE         = 0x2,
    /* Zeroes may be made by giving storage back. */
    BDRV_REQ_MAY_UNMAP          = 0x4,
    /* The buffers were announced with bdrv_register_buf(). */
    BDRV_REQ_REGISTERED_BUF     = 0x8,
    /* On stable storage when it completes. */
    BDRV_REQ_FUA                = 0x10,
    BDRV_REQ_WRITE_COMPRESSED   = 0x20,
    /* The guest sees the same data afterwards (WRITE_UNCHANGED will do). */
    BDRV_REQ_WRITE_UNCHANGED    = 0x40,
    /* No overlapping request runs at the same time. */
    BDRV_REQ_SERIALISING        = 0x80,
    /* Zeroes efficiently or -ENOTSUP; never by writing them. */
    BDRV_REQ_NO_FALLBACK        = 0x100,
    /* With COPY_ON_READ: the caller does not want the data. */
    BDRV_REQ_PREFETCH           = 0x200,
    /* With SERIALISING: -EBUSY rather than wait. */
    BDRV_REQ_NO_WAIT            = 0x400,
    BDRV_REQ_MASK               = 0x7ff,
} BdrvRequestFlags;

typedef struct BlockSizes {
    uint32_t phys;
    uint32_t log;
} BlockSizes;

typedef struct HDGeometry {
    uint32_t heads;
    uint32_t sectors;
    uint32_t cylinders;
} HDGeometry;

/* How a node is opened (BlockDriverState.open_flags). */
#define BDRV_O_NO_SHARE    0x0001
#define BDRV_O_RDWR        0x0002
#define BDRV_O_RESIZE      0x0004   /* permission RESIZE from blk_new_open() */
#define BDRV_O_SNAPSHOT    0x0008   /* writes go to a temporary overlay */
#define BDRV_O_TEMPORARY   0x0010   /* delete the file on close */
#define BDRV_O_NOCACHE     0x0020   /* cache.direct: O_DIRECT */
#define BDRV_O_NATIVE_AIO  0x0080   /* aio=native */
#define BDRV_O_NO_BACKING  0x0100   /* leave the backing file closed */
#define BDRV_O_NO_FLUSH    0x0200   /* cache.no-flush: flushes do nothing */
#define BDRV_O_COPY_ON_READ 0x0400
#define BDRV_O_INACTIVE    0x0800   /* somebody else still owns the image */
#define BDRV_O_CHECK       0x1000   /* for consistency checks: damage is fine */
#define BDRV_O_ALLOW_RDWR  0x2000   /* reopen may make it writable */
#define BDRV_O_UNMAP       0x4000   /* discard=unmap */
#define BDRV_O_PROTOCOL    0x8000   /* no format is probed */
#define BDRV_O_NO_IO       0x10000  /* opened for its metadata */
#define BDRV_O_AUTO_RDONLY 0x20000  /* read-only if it cannot be written */
#define BDRV_O_IO_URING    0x40000  /* aio=io_uring */

#define BDRV_O_CACHE_MASK  (BDRV_O_NOCACHE | BDRV_O_NO_FLUSH)

/* The options of every node. */
#define BDRV_OPT_CACHE_WB       "cache.writeback"
#define BDRV_OPT_CACHE_DIRECT   "cache.direct"
#define BDRV_OPT_CACHE_NO_FLUSH "cache.no-flush"
#define BDRV_OPT_READ_ONLY      "read-only"
#define BDRV_OPT_AUTO_READ_ONLY "auto-read-only"
#define BDRV_OPT_DISCARD        "discard"
#define BDRV_OPT_FORCE_SHARE    "force-share"

/* Lengths and offsets are bytes everywhere; a sector is a customary unit. */
#define BDRV_SECTOR_BITS   9
#define BDRV_SECTOR_SIZE   (1ULL << BDRV_SECTOR_BITS)

#define BDRV_REQUEST_MAX_SECTORS MIN_CONST(SIZE_MAX >> BDRV_SECTOR_BITS, \
                                           INT_MAX >> BDRV_SECTOR_BITS)
#define BDRV_REQUEST_MAX_BYTES (BDRV_REQUEST_MAX_SECTORS << BDRV_SECTOR_BITS)

/*
 * No image is longer, so that an offset may be rounded up to any alignment
 * without overflow.
 */
#define BDRV_MAX_ALIGNMENT (1L << 30)
#define BDRV_MAX_LENGTH (QEMU_ALIGN_DOWN(INT64_MAX, BDRV_MAX_ALIGNMENT))

/*
 * What bdrv_block_status() says of a range.
 *
 *     DATA             reading it yields data of this layer or of the file
 *     ZERO             it reads as zeroes
 *     OFFSET_VALID     it is at *map in *file, as it is
 *     ALLOCATED        this layer decides about it, not the backing file
 *     RAW              for drivers: ask the file at *map
 *     RECURSE          for drivers: the file may know more about zeroes
 *     EOF              the range ends where the image does
 */
#define BDRV_BLOCK_DATA         0x01
#define BDRV_BLOCK_ZERO         0x02
#define BDRV_BLOCK_OFFSET_VALID 0x04
#define BDRV_BLOCK_RAW          0x08
#define BDRV_BLOCK_ALLOCATED    0x10
#define BDRV_BLOCK_EOF          0x20
#define BDRV_BLOCK_RECURSE      0x40

/* What somebody may forbid to be done with a node (bdrv_op_block). */
typedef enum BlockOpType {
    BLOCK_OP_TYPE_BACKUP_SOURCE,
    BLOCK_OP_TYPE_BACKUP_TARGET,
    BLOCK_OP_TYPE_CHANGE,
    BLOCK_OP_TYPE_COMMIT_SOURCE,
    BLOCK_OP_TYPE_COMMIT_TARGET,
    BLOCK_OP_TYPE_DATAPLANE,
    BLOCK_OP_TYPE_DRIVE_DEL,
    BLOCK_OP_TYPE_EJECT,
    BLOCK_OP_TYPE_EXTERNAL_SNAPSHOT,
    BLOCK_OP_TYPE_INTERNAL_SNAPSHOT,
    BLOCK_OP_TYPE_INTERNAL_SNAPSHOT_DELETE,
    BLOCK_OP_TYPE_MIRROR_SOURCE,
    BLOCK_OP_TYPE_MIRROR_TARGET,
    BLOCK_OP_TYPE_RESIZE,
    BLOCK_OP_TYPE_STREAM,
    BLOCK_OP_TYPE_REPLACE,
    BLOCK_OP_TYPE_MAX,
} BlockOpType;

/*
 * Permissions: what a user of a node does with it, and what it bears others to
 * do (docs/block.md).
 */
enum {
    /* Read what is consistent, such as a whole disk. */
    BLK_PERM_CONSISTENT_READ    = 0x01,
    /* Change what the guest sees. */
    BLK_PERM_WRITE              = 0x02,
    /* Write without changing what the guest sees. */
    BLK_PERM_WRITE_UNCHANGED    = 0x04,
    /* Change the length. */
    BLK_PERM_RESIZE             = 0x08,

    BLK_PERM_ALL                = 0x0f,

    /* A filter takes these over from its parents, … */
    DEFAULT_PERM_PASSTHROUGH    = BLK_PERM_CONSISTENT_READ
                                 | BLK_PERM_WRITE
                                 | BLK_PERM_WRITE_UNCHANGED
                                 | BLK_PERM_RESIZE,
    /* … and leaves these as they were. */
    DEFAULT_PERM_UNCHANGED      = BLK_PERM_ALL & ~DEFAULT_PERM_PASSTHROUGH,
};

/*
 * What a child is to its parent, a set of:
 *
 *     DATA       its content is (a part of) the guest's data
 *     METADATA   its content describes where data is
 *     FILTERED   the parent shows the child as it is (exclusive)
 *     COW        the child has what the parent has not (backing file)
 *     PRIMARY    it is what the parent is mainly stored in
 */
enum BdrvChildRoleBits {
    BDRV_CHILD_DATA         = (1 << 0),
    BDRV_CHILD_METADATA     = (1 << 1),
    BDRV_CHILD_FILTERED     = (1 << 2),
    BDRV_CHILD_COW          = (1 << 3),
    BDRV_CHILD_PRIMARY      = (1 << 4),

    BDRV_CHILD_IMAGE        = BDRV_CHILD_DATA
                              | BDRV_CHILD_METADATA
                              | BDRV_CHILD_PRIMARY,
};
typedef unsigned int BdrvChildRole;

typedef struct BdrvCheckResult {
    int corruptions;
    int leaks;
    int check_errors;
    int corruptions_fixed;
    int leaks_fixed;
    int64_t image_end_offset;
    BlockFragInfo bfi;
} BdrvCheckResult;

typedef enum {
    BDRV_FIX_LEAKS    = 1,
    BDRV_FIX_ERRORS   = 2,
} BdrvCheckMode;

typedef void BlockDriverAmendStatusCB(BlockDriverState *bs, int64_t offset,
                                      int64_t total_work_size, void *opaque);

/* "consistent read, write": the names of @perm; free with g_free(). */
char *bdrv_perm_names(uint64_t perm);

/* All drivers; call once before any other function. */
void bdrv_init(void);

/* "PROTOCOL:…", as in "nbd:unix:…"; a path with a slash before it is none. */
int path_has_protocol(const char *path);
int path_is_absolute(const char *path);
/* @filename relative to where @base_path is; free with g_free(). */
char *path_combine(const char *base_path, const char *filename);

#endif
