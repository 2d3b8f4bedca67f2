/*
 * memory-backend-file: memory that is a file.
 *
 * With share=on the guest's writes are in the file, and whoever maps it sees
 * them; otherwise they are private copies.  A directory, /dev/hugepages for
 * example, stands for a new file there that has no name.
 *
 * Read first: backends/hostmem.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"

OBJECT_DECLARE_SIMPLE_TYPE(HostMemoryBackendFile, MEMORY_BACKEND_FILE)

struct HostMemoryBackendFile {
    HostMemoryBackend parent_obj;

    char *mem_path;
    uint64_t align;             /* of the mapping; 0: the file system's page */
    bool discard_data;
    bool readonly;
};

static void file_backend_memory_alloc(HostMemoryBackend *backend, Error **errp)
{
    HostMemoryBackendFile *fb = MEMORY_BACKEND_FILE(backend);
    g_autofree char *name = NULL;
    uint32_t ram_flags;

    if (!backend->size) {
        error_setg(errp, "can't create backend with size 0");
        return;
    }
    if (!fb->mem_path) {
        error_setg(errp, "mem-path property not set");
        return;
    }

    name = host_memory_backend_get_name(backend);
    ram_flags = (backend->share ? RAM_SHARED : 0) |
                (backend->reserve ? 0 : RAM_NORESERVE);
    memory_region_init_ram_from_file(&backend->mr, OBJECT(backend), name,
                                     backend->size, fb->align, ram_flags,
                                     fb->mem_path, fb->readonly, errp);
}

static char *file_backend_get_mem_path(Object *obj, Error **errp)
{
    return g_strdup(MEMORY_BACKEND_FILE(obj)->mem_path);
}

static void file_backend_set_mem_path(Object *obj, const char *str,
                                      Error **errp)
{
    HostMemoryBackendFile *fb = MEMORY_BACKEND_FILE(obj);

    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property 'mem-path' of %s",
                   object_get_typename(obj));
        return;
    }
    g_free(fb->mem_path);
    fb->mem_path = g_strdup(str);
}

static bool file_backend_get_discard_data(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FILE(obj)->discard_data;
}

static void file_backend_set_discard_data(Object *obj, bool value,
                                          Error **errp)
{
    MEMORY_BACKEND_FILE(obj)->discard_data = value;
}

static void file_backend_get_align(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint64_t value = MEMORY_BACKEND_FILE(obj)->align;

    visit_type_size(v, name, &value, errp);
}

static void file_backend_set_align(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint64_t value;

    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property '%s' of %s", name,
                   object_get_typename(obj));
        return;
    }
    if (visit_type_size(v, name, &value, errp)) {
        MEMORY_BACKEND_FILE(obj)->align = value;
    }
}

static bool file_backend_get_readonly(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FILE(obj)->readonly;
}

static void file_backend_set_readonly(Object *obj, bool value, Error **errp)
{
    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property 'readonly' of %s.",
                   object_get_typename(obj));
        return;
    }
    MEMORY_BACKEND_FILE(obj)->readonly = value;
}

/* Nobody wants the content any more: spare the host writing it back. */
static void file_backend_unparent(Object *obj)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (host_memory_backend_mr_inited(backend) &&
        MEMORY_BACKEND_FILE(obj)->discard_data) {
        qemu_madvise(memory_region_get_ram_ptr(&backend->mr),
                     memory_region_size(&backend->mr), QEMU_MADV_REMOVE);
    }
}

static void file_backend_finalize(Object *obj)
{
    g_free(MEMORY_BACKEND_FILE(obj)->mem_path);
}

static void file_backend_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = file_backend_memory_alloc;
    oc->unparent = file_backend_unparent;

    object_class_property_add_bool(oc, "discard-data",
        file_backend_get_discard_data, file_backend_set_discard_data);
    object_class_property_add_str(oc, "mem-path",
        file_backend_get_mem_path, file_backend_set_mem_path);
    object_class_property_add(oc, "align", "int",
        file_backend_get_align, file_backend_set_align, NULL, NULL);
    object_class_property_add_bool(oc, "readonly",
        file_backend_get_readonly, file_backend_set_readonly);
}

static const TypeInfo file_backend_info = {
    .name              = TYPE_MEMORY_BACKEND_FILE,
    .parent            = TYPE_MEMORY_BACKEND,
    .class_init        = file_backend_class_init,
    .instance_finalize = file_backend_finalize,
    .instance_size     = sizeof(HostMemoryBackendFile),
};

static void file_backend_register_types(void)
{
    type_register_static(&file_backend_info);
}

type_init(file_backend_register_types)
