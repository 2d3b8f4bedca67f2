/*
 * The registers of the i8042, and what migrates of it.
 *
 * Read first: hw/input/i8042.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_INPUT_PCKBD_INTERNAL_H
#define HW_INPUT_PCKBD_INTERNAL_H

#include "hw/input/i8042.h"
#include "migration/vmstate.h"

/* Port 0x64 */
#define KBD_STAT_OBF            0x01    /* a byte waits */
#define KBD_STAT_SELFTEST       0x04    /* passed */
#define KBD_STAT_CMD            0x08    /* the last write was to port 0x64 */
#define KBD_STAT_UNLOCKED       0x10    /* there is no key, or it is turned */
#define KBD_STAT_MOUSE_OBF      0x20    /* it is of the mouse */

/* The mode, "command byte" */
#define KBD_MODE_KBD_INT        0x01
#define KBD_MODE_MOUSE_INT      0x02
#define KBD_MODE_DISABLE_KBD    0x10
#define KBD_MODE_DISABLE_MOUSE  0x20
#define KBD_MODE_KCC            0x40    /* translate to set 1 */

/* The output port */
#define KBD_OUT_RESET           0x01    /* 0 resets */
#define KBD_OUT_A20             0x02
#define KBD_OUT_OBF             0x10
#define KBD_OUT_MOUSE_OBF       0x20
#define KBD_OUT_ONES            0xcc    /* nothing is connected */

#define KBD_INPORT              0x80    /* the keyboard is not locked */
#define KBD_SELF_TEST_OK        0x55

/* pending; the devices' bits are those of the mode that disable them */
#define KBD_PENDING_CTRL_KBD    0x04
#define KBD_PENDING_CTRL_AUX    0x08
#define KBD_PENDING_CTRL        (KBD_PENDING_CTRL_KBD | KBD_PENDING_CTRL_AUX)
#define KBD_PENDING_KBD         KBD_MODE_DISABLE_KBD
#define KBD_PENDING_AUX         KBD_MODE_DISABLE_MOUSE
/* As those before QEMU 6.0 send them. */
#define KBD_PENDING_KBD_COMPAT  0x01
#define KBD_PENDING_AUX_COMPAT  0x02

#define KBD_MIGR_TIMER_PENDING  0x1

#define KBD_OBSRC_KBD           0x01
#define KBD_OBSRC_MOUSE         0x02
#define KBD_OBSRC_CTRL          0x04

extern const VMStateDescription vmstate_kbd;

/* The time between two bytes is over; a KBDState. */
void kbd_throttle_timeout(void *opaque);

#endif
