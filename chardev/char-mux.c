/*
 * chardev-mux: several front ends share one device.
 *
 *     -chardev stdio,id=c,mux=on -serial chardev:c -mon chardev=c
 *
 *     16550A  --- CharBackend --+
 *                               +-- "c" chardev-mux --- CharBackend --- "c-base"
 *     monitor --- CharBackend --+                                  chardev-stdio
 *
 * Output of all is mixed.  Input goes to one of them, which has the focus; the
 * escape character (-echr, Ctrl-a) and a letter say who that is, and some
 * other things: Ctrl-a h lists them.
 *
 * While the command line is worked on, front ends arrive one by one, and none
 * of them is told yet that somebody is connected: a monitor would greet before
 * it is known who has the focus.  resume_mux_open() tells all of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/chardev-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/timer.h"

#define MUX_BUFFER_MASK (MUX_BUFFER_SIZE - 1)

/* Ctrl-a; any byte but the ones of the menu will do. */
int term_escape_char = 0x01;

static bool muxes_opened = true;

/* Front ends, called by char-fe.c */

int mux_chr_attach_frontend(MuxChardev *d, CharBackend *b)
{
    for (int tag = 0; tag < MAX_MUX; tag++) {
        if (!d->backends[tag]) {
            d->backends[tag] = b;
            d->prod[tag] = d->cons[tag] = 0;
            d->mux_cnt = MAX(d->mux_cnt, tag + 1);
            return tag;
        }
    }
    return -1;
}

void mux_chr_detach_frontend(MuxChardev *d, int tag)
{
    d->backends[tag] = NULL;
}

static void mux_chr_send_event(MuxChardev *d, int tag, QEMUChrEvent event)
{
    CharBackend *be = d->backends[tag];

    if (be && be->chr_event) {
        be->chr_event(be->opaque, event);
    }
}

void mux_chr_send_all_event(Chardev *chr, QEMUChrEvent event)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    if (!muxes_opened) {
        return;
    }
    for (int i = 0; i < d->mux_cnt; i++) {
        mux_chr_send_event(d, i, event);
    }
}

/* An event that is made here, such as a break, is for who has the focus. */
static void mux_chr_be_event(Chardev *chr, QEMUChrEvent event)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    if (d->focus != -1) {
        mux_chr_send_event(d, d->focus, event);
    }
}

void mux_set_focus(Chardev *chr, int focus)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    assert(focus >= 0 && focus < d->mux_cnt);
    if (d->focus != -1) {
        mux_chr_send_event(d, d->focus, CHR_EVENT_MUX_OUT);
    }
    d->focus = focus;
    chr->be = d->backends[focus];
    mux_chr_send_event(d, d->focus, CHR_EVENT_MUX_IN);
}

static void mux_focus_next(MuxChardev *d)
{
    for (int i = 1; i <= d->mux_cnt; i++) {
        int tag = (d->focus + i) % d->mux_cnt;

        if (d->backends[tag]) {
            mux_set_focus(CHARDEV(d), tag);
            return;
        }
    }
}

/* Output */

static void mux_chr_write_timestamp(MuxChardev *d)
{
    int64_t ms = qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
    char stamp[64];
    int64_t secs;

    if (d->timestamps_start == -1) {
        d->timestamps_start = ms;
    }
    ms -= d->timestamps_start;
    secs = ms / 1000;
    snprintf(stamp, sizeof(stamp), "[%02d:%02d:%02d.%03d] ",
             (int)(secs / 3600), (int)(secs / 60 % 60), (int)(secs % 60),
             (int)(ms % 1000));
    qemu_chr_fe_write_all(&d->chr, (uint8_t *)stamp, strlen(stamp));
    d->linestart = false;
}

/* Called with chr_write_lock held. */
static int mux_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    MuxChardev *d = MUX_CHARDEV(chr);
    int done = 0;

    if (!d->timestamps) {
        return qemu_chr_fe_write(&d->chr, buf, len);
    }
    while (done < len) {
        const uint8_t *end = memchr(buf + done, '\n', len - done);
        int n = end ? end + 1 - (buf + done) : len - done;

        if (d->linestart) {
            mux_chr_write_timestamp(d);
        }
        qemu_chr_fe_write_all(&d->chr, buf + done, n);
        d->linestart = end != NULL;
        done += n;
    }
    return len;
}

