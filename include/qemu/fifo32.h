/*
 * A first-in first-out queue of 32-bit words: a Fifo8 that holds four bytes for
 * each, low byte first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_FIFO32_H
#define QEMU_FIFO32_H

#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/fifo8.h"

typedef struct {
    Fifo8 fifo;
} Fifo32;

/* Up to @capacity words; fifo32_destroy() frees them. */
static inline void fifo32_create(Fifo32 *fifo, uint32_t capacity)
{
    fifo8_create(&fifo->fifo, capacity * sizeof(uint32_t));
}

static inline void fifo32_destroy(Fifo32 *fifo)
{
    fifo8_destroy(&fifo->fifo);
}

static inline uint32_t fifo32_num_free(Fifo32 *fifo)
{
    return fifo8_num_free(&fifo->fifo) / sizeof(uint32_t);
}

static inline uint32_t fifo32_num_used(Fifo32 *fifo)
{
    return fifo8_num_used(&fifo->fifo) / sizeof(uint32_t);
}

/* Neither to a full one, nor from an empty one. */
static inline void fifo32_push(Fifo32 *fifo, uint32_t data)
{
    uint8_t bytes[sizeof(data)];

    stl_le_p(bytes, data);
    fifo8_push_all(&fifo->fifo, bytes, sizeof(bytes));
}

static inline void fifo32_push_all(Fifo32 *fifo, const uint32_t *data,
                                   uint32_t num)
{
    for (uint32_t i = 0; i < num; i++) {
        fifo32_push(fifo, data[i]);
    }
}

static inline uint32_t fifo32_pop(Fifo32 *fifo)
{
    uint32_t data = 0;

    for (int i = 0; i < sizeof(data); i++) {
        data = deposit32(data, i * 8, 8, fifo8_pop(&fifo->fifo));
    }
    return data;
}

static inline void fifo32_reset(Fifo32 *fifo)
{
    fifo8_reset(&fifo->fifo);
}

static inline bool fifo32_is_empty(Fifo32 *fifo)
{
    return fifo8_is_empty(&fifo->fifo);
}

/* There is no room for a word, perhaps for a byte. */
static inline bool fifo32_is_full(Fifo32 *fifo)
{
    return fifo32_num_free(fifo) == 0;
}

#define VMSTATE_FIFO32(_field, _state) VMSTATE_FIFO8(_field.fifo, _state)

#endif
