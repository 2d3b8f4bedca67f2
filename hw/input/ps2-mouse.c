/*
 * The PS/2 mouse.
 *
 * Movements and buttons add up until ui/input.c says that they are complete;
 * then they leave in packets, as many as it takes:
 *
 *     byte 0   1 in bit 3; sign of y and x in bits 5 and 4; buttons
 *     byte 1   x, to the right
 *     byte 2   y, upwards
 *     byte 3   the wheel, if there is one
 *
 * Nobody asks a mouse whether it has a wheel.  A driver sets its rate to 200,
 * 100 and 80 reports a second in turn, and one with a wheel then says that its
 * type is 3.  200, 200 and 80: 4, and buttons four and five (and a wheel that
 * tilts) share byte 3 with it.
 *
 * Read first: include/hw/input/ps2.h, hw/input/ps2.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "ps2-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "sysemu/runstate.h"
#include "trace.h"
#include "ui/input.h"

/* Commands. */
#define AUX_SET_SCALE11 0xe6
#define AUX_SET_SCALE21 0xe7
#define AUX_SET_RES     0xe8
#define AUX_GET_SCALE   0xe9
#define AUX_SET_STREAM  0xea
#define AUX_POLL        0xeb
#define AUX_RESET_WRAP  0xec
#define AUX_SET_WRAP    0xee    /* give back what comes, until told not to */
#define AUX_SET_REMOTE  0xf0
#define AUX_DISABLE_DEV 0xf5

/* mouse_status, and byte 1 of what AUX_GET_SCALE gets */
#define MOUSE_STATUS_SCALE21 0x10
#define MOUSE_STATUS_ENABLED 0x20
#define MOUSE_STATUS_REMOTE  0x40

#define MOUSE_DEFAULT_RATE       100
#define MOUSE_DEFAULT_RESOLUTION 2      /* 4 counts a millimetre */

enum {
    MOUSE_PS2 = 0,
    MOUSE_IMPS2 = 3,    /* with a wheel */
    MOUSE_IMEX = 4,     /* with five buttons, too */
};

/* Packets */

/* At most @limit of what is there to tell. */
static int ps2_mouse_take(int *value, int limit)
{
    int part = CLAMP(*value, -limit, limit);

    *value -= part;
    return part;
}

/* False if there is no room. */
static bool ps2_mouse_send_packet(PS2MouseState *s)
{
    uint8_t packet[4];
    int n = s->mouse_type == MOUSE_PS2 ? 3 : 4;
    int dx, dy;

    if (ps2_queue_room(&s->parent_obj) < n) {
        return false;
    }
    dx = ps2_mouse_take(&s->mouse_dx, 127);
    dy = ps2_mouse_take(&s->mouse_dy, 127);
    packet[0] = 0x08 | (dx < 0) << 4 | (dy < 0) << 5 | (s->mouse_buttons & 7);
    packet[1] = dx;
    packet[2] = dy;

    switch (s->mouse_type) {
    case MOUSE_PS2:
        /* There is no wheel that could have been turned. */
        s->mouse_dz = 0;
        s->mouse_dw = 0;
        break;
    case MOUSE_IMPS2:
        packet[3] = ps2_mouse_take(&s->mouse_dz, 127);
        s->mouse_dw = 0;
        break;
    default:
        /* Tilting has the byte for itself: Linux takes it so. */
        if (s->mouse_dw) {
            packet[3] = 0x40 | (ps2_mouse_take(&s->mouse_dw, 31) & 0x3f);
        } else {
            packet[3] = (ps2_mouse_take(&s->mouse_dz, 7) & 0x0f) |
                        (s->mouse_buttons & (PS2_MOUSE_BUTTON_SIDE |
                                             PS2_MOUSE_BUTTON_EXTRA)) << 1;
        }
        break;
    }
    trace_ps2_mouse_send_packet(s, dx, dy, packet[0]);
    ps2_queue_bytes(&s->parent_obj, packet, n);
    return true;
}

/* Input */

static void ps2_mouse_button(PS2MouseState *s, const InputBtnEvent *btn)
{
    static const uint8_t bmap[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = PS2_MOUSE_BUTTON_LEFT,
        [INPUT_BUTTON_MIDDLE] = PS2_MOUSE_BUTTON_MIDDLE,
        [INPUT_BUTTON_RIGHT] = PS2_MOUSE_BUTTON_RIGHT,
        [INPUT_BUTTON_SIDE] = PS2_MOUSE_BUTTON_SIDE,
        [INPUT_BUTTON_EXTRA] = PS2_MOUSE_BUTTON_EXTRA,
    };

    if (!btn->down) {
        s->mouse_buttons &= ~bmap[btn->button];
        return;
    }
    s->mouse_buttons |= bmap[btn->button];
    switch (btn->button) {
    case INPUT_BUTTON_WHEEL_UP:
        s->mouse_dz--;
        break;
    case INPUT_BUTTON_WHEEL_DOWN:
        s->mouse_dz++;
        break;
    case INPUT_BUTTON_WHEEL_RIGHT:
        s->mouse_dw--;
        break;
    case INPUT_BUTTON_WHEEL_LEFT:
        s->mouse_dw++;
        break;
    default:
        break;
    }
}

