/*
 * Every QMP command that the schema has, with right arguments and with wrong
 * ones.
 *
 * The table says how a command can be called, and what comes of it: NULL, if it
 * returns what the schema says (libqtest checks that, see libqmp-schema.h), or
 * the text of an error.  The first row of a command also serves as the model
 * for wrong calls: with an argument less, one more, or each one in turn of a
 * type that it is not.
 *
 * A command without a row makes the test fail, and so does a row without a
 * command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqmp-schema.h"
#include "libqtest.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qstring.h"

#define GENERIC "GenericError"
#define NO_DEVICE "DeviceNotFound"

typedef struct CmdRow {
    const char *command;
    const char *args;           /* JSON, or NULL */
    const char *desc;           /* of the error, or NULL */
    const char *class;          /* of the error, if it is not GenericError */
    bool open;                  /* arguments are what the driver makes of them */
} CmdRow;

static const CmdRow cmd_rows[] = {
#include "qmp-cmd-rows.h"
};

static const char machine_args[] =
    "-machine pc -nodefaults -name guest -m 64"
    " -object memory-backend-ram,id=mem0,size=4096"
    " -object iothread,id=io0"
    " -chardev null,id=null0 -chardev ringbuf,id=ring0"
    " -netdev hubport,id=hub0,hubid=0"
    " -device virtio-net-pci,id=nic0,netdev=hub0";

/* Answers */

static QDict *call(QTestState *qts, const char *command, QDict *args)
{
    QDict *request = qdict_new();

    qdict_put_str(request, "execute", command);
    if (args) {
        qdict_put(request, "arguments", qobject_ref(args));
    }
    return qtest_qmp(qts, "%p", request);
}

static void explain(const char *command, QDict *args, QDict *rsp)
{
    GString *a = args ? qobject_to_json(QOBJECT(args)) : g_string_new("");
    GString *r = qobject_to_json(QOBJECT(rsp));

    fprintf(stderr, "%s %s\nanswered %s\n", command, a->str, r->str);
    g_string_free(a, true);
    g_string_free(r, true);
}

/* Some texts are said of integers that may not be negative. */
static bool is_text(const char *text, const char *desc)
{
    g_autofree char *alt = NULL;

    if (g_pattern_match_simple(desc, text)) {
        return true;
    }
    if (g_str_has_suffix(desc, ", expected: integer")) {
        g_auto(GStrv) words = g_strsplit(desc, "'", 3);

        alt = g_strdup_printf("Parameter '%s' expects uint64", words[1]);
        return g_str_equal(text, alt);
    }
    return false;
}

/* @desc may have an asterisk, which is for any text. */
static void expect_error(QTestState *qts, const char *command, QDict *args,
                         const char *class, const char *desc)
{
    QDict *rsp = call(qts, command, args);
    QDict *error = qdict_get_qdict(rsp, "error");

    if (!error || strcmp(qdict_get_str(error, "class"), class) ||
        !is_text(qdict_get_str(error, "desc"), desc)) {
        explain(command, args, rsp);
        fprintf(stderr, "expected %s: %s\n", class, desc);
        g_test_fail();
    }
    qobject_unref(rsp);
}

static void expect_success(QTestState *qts, const char *command, QDict *args)
{
    QDict *rsp = call(qts, command, args);

    if (!qdict_haskey(rsp, "return")) {
        explain(command, args, rsp);
        g_test_fail();
    }
    qobject_unref(rsp);
}

/* The table */

static const CmdRow *row_of(const char *command)
{
    for (int i = 0; i < ARRAY_SIZE(cmd_rows); i++) {
        if (!strcmp(cmd_rows[i].command, command)) {
            return &cmd_rows[i];
        }
    }
    return NULL;
}

static QDict *args_of(const CmdRow *row)
{
    QObject *obj;

    if (!row->args) {
        return qdict_new();
    }
    obj = qobject_from_json(row->args, &error_abort);
    g_assert_nonnull(qobject_to(QDict, obj));
    return qobject_to(QDict, obj);
}

