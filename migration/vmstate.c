/*
 * VMState: a struct into a stream by its description, and out of it.
 *
 *     name and version     are its caller's
 *     field                each that the version has, one after the other
 *     …
 *     0x05 name version    a subsection, which is the same again
 *     …
 *
 * Nothing in it says where a field begins or what it is: both sides must have
 * the same description.  A subsection has a name so that it may be absent.
 *
 * Read include/migration/vmstate.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "migration/vmstate.h"
#include "qemu-file.h"
#include "trace.h"

/* Begins a subsection. */
#define QEMU_VM_SUBSECTION  0x05

/* How many elements a field has, and how large one is */

static int vmstate_n_elems(void *opaque, const VMStateField *field)
{
    int n_elems = 1;

    if (field->flags & VMS_ARRAY) {
        n_elems = field->num;
    } else if (field->flags & VMS_VARRAY_INT32) {
        n_elems = *(int32_t *)(opaque + field->num_offset);
    } else if (field->flags & VMS_VARRAY_UINT32) {
        n_elems = *(uint32_t *)(opaque + field->num_offset);
    } else if (field->flags & VMS_VARRAY_UINT16) {
        n_elems = *(uint16_t *)(opaque + field->num_offset);
    } else if (field->flags & VMS_VARRAY_UINT8) {
        n_elems = *(uint8_t *)(opaque + field->num_offset);
    }
    if (field->flags & VMS_MULTIPLY_ELEMENTS) {
        n_elems *= field->num;
    }
    return n_elems;
}

static int vmstate_size(void *opaque, const VMStateField *field)
{
    int size = field->size;

    if (field->flags & VMS_VBUFFER) {
        size = *(int32_t *)(opaque + field->size_offset);
        if (field->flags & VMS_MULTIPLY) {
            size *= field->size;
        }
    }
    return size;
}

/* The elements of one field, as they are visited */
typedef struct FieldWalk {
    const VMStateField *field;
    void *first;
    int n_elems;
    int size;
} FieldWalk;

static bool vmstate_field_exists(const VMStateField *field, void *opaque,
                                 int version_id)
{
    if (field->field_exists) {
        return field->field_exists(opaque, version_id);
    }
    return field->version_id <= version_id;
}

/* False if there is less than nothing of it: the state cannot be. */
static bool vmstate_walk_start(FieldWalk *walk, const VMStateField *field,
                               void *opaque, bool loading)
{
    walk->field = field;
    walk->first = opaque + field->offset;
    walk->n_elems = vmstate_n_elems(opaque, field);
    walk->size = vmstate_size(opaque, field);
    if (walk->n_elems < 0 || walk->size < 0) {
        return false;
    }
    if (loading && (field->flags & VMS_POINTER) && (field->flags & VMS_ALLOC)) {
        size_t total = (size_t)walk->size * walk->n_elems;

        if (total) {
            *(void **)walk->first = g_malloc0(total);
        }
    }
    if (field->flags & VMS_POINTER) {
        walk->first = *(void **)walk->first;
        assert(walk->first || !walk->n_elems || !walk->size);
    }
    return true;
}

static void *vmstate_walk_elem(const FieldWalk *walk, int i)
{
    void *elem = walk->first + (size_t)walk->size * i;

    return walk->field->flags & VMS_ARRAY_OF_POINTER ? *(void **)elem : elem;
}

/* Load */

static int vmstate_load_elem(QEMUFile *f, const FieldWalk *walk, int i)
{
    const VMStateField *field = walk->field;
    void *elem = vmstate_walk_elem(walk, i);
    int ret;

    if (!elem && walk->size) {
        /* A pointer that is NULL here must have been NULL there. */
        assert(field->flags & VMS_ARRAY_OF_POINTER);
        ret = vmstate_info_nullptr.get(f, elem, walk->size, NULL);
    } else if (field->flags & VMS_STRUCT) {
        ret = vmstate_load_state(f, field->vmsd, elem, field->vmsd->version_id);
    } else if (field->flags & VMS_VSTRUCT) {
        ret = vmstate_load_state(f, field->vmsd, elem,
                                 field->struct_version_id);
    } else {
        ret = field->info->get(f, elem, walk->size, field);
    }
    return ret < 0 ? ret : qemu_file_get_error(f);
}

static int vmstate_load_field(QEMUFile *f, const VMStateDescription *vmsd,
                              const VMStateField *field, void *opaque)
{
    FieldWalk walk;

    if (!vmstate_walk_start(&walk, field, opaque, true)) {
        error_report("Input validation failed: %s/%s", vmsd->name,
                     field->name);
        return -EINVAL;
    }
    for (int i = 0; i < walk.n_elems; i++) {
        int ret = vmstate_load_elem(f, &walk, i);

        if (ret < 0) {
            qemu_file_set_error(f, ret);
            error_report("Failed to load %s:%s", vmsd->name, field->name);
            return ret;
        }
    }
    return 0;
}

static const VMStateDescription *
vmstate_get_subsection(const VMStateDescription **sub, const char *idstr)
{
    for (; sub && *sub; sub++) {
        if (!strcmp(idstr, (*sub)->name)) {
            return *sub;
        }
    }
    return NULL;
}

