/*
 * RAM blocks: the host's memory behind the guest's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qemu/mmap-alloc.h"
#include "hw/qdev-core.h"
#include "exec/ram_addr.h"
#include "memory_int.h"
#include "trace.h"

RAMList ram_list = { .blocks = QLIST_HEAD_INITIALIZER(ram_list.blocks) };

static void __attribute__((__constructor__)) ram_list_init(void)
{
    qemu_mutex_init(&ram_list.mutex);
}

void qemu_mutex_lock_ramlist(void)
{
    qemu_mutex_lock(&ram_list.mutex);
}

void qemu_mutex_unlock_ramlist(void)
{
    qemu_mutex_unlock(&ram_list.mutex);
}

/* Allocation */

/*
 * The smallest gap among the blocks that holds @size bytes.  Each begins at a
 * multiple of 64 pages: one word of a dirty bitmap belongs to one block.
 */
static ram_addr_t find_ram_offset(ram_addr_t size)
{
    const ram_addr_t align = (ram_addr_t)BITS_PER_LONG << TARGET_PAGE_BITS;
    ram_addr_t offset = RAM_ADDR_MAX, mingap = RAM_ADDR_MAX;
    RAMBlock *block, *next_block;

    assert(size != 0);

    if (QLIST_EMPTY(&ram_list.blocks)) {
        return 0;
    }
    RAMBLOCK_FOREACH(block) {
        ram_addr_t candidate = ROUND_UP(block->offset + block->max_length,
                                        align);
        ram_addr_t next = RAM_ADDR_MAX;

        RAMBLOCK_FOREACH(next_block) {
            if (next_block->offset >= candidate) {
                next = MIN(next, next_block->offset);
            }
        }
        if (next - candidate >= size && next - candidate < mingap) {
            offset = candidate;
            mingap = next - candidate;
        }
    }
    if (offset == RAM_ADDR_MAX) {
        error_report("Failed to find gap of requested size: %" PRIu64,
                     (uint64_t)size);
        abort();
    }
    return offset;
}

static ram_addr_t last_ram_page(void)
{
    ram_addr_t last = 0;
    RAMBlock *block;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        last = MAX(last, block->offset + block->max_length);
    }
    return last >> TARGET_PAGE_BITS;
}

/* The largest block first: it is the one that is looked for most often. */
static void ram_block_insert(RAMBlock *new_block)
{
    RAMBlock *block, *last = NULL;

    RAMBLOCK_FOREACH(block) {
        last = block;
        if (block->max_length < new_block->max_length) {
            break;
        }
    }
    if (block) {
        QLIST_INSERT_BEFORE_RCU(block, new_block, next);
    } else if (last) {
        QLIST_INSERT_AFTER_RCU(last, new_block, next);
    } else {
        QLIST_INSERT_HEAD_RCU(&ram_list.blocks, new_block, next);
    }
}

static void ram_block_add(RAMBlock *new_block, Error **errp)
{
    ram_addr_t old_ram_size = last_ram_page();

    qemu_mutex_lock_ramlist();
    new_block->offset = find_ram_offset(new_block->max_length);
    if (!new_block->host) {
        new_block->host = qemu_anon_ram_alloc(new_block->max_length,
            &new_block->mr->align, qemu_ram_is_shared(new_block),
            qemu_ram_is_noreserve(new_block));
        if (!new_block->host) {
            error_setg_errno(errp, errno, "cannot set up guest memory '%s'",
                             memory_region_name(new_block->mr));
            qemu_mutex_unlock_ramlist();
            return;
        }
    }

    dirty_memory_extend(old_ram_size,
        MAX(old_ram_size, (new_block->offset + new_block->max_length)
                          >> TARGET_PAGE_BITS));
    ram_block_insert(new_block);
    ram_list.mru_block = NULL;
    /* Whoever sees the version sees the list. */
    smp_wmb();
    ram_list.version++;
    qemu_mutex_unlock_ramlist();

    cpu_physical_memory_set_dirty_range(new_block->offset,
                                        new_block->used_length,
                                        DIRTY_CLIENTS_ALL);
    qemu_madvise(new_block->host, new_block->max_length, QEMU_MADV_HUGEPAGE);
    ram_block_notify_add(new_block->host, new_block->used_length,
                         new_block->max_length);
}

