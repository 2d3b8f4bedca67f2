/*
 * What a file's requests are to those who carry them out: a worker thread, or
 * the kernel by io_uring.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_RAW_AIO_H
#define QEMU_RAW_AIO_H

#include "block/aio.h"
#include "qemu/coroutine.h"
#include "qemu/iov.h"

/* Kinds of requests, and what a request may need. */
#define QEMU_AIO_READ         0x0001
#define QEMU_AIO_WRITE        0x0002
#define QEMU_AIO_IOCTL        0x0004
#define QEMU_AIO_FLUSH        0x0008
#define QEMU_AIO_DISCARD      0x0010
#define QEMU_AIO_WRITE_ZEROES 0x0020
#define QEMU_AIO_TRUNCATE     0x0080
#define QEMU_AIO_TYPE_MASK \
        (QEMU_AIO_READ | QEMU_AIO_WRITE | QEMU_AIO_IOCTL | QEMU_AIO_FLUSH | \
         QEMU_AIO_DISCARD | QEMU_AIO_WRITE_ZEROES | QEMU_AIO_TRUNCATE)

/* O_DIRECT, and the buffer is not aligned: it must be copied. */
#define QEMU_AIO_MISALIGNED   0x1000
#define QEMU_AIO_BLKDEV       0x2000
#define QEMU_AIO_NO_FALLBACK  0x4000

#ifdef CONFIG_LINUX_IO_URING
typedef struct LuringState LuringState;

LuringState *luring_init(Error **errp);
void luring_cleanup(LuringState *s);
/* Has it requests that the kernel has not answered?  In its context's thread. */
bool luring_is_busy(LuringState *s);
/* All requests of @ctx's; its completions are handled there. */
void luring_attach_aio_context(LuringState *s, AioContext *new_context);
void luring_detach_aio_context(LuringState *s, AioContext *old_context);
/* @type is QEMU_AIO_READ, WRITE or FLUSH.  0 or a negative errno. */
int coroutine_fn luring_co_submit(BlockDriverState *bs, LuringState *s, int fd,
                                  uint64_t offset, QEMUIOVector *qiov,
                                  int type);
/* Between these, requests are collected, and submitted at once. */
void luring_io_plug(BlockDriverState *bs, LuringState *s);
void luring_io_unplug(BlockDriverState *bs, LuringState *s);
#endif

#endif