static void check_has_row(const QDict *info, void *opaque)
{
    const char *command = qdict_get_str(info, "name");

    if (!row_of(command)) {
        fprintf(stderr, "no row in qmp-cmd-rows.h for %s\n", command);
        g_test_fail();
    }
}

static void test_complete(void)
{
    QTestState *qts = qtest_init("-machine none");

    qmp_schema_foreach(qtest_qmp_schema(), "command", check_has_row, NULL);
    for (int i = 0; i < ARRAY_SIZE(cmd_rows); i++) {
        if (!qmp_schema_command(qtest_qmp_schema(), cmd_rows[i].command)) {
            fprintf(stderr, "no command for the row of %s\n",
                    cmd_rows[i].command);
            g_test_fail();
        }
    }
    qtest_quit(qts);
}

/* Right calls */

static void test_right(void)
{
    QTestState *qts = qtest_init(machine_args);

    for (int i = 0; i < ARRAY_SIZE(cmd_rows); i++) {
        const CmdRow *row = &cmd_rows[i];
        QDict *args;

        if (!strcmp(row->command, "quit")) {
            continue;
        }
        args = args_of(row);
        if (row->desc) {
            expect_error(qts, row->command, args, row->class ?: GENERIC,
                         row->desc);
        } else {
            expect_success(qts, row->command, args);
        }
        qobject_unref(args);
    }
    expect_success(qts, "quit", NULL);
    qtest_wait_qemu(qts);
    qtest_quit(qts);
}

/* Wrong calls */

/* A value that @type does not have, and what is said of it; NULL: none. */
static QObject *wrong_value(const QDict *type, const char *name, char **desc)
{
    const char *meta = qdict_get_str(type, "meta-type");
    const char *expected;

    if (!strcmp(meta, "enum")) {
        *desc = g_strdup_printf("Parameter '%s' does not accept value "
                                "'no such'", name);
        return QOBJECT(qstring_from_str("no such"));
    }
    if (!strcmp(meta, "array") || !strcmp(meta, "object")) {
        expected = meta;
    } else if (!strcmp(meta, "alternate")) {
        expected = "*";
    } else {
        expected = qdict_get_str(type, "json-type");
        if (!strcmp(expected, "value")) {
            return NULL;
        }
        expected = strcmp(expected, "int") ? expected : "integer";
    }
    *desc = g_strdup_printf("Invalid parameter type for '%s', expected: %s",
                            name, expected);
    /* Alternates may well be strings, and bools; a list is nowhere one. */
    if (!strcmp(expected, "*")) {
        return QOBJECT(qlist_new());
    }
    if (!strcmp(expected, "boolean")) {
        return QOBJECT(qstring_from_str("true"));
    }
    return QOBJECT(qbool_from_bool(true));
}

static void try_wrong_member(QTestState *qts, const CmdRow *row,
                             QDict *model, const QDict *member)
{
    const char *command = row->command;
    const char *name = qdict_get_str(member, "name");
    const QDict *type = qmp_schema_lookup(qtest_qmp_schema(),
                                          qdict_get_str(member, "type"));
    QDict *args = qdict_clone_shallow(model);
    g_autofree char *missing = NULL, *wrong = NULL;
    QObject *value = wrong_value(type, name, &wrong);

    if (value) {
        qdict_put_obj(args, name, value);
        if (!row->open) {
            expect_error(qts, command, args, GENERIC, wrong);
        }
    }
    if (!qdict_haskey(member, "default")) {
        missing = g_strdup_printf("Parameter '%s' is missing", name);
        g_assert_true(qdict_haskey(model, name));
        qdict_del(args, name);
        expect_error(qts, command, args, GENERIC, missing);
    }
    qobject_unref(args);
}

