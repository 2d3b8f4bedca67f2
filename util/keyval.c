/*
 * key=value,... with structure.
 *
 * Read include/qemu/keyval.h first.  The grammar:
 *
 *     key-vals     = [ key-val { ',' key-val } [ ',' ] ]
 *     key-val      = key '=' val | help
 *     key          = key-fragment { '.' key-fragment }
 *     key-fragment = a name by the schema's rules, or a number
 *     val          = { any character but ',' | ',,' }
 *     help         = 'help' | '?'
 *
 * and, with an implied key, a first key-val that is only a value without any
 * '='.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qstring.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/option.h"

/*
 * The number that @key begins with, if it is a list index; *@end is behind
 * it.  -1 if it is none.
 */
static int key_to_index(const char *key, const char **end)
{
    const char *p = key;
    uint64_t index;

    while (g_ascii_isdigit(*p)) {
        p++;
    }
    if (p == key) {
        return -1;
    }
    if (end) {
        *end = p;
    } else if (*p) {
        return -1;
    }
    /* Digits only, so the sole error is one of range. */
    if (qemu_strtou64(key, &key, 10, &index) || index > INT_MAX) {
        return INT_MAX;
    }
    return index;
}

/*
 * Put @value at @key_in_cur of @cur; with NULL, make a QDict there unless
 * there is one.  Takes over the reference to @value.  The value that is now
 * there, or NULL with @errp set if a string and a container collide.
 */
static QObject *keyval_parse_put(QDict *cur, const char *key_in_cur,
                                 QString *value, const char *key,
                                 const char *key_cursor, Error **errp)
{
    QObject *old = qdict_get(cur, key_in_cur);
    QObject *new;

    if (old && (qobject_type(old) == QTYPE_QSTRING) != (value != NULL)) {
        error_setg(errp, "Parameters '%.*s.*' used inconsistently",
                   (int)(key_cursor - key), key);
        qobject_unref(value);
        return NULL;
    }
    if (old && !value) {
        return old;
    }
    new = value ? QOBJECT(value) : QOBJECT(qdict_new());
    qdict_put_obj(cur, key_in_cur, new);
    return new;
}

/*
 * Parse one key-val at @params into @qdict.  Returns where the next begins,
 * or NULL with @errp set.  A help request sets *@help and nothing else.
 */
static const char *keyval_parse_one(QDict *qdict, const char *params,
                                    const char *implied_key, bool *help,
                                    Error **errp)
{
    const char *key = params, *key_end, *val_end, *s, *end;
    size_t len = strcspn(params, "=,");
    char key_in_cur[128];
    QDict *cur = qdict;
    QObject *next;
    GString *val;
    int ret;

    if (len && key[len] != '=') {
        if (starts_with_help_option(key) == len) {
            *help = true;
            s = key + len;
            return *s == ',' ? s + 1 : s;
        }
        if (implied_key) {
            /* The value begins where the key would have. */
            key = implied_key;
            len = strlen(implied_key);
        }
    }
    key_end = key + len;

    /*
     * Descend along the fragments; the last one is where the value goes.
     */
    s = key;
    for (;;) {
        if (g_ascii_isdigit(*s) && s != key) {
            ret = key_to_index(s, &end);
            if (ret < 0) {
                end = s;
            }
            ret = end - s;
        } else {
            ret = parse_qapi_name(s, false);
        }
        if (ret < 0 || (s + ret < key_end && s[ret] != '.') || !ret) {
            assert(key != implied_key);
            error_setg(errp, "Invalid parameter '%.*s'",
                       (int)(key_end - key), key);
            return NULL;
        }
        if (ret >= sizeof(key_in_cur)) {
            assert(key != implied_key);
            error_setg(errp, "Parameter%s '%.*s' is too long",
                       s != key || s + ret != key_end ? " fragment" : "",
                       ret, s);
            return NULL;
        }
        memcpy(key_in_cur, s, ret);
        key_in_cur[ret] = 0;
        s += ret;
        if (s >= key_end) {
            break;
        }
        next = keyval_parse_put(cur, key_in_cur, NULL, key, s, errp);
        if (!next) {
            return NULL;
        }
        cur = qobject_to(QDict, next);
        s++;
    }

    if (key == implied_key) {
        s = params;
    } else {
        if (*s != '=') {
            error_setg(errp, "Expected '=' after parameter '%.*s'",
                       (int)len, key);
            return NULL;
        }
        s++;
    }

    val = g_string_new(NULL);
    for (;;) {
        val_end = s + strcspn(s, ",");
        g_string_append_len(val, s, val_end - s);
        s = val_end;
        if (s[0] != ',' || s[1] != ',') {
            break;
        }
        g_string_append_c(val, ',');
        s += 2;
    }
    if (*s == ',') {
        s++;
    }
    if (!keyval_parse_put(cur, key_in_cur, qstring_from_gstring(val), key,
                          key_end, errp)) {
        return NULL;
    }
    return s;
}

static char *reassemble_key(GSList *key)
{
    GString *s = g_string_new("");
    GSList *p;

    for (p = key; p; p = p->next) {
        g_string_prepend_c(s, '.');
        g_string_prepend(s, (char *)p->data);
    }
    return g_string_free(s, false);
}

/*
 * Does @cur have numbers for keys, all of them?  Then *@list is a QList of
 * its members in order.  False with @errp set if it has some, or with gaps.
 */
