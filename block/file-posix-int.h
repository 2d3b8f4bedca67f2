/*
 * Files of the host: the inside, for block/file-posix*.c.
 *
 *     file-posix.c           opening, closing, reopening; the drivers
 *     file-posix-io.c        requests: to a worker thread, or to io_uring
 *     file-posix-aio.c       what the worker does: system calls
 *     file-posix-length.c    the length of a file, its data and holes
 *     file-posix-lock.c      permissions as locks
 *     file-posix-create.c    new files
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_FILE_POSIX_INT_H
#define BLOCK_FILE_POSIX_INT_H

#include "block/block_int.h"
#include "block/raw-aio.h"

typedef struct BDRVFileState {
    int fd;
    bool use_lock;
    int open_flags;             /* O_* */

    /* The locks that are held: PERM bytes, and SHARED bytes. */
    uint64_t locked_perm;
    uint64_t locked_shared_perm;
    /* In a transaction: what is asked for (bdrv_check_perm). */
    uint64_t perm;
    uint64_t shared_perm;
    int perm_change_fd;         /* while it is reopened: the new one, or -1 */

    /* What was found out not to work is not tried again. */
    bool has_discard;
    bool has_write_zeroes;
    bool has_unmap_zeroes;
    bool has_nowait;
    bool use_linux_io_uring;
    bool drop_cache;
    bool needs_alignment;       /* O_DIRECT */
    bool is_blkdev;
    int64_t aio_max_batch;

    struct {
        uint64_t discard_nb_ok;
        uint64_t discard_nb_failed;
        uint64_t discard_bytes_ok;
    } stats;
} BDRVFileState;

/* A request for a worker thread. */
typedef struct FileAIOData {
    BlockDriverState *bs;
    int fd;
    int type;                   /* QEMU_AIO_* */
    int64_t offset;
    int64_t nbytes;
    QEMUIOVector *qiov;
    PreallocMode prealloc;
    Error **errp;
    unsigned long ioctl_cmd;
    void *ioctl_buf;
} FileAIOData;

/* file-posix-aio.c: in a worker; 0 or a negative errno */
int file_aio_worker(void *opaque);

/* file-posix-lock.c */
typedef enum {
    RAW_PL_PREPARE,
    RAW_PL_COMMIT,
    RAW_PL_ABORT,
} FilePermLockOp;

int file_apply_lock_bytes(BDRVFileState *s, int fd, uint64_t perm_lock_bits,
                          uint64_t shared_perm_lock_bits, bool unlock,
                          Error **errp);
int file_check_lock_bytes(int fd, uint64_t perm, uint64_t shared_perm,
                          Error **errp);
int file_handle_perm_lock(BlockDriverState *bs, FilePermLockOp op,
                          uint64_t new_perm, uint64_t new_shared,
                          Error **errp);
int file_check_perm(BlockDriverState *bs, uint64_t perm, uint64_t shared,
                    Error **errp);
void file_set_perm(BlockDriverState *bs, uint64_t perm, uint64_t shared);
void file_abort_perm_update(BlockDriverState *bs);

/* file-posix-io.c */

/* Have a worker do @acb, which need not outlive the call. */
int coroutine_fn file_thread_pool_submit(BlockDriverState *bs,
                                         FileAIOData *acb);
void file_refresh_limits(BlockDriverState *bs, Error **errp);
int hdev_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz);
int coroutine_fn file_co_preadv(BlockDriverState *bs, int64_t offset,
                                int64_t bytes, QEMUIOVector *qiov,
                                BdrvRequestFlags flags);
int coroutine_fn file_co_pwritev(BlockDriverState *bs, int64_t offset,
                                 int64_t bytes, QEMUIOVector *qiov,
                                 BdrvRequestFlags flags);
int coroutine_fn file_co_flush_to_disk(BlockDriverState *bs);
void file_aio_attach_aio_context(BlockDriverState *bs,
                                 AioContext *new_context);
void file_aio_plug(BlockDriverState *bs);
void file_aio_unplug(BlockDriverState *bs);
int coroutine_fn file_co_pdiscard(BlockDriverState *bs, int64_t offset,
                                  int64_t bytes);
int coroutine_fn file_co_pwrite_zeroes(BlockDriverState *bs, int64_t offset,
                                       int64_t bytes, BdrvRequestFlags flags);
int coroutine_fn hdev_co_ioctl(BlockDriverState *bs, unsigned long int req,
                               void *buf);
void coroutine_fn file_co_invalidate_cache(BlockDriverState *bs, Error **errp);

/* file-posix-length.c */

/* In a worker.  What is new is zero, and its space is got as @prealloc says. */
int file_regular_truncate(BlockDriverState *bs, int fd, int64_t offset,
                          PreallocMode prealloc, Error **errp);
int64_t file_getlength(BlockDriverState *bs);
int64_t file_get_allocated_file_size(BlockDriverState *bs);
int coroutine_fn file_co_truncate(BlockDriverState *bs, int64_t offset,
                                  bool exact, PreallocMode prealloc,
                                  BdrvRequestFlags flags, Error **errp);
int file_get_info(BlockDriverState *bs, BlockDriverInfo *bdi);
int coroutine_fn file_co_block_status(BlockDriverState *bs, bool want_zero,
                                      int64_t offset, int64_t bytes,
                                      int64_t *pnum, int64_t *map,
                                      BlockDriverState **file);

/* file-posix-create.c */
extern QemuOptsList file_create_opts;
int coroutine_fn file_co_create(BlockdevCreateOptions *options, Error **errp);
int coroutine_fn file_co_create_opts(BlockDriver *drv, const char *filename,
                                     QemuOpts *opts, Error **errp);

#endif
