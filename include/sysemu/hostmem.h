/*
 * Memory back ends: where a guest's RAM comes from.
 *
 * A back end is a user-creatable object that holds one RAM region:
 *
 *     -object memory-backend-memfd,id=mem0,size=1G,share=on
 *     -machine memory-backend=mem0
 *
 *     memory-backend-ram      anonymous memory
 *     memory-backend-file     a file, or a new one in a directory: hugetlbfs, tmpfs
 *     memory-backend-memfd    anonymous memory that has a file descriptor
 *
 * With share=on another process may map the same memory, given the descriptor.
 * complete() allocates; from then on size, share and reserve are fixed.  A back
 * end that somebody uses is "mapped", and cannot be deleted.
 *
 * Read first: qom/object_interfaces.h, exec/memory.h on RAM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_HOSTMEM_H
#define SYSEMU_HOSTMEM_H

#include "qom/object.h"
#include "exec/memory.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qapi-types-machine.h"
#include "qemu/bitmap.h"
#include "sysemu/numa.h"

#define TYPE_MEMORY_BACKEND "memory-backend"
OBJECT_DECLARE_TYPE(HostMemoryBackend, HostMemoryBackendClass,
                    MEMORY_BACKEND)

#define TYPE_MEMORY_BACKEND_RAM "memory-backend-ram"
#define TYPE_MEMORY_BACKEND_FILE "memory-backend-file"
#define TYPE_MEMORY_BACKEND_MEMFD "memory-backend-memfd"

struct HostMemoryBackendClass {
    ObjectClass parent_class;

    /* Make backend->mr.  Called by complete(), with all properties set. */
    void (*alloc)(HostMemoryBackend *backend, Error **errp);
};

struct HostMemoryBackend {
    Object parent;

    /* Properties.  The sizes are in bytes. */
    uint64_t size;
    bool merge;                 /* may the host merge equal pages? */
    bool dump;                  /* is it part of a core dump? */
    bool use_canonical_path;    /* name the RAM block by path, not by id */
    bool prealloc;              /* touch all pages now */
    bool share;                 /* writes go to the file, not to a copy */
    bool reserve;               /* may swap space be reserved for it? */
    uint32_t prealloc_threads;
    DECLARE_BITMAP(host_nodes, MAX_NODES + 1); /* of the host, see policy */
    HostMemPolicy policy;

    bool is_mapped;
    MemoryRegion mr;            /* its size is 0 until complete() */
};

/* host_memory_backend_mr_inited: whether the memory is there. */
bool host_memory_backend_mr_inited(HostMemoryBackend *backend);

/*
 * host_memory_backend_get_memory: the region, or NULL before complete().  It
 * belongs to the back end; say so with host_memory_backend_set_mapped().
 */
MemoryRegion *host_memory_backend_get_memory(HostMemoryBackend *backend);

/* While it is mapped it cannot be deleted, or given to anybody else. */
void host_memory_backend_set_mapped(HostMemoryBackend *backend, bool mapped);
bool host_memory_backend_is_mapped(HostMemoryBackend *backend);

/* host_memory_backend_pagesize: bytes per page of the host's; 2M if huge. */
size_t host_memory_backend_pagesize(HostMemoryBackend *memdev);

/*
 * host_memory_backend_get_name: what the RAM block is called, which migration
 * depends on.  For the caller to g_free().
 */
char *host_memory_backend_get_name(HostMemoryBackend *backend);

#endif
