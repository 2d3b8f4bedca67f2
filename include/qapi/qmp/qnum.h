/*
 * QNum: a number that remembers how it was written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QNUM_H
#define QNUM_H

#include "qapi/qmp/qobject.h"

/*
 * JSON has one kind of number; a VMM needs all 64 bits of an address and
 * all 64 bits of a negative offset.  So a QNum is the narrowest of three:
 *
 *     QNUM_I64     fits int64_t: what the JSON parser tries first
 *     QNUM_U64     above INT64_MAX, up to UINT64_MAX
 *     QNUM_DOUBLE  has a fraction or an exponent, or is larger still
 *
 * The getters convert between the integer kinds whenever the value fits.
 */
typedef enum {
    QNUM_I64,
    QNUM_U64,
    QNUM_DOUBLE
} QNumKind;

struct QNum {
    struct QObjectBase_ base;
    QNumKind kind;
    union {
        int64_t i64;
        uint64_t u64;
        double dbl;
    } u;
};

void qnum_unref(QNum *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QNum, qnum_unref)

/* New numbers; the reference is the caller's. */
QNum *qnum_from_int(int64_t value);
QNum *qnum_from_uint(uint64_t value);
QNum *qnum_from_double(double value);

/* Store the value in *@val and return true, or false if it does not fit. */
bool qnum_get_try_int(const QNum *qn, int64_t *val);
bool qnum_get_try_uint(const QNum *qn, uint64_t *val);

/* The same for callers who know that it fits. */
int64_t qnum_get_int(const QNum *qn);
uint64_t qnum_get_uint(const QNum *qn);

/* Any number as a double, rounded if it must be. */
double qnum_get_double(QNum *qn);

/* The number in JSON's notation; the caller frees it with g_free(). */
char *qnum_to_string(QNum *qn);

bool qnum_is_equal(const QObject *x, const QObject *y);
void qnum_destroy_obj(QObject *obj);

#endif
