/*
 * Input: from a user's hand to a device of the guest.
 *
 *     who saw the user                              who has the device
 *     QMP send-key, input-send-event                ps2-kbd   mask KEY
 *     HMP sendkey, mouse_move, …                    ps2-mouse mask BTN | REL
 *       qemu_input_event_send_key_qcode()              ^
 *       qemu_input_queue_rel(), _abs(), _btn()         |
 *         qemu_input_event_send()                      |
 *           qemu_input_find_handler(): the first       |
 *           one whose mask has this kind of event      |
 *             handler->event() ------------------------'
 *       qemu_input_event_sync()
 *             handler->sync()       all that belongs together was sent
 *
 * Handlers stand in a line.  A new one goes to its end; activating one moves
 * it to the head, so that it is the first to be found (HMP mouse_set).
 *
 * A key has many names.  Here it is a QKeyCode of the schema; the tables at the
 * end of this header say what it is called by keyboards, and by Linux.
 *
 * A machine that is stopped has no input: events are dropped.
 *
 * Everything here is done with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef INPUT_H
#define INPUT_H

#include "qapi/qapi-types-ui.h"
#include "qemu/notify.h"

#define INPUT_EVENT_MASK_KEY (1 << INPUT_EVENT_KIND_KEY)
#define INPUT_EVENT_MASK_BTN (1 << INPUT_EVENT_KIND_BTN)
#define INPUT_EVENT_MASK_REL (1 << INPUT_EVENT_KIND_REL)
#define INPUT_EVENT_MASK_ABS (1 << INPUT_EVENT_KIND_ABS)

/* The left and top, and the right and bottom, of absolute positions. */
#define INPUT_EVENT_ABS_MIN 0x0000
#define INPUT_EVENT_ABS_MAX 0x7FFF

/* Handlers */

typedef struct QemuInputHandler QemuInputHandler;
typedef struct QemuInputHandlerState QemuInputHandlerState;

/* Something happened; @evt is the caller's.  @src: at which display, or NULL. */
typedef void (*QemuInputHandlerEvent)(DeviceState *dev, QemuConsole *src,
                                      InputEvent *evt);
typedef void (*QemuInputHandlerSync)(DeviceState *dev);

/*
 * @name: as query-mice shows it
 * @mask: the kinds of events that it takes, INPUT_EVENT_MASK_*
 * @sync: may be NULL; called if there was an event since the last time
 */
struct QemuInputHandler {
    const char *name;
    uint32_t mask;
    QemuInputHandlerEvent event;
    QemuInputHandlerSync sync;
};

/*
 * qemu_input_handler_register: from now on @dev takes events.
 * @handler: is not copied
 * Returns what the other functions want; the device unregisters it when it is
 * unrealized.
 */
QemuInputHandlerState *qemu_input_handler_register(DeviceState *dev,
                                                   QemuInputHandler *handler);
/* First, or last, in the line of those that could take an event. */
void qemu_input_handler_activate(QemuInputHandlerState *s);
void qemu_input_handler_deactivate(QemuInputHandlerState *s);
void qemu_input_handler_unregister(QemuInputHandlerState *s);
/*
 * Take only what happens at screen @head of display @device_id.  Sets @errp if
 * there is no such display.
 */
void qemu_input_handler_bind(QemuInputHandlerState *s, const char *device_id,
                             int head, Error **errp);

/* Events */

/*
 * Send @evt, which stays the caller's, to the handler that it is for.  Its key
 * is named by a QKeyCode.
 */
void qemu_input_event_send(QemuConsole *src, InputEvent *evt);
void qemu_input_event_send_impl(QemuConsole *src, InputEvent *evt);
/* What was sent until now is complete. */
void qemu_input_event_sync(void);
void qemu_input_event_sync_impl(void);

/*
 * A key goes down or up.  @key is taken over.  While a delay runs, see below,
 * it waits behind it, and is synchronized when it is its turn.
 */
void qemu_input_event_send_key(QemuConsole *src, KeyValue *key, bool down);
void qemu_input_event_send_key_number(QemuConsole *src, int num, bool down);
void qemu_input_event_send_key_qcode(QemuConsole *src, QKeyCode q, bool down);
/* Keys sent after this wait for @delay_ms of the guest's time; 0: a default. */
void qemu_input_event_send_key_delay(uint32_t delay_ms);

/* A button, and a movement, which is only seen after a sync. */
void qemu_input_queue_btn(QemuConsole *src, InputButton btn, bool down);
void qemu_input_queue_rel(QemuConsole *src, InputAxis axis, int value);
/* @value is one of @min_in to @max_in. */
void qemu_input_queue_abs(QemuConsole *src, InputAxis axis, int value,
                          int min_in, int max_in);
/* Send the buttons whose bits, by @button_map, are not the same in both. */
void qemu_input_update_buttons(QemuConsole *src, uint32_t *button_map,
                               uint32_t button_old, uint32_t button_new);

/* @value of @min_in to @max_in, on the scale of @min_out to @max_out. */
int qemu_input_scale_axis(int value, int min_in, int max_in,
                          int min_out, int max_out);

/* Does the pointer that would be moved take positions? */
bool qemu_input_is_absolute(void);
/* Tell those who want to know whether that has changed. */
void qemu_input_check_mode_change(void);
void qemu_add_mouse_mode_change_notifier(Notifier *notify);
void qemu_remove_mouse_mode_change_notifier(Notifier *notify);

/*
 * qemu_mouse_set: activate the pointer that query-mice calls @index.  False
 * with @errp set if it is none.
 */
bool qemu_mouse_set(int index, Error **errp);

/* The names of keys */

/*
 * A key's number, of send-key and sendkey, is its code of set 1; for those with
 * prefix 0xe0 that code with bit 7 set.  No key, or no name: Q_KEY_CODE_UNMAPPED
 * and 0.
 */
int qemu_input_key_number_to_qcode(unsigned int nr);
int qemu_input_key_value_to_number(const KeyValue *value);
int qemu_input_key_value_to_qcode(const KeyValue *value);
/*
 * The bytes of set 1 for @value going down or up, in @codes, which has room for
 * 6.  Returns how many.
 */
int qemu_input_key_value_to_scancode(const KeyValue *value, bool down,
                                     int *codes);
int qemu_input_linux_to_qcode(unsigned int lnx);

/* By QKeyCode; 0 is for none, and 0xe0.. for two bytes. */
extern const guint qemu_input_map_qcode_to_atset1_len;
extern const guint16 qemu_input_map_qcode_to_atset1[];
extern const guint qemu_input_map_qcode_to_atset2_len;
extern const guint16 qemu_input_map_qcode_to_atset2[];
extern const guint qemu_input_map_qcode_to_atset3_len;
extern const guint16 qemu_input_map_qcode_to_atset3[];
extern const guint qemu_input_map_qcode_to_linux_len;
extern const guint16 qemu_input_map_qcode_to_linux[];
extern const guint qemu_input_map_qcode_to_qnum_len;
extern const guint16 qemu_input_map_qcode_to_qnum[];

#endif
