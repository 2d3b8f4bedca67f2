/*
 * From a scalar, or a list of integers, to a string.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/string-output-visitor.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"

typedef struct {
    int64_t low, high;
} OutputRange;

struct StringOutputVisitor {
    Visitor visitor;
    bool human;
    GString *string;
    char **result;
    GArray *ranges;             /* OutputRange; NULL outside of a list */
};

static StringOutputVisitor *to_sov(Visitor *v)
{
    return container_of(v, StringOutputVisitor, visitor);
}

static int output_range_compare(const void *a, const void *b)
{
    int64_t low_a = ((const OutputRange *)a)->low;
    int64_t low_b = ((const OutputRange *)b)->low;

    return low_a < low_b ? -1 : low_a > low_b;
}

static void string_output_ranges(StringOutputVisitor *sov, bool hex)
{
    for (guint i = 0; i < sov->ranges->len; i++) {
        OutputRange *r = &g_array_index(sov->ranges, OutputRange, i);

        if (i) {
            g_string_append_c(sov->string, ',');
        }
        g_string_append_printf(sov->string, hex ? "0x%" PRIx64 : "%" PRId64,
                               r->low);
        if (r->low < r->high) {
            g_string_append_printf(sov->string,
                                   hex ? "-0x%" PRIx64 : "-%" PRId64,
                                   r->high);
        }
    }
}

static bool print_type_int64(Visitor *v, const char *name, int64_t *obj,
                             Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);
    OutputRange range = { *obj, *obj };

    if (sov->ranges) {
        g_array_append_val(sov->ranges, range);
        return true;
    }
    g_string_append_printf(sov->string, "%" PRId64, *obj);
    if (sov->human) {
        g_string_append_printf(sov->string, " (0x%" PRIx64 ")", *obj);
    }
    return true;
}

static bool print_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                              Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);
    int64_t i = *obj;

    if (sov->ranges) {
        return print_type_int64(v, name, &i, errp);
    }
    g_string_append_printf(sov->string, "%" PRIu64, *obj);
    if (sov->human) {
        g_string_append_printf(sov->string, " (0x%" PRIx64 ")", *obj);
    }
    return true;
}

static bool print_type_size(Visitor *v, const char *name, uint64_t *obj,
                            Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);
    g_autofree char *psize = NULL;

    if (!sov->human) {
        g_string_append_printf(sov->string, "%" PRIu64, *obj);
        return true;
    }
    psize = size_to_str(*obj);
    g_string_append_printf(sov->string, "%" PRIu64 " (%s)", *obj, psize);
    return true;
}

static bool print_type_bool(Visitor *v, const char *name, bool *obj,
                            Error **errp)
{
    g_string_append(to_sov(v)->string, *obj ? "true" : "false");
    return true;
}

static bool print_type_str(Visitor *v, const char *name, char **obj,
                           Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);

    if (sov->human) {
        if (*obj) {
            g_string_append_printf(sov->string, "\"%s\"", *obj);
        } else {
            g_string_append(sov->string, "<null>");
        }
    } else {
        g_string_append(sov->string, *obj ?: "");
    }
    return true;
}

static bool print_type_number(Visitor *v, const char *name, double *obj,
                              Error **errp)
{
    char buf[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(to_sov(v)->string,
                    g_ascii_formatd(buf, sizeof(buf), "%.17g", *obj));
    return true;
}

static bool print_type_null(Visitor *v, const char *name, QNull **obj,
                            Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);

    if (sov->human) {
        g_string_append(sov->string, "<null>");
    }
    return true;
}

/* Lists become ranges: sorted, and joined where they touch. */

static bool string_output_start_list(Visitor *v, const char *name,
                                     GenericList **list, size_t size,
                                     Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);

    assert(!sov->ranges);
    sov->ranges = g_array_new(false, false, sizeof(OutputRange));
    return true;
}

static GenericList *string_output_next_list(Visitor *v, GenericList *tail,
                                            size_t size)
{
    return tail->next;
}

static void string_output_end_list(Visitor *v, void **obj)
{
    StringOutputVisitor *sov = to_sov(v);
    GArray *ranges = sov->ranges;
    guint last = 0;

    g_array_sort(ranges, output_range_compare);
    for (guint i = 1; i < ranges->len; i++) {
        OutputRange *prev = &g_array_index(ranges, OutputRange, last);
        OutputRange *r = &g_array_index(ranges, OutputRange, i);

        if (r->low == prev->high || r->low - 1 == prev->high) {
            prev->high = r->high;
        } else {
            g_array_index(ranges, OutputRange, ++last) = *r;
        }
    }
    if (ranges->len) {
        g_array_set_size(ranges, last + 1);
    }

    string_output_ranges(sov, false);
    if (sov->human && ranges->len) {
        g_string_append(sov->string, " (");
        string_output_ranges(sov, true);
        g_string_append_c(sov->string, ')');
    }
    g_array_free(ranges, true);
    sov->ranges = NULL;
}

static void string_output_complete(Visitor *v, void *opaque)
{
    StringOutputVisitor *sov = to_sov(v);

    assert(opaque == sov->result);
    *sov->result = g_string_free(sov->string, false);
    sov->string = NULL;
}

static void string_output_free(Visitor *v)
{
    StringOutputVisitor *sov = to_sov(v);

    if (sov->string) {
        g_string_free(sov->string, true);
    }
    if (sov->ranges) {
        g_array_free(sov->ranges, true);
    }
    g_free(sov);
}

Visitor *string_output_visitor_new(bool human, char **result)
{
    StringOutputVisitor *v = g_new0(StringOutputVisitor, 1);

    v->string = g_string_new(NULL);
    v->human = human;
    v->result = result;
    *result = NULL;

    v->visitor.type = VISITOR_OUTPUT;
    v->visitor.type_int64 = print_type_int64;
    v->visitor.type_uint64 = print_type_uint64;
    v->visitor.type_size = print_type_size;
    v->visitor.type_bool = print_type_bool;
    v->visitor.type_str = print_type_str;
    v->visitor.type_number = print_type_number;
    v->visitor.type_null = print_type_null;
    v->visitor.start_list = string_output_start_list;
    v->visitor.next_list = string_output_next_list;
    v->visitor.end_list = string_output_end_list;
    v->visitor.complete = string_output_complete;
    v->visitor.free = string_output_free;
    return &v->visitor;
}
