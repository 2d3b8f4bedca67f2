/*
 * Memory back ends: what all of them share.
 *
 * Each kind implements alloc(), which makes the region; everything about the
 * pages of that region (merging, dumping, touching them in advance) is here.
 *
 * Read first: sysemu/hostmem.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/util.h"
#include "qapi/visitor.h"
#include "qemu/madvise.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"

bool host_memory_backend_mr_inited(HostMemoryBackend *backend)
{
    /* No region of a back end is empty, so this tells them apart. */
    return memory_region_size(&backend->mr) != 0;
}

MemoryRegion *host_memory_backend_get_memory(HostMemoryBackend *backend)
{
    return host_memory_backend_mr_inited(backend) ? &backend->mr : NULL;
}

void host_memory_backend_set_mapped(HostMemoryBackend *backend, bool mapped)
{
    backend->is_mapped = mapped;
}

bool host_memory_backend_is_mapped(HostMemoryBackend *backend)
{
    return backend->is_mapped;
}

size_t host_memory_backend_pagesize(HostMemoryBackend *memdev)
{
    return qemu_ram_pagesize(memdev->mr.ram_block);
}

char *host_memory_backend_get_name(HostMemoryBackend *backend)
{
    Object *obj = OBJECT(backend);

    if (backend->use_canonical_path) {
        return object_get_canonical_path(obj);
    }
    return g_strdup(object_get_canonical_path_component(obj));
}

/* What the host should do with the pages, as far as it is not the default. */
static void host_memory_backend_madvise(HostMemoryBackend *backend, int advice)
{
    if (host_memory_backend_mr_inited(backend)) {
        qemu_madvise(memory_region_get_ram_ptr(&backend->mr),
                     memory_region_size(&backend->mr), advice);
    }
}

static void host_memory_backend_touch(HostMemoryBackend *backend, Error **errp)
{
    qemu_prealloc_mem(memory_region_get_fd(&backend->mr),
                      memory_region_get_ram_ptr(&backend->mr),
                      memory_region_size(&backend->mr),
                      backend->prealloc_threads, NULL, errp);
}

/* HostMemPolicy -> what the kernel calls it. */
static const int host_memory_policies[] = {
    [HOST_MEM_POLICY_DEFAULT] = MPOL_DEFAULT,
    [HOST_MEM_POLICY_PREFERRED] = MPOL_PREFERRED,
    [HOST_MEM_POLICY_BIND] = MPOL_BIND,
    [HOST_MEM_POLICY_INTERLEAVE] = MPOL_INTERLEAVE,
};

/*
 * Tell the kernel which nodes the pages shall come from; mbind(2).  Before any
 * page is touched, since that is when it chooses.
 */
static void host_memory_backend_bind(HostMemoryBackend *backend, Error **errp)
{
    const char *policy = HostMemPolicy_str(backend->policy);
    unsigned long last = find_last_bit(backend->host_nodes, MAX_NODES);
    /* The kernel looks at one bit less than it is told there are. */
    unsigned long maxnode = last == MAX_NODES ? 0 : last + 2;

    if (maxnode && backend->policy == HOST_MEM_POLICY_DEFAULT) {
        error_setg(errp, "host-nodes must be empty for policy default,"
                   " or you should explicitly specify a policy other than"
                   " default");
        return;
    }
    if (!maxnode && backend->policy != HOST_MEM_POLICY_DEFAULT) {
        error_setg(errp, "host-nodes must be set for policy %s", policy);
        return;
    }
    /*
     * New pages have the default anyway, and to be told so the kernel waits
     * until every CPU has let go of its lists of pages: milliseconds.
     */
    if (backend->policy == HOST_MEM_POLICY_DEFAULT) {
        return;
    }
    if (syscall(SYS_mbind, memory_region_get_ram_ptr(&backend->mr),
                memory_region_size(&backend->mr),
                host_memory_policies[backend->policy],
                backend->host_nodes, maxnode,
                MPOL_MF_STRICT | MPOL_MF_MOVE) < 0) {
        error_setg_errno(errp, errno, "cannot bind memory to host NUMA nodes");
    }
}

/* Properties */

static void host_memory_backend_get_host_nodes(Object *obj, Visitor *v,
                                               const char *name, void *opaque,
                                               Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    g_autoptr(uint16List) nodes = NULL;
    uint16List **tail = &nodes;

    for (unsigned long node = find_first_bit(backend->host_nodes, MAX_NODES);
         node < MAX_NODES;
         node = find_next_bit(backend->host_nodes, MAX_NODES, node + 1)) {
        QAPI_LIST_APPEND(tail, node);
    }
    visit_type_uint16List(v, name, &nodes, errp);
}

