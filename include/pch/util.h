/*
 * Precompiled for util/, qom/ and chardev/: what their files start
 * with.  It changes nothing but the time a build takes; CI builds without
 * (-Db_pch=false) as well, so that a file cannot forget an include.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
