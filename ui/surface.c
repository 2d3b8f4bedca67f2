/*
 * Surfaces, pixels and cursors.  See include/ui/console.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "console-int.h"
#include "trace.h"

/* Formats */

pixman_format_code_t qemu_default_pixman_format(int bpp, bool native_endian)
{
    switch (bpp) {
    case 15:
        return native_endian ? PIXMAN_x1r5g5b5 : 0;
    case 16:
        return native_endian ? PIXMAN_r5g6b5 : 0;
    case 24:
        return native_endian ? PIXMAN_r8g8b8 : PIXMAN_b8g8r8;
    case 32:
        return native_endian ? PIXMAN_x8r8g8b8 : PIXMAN_b8g8r8x8;
    default:
        return 0;
    }
}

static void pixel_format_set_shifts(PixelFormat *pf, int r, int g, int b, int a)
{
    pf->rshift = r;
    pf->gshift = g;
    pf->bshift = b;
    pf->ashift = a;
}

PixelFormat qemu_pixelformat_from_pixman(pixman_format_code_t format)
{
    PixelFormat pf = {
        .bits_per_pixel = PIXMAN_FORMAT_BPP(format),
        .bytes_per_pixel = DIV_ROUND_UP(PIXMAN_FORMAT_BPP(format), 8),
        .depth = PIXMAN_FORMAT_DEPTH(format),
        .abits = PIXMAN_FORMAT_A(format),
        .rbits = PIXMAN_FORMAT_R(format),
        .gbits = PIXMAN_FORMAT_G(format),
        .bbits = PIXMAN_FORMAT_B(format),
    };

    /* The letters are from the highest bit down. */
    switch (PIXMAN_FORMAT_TYPE(format)) {
    case PIXMAN_TYPE_ARGB:
        pixel_format_set_shifts(&pf, pf.bbits + pf.gbits, pf.bbits, 0,
                                pf.bbits + pf.gbits + pf.rbits);
        break;
    case PIXMAN_TYPE_ABGR:
        pixel_format_set_shifts(&pf, 0, pf.rbits, pf.rbits + pf.gbits,
                                pf.rbits + pf.gbits + pf.bbits);
        break;
    case PIXMAN_TYPE_BGRA:
        pf.bshift = pf.bits_per_pixel - pf.bbits;
        pf.gshift = pf.bshift - pf.gbits;
        pf.rshift = pf.gshift - pf.rbits;
        break;
    case PIXMAN_TYPE_RGBA:
        pf.rshift = pf.bits_per_pixel - pf.rbits;
        pf.gshift = pf.rshift - pf.gbits;
        pf.bshift = pf.gshift - pf.bbits;
        break;
    default:
        g_assert_not_reached();
    }

    pf.amax = (1 << pf.abits) - 1;
    pf.rmax = (1 << pf.rbits) - 1;
    pf.gmax = (1 << pf.gbits) - 1;
    pf.bmax = (1 << pf.bbits) - 1;
    pf.amask = (uint32_t)pf.amax << pf.ashift;
    pf.rmask = (uint32_t)pf.rmax << pf.rshift;
    pf.gmask = (uint32_t)pf.gmax << pf.gshift;
    pf.bmask = (uint32_t)pf.bmax << pf.bshift;
    return pf;
}

void qemu_pixman_image_unref(pixman_image_t *image)
{
    if (image) {
        pixman_image_unref(image);
    }
}

/* Surfaces */

DisplaySurface *qemu_create_displaysurface_from(int width, int height,
                                                pixman_format_code_t format,
                                                int linesize, uint8_t *data)
{
    DisplaySurface *surface = g_new0(DisplaySurface, 1);

    trace_displaysurface_create_from(surface, width, height, format);
    surface->format = format;
    surface->image = pixman_image_create_bits(format, width, height,
                                              (void *)data, linesize);
    assert(surface->image != NULL);
    return surface;
}

DisplaySurface *qemu_create_displaysurface_pixman(pixman_image_t *image)
{
    DisplaySurface *surface = g_new0(DisplaySurface, 1);

    trace_displaysurface_create_pixman(surface);
    surface->format = pixman_image_get_format(image);
    surface->image = pixman_image_ref(image);
    return surface;
}

