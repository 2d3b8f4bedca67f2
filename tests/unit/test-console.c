/*
 * Consoles: what who looks sees of what a card does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "hw/qdev-core.h"
#include "sysemu/cpus.h"
#include "ui/console.h"
#include "ui/pixel_ops.h"

#define TYPE_LAMP "lamp"
OBJECT_DECLARE_SIMPLE_TYPE(LampState, LAMP)

/* A card of four by two pixels. */
struct LampState {
    DeviceState parent_obj;

    QemuConsole *con;
    uint32_t pixels[2][4];
    bool dirty;
    uint32_t window;
    uint64_t interval;
};

static void lamp_gfx_update(void *opaque)
{
    LampState *s = opaque;

    if (s->dirty) {
        s->dirty = false;
        dpy_gfx_update(s->con, 1, 1, 100, 100);
    }
}

static void lamp_invalidate(void *opaque)
{
    LAMP(opaque)->dirty = true;
}

static void lamp_ui_info(void *opaque, uint32_t head, QemuUIInfo *info)
{
    LAMP(opaque)->window = info->width;
}

static void lamp_update_interval(void *opaque, uint64_t interval)
{
    LAMP(opaque)->interval = interval;
}

static const GraphicHwOps lamp_gfx_ops = {
    .gfx_update = lamp_gfx_update,
    .invalidate = lamp_invalidate,
    .ui_info = lamp_ui_info,
    .update_interval = lamp_update_interval,
};

static const TypeInfo lamp_info = {
    .name = TYPE_LAMP,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(LampState),
};

static LampState *lamp_new(void)
{
    LampState *s = LAMP(qdev_new(TYPE_LAMP));

    object_property_add_child(object_get_root(), "lamp[*]", OBJECT(s));
    s->con = graphic_console_init(DEVICE(s), 0, &lamp_gfx_ops, s);
    return s;
}

static void lamp_free(LampState *s)
{
    graphic_console_close(s->con);
    object_unparent(OBJECT(s));
    object_unref(OBJECT(s));
}

/* A window, which writes down what it hears. */

typedef struct Window {
    DisplayChangeListener dcl;
    GString *heard;
    unsigned refreshed;
} Window;

static void window_refresh(DisplayChangeListener *dcl)
{
    container_of(dcl, Window, dcl)->refreshed++;
    graphic_hw_update(dcl->con);
}

static void window_gfx_update(DisplayChangeListener *dcl, int x, int y, int w,
                              int h)
{
    g_string_append_printf(container_of(dcl, Window, dcl)->heard,
                           "%d,%d+%dx%d ", x, y, w, h);
}

static void window_gfx_switch(DisplayChangeListener *dcl, DisplaySurface *s)
{
    g_string_append_printf(container_of(dcl, Window, dcl)->heard, "%s%dx%d ",
                           is_placeholder(s) ? "nothing " : "",
                           surface_width(s), surface_height(s));
}

static const DisplayChangeListenerOps window_ops = {
    .dpy_name = "window",
    .dpy_refresh = window_refresh,
    .dpy_gfx_update = window_gfx_update,
    .dpy_gfx_switch = window_gfx_switch,
};

static const char *heard(Window *w)
{
    static char text[200];

    g_strlcpy(text, w->heard->str, sizeof(text));
    g_string_truncate(w->heard, 0);
    return text;
}

static void test_look(void)
{
    LampState *s = lamp_new();
    Window w = { .dcl.ops = &window_ops, .heard = g_string_new("") };
    DisplaySurface *surface;

    register_displaychangelistener(&w.dcl);
    g_assert_cmpstr(heard(&w), ==, "nothing 640x480 ");

    /* In place: what the card writes is what is seen. */
    surface = qemu_create_displaysurface_from(4, 2, PIXMAN_LE_x8r8g8b8,
                                              4 * sizeof(uint32_t),
                                              (uint8_t *)s->pixels);
    g_assert_true(is_buffer_shared(surface));
    dpy_gfx_replace_surface(s->con, surface);
    g_assert_cmpstr(heard(&w), ==, "4x2 ");
    s->pixels[1][2] = rgb_to_pixel32(1, 2, 3);
    g_assert_cmphex(((uint32_t *)surface_data(surface))[4 + 2], ==, 0x010203);
    g_assert_cmpint(surface_stride(surface), ==, 16);

    /* The part is cut to the picture. */
    graphic_hw_invalidate(s->con);
    graphic_hw_update(s->con);
    graphic_hw_update(s->con);
    g_assert_cmpstr(heard(&w), ==, "1,1+3x1 ");
    dpy_gfx_update_full(s->con);
    g_assert_cmpstr(heard(&w), ==, "0,0+4x2 ");

    /* Memory of the surface's own: another only if it is another size. */
    qemu_console_resize(s->con, 8, 8);
    qemu_console_resize(s->con, 8, 8);
    g_assert_cmpstr(heard(&w), ==, "8x8 ");
    g_assert_false(is_buffer_shared(qemu_console_surface(s->con)));

    dpy_gfx_replace_surface(s->con, NULL);
    g_assert_cmpstr(heard(&w), ==, "nothing 8x8 ");

    unregister_displaychangelistener(&w.dcl);
    lamp_free(s);
    g_string_free(w.heard, true);
}