static void host_memory_backend_set_host_nodes(Object *obj, Visitor *v,
                                               const char *name, void *opaque,
                                               Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    g_autoptr(uint16List) nodes = NULL;

    if (!visit_type_uint16List(v, name, &nodes, errp)) {
        return;
    }
    for (uint16List *l = nodes; l; l = l->next) {
        if (l->value >= MAX_NODES) {
            error_setg(errp, "Invalid host-nodes value: %d", l->value);
            return;
        }
    }
    for (uint16List *l = nodes; l; l = l->next) {
        set_bit(l->value, backend->host_nodes);
    }
}

static int host_memory_backend_get_policy(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->policy;
}

static void host_memory_backend_set_policy(Object *obj, int policy,
                                           Error **errp)
{
    MEMORY_BACKEND(obj)->policy = policy;
}

static void host_memory_backend_get_size(Object *obj, Visitor *v,
                                         const char *name, void *opaque,
                                         Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    uint64_t value = backend->size;

    visit_type_size(v, name, &value, errp);
}

static void host_memory_backend_set_size(Object *obj, Visitor *v,
                                         const char *name, void *opaque,
                                         Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    uint64_t value;

    if (host_memory_backend_mr_inited(backend)) {
        error_setg(errp, "cannot change property %s of %s ", name,
                   object_get_typename(obj));
        return;
    }
    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "property '%s' of %s doesn't take value '%" PRIu64
                   "'", name, object_get_typename(obj), value);
        return;
    }
    backend->size = value;
}

static bool host_memory_backend_get_merge(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->merge;
}

static void host_memory_backend_set_merge(Object *obj, bool value,
                                          Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (value != backend->merge) {
        host_memory_backend_madvise(backend, value ? QEMU_MADV_MERGEABLE
                                                   : QEMU_MADV_UNMERGEABLE);
    }
    backend->merge = value;
}

static bool host_memory_backend_get_dump(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->dump;
}

static void host_memory_backend_set_dump(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (value != backend->dump) {
        host_memory_backend_madvise(backend, value ? QEMU_MADV_DODUMP
                                                   : QEMU_MADV_DONTDUMP);
    }
    backend->dump = value;
}

static bool host_memory_backend_get_prealloc(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->prealloc;
}

/* It may be switched on later too, but pages once touched stay. */
static void host_memory_backend_set_prealloc(Object *obj, bool value,
                                             Error **errp)
{
    ERRP_GUARD();
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (value && !backend->reserve) {
        error_setg(errp, "'prealloc=on' and 'reserve=off' are incompatible");
        return;
    }
    if (!host_memory_backend_mr_inited(backend)) {
        backend->prealloc = value;
        return;
    }
    if (value && !backend->prealloc) {
        host_memory_backend_touch(backend, errp);
        backend->prealloc = !*errp;
    }
}

static void host_memory_backend_get_prealloc_threads(Object *obj, Visitor *v,
                                                     const char *name,
                                                     void *opaque,
                                                     Error **errp)
{
    visit_type_uint32(v, name, &MEMORY_BACKEND(obj)->prealloc_threads, errp);
}

static void host_memory_backend_set_prealloc_threads(Object *obj, Visitor *v,
                                                     const char *name,
                                                     void *opaque,
                                                     Error **errp)
{
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (value == 0) {
        error_setg(errp, "property '%s' of %s doesn't take value '%d'", name,
                   object_get_typename(obj), value);
        return;
    }
    MEMORY_BACKEND(obj)->prealloc_threads = value;
}

static bool host_memory_backend_get_share(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->share;
}

static void host_memory_backend_set_share(Object *obj, bool value,
                                          Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (host_memory_backend_mr_inited(backend)) {
        error_setg(errp, "cannot change property value");
        return;
    }
    backend->share = value;
}

static bool host_memory_backend_get_reserve(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->reserve;
}

static void host_memory_backend_set_reserve(Object *obj, bool value,
                                            Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (host_memory_backend_mr_inited(backend)) {
        error_setg(errp, "cannot change property value");
        return;
    }
    if (backend->prealloc && !value) {
        error_setg(errp, "'prealloc=on' and 'reserve=off' are incompatible");
        return;
    }
    backend->reserve = value;
}

static bool
host_memory_backend_get_use_canonical_path(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->use_canonical_path;
}

static void
host_memory_backend_set_use_canonical_path(Object *obj, bool value,
                                           Error **errp)
{
    MEMORY_BACKEND(obj)->use_canonical_path = value;
}

