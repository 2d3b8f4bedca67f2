/*
 * madvise() under QEMU's names.  Advice that the host does not know is
 * QEMU_MADV_INVALID, which qemu_madvise() refuses with EINVAL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MADVISE_H
#define QEMU_MADVISE_H

#define QEMU_MADV_INVALID -1

#define QEMU_MADV_WILLNEED      MADV_WILLNEED
#define QEMU_MADV_DONTNEED      MADV_DONTNEED
#define QEMU_MADV_DONTFORK      MADV_DONTFORK
#define QEMU_MADV_MERGEABLE     MADV_MERGEABLE
#define QEMU_MADV_UNMERGEABLE   MADV_UNMERGEABLE
#define QEMU_MADV_DONTDUMP      MADV_DONTDUMP
#define QEMU_MADV_DODUMP        MADV_DODUMP
#define QEMU_MADV_HUGEPAGE      MADV_HUGEPAGE
#define QEMU_MADV_NOHUGEPAGE    MADV_NOHUGEPAGE
#define QEMU_MADV_REMOVE        MADV_REMOVE
#ifdef MADV_POPULATE_WRITE
#define QEMU_MADV_POPULATE_WRITE MADV_POPULATE_WRITE
#else
#define QEMU_MADV_POPULATE_WRITE QEMU_MADV_INVALID
#endif

/* Returns 0, or -1 with errno set. */
int qemu_madvise(void *addr, size_t len, int advice);

#endif