/* Those that come next in the stream, as long as they are of @vmsd's. */
static int vmstate_subsection_load(QEMUFile *f, const VMStateDescription *vmsd,
                                   void *opaque)
{
    size_t prefix = strlen(vmsd->name);

    while (qemu_peek_byte(f, 0) == QEMU_VM_SUBSECTION) {
        const VMStateDescription *sub;
        char idstr[256];
        uint8_t len = qemu_peek_byte(f, 1);
        const uint8_t *name;
        int ret;

        /* "PREFIX/name": anything else is for who called us. */
        if (len < prefix + 1 || qemu_peek_buffer(f, &name, len, 2) != len ||
            strncmp(vmsd->name, (char *)name, prefix)) {
            return 0;
        }
        memcpy(idstr, name, len);
        idstr[len] = '\0';
        sub = vmstate_get_subsection(vmsd->subsections, idstr);
        if (!sub) {
            return -ENOENT;
        }
        qemu_file_skip(f, 2 + len);
        ret = vmstate_load_state(f, sub, opaque, qemu_get_be32(f));
        if (ret) {
            return ret;
        }
    }
    return 0;
}

int vmstate_load_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, int version_id)
{
    int ret;

    trace_vmstate_load_state(vmsd->name, version_id);
    if (version_id > vmsd->version_id) {
        error_report("%s: incoming version_id %d is too new for local "
                     "version_id %d", vmsd->name, version_id,
                     vmsd->version_id);
        return -EINVAL;
    }
    if (version_id < vmsd->minimum_version_id) {
        error_report("%s: incoming version_id %d is too old for local "
                     "minimum version_id  %d", vmsd->name, version_id,
                     vmsd->minimum_version_id);
        return -EINVAL;
    }
    if (vmsd->pre_load) {
        ret = vmsd->pre_load(opaque);
        if (ret) {
            return ret;
        }
    }
    for (const VMStateField *field = vmsd->fields; field->name; field++) {
        if (vmstate_field_exists(field, opaque, version_id)) {
            ret = vmstate_load_field(f, vmsd, field, opaque);
            if (ret) {
                return ret;
            }
        } else if (field->flags & VMS_MUST_EXIST) {
            error_report("Input validation failed: %s/%s", vmsd->name,
                         field->name);
            return -1;
        }
    }
    ret = vmstate_subsection_load(f, vmsd, opaque);
    if (ret) {
        qemu_file_set_error(f, ret);
        return ret;
    }
    return vmsd->post_load ? vmsd->post_load(opaque, version_id) : 0;
}

/* Save */

bool vmstate_save_needed(const VMStateDescription *vmsd, void *opaque)
{
    return !vmsd->needed || vmsd->needed(opaque);
}

static int vmstate_save_elem(QEMUFile *f, const FieldWalk *walk, int i,
                             JSONWriter *vmdesc)
{
    const VMStateField *field = walk->field;
    void *elem = vmstate_walk_elem(walk, i);

    if (!elem && walk->size) {
        assert(field->flags & VMS_ARRAY_OF_POINTER);
        return vmstate_info_nullptr.put(f, elem, walk->size, NULL, NULL);
    }
    if (field->flags & VMS_STRUCT) {
        return vmstate_save_state(f, field->vmsd, elem, vmdesc);
    }
    if (field->flags & VMS_VSTRUCT) {
        return vmstate_save_state_v(f, field->vmsd, elem, vmdesc,
                                    field->struct_version_id);
    }
    return field->info->put(f, elem, walk->size, field, vmdesc);
}

static int vmstate_save_field(QEMUFile *f, const VMStateDescription *vmsd,
                              const VMStateField *field, void *opaque,
                              JSONWriter *vmdesc)
{
    FieldWalk walk;

    if (!vmstate_walk_start(&walk, field, opaque, false)) {
        return -EINVAL;
    }
    for (int i = 0; i < walk.n_elems; i++) {
        int ret = vmstate_save_elem(f, &walk, i, vmdesc);

        if (ret) {
            error_report("Save of field %s/%s failed", vmsd->name,
                         field->name);
            return ret;
        }
    }
    return 0;
}

static int vmstate_subsection_save(QEMUFile *f, const VMStateDescription *vmsd,
                                   void *opaque, JSONWriter *vmdesc)
{
    for (const VMStateDescription **sub = vmsd->subsections; sub && *sub;
         sub++) {
        size_t len = strlen((*sub)->name);
        int ret;

        if (!vmstate_save_needed(*sub, opaque)) {
            continue;
        }
        assert(len < 256);
        qemu_put_byte(f, QEMU_VM_SUBSECTION);
        qemu_put_byte(f, len);
        qemu_put_buffer(f, (const uint8_t *)(*sub)->name, len);
        qemu_put_be32(f, (*sub)->version_id);
        ret = vmstate_save_state(f, *sub, opaque, vmdesc);
        if (ret) {
            return ret;
        }
    }
    return 0;
}

int vmstate_save_state_v(QEMUFile *f, const VMStateDescription *vmsd,
                         void *opaque, JSONWriter *vmdesc, int version_id)
{
    int ret = 0, post;

    trace_vmstate_save_state(vmsd->name, version_id);
    if (vmsd->pre_save) {
        ret = vmsd->pre_save(opaque);
        if (ret) {
            error_report("pre-save failed: %s", vmsd->name);
            return ret;
        }
    }
    for (const VMStateField *field = vmsd->fields; field->name && !ret;
         field++) {
        if (vmstate_field_exists(field, opaque, version_id)) {
            ret = vmstate_save_field(f, vmsd, field, opaque, vmdesc);
        } else if (field->flags & VMS_MUST_EXIST) {
            error_report("Output state validation failed: %s/%s", vmsd->name,
                         field->name);
            assert(!(field->flags & VMS_MUST_EXIST));
        }
    }
    if (!ret) {
        ret = vmstate_subsection_save(f, vmsd, opaque, vmdesc);
    }
    /* What pre_save took is given back in any case. */
    post = vmsd->post_save ? vmsd->post_save(opaque) : 0;
    return ret ? ret : post;
}

int vmstate_save_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, JSONWriter *vmdesc)
{
    return vmstate_save_state_v(f, vmsd, opaque, vmdesc, vmsd->version_id);
}
