/*
 * What a QMP command answers, as a test states it.
 *
 *     expect_return(qts, "{'enabled': false, 'present': false}",
 *                   "{'execute': 'query-kvm'}");
 *     expect_error(qts, "GenericError", "Parameter 'value' is missing",
 *                  "{'execute': 'balloon'}");
 *
 * The requests are templates as in libqtest.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QMP_EXPECT_H
#define QMP_EXPECT_H

#include "libqtest.h"
#include "qapi/error.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qstring.h"

/* @rsp, which goes, has to be a return of @expected, which is JSON. */
static inline void check_qmp_return(QDict *rsp, const char *expected)
{
    QObject *want = qobject_from_json(expected, &error_abort);
    QObject *got = qdict_get(rsp, "return");

    if (!got || !qobject_is_equal(got, want)) {
        g_autoptr(GString) text = qobject_to_json(QOBJECT(rsp));

        g_test_message("got %s, not %s", text->str, expected);
        g_assert_not_reached();
    }
    qobject_unref(want);
    qobject_unref(rsp);
}

/* @rsp, which goes, has to be an error of that class and text. */
static inline void check_qmp_error(QDict *rsp, const char *class,
                                   const char *desc)
{
    QDict *error = qdict_get_qdict(rsp, "error");

    if (!error) {
        g_autoptr(GString) text = qobject_to_json(QOBJECT(rsp));

        g_test_message("got %s, not the error %s", text->str, desc);
        g_assert_not_reached();
    }
    g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    qobject_unref(rsp);
}

G_GNUC_PRINTF(3, 4)
static inline void expect_return(QTestState *qts, const char *expected,
                                 const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    check_qmp_return(qtest_vqmp(qts, fmt, ap), expected);
    va_end(ap);
}

G_GNUC_PRINTF(4, 5)
static inline void expect_error(QTestState *qts, const char *class,
                                const char *desc, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    check_qmp_error(qtest_vqmp(qts, fmt, ap), class, desc);
    va_end(ap);
}

/* What a human monitor's command prints, with line ends of \n. */
static inline char *hmp_answer(QTestState *qts, const char *command)
{
    g_autofree char *text = qtest_hmp(qts, "%s", command);
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

    return g_strjoinv("\n", lines);
}

static inline void expect_hmp(QTestState *qts, const char *command,
                              const char *expected)
{
    g_autofree char *text = hmp_answer(qts, command);

    g_assert_cmpstr(text, ==, expected);
}

/* One of the return's entries, of a list of dicts, by a member; or NULL. */
static inline QDict *find_entry(QDict *rsp, const char *key, const char *value)
{
    QListEntry *entry;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(rsp, "return"), entry) {
        QDict *dict = qobject_to(QDict, qlist_entry_obj(entry));

        if (!g_strcmp0(qdict_get_try_str(dict, key), value)) {
            return dict;
        }
    }
    return NULL;
}

#endif
