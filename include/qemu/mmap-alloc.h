/*
 * Mapping guest RAM, with alignment and a guard page behind it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MMAP_ALLOC_H
#define QEMU_MMAP_ALLOC_H

/* Not writable, or writable only through other mappings. */
#define QEMU_MAP_READONLY   (1 << 0)

/* MAP_SHARED instead of MAP_PRIVATE. */
#define QEMU_MAP_SHARED     (1 << 1)

/* Synchronous faults of a DAX file: what is in memory is on the device. */
#define QEMU_MAP_SYNC       (1 << 2)

/* Take no swap space and no huge pages for it now. */
#define QEMU_MAP_NORESERVE  (1 << 3)

size_t qemu_fd_getpagesize(int fd);
size_t qemu_mempath_getpagesize(const char *mem_path);

/*
 * qemu_ram_mmap: map @size bytes at a multiple of @align.
 *
 * @fd is a file, mapped from @map_offset on, or -1 for anonymous memory;
 * @qemu_map_flags are the QEMU_MAP_* above.  One inaccessible page follows.
 * Returns MAP_FAILED with errno set if it cannot be done.
 */
void *qemu_ram_mmap(int fd, size_t size, size_t align,
                    uint32_t qemu_map_flags, off_t map_offset);
void qemu_ram_munmap(int fd, void *ptr, size_t size);

#endif
