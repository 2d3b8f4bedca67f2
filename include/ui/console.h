/*
 * Displays: what a card shows, and who looks at it.
 *
 *     card                      QemuConsole                 listeners
 *     graphic_console_init ───► "console[0]"            ◄── register_display-
 *     dpy_gfx_replace_surface ► DisplaySurface ─────────►   changelistener
 *     dpy_gfx_update ─────────► this part is new ───────►   dpy_gfx_update
 *     GraphicHwOps.gfx_update ◄ 30 times a second, as long as somebody looks
 *
 * A card's output is a QemuConsole: an object below /backend, with a link to the
 * device.  It has a surface, which is an image of pixman's: a card either shows
 * its video memory in place (qemu_create_displaysurface_from()), or draws into
 * memory of the surface (qemu_console_resize()).
 *
 * There is no window, no VNC server and no text console here: a listener is a
 * part of the program that wants to see pixels, as a test is.  Without one, a
 * card is not asked to draw.
 *
 * Functions that only say which user acted (input) may be passed NULL for the
 * console: the user was nowhere in particular.
 *
 * All of it wants the big lock.  Read next: ui/input.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include "ui/qemu-pixman.h"
#include "qom/object.h"
#include "qemu/notify.h"
#include "qapi/error.h"
#include "qapi/qapi-types-ui.h"
#include "ui/input.h"

/* Keyboards and mice */

/* The buttons of HMP's mouse_button, and of a mouse of the old interface. */
#define MOUSE_EVENT_LBUTTON 0x01
#define MOUSE_EVENT_RBUTTON 0x02
#define MOUSE_EVENT_MBUTTON 0x04
#define MOUSE_EVENT_WHEELUP 0x08
#define MOUSE_EVENT_WHEELDN 0x10

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

/* Surfaces */

/* DisplaySurface.flags: its memory is its own; nobody has drawn it. */
#define QEMU_ALLOCATED_FLAG     0x01
#define QEMU_PLACEHOLDER_FLAG   0x02

struct DisplaySurface {
    pixman_format_code_t format;
    pixman_image_t *image;
    uint8_t flags;
};

typedef struct DisplaySurface DisplaySurface;

/* Of 32 bits a pixel, in memory of its own. */
DisplaySurface *qemu_create_displaysurface(int width, int height);
/* At @data, which stays the caller's, with @linesize bytes a line. */
DisplaySurface *qemu_create_displaysurface_from(int width, int height,
                                                pixman_format_code_t format,
                                                int linesize, uint8_t *data);
/* Of an image, to which it takes a reference. */
DisplaySurface *qemu_create_displaysurface_pixman(pixman_image_t *image);
/* Black, for a card that has nothing to show; @msg, for a trace, says why. */
DisplaySurface *qemu_create_placeholder_surface(int w, int h, const char *msg);
void qemu_free_displaysurface(DisplaySurface *surface);

static inline int is_surface_bgr(DisplaySurface *surface)
{
    return PIXMAN_FORMAT_BPP(surface->format) == 32 &&
           PIXMAN_FORMAT_TYPE(surface->format) == PIXMAN_TYPE_ABGR;
}

/* Is it the card's memory that is shown? */
static inline int is_buffer_shared(DisplaySurface *surface)
{
    return !(surface->flags & QEMU_ALLOCATED_FLAG);
}

static inline int is_placeholder(DisplaySurface *surface)
{
    return surface->flags & QEMU_PLACEHOLDER_FLAG;
}

static inline int surface_stride(DisplaySurface *s)
{
    return pixman_image_get_stride(s->image);
}

static inline void *surface_data(DisplaySurface *s)
{
    return pixman_image_get_data(s->image);
}

static inline int surface_width(DisplaySurface *s)
{
    return pixman_image_get_width(s->image);
}

static inline int surface_height(DisplaySurface *s)
{
    return pixman_image_get_height(s->image);
}

static inline pixman_format_code_t surface_format(DisplaySurface *s)
{
    return s->format;
}

static inline int surface_bits_per_pixel(DisplaySurface *s)
{
    return PIXMAN_FORMAT_BPP(s->format);
}

