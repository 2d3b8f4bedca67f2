/*
 * What vhost's requests carry.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VHOST_TYPES_H
#define STANDARD_HEADERS_LINUX_VHOST_TYPES_H

#include <linux/vhost_types.h>

#endif