static GSource *mux_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    Chardev *base = MUX_CHARDEV(chr)->chr.chr;

    if (!base || !CHARDEV_GET_CLASS(base)->chr_add_watch) {
        return NULL;
    }
    return CHARDEV_GET_CLASS(base)->chr_add_watch(base, cond);
}

/* The menu */

static const char *const mux_help[] = {
    "% h    print this help\n\r",
    "% x    exit emulator\n\r",
    "% s    save disk data back to file (if -snapshot)\n\r",
    "% t    toggle console timestamps\n\r",
    "% b    send break (magic sysrq)\n\r",
    "% c    switch between console and monitor\n\r",
    "% %  sends %\n\r",
};

/* '%' stands for the escape character. */
static void mux_print_help(Chardev *chr)
{
    GString *text = g_string_new("\n\r");
    char name[12] = "Escape-Char";

    if (term_escape_char > 0 && term_escape_char < 26) {
        snprintf(name, sizeof(name), "C-%c", term_escape_char - 1 + 'a');
    } else {
        g_string_append_printf(text,
                               "Escape-Char set to Ascii: 0x%02x\n\r\n\r",
                               term_escape_char);
    }
    for (int i = 0; i < ARRAY_SIZE(mux_help); i++) {
        for (const char *p = mux_help[i]; *p; p++) {
            if (*p == '%') {
                g_string_append(text, name);
            } else {
                g_string_append_c(text, *p);
            }
        }
    }
    qemu_chr_write_all(chr, (uint8_t *)text->str, text->len);
    g_string_free(text, true);
}

/* What follows the escape character.  True if it is to be passed on. */
static bool mux_proc_menu(Chardev *chr, MuxChardev *d, int ch)
{
    static const char term[] = "QEMU: Terminated\n\r";

    if (ch == term_escape_char) {
        return true;
    }
    switch (ch) {
    case '?':
    case 'h':
        mux_print_help(chr);
        break;
    case 'x':
        qemu_chr_write_all(chr, (uint8_t *)term, strlen(term));
        qmp_quit(NULL);
        break;
    case 'b':
        qemu_chr_be_event(chr, CHR_EVENT_BREAK);
        break;
    case 'c':
        mux_focus_next(d);
        break;
    case 't':
        d->timestamps = !d->timestamps;
        d->timestamps_start = -1;
        d->linestart = false;
        break;
    default:
        /* 's' too: there is no disk whose data could wait here. */
        break;
    }
    return false;
}

static bool mux_proc_byte(Chardev *chr, MuxChardev *d, int ch)
{
    if (d->term_got_escape) {
        d->term_got_escape = false;
        return mux_proc_menu(chr, d, ch);
    }
    if (ch == term_escape_char) {
        d->term_got_escape = true;
        return false;
    }
    return true;
}

/* Input */

static void mux_chr_accept_input(Chardev *chr)
{
    MuxChardev *d = MUX_CHARDEV(chr);
    int m = d->focus;

    while (m != -1) {
        CharBackend *be = d->backends[m];

        if (d->prod[m] == d->cons[m] || !be || !be->chr_can_read ||
            !be->chr_can_read(be->opaque)) {
            break;
        }
        be->chr_read(be->opaque,
                     &d->buffer[m][d->cons[m]++ & MUX_BUFFER_MASK], 1);
    }
}

/*
 * One at a time, since the next may be for somebody else.  Even if the front
 * end takes nothing, there is some room, so that the menu can be reached.
 */
static int mux_chr_can_read(void *opaque)
{
    MuxChardev *d = MUX_CHARDEV(opaque);
    int m = d->focus;

    if (m == -1) {
        return 0;
    }
    if (d->prod[m] - d->cons[m] == MUX_BUFFER_SIZE) {
        mux_chr_accept_input(CHARDEV(d));
    }
    return d->prod[m] - d->cons[m] < MUX_BUFFER_SIZE;
}