static inline int surface_bytes_per_pixel(DisplaySurface *s)
{
    return DIV_ROUND_UP(PIXMAN_FORMAT_BPP(s->format), 8);
}

/* Cursors that a card has apart from its picture */

/* Pixels are ARGB; counted by references. */
struct QEMUCursor {
    int width, height;
    int hot_x, hot_y;
    int refcount;
    uint32_t data[];
};

/* Transparent; NULL if it is larger than any card's (512 x 512). */
QEMUCursor *cursor_alloc(int width, int height);
QEMUCursor *cursor_get(QEMUCursor *c);
void cursor_put(QEMUCursor *c);
/*
 * From bitmaps, a bit a pixel: where @mask says transparent, or (not
 * @transparent) where it does not, @image says @foreground or @background.
 */
void cursor_set_mono(QEMUCursor *c, uint32_t foreground, uint32_t background,
                     uint8_t *image, int transparent, uint8_t *mask);
/* Bytes a line of such a bitmap. */
int cursor_get_mono_bpl(QEMUCursor *c);

/* Who looks */

#define GUI_REFRESH_INTERVAL_DEFAULT    30 /* ms */

/* What a user's window is like; a card may tell its guest. */
typedef struct QemuUIInfo {
    uint16_t width_mm;
    uint16_t height_mm;
    int xoff;
    int yoff;
    uint32_t width;
    uint32_t height;
    uint32_t refresh_rate;
} QemuUIInfo;

/*
 * All but dpy_name may be NULL.
 *
 * @dpy_refresh: it is time; calls graphic_hw_update() to see what is new.
 * @dpy_gfx_update: this part of the surface is new.
 * @dpy_gfx_switch: there is another surface; the old one goes.
 * @dpy_gfx_check_format: could it show pixels of that format in place?
 */
typedef struct DisplayChangeListenerOps {
    const char *dpy_name;

    void (*dpy_refresh)(DisplayChangeListener *dcl);
    void (*dpy_gfx_update)(DisplayChangeListener *dcl,
                           int x, int y, int w, int h);
    void (*dpy_gfx_switch)(DisplayChangeListener *dcl,
                           DisplaySurface *new_surface);
    bool (*dpy_gfx_check_format)(DisplayChangeListener *dcl,
                                 pixman_format_code_t format);
    void (*dpy_text_cursor)(DisplayChangeListener *dcl, int x, int y);
    void (*dpy_text_resize)(DisplayChangeListener *dcl, int w, int h);
    void (*dpy_text_update)(DisplayChangeListener *dcl,
                            int x, int y, int w, int h);
    void (*dpy_mouse_set)(DisplayChangeListener *dcl, int x, int y, int on);
    void (*dpy_cursor_define)(DisplayChangeListener *dcl, QEMUCursor *cursor);
} DisplayChangeListenerOps;

/* @con: the console that it looks at; NULL is the first one. */
struct DisplayChangeListener {
    uint64_t update_interval;
    const DisplayChangeListenerOps *ops;
    QemuConsole *con;

    QLIST_ENTRY(DisplayChangeListener) next;
};

/* @dcl is the caller's; it gets the surface at once. */
void register_displaychangelistener(DisplayChangeListener *dcl);
void unregister_displaychangelistener(DisplayChangeListener *dcl);
/* It wants to be asked every @interval ms. */
void update_displaychangelistener(DisplayChangeListener *dcl,
                                  uint64_t interval);

/* For cards */

enum {
    GRAPHIC_FLAGS_NONE     = 0,
    GRAPHIC_FLAGS_GL       = 1 << 0,
    GRAPHIC_FLAGS_DMABUF   = 1 << 1,
};

/* A cell of a card's text mode. */
typedef uint32_t console_ch_t;

static inline void console_write_ch(console_ch_t *dest, uint32_t ch)
{
    *dest = ch;
}

/*
 * What a card does; each may be NULL.
 *
 * @get_flags: GRAPHIC_FLAGS_*.
 * @invalidate: what it thinks is on the screen, is not: draw all of it.
 * @gfx_update: draw what is new, and tell by dpy_gfx_update().
 * @gfx_update_async: gfx_update only starts it; graphic_hw_update_done() ends.
 * @text_update: the same of its text mode, for who shows cells, not pixels.
 * @update_interval: so often, in ms, it will be asked.
 * @ui_info: the user's window of its head @head is like that.
 * @gl_block: for cards that draw by the host's; nobody here calls it.
 */
