/*
 * -compat: what is deprecated or unstable is refused, hidden, or fatal.
 *
 * Clients' developers use it to learn what they will have to do without.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/wait.h>
#include "qmp-client.h"

/* Who says the one of these is refused, and who says the other is not. */
static void check_refused(const char *policy, bool deprecated, bool unstable)
{
    g_autofree char *args = g_strdup_printf("-machine none -compat %s", policy);
    QTestState *qts = start(1, args);
    FILE *client = client_ready(0);

    if (unstable) {
        check_error(client, "{'execute': 'x-query-virtio'}", "CommandNotFound",
                    "Unstable command x-query-virtio disabled by policy");
    } else {
        check_return(client, "{'execute': 'x-query-virtio'}",
                     "{\"return\": []}");
    }
    if (deprecated) {
        check_error(client, "{'execute': 'object-add', 'arguments':"
                    " {'qom-type': 'rng-random', 'id': 'r', 'opened': true}}",
                    "GenericError",
                    "Deprecated parameter opened disabled by policy");
    }
    /* Nobody objects to the rest. */
    check_return(client, "{'execute': 'object-add', 'arguments': {'qom-type':"
                 " 'iothread', 'id': 'io0', 'poll-max-ns': 1}}",
                 "{\"return\": {}}");
    check_return(client, "{'execute': 'qom-get', 'arguments': {'path':"
                 " '/objects/io0', 'property': 'poll-max-ns'}}",
                 "{\"return\": 1}");
    fclose(client);
    qtest_quit(qts);
}

static void test_reject(void)
{
    check_refused("deprecated-input=reject", true, false);
    check_refused("unstable-input=reject", false, true);
    check_refused("deprecated-input=reject,unstable-input=reject", true, true);
    /* The last word counts. */
    check_refused("unstable-input=reject -compat unstable-input=accept",
                  false, false);
}

/* How many dicts in @obj have a member @key, and in it, if a list, @value? */
static int count(QObject *obj, const char *key, const char *value)
{
    QDict *dict = qobject_to(QDict, obj);
    QList *list = qobject_to(QList, obj);
    const QListEntry *elt;
    int n = 0;

    if (dict) {
        if (!value) {
            n += qdict_haskey(dict, key);
        } else if (qdict_haskey(dict, key)) {
            QLIST_FOREACH_ENTRY(qdict_get_qlist(dict, key), elt) {
                QString *str = qobject_to(QString, qlist_entry_obj(elt));

                n += g_str_equal(qstring_get_str(str), value);
            }
        }
        for (const QDictEntry *e = qdict_first(dict); e;
             e = qdict_next(dict, e)) {
            n += count(qdict_entry_value(e), key, value);
        }
    } else if (list) {
        QLIST_FOREACH_ENTRY(list, elt) {
            n += count(qlist_entry_obj(elt), key, value);
        }
    }
    return n;
}

static void check_schema(const char *policy, bool has_deprecated)
{
    g_autofree char *args = g_strdup_printf("-machine none%s", policy);
    QTestState *qts = start(1, args);
    FILE *client = client_ready(0);
    QDict *rsp = client_ask(client, "{'execute': 'query-qmp-schema'}");
    QObject *schema = qdict_get(rsp, "return");

    /* An enum's 'values' are what 'members' have said better since 6.2. */
    g_assert_cmpint(count(schema, "values", NULL) > 0, ==, has_deprecated);
    g_assert_cmpint(count(schema, "features", "deprecated") > 0, ==,
                    has_deprecated);
    g_assert_cmpint(count(schema, "features", "unstable"), >, 0);
    g_assert_cmpint(count(schema, "members", NULL), >, 100);
    qobject_unref(rsp);
    fclose(client);
    qtest_quit(qts);
}

static void test_hide(void)
{
    check_schema("", true);
    check_schema(" -compat unstable-output=hide", true);
    check_schema(" -compat deprecated-input=reject", true);
    check_schema(" -compat deprecated-output=hide", false);
}

/* How a program with @policy ends that is asked for something unstable. */
static int ends(const char *policy)
{
    const char *binary = g_getenv("QTEST_QEMU_BINARY");
    g_autofree char *command = g_strdup_printf(
        "ulimit -c 0; printf '%%s' '{\"execute\": \"qmp_capabilities\"}"
        "{\"execute\": \"x-query-virtio\"}{\"execute\": \"quit\"}' |"
        " exec %s -accel qtest -machine none -display none -qmp stdio"
        " -compat %s", binary, policy);
    const char *argv[] = { "sh", "-c", command, NULL };
    GError *error = NULL;
    int status;

    g_spawn_sync(NULL, (char **)argv, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                 | G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    /* The shell's word for a signal that ended its command. */
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void test_crash(void)
{
    g_assert_cmpint(ends("unstable-input=crash"), ==, 128 + SIGABRT);
    g_assert_cmpint(ends("deprecated-input=crash"), ==, 0);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    clients_init("qmp-compat-test-XXXXXX");
    qtest_add_func("/qmp/compat/reject", test_reject);
    qtest_add_func("/qmp/compat/hide", test_hide);
    qtest_add_func("/qmp/compat/crash", test_crash);
    ret = g_test_run();
    clients_cleanup();
    return ret;
}
