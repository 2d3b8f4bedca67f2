/*
 * Where things are in memory and in an image: see start.S and boot_image.py.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOT_H
#define BOOT_H

#define STACK           0x7c00
#define PROGRAM_SECTORS 8
#define LABEL           4               /* from the program's start */
#define LABEL_SIZE      16
#define BUFFER          0xb000
#define BUFFER_SIZE     0x4000

/* In the image, in bytes. */
#define DATA            0x10000
#define DATA_SIZE       0x10000
#define SCRATCH         0x20000         /* the guest writes here */

#endif