static RAMBlock *ram_block_new(ram_addr_t size, ram_addr_t max_size,
                               uint32_t ram_flags, MemoryRegion *mr)
{
    RAMBlock *block = g_new0(RAMBlock, 1);

    block->mr = mr;
    block->used_length = REAL_HOST_PAGE_ALIGN(size);
    block->max_length = REAL_HOST_PAGE_ALIGN(max_size);
    block->flags = ram_flags;
    block->fd = -1;
    block->page_size = qemu_real_host_page_size();
    return block;
}

static RAMBlock *ram_block_new_added(RAMBlock *block, Error **errp)
{
    Error *local_err = NULL;

    if (!block->max_length) {
        error_setg(&local_err, "cannot set up guest memory '%s': "
                   "its size is zero", memory_region_name(block->mr));
    } else {
        ram_block_add(block, &local_err);
    }
    if (local_err) {
        g_free(block);
        error_propagate(errp, local_err);
        return NULL;
    }
    return block;
}

RAMBlock *qemu_ram_alloc(ram_addr_t size, uint32_t ram_flags,
                         MemoryRegion *mr, Error **errp)
{
    assert((ram_flags & ~(RAM_SHARED | RAM_NORESERVE)) == 0);
    return ram_block_new_added(ram_block_new(size, size, ram_flags, mr),
                               errp);
}

RAMBlock *qemu_ram_alloc_from_ptr(ram_addr_t size, void *host,
                                  MemoryRegion *mr, Error **errp)
{
    RAMBlock *block = ram_block_new(size, size, RAM_PREALLOC, mr);

    block->host = host;
    return ram_block_new_added(block, errp);
}

RAMBlock *qemu_ram_alloc_resizeable(ram_addr_t size, ram_addr_t max_size,
                                    void (*resized)(const char *,
                                                    uint64_t length,
                                                    void *host),
                                    MemoryRegion *mr, Error **errp)
{
    RAMBlock *block = ram_block_new(size, max_size, RAM_RESIZEABLE, mr);

    block->resized = resized;
    return ram_block_new_added(block, errp);
}

/* Files */

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

/* Giving back */

static void reclaim_ramblock(RAMBlock *block)
{
    if (block->flags & RAM_PREALLOC) {
        /* The memory is the caller's. */
    } else if (block->fd >= 0) {
        qemu_ram_munmap(block->fd, block->host, block->max_length);
        close(block->fd);
    } else {
        qemu_anon_ram_free(block->host, block->max_length);
    }
    g_free(block);
}

void qemu_ram_free(RAMBlock *block)
{
    if (!block) {
        return;
    }
    ram_block_notify_remove(block->host, block->used_length,
                            block->max_length);
    qemu_mutex_lock_ramlist();
    QLIST_REMOVE_RCU(block, next);
    ram_list.mru_block = NULL;
    smp_wmb();
    ram_list.version++;
    call_rcu(block, reclaim_ramblock, rcu);
    qemu_mutex_unlock_ramlist();
}

int qemu_ram_resize(RAMBlock *block, ram_addr_t newsize, Error **errp)
{
    const ram_addr_t oldsize = block->used_length;
    const ram_addr_t unaligned_size = newsize;

    newsize = REAL_HOST_PAGE_ALIGN(newsize);
    if (block->used_length == newsize) {
        /* The region may end inside a page; the block does not. */
        if (unaligned_size != memory_region_size(block->mr)) {
            memory_region_set_size(block->mr, unaligned_size);
            if (block->resized) {
                block->resized(block->idstr, unaligned_size, block->host);
            }
        }
        return 0;
    }
    if (!(block->flags & RAM_RESIZEABLE)) {
        error_setg(errp, "Size mismatch: %s: 0x" RAM_ADDR_FMT
                   " != 0x" RAM_ADDR_FMT, block->idstr, newsize,
                   block->used_length);
        return -EINVAL;
    }
    if (block->max_length < newsize) {
        error_setg(errp, "Size too large: %s: 0x" RAM_ADDR_FMT
                   " > 0x" RAM_ADDR_FMT, block->idstr, newsize,
                   block->max_length);
        return -EINVAL;
    }

    ram_block_notify_resize(block->host, oldsize, newsize);
    cpu_physical_memory_clear_dirty_range(block->offset, block->used_length);
    block->used_length = newsize;
    cpu_physical_memory_set_dirty_range(block->offset, block->used_length,
                                        DIRTY_CLIENTS_ALL);
    memory_region_set_size(block->mr, unaligned_size);
    if (block->resized) {
        block->resized(block->idstr, unaligned_size, block->host);
    }
    return 0;
}

