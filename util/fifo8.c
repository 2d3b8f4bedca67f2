/*
 * A ring buffer of bytes.  Read include/qemu/fifo8.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/fifo8.h"

void fifo8_create(Fifo8 *fifo, uint32_t capacity)
{
    fifo->data = g_new(uint8_t, capacity);
    fifo->capacity = capacity;
    fifo8_reset(fifo);
}

void fifo8_destroy(Fifo8 *fifo)
{
    g_free(fifo->data);
    fifo->data = NULL;
}

void fifo8_push(Fifo8 *fifo, uint8_t data)
{
    assert(fifo->num < fifo->capacity);
    fifo->data[(fifo->head + fifo->num) % fifo->capacity] = data;
    fifo->num++;
}

void fifo8_push_all(Fifo8 *fifo, const uint8_t *data, uint32_t num)
{
    uint32_t tail = (fifo->head + fifo->num) % fifo->capacity;
    uint32_t first = MIN(num, fifo->capacity - tail);

    assert(num <= fifo->capacity - fifo->num);
    memcpy(&fifo->data[tail], data, first);
    memcpy(fifo->data, data + first, num - first);
    fifo->num += num;
}

uint8_t fifo8_pop(Fifo8 *fifo)
{
    uint8_t byte;

    assert(fifo->num > 0);
    byte = fifo->data[fifo->head++];
    fifo->head %= fifo->capacity;
    fifo->num--;
    return byte;
}

const uint8_t *fifo8_pop_buf(Fifo8 *fifo, uint32_t max, uint32_t *num)
{
    const uint8_t *piece;

    assert(max > 0 && max <= fifo->num);
    piece = &fifo->data[fifo->head];
    *num = MIN(fifo->capacity - fifo->head, max);
    fifo->head = (fifo->head + *num) % fifo->capacity;
    fifo->num -= *num;
    return piece;
}

void fifo8_reset(Fifo8 *fifo)
{
    fifo->num = 0;
    fifo->head = 0;
}

bool fifo8_is_empty(Fifo8 *fifo)
{
    return fifo->num == 0;
}

bool fifo8_is_full(Fifo8 *fifo)
{
    return fifo->num == fifo->capacity;
}

uint32_t fifo8_num_free(Fifo8 *fifo)
{
    return fifo->capacity - fifo->num;
}

uint32_t fifo8_num_used(Fifo8 *fifo)
{
    return fifo->num;
}
