/*
 * The PS/2 keyboard.
 *
 * Keys come from ui/input.c, and leave in the codes of the set that the guest
 * has chosen:
 *
 *              set 1            set 2              set 3
 *     A        1e     / 9e      1c   / f0 1c       1c / f0 1c
 *     Home     e0 47  / e0 c7   e0 6c / e0 f0 6c   6e / f0 6e
 *
 * The controller of a PC makes set 1 of set 2 (with set 3 it makes a mess): its
 * table is here, because that is how its answers and the keyboard's stay apart.
 *
 * Two keys remember the XT.  Print Screen was Shift with the asterisk, so it
 * presses a Shift of its own, unless one is down that does as well; with Alt it
 * is another key, SysRq.  Pause was Ctrl with Num Lock, and goes up at once;
 * with Ctrl it is Break.
 *
 * Typing repeatedly is the user's display's business, so the rate is taken and
 * not used.
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
#include "ui/console.h"
#include "ui/input.h"

/* Commands. */
#define KBD_CMD_SET_LEDS        0xed
#define KBD_CMD_ECHO            0xee
#define KBD_CMD_SCANCODE        0xf0    /* choose a set, or ask for it */
#define KBD_CMD_RESET_DISABLE   0xf5
#define KBD_CMD_SET_TYPEMATIC   0xfa    /* of all keys of set 3 */
#define KBD_CMD_SET_MAKE_BREAK  0xfc    /* of one key of set 3 */

/* An MF2 keyboard; the second byte as it is, and translated. */
#define KBD_ID_1                0xab
#define KBD_ID_2                0x83
#define KBD_ID_2_TRANSLATED     0x41

#define KBD_PREFIX_EXTENDED     0xe0
#define KBD_PREFIX_PAUSE        0xe1
#define KBD_PREFIX_UP           0xf0    /* sets 2 and 3 */
#define KBD_EXTENDED            (KBD_PREFIX_EXTENDED << 8)

/* The longest is Pause in set 2: 8 bytes. */
#define KBD_SEQUENCE_MAX        8

#define MOD_CTRL_L  (1 << 0)
#define MOD_SHIFT_L (1 << 1)
#define MOD_ALT_L   (1 << 2)
#define MOD_CTRL_R  (1 << 3)
#define MOD_SHIFT_R (1 << 4)
#define MOD_ALT_R   (1 << 5)

#define MOD_CTRL    (MOD_CTRL_L | MOD_CTRL_R)
#define MOD_SHIFT   (MOD_SHIFT_L | MOD_SHIFT_R)

/* Translation: from set 2 to set 1. */
static const uint8_t translate_table[256] = {
    0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58,
    0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
    0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a,
    0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
    0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c,
    0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e,
    0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
    0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60,
    0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
    0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e,
    0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b,
    0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
    0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45,
    0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
    0x80, 0x81, 0x82, 0x41, 0x54, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f,
    0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97,
    0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f,
    0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
    0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf,
    0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7,
    0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf,
    0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
    0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf,
    0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7,
    0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf,
    0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7,
    0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xef,
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
    0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
};

/* Keys */

/* The bytes of one key going down or up. */
typedef struct PS2KeySequence {
    PS2KbdState *s;
    uint8_t bytes[KBD_SEQUENCE_MAX];
    int len;
} PS2KeySequence;

/* A byte of the keyboard, on its way through the controller. */
static void ps2_put_keycode(PS2KeySequence *seq, int keycode)
{
    PS2KbdState *s = seq->s;

    assert(seq->len < ARRAY_SIZE(seq->bytes));
    trace_ps2_put_keycode(s, keycode);
    if (!s->translate) {
        seq->bytes[seq->len++] = keycode;
    } else if (keycode == KBD_PREFIX_UP) {
        s->need_high_bit = true;
    } else {
        seq->bytes[seq->len++] = translate_table[keycode] |
                                 (s->need_high_bit ? 0x80 : 0);
        s->need_high_bit = false;
    }
}

/* The key that the present set calls @code. */
static void ps2_put_key(PS2KeySequence *seq, uint16_t code, bool down)
{
    if (code & KBD_EXTENDED) {
        ps2_put_keycode(seq, KBD_PREFIX_EXTENDED);
    }
    if (seq->s->scancode_set == 1) {
        ps2_put_keycode(seq, (code & 0xff) | (down ? 0 : 0x80));
        return;
    }
    if (!down) {
        ps2_put_keycode(seq, KBD_PREFIX_UP);
    }
    ps2_put_keycode(seq, code & 0xff);
}

