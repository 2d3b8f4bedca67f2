/*
 * Visitors: one walk over a typed value, many things to do on the way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_VISITOR_H
#define QAPI_VISITOR_H

#include "qapi/qapi-builtin-types.h"
#include "qapi/qapi-types-compat.h"

/*
 * The schema (qapi/) says that a TallyOptions has a string "name" and
 * perhaps an integer "limit".  From this, qapi-gen.py writes a C struct and
 * one function that visits its members in order:
 *
 *     visit_type_TallyOptions(v, name, &obj, errp)
 *         visit_start_struct(v, name, ...)
 *             visit_type_str(v, "name", &obj->name)
 *             if (visit_optional(v, "limit", &obj->has_limit))
 *                 visit_type_int(v, "limit", &obj->limit)
 *             visit_check_struct(v)
 *         visit_end_struct(v)
 *
 * What a visit does is the visitor's affair:
 *
 *     kind     from            to              made by
 *     input    QObject         C struct        qobject_input_visitor_new()
 *              key=value       C struct        ..._new_keyval(), opts_visitor
 *              string          scalar, list    string_input_visitor_new()
 *     output   C struct        QObject         qobject_output_visitor_new()
 *              scalar, list    string          string_output_visitor_new()
 *     clone    C struct        C struct        QAPI_CLONE()
 *     dealloc  C struct        nothing         qapi_free_TallyOptions()
 *
 * QOM properties are the other customers: a property's getter and setter
 * are given a visitor, and with it the same property is set from QMP, from
 * the command line and from C, and shown by all of them.
 *
 * Rules for all visit functions:
 *
 * @name   is the member's key inside a struct, NULL inside a list, and at the
 *         top whatever the visitor's maker wants errors to say (or NULL).
 * @obj    points to where the value is, or is to be.  Input visitors store
 *         there; when they fail they store NULL for what they had to
 *         allocate, having freed what they allocated so far.
 * @errp   is set when, and only when, the result is false.
 *
 * Input fails on bad input.  Output, clone and dealloc visitors do not fail
 * if the struct is right.
 */

/* What all generated list types look like from here. */
typedef struct GenericList {
    struct GenericList *next;
    char padding[];
} GenericList;

/* What all generated alternate types look like from here. */
typedef struct GenericAlternate {
    QType type;
    char padding[];
} GenericAlternate;

/* Life of a visitor */

/*
 * An output visitor hands over its result: @opaque is the pointer that was
 * given to its ..._new().  Once, after a visit that did not fail.
 */
void visit_complete(Visitor *v, void *opaque);

/* Free the visitor, at any point of a visit.  NULL is fine. */
void visit_free(Visitor *v);

/* Structs */

/*
 * Enter the struct @name.  An input visitor sets *@obj to @size bytes of
 * zeroes.  With @obj NULL the walk is virtual: the members are visited, but
 * there is no struct that they are in (QMP arguments, -object).
 *
 * After success, visit_end_struct() must follow whatever happens between.
 */
bool visit_start_struct(Visitor *v, const char *name, void **obj,
                        size_t size, Error **errp);

/* All members were visited: is the input free of any others? */
bool visit_check_struct(Visitor *v, Error **errp);

/* Leave the struct; @obj as given to visit_start_struct(). */
void visit_end_struct(Visitor *v, void **obj);

/* Lists */

/*
 * Enter the list @name, with elements of @size bytes each.  Afterwards
 * *@list is the first element, or NULL if there is none.  With @list NULL
 * the walk is virtual: visit the elements until the input has no more.
 */
bool visit_start_list(Visitor *v, const char *name, GenericList **list,
                      size_t size, Error **errp);

/* On to the element behind @tail; NULL if that was the last. */
GenericList *visit_next_list(Visitor *v, GenericList *tail, size_t size);

/* Did a virtual walk see all elements of the input? */
bool visit_check_list(Visitor *v, Error **errp);
void visit_end_list(Visitor *v, void **list);

/* Alternates */

/*
 * Enter an alternate, a value that may be one of several JSON types.  Input
 * visitors allocate @size bytes and set (*@obj)->type to what they see.
 */
bool visit_start_alternate(Visitor *v, const char *name,
                           GenericAlternate **obj, size_t size,
                           Error **errp);
void visit_end_alternate(Visitor *v, void **obj);

/* Members that may be absent */

/*
 * Is @name there?  Input visitors store the answer in *@present, the others
 * take it from there.  The result is *@present.
 */
bool visit_optional(Visitor *v, const char *name, bool *present);

/*
 * May this member, which has @special_features (bits of QapiFeature), be
 * used?  True with @errp set if the policy for input forbids it.
 */
bool visit_policy_reject(Visitor *v, const char *name,
                         unsigned special_features, Error **errp);

/* Shall this member be left out?  True if the policy for output says so. */
bool visit_policy_skip(Visitor *v, const char *name,
                       unsigned special_features);

/* What to do with members that are deprecated or unstable (-compat). */
void visit_set_policy(Visitor *v, CompatPolicy *policy);

/* What is this visitor doing? */
bool visit_is_input(Visitor *v);
bool visit_is_dealloc(Visitor *v);

/* Scalars */

/* An enum, by the name of its value in @lookup. */
bool visit_type_enum(Visitor *v, const char *name, int *obj,
                     const QEnumLookup *lookup, Error **errp);

/* Integers; input outside of the type's range is an error. */
bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp);
bool visit_type_uint8(Visitor *v, const char *name, uint8_t *obj,
                      Error **errp);
bool visit_type_uint16(Visitor *v, const char *name, uint16_t *obj,
                       Error **errp);
bool visit_type_uint32(Visitor *v, const char *name, uint32_t *obj,
                       Error **errp);
bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                       Error **errp);
bool visit_type_int8(Visitor *v, const char *name, int8_t *obj, Error **errp);
bool visit_type_int16(Visitor *v, const char *name, int16_t *obj,
                      Error **errp);
bool visit_type_int32(Visitor *v, const char *name, int32_t *obj,
                      Error **errp);
bool visit_type_int64(Visitor *v, const char *name, int64_t *obj,
                      Error **errp);

/* Bytes; where people write it, "128M" is understood. */
bool visit_type_size(Visitor *v, const char *name, uint64_t *obj,
                     Error **errp);

bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp);

/* A string; input allocates it, the caller frees it with g_free(). */
bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp);
bool visit_type_number(Visitor *v, const char *name, double *obj,
                       Error **errp);

/* Whatever there is, as a QObject; input takes a reference. */
bool visit_type_any(Visitor *v, const char *name, QObject **obj,
                    Error **errp);
bool visit_type_null(Visitor *v, const char *name, QNull **obj,
                     Error **errp);

#endif