/* Those of object type @info, and of the variant that @model is of. */
static void try_wrong_members(QTestState *qts, const CmdRow *row,
                              QDict *model, const QDict *info)
{
    const char *tag = qdict_get_try_str(info, "tag");
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(info, "members"), entry) {
        try_wrong_member(qts, row, model,
                         qobject_to(QDict, qlist_entry_obj(entry)));
    }
    if (!tag) {
        return;
    }
    QLIST_FOREACH_ENTRY(qdict_get_qlist(info, "variants"), entry) {
        QDict *variant = qobject_to(QDict, qlist_entry_obj(entry));

        if (!strcmp(qdict_get_str(variant, "case"),
                    qdict_get_str(model, tag))) {
            try_wrong_members(qts, row, model,
                qmp_schema_lookup(qtest_qmp_schema(),
                                  qdict_get_str(variant, "type")));
        }
    }
}

static void try_wrong_calls(const QDict *info, void *opaque)
{
    QTestState *qts = opaque;
    const char *command = qdict_get_str(info, "name");
    const CmdRow *row = row_of(command);
    QDict *model, *args;

    if (!row) {
        return;         /* test_complete() has said so */
    }
    model = args_of(row);
    try_wrong_members(qts, row, model,
        qmp_schema_lookup(qtest_qmp_schema(),
                          qdict_get_str(info, "arg-type")));
    if (!row->open) {
        args = qdict_clone_shallow(model);
        qdict_put_str(args, "no-such", "x");
        expect_error(qts, command, args, GENERIC,
                     "Parameter 'no-such' is unexpected");
        qobject_unref(args);
    }
    qobject_unref(model);
}

static void test_wrong(void)
{
    QTestState *qts = qtest_init(machine_args);
    QDict *rsp;

    qmp_schema_foreach(qtest_qmp_schema(), "command", try_wrong_calls, qts);

    /* None of them has done anything. */
    rsp = qtest_qmp(qts, "{'execute': 'query-status'}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, "running");
    qobject_unref(rsp);
    g_assert_null(qtest_qmp_event_ref(qts, "RESET"));
    g_assert_null(qtest_qmp_event_ref(qts, "STOP"));
    qtest_quit(qts);
}

/* The judge himself */

static void check_wrong(const QmpSchema *schema, const char *command,
                        const char *json, const char *message)
{
    QObject *value = qobject_from_json(json, &error_abort);
    Error *err = NULL;

    g_assert_false(qmp_schema_check_return(schema, command, value, &err));
    g_assert_true(g_pattern_match_simple(message, error_get_pretty(err)));
    error_free(err);
    qobject_unref(value);
}

static void test_judge(void)
{
    QTestState *qts = qtest_init("-machine none");
    const QmpSchema *schema = qtest_qmp_schema();
    QObject *event;
    Error *err = NULL;

    check_wrong(schema, "query-name", "[]",
                "return: is of JSON type array, expected object");
    check_wrong(schema, "query-name", "{'name': 5}",
                "return.name: is of JSON type int, expected string");
    check_wrong(schema, "query-name", "{'Name': 'x'}",
                "return.Name: is not in the schema");
    check_wrong(schema, "query-uuid", "{}", "return.UUID: is missing");
    check_wrong(schema, "query-commands", "[{'name': 'a'}, {'name': null}]",
                "return?1?.name: is of JSON type null, expected string");
    check_wrong(schema, "query-status", "{'running': true, 'singlestep': true,"
                " 'status': 'asleep'}",
                "return.status: no such value 'asleep' of *");
    check_wrong(schema, "stop", "{'x': 1}", "return.x: is not in the schema");
    check_wrong(schema, "nope", "{}", "there is no command nope");

    event = qobject_from_json("{'event': 'RESET', 'data': {'guest': true}}",
                              &error_abort);
    g_assert_false(qmp_schema_check_event(schema, qobject_to(QDict, event),
                                          &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "data.reason: is missing");
    error_free(err);
    qobject_unref(event);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/qmp-cmd/judge", test_judge);
    qtest_add_func("/qmp-cmd/complete", test_complete);
    qtest_add_func("/qmp-cmd/right", test_right);
    qtest_add_func("/qmp-cmd/wrong", test_wrong);
    return g_test_run();
}