void qemu_ram_msync(RAMBlock *block, ram_addr_t start, ram_addr_t length)
{
    uintptr_t first, end;

    assert(start + length <= block->used_length);
    if (block->fd < 0) {
        return;
    }
    first = ROUND_DOWN((uintptr_t)block->host + start,
                       qemu_real_host_page_size());
    end = (uintptr_t)block->host + start + length;
    if (msync((void *)first, end - first, MS_SYNC)) {
        warn_report("%s: failed to sync memory range: start: "
                    RAM_ADDR_FMT " length: " RAM_ADDR_FMT, __func__, start,
                    length);
    }
}

int ram_block_discard_range(RAMBlock *rb, uint64_t start, size_t length)
{
    uint8_t *host_startaddr = rb->host + start;
    bool need_madvise, need_fallocate;
    int ret = 0;

    if (!QEMU_PTR_IS_ALIGNED(host_startaddr, rb->page_size)) {
        error_report("%s: Unaligned start address: %p", __func__,
                     host_startaddr);
        return -EINVAL;
    }
    if (length > rb->max_length || start > rb->max_length - length) {
        error_report("%s: Overrun block '%s' (%" PRIu64 "/%zx/" RAM_ADDR_FMT
                     ")", __func__, rb->idstr, start, length, rb->max_length);
        return -EINVAL;
    }
    if (!QEMU_IS_ALIGNED(length, rb->page_size)) {
        error_report("%s: Unaligned length: %zx", __func__, length);
        return -EINVAL;
    }

    /* A page may be in the file, in a private copy of it, or in both. */
    need_madvise = rb->page_size == qemu_real_host_page_size();
    need_fallocate = rb->fd != -1;
    if (need_fallocate) {
        ret = fallocate(rb->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                        start, length);
        if (ret) {
            ret = -errno;
            error_report("%s: Failed to fallocate %s:%" PRIx64 " +%zx (%d)",
                         __func__, rb->idstr, start, length, ret);
        }
    }
    if (!ret && need_madvise) {
        ret = madvise(host_startaddr, length,
                      qemu_ram_is_shared(rb) && rb->fd < 0 ? MADV_REMOVE
                                                           : MADV_DONTNEED);
        if (ret) {
            ret = -errno;
            error_report("%s: Failed to discard range %s:%" PRIx64
                         " +%zx (%d)", __func__, rb->idstr, start, length,
                         ret);
        }
    }
    trace_ram_block_discard_range(rb->idstr, host_startaddr, length,
                                  need_madvise, need_fallocate, ret);
    return ret;
}

/* Names */

void qemu_ram_set_idstr(RAMBlock *new_block, const char *name,
                        DeviceState *dev)
{
    RAMBlock *block;

    assert(new_block);
    assert(!new_block->idstr[0]);

    if (dev) {
        g_autofree char *id = qdev_get_dev_path(dev);

        if (id) {
            snprintf(new_block->idstr, sizeof(new_block->idstr), "%s/", id);
        }
    }
    pstrcat(new_block->idstr, sizeof(new_block->idstr), name);

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        if (block != new_block && !strcmp(block->idstr, new_block->idstr)) {
            fprintf(stderr, "RAMBlock \"%s\" already registered, abort!\n",
                    new_block->idstr);
            abort();
        }
    }
}

