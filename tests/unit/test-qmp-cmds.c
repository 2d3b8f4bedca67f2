/*
 * Commands, from the request to the answer.
 *
 * The commands are those of tests/qapi-schema/qapi-schema-test.json; what
 * they do is here, and what is between is generated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/clone-visitor.h"
#include "qapi/qmp/dispatch.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qlit.h"
#include "tests/qapi-schema/test-qapi-commands.h"
#include "tests/qapi-schema/test-qapi-init-commands.h"
#include "tests/qapi-schema/test-qapi-introspect.h"
#include "tests/qapi-schema/test-qapi-visit.h"

static QmpCommandList cmds;

/* The commands */

void qmp_nop(Error **errp)
{
}

Basket *qmp_fill_basket(const char *owner, bool has_size, int64_t size,
                        bool has_fruit, Fruit fruit,
                        bool has_tags, strList *tags, Error **errp)
{
    Basket *basket;
    FruitList **tail;

    if (!owner[0]) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Nobody's basket");
        return NULL;
    }
    basket = g_new0(Basket, 1);
    basket->owner = g_strdup(owner);
    basket->has_size = has_size;
    basket->size = size;
    tail = &basket->fruits;
    if (has_fruit) {
        basket->has_fruits = true;
        QAPI_LIST_APPEND(tail, fruit);
        for (; tags; tags = tags->next) {
            QAPI_LIST_APPEND(tail, fruit);
        }
    }
    return basket;
}

Tool *qmp_use_tool(Tool *arg, Error **errp)
{
    return QAPI_CLONE(Tool, arg);
}

BasketList *qmp_list_baskets(Error **errp)
{
    return NULL;
}

void qmp_look_up(FruitOrNumber *key, Error **errp)
{
    if (key->type == QTYPE_QNUM) {
        error_setg(errp, "Number %d is not in use", key->u.number);
    } else {
        error_setg(errp, "%s is not in use",
                   Fruit_str(key->u.name));
    }
}

void qmp_go_silent(bool has_fail, bool fail, Error **errp)
{
    if (has_fail && fail) {
        error_setg(errp, "Not so silent");
    }
}

void qmp_hurry(Error **errp)
{
}

/* What @request, JSON in single quotes, is answered; "" if it is not. */
static char *ask(bool allow_oob, const char *request)
{
    QObject *req = qobject_from_json(request, &error_abort);
    QDict *rsp = qmp_dispatch(&cmds, req, allow_oob, NULL);
    GString *text = rsp ? qobject_to_json(QOBJECT(rsp)) : g_string_new("");

    qobject_unref(req);
    qobject_unref(rsp);
    return g_string_free(text, false);
}

static void check(const char *request, const char *expected)
{
    g_autofree char *answer = ask(true, request);

    g_assert_cmpstr(answer, ==, expected);
}

/* The answer is an error of that class; its text is @desc. */
static void check_error_class(const char *request, bool allow_oob,
                              const char *class, const char *desc)
{
    g_autofree char *answer = ask(allow_oob, request);
    QDict *rsp = qobject_to(QDict, qobject_from_json(answer, &error_abort));
    QDict *error = qdict_get_qdict(rsp, "error");

    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    g_assert_cmpuint(qdict_size(error), ==, 2);
    g_assert_cmpint(qdict_haskey(rsp, "id"), ==,
                    strstr(request, "'id'") != NULL);
    g_assert_false(qdict_haskey(rsp, "return"));
    qobject_unref(rsp);
}

static void check_error(const char *request, const char *desc)
{
    check_error_class(request, true, "GenericError", desc);
}

static void test_dispatch(void)
{
    check("{'execute': 'nop'}", "{\"return\": {}}");
    check("{'execute': 'nop', 'arguments': {}}", "{\"return\": {}}");
    check("{'execute': 'nop', 'id': [1, {'a': null}]}",
          "{\"return\": {}, \"id\": [1, {\"a\": null}]}");
    check("{'exec-oob': 'hurry'}", "{\"return\": {}}");
}

static void test_arguments(void)
{
    check("{'execute': 'fill-basket', 'arguments': {'owner': 'Eve'}}",
          "{\"return\": {\"owner\": \"Eve\"}}");
    check("{'execute': 'fill-basket', 'arguments': {'owner': 'Eve',"
          " 'size': -9223372036854775808, 'fruit': 'apple',"
          " 'tags': ['a', 'b']}}",
          "{\"return\": {\"owner\": \"Eve\", \"size\": -9223372036854775808, "
          "\"fruits\": [\"apple\", \"apple\", \"apple\"]}}");
    check("{'execute': 'use-tool', 'arguments': {'kind': 'knife',"
          " 'length': 255}}",
          "{\"return\": {\"kind\": \"knife\", \"length\": 255}}");
    check("{'execute': 'list-baskets'}", "{\"return\": []}");
}

static void test_wrong_request(void)
{
    check_error("[]", "QMP input must be a JSON object");
    check_error("{}", "QMP input lacks member 'execute'");
    check_error("{'id': 1}", "QMP input lacks member 'execute'");
    check_error("{'execute': 5}",
                "QMP input member 'execute' must be a string");
    check_error("{'execute': 'nop', 'arguments': []}",
                "QMP input member 'arguments' must be an object");
    check_error("{'execute': 'nop', 'extra': 1, 'id': 'x'}",
                "QMP input member 'extra' is unexpected");
    check_error("{'execute': 'nop', 'exec-oob': 'nop'}",
                "QMP input member 'exec-oob' clashes with 'execute'");
    check_error("{'exec-oob': 'nop'}", "The command nop does not support OOB");
    check_error_class("{'exec-oob': 'hurry'}", false, "GenericError",
                      "QMP input member 'exec-oob' is unexpected");
    check_error_class("{'execute': 'nope', 'id': 1}", false,
                      "CommandNotFound",
                      "The command nope has not been found");
    check_error_class("{'execute': 'not-built'}", false, "CommandNotFound",
                      "The command not-built has not been found");
}