static bool keyval_dict_to_list(QDict *cur, GSList *key_of_cur, QList **list,
                                Error **errp)
{
    const QDictEntry *ent;
    g_autofree QObject **elt = NULL;
    bool has_index = false, has_member = false;
    size_t count = qdict_size(cur), i;

    *list = NULL;
    for (ent = qdict_first(cur); ent; ent = qdict_next(cur, ent)) {
        if (key_to_index(qdict_entry_key(ent), NULL) >= 0) {
            has_index = true;
        } else {
            has_member = true;
        }
    }
    if (!has_index) {
        return true;
    }
    if (has_member) {
        g_autofree char *prefix = reassemble_key(key_of_cur);

        error_setg(errp, "Parameters '%s*' used inconsistently", prefix);
        return false;
    }

    elt = g_new0(QObject *, count);
    for (ent = qdict_first(cur); ent; ent = qdict_next(cur, ent)) {
        int index = key_to_index(qdict_entry_key(ent), NULL);

        /* Beyond the number of elements: then a smaller one is missing. */
        if (index < count) {
            elt[index] = qdict_entry_value(ent);
        }
    }
    *list = qlist_new();
    for (i = 0; i < count; i++) {
        if (!elt[i]) {
            g_autofree char *prefix = reassemble_key(key_of_cur);

            error_setg(errp, "Parameter '%s%zu' missing", prefix, i);
            qobject_unref(*list);
            *list = NULL;
            return false;
        }
        qlist_append_obj(*list, qobject_ref(elt[i]));
    }
    return true;
}

/*
 * Turn dictionaries whose keys are numbers into lists, from the leaves up.
 * Returns a reference to what @cur has become, or NULL with @errp set.
 */
static QObject *keyval_listify(QDict *cur, GSList *key_of_cur, Error **errp)
{
    const QDictEntry *ent;
    QList *list;

    for (ent = qdict_first(cur); ent; ent = qdict_next(cur, ent)) {
        QDict *member = qobject_to(QDict, qdict_entry_value(ent));
        GSList key = { (void *)qdict_entry_key(ent), key_of_cur };
        QObject *val;

        if (!member) {
            continue;
        }
        val = keyval_listify(member, &key, errp);
        if (!val) {
            return NULL;
        }
        qdict_put_obj(cur, qdict_entry_key(ent), val);
    }

    if (!keyval_dict_to_list(cur, key_of_cur, &list, errp)) {
        return NULL;
    }
    return list ? QOBJECT(list) : QOBJECT(qobject_ref(cur));
}

QDict *keyval_parse_into(QDict *qdict, const char *params,
                         const char *implied_key, bool *p_help, Error **errp)
{
    QObject *listified;
    bool help = false;
    const char *s = params;

    while (*s) {
        s = keyval_parse_one(qdict, s, implied_key, &help, errp);
        if (!s) {
            return NULL;
        }
        implied_key = NULL;
    }

    if (p_help) {
        *p_help = help;
    } else if (help) {
        error_setg(errp, "Help is not available for this option");
        return NULL;
    }

    listified = keyval_listify(qdict, NULL, errp);
    if (!listified) {
        return NULL;
    }
    /* A first fragment is a name, so the outermost is no list. */
    assert(listified == QOBJECT(qdict));
    qobject_unref(listified);
    return qdict;
}

QDict *keyval_parse(const char *params, const char *implied_key,
                    bool *p_help, Error **errp)
{
    QDict *qdict = qdict_new();
    QDict *ret = keyval_parse_into(qdict, params, implied_key, p_help, errp);

    if (!ret) {
        qobject_unref(qdict);
    }
    return ret;
}

static void keyval_merge_at(QDict *dest, const QDict *merged, GString *where,
                            Error **errp)
{
    const QDictEntry *ent;
    size_t save_len = where->len;

    for (ent = qdict_first(merged); ent; ent = qdict_next(merged, ent)) {
        const char *key = qdict_entry_key(ent);
        QObject *new = qdict_entry_value(ent);
        QObject *old = qdict_get(dest, key);

        if (!old || (qobject_type(old) == qobject_type(new)
                     && qobject_type(old) != QTYPE_QDICT
                     && qobject_type(old) != QTYPE_QLIST)) {
            qdict_put_obj(dest, key, qobject_ref(new));
            continue;
        }
        if (qobject_type(old) != qobject_type(new)) {
            error_setg(errp, "Parameter '%s%s' used inconsistently",
                       where->str, key);
            return;
        }
        if (qobject_type(old) == QTYPE_QDICT) {
            ERRP_GUARD();

            g_string_append_printf(where, "%s.", key);
            keyval_merge_at(qobject_to(QDict, old), qobject_to(QDict, new),
                            where, errp);
            g_string_truncate(where, save_len);
            if (*errp) {
                return;
            }
        } else {
            const QListEntry *item;

            QLIST_FOREACH_ENTRY(qobject_to(QList, new), item) {
                qlist_append_obj(qobject_to(QList, old),
                                 qobject_ref(qlist_entry_obj(item)));
            }
        }
    }
}

void keyval_merge(QDict *dest, const QDict *merged, Error **errp)
{
    g_autoptr(GString) where = g_string_new("");

    keyval_merge_at(dest, merged, where, errp);
}
