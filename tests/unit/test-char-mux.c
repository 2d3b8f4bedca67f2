/*
 * Character devices that several front ends share, and that are exchanged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "chardev/char-ringbuf.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qapi/qapi-commands-control.h"
#include "qemu/config-file.h"
#include "qemu/module.h"
#include "qemu/option.h"

/* A front end that takes @room bytes and writes down what it hears. */
typedef struct MuxFe {
    CharBackend be;
    int room;
    GString *data;
    GString *events;
    int change_result;      /* of being given another device */
    int changes;
} MuxFe;

static bool quit_requested;

/* Instead of the stub: somebody typed Ctrl-a x. */
void qmp_quit(Error **errp)
{
    quit_requested = true;
}

static int mux_fe_can_read(void *opaque)
{
    return ((MuxFe *)opaque)->room;
}

static void mux_fe_read(void *opaque, const uint8_t *buf, int size)
{
    MuxFe *fe = opaque;

    g_assert_cmpint(size, <=, fe->room);
    fe->room -= size;
    g_string_append_len(fe->data, (const char *)buf, size);
}

static void mux_fe_event(void *opaque, QEMUChrEvent event)
{
    static const char *const names[] = {
        [CHR_EVENT_BREAK] = "break ", [CHR_EVENT_OPENED] = "opened ",
        [CHR_EVENT_MUX_IN] = "in ", [CHR_EVENT_MUX_OUT] = "out ",
        [CHR_EVENT_CLOSED] = "closed ",
    };

    g_string_append(((MuxFe *)opaque)->events, names[event]);
}

static int mux_fe_change(void *opaque)
{
    MuxFe *fe = opaque;

    fe->changes++;
    if (fe->change_result == 0) {
        qemu_chr_fe_set_handlers(&fe->be, mux_fe_can_read, mux_fe_read,
                                 mux_fe_event, mux_fe_change, fe, NULL, true);
    }
    return fe->change_result;
}

static void mux_fe_start(MuxFe *fe, const char *id)
{
    *fe = (MuxFe) { .room = 1000 };
    fe->data = g_string_new(NULL);
    fe->events = g_string_new(NULL);
    qemu_chr_fe_init(&fe->be, qemu_chr_find(id), &error_abort);
    qemu_chr_fe_set_handlers(&fe->be, mux_fe_can_read, mux_fe_read,
                             mux_fe_event, mux_fe_change, fe, NULL, true);
}

static void mux_fe_stop(MuxFe *fe)
{
    qemu_chr_fe_deinit(&fe->be, false);
    g_string_free(fe->data, true);
    g_string_free(fe->events, true);
}

static Chardev *mux_new(const char *text)
{
    QemuOpts *opts = qemu_opts_parse(qemu_find_opts("chardev"), text, true,
                                     &error_abort);
    Chardev *chr = qemu_chr_new_from_opts(opts, NULL, &error_abort);

    qemu_opts_del(opts);
    return chr;
}

/* As if typed: the mux reads one at a time, and only if it says so. */
static void type_bytes(Chardev *base, const char *bytes, int len)
{
    for (int i = 0; i < len; i++) {
        g_assert_cmpint(qemu_chr_be_can_write(base), >=, 1);
        qemu_chr_be_write(base, (const uint8_t *)bytes + i, 1);
    }
}

static char *ringbuf_text(const char *id)
{
    return qmp_ringbuf_read(id, 65536, false, 0, &error_abort);
}

#define assert_output(id, text) do {                \
        g_autofree char *said_ = ringbuf_text(id);  \
        g_assert_cmpstr(said_, ==, text);           \
    } while (0)

/* Who came last has the focus; Ctrl-a c goes round; Ctrl-a Ctrl-a is one. */
static void test_mux_focus(void)
{
    Chardev *mux = mux_new("ringbuf,id=m,mux=on");
    Chardev *base = qemu_chr_find("m-base");
    MuxFe a, b;

    mux_fe_start(&a, "m");
    g_assert_cmpstr(a.events->str, ==, "in opened ");
    mux_fe_start(&b, "m");
    g_assert_cmpstr(a.events->str, ==, "in opened out ");
    g_assert_cmpstr(b.events->str, ==, "in opened ");

    type_bytes(base, "x\1\1y", 4);
    g_assert_cmpstr(b.data->str, ==, "x\1y");
    type_bytes(base, "\1cz", 3);
    g_assert_cmpstr(a.data->str, ==, "z");
    g_assert_cmpstr(b.events->str, ==, "in opened out ");
    g_assert_cmpstr(a.events->str, ==, "in opened out in ");

    g_string_truncate(a.events, 0);
    type_bytes(base, "\1b", 2);
    g_assert_cmpstr(a.events->str, ==, "break ");
    qemu_chr_fe_take_focus(&b.be);
    type_bytes(base, "w", 1);
    g_assert_cmpstr(b.data->str, ==, "x\1yw");

    qemu_chr_fe_write_all(&a.be, (uint8_t *)"1", 1);
    qemu_chr_fe_write_all(&b.be, (uint8_t *)"2", 1);
    assert_output("m-base", "12");

    mux_fe_stop(&b);
    /* The focus of one that left can be moved on. */
    type_bytes(base, "\1cv", 3);
    g_assert_cmpstr(a.data->str, ==, "zv");
    mux_fe_stop(&a);
    object_unparent(OBJECT(mux));
    qmp_chardev_remove("m-base", &error_abort);
}