/* Life */

static void host_memory_backend_init(Object *obj)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    MachineState *machine = MACHINE(qdev_get_machine());

    backend->merge = machine_mem_merge(machine);
    backend->dump = machine_dump_guest_core(machine);
    backend->reserve = true;
    backend->prealloc_threads = MAX(machine->smp.cpus, 1);
}

static void host_memory_backend_post_init(Object *obj)
{
    object_apply_compat_props(obj);
}

static void host_memory_backend_memory_complete(UserCreatable *uc,
                                                Error **errp)
{
    ERRP_GUARD();
    HostMemoryBackend *backend = MEMORY_BACKEND(uc);

    MEMORY_BACKEND_GET_CLASS(uc)->alloc(backend, errp);
    if (*errp) {
        return;
    }
    if (backend->merge) {
        host_memory_backend_madvise(backend, QEMU_MADV_MERGEABLE);
    }
    if (!backend->dump) {
        host_memory_backend_madvise(backend, QEMU_MADV_DONTDUMP);
    }
    host_memory_backend_bind(backend, errp);
    if (*errp) {
        return;
    }
    /* After the advice, which tells what kind of pages these shall be. */
    if (backend->prealloc) {
        host_memory_backend_touch(backend, errp);
    }
}

static bool host_memory_backend_can_be_deleted(UserCreatable *uc)
{
    return !host_memory_backend_is_mapped(MEMORY_BACKEND(uc));
}

static void host_memory_backend_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

    ucc->complete = host_memory_backend_memory_complete;
    ucc->can_be_deleted = host_memory_backend_can_be_deleted;

    object_class_property_add_bool(oc, "merge",
        host_memory_backend_get_merge, host_memory_backend_set_merge);
    object_class_property_set_description(oc, "merge",
        "May the host keep one copy of pages that are equal?");
    object_class_property_add_bool(oc, "dump",
        host_memory_backend_get_dump, host_memory_backend_set_dump);
    object_class_property_set_description(oc, "dump",
        "Is it part of a core dump?");
    object_class_property_add_bool(oc, "prealloc",
        host_memory_backend_get_prealloc, host_memory_backend_set_prealloc);
    object_class_property_set_description(oc, "prealloc",
        "Touch all of it at the start");
    object_class_property_add(oc, "prealloc-threads", "int",
        host_memory_backend_get_prealloc_threads,
        host_memory_backend_set_prealloc_threads, NULL, NULL);
    object_class_property_set_description(oc, "prealloc-threads",
        "How many threads do that");
    object_class_property_add(oc, "size", "int",
        host_memory_backend_get_size, host_memory_backend_set_size,
        NULL, NULL);
    object_class_property_set_description(oc, "size",
        "How much memory (512M, for example)");
    object_class_property_add_bool(oc, "share",
        host_memory_backend_get_share, host_memory_backend_set_share);
    object_class_property_set_description(oc, "share",
        "Can other processes see what the guest writes?");
    object_class_property_add(oc, "host-nodes", "int",
        host_memory_backend_get_host_nodes,
        host_memory_backend_set_host_nodes, NULL, NULL);
    object_class_property_set_description(oc, "host-nodes",
        "The host's NUMA nodes that the policy is about");
    object_class_property_add_enum(oc, "policy", "HostMemPolicy",
        &HostMemPolicy_lookup,
        host_memory_backend_get_policy, host_memory_backend_set_policy);
    object_class_property_set_description(oc, "policy",
        "How the host chooses among its NUMA nodes");
    object_class_property_add_bool(oc, "reserve",
        host_memory_backend_get_reserve, host_memory_backend_set_reserve);
    object_class_property_set_description(oc, "reserve",
        "Reserve swap space, or huge pages, for all of it");
    object_class_property_add_bool(oc, "x-use-canonical-path-for-ramblock-id",
        host_memory_backend_get_use_canonical_path,
        host_memory_backend_set_use_canonical_path);
}

static const TypeInfo host_memory_backend_info = {
    .name               = TYPE_MEMORY_BACKEND,
    .parent             = TYPE_OBJECT,
    .abstract           = true,
    .class_size         = sizeof(HostMemoryBackendClass),
    .class_init         = host_memory_backend_class_init,
    .instance_size      = sizeof(HostMemoryBackend),
    .instance_init      = host_memory_backend_init,
    .instance_post_init = host_memory_backend_post_init,
    .interfaces         = (InterfaceInfo[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void host_memory_backend_register_types(void)
{
    type_register_static(&host_memory_backend_info);
}

type_init(host_memory_backend_register_types)
