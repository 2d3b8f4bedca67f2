/*
 * libqos: disks that fail, and machines that stop for it.
 *
 * A disk of blkdebug over a file fails where its rules say, once each:
 *
 *     QDiskFile f;
 *     char *args = qdisk_file_args(&f, RULES);         for the command line
 *     …
 *     qdisk_expect_error(qts, "write", "stop", ENOSPC);
 *     qdisk_expect_stop(qts, "nospace");
 *     qdisk_cont(qts);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_DISK_ERROR_H
#define LIBQOS_DISK_ERROR_H

#include "libqtest.h"

/* The drive that all of them are about */
#define QDISK_ID        "disk"
#define QDISK_SECTORS   2048
#define QDISK_SECTOR    512

/*
 * Options of blkdebug: rule @n is for one request of @iotype, at @sector, or
 * anywhere if that is -1.
 */
#define QDISK_RULE(n, iotype, error, sector)                            \
    ",inject-error." #n ".event=none,inject-error." #n ".once=on"       \
    ",inject-error." #n ".iotype=" iotype                               \
    ",inject-error." #n ".errno=" #error                                \
    ",inject-error." #n ".sector=" #sector

typedef struct QDiskFile {
    char *path;
    int fd;
} QDiskFile;

/* Make it, of zeroes: -drive, which the caller frees. */
char *qdisk_file_args(QDiskFile *f, const char *rules);
void qdisk_file_remove(QDiskFile *f);
void qdisk_file_fill(QDiskFile *f, uint8_t fill);
/* What is in a sector of it: all @fill. */
void qdisk_file_expect(QDiskFile *f, uint64_t sector, uint8_t fill);

/* The event, with all that it has to say. */
void qdisk_expect_error(QTestState *qts, const char *operation,
                        const char *action, int error);
/* The machine has stopped for it, or will, and the disk says why. */
void qdisk_expect_stop(QTestState *qts, const char *io_status);
void qdisk_expect_io_status(QTestState *qts, const char *io_status);
void qdisk_cont(QTestState *qts);

#endif
