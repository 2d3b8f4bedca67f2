/*
 * Who looks at consoles.  See include/ui/console.h.
 *
 * As long as somebody wants to be asked, a timer asks them as often as the most
 * eager of them wants.  It is the host's time: a display goes on while the
 * machine is stopped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "console-int.h"
#include "trace.h"

static QLIST_HEAD(, DisplayChangeListener) listeners =
    QLIST_HEAD_INITIALIZER(listeners);
static QEMUTimer *gui_timer;
static uint64_t gui_interval = GUI_REFRESH_INTERVAL_DEFAULT;

static QemuConsole *listener_console(const DisplayChangeListener *dcl)
{
    return dcl->con ?: QTAILQ_FIRST(&consoles);
}

#define FOREACH_LISTENER(dcl, console, op)                              \
    QLIST_FOREACH(dcl, &listeners, next)                                \
        if (listener_console(dcl) == (console) && (dcl)->ops->op)

/* The timer */

/* Cards hear how often they will be asked. */
static void gui_set_interval(uint64_t interval)
{
    QemuConsole *con;

    if (interval == gui_interval) {
        return;
    }
    gui_interval = interval;
    trace_console_refresh(interval);
    QTAILQ_FOREACH(con, &consoles, next) {
        if (con->hw_ops->update_interval) {
            con->hw_ops->update_interval(con->hw, interval);
        }
    }
}

static void gui_update(void *opaque)
{
    uint64_t interval = UINT64_MAX;
    DisplayChangeListener *dcl;

    QLIST_FOREACH(dcl, &listeners, next) {
        if (dcl->ops->dpy_refresh) {
            dcl->ops->dpy_refresh(dcl);
            interval = MIN(interval, dcl->update_interval
                                     ?: GUI_REFRESH_INTERVAL_DEFAULT);
        }
    }
    if (interval != UINT64_MAX) {
        gui_set_interval(interval);
        timer_mod(gui_timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + interval);
    }
}

static void gui_setup_refresh(void)
{
    DisplayChangeListener *dcl;
    bool need_timer = false;

    QLIST_FOREACH(dcl, &listeners, next) {
        need_timer |= dcl->ops->dpy_refresh != NULL;
    }
    if (need_timer && !gui_timer) {
        gui_timer = timer_new_ms(QEMU_CLOCK_REALTIME, gui_update, NULL);
        timer_mod(gui_timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME));
    } else if (!need_timer && gui_timer) {
        timer_free(gui_timer);
        gui_timer = NULL;
    }
}

/* Listeners */

void register_displaychangelistener(DisplayChangeListener *dcl)
{
    QemuConsole *con;

    trace_displaychangelistener_register(dcl, dcl->ops->dpy_name);
    QLIST_INSERT_HEAD(&listeners, dcl, next);
    gui_setup_refresh();
    if (dcl->con) {
        dcl->con->dcls++;
    }
    con = listener_console(dcl);
    if (con && dcl->ops->dpy_gfx_switch) {
        dcl->ops->dpy_gfx_switch(dcl, con->surface);
    }
}

void unregister_displaychangelistener(DisplayChangeListener *dcl)
{
    trace_displaychangelistener_unregister(dcl, dcl->ops->dpy_name);
    if (dcl->con) {
        dcl->con->dcls--;
    }
    QLIST_REMOVE(dcl, next);
    gui_setup_refresh();
}

void update_displaychangelistener(DisplayChangeListener *dcl,
                                  uint64_t interval)
{
    dcl->update_interval = interval;
    if (gui_timer && gui_interval > interval) {
        timer_mod(gui_timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + interval);
    }
}

/* What they hear */

void displaychangelistener_gfx_switch(QemuConsole *con)
{
    DisplayChangeListener *dcl;

    FOREACH_LISTENER(dcl, con, dpy_gfx_switch) {
        dcl->ops->dpy_gfx_switch(dcl, con->surface);
    }
}

void dpy_gfx_update(QemuConsole *con, int x, int y, int w, int h)
{
    DisplayChangeListener *dcl;
    int width = qemu_console_get_width(con, x + w);
    int height = qemu_console_get_height(con, y + h);

    x = MIN(MAX(x, 0), width);
    y = MIN(MAX(y, 0), height);
    w = MIN(w, width - x);
    h = MIN(h, height - y);

    FOREACH_LISTENER(dcl, con, dpy_gfx_update) {
        dcl->ops->dpy_gfx_update(dcl, x, y, w, h);
    }
}

void dpy_gfx_update_full(QemuConsole *con)
{
    if (con->surface) {
        dpy_gfx_update(con, 0, 0, surface_width(con->surface),
                       surface_height(con->surface));
    }
}

/* Who does not say is content with 32 bits of the host's order. */
bool dpy_gfx_check_format(QemuConsole *con, pixman_format_code_t format)
{
    DisplayChangeListener *dcl;

    QLIST_FOREACH(dcl, &listeners, next) {
        if (dcl->con && dcl->con != con) {
            continue;
        }
        if (dcl->ops->dpy_gfx_check_format
            ? !dcl->ops->dpy_gfx_check_format(dcl, format)
            : format != qemu_default_pixman_format(32, true)) {
            return false;
        }
    }
    return true;
}

void dpy_text_cursor(QemuConsole *con, int x, int y)
{
    DisplayChangeListener *dcl;

    FOREACH_LISTENER(dcl, con, dpy_text_cursor) {
        dcl->ops->dpy_text_cursor(dcl, x, y);
    }
}

void dpy_text_update(QemuConsole *con, int x, int y, int w, int h)
{
    DisplayChangeListener *dcl;

    FOREACH_LISTENER(dcl, con, dpy_text_update) {
        dcl->ops->dpy_text_update(dcl, x, y, w, h);
    }
}

void dpy_text_resize(QemuConsole *con, int w, int h)
{
    DisplayChangeListener *dcl;

    FOREACH_LISTENER(dcl, con, dpy_text_resize) {
        dcl->ops->dpy_text_resize(dcl, w, h);
    }
}

void dpy_mouse_set(QemuConsole *con, int x, int y, int on)
{
    DisplayChangeListener *dcl;

    FOREACH_LISTENER(dcl, con, dpy_mouse_set) {
        dcl->ops->dpy_mouse_set(dcl, x, y, on);
    }
}

void dpy_cursor_define(QemuConsole *con, QEMUCursor *cursor)
{
    DisplayChangeListener *dcl;

    FOREACH_LISTENER(dcl, con, dpy_cursor_define) {
        dcl->ops->dpy_cursor_define(dcl, cursor);
    }
}

bool dpy_cursor_define_supported(QemuConsole *con)
{
    DisplayChangeListener *dcl;

    QLIST_FOREACH(dcl, &listeners, next) {
        if (dcl->ops->dpy_cursor_define) {
            return true;
        }
    }
    return false;
}
