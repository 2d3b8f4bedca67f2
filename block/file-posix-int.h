/*
 * Files of the host: the inside, for block/file-posix*.c.
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

    /* What was found out not to work is not tried again. */
    bool has_discard;
    bool has_write_zeroes;
    bool has_unmap_zeroes;
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

/* file-posix.c */
int file_regular_truncate(BlockDriverState *bs, int fd, int64_t offset,
                          PreallocMode prealloc, Error **errp);

#endif
