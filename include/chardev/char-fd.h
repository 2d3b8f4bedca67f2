/*
 * Back ends that are a descriptor to read from and one to write to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHAR_FD_H
#define CHAR_FD_H

#include "chardev/char.h"

#define TYPE_CHARDEV_FD "chardev-fd"
OBJECT_DECLARE_SIMPLE_TYPE(FDChardev, CHARDEV_FD)

/* @fd_in and @fd_out may be the same, and either may be -1. */
struct FDChardev {
    Chardev parent;

    int fd_in;
    int fd_out;
    int max_size;
};

/* Take both descriptors, for the open hooks of derived types. */
void qemu_chr_open_fd(Chardev *chr, int fd_in, int fd_out);

/* Open a file as open(2) does, with Error.  -1 if it cannot be opened. */
int qmp_chardev_open_file_source(char *src, int flags, Error **errp);

#endif