void qemu_ram_unset_idstr(RAMBlock *block)
{
    if (block) {
        memset(block->idstr, 0, sizeof(block->idstr));
    }
}

const char *qemu_ram_get_idstr(RAMBlock *rb)
{
    return rb->idstr;
}

RAMBlock *qemu_ram_block_by_name(const char *name)
{
    RAMBlock *block;

    RAMBLOCK_FOREACH(block) {
        if (!strcmp(name, block->idstr)) {
            return block;
        }
    }
    return NULL;
}

/* Properties */

void *qemu_ram_get_host_addr(RAMBlock *rb)
{
    return rb->host;
}

ram_addr_t qemu_ram_get_offset(RAMBlock *rb)
{
    return rb->offset;
}

ram_addr_t qemu_ram_get_used_length(RAMBlock *rb)
{
    return rb->used_length;
}

ram_addr_t qemu_ram_get_max_length(RAMBlock *rb)
{
    return rb->max_length;
}

bool qemu_ram_is_shared(RAMBlock *rb)
{
    return rb->flags & RAM_SHARED;
}

bool qemu_ram_is_noreserve(RAMBlock *rb)
{
    return rb->flags & RAM_NORESERVE;
}

bool qemu_ram_is_uf_zeroable(RAMBlock *rb)
{
    return rb->flags & RAM_UF_ZEROPAGE;
}

void qemu_ram_set_uf_zeroable(RAMBlock *rb)
{
    rb->flags |= RAM_UF_ZEROPAGE;
}

bool qemu_ram_is_migratable(RAMBlock *rb)
{
    return rb->flags & RAM_MIGRATABLE;
}

void qemu_ram_set_migratable(RAMBlock *rb)
{
    rb->flags |= RAM_MIGRATABLE;
}

void qemu_ram_unset_migratable(RAMBlock *rb)
{
    rb->flags &= ~RAM_MIGRATABLE;
}

int qemu_ram_get_fd(RAMBlock *rb)
{
    return rb->fd;
}

size_t qemu_ram_pagesize(RAMBlock *rb)
{
    return rb->page_size;
}

size_t qemu_ram_pagesize_largest(void)
{
    size_t largest = 0;
    RAMBlock *block;

    RAMBLOCK_FOREACH(block) {
        largest = MAX(largest, qemu_ram_pagesize(block));
    }
    return largest;
}

/* From one kind of address to another */

static bool ramblock_holds_addr(RAMBlock *block, ram_addr_t addr)
{
    return addr - block->offset < block->max_length;
}

/* RCU read section, or ram_list.mutex. */
static RAMBlock *qemu_get_ram_block(ram_addr_t addr)
{
    RAMBlock *block = qatomic_rcu_read(&ram_list.mru_block);

    if (block && ramblock_holds_addr(block, addr)) {
        return block;
    }
    RAMBLOCK_FOREACH(block) {
        if (ramblock_holds_addr(block, addr)) {
            /* A block that is just being freed is still valid for us, and
             * qemu_ram_free() clears the pointer before others come. */
            return block;
        }
    }
    fprintf(stderr, "Bad ram offset %" PRIx64 "\n", (uint64_t)addr);
    abort();
}

void *qemu_map_ram_ptr(RAMBlock *block, ram_addr_t addr)
{
    if (!block) {
        block = qemu_get_ram_block(addr);
        addr -= block->offset;
    }
    return ramblock_ptr(block, addr);
}

void *qemu_ram_ptr_length(RAMBlock *block, ram_addr_t addr, hwaddr *size)
{
    if (*size == 0) {
        return NULL;
    }
    *size = MIN(*size, block->max_length - addr);
    return ramblock_ptr(block, addr);
}

ram_addr_t qemu_ram_block_host_offset(RAMBlock *rb, void *host)
{
    ram_addr_t res = (uint8_t *)host - rb->host;

    assert((uintptr_t)host >= (uintptr_t)rb->host);
    assert(res < rb->max_length);
    return res;
}