DisplaySurface *qemu_create_displaysurface(int width, int height)
{
    DisplaySurface *surface = g_new0(DisplaySurface, 1);

    trace_displaysurface_create(surface, width, height);
    surface->format = PIXMAN_x8r8g8b8;
    surface->image = pixman_image_create_bits(surface->format, width, height,
                                              NULL, width * 4);
    assert(surface->image != NULL);
    surface->flags = QEMU_ALLOCATED_FLAG;
    return surface;
}

/* pixman clears what it allocates. */
DisplaySurface *qemu_create_placeholder_surface(int w, int h, const char *msg)
{
    DisplaySurface *surface = qemu_create_displaysurface(w, h);

    trace_displaysurface_placeholder(surface, msg);
    surface->flags |= QEMU_PLACEHOLDER_FLAG;
    return surface;
}

void qemu_free_displaysurface(DisplaySurface *surface)
{
    if (!surface) {
        return;
    }
    trace_displaysurface_free(surface);
    qemu_pixman_image_unref(surface->image);
    g_free(surface);
}

/* A console's */

DisplaySurface *qemu_console_surface(QemuConsole *con)
{
    return con->surface;
}

int qemu_console_get_width(QemuConsole *con, int fallback)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    return con && con->surface ? surface_width(con->surface) : fallback;
}

int qemu_console_get_height(QemuConsole *con, int fallback)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    return con && con->surface ? surface_height(con->surface) : fallback;
}

void dpy_gfx_replace_surface(QemuConsole *con, DisplaySurface *surface)
{
    DisplaySurface *old_surface = con->surface;

    if (!surface) {
        surface = qemu_create_placeholder_surface(
            qemu_console_get_width(con, 640), qemu_console_get_height(con, 480),
            "Display output is not active.");
    }
    assert(old_surface != surface);

    con->surface = surface;
    displaychangelistener_gfx_switch(con);
    qemu_free_displaysurface(old_surface);
}

void qemu_console_resize(QemuConsole *con, int width, int height)
{
    DisplaySurface *surface = con->surface;

    if (surface && (surface->flags & QEMU_ALLOCATED_FLAG) &&
        !is_placeholder(surface) &&
        surface_width(surface) == width && surface_height(surface) == height) {
        return;
    }
    dpy_gfx_replace_surface(con, qemu_create_displaysurface(width, height));
}

/* Cursors */

#define CURSOR_MAX 512

QEMUCursor *cursor_alloc(int width, int height)
{
    QEMUCursor *c;

    if (width < 0 || height < 0 || width > CURSOR_MAX || height > CURSOR_MAX) {
        return NULL;
    }
    c = g_malloc0(sizeof(*c) + (size_t)width * height * sizeof(uint32_t));
    c->width = width;
    c->height = height;
    c->refcount = 1;
    return c;
}

QEMUCursor *cursor_get(QEMUCursor *c)
{
    c->refcount++;
    return c;
}

void cursor_put(QEMUCursor *c)
{
    if (c && --c->refcount == 0) {
        g_free(c);
    }
}

int cursor_get_mono_bpl(QEMUCursor *c)
{
    return DIV_ROUND_UP(c->width, 8);
}

void cursor_set_mono(QEMUCursor *c, uint32_t foreground, uint32_t background,
                     uint8_t *image, int transparent, uint8_t *mask)
{
    int bpl = cursor_get_mono_bpl(c);
    bool expect_1 = transparent;

    for (int y = 0; y < c->height; y++, image += bpl, mask += bpl) {
        for (int x = 0; x < c->width; x++) {
            uint8_t bit = 0x80 >> (x % 8);
            uint32_t *pixel = &c->data[y * c->width + x];

            if (!!(mask[x / 8] & bit) == expect_1) {
                *pixel = 0;
            } else {
                *pixel = 0xff000000 | (image[x / 8] & bit ? foreground
                                                          : background);
            }
        }
    }
}
