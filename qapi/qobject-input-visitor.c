/*
 * From QObject to C struct.
 *
 * One visitor for two dialects: in JSON each value has a type, which must be
 * the right one; in what keyval_parse() makes all scalars are strings, which
 * are converted.  Only the scalars differ.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"

/* A container that the visit is in. */
typedef struct StackObject {
    const char *name;           /* of the container, in the one around it */
    QObject *obj;
    void *qapi;                 /* what end_struct / end_list will be given */

    GHashTable *visited;        /* QDict: the keys seen */
    const QListEntry *entry;    /* QList: the next element */
    unsigned index;             /* QList: of the element last asked for, + 1 */

    QSLIST_ENTRY(StackObject) node;
} StackObject;

struct QObjectInputVisitor {
    Visitor visitor;
    QObject *root;
    bool keyval;
    QSLIST_HEAD(, StackObject) stack;   /* innermost first */
    GString *errname;                   /* full_name()'s result */
};

static QObjectInputVisitor *to_qiv(Visitor *v)
{
    return container_of(v, QObjectInputVisitor, visitor);
}

/*
 * "netdev.addr[2].port": the path to @name, @n levels above where the visit
 * is.  The result is good up to the next call.
 */
static const char *full_name_nth(QObjectInputVisitor *qiv, const char *name,
                                 int n)
{
    StackObject *so;
    g_autofree char *part = NULL;

    if (!qiv->errname) {
        qiv->errname = g_string_new(NULL);
    }
    g_string_truncate(qiv->errname, 0);

    QSLIST_FOREACH(so, &qiv->stack, node) {
        if (n) {
            n--;
        } else if (qobject_type(so->obj) == QTYPE_QDICT) {
            g_string_prepend(qiv->errname, name ?: "<anonymous>");
            g_string_prepend_c(qiv->errname, '.');
        } else {
            g_free(part);
            part = g_strdup_printf(qiv->keyval ? ".%u" : "[%u]",
                                   so->index ? so->index - 1 : 0);
            g_string_prepend(qiv->errname, part);
        }
        name = so->name;
    }

    if (name) {
        g_string_prepend(qiv->errname, name);
    } else if (qiv->errname->str[0] == '.') {
        g_string_erase(qiv->errname, 0, 1);
    } else if (!qiv->errname->len) {
        g_string_append(qiv->errname, "<anonymous>");
    }
    return qiv->errname->str;
}

static const char *full_name(QObjectInputVisitor *qiv, const char *name)
{
    return full_name_nth(qiv, name, 0);
}

/* The value that the visit is at, or NULL; @consume: it has been visited. */
static QObject *qobject_input_try_get_object(QObjectInputVisitor *qiv,
                                             const char *name, bool consume)
{
    StackObject *tos = QSLIST_FIRST(&qiv->stack);
    QObject *ret;

    if (!tos) {
        return qiv->root;
    }
    if (qobject_type(tos->obj) == QTYPE_QDICT) {
        assert(name);
        ret = qdict_get(qobject_to(QDict, tos->obj), name);
        if (ret && consume) {
            g_hash_table_add(tos->visited, g_strdup(name));
        }
        return ret;
    }
    assert(!name);
    ret = tos->entry ? qlist_entry_obj(tos->entry) : NULL;
    if (consume) {
        if (ret) {
            tos->entry = qlist_next(tos->entry);
        }
        /* Counted even if it is not there: an error will speak of it. */
        tos->index++;
    }
    return ret;
}

static QObject *qobject_input_get_object(QObjectInputVisitor *qiv,
                                         const char *name, Error **errp)
{
    QObject *obj = qobject_input_try_get_object(qiv, name, true);

    if (!obj) {
        error_setg(errp, QERR_MISSING_PARAMETER, full_name(qiv, name));
    }
    return obj;
}

/* For keyval: the string at @name. */
static const char *qobject_input_get_keyval(QObjectInputVisitor *qiv,
                                            const char *name, Error **errp)
{
    QObject *qobj = qobject_input_get_object(qiv, name, errp);
    QString *qstr;

    if (!qobj) {
        return NULL;
    }
    qstr = qobject_to(QString, qobj);
    if (qstr) {
        return qstring_get_str(qstr);
    }
    if (qobject_type(qobj) == QTYPE_QDICT
        || qobject_type(qobj) == QTYPE_QLIST) {
        error_setg(errp, "Parameters '%s.*' are unexpected",
                   full_name(qiv, name));
    } else {
        /* -device JSON given to a keyval visitor: a caller's mistake. */
        error_setg(errp, "Internal error: parameter %s invalid",
                   full_name(qiv, name));
    }
    return NULL;
}