static void test_mux_menu(void)
{
    Chardev *mux = mux_new("ringbuf,id=m,mux=on");
    Chardev *base = qemu_chr_find("m-base");
    MuxFe a;

    mux_fe_start(&a, "m");
    type_bytes(base, "\1h", 2);
    assert_output("m-base",
                  "\n\rC-a h    print this help\n\r"
                  "C-a x    exit emulator\n\r"
                  "C-a s    save disk data back to file (if -snapshot)\n\r"
                  "C-a t    toggle console timestamps\n\r"
                  "C-a b    send break (magic sysrq)\n\r"
                  "C-a c    switch between console and monitor\n\r"
                  "C-a C-a  sends C-a\n\r");
    type_bytes(base, "\1t", 2);
    qemu_chr_fe_write_all(&a.be, (uint8_t *)"p\nq\nr", 5);
    {
        g_autofree char *text = ringbuf_text("m-base");

        g_assert_true(g_regex_match_simple(
            "^p\\n\\[00:00:0\\d\\.\\d{3}\\] q\\n\\[00:00:0\\d\\.\\d{3}\\] r$",
            text, 0, 0));
    }
    type_bytes(base, "\1t\1q", 4);
    qemu_chr_fe_write_all(&a.be, (uint8_t *)"\ns", 2);
    assert_output("m-base", "\ns");
    g_assert_false(quit_requested);
    type_bytes(base, "\1x", 2);
    g_assert_true(quit_requested);
    assert_output("m-base", "QEMU: Terminated\n\r");

    term_escape_char = 0x41;
    type_bytes(base, "AAa", 3);
    g_assert_cmpstr(a.data->str, ==, "Aa");
    term_escape_char = 1;
    mux_fe_stop(&a);
    object_unparent(OBJECT(mux));
    qmp_chardev_remove("m-base", &error_abort);
}

/* A front end that is full gets the rest later, and the menu still works. */
static void test_mux_slow(void)
{
    Chardev *mux = mux_new("ringbuf,id=m,mux=on");
    Chardev *base = qemu_chr_find("m-base");
    MuxFe a, b;

    mux_fe_start(&b, "m");
    mux_fe_start(&a, "m");
    a.room = 1;
    type_bytes(base, "abc", 3);
    g_assert_cmpstr(a.data->str, ==, "a");
    type_bytes(base, "\1cx", 3);
    g_assert_cmpstr(b.data->str, ==, "x");
    type_bytes(base, "\1c", 2);
    for (int i = 0; i < 30; i++) {
        type_bytes(base, "d", 1);
    }
    g_assert_cmpint(qemu_chr_be_can_write(base), ==, 0);
    a.room = 100;
    qemu_chr_fe_accept_input(&a.be);
    g_assert_cmpuint(a.data->len, ==, 33);
    g_assert_true(g_str_has_prefix(a.data->str, "abcd"));
    mux_fe_stop(&a);
    mux_fe_stop(&b);
    object_unparent(OBJECT(mux));
    qmp_chardev_remove("m-base", &error_abort);
}

