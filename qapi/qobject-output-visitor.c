/*
 * From C struct to QObject.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/qobject-output-visitor.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"
#include "qapi/visitor-impl.h"

struct QObjectOutputVisitor {
    Visitor visitor;
    GPtrArray *stack;           /* the containers we are in, innermost last */
    QObject *root;
    QObject **result;
};

static QObjectOutputVisitor *to_qov(Visitor *v)
{
    return container_of(v, QObjectOutputVisitor, visitor);
}

/* Put @value where the visit is; the reference is taken over. */
static void qobject_output_add_obj(QObjectOutputVisitor *qov,
                                   const char *name, QObject *value)
{
    QObject *cur;

    if (!qov->stack->len) {
        assert(!qov->root);
        qov->root = value;
        return;
    }
    cur = qov->stack->pdata[qov->stack->len - 1];
    if (qobject_type(cur) == QTYPE_QDICT) {
        assert(name);
        qdict_put_obj(qobject_to(QDict, cur), name, value);
    } else {
        assert(!name);
        qlist_append_obj(qobject_to(QList, cur), value);
    }
}

#define qobject_output_add(qov, name, value) \
    qobject_output_add_obj(qov, name, QOBJECT(value))

static bool qobject_output_start_struct(Visitor *v, const char *name,
                                        void **obj, size_t unused,
                                        Error **errp)
{
    QObjectOutputVisitor *qov = to_qov(v);
    QDict *dict = qdict_new();

    qobject_output_add(qov, name, dict);
    g_ptr_array_add(qov->stack, QOBJECT(dict));
    return true;
}

static void qobject_output_end(Visitor *v, void **obj)
{
    QObjectOutputVisitor *qov = to_qov(v);

    assert(qov->stack->len);
    g_ptr_array_set_size(qov->stack, qov->stack->len - 1);
}

static bool qobject_output_start_list(Visitor *v, const char *name,
                                      GenericList **listp, size_t size,
                                      Error **errp)
{
    QObjectOutputVisitor *qov = to_qov(v);
    QList *list = qlist_new();

    qobject_output_add(qov, name, list);
    g_ptr_array_add(qov->stack, QOBJECT(list));
    return true;
}

static GenericList *qobject_output_next_list(Visitor *v, GenericList *tail,
                                             size_t size)
{
    return tail->next;
}

static bool qobject_output_type_int64(Visitor *v, const char *name,
                                      int64_t *obj, Error **errp)
{
    qobject_output_add(to_qov(v), name, qnum_from_int(*obj));
    return true;
}

static bool qobject_output_type_uint64(Visitor *v, const char *name,
                                       uint64_t *obj, Error **errp)
{
    qobject_output_add(to_qov(v), name, qnum_from_uint(*obj));
    return true;
}

static bool qobject_output_type_bool(Visitor *v, const char *name, bool *obj,
                                     Error **errp)
{
    qobject_output_add(to_qov(v), name, qbool_from_bool(*obj));
    return true;
}

static bool qobject_output_type_str(Visitor *v, const char *name, char **obj,
                                    Error **errp)
{
    qobject_output_add(to_qov(v), name, qstring_from_str(*obj ?: ""));
    return true;
}

static bool qobject_output_type_number(Visitor *v, const char *name,
                                       double *obj, Error **errp)
{
    qobject_output_add(to_qov(v), name, qnum_from_double(*obj));
    return true;
}

static bool qobject_output_type_any(Visitor *v, const char *name,
                                    QObject **obj, Error **errp)
{
    qobject_output_add_obj(to_qov(v), name, qobject_ref(*obj));
    return true;
}

static bool qobject_output_type_null(Visitor *v, const char *name,
                                     QNull **obj, Error **errp)
{
    qobject_output_add(to_qov(v), name, qnull());
    return true;
}

static bool qobject_output_policy_skip(Visitor *v, const char *name,
                                       unsigned special_features)
{
    CompatPolicy *pol = &v->compat_policy;

    return ((special_features & 1u << QAPI_DEPRECATED)
            && pol->deprecated_output == COMPAT_POLICY_OUTPUT_HIDE)
           || ((special_features & 1u << QAPI_UNSTABLE)
               && pol->unstable_output == COMPAT_POLICY_OUTPUT_HIDE);
}

static void qobject_output_complete(Visitor *v, void *opaque)
{
    QObjectOutputVisitor *qov = to_qov(v);

    assert(qov->root && !qov->stack->len);
    assert(opaque == qov->result);
    *qov->result = qobject_ref(qov->root);
    qov->result = NULL;
}

static void qobject_output_free(Visitor *v)
{
    QObjectOutputVisitor *qov = to_qov(v);

    g_ptr_array_free(qov->stack, true);
    qobject_unref(qov->root);
    g_free(qov);
}

Visitor *qobject_output_visitor_new(QObject **result)
{
    QObjectOutputVisitor *v = g_new0(QObjectOutputVisitor, 1);

    v->visitor.type = VISITOR_OUTPUT;
    v->visitor.start_struct = qobject_output_start_struct;
    v->visitor.end_struct = qobject_output_end;
    v->visitor.start_list = qobject_output_start_list;
    v->visitor.next_list = qobject_output_next_list;
    v->visitor.end_list = qobject_output_end;
    v->visitor.type_int64 = qobject_output_type_int64;
    v->visitor.type_uint64 = qobject_output_type_uint64;
    v->visitor.type_bool = qobject_output_type_bool;
    v->visitor.type_str = qobject_output_type_str;
    v->visitor.type_number = qobject_output_type_number;
    v->visitor.type_any = qobject_output_type_any;
    v->visitor.type_null = qobject_output_type_null;
    v->visitor.policy_skip = qobject_output_policy_skip;
    v->visitor.complete = qobject_output_complete;
    v->visitor.free = qobject_output_free;

    *result = NULL;
    v->result = result;
    v->stack = g_ptr_array_new();
    return &v->visitor;
}

Visitor *qobject_output_visitor_new_qmp(QObject **result)
{
    Visitor *v = qobject_output_visitor_new(result);

    visit_set_policy(v, &compat_policy);
    return v;
}