/* Containers */

static void qobject_input_push(QObjectInputVisitor *qiv, const char *name,
                               QObject *obj, void *qapi)
{
    StackObject *tos = g_new0(StackObject, 1);

    tos->name = name;
    tos->obj = obj;
    tos->qapi = qapi;
    if (qobject_type(obj) == QTYPE_QDICT) {
        tos->visited = g_hash_table_new_full(g_str_hash, g_str_equal,
                                             g_free, NULL);
    } else {
        tos->entry = qlist_first(qobject_to(QList, obj));
    }
    QSLIST_INSERT_HEAD(&qiv->stack, tos, node);
}

static void qobject_input_pop(Visitor *v, void **obj)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    StackObject *tos = QSLIST_FIRST(&qiv->stack);

    assert(tos && tos->qapi == obj);
    QSLIST_REMOVE_HEAD(&qiv->stack, node);
    if (tos->visited) {
        g_hash_table_destroy(tos->visited);
    }
    g_free(tos);
}

static bool qobject_input_start_struct(Visitor *v, const char *name,
                                       void **obj, size_t size, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);

    if (obj) {
        *obj = NULL;
    }
    if (!qobj) {
        return false;
    }
    if (qobject_type(qobj) != QTYPE_QDICT) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, full_name(qiv, name),
                   "object");
        return false;
    }
    qobject_input_push(qiv, name, qobj, obj);
    if (obj) {
        *obj = g_malloc0(size);
    }
    return true;
}

static bool qobject_input_check_struct(Visitor *v, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    StackObject *tos = QSLIST_FIRST(&qiv->stack);
    QDict *qdict = qobject_to(QDict, tos->obj);
    const QDictEntry *entry;

    for (entry = qdict_first(qdict); entry;
         entry = qdict_next(qdict, entry)) {
        const char *key = qdict_entry_key(entry);

        if (!g_hash_table_contains(tos->visited, key)) {
            error_setg(errp, "Parameter '%s' is unexpected",
                       full_name(qiv, key));
            return false;
        }
    }
    return true;
}

static bool qobject_input_start_list(Visitor *v, const char *name,
                                     GenericList **list, size_t size,
                                     Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);

    if (list) {
        *list = NULL;
    }
    if (!qobj) {
        return false;
    }
    if (qobject_type(qobj) != QTYPE_QLIST) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, full_name(qiv, name),
                   "array");
        return false;
    }
    qobject_input_push(qiv, name, qobj, list);
    if (list && !qlist_empty(qobject_to(QList, qobj))) {
        *list = g_malloc0(size);
    }
    return true;
}

static GenericList *qobject_input_next_list(Visitor *v, GenericList *tail,
                                            size_t size)
{
    StackObject *tos = QSLIST_FIRST(&to_qiv(v)->stack);

    if (!tos->entry) {
        return NULL;
    }
    tail->next = g_malloc0(size);
    return tail->next;
}

static bool qobject_input_check_list(Visitor *v, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    StackObject *tos = QSLIST_FIRST(&qiv->stack);

    if (tos->entry) {
        error_setg(errp, "Only %u list elements expected in %s",
                   tos->index, full_name_nth(qiv, NULL, 1));
        return false;
    }
    return true;
}

static bool qobject_input_start_alternate(Visitor *v, const char *name,
                                          GenericAlternate **obj, size_t size,
                                          Error **errp)
{
    /* What is in the alternate is visited next, under the same name. */
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_try_get_object(qiv, name, false);

    if (!qobj) {
        *obj = NULL;
        error_setg(errp, QERR_MISSING_PARAMETER, full_name(qiv, name));
        return false;
    }
    *obj = g_malloc0(size);
    (*obj)->type = qobject_type(qobj);
    return true;
}

static void qobject_input_optional(Visitor *v, const char *name,
                                   bool *present)
{
    *present = qobject_input_try_get_object(to_qiv(v), name, false);
}

static bool qobject_input_policy_reject(Visitor *v, const char *name,
                                        unsigned special_features,
                                        Error **errp)
{
    return !compat_policy_input_ok(special_features, &v->compat_policy,
                                   ERROR_CLASS_GENERIC_ERROR,
                                   "parameter", name, errp);
}

/* Scalars of JSON */

static bool qobject_input_wrong_type(QObjectInputVisitor *qiv,
                                     const char *name, const char *expected,
                                     Error **errp)
{
    error_setg(errp, QERR_INVALID_PARAMETER_TYPE, full_name(qiv, name),
               expected);
    return false;
}

