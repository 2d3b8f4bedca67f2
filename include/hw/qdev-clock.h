/*
 * The clock inputs and outputs of a device.
 *
 * They are made in instance_init, have names, and are children of the device
 * in the composition tree.  A board or a parent device connects them before
 * realize:
 *
 *     uart->clk = qdev_init_clock_in(DEVICE(uart), "clk", uart_clk_update,
 *                                    uart, ClockUpdate);
 *     …
 *     qdev_connect_clock_in(DEVICE(uart), "clk",
 *                           qdev_get_clock_out(DEVICE(pll), "out"));
 *
 * Device and clock are both known by the device's name and the clock's; a
 * device may show a clock of one that it contains as its own
 * (qdev_alias_clock()).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QDEV_CLOCK_H
#define QDEV_CLOCK_H

#include "hw/clock.h"

/*
 * A new input.  @callback (may be NULL) hears of @events, and no more once the
 * device is gone.
 */
Clock *qdev_init_clock_in(DeviceState *dev, const char *name,
                          ClockCallback *callback, void *opaque,
                          unsigned int events);
Clock *qdev_init_clock_out(DeviceState *dev, const char *name);

/* The input or output of that name, which must be there. */
Clock *qdev_get_clock_in(DeviceState *dev, const char *name);
Clock *qdev_get_clock_out(DeviceState *dev, const char *name);

/* Input @name follows @source.  Before @dev is realized. */
void qdev_connect_clock_in(DeviceState *dev, const char *name, Clock *source);

/*
 * @alias_name of @alias_dev is the clock @name of @dev; both devices keep it.
 * Returns the clock.
 */
Clock *qdev_alias_clock(DeviceState *dev, const char *name,
                        DeviceState *alias_dev, const char *alias_name);

/* For qdev: the device goes. */
void qdev_finalize_clocklist(DeviceState *dev);

/* A table of clocks, each with the struct's member that keeps it. */
struct ClockPortInitElem {
    const char *name;
    bool is_output;
    ClockCallback *callback;
    unsigned int callback_events;
    size_t offset;
};

#define clock_offset_value(devstate, field) \
    (offsetof(devstate, field) + \
     type_check(Clock *, typeof_field(devstate, field)))

#define QDEV_CLOCK(out_not_in, devstate, field, cb, cbevents) { \
    .name = (stringify(field)), \
    .is_output = out_not_in, \
    .callback = cb, \
    .callback_events = cbevents, \
    .offset = clock_offset_value(devstate, field), \
}

/* The name is the member's; @callback gets the device as its opaque. */
#define QDEV_CLOCK_IN(devstate, field, callback, cbevents)       \
    QDEV_CLOCK(false, devstate, field, callback, cbevents)
#define QDEV_CLOCK_OUT(devstate, field) \
    QDEV_CLOCK(true, devstate, field, NULL, 0)
#define QDEV_CLOCK_END { .name = NULL }

typedef struct ClockPortInitElem ClockPortInitArray[];

/* All of the table, in instance_init. */
void qdev_init_clocks(DeviceState *dev, const ClockPortInitArray clocks);

#endif
