/*
 * QLitObject: a QObject written down as constant data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QLIT_H
#define QLIT_H

#include "qapi/qapi-builtin-types.h"

/*
 * Large constants, such as the schema that introspection shows, and what
 * tests expect, are compiled in without any code to build them:
 *
 *     QLitObject expect = QLIT_QDICT(((QLitDictEntry[]) {
 *         { "foo", QLIT_QNUM(42) },
 *         { "bar", QLIT_QLIST(((QLitObject[]) {
 *             QLIT_QSTR("a"), QLIT_QNULL, {}
 *         })) },
 *         { }
 *     }));
 */
typedef struct QLitDictEntry QLitDictEntry;
typedef struct QLitObject QLitObject;

struct QLitObject {
    QType type;
    union {
        bool qbool;
        int64_t qnum;
        const char *qstr;
        QLitDictEntry *qdict;
        QLitObject *qlist;
    } value;
};

struct QLitDictEntry {
    const char *key;
    QLitObject value;
};

#define QLIT_QNULL \
    { .type = QTYPE_QNULL }
#define QLIT_QBOOL(val) \
    { .type = QTYPE_QBOOL, .value.qbool = (val) }
#define QLIT_QNUM(val) \
    { .type = QTYPE_QNUM, .value.qnum = (val) }
#define QLIT_QSTR(val) \
    { .type = QTYPE_QSTRING, .value.qstr = (val) }
#define QLIT_QDICT(val) \
    { .type = QTYPE_QDICT, .value.qdict = (val) }
#define QLIT_QLIST(val) \
    { .type = QTYPE_QLIST, .value.qlist = (val) }

bool qlit_equal_qobject(const QLitObject *lhs, const QObject *rhs);

/* A new QObject of that value; the reference is the caller's. */
QObject *qobject_from_qlit(const QLitObject *qlit);

#endif
