/*
 * Consoles: the outputs of cards, and how one is found.
 *
 * Read first: include/ui/console.h.  Surfaces are in surface.c, who looks at
 * them in displaychangelistener.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "hw/qdev-core.h"
#include "hw/sysbus.h"
#include "console-int.h"
#include "trace.h"

QemuConsoleList consoles = QTAILQ_HEAD_INITIALIZER(consoles);

/* Of a console that no card has. */
static const GraphicHwOps unused_ops;

/* Which one */

QemuConsole *qemu_console_lookup_by_index(unsigned int index)
{
    QemuConsole *con;

    QTAILQ_FOREACH(con, &consoles, next) {
        if (con->index == index) {
            return con;
        }
    }
    return NULL;
}

QemuConsole *qemu_console_lookup_by_device(DeviceState *dev, uint32_t head)
{
    QemuConsole *con;

    QTAILQ_FOREACH(con, &consoles, next) {
        if (con->device == OBJECT(dev) && con->head == head) {
            return con;
        }
    }
    return NULL;
}

QemuConsole *qemu_console_lookup_by_device_name(const char *device_id,
                                                uint32_t head, Error **errp)
{
    DeviceState *dev = qdev_find_recursive(sysbus_get_default(), device_id);
    QemuConsole *con;

    if (!dev) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", device_id);
        return NULL;
    }
    con = qemu_console_lookup_by_device(dev, head);
    if (!con) {
        error_setg(errp, "Device %s (head %" PRIu32 ") is not bound to a "
                   "QemuConsole", device_id, head);
    }
    return con;
}

QemuConsole *qemu_console_lookup_unused(void)
{
    QemuConsole *con;

    QTAILQ_FOREACH(con, &consoles, next) {
        if (!con->device && con->hw_ops == &unused_ops) {
            return con;
        }
    }
    return NULL;
}

/* What it is */

/* Who names no console looks at the first. */
bool qemu_console_is_visible(QemuConsole *con)
{
    return con == QTAILQ_FIRST(&consoles) || con->dcls > 0;
}

/* The other kind, on which the program itself writes text, is not here. */
bool qemu_console_is_graphic(QemuConsole *con)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    return con != NULL;
}

bool qemu_console_is_fixedsize(QemuConsole *con)
{
    return qemu_console_is_graphic(con);
}

int qemu_console_get_index(QemuConsole *con)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    return con ? con->index : -1;
}

uint32_t qemu_console_get_head(QemuConsole *con)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    return con ? con->head : -1;
}

char *qemu_console_get_label(QemuConsole *con)
{
    DeviceState *dev;

    if (!con->device) {
        return g_strdup("VGA");
    }
    dev = DEVICE(con->device);
    return dev->id ? g_strdup(dev->id)
                   : g_strdup(object_get_typename(con->device));
}

/* The card's side */

static void dpy_set_ui_info_timer(void *opaque)
{
    QemuConsole *con = opaque;

    con->hw_ops->ui_info(con->hw, con->head, &con->ui_info);
}

static QemuConsole *qemu_console_new(void)
{
    QemuConsole *con = QEMU_CONSOLE(object_new(TYPE_QEMU_CONSOLE));
    QemuConsole *last = QTAILQ_LAST(&consoles);
    g_autofree char *name = NULL;

    con->ui_timer = timer_new_ms(QEMU_CLOCK_REALTIME, dpy_set_ui_info_timer,
                                 con);
    object_property_add_link(OBJECT(con), "device", TYPE_DEVICE, &con->device,
                             object_property_allow_set_link,
                             OBJ_PROP_LINK_STRONG);
    object_property_add_uint32_ptr(OBJECT(con), "head", &con->head,
                                   OBJ_PROP_FLAG_READ);
    con->index = last ? last->index + 1 : 0;
    QTAILQ_INSERT_TAIL(&consoles, con, next);
    name = g_strdup_printf("console[%d]", con->index);
    object_property_add_child(container_get(object_get_root(), "/backend"),
                              name, OBJECT(con));
    object_unref(OBJECT(con));
    return con;
}

