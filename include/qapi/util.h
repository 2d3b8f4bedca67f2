/*
 * What generated code and its users share: enums by name, lists.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_UTIL_H
#define QAPI_UTIL_H

/* Features that mean something to the generated code itself. */
typedef enum {
    QAPI_DEPRECATED,
    QAPI_UNSTABLE,
} QapiFeature;

/* The names of an enum's values, as X_lookup has them. */
typedef struct QEnumLookup {
    const char *const *array;
    const unsigned char *const features;
    const int size;
} QEnumLookup;

/* The name of @val, which must be a value of the enum; X_str(val) is this. */
const char *qapi_enum_lookup(const QEnumLookup *lookup, int val);

/*
 * The value named @buf.  @def if @buf is NULL or names none; the latter
 * sets @errp.
 */
int qapi_enum_parse(const QEnumLookup *lookup, const char *buf,
                    int def, Error **errp);

/*
 * @value is one of on, yes, true, y and off, no, false, n: *@obj is set and
 * the result is true.  Anything else is an error about parameter @name.
 */
bool qapi_bool_parse(const char *name, const char *value, bool *obj,
                     Error **errp);

/*
 * The length of the name that @name begins with, by the schema's rules:
 * letters, digits, '-' and '_', from a letter on, perhaps after a prefix of
 * the form __RFQDN_.  -1 if it does not begin with one; with @complete, also
 * if there is more text behind it.
 */
int parse_qapi_name(const char *name, bool complete);

/*
 * Put @element in front of @list, a generated list type.  Evaluates both
 * once, except that @list is assigned to.
 */
#define QAPI_LIST_PREPEND(list, element) do {               \
    typeof(list) _tmp = g_malloc(sizeof(*(list)));          \
    _tmp->value = (element);                                \
    _tmp->next = (list);                                    \
    (list) = _tmp;                                          \
} while (0)

/*
 * Put @element behind the last of a list.  @tail is a pointer to the last
 * next pointer, first of all to the list variable itself, and moves on:
 *
 *     strList *list = NULL, **tail = &list;
 *     QAPI_LIST_APPEND(tail, g_strdup("first"));
 */
#define QAPI_LIST_APPEND(tail, element) do {                \
    *(tail) = g_malloc0(sizeof(**(tail)));                  \
    (*(tail))->value = (element);                           \
    (tail) = &(*(tail))->next;                              \
} while (0)

/* The number of elements. */
#define QAPI_LIST_LENGTH(list)                              \
    ({                                                      \
        size_t _len = 0;                                    \
        typeof(list) _elem;                                 \
        for (_elem = (list); _elem; _elem = _elem->next) {  \
            _len++;                                         \
        }                                                   \
        _len;                                               \
    })

#endif
