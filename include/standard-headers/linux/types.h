/*
 * The fixed-width types of Linux' UAPI (__u32, __le16, ...).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_TYPES_H
#define STANDARD_HEADERS_LINUX_TYPES_H

#include <linux/types.h>

#endif
