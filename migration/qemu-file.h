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

/* Look at the byte @offset after the next, or 0 if there is none. */
int qemu_peek_byte(QEMUFile *f, int offset);
/*
 * The same for @size bytes: how many there are, and where.  *@buf is good until
 * the file is closed.
 */
size_t qemu_peek_buffer(QEMUFile *f, const uint8_t **buf, size_t size,
                        size_t offset);
void qemu_file_skip(QEMUFile *f, int size);

/* 0, or the first error: reading beyond the end is -EIO. */
int qemu_file_get_error(QEMUFile *f);
void qemu_file_set_error(QEMUFile *f, int ret);

/* Returns qemu_file_get_error(). */
int qemu_fclose(QEMUFile *f);

#endif
