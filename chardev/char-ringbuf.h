/*
 * Reading back what a chardev-ringbuf holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHAR_RINGBUF_H
#define CHAR_RINGBUF_H

#include "chardev/char.h"

typedef struct RingBufChardev RingBufChardev;
DECLARE_INSTANCE_CHECKER(RingBufChardev, RINGBUF_CHARDEV,
                         TYPE_CHARDEV_RINGBUF)

/* How many bytes are there; and take up to @len of them, oldest first. */
size_t ringbuf_count(const Chardev *chr);
int ringbuf_chr_read(Chardev *chr, uint8_t *buf, int len);

#endif
