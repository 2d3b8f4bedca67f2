/*
 * Clocks: what a change at the root means further down.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-core.h"

#define TYPE_TICKER "ticker"
OBJECT_DECLARE_SIMPLE_TYPE(TickerState, TICKER)

/* Passes its input on, and writes down what it hears. */
struct TickerState {
    DeviceState parent_obj;

    Clock *in;
    Clock *out;
    GString *heard;
};

static void ticker_in_changed(void *opaque, ClockEvent event)
{
    TickerState *s = opaque;

    g_string_append_printf(s->heard, "%s %u. ",
                           event == ClockPreUpdate ? "from" : "to",
                           clock_get_hz(s->in));
    if (event == ClockUpdate) {
        clock_update(s->out, clock_get(s->in));
    }
}

static const ClockPortInitArray ticker_clocks = {
    QDEV_CLOCK_IN(TickerState, in, ticker_in_changed,
                  ClockUpdate | ClockPreUpdate),
    QDEV_CLOCK_OUT(TickerState, out),
    QDEV_CLOCK_END
};

static void ticker_init(Object *obj)
{
    TickerState *s = TICKER(obj);

    s->heard = g_string_new("");
    qdev_init_clocks(DEVICE(obj), ticker_clocks);
}

static void ticker_finalize(Object *obj)
{
    g_string_free(TICKER(obj)->heard, true);
}

static const TypeInfo ticker_info = {
    .name = TYPE_TICKER,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(TickerState),
    .instance_init = ticker_init,
    .instance_finalize = ticker_finalize,
};

static const char *heard(TickerState *s)
{
    static char text[200];

    g_strlcpy(text, s->heard->str, sizeof(text));
    g_string_truncate(s->heard, 0);
    return text;
}

/* Numbers of a clock alone. */
static void test_periods(void)
{
    g_autoptr(Clock) clk = CLOCK(object_new(TYPE_CLOCK));

    g_assert_false(clock_is_enabled(clk));
    g_assert_cmpuint(clock_get_hz(clk), ==, 0);
    g_assert_cmpuint(clock_ns_to_ticks(clk, 1000), ==, 0);

    g_assert_true(clock_set_hz(clk, 100000000));
    g_assert_false(clock_set_ns(clk, 10));
    g_assert_cmphex(clock_get(clk), ==, 10ull << 32);
    g_assert_cmpuint(clock_ticks_to_ns(clk, 7), ==, 70);
    g_assert_cmpuint(clock_ns_to_ticks(clk, 79), ==, 7);

    /* A third of a nanosecond; a century; what no timer can wait for. */
    clock_set(clk, CLOCK_PERIOD_FROM_HZ(3000000000u));
    g_assert_cmpuint(clock_ticks_to_ns(clk, 3000000000u), ==, 999999999);
    clock_set_hz(clk, 1000);
    g_assert_cmpuint(clock_ticks_to_ns(clk, 3155760000000ull), ==,
                     3155760000000ull * 1000000);
    g_assert_cmpuint(clock_ticks_to_ns(clk, UINT64_MAX), ==, INT64_MAX);
}

static void test_display(void)
{
    g_autoptr(Clock) clk = CLOCK(object_new(TYPE_CLOCK));
    g_autofree char *text = NULL;

    clock_set_hz(clk, 24000000);
    text = clock_display_freq(clk);
    g_assert_cmpstr(text, ==, "24 MHz");
}

/* A change goes down the tree, each clock before those below it. */
static void test_tree(void)
{
    TickerState *a = TICKER(qdev_new(TYPE_TICKER));
    TickerState *b = TICKER(qdev_new(TYPE_TICKER));
    g_autoptr(Clock) root = CLOCK(object_new(TYPE_CLOCK));

    /* Wiring is no event, but brings the period. */
    clock_set_hz(root, 1000);
    qdev_connect_clock_in(DEVICE(a), "in", root);
    g_assert_cmpuint(clock_get_hz(a->in), ==, 1000);
    g_assert_cmpstr(heard(a), ==, "");
    g_assert_true(clock_has_source(a->in));

    qdev_connect_clock_in(DEVICE(b), "in",
                          qdev_get_clock_out(DEVICE(a), "out"));
    clock_update_hz(root, 2000);
    g_assert_cmpstr(heard(a), ==, "from 1000. to 2000. ");
    g_assert_cmpstr(heard(b), ==, "from 0. to 2000. ");
    clock_update_hz(root, 2000);
    g_assert_cmpstr(heard(a), ==, "");

    /* Set alone is not told, until it is propagated. */
    clock_set_hz(root, 500);
    g_assert_cmpuint(clock_get_hz(b->in), ==, 2000);
    clock_propagate(root);
    g_assert_cmpuint(clock_get_hz(b->in), ==, 500);

    /* Off. */
    clock_update(root, 0);
    g_assert_false(clock_is_enabled(b->in));

    /* With the device in the middle goes the wire, not the other device. */
    object_unref(OBJECT(a));
    g_assert_false(clock_has_source(b->in));
    clock_update_hz(root, 700);
    g_assert_cmpuint(clock_get_hz(b->in), ==, 0);
    object_unref(OBJECT(b));
}

/* The period is times 3 by 2, and too long a one does not become a short. */
static void test_mul_div(void)
{
    g_autoptr(Clock) root = CLOCK(object_new(TYPE_CLOCK));
    g_autoptr(Clock) leaf = CLOCK(object_new(TYPE_CLOCK));

    clock_set_ns(root, 100);
    clock_set_source(leaf, root);
    clock_set_mul_div(root, 3, 2);
    g_assert_cmphex(clock_get(leaf), ==, 100ull << 32);
    clock_propagate(root);
    g_assert_cmphex(clock_get(leaf), ==, 150ull << 32);

    clock_set_mul_div(root, UINT32_MAX, 1);
    clock_update(root, UINT64_MAX);
    g_assert_cmphex(clock_get(leaf), ==, UINT64_MAX);
}

static void test_alias(void)
{
    TickerState *inner = TICKER(qdev_new(TYPE_TICKER));
    DeviceState *outer = qdev_new(TYPE_TICKER);
    Clock *clk = qdev_alias_clock(DEVICE(inner), "in", outer, "inner-in");

    g_assert_true(clk == inner->in);
    g_assert_true(qdev_get_clock_in(outer, "inner-in") == clk);
    object_unref(OBJECT(outer));
    clock_update_hz(clk, 9);
    g_assert_cmpstr(heard(inner), ==, "");
    clock_propagate(clk);
    object_unref(OBJECT(inner));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&ticker_info);

    g_test_add_func("/clock/periods", test_periods);
    g_test_add_func("/clock/display", test_display);
    g_test_add_func("/clock/tree", test_tree);
    g_test_add_func("/clock/mul-div", test_mul_div);
    g_test_add_func("/clock/alias", test_alias);
    return g_test_run();
}
