/*
 * Filters: which of them sees a packet, and in what order.
 *
 * Two made-up clients are the two ends of a cable, and filters hang on the end
 * "a".  Each adds its id to what the packet has met; the receiver ends the
 * line.  So "f1 f2 >b" is a packet that met two filters and arrived at b.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "net/filter.h"
#include "net/net.h"
#include "sysemu/runstate.h"

static GString *met;

/* The cable */

static NetClientState *a, *b;

static ssize_t end_receive(NetClientState *nc, const uint8_t *buf, size_t size)
{
    g_string_append_printf(met, ">%s", nc->name);
    return size;
}

static NetClientInfo end_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(NetClientState),
    .receive = end_receive,
};

static void cable_start(void)
{
    g_string_truncate(met, 0);
    a = qemu_new_net_client(&end_info, NULL, "test", "a");
    b = qemu_new_net_client(&end_info, a, "test", "b");
}

/* With their netdev the filters go, too. */
static void cable_stop(void)
{
    qemu_del_net_client(a);
    qemu_del_net_client(b);
    g_assert_true(QTAILQ_EMPTY(&net_clients));
}

/* What a packet meets on its way from @sender. */
static void expect_way(NetClientState *sender, const char *way)
{
    g_string_truncate(met, 0);
    g_assert_cmpint(qemu_send_packet(sender, (const uint8_t *)"packet", 6), ==,
                    6);
    g_assert_cmpstr(met->str, ==, way);
}

/* The filter */

#define TYPE_TEST_FILTER "test-filter"
OBJECT_DECLARE_SIMPLE_TYPE(TestFilter, TEST_FILTER)

struct TestFilter {
    NetFilterState parent_obj;

    bool keeps;                 /* the next packet, until it is told to go */
    NetClientState *sender;
    uint8_t packet[16];
    size_t size;

    int set_up;
    int switched;
};

static int cleanups;
static bool setup_fails;

static ssize_t test_filter_receive_iov(NetFilterState *nf,
                                       NetClientState *sender, unsigned flags,
                                       const struct iovec *iov, int iovcnt,
                                       NetPacketSent *sent_cb)
{
    TestFilter *s = TEST_FILTER(nf);

    g_string_append_printf(met, "%s ",
                           object_get_canonical_path_component(OBJECT(s)));
    if (!s->keeps) {
        return 0;
    }
    s->keeps = false;
    s->sender = sender;
    s->size = iov_to_buf(iov, iovcnt, 0, s->packet, sizeof(s->packet));
    return iov_size(iov, iovcnt);
}

static void test_filter_setup(NetFilterState *nf, Error **errp)
{
    if (setup_fails) {
        error_setg(errp, "no room for a filter");
        return;
    }
    TEST_FILTER(nf)->set_up++;
}

static void test_filter_cleanup(NetFilterState *nf)
{
    cleanups++;
}

static void test_filter_status_changed(NetFilterState *nf, Error **errp)
{
    TEST_FILTER(nf)->switched++;
}

static void test_filter_class_init(ObjectClass *oc, void *data)
{
    NetFilterClass *nfc = NETFILTER_CLASS(oc);

    nfc->setup = test_filter_setup;
    nfc->cleanup = test_filter_cleanup;
    nfc->status_changed = test_filter_status_changed;
    nfc->receive_iov = test_filter_receive_iov;
}

static const TypeInfo test_filter_info = {
    .name = TYPE_TEST_FILTER,
    .parent = TYPE_NETFILTER,
    .instance_size = sizeof(TestFilter),
    .class_init = test_filter_class_init,
};

/* -object test-filter,id=@id,netdev=@netdev,@prop=@value; NULL is no property */
static TestFilter *filter_add(const char *id, const char *netdev,
                              const char *prop, const char *value,
                              const char *prop2, const char *value2,
                              Error **errp)
{
    return (TestFilter *)object_new_with_props(TYPE_TEST_FILTER,
                                               object_get_objects_root(), id,
                                               errp, "netdev", netdev, prop,
                                               value, prop2, value2, NULL);
}

