/*
 * Events, from the generated function to what clients see.
 *
 * The events are those of tests/qapi-schema/qapi-schema-test.json.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "tests/qapi-schema/test-qapi-emit-events.h"
#include "tests/qapi-schema/test-qapi-events.h"

static test_QAPIEvent last_event = TEST_QAPI_EVENT__MAX;
static char *last_data;

/* What a program does with events: here, it keeps the last. */
void test_qapi_event_emit(test_QAPIEvent event, QDict *qdict)
{
    QDict *timestamp = qdict_get_qdict(qdict, "timestamp");
    QObject *data = qdict_get(qdict, "data");
    int64_t age = g_get_real_time()
        - qdict_get_int(timestamp, "seconds") * G_USEC_PER_SEC
        - qdict_get_int(timestamp, "microseconds");

    g_assert_cmpint(age, >=, 0);
    g_assert_cmpint(age, <, 60 * G_USEC_PER_SEC);
    g_assert_cmpint(qdict_get_int(timestamp, "microseconds"), <,
                    G_USEC_PER_SEC);
    g_assert_cmpstr(qdict_get_str(qdict, "event"), ==,
                    test_QAPIEvent_str(event));
    last_event = event;
    g_clear_pointer(&last_data, g_free);
    if (data) {
        last_data = g_string_free(qobject_to_json(data), false);
    }
}

static void check(test_QAPIEvent event, const char *data)
{
    g_assert_cmpint(last_event, ==, event);
    g_assert_cmpstr(last_data, ==, data);
    last_event = TEST_QAPI_EVENT__MAX;
    g_clear_pointer(&last_data, g_free);
}

static void test_event_plain(void)
{
    qapi_event_send_market_opened();
    check(TEST_QAPI_EVENT_MARKET_OPENED, NULL);
}

static void test_event_data(void)
{
    qapi_event_send_fruit_rotten(FRUIT_PEAR, true, -1);
    check(TEST_QAPI_EVENT_FRUIT_ROTTEN,
          "{\"fruit\": \"pear\", \"smell\": -1}");
    qapi_event_send_fruit_rotten(FRUIT_PEAR, false, 0);
    check(TEST_QAPI_EVENT_FRUIT_ROTTEN, "{\"fruit\": \"pear\"}");
}

static void test_event_boxed(void)
{
    Tool tool = { .kind = TOOL_KIND_KNIFE, .u.knife.length = 7 };

    qapi_event_send_tool_lost(&tool);
    check(TEST_QAPI_EVENT_TOOL_LOST, "{\"kind\": \"knife\", \"length\": 7}");
}

static void test_event_deprecated(void)
{
    qapi_event_send_market_closed();
    check(TEST_QAPI_EVENT_MARKET_CLOSED, NULL);

    compat_policy.has_deprecated_output = true;
    compat_policy.deprecated_output = COMPAT_POLICY_OUTPUT_HIDE;
    qapi_event_send_market_closed();
    check(TEST_QAPI_EVENT__MAX, NULL);
    memset(&compat_policy, 0, sizeof(compat_policy));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    g_test_add_func("/event/plain", test_event_plain);
    g_test_add_func("/event/data", test_event_data);
    g_test_add_func("/event/boxed", test_event_boxed);
    g_test_add_func("/event/deprecated", test_event_deprecated);
    return g_test_run();
}
