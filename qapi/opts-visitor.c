/*
 * From QemuOpts to C struct.
 *
 * Read include/qapi/opts-visitor.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qmp/qerror.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "qemu/option_int.h"

typedef enum OptsListMode {
    OPTS_NO_LIST,
    OPTS_LIST,                  /* the values of a repeated key, in order */
    OPTS_INT64_RANGE,           /* numbers that the current value stands for */
    OPTS_UINT64_RANGE,
} OptsListMode;

struct OptsVisitor {
    Visitor visitor;

    /* Structs the visit is in; members of all of them are keys of one group. */
    unsigned depth;

    /* Key -> GQueue of const QemuOpt *, oldest first; visited ones are out. */
    GHashTable *unprocessed_opts;

    OptsListMode list_mode;
    GQueue *repeated_opts;      /* the list's values; the head is current */
    char *repeated_name;
    int64_t range_next, range_limit;

    /* "id" is not among the options of a group, but the struct has it. */
    QemuOpt *fake_id_opt;
};

static OptsVisitor *to_ov(Visitor *v)
{
    return container_of(v, OptsVisitor, visitor);
}

static void opts_queue_free(gpointer data)
{
    g_queue_free(data);
}

static void opts_visitor_insert(GHashTable *opts, const QemuOpt *opt)
{
    GQueue *list = g_hash_table_lookup(opts, opt->name);

    if (!list) {
        list = g_queue_new();
        g_hash_table_insert(opts, opt->name, list);
    }
    g_queue_push_tail(list, (gpointer)opt);
}

static bool opts_start_struct(Visitor *v, const char *name, void **obj,
                              size_t size, Error **errp)
{
    OptsVisitor *ov = to_ov(v);

    if (obj) {
        *obj = g_malloc0(size);
    }
    ov->depth++;
    return true;
}

static bool opts_check_struct(Visitor *v, Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    GHashTableIter iter;
    gpointer key;

    if (ov->depth > 1) {
        return true;
    }
    g_hash_table_iter_init(&iter, ov->unprocessed_opts);
    if (g_hash_table_iter_next(&iter, &key, NULL)) {
        error_setg(errp, QERR_INVALID_PARAMETER, (char *)key);
        return false;
    }
    return true;
}

static void opts_end_struct(Visitor *v, void **obj)
{
    to_ov(v)->depth--;
}

static GQueue *lookup_distinct(OptsVisitor *ov, const char *name,
                               Error **errp)
{
    GQueue *list = g_hash_table_lookup(ov->unprocessed_opts, name);

    if (!list) {
        error_setg(errp, QERR_MISSING_PARAMETER, name);
    }
    return list;
}

/* Lists */

static bool opts_start_list(Visitor *v, const char *name, GenericList **list,
                            size_t size, Error **errp)
{
    OptsVisitor *ov = to_ov(v);

    /* There is no way to write a list of lists, or a list without a struct. */
    assert(ov->list_mode == OPTS_NO_LIST && list);
    ov->repeated_opts = lookup_distinct(ov, name, errp);
    if (!ov->repeated_opts) {
        *list = NULL;
        return false;
    }
    ov->repeated_name = g_strdup(name);
    ov->list_mode = OPTS_LIST;
    *list = g_malloc0(size);
    return true;
}

static GenericList *opts_next_list(Visitor *v, GenericList *tail, size_t size)
{
    OptsVisitor *ov = to_ov(v);

    if (ov->list_mode != OPTS_LIST) {
        bool more = ov->list_mode == OPTS_INT64_RANGE
                    ? ov->range_next < ov->range_limit
                    : (uint64_t)ov->range_next < (uint64_t)ov->range_limit;

        if (more) {
            ov->range_next++;
            tail->next = g_malloc0(size);
            return tail->next;
        }
        ov->list_mode = OPTS_LIST;
    }
    g_queue_pop_head(ov->repeated_opts);
    if (g_queue_is_empty(ov->repeated_opts)) {
        g_hash_table_remove(ov->unprocessed_opts, ov->repeated_name);
        ov->repeated_opts = NULL;
        return NULL;
    }
    tail->next = g_malloc0(size);
    return tail->next;
}

static bool opts_check_list(Visitor *v, Error **errp)
{
    /* The walk ended because there was nothing left. */
    return true;
}

static void opts_end_list(Visitor *v, void **obj)
{
    OptsVisitor *ov = to_ov(v);

    assert(ov->list_mode != OPTS_NO_LIST);
    ov->repeated_opts = NULL;
    g_free(ov->repeated_name);
    ov->repeated_name = NULL;
    ov->list_mode = OPTS_NO_LIST;
}

/* Scalars */

/* The option that the value is in: the last one of its key, unless a list. */
static const QemuOpt *lookup_scalar(OptsVisitor *ov, const char *name,
                                    Error **errp)
{
    if (ov->list_mode == OPTS_NO_LIST) {
        GQueue *list = lookup_distinct(ov, name, errp);

        return list ? g_queue_peek_tail(list) : NULL;
    }
    /* In a range there is nothing to parse. */
    assert(ov->list_mode == OPTS_LIST);
    return g_queue_peek_head(ov->repeated_opts);
}

static void opts_processed(OptsVisitor *ov, const char *name)
{
    if (ov->list_mode == OPTS_NO_LIST) {
        g_hash_table_remove(ov->unprocessed_opts, name);
    }
}

