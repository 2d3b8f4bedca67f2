/*
 * What the files of consoles share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UI_CONSOLE_INT_H
#define UI_CONSOLE_INT_H

#include "qemu/queue.h"
#include "ui/console.h"

/*
 * @hw_ops, @hw: of the card; never NULL.
 * @device: the card, by a link; NULL once it has gone.
 * @dcls: listeners that look at this one by name.
 * @ui_info, @ui_timer: what the card will be told of the user's window.
 */
struct QemuConsole {
    Object parent_obj;

    int index;
    uint32_t head;
    Object *device;
    DisplaySurface *surface;
    const GraphicHwOps *hw_ops;
    void *hw;
    int dcls;
    QemuUIInfo ui_info;
    QEMUTimer *ui_timer;
    QTAILQ_ENTRY(QemuConsole) next;
};

typedef QTAILQ_HEAD(QemuConsoleList, QemuConsole) QemuConsoleList;

/* All, by their index. */
extern QemuConsoleList consoles;

/* To all listeners of @con: it has another surface. */
void displaychangelistener_gfx_switch(QemuConsole *con);

#endif
