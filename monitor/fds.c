/*
 * File descriptors that clients hand over.
 *
 *     getfd NAME      one with a name, of the monitor that it came to:
 *                     netdev_add's fd=NAME takes it
 *     add-fd N        into set N, of everybody: a file name "/dev/fdset/N" is a
 *                     copy of the descriptor in N that is open for what is
 *                     wanted, reading or writing or both
 *
 * A set is there as long as it has descriptors.  One goes when remove-fd says
 * so, or when nothing has a copy of its set and no client is left who could
 * ask for another; but not while the guest is stopped, because migration may
 * be about to open files anew.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qmp/qerror.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "sysemu/runstate.h"

/* Named descriptors */

struct mon_fd_t {
    char *name;
    int fd;
    QLIST_ENTRY(mon_fd_t) next;
};

static void monitor_fd_free(mon_fd_t *monfd)
{
    QLIST_REMOVE(monfd, next);
    g_free(monfd->name);
    g_free(monfd);
}

/* With mon_lock held. */
static mon_fd_t *monitor_fd_find(Monitor *mon, const char *fdname)
{
    mon_fd_t *monfd;

    QLIST_FOREACH(monfd, &mon->fds, next) {
        if (!strcmp(monfd->name, fdname)) {
            break;
        }
    }
    return monfd;
}

void monitor_fds_destroy(Monitor *mon)
{
    mon_fd_t *monfd;

    while ((monfd = QLIST_FIRST(&mon->fds))) {
        close(monfd->fd);
        monitor_fd_free(monfd);
    }
}

void qmp_getfd(const char *fdname, Error **errp)
{
    Monitor *cur_mon = monitor_cur();
    mon_fd_t *monfd;
    int fd = monitor_get_msgfd(cur_mon);

    if (fd == -1) {
        error_setg(errp, "No file descriptor supplied via SCM_RIGHTS");
        return;
    }
    if (qemu_isdigit(fdname[0])) {
        close(fd);
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "fdname",
                   "a name not starting with a digit");
        return;
    }

    QEMU_LOCK_GUARD(&cur_mon->mon_lock);

    monfd = monitor_fd_find(cur_mon, fdname);
    if (monfd) {
        close(monfd->fd);
    } else {
        monfd = g_new0(mon_fd_t, 1);
        monfd->name = g_strdup(fdname);
        QLIST_INSERT_HEAD(&cur_mon->fds, monfd, next);
    }
    monfd->fd = fd;
}

void qmp_closefd(const char *fdname, Error **errp)
{
    Monitor *cur_mon = monitor_cur();
    mon_fd_t *monfd;

    QEMU_LOCK_GUARD(&cur_mon->mon_lock);

    monfd = monitor_fd_find(cur_mon, fdname);
    if (!monfd) {
        error_setg(errp, "File descriptor named '%s' not found", fdname);
        return;
    }
    close(monfd->fd);
    monitor_fd_free(monfd);
}

int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp)
{
    mon_fd_t *monfd;
    int fd;

    QEMU_LOCK_GUARD(&mon->mon_lock);

    monfd = monitor_fd_find(mon, fdname);
    if (!monfd) {
        error_setg(errp, "File descriptor named '%s' has not been found",
                   fdname);
        return -1;
    }
    fd = monfd->fd;
    monitor_fd_free(monfd);
    return fd;
}

int monitor_fd_param(Monitor *mon, const char *fdname, Error **errp)
{
    int fd;

    if (!qemu_isdigit(fdname[0]) && mon) {
        return monitor_get_fd(mon, fdname, errp);
    }
    fd = qemu_parse_fd(fdname);
    if (fd < 0) {
        error_setg(errp, "Invalid file descriptor number '%s'", fdname);
    }
    return fd;
}

/* Sets */

typedef struct MonFdsetFd {
    int fd;
    bool removed;               /* remove-fd was said, but the guest rests */
    char *opaque;
    QLIST_ENTRY(MonFdsetFd) next;
} MonFdsetFd;

typedef struct MonFdset {
    int64_t id;
    QLIST_HEAD(, MonFdsetFd) fds;
    GArray *dup_fds;            /* copies that somebody has open */
    QLIST_ENTRY(MonFdset) next;
} MonFdset;

/* Files are opened in any thread. */
static QemuMutex mon_fdsets_lock;
static QLIST_HEAD(, MonFdset) mon_fdsets;       /* by id, lowest first */
static int mon_refcount;        /* clients that are connected */

static void __attribute__((constructor)) mon_fdsets_init(void)
{
    qemu_mutex_init(&mon_fdsets_lock);
}

static void monitor_fdset_cleanup(MonFdset *set)
{
    bool unused = !set->dup_fds->len && !mon_refcount;
    MonFdsetFd *fd, *next;

    QLIST_FOREACH_SAFE(fd, &set->fds, next, next) {
        if ((fd->removed || unused) && runstate_is_running()) {
            close(fd->fd);
            g_free(fd->opaque);
            QLIST_REMOVE(fd, next);
            g_free(fd);
        }
    }
    if (QLIST_EMPTY(&set->fds) && !set->dup_fds->len) {
        QLIST_REMOVE(set, next);
        g_array_free(set->dup_fds, true);
        g_free(set);
    }
}

void monitor_count_clients(int change)
{
    MonFdset *set, *next;

    QEMU_LOCK_GUARD(&mon_fdsets_lock);

    mon_refcount += change;
    QLIST_FOREACH_SAFE(set, &mon_fdsets, next, next) {
        monitor_fdset_cleanup(set);
    }
}

static MonFdset *monitor_fdset_find(int64_t fdset_id)
{
    MonFdset *set;

    QLIST_FOREACH(set, &mon_fdsets, next) {
        if (set->id == fdset_id) {
            break;
        }
    }
    return set;
}

