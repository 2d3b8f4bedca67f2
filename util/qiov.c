/*
 * QEMUIOVector: an array of pieces that knows its length.
 *
 * Read include/qemu/iov.h first; the walks over plain arrays are in
 * util/iov.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/iov.h"

void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint)
{
    qiov->iov = g_new(struct iovec, alloc_hint);
    qiov->niov = 0;
    qiov->nalloc = alloc_hint;
    qiov->size = 0;
}

void qemu_iovec_init_external(QEMUIOVector *qiov, struct iovec *iov, int niov)
{
    qiov->iov = iov;
    qiov->niov = niov;
    qiov->nalloc = -1;
    qiov->size = iov_size(iov, niov);
}

void qemu_iovec_add(QEMUIOVector *qiov, void *base, size_t len)
{
    assert(qiov->nalloc != -1);

    if (qiov->niov == qiov->nalloc) {
        qiov->nalloc = 2 * qiov->nalloc + 1;
        qiov->iov = g_renew(struct iovec, qiov->iov, qiov->nalloc);
    }
    qiov->iov[qiov->niov].iov_base = base;
    qiov->iov[qiov->niov].iov_len = len;
    qiov->size += len;
    qiov->niov++;
}

size_t qemu_iovec_concat_iov(QEMUIOVector *dst, struct iovec *src_iov,
                             unsigned int src_cnt, size_t soffset,
                             size_t sbytes)
{
    size_t done = 0;

    if (!sbytes) {
        return 0;
    }
    assert(dst->nalloc != -1);
    for (unsigned int i = 0; done < sbytes && i < src_cnt; i++) {
        if (soffset < src_iov[i].iov_len) {
            size_t len = MIN(src_iov[i].iov_len - soffset, sbytes - done);

            qemu_iovec_add(dst, (char *)src_iov[i].iov_base + soffset, len);
            done += len;
            soffset = 0;
        } else {
            soffset -= src_iov[i].iov_len;
        }
    }
    /* An offset beyond the end is a bug of the caller. */
    assert(soffset == 0);
    return done;
}

void qemu_iovec_concat(QEMUIOVector *dst, QEMUIOVector *src,
                       size_t soffset, size_t sbytes)
{
    qemu_iovec_concat_iov(dst, src->iov, src->niov, soffset, sbytes);
}

/*
 * The pieces of @qiov that hold @len bytes from @offset on: the first of them,
 * *@niov how many, and how much too much they have at the *@head and *@tail.
 */
struct iovec *qemu_iovec_slice(QEMUIOVector *qiov, size_t offset, size_t len,
                               size_t *head, size_t *tail, int *niov)
{
    struct iovec *first = qiov->iov, *last;

    assert(offset + len <= qiov->size);

    while (offset && offset >= first->iov_len) {
        offset -= first->iov_len;
        first++;
    }
    *head = offset;

    last = first;
    len += offset;
    while (len && len >= last->iov_len) {
        len -= last->iov_len;
        last++;
    }
    *tail = len ? last->iov_len - len : 0;
    *niov = last - first + (len ? 1 : 0);
    return first;
}

int qemu_iovec_subvec_niov(QEMUIOVector *qiov, size_t offset, size_t len)
{
    size_t head, tail;
    int niov;

    qemu_iovec_slice(qiov, offset, len, &head, &tail, &niov);
    return niov;
}

void qemu_iovec_init_slice(QEMUIOVector *qiov, QEMUIOVector *source,
                           size_t offset, size_t len)
{
    struct iovec *slice;
    size_t head, tail;
    int niov;

    assert(source->size >= len && source->size - len >= offset);

    slice = qemu_iovec_slice(source, offset, len, &head, &tail, &niov);
    if (niov == 1) {
        qemu_iovec_init_buf(qiov, (char *)slice[0].iov_base + head, len);
    } else {
        qemu_iovec_init(qiov, niov);
        qemu_iovec_concat_iov(qiov, slice, niov, head, len);
    }
}

bool qemu_iovec_is_zero(QEMUIOVector *qiov, size_t qiov_offset, size_t bytes)
{
    struct iovec *iov;
    size_t head, tail;
    int niov;

    iov = qemu_iovec_slice(qiov, qiov_offset, bytes, &head, &tail, &niov);
    for (int i = 0; i < niov; i++) {
        size_t skip = i == 0 ? head : 0;
        size_t drop = i == niov - 1 ? tail : 0;

        if (!buffer_is_zero((char *)iov[i].iov_base + skip,
                            iov[i].iov_len - skip - drop)) {
            return false;
        }
    }
    return true;
}

