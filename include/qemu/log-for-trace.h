/*
 * The part of the log that generated trace code needs; see qemu/log.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_LOG_FOR_TRACE_H
#define QEMU_LOG_FOR_TRACE_H

/* The items that -d switched on; written by qemu_set_log() only. */
extern int qemu_loglevel;

#define LOG_TRACE          (1 << 15)

/* Whether any item of @mask is on. */
static inline bool qemu_loglevel_mask(int mask)
{
    return (qemu_loglevel & mask) != 0;
}

/* Write to the log, if there is one.  printf's arguments. */
void qemu_log(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

#endif
