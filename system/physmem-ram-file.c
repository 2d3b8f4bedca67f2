/*
 * RAM blocks whose memory is a file's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/mmap-alloc.h"
#include "exec/ram_addr.h"
#include "physmem-ram-int.h"

/*
 * Opens @path, creates it if it is not there, or, if it is a directory, makes
 * a file in it that nobody else can open.
 */
static int file_ram_open(const char *path, const char *region_name,
                         bool readonly, bool *created, Error **errp)
{
    int fd;

    *created = false;
    for (;;) {
        fd = open(path, readonly ? O_RDONLY : O_RDWR);
        if (fd >= 0) {
            return fd;
        }
        if (errno == ENOENT) {
            fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);
            if (fd >= 0) {
                *created = true;
                return fd;
            }
        } else if (errno == EISDIR) {
            g_autofree char *name = g_strdelimit(g_strdup(region_name), "/",
                                                 '_');
            g_autofree char *filename =
                g_strdup_printf("%s/qemu_back_mem.%s.XXXXXX", path, name);

            fd = mkstemp(filename);
            if (fd >= 0) {
                unlink(filename);
                return fd;
            }
        }
        if (errno != EEXIST && errno != EINTR) {
            error_setg_errno(errp, errno,
                             "can't open backing store %s for guest RAM",
                             path);
            return -1;
        }
    }
}

static void *file_ram_alloc(RAMBlock *block, ram_addr_t memory, int fd,
                            bool readonly, bool truncate, off_t offset,
                            Error **errp)
{
    MemoryRegion *mr = block->mr;
    uint32_t map_flags = (readonly ? QEMU_MAP_READONLY : 0) |
        (block->flags & RAM_SHARED ? QEMU_MAP_SHARED : 0) |
        (block->flags & RAM_PMEM ? QEMU_MAP_SYNC : 0) |
        (block->flags & RAM_NORESERVE ? QEMU_MAP_NORESERVE : 0);
    void *area;

    block->page_size = qemu_fd_getpagesize(fd);
    if (mr->align % block->page_size) {
        error_setg(errp, "alignment 0x%" PRIx64
                   " must be multiples of page size 0x%zx",
                   mr->align, block->page_size);
        return NULL;
    }
    if (mr->align && !is_power_of_2(mr->align)) {
        error_setg(errp, "alignment 0x%" PRIx64 " must be a power of two",
                   mr->align);
        return NULL;
    }
    mr->align = MAX(block->page_size, mr->align);

    if (memory < block->page_size) {
        error_setg(errp, "memory size 0x" RAM_ADDR_FMT " must be equal to "
                   "or larger than page size 0x%zx", memory,
                   block->page_size);
        return NULL;
    }
    memory = ROUND_UP(memory, block->page_size);

    /* A pipe of hugetlbfs cannot be made longer, and need not be. */
    if (truncate && ftruncate(fd, offset + memory)) {
        perror("ftruncate");
    }

    area = qemu_ram_mmap(fd, memory, mr->align, map_flags, offset);
    if (area == MAP_FAILED) {
        error_setg_errno(errp, errno,
                         "unable to map backing store for guest RAM");
        return NULL;
    }
    block->fd = fd;
    return area;
}

static int64_t ram_file_size(int fd)
{
    struct stat st;

    if (fstat(fd, &st) < 0) {
        return -errno;
    }
    return S_ISREG(st.st_mode) ? st.st_size : 0;
}

RAMBlock *qemu_ram_alloc_from_fd(ram_addr_t size, MemoryRegion *mr,
                                 uint32_t ram_flags, int fd, off_t offset,
                                 bool readonly, Error **errp)
{
    int64_t file_size;
    Error *local_err = NULL;
    RAMBlock *block;

    assert((ram_flags & ~(RAM_SHARED | RAM_PMEM | RAM_NORESERVE |
                          RAM_PROTECTED)) == 0);

    size = REAL_HOST_PAGE_ALIGN(size);
    file_size = ram_file_size(fd);
    if (file_size > offset && file_size < offset + size) {
        error_setg(errp, "backing store size 0x%" PRIx64
                   " does not match 'size' option 0x" RAM_ADDR_FMT,
                   file_size, size);
        return NULL;
    }

    block = ram_block_new(size, size, ram_flags, mr);
    block->host = file_ram_alloc(block, size, fd, readonly,
                                 file_size <= offset, offset, errp);
    if (!block->host) {
        g_free(block);
        return NULL;
    }
    ram_block_add(block, &local_err);
    if (local_err) {
        qemu_ram_munmap(fd, block->host, block->max_length);
        g_free(block);
        error_propagate(errp, local_err);
        return NULL;
    }
    return block;
}

RAMBlock *qemu_ram_alloc_from_file(ram_addr_t size, MemoryRegion *mr,
                                   uint32_t ram_flags, const char *mem_path,
                                   bool readonly, Error **errp)
{
    RAMBlock *block;
    bool created;
    int fd;

    fd = file_ram_open(mem_path, memory_region_name(mr), readonly, &created,
                       errp);
    if (fd < 0) {
        return NULL;
    }
    block = qemu_ram_alloc_from_fd(size, mr, ram_flags, fd, 0, readonly,
                                   errp);
    if (!block) {
        if (created) {
            unlink(mem_path);
        }
        close(fd);
    }
    return block;
}
