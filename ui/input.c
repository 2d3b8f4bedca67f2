/*
 * Input events: who takes them, and how they get there.
 *
 * Read first: include/ui/input.h, which has a picture.  Read next:
 * hw/input/ps2-kbd.c, ui/ui-hmp-cmds.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-ui.h"
#include "qemu/queue.h"
#include "qemu/timer.h"
#include "sysemu/runstate.h"
#include "trace.h"
#include "ui/console.h"
#include "ui/input.h"

/* How long keys of send-key wait for each other, if it does not say. */
#define KBD_DEFAULT_DELAY_MS 10

/* So much may wait; what a client sends beyond that is lost. */
#define KBD_QUEUE_LIMIT 1024

/*
 * @events: sent to it since the last sync
 * @con: the only display that it listens to, or NULL: to all
 */
struct QemuInputHandlerState {
    DeviceState *dev;
    QemuInputHandler *handler;
    int id;
    int events;
    QemuConsole *con;
    QTAILQ_ENTRY(QemuInputHandlerState) node;
};

static QTAILQ_HEAD(, QemuInputHandlerState) handlers =
    QTAILQ_HEAD_INITIALIZER(handlers);
static NotifierList mouse_mode_notifiers =
    NOTIFIER_LIST_INITIALIZER(mouse_mode_notifiers);

/* What waits for its turn.  A delay at the head is one that runs. */
typedef struct QemuInputEventQueue {
    enum {
        QEMU_INPUT_QUEUE_DELAY,
        QEMU_INPUT_QUEUE_EVENT,
        QEMU_INPUT_QUEUE_SYNC,
    } type;
    uint32_t delay_ms;
    QemuConsole *src;
    InputEvent *evt;
    QTAILQ_ENTRY(QemuInputEventQueue) node;
} QemuInputEventQueue;

static QTAILQ_HEAD(, QemuInputEventQueue) kbd_queue =
    QTAILQ_HEAD_INITIALIZER(kbd_queue);
static QEMUTimer *kbd_timer;
static uint32_t queue_count;

/* Handlers */

QemuInputHandlerState *qemu_input_handler_register(DeviceState *dev,
                                                   QemuInputHandler *handler)
{
    static int id = 1;
    QemuInputHandlerState *s = g_new0(QemuInputHandlerState, 1);

    s->dev = dev;
    s->handler = handler;
    s->id = id++;
    QTAILQ_INSERT_TAIL(&handlers, s, node);
    qemu_input_check_mode_change();
    return s;
}

void qemu_input_handler_activate(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    QTAILQ_INSERT_HEAD(&handlers, s, node);
    qemu_input_check_mode_change();
}

void qemu_input_handler_deactivate(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    QTAILQ_INSERT_TAIL(&handlers, s, node);
    qemu_input_check_mode_change();
}

void qemu_input_handler_unregister(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    g_free(s);
    qemu_input_check_mode_change();
}

void qemu_input_handler_bind(QemuInputHandlerState *s, const char *device_id,
                             int head, Error **errp)
{
    QemuConsole *con = qemu_console_lookup_by_device_name(device_id, head,
                                                          errp);

    if (con) {
        s->con = con;
    }
}

/* Who listens to @con alone goes before those who listen to all. */
static QemuInputHandlerState *qemu_input_find_handler(uint32_t mask,
                                                      QemuConsole *con)
{
    QemuInputHandlerState *s;

    QTAILQ_FOREACH(s, &handlers, node) {
        if (s->con && s->con == con && (mask & s->handler->mask)) {
            return s;
        }
    }
    QTAILQ_FOREACH(s, &handlers, node) {
        if (!s->con && (mask & s->handler->mask)) {
            return s;
        }
    }
    return NULL;
}

/* Sending */

static bool input_is_taken(void)
{
    return runstate_is_running() || runstate_check(RUN_STATE_SUSPENDED);
}

