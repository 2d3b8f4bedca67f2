/*
 * Clocks and how a period goes down the tree.  See include/hw/clock.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "hw/clock.h"
#include "sysemu/qtest.h"
#include "trace.h"

static const char *clock_path(const Clock *clk)
{
    return clk->canonical_path ?: "(unknown)";
}

void clock_setup_canonical_path(Clock *clk)
{
    g_free(clk->canonical_path);
    clk->canonical_path = object_get_canonical_path(OBJECT(clk));
}

Clock *clock_new(Object *parent, const char *name)
{
    Object *obj = object_new(TYPE_CLOCK);

    object_property_add_child(parent, name, obj);
    object_unref(obj);
    clock_setup_canonical_path(CLOCK(obj));
    return CLOCK(obj);
}

void clock_set_callback(Clock *clk, ClockCallback *cb, void *opaque,
                        unsigned int events)
{
    assert(!clk->callback);
    clk->callback = cb;
    clk->callback_opaque = opaque;
    clk->callback_events = events;
}

void clock_clear_callback(Clock *clk)
{
    clk->callback = NULL;
    clk->callback_opaque = NULL;
    clk->callback_events = 0;
}

static void clock_call_callback(Clock *clk, ClockEvent event)
{
    if (clk->callback && (clk->callback_events & event)) {
        clk->callback(clk->callback_opaque, event);
    }
}

bool clock_set(Clock *clk, uint64_t period)
{
    if (clk->period == period) {
        return false;
    }
    trace_clock_set(clock_path(clk), CLOCK_PERIOD_TO_HZ(clk->period),
                    CLOCK_PERIOD_TO_HZ(period));
    clk->period = period;
    return true;
}

/* What those below @clk get; one that is too long to be told is the longest. */
static uint64_t clock_child_period(const Clock *clk)
{
    uint64_t lo, hi;

    mulu64(&lo, &hi, clk->period, clk->multiplier);
    if (hi >= clk->divider) {
        return UINT64_MAX;
    }
    divu128(&lo, &hi, clk->divider);
    return lo;
}

/* Depth first; a callback sees its own clock changed, and those above it. */
static void clock_propagate_period(Clock *clk, bool call_callbacks)
{
    uint64_t period = clock_child_period(clk);
    Clock *child;

    QLIST_FOREACH(child, &clk->children, sibling) {
        if (child->period == period) {
            continue;
        }
        if (call_callbacks) {
            clock_call_callback(child, ClockPreUpdate);
        }
        child->period = period;
        trace_clock_update(clock_path(child), clock_path(clk),
                           CLOCK_PERIOD_TO_HZ(period), call_callbacks);
        if (call_callbacks) {
            clock_call_callback(child, ClockUpdate);
        }
        clock_propagate_period(child, call_callbacks);
    }
}

void clock_propagate(Clock *clk)
{
    assert(clk->source == NULL);
    trace_clock_propagate(clock_path(clk));
    clock_propagate_period(clk, true);
}

void clock_set_source(Clock *clk, Clock *src)
{
    assert(!clk->source);

    trace_clock_set_source(clock_path(clk), clock_path(src));
    clk->period = clock_child_period(src);
    QLIST_INSERT_HEAD(&src->children, clk, sibling);
    clk->source = src;
    clock_propagate_period(clk, false);
}

static void clock_disconnect(Clock *clk)
{
    if (clk->source) {
        trace_clock_disconnect(clock_path(clk));
        clk->source = NULL;
        QLIST_REMOVE(clk, sibling);
    }
}

char *clock_display_freq(Clock *clk)
{
    return freq_to_str(clock_get_hz(clk));
}

void clock_set_mul_div(Clock *clk, uint32_t multiplier, uint32_t divider)
{
    assert(divider != 0);

    trace_clock_set_mul_div(clock_path(clk), clk->multiplier, multiplier,
                            clk->divider, divider);
    clk->multiplier = multiplier;
    clk->divider = divider;
}

static void clock_get_period(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    uint64_t period = clock_get(CLOCK(obj));

    visit_type_uint64(v, name, &period, errp);
}

static void clock_initfn(Object *obj)
{
    Clock *clk = CLOCK(obj);

    clk->multiplier = 1;
    clk->divider = 1;
    QLIST_INIT(&clk->children);

    /* A test sees the wiring; nobody else has a use for it. */
    if (qtest_enabled()) {
        object_property_add(obj, "qtest-clock-period", "uint64",
                            clock_get_period, NULL, NULL, NULL);
    }
}

/* Those below keep their period, and go on without a source. */
static void clock_finalizefn(Object *obj)
{
    Clock *clk = CLOCK(obj);
    Clock *child, *next;

    QLIST_FOREACH_SAFE(child, &clk->children, sibling, next) {
        clock_disconnect(child);
    }
    clock_disconnect(clk);
    g_free(clk->canonical_path);
}

static const TypeInfo clock_info = {
    .name              = TYPE_CLOCK,
    .parent            = TYPE_OBJECT,
    .instance_size     = sizeof(Clock),
    .instance_init     = clock_initfn,
    .instance_finalize = clock_finalizefn,
};

static void clock_register_types(void)
{
    type_register_static(&clock_info);
}

type_init(clock_register_types)
