/*
 * PS/2: the queue of what a keyboard or mouse has to say.
 *
 * Read include/hw/input/ps2.h first.  Read next: hw/input/ps2-kbd.c,
 * ps2-mouse.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "ps2-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "trace.h"

/*
 * Room for an answer before the events, in the buffer that a migration
 * carries: a state with more than that in it is not one of ours.
 */
#define PS2_QUEUE_HEADROOM 8

#define PS2_WRAP(n) ((n) & (PS2_BUFFER_SIZE - 1))

void ps2_reset_queue(PS2State *s)
{
    PS2Queue *q = &s->queue;

    q->rptr = 0;
    q->wptr = 0;
    q->cwptr = -1;
    q->count = 0;
}

int ps2_queue_empty(PS2State *s)
{
    return s->queue.count == 0;
}

static void ps2_raise_irq(PS2State *s)
{
    qemu_set_irq(s->irq, 1);
}

static void ps2_lower_irq(PS2State *s)
{
    qemu_set_irq(s->irq, 0);
}

/* Events */

int ps2_queue_room(const PS2State *s)
{
    return PS2_QUEUE_SIZE - s->queue.count;
}

void ps2_queue_noirq(PS2State *s, int b)
{
    PS2Queue *q = &s->queue;

    if (ps2_queue_room(s) < 1) {
        return;
    }
    q->data[q->wptr] = b;
    q->wptr = PS2_WRAP(q->wptr + 1);
    q->count++;
}

void ps2_queue_bytes(PS2State *s, const uint8_t *bytes, int n)
{
    if (ps2_queue_room(s) < n) {
        return;
    }
    for (int i = 0; i < n; i++) {
        ps2_queue_noirq(s, bytes[i]);
    }
    ps2_raise_irq(s);
}

void ps2_queue(PS2State *s, int b)
{
    ps2_queue_bytes(s, (uint8_t[]) { b }, 1);
}

void ps2_queue_2(PS2State *s, int b1, int b2)
{
    ps2_queue_bytes(s, (uint8_t[]) { b1, b2 }, 2);
}

void ps2_queue_3(PS2State *s, int b1, int b2, int b3)
{
    ps2_queue_bytes(s, (uint8_t[]) { b1, b2, b3 }, 3);
}

void ps2_queue_4(PS2State *s, int b1, int b2, int b3, int b4)
{
    ps2_queue_bytes(s, (uint8_t[]) { b1, b2, b3, b4 }, 4);
}

/* Answers */

static void ps2_cqueue_bytes(PS2State *s, const uint8_t *bytes, int n)
{
    PS2Queue *q = &s->queue;

    ps2_cqueue_reset(s);
    q->rptr = PS2_WRAP(q->rptr - n);
    for (int i = 0; i < n; i++) {
        q->data[PS2_WRAP(q->rptr + i)] = bytes[i];
    }
    q->cwptr = PS2_WRAP(q->rptr + n);
    q->count += n;
    ps2_raise_irq(s);
}

void ps2_cqueue_1(PS2State *s, int b1)
{
    ps2_cqueue_bytes(s, (uint8_t[]) { b1 }, 1);
}

void ps2_cqueue_2(PS2State *s, int b1, int b2)
{
    ps2_cqueue_bytes(s, (uint8_t[]) { b1, b2 }, 2);
}

void ps2_cqueue_3(PS2State *s, int b1, int b2, int b3)
{
    ps2_cqueue_bytes(s, (uint8_t[]) { b1, b2, b3 }, 3);
}

void ps2_cqueue_4(PS2State *s, int b1, int b2, int b3, int b4)
{
    ps2_cqueue_bytes(s, (uint8_t[]) { b1, b2, b3, b4 }, 4);
}

void ps2_cqueue_reset(PS2State *s)
{
    PS2Queue *q = &s->queue;

    if (q->cwptr == -1) {
        return;
    }
    q->count -= PS2_WRAP(q->cwptr - q->rptr);
    q->rptr = q->cwptr;
    q->cwptr = -1;
}

/* Reading */

uint32_t ps2_read_data(PS2State *s)
{
    PS2Queue *q = &s->queue;
    uint8_t val;

    trace_ps2_read_data(s);
    if (q->count == 0) {
        return q->data[PS2_WRAP(q->rptr - 1)];
    }
    val = q->data[q->rptr];
    q->rptr = PS2_WRAP(q->rptr + 1);
    q->count--;
    if (q->rptr == q->cwptr) {
        q->cwptr = -1;          /* that was all of the answer */
    }
    /* Each byte is an edge. */
    ps2_lower_irq(s);
    if (q->count) {
        ps2_raise_irq(s);
    }
    return val;
}

/* Migration */

void ps2_common_post_load(PS2State *s)
{
    PS2Queue *q = &s->queue;
    int answer = 0;

    /* Only the sender was ever right about these. */
    if (q->count < 0 || q->count > PS2_QUEUE_SIZE + PS2_QUEUE_HEADROOM) {
        q->count = 0;
    }
    q->rptr = PS2_WRAP(q->rptr);
    q->wptr = PS2_WRAP(q->rptr + q->count);
    if (q->cwptr != -1) {
        answer = PS2_WRAP(q->cwptr - q->rptr);
        if (q->cwptr < 0 || q->cwptr >= PS2_BUFFER_SIZE ||
            answer == 0 || answer > MIN(q->count, PS2_QUEUE_HEADROOM)) {
            q->cwptr = -1;
        }
    }
}

const VMStateDescription vmstate_ps2_common = {
    .name = "PS2 Common State",
    .version_id = 3,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(write_cmd, PS2State),
        VMSTATE_INT32(queue.rptr, PS2State),
        VMSTATE_INT32(queue.wptr, PS2State),
        VMSTATE_INT32(queue.count, PS2State),
        VMSTATE_BUFFER(queue.data, PS2State),
        VMSTATE_END_OF_LIST()
    }
};

/* Type */

static void ps2_common_reset(DeviceState *dev)
{
    PS2State *s = PS2_DEVICE(dev);

    s->write_cmd = -1;
    ps2_reset_queue(s);
    ps2_lower_irq(s);
}

static void ps2_common_init(Object *obj)
{
    qdev_init_gpio_out(DEVICE(obj), &PS2_DEVICE(obj)->irq, 1);
}

static void ps2_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->reset = ps2_common_reset;
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo ps2_info = {
    .name          = TYPE_PS2_DEVICE,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(PS2State),
    .instance_init = ps2_common_init,
    .class_size    = sizeof(PS2DeviceClass),
    .class_init    = ps2_common_class_init,
    .abstract      = true,
};

static void ps2_register_types(void)
{
    type_register_static(&ps2_info);
}

type_init(ps2_register_types)
