/*
 * Displays, of which there are none here; and what they would share with
 * keyboards and mice.
 *
 * A QemuConsole is what a display card's output is called.  Functions that take
 * one are passed NULL: the user was nowhere in particular.
 *
 * Read next: ui/input.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include "qapi/error.h"
#include "qemu/typedefs.h"

/* The buttons of HMP's mouse_button. */
#define MOUSE_EVENT_LBUTTON 0x01
#define MOUSE_EVENT_RBUTTON 0x02
#define MOUSE_EVENT_MBUTTON 0x04

/* The lights of a keyboard. */
#define QEMU_SCROLL_LOCK_LED (1 << 0)
#define QEMU_NUM_LOCK_LED    (1 << 1)
#define QEMU_CAPS_LOCK_LED   (1 << 2)

typedef void QEMUPutLEDEvent(void *opaque, int ledstate);
typedef struct QEMUPutLEDEntry QEMUPutLEDEntry;

/*
 * Have @func called with the lights that are on, whenever the guest switches
 * them.  Returns what qemu_remove_led_event_handler() takes.
 */
QEMUPutLEDEntry *qemu_add_led_event_handler(QEMUPutLEDEvent *func,
                                            void *opaque);
void qemu_remove_led_event_handler(QEMUPutLEDEntry *entry);
/* For keyboards: the guest switched the lights. */
void kbd_put_ledstate(int ledstate);

/*
 * qemu_console_lookup_by_device_name: screen @head of the device @device_id.
 * As there are no displays, always NULL, with @errp set.
 */
QemuConsole *qemu_console_lookup_by_device_name(const char *device_id,
                                                uint32_t head, Error **errp);

#endif
