/*
 * key=value,... with structure, up to the C structs that it fills in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-net.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/keyval.h"

static void check_keyval(const char *params, const char *implied_key,
                         const char *json)
{
    QDict *qdict = keyval_parse(params, implied_key, NULL, &error_abort);
    g_autoptr(GString) text = qobject_to_json(QOBJECT(qdict));

    g_assert_cmpstr(text->str, ==, json);
    qobject_unref(qdict);
}

static void check_keyval_error(const char *params, const char *message)
{
    Error *err = NULL;

    g_assert_null(keyval_parse(params, NULL, NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_keyval_parse(void)
{
    check_keyval("", NULL, "{}");
    check_keyval("a=1,b=two,c=", NULL,
                 "{\"a\": \"1\", \"b\": \"two\", \"c\": \"\"}");
    check_keyval("a=1,a=2", NULL, "{\"a\": \"2\"}");
    check_keyval("a=x,,y=z,", NULL, "{\"a\": \"x,y=z\"}");
    check_keyval("a.b.c=1,a.d=2", NULL,
                 "{\"a\": {\"b\": {\"c\": \"1\"}, \"d\": \"2\"}}");
    check_keyval("a.1=x,a.0=y", NULL, "{\"a\": [\"y\", \"x\"]}");
    check_keyval("a.0.b=x,a.1.b=y", NULL,
                 "{\"a\": [{\"b\": \"x\"}, {\"b\": \"y\"}]}");
    check_keyval("tap,id=t0", "type", "{\"type\": \"tap\", \"id\": \"t0\"}");
}

static void test_keyval_errors(void)
{
    check_keyval_error("=1", "Invalid parameter ''");
    check_keyval_error("1a=1", "Invalid parameter '1a'");
    check_keyval_error("a..b=1", "Invalid parameter 'a..b'");
    check_keyval_error("noval", "Expected '=' after parameter 'noval'");
    check_keyval_error("a=1,a.b=2", "Parameters 'a.*' used inconsistently");
    check_keyval_error("a.b=1,a=2", "Parameters 'a.*' used inconsistently");
    check_keyval_error("a.0=1,a.b=2", "Parameters 'a.*' used inconsistently");
    check_keyval_error("a.1=1", "Parameter 'a.0' missing");
    check_keyval_error("a.99999999999999999999=1", "Parameter 'a.0' missing");
    check_keyval_error("help", "Help is not available for this option");
}

static void test_keyval_help(void)
{
    bool help;
    QDict *qdict = keyval_parse("a=1,help", NULL, &help, &error_abort);

    g_assert_true(help);
    g_assert_cmpuint(qdict_size(qdict), ==, 1);
    qobject_unref(qdict);
}

static void test_keyval_merge(void)
{
    QDict *a = keyval_parse("x=1,s.p=2,l.0=a", NULL, NULL, &error_abort);
    QDict *b = keyval_parse("x=9,s.q=3,l.0=b", NULL, NULL, &error_abort);
    QDict *bad = keyval_parse("s=1", NULL, NULL, &error_abort);
    g_autoptr(GString) text = NULL;
    Error *err = NULL;

    keyval_merge(a, b, &error_abort);
    text = qobject_to_json(QOBJECT(a));
    g_assert_cmpstr(text->str, ==,
                    "{\"x\": \"9\", \"s\": {\"p\": \"2\", \"q\": \"3\"},"
                    " \"l\": [\"a\", \"b\"]}");
    keyval_merge(a, bad, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameter 's' used inconsistently");
    error_free(err);
    qobject_unref(a);
    qobject_unref(b);
    qobject_unref(bad);
}

/* What -netdev does with its argument, in either form. */
static Netdev *netdev_from_str(const char *str, Error **errp)
{
    Visitor *v = qobject_input_visitor_new_str(str, "type", errp);
    Netdev *netdev = NULL;

    if (v) {
        visit_type_Netdev(v, NULL, &netdev, errp);
        visit_free(v);
    }
    return netdev;
}

