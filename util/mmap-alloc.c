/*
 * Guest RAM from the kernel.  Read include/qemu/mmap-alloc.h first.
 *
 * mmap() aligns to pages, but huge pages and some hosts need more.  So a
 * bigger area is reserved without any memory behind it, the mapping is placed
 * at an aligned address inside, and what is left over is given back, except for
 * one page behind the end:
 *
 *     reserved     |....................................|
 *     mapped            |===================|
 *     kept              |===================|g|            g: guard page
 *                       ^ multiple of align
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/vfs.h>
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/mmap-alloc.h"

#define HUGETLBFS_MAGIC 0x958458f6

size_t qemu_fd_getpagesize(int fd)
{
    struct statfs fs;
    int ret;

    if (fd != -1) {
        do {
            ret = fstatfs(fd, &fs);
        } while (ret != 0 && errno == EINTR);
        if (ret == 0 && fs.f_type == HUGETLBFS_MAGIC) {
            return fs.f_bsize;
        }
    }
    return qemu_real_host_page_size();
}

size_t qemu_mempath_getpagesize(const char *mem_path)
{
    struct statfs fs;
    int ret;

    if (mem_path) {
        do {
            ret = statfs(mem_path, &fs);
        } while (ret != 0 && errno == EINTR);
        if (ret != 0) {
            fprintf(stderr, "Couldn't statfs() memory path: %s\n",
                    strerror(errno));
            exit(1);
        }
        if (fs.f_type == HUGETLBFS_MAGIC) {
            return fs.f_bsize;
        }
    }
    return qemu_real_host_page_size();
}

/* Addresses without memory: any access is a SIGSEGV. */
static void *mmap_reserve(size_t size)
{
    return mmap(NULL, size, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static void *mmap_activate(void *ptr, size_t size, int fd,
                           uint32_t qemu_map_flags, off_t map_offset)
{
    bool noreserve = qemu_map_flags & QEMU_MAP_NORESERVE;
    bool readonly = qemu_map_flags & QEMU_MAP_READONLY;
    bool shared = qemu_map_flags & QEMU_MAP_SHARED;
    bool sync = qemu_map_flags & QEMU_MAP_SYNC;
    int prot = PROT_READ | (readonly ? 0 : PROT_WRITE);
    int flags = MAP_FIXED;
    void *activated;

    flags |= fd == -1 ? MAP_ANONYMOUS : 0;
    flags |= shared ? MAP_SHARED : MAP_PRIVATE;
    flags |= noreserve ? MAP_NORESERVE : 0;
    if (shared && sync) {
        /* The kernel checks flags only together with _VALIDATE. */
        activated = mmap(ptr, size, prot,
                         (flags & ~MAP_SHARED) | MAP_SHARED_VALIDATE |
                         MAP_SYNC, fd, map_offset);
        if (activated != MAP_FAILED || errno != EOPNOTSUPP) {
            return activated;
        }
        warn_report("requesting persistence across crashes for a file "
                    "whose file system does not support DAX");
    }
    return mmap(ptr, size, prot, flags, fd, map_offset);
}

void *qemu_ram_mmap(int fd, size_t size, size_t align,
                    uint32_t qemu_map_flags, off_t map_offset)
{
    const size_t guard_pagesize = qemu_real_host_page_size();
    size_t total;
    uint8_t *guardptr, *ptr;
    size_t offset;

    assert(is_power_of_2(align));
    assert(align >= guard_pagesize);

    total = ROUND_UP(size, guard_pagesize) + align;
    guardptr = mmap_reserve(total);
    if (guardptr == MAP_FAILED) {
        return MAP_FAILED;
    }

    offset = QEMU_ALIGN_UP((uintptr_t)guardptr, align) - (uintptr_t)guardptr;
    ptr = mmap_activate(guardptr + offset, size, fd, qemu_map_flags,
                        map_offset);
    if (ptr == MAP_FAILED) {
        int saved_errno = errno;

        munmap(guardptr, total);
        errno = saved_errno;
        return MAP_FAILED;
    }

    if (offset > 0) {
        munmap(guardptr, offset);
    }
    size = ROUND_UP(size, guard_pagesize);
    if (total - offset > size + guard_pagesize) {
        munmap(ptr + size + guard_pagesize,
               total - offset - size - guard_pagesize);
    }
    return ptr;
}

void qemu_ram_munmap(int fd, void *ptr, size_t size)
{
    if (ptr) {
        munmap(ptr, ROUND_UP(size, qemu_real_host_page_size()) +
                    qemu_real_host_page_size());
    }
}
