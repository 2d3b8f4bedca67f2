/*
 * send-key; and the lights of keyboards.
 *
 * Read first: include/ui/input.h, include/ui/console.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-commands-ui.h"
#include "qemu/queue.h"
#include "ui/console.h"
#include "ui/input.h"

struct QEMUPutLEDEntry {
    QEMUPutLEDEvent *put_led;
    void *opaque;
    QTAILQ_ENTRY(QEMUPutLEDEntry) next;
};

static QTAILQ_HEAD(, QEMUPutLEDEntry) led_handlers =
    QTAILQ_HEAD_INITIALIZER(led_handlers);

/* A key of our own, by its name, whichever way @src names it. */
static KeyValue *copy_key_value(KeyValue *src)
{
    KeyValue *dst = g_new0(KeyValue, 1);

    dst->type = KEY_VALUE_KIND_QCODE;
    dst->u.qcode.data = qemu_input_key_value_to_qcode(src);
    return dst;
}

void qmp_send_key(KeyValueList *keys, bool has_hold_time, int64_t hold_time,
                  Error **errp)
{
    uint32_t delay_ms = has_hold_time ? CLAMP(hold_time, 0, UINT32_MAX) : 0;
    g_autoptr(GPtrArray) up = g_ptr_array_new();

    for (KeyValueList *p = keys; p; p = p->next) {
        qemu_input_event_send_key(NULL, copy_key_value(p->value), true);
        qemu_input_event_send_key_delay(delay_ms);
        g_ptr_array_add(up, copy_key_value(p->value));
    }
    while (up->len) {
        KeyValue *key = g_ptr_array_remove_index(up, up->len - 1);

        qemu_input_event_send_key(NULL, key, false);
        qemu_input_event_send_key_delay(delay_ms);
    }
}

/* Lights */

QEMUPutLEDEntry *qemu_add_led_event_handler(QEMUPutLEDEvent *func,
                                            void *opaque)
{
    QEMUPutLEDEntry *s = g_new0(QEMUPutLEDEntry, 1);

    s->put_led = func;
    s->opaque = opaque;
    QTAILQ_INSERT_TAIL(&led_handlers, s, next);
    return s;
}

void qemu_remove_led_event_handler(QEMUPutLEDEntry *entry)
{
    QTAILQ_REMOVE(&led_handlers, entry, next);
    g_free(entry);
}

void kbd_put_ledstate(int ledstate)
{
    QEMUPutLEDEntry *cursor;

    QTAILQ_FOREACH(cursor, &led_handlers, next) {
        cursor->put_led(cursor->opaque, ledstate);
    }
}