/* Somebody who looks is asked again and again, and nobody after that. */
static void test_refresh(void)
{
    LampState *s = lamp_new();
    Window w = { .dcl.ops = &window_ops, .heard = g_string_new("") };

    w.dcl.con = s->con;
    register_displaychangelistener(&w.dcl);
    update_displaychangelistener(&w.dcl, 2);
    g_assert_true(qemu_console_is_visible(s->con));
    while (w.refreshed < 3) {
        main_loop_wait(false);
    }
    g_assert_cmpuint(s->interval, ==, 2);
    unregister_displaychangelistener(&w.dcl);
    w.refreshed = 0;
    g_usleep(5000);
    main_loop_wait(true);
    g_assert_cmpuint(w.refreshed, ==, 0);
    lamp_free(s);
    g_string_free(w.heard, true);
}

static void test_consoles(void)
{
    LampState *a = lamp_new(), *b = lamp_new();
    QemuUIInfo info = { .width = 1920, .height = 1080 };
    QemuConsole *con = b->con;
    g_autofree char *label = qemu_console_get_label(con);

    g_assert_cmpstr(label, ==, TYPE_LAMP);
    g_assert_true(qemu_console_lookup_by_device(DEVICE(b), 0) == con);
    g_assert_null(qemu_console_lookup_by_device(DEVICE(b), 1));
    g_assert_true(qemu_console_lookup_by_index(1) == con);
    g_assert_cmpint(qemu_console_get_index(con), ==, 1);
    g_assert_true(object_resolve_path("/backend/console[1]", NULL) ==
                  OBJECT(con));

    /* The card hears of the window once it is at rest. */
    g_assert_cmpint(dpy_set_ui_info(con, &info, false), ==, 0);
    while (b->window != 1920) {
        main_loop_wait(false);
    }

    /* A console that was left is the next card's. */
    lamp_free(b);
    g_assert_true(qemu_console_lookup_unused() == con);
    g_assert_cmpint(dpy_set_ui_info(con, &info, false), ==, -1);
    graphic_hw_update(con);
    b = lamp_new();
    g_assert_true(b->con == con);
    lamp_free(a);
    lamp_free(b);
}

static void test_formats(void)
{
    PixelFormat pf = qemu_pixelformat_from_pixman(PIXMAN_r5g6b5);

    g_assert_cmphex(pf.rmask, ==, 0xf800);
    g_assert_cmphex(pf.gmask, ==, 0x07e0);
    g_assert_cmpint(pf.bytes_per_pixel, ==, 2);
    g_assert_cmphex(rgb_to_pixel16(255, 0, 255), ==, 0xf81f);
    g_assert_cmphex(qemu_pixelformat_from_pixman(PIXMAN_b8g8r8x8).bmask, ==,
                    0xff000000);
    g_assert_cmphex(qemu_pixelformat_from_pixman(PIXMAN_a8b8g8r8).bmask, ==,
                    0x00ff0000);
    g_assert_cmphex(qemu_pixelformat_from_pixman(PIXMAN_r8g8b8x8).rmask, ==,
                    0xff000000);
    g_assert_cmpint(qemu_default_pixman_format(16, true), ==, PIXMAN_r5g6b5);
}

static void test_cursor(void)
{
    uint8_t image[] = { 0x80, 0x40 }, mask[] = { 0xc0, 0xc0 };
    QEMUCursor *c = cursor_alloc(3, 2);

    g_assert_null(cursor_alloc(513, 1));
    cursor_set_mono(c, 0xff0000, 0x0000ff, image, false, mask);
    g_assert_cmphex(c->data[0], ==, 0xffff0000);
    g_assert_cmphex(c->data[1], ==, 0xff0000ff);
    g_assert_cmphex(c->data[2], ==, 0);
    g_assert_cmphex(c->data[4], ==, 0xffff0000);
    cursor_put(cursor_get(c));
    cursor_put(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    type_register_static(&lamp_info);

    g_test_add_func("/console/look", test_look);
    g_test_add_func("/console/refresh", test_refresh);
    g_test_add_func("/console/consoles", test_consoles);
    g_test_add_func("/console/formats", test_formats);
    g_test_add_func("/console/cursor", test_cursor);
    return g_test_run();
}
