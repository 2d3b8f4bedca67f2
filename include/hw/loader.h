/*
 * Files that are put into a machine: ROM images.
 *
 * An option ROM without a BAR of its own is handed to firmware as a file of the
 * fw_cfg device, in a folder that tells what to do with it:
 *
 *     vgaroms/    run first, so that there is something to see
 *     genroms/    run later, as a BIOS extension
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LOADER_H
#define LOADER_H

/* The size of file @filename in bytes, or -1. */
int64_t get_image_size(const char *filename);

/*
 * Read file @filename, of at most @size bytes, to @addr.  Returns how many they
 * were, or -1.
 */
ssize_t load_image_size(const char *filename, void *addr, size_t size);

/*
 * Hand option ROM @file (a name among the firmware files, or a path) to the
 * guest's firmware; @bootindex is its place in the boot order, or -1.  Returns
 * 0, or -1 after a message if there is no such file or no fw_cfg.
 */
int rom_add_vga(const char *file);
int rom_add_option(const char *file, int32_t bootindex);

#endif