/* A new set; the lowest id that is free if @fdset_id is negative. */
static MonFdset *monitor_fdset_new(int64_t fdset_id)
{
    MonFdset *set = g_new0(MonFdset, 1), *prev = NULL, *s;
    int64_t free_id = 0;

    set->dup_fds = g_array_new(false, false, sizeof(int));
    QLIST_FOREACH(s, &mon_fdsets, next) {
        if (fdset_id < 0 ? s->id != free_id : s->id > fdset_id) {
            break;
        }
        prev = s;
        free_id = s->id + 1;
    }
    set->id = fdset_id < 0 ? free_id : fdset_id;
    if (prev) {
        QLIST_INSERT_AFTER(prev, set, next);
    } else {
        QLIST_INSERT_HEAD(&mon_fdsets, set, next);
    }
    return set;
}

AddfdInfo *monitor_fdset_add_fd(int fd, bool has_fdset_id, int64_t fdset_id,
                                bool has_opaque, const char *opaque,
                                Error **errp)
{
    MonFdset *set = NULL;
    MonFdsetFd *set_fd;
    AddfdInfo *info;

    if (has_fdset_id && fdset_id < 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "fdset-id",
                   "a non-negative value");
        return NULL;
    }

    QEMU_LOCK_GUARD(&mon_fdsets_lock);

    if (has_fdset_id) {
        set = monitor_fdset_find(fdset_id);
    }
    if (!set) {
        set = monitor_fdset_new(has_fdset_id ? fdset_id : -1);
    }
    set_fd = g_new0(MonFdsetFd, 1);
    set_fd->fd = fd;
    set_fd->opaque = has_opaque ? g_strdup(opaque) : NULL;
    QLIST_INSERT_HEAD(&set->fds, set_fd, next);

    info = g_new0(AddfdInfo, 1);
    info->fdset_id = set->id;
    info->fd = fd;
    return info;
}

AddfdInfo *qmp_add_fd(bool has_fdset_id, int64_t fdset_id,
                      bool has_opaque, const char *opaque, Error **errp)
{
    int fd = monitor_get_msgfd(monitor_cur());
    AddfdInfo *info;

    if (fd == -1) {
        error_setg(errp, "No file descriptor supplied via SCM_RIGHTS");
        return NULL;
    }
    info = monitor_fdset_add_fd(fd, has_fdset_id, fdset_id, has_opaque,
                                opaque, errp);
    if (!info) {
        close(fd);
    }
    return info;
}

void qmp_remove_fd(int64_t fdset_id, bool has_fd, int64_t fd, Error **errp)
{
    MonFdset *set;
    MonFdsetFd *set_fd;
    bool found = false;

    QEMU_LOCK_GUARD(&mon_fdsets_lock);

    set = monitor_fdset_find(fdset_id);
    if (set) {
        found = !has_fd;
        QLIST_FOREACH(set_fd, &set->fds, next) {
            if (!has_fd || set_fd->fd == fd) {
                set_fd->removed = true;
                found = true;
            }
        }
        if (found) {
            monitor_fdset_cleanup(set);
        }
    }
    if (!found) {
        g_autofree char *which = has_fd
            ? g_strdup_printf("fdset-id:%" PRId64 ", fd:%" PRId64,
                              fdset_id, fd)
            : g_strdup_printf("fdset-id:%" PRId64, fdset_id);

        error_setg(errp, "File descriptor named '%s' not found", which);
    }
}

FdsetInfoList *qmp_query_fdsets(Error **errp)
{
    FdsetInfoList *list = NULL;
    MonFdset *set;

    QEMU_LOCK_GUARD(&mon_fdsets_lock);

    QLIST_FOREACH(set, &mon_fdsets, next) {
        FdsetInfo *info = g_new0(FdsetInfo, 1);
        MonFdsetFd *fd;

        info->fdset_id = set->id;
        QLIST_FOREACH(fd, &set->fds, next) {
            FdsetFdInfo *fd_info = g_new0(FdsetFdInfo, 1);

            fd_info->fd = fd->fd;
            fd_info->has_opaque = fd->opaque != NULL;
            fd_info->opaque = g_strdup(fd->opaque);
            QAPI_LIST_PREPEND(info->fds, fd_info);
        }
        QAPI_LIST_PREPEND(list, info);
    }
    return list;
}

/* For qemu_open() and qemu_close() */

int monitor_fdset_dup_fd_add(int64_t fdset_id, int flags)
{
    MonFdset *set;
    MonFdsetFd *fd;

    QEMU_LOCK_GUARD(&mon_fdsets_lock);

    set = monitor_fdset_find(fdset_id);
    if (!set) {
        errno = ENOENT;
        return -1;
    }
    QLIST_FOREACH(fd, &set->fds, next) {
        int fd_flags = fcntl(fd->fd, F_GETFL);
        int dup_fd;

        if (fd_flags == -1 ||
            (fd_flags & O_ACCMODE) != (flags & O_ACCMODE)) {
            continue;
        }
        dup_fd = qemu_dup(fd->fd);
        if (dup_fd >= 0) {
            g_array_append_val(set->dup_fds, dup_fd);
        }
        return dup_fd;
    }
    errno = EACCES;
    return -1;
}

void monitor_fdset_dup_fd_remove(int dup_fd)
{
    MonFdset *set, *next;

    QEMU_LOCK_GUARD(&mon_fdsets_lock);

    QLIST_FOREACH_SAFE(set, &mon_fdsets, next, next) {
        for (guint i = 0; i < set->dup_fds->len; i++) {
            if (g_array_index(set->dup_fds, int, i) == dup_fd) {
                g_array_remove_index_fast(set->dup_fds, i);
                monitor_fdset_cleanup(set);
                return;
            }
        }
    }
}
