/*
 * A deep copy of a generated type.
 *
 * The copy starts as the same bytes; then the visit walks over it and
 * replaces each pointer by a copy of what it points to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/qmp/qnull.h"
#include "qapi/visitor-impl.h"

struct QapiCloneVisitor {
    Visitor visitor;
    size_t depth;
};

static QapiCloneVisitor *to_qcv(Visitor *v)
{
    return container_of(v, QapiCloneVisitor, visitor);
}

static bool qapi_clone_start_struct(Visitor *v, const char *name, void **obj,
                                    size_t size, Error **errp)
{
    QapiCloneVisitor *qcv = to_qcv(v);

    /* NULL: the branch of an alternate, copied with it. */
    if (obj) {
        *obj = g_memdup2(*obj, size);
    }
    qcv->depth++;
    return true;
}

static void qapi_clone_end(Visitor *v, void **obj)
{
    to_qcv(v)->depth--;
}

static bool qapi_clone_start_list(Visitor *v, const char *name,
                                  GenericList **listp, size_t size,
                                  Error **errp)
{
    if (*listp) {
        *listp = g_memdup2(*listp, size);
    }
    to_qcv(v)->depth++;
    return true;
}

static GenericList *qapi_clone_next_list(Visitor *v, GenericList *tail,
                                         size_t size)
{
    if (tail->next) {
        tail->next = g_memdup2(tail->next, size);
    }
    return tail->next;
}

static bool qapi_clone_start_alternate(Visitor *v, const char *name,
                                       GenericAlternate **obj, size_t size,
                                       Error **errp)
{
    *obj = g_memdup2(*obj, size);
    to_qcv(v)->depth++;
    return true;
}

/* Scalars came over with the struct; at the top there is none. */
static bool qapi_clone_type_int64(Visitor *v, const char *name, int64_t *obj,
                                  Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool qapi_clone_type_uint64(Visitor *v, const char *name,
                                   uint64_t *obj, Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool qapi_clone_type_bool(Visitor *v, const char *name, bool *obj,
                                 Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool qapi_clone_type_number(Visitor *v, const char *name, double *obj,
                                   Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool qapi_clone_type_str(Visitor *v, const char *name, char **obj,
                                Error **errp)
{
    assert(to_qcv(v)->depth);
    /* A string is never NULL where a schema has one. */
    *obj = g_strdup(*obj ?: "");
    return true;
}

static bool qapi_clone_type_any(Visitor *v, const char *name, QObject **obj,
                                Error **errp)
{
    *obj = qobject_ref(*obj);
    return true;
}

static bool qapi_clone_type_null(Visitor *v, const char *name, QNull **obj,
                                 Error **errp)
{
    *obj = qnull();
    return true;
}

static void qapi_clone_free(Visitor *v)
{
    g_free(to_qcv(v));
}

static Visitor *qapi_clone_visitor_new(void)
{
    QapiCloneVisitor *qcv = g_new0(QapiCloneVisitor, 1);
    Visitor *v = &qcv->visitor;

    v->type = VISITOR_CLONE;
    v->start_struct = qapi_clone_start_struct;
    v->end_struct = qapi_clone_end;
    v->start_list = qapi_clone_start_list;
    v->next_list = qapi_clone_next_list;
    v->end_list = qapi_clone_end;
    v->start_alternate = qapi_clone_start_alternate;
    v->end_alternate = qapi_clone_end;
    v->type_int64 = qapi_clone_type_int64;
    v->type_uint64 = qapi_clone_type_uint64;
    v->type_bool = qapi_clone_type_bool;
    v->type_str = qapi_clone_type_str;
    v->type_number = qapi_clone_type_number;
    v->type_any = qapi_clone_type_any;
    v->type_null = qapi_clone_type_null;
    v->free = qapi_clone_free;
    return v;
}

void *qapi_clone(const void *src, bool (*visit_type)(Visitor *, const char *,
                                                     void **, Error **))
{
    void *dst = (void *)src;
    Visitor *v;

    if (!src) {
        return NULL;
    }
    v = qapi_clone_visitor_new();
    visit_type(v, NULL, &dst, &error_abort);
    visit_free(v);
    return dst;
}

void qapi_clone_members(void *dst, const void *src, size_t sz,
                        bool (*visit_type_members)(Visitor *, void *,
                                                   Error **))
{
    Visitor *v = qapi_clone_visitor_new();

    memcpy(dst, src, sz);
    to_qcv(v)->depth++;
    visit_type_members(v, dst, &error_abort);
    visit_free(v);
}