/* A client may ask for any distance; the mouse is on a table. */
static int ps2_mouse_add(int a, int64_t b)
{
    return CLAMP(a + CLAMP(b, INT16_MIN, INT16_MAX), INT16_MIN, INT16_MAX);
}

/* QemuInputHandler.event */
static void ps2_mouse_event(DeviceState *dev, QemuConsole *src,
                            InputEvent *evt)
{
    PS2MouseState *s = PS2_MOUSE_DEVICE(dev);
    InputMoveEvent *move;

    if (!(s->mouse_status & MOUSE_STATUS_ENABLED)) {
        return;
    }
    switch (evt->type) {
    case INPUT_EVENT_KIND_REL:
        move = evt->u.rel.data;
        if (move->axis == INPUT_AXIS_X) {
            s->mouse_dx = ps2_mouse_add(s->mouse_dx, move->value);
        } else {
            s->mouse_dy = ps2_mouse_add(s->mouse_dy, -move->value);
        }
        break;
    case INPUT_EVENT_KIND_BTN:
        ps2_mouse_button(s, evt->u.btn.data);
        break;
    default:
        break;
    }
}

/* QemuInputHandler.sync */
static void ps2_mouse_sync(DeviceState *dev)
{
    PS2MouseState *s = PS2_MOUSE_DEVICE(dev);

    if (!(s->mouse_status & MOUSE_STATUS_ENABLED)) {
        return;
    }
    if (s->mouse_buttons) {
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    }
    if (s->mouse_status & MOUSE_STATUS_REMOTE) {
        return;         /* it waits to be asked */
    }
    while (ps2_mouse_send_packet(s)) {
        if (!s->mouse_dx && !s->mouse_dy && !s->mouse_dz && !s->mouse_dw) {
            break;
        }
    }
}

void ps2_mouse_fake_event(PS2MouseState *s)
{
    trace_ps2_mouse_fake_event(s);
    s->mouse_dx++;
    ps2_mouse_sync(DEVICE(s));
}

static QemuInputHandler ps2_mouse_handler = {
    .name  = "QEMU PS/2 Mouse",
    .mask  = INPUT_EVENT_MASK_BTN | INPUT_EVENT_MASK_REL,
    .event = ps2_mouse_event,
    .sync  = ps2_mouse_sync,
};

/* Commands */

static void ps2_mouse_set_defaults(PS2MouseState *s)
{
    s->mouse_sample_rate = MOUSE_DEFAULT_RATE;
    s->mouse_resolution = MOUSE_DEFAULT_RESOLUTION;
    s->mouse_status = 0;
}

static void ps2_mouse_command(PS2MouseState *s, int val)
{
    PS2State *ps2 = &s->parent_obj;

    if (s->mouse_wrap) {
        if (val == AUX_RESET_WRAP) {
            s->mouse_wrap = 0;
            ps2_queue(ps2, PS2_ACK);
            return;
        }
        if (val != PS2_CMD_RESET) {
            ps2_queue(ps2, val);
            return;
        }
    }
    switch (val) {
    case AUX_SET_SCALE11:
        s->mouse_status &= ~MOUSE_STATUS_SCALE21;
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_SET_SCALE21:
        s->mouse_status |= MOUSE_STATUS_SCALE21;
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_SET_STREAM:
        s->mouse_status &= ~MOUSE_STATUS_REMOTE;
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_SET_REMOTE:
        s->mouse_status |= MOUSE_STATUS_REMOTE;
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_SET_WRAP:
        s->mouse_wrap = 1;
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_SET_RES:
    case PS2_CMD_SET_RATE:
        ps2->write_cmd = val;
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_GET_SCALE:
        ps2_queue_4(ps2, PS2_ACK, s->mouse_status, s->mouse_resolution,
                    s->mouse_sample_rate);
        break;
    case PS2_CMD_GET_ID:
        ps2_queue_2(ps2, PS2_ACK, s->mouse_type);
        break;
    case AUX_POLL:
        ps2_queue(ps2, PS2_ACK);
        ps2_mouse_send_packet(s);
        break;
    case PS2_CMD_ENABLE:
        s->mouse_status |= MOUSE_STATUS_ENABLED;
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_DISABLE_DEV:
        s->mouse_status &= ~MOUSE_STATUS_ENABLED;
        ps2_queue(ps2, PS2_ACK);
        break;
    case PS2_CMD_SET_DEFAULT:
        ps2_mouse_set_defaults(s);
        ps2_queue(ps2, PS2_ACK);
        break;
    case PS2_CMD_RESET:
        ps2_mouse_set_defaults(s);
        s->mouse_type = MOUSE_PS2;
        ps2_reset_queue(ps2);
        ps2_queue_3(ps2, PS2_ACK, PS2_POR, s->mouse_type);
        break;
    default:
        break;
    }
}