static void ps2_put_print(PS2KeySequence *seq, const uint16_t *map, bool down)
{
    unsigned modifiers = seq->s->modifiers;
    uint16_t alt = modifiers & MOD_ALT_L ? map[Q_KEY_CODE_ALT]
                                         : map[Q_KEY_CODE_ALT_R];
    uint16_t shift = KBD_EXTENDED | map[Q_KEY_CODE_SHIFT];

    if (modifiers & (MOD_ALT_L | MOD_ALT_R)) {
        if (!down) {
            ps2_put_key(seq, map[Q_KEY_CODE_SYSRQ], false);
        }
        ps2_put_key(seq, alt, false);
        ps2_put_key(seq, alt, true);
        if (down) {
            ps2_put_key(seq, map[Q_KEY_CODE_SYSRQ], true);
        }
    } else if (modifiers & (MOD_SHIFT | MOD_CTRL)) {
        ps2_put_key(seq, map[Q_KEY_CODE_PRINT], down);
    } else if (down) {
        ps2_put_key(seq, shift, true);
        ps2_put_key(seq, map[Q_KEY_CODE_PRINT], true);
    } else {
        ps2_put_key(seq, map[Q_KEY_CODE_PRINT], false);
        ps2_put_key(seq, shift, false);
    }
}

static void ps2_put_pause(PS2KeySequence *seq, const uint16_t *map)
{
    if (seq->s->modifiers & MOD_CTRL) {
        uint16_t brk = KBD_EXTENDED | map[Q_KEY_CODE_SCROLL_LOCK];

        ps2_put_key(seq, brk, true);
        ps2_put_key(seq, brk, false);
        return;
    }
    for (int down = 1; down >= 0; down--) {
        ps2_put_keycode(seq, KBD_PREFIX_PAUSE);
        ps2_put_key(seq, map[Q_KEY_CODE_CTRL], down);
        ps2_put_key(seq, map[Q_KEY_CODE_NUM_LOCK], down);
    }
}

static unsigned ps2_modifier_bit(QKeyCode key)
{
    switch (key) {
    case Q_KEY_CODE_CTRL:
        return MOD_CTRL_L;
    case Q_KEY_CODE_CTRL_R:
        return MOD_CTRL_R;
    case Q_KEY_CODE_SHIFT:
        return MOD_SHIFT_L;
    case Q_KEY_CODE_SHIFT_R:
        return MOD_SHIFT_R;
    case Q_KEY_CODE_ALT:
        return MOD_ALT_L;
    case Q_KEY_CODE_ALT_R:
        return MOD_ALT_R;
    default:
        return 0;
    }
}

static const uint16_t *ps2_kbd_map(const PS2KbdState *s)
{
    switch (s->scancode_set) {
    case 1:
        return qemu_input_map_qcode_to_atset1;
    case 2:
        return qemu_input_map_qcode_to_atset2;
    default:
        return qemu_input_map_qcode_to_atset3;
    }
}

/* QemuInputHandler.event: a user pressed a key, or let go of it. */
static void ps2_keyboard_event(DeviceState *dev, QemuConsole *src,
                               InputEvent *evt)
{
    PS2KbdState *s = PS2_KBD_DEVICE(dev);
    InputKeyEvent *key = evt->u.key.data;
    int qcode = qemu_input_key_value_to_qcode(key->key);
    const uint16_t *map = ps2_kbd_map(s);
    PS2KeySequence seq = { .s = s };

    /* A driver that is talking to it would take keys for answers. */
    if (!s->scan_enabled) {
        return;
    }
    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);

    if (key->down) {
        s->modifiers |= ps2_modifier_bit(qcode);
    } else {
        s->modifiers &= ~ps2_modifier_bit(qcode);
    }
    trace_ps2_keyboard_event(s, QKeyCode_str(qcode), key->down, s->modifiers,
                             s->scancode_set, s->translate);

    if (s->scancode_set != 3 && (qcode == Q_KEY_CODE_PRINT ||
                                 qcode == Q_KEY_CODE_SYSRQ)) {
        ps2_put_print(&seq, map, key->down);
    } else if (s->scancode_set != 3 && qcode == Q_KEY_CODE_PAUSE) {
        if (key->down) {
            ps2_put_pause(&seq, map);
        }
    } else if (map[qcode]) {
        ps2_put_key(&seq, map[qcode], key->down);
    }
    if (seq.len) {
        ps2_queue_bytes(&s->parent_obj, seq.bytes, seq.len);
    }
}

