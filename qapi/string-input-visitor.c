/*
 * From a string to a scalar, or a list of integers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qmp/qnull.h"
#include "qapi/string-input-visitor.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "qemu/option.h"

/* The most elements that one range may stand for. */
#define STRING_RANGE_MAX 65536

typedef enum ListMode {
    LM_NONE,                    /* not in a list */
    LM_UNPARSED,                /* more text to parse */
    LM_RANGE,                   /* more values of a range to give out */
    LM_END,                     /* nothing left */
} ListMode;

struct StringInputVisitor {
    Visitor visitor;
    const char *string;         /* the whole */
    void *list;                 /* for end_list, to see that it fits */

    ListMode lm;
    const char *unparsed;
    uint64_t next, count;       /* LM_RANGE: the next value, how many more */
};

static StringInputVisitor *to_siv(Visitor *v)
{
    return container_of(v, StringInputVisitor, visitor);
}

static bool string_input_start_list(Visitor *v, const char *name,
                                    GenericList **list, size_t size,
                                    Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->lm == LM_NONE);
    siv->list = list;
    siv->unparsed = siv->string;
    siv->lm = siv->string[0] ? LM_UNPARSED : LM_END;
    if (list) {
        *list = siv->lm == LM_END ? NULL : g_malloc0(size);
    }
    return true;
}

static GenericList *string_input_next_list(Visitor *v, GenericList *tail,
                                           size_t size)
{
    if (to_siv(v)->lm == LM_END) {
        return NULL;
    }
    tail->next = g_malloc0(size);
    return tail->next;
}

static bool string_input_check_list(Visitor *v, Error **errp)
{
    if (to_siv(v)->lm != LM_END) {
        error_setg(errp, "Fewer list elements expected");
        return false;
    }
    return true;
}

static void string_input_end_list(Visitor *v, void **obj)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->lm != LM_NONE && siv->list == obj);
    siv->list = NULL;
    siv->unparsed = NULL;
    siv->lm = LM_NONE;
}

/* "N" or "LOW-HIGH" at the front of the unparsed text. */
static bool string_input_parse_entry(StringInputVisitor *siv, bool is_signed)
{
    const char *end;
    int64_t start, last;
    uint64_t ustart, ulast, span;

    if (is_signed) {
        if (qemu_strtoi64(siv->unparsed, &end, 0, &start)) {
            return false;
        }
        last = start;
        if (end[0] == '-' && qemu_strtoi64(end + 1, &end, 0, &last)) {
            return false;
        }
        if (start > last) {
            return false;
        }
        ustart = start;
        ulast = last;
    } else {
        if (qemu_strtou64(siv->unparsed, &end, 0, &ustart)) {
            return false;
        }
        ulast = ustart;
        if (end[0] == '-' && qemu_strtou64(end + 1, &end, 0, &ulast)) {
            return false;
        }
        if (ustart > ulast) {
            return false;
        }
    }
    span = ulast - ustart;
    if (span >= STRING_RANGE_MAX || (end[0] && end[0] != ',')
        || (end[0] == ',' && !end[1])) {
        return false;
    }
    siv->unparsed = end[0] == ',' ? end + 1 : end;
    siv->next = ustart;
    siv->count = span + 1;
    siv->lm = LM_RANGE;
    return true;
}

/* The next integer of a list, in two's complement. */
static bool string_input_list_int(StringInputVisitor *siv, const char *name,
                                  bool is_signed, uint64_t *obj,
                                  Error **errp)
{
    if (siv->lm == LM_END) {
        error_setg(errp, "Fewer list elements expected");
        return false;
    }
    if (siv->lm == LM_UNPARSED && !string_input_parse_entry(siv, is_signed)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ? name : "null",
                   is_signed ? "list of int64 values or ranges"
                             : "list of uint64 values or ranges");
        return false;
    }
    *obj = siv->next++;
    if (!--siv->count) {
        siv->lm = siv->unparsed[0] ? LM_UNPARSED : LM_END;
    }
    return true;
}

static bool parse_type_int64(Visitor *v, const char *name, int64_t *obj,
                             Error **errp)
{
    StringInputVisitor *siv = to_siv(v);
    uint64_t val;

    if (siv->lm != LM_NONE) {
        if (!string_input_list_int(siv, name, true, &val, errp)) {
            return false;
        }
        *obj = val;
        return true;
    }
    if (qemu_strtoi64(siv->string, NULL, 0, obj)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ? name : "null",
                   "int64");
        return false;
    }
    return true;
}

static bool parse_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                              Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    if (siv->lm != LM_NONE) {
        return string_input_list_int(siv, name, false, obj, errp);
    }
    if (qemu_strtou64(siv->string, NULL, 0, obj)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ? name : "null",
                   "uint64");
        return false;
    }
    return true;
}

static bool parse_type_size(Visitor *v, const char *name, uint64_t *obj,
                            Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->lm == LM_NONE);
    return parse_option_size(name ? name : "null", siv->string, obj, errp);
}

static bool parse_type_bool(Visitor *v, const char *name, bool *obj,
                            Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->lm == LM_NONE);
    return qapi_bool_parse(name ? name : "null", siv->string, obj, errp);
}

static bool parse_type_str(Visitor *v, const char *name, char **obj,
                           Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->lm == LM_NONE);
    *obj = g_strdup(siv->string);
    return true;
}

static bool parse_type_number(Visitor *v, const char *name, double *obj,
                              Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->lm == LM_NONE);
    if (qemu_strtod_finite(siv->string, NULL, obj)) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, name ? name : "null",
                   "number");
        return false;
    }
    return true;
}

static bool parse_type_null(Visitor *v, const char *name, QNull **obj,
                            Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->lm == LM_NONE);
    *obj = NULL;
    if (siv->string[0]) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, name ? name : "null",
                   "null");
        return false;
    }
    *obj = qnull();
    return true;
}

static void string_input_free(Visitor *v)
{
    g_free(to_siv(v));
}

Visitor *string_input_visitor_new(const char *str)
{
    StringInputVisitor *v = g_new0(StringInputVisitor, 1);

    assert(str);
    v->visitor.type = VISITOR_INPUT;
    v->visitor.type_int64 = parse_type_int64;
    v->visitor.type_uint64 = parse_type_uint64;
    v->visitor.type_size = parse_type_size;
    v->visitor.type_bool = parse_type_bool;
    v->visitor.type_str = parse_type_str;
    v->visitor.type_number = parse_type_number;
    v->visitor.type_null = parse_type_null;
    v->visitor.start_list = string_input_start_list;
    v->visitor.next_list = string_input_next_list;
    v->visitor.check_list = string_input_check_list;
    v->visitor.end_list = string_input_end_list;
    v->visitor.free = string_input_free;
    v->string = str;
    v->lm = LM_NONE;
    return &v->visitor;
}