void qemu_iovec_destroy(QEMUIOVector *qiov)
{
    if (qiov->nalloc != -1) {
        g_free(qiov->iov);
    }
    memset(qiov, 0, sizeof(*qiov));
}

void qemu_iovec_reset(QEMUIOVector *qiov)
{
    assert(qiov->nalloc != -1);
    qiov->niov = 0;
    qiov->size = 0;
}

size_t qemu_iovec_to_buf(QEMUIOVector *qiov, size_t offset,
                         void *buf, size_t bytes)
{
    return iov_to_buf(qiov->iov, qiov->niov, offset, buf, bytes);
}

size_t qemu_iovec_from_buf(QEMUIOVector *qiov, size_t offset,
                           const void *buf, size_t bytes)
{
    return iov_from_buf(qiov->iov, qiov->niov, offset, buf, bytes);
}

size_t qemu_iovec_memset(QEMUIOVector *qiov, size_t offset,
                         int fillc, size_t bytes)
{
    return iov_memset(qiov->iov, qiov->niov, offset, fillc, bytes);
}

ssize_t qemu_iovec_compare(QEMUIOVector *a, QEMUIOVector *b)
{
    ssize_t offset = 0;

    assert(a->niov == b->niov);
    for (int i = 0; i < a->niov; i++) {
        const uint8_t *p = a->iov[i].iov_base;
        const uint8_t *q = b->iov[i].iov_base;

        assert(a->iov[i].iov_len == b->iov[i].iov_len);
        for (size_t len = 0; len < a->iov[i].iov_len; len++) {
            if (p[len] != q[len]) {
                return offset + len;
            }
        }
        offset += a->iov[i].iov_len;
    }
    return -1;
}

/* What qemu_iovec_clone() sorts by, and then sorts back. */
typedef struct {
    int src_index;
    const struct iovec *src_iov;
    void *dest_base;
} IOVectorSortElem;

static int sortelem_cmp_src_base(const void *a, const void *b)
{
    uintptr_t base_a = (uintptr_t)((IOVectorSortElem *)a)->src_iov->iov_base;
    uintptr_t base_b = (uintptr_t)((IOVectorSortElem *)b)->src_iov->iov_base;

    return (base_a > base_b) - (base_a < base_b);
}

static int sortelem_cmp_src_index(const void *a, const void *b)
{
    return ((IOVectorSortElem *)a)->src_index -
           ((IOVectorSortElem *)b)->src_index;
}

/*
 * Pieces of @src that overlap get copies that overlap in the same way.  So the
 * pieces are placed in the order of their addresses, each behind the end of
 * the memory used so far or, if it overlaps, as far before that.
 */
void qemu_iovec_clone(QEMUIOVector *dest, const QEMUIOVector *src, void *buf)
{
    g_autofree IOVectorSortElem *elems =
        g_new(IOVectorSortElem, src->niov + 1);
    uint8_t *next = buf;
    uintptr_t last_end = 0;

    for (int i = 0; i < src->niov; i++) {
        elems[i].src_index = i;
        elems[i].src_iov = &src->iov[i];
    }
    qsort(elems, src->niov, sizeof(*elems), sortelem_cmp_src_base);
    for (int i = 0; i < src->niov; i++) {
        uintptr_t base = (uintptr_t)elems[i].src_iov->iov_base;
        uintptr_t end = base + elems[i].src_iov->iov_len;
        size_t shared = base < last_end ? last_end - base : 0;

        elems[i].dest_base = next - shared;
        if (end > last_end) {
            next += elems[i].src_iov->iov_len - shared;
            last_end = end;
        }
    }
    qsort(elems, src->niov, sizeof(*elems), sortelem_cmp_src_index);
    for (int i = 0; i < src->niov; i++) {
        qemu_iovec_add(dest, elems[i].dest_base, elems[i].src_iov->iov_len);
    }
}

void qemu_iovec_discard_back(QEMUIOVector *qiov, size_t bytes)
{
    unsigned int niov = qiov->niov;
    size_t total;

    assert(qiov->size >= bytes);
    total = iov_discard_back(qiov->iov, &niov, bytes);
    assert(total == bytes);

    qiov->niov = niov;
    qiov->size -= bytes;
}
