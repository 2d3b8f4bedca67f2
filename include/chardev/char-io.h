/*
 * Waiting for input that a front end can take, for back ends with a file
 * descriptor.
 *
 * QEMU has these functions on a QIOChannel, its own layer over descriptors,
 * TLS and the like.  Here a channel is a descriptor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHAR_IO_H
#define CHAR_IO_H

#include "chardev/char.h"
#include "qemu/main-loop.h"

/*
 * io_add_watch_poll: call @fd_read when @fd is readable and @fd_can_read says
 * that the front end takes something, in @context, until it returns false.
 * @user_data goes to both.
 *
 * The source is the device's: remove_fd_in_watch() ends it (chr->gsource).
 */
GSource *io_add_watch_poll(Chardev *chr, int fd,
                           IOCanReadHandler *fd_can_read,
                           GUnixFDSourceFunc fd_read, gpointer user_data,
                           GMainContext *context);

void remove_fd_in_watch(Chardev *chr);

/*
 * Write without waiting, the second with @nfds descriptors attached.  Return
 * how many bytes (perhaps not all), or -1 with errno set.
 */
int io_channel_send(int fd, const void *buf, size_t len);
int io_channel_send_full(int fd, const void *buf, size_t len,
                         int *fds, size_t nfds);

#endif