static QemuInputHandler ps2_keyboard_handler = {
    .name  = "QEMU PS/2 Keyboard",
    .mask  = INPUT_EVENT_MASK_KEY,
    .event = ps2_keyboard_event,
};

/* Commands */

static void ps2_set_ledstate(PS2KbdState *s, int ledstate)
{
    trace_ps2_set_ledstate(s, ledstate);
    s->ledstate = ledstate;
    kbd_put_ledstate(ledstate);
}

static void ps2_reset_keyboard(PS2KbdState *s)
{
    trace_ps2_reset_keyboard(s);
    s->scan_enabled = 1;
    s->scancode_set = 2;
    ps2_reset_queue(&s->parent_obj);
    ps2_set_ledstate(s, 0);
}

void ps2_keyboard_set_translation(PS2KbdState *s, int mode)
{
    trace_ps2_keyboard_set_translation(s, mode);
    s->translate = mode;
}

static void ps2_keyboard_command(PS2KbdState *s, int val)
{
    PS2State *ps2 = &s->parent_obj;

    switch (val) {
    case 0x00:
    case KBD_CMD_SET_TYPEMATIC:
        ps2_cqueue_1(ps2, PS2_ACK);
        break;
    case KBD_CMD_ECHO:
        ps2_cqueue_1(ps2, KBD_CMD_ECHO);
        break;
    case KBD_CMD_SET_LEDS:
    case KBD_CMD_SCANCODE:
    case KBD_CMD_SET_MAKE_BREAK:
    case PS2_CMD_SET_RATE:
        ps2->write_cmd = val;
        ps2_cqueue_1(ps2, PS2_ACK);
        break;
    case PS2_CMD_GET_ID:
        ps2_cqueue_3(ps2, PS2_ACK, KBD_ID_1,
                     s->translate ? KBD_ID_2_TRANSLATED : KBD_ID_2);
        break;
    case PS2_CMD_ENABLE:
        s->scan_enabled = 1;
        ps2_cqueue_1(ps2, PS2_ACK);
        break;
    case KBD_CMD_RESET_DISABLE:
        ps2_reset_keyboard(s);
        s->scan_enabled = 0;
        ps2_cqueue_1(ps2, PS2_ACK);
        break;
    case PS2_CMD_SET_DEFAULT:
        ps2_reset_keyboard(s);
        ps2_cqueue_1(ps2, PS2_ACK);
        break;
    case PS2_CMD_RESET:
        ps2_reset_keyboard(s);
        ps2_cqueue_2(ps2, PS2_ACK, PS2_POR);
        break;
    default:
        ps2_cqueue_1(ps2, PS2_RESEND);
        break;
    }
}

/* KBD_CMD_SCANCODE with argument 0 asks; the answer is translated as well. */
static void ps2_keyboard_scancode(PS2KbdState *s, int val)
{
    PS2State *ps2 = &s->parent_obj;

    if (val == 0) {
        ps2_cqueue_2(ps2, PS2_ACK,
                     s->translate ? translate_table[s->scancode_set]
                                  : s->scancode_set);
    } else if (val <= 3) {
        s->scancode_set = val;
        ps2_cqueue_1(ps2, PS2_ACK);
    } else {
        ps2_cqueue_1(ps2, PS2_RESEND);
    }
}

void ps2_write_keyboard(PS2KbdState *s, int val)
{
    PS2State *ps2 = &s->parent_obj;
    int command = ps2->write_cmd;

    trace_ps2_write_keyboard(s, val);
    ps2_cqueue_reset(ps2);
    ps2->write_cmd = -1;
    switch (command) {
    case -1:
        ps2_keyboard_command(s, val);
        break;
    case KBD_CMD_SCANCODE:
        ps2_keyboard_scancode(s, val);
        break;
    case KBD_CMD_SET_LEDS:
        ps2_set_ledstate(s, val);
        ps2_cqueue_1(ps2, PS2_ACK);
        break;
    default:
        ps2_cqueue_1(ps2, PS2_ACK);
        break;
    }
}

