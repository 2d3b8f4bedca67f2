/*
 * A stream of migration, from the side of who makes one.
 *
 * So far its bytes are in memory: what a device's save wrote, its load reads.
 * Read first: include/migration/qemu-file-types.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIGRATION_QEMU_FILE_H
#define MIGRATION_QEMU_FILE_H

#include "migration/qemu-file-types.h"

/* To write to; then qemu_file_bytes() has what was written. */
QEMUFile *qemu_file_new_output(void);
/* To read @bytes from, to which it takes a reference. */
QEMUFile *qemu_file_new_input(GBytes *bytes);
/* What was written so far; the reference is the caller's. */
GBytes *qemu_file_bytes(QEMUFile *f);

/* 0, or the first error: reading beyond the end is -EIO. */
int qemu_file_get_error(QEMUFile *f);
void qemu_file_set_error(QEMUFile *f, int ret);

/* Returns qemu_file_get_error(). */
int qemu_fclose(QEMUFile *f);

#endif
