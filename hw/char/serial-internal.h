/*
 * What serial.c, serial-line.c and serial-vmstate.c know of each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_CHAR_SERIAL_INTERNAL_H
#define HW_CHAR_SERIAL_INTERNAL_H

#include "hw/char/serial.h"
#include "serial-regs.h"

/* How often the back end may refuse a byte before it is lost. */
#define MAX_XMIT_RETRY      4

/* The pending interrupt may be another one. */
void serial_update_irq(SerialState *s);

/* Take over how the lines of the real port are; a timer's callback as well. */
void serial_update_msl(void *opaque);

/* Tell the real port what MCR says; its answer is worth a look soon. */
void serial_update_tiocm(SerialState *s);

/* Work out the frame's length, and tell the back end of it. */
void serial_update_parameters(SerialState *s);

/* The FIFOs are on or off, but what is in them stays. */
void serial_set_fcr(SerialState *s, uint8_t val);

/*
 * Go on when the back end takes more.  False: it never makes anybody wait, or
 * is not there.
 */
bool serial_watch(SerialState *s);

/* Send what there is, until the back end will not take more. */
void serial_xmit(SerialState *s);

#endif
