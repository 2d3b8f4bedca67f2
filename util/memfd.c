/*
 * Anonymous files.  Read include/qemu/memfd.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <linux/memfd.h>
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/memfd.h"

int qemu_memfd_create(const char *name, size_t size, bool hugetlb,
                      uint64_t hugetlbsize, unsigned int seals, Error **errp)
{
    unsigned int flags = MFD_CLOEXEC;
    int mfd, saved_errno;

    if (seals) {
        flags |= MFD_ALLOW_SEALING;
    }
    if (hugetlb) {
        flags |= MFD_HUGETLB;
        if (hugetlbsize) {
            if (!is_power_of_2(hugetlbsize)) {
                error_setg(errp, "Hugepage size must be a power of 2");
                return -1;
            }
            flags |= (unsigned int)ctz64(hugetlbsize) << MFD_HUGE_SHIFT;
        }
    }
    mfd = memfd_create(name, flags);
    if (mfd < 0) {
        error_setg_errno(errp, errno,
                         "failed to create memfd with flags 0x%x", flags);
        return -1;
    }
    if (ftruncate(mfd, size) == -1) {
        saved_errno = errno;
        error_setg_errno(errp, saved_errno,
                         "failed to resize memfd to %zu", size);
        goto close_memfd;
    }
    if (seals && fcntl(mfd, F_ADD_SEALS, seals) == -1) {
        saved_errno = errno;
        error_setg_errno(errp, saved_errno,
                         "failed to add seals 0x%x", seals);
        goto close_memfd;
    }
    return mfd;

close_memfd:
    close(mfd);
    errno = saved_errno;
    return -1;
}

bool qemu_memfd_check(unsigned int flags)
{
    int mfd = memfd_create("test", flags | MFD_CLOEXEC);

    if (mfd < 0) {
        return false;
    }
    close(mfd);
    return true;
}

bool qemu_memfd_alloc_check(void)
{
    static int usable = -1;

    if (usable < 0) {
        int fd;
        void *ptr = qemu_memfd_alloc("test", 4096, 0, &fd, NULL);

        usable = ptr != NULL;
        qemu_memfd_free(ptr, 4096, fd);
    }
    return usable;
}

void *qemu_memfd_alloc(const char *name, size_t size, unsigned int seals,
                       int *fd, Error **errp)
{
    void *ptr;
    int mfd;

    *fd = -1;
    mfd = qemu_memfd_create(name, size, false, 0, seals, errp);
    if (mfd == -1) {
        return NULL;
    }
    ptr = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, mfd, 0);
    if (ptr == MAP_FAILED) {
        error_setg_errno(errp, errno, "failed to map memfd");
        close(mfd);
        return NULL;
    }
    *fd = mfd;
    return ptr;
}

void qemu_memfd_free(void *ptr, size_t size, int fd)
{
    if (ptr) {
        munmap(ptr, size);
    }
    if (fd != -1) {
        close(fd);
    }
}
