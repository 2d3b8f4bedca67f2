/*
 * GLib, with the few things that differ between its versions smoothed over.
 *
 * The oldest GLib that qemini builds with is 2.66.  Saying so to GLib makes
 * the compiler complain about anything newer, even where the build machine
 * has it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_GLIB_COMPAT_H
#define QEMU_GLIB_COMPAT_H

#define GLIB_VERSION_MIN_REQUIRED GLIB_VERSION_2_66
#define GLIB_VERSION_MAX_ALLOWED GLIB_VERSION_2_66

#include <glib.h>
#include <glib-unix.h>
#include <glib/gstdio.h>

/* g_memdup() with a length that cannot wrap at 4 GiB (GLib 2.68 has its own). */
static inline gpointer g_memdup2_qemu(gconstpointer mem, gsize byte_size)
{
    gpointer copy;

    if (!mem || byte_size == 0) {
        return NULL;
    }
    copy = g_malloc(byte_size);
    memcpy(copy, mem, byte_size);
    return copy;
}
#define g_memdup2(m, s) g_memdup2_qemu(m, s)

/* Behind a declaration's type: this function does not return. */
#undef G_NORETURN
#define G_NORETURN __attribute__((__noreturn__))

#endif
