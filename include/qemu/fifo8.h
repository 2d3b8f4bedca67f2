/*
 * A first-in first-out queue of bytes in a ring buffer: the FIFO of a UART and
 * the like.
 *
 *     data     . . 3 4 5 . . .        capacity 8, num 3
 *                  ^head
 *
 * Pushing to a full FIFO and popping from an empty one are bugs: ask first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_FIFO8_H
#define QEMU_FIFO8_H

#include "migration/vmstate.h"

typedef struct {
    /* All members are private. */
    uint8_t *data;
    uint32_t capacity;
    uint32_t head;
    uint32_t num;
} Fifo8;

/* Make @fifo hold up to @capacity bytes; fifo8_destroy() frees them. */
void fifo8_create(Fifo8 *fifo, uint32_t capacity);
void fifo8_destroy(Fifo8 *fifo);

void fifo8_push(Fifo8 *fifo, uint8_t data);
void fifo8_push_all(Fifo8 *fifo, const uint8_t *data, uint32_t num);
uint8_t fifo8_pop(Fifo8 *fifo);

/*
 * Pop up to @max bytes (at most what is there), as far as they lie in one
 * piece; *@num tells how many.  The pointer is good until the next push.
 */
const uint8_t *fifo8_pop_buf(Fifo8 *fifo, uint32_t max, uint32_t *num);

void fifo8_reset(Fifo8 *fifo);

bool fifo8_is_empty(Fifo8 *fifo);
bool fifo8_is_full(Fifo8 *fifo);

/* How many bytes more fit, and how many are in it. */
uint32_t fifo8_num_free(Fifo8 *fifo);
uint32_t fifo8_num_used(Fifo8 *fifo);

/* The migrated state of a FIFO; its capacity must be the same on both sides. */
extern const VMStateDescription vmstate_fifo8;

#define VMSTATE_FIFO8_TEST(_field, _state, _test) {                     \
    .name       = (stringify(_field)),                                  \
    .field_exists = (_test),                                            \
    .size       = sizeof(Fifo8),                                        \
    .vmsd       = &vmstate_fifo8,                                       \
    .flags      = VMS_STRUCT,                                           \
    .offset     = vmstate_offset_value(_state, _field, Fifo8),          \
}

#define VMSTATE_FIFO8(_field, _state) \
    VMSTATE_FIFO8_TEST(_field, _state, NULL)

#endif