static void check_netdev_error(const char *str, const char *message)
{
    Error *err = NULL;

    g_assert_null(netdev_from_str(str, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_keyval_visit(void)
{
    Netdev *n = netdev_from_str("tap,id=t0,vnet_hdr=on,sndbuf=1M,queues=2",
                                &error_abort);

    g_assert_cmpstr(n->id, ==, "t0");
    g_assert_cmpint(n->type, ==, NET_CLIENT_DRIVER_TAP);
    g_assert_true(n->u.tap.has_vnet_hdr && n->u.tap.vnet_hdr);
    g_assert_cmpuint(n->u.tap.sndbuf, ==, 1048576);
    g_assert_cmpuint(n->u.tap.queues, ==, 2);
    g_assert_false(n->u.tap.has_ifname);
    qapi_free_Netdev(n);

    n = netdev_from_str("{'type': 'stream', 'id': 's0', 'addr':"
                        " {'type': 'inet', 'host': 'h', 'port': '1'}}",
                        &error_abort);
    g_assert_cmpint(n->u.stream.addr->type, ==, SOCKET_ADDRESS_TYPE_INET);
    g_assert_cmpstr(n->u.stream.addr->u.inet.port, ==, "1");
    qapi_free_Netdev(n);

    n = netdev_from_str("user,id=u0,hostfwd.0.str=a,hostfwd.1.str=b",
                        &error_abort);
    g_assert_cmpstr(n->u.user.hostfwd->next->value->str, ==, "b");
    qapi_free_Netdev(n);
}

static void test_keyval_visit_errors(void)
{
    check_netdev_error("tap", "Parameter 'id' is missing");
    check_netdev_error("nosuch,id=x",
                       "Parameter 'type' does not accept value 'nosuch'");
    check_netdev_error("tap,id=x,no-such=1",
                       "Parameter 'no-such' is unexpected");
    check_netdev_error("tap,id=x,vnet_hdr=maybe",
                       "Parameter 'vnet_hdr' expects 'on' or 'off'");
    check_netdev_error("tap,id=x,queues=-1",
                       "Parameter 'queues' expects uint32_t");
    check_netdev_error("tap,id=x,queues=many",
                       "Parameter 'queues' expects integer");
    check_netdev_error("tap,id=x,sndbuf=lots",
                       "Parameter 'sndbuf' expects size");
    check_netdev_error("stream,id=x,addr.type=inet,addr.host=h",
                       "Parameter 'addr.port' is missing");
    check_netdev_error("tap,id=x,ifname.a=1",
                       "Parameters 'ifname.*' are unexpected");
    check_netdev_error("user,id=u,hostfwd.0.str=a,hostfwd.1.nope=b",
                       "Parameter 'hostfwd.1.str' is missing");
    check_netdev_error("{'type': 'tap', 'id': 1}",
                       "Invalid parameter type for 'id', expected: string");
    check_netdev_error("{'type': 'tap', 'id': 'x', 'queues': '2'}",
                       "Parameter 'queues' expects uint64");
    check_netdev_error("{'type': 'user', 'id': 'x', 'hostfwd': [{}]}",
                       "Parameter 'hostfwd[0].str' is missing");
    check_netdev_error("{'type': 'user', 'id': 'x', 'hostfwd': {}}",
                       "Invalid parameter type for 'hostfwd', "
                       "expected: array");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keyval/parse", test_keyval_parse);
    g_test_add_func("/keyval/errors", test_keyval_errors);
    g_test_add_func("/keyval/help", test_keyval_help);
    g_test_add_func("/keyval/merge", test_keyval_merge);
    g_test_add_func("/keyval/visit", test_keyval_visit);
    g_test_add_func("/keyval/visit/errors", test_keyval_visit_errors);
    return g_test_run();
}