static bool qobject_input_type_int64(Visitor *v, const char *name,
                                     int64_t *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);
    QNum *qnum;

    if (!qobj) {
        return false;
    }
    qnum = qobject_to(QNum, qobj);
    if (!qnum || !qnum_get_try_int(qnum, obj)) {
        return qobject_input_wrong_type(qiv, name, "integer", errp);
    }
    return true;
}

static bool qobject_input_type_uint64(Visitor *v, const char *name,
                                      uint64_t *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);
    QNum *qnum;
    int64_t val;

    if (!qobj) {
        return false;
    }
    qnum = qobject_to(QNum, qobj);
    if (qnum && qnum_get_try_uint(qnum, obj)) {
        return true;
    }
    /* Clients once had to write large values as negative numbers. */
    if (qnum && qnum_get_try_int(qnum, &val)) {
        *obj = val;
        return true;
    }
    error_setg(errp, QERR_INVALID_PARAMETER_VALUE, full_name(qiv, name),
               "uint64");
    return false;
}

static bool qobject_input_type_bool(Visitor *v, const char *name, bool *obj,
                                    Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);
    QBool *qbool;

    if (!qobj) {
        return false;
    }
    qbool = qobject_to(QBool, qobj);
    if (!qbool) {
        return qobject_input_wrong_type(qiv, name, "boolean", errp);
    }
    *obj = qbool_get_bool(qbool);
    return true;
}

static bool qobject_input_type_str(Visitor *v, const char *name, char **obj,
                                   Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);
    QString *qstr;

    *obj = NULL;
    if (!qobj) {
        return false;
    }
    qstr = qobject_to(QString, qobj);
    if (!qstr) {
        return qobject_input_wrong_type(qiv, name, "string", errp);
    }
    *obj = g_strdup(qstring_get_str(qstr));
    return true;
}

static bool qobject_input_type_number(Visitor *v, const char *name,
                                      double *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);
    QNum *qnum;

    if (!qobj) {
        return false;
    }
    qnum = qobject_to(QNum, qobj);
    if (!qnum) {
        return qobject_input_wrong_type(qiv, name, "number", errp);
    }
    *obj = qnum_get_double(qnum);
    return true;
}

static bool qobject_input_type_any(Visitor *v, const char *name,
                                   QObject **obj, Error **errp)
{
    QObject *qobj = qobject_input_get_object(to_qiv(v), name, errp);

    *obj = qobject_ref(qobj);
    return qobj != NULL;
}

static bool qobject_input_type_null(Visitor *v, const char *name,
                                    QNull **obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = qobject_input_get_object(qiv, name, errp);

    *obj = NULL;
    if (!qobj) {
        return false;
    }
    if (qobject_type(qobj) != QTYPE_QNULL) {
        return qobject_input_wrong_type(qiv, name, "null", errp);
    }
    *obj = qnull();
    return true;
}

/* Scalars of keyval */

static bool qobject_input_bad_keyval(QObjectInputVisitor *qiv,
                                     const char *name, const char *expected,
                                     Error **errp)
{
    error_setg(errp, QERR_INVALID_PARAMETER_VALUE, full_name(qiv, name),
               expected);
    return false;
}

static bool qobject_input_type_int64_keyval(Visitor *v, const char *name,
                                            int64_t *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = qobject_input_get_keyval(qiv, name, errp);

    if (!str) {
        return false;
    }
    if (qemu_strtoi64(str, NULL, 0, obj) < 0) {
        return qobject_input_bad_keyval(qiv, name, "integer", errp);
    }
    return true;
}

static bool qobject_input_type_uint64_keyval(Visitor *v, const char *name,
                                             uint64_t *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = qobject_input_get_keyval(qiv, name, errp);

    if (!str) {
        return false;
    }
    if (qemu_strtou64(str, NULL, 0, obj) < 0) {
        return qobject_input_bad_keyval(qiv, name, "integer", errp);
    }
    return true;
}

static bool qobject_input_type_bool_keyval(Visitor *v, const char *name,
                                           bool *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = qobject_input_get_keyval(qiv, name, errp);

    if (!str) {
        return false;
    }
    if (!qapi_bool_parse(name, str, obj, NULL)) {
        return qobject_input_bad_keyval(qiv, name, "'on' or 'off'", errp);
    }
    return true;
}

static bool qobject_input_type_str_keyval(Visitor *v, const char *name,
                                          char **obj, Error **errp)
{
    const char *str = qobject_input_get_keyval(to_qiv(v), name, errp);

    *obj = g_strdup(str);
    return str != NULL;
}

