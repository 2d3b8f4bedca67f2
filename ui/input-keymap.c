/*
 * The names of keys: from one to another.
 *
 * All of them are made of one list, ui/input-keymap.c.inc.  Read that, and the
 * end of include/ui/input.h, first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <linux/input-event-codes.h>
#include "ui/input.h"

#define EXTENDED 0xe000     /* set 1 and set 2: prefix 0xe0 */

/* A number has no room for the prefix: bit 7 stands for it. */
#define QNUM(set1) ((set1) & EXTENDED ? ((set1) & 0x7f) | 0x80 : (set1))

#define KEY(qcode, set1, set2, set3, lnx) [Q_KEY_CODE_##qcode] = set1,
const guint16 qemu_input_map_qcode_to_atset1[Q_KEY_CODE__MAX] = {
#include "input-keymap.c.inc"
};
#undef KEY
const guint qemu_input_map_qcode_to_atset1_len = Q_KEY_CODE__MAX;

#define KEY(qcode, set1, set2, set3, lnx) [Q_KEY_CODE_##qcode] = set2,
const guint16 qemu_input_map_qcode_to_atset2[Q_KEY_CODE__MAX] = {
#include "input-keymap.c.inc"
};
#undef KEY
const guint qemu_input_map_qcode_to_atset2_len = Q_KEY_CODE__MAX;

#define KEY(qcode, set1, set2, set3, lnx) [Q_KEY_CODE_##qcode] = set3,
const guint16 qemu_input_map_qcode_to_atset3[Q_KEY_CODE__MAX] = {
#include "input-keymap.c.inc"
};
#undef KEY
const guint qemu_input_map_qcode_to_atset3_len = Q_KEY_CODE__MAX;

#define KEY(qcode, set1, set2, set3, lnx) [Q_KEY_CODE_##qcode] = lnx,
const guint16 qemu_input_map_qcode_to_linux[Q_KEY_CODE__MAX] = {
#include "input-keymap.c.inc"
};
#undef KEY
const guint qemu_input_map_qcode_to_linux_len = Q_KEY_CODE__MAX;

#define KEY(qcode, set1, set2, set3, lnx) [Q_KEY_CODE_##qcode] = QNUM(set1),
const guint16 qemu_input_map_qcode_to_qnum[Q_KEY_CODE__MAX] = {
#include "input-keymap.c.inc"
};
#undef KEY
const guint qemu_input_map_qcode_to_qnum_len = Q_KEY_CODE__MAX;

/* The way back: the first key that @map calls @name. */
static QKeyCode input_keymap_find(const guint16 *map, unsigned int name)
{
    if (name == 0) {
        return Q_KEY_CODE_UNMAPPED;
    }
    for (int qcode = 0; qcode < Q_KEY_CODE__MAX; qcode++) {
        if (map[qcode] == name) {
            return qcode;
        }
    }
    return Q_KEY_CODE_UNMAPPED;
}

int qemu_input_linux_to_qcode(unsigned int lnx)
{
    return input_keymap_find(qemu_input_map_qcode_to_linux, lnx);
}

int qemu_input_key_number_to_qcode(unsigned int nr)
{
    return input_keymap_find(qemu_input_map_qcode_to_qnum, nr);
}

int qemu_input_key_value_to_number(const KeyValue *value)
{
    if (value->type == KEY_VALUE_KIND_QCODE) {
        return qemu_input_map_qcode_to_qnum[value->u.qcode.data];
    }
    return value->u.number.data;
}

int qemu_input_key_value_to_qcode(const KeyValue *value)
{
    if (value->type == KEY_VALUE_KIND_QCODE) {
        return value->u.qcode.data;
    }
    return qemu_input_key_number_to_qcode(value->u.number.data);
}

int qemu_input_key_value_to_scancode(const KeyValue *value, bool down,
                                     int *codes)
{
    int number = qemu_input_key_value_to_number(value);
    int release = down ? 0 : 0x80;
    int count = 0;

    /* Pause sends two keys, goes up at once, and is silent later. */
    if (qemu_input_key_value_to_qcode(value) == Q_KEY_CODE_PAUSE) {
        codes[count++] = 0xe1;
        codes[count++] = 0x1d | release;
        codes[count++] = 0x45 | release;
        return count;
    }
    if (number & 0x80) {
        codes[count++] = 0xe0;
    }
    codes[count++] = (number & 0x7f) | release;
    return count;
}