RAMBlock *qemu_ram_block_from_host(void *ptr, bool round_offset,
                                   ram_addr_t *offset)
{
    RAMBlock *block;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        uintptr_t diff = (uintptr_t)ptr - (uintptr_t)block->host;

        if (diff < block->max_length) {
            *offset = round_offset ? diff & TARGET_PAGE_MASK : diff;
            return block;
        }
    }
    return NULL;
}

ram_addr_t qemu_ram_addr_from_host(void *ptr)
{
    ram_addr_t offset;
    RAMBlock *block = qemu_ram_block_from_host(ptr, false, &offset);

    return block ? block->offset + offset : RAM_ADDR_INVALID;
}

ram_addr_t qemu_ram_addr_from_host_nofail(void *ptr)
{
    ram_addr_t ram_addr = qemu_ram_addr_from_host(ptr);

    if (ram_addr == RAM_ADDR_INVALID) {
        error_report("Bad ram pointer %p", ptr);
        abort();
    }
    return ram_addr;
}

int qemu_ram_foreach_block(RAMBlockIterFunc func, void *opaque)
{
    RAMBlock *block;
    int ret = 0;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        ret = func(block, opaque);
        if (ret) {
            break;
        }
    }
    return ret;
}

/* Notifiers */

static int ram_block_notify_add_single(RAMBlock *rb, void *opaque)
{
    RAMBlockNotifier *notifier = opaque;

    if (qemu_ram_get_host_addr(rb)) {
        notifier->ram_block_added(notifier, rb->host, rb->used_length,
                                  rb->max_length);
    }
    return 0;
}

static int ram_block_notify_remove_single(RAMBlock *rb, void *opaque)
{
    RAMBlockNotifier *notifier = opaque;

    if (qemu_ram_get_host_addr(rb)) {
        notifier->ram_block_removed(notifier, rb->host, rb->used_length,
                                    rb->max_length);
    }
    return 0;
}

void ram_block_notifier_add(RAMBlockNotifier *n)
{
    QLIST_INSERT_HEAD(&ram_list.ramblock_notifiers, n, next);
    if (n->ram_block_added) {
        qemu_ram_foreach_block(ram_block_notify_add_single, n);
    }
}

void ram_block_notifier_remove(RAMBlockNotifier *n)
{
    QLIST_REMOVE(n, next);
    if (n->ram_block_removed) {
        qemu_ram_foreach_block(ram_block_notify_remove_single, n);
    }
}

void ram_block_notify_add(void *host, size_t size, size_t max_size)
{
    RAMBlockNotifier *notifier, *next;

    QLIST_FOREACH_SAFE(notifier, &ram_list.ramblock_notifiers, next, next) {
        if (notifier->ram_block_added) {
            notifier->ram_block_added(notifier, host, size, max_size);
        }
    }
}

void ram_block_notify_remove(void *host, size_t size, size_t max_size)
{
    RAMBlockNotifier *notifier, *next;

    QLIST_FOREACH_SAFE(notifier, &ram_list.ramblock_notifiers, next, next) {
        if (notifier->ram_block_removed) {
            notifier->ram_block_removed(notifier, host, size, max_size);
        }
    }
}

void ram_block_notify_resize(void *host, size_t old_size, size_t new_size)
{
    RAMBlockNotifier *notifier, *next;

    QLIST_FOREACH_SAFE(notifier, &ram_list.ramblock_notifiers, next, next) {
        if (notifier->ram_block_resized) {
            notifier->ram_block_resized(notifier, host, old_size, new_size);
        }
    }
}

/* `info ramblock` */

GString *ram_block_format(void)
{
    GString *buf = g_string_new("");
    RAMBlock *block;

    g_string_append_printf(buf, "%24s %8s  %18s %18s %18s\n", "Block Name",
                           "PSize", "Offset", "Used", "Total");
    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        g_autofree char *psize = size_to_str(block->page_size);

        g_string_append_printf(buf, "%24s %8s  0x%016" PRIx64
                               " 0x%016" PRIx64 " 0x%016" PRIx64 "\n",
                               block->idstr, psize,
                               (uint64_t)block->offset,
                               (uint64_t)block->used_length,
                               (uint64_t)block->max_length);
    }
    return buf;
}