struct GraphicHwOps {
    int (*get_flags)(void *opaque);
    void (*invalidate)(void *opaque);
    void (*gfx_update)(void *opaque);
    bool gfx_update_async;
    void (*text_update)(void *opaque, console_ch_t *text);
    void (*update_interval)(void *opaque, uint64_t interval);
    void (*ui_info)(void *opaque, uint32_t head, QemuUIInfo *info);
    void (*gl_block)(void *opaque, bool block);
};

/*
 * Output @head of card @dev: a console, one that a card has left if there is
 * one.  It shows a placeholder until the card has something to show.
 */
QemuConsole *graphic_console_init(DeviceState *dev, uint32_t head,
                                  const GraphicHwOps *ops,
                                  void *opaque);
void graphic_console_set_hwops(QemuConsole *con,
                               const GraphicHwOps *hw_ops,
                               void *opaque);
/* The card goes; its console stays, and shows a placeholder. */
void graphic_console_close(QemuConsole *con);

/* @surface is what @con shows from now on; the old one is freed. */
void dpy_gfx_replace_surface(QemuConsole *con,
                             DisplaySurface *surface);
/* That part of the surface, cut to it, is new. */
void dpy_gfx_update(QemuConsole *con, int x, int y, int w, int h);
void dpy_gfx_update_full(QemuConsole *con);
/* Could all who look show the format in place? */
bool dpy_gfx_check_format(QemuConsole *con,
                          pixman_format_code_t format);
void dpy_text_cursor(QemuConsole *con, int x, int y);
void dpy_text_update(QemuConsole *con, int x, int y, int w, int h);
void dpy_text_resize(QemuConsole *con, int w, int h);
void dpy_mouse_set(QemuConsole *con, int x, int y, int on);
void dpy_cursor_define(QemuConsole *con, QEMUCursor *cursor);
bool dpy_cursor_define_supported(QemuConsole *con);

/* The user's window: does the card care, what is it like, it is like this. */
bool dpy_ui_info_supported(QemuConsole *con);
const QemuUIInfo *dpy_get_ui_info(const QemuConsole *con);
/* 0, or -1.  @delay: tell the card after a second, if it does not change. */
int dpy_set_ui_info(QemuConsole *con, QemuUIInfo *info, bool delay);

/* A surface of that size and of its own memory, unless it has such a one. */
void qemu_console_resize(QemuConsole *con, int width, int height);
DisplaySurface *qemu_console_surface(QemuConsole *con);

/* For who looks */

void graphic_hw_update(QemuConsole *con);
void graphic_hw_update_done(QemuConsole *con);
void graphic_hw_invalidate(QemuConsole *con);
void graphic_hw_text_update(QemuConsole *con, console_ch_t *chardata);

/* Consoles */

#define TYPE_QEMU_CONSOLE "qemu-console"
OBJECT_DECLARE_TYPE(QemuConsole, QemuConsoleClass, QEMU_CONSOLE)

struct QemuConsoleClass {
    ObjectClass parent_class;
};

/* NULL if there is none. */
QemuConsole *qemu_console_lookup_by_index(unsigned int index);
QemuConsole *qemu_console_lookup_by_device(DeviceState *dev, uint32_t head);
/* As well, of the device with the id @device_id; then @errp is set. */
QemuConsole *qemu_console_lookup_by_device_name(const char *device_id,
                                                uint32_t head, Error **errp);
/* One whose card has gone. */
QemuConsole *qemu_console_lookup_unused(void);

bool qemu_console_is_visible(QemuConsole *con);
bool qemu_console_is_graphic(QemuConsole *con);
bool qemu_console_is_fixedsize(QemuConsole *con);
int qemu_console_get_index(QemuConsole *con);
uint32_t qemu_console_get_head(QemuConsole *con);
/* The device's id or type; the caller frees it. */
char *qemu_console_get_label(QemuConsole *con);
int qemu_console_get_width(QemuConsole *con, int fallback);
int qemu_console_get_height(QemuConsole *con, int fallback);

#endif