static bool qobject_input_type_number_keyval(Visitor *v, const char *name,
                                             double *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = qobject_input_get_keyval(qiv, name, errp);
    double val;

    if (!str) {
        return false;
    }
    if (qemu_strtod_finite(str, NULL, &val)) {
        return qobject_input_wrong_type(qiv, name, "number", errp);
    }
    *obj = val;
    return true;
}

static bool qobject_input_type_size_keyval(Visitor *v, const char *name,
                                           uint64_t *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = qobject_input_get_keyval(qiv, name, errp);

    if (!str) {
        return false;
    }
    if (qemu_strtosz(str, NULL, obj) < 0) {
        return qobject_input_bad_keyval(qiv, name, "size", errp);
    }
    return true;
}

/* Life */

static void qobject_input_free(Visitor *v)
{
    QObjectInputVisitor *qiv = to_qiv(v);

    while (!QSLIST_EMPTY(&qiv->stack)) {
        qobject_input_pop(v, QSLIST_FIRST(&qiv->stack)->qapi);
    }
    qobject_unref(qiv->root);
    if (qiv->errname) {
        g_string_free(qiv->errname, true);
    }
    g_free(qiv);
}

static QObjectInputVisitor *qobject_input_visitor_base_new(QObject *obj)
{
    QObjectInputVisitor *v = g_new0(QObjectInputVisitor, 1);

    assert(obj);
    v->visitor.type = VISITOR_INPUT;
    v->visitor.start_struct = qobject_input_start_struct;
    v->visitor.check_struct = qobject_input_check_struct;
    v->visitor.end_struct = qobject_input_pop;
    v->visitor.start_list = qobject_input_start_list;
    v->visitor.next_list = qobject_input_next_list;
    v->visitor.check_list = qobject_input_check_list;
    v->visitor.end_list = qobject_input_pop;
    v->visitor.start_alternate = qobject_input_start_alternate;
    v->visitor.optional = qobject_input_optional;
    v->visitor.policy_reject = qobject_input_policy_reject;
    v->visitor.free = qobject_input_free;
    v->root = qobject_ref(obj);
    QSLIST_INIT(&v->stack);
    return v;
}

Visitor *qobject_input_visitor_new(QObject *obj)
{
    QObjectInputVisitor *v = qobject_input_visitor_base_new(obj);

    v->visitor.type_int64 = qobject_input_type_int64;
    v->visitor.type_uint64 = qobject_input_type_uint64;
    v->visitor.type_bool = qobject_input_type_bool;
    v->visitor.type_str = qobject_input_type_str;
    v->visitor.type_number = qobject_input_type_number;
    v->visitor.type_any = qobject_input_type_any;
    v->visitor.type_null = qobject_input_type_null;
    return &v->visitor;
}

Visitor *qobject_input_visitor_new_keyval(QObject *obj)
{
    QObjectInputVisitor *v = qobject_input_visitor_base_new(obj);

    v->visitor.type_int64 = qobject_input_type_int64_keyval;
    v->visitor.type_uint64 = qobject_input_type_uint64_keyval;
    v->visitor.type_size = qobject_input_type_size_keyval;
    v->visitor.type_bool = qobject_input_type_bool_keyval;
    v->visitor.type_str = qobject_input_type_str_keyval;
    v->visitor.type_number = qobject_input_type_number_keyval;
    v->visitor.type_any = qobject_input_type_any;
    v->visitor.type_null = qobject_input_type_null;
    v->keyval = true;
    return &v->visitor;
}

Visitor *qobject_input_visitor_new_qmp(QObject *obj)
{
    Visitor *v = qobject_input_visitor_new(obj);

    visit_set_policy(v, &compat_policy);
    return v;
}

Visitor *qobject_input_visitor_new_str(const char *str,
                                       const char *implied_key,
                                       Error **errp)
{
    bool is_json = str[0] == '{';
    Visitor *v;

    if (is_json) {
        QObject *obj = qobject_from_json(str, errp);

        if (!obj) {
            return NULL;
        }
        /* It began with a brace. */
        assert(qobject_to(QDict, obj));
        v = qobject_input_visitor_new(obj);
        qobject_unref(obj);
    } else {
        QDict *args = keyval_parse(str, implied_key, NULL, errp);

        if (!args) {
            return NULL;
        }
        v = qobject_input_visitor_new_keyval(QOBJECT(args));
        qobject_unref(args);
    }
    return v;
}