void graphic_console_set_hwops(QemuConsole *con, const GraphicHwOps *hw_ops,
                               void *opaque)
{
    con->hw_ops = hw_ops;
    con->hw = opaque;
}

static void qemu_console_set_device(QemuConsole *con, DeviceState *dev)
{
    object_property_set_link(OBJECT(con), "device", OBJECT(dev), &error_abort);
}

QemuConsole *graphic_console_init(DeviceState *dev, uint32_t head,
                                  const GraphicHwOps *hw_ops, void *opaque)
{
    static const char noinit[] =
        "Guest has not initialized the display (yet).";
    QemuConsole *con = qemu_console_lookup_unused();
    int width = 640, height = 480;

    if (con) {
        trace_console_gfx_reuse(con->index);
        width = qemu_console_get_width(con, width);
        height = qemu_console_get_height(con, height);
    } else {
        trace_console_gfx_new();
        con = qemu_console_new();
    }
    con->head = head;
    graphic_console_set_hwops(con, hw_ops, opaque);
    if (dev) {
        qemu_console_set_device(con, dev);
    }
    dpy_gfx_replace_surface(con, qemu_create_placeholder_surface(width, height,
                                                                 noinit));
    return con;
}

void graphic_console_close(QemuConsole *con)
{
    static const char unplugged[] =
        "Guest display has been unplugged";
    int width = qemu_console_get_width(con, 640);
    int height = qemu_console_get_height(con, 480);

    trace_console_gfx_close(con->index);
    timer_del(con->ui_timer);
    qemu_console_set_device(con, NULL);
    graphic_console_set_hwops(con, &unused_ops, NULL);
    dpy_gfx_replace_surface(con, qemu_create_placeholder_surface(width, height,
                                                                 unplugged));
}

/* The other side */

void graphic_hw_update_done(QemuConsole *con)
{
    /* Nobody waits for it: a listener hears of what is new. */
}

void graphic_hw_update(QemuConsole *con)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    if (con && con->hw_ops->gfx_update) {
        con->hw_ops->gfx_update(con->hw);
    }
}

void graphic_hw_invalidate(QemuConsole *con)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    if (con && con->hw_ops->invalidate) {
        con->hw_ops->invalidate(con->hw);
    }
}

void graphic_hw_text_update(QemuConsole *con, console_ch_t *chardata)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    if (con && con->hw_ops->text_update) {
        con->hw_ops->text_update(con->hw, chardata);
    }
}

bool dpy_ui_info_supported(QemuConsole *con)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    return con && con->hw_ops->ui_info != NULL;
}

const QemuUIInfo *dpy_get_ui_info(const QemuConsole *con)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    return &con->ui_info;
}

int dpy_set_ui_info(QemuConsole *con, QemuUIInfo *info, bool delay)
{
    con = con ?: QTAILQ_FIRST(&consoles);
    if (!dpy_ui_info_supported(con)) {
        return -1;
    }
    if (memcmp(&con->ui_info, info, sizeof(con->ui_info)) == 0) {
        return 0;
    }
    /* A window that is dragged is told once it is at rest. */
    con->ui_info = *info;
    timer_mod(con->ui_timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) +
                             (delay ? 1000 : 0));
    return 0;
}

/* Type */

static void qemu_console_init(Object *obj)
{
    QemuConsole *con = QEMU_CONSOLE(obj);

    con->hw_ops = &unused_ops;
}

static const TypeInfo qemu_console_info = {
    .name = TYPE_QEMU_CONSOLE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(QemuConsole),
    .class_size = sizeof(QemuConsoleClass),
    .instance_init = qemu_console_init,
};

static void qemu_console_register_types(void)
{
    type_register_static(&qemu_console_info);
}

type_init(qemu_console_register_types)