static void qemu_input_event_trace(InputEvent *evt)
{
    InputKeyEvent *key;
    InputBtnEvent *btn;
    InputMoveEvent *move;

    switch (evt->type) {
    case INPUT_EVENT_KIND_KEY:
        key = evt->u.key.data;
        trace_input_event_key_qcode(
            QKeyCode_str(qemu_input_key_value_to_qcode(key->key)), key->down);
        break;
    case INPUT_EVENT_KIND_BTN:
        btn = evt->u.btn.data;
        trace_input_event_btn(InputButton_str(btn->button), btn->down);
        break;
    case INPUT_EVENT_KIND_REL:
        move = evt->u.rel.data;
        trace_input_event_rel(InputAxis_str(move->axis), move->value);
        break;
    case INPUT_EVENT_KIND_ABS:
        move = evt->u.abs.data;
        trace_input_event_abs(InputAxis_str(move->axis), move->value);
        break;
    case INPUT_EVENT_KIND__MAX:
        break;
    }
}

void qemu_input_event_send_impl(QemuConsole *src, InputEvent *evt)
{
    QemuInputHandlerState *s;

    qemu_input_event_trace(evt);
    s = qemu_input_find_handler(1 << evt->type, src);
    if (s) {
        s->handler->event(s->dev, src, evt);
        s->events++;
    }
}

void qemu_input_event_send(QemuConsole *src, InputEvent *evt)
{
    /* Who sends it has made a name of the number. */
    assert(evt->type != INPUT_EVENT_KIND_KEY ||
           evt->u.key.data->key->type == KEY_VALUE_KIND_QCODE);

    if (input_is_taken()) {
        qemu_input_event_send_impl(src, evt);
    }
}

void qemu_input_event_sync_impl(void)
{
    QemuInputHandlerState *s;

    trace_input_event_sync();
    QTAILQ_FOREACH(s, &handlers, node) {
        if (!s->events) {
            continue;
        }
        if (s->handler->sync) {
            s->handler->sync(s->dev);
        }
        s->events = 0;
    }
}

void qemu_input_event_sync(void)
{
    if (input_is_taken()) {
        qemu_input_event_sync_impl();
    }
}

/* Keys, and delays between them */

static void qemu_input_queue_append(QemuInputEventQueue *item)
{
    QTAILQ_INSERT_TAIL(&kbd_queue, item, node);
    queue_count++;
}

static void qemu_input_queue_remove(QemuInputEventQueue *item)
{
    QTAILQ_REMOVE(&kbd_queue, item, node);
    queue_count--;
    qapi_free_InputEvent(item->evt);
    g_free(item);
}

static void qemu_input_queue_start_delay(uint32_t delay_ms)
{
    timer_mod(kbd_timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + delay_ms);
}

/* The delay at the head is over: send all up to the next. */
static void qemu_input_queue_process(void *opaque)
{
    QemuInputEventQueue *item = QTAILQ_FIRST(&kbd_queue);

    qemu_input_queue_remove(item);
    while ((item = QTAILQ_FIRST(&kbd_queue))) {
        switch (item->type) {
        case QEMU_INPUT_QUEUE_DELAY:
            qemu_input_queue_start_delay(item->delay_ms);
            return;
        case QEMU_INPUT_QUEUE_EVENT:
            qemu_input_event_send(item->src, item->evt);
            break;
        case QEMU_INPUT_QUEUE_SYNC:
            qemu_input_event_sync();
            break;
        }
        qemu_input_queue_remove(item);
    }
}

static InputEvent *qemu_input_event_new_key(KeyValue *key, bool down)
{
    InputEvent *evt = g_new0(InputEvent, 1);

    evt->type = INPUT_EVENT_KIND_KEY;
    evt->u.key.data = g_new0(InputKeyEvent, 1);
    evt->u.key.data->key = key;
    evt->u.key.data->down = down;
    return evt;
}

