/*
 * Files and memory protection.  Read include/qemu/osdep.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/madvise.h"
#include "qemu/sockets.h"

/* Advice and protection */

int qemu_madvise(void *addr, size_t len, int advice)
{
    if (advice == QEMU_MADV_INVALID) {
        errno = EINVAL;
        return -1;
    }
    return madvise(addr, len, advice);
}

static int qemu_mprotect_osdep(void *addr, size_t size, int prot)
{
    g_assert(QEMU_PTR_IS_ALIGNED(addr, qemu_real_host_page_size()));
    g_assert(QEMU_IS_ALIGNED(size, qemu_real_host_page_size()));

    return mprotect(addr, size, prot);
}

int qemu_mprotect_rw(void *addr, size_t size)
{
    return qemu_mprotect_osdep(addr, size, PROT_READ | PROT_WRITE);
}

int qemu_mprotect_rwx(void *addr, size_t size)
{
    return qemu_mprotect_osdep(addr, size,
                               PROT_READ | PROT_WRITE | PROT_EXEC);
}

int qemu_mprotect_none(void *addr, size_t size)
{
    return qemu_mprotect_osdep(addr, size, PROT_NONE);
}

/* Opening and closing */

int qemu_dup(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int qemu_parse_fd(const char *param)
{
    long fd;
    char *endptr;

    errno = 0;
    fd = strtol(param, &endptr, 10);
    if (param == endptr || errno || *endptr || fd < 0 || fd > INT_MAX) {
        return -1;
    }
    return fd;
}

/* What of @flags a descriptor that is open already can still follow. */
static int qemu_adopt_flags(int fd, int flags)
{
    const int settable = O_APPEND | O_ASYNC | O_DIRECT | O_NONBLOCK;
    int fd_flags = fcntl(fd, F_GETFL);
    struct stat st;

    if ((flags & O_CREAT) && (flags & O_EXCL)) {
        errno = EEXIST;
        return -1;
    }
    if (fd_flags == -1 ||
        fcntl(fd, F_SETFL, (fd_flags & ~settable) | (flags & settable)) == -1) {
        return -1;
    }
    /* As open() has it, what is no file is not truncated. */
    if (!(flags & O_TRUNC) || (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))) {
        return 0;
    }
    return ftruncate(fd, 0);
}

/* "/dev/fdset/N" is @name, and @id the N. */
static int qemu_open_fdset(const char *name, const char *id, int flags,
                           Error **errp)
{
    int fdset_id = qemu_parse_fd(id);
    int fd;

    if (fdset_id < 0) {
        error_setg(errp, "Could not parse fdset %s", name);
        errno = EINVAL;
        return -1;
    }
    fd = monitor_fdset_dup_fd_add(fdset_id, flags);
    if (fd >= 0 && qemu_adopt_flags(fd, flags) == -1) {
        int saved_errno = errno;

        qemu_close(fd);
        errno = saved_errno;
        fd = -1;
    }
    if (fd == -1) {
        int saved_errno = errno;

        error_setg_errno(errp, saved_errno, "Could not dup FD for %s flags %x",
                         name, flags);
        errno = saved_errno;
    }
    return fd;
}

/* Was it only O_DIRECT that open() did not like? */
static bool qemu_open_lacks_direct(const char *name, int flags, mode_t mode)
{
    int fd;

    if (errno != EINVAL || !(flags & O_DIRECT)) {
        return false;
    }
    fd = open(name, (flags & ~O_DIRECT) | O_CLOEXEC, mode);
    if (fd >= 0) {
        close(fd);
    }
    errno = EINVAL;
    return fd >= 0;
}