/* Migration */

static bool ps2_keyboard_ledstate_needed(void *opaque)
{
    return PS2_KBD_DEVICE(opaque)->ledstate != 0;
}

static int ps2_kbd_ledstate_post_load(void *opaque, int version_id)
{
    kbd_put_ledstate(PS2_KBD_DEVICE(opaque)->ledstate);
    return 0;
}

static const VMStateDescription vmstate_ps2_keyboard_ledstate = {
    .name = "ps2kbd/ledstate",
    .version_id = 3,
    .minimum_version_id = 2,
    .post_load = ps2_kbd_ledstate_post_load,
    .needed = ps2_keyboard_ledstate_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(ledstate, PS2KbdState),
        VMSTATE_END_OF_LIST()
    }
};

static bool ps2_keyboard_need_high_bit_needed(void *opaque)
{
    return PS2_KBD_DEVICE(opaque)->need_high_bit;
}

static const VMStateDescription vmstate_ps2_keyboard_need_high_bit = {
    .name = "ps2kbd/need_high_bit",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = ps2_keyboard_need_high_bit_needed,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(need_high_bit, PS2KbdState),
        VMSTATE_END_OF_LIST()
    }
};

static bool ps2_keyboard_cqueue_needed(void *opaque)
{
    return PS2_KBD_DEVICE(opaque)->parent_obj.queue.cwptr != -1;
}

static const VMStateDescription vmstate_ps2_keyboard_cqueue = {
    .name = "ps2kbd/command_reply_queue",
    .needed = ps2_keyboard_cqueue_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(parent_obj.queue.cwptr, PS2KbdState),
        VMSTATE_END_OF_LIST()
    }
};

static int ps2_kbd_post_load(void *opaque, int version_id)
{
    PS2KbdState *s = opaque;

    if (version_id == 2 || s->scancode_set < 1 || s->scancode_set > 3) {
        s->scancode_set = 2;
    }
    ps2_common_post_load(&s->parent_obj);
    return 0;
}

static const VMStateDescription vmstate_ps2_keyboard = {
    .name = "ps2kbd",
    .version_id = 3,
    .minimum_version_id = 2,
    .post_load = ps2_kbd_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(parent_obj, PS2KbdState, 0, vmstate_ps2_common,
                       PS2State),
        VMSTATE_INT32(scan_enabled, PS2KbdState),
        VMSTATE_INT32(translate, PS2KbdState),
        VMSTATE_INT32_V(scancode_set, PS2KbdState, 3),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_ps2_keyboard_ledstate,
        &vmstate_ps2_keyboard_need_high_bit,
        &vmstate_ps2_keyboard_cqueue,
        NULL
    }
};

/* Type */

static void ps2_kbd_reset(DeviceState *dev)
{
    PS2KbdState *s = PS2_KBD_DEVICE(dev);

    PS2_DEVICE_GET_CLASS(dev)->parent_reset(dev);
    s->scan_enabled = 1;
    s->translate = 0;
    s->scancode_set = 2;
    s->modifiers = 0;
    s->need_high_bit = false;
}

static void ps2_kbd_realize(DeviceState *dev, Error **errp)
{
    PS2_KBD_DEVICE(dev)->input =
        qemu_input_handler_register(dev, &ps2_keyboard_handler);
}

static void ps2_kbd_unrealize(DeviceState *dev)
{
    qemu_input_handler_unregister(PS2_KBD_DEVICE(dev)->input);
}

static void ps2_kbd_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PS2DeviceClass *ps2dc = PS2_DEVICE_CLASS(klass);

    dc->realize = ps2_kbd_realize;
    dc->unrealize = ps2_kbd_unrealize;
    device_class_set_parent_reset(dc, ps2_kbd_reset, &ps2dc->parent_reset);
    dc->vmsd = &vmstate_ps2_keyboard;
}

static const TypeInfo ps2_kbd_info = {
    .name          = TYPE_PS2_KBD_DEVICE,
    .parent        = TYPE_PS2_DEVICE,
    .instance_size = sizeof(PS2KbdState),
    .class_init    = ps2_kbd_class_init,
};

static void ps2_kbd_register_types(void)
{
    type_register_static(&ps2_kbd_info);
}

type_init(ps2_kbd_register_types)
