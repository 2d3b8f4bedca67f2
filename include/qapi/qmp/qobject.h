/*
 * QObject: a value as JSON knows it, with a reference count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QOBJECT_H
#define QOBJECT_H

/*
 * Everything that arrives as text and has a shape (a QMP command, the JSON
 * form of -device, the key=value form after keyval_parse()) becomes a tree
 * of these before anybody looks at it:
 *
 *     { "driver": "tally", "limit": 10 }          QDict
 *                                                 |-- "driver" -> QString
 *                                                 `-- "limit"  -> QNum
 *
 * Two ways lead on from here.  Code that knows what it expects asks the
 * containers directly (qdict_get_str()); code that is generated from the
 * schema walks the tree with a visitor (qapi/qobject-input-visitor.h).
 *
 * Every kind starts with the same base, so that a pointer to any of them
 * converts to QObject * and back:
 *
 *     QObject           QString                 QDict
 *     +------+          +------------+          +---------------+
 *     | base |          | base       |          | base          |
 *     +------+          | string     |          | size, entries |
 *                       +------------+          +---------------+
 *
 * Reference counts are plain integers.  A QObject belongs to one thread at
 * a time; hand it over, do not share it.  A container owns a reference to
 * each of its members: putting a value in gives the caller's reference away,
 * and looking it up lends it for as long as the container keeps it.
 */

#include "qapi/qapi-builtin-types.h"

struct QObjectBase_ {
    QType type;
    size_t refcnt;
};

/* The common view.  It must have no member besides @base. */
struct QObject {
    struct QObjectBase_ base;
};

/* Any kind of QObject as its base, or NULL for NULL; no reference is taken. */
#define QOBJECT(obj) ({                                         \
    typeof(obj) _qobj = (obj);                                  \
    _qobj ? container_of(&(_qobj)->base, QObject, base) : NULL; \
})

/* Required for qobject_to() */
#define QTYPE_CAST_TO_QNull     QTYPE_QNULL
#define QTYPE_CAST_TO_QNum      QTYPE_QNUM
#define QTYPE_CAST_TO_QString   QTYPE_QSTRING
#define QTYPE_CAST_TO_QDict     QTYPE_QDICT
#define QTYPE_CAST_TO_QList     QTYPE_QLIST
#define QTYPE_CAST_TO_QBool     QTYPE_QBOOL

QEMU_BUILD_BUG_MSG(QTYPE__MAX != 7,
                   "The QTYPE_CAST_TO_* list needs to be extended");

/* @obj as a @type, or NULL if it is something else; no reference is taken. */
#define qobject_to(type, obj)                                       \
    ((type *)qobject_check_type(obj, glue(QTYPE_CAST_TO_, type)))

/* Fill in the base of a new object; its first reference is the caller's. */
static inline void qobject_init(QObject *obj, QType type)
{
    assert(QTYPE_NONE < type && type < QTYPE__MAX);
    obj->base.refcnt = 1;
    obj->base.type = type;
}

static inline void qobject_ref_impl(QObject *obj)
{
    if (obj) {
        obj->base.refcnt++;
    }
}

/*
 * Are @x and @y the same value?  Numbers compare by value across their
 * representations (1 equals 1u, but not 1.0), lists element by element,
 * dictionaries regardless of order.  NULL equals only NULL.
 */
bool qobject_is_equal(const QObject *x, const QObject *y);

/* Free @obj whatever its kind; only qobject_unref_impl() calls this. */
void qobject_destroy(QObject *obj);

static inline void qobject_unref_impl(QObject *obj)
{
    assert(!obj || obj->base.refcnt);
    if (obj && --obj->base.refcnt == 0) {
        qobject_destroy(obj);
    }
}

/* Take a reference.  Returns @obj with its own type; NULL stays NULL. */
#define qobject_ref(obj) ({                     \
    typeof(obj) _ref_obj = (obj);               \
    qobject_ref_impl(QOBJECT(_ref_obj));        \
    _ref_obj;                                   \
})

/* Drop a reference; the last one frees the object.  NULL is fine. */
#define qobject_unref(obj) qobject_unref_impl(QOBJECT(obj))

static inline QType qobject_type(const QObject *obj)
{
    assert(QTYPE_NONE < obj->base.type && obj->base.type < QTYPE__MAX);
    return obj->base.type;
}

/* @obj if it is of @type, else NULL; what qobject_to() is made of. */
static inline QObject *qobject_check_type(const QObject *obj, QType type)
{
    if (obj && qobject_type(obj) == type) {
        return (QObject *)obj;
    }
    return NULL;
}

#endif