static int qemu_open_internal(const char *name, int flags, mode_t mode,
                              Error **errp)
{
    const char *fdset_id;
    int fd;

    if (strstart(name, "/dev/fdset/", &fdset_id)) {
        return qemu_open_fdset(name, fdset_id, flags, errp);
    }
    fd = open(name, flags | O_CLOEXEC, mode);
    if (fd == -1) {
        const char *action = flags & O_CREAT ? "create" : "open";
        int saved_errno = errno;

        if (qemu_open_lacks_direct(name, flags, mode)) {
            error_setg(errp, "Could not %s '%s': filesystem does not support "
                       "O_DIRECT", action, name);
        } else {
            error_setg_errno(errp, saved_errno, "Could not %s '%s'", action,
                             name);
        }
        errno = saved_errno;
    }
    return fd;
}

int qemu_open(const char *name, int flags, Error **errp)
{
    assert(!(flags & O_CREAT));
    return qemu_open_internal(name, flags, 0, errp);
}

int qemu_create(const char *name, int flags, mode_t mode, Error **errp)
{
    assert(!(flags & O_CREAT));
    return qemu_open_internal(name, flags | O_CREAT, mode, errp);
}

int qemu_open_old(const char *name, int flags, ...)
{
    mode_t mode = 0;
    va_list ap;

    if (flags & O_CREAT) {
        va_start(ap, flags);
        mode = va_arg(ap, int);
        va_end(ap);
    }
    return qemu_open_internal(name, flags, mode, NULL);
}

int qemu_close(int fd)
{
    monitor_fdset_dup_fd_remove(fd);
    return close(fd);
}

int qemu_unlink(const char *name)
{
    return unlink(name);
}

ssize_t qemu_write_full(int fd, const void *buf, size_t count)
{
    size_t total = 0;

    while (total < count) {
        ssize_t ret = write(fd, (const char *)buf + total, count - total);

        if (ret < 0) {
            if (errno == EINTR) {
                continue;
            }
            break;
        }
        total += ret;
    }
    return total;
}

int qemu_fdatasync(int fd)
{
    return fdatasync(fd);
}

int qemu_msync(void *addr, size_t length, int fd)
{
    size_t align_mask = ~(qemu_real_host_page_size() - 1);
    uintptr_t start = (uintptr_t)addr & align_mask;

    /* msync() wants whole pages. */
    length += (uintptr_t)addr - start;
    length = (length + ~align_mask) & align_mask;
    return msync((void *)start, length, MS_SYNC);
}

/* Locks of an open file description */

static int qemu_lock_fcntl(int fd, int64_t start, int64_t len, int fl_type)
{
    struct flock fl = {
        .l_whence = SEEK_SET,
        .l_start = start,
        .l_len = len,
        .l_type = fl_type,
    };
    int ret;

    ret = RETRY_ON_EINTR(fcntl(fd, F_OFD_SETLK, &fl));
    return ret == -1 ? -errno : 0;
}

bool qemu_has_ofd_lock(void)
{
    return true;
}

int qemu_lock_fd(int fd, int64_t start, int64_t len, bool exclusive)
{
    return qemu_lock_fcntl(fd, start, len, exclusive ? F_WRLCK : F_RDLCK);
}

int qemu_unlock_fd(int fd, int64_t start, int64_t len)
{
    return qemu_lock_fcntl(fd, start, len, F_UNLCK);
}

/* Whether the lock could be had now: 0 or -EAGAIN. */
int qemu_lock_fd_test(int fd, int64_t start, int64_t len, bool exclusive)
{
    struct flock fl = {
        .l_whence = SEEK_SET,
        .l_start = start,
        .l_len = len,
        .l_type = exclusive ? F_WRLCK : F_RDLCK,
    };

    if (fcntl(fd, F_OFD_GETLK, &fl) == -1) {
        return -errno;
    }
    return fl.l_type == F_UNLCK ? 0 : -EAGAIN;
}

/* Versions */

static const char *hw_version = "2.5+";

void qemu_set_hw_version(const char *version)
{
    hw_version = version;
}

const char *qemu_hw_version(void)
{
    return hw_version;
}