static TestFilter *filter_new(const char *id)
{
    return filter_add(id, "a", NULL, NULL, NULL, NULL, &error_abort);
}

static void filter_release(TestFilter *s)
{
    struct iovec iov = { s->packet, s->size };

    g_string_truncate(met, 0);
    qemu_netfilter_pass_to_next(s->sender, 0, &iov, 1, s);
}

/* Order */

/* What the netdev sends walks down the list; what it gets, up. */
static void test_directions(void)
{
    cable_start();
    filter_new("f1");
    filter_new("f2");
    filter_new("f3");
    expect_way(a, "f1 f2 f3 >b");
    expect_way(b, "f3 f2 f1 >a");
    cable_stop();
}

/* queue= is seen from the netdev: "tx" is what it sends. */
static void test_queue(void)
{
    cable_start();
    filter_add("tx", "a", "queue", "tx", NULL, NULL, &error_abort);
    filter_add("rx", "a", "queue", "rx", NULL, NULL, &error_abort);
    filter_add("all", "a", "queue", "all", NULL, NULL, &error_abort);
    expect_way(a, "tx all >b");
    expect_way(b, "all rx >a");
    cable_stop();
}

/* Both ends may have filters: the sender's come first. */
static void test_both_ends(void)
{
    cable_start();
    filter_new("a1");
    filter_new("a2");
    filter_add("b1", "b", NULL, NULL, NULL, NULL, &error_abort);
    filter_add("b2", "b", NULL, NULL, NULL, NULL, &error_abort);
    expect_way(a, "a1 a2 b2 b1 >b");
    expect_way(b, "b1 b2 a2 a1 >a");
    qemu_del_net_client(b);
    qemu_del_net_client(a);
    g_assert_true(QTAILQ_EMPTY(&net_clients));
}

static void test_position(void)
{
    cable_start();
    filter_new("f1");
    filter_add("tail", "a", "position", "tail", NULL, NULL, &error_abort);
    filter_add("head", "a", "position", "head", NULL, NULL, &error_abort);
    expect_way(a, "head f1 tail >b");

    filter_add("before", "a", "position", "id=f1", "insert", "before",
               &error_abort);
    filter_add("behind", "a", "position", "id=f1", "insert", "behind",
               &error_abort);
    filter_add("next", "a", "position", "id=f1", NULL, NULL, &error_abort);
    expect_way(a, "head before f1 next behind tail >b");
    expect_way(b, "tail behind next f1 before head >a");

    /* insert= is about position=id=, and the others do not look at it. */
    filter_add("last", "a", "position", "tail", "insert", "before",
               &error_abort);
    expect_way(a, "head before f1 next behind tail last >b");
    cable_stop();
}

static void test_status(void)
{
    TestFilter *off;

    cable_start();
    filter_new("f1");
    off = filter_add("f2", "a", "status", "off", NULL, NULL, &error_abort);
    g_assert_cmpint(off->switched, ==, 0);  /* it was never on */
    expect_way(a, "f1 >b");
    object_property_set_str(OBJECT(off), "status", "on", &error_abort);
    object_property_set_str(OBJECT(off), "status", "on", &error_abort);
    g_assert_cmpint(off->switched, ==, 1);
    expect_way(a, "f1 f2 >b");
    cable_stop();
}

/* Packets that a filter keeps */

/* It goes on where it was, in its own direction. */
static void test_keep(void)
{
    TestFilter *f2;

    cable_start();
    filter_new("f1");
    f2 = filter_new("f2");
    filter_new("f3");

    f2->keeps = true;
    expect_way(a, "f1 f2 ");
    filter_release(f2);
    g_assert_cmpstr(met->str, ==, "f3 >b");

    f2->keeps = true;
    expect_way(b, "f3 f2 ");
    filter_release(f2);
    g_assert_cmpstr(met->str, ==, "f1 >a");
    cable_stop();
}

