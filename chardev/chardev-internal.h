/*
 * What the files of chardev/ share: the multiplexer, which char-fe.c has to
 * know, and the root of all devices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHARDEV_INTERNAL_H
#define CHARDEV_INTERNAL_H

#include "chardev/char-fe.h"
#include "chardev/char.h"
#include "qom/object.h"

#define MAX_MUX 4
#define MUX_BUFFER_SIZE 32      /* a power of two */

/*
 * @backends: the front ends, by CharBackend.tag; a slot may be empty
 * @mux_cnt: how many slots have been used
 * @focus: who gets the input; -1 until somebody wants some
 * @chr: our own front end, on the device that is shared
 * @buffer: input that a front end could not take yet; @prod and @cons count
 *     for ever
 * @term_got_escape: the last byte was the escape character
 * @timestamps, @timestamps_start, @linestart: the clock at the start of lines
 */
struct MuxChardev {
    Chardev parent;

    CharBackend *backends[MAX_MUX];
    int mux_cnt;
    int focus;
    CharBackend chr;

    uint8_t buffer[MAX_MUX][MUX_BUFFER_SIZE];
    unsigned int prod[MAX_MUX];
    unsigned int cons[MAX_MUX];

    bool term_got_escape;
    bool timestamps;
    bool linestart;
    int64_t timestamps_start;
};
typedef struct MuxChardev MuxChardev;

DECLARE_INSTANCE_CHECKER(MuxChardev, MUX_CHARDEV, TYPE_CHARDEV_MUX)
#define CHARDEV_IS_MUX(chr) \
    object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_MUX)

/* Take a front end in: its tag, or -1 if there are MAX_MUX. */
int mux_chr_attach_frontend(MuxChardev *d, CharBackend *b);
void mux_chr_detach_frontend(MuxChardev *d, int tag);

/* Give the input to this front end, and tell both that it is so. */
void mux_set_focus(Chardev *chr, int focus);

/* An event of the device, for all front ends. */
void mux_chr_send_all_event(Chardev *chr, QEMUChrEvent event);

/* An open device that is nobody's child yet; the caller owns it. */
Chardev *chardev_new(const char *id, const char *typename,
                     ChardevBackend *backend, GMainContext *gcontext,
                     Error **errp);

/* /chardevs, whose children are all devices that have an id. */
Object *get_chardevs_root(void);

#endif