void qemu_input_event_send_key(QemuConsole *src, KeyValue *key, bool down)
{
    InputEvent *evt = qemu_input_event_new_key(key, down);
    QemuInputEventQueue *item;

    if (QTAILQ_EMPTY(&kbd_queue)) {
        qemu_input_event_send(src, evt);
        qemu_input_event_sync();
        qapi_free_InputEvent(evt);
        return;
    }
    if (queue_count >= KBD_QUEUE_LIMIT) {
        qapi_free_InputEvent(evt);
        return;
    }
    item = g_new0(QemuInputEventQueue, 1);
    item->type = QEMU_INPUT_QUEUE_EVENT;
    item->src = src;
    item->evt = evt;
    qemu_input_queue_append(item);

    item = g_new0(QemuInputEventQueue, 1);
    item->type = QEMU_INPUT_QUEUE_SYNC;
    qemu_input_queue_append(item);
}

void qemu_input_event_send_key_number(QemuConsole *src, int num, bool down)
{
    qemu_input_event_send_key_qcode(src, qemu_input_key_number_to_qcode(num),
                                    down);
}

void qemu_input_event_send_key_qcode(QemuConsole *src, QKeyCode q, bool down)
{
    KeyValue *key = g_new0(KeyValue, 1);

    key->type = KEY_VALUE_KIND_QCODE;
    key->u.qcode.data = q;
    qemu_input_event_send_key(src, key, down);
}

void qemu_input_event_send_key_delay(uint32_t delay_ms)
{
    QemuInputEventQueue *item;
    bool first = QTAILQ_EMPTY(&kbd_queue);

    if (!input_is_taken() || queue_count >= KBD_QUEUE_LIMIT) {
        return;
    }
    if (!kbd_timer) {
        kbd_timer = timer_new_full(NULL, QEMU_CLOCK_VIRTUAL, SCALE_MS,
                                   QEMU_TIMER_ATTR_EXTERNAL,
                                   qemu_input_queue_process, NULL);
    }
    item = g_new0(QemuInputEventQueue, 1);
    item->type = QEMU_INPUT_QUEUE_DELAY;
    item->delay_ms = delay_ms ?: KBD_DEFAULT_DELAY_MS;
    qemu_input_queue_append(item);
    if (first) {
        qemu_input_queue_start_delay(item->delay_ms);
    }
}

/* Pointers */

void qemu_input_queue_btn(QemuConsole *src, InputButton btn, bool down)
{
    InputBtnEvent bevt = { .button = btn, .down = down };
    InputEvent evt = { .type = INPUT_EVENT_KIND_BTN, .u.btn.data = &bevt };

    qemu_input_event_send(src, &evt);
}

void qemu_input_update_buttons(QemuConsole *src, uint32_t *button_map,
                               uint32_t button_old, uint32_t button_new)
{
    for (int btn = 0; btn < INPUT_BUTTON__MAX; btn++) {
        uint32_t mask = button_map[btn];

        if ((button_old ^ button_new) & mask) {
            qemu_input_queue_btn(src, btn, button_new & mask);
        }
    }
}

int qemu_input_scale_axis(int value, int min_in, int max_in,
                          int min_out, int max_out)
{
    int64_t range_in = (int64_t)max_in - min_in;
    int64_t range_out = (int64_t)max_out - min_out;

    if (range_in < 1) {
        return min_out + range_out / 2;
    }
    return ((int64_t)value - min_in) * range_out / range_in + min_out;
}

void qemu_input_queue_rel(QemuConsole *src, InputAxis axis, int value)
{
    InputMoveEvent move = { .axis = axis, .value = value };
    InputEvent evt = { .type = INPUT_EVENT_KIND_REL, .u.rel.data = &move };

    qemu_input_event_send(src, &evt);
}

