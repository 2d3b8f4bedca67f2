/*
 * PS/2 keyboards and mice: what is at the end of the cable.
 *
 * Both talk to a controller (hw/input/i8042.h) in bytes, and both have a queue
 * for what they have to say:
 *
 *            rptr          cwptr        wptr
 *     data:   | reply bytes  | events ... |
 *
 * An answer to a command goes before all events, and the next command cuts
 * short what was not read of it.  Of events there are never more than
 * PS2_QUEUE_SIZE bytes; what comes then is lost, in whole packets.
 *
 * A byte that waits keeps the output line up.  The one that was read last can
 * be read again while there is no new one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PS2_H
#define HW_PS2_H

#include "hw/sysbus.h"
#include "qom/object.h"
#include "ui/input.h"

/* Buttons, as they are in a packet; the last two only in one of four bytes. */
#define PS2_MOUSE_BUTTON_LEFT   0x01
#define PS2_MOUSE_BUTTON_RIGHT  0x02
#define PS2_MOUSE_BUTTON_MIDDLE 0x04
#define PS2_MOUSE_BUTTON_SIDE   0x08
#define PS2_MOUSE_BUTTON_EXTRA  0x10

#define PS2_QUEUE_SIZE  16
#define PS2_BUFFER_SIZE 256

/* The number of the output line. */
#define PS2_DEVICE_IRQ 0

/* @cwptr: behind the answer that is being read; -1: there is none */
typedef struct PS2Queue {
    uint8_t data[PS2_BUFFER_SIZE];
    int rptr, wptr, cwptr, count;
} PS2Queue;

struct PS2DeviceClass {
    SysBusDeviceClass parent_class;

    DeviceReset parent_reset;
};

/* @write_cmd: the command whose argument comes next; -1: none */
struct PS2State {
    SysBusDevice parent_obj;

    PS2Queue queue;
    int32_t write_cmd;
    qemu_irq irq;
};

#define TYPE_PS2_DEVICE "ps2-device"
OBJECT_DECLARE_TYPE(PS2State, PS2DeviceClass, PS2_DEVICE)

struct PS2KbdState {
    PS2State parent_obj;

    int scan_enabled;
    int translate;              /* the controller wants codes of set 1 */
    int scancode_set;           /* 1: XT, 2: AT, 3: PS/2 */
    int ledstate;
    bool need_high_bit;         /* translated: 0xf0 went before */
    unsigned int modifiers;     /* that are down */
    QemuInputHandlerState *input;
};

#define TYPE_PS2_KBD_DEVICE "ps2-kbd"
OBJECT_DECLARE_SIMPLE_TYPE(PS2KbdState, PS2_KBD_DEVICE)

struct PS2MouseState {
    PS2State parent_obj;

    uint8_t mouse_status;
    uint8_t mouse_resolution;
    uint8_t mouse_sample_rate;
    uint8_t mouse_wrap;
    uint8_t mouse_type;         /* 0: PS/2, 3: with a wheel, 4: five buttons */
    uint8_t mouse_detect_state;
    /* Since the last packet. */
    int mouse_dx;
    int mouse_dy;
    int mouse_dz;
    int mouse_dw;
    uint8_t mouse_buttons;
    QemuInputHandlerState *input;
};

#define TYPE_PS2_MOUSE_DEVICE "ps2-mouse"
OBJECT_DECLARE_SIMPLE_TYPE(PS2MouseState, PS2_MOUSE_DEVICE)

/* A byte for the device, and the next one of it. */
void ps2_write_mouse(PS2MouseState *s, int val);
void ps2_write_keyboard(PS2KbdState *s, int val);
uint32_t ps2_read_data(PS2State *s);
int ps2_queue_empty(PS2State *s);

/* Events: all bytes, if there is room for them, or none. */
void ps2_queue_noirq(PS2State *s, int b);
void ps2_queue(PS2State *s, int b);
void ps2_queue_2(PS2State *s, int b1, int b2);
void ps2_queue_3(PS2State *s, int b1, int b2, int b3);
void ps2_queue_4(PS2State *s, int b1, int b2, int b3, int b4);

/* @mode: 1 if the controller translates. */
void ps2_keyboard_set_translation(PS2KbdState *s, int mode);
/* Have the mouse send a packet that says nothing. */
void ps2_mouse_fake_event(PS2MouseState *s);

#endif
