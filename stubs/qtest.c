/*
 * No test drives a machine here: there is none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "sysemu/qtest.h"

bool qtest_allowed;
