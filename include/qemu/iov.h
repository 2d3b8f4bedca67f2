/*
 * Scattered memory: arrays of (address, length), and copying out of and into
 * them.
 *
 * A packet or a disk request of a guest is seldom one piece.  An array of
 * struct iovec lists its pieces in order, and the functions here treat it as
 * one run of bytes:
 *
 *     iov[0] 12 bytes   iov[1] 100 bytes   iov[2] 1402 bytes
 *     |------------|----------------------|-----------------…|
 *     0            12     ^               112                1514
 *                         offset 40: iov_to_buf(iov, 3, 40, buf, 8)
 *
 * Offsets and lengths are in bytes.  Copies stop at the end of the array and
 * return how much they did; an offset beyond the end copies nothing.
 *
 * A QEMUIOVector is such an array together with its length, one that can grow
 * (qemu_iovec_add), or one that borrows somebody's (qemu_iovec_init_external).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef IOV_H
#define IOV_H

/* The sum of all lengths. */
size_t iov_size(const struct iovec *iov, const unsigned int iov_cnt);

size_t iov_from_buf_full(const struct iovec *iov, unsigned int iov_cnt,
                         size_t offset, const void *buf, size_t bytes);
size_t iov_to_buf_full(const struct iovec *iov, const unsigned int iov_cnt,
                       size_t offset, void *buf, size_t bytes);

/*
 * Copy @bytes bytes between @buf and the array, from its byte @offset on.
 * When all lies in the first piece, which is the rule with headers, no call
 * is made.
 */
static inline size_t
iov_from_buf(const struct iovec *iov, unsigned int iov_cnt,
             size_t offset, const void *buf, size_t bytes)
{
    if (__builtin_constant_p(bytes) && iov_cnt &&
        offset <= iov[0].iov_len && bytes <= iov[0].iov_len - offset) {
        memcpy((char *)iov[0].iov_base + offset, buf, bytes);
        return bytes;
    }
    return iov_from_buf_full(iov, iov_cnt, offset, buf, bytes);
}

static inline size_t
iov_to_buf(const struct iovec *iov, const unsigned int iov_cnt,
           size_t offset, void *buf, size_t bytes)
{
    if (__builtin_constant_p(bytes) && iov_cnt &&
        offset <= iov[0].iov_len && bytes <= iov[0].iov_len - offset) {
        memcpy(buf, (char *)iov[0].iov_base + offset, bytes);
        return bytes;
    }
    return iov_to_buf_full(iov, iov_cnt, offset, buf, bytes);
}

/* Set @bytes bytes from @offset on to @fillc. */
size_t iov_memset(const struct iovec *iov, const unsigned int iov_cnt,
                  size_t offset, int fillc, size_t bytes);

/*
 * sendmsg() or recvmsg() of @bytes bytes from @offset on.  The array may be
 * changed meanwhile, and is as before when the function returns.  Returns the
 * number of bytes, or -1 with errno set; interrupted calls are repeated, and
 * what was transferred before an error is returned instead of it.
 */
#define iov_recv(sockfd, iov, iov_cnt, offset, bytes) \
    iov_send_recv(sockfd, iov, iov_cnt, offset, bytes, false)
#define iov_send(sockfd, iov, iov_cnt, offset, bytes) \
    iov_send_recv(sockfd, iov, iov_cnt, offset, bytes, true)
ssize_t iov_send_recv(int sockfd, const struct iovec *iov, unsigned iov_cnt,
                      size_t offset, size_t bytes, bool do_send);
ssize_t iov_send_recv_with_flags(int sockfd, int sockflags,
                                 const struct iovec *iov, unsigned iov_cnt,
                                 size_t offset, size_t bytes, bool do_send);

/* Print up to @limit bytes, 16 a line, each line led by @prefix. */
void iov_hexdump(const struct iovec *iov, const unsigned int iov_cnt,
                 FILE *fp, const char *prefix, size_t limit);

/*
 * Let @dst_iov point to @bytes bytes of @iov's memory, from @offset on; no
 * data moves.  Returns how many of @dst_iov_cnt pieces were needed; with too
 * few, the result is short.
 */
unsigned iov_copy(struct iovec *dst_iov, unsigned int dst_iov_cnt,
                  const struct iovec *iov, unsigned int iov_cnt,
                  size_t offset, size_t bytes);

/*
 * Cut @bytes bytes off an end, changing the array.  Returns how many were cut.
 */
size_t iov_discard_front(struct iovec **iov, unsigned int *iov_cnt,
                         size_t bytes);
size_t iov_discard_back(struct iovec *iov, unsigned int *iov_cnt,
                        size_t bytes);

