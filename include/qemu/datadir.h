/*
 * Where firmware and keymaps are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_DATADIR_H
#define QEMU_DATADIR_H

#define QEMU_FILE_TYPE_BIOS   0
#define QEMU_FILE_TYPE_KEYMAP 1

/*
 * The path of a file of @type by @name: itself if it can be read, else the
 * first of the data directories that has it.  NULL if none; the caller frees.
 */
char *qemu_find_file(int type, const char *name);

/* -L: search @path too, which becomes ours. */
void qemu_add_data_dir(char *path);
void qemu_add_default_firmwarepath(void);
void qemu_list_data_dirs(void);

#endif
