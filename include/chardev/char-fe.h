/*
 * The front end's side of a character device: what a UART or a monitor calls.
 *
 * Read chardev/char.h first.  All functions take a CharBackend that has no
 * device (a serial port without -serial) and then do nothing: reads find the
 * end, writes succeed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CHAR_FE_H
#define QEMU_CHAR_FE_H

#include "chardev/char.h"
#include "qemu/main-loop.h"

typedef void IOEventHandler(void *opaque, QEMUChrEvent event);
typedef int BackendChangeHandler(void *opaque);

/* Embedded in the front end; all members are private. */
struct CharBackend {
    Chardev *chr;
    IOEventHandler *chr_event;
    IOCanReadHandler *chr_can_read;
    IOReadHandler *chr_read;
    BackendChangeHandler *chr_be_change;
    void *opaque;
    int tag;
    int fe_open;
};

/*
 * qemu_chr_fe_init: connect @be with @s (NULL: with nothing).  False and "Device
 * '%s' is in use" if @s has a front end.
 */
bool qemu_chr_fe_init(CharBackend *be, Chardev *s, Error **errp);

/* The end of that, and if @del of the device. */
void qemu_chr_fe_deinit(CharBackend *be, bool del);

/* The device, which can be exchanged while the program runs. */
Chardev *qemu_chr_fe_get_driver(CharBackend *be);

bool qemu_chr_fe_backend_connected(CharBackend *be);
bool qemu_chr_fe_backend_open(CharBackend *be);

/*
 * qemu_chr_fe_set_handlers: say who takes input and events.
 * @fd_can_read: how many bytes can be taken now
 * @fd_read: takes that many, at most
 * @fd_event: somebody came or went
 * @be_change: the device was exchanged; NULL if that is not possible
 * @context: where handlers run; NULL is the main loop
 * @set_open: tell the device as well (qemu_chr_fe_set_open)
 *
 * If somebody is connected already, @fd_event hears CHR_EVENT_OPENED at once.
 * All NULL means that nobody is interested any more.
 */
void qemu_chr_fe_set_handlers(CharBackend *be,
                              IOCanReadHandler *fd_can_read,
                              IOReadHandler *fd_read,
                              IOEventHandler *fd_event,
                              BackendChangeHandler *be_change,
                              void *opaque,
                              GMainContext *context,
                              bool set_open);
/* The same; without @sync_state there is no such CHR_EVENT_OPENED. */
void qemu_chr_fe_set_handlers_full(CharBackend *be,
                                   IOCanReadHandler *fd_can_read,
                                   IOReadHandler *fd_read,
                                   IOEventHandler *fd_event,
                                   BackendChangeHandler *be_change,
                                   void *opaque,
                                   GMainContext *context,
                                   bool set_open,
                                   bool sync_state);

/* Bring this front end of several on one device to the front. */
void qemu_chr_fe_take_focus(CharBackend *be);

/* More input can be taken than when fd_can_read was asked last. */
void qemu_chr_fe_accept_input(CharBackend *be);

void qemu_chr_fe_disconnect(CharBackend *be);
int qemu_chr_fe_wait_connected(CharBackend *be, Error **errp);

/* Whether typed characters are shown; for terminals. */
void qemu_chr_fe_set_echo(CharBackend *be, bool echo);

/* Whether the guest has its end open. */
void qemu_chr_fe_set_open(CharBackend *be, int fe_open);

void qemu_chr_fe_printf(CharBackend *be, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

typedef gboolean (*FEWatchFunc)(void *do_not_use, GIOCondition condition,
                                void *data);

/*
 * qemu_chr_fe_add_watch: have @func called when @cond (G_IO_OUT | G_IO_HUP)
 * holds, in the device's context, until it returns false.  Returns the id for
 * g_source_remove(), or 0 if the device never makes one wait.
 */
guint qemu_chr_fe_add_watch(CharBackend *be, GIOCondition cond,
                            FEWatchFunc func, void *user_data);

/*
 * Write what can be written without waiting; or all of it.  Return how many
 * bytes that was, or -1 with errno set.
 */
int qemu_chr_fe_write(CharBackend *be, const uint8_t *buf, int len);
int qemu_chr_fe_write_all(CharBackend *be, const uint8_t *buf, int len);

/* Read @len bytes, waiting; fewer at the end of the stream.  Or -1. */
int qemu_chr_fe_read_all(CharBackend *be, uint8_t *buf, int len);

/* One of CHR_IOCTL_* in chardev/char-serial.h.  -ENOTSUP without a device. */
int qemu_chr_fe_ioctl(CharBackend *be, int cmd, void *arg);

/* Descriptors received with the last input: how many, they are ours now. */
int qemu_chr_fe_get_msgfd(CharBackend *be);
int qemu_chr_fe_get_msgfds(CharBackend *be, int *fds, int num);

/* Descriptors to go with the next write.  0, or -1. */
int qemu_chr_fe_set_msgfds(CharBackend *be, int *fds, int num);

#endif
