/*
 * The human monitor's commands about keyboards and mice.
 *
 * Read first: include/ui/input.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-ui.h"
#include "qapi/qmp/qdict.h"
#include "qemu/cutils.h"
#include "ui/console.h"
#include "ui/input.h"

/* The buttons that mouse_button pressed last. */
static int mouse_button_state;

void hmp_info_mice(Monitor *mon, const QDict *qdict)
{
    MouseInfoList *mice = qmp_query_mice(NULL);

    if (!mice) {
        monitor_printf(mon, "No mouse devices connected\n");
    }
    for (MouseInfoList *mouse = mice; mouse; mouse = mouse->next) {
        monitor_printf(mon, "%c Mouse #%" PRId64 ": %s%s\n",
                       mouse->value->current ? '*' : ' ',
                       mouse->value->index, mouse->value->name,
                       mouse->value->absolute ? " (absolute)" : "");
    }
    qapi_free_MouseInfoList(mice);
}

void hmp_mouse_set(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qemu_mouse_set(qdict_get_int(qdict, "index"), &err);
    /* Not hmp_handle_error(): it says "Error:", and QEMU says it without. */
    if (err) {
        monitor_printf(mon, "%s\n", error_get_pretty(err));
        error_free(err);
    }
}

/* The wheel turns by one notch, whatever @dz is. */
void hmp_mouse_move(Monitor *mon, const QDict *qdict)
{
    const char *dz_str = qdict_get_try_str(qdict, "dz_str");
    int dx = strtol(qdict_get_str(qdict, "dx_str"), NULL, 0);
    int dy = strtol(qdict_get_str(qdict, "dy_str"), NULL, 0);
    int dz = dz_str ? strtol(dz_str, NULL, 0) : 0;

    qemu_input_queue_rel(NULL, INPUT_AXIS_X, dx);
    qemu_input_queue_rel(NULL, INPUT_AXIS_Y, dy);
    if (dz) {
        InputButton button = dz > 0 ? INPUT_BUTTON_WHEEL_UP
                                    : INPUT_BUTTON_WHEEL_DOWN;

        qemu_input_queue_btn(NULL, button, true);
        qemu_input_event_sync();
        qemu_input_queue_btn(NULL, button, false);
    }
    qemu_input_event_sync();
}

void hmp_mouse_button(Monitor *mon, const QDict *qdict)
{
    static uint32_t bmap[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = MOUSE_EVENT_LBUTTON,
        [INPUT_BUTTON_MIDDLE] = MOUSE_EVENT_MBUTTON,
        [INPUT_BUTTON_RIGHT] = MOUSE_EVENT_RBUTTON,
    };
    int button_state = qdict_get_int(qdict, "button_state");

    if (mouse_button_state == button_state) {
        return;
    }
    qemu_input_update_buttons(NULL, bmap, mouse_button_state, button_state);
    qemu_input_event_sync();
    mouse_button_state = button_state;
}

/* One word of sendkey: a name, or a number that begins with 0x. */
static bool sendkey_parse(const char *keyname, KeyValue *key)
{
    char *endp;
    int qcode;

    /* What there was before keys had names. */
    if (!strcmp(keyname, "<")) {
        keyname = "less";
    }
    if (strstart(keyname, "0x", NULL)) {
        key->type = KEY_VALUE_KIND_NUMBER;
        key->u.number.data = (int)strtoul(keyname, &endp, 0);
        return *endp == '\0';
    }
    qcode = qapi_enum_parse(&QKeyCode_lookup, keyname, -1, NULL);
    key->type = KEY_VALUE_KIND_QCODE;
    key->u.qcode.data = qcode;
    return qcode >= 0;
}

void hmp_sendkey(Monitor *mon, const QDict *qdict)
{
    const char *keys = qdict_get_str(qdict, "keys");
    g_auto(GStrv) names = g_strsplit(keys, "-", -1);
    int hold_time = qdict_get_try_int(qdict, "hold-time", -1);
    KeyValueList *head = NULL, **tail = &head;

    if (!*keys) {
        monitor_printf(mon, "invalid parameter: \n");
        return;
    }
    for (int i = 0; names[i]; i++) {
        KeyValue *key = g_new0(KeyValue, 1);

        QAPI_LIST_APPEND(tail, key);
        if (!sendkey_parse(names[i], key)) {
            monitor_printf(mon, "invalid parameter: %s\n", names[i]);
            goto out;
        }
    }
    qmp_send_key(head, hold_time >= 0, hold_time, NULL);
out:
    qapi_free_KeyValueList(head);
}

/* The last of the keys, behind its '-'. */
void sendkey_completion(ReadLineState *rs, int nb_args, const char *str)
{
    const char *last;

    if (nb_args != 2) {
        return;
    }
    last = strrchr(str, '-');
    last = last ? last + 1 : str;
    readline_set_completion_index(rs, strlen(last));
    for (int i = 0; i < Q_KEY_CODE__MAX; i++) {
        if (!strncmp(last, QKeyCode_str(i), strlen(last))) {
            readline_add_completion(rs, QKeyCode_str(i));
        }
    }
}