/* Four have room; while the command line is read, nobody is told. */
static void test_mux_open(void)
{
    CharBackend fifth;
    Error *err = NULL;
    MuxFe fe[4];
    Chardev *mux;

    suspend_mux_open();
    mux = mux_new("null,id=m,mux=on");
    for (int i = 0; i < 4; i++) {
        mux_fe_start(&fe[i], "m");
    }
    g_assert_cmpstr(fe[3].events->str, ==, "in ");
    resume_mux_open();
    for (int i = 0; i < 4; i++) {
        g_assert_true(g_str_has_suffix(fe[i].events->str, "opened "));
    }
    g_assert_false(qemu_chr_fe_init(&fifth, mux, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'm' is in use");
    error_free(err);
    mux_fe_stop(&fe[1]);
    mux_fe_start(&fe[1], "m");
    for (int i = 0; i < 4; i++) {
        mux_fe_stop(&fe[i]);
    }
    object_unparent(OBJECT(mux));
    qmp_chardev_remove("m-base", &error_abort);
}

/* chardev-change */

static ChardevReturn *change(const char *id, ChardevBackendKind kind,
                             void *data, Error **errp)
{
    ChardevBackend backend = { .type = kind, .u.null.data = data };

    return qmp_chardev_change(id, &backend, errp);
}

static void assert_gone_wrong(Error *err, const char *text)
{
    g_assert_nonnull(err);
    g_assert_cmpstr(error_get_pretty(err), ==, text);
    error_free(err);
}

/* The front end goes on with the new device, or, if it is wrong, the old. */
static void test_change(void)
{
    ChardevRingbuf bad = { .has_size = true, .size = 3 }, good = { };
    ChardevCommon common = { };
    Error *err = NULL;
    MuxFe fe;

    mux_new("ringbuf,id=c");
    mux_fe_start(&fe, "c");
    change("c", CHARDEV_BACKEND_KIND_RINGBUF, &bad, &err);
    assert_gone_wrong(err, "size of ringbuf chardev must be power of two");
    qemu_chr_fe_write_all(&fe.be, (uint8_t *)"old", 3);
    assert_output("c", "old");

    qapi_free_ChardevReturn(change("c", CHARDEV_BACKEND_KIND_RINGBUF, &good,
                                   &error_abort));
    g_assert_cmpint(fe.changes, ==, 1);
    qemu_chr_fe_write_all(&fe.be, (uint8_t *)"new", 3);
    assert_output("c", "new");
    type_bytes(qemu_chr_find("c"), "in", 2);
    g_assert_cmpstr(fe.data->str, ==, "in");

    /* It says no, and keeps what it had. */
    fe.change_result = -1;
    err = NULL;
    g_string_truncate(fe.events, 0);
    change("c", CHARDEV_BACKEND_KIND_NULL, &common, &err);
    assert_gone_wrong(err, "Chardev 'c' change failed");
    g_assert_cmpstr(fe.events->str, ==, "closed opened ");
    qemu_chr_fe_write_all(&fe.be, (uint8_t *)"still", 5);
    assert_output("c", "still");

    /* To a device that nobody is connected with */
    fe.change_result = 0;
    g_string_truncate(fe.events, 0);
    qapi_free_ChardevReturn(change("c", CHARDEV_BACKEND_KIND_NULL, &common,
                                   &error_abort));
    g_assert_cmpstr(fe.events->str, ==, "closed ");

    err = NULL;
    qmp_chardev_remove("c", &err);
    assert_gone_wrong(err, "Chardev 'c' is busy");
    mux_fe_stop(&fe);
    qmp_chardev_remove("c", &error_abort);
    g_assert_null(qemu_chr_find("c"));
}

static void test_change_refused(void)
{
    ChardevRingbuf bad = { .has_size = true, .size = 3 };
    ChardevCommon common = { };
    Error *err = NULL;
    CharBackend be;

    change("zz", CHARDEV_BACKEND_KIND_NULL, &common, &err);
    assert_gone_wrong(err, "Chardev 'zz' does not exist");
    err = NULL;
    qmp_chardev_remove("zz", &err);
    assert_gone_wrong(err, "Chardev 'zz' not found");
    err = NULL;
    qmp_chardev_send_break("zz", &err);
    assert_gone_wrong(err, "Chardev 'zz' not found");

    mux_new("null,id=m,mux=on");
    err = NULL;
    change("m", CHARDEV_BACKEND_KIND_NULL, &common, &err);
    assert_gone_wrong(err, "Mux device hotswap not supported yet");
    err = NULL;
    change("m-base", CHARDEV_BACKEND_KIND_NULL, &common, &err);
    assert_gone_wrong(err, "Chardev user does not support chardev hotswap");
    err = NULL;
    qmp_chardev_remove("m", &err);
    assert_gone_wrong(err, "Chardev 'm' is busy");
    object_unparent(OBJECT(qemu_chr_find("m")));

    /* Nobody uses it: what is wrong leaves it there all the same. */
    err = NULL;
    change("m-base", CHARDEV_BACKEND_KIND_RINGBUF, &bad, &err);
    assert_gone_wrong(err, "Failed to add chardev 'm-base': "
                      "size of ringbuf chardev must be power of two");
    qemu_chr_fe_init(&be, qemu_chr_find("m-base"), &error_abort);
    qemu_chr_fe_deinit(&be, true);
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    qemu_add_opts(&qemu_chardev_opts);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/char/mux/focus", test_mux_focus);
    g_test_add_func("/char/mux/menu", test_mux_menu);
    g_test_add_func("/char/mux/slow", test_mux_slow);
    g_test_add_func("/char/mux/open", test_mux_open);
    g_test_add_func("/char/change", test_change);
    g_test_add_func("/char/change/refused", test_change_refused);
    return g_test_run();
}