static bool opts_type_str(Visitor *v, const char *name, char **obj,
                          Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup_scalar(ov, name, errp);

    *obj = NULL;
    if (!opt) {
        return false;
    }
    *obj = g_strdup(opt->str ?: "");
    opts_processed(ov, name);
    return true;
}

static bool opts_type_bool(Visitor *v, const char *name, bool *obj,
                           Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup_scalar(ov, name, errp);

    if (!opt) {
        return false;
    }
    if (!opt->str) {
        *obj = true;
    } else if (!qapi_bool_parse(opt->name, opt->str, obj, errp)) {
        return false;
    }
    opts_processed(ov, name);
    return true;
}

static bool opts_type_int64(Visitor *v, const char *name, int64_t *obj,
                            Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt;
    const char *str, *end;
    int64_t low, high;

    if (ov->list_mode == OPTS_INT64_RANGE) {
        *obj = ov->range_next;
        return true;
    }
    opt = lookup_scalar(ov, name, errp);
    if (!opt) {
        return false;
    }
    str = opt->str ?: "";
    if (!qemu_strtoi64(str, &end, 0, &low)) {
        if (!*end) {
            *obj = low;
            opts_processed(ov, name);
            return true;
        }
        if (*end == '-' && ov->list_mode == OPTS_LIST
            && !qemu_strtoi64(end + 1, NULL, 0, &high) && low <= high
            && (uint64_t)high - low < OPTS_VISITOR_RANGE_MAX) {
            ov->range_next = low;
            ov->range_limit = high;
            ov->list_mode = OPTS_INT64_RANGE;
            *obj = low;
            return true;
        }
    }
    error_setg(errp, QERR_INVALID_PARAMETER_VALUE, opt->name,
               ov->list_mode == OPTS_NO_LIST ? "an int64 value"
                                             : "an int64 value or range");
    return false;
}

static bool opts_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                             Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt;
    const char *str, *end;
    uint64_t low, high;

    if (ov->list_mode == OPTS_UINT64_RANGE) {
        *obj = ov->range_next;
        return true;
    }
    opt = lookup_scalar(ov, name, errp);
    if (!opt) {
        return false;
    }
    str = opt->str ?: "";
    if (str[0] != '-' && !qemu_strtou64(str, &end, 0, &low)) {
        if (!*end) {
            *obj = low;
            opts_processed(ov, name);
            return true;
        }
        if (*end == '-' && ov->list_mode == OPTS_LIST
            && !qemu_strtou64(end + 1, NULL, 0, &high) && low <= high
            && high - low < OPTS_VISITOR_RANGE_MAX) {
            ov->range_next = low;
            ov->range_limit = high;
            ov->list_mode = OPTS_UINT64_RANGE;
            *obj = low;
            return true;
        }
    }
    error_setg(errp, QERR_INVALID_PARAMETER_VALUE, opt->name,
               ov->list_mode == OPTS_NO_LIST ? "a uint64 value"
                                             : "a uint64 value or range");
    return false;
}

static bool opts_type_size(Visitor *v, const char *name, uint64_t *obj,
                           Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup_scalar(ov, name, errp);

    if (!opt) {
        return false;
    }
    if (qemu_strtosz(opt->str ?: "", NULL, obj) < 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, opt->name,
                   "a size value");
        return false;
    }
    opts_processed(ov, name);
    return true;
}

static void opts_optional(Visitor *v, const char *name, bool *present)
{
    OptsVisitor *ov = to_ov(v);

    /* An element of a list has one member, and that is there. */
    assert(ov->list_mode == OPTS_NO_LIST);
    *present = g_hash_table_contains(ov->unprocessed_opts, name);
}

static void opts_free(Visitor *v)
{
    OptsVisitor *ov = to_ov(v);

    g_hash_table_destroy(ov->unprocessed_opts);
    g_free(ov->fake_id_opt);
    g_free(ov->repeated_name);
    g_free(ov);
}

Visitor *opts_visitor_new(const QemuOpts *opts)
{
    OptsVisitor *ov = g_new0(OptsVisitor, 1);
    const QemuOpt *opt;

    ov->visitor.type = VISITOR_INPUT;
    ov->visitor.start_struct = opts_start_struct;
    ov->visitor.check_struct = opts_check_struct;
    ov->visitor.end_struct = opts_end_struct;
    ov->visitor.start_list = opts_start_list;
    ov->visitor.next_list = opts_next_list;
    ov->visitor.check_list = opts_check_list;
    ov->visitor.end_list = opts_end_list;
    ov->visitor.type_int64 = opts_type_int64;
    ov->visitor.type_uint64 = opts_type_uint64;
    ov->visitor.type_size = opts_type_size;
    ov->visitor.type_bool = opts_type_bool;
    ov->visitor.type_str = opts_type_str;
    ov->visitor.optional = opts_optional;
    ov->visitor.free = opts_free;

    ov->unprocessed_opts = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                 NULL, opts_queue_free);
    QTAILQ_FOREACH(opt, &opts->head, next) {
        opts_visitor_insert(ov->unprocessed_opts, opt);
    }
    if (opts->id) {
        ov->fake_id_opt = g_new0(QemuOpt, 1);
        ov->fake_id_opt->name = (char *)"id";
        ov->fake_id_opt->str = opts->id;
        opts_visitor_insert(ov->unprocessed_opts, ov->fake_id_opt);
    }
    return &ov->visitor;
}
