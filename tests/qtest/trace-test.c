/*
 * Trace events, switched by a client while the guest runs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qmp-expect.h"

#define ON(name) "{'name': '" name "', 'state': 'enabled', 'vcpu': false}"
#define OFF(name) "{'name': '" name "', 'state': 'disabled', 'vcpu': false}"

static void test_trace_switch(void)
{
    QTestState *qts = qtest_init("-machine none");

    expect_return(qts, "[" OFF("virtio_set_status") "]",
                  "{'execute': 'trace-event-get-state', 'arguments':"
                  " {'name': 'virtio_set_s*'}}");
    expect_return(qts, "{}",
                  "{'execute': 'trace-event-set-state', 'arguments':"
                  " {'name': 'virtio_set_status', 'enable': true}}");
    expect_return(qts, "[" ON("virtio_set_status") "]",
                  "{'execute': 'trace-event-get-state', 'arguments':"
                  " {'name': 'virtio_set_status'}}");
    expect_hmp(qts, "info trace-events virtio_set_stat?s",
               "virtio_set_status : state 1\n");
    expect_hmp(qts, "trace-event virtio_set_s* off", "");
    expect_hmp(qts, "info trace-events virtio_set_status",
               "virtio_set_status : state 0\n");
    expect_return(qts, "{}",
                  "{'execute': 'trace-event-set-state', 'arguments':"
                  " {'name': 'virtio_set_*', 'enable': true,"
                  "  'ignore-unavailable': true}}");
    expect_hmp(qts, "info trace-events virtio_set_status",
               "virtio_set_status : state 1\n");
    qtest_quit(qts);
}

static void test_trace_wrong(void)
{
    QTestState *qts = qtest_init("-machine none");

    expect_return(qts, "[]", "{'execute': 'trace-event-get-state',"
                  " 'arguments': {'name': 'nope*'}}");
    expect_return(qts, "{}", "{'execute': 'trace-event-set-state',"
                  " 'arguments': {'name': 'nope*', 'enable': true}}");
    expect_error(qts, "GenericError", "unknown event \"nope\"",
                 "{'execute': 'trace-event-get-state', 'arguments':"
                 " {'name': 'nope'}}");
    expect_error(qts, "GenericError", "unknown event \"nope\"",
                 "{'execute': 'trace-event-set-state', 'arguments':"
                 " {'name': 'nope', 'enable': true}}");
    expect_error(qts, "GenericError", "Parameter 'enable' is missing",
                 "{'execute': 'trace-event-set-state', 'arguments':"
                 " {'name': 'nope'}}");
    expect_error(qts, "GenericError", "invalid vCPU index 7",
                 "{'execute': 'trace-event-get-state', 'arguments':"
                 " {'name': '*', 'vcpu': 7}}");
    expect_error(qts, "GenericError", "invalid vCPU index 4294967295",
                 "{'execute': 'trace-event-set-state', 'arguments':"
                 " {'name': '*', 'enable': true, 'vcpu': -1}}");
    expect_hmp(qts, "trace-event nope off", "unknown event \"nope\"\n");
    expect_hmp(qts, "info trace-events nope", "unknown event \"nope\"\n");
    expect_hmp(qts, "info trace-events nope*", "");
    expect_hmp(qts, "trace-event virtio_notify on 9",
               "invalid vCPU index 9\n");
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/trace/switch", test_trace_switch);
    qtest_add_func("/trace/wrong", test_trace_wrong);
    return g_test_run();
}