/* The second may keep what the first has let go. */
static void test_keep_twice(void)
{
    TestFilter *f1, *f2;

    cable_start();
    f1 = filter_new("f1");
    f2 = filter_new("f2");
    f1->keeps = f2->keeps = true;
    expect_way(a, "f1 ");
    filter_release(f1);
    g_assert_cmpstr(met->str, ==, "f2 ");
    filter_release(f2);
    g_assert_cmpstr(met->str, ==, ">b");
    cable_stop();
}

/* Where there is no other end any more, the packet ends. */
static void test_keep_too_long(void)
{
    TestFilter *f1;

    cable_start();
    f1 = filter_new("f1");
    f1->keeps = true;
    expect_way(a, "f1 ");
    qemu_del_net_client(b);
    filter_release(f1);
    g_assert_cmpstr(met->str, ==, "");
    qemu_del_net_client(a);
}

/* Life */

/* A filter that goes leaves the list; a netdev that goes takes its filters. */
static void test_life(void)
{
    TestFilter *f2;

    cable_start();
    cleanups = 0;
    filter_new("f1");
    f2 = filter_new("f2");
    g_assert_cmpint(f2->set_up, ==, 1);
    filter_new("f3");
    object_unparent(OBJECT(f2));
    g_assert_cmpint(cleanups, ==, 1);
    expect_way(a, "f1 f3 >b");
    cable_stop();
    g_assert_cmpint(cleanups, ==, 3);
    g_assert_null(object_resolve_path_component(object_get_objects_root(),
                                                "f1"));
}

static void expect_refused(const char *netdev, const char *prop,
                           const char *value, const char *message)
{
    Error *err = NULL;

    g_assert_null(filter_add("wrong", netdev, prop, value, NULL, NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
    g_assert_null(object_resolve_path_component(object_get_objects_root(),
                                                "wrong"));
}

/* One that is refused is not on the list, and its cleanup is not called. */
static void test_refused(void)
{
    cable_start();
    filter_new("f1");
    filter_add("other", "b", NULL, NULL, NULL, NULL, &error_abort);
    cleanups = 0;
    expect_refused("nobody", NULL, NULL,
                   "Parameter 'netdev' expects a network backend id");
    expect_refused("a", "position", "third",
                   "Parameter 'position' expects 'head', 'tail' or "
                   "'id=<id>'");
    expect_refused("a", "position", "id=nobody", "filter 'nobody' not found");
    expect_refused("a", "position", "id=other",
                   "filter 'other' belongs to a different netdev");
    expect_refused("a", "insert", "between",
                   "Invalid value for netfilter insert, "
                   "should be 'before' or 'behind'");
    expect_refused("a", "status", "maybe",
                   "Invalid value for netfilter status, "
                   "should be 'on' or 'off'");
    setup_fails = true;
    expect_refused("a", NULL, NULL, "no room for a filter");
    setup_fails = false;
    g_assert_cmpint(cleanups, ==, 0);
    expect_way(a, "f1 other >b");
    cable_stop();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    runstate_set(RUN_STATE_RUNNING);
    type_register_static(&test_filter_info);
    met = g_string_new(NULL);

    g_test_add_func("/filter/directions", test_directions);
    g_test_add_func("/filter/queue", test_queue);
    g_test_add_func("/filter/both-ends", test_both_ends);
    g_test_add_func("/filter/position", test_position);
    g_test_add_func("/filter/status", test_status);
    g_test_add_func("/filter/keep", test_keep);
    g_test_add_func("/filter/keep/twice", test_keep_twice);
    g_test_add_func("/filter/keep/too-long", test_keep_too_long);
    g_test_add_func("/filter/life", test_life);
    g_test_add_func("/filter/refused", test_refused);
    return g_test_run();
}