static void test_wrong_arguments(void)
{
    check_error("{'execute': 'nop', 'arguments': {'x': 1}}",
                "Parameter 'x' is unexpected");
    check_error("{'execute': 'fill-basket'}",
                "Parameter 'owner' is missing");
    check_error("{'execute': 'fill-basket', 'arguments': {'owner': 1}}",
                "Invalid parameter type for 'owner', expected: string");
    check_error("{'execute': 'fill-basket', 'arguments': {'owner': 'a',"
                " 'fruit': 'stone'}}",
                "Parameter 'fruit' does not accept value 'stone'");
    check_error("{'execute': 'fill-basket', 'arguments': {'owner': 'a',"
                " 'tags': ['x', 2]}}",
                "Invalid parameter type for 'tags[1]', expected: string");
    check_error("{'execute': 'use-tool', 'arguments': {'kind': 'hand',"
                " 'length': 1}}", "Parameter 'length' is unexpected");
    check_error("{'execute': 'use-tool', 'arguments': {'kind': 'knife',"
                " 'length': 256}}",
                "Parameter 'length' expects uint8_t");
    check_error("{'execute': 'look-up', 'arguments': {'key': true}}",
                "Invalid parameter type for 'key', expected: FruitOrNumber");
}

static void test_command_fails(void)
{
    check_error_class("{'execute': 'fill-basket', 'id': 1,"
                      " 'arguments': {'owner': ''}}", false,
                      "DeviceNotFound", "Nobody's basket");
    check_error("{'execute': 'look-up', 'arguments': {'key': 5}}",
                "Number 5 is not in use");
    check_error("{'execute': 'look-up', 'arguments': {'key': 'pear'}}",
                "pear is not in use");
}

static void test_no_success_response(void)
{
    check("{'execute': 'go-silent', 'id': 1}", "");
    check_error("{'execute': 'go-silent', 'arguments': {'fail': true}}",
                "Not so silent");
    g_assert_false(qmp_has_success_response(qmp_find_command(&cmds,
                                                             "go-silent")));
    g_assert_true(qmp_has_success_response(qmp_find_command(&cmds, "nop")));
}

static void test_disable(void)
{
    const QmpCommand *cmd = qmp_find_command(&cmds, "nop");

    qmp_disable_command(&cmds, "nop", "closed on Sundays");
    g_assert_false(qmp_command_is_enabled(cmd));
    check_error_class("{'execute': 'nop'}", false, "CommandNotFound",
                      "Command nop has been disabled: closed on Sundays");
    qmp_disable_command(&cmds, "nop", NULL);
    check_error_class("{'execute': 'nop'}", false, "CommandNotFound",
                      "Command nop has been disabled");
    qmp_enable_command(&cmds, "nop");
    check("{'execute': 'nop'}", "{\"return\": {}}");
}

static void test_compat_policy(void)
{
    CompatPolicy old = compat_policy;

    compat_policy.has_deprecated_input = true;
    compat_policy.deprecated_input = COMPAT_POLICY_INPUT_REJECT;
    check_error_class("{'execute': 'list-baskets'}", false,
                      "CommandNotFound",
                      "Deprecated command list-baskets disabled by policy");
    compat_policy = old;
    compat_policy.has_unstable_input = true;
    compat_policy.unstable_input = COMPAT_POLICY_INPUT_REJECT;
    check_error("{'execute': 'fill-basket', 'arguments': {'owner': 'a',"
                " 'fruit': 'durian'}}",
                "Unstable value durian disabled by policy");
    compat_policy = old;
}

static void count_command(const QmpCommand *cmd, void *opaque)
{
    int *count = opaque;

    g_assert_true(qmp_find_command(&cmds, qmp_command_name(cmd)) == cmd);
    ++*count;
}

static void test_list(void)
{
    int count = 0;

    qmp_for_each_command(&cmds, count_command, &count);
    g_assert_cmpint(count, ==, 7);
    g_assert_null(qmp_find_command(&cmds, "by-hand"));
}

/* Clients are told of all commands, those made by hand too. */
static void test_introspection(void)
{
    QObject *schema = qobject_from_qlit(&test_qmp_schema_qlit);
    const QListEntry *entry;
    int commands = 0, events = 0;

    QLIST_FOREACH_ENTRY(qobject_to(QList, schema), entry) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(entry));
        const char *meta = qdict_get_str(info, "meta-type");

        commands += g_str_equal(meta, "command");
        events += g_str_equal(meta, "event");
        g_assert_cmpstr(qdict_get_str(info, "name"), !=, "Basket");
    }
    g_assert_cmpint(commands, ==, 8);
    g_assert_cmpint(events, ==, 4);
    qobject_unref(schema);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_qmp_init_marshal(&cmds);

    g_test_add_func("/qmp/dispatch", test_dispatch);
    g_test_add_func("/qmp/arguments", test_arguments);
    g_test_add_func("/qmp/wrong-request", test_wrong_request);
    g_test_add_func("/qmp/wrong-arguments", test_wrong_arguments);
    g_test_add_func("/qmp/command-fails", test_command_fails);
    g_test_add_func("/qmp/no-success-response", test_no_success_response);
    g_test_add_func("/qmp/disable", test_disable);
    g_test_add_func("/qmp/compat-policy", test_compat_policy);
    g_test_add_func("/qmp/list", test_list);
    g_test_add_func("/qmp/introspection", test_introspection);
    return g_test_run();
}
