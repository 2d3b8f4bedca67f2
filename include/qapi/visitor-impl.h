/*
 * What a visitor implements.
 *
 * Read qapi/visitor.h first: each method does what the function of its name
 * promises there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_VISITOR_IMPL_H
#define QAPI_VISITOR_IMPL_H

#include "qapi/visitor.h"

/* qapi/qapi-visit-core.c calls methods with different promises by kind. */
typedef enum VisitorType {
    VISITOR_INPUT = 1,
    VISITOR_OUTPUT = 2,
    VISITOR_CLONE = 3,
    VISITOR_DEALLOC = 4,
} VisitorType;

struct Visitor {
    /* Structs */
    bool (*start_struct)(Visitor *v, const char *name, void **obj,
                         size_t size, Error **errp);
    bool (*check_struct)(Visitor *v, Error **errp);             /* optional */
    void (*end_struct)(Visitor *v, void **obj);

    /* Lists */
    bool (*start_list)(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp);
    GenericList *(*next_list)(Visitor *v, GenericList *tail, size_t size);
    bool (*check_list)(Visitor *v, Error **errp);               /* optional */
    void (*end_list)(Visitor *v, void **list);

    /* Alternates */
    bool (*start_alternate)(Visitor *v, const char *name,
                            GenericAlternate **obj, size_t size,
                            Error **errp);      /* optional, but for input */
    void (*end_alternate)(Visitor *v, void **obj);              /* optional */

    /* Scalars.  The core checks the range of the narrower integers. */
    bool (*type_int64)(Visitor *v, const char *name, int64_t *obj,
                       Error **errp);
    bool (*type_uint64)(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp);
    bool (*type_size)(Visitor *v, const char *name, uint64_t *obj,
                      Error **errp);            /* optional: type_uint64 */
    bool (*type_bool)(Visitor *v, const char *name, bool *obj, Error **errp);
    bool (*type_str)(Visitor *v, const char *name, char **obj, Error **errp);
    bool (*type_number)(Visitor *v, const char *name, double *obj,
                        Error **errp);
    bool (*type_any)(Visitor *v, const char *name, QObject **obj,
                     Error **errp);
    bool (*type_null)(Visitor *v, const char *name, QNull **obj,
                      Error **errp);

    /* Members that may be absent; only input has an opinion. */
    void (*optional)(Visitor *v, const char *name, bool *present);
    bool (*policy_reject)(Visitor *v, const char *name,
                          unsigned special_features, Error **errp);
    bool (*policy_skip)(Visitor *v, const char *name,
                        unsigned special_features);

    VisitorType type;
    struct CompatPolicy compat_policy;

    /* Output only. */
    void (*complete)(Visitor *v, void *opaque);

    void (*free)(Visitor *v);
};

#endif
