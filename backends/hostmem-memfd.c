/*
 * memory-backend-memfd: anonymous memory that has a file descriptor.
 *
 * What another process needs to map the same memory, a vhost-user device or a
 * test, is the descriptor; so share=on is the default here.
 *
 * Read first: backends/hostmem.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/memfd.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"

OBJECT_DECLARE_SIMPLE_TYPE(HostMemoryBackendMemfd, MEMORY_BACKEND_MEMFD)

struct HostMemoryBackendMemfd {
    HostMemoryBackend parent_obj;

    bool hugetlb;
    uint64_t hugetlbsize;       /* bytes in a huge page; 0: the host's usual */
    bool seal;                  /* can it neither grow nor shrink? */
};

static void memfd_backend_memory_alloc(HostMemoryBackend *backend,
                                       Error **errp)
{
    HostMemoryBackendMemfd *m = MEMORY_BACKEND_MEMFD(backend);
    g_autofree char *name = NULL;
    uint32_t ram_flags;
    int fd;

    if (!backend->size) {
        error_setg(errp, "can't create backend with size 0");
        return;
    }

    fd = qemu_memfd_create(TYPE_MEMORY_BACKEND_MEMFD, backend->size,
                           m->hugetlb, m->hugetlbsize,
                           m->seal ? F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL
                                   : 0,
                           errp);
    if (fd == -1) {
        return;
    }

    /* The region closes the descriptor in the end. */
    name = host_memory_backend_get_name(backend);
    ram_flags = (backend->share ? RAM_SHARED : 0) |
                (backend->reserve ? 0 : RAM_NORESERVE);
    memory_region_init_ram_from_fd(&backend->mr, OBJECT(backend), name,
                                   backend->size, ram_flags, fd, 0, errp);
}

static bool memfd_backend_get_hugetlb(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_MEMFD(obj)->hugetlb;
}

static void memfd_backend_set_hugetlb(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND_MEMFD(obj)->hugetlb = value;
}

static void memfd_backend_get_hugetlbsize(Object *obj, Visitor *v,
                                          const char *name, void *opaque,
                                          Error **errp)
{
    uint64_t value = MEMORY_BACKEND_MEMFD(obj)->hugetlbsize;

    visit_type_size(v, name, &value, errp);
}

static void memfd_backend_set_hugetlbsize(Object *obj, Visitor *v,
                                          const char *name, void *opaque,
                                          Error **errp)
{
    uint64_t value;

    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property value");
        return;
    }
    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "Property '%s.%s' doesn't take value '%" PRIu64 "'",
                   object_get_typename(obj), name, value);
        return;
    }
    MEMORY_BACKEND_MEMFD(obj)->hugetlbsize = value;
}

static bool memfd_backend_get_seal(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_MEMFD(obj)->seal;
}

static void memfd_backend_set_seal(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND_MEMFD(obj)->seal = value;
}

static void memfd_backend_init(Object *obj)
{
    MEMORY_BACKEND_MEMFD(obj)->seal = true;
    MEMORY_BACKEND(obj)->share = true;
}

static void memfd_backend_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = memfd_backend_memory_alloc;

    if (qemu_memfd_check(MFD_HUGETLB)) {
        object_class_property_add_bool(oc, "hugetlb",
            memfd_backend_get_hugetlb, memfd_backend_set_hugetlb);
        object_class_property_set_description(oc, "hugetlb",
            "Take huge pages");
        object_class_property_add(oc, "hugetlbsize", "int",
            memfd_backend_get_hugetlbsize, memfd_backend_set_hugetlbsize,
            NULL, NULL);
        object_class_property_set_description(oc, "hugetlbsize",
            "How large a huge page is (2M, 1G)");
    }
    object_class_property_add_bool(oc, "seal",
        memfd_backend_get_seal, memfd_backend_set_seal);
    object_class_property_set_description(oc, "seal",
        "Nobody can make the file larger or smaller");
}

static const TypeInfo memfd_backend_info = {
    .name          = TYPE_MEMORY_BACKEND_MEMFD,
    .parent        = TYPE_MEMORY_BACKEND,
    .instance_init = memfd_backend_init,
    .class_init    = memfd_backend_class_init,
    .instance_size = sizeof(HostMemoryBackendMemfd),
};

static void memfd_backend_register_types(void)
{
    if (qemu_memfd_check(MFD_ALLOW_SEALING)) {
        type_register_static(&memfd_backend_info);
    }
}

type_init(memfd_backend_register_types)
