/*
 * qcow2: what takes long enough to be done in worker threads.
 *
 * A compressed cluster is unpacked there, while its AioContext serves others.
 * By deflate always; by zstd where the library was there when qemini was built.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <zlib.h>
#ifdef CONFIG_ZSTD
#include <zstd.h>
#endif
#include "block-core.h"
#include "block/thread-pool.h"
#include "qcow2.h"

/* So many clusters of an image are unpacked at a time. */
#define QCOW2_MAX_THREADS 4

/* Clusters of deflate have a window of 4 KiB and no header. */
#define QCOW2_DEFLATE_WINDOW_BITS (-12)

typedef ssize_t Qcow2CompressFunc(void *dest, size_t dest_size,
                                  const void *src, size_t src_size);

typedef struct Qcow2CompressData {
    void *dest;
    size_t dest_size;
    const void *src;
    size_t src_size;
    ssize_t ret;

    Qcow2CompressFunc *func;
} Qcow2CompressData;

/* Wait for a turn, and run @func(@arg) in a worker. */
static int coroutine_fn qcow2_co_process(BlockDriverState *bs,
                                         ThreadPoolFunc *func, void *arg)
{
    BDRVQcow2State *s = bs->opaque;
    ThreadPool *pool = aio_get_thread_pool(bdrv_get_aio_context(bs));
    int ret;

    qemu_co_mutex_lock(&s->lock);
    while (s->nb_threads >= QCOW2_MAX_THREADS) {
        qemu_co_queue_wait(&s->thread_task_queue, &s->lock);
    }
    s->nb_threads++;
    qemu_co_mutex_unlock(&s->lock);

    ret = thread_pool_submit_co(pool, func, arg);

    qemu_co_mutex_lock(&s->lock);
    s->nb_threads--;
    qemu_co_queue_next(&s->thread_task_queue);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}

/*
 * In a worker, as the next: all of @dest from @src, or a negative errno.  Where
 * the compressed data ends in @src is not known: behind it may be other
 * clusters, up to the end of a sector.
 */
static ssize_t qcow2_zlib_decompress(void *dest, size_t dest_size,
                                     const void *src, size_t src_size)
{
    z_stream stream = {
        .next_in = (void *)src,
        .avail_in = src_size,
        .next_out = dest,
        .avail_out = dest_size,
    };
    int ret;

    if (inflateInit2(&stream, QCOW2_DEFLATE_WINDOW_BITS) != Z_OK) {
        return -ENOMEM;
    }
    /* A stream that goes on behind the cluster is as good as one that ends. */
    ret = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return (ret == Z_STREAM_END || ret == Z_BUF_ERROR) && !stream.avail_out ?
           0 : -EIO;
}

#ifdef CONFIG_ZSTD
/* A cluster is one frame or more, and each tells how long it is. */
static ssize_t qcow2_zstd_decompress(void *dest, size_t dest_size,
                                     const void *src, size_t src_size)
{
    ZSTD_DCtx *dctx = ZSTD_createDCtx();
    size_t in = 0, out = 0;

    if (!dctx) {
        return -ENOMEM;
    }
    while (out < dest_size) {
        size_t frame = ZSTD_findFrameCompressedSize(src + in, src_size - in);
        size_t got;

        if (ZSTD_isError(frame)) {
            break;
        }
        got = ZSTD_decompressDCtx(dctx, dest + out, dest_size - out, src + in,
                                  frame);
        if (ZSTD_isError(got)) {
            break;
        }
        in += frame;
        out += got;
    }
    ZSTD_freeDCtx(dctx);
    return out == dest_size ? 0 : -EIO;
}
#endif

static int qcow2_compress_pool_func(void *opaque)
{
    Qcow2CompressData *data = opaque;

    data->ret = data->func(data->dest, data->dest_size, data->src,
                           data->src_size);
    return 0;
}

ssize_t coroutine_fn qcow2_co_decompress(BlockDriverState *bs, void *dest,
                                         size_t dest_size, const void *src,
                                         size_t src_size)
{
    BDRVQcow2State *s = bs->opaque;
    Qcow2CompressData data = {
        .dest = dest,
        .dest_size = dest_size,
        .src = src,
        .src_size = src_size,
        .func = qcow2_zlib_decompress,
    };

#ifdef CONFIG_ZSTD
    if (s->compression_type == QCOW2_COMPRESSION_TYPE_ZSTD) {
        data.func = qcow2_zstd_decompress;
    }
#endif
    assert(data.func != qcow2_zlib_decompress ||
           s->compression_type == QCOW2_COMPRESSION_TYPE_ZLIB);
    qcow2_co_process(bs, qcow2_compress_pool_func, &data);
    return data.ret;
}
