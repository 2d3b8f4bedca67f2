/*
 * Clocks: how fast something ticks, passed on from device to device.
 *
 * A Clock is not a generator of ticks: it says how long one takes.  A device
 * has inputs and outputs (hw/qdev-clock.h), and an output feeds inputs of
 * other devices, so that clocks form a tree; the one at its root is set by
 * software or by the board, and everything below follows:
 *
 *     oscillator ── clock_update_hz() ──► PLL (x 4) ──► uart "clk"
 *                                            └────────► timer "clk"
 *
 * Who depends on a clock gets a callback when its period changes.  A period of
 * 0 is a clock that is off.
 *
 * Periods are in units of 2^-32 nanoseconds, which is fine enough for GHz and
 * goes up to 4 seconds.
 *
 * Functions want the big lock.  Read next: hw/qdev-clock.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HW_CLOCK_H
#define QEMU_HW_CLOCK_H

#include "qom/object.h"
#include "qemu/queue.h"
#include "qemu/host-utils.h"
#include "qemu/bitops.h"

#define TYPE_CLOCK "clock"
OBJECT_DECLARE_SIMPLE_TYPE(Clock, CLOCK)

/* When a callback is called; a mask of these says what it wants to hear. */
typedef enum ClockEvent {
    ClockUpdate = 1,            /* the period has changed */
    ClockPreUpdate = 2,         /* it is about to: clock_get() is the old one */
} ClockEvent;

typedef void ClockCallback(void *opaque, ClockEvent event);

#define CLOCK_PERIOD_1SEC (1000000000llu << 32)

/* From and to a period; 0 Hz is a period of 0, and the other way round. */
#define CLOCK_PERIOD_FROM_NS(ns) ((ns) * (CLOCK_PERIOD_1SEC / 1000000000llu))
#define CLOCK_PERIOD_FROM_HZ(hz) (((hz) != 0) ? CLOCK_PERIOD_1SEC / (hz) : 0u)
#define CLOCK_PERIOD_TO_HZ(per) (((per) != 0) ? CLOCK_PERIOD_1SEC / (per) : 0u)

/*
 * @period: of this clock, after its source's multiplier and divider.
 * @canonical_path: for traces; owned, may be NULL.
 * @multiplier, @divider: of the period that is passed on to @children.
 */
struct Clock {
    Object parent_obj;

    uint64_t period;

    char *canonical_path;
    ClockCallback *callback;
    void *callback_opaque;
    unsigned int callback_events;

    uint32_t multiplier;
    uint32_t divider;

    Clock *source;
    QLIST_HEAD(, Clock) children;
    QLIST_ENTRY(Clock) sibling;
};

/* Of a pointer to a Clock; the clock has to exist before the state comes in. */
extern const VMStateDescription vmstate_clock;
#define VMSTATE_CLOCK(field, state) \
    VMSTATE_CLOCK_V(field, state, 0)
#define VMSTATE_CLOCK_V(field, state, version) \
    VMSTATE_STRUCT_POINTER_V(field, state, version, vmstate_clock, Clock)
#define VMSTATE_ARRAY_CLOCK(field, state, num) \
    VMSTATE_ARRAY_CLOCK_V(field, state, num, 0)
#define VMSTATE_ARRAY_CLOCK_V(field, state, num, version)          \
    VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(field, state, num, version, \
                                       vmstate_clock, Clock)

/* Note where in the composition tree @clk is. */
void clock_setup_canonical_path(Clock *clk);

/* A clock that is child @name of @parent, off, and without a source. */
Clock *clock_new(Object *parent, const char *name);

/* Have @cb called upon @events (ORed ClockEvents), instead of who was. */
void clock_set_callback(Clock *clk, ClockCallback *cb,
                        void *opaque, unsigned int events);
void clock_clear_callback(Clock *clk);

/*
 * From now on @clk follows @src, whose period it takes without a callback; for
 * wiring a board.  @clk must have no source yet.
 */
void clock_set_source(Clock *clk, Clock *src);

static inline bool clock_has_source(const Clock *clk)
{
    return clk->source != NULL;
}

/*
 * Set the period alone; clocks below do not hear of it until
 * clock_propagate().  True if it was another one.
 */
bool clock_set(Clock *clk, uint64_t value);

static inline bool clock_set_hz(Clock *clk, unsigned hz)
{
    return clock_set(clk, CLOCK_PERIOD_FROM_HZ(hz));
}

static inline bool clock_set_ns(Clock *clk, unsigned ns)
{
    return clock_set(clk, CLOCK_PERIOD_FROM_NS(ns));
}

/* Tell the clocks below the period of @clk, which has no source itself. */
void clock_propagate(Clock *clk);

/* Both: set, and tell if it has changed. */
static inline void clock_update(Clock *clk, uint64_t value)
{
    if (clock_set(clk, value)) {
        clock_propagate(clk);
    }
}

static inline void clock_update_hz(Clock *clk, unsigned hz)
{
    clock_update(clk, CLOCK_PERIOD_FROM_HZ(hz));
}

static inline void clock_update_ns(Clock *clk, unsigned ns)
{
    clock_update(clk, CLOCK_PERIOD_FROM_NS(ns));
}

static inline uint64_t clock_get(const Clock *clk)
{
    return clk->period;
}

static inline unsigned clock_get_hz(Clock *clk)
{
    return CLOCK_PERIOD_TO_HZ(clock_get(clk));
}

/*
 * How long @ticks take, in ns, rounded down.  More than INT64_MAX is that, as
 * it becomes a timer's time next.
 */
static inline uint64_t clock_ticks_to_ns(const Clock *clk, uint64_t ticks)
{
    uint64_t lo, hi;

    mulu64(&lo, &hi, clk->period, ticks);
    /* Bits 32 to 95 of the product; one beyond bit 94 is too many. */
    if (hi & MAKE_64BIT_MASK(31, 33)) {
        return INT64_MAX;
    }
    return hi << 32 | lo >> 32;
}

/* How many whole ticks fit into @ns; the low 64 bits of that.  0 if off. */
static inline uint64_t clock_ns_to_ticks(const Clock *clk, uint64_t ns)
{
    uint64_t lo = ns << 32, hi = ns >> 32;

    if (clk->period == 0) {
        return 0;
    }
    divu128(&lo, &hi, clk->period);
    return lo;
}

static inline bool clock_is_enabled(const Clock *clk)
{
    return clock_get(clk) != 0;
}

/* "10 MHz"; the caller frees it. */
char *clock_display_freq(Clock *clk);

/*
 * Clocks below get a period of @clk's times @multiplier by @divider (of neither
 * may be 0).  For those who are there, clock_propagate() makes it so.
 */
void clock_set_mul_div(Clock *clk, uint32_t multiplier, uint32_t divider);

#endif