/* What iov_discard_undo() puts back: the one piece that was cut into. */
typedef struct {
    struct iovec *modified_iov;
    struct iovec orig;
} IOVDiscardUndo;

/* Undo as cut: to restore both ends, in the reverse order. */
void iov_discard_undo(IOVDiscardUndo *undo);
size_t iov_discard_front_undoable(struct iovec **iov, unsigned int *iov_cnt,
                                  size_t bytes, IOVDiscardUndo *undo);
size_t iov_discard_back_undoable(struct iovec *iov, unsigned int *iov_cnt,
                                 size_t bytes, IOVDiscardUndo *undo);

typedef struct QEMUIOVector {
    struct iovec *iov;
    int niov;

    /*
     * nalloc is -1 if the array is not ours.  A vector of one piece needs no
     * allocation: its piece is local_iov, whose length is the vector's.
     */
    union {
        struct {
            int nalloc;
            struct iovec local_iov;
        };
        struct {
            char __pad[sizeof(int) + offsetof(struct iovec, iov_len)];
            size_t size;
        };
    };
} QEMUIOVector;

QEMU_BUILD_BUG_ON(offsetof(QEMUIOVector, size) !=
                  offsetof(QEMUIOVector, local_iov.iov_len));

/* A vector of one piece, on the stack; nothing to destroy. */
#define QEMU_IOVEC_INIT_BUF(self, buf, len)                             \
{                                                                       \
    .iov = &(self).local_iov,                                           \
    .niov = 1,                                                          \
    .nalloc = -1,                                                       \
    .local_iov = {                                                      \
        .iov_base = (void *)(buf), /* cast away const */                \
        .iov_len = (len),                                               \
    },                                                                  \
}

static inline void qemu_iovec_init_buf(QEMUIOVector *qiov,
                                       void *buf, size_t len)
{
    *qiov = (QEMUIOVector) QEMU_IOVEC_INIT_BUF(*qiov, buf, len);
}

static inline void *qemu_iovec_buf(QEMUIOVector *qiov)
{
    /* Only meaningful for a vector of one piece. */
    assert(qiov->nalloc == -1 && qiov->iov == &qiov->local_iov);
    return qiov->local_iov.iov_base;
}

/* Room for @alloc_hint pieces to begin with; grows as needed. */
void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint);

/* Borrow @iov, which must outlive @qiov; nothing can be added. */
void qemu_iovec_init_external(QEMUIOVector *qiov, struct iovec *iov, int niov);

/* A part of @source: its pieces are referred to, not its data copied. */
void qemu_iovec_init_slice(QEMUIOVector *qiov, QEMUIOVector *source,
                           size_t offset, size_t len);
struct iovec *qemu_iovec_slice(QEMUIOVector *qiov, size_t offset, size_t len,
                               size_t *head, size_t *tail, int *niov);
int qemu_iovec_subvec_niov(QEMUIOVector *qiov, size_t offset, size_t len);

void qemu_iovec_add(QEMUIOVector *qiov, void *base, size_t len);

/* Append @sbytes bytes of another array from @soffset on, without copying. */
void qemu_iovec_concat(QEMUIOVector *dst, QEMUIOVector *src,
                       size_t soffset, size_t sbytes);
size_t qemu_iovec_concat_iov(QEMUIOVector *dst, struct iovec *src_iov,
                             unsigned int src_cnt, size_t soffset,
                             size_t sbytes);

/* Whether @bytes bytes from @qiov_offset on are all zero. */
bool qemu_iovec_is_zero(QEMUIOVector *qiov, size_t qiov_offset, size_t bytes);

/* Free the array; forget the pieces but keep the array. */
void qemu_iovec_destroy(QEMUIOVector *qiov);
void qemu_iovec_reset(QEMUIOVector *qiov);

size_t qemu_iovec_to_buf(QEMUIOVector *qiov, size_t offset,
                         void *buf, size_t bytes);
size_t qemu_iovec_from_buf(QEMUIOVector *qiov, size_t offset,
                           const void *buf, size_t bytes);
size_t qemu_iovec_memset(QEMUIOVector *qiov, size_t offset,
                         int fillc, size_t bytes);

/* The offset of the first difference, or -1.  For tests and verification. */
ssize_t qemu_iovec_compare(QEMUIOVector *a, QEMUIOVector *b);

/* Copy the shape of @src onto @buf, which holds a copy of its data. */
void qemu_iovec_clone(QEMUIOVector *dest, const QEMUIOVector *src, void *buf);
void qemu_iovec_discard_back(QEMUIOVector *qiov, size_t bytes);

#endif
