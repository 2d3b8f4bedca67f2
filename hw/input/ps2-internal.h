/*
 * What the keyboard and the mouse of hw/input/ps2.h share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_INPUT_PS2_INTERNAL_H
#define HW_INPUT_PS2_INTERNAL_H

#include "hw/input/ps2.h"
#include "migration/vmstate.h"

/* Answers of both. */
#define PS2_ACK     0xfa
#define PS2_RESEND  0xfe    /* that is no command */
#define PS2_POR     0xaa    /* reset, and the self test passed */

/* Commands of both. */
#define PS2_CMD_GET_ID      0xf2
#define PS2_CMD_SET_RATE    0xf3
#define PS2_CMD_ENABLE      0xf4
#define PS2_CMD_SET_DEFAULT 0xf6
#define PS2_CMD_RESET       0xff

/* Events, as with ps2_queue(). */
void ps2_queue_bytes(PS2State *s, const uint8_t *bytes, int n);
/* Answers; they replace one that is still being read. */
void ps2_cqueue_1(PS2State *s, int b1);
void ps2_cqueue_2(PS2State *s, int b1, int b2);
void ps2_cqueue_3(PS2State *s, int b1, int b2, int b3);
void ps2_cqueue_4(PS2State *s, int b1, int b2, int b3, int b4);
/* The rest of an answer is not wanted any more: a command came. */
void ps2_cqueue_reset(PS2State *s);
/* Nothing is left to read. */
void ps2_reset_queue(PS2State *s);
/* So many bytes of events fit. */
int ps2_queue_room(const PS2State *s);

/* For migration: the queue, and its check after loading. */
extern const VMStateDescription vmstate_ps2_common;
void ps2_common_post_load(PS2State *s);

#endif