static void mux_chr_read(void *opaque, const uint8_t *buf, int size)
{
    Chardev *chr = CHARDEV(opaque);
    MuxChardev *d = MUX_CHARDEV(opaque);

    mux_chr_accept_input(chr);
    for (int i = 0; i < size; i++) {
        int m = d->focus;
        CharBackend *be = d->backends[m];

        if (!mux_proc_byte(chr, d, buf[i])) {
            continue;
        }
        if (d->prod[m] == d->cons[m] && be && be->chr_can_read &&
            be->chr_can_read(be->opaque)) {
            be->chr_read(be->opaque, &buf[i], 1);
        } else if (d->prod[m] - d->cons[m] < MUX_BUFFER_SIZE) {
            d->buffer[m][d->prod[m]++ & MUX_BUFFER_MASK] = buf[i];
        }
    }
}

static void mux_chr_event(void *opaque, QEMUChrEvent event)
{
    mux_chr_send_all_event(CHARDEV(opaque), event);
}

/* The first front end makes us one of the shared device; all its context. */
static void mux_chr_update_read_handlers(Chardev *chr)
{
    MuxChardev *d = MUX_CHARDEV(chr);

    qemu_chr_fe_set_handlers_full(&d->chr, mux_chr_can_read, mux_chr_read,
                                  mux_chr_event, NULL, chr, chr->gcontext,
                                  true, false);
}

/* Opening */

static int mux_chr_options_parsed(Object *obj, void *opaque)
{
    Chardev *chr = (Chardev *)object_dynamic_cast(obj, TYPE_CHARDEV_MUX);

    if (chr && !chr->be_open) {
        mux_chr_send_all_event(chr, CHR_EVENT_OPENED);
        /* Who comes from now on hears of it at once. */
        chr->be_open = 1;
    }
    return 0;
}

void suspend_mux_open(void)
{
    muxes_opened = false;
}

void resume_mux_open(void)
{
    muxes_opened = true;
    object_child_foreach(get_chardevs_root(), mux_chr_options_parsed, NULL);
}

static void qemu_chr_open_mux(Chardev *chr, ChardevBackend *backend,
                              bool *be_opened, Error **errp)
{
    ChardevMux *mux = backend->u.mux.data;
    Chardev *drv = qemu_chr_find(mux->chardev);
    MuxChardev *d = MUX_CHARDEV(chr);

    if (!drv) {
        error_setg(errp, "mux: base chardev %s not found", mux->chardev);
        return;
    }
    *be_opened = muxes_opened;
    qemu_chr_fe_init(&d->chr, drv, errp);
}

static void qemu_chr_parse_mux(QemuOpts *opts, ChardevBackend *backend,
                               Error **errp)
{
    const char *chardev = qemu_opt_get(opts, "chardev");
    ChardevMux *mux;

    backend->type = CHARDEV_BACKEND_KIND_MUX;
    if (chardev == NULL) {
        error_setg(errp, "chardev: mux: no chardev given");
        return;
    }
    mux = backend->u.mux.data = g_new0(ChardevMux, 1);
    qemu_chr_parse_common(opts, qapi_ChardevMux_base(mux));
    mux->chardev = g_strdup(chardev);
}

static void char_mux_init(Object *obj)
{
    MUX_CHARDEV(obj)->focus = -1;
}

static void char_mux_finalize(Object *obj)
{
    MuxChardev *d = MUX_CHARDEV(obj);

    for (int i = 0; i < d->mux_cnt; i++) {
        if (d->backends[i]) {
            d->backends[i]->chr = NULL;
        }
    }
    CHARDEV(obj)->be = NULL;
    qemu_chr_fe_deinit(&d->chr, false);
}

static void char_mux_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_mux;
    cc->open = qemu_chr_open_mux;
    cc->chr_write = mux_chr_write;
    cc->chr_accept_input = mux_chr_accept_input;
    cc->chr_add_watch = mux_chr_add_watch;
    cc->chr_be_event = mux_chr_be_event;
    cc->chr_update_read_handler = mux_chr_update_read_handlers;
}

static const TypeInfo char_mux_type_info = {
    .name = TYPE_CHARDEV_MUX,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(MuxChardev),
    .instance_init = char_mux_init,
    .instance_finalize = char_mux_finalize,
    .class_init = char_mux_class_init,
};

static void char_mux_register_types(void)
{
    type_register_static(&char_mux_type_info);
}

type_init(char_mux_register_types)