void qemu_input_queue_abs(QemuConsole *src, InputAxis axis, int value,
                          int min_in, int max_in)
{
    InputMoveEvent move = {
        .axis = axis,
        .value = qemu_input_scale_axis(value, min_in, max_in,
                                       INPUT_EVENT_ABS_MIN,
                                       INPUT_EVENT_ABS_MAX),
    };
    InputEvent evt = { .type = INPUT_EVENT_KIND_ABS, .u.abs.data = &move };

    qemu_input_event_send(src, &evt);
}

static QemuInputHandlerState *qemu_input_find_mouse(void)
{
    return qemu_input_find_handler(INPUT_EVENT_MASK_REL | INPUT_EVENT_MASK_ABS,
                                   NULL);
}

bool qemu_input_is_absolute(void)
{
    QemuInputHandlerState *s = qemu_input_find_mouse();

    return s && (s->handler->mask & INPUT_EVENT_MASK_ABS);
}

void qemu_input_check_mode_change(void)
{
    static bool was_absolute;
    bool is_absolute = qemu_input_is_absolute();

    if (is_absolute != was_absolute) {
        trace_input_mouse_mode(is_absolute);
        was_absolute = is_absolute;
        notifier_list_notify(&mouse_mode_notifiers, NULL);
    }
}

void qemu_add_mouse_mode_change_notifier(Notifier *notify)
{
    notifier_list_add(&mouse_mode_notifiers, notify);
}

void qemu_remove_mouse_mode_change_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

/* For clients */

MouseInfoList *qmp_query_mice(Error **errp)
{
    MouseInfoList *mice = NULL;
    QemuInputHandlerState *s;
    bool current = true;

    QTAILQ_FOREACH(s, &handlers, node) {
        MouseInfo *info;

        if (!(s->handler->mask & (INPUT_EVENT_MASK_REL |
                                  INPUT_EVENT_MASK_ABS))) {
            continue;
        }
        info = g_new0(MouseInfo, 1);
        info->index = s->id;
        info->name = g_strdup(s->handler->name);
        info->absolute = s->handler->mask & INPUT_EVENT_MASK_ABS;
        info->current = current;
        current = false;
        QAPI_LIST_PREPEND(mice, info);
    }
    return mice;
}

bool qemu_mouse_set(int index, Error **errp)
{
    QemuInputHandlerState *s;

    QTAILQ_FOREACH(s, &handlers, node) {
        if (s->id == index) {
            break;
        }
    }
    if (!s) {
        error_setg(errp, "Mouse at index '%d' not found", index);
        return false;
    }
    if (!(s->handler->mask & (INPUT_EVENT_MASK_REL | INPUT_EVENT_MASK_ABS))) {
        error_setg(errp, "Input device '%s' is not a mouse",
                   s->handler->name);
        return false;
    }
    qemu_input_handler_activate(s);
    return true;
}

/* All or nothing: somebody has to be there for each of them. */
void qmp_input_send_event(bool has_device, const char *device,
                          bool has_head, int64_t head,
                          InputEventList *events, Error **errp)
{
    QemuConsole *con = NULL;

    if (has_device) {
        con = qemu_console_lookup_by_device_name(device, has_head ? head : 0,
                                                 errp);
        if (!con) {
            return;
        }
    }
    if (!input_is_taken()) {
        error_setg(errp, "VM not running");
        return;
    }
    for (InputEventList *e = events; e; e = e->next) {
        if (!qemu_input_find_handler(1U << e->value->type, con)) {
            error_setg(errp, "Input handler not found for event type %s",
                       InputEventKind_str(e->value->type));
            return;
        }
    }
    for (InputEventList *e = events; e; e = e->next) {
        InputEvent *evt = e->value;

        if (evt->type == INPUT_EVENT_KIND_KEY &&
            evt->u.key.data->key->type == KEY_VALUE_KIND_NUMBER) {
            qemu_input_event_send_key_number(
                con, evt->u.key.data->key->u.number.data,
                evt->u.key.data->down);
        } else {
            qemu_input_event_send(con, evt);
        }
    }
    qemu_input_event_sync();
}
