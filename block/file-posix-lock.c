/*
 * Files of the host: permissions as locks that other processes see.
 *
 * Each permission has two bytes in the file, beyond what anybody locks for its
 * own sake.  Both are locked for reading, so that many can hold them:
 *
 *     100 + i    "I use permission i"
 *     200 + i    "I bear nobody to use permission i"
 *
 * Who wants permission i locks 100 + i, and then tests whether somebody holds
 * 200 + i; who does not share it, the other way round.  Of two at the same time
 * one sees the other.  The numbers are an agreement with all programs that open
 * images this way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "file-posix-int.h"
#include "qapi/error.h"

#define RAW_LOCK_PERM_BASE             100
#define RAW_LOCK_SHARED_BASE           200

#define PERM_FOREACH(i) \
    for ((i) = 0; (1ULL << (i)) <= BLK_PERM_ALL; i++)

/*
 * Lock the bytes of both sets (the bits of @shared_perm_lock_bits are those
 * that are NOT shared).  @unlock: and unlock those that are in neither.  With
 * @s, what is held already is not locked again, and kept account of.
 */
int file_apply_lock_bytes(BDRVFileState *s, int fd, uint64_t perm_lock_bits,
                          uint64_t shared_perm_lock_bits, bool unlock,
                          Error **errp)
{
    uint64_t locked_perm = s ? s->locked_perm : 0;
    uint64_t locked_shared_perm = s ? s->locked_shared_perm : 0;
    struct {
        uint64_t wanted;
        uint64_t *locked;
        int base;
    } sets[] = {
        { perm_lock_bits, s ? &s->locked_perm : &locked_perm,
          RAW_LOCK_PERM_BASE },
        { shared_perm_lock_bits,
          s ? &s->locked_shared_perm : &locked_shared_perm,
          RAW_LOCK_SHARED_BASE },
    };

    for (int k = 0; k < ARRAY_SIZE(sets); k++) {
        int i;

        PERM_FOREACH(i) {
            uint64_t bit = 1ULL << i;
            int off = sets[k].base + i;
            int ret;

            if ((sets[k].wanted & bit) && !(*sets[k].locked & bit)) {
                ret = qemu_lock_fd(fd, off, 1, false);
                if (ret) {
                    error_setg_errno(errp, -ret, "Failed to lock byte %d",
                                     off);
                    return ret;
                }
                *sets[k].locked |= bit;
            } else if (unlock && (*sets[k].locked & bit) &&
                       !(sets[k].wanted & bit)) {
                ret = qemu_unlock_fd(fd, off, 1);
                if (ret) {
                    error_setg_errno(errp, -ret, "Failed to unlock byte %d",
                                     off);
                    return ret;
                }
                *sets[k].locked &= ~bit;
            }
        }
    }
    return 0;
}

/* Does somebody else hold a lock against what we want? */
int file_check_lock_bytes(int fd, uint64_t perm, uint64_t shared_perm,
                          Error **errp)
{
    int i;

    PERM_FOREACH(i) {
        uint64_t bit = 1ULL << i;
        g_autofree char *perm_name = bdrv_perm_names(bit);
        int ret;

        if (perm & bit) {
            ret = qemu_lock_fd_test(fd, RAW_LOCK_SHARED_BASE + i, 1, true);
            if (ret) {
                error_setg(errp, "Failed to get \"%s\" lock", perm_name);
                return ret;
            }
        }
    }
    PERM_FOREACH(i) {
        uint64_t bit = 1ULL << i;
        g_autofree char *perm_name = bdrv_perm_names(bit);
        int ret;

        if (!(shared_perm & bit)) {
            ret = qemu_lock_fd_test(fd, RAW_LOCK_PERM_BASE + i, 1, true);
            if (ret) {
                error_setg(errp, "Failed to get shared \"%s\" lock",
                           perm_name);
                return ret;
            }
        }
    }
    return 0;
}

/* A change of permissions: take what is new, then keep it or go back. */
int file_handle_perm_lock(BlockDriverState *bs, FilePermLockOp op,
                          uint64_t new_perm, uint64_t new_shared,
                          Error **errp)
{
    BDRVFileState *s = bs->opaque;
    Error *local_err = NULL;
    int ret = 0;

    if (!s->use_lock || !bdrv_is_inserted(bs)) {
        return 0;
    }

    switch (op) {
    case RAW_PL_PREPARE:
        if ((s->perm | new_perm) == s->perm &&
            (s->shared_perm & new_shared) == s->shared_perm) {
            /* Nothing more than before: nobody can mind. */
            return 0;
        }
        ret = file_apply_lock_bytes(s, s->fd, s->perm | new_perm,
                                    ~s->shared_perm | ~new_shared,
                                    false, errp);
        if (!ret) {
            ret = file_check_lock_bytes(s->fd, new_perm, new_shared, errp);
            if (!ret) {
                return 0;
            }
            error_append_hint(errp, "Is another process using the image "
                              "[%s]?\n", bs->filename);
        }
        /* fall through */
    case RAW_PL_ABORT:
        file_apply_lock_bytes(s, s->fd, s->perm, ~s->shared_perm, true,
                              &local_err);
        break;
    case RAW_PL_COMMIT:
        file_apply_lock_bytes(s, s->fd, new_perm, ~new_shared, true,
                              &local_err);
        break;
    }
    /* A lock too many, if it could not be given back. */
    error_free(local_err);
    return ret;
}

/* The driver's methods */

int file_check_perm(BlockDriverState *bs, uint64_t perm, uint64_t shared,
                    Error **errp)
{
    BDRVFileState *s = bs->opaque;
    int ret = file_handle_perm_lock(bs, RAW_PL_PREPARE, perm, shared, errp);

    /*
     * A new descriptor locks what the old one has.  Not before that was tested:
     * to a test, the locks of the other descriptor are somebody else's.
     */
    if (ret == 0 && s->use_lock && s->perm_change_fd >= 0) {
        ret = file_apply_lock_bytes(NULL, s->perm_change_fd, perm, ~shared,
                                    false, errp);
        if (ret < 0) {
            file_handle_perm_lock(bs, RAW_PL_ABORT, 0, 0, NULL);
        }
    }
    return ret;
}

void file_set_perm(BlockDriverState *bs, uint64_t perm, uint64_t shared)
{
    BDRVFileState *s = bs->opaque;

    file_handle_perm_lock(bs, RAW_PL_COMMIT, perm, shared, NULL);
    s->perm = perm;
    s->shared_perm = shared;
}

void file_abort_perm_update(BlockDriverState *bs)
{
    file_handle_perm_lock(bs, RAW_PL_ABORT, 0, 0, NULL);
}