/* The rates that a driver asks for in turn, to find out what the mouse has. */
static void ps2_mouse_detect(PS2MouseState *s, int rate)
{
    switch (s->mouse_detect_state) {
    default:
    case 0:
        s->mouse_detect_state = rate == 200 ? 1 : 0;
        break;
    case 1:
        s->mouse_detect_state = rate == 100 ? 2 : rate == 200 ? 3 : 0;
        break;
    case 2:
        if (rate == 80) {
            s->mouse_type = MOUSE_IMPS2;
        }
        s->mouse_detect_state = 0;
        break;
    case 3:
        if (rate == 80) {
            s->mouse_type = MOUSE_IMEX;
        }
        s->mouse_detect_state = 0;
        break;
    }
}

void ps2_write_mouse(PS2MouseState *s, int val)
{
    PS2State *ps2 = &s->parent_obj;
    int command = ps2->write_cmd;

    trace_ps2_write_mouse(s, val);
    ps2->write_cmd = -1;
    switch (command) {
    case PS2_CMD_SET_RATE:
        s->mouse_sample_rate = val;
        ps2_mouse_detect(s, val);
        ps2_queue(ps2, PS2_ACK);
        break;
    case AUX_SET_RES:
        s->mouse_resolution = val;
        ps2_queue(ps2, PS2_ACK);
        break;
    default:
        ps2_mouse_command(s, val);
        break;
    }
}

/* Migration */

static int ps2_mouse_post_load(void *opaque, int version_id)
{
    ps2_common_post_load(&PS2_MOUSE_DEVICE(opaque)->parent_obj);
    return 0;
}

static const VMStateDescription vmstate_ps2_mouse = {
    .name = "ps2mouse",
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = ps2_mouse_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(parent_obj, PS2MouseState, 0, vmstate_ps2_common,
                       PS2State),
        VMSTATE_UINT8(mouse_status, PS2MouseState),
        VMSTATE_UINT8(mouse_resolution, PS2MouseState),
        VMSTATE_UINT8(mouse_sample_rate, PS2MouseState),
        VMSTATE_UINT8(mouse_wrap, PS2MouseState),
        VMSTATE_UINT8(mouse_type, PS2MouseState),
        VMSTATE_UINT8(mouse_detect_state, PS2MouseState),
        VMSTATE_INT32(mouse_dx, PS2MouseState),
        VMSTATE_INT32(mouse_dy, PS2MouseState),
        VMSTATE_INT32(mouse_dz, PS2MouseState),
        VMSTATE_UINT8(mouse_buttons, PS2MouseState),
        VMSTATE_END_OF_LIST()
    }
};

/* Type */

static void ps2_mouse_reset(DeviceState *dev)
{
    PS2MouseState *s = PS2_MOUSE_DEVICE(dev);

    PS2_DEVICE_GET_CLASS(dev)->parent_reset(dev);
    s->mouse_status = 0;
    s->mouse_resolution = 0;
    s->mouse_sample_rate = 0;
    s->mouse_wrap = 0;
    s->mouse_type = MOUSE_PS2;
    s->mouse_detect_state = 0;
    s->mouse_dx = 0;
    s->mouse_dy = 0;
    s->mouse_dz = 0;
    s->mouse_dw = 0;
    s->mouse_buttons = 0;
}

static void ps2_mouse_realize(DeviceState *dev, Error **errp)
{
    PS2_MOUSE_DEVICE(dev)->input =
        qemu_input_handler_register(dev, &ps2_mouse_handler);
}

static void ps2_mouse_unrealize(DeviceState *dev)
{
    qemu_input_handler_unregister(PS2_MOUSE_DEVICE(dev)->input);
}

static void ps2_mouse_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PS2DeviceClass *ps2dc = PS2_DEVICE_CLASS(klass);

    dc->realize = ps2_mouse_realize;
    dc->unrealize = ps2_mouse_unrealize;
    device_class_set_parent_reset(dc, ps2_mouse_reset, &ps2dc->parent_reset);
    dc->vmsd = &vmstate_ps2_mouse;
}

static const TypeInfo ps2_mouse_info = {
    .name          = TYPE_PS2_MOUSE_DEVICE,
    .parent        = TYPE_PS2_DEVICE,
    .instance_size = sizeof(PS2MouseState),
    .class_init    = ps2_mouse_class_init,
};

static void ps2_mouse_register_types(void)
{
    type_register_static(&ps2_mouse_info);
}

type_init(ps2_mouse_register_types)
